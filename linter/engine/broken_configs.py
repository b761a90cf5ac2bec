"""Reports configurations of a part of the tree that cannot be used; the rest is linted."""

from __future__ import annotations

from ..base.text import SourceFile, Span
from ..base.wording import plural
from ..config.document import read_source
from ..config.errors import ConfigError
from ..files.paths import shown
from ..result import Result
from ..rule import Diagnostic, Related
from ..rulebook.registry import topic_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..config.errors import Fault


def report_broken(broken: Mapping[str, ConfigError]) -> Result:
    """The findings on configurations that cannot be used, by the folder that each is for."""
    result = Result()
    rule = next(rule for rule in topic_rules("linter") if rule.code == "LN009")
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
