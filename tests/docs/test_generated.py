"""Files that are generated from the rules are up to date."""

from __future__ import annotations

from checks import ROOT, run_python


def test_generated_files_are_up_to_date() -> None:
    answer = run_python(ROOT / "tools" / "generate.py", "--check")
    assert answer.returncode == 0, answer.stdout + answer.stderr
