"""The state at a point of a Dockerfile stage: variables, SHELL, USER, WORKDIR.

Follows BuildKit (moby/buildkit, ``frontend/dockerfile/dockerfile2llb``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ...base.records import NamedTuple
from .variables import MAX_LENGTH, expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .instruction import Instruction
    from .parts import Pair, Word

# fmt: off
PLATFORM_ARGS = frozenset((
    "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
    "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT",
    "TARGETSTAGE",
))
"""Set before the first FROM; a stage has them only after ``ARG NAME``."""

PROXY_ARGS = frozenset((
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy",
    "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
))
"""Build arguments that RUN has without an ARG."""

BUILDKIT_ARGS = frozenset((
    "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_DOCKERFILE_CHECK",
    "BUILDKIT_INLINE_CACHE", "BUILDKIT_MULTI_PLATFORM", "BUILDKIT_SANDBOX_HOSTNAME",
    "BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE", "BUILDKIT_SYNTAX",
    "SOURCE_DATE_EPOCH",
))
"""Build arguments that BuildKit itself reads."""
# fmt: on

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Variable(NamedTuple):
    """A variable of a scope. ``value`` is None when it cannot be known.

    ``kind`` is ``arg``, ``env`` or ``predefined``; the predefined ones have no ``pair``.
    """

    name: str
    kind: str
    value: str | None
    pair: Pair | None
    instruction: Instruction | None


class Scope(Mapping[str, "str | None"]):
    """Variables by name, in addition to an outer scope; maps names to values for ``expand``.

    ``closed`` tells that there are no others (the global scope, and stages from scratch);
    otherwise the base image may set more.
    """

    __slots__ = ("closed", "outer", "own")

    def __init__(self, outer: Scope | None = None, closed: bool = False) -> None:
        self.outer = outer
        self.own: dict[str, Variable] = {}
        self.closed = closed

    def find(self, name: str) -> Variable | None:
        """The variable of that name in this scope or an outer one."""
        scope: Scope | None = self
        while scope is not None:
            variable = scope.own.get(name)
            if variable is not None:
                return variable
            scope = scope.outer
        return None

    def __getitem__(self, name: str) -> str | None:
        variable = self.find(name)
        if variable is None:
            raise KeyError(name)
        return variable.value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        names: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            yield from (name for name in scope.own if name not in names)
            names.update(scope.own)
            scope = scope.outer

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def expand(self, word: Word) -> str | None:
        """The value of a word in this scope; None if it cannot be known."""
        return word.expand(self, self.closed)


class Setting(NamedTuple):
    """The value that an instruction has set; None when it cannot be known."""

    instruction: Instruction
    value: str | None


class State:
    """The state at a point of a stage. None is the setting of the base image.

    ``workdir`` has the resolved path; ``shell`` is the last SHELL.
    """

    __slots__ = (
        "_own_cmd",
        "cmd",
        "entrypoint",
        "healthcheck",
        "scope",
        "shell",
        "stopsignal",
        "user",
        "workdir",
    )

    def __init__(self, base: State | None, closed: bool) -> None:
        outer: Scope | None = base.scope if base else None
        self._own_cmd = False
        self.scope: Scope = Scope(outer, closed if outer is None else outer.closed)
        if base is None and closed:
            # BuildKit gives images without any PATH this one.
            self.scope.own["PATH"] = Variable("PATH", "predefined", _DEFAULT_PATH, None, None)
        self.shell: Instruction | None = base.shell if base else None
        self.user: Setting | None = base.user if base else None
        self.workdir: Setting | None = base.workdir if base else None
        self.cmd: Instruction | None = base.cmd if base else None
        self.entrypoint: Instruction | None = base.entrypoint if base else None
        self.healthcheck: Instruction | None = base.healthcheck if base else None
        self.stopsignal: Instruction | None = base.stopsignal if base else None

    @property
    def shell_words(self) -> list[str] | None:
        """The words of the SHELL that is in force; None for the default shell."""
        words = self.shell.json if self.shell else None
        return [word.value for word in words] if words else None

    def apply(self, instruction: Instruction, global_scope: Scope) -> None:
        """Change the state as an instruction does."""
        name = instruction.name
        if name == "ENV":
            self._env(instruction)
        elif name == "ARG":
            self._arg(instruction, global_scope)
        elif name == "SHELL":
            if instruction.json:
                self.shell = instruction
        elif name == "USER":
            self.user = self._setting(instruction)
        elif name == "WORKDIR":
            self._workdir(instruction)
        elif name == "CMD":
            self.cmd, self._own_cmd = instruction, True
        elif name == "ENTRYPOINT":
            self.entrypoint = instruction
            if not self._own_cmd:
                # A new entry point drops the command that the stage has inherited.
                self.cmd = None
        elif name == "HEALTHCHECK":
            self.healthcheck = instruction
        elif name == "STOPSIGNAL":
            self.stopsignal = instruction

    def _setting(self, instruction: Instruction) -> Setting:
        words = instruction.words
        return Setting(instruction, self.scope.expand(words[0]) if words else None)

    def _env(self, instruction: Instruction) -> None:
        # All pairs of one ENV have the variables from before it.
        variables: dict[str, Variable] = {}
        for pair in instruction.pairs:
            name = self.scope.expand(pair.key)
            if name and pair.value is not None:
                value = self.scope.expand(pair.value)
                variables[name] = Variable(name, "env", value, pair, instruction)
        self.scope.own.update(variables)

    def _arg(self, instruction: Instruction, global_scope: Scope) -> None:
        for pair in instruction.pairs:
            name = pair.key.text
            if pair.value is not None:
                value = self.scope.expand(pair.value)
            else:
                earlier = self.scope.find(name)
                if earlier is not None and earlier.kind == "env":
                    continue
                value = global_scope.get(name)
            self.scope.own[name] = Variable(name, "arg", value, pair, instruction)

    def _workdir(self, instruction: Instruction) -> None:
        path = self._setting(instruction).value
        if path is not None and not path.startswith("/") and path[1:2] != ":" and path[:1] != "\\":
            folder = self.workdir.value if self.workdir else None
            path = posixpath.join(folder, path) if folder is not None else None
        if path is not None and len(path) > MAX_LENGTH:
            path = None
        if path is not None and path.startswith("/"):
            path = "/" + posixpath.normpath(path).lstrip("/")
        self.workdir = Setting(instruction, path)


def expand_default(word: Word, scope: Scope) -> str | None:
    """The value of a word when no build argument is given: ARGs without a default are empty.

    None if it depends on variables that BuildKit predefines, or is not well formed.
    """
    values: dict[str, str | None] = {}
    for name in scope:
        variable = scope.find(name)
        if variable is None:
            continue
        default = variable.pair.value if variable.pair is not None else None
        if variable.value is not None or variable.kind == "predefined":
            values[name] = variable.value
        elif default is not None:
            # An ARG whose default is made of others; of its own earlier value, nothing is known.
            is_own = any(reference.name == name for reference in default.references)
            escape = default.owner.escape
            values[name] = (
                None if is_own else expand(default.text, values, escape=escape, closed=True)
            )
    return expand(word.text, values, escape=word.owner.escape, closed=True)
