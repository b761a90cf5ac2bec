"""``markdown``: a table for job summaries (``$GITHUB_STEP_SUMMARY``) and comments.

GitHub refuses a summary above one mebibyte: a longer table ends early and says how many
findings are missing.
"""

from __future__ import annotations

from ..base.escape import markdown, markdown_code
from ..base.wording import plural
from ..rule import Severity
from . import rule_url, shown
from .fixes import fixable_words
from .places import anchored, region, repository_path, uri
from .summary import totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_MOST_BYTES = 1_000_000


def render(result: Result, options: RenderOptions) -> str:
    """A heading, the totals, and one row per finding."""
    summary = f"{totals(result, _paint)} {fixable_words(result, options, '`')}".rstrip()
    text = f"## composelint\n\n{summary}\n"
    findings = shown(result, options)
    if not findings:
        return text
    text += "\n| Severity | Where | Rule | What |\n|---|---|---|---|\n"
    rows = []
    size = len(text)
    for index, finding in enumerate(findings):
        row = _row(finding, options)
        size += len(row.encode())
        if size > _MOST_BYTES:
            rows.append(f"\n{plural(len(findings) - index, 'more finding')} not shown here.\n")
            break
        rows.append(row)
    return text + "".join(rows)


def _paint(style: str, text: str) -> str:
    """The names of severities in bold, everything else as it is."""
    return text if style in ("good", "dim") else f"**{text}**"


def _row(finding: Diagnostic, options: RenderOptions) -> str:
    span = anchored(finding.span.origin)
    start, end = region(span)
    where = markdown_code(f"{span.file.path}:{start.line}:{start.column}")
    if options.source_url:
        path = uri(repository_path(span.file.path, options.base))
        lines = f"#L{start.line}" if end.line == start.line else f"#L{start.line}-L{end.line}"
        where = f"[{where}]({options.source_url}{path}{lines})"
    label = finding.severity.label
    if finding.severity is Severity.ERROR:
        label = f"**{label}**"
    text = markdown(finding.message)
    if finding.help:
        text += f"<br>{markdown(' '.join(finding.help.split()))}"
    if finding.suppressed is not None:
        text += f"<br>suppressed: {markdown(finding.suppressed)}"
    rule = f"[{markdown_code(finding.code)}]({rule_url(finding)})<br>{markdown(finding.name)}"
    return f"| {label} | {where} | {rule} | {text} |\n"
