"""The baseline on the command line: only new findings are reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checks import FAULTY, LayOut, Run

BASELINE = ".composelint-baseline.json"
CONCISE = ["--output-format", "concise"]


def entries(path: Path) -> list[tuple[str, str]]:
    """The path and the code of each entry of a baseline."""
    return [(item["path"], item["code"]) for item in json.loads(path.read_text())["findings"]]


def test_findings_in_the_baseline_are_not_reported(folder: Path, lay_out: LayOut, run: Run) -> None:
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
    assert answer.stdout.splitlines()[0].startswith("compose.yaml:7:12: warning: CF401")
    assert answer.stdout.splitlines()[1] == "Found 1 warning in 1 file (2 suppressed)."
    assert answer.exit_code == 1


def test_another_finding_of_the_same_kind_is_new(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services:\n  a:\n    image: one\n"})
    run("baseline", "--select", "CF401")
    lay_out({"compose.yaml": "services:\n  a:\n    image: two\n"})
    answer = run("--select", "CF401", *CONCISE)
    assert answer.exit_code == 1
    assert "LN030" in answer.stdout


def test_a_finding_that_moves_stays_in_the_baseline(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services:\n  a:\n    image: one\n"})
    run("baseline")
    lay_out({"compose.yaml": "# moved\n\nservices:\n  a:\n    image: one\n"})
    assert run().exit_code == 0


def test_entries_without_a_finding_are_reported_but_do_not_fail(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    run("baseline")
    lay_out({"compose.yaml": FAULTY.replace("postgres", "postgres:17.2")})
    answer = run(*CONCISE)
    assert "LN030 CF401 is no longer found" in answer.stdout
    assert answer.exit_code == 0
    assert run("baseline").stdout.endswith("1 gone)\n")
    assert "LN030" not in run(*CONCISE).stdout


def test_fixing_removes_entries_from_the_baseline(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    run("baseline", "--select", "CF004,CF401")
    answer = run("--fix", "--select", "CF004,CF401", *CONCISE)
    assert answer.exit_code == 0
    assert entries(folder / BASELINE) == [("compose.yaml", "CF401")]
    assert "LN030" not in answer.stdout


def test_only_the_entries_of_the_linted_part_are_rewritten(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"a/compose.yaml": FAULTY, "b/compose.yaml": FAULTY})
    run("baseline", "--select", "CF004")
    lay_out({"a/compose.yaml": "services: {}\n", "b/compose.yaml": "services: {}\n"})
    run("baseline", "--select", "CF004", "a")
    assert entries(folder / BASELINE) == [("b/compose.yaml", "CF004")]


def test_a_baseline_can_have_another_name(folder: Path, lay_out: LayOut, run: Run) -> None:
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
def test_a_file_that_is_not_a_baseline_is_an_error(
    lay_out: LayOut, run: Run, arguments: list[str], message: str
) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_findings_of_locked_rules_do_not_enter_the_baseline(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": 'locked = ["CF004"]\n'})
    run("baseline")
    assert "CF004" in run(*CONCISE).stdout
