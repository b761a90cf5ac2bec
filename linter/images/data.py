"""The data files, loaded once and only when first asked for."""

from __future__ import annotations

import json
from functools import cache

from ..base.package import read_own
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entry = dict[str, Any]

KINDS = (
    "admin-panel",
    "app",
    "base",
    "broker",
    "build-tool",
    "cache",
    "database",
    "monitoring",
    "object-store",
    "other",
    "proxy",
    "runtime",
    "search",
    "web-server",
)
"""The files of images, one for each kind; those in ``other`` have no kind."""


class Catalogue(NamedTuple):
    """All images: by exact name, and by the start of the name (longest first)."""

    names: dict[str, tuple[str | None, Entry]]
    prefixes: tuple[tuple[str, str | None, Entry], ...]


def load(name: str) -> dict[str, Any]:
    """One data file, such as ``database``."""
    document: dict[str, Any] = json.loads(_read(name))
    return document


@cache
def _read(name: str) -> bytes:
    return read_own(f"linter/images/{name}.json")


@cache
def _names_in(kind: str) -> dict[str, tuple[str | None, Entry]]:
    """The images of one file under their names and other names, patterns included."""
    document = load(kind)
    return {
        name: (document["kind"], entry)
        for canonical, entry in document["images"].items()
        for name in (canonical, *entry.get("aliases", ()))
    }


@cache
def catalogue() -> Catalogue:
    """The images of all kinds, under their names and other names."""
    names: dict[str, tuple[str | None, Entry]] = {}
    prefixes: list[tuple[str, str | None, Entry]] = []
    for file in KINDS:
        for name, (kind, entry) in _names_in(file).items():
            if name.endswith("*"):
                prefixes.append((name[:-1], kind, entry))
            else:
                names[name] = (kind, entry)
    prefixes.sort(key=lambda item: -len(item[0]))
    return Catalogue(names, tuple(prefixes))


@cache
def common() -> dict[str, Any]:
    """Operating systems, distribution suites and the usual limits."""
    return load("common")


@cache
def lifecycle() -> dict[str, Any]:
    """When the releases of products end."""
    return load("lifecycle")


def find(name: str) -> tuple[str | None, Entry] | None:
    """The kind and entry of the image called ``name`` (its short name)."""
    # Looking for the name in the files' bytes takes a fraction of reading them all.
    written = f'"{name}"'.encode()
    for file in KINDS:
        if written in _read(file) and name in (here := _names_in(file)):
            return here[name]
    known = catalogue()
    found = known.names.get(name)
    if found is not None:
        return found
    for prefix, kind, entry in known.prefixes:
        if name.startswith(prefix):
            return kind, entry
    return None
