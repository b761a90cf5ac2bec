"""Text that is taken as it is: commands in values, sources of volumes, braces; libraries too new."""

from __future__ import annotations

import pytest
from marked import Case, check, name_of

BASE = "FROM alpine:3.22\nARG APP=/a\nENV HOST=db\n"
RUST = "FROM rust:1.83-{build} AS b\nRUN {how}\nFROM {run}\nCOPY --from=b /src/target/release/app /app{mark}\n"
BUILD = "cargo build --release"


def value(line: str) -> Case:
    return Case("DF136", BASE + line + "\n")


def volume(line: str) -> Case:
    return Case("DF137", BASE + line + "\n")


def braces(line: str) -> Case:
    return Case("DF138", BASE + line + "\n")


def rust(build: str, run: str, mark: str = "", how: str = BUILD) -> Case:
    return Case("DF139", RUST.format(build=build, run=run, mark=mark, how=how))


def go(
    build: str = "golang:1.26",
    run: str = "alpine:3.22",
    mark: str = "",
    how: str = "go build -o app .",
) -> Case:
    text = f"FROM {build} AS b\nWORKDIR /src\nRUN {how}\nFROM {run}\nCOPY --from=b /src/app /app{mark}\n"
    return Case("DF140", text)


CASES = [
    value("ENV D=$(date)  #! $(date)"),
    value("ENV C=`nproc`  #! `nproc`"),
    value('LABEL b="$(date)"  #! $(date)'),
    value("ARG D=$(date)  #! $(date)"),
    value("ENV MAKEFLAGS=-j$(nproc)  #! $(nproc)"),
    value("ENV D='$(date)'"),
    value("ENV D=\\$(date)"),
    value("ENV PS1='\\u $(branch)'"),
    value('ENV PROMPT_COMMAND="$(branch)"'),
    value('LABEL description="runs `date` every day"'),
    value("ENV D=$HOST"),
    value("RUN echo $(date) `nproc`"),
    volume("VOLUME /var/run/docker.sock:/var/run/docker.sock  #! /var/run"),
    volume("VOLUME ./data:/data  #! ./data:/data"),
    volume('VOLUME ["/a", "db:/data"]  #! "db:/data"'),
    volume("VOLUME /data /logs"),
    volume("VOLUME c:/data"),
    volume("VOLUME /data:x"),
    braces("RUN mkdir -p {$APP}  #! {$APP}"),
    braces("RUN mkdir {APP}  #! {APP}"),
    braces("WORKDIR {APP}/x  #! {APP}"),
    braces("COPY . {$APP}/  #! {$APP}"),
    braces("ENV U=http://{HOST}:80  #! {HOST}"),
    braces("RUN mkdir -p ${APP} /{a,b} {OTHER}"),
    braces("RUN echo {APP} && awk '{APP}' x"),
    braces("ENV U='http://{HOST}:80' V={HOST}"),
    braces("WORKDIR ${APP}"),
    rust("slim-bookworm", "debian:bullseye-slim", "  #! b"),
    rust("bookworm", "ubuntu:22.04", "  #! b"),
    rust("bookworm", "alpine:3.22", "  #! b"),
    rust("bookworm", "debian:bookworm"),
    rust("bullseye", "debian:bookworm"),
    rust("bookworm", "debian"),
    rust("alpine3.22", "alpine:3.22"),
    rust("bookworm", "alpine:3.22", how="cargo build --release --target x86_64-unknown-linux-musl"),
    rust("bookworm", "alpine:3.22\nRUN apk add gcompat"),
    rust("bookworm", "scratch"),
    rust("bookworm", "acme/base"),
    rust("bookworm", "debian:bullseye", how="echo"),
    go(mark="  #! b"),
    go("golang:1.26-bookworm", "scratch", "  #! b"),
    go(run="gcr.io/distroless/static-debian12", mark="  #! b"),
    go(how="cd cmd && go build -trimpath -o /src/app ./x", mark="  #! b"),
    go("golang:1.26-alpine"),
    go(run="debian:bookworm-slim"),
    go(run="gcr.io/distroless/base-debian12"),
    go(how="CGO_ENABLED=0 go build -o app ."),
    go(how="GOOS=linux go build -o app ."),
    go(how="go build -tags netgo -o app ."),
    go(run="alpine:3.22\nRUN apk add libc6-compat"),
    go(run="scratch\nCOPY --from=b /lib64/ld-linux-x86-64.so.2 /lib64/"),
    go(how="go build -o other ."),
    go(how="go build ./..."),
    go("acme/golang:1.26"),
    go(run="acme/base"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_literal_text(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("ignore", "source", "count"),
    [
        ("data/file1\n!**/*.py\n", "data/file1", 1),
        ("data/file1\n!**/*1\n", "data/file1", 0),
        ("data\n!**/*.py\n", "data", 0),
        ("data\n!data/file1\n", "data/file1", 0),
    ],
)
def test_a_wildcard_takes_back_only_what_it_matches(ignore: str, source: str, count: int) -> None:
    mark = f"  #! {source}" if count else ""
    files = {".dockerignore": ignore, "data/file1": ""}
    check(Case("DI006", f"FROM alpine:3.22\nCOPY {source} /srv/{mark}\n", files))
