"""What reports say about fixes: which the call at hand would apply, and the text of suggestions."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.wording import plural
from ..rule import Append, Applicability, Create, as_edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import SourceFile
    from ..result import Result
    from ..rule import Diagnostic, Edit, Fix
    from . import RenderOptions
    from .masking import Masks


def is_suggestion(finding: Diagnostic) -> bool:
    """Whether a finding has a suggestion, which is shown and never applied."""
    return finding.fix is not None and finding.fix.applicability is Applicability.SUGGESTION


def is_fixable(finding: Diagnostic, options: RenderOptions) -> bool:
    """Whether a finding has a fix, safe or unsafe, of a rule whose fixes are wanted."""
    return (
        finding.fix is not None
        and finding.fix.applicability is not Applicability.SUGGESTION
        and (options.fixable is None or options.fixable(finding))
    )


def is_applied(finding: Diagnostic, options: RenderOptions) -> bool:
    """Whether ``--fix`` would apply the fix of a finding, with the other options of the call."""
    return is_fixable(finding, options) and (
        options.unsafe_fixes
        or (finding.fix is not None and finding.fix.applicability is Applicability.SAFE)
    )


def fixable_words(result: Result, options: RenderOptions, quote: str = "") -> str:
    """A sentence on how many findings ``--fix`` solves and how many have a suggestion.

    Options are in these quotes; the sentence is empty where there are none of either.
    """
    with_fix = [finding for finding in result.reported if finding.fix is not None]
    fixable = sum(is_fixable(finding, options) for finding in with_fix)
    applied = sum(is_applied(finding, options) for finding in with_fix)
    suggestions = sum(is_suggestion(finding) for finding in with_fix)
    parts = []
    if applied and not options.unsafe_fixes:
        more = fixable - applied
        aside = f" ({more:,} more with {quote}--unsafe-fixes{quote})" if more else ""
        parts.append(f"{applied:,} fixable with {quote}--fix{quote}{aside}")
    elif fixable:
        parts.append(f"{fixable:,} fixable with {quote}--fix --unsafe-fixes{quote}")
    if suggestions:
        parts.append(plural(suggestions, "suggestion"))
    return f"{', '.join(parts)}." if parts else ""


class Paste(NamedTuple):
    """Lines to paste into a file: in place of ``first`` to ``last``, counted from 1.

    ``last`` is ``first - 1`` where the lines come between others, and both are 0 for a new file.
    """

    path: str
    first: int
    last: int
    text: str


def pastes(fix: Fix, masks: Masks | None) -> list[Paste]:
    """The lines that a fix makes of those that it touches, in the order of their places.

    The secrets that the masks know are masked in them.
    """
    by_file: dict[SourceFile, list[Edit]] = {}
    parts = []
    for each in fix.edits:
        edit = as_edit(each) if isinstance(each, Append) else each
        if isinstance(edit, Create):
            parts.append(Paste(edit.path, 0, 0, edit.text))
        else:
            by_file.setdefault(edit.span.origin.file, []).append(edit)
    for file, edits in by_file.items():
        parts += _pastes_in(file, sorted(edits, key=lambda edit: edit.span.origin.start))
    if masks is not None:
        parts = [part._replace(text=masks.text(part.text)) for part in parts]
    return parts


_MOST_ROWS = 16
"""How many lines of a change are shown."""
_LONGEST = 2_000
"""Lines of more characters than this are not shown as a change."""


class Change(NamedTuple):
    """What a fix changes in one place of a file, as the lines that are shown of it.

    ``rows`` are lines with their number and their sign: ``-`` for one that goes away, ``+`` for one
    that is added, a blank for the one above what is added. ``left`` is the number of lines that are not shown.
    """

    path: str
    is_new_file: bool
    rows: list[tuple[int, str, str]]
    left: int


def changes(fix: Fix, masks: Masks | None) -> Iterator[Change]:
    """What a fix changes, in the order of ``pastes``; secrets are masked."""
    files: dict[str, SourceFile] = {}
    appended = {each.file.path for each in fix.edits if isinstance(each, Append)}
    for each in fix.edits:
        edit = as_edit(each) if isinstance(each, Append) else each
        if not isinstance(edit, Create):
            source, start, end = edit.span.origin
            if max(len(source.line_text(source.line_of(at))) for at in (start, end)) > _LONGEST:
                return
            files[source.path] = (masks and masks.view(source)) or source
    for part in pastes(fix, masks):
        file = files.get(part.path) if part.first else None
        old = [file.line_text(line) for line in range(part.first, part.last + 1)] if file else []
        new = part.text.removesuffix("\n").split("\n") if part.text else []
        first = max(part.first, 1)
        while old and new and old[0] == new[0]:
            first += 1
            del old[0], new[0]
        while old and new and old[-1] == new[-1]:
            del old[-1], new[-1]
        rows = [(first + index, "-", text) for index, text in enumerate(old)]
        rows += [(first + index, "+", text) for index, text in enumerate(new)]
        if file and part.path not in appended and not old and first > 1:
            rows.insert(0, (first - 1, " ", file.line_text(first - 1)))
        yield Change(part.path, file is None, rows[:_MOST_ROWS], len(rows[_MOST_ROWS:]))


def _pastes_in(file: SourceFile, edits: list[Edit]) -> Iterator[Paste]:
    """The lines that edits of one file, in their order, make of those that they touch."""
    text = file.text
    index = 0
    while index < len(edits):
        start, end = _lines_of(text, edits[index])
        group: list[Edit] = []
        while index < len(edits) and (not group or _lines_of(text, edits[index])[0] < end):
            group.append(edits[index])
            end = max(end, _lines_of(text, edits[index])[1])
            index += 1
        lines = text[start:end]
        for edit in reversed(group):
            span = edit.span.origin
            # An insertion between lines may begin with the end of the line above.
            at, until = max(span.start - start, 0), max(span.end - start, 0)
            lines = lines[:at] + edit.replacement + lines[until:]
        if start == end:
            lines = lines.removeprefix("\n")
        first = file.line_of(start) if start < len(text) or text.endswith("\n") else 0
        first = first or file.line_of(len(text)) + 1
        replaced = text[start:end]
        is_cut = bool(replaced) and not replaced.endswith("\n")
        yield Paste(file.path, first, first - 1 + replaced.count("\n") + is_cut, lines)


def _lines_of(text: str, edit: Edit) -> tuple[int, int]:
    """The start and end of the whole lines that an edit touches; alike where it only adds lines."""
    start, end = edit.span.origin.start, edit.span.origin.end
    added = edit.replacement
    if start == end and added.endswith("\n") and (not start or text[start - 1] == "\n"):
        return start, start
    if start == end and added.startswith("\n") and (start == len(text) or text[start] == "\n"):
        below = min(start + 1, len(text))
        return below, below
    first = text.rfind("\n", 0, start) + 1
    if end > start and text[end - 1] == "\n":
        return first, end
    line_end = text.find("\n", end)
    return first, len(text) if line_end < 0 else line_end + 1
