"""Pipes whose failures nobody sees."""

from __future__ import annotations

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.scripts import dialect_of
from ...linter.source.text import EmbeddedSource, Span
from ._runs import can_edit, insert_after, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Run, Stage
    from ...linter.source.shell import SimpleCommand

_CANNOT_FAIL = frozenset(("echo", "printf", "yes", "true", ":"))
_LOCAL = frozenset(
    (
        "apk", "apt-mark", "awk", "base64", "basename", "cat", "command", "cut", "date", "dirname",
        "dpkg", "dpkg-query", "env", "file", "find", "getent", "grep", "head", "id", "jq", "ldd",
        "locale", "ls", "md5sum", "nproc", "objdump", "printenv", "readelf", "readlink", "realpath",
        "rpm", "scanelf", "sed", "sha1sum", "sha256sum", "sha512sum", "sort", "stat", "strings",
        "tail", "tee", "tr", "uname", "uniq", "wc", "which", "xargs",
    )
)  # fmt: skip
_CONDITIONS = ("if", "elif", "while", "until")
_SHELL = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'


@rule(
    "DF314",
    "pipe-without-pipefail",
    Severity.WARNING,
    category="build",
    equivalents=("hadolint:DL4006",),
    sources=("https://docs.docker.com/build/building/best-practices/#using-pipes",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN curl -fsSL https://example.com/app.tar.gz | tar -xz -C /opt  # error: curl\n",
            good='FROM debian:trixie-slim\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/app.tar.gz | tar -xz -C /opt\n',
        ),
        Example(
            bad="FROM alpine:3.22\nRUN wget -qO- https://example.com/app.tar.gz | tar -xz -C /opt  # error: wget\n",
            good="FROM alpine:3.22\nRUN set -o pipefail && wget -qO- https://example.com/app.tar.gz | tar -xz -C /opt\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def pipe_without_pipefail(stage: Stage) -> Iterator[Diagnostic]:
    """A command in the middle of a pipe may fail, and the RUN goes on as if nothing had happened.

    A shell takes only the last command of a pipe for its result, unless `pipefail` is set: by
    SHELL, by `set -o pipefail`, or by the shell's own option. Left alone are pipes that begin with
    nothing that can fail (`echo`, `printf`, `yes`), whose result is tested or thrown away
    (`if`, `!`, `|| true`), and shells of another kind. A pipe of text tools over local files is
    advice only. The fix sets the option in the RUN where the
    shell has it (bash, and ash on Alpine), else it puts a SHELL with bash in front, where the image
    is known to have it.
    """
    offered = False
    for run in stage.runs:
        script = run.script
        if "|" not in script.text or not script.complete:
            continue
        found = [pipe for pipe in _pipes(run) if not _is_harmless(run, pipe)]
        if not found or _shell_has_pipefail(run):
            continue
        # Text tools on local files hardly ever fail; downloads and programs do.
        found.sort(key=lambda pipe: _culprit(pipe).name in _LOCAL)
        first = found[0]
        culprit = _culprit(first)
        fix = _fix(run, first, offered)
        if fix is not None and fix.title.startswith("Add SHELL"):
            offered = True
        yield Diagnostic(
            script.span(first[0].at, first[-1].end) if first[0].script is script else first[0].span,
            f"if `{shown(culprit, 40)}` fails, this RUN goes on: only the last command of the pipe counts",
            help=_advice(run),
            severity=Severity.INFO if culprit.name in _LOCAL else None,
            related=[Related(pipe[0].span, "and in this pipe") for pipe in found[1:]],
            evidence=shown(culprit),
            fix=fix,
        )


def _culprit(pipe: list[SimpleCommand]) -> SimpleCommand:
    """The command of a pipe whose failure would go unseen."""
    hidden = [command for command in pipe[:-1] if command.name not in _CANNOT_FAIL]
    return next((command for command in hidden if command.name not in _LOCAL), (hidden or pipe)[0])


def _pipes(run: Run) -> Iterator[list[SimpleCommand]]:
    """The pipes of a script for which pipefail is not set by a command before them."""
    on = run.script.text.startswith("#!") and "pipefail" in run.script.text.partition("\n")[0]
    for command in run.script.commands:
        if command.name == "set" and not command.in_subshell:
            values = [word.value for word in command.args]
            if "pipefail" in values:
                on = not values[values.index("pipefail") - 1].startswith("+")
        pipe = command.pipeline
        if len(pipe) > 1 and pipe[0] is command and not (on and command.nesting != "string"):
            yield pipe


def _is_harmless(run: Run, pipe: list[SimpleCommand]) -> bool:
    first, last = pipe[0], pipe[-1]
    if all(command.name in _CANNOT_FAIL and command.words for command in pipe[:-1]):
        return True
    if last.name in ("true", ":") or first.negated:
        return True
    parent = first.parent
    if (
        first.nesting == "string"
        and parent is not None
        and any("pipefail" in word.value for word in parent.args if word.script is parent.script)
    ):
        return True
    if first.nesting == "substitution" and parent is not None and parent.words:
        # The result of a substitution counts only where it is assigned and nothing else.
        return True
    before = first.script.text[: first.at].rstrip().rpartition("\n")[2].rsplit(None, 1)
    if before and before[-1].lstrip("({;") in _CONDITIONS:
        return True
    if last.after == "||":
        commands = run.script.commands
        at = commands.index(last) + 1
        return at < len(commands) and commands[at].name in ("true", ":")
    return False


def _shell_has_pipefail(run: Run) -> bool:
    script = run.script
    if script.exec_form or script.text.startswith("#!"):
        return False
    words = run.shell_words or ()
    return any("pipefail" in word for word in words)


def _advice(run: Run) -> str:
    if _sets_in_place(run):
        return "begin the RUN with `set -o pipefail &&`"
    return f"put `{_SHELL}` before it"


def _sets_in_place(run: Run) -> bool:
    """Whether the shell that runs the script knows the option."""
    words = run.shell_words
    if words:
        return dialect_of(words) in ("bash", "zsh", "ash", "ksh")
    facts = run.stage.facts
    return facts is not None and (facts.os or "").startswith("alpine")


def _fix(run: Run, pipe: list[SimpleCommand], offered: bool) -> Fix | None:
    script = run.script
    if not can_edit(run) or pipe[0].script is not script:
        return None
    if _sets_in_place(run):
        first = script.commands[0]
        flags = [word for word in first.args if word.value.startswith(("-", "+"))]
        if first.name == "set" and flags and not first.nesting and len(flags) == len(first.args):
            edit = insert_after(flags[-1], " -o pipefail")
        else:
            at = script.span(0, 0).start
            edit = Edit(Span(script.file, at, at), "set -o pipefail && ")
            if not _starts_plainly(script.text) or any(
                command.after == "&" for command in script.commands
            ):
                return None
        return Fix("Add set -o pipefail", (edit,), Applicability.UNSAFE)
    facts = run.stage.facts
    instruction = run.instruction
    if offered or run.shell_words or facts is None or not facts.tool("bash"):
        return None
    if instruction.outer is not None or isinstance(script.file, EmbeddedSource):
        return None
    start, line = instruction.start, instruction.start_line
    for comment in reversed(instruction.comments):
        if comment.line == line - 1:
            start, line = comment.start, comment.line
    edit = Edit(Span(script.file, start, start), f"{_SHELL}\n")
    return Fix("Add SHELL with pipefail", (edit,), Applicability.UNSAFE)


def _starts_plainly(text: str) -> bool:
    """Whether the script begins with a command to which another can be joined by ``&&``."""
    return not text.startswith(("if ", "for ", "while ", "case ", "until ", "{", "(", "!", "#"))
