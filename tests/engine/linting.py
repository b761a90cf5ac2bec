"""Repositories of several projects, and the ways in which they can be linted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from composelint.linter.engine import schedule
from composelint.linter.engine.cache import Cache
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import Found, discover
from composelint.linter.result import Result
from composelint.linter.rule import Create
from composelint.linter.rulebook.selection import Selection

Row = tuple[object, ...]


def settings(**changes: object) -> Settings:
    """Every rule, in the working folder."""
    return Settings(Selection("all"), root=os.getcwd())._replace(**changes)  # type: ignore[arg-type]


def found() -> list[Found]:
    """What there is to lint in the working folder."""
    return list(discover((".",)))


def rows(result: Result) -> list[Row]:
    """All that a result says, as plain values."""
    said: list[Row] = []
    for item in result.diagnostics:
        fix = item.fix
        edits = [
            tuple(edit)
            if isinstance(edit, Create)
            else (edit.span.file.path, edit.span.start, edit.span.end, edit.replacement)
            for edit in (fix.edits if fix else ())
        ]
        said.append(
            (
                item.path,
                tuple(item.start),
                tuple(item.end),
                item.code,
                item.name,
                item.severity,
                item.message,
                item.help,
                item.subject,
                item.evidence,
                item.owner,
                item.stack,
                item.suppressed,
                tuple(
                    (near.span.file.path, near.span.start, near.message) for near in item.related
                ),
                (fix.title, fix.applicability, fix.changes, tuple(edits)) if fix else None,
                tuple((place.file.path, place.start, place.end) for place in item.sensitive),
            )
        )
    return [*said, ("files", result.files), ("read", *sorted(result.read))]


def lint(files: Sequence[Found] | None = None, *, jobs: int = 1, cache: bool = False) -> list[Row]:
    """What linting gives; with ``cache`` from what earlier calls left."""
    chosen = settings()
    kept = Cache("../cache", chosen) if cache else None
    files = found() if files is None else files
    return rows(schedule.check_group(files, chosen, jobs=jobs, cache=kept))


def write(files: dict[str, str]) -> None:
    """Lay out files by path."""
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
