"""Making and reading nodes: changed copies, parts of scalars, values that text only implies."""

from __future__ import annotations

from ..base.text import Span
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as Map

    from ..source.yaml.nodes import ScalarValue


class ShortForm(Mapping):
    """The long form of a value that the file holds as the short text ``text``."""

    __slots__ = ("identity", "text")

    def __init__(self, text: Scalar, entries: list[Entry]) -> None:
        super().__init__(text.file, text.start, text.end)
        self.text = text
        self.entries = entries
        self.identity: str | None = None
        """What distinguishes it from others in its list; None until it is first needed."""


class Pair(Scalar):
    """A ``KEY: value`` entry as the text ``KEY=value``, which it becomes when lists are merged."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry, text: str) -> None:
        super().__init__(entry.key.file, entry.key.start, entry.key.end, text, '"')
        self.entry = entry


class UnknownPair(Pair):
    """A pair whose value depends on an unset variable."""

    __slots__ = ()
    unknown = True


def as_pair(entry: Entry, text: str) -> Pair:
    """An entry as the text that it becomes when lists are merged."""
    return (UnknownPair if entry.value.unknown else Pair)(entry, text)


# --- reading ---


def place_of(entry: Entry) -> Node:
    """Where a problem of an entry's value is shown: at the key, where the value is a block."""
    key, value = entry
    is_block = isinstance(value, Mapping | Sequence) and value.file is key.file and not value.flow
    return key if is_block else value


def is_null(node: Node | None) -> bool:
    """Whether no value is given: no node, or YAML's null."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def value_key(node: Node) -> object:
    """A hashable key that values of the same type and content share, in any order of keys."""
    if isinstance(node, Scalar):
        return type(node.value), node.value
    if isinstance(node, Sequence):
        return tuple(map(value_key, node.items))
    return frozenset((entry.name, value_key(entry.value)) for entry in entries_of(node))


def text_value(node: Node | None) -> str | None:
    """A scalar that is a string; None for anything else."""
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, str):
            return value
    return None


def entries_of(node: Node | None) -> list[Entry]:
    """The entries of a mapping; an empty list for anything else."""
    return node.entries if isinstance(node, Mapping) else []


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; an empty list for anything else."""
    return node.items if isinstance(node, Sequence) else []


def value_at(node: Node | None, *names: str) -> Node | None:
    """The value under a path of keys; None where a key is missing."""
    for name in names:
        entry = node.entry(name) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = entry.value
    return node


def in_either_form(item: Node, key: str) -> Node | None:
    """The value of a key of an item in its long form; an item in its short form itself."""
    return item.get(key) if isinstance(item, Mapping) else item


def unset_names(*nodes: Node | None) -> tuple[str, ...]:
    """The unset variables that these nodes, or what is in them, depend on; each once."""
    names: dict[str, None] = {}
    pending = [node for node in reversed(nodes) if node is not None]
    while pending:
        node = pending.pop()
        if isinstance(node, UnknownScalar):
            names.update(dict.fromkeys(node.names))
        elif isinstance(node, Pair):
            pending.append(node.entry.value)
        elif isinstance(node, Mapping):
            pending.extend(entry.value for entry in reversed(node.entries))
        elif isinstance(node, Sequence):
            pending.extend(reversed(node.items))
    return tuple(names)


# --- changed copies ---


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
    """The mapping with another value under a key, added at the end if the key is missing."""
    old = mapping.entry(name)
    if old is None:
        new = Entry(key or implied(mapping, name), value)
        return with_entries(mapping, [*mapping.entries, new])
    new = Entry(old.key, value)
    return with_entries(mapping, [new if entry is old else entry for entry in mapping.entries])


def map_values(mapping: Mapping, change: Callable[[Entry], Node]) -> Mapping:
    """The mapping with each value as ``change`` returns it; the same one if none differs."""
    entries: list[Entry] | None = None
    for index, entry in enumerate(mapping.entries):
        value = change(entry)
        if value is not entry.value:
            if entries is None:
                entries = list(mapping.entries)
            entries[index] = Entry(entry.key, value)
    return mapping if entries is None else with_entries(mapping, entries)


def without(mapping: Mapping, names: Iterable[str]) -> Mapping:
    """The mapping without some of its keys."""
    dropped = set(names)
    kept = [entry for entry in mapping.entries if entry.name not in dropped]
    return mapping if len(kept) == len(mapping.entries) else with_entries(mapping, kept)


# --- values that the file implies ---


def implied(place: Node, value: ScalarValue) -> Scalar:
    """A value that the file does not spell out, at the place that implies it."""
    if isinstance(value, str):
        scalar = Scalar(place.file, place.start, place.end, value, '"')
    else:
        scalar = Scalar(place.file, place.start, place.end, go_text(value))
    scalar.value = value
    return scalar


def implied_mapping(place: Node, values: Map[str, ScalarValue]) -> Mapping:
    """A mapping that the file does not spell out, at the place that implies it."""
    mapping = Mapping(place.file, place.start, place.end)
    mapping.entries = [
        Entry(implied(place, name), implied(place, value)) for name, value in values.items()
    ]
    return mapping


def implied_list(place: Node, items: list[Node]) -> Sequence:
    """A list that the file does not spell out, at the place that implies it."""
    sequence = Sequence(place.file, place.start, place.end)
    sequence.items = items
    return sequence


def long_form(node: Node, name: str) -> Node:
    """A string as the mapping that holds it under a name; other nodes as they are."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return ShortForm(node, [Entry(implied(node, name), node)])
    return node


# --- parts of scalars ---


def piece(
    scalar: Scalar, start: int, end: int, value: ScalarValue = None, raw: str | None = None
) -> Scalar:
    """A part of a scalar: ``start`` to ``end`` of its text, read as ``value``.

    Its span is that part of the file if the file shows the text as it is, else the
    scalar's. ``raw`` overrides the text.
    """
    shown = raw if raw is not None else _text_of(scalar)[start:end]
    part = Scalar(scalar.file, *part_offsets(scalar, start, end), shown, '"')
    part.value = shown if value is None else value
    return part


def part_span(scalar: Scalar, start: int, end: int) -> Span:
    """The span of a part of a scalar's text; the scalar's if the text is not verbatim."""
    return Span(scalar.file, *part_offsets(scalar, start, end))


def part_offsets(scalar: Scalar, start: int, end: int) -> tuple[int, int]:
    """The offsets in the file of characters ``start`` to ``end`` of a scalar's text."""
    text = _text_of(scalar)
    source = scalar.file.text
    if scalar.style not in ("|", ">"):
        quote = 1 if scalar.style else 0
        begin = scalar.start + quote
        if source[begin : scalar.end - quote] == text:
            return begin + start, begin + end
    elif scalar.style == "|":
        begin = _literal_offset(scalar, text, start)
        if begin >= 0 and source.startswith(text[start:end], begin):
            return begin, begin + end - start
    part = text[start:end]
    begin = _same_occurrence(scalar, text, start, part) if part else -1
    return (begin, begin + len(part)) if begin >= 0 else (scalar.start, scalar.end)


def _text_of(scalar: Scalar) -> str:
    return scalar.value if isinstance(scalar.value, str) else scalar.raw


def _same_occurrence(scalar: Scalar, text: str, start: int, part: str) -> int:
    """The offset in the file of what a text contains at ``start``; -1 if that is unclear.

    It is clear where file and text contain the part equally often: the n-th is the n-th.
    """
    source = scalar.file.text
    begin = scalar.start
    if scalar.style in ("|", ">"):
        # The line of the indicator may have a comment.
        begin = source.find("\n", begin, scalar.end) + 1
    if not begin or source.count(part, begin, scalar.end) != text.count(part):
        return -1
    at = text.find(part)
    begin = source.find(part, begin, scalar.end)
    while 0 <= at < start:
        at = text.find(part, at + len(part))
        begin = source.find(part, begin + len(part), scalar.end)
    return begin if at == start else -1


def _literal_offset(scalar: Scalar, text: str, start: int) -> int:
    """The offset in the file of a character of a literal block; -1 if that is unclear."""
    source = scalar.file.text
    at = scalar.start
    for _ in range(text.count("\n", 0, start) + 1):
        at = source.find("\n", at, scalar.end) + 1
        if not at:
            return -1
    before = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", before)
    line = text[before : stop if stop >= 0 else len(text)]
    end = source.find("\n", at, scalar.end)
    shown = source[at : end if end >= 0 else scalar.end].rstrip("\r")
    return at + len(shown) - len(line) + start - before if shown.endswith(line) else -1


# --- values as Go writes them ---


def go_text(value: ScalarValue) -> str:
    """A value as Go's ``%v`` writes it, which is what a container receives."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    if isinstance(value, (str, int)):
        return str(value)
    import datetime

    return _go_time(value) if isinstance(value, datetime.datetime) else str(value)


def go_node_text(node: Node) -> str:
    """A node as Go's ``%v`` writes its value."""
    if isinstance(node, Scalar):
        return go_text(node.value)
    if isinstance(node, Mapping):
        entries = sorted(node.entries, key=lambda entry: entry.name)
        inner = " ".join(f"{entry.name}:{go_node_text(entry.value)}" for entry in entries)
        return f"map[{inner}]"
    return "[" + " ".join(map(go_node_text, items_of(node))) + "]"


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
        integer = digits[: power + 1].ljust(power + 1, "0")
        fraction = digits[power + 1 :]
        return sign + integer + ("." + fraction if fraction else "")
    if -4 <= power < 0:
        return sign + "0." + "0" * (-power - 1) + digits
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{power:+03d}"


def _digits(shortest: str) -> tuple[str, int]:
    """The significant digits of a positive float's ``repr`` and its decimal exponent."""
    mantissa, _, exponent = shortest.partition("e")
    integer, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) + len(integer) - 1
    digits = integer + ("" if fraction == "0" else fraction)
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


def remove(node: Mapping, path: tuple[str, ...]) -> Mapping:
    """A mapping without the value at a path of keys."""
    entry = node.entry(path[0])
    if entry is None:
        return node
    if len(path) == 1:
        return without(node, path)
    if not isinstance(entry.value, Mapping):
        return node
    inner = remove(entry.value, path[1:])
    return node if inner is entry.value else with_value(node, path[0], inner)
