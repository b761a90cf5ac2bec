"""The commands of a shell script: simple commands and their words, with places and context.

``parse_shell`` is tolerant: it never raises, and where it does not understand a construct
``Script.complete`` is False, so that rules can stay silent. It reads the POSIX shell
language and the common extensions of bash. ``dockerfile/scripts.py`` finds the scripts of a
Dockerfile.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from ...base.text import Span
from .wrappers import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ...base.text import SourceFile
    from ..dockerfile.parts import Heredoc
    from .tokens import ResolvedCommand, ShellWord

MAX_SCRIPT = 1_000_000
"""The longest script that is scanned, in characters; longer ones count as not understood."""


class Assignment(NamedTuple):
    """``NAME=value`` before or instead of a command; ``word`` is all of it."""

    name: str
    value: ShellWord
    word: ShellWord


class Redirection(NamedTuple):
    """``2>&1``, ``> file``, ``<<EOF``. ``fd`` is as written, empty if not given.

    A heredoc has its body's range in ``script.text``, or the Dockerfile's ``heredoc``.
    """

    operator: str
    fd: str
    target: ShellWord | None
    at: int
    body: tuple[int, int] | None = None
    heredoc: Heredoc | None = None


class Comment(NamedTuple):
    """A shell comment from ``#`` to the end of its line; indices into ``script.text``."""

    script: Script
    at: int
    end: int

    @property
    def text(self) -> str:
        return self.script.text[self.at + 1 : self.end].strip()

    @property
    def span(self) -> Span:
        return self.script.span(self.at, self.end)


class SimpleCommand:
    """One command with its arguments.

    ``words`` are all its words as written. ``name``, ``args`` and ``word`` are those of the
    command that wrappers run in the end (``sudo -u x env A=b /usr/bin/apt-get install``:
    ``apt-get``); ``wrappers`` are their names. A name that depends on an expansion is ``""``.

    ``before`` and ``after`` are the operators around it (``&&``, ``||``, ``;``, ``|``,
    ``&``, a newline or nothing). ``pipeline`` contains the simple commands of its pipeline at
    the same level. ``nesting`` tells where it is: ``""`` in the script itself,
    ``substitution`` in ``$(…)``, backticks or ``<(…)``, ``string`` in ``sh -c '…'``,
    ``heredoc`` in a heredoc that a shell reads; ``parent`` is then the command around it.

    ``conditional`` tells that an ``if``, ``while`` or ``case`` decides whether it runs
    (for ``&&`` and ``||`` see ``before``); ``in_subshell`` that its changes of directory and
    variables have no effect on later commands.
    """

    __slots__ = (
        "_resolved",
        "after",
        "assignments",
        "at",
        "before",
        "conditional",
        "end",
        "in_function",
        "in_pipeline",
        "in_subshell",
        "negated",
        "nesting",
        "parent",
        "pipeline",
        "redirections",
        "script",
        "words",
    )

    def __init__(self, script: Script, at: int) -> None:
        self.script = script
        self.at = at
        self.end = at
        self.words: list[ShellWord] = []
        self.assignments: list[Assignment] = []
        self.redirections: list[Redirection] = []
        self.pipeline: list[SimpleCommand] = []
        self.before = ""
        self.after = ""
        self.nesting = ""
        self.parent: SimpleCommand | None = None
        self.negated = False
        self.conditional = False
        self.in_subshell = False
        self.in_function = False
        self.in_pipeline = False
        self._resolved: ResolvedCommand | None = None

    @property
    def span(self) -> Span:
        """From the first word, assignment or redirection to the last."""
        return self.script.span(self.at, self.end)

    @property
    def resolved(self) -> ResolvedCommand:
        """The command that runs in the end."""
        if self._resolved is None:
            self._resolved = resolve(self.words)
        return self._resolved

    @property
    def name(self) -> str:
        """The command that runs in the end, without its folder; ``""`` if unknown."""
        return self.resolved.name

    @property
    def args(self) -> Sequence[ShellWord]:
        """The arguments of that command."""
        return self.resolved.args

    @property
    def word(self) -> ShellWord | None:
        """The word that names that command."""
        return self.resolved.word

    @property
    def wrappers(self) -> Sequence[str]:
        """The commands in front of it that run it: ``sudo``, ``env``, ``time``."""
        return self.resolved.wrappers

    def options(self, with_value: frozenset[str] = frozenset()) -> Options:
        """The arguments as options and operands."""
        return parse_options(self.args, with_value)

    @property
    def argv(self) -> list[str]:
        """The values of all words, as written."""
        return [word.value for word in self.words]

    def __repr__(self) -> str:
        return f"SimpleCommand({' '.join(self.argv)!r})"


class Script:
    """A parsed script. ``commands`` are in the order in which they begin.

    ``dialect`` names the interpreter (``sh``, ``bash``, ``powershell``, ``cmd``,
    ``python``, …); only the languages of ``SHELLS`` are parsed, for others ``commands`` is
    empty and ``complete`` False. ``complete`` is also False where the script contains
    something that the scanner does not understand. ``exec_form`` tells that the script is the
    JSON form of a Dockerfile's instruction.
    """

    def __init__(
        self, file: SourceFile, text: str, locate: Callable[[int], int], dialect: str = "sh"
    ) -> None:
        self.file = file
        self.text = text
        self._locate = locate
        self.dialect = dialect
        self.commands: list[SimpleCommand] = []
        self.comments: list[Comment] = []
        self.complete = True
        self.exec_form = False

    def offset(self, index: int) -> int:
        """The offset in the file of an index into ``text``."""
        return self._locate(index)

    def span(self, start: int, end: int) -> Span:
        """The place in the file of a range of ``text``."""
        begin = self._locate(start)
        last = self._locate(end - 1) + 1 if end > start else begin
        return Span(self.file, begin, max(begin, last))

    def find(self, *names: str) -> Iterator[SimpleCommand]:
        """The commands that run one of these programs."""
        return (command for command in self.commands if command.name in names)

    def __repr__(self) -> str:
        return f"Script({self.dialect}, {self.text[:40]!r})"


class Option(NamedTuple):
    """``-y``, ``--name``, ``--name=value`` or ``-o value``.

    ``value`` is None where none is given; ``word`` is the word that contains the option.
    """

    name: str
    value: str | None
    word: ShellWord


class Options(NamedTuple):
    """Arguments, separated. ``unknown`` tells that an expansion may contain further options."""

    options: list[Option]
    operands: list[ShellWord]
    unknown: bool

    def has(self, *names: str) -> bool:
        return any(option.name in names for option in self.options)

    def get(self, *names: str) -> str | None:
        """The value of the last of these options; ``""`` if given without one."""
        for option in reversed(self.options):
            if option.name in names:
                return option.value or ""
        return None

    def count(self, *names: str) -> int:
        return sum(option.name in names for option in self.options)


def parse_options(args: Sequence[ShellWord], with_value: frozenset[str] = frozenset()) -> Options:
    """The options and the operands among arguments, by GNU's conventions.

    ``with_value`` lists the options (``-t``, ``--target``) that take the next word when no
    value is attached. Short options may be joined (``-qy``); ``--`` ends them.
    """
    options: list[Option] = []
    operands: list[ShellWord] = []
    unknown = False
    i, count = 0, len(args)
    while i < count:
        word = args[i]
        text = word.value
        i += 1
        if word.has_expansion and not text.startswith("-"):
            # "$X" is one operand; $X may be anything, an option included.
            unknown = unknown or not word.quoted
            operands.append(word)
        elif text == "--":
            operands += args[i:]
            break
        elif text.startswith("--"):
            name, equals, value = text.partition("=")
            attached = value if equals else None
            if attached is None and name in with_value and i < count:
                attached = args[i].value
                i += 1
            options.append(Option(name, attached, word))
        elif text.startswith("-") and len(text) > 1:
            if text in with_value:
                options.append(Option(text, args[i].value if i < count else None, word))
                i += 1
                continue
            for at in range(1, len(text)):
                name = "-" + text[at]
                if name in with_value:
                    rest: str | None = text[at + 1 :]
                    if not rest:
                        rest = args[i].value if i < count else None
                        i += 1
                    options.append(Option(name, rest, word))
                    break
                if text[at] == "=":
                    last = options[-1] if options and options[-1].word is word else None
                    if last is not None:
                        options[-1] = Option(last.name, text[at + 1 :], word)
                    break
                options.append(Option(name, None, word))
        else:
            operands.append(word)
    return Options(options, operands, unknown)
