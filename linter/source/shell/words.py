"""The words of a shell script: quotes, expansions, substitutions, patterns.

``WordScanner`` reads one word at a time; ``parser.py`` builds commands of them and
supplies ``nested``, which scans the commands inside a substitution.
"""

from __future__ import annotations

from ...base.patterns import on_demand
from .tokens import ShellWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .syntax import Script

MAX_DEPTH = 30
"""How deeply substitutions may nest."""

_MAX_ARITHMETIC = 2000

_PLAIN = on_demand(r"[^ \t\r\n;&|<>()'\"\\$`]+")
_IN_DOUBLE = on_demand(r'[^"\\$`]+')
_NAME = on_demand(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]|[@*#?$!-]")
_BLANK = on_demand(r"(?:[ \t\r]|\\\r?\n)+")


class WordScanner:
    """Scans ``script.text`` from ``i`` to ``end``; ``top.complete`` is False after a problem."""

    __slots__ = ("depth", "end", "i", "script", "text", "top")

    def __init__(self, top: Script, script: Script, start: int, end: int) -> None:
        self.top = top
        self.script = script
        self.text = script.text
        self.i = start
        self.end = end
        self.depth = 0

    def give_up(self) -> None:
        """Note that something is not understood."""
        self.top.complete = False

    if TYPE_CHECKING:
        # Words contain commands and commands contain words: the parser, which is derived from this
        # class, has it.
        def nested(self, i: int, stop: int, closer: str) -> int:
            """Scan the commands of a substitution; the index after its end."""

    def skip_newlines(self) -> None:
        text, end = self.text, self.end
        while self.i < end and text[self.i] in " \t\r\n":
            self.i += 1

    def blanks(self) -> None:
        i = self.i
        if i < self.end and self.text[i] in " \t\r\\":
            match = _BLANK.match(self.text, i, self.end)
            if match is not None:
                self.i = match.end()

    def word(self) -> ShellWord | None:
        """The word at ``i``; None if no word begins there."""
        start = self.i
        if start >= self.end:
            return None
        word = self.word_parts(start, start)
        return word if word.end > start else None

    def word_parts(self, start: int, i: int) -> ShellWord:
        """The word that begins at ``start``, from ``i`` on."""
        text, end = self.text, self.end
        parts: list[str] = []
        quoted = expansion = glob = False
        while i < end:
            match = _PLAIN.match(text, i, end)
            if match is not None:
                part = match[0]
                glob = glob or _has_glob(part)
                parts.append(part)
                i = match.end()
                if i >= end or text[i] in " \t\n":
                    break
                continue
            char = text[i]
            if char == "'":
                stop = text.find("'", i + 1, end)
                if stop < 0:
                    self.give_up()
                    stop = end
                parts.append(text[i + 1 : stop])
                quoted, i = True, min(stop + 1, end)
            elif char == '"':
                i, dynamic = self.double(i + 1, parts)
                quoted, expansion = True, expansion or dynamic
            elif char == "\\":
                if text.startswith(("\\\n", "\\\r\n"), i):
                    i = text.index("\n", i) + 1
                else:
                    parts.append(text[i + 1 : i + 2])
                    quoted, i = True, min(i + 2, end)
            elif char == "$":
                stop, dynamic = self.dollar(i)
                parts.append(text[i:stop])
                expansion, i = expansion or dynamic, stop
            elif char == "`":
                stop = self.backtick(i)
                parts.append(text[i:stop])
                expansion, i = True, stop
            elif char in "<>" and text.startswith("(", i + 1) and i + 1 < end:
                stop = self.substitution(i + 2)
                parts.append(text[i:stop])
                expansion, i = True, stop
            elif char == "(" and i > start and text[i - 1] in "=?*+@!":
                # An array or an extended pattern.
                stop = self.parentheses(i + 1)
                parts.append(text[i:stop])
                expansion = expansion or text[i - 1] == "="
                glob, i = True, stop
            else:
                break
        self.i = i
        return ShellWord(self.script, start, i, "".join(parts), quoted, expansion, glob)

    def double(self, i: int, parts: list[str]) -> tuple[int, bool]:
        """The rest of a double-quoted string, and whether it has an expansion."""
        text, end = self.text, self.end
        expansion = False
        while i < end:
            match = _IN_DOUBLE.match(text, i, end)
            if match is not None:
                parts.append(match[0])
                i = match.end()
                continue
            char = text[i]
            if char == '"':
                return i + 1, expansion
            if char == "\\":
                follower = text[i + 1 : i + 2]
                if follower == "\n":
                    i += 2
                    continue
                if follower not in ('"', "\\", "$", "`"):
                    parts.append(char)
                parts.append(follower)
                i = min(i + 2, end)
            else:
                if char == "$":
                    stop, dynamic = self.dollar(i)
                else:
                    stop, dynamic = self.backtick(i), True
                expansion = expansion or dynamic
                parts.append(text[i:stop])
                i = stop
        self.give_up()
        return end, expansion

    def dollar(self, i: int) -> tuple[int, bool]:
        """The index after the ``$`` at ``i`` and its expansion, and whether there is one."""
        text, end = self.text, self.end
        follower = text[i + 1 : i + 2] if i + 1 < end else ""
        if follower == "(":
            if text.startswith("((", i + 1):
                stop = self.arithmetic(i + 3)
                if stop > 0:
                    return stop, True
            return self.substitution(i + 2), True
        if follower == "{":
            return self.parameter(i + 2), True
        if follower == "'":
            j = i + 2
            while j < end and text[j] != "'":
                j += 2 if text[j] == "\\" else 1
            if j >= end:
                self.give_up()
            return min(j + 1, end), True
        if follower == '"':
            return i + 1, False
        match = _NAME.match(text, i + 1, end)
        if match is None:
            return i + 1, False
        return match.end(), True

    def parameter(self, i: int) -> int:
        """The index after the ``}`` that ends ``${``."""
        text, end = self.text, self.end
        if self.depth >= MAX_DEPTH:
            self.give_up()
            return end
        self.depth += 1
        ignored: list[str] = []
        while i < end:
            char = text[i]
            if char == "}":
                self.depth -= 1
                return i + 1
            if char == "\\":
                i += 2
            elif char == "'":
                stop = text.find("'", i + 1, end)
                i = i + 1 if stop < 0 else stop + 1
            elif char == '"':
                i, _ = self.double(i + 1, ignored)
            elif char == "$":
                i, _ = self.dollar(i)
            elif char == "`":
                i = self.backtick(i)
            else:
                i += 1
        self.depth -= 1
        self.give_up()
        return end

    def arithmetic(self, i: int, foreign: str = "'`;\n") -> int:
        """The index after ``))``; -1 if this is not arithmetic, as ``foreign`` characters show."""
        text, end = self.text, self.end
        level = 0
        limit = min(end, i + _MAX_ARITHMETIC)
        while i < limit:
            char = text[i]
            if char == "(":
                level += 1
            elif char == ")":
                if level == 0:
                    return i + 2 if text.startswith(")", i + 1) and i + 1 < end else -1
                level -= 1
            elif char in foreign:
                # The commands of a subshell in a subshell.
                return -1
            i += 1
        return -1

    def substitution(self, i: int) -> int:
        """Scan the commands of ``$(`` from ``i``; the index after ``)``."""
        if self.depth >= MAX_DEPTH:
            self.give_up()
            return self.end
        return self.nested(i, self.end, ")")

    def backtick(self, i: int) -> int:
        """Scan the commands between backticks; the index after the second."""
        text, end = self.text, self.end
        stop, plain = i + 1, True
        while stop < end and text[stop] != "`":
            if text[stop] == "\\":
                plain = plain and text[stop + 1 : stop + 2] not in ("`", "\\", "$")
                stop += 1
            stop += 1
        if stop >= end:
            self.give_up()
            return end
        if plain and self.depth < MAX_DEPTH:
            self.nested(i + 1, stop, "")
        else:
            self.give_up()
        return stop + 1

    def parentheses(self, i: int) -> int:
        """The index after the ``)`` that matches a ``(`` before ``i``, words in between."""
        text, end = self.text, self.end
        level = 1
        if self.depth >= MAX_DEPTH:
            self.give_up()
            return end
        self.depth += 1
        while i < end:
            char = text[i]
            if char == ")":
                level -= 1
                i += 1
                if level == 0:
                    self.depth -= 1
                    return i
            elif char == "(":
                level += 1
                i += 1
            elif char in " \t\r\n|&;<>":
                i += 1
            else:
                i = max(self.word_parts(i, i).end, i + 1)
        self.depth -= 1
        self.give_up()
        return end


def _has_glob(part: str) -> bool:
    """Whether unquoted text has a pattern or a brace list."""
    if "*" in part or "?" in part or "[" in part:
        return True
    return "{" in part and "}" in part and ("," in part or ".." in part)
