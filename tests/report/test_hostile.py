"""Text of linted files cannot act as a command, a link or an escape sequence in a report."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from checks import part_of
from composelint.linter.base.escape import visible
from composelint.linter.base.names import FORMATS
from composelint.linter.report import RenderOptions, render
from hypothesis import given
from hypothesis import strategies as st
from report_payloads import PAYLOADS, findings
from report_readers import READERS, Page, azure_command, commands, github_command
from report_samples import result_of

PLAIN = RenderOptions(rules={}, source_url="https://code.example/o/r/blob/main/")
FOR_GITHUB = {"error", "warning", "notice"}


def options_for(name: str) -> list[RenderOptions]:
    return [PLAIN, PLAIN._replace(show_suppressed=True), PLAIN._replace(base="a/b")]


pytestmark = pytest.mark.exhaustive
TRIED = part_of([*PAYLOADS])
payloads = pytest.mark.parametrize("payload", [PAYLOADS[name] for name in TRIED], ids=TRIED)
formats = pytest.mark.parametrize("name", FORMATS)


def assert_inert(name: str, text: str, count: int) -> None:
    """Assert that a report has printable characters and our own commands only."""
    assert all(char == "\n" or char.isprintable() for char in text)
    text.encode()
    all_commands = commands(text, github_command)
    if name == "github":
        assert len(all_commands) == count
        assert {command.name for command in all_commands} <= FOR_GITHUB
        allowed = {"file", "line", "endLine", "col", "endColumn", "title"}
        assert all(set(command.properties) <= allowed for command in all_commands)
    else:
        assert all_commands == []
    all_commands = commands(text, azure_command)
    if name == "azure":
        assert [command.name for command in all_commands] == ["task.logissue"] * count
        allowed = {"type", "sourcepath", "linenumber", "columnnumber", "code"}
        assert all(set(command.properties) == allowed for command in all_commands)
    else:
        assert all_commands == []


@formats
@payloads
def test_reports_contain_no_foreign_commands(name: str, payload: str) -> None:
    items = findings(payload)
    for options in options_for(name):
        assert_inert(name, render(name, result_of(items), options), 3)


@formats
@given(payload=st.text(st.characters(exclude_characters="«»"), max_size=60))
def test_no_text_becomes_a_command(name: str, payload: str) -> None:
    assert_inert(name, render(name, result_of(findings(payload)), PLAIN), 3)


@formats
@given(
    payload=st.lists(
        st.sampled_from(
            ["#", "##", "vso", "[", "]", "::", "error", " ", "\n", "\t", "\u034f", "x"]
        ),
        max_size=12,
    ).map("".join)
)
def test_no_arrangement_of_parts_becomes_a_command(name: str, payload: str) -> None:
    assert_inert(name, render(name, result_of(findings(payload)), PLAIN), 3)


@pytest.mark.parametrize("name", ["full", "concise", "grouped"])
@payloads
def test_coloured_reports_contain_our_own_escapes_only(name: str, payload: str) -> None:
    options = PLAIN._replace(color=True, links=True)
    text = render(name, result_of(findings(payload)), options)
    links = re.findall(r"\x1b]8;;(.*?)\x1b\\", text)
    assert links
    assert all(re.fullmatch(r"https://github\.com/[\w./%~-]+|", link) for link in links)
    without_escapes = re.sub(r"\x1b]8;;.*?\x1b\\|\x1b\[[\d;]+m", "", text)
    assert_inert(name, without_escapes, 0)


@pytest.mark.parametrize("name", ["concise", "full"])
@payloads
def test_each_finding_has_one_line(name: str, payload: str) -> None:
    text = render(name, result_of(findings(payload)), PLAIN)
    begin = f"{visible(findings(payload)[0].span.file.path)}:"
    heads = [line for line in text.split("\n") if re.search(r"^\S.*:\d+:\d+: ", line)]
    heads = [line for line in heads if line.removeprefix("./").startswith(begin)]
    assert len(heads) == 3


@pytest.mark.parametrize("name", ["junit", "checkstyle"])
@payloads
def test_xml_keeps_its_structure(name: str, payload: str) -> None:
    def structure(element: ElementTree.Element) -> Any:
        return element.tag, sorted(element.attrib), [structure(child) for child in element]

    for options in options_for(name):
        document = ElementTree.fromstring(render(name, result_of(findings(payload)), options))
        harmless = ElementTree.fromstring(render(name, result_of(findings("calm")), options))
        assert structure(document) == structure(harmless)


@pytest.mark.parametrize("name", ["json", "json-lines", "sarif", "gitlab", "rdjson"])
@payloads
def test_json_keeps_its_structure(name: str, payload: str) -> None:
    def structure(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: structure(value) for key, value in data.items()}
        return [structure(value) for value in data] if isinstance(data, list) else type(data)

    def loaded(text: str) -> Any:
        lines = text.splitlines() if name == "json-lines" else [text]
        return [json.loads(line) for line in lines]

    for options in options_for(name):
        documents = loaded(render(name, result_of(findings(payload)), options))
        harmless = loaded(render(name, result_of(findings("calm")), options))
        assert structure(documents) == structure(harmless)


@payloads
def test_json_keeps_every_character(payload: str) -> None:
    (first, *_) = json.loads(render("json", result_of(findings(payload)), PLAIN))["diagnostics"]
    assert first["message"] == payload
    assert first["path"] == findings(payload)[0].span.file.path
    assert first["fix"]["edits"][0]["replacement"] == payload
    assert first["fix"]["edits"][1]["create"] == payload


@payloads
def test_markdown_shows_text_only(payload: str) -> None:
    for options in options_for("markdown"):
        page = Page(render("markdown", result_of(findings(payload)), options))
        assert set(page.tags) <= {
            "h2",
            "p",
            "strong",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
            "code",
            "br",
        }
        assert page.tags.count("table") == 1
        assert all(len(row) in (0, 4) for row in page.rows)
        assert len(page.rows) == (5 if options.show_suppressed else 4)
        assert page.links
        assert all(
            link.startswith(("https://github.com/composelint/", "https://code.example/o/r/blob/"))
            for link in page.links
        )
        # A web page turns mentions and links in one piece of text into links.
        for text in page.prose:
            assert not re.search(r"@\w|#\d|\w://|www\.\w", text), text


@payloads
def test_messages_for_reviews_hold_no_markdown_links_or_html(payload: str) -> None:
    data = json.loads(render("rdjson", result_of(findings(payload)), PLAIN))
    assert len(data["diagnostics"]) == 3
    for item in data["diagnostics"]:
        for text in [
            item["message"],
            *(each["message"] for each in item.get("related_locations", [])),
        ]:
            assert not re.search(r"(?<!\\)<[A-Za-z/!?]|\]\((?<!\\\()|(?<![\w@])@\w", text)


@payloads
def test_sarif_messages_hold_no_placeholders_and_links(payload: str) -> None:
    data = json.loads(render("sarif", result_of(findings(payload)), PLAIN))
    assert len(data["runs"][0]["results"]) == 3
    for item in data["runs"][0]["results"]:
        for place in item["locations"] + item.get("relatedLocations", []):
            artifact = place["physicalLocation"]["artifactLocation"]
            assert re.fullmatch(r"[\w.~/%-]*", artifact["uri"], re.ASCII)
        text = item["message"]["text"]
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})|(?<!\\)\]\(", text)


def test_the_parsers_recognise_commands() -> None:
    """The parsers used above find commands where there are some."""
    assert github_command("  ::error file=a%3Ab,line=1::x%0Ay") == (
        "error", {"file": "a:b", "line": "1"}, "x\ny",
    )  # fmt: skip
    assert github_command("text ##[error]x") is not None
    assert github_command("a ::error::x") is None
    assert azure_command("x ##vso[task.logissue type=error;code=a%3Bb;]m%AZP25") == (
        "task.logissue", {"type": "error", "code": "a;b"}, "m%",
    )  # fmt: skip
    assert azure_command("#\u034f#vso[a.b]c") is not None
    assert "img" in Page("![x](http://evil.example)").tags
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 #1 ## x", "plain é 日本 #1 ## x"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\u202e\U000e0001\ud800", "\\u202e\\U000e0001\\ud800"),
        ("##vso[x]", "##vso\\x5bx]"),
        ("##[x]", "##\\x5bx]"),
        ("e\u0301", "e\u0301"),
        ("\u00a0\u3000", "\\xa0\\u3000"),
    ],
)
def test_invisible_characters_are_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
