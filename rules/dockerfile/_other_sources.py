"""Whether something in a Dockerfile may give the package manager other sources than its image has."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ._runs import chain_of, outermost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...linter.model.dockerfile import Run
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.scope import State
    from ...linter.source.shell.syntax import SimpleCommand

OTHER_SOURCES = on_demand(
    r"sources\.list|\.sources\b|archive\.debian|old-releases|snapshot\.debian|vault\.|yum\.repos\.d|/etc/apk"
    r"|\.repo\b|mirrorlist|baseurl|/etc/apt|apt\.conf|freexian|artifactory|nexus|elevate"
    r"|apt_mirror|apt_proxy|setup-sources|releasever|sourcelist|sourceparts|disablerepo|yum-config-manager"
    r"|\w+_proxy\b|--repo|\.rpm\b",
    re.IGNORECASE,
)
"""Signs that a Dockerfile gives the package manager other sources."""

_PLACED = r"(?:>>?|\btee(?:\s+-a|\s+--append)?|\s-[oO]|--output(?:-document)?[ =])\s*[\"']?"
_ADDITIONS = on_demand(
    r"(?:>>|\btee\s+(?:-a|--append))\s*[\"']?/etc/apt/sources\.list(?![.\w])"
    rf"|{_PLACED}/etc/apt/sources\.list\.d/(?![\w.${{}}-]*\.sources(?![\w.]))[\w.${{}}-]+"
    r"|/etc/apt/(?:apt\.conf(?:\.d)?|preferences(?:\.d)?|trusted\.gpg(?:\.d)?|keyrings)\b(?:/[\w.${}-]+)?"
    rf"|{_PLACED}/etc/yum\.repos\.d/(?![Cc]ent[Oo][Ss]|[Bb]ase)[\w.${{}}-]+"
    r"|\byum-config-manager\s+--add-repo\b|\b(?:https?|ftp)://[^\s\"']+\.repo\b"
    r"|\b(?:https?|ftp)://[^\s\"']*/(?:epel|elrepo|ius|mysql\d*|nodesource|percona|pgdg|puppetlabs|remi|rpmforge"
    r"|rpmfusion-free|webtatic)-[^\s\"'/]*\.rpm\b",
)
"""What adds sources, keys or settings, and leaves the sources as they were that are there already."""


def changes_sources(run: Run, command: SimpleCommand, replaced: bool = False) -> bool:
    """Whether a command, or something before it, may give the package manager other sources.

    ``replaced`` tells that only what may take the place of those of the image counts.
    """
    from ...linter.analysis.installed import place_of_copy

    for inner, state in instructions_before(run):
        if inner.name in ("COPY", "ADD"):
            if _brings_sources(inner, place_of_copy(inner, state), replaced):
                return True
        elif inner.name in ("RUN", "ENV", "ARG") and any(
            _names_sources(text, replaced)
            for text in (inner.text, *(heredoc.body for heredoc in inner.heredocs))
        ):
            return True
    if may_run_more(run, command, lambda earlier: replaced and _adds_nodesource(earlier)):
        return True
    return _names_sources(run.script.text[: outermost(command).end], replaced)


def instructions_before(run: Run) -> Iterator[tuple[Instruction, State]]:
    """The instructions before a RUN, in its stage and in those that it starts from.

    Each comes with what is in force there; what ONBUILD defers stands in the place of ONBUILD.
    """
    last = run.instruction.outer or run.instruction
    for part in chain_of(run.stage):
        for instruction, state in part.syntax.walk():
            if instruction is last:
                break
            yield instruction.inner or instruction, state


def may_run_more(
    run: Run, command: SimpleCommand, is_known: Callable[[SimpleCommand], bool]
) -> bool:
    """Whether something before a command runs what cannot be seen: a file, or a mount's content.

    ``is_known`` says of a command that runs a file whether it is known what that does.
    """
    last = run.instruction.outer or run.instruction
    for part in chain_of(run.stage):
        for other in part.runs:
            if other.instruction.start > last.start and part is run.stage:
                break
            if not other.script.complete or other.mounts:
                return True
            if any(
                runs_file(earlier) and not is_known(earlier)
                for earlier in other.script.commands
                if other is not run or earlier.at < command.at
            ):
                return True
    return False


def _names_sources(text: str, replaced: bool) -> bool:
    """Whether a text has signs of other sources."""
    if OTHER_SOURCES.search(text) is None:
        return False
    if not replaced or "proxy" in text.lower():
        return True
    return OTHER_SOURCES.search(_ADDITIONS.sub(" ", text)) is not None


def _adds_nodesource(command: SimpleCommand) -> bool:
    """Whether a command is the shell of ``curl https://deb.nodesource.com/setup_20.x | bash -``."""
    return any(
        "nodesource.com/setup" in word.value for other in command.pipeline for word in other.args
    )


_SETTINGS = tuple(
    f"/etc/{name}"
    for name in ("apk", "apt", "dnf", "environment", "hosts", "pki", "resolv.conf", "yum", "zypp")
)
"""How paths of settings begin that may have to do with packages."""

_ADDED_IN = tuple(
    f"/etc/apt/{name}" for name in ("keyrings", "preferences", "sources.list.d", "trusted.gpg.d")
)
"""Where files only add to the sources of apt."""


def _brings_sources(instruction: Instruction, target: str | None, replaced: bool) -> bool:
    """Whether COPY or ADD may bring sources of packages."""
    if target is None or target in ("/", "/etc", "/usr"):
        names = [word.value.rpartition("/")[2] for word in instruction.sources]
        return (
            target != "/" or instruction.flag("from") is not None or not all(map(_is_file, names))
        )
    if not target.startswith(_SETTINGS) and OTHER_SOURCES.search(instruction.text) is None:
        return False
    return not (replaced and target.startswith(_ADDED_IN))


_FILES = frozenset(("Gemfile", "Gemfile.lock", "Makefile", "Pipfile", "Procfile"))
_ARCHIVES = (".bz2", ".gz", ".tar", ".tbz", ".tgz", ".txz", ".xz", ".zst")


def _is_file(name: str) -> bool:
    """Whether a source of a COPY is surely one file, and no archive that ADD unpacks."""
    stem, _, ending = name.rpartition(".")
    plain = stem != "" and ending.isalnum() and not name.endswith(_ARCHIVES) and "*" not in name
    return name in _FILES or plain


_SCRIPTS = frozenset(
    ("ansible-playbook", "bash", "make", "perl", "puppet", "python", "python3", "sh", "source", ".")
)
"""Programs that do what a file says."""


def runs_file(command: SimpleCommand) -> bool:
    """Whether a command runs a script or a program that is not in sight."""
    from ...linter.analysis.installed import BIN_FOLDERS

    word = command.word
    if word is None:
        return False
    if command.name in _SCRIPTS:
        return not any(word.value == "-c" for word in command.args)
    folder, slash, _ = word.value.rpartition("/")
    return (
        word.literal is None
        or (slash != "" and folder not in BIN_FOLDERS)
        or command.name.endswith((".pl", ".py", ".sh"))
    )
