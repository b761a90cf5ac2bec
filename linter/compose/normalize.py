"""Every short form in its long form, with the defaults that Docker Compose adds.

Follows compose-go's ``transform`` and ``validation`` packages. A long form made of a
short text stands where that text stands. What has a shape that the schema refuses is
left as it is: the schema says so.
"""

from __future__ import annotations

from collections.abc import Callable

from ..files.paths import clean_path
from ..source.yaml.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    ScalarValue,
    Sequence,
    UnknownScalar,
)
from .merge import dependency_mapping, keys_to_mapping, pair_items
from .nodes import (
    Pair,
    ShortForm,
    go_text,
    implied,
    is_null,
    part_offsets,
    part_span,
    piece,
    text_value,
    unset_names,
    with_entries,
    with_items,
    with_value,
)
from .problem import Problem, Related, when_unset
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
    from typing import TypeVar

    from .merge import Report

Change = Callable[[Node, "Report"], Node]


def canonical_service(service: Mapping, report: Report) -> Mapping:
    """A service with each attribute in its long form."""
    return _apply(service, _SERVICE, report)


def canonical_resource(resource: Node, kind: str, name: str, report: Report) -> Node:
    """A top-level network, volume, secret or config with ``external`` as a boolean."""
    if not isinstance(resource, Mapping):
        return resource
    external = resource.get("external")
    if not isinstance(external, Mapping):
        return resource
    other = external.entry("name")
    result = with_value(resource, "external", implied(external, True))
    if other is None:
        return result
    report(
        Problem(
            "external-name-deprecated",
            f"{kind}.{name} gives its name below external, which is deprecated",
            other.key.span,
            "Write `external: true` and `name:` side by side.",
            rejects=False,
        )
    )
    own = resource.get("name")
    if own is None:
        return with_value(result, "name", other.value, other.key)
    if text_value(own) != text_value(other.value):
        names = unset_names(own, other.value)
        report(
            Problem(
                "external-name-conflict",
                f'{when_unset(names)}{kind}.{name} has the name "{text_value(own)}" and the '
                f'external.name "{text_value(other.value)}"',
                other.value.span,
                "Keep `name` and write `external: true`.",
                (Related("the name", own.span),),
                unset=names,
            )
        )
    return result


def _apply(mapping: Mapping, changes: dict[str, Change], report: Report) -> Mapping:
    """A mapping with some of its values changed; the same one where none is."""
    entries: list[Entry] | None = None
    for index, entry in enumerate(mapping.entries):
        change = changes.get(entry.name)
        if change is None:
            continue
        value = change(entry.value, report)
        if value is not entry.value:
            if entries is None:
                entries = list(mapping.entries)
            entries[index] = Entry(entry.key, value)
    return mapping if entries is None else with_entries(mapping, entries)


def _inside(changes: dict[str, Change]) -> Change:
    """A change of a mapping's attributes."""

    def change(node: Node, report: Report) -> Node:
        return _apply(node, changes, report) if isinstance(node, Mapping) else node

    return change


def _each(change: Callable[[Node, Report], Node | None]) -> Change:
    """A change of each item of a list; None drops the item."""

    def change_all(node: Node, report: Report) -> Node:
        if not isinstance(node, Sequence):
            return node
        items: list[Node] = []
        same = True
        for item in node.items:
            result = change(item, report)
            if result is not item:
                same = False
            if result is not None:
                items.append(result)
        return node if same else with_items(node, items)

    return change_all


def _chain(*changes: Change) -> Change:
    def change(node: Node, report: Report) -> Node:
        for one in changes:
            node = one(node, report)
        return node

    return change


def _default(name: str, value: ScalarValue) -> Change:
    """Adds an attribute that a mapping lacks."""

    def change(node: Node, report: Report) -> Node:
        if isinstance(node, Mapping) and node.entry(name) is None:
            return with_value(node, name, implied(node, value))
        return node

    return change


def _list_of_one(node: Node, report: Report) -> Node:
    """A string as a list of it."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        sequence = Sequence(node.file, node.start, node.end)
        sequence.items = [node]
        return sequence
    return node


def _short(name: str) -> Change:
    """A string as a mapping that holds it under one name."""

    def change(node: Node, report: Report) -> Node:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return ShortForm(node, [Entry(implied(node, name), node)])
        return node

    return change


def _as_text(node: Node, report: Report) -> Node:
    """A boolean or number as a string."""
    if isinstance(node, Scalar) and not isinstance(node.value, str) and node.value is not None:
        return node.derive(go_text(node.value))
    return node


def _names(node: Node, report: Report) -> Node:
    """A list of names as a mapping from them to nothing."""
    if isinstance(node, Sequence):
        return keys_to_mapping(node) or node
    return node


def _depends_on(node: Node, report: Report) -> Node:
    mapping = dependency_mapping(node)
    if mapping is None:
        return node
    entries: list[Entry] | None = None
    for index, entry in enumerate(mapping.entries):
        value = entry.value
        if not isinstance(value, Mapping):
            continue
        fuller = _DEPENDENCY(value, report)
        if fuller is not value:
            if entries is None:
                entries = list(mapping.entries)
            entries[index] = Entry(entry.key, fuller)
    return mapping if entries is None else with_entries(mapping, entries)


_DEPENDENCY = _chain(_default("condition", "service_started"), _default("required", True))


def _env_files(node: Node, report: Report) -> Node:
    return _each_env_file(_list_of_one(node, report), report)


_each_env_file = _each(_chain(_short("path"), _default("required", True)))


def _key_value_contexts(node: Node, report: Report) -> Node:
    """``additional_contexts`` as a mapping; each item of a list is ``name=context``."""
    if not isinstance(node, Sequence):
        return node
    kept: list[Node] = []
    for item in node.items:
        text = text_value(item)
        if text is not None and "=" not in text and isinstance(item, Scalar):
            names = unset_names(item)
            report(
                Problem(
                    "additional-context",
                    f'{when_unset(names)}the additional context "{text}" has no "=": '
                    "it is written name=context",
                    item.span,
                    unset=names,
                )
            )
            continue
        kept.append(item)
    return pairs_to_mapping(kept, node)


def pairs_to_mapping(items: list[Node], place: Sequence) -> Mapping:
    """A list of ``KEY=value`` texts as a mapping; a key alone has no value."""
    mapping = Mapping(place.file, place.start, place.end, place.flow)
    entries: dict[str, Entry] = {}
    for item in items:
        entry = pair_entry(item)
        if entry is not None:
            entries[entry.name] = entry
    mapping.entries = list(entries.values())
    return mapping


def pair_entry(item: Node) -> Entry | None:
    """A ``KEY=value`` text as an entry; None for what is no text."""
    if isinstance(item, Pair) and "=" not in item.entry.name:
        return item.entry
    if not isinstance(item, Scalar):
        return None
    text = item.value if isinstance(item.value, str) else go_text(item.value)
    name, equals, _ = text.partition("=")
    key = piece(item, 0, len(name), raw=name)
    if not equals:
        return Entry(key, implied(item, None))
    if isinstance(item, UnknownScalar):
        known, _, rest = item.pattern.partition("=")
        value = unknown_part(item, Part(rest, len(known) + 1))
        return Entry(key, value)
    return Entry(key, piece(item, len(name) + 1, len(text)))


def _ssh(node: Node, report: Report) -> Node:
    """``build.ssh`` as a mapping; an item without ``=`` can only be ``default``."""
    if not isinstance(node, Sequence):
        return node
    kept: list[Node] = []
    for item in node.items:
        text = text_value(item)
        if text is not None and "=" not in text and text != "default":
            names = unset_names(item)
            report(
                Problem(
                    "ssh-key",
                    f'{when_unset(names)}the ssh key "{text}" has no "=": '
                    'it is "default", or written id=path',
                    item.span,
                    unset=names,
                )
            )
            continue
        kept.append(item)
    return pairs_to_mapping(kept, node)


def _gpus(node: Node, report: Report) -> Node:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        sequence = Sequence(node.file, node.start, node.end)
        sequence.items = [ShortForm(node, [Entry(implied(node, "count"), implied(node, "all"))])]
        return sequence
    return _each_device_request(node, report)


def _device_request(node: Node, report: Report) -> Node:
    if not isinstance(node, Mapping):
        return node
    count, ids = node.entry("count"), node.entry("device_ids")
    if count is None and ids is None:
        return with_value(node, "count", implied(node, "all"))
    if count is not None and ids is not None:
        report(
            Problem(
                "device-count-and-ids",
                "this device request has both a count and device_ids",
                ids.key.span,
                "Keep one of them.",
                (Related("the count", count.key.span),),
            )
        )
    return node


_each_device_request = _each(_device_request)


# --- parts of short texts ---


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


if TYPE_CHECKING:
    _T = TypeVar("_T")


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


# --- ports ---

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


# --- volumes ---

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


# --- devices ---


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


# --- secrets and configs of a service ---


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


def _dns(node: Node, report: Report) -> Node:
    """A list of name servers without empty ones."""
    node = _list_of_one(node, report)
    if isinstance(node, Sequence) and any(
        text_value(item) == "" or is_null(item) for item in node.items if not item.unknown
    ):
        return with_items(
            node, [item for item in node.items if not (text_value(item) == "" or is_null(item))]
        )
    return node


_WATCH: dict[str, Change] = {
    "ignore": _list_of_one,
    "include": _list_of_one,
    "path": _blank_path,
}

_BUILD: dict[str, Change] = {
    "secrets": _each(_file_mount),
    "provenance": _as_text,
    "sbom": _as_text,
    "additional_contexts": _key_value_contexts,
    "ssh": _ssh,
}

_SERVICE: dict[str, Change] = {
    "build": _chain(_short("context"), _inside(_BUILD)),
    "configs": _each(_file_mount),
    "depends_on": _depends_on,
    "deploy": _inside(
        {"resources": _inside({"reservations": _inside({"devices": _each_device_request})})}
    ),
    "develop": _inside({"watch": _each(_inside(_WATCH))}),
    "devices": _each(_device),
    "dns": _dns,
    "env_file": _env_files,
    "extends": _short("service"),
    "gpus": _gpus,
    "label_file": _list_of_one,
    "models": _names,
    "networks": _names,
    "ports": _each(_port),
    "secrets": _each(_secret_mount),
    "tmpfs": _list_of_one,
    "volumes": _each(_mount),
}
"""How each attribute of a service takes its long form."""


def with_defaults(service: Mapping) -> Mapping:
    """A service with the defaults that depend on where the stack stands: the build context."""
    build = service.get("build")
    if isinstance(build, Mapping) and build.entry("context") is None:
        return with_value(service, "build", with_value(build, "context", implied(build, ".")))
    return service


def settle_pairs(service: Mapping) -> Mapping:
    """A service whose lists of merged ``KEY=value`` entries are mappings again."""
    entries: list[Entry] | None = None
    for index, entry in enumerate(service.entries):
        value = entry.value
        if isinstance(value, Mapping):
            result: Node = settle_pairs(value) if entry.name in ("build", "deploy") else value
        elif (
            isinstance(value, Sequence)
            and entry.name != "extra_hosts"
            and any(isinstance(item, Pair) for item in value.items)
        ):
            result = pairs_to_mapping(pair_items(value), value)
        else:
            continue
        if result is not value:
            if entries is None:
                entries = list(service.entries)
            entries[index] = Entry(entry.key, result)
    return service if entries is None else with_entries(service, entries)


# --- checks of top-level resources ---


def check_resource(entry: Entry, kind: str, report: Report) -> None:
    """What a top-level volume, secret or config may not say together."""
    node = entry.value
    if not isinstance(node, Mapping):
        return
    if kind == "volumes":
        external = node.get("external")
        if isinstance(external, Scalar) and external.value is True:
            for other in node.entries:
                if other.name not in ("name", "external") and not other.name.startswith("x-"):
                    report(
                        Problem(
                            "external-with-attributes",
                            f'volumes.{entry.name} is external, so "{other.name}" '
                            "cannot be set here",
                            other.key.span,
                            f"Remove `{other.name}`, or `external`.",
                            (Related("external", external.span),),
                        )
                    )
        return
    keys = ("file", "environment") if kind == "secrets" else ("file", "environment", "content")
    given = [source for name in keys if (source := node.entry(name)) is not None]
    if len(given) > 1:
        report(
            Problem(
                "several-sources",
                f"{kind}.{entry.name} has several sources: "
                + " and ".join(source.name for source in given),
                (given[1].key if given[1].key.file is not entry.key.file else entry.key).span,
                "Keep one of them.",
                tuple(Related(source.name, source.key.span) for source in given),
            )
        )
    elif not given and node.entry("driver") is None and node.entry("external") is None:
        report(
            Problem(
                "no-source",
                f"{kind}.{entry.name} has no source: "
                f"one of {', '.join(keys[:-1])} and {keys[-1]} must be set",
                entry.key.span,
            )
        )
