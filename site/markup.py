"""What is wrong in the HTML of a page, its first sentences, and what only the site adds to it."""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(r"\[[^\[\]\n]+\]\[[^\[\]\n]*\]")
_LINK = re.compile(r"\[[^\[\]\n]+\]\([^()\n]*\)")
_LONGEST = 160
"""The characters of a description that search engines show."""


class _Reader(HTMLParser):
    """Collects the prose, the images and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.prose: list[str] = []
        self.problems: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("code", "pre"):
            self._code += 1
        elif tag == "img" and not found.get("alt"):
            self.problems.append(f"the image {found.get('src')} has no alternative text")
        elif tag == "a" and (found.get("href") or "").startswith("http://"):
            self.problems.append(f"the link to {found['href']} is not https")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("code", "pre"):
            self._code -= 1
            self.prose.append("`…`")
        elif tag in ("p", "li", "td", "th", "h1", "h2", "h3", "h4"):
            self.prose.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose.append(data)


def problems(html: str) -> list[str]:
    """What is broken in a page: references that nothing defines, links and images."""
    reader = _Reader()
    reader.feed(html)
    prose = "".join(reader.prose)
    return [
        *reader.problems,
        *(f"nothing defines the reference {found[0]}" for found in _REFERENCE.finditer(prose)),
        *(f"{found[0]} is no link" for found in _LINK.finditer(prose)),
    ]


def text_of(html: str) -> str:
    """The text of a piece of HTML."""
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", "", html)).split())


def first_sentences(html: str) -> str:
    """The description of a page: the beginning of its first paragraph that is more than a link."""
    for found in re.finditer(r"<p>(.*?)</p>", html, re.DOTALL):
        text = text_of(found[1])
        if len(text) >= 40:
            cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rpartition(" ")[0] + "…"
            return entities.escape(cut, quote=True)
    return ""


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
