"""White space that means nothing: at the ends of lines, in blank lines, at the end of the file.

Where it may mean something it is kept: in scalars of several lines and in heredocs.
"""

from __future__ import annotations

from bisect import bisect_left

from ..base.patterns import on_demand
from ..base.text import Span, line_end
from ..rule import Edit
from .comments import line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..base.text import SourceFile
    from ..source.dockerfile.syntax import DockerfileSyntax
    from ..source.yaml.nodes import YamlFile

    Places = Sequence[tuple[int, int]]

_TRAILING = on_demand(r"(?<![ \t])[ \t]++(?=\r?\n|\r?\Z)")
_BLANK = on_demand(r"(?m)^(?:[ \t]*+\r?\n)++")
_HEADER = on_demand(r"[|>][-0-9]*\+[-0-9]*[ \t]*(?:#[^\n]*)?\Z")


def kept_in_yaml(yaml: YamlFile) -> list[tuple[int, int]]:
    """The places in a YAML file where white space belongs to a value: scalars of several lines."""
    text = yaml.source.text
    kept = []
    for start, end in yaml.scalars:
        # A block begins where the line of its header ends.
        is_block = text[start : start + 1] in ("", "\r", "\n")
        if is_block and _HEADER.search(text[line_start(text, start) : start]):
            # All blank lines at the end of a block count (|+).
            blank = _BLANK.match(text, min(len(text), line_end(text, end) + 1))
            kept.append((start, blank.end() if blank else end))
        elif "\n" in text[start:end]:
            kept.append((start, end))
    return kept


def kept_in_dockerfile(syntax: DockerfileSyntax) -> list[tuple[int, int]]:
    """The places in a Dockerfile where white space belongs to a text: the lines of heredocs."""
    return [
        (heredoc.body_start, heredoc.terminator_end)
        for instruction in syntax.instructions
        for heredoc in instruction.heredocs
    ]


def trailing_blanks(file: SourceFile, kept: Places) -> list[Edit]:
    """The edits that delete blanks and tabs at the ends of lines."""
    return [
        Edit(Span(file, *found.span()), "")
        for found in _TRAILING.finditer(file.text)
        if not _overlaps(kept, *found.span())
    ]


def surplus_blank_lines(file: SourceFile, kept: Places, most: int) -> list[Edit]:
    """The edits that leave so many blank lines in a row, and none at the start and the end."""
    text = file.text
    last = len(text.rstrip())
    edits = []
    for found in _BLANK.finditer(text):
        start, end = found.span()
        if _overlaps(kept, start, end):
            continue
        if start and end < last:
            for _ in range(most):
                start = min(end, line_end(text, start) + 1)
        if start < end:
            edits.append(Edit(Span(file, start, end), ""))
    return edits


def missing_newline(file: SourceFile, kept: Places) -> Edit | None:
    """The edit that ends the last line; None if it ends, or if the line end would mean something."""
    text = file.text
    at = len(text)
    if not text.strip() or text.endswith(("\n", "\\", "`")) or any(end == at for _, end in kept):
        return None
    return Edit(Span(file, at, at), file.newline)


def _overlaps(kept: Places, start: int, end: int) -> bool:
    """Whether a place touches one that is kept; these are in order and do not overlap."""
    index = bisect_left(kept, (end,))
    return index > 0 and kept[index - 1][1] > start
