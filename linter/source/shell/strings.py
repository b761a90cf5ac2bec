"""Scripts inside scripts: ``sh -c '…'``, ``eval '…'``, and heredocs that a shell reads."""

from __future__ import annotations

from ...base.patterns import on_demand
from .parser import scan
from .syntax import Script
from .wrappers import reads_stdin, shell_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .syntax import Redirection, SimpleCommand
    from .tokens import ShellWord

MAX_STRINGS = 3
"""How deeply ``sh -c 'sh -c …'`` is followed."""

_JSON_CHARACTER = on_demand(r"\\u[dD][89abAB]..\\u.{4}|\\u.{4}|\\.|[^\\]")


def follow_strings(top: Script) -> None:
    """Parse the scripts that shells are given as a string or on their standard input."""
    first = 0
    for _ in range(MAX_STRINGS):
        last = len(top.commands)
        for command in top.commands[first:last]:
            _follow(top, command)
        first = last
    # Deeper strings were not parsed.
    if any(shell_string(each.name, each.args) for each in top.commands[first:] if each.name):
        top.complete = False


def _follow(top: Script, command: SimpleCommand) -> None:
    """Parse the script that a command gives to a shell, if it does."""
    name = command.name
    if not name:
        return
    word = shell_string(name, command.args)
    if word is not None:
        _follow_word(top, command, word)
    elif reads_stdin(name, command.args):
        for redirection in command.redirections:
            if redirection.operator.startswith("<<"):
                _follow_stdin(top, command, redirection)


def _follow_word(top: Script, command: SimpleCommand, word: ShellWord) -> None:
    if word.has_expansion and ("$(" in word.value or "`" in word.value):
        # The outer shell runs these; the inner one gets their output.
        top.complete = False
        return
    text, origins = unquoted_origins(word, top.exec_form and command.script is top)
    outer = command.script

    def locate(index: int) -> int:
        return outer.offset(origins[index] if index < len(origins) else word.end)

    inner = Script(top.file, text, locate, "sh")
    scan(top, inner, 0, len(text), nesting="string", parent=command)


def _follow_stdin(top: Script, command: SimpleCommand, redirection: Redirection) -> None:
    if redirection.body is not None:
        start, end = redirection.body
        scan(top, command.script, start, end, nesting="heredoc", parent=command)
    elif redirection.heredoc is not None:
        heredoc = redirection.heredoc
        start = heredoc.body_start
        inner = Script(top.file, heredoc.body, lambda index: start + index, "sh")
        scan(top, inner, 0, len(inner.text), nesting="heredoc", parent=command)
    elif redirection.operator == "<<<" and redirection.target is not None:
        _follow_word(top, command, redirection.target)


def unquoted_origins(word: ShellWord, json: bool) -> tuple[str, list[int]]:
    """The text that a word stands for, and for each character its index in the script."""
    script, at, end = word.script, word.at, word.end
    text = script.text
    if json:
        return word.value, _json_origins(text, at + 1, end - 1)
    chars: list[str] = []
    origins: list[int] = []
    quote = ""
    i = at
    while i < end:
        char = text[i]
        if quote == "'":
            if char == "'":
                quote = ""
                i += 1
                continue
        elif char == quote:
            quote = ""
            i += 1
            continue
        elif not quote and char in "'\"":
            quote = char
            i += 1
            continue
        elif char == "\\" and i + 1 < end and (not quote or text[i + 1] in '"\\$`\n'):
            i += 1
            char = text[i]
            if char == "\n":
                i += 1
                continue
        chars.append(char)
        origins.append(i)
        i += 1
    return "".join(chars), origins


def _json_origins(text: str, at: int, end: int) -> list[int]:
    """The index of each character of a JSON string between two indices."""
    # Two escapes may spell one character beyond the 16-bit range.
    return [match.start() for match in _JSON_CHARACTER.finditer(text, at, end)]
