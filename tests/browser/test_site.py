"""The built site, served from this machine: search, the filter of the rules, languages, looks."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from checks import ROOT
from composelint.linter.rule import Rule
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.search import search
from composelint.linter.rulebook.selection import Selection
from composelint.linter.rulebook.standards import codes_of
from playwright.sync_api import Page
from views import View

RULES = all_rules()
Scheme = Literal["light", "dark"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, in a folder as on GitHub Pages.

    Whoever works on the tests spares themselves the build: ``COMPOSELINT_SITE=build/site``.
    """
    folder = tmp_path_factory.mktemp("www")
    if built := os.environ.get("COMPOSELINT_SITE"):
        (folder / "composelint").symlink_to(Path(built).absolute())
    else:
        command = [sys.executable, ROOT / "tools" / "website.py"]
        subprocess.run(
            [*command, "--site-dir", folder / "composelint"], check=True, capture_output=True
        )
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/composelint/"
        server.shutdown()
        thread.join()


@pytest.fixture
def goto(view: View, site: str) -> Iterator[Callable[[str], None]]:
    """Opens a page of the site. At the end nothing has come from elsewhere, and no error was written."""

    # A busy machine is no reason to fail.
    view.page.set_default_timeout(120_000)

    def open_page(address: str) -> None:
        view.page.goto(site + address)

    yield open_page
    assert [request for request in view.requests if not request.startswith(site)] == []
    assert [line for line in view.console if line.startswith(("error", "warning"))] == []


SEEN = (
    "",
    # Each row is like the others, and axe takes a minute for all of them.
    "rules/?family=env-files",
    "rules/docker-socket/",
    "tutorial/",
    "tutorial.es/",
    "precision/",
    "404.html",
)
"""Pages that are looked at closely."""


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1600, "light")])
@pytest.mark.parametrize("address", SEEN)
def test_pages_fit_and_are_accessible(
    view: View, goto: Callable[[str], None], address: str, width: int, scheme: Scheme
) -> None:
    view.page.emulate_media(color_scheme=scheme)
    view.page.set_viewport_size({"width": width, "height": 1000})
    goto(address)
    view.page.wait_for_timeout(300)
    assert view.page.evaluate("document.documentElement.scrollWidth") == width
    assert view.accessibility() == []
    shown = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(re.findall(r"\d+", shown)[0])
    assert (red > 200) == (scheme == "light")


def found(view: View, words: str) -> list[str]:
    """The pages that the search finds for some words, the best first."""
    page = view.page
    page.locator(".md-search__input").fill(words)
    page.wait_for_selector(".md-search-result__item a")
    links = page.eval_on_selector_all(
        "a.md-search-result__link", "links => links.map(link => link.pathname)"
    )
    return [link.partition("/composelint/")[2] for link in links]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("CF311", "rules/docker-socket/"),
        ("docker-socket", "rules/docker-socket/"),
        ("healthcheck-tool-missing", "rules/healthcheck-tool-missing/"),
        ("DL3020", "rules/add-for-local/"),
        ("no-version-field", "rules/obsolete-version/"),
        ("contenedores", "tutorial.es/"),
        ("operarlo", "tutorial.es/"),
    ],
)
def test_search_finds(view: View, goto: Callable[[str], None], words: str, page: str) -> None:
    goto("security/")
    assert page in found(view, words)[:2]


def shown_codes(page: Page) -> list[str]:
    """The codes of the rules that can be seen."""
    codes: list[str] = page.eval_on_selector_all(
        "table.rules tbody tr",
        "rows => rows.filter(row => row.checkVisibility()).map(row => row.cells[0].textContent)",
    )
    return codes


def counted(view: View) -> tuple[int, str]:
    """How many rules are shown, and what is said about it."""
    return len(shown_codes(view.page)), view.page.locator(
        "form.rules-filter [role=status]"
    ).inner_text()


def said(count: int) -> tuple[int, str]:
    return count, f"{count} of {len(RULES)} rules"


FILTERS: dict[tuple[str, str], Callable[[Rule], bool]] = {
    ("severity", "error"): lambda rule: rule.severity.label == "error",
    ("fix", "safe"): lambda rule: "safe" in [fix.label for fix in rule.fixes],
    ("fix", "suggestion"): lambda rule: "suggestion" in [fix.label for fix in rule.fixes],
    ("fix", "none"): lambda rule: not rule.fixes,
    ("preset", "production"): Selection("production").selects,
    ("preset", "style"): Selection("style").selects,
    ("category", "connect"): lambda rule: rule.category == "connect",
    ("standard", "CIS-Docker-"): lambda rule: rule.code in codes_of("cis"),
    ("standard", "OWASP-Docker-"): lambda rule: rule.code in codes_of("owasp"),
    ("peer", "hadolint"): lambda rule: any(id.startswith("hadolint:") for id in rule.equivalents),
    ("family", "env-files"): lambda rule: rule.code.startswith("EV"),
}
"""Choices, and what the catalogue says of a rule."""


def test_filters_give_the_numbers_of_the_catalogue(view: View, goto: Callable[[str], None]) -> None:
    goto("rules/")
    form = view.page.locator("form.rules-filter")
    assert counted(view) == (len(RULES), f"All {len(RULES)} rules")
    for (name, value), among in FILTERS.items():
        form.locator(f"[name={name}]").select_option(value)
        expected = [rule for rule in RULES if among(rule)]
        assert 0 < len(expected) < len(RULES)
        assert (name, value, counted(view)) == (name, value, said(len(expected)))
        shown = form.locator(f"[name={name}] option:checked").inner_text()
        assert name == "preset" or shown.endswith(f"({len(expected)})")
        form.locator("button").click()
    assert counted(view)[0] == len(RULES)


@pytest.mark.parametrize(
    "words",
    [
        "DL3008",
        "hadolint DL3008",
        "trivy",
        "healthcheck",
        "docker socket",
        "CIS-Docker-4.1",
        "cf31",
        "kics",
    ],
)
def test_words_find_what_the_command_finds(
    view: View, goto: Callable[[str], None], words: str
) -> None:
    goto("rules/")
    view.page.locator("form.rules-filter [name=words]").fill(words)
    # The command also looks into explanations, and lists those last.
    parts = words.split()
    short = [rule for rule in search(parts, RULES) if not _only_explained(rule, parts)]
    assert short
    assert counted(view) == said(len(short))
    assert sorted(shown_codes(view.page)) == sorted(rule.code for rule in short)


def _only_explained(rule: Rule, words: list[str]) -> bool:
    from composelint.linter.rulebook import search as module

    return not all(module._is_about(rule, word.casefold()) for word in words)


def test_a_filter_is_shared_by_its_address(
    view: View, goto: Callable[[str], None], site: str
) -> None:
    goto("rules/")
    form = view.page.locator("form.rules-filter")
    form.locator("[name=severity]").select_option("error")
    form.locator("[name=peer]").select_option("hadolint")
    form.locator("[name=words]").fill("DL3")
    first = counted(view)
    address = view.page.url
    assert address == f"{site}rules/?words=DL3&severity=error&peer=hadolint"
    view.page.goto("about:blank")
    view.page.goto(address)
    assert counted(view) == first
    assert 0 < first[0] < 50
    assert "hadolint DL3" in view.page.locator("table.rules tbody tr:visible").first.inner_text()
    form.locator("button").click()
    assert view.page.url == f"{site}rules/"
    # What is no choice is none.
    view.page.goto(f"{site}rules/?severity=awful&words=%3Cscript%3E")
    assert counted(view) == (0, "No rule has all of this")
    assert view.accessibility() == []


def test_the_filter_works_with_the_keyboard(view: View, goto: Callable[[str], None]) -> None:
    goto("rules/")
    page = view.page
    page.locator("form.rules-filter [name=words]").focus()
    page.keyboard.type("DL3020")
    page.keyboard.press("Enter")
    assert counted(view) == said(1)
    for _ in range(8):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "reset"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('h2')?.hidden ?? false") is False
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert counted(view)[0] == len(RULES)
    assert page.evaluate("document.activeElement.name") == "words"


def test_the_status_is_told(view: View, goto: Callable[[str], None]) -> None:
    """A screen reader hears how many rules are left; each control has a name."""
    goto("rules/")
    tree = view.page.locator("form.rules-filter").aria_snapshot()
    assert f"- status: All {len(RULES)} rules" in tree
    for name in ("Severity", "Fix", "Preset", "Category", "Standard", "Also in", "Family"):
        assert f'combobox "{name}"' in tree


def test_without_scripts_the_rules_are_a_table(view: View, site: str) -> None:
    context = view.page.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}rules/")
    assert len(shown_codes(page)) == len(RULES)
    assert page.locator("form.rules-filter").count() == 0
    context.close()


def test_the_spanish_page_speaks_spanish(view: View, goto: Callable[[str], None]) -> None:
    goto("tutorial.es/")
    page = view.page
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.locator(".md-search__input").get_attribute("placeholder") == "Búsqueda"
    english = page.locator("article a[hreflang=en]")
    assert english.get_attribute("lang") == "en"
    english.click()
    page.wait_for_url("**/tutorial/")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_wide_tables_and_code_are_scrolled_with_the_keyboard(
    view: View, goto: Callable[[str], None]
) -> None:
    view.page.set_viewport_size({"width": 400, "height": 1000})
    goto("precision/")
    view.page.wait_for_selector(".md-typeset__scrollwrap[tabindex]")
    box = view.page.locator(".md-typeset__scrollwrap[tabindex]").first
    box.focus()
    view.page.keyboard.press("ArrowRight")
    view.page.wait_for_timeout(500)
    assert box.evaluate("box => box.scrollLeft") > 0


def test_print_leaves_out_what_paper_cannot_do(view: View, goto: Callable[[str], None]) -> None:
    goto("rules/")
    view.page.emulate_media(media="print")
    assert not view.page.locator("form.rules-filter").is_visible()
    assert not view.page.locator(".md-header").is_visible()
    assert len(shown_codes(view.page)) == len(RULES)
