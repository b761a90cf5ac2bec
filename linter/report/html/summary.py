"""The top of a page: what was found, by whom, and where most of it is."""

from __future__ import annotations

from ...base.escape import visible, xml
from ...base.links import quoted
from ...base.names import STRATEGIES
from ...base.wording import and_list, plural
from ...rule import CATEGORIES, Severity
from ..fixes import fixable_words, is_fixable
from ..summary import nothing_concerned, totals
from .bars import counts_bar
from .data import state_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ...result import Result
    from ...rule import Diagnostic
    from .. import RenderOptions
    from .facts import Facts

_MOST_ROWS = 8
"""How many rows the tables have that say where most is found."""


def header(result: Result, facts: Facts) -> str:
    """The title of the page, and the switch for its colours."""
    title = xml(facts.title) or "Container files"
    made = f" on <time>{xml(facts.made)}</time>" if facts.made else ""
    return (
        f"<header>\n<div><h1>{title}</h1>\n<p>What composelint found in the container files{made}</p></div>\n"
        '<button type="button" id="scheme" hidden>Dark</button>\n</header>\n'
    )


def summary_section(result: Result, facts: Facts, options: RenderOptions) -> str:
    """The totals, the facts of the run, and tables of where most is found."""
    reported = result.reported
    parts = ['<section aria-labelledby="summary-title">\n<h2 id="summary-title">Summary</h2>\n']
    verdict = "bad" if result.counts[Severity.ERROR] else "mixed" if reported else "good"
    words = [_total(result), fixable_words(result, options)]
    parts.append(f'<p class="verdict {verdict}">{" ".join(map(xml, filter(None, words)))}</p>\n')
    parts += (f'<p class="warning-note">{xml(text)}</p>\n' for text in _doubts(result))
    parts += [_tiles(result, facts, options), _facts(result, facts)]
    if reported:
        parts.append('<div class="tables">\n')
        parts += _tables(reported)
        parts.append("</div>\n")
    return "".join([*parts, "</section>\n"])


def _total(result: Result) -> str:
    if result.files or result.reported:
        return totals(result, lambda style, text: text)
    return "No files checked." if result.change is None else nothing_concerned(result.change)


def _doubts(result: Result) -> Iterator[str]:
    """Why a result says less than it seems to."""
    if result.failed:
        yield "A rule failed, so that this report may not be complete."
    if getattr(result, "unread", False):
        yield "No file could be read: nothing else was checked."


def _tiles(result: Result, facts: Facts, options: RenderOptions) -> str:
    """A number for each thing that is counted; those of findings lead to them."""
    tiles: list[tuple[str, int, str, str]] = [
        (_titled(severity, count), count, f"severity={severity.label}", severity.label)
        for severity, count in sorted(result.counts.items(), reverse=True)
    ]
    fixable = sum(is_fixable(finding, options) for finding in result.reported)
    if change := result.change:
        tiles += [
            ("new", change.new, "state=reported", "plain"),
            ("fixed", change.fixed, "state=fixed", "good"),
            ("as before", change.before, "state=before", "plain"),
        ]
    else:
        accepted = sum(state_of(finding) == "accepted" for finding in result.diagnostics)
        gone = sum(finding.code == "LN030" for finding in result.reported)
        if facts.baseline:
            # What is gone is a finding, too, but nothing new.
            new = len(result.reported) - gone
            tiles.append(("new", new, "" if gone else "state=reported", "plain"))
            tiles.append(("no longer found", gone, "rule=LN030" if gone else "", "good"))
        if accepted or facts.baseline:
            tiles.append(("accepted", accepted, "state=accepted" if accepted else "", "plain"))
    tiles.append(("with a fix", fixable, "", "plain"))
    tiles.append(("file" if result.files == 1 else "files", result.files, "", "plain"))
    stacks = len(facts.stacks) or len(getattr(result, "stacks", ()))
    tiles.append(("stack" if stacks == 1 else "stacks", stacks, "", "plain"))
    lines = []
    for title, number, link, kind in tiles:
        text = f"<b>{number:,}</b> {title}"
        inner = f'<a href="#{link}">{text}</a>' if link and number else f"<span>{text}</span>"
        lines.append(f'<li class="{kind}{"" if number else " zero"}">{inner}</li>\n')
    return f'<ul class="tiles">\n{"".join(lines)}</ul>\n'


def _titled(severity: Severity, count: int) -> str:
    return severity.label if count == 1 else f"{severity.label}s"


def _facts(result: Result, facts: Facts) -> str:
    """The facts of the run as a list of terms."""
    from ...version import VERSION

    rows: dict[str, str] = {"Version": f"composelint {VERSION}"}
    configurations = dict.fromkeys(each.configuration or "none" for each in facts.settings)
    if configurations:
        rows["Configuration"] = and_list(configurations, "", 4)
    stack_presets = [record.preset for record in getattr(result, "stacks", ())]
    presets = dict.fromkeys([*stack_presets, *(each.preset for each in facts.settings)])
    if presets:
        rows["Preset"] = and_list(presets, "", 4)
        strategies = [name for name in STRATEGIES if name in presets]
        rows["Strategy"] = and_list(strategies, "") or "none chosen"
    if result.change is not None:
        files = plural(result.change.files, "changed file")
        rows["Compared with"] = f"{result.change.since} ({files})"
    if facts.baseline:
        rows["Baseline"] = facts.baseline
    items = (f"<div><dt>{name}</dt><dd>{xml(text)}</dd></div>\n" for name, text in rows.items())
    return f'<dl class="facts">\n{"".join(items)}</dl>\n'


# --- where most is found


def _tables(reported: list[Diagnostic]) -> Iterator[str]:
    yield _table("Category", "category", reported, lambda finding: finding.category, CATEGORIES)
    yield _table("File", "file", reported, lambda finding: finding.path)
    yield _table("Service", "service", reported, _service)
    yield _table("Rule", "rule", reported, lambda finding: finding.code)


def _service(finding: Diagnostic) -> str:
    return finding.owner[1] if finding.owner and finding.owner[0] == "service" else ""


def _table(
    title: str,
    key: str,
    findings: Iterable[Diagnostic],
    value_of: Callable[[Diagnostic], str],
    told: Mapping[str, str] | None = None,
) -> str:
    """A table of the values that most findings have in common; empty if none has one."""
    counts: dict[str, dict[Severity, int]] = {}
    names: dict[str, str] = {}
    for finding in findings:
        if value := value_of(finding):
            of_value = counts.setdefault(value, dict.fromkeys(Severity, 0))
            of_value[finding.severity] += 1
            names.setdefault(value, finding.name)
    if not counts:
        return ""
    ranked = sorted(counts, key=lambda value: (*_gravity(counts[value]), value))
    most = max(sum(each.values()) for each in counts.values())
    rows = []
    for value in ranked[:_MOST_ROWS]:
        shown = visible(value)
        name = f" {xml(names[value])}" if key == "rule" else ""
        by_severity = counts[value]
        rows.append(
            f'<tr><th scope="row"><a href="#{key}={quoted(shown)}">{xml(shown)}</a>{name}</th>'
            f"<td>{sum(by_severity.values()):,}</td>"
            f"<td>{counts_bar(by_severity, most)}</td></tr>\n"
        )
    left = len(ranked) - _MOST_ROWS
    more = f'<p class="more">and {left:,} more</p>\n' if left > 0 else ""
    return (
        f'<div><table>\n<caption>By {title.lower()}</caption>\n<thead><tr><th scope="col">{title}</th>'
        '<th scope="col">Findings</th><th scope="col"><span class="unseen">By severity</span></th>'
        f"</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n{more}</div>\n"
    )


def _gravity(counts: dict[Severity, int]) -> tuple[int, int]:
    return -counts[Severity.ERROR], -sum(counts.values())
