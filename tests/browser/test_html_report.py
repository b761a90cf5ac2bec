"""The HTML report in Chromium: everything is there, found, reachable, quiet, and inert."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from composelint.linter.base.escape import visible
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.result import Result
from composelint.linter.rule import (
    Applicability,
    Create,
    Diagnostic,
    Edit,
    Fix,
    Related,
    Severity,
)
from playwright.sync_api import Browser
from views import View

STATION = Path(__file__).parents[1] / "projects" / "station"
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]

Json = dict[str, Any]


class Report:
    """A page, and the findings that the JSON report of the same call has."""

    def __init__(self, path: Path, data: Json) -> None:
        self.path = path
        self.findings: list[Json] = [
            each for each in data["diagnostics"] if each["suppressed"] is None
        ]
        self.all: list[Json] = [*data["diagnostics"], *data["fixed"]]

    @property
    def address(self) -> str:
        return self.path.as_uri()


def reported(folder: Path, *options: str) -> Report:
    """The report of a folder."""
    call = [sys.executable, "-m", "composelint", "--exit-zero", "--fixed", *options]
    reports = ["--report", "html=../page.html", "--output-format", "json"]
    if "--since" not in options:
        call.remove("--fixed")
    answer = subprocess.run([*call, *reports], cwd=folder, capture_output=True, check=True)
    return Report(folder.parent / "page.html", json.loads(answer.stdout))


def lay_out(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these files, committed."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a project with 31 things that are wrong."""
    folder = tmp_path_factory.mktemp("station") / "station"
    shutil.copytree(STATION, folder)
    (folder / "expected.txt").unlink()
    commit(folder)
    return reported(folder, "--preset", "production")


def count(view: View) -> tuple[int, int]:
    """How many findings the page says it shows, and of how many."""
    words = view.page.locator("#count").inner_text().replace(",", "").split()
    return int(words[0]), int(words[2])


def messages(view: View) -> list[str]:
    return view.page.locator(".finding .message").all_inner_texts()


def open_all(view: View) -> None:
    view.page.get_by_role("button", name="Open all").click()


# --- what everybody sees

SIZES = [(400, 800), (1600, 1000)]
SCHEMES = ["light", "dark"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_finding_is_there_and_nothing_is_wrong(
    view: View, station: Report, size: tuple[int, int], scheme: Any
) -> None:
    view.page.set_viewport_size({"width": size[0], "height": size[1]})
    view.page.emulate_media(color_scheme=scheme)
    view.page.goto(station.address)
    assert len(station.findings) >= 31
    assert count(view) == (len(station.findings), len(station.findings))
    assert Counter(messages(view)) == Counter(
        each["message"].replace("`", "") for each in station.findings
    )
    assert view.accessibility() == []
    open_all(view)
    assert view.page.locator(".finding[open] .body").count() == len(station.findings)
    assert view.accessibility() == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert view.page.evaluate(wide) is False
    assert view.console == []
    assert view.requests == [station.address]


def test_the_picture_has_each_service_and_leads_to_its_findings(
    view: View, station: Report
) -> None:
    view.page.goto(station.address)
    picture = view.page.locator(".picture svg")
    names = {each["service"] for each in station.findings if each["service"]}
    assert len(names) == 4
    for name in names:
        assert picture.get_by_text(name, exact=True).count() == 1
        part = picture.locator("a", has_text=name).first
        part.click()
        if f"service={name}" in (part.get_attribute("href") or ""):
            of_service = [each for each in station.findings if each["service"] == name]
            assert count(view)[0] == len(of_service)
        assert name in view.page.locator(".finding[open]").inner_text()
        opened = view.page.locator(".finding[open]")
        assert opened.count() == 1
        assert view.page.evaluate("document.activeElement.parentElement.open") is True
    assert view.console == []


def test_the_page_has_both_schemes_and_a_switch(view: View, station: Report) -> None:
    view.page.emulate_media(color_scheme="light")
    view.page.goto(station.address)
    color = "getComputedStyle(document.body).backgroundColor"
    light = view.page.evaluate(color)
    view.page.get_by_role("button", name="Dark colours").click()
    dark = view.page.evaluate(color)
    assert dark != light
    assert view.accessibility() == []
    view.page.get_by_role("button", name="Light colours").click()
    assert view.page.evaluate(color) == light
    view.page.emulate_media(color_scheme="dark")
    view.page.reload()
    assert view.page.evaluate(color) == dark
    back = "getComputedStyle(document.querySelector('.picture')).backgroundColor"
    assert view.page.evaluate(back) != "rgb(255, 255, 255)"


# --- filters


def value_of(key: str, finding: Json) -> str:
    return str(finding[{"rule": "code", "file": "path"}.get(key, key)])


@pytest.mark.parametrize("key", ["category", "rule", "file", "service"])
def test_each_choice_shows_what_has_it(view: View, station: Report, key: str) -> None:
    view.page.goto(station.address)
    select = view.page.locator(f"select[name={key}]")
    values = select.evaluate("select => [...select.options].map(option => option.value)")
    expected = Counter(value_of(key, each) for each in station.findings)
    del expected["None"]
    assert set(values) == {"", *expected}
    for value, number in expected.items():
        select.select_option(value)
        assert count(view) == (number, len(station.findings))
        assert f"{key}={value}".replace("/", "%2F") in view.page.url


def test_severities_are_switched_off(view: View, station: Report) -> None:
    view.page.goto(station.address)
    for gone in ("info", "warning"):
        view.page.get_by_label(gone, exact=True).uncheck()
    errors = [each for each in station.findings if each["severity"] == "error"]
    assert count(view)[0] == len(errors) == view.page.locator(".finding").count()
    assert view.page.locator("h3.group").all_inner_texts() == [f"Errors {len(errors)}"]


@pytest.mark.parametrize("group", ["severity", "file", "service", "rule", "category"])
def test_findings_are_grouped(view: View, station: Report, group: str) -> None:
    view.page.goto(station.address)
    view.page.locator("select[name=group]").select_option(group)
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    numbers = view.page.locator("h3.group .number").all_inner_texts()
    by_value = Counter(value_of(group, each) for each in station.findings)
    assert sorted(map(int, numbers)) == sorted(by_value.values())


@pytest.mark.parametrize("words", ["memory limit", "POSTGRES", "cf240", "ingest/dockerfile", "zzz"])
def test_the_search_finds_all_words(view: View, station: Report, words: str) -> None:
    view.page.goto(station.address)
    view.page.keyboard.press("/")
    view.page.keyboard.type(words)
    shown = messages(view)
    assert count(view)[0] == len(shown)
    for word in words.lower().split():
        told = view.page.locator(".finding").all_inner_texts()
        assert (
            all(word in text.lower() for text in told) or word in station.path.read_text().lower()
        )
    least = [
        each
        for each in station.findings
        if all(
            word in " ".join((each["message"], each["code"], each["path"], each["help"])).lower()
            for word in words.lower().split()
        )
    ]
    assert len(shown) >= len(least)
    assert (len(shown) == 0) == (words == "zzz")


def test_an_address_says_what_is_shown(view: View, station: Report) -> None:
    view.page.goto(f"{station.address}#severity=error&service=store&group=file")
    errors = [
        each
        for each in station.findings
        if (each["severity"], each["service"]) == ("error", "store")
    ]
    assert count(view)[0] == len(errors)
    assert view.page.locator("select[name=group]").input_value() == "file"
    view.page.get_by_role("button", name="Clear").click()
    view.page.wait_for_selector("h3.group:has-text('Infos')")
    assert count(view)[0] == len(station.findings)


def test_links_of_the_summary_lead_to_what_they_count(view: View, station: Report) -> None:
    view.page.goto(station.address)
    links = view.page.locator(".tiles a, .tables a").all()
    assert len(links) > 10
    for link in links:
        row = link.locator("xpath=ancestor::tr").or_(link)
        number = int(row.first.locator("b, td").first.inner_text().replace(",", ""))
        link.click()
        assert count(view)[0] == number
    assert view.console == []


# --- keyboard, screen reader, print, no scripts


def test_the_keyboard_reaches_everything(view: View, station: Report) -> None:
    view.page.goto(station.address)
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.textContent") == "To the findings"
    seen = set()
    for _ in range(60):
        view.page.keyboard.press("Tab")
        place = view.page.evaluate(
            "() => { const e = document.activeElement;"
            " return [e.tagName, e.getAttribute('name') || e.id || e.getAttribute('class'),"
            " getComputedStyle(e).outlineStyle]; }"
        )
        seen.add((place[0], place[1]))
        assert place[2] != "none", place
    assert {("BUTTON", "scheme"), ("INPUT", "q"), ("INPUT", "severity"), ("SELECT", "rule")} <= seen
    assert ("DIV", "picture whole") in seen
    view.page.locator(".finding summary").first.focus()
    view.page.keyboard.press("Enter")
    assert view.page.locator(".finding").first.evaluate("details => details.open") is True
    assert "What to do" in view.page.locator(".finding").first.inner_text()
    view.page.keyboard.press("/")
    assert view.page.evaluate("document.activeElement.name") == "q"
    view.page.keyboard.type("a/b")
    assert view.page.locator("input[name=q]").input_value() == "a/b"


def test_how_many_are_shown_is_said(view: View, station: Report) -> None:
    view.page.goto(station.address)
    status = view.page.get_by_role("status")
    assert (
        status.inner_text()
        == f"{len(station.findings)} of {len(station.findings)} findings are shown."
    )
    view.page.locator("input[name=q]").fill("zzz")
    assert status.inner_text() == f"0 of {len(station.findings)} findings are shown."
    assert "No finding is like that." in view.page.locator("#list").inner_text()
    assert view.accessibility() == []


def test_print_has_all_details_and_no_controls(view: View, station: Report) -> None:
    view.page.goto(station.address)
    view.page.emulate_media(media="print", color_scheme="dark")
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.page.locator(".finding[open] .body").count() == len(station.findings)
    assert not view.page.locator("#filters").is_visible()
    assert not view.page.locator("#scheme").is_visible()
    assert view.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    view.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert view.page.locator(".finding[open]").count() == 0
    assert view.page.pdf().startswith(b"%PDF")
    assert view.console == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_without_scripts_it_says_the_same(chromium: Browser, station: Report, scheme: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, color_scheme=scheme)
    page = context.new_page()
    page.goto(station.address)
    items = page.locator(".plain li").all_text_contents()
    assert len(items) == len(station.findings)
    for each in station.findings:
        assert any(each["message"] in item and each["code"] in item for item in items)
    assert not page.locator("#filters").is_visible()
    assert page.locator(".picture svg").is_visible()
    context.close()


# --- what was there before


def test_what_is_new_and_fixed_since_a_commit(view: View, tmp_path: Path) -> None:
    folder = lay_out(
        tmp_path / "shop",
        {"compose.yaml": "services:\n  web:\n    image: nginx:latest\n  db:\n    image: redis:8\n"},
    )
    (folder / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.30\n    privileged: true\n  db:\n    image: redis:8\n"
    )
    report = reported(folder, "--preset", "production", "--since", "HEAD")
    view.page.goto(report.address)
    tiles = view.page.locator(".tiles").inner_text()
    assert "new" in tiles
    assert "fixed" in tiles
    by_state = {
        "reported": len(report.findings),
        "before": sum(each["suppressed"] == "before" for each in report.all),
        "fixed": sum(each["suppressed"] is None for each in report.all) - len(report.findings),
    }
    assert min(by_state.values()) > 0
    assert count(view)[0] == by_state["reported"]
    for state, number in by_state.items():
        view.page.locator("select[name=state]").select_option(state)
        assert count(view) == (number, number)
    view.page.locator("select[name=state]").select_option("")
    assert count(view)[0] == len(report.all)
    assert view.accessibility() == []
    assert view.console == []


# --- linted files

NASTY = (
    "<script>document.title='forged'</script></script><img src=x onerror=\"document.title='forged'\">"
    "]]><!--<script>\" onload=\"document.title='forged'\" ' onfocus=x autofocus\u2028\x1b[31m"
    "[x](javascript:document.title='forged') </title></style></textarea><svg/onload=alert(1)>"
)
OURS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "div", "h1", "p", "time", "button",
    "main", "section", "h2", "ul", "li", "b", "span", "dl", "dt", "dd", "table", "caption", "thead", "tr",
    "th", "tbody", "td", "svg", "rect", "form", "label", "kbd", "input", "fieldset", "legend", "select",
    "option", "details", "summary", "h3", "h4", "code", "mark", "script", "footer",
}  # fmt: skip


def nasty(text: str) -> list[Diagnostic]:
    """Findings with a text wherever one can be."""
    line = text.replace("\n", " ")
    file = SourceFile(text, f"{line}a: 1\n{line}b: {line}\n{text}\n" + "x" * 1_000_000)
    whole = Span(file, 0, len(file.text) - 1)
    found = []
    for number, severity in enumerate(Severity):
        item = Diagnostic(
            Span(file, number, 2 * len(line)),
            text,
            help=f"{text}\n{text}",
            severity=severity,
            related=[Related(whole, text)],
            fix=Fix(text, (Edit(Span(file, 0, 3), text), Create(text, text)), Applicability.SAFE),
            subject=text,
        )
        item.code, item.name, item.category, item.url = "CF210", text, text, "javascript:alert(1)"
        item.owner, item.stack, item.brought_by = ("service", text), text, (text,)
        found.append(item)
    found[0].suppressed = text
    return found


def written(path: Path, findings: list[Diagnostic], files: int = 1) -> str:
    """The address of a page with these findings."""
    result = Result()
    result.diagnostics, result.files = findings, files
    path.write_text(render("html", result, RenderOptions()), "utf-8")
    return path.as_uri()


def test_no_element_comes_from_a_linted_file(view: View, tmp_path: Path) -> None:
    address = written(tmp_path / "page.html", nasty(NASTY))
    dialogs: list[str] = []
    view.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    view.page.goto(address)
    view.page.locator("select[name=state]").select_option("")
    open_all(view)
    assert messages(view) == [visible(NASTY)] * 3
    tags = view.page.evaluate("[...document.querySelectorAll('*')].map(e => e.localName)")
    assert set(tags) <= OURS
    assert tags.count("script") == 2
    attributes = view.page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    )
    assert not [name for name in attributes if name.startswith("on") or name == "autofocus"]
    links = view.page.evaluate("[...document.links].map(link => link.href)")
    assert all(link.startswith((address, "https://github.com/composelint/")) for link in links)
    assert view.page.title() == "composelint report"
    assert dialogs == []
    assert view.console == []
    assert view.requests == [address]
    assert view.accessibility() == []


def test_no_element_comes_from_a_linted_project(view: View, tmp_path: Path) -> None:
    """With the pictures, and with the names that Compose allows to be anything."""
    text = json.dumps(NASTY)
    stack = (
        f"services:\n  web:\n    image: {text}\n    command: [{text}]\n    ports: [{text}, '80:80']\n"
        f"    labels: {{{text}: {text}}}\n    environment: {{{text}: {text}}}\n    volumes: [{text}]\n"
        f"    networks: [{text}]\n    depends_on: [{text}]\n    secrets: [{text}]\n"
        f"  {text}:\n    build: {text}\n    volumes: ['data:/x']\n"
        f"networks: {{{text}: {{}}}}\nvolumes: {{data: {{}}, {text}: {{}}}}\nsecrets: {{{text}: {{file: {text}}}}}\n"
    )
    dockerfile = f"FROM {NASTY}\nRUN {NASTY}\nUSER {NASTY}\nLABEL a={text}\n# {NASTY}\n"
    files = {"compose.yaml": stack, "Dockerfile": dockerfile, ".env": f"A={NASTY}\n"}
    report = reported(lay_out(tmp_path / "nasty", files), "--preset", "all")
    assert len(report.findings) > 10
    view.page.goto(report.address)
    assert view.page.locator(".picture svg").count() == 1
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.page.locator(".finding[open]").count() == len(report.findings)
    tags = Counter(view.page.evaluate("[...document.querySelectorAll('*')].map(e => e.localName)"))
    assert set(tags) <= OURS | {
        "small",
        "g",
        "path",
        "polygon",
        "polyline",
        "ellipse",
        "text",
        "desc",
    }
    assert tags["script"] == 2
    attributes = view.page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    )
    assert not [name for name in attributes if name.startswith("on") or name == "autofocus"]
    assert view.page.title() == "composelint: nasty"
    assert view.console == []
    assert view.requests == [report.address]


def test_texts_stay_what_they_are(view: View, tmp_path: Path) -> None:
    texts = [
        "a  b",
        "ä 日本 😀",
        "&lt;b&gt; &amp;",
        "\\u003cb\\u003e",
        "C:\\new\\table",
        "{{x}} ${y}",
    ]
    items = [each for text in texts for each in nasty(text)[1:2]]
    view.page.goto(written(tmp_path / "page.html", items))
    found = view.page.evaluate("[...document.querySelectorAll('.message')].map(e => e.textContent)")
    assert sorted(found) == sorted(texts)


# --- many, none, unreadable


def many(number: int) -> list[Diagnostic]:
    findings = []
    for index in range(number):
        file = SourceFile(f"folder/{index // 40}/compose.yaml", "services:\n  web:\n    image: x\n")
        item = Diagnostic(Span(file, 12, 15), f"number {index}", severity=Severity(1 + index % 3))
        item.code, item.name = f"CF{index % 90:03}", "some-rule"
        item.owner = ("service", f"s{index % 50}")
        findings.append(item)
    return findings


def test_of_ten_thousand_findings_few_are_made(view: View, tmp_path: Path) -> None:
    view.page.goto(written(tmp_path / "page.html", many(10_000)))
    rows = view.page.locator(".finding")
    assert count(view) == (10_000, 10_000)
    assert rows.count() < 400
    view.page.locator("input[name=q]").fill("number 99 s49")
    assert count(view)[0] == 101
    view.page.locator("input[name=q]").fill("")
    assert rows.count() < 400
    view.page.goto(f"{view.page.url.partition('#')[0]}#finding=9998")
    assert view.page.locator(".finding[open] .message").inner_text() == "number 9998"
    assert view.page.locator(".finding[open]").is_visible()
    view.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    view.page.wait_for_selector(".finding:has-text('number 9999')")
    assert rows.count() < 1_000
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 10_000
    assert view.console == []


PAGES: dict[str, Callable[[Path], str]] = {
    "nothing is wrong": lambda path: written(path, [], 3),
    "no files": lambda path: written(path, [], 0),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_findings(view: View, tmp_path: Path, name: str, scheme: Any) -> None:
    view.page.emulate_media(color_scheme=scheme)
    view.page.goto(PAGES[name](tmp_path / "page.html"))
    text = view.page.inner_text("body")
    assert "No problems found in 3 files." in text or "No files checked." in text
    assert view.accessibility() == []
    assert view.console == []


def test_what_cannot_be_read_is_all_that_is_said(view: View, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "compose.yaml").write_bytes(b"services:\n  web: {image: \xff\xfe\n")
    (folder / "Dockerfile").write_text("FROM\n")
    call = [sys.executable, "-m", "composelint", "--report", "html=page.html"]
    subprocess.run(call, cwd=folder, capture_output=True, check=False)
    view.page.goto((folder / "page.html").as_uri())
    assert count(view)[0] >= 2
    open_all(view)
    assert view.accessibility() == []
    assert view.console == []
