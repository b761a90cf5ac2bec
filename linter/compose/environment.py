"""The variables of a stack, and where each comes from.

Precedence, strongest first, as Docker Compose 2.40 has it:

1. ``COMPOSE_PROJECT_NAME``, once the project's name is known;
2. the process environment (read only when asked for) and what every machine has;
3. the files given by ``--env-file`` or ``COMPOSE_ENV_FILES``, the last first; without
   them ``.env`` in the working directory;
4. without them, ``.env`` beside the Compose file if that is another folder.

A value may refer to variables that are defined above it or in an earlier file of its group,
but those that are defined outside the group come first. An included stack has the variables
of its parent and, weaker, its own ``env_file`` or, without one, the ``.env`` in its project
directory.

This module reads no files: callers pass them parsed.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.template import Opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..base.text import Span
    from ..source.dotenv import EnvEntry, EnvSyntax, EnvValue

MACHINE = {"HOME": "/root", "PATH": "/usr/local/bin:/usr/bin:/bin", "PWD": "/project"}
"""Variables that are set wherever Compose runs, with sample values. Compose itself sets ``PWD``."""

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


class Definition(NamedTuple):
    """The definition of a variable: its value, and the entry of a file if that defines it.

    The value is `Opaque` if only the verdict may use it.
    """

    value: str
    entry: EnvEntry | None = None

    @property
    def span(self) -> Span | None:
        return self.entry.span if self.entry else None


class Variables:
    """The definitions of variables. Immutable: `named` and `including` return others.

    ``evaluated`` are the entries of all files in the order of reading, for their
    references to unset variables and their missing required ones.
    """

    __slots__ = ("_definitions", "evaluated")

    def __init__(
        self, definitions: dict[str, Definition], evaluated: tuple[EnvValue, ...] = ()
    ) -> None:
        self._definitions = definitions
        self.evaluated = evaluated

    def lookup(self, name: str) -> str | None:
        """The value; None if unset, `Opaque` if policy must not rely on it."""
        definition = self._definitions.get(name)
        return None if definition is None else definition.value

    def definition(self, name: str) -> Definition | None:
        """The definition that counts."""
        return self._definitions.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all variables that are defined, what every machine has included."""
        return tuple(self._definitions)

    def named(self, project: str, known: bool = True) -> Variables:
        """The variables once the project has its name.

        The name is not ``known`` if it is that of the folder, which differs between checkouts.
        """
        definition = Definition(project if known else Opaque(project))
        definitions = {**self._definitions, "COMPOSE_PROJECT_NAME": definition}
        return Variables(definitions, self.evaluated)

    def including(self, files: Sequence[EnvSyntax]) -> Variables:
        """The variables of an included stack that has these env files."""
        if not files:
            return self
        defined: dict[str, str] = {}
        evaluated: list[EnvValue] = []
        for syntax in files:
            from ..source.dotenv import expand

            evaluated += expand(syntax, self.lookup, defined)
        weaker = {
            value.entry.key: Definition(value.value, value.entry)
            for value in evaluated
            # A bare key only repeats what is defined outside.
            if value.entry.key and value.entry.has_value and value.value is not None
        }
        return Variables({**weaker, **self._definitions}, (*self.evaluated, *evaluated))


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
    definitions = {name: Definition(Opaque(value)) for name, value in machine.items()}
    definitions.update((name, Definition(value)) for name, value in (process or {}).items())
    variables = Variables(definitions)
    for files in groups:
        variables = variables.including(files)
    return variables


def selected_env_files(
    given: Sequence[str], process: Mapping[str, str] | None = None
) -> tuple[str, ...] | None:
    """The files of the first group, as the user wrote them.

    ``given`` are those of ``--env-file``. None means the default ``.env`` files, each of
    which may be missing; a file that was named must exist.

    Raises:
        ValueError: if ``COMPOSE_DISABLE_ENV_FILE`` is not a boolean, which Compose refuses.
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
