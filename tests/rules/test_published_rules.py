"""What Parfum and binnacle report as well: curl, plain HTTP, archives, npm, gpg, checksums, caches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from checks import ROOT
from composelint.linter.rule import Applicability, Severity
from composelint.linter.rulebook.registry import all_rules
from marked import Case, check, name_of
from snippets import diagnostics, fixed

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
NODE = "FROM node:22-bookworm\n"
FIRST = "RUN apt-get update && apt-get install -y curl\n"
SUM = "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"


def case(code: str, text: str, severity: Severity | None = None, base: str = NODE) -> Case:
    return Case(code, base + text, {}, severity)


def with_files(code: str, text: str, files: dict[str, str]) -> Case:
    return Case(code, NODE + text, files, None)


CASES = [
    # curl without -f
    case("DF217", "RUN curl -sSL https://example.com/a.json > /a.json  #! curl\n", INFO),
    case("DF217", "RUN curl -o /usr/bin/x https://example.com/x && chmod +x /usr/bin/x  #! curl\n"),
    case("DF217", "RUN curl -L https://example.com/install.sh | sh\n"),
    case("DF217", "RUN curl -L https://example.com/app.pl | perl - App\n"),
    case("DF217", "RUN curl -L https://example.com/a.json | tee /a.json  #! curl\n"),
    case("DF217", "RUN curl -L https://example.com/$(curl -s https://e.org/v)/x -o x  #! curl\n"),
    case("DF217", "ARG R=https://e.org/p\nARG D=x.deb\nRUN curl -so $D ${R}/$D  #! curl\n"),
    case("DF217", "ENV R=https://e.org/p\nRUN curl -so a $R  #! curl\n"),
    case("DF217", "ENV R=https://e.org/p\nRUN R=file:///x; curl -so a $R\n"),
    case("DF217", "ARG R=ftp://e.org/p\nRUN curl -so a ${R}/a\n"),
    case("DF217", "RUN curl -fsSL https://example.com/a.json > /a.json\n"),
    case("DF217", "RUN curl --fail -sSL https://example.com/a.json > /a.json\n"),
    case("DF217", "RUN curl -sL https://example.com/a.tgz | tar -xz\n"),
    case("DF217", "RUN curl -sLO https://example.com/a.tgz && tar -xzf a.tgz\n"),
    case("DF217", "RUN curl -so /i/a.hpp https://e.org/a && apt-get clean  #! curl\n"),
    case("DF217", "RUN curl -so a.hpp https://e.org/a && tar xf b.tgz  #! curl\n"),
    case("DF217", "RUN curl -so /t/a.deb https://e.org/a && apt-get install -y /t/a.deb\n"),
    case("DF217", "RUN curl -so a.deb https://e.org/a && dpkg -i *.deb\n"),
    case("DF217", "RUN curl -so a.sh https://e.org/a && sh a.sh\n"),
    case("DF217", "RUN curl -so a https://e.org/a && chmod +x a && ./a\n"),
    case("DF217", "RUN curl -so a.tgz https://e.org/a && tar x < a.tgz\n"),
    case("DF217", "RUN curl -so a.tgz https://e.org/a && tar --file=a.tgz -x\n"),
    case("DF217", "RUN curl -s https://example.com/key | gpg --dearmor > /key\n"),
    case("DF217", "RUN curl -X POST https://example.com/build\n"),
    case("DF217", "RUN curl -sI https://example.com/build\n"),
    case("DF217", "RUN curl $CURL_OPTIONS https://example.com/a > /a\n"),
    case("DF217", f"RUN curl -so /a https://e.org/a && echo '{SUM}  /a' | sha256sum -c\n"),
    case("DF217", "RUN curl --version\n"),
    case("DF217", "HEALTHCHECK CMD curl -s http://localhost/ || exit 1  #! curl\n", WARNING),
    case("DF217", 'HEALTHCHECK CMD ["curl", "http://localhost/"]  #! "curl"\n', WARNING),
    case("DF217", "HEALTHCHECK CMD curl -f http://localhost/ || exit 1\n"),
    case("DF217", "HEALTHCHECK CMD curl -s http://localhost/ | grep ok\n"),
    # curl without -L
    case("DF218", "RUN curl -f https://example.com/a.json > /a.json  #! curl\n", INFO),
    case("DF218", "RUN curl -fL https://example.com/a.json > /a.json\n"),
    case("DF218", "RUN curl -f http://localhost:8080/a.json\n"),
    case("DF218", "RUN curl -f https://$HOST/a.json\n"),
    case("DF218", "ENV U=http://example.com/k\nRUN curl -f ${U}/a.tgz | tar xz  #! curl\n"),
    case("DF218", "ENV U=http://localhost/k\nRUN curl -f ${U}/a.tgz | tar xz\n"),
    case("DF218", "ARG U\nRUN curl -f ${U}/a.tgz | tar xz\n"),
    # pipes that end in bsdtar, which takes no input for an empty archive
    case("DF314", "RUN curl -fL https://e.org/a.zip | bsdtar -xf - -C /opt  #! curl\n", WARNING),
    case("DF314", "RUN curl -fL https://e.org/a.tgz | tar -xzf - -C /opt\n"),
    # plain HTTP
    case("DF316", "RUN curl -fO http://example.com/a  #! http://example.com/a\n", WARNING),
    case("DF316", "RUN wget -q http://example.com/a.deb  #! http://example.com/a.deb\n"),
    case("DF316", "RUN git clone http://example.com/a.git  #! http://example.com/a.git\n"),
    case("DF316", "ADD http://example.com/a /a  #! http://example.com/a\n"),
    case("DF316", "RUN curl -fO https://example.com/a\n"),
    case("DF316", "RUN curl -f http://localhost:8080/a\n"),
    case("DF316", "RUN curl -f http://nexus/a\n"),
    case("DF316", "RUN curl -f http://192.168.1.4/a\n"),
    case("DF316", "RUN curl -f http://$MIRROR/a\n"),
    case("DF316", "RUN echo deb http://example.com/debian x main > /etc/apt/sources.list\n"),
    case("DF316", f"RUN curl -fo /a http://e.org/a && echo '{SUM}  /a' | sha256sum -c\n"),
    case("DF316", f"ADD --checksum=sha256:{SUM} http://example.com/a /a\n"),
    # ADD with variables
    case("DF209", "ADD $PWD/a.txt /a.txt  #! ADD\n", INFO),
    case("DF209", "ENV D=conf\nADD $D/a.txt /a.txt  #! ADD\n"),
    case("DF209", "ENV D=https://e.org\nADD $D/a.txt /a.txt\n"),
    case("DF209", "ENV V=1.tgz\nADD a-$V /a\n"),
    case("DF209", "ARG D\nADD $D/a.txt /a.txt\n"),
    # archives
    case("DF219", "RUN wget https://e.org/a.tgz && tar xzf a.tgz  #! tar xzf\n", INFO),
    case("DF219", "RUN curl -fLo /tmp/a.zip https://e.org/a && unzip /tmp/a.zip  #! unzip\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n"),
    case("DF219", "RUN cd /tmp && wget https://e.org/a.tgz && tar xzf a.tgz && rm -rf /tmp/*\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && tar xzf a.tgz && rm *.tgz\n"),
    case("DF219", "RUN curl -fL https://e.org/a.tgz | tar xz\n"),
    case("DF219", "RUN --mount=type=tmpfs,target=/t wget -O /t/a.tgz x.y/a && tar xf /t/a.tgz\n"),
    case("DF219", "RUN wget https://e.org/a.tgz\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && mkdir t && tar xf a.tgz -C t && rm -rf ./t  #! tar xf\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && tar xf a.tgz && cd / && rm -rf ./t\n"),
    case("DF219", "RUN wget -O $H/a.tgz https://e.org/a\nRUN tar xf $H/a.tgz  #! tar xf\nRUN mv $H/b/c.tgz $H/\n"),
    case("DF219", "RUN wget -O /t/a.tgz https://e.org/a && tar xf /t/a.tgz && mv /t/a-$V/* /go  #! tar xf\n"),
    case("DF219", "RUN wget -O /t/a.tgz https://e.org/a && tar xf /t/a.tgz && mv /t/* /go\n"),
    case("DF219", "WORKDIR /w\nADD https://e.org/a.tgz .\nRUN tar xf a.tgz  #! tar xf\n"),
    case("DF219", "WORKDIR /w\nADD https://e.org/a.tgz /t/\nRUN tar xf /t/a.tgz && rm /t/a.tgz\n"),
    case("DF219", "WORKDIR /w\nADD --unpack=true https://e.org/a.tgz .\nRUN tar xf a.tgz\n"),
    case("DF219", "RUN cd ~ && wget https://e.org/a.tgz && tar xf a.tgz && rm -rf /tmp/*  #! tar xf\n"),
    case("DF219", "RUN cd ~ && wget -O a.tgz https://e.org/a && cd ~ && tar xf a.tgz && rm -rf /tmp/*  #! tar xf\n"),
    case("DF219", "RUN cd ~ && wget -O a.tgz https://e.org/a && tar xf a.tgz && rm a.tgz\n"),
    case("DF219", "RUN cd /t && wget -O a.tgz https://e.org/a && tar xf a.tgz && rm -rf /t\n"),
    case("DF219", "RUN cd $T && wget -O a.tgz https://e.org/a && tar xf a.tgz && rm -rf /t\n"),
    case("DF219", "RUN wget -qO- -O a.tgz https://e.org/a && tar xf a.tgz  #! tar xf\n"),
    case("DF219", "RUN wget -O a.tgz -O- https://e.org/a.tgz && tar xf a.tgz\n"),
    case("DF219", "RUN wget -P /t https://e.org/$V.tgz && tar xf /t/$V.tgz && mv a b  #! tar xf\n"),
    case("DF219", "RUN wget -P /t https://e.org/$V.tgz && tar xf /t/$V.tgz && rm $F\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && mv a.tgz d\nWORKDIR /d\nRUN tar xf a.tgz  #! tar xf\n"),
    case("DF219", "RUN wget https://e.org/a.tgz\nRUN tar xf a.tgz && rm a.tgz\n"),
    case("DF219", "RUN wget https://e.org/a.tgz\nRUN tar xf a.tgz\nRUN rm *.tgz\n"),
    case("DF219", "RUN wget https://e.org/a.tgz\nRUN tar xf b.tgz\n"),
    case("DF219", "RUN wget https://e.org/a.tgz && tar xf a.tgz\nFROM scratch\nCOPY --from=0 /a /\n"),
    # too late
    case("DF220", "COPY a.deb /tmp/\nRUN dpkg -i /tmp/a.deb && rm /tmp/a.deb  #! rm /tmp\n", INFO),
    case("DF220", "RUN git clone https://e.org/a /src\nRUN make -C /src\nRUN rm -rf /src  #! rm\n"),
    case("DF220", "RUN curl -fo /tmp/a https://e.org/a\nRUN /tmp/a; rm -rf /tmp/*  #! rm -rf\n"),
    case("DF220", "RUN curl -fo /tmp/a https://e.org/a && /tmp/a && rm -rf /tmp/*\n"),
    case("DF220", "RUN curl -fo /tmp/a e.org/a && rm /tmp/a\nRUN rm -rf /tmp/*\n"),
    case("DF220", "RUN git clone e.org/a /src && rm -r /src\nRUN git init /src && rm -r /src\n"),
    case("DF220", "RUN curl -fo /tmp/a e.org/a\nRUN cd /tmp && make a && rm -rf /tmp/*\n"),
    case("DF220", "RUN curl -fo /tmp/a e.org/a\nWORKDIR /tmp\nRUN make a && rm -rf /tmp/*\n"),
    case("DF220", "RUN curl -fo /tmp/a e.org/a\nRUN cd /tmp && ./a && rm /tmp/a  #! rm /tmp\n"),
    case("DF220", "COPY a /srv/\nRUN rm -rf /var/lib/apt/lists/*\n"),
    case("DF220", "COPY a /srv/\nRUN rm -rf /srv/a/cache\n"),
    case("DF220", "COPY --from=x /src/ /src\nRUN make -C /src && rm -rf /src  #! rm\n"),
    case("DF220", "ADD https://e.org/tool /tmp/tool\nRUN rm /tmp/tool  #! rm\n"),
    case("DF220", "RUN wget -O /tmp/a.zip https://e.org/a\nRUN rm /tmp/a.zip  #! rm\n"),
    case("DF220", "RUN wget https://e.org/a.zip\nRUN unzip a.zip\nRUN rm ./a.zip  #! rm\n"),
    case("DF220", "WORKDIR /w\nRUN curl -LO https://e.org/a.zip\nRUN rm /w/a.zip  #! rm\n"),
    case("DF220", "RUN curl -L https://e.org/a.zip > b\nRUN rm a.zip\n"),
    case("DF220", "RUN curl -L https://e.org/a.zip\nRUN rm a.zip\n"),
    case("DF220", "RUN wget https://e.org/a.zip\nWORKDIR /w\nRUN rm a.zip\n"),
    case("DF220", "RUN wget https://e.org/a.zip\nRUN cd /w && rm a.zip\n"),
    case("DF220", "RUN wget -P /t https://e.org/a.zip\nRUN rm a.zip\n"),
    case("DF220", "RUN wget -P /t https://e.org/a.zip\nRUN rm /t/a.zip  #! rm\n"),
    case("DF220", "RUN wget -P /t https://e.org/a.zip && rm /t/*\nRUN make && rm -r /t/*\n"),
    case("DF220", "RUN wget -T 10 --header /x https://e.org/a.zip && mv a.zip b\nRUN rm /x\n"),
    case("DF220", "RUN wget -O /tmp/a-1.zip https://e.org/a\nRUN rm /tmp/a-*  #! rm\n"),
    case("DF220", "RUN wget -O /tmp/a-1.zip https://e.org/a\nRUN rm /tmp/b-*\n"),
    case("DF220", "COPY id_rsa /root/.ssh/id_rsa\nRUN rm /root/.ssh/id_rsa\n"),
    case("DF220", "COPY requirements.txt /tmp/\nRUN rm -rf /tmp/*\n"),
    case("DF220", "COPY --from=x /a /tmp/a\nRUN /tmp/a && rm /tmp/a\n"),
    case("DF220", "RUN echo a > /tmp/a && cat a > /tmp/b\nRUN rm /tmp/a /tmp/b\n"),
    case("DF220", "RUN wget -O /tmp/a.asc https://e.org/a.asc\nRUN rm /tmp/a.asc\n"),
    case("DF220", "RUN curl -fo /tmp/SHA256SUMS https://e.org/a\nRUN rm /tmp/SHA256SUMS\n"),
    case("DF220", "RUN curl -fo /tmp/setup.sh https://e.org/a\nRUN rm /tmp/setup.sh\n"),
    case("DF220", "ADD https://e.org/key.asc /tmp/\nRUN rm /tmp/key.asc\n"),
    case("DF220", "RUN --mount=type=cache,target=/c curl -fo /c/a e.org/a\nRUN rm -rf /c/a\n"),
    case("DF220", "COPY a.zip /a.zip\nRUN rm /a.zip\nFROM scratch\nCOPY --from=0 /b /\n"),
    with_files("DF220", "COPY d /dir\nRUN /dir/x && rm -r /dir  #! rm -r\n", {"d/x": "x" * 70_000}),
    with_files("DF220", "COPY a /abc\nRUN wc /abc && rm /abc  #! rm /abc\n", {"a": "x" * 70_000}),
    with_files("DF220", "COPY d /dir\nRUN /dir/x && rm -r /dir\n", {"d/x": "#!/bin/sh\n", "d/y": "y"}),
    with_files("DF220", "COPY d/ /dir/\nRUN /dir/x && rm -r /dir\n", {"d/x": "#!/bin/sh\n"}),
    with_files("DF220", "COPY a /abc\nRUN wc /abc && rm /abc\n", {"a": "x"}),
    # temporary folders
    case("DF222", "RUN cd $(mktemp -d) && wget https://e.org/a && cp a /usr/bin  #! mktemp\n", INFO),
    case("DF222", 'RUN d="$(mktemp -d)" && cp a "$d" && rm -rf "$d"\n'),
    case("DF222", "RUN mktemp\n"),
    case("DF222", "RUN --mount=type=tmpfs,target=/tmp cd $(mktemp -d) && wget https://e.org/a\n"),
    # npm cache clean
    case("DF417", "RUN npm ci && npm cache clean  #! npm cache clean\n", ERROR),
    case("DF417", "RUN npm ci; npm cache clean; true  #! npm cache clean\n", WARNING),
    case("DF417", "RUN npm cache clean  #! npm cache clean\n", WARNING, "FROM debian:12\n"),
    case("DF417", "RUN npm cache clean  #! npm cache clean\n", WARNING, "FROM node\n"),
    case("DF417", "RUN npm ci && npm cache clean --force\n"),
    case("DF417", "RUN npm ci && npm cache clean -f\n"),
    case("DF417", "RUN npm cache clean || true  #! npm cache clean\n", WARNING),
    case("DF417", "RUN npm cache clean\n", None, "FROM node:6\n"),
    case("DF417", "RUN npm cache clean\n", None, "FROM nodesource/trusty:6.3.0\n"),
    case("DF417", "RUN npm cache clean  #! npm cache clean\n", WARNING, "FROM nodesource/trusty:12.1\n"),
    case("DF417", "RUN npm i -g npm@3 && npm cache clean\n"),
    case("DF417", "RUN npm cache clean left-pad\n"),
    case("DF417", "RUN npm cache verify\n"),
    # gpg
    case("DF418", "RUN gpg --dearmor -o /usr/share/a.gpg a.asc  #! gpg\n", INFO),
    case("DF418", "RUN curl -fL https://e.org/a | gpg --dearmor --output /a.gpg  #! gpg\n"),
    case("DF418", "RUN cat a | gpg --dearmor -o/a.gpg  #! gpg\n"),
    case("DF418", "RUN gpg2 --yes --delete-keys ABCD  #! gpg2\n"),
    case("DF418", "RUN gpg --gen-key  #! gpg\n"),
    case("DF418", "RUN gpg --edit-key ABCD trust  #! gpg\n"),
    case("DF418", "RUN gpg --batch --dearmor -o /a.gpg a.asc\n"),
    case("DF418", "RUN gpg --yes --dearmor -o /a.gpg a.asc\n"),
    case("DF418", "RUN gpg --batch --delete-keys ABCD\n"),
    case("DF418", "RUN gpg $OPTIONS --edit-key ABCD\n"),
    case("DF418", "RUN gpg --import a\n"),
    case("DF418", "RUN curl -fL https://e.org/a | gpg --import -\n"),
    case("DF418", "RUN gpg --verify a.sig a\n"),
    case("DF418", "RUN gpg --keyserver keyserver.ubuntu.com --recv-keys ABCD\n"),
    case("DF418", "RUN gpg --export ABCD > /a.gpg && gpg --list-keys\n"),
    case("DF418", "RUN curl -fL https://e.org/a | gpg --dearmor > /a.gpg\n"),
    case("DF418", "RUN curl -fL https://e.org/a | gpg --dearmor -o - > /a.gpg\n"),
    # checksums
    case("DF419", f'RUN echo "{SUM} a" | sha256sum -c -  #! "{SUM} a\n', ERROR, "FROM alpine:3.22\n"),
    case("DF419", f'RUN echo "{SUM} a" | sha256sum -c  #! "{SUM} a\n', ERROR, "FROM python:3-alpine\n"),
    case("DF419", 'ARG S\nRUN echo "$S a" | sha256sum -c -  #! "$S a\n', ERROR, "FROM alpine:3.22\n"),
    case("DF419", f'RUN echo "{SUM}  a" | sha256sum -c -\n', None, "FROM alpine:3.22\n"),
    case("DF419", f'RUN echo "{SUM} *a" | sha256sum -c -\n', None, "FROM alpine:3.22\n"),
    case("DF419", f'RUN echo "{SUM} a" | sha256sum -c -\n'),
    case(
        "DF419",
        f'RUN apk add coreutils && echo "{SUM} a" | sha256sum -c -\n',
        None,
        "FROM alpine:3.22\n",
    ),
    case("DF419", 'RUN echo "$LINE" | sha256sum -c -\n', None, "FROM alpine:3.22\n"),
    # packages of the release
    case("DF421", "RUN apt-get update && apt-get install -y python-pip  #! python-pip\n", ERROR, "FROM ubuntu\n"),
    case("DF421", "RUN apt-get install -y git php5-cli  #! php5-cli\n", ERROR, "FROM debian:12\n"),
    case("DF421", "RUN apt-get install -y openjdk-8-jdk  #! openjdk-8-jdk\n", ERROR, "FROM node:22-bookworm\n"),
    case("DF421", "RUN apt-get install -y openjdk-8-jdk\n", None, "FROM ubuntu:24.04\n"),
    case("DF421", "RUN apt-get install -y openjdk-17-jdk php5x\n", None, "FROM debian:12\n"),
    case("DF421", "RUN apt-get install -y python-pip\n", None, "FROM ubuntu:18.04\n"),
    case("DF421", "RUN apt-get install -y python-pip\n", None, "FROM debian:10\n"),
    case("DF421", "RUN add-apt-repository ppa:x/y && apt-get install -y python-pip\n", None, "FROM ubuntu\n"),
    case("DF421", "RUN apt-get install -y python-pip || apt-get install -y python3-pip\n", None, "FROM ubuntu\n"),
    case("DF421", "COPY x.list /etc/apt/sources.list.d/\nRUN apt-get install -y php5-cli\n", None, "FROM debian:12\n"),
    # lists of packages
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", ERROR, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", ERROR, "FROM ubuntu\n"),
    case("DF149", "RUN apt-get install -y libfoo-dev; true  #! apt-get install\n", WARNING, "FROM debian:13\n"),
    case("DF149", "RUN echo a && apt-get install -y curl  #! apt-get install\n", ERROR, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y tar\n", None, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y curl\n"),
    case("DF149", "RUN apt-get install -y curl\n", None, "FROM ubuntu:10.04\n"),
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", WARNING, "FROM ubuntu:12.04\n"),
    case("DF149", "RUN apt-get upgrade -y && apt-get install -y curl  #! apt-get install\n", ERROR, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y libpq-dev\n", None, "FROM golang:1.26\n"),
    case("DF149", "RUN apt-get install -y libhdf5-dev  #! apt-get install\n", INFO, "FROM golang:1.26\n"),
    case("DF149", "RUN apt-get install -y vim  #! apt-get install\n", INFO, "FROM node:22-slim\n"),
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", ERROR, "FROM ubuntu:14.04\n"),
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", WARNING, "FROM ubuntu:15.04\n"),
    case("DF149", "RUN apt-get update && apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN apt-get update\nRUN apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN sh -c 'apt-get update' && apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "COPY setup.sh /\nRUN /setup.sh && apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN wget -qO- x.y/setup | bash\nRUN apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y ./curl.deb\n", None, "FROM debian:13\n"),
    case("DF149", "RUN command -v curl || apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN apt-get install -y curl || true\n", None, "FROM debian:13\n"),
    case("DF149", "RUN --mount=type=cache,target=/var/lib/apt apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "COPY --from=x /var/lib/apt/lists /var/lib/apt/lists\nRUN apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "COPY lists/ /\nRUN apt-get install -y curl\n", None, "FROM debian:13\n"),
    case("DF149", "RUN apt-get update\nFROM a\nRUN apt-get install -y curl\n", None, "FROM debian:13 AS a\n"),
    case("DF149", "RUN apt-get install -y curl  #! apt-get install\n", INFO, "FROM example/own:1\n"),
    case("DF149", "RUN apt-get update && apt-get install -y curl\n", None, "FROM example/own:1\n"),
    case("DF149", "RUN apt-get install -y libfuse2  #! apt-get install\n", INFO, "FROM example/own:1\n"),
    case("DF149", "RUN /x.sh && apt-get install -y curl\n", None, "FROM example/own:1\n"),
    case("DF149", "ARG B\nFROM $B\nRUN apt-get install -y curl\n", None, ""),
    # lists of an earlier RUN
    case("DF206", f"{FIRST}RUN apt-get install -y git  #! apt-get install\n", INFO),
    case("DF206", f"{FIRST}RUN npm ci\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF206", "RUN curl https://deb.nodesource.com/setup_20.x | bash -\nRUN apt-get install -y nodejs  #! apt-get install\n"),
    case("DF206", "RUN curl https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n"),
    case("DF206", f"{FIRST}RUN apt-get update && apt-get install -y git\n"),
    case("DF206", "FROM a\nRUN apt-get install -y git  #! apt-get install\n", INFO, f"FROM debian:13 AS a\n{FIRST}"),
    case("DF206", f"{FIRST}RUN rm -rf $HOME/.cache\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF206", "RUN curl -o s https://deb.nodesource.com/setup_20.x\nRUN apt-get install -y nodejs\n"),
    case("DF206", f"{FIRST}RUN /setup.sh && apt-get install -y git\n"),
    case("DF206", f"{FIRST}RUN add-apt-repository -y ppa:x/y && apt-get install -y git\n"),
    case("DF206", f"{FIRST}RUN --mount=type=cache,target=/var/lib/apt apt-get install -y git\n"),
    case("DF206", f"{FIRST}RUN rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y git\n"),
    # installs that could be one
    case("DF224", f"{FIRST}RUN apt-get install -y git  #! apt-get install\n", INFO),
    case("DF224", f"{FIRST}RUN apt-get update && apt-get install -y git  #! apt-get install\n"),
    case("DF224", "RUN apt-get install -y curl && apt-get install -y git  #! apt-get install\n"),
    case("DF224", "RUN apk add curl\nRUN apk add git  #! apk add\n", INFO, "FROM alpine:3.22\n"),
    case("DF224", f"{FIRST}COPY x.list /etc/apt/sources.list.d/\nRUN apt-get install -y git\n"),
    case("DF224", f"{FIRST}RUN curl https://e.org/k | apt-key add -\nRUN apt-get install -y git\n"),
    case("DF224", f"{FIRST}RUN npm ci\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}COPY x.sh /\nRUN /x.sh\nRUN apt-get install -y git\n"),
    case("DF224", f"{FIRST}COPY . /app\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN sh -c 'echo x > /etc/apt/x' && apt-get install -y git\n"),
    case("DF224", "RUN apt-get install -y cuda-$V\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN add-apt-repository ppa:x/y && apt-get install -y git\n"),
    case("DF224", "RUN apt-get install -y curl && apt-get purge -y curl && apt-get install -y git\n"),
    case("DF224", "RUN apt-get install -y curl && apt-get install -y -t sid git\n"),
    case("DF224", "RUN apt-get install -y curl || apt-get install -y wget\n"),
    case("DF224", "RUN if true; then apt-get install -y a; else apt-get install -y b; fi\n"),
    case("DF224", f"{FIRST}RUN --mount=type=cache,target=/c apt-get install -y git\n"),
    case("DF224", f"{FIRST}RUN apt-get install -y ./x.deb\n"),
    case("DF224", f"{FIRST}RUN echo deb x > /etc/apt/sources.list\nRUN apt-get install -y git\n"),
    case("DF224", "RUN yum install -y epel-release && yum install -y htop\n", None, "FROM rockylinux:9\n"),
    case("DF224", "RUN apt-get install -y pkg-config\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN curl https://e.org/get-pip.py | python -\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN ./configure && make install\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN curl https://e.org/x.py | python -\nRUN apt-get install -y git\n"),
    case("DF224", "RUN apt-get install -y lsb-release\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN apt-get install -y ./x.deb\nRUN apt-get install -y git  #! apt-get install\n"),
    case("DF224", f"{FIRST}RUN apt-get install -y ./my-config.deb\nRUN apt-get install -y git\n"),
    case("DF224", "RUN apk add a\nRUN apk add --virtual .b b\n", None, "FROM alpine:3.22\n"),
    case("DF224", "RUN yum install -y --enablerepo=x a\nRUN yum install -y b\n", None, "FROM rockylinux:9\n"),
    case("DF224", f"{FIRST}RUN apt-get install -y $MORE  #! apt-get install\n"),
    # upgrades
    case("DF420", "RUN apt-get update && apt-get upgrade -y  #! apt-get upgrade\n", INFO),
    case("DF420", "RUN yum -y update  #! yum -y update\n", INFO, "FROM rockylinux:9\n"),
    case("DF420", "RUN dnf -y upgrade  #! dnf -y upgrade\n", INFO, "FROM fedora:43\n"),
    case("DF420", "RUN apk upgrade --no-cache  #! apk upgrade\n", INFO, "FROM alpine:3.22\n"),
    case("DF420", "RUN zypper update -y  #! zypper update\n", INFO, "FROM opensuse/leap:15.6\n"),
    case("DF420", "RUN yum -y update openssl\n", None, "FROM rockylinux:9\n"),
    case("DF420", "# Install security updates\nRUN apt-get update && apt-get upgrade -y\n"),
    case("DF420", "# Update\nRUN apt-get update && apt-get upgrade -y  #! apt-get upgrade\n", INFO),
    case("DF420", "RUN apt-get update\n"),
    # gem
    case("DF223", "RUN gem install rake  #! gem install\n", INFO),
    case("DF223", "RUN gem install --no-document rake\n"),
    case("DF223", "RUN gem install -N rake\n"),
    case("DF223", "RUN echo 'gem: --no-document' > ~/.gemrc && gem install rake\n"),
    case("DF223", "RUN gem install rake\n", None, "FROM ruby:3.4\n"),
    # cache mounts
    case("DF221", "RUN npm ci  #! npm ci\n", INFO),
    case("DF221", "RUN go build .  #! go build\n", INFO, "FROM golang:1.26\n"),
    case("DF221", "RUN --mount=type=cache,target=/root/.npm npm ci\n"),
    case("DF221", "RUN npm run build\n"),
    case("DF221", "RUN pip install --no-index --find-links=/w a  \n", None, "FROM python:3.13\n"),
    case("DF221", "RUN pip install /wheels/*.whl\n", None, "FROM python:3.13\n"),
    case("DF221", "RUN pip install /wheels/* && pip install .\n", None, "FROM python:3.13\n"),
    case("DF221", "RUN pip install /wheels/*.whl b  #! pip install\n", INFO, "FROM python:3.13\n"),
    case("DF221", "COPY --from=x $CARGO_HOME $CARGO_HOME\nRUN cargo build\n", None, "FROM rust:1\n"),
    case("DF221", "COPY --from=x /a/target target\nRUN cargo build\n", None, "FROM rust:1\n"),
    case("DF221", "RUN cargo chef prepare\nRUN cargo build  #! cargo build\n", INFO, "FROM rust:1\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_published_rules(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("base", "line", "advice"),
    [
        (NODE, "curl -o /a https://e.org/a", "add `-f`, so that"),
        (NODE, "curl https://e.org/a | php", 'add `-f`, and put `SHELL ["/bin/bash"'),
        (NODE, "set -o pipefail; curl https://e.org/a | php", "add `-f`, so that"),
        ("FROM alpine:3.22\n", "curl https://e.org/a | php", "add `-f`, and begin the RUN with"),
    ],
)
def test_in_a_pipe_a_failure_of_curl_has_to_count(base: str, line: str, advice: str) -> None:
    (found,) = diagnostics("DF217", f"{base}RUN {line}\n", "Dockerfile", preset="all")
    assert found.help.startswith(advice)
    assert (found.fix is not None) is advice.endswith("so that")


MOUNTS = [
    ("FROM python:3.13\nRUN pip install --no-cache a\n", "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n"),
    ("FROM node:22\nRUN npm ci && npm cache clean --force\n", "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    ("FROM golang:1.26\nRUN go build .\n", "FROM golang:1.26\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build .\n"),
    ("FROM rust:1.90\nRUN cargo build --release\n", "FROM rust:1.90\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release\n"),
    ("FROM composer:2\nRUN composer install\n", "FROM composer:2\nRUN --mount=type=cache,target=/tmp/cache composer install\n"),
    (
        "FROM debian:13\nRUN apt-get update \\\n    && apt-get install -y tini \\\n    && rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update \\\n    && apt-get install -y tini\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), MOUNTS)
def test_a_cache_is_mounted_and_no_longer_emptied(before: str, after: str) -> None:
    assert fixed("DF221", before, "Dockerfile", preset="all") == after


@pytest.mark.parametrize(
    "text",
    [
        "FROM node:22\nUSER node\nRUN npm ci\n",  # another home
        "FROM node:22\nENV npm_config_cache=/c\nRUN npm ci\n",
        "FROM debian:13\nRUN go build .\n",  # another GOPATH
        "FROM node:22\nRUN npm ci && pip install x\n",  # two caches
    ],
)
def test_a_mount_that_may_be_wrong_is_only_shown(text: str) -> None:
    found = diagnostics("DF221", text, "Dockerfile", preset="all")
    assert [one.fix.applicability for one in found if one.fix] == [Applicability.SUGGESTION]


@pytest.mark.parametrize(
    ("text", "mounts"),
    [
        ("FROM node:22\nUSER node\nRUN npm ci\n", "target=/home/node/.npm,uid=1000,gid=1000 …`"),
        (
            "FROM node:22\nUSER a:b\nRUN npm ci\n",
            "target=<home of USER>/.npm,uid=<number of USER> …`",
        ),
        (
            "FROM node:22\nENV HOME=/h\nUSER a\nRUN npm ci\n",
            "target=/h/.npm,uid=<number of USER> …`",
        ),
        ("FROM ruby:3.4\nRUN bundle install\n", "target=/usr/local/bundle/cache …`"),
        ("FROM fedora:43\nRUN dnf install -y a\n", "target=/var/cache/libdnf5,sharing=locked …`"),
        ("FROM fedora:40\nRUN dnf install -y a\n", "target=/var/cache/dnf,sharing=locked …`"),
        ("FROM rockylinux:9\nRUN dnf install -y a\n", "target=/var/cache/dnf,sharing=locked …`"),
    ],
)
def test_the_folder_is_that_of_the_user_and_the_image(text: str, mounts: str) -> None:
    (found,) = diagnostics("DF221", text, "Dockerfile", preset="all")
    assert found.help.endswith(f"RUN --mount=type=cache,{mounts}")
    assert (found.fix is None) is ("<home" in mounts)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("FROM python:3.13\nRUN pip install --no-cache-dir a\n", "…`, without `--no-cache-dir`"),
        (
            "FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n",
            "…`, without `PIP_NO_CACHE_DIR`",
        ),
        ("FROM python:3.13\nRUN uv sync --no-cache\n", "…`, without `--no-cache`"),
        ("FROM python:3.13\nRUN pip install a\n", "…`"),
    ],
)
def test_a_cache_that_is_switched_off_would_stay_empty(text: str, end: str) -> None:
    (found,) = diagnostics("DF221", text, "Dockerfile", preset="all")
    assert found.help.endswith(end)


def test_package_lists_that_another_run_needs_stay_in_the_image() -> None:
    text = "FROM debian:13\nRUN apt-get update && apt-get install -y a\nRUN apt-get install -y b\n"
    result = fixed("DF221", text, "Dockerfile", preset="all")
    assert result.count("--mount=type=cache,target=/var/cache/apt,sharing=locked") == 2
    assert "target=/var/lib/apt" not in result
    text = "FROM debian:13\nRUN apt-get update\nRUN apt-get install a && rm -r /var/lib/apt/lists\n"
    result = fixed("DF221", text, "Dockerfile", preset="all")
    assert "target=/var/cache/apt" in result
    assert result.endswith("&& rm -r /var/lib/apt/lists\n")


def test_modules_that_are_in_the_image_are_not_downloaded_again() -> None:
    text = "FROM golang:1.26\nRUN {}go mod download\nRUN go build .\n"
    fetch, build = diagnostics("DF221", text.format(""), "Dockerfile", preset="all")
    assert "downloads" in fetch.message
    assert "compiles" in build.message
    # With both, so that it finds the modules where the download is mounted, too.
    assert build.help == fetch.help
    text = text.format("--mount=type=cache,target=/go/pkg/mod ")
    (build,) = diagnostics("DF221", text, "Dockerfile", preset="all")
    assert "downloads" in build.message
    text = "FROM golang:1.26\nRUN go mod download\nRUN go install example.com/a@v1\n"
    _, install = diagnostics("DF221", text, "Dockerfile", preset="all")
    assert "downloads" in install.message


# --- every rule of both has one here, or a reason

PUBLISHED = json.loads(Path(__file__).with_name("published_rules.json").read_text("utf-8"))


@pytest.mark.parametrize("tool", ["binnacle", "parfum"])
def test_each_of_their_rules_has_one_here_or_a_reason(tool: str) -> None:
    ours = {peer for rule in all_rules() for peer in rule.equivalents}
    theirs = {f"{tool}:{name}" for name in PUBLISHED[tool]}
    page = (ROOT / "docs" / "migrating.md").read_text("utf-8")
    without = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert {peer for peer in ours if peer.startswith(f"{tool}:")} <= theirs
    assert {peer.partition(":")[2] for peer in theirs - ours} <= without
    assert not {peer.partition(":")[2] for peer in theirs & ours} & without
