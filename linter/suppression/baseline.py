"""The baseline: a file with the accepted findings of a project, so that only new ones count.

A finding is recognised by its fingerprint (rule, file, logical path and evidence), never by
its line and never by a count: if one finding is solved and another of the same kind is new,
the new one is reported. Paths are relative to the folder of the baseline, so that it does not
matter where the linter is started.
"""

from __future__ import annotations

import json
import os

from ..base.names import UNREAD_CODES
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

_KEYS = ("path", "code", "logical_path", "fingerprint")
"""The keys of an entry in the file, in the order of the fields of ``Entry``."""

MAX_BYTES = 64 * 1024 * 1024

NEVER = UNREAD_CODES | {"LN012", "LN020", "LN030"}
"""Findings about the run itself, which a baseline does not accept."""


class Entry(NamedTuple):
    """An accepted finding. ``path`` is relative to the baseline's folder, with ``/``."""

    path: str
    code: str
    subject: str
    fingerprint: str


class Baseline:
    """A baseline file with its entries by fingerprint."""

    __slots__ = ("entries", "folder", "source")

    def __init__(self, source: SourceFile, folder: str, entries: dict[str, Entry]) -> None:
        self.source = source
        self.folder = folder
        self.entries = entries

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.source.path

    def span(self, entry: Entry) -> Span:
        """The place of an entry's fingerprint in the file."""
        start = max(0, self.source.text.find(entry.fingerprint))
        return Span(self.source, start, start + len(entry.fingerprint))


class Written(NamedTuple):
    """The number of entries in a new baseline, and the differences to the one before."""

    total: int
    added: int
    removed: int


def load_baseline(path: str) -> Baseline:
    """The baseline in a file.

    Raises:
        ConfigError: if the file is missing or is not a baseline, with the place.
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
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise ConfigError([Fault(source.path, 1, 1, "no baseline: it has no list of findings")])
    if data.get("version") != VERSION:
        raise _fault(source, ("version",), f"the version is not {VERSION}: write it anew")
    entries: dict[str, Entry] = {}
    for index, data_entry in enumerate(data["findings"]):
        entry = _entry(data_entry)
        if entry is None:
            message = 'an entry has the texts "path", "code", "logical_path" and "fingerprint"'
            raise _fault(source, ("findings", index), message)
        entries[entry.fingerprint] = entry
    return Baseline(source, folder, entries)


def _entry(data: Any) -> Entry | None:
    """An entry from its JSON object; None for anything else."""
    if not isinstance(data, dict):
        return None
    texts = [value for key in _KEYS if isinstance(value := data.get(key), str)]
    return Entry(*texts) if len(texts) == len(_KEYS) and texts[-1] else None


def _fault(source: SourceFile, path: tuple[str | int, ...], message: str) -> ConfigError:
    """An error with its place, found by the YAML parser: JSON is YAML."""
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
    """Record the reported findings of a run, without entries that no longer exist.

    Args:
        result: the run. No baseline must have been applied to it.
        path: the file to write. It is replaced in one step.
        linted: the files of the run, if it did not cover the whole project: entries of an
            existing baseline about other files are kept.
        locked: whether a baseline must not hide findings of a code.

    Raises:
        ConfigError: if an existing file at ``path`` is not a baseline.
        OSError: if the file cannot be written.
    """
    folder = os.path.dirname(os.path.abspath(path))
    paths: dict[str, str] = {}
    recorded = (
        _entry_of(finding, folder, paths)
        for finding in result.reported
        if finding.code not in NEVER and not locked(finding.code)
    )
    entries = {entry.fingerprint: entry for entry in recorded}
    before = load_baseline(path).entries if DISK.kind(path) != "missing" else {}
    covers = _coverage(linted, folder)
    for mark, entry in before.items():
        if not covers(entry):
            entries.setdefault(mark, entry)
    _save(path, entries.values())
    added, removed = entries.keys() - before.keys(), before.keys() - entries.keys()
    return Written(len(entries), len(added), len(removed))


def apply_baseline(
    result: Result,
    baseline: Baseline,
    *,
    linted: Collection[str] | None = None,
    ran: Callable[[str], bool] = lambda code: True,
    locked: Callable[[str], bool] = lambda code: False,
) -> list[Entry]:
    """Suppress the findings that a baseline contains (``suppressed`` becomes ``baseline``).

    Args:
        result: the run, with its comments' suppressions already applied.
        baseline: the accepted findings.
        linted: the files of the run (None: all). Entries of other files are not stale.
        ran: whether the run selected a code. Entries of other codes are not stale.
        locked: whether a baseline must not hide findings of a code.

    Returns:
        The stale entries, sorted: those whose findings no longer exist.
    """
    entries, folder = baseline.entries, baseline.folder
    matched: set[str] = set()
    incomplete: set[str] = set()
    paths: dict[str, str] = {}
    for finding in result.diagnostics:
        entry = _entry_of(finding, folder, paths)
        if finding.code in UNREAD_CODES:
            incomplete.add(entry.path)
        if entry.fingerprint in entries:
            # Matched even if a comment suppresses the finding too.
            matched.add(entry.fingerprint)
            if (
                finding.suppressed is None
                and finding.code not in NEVER
                and not locked(finding.code)
            ):
                finding.suppressed = "baseline"
    covers = _coverage(linted, folder)
    return sorted(
        entry
        for mark, entry in entries.items()
        if mark not in matched
        and ran(entry.code)
        and entry.path not in incomplete
        and covers(entry)
    )


def _coverage(linted: Collection[str] | None, folder: str) -> Callable[[Entry], bool]:
    """Whether a run over these files would find the finding of an entry, as a function."""
    if linted is None:
        return lambda entry: True
    paths = {seen_from(folder, path) for path in linted}
    return lambda entry: (
        entry.path in paths or DISK.kind(os.path.join(folder, entry.path)) == "missing"
    )


def prune_baseline(baseline: Baseline, stale: Iterable[Entry]) -> None:
    """Remove entries from a baseline file.

    Raises:
        OSError: if the file cannot be written.
    """
    _save(baseline.path, set(baseline.entries.values()).difference(stale))


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


def _entry_of(finding: Diagnostic, folder: str, paths: dict[str, str]) -> Entry:
    """The entry for a finding; ``paths`` caches the relative paths of files."""
    from .fingerprints import fingerprint

    path = paths.get(finding.path)
    if path is None:
        path = paths[finding.path] = seen_from(folder, finding.path)
    return Entry(path, finding.code, finding.subject, fingerprint(finding, path))


def _save(path: str, entries: Iterable[Entry]) -> None:
    """Write the file: one entry per line, so that changes can be reviewed and merged."""
    from ..files.write import write_whole

    lines = [json.dumps(dict(zip(_KEYS, entry, strict=True))) for entry in sorted(entries)]
    body = ",\n    ".join(lines)
    inner = f"\n    {body}\n  " if lines else ""
    text = f'{{\n  "version": {VERSION},\n  "findings": [{inner}]\n}}\n'
    write_whole(path, text.encode("ascii"))
