"""Texts that may mean something by its name, in a way that is not certain.

A program that waits for ``db:5432``, a proxy's configuration, a script that calls ``docker compose
exec web``: they are listed when something is renamed, and stay as they are.
"""

from __future__ import annotations

import re

from ..base.text import SourceFile, Span
from ..files.paths import clean_path
from .places import UNKNOWN, Key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.stack import Stack
    from .names import Names
    from .places import Place

_MOST = 20
_MOST_FILES = 200
_MOST_TEXT = 200_000

_SCRIPTS = re.compile(
    r"(?:^|/)(?:Makefile|makefile|justfile|Justfile|Taskfile\.ya?ml|package\.json|\.gitlab-ci\.yml)$"
    r"|\.(?:sh|bash|zsh|mk|ps1)$|(?:^|/)\.github/workflows/[^/]+\.ya?ml$"
)


def mentions(names: Names, kind: str, name: str, together: list[Place]) -> list[Span]:
    """The places that may mean it."""
    word = re.escape(name)
    patterns = {
        "service": (
            rf"(?:(?<=//)|(?<=@)|(?<=-h )|(?<=--host[= ])|(?<![\w./$}}-])(?={word}:\d{{2,5}}\b))"
            rf"{word}(?![\w.-])"
        ),
        "secret": rf"(?<=/run/secrets/){word}(?![\w.-])",
        "network": rf"(?<=_){word}(?![\w.-])",
        "volume": rf"(?<=_){word}(?![\w.-])",
    }
    calls = {
        "service": rf"(?<=[ \t\"']){word}(?=[ \t\"';&|\r\n]|$)",
        "profile": rf"(?<=--profile[ =]){word}(?![\w.-])",
        "argument": rf"(?<=--build-arg[ =]){word}(?==)",
        "stage": rf"(?<=--target[ =]){word}(?![\w.-])",
    }
    spans = [
        place.span
        for scope in {place.key.scope for place in together}
        if kind != "stage"
        # A name that only a variable gives may be any.
        for place in names.places.by_key.get(Key(kind, scope, UNKNOWN), ())
    ]
    known = {place.spot for place in together}
    stacks = [names.stacks[s] for s in {place.key.scope for place in together} if s in names.stacks]
    if kind in patterns:
        pattern = re.compile(patterns[kind])
        for file in _files_of(stacks):
            spans += _found(file, pattern, known)
    if kind in calls:
        pattern = re.compile(calls[kind])
        for file in scripts_of(names):
            spans += _in_calls(file, pattern, kind)
    spans.sort(key=lambda span: (span.file.path, span.start))
    return spans[:_MOST]


def _found(
    file: SourceFile, pattern: re.Pattern[str], known: set[tuple[str, int, int]]
) -> Iterator[Span]:
    for match in pattern.finditer(file.text[:_MOST_TEXT]):
        if (file.path, *match.span()) in known:
            continue
        line = file.line_text(file.line_of(match.start())).strip()
        if not line.startswith(("#", "image:", "FROM ", "- image:")):
            yield Span(file, *match.span())


def _files_of(stacks: list[Stack]) -> Iterator[SourceFile]:
    """The files of stacks, and the texts that their services mount."""
    files: dict[str, SourceFile] = {}
    for stack in stacks:
        for source in stack.loaded.sources:
            if source.file is not None:
                files.setdefault(source.path, source.file)
        for env in stack.env_syntaxes:
            files.setdefault(env.file.path, env.file)
        reader = stack.project.reader
        for service in stack.services.values():
            for mount in service.mounts:
                if mount.type == "bind" and mount.source and not mount.source.startswith("~"):
                    path = clean_path(mount.source)
                    if path not in files and reader.kind(path) == "file":
                        answer = reader.search_text(path)
                        if isinstance(answer, SourceFile) and len(files) < _MOST_FILES:
                            files[path] = answer
    yield from files.values()


def scripts_of(names: Names) -> Iterator[SourceFile]:
    """The scripts of the project that may call Docker."""
    project = names.project
    paths = [path for path in project.listing(".").files if _SCRIPTS.search(path)]
    for path in paths[:_MOST_FILES]:
        answer = project.reader.search_text(path)
        if isinstance(answer, SourceFile) and len(answer.text) <= _MOST_TEXT:
            yield answer


def _in_calls(file: SourceFile, pattern: re.Pattern[str], kind: str) -> Iterator[Span]:
    """The places in the lines that call Docker."""
    if not re.search(r"docker|podman|compose", file.text):
        return
    for number, start in enumerate(file.line_starts, 1):
        line = file.line_text(number)
        call = re.search(r"compose\b|docker[ \t]+build|buildx", line)
        if call is None or (kind == "service" and "compose" not in call[0]):
            continue
        for match in pattern.finditer(line, call.end()):
            yield Span(file, start + match.start(), start + match.end())


def losses(kind: str, name: str, stacks: list[Stack]) -> list[str]:
    """What a rename leaves behind, in sentences: the containers of a service get other names."""
    if kind != "service":
        return []
    targets = {
        mount.target
        for stack in stacks
        if (service := stack.services.get(name)) is not None
        for mount in service.mounts
        if mount.type == "volume" and not mount.source and not mount.unknown
    }
    return [
        f"the anonymous volume at {target} stays with the old container of {name}"
        for target in sorted(targets)
    ]
