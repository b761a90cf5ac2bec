"""Findings about Compose and env files that nobody would act on in their place.

``recommended`` holds them back, or there are none; each table has cases on both sides.
"""

from __future__ import annotations

import pytest
from checks import check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection
from snippets import project


def findings(code: str, files: dict[str, str], preset: str = "recommended") -> list[Diagnostic]:
    """What a rule reports in a project under a preset that selects it."""
    with project(files):
        settings = Settings(selection=Selection(preset), debug=True)
        return [item for item in check_paths(["."], settings).reported if item.code == code]


def counts(code: str, files: dict[str, str], stricter: str = "hardened") -> tuple[int, int]:
    """How many findings there are under ``recommended``, and under a stricter preset."""
    return len(findings(code, files)), len(findings(code, files, stricter))


# --- stacks that a test or a benchmark starts and throws away

_STACK = """services:
  search:
    image: getmeili/meilisearch:v1.41.0
    ports: ["7700:7700"]
    environment: {MEILI_MASTER_KEY: dummy}
  runner:
    image: shop/runner:1.4
    volumes: [/var/run/docker.sock:/var/run/docker.sock]
"""


@pytest.mark.parametrize("code", ["CF250", "CF311", "CF330", "CF404"])
@pytest.mark.parametrize(
    ("path", "reported"),
    [
        ("docker-compose.yml", 1),
        ("deploy/docker-compose.yml", 1),
        ("examples/docker-compose.yml", 1),
        ("packages/e2e_tests/docker-compose.yml", 0),
        ("packages/benchmarks/docker-compose.yml", 0),
        ("tools/seed-snapshot/docker-compose.yml", 0),
        ("docker-compose.ci.yml", 0),
    ],
)
def test_a_stack_that_is_thrown_away(code: str, path: str, reported: int) -> None:
    usual, strict = counts(code, {path: _STACK})
    assert usual == reported
    # Data that goes with the container is what a test wants: no preset reports it.
    assert strict == (reported if code == "CF250" else 1)


def test_a_release_that_really_ended_is_reported_in_tests_too() -> None:
    stack = "services:\n  db:\n    image: postgres:11\n"
    assert counts("CF404", {"tests/compose.yaml": stack}) == (1, 1)


@pytest.mark.parametrize(
    ("image", "port", "count"),
    [
        ("axllent/mailpit:v1.29", "1025:1025", 0),
        ("axllent/mailpit:v1.29", "8025:8025", 1),
        ("mailhog/mailhog:v1.0.1", "1025:1025", 0),
        ("maildev/maildev:2.2.1", "25:1025", 0),
        ("adminer:5.4", "8080:8080", 1),
        ("redis:8.2", "1025:6379", 1),
    ],
)
def test_mail_catchers_only_take_mail(image: str, port: str, count: int) -> None:
    stack = f'services:\n  mail:\n    image: {image}\n    ports: ["{port}"]\n'
    assert len(findings("CF330", {"compose.yaml": stack})) == count
