"""The short texts of ports, mounts and devices, parsed as Docker Compose does.

All functions work on plain strings. A text may contain ``UNKNOWN`` marks, each in place of
the value of an unset variable: such parts are taken as they are.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple

UNKNOWN = "\uffff"
"""Marks in a text where the value of an unset variable would be; no YAML file may contain it."""


class BadValue(ValueError):
    """A text that is not in the form it should be.

    ``start`` and ``end`` are the part of the text that is wrong.
    """

    def __init__(self, message: str, start: int = 0, end: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Part(NamedTuple):
    """A piece of a text and where it begins."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def wrong(self, message: str) -> BadValue:
        """The error that this piece is wrong."""
        return BadValue(message, self.start, self.end)


def split_parts(text: str, separator: str) -> list[Part]:
    """The pieces between separators."""
    parts = []
    at = 0
    for piece in text.split(separator):
        parts.append(Part(piece, at))
        at += len(piece) + len(separator)
    return parts


# --- ports (docker/go-connections, nat/nat.go) ---


class PortText(NamedTuple):
    """A published port. ``target`` and ``published`` may be ranges such as ``8000-8010``."""

    host_ip: Part | None
    published: Part | None
    target: Part
    protocol: Part | None


def parse_port(text: str) -> PortText:
    """``[[HOST_IP:]PUBLISHED:]TARGET[/PROTOCOL]``.

    Raises:
        BadValue: if Docker Compose refuses the text.
    """
    parts = split_parts(text, ":")
    last = parts[-1]
    number, _, rest = last.text.partition("/")
    target = Part(number, last.start)
    protocol = Part(rest.partition("/")[0], target.end + 1)
    published = parts[-2] if len(parts) > 1 and parts[-2].text else None
    host = Part(text[: parts[-2].start - 1], 0) if len(parts) > 2 else None
    if host is not None:
        host = _host_ip(host) if host.text else None
    if not number:
        raise BadValue("no container port is given", max(0, last.start - 1), last.end)
    low, high = _port_range(target, "container port")
    if published is not None:
        first, final = _port_range(published, "host port")
        is_known = UNKNOWN not in published.text and UNKNOWN not in number
        if is_known and high - low != final - first and high != low:
            raise BadValue(
                f"the host ports {published.text} and the container ports {number} "
                "differ in number",
                published.start,
                target.end,
            )
    if UNKNOWN not in protocol.text and protocol.text.lower() not in ("", "tcp", "udp", "sctp"):
        raise protocol.wrong(f'the protocol "{protocol.text}" is not tcp, udp or sctp')
    if low == 0 and UNKNOWN not in number:
        raise target.wrong("the container port cannot be 0")
    return PortText(host, published, target, protocol if protocol.text else None)


def _host_ip(part: Part) -> Part:
    text = part.text
    if UNKNOWN in text:
        return part
    if text.startswith("["):
        if not text.endswith("]") or "[" in text[1:] or "]" in text[:-1]:
            raise part.wrong(f'"{text}" is not an IP address in brackets')
        inner = Part(text[1:-1], part.start + 1)
        if inner.text and not is_ip_address(inner.text):
            raise inner.wrong(f'"{inner.text}" is not an IP address')
        return inner
    if is_ip_address(text):
        return part
    raise part.wrong(f'"{text}" is not an IP address')


_PORT = on_demand(r"[0-9]{1,20}\Z")


def _port_range(part: Part, noun: str) -> tuple[int, int]:
    if UNKNOWN in part.text:
        return 1, 1
    pieces = part.text.split("-")
    numbers = []
    for piece in pieces[:2]:
        if _PORT.match(piece):
            if int(piece) > 65535:
                raise part.wrong(f"the {noun} {piece} is above 65535")
            numbers.append(int(piece))
        elif is_ip_address(part.text):
            raise part.wrong(
                f"the address {part.text} needs a host port, or an empty one between two colons"
            )
        else:
            form = f"range of {noun}s" if len(pieces) > 1 else noun
            raise part.wrong(f'"{part.text}" is not a {form}')
    if numbers[-1] < numbers[0]:
        raise part.wrong(f"the {noun}s {part.text} end below their start")
    return numbers[0], numbers[-1]


def port_numbers(text: str) -> tuple[int, int]:
    """The first and last port of ``80`` or ``8000-8010``, which must be well-formed."""
    pieces = text.split("-")
    return int(pieces[0]), int(pieces[min(1, len(pieces) - 1)])


_IPV4_PART = on_demand(r"(?:0|[1-9][0-9]{0,2})\Z")
_IPV6_PART = on_demand(r"[0-9a-fA-F]{1,4}\Z")


def is_ip_address(text: str) -> bool:
    """Whether Go's ``net.ParseIP`` accepts the text: no zone, no leading zeros in IPv4."""
    if ":" not in text:
        return _is_ipv4(text)
    if len(text) > 64:
        return False
    head, gap, tail = text.partition("::")
    if gap and "::" in tail:
        return False
    groups = 0
    for side, ends in ((head, not gap), (tail, True)):
        pieces = side.split(":") if side else []
        for index, piece in enumerate(pieces):
            if "." in piece and ends and index == len(pieces) - 1:
                if not _is_ipv4(piece):
                    return False
                groups += 2
            elif _IPV6_PART.match(piece):
                groups += 1
            else:
                return False
    return groups < 8 if gap else groups == 8


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(_IPV4_PART.match(part) and int(part) < 256 for part in parts)


# --- mounts (compose-go, format/volume.go) ---


class MountText(NamedTuple):
    """A mount in its short form. ``source`` is None for an anonymous volume."""

    source: Part | None
    target_part: Part
    options: Part | None

    @property
    def target(self) -> str:
        return self.target_part.text


PROPAGATIONS = ("rprivate", "private", "rshared", "shared", "rslave", "slave")

_MARKS = on_demand(r"\$\{|[:}]")


def parse_mount(text: str) -> MountText:
    """``[SOURCE:]TARGET[:OPTIONS]``; one letter before a colon is a Windows drive.

    Raises:
        BadValue: if Docker Compose refuses the text.
    """
    if not text:
        raise BadValue("it is empty")
    if len(text.encode("utf-8", "replace")) <= 2:
        return MountText(None, Part(text, 0), None)
    sections: list[Part] = []
    start = depth = 0
    for mark in _MARKS.finditer(text):
        at = mark.start()
        if mark[0] == "${":
            depth += 1
        elif mark[0] == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and not (at - start == 1 and text[start].isalpha()):
            sections.append(Part(text[start:at], start))
            start = at + 1
    if depth == 0:
        sections.append(Part(text[start:], start))
    for section in sections[:4]:
        if not section.text:
            raise BadValue(
                "a part beside a colon is empty",
                max(0, section.start - 1),
                min(len(text), section.start + 1),
            )
    if len(sections) > 3:
        raise BadValue("it has too many colons", sections[3].start - 1, len(text))
    if len(sections) < 2:
        return MountText(None, sections[0] if sections else Part("", 0), None)
    return MountText(sections[0], sections[1], sections[2] if len(sections) > 2 else None)


def is_file_path(source: str) -> bool:
    """Whether a mount's source is a path on the host rather than a volume's name."""
    if not source:
        return False
    if source[0] in "./~" or source.startswith("\\\\"):
        return True
    return len(source) > 1 and source[1] == ":" and source[0].isalpha()


def is_windows_path(path: str) -> bool:
    """Whether a path is absolute on Windows: a drive with a slash, or a UNC path."""
    if len(path) >= 2 and path[1] == ":":
        return len(path) > 2 and path[2] in "\\/"
    return len(path) > 1 and path[0] in "\\/" and path[1] in "\\/"


# --- devices ---


def parse_device(text: str) -> tuple[Part, Part | None, Part | None]:
    """``SOURCE[:TARGET[:PERMISSIONS]]``.

    Raises:
        BadValue: if there are more than three parts.
    """
    parts = split_parts(text, ":")
    if len(parts) > 3:
        raise BadValue("it has too many colons", parts[3].start - 1, len(text))
    target = parts[1] if len(parts) > 1 and parts[1].text else None
    return parts[0], target, parts[2] if len(parts) > 2 else None
