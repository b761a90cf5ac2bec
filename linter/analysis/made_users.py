"""The users that a stage has at one of its instructions, as far as its lines tell."""

from __future__ import annotations

from ..images.distributions import users_of
from ..source.dockerfile.scripts import scripts_of
from ..source.shell.packages import SYSTEM_MANAGERS, read_package_command
from .installed import BIN_FOLDERS, Installed, place_of_copy, puts_into

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.scope import State
    from ..source.dockerfile.stages import Stage
    from ..source.shell.syntax import Script, SimpleCommand
    from .base_image import Bases

_USING = frozenset((
    "cd", "chgrp", "chmod", "chown", "cp", "gosu", "ls", "mkdir", "mv", "rm", "runuser", "setpriv",
    "su", "su-exec", "sudo", "touch",
))  # fmt: skip
"""Programs that may name a user and make none."""

_SAFE_BASES = frozenset((
    "apt-get", "apt", "apk", "echo", "npm", "npx", "yarn", "pnpm", "pip", "pip3", "python", "python3",
    "node", "go", "cargo", "mvn", "gradle", "set", "true", "export", "curl", "wget", "tar", "unzip",
    "sed", "find", "ln", "install", "corepack", "uv", "poetry", "bundle", "gem", "composer", "dotnet",
    "git", "cat", "test", "[", "exit", "update-ca-certificates", "gpg", "sha256sum", "printf", "java",
    "javac", "jlink", "bun", "deno", "rustup", "pipenv", "mkdir", "adduser", "useradd", "addgroup",
    "groupadd", "usermod", "env", "which", "date", "strip", "grep", "awk", "tr", "head", "docker-php-ext-install",
    "docker-php-ext-configure", "docker-php-ext-enable", "pecl", "a2enmod", "nginx", "ldconfig", "locale-gen",
    "apt-key", "add-apt-repository", "dpkg-reconfigure", "unset", "sleep", "rmdir", "mktemp", "uname", "dpkg",
)) | _USING  # fmt: skip
"""Programs that are known not to make users unseen (``adduser`` and its like are read)."""

_INTERPRETERS = frozenset(("node", "perl", "python", "python3", "ruby"))
_MAKERS = frozenset(("adduser", "useradd", "usermod", "newusers", "addgroup", "groupadd"))
_OTHER_NAMES = (
    ("mariadb", "mysql"),
    ("percona", "mysql"),
    ("dbus", "messagebus"),
    ("exim4", "debian-exim"),
    ("openssh", "sshd"),
    ("slapd", "openldap"),
    ("httpd", "apache"),
    ("policykit", "polkitd"),
    ("polkit", "polkitd"),
    ("sendmail", "smmsp"),
    ("sendmail", "smmta"),
    *((part, "postgres") for part in ("barman", "citus", "patroni", "pgb", "pgpool", "repmgr", "timescale")),
)  # fmt: skip
"""Parts of the names of packages, and users that these packages make."""

_SOURCES = (
    "add-apt-repository",
    "sources.list",
    "/etc/apk/repositories",
    "--repository",
    "/keyrings",
)
"""Signs that packages come from others than the distribution, whose users nothing tells."""

_LEAST = 3


class MadeUsers:
    """The users of a chain of stages (the first comes first) before an instruction of the last.

    ``advance`` goes on to a later instruction.
    ``names`` are those that are certain; ``lacks`` tells whether a user is surely not there.
    """

    def __init__(self, chain: Sequence[Stage], bases: Bases, until: Instruction) -> None:
        self.names: set[str] = set()
        self._texts: list[str] = []
        self._packages: set[str] = set()
        self._copied: set[str] = set()
        known = [users_of(facts) for facts in bases.facts]
        self.names.update(*(users for users in known if users is not None))
        self._unsure = any(users is None for users in known)
        self._installed = Installed(chain, None, False, (until, None))
        self._steps = (instruction for stage in chain for instruction in self._read(stage))
        self._at: Instruction | None = None
        self.advance(until)

    def advance(self, until: Instruction) -> None:
        """Read on to a later instruction."""
        if self._unsure or until is self._at:
            return
        self._installed.advance((until, None))
        if self._installed.has_unseen:
            self._unsure = True
            return
        for instruction in self._steps:
            self._at = instruction
            if instruction is until:
                return

    def _read(self, stage: Stage) -> Iterator[Instruction]:
        """Yields each instruction of a stage before reading it."""
        scripts = scripts_of(stage)
        for instruction, state in stage.walk():
            yield instruction
            if instruction.name == "RUN":
                script = scripts.get(instruction)
                if script is None or not script.complete or instruction.json is not None:
                    self._unsure = True
                else:
                    self._run(script)
            elif instruction.name in ("COPY", "ADD"):
                self._copy(instruction, state)

    def lacks(self, user: str) -> bool:
        """Whether a user is surely not there."""
        if self._unsure or user in self.names:
            return False
        if any(user in text for text in self._texts):
            return False
        return not any(_may_make(package, user) for package in self._packages)

    def _run(self, script: Script) -> None:
        text = script.text
        if (
            any(sign in text for sign in _SOURCES)
            or "passwd" in text
            or "shadow" in text
            or "sysusers" in text
        ):
            self._unsure = True
            return
        for command in script.commands:
            self._command(command)

    def _command(self, command: SimpleCommand) -> None:
        name = command.name
        call = read_package_command(command)
        if call is not None and call.manager in SYSTEM_MANAGERS:
            if call.command.wrappers and "xargs" in call.command.wrappers:
                self._unsure = True
            for word in call.operands:
                if word.literal is None or word.has_glob or "/" in word.value:
                    self._unsure = True
                self._packages.add(word.value.lower())
            return
        if not name:
            self._unsure = self._unsure or bool(command.words)
            return
        if name not in _SAFE_BASES and call is None:
            self._unsure = True
        if name in self._copied:
            self._unsure = True
        if name in _MAKERS:
            for word in command.args:
                if word.literal is None:
                    self._unsure = True
        if name == "dpkg" and any(
            word.value.startswith(("-i", "--install", "--unpack")) for word in command.args
        ):
            self._unsure = True
        if name in ("cp", "mv", "rsync", "tar", "unzip") and puts_into(command, ("/", "/etc")):
            self._unsure = True
        if name in _INTERPRETERS and any("user" in word.value.lower() for word in command.args):
            self._unsure = True
        if name not in _USING:
            self._texts.append(" ".join(word.value for word in command.args))

    def _copy(self, instruction: Instruction, state: State) -> None:
        target = place_of_copy(instruction, state)
        if target is None:
            self._unsure = True
            return
        words = [word.value.rstrip("/") for word in instruction.sources]
        if target in ("/", "/etc") or "passwd" in target or any("passwd" in word for word in words):
            self._unsure = True
        if target in BIN_FOLDERS:
            self._copied.update(word.rpartition("/")[2] for word in words)
        elif target.rpartition("/")[0] in BIN_FOLDERS:
            self._copied.add(target.rpartition("/")[2])


def _may_make(package: str, user: str) -> bool:
    """Whether a package may make a user, as its name tells."""
    user = user.lower().lstrip("_")
    package = package.partition("=")[0]
    size = min(len(user), 4)
    return (
        any(part in package and user == name for part, name in _OTHER_NAMES)
        or (len(user) >= _LEAST and user[:size] in package)
        or (len(package) >= _LEAST and package[:4] in user)
    )
