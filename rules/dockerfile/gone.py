"""What builds fetch from places that no longer exist."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._other_sources import changes_sources
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of
from ._surely import fails_build, surely_runs
from ._written_sources import archive_of, old_sources_written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.syntax import SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

_CHEAP = on_demand(
    r"sks-keyservers|keys\.gnupg\.net|bintray|dockerproject|apt\.kubernetes\.io|kubernetes-x"
    r"|central\.maven\.org|http://repo1?\.maven|webupd8team|git://github|nodesource\.com/setup_"
    r"|apt-key|update|yum|dnf"
)
"""What a Dockerfile contains that any of this can be said about."""

_GIT_FETCHING = frozenset(("clone", "fetch", "ls-remote", "pull", "submodule"))
_FETCHING = frozenset(("apt-key", "gpg", "gpg2", "pip", "pip3", "wget"))
"""Programs that fail where the other side does not answer; curl without -f may take a page for it."""


@rule(
    "DF135",
    "gone-from-network",
    Severity.ERROR,
    category="build",
    words=(
        "sks-keyservers",
        "keys.gnupg.net",
        "bintray",
        "dockerproject",
        "kubernetes",
        "maven",
        "webupd8team",
        "git://",
        "nodesource",
        "apt-key",
        "update",
        "yum",
        "dnf",
    ),
    since="0.2",
    equivalents=(
        "binnacle:gpgUseHaPools",
        "parfum:gpgUseHaPools",
    ),
    sources=(
        "https://lists.debian.org/debian-devel-announce/2025/06/msg00001.html",
        "https://github.blog/security/application-security/improving-git-protocol-security-github/",
        "https://jfrog.com/blog/into-the-sunset-bintray-jcenter-gocenter-and-chartcenter/",
    ),
    examples=(
        Example(
            bad="FROM debian:buster-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*  # error: apt-get update\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\nUSER nobody\n",
        ),
        Example(
            bad="FROM debian:trixie\nRUN git clone git://github.com/krallin/tini.git  # error: git://github.com\nUSER nobody\n",
            good="FROM debian:trixie\nRUN git clone https://github.com/krallin/tini.git\nUSER nobody\n",
        ),
    ),
)
def gone_from_network(stage: Stage) -> Iterator[Diagnostic]:
    """A build downloads from an address that no longer exists.

    The package indexes of old releases (Debian 10 and before, interim releases of Ubuntu, CentOS 8
    and before) were moved to archives, so `apt-get update` and `yum` fail; the key servers of SKS,
    Bintray, `git://github.com` and others were shut down, `apt-key` is not in Debian 13. Each is in a
    table with its date and source. It is a warning where the command may be skipped or its failure
    may go unnoticed, and for scripts that install a Node.js that NodeSource no longer maintains. Where
    a stage may have replaced the sources of packages before, its indexes are not judged; sources that it
    adds do not help those that are there.
    """
    if not _CHEAP.search(stage.dockerfile.source.text):
        return
    if is_left_out(stage):
        return
    indexes = list(_archived(stage))
    yield from indexes
    if all(finding.evidence == "apt-key" for finding in indexes):
        yield from old_sources_written(stage)
    yield from _hosts(stage)


# --- package indexes


def _archived(stage: Stage) -> Iterator[Diagnostic]:
    """The first update of an index that was moved to an archive, and calls of apt-key."""
    wanted = [
        (run, call)
        for run in stage.runs
        for call in run.packages
        if (call.manager == "apt" and call.action == "update")
        or (call.manager in RPM_MANAGERS and call.action in ("install", "upgrade", "makecache"))
    ]
    keys = stage.calls.get("apt-key", ())
    if not wanted and not keys:
        return
    from ...linter.analysis.base_image import bases_of
    from ...linter.images.data import gone
    from ...linter.images.tags import parse_version

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1:
        return
    facts = bases.facts[0]
    distribution = bases.distribution
    if distribution is not None and distribution.lacks_apt_key:
        for run, command in keys:
            if surely_runs(run, command) and not _brings_apt_key(stage):
                fails = bases.certain and fails_build(run, command)
                yield Diagnostic(
                    (command.word or command).span,
                    f"apt-key is not in {distribution.text}",
                    help="write the key to /etc/apt/keyrings, and name it in `signed-by`",
                    severity=None if fails else Severity.WARNING,
                    evidence="apt-key",
                )
                break
    if distribution is not None:
        moved = archive_of(distribution.name, distribution.release or distribution.newest)
        title = distribution.text
    else:
        version = facts.version
        if version is None and facts.tag == "latest" and not bases.pinned:
            version = parse_version(gone()["archived"].get(facts.name, {}).get("latest", ""))
        moved = archive_of(facts.name, version)
        title = f"CentOS {version[0]}" if version else ""
    if moved is None:
        return
    for run, call in wanted:
        is_apt = call.manager == "apt"
        if is_apt != (facts.name != "centos") or not surely_runs(run, call.command):
            continue
        if changes_sources(run, call.command, replaced=True):
            return
        fails = bases.certain and fails_build(run, call.command)
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` fails on {title}: its packages were moved to {moved['now']}",
            help="use a release that is still supported",
            severity=None if fails else Severity.WARNING,
            evidence=call_text(call),
        )
        return


def _brings_apt_key(stage: Stage) -> bool:
    """Whether something in the stages may bring an apt-key of its own."""
    return any(
        "apt-key" in word.value
        for part in chain_of(stage)
        for copy in part.copies
        for word in [
            *copy.sources,
            *([copy.instruction.destination] if copy.instruction.destination else []),
        ]
    ) or any(
        "/usr/bin/apt-key" in run.script.text or "apt-key()" in run.script.text
        for part in chain_of(stage)
        for run in part.runs
    )


# --- hosts


def _hosts(stage: Stage) -> Iterator[Diagnostic]:
    """The addresses of a stage that lead nowhere, each host once."""
    from ...linter.images.data import gone

    table = gone()
    reported: set[str] = set()
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        if inner.name not in ("RUN", "ADD"):
            continue
        text = inner.text
        for entry in table["hosts"]:
            name = next((name for name in entry["names"] if name in text), None)
            if name is None or name in reported or _is_replaced(stage, name):
                continue
            fetch = _fetch(stage, inner, name)
            if fetch is None:
                continue
            span, fails = fetch
            reported.add(name)
            package = _package_of(stage, inner, entry)
            if package is not None:
                reported.update(entry["names"])
                yield Diagnostic(
                    package.span,
                    f"{package.value} cannot be installed from {name}: {entry['what']} ({entry['since'][:4]})",
                    help=entry["help"],
                    related=[Related(span, "it was in this repository")],
                    evidence=package.value,
                )
                continue
            yield Diagnostic(
                span,
                f"{name.removeprefix('http://').partition(' ')[0]} cannot be reached: "
                f"{entry['what']} ({entry['since'][:4]})",
                help=entry["help"],
                severity=None if fails and not entry.get("unsure") else Severity.WARNING,
                evidence=name,
            )
        yield from _old_node(stage, inner, table["node"])


def _package_of(stage: Stage, instruction: Instruction, entry: dict[str, Any]) -> ShellWord | None:
    """A package that only this place had, and without which the build surely ends."""
    pattern = entry.get("packages")
    if pattern is None:
        return None
    for run in stage.runs:
        for call in run.packages if run.instruction.start >= instruction.start else ():
            if call.action != "install" or call.program == "aptitude":
                continue
            for word in call.operands:
                if (
                    re.fullmatch(pattern, word.value.partition("=")[0])
                    and surely_runs(run, call.command)
                    and fails_build(run, call.command)
                    and not (entry.get("also") and re.search(entry["also"], _text_of(stage)))
                ):
                    return word
    return None


def _text_of(stage: Stage) -> str:
    return "\n".join(
        instruction.text for part in chain_of(stage) for instruction in part.instructions
    )


def _is_replaced(stage: Stage, name: str) -> bool:
    """Whether git is told to use another address: ``git config url.https://….insteadOf git://``."""
    return name.startswith("git:") and any(
        sign in instruction.text.lower()
        for part in chain_of(stage)
        for instruction in part.instructions
        for sign in ("insteadof", "gitconfig")
    )


def _fetch(stage: Stage, instruction: Instruction, name: str) -> tuple[Span, bool] | None:
    """The place of an address, and whether the build surely fails there."""
    if instruction.name == "ADD":
        for source in instruction.sources:
            at = _find(source.text, name)
            if at >= 0:
                return source.part(at, at + len(name)), True
        return None
    run = next((run for run in stage.runs if run.instruction is instruction), None)
    if run is None:
        return None
    for command in run.script.commands:
        if command.name in ("echo", "printf", "sed", "grep", ":", "export"):
            texts = command.args if _is_source(command) else ()
        else:
            texts = command.args
        for word in texts:
            at = _find(word.text, name)
            if at < 0:
                continue
            if not surely_runs(run, command):
                return None
            span = word.script.span(word.at + at, word.at + at + len(name))
            return span, _fetches(command) and fails_build(run, command)
    return None


def _find(text: str, name: str) -> int:
    """Where an address is in a word; -1 if it is part of another one, or of a path."""
    at = text.find(name)
    after = text[at + len(name) : at + len(name) + 1]
    is_longer = name[-1:].isalpha() and (after.isalnum() or after in ("-", "_"))
    return -1 if is_longer or ("://" in name and text[:at].endswith("/")) else at


def _fetches(command: SimpleCommand) -> bool:
    """Whether a command ends with an error where the other side does not answer."""
    if command.name == "git":
        return any(word.value in _GIT_FETCHING for word in command.args)
    if command.name == "curl":
        return command.options().has("-f", "--fail")
    return command.name in _FETCHING and not any(
        word.value.startswith(("--header", "--referer")) for word in command.args
    )


def _is_source(command: SimpleCommand) -> bool:
    """Whether the output of echo becomes a source of packages."""
    return any(
        item.target is not None and "sources.list" in item.target.value
        for item in command.redirections
    ) or any(other.name == "tee" for other in command.pipeline)


_SETUP = on_demand(r"nodesource\.com/setup_(\d+)\.x")


def _old_node(
    stage: Stage, instruction: Instruction, entry: dict[str, Any]
) -> Iterator[Diagnostic]:
    """The scripts of NodeSource for releases of Node.js that it no longer maintains."""
    for run in stage.runs if entry["host"] in instruction.text else ():
        if run.instruction is not instruction:
            continue
        for command in run.script.commands:
            for word in command.args:
                match = _SETUP.search(word.text)
                if match is None or int(match[1]) >= entry["below"] or command.conditional:
                    continue
                yield Diagnostic(
                    word.script.span(word.at + match.start(), word.at + match.end()),
                    f"NodeSource no longer maintains its packages of Node.js {match[1]}",
                    help="use a supported release, or copy node from the official image",
                    severity=Severity.WARNING,
                    evidence=match[0],
                )
                return
