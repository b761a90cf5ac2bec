"""The findings of a page: what its program filters and shows, and a list for where it does not run."""

from __future__ import annotations

from ...base.escape import xml
from ...base.wording import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...result import Result
    from ...rule import Diagnostic

MOST_LISTED = 500
"""How many findings the plain list has: the gravest."""

_GROUPS = ("severity", "file", "service", "rule", "category")


def findings_section(result: Result) -> str:
    """The filters, which the program shows, and the plain list, which it replaces."""
    return (
        '<section aria-labelledby="findings-title" id="findings" tabindex="-1">\n'
        f'<h2 id="findings-title">Findings</h2>\n{_filters(result)}'
        f'<p id="count" role="status"></p>\n<div id="list">\n{_plain(result)}</div>\n</section>\n'
    )


def _filters(result: Result) -> str:
    """The form with the filters; the program fills its choices."""
    if not (result.diagnostics or result.fixed):
        return ""
    chips = "".join(
        f'<label class="chip {label}"><input type="checkbox" name="severity" value="{label}" checked> {label}</label>\n'
        for label in ("error", "warning", "info")
    )
    selects = "".join(
        f'<label>{name.title()} <select name="{name}"><option value="">all</option></select></label>\n'
        for name in ("state", "category", "rule", "file", "service", "stack")
    )
    groups = "".join(f'<option value="{name}">{name}</option>' for name in _GROUPS)
    return (
        '<form id="filters" role="search" hidden>\n'
        '<label class="search">Search <kbd>/</kbd> <input type="search" name="q" autocomplete="off" '
        'spellcheck="false" placeholder="words in messages, help, code, paths"></label>\n'
        f'<fieldset><legend class="unseen">Severity</legend>\n{chips}</fieldset>\n{selects}'
        f'<label>Group by <select name="group">{groups}</select></label>\n'
        '<button type="button" id="open">Open all</button>\n<button type="button" id="clear">Clear</button>\n</form>\n'
    )


def _plain(result: Result) -> str:
    """A list of the findings without the program's help."""
    reported = result.reported
    if not reported:
        return '<p class="empty">Nothing is reported.</p>\n'
    ranked = sorted(reported, key=lambda finding: -finding.severity)
    items = "".join(map(_item, ranked[:MOST_LISTED]))
    left = len(ranked) - MOST_LISTED
    more = f"<p>{plural(left, 'more finding')} not listed here: see another format.</p>\n"
    return f'<ul class="plain">\n{items}</ul>\n{more if left > 0 else ""}'


def _item(finding: Diagnostic) -> str:
    start = finding.start
    label = finding.severity.label
    help = f" <small>{xml(' '.join(finding.help.split()))}</small>" if finding.help else ""
    return (
        f'<li><b class="badge {label}">{label}</b> {xml(finding.message)} '
        f"<code>{xml(finding.path)}:{start.line}:{start.column}</code> {xml(finding.code)}{help}</li>\n"
    )
