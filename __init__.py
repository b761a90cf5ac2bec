"""composelint: lints and fixes a repository's container files together.

``check``, ``fix`` and ``format_files`` take paths and return reports; ``check_texts``, ``fix_text``
and ``format_text`` take texts, ``fleet.scan_repository`` a whole repository::

    from composelint import Severity, check

    for item in check(["deploy"], preset="production").at_least(Severity.ERROR):
        print(item.path, item.start.line, item.code, item.message)

Modules are imported on first use.
"""

from __future__ import annotations

from .linter.version import VERSION as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .linter import fleet as fleet
    from .linter.api import (
        AppliedFix,
        FixReport,
        Report,
        check,
        check_texts,
        fix,
        fix_text,
        format_files,
        format_text,
    )
    from .linter.base.text import Position, SourceFile, Span
    from .linter.config.errors import ConfigError
    from .linter.engine.workspace import UnknownKind
    from .linter.files.discovery import MissingPath
    from .linter.files.write import WriteError
    from .linter.rule import Applicability, Create, Diagnostic, Edit, Fix, Related, Severity
    from .linter.rulebook.registry import UnknownSelector

__all__ = [
    "Applicability",
    "AppliedFix",
    "ConfigError",
    "Create",
    "Diagnostic",
    "Edit",
    "Fix",
    "FixReport",
    "MissingPath",
    "Position",
    "Related",
    "Report",
    "Severity",
    "SourceFile",
    "Span",
    "UnknownKind",
    "UnknownSelector",
    "WriteError",
    "__version__",
    "check",
    "check_texts",
    "fix",
    "fix_text",
    "fleet",
    "format_files",
    "format_text",
]

_MODULES = {
    "api": (
        "AppliedFix",
        "FixReport",
        "Report",
        "check",
        "check_texts",
        "fix",
        "fix_text",
        "format_files",
        "format_text",
    ),
    "base.text": ("Position", "SourceFile", "Span"),
    "config.errors": ("ConfigError",),
    "engine.workspace": ("UnknownKind",),
    "files.discovery": ("MissingPath",),
    "files.write": ("WriteError",),
    "rule": ("Applicability", "Create", "Diagnostic", "Edit", "Fix", "Related", "Severity"),
    "rulebook.registry": ("UnknownSelector",),
}
"""The public names by the module that defines them."""


def __getattr__(name: str) -> object:
    if name == "fleet":
        from importlib import import_module

        return import_module(".linter.fleet", __name__)
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".linter.{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
