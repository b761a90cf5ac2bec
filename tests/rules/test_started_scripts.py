"""Scripts of the context that are started: line endings, the shell that they need, their mode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from checks import commit_all, write_files
from composelint.linter.engine.run import check_files
from composelint.linter.files.discovery import discover
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import settings

CODE = "DF161"
LF, CRLF, BASH = "#!/bin/sh\ntrue\n", "#!/bin/sh\r\ntrue\r\n", "#!/bin/bash\ntrue\n"


def case(text: str, script: str, more: Mapping[str, str] | None = None, name: str = "s.sh") -> Case:
    return Case(CODE, text, {name: script, **(more or {})})


SERVICE = "services:\n  a:\n    build: .\n"

BROKEN = [
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]  #! "/s.sh"\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]  #! "/s.sh"\n', BASH),
    case('FROM node:22-alpine\nCOPY s.sh /\nCMD ["/s.sh"]  #! "/s.sh"\n', BASH),
    case('FROM acme/base\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]  #! "/s.sh"\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /usr/local/bin/\nENTRYPOINT ["s.sh"]  #! "s.sh"\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /usr/local/bin/run.sh\nENTRYPOINT ["run.sh"]  #! "run.sh"\n', CRLF),
    case('FROM alpine:3.22\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./s.sh"]  #! "./s.sh"\n', CRLF),
    case('FROM alpine:3.22\nWORKDIR /app\nCOPY *.sh ./\nENTRYPOINT ["./s.sh"]  #! "./s.sh"\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["tini", "--", "/s.sh"]  #! "/s.sh"\n', CRLF),
    case("FROM alpine:3.22\nCOPY s.sh /\nRUN /s.sh  #! /s.sh\n", CRLF),
    case("FROM alpine:3.22\nWORKDIR /a\nCOPY s.sh .\nRUN ./s.sh  #! ./s.sh\n", BASH),
    case('FROM alpine:3.22 AS a\nCOPY s.sh /\nFROM a\nENTRYPOINT ["/s.sh"]  #! "/s.sh"\n', CRLF),
]  # fmt: skip

RUNNING = [
    case('FROM perl:5\nCOPY s.pl /\nENTRYPOINT ["/s.pl"]\n', "#!/usr/bin/perl -w\r\n1;\r\n", name="s.pl"),
    case('FROM node:22\nCOPY s.js /\nCMD ["/s.js"]\n', "#!/usr/bin/env node\r\n1\r\n", name="s.js"),
    case('FROM postgres:17-alpine\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', BASH),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', LF),
    case('FROM debian:13\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', BASH),
    case('FROM alpine:3.22\nRUN apk add bash\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', BASH),
    case('FROM alpine:3.22\nRUN apk add git\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', BASH),
    case('FROM acme/base\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', BASH),
    case('FROM alpine:3.22\nCOPY s.sh /\nRUN dos2unix /s.sh\nENTRYPOINT ["/s.sh"]\n', CRLF),
    case("FROM alpine:3.22\nCOPY s.sh /\nRUN sed -i 's/\\r//' /s.sh\nENTRYPOINT [\"/s.sh\"]\n", CRLF),
    case("FROM alpine:3.22\nCOPY s.sh /\nRUN sed -i 's/\\r//' /s.sh && /s.sh\n", CRLF),
    # A shell reads it; another file lies there; something else is started.
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["sh", "/s.sh"]\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /a.sh\nENTRYPOINT ["/s.sh"]\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nCOPY --from=x /s.sh /\nENTRYPOINT ["/s.sh"]\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\nENTRYPOINT ["top"]\n', CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["top"]\nCMD ["/s.sh"]\n', CRLF),
    case("FROM alpine:3.22\nCOPY s.sh /\nRUN test -f /x && /s.sh\n", CRLF),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', CRLF, {".dockerignore": "*.sh\n"}),
    case('FROM alpine:3.22\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\n', CRLF, {"compose.yaml": SERVICE + "    entrypoint: [top]\n"}),
    case('FROM alpine:3.22\nCOPY s.sh /\nCMD ["/s.sh"]\n', CRLF, {"compose.yaml": SERVICE + "    command: [top]\n"}),
    case('FROM alpine:3.22 AS a\nCOPY s.sh /\nENTRYPOINT ["/s.sh"]\nFROM alpine:3.22\n', CRLF),
]  # fmt: skip


@pytest.mark.parametrize("case", [*BROKEN, *RUNNING], ids=name_of)
def test_started_scripts(case: Case) -> None:
    check(case)


COPY = 'FROM alpine:3.22\nCOPY {flag}s.sh /\n{more}ENTRYPOINT ["/s.sh"]\n'


@pytest.mark.parametrize(
    ("flag", "more", "mode", "is_committed", "count"),
    [
        ("", "", 0o644, True, 1),
        ("", "", 0o755, True, 0),
        ("", "", 0o644, False, 0),
        ("--chmod=755 ", "", 0o644, True, 0),
        ("", "RUN chmod +x /s.sh\n", 0o644, True, 0),
        ("", "RUN true\n", 0o644, True, 1),
    ],
)
def test_a_script_without_the_executable_bit(
    flag: str, more: str, mode: int, is_committed: bool, count: int, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write_files({"Dockerfile": COPY.format(flag=flag, more=more), "s.sh": LF}, tmp_path)
    (tmp_path / "s.sh").chmod(mode)
    if is_committed:
        commit_all(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = check_files(list(discover(["."])), settings(CODE))
    assert [finding.severity for finding in result.reported] == [Severity.WARNING] * count
