"""Finds the configuration of a folder and reads its files."""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.paths import find_root, nearest_folder, shown
from .document import parse_toml
from .errors import ConfigError
from .trust import User, restrict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Document
    from .errors import Fault


OVERRIDE = "--config"
"""The path of the document of a single setting on the command line."""


class Opened(NamedTuple):
    """The documents of a configuration, the farthest base first.

    ``home`` is the folder that the configuration is for, ``path`` its nearest file (empty without
    one). ``notes`` are messages to the user, ``ignored`` those about settings of a tree that is not
    trusted.
    """

    documents: list[Document]
    home: str
    path: str
    notes: list[str]
    ignored: list[Fault]


def open_documents(
    path: str | None, start: str, isolated: bool, overrides: Sequence[str], user: User
) -> Opened:
    """Read the files of a configuration; the arguments are those of ``load_config``."""
    from .find import open_config, search, with_bases

    folder = nearest_folder(start)
    notes: list[str] = []
    ignored: list[Fault] = []
    document = None
    is_trusted = False
    if path is not None:
        document = open_config(path)
        if document is None:
            raise ConfigError.at(shown(path), "it has no section [tool.composelint]")
        is_trusted = True
    elif not isolated:
        document = search(folder, notes)
    documents = [user.document] if user.document is not None else []
    if document is not None:
        is_trusted = is_trusted or user.trusts(document.folder)
        chain, restricted = with_bases(document, user, is_trusted, ignored)
        for each in restricted:
            ignored += restrict(each)
        documents += chain
    for text in overrides:
        override = parse_toml(SourceFile(OVERRIDE, text), os.getcwd())
        if "extend" in override.data:
            message = '"extend" is for configuration files; name one with --config FILE'
            raise ConfigError([override.fault(("extend",), message, on_key=True)])
        documents.append(override)
    if document is None:
        return Opened(documents, find_root(folder), "", notes, ignored)
    return Opened(documents, document.folder, document.path, notes, ignored)
