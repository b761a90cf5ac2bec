"""What MkDocs calls while it builds the site: pages from outside of docs, links, languages, rules.

The Markdown is written to be read on GitHub. Here it gets what only the site needs; what would be
broken there is a warning, and a warning makes the build fail (``strict`` in mkdocs.yml).
"""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composelint.linter.rulebook.registry import all_rules
from composelint.linter.version import VERSION
from links import RepositoryLinks
from markup import Anchors, accessible, finished, first_sentences, problems, shortened
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link
from rules_data import rules_page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from families import FAMILIES  # noqa: E402

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

log = logging.getLogger("mkdocs.hooks.composelint")

GENERATED = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
"""Pages of the site that are no files of docs, with the files they are made of."""

LANGUAGES = {"tutorial.md": "en", "tutorial.es.md": "es"}
"""Pages that are there in several languages."""

MARK = re.compile(r"^ *<!-- \w+: (?:begin|end) -->\n", re.MULTILINE)
NAMES = {"en": "English", "es": "Español"}
RULES = {f"rules/{rule.name}.md": rule for rule in all_rules()}
links = RepositoryLinks(ROOT, GENERATED)
anchors = Anchors()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the pages of the rules to the navigation, the version, and the treatment of links."""
    rules = next(entry["Rules"] for entry in config.nav or () if "Rules" in entry)
    for prefix, title in FAMILIES:
        pages = [
            {f"{rule.code} {rule.name}": path}
            for path, rule in sorted(RULES.items(), key=lambda item: item[1].code)
            if rule.code.startswith(prefix)
        ]
        rules.append({title: pages})
    config.copyright = f"composelint {VERSION}, MIT License"
    links.repository = str(config.repo_url).rstrip("/")
    # Declared as a list of names; Markdown takes extensions themselves, too.
    extensions: list[Any] = config.markdown_extensions
    extensions.append(links)
    config.mdx_configs["toc"]["slugify"] = anchors
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made of files outside of docs."""
    for name, source in GENERATED.items():
        text = (ROOT / source).read_text("utf-8")
        files.append(File.generated(config, name, content=text))
    return files


def on_nav(nav: Navigation, **_: Any) -> Navigation:
    """Adds the playground, where it is built (``tools/website.py --playground``)."""
    if "COMPOSELINT_PLAYGROUND" in os.environ:
        nav.items.append(Link("Playground", "playground/"))
    return nav


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Remembers which page is read, and says how the search shall weigh it."""
    links.page = page.file.src_uri
    anchors.begin()
    if links.page == "rules.md":
        # Each rule is found by its own page.
        page.meta["search"] = {"exclude": True}
        page.meta["hide"] = ["toc"]
    elif links.page in RULES:
        page.meta["search"] = {"boost": 2}
    elif links.page == "changelog.md":
        page.meta["search"] = {"boost": 0.5}
    # Where the README is made anew is marked; a mark would end a list.
    return MARK.sub("", markdown) if links.page in GENERATED else markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Looks for what is broken in a page, and adds what only the site has."""
    source = page.file.src_uri
    for problem in (*links.problems(), *problems(html)):
        log.warning("%s: %s", source, problem)
    described = first_sentences(html)
    if source in RULES:
        rule = RULES[source]
        described = shortened(f"{rule.code} {rule.name}: {rule.summary}".replace("`", ""))
    page.meta["description"] = described
    page.edit_url = f"{links.repository}/edit/main/{edited(source)}"
    return rules_page(html) if source == "rules.md" else finished(html, LANGUAGES)


def edited(source: str) -> str:
    """The file that somebody changes who wants to change a page."""
    if source in RULES:
        module = RULES[source].check.__module__.partition(".")[2]
        return f"{module.replace('.', '/')}.py"
    return GENERATED.get(source, f"docs/{source}")


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, **_: Any) -> None:
    """The site's own words in the language of the page, and the way to its other languages."""
    source = page.file.src_uri
    config.theme["language"] = LANGUAGES.get(source, "en")
    config.extra["alternate"] = [
        {"name": NAMES[language], "link": re.sub(r"(?:index)?\.md$", "/", name), "lang": language}
        for name, language in LANGUAGES.items()
        if source in LANGUAGES
    ]
    return


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """The page as it is written, without what axe finds in the theme."""
    return accessible(output, LANGUAGES.get(page.file.src_uri, "en"))


def on_post_template(output_content: str, template_name: str, **_: Any) -> str:
    """The same for the page that is shown where there is none."""
    return accessible(output_content) if template_name.endswith(".html") else output_content


def on_post_build(config: MkDocsConfig) -> None:
    """Says what no page has asked for."""
    for problem in links.problems():
        log.warning("%s", problem)
