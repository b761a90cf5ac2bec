"""Links that lead out of the documentation, into the repository."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from markdown import Markdown


class RepositoryLinks(Extension):
    """Makes links to files of the repository lead there, and those to pages of the site stay in it.

    ``page`` is the page that is being read, ``generated`` are those that are made of a file elsewhere.
    What leads nowhere in the repository is in ``problems``; MkDocs checks the links within the site.
    """

    def __init__(self, root: Path, generated: Mapping[str, str]) -> None:
        super().__init__()
        self.root = root
        self.sources = dict(generated)
        self.targets = {source: page for page, source in generated.items()}
        self.repository = ""
        self.page = ""
        self._problems: list[str] = []

    def extendMarkdown(self, md: Markdown) -> None:
        """Runs before MkDocs' own treatment of links."""
        md.treeprocessors.register(_Links(md, self), "repository-links", 5)

    def problems(self) -> list[str]:
        """What was wrong since the last call."""
        found, self._problems = self._problems, []
        return found

    def resolved(self, address: str) -> str:
        """The address that a link of this page has on the site."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return address
        source = self.sources.get(self.page, f"docs/{self.page}")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
        suffix = f"#{parts.fragment}" if parts.fragment else ""
        if path in self.targets or path.startswith("docs/"):
            here = posixpath.dirname(self.page) or "."
            return (
                posixpath.relpath(self.targets.get(path, path.removeprefix("docs/")), here) + suffix
            )
        if path.startswith("../") or not (self.root / path).exists():
            self._problems.append(f"the link to {address} leads nowhere: there is no {path}")
        kind = "tree" if (self.root / path).is_dir() else "blob"
        return f"{self.repository}/{kind}/main/{path}{suffix}"


class _Links(Treeprocessor):
    """Changes the links of a page."""

    def __init__(self, md: Markdown, links: RepositoryLinks) -> None:
        super().__init__(md)
        self.links = links

    def run(self, root: Element) -> None:
        for tag, attribute in (("a", "href"), ("img", "src")):
            for element in root.iter(tag):
                address = element.get(attribute)
                if address:
                    element.set(attribute, self.links.resolved(address))
