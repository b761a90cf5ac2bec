"""What Dockerfiles copy, against what the build context has."""

from __future__ import annotations

from ...linter.files.paths import folder_of, folders_above, join_path
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._absent import advice, excuse, is_left_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ...linter.model.dockerfile import BuildContext, Dockerfile
    from ...linter.source.dockerfile.parts import Word
    from ...linter.source.dockerfile.stages import Stage, Stages


@rule(
    "XF108",
    "copy-source-missing",
    Severity.ERROR,
    category="build",
    strict_in=("production", "hardened"),
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
    its own) are left alone; what git ignores, such as build output, is advice, and so is what a
    command in a script, Makefile, workflow or README makes.
    """
    if dockerfile.syntax.custom_frontend or dockerfile.stages.last is None:
        return
    if not dockerfile.builds:
        yield from _copies_without_stack(dockerfile)
    project, stages = dockerfile.project, dockerfile.stages
    reported: set[int] = set()
    for build in dockerfile.builds:
        folder = build.folder
        target = stages.resolve(build.target) if build.target else stages.last
        if folder is None or target is None or project.reader.kind(folder) != "folder":
            continue
        for word, source in _sources(stages, target, build.argument_names):
            path = join_path(folder, source)
            if word.start in reported or project.reader.kind(path) != "missing":
                continue
            if dockerfile.ignore is not None and dockerfile.ignore.matches(source):
                continue
            reported.add(word.start)
            reason = excuse(project, path)
            elsewhere = any(
                project.exists(join_path(other.folder, source))
                for other in dockerfile.builds
                if other.folder is not None
            )
            context = "the build context" if folder == "." else f"the build context, {folder}"
            correct = "correct the path, which is relative to the context, or create the file"
            if elsewhere and (chosen := _chosen_context(build)) is not None:
                correct = (
                    f"{chosen} sets this context: correct it or the path, which is relative to it"
                )
            yield Diagnostic(
                word.span,
                f"{source} is not in {context}{reason}",
                help=advice(project, path, correct),
                severity=_severity(reason, elsewhere),
                evidence=source,
                strict=is_left_out(project, path),
            )


def _chosen_context(build: BuildContext) -> str | None:
    """The file and line that sets the context; None if that cannot be told."""
    node = build.service.get("build", "context") or build.service.get("build")
    return None if node is None else f"{node.file.path}:{node.file.line_of(node.start)}"


def _severity(reason: str, elsewhere: bool) -> Severity | None:
    """The severity of a finding; which context is meant is not certain where another one has it."""
    if reason:
        return Severity.INFO
    return Severity.WARNING if elsewhere else None


def _copies_without_stack(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The findings on sources that no folder from the Dockerfile's own upwards has."""
    project = dockerfile.project
    beside = folder_of(dockerfile.path)
    folders = [beside, *folders_above(beside)]
    sources = list(_sources(dockerfile.stages))
    missing = [
        (word, source)
        for word, source in sources
        if all(project.reader.kind(join_path(folder, source)) == "missing" for folder in folders)
    ]
    if len(missing) == len(sources):
        # None of the files is here: they come from somewhere else altogether.
        return
    for word, source in missing:
        path = join_path(folders[0], source)
        if _is_there_for_windows(dockerfile, folders, source):
            continue
        reasons = (excuse(project, join_path(folder, source)) for folder in folders)
        reason = next(filter(None, reasons), "")
        yield Diagnostic(
            word.span,
            f"{source} is neither beside {dockerfile.path} nor in a folder above it{reason}",
            help=advice(project, path, "correct the path, or create the file"),
            severity=Severity.INFO if reason else Severity.WARNING,
            evidence=source,
            strict=reason.endswith(" creates it)")
            or any(is_left_out(project, join_path(folder, source)) for folder in folders),
        )


def _is_there_for_windows(dockerfile: Dockerfile, folders: list[str], source: str) -> bool:
    """Whether only upper and lower case differ, where the base is not known to be Linux."""
    if all(stage.root.base_name and not stage.windows for stage in dockerfile.stages):
        return False
    wanted = source.lower()
    listings = (dockerfile.project.listing(folder) for folder in folders)
    return any(file.lower() == wanted for listing in listings for file in listing.files)


def _sources(
    stages: Stages, target: Stage | None = None, args: Container[str] = ()
) -> Iterator[tuple[Word, str]]:
    """The files of the context that a target copies, as paths in it, as far as they are certain."""
    needed = stages.needed(target)
    steps = (step for stage in stages if stage.index in needed for step in stage.walk())
    for instruction, state in steps:
        if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None:
            continue
        for word in instruction.sources:
            text = word.value
            if text.startswith(("<<", "git@")):
                continue
            if word.has_variable:
                passed = any(reference.name in args for reference in word.references)
                text = "" if passed else state.scope.expand(word) or ""
            if "://" in text or text.startswith("git@") or any(mark in text for mark in "*?[\\"):
                continue
            parts: list[str] = []
            for part in text.split("/"):
                if part == "..":
                    parts[-1:] = []
                elif part not in ("", "."):
                    parts.append(part)
            if parts:
                yield word, "/".join(parts)
