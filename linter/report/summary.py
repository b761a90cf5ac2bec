"""The summary that ends the formats for people, and its wording."""

from __future__ import annotations

from ..base.escape import visible
from ..base.wording import and_list, plural
from .fixes import fixable_words
from .style import Paint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..result import ChangeRecord, Result
    from . import RenderOptions


def totals(result: Result, paint: Callable[[str, str], str], entries: int = 0) -> str:
    """A sentence on how many findings of which severity are in how many files.

    ``paint`` takes a style of ``style.py`` and the text to show in it. ``entries`` is the number
    of entries that show the findings, 0 where each has its own.
    """
    parts = [
        paint(severity.label, plural(count, severity.label))
        for severity, count in sorted(result.counts.items(), reverse=True)
        if count
    ]
    headline = f"Found {and_list(parts, '')}" if parts else paint("good", "No problems found")
    hidden = len(result.diagnostics) - len(result.reported)
    asides = []
    if entries:
        asides.append(f"shown as {entries:,} {'entry' if entries == 1 else 'entries'}")
    if hidden:
        asides.append(f"{hidden:,} suppressed")
    change = result.change
    if change is not None and hidden:
        hidden -= change.before
        asides[-1:] = [f"{hidden:,} suppressed"] if hidden else []
    aside = paint("dim", f" ({', '.join(asides)})") if asides else ""
    compared = ""
    if change is not None:
        compared = (
            f" Since {visible(change.since)}: {change.new:,} new, {change.fixed:,} fixed, "
            f"{change.before:,} as before."
        )
    return f"{headline} in {plural(result.files, 'file')}{aside}.{compared}"


def nothing_concerned(change: ChangeRecord) -> str:
    """What is said of a change that concerns no file that is linted."""
    if not change.files:
        return f"Nothing has changed since {visible(change.since)}."
    kinds = "Compose file, Dockerfile, ignore file or env file"
    if change.files == 1:
        return f"The changed file concerns no {kinds}."
    return f"None of the {change.files:,} changed files concerns a {kinds}."


def summary(result: Result, options: RenderOptions, entries: int = 0) -> str:
    """The totals, on a second line how many findings can be fixed, and the machine's bars.

    The bars are there where a machine is known and limits are set.
    """
    if not result.files and not result.reported:
        if result.change is not None:
            return nothing_concerned(result.change)
        return "No files checked."
    text = f"{totals(result, Paint(options), entries)}\n{fixable_words(result, options)}".rstrip()
    lines = [*_fixed(result, options), text]
    stacks = getattr(result, "stacks", [])
    if any(stack.uses for stack in stacks):
        from .bars import machine_lines

        lines += machine_lines(stacks, Paint(options), options.width)
    return "\n".join(lines)


def _fixed(result: Result, options: RenderOptions) -> Iterator[str]:
    """A line for each finding that a change mended, if they are wanted."""
    if options.show_fixed:
        paint = Paint(options)
        for finding in result.fixed:
            what = f"{paint.code(finding)} {visible(finding.message)}"
            yield f"{paint.place(finding)}: {paint('good', 'fixed')}: {what}"
