"""Linting repositories of several projects, in one process, in several, from the cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from checks import finding_data
from composelint.linter.engine import schedule
from composelint.linter.engine.cache import Cache
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile, discover
from composelint.linter.result import Result
from composelint.linter.rulebook.selection import Selection

Row = tuple[object, ...]


def settings(**changes: Any) -> Settings:
    """Every rule, in the working folder."""
    return Settings(Selection("all"), root=os.getcwd())._replace(**changes)


def files_to_lint() -> list[InputFile]:
    """The files to lint in the working folder."""
    return list(discover((".",)))


def rows(result: Result) -> list[Row]:
    """Everything in a result as plain values."""
    rows = map(finding_data, result.diagnostics)
    return [*rows, ("files", result.files), ("read", *sorted(result.read))]


def lint(
    files: Sequence[InputFile] | None = None, *, jobs: int = 1, cache: bool = False
) -> list[Row]:
    """The result of linting; with ``cache`` earlier results are reused."""
    run_settings = settings()
    result_cache = Cache("../cache", b"secret", run_settings) if cache else None
    files = files_to_lint() if files is None else files
    return rows(schedule.check_group(files, run_settings, jobs=jobs, cache=result_cache))
