"""RUN instructions: their stages, calls and variables, mounts, cleaning up, edits."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from ...linter.base.patterns import on_demand
from ...linter.files.paths import is_inside
from ...linter.source.dockerfile.stages import MAX_CHAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import Script, SimpleCommand


def chain_of(stage: Stage) -> Iterator[Stage]:
    """The stage, the stage that it starts from, and so on."""
    stages = stage.dockerfile.all_stages
    for syntax in islice(stage.syntax.chain(), MAX_CHAIN):
        yield stages[syntax.index]


def effective(stage: Stage) -> Iterator[Instruction]:
    """The stage's instructions, with what ONBUILD defers in place of ONBUILD."""
    for instruction in stage.instructions:
        yield instruction.inner or instruction


def packages_of(stage: Stage, *managers: str) -> Iterator[tuple[Run, PackageCommand]]:
    """The stage's calls of these package managers."""
    for run in stage.runs:
        for call in run.packages:
            if call.manager in managers:
                yield run, call


def call_span(call: PackageCommand) -> Span:
    """From the manager's name to its verb: ``apt-get install``."""
    command = call.command
    word = command.word or command.words[0]
    last = call.verb or word
    if last.script is not word.script or last.at < word.at:
        return word.span
    return word.script.span(word.at, last.end)


def call_text(call: PackageCommand) -> str:
    """A call for a message: ``apt-get install``."""
    if not call.verb:
        return call.program
    verb = call.verb.value
    if call.manager != call.program and call.program == "uv":  # uv pip install
        verb = f"{call.manager} {verb}"
    elif call.action.endswith(f"-{verb}"):  # go mod download
        verb = f"{call.action[: -len(verb) - 1]} {verb}"
    return f"{call.program} {verb}"


def options_hidden(call: PackageCommand) -> bool:
    """Whether a variable among the arguments seems to contain options."""
    return any(
        word.has_expansion
        and not word.quoted
        and any(part in word.value.upper() for part in ("OPT", "FLAG", "ARG", "YES"))
        for word in (*call.operands, *(option.word for option in call.options.options))
    )


def name_span(command: SimpleCommand) -> Span:
    """The word that names what a command runs; all of the command where there is none."""
    return (command.word or command).span


def shown(command: SimpleCommand, limit: int = 60) -> str:
    """A command for a message, shortened."""
    text = " ".join(" ".join(word.text for word in command.words).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def is_set(run: Run, name: str, command: SimpleCommand | None = None) -> bool:
    """Whether a variable is set to something that means yes, or to something unknown."""
    if command is not None:
        for assignment in command.assignments:
            if assignment.name == name:
                return _means_yes(assignment.value.literal)
    for other in run.script.commands if _is_named(run.script, name) else ():
        if other.name in ("export", "declare") or not other.words:
            pairs = [(item.name, item.value.literal) for item in other.assignments]
            pairs += [word.value.partition("=")[::2] for word in other.args if "=" in word.value]
            for key, value in pairs:
                if key == name:
                    return _means_yes(value)
    variable = run.variable(name)
    return variable is not None and _means_yes(variable.value)


@lru_cache(maxsize=16)
def _is_named(script: Script, name: str) -> bool:
    """Whether a script contains a name: asked for each of its words."""
    return name in script.text


def _means_yes(value: str | None) -> bool:
    return value is None or value.strip("\"'").lower() not in ("", "0", "false", "no", "off", "n")


_ON_PURPOSE = on_demand(
    r"\b(?:on purpose|purposely|deliberate|intentional|(?:as|is) intended|by design)",
    re.IGNORECASE,
)

_OF_A_LINTER = on_demand(
    r"#*[ \t]*(?:check=|(?:checkov|composelint|dclint|hadolint|kics-scan|no ?lint|noqa|nosemgrep|"
    r"shellcheck|tally|trivy)\b)",
    re.IGNORECASE,
)
"""The beginning of a comment that is for a linter: what it names is for suppression/ to read."""


def is_explained(run: Run, command: SimpleCommand, *words: str) -> bool:
    """Whether a comment at a command says that it is on purpose, or contains one of these words.

    Comments in the lines above the command, those above the instruction for its first command,
    and those behind it count. Those for linters do not: they may be about any other rule. Words
    have to give a reason: "latest" and "current" only describe what is done.
    """
    instruction = run.instruction.outer or run.instruction
    line = command.span.origin.file.line_of(command.span.origin.start)
    inner = {comment.line: comment.text for comment in instruction.inner_comments}
    near: list[str] = []
    above = line - 1
    while above in inner:
        near.append(inner[above])
        above -= 1
    if above < instruction.start_line or all(other > line for other in inner):
        near += [comment.text for comment in instruction.comments]
    near += [
        comment.text
        for comment in run.script.comments
        if comment.span.origin.file.line_of(comment.span.origin.start) in (line, line - 1)
    ]
    text = " ".join(comment for comment in near if not _OF_A_LINTER.match(comment.lstrip()))
    if not text:
        return False
    return _ON_PURPOSE.search(text) is not None or any(
        re.search(rf"\b{word}", text, re.IGNORECASE) for word in words
    )


# --- mounts and cleaning up


def is_mounted(run: Run, *folders: str) -> bool:
    """Whether a cache or tmpfs mount of the RUN keeps these folders out of the layer.

    A folder that begins with ``~/`` may be in any user's home. A target with variables in it
    may be any folder.
    """
    targets = [
        (mount.target or "").rstrip("/") for mount in run.mounts if mount.type in ("cache", "tmpfs")
    ]
    return bool(targets) and all(
        any(_covers(target, folder) for target in targets) for folder in folders
    )


def _covers(target: str, folder: str) -> bool:
    """Whether a folder is the target of a mount or inside it."""
    if "$" in target:
        return True
    if not folder.startswith("~/"):
        return is_inside(target, folder)
    inner = folder[1:]
    while inner:
        if target.endswith(inner):
            return True
        inner = inner.rpartition("/")[0]
    return target in ("/root", "/home") or (target.startswith("/home/") and target.count("/") == 2)


def removes(run: Run, command: SimpleCommand, *folders: str) -> bool:
    """Whether a command deletes one of these folders or what is in it."""
    name = command.name
    if name not in ("find", "rm"):
        return "clean" in name
    if name == "find" and not any(word.value in ("-delete", "rm") for word in command.args):
        return False
    for word in command.args:
        if word.value.startswith("-"):
            continue
        if word.has_expansion and "cache" in word.value.lower() and folders[0].startswith("~/"):
            return True
        literal = word.quoted or (not command.nesting and _keeps_braces(run))
        for path in (word.value,) if literal else _braces(word.value):
            path = path.rstrip("/")
            head, _, tail = path.rpartition("/")
            if "*" in tail:
                path = head
            if path and any(_deletes(path, folder) for folder in folders):
                return True
    return False


def _deletes(path: str, folder: str) -> bool:
    if folder.startswith("~/"):
        path = path.replace("${HOME}", "~").replace("$HOME", "~")
        return "$" not in path and _covers(path, folder)
    return is_inside(path, folder)


_KEEP_BRACES = ("ash", "dash", "sh")


def _keeps_braces(run: Run) -> bool:
    """Whether the shell of a RUN takes ``{a,b}`` as it is: dash and BusyBox do, bash does not."""
    first = (run.shell_words or ("/bin/sh",))[0]
    if first.rpartition("/")[2] not in _KEEP_BRACES or run.instruction.heredocs:
        return False
    facts = run.stage.facts
    if facts is None:
        return any(call.manager in ("apk", "apt") for call in run.packages)
    return facts.os in ("alpine", "buildpack-deps", "buildpack-deps-curl", "debian", "ubuntu")


def _braces(text: str) -> Iterable[str]:
    """The paths that ``/var/{a,b}`` means; only the first list in braces is read."""
    head, _, rest = text.partition("{")
    inner, close, tail = rest.partition("}")
    if not close or "," not in inner or head.endswith("$"):
        return (text,)
    return [f"{head}{part}{tail}" for part in inner.split(",")[:50]]


def outermost(command: SimpleCommand) -> SimpleCommand:
    """The command of the script itself that a command is part of."""
    while command.parent is not None:
        command = command.parent
    return command


def later(run: Run, command: SimpleCommand) -> Sequence[SimpleCommand]:
    """The commands of the script behind this one."""
    commands = run.script.commands
    return commands[commands.index(command) + 1 :]
