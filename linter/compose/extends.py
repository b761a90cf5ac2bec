"""``extends``: a service laid over another one, of the same file or of another.

Compose works on one document at a time: a base is looked for among the services of the
document itself and of what that includes, never in a file that it is merged with.
"""

from __future__ import annotations

from ..base.suggest import nearest
from ..files.paths import folder_of, join_path
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar
from .context import Context, is_remote_file
from .merge import SERVICE_MERGES, describe, merge_mappings
from .nodes import is_null, place_of, text_value, unset_names, with_entries, with_value, without
from .normalize import canonical_service
from .paths import Folder, rebase_service
from .problem import Problem, Related, when_unset
from .unique import SERVICE_UNIQUE, unique

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .environment import Variables
    from .resolve import Path, Reset


RESOURCES = ("networks", "volumes", "secrets", "configs")

MAX_CHAIN = 100
"""How many services may extend each other in a row."""


class _NoBase(Exception):
    """That an extended service is empty, so that nothing happens."""


class Extending:
    """Works out the ``extends`` of one document's services.

    ``folder`` is what relative file names start from. ``base_files`` holds the services
    of other files that have been loaded, by path.
    """

    def __init__(
        self,
        context: Context,
        variables: Variables,
        folder: str,
        path: str,
        services: Mapping,
        resets: tuple[Reset, ...],
        files: dict[str, Extending | None],
    ) -> None:
        self.context = context
        self.variables = variables
        self.folder = folder
        self.path = path
        self.services = services
        self.resets = resets
        self.files = files
        self.done: dict[str, Node | None] = {}

    def service(self, name: str, chain: tuple[tuple[str, str, Node], ...] = ()) -> Node | None:
        """A service with everything that it extends laid under it."""
        if name in self.done:
            return self.done[name]
        entry = self.services.entry(name)
        if entry is None:
            return None
        result: Node | None = entry.value
        if isinstance(result, Mapping):
            extends = result.entry("extends")
            if extends is not None:
                result = self.extended(name, result, extends, chain)
        self.done[name] = result
        return result

    def extended(
        self,
        name: str,
        service: Mapping,
        extends: Entry,
        chain: tuple[tuple[str, str, Node], ...],
    ) -> Node:
        own = without(service, ("extends",))
        try:
            base = self.base(name, extends, ((self.path, name, extends.value), *chain))
        except _NoBase:
            return service
        if base is None:
            return own
        for path, node in self.resets:
            if len(path) > 2 and path[0] == "services" and path[1] == name:
                base = remove(base, path[2:])
                self.context.taken[path] = node
        self.context.extended[name] = extends.value
        merged = merge_mappings(base, own, SERVICE_MERGES, ("services", name), self.context.report)
        # The service stands where it is written, not where its base is.
        return with_entries(service, merged.entries)

    def base(
        self, name: str, extends: Entry, chain: tuple[tuple[str, str, Node], ...]
    ) -> Mapping | None:
        """The service that another one extends; None after a report where there is none."""
        context = self.context
        value = extends.value
        target: Node | None = value
        file: Node | None = None
        if isinstance(value, Mapping):
            target, file = value.get("service"), value.get("file")
            if text_value(target) is None:
                context.incomplete.add(name)
                context.report(
                    Problem(
                        "extends-without-service",
                        f'"{name}" extends no service: `service` is missing or no text',
                        extends.key.span,
                    )
                )
                return None
            for entry in value.entries:
                if entry.name not in ("service", "file") and not entry.name.startswith("x-"):
                    context.report(
                        Problem(
                            "extends-ignored-key",
                            f'Docker Compose ignores "{entry.name}" in extends',
                            entry.key.span,
                            rejects=False,
                        )
                    )
        wanted = text_value(target) or ""
        where: Extending | None = self
        if file is not None and not is_null(file):
            where = self.other(name, file)
            if where is None and text_value(file) is None:
                context.report(
                    Problem(
                        "extends-file-form",
                        f'"{name}" extends a service of a file whose name is no text',
                        file.span,
                    )
                )
            if where is None:
                context.incomplete.add(name)
                return None
        assert where is not None
        place = target if isinstance(target, Scalar) else extends.key
        known = where.services.entry(wanted)
        if known is None:
            context.incomplete.add(name)
            if where is self and context.partial:
                return None
            self.missing(name, wanted, place, where)
            return None
        for index, (path, service, _) in enumerate(chain):
            if (path, service) == (where.path, wanted):
                context.incomplete.update(link[1] for link in chain)
                self.cycle(chain[: index + 1])
                return None
        if len(chain) > MAX_CHAIN:
            context.incomplete.update(link[1] for link in chain)
            context.report(
                Problem(
                    "too-complex",
                    f"more than {MAX_CHAIN} services extend each other in a row",
                    place.span,
                )
            )
            return None
        if is_null(known.value):
            raise _NoBase
        if where is not self and not isinstance(known.value, Mapping):
            context.incomplete.add(name)
            context.report(
                Problem(
                    "extends-file-services",
                    f'the service "{wanted}" that "{name}" extends is '
                    f"{describe(known.value)}, not a mapping",
                    known.value.span,
                    related=(Related("extended here", place.span),),
                )
            )
            return None
        result = where.service(wanted, chain)
        if wanted in context.incomplete and where is self:
            context.incomplete.add(name)
        return result if isinstance(result, Mapping) else None

    def missing(self, name: str, wanted: str, place: Node, where: Extending) -> None:
        names = unset_names(place)
        near = nearest(wanted, [entry.name for entry in where.services.entries])
        elsewhere = f" in {where.path}" if where is not self else ""
        help_ = f'Did you mean "{near}"?' if near else ""
        if not help_ and where is self:
            help_ = (
                "Only services of the same file are looked at; "
                "name the other file with `file:`, also where it is merged with this one."
            )
        self.context.report(
            Problem(
                "undefined-extends",
                f'{when_unset(names)}"{name}" extends the service "{wanted}", '
                f"which does not exist{elsewhere}",
                place.span,
                help_,
                unset=names,
            )
        )

    def cycle(self, chain: tuple[tuple[str, str, Node], ...]) -> None:
        first, *others = reversed(chain)
        links = [link[1] for link in reversed(chain)]
        self.context.report(
            Problem(
                "extends-cycle",
                "services extend each other in a circle: " + " -> ".join((*links, links[0])),
                first[2].span,
                related=tuple(
                    Related(f'"{service}" extends', node.span) for _, service, node in others
                ),
            )
        )

    def other(self, name: str, file: Node) -> Extending | None:
        """The services of another file."""
        context = self.context
        text = text_value(file)
        if text is None:
            return None
        if is_remote_file(text):
            context.partial = True
            return None
        path = join_path(self.folder, text)
        if path in self.files:
            return self.files[path]
        found = self.files[path] = self.load(name, path, file)
        return found

    def load(self, name: str, path: str, file: Node) -> Extending | None:
        context = self.context
        yaml = context.read(path, "extends", file, "extends-file")
        if yaml is None:
            return None
        documents = context.documents(yaml, "extends", self.variables)
        folder = Folder(folder_of(path), context.root_folder)
        services: Mapping | None = None
        resets: tuple[Reset, ...] = ()
        for document in documents:
            for section in RESOURCES:
                resources = document.root.get(section)
                for one in resources.entries if isinstance(resources, Mapping) else ():
                    if not isinstance(one.value, Mapping) and not is_null(one.value):
                        context.report(
                            Problem(
                                "extends-file-form",
                                f"{section}.{one.name} in {path} is {describe(one.value)}, "
                                "not a mapping",
                                place_of(one).span,
                                related=(Related("extended here", file.span),),
                            )
                        )
            entry = document.root.entry("services")
            found = entry.value if entry else None
            if isinstance(found, Mapping):
                if services is None:
                    services = found
                else:
                    services = merge_mappings(
                        services, found, {"*": SERVICE_MERGES}, ("services",), context.report
                    )
            elif entry is not None and not is_null(found):
                context.report(
                    Problem(
                        "extends-file-services",
                        f"services in {path} is {describe(entry.value)}, not a mapping",
                        place_of(entry).span,
                        related=(Related("extended here", file.span),),
                    )
                )
                return None
            resets = document.resets
        if services is None:
            if documents or not (yaml.documents or yaml.problems):
                context.report(
                    Problem(
                        "extends-file-services",
                        f'"{name}" extends a service of {path}, which has no services',
                        file.span,
                    )
                )
            return None
        entries = []
        for entry in services.entries:
            value = entry.value
            if isinstance(value, Mapping):
                value = canonical_service(
                    unique(value, SERVICE_UNIQUE, context.report), context.report
                )
                # The file that is extended may itself extend another one beside it.
                value = rebase_service(value, folder)
            entries.append(Entry(entry.key, value))
        return Extending(
            context,
            self.variables,
            ".",
            path,
            with_entries(services, entries),
            resets,
            self.files,
        )


def remove(node: Mapping, path: Path) -> Mapping:
    """A mapping without what stands at a path of keys."""
    entry = node.entry(path[0])
    if entry is None:
        return node
    if len(path) == 1:
        return without(node, path)
    if not isinstance(entry.value, Mapping):
        return node
    inner = remove(entry.value, path[1:])
    return node if inner is entry.value else with_value(node, path[0], inner)
