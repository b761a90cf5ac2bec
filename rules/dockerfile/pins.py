"""Packages that are installed without saying which version."""

from __future__ import annotations

from itertools import pairwise

from ...linter.analysis.development import is_development_stage
from ...linter.base.patterns import on_demand
from ...linter.files.paths import join_path
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.shell.packages import NODE_MANAGERS, possible_values
from .._sources import APT_IN_BUILDS
from ._runs import call_text, is_explained, is_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.tokens import ShellWord

_HOW_SYSTEM = "name the version, and update it when the mirrors no longer have it"


_REASONS = (
    "unpinned",
    "not pinned",
    "(?:do not|don't|cannot|can't|never) pin",
    "always (?:the )?(?:latest|newest)",
)
"""Words of comments that say that a version is left open knowingly."""


def unpinned(
    stage: Stage,
    managers: Iterable[str],
    is_open: Callable[[Run, PackageCommand, ShellWord], bool],
    help: str = _HOW_SYSTEM,
    actions: tuple[str, ...] = ("install",),
) -> Iterator[Diagnostic]:
    """One finding for each RUN in which packages are installed whose version is open.

    ``is_open`` says that of one package, named by a word of the call.
    """
    is_for_developers = is_development_stage(stage)
    for run in stage.runs:
        installs = [
            (call, word)
            for call in run.packages
            if call.manager in managers and call.action in actions
            if not _needs_absent_lock(run, call)
            for values in (possible_values(call),)
            for word in call.operands
            if not word.has_expansion and is_open(run, call, word) and id(word) not in values
        ]
        if not installs or is_explained(run, installs[0][0].command, *_REASONS):
            continue
        call, first = installs[0]
        names = [word.value for _, word in installs]
        listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        yield Diagnostic(
            first.span,
            f"`{call_text(call)}` installs {listed} without a fixed version",
            help=help,
            related=[
                Related(word.span, f"{word.value} has no fixed version either")
                for _, word in installs[1:]
            ],
            evidence=" ".join(names),
            strict=is_for_developers,
        )


_LOCK_TEST = on_demand(r"-[ef][ \t]+[\"']?([\w./-]*lock[\w.-]*)")


def _needs_absent_lock(run: Run, call: PackageCommand) -> bool:
    """Whether a call is in the branch of a script for a lock file that the context does not have."""
    folder, command = run.stage.dockerfile.folder, call.command
    if not command.conditional or folder is None:
        return False
    tests = list(_LOCK_TEST.finditer(command.script.text[: command.at]))
    project = run.stage.dockerfile.project
    return bool(tests) and not project.exists(join_path(folder, tests[-1][1]))


def _open_apt(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    return not ("=" in text or "/" in text or text.endswith((".deb", "-", "+")))


@rule(
    "DF406",
    "unpinned-apt",
    Severity.WARNING,
    category="maintenance",
    words=("apt",),
    presets=("hardened",),
    equivalents=("hadolint:DL3008",),
    ignore_when=(
        "Where newer packages of the same release are wanted: distributions fix errors under "
        "new version numbers and remove the old packages."
    ),
    sources=(APT_IN_BUILDS,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*  # error: tini\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini=0.19.0-3 && rm -rf /var/lib/apt/lists/*\n",
            preset="hardened",
        ),
    ),
)
def unpinned_apt(stage: Stage) -> Iterator[Diagnostic]:
    """`apt-get install` has no version, so two builds of one Dockerfile may differ.

    Why: A new version of a package may break a build, or a program, that worked the day before.

    Part of the preset "hardened" only: Debian's mirrors keep one version at a time, and a build
    with a pinned one fails some weeks later. Pin the base image's digest where no build may
    fail for that.
    """
    yield from unpinned(stage, ("apt",), _open_apt)


def _open_apk(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    return not (any(sign in text for sign in "=~<>") or text.endswith(".apk") or text[0] in "./!")


@rule(
    "DF407",
    "unpinned-apk",
    Severity.WARNING,
    category="maintenance",
    words=("apk",),
    presets=("hardened",),
    equivalents=("hadolint:DL3018",),
    sources=("https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache tini  # error: tini\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache tini~0.19\n",
            preset="hardened",
        ),
    ),
)
def unpinned_apk(stage: Stage) -> Iterator[Diagnostic]:
    """`apk add` has no version, so two builds of one Dockerfile may differ.

    Why: A new version of a package may break a build, or a program, that worked the day before.

    Part of the preset "hardened" only: Alpine's mirrors keep one version at a time, and a build
    with a pinned one fails when it is replaced. `~` with a part of the version lasts longer.
    """
    yield from unpinned(stage, ("apk",), _open_apk)


_SIGNS = ("==", "!=", "~=", ">", "<")
_FILES = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2", ".txt", ".toml")
_BOOTSTRAP = frozenset(("pip", "setuptools", "wheel"))


def _open_pip(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    if call.options.has("-c", "--constraint", "--no-index", "--dry-run", "--help"):
        return False
    if is_set(run, "PIP_CONSTRAINT", call.command):
        return False
    if text.startswith((".", "/", "~", "file:", "[")) or not text:
        return False
    address, _, _ = text.partition("#")
    if "://" in text or text.startswith("git+"):
        # git+https://host/team/project@v1.2; a user's name may precede the host.
        return "git+" in text and "@" not in address.rpartition("/")[2]
    if address.lower().endswith(_FILES) or "/" in text:
        return False
    if any(sign in text for sign in _SIGNS) or " @ " in text:
        return False
    return text.split("[")[0].lower() not in _BOOTSTRAP


@rule(
    "DF408",
    "unpinned-pip",
    Severity.WARNING,
    category="maintenance",
    words=("pip",),
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3013",),
    ignore_when="Where the package is only a tool of the build, and any version of it does.",
    sources=("https://pip.pypa.io/en/stable/topics/repeatable-installs/",),
    examples=(
        Example(
            bad="FROM python:3.13-slim\nRUN pip install --no-cache-dir flask  # error: flask\n",
            good="FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.2\n",
        ),
    ),
)
def unpinned_pip(stage: Stage) -> Iterator[Diagnostic]:
    """`pip install` names a package without a version: the next build may get another one.

    Why: A release that breaks something, or that somebody has tampered with, is installed as
    soon as it is published.

    Requirements files, constraints, local paths and wheels are left alone, as are addresses in git
    with `@` and a revision, names from variables, and pip, setuptools and wheel themselves, which
    are commonly brought up to date. `uv pip install` and `pipx install` count too.
    """
    help = "name the version (`==`), or install from a requirements file with versions"
    yield from unpinned(stage, ("pip", "pipx"), _open_pip, help)


_TAGS = frozenset(("latest", "next", "beta", "alpha", "canary", "lts", "stable", "rc", "nightly"))


def _open_npm(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    if text.startswith((".", "/", "~", "file:", "link:", "workspace:")):
        return False
    if text.endswith((".tgz", ".tar.gz", ".tar")):
        return False
    if "://" in text or text.startswith(("git@", "git+", "github:", "gitlab:", "bitbucket:")):
        return text.startswith("git") and "#" not in text
    _, at, version = text[1:].partition("@")
    if not at:
        # user/project#revision is a repository of GitHub.
        return "#" not in text
    return version.lower() in _TAGS or version in ("", "*", "x")


@rule(
    "DF409",
    "unpinned-npm",
    Severity.WARNING,
    category="maintenance",
    words=("npm", "yarn", "bun"),
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3016",),
    ignore_when="Where the package is only a tool of the build, and any version of it does.",
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-install",),
    examples=(
        Example(
            bad="FROM node:22-alpine\nRUN npm install -g pnpm@latest && npm cache clean --force  # error: pnpm@latest\n",
            good="FROM node:22-alpine\nRUN npm install -g pnpm@10.17.1 && npm cache clean --force\n",
        ),
    ),
)
def unpinned_npm(stage: Stage) -> Iterator[Diagnostic]:
    """A package of npm's registry is named without a version: the next build may get another one.

    Why: A release that breaks something, or that somebody has tampered with, is installed as
    soon as it is published.

    Tags such as `@latest` and `@next` are not versions. Paths, archives and git addresses with `#`
    and a revision are left alone. `yarn add`, `yarn global add`, `pnpm add` and `bun add` count too.
    """
    actions = ("install", "add", "global-add")
    help = "name the version: `package@1.2.3`"
    yield from unpinned(stage, NODE_MANAGERS, _open_npm, help, actions)


def _open_gem(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    if call.options.has("-v", "--version", "-g", "--file"):
        return False
    return ":" not in word.value and not word.value.endswith(".gem")


@rule(
    "DF410",
    "unpinned-gem",
    Severity.WARNING,
    category="maintenance",
    words=("gem",),
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3028",),
    ignore_when="Where the gem is only a tool of the build, and any version of it does.",
    sources=("https://guides.rubygems.org/command-reference/#gem-install",),
    examples=(
        Example(
            bad="FROM ruby:3.4-slim\nRUN gem install foreman  # error: foreman\n",
            good="FROM ruby:3.4-slim\nRUN gem install foreman:0.90.0\n",
        ),
    ),
)
def unpinned_gem(stage: Stage) -> Iterator[Diagnostic]:
    """`gem install` names a gem without a version: the next build may get another one.

    Write `name:1.2.3` or `-v 1.2.3`; or list gems in a Gemfile with its lock file.
    """
    yield from unpinned(stage, ("gem",), _open_gem, "name the version: `name:1.2.3`")


def _without_modules(run: Run) -> bool:
    """Whether the stage is based on a Go from before modules."""
    facts = run.stage.facts
    version = facts.version if facts is not None and facts.name == "golang" else None
    return version is not None and version < (1, 11)


def _open_go(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    if call.action == "run" and word is not call.operands[0]:
        return False
    if text.startswith((".", "/")) or text.endswith(".go") or "/" not in text:
        return False
    _, at, version = text.partition("@")
    if at:
        return version in ("latest", "none", "master", "main", "HEAD")
    if call.options.has("-u") or (call.action == "get" and _without_modules(run)):
        return True
    # In a module its go.mod has the version.
    return not any(mount.type == "bind" for mount in run.mounts) and not any(
        copy.instruction.start < run.instruction.start for copy in run.stage.copies
    )


@rule(
    "DF411",
    "unpinned-go",
    Severity.WARNING,
    category="maintenance",
    words=("go",),
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3062",),
    ignore_when="Where the program is only a tool of the build, and any version of it does.",
    sources=("https://go.dev/ref/mod#go-install",),
    examples=(
        Example(
            bad="FROM golang:1.26 AS tools\nRUN go install golang.org/x/tools/cmd/stringer@latest  # error: golang.org/x/tools/cmd/stringer@latest\n",
            good="FROM golang:1.26 AS tools\nRUN go install golang.org/x/tools/cmd/stringer@v0.37.0\n",
        ),
    ),
)
def unpinned_go(stage: Stage) -> Iterator[Diagnostic]:
    """`go install`, `go get` or `go run` uses a package at `@latest`, a branch, or no version at all.

    Why: Two builds of one Dockerfile may give different programs.

    Packages of the project itself, and names without a version in a stage into which sources were
    copied (whose go.mod decides, unless `-u` asks for the newest), are left alone.
    """
    help = "name the version: `package@v1.2.3`"
    yield from unpinned(stage, ("go",), _open_go, help, ("install", "get", "run"))


def _open_rpm(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    if call.action == "module-install":
        return ":" not in text
    if text.startswith(("@", "/", ".", "-")) or text.endswith(".rpm") or "://" in text:
        return False
    return not any(
        sign in "=<>" or (sign == "-" and following.isdigit())
        for sign, following in pairwise(f"{text} ")
    )


_RPM_ACTIONS = ("install", "module-install")


@rule(
    "DF412",
    "unpinned-yum",
    Severity.WARNING,
    category="maintenance",
    words=("yum",),
    presets=("hardened",),
    equivalents=("hadolint:DL3033",),
    sources=("https://man7.org/linux/man-pages/man8/yum.8.html",),
    examples=(
        Example(
            bad="FROM amazonlinux:2023\nRUN yum install -y httpd && yum clean all  # error: httpd\n",
            good="FROM amazonlinux:2023\nRUN yum install -y httpd-2.4.65 && yum clean all\n",
            preset="hardened",
        ),
    ),
)
def unpinned_yum(stage: Stage) -> Iterator[Diagnostic]:
    """`yum install` has no version, so two builds of one Dockerfile may differ.

    Part of the preset "hardened" only, like the other managers of system packages. Modules count
    as pinned with their stream (`nodejs:22`), groups are left alone.
    """
    yield from unpinned(stage, ("yum",), _open_rpm, actions=_RPM_ACTIONS)


@rule(
    "DF413",
    "unpinned-dnf",
    Severity.WARNING,
    category="maintenance",
    words=("dnf",),
    presets=("hardened",),
    equivalents=("hadolint:DL3041",),
    sources=("https://dnf.readthedocs.io/en/latest/command_ref.html",),
    examples=(
        Example(
            bad="FROM fedora:44\nRUN dnf install -y httpd && dnf clean all  # error: httpd\n",
            good="FROM fedora:44\nRUN dnf install -y httpd-2.4.65 && dnf clean all\n",
            preset="hardened",
        ),
    ),
)
def unpinned_dnf(stage: Stage) -> Iterator[Diagnostic]:
    """`dnf install` or `microdnf install` has no version, so two builds may differ.

    Part of the preset "hardened" only, like the other managers of system packages. Modules count
    as pinned with their stream (`nodejs:22`), groups are left alone.
    """
    yield from unpinned(stage, ("dnf", "microdnf"), _open_rpm, actions=_RPM_ACTIONS)


def _open_zypper(run: Run, call: PackageCommand, word: ShellWord) -> bool:
    text = word.value
    return call.options.get("-t", "--type") in (None, "package") and not (
        any(sign in text for sign in "=<>~/") or text.endswith(".rpm")
    )


@rule(
    "DF414",
    "unpinned-zypper",
    Severity.WARNING,
    category="maintenance",
    words=("zypper",),
    presets=("hardened",),
    equivalents=("hadolint:DL3037",),
    sources=("https://en.opensuse.org/SDB:Zypper_manual",),
    examples=(
        Example(
            bad="FROM opensuse/leap:15.6\nRUN zypper -n install tini && zypper clean --all  # error: tini\n",
            good='FROM opensuse/leap:15.6\nRUN zypper -n install "tini=0.19.0" && zypper clean --all\n',
            preset="hardened",
        ),
    ),
)
def unpinned_zypper(stage: Stage) -> Iterator[Diagnostic]:
    """`zypper install` has no version, so two builds of one Dockerfile may differ.

    Part of the preset "hardened" only, like the other managers of system packages.
    """
    yield from unpinned(stage, ("zypper",), _open_zypper)
