"""A set of files as the one model that Docker Compose makes of them.

Where Compose stops at the first mistake, this goes on with what is left, so that a
mistake in one service hides none in another.

One tree serves two views. A value that depends on an unset variable is an
``UnknownScalar``: its value takes the variable as empty, as Compose does, and what is
wrong only because of that is reported with the variable's name; advice leaves it alone.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..files.paths import folder_of, join_path
from ..files.reader import ReadProblem
from ..source.template import Opaque, interpolate
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, YamlFile
from .consistency import check_services
from .context import Context, Source, unread
from .decode import check_values
from .envfiles import ServiceEnvFile, check_env_files, report_failures
from .environment import Variables, project_variables, selected_env_files
from .include import read_env
from .layers import ModelLoader, finished
from .nodes import text_value
from .problem import Problem, when_unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Map
    from collections.abc import Sequence as Seq

    from ..files.reader import Reader
    from ..source.dotenv import EnvSyntax
    from .interpolation import VariableUse


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
    loader = ModelLoader(context)
    name, variables = _named(context, paths, folder, variables, project_name)
    tree = loader.model([(path, None) for path in paths], folder, variables, ())
    if tree is None or not tree.entries:
        tree = _nothing(context, paths)
    check_values(tree, context)
    tree = finished(tree)
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


_NAME_CHARACTERS = on_demand(r"[a-z0-9_-]")


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
