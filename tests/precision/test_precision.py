"""The drawing and the table of judged findings."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from checks import commit_all, write_files
from precision.draw import Finding, draw_evenly, findings_of
from precision.table import page

if TYPE_CHECKING:
    from pathlib import Path


def finding(code: str, path: str, line: int = 1, **values: str) -> Finding:
    return {
        "repository": "acme/shop",
        "commit": "f" * 40,
        "path": path,
        "line": line,
        "code": code,
        "name": "",
        "severity": "warning",
        "message": "",
        "help": "",
        **values,
    }


MANY = [finding("CF001", f"{number}.yaml") for number in range(50)]
FEW = [finding("DF001", "a/Dockerfile"), finding("DF002", "a/Dockerfile")]


def test_rare_rules_weigh_as_much_as_frequent_ones() -> None:
    drawn = draw_evenly(MANY + FEW, 6, seed=1)
    assert sorted(item["code"] for item in drawn) == ["CF001"] * 4 + ["DF001", "DF002"]


def test_a_rule_gives_one_finding_of_a_file() -> None:
    repeated = [finding("CF001", "a.yaml", line) for line in range(1, 9)]
    assert len(draw_evenly(repeated + FEW, 10, seed=1)) == 3


def test_a_seed_decides_whatever_the_order_of_the_findings() -> None:
    shuffled = MANY + FEW
    random.Random(3).shuffle(shuffled)
    assert draw_evenly(shuffled, 10, seed=1) == draw_evenly(MANY + FEW, 10, seed=1)
    assert draw_evenly(MANY, 10, seed=1) != draw_evenly(MANY, 10, seed=2)


def test_a_checkout_is_linted_without_its_configuration(tmp_path: Path) -> None:
    checkout = tmp_path / "acme+shop"
    write_files(
        {
            "compose.yaml": "services:\n  web:\n    image: nginx\n    conatiner_name: x\n",
            "composelint.toml": "ignore = ['CF003']\n",
        },
        checkout,
    )
    commit_all(checkout)
    found = {item["code"]: item for item in findings_of(checkout)}
    assert found["CF003"]["repository"] == "acme/shop"
    assert (found["CF003"]["path"], found["CF003"]["line"]) == ("compose.yaml", 4)
    assert len(found["CF003"]["commit"]) == 40


def test_the_page_counts_verdicts_and_names_what_is_wrong() -> None:
    judged = [
        finding("CF001", "a b.yaml", 3, verdict="true", reason=""),
        finding(
            "CF002", "b.yaml", 4, verdict="false", reason="it is set in .env", severity="error"
        ),
    ]
    text = page(judged)
    assert "| error | 1 | 0 | 0 | 1 |" in text
    assert "| all | 2 | 1 | 0 | 1 |" in text
    place = f"https://github.com/acme/shop/blob/{'f' * 40}"
    assert f"- CF002, [shop: b.yaml:4]({place}/b.yaml#L4), false: it is set in .env" in text
    assert f"[shop: a b.yaml:3]({place}/a%20b.yaml#L3) | CF001 | warning | true |" in text


def test_earlier_rounds_have_their_totals() -> None:
    first = [finding("CF001", "a.yaml", verdict="false", reason="no", severity="error")]
    second = [finding("CF001", "b.yaml", verdict="true", reason="")]
    text = page(second, [first])
    assert "| 1 | 1 | 1 | 0 | 0 | 1 | 1 |" in text
    assert "| 2 | 1 | 1 | 1 | 0 | 0 | 0 |" in text
    assert "a.yaml" not in text


@pytest.mark.parametrize(
    ("verdicts", "severity", "reached"),
    [
        ("true " * 27 + "noise " * 2 + "false", "warning", True),
        ("true " * 27 + "noise " * 2 + "false", "error", False),
        ("true " * 27 + "noise " * 1 + "false " * 2, "warning", False),
        ("true " * 25 + "noise " * 4 + "false", "warning", False),
    ],
    ids=["within", "a false error", "too many false", "too much noise"],
)
def test_the_page_says_whether_the_goals_are_reached(
    verdicts: str, severity: str, reached: bool
) -> None:
    judged = [
        finding("CF001", f"{number}.yaml", verdict=verdict, reason="", severity=severity)
        for number, verdict in enumerate(verdicts.split())
    ]
    assert ("They are reached" in page(judged)) is reached


def test_a_verdict_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.yaml:1: 'maybe' is not a verdict"):
        page([finding("CF001", "a.yaml", verdict="maybe", reason="")])
