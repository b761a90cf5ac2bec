"""The words of a picture: rows of boxes, what lines mean, and all of it in sentences."""

from __future__ import annotations

from ..base.units import format_size
from ..base.wording import and_list, plural
from .model import ADDRESS, DEPENDS, MACHINE, MOUNTS, NOBODY, READS, SHARES, TALKS, UNKNOWN, WORLD
from .shapes import Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .findings import Finding
    from .model import Edge, Graph, Publication, Service
    from .shapes import Box, Line

LONGEST = 34
"""The most characters of a row in a box."""

MOST_ROWS = 6
"""The most rows for one kind of thing in a box: ports, mounts, names of a group."""

MOST_TOLD = 20
"""The most findings that the text of a box tells."""

SIGNS = {"error": "●", "warning": "▲", "info": "○"}
"""The sign of each severity: shapes differ, so colour alone tells nothing."""

SEVERITIES = ("error", "warning", "info")


def short(text: str, most: int = LONGEST) -> str:
    """A text that fits into a box: its middle is left out if it is too long."""
    text = " ".join(text.split()) if len(text) < 4 * most else text
    if len(text) <= most:
        return text
    head = (most - 1) * 2 // 3
    return f"{text[:head]}…{text[-(most - 1 - head) :]}"


def told_of(findings: Sequence[Finding]) -> str:
    """Findings as lines of text, the gravest first."""
    ranked = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    lines = [
        f"{SIGNS[finding.severity]} {finding.severity} {finding.code} {finding.message}"
        f" ({finding.name}, {finding.path}:{finding.line})"
        for finding in ranked[:MOST_TOLD]
    ]
    if len(ranked) > MOST_TOLD:
        lines.append(f"and {len(ranked) - MOST_TOLD} more")
    return "\n".join(lines)


def short_image(image: str) -> str:
    """An image's name that fits into a box: folders of the registry are left out first."""
    name, at, digest = image.partition("@")
    image = f"{name}@{digest.partition(':')[2][:8]}…" if at else name
    while len(image) > LONGEST and "/" in image.removeprefix("…/"):
        image = f"…/{image.removeprefix('…/').partition('/')[2]}"
    return short(image)


def wrapped(texts: Iterable[str], most: int = MOST_ROWS) -> list[str]:
    """Rows with some short texts, separated by commas; the last one says how many are left out."""
    texts = list(dict.fromkeys(texts))
    rows: list[str] = []
    for number, text in enumerate(texts):
        text = short(text)
        joined = f"{rows[-1]}, {text}" if rows else text
        if rows and len(joined) <= LONGEST + 4:
            rows[-1] = joined
        elif len(rows) < most:
            if rows:
                rows[-1] += ","
            rows.append(text)
        else:
            rows[-1] += f" and {len(texts) - number} more"
            break
    return rows


def port_text(port: Publication) -> str:
    """A port as people say it: ``80``, ``8080 → 80``, ``53/udp``."""
    target = str(port.target) if port.target is not None else "?"
    published = port.published or "random"
    text = target if published == target else f"{published} → {target}"
    return text if port.protocol in ("tcp", "") else f"{text}/{port.protocol}"


def port_rows(ports: Iterable[Publication]) -> Iterator[Row]:
    """Rows for published ports, by who reaches them."""
    by_reach: dict[tuple[str, str], list[str]] = {}
    for port in ports:
        whom = f"to {port.address}" if port.reach == ADDRESS else _REACHES[port.reach]
        by_reach.setdefault((port.reach, whom), []).append(port_text(port))
    for (reach, whom), texts in by_reach.items():
        rows = wrapped(texts)
        if len(rows[-1]) + len(whom) <= LONGEST:
            rows[-1] += f" {whom}"
        else:
            rows.append(whom)
        if reach == WORLD:
            rows[0] = f"{WORLD_SIGN} {rows[0]}"
        yield from (Row(short(row, 44), "world" if reach == WORLD else "muted") for row in rows)
    if not by_reach:
        yield Row("nothing published")


WORLD_SIGN = "►"

_REACHES = {
    WORLD: "to the world",
    MACHINE: "to this machine only",
    NOBODY: "to nobody",
    UNKNOWN: "to whom a variable says",
}


def port_words(ports: Iterable[Publication]) -> str:
    """Who reaches which published ports, in words."""
    rows = (row.text.removeprefix(f"{WORLD_SIGN} ") for row in port_rows(ports))
    return " ".join(rows)


def group_rows(services: Sequence[Service]) -> Iterator[Row]:
    """The rows of the box of several services."""
    names = wrapped((service.name for service in services), 2 * MOST_ROWS)
    yield from (Row(row, "plain") for row in names)
    limited = [service for service in services if service.memory is not None]
    total = sum((service.memory or 0) * service.replicas for service in limited)
    if total:
        yield Row(f"at most {format_size(total)} for {len(limited)} of them")
    elif not any("memory" in service.undecided for service in services):
        yield Row("no memory limits")
    yield from port_rows(port for service in services for port in service.ports)


def sentence(edge: Edge) -> str:
    """An edge in words."""
    if edge.kind == DEPENDS:
        how = {"healthy": "is healthy", "completed_successfully": "has completed"}.get(
            edge.condition, "has started"
        )
        optional = "" if edge.required else ", if that is there"
        return f"{edge.source} starts when {edge.target} {how}{optional}"
    if edge.to_kind == "host":
        return f"{edge.source} cannot reach {edge.target}: {edge.detail}"
    if edge.kind == TALKS:
        return f"{edge.source} talks to {edge.target}" + (f":{edge.detail}" if edge.detail else "")
    if edge.kind == SHARES:
        return f"{edge.source} uses the {edge.detail} of {edge.target}"
    verb = "mounts" if edge.kind == MOUNTS else "reads"
    at = f" at {edge.detail}" if edge.detail else ""
    return f"{edge.source} {verb} {edge.to_kind} {edge.target}{at}"


def legend_of(boxes: Sequence[Box], lines: Sequence[Line]) -> Iterator[str]:
    """What the signs and lines mean, as far as they occur."""
    signs = {box.sign for box in boxes}
    shown = [f"{sign} {severity}" for severity, sign in SIGNS.items() if severity in signs]
    if shown:
        yield "gravest finding of a box: " + "   ".join(shown)
    kinds = {line.kind for line in lines}
    words = [text for kind, text in _LINES.items() if kind in kinds]
    if not kinds.isdisjoint((MOUNTS, READS)):
        words.append("dotted line: uses")
    if any(row.style == "world" for box in boxes for row in box.rows):
        words.insert(0, f"{WORLD_SIGN} reached by the world")
    if words:
        yield "   ".join(words)
    conditions = {line.condition for line in lines}
    words = [text for condition, text in _HEADS.items() if condition in conditions]
    if words:
        yield "   ".join(words)


_LINES = {
    "publishes": "double line: published port",
    TALKS: "solid line: talks to (the number is the port)",
    DEPENDS: "dashed line: only starts after",
    SHARES: "thick line: shares",
}
_HEADS = {
    "healthy": "line with a ring: starts when that one is healthy",
    "completed_successfully": "line with a square: starts when that one has ended without error",
}


def summary_of(graph: Graph) -> str:
    """What the picture shows, in sentences, for those who do not see it."""
    parts = []
    for service in graph.services[:_MOST_SAID]:
        what = service.image or (
            f"built from {service.build}" if service.build else "image not known"
        )
        said = [what, port_words(service.ports)]
        if service.networks:
            said.append(
                f"in {'networks' if len(service.networks) > 1 else 'network'} {and_list(service.networks, '')}"
            )
        indexes = service.findings
        if indexes:
            said.append(plural(len(indexes), "finding"))
        parts.append(f"{service.name}: {', '.join(said)}.")
    if len(graph.services) > _MOST_SAID:
        parts.append(f"And {len(graph.services) - _MOST_SAID} more services.")
    parts += [
        f"{sentence(edge)}." for edge in graph.edges[:_MOST_SAID] if edge.to_kind == "service"
    ]
    return " ".join(parts)


_MOST_SAID = 60
