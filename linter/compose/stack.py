"""A set of files as the one model that Docker Compose makes of them.

The order is Compose's own, since it decides what is right: each document is resolved,
its variables replaced, what it includes added, its services' bases laid under them, all
of it laid over the documents before, held against the schema, and put into its long
forms. Where Compose stops at the first mistake, this goes on with what is left, so that
a mistake in one service hides none in another.

One tree serves two views. A value that depends on an unset variable is an
``UnknownScalar``: its value takes the variable as empty, as Compose does, and what is
wrong only because of that is reported with the variable's name; advice leaves it alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..source.template import Opaque
from ..source.text import SourceFile, Span
from ..source.yaml import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar, YamlFile
from .consistency import check_services
from .context import Context, Document, Source, unread
from .decode import check_values
from .envfiles import ServiceEnvFile, check_env_files, report_failures
from .environment import Variables, project_variables, selected_env_files
from .extends import Extending, remove
from .include import apply_include, read_env
from .interpolate import interpolate
from .merge import (
    CANONICAL_UNIQUE,
    MERGES,
    NETWORK_UNIQUE,
    SERVICE_UNIQUE,
    merge_mappings,
    unique,
)
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
from .reader import ReadProblem, folder_of, join_path
from .schema import check
from .values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Map
    from collections.abc import Sequence as Seq

    from ..source.dotenv import EnvSyntax
    from .evaluate import VariableUse
    from .reader import Reader
    from .resolve import Reset
    from .schema import SchemaError

MAX_MODELS = 500
"""How many stacks may be included in all."""

MAX_INCLUDES = 40
"""How many files may include each other in a row."""

RESOURCES = ("networks", "volumes", "secrets", "configs")


class UnsetVariable(NamedTuple):
    """A variable that Compose warns about: used without a default and not set."""

    name: str
    uses: tuple[VariableUse, ...]

    @property
    def span(self) -> Span:
        """Where it is used first."""
        return self.uses[0].span


class LoadedStack:
    """What Docker Compose would make of a set of files, and what is wrong with it.

    ``tree`` is the merged, interpolated model in long forms; its paths are relative to
    the working directory. ``documents`` are the raw parsed files by path, ``sources``
    every file that was read or looked for. ``problems`` stand in the order in which they
    were found.
    """

    __slots__ = (
        "env_files",
        "files",
        "folder",
        "name",
        "partial",
        "problems",
        "profiles_asked",
        "sources",
        "tree",
        "uses",
        "variables",
    )

    def __init__(
        self,
        files: tuple[str, ...],
        folder: str,
        name: str,
        tree: Mapping,
        context: Context,
        variables: Variables,
        env_files: tuple[ServiceEnvFile, ...],
        profiles: tuple[str, ...],
    ) -> None:
        self.files = files
        self.folder = folder
        self.name = name
        self.tree = tree
        self.problems = context.problems
        self.sources = tuple(context.sources.values())
        self.uses = tuple(context.uses)
        self.partial = context.partial
        self.variables = variables
        self.env_files = env_files
        self.profiles_asked = profiles

    @property
    def accepted(self) -> bool:
        """Whether ``docker compose config`` takes the stack, in an empty environment."""
        return not any(problem.rejects for problem in self.problems)

    @property
    def documents(self) -> dict[str, YamlFile]:
        """The Compose files that were read, parsed, by path."""
        return {source.path: source.yaml for source in self.sources if source.yaml is not None}

    @property
    def unset(self) -> dict[str, UnsetVariable]:
        """The variables that Compose takes as empty with a warning, by name."""
        found: dict[str, list[VariableUse]] = {}
        for use in self.uses:
            if use.unset:
                found.setdefault(use.name, []).append(use)
        return {name: UnsetVariable(name, tuple(uses)) for name, uses in found.items()}

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that services name, sorted."""
        found: set[str] = set()
        for entry in self.services:
            found.update(service_profiles(entry.value))
        return tuple(sorted(found))

    @property
    def services(self) -> list[Entry]:
        """The entries of ``services``."""
        services = self.tree.get("services")
        return services.entries if isinstance(services, Mapping) else []

    def disabled(self, profiles: Iterable[str] = ()) -> frozenset[str]:
        """The services that do not run with these profiles (``*`` stands for all)."""
        chosen = frozenset(profiles) or frozenset(("",))
        if "*" in chosen:
            return frozenset()
        return frozenset(
            entry.name
            for entry in self.services
            if (own := service_profiles(entry.value)) and chosen.isdisjoint(own)
        )


def service_profiles(service: Node) -> tuple[str, ...]:
    """The profiles that a service belongs to; none means that it always runs."""
    node = service.get("profiles") if isinstance(service, Mapping) else None
    if not isinstance(node, Sequence):
        return ()
    return tuple(text for item in node.items if (text := text_value(item)) is not None)


def load_stack(
    files: Seq[str],
    reader: Reader,
    *,
    project_directory: str | None = None,
    env_files: Seq[str] = (),
    profiles: Seq[str] = (),
    environment: Map[str, str] | None = None,
    project_name: str | None = None,
    run_from: str | None = None,
    named_at: Span | None = None,
) -> LoadedStack:
    """Load the stack that ``docker compose -f FILE -f FILE …`` would load.

    ``env_files`` are those of ``--env-file``; without them ``.env`` in the project
    directory counts. ``environment`` is the process environment, if it is to count.
    ``run_from`` is the folder in which Compose found the files by itself, without
    ``-f``: its ``.env`` then counts too, and more. ``named_at`` is the place that names
    the files, if any does.
    """
    context = Context(reader, named_at)
    paths = [join_path(".", path) for path in files]
    folder = (
        join_path(".", project_directory)
        if project_directory is not None
        else folder_of(paths[0])
        if paths
        else "."
    )
    context.main = _main(reader, paths)
    groups = _project_env(context, folder, env_files, run_from, environment)
    variables = project_variables(groups, environment)
    report_failures(context, variables.evaluated)
    if not profiles:
        asked = variables.lookup("COMPOSE_PROFILES") or ""
        # Nothing asked for is an empty name asked for, as odd as that is.
        profiles = [part.strip() for part in asked.split(",")]
    loader = _Loader(context)
    name, variables = _named(context, paths, folder, variables, project_name)
    tree = loader.model([(path, None) for path in paths], folder, variables, ())
    if tree is None or not tree.entries:
        tree = _nothing(context, paths)
    check_values(tree, context)
    tree = _finished(tree)
    check_services(tree, context, tuple(profiles))
    service_env_files = check_env_files(tree, context, variables, tuple(profiles))
    return LoadedStack(
        tuple(paths),
        folder,
        name,
        tree,
        context,
        variables,
        service_env_files,
        tuple(profiles),
    )


def _main(reader: Reader, paths: list[str]) -> SourceFile | None:
    for path in paths:
        file = reader.read(path)
        if isinstance(file, YamlFile):
            return file.source
    return None


def _project_env(
    context: Context,
    folder: str,
    given: Seq[str],
    run_from: str | None,
    process: Map[str, str] | None,
) -> list[list[EnvSyntax]]:
    """The files that define the project's variables, the strongest group first."""
    reader = context.reader
    groups: list[list[EnvSyntax]] = []
    try:
        selected = selected_env_files(given, process)
    except ValueError:
        selected = None
    if selected is not None:
        syntaxes: list[EnvSyntax] = []
        for path in selected:
            if reader.kind(path) == "missing":
                text = reader.read_text(path)
                assert isinstance(text, ReadProblem)
                context.sources[(text.path, "dotenv")] = Source(
                    text.path, "dotenv", None, None, text
                )
                context.report(unread(text, None, "env-file", context.main))
                continue
            syntax = read_env(context, path, "dotenv", None)
            if syntax is not None:
                syntaxes.append(syntax)
        return [syntaxes]
    for where in dict.fromkeys((folder if run_from is None else join_path(".", run_from), folder)):
        path = join_path(where, ".env")
        if reader.kind(path) == "file":
            syntax = read_env(context, path, "dotenv", None)
            if syntax is not None and not _disabled(syntax):
                groups.append([syntax])
    return groups


def _disabled(syntax: EnvSyntax) -> bool:
    """Whether an env file says that it is not to be used."""
    value = {"COMPOSE_DISABLE_ENV_FILE": syntax.values.get("COMPOSE_DISABLE_ENV_FILE", "")}
    try:
        return value["COMPOSE_DISABLE_ENV_FILE"] != "" and selected_env_files((), value) == ()
    except ValueError:
        return False


_NAME_CHARACTERS = re.compile(r"[a-z0-9_-]")


def normal_name(text: str) -> str:
    """A project name as Compose makes it of any text."""
    return "".join(_NAME_CHARACTERS.findall(text.lower())).lstrip("_-")


def _named(
    context: Context, paths: list[str], folder: str, variables: Variables, wanted: str | None
) -> tuple[str, Variables]:
    """The project's name, and the variables with it."""
    given = wanted or variables.lookup("COMPOSE_PROJECT_NAME")
    if given:
        if normal_name(given) != given:
            definition = None if wanted else variables.definition("COMPOSE_PROJECT_NAME")
            span = definition.span if definition else None
            if span is None and context.main is not None:
                span = Span(context.main, 0, 0)
            context.report(
                Problem(
                    "project-name",
                    f'the project name "{given}" may hold only lower-case letters, digits, '
                    "hyphens and underscores, and begins with a letter or digit",
                    span or Span(SourceFile(".env", ""), 0, 0),
                    f"Write {normal_name(given)}." if normal_name(given) else "",
                )
            )
        return given, variables.named(given)
    written: Scalar | None = None
    for path in paths:
        file = context.reader.read(path)
        if isinstance(file, YamlFile):
            for document in file.documents:
                node = document.get("name") if isinstance(document, Mapping) else None
                if isinstance(node, Scalar) and text_value(node):
                    written = node
    if written is None:
        base = context.reader.folder_name(folder)
        name = normal_name(base)
        if not name:
            place = context.reader.read(paths[0]) if paths else None
            source = place.source if isinstance(place, YamlFile) else SourceFile(folder, "")
            context.report(
                Problem(
                    "project-name",
                    f'the folder\'s name "{base}" makes no project name',
                    Span(source, 0, min(1, len(source.text))),
                    "Give the project a `name:`.",
                )
            )
        return name, variables.named(name, known=False)
    result = interpolate(text_value(written) or "", variables.lookup)
    value = getattr(result, "value", None)
    if value is None:
        return "", variables
    name = normal_name(value)
    if not name:
        names = tuple(dict.fromkeys(reference.name for reference in getattr(result, "unset", ())))
        context.report(
            Problem(
                "project-name",
                f'{when_unset(names)}the name "{value}" makes no project name: it has no '
                "letter or digit",
                written.span,
                unset=names,
            )
        )
    return name, variables.named(name, known=not isinstance(value, Opaque))


class _Loader:
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


def _finished(tree: Mapping) -> Mapping:
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


def _nothing(context: Context, paths: list[str]) -> Mapping:
    """An empty model, with the problem that nothing is in the files unless another says why."""
    file = context.reader.read(paths[0]) if paths else None
    source = file.source if isinstance(file, YamlFile) else SourceFile("", "")
    if not context.partial and not any(problem.rejects for problem in context.problems):
        context.report(
            Problem(
                "empty-file",
                f"{source.path or 'the stack'} is empty: it defines nothing",
                Span(source, 0, min(1, len(source.text))),
            )
        )
    return Mapping(source, 0, 0)


__all__ = ["LoadedStack", "ServiceEnvFile", "UnsetVariable", "is_null", "load_stack"]
