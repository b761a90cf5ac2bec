"""The file of package sources that newer images of Debian do not have."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
FILE = "/etc/apt/sources.list"
SED = f"sed -i s/a/b/ {FILE}"


def case(text: str, severity: Severity | None = None) -> Case:
    return Case("DF166", text, {}, severity)


CASES = [
    # The first release without it, and the last one with it.
    case(f"FROM debian:12\nRUN {SED}  #! {FILE}\n", ERROR),
    case(f"FROM debian:11\nRUN {SED}\n"),
    case(f"FROM python:3\nRUN {SED} && apt-get update  #! {FILE}\n", ERROR),
    case(f"FROM node:lts-slim\nRUN {SED}  #! {FILE}\n", ERROR),
    case(f"FROM python:3.8.16\nRUN {SED}\n"),
    case(f"FROM ubuntu\nRUN {SED}\n"),
    case(f"FROM me/debian:12\nRUN {SED}\n"),
    # Other programs that read it.
    case(f"FROM debian:12\nRUN cp {FILE} /a  #! {FILE}\n", ERROR),
    case(f"FROM debian:12\nRUN mv {FILE} /a && cp /b {FILE}  #! {FILE}\n", ERROR),
    case(f"FROM debian:12\nRUN cp /a {FILE}\n"),
    case(f"FROM debian:12\nRUN rm -f {FILE}\n"),
    case(f"FROM debian:12\nRUN sed -i s/a/b/ {FILE}.d/debian.sources\n"),
    # It may be there, or its absence may be meant.
    case(f"FROM debian:12\nCOPY sources.list /etc/apt/\nRUN {SED}\n"),
    case(f"FROM debian:12\nCOPY etc /etc\nRUN {SED}\n"),
    case(f"FROM debian:12\nRUN echo deb x > {FILE}\nRUN {SED}\n"),
    case(f"FROM debian:12\nRUN echo deb x > {FILE} && {SED}\n"),
    case(f"FROM debian:12\nRUN touch {FILE} && {SED}\n"),
    case(f"FROM debian:12\nRUN ./setup.sh && {SED}\n"),
    case(f"FROM debian:12\nRUN [ -f {FILE} ] && {SED}\n"),
    case(f"FROM debian:12\nRUN if [ -f {FILE} ]; then {SED}; fi\n"),
    case(f"FROM debian:12\nRUN {SED} || true\n"),
    case(f"FROM debian:12\nRUN {SED}; true  #! {FILE}\n", WARNING),
    # What comes later does not help.
    case(f"FROM debian:12\nRUN {SED}  #! {FILE}\nCOPY etc /etc\n", ERROR),
    case(f"FROM debian:12 AS a\nRUN echo deb x > {FILE}\nFROM a\nRUN {SED}\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_sources_list(case: Case) -> None:
    check(case)
