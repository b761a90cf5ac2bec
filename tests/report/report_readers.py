"""Readers of every format: path, line and code of every finding in a report.

The command parsers follow what GitHub's runner and the agent of Azure Pipelines do with
each line of a step's output (``ActionCommand.cs``, ``Command.cs`` of their repositories).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

from markdown_it import MarkdownIt

Item = tuple[str, int, str]


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


_GITHUB = frozenset(
    ["error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-output", "set-env", "add-path", "save-state", "echo", "add-matcher", "remove-matcher"]
)  # fmt: skip


def github_command(line: str) -> Command | None:
    """The workflow command in a line, in the newer form (``::``) or the older (``##[``)."""
    text = line.lstrip()
    if text.startswith("::") and "::" in text[2:]:
        info, _, data = text[2:].partition("::")
        name, _, rest = info.partition(" ")
        if name in _GITHUB:
            pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if "=" in pair)
            unescape = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
            return Command(
                name,
                {key: _replaced(value, unescape) for key, value in pairs},
                _replaced(data, [unescape[0], unescape[1], unescape[4]]),
            )
    text = _comparable(line)
    if "##[" in text and "]" in text.partition("##[")[2]:
        info, _, data = text.partition("##[")[2].partition("]")
        if info.partition(" ")[0] in _GITHUB:
            return Command(info.partition(" ")[0], {}, data)
    return None


def azure_command(line: str) -> Command | None:
    """The logging command in a line."""
    text = _comparable(line)
    start = text.lower().find("##vso[")
    if start < 0 or "]" not in text[start:]:
        return None
    info, _, data = text[start + 6 :].partition("]")
    name, _, rest = info.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.split(";") if "=" in pair)
    unescape = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%")]
    return Command(
        name,
        {key: _replaced(value, unescape) for key, value in pairs},
        _replaced(data, unescape),
    )


def _comparable(line: str) -> str:
    """The line without the characters that a culture-sensitive search ignores."""
    return "".join(char for char in line if char.isascii() or not _is_ignorable(char))


def _is_ignorable(char: str) -> bool:
    from unicodedata import category

    return category(char) in ("Mn", "Me", "Cf")


def _replaced(text: str, pairs: list[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def commands(text: str, parse: Any) -> list[Command]:
    """The commands that one of the parsers above recognises in a text."""
    return [command for line in re.split(r"\r\n|\n|\r", text) if (command := parse(line))]


def read_github(text: str) -> Iterator[Item]:
    for command in commands(text, github_command):
        if "file" in command.properties:
            properties = command.properties
            yield properties["file"], int(properties["line"]), properties["title"].partition(" ")[0]


def read_azure(text: str) -> Iterator[Item]:
    for command in commands(text, azure_command):
        properties = command.properties
        yield properties["sourcepath"], int(properties["linenumber"]), properties["code"]


def read_full(text: str) -> Iterator[Item]:
    pattern = re.compile(r"^(\S[^:\n]*):(\d+):\d+: (?:error|warning|info)\[(\w+)\]", re.MULTILINE)
    for path, line, code in pattern.findall(text):
        yield path, int(line), code


def read_concise(text: str) -> Iterator[Item]:
    pattern = re.compile(r"^(\S[^:\n]*):(\d+):\d+: (?:error|warning|info): (\w+) ", re.MULTILINE)
    for path, line, code in pattern.findall(text):
        yield path, int(line), code


def read_grouped(text: str) -> Iterator[Item]:
    path = ""
    for line in text.splitlines():
        match = re.match(r"  (\d+):\d+ +(?:error|warning|info) +(\w+) ", line)
        if match:
            yield path, int(match[1]), match[2]
        elif line.endswith(":"):
            path = line[:-1]


def read_json(text: str) -> Iterator[Item]:
    yield from _json_items(json.loads(text)["diagnostics"])


def read_json_lines(text: str) -> Iterator[Item]:
    yield from _json_items(map(json.loads, text.splitlines()))


def _json_items(items: Any) -> Iterator[Item]:
    for item in items:
        if item["suppressed"] is None:
            yield item["path"], item["start"]["line"], item["code"]


def read_sarif(text: str) -> Iterator[Item]:
    (run,) = json.loads(text)["runs"]
    for item in run["results"]:
        place = item["locations"][0]["physicalLocation"]
        path = unquote(place["artifactLocation"]["uri"], errors="surrogateescape")
        yield path, place["region"]["startLine"], item["ruleId"]
        assert run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"]


def read_gitlab(text: str) -> Iterator[Item]:
    for item in json.loads(text):
        place = item["location"]
        yield place["path"], place["lines"]["begin"], item["description"].partition(":")[0]


def read_rdjson(text: str) -> Iterator[Item]:
    for item in json.loads(text)["diagnostics"]:
        place = item["location"]
        yield place["path"], place["range"]["start"]["line"], item["code"]["value"]


def read_junit(text: str) -> Iterator[Item]:
    for case in ElementTree.fromstring(text).iter("testcase"):
        if case.get("file"):
            code = (case.get("name") or "").partition(" ")[0]
            yield case.get("file") or "", int(case.get("line") or 0), code


def read_checkstyle(text: str) -> Iterator[Item]:
    for file in ElementTree.fromstring(text):
        for error in file:
            code = (error.get("source") or "").removeprefix("composelint.")
            yield file.get("name") or "", int(error.get("line") or 0), code


class Page(HTMLParser):
    """A rendered page: its tags, links, text outside of code, and the cells of its rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.prose: list[str] = []
        self.rows: list[list[str]] = []
        self._code = 0
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for key, value in attrs if key in ("href", "src")]
        self._code += tag == "code"
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose.append(data)
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def read_markdown(text: str) -> Iterator[Item]:
    for row in Page(text).rows:
        if row:
            path, line, _ = row[1].rsplit(":", 2)
            code = re.match(r"[A-Z]+\d+", row[2])
            yield path, int(line), code[0] if code else row[2]


class HtmlPage(HTMLParser):
    """A page as a browser sees it: its elements with their attributes, its scripts, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.comments = 0
        self.texts: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = tag
            (self.scripts if tag == "script" else self.styles).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside == "style":
            self.styles[-1] += data
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    @property
    def data(self) -> dict[str, Any]:
        """What the page's program shows."""
        data: dict[str, Any] = json.loads(self.scripts[0])
        return data


def read_html(text: str) -> Iterator[Item]:
    data = HtmlPage(text).data
    for item in data["findings"]:
        if item["state"] == "reported":
            yield data["files"][item["file"]], item["line"], data["rules"][item["rule"]]["code"]


READERS = {
    "full": read_full,
    "concise": read_concise,
    "grouped": read_grouped,
    "json": read_json,
    "json-lines": read_json_lines,
    "sarif": read_sarif,
    "github": read_github,
    "gitlab": read_gitlab,
    "junit": read_junit,
    "checkstyle": read_checkstyle,
    "rdjson": read_rdjson,
    "azure": read_azure,
    "markdown": read_markdown,
    "html": read_html,
}
