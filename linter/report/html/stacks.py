"""The stacks of a page: their pictures, and what their services take of the machine."""

from __future__ import annotations

from ...base.escape import xml
from ...base.units import format_size
from ...base.wording import and_list, plural
from .bars import load_bar
from .picture import checked
from .prose import prose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .facts import Facts, StackFacts, Strategy


_MOST_OPEN = 4
"""Of more stacks than this each is opened by who wants to see it."""


def stacks_section(facts: Facts) -> str:
    """A part for each stack; empty without one."""
    if not facts.stacks:
        return ""
    note = f"<p>{prose(facts.no_picture)}</p>\n" if facts.no_picture else ""
    is_open = len(facts.stacks) <= _MOST_OPEN
    stacks = (_stack(stack, is_open) for stack in facts.stacks)
    return (
        '<section aria-labelledby="stacks-title">\n<h2 id="stacks-title">Stacks</h2>\n'
        f"{note}{''.join(stacks)}</section>\n"
    )


def _stack(stack: StackFacts, is_open: bool) -> str:
    name = xml(stack.name)
    parts = [
        f'<details class="stack"{" open" if is_open else ""}>\n<summary><h3>{name}</h3> '
        f"<span>{plural(stack.services, 'service')}</span></summary>\n"
    ]
    if picture := checked(stack.picture):
        parts.append(
            f'<div class="picture" role="region" tabindex="0" aria-label="Picture of {name}">\n'
            f"{picture}\n</div>\n"
        )
    return "".join([*parts, *_budget(stack), "</details>\n"])


def _budget(stack: StackFacts) -> Iterator[str]:
    """The table of the strategies."""
    if not stack.strategies or not any(each.services for each in stack.strategies):
        return
    host = stack.host
    memory = host.available_memory if host is not None else None
    cpus = host.cpus if host is not None else None
    rows = []
    most_memory = max([memory or 0, *(each.estimate for each in stack.strategies)]) or 1
    most_cpus = max([cpus or 0, *(each.cpus for each in stack.strategies)]) or 1
    for each in stack.strategies:
        names = xml(and_list(each.services, "", 6)) or "none"
        head = f'<tr><th scope="row">{each.name}<small>{names}</small></th>'
        if not each.services:
            rows.append(f'{head}<td colspan="3">{xml(each.verdict)}</td></tr>\n')
            continue
        limit = None if memory is None else memory / most_memory
        of_memory = load_bar(each.memory / most_memory, each.estimate / most_memory, limit)
        limit = None if cpus is None else cpus / most_cpus
        of_cpus = load_bar(each.cpus / most_cpus, 0, limit)
        kind = {True: "fits", False: "over", None: "open"}[each.fits]
        rows.append(
            f'{head}<td data-title="Memory">{of_memory}<span>{xml(_memory(each, memory))}</span></td>'
            f'<td data-title="CPUs">{of_cpus}<span>{xml(_cpus(each, cpus))}</span></td>'
            f'<td class="{kind}">{xml(each.verdict)}</td></tr>\n'
        )
    yield (
        f'<table class="budget">\n<caption>{_machine(stack)}</caption>\n<thead><tr><th scope="col">Strategy</th>'
        '<th scope="col">Memory</th><th scope="col">CPUs</th><th scope="col">Verdict</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>\n"
    )


def _machine(stack: StackFacts) -> str:
    host = stack.host
    if host is None:
        return (
            "What the services may take. No machine is given to compare with: "
            "set <code>[host]</code> in the configuration."
        )
    return f"What the services may take of a machine with {xml(and_list(host.described(), ''))}"


def _memory(each: Strategy, available: int | None) -> str:
    if not each.memory:
        return f"no limit; about {format_size(each.estimate)} would suit"
    text = format_size(each.memory)
    if available:
        text += f" of {format_size(available)} ({each.memory / available:.0%})"
    if each.unlimited:
        text += (
            f"; about {format_size(each.estimate)} with what suits {each.unlimited} without a limit"
        )
    return text


def _cpus(each: Strategy, available: float | None) -> str:
    if not each.cpus:
        return "no limit"
    return f"{each.cpus:g} of {available:g}" if available else f"{each.cpus:g}"
