"""The baseline: a file with the accepted findings of a project, so that only new ones count.

A finding is recognised by its fingerprint (rule, file, logical path and evidence), never by its
line. An entry accepts as many findings as there were (``count``), so another one of the same kind
is new; and it accepts one about a secret only while the secret is the same (``secret``, see
``secret_mark``). Entries of version 0.1 have neither, and accept all findings with their
fingerprint. Paths are relative to the folder of the baseline, so that it does not matter where the
linter is started.
"""

from __future__ import annotations

import json
import os

from ..base.names import UNREAD_CODES
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..config.document import read_source
from ..config.errors import ConfigError, Fault
from ..files.disk import DISK
from ..files.paths import seen_from
from ..files.tree import current_tree
from ..rule import Diagnostic
from .comparison import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

    from ..result import Result

VERSION = 1

_KEYS = ("path", "code", "logical_path", "fingerprint")
"""The keys that each entry in the file has, in the order of the fields of ``Entry``."""

MAX_BYTES = 64 * 1024 * 1024

NEVER = UNREAD_CODES | {"LN012", "LN020", "LN030"}
"""Findings about the run itself, which a baseline does not accept."""


class Entry(NamedTuple):
    """Accepted findings that are alike. ``path`` is relative to the baseline's folder, with ``/``.

    ``number`` is how many, None for any (``count`` in the file); ``secret`` the mark of the secret that they are about,
    empty for none or any.
    """

    path: str
    code: str
    subject: str
    fingerprint: str
    number: int | None = None
    secret: str = ""

    @property
    def key(self) -> str:
        """What no other entry has."""
        return f"{self.fingerprint}:{self.secret}"


class Baseline:
    """A baseline file with its entries by key."""

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
    """The number of findings in a new baseline, and the differences to the one before."""

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
        before = entries.get(entry.key)
        if before is not None and before.number is not None and entry.number is not None:
            # Two branches were merged that added the same.
            entry = entry._replace(number=max(before.number, entry.number))
        entries[entry.key] = entry
    return Baseline(source, folder, entries)


def _entry(data: Any) -> Entry | None:
    """An entry from its JSON object; None for anything else."""
    if not isinstance(data, dict):
        return None
    texts = [value for key in _KEYS if isinstance(value := data.get(key), str)]
    if len(texts) != len(_KEYS) or not texts[-1]:
        return None
    count, secret = data.get("count"), data.get("secret", "")
    is_count = count is None or (isinstance(count, int) and not isinstance(count, bool))
    if not is_count or not isinstance(secret, str):
        return None
    path, code, subject, mark = texts
    return Entry(path, code, subject, mark, count, secret)


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
    entries: dict[str, Entry] = {}
    for entry in recorded:
        known = entries.get(entry.key, entry._replace(number=0))
        entries[entry.key] = known._replace(number=(known.number or 0) + 1)
    before = load_baseline(path).entries if DISK.kind(path) != "missing" else {}
    covers = _coverage(linted, folder)
    for key, entry in before.items():
        if not covers(entry):
            entries.setdefault(key, entry)
    _save(path, entries.values())
    return Written(_size(entries), _more(entries, before), _more(before, entries))


def _size(entries: dict[str, Entry]) -> int:
    """The number of findings that entries accept; those without a count accept one at least."""
    return sum(1 if entry.number is None else entry.number for entry in entries.values())


def _more(entries: dict[str, Entry], others: dict[str, Entry]) -> int:
    """How many findings these entries accept that the others do not."""
    # An entry without a mark or count, of version 0.1, accepts what now has one.
    marks = {other.fingerprint for other in others.values() if other.number is None}
    of_01 = {entry.fingerprint for entry in entries.values() if entry.number is None}
    accepted = of_01 & {other.fingerprint for other in others.values()}
    total = 0
    for key, entry in entries.items():
        if entry.fingerprint in marks or entry.fingerprint in accepted:
            continue
        other = others.get(key)
        count = 1 if entry.number is None else entry.number
        total += max(0, count - (other.number or 0 if other else 0))
    return total


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
    with_secret = {entry.fingerprint for entry in entries.values() if entry.secret}
    present: dict[str, int] = {}
    tally = Tally({key: entry.number for key, entry in entries.items()})
    incomplete: set[str] = set()
    paths: dict[str, str] = {}
    for finding in result.diagnostics:
        found = _entry_of(finding, folder, paths, with_secret)
        if finding.code in UNREAD_CODES:
            incomplete.add(found.path)
        entry = entries.get(found.key) or entries.get(found._replace(secret="").key)
        if entry is None:
            continue
        # Present even if a comment suppresses the finding too.
        present[entry.key] = present.get(entry.key, 0) + 1
        may_hide = finding.code not in NEVER and not locked(finding.code)
        if finding.suppressed is None and may_hide and tally.accept(entry.key):
            finding.suppressed = "baseline"
    covers = _coverage(linted, folder)
    stale = []
    for key, entry in entries.items():
        left = (1 if entry.number is None else entry.number) - present.get(key, 0)
        if left > 0 and ran(entry.code) and entry.path not in incomplete and covers(entry):
            stale.append(entry if entry.number is None else entry._replace(number=left))
    return sorted(stale, key=_order)


def _coverage(linted: Collection[str] | None, folder: str) -> Callable[[Entry], bool]:
    """Whether a run over these files would find the finding of an entry, as a function."""
    if linted is None:
        return lambda entry: True
    paths = {seen_from(folder, path) for path in linted}
    return lambda entry: (
        entry.path in paths or current_tree().kind(os.path.join(folder, entry.path)) == "missing"
    )


def prune_baseline(baseline: Baseline, stale: Iterable[Entry]) -> None:
    """Remove entries from a baseline file.

    Raises:
        OSError: if the file cannot be written.
    """
    entries = dict(baseline.entries)
    for gone in stale:
        entry = entries[gone.key]
        if entry.number is None or gone.number is None or gone.number >= entry.number:
            del entries[gone.key]
        else:
            entries[gone.key] = entry._replace(number=entry.number - gone.number)
    _save(baseline.path, entries.values())


def stale_diagnostics(baseline: Baseline, stale: Iterable[Entry]) -> list[Diagnostic]:
    """The findings for LN030, one for each stale entry; the caller adds code and severity."""
    findings = []
    for entry in stale:
        count = baseline.entries[entry.key].number
        place = f"{entry.subject or 'this place'} of {entry.path}"
        message = f"{entry.code} is no longer found at {place}"
        if count is not None and entry.number is not None and entry.number < count:
            message = (
                f"{entry.code} is found {count - entry.number} times at {place}, not {count} times"
            )
        findings.append(
            Diagnostic(
                baseline.span(entry),
                message,
                help='"composelint baseline" writes the file anew',
                subject=entry.subject,
                evidence=entry.fingerprint,
            )
        )
    return findings


def _order(entry: Entry) -> tuple[str | int, ...]:
    """The order of entries in the file."""
    return (*entry[:4], entry.secret, entry.number or 0)


def _entry_of(
    finding: Diagnostic,
    folder: str,
    paths: dict[str, str],
    with_secret: Collection[str] | None = None,
) -> Entry:
    """The entry for a finding; ``paths`` caches the relative paths of files.

    The mark of a secret takes time: with ``with_secret`` only these fingerprints get one.
    """
    from .fingerprints import fingerprint, secret_mark

    path = paths.get(finding.path)
    if path is None:
        path = paths[finding.path] = seen_from(folder, finding.path)
    mark = fingerprint(finding, path)
    is_wanted = finding.sensitive and (with_secret is None or mark in with_secret)
    secret = secret_mark(finding) if is_wanted else ""
    return Entry(path, finding.code, finding.subject, mark, None, secret)


def _save(path: str, entries: Iterable[Entry]) -> None:
    """Write the file: one entry per line, so that changes can be reviewed and merged."""
    from ..files.write import write_whole

    lines = []
    for entry in sorted(entries, key=_order):
        data: dict[str, str | int] = dict(zip(_KEYS, entry[:4], strict=True))
        if entry.number is not None:
            data["count"] = entry.number
        if entry.secret:
            data["secret"] = entry.secret
        lines.append(json.dumps(data))
    body = ",\n    ".join(lines)
    inner = f"\n    {body}\n  " if lines else ""
    text = f'{{\n  "version": {VERSION},\n  "findings": [{inner}]\n}}\n'
    write_whole(path, text.encode("ascii"))
