"""What a run returns."""

from __future__ import annotations

from .rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rule import Diagnostic
    from .source.yaml.nodes import Mapping


class Result:
    """What a run found.

    ``diagnostics`` holds every finding in the order of files and places, suppressed ones
    included; ``reported`` leaves those out. ``trees`` are the resolved stacks by name,
    ``files`` counts what was linted, ``read`` are the paths of all files that were looked
    into, ``ran`` the codes of the rules that were selected. ``failed`` says that a rule
    crashed (``crashes`` has the tracebacks), ``unread`` that no file could be read.
    ``notes`` are for the person at the terminal, ``asides`` for one who asks for more.
    """

    __slots__ = (
        "asides",
        "crashes",
        "diagnostics",
        "failed",
        "files",
        "notes",
        "ran",
        "read",
        "trees",
        "unread",
    )

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.files = 0
        self.failed = False
        self.unread = False
        self.crashes: list[str] = []
        self.trees: dict[str, Mapping] = {}
        self.read: set[str] = set()
        self.ran: set[str] = set()
        self.notes: list[str] = []
        self.asides: list[str] = []

    @property
    def reported(self) -> list[Diagnostic]:
        return [item for item in self.diagnostics if item.suppressed is None]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many reported findings there are of each severity."""
        counts = dict.fromkeys(Severity, 0)
        for item in self.reported:
            counts[item.severity] += 1
        return counts


def merged(results: Sequence[Result]) -> Result:
    """Several runs over different files as one."""
    if len(results) == 1:
        return results[0]
    whole = Result()
    for result in results:
        whole.diagnostics += result.diagnostics
        whole.files += result.files
        whole.failed = whole.failed or result.failed
        whole.crashes += result.crashes
        whole.trees.update(result.trees)
        whole.read |= result.read
        whole.ran |= result.ran
        whole.notes += (note for note in result.notes if note not in whole.notes)
        whole.asides += (note for note in result.asides if note not in whole.asides)
    judged = [result for result in results if result.files]
    whole.unread = bool(judged) and all(result.unread for result in judged)
    whole.diagnostics.sort(key=order)
    return whole


def order(item: Diagnostic) -> tuple[object, ...]:
    """What findings are sorted by: files, places, codes."""
    span = item.span.origin
    return (span.file.path, span.start, item.code, span.end, item.message)
