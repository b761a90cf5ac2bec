"""Suggestions in reports, and which findings are marked as fixable by the call at hand."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from checks import finding_data
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.engine.pack import pack, unpack
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.fixes import pastes
from composelint.linter.rule import Applicability, Create, Diagnostic, Edit, Fix
from report_samples import SAFE, UNSAFE, finding, marked, result_of, write

SUGGESTION = Applicability.SUGGESTION
STACK = "services:\n  «web»:\n    image: acme/web:2.1\n"
LIMIT = "    deploy:\n      resources:\n        limits:\n          memory: 512M\n"


def suggestion(text: str = STACK, added: str = LIMIT) -> Diagnostic:
    """A finding whose suggestion adds lines at the end of the file."""
    file, (span,) = marked(text)
    end = Span(file, len(file.text), len(file.text))
    return finding(span, "no limit", fix=Fix("Set memory to 512M", (Edit(end, added),), SUGGESTION))


def test_full_shows_the_text_to_paste() -> None:
    assert write("full", [suggestion()]).startswith(
        "compose.yaml:2:3: warning[CF210] no limit (some-rule)\n"
        "2 |   web:\n"
        "  |   ^^^\n"
        "  = suggestion: Set memory to 512M\n"
        "3       image: acme/web:2.1\n"
        "4 +     deploy:\n"
        "5 +       resources:\n"
        "6 +         limits:\n"
        "7 +           memory: 512M\n"
        "  = see: https://github.com/composelint/composelint/blob/main/docs/rules/some-rule.md\n"
    )


def test_json_has_a_suggestion_in_a_place_of_its_own() -> None:
    """A reader of version 1 that applies what it finds under ``fix`` must not apply it."""
    data = json.loads(write("json", [suggestion()]))
    (item,) = data["diagnostics"]
    assert item["fix"] is None
    assert item["suggestion"]["title"] == "Set memory to 512M"
    assert item["suggestion"]["text"] == LIMIT
    assert item["suggestion"]["edits"][0]["replacement"] == LIMIT
    assert (data["summary"]["fixable"], data["summary"]["suggestions"]) == (0, 1)


def test_sarif_says_that_it_is_a_suggestion() -> None:
    (result,) = json.loads(write("sarif", [suggestion()]))["runs"][0]["results"]
    (fix,) = result["fixes"]
    assert fix["description"]["text"] == "Suggestion: Set memory to 512M"
    assert fix["properties"] == {"applicability": "suggestion"}
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == LIMIT


@pytest.mark.parametrize("name", ["full", "json", "json-lines"])
def test_the_text_to_paste_contains_no_secret(name: str) -> None:
    """An edit within a line shows the rest of the line."""
    secret = "hunter2-Qx9"
    file, (value, limit) = marked(f"a: {{PASSWORD: «{secret}», mem: «0»}}\n")
    fix = Fix("Set it", (Edit(limit, "512M"),), SUGGESTION)
    items = [finding(value, sensitive=[value]), finding(limit, fix=fix)]
    assert secret not in write(name, items)
    assert "mem: 512M" in write(name, items)
    assert secret in write(name, items, show_secrets=True)
    assert file.text.count(secret) == 1


def _fix(applicability: Applicability) -> Fix:
    _, (span,) = marked("«a»: 1\n")
    return Fix("t", (Edit(span, ""),), applicability)


@pytest.mark.parametrize(
    ("options", "marks", "words"),
    [
        ({}, "*  ", "1 fixable with --fix (1 more with --unsafe-fixes), 1 suggestion."),
        ({"unsafe_fixes": True}, "** ", "2 fixable with --fix --unsafe-fixes, 1 suggestion."),
        ({"fixable": lambda finding: False}, "   ", "1 suggestion."),
        (
            {"fixable": lambda finding: finding.fix.applicability is UNSAFE},
            "   ",
            "1 fixable with --fix --unsafe-fixes, 1 suggestion.",
        ),
    ],
)
def test_marks_and_summary_say_what_the_call_would_do(
    options: dict[str, Any], marks: str, words: str
) -> None:
    _, (span,) = marked("«a»: 1\n")
    items = [
        finding(span, kind.label, f"CF90{kind}", fix=_fix(kind))
        for kind in (SAFE, UNSAFE, SUGGESTION)
    ]
    *lines, _, summary = write("concise", items, **options).splitlines()
    assert "".join("*" if "[*]" in line else " " for line in lines) == marks
    assert summary == words
    for name in ("full", "grouped"):
        assert write(name, items, **options).count("[*]") == marks.count("*")


FILE = SourceFile("compose.yaml", "one\ntwo\nthree")
EDITS = {
    "lines are added": (((4, 4, "new\n"),), [(2, 1, "new\n")]),
    "lines are added at the top": (((0, 0, "new\n"),), [(1, 0, "new\n")]),
    "lines are added to a file that ends in a line": (((13, 13, "\nnew"),), [(4, 3, "new")]),
    "lines are added behind the end of a line": (((3, 3, "\nnew"),), [(2, 1, "new")]),
    "a word is replaced": (((4, 7, "zwei"),), [(2, 2, "zwei\n")]),
    "a part is inserted": (((5, 5, "-"),), [(2, 2, "t-wo\n")]),
    "a line is deleted": (((4, 8, ""),), [(2, 2, "")]),
    "two places in one line": (((4, 5, "T"), (6, 7, "O")), [(2, 2, "TwO\n")]),
    "two places": (((0, 1, "O"), (8, 9, "T")), [(1, 1, "One\n"), (3, 3, "Three")]),
}


@pytest.mark.parametrize("case", EDITS)
def test_the_text_to_paste_consists_of_whole_lines(case: str) -> None:
    edits, expected = EDITS[case]
    fix = Fix("t", tuple(Edit(Span(FILE, *at), text) for *at, text in edits), SUGGESTION)
    assert [(part.first, part.last, part.text) for part in pastes(fix, None)] == expected


def test_a_suggestion_can_be_a_new_file() -> None:
    file, (span,) = marked("«a»: 1\n")
    fix = Fix("Make it", (Create("b.yaml", "b: 1\n"),), SUGGESTION)
    assert "suggestion: Make it\n  --> b.yaml (a new file)\n1 + b: 1\n" in write(
        "full", [finding(span, fix=fix)]
    )
    assert file.path == "compose.yaml"


def test_the_cache_keeps_suggestions() -> None:
    result = result_of([suggestion()])
    packed = pickle.loads(pickle.dumps(pack(result, {})))
    (item,) = unpack(packed, lambda path: None).diagnostics
    assert item.fix is not None
    assert item.fix.applicability is SUGGESTION
    assert finding_data(item) == finding_data(result.diagnostics[0])


@pytest.mark.parametrize("name", ["gitlab", "github", "junit", "checkstyle", "azure", "rdjson"])
def test_every_other_format_can_be_written(name: str) -> None:
    assert "no limit" in render(name, result_of([suggestion()]), RenderOptions())
