"""The texts of a service that a shell in its container runs."""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..compose.nodes import items_of
from ..model.values import scalar_text
from ..source.shell.tokens import SHELLS
from ..source.yaml.nodes import Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Seq

    from ..base.text import Span
    from ..model.service import Service
    from ..source.yaml.nodes import Node

_CALL = on_demand(
    rf"(?:^|[\s/])(?:{'|'.join(sorted(SHELLS))})[ \t]+(?:-[\w-]+[ \t]+|-[oO][ \t]+\w+[ \t]+)*-[a-zA-Z]*c(?:\s|$)"
)


def shell_texts(service: Service) -> Iterator[Scalar]:
    """The scalars of its commands and of its health check's test that are scripts for a shell.

    What is given in exec form, or as a text that Docker Compose splits into words itself, is run by
    no shell, unless it calls one with ``-c``.
    """
    test = service.get("healthcheck", "test")
    if isinstance(test, Scalar):
        yield test
    else:
        items = items_of(test)
        kind = scalar_text(items[0]) if items and isinstance(items[0], Scalar) else ""
        if kind == "CMD-SHELL":
            yield from (item for item in items[1:2] if isinstance(item, Scalar))
        elif kind == "CMD":
            yield from _scripts(items[1:])
    entrypoint, command = service.get("entrypoint"), service.get("command")
    yield from _of_command(entrypoint)
    if _ends_with_shell(entrypoint):
        first = items_of(command)[:1] if isinstance(command, Sequence) else [command]
        yield from (node for node in first if isinstance(node, Scalar))
    else:
        yield from _of_command(command)


_LONGEST = 4_000
"""How far into a script quotes are followed."""


def in_single_quotes(node: Scalar, place: Span) -> bool:
    """Whether a place in a script is in single quotes, so that its shell expands nothing there.

    What another shell expands later (``su -c '…'``, ``trap '…'``) counts as not quoted.
    """
    shown = node.span.text
    if place.start - node.start > _LONGEST:
        return False
    before = node.file.text[node.start : place.start]
    if shown[:1] == "'":
        before = before[1:].replace("''", "'")
    elif shown[:1] == '"':
        before = before[1:].replace('\\"', '"')
    call = _CALL.search(before)
    if call is not None:
        before = before[call.end() :].lstrip()
        if before[:1] in ("'", '"'):
            before = before[1:].replace('\\"', '"') if before[0] == '"' else before[1:]
    quote, opened, index = "", 0, 0
    while index < len(before):
        char = before[index]
        if char == "\\" and quote != "'":
            index += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, opened = char, index
        index += 1
    if quote != "'":
        return False
    return re.search(r"(?:-\w*c|\btrap|\beval|\bwatch)\s*\Z", before[:opened]) is None


def _of_command(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if _CALL.search(scalar_text(node)):
            yield node
    else:
        yield from _scripts(items_of(node))


def _scripts(items: Seq[Node]) -> Iterator[Scalar]:
    """The script behind ``sh -c`` among the words of a command in exec form."""
    index = _script_index(items)
    if index is not None and index < len(items):
        script = items[index]
        if isinstance(script, Scalar):
            yield script


def _script_index(items: Seq[Node]) -> int | None:
    """The index of the word behind ``sh -c``."""
    in_shell, option = False, ""
    for index, item in enumerate(items):
        word = scalar_text(item) if isinstance(item, Scalar) else ""
        if word.rpartition("/")[2] in SHELLS:
            in_shell = True
        elif in_shell and re.fullmatch(r"-[a-zA-Z]*c", word):
            return index + 1
        elif not word.startswith("-") and option not in ("-o", "-O", "+o"):
            in_shell = False
        option = word
    return None


def _ends_with_shell(node: Node | None) -> bool:
    """Whether an entry point is a shell that waits for its script: ``[sh, -c]``."""
    if isinstance(node, Scalar):
        return (
            re.search(_CALL.pattern.removesuffix(r"(?:\s|$)") + r"\s*\Z", scalar_text(node))
            is not None
        )
    items = items_of(node)
    return bool(items) and _script_index(items) == len(items)
