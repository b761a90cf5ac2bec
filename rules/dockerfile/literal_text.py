"""Text that looks as if something replaced or ran it, and is taken as it is."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import REFERENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Pair

_COMMAND = on_demand(r"(?<!\\)\$\([a-zA-Z./][^()]{0,200}\)|^\"?`[a-z][^`]{0,200}`\"?$")
_EVALUATED = on_demand(
    r"(?:PS\d|PROMPT|CMD|COMMAND|SCRIPT|HOOK|TEMPLATE|FORMAT|EVAL)", re.IGNORECASE
)
"""Names of variables whose value a shell runs later."""


@rule(
    "DF136",
    "command-in-value",
    Severity.WARNING,
    category="reading",
    words=("$(", "`"),
    since="0.2",
    sources=(REFERENCE + "#environment-replacement",),
    examples=(
        Example(
            bad='FROM alpine:3.22\nENV BUILT=$(date)  # error: $(date)\nUSER nobody\nCMD ["top"]\n',
            good='FROM alpine:3.22\nRUN date > /built\nUSER nobody\nCMD ["top"]\n',
        ),
    ),
)
def command_in_value(stage: Stage) -> Iterator[Diagnostic]:
    """The value of ENV, ARG or LABEL contains `$(…)` or backticks, and no shell runs them.

    Why: The variable contains the text itself.

    Values in single quotes, and variables that a shell evaluates later (PS1, PROMPT_COMMAND),
    are left alone.
    """
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        if inner.name not in ("ENV", "ARG", "LABEL"):
            continue
        if "$(" not in inner.text and "`" not in inner.text:
            continue
        for pair in inner.pairs:
            value = pair.value
            if value is None or inner.escape == "`":
                continue
            match = _command_in(inner, pair)
            if match is None:
                continue
            text = match[0].strip('"')
            at = match.start() + match[0].index(text)
            yield Diagnostic(
                value.part(at, at + len(text)),
                f"{inner.name} runs no commands: {pair.key.value} contains the text {text}",
                help="run the command in a RUN, or pass its result as a build argument",
                evidence=pair.key.value,
            )


def _command_in(instruction: Instruction, pair: Pair) -> re.Match[str] | None:
    """The command in a value; None if there is none, or the text may be meant."""
    value = pair.value
    if value is None or value.text.startswith("'") or _EVALUATED.search(pair.key.value):
        return None
    match = _COMMAND.search(value.text)
    if match is None:
        return None
    if instruction.name == "LABEL" and match[0].strip('"') != value.text.strip('"'):
        return None
    return match


@rule(
    "DF137",
    "volume-with-source",
    Severity.WARNING,
    category="reading",
    words=("volume",),
    since="0.2",
    sources=(REFERENCE + "#volume",),
    examples=(
        Example(
            bad='FROM alpine:3.22\nVOLUME ./data:/data  # error: ./data:/data\nUSER nobody\nCMD ["top"]\n',
            good='FROM alpine:3.22\nVOLUME /data\nUSER nobody\nCMD ["top"]\n',
        ),
    ),
)
def volume_with_source(stage: Stage) -> Iterator[Diagnostic]:
    """VOLUME is written as `host:container`, and it accepts only paths of the container.

    Why: Nothing of the host is mounted: the whole text becomes the path of the volume.

    What of the host is mounted, the Docker socket too, is said when the container is started.
    """
    if stage.syntax.windows:
        return
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        for word in inner.words if inner.name == "VOLUME" else ():
            source, colon, target = word.value.partition(":")
            # One letter is a drive of Windows.
            if colon and len(source) > 1 and target.startswith("/") and "$" not in source:
                yield Diagnostic(
                    word.span,
                    f"VOLUME accepts only paths of the container: {word.value} is one path with a colon in it",
                    help=f"write `VOLUME {target.partition(':')[0]}`, and mount {source} with "
                    "`docker run -v` or `volumes` of the service",
                    evidence=word.value,
                )


_PATH_COMMANDS = frozenset(("cd", "chmod", "chown", "cp", "mkdir", "mv", "rm", "touch"))
_BRACED = on_demand(r"(?<![\w$\\{])\{(\$?)([A-Za-z_]\w*)\}(?!\})")


@rule(
    "DF138",
    "braces-without-variable",
    Severity.WARNING,
    category="reading",
    words=("{",),
    since="0.2",
    sources=(REFERENCE + "#environment-replacement",),
    examples=(
        Example(
            bad='FROM alpine:3.22\nENV APP=/srv/app\nRUN mkdir -p {$APP}  # error: {$APP}\nUSER nobody\nCMD ["top"]\n',
            good='FROM alpine:3.22\nENV APP=/srv/app\nRUN mkdir -p ${APP}\nUSER nobody\nCMD ["top"]\n',
        ),
    ),
)
def braces_without_variable(stage: Stage) -> Iterator[Diagnostic]:
    """`{$NAME}` or `{NAME}` is written instead of `${NAME}`, so the braces stay in the path.

    Reported in paths (mkdir, cp, chown, WORKDIR, COPY) and in values of ENV, only for names that an ARG or
    ENV of the stage sets.
    """
    for instruction, state in stage.syntax.walk():
        inner = instruction.inner or instruction
        if "{" not in inner.text:
            continue
        if inner.name in ("WORKDIR", "COPY", "ADD"):
            words = [word for word in inner.words if not word.text.startswith("--")]
            for word in words if not inner.heredocs else ():
                match = _BRACED.search(word.text)
                if match is not None and match[2] in state.scope:
                    yield _braces(word.part(match.start(), match.end()), match)
        elif inner.name == "ENV":
            for pair in inner.pairs:
                value = pair.value
                match = _BRACED.search(value.text) if value is not None else None
                if value is None or match is None or match[2] not in state.scope:
                    continue
                if value.text[:1] not in "'{" and match[2].isupper() and "://" in value.text:
                    yield _braces(value.part(match.start(), match.end()), match)
        elif inner.name == "RUN" and instruction in stage.scripts:
            for command in stage.scripts[instruction].commands:
                for shell_word in command.args if command.name in _PATH_COMMANDS else ():
                    match = _BRACED.search(shell_word.text)
                    if match is None or shell_word.text.startswith("'"):
                        continue
                    if match[2] in state.scope:
                        at = shell_word.at
                        span = shell_word.script.span(at + match.start(), at + match.end())
                        yield _braces(span, match)


def _braces(span: Span, match: re.Match[str]) -> Diagnostic:
    """The finding on braces that replace nothing."""
    return Diagnostic(
        span,
        f"{match[0]} is not a variable: the braces remain in the text",
        help=f"write `${{{match[2]}}}`",
        evidence=match[0],
    )
