"""Composer's installer and the checksums of its older versions."""

from __future__ import annotations

import pytest
from composelint.linter.images import data
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
OLD = "55ce33d7678c5a611085589f1f3ddf8b3c52d662cd01d4ba75c0ee0459970c2200a51f492d557530c71c15d8dba01eae"
NEW = "c8b085408188070d5f52bcfe4ecfbee5f727afa458b2573b8eaaf77b3419b0bf2768dc67c86944da1544f06fa544fd47"
FETCH = "RUN php -r \"copy('https://getcomposer.org/installer', 'composer-setup.php');\"\n"
ELSE = "{ echo 'ok'; } else { unlink('composer-setup.php'); }"


def composer(text: str, severity: Severity | None = None) -> Case:
    return Case("DF129", text, {}, severity)


def compare(value: str, otherwise: str = ELSE) -> str:
    return f"php -r \"if (hash_file('sha384', 'composer-setup.php') === '{value}') {otherwise}\""


CASES = [
    composer(f"FROM php:8\n{FETCH}RUN {compare(OLD)}  #! {OLD[:12]}\nRUN php composer-setup.php\n", ERROR),
    composer(f"FROM php:8\n{FETCH}RUN {compare(OLD, '{} else { exit(1); }')}  #! {OLD[:12]}\n", ERROR),
    composer(f"FROM php:8\nADD https://getcomposer.org/installer /x\nRUN echo '{OLD}  /x' | sha384sum -c -  #! {OLD[:12]}\n", ERROR),
    composer(f"FROM php:8\n{FETCH}RUN {compare(OLD)}  #! {OLD[:12]}\n", WARNING),
    composer(f"FROM php:8\n{FETCH}RUN {compare(OLD)}  #! {OLD[:12]}\nRUN php composer-setup.php || true\n", WARNING),
    # Today's, one that the table does not have, or another file.
    composer(f"FROM php:8\n{FETCH}RUN {compare(NEW)}\nRUN php composer-setup.php\n"),
    composer(f"FROM php:8\n{FETCH}RUN {compare('0' * 96)}\nRUN php composer-setup.php\n"),
    composer(f"FROM php:8\nCOPY composer-setup.php .\nRUN {compare(OLD)}\nRUN php composer-setup.php\n"),
    composer(f"FROM php:8\nRUN curl -o composer-setup.php https://raw.githubusercontent.com/composer/getcomposer.org/d3e0902/web/installer && {compare(OLD)}\n"),
    composer(f"FROM php:8\n{FETCH}RUN if x; then {compare(OLD)}; fi\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_composer(case: Case) -> None:
    check(case)


def test_newest_is_not_an_older_one() -> None:
    table = data.languages()["composer"]
    assert NEW.startswith(table["newest"])
    assert table["newest"] not in table["older"]
