"""What Dockerfiles copy, against what the build context has."""

from __future__ import annotations

from ...linter.model import key_values
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._absent import advice, excuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Dockerfile, EnvVar
    from ...linter.source.dockerfile_parts import Word
    from ...linter.source.stages import Stage


@rule(
    "XF108",
    "copy-source-missing",
    Severity.ERROR,
    category="build",
    sources=("https://docs.docker.com/reference/dockerfile/#copy",),
    examples=(
        Example(
            bad='FROM node:24-alpine\nWORKDIR /app\nCOPY server.mjs .  # error: server.mjs\nUSER node\nCMD ["node", "server.mjs"]\n',
            good='FROM node:24-alpine\nWORKDIR /app\nCOPY server.js .\nUSER node\nCMD ["node", "server.js"]\n',
            path="api/Dockerfile",
            files={
                "api/server.js": "",
                "compose.yaml": "services:\n  api:\n    build: ./api\n",
            },
        ),
    ),
)
def copy_source_missing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """COPY or ADD names a file that the build context does not have, so the build fails.

    The context is the one of the stack that builds the Dockerfile. Without a stack it is a guess,
    and only what no folder above the Dockerfile has is reported, as a warning. Patterns, other stages,
    addresses, stages that the target does not need, and what the ignore file leaves out (a rule of
    its own) are left alone; what git ignores, such as build output, is advice.
    """
    if dockerfile.syntax.custom_frontend or dockerfile.stages.last is None:
        return
    reader = dockerfile.project.reader
    builds = [build for build in dockerfile.builds if build.folder is not None]
    if dockerfile.builds and not builds:
        return
    if not builds:
        yield from _copies_without_stack(dockerfile)
        return
    reported: set[int] = set()
    for build in builds:
        folder = build.folder
        if folder is None or reader.kind(folder) != "folder":
            continue
        stages = dockerfile.stages
        target = stages.resolve(build.target) if build.target else stages.last
        if target is None:
            continue
        args = {item.name: item for item in key_values(build.service.get("build", "args"))}
        needed = stages.needed(target)
        for stage in stages:
            if stage.index not in needed:
                continue
            for word, source in _sources(stage, args):
                path = _in_context(folder, source)
                if word.start in reported or reader.kind(path) != "missing":
                    continue
                ignore = dockerfile.ignore
                if ignore is not None and ignore.matches(source):
                    continue
                reported.add(word.start)
                yield _missing_source(dockerfile, word, source, path, folder)


def _missing_source(
    dockerfile: Dockerfile, word: Word, source: str, path: str, folder: str
) -> Diagnostic:
    project = dockerfile.project
    reason = excuse(project, path)
    where = "the build context" if folder == "." else f"the build context, {folder}"
    return Diagnostic(
        word.span,
        f"{source} is not in {where}{reason}",
        help=advice(
            project, path, "the path starts from the context: correct it, or create the file"
        ),
        severity=Severity.INFO if reason else None,
        evidence=source,
    )


def _copies_without_stack(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Sources that no folder from the Dockerfile's own upwards has."""
    project = dockerfile.project
    folders = [dockerfile.path.rpartition("/")[0] or "."]
    while folders[-1] not in (".", "/") and not folders[-1].endswith(".."):
        folders.append(folders[-1].rpartition("/")[0] or ".")
    needed = dockerfile.stages.needed()
    missing: list[tuple[Word, str]] = []
    present = 0
    for stage in dockerfile.stages:
        if stage.index not in needed:
            continue
        for word, source in _sources(stage, {}):
            kinds = [project.reader.kind(_in_context(folder, source)) for folder in folders]
            if all(kind == "missing" for kind in kinds):
                missing.append((word, source))
            else:
                present += 1
    if not present:
        # Nothing of it is here: the files come from somewhere else altogether.
        return
    for word, source in missing:
        path = _in_context(folders[0], source)
        reason = next(filter(None, (excuse(project, _in_context(f, source)) for f in folders)), "")
        yield Diagnostic(
            word.span,
            f"{source} is neither beside {dockerfile.path} nor in a folder above it{reason}",
            help=advice(project, path, "correct the path, or create the file"),
            severity=Severity.INFO if reason else Severity.WARNING,
            evidence=source,
        )


def _sources(stage: Stage, args: dict[str, EnvVar]) -> Iterator[tuple[Word, str]]:
    """The files of the context that a stage copies, as paths in it; what is not certain is left out."""
    for instruction, state in stage.walk():
        if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None:
            continue
        for word in instruction.sources:
            text = word.value
            if text.startswith(("<<", "git@")) or "://" in text:
                continue
            if word.has_variable:
                names = {reference.name for reference in word.references}
                if not names.isdisjoint(args):
                    continue
                value = state.scope.expand(word)
                if value is None:
                    continue
                text = value
            if any(mark in text for mark in "*?[\\"):
                continue
            parts: list[str] = []
            for part in text.split("/"):
                if part == "..":
                    parts[-1:] = []
                elif part not in ("", "."):
                    parts.append(part)
            if parts:
                yield word, "/".join(parts)


def _in_context(folder: str, source: str) -> str:
    return source if folder == "." else f"{folder}/{source}"
