"""The findings of a page as JSON, which the page's program shows.

All texts are as they are to be shown; the program writes them as text and never as markup.
"""

from __future__ import annotations

from ...base.escape import visible
from ...base.wording import plural
from ...rule import Applicability
from ...suppression.comparison import BEFORE
from .. import rule_url
from ..fixes import changes
from ..jsontext import to_json
from .excerpts import rows_of
from .rules import about

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from ...base.text import Span
    from ...result import Result
    from ...rule import Diagnostic, Fix, Rule
    from ..masking import Masks

_MOST_RELATED = 8
"""How many places besides its own are shown of a finding."""


def json_of(
    result: Result, rules: Mapping[str, Rule], masks: Masks | None, *, is_compared: bool
) -> str:
    """The findings of a result as JSON that no text can end: without ``<``, ``>`` and ``&``.

    ``is_compared`` says that what is reported is new, since a commit or besides a baseline.
    """
    text = to_json({"compared": is_compared, **_Page(rules, masks).data(result)})
    # Outside of strings JSON has none of them.
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


class _Names:
    """Values that many findings share, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self.values: list[Any] = []

    def number(self, key: Hashable, value: Any) -> int:
        """The number of a value, by its key."""
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value() if callable(value) else value)
        return self._numbers[key]


class _Page:
    def __init__(self, rules: Mapping[str, Rule], masks: Masks | None) -> None:
        self._known = rules
        self._masks = masks
        self._files, self._rules, self._stacks = _Names(), _Names(), _Names()

    def data(self, result: Result) -> dict[str, Any]:
        """The data of the page."""
        findings = [self._finding(each, state_of(each)) for each in result.diagnostics]
        findings += [self._finding(each, "fixed") for each in result.fixed]
        return {
            "files": self._files.values,
            "rules": self._rules.values,
            "stacks": self._stacks.values,
            "findings": findings,
        }

    def _file(self, span: Span) -> int:
        path = span.file.path
        return self._files.number(path, visible(path))

    def _finding(self, finding: Diagnostic, state: str) -> dict[str, Any]:
        span = finding.span.origin
        owner, name = finding.owner or ("", "")
        rule = finding.code, finding.name
        start = span.file.position(span.start)
        data: dict[str, Any] = {
            "severity": finding.severity.label,
            "state": state,
            "rule": self._rules.number(rule, lambda: self._rule(finding)),
            "file": self._file(span),
            "line": start.line,
            "column": start.column,
            "message": visible(finding.message),
            "excerpt": rows_of(span, self._masks),
        }
        more: dict[str, Any] = {
            "help": [visible(line) for line in finding.help.split("\n")] if finding.help else None,
            "service": visible(name) if owner == "service" else None,
            "stage": visible(name) if owner == "stage" else None,
            "related": self._related(finding),
            "left": plural(len(finding.related) - _MOST_RELATED, "more place")
            if len(finding.related) > _MOST_RELATED
            else None,
            "fix": self._fix(finding.fix) if finding.fix else None,
            "reason": visible(finding.suppressed or "") if state == "accepted" else None,
            "brought": [visible(path) for path in finding.brought_by],
        }
        if finding.stack is not None:
            more["stack"] = self._stacks.number(finding.stack, visible(finding.stack))
        data.update((key, value) for key, value in more.items() if value not in (None, []))
        return data

    def _rule(self, finding: Diagnostic) -> dict[str, Any]:
        url = rule_url(finding)
        return {
            "code": visible(finding.code),
            "name": visible(finding.name),
            "category": visible(finding.category),
            # Whoever writes a policy chooses its address.
            "url": visible(url) if url.startswith(("https://", "http://")) else "",
            **about(finding.code, self._known),
        }

    def _related(self, finding: Diagnostic) -> list[dict[str, Any]]:
        places = []
        for related in finding.related[:_MOST_RELATED]:
            span = related.span.origin
            place: dict[str, Any] = {
                "file": self._file(span),
                "line": span.file.position(span.start).line,
                "message": visible(related.message),
                "excerpt": rows_of(span, self._masks),
            }
            places.append(place)
        return places

    def _fix(self, fix: Fix) -> dict[str, Any]:
        changed = [
            {
                "path": visible(change.path),
                "new": change.is_new_file,
                "rows": [[number, sign, visible(text)] for number, sign, text in change.rows],
                "left": change.left,
            }
            for change in changes(fix, self._masks)
        ]
        return {"kind": _KINDS[fix.applicability], "title": visible(fix.title), "changes": changed}


_KINDS = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe",
    Applicability.SUGGESTION: "suggestion",
}


def state_of(finding: Diagnostic) -> str:
    """Whether a finding is reported, was there before a change, or is accepted for a reason."""
    if finding.suppressed is None:
        return "reported"
    return "before" if finding.suppressed == BEFORE else "accepted"
