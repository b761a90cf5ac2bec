"""COPY, ADD and WORKDIR: where relative paths and several sources end up."""

from __future__ import annotations

from itertools import takewhile

from ...linter.base.text import Span
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from .._sources import CHECKS, REFERENCE
from ._runs import effective

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.parts import Word


def _is_absolute(path: str) -> bool:
    """Whether a path is absolute on Linux or Windows."""
    return path[:1] in ("/", "\\") or path[1:2] == ":"


@rule(
    "DF109",
    "copy-many-without-slash",
    Severity.WARNING,
    category="build",
    equivalents=("hadolint:DL3021", "trivy:DS-0011"),
    sources=(REFERENCE + "#copy", REFERENCE + "#destination"),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json /app  # error: /app\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json /app/\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def copy_many_without_slash(stage: Stage) -> Iterator[Diagnostic]:
    """Several sources are copied to a destination without a slash: it must be a folder.

    Some builders refuse that. BuildKit writes one source over the other where the folder does not
    exist yet. Left alone are `.`, a destination that ends in a variable, and a single wildcard.
    """
    for instruction in effective(stage):
        word = instruction.destination
        if word is None or len(instruction.sources) < 2:
            continue
        value = word.value
        if value.endswith(("/", "\\")) or value in ("", ".", "..") or _ends_in_variable(word):
            continue
        edit = _slash(word)
        yield Diagnostic(
            word.span,
            f"{len(instruction.sources)} sources are copied to {value}, which does not end in a slash",
            help=f"write `{value}/`",
            evidence=value,
            fix=Fix("Add the slash", (edit,), Applicability.SAFE) if edit else None,
        )


def _ends_in_variable(word: Word) -> bool:
    end = len(word.text.rstrip("\"'"))
    return word.has_variable and any(reference.end == end for reference in word.references)


def _slash(word: Word) -> Edit | None:
    """Edit that puts a slash at the end of a word, inside its quotes; None where those are odd."""
    text, end = word.text, len(word.text)
    quote = text[-1:]
    if quote in ("'", '"'):
        if end < 3 or text[0] != quote or quote in text[1:-1]:
            return None
        end -= 1
    span = word.part(end - 1, end)
    return Edit(Span(span.file, span.end, span.end), "/")


# Images that set a WORKDIR other than / themselves.
_HAVE_WORKDIR = frozenset(
    (
        "adminer", "backdrop", "caddy", "composer", "drupal", "ghost", "golang", "httpd", "joomla",
        "jupyter/base-notebook", "matomo", "mediawiki", "nextcloud", "oven/bun", "perl", "php",
        "redis", "tomcat", "wordpress",
    )
)  # fmt: skip
# Runtimes whose images leave it at /.
_AT_ROOT = frozenset(
    (
        "amazoncorretto", "eclipse-temurin", "gcc", "node", "openjdk", "python", "ruby", "rust",
        "mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/runtime",
        "mcr.microsoft.com/dotnet/sdk", "nginx",
    )
)  # fmt: skip


@rule(
    "DF110",
    "copy-relative-without-workdir",
    Severity.WARNING,
    category="build",
    equivalents=("hadolint:DL3045",),
    ignore_when="Where the base image is your own and its WORKDIR is known.",
    sources=(REFERENCE + "#destination",),
    examples=(
        Example(
            bad='FROM python:3.13-slim\nCOPY . .  # error: .\nCMD ["python", "app.py"]\n',
            good='FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]\n',
        ),
    ),
)
def copy_relative_without_workdir(stage: Stage) -> Iterator[Diagnostic]:
    """Files are copied to a relative path, and no WORKDIR is set.

    On most images that is the root folder, among the system's own. Images that set a WORKDIR
    themselves are left alone, and so is scratch, where it is `/` for certain; on an unknown image it
    is a hint only (info). A WORKDIR of an earlier stage that this one starts from counts.
    """
    before = takewhile(lambda instruction: instruction.name != "WORKDIR", stage.instructions)
    relative = [
        word
        for instruction in before
        if (word := instruction.destination) is not None
        and not (word.text.startswith("$") or word.value.startswith("$"))
        and not _is_absolute(word.value)
    ]
    if not relative or _inherits_workdir(stage) or stage.syntax.root.from_scratch:
        return
    facts = stage.facts
    at_root = facts is not None and (facts.kind == "base" or facts.name in _AT_ROOT)
    if not at_root and facts and (facts.name in _HAVE_WORKDIR or facts.kind == "web-server"):
        return
    first = relative[0]
    yield Diagnostic(
        first.span,
        f'the destination "{first.value}" is relative, and no WORKDIR is set',
        help="set WORKDIR above, or write the full path",
        severity=None if at_root else Severity.INFO,
        related=[Related(word.span, "relative too") for word in relative[1:]],
        evidence=first.value,
    )


@rule(
    "DF111",
    "relative-workdir",
    Severity.WARNING,
    category="build",
    equivalents=(
        "hadolint:DL3000",
        "buildkit:WorkdirRelativePath",
        "trivy:DS-0009",
        "checkov:CKV_DOCKER_10",
    ),
    sources=(CHECKS + "workdir-relative-path/",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR app  # error: app\nCOPY . .\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def relative_workdir(stage: Stage) -> Iterator[Diagnostic]:
    """The first WORKDIR is relative, so it depends on the folder that the base image is in.

    Why: Another version of the base image may start in another folder, and the files then lie
    elsewhere.

    Later relative ones build on a path that the file itself has set and are fine, also across
    stages. A path that begins with a variable is left alone where its value is not known.
    """
    instructions = stage.instructions
    first = next(
        (instruction for instruction in instructions if instruction.name == "WORKDIR"), None
    )
    if first is None or not first.words or _inherits_workdir(stage):
        return
    word = first.words[0]
    value = stage.syntax.final.scope.expand(word) if word.has_variable else word.value
    if value is None and not word.value.startswith("$"):
        value = word.value
    # "C:\\" is not closed where \\ escapes the quote, and is absolute all the same.
    if value and not _is_absolute(value.lstrip("\"'")):
        yield Diagnostic(
            word.span,
            f"WORKDIR {word.value} is relative to the folder of the base image",
            help="write the full path",
            evidence=value,
        )


def _inherits_workdir(stage: Stage) -> bool:
    """Whether a stage that this one starts from has set a WORKDIR."""
    base = stage.syntax.base_stage
    return base is not None and base.final.workdir is not None
