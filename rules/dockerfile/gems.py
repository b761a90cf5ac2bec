"""Calls of gem that the Ruby of an image refuses."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import chain_of, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.base_image import Bases
    from ...linter.base.text import Span
    from ...linter.images.tags import Version
    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.packages import PackageCommand

_OTHER_RUBY = on_demand(
    r"\brvm\b|rbenv|ruby-build|ruby-install|chruby|jruby|truffleruby|brew\b"
    r"|\basdf\b|\bmise\b|ruby-lang\.org|rubygems[-/]\d|rubygems-update|rubygems\.org/rubygems"
    r"|rubies|--system\b|/opt/ruby|/usr/local/ruby|fullstaq|rightscale",
    re.IGNORECASE,
)
"""Signs of another Ruby, or of another RubyGems."""
_OTHER_PACKAGES = on_demand(r"brightbox|ruby-ng")
"""Sources of packages with other releases of Ruby, each of which has its version in its name."""

_NO_DOCUMENTATION = ("--no-ri", "--no-rdoc", "--ri", "--rdoc")
_OTHER_CHOICE = (
    "-v", "--version", "--pre", "--prerelease", "-f", "--force", "-l", "--local", "-s", "--source",
    "--clear-sources", "-g", "--file", "--conservative", "--minimal-deps", "-i", "--install-dir",
    "--platform", "--help", "-h", "--explain",
)  # fmt: skip
"""Options with which gem may take another release than the newest, or none at all."""


@rule(
    "DF146",
    "gem-refused",
    Severity.ERROR,
    category="build",
    words=("gem",),
    since="0.2",
    sources=(
        "https://github.com/rubygems/rubygems/blob/master/CHANGELOG.md",
        "https://github.com/lewagon/wait-on-check-action/issues/96",
    ),
    examples=(
        Example(
            bad="FROM ruby:2.7\nRUN gem install bundler  # error: bundler\nUSER nobody\n",
            good="FROM ruby:3.4\nRUN gem install bundler:2.7.2\nUSER nobody\n",
        ),
        Example(
            bad="FROM ruby:3.4\nRUN gem install --no-ri --no-rdoc rake:13.3.0  # error: --no-ri\nUSER nobody\n",
            good="FROM ruby:3.4\nRUN gem install --no-document rake:13.3.0\nUSER nobody\n",
        ),
    ),
)
def gem_refused(stage: Stage) -> Iterator[Diagnostic]:
    """gem fails: an option was removed, or the newest release needs a newer Ruby.

    Why: The build fails.

    RubyGems 3, which Ruby 2.6 and later bring, has no `--no-ri` and no `--no-rdoc`. RubyGems before
    3.2.3, which Ruby before 3.0 brings, takes the newest release of a gem that is given without a
    version, and refuses it if it needs a newer Ruby: `gem install bundler` does so since 2022. Judged are
    the official ruby images and the Ruby of Debian, Ubuntu and Alpine, unless there are signs of another
    one; the table of gems has a date and a source.
    """
    calls = [
        (run, call)
        for run, call in packages_of(stage, "gem")
        if call.action in ("install", "update") and _is_plain(call)
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1:
        return
    ruby = _ruby(stage, bases)
    if ruby is None:
        return
    for run, call in calls:
        problem = _removed_option(call, ruby) or _too_new(call, ruby)
        if problem is None or not surely_runs(run, call.command):
            continue
        span, message, instead = problem
        fails = bases.certain and fails_build(run, call.command)
        yield Diagnostic(
            span,
            message,
            help=instead,
            severity=None if fails else Severity.WARNING,
            evidence=span.text,
        )
        return


def _is_plain(call: PackageCommand) -> bool:
    """Whether a call is of the ``gem`` on the search path."""
    word = call.command.word
    first = call.command.words[0].value if call.command.words else ""
    return word is not None and word.value == "gem" and "/" not in first


class _Ruby:
    """The Ruby of a stage: its version at least and at most, and what its gem does."""

    def __init__(self, title: str, least: Version | None, most: Version | None, chooses: bool):
        self.title = title
        self.least = least
        self.most = most
        self.chooses = chooses


def _ruby(stage: Stage, bases: Bases) -> _Ruby | None:
    """The one Ruby that a stage has; None if that is not known."""
    if any(_may_bring_ruby(part) for part in chain_of(stage)):
        return None
    from ...linter.images.data import languages
    from ...linter.images.languages import packaged
    from ...linter.images.tags import parse_version

    facts = bases.facts[0]
    chooses = parse_version(languages()["gem"]["chooses"]) or ()
    if facts.name == "ruby":
        version = facts.version
        if version is None:
            floating = facts.tag in ("latest", "alpine", "slim")
            return _Ruby("today's Ruby", chooses, None, True) if floating else None
        if len(version) < 2 and version < chooses:
            return _Ruby(f"Ruby {version[0]}", None, version, False)
        return _Ruby(f"Ruby {_text(version)}", version, version, version >= chooses)
    distribution = bases.distribution
    if distribution is None or facts.language == "ruby":
        return None
    named = _named_ruby(stage) if distribution.name == "ubuntu" else None
    if named is not None:
        return _Ruby(f"Ruby {_text(named)}", named, named, named >= chooses)
    if _OTHER_PACKAGES.search(stage.dockerfile.source.text):
        return None
    version = packaged("ruby", distribution)
    if version is None or not _installs_ruby(stage, version):
        return None
    title = f"Ruby {_text(version)} of {distribution.text}"
    if distribution.release is None:
        return _Ruby(f"today's Ruby of {distribution.title}", version, None, True)
    # The one of Debian 11 is 2.7, with RubyGems 3.2.5.
    late = distribution.name == "debian" and distribution.release >= (11,)
    return _Ruby(title, version, version, version >= chooses or late)


def _may_bring_ruby(stage: Stage) -> bool:
    """Whether something in a stage may bring another Ruby or RubyGems, or other sources of gems."""
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        texts = [inner.text, *(heredoc.body for heredoc in inner.heredocs)]
        if any(_OTHER_RUBY.search(text) for text in texts):
            return True
        if inner.name in ("COPY", "ADD") and inner.flag("from") is not None:
            target = inner.destination.value.rstrip("/") if inner.destination is not None else ""
            if target in ("", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin", "/opt"):
                return True
    if any(call.action == "sources" for _, call in packages_of(stage, "gem")):
        return True
    return any(not run.script.complete for run in stage.runs)


def _named_ruby(stage: Stage) -> Version | None:
    """The version in the names of the packages of Ruby that a stage installs, where it is one."""
    names = {
        match[1]
        for part in chain_of(stage)
        for _, call in packages_of(part, "apt")
        if call.action == "install"
        for word in call.operands
        if (match := re.match(r"ruby([\d.]*)(?:-dev|-full|gems)?(?:=|$)", word.value)) is not None
    }
    from ...linter.images.tags import parse_version

    version = parse_version(names.pop()) if len(names) == 1 else None
    return version if version is not None and len(version) == 2 and version >= (2,) else None


def _installs_ruby(stage: Stage, version: Version) -> bool:
    """Whether a stage installs the Ruby of its distribution, and no other of its packages."""
    names = {
        match[1]
        for part in chain_of(stage)
        for _, call in packages_of(part, "apt", "apk")
        if call.action == "install"
        for word in call.operands
        if (match := re.match(r"ruby([\d.]*)(?:-dev|-full|gems)?(?:=|$)", word.value)) is not None
    }
    return bool(names) and all(not name or name.startswith(_text(version)) for name in names)


def _removed_option(call: PackageCommand, ruby: _Ruby) -> tuple[Span, str, str] | None:
    """The option of a call that its gem no longer has."""
    from ...linter.images.data import languages
    from ...linter.images.tags import parse_version

    first = parse_version(languages()["gem"]["without_documentation_options"])
    if first is None or ruby.least is None or ruby.least < first:
        return None
    for option in call.options.options:
        if option.name in _NO_DOCUMENTATION:
            message = f"gem of {ruby.title} no longer has the option {option.name}"
            return option.word.span, message, "write `--no-document`"
    return None


def _too_new(call: PackageCommand, ruby: _Ruby) -> tuple[Span, str, str] | None:
    """The gem of a call whose newest release its Ruby is too old for."""
    from ...linter.images.data import languages
    from ...linter.images.tags import parse_version

    if ruby.chooses or ruby.most is None or call.action != "install":
        return None
    if call.options.unknown or call.options.has(*_OTHER_CHOICE):
        return None
    gems = languages()["gem"]["gems"]
    for word in call.operands:
        entry = gems.get(word.value)
        needed = parse_version(entry["ruby"]) if entry is not None else None
        if needed is not None and ruby.most < needed:
            return (
                word.span,
                f"the newest {word.value} needs Ruby {entry['ruby']}, and gem of {ruby.title} tries no other version",
                f"name a version (`gem install {word.value}:…`), or start from a newer Ruby",
            )
    return None


def _text(version: Version) -> str:
    return ".".join(map(str, version[:2]))
