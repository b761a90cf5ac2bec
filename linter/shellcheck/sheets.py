"""What ShellCheck is given: each RUN of a Dockerfile as a script file, and the way back.

A sheet is a shebang line for the shell that runs the script, a line that exports the
variables of ENV and ARG (set, but with values that nothing is known of), and the script as
the shell receives it: continuations joined, heredocs below. Every place in it leads back to
the file.
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
    from ..source.dockerfile.parts import Heredoc
    from ..source.dockerfile.scope import State
    from ..source.shell.syntax import Script, SimpleCommand

MAX_SHEET = 100_000
"""The longest script that is handed over, in characters."""

_SHEBANGS = {
    "ash": "#!/bin/busybox sh",
    "bash": "#!/bin/bash",
    "busybox": "#!/bin/busybox sh",
    "dash": "#!/bin/dash",
    "ksh": "#!/bin/ksh",
}
"""The shells that ShellCheck knows; whose language ``sh`` speaks depends on the image."""

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
"""What only scripts for Windows hold; that an image is one cannot always be told by its name."""
_DIRECTIVE = on_demand(r"[ \t]*#[ \t]*shellcheck[ \t]")


class Place(NamedTuple):
    """Where a line of a sheet comes from: an index into the script, or an offset in the file."""

    start: int
    joined: bool


class Sheet:
    """One script file.

    ``text`` is what ShellCheck reads. ``stage`` and ``instruction`` say whose script it is.
    ``shell_known`` tells whether the image's ``sh`` is known; else ``text`` takes it for
    dash, and what only dash lacks is no finding.
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

    # --- making one

    def preface(self, lines: Sequence[str]) -> None:
        """Lines of ours, which stand for nothing in the file."""
        self._lines += lines
        self._places += [None] * len(lines)

    def command(self, text: str) -> None:
        """The joined text of the instruction's command."""
        self._add(text, 0, True)

    def body(self, text: str, start: int, strip_tabs: bool = False) -> None:
        """Whole lines that stand in the file as they are, from the offset ``start`` on."""
        self._add(text, start, False, strip_tabs)

    def _add(self, text: str, start: int, joined: bool, strip_tabs: bool = False) -> None:
        for line in text.split("\n"):
            shown = line.removesuffix("\r")
            indent = len(shown) - len(shown.lstrip("\t")) if strip_tabs else 0
            self._lines.append(shown[indent:])
            self._places.append(Place(start + indent, joined))
            start += len(line) + 1

    def close(self) -> Sheet:
        self.text = "\n".join(self._lines) + "\n"
        return self

    # --- the way back

    def _offset(self, line: int, column: int) -> int | None:
        """The offset in the file of a line and column (from 1); None where there is none."""
        place = self._places[line - 1] if 1 <= line <= len(self._places) else None
        if place is None or not 1 <= column <= len(self._lines[line - 1]) + 1:
            return None
        index = place.start + column - 1
        return self._script.offset(index) if place.joined else index

    def _end(self, line: int, column: int) -> int | None:
        """The offset at which a range ends that ends before a line and column."""
        if column <= 1 or self._offset(line, column) is None:
            return self._offset(line, column)
        last = self._offset(line, column - 1)
        return None if last is None else last + 1

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span | None:
        """Where a range stands in the file; None for one outside the script."""
        if line > len(self._lines):
            # Behind the last line: that is where something is missing.
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
        """Where a replacement goes; None where its text is not in one piece in the file.

        ``closes`` tells where an insertion belongs between two pieces: to the end of the
        first, or to the start of the second.
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


def sheets_of(dockerfile: Dockerfile) -> Iterator[Sheet]:
    """The scripts of a Dockerfile's RUN instructions, those that ONBUILD defers included.

    The JSON form has no script, and other languages are none of ShellCheck's; what is cut
    short by a missing heredoc terminator is no whole script.
    """
    for stage in dockerfile.all_stages:
        scripts = stage.scripts
        for instruction, state in stage.syntax.walk():
            inner = instruction.inner or instruction
            script = scripts.get(instruction)
            if inner.name == "RUN" and script is not None and not script.exec_form:
                yield from _sheets(stage, inner, script, state)


def _sheets(
    stage: Stage, instruction: Instruction, script: Script, state: State
) -> Iterator[Sheet]:
    heredocs = instruction.heredocs
    if script.dialect not in SHELLS or not all(heredoc.terminated for heredoc in heredocs):
        return
    size = len(script.text) + sum(len(heredoc.body) for heredoc in heredocs)
    if size > MAX_SHEET:
        return
    exports = _exports(state)
    is_body = len(heredocs) == 1 and instruction.command == heredocs[0].word.text
    sheet = Sheet(stage, instruction, script)
    shebang = _shebang(sheet, script.dialect, script.text)
    if shebang is not None:
        first = script.text if is_body else ""
        sheet.preface([shebang, *_directives(first), *_options(state), *exports])
        if is_body:
            sheet.body(script.text, heredocs[0].body_start, heredocs[0].strip_tabs)
        else:
            sheet.command(script.text)
            for heredoc in heredocs:
                _append(sheet, heredoc)
        yield sheet.close()
    for command in () if is_body else script.commands:
        yield from _read_from_heredoc(sheet, command, exports)


def _append(sheet: Sheet, heredoc: Heredoc) -> None:
    """A heredoc below the command that it belongs to."""
    text = heredoc.word.owner.file.text[heredoc.body_start : heredoc.terminator_end]
    sheet.body(text, heredoc.body_start)


def _read_from_heredoc(
    outer: Sheet, command: SimpleCommand, exports: Sequence[str]
) -> Iterator[Sheet]:
    """The script of ``bash <<'EOF'``, where the outer shell leaves it as it is."""
    if command.nesting or not reads_stdin(command.name, command.args):
        return
    for redirection in command.redirections:
        heredoc = redirection.heredoc
        if heredoc is None or (heredoc.expand and any(char in heredoc.body for char in "$`\\")):
            continue
        sheet = Sheet(outer.stage, outer.instruction, command.script)
        shebang = _shebang(sheet, command.name, heredoc.body)
        if shebang is not None:
            sheet.preface([shebang, *_directives(heredoc.body), *exports])
            sheet.body(heredoc.body, heredoc.body_start, heredoc.strip_tabs)
            yield sheet.close()


def _shebang(sheet: Sheet, dialect: str, script: str) -> str | None:
    if dialect == "sh":
        shell = _system_shell(sheet.stage)
        sheet.shell_known = shell is not None
        if shell is None and _WINDOWS.search(script):
            return None
        dialect = shell or "dash"
    return _SHEBANGS.get(dialect)


def _directives(text: str) -> list[str]:
    """The comments for ShellCheck that a script begins with: they hold for all of it."""
    found: list[str] = []
    for line in text.split("\n"):
        if _DIRECTIVE.match(line):
            found.append(line.strip())
        elif line.strip():
            break
    return found


def _options(state: State) -> list[str]:
    """The options that SHELL switches on, as a line of the script."""
    words = state.shell_words or []
    letters, names = "", []
    for at, word in enumerate(words[1:], 2):
        following = words[at] if at < len(words) else ""
        if word[:1] != "-" or word[:2] == "--":
            continue
        letters += "".join(letter for letter in "eu" if letter in word)
        if word.endswith("o") and following in ("errexit", "nounset", "pipefail"):
            names.append(following)
    line = "".join((f" -{letters}" if letters else "", *(f" -o {name}" for name in names)))
    return [f"set{line}"] if line else []


def _exports(state: State) -> list[str]:
    names = {name for name in state.scope if _NAME.match(name)} | PROXY_ARGS
    return [f"export {' '.join(sorted(names))}"]


def _system_shell(stage: Stage) -> str | None:
    """What ``sh`` is in a stage's image: by what is known of it, else by its packages."""
    stages = stage.dockerfile.all_stages
    chain = [stages[syntax.index] for syntax in stage.syntax.chain()]
    if any(_relinks(each) for each in chain):
        return "bash"
    facts = stage.facts
    known = _SYSTEM_SHELLS.get(facts.os or "") if facts is not None else None
    if known is not None:
        return known
    found = {
        shell for name, shell in _MANAGER_SHELLS.items() for each in chain if name in each.calls
    }
    return found.pop() if len(found) == 1 else None


def _relinks(stage: Stage) -> bool:
    """Whether a stage puts bash in the place of ``/bin/sh``."""
    return any(
        len(command.args) > 1
        and command.args[-1].value == "/bin/sh"
        and command.args[-2].value.endswith("bash")
        for _, command in stage.calls.get("ln", ())
    )
