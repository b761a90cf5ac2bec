"""Every short form in its long form, with the defaults that Docker Compose adds.

Follows compose-go's ``transform`` and ``validation`` packages. A long form made of a
short text stands where that text stands. What has a shape that the schema refuses is
left as it is: the schema says so.
"""

from __future__ import annotations

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .changes import (
    _apply,
    _as_text,
    _chain,
    _default,
    _each,
    _inside,
    _list_of_one,
    _names,
    _short,
)
from .merge import dependency_mapping, pair_items
from .nodes import (
    Pair,
    ShortForm,
    go_text,
    implied,
    is_null,
    piece,
    text_value,
    unset_names,
    with_entries,
    with_items,
    with_value,
)
from .problem import Problem, Related, when_unset
from .short_forms import (
    _blank_path,
    _device,
    _file_mount,
    _mount,
    _port,
    _secret_mount,
    unknown_part,
)
from .values import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .changes import Change
    from .merge import Report


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
