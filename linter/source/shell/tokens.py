"""Words of shell scripts, and the command that such words run in the end."""

from __future__ import annotations

from ...base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from ...base.text import Span

    class ScriptText(Protocol):
        """The members of a script that its words use."""

        text: str

        def span(self, at: int, end: int, /) -> Span: ...
        def offset(self, index: int, /) -> int: ...


SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"))
"""Shells whose language the scanner reads."""


class ShellWord:
    """A word of a command. ``at`` and ``end`` are indices into ``script.text``.

    ``value`` is the word without quotes and escapes, expansions left as written;
    ``quoted`` tells that some of it is quoted or escaped, ``has_expansion`` that it contains
    ``$…``, a backtick or a process substitution, ``has_glob`` an unquoted ``*``, ``?``,
    ``[`` or brace list.
    """

    __slots__ = ("at", "end", "has_expansion", "has_glob", "quoted", "script", "value")

    def __init__(
        self,
        script: ScriptText,
        at: int,
        end: int,
        value: str,
        quoted: bool = False,
        has_expansion: bool = False,
        has_glob: bool = False,
    ) -> None:
        self.script = script
        self.at = at
        self.end = end
        self.value = value
        self.quoted = quoted
        self.has_expansion = has_expansion
        self.has_glob = has_glob

    @property
    def text(self) -> str:
        """The word as written."""
        return self.script.text[self.at : self.end]

    @property
    def literal(self) -> str | None:
        """The string that the word stands for; None if that depends on an expansion."""
        return None if self.has_expansion else self.value

    @property
    def span(self) -> Span:
        return self.script.span(self.at, self.end)

    def __repr__(self) -> str:
        return f"ShellWord({self.text!r})"


class ResolvedCommand(NamedTuple):
    """The command that runs in the end; see ``SimpleCommand``."""

    name: str
    word: ShellWord | None
    args: Sequence[ShellWord]
    wrappers: Sequence[str]
