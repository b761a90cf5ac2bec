"""Moving secrets from the command line: what is written, what is shown, what fails safely."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checks import LayOut, Run
from composelint.linter.base.names import FORMATS

ONLY = ("--select", "CF301", "--unsafe-fixes")
COMPOSE = """\
services:
  app:
    image: acme/app:1.4
    environment:
      DB_PASSWORD: whale
      SECRET_KEY: 'Xk0"b$$w4dnr&3'
"""
OLD = "API_TOKEN=4f7c2a9be1d0\nPASSPHRASE=frog\nTZ=UTC"
MOVED = COMPOSE.replace("whale", "${DB_PASSWORD:?set it in .env}").replace(
    'Xk0"b$$w4dnr&3', "${SECRET_KEY:?set it in .env}"
)
NEW = OLD + "\nDB_PASSWORD=whale\nSECRET_KEY='Xk0\"b$w4dnr&3'"
PARTS = ("whale", "w4dnr", "4f7c2a9be1d0", "frog")
"""Pieces of all secrets before and after, the words among them that nothing else would mask."""


@pytest.fixture
def files(lay_out: LayOut) -> Path:
    return lay_out({"compose.yaml": COMPOSE, ".env": OLD, ".gitignore": ".env\n"})


def test_fix_writes_the_real_values(files: Path, run: Run) -> None:
    answer = run("--fix", *ONLY)
    assert answer.exit_code == 0
    assert (files / "compose.yaml").read_text() == MOVED
    assert (files / ".env").read_text() == NEW
    again = run("--fix", *ONLY)
    assert again.exit_code == 0
    assert (files / ".env").read_text() == NEW


@pytest.mark.parametrize(
    "options",
    [
        ("--diff",),
        ("--diff", "--color", "always"),
        ("--fix", "--show-fixes"),
        *(("--output-format", name) for name in FORMATS),
    ],
)
def test_no_output_has_a_value(files: Path, run: Run, options: tuple[str, ...]) -> None:
    answer = run(*options, *ONLY)
    assert "PASSWORD" in answer.output
    assert [part for part in PARTS if part in answer.output] == []


def test_a_diff_shows_what_moves(files: Path, run: Run) -> None:
    answer = run("--diff", *ONLY)
    shown = answer.stdout
    assert "+DB_PASSWORD=***\n+SECRET_KEY='***'" in shown
    assert "+      DB_PASSWORD: ${DB_PASSWORD:?set it in .env}\n" in shown
    assert " API_TOKEN=***\n PASSPHRASE=***\n" in shown


def test_a_diff_with_its_secrets_is_a_patch(files: Path, run: Run) -> None:
    shown = run("--diff", "--show-secrets", *ONLY).stdout
    assert "+DB_PASSWORD=whale\n" in shown
    assert "***" not in shown


def test_the_report_with_secrets_has_the_edits(files: Path, run: Run) -> None:
    answer = run("--show-secrets", "--output-format", "json", *ONLY)
    (finding,) = json.loads(answer.stdout)["diagnostics"]
    texts = [edit["replacement"] for edit in finding["fix"]["edits"]]
    assert texts[0] == "\nDB_PASSWORD=whale\nSECRET_KEY='Xk0\"b$w4dnr&3'"


def test_standard_input_keeps_its_secrets(files: Path, run: Run) -> None:
    # What is moved elsewhere would be lost: only the text itself is given back.
    answer = run("-", "--fix", *ONLY, stdin=COMPOSE.encode())
    assert answer.stdout == COMPOSE
    assert (files / ".env").read_text() == OLD


def test_a_secret_stays_if_its_new_place_cannot_be_written(files: Path, run: Run) -> None:
    (files / ".env").chmod(0o444)
    answer = run("--fix", *ONLY)
    assert answer.exit_code == 2
    assert (files / "compose.yaml").read_text() == COMPOSE
    assert (files / ".env").read_text() == OLD
