"""DF109 to DF117, DF121, DF126, DF127, DF157, DF158: paths, ports, commands, health."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import fixed

SERVICE = "services:\n  web:\n    build: .\n"

CASES = [
    # --- DF109: several sources
    Case("DF109", "FROM a\nCOPY x y /z  #! /z\n"),
    Case("DF109", "FROM a\nADD x y z  #! z\n"),
    Case("DF109", "FROM a\nCOPY [\"x\", \"y\", \"/z\"]  #! \"/z\"\n"),
    Case("DF109", "FROM a\nCOPY <<A <<B /z  #! /z\nA\nB\n"),
    Case("DF109", "FROM a\nCOPY x y $D/z  #! $D/z\n"),
    Case("DF109", "FROM a\nONBUILD COPY x y /z  #! /z\n"),
    Case("DF109", "FROM a\nCOPY x y /z/\nCOPY x y .\nCOPY x y ./\nCOPY x y ..\n"),
    Case("DF109", "FROM a\nCOPY x y $D\nCOPY x y \"${D}\"\nCOPY x* /z\nCOPY x /z\n"),
    Case("DF109", "# escape=`\nFROM a\nCOPY x y C:\\z\\\n"),
    # --- DF110: no WORKDIR
    Case("DF110", "FROM node:22\nCOPY . .  #! .\nADD x y\n", {}, Severity.WARNING),
    Case("DF110", "FROM ubuntu\nCOPY x y  #! y\nWORKDIR /z\n", {}, Severity.WARNING),
    Case("DF110", "FROM acme/base\nCOPY x ./  #! ./\n", {}, Severity.INFO),
    Case("DF110", "FROM node:22\nWORKDIR /x\nCOPY . .\n"),
    Case("DF110", "FROM node:22 AS a\nWORKDIR /x\nFROM a AS b\nFROM b\nCOPY . .\n"),
    Case("DF110", "FROM node:22\nCOPY x /y\nCOPY x $Y/z\nCOPY x \"/y\"\nCOPY x C:/y\n"),
    Case("DF110", "FROM scratch\nCOPY x y\n"),
    Case("DF110", "FROM golang:1.25\nCOPY . .\nRUN x\n"),
    Case("DF110", "FROM php:8-apache\nCOPY . .\n"),
    # --- DF111: the first WORKDIR
    Case("DF111", "FROM a\nWORKDIR app/  #! app/\n"),
    Case("DF111", "FROM a\nWORKDIR a  #! a\n"),
    Case("DF111", "FROM a\nWORKDIR \"app\"  #! \"app\"\nWORKDIR sub\n"),
    Case("DF111", "FROM a\nENV D=app\nWORKDIR $D  #! $D\n"),
    Case("DF111", "FROM a\nWORKDIR app/$D  #! app/$D\n"),
    Case("DF111", "FROM a AS b\nWORKDIR /app\nWORKDIR sub\nFROM b\nWORKDIR sub\n"),
    Case("DF111", "FROM a\nWORKDIR $D\nWORKDIR ${D}/x\n"),
    Case("DF111", "FROM a\nENV D=/app\nWORKDIR $D\n"),
    Case("DF111", "FROM a\nWORKDIR C:/app\n"),
    # --- DF112: all but the last
    Case("DF112", "FROM a\nENTRYPOINT [\"x\"]  #! ENTRYPOINT\nENTRYPOINT [\"y\"]\n"),
    Case("DF112", "FROM a\nHEALTHCHECK NONE  #! HEALTHCHECK\nCOPY <<E /x\ny\nE\nHEALTHCHECK CMD z\n"),
    Case("DF112", "FROM a AS b\nCMD x\nENTRYPOINT y\nFROM b\nCMD x\nENTRYPOINT y\n"),
    # --- DF113, DF114, DF115: EXPOSE
    Case("DF113", "FROM a\nEXPOSE 80:80 127.0.0.1:1:2 [::1]:3:4/udp 5  #! 80:80 #! 127.0.0.1:1:2 #! [::1]:3:4/udp\n"),
    Case("DF113", "FROM a\nARG P=1:2\nEXPOSE $P  #! $P\n"),
    Case("DF113", "FROM a\nEXPOSE 80 80/tcp 8000-8100\n"),
    Case("DF114", "FROM a\nEXPOSE 80/TCP 81/Udp 82/sctp 83  #! TCP #! Udp\n"),
    Case("DF114", "FROM a\nEXPOSE 80/tcp 99999/TCP\n"),
    Case("DF115", "FROM a\nEXPOSE 65536  #! 65536\n"),
    Case("DF115", "FROM a\nEXPOSE 80/http  #! 80/http\n"),
    Case("DF115", "FROM a\nEXPOSE 90-80  #! 90-80\n"),
    Case("DF115", "FROM a\nEXPOSE web  #! web\n"),
    Case("DF115", "FROM a\nEXPOSE /tcp  #! /tcp\n"),
    Case("DF115", "FROM a\nEXPOSE [\"80\"]  #! [\n"),
    Case("DF115", "FROM a\nEXPOSE 80 # the web  #! #\n"),
    Case("DF115", "FROM a\nENV P=70000\nEXPOSE $P  #! $P\n"),
    Case("DF115", "FROM a\nEXPOSE 0 65535 80-90/tcp $P ${P}/udp 80/\n"),
    Case("DF115", "FROM a\nARG PORTS=\"80 443\"\nEXPOSE $PORTS\n"),
    # --- DF116
    Case("DF116", "FROM a\nONBUILD FROM b  #! FROM\n"),
    Case("DF116", "FROM a\nONBUILD ONBUILD RUN x  #! ONBUILD\n"),
    Case("DF116", "FROM a\nONBUILD MAINTAINER x  #! MAINTAINER\n"),
    Case("DF116", "FROM a\nONBUILD COPPY x y  #! COPPY\n"),
    Case("DF116", "FROM a\nONBUILD RUN x\nonbuild copy x y\n"),
    # --- DF117
    Case("DF117", "FROM a\nCMD x  #! x\n"),
    Case("DF117", "FROM a\nENTRYPOINT x && y  #! x && y\n"),
    Case("DF117", "FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nCMD x\nENTRYPOINT y\n"),
    Case("DF117", "FROM a AS b\nSHELL [\"/bin/bash\", \"-c\"]\nFROM b\nCMD x\n"),
    Case("DF117", "FROM a\nCMD exec x\nENTRYPOINT y && exec z \"$@\"\n"),
    Case("DF117", "FROM a\nCMD [\"x\"]\nRUN x\nHEALTHCHECK CMD x\nONBUILD CMD x\n"),
    Case("DF117", "FROM a\nCMD ['x']\n"),  # DF005
    # What ends by itself needs no stop signal; ENTRYPOINT loses its arguments all the same.
    Case("DF117", "FROM a\nCMD cp -r x y\n"),
    Case("DF117", "FROM a\nCMD mkdir -p x && cp -r y x\n"),
    Case("DF117", "FROM a\nCMD true\n"),
    Case("DF117", "FROM a\nCMD python manage.py migrate\n"),
    Case("DF117", "FROM a\nCMD cp x y && z  #! cp x y && z\n"),
    Case("DF117", "FROM a\nCMD z && true  #! z && true\n"),
    Case("DF117", "FROM a\nCMD while true; do echo; done  #! while true; do echo; done\n"),
    Case("DF117", "FROM a\nENTRYPOINT cp -r x y  #! cp -r x y\n"),
    # --- DF121: interactive programs
    Case("DF121", "FROM node:22  #! node:22\nCOPY . /app\n"),
    Case("DF121", "FROM python:3.13 AS b\nRUN x\nFROM b  #! b\nCOPY --from=b /x /y\n"),
    Case("DF121", "FROM ruby:3.4  #! ruby\nCOPY app.rb /\n", {"compose.yaml": SERVICE}),
    Case("DF121", "FROM node:22\nCOPY . /app\nCMD [\"x\"]\n"),
    Case("DF121", "FROM node:22\nCOPY . /app\nENTRYPOINT [\"x\"]\n"),
    Case("DF121", "FROM node:22 AS b\nCMD x\nFROM b\nCOPY . /app\n"),
    Case("DF121", "FROM node:22\nCOPY . /app\n", {"compose.yaml": SERVICE + "    command: x\n"}),
    Case("DF121", "FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n"),
    Case("DF121", "FROM node:22\nRUN npm install -g x\n"),
    Case("DF121", "FROM alpine\nCOPY . /app\n"),
    Case("DF121", "FROM nginx\nCOPY . /app\n"),
    Case("DF121", "FROM acme/base\nCOPY . /app\n"),
    Case("DF121", "FROM node:22 AS dev\nCOPY . /app\n"),
    Case("DF121", "FROM node:22\nCOPY . /app\n", path=".devcontainer/Dockerfile"),
    Case("DF121", "FROM node:22\nCOPY . /app\n", path="Dockerfile.base"),
    Case("DF121", "FROM node:22\nONBUILD COPY . /app\nCOPY x.js /\n"),
    # --- DF126: the cases of BuildKit's own test
    Case("DF126", "# foo this is the foo\nARG foo=bar\n# base this is the base\nFROM a AS base\n# x y\nCOPY y z\n"),
    Case("DF126", "# bar it is\nARG foo=bar  #! foo\n# Base it is\nFROM a AS base  #! base\n"),
    Case("DF126", "# other\nARG foo=baz bar=qux  #! foo\nFROM a\n"),
    Case("DF126", "# bar is one of them\nARG foo=baz bar=qux\n# other\n#\nARG bit=bat\nFROM a\n"),
    Case("DF126", "# other\n\nARG foo\nFROM a\n"),
    Case("DF126", "# the base\nFROM a\n# hadolint ignore=DL3006\nFROM b AS c\n"),
    # --- DF127
    Case("DF127", "FROM node:22  #! node:22\nCMD x\n"),
    Case("DF127", "FROM scratch  #! scratch\nCMD [\"/x\"]\n"),
    Case("DF127", "FROM node:22\nHEALTHCHECK CMD x\n"),
    Case("DF127", "FROM node:22\nCMD x\n", path="base.Dockerfile"),
    Case("DF127", "FROM node:22\nHEALTHCHECK NONE\n"),
    Case("DF127", "FROM node:22 AS b\nHEALTHCHECK CMD x\nFROM b\n"),
    Case("DF127", "FROM node:22 AS b\nHEALTHCHECK CMD x\nFROM node:22  #! node:22\n"),
    Case("DF127", "FROM acme/base\nCMD x\n"),
    Case("DF127", "FROM node:22\n", {"compose.yaml": SERVICE + "    healthcheck: {test: [CMD, x]}\n"}),
    Case("DF127", "FROM node:22  #! node:22\n", {"compose.yaml": SERVICE}),
    # --- DF157: images without a shell
    Case("DF157", "FROM scratch\nCOPY app /app\nCMD /app  #! /app\n"),
    Case("DF157", "FROM scratch\nCOPY --from=x/y /app /\nENTRYPOINT /app -v  #! /app -v\n"),
    Case("DF157", "FROM scratch\nRUN x  #! x\n"),
    Case("DF157", "FROM scratch AS b\nCOPY app /app\nFROM b\nHEALTHCHECK CMD /app  #! /app\n"),
    Case("DF157", "FROM gcr.io/distroless/static\nCOPY app /app\nCMD /app  #! /app\n"),
    Case("DF157", "FROM scratch\nCOPY app /app\nCMD [\"/app\"]\nHEALTHCHECK NONE\n"),
    Case("DF157", "FROM scratch\nADD rootfs.tar.gz /\nRUN x\nCMD y\n"),
    Case("DF157", "FROM scratch\nCOPY --from=x/y / /\nCMD z\n"),
    Case("DF157", "FROM scratch\nCOPY --from=x/y /bin/busybox /bin/sh\nRUN z\n"),
    Case("DF157", "FROM scratch\nCOPY --from=x/y /bin/mksh /opt/mksh\nRUN z\n"),
    Case("DF157", "FROM scratch\nCOPY --from=x/y /bin/ /bin/\nRUN z\n"),
    Case("DF157", "FROM scratch\nSHELL [\"/x\"]\nRUN z\n"),
    Case("DF157", "FROM scratch\nRUN --mount=from=busybox,target=/bin x\nRUN y\n"),
    Case("DF157", "FROM alpine\nRUN x\nCMD y\n"),
    Case("DF157", "FROM acme/base\nRUN x\n"),
    # --- DF158
    Case("DF158", "FROM a\nSTOPSIGNAL SIGKILL  #! SIGKILL\nSTOPSIGNAL 9  #! 9\nSTOPSIGNAL stop  #! stop\n", {}, Severity.WARNING),
    Case("DF158", "FROM a\nSTOPSIGNAL SIGTREM  #! SIGTREM\nSTOPSIGNAL 99  #! 99\n", {}, Severity.ERROR),
    Case("DF158", "FROM a\nSTOPSIGNAL SIGTERM\nSTOPSIGNAL quit\nSTOPSIGNAL 15\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL $S\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_metadata(case: Case) -> None:
    check(case)


FIXES = [
    ("DF109", 'FROM a\nCOPY ["x", "y", "/z"]\n', 'FROM a\nCOPY ["x", "y", "/z/"]\n'),
    ("DF109", "FROM a\nCOPY x \\\n  y \\\n  '/z'\n", "FROM a\nCOPY x \\\n  y \\\n  '/z/'\n"),
    # The instruction is deleted with its lines, and with a blank line that would be doubled.
    ("DF112", "FROM a\n\nCMD x \\\n  y\n\nCMD z\n", "FROM a\n\nCMD z\n"),
    ("DF112", "FROM a\n# first\nCMD x\nCMD z\n", "FROM a\n# first\nCMD z\n"),
    # Not deleted: comments inside it, or for a tool.
    ("DF112", "FROM a\nCMD x \\\n  # why\n  y\nCMD z\n", "FROM a\nCMD x \\\n  # why\n  y\nCMD z\n"),
    ("DF112", "FROM a\n# hadolint ignore=DL3025\nCMD x\nCMD z\n", "FROM a\n# hadolint ignore=DL3025\nCMD x\nCMD z\n"),
    ("DF113", "FROM a\nEXPOSE 8080:80 [::1]:1:2/UDP\n", "FROM a\nEXPOSE 80 2/UDP\n"),
    ("DF113", "FROM a\nARG P=1:2\nEXPOSE $P\n", "FROM a\nARG P=1:2\nEXPOSE $P\n"),
    ("DF114", "FROM a\nEXPOSE 80/TCP 81/uDp\n", "FROM a\nEXPOSE 80/tcp 81/udp\n"),
    ("DF117", "FROM a\nCMD x 'y z' \"w\"\n", 'FROM a\nCMD ["x", "y z", "w"]\n'),
    ("DF117", "FROM a\nENTRYPOINT x \\\n  --y\n", 'FROM a\nENTRYPOINT ["x", "--y"]\n'),
    # Not changed: what needs a shell.
    ("DF117", "FROM a\nCMD x $Y\n", "FROM a\nCMD x $Y\n"),
    ("DF117", "FROM a\nCMD x; y\n", "FROM a\nCMD x; y\n"),
    ("DF117", "FROM a\nCMD x | y\n", "FROM a\nCMD x | y\n"),
    ("DF117", "FROM a\nCMD x > y\n", "FROM a\nCMD x > y\n"),
    ("DF117", "FROM a\nCMD x *.y\n", "FROM a\nCMD x *.y\n"),
    ("DF117", "FROM a\nCMD ~/x\n", "FROM a\nCMD ~/x\n"),
    ("DF117", "FROM a\nCMD A=1 x\n", "FROM a\nCMD A=1 x\n"),
    ("DF117", "FROM a\nCMD x &\n", "FROM a\nCMD x &\n"),
    ("DF117", "FROM a\nCMD (x)\n", "FROM a\nCMD (x)\n"),
    ("DF117", "FROM a\nCMD cd x\n", "FROM a\nCMD cd x\n"),
    ("DF117", "FROM a\nCMD x # y\n", "FROM a\nCMD x # y\n"),
    ("DF117", "FROM a\nCMD x \\\n  # why\n  y\n", "FROM a\nCMD x \\\n  # why\n  y\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "after"), FIXES)
def test_fixes(code: str, before: str, after: str) -> None:
    assert fixed(code, before, "Dockerfile", preset="all") == after


def test_all_but_the_last_of_three_commands_are_deleted() -> None:
    before = "FROM a\nCMD x\nCMD y\nCMD z\n"
    assert fixed("DF112", before, "Dockerfile") == "FROM a\nCMD z\n"
