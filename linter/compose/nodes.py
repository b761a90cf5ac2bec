"""Making and reading nodes: changed copies, parts of scalars, values that text only implies."""

from __future__ import annotations

import datetime

from ..base.text import Span
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, ScalarValue, Sequence, UnknownScalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class ShortForm(Mapping):
    """The long form of a value that stands in the file as the short text ``text``."""

    __slots__ = ("identity", "text")

    def __init__(self, text: Scalar, entries: list[Entry]) -> None:
        super().__init__(text.file, text.start, text.end)
        self.text = text
        self.entries = entries
        self.identity: str | None = None
        """What tells it from others in its list, once somebody has asked."""


class Pair(Scalar):
    """A ``KEY: value`` entry as the text ``KEY=value``, which it becomes when lists are merged."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry, text: str) -> None:
        super().__init__(entry.key.file, entry.key.start, entry.key.end, text, '"')
        self.entry = entry

    @property
    def unknown(self) -> bool:  # type: ignore[override]  # a class's constant everywhere else
        return self.entry.value.unknown


def place_of(entry: Entry) -> Node:
    """Where a mistake about an entry's value shows: the key, where the value is a block."""
    key, value = entry
    if isinstance(value, Scalar) or value.file is not key.file:
        return value
    return key if isinstance(value, Mapping | Sequence) and not value.flow else value


def is_null(node: Node | None) -> bool:
    """Whether nothing is given: no node, or YAML's null."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def text_value(node: Node | None) -> str | None:
    """A scalar that is a string; None for anything else."""
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, str):
            return value
    return None


def unset_names(*nodes: Node | None) -> tuple[str, ...]:
    """The unset variables that these nodes, or what is in them, depend on; each once."""
    found: dict[str, None] = {}
    pending = [node for node in reversed(nodes) if node is not None]
    while pending:
        node = pending.pop()
        if isinstance(node, UnknownScalar):
            found.update(dict.fromkeys(node.names))
        elif isinstance(node, Pair):
            pending.append(node.entry.value)
        elif isinstance(node, Mapping):
            pending.extend(entry.value for entry in reversed(node.entries))
        elif isinstance(node, Sequence):
            pending.extend(reversed(node.items))
    return tuple(found)


def with_entries(mapping: Mapping, entries: list[Entry]) -> Mapping:
    """The same place in the file with other entries."""
    if isinstance(mapping, ShortForm):
        return ShortForm(mapping.text, entries)
    twin = Mapping(mapping.file, mapping.start, mapping.end, mapping.flow)
    twin.entries = entries
    twin.tag = mapping.tag
    return twin


def with_items(sequence: Sequence, items: list[Node]) -> Sequence:
    """The same place in the file with other items."""
    twin = Sequence(sequence.file, sequence.start, sequence.end, sequence.flow)
    twin.items = items
    twin.tag = sequence.tag
    return twin


def with_value(mapping: Mapping, name: str, value: Node, key: Node | None = None) -> Mapping:
    """The mapping with another value under a key, added at the end where it had none."""
    entries = []
    found = False
    for entry in mapping.entries:
        if entry.name == name:
            if not found:
                entries.append(Entry(entry.key, value))
            found = True
        else:
            entries.append(entry)
    if not found:
        entries.append(Entry(key if key is not None else implied(mapping, name), value))
    return with_entries(mapping, entries)


def without(mapping: Mapping, names: Iterable[str]) -> Mapping:
    """The mapping without some of its keys."""
    dropped = set(names)
    kept = [entry for entry in mapping.entries if entry.name not in dropped]
    return mapping if len(kept) == len(mapping.entries) else with_entries(mapping, kept)


def implied(place: Node, value: ScalarValue) -> Scalar:
    """A value that the file does not spell out, standing where the text implies it."""
    if isinstance(value, str):
        scalar = Scalar(place.file, place.start, place.end, value, '"')
    else:
        scalar = Scalar(place.file, place.start, place.end, go_text(value))
    scalar.value = value
    return scalar


def piece(
    whole: Scalar, start: int, end: int, value: ScalarValue = None, raw: str | None = None
) -> Scalar:
    """A part of a scalar: ``start`` to ``end`` of its value, read as ``value``.

    Its span is that part of the file where the file shows the text as it is, else the
    whole scalar's. ``raw`` overrides the text.
    """
    text = whole.value if isinstance(whole.value, str) else whole.raw
    shown = raw if raw is not None else text[start:end]
    first, last = part_offsets(whole, text, start, end)
    scalar = Scalar(whole.file, first, last, shown, '"')
    scalar.value = shown if value is None else value
    return scalar


def part_offsets(whole: Scalar, text: str, start: int, end: int) -> tuple[int, int]:
    """Where characters ``start`` to ``end`` of a scalar's text stand in the file."""
    source = whole.file.text
    if whole.style not in ("|", ">"):
        quote = 1 if whole.style else 0
        begin = whole.start + quote
        if source[begin : whole.end - quote] == text:
            return begin + start, begin + end
    elif whole.style == "|":
        begin = _literal_offset(whole, text, start)
        if begin >= 0 and source.startswith(text[start:end], begin):
            return begin, begin + end - start
    part = text[start:end]
    if part and source.count(part, whole.start, whole.end) == 1:
        begin = source.find(part, whole.start, whole.end)
        return begin, begin + len(part)
    return whole.start, whole.end


def _literal_offset(whole: Scalar, text: str, start: int) -> int:
    """Where a character of a literal block stands in the file; -1 where that is unclear."""
    source = whole.file.text
    at = source.find("\n", whole.start, whole.end) + 1
    if not at:
        return -1
    before = text.rfind("\n", 0, start) + 1
    for _ in range(text.count("\n", 0, start)):
        at = source.find("\n", at, whole.end) + 1
        if not at:
            return -1
    stop = text.find("\n", before)
    line = text[before : stop if stop >= 0 else len(text)]
    end = source.find("\n", at, whole.end)
    shown = source[at : end if end >= 0 else whole.end].rstrip("\r")
    return at + len(shown) - len(line) + start - before if shown.endswith(line) else -1


def part_span(whole: Scalar, start: int, end: int) -> Span:
    """The span of a part of a scalar's text; the whole scalar's where it is not verbatim."""
    text = whole.value if isinstance(whole.value, str) else whole.raw
    return Span(whole.file, *part_offsets(whole, text, start, end))


def go_text(value: ScalarValue) -> str:
    """A value as Go's ``%v`` writes it, which is what a container receives."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    if isinstance(value, datetime.datetime):
        return _go_time(value)
    return str(value)


def go_float(value: float) -> str:
    """A float as Go's ``%v`` writes it: with an exponent below 1e-4 and from 1e6 on."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    shortest = repr(value)
    sign = "-" if shortest.startswith("-") else ""
    digits, power = _digits(shortest.lstrip("-"))
    if 0 <= power < 6:
        whole = digits[: power + 1].ljust(power + 1, "0")
        rest = digits[power + 1 :]
        return sign + whole + ("." + rest if rest else "")
    if -4 <= power < 0:
        return sign + "0." + "0" * (-power - 1) + digits
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02d}"


def _digits(shortest: str) -> tuple[str, int]:
    """The significant digits of a positive float's ``repr`` and its decimal exponent."""
    mantissa, _, exponent = shortest.partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) + len(whole) - 1
    digits = whole + ("" if fraction == "0" else fraction)
    stripped = digits.lstrip("0")
    if not stripped:
        return "0", 0
    power -= len(digits) - len(stripped)
    return stripped.rstrip("0") or "0", power


def _go_time(value: datetime.datetime) -> str:
    offset = value.strftime("%z") or "+0000"
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    zone = "UTC" if offset == "+0000" else offset
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction} {offset} {zone}"
