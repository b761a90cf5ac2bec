"""Finds the files of a configuration: the nearest one, and those that it extends."""

from __future__ import annotations

import os
import re

from ..files.kinds import CONFIG_FILES
from ..files.paths import is_root, shown
from ..files.tree import current_tree
from .document import Document, parse_document, parse_toml, read_source
from .errors import ConfigError
from .trust import ignored_base, leads_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .errors import Fault
    from .trust import User

MAX_EXTENDS = 20
"""The most configurations that may extend one another."""

_SECTION = ("tool", "composelint")
_HEADER = r"^\[tool\.composelint[].]"


def search(folder: str, notes: list[str]) -> Document | None:
    """The nearest configuration upwards, to the repository's root or to the top of the disk.

    Adds a note for each other configuration in the same folder.
    """
    while True:
        for index, name in enumerate(CONFIG_FILES):
            path = os.path.join(folder, name)
            if current_tree().kind(path) != "file":
                continue
            document = open_config(path)
            if document is not None:
                notes += _unused(document, CONFIG_FILES[index + 1 :])
                return document
        parent = os.path.dirname(folder)
        if parent == folder or is_root(folder):
            return None
        folder = parent


def _unused(document: Document, names: Iterable[str]) -> Iterator[str]:
    """A note for each of these names that is a configuration, too, and is not read."""
    for name in names:
        path = os.path.join(document.folder, name)
        if current_tree().kind(path) == "file" and (
            name != "pyproject.toml" or re.search(_HEADER, read_source(path).text, re.MULTILINE)
        ):
            yield f"{document.path} is used; {shown(path)} beside it is not"


def open_config(path: str) -> Document | None:
    """The configuration in a file; None for a ``pyproject.toml`` without a section for it."""
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


def with_bases(
    document: Document, user: User, is_trusted: bool, ignored: list[Fault]
) -> tuple[list[Document], list[Document]]:
    """A configuration and those that it extends, the farthest first; and those not to be trusted.

    What a trusted one extends is trusted, too. One that is not extends nothing outside of its tree:
    that is among the messages that are added to ``ignored``.
    """
    chain = [document]
    restricted = [] if is_trusted else [document]
    first = current_tree().real(os.path.join(document.folder, os.path.basename(document.path)))
    paths = {first}
    while isinstance(base := chain[0].data.get("extend"), str) and base:
        extending = chain[0]
        if not is_trusted and leads_out(extending, base):
            ignored.append(ignored_base(extending))
            break
        path = os.path.join(extending.folder, base)
        real = current_tree().real(path)
        opened = problem = None
        if real in paths:
            names = [each.path for each in reversed(chain)]
            names.append(document.path if real == first else shown(path))
            problem = f"this goes in a circle: {' extends '.join(names)}"
        elif len(chain) >= MAX_EXTENDS:
            problem = f"more than {MAX_EXTENDS} configurations extend another"
        elif current_tree().kind(path) != "file":
            problem = f'there is no file "{base}"'
        else:
            opened = open_config(path)
        if opened is None:
            problem = problem or f'"{base}" has no section [tool.composelint]'
            raise ConfigError([extending.fault(("extend",), problem)])
        paths.add(real)
        chain.insert(0, opened)
        is_trusted = is_trusted or user.trusts(opened.folder)
        if not is_trusted:
            restricted.append(opened)
    return chain, restricted
