"""A set of files as the one model that Docker Compose makes of them.

Compose stops at the first error. This goes on with what is left, so that an error in one
service does not hide those of another.

One tree serves two views. A value that depends on an unset variable is an
``UnknownScalar``: its value takes the variable as empty, as Compose does. A problem that
exists only because of that is reported with the variable's name; advice ignores the value.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..files.paths import clean_path, folder_of, join_path
from ..files.reader import ReadProblem
from ..source.template import Opaque, TemplateError, interpolate
from ..source.yaml.nodes import Mapping, YamlFile
from .consistency import check_services
from .context import Context, Scope
from .decode import check_values
from .envfiles import ServiceEnvFile, check_env_files, read_env, report_failures
from .environment import Variables, project_variables, selected_env_files
from .graph import profiles_of, runs_with
from .layers import ModelLoader, finished
from .nodes import entries_of, text_value
from .problem import Problem, when_unset
from .release import CURRENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Map
    from collections.abc import Sequence as Seq

    from ..files.reader import Reader
    from ..source.dotenv import EnvSyntax
    from ..source.yaml.nodes import Entry, Node
    from .interpolation import VariableUse


class UnsetVariable(NamedTuple):
    """A variable that Compose warns about: used without a default and not set."""

    name: str
    uses: tuple[VariableUse, ...]

    @property
    def span(self) -> Span:
        """The place of its first use."""
        return self.uses[0].span


class LoadedStack:
    """The model that Docker Compose would make of a set of files, and its problems.

    ``tree`` is the merged, interpolated model in long forms; its paths are relative to
    the working directory. ``documents`` are the raw parsed files by path, ``sources``
    every file that was read or looked for, ``env_files`` those that services name.
    ``problems`` are in the order in which loading meets them. ``uses`` are the references
    to ``variables``. ``partial`` tells whether a file is missing from the model,
    ``profiles_asked`` are the profiles that it is meant to run with. ``env_target`` is the path
    of the file where a new variable of the project belongs: the env file in use that counts most,
    or ``.env`` where Compose would look for one; None if no env file would be read.
    """

    __slots__ = (
        "env_files",
        "env_target",
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
        env_target: str | None = None,
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
        self.env_target = env_target

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
        uses: dict[str, list[VariableUse]] = {}
        for use in self.uses:
            if use.unset:
                uses.setdefault(use.name, []).append(use)
        return {name: UnsetVariable(name, tuple(places)) for name, places in uses.items()}

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that services name, sorted."""
        return tuple(sorted({name for entry in self.services for name in profiles_of(entry.value)}))

    @property
    def services(self) -> list[Entry]:
        """The entries of ``services``."""
        return entries_of(self.tree.get("services"))

    def disabled(self, profiles: Iterable[str] = ()) -> frozenset[str]:
        """The services that do not run with these profiles (``*`` is all of them)."""
        # No profiles at all are an empty name to Compose.
        chosen = tuple(profiles) or ("",)
        return frozenset(
            entry.name for entry in self.services if not runs_with(profiles_of(entry.value), chosen)
        )


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
    release: str = CURRENT,
) -> LoadedStack:
    """The stack that ``docker compose -f FILE -f FILE …`` would load.

    ``env_files`` are those of ``--env-file``; without them ``.env`` in the project
    directory counts. ``environment`` is the process environment, if it is to count.
    ``run_from`` is the folder in which Compose finds the files by itself, without
    ``-f``: its ``.env`` then counts too, and more. ``named_at`` is the place that names
    the files, if any does. ``release`` is that of Docker Compose.
    """
    context = Context(reader, named_at, release)
    paths = [join_path(".", path) for path in files]
    if project_directory is not None:
        folder = join_path(".", project_directory)
    else:
        folder = folder_of(paths[0]) if paths else "."
    context.main = next((file.source for file in _parsed(context, paths)), None)
    run_from = folder if run_from is None else join_path(".", run_from)
    groups = _project_env(context, (run_from, folder), env_files, environment)
    variables = project_variables(groups, environment)
    report_failures(context, variables.evaluated)
    if not profiles:
        # Without any, Compose asks for one with an empty name.
        requested = variables.lookup("COMPOSE_PROFILES") or ""
        profiles = [name.strip() for name in requested.split(",")]
    profiles = tuple(profiles)
    name, variables = _named(context, paths, folder, variables, project_name)
    tree = ModelLoader(context).model([(path, None) for path in paths], Scope(folder, variables))
    if tree is None or not tree.entries:
        tree = _empty_model(context, paths)
    context.report_deferred(tree)
    check_values(tree, context)
    tree = finished(tree)
    check_services(tree, context, profiles)
    service_env_files = check_env_files(tree, context, variables, profiles)
    target = _env_target(reader, (run_from, folder), env_files, environment)
    return LoadedStack(
        tuple(paths), folder, name, tree, context, variables, service_env_files, profiles, target
    )


def _parsed(context: Context, paths: list[str]) -> Iterator[YamlFile]:
    """The files of a stack that can be read, in order."""
    files = map(context.reader.read, paths)
    return (file for file in files if isinstance(file, YamlFile))


def _project_env(
    context: Context,
    folders: tuple[str, str],
    given: Seq[str],
    process: Map[str, str] | None,
) -> list[list[EnvSyntax]]:
    """The files that define the project's variables, the strongest group first."""
    reader = context.reader
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
                context.add_source(text.path, "dotenv", text, None)
                context.report_unread(text, "env-file", None)
                continue
            syntax = read_env(context, path, None)
            if syntax is not None:
                syntaxes.append(syntax)
        return [syntaxes]
    groups: list[list[EnvSyntax]] = []
    for path in dict.fromkeys(join_path(folder, ".env") for folder in folders):
        if reader.kind(path) == "file":
            syntax = read_env(context, path, None)
            if syntax is not None and not _is_disabled(syntax):
                groups.append([syntax])
    return groups


def _env_target(
    reader: Reader, folders: tuple[str, str], given: Seq[str], process: Map[str, str] | None
) -> str | None:
    """The env file where a new variable of the project belongs."""
    try:
        selected = selected_env_files(given, process)
    except ValueError:
        return None
    if selected is not None:
        # Of several files the last one counts.
        return clean_path(selected[-1]) if selected else None
    run_from, folder = (join_path(place, ".env") for place in folders)
    return run_from if reader.kind(run_from) == "file" else folder


def _is_disabled(syntax: EnvSyntax) -> bool:
    """Whether an env file says that it is not to be used."""
    name = "COMPOSE_DISABLE_ENV_FILE"
    value = syntax.values.get(name, "")
    try:
        return value != "" and selected_env_files((), {name: value}) == ()
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
        normal = normal_name(given)
        if normal != given:
            definition = None if wanted else variables.definition("COMPOSE_PROJECT_NAME")
            span = definition.span if definition else None
            context.report(
                Problem(
                    "project-name",
                    f'the project name "{given}" may hold only lower-case letters, digits, '
                    "hyphens and underscores, and begins with a letter or digit",
                    span or Span(context.main or SourceFile(".env", ""), 0, 0),
                    f"write `{normal}`" if normal else "",
                )
            )
        return given, variables.named(given)
    written: Node | None = None
    for file in _parsed(context, paths):
        for document in file.documents:
            node = document.get("name") if isinstance(document, Mapping) else None
            if text_value(node):
                written = node
    if written is None:
        return _named_by_folder(context, paths, folder, variables)
    result = interpolate(text_value(written) or "", variables.lookup)
    if isinstance(result, TemplateError) or result.value is None:
        return "", variables
    name = normal_name(result.value)
    if not name:
        unset = tuple(dict.fromkeys(reference.name for reference in result.unset))
        context.report(
            Problem(
                "project-name",
                f'{when_unset(unset)}the name "{result.value}" is not a project name: it has no '
                "letter or digit",
                written.span,
                unset=unset,
            )
        )
    return name, variables.named(name, known=not isinstance(result.value, Opaque))


def _named_by_folder(
    context: Context, paths: list[str], folder: str, variables: Variables
) -> tuple[str, Variables]:
    base = context.reader.folder_name(folder)
    name = normal_name(base)
    if not name:
        source = _first_source(context, paths, folder)
        context.report(
            Problem(
                "project-name",
                f'the folder\'s name "{base}" is not a project name',
                Span(source, 0, min(1, len(source.text))),
                "set `name:` at the top level",
            )
        )
    return name, variables.named(name, known=False)


def _first_source(context: Context, paths: list[str], label: str) -> SourceFile:
    """The first file of a stack; an empty one with a label if it cannot be read."""
    return next((file.source for file in _parsed(context, paths[:1])), SourceFile(label, ""))


def _empty_model(context: Context, paths: list[str]) -> Mapping:
    """A model without entries, reported unless another problem explains it."""
    source = _first_source(context, paths, "")
    if not context.partial and not any(problem.rejects for problem in context.problems):
        context.report(
            Problem(
                "empty-file",
                f"{source.path or 'the stack'} is empty: it defines nothing",
                Span(source, 0, min(1, len(source.text))),
            )
        )
    return Mapping(source, 0, 0)
