"""Commands in one text, split as Docker Compose does (mattn/go-shellwords)."""

from __future__ import annotations

from ..base.records import NamedTuple
from .values import BadValue

_BLANKS = " \t\r\n"
_ENDS = ";&|<>"


class CommandText(NamedTuple):
    """A command in one text, split. ``cut`` is where Compose stops reading, or -1."""

    words: list[str]
    cut: int


def split_command(text: str) -> CommandText:
    """A command's words as Docker Compose splits them, which is not as a shell does.

    The text from the first ``;``, ``&``, ``|``, ``<`` or ``>`` outside quotes on is lost.

    Raises:
        BadValue: if quotes or parentheses do not match.
    """
    words: list[str] = []
    word: list[str] = []
    started = quoted = escaped = False
    single = double = backquote = dollar = False
    last_quote = cut = -1
    for index, character in enumerate(text):
        if escaped:
            word.append(character)
            escaped, started = False, True
            continue
        if character == "\\":
            if single:
                word.append(character)
            else:
                escaped, last_quote = True, index
            continue
        if character in _BLANKS:
            if single or double or backquote or dollar:
                word.append(character)
            elif started or quoted:
                words.append("".join(word))
                word, started, quoted = [], False, False
            continue
        if character == "`" and not (single or double or dollar):
            backquote, last_quote = not backquote, index
        elif character == ")" and not (single or double or backquote):
            dollar, last_quote = not dollar, index
        elif character == "(" and not (single or double or backquote):
            if dollar or word[-1:] != ["$"]:
                raise BadValue(
                    'there is a "(" outside quotes; Compose splits this text itself and runs no shell',
                    index,
                    index + 1,
                )
            dollar, last_quote = True, index
        elif character == '"' and not (single or dollar):
            quoted = quoted or double
            double, last_quote = not double, index
            continue
        elif character == "'" and not (double or dollar):
            quoted = quoted or single
            single, last_quote = not single, index
            continue
        elif character in _ENDS and not (single or double or backquote or dollar):
            if character == ">" and word and "0" <= word[0] <= "9":
                started = quoted = False
            cut = index
            break
        started = True
        word.append(character)
    if started or quoted:
        words.append("".join(word))
    problem = ""
    if escaped:
        problem = "the backslash at the end escapes nothing"
    elif single or double or backquote:
        problem = "a quote is not closed"
    elif dollar:
        problem = '"(" and ")" do not match'
    if problem:
        raise BadValue(problem, last_quote, last_quote + 1)
    return CommandText(words, cut)
