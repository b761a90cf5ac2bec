"""Words behind the script of `sh -c`."""

from __future__ import annotations

import re

from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from .._sources import REFERENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage


@rule(
    "DF165",
    "words-behind-shell",
    Severity.WARNING,
    category="start",
    words=("-c",),
    since="0.2",
    sources=(
        REFERENCE + "#exec-form",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html",
    ),
    examples=(
        Example(
            bad='FROM debian:13-slim\nUSER 1001\nCMD ["sh", "-c", "echo", "hello"]  # error: "hello"\n',
            good='FROM debian:13-slim\nUSER 1001\nCMD ["sh", "-c", "echo hello"]\n',
        ),
    ),
)
def words_behind_shell(stage: Stage) -> Iterator[Diagnostic]:
    """A command in JSON form starts a shell with `-c` and several words; it runs only the first one.

    Why: The command runs without the words behind it, such as its file or its options.

    The others become `$0`, `$1` and so on. Scripts that read them, and an ENTRYPOINT of `sh -c` alone, to which CMD
    is added, are left alone.
    """
    for instruction in stage.instructions:
        if instruction.name not in ("CMD", "ENTRYPOINT", "RUN", "HEALTHCHECK"):
            continue
        words = instruction.json or []
        values = [word.value for word in words]
        if not values or values[0].rpartition("/")[2] not in SHELLS - {"busybox"}:
            continue
        at = next(
            (i for i, word in enumerate(values[1:3], 1) if re.fullmatch(r"-[a-z]*c", word)), 0
        )
        if not at or (at == 2 and not values[1].startswith("-")) or at + 2 >= len(values):
            continue
        script = values[at + 1]
        if script.startswith(("-", "+")) or re.search(r"\$(?:[0-9@*#]|\{[0-9@*#])", script):
            continue
        yield Diagnostic(
            words[at + 2].span,
            f"the shell runs only `{script[:60]}`: the texts after it are not part of the script",
            help="write the whole script as one string",
            evidence=script[:80],
        )
