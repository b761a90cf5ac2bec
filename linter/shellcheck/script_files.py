"""The script files that ShellCheck checks, one for each RUN of a Dockerfile.

A script file has a shebang line for the shell that runs the script, a line that exports the
variables of ENV and ARG (they are set, to unknown values), and the script as the shell
receives it: continuations joined, heredocs below. Every place in it can be converted to a
place in the Dockerfile.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import Span
from ..source.dockerfile.scope import PROXY_ARGS
from ..source.shell.tokens import SHELLS
from ..source.shell.wrappers import reads_stdin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model.dockerfile import Dockerfile, Stage
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.scope import State
    from ..source.shell.syntax import Script, SimpleCommand

MAX_LENGTH = 100_000
"""The longest script that is checked, in characters."""
MAX_DEPTH = 8
"""How deep parentheses may nest: with each level ShellCheck takes twice as long, or longer."""

_PARENTHESIS = on_demand(r"[()]")

_SHEBANGS = {
    "ash": "#!/bin/busybox sh",
    "bash": "#!/bin/bash",
    "busybox": "#!/bin/busybox sh",
    "dash": "#!/bin/dash",
    "ksh": "#!/bin/ksh",
}
"""The shells that ShellCheck knows; which of them ``sh`` is depends on the image."""

_SYSTEM_SHELLS = {
    "alpine": "busybox",
    "busybox": "busybox",
    "debian": "dash",
    "ubuntu": "dash",
    "buildpack-deps": "dash",
    "buildpack-deps-curl": "dash",
    "rhel": "bash",
    "ubi-minimal": "bash",
    "ubi-micro": "bash",
    "oraclelinux-slim": "bash",
    "amazonlinux": "bash",
}
_MANAGER_SHELLS = {
    "apk": "busybox",
    "apt": "dash",
    "apt-get": "dash",
    "dnf": "bash",
    "microdnf": "bash",
    "yum": "bash",
    "zypper": "bash",
}
_NAME = on_demand(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WINDOWS = on_demand(r"\$env:|\$null\b|(?<![\w/.-])(?:[A-Z]:[\\/]|[a-z]:\\)")
"""Text of scripts for Windows; the name of an image does not always show that it is for Windows."""

_DIRECTIVE = on_demand(r"[ \t]*#[ \t]*shellcheck[ \t]")


class Place(NamedTuple):
    """Where a line of a script file comes from.

    ``start`` is an index into the joined script if ``joined``, else an offset in the Dockerfile.
    """

    start: int
    joined: bool


class ScriptFile:
    """A script for ShellCheck.

    ``text`` is the script, ``stage`` and ``instruction`` are where it comes from.
    ``shell_known`` is False if the image's ``sh`` is unknown: ``text`` then names dash, and
    findings about features that dash lacks do not apply.
    """

    __slots__ = ("_lines", "_places", "_script", "instruction", "shell_known", "stage", "text")

    def __init__(self, stage: Stage, instruction: Instruction, script: Script) -> None:
        self.stage = stage
        self.instruction = instruction
        self.shell_known = True
        self.text = ""
        self._script = script
        self._lines: list[str] = []
        self._places: list[Place | None] = []

    # --- building

    def preface(self, lines: Sequence[str]) -> None:
        """Add lines that are not in the Dockerfile."""
        self._lines += lines
        self._places += [None] * len(lines)

    def command(self, text: str) -> None:
        """Add the joined text of the instruction's command."""
        self._add(text, 0, True)

    def body(self, text: str, start: int, strip_tabs: bool = False) -> None:
        """Add lines that are in the Dockerfile as they are, beginning at the offset ``start``."""
        self._add(text, start, False, strip_tabs)

    def _add(self, text: str, start: int, joined: bool, strip_tabs: bool = False) -> None:
        for line in text.split("\n"):
            content = line.removesuffix("\r")
            indent = len(content) - len(content.lstrip("\t")) if strip_tabs else 0
            self._lines.append(content[indent:])
            self._places.append(Place(start + indent, joined))
            start += len(line) + 1

    def close(self) -> ScriptFile:
        """Set ``text`` from the lines."""
        self.text = "\n".join(self._lines) + "\n"
        return self

    # --- places in the Dockerfile

    def _offset(self, line: int, column: int) -> int | None:
        """The offset in the Dockerfile of a line and column (from 1); None for added lines."""
        place = self._places[line - 1] if 1 <= line <= len(self._places) else None
        if place is None or not 1 <= column <= len(self._lines[line - 1]) + 1:
            return None
        index = place.start + column - 1
        return self._script.offset(index) if place.joined else index

    def _end(self, line: int, column: int) -> int | None:
        """The offset behind the character before a line and column."""
        if column <= 1 or self._offset(line, column) is None:
            return self._offset(line, column)
        last = self._offset(line, column - 1)
        return None if last is None else last + 1

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span | None:
        """The span of a range in the Dockerfile; None for a range outside the script."""
        if line > len(self._lines):
            # ShellCheck reports what is missing at the end of a script behind its last line.
            line = end_line = len(self._lines)
            column = end_column = len(self._lines[-1]) + 1
        start = self._offset(line, column)
        if start is None:
            return None
        end = self._end(end_line, end_column) if (end_line, end_column) > (line, column) else start
        return Span(self._script.file, start, start if end is None else max(start, end))

    def edit_span(
        self, line: int, column: int, end_line: int, end_column: int, *, closes: bool
    ) -> Span | None:
        """The span to replace; None where its text is not contiguous in the Dockerfile.

        ``closes`` says where to insert between two pieces: at the end of the first (True) or
        at the start of the second.
        """
        if line != end_line or end_column < column:
            return None
        if column == end_column:
            at = self._end(line, column) if closes else self._offset(line, column)
            return None if at is None else Span(self._script.file, at, at)
        start, end = self._offset(line, column), self._end(end_line, end_column)
        if start is None or end is None:
            return None
        text = self._lines[line - 1][column - 1 : end_column - 1]
        span = Span(self._script.file, start, end)
        return span if span.text == text else None

    def before(self, line: int, column: int) -> str:
        """The text of a line before a column."""
        return self._lines[line - 1][: column - 1] if 1 <= line <= len(self._lines) else ""


def script_files_of(dockerfile: Dockerfile) -> Iterator[ScriptFile]:
    """The scripts of a Dockerfile's RUN instructions, those of ONBUILD included.

    The JSON form has no script, ShellCheck knows no other languages, and without its heredoc
    terminator a script is incomplete.
    """
    for stage in dockerfile.all_stages:
        scripts = stage.scripts
        for instruction, state in stage.syntax.walk():
            inner = instruction.inner or instruction
            script = scripts.get(instruction)
            if inner.name == "RUN" and script is not None and not script.exec_form:
                yield from _script_files(stage, inner, script, state)


def _script_files(
    stage: Stage, instruction: Instruction, script: Script, state: State
) -> Iterator[ScriptFile]:
    heredocs = instruction.heredocs
    if script.dialect not in SHELLS or not all(heredoc.terminated for heredoc in heredocs):
        return
    if _depth(script.text) > MAX_DEPTH:
        return
    if len(script.text) + sum(len(heredoc.body) for heredoc in heredocs) > MAX_LENGTH:
        return
    exports = _exports(state)
    is_body = len(heredocs) == 1 and instruction.command == heredocs[0].word.text
    script_file = ScriptFile(stage, instruction, script)
    shebang = _shebang(script_file, script.dialect, script.text)
    if shebang is not None:
        first = script.text if is_body else ""
        script_file.preface([shebang, *_directives(first), *_options(state), *exports])
        if is_body:
            script_file.body(script.text, heredocs[0].body_start, heredocs[0].strip_tabs)
        else:
            script_file.command(script.text)
            for heredoc in heredocs:
                text = heredoc.word.owner.file.text[heredoc.body_start : heredoc.terminator_end]
                script_file.body(text, heredoc.body_start)
        yield script_file.close()
    for command in () if is_body else script.commands:
        yield from _read_from_heredoc(script_file, command, exports)


def _depth(text: str) -> int:
    """How deep parentheses nest in a script."""
    most = depth = 0
    for sign in _PARENTHESIS.findall(text):
        depth = depth + 1 if sign == "(" else max(0, depth - 1)
        most = max(most, depth)
    return most


def _read_from_heredoc(
    outer: ScriptFile, command: SimpleCommand, exports: Sequence[str]
) -> Iterator[ScriptFile]:
    """The script of ``bash <<'EOF'``, unless the outer shell expands something in it."""
    if command.nesting or not reads_stdin(command.name, command.args):
        return
    for redirection in command.redirections:
        heredoc = redirection.heredoc
        if heredoc is None or (heredoc.expand and any(char in heredoc.body for char in "$`\\")):
            continue
        script_file = ScriptFile(outer.stage, outer.instruction, command.script)
        shebang = _shebang(script_file, command.name, heredoc.body)
        if shebang is not None:
            script_file.preface([shebang, *_directives(heredoc.body), *exports])
            script_file.body(heredoc.body, heredoc.body_start, heredoc.strip_tabs)
            yield script_file.close()


def _shebang(script_file: ScriptFile, dialect: str, script: str) -> str | None:
    """The first line of a script file; None for a shell that ShellCheck does not know."""
    if dialect == "sh":
        shell = _system_shell(script_file.stage)
        script_file.shell_known = shell is not None
        if shell is None and _WINDOWS.search(script):
            return None
        dialect = shell or "dash"
    return _SHEBANGS.get(dialect)


def _directives(text: str) -> list[str]:
    """ShellCheck's directives at the beginning of a script, which apply to all of it."""
    directives: list[str] = []
    for line in text.split("\n"):
        if _DIRECTIVE.match(line):
            directives.append(line.strip())
        elif line.strip():
            break
    return directives


def _options(state: State) -> list[str]:
    """The line that sets the options of the SHELL instruction."""
    words = state.shell_words or []
    letters, names = "", []
    for word, following in zip(words[1:], [*words[2:], ""], strict=False):
        if word[:1] != "-" or word[:2] == "--":
            continue
        letters += "".join(letter for letter in "eu" if letter in word)
        if word.endswith("o") and following in ("errexit", "nounset", "pipefail"):
            names.append(following)
    options = [f"-{letters}"] * bool(letters) + [f"-o {name}" for name in names]
    return [" ".join(("set", *options))] if options else []


def _exports(state: State) -> list[str]:
    """The line that exports the variables of ENV and ARG."""
    names = {name for name in state.scope if _NAME.match(name)} | PROXY_ARGS
    return [f"export {' '.join(sorted(names))}"]


def _system_shell(stage: Stage) -> str | None:
    """The shell that ``sh`` is in a stage's image, by its facts or its package manager."""
    stages = stage.dockerfile.all_stages
    chain = [stages[syntax.index] for syntax in stage.syntax.chain()]
    if any(map(_relinks, chain)):
        return "bash"
    facts = stage.facts
    shell = _SYSTEM_SHELLS.get(facts.os or "") if facts is not None else None
    if shell is not None:
        return shell
    shells = {
        shell
        for manager, shell in _MANAGER_SHELLS.items()
        if any(manager in base.calls for base in chain)
    }
    return shells.pop() if len(shells) == 1 else None


def _relinks(stage: Stage) -> bool:
    """Whether a stage replaces ``/bin/sh`` by bash."""
    return any(
        len(command.args) > 1
        and command.args[-1].value == "/bin/sh"
        and command.args[-2].value.endswith("bash")
        for _, command in stage.calls.get("ln", ())
    )
