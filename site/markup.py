"""What is wrong in the HTML of a page, its first sentences, and what only the site adds to it."""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(r"\[[^\[\]\n]+\]\[[^\[\]\n]*\]")
_LINK = re.compile(r"\[[^\[\]\n]+\]\([^()\n]*\)")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_LONGEST = 160
"""The characters of a description that search engines show."""


def problems(html: str) -> list[str]:
    """What is broken in a page: references that nothing defines, links and images."""
    prose = _CODE.sub("`…`", html)
    found = []
    for image in re.findall(r"<img\b[^>]*>", prose):
        source = _attribute(image, "src")
        if not _attribute(image, "alt"):
            found.append(f"the image {source} has no alternative text")
        if "://" in source:
            found.append(f"the image {source} is not part of the site")
    for link in re.findall(r"<a\b[^>]*>", prose):
        address = _attribute(link, "href")
        # On the reader's own machine nobody listens on the way.
        if re.match(r"http://(?!localhost[:/]|127\.0\.0\.1[:/])", address):
            found.append(f"the link to {address} is not https")
    text = entities.unescape(re.sub(r"<[^>]*>", "", prose))
    found += [f"nothing defines the reference {each}" for each in _REFERENCE.findall(text)]
    return found + [f"{each} is no link" for each in _LINK.findall(text)]


def _attribute(tag: str, name: str) -> str:
    """The value of an attribute; empty if the tag has none."""
    value = re.search(rf'\b{name}="([^"]*)"', tag)
    return value[1] if value else ""


class Anchors:
    """Names the headings of a page as GitHub does, so that a link to one works in both places."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def begin(self) -> None:
        """Forget the last page."""
        self._used.clear()

    def __call__(self, title: str, separator: str) -> str:
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", separator)
        self._used[anchor] += 1
        times = self._used[anchor] - 1
        return f"{anchor}{separator}{times}" if times else anchor


def text_of(html: str) -> str:
    """The text of a piece of HTML."""
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", "", html)).split())


def first_sentences(html: str) -> str:
    """The description of a page: the beginning of its first paragraph that is more than a link."""
    for found in re.finditer(r"<p>(.*?)</p>", html, re.DOTALL):
        text = text_of(found[1])
        if len(text) >= 40:
            return shortened(text)
    return ""


def shortened(text: str) -> str:
    """The beginning of a text, as the value of an attribute."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rpartition(" ")[0] + "…"
    return entities.escape(cut, quote=True)


def finished(html: str, languages: Mapping[str, str]) -> str:
    """The page with what the site adds: headings of tables, languages of links."""
    # GitHub needs a first row in each table; one without text is none.
    html = re.sub(r"<thead>\s*<tr>(?:\s*<th[^>]*></th>)+\s*</tr>\s*</thead>", "", html)
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    for name, language in languages.items():
        address = re.escape(name.removesuffix(".md"))
        html = re.sub(
            rf'<a href="((?:\.\./)*{address}/)"',
            rf'<a href="\1" hreflang="{language}" lang="{language}"',
            html,
        )
    return html


def accessible(output: str, language: str = "en") -> str:
    """A whole page with what the theme leaves out: a name for the search, languages of parts.

    The theme's script would look for a list of all pages beside each page that ``rel="alternate"`` names;
    a space at the end means the same and is none of its business.
    """
    name = re.search(r'class="md-search__input"[^>]* placeholder="([^"]*)"', output)
    label = name[1] if name else "Search"
    output = output.replace('role="dialog">', f'role="dialog" aria-label="{label}">')
    if language != "en":
        # The titles of the other pages are English.
        output = output.replace(
            '<ul class="md-tabs__list">', '<ul class="md-tabs__list" lang="en">'
        )
        lists = '<ul class="md-nav__list" '
        output = output.replace(
            f"{lists}data-md-scrollfix>", f'{lists}data-md-scrollfix lang="en">'
        )
        toc = f'{lists}data-md-component="toc" '
        output = output.replace(toc, f'{toc}lang="{language}" ')
    return output.replace('<link rel="alternate" ', '<link rel="alternate " ')
