"""Entries of the formats for people: one for the findings of a rule in a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from composelint.linter.base.names import FORMATS
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.fold import entries
from composelint.linter.rule import Diagnostic, Edit, Fix
from report_readers import READERS
from report_samples import SAFE, E, I, finding, result_of, write

PAGE = "https://github.com/composelint/composelint/blob/main/docs/rules"
TEXT = "services:\n" + "".join(f"  s{number}:\n    image: x\n" for number in range(20))
FILE = SourceFile("compose.yaml", TEXT)


def about(number: int, message: str = 'service "{}" has no limit', **more: Any) -> Diagnostic:
    """A finding about one of the services."""
    name = f"s{number}"
    start = TEXT.index(f"  {name}:\n") + 2
    arguments = {"owner": ("service", name), "subject": f"services.{name}", **more}
    file = arguments.pop("file", FILE)
    return finding(Span(file, start, start + len(name)), message.format(name), **arguments)


def fixed(number: int, help: str = "") -> Diagnostic:
    item = about(number, help=help)
    item.fix = Fix(f"Set {number}G", (Edit(item.span, "x"),), SAFE)
    return item


def test_full_shows_one_source_and_lists_the_services() -> None:
    assert write("full", [about(0, help="set one"), fixed(1, "set one"), fixed(2, "set one")]) == (
        'compose.yaml:2:3: warning[CF210] [*] service "s0" has no limit (some-rule)\n'
        "2 |   s0:\n"
        "  |   ^^\n"
        '  = also: "s1" (line 4), "s2" (line 6)\n'
        "  = help: set one\n"
        "  = fix: Set 1G (and 1 more)\n"
        "4 -   s1:\n"
        "4 +   x:\n"
        f"  = see: {PAGE}/some-rule.md\n"
        "\n"
        "Found 3 warnings in 1 file (shown as 1 entry).\n"
        "2 fixable with --fix.\n"
    )


def test_full_tells_how_many_fixes_there_are() -> None:
    assert "  = fix: Set 0G (and 2 more)\n" in write("full", [fixed(0), fixed(1), fixed(2)])
    assert "  = fix: Set 0G\n" in write("full", [fixed(0), about(1)])
    assert "  = fix: Set 1G\n" in write("full", [about(0), fixed(1)])


def test_messages_that_differ_are_all_shown() -> None:
    items = [about(0, "tag 1 moves"), about(1, "tag 2 moves"), about(2, "tag 3 moves")]
    assert "  = also: 4:3 tag 2 moves\n  =       6:3 tag 3 moves\n" in write("full", items)
    assert write("grouped", items) == (
        "compose.yaml:\n"
        "  2:3  warning  CF210 tag 1 moves\n"
        "                      also 4:3 tag 2 moves\n"
        "                      also 6:3 tag 3 moves\n"
        "\n"
        "Found 3 warnings in 1 file (shown as 1 entry).\n"
    )
    assert "tag 1 moves<br>also 4:3 tag 2 moves<br>also 6:3 tag 3 moves |" in write(
        "markdown", items
    )


def test_grouped_and_markdown_list_the_services() -> None:
    items = [about(0), about(1)]
    assert '  2:3  warning  CF210 service "s0" has no limit (also "s1" (line 4))\n' in write(
        "grouped", items
    )
    assert 'service "s0" has no limit<br>also "s1" (line 4) |' in write("markdown", items)


def test_what_several_stacks_say_of_one_place_is_shown_once() -> None:
    items = [about(0, "2 read it"), about(0, "4 read it"), about(1, "4 read it")]
    (entry,) = entries(items)
    assert entry.further() == ["4:3 4 read it"]
    assert len(entry.findings) == 3
    assert "also" not in write("full", items[:2])
    assert "also" not in write("markdown", items[:2])
    other = about(0, "another variable", evidence="B")
    assert "  = also: 2:3 another variable\n" in write("full", [items[0], other])


def test_a_long_list_ends_with_a_count() -> None:
    items = [about(number) for number in range(20)]
    (entry,) = entries(items)
    assert len(entry.further()) == 9
    assert entry.further()[-1] == "11 more findings"
    assert "11 more findings" in write("full", items)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([about(0), about(1)], [2], id="the same about two services"),
        pytest.param([about(0), about(1, "other")], [2], id="warnings that differ"),
        pytest.param([about(0, severity=E), about(1, severity=E)], [2], id="errors alike"),
        pytest.param(
            [about(0, severity=E), about(1, "other", severity=E)], [1, 1], id="errors that differ"
        ),
        pytest.param([about(0), about(1, code="CF211")], [1, 1], id="two rules"),
        pytest.param([about(0), about(1, severity=I)], [1, 1], id="two severities"),
        pytest.param([about(0), about(1, file=SourceFile("b.yaml", TEXT))], [1, 1], id="two files"),
        pytest.param([about(0), about(1, suppressed="small")], [1, 1], id="one is suppressed"),
        pytest.param([about(0), about(1, brought_by=("a",))], [1, 1], id="another file brought one"),
        pytest.param(
            [about(0), about(1, code="CF211"), about(2)], [2, 1], id="another rule between"
        ),
        pytest.param([about(0, owner=None), about(1, owner=None)], [2], id="no services"),
        pytest.param(
            [about(0, help="mount a volume at /a"), about(1, help="mount a volume at /b")], [2],
            id="advice on two paths",
        ),
        pytest.param(
            [about(0, help='write `"A=…"`, in quotes'), about(1, help='write `"B=…"`, in quotes')], [2],
            id="advice with two names in quotes",
        ),
        pytest.param(
            [about(0, "x {}", help="add x to s0"), about(1, "y {}", help="add y to s1")], [2],
            id="advice with words of the messages",
        ),
        pytest.param(
            [about(0, help="use `pip --no-cache`"), about(1, help="end it with `rm -rf /x`")], [1, 1],
            id="two commands",
        ),
        pytest.param(
            [about(0, "no a", help="name the rules"), about(1, "no b", help="did you mean a-b?")], [1, 1],
            id="two kinds of advice",
        ),
        pytest.param(
            [about(0, "no a", help='did you mean "a"?'), about(1, "no b", help='did you mean "b"?')],
            [1, 1], id="two suggestions",
        ),
        pytest.param([about(0, help="set one"), about(1)], [1, 1], id="one has no advice"),
    ],
)  # fmt: skip
def test_what_shares_an_entry(items: list[Diagnostic], expected: list[int]) -> None:
    assert [1 + len(entry.others) for entry in entries(items)] == expected


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("full", "grouped", "markdown")])  # fmt: skip
def test_formats_for_machines_have_each_finding(name: str) -> None:
    text = write(name, [about(number) for number in range(20)])
    assert len(list(READERS[name](text))) == 20
    assert "shown as" not in text


@pytest.mark.parametrize("name", ["full", "grouped", "markdown"])
def test_formats_for_people_have_one_entry(name: str) -> None:
    text = write(name, [about(number) for number in range(20)])
    assert list(READERS[name](text)) == [("compose.yaml", 2, "CF210")]
    assert "20 warnings" in text


def test_counts_stay_those_of_findings() -> None:
    summary = json.loads(write("json", [about(number) for number in range(3)]))["summary"]
    assert summary["warnings"] == 3


def test_suppressed_findings_are_not_counted_as_entries() -> None:
    items = [about(0), about(1, suppressed="small"), about(2, suppressed="small")]
    assert "Found 1 warning in 1 file (2 suppressed).\n" in write("full", items)
    shown = render("full", result_of(items), RenderOptions(rules={}, show_suppressed=True))
    assert "(shown as 2 entries, 2 suppressed)" in shown


def test_names_in_lists_forge_nothing() -> None:
    evil = finding(about(1).span, "x", owner=("service", "a\n::error::b\x1b[31m"))
    text = write("full", [finding(about(0).span, "x", owner=("service", "s0")), evil])
    assert "\x1b" not in text
    assert "\n::error" not in text
