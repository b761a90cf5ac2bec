"""The programs that the stages of a Dockerfile leave in the image, as far as its lines tell.

The base image's facts come first, then what RUN installs, removes, copies or uses. A program
counts as missing only if the base is known to lack it and no instruction may have brought
it unseen.
"""

from __future__ import annotations

import posixpath

from ..source.dockerfile.scripts import scripts_of
from ..source.shell.packages import SYSTEM_MANAGERS, read_package_command
from ..source.shell.tokens import SHELLS
from ..source.shell.wrappers import base_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..images import ImageFacts
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.scope import State
    from ..source.dockerfile.stages import Stage
    from ..source.shell.packages import PackageCommand
    from ..source.shell.syntax import SimpleCommand

    Step = tuple[Instruction, SimpleCommand | None]

BIN_FOLDERS = frozenset(
    ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
)
"""The folders in which programs are found by their names alone."""

SYSTEM_TOOLS = frozenset((
    "apk", "apt", "apt-get", "bash", "curl", "dnf", "microdnf", "nc", "ncat", "netcat", "socat", "wget",
    "yum", "zypper",
))  # fmt: skip
"""Programs that only packages named after them bring, and those of ``PACKAGES``."""

# fmt: off
PACKAGES: dict[str, tuple[str, ...]] = {
    "apk-tools": ("apk",),
    "apt": ("apt", "apt-get"),
    "bash-completion": ("bash",),
    "busybox": ("wget", "nc"),
    "busybox-extras": ("telnet", "ftpget"),
    "buildpack-deps": ("curl", "wget"),
    "curl-minimal": ("curl",),
    "dnf": ("dnf", "yum"),
    "default-mysql-client": ("mysql", "mysqladmin", "mariadb", "mariadb-admin"),
    "iproute2": ("ss", "ip"),
    "iputils": ("ping",),
    "iputils-ping": ("ping",),
    "mariadb-client": ("mysql", "mysqladmin", "mariadb", "mariadb-admin"),
    "mysql-client": ("mysql", "mysqladmin"),
    "net-tools": ("netstat", "ifconfig"),
    "netcat": ("nc", "netcat"),
    "netcat-openbsd": ("nc", "netcat"),
    "netcat-traditional": ("nc", "netcat"),
    "nmap": ("nmap", "ncat", "nc"),
    "nmap-ncat": ("ncat", "nc"),
    "nodejs": ("node",),
    "nodejs-current": ("node",),
    "postgresql-client": ("psql", "pg_isready"),
    "postgresql": ("psql", "pg_isready"),
    "procps": ("ps", "pgrep", "pkill"),
    "procps-ng": ("ps", "pgrep", "pkill"),
    "py3-pip": ("python3", "pip3"),
    "python3-pip": ("python3", "pip3"),
    "redis": ("redis-cli", "redis-server"),
    "redis-server": ("redis-cli", "redis-server"),
    "redis-tools": ("redis-cli",),
    "wget2": ("wget2",),
}
# fmt: on
"""The programs of packages that are not named after them."""

_HARMLESS = frozenset((
    "", "addrepo", "autoremove", "cache", "clean", "dist-clean", "dist-upgrade", "download", "fix",
    "makecache", "refresh", "source", "update", "upgrade",
))  # fmt: skip
"""Actions of package managers that bring no new packages."""

_COPYING = frozenset(("cp", "install", "ln", "mv"))
_DOWNLOADING = frozenset(("curl", "wget"))
_OUTPUT_OPTIONS = ("-o", "-O", "--output", "--output-document")
_RUNNING = SHELLS | {"source", ".", "make", "ansible-playbook"}
_ROOTS = frozenset(("/", "/usr", "/usr/local"))
_FOLDER_NAMES = frozenset(
    (".", "bin", "build", "dist", "out", "release", "sbin", "scripts", "tools")
)
"""Names of sources of a COPY that are folders of programs."""

_LIBRARY_ENDINGS = ("-dev", "-doc", "-headers")


def place_of_copy(instruction: Instruction, state: State) -> str | None:
    """The absolute path to which COPY or ADD copies; None if it is not known.

    Without a WORKDIR it is taken for a path of the root, as it is in the base images of distributions.
    """
    destination = instruction.destination
    target = state.scope.expand(destination) if destination else None
    if target is None or (state.workdir is not None and state.workdir.value is None):
        return None
    workdir = state.workdir.value if state.workdir else None
    return "/" + posixpath.normpath(posixpath.join(workdir or "/", target)).lstrip("/")


def puts_into(command: SimpleCommand, folders: tuple[str, ...]) -> bool:
    """Whether a command copies or unpacks into one of the folders, which have no ``/`` at the end."""
    if command.name in ("tar", "unzip"):
        options = command.options(frozenset(("-C", "-d", "--directory")))
        target = options.get("-C", "-d", "--directory")
    else:
        target = command.args[-1].value if command.args else None
    return target is not None and (target.rstrip("/") or target) in folders


class Installed:
    """The programs in the image of a chain of stages, of which the first comes first.

    ``until`` is an instruction of the last stage, and a command of it: what comes from there on
    does not count until ``advance`` goes on to a later one.
    """

    __slots__ = (
        "_at",
        "_facts",
        "_has_packages",
        "_has_unseen",
        "_path",
        "_scratch",
        "_steps",
        "_targets",
        "_tools",
        "_virtual",
    )

    def __init__(
        self,
        chain: Sequence[Stage],
        facts: ImageFacts | None,
        scratch: bool,
        until: Step | None = None,
    ) -> None:
        self._facts = facts
        self._scratch = scratch
        self._tools: dict[str, bool] = {}
        """Whether a program is there, as far as instructions tell."""
        self._virtual: dict[str, list[str]] = {}
        """The packages behind the names of apk's virtual packages."""
        self._path: set[str] = set()
        """The folders that ENV adds to PATH."""
        self._targets: set[str] = set()
        """The paths to which COPY and ADD copy."""
        self._has_unseen = False
        """Whether an instruction may have brought any program."""
        self._has_packages = False
        """Whether packages of the distribution were installed: they may need bash."""
        self._at: Step | None = None
        """The step before which the reading has stopped."""
        self._steps = self._read(chain)
        self.advance(until)

    def advance(self, until: Step | None) -> None:
        """Read on to a later instruction, or to one of its commands; to the end by default."""
        is_reached = False
        if until is not None and self._at is not None:
            is_reached = self._at[0] is until[0]
            if is_reached and self._at[1] is until[1]:
                return
        for step in self._steps:
            self._at = step
            if until is None:
                continue
            if step[0] is until[0]:
                is_reached = True
                if step[1] is until[1]:
                    return
            elif is_reached:
                return

    def _read(self, chain: Sequence[Stage]) -> Iterator[Step]:
        """Yields each instruction, and each command of RUN, before reading it."""
        for stage in chain:
            scripts = scripts_of(stage)
            for instruction, state in stage.walk():
                yield instruction, None
                if instruction.name == "RUN":
                    script = scripts.get(instruction)
                    if script is None:
                        continue
                    if not script.complete:
                        self._has_unseen = True
                    for command in script.commands:
                        yield instruction, command
                        self._run(command)
                elif instruction.name in ("COPY", "ADD"):
                    self._copy(instruction, state)
                elif instruction.name == "ENV":
                    for pair in instruction.pairs:
                        if pair.key.text == "PATH" and pair.value is not None:
                            self._path.update(pair.value.value.split(":"))

    def tool(self, name: str) -> bool | None:
        """Whether a program is there, by name or path; None if that is not known."""
        folder, slash, plain = name.rpartition("/")
        if slash and folder not in BIN_FOLDERS:
            return None
        if plain in self._tools:
            return self._tools[plain]
        if not slash and any(
            target in self._path
            or (posixpath.basename(target) == plain and posixpath.dirname(target) in self._path)
            for target in self._targets
        ):
            return None
        is_system_tool = plain in SYSTEM_TOOLS or plain == "sh"
        if self._scratch:
            in_base = False if is_system_tool else None
        else:
            in_base = self._facts.tool(name) if self._facts else None
        if in_base is not False:
            return in_base
        may_come_along = self._has_packages if plain == "bash" else False
        return None if self._has_unseen or may_come_along or not is_system_tool else False

    @property
    def has_unseen(self) -> bool:
        """Whether an instruction may have brought anything."""
        return self._has_unseen

    # --- RUN

    def _run(self, command: SimpleCommand) -> None:
        call = read_package_command(command)
        if call is not None:
            self._call(call)
            return
        name = command.name
        path = command.word.value if command.word is not None else ""
        if not name or ("/" in path and not path.startswith(tuple(BIN_FOLDERS))):
            # Whatever its name: setup/install is not the program that copies files.
            self._has_unseen = True
            return
        for item in command.redirections:
            if item.operator.startswith(">") and item.target is not None:
                self._written(item.target.value)
        if name in _COPYING:
            self._place(command)
        elif name == "tee":
            for word in command.args:
                self._written(word.value)
        elif name in _RUNNING:
            self._has_unseen = self._has_unseen or _runs_a_file(command)
        if name in SYSTEM_TOOLS and not command.conditional and command.before != "||":
            # Without the program the build would fail at this point.
            self._tools[name] = True
        if name in _DOWNLOADING:
            self._download(command)
        elif name in ("cp", "tar", "unzip") and puts_into(command, ("/",)):
            self._has_unseen = True

    def _call(self, call: PackageCommand) -> None:
        names = [_package(word.value) for word in call.operands if word.literal is not None]
        if call.action in ("install", "add", "require"):
            if any(word.literal is None or word.has_glob for word in call.operands):
                self._has_unseen = True
            if call.manager in SYSTEM_MANAGERS:
                self._has_packages = True
                virtual = call.options.get("-t", "--virtual") if call.manager == "apk" else None
                if virtual:
                    self._virtual[virtual] = names
            for name in names:
                self._tools.update(dict.fromkeys(_tools_of(name), True))
                if not _is_library(name):
                    self._tools.update((tool, True) for tool in SYSTEM_TOOLS if tool in name)
        elif call.action == "remove":
            for name in names:
                for package in self._virtual.get(name, [name]):
                    self._tools.update(dict.fromkeys(_tools_of(package), False))
        elif call.action not in _HARMLESS and call.manager in SYSTEM_MANAGERS:
            self._has_unseen = True

    def _written(self, path: str) -> None:
        """Note the program of ``echo … > /usr/local/bin/name``."""
        folder, _, plain = path.rpartition("/")
        if folder in BIN_FOLDERS and plain:
            self._tools[plain] = True

    def _place(self, command: SimpleCommand) -> None:
        """Note the program of ``ln -s /bin/busybox /usr/bin/nc`` and the like."""
        operands = command.options().operands
        if len(operands) < 2:
            return
        target = operands[-1].value
        folder, _, plain = target.rpartition("/")
        if folder in BIN_FOLDERS and plain:
            self._tools[plain] = True
        if target.rstrip("/") in BIN_FOLDERS or folder in BIN_FOLDERS:
            for word in operands[:-1]:
                self._tools[base_name(word.value)] = True

    def _download(self, command: SimpleCommand) -> None:
        """Note the program that a download is stored as."""
        self._written(command.options(frozenset(_OUTPUT_OPTIONS)).get(*_OUTPUT_OPTIONS) or "")

    # --- COPY and ADD

    def _copy(self, instruction: Instruction, state: State) -> None:
        target = place_of_copy(instruction, state)
        if target is None:
            return
        self._targets.add(target)
        folder, _, plain = target.rpartition("/")
        sources = [word.value for word in instruction.sources]
        if target in _ROOTS:
            if instruction.flag("from") is not None or any(map(_looks_like_root, sources)):
                self._has_unseen = True
        elif target in BIN_FOLDERS:
            for source in sources:
                name = base_name(source.rstrip("/"))
                self._tools[name] = True
                may_be_folder = instruction.flag("from") is None and "." not in name
                if may_be_folder or source.endswith(("/", "*", "/.")) or name in _FOLDER_NAMES:
                    self._has_unseen = True
        elif folder in BIN_FOLDERS:
            self._tools[plain] = True


def _runs_a_file(command: SimpleCommand) -> bool:
    """Whether a shell runs a script outside of the Dockerfile, or its input."""
    if command.name in ("make", "ansible-playbook"):
        return True
    operands = command.options(frozenset(("-c",)))
    if operands.has("-c"):
        return False
    return command.before == "|" or any(
        not word.value.startswith(("/etc/", "/root/.", "/usr/local/nvm", "~/."))
        for word in operands.operands
    )


def _looks_like_root(source: str) -> bool:
    """Whether a source seems to be a whole file system."""
    name = source.rstrip("/.").rpartition("/")[2].lower()
    return name in ("root", "rootfs", "overlay", "fs", "filesystem", "files") or source.endswith(
        (".tar", ".tar.gz", ".tgz", ".tar.xz")
    )


def _package(word: str) -> str:
    """A package's name without its version, architecture or repository."""
    for mark in ("=", "~", "<", ">", "@", ":"):
        cut = word.find(mark, 1)
        if cut > 0:
            word = word[:cut]
    return word.rpartition("/")[2]


def _tools_of(package: str) -> Iterable[str]:
    """The programs that a package brings; ``nodejs18`` brings those of ``nodejs``."""
    programs = PACKAGES.get(package) or PACKAGES.get(package.rstrip("0123456789.-"), ())
    return (package, *programs)


def _is_library(package: str) -> bool:
    return "lib" in package or package.endswith(_LIBRARY_ENDINGS)
