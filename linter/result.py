"""The result of a run."""

from __future__ import annotations

from .base.records import NamedTuple
from .rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rule import Diagnostic
    from .source.yaml.nodes import Mapping


class StackRecord(NamedTuple):
    """Compose files that were linted as one stack.

    ``why`` says why they were taken together (empty for one file), ``path`` and ``line`` are the
    place that shows it, if any does, ``preset`` is the one that judged them. ``is_fragment``
    tells that further files belong to it, which are not known. ``uses`` says what the limits of its
    services add up to on a machine that is known: "memory" (in bytes) or "CPUs", the sum, and what the
    machine has; what nothing limits is left out.
    """

    files: tuple[str, ...]
    why: str
    path: str
    line: int
    preset: str
    is_fragment: bool
    uses: tuple[tuple[str, float, float], ...] = ()

    def __str__(self) -> str:
        place = f" ({self.path}:{self.line})" if self.path else ""
        why = f", {self.why}{place}" if self.why else ""
        part = ", part of another stack" if self.is_fragment else ""
        return f"stack {' + '.join(self.files)}{why}{part}: preset {self.preset}"


class ChangeRecord(NamedTuple):
    """What a change did to the findings.

    ``since`` is the state that it began with, as the user named it. The others are numbers: of new
    findings, of those that are not found any more, of the others in what was linted, and of changed
    files.
    """

    since: str
    new: int
    fixed: int
    before: int
    files: int


class Result:
    """The findings of a run, and facts about the run.

    ``diagnostics`` are all findings in the order of files and places, suppressed ones
    included. ``stacks`` are the stacks that were linted, ``trees`` are the resolved stacks by name, ``rejections`` what Docker Compose
    refuses each for, whatever rules are selected: kind, unset variables, message. ``files`` is the number of linted
    files, ``read`` are the paths of all files that were read, ``ran`` the codes of the selected
    rules. ``failed`` says that a rule crashed (``crashes`` has the tracebacks), ``unread`` that
    no file could be read. ``notes`` are messages to the user, ``asides`` those that are only
    shown on request. ``change`` says what changed if two states were compared; ``fixed`` are then
    the findings of the first one that the second does not have.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.stacks: list[StackRecord] = []
        self.files = 0
        self.failed = False
        self.unread = False
        self.crashes: list[str] = []
        self.trees: dict[str, Mapping] = {}
        self.rejections: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
        self.read: set[str] = set()
        self.ran: set[str] = set()
        self.notes: list[str] = []
        self.asides: list[str] = []
        self.change: ChangeRecord | None = None
        self.fixed: list[Diagnostic] = []

    @property
    def reported(self) -> list[Diagnostic]:
        """The findings that are not suppressed."""
        return [finding for finding in self.diagnostics if finding.suppressed is None]

    @property
    def counts(self) -> dict[Severity, int]:
        """The number of reported findings of each severity."""
        counts = dict.fromkeys(Severity, 0)
        for finding in self.reported:
            counts[finding.severity] += 1
        return counts


def merged(results: Sequence[Result]) -> Result:
    """The results of runs over different files as one."""
    if len(results) == 1:
        return results[0]
    merged = Result()
    for result in results:
        merged.diagnostics += result.diagnostics
        merged.files += result.files
        merged.failed = merged.failed or result.failed
        merged.crashes += result.crashes
        merged.stacks += result.stacks
        merged.trees.update(result.trees)
        merged.rejections.update(result.rejections)
        merged.read |= result.read
        merged.ran |= result.ran
        merged.notes += (note for note in result.notes if note not in merged.notes)
        merged.asides += (note for note in result.asides if note not in merged.asides)
    linted = [result for result in results if result.files]
    merged.unread = bool(linted) and all(result.unread for result in linted)
    # Several runs can read one file, such as one that several stacks include: what one of them
    # reports is reported, with the highest severity.
    merged.diagnostics.sort(key=lambda finding: (finding.suppressed is None, finding.severity))
    by_order = {order(finding): finding for finding in merged.diagnostics}
    merged.diagnostics = [by_order[key] for key in sorted(by_order)]
    return merged


def order(finding: Diagnostic) -> tuple[object, ...]:
    """The sort key of a finding: file, place, code."""
    span = finding.span.origin
    return (span.file.path, span.start, finding.code, span.end, finding.message)
