"""Short forms of ports, mounts, devices and files, expanded to their long forms."""

from __future__ import annotations

from ..files.paths import clean_path
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, ScalarValue, UnknownScalar
from .changes import _chain, _default, _short
from .nodes import (
    ShortForm,
    go_text,
    implied,
    part_offsets,
    part_span,
    piece,
    text_value,
    unset_names,
    with_value,
)
from .problem import Problem, when_unset
from .values import (
    PROPAGATIONS,
    UNKNOWN,
    BadValue,
    Part,
    is_file_path,
    is_ip_address,
    parse_device,
    parse_mount,
    parse_port,
    port_numbers,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .merge import Report

    _T = TypeVar("_T")


def unknown_part(whole: UnknownScalar, part: Part) -> Scalar:
    """A part of a text, cut from its pattern: unknown where a mark stands in it."""
    known = part.text.replace(UNKNOWN, "")
    if known == part.text:
        plain = Scalar(whole.file, whole.start, whole.end, known, '"')
        plain.value = known
        return plain
    twin = UnknownScalar(
        whole.file, whole.start, whole.end, known, '"', whole.names, pattern=part.text
    )
    twin.value = known
    return twin


def _part(whole: Scalar, part: Part) -> Scalar:
    if isinstance(whole, UnknownScalar):
        return unknown_part(whole, part)
    return piece(whole, part.start, part.end, raw=part.text)


def _parsed(
    item: Scalar, parse: Callable[[str], _T], what: str, report: Report, help_: str = ""
) -> _T | None:
    """A short text taken apart; None after a report where nothing can be made of it."""
    text = item.value if isinstance(item.value, str) else go_text(item.value)
    kind = f"{what}-syntax"
    if not isinstance(item, UnknownScalar):
        try:
            return parse(text)
        except BadValue as error:
            report(_bad(item, kind, error, help_, f'the {what} "{text}" is wrong: '))
            return None
    try:
        result = parse(item.pattern)
    except BadValue as error:
        report(_bad(item, kind, error, help_, f'the {what} "{item.pattern}" is wrong: '))
        return None
    try:
        parse(text)
    except BadValue as error:
        message = f'the {what} "{text}" is wrong: {error.message}'
        report(Problem(kind, when_unset(item.names) + message, item.span, help_, unset=item.names))
    return result


def _bad(item: Scalar, kind: str, error: BadValue, help_: str, what: str) -> Problem:
    message = (what + error.message).replace(UNKNOWN, "…")
    end = error.end
    if isinstance(item, UnknownScalar) or end < 0:
        return Problem(kind, message, item.span, help_)
    span = part_span(item, error.start, end)
    return Problem(kind, message, span if span.end > span.start else item.span, help_)


def bad_value(item: Scalar, kind: str, error: BadValue, help_: str = "", what: str = "") -> Problem:
    """The problem that a scalar's text does not say what it should; ``what`` it is for."""
    names = unset_names(item)
    if names:
        message = when_unset(names) + what + error.message
        return Problem(kind, message, item.span, help_, unset=names)
    return _bad(item, kind, error, help_, what)


_PORT_HELP = "A port is written [[host_ip:]published:]target[/protocol]."


def _port(item: Node, report: Report) -> Node | None:
    if isinstance(item, Mapping):
        if isinstance(item, ShortForm):
            return item
        _check_host_ip(item, report)
        return _PORT_DEFAULTS(item, report)
    if not isinstance(item, Scalar):
        return item
    value = item.value
    if isinstance(value, float):
        report(Problem("port-syntax", f"{item.raw} is no port number", item.span, _PORT_HELP))
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return item
    parsed = _parsed(item, parse_port, "port", report, _PORT_HELP)
    if parsed is None:
        return None
    target = _part(item, parsed.target)
    if UNKNOWN not in parsed.target.text:
        # Of a range the first port; the text says how far it goes.
        target.value = port_numbers(parsed.target.text)[0]
    entries = [Entry(implied(item, "mode"), implied(item, "ingress"))]
    if parsed.host_ip is not None and parsed.host_ip.text:
        entries.append(Entry(implied(item, "host_ip"), _part(item, parsed.host_ip)))
    entries.append(Entry(implied(item, "target"), target))
    if parsed.published is not None:
        published = _part(item, parsed.published)
        if not published.unknown:
            first, last = port_numbers(published.raw)
            published.value = str(first) if first == last else f"{first}-{last}"
        entries.append(Entry(implied(item, "published"), published))
    if parsed.protocol is not None:
        protocol = _part(item, parsed.protocol)
        protocol.value = protocol.raw.lower()
        entries.append(Entry(implied(item, "protocol"), protocol))
    else:
        entries.append(Entry(implied(item, "protocol"), implied(item, "tcp")))
    return ShortForm(item, entries)


_PORT_DEFAULTS = _chain(_default("protocol", "tcp"), _default("mode", "ingress"))


def _check_host_ip(port: Mapping, report: Report) -> None:
    node = port.get("host_ip")
    address = text_value(node)
    if node is not None and address is not None and not is_ip_address(address):
        names = unset_names(node)
        report(
            Problem(
                "port-syntax",
                f'{when_unset(names)}host_ip "{address}" is no IP address',
                node.span,
                unset=names,
            )
        )


_MOUNT_HELP = "A volume is written [source:]target[:options]."


def _mount(item: Node, report: Report) -> Node | None:
    if isinstance(item, Mapping):
        if text_value(item.get("type")) == "bind" and item.entry("source") is None:
            report(
                Problem(
                    "bind-without-source",
                    "this volume is of the type bind but has no source, the path on the host",
                    item.span,
                )
            )
        return item
    if not isinstance(item, Scalar) or not isinstance(item.value, str):
        return item
    parsed = _parsed(item, parse_mount, "volume", report, _MOUNT_HELP)
    if parsed is None:
        return None
    entries: list[Entry] = []
    bind_options: dict[str, ScalarValue] = {}
    is_path = False
    if parsed.source is None:
        kind = implied(item, "volume")
        if isinstance(item, UnknownScalar) and UNKNOWN in parsed.target:
            # The variable may have held a whole `source:target`.
            kind = _unknown_like(item, "volume")
        entries.append(Entry(implied(item, "type"), kind))
    else:
        source = _part(item, parsed.source)
        is_path = is_file_path(source.raw)
        kind = implied(item, "bind" if is_path else "volume")
        if isinstance(item, UnknownScalar) and parsed.source.text.startswith(UNKNOWN):
            kind = _unknown_like(item, kind.raw)
        entries.append(Entry(implied(item, "type"), kind))
        entries.append(Entry(implied(item, "source"), source))
    target = _part(item, parsed.target_part)
    if not target.unknown:
        target.value = clean_path(target.raw) if target.raw else ""
    entries.append(Entry(implied(item, "target"), target))
    nocopy = False
    if parsed.options is not None:
        options = parsed.options
        read_only: bool | None = None
        for option in options.text.split(","):
            if option in ("ro", "rw"):
                read_only = option == "ro"
            elif option == "nocopy":
                nocopy = True
            elif option in PROPAGATIONS:
                bind_options["propagation"] = option
            elif option in ("z", "Z"):
                bind_options["selinux"] = option
        if UNKNOWN in options.text and isinstance(item, UnknownScalar):
            unknown = _unknown_like(item, "")
            unknown.value = bool(read_only)
            entries.append(Entry(implied(item, "read_only"), unknown))
        elif read_only:
            first, last = part_offsets(item, item.value, options.start, options.end)
            spelled = implied(item, True)
            spelled.start, spelled.end = first, last
            entries.append(Entry(implied(item, "read_only"), spelled))
    if is_path or bind_options:
        if is_path:
            bind_options["create_host_path"] = True
        entries.append(Entry(implied(item, "bind"), _spelled(item, bind_options)))
    if (
        nocopy
        or (parsed.source is not None and not is_path)
        or (parsed.source is None and len(item.value.encode("utf-8", "replace")) > 2)
    ):
        options_of_volume: dict[str, ScalarValue] = {"nocopy": True} if nocopy else {}
        entries.append(Entry(implied(item, "volume"), _spelled(item, options_of_volume)))
    return ShortForm(item, entries)


def _unknown_like(item: UnknownScalar, value: str) -> UnknownScalar:
    return UnknownScalar(item.file, item.start, item.end, value, '"', item.names)


def _spelled(place: Scalar, values: dict[str, ScalarValue]) -> Mapping:
    mapping = Mapping(place.file, place.start, place.end)
    mapping.entries = [
        Entry(implied(place, name), implied(place, value)) for name, value in values.items()
    ]
    return mapping


def _device(item: Node, report: Report) -> Node | None:
    if not isinstance(item, Scalar) or not isinstance(item.value, str):
        return item
    parsed = _parsed(
        item,
        parse_device,
        "device",
        report,
        "A device is written source[:target[:permissions]]; "
        "where a path has a colon, use the long form.",
    )
    if parsed is None:
        return None
    source, target, permissions = parsed
    return ShortForm(
        item,
        [
            Entry(implied(item, "source"), _part(item, source)),
            Entry(implied(item, "target"), _part(item, target or source)),
            Entry(
                implied(item, "permissions"),
                implied(item, "rwm") if permissions is None else _part(item, permissions),
            ),
        ],
    )


def _file_mount(item: Node, report: Report) -> Node:
    return _short("source")(item, report)


def _secret_mount(item: Node, report: Report) -> Node:
    item = _short("source")(item, report)
    if isinstance(item, Mapping) and item.entry("target") is None:
        source = item.get("source")
        name = text_value(source) or ""
        return with_value(item, "target", implied(source or item, f"/run/secrets/{name}"))
    return item


def _blank_path(node: Node, report: Report) -> Node:
    if text_value(node) == "":
        names = unset_names(node)
        report(
            Problem(
                "watch-path-blank",
                f"{when_unset(names)}the path to watch is empty",
                node.span,
                unset=names,
            )
        )
    return node
