"""Calls of go that need a module and have none."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def go(text: str, severity: Severity | None = None) -> Case:
    return Case("DF143", text, {}, severity)


CASES = [
    go("FROM golang\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang:alpine\nRUN apk add git && go get -u -v github.com/a/b  #! go get\n", ERROR),
    go("FROM golang:1\nENV GO111MODULE=off\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang:1.18\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang:1.26-alpine\nWORKDIR /x\nRUN go get -d ./...  #! go get\n", ERROR),
    go("FROM golang\nADD . /go/src/github.com/a/b\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang\nADD . $GOPATH/src/github.com/a/b\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang\nWORKDIR /app\nCOPY cmd ./cmd\nRUN go get github.com/a/b  #! go get\n", ERROR),
    go("FROM golang\nRUN go get github.com/a/b; true  #! go get\n", WARNING),
    go("FROM golang\nRUN go install github.com/a/b  #! go install\n", ERROR),
    # An older Go, or another image.
    go("FROM golang:1.17\nRUN go get github.com/a/b\n"),
    go("FROM golang:1.21\nENV GO111MODULE=off\nRUN go get github.com/a/b\n"),
    go("FROM golang:1-buster\nRUN go get github.com/a/b\n"),
    go("FROM golang:stretch\nRUN go get github.com/a/b\n"),
    go("FROM acme/golang\nRUN go get github.com/a/b\n"),
    # A module, or what may bring one.
    go("FROM golang\nWORKDIR /app\nCOPY . .\nRUN go get ./...\n"),
    go("FROM golang\nCOPY . /app\nWORKDIR /app/cmd\nRUN go get ./...\n"),
    go("FROM golang\nADD . /\nRUN go get ./...\n"),
    go("FROM golang\nADD . /go\nRUN go get ./...\n"),
    go("FROM golang\nWORKDIR $X\nCOPY . $X\nRUN go get ./...\n"),
    go("FROM golang\nADD . $APP\nRUN go get github.com/a/b\n"),
    go("FROM golang\nRUN go mod init x && go get github.com/a/b\n"),
    go("FROM golang\nRUN echo module x > go.mod && go get github.com/a/b\n"),
    go("FROM golang\nRUN git clone https://github.com/a/b . && go get ./...\n"),
    go("FROM golang\nRUN mkdir /x && cd /x && go get ./...\n"),
    go("FROM golang\nCOPY build.sh /\nRUN /build.sh && go get github.com/a/b\n"),
    go("FROM golang\nRUN --mount=target=. go get ./...\n"),
    go("FROM golang AS a\nWORKDIR /x\nCOPY . .\nFROM a\nRUN go get ./...\n"),
    go("FROM golang\nRUN go get -modfile=/x/go.mod github.com/a/b\n"),
    go("FROM golang\nENV GOFLAGS=-modfile=/x/go.mod\nRUN go get github.com/a/b\n"),
    # Other calls.
    go("FROM golang\nRUN go install github.com/a/b@latest\n"),
    go("FROM golang\nRUN go install std\n"),
    go("FROM golang\nENV GO111MODULE=off\nRUN go install github.com/a/b\n"),
    go("FROM golang\nRUN go build main.go\n"),
    go("FROM golang\nRUN go get github.com/a/b || true\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_go_modules(case: Case) -> None:
    check(case)
