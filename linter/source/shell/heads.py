"""The heads of compound commands: ``for NAME in …``, ``case … in``, ``function NAME``, ``[[ … ]]``.

Their words have rules of their own; ``parser.py`` reads the commands between them.
"""

from __future__ import annotations

from ...base.patterns import on_demand
from ...base.text import line_end
from .syntax import Comment
from .tokens import ShellWord
from .words import WordScanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .syntax import SimpleCommand

_NO_PARAMETERS = on_demand(r"\([ \t]*\)")


class HeadScanner(WordScanner):
    """Scans comments and the heads of compound commands, each from ``i`` to its end."""

    __slots__ = ()

    def skip_word(self) -> bool:
        """Skip the next word; False, and noted, if there is no word."""
        if self.word() is not None:
            return True
        self.give_up()
        return False

    def skip_keyword(self, keyword: str) -> bool:
        """Skip this word if it is the next; False if it is not."""
        stop = self.i + len(keyword)
        if stop > self.end or not self.text.startswith(keyword, self.i):
            return False
        if stop < self.end and self.text[stop] not in " \t\r\n;&|<>()":
            return False
        self.i = stop
        return True

    def skip_parameters(self) -> bool:
        """Skip the ``()`` of a function and newlines after it; False if it is not next."""
        match = _NO_PARAMETERS.match(self.text, self.i, self.end)
        if match is None:
            return False
        self.i = match.end()
        self.skip_newlines()
        return True

    def comment(self) -> None:
        text, start = self.text, self.i
        self.i = stop = line_end(text, start, self.end)
        while text[stop - 1] == "\r":
            stop -= 1
        self.top.comments.append(Comment(self.script, start, stop))

    def function_head(self) -> None:
        """``NAME`` or ``NAME ()`` after ``function``."""
        self.blanks()
        self.skip_word()
        self.skip_newlines()
        self.skip_parameters()

    def for_head(self) -> None:
        """``NAME [in words]`` or ``((…))`` after ``for``, and the ``;`` that may follow."""
        self.blanks()
        if self.text.startswith("((", self.i):
            stop = self.arithmetic(self.i + 2, "'`\n")
            if stop < 0:
                self.give_up()
            self.i = stop if stop >= 0 else self.end
        elif self.skip_word():
            self.skip_newlines()
            if self.skip_keyword("in"):
                self.blanks()
                while self.i < self.end and self.text[self.i] not in ";\n" and self.skip_word():
                    self.blanks()
        self.blanks()
        if self.i < self.end and self.text[self.i] == ";":
            self.i += 1

    def case_head(self) -> bool:
        """``word in`` after ``case``, and the first pattern; False if no pattern follows."""
        self.blanks()
        if not self.skip_word():
            return False
        self.skip_newlines()
        if not self.skip_keyword("in"):
            self.give_up()
            return False
        return self.case_pattern()

    def case_pattern(self) -> bool:
        """The patterns up to ``)``; False if ``esac`` ends the case instead."""
        text, end = self.text, self.end
        self.skip_newlines()
        while self.i < end and text[self.i] == "#":
            self.comment()
            self.skip_newlines()
        if self.skip_keyword("esac"):
            return False
        if text.startswith("(", self.i):
            self.i += 1
        while True:
            self.blanks()
            if self.i >= end:
                self.give_up()
                return False
            char = text[self.i]
            if char in ")|" or not self.skip_word():
                self.i += 1
            if char == ")":
                return True

    def test(self, command: SimpleCommand) -> None:
        """``[[ … ]]``, whose operators are not the shell's."""
        command.words.append(ShellWord(self.script, self.i, self.i + 2, "[["))
        self.i += 2
        while True:
            self.skip_newlines()
            start = self.i
            if start >= self.end:
                self.give_up()
                return
            if self.skip_keyword("]]"):
                command.words.append(ShellWord(self.script, start, self.i, "]]"))
                return
            word = None if self.text[start] in "();&|<>" else self.word()
            if word is None:
                self.i += 1
            else:
                command.words.append(word)
