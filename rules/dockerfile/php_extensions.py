"""Extensions that the PHP of the official image cannot have, or no longer has."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import chain_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.images.tags import Version
    from ...linter.model.dockerfile import Stage

_NEWEST = (
    "alpine",
    "apache",
    "cli",
    "cli-alpine",
    "fpm",
    "fpm-alpine",
    "latest",
    "zts",
    "zts-alpine",
)
"""The tags of the official image that follow the newest release."""
_OTHER_SOURCE = on_demand(
    r"/usr/src/php/ext|docker-php-source|php-src|channel-update|pear\s+config-set"
)
"""Signs that the source of an extension, or another channel, is put there."""


@rule(
    "DF168",
    "php-extension-unavailable",
    Severity.ERROR,
    category="build",
    words=("pecl", "docker-php-ext-install"),
    since="0.2",
    sources=(
        "https://github.com/alextselegidis/easyappointments/issues/1377",
        "https://github.com/docker-library/php/blob/master/docker-php-ext-install",
        "https://www.php.net/migration84.incompatible",
    ),
    examples=(
        Example(
            bad='FROM php:7.4-cli\nRUN pecl install xdebug && docker-php-ext-enable xdebug  # error: xdebug\nUSER nobody\nCMD ["php", "main.php"]\n',
            good='FROM php:8.5-cli\nRUN pecl install xdebug-3.5.0 && docker-php-ext-enable xdebug\nUSER nobody\nCMD ["php", "main.php"]\n',
        ),
        Example(
            bad="FROM php:8.5-apache\nRUN docker-php-ext-install mysqli mcrypt  # error: mcrypt\nUSER nobody\n",
            good="FROM php:8.5-apache\nRUN docker-php-ext-install mysqli\nUSER nobody\n",
        ),
    ),
)
def php_extension_unavailable(stage: Stage) -> Iterator[Diagnostic]:
    """An extension is installed whose newest release is not for this PHP, or that PHP no longer brings.

    `pecl install xdebug` takes the newest release, and ends with an error where that needs a newer PHP (8.0
    for Xdebug, 8.1 for MongoDB): name the last release for yours. Of several packages it leaves that one out and
    succeeds, so that `docker-php-ext-enable` fails. `docker-php-ext-install` builds what is in the
    source of PHP, which has no mysql since 7.0, no mcrypt since 7.2, no imap since 8.4. Judged are official
    php images; the table has its sources.
    """
    calls = [
        (run, command)
        for name in ("pecl", "docker-php-ext-install")
        for run, command in stage.calls.get(name, ())
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of
    from ...linter.images.data import languages
    from ...linter.images.tags import parse_version

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1 or bases.pinned:
        return
    version = _version(bases.facts[0])
    if version is None or _has_other_source(stage):
        return
    table = languages()["php"]
    for run, command in sorted(calls, key=lambda call: call[1].span.start):
        if not surely_runs(run, command):
            continue
        words = [word for word in command.args if not word.value.startswith("-")]
        is_pecl = command.name == "pecl"
        if is_pecl and (
            not words
            or words[0].value != "install"
            or command.options().has("-f", "--force", "-n", "--nodeps", "-s", "--soft")
        ):
            continue
        for word in words[1:] if is_pecl else words:
            text = table["pecl" if is_pecl else "removed"].get(word.value, "")
            bound = parse_version(text)
            if bound is None or (version >= bound if is_pecl else version < bound):
                continue
            number = ".".join(map(str, version))
            fails = (
                not is_pecl
                or len(words) == 2
                or any(
                    surely_runs(later, enable)
                    and any(arg.value.removesuffix(".so") == word.value for arg in enable.args)
                    for later, enable in stage.calls.get("docker-php-ext-enable", ())
                )
            )
            yield Diagnostic(
                word.span,
                f"the newest {word.value} needs PHP {text}, and this is PHP {number}"
                if is_pecl
                else f"PHP {number} does not bring {word.value}: it was removed in PHP {text}",
                help=f"name the last release for this PHP: {word.value}-…"
                if is_pecl
                else "leave it out, or install it with pecl where it is there",
                severity=None
                if fails and bases.certain and fails_build(run, command)
                else Severity.WARNING,
                evidence=word.value,
            )
            return


def _version(facts: ImageFacts) -> Version | None:
    """The major and minor version of PHP in an official image; None if that is not known."""
    from ...linter.images.data import languages
    from ...linter.images.tags import parse_version

    if facts.name != "php":
        return None
    floats = languages()["php"]["floats"]
    if facts.version is None:
        return parse_version(max(floats.values())) if facts.tag in _NEWEST else None
    if len(facts.version) > 1:
        return facts.version[:2]
    return parse_version(floats.get(str(facts.version[0]), ""))


def _has_other_source(stage: Stage) -> bool:
    """Whether a stage may put the source of an extension where it is built."""
    return any(
        _OTHER_SOURCE.search((instruction.inner or instruction).text)
        for part in chain_of(stage)
        for instruction in part.instructions
    ) or any(not run.script.complete for part in chain_of(stage) for run in part.runs)
