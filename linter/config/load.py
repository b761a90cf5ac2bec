"""Find the configuration of a folder and read its files."""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.paths import find_root, nearest_folder, shown
from .document import ConfigError, Fault, parse_toml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Document


class Opened(NamedTuple):
    """The documents of a configuration, the farthest base first.

    ``home`` is the folder that the configuration holds for, ``path`` its nearest file (empty
    without one), ``notes`` are remarks for people.
    """

    documents: list[Document]
    home: str
    path: str
    notes: list[str]


def open_documents(
    path: str | None, start: str, isolated: bool, overrides: Sequence[str]
) -> Opened:
    """Read the files of a configuration; the arguments are those of ``load_config``."""
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
    home = document.folder if document is not None else find_root(folder)
    return Opened(documents, home, document.path if document is not None else "", notes)


def find_config(start: str) -> str | None:
    """The configuration that ``load_config`` would take for a file or folder, as a shown path."""
    from .find import search

    document = search(nearest_folder(start), [])
    return document.path if document is not None else None
