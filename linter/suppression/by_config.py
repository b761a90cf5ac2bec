"""Suppresses the findings that the configuration ignores per file and per service."""

from __future__ import annotations

from fnmatch import fnmatchcase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.layers import Selector
    from ..config.settings import Config, FileIgnore
    from ..rule import Diagnostic
    from ..rulebook.selection import Selection


def apply_ignores(findings: Iterable[Diagnostic], config: Config, selection: Selection) -> None:
    """Suppress the findings that ``per-file-ignores`` and ``per-service-ignores`` cover.

    Findings of locked rules are not suppressed.
    """
    by_path: dict[str, list[FileIgnore]] = {}
    for finding in findings:
        if finding.suppressed is not None or selection.is_locked(finding.code):
            continue
        path = finding.path
        ignores = by_path.get(path)
        if ignores is None:
            ignores = by_path[path] = [
                ignore for ignore in config.per_file_ignores if ignore.glob.matches(path)
            ]
        finding.suppressed = _reason(finding, ignores, config)


def _reason(finding: Diagnostic, file_ignores: list[FileIgnore], config: Config) -> str | None:
    """Why a finding is ignored; None if it is not. ``file_ignores`` are those of its file."""
    for file_ignore in file_ignores:
        if _covers(file_ignore.rules, finding.code):
            return f'per-file-ignores: "{file_ignore.glob.pattern}"'
    service = _service_of(finding)
    for ignore in config.per_service_ignores if service else ():
        if _covers(ignore.rules, finding.code) and any(
            fnmatchcase(service, name) for name in ignore.services
        ):
            return ignore.reason
    return None


def _covers(selectors: tuple[Selector, ...], code: str) -> bool:
    return any(selector.matches(code) for selector in selectors)


def _service_of(finding: Diagnostic) -> str:
    """The name of the service that a finding is about; empty for others."""
    if finding.owner is not None and finding.owner[0] == "service":
        return finding.owner[1]
    section, _, rest = finding.subject.partition(".")
    return rest.partition(".")[0].partition("[")[0] if section == "services" else ""
