"""Every short form in its long form, with the defaults that Docker Compose adds.

Follows compose-go's ``transform`` and ``validation`` packages. A long form has the place of
the short text that it is made of. A value that the schema refuses is left as it is, since
the schema reports it.
"""

from __future__ import annotations

from ..base.wording import or_list
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .changes import apply, as_text, chain, default, each, inside, list_of_one, short
from .merge import dependency_mapping, keys_to_mapping, pair_items
from .nodes import (
    Pair,
    ShortForm,
    go_text,
    implied,
    implied_list,
    is_null,
    map_values,
    piece,
    text_value,
    with_items,
    with_value,
)
from .problem import Problem, Related
from .release import OLDER
from .short_forms import device, mount, port, secret_mount, unknown_part, watch_path
from .values import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .merge import Report

    Change = Callable[[Node, Report], Node]


def canonical_service(service: Mapping, report: Report) -> Mapping:
    """A service with each attribute in its long form."""
    return apply(_SERVICE, service, report)


def canonical_resource(resource: Mapping, kind: str, name: str, report: Report) -> Mapping:
    """A top-level network, volume, secret or config with ``external`` as a boolean."""
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
            f"{kind}.{name} sets its name below external, which is deprecated",
            other.key.span,
            "write `external: true` and `name:` side by side",
            rejects=False,
        )
    )
    own = resource.get("name")
    if own is None:
        return with_value(result, "name", other.value, other.key)
    if text_value(own) != text_value(other.value):
        problem = Problem(
            "external-name-conflict",
            f'{kind}.{name} has the name "{text_value(own)}" and the '
            f'external.name "{text_value(other.value)}"',
            other.value.span,
            "keep `name` and write `external: true`",
            (Related("the name", own.span),),
        )
        report(problem.depending_on(own, other.value))
    return result


# --- lists of pairs ---


def pairs_to_mapping(items: list[Node], place: Sequence) -> Mapping:
    """A list of ``KEY=value`` texts as a mapping; a key alone has no value."""
    mapping = Mapping(place.file, place.start, place.end, place.flow)
    entries = {entry.name: entry for item in items if (entry := _pair_entry(item)) is not None}
    mapping.entries = list(entries.values())
    return mapping


def _pair_entry(item: Node) -> Entry | None:
    """A ``KEY=value`` text as an entry; None for a list or mapping."""
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
        before, _, after = item.pattern.partition("=")
        return Entry(key, unknown_part(item, Part(after, len(before) + 1)))
    return Entry(key, piece(item, len(name) + 1, len(text)))


def _pairs(kind: str, noun: str, form: str, *bare: str) -> Change:
    """A list of ``KEY=value`` texts as a mapping; keys alone other than ``bare`` are reported."""

    def change(node: Node, report: Report) -> Node:
        if not isinstance(node, Sequence):
            return node
        kept: list[Node] = []
        for item in node.items:
            text = text_value(item)
            if text is None or "=" in text or text in bare:
                kept.append(item)
            else:
                message = f'the {noun} "{text}" has no "=": {form}'
                report(Problem(kind, message, item.span).depending_on(item))
        return pairs_to_mapping(kept, node)

    return change


# --- attributes ---


def _depends_on(node: Node, report: Report) -> Node:
    mapping = dependency_mapping(node)
    return node if mapping is None else _dependencies(mapping, report)


def _gpus(node: Node, report: Report) -> Node:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        request = ShortForm(node, [Entry(implied(node, "count"), implied(node, "all"))])
        return implied_list(node, [request])
    return node


def _dns(node: Node, report: Report) -> Node:
    """A list of name servers without empty ones."""
    node = list_of_one(node, report)
    if isinstance(node, Sequence):
        kept = [item for item in node.items if not _is_empty(item)]
        if any(_is_empty(item) and not item.unknown for item in node.items):
            return with_items(node, kept)
    return node


def _is_empty(node: Node) -> bool:
    return text_value(node) == "" or is_null(node)


def _names(node: Node, report: Report) -> Node:
    """A list of names as a mapping from them to null."""
    return keys_to_mapping(node) or node if isinstance(node, Sequence) else node


_dependencies = inside(
    {"*": chain(default("condition", "service_started"), default("required", True))}
)
_WATCH: dict[str, Change] = {"ignore": list_of_one, "include": list_of_one, "path": watch_path}
_BUILD: dict[str, Change] = {
    "secrets": each(short("source")),
    "provenance": as_text,
    "sbom": as_text,
    "additional_contexts": _pairs(
        "additional-context", "additional context", "write it as name=context"
    ),
    "ssh": _pairs("ssh-key", "ssh key", 'write "default" or id=path', "default"),
}
_SERVICE: dict[str, Change] = {
    "build": chain(short("context"), inside(_BUILD)),
    "configs": each(short("source")),
    "depends_on": _depends_on,
    "develop": inside({"watch": each(inside(_WATCH))}),
    "devices": each(device),
    "dns": _dns,
    "env_file": chain(list_of_one, each(chain(short("path"), default("required", True)))),
    "extends": short("service"),
    "gpus": _gpus,
    "label_file": list_of_one,
    "models": _names,
    "networks": _names,
    "ports": each(port),
    "secrets": each(secret_mount),
    "tmpfs": list_of_one,
    "volumes": each(mount),
}
"""How each attribute of a service takes its long form."""


_all_devices = default("count", "all")


def _counted(node: Node, report: Report) -> Node:
    """A request for devices, for all of them unless it says how many or which."""
    if not isinstance(node, Mapping):
        return node
    count, ids = node.entry("count"), node.entry("device_ids")
    if ids is None:
        return _all_devices(node, report)
    if count is not None:
        report(
            Problem(
                "device-count-and-ids",
                "this device request has both a count and device_ids",
                ids.key.span,
                "keep one of them",
                (Related("the count", count.key.span),),
            )
        )
    return node


_DEFAULTS: dict[str, Change] = {
    "build": default("context", "."),
    "deploy": inside({"resources": inside({"reservations": inside({"devices": each(_counted)})})}),
    "gpus": each(_counted),
    "volumes": each(inside({"bind": default("create_host_path", True)})),
}
_DEFAULTS_OF_OLDER = {key: change for key, change in _DEFAULTS.items() if key != "volumes"}


def with_defaults(service: Mapping, release: str, report: Report) -> Mapping:
    """A service with the defaults that it gets when all its files are merged."""
    return apply(_DEFAULTS_OF_OLDER if release == OLDER else _DEFAULTS, service, report)


class SettledPairs(Mapping):
    """A mapping that was a list for Compose, where no name is taken for an extension."""


def settle_pairs(service: Mapping) -> Mapping:
    """A service whose lists of merged ``KEY=value`` entries are mappings again."""

    def settled(entry: Entry) -> Node:
        value = entry.value
        if isinstance(value, Mapping):
            return settle_pairs(value) if entry.name in ("build", "deploy") else value
        if (
            isinstance(value, Sequence)
            and entry.name != "extra_hosts"
            and any(isinstance(item, Pair) for item in value.items)
        ):
            mapping = SettledPairs(value.file, value.start, value.end, value.flow)
            mapping.entries = pairs_to_mapping(pair_items(value), value).entries
            return mapping
        return value

    return map_values(service, settled)


# --- checks of top-level resources ---


def check_resource(entry: Entry, kind: str, report: Report) -> None:
    """Report what a top-level volume, secret or config may not say together."""
    node = entry.value
    if not isinstance(node, Mapping):
        return
    if kind == "volumes":
        _check_volume(entry.name, node, report)
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
                "keep one of them",
                tuple(Related(source.name, source.key.span) for source in given),
            )
        )
    elif not given and node.entry("driver") is None and node.entry("external") is None:
        report(
            Problem(
                "no-source",
                f"{kind}.{entry.name} has no source: set {or_list(keys, '')}",
                entry.key.span,
            )
        )


def _check_volume(name: str, volume: Mapping, report: Report) -> None:
    external = volume.get("external")
    if not isinstance(external, Scalar) or external.value is not True:
        return
    for other in volume.entries:
        if other.name not in ("name", "external") and not other.name.startswith("x-"):
            report(
                Problem(
                    "external-with-attributes",
                    f'volumes.{name} is external, so "{other.name}" cannot be set here',
                    other.key.span,
                    f"delete `{other.name}` or `external`",
                    (Related("external", external.span),),
                )
            )
