"""The model of some files: documents laid over each other, one after the other.

For each document, in Compose's own order: the bases of its services are laid under them,
what it resets is removed, what it includes is added, the result is laid over the
documents before, checked against the schema, and put into its long forms.
"""

from __future__ import annotations

from functools import partial

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .context import RESOURCES, NamedFile, Scope
from .interpolation import is_cast
from .merge import MERGES, merge_mappings
from .nodes import (
    entries_of,
    is_null,
    map_values,
    place_of,
    remove,
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
from .release import OLDER
from .schema import check
from .schema.newer import newer_properties
from .unique import CANONICAL_UNIQUE, NETWORK_UNIQUE, SERVICE_UNIQUE, unique
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .context import Context, Document
    from .environment import Variables
    from .extends import Extending
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

    def model(self, files: list[NamedFile], scope: Scope) -> Mapping | None:
        """The model of some files laid over each other; None if none can be read."""
        context = self.context
        self.count += 1
        if self.count > MAX_MODELS or len(scope.chain) > MAX_INCLUDES:
            node = files[0][1]
            if node is not None:
                context.partial = True
                message = "too many files include each other"
                context.report(Problem("too-complex", message, node.span))
            return None
        model: Mapping | None = None
        is_included = bool(scope.chain)
        role, noun = ("include", "include") if is_included else ("compose", "compose-file")
        for file in files:
            path, reference = file
            yaml = context.read(path, role, reference, noun)
            if yaml is None:
                continue
            extended: dict[str, Extending | None] = {}
            within = scope._replace(chain=(*scope.chain, file))
            for document in context.documents(yaml, role, scope.variables):
                model = self.add(model, document, path, within, extended)
        if model is None:
            return None
        return self.settled(model, scope.folder, scope.variables if is_included else None)

    def add(
        self,
        model: Mapping | None,
        document: Document,
        path: str,
        scope: Scope,
        extended: dict[str, Extending | None],
    ) -> Mapping:
        """A model with one more document laid over it."""
        context = self.context
        root = document.root
        older = context.release == OLDER
        if older:
            root = self.extend(root, document, path, scope, extended)
        if model is not None:
            for reset, node in document.resets:
                if reset:
                    model = remove(model, reset)
                    context.resets[reset] = node
        if root.entry("include") is not None:
            from .include import apply_include

            root = apply_include(context, root, document.resets, scope, self.model)
        if not older:
            root = self.extend(root, document, path, scope, extended)
        if model is None:
            merged = root
        else:
            self.mark_services(model)
            merged = merge_mappings(model, root, MERGES, (), context.merging)
        fresh = self.deduplicated(self.fresh(merged))
        self.check_shape(fresh)
        return _combined(merged, self.canonical(without(fresh, ("version",))))

    def mark_services(self, model: Mapping) -> None:
        """Remember that a model's services are checked, as long as they do not change."""
        for entry in entries_of(model.get("services")):
            self.context.mark_checked(entry.value)
            for attribute in entries_of(entry.value):
                self.context.mark_checked(attribute.value)

    def fresh(self, model: Mapping) -> Mapping:
        """A model without the services, and parts of them, that are checked."""
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
                unchecked = [part for part in service.entries if id(part.value) not in checked]
                if len(unchecked) < len(service.entries):
                    entry = Entry(entry.key, with_entries(service, unchecked))
            entries.append(entry)
        return with_value(model, "services", with_entries(services, entries))

    def deduplicated(self, model: Mapping) -> Mapping:
        """A model with one entry for each thing."""
        report = self.context.report
        tables = {"services": SERVICE_UNIQUE, "networks": NETWORK_UNIQUE}
        return _map_sections(
            model, tables, lambda section, _, value: unique(value, tables[section], report)
        )

    def extend(
        self,
        root: Mapping,
        document: Document,
        path: str,
        scope: Scope,
        extended: dict[str, Extending | None],
    ) -> Mapping:
        """A document whose services are laid over those that they extend."""
        services = root.get("services")
        if services is not None and is_null(services):
            # Alone the schema would report it; in a merge it would be lost.
            message = '"services" is empty; it must be a mapping'
            self.context.report(Problem("schema-empty", message, services.span))
        if not isinstance(services, Mapping) or not any(
            isinstance(entry.value, Mapping) and entry.value.entry("extends") is not None
            for entry in services.entries
        ):
            return root
        from .extends import Extending

        own = document.root.get("services")
        extending = Extending(
            self.context,
            scope.variables,
            scope.files_folder,
            path,
            services,
            document.resets,
            extended,
            own=own if isinstance(own, Mapping) else None,
        )
        services = map_values(services, lambda entry: extending.service(entry.name) or entry.value)
        return with_value(root, "services", services)

    def check_shape(self, fresh: Mapping) -> None:
        """Check a model against the schema."""
        context = self.context
        self.check_release(fresh)
        for error in check(fresh):
            self.report_shape(fresh, error, ())
            if error.kind == "unknown-property" and error.suggestion in ("image", "build"):
                context.incomplete.add(str(error.path[1]) if len(error.path) > 1 else "")
            elif error.kind == "misplaced-property" and error.path[:1] == ("services",):
                context.incomplete.update(_lacking_by(error, fresh))
        if any(use.unset for use in context.uses):
            for error in check(fresh, unset_fits=False):
                names = unset_names(error.node)
                if names:
                    self.report_shape(fresh, error, names)

    def check_release(self, fresh: Mapping) -> None:
        """Report properties that one of the releases does not know."""
        for entry, path, since in newer_properties(fresh):
            where = f" in {'.'.join(path[:-1])}" if path[1:] else ""
            what = f'"{entry.name}"{where}'
            if since == "unreleased":
                message = f"{what} is in the Compose Specification but in no release yet"
            else:
                message = f"{what} is known since release {since}"
            self.context.report(
                Problem(
                    "schema-unknown-property",
                    message,
                    entry.key.span,
                    only="" if since == "unreleased" else OLDER,
                )
            )

    def report_shape(self, root: Mapping, error: SchemaError, names: tuple[str, ...]) -> None:
        node = error.node
        if isinstance(node, UnknownScalar) and UNKNOWN in node.raw:
            return
        self.context.invalid.add(tuple(map(str, error.path[:2])))
        kind = error.kind if error.kind == "legacy-layout" else f"schema-{error.kind}"
        problem = Problem(
            kind,
            when_unset(names) + error.message,
            (node if error.on_key else _shown_at(root, error)).span,
            rejects=error.rejects,
            unset=names,
            only=error.only,
        )
        if error.kind == "cast" and not is_cast(error.path):
            # Compose reads it when all files are merged: another one may replace it.
            self.context.deferred.append((node, problem))
        else:
            self.context.report(problem)

    def canonical(self, model: Mapping) -> Mapping:
        """A model in its long forms."""
        report = self.context.report

        def change(section: str, entry: Entry, value: Mapping) -> Node:
            if section == "services":
                return unique(canonical_service(value, report), CANONICAL_UNIQUE, report)
            return canonical_resource(value, section, entry.name, report)

        return _map_sections(model, ("services", *RESOURCES), change)

    def settled(self, model: Mapping, folder: str, variables: Variables | None) -> Mapping:
        """A model with its last defaults, checked, its paths relative to the working directory.

        ``variables`` are those of an included stack.
        """
        context = self.context
        base = Folder(folder, context.root_folder)

        def settle(section: str, entry: Entry, value: Mapping) -> Node:
            if section == "services":
                value = with_defaults(value, context.release, context.report)
                value = rebase_service(value, base)
                if variables is not None:
                    value = _named_variables(value, variables)
                    context.mark_checked(value)
                return value
            if (section, entry.name) not in context.invalid:
                check_resource(entry, section, context.report)
                if variables is not None and section == "configs":
                    self.check_included_config(entry, variables)
            return rebase_resource(value, section, base)

        return _map_sections(model, ("services", "volumes", "secrets", "configs"), settle)

    def check_included_config(self, entry: Entry, variables: Variables) -> None:
        """Report content from a variable that is set: filled in once, Compose refuses it."""
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
                    "define it in the file that includes this one",
                )
            )


def _map_sections(
    model: Mapping, sections: Iterable[str], change: Callable[[str, Entry, Mapping], Node]
) -> Mapping:
    """A model with the mappings in some of its sections changed."""

    def change_entry(section: str, entry: Entry) -> Node:
        value = entry.value
        return change(section, entry, value) if isinstance(value, Mapping) else value

    for section in sections:
        node = model.get(section)
        if isinstance(node, Mapping):
            changed = map_values(node, partial(change_entry, section))
            if changed is not node:
                model = with_value(model, section, changed)
    return model


def _combined(model: Mapping, fresh: Mapping) -> Mapping:
    """A model with its fresh parts in their long forms."""
    services, canonical = model.get("services"), fresh.get("services")
    if (
        fresh is model
        or not isinstance(services, Mapping)
        or not isinstance(canonical, Mapping)
        or _same_size(services, canonical)
    ):
        return fresh

    def combine(entry: Entry) -> Node:
        value, result = entry.value, canonical.get(entry.name)
        if isinstance(result, Mapping) and isinstance(value, Mapping):
            parts = {part.name: part for part in result.entries}
            return with_entries(value, [parts.get(part.name, part) for part in value.entries])
        return value if result is None else result

    return with_value(fresh, "services", map_values(services, combine))


def _same_size(services: Mapping, fresh: Mapping) -> bool:
    """Whether the fresh services are all that there are, with all their attributes."""
    return len(services.entries) == len(fresh.entries) and all(
        len(entry.value.entries) == len(other.value.entries)
        for entry, other in zip(services.entries, fresh.entries, strict=True)
        if isinstance(entry.value, Mapping) and isinstance(other.value, Mapping)
    )


def _named_variables(service: Mapping, variables: Variables) -> Mapping:
    """A service whose list of variables has the values that an included stack gives them."""
    node = service.get("environment")
    if not isinstance(node, Sequence):
        return service

    def with_variable(item: Node) -> Node:
        text = text_value(item)
        if text is None or "=" in text or not isinstance(item, Scalar):
            return item
        value = variables.lookup(text)
        return item if value is None else item.derive(f"{text}={value}")

    items = [with_variable(item) for item in node.items]
    if items == node.items:
        return service
    return with_value(service, "environment", with_items(node, items))


def _lacking_by(error: SchemaError, root: Mapping) -> set[str]:
    """The services that seem to have no image because properties are on a wrong level.

    Properties among the services look like services; an image that is too deep is missing above.
    """
    if len(error.path) > 2:
        return {str(error.path[1])} if error.path[-1] in ("image", "build") else set()
    from .schema.misplaced import service_properties

    services = root.get("services")
    names = {entry.name for entry in services.entries} if isinstance(services, Mapping) else set()
    return names.intersection(service_properties())


def _shown_at(root: Mapping, error: SchemaError) -> Node:
    """The node that shows a wrong value: its key, if the value is a block."""
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
    return _map_sections(tree, ("services",), lambda _, entry, value: settle_pairs(value))
