"""``sarif``: SARIF 2.1.0 for GitHub code scanning and other readers.

Columns count UTF-16 units, because readers that ignore ``columnKind`` assume these. GitHub
recognises a finding by ``primaryLocationLineHash``; other readers can use ``composelint/v1``.
Suppressed findings are included only if the options say so: GitHub does not read
``suppressions`` and would open an alert for each.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.names import FAMILIES
from ..base.patterns import on_demand
from ..rule import Append, Applicability, Create, Severity, as_edit
from ..suppression.comparison import BEFORE
from ..suppression.fingerprints import unique
from . import message_of, rule_url, rules_of, shown
from .fingerprints import line_hashes
from .jsontext import to_json_rows
from .places import Region, UnitsOfFiles, anchored, repository_path, uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import SourceFile, Span
    from ..result import Result
    from ..rule import Diagnostic, Fix, Rule
    from . import RenderOptions
    from .masking import Masks

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_LONGEST_DESCRIPTION = 1024


def render(result: Result, options: RenderOptions) -> str:
    """One SARIF log with one run."""
    from ..rulebook.shellcheck_codes import explained
    from ..version import VERSION

    findings = shown(result, options)
    rules = options.rules if options.rules is not None else rules_of(findings)
    codes = {
        code: index for index, code in enumerate(sorted({finding.code for finding in findings}))
    }
    first = {finding.code: finding for finding in reversed(findings)}
    log = _Log(codes, options.base, options.masks, result.change is not None)
    run = {
        "tool": {
            "driver": {
                "name": "composelint",
                "semanticVersion": VERSION,
                "version": VERSION,
                "informationUri": "https://github.com/composelint/composelint",
                "rules": [
                    _descriptor(first[code], rules.get(code) or explained(code)) for code in codes
                ],
            }
        },
        "invocations": [{"executionSuccessful": not result.failed}],
        "columnKind": "utf16CodeUnits",
        "results": [],
    }
    data = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    rows = (log.result(finding, mark) for finding, mark in unique(findings))
    return to_json_rows(data, "results", rows) + "\n"


def _descriptor(finding: Diagnostic, rule: Rule | None) -> dict[str, Any]:
    """The ``reportingDescriptor`` of a finding's rule."""
    from ..rulebook.standards import tags_of

    severity = rule.severity if rule else finding.severity
    secure = bool(rule and rule.security_severity is not None)
    tags = (
        "docker",
        FAMILIES.get(finding.code[:2]),
        finding.category,
        "security" if secure else "",
        *tags_of(finding.code),
    )
    properties: dict[str, Any] = {
        "tags": list(dict.fromkeys(filter(None, tags))),
        "precision": "high",
        "problem.severity": _PROBLEMS[severity],
    }
    if rule and rule.security_severity is not None:
        properties["security-severity"] = f"{rule.security_severity:.1f}"
    summary = _plain(rule.summary) if rule else finding.name.replace("-", " ")
    data: dict[str, Any] = {
        "id": finding.code,
        "name": finding.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "helpUri": rule_url(finding),
        "help": {"text": summary},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": properties,
    }
    if not data["helpUri"]:
        del data["helpUri"]
    if rule:
        from ..rulebook.pages import page

        text = f"{summary}\n\n{_plain(rule.explanation)}".strip()
        data["fullDescription"]["text"] = _shortened(" ".join(text.split()))
        data["help"] = {"text": text, "markdown": page(rule)}
    return data


def _plain(text: str) -> str:
    """The text of a rule's docstring without its code marks."""
    return text.replace("`", "")


def _shortened(text: str) -> str:
    """A description cut at a word, at most as long as GitHub accepts."""
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[: _LONGEST_DESCRIPTION - 3].rpartition(" ")[0] + "..."


class _Log:
    """Makes the ``result`` objects; keeps the line hashes and column counts of each file."""

    __slots__ = ("_base", "_codes", "_compares", "_hashes", "_masks", "_units")

    def __init__(
        self, codes: dict[str, int], base: str, masks: Masks | None, compares: bool
    ) -> None:
        self._codes = codes
        self._compares = compares
        self._base = base
        self._masks = masks
        self._units = UnitsOfFiles("utf-16-le")
        self._hashes: dict[SourceFile, list[str]] = {}

    def result(self, finding: Diagnostic, mark: str) -> dict[str, Any]:
        """The ``result`` of a finding whose unique fingerprint is ``mark``."""
        span = anchored(finding.span.origin)
        location = self._location(span)
        if finding.subject:
            location["logicalLocations"] = [{"fullyQualifiedName": visible(finding.subject)}]
        text = _message(message_of(finding))
        if finding.help:
            text += "\n" + "\n".join(map(_message, finding.help.split("\n")))
        data: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": self._codes[finding.code],
            "level": _LEVELS[finding.severity],
            "message": {"text": text},
            "locations": [location],
            "partialFingerprints": {**self._line_hash(span), "composelint/v1": mark},
        }
        if finding.related:
            data["relatedLocations"] = [
                {
                    "id": index,
                    **self._location(anchored(related.span.origin)),
                    "message": {"text": _message(related.message)},
                }
                for index, related in enumerate(finding.related, 1)
            ]
        if finding.fix and (fix := self._fix(finding.fix)):
            data["fixes"] = [fix]
        if finding.brought_by:
            data["properties"] = {"broughtBy": [visible(path) for path in finding.brought_by]}
        if self._compares:
            data["baselineState"] = "unchanged" if finding.suppressed == BEFORE else "new"
        if finding.suppressed is not None:
            data["suppressions"] = [
                {
                    "kind": "inSource",
                    "status": "accepted",
                    "justification": visible(finding.suppressed),
                }
            ]
        return data

    def _location(self, span: Span) -> dict[str, Any]:
        return {
            "physicalLocation": {
                "artifactLocation": self._artifact(span.file.path),
                "region": _region(self._units[span.file].region(span)),
            }
        }

    def _artifact(self, path: str) -> dict[str, str]:
        path = repository_path(path, self._base)
        data = {"uri": uri(path)}
        if not path.startswith("/"):
            data["uriBaseId"] = "%SRCROOT%"
        return data

    def _line_hash(self, span: Span) -> dict[str, str]:
        file = span.file
        if not file.text:
            # The file is empty or could not be read: the upload action computes the hash.
            return {}
        hashes = self._hashes.get(file)
        if hashes is None:
            hashes = self._hashes[file] = line_hashes(file)
            masked = self._masks.view(file) if self._masks is not None else None
            if masked is not None:
                # A hash that includes a secret is left out: the secret could be found by trying.
                hashes[:] = [
                    line_hash if line_hash.partition(":")[0] == other.partition(":")[0] else ""
                    for line_hash, other in zip(hashes, line_hashes(masked), strict=True)
                ]
        line_hash = hashes[file.line_of(span.start) - 1]
        return {"primaryLocationLineHash": line_hash} if line_hash else {}

    def _fix(self, fix: Fix) -> dict[str, Any] | None:
        """The fix; None where it creates a file, which SARIF cannot express."""
        changes: dict[str, list[dict[str, Any]]] = {}
        for part in fix.edits:
            edit = as_edit(part) if isinstance(part, Append) else part
            if isinstance(edit, Create):
                return None
            span = edit.span.origin
            changes.setdefault(span.file.path, []).append(
                {
                    "deletedRegion": _region(self._units[span.file].region(span)),
                    "insertedContent": {"text": edit.replacement},
                }
            )
        if not changes:
            return None
        is_suggestion = fix.applicability is Applicability.SUGGESTION
        title = f"Suggestion: {fix.title}" if is_suggestion else fix.title
        return {
            "description": {"text": _message(title)},
            "artifactChanges": [
                {"artifactLocation": self._artifact(path), "replacements": replacements}
                for path, replacements in changes.items()
            ],
            "properties": {"applicability": fix.applicability.label},
        }


def _region(region: Region) -> dict[str, int]:
    start, end = region
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


_PLACEHOLDER = on_demand(r"\{(\d+)\}")
_LINK = on_demand(r"\](?=\()")


def _message(text: str) -> str:
    """A plain text message, its placeholders and embedded links escaped (SARIF 2.1.0, §3.11)."""
    return _LINK.sub(r"\\]", _PLACEHOLDER.sub(r"{{\1}}", visible(text)))
