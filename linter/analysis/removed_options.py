"""Options and variables of a service that its image's version removed."""

from __future__ import annotations

from ..compose.nodes import items_of
from ..model.values import text_of, word_in
from ..source.yaml.nodes import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..images.contracts import Removal
    from .contracts import Terms


def uses_of(terms: Terms) -> Iterator[tuple[Span, str, Removal, str]]:
    """Each use of what was removed: its place, its name as written, what was removed, and its key."""
    service = terms.service
    for removal in terms.contract.removals:
        given = terms.given.get(removal.variable) if removal.variable else None
        if given is not None and given.name_span is not None:
            yield given.name_span, given.name, removal, f"{given.key}.{given.name}"
    command = service.get("command")
    if command is None:
        return
    for word in _words(terms):
        name, option = _option_of(word, terms)
        for removal in terms.contract.removals:
            if removal.option and option == removal.option.replace("_", "-"):
                yield word_in(command, word), name, removal, "command"


def _words(terms: Terms) -> list[str]:
    from .container import container_of

    service = terms.service
    command = service.get("command")
    if isinstance(command, Scalar):
        return container_of(service).command or []
    return [text_of(item) or "" for item in items_of(command)]


def _option_of(word: str, terms: Terms) -> tuple[str, str]:
    """An option as written, and its name with ``-`` between words: ``-c wal_x=1``, ``--wal-x=1``."""
    if "postgres" in terms.contract.servers and not word.startswith("--"):
        name = word.removeprefix("-c").partition("=")[0].strip() if "=" in word else ""
        return name, name.replace("_", "-")
    if not word.startswith("--"):
        return "", ""
    name = word.partition("=")[0]
    return name, name[2:].replace("_", "-")
