"""The scanner behind ``parse_shell``: one pass over a script, a stack for compound commands.

Only substitutions recurse, to a bounded depth. Nothing raises; a construct that is not
understood sets ``Script.complete`` to False, and scanning continues.
"""

from __future__ import annotations

from ...base.patterns import on_demand
from ...base.records import NamedTuple
from ...base.text import line_end
from .heads import HeadScanner
from .syntax import Assignment, Redirection, Script, SimpleCommand
from .tokens import ShellWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from ..dockerfile.parts import Heredoc

MAX_FRAMES = 100
"""How deeply compound commands may nest."""

_ASSIGNMENT = on_demand(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s]*\])?\+?=")
_RESERVED = on_demand(
    r"(?:if|then|elif|else|fi|while|until|do|done|for|select|case|esac|function|\{|\}|!|\[\[)"
    r"(?=[\s;&|<>()]|\Z)"
)
_REDIRECTION = on_demand(
    r"([0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-|<<|<&|<>|>>|>&|>\||<(?!\()|>(?!\())|()(&>>?)"
)
_MAY_REDIRECT = frozenset("<>&{0123456789")
_OPERATOR = on_demand(r";;&|;;|;&|&&|\|\||\|&|[;&|]")
_CASE_ENDS = (";;", ";&", ";;&")
_PIPES = ("|", "|&")
_JOINTS = ("&&", "||", "|", "|&")

_OPENERS = {
    "if": "if",
    "while": "while",
    "until": "while",
    "for": "for",
    "select": "for",
    "case": "case",
    "{": "{",
}
_CLOSERS = {"fi": ("if",), "done": ("while", "for"), "esac": ("case",), "}": ("{",)}


def scan(
    top: Script,
    script: Script,
    start: int,
    end: int,
    *,
    heredocs: Sequence[Heredoc] = (),
    nesting: str = "",
    parent: SimpleCommand | None = None,
) -> None:
    """Add the commands and comments between two indices of ``script`` to those of ``top``.

    ``heredocs`` are those whose bodies are outside of the text, ``nesting`` and ``parent``
    those of ``SimpleCommand``.
    """
    scanner = _Scanner(top, script, start, end)
    scanner.heredocs = list(heredocs)
    scanner.nesting = nesting
    scanner.parent = parent
    number = len(top.commands)
    base = _Frame("", None, number) if parent is None else _subshell_of(parent, number)
    scanner.run("", base)
    if scanner.pending:
        top.complete = False


class _Frame:
    """A compound command that is open, and its effect on the commands in it."""

    __slots__ = ("conditional", "first", "function", "kind", "piped", "pipeline", "subshell")

    def __init__(self, kind: str, outer: _Frame | None, first: int) -> None:
        self.kind = kind
        self.first = first  # the number of commands before it
        self.pipeline: list[SimpleCommand] = []
        self.conditional: bool = outer is not None and outer.conditional
        self.subshell: bool = outer is not None and outer.subshell
        self.function: bool = outer is not None and outer.function
        self.piped: bool = outer is not None and outer.piped


def _subshell_of(parent: SimpleCommand | None, first: int) -> _Frame:
    """The frame of the commands that another command runs."""
    frame = _Frame("", None, first)
    frame.subshell = True
    if parent is not None:
        frame.conditional, frame.function = parent.conditional, parent.in_function
    return frame


class _Level:
    """The state of reading one list of commands: the script's, or that of a substitution."""

    def __init__(self, base: _Frame) -> None:
        self.frames = [base]
        self.frame = base
        self.command: SimpleCommand | None = None
        self.function_next = False  # a function's body comes next
        self.restart("")

    def restart(self, before: str) -> None:
        """Begin a new pipeline."""
        self.closed: _Frame | None = None  # the compound command that has just ended
        self.before = before
        self.negated = False
        self.pipeline: list[SimpleCommand] = []
        self.piped = False  # the pipeline contains a compound command

    @property
    def dangling(self) -> bool:
        """Whether an operator waits for its second command."""
        return self.command is None and self.closed is None and self.before in _JOINTS

    def pop(self) -> None:
        """End the innermost compound command."""
        self.closed = self.frames.pop()
        self.frame = self.frames[-1]
        self.pipeline, self.piped = self.closed.pipeline, True


class _Pending(NamedTuple):
    """A heredoc whose body follows on the next line."""

    command: SimpleCommand | None
    number: int
    name: str
    strip_tabs: bool


class _Scanner(HeadScanner):
    """Scans commands; each method for a token begins with the token at ``i``."""

    __slots__ = ("current", "heredocs", "nesting", "parent", "pending")

    def __init__(self, top: Script, script: Script, start: int, end: int) -> None:
        super().__init__(top, script, start, end)
        self.heredocs: list[Heredoc] = []
        self.pending: list[_Pending] = []
        self.nesting = ""
        self.parent: SimpleCommand | None = None
        self.current: SimpleCommand | None = None  # the command that is being read

    def run(self, closer: str, base: _Frame) -> None:
        """Scan commands up to ``closer`` (``)`` of a substitution) or the end."""
        text, end = self.text, self.end
        level = _Level(base)
        while len(level.frames) <= MAX_FRAMES:
            self.blanks()
            i = self.i
            if i >= end:
                break
            char = text[i]
            if char == "\n":
                self.newline(level)
            elif char == "#":
                self.comment()
            elif char in ";&|" and not text.startswith("&>", i):
                self.operator(level)
            elif char == "(":
                self.open_parenthesis(level)
            elif char == ")":
                if self.close_parenthesis(level, closer):
                    return
            elif char in _MAY_REDIRECT and (match := _REDIRECTION.match(text, i, end)) is not None:
                if level.command is None and level.closed is None:
                    self.begin(level)
                self.redirection(match, level.command)
            else:
                self.word_of_command(level)
        if closer or len(level.frames) > 1 or level.function_next or level.dangling:
            self.give_up()
        self.finish(level, "")
        self.i = end

    # --- tokens

    def newline(self, level: _Level) -> None:
        if not level.dangling:
            self.finish(level, "\n")
            level.restart("\n")
        self.i += 1
        if self.pending:
            self.read_bodies()

    def operator(self, level: _Level) -> None:
        match = _OPERATOR.match(self.text, self.i, self.end)
        operator = match[0] if match else self.text[self.i]
        self.i += len(operator)
        case_end = operator in _CASE_ENDS
        if level.command is None and level.closed is None and not case_end:
            self.give_up()
        if operator in _PIPES:
            if level.closed is not None:
                for inner in self.top.commands[level.closed.first :]:
                    inner.in_pipeline = True
            self.finish(level, operator)
            level.closed, level.before, level.negated = None, operator, False
            return
        self.finish(level, operator)
        level.restart("" if case_end else operator)
        if case_end:
            if level.frame.kind != "case":
                self.give_up()
            elif not self.case_pattern():
                level.pop()

    def open_parenthesis(self, level: _Level) -> None:
        text, i = self.text, self.i
        command = level.command
        if command is not None:
            is_name = len(command.words) == 1 and not command.assignments
            if is_name and self.skip_parameters():
                self.forget(level, command)
                level.function_next = True
            else:
                self.give_up()
                self.i += 1
            return
        if text.startswith("((", i):
            stop = self.arithmetic(i + 2)
            if stop > 0:
                self.i = stop
                level.closed = _Frame("((", level.frame, len(self.top.commands))
                return
        self.open(level, "(")
        level.frame.subshell = True
        self.i = i + 1

    def close_parenthesis(self, level: _Level, closer: str) -> bool:
        """Handle ``)``; True if it ends the substitution that is being scanned."""
        self.finish(level, "")
        self.i += 1
        if level.frame.kind == "(":
            level.pop()
            return False
        if closer != ")":
            self.give_up()
            return False
        if len(level.frames) > 1:
            self.give_up()
        return True

    def word_of_command(self, level: _Level) -> None:
        """Handle a reserved word, an assignment or a word."""
        command = level.command
        if command is None:
            reserved = _RESERVED.match(self.text, self.i, self.end)
            if reserved is not None and reserved[0] != "[[":
                self.i = reserved.end()
                self.reserved(level, reserved[0])
                return
            if level.closed is not None:
                self.give_up()
                level.closed = None
            level.function_next = False
            command = self.begin(level)
            if reserved is not None:
                self.test(command)
                return
        if not command.words and self.assignment(command):
            return
        word = self.word()
        if word is None:
            self.give_up()
            self.i += 1
        else:
            command.words.append(word)

    def reserved(self, level: _Level, word: str) -> None:
        frame = level.frame
        if word == "!":
            level.negated = True
        elif word in _CLOSERS:
            if frame.kind in _CLOSERS[word]:
                level.pop()
            else:
                self.give_up()
        elif word in ("then", "elif", "else", "do"):
            if word == "do":
                if frame.kind == "while":
                    frame.conditional = True
                elif frame.kind != "for":
                    self.give_up()
            elif frame.kind == "if":
                frame.conditional = True
            else:
                self.give_up()
            level.restart("")
        else:
            if level.closed is not None:
                self.give_up()
            if word == "function":
                self.function_head()
                level.function_next = True
                return
            self.open(level, _OPENERS[word])
            if level.frame.kind == "for":
                self.for_head()
            elif level.frame.kind == "case":
                level.frame.conditional = True
                if not self.case_head():
                    level.pop()

    def open(self, level: _Level, kind: str) -> None:
        """Begin a compound command."""
        frame = _Frame(kind, level.frame, len(self.top.commands))
        frame.pipeline = level.pipeline
        frame.piped = frame.piped or level.before in _PIPES
        frame.function = frame.function or level.function_next
        level.function_next = False
        level.frames.append(frame)
        level.frame = frame
        level.restart("")

    # --- commands

    def begin(self, level: _Level) -> SimpleCommand:
        """Begin a simple command."""
        frame, pipeline = level.frame, level.pipeline
        command = SimpleCommand(self.script, self.i)
        command.before = level.before
        command.negated = level.negated
        command.nesting = self.nesting
        command.parent = self.parent
        command.conditional = frame.conditional
        command.in_subshell = frame.subshell
        command.in_function = frame.function
        command.in_pipeline = level.piped or frame.piped or bool(pipeline)
        command.pipeline = pipeline
        pipeline.append(command)
        self.top.commands.append(command)
        self.current = level.command = command
        return command

    def finish(self, level: _Level, after: str) -> None:
        """End the current command, if there is one."""
        command = level.command
        level.command = self.current = None
        if command is None:
            return
        command.after = after
        if after in _PIPES:
            command.in_pipeline = True
        if command.words:
            command.end = command.words[-1].end
        elif command.assignments:
            command.end = command.assignments[-1].word.end
        for redirection in command.redirections:
            if redirection.target is not None and redirection.target.end > command.end:
                command.end = redirection.target.end

    def forget(self, level: _Level, command: SimpleCommand) -> None:
        """Remove a command that is the name of a function."""
        level.command = self.current = None
        for commands in (self.top.commands, level.pipeline):
            if commands and commands[-1] is command:
                commands.pop()

    def assignment(self, command: SimpleCommand) -> bool:
        """Read an assignment; False if there is none."""
        match = _ASSIGNMENT.match(self.text, self.i, self.end)
        if match is None:
            return False
        start, at = self.i, match.end()
        word = self.word_parts(start, at)
        value = ShellWord(
            self.script, at, word.end, word.value, word.quoted, word.has_expansion, word.has_glob
        )
        word.value = match[0] + word.value
        command.assignments.append(Assignment(match[1], value, word))
        return True

    # --- redirections

    def redirection(self, match: re.Match[str], command: SimpleCommand | None) -> None:
        """Read the target of a redirection."""
        start = self.i
        operator = match[2] or match[4]
        self.i = match.end()
        self.blanks()
        target = self.word()
        heredoc = None
        if target is None:
            self.give_up()
        elif operator in ("<<", "<<-"):
            heredoc = self.dockerfile_heredoc(target.value)
            if heredoc is None:
                number = len(command.redirections) if command is not None else 0
                self.pending.append(_Pending(command, number, target.value, operator == "<<-"))
        if command is not None:
            command.redirections.append(
                Redirection(operator, match[1] or "", target, start, heredoc=heredoc)
            )

    def dockerfile_heredoc(self, name: str) -> Heredoc | None:
        """The next heredoc of that name in the Dockerfile, which is then used up."""
        for number, heredoc in enumerate(self.heredocs):
            if heredoc.name == name:
                return self.heredocs.pop(number)
        return None

    def read_bodies(self) -> None:
        """Read the bodies of the heredocs that the last line has opened."""
        text, end = self.text, self.end
        for command, number, name, strip in self.pending:
            start = self.i
            while True:
                body_end = self.i
                if body_end >= end:
                    self.give_up()
                    break
                stop = line_end(text, body_end, end)
                line = text[body_end:stop].rstrip("\r")
                self.i = min(stop + 1, end)
                if (line.lstrip("\t") if strip else line) == name:
                    break
            if command is not None:
                redirection = command.redirections[number]
                command.redirections[number] = redirection._replace(body=(start, body_end))
        self.pending = []

    # --- substitutions

    def nested(self, i: int, stop: int, closer: str) -> int:
        nesting, parent, current = self.nesting, self.parent, self.current
        end, pending = self.end, self.pending
        self.depth += 1
        self.nesting, self.i, self.end, self.pending = "substitution", i, stop, []
        self.parent = current or parent
        self.run(closer, _subshell_of(self.parent, len(self.top.commands)))
        if self.pending:
            self.give_up()
        self.depth -= 1
        self.nesting, self.parent, self.current = nesting, parent, current
        self.end, self.pending = end, pending
        return self.i
