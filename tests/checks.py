"""Lint paths or one text with the engine: what tests of several folders share."""

from __future__ import annotations

from collections.abc import Sequence

from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile, discover
from composelint.linter.result import Result


def check_paths(paths: Sequence[str], settings: Settings) -> Result:
    """Lint files and folders."""
    return check_files(list(discover(paths)), settings)


def check_text(data: bytes, filename: str, kind: str, settings: Settings) -> Result:
    """Lint the bytes of one file as if it was at ``filename``."""
    return check_files([InputFile(filename, kind, True)], settings, {filename: data})
