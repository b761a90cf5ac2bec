"""Packages that the release of the distribution does not have."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import diagnostics

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CODE = "DF421"


def case(text: str, severity: Severity | None = None) -> Case:
    return Case(CODE, text, {}, severity)


CASES = [
    # What comes later brings no sources any more.
    case(
        "FROM ubuntu\n"
        "RUN apt-get install -y python-pip  #! python-pip\n"
        "RUN add-apt-repository ppa:x/y\n"
        "COPY etc /etc/\n",
        ERROR,
    ),
    case("FROM ubuntu\nRUN add-apt-repository ppa:x/y\nRUN apt-get install -y python-pip\n"),
    case("FROM ubuntu\nCOPY etc /etc/\nRUN apt-get install -y python-pip\n"),
    case("FROM ubuntu\nRUN ./setup.sh && apt-get install -y python-pip\n"),
]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_package_names(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("package", ["php5", "php5-gd"])
def test_an_image_with_php_needs_no_package_of_it(package: str) -> None:
    text = f"FROM php:8.4-cli-trixie\nRUN apt-get update && apt-get install -y {package}\n"
    [finding] = diagnostics(CODE, text, "Dockerfile", preset="all")
    assert finding.help is not None
    assert "docker-php-ext-install" in finding.help
    assert "install php" not in finding.help
