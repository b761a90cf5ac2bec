"""``extends``: a service laid over another one, of the same file or of another.

Compose works on one document at a time: a base is looked for among the services of the
document itself and of what that includes, never in a file that it is merged with.
"""

from __future__ import annotations

from ..base.suggest import QUESTION, hint
from ..files.paths import folder_of, join_path, seen_from
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar
from .context import RESOURCES, Context, is_remote_file
from .merge import SERVICE_MERGES, describe, merge_mappings
from .nodes import (
    entries_of,
    is_null,
    map_values,
    place_of,
    remove,
    text_value,
    with_entries,
    without,
)
from .normalize import canonical_service
from .paths import Folder, rebase_service
from .problem import Problem, Related
from .release import OLDER
from .unique import SERVICE_UNIQUE, unique

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .environment import Variables
    from .resolve import Reset

    Chain = tuple[tuple[str, str, Node], ...]
    """Services that extend each other, the last one first: file, name, the node that says so."""


MAX_CHAIN = 100
"""How many services may extend each other in a row."""


class _NoBase(Exception):
    """An extended service is empty, so that nothing happens."""


class Extending:
    """Resolves the ``extends`` of one document's services.

    ``folder`` is the one that relative file names start from, ``path`` the document's file.
    ``files`` holds the services of other files that have been loaded, by path. ``own`` are
    the services that the document itself has, of the one whose services extend the others.
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
        own: Mapping | None = None,
    ) -> None:
        self.context = context
        self.variables = variables
        self.folder = folder
        self.path = path
        self.services = services
        self.resets = resets
        self.files = files
        self.own = own
        self.resolved: dict[str, Node | None] = {}
        self.without_resets: dict[str, Node | None] = {}
        """The same, for bases that are reached from the same file, before release 5."""

    def service(self, name: str, chain: Chain = (), resets: bool = True) -> Node | None:
        """A service with everything that it extends laid under it.

        ``resets`` tells whether what the file removes from its services is removed.
        """
        resolved = self.resolved if resets else self.without_resets
        if name in resolved:
            return resolved[name]
        entry = self.services.entry(name)
        if entry is None:
            return None
        result: Node | None = entry.value
        if isinstance(result, Mapping):
            extends = result.entry("extends")
            if extends is not None:
                if not chain and self.own is not None and self.runs_in_circle(name, extends):
                    result = without(result, ("extends",))
                else:
                    result = self.extended(name, result, extends, chain, resets)
        resolved[name] = result
        return result

    def extended(
        self, name: str, service: Mapping, extends: Entry, chain: Chain, resets: bool
    ) -> Node:
        """A service that extends another one, laid over it."""
        own = without(service, ("extends",))
        try:
            base = self.base(name, extends, ((self.path, name, extends.value), *chain))
        except _NoBase:
            return service
        if base is None:
            return own
        for path, node in self.resets if resets else ():
            if len(path) > 2 and path[:2] == ("services", name):
                base = remove(base, path[2:])
                self.context.resets[path] = node
        self.context.extended[name] = extends.value
        merged = merge_mappings(base, own, SERVICE_MERGES, ("services", name), self.context.merging)
        # The service has the place where it is written, not that of its base.
        return with_entries(service, merged.entries)

    def base(self, name: str, extends: Entry, chain: Chain) -> Mapping | None:
        """The service that another one extends; None after a report if it cannot be used."""
        context = self.context
        target: Node | None = extends.value
        file: Node | None = None
        if isinstance(extends.value, Mapping):
            target, file = extends.value.get("service"), extends.value.get("file")
            if text_value(target) is None:
                context.incomplete.add(name)
                context.report(
                    Problem(
                        "extends-without-service",
                        f'service "{name}" extends nothing: `service` is missing or not a text',
                        extends.key.span,
                    )
                )
                return None
            self.check_keys(extends.value)
        source: Extending | None = self
        if file is not None and not is_null(file):
            source = self.other(name, file)
        if source is None:
            context.incomplete.add(name)
            return None
        wanted = text_value(target) or ""
        place = target if isinstance(target, Scalar) else extends.key
        entry = source.services.entry(wanted)
        if entry is None:
            context.incomplete.add(name)
            if source is not self or not context.partial:
                context.report(self.missing(name, wanted, place, source))
            return None
        if self.is_cycle((source.path, wanted), chain):
            return None
        if len(chain) > MAX_CHAIN:
            context.incomplete.update(link[1] for link in chain)
            message = f"more than {MAX_CHAIN} services extend each other in a row"
            context.report(Problem("too-complex", message, place.span))
            return None
        if is_null(entry.value):
            raise _NoBase
        if source is not self and not isinstance(entry.value, Mapping):
            context.incomplete.add(name)
            context.report(
                Problem(
                    "extends-file-services",
                    f'the service "{wanted}" that "{name}" extends is '
                    f"{describe(entry.value)}, not a mapping",
                    entry.value.span,
                    related=(Related("extended here", place.span),),
                )
            )
            return None
        if source is self and self.own is not None and self.own.entry(wanted) is None:
            problem = self.missing(name, wanted, place, source)
            context.report(problem._replace(only=OLDER))
        result = source.service(wanted, chain, source is not self or context.release != OLDER)
        if wanted in context.incomplete and source is self:
            context.incomplete.add(name)
        return result if isinstance(result, Mapping) else None

    def check_keys(self, extends: Mapping) -> None:
        """Report keys that Compose ignores."""
        for entry in extends.entries:
            if entry.name not in ("service", "file") and not entry.name.startswith("x-"):
                message = f'Docker Compose ignores "{entry.name}" in extends'
                self.context.report(
                    Problem("extends-ignored-key", message, entry.key.span, rejects=False)
                )

    def missing(self, name: str, wanted: str, place: Node, source: Extending) -> Problem:
        """The problem that a service to extend does not exist."""
        elsewhere = f" in {source.path}" if source is not self else ""
        help_ = hint(wanted, [entry.name for entry in source.services.entries], QUESTION)
        if not help_ and source is self:
            help_ = (
                "name the other file with `file:`, also where it is merged with this one: only "
                "services of the same file count"
            )
        problem = Problem(
            "undefined-extends",
            f'service "{name}" extends service "{wanted}", which does not exist{elsewhere}',
            place.span,
            help_,
        )
        return problem.depending_on(place)

    def runs_in_circle(self, name: str, extends: Entry) -> bool:
        """Whether Compose takes a chain of bases for a circle, which is reported.

        It files each link under the name that ``file`` has in it, or the name of the document's
        own file without one, wherever that link is, and the service that extends. So two files
        with services of the same names are a circle.
        """
        links: dict[tuple[str, str], tuple[str, str, Node]] = {}
        source: Extending = self
        while len(links) <= MAX_CHAIN:
            target: Node | None = extends.value
            file: Node | None = None
            if isinstance(extends.value, Mapping):
                target, file = extends.value.get("service"), extends.value.get("file")
                if text_value(target) is None:
                    return False
            label = text_value(file) or ""
            if label and source is not self:
                label = seen_from(self.folder, label)
            link = (source.path, name, extends.value)
            if (label, name) in links:
                self.context.incomplete.update(name for _, name in links)
                circle = list(links.values())[list(links).index((label, name)) :]
                own = [index for index, link in enumerate(circle) if link[0] == self.path]
                first = min(own, key=lambda index: circle[index][2].start, default=0)
                self.report_cycle((*circle[first:], *circle[:first]))
                return True
            links[label, name] = link
            base = source.other(name, file) if label and file is not None else source
            name = text_value(target) or ""
            service = base.services.get(name) if base is not None else None
            following = service.entry("extends") if isinstance(service, Mapping) else None
            if base is None or following is None:
                return False
            source, extends = base, following
        return False

    def is_cycle(self, base: tuple[str, str], chain: Chain) -> bool:
        """Whether a base extends this service already, which is reported."""
        for index, link in enumerate(chain):
            if link[:2] == base:
                self.context.incomplete.update(name for _, name, _ in chain)
                self.report_cycle(chain[index::-1])
                return True
        return False

    def report_cycle(self, links: Chain) -> None:
        names = [name for _, name, _ in links]
        self.context.report(
            Problem(
                "extends-cycle",
                "services extend each other in a circle: " + " -> ".join((*names, names[0])),
                links[0][2].span,
                related=tuple(
                    Related(f'service "{name}" extends', node.span) for _, name, node in links[1:]
                ),
            )
        )

    def other(self, name: str, file: Node) -> Extending | None:
        """The services of another file; None after a report if it cannot be used."""
        context = self.context
        text = text_value(file)
        if text is None:
            message = f'service "{name}" extends a service of a file whose name is not a text'
            context.report(Problem("extends-file-form", message, file.span))
            return None
        if is_remote_file(text):
            context.partial = True
            return None
        path = join_path(self.folder, text)
        if path not in self.files:
            self.files[path] = self.load(name, path, file)
        return self.files[path]

    def load(self, name: str, path: str, file: Node) -> Extending | None:
        """The services of a file in their long forms; None after a report if it has none."""
        context = self.context
        yaml = context.read(path, "extends", file, "extends-file")
        if yaml is None:
            return None
        documents = context.documents(yaml, "extends", self.variables)
        services: Mapping | None = None
        for document in documents:
            self.check_resources(document.root, path, file)
            entry = document.root.entry("services")
            if entry is None or is_null(entry.value):
                continue
            if not isinstance(entry.value, Mapping):
                self.report_type("extends-file-services", f"services in {path}", entry, file)
                return None
            if services is None:
                services = entry.value
            else:
                services = merge_mappings(
                    services, entry.value, {"*": SERVICE_MERGES}, ("services",), context.merging
                )
        if services is None:
            if documents or not (yaml.documents or yaml.problems):
                message = f'service "{name}" extends a service of {path}, which has no services'
                context.report(Problem("extends-file-services", message, file.span))
            return None
        folder = Folder(folder_of(path), context.root_folder)

        def canonical(entry: Entry) -> Node:
            if not isinstance(entry.value, Mapping):
                return entry.value
            service = unique(entry.value, SERVICE_UNIQUE, context.report)
            # The file that is extended may itself extend another one beside it.
            return rebase_service(canonical_service(service, context.report), folder)

        services = map_values(services, canonical)
        resets = documents[-1].resets
        return Extending(context, self.variables, ".", path, services, resets, self.files)

    def check_resources(self, root: Mapping, path: str, file: Node) -> None:
        """Report top-level resources that are not mappings."""
        for section in RESOURCES:
            for entry in entries_of(root.get(section)):
                if not isinstance(entry.value, Mapping) and not is_null(entry.value):
                    subject = f"{section}.{entry.name} in {path}"
                    self.report_type("extends-file-form", subject, entry, file)

    def report_type(self, kind: str, subject: str, entry: Entry, file: Node) -> None:
        self.context.report(
            Problem(
                kind,
                f"{subject} is {describe(entry.value)}, not a mapping",
                place_of(entry).span,
                related=(Related("extended here", file.span),),
            )
        )
