"""pip where nothing has installed it."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def pip(text: str, severity: Severity | None = None) -> Case:
    return Case("DF148", text, {}, severity)


CASES = [
    pip("FROM alpine\nRUN apk add python3 && pip3 install x  #! pip3\n", ERROR),
    pip("FROM alpine:3.12\nRUN apk add --no-cache python3 python3-dev\nRUN pip install x  #! pip\n", ERROR),
    pip("FROM node:alpine\nRUN apk add python3 && python3 -m pip install x  #! pip\n", ERROR),
    pip("FROM alpine\nWORKDIR /app\nCOPY . .\nRUN apk add python3 && pip3 install .  #! pip3\n", ERROR),
    pip("FROM alpine\nRUN apk add python3 && pip3 install x; true  #! pip3\n", WARNING),
    # It is there, or may be.
    pip("FROM alpine:3.11\nRUN apk add python3 && pip3 install x\n"),
    pip("FROM node:10-alpine\nRUN apk add python3 && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python3 py3-pip && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python3 py-pip && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add $PACKAGES && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python && pip install x\n"),
    pip("FROM alpine\nRUN apk add -X http://x.example/alpine/v3.11/main python3 && pip3 install x\n"),
    pip("FROM alpine\nRUN echo http://x/alpine/v3.11/main >> /etc/apk/repositories\nRUN apk add python3 && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python3 && python3 -m ensurepip && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python3 curl && curl https://x/get-pip.py | python3 && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python3 && python3 -m venv /v && . /v/bin/activate && pip3 install x\n"),
    pip("FROM alpine\nENV PATH=/opt/py/bin:$PATH\nRUN apk add python3 && pip3 install x\n"),
    pip("FROM alpine\nCOPY --from=python:alpine /usr/local /usr/local\nRUN pip3 install x\n"),
    pip("FROM alpine\nCOPY rootfs /\nRUN pip3 install x\n"),
    pip("FROM alpine\nCOPY setup.sh .\nRUN apk add python3 && ./setup.sh && pip3 install x\n"),
    pip("FROM alpine\nCOPY setup.sh .\nRUN apk add python3 && sh setup.sh && pip3 install x\n"),
    pip("FROM alpine AS a\nRUN apk add py3-pip\nFROM a\nRUN pip3 install x\n"),
    pip("FROM python:alpine\nRUN pip3 install x\n"),
    pip("FROM acme/alpine\nRUN apk add python3 && pip3 install x\n"),
    pip("FROM debian\nRUN pip3 install x\n"),
    # Not surely.
    pip("FROM alpine\nRUN apk add python3 && (pip3 install x || true)\n"),
    pip("FROM alpine\nRUN apk add python3 && if a; then pip3 install x; fi\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_missing_pip(case: Case) -> None:
    check(case)
