"""``markdown``: a table for job summaries (``$GITHUB_STEP_SUMMARY``) and comments.

GitHub refuses a summary above one mebibyte, and GitLab a comment above a million characters: a longer
table ends early and says how many findings are missing.
"""

from __future__ import annotations

from ..base.escape import markdown, markdown_code, markdown_prose
from ..base.wording import plural
from ..rule import Severity
from . import rule_url, shown
from .fixes import fixable_words
from .fold import entries, folded
from .places import anchored, region, repository_path, uri
from .summary import totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..result import Result
    from . import RenderOptions
    from .fold import Entry

_MOST_BYTES = 990_000


def render(result: Result, options: RenderOptions) -> str:
    """A heading, the totals, and one row per entry (see ``fold.py``)."""
    shared = entries(shown(result, options))
    summary = (
        f"{totals(result, _paint, folded(shared))} {fixable_words(result, options, '`')}".rstrip()
    )
    text = f"## composelint\n\n{summary}\n"
    stacks = getattr(result, "stacks", [])
    if any(stack.uses for stack in stacks):
        from .bars import machine_rows

        text += "\n| Stack | | | Of the machine |\n|---|---|---|---|\n"
        text += "".join(
            f"| {markdown_code(stack)} | {title} | {blocks} | {numbers} |\n"
            for stack, title, blocks, numbers in machine_rows(stacks)
        )
    text += _table("", shared, options, _MOST_BYTES - len(text))
    fixed = entries(result.fixed) if options.show_fixed else []
    # Their places are those of the state before, which the links do not lead to.
    unlinked = options._replace(source_url="")
    return text + _table("\n### Fixed\n", fixed, unlinked, _MOST_BYTES - len(text.encode()))


def _table(title: str, shared: Sequence[Entry], options: RenderOptions, room: int) -> str:
    """A table with a row per entry, of at most so many bytes; empty without entries."""
    if not shared:
        return ""
    text = f"{title}\n| Severity | Where | Rule | What |\n|---|---|---|---|\n"
    rows = []
    size = len(text)
    for index, entry in enumerate(shared):
        row = _row(entry, options)
        size += len(row.encode())
        if size > room:
            left = sum(1 + len(later.others) for later in shared[index:])
            rows.append(f"\n{plural(left, 'more finding')} not shown here.\n")
            break
        rows.append(row)
    return text + "".join(rows)


def _paint(style: str, text: str) -> str:
    """The names of severities in bold, everything else as it is."""
    return text if style in ("good", "dim") else f"**{text}**"


def _row(entry: Entry, options: RenderOptions) -> str:
    finding = entry.first
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
    text = markdown_prose(finding.message)
    also = [markdown_prose(part) for part in entry.further()]
    if also:
        text += "<br>also " + (", ".join(also) if entry.alike else "<br>also ".join(also))
    if finding.help:
        text += f"<br>{markdown_prose(' '.join(finding.help.split()))}"
    if finding.brought_by:
        text += f"<br>brought by {', '.join(map(markdown_code, finding.brought_by))}"
    if finding.suppressed is not None:
        text += f"<br>suppressed: {markdown(finding.suppressed)}"
    url, code = rule_url(finding), markdown_code(finding.code)
    rule = f"{f'[{code}]({url})' if url else code}<br>{markdown(finding.name)}"
    return f"| {label} | {where} | {rule} | {text} |\n"
