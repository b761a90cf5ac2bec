"""Our fixes on files that other fixers have damaged.

Every rule is on. A Compose file is given with its exact text after the safe fixes; the
unsafe ones may only add lines to it (limits, a restart policy, …). A Dockerfile is given
with its exact text after the safe and after all fixes. None means: the text does not change.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import kind_of_text
from composelint.linter.files.discovery import InputFile
from composelint.linter.fixing.engine import Choice, fix_files
from fixed import SETTINGS, assert_sound, fix

COMPOSE: dict[str, tuple[str, str | None]] = {
    "a label called version, no finding": (
        'services:\n  app:\n    image: app:1\n    labels:\n      version: "2.1"\n      team: core\n',
        None,
    ),
    "a nested version above and below the real one": (
        "# head\nx-meta:\n  version: 7\n  note: >-\n    folded text\n    goes on\n\n"
        'version: "3.8"\n\nservices:\n  app:\n    image: app:1\n    environment:\n      version: "3"\n',
        "# head\nx-meta:\n  version: 7\n  note: >-\n    folded text\n    goes on\n\n"
        'services:\n  app:\n    image: app:1\n    environment:\n      version: "3"\n',
    ),
    "models, below the services": (
        "services:\n  app:\n    image: app:1\n    models:\n      - llm\n"
        "models:\n  llm:\n    model: ai/smollm2\n",
        None,
    ),
    "models, above the services": (
        "models:\n  llm:\n    model: ai/smollm2\n"
        "services:\n  app:\n    image: app:1\n    models:\n      - llm\n",
        "services:\n  app:\n    image: app:1\n    models:\n      - llm\n"
        "models:\n  llm:\n    model: ai/smollm2\n",
    ),
    "extensions in any place": (
        "x-b: 1\nservices:\n  app:\n    image: app:1\nx-a: 2\n",
        "x-b: 1\nx-a: 2\nservices:\n  app:\n    image: app:1\n",
    ),
    "an extension that uses an anchor of the services": (
        "services:\n  app:\n    image: app:1\n    logging: &log\n      driver: local\nx-log: *log\n",
        None,
    ),
    "a merge key, keys out of order": (
        "services:\n  web: &web\n    restart: always\n    image: app:1\n  worker:\n    <<: *web\n",
        "services:\n  web: &web\n    image: app:1\n    restart: always\n  worker:\n    <<: *web\n",
    ),
    "a merge key that would come above its anchor": (
        "services:\n  web: &web\n    image: app:1\n    restart: always\n"
        '  api:\n    <<: *web\n    command: ["x"]\n',
        None,
    ),
    "anchors of extensions": (
        'x-log: &log\n  driver: local\n\nx-env: &env\n  A: "1"\n\nservices:\n  web:\n'
        '    environment:\n      <<: *env\n      B: "2"\n    logging: *log\n    image: app:1\n',
        'x-log: &log\n  driver: local\n\nx-env: &env\n  A: "1"\n\nservices:\n  web:\n'
        '    image: app:1\n    environment:\n      <<: *env\n      B: "2"\n    logging: *log\n',
    ),
    "comments everywhere": (
        "# licence\n\nservices:\n  # before the first\n  web:\n    restart: always  # at the end\n"
        "    # between\n    image: app:1\n    # after the last of web\n  # above zed\n  zed:\n"
        "    image: app:1\n# at the very end\n",
        "# licence\n\nservices:\n  # before the first\n  web:\n    # between\n    image: app:1\n"
        "    restart: always  # at the end\n    # after the last of web\n  # above zed\n  zed:\n"
        "    image: app:1\n# at the very end\n",
    ),
    "a comment before the first of services out of order": (
        "services:\n  # first\n  web:\n    image: app:1\n  api:\n    image: app:1\n    # last\n",
        None,
    ),
    "a commented-out item below a list that would move": (
        'services:\n  web:\n    ports:\n      - "80:80"\n#      - "81:81"\n    image: app:1\n',
        None,
    ),
    "a commented-out item at the column of the keys": (
        'services:\n  web:\n    ports:\n    - "80:80"\n    # - "81:81"\n    image: app:1\n',
        None,
    ),
    "a commented-out item at the end": (
        'services:\n  web:\n    image: app:1\n    ports:\n    - "80:80"\n    environment:\n'
        "    - A=b\n    # - C=d\n",
        None,
    ),
    "numbers as they are written": (
        "services:\n  app:\n    image: app:1\n    sysctls:\n      a.b: 0644\n      a.c: 1e3\n"
        "      a.d: 1_000\n",
        None,
    ),
    "folded and literal scalars": (
        "services:\n  app:\n    restart: always\n    entrypoint: >\n      a\n      b\n\n      c\n"
        "    command: |+\n      d\n\n    image: app:1\n",
        "services:\n  app:\n    image: app:1\n    entrypoint: >\n      a\n      b\n\n      c\n"
        "    command: |+\n      d\n\n    restart: always\n",
    ),
    "scalars over several lines": (
        'services:\n  app:\n    restart: always\n    entrypoint: one\n      two\n    command: "three\n'
        '      four \\\n      five"\n    image: app:1\n',
        'services:\n  app:\n    image: app:1\n    entrypoint: one\n      two\n    command: "three\n'
        '      four \\\n      five"\n    restart: always\n',
    ),
    "a port with an underscore": (
        "services:\n  app:\n    image: app:1\n    ports:\n      - 1_000\n",
        None,
    ),
    "Windows line endings": (
        '# head\r\nversion: "3"\r\nservices:\r\n  web:\r\n    restart: always\r\n'
        "    image: app:1\r\n    ports:\r\n      - 80:80  # web\r\n",
        "# head\r\nservices:\r\n  web:\r\n    image: app:1\r\n    ports:\r\n"
        '      - "80:80"  # web\r\n    restart: always\r\n',
    ),
    "a byte order mark": (
        '\ufeffversion: "3"\nservices:\n  web:\n    image: app:1\n',
        "\ufeffservices:\n  web:\n    image: app:1\n",
    ),
    "indentation of its own": (
        "services:\n   web:\n         image: app:1\n         environment:\n         - A=1\n"
        "   api:\n    image: app:1\n",
        "services:\n  api:\n    image: app:1\n  web:\n    image: app:1\n"
        "    environment:\n    - A=1\n",
    ),
    "no newline at the end": (
        "services:\n  web:\n    ports:\n      - 80:80\n    image: app:1",
        'services:\n  web:\n    image: app:1\n    ports:\n      - "80:80"\n',
    ),
    "doubled variables and ports, which Compose takes": (
        "services:\n  web:\n    image: app:1\n    environment:\n      - A=1\n      - A=2\n"
        '    ports:\n      - "80:80"\n      - "80:80"\n',
        None,
    ),
    "flow style": (
        'services: {web: {ports: ["80:80"], image: "app:1", labels: {version: "2.1"}}}\n',
        None,
    ),
    "characters outside the basic plane": (
        "services:\n  web:\n    image: app:1\n    labels:\n"
        '      a: "💥 é 日本"  # 💥\n    ports:\n      - 80:80  # 日本\n',
        "services:\n  web:\n    image: app:1\n    labels:\n"
        '      a: "💥 é 日本"  # 💥\n    ports:\n      - "80:80"  # 日本\n',
    ),
    "tabs before comments": (
        "services:\n  web:\n    image: app:1\t# c\n    ports: [80:80]\t# d\n",
        'services:\n  web:\n    image: app:1\t# c\n    ports: ["80:80"]\t# d\n',
    ),
    "document marks": (
        '%YAML 1.1\n---\nversion: "3"\nservices:\n  web:\n    image: app:1\n...\n',
        "%YAML 1.1\n---\nservices:\n  web:\n    image: app:1\n...\n",
    ),
    "tags of Compose": (
        "services:\n  web:\n    ports: !reset []\n    image: app:1\n",
        "services:\n  web:\n    image: app:1\n    ports: !reset []\n",
    ),
    "quoted and complex keys": (
        '"services":\n  "web":\n    "restart": always\n    \'image\': app:1\n  ? zed\n'
        "  : image: app:1\n    restart: always\n",
        '"services":\n  "web":\n    \'image\': app:1\n    "restart": always\n  ? zed\n'
        "  : image: app:1\n    restart: always\n",
    ),
    "only a comment": ("# only\n", None),
    "not YAML": ('version: "3"\nservices: [\n', None),
}


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_keep_their_meaning(name: str, folder: Path) -> None:
    before, expected = COMPOSE[name]
    expected = before if expected is None else expected
    data = before.encode()
    after, outcome = fix("compose.yaml", data)
    assert after.decode() == expected
    assert_sound("compose.yaml", data, after, outcome, unsafe=False)
    after, outcome = fix("compose.yaml", data, unsafe=True)
    assert_sound("compose.yaml", data, after, outcome, unsafe=True)
    if "flow" not in name and "tabs" not in name:
        lines = iter(after.decode().splitlines())
        missing = [line for line in expected.splitlines() if line not in lines]
        assert missing == []


UNSAFE_COMPOSE = [
    (
        "services:\n  app:\n    image: app:1\n    environment:\n      OCT: 0644\n      EXP: 1e3\n",
        ["services.app.environment.OCT: 420 → 0644", "services.app.environment.EXP: 1000 → 1e3"],
    ),
    (
        "services:\n  web:\n    image: app:1\n    restart: always\n    links: [db]\n"
        "  db:\n    image: app:1\n",
        ["services.web.links: [db] → (none)"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), UNSAFE_COMPOSE)
def test_fixes_that_change_the_meaning_declare_it(
    text: str, expected: list[str], folder: Path
) -> None:
    _, outcome = fix("compose.yaml", text.encode())
    assert outcome.changes == []
    _, outcome = fix("compose.yaml", text.encode(), unsafe=True)
    declared = [str(change) for change in outcome.changes]
    assert [change for change in expected if change not in declared] == []


HEAD = "FROM debian:12\n"

DOCKERFILES: dict[str, tuple[str, str | None, str | None]] = {
    "a script in a heredoc": (
        "RUN <<EOF\napt-get update\napt-get install curl  \nsudo x\nEOF\n",
        None,
        None,
    ),
    "data in a heredoc": (
        "COPY <<EOF /readme.md\na hard break  \nmaintainer x\nsudo apt-get install y\nEOF\n",
        None,
        None,
    ),
    "two heredocs": (
        "RUN <<A cat && <<B cat && apt-get install x\nsudo a\nA\nsudo b\nB\n",
        None,
        None,
    ),
    "sudo to another user": ("RUN sudo -u postgres createdb x\n", None, None),
    "the package sudo": (
        "RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/*\n",
        None,
        "RUN apt-get update && apt-get install -y --no-install-recommends sudo git ca-certificates"
        " && rm -rf /var/lib/apt/lists/*\n",
    ),
    "sudo before every command": (
        "RUN sudo apt-get update && sudo apt-get install -y curl\n",
        None,
        "RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates"
        " && rm -rf /var/lib/apt/lists/*\n",
    ),
    "cd that is undone": ("RUN cd /src && make && cd /other && make\n", None, None),
    "comments in and behind a command": (
        "RUN apt-get update \\\n  # tools \\\n  && apt-get install curl # the end\nUSER app\n",
        "RUN apt-get update \\\n  # tools \\\n  && apt-get install -y curl # the end\nUSER app\n",
        "RUN apt-get update \\\n  # tools \\\n  && apt-get install -y --no-install-recommends curl ca-certificates"
        " # the end\nUSER app\n",
    ),
    "a comment behind the last command": (
        "RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates # the end\n",
        None,
        None,
    ),
    "cache mounts": (
        "RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt"
        " apt-get update && apt-get install -y --no-install-recommends curl ca-certificates\n"
        "RUN --mount=type=cache,target=/root/.cache/pip pip install x==1\n",
        None,
        None,
    ),
    "options that look like another's": (
        "RUN ssh-keygen -k -f x\nRUN curl -sSk https://a.example/x -o x\n",
        None,
        "RUN ssh-keygen -k -f x\nRUN curl -LfsSk https://a.example/x -o x\n",
    ),
    "chmod, also inside a text": ('RUN echo "chmod 777 x" && chmod 777 /x\n', None, None),
    "ADD of what COPY cannot fetch": (
        "ADD git@github.com:a/b.git /src\nADD https://a.example/x.tar.gz /x\nADD app.tar.gz /app\n"
        f"ADD --checksum=sha256:{'0' * 64} https://a.example/f /f\nADD $FILE /x\n",
        None,
        None,
    ),
    "ADD of plain files": (
        "ADD a.txt /a.txt\nADD src/ /src/\n",
        "COPY a.txt /a.txt\nCOPY src/ /src/\n",
        "COPY a.txt /a.txt\nCOPY src/ /src/\n",
    ),
    "old bases": ("FROM python:2.7\nFROM centos:7\nFROM node:8\n", None, None),
    "destinations": (
        "COPY a b\nCOPY a b c\n",
        "COPY a b\nCOPY a b c/\n",
        "COPY a b\nCOPY a b c/\n",
    ),
    "ports": (
        "EXPOSE 80/TCP 53/udp\nEXPOSE 8080:81\n",
        "EXPOSE 80/tcp 53/udp\nEXPOSE 8080:81\n",
        "EXPOSE 80/tcp 53/udp\nEXPOSE 81\n",
    ),
    "notes": ("# Later: remove\nRUN make  # later\n", None, None),
    "ONBUILD": (
        "ONBUILD RUN cd /x && apt-get install y\nonbuild run make\n",
        "ONBUILD RUN cd /x && apt-get install -y y\nONBUILD run make\n",
        "ONBUILD RUN cd /x && apt-get install -y --no-install-recommends y\nONBUILD run make\n",
    ),
    "a CMD over several lines": ('CMD ["a", \\\n  "b"]\nCMD ["c"]\n', 'CMD ["c"]\n', 'CMD ["c"]\n'),
    "a CMD with a comment inside": ('CMD ["a", \\\n  # why\n  "b"]\nCMD ["c"]\n', None, None),
    "ENV without the equals sign": (
        'ENV FOO bar baz "q"\nENV A b\\ c\nENV B a \\\n  b\nENV D $A\\$ "\'"\n',
        'ENV FOO="bar baz q"\nENV A="b c"\nENV B="a \\\n  b"\nENV D $A\\$ "\'"\n',
        'ENV FOO="bar baz q"\nENV A="b c"\nENV B="a \\\n  b"\nENV D $A\\$ "\'"\n',
    ),
    "no newline at the end": (
        "RUN apt-get update && apt-get install curl && x",
        "RUN apt-get update && apt-get install -y curl && x\n",
        "RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && x"
        " && rm -rf /var/lib/apt/lists/*\n",
    ),
    "lists of every kind": ("RUN y || true && exit 0 && z # c && w\nRUN a; b; c\n", None, None),
    "commands made at run time": (
        "RUN apt-get install $(cat list)\nRUN bash -c 'apt-get install x'\n",
        None,
        None,
    ),
    "trailing blanks": (
        "RUN a  \nRUN b \\ \n  c\nRUN echo \\\\ \n",
        "RUN a\nRUN b \\\n  c\nRUN echo \\\\\n",
        "RUN a\nRUN b \\\n  c\nRUN echo \\\\\n",
    ),
    "Windows line endings": (
        "maintainer Me <a@b.example>\r\nRUN apt-get update && \\\r\n    # why\r\n"
        "    apt-get install curl\r\n",
        'LABEL org.opencontainers.image.authors="Me <a@b.example>"\r\n'
        "RUN apt-get update && \\\r\n    # why\r\n    apt-get install -y curl\r\n",
        'LABEL org.opencontainers.image.authors="Me <a@b.example>"\r\n'
        "RUN apt-get update && \\\r\n    # why\r\n    apt-get install -y --no-install-recommends curl ca-certificates"
        " \\\r\n    && rm -rf /var/lib/apt/lists/*\r\n",
    ),
}

WHOLE_DOCKERFILES: dict[str, tuple[str, str | None, str | None]] = {
    "PowerShell": (
        "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\n"
        'SHELL ["powershell", "-Command"]\nWORKDIR C:\\app\nRUN Get-Content x | Set-Content y\n'
        "RUN cd C:\\x; apt-get install curl `\n  -Force\n",
        None,
        None,
    ),
    "bash set on Alpine": (
        'FROM alpine:3.20\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a | b\n',
        None,
        None,
    ),
    "a pipe on Alpine": (
        "FROM alpine:3.20\nRUN wget -qO- https://a.example/x | sh\n",
        None,
        "FROM alpine:3.20\nRUN set -o pipefail && wget -qO- https://a.example/x | sh\n",
    ),
    "a pipe on Debian": (
        "FROM debian:12\nRUN wget -qO- https://a.example/x | sh\n",
        None,
        'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'
        "RUN wget -qO- https://a.example/x | sh\n",
    ),
    "apk with a comment": (
        "FROM alpine:3.20\nRUN apk add curl # here\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl # here\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl # here\n",
    ),
    "scratch": ('FROM scratch\nCOPY app /app\nCMD ["/app"]\n', None, None),
    "a byte order mark and lower case": (
        "\ufefffrom debian:12 as Build\nRUN make\nRUN make\nFROM debian:12\n"
        "COPY --from=Build /a /a\nRUN --mount=from=Build,target=/x make\n",
        "\ufeffFROM debian:12 AS build\nRUN make\nRUN make\nFROM debian:12\n"
        "COPY --from=build /a /a\nRUN --mount=from=build,target=/x make\n",
        "\ufeffFROM debian:12 AS build\nRUN make\nRUN make\nFROM debian:12\n"
        "COPY --from=build /a /a\nRUN --mount=from=build,target=/x make\n",
    ),
    "directives at the top": (
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM debian:12\nCOPY a `\n  b c\n",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM debian:12\nCOPY a `\n  b c/\n",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM debian:12\nCOPY a `\n  b c/\n",
    ),
}


@pytest.mark.parametrize("name", [*DOCKERFILES, *WHOLE_DOCKERFILES])
def test_dockerfiles_keep_their_meaning(name: str, folder: Path) -> None:
    newline = "\r\n" if "Windows" in name else "\n"
    head = HEAD.replace("\n", newline) if name in DOCKERFILES else ""
    before, safe, unsafe = DOCKERFILES.get(name) or WHOLE_DOCKERFILES[name]
    data = (head + before).encode()
    for allowed, expected in ((False, safe), (True, unsafe)):
        after, outcome = fix("Dockerfile", data, allowed)
        assert after.decode() == head + (before if expected is None else expected)
        assert_sound("Dockerfile", data, after, outcome, allowed)


def test_files_beside_a_broken_one_are_fixed(folder: Path) -> None:
    texts = {
        "a/compose.yaml": b"services: [\n",
        "b/compose.yaml": b'version: "3"\nservices:\n  web:\n    image: app:1\n',
        "c/Dockerfile": b"FROM\n",
        "d/Dockerfile": b"FROM debian:12\nADD a.txt /a.txt\n",
    }
    inputs = [InputFile(path, kind_of_text(path), True) for path in texts]
    outcome = fix_files(inputs, SETTINGS, Choice(), texts)
    assert outcome.after == {
        "b/compose.yaml": "services:\n  web:\n    image: app:1\n",
        "d/Dockerfile": "FROM debian:12\nCOPY a.txt /a.txt\n",
    }
