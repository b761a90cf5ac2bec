"""Links that lead out of the documentation, into the repository."""

from __future__ import annotations

import posixpath
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from markdown import Markdown


class RepositoryLinks(Extension):
    """Makes links to files of the repository lead there, and those to pages of the site stay in it.

    ``page`` is the page that is being read, ``pages`` are all, ``generated`` those that are made of
    a file elsewhere. What leads nowhere is in ``problems``. MkDocs checks the links within the site.
    """

    def __init__(self, root: Path, generated: Mapping[str, str]) -> None:
        super().__init__()
        self.root = root
        self.sources = dict(generated)
        self.targets = {source: page for page, source in generated.items()}
        self.repository = ""
        self.page = ""
        self.pages: set[str] = set()
        self._problems: list[str] = []
        self._tracked: set[str] | None = None

    def extendMarkdown(self, md: Markdown) -> None:
        """Runs before MkDocs' own treatment of links."""
        md.treeprocessors.register(_Links(md, self), "repository-links", 5)

    def problems(self) -> list[str]:
        """What was wrong since the last call."""
        found, self._problems = self._problems, []
        return found

    @property
    def tracked(self) -> set[str]:
        """The files and folders that are published."""
        if self._tracked is None:
            command = ["git", "ls-files", "-z"]
            listed = subprocess.run(command, cwd=self.root, check=True, capture_output=True)
            files = {name for name in listed.stdout.decode().split("\0") if name}
            self._tracked = {*files, *(str(up) for name in files for up in Path(name).parents)}
        return self._tracked

    def resolved(self, address: str) -> str:
        """The address that a link of this page has on the site."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return address
        source = self.sources.get(self.page, f"docs/{self.page}")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
        suffix = f"#{parts.fragment}" if parts.fragment else ""
        page = self.targets.get(
            path, path.removeprefix("docs/") if path.startswith("docs/") else ""
        )
        if page in self.pages:
            here = posixpath.dirname(self.page) or "."
            return posixpath.relpath(page, here) + suffix
        if path not in self.tracked:
            self._problems.append(f"the link to {address} leads nowhere: there is no {path}")
            return address
        kind = "tree" if (self.root / path).is_dir() else "blob"
        return f"{self.repository}/{kind}/main/{path}{suffix}"


class _Links(Treeprocessor):
    """Changes the links of a page."""

    def __init__(self, md: Markdown, links: RepositoryLinks) -> None:
        super().__init__(md)
        self.links = links

    def run(self, root: Element) -> None:
        for element in root.iter("a"):
            address = element.get("href")
            if address:
                element.set("href", self.links.resolved(address))
