"""Where a repository sets the variables of a stack, besides the env files that Compose reads.

Example env files tell people what to set (``.env.example``, ``env.sample``, ``defaults.env``), other
env files are given by ``--env-file`` (``prod.env``), and scripts, Makefiles and CI workflows that
start the stack set what it needs. They are searched for in the stack's folder, in those above it up
to the root, and in the folders below these that are usual for such files.
"""

from __future__ import annotations

import re
from itertools import islice

from ..base.patterns import on_demand
from ..base.text import SourceFile
from ..files.naming import from_root
from ..files.paths import clean_path, folder_of, join_path, seen_from
from ..files.purpose import is_example

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..files.listing import Listing
    from ..files.reader import Reader

EXAMPLE_ENV_FILES = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default", ".env.defaults",
    "env.example", "example.env", "sample.env", ".example.env", ".env-example", ".env.prod.example",
)  # fmt: skip
"""Usual names of env files that repositories keep for people to copy."""

SESSION = frozenset((
    "APPDATA", "COLUMNS", "COMPUTERNAME", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "DOCKER_HOST",
    "GPG_AGENT_INFO", "HOMEDRIVE", "HOMEPATH", "LANG", "LINES", "LOCALAPPDATA", "LOGNAME",
    "PROGRAMDATA", "SHELL", "SSH_AUTH_SOCK", "SYSTEMROOT", "TERM", "USER", "USERNAME",
    "USERPROFILE", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",
))  # fmt: skip
"""Variables that the session sets in which the stack is started."""

_SAIL = frozenset(("APP_PORT", "APP_SERVICE", "DB_PORT", "WWWGROUP", "WWWUSER"))
"""Variables that ``vendor/bin/sail`` of Laravel exports before it calls Compose; with ``SAIL_…``."""

_CI = ("CI_", "GITHUB_", "RUNNER_", "BUILDKITE_", "CIRCLE_", "TRAVIS_")
"""What variables begin with that CI services set."""

_ENV = on_demand(r"(?:^|[._-])env(?:$|[._-])")
_OTHER = on_demand(r"\.(?:md|py|js|mjs|ts|go|rb|php|json|ya?ml|toml|enc|gpg|age|j2|erb|d\.ts)\Z")

_SCRIPTS = frozenset((
    ".justfile", "taskfile.yaml", "taskfile.yml", "package.json", "tox.ini", ".envrc",
    ".travis.yml", ".gitlab-ci.yml", ".drone.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
))  # fmt: skip
_SCRIPT_ENDINGS = (
    ".sh", ".bash", ".zsh", ".fish", ".ksh", ".command", ".ps1", ".psm1", ".bat", ".cmd", ".mk",
    ".mak", ".py", ".rb", ".service",
)  # fmt: skip
_WORKFLOW_ENDINGS = (".yml", ".yaml")

_PAGE_ENDINGS = (".md", ".mdx", ".rst", ".adoc")
"""Pages of documentation: only their commands that start a stack count."""

_FOLDERS = frozenset((
    ".buildkite", ".ci", ".circleci", ".devcontainer", ".docker", ".env", ".envs", ".github",
    ".github/workflows", ".gitlab", "bin", "build", "ci", "conf", "config", "configs", "deploy",
    "deployment", "dev", "doc", "docker", "docs", "env", "environments", "envs", "etc", "hack", "make", "script",
    "scripts", "tools",
))  # fmt: skip
"""Folders below those of the stack in which such files usually are."""

_CI_FOLDERS = frozenset((".buildkite", ".circleci", ".github/workflows", ".gitlab"))

_STARTS = on_demand(r"docker[- _]compose|podman[- _]compose|docker\s+stack|\.env\b|compose\.ya?ml")
"""What a script contains that starts a stack or writes its env file."""

_COMMENTED = on_demand(r"^#[ \t]*([A-Za-z_][A-Za-z0-9_]*)=", re.MULTILINE)

_MAX_FILES = 150
_MAX_LENGTH = 256 * 1024
"""How many files are read, and how much of each."""


def is_example_env_file(name: str) -> bool:
    """Whether a file's name is that of an example env file, such as ``env.sample``."""
    lower = name.lower()
    return (
        "env" in lower
        and _ENV.search(lower) is not None
        and is_example(lower)
        and _OTHER.search(lower) is None
    )


def is_env_file(name: str) -> bool:
    """Whether a file's name is that of an env file: ``.env``, ``prod.env``, ``.env.ci``."""
    lower = name.lower()
    return lower.startswith(".env.") or lower.endswith(".env") or is_example_env_file(lower)


def _may_be_script(lower: str) -> bool:
    """Whether a file's name, in lower case, is usual for scripts that start stacks, or a README's.

    Names without an ending count, such as ``Makefile`` and ``deploy``.
    """
    stem, _, ending = lower.partition(".")
    return (
        stem == lower
        or lower in _SCRIPTS
        or lower.endswith(_SCRIPT_ENDINGS)
        or (stem == "readme" and ending.isalnum())
    )


def documented_variables(reader: Reader, folder: str) -> frozenset[str]:
    """The variables that example env files in a folder tell people to set."""
    names: set[str] = set()
    for name in EXAMPLE_ENV_FILES:
        path = join_path(folder, name)
        if reader.exists(path):
            names |= _in_env_file(reader, path)
    return frozenset(names)


class VariableSources:
    """The variables that files of the repository set, and the first file that does for each.

    ``listing`` gives the files below a folder; ``folder`` is that of the stack, ``for_containers``
    are the env files that its services get as a whole.
    """

    def __init__(
        self,
        reader: Reader,
        listing: Callable[[str], Listing],
        folder: str,
        for_containers: Iterable[str],
    ) -> None:
        self.reader = reader
        self.listing = listing
        self.folder = folder
        self.for_containers = for_containers
        self._paths: dict[str, str] = {}
        self._unread: Iterator[str] | None = None

    def path_of(self, name: str) -> str | None:
        """The file that sets a variable; empty if a session or CI does, None if nothing does."""
        if name in SESSION or name == "CI" or name.startswith(_CI):
            return ""
        starter = self._starter_of(name)
        if starter is not None:
            return starter
        if self._unread is None:
            self._unread = self._files()
        while name not in self._paths:
            path = next(self._unread, None)
            if path is None:
                return None
            for found in self._names_in(path):
                self._paths.setdefault(found, path)
        return self._paths[name]

    def _starter_of(self, name: str) -> str | None:
        """The file which shows that a tool that sets a variable starts the stack; None if none does."""
        if name.startswith("DDEV_") and self.folder.rpartition("/")[2] == ".ddev":
            return join_path(self.folder, "config.yaml")
        if name in _SAIL or name.startswith("SAIL_"):
            path = join_path(self.folder, "composer.json")
            source = self.reader.read_text(path)
            if isinstance(source, SourceFile) and '"laravel/sail"' in source.text:
                return path
        return None

    def _names_in(self, path: str) -> Iterable[str]:
        """The variables that a file sets, and those of env files that it gives to Docker Compose."""
        if is_env_file(path.rpartition("/")[2]):
            return _in_env_file(self.reader, path)
        names = _in_script(self.reader, path)
        for given in self._given_in(path):
            names |= _in_env_file(self.reader, given)
        return names

    def _given_in(self, path: str) -> Iterator[str]:
        """The env files that a script, page or workflow gives by ``--env-file``.

        Their paths start from the folder of the file, of the stack or of the repository.
        """
        source = self.reader.read_text(path)
        text = source.text[:_MAX_LENGTH] if isinstance(source, SourceFile) else ""
        if _OPTION not in text:
            return
        root = seen_from(self.reader.base, self.reader.root)
        folders = dict.fromkeys((folder_of(path), root, self.folder))
        written: dict[str, None] = {}
        for line in _CONTINUED.sub(" ", text).splitlines():
            if _OPTION in line and _COMMAND.search(line):
                written.update(dict.fromkeys(_GIVEN.findall(line)))
        for name in islice(written, _MOST_GIVEN):
            for folder in folders:
                given = clean_path(join_path(folder, name))
                if self.reader.exists(given):
                    yield given
                    break

    def _files(self) -> Iterator[str]:
        """The files that may set variables, the nearest first."""
        reader = self.reader
        up = seen_from(reader.base, reader.root)
        inside = reader.below_root(join_path(self.folder, "compose.yaml"))
        if inside is None:
            return
        listing = self.listing(up)
        chain = {""}
        parts = inside.split("/")[:-1]
        chain.update("/".join(parts[: count + 1]) for count in range(len(parts)))
        # What a service gets as a whole is for its container, and not for the Compose file.
        for_containers = {reader.below_root(path) for path in self.for_containers}
        own_env = "/".join((*parts, ".env"))  # Compose itself reads this one, too.
        candidates = []
        for path in listing.files:
            folder, _, name = path.rpartition("/")
            near, below = _split(folder, chain, "/".join(parts))
            if near is None:
                continue
            in_ci = below in _CI_FOLDERS
            is_env, lower = is_env_file(name), name.lower()
            if is_env and not for_containers:
                pass
            elif is_env:
                copied = f"{folder}/{_copied(name)}" if folder else _copied(name)
                if path in for_containers or (copied in for_containers and copied != own_env):
                    continue
            elif not (
                _may_be_script(lower)
                or (in_ci and lower.endswith(_WORKFLOW_ENDINGS))
                or lower.endswith(_PAGE_ENDINGS)
            ):
                continue
            is_page = lower.endswith(_PAGE_ENDINGS)
            candidates.append((is_page, -len(near), not is_env, len(path), path))
        named = from_root(reader)
        for *_, path in sorted(candidates)[:_MAX_FILES]:
            yield named(path)


def _split(folder: str, chain: set[str], own: str) -> tuple[str | None, str]:
    """The folder of the chain that a folder is, or is a usual place below; and that place.

    Every folder directly in ``own``, that of the stack, is such a place.
    """
    if folder in chain:
        return folder, ""
    if folder.rpartition("/")[0] == own:
        return own, folder.rpartition("/")[2]
    for near in (folder_of(folder), folder_of(folder_of(folder))):
        near = "" if near == "." else near
        below = folder[len(near) :].lstrip("/")
        if near in chain and below in _FOLDERS:
            return near, below
    return None, ""


def _copied(name: str) -> str:
    """The name that an example env file is copied to: ``db.env`` for ``db.env.example``."""
    parts = [part for part in re.split(r"(?<=.)\.", name) if not is_example(part)]
    return ".".join(parts)


def _in_env_file(reader: Reader, path: str) -> set[str]:
    """The variables of an env file, those in comments included: they are documented, too."""
    source = reader.read_text(path)
    if not isinstance(source, SourceFile):
        return set()
    from ..source.dotenv_parser import parse_env

    names = {entry.key for entry in parse_env(source).entries}
    names.update(_COMMENTED.findall(source.text))
    return names


_ASSIGNED = on_demand(r"(?<![\w$.{-])([A-Za-z_]\w*)[\"']?\]?[ \t]*(?:[:?+!]|::)?=(?![=~])")
_READ = on_demand(r"\bread\b[^\n;|&]{0,60}?[ \t]([A-Za-z_]\w*)[ \t]*(?=$|[;|&])", re.MULTILINE)
_EXPORTED = on_demand(
    r"^[ \t]*export[ \t]+([A-Za-z_]\w*(?:[ \t]+[A-Za-z_]\w*)*)[ \t]*$", re.MULTILINE
)
_EXPORTED_VALUE = on_demand(r"\bexport[ \t]+([A-Za-z_]\w*)=")
_OPTION = "--env-file"
_GIVEN = on_demand(r"""--env-file["',=\s]+([^\s"'`,;&|$<>()]+)""")
_MOST_GIVEN = 10
_COMMAND = on_demand(r"docker[- _](?:compose|stack)")
_CONTINUED = on_demand(r"\\\r?\n")
_YAML_KEY = on_demand(r"^[ \t]*(?:-[ \t]+)?([A-Za-z_]\w*):(?=\s)", re.MULTILINE)


def _in_script(reader: Reader, path: str) -> set[str]:
    """The variables that a script exports, and all that it sets if it starts a stack."""
    source = reader.read_text(path)
    text = source.text[:_MAX_LENGTH] if isinstance(source, SourceFile) else ""
    names: set[str] = set()
    for exported in _EXPORTED.findall(text):
        names.update(exported.split())
    names.update(_EXPORTED_VALUE.findall(text))
    if not _STARTS.search(text):
        return names
    name = path.rpartition("/")[2].lower()
    if name.endswith(_PAGE_ENDINGS) and not _may_be_script(name):
        lines = _CONTINUED.sub(" ", text).splitlines()
        text = "\n".join(line for line in lines if _COMMAND.search(line))
    names.update(_ASSIGNED.findall(text))
    names.update(_READ.findall(text))
    if path.endswith((".yml", ".yaml")):
        names.update(_YAML_KEY.findall(text))
    return names
