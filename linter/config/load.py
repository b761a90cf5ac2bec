"""Find and load the configuration of a folder."""

from __future__ import annotations

import os

from ..base.text import SourceFile
from ..files.paths import find_root, nearest_folder, shown
from .document import ConfigError, Fault, parse_toml
from .settings import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def load_config(
    path: str | None = None,
    *,
    start: str = ".",
    isolated: bool = False,
    overrides: Sequence[str] = (),
) -> Config:
    """The configuration that holds for a file or folder.

    Args:
        path: a file to take instead of the one that would be found.
        start: the file or folder from which to look upwards, to the repository's root.
        isolated: look for none.
        overrides: single settings as TOML (``fail-on = "error"``), on top of everything.

    Raises:
        ConfigError: with every mistake that was found.
    """
    from .find import open_config, search, with_bases

    folder = nearest_folder(start)
    notes: list[str] = []
    document = None
    if path is not None:
        document = open_config(path)
        if document is None:
            raise ConfigError([Fault(shown(path), 0, 0, "it has no section [tool.composelint]")])
    elif not isolated:
        document = search(folder, notes)
    documents = with_bases(document) if document is not None else []
    for text in overrides:
        documents.append(parse_toml(SourceFile("--config", text), os.getcwd()))
    if not documents:
        return Config(folder=find_root(folder))
    from .build import Builder

    home = document.folder if document is not None else find_root(folder)
    return Builder(documents, home, notes).build(document.path if document is not None else "")


def find_config(start: str) -> str | None:
    """The configuration that ``load_config`` would take for a file or folder, as a shown path."""
    from .find import search

    document = search(nearest_folder(start), [])
    return document.path if document is not None else None
