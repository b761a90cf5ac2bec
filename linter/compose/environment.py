"""The variables of a stack: where each comes from and what it hides.

Precedence, strongest first, as Docker Compose 2.40 has it:

1. ``COMPOSE_PROJECT_NAME``, once the project's name is known;
2. the process environment (read only when asked for) and what every machine has;
3. the files given by ``--env-file`` or ``COMPOSE_ENV_FILES``, the last first; without
   them ``.env`` in the working directory;
4. without them, ``.env`` beside the Compose file if that is another folder.

Files of one group see each other: a value may refer to what stands above it or in an
earlier file, but whatever is defined outside the group comes first. An included stack
has the variables of its parent and, weaker, its own ``env_file`` or, without one, the
``.env`` in its project directory.

Nothing is read here; who calls says which files there are.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.dotenv import EnvEntry, EnvSyntax, EnvValue, expand
from ..source.template import Opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..base.text import Span

MACHINE = {"HOME": "/root", "PATH": "/usr/local/bin:/usr/bin:/bin", "PWD": "/project"}
"""Variables that are set wherever Compose runs, with stand-ins for their values.
``PWD`` Compose sets itself."""

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class Definition(NamedTuple):
    """One place that defines a variable.

    ``origin`` is ``file``, ``process``, ``machine`` or ``compose``; ``entry`` stands for
    the first only. The value is `Opaque` where only the verdict may use it.
    """

    name: str
    value: str
    origin: str
    entry: EnvEntry | None = None

    @property
    def known(self) -> bool:
        return not isinstance(self.value, Opaque)

    @property
    def span(self) -> Span | None:
        return self.entry.span if self.entry else None


class Variables:
    """What names mean. Immutable: `named` and `including` give another one.

    ``evaluated`` are the entries of all files in the order of reading, for their
    references to unset variables and their missing required ones.
    """

    __slots__ = ("_definitions", "_values", "evaluated")

    def __init__(
        self,
        definitions: dict[str, tuple[Definition, ...]],
        evaluated: tuple[EnvValue, ...] = (),
    ) -> None:
        self._definitions = definitions
        self._values = {name: found[0].value for name, found in definitions.items()}
        self.evaluated = evaluated

    def lookup(self, name: str) -> str | None:
        """The value, None where unset; `Opaque` where policy must not rely on it."""
        return self._values.get(name)

    def definition(self, name: str) -> Definition | None:
        """The definition that counts."""
        found = self._definitions.get(name)
        return found[0] if found else None

    def shadowed(self, name: str) -> tuple[Definition, ...]:
        """The definitions that do not count, the strongest first."""
        return self._definitions.get(name, ())[1:]

    @property
    def names(self) -> list[str]:
        return sorted(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def named(self, project: str, known: bool = True) -> Variables:
        """The variables once the project has its name; not ``known`` if the name is
        that of the folder, which differs between checkouts."""
        name = "COMPOSE_PROJECT_NAME"
        value = project if known else Opaque(project)
        first = (Definition(name, value, "compose"), *self._definitions.get(name, ()))
        return Variables({**self._definitions, name: first}, self.evaluated)

    def including(self, files: Sequence[EnvSyntax]) -> Variables:
        """The variables of an included stack whose own env files these are."""
        if not files:
            return self
        defined: dict[str, str] = {}
        evaluated: list[EnvValue] = []
        for syntax in files:
            evaluated += expand(syntax, self._values.get, defined)
        found: dict[str, list[Definition]] = {}
        for item in reversed(evaluated):
            entry = item.entry
            # A bare key only repeats what is defined outside.
            if entry.key and entry.has_value and item.value is not None:
                definition = Definition(entry.key, item.value, "file", entry)
                found.setdefault(entry.key, []).append(definition)
        definitions = dict(self._definitions)
        for name, weaker in found.items():
            definitions[name] = (*definitions.get(name, ()), *weaker)
        return Variables(definitions, (*self.evaluated, *evaluated))

    def __repr__(self) -> str:
        return f"Variables({self._values!r})"


def project_variables(
    groups: Iterable[Sequence[EnvSyntax]] = (),
    process: Mapping[str, str] | None = None,
    machine: Mapping[str, str] = MACHINE,
) -> Variables:
    """The variables of a project.

    ``groups`` are the parsed env files, the strongest group first; within a group the
    last file wins. Each must be read without the others: they are evaluated here.
    ``process`` is the environment that Compose runs in, if it is to count.
    """
    definitions: dict[str, tuple[Definition, ...]] = {}
    for name, value in (process or {}).items():
        definitions[name] = (Definition(name, value, "process"),)
    for name, value in machine.items():
        if name not in definitions:
            definitions[name] = (Definition(name, Opaque(value), "machine"),)
    variables = Variables(definitions)
    for files in groups:
        variables = variables.including(files)
    return variables


def selected_env_files(
    given: Sequence[str], process: Mapping[str, str] | None = None
) -> tuple[str, ...] | None:
    """Which files make up the first group, as the user wrote them.

    ``given`` are those of ``--env-file``. None stands for the default ``.env`` files, of
    which each may be missing; a file that was named must exist.

    Raises:
        ValueError: if ``COMPOSE_DISABLE_ENV_FILE`` is no boolean, which Compose refuses.
    """
    if given:
        return tuple(given)
    environment = process or {}
    if named := environment.get("COMPOSE_ENV_FILES"):
        return tuple(path for path in named.split(",") if path)
    disabled = environment.get("COMPOSE_DISABLE_ENV_FILE")
    if disabled is None or disabled in _FALSE:
        return None
    if disabled not in _TRUE:
        raise ValueError(f'COMPOSE_DISABLE_ENV_FILE is "{disabled}", neither true nor false')
    return ()


class ContainerVariable(NamedTuple):
    """A variable as a container gets it; ``value`` None means that it does not.

    ``entry`` is the definition in an env file that counts, None where ``environment``
    has it; ``shadowed`` those that do not count, the strongest first.
    """

    name: str
    value: str | None
    entry: EnvEntry | None
    shadowed: tuple[EnvEntry, ...]


def container_environment(
    environment: Mapping[str, str | None],
    env_files: Sequence[EnvSyntax],
    variables: Variables,
) -> dict[str, ContainerVariable]:
    """What a service's ``environment`` and ``env_file`` come to.

    ``environment`` holds interpolated values, None for a name without a value, which
    takes that of the project's variable; if there is none the container gets none,
    even where an env file has one. Other names come from the files, the last first.
    Values in files refer to the project's variables, then to ``environment``, then to
    what the files define above.
    """
    own = {
        name: variables.lookup(name) if value is None else value
        for name, value in environment.items()
    }

    def lookup(name: str) -> str | None:
        value = variables.lookup(name)
        return own.get(name) if value is None else value

    defined: dict[str, str] = {}
    found: dict[str, list[EnvValue]] = {}
    for syntax in env_files:
        for item in expand(syntax, lookup, defined):
            if item.value is not None:
                found.setdefault(item.entry.key, []).append(item)
    result: dict[str, ContainerVariable] = {}
    for name, items in found.items():
        entries = tuple(item.entry for item in reversed(items))
        if name in own:
            result[name] = ContainerVariable(name, own[name], None, entries)
        else:
            result[name] = ContainerVariable(name, items[-1].value, entries[0], entries[1:])
    for name, value in own.items():
        if name not in result:
            result[name] = ContainerVariable(name, value, None, ())
    return result
