"""Pipes in which a failure is not noticed."""

from __future__ import annotations

import re

from ...linter.base.text import EmbeddedSource, Span
from ...linter.edits.scripts import can_edit, insert_after
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.dockerfile.scripts import dialect_of
from ...linter.source.shell.tokens import SHELLS
from ._runs import later, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand

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
_COMPOUND = ("if ", "for ", "while ", "case ", "until ", "{", "(", "!", "#")
"""Beginnings of scripts in front of which no other command can be put with ``&&``."""
_SHELL = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'


@rule(
    "DF314",
    "pipe-without-pipefail",
    Severity.WARNING,
    category="build",
    words=("|",),
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL4006",),
    ignore_when="Where it does not matter whether the first command of the pipe fails.",
    sources=("https://docs.docker.com/build/building/best-practices/#using-pipes",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN curl -fsSL https://example.com/ca.crt | tee /usr/local/share/ca-certificates/ca.crt  # error: curl\n",
            good='FROM debian:trixie-slim\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/ca.crt | tee /usr/local/share/ca-certificates/ca.crt\n',
        ),
        Example(
            bad="FROM alpine:3.22\nRUN wget -qO- https://example.com/hosts | sort -u > /etc/app/hosts  # error: wget\n",
            good="FROM alpine:3.22\nRUN set -o pipefail && wget -qO- https://example.com/hosts | sort -u > /etc/app/hosts\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def pipe_without_pipefail(stage: Stage) -> Iterator[Diagnostic]:
    """When a command in a pipe fails, the RUN continues, because only the last command counts.

    Why: A failed download goes unnoticed, and the image contains half a file or none.

    A shell takes only the last command of a pipe for its result, unless `pipefail` is set: by
    SHELL, by `set -o pipefail`, or by the shell's own option. Left alone are pipes that begin with
    nothing that can fail (`echo`, `printf`, `yes`), whose result is tested or thrown away
    (`if`, `!`, `|| true`, `x=$(…)` with a `test -n "$x"` after it), and shells of another kind. So are
    pipes whose last command fails itself where its input is empty or cut off (`tar -x`, `gunzip`,
    `gpg --dearmor`, `sha256sum -c`), and those after which the RUN needs what the pipe has made
    (`… | bash && mv /root/tool /usr/local/bin/`). A pipe of text tools over local files is advice of stricter presets. The fix sets the option in the RUN where the
    shell has it (bash, and ash on Alpine), else it puts a SHELL with bash in front, where the image
    is known to have it. Debian's `sh` (dash) has no such option before 0.5.13, and stops at
    `set -o pipefail`; where an argument chooses the base image, there is no fix.
    """
    offered = False
    for run in stage.runs:
        script = run.script
        if "|" not in script.text or not script.complete:
            continue
        pipes = [pipe for pipe in _pipes(run) if not _is_harmless(run, pipe)]
        if not pipes or _shell_has_pipefail(run):
            continue
        # Text tools on local files hardly ever fail; downloads and programs do.
        pipes.sort(key=lambda pipe: _culprit(pipe).name in _LOCAL)
        first = pipes[0]
        culprit = _culprit(first)
        fix = _fix(run, first, offered)
        if fix is not None and fix.title.startswith("Add SHELL"):
            offered = True
        yield Diagnostic(
            script.span(first[0].at, first[-1].end) if first[0].script is script else first[0].span,
            f"if `{shown(culprit, 40)}` fails, this RUN continues: only the last command of the pipe counts",
            help=_advice(run),
            severity=Severity.INFO if culprit.name in _LOCAL else None,
            strict=culprit.name in _LOCAL,
            related=[Related(pipe[0].span, "and in this pipe") for pipe in pipes[1:]],
            evidence=shown(culprit),
            fix=fix,
        )


def hidden_by_pipe(run: Run, command: SimpleCommand) -> str | None:
    """How to make a failure of a command count, which its pipe hides; None if the pipe does not."""
    if command is command.pipeline[-1] or _shell_has_pipefail(run):
        return None
    return _advice(run) if any(command in pipe for pipe in _pipes(run)) else None


def _culprit(pipe: list[SimpleCommand]) -> SimpleCommand:
    """The command of a pipe whose failure would not be noticed."""
    hidden = [command for command in pipe[:-1] if command.name not in _CANNOT_FAIL]
    return next((command for command in hidden if command.name not in _LOCAL), (hidden or pipe)[0])


def _pipes(run: Run) -> Iterator[list[SimpleCommand]]:
    """The pipes of a script for which pipefail is not set by a command before them."""
    is_set = run.script.text.startswith("#!") and "pipefail" in run.script.text.partition("\n")[0]
    for command in run.script.commands:
        if command.name == "set" and not command.in_subshell:
            values = [word.value for word in command.args]
            if "pipefail" in values:
                is_set = not values[values.index("pipefail") - 1].startswith("+")
        pipe = command.pipeline
        if len(pipe) > 1 and pipe[0] is command and not (is_set and command.nesting != "string"):
            yield pipe


def _is_harmless(run: Run, pipe: list[SimpleCommand]) -> bool:
    """Whether the commands before the last cannot fail, or their failure is meant to be ignored."""
    first, last, parent = pipe[0], pipe[-1], pipe[0].parent
    if all(command.name in _CANNOT_FAIL and command.words for command in pipe[:-1]):
        return True
    if last.name in ("true", ":") or first.negated:
        return True
    if _fails_without_input(last) and all(command.name in _LOCAL for command in pipe[1:-1]):
        return _stops_script(run, last)
    if _stops_script(run, last) and _needs_result(run, pipe):
        return True
    if parent is not None and first.nesting == "string":
        if any("pipefail" in word.value for word in parent.args if word.script is parent.script):
            return True
    elif (
        parent is not None
        and first.nesting == "substitution"
        and (parent.words or _is_tested(run, parent))
    ):
        # The result of a substitution counts only where it is assigned and nothing else.
        return True
    before = first.script.text[: first.at].rstrip().rpartition("\n")[2].rsplit(None, 1)
    if before and before[-1].lstrip("({;") in _CONDITIONS:
        return True
    for command in later(run, last) if last.after in ("&&", "||") else ():
        if command.before not in ("&&", "||") or command.script is not last.script:
            return False
        if command.before == "||" and command.name in ("true", ":"):
            return True
    return False


_UNPACK = frozenset(("bunzip2", "funzip", "gunzip", "unxz", "unzstd"))
_SUMS = ("md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "shasum")


def _fails_without_input(command: SimpleCommand) -> bool:
    """Whether a command at the end of a pipe fails if its input is empty or cut off.

    Measured with the programs of Debian 12 and with BusyBox 1.35; bsdtar 3.6 does not.
    """
    name, words = command.name, [word.value for word in command.args]
    if name in _UNPACK:
        return True
    if name == "tar":  # bsdtar takes no input for an empty archive
        first = words[0] if words else ""
        return (
            "--extract" in words
            or any(word[:1] == "-" and word[:2] != "--" and "x" in word for word in words)
            or (first[:1] != "-" and "x" in first)
        )
    if name in ("gpg", "gpg2"):
        return any(word in ("--dearmor", "--dearmour", "--import") for word in words)
    if name == "apt-key":
        return words[:1] == ["add"]
    return name in _SUMS and any(word in ("-c", "--check") for word in words)


def _stops_script(run: Run, command: SimpleCommand) -> bool:
    """Whether the RUN fails if a command does: nothing runs after it, or only after ``&&``."""
    if command.nesting or command.in_subshell or command.in_function:
        return False
    following = [
        other
        for other in later(run, command)
        if not other.nesting and other.before not in ("|", "|&")
    ]
    if any(other.before == "||" for other in following):
        return False
    if all(other.before == "&&" for other in following):
        return True
    return any(
        other.name == "set" and any(_has_e(word.value) for word in other.args)
        for other in run.script.commands
        if other.at < command.at
    ) or any("-e" in word for word in (run.shell_words or [])[1:])


def _has_e(option: str) -> bool:
    """Whether an option of ``set`` is ``-e``, alone or among others."""
    return option == "errexit" or (option[:1] == "-" and option[:2] != "--" and "e" in option)


_INTERPRETERS = SHELLS | {"node", "perl", "php", "python", "python3", "ruby"}
_TAKES_FILE = frozenset(("chmod", "chown", "cp", "install", "mv", "unzip"))


def _needs_result(run: Run, pipe: list[SimpleCommand]) -> bool:
    """Whether a later command fails where the script that the pipe runs has done nothing.

    It moves or checks what that script has made, or is the program that it installs.
    """
    if pipe[-1].name not in _INTERPRETERS:
        return False
    source = shown(pipe[0], 1000)
    parts = set(re.split(r"[^\w]+|_", source))
    before = run.script.text[: pipe[0].at]
    for command in later(run, pipe[-1]):
        words = [word.value for word in command.args if word.value[:1] not in ("-", "")]
        if command.name in _TAKES_FILE:
            paths = words[:1] if command.name in ("cp", "install", "mv", "unzip") else words[1:]
            return any("/" in path and path not in before for path in paths)
        if command.name in ("test", "[") and any(
            word.value in ("-f", "-x", "-s", "-e", "-d") for word in command.args
        ):
            return True
        path = command.word.value if command.word is not None else ""
        if command.name and (
            (command.name in parts and command.name not in _INTERPRETERS)
            or (path.startswith(("/root/", "/opt/", "~/", "$HOME/")) and path not in before)
        ):
            return True
        if command.name not in ("echo", "export", "mkdir", "printf", "rm", "set"):
            return False
    return False


def _is_tested(run: Run, assigning: SimpleCommand) -> bool:
    """Whether a later command of the script tests a variable that this command assigns.

    A pipe that fails leaves it empty or wrong, which the test notices.
    """
    names = {assignment.name for assignment in assigning.assignments}
    for command in later(run, assigning):
        tests = command.name in ("test", "[", "[[")
        for word in command.words:
            for name in names:
                if f"${{{name}:?" in word.text or f"${{{name}?" in word.text:
                    return True
                if tests and (f"${{{name}}}" in word.text or _names_plainly(word.text, name)):
                    return True
    return False


def _names_plainly(text: str, name: str) -> bool:
    """Whether a text expands a variable without braces."""
    _, found, after = text.partition(f"${name}")
    return bool(found) and not (after[:1].isalnum() or after[:1] == "_")


def _shell_has_pipefail(run: Run) -> bool:
    script = run.script
    if script.exec_form or script.text.startswith("#!"):
        return False
    return any("pipefail" in word for word in run.shell_words or ())


def _has_option(run: Run) -> bool:
    """Whether the shell that runs the script has the option ``pipefail``."""
    words = run.shell_words
    if words:
        return dialect_of(words) in ("bash", "zsh", "ash", "ksh")
    facts = run.stage.facts
    return facts is not None and (facts.os or "").startswith("alpine")


def _advice(run: Run) -> str:
    """What to write: in a heredoc, only ``set -e`` makes a failure count that is not the last one."""
    if not run.shell_words and _is_base_chosen(run.stage):
        return (
            "write the output of the first command to a file instead: the base image is an argument, and "
            "the sh of Debian has no pipefail"
        )
    is_heredoc = run.script.text in [heredoc.body for heredoc in run.instruction.heredocs]
    needs_e = is_heredoc and not any(
        command.name == "set" and any(_has_e(word.value) for word in command.args)
        for command in run.script.commands
    )
    if _has_option(run):
        if is_heredoc:
            return f"begin the heredoc with `set -{'e' if needs_e else ''}o pipefail`"
        return "begin the RUN with `set -o pipefail &&`"
    return f"put `{_SHELL.replace('-o', '-eo') if needs_e else _SHELL}` before it"


def _is_base_chosen(stage: Stage) -> bool:
    """Whether a build argument chooses the system that the stage starts from, not only a version."""
    for part in stage.syntax.chain():
        base = part.base
        if base is not None and base.has_variable:
            written = re.sub(r"\$(?:\{[^{}]*\}|\w+)", "$", base.text)
            name = written.partition("@")[0].rpartition("/")[2]
            if name.startswith("$") or part.base_stage is not None:
                return True
            if ":$" in name and "-" not in name and not name.startswith(_ONE_SYSTEM):
                return True
    return False


_ONE_SYSTEM = ("alpine:", "debian:", "ubuntu:", "fedora:", "almalinux:", "rockylinux:")
"""Images whose tags are versions of one system."""


def _fix(run: Run, pipe: list[SimpleCommand], offered: bool) -> Fix | None:
    script = run.script
    if not can_edit(run) or pipe[0].script is not script:
        return None
    if not run.shell_words and _is_base_chosen(run.stage):
        return None
    if _has_option(run):
        first = script.commands[0]
        if (
            first.name == "set"
            and not first.nesting
            and first.args
            and all(word.value.startswith(("-", "+")) for word in first.args)
        ):
            edit = insert_after(first.args[-1], " -o pipefail")
        elif script.text.startswith(_COMPOUND) or any(
            command.after == "&" for command in script.commands
        ):
            return None
        else:
            edit = Edit(script.span(0, 0), "set -o pipefail && ")
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
