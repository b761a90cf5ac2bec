"""What is shown beside the text: the values of variables, sums of memory, findings of services."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.units import format_size
from ..base.wording import plural
from ..compose.nodes import entries_of
from ..source.yaml.nodes import Mapping
from .hover import stacks_with
from .recovered import readable
from .variables import is_secret, references, worth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..model.project import Project
    from ..model.service import Service
    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic

MOST = 500
"""How many hints a range has at most."""

_LONGEST = 40


class Hint(NamedTuple):
    """A text behind an offset of a file, with a longer one for people who ask."""

    offset: int
    label: str
    tooltip: str = ""


class Lens(NamedTuple):
    """A line of text above a place; ``findings`` are those that it counts."""

    span: Span
    title: str
    findings: tuple[Diagnostic, ...] = ()


# --- inlay hints


def hints(project: Project, path: str, start: int, end: int) -> list[Hint]:
    """The hints of a Compose file between two offsets."""
    found: list[Hint] = []
    for stack in stacks_with(project, path)[:1]:
        found += _of_variables(stack, path, start, end)
        for service in stack.services.values():
            found += _of_limits(service, path, start, end)
    return sorted(found, key=lambda hint: hint.offset)[:MOST]


def _of_variables(stack: Stack, path: str, start: int, end: int) -> Iterator[Hint]:
    """The value behind each reference to a variable that is known and no secret."""
    yaml = stack.loaded.documents.get(path)
    if yaml is None:
        return
    for use in references(stack, yaml.source, start, min(end, len(yaml.source.text))):
        span = use.span.origin
        if not start <= span.end <= end:
            continue
        found = worth(stack, use.name)
        value = found.value
        if value is None:
            is_default = use.operator in ("-", ":-") or found.source == "machine"
            if not use.operator and found.source != "machine":
                yield Hint(span.end, "= (not set)", f"nothing sets {use.name}")
            elif not is_default and use.operator.endswith("?"):
                yield Hint(span.end, "= (not set)", f"{use.name} is required")
            continue
        if is_secret(stack, use.name, value, span):
            continue
        if use.operator.endswith("+") or (use.operator[:1] == ":" and not value):
            continue
        shown = " ".join(value.split())
        shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        if f"${{{use.name}}}" != use.span.text or shown:
            yield Hint(span.end, f"= {shown or 'empty'}", f"{use.name} is {found.said}")


def _of_limits(service: Service, path: str, start: int, end: int) -> Iterator[Hint]:
    """What a limit adds up to where a service has several containers."""
    replicas = service.replicas
    field = service.limit("memory")
    memory = service.memory_limit
    if replicas < 2 or field is None or memory is None:
        return
    span = field.value.span.origin
    if span.file.path == path and start <= span.end <= end:
        label = f"{replicas} × {format_size(memory)}"
        yield Hint(span.end, label, f"{format_size(replicas * memory)} for {replicas} containers")


# --- code lenses


def lenses(project: Project, result: Result, path: str) -> list[Lens]:
    """The lenses of a Compose file: the findings of each service, and the sum of all limits."""
    found: list[Lens] = []
    for stack in stacks_with(project, path)[:1]:
        yaml = stack.loaded.documents.get(path)
        for document in readable(yaml).documents if yaml is not None else ():
            entry = document.entry("services") if isinstance(document, Mapping) else None
            if entry is None or not isinstance(entry.value, Mapping):
                continue
            budget = _budget(project, stack)
            if budget:
                found.append(Lens(entry.key.span, budget))
            found += _of_services(entry.value, result, path)
    return found


def _of_services(services: Mapping, result: Result, path: str) -> Iterator[Lens]:
    """A lens for each service of a file that has findings there."""
    places = [
        (finding.span.origin, finding)
        for finding in result.diagnostics
        if finding.suppressed is None
    ]
    here = [(span, finding) for span, finding in places if span.file.path == path]
    for entry in entries_of(services):
        start, end = entry.key.start, max(entry.key.end, entry.value.end)
        own = tuple(finding for span, finding in here if start <= span.start < end)
        if own:
            yield Lens(entry.key.span, plural(len(own), "finding"), own)


def _budget(project: Project, stack: Stack) -> str:
    """The sum of the limits against the machine that the configuration declares; else empty."""
    host = project.host
    available = host.available_memory if host is not None else None
    if available is None:
        return ""
    from ..analysis.capacity import loads

    _, load = loads(stack)[0]
    text = f"all limits: {format_size(load.memory)} of {format_size(available)}"
    if load.unbounded:
        text += f", {plural(len(load.unbounded), 'service')} without a limit"
    return text
