"""Composer's installer and the checksums of its older versions."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import chain_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand

_HASH = on_demand(r"(?<![0-9A-Fa-f])[0-9a-f]{96}(?![0-9A-Fa-f])")
_NEWEST = on_demand(r"https?://getcomposer\.org/installer\b")
_OTHER = on_demand(
    r"/web/installer|getcomposer\.org/(?:installer\.|download|versions)|composer\.github\.io/installer\.sig"
)
_ENDS = on_demand(r"exit\s*\(\s*1\s*\)|exit\s+1|throw\b")
_REMOVES = on_demand(r"unlink\(\s*['\"]([^'\"]+)['\"]\s*\)")


@rule(
    "DF129",
    "composer-installer-changed",
    Severity.ERROR,
    category="build",
    words=("getcomposer.org/installer",),
    since="0.2",
    sources=(
        "https://getcomposer.org/doc/faqs/how-to-install-composer-programmatically.md",
        "https://github.com/composer/getcomposer.org/commits/main/web/installer",
    ),
    examples=(
        Example(
            bad="FROM php:8.5-cli\nADD https://getcomposer.org/installer /tmp/composer-setup.php\nRUN echo '55ce33d7678c5a611085589f1f3ddf8b3c52d662cd01d4ba75c0ee0459970c2200a51f492d557530c71c15d8dba01eae  /tmp/composer-setup.php' | sha384sum -c -  # error: 55ce33d7678c\nUSER nobody\n",
            good='FROM php:8.5-cli\nCOPY --from=composer:2.9 /usr/bin/composer /usr/bin/composer\nUSER nobody\nCMD ["composer", "--version"]\n',
        ),
    ),
)
def composer_installer_changed(stage: Stage) -> Iterator[Diagnostic]:
    """The installer of Composer is compared with the checksum of an old one, so the check fails.

    The installer at https://getcomposer.org/installer changes a few times a year, so a checksum that was copied
    with the instructions fails soon. Take Composer from its image, or an installer of a fixed commit. The table
    has the checksums of all versions until its date.
    """
    text = stage.dockerfile.source.text
    if _OTHER.search(text) or is_left_out(stage):
        return
    if not any(_fetches(part) for part in chain_of(stage)):
        return
    from ...linter.images.data import languages

    older = frozenset(languages()["composer"]["older"])
    for run in stage.runs:
        for command in run.script.commands:
            for word in command.args:
                match = _HASH.search(word.text)
                if match is None or match[0][:16] not in older or not surely_runs(run, command):
                    continue
                yield Diagnostic(
                    word.script.span(word.at + match.start(), word.at + match.start() + 12),
                    "this is the checksum of an old installer of Composer, not of the current one",
                    help="copy Composer from its image: `COPY --from=composer:2 /usr/bin/composer /usr/bin/composer`",
                    severity=None if _fails(stage, run, command) else Severity.WARNING,
                    evidence=match[0][:16],
                )
                return


def _fetches(stage: Stage) -> bool:
    """Whether a stage downloads the newest installer."""
    return any(
        _NEWEST.search((instruction.inner or instruction).text)
        for instruction in stage.instructions
        if (instruction.inner or instruction).name in ("ADD", "RUN")
    )


def _fails(stage: Stage, run: Run, command: SimpleCommand) -> bool:
    """Whether the build surely ends where the checksum is another one."""
    if command.name in ("echo", "printf"):
        last = command.pipeline[-1] if command.pipeline else command
        return last.name in ("sha384sum", "shasum") and _checks(last) and fails_build(run, last)
    if command.name != "php":
        return False
    code = " ".join(word.value for word in command.args)
    if "===" not in code and "==" not in code and "hash_equals" not in code:
        return False
    if _ENDS.search(code):
        return fails_build(run, command)
    removed = _REMOVES.search(code)
    if removed is None:
        return False
    return any(
        other.args
        and other.args[0].value.rpartition("/")[2] == removed[1].rpartition("/")[2]
        and other.span.start > command.span.start
        and surely_runs(later, other)
        and fails_build(later, other)
        for later, other in stage.calls.get("php", ())
    )


def _checks(command: SimpleCommand) -> bool:
    return any(word.value == "--check" or word.value.startswith("-c") for word in command.args)
