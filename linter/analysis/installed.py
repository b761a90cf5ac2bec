"""Which programs the stages of a Dockerfile leave in the image, as far as its lines tell.

The base image's facts come first; what RUN installs, removes, copies or uses comes on top.
A program counts as missing only where the base is known to lack it and nothing on the way
could have brought it unseen.
"""

from __future__ import annotations

from ..source.dockerfile.scripts import scripts_of
from ..source.shell.packages import read_package_command
from ..source.shell.wrappers import base_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..images import ImageFacts
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.scope import State
    from ..source.dockerfile.stages import Stage
    from ..source.shell.packages import PackageCommand
    from ..source.shell.syntax import Script, SimpleCommand

BIN_FOLDERS = frozenset(
    ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
)
"""Where programs are found by their names alone."""

SYSTEM_TOOLS = frozenset(
    (
        "bash",
        "curl",
        "nc",
        "ncat",
        "netcat",
        "socat",
        "wget",
    )
)
"""Programs that no package brings unless it is named after them (see ``PACKAGES``)."""

# fmt: off
PACKAGES: dict[str, tuple[str, ...]] = {
    "bash-completion": ("bash",),
    "busybox": ("wget", "nc"),
    "busybox-extras": ("telnet", "ftpget"),
    "buildpack-deps": ("curl", "wget"),
    "curl-minimal": ("curl",),
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

_SYSTEM_MANAGERS = frozenset(("apt", "apk", "yum", "dnf", "microdnf", "zypper"))
_COPYING = frozenset(("cp", "install", "ln", "mv"))
_DOWNLOADING = frozenset(("curl", "wget"))
_RUNNING = frozenset(
    ("sh", "bash", "ash", "dash", "zsh", "source", ".", "make", "ansible-playbook")
)
_ROOTS = frozenset(("/", "/usr", "/usr/local"))
_LIBRARIES = ("lib", "-dev", "-doc", "-headers")


class Installed:
    """What is in the image of a chain of stages, the first of them first."""

    __slots__ = ("_facts", "_known", "_others", "_scratch", "_unseen", "_virtual", "unread")

    def __init__(self, chain: Sequence[Stage], facts: ImageFacts | None, scratch: bool) -> None:
        self._facts = facts
        self._scratch = scratch
        self._known: dict[str, bool] = {}
        self._virtual: dict[str, list[str]] = {}
        self._unseen = False
        self._others = False
        self.unread = False
        for stage in chain:
            scripts = scripts_of(stage)
            for instruction, state in stage.walk():
                if instruction.name == "RUN":
                    script = scripts.get(instruction)
                    if script is not None:
                        self._run(script)
                elif instruction.name in ("COPY", "ADD"):
                    self._copy(instruction, state)

    def tool(self, name: str) -> bool | None:
        """Whether a program is there, by name or path; None where that is not known."""
        folder, slash, plain = name.rpartition("/")
        if slash and folder not in BIN_FOLDERS:
            return None
        found = self._known.get(plain)
        if found is not None:
            return found
        if self._scratch:
            base: bool | None = False if plain in SYSTEM_TOOLS or plain == "sh" else None
        else:
            base = self._facts.tool(name) if self._facts else None
        if base is not False:
            return base
        if self._unseen or (plain not in SYSTEM_TOOLS and plain != "sh"):
            return None
        if plain == "bash" and self._others:
            return None
        return False

    # --- RUN

    def _run(self, script: Script) -> None:
        if not script.complete:
            self._unseen = True
        for command in script.commands:
            call = read_package_command(command)
            if call is not None:
                self._call(call)
                continue
            name = command.name
            path = command.word.value if command.word is not None else ""
            if not name or ("/" in path and not path.startswith(tuple(BIN_FOLDERS))):
                # Whatever its name: setup/install is not the program that copies files.
                self._unseen = True
                continue
            if name in _COPYING:
                self._placed(command)
            elif name in _RUNNING:
                self._unseen = self._unseen or _runs_a_file(command)
            if name in SYSTEM_TOOLS and not command.conditional and command.before != "||":
                # The build would fail here if it were not there.
                self._known[name] = True
            if name in _DOWNLOADING:
                self._downloaded(command)

    def _call(self, call: PackageCommand) -> None:
        names = [_package(word.value) for word in call.operands if word.literal is not None]
        if call.action in ("install", "add", "require"):
            if any(word.literal is None or word.has_glob for word in call.operands):
                self._unseen = True
            if call.manager in _SYSTEM_MANAGERS:
                self._others = True
                virtual = call.options.get("-t", "--virtual") if call.manager == "apk" else None
                if virtual:
                    self._virtual[virtual] = names
            for name in names:
                for tool in _tools_of(name):
                    self._known[tool] = True
                if any(tool in name for tool in SYSTEM_TOOLS) and not _is_library(name):
                    for tool in SYSTEM_TOOLS:
                        if tool in name and self._known.get(tool) is not True:
                            self._known[tool] = True
        elif call.action == "remove":
            for name in names:
                for gone in self._virtual.get(name, [name]):
                    for tool in _tools_of(gone):
                        self._known[tool] = False
        elif call.action not in _HARMLESS and call.manager in _SYSTEM_MANAGERS:
            self._unseen = True

    def _placed(self, command: SimpleCommand) -> None:
        """``ln -s /bin/busybox /usr/bin/nc`` and the like."""
        operands = command.options().operands
        if len(operands) < 2:
            return
        target = operands[-1].value
        folder, _, plain = target.rpartition("/")
        if folder in BIN_FOLDERS and plain:
            self._known[plain] = True
        if target.rstrip("/") in BIN_FOLDERS or folder in BIN_FOLDERS:
            for word in operands[:-1]:
                self._known[base_name(word.value)] = True

    def _downloaded(self, command: SimpleCommand) -> None:
        target = command.options(frozenset(("-o", "-O", "--output", "--output-document"))).get(
            "-o", "-O", "--output", "--output-document"
        )
        folder, _, plain = (target or "").rpartition("/")
        if folder in BIN_FOLDERS and plain:
            self._known[plain] = True

    # --- COPY and ADD

    def _copy(self, instruction: Instruction, state: State) -> None:
        destination = instruction.destination
        target = state.scope.expand(destination) if destination else None
        if destination is None or target is None:
            return
        if not target.startswith("/"):
            above = state.workdir.value if state.workdir else None
            target = f"{above.rstrip('/')}/{target}" if above else target
        trimmed = target.rstrip("/") or "/"
        trimmed = trimmed.removesuffix("/.") or "/"
        folder, _, plain = trimmed.rpartition("/")
        sources = [word.value for word in instruction.sources]
        if trimmed in _ROOTS:
            if instruction.flag("from") is not None or any(map(_looks_like_root, sources)):
                self._unseen = True
        elif trimmed in BIN_FOLDERS:
            for source in sources:
                name = base_name(source.rstrip("/"))
                self._known[name] = True
                if source.endswith(("/", "/bin", "/sbin", "*", "/.")) or name in ("bin", "."):
                    self._unseen = True
        elif folder in BIN_FOLDERS:
            self._known[plain] = True


_HARMLESS = frozenset(
    (
        "addrepo",
        "autoremove",
        "cache",
        "clean",
        "dist-clean",
        "dist-upgrade",
        "download",
        "makecache",
        "refresh",
        "source",
        "update",
        "upgrade",
        "fix",
        "",
    )
)


def _runs_a_file(command: SimpleCommand) -> bool:
    """Whether a shell runs a script that is not in the Dockerfile, or what it reads."""
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
    known = PACKAGES.get(package)
    if known is None:
        stem = package.rstrip("0123456789.-")
        known = PACKAGES.get(stem, ()) if stem != package else ()
    return (package, *known)


def _is_library(package: str) -> bool:
    return package.startswith(_LIBRARIES[0]) or package.endswith(_LIBRARIES[1:]) or "lib" in package
