"""The baseline: known findings of a project, so that only new ones count.

A finding is known by its fingerprint (rule, file, logical path and evidence), never by its
line and never by a count: solving one finding and making another of the same kind shows
the new one. Paths count from the folder of the baseline, so it does not matter where the
linter is started.
"""

from __future__ import annotations

import json
import os

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..config.document import ConfigError, Fault, read_source
from ..files.disk import DISK
from ..files.paths import seen_from
from ..rule import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

    from ..result import Result

VERSION = 1

MAX_BYTES = 64 * 1024 * 1024

NEVER = frozenset(("LN001", "LN002", "LN003", "LN004", "LN005", "LN012", "LN020", "LN030"))
"""What the linter says about a run of its own is not a finding to get used to."""

_BLINDING = frozenset(("LN001", "LN002", "LN003", "LN004", "LN005", "CF001", "DF001", "EV001"))
"""Findings after which the rest of a file may not have been looked at."""


class Entry(NamedTuple):
    """One known finding. ``path`` is relative to the baseline's folder, with ``/``."""

    path: str
    code: str
    subject: str
    fingerprint: str


class Baseline:
    """A baseline file: its entries by fingerprint."""

    __slots__ = ("entries", "folder", "source")

    def __init__(self, source: SourceFile, folder: str, entries: dict[str, Entry]) -> None:
        self.source = source
        self.folder = folder
        self.entries = entries

    @property
    def path(self) -> str:
        return self.source.path

    def span(self, entry: Entry) -> Span:
        """Where an entry's fingerprint stands in the file."""
        start = self.source.text.find(entry.fingerprint)
        return Span(self.source, max(0, start), max(0, start) + len(entry.fingerprint))


class Written(NamedTuple):
    """What a new baseline holds, and how it differs from the one before."""

    total: int
    added: int
    removed: int


def load_baseline(path: str) -> Baseline:
    """Read a baseline.

    Raises:
        ConfigError: where the file is missing or is no baseline, with the place.
    """
    source = read_source(path, MAX_BYTES)
    folder = os.path.dirname(os.path.abspath(path))
    try:
        data = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            [Fault(source.path, error.lineno, error.colno, f"not JSON: {error.msg}")]
        ) from None
    except RecursionError:
        raise ConfigError([Fault(source.path, 0, 0, "the values nest too deeply")]) from None
    entries: dict[str, Entry] = {}
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise ConfigError([Fault(source.path, 1, 1, "no baseline: it has no list of findings")])
    if data.get("version") != VERSION:
        raise _fault(source, ("version",), f"the version is not {VERSION}: write it anew")
    for index, item in enumerate(data["findings"]):
        entry = _entry(item)
        if entry is None:
            raise _fault(
                source,
                ("findings", index),
                'an entry has the texts "path", "code", "logical_path" and "fingerprint"',
            )
        entries[entry.fingerprint] = entry
    return Baseline(source, folder, entries)


def _entry(item: Any) -> Entry | None:
    if not isinstance(item, dict):
        return None
    values = [item.get(key) for key in ("path", "code", "logical_path", "fingerprint")]
    texts = [value for value in values if isinstance(value, str)]
    return Entry(*texts) if len(texts) == len(values) and texts[-1] else None


def _fault(source: SourceFile, path: tuple[str | int, ...], message: str) -> ConfigError:
    """An error with its place. JSON is YAML, so the reader with positions finds it."""
    from ..config.document import parse_document

    try:
        document = parse_document(SourceFile(f"{source.path}.json", source.text), "")
        place = document.position(path)
    except ConfigError:
        place = (1, 1)
    return ConfigError([Fault(source.path, *place, message)])


def write_baseline(
    result: Result,
    path: str,
    *,
    linted: Collection[str] | None = None,
    locked: Callable[[str], bool] = lambda code: False,
) -> Written:
    """Record the reported findings of a run; what is gone is dropped.

    Args:
        result: the run. It must not have been held against a baseline.
        path: the file to write. It is replaced in one step.
        linted: the files of the run, where it did not cover the whole project: what an
            existing baseline has about other files is kept.
        locked: tells the codes that no baseline may hide.

    Raises:
        ConfigError: where an existing file at ``path`` is no baseline.
        OSError: where the file cannot be written.
    """
    folder = os.path.dirname(os.path.abspath(path))
    found: dict[str, Entry] = {}
    paths: dict[str, str] = {}
    for item in result.reported:
        if item.code not in NEVER and not locked(item.code):
            entry = _known_as(item, folder, paths)
            found[entry.fingerprint] = entry
    before = load_baseline(path).entries if DISK.kind(path) != "missing" else {}
    if linted is not None:
        covered = {seen_from(folder, each) for each in linted}
        for mark, entry in before.items():
            if entry.path not in covered and _exists(entry, folder):
                found.setdefault(mark, entry)
    _save(path, found.values())
    return Written(len(found), len(found.keys() - before.keys()), len(before.keys() - found.keys()))


def apply_baseline(
    result: Result,
    baseline: Baseline,
    *,
    linted: Collection[str] | None = None,
    ran: Callable[[str], bool] = lambda code: True,
    locked: Callable[[str], bool] = lambda code: False,
) -> list[Entry]:
    """Mark known findings with ``suppressed = "baseline"``.

    Args:
        result: the run, with its comments' suppressions already applied.
        baseline: what is known.
        linted: the files of the run (None: all there are). Entries of others are not judged.
        ran: tells whether the run selected a rule; entries of others are not judged.
        locked: tells the codes that no baseline may hide.

    Returns:
        The stale entries, sorted: known findings that are gone.
    """
    entries, folder = baseline.entries, baseline.folder
    met: set[str] = set()
    blind: set[str] = set()
    paths: dict[str, str] = {}
    for item in result.diagnostics:
        if item.code in _BLINDING:
            blind.add(seen_from(folder, item.span.origin.file.path))
        mark = _known_as(item, folder, paths).fingerprint
        if mark in entries:
            # A finding that a comment suppresses, too, is still there.
            met.add(mark)
            if item.suppressed is None and item.code not in NEVER and not locked(item.code):
                item.suppressed = "baseline"
    covered = None if linted is None else {seen_from(folder, each) for each in linted}
    return sorted(
        entry
        for mark, entry in entries.items()
        if mark not in met
        and ran(entry.code)
        and entry.path not in blind
        and (covered is None or entry.path in covered or not _exists(entry, folder))
    )


def prune_baseline(baseline: Baseline, stale: Iterable[Entry]) -> None:
    """Strike entries off a baseline file.

    Raises:
        OSError: where the file cannot be written.
    """
    gone = {entry.fingerprint for entry in stale}
    _save(baseline.path, [entry for mark, entry in baseline.entries.items() if mark not in gone])


def stale_diagnostics(baseline: Baseline, stale: Iterable[Entry]) -> list[Diagnostic]:
    """The findings for LN030, one for each stale entry; the caller adds code and severity."""
    return [
        Diagnostic(
            baseline.span(entry),
            f"{entry.code} is no longer found at {entry.subject or 'this place'} of {entry.path}",
            help='"composelint baseline" writes the file anew',
            subject=entry.subject,
            evidence=entry.fingerprint,
        )
        for entry in stale
    ]


def _known_as(item: Diagnostic, folder: str, paths: dict[str, str]) -> Entry:
    """A finding as an entry; ``paths`` keeps the files' paths from the folder."""
    from .fingerprints import fingerprint

    span = item.span
    path = span.file.path
    seen = paths.get(path)
    if seen is None:
        seen = paths[path] = seen_from(folder, path)
    if seen == path:
        mark = fingerprint(item)
    else:
        # The same finding as it would be seen from the baseline's folder.
        moved = Span(SourceFile(seen, span.file.text), span.start, span.end)
        twin = Diagnostic(moved, item.message, subject=item.subject, evidence=item.evidence)
        twin.code = item.code
        mark = fingerprint(twin)
    return Entry(seen, item.code, item.subject, mark)


def _exists(entry: Entry, folder: str) -> bool:
    return DISK.kind(os.path.join(folder, entry.path)) != "missing"


def _save(path: str, entries: Iterable[Entry]) -> None:
    """Write the file: one entry a line, so that changes to it can be read and merged."""
    from ..files.write import write_whole

    lines = [
        json.dumps(
            {
                "path": entry.path,
                "code": entry.code,
                "logical_path": entry.subject,
                "fingerprint": entry.fingerprint,
            }
        )
        for entry in sorted(entries)
    ]
    body = ",\n    ".join(lines)
    inside = f"\n    {body}\n  " if lines else ""
    text = f'{{\n  "version": {VERSION},\n  "findings": [{inside}]\n}}\n'
    write_whole(path, text.encode("ascii"))
