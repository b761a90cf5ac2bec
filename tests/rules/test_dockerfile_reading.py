"""DF0: what BuildKit cannot read, or reads differently than intended."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import diagnostics, fixed

CASES = [
    # --- DF001: errors that stop a build
    Case("DF001", "FROM a\nRNU x  #! RNU\n"),
    Case("DF001", "FROM a\nRUN apt-get update &&\n    apt-get upgrade  #! apt-get\n    ls\n"),
    Case("DF001", "FROM a\nENV A\n".replace("ENV A", "ENV A  #! A")),
    Case("DF001", "FROM a\nENV A=1 B  #! B\n"),
    Case("DF001", "FROM a\nENV =1  #! =1\n"),
    Case("DF001", "FROM a\nRUN <<EOF  #! <<EOF\nls\n"),
    Case("DF001", "FROM a\nCOPY x  #! COPY\n"),
    Case("DF001", "FROM a\nWORKDIR  #! WORKDIR\n"),
    Case("DF001", "FROM a b  #! b\n"),
    Case("DF001", "FROM a IS b  #! IS\n"),
    Case("DF001", "FROM a\nSHELL /bin/bash  #! /bin/bash\n"),
    Case("DF001", "FROM a\nHEALTHCHECK curl x  #! curl\n"),
    Case("DF001", "FROM a\nHEALTHCHECK NONE x  #! x\n"),
    Case("DF001", "FROM a\nVOLUME [\"\"]  #! \"\"\n"),
    Case("DF001", "ARG X=1  #! ARG\n"),
    Case("DF001", "#!\n"),
    Case("DF001", "# escape=x  #! # escape\nFROM a\n"),
    Case("DF001", "# syntax=x/y\n# syntax=x/y  #! # syntax\nFROM a\n"),
    Case("DF001", "FROM Ubuntu:24.04  #! Ubuntu\n"),
    Case("DF001", "FROM a:  #! a:\n"),
    Case("DF001", "FROM a\nRUN echo a\0b\0  #! \0\nENV A=\0  #! \0\n"),
    Case("DF001", "FROM a\nRUN <<EOF\necho \0  #! \0\nEOF\n"),
    # ... and what BuildKit accepts
    Case("DF001", "FROM a\n# \0\nCOPY <<EOF /x\n\0\nEOF\n"),
    Case("DF001", "FROM a\nrun ls\nOnBuild RUN x\n"),
    Case("DF001", "FROM a AS Base\nFROM Base\n"),
    Case("DF001", "FROM scratch\nCMD\n"),
    Case("DF001", "ARG I\nFROM ${I}\n"),
    Case("DF001", "# syntax=acme/frontend:1\nFROM a\nDEPLOY x\n"),
    Case("DF001", "FROM a\nRU\\\nN ls\n"),
    Case("DF001", "FROM a\nRUN cat << EOF\nx\nEOF\n"),
    Case("DF001", "\ufeffFROM a\n"),
    Case("DF001", "RUN x\n"),  # DF002
    Case("DF001", "FROM a AS 1\n"),  # DF156
    Case("DF001", "FROM a\nONBUILD FROM b\n"),  # DF116
    Case("DF001", "FROM a\nCOPY --form=x y z\n"),  # DF003
    Case("DF001", "FROM a\nRUN echo $((1 << 2))\n"),  # DF154
    # --- DF002
    Case("DF002", "RUN x  #! RUN\nCMD y\nFROM a\n"),
    Case("DF002", "RUN x  #! RUN\n"),
    Case("DF002", "# comment\n\nARG A\nFROM a\nRUN x\n"),
    # --- DF003: flags and mounts
    Case("DF003", "FROM --plattform=x a  #! --plattform\n"),
    Case("DF003", "FROM a\nADD --from=x y z  #! --from\n"),
    Case("DF003", "FROM a\nCOPY --link=yes y z  #! yes\n"),
    Case("DF003", "FROM a\nCOPY --chown=a --chown=b y z  #! --chown=b\n"),
    Case("DF003", "FROM a\nCOPY --from y z  #! --from\n"),
    Case("DF003", "FROM a\nCOPY --from=$X y z  #! $X\n"),
    Case("DF003", "FROM a\nCOPY --chmod=999 y z  #! 999\n"),
    Case("DF003", "FROM a\nCOPY --chmod=77777 y z  #! 77777\n"),
    Case("DF003", "FROM a\nADD --checksum=sha256:0 local z  #! --checksum\n"),
    Case("DF003", "FROM a\nRUN --mount=type=bin,target=/x ls  #! type=bin\n"),
    Case("DF003", "FROM a\nRUN --mount=type=cache,dest=/x ls  #! dest=/x\n"),
    Case("DF003", "FROM a\nRUN --mount=type=bind,sharing=locked,target=/x ls  #! sharing\n"),
    Case("DF003", "FROM a\nRUN --mount=type=cache,target=/ ls  #! target=/\n"),
    Case("DF003", "FROM a\nRUN --network=hots ls  #! hots\n"),
    Case("DF003", "FROM a\nHEALTHCHECK --interval=30 CMD x  #! 30\n"),
    Case("DF003", "FROM a\nHEALTHCHECK --retries=-1 CMD x  #! -1\n"),
    Case("DF003", "FROM a\nONBUILD COPY --form=x y z  #! --form\n"),
    Case("DF003", "FROM a\nUSER --x root  #! --x\n"),
    Case("DF003", "FROM --platform=linux/amd64 a AS b\nCOPY --from=b --link --chmod=0755 x y\n"),
    Case("DF003", "FROM a\nCOPY --chmod=u+x,go-w x y\nCOPY --chmod=$M x y\n"),
    Case("DF003", "FROM a\nADD --checksum=sha256:0 https://x.example/y z\n"),
    Case("DF003", "FROM a\nADD --checksum=sha256:0 $URL z\n"),
    Case("DF003", "FROM a\nRUN --mount=type=cache,id=x,target=/root/.cache,sharing=locked,uid=1 ls\n"),
    Case("DF003", "FROM a\nRUN --mount=type=secret,id=x --mount=type=ssh --network=none ls\n"),
    Case("DF003", "FROM a\nRUN --mount=target=/x --security=insecure ls --unknown\n"),
    Case("DF003", "FROM a\nHEALTHCHECK --interval=1m30s --start-interval=5s --retries=0 CMD x\n"),
    Case("DF003", "FROM a\nCMD node --inspect\nRUN -- ls\n"),
    Case("DF003", "# syntax=acme/frontend:1\nFROM --turbo=1 a\n"),
    # --- DF004: blank lines between the lines of an instruction
    Case("DF004", "FROM a\nRUN x \\\n  #!\n    y\n"),
    Case("DF004", "FROM a\nRUN x \\\n  #!\n\n    y \\\n\n    z\n"),
    Case("DF004", "FROM a\nRUN x \\\n    # a comment\n    y\n\nRUN z\n"),
    Case("DF004", "FROM a\nRUN <<EOF\nx\n\ny\nEOF\n"),
    # --- DF005: text that looks like an array
    Case("DF005", "FROM a\nCMD ['x', 'y']  #! '\n"),
    Case("DF005", "FROM a\nCMD [“x”]  #! “\n"),
    Case("DF005", "FROM a\nCMD [\"x\" \"y\"]  #! \"\n"),
    Case("DF005", "FROM a\nENTRYPOINT [\"x\", ]  #! ,\n"),
    Case("DF005", "FROM a\nENTRYPOINT [\"x\"] # here  #! # here\n"),
    Case("DF005", "FROM a\nCMD [\"x\", 1]  #! 1\n"),
    Case("DF005", "FROM a\nRUN ['x', 'y']  #! '\n"),
    Case("DF005", "FROM a\nCOPY ['x', 'y']  #! '\n"),
    Case("DF005", "FROM a\nVOLUME ['/x']  #! '\n"),
    Case("DF005", "FROM a\nHEALTHCHECK CMD ['x', 'y']  #! '\n"),
    Case("DF005", "FROM a\nONBUILD CMD ['x', 'y']  #! '\n"),
    Case("DF005", "FROM a\nCMD [\"x\", \"y\"]\nRUN [ -f x ] && y\nRUN [[ -n $X ]]\nCMD []\n"),
    # --- DF006: directives that are comments
    Case("DF006", "# hello\n# escape=`  #! # escape\nFROM a\n"),
    Case("DF006", "\n# syntax=docker/dockerfile:1  #! # syntax\nFROM a\n"),
    Case("DF006", "FROM a\n# escape=\\  #! # escape\nRUN x\n"),
    Case("DF006", "# sintax=docker/dockerfile:1  #! # sintax\nFROM a\n"),
    Case("DF006", "# syntax=docker/dockerfile:1\n# excape=`  #! # excape\nFROM a\n"),
    Case("DF006", "# syntax=docker/dockerfile:1\n# escape=`\n# check=skip=all\nFROM a\n"),
    Case("DF006", "FROM a\n# check=skip=JSONArgsRecommended\nCMD x\n"),
    Case("DF006", "# version=1.2\n# source = https://x.example\nFROM a\n# syntax = see below\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_reading(case: Case) -> None:
    check(case)


def test_each_error_is_reported_once() -> None:
    text = "FROM a\nRNU x\nENV A\nCOPPY a b\n"
    findings = diagnostics("DF001", text, "Dockerfile")
    assert [finding.help for finding in findings] == [
        "did you mean RUN?",
        "write `name=value`",
        "did you mean COPY?",
    ]


def test_a_further_instruction_before_from_is_related() -> None:
    (finding,) = diagnostics("DF002", "RUN x\nCMD y\nFROM a\n", "Dockerfile")
    assert [place.span.text for place in finding.related] == ["CMD"]
    assert finding.severity is Severity.ERROR


FIXES = [
    ("DF001", "FROM a\nRNU x\n", "FROM a\nRUN x\n"),
    ("DF004", "FROM a\r\nRUN x \\\r\n\r\n  y\r\n", "FROM a\r\nRUN x \\\r\n  y\r\n"),
    ("DF004", "FROM a\nRUN x \\\n\n \n  y \\\n\n  z\n", "FROM a\nRUN x \\\n  y \\\n  z\n"),
    ("DF005", "FROM a\nCMD ['x', 'y z',]\n", 'FROM a\nCMD ["x", "y z"]\n'),
    ("DF005", "FROM a\nCMD [x, -y]\n", 'FROM a\nCMD ["x", "-y"]\n'),
    ("DF005", "FROM a\nCMD [“x”, ‘y’]\n", 'FROM a\nCMD ["x", "y"]\n'),
    ("DF005", 'FROM a\nCMD ["x" \\\n     "y"]\n', 'FROM a\nCMD ["x", \\\n     "y"]\n'),
    ("DF005", 'FROM a\nCMD ["x"] # why\n', 'FROM a\n# why\nCMD ["x"]\n'),
    # Not changed: arrays that cannot be read with certainty.
    ("DF005", "FROM a\nCMD ['say \"x\"']\n", "FROM a\nCMD ['say \"x\"']\n"),
    ("DF005", "FROM a\nCMD ['x\n", "FROM a\nCMD ['x\n"),
    ("DF005", 'FROM a\nCMD ["x"] && y\n', 'FROM a\nCMD ["x"] && y\n'),
    ("DF006", "#\tsyntx = a/b\nFROM a\n", "#\tsyntax = a/b\nFROM a\n"),
]


@pytest.mark.parametrize(("code", "before", "after"), FIXES)
def test_fixes(code: str, before: str, after: str) -> None:
    assert fixed(code, before, "Dockerfile", preset="all") == after


def test_fix_inside_a_compose_file() -> None:
    compose = (
        "services:\n  web:\n    build:\n      context: .\n      dockerfile_inline: |\n"
        "        FROM a\n        RUN x \\\n{blank}          y\n        CMD ['z']\n"
    )
    before = compose.format(blank="\n")
    assert fixed("DF004", before) == compose.format(blank="")
    assert fixed("DF005", before) == before.replace("['z']", '["z"]')
