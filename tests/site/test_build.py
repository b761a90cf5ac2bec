"""The site is built without a warning, holds together, and asks nobody else for anything."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from checks import ROOT
from markdown_it import MarkdownIt

REPOSITORY = "https://github.com/composelint/composelint/"
OTHERS = {"index": "README.md", "contributing": "CONTRIBUTING.md", "changelog": "CHANGELOG.md"}
"""Pages that are made of files outside of docs."""

SOURCES = {
    **{name: ROOT / path for name, path in OTHERS.items()},
    **{
        path.relative_to(ROOT / "docs").with_suffix("").as_posix(): path
        for path in sorted((ROOT / "docs").rglob("*.md"))
    },
}
"""The Markdown of each page."""


class Built(NamedTuple):
    """A finished site, and what was said meanwhile."""

    folder: Path
    code: int
    said: str

    def page(self, name: str) -> str:
        """The HTML of a page."""
        path = "index.html" if name == "index" else f"{name}/index.html"
        return (self.folder / path).read_text("utf-8")


def build(root: Path, folder: Path) -> Built:
    command = [sys.executable, root / "tools" / "website.py", "--site-dir", folder]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return Built(folder, answer.returncode, answer.stdout + answer.stderr)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site as it is published."""
    return build(ROOT, tmp_path_factory.mktemp("site"))


def test_it_is_built_without_a_warning(site: Built) -> None:
    assert (site.code, re.findall("WARNING.*", site.said)) == (0, [])


class Tags(HTMLParser):
    """The tags of a page, each with its attributes and whether it is in the navigation."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], bool]] = []
        self._navs: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "nav":
            kind = attributes.get("class", "")
            self._navs.append(("md-tabs" in kind or "md-nav" in kind) and "secondary" not in kind)
        self.found.append((tag, attributes, bool(self._navs) and self._navs[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav":
            self._navs.pop()


@pytest.fixture(scope="module")
def tags(site: Built) -> dict[str, Tags]:
    """The tags of each page, by its address."""
    return {
        f"/{path.relative_to(site.folder).as_posix().removesuffix('index.html')}": Tags(
            path.read_text("utf-8")
        )
        for path in site.folder.rglob("*.html")
    }


def test_the_navigation_reaches_every_page(tags: dict[str, Tags]) -> None:
    waiting, reached = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        for tag, attributes, in_navigation in tags[address].found:
            if tag == "a" and in_navigation and "://" not in attributes["href"]:
                target = urlsplit(urljoin(address, attributes["href"])).path
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
    expected = {"/" if name == "index" else f"/{name}/" for name in SOURCES}
    assert sorted(expected - reached) == []
    assert len(expected) > 400


LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "link": "href",
    "object": "data",
}
"""The attribute of each tag that makes a browser ask for something."""

ONLY_NAMED = {"canonical", "alternate ", "prev", "next"}
"""What ``rel`` says of links that are not followed by themselves."""


def test_nothing_is_loaded_from_elsewhere(site: Built, tags: dict[str, Tags]) -> None:
    loaded = Counter(
        attributes[LOADED[tag]]
        for page in tags.values()
        for tag, attributes, _ in page.found
        if LOADED.get(tag) in attributes and attributes.get("rel") not in ONLY_NAMED
    )
    styles = "\n".join(path.read_text("utf-8") for path in site.folder.rglob("*.css"))
    loaded.update(re.findall(r"(?:url\(|@import )[\"']?([^\"')]+)", styles))
    assert len(loaded) > 5
    assert [each for each in loaded if re.match(r"(?:[a-z]+:)?//", each)] == []


@pytest.mark.parametrize("name", [*OTHERS, "tutorial.es", "rules", "rules/docker-socket"])
def test_each_page_says_what_it_is(site: Built, name: str) -> None:
    tags = Tags(site.page(name)).found
    metas = {attributes.get("name"): attributes.get("content", "") for _, attributes, _ in tags}
    assert 40 <= len(unescape(metas["description"])) <= 160
    (edited,) = [attributes["href"] for _, attributes, _ in tags if attributes.get("rel") == "edit"]
    path = edited.removeprefix(f"{REPOSITORY}edit/main/")
    assert (ROOT / path).is_file()
    assert name != "rules/docker-socket" or path.startswith("rules/compose/")


def test_titles_and_descriptions_are_of_one_page_each(site: Built) -> None:
    pages = [site.page(name) for name in SOURCES]
    for pattern in (r"<title>(.*?)</title>", r'<meta name="description" content="(.*?)"'):
        found = Counter(re.search(pattern, page)[1] for page in pages)
        assert [text for text, count in found.items() if count > 1] == []


def test_the_tutorial_leads_to_its_other_language(site: Built) -> None:
    for name, language, other in (("tutorial", "en", "es"), ("tutorial.es", "es", "en")):
        page = site.page(name)
        tags = Tags(page).found
        assert tags[0] == ("html", {"lang": language, "class": "no-js"}, False)
        named = {
            (attributes["hreflang"], urljoin(f"/{name}/", attributes["href"]))
            for tag, attributes, _ in tags
            if tag == "link" and "hreflang" in attributes
        }
        assert named == {("en", "/tutorial/"), ("es", "/tutorial.es/")}
        article = page.partition("<article")[2].partition("</article>")[0]
        links = [
            attributes
            for tag, attributes, _ in Tags(article).found
            if tag == "a" and attributes.get("hreflang") == other
        ]
        assert [link["lang"] for link in links] == [other]
    spanish = site.page("tutorial.es")
    assert re.search('<ul class="md-tabs__list" lang="en">', spanish)
    assert re.search('<ul class="md-nav__list" data-md-component="toc" lang="es"', spanish)
    assert re.search('role="dialog" aria-label="Búsqueda"', spanish)
    assert 'hreflang="es"' not in site.page("security")


def test_files_of_the_repository_are_linked_there(site: Built) -> None:
    home, page = site.page("index"), site.page("performance")
    assert f'href="{REPOSITORY}tree/main/examples/bookshop"' in home
    assert f'href="{REPOSITORY}blob/main/tests/bench/README.md"' in page
    assert 'href="fixing/"' in home
    assert 'href="docs/' not in home


def test_search_holds_all_pages_but_the_list_of_rules(site: Built) -> None:
    index = (site.folder / "search" / "search_index.json").read_text("utf-8")
    found = set(re.findall(r'"location":"([^"#]*)', index))
    names = {"" if name == "index" else f"{name}/" for name in SOURCES}
    assert names - found == {"rules/"}


COUNTED = (
    "h1",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "pre",
    "table",
    "blockquote",
    "em",
    "strong",
    "img",
    "a",
)


def shape(html: str) -> list[str]:
    """What a reader sees of the structure of a text, in order; lists with their depth."""
    shown, depth = [], 0
    for closing, tag in re.findall(r"<(/?)([a-z]+[1-4]?)\b", html):
        depth += (-1 if closing else 1) * (tag in ("ul", "ol"))
        if tag in COUNTED and not closing:
            shown.append(f"{tag}{depth}")
    return shown


def article(page: str) -> str:
    """What a page shows of its Markdown."""
    text = page.partition("<article")[2].partition("</article>")[0]
    text = re.sub(
        r'<a (?:href="[^"]*" title="[^"]*" class="md-content__button|class="headerlink).*?</a>',
        "",
        text,
        flags=re.DOTALL,
    )
    return re.sub(r'<script.*?</script>|<a id="__code[^>]*></a>', "", text, flags=re.DOTALL)


def anchors(titles: list[str]) -> Iterator[str]:
    """The anchors that GitHub gives headings."""
    seen: Counter[str] = Counter()
    for title in titles:
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        yield f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor
        seen[anchor] += 1


def test_pages_have_the_same_structure_as_on_github(site: Built) -> None:
    github = MarkdownIt("commonmark").enable("table")
    for name, path in SOURCES.items():
        text = path.read_text("utf-8")
        assert shape(article(site.page(name))) == shape(github.render(text)), name


def test_headings_have_the_same_anchors_as_on_github(site: Built) -> None:
    github = MarkdownIt("commonmark").enable("table")
    for name, path in SOURCES.items():
        tokens = github.parse(path.read_text("utf-8"))
        titles = [
            "".join(part.content for part in after.children or () if part.type != "html_inline")
            for token, after in itertools.pairwise(tokens)
            if token.type == "heading_open"
        ]
        found = re.findall(r'<h[1-6] id="([^"]*)"', article(site.page(name)))
        assert [unquote(anchor) for anchor in found] == list(anchors(titles)), name


BROKEN = {
    "docs/fixing.md": ("[one](no-such-page.md)", "'no-such-page.md'"),
    "docs/changes.md": ("[one](ci.md#no-such-heading)", "'ci.md#no-such-heading'"),
    "docs/security.md": ("a [word][nobody] here", "nothing defines the reference [word][nobody]"),
    "docs/presets.md": ("[one](../examples/none)", "there is no examples/none"),
    "docs/ci.md": ("[one](#no-such-place)", "'#no-such-place'"),
    "docs/severities.md": ("![](composelint.1)", "has no alternative text"),
    "docs/rules/docker-socket.md": (
        "[one](http://example.org/)",
        "http://example.org/ is not https",
    ),
    "docs/formatting.md": ("[one](/rules/)", "there is no /rules"),
    "docs/stray.md": ("# A page\n\nNobody leads here.", "stray.md"),
    "README.md": ("[one](docs/nothing.md)", "'nothing.md'"),
}
"""What is added to a page, and what the warning about it says."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of a copy in which several pages are broken, each in its own way."""
    root = tmp_path_factory.mktemp("copy") / "composelint"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    for name, (text, _) in BROKEN.items():
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")
    return build(root, root / "built")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_makes_the_build_fail(broken: Built, name: str) -> None:
    warnings = [
        line for line in re.split(r"\n(?=WARNING|INFO|\n)", broken.said) if "WARNING" in line
    ]
    assert [warning for warning in warnings if BROKEN[name][1] in warning] != []
    # Each of them counts, and nothing else.
    assert broken.code == 1
    assert f"Aborted with {len(BROKEN)} warnings in strict mode" in broken.said
