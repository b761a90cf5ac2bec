"""Commands and tests in list form: which parts a shell receives, and lists that run without one."""

from __future__ import annotations

import re

from ...linter.base.text import Span
from ...linter.compose.nodes import items_of
from ...linter.edits.yaml import is_written_in
from ...linter.model.values import text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from ...linter.source.yaml.nodes import Scalar, Sequence
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

_DB = "services:\n  db:\n    image: shop/db:2.1\n    healthcheck:\n"
_ARGUMENTS = r"\$(?:[0-9@*#]|\{[0-9@*#])"
"""What a script contains that reads the words behind it."""


@rule(
    "CF149",
    "words-behind-test",
    Severity.WARNING,
    category="start",
    words=("cmd-shell",),
    since="0.2",
    sources=(SPEC + "services/#healthcheck",),
    examples=(
        Example(
            bad=f"{_DB}      test: [CMD-SHELL, pg_isready, -U, shop]  # error: -U\n",
            good=f"{_DB}      test: [CMD, pg_isready, -U, shop]\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def words_behind_test(service: Service) -> Iterator[Diagnostic]:
    """A test in the form CMD-SHELL has more than one text, and the shell runs only the first one.

    `[CMD-SHELL, pg_isready, -U, shop]` runs `pg_isready` without arguments. Write all of it as one text, or CMD
    instead of CMD-SHELL where no shell is needed.
    """
    check = service.healthcheck
    node = check.test_node if check is not None else None
    items = node.items if isinstance(node, Sequence) else []
    if len(items) < 3 or text_of(items[0]) != "CMD-SHELL":
        return
    script = text_of(items[1])
    if script is None or re.search(_ARGUMENTS, script) or not script.strip():
        return
    rest = [item.raw if isinstance(item, Scalar) else "" for item in items[2:]]
    is_plain = " " not in script and all(
        re.fullmatch(r"[\w./:@=%,+-]+", word) for word in (script, *rest)
    )
    first = items[0]
    fix = None
    if is_plain and first.span.text.strip("\"'") == "CMD-SHELL" and is_written_in(service, first):
        at = first.span.text.find("-SHELL") + first.start
        fix = Fix(
            "Use CMD instead of CMD-SHELL",
            (Edit(Span(first.file, at, at + len("-SHELL")), ""),),
            Applicability.UNSAFE,
            (f"{service.path}.healthcheck.test",),
        )
    yield Diagnostic(
        items[2],
        f'the healthcheck of service "{service.name}" runs only `{script[:60]}`: the shell ignores the texts after it',
        help="use CMD instead of CMD-SHELL" if is_plain else "write the whole command as one text",
        subject=f"{service.path}.healthcheck.test",
        evidence=script,
        fix=fix,
    )


_READS_VARIABLES = SHELLS | {
    "busybox", "env", "envsubst", "gosu", "su", "su-exec", "sudo", "tini", "dumb-init", "pwsh", "powershell",
    "cmd", "mongo", "mongosh", "php", "perl", "ruby", "node", "bun", "deno", "awk", "jq", "execlineb",
}  # fmt: skip
"""Programs that replace variables, run what may, or get code with `$`."""

_VARIABLE = r"(?<![\\$])\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]*))"


@rule(
    "CF150",
    "variable-without-shell",
    Severity.WARNING,
    category="start",
    words=("$$",),
    since="0.2",
    sources=(SPEC + "services/#healthcheck", SPEC + "interpolation/"),
    examples=(
        Example(
            bad=f'{_DB}      test: [CMD, pg_isready, -U, "$${{POSTGRES_USER}}"]  # error: "$${{POSTGRES_USER}}"\n',
            good=f"{_DB}      test: [CMD-SHELL, 'pg_isready -U $${{POSTGRES_USER}}']\n",
        ),
    ),
)
def variable_without_shell(service: Service) -> Iterator[Diagnostic]:
    """A healthcheck or entrypoint in list form contains a variable of the container, and no shell expands it.

    `$$NAME` becomes `$NAME` for the container, where only a shell replaces it: the program sees the text
    `$NAME`. Programs and scripts that may replace variables themselves are left alone.
    """
    check = service.healthcheck
    node = check.test_node if check is not None else None
    items = node.items if isinstance(node, Sequence) else []
    if items and text_of(items[0]) == "CMD":
        yield from _unexpanded(
            service,
            "healthcheck.test",
            items[1:],
            "write `[CMD-SHELL, …]` with the whole command as one text",
        )
    node = service.get("entrypoint")
    if isinstance(node, Sequence):
        yield from _unexpanded(
            service,
            "entrypoint",
            node.items,
            "write `[sh, -c, …]` with the whole command as one text",
        )


def _unexpanded(service: Service, key: str, items: list[Node], advice: str) -> Iterator[Diagnostic]:
    program = (text_of(items[0]) or "") if items else ""
    name = program.rpartition("/")[2]
    if not name or name in _READS_VARIABLES or "." in name or "entrypoint" in name:
        return
    if "/" in program and not re.match(r"/(?:usr/(?:local/)?)?s?bin/", program):
        return  # perhaps a script, which may expand it
    words = [text_of(item) or "" for item in items]
    if any(word.rpartition("/")[2] in SHELLS for word in words):
        return
    for item, word in zip(items, words, strict=True):
        match = re.search(_VARIABLE, word)
        if match is None or "$$" not in item.span.text or re.search(r"[\s;|'\"]", word):
            continue
        yield Diagnostic(
            item,
            f"{match[0]} is not expanded, because no shell runs this list: {name} gets the literal text",
            help=advice,
            subject=f"{service.path}.{key}",
            evidence=match[1] or match[2],
        )
        return


@rule(
    "CF169",
    "words-behind-script",
    Severity.WARNING,
    category="start",
    words=("entrypoint", "-c"),
    since="0.2",
    sources=(
        SPEC + "services/#entrypoint",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html",
    ),
    examples=(
        Example(
            bad='services:\n  app:\n    image: shop/app:2.1\n    entrypoint: [sh, -c]\n    command: [echo, "$$HOME", "&&", sleep, "5"]  # error: "$$HOME"\n',
            good='services:\n  app:\n    image: shop/app:2.1\n    entrypoint: [sh, -c]\n    command: ["echo $$HOME && sleep 5"]\n',
        ),
    ),
)
def words_behind_script(service: Service) -> Iterator[Diagnostic]:
    """A shell is started with `-c` and several words, of which it runs the first one only.

    Why: The command runs without the words behind it, such as its file or its options.

    The others become `$0`, `$1` and so on. An entry point `[sh, -c]` needs a command that is a list of one
    text: a command given as text is split into words. Scripts that read `$0`, `$1` or `$@` are left alone.
    """
    entrypoint, command = service.get("entrypoint"), service.get("command")
    for key, node in (("entrypoint", entrypoint), ("command", command)):
        items = items_of(node) if isinstance(node, Sequence) else []
        at = _script_at(items)
        if at is not None and at + 1 < len(items):
            yield from _ignored(service, key, items[at:])
    start = items_of(entrypoint) if isinstance(entrypoint, Sequence) else []
    is_open = _script_at(start) == len(start) > 0
    if not is_open and isinstance(entrypoint, Scalar):
        is_open = (
            re.fullmatch(r"(?:\S*/)?(?:ba|da|a)?sh -[a-z]*c", (text_of(entrypoint) or "").strip())
            is not None
        )
    if not is_open or command is None:
        return
    if isinstance(command, Sequence):
        yield from _ignored(service, "command", command.items)
    else:
        from ...linter.analysis.container import command_words

        words = command_words(command) or []
        if len(words) > 1 and not re.search(_ARGUMENTS, words[0]) and words[0][0:1] not in "-+":
            yield _finding(service, "command", command, words[0])


def _script_at(items: list[Node]) -> int | None:
    """The index of the script of `sh -c` at the start of a command."""
    words = [text_of(item) or "" for item in items[:4]]
    if not words or words[0].rpartition("/")[2] not in SHELLS - {"busybox"}:
        return None
    for index, word in enumerate(words[1:], 1):
        if re.fullmatch(r"-[a-zA-Z]*c", word):
            return index + 1
        if not re.fullmatch(r"-[a-zA-Z]+|pipefail", word):
            return None
    return None


def _ignored(service: Service, key: str, items: list[Node]) -> Iterator[Diagnostic]:
    """The finding about the words behind a script, the first of the items."""
    script = text_of(items[0]) if items else None
    if script is None or len(items) < 2 or re.search(_ARGUMENTS, script):
        return
    if script.startswith(("-", "+")):
        return  # an option of the shell
    yield _finding(service, key, items[1], script)


def _finding(service: Service, key: str, place: Node, script: str) -> Diagnostic:
    shown = script.strip().partition("\n")[0][:60]
    return Diagnostic(
        place,
        f'the shell of service "{service.name}" runs only `{shown}`: the texts after it are not part of the script',
        help="write the whole script as one item of the list",
        subject=f"{service.path}.{key}",
        evidence=shown,
    )
