"""``markdown``: a table for job summaries (``$GITHUB_STEP_SUMMARY``) and comments.

GitHub refuses a summary above one mebibyte, so a longer report ends early and says so.
"""

from __future__ import annotations

from ..base.escape import markdown, markdown_code
from ..rule import Severity
from . import rule_url, shown
from .places import anchored, region, repository_path, uri
from .summary import counted, fixable_words, listed, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_MOST_BYTES = 1_000_000


def render(result: Result, options: RenderOptions) -> str:
    """A heading, the totals, and a row a finding."""
    parts = [f"**{words}**" for _, words in counted(result)]
    found = f"Found {listed(parts)}" if parts else "No problems found"
    hidden = len(result.diagnostics) - len(result.reported)
    aside = f" ({hidden:,} suppressed)" if hidden else ""
    total = f"{found} in {plural(result.files, 'file')}{aside}. {fixable_words(result, '`')}"
    text = f"## composelint\n\n{total.rstrip()}\n"
    items = shown(result, options)
    if not items:
        return text
    text += "\n| Severity | Where | Rule | What |\n|---|---|---|---|\n"
    rows = []
    size = len(text)
    for index, item in enumerate(items):
        row = _row(item, options)
        size += len(row.encode())
        if size > _MOST_BYTES:
            rows.append(f"\n{plural(len(items) - index, 'more finding')} not shown here.\n")
            break
        rows.append(row)
    return text + "".join(rows)


def _row(item: Diagnostic, options: RenderOptions) -> str:
    span = anchored(item.span.origin)
    start, end = region(span)
    where = markdown_code(f"{span.file.path}:{start.line}:{start.column}")
    if options.source_url:
        path = uri(repository_path(span.file.path, options.base))
        lines = f"#L{start.line}" if end.line == start.line else f"#L{start.line}-L{end.line}"
        where = f"[{where}]({options.source_url}{path}{lines})"
    label = item.severity.label
    if item.severity is Severity.ERROR:
        label = f"**{label}**"
    what = markdown(item.message)
    if item.help:
        what += f"<br>{markdown(' '.join(item.help.split()))}"
    if item.suppressed is not None:
        what += f"<br>suppressed: {markdown(item.suppressed)}"
    rule = f"[{markdown_code(item.code)}]({rule_url(item)})<br>{markdown(item.name)}"
    return f"| {label} | {where} | {rule} | {what} |\n"
