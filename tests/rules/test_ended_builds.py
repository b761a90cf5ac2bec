"""RUN instructions that end every build."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def ends(text: str, severity: Severity | None = None) -> Case:
    return Case("DF145", text, {}, severity)


CASES = [
    ends("FROM debian:13\nRUN exit 1  #! exit 1\n", ERROR),
    ends("FROM debian:13\nRUN a; exit 2  #! exit 2\n", ERROR),
    ends("FROM debian:13\nRUN a && b ; \\\n    exit 1  #! exit 1\n", ERROR),
    ends("FROM debian:13\nRUN false  #! false\n", ERROR),
    ends("FROM debian:13\nRUN a && false  #! false\n", ERROR),
    ends("FROM debian:13 AS a\nRUN exit 1  #! exit 1\nFROM a\nRUN b\n", ERROR),
    ends("FROM debian:13 AS test\nRUN exit 1  #! exit 1\nFROM debian:13\nRUN b\n", WARNING),
    # Never built by anybody.
    ends("FROM debian:13 AS build\nRUN exit 1\nFROM debian:13\nRUN b\n"),
    # Conditions.
    ends("FROM debian:13\nRUN a || exit 1\n"),
    ends("FROM debian:13\nRUN a || { b; exit 1; }\n"),
    ends("FROM debian:13\nRUN a || { exit 1; }\n"),
    ends("FROM debian:13\nRUN a || (b; exit 1)\n"),
    ends("FROM debian:13\nRUN if a; then exit 1; fi\n"),
    ends("FROM debian:13\nRUN for x in $Y; do b; exit 1; done\n"),
    ends("FROM debian:13\nRUN [ -f x ] && exit 1\n"),
    ends("FROM debian:13\nRUN grep x y && exit 1; true\n"),
    ends("FROM debian:13\nRUN a && exit 1; true\n"),
    ends("FROM debian:13\nRUN f() { exit 1; }; f || true\n"),
    ends("FROM debian:13\nRUN case $x in a) exit 1 ;; esac\n"),
    # Not an error, or not the end of the script.
    ends("FROM debian:13\nRUN exit 0\n"),
    ends("FROM debian:13\nRUN exit\n"),
    ends("FROM debian:13\nRUN exit $CODE\n"),
    ends("FROM debian:13\nRUN exit 256\n"),
    ends("FROM debian:13\nRUN (exit 1); true\n"),
    ends("FROM debian:13\nRUN sh -c 'exit 1' || true\n"),
    ends("FROM debian:13\nRUN false; true\n"),
    ends("FROM debian:13\nRUN false || true\n"),
    ends("FROM debian:13\nRUN ! false\n"),
    ends("FROM debian:13\nRUN exec a; exit 1\n"),
    ends("FROM debian:13\nRUN exit 0; exit 1\n"),
    ends("FROM debian:13\nONBUILD RUN exit 1\n"),
    ends("FROM debian:13\nRUN echo exit 1\n"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_ended_builds(case: Case) -> None:
    check(case)
