"""Scripts that do not do what they seem to: state that is lost, text that is swallowed."""

from __future__ import annotations

import posixpath
from itertools import chain, pairwise

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.dockerfile.broken import lines_with_instructions
from ...linter.source.dockerfile.instruction import INSTRUCTIONS
from ...linter.source.dockerfile.problems import problems_of
from ...linter.source.shell.tokens import SHELLS
from .._sources import REFERENCE
from ._runs import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Heredoc
    from ...linter.source.shell.syntax import Script, SimpleCommand


_ENVIRONMENT_FILES = (
    "activate", ".bashrc", ".bash_profile", ".profile", ".zshrc", "nvm.sh", "setvars.sh",
    "env.sh", "environment", "conda.sh", "sdkman-init.sh", "env",
)  # fmt: skip
"""Files that are sourced for the variables that they set."""

_FOLDER = ("the next instruction starts in the old folder", "use WORKDIR")
_SOURCED = (
    "what the file sets ends with this RUN",
    "use ENV, or source it in each RUN that needs it",
)
_LOST = {
    "cd": _FOLDER,
    "pushd": _FOLDER,
    "export": ("the variable ends with this RUN", "use ENV"),
    "source": _SOURCED,
    ".": _SOURCED,
    "alias": ("the alias ends with this RUN", "write a script to a folder in PATH"),
    "umask": ("the umask ends with this RUN", "set it before the commands in the same RUN"),
    "ulimit": ("the limit ends with this RUN", "set it where the container is started"),
}
"""What is lost after each command, and what to do."""


@rule(
    "DF120",
    "lost-state",
    Severity.WARNING,
    category="build",
    sources=(REFERENCE + "#run", REFERENCE + "#workdir"),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN cd /srv  # error: cd /srv\nCOPY app /srv/app\n",
            good="FROM debian:trixie-slim\nWORKDIR /srv\nCOPY app /srv/app\n",
        ),
        Example(
            bad="FROM debian:trixie-slim\nRUN export APP_MODE=live  # error: export APP_MODE=live\n",
            good="FROM debian:trixie-slim\nENV APP_MODE=live\n",
        ),
    ),
)
def lost_state(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN ends by changing the folder or a variable, which has no effect on the next instruction.

    Why: The next RUN begins in the folder of before and without the variable: each RUN is a
    shell of its own.

    Only the last command of a RUN is looked at: before others of the same RUN it has an effect.
    Sourcing a script that does more than set variables is left alone.
    """
    for run in stage.runs:
        script = run.script
        if not script.complete or script.exec_form or not script.commands:
            continue
        last = script.commands[-1]
        if last.nesting or last.in_subshell or last.in_function or last.in_pipeline:
            continue
        if last.conditional or last.before == "||" or last.negated or last.redirections:
            continue
        words = [word.value for word in last.words]
        if len(words) < 2 or words[0] not in _LOST:
            continue
        loss, advice = _LOST[words[0]]
        if words[0] in ("source", ".") and not _sets_environment(words[1]):
            continue
        if words[0] == "export" and words[1].startswith("-"):
            continue
        yield Diagnostic(
            last.span,
            f"`{shown(last)}` has no effect: {loss}",
            help=advice,
            evidence=shown(last),
        )


def _sets_environment(path: str) -> bool:
    """Whether a file that is sourced is one that sets variables."""
    name = posixpath.basename(path)
    return name in _ENVIRONMENT_FILES or name.endswith((".env", "-env"))


@rule(
    "DF151",
    "swallowed-command",
    Severity.WARNING,
    category="reading",
    words=("#",),
    sources=(REFERENCE + "#format",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache curl  # for the health check \\  # error: #\n    && mkdir -p /srv/data\nUSER nobody\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache curl \\\n    # for the health check\n    && mkdir -p /srv/data\nUSER nobody\n",
        ),
    ),
)
def swallowed_command(stage: Stage) -> Iterator[Diagnostic]:
    """A comment ends with a backslash, so the lines below it are part of the comment and never run.

    Docker joins the lines before the shell sees them, and to the shell a comment reaches to the end
    of its line. A comment on a line of its own is taken out by Docker and does no harm.
    """
    for instruction, script in stage.scripts.items():
        if script.exec_form or not script.comments or _is_heredoc(script, instruction):
            continue
        for comment in script.comments:
            if comment.script is not script:
                continue
            start, end = script.offset(comment.at), script.offset(comment.end - 1) + 1
            file = script.file
            line, last_line = file.line_of(start), file.line_of(end - 1)
            if line == last_line:
                continue
            line_end = min(file.offset(line) + len(file.line_text(line)), end)
            swallowed = file.text[file.offset(line + 1) : end].lstrip()
            yield Diagnostic(
                Span(file, start, line_end),
                f"this comment continues to line {last_line}, which therefore never runs",
                help="move the comment to its own line, above",
                related=[Related(Span(file, end - len(swallowed), end), "part of the comment")],
                evidence=comment.text[:80],
            )


def _is_heredoc(script: Script, instruction: Instruction) -> bool:
    """Whether the script is the body of a heredoc, whose lines are its own."""
    return any(script.text == heredoc.body for heredoc in instruction.heredocs)


@rule(
    "DF152",
    "instruction-in-run",
    Severity.ERROR,
    category="reading",
    sources=(REFERENCE + "#format",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache curl \\\n    && RUN adduser -D app  # error: RUN\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache curl \\\n    && adduser -D app\n",
        ),
        Example(
            bad='FROM alpine:3.22\nWORKDIR /app\nRUN apk add --no-cache curl \\\nCOPY . .  # error: COPY\nCMD ["/app/run"]\n',
            good='FROM alpine:3.22\nWORKDIR /app\nRUN apk add --no-cache curl\nCOPY . .\nCMD ["/app/run"]\n',
        ),
    ),
)
def instruction_in_run(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An instruction is inside another one, which reads it as a command or an argument.

    Why: The instruction is not carried out.

    Either its name follows `&&`, or the line above ends in a backslash too many. Only names in
    capitals count. It is a warning where the build may go on: the command above may accept more
    arguments (`rm -f a RUN b` does), or a later command decides.
    """
    for stage in dockerfile.all_stages:
        scripts = stage.scripts
        for outer in stage.instructions:
            instruction = outer.inner or outer
            one_line = len(instruction.pieces) == 1 and not instruction.heredocs
            if one_line and not _may_hold_instruction(instruction):
                continue
            script = scripts.get(outer)
            found: Iterable[tuple[Span, SimpleCommand | None]] = (
                [(span, None) for span in lines_with_instructions(instruction)]
                if script is None
                else _in_script(script)
            )
            for span, command in found:
                if command is None:
                    fails = outer is instruction and instruction.name in _NO_OTHER_WORDS
                else:
                    fails = _fails_with(stage, instruction, command)
                diagnostic = Diagnostic(
                    span,
                    f"{span.text} is inside {instruction.name} and is not an instruction there",
                    help=f"delete {span.text}, or end the {instruction.name} on the line above",
                    severity=None if fails else Severity.WARNING,
                    evidence=span.text,
                )
                diagnostic.owner = ("stage", stage.label)
                yield diagnostic


_NO_OTHER_WORDS = ("ADD", "COPY", "EXPOSE")
"""Instructions in which an instruction's name is a path or port that does not exist."""


def _fails_with(stage: Stage, instruction: Instruction, command: SimpleCommand) -> bool:
    """Whether a command that is an instruction's name, or has one as an argument, ends the build.

    Of those with arguments only package managers that refuse unknown packages are known to fail.
    """
    if stage.syntax.windows:
        return False  # CMD is a program there
    from ._surely import fails_build, surely_runs

    for run in stage.runs:
        if run.instruction is instruction:
            return (
                command.words[0].text in INSTRUCTIONS
                or any(
                    call.command is command
                    and call.action == "install"
                    and call.manager in ("apk", "apt")
                    for call in run.packages
                )
            ) and (surely_runs(run, command) and fails_build(run, command))
    return False


def _may_hold_instruction(instruction: Instruction) -> bool:
    """Whether an instruction on one line has several commands, or one named like an instruction."""
    text = instruction.command if instruction.name == "RUN" else ""
    return "&" in text or ";" in text or text.partition(" ")[0] in INSTRUCTIONS


def _in_script(script: Script) -> Iterator[tuple[Span, SimpleCommand]]:
    """The names of instructions in a script, where a command or a line begins with them, and the command."""
    file = script.file
    for command in script.commands if not script.exec_form else ():
        words = command.words
        if len(words) > 1 and words[0].text in INSTRUCTIONS:
            yield words[0].span, command
            continue
        for word, following in pairwise(words[1:]):
            if word.text not in INSTRUCTIONS or word.script is not script:
                continue
            start = word.span.start
            line = file.line_of(start)
            before = file.text[file.offset(line) : start]
            if not before.strip() and following.span.start < file.offset(line + 1):
                yield word.span, command


_HARMLESS = frozenset((
    ":", "[", "alias", "cd", "declare", "echo", "export", "false", "local", "printf", "readonly",
    "set", "shopt", "test", "trap", "true", "umask", "unset",
))  # fmt: skip
"""Commands whose failure does not matter."""


@rule(
    "DF153",
    "heredoc-without-errexit",
    Severity.WARNING,
    category="build",
    words=("<<",),
    ignore_when="Where the later commands are meant to run although an earlier one fails.",
    sources=(REFERENCE + "#here-documents",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN <<EOF  # error: <<EOF\napt-get update\napt-get install -y --no-install-recommends curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
            good="FROM debian:trixie-slim\nRUN <<EOF\nset -e\napt-get update\napt-get install -y --no-install-recommends curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
        ),
    ),
)
def heredoc_without_errexit(stage: Stage) -> Iterator[Diagnostic]:
    """In a heredoc script only the last command's failure counts; others are not noticed.

    The build goes on with half of the work done. `set -e` in the first line, a shell that is called
    with `-e` (also by SHELL or the `#!` line) and a single chain of `&&` stop at the first failure.
    Commands whose failure does not matter, such as echo, do not count.
    """
    for run in stage.runs:
        for heredoc in run.instruction.heredocs:
            commands, stops = _script_of(run, heredoc)
            if stops or len(commands) < 2:
                continue
            unnoticed = _unnoticed(commands)
            if unnoticed is not None:
                yield Diagnostic(
                    heredoc.span,
                    f"this script continues when `{shown(unnoticed)}` fails",
                    help="begin it with `set -e`",
                    related=[Related(unnoticed.span, "its failure is not noticed")],
                    evidence=shown(unnoticed),
                )


def _script_of(run: Run, heredoc: Heredoc) -> tuple[list[SimpleCommand], bool]:
    """The commands of a heredoc that a shell runs, and whether that shell stops on errors."""
    script = run.script
    if script.dialect not in SHELLS and not script.commands:
        return [], True
    if script.text == heredoc.body:
        first = heredoc.body.split("\n", 1)[0]
        shell = first.split() if first.startswith("#!") else run.shell_words or []
        commands = [command for command in script.commands if not command.nesting]
        return commands, _has_errexit(shell[1:])
    for command in script.commands:
        if any(item.heredoc is heredoc for item in command.redirections):
            inner = [
                item
                for item in script.commands
                if item.parent is command and item.nesting == "heredoc"
            ]
            return inner, _has_errexit([word.value for word in command.args])
    return [], True


def _has_errexit(words: Sequence[str]) -> bool:
    """Whether the options of a shell or of set make it stop on errors."""
    return any(
        word == "errexit"
        or (word.startswith("-") and not word.startswith("--") and "e" in word.split("=")[0])
        for word in words
    )


def _unnoticed(commands: list[SimpleCommand]) -> SimpleCommand | None:
    """The first command whose failure does not end the script; None if there is none."""
    statements: list[list[SimpleCommand]] = []
    for command in commands:
        if command.in_function:
            continue
        if command.name == "set" and _has_errexit([word.value for word in command.args]):
            return None
        if command.before in ("&&", "||", "|", "|&") and statements:
            statements[-1].append(command)
        else:
            statements.append([command])
    for number, statement in enumerate(statements[:-1], start=1):
        last = statement[-1]
        if last.conditional and _ends_script(last, statements[number:]):
            continue
        if last.before == "||" and last.name in ("exit", "return", "true", ":", "echo"):
            continue
        for command in statement:
            if command.words and command.name not in _HARMLESS and not command.negated:
                return command
    return None


_OPENING = frozenset(("if", "case", "for", "while", "until", "{"))
_CLOSING = frozenset(("fi", "esac", "done", "}"))
_WORDS_BETWEEN = on_demand(r"#.*|[a-z]+|[{}]|;;")


def _ends_script(last: SimpleCommand, following: list[list[SimpleCommand]]) -> bool:
    """Whether a branch of an ``if`` or ``case`` ends with the command, and nothing follows that."""
    text = last.script.text
    at, depth, other_branch = last.end, 0, False
    for command in chain.from_iterable(following):
        for word in _WORDS_BETWEEN.findall(text, at, command.at):
            if word in _OPENING:
                depth += 1
            elif word in _CLOSING:
                depth -= 1
                if depth < 0:
                    depth, other_branch = 0, False
            elif word in ("else", "elif", ";;") and not depth:
                other_branch = True
        if not other_branch:
            return False
        at = command.end
    return other_branch


@rule(
    "DF154",
    "shift-as-heredoc",
    Severity.ERROR,
    category="reading",
    words=("<<",),
    sources=(REFERENCE + "#here-documents",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN echo $((1 << 2))  # error: <<\n",
            good="FROM alpine:3.22\nRUN echo $((1 * 4))\n",
        ),
    ),
)
def shift_as_heredoc(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """BuildKit reads the `<<` of a shift in shell arithmetic as a heredoc, which has no end.

    Why: The build fails.

    Multiply instead, or compute it in a script.
    """
    for problem in problems_of(dockerfile.syntax):
        if problem.kind == "shift-as-heredoc":
            yield Diagnostic(
                Span(dockerfile.source, problem.start, problem.end),
                problem.message,
                help="multiply by a power of two, or move it to a script",
                evidence=problem.kind,
            )
