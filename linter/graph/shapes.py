"""What a drawing consists of, the same for every format."""

from __future__ import annotations

from ..base.records import NamedTuple


class Row(NamedTuple):
    """A row of a box. ``style`` is plain, muted, or world for what the world reaches."""

    text: str
    style: str = "muted"


class Box(NamedTuple):
    """A box. ``kind`` is service, group, volume, bind, secret, config, world, machine, address or host
    (one that is not reached);
    ``sign`` the gravest severity of its findings (or empty), ``told`` what says so, ``tip`` the text
    of those who point at it, ``link`` the address that it leads to (or empty)."""

    key: str
    kind: str
    title: str
    rows: tuple[Row, ...]
    sign: str
    told: str
    tip: str
    link: str
    area: str


class Area(NamedTuple):
    """An area: the boxes of services that are in the same networks."""

    key: str
    kind: str
    title: str
    rows: tuple[str, ...]
    sign: str
    told: str
    tip: str
    link: str


class Line(NamedTuple):
    """A line between two boxes. ``kind`` is talks, depends, shares, mounts, reads or publishes;
    ``condition`` that of ``depends_on`` (or empty), ``label`` a short text beside it."""

    source: str
    target: str
    kind: str
    condition: str
    label: str
    tip: str


class Drawing(NamedTuple):
    """All that is drawn of one stack. ``about`` are its findings that are about no box or area,
    ``legend`` explains what is drawn, ``summary`` says it all in sentences."""

    title: str
    rows: tuple[str, ...]
    sign: str
    told: str
    tip: str
    link: str
    areas: tuple[Area, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    legend: tuple[str, ...]
    summary: str
