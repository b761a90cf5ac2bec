"""The worked example of rules of one's own: a policy and a plug-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own-rules"


def lint(*arguments: str) -> list[tuple[str, int]]:
    answer = subprocess.run(
        [sys.executable, "-m", "composelint", "--no-cache", "--output-format", "json", *arguments],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    findings = json.loads(answer.stdout)["diagnostics"]
    return [
        (item["code"], item["start"]["line"])
        for item in findings
        if item["code"].startswith("SHOP")
    ]


def test_policy_and_plug_in_report_like_built_in_rules() -> None:
    assert lint(".") == [("SHOP001", 2), ("SHOP010", 4)]


def test_neither_is_read_where_the_configuration_is_not() -> None:
    assert lint("--isolated", ".") == []
