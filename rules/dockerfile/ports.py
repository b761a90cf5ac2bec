"""EXPOSE: the ports that an image says it listens on."""

from __future__ import annotations

from ...linter.base.records import NamedTuple
from ...linter.base.units import whole_number
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from .._sources import CHECKS, REFERENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.parts import Word


class _Port(NamedTuple):
    """One port of EXPOSE as BuildKit splits it; ``problem`` says why it is refused."""

    text: str
    host: str
    container: str
    protocol: str
    problem: str


def _port(text: str) -> _Port:
    host, _, inner = text.rpartition(":")
    container, _, protocol = inner.partition("/")
    published = host.rpartition(":")[2]
    if not container:
        problem = "it has no port"
    elif protocol.lower() not in ("", "tcp", "udp", "sctp"):
        problem = f'"{protocol}" is not tcp, udp or sctp'
    else:
        problem = _range_problem(container) or (published and _range_problem(published))
    return _Port(text, host, container, protocol, problem)


def _range_problem(text: str) -> str:
    """Why a text is not a port or a range of ports; empty if it is."""
    parts = text.split("-", 1)
    numbers = []
    for part in parts:
        number = whole_number(part)
        if number is None:
            return f'"{part}" is not a port number'
        if number > 65535:
            return f"{part} is above 65535, the last port"
        numbers.append(number)
    return f"{parts[1]} is below {parts[0]}" if numbers[-1] < numbers[0] else ""


def _ports(stage: Stage) -> Iterator[tuple[Word, _Port]]:
    """The ports of the stage's EXPOSE instructions; none for a variable without a known value."""
    for instruction in stage.instructions:
        if instruction.name != "EXPOSE":
            continue
        for word in instruction.words:
            scope = stage.syntax.final.scope
            value = scope.expand(word) if word.has_variable else word.value
            for text in (value or "").split():
                yield word, _port(text)
            if word.text.startswith("#"):
                break


@rule(
    "DF113",
    "expose-host-port",
    Severity.WARNING,
    category="connect",
    words=("expose",),
    equivalents=("buildkit:ExposeInvalidFormat",),
    sources=(CHECKS + "expose-invalid-format/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nEXPOSE 8080:80  # error: 8080:80\n",
            good="FROM alpine:3.22\nEXPOSE 80\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def expose_host_port(stage: Stage) -> Iterator[Diagnostic]:
    """EXPOSE names an address or a port of the host, which it cannot publish.

    Why: The port is not published, and BuildKit, which ignores the host's part, means to refuse
    it one day.

    EXPOSE only says which port the container listens on; `ports` in Compose or `docker run -p`
    publishes it. The fix keeps the container's part.
    """
    for word, port in _ports(stage):
        if not port.host or port.problem:
            continue
        kept = port.container + (f"/{port.protocol}" if port.protocol else "")
        fix = Fix(f"Write {kept}", (Edit(word.span, kept),), Applicability.UNSAFE)
        yield Diagnostic(
            word.span,
            f"EXPOSE {port.text} publishes nothing: the part for the host, {port.host}, is ignored",
            help=f"write `{kept}`, and publish the port when the container is started",
            evidence=port.text,
            fix=fix if word.text == port.text else None,
        )


@rule(
    "DF114",
    "expose-protocol-case",
    Severity.INFO,
    category="style",
    words=("expose",),
    equivalents=("buildkit:ExposeProtoCasing",),
    sources=(CHECKS + "expose-proto-casing/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nEXPOSE 80/TCP  # error: TCP\n",
            good="FROM alpine:3.22\nEXPOSE 80/tcp\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def expose_protocol_case(stage: Stage) -> Iterator[Diagnostic]:
    """The protocol in EXPOSE is not written in lower case; other tools compare it as it is written.

    Why: A tool that looks for `80/tcp` does not find `80/TCP`.
    """
    for word, port in _ports(stage):
        if port.problem or port.protocol == port.protocol.lower():
            continue
        span, fix = word.span, None
        if word.text == port.text:
            at = len(word.text) - len(port.protocol)
            span = word.part(at, len(word.text))
            edit = Edit(span, port.protocol.lower())
            fix = Fix("Write it in lower case", (edit,), Applicability.SAFE)
        yield Diagnostic(
            span,
            f"the protocol {port.protocol} is not in lower case",
            help=f"write `{port.protocol.lower()}`",
            evidence=port.text,
            fix=fix,
        )


@rule(
    "DF115",
    "invalid-expose",
    Severity.ERROR,
    category="reading",
    words=("expose",),
    equivalents=("hadolint:DL3011", "trivy:DS-0008"),
    sources=(REFERENCE + "#expose",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nEXPOSE 80800  # error: 80800\n",
            good="FROM alpine:3.22\nEXPOSE 8080\n",
        ),
    ),
)
def invalid_expose(stage: Stage) -> Iterator[Diagnostic]:
    """EXPOSE has no valid port: a number above 65535, an unknown protocol, a reversed range.

    Why: The build fails.

    Ports whose variables have no known value are left alone. A `#` behind the ports begins no
    comment: it is read as a port too.
    """
    for word, port in _ports(stage):
        message, advice = f"{port.text} cannot be exposed: {port.problem}", ""
        if word.text.startswith("#"):
            message = "EXPOSE reads this as a port: a comment needs its own line"
            advice = "move the comment to the line above"
        if port.problem:
            yield Diagnostic(word.span, message, help=advice, evidence=port.text)
