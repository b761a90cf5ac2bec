"""Findings on configurations: those that cannot be used, files of stacks that do not exist, and
settings that do not count.
"""

from __future__ import annotations

from ..base.text import SourceFile, Span
from ..base.wording import plural
from ..config.document import read_source
from ..config.errors import ConfigError
from ..config.trust import HOW_TO_TRUST
from ..files.paths import shown
from ..result import Result
from ..rule import Diagnostic, Related
from ..rulebook.registry import rule_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..config.errors import Fault
    from ..config.settings import MissingFiles
    from ..rulebook.selection import Selection
    from .settings import Settings


def report_broken(broken: Mapping[str, ConfigError]) -> Result:
    """The findings on configurations that cannot be used, by the folder that each is for."""
    result = Result()
    rule = rule_of("LN009")
    for folder, error in broken.items():
        first, *others = error.faults
        sources = dict(_sources(error.faults))
        more = f" (and {plural(len(others), 'more error')})" if others else ""
        finding = Diagnostic(
            _span(first, sources),
            f"{first.message}{more}, so nothing that this configuration is for was linted: the "
            f"files in {shown(folder)} and below",
            help="correct the configuration",
            evidence=first.message,
            related=[Related(_span(fault, sources), fault.message) for fault in others],
        )
        finding.declared_by(rule)
        finding.severity = rule.severity
        result.diagnostics.append(finding)
    return result


def report_missing(missing: Iterable[tuple[MissingFiles, Selection]]) -> Result:
    """The findings on files of ``stacks`` that do not exist.

    Nothing is linted for an entry of which no file exists, so that is reported whatever is
    selected.
    """
    result = Result()
    for entry, selection in missing:
        rule = rule_of("LN009" if entry.is_whole else "CF182")
        if not selection.selects(rule):
            continue
        fault = entry.fault
        finding = Diagnostic(
            _span(fault, dict(_sources([fault]))),
            f"{fault.message}, so nothing was linted for it" if entry.is_whole else fault.message,
            help="correct the name, or remove " + ("the entry" if entry.is_whole else "it"),
            evidence=fault.message,
        )
        finding.declared_by(rule)
        finding.severity = selection.severity(rule)
        result.diagnostics.append(finding)
    return result


def report_ignored(all_settings: Iterable[Settings]) -> Result:
    """The findings on settings that a tree which is not trusted may not decide."""
    result = Result()
    rule = rule_of("LN040")
    reported: set[Fault] = set()
    for settings in all_settings:
        faults = [fault for fault in settings.config.ignored if fault not in reported]
        if not settings.selection.selects(rule):
            continue
        reported.update(faults)
        sources = dict(_sources(faults))
        for fault in faults:
            finding = Diagnostic(
                _span(fault, sources), fault.message, help=HOW_TO_TRUST, evidence=fault.message
            )
            finding.declared_by(rule)
            finding.severity = settings.selection.severity(rule)
            result.diagnostics.append(finding)
    return result


def _sources(faults: Iterable[Fault]) -> Iterable[tuple[str, SourceFile]]:
    """The files of some errors by path; empty ones for those that cannot be read."""
    for fault in faults:
        try:
            source = read_source(fault.path)
        except ConfigError:
            source = SourceFile(fault.path, "")
        yield fault.path, SourceFile(fault.path, source.text)


def _span(fault: Fault, sources: Mapping[str, SourceFile]) -> Span:
    source = sources[fault.path]
    start = source.offset(fault.line, fault.column) if fault.line else 0
    return Span(source, start, start)
