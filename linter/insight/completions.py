"""What a completion is, and the text that it inserts."""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Completion(NamedTuple):
    """One text that may be written.

    ``kind`` is one of ``key``, ``value``, ``name`` (of what the files define), ``variable``,
    ``file``, ``folder``, ``image``, ``snippet``, ``instruction``, ``flag``, ``rule``. ``start`` to
    ``end`` is what it replaces. ``insert`` is a snippet (``$1``, ``${1:text}``, ``$0``) if
    ``is_snippet``; its lines have their whole indentation. ``order`` sorts it.
    """

    label: str
    kind: str
    insert: str
    start: int
    end: int
    detail: str = ""
    meaning: str = ""
    is_snippet: bool = False
    order: str = "5"
    is_deprecated: bool = False


def escaped(text: str) -> str:
    """A text as part of a snippet."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def plain_insert(item: Completion) -> Iterator[str]:
    """The parts of a completion's text without the marks of snippets, tab stops with their texts."""
    if not item.is_snippet:
        yield item.insert
        return
    at, text = 0, item.insert
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            yield text[at + 1]
            at += 2
        elif char == "$" and text[at + 1 : at + 2].isdigit():
            at += 2
        elif text.startswith("${", at):
            end = at + 2
            while text[end : end + 1].isdigit():
                end += 1
            if text[end : end + 1] == "|":
                stop = text.index("|}", end)
                yield text[end + 1 : stop].split(",")[0]
                at = stop + 2
            elif text[end : end + 1] == "}":
                at = end + 1
            else:
                depth += 1
                at = end + 1
        elif char == "}" and depth:
            depth -= 1
            at += 1
        else:
            yield char
            at += 1


def plain_text(item: Completion) -> str:
    """The text of a completion as an editor without snippets inserts it."""
    return "".join(plain_insert(item))
