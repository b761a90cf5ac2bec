"""Short forms of ports, mounts, devices and files, expanded to their long forms."""

from __future__ import annotations

from ..files.paths import clean_path
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, UnknownScalar
from .changes import chain, default
from .nodes import (
    ShortForm,
    go_text,
    implied,
    implied_mapping,
    long_form,
    part_offsets,
    part_span,
    piece,
    text_value,
    unset_names,
    with_value,
)
from .problem import Problem
from .release import OLDER
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
    from collections.abc import Mapping as Map
    from typing import TypeVar

    from ..source.yaml.nodes import ScalarValue
    from .merge import Report

    _T = TypeVar("_T")


def unknown_part(scalar: UnknownScalar, part: Part) -> Scalar:
    """A part of a text, cut from its pattern: unknown if it contains a mark."""
    text = part.text.replace(UNKNOWN, "")
    span = scalar.file, scalar.start, scalar.end
    twin = (
        Scalar(*span, text, '"')
        if text == part.text
        else UnknownScalar(*span, text, '"', scalar.names, pattern=part.text)
    )
    twin.value = text
    return twin


def _part(scalar: Scalar, part: Part) -> Scalar:
    if isinstance(scalar, UnknownScalar):
        return unknown_part(scalar, part)
    return piece(scalar, part.start, part.end, raw=part.text)


def _parsed(
    item: Scalar, parse: Callable[[str], _T], noun: str, report: Report, help_: str
) -> _T | None:
    """A short text as ``parse`` reads it; None after a report if it cannot be read."""
    text = item.value if isinstance(item.value, str) else go_text(item.value)
    kind = f"{noun}-syntax"
    pattern = item.pattern if isinstance(item, UnknownScalar) else text
    try:
        result = parse(pattern)
    except BadValue as error:
        report(_bad(item, kind, error, help_, f'the {noun} "{pattern}" is not valid: '))
        return None
    if isinstance(item, UnknownScalar):
        try:
            parse(text)
        except BadValue as error:
            message = f'the {noun} "{text}" is not valid: {error.message}'
            report(Problem(kind, message, item.span, help_).depending_on(item))
    return result


def _bad(item: Scalar, kind: str, error: BadValue, help_: str, subject: str) -> Problem:
    message = (subject + error.message).replace(UNKNOWN, "…")
    span = item.span
    if not isinstance(item, UnknownScalar) and error.end >= 0:
        part = part_span(item, error.start, error.end)
        if part.end > part.start:
            span = part
    return Problem(kind, message, span, help_)


def bad_value(
    item: Scalar, kind: str, error: BadValue, help_: str = "", subject: str = ""
) -> Problem:
    """The problem that a scalar's text is not in the form that its place asks for.

    ``subject`` begins the message.
    """
    if unset_names(item):
        return Problem(kind, subject + error.message, item.span, help_).depending_on(item)
    return _bad(item, kind, error, help_, subject)


def _expanded(item: Scalar, values: Map[str, Node | None]) -> ShortForm:
    """The long form of a text, with the values that there are."""
    return ShortForm(
        item,
        [Entry(implied(item, name), value) for name, value in values.items() if value is not None],
    )


# --- ports ---


_PORT_HELP = "write it as `[[host_ip:]published:]target[/protocol]`"

_port_defaults = chain(default("protocol", "tcp"), default("mode", "ingress"))


def port(item: Node, report: Report) -> Node | None:
    """An item of ``ports``; None after a report if it cannot be read."""
    if isinstance(item, ShortForm):
        return item
    if isinstance(item, Mapping):
        _check_host_ip(item, report)
        return _port_defaults(item, report)
    value = item.value if isinstance(item, Scalar) else None
    if not isinstance(item, Scalar) or isinstance(value, bool):
        return item
    if isinstance(value, float):
        report(Problem("port-syntax", f"{item.raw} is not a port number", item.span, _PORT_HELP))
        return None
    if not isinstance(value, int | str):
        return item
    parsed = _parsed(item, parse_port, "port", report, _PORT_HELP)
    if parsed is None:
        return None
    if parsed.host_ip is not None and ":" in parsed.host_ip.text and "[" not in item.raw:
        message = f"the address {parsed.host_ip.text} of a port is not in brackets"
        report(Problem("port-syntax", message, item.span, _PORT_HELP, only=OLDER))
    target = _part(item, parsed.target)
    if UNKNOWN not in parsed.target.text:
        # Of a range the first port; the text says how far it goes.
        target.value = port_numbers(parsed.target.text)[0]
    host_ip = parsed.host_ip
    published = _part(item, parsed.published) if parsed.published is not None else None
    if published is not None and not published.unknown:
        first, last = port_numbers(published.raw)
        published.value = str(first) if first == last else f"{first}-{last}"
    if parsed.protocol is None:
        protocol = implied(item, "tcp")
    else:
        protocol = _part(item, parsed.protocol)
        protocol.value = protocol.raw.lower()
    parts = {
        "mode": implied(item, "ingress"),
        "host_ip": _part(item, host_ip) if host_ip is not None and host_ip.text else None,
        "target": target,
        "published": published,
        "protocol": protocol,
    }
    return _expanded(item, parts)


def _check_host_ip(item: Mapping, report: Report) -> None:
    node = item.get("host_ip")
    address = text_value(node)
    if node is not None and address is not None and not is_ip_address(address):
        message = f'host_ip "{address}" is not an IP address'
        report(Problem("port-syntax", message, node.span).depending_on(node))


# --- mounts ---


_MOUNT_HELP = "write it as `[source:]target[:options]`"


def mount(item: Node, report: Report) -> Node | None:
    """An item of ``volumes``; None after a report if it cannot be read."""
    if isinstance(item, Mapping):
        if text_value(item.get("type")) == "bind" and item.entry("source") is None:
            report(
                Problem(
                    "bind-without-source",
                    "this volume of type bind has no source (a path of the host)",
                    item.span,
                )
            )
        return item
    if not isinstance(item, Scalar) or not isinstance(item.value, str):
        return item
    parsed = _parsed(item, parse_mount, "volume", report, _MOUNT_HELP)
    if parsed is None:
        return None
    source = _part(item, parsed.source) if parsed.source is not None else None
    is_path = source is not None and is_file_path(source.raw)
    kind = implied(item, "bind" if is_path else "volume")
    if isinstance(item, UnknownScalar):
        # A variable may contain a `source:target` by itself.
        marked = parsed.target if parsed.source is None else parsed.source.text[:1]
        if UNKNOWN in marked:
            kind = _unknown_like(item, kind.raw)
    target = _part(item, parsed.target_part)
    if not target.unknown:
        target.value = clean_path(target.raw) if target.raw else ""
    options = parsed.options.text.split(",") if parsed.options is not None else []
    bind: dict[str, ScalarValue] = {}
    for option in options:
        if option in PROPAGATIONS:
            bind["propagation"] = option
        elif option in ("z", "Z"):
            bind["selinux"] = option
    if is_path:
        bind["create_host_path"] = True
    is_short = source is None and len(item.value.encode("utf-8", "replace")) <= 2
    volume: dict[str, ScalarValue] | None = {} if not is_path and not is_short else None
    if "nocopy" in options:
        volume = {"nocopy": True}
    parts = {
        "type": kind,
        "source": source,
        "target": target,
        "read_only": _read_only(item, parsed.options) if parsed.options is not None else None,
        "bind": implied_mapping(item, bind) if bind else None,
        "volume": implied_mapping(item, volume) if volume is not None else None,
    }
    return _expanded(item, parts)


def _read_only(item: Scalar, options: Part) -> Scalar | None:
    """The value of ``read_only`` that a mount's options spell out; None if they do not."""
    modes = [option for option in options.text.split(",") if option in ("ro", "rw")]
    read_only = modes[-1:] == ["ro"]
    if UNKNOWN in options.text and isinstance(item, UnknownScalar):
        unknown = _unknown_like(item, "")
        unknown.value = read_only
        return unknown
    if not read_only:
        return None
    scalar = implied(item, True)
    scalar.start, scalar.end = part_offsets(item, options.start, options.end)
    return scalar


def _unknown_like(item: UnknownScalar, value: str) -> UnknownScalar:
    return UnknownScalar(item.file, item.start, item.end, value, '"', item.names)


# --- devices, files ---


_DEVICE_HELP = (
    "write it as `source[:target[:permissions]]`; where a path has a colon, use the long form"
)


def device(item: Node, report: Report) -> Node | None:
    """An item of ``devices``; None after a report if it cannot be read."""
    if not isinstance(item, Scalar) or not isinstance(item.value, str):
        return item
    parsed = _parsed(item, parse_device, "device", report, _DEVICE_HELP)
    if parsed is None:
        return None
    source, target, permissions = parsed
    parts = {
        "source": _part(item, source),
        "target": _part(item, target or source),
        "permissions": implied(item, "rwm") if permissions is None else _part(item, permissions),
    }
    return _expanded(item, parts)


def secret_mount(item: Node, report: Report) -> Node:
    """An item of ``secrets``."""
    item = long_form(item, "source")
    if isinstance(item, Mapping) and item.entry("target") is None:
        source = item.get("source")
        name = text_value(source) or ""
        return with_value(item, "target", implied(source or item, f"/run/secrets/{name}"))
    return item


def watch_path(node: Node, report: Report) -> Node:
    """The ``path`` of a watch, reported if it is empty."""
    if text_value(node) == "":
        message = "the path to watch is empty"
        report(Problem("watch-path-blank", message, node.span).depending_on(node))
    return node
