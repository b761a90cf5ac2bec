"""The baseline on the command line: only what is new counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

FAULTY = 'version: "3"\nservices:\n  db:\n    image: postgres\n'
BASELINE = ".composelint-baseline.json"
CONCISE = ["--output-format", "concise"]

Run = Callable[..., Result]
LayOut = Callable[[dict[str, str]], None]


def entries(path: Path) -> list[tuple[str, str]]:
    return [(item["path"], item["code"]) for item in json.loads(path.read_text())["findings"]]


def test_what_is_known_is_not_reported(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("baseline", "--select", "CF004,CF401")
    assert answer.stdout == f"{BASELINE}: 2 findings (2 new, 0 gone)\n"
    assert answer.exit_code == 0
    assert entries(folder / BASELINE) == [("compose.yaml", "CF004"), ("compose.yaml", "CF401")]
    select = ["--select", "CF004,CF401", *CONCISE]
    assert run(*select).exit_code == 0
    assert run(*select, "--no-baseline").exit_code == 1
    lay_out({"compose.yaml": FAULTY + "  web:\n    image: nginx\n"})
    answer = run(*select)
    assert answer.stdout.splitlines()[0].startswith("compose.yaml:6:12: CF401")
    assert answer.stdout.splitlines()[1] == "Found 1 warning in 1 file (2 suppressed)."
    assert answer.exit_code == 1


def test_another_of_the_same_kind_is_new(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services:\n  a:\n    image: one\n"})
    run("baseline", "--select", "CF401")
    lay_out({"compose.yaml": "services:\n  a:\n    image: two\n"})
    answer = run("--select", "CF401", *CONCISE)
    assert answer.exit_code == 1
    assert "LN030" in answer.stdout


def test_what_moves_is_known(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services:\n  a:\n    image: one\n"})
    run("baseline")
    lay_out({"compose.yaml": "# moved\n\nservices:\n  a:\n    image: one\n"})
    assert run().exit_code == 0


def test_what_is_gone_is_told_and_fails_nothing(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    run("baseline")
    lay_out({"compose.yaml": FAULTY.replace("postgres", "postgres:17.2")})
    answer = run(*CONCISE)
    assert "LN030 CF401 is no longer found" in answer.stdout
    assert answer.exit_code == 0
    assert run("baseline").stdout.endswith("1 gone)\n")
    assert "LN030" not in run(*CONCISE).stdout


def test_fixing_strikes_off_what_it_solves(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    run("baseline", "--select", "CF004,CF401")
    answer = run("--fix", "--select", "CF004,CF401", *CONCISE)
    assert answer.exit_code == 0
    assert entries(folder / BASELINE) == [("compose.yaml", "CF401")]
    assert "LN030" not in answer.stdout


def test_a_part_of_the_project_is_written_anew(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"a/compose.yaml": FAULTY, "b/compose.yaml": FAULTY})
    run("baseline", "--select", "CF004")
    lay_out({"a/compose.yaml": "services: {}\n", "b/compose.yaml": "services: {}\n"})
    run("baseline", "--select", "CF004", "a")
    assert entries(folder / BASELINE) == [("b/compose.yaml", "CF004")]


def test_a_baseline_by_name(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": 'baseline = "ci/known.json"\n'})
    (folder / "ci").mkdir()
    assert run("baseline").stdout.startswith("ci/known.json: ")
    assert run().exit_code == 0
    assert run("baseline", "-o", "other.json").stdout.startswith("other.json: ")
    assert run("--baseline", "other.json").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baseline", "gone.json"], "gone.json"),
        (["--baseline", "compose.yaml"], "compose.yaml:1:1: not JSON"),
    ],
)
def test_a_baseline_that_is_none(
    lay_out: LayOut, run: Run, arguments: list[str], message: str
) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_locked_findings_are_never_known(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": 'locked = ["CF004"]\n'})
    run("baseline")
    assert "CF004" in run(*CONCISE).stdout
