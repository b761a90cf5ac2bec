"""Documents that were never saved: linted alone, as nothing is beside them."""

from __future__ import annotations

from ..config.errors import ConfigError
from ..config.options import Options
from ..engine.workspace import open_texts
from ..files.kinds import COMPOSE
from ..rulebook.registry import UnknownSelector
from .documents import Document
from .findings import rows_of
from .positions import Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .findings import Row

SCHEME = "untitled:"
_NAMES = {"dockercompose": "compose.yaml", "dockerfile": "Dockerfile"}
_ABOUT_OTHER_FILES = "XF"
"""The rules that say what is missing beside a file."""


def is_untitled(document: Document) -> bool:
    """Whether a document was never saved and is written in a language of ours."""
    return document.uri.startswith(SCHEME) and bool(_name_of(document))


def _name_of(document: Document) -> str:
    """The name that a document would have; empty if it is none of ours."""
    name = _NAMES.get(document.language, "")
    if not name and document.language == "yaml":
        from ..files.content import kind_of_text

        return _NAMES["dockercompose"] if kind_of_text(document.text) == COMPOSE else ""
    return name


def rows_of_untitled(document: Document, options: Options) -> list[Row]:
    """The diagnostics of a document that was never saved."""
    name = _name_of(document)
    if not name:
        return []
    # No folder is called so; what is above it, such as a configuration, holds.
    folder = document.uri.partition("?")[0].replace("/", "_")
    path = f"{folder}/{name}"
    alone = Options(
        **{
            **vars(options),
            "ignore": (*(options.ignore or ()), _ABOUT_OTHER_FILES),
            "stacks": (),
            "env_files": (),
            "no_cache": True,
            "no_baseline": True,
        }
    )
    try:
        result = open_texts({path: document.data}, alone).check()
    except (ConfigError, UnknownSelector):
        return []  # That is shown at the configuration.
    named = Document(
        document.uri, path, document.text, document.version, document.language, document.encoding
    )
    rows = rows_of(result, Places({path: named}, document.encoding))
    return rows.get(path, [])
