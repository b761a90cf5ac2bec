"""Calls of npm, gpg, sha256sum and gem that fail, ask, or do more than is needed."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.edits.scripts import add_option, can_edit, insert_after
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of, is_explained, packages_of, shown
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

_FORCE = ("-f", "--force")


@rule(
    "DF417",
    "npm-cache-clean-refused",
    Severity.ERROR,
    category="build",
    words=("npm",),
    since="0.2",
    equivalents=("binnacle:npmCacheCleanUseForce", "parfum:npmCacheCleanUseForce"),
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-cache",),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean  # error: npm cache clean\nUSER node\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nUSER node\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def npm_cache_clean_refused(stage: Stage) -> Iterator[Diagnostic]:
    """`npm cache clean` without `--force` is refused since npm 5, and the build ends there.

    It is an error where the official image is known to have npm 5 or later, and a warning elsewhere,
    or where the build goes on. Nothing is said for images with an older npm, and where another npm
    is installed.
    """
    calls = [
        (run, call)
        for run, call in packages_of(stage, "npm")
        if call.action == "cache" and _asks_to_clean(call) and not call.options.unknown
    ]
    if not calls or is_left_out(stage):
        return
    if _brings_npm(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    facts = bases.facts[0] if bases is not None and len(bases.facts) == 1 else None
    version = facts.version if facts is not None and facts.name == "node" else None
    if (version and version[0] < 8) or _names_old_node(stage):
        return
    is_new = bool(version)
    for run, call in calls:
        if any(option.name in _FORCE for option in call.options.options):
            continue
        if run.variable("npm_config_force") or run.variable("NPM_CONFIG_FORCE"):
            continue
        command = call.command
        certain = (
            is_new
            and bases is not None
            and bases.certain
            and surely_runs(run, command)
            and fails_build(run, command)
        )
        edit = add_option(run, call, "--force", call.operands[0])
        span = call_span(call)
        yield Diagnostic(
            Span(span.file, span.start, call.operands[0].span.end),
            "`npm cache clean` without --force is refused since npm 5",
            help="write `npm cache clean --force`",
            severity=None if certain else Severity.WARNING,
            evidence="npm cache clean",
            fix=Fix("Add --force", (edit,), Applicability.UNSAFE) if edit is not None else None,
        )


def _asks_to_clean(call: PackageCommand) -> bool:
    """Whether a call is ``npm cache clean`` for all of the cache."""
    values = [word.value for word in call.operands]
    return values in (["clean"], ["clear"], ["rm"])


_OLD_NODE = on_demand(r"node[^:@]*:v?[0-7](?!\d)")
"""Images of others whose names say that they contain a Node.js with an npm before 5."""


def _names_old_node(stage: Stage) -> bool:
    base = stage.syntax.root.base_name
    return base is not None and _OLD_NODE.search(base) is not None


def _brings_npm(stage: Stage) -> bool:
    """Whether a stage installs an npm, or a Node.js, of its own."""
    for part in chain_of(stage):
        for run in part.runs:
            if any(word in run.script.text for word in ("npm@", "nvm ", "nodesource")):
                return True
    return False


@rule(
    "DF418",
    "gpg-may-ask",
    Severity.INFO,
    category="build",
    presets=(),
    words=("gpg",),
    since="0.2",
    equivalents=("binnacle:gpgUseBatchFlag", "parfum:gpgUseBatchFlag"),
    sources=("https://www.gnupg.org/documentation/manuals/gnupg/GPG-Esoteric-Options.html",),
    examples=(
        Example(
            bad="FROM node:22-bookworm\nCOPY key.asc /tmp/\nRUN gpg --dearmor -o /etc/apt/keyrings/tool.gpg /tmp/key.asc  # error: gpg\nUSER node\n",
            good="FROM node:22-bookworm\nCOPY key.asc /tmp/\nRUN gpg --batch --yes --dearmor -o /etc/apt/keyrings/tool.gpg /tmp/key.asc\nUSER node\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def gpg_may_ask(stage: Stage) -> Iterator[Diagnostic]:
    """gpg without `--batch` asks before it overwrites a file, or deletes, creates or changes a key.

    It fails where it asks, since a build has no terminal. What asks nothing is left alone: `--verify`,
    `--import`, `--export`, `--list-keys`, and `--dearmor` to its output. Files are overwritten only where
    they exist already, so that the rule is in no preset but `all`.
    """
    for name in ("gpg", "gpg2"):
        for run, command in stage.calls.get(name, ()):
            options = command.options(_GPG_WITH_VALUE)
            if options.unknown or options.has("--batch", "--no-tty", "--version", "--help"):
                continue
            output = options.get("-o", "--output")
            overwrites = output not in (None, "", "-", *_DEVICES) and not options.has("--yes")
            deletes = options.has(*_GPG_DELETES)
            talks = options.has(*_GPG_TALKS)
            if not (overwrites or deletes or talks):
                continue
            fix = None
            more = " --batch" if options.has("--yes") else " --batch --yes"
            if not talks and command.word is not None and can_edit(run, command):
                edit = insert_after(command.word, more)
                fix = Fix(f"Add{more}", (edit,), Applicability.UNSAFE)
            asks = "asks" if deletes or talks else f"asks if {output} exists"
            yield Diagnostic(
                (command.word or command).span,
                f"`{shown(command)}` {asks}, and a build cannot answer",
                help="add `--batch`, and pass the answers in a file" if talks else f"add{more}",
                evidence=shown(command),
                fix=fix,
            )


_DEVICES = ("/dev/null", "/dev/stdout")
_GPG_WITH_VALUE = frozenset((
    "-o", "--output", "-r", "--recipient", "-u", "--local-user", "--homedir", "--keyring",
    "--keyserver", "--keyserver-options", "--options", "--passphrase", "--passphrase-file",
    "--passphrase-fd", "--pinentry-mode", "--status-fd", "--trust-model",
))  # fmt: skip
_GPG_DELETES = (
    "--delete-key", "--delete-keys", "--delete-secret-key", "--delete-secret-keys",
    "--delete-secret-and-public-key", "--delete-secret-and-public-keys",
)  # fmt: skip
"""Commands that ask even with --yes, if --batch is not there."""
_GPG_TALKS = (
    "--gen-key", "--generate-key", "--full-gen-key", "--full-generate-key", "--edit-key",
    "--card-edit", "--edit-card", "--gen-revoke", "--generate-revocation", "--search-keys",
    "--sign-key", "--lsign-key", "--passwd", "--change-passphrase", "--update-trustdb",
)  # fmt: skip
"""Commands that are a dialogue."""

_CHECKSUM_LINE = on_demand(r"^(?:[0-9a-fA-F]{32,128}|\$\{?\w+\}?) [^ *\s]\S*$")
_SUMS = ("md5sum", "sha1sum", "sha256sum", "sha512sum", "sha224sum", "sha384sum")


@rule(
    "DF419",
    "checksum-with-one-space",
    Severity.ERROR,
    category="build",
    words=("md5sum", "sha1sum", "sha256sum", "sha384sum", "sha512sum"),
    since="0.2",
    equivalents=("binnacle:sha256sumEchoOneSpaces", "parfum:sha256sumEchoOneSpaces"),
    sources=(
        "https://git.busybox.net/busybox/tree/coreutils/md5_sha1_sum.c",
        "https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html",
    ),
    examples=(
        Example(
            bad='FROM alpine:3.22\nRUN wget -q -O /opt/tool https://example.com/tool \\\n    && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d /opt/tool" | sha256sum -c -  # error: "24454\nUSER nobody\n',
            good='FROM alpine:3.22\nRUN wget -q -O /opt/tool https://example.com/tool \\\n    && echo "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  /opt/tool" | sha256sum -c -\nUSER nobody\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def checksum_with_one_space(stage: Stage) -> Iterator[Diagnostic]:
    """A checksum and a file's name have one space between them, which BusyBox does not read.

    `sha256sum -c` of Alpine wants two spaces, or a space and a star, and fails otherwise; that of GNU
    takes one space as well. Reported are images built on Alpine in which nothing installs coreutils.
    """
    calls = [pair for name in _SUMS for pair in stage.calls.get(name, ())]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or any(facts.os != "alpine" for facts in bases.facts):
        return
    if any(
        "coreutils" in run.script.text or "uutils" in run.script.text
        for part in chain_of(stage)
        for run in part.runs
    ):
        return
    for run, command in calls:
        pipe = command.pipeline
        if len(pipe) != 2 or pipe[1] is not command or not _checks(command):
            continue
        word = _line_of(pipe[0])
        if word is None:
            continue
        certain = bases.certain and surely_runs(run, command) and fails_build(run, command)
        yield Diagnostic(
            word.span,
            f"{command.name} of BusyBox needs two spaces between checksum and file name",
            help="write two spaces between them",
            severity=None if certain else Severity.WARNING,
            evidence=command.name,
            fix=_second_space(run, word),
        )


def _checks(command: SimpleCommand) -> bool:
    """Whether a command compares the checksums that it reads from its input."""
    values = [word.value for word in command.args]
    return all(value.startswith("-") for value in values) and any(
        value == "--check" or (value[:2] != "--" and "c" in value) for value in values
    )


def _line_of(command: SimpleCommand) -> ShellWord | None:
    """The one word that ``echo`` prints as a line of checksums with a single space."""
    if command.name != "echo" or command.redirections:
        return None
    words = [word for word in command.args if word.value not in ("-n", "-e")]
    if len(words) != 1 or not words[0].quoted:
        return None
    return words[0] if _CHECKSUM_LINE.search(words[0].value) else None


def _second_space(run: Run, word: ShellWord) -> Fix | None:
    """The fix that writes a second space."""
    if not can_edit(run) or word.script is not run.script:
        return None
    span = word.span
    at = span.text.find(" ")
    if at < 0:
        return None
    place = Span(span.file, span.start + at, span.start + at)
    return Fix("Write two spaces", (Edit(place, " "),), Applicability.UNSAFE)


_UPGRADES = {
    "apt": ("upgrade",),
    "apk": ("upgrade",),
    "zypper": ("update", "patch"),
    **dict.fromkeys(RPM_MANAGERS, ("upgrade",)),
}


@rule(
    "DF420",
    "everything-upgraded",
    Severity.INFO,
    category="maintenance",
    presets=(),
    words=("upgrade", "update", "patch", " up"),
    since="0.2",
    sources=("https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get -y upgrade && rm -rf /var/lib/apt/lists/*  # error: apt-get -y upgrade\nUSER nobody\n",
            good="FROM debian:trixie-slim\nUSER nobody\n",
        ),
    ),
)
def everything_upgraded(stage: Stage) -> Iterator[Diagnostic]:
    """A build upgrades all packages of its base image, so each build gives another image.

    Why: The layer stores the upgraded packages a second time, and the cache keeps it as long as
    the line is the same, so that fixes arrive by chance.

    A newer base image brings security fixes for sure. Some teams upgrade all the same, for fixes
    that the base image does not have yet, so the rule is in no preset but `all`. It is silent
    where a comment says that it is for security.
    """
    for run in stage.runs:
        for call in run.packages:
            if call.action not in _UPGRADES.get(call.manager, ()) or call.operands:
                continue
            if call.options.has("--security", "--advisory", "--help", "--only-upgrade"):
                continue
            if is_explained(run, call.command, "security", "vulnerab", "CVE"):
                continue
            yield Diagnostic(
                call_span(call),
                f"`{call_text(call)}` upgrades every package of the base image",
                help="use a newer base image, and build with `--pull`",
                evidence=call_text(call),
            )


@rule(
    "DF223",
    "gem-documentation",
    Severity.INFO,
    category="resources",
    presets=("production", "hardened"),
    words=("gem",),
    since="0.2",
    equivalents=("binnacle:gemUpdateNoDocument", "parfum:gemUpdateNoDocument"),
    sources=("https://guides.rubygems.org/command-reference/#gem-install",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/* \\\n    && gem install rake:13.3.0  # error: gem install\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/* \\\n    && gem install --no-document rake:13.3.0\nUSER nobody\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def gem_documentation(stage: Stage) -> Iterator[Diagnostic]:
    """gem installs the documentation of each gem, which takes time and space in the image.

    Why: Nobody reads it in an image, and each machine that pulls the image stores it.

    Official Ruby images are configured without it, and so is a stage that writes a `gemrc`.
    """
    if not stage.ships or (stage.facts is not None and stage.facts.name in ("ruby", "jruby")):
        return
    if re.search(r"no-document|no-rdoc|no-ri\b|gemrc", stage.dockerfile.source.text):
        return
    for run, call in packages_of(stage, "gem"):
        if call.action not in ("install", "update") or call.options.unknown:
            continue
        if call.options.has("-N", "--help"):
            continue
        edit = add_option(run, call, "--no-document")
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` also installs documentation",
            help="add `--no-document`",
            evidence=call_text(call),
            fix=Fix("Add --no-document", (edit,), Applicability.UNSAFE) if edit else None,
        )
