"""The short texts of Compose files taken apart as Docker Compose does: ports, mounts,
devices, byte sizes, durations, counts.

Everything here works on plain strings. A text may hold ``UNKNOWN`` marks, each standing
for whatever an unset variable might have given: such parts are taken as they are.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple

UNKNOWN = "\uffff"
"""Stands in a text for the value of an unset variable; no YAML file may hold it."""


class BadValue(ValueError):
    """A text that does not say what it should.

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


PROTOCOLS = ("tcp", "udp", "sctp")


def parse_port(text: str) -> PortText:
    """``[[HOST_IP:]PUBLISHED:]TARGET[/PROTOCOL]``.

    Raises:
        BadValue: where Docker Compose refuses the text.
    """
    parts = split_parts(text, ":")
    last = parts[-1]
    host = published = None
    if len(parts) > 1:
        published = parts[-2]
    if len(parts) > 2:
        host = Part(text[: parts[-2].start - 1], 0)
    number, slash, rest = last.text.partition("/")
    target = Part(number, last.start)
    protocol = None
    if slash and rest.partition("/")[0]:
        protocol = Part(rest.partition("/")[0], last.start + len(number) + 1)
    if host is not None and host.text:
        host = _host_ip(host)
    elif host is not None:
        host = None
    if not number:
        raise BadValue(
            "no container port is given", max(0, last.start - 1), max(last.end, last.start)
        )
    low, high = _port_range(target, "container port")
    if published is not None and not published.text:
        published = None
    if published is not None:
        first, final = _port_range(published, "host port")
        known = UNKNOWN not in published.text and UNKNOWN not in number
        if known and high - low != final - first and high != low:
            raise BadValue(
                f"the host ports {published.text} and the container ports {number} "
                "are not equally many",
                published.start,
                target.end,
            )
    if (
        protocol is not None
        and UNKNOWN not in protocol.text
        and protocol.text.lower() not in PROTOCOLS
    ):
        raise BadValue(
            f'the protocol "{protocol.text}" is none of tcp, udp and sctp',
            protocol.start,
            protocol.end,
        )
    if low == 0 and UNKNOWN not in number:
        raise BadValue("the container port cannot be 0", target.start, target.end)
    return PortText(host, published, target, protocol)


def _host_ip(part: Part) -> Part:
    text = part.text
    if UNKNOWN in text:
        return part
    if text.startswith("["):
        if not text.endswith("]") or "[" in text[1:] or "]" in text[:-1]:
            raise BadValue(f'"{text}" is no IP address in brackets', part.start, part.end)
        inner = Part(text[1:-1], part.start + 1)
        if inner.text and not is_ip_address(inner.text):
            raise BadValue(f'"{inner.text}" is no IP address', inner.start, inner.end)
        return inner
    if ":" in text or "]" in text:
        hint = f"; write an IPv6 address in brackets: [{text}]" if is_ip_address(text) else ""
        raise BadValue(f'"{text}" is no IP address to publish on{hint}', part.start, part.end)
    if not is_ip_address(text):
        raise BadValue(f'"{text}" is no IP address to publish on', part.start, part.end)
    return part


_PORT = on_demand(r"[0-9]{1,20}\Z")


def _port_range(part: Part, what: str) -> tuple[int, int]:
    if UNKNOWN in part.text:
        return 1, 1
    pieces = part.text.split("-")
    numbers = []
    for piece in pieces[:2]:
        if not _PORT.match(piece) or int(piece) > 65535:
            if _PORT.match(piece):
                reason = f"the {what} {piece} is above 65535"
            elif is_ip_address(part.text):
                reason = f"the address {part.text} needs a host port or an empty place for one"
            elif len(pieces) > 1:
                reason = f'"{part.text}" is no range of {what}s'
            else:
                reason = f'"{part.text}" is no {what}'
            raise BadValue(reason, part.start, part.end)
        numbers.append(int(piece))
    if numbers[-1] < numbers[0]:
        raise BadValue(f"the {what}s {part.text} run backwards", part.start, part.end)
    return numbers[0], numbers[-1]


def port_numbers(text: str) -> tuple[int, int]:
    """First and last port of ``80`` or ``8000-8010``, already known to be well-formed."""
    pieces = text.split("-")
    return int(pieces[0]), int(pieces[min(1, len(pieces) - 1)])


# Patterns that few files need are compiled by their first use.
_IPV4_PART = r"(?:0|[1-9][0-9]{0,2})\Z"
_IPV6_PART = r"[0-9a-fA-F]{1,4}\Z"


def is_ip_address(text: str) -> bool:
    """Whether Go's ``net.ParseIP`` takes the text: no zone, no leading zeros in IPv4."""
    if ":" not in text:
        return _is_ipv4(text)
    if len(text) > 64:
        return False
    head, gap, tail = text.partition("::")
    if gap and "::" in tail:
        return False
    groups = 0
    for side, ends in ((head, not gap), (tail, True)):
        if not side:
            continue
        pieces = side.split(":")
        for index, piece in enumerate(pieces):
            if "." in piece and ends and index == len(pieces) - 1:
                if not _is_ipv4(piece):
                    return False
                groups += 2
            elif re.match(_IPV6_PART, piece):
                groups += 1
            else:
                return False
    return groups < 8 if gap else groups == 8


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(re.match(_IPV4_PART, part) and int(part) < 256 for part in parts)


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


def parse_mount(text: str) -> MountText:
    """``[SOURCE:]TARGET[:OPTIONS]``; one letter before a colon is a Windows drive.

    Raises:
        BadValue: where Docker Compose refuses the text.
    """
    if not text:
        raise BadValue("it is empty")
    if len(text) <= 2 and len(text.encode("utf-8", "replace")) <= 2:
        return MountText(None, Part(text, 0), None)
    sections: list[Part] = []
    start = depth = at = 0
    while (at := _next_mark(text, at)) < len(text):
        character = text[at]
        if character == "$":
            if text.startswith("{", at + 1):
                depth += 1
                at += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and not (at - start == 1 and text[start].isalpha()):
            sections.append(Part(text[start:at], start))
            start = at + 1
        at += 1
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
    if not sections:
        return MountText(None, Part("", 0), None)
    if len(sections) == 1:
        return MountText(None, sections[0], None)
    return MountText(sections[0], sections[1], sections[2] if len(sections) > 2 else None)


_MARKS = on_demand(r"[:${}]")


def _next_mark(text: str, at: int) -> int:
    found = _MARKS.search(text, at)
    return found.start() if found else len(text)


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
        BadValue: for more than three parts.
    """
    parts = split_parts(text, ":")
    if len(parts) > 3:
        raise BadValue("it has too many colons", parts[3].start - 1, len(text))
    return (
        parts[0],
        parts[1] if len(parts) > 1 and parts[1].text else None,
        parts[2] if len(parts) > 2 else None,
    )


# --- commands (mattn/go-shellwords) ---

_SPACE = " \t\r\n"
_ENDS = ";&|<>"


class CommandText(NamedTuple):
    """A command in one text, split. ``cut`` is where Compose stops reading, or -1."""

    words: list[str]
    cut: int


def split_command(text: str) -> CommandText:
    """A command's words as Docker Compose splits them, which is not as a shell does.

    From the first ``;``, ``&``, ``|``, ``<`` or ``>`` outside quotes on, the text is lost.

    Raises:
        BadValue: where quotes or parentheses do not match.
    """
    words: list[str] = []
    word: list[str] = []
    started = quoted = escaped = False
    single = double = back = dollar = False
    at_quote = cut = -1
    for index, character in enumerate(text):
        if escaped:
            word.append(character)
            escaped, started = False, True
            continue
        if character == "\\":
            if single:
                word.append(character)
            else:
                escaped = True
                at_quote = index
            continue
        if character in _SPACE:
            if single or double or back or dollar:
                word.append(character)
            elif started or quoted:
                words.append("".join(word))
                word, started, quoted = [], False, False
            continue
        if character == "`":
            if not single and not double and not dollar:
                back = not back
                at_quote = index
        elif character == ")":
            if not single and not double and not back:
                dollar = not dollar
                at_quote = index
        elif character == "(":
            if not single and not double and not back:
                if dollar or not word or word[-1] != "$":
                    raise BadValue(
                        'a "(" stands outside quotes; Compose splits this text itself and '
                        "runs no shell",
                        index,
                        index + 1,
                    )
                dollar = True
                at_quote = index
        elif character == '"':
            if not single and not dollar:
                quoted = quoted or double
                double = not double
                at_quote = index
                continue
        elif character == "'":
            if not double and not dollar:
                quoted = quoted or single
                single = not single
                at_quote = index
                continue
        elif character in _ENDS and not (single or double or back or dollar):
            if character == ">" and word and "0" <= word[0] <= "9":
                started = quoted = False
            cut = index
            break
        started = True
        word.append(character)
    if started or quoted:
        words.append("".join(word))
    if escaped or single or double or back or dollar:
        what = (
            "the backslash at the end escapes nothing"
            if escaped
            else "a quote is not closed"
            if single or double or back
            else 'a "(" and a ")" do not match'
        )
        raise BadValue(what, at_quote, at_quote + 1)
    return CommandText(words, cut)


# --- byte sizes (docker/go-units, size.go) ---

_FLOAT = on_demand(
    r"[+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?|\.[0-9]+(?:_[0-9]+)*)"
    r"(?:[eE][+-]?[0-9]+)?\Z"
)
_HEX_FLOAT = r"[+-]?0[xX](?=[0-9a-fA-F.])[0-9a-fA-F_]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+\Z"
_UNITS = "kmgtp"


def parse_go_float(text: str) -> float | None:
    """What Go's ``strconv.ParseFloat`` reads; None where it refuses."""
    if len(text) > 400:
        return None
    if _FLOAT.match(text):
        return float(text.replace("_", ""))
    if re.match(_HEX_FLOAT, text):
        try:
            return float.fromhex(text.replace("_", ""))
        except (ValueError, OverflowError):
            return None
    folded = text.lower().lstrip("+-")
    if folded in ("inf", "infinity") and len(text) - len(folded) <= 1:
        return float("-inf") if text[0] == "-" else float("inf")
    return float("nan") if folded == "nan" and len(text) == 3 else None


def parse_byte_size(text: str) -> int:
    """Bytes of ``512m``, ``1.5 GiB`` or ``1024``; units are powers of 1024.

    Raises:
        BadValue: where Docker Compose refuses the text.
    """
    last = max((text.rfind(character) for character in "0123456789. "), default=-1)
    if last < 0:
        raise BadValue(f'"{text}" is no size: it has no number' if text else "is empty")
    number, suffix = text[: last + 1], text[last + 1 :]
    if text[last] == " ":
        number = text[:last]
    size = parse_go_float(number)
    if size is None:
        raise BadValue(f'"{text}" is no size: "{number}" is no number')
    if size < 0:
        raise BadValue(f'"{text}" is no size: it is below zero')
    if suffix:
        folded = suffix.lower()
        unit = folded[0]
        if folded != "b":
            if unit not in _UNITS or folded[1:] not in ("", "b", "ib"):
                raise BadValue(
                    f'"{text}" is no size: "{suffix}" is no unit; b, k, m, g, t and p are',
                    last + 1,
                    len(text),
                )
            size *= 1024.0 ** (_UNITS.index(unit) + 1)
    if size != size or size in (float("inf"), float("-inf")):
        return 0
    return int(size)


# --- durations (xhit/go-str2duration) ---

_DURATION_PART = on_demand(r"([0-9]*)(\.[0-9]*)?([^0-9.]*)")
NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}


def parse_go_duration(text: str) -> int:
    """Nanoseconds of ``1m30s``, ``500ms`` or ``1d``.

    Raises:
        BadValue: where Docker Compose refuses the text.
    """
    rest = text[1:] if text[:1] in ("+", "-") else text
    negative = text.startswith("-")
    if rest == "0":
        return 0
    if not rest:
        raise BadValue(f'"{text}" is no duration' if text else "is empty")
    total = 0
    at = len(text) - len(rest)
    while at < len(text):
        match = _DURATION_PART.match(text, at)
        if match is None or not (match[1] or len(match[2] or "") > 1):
            raise BadValue(f'"{text}" is no duration')
        if not match[3]:
            raise BadValue(
                f'"{text}" is no duration: {match[0]} lacks a unit, as in {match[0]}s',
                at,
                match.end(),
            )
        unit = NANOSECONDS.get(match[3])
        if unit is None:
            raise BadValue(
                f'"{text}" is no duration: "{match[3]}" is no unit; ms, s, m, h, d and w are',
                match.start(3),
                match.end(3),
            )
        if len(match[1]) > 20:
            raise BadValue(f'"{text}" is too long a duration')
        total += int(match[1] or 0) * unit
        fraction = (match[2] or ".")[1:19]
        if fraction:
            total += int(fraction) * unit // 10 ** len(fraction)
        at = match.end()
    if total > (1 << 63) - 1:
        raise BadValue(f'"{text}" is too long a duration')
    return -total if negative else total
