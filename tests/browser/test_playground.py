"""The playground as it is built: composelint in a real browser, from nothing but its own folder."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from bench.playground import Handler
from composelint.linter.api import check
from playwright.sync_api import Browser, Page, expect
from views import View, new_view

ROOT = Path(__file__).parents[2]
STATION = ROOT / "tests" / "projects" / "station"

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self';"
    " style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
"""What the page asks for is also sent with every file: workers obey only that."""

RANKS = {"error": 0, "warning": 1, "info": 2}

LONG = 150_000
"""Milliseconds until something is given up here: the machine may be busy."""


class Guarded(Handler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built playground in it, as on the site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(ROOT / "tools" / "playground.py"), str(folder / "playground")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of the playground."""
    handler = partial(Guarded, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/playground/"
        server.shutdown()


@pytest.fixture(scope="session")
def shop(site: Path) -> dict[str, str]:
    """The files that the page shows at first."""
    (examples,) = site.glob("playground/assets-*/examples.json")
    files: dict[str, str] = json.loads(examples.read_text("utf-8"))[0]["files"]
    return {"docker-compose.yml": files.pop("docker-compose.yml"), **files}


@pytest.fixture(scope="module")
def ready(chromium: Browser, axe: str, address: str) -> Iterator[View]:
    """The page, open all the while: starting Python takes the most time of a test."""
    with new_view(chromium, axe) as view:
        view.page.goto(address)
        linted(view.page)
        is_clean(view, address)
        yield view


@pytest.fixture
def view(ready: View) -> View:
    """The open page, as if nothing had happened."""
    ready.page.set_viewport_size({"width": 1600, "height": 1000})
    ready.page.emulate_media(color_scheme="light")
    ready.page.click("#view-findings")
    ready.requests.clear()
    ready.console.clear()
    return ready


@pytest.fixture
def fresh(chromium: Browser, axe: str) -> Iterator[View]:
    """An empty page in a profile of its own."""
    with new_view(chromium, axe) as view:
        yield view


def link(files: Mapping[str, str], preset: str | None = None) -> str:
    """The fragment of an address that holds files."""
    state = json.dumps({"files": files, "active": next(iter(files)), "preset": preset}).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(state) + packer.flush()
    return f"#1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def linted(page: Page) -> None:
    """Wait until the newest texts have been linted."""
    page.wait_for_selector("html[data-checked]", timeout=LONG)
    page.wait_for_timeout(150)  # A change is linted a moment after it.
    expect(page.locator("#status")).to_contain_text("in", timeout=LONG)
    page.wait_for_selector("html:not([data-linting])", timeout=LONG)


def opened(view: View, address: str, files: Mapping[str, str]) -> Page:
    """The page with these files, by a link."""
    page = view.page
    if not page.url.startswith(address):
        page.goto(address + link(files))
    else:
        page.evaluate(
            """fragment => {
                history.replaceState(null, "", location.pathname);
                delete document.documentElement.dataset.checked;
                location.hash = fragment;
            }""",
            link(files),
        )
    linted(page)
    return page


def found(page: Page) -> list[tuple[str, str, str]]:
    """Place, rule and message of each finding on the page."""
    return [
        (
            item.locator(".meta .place").inner_text(),
            item.locator(".meta .code").inner_text(),
            item.locator(".message").inner_text(),
        )
        for item in page.locator("#findings > .finding").all()
    ]


def natively(folder: Path, files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The same from composelint on the disk; as on the page, errors come first."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8", newline="")
    (folder / ".git").mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(folder)
    try:
        report = json.loads(check(".").render("json"))
    finally:
        os.chdir(before)
    return [
        (
            f"{each['path']}:{each['start']['line']}:{each['start']['column']}",
            f"{each['code']} {each['name']}",
            each["message"],
        )
        for each in sorted(report["diagnostics"], key=lambda each: RANKS[each["severity"]])
        if each["suppressed"] is None
    ]


def paste(page: Page, text: str) -> None:
    """Put a text in place of all in the editor, as from the clipboard."""
    page.locator("#editor .cm-content").click()
    page.keyboard.press("Control+a")
    page.locator("#editor .cm-content").evaluate(
        """(editor, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = { clipboardData: data, bubbles: true, cancelable: true };
            editor.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        text,
    )


def add(page: Page, path: str, text: str) -> None:
    page.click("#add")
    page.fill("#name", path)
    page.click("#name-ok")
    if text:
        paste(page, text)


def text_of(page: Page, path: str) -> str:
    """The text of a file, from the link that the page makes."""
    page.click("#share")
    expect(page.locator("#status")).to_contain_text("The link is")
    data = page.evaluate("location.hash").removeprefix("#1.")
    packed = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    files: dict[str, str] = json.loads(zlib.decompress(packed, -15))["files"]
    return files[path]


def is_clean(view: View, address: str) -> None:
    """Nothing was asked of anybody else, and nothing was complained about."""
    host = address.removesuffix("playground/")
    assert [url for url in view.requests if not url.startswith((host, "data:", "blob:"))] == []
    assert view.console == []


STACK = 'version: "3.8"\nservices:\n  web:\n    image: nginx:1.30\n    ports: ["8080:80"]\n'


def test_the_measuring_station_pasted_has_the_findings_of_the_command_line(
    view: View, address: str, tmp_path: Path
) -> None:
    paths = [
        path for path in sorted(STATION.rglob("*")) if path.is_file() and path.suffix != ".txt"
    ]
    files = {path.relative_to(STATION).as_posix(): path.read_text("utf-8") for path in paths}
    page = opened(view, address, {"compose.yaml": ""})
    paste(page, files["compose.yaml"])
    for path, text in files.items():
        if path != "compose.yaml":
            add(page, path, text)
    linted(page)
    expected = natively(tmp_path, files)
    expect(page.locator("#findings > .finding")).to_have_count(len(expected), timeout=LONG)
    assert found(page) == expected
    assert len(expected) > 30
    is_clean(view, address)


@pytest.mark.parametrize("name", ["shop", "tournament", "station", "monorepo"])
def test_examples_have_the_findings_of_the_command_line(
    view: View, address: str, site: Path, tmp_path: Path, name: str
) -> None:
    (examples,) = site.glob("playground/assets-*/examples.json")
    listed = {each["name"]: each for each in json.loads(examples.read_text("utf-8"))}
    expected = natively(tmp_path, listed[name]["files"])
    page = opened(view, address, {"compose.yaml": "services: {}\n"})
    page.select_option("#example", name)
    expect(page.locator("#findings > .finding")).to_have_count(len(expected), timeout=LONG)
    linted(page)
    assert found(page) == expected


def test_a_fix_changes_the_text_and_its_finding_goes_and_comes_back(
    view: View, address: str
) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    assert "CF004" in {code[:5] for _, code, _ in found(page)}
    page.click('[data-code="CF004"] .fix.safe')
    expect(page.locator('[data-code="CF004"]')).to_have_count(0, timeout=LONG)
    assert text_of(page, "compose.yaml") == STACK.partition("\n")[2]
    page.click("#undo")
    expect(page.locator('[data-code="CF004"]')).to_have_count(1, timeout=LONG)
    assert text_of(page, "compose.yaml") == STACK
    is_clean(view, address)


def test_fixes_say_what_they_do_to_what_runs(view: View, address: str) -> None:
    stack = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n"
    page = opened(view, address, {"compose.yaml": stack})
    page.select_option("#preset", "production")
    unsafe = page.locator('[data-code="CF330"] .fixes')
    expect(unsafe).to_contain_text("changes what runs")
    unsafe.locator("button").click()
    expect(page.locator('[data-code="CF330"]')).to_have_count(0, timeout=LONG)
    assert "127.0.0.1:5432:5432" in text_of(page, "compose.yaml")
    suggestion = page.locator(".fix.suggestion").first
    title = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".fix", has_text=title)).to_have_count(0, timeout=LONG)
    is_clean(view, address)


def test_all_safe_fixes_at_once_in_all_files(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    page.select_option("#example", "monorepo")
    expect(page.locator("#fix-all")).to_have_text("Fix all safe ones (2)", timeout=LONG)
    page.click("#fix-all")
    expect(page.locator("#fix-all")).to_be_disabled(timeout=LONG)
    assert "version:" not in text_of(page, "docker-compose.prod.yml")
    page.click("#undo")
    expect(page.locator("#fix-all")).to_have_text("Fix all safe ones (2)", timeout=LONG)
    is_clean(view, address)


def test_a_link_holds_everything_and_so_does_a_reload(
    fresh: View, address: str, chromium: Browser
) -> None:
    page = opened(fresh, address, {"compose.yaml": STACK})
    add(page, "web/Dockerfile", "FROM alpine:3.22\nRUN apk add curl\n")
    page.select_option("#preset", "hardened")
    linted(page)
    findings = found(page)
    text_of(page, "compose.yaml")
    shared = page.evaluate("location.href")
    page.reload()
    linted(page)
    assert found(page) == findings
    assert page.evaluate("location.href") == shared
    other = chromium.new_context()
    try:
        elsewhere = other.new_page()
        elsewhere.goto(shared)
        linted(elsewhere)
        assert found(elsewhere) == findings
        assert elsewhere.locator("#preset").input_value() == "hardened"
        tab = elsewhere.locator("#tabs [aria-selected=true]")
        assert tab.inner_text().startswith("web/Dockerfile")
    finally:
        other.close()
    # What is changed afterwards is not what the link says, and yet not lost by a reload.
    paste(page, "FROM alpine:3.22\n")
    linted(page)
    assert page.evaluate("location.hash") == ""
    findings = found(page)
    page.reload()
    linted(page)
    assert found(page) == findings
    is_clean(fresh, address)


def test_a_broken_link_opens_an_example(fresh: View, address: str) -> None:
    fresh.page.goto(address + "#1.AAAA")
    linted(fresh.page)
    assert found(fresh.page)
    is_clean(fresh, address)


@pytest.mark.parametrize("fragment", ["#1.AAAA", "#nonsense", "#1." + "A" * 70_000])
def test_a_broken_link_changes_nothing(view: View, address: str, fragment: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    findings = found(page)
    page.evaluate("fragment => { location.hash = fragment }", fragment)
    expect(page.locator("#status")).to_contain_text("holds no files")
    assert found(page) == findings
    is_clean(view, address)


HOSTILE = """services:
  "<img src=x onerror=alert(1)>":
    image: "<script>alert(2)</script>:latest"
    environment:
      PASSWORD: "]]><svg onload=alert(3)>"
      A: "\\"onload=alert(4) {{7*7}} ${constructor}"
    ports: ["</script><b>:80"]
    depends_on: ["</text><image href='https://example.com/x'/>"]
    volumes: ["javascript:alert(5):/x", "./</pre>:/y"]
  "</li><li>":
    build: "<iframe src=https://example.com>"
"""


def test_what_is_linted_stays_text(view: View, address: str) -> None:
    files = {
        "compose.yaml": HOSTILE,
        "<img src=x onerror=alert(6)>/Dockerfile": "FROM <script>alert(7)</script>\nRUN <b>\n",
        '"onload=alert(8).env': "A=<svg/onload=alert(9)>\n",
    }
    dialogs: list[str] = []
    view.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page = opened(view, address, files)
    assert any("<" in message for _, _, message in found(page))
    page.hover(".cm-lint-marker >> nth=0")
    page.click("#view-picture")
    page.wait_for_selector("#panel-picture svg, #panel-picture .empty", timeout=LONG)
    page.click("#view-findings")
    page.wait_for_timeout(300)
    assert page.locator("main img, main iframe, main script, main image, main b").count() == 0
    assert page.locator("[onerror], [onload]").count() == 0
    assert dialogs == []
    is_clean(view, address)


POLICY_OF_TOML = """[[policies]]
code = "ACME001"
name = "team-label-missing"
message = "service {name} does not say which team it belongs to"
help = "add labels: {team: ...}"
severity = "error"
match = { required = ["labels"], properties = { labels = { required = ["team"] } } }
"""


def test_policies_are_off_and_the_page_says_so(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK, "composelint.toml": POLICY_OF_TOML})
    expect(page.locator("#status")).to_contain_text("Policies are off here (1)")
    assert "CF004 obsolete-version" in [rule for _, rule, _ in found(page)]
    is_clean(view, address)


def test_errors_of_the_configuration_are_said(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK, "composelint.toml": "preset = 1\n"})
    expect(page.locator("#status")).to_contain_text("composelint.toml:1")
    is_clean(view, address)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghijk", "bcdefghijkl", strict=True)
)


def test_an_alias_bomb_is_a_finding(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    paste(page, f"x-bomb:\n  y: 1\n{BOMB}services:\n  web:\n    image: nginx\n    labels: *l\n")
    linted(page)
    assert found(page)
    paste(page, STACK)
    expect(page.locator('[data-code="CF004"]')).to_have_count(1, timeout=LONG)
    is_clean(view, address)


def test_linting_that_never_ends_is_ended(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    huge = "services:\n" + "".join(
        f"  s{number}:\n    image: nginx\n    ports: ['{number}:80']\n    depends_on: [s{number // 2}]\n"
        for number in range(20_000)
    )
    paste(page, huge)
    page.wait_for_timeout(3000)
    # The page answers all the while.
    page.click("#view-picture", timeout=3000)
    page.click("#view-findings", timeout=3000)
    expect(page.locator("#status")).to_contain_text("was stopped", timeout=LONG)
    paste(page, STACK)
    expect(page.locator('[data-code="CF004"]')).to_have_count(1, timeout=LONG)
    is_clean(view, address)


def test_the_picture_shows_the_stack_and_leads_to_findings(view: View, address: str) -> None:
    page = opened(view, address, {"compose.yaml": STACK})
    page.select_option("#example", "tournament")
    expect(page.locator("#tabs [aria-selected=true]")).to_contain_text("compose.yaml")
    linted(page)
    page.click("#view-picture")
    page.wait_for_selector("#panel-picture > svg", timeout=LONG)
    texts = " ".join(page.locator("#panel-picture > svg").all_text_contents())
    for name in ("postgres", "redis", "gateway", "pairings", "mail", "proxy", "postgres_data"):
        assert name in texts
    assert view.accessibility() == []
    page.locator("#panel-picture svg a").first.click()
    assert page.evaluate("document.activeElement.id") == "editor"
    is_clean(view, address)


def test_a_click_on_a_finding_goes_to_its_place(
    view: View, address: str, shop: dict[str, str]
) -> None:
    page = opened(view, address, shop)
    item = page.locator(".finding", has_text="services/orders/Dockerfile:").first
    item.locator(".message").click()
    expect(page.locator("#tabs [aria-selected=true]")).to_contain_text("services/orders/Dockerfile")
    assert page.evaluate("document.activeElement.id") == "editor"
    line = item.locator(".place").inner_text().split(":")[1]
    expect(page.locator("#editor .cm-activeLineGutter").first).to_have_text(line)
    address_of_rule = item.locator("a.code").get_attribute("href") or ""
    assert address_of_rule.startswith("../rules/")
    name = address_of_rule.removeprefix("../rules/").rstrip("/")
    assert (ROOT / "docs" / "rules" / f"{name}.md").exists()


def test_everything_works_with_the_keyboard(view: View, address: str, shop: dict[str, str]) -> None:
    page = opened(view, address, shop)
    page.focus("#tabs [aria-selected=true]")
    first = page.locator("#tabs [aria-selected=true]").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tabs [aria-selected=true]").inner_text() != first
    page.keyboard.press("Home")
    page.keyboard.press("F2")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("../x")
    page.keyboard.press("Enter")
    expect(page.locator("#name-problem")).not_to_be_empty()
    page.fill("#name", "other/.dockerignore")
    page.keyboard.press("Enter")
    expect(page.locator("#tabs [aria-selected=true]")).to_contain_text("other/.dockerignore")
    page.locator("#editor .cm-content").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "editor"
    page.focus("#view-findings")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-picture")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
def test_it_is_for_all_eyes_and_screens(
    view: View, address: str, shop: dict[str, str], width: int, scheme: str
) -> None:
    view.page.set_viewport_size({"width": width, "height": 900})
    view.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = opened(view, address, shop)
    assert view.accessibility() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#add")
    assert view.accessibility() == []
    page.click("#name-cancel")
    is_clean(view, address)


def test_the_page_is_as_small_as_it_is_said_to_be(site: Path) -> None:
    (assets,) = site.glob("playground/assets-*")
    sizes = {path.name: path.stat().st_size for path in assets.iterdir()}
    at_first = sum(size for name, size in sizes.items() if name != "picture.js")
    assert at_first < 17_000_000
    assert json.loads((assets / "sizes.json").read_text("utf-8")).items() <= sizes.items()
    names = {path.name for path in site.glob("playground/*")}
    assert names == {"index.html", assets.name}


def test_types_and_parts_of_the_page(site: Path) -> None:
    folder = ROOT / "build" / "playground" / "npm"
    for script in ("types", "test"):
        done = subprocess.run(
            ["npm", "run", "--silent", script], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
