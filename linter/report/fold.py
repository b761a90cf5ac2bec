"""Entries of the formats for people: the findings of one rule in one file, shown together.

A rule that every service of a file violates fills one entry, which shows the source of the first
finding and names the others. Formats for machines have each finding by itself.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.wording import plural
from ..rule import Severity
from .fixes import is_applied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..rule import Diagnostic
    from . import RenderOptions

_MOST = 8
"""How many further findings an entry names."""


class Entry(NamedTuple):
    """The first of some findings of one rule in one file, and the others.

    ``alike`` says that all of them state the same, each about another place.
    """

    first: Diagnostic
    others: tuple[Diagnostic, ...] = ()
    alike: bool = True

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All its findings."""
        return (self.first, *self.others)

    def is_applied(self, options: RenderOptions) -> bool:
        """Whether ``--fix`` as in the call solves one of its findings."""
        return any(is_applied(finding, options) for finding in self.findings)

    def further(self) -> list[str]:
        """What the entry says about its other findings: one text each, the last of how many more.

        That is the service and the line where all findings state the same, else the place
        and the message.
        """
        others = self._elsewhere()
        named = [_named(other) if self.alike else _stated(other) for other in others[:_MOST]]
        left = len(others) - len(named)
        if left:
            named.append(plural(left, "more finding"))
        return named

    def _elsewhere(self) -> list[Diagnostic]:
        """The others that are about something else: stacks may share a file."""
        distinct: dict[tuple[object, ...], Diagnostic] = {}
        for finding in self.findings:
            distinct.setdefault(_place(finding), finding)
        return list(distinct.values())[1:]


def _place(finding: Diagnostic) -> tuple[object, ...]:
    """What two findings share that say the same about one place, each in its own stack."""
    span = finding.span
    return span.start, span.end, finding.owner, finding.subject, finding.evidence


def entries(findings: Iterable[Diagnostic]) -> list[Entry]:
    """The findings as entries, in the order of their first findings.

    Errors that state different things stay apart: each has to be seen at its place. So do
    findings with other advice, as an entry shows that of its first finding only. Advice that
    differs in names (those of services, images, files and versions) is the same, but for a name
    that is suggested: "did you mean".
    """
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for finding in findings:
        key: tuple[object, ...] = (
            finding.path,
            finding.code,
            finding.severity,
            finding.suppressed,
            finding.brought_by,
        )
        if finding.severity is Severity.ERROR:
            key += (_statement(finding), finding.help)
        else:
            key += (_advice(finding),)
        groups.setdefault(key, []).append(finding)
    return [_entry(group) for group in groups.values()]


def folded(entries: Sequence[Entry]) -> int:
    """The number of entries; 0 if each has one finding only."""
    return len(entries) if any(entry.others for entry in entries) else 0


def _entry(group: list[Diagnostic]) -> Entry:
    first, *others = group
    if not others:
        return Entry(first)
    statement = _statement(first)
    return Entry(first, tuple(others), all(_statement(other) == statement for other in others))


def _statement(finding: Diagnostic) -> str:
    """The message without the name of the service."""
    owner = finding.owner
    return finding.message if owner is None else finding.message.replace(f'"{owner[1]}"', '""')


_WORD = on_demand(r"[\w.-]+")


def _advice(finding: Diagnostic) -> str:
    """The help without names: one word in quotes, what has digits or slashes, the message's words.

    Several words in quotes are a command, and part of the advice.
    """
    advice = finding.help
    if not advice or "did you mean" in advice:
        return advice
    names = set(_WORD.findall(finding.message))
    words = (word.strip("(),;.") for word in advice.split())
    return " ".join(word for word in words if word not in names and not _is_name(word))


def _is_name(word: str) -> bool:
    """Whether a word is a name, a path, a version or a value."""
    if word[:1] in ('"', "`") and word[-1:] in ('"', "`"):
        return True
    return ":" in word[:-1] or not set(word).isdisjoint("0123456789/<_")


def _named(finding: Diagnostic) -> str:
    """The service and the line of a finding; the line alone where it has no service."""
    line = f"line {finding.start.line}"
    owner = finding.owner
    if owner is None or owner[0] != "service":
        return line
    return f'"{visible(owner[1])}" ({line})'


def _stated(finding: Diagnostic) -> str:
    """The place of a finding in its file, and its message."""
    start = finding.start
    return f"{start.line}:{start.column} {visible(finding.message)}"
