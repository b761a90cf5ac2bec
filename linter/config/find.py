"""Finding the configuration files: the nearest one, and those that it stands on."""

from __future__ import annotations

import os
import re

from ..files.disk import DISK
from ..files.kinds import CONFIG_FILES
from ..files.paths import is_root, shown
from .document import ConfigError, Document, parse_document, parse_toml, read_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_EXTENDS = 20
"""How many configurations may stand on each other."""

_SECTION = ("tool", "composelint")
_HEADER = r"^\[tool\.composelint[].]"


def search(folder: str, notes: list[str]) -> Document | None:
    """The nearest configuration: upwards to the repository's root, or to the top without one."""
    while True:
        for index, name in enumerate(CONFIG_FILES):
            path = os.path.join(folder, name)
            if DISK.kind(path) != "file":
                continue
            document = open_config(path)
            if document is not None:
                notes += _passed_over(document, CONFIG_FILES[index + 1 :])
                return document
        parent = os.path.dirname(folder)
        if parent == folder or is_root(folder):
            return None
        folder = parent


def _passed_over(document: Document, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        path = os.path.join(document.folder, name)
        if DISK.kind(path) == "file" and (
            name != "pyproject.toml" or re.search(_HEADER, read_source(path).text, re.MULTILINE)
        ):
            yield f"{document.path} is used; {shown(path)} beside it is not"


def open_config(path: str) -> Document | None:
    """Read a configuration; None for a ``pyproject.toml`` without a section for it."""
    source = read_source(path)
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(path) != "pyproject.toml":
        return parse_document(source, folder)
    if "composelint" not in source.text:
        return None
    document = parse_toml(source, folder)
    tool = document.data.get("tool")
    if not isinstance(tool, dict) or "composelint" not in tool:
        return None
    section = tool["composelint"]
    if not isinstance(section, dict):
        raise ConfigError([document.fault(_SECTION, '"tool.composelint" takes a table')])
    return Document(source, folder, section, document.places, _SECTION)


def with_bases(document: Document) -> list[Document]:
    """The configuration with those that it stands on, the farthest first."""
    chain = [document]
    first = DISK.real(os.path.join(document.folder, _name(document)))
    seen = {first}
    while isinstance(base := chain[0].data.get("extend"), str) and base:
        here = chain[0]
        path = os.path.join(here.folder, base)
        real = DISK.real(path)
        if real in seen:
            names = " extends ".join(each.path for each in (*reversed(chain), chain[-1]))
            if real != first:
                names = " extends ".join([*(each.path for each in reversed(chain)), shown(path)])
            raise ConfigError([here.fault(("extend",), f"this goes in a circle: {names}")])
        if len(chain) >= MAX_EXTENDS:
            raise ConfigError(
                [here.fault(("extend",), f"more than {MAX_EXTENDS} configurations extend another")]
            )
        if DISK.kind(path) != "file":
            raise ConfigError([here.fault(("extend",), f'there is no file "{base}"')])
        opened = open_config(path)
        if opened is None:
            raise ConfigError(
                [here.fault(("extend",), f'"{base}" has no section [tool.composelint]')]
            )
        seen.add(real)
        chain.insert(0, opened)
    return chain


def _name(document: Document) -> str:
    return document.path.rpartition("/")[2]
