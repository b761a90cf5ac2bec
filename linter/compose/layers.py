"""The model of some files: documents laid over each other, one after the other.

For each document, in Compose's own order: the bases of its services are laid under them,
what it resets is taken away, what it includes is added, the result is laid over the
documents before, held against the schema, and put into its long forms.
"""

from __future__ import annotations

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .extends import RESOURCES, Extending, remove
from .include import apply_include
from .merge import MERGES, merge_mappings
from .nodes import (
    is_null,
    place_of,
    text_value,
    unset_names,
    with_entries,
    with_items,
    with_value,
    without,
)
from .normalize import (
    canonical_resource,
    canonical_service,
    check_resource,
    settle_pairs,
    with_defaults,
)
from .paths import Folder, rebase_resource, rebase_service
from .problem import Problem, when_unset
from .schema.check import check
from .unique import CANONICAL_UNIQUE, NETWORK_UNIQUE, SERVICE_UNIQUE, unique
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context, Document
    from .environment import Variables
    from .resolve import Reset
    from .schema.fits import SchemaError

MAX_MODELS = 500
"""How many stacks may be included in all."""

MAX_INCLUDES = 40
"""How many files may include each other in a row."""


class ModelLoader:
    """Loads models: the stack's own and those that it includes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.count = 0

    def model(
        self,
        files: list[tuple[str, Node | None]],
        folder: str,
        variables: Variables,
        chain: tuple[tuple[str, Node | None], ...],
    ) -> Mapping | None:
        """The model of some files laid over each other; None where none can be read."""
        context = self.context
        self.count += 1
        if self.count > MAX_MODELS or len(chain) > MAX_INCLUDES:
            node = files[0][1]
            if node is not None:
                context.partial = True
                context.report(
                    Problem("too-complex", "too many files include each other", node.span)
                )
            return None
        model: Mapping | None = None
        included = bool(chain)
        for path, reference in files:
            yaml = context.read(
                path,
                "include" if included else "compose",
                reference,
                "include" if included else "compose-file",
            )
            if yaml is None:
                continue
            extended: dict[str, Extending | None] = {}
            role = "include" if included else "compose"
            for document in context.documents(yaml, role, variables):
                model = self.add(
                    model,
                    document,
                    path,
                    folder,
                    variables,
                    (*chain, (path, reference)),
                    extended,
                )
        if model is None:
            return None
        return self.settled(model, folder, variables if included else None)

    def add(
        self,
        model: Mapping | None,
        document: Document,
        path: str,
        folder: str,
        variables: Variables,
        chain: tuple[tuple[str, Node | None], ...],
        extended: dict[str, Extending | None],
    ) -> Mapping:
        """A model with one more document laid over it."""
        context = self.context
        report = context.report
        root = self.extend(document.root, document.resets, path, folder, variables, extended)
        if model is not None:
            for reset, node in document.resets:
                if reset:
                    model = remove(model, reset)
                    context.taken[reset] = node
        root = apply_include(context, root, folder, variables, chain, self.included)
        if model is None:
            merged = root
        else:
            self.check_off(model)
            merged = merge_mappings(model, root, MERGES, (), report)
        fresh = self.deduplicated(self.fresh(merged))
        self.check_shape(fresh)
        return _combined(merged, self.canonical(without(fresh, ("version",))))

    def check_off(self, model: Mapping) -> None:
        """Remember that a model's services need no further look as long as they stay."""
        services = model.get("services")
        for entry in services.entries if isinstance(services, Mapping) else ():
            service = entry.value
            self.context.check_off(service)
            if isinstance(service, Mapping):
                for attribute in service.entries:
                    self.context.check_off(attribute.value)

    def fresh(self, model: Mapping) -> Mapping:
        """A model with no more of its services than what nobody has looked at."""
        checked = self.context.checked
        services = model.get("services")
        if not checked or not isinstance(services, Mapping):
            return model
        entries: list[Entry] = []
        for entry in services.entries:
            service = entry.value
            if id(service) in checked:
                continue
            if isinstance(service, Mapping):
                new = [one for one in service.entries if id(one.value) not in checked]
                if len(new) < len(service.entries):
                    entry = Entry(entry.key, with_entries(service, new))
            entries.append(entry)
        return with_value(model, "services", with_entries(services, entries))

    def deduplicated(self, model: Mapping) -> Mapping:
        """A model with one entry for each thing."""
        for section, rule in (("services", SERVICE_UNIQUE), ("networks", NETWORK_UNIQUE)):
            node = model.get(section)
            if not isinstance(node, Mapping):
                continue
            entries: list[Entry] | None = None
            for index, entry in enumerate(node.entries):
                value = entry.value
                if isinstance(value, Mapping):
                    result = unique(value, rule, self.context.report)
                    if result is not value:
                        if entries is None:
                            entries = list(node.entries)
                        entries[index] = Entry(entry.key, result)
            if entries is not None:
                model = with_value(model, section, with_entries(node, entries))
        return model

    def included(
        self,
        files: list[tuple[str, Node]],
        folder: str,
        variables: Variables,
        chain: tuple[tuple[str, Node | None], ...],
    ) -> Mapping | None:
        return self.model([*files], folder, variables, chain)

    def extend(
        self,
        root: Mapping,
        resets: tuple[Reset, ...],
        path: str,
        folder: str,
        variables: Variables,
        extended: dict[str, Extending | None],
    ) -> Mapping:
        services = root.get("services")
        if services is not None and is_null(services):
            # Alone the schema would say so; in a merge it would be lost.
            message = '"services" is empty; it must be a mapping'
            self.context.report(Problem("schema-empty", message, services.span))
        if not isinstance(services, Mapping) or not any(
            isinstance(entry.value, Mapping) and entry.value.entry("extends") is not None
            for entry in services.entries
        ):
            return root
        extending = Extending(self.context, variables, folder, path, services, resets, extended)
        entries = [
            Entry(entry.key, extending.service(entry.name) or entry.value)
            for entry in services.entries
        ]
        return with_value(root, "services", with_entries(services, entries))

    def check_shape(self, fresh: Mapping) -> None:
        """Hold a model against the schema."""
        context = self.context
        for error in check(fresh):
            self.shape_problem(fresh, error, ())
            if error.kind == "unknown-property" and error.suggestion in ("image", "build"):
                context.incomplete.add(str(error.path[1]) if len(error.path) > 1 else "")
        if any(use.unset for use in context.uses):
            for error in check(fresh, unset_fits=False):
                names = unset_names(error.node)
                if names:
                    self.shape_problem(fresh, error, names)

    def shape_problem(self, root: Mapping, error: SchemaError, names: tuple[str, ...]) -> None:
        node = error.node
        if isinstance(node, UnknownScalar) and UNKNOWN in node.raw:
            return
        self.context.misshapen.add(tuple(map(str, error.path[:2])))
        kind = error.kind if error.kind == "legacy-layout" else f"schema-{error.kind}"
        self.context.report(
            Problem(
                kind,
                when_unset(names) + error.message,
                (node if error.on_key else _shown_at(root, error)).span,
                rejects=error.rejects,
                unset=names,
            )
        )

    def canonical(self, model: Mapping) -> Mapping:
        """A model in its long forms."""
        report = self.context.report
        for section in ("services", *RESOURCES):
            node = model.get(section)
            if not isinstance(node, Mapping):
                continue
            entries: list[Entry] | None = None
            for index, entry in enumerate(node.entries):
                value = entry.value
                if not isinstance(value, Mapping):
                    continue
                if section == "services":
                    service = canonical_service(value, report)
                    result: Node = unique(service, CANONICAL_UNIQUE, report)
                else:
                    result = canonical_resource(value, section, entry.name, report)
                if result is not value:
                    if entries is None:
                        entries = list(node.entries)
                    entries[index] = Entry(entry.key, result)
            if entries is not None:
                model = with_value(model, section, with_entries(node, entries))
        return model

    def settled(self, model: Mapping, folder: str, own: Variables | None) -> Mapping:
        """A model with its last defaults, checked, its paths made relative to here.

        ``own`` are the variables of an included stack.
        """
        context = self.context
        place = Folder(folder, context.root_folder)
        for section in ("services", "volumes", "secrets", "configs"):
            node = model.get(section)
            if not isinstance(node, Mapping):
                continue
            entries: list[Entry] = []
            changed = False
            for entry in node.entries:
                value = entry.value
                if isinstance(value, Mapping):
                    if section == "services":
                        value = rebase_service(with_defaults(value), place)
                        if own is not None:
                            value = _named_variables(value, own)
                            context.check_off(value)
                    else:
                        if (section, entry.name) not in context.misshapen:
                            check_resource(entry, section, context.report)
                            if own is not None and section == "configs":
                                self.included_config(entry, own)
                        value = rebase_resource(value, section, place)
                    changed = changed or value is not entry.value
                entries.append(Entry(entry.key, value))
            if changed:
                model = with_value(model, section, with_entries(node, entries))
        return model

    def included_config(self, entry: Entry, variables: Variables) -> None:
        """Compose fills in the content once for the included stack, then refuses it."""
        node = entry.value.get("environment") if isinstance(entry.value, Mapping) else None
        name = text_value(node)
        if node is not None and name and variables.lookup(name) is not None:
            self.context.report(
                Problem(
                    "several-sources",
                    f"configs.{entry.name} in an included file takes its content from the "
                    f"environment: where {name} is set, Docker Compose sees environment and "
                    "content, and refuses both together",
                    node.span,
                    "Define it in the file that includes.",
                )
            )


def _combined(whole: Mapping, fresh: Mapping) -> Mapping:
    """A model with what was new in it in its long form."""
    services, done = whole.get("services"), fresh.get("services")
    if fresh is whole or not isinstance(services, Mapping) or not isinstance(done, Mapping):
        return fresh
    if len(services.entries) == len(done.entries) and all(
        len(one.value.entries) == len(other.value.entries)
        for one, other in zip(services.entries, done.entries, strict=True)
        if isinstance(one.value, Mapping) and isinstance(other.value, Mapping)
    ):
        return fresh
    entries: list[Entry] = []
    for entry in services.entries:
        result = done.get(entry.name)
        value = entry.value
        if isinstance(result, Mapping) and isinstance(value, Mapping):
            parts = {part.name: part for part in result.entries}
            value = with_entries(value, [parts.get(one.name, one) for one in value.entries])
        elif result is not None:
            value = result
        entries.append(Entry(entry.key, value))
    return with_value(fresh, "services", with_entries(services, entries))


def _named_variables(service: Mapping, variables: Variables) -> Mapping:
    """A service whose list of variables has the values that an included stack gives them."""
    node = service.get("environment")
    if not isinstance(node, Sequence):
        return service
    items: list[Node] = []
    changed = False
    for item in node.items:
        text = text_value(item)
        value = variables.lookup(text) if text is not None and "=" not in text else None
        if value is not None and isinstance(item, Scalar):
            items.append(item.derive(f"{text}={value}"))
            changed = True
        else:
            items.append(item)
    return with_value(service, "environment", with_items(node, items)) if changed else service


def _shown_at(root: Mapping, error: SchemaError) -> Node:
    """Where a wrong value is shown: at its key where it is a block."""
    parent: Node | None = root
    for part in error.path[:-1]:
        if isinstance(parent, Mapping) and isinstance(part, str):
            parent = parent.get(part)
        elif isinstance(parent, Sequence) and isinstance(part, int) and part < len(parent.items):
            parent = parent.items[part]
        else:
            return error.node
    last = error.path[-1] if error.path else None
    entry = parent.entry(last) if isinstance(parent, Mapping) and isinstance(last, str) else None
    return place_of(entry) if entry is not None and entry.value is error.node else error.node


def finished(tree: Mapping) -> Mapping:
    """The tree as rules see it: merged lists of pairs are mappings again."""
    services = tree.get("services")
    if not isinstance(services, Mapping):
        return tree
    entries = [
        Entry(entry.key, settle_pairs(entry.value)) if isinstance(entry.value, Mapping) else entry
        for entry in services.entries
    ]
    if all(new.value is old.value for new, old in zip(entries, services.entries, strict=True)):
        return tree
    return with_value(tree, "services", with_entries(services, entries))
