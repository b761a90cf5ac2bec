"""The example of own rules: a policy and a plug-in."""

from __future__ import annotations

import json

from checks import ROOT, run_python

EXAMPLE = ROOT / "examples" / "own-rules"


def lint(*arguments: str) -> list[tuple[str, int]]:
    command = ("-m", "composelint", "--no-cache", "--output-format", "json", *arguments)
    answer = run_python(*command, folder=EXAMPLE)
    findings = json.loads(answer.stdout)["diagnostics"]
    return [
        (item["code"], item["start"]["line"])
        for item in findings
        if item["code"].startswith("SHOP")
    ]


def test_policy_and_plug_in_report_like_built_in_rules() -> None:
    assert lint("--trust", ".") == [("SHOP001", 2), ("SHOP010", 4)]
    # The plug-in would run code of the tree.
    assert lint(".") == [("SHOP001", 2)]


def test_policy_and_plug_in_belong_to_the_configuration() -> None:
    assert lint("--isolated", ".") == []
