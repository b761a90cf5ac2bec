"""The addresses in a stack's variables and commands that mean one of its services."""

from __future__ import annotations

import re

from ..analysis.addresses import addresses_of
from ..analysis.peers import peers_of
from ..base.text import Span
from ..source.template import parse_template
from .compose_walk import MADE, references_in
from .places import Key, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.addresses import Address
    from ..model.service import Service
    from ..model.stack import Stack


def host_places(stack: Stack) -> Iterator[Place]:
    """The host names that the model of addresses takes for services, as places of these."""
    peers = peers_of(stack)
    for service in stack.services.values():
        for address in addresses_of(service):
            target = peers.named(address.host, service)
            if target is None or target.name.lower() != address.host.lower():
                continue
            key = Key("service", stack.name, target.name)
            span, fixed = _place(stack, service, address)
            yield Place(key, span, fixed=fixed, via="host", owner=service.name)


def _place(stack: Stack, service: Service, address: Address) -> tuple[Span, str]:
    """The place of a host's name, and why it cannot be replaced; empty if it can."""
    for span in (address.place, address.span):
        found = _hosts_in(span.text, address.host)
        if len(found) == 1:
            at = span.start + found[0]
            return Span(span.file, at, at + len(address.host)).origin, ""
        if found:
            return span.origin, "it is more than once in this value"
    # The value is that of a variable: its definition may show the name.
    for name, _ in references_in(address.span.text):
        definition = stack.loaded.variables.definition(name)
        entry = definition.entry if definition is not None else None
        if entry is None or (entry.template is not None and not parse_template(entry.raw)):
            continue
        found = _hosts_in(entry.raw, address.host)
        if len(found) == 1:
            at = entry.value_start + found[0]
            return Span(entry.file, at, at + len(address.host)), ""
    return address.span.origin, MADE


def _hosts_in(text: str, host: str) -> list[int]:
    """Where a text has a host's name as a word of its own."""
    pattern = rf"(?:(?<![\w.-])|(?<=:-))(?<!\$\{{){re.escape(host)}(?![\w-]|\.\w)"
    found = [match.start() for match in re.finditer(pattern, text, re.IGNORECASE)]
    if len(found) > 1:
        # After the scheme or the account it is the host: `redis://redis:6379`, `db@db`.
        behind = [at for at in found if text[:at].endswith(("//", "@", "@tcp("))]
        return behind or found
    return found
