"""Comment lines around a place where lines are inserted, deleted or moved.

Commented-out YAML means something when somebody uncomments it: it continues what is above it, or
begins a neighbour. Its level is the column that its text would have then.
"""

from __future__ import annotations

from ..base.patterns import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMMENT = on_demand(r"( *)#+( *)(.*)")
_KEY = on_demand(r"""["']?[\w.$/{}<-][\w .$/{}-]*["']?\s*:(?:\s|\Z)""")


def line_start(text: str, at: int) -> int:
    """The offset of the first character of the line that contains ``at``."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The offset behind the line ending of the line that contains ``at``."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def after_comments(text: str, at: int, column: int) -> int:
    """The offset behind the comments that follow directly and are indented deeper than a column."""
    while at < len(text):
        end = line_end(text, at)
        line = text[at:end]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= column:
            break
        at = end
    return at


def comments_end(text: str, at: int) -> int:
    """The offset behind the comments that follow directly, however they are indented."""
    return after_comments(text, at, -1)


def end_of_block(text: str, at: int, column: int, *, is_list: bool = False) -> int:
    """The offset where the next entry of a mapping, or item of a list, may begin.

    ``at`` is the end of its last line, ``column`` that of its keys or dashes. Comments behind it
    that would continue it when they are uncommented stay above, also behind blank lines; at the
    top level those are all.
    """
    end = after_comments(text, at, column)
    for start, stop, level, content in _comments(text, end):
        if column == 0 and not is_list:
            end = stop
            continue
        is_item = content.startswith("- ") or content == "-"
        if level > column or (is_item and not is_list and level >= column):
            end = stop
        elif is_item or _KEY.match(content):
            break
        elif start == end and level == column:
            continue
    return end


def is_commented_out(text: str, start: int, at: int, column: int, names: Iterable[str]) -> bool:
    """Whether a mapping contains one of these keys as a comment.

    Uncommented, the key would be there twice: the mapping begins at ``start``, ``at`` is the end of
    its last line, ``column`` that of its keys.
    """
    wanted = set(names)
    start = line_start(text, start)
    while (
        column and start and text[line_start(text, start - 1) : start].lstrip(" ").startswith("#")
    ):
        start = line_start(text, start - 1)
    stop = max((end for _, end, _, _ in _comments(text, at)), default=at)
    for line in text[start:stop].split("\n"):
        if "#" not in line or (match := _COMMENT.match(line)) is None:
            continue
        name, colon, _ = match[3].partition(":")
        level = _level(match[1], match[2])
        if colon and name.strip("\"' ") in wanted and abs(level - column) <= 1:
            return True
    return False


def is_continued(text: str, at: int, column: int) -> bool:
    """Whether commented-out YAML directly behind a line would continue the entry that ends there."""
    for start, _, level, content in _comments(text, at):
        is_item = content.startswith("- ")
        if text[at:start].strip("\r\n ") == "" and "\n" in text[at:start]:
            return False
        if (level > column and (is_item or _KEY.match(content))) or (is_item and level >= column):
            return True
        if _KEY.match(content):
            return False
    return False


def belongs_above(text: str, start: int, end: int, column: int) -> bool:
    """Whether comment lines contain YAML that would continue an entry above them."""
    return any(
        begin < end
        and (
            (level > column and (content.startswith("- ") or _KEY.match(content)))
            or (level == column and content.startswith("- "))
        )
        for begin, _, level, content in _comments(text, start)
    )


def _comments(text: str, at: int) -> Iterator[tuple[int, int, int, str]]:
    """The comment lines up to the next line with content: start, end, level, text."""
    while at < len(text):
        end = line_end(text, at)
        line = text[at:end].rstrip("\r\n")
        if line.strip():
            if "#" not in line:
                return
            match = _COMMENT.match(line)
            if match is None:
                return
            yield at, end, _level(match[1], match[2]), match[3].strip()
        at = end


def _level(indent: str, blanks: str) -> int:
    """The column of a comment's text once it is uncommented.

    One blank behind the sign belongs to the sign; more are indentation that was there before.
    """
    return len(indent) if len(blanks) < 2 else len(indent) + len(blanks)
