"""The repositories of a fleet: folders of them, archives, or a manifest that lists them."""

from __future__ import annotations

import csv
import io
import json
import os

from ..base.records import NamedTuple
from ..files.disk import DISK
from .quick import kind_of_source
from .tables import TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

MANIFESTS = (".csv", ".jsonl", ".ndjson")
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip")
_DEEPEST = 4
"""How many folders down repositories are looked for."""
_MOST_COLUMNS = 100
_MAX_MANIFEST = 1 << 30
"""The most bytes of a manifest."""

OWN_COLUMNS = ("id", "path", "revision", "owner")
_TAKEN = {"repository", *(column.name for column in TABLES["repositories"])}
"""Names that further columns of a manifest cannot have."""


class SourceError(ValueError):
    """Sources that cannot be used, with a message that says why."""


class Source(NamedTuple):
    """One repository: its id, the absolute path, what is read of it, and what a manifest says besides."""

    id: str
    path: str
    revision: str = ""
    owner: str = ""
    columns: dict[str, str] = {}  # noqa: RUF012 - a record, whose default is not changed


def find_sources(paths: Iterable[str]) -> list[Source]:
    """The repositories that the paths name, each with an id of its own.

    Raises:
        SourceError: if there are none, a manifest has errors, or two have the same id.
    """
    sources: dict[str, Source] = {}
    for path in paths:
        found = 0
        for source in _sources(path):
            found += 1
            other = sources.setdefault(source.id, source)
            if other is not source:
                raise SourceError(f'{path}: two repositories are called "{source.id}"')
        if not found:
            raise SourceError(f"{path} contains no repository")
    return list(sources.values())


def _sources(path: str) -> Iterator[Source]:
    kind = kind_of_source(path)
    if not kind:
        raise SourceError(f"{path}: no such file or folder")
    name = os.path.basename(os.path.abspath(path))
    if kind == "archive":
        if path.lower().endswith(MANIFESTS):
            yield from _listed(path)
        elif not path.lower().endswith(_ARCHIVES):
            raise SourceError(f"{path}: neither an archive nor a manifest ({', '.join(MANIFESTS)})")
        else:
            yield Source(name, os.path.abspath(path))
    elif kind == "folder":
        yield from _below(os.path.abspath(path), "", _DEEPEST)
    else:
        yield Source(name, os.path.abspath(path))


def _below(folder: str, inner: str, depth: int) -> Iterator[Source]:
    """The repositories and archives in a folder, sorted."""
    try:
        entries = sorted(DISK.entries(folder))
    except OSError as error:
        raise SourceError(f"{folder}: {error.strerror or error}") from None
    for name, kind in entries:
        path, id = os.path.join(folder, name), f"{inner}{name}"
        if kind == "file":
            if name.lower().endswith(_ARCHIVES):
                yield Source(id, path)
        elif kind == "folder":
            if kind_of_source(path) != "folder":
                yield Source(id, path)
            elif depth > 1 and not name.startswith("."):
                yield from _below(path, f"{id}/", depth - 1)


def _listed(path: str) -> Iterator[Source]:
    """The repositories of a manifest; paths start from its folder."""
    try:
        text = DISK.read(path, _MAX_MANIFEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"{path}: it is not UTF-8") from None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    rows = _csv_rows(path, text) if path.lower().endswith(".csv") else _json_rows(path, text)
    folder = os.path.dirname(os.path.abspath(path))
    for line, row in rows:
        place = row.get("path", "").strip()
        if not place:
            raise SourceError(f'{path}:{line}: "path" is missing')
        columns = {name: value for name, value in row.items() if name not in OWN_COLUMNS}
        taken = _TAKEN.intersection(columns)
        if taken or "" in columns or len(columns) > _MOST_COLUMNS:
            why = (
                f'"{min(taken)}" is a column of the fleet' if taken else "its columns have no names"
            )
            raise SourceError(f"{path}:{line}: {why}")
        yield Source(
            row.get("id", "").strip() or place,
            os.path.normpath(os.path.join(folder, place)),
            row.get("revision", "").strip(),
            row.get("owner", "").strip(),
            columns,
        )


def _csv_rows(path: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="", strict=True)
    try:
        for row in reader:
            if "" in row:
                raise SourceError(f"{path}:{reader.line_num}: it has more values than columns")
            yield reader.line_num, {name.strip(): value for name, value in row.items()}
    except csv.Error as error:
        raise SourceError(f"{path}:{reader.line_num}: {error}") from None


def _json_rows(path: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise SourceError(f"{path}:{line}: it is not a JSON object")
        yield line, {name: _written(value) for name, value in row.items()}


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
