"""Findings that the configuration ignores: per file and per service."""

from __future__ import annotations

from fnmatch import fnmatchcase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.layers import Selector
    from ..config.settings import Config, FileIgnore
    from ..rule import Diagnostic
    from ..rulebook.selection import Selection


def apply_ignores(items: Iterable[Diagnostic], config: Config, selection: Selection) -> None:
    """Mark what ``per-file-ignores`` and ``per-service-ignores`` cover as suppressed.

    Findings of locked rules stay.
    """
    by_path: dict[str, list[FileIgnore]] = {}
    for item in items:
        code = item.code
        if item.suppressed is not None or selection.is_locked(code):
            continue
        path = item.span.origin.file.path
        entries = by_path.get(path)
        if entries is None:
            entries = by_path[path] = [
                entry for entry in config.per_file_ignores if entry.glob.matches(path)
            ]
        for entry in entries:
            if _covers(entry.rules, code):
                item.suppressed = f'per-file-ignores: "{entry.glob.pattern}"'
                break
        else:
            service = _service_of(item)
            for other in config.per_service_ignores if service else ():
                if any(fnmatchcase(service, name) for name in other.services) and _covers(
                    other.rules, code
                ):
                    item.suppressed = other.reason
                    break


def _covers(selectors: tuple[Selector, ...], code: str) -> bool:
    return any(selector.matches(code) for selector in selectors)


def _service_of(item: Diagnostic) -> str:
    if item.owner is not None and item.owner[0] == "service":
        return item.owner[1]
    head, _, rest = item.subject.partition(".")
    return rest.partition(".")[0].partition("[")[0] if head == "services" else ""
