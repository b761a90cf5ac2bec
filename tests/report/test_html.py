"""The page of ``html``: what it says, what it may do, and that linted files add nothing to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from checks import GIT, LayOut, Run, commit_all, no_hang, run_python
from composelint.linter.base.escape import visible
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.model.host import Host
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.html.facts import Facts, SettingsFacts, StackFacts, Strategy
from composelint.linter.report.html.findings import MOST_LISTED
from composelint.linter.report.html.picture import checked
from composelint.linter.result import ChangeRecord, Result
from composelint.linter.rule import Diagnostic, Edit, Fix, Related
from hypothesis import given
from hypothesis import strategies as st
from report_payloads import PAYLOADS, findings
from report_readers import HtmlPage
from report_samples import UNSAFE, declared, finding, marked, result_of, sample

PLAIN = RenderOptions(rules={})
STATION = Path(__file__).parents[1] / "projects" / "station"
GOLDEN = Path(__file__).with_name("html_outline.txt")
PAGE_PAYLOADS = {
    **PAYLOADS,
    "end of a script": "</script><script>alert(1)</script>",
    "end of a script, spaces": "</SCRIPT\n ><svg/onload=alert(1)>",
    "comment in a script": "<!--<script>",
    "end of a section": "]]>",
    "attribute": '" onload="alert(1)" x="',
    "attribute, single quotes": "' onfocus='alert(1)' autofocus='",
    "link": "javascript:alert(1)",
    "title": "</title></style></noscript></template></textarea>",
}
page_payloads = pytest.mark.parametrize("payload", PAGE_PAYLOADS.values(), ids=PAGE_PAYLOADS)


def page(result: Result, **options: Any) -> HtmlPage:
    return HtmlPage(render("html", result, PLAIN._replace(**options)))


def facts(text: str) -> Facts:
    """Facts with this text in all that can come from a repository."""
    strategies = (
        Strategy("infrastructure", (text,), 2**30, 1.5, 2**31, 1, None, text),
        Strategy("hybrid", (text, text), 2**31, 3, 2**31, 0, False, text),
        Strategy("production", (), 0, 0, 0, 0, True, text),
    )
    stack = StackFacts(text, 2, "", Host(2**30, 2), strategies)
    return Facts(text, "2026-01-01 00:00 UTC", (SettingsFacts(text, "all"),), text, (stack,))


def words_of(found: HtmlPage) -> str:
    """The texts of a page on one line."""
    return " ".join(" ".join(found.texts).split())


# --- what linted files hold is text


def structure(found: HtmlPage) -> list[Any]:
    """The elements of a page, each with the names of its attributes, and the shape of its data."""

    def shape(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: shape(value) for key, value in data.items()}
        return [*map(shape, data)] if isinstance(data, list) else type(data)

    data = found.data
    for each in data["findings"]:
        # How many lines a text has is told by its own test.
        for key in ("excerpt", "related", "fix", "help"):
            each.pop(key, None)
    return [[(tag, sorted(attributes)) for tag, attributes in found.elements], shape(data)]


def assert_harmless(found: HtmlPage) -> None:
    assert found.comments == 0
    assert len(found.scripts) == 2
    assert len(found.styles) == 1
    for tag, attributes in found.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
        address = attributes.get("href") or attributes.get("src") or "#"
        assert address.startswith(("#", "https://github.com/composelint/"))
    for rule in found.data["rules"]:
        assert re.match(r"https?://|\Z", rule["url"])


CALM = structure(page(result_of(findings("calm")), facts=facts("calm")))


@page_payloads
def test_no_element_comes_from_a_text(payload: str) -> None:
    found = page(result_of(findings(payload)), facts=facts(payload))
    assert_harmless(found)
    assert structure(found) == CALM
    assert found.data["findings"][0]["message"] == visible(payload)


@given(text=st.text(min_size=1, max_size=40))
def test_no_text_becomes_an_element(text: str) -> None:
    found = page(result_of(findings(text)), facts=facts(text))
    assert_harmless(found)
    assert structure(found) == CALM


_PARTS = ["<", "</", "script", ">", "<!--", "-->", "]]>", "&lt;", "&#60;", '"', "'", "`", "\\u003c", "\\", "/", " ", "\n", "\u2028", "svg", "onload=", "x"]  # fmt: skip


@given(text=st.lists(st.sampled_from(_PARTS), min_size=1, max_size=10).map("".join))
def test_no_arrangement_of_parts_becomes_an_element(text: str) -> None:
    found = page(result_of(findings(text)), facts=facts(text))
    assert_harmless(found)
    assert found.data["findings"][0]["message"] == visible(text)


def test_a_line_of_a_megabyte_is_cut() -> None:
    file = SourceFile("compose.yaml", "web: " + "</script><b>" * 90_000)
    spans = [Span(file, start, start + 9) for start in (0, 500_000, len(file.text) - 9)]
    with no_hang():
        text = render("html", result_of(map(finding, spans)), PLAIN)
    assert len(text) < 60_000
    assert_harmless(HtmlPage(text))


def test_only_addresses_of_the_web_are_links() -> None:
    _, (span,) = marked("«web»: {}\n")
    item = finding(span)
    for url, told in (
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://intranet.example/rule", "https://intranet.example/rule"),
    ):
        item.url = url
        assert page(result_of([item])).data["rules"][0]["url"] == told


PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" class="cg">{}'
    '<g id="a"><title>web\n::error::x</title><a href="#finding=1"><text x="1">web &lt;b&gt;</text></a></g></svg>'
)


@pytest.mark.parametrize(
    "foreign",
    [
        "<script>alert(1)</script>",
        "<style>x</style>",
        '<image href="https://evil.example/x.png"/>',
        "<foreignObject><b>x</b></foreignObject>",
        '<use href="#a"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    ],
)
def test_of_a_picture_only_shapes_texts_and_inner_links_are_left(foreign: str) -> None:
    assert checked(PICTURE.format(foreign)) == checked(PICTURE.format(""))
    assert "web &lt;b&gt;</text></a>" in checked(PICTURE.format(""))
    assert "&#10;::error" in checked(PICTURE.format(""))


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="x"', 'style="x"', 'fill="url(https://evil.example)"', 'fill="URL(//evil)"',
        'href="javascript:alert(1)"', 'xmlns:l="http://www.w3.org/1999/xlink" l:href="//evil"',
    ],
)  # fmt: skip
def test_of_an_element_only_harmless_attributes_are_left(attribute: str) -> None:
    text = f'<svg xmlns="http://www.w3.org/2000/svg"><a {attribute}><rect {attribute} x="1"/></a></svg>'
    assert checked(text) == '<svg><a><rect x="1"></rect></a></svg>'


@pytest.mark.parametrize("text", ["", "no picture", "<svg", "<html/>", "<svg><!ENTITY x></svg>"])
def test_what_is_no_picture_is_left_out(text: str) -> None:
    assert checked(text) == ""


# --- what the page may do


def test_the_policy_allows_the_own_style_and_program_and_nothing_else() -> None:
    style = ".cg{fill:var(--x)}"
    found = page(sample(), facts=facts("x")._replace(style=style))
    (policy,) = (
        attributes["content"]
        for tag, attributes in found.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )

    def source(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert found.styles[0].endswith(style)
    assert policy == (
        f"default-src 'none'; script-src {source(found.scripts[1])}; "
        f"style-src {source(found.styles[0])}; base-uri 'none'; form-action 'none'"
    )


def test_the_policy_comes_before_all_that_it_is_for() -> None:
    tags = [tag for tag, _ in page(sample()).elements]
    assert tags[:4] == ["html", "head", "meta", "meta"]


def test_a_usual_call_loads_nothing_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'nginx:1.30'}}\n")
    call = ["-X", "importtime", "-m", "composelint", "compose.yaml"]
    answer = run_python(*call, folder=tmp_path)
    assert answer.stdout == "No problems found in 1 file.\n"
    assert "composelint.linter.report.full" in answer.stderr
    assert "report.html" not in answer.stderr
    assert "linter.graph" not in answer.stderr


# --- what the page says


def as_told(text: str) -> list[tuple[Any, ...]]:
    """The findings of a JSON report, as far as a page says the same."""
    data = json.loads(text)
    return [
        (
            each["severity"], each["code"], each["name"], visible(each["message"]), each["path"],
            each["start"]["line"], each["start"]["column"], each["service"], each["stage"], each["stack"],
            each["help"].split("\n") if each["help"] else None,
            [(place["path"], place["start"]["line"], place["message"]) for place in each["related"]],
            (each["fix"] or each["suggestion"] or {}).get("title"),
            each["suppressed"] if each in data["diagnostics"] else "fixed",
        )
        for each in (*data["diagnostics"], *data["fixed"])
    ]  # fmt: skip


def as_shown(text: str) -> list[tuple[Any, ...]]:
    """The same of a page."""
    data = HtmlPage(text).data
    files, rules = data["files"], data["rules"]
    states = {"reported": None, "fixed": "fixed", "before": "before"}
    return [
        (
            each["severity"], rules[each["rule"]]["code"], rules[each["rule"]]["name"], each["message"],
            files[each["file"]], each["line"], each["column"], each.get("service"), each.get("stage"),
            data["stacks"][each["stack"]] if "stack" in each else None, each.get("help"),
            [(files[place["file"]], place["line"], place["message"]) for place in each.get("related", ())],
            each.get("fix", {}).get("title"), states.get(each["state"], each.get("reason")),
        )
        for each in data["findings"]
    ]  # fmt: skip


def test_json_and_the_page_have_the_same_findings() -> None:
    result = sample()
    _, (span,) = marked("«web»: {}\n")
    result.fixed = [finding(span, "mended")]
    result.change = ChangeRecord("main", 10, 1, 0, 2)
    style = PLAIN._replace(show_fixed=True)
    told = as_told(render("json", result, style))
    assert len(told) == len(result.diagnostics) + 1
    assert as_shown(render("html", result, style)) == told


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a project, which is the working folder."""
    folder = tmp_path / "station"
    shutil.copytree(STATION, folder)
    (folder / "expected.txt").unlink()
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


CALL = ["--preset", "production", "--select", "CF2,CF5,XF"]


def test_json_and_the_page_of_a_project_have_the_same_findings(station: Path, run: Run) -> None:
    run("--preset", "production", "--report", "html=page.html", "--report", "json=page.json")
    told = as_told((station / "page.json").read_text("utf-8"))
    assert len(told) > 30
    assert as_shown((station / "page.html").read_text("utf-8")) == told


class Outline(HTMLParser):
    """The elements of a page's body by depth, with classes and texts; links with their targets."""

    empty = frozenset(("meta", "input", "rect", "br"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.depth = 0
        self.feed(text[text.index("<body>") : text.index('<script type="application/json"')])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = "".join(f".{each}" for each in (given.get("class") or "").split())
        more = [f"{key}={given[key]}" for key in ("id", "href", "width") if given.get(key)]
        self.lines.append("  " * self.depth + " ".join([tag + name, *more]))
        self.depth += tag not in self.empty

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in self.empty

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.lines.append("  " * self.depth + f"| {' '.join(data.split())}")


def test_the_page_of_a_project(station: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is drawn: the pictures have tests of their own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    monkeypatch.setattr("composelint.linter.graph.picture.is_available", lambda: False)
    run(*CALL, "--report", "html=page.html")
    text = (station / "page.html").read_text("utf-8")
    outline = "\n".join(Outline(text).lines) + "\n"
    outline = re.sub(r"composelint \d[\w.]*", "composelint VERSION", outline)
    if os.environ.get("COMPOSELINT_UPDATE"):
        GOLDEN.write_text(outline, "utf-8")
    assert outline == GOLDEN.read_text("utf-8")


def test_a_page_says_how_to_have_the_picture_where_it_cannot_be_drawn(
    station: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composelint.linter.graph.picture.is_available", lambda: False)
    text = run(*CALL, "--output-format", "html").stdout
    assert "<code>pip install 'composelint[graph]'</code> brings what draws them" in text


def test_two_pages_of_one_time_are_equal(
    station: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first = run(*CALL, "--output-format", "html").stdout
    assert "<time>2026-01-01 00:00 UTC</time>" in first
    assert run(*CALL, "--output-format", "html").stdout == first


def test_what_is_new_and_fixed_since_a_commit(lay_out: LayOut, run: Run) -> None:
    folder = lay_out({"compose.yaml": "services:\n  web:\n    image: nginx:latest\n"})
    commit_all(folder)
    (folder / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.30\n    privileged: true\n"
    )
    text = run("--since", "HEAD", "--preset", "production", "--output-format", "html").stdout
    data = HtmlPage(text).data
    by_state: dict[str, set[str]] = {}
    for each in data["findings"]:
        by_state.setdefault(each["state"], set()).add(data["rules"][each["rule"]]["code"])
    assert "CF310" in by_state["reported"]
    assert by_state["fixed"] == {"CF402"}
    assert "CF201" in by_state["before"]
    words = words_of(HtmlPage(text))
    assert "1 fixed" in words
    assert "Compared with HEAD (1 changed file)" in words


def test_the_stacks_are_those_of_the_state_that_is_linted(lay_out: LayOut, run: Run) -> None:
    folder = lay_out({"compose.yaml": "services:\n  old:\n    image: nginx:1.30\n"})
    commit_all(folder)
    (folder / "compose.yaml").write_text("services:\n  new:\n    image: nginx:1.30\n")
    subprocess.run([*GIT, "commit", "-qam", "new"], cwd=folder, check=True)
    (folder / "compose.yaml").write_text("services:\n  later:\n    image: nginx:1.30\n")
    for options in (["--at", "HEAD"], ["--since", "HEAD~1", "--at", "HEAD"]):
        text = run(*options, "--preset", "production", "--output-format", "html").stdout
        assert "<small>new</small>" in text
        assert "later" not in text


def test_what_is_new_and_gone_against_a_baseline(lay_out: LayOut, run: Run) -> None:
    folder = lay_out({"compose.yaml": "services:\n  web:\n    image: nginx:latest\n"})
    run("baseline")
    (folder / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.30\n    privileged: true\n"
    )
    found = HtmlPage(run("--output-format", "html").stdout)
    words = words_of(found)
    assert "Baseline .composelint-baseline.json" in words
    assert "1 new 1 no longer found 0 accepted" in words
    assert found.data["compared"] is True
    assert "LN030" in {rule["code"] for rule in found.data["rules"]}


def test_standard_input_has_a_stack(run: Run) -> None:
    text = run("-", "--output-format", "html", stdin=b"services: {web: {image: redis:8}}").stdout
    assert "<small>web</small>" in text


def test_a_rule_is_explained() -> None:
    _, (span,) = marked("«web»: {}\n")
    rule = declared(ignore_when="Never. See [the page](x.md).", presets=("recommended",))
    (told,) = page(result_of([finding(span)]), rules={"CF210": rule}).data["rules"]
    assert told["what"] == ["Nothing tells whether `x` works."]
    assert told["why"] == ["It may hang. Another sentence."]
    assert told["ignore"][0] == "Never. See the page."
    assert told["comment"] == ["# composelint: ignore[some-rule] the reason"]


def test_the_plain_list_has_the_gravest_findings_and_says_what_is_missing() -> None:
    _, (span,) = marked("«web»: {}\n")
    items = [finding(span, f"number {number}") for number in range(MOST_LISTED + 1)]
    text = render("html", result_of(items), PLAIN)
    assert text.count("<li><b class=") == MOST_LISTED
    assert "1 more finding not listed here" in text
    assert len(HtmlPage(text).data["findings"]) == MOST_LISTED + 1


def test_a_page_without_findings_says_so() -> None:
    text = render("html", result_of([], files=3), PLAIN)
    assert "No problems found in 3 files." in text
    assert "Nothing is reported." in text
    assert "<form" not in text


# --- excerpts


def excerpt(text: str, path: str = "compose.yaml") -> list[list[Any]]:
    _, (span,) = marked(text, path)
    rows: list[list[Any]] = page(result_of([finding(span)])).data["findings"][0]["excerpt"]
    return rows


def test_an_excerpt_has_the_lines_that_enclose_it() -> None:
    rows = excerpt("services:\n  web:\n    image: x\n    ports:\n      - «80:80» # x\n")
    assert rows == [[2, "  web:"], [4, "    ports:"], [5, "      - ", "80:80", " # x"]]


def test_of_many_lines_the_first_and_the_last_are_shown() -> None:
    rows = excerpt("«a: 1\n  b: 2\nc: 3\nd: 4\ne: 5\nf: 6»\n")
    assert [row[0] for row in rows] == [1, 2, 5, 6]
    assert rows[1] == [2, "  ", "b: 2", ""]


def test_of_a_long_line_the_part_around_the_mark_is_shown() -> None:
    ((line, before, mark, after),) = excerpt(f"a: {'x' * 1_000_000}«{'y' * 900}»{'z' * 9}\n")
    assert (line, mark) == (1, "y" * 120)
    assert (before, after) == ("…" + "x" * 80, "…")


def test_an_empty_place_marks_the_character_there() -> None:
    assert excerpt("web:«»\n", "x.yaml") == [[1, "web:", "", ""]]
    assert excerpt("«»web:\n", "x.yaml") == [[1, "", "w", "eb:"]]


# --- secrets


SECRET = "hT7qLw93ZkPd"


def test_a_secret_is_nowhere_on_the_page() -> None:
    file = SourceFile("compose.yaml", f"a: {SECRET}\nb: 1\nc: x {SECRET}\n")
    span, other = Span(file, 3, 3 + len(SECRET)), Span(file, 18 + len(SECRET) - 5, len(file.text))
    items: list[Diagnostic] = [
        finding(
            span,
            f"it is {SECRET}",
            sensitive=[span],
            related=[Related(other, f"as {SECRET}")],
            fix=Fix(f"No {SECRET}", (Edit(other, f"y {SECRET}"),), UNSAFE),
        ),
        finding(other),
    ]
    told = facts(f"x{SECRET}y")
    text = render("html", result_of(items), PLAIN._replace(facts=told))
    assert SECRET not in text
    assert "***" in text
    shown = render("html", result_of(items), PLAIN._replace(facts=told, show_secrets=True))
    assert SECRET in shown
    assert "stands for the value of a secret" in text
    assert "stands for the value of a secret" not in shown
