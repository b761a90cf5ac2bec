"""Completion in ignore files and env files."""

from __future__ import annotations

from ..base.text import line_end
from ..files.paths import join_path
from .around import entries_in
from .completions import Completion
from .suppressing import complete_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.project import Project
    from ..model.stack import Stack
    from ..result import Result

_USUAL = (
    (".git", "the history of the repository"),
    ("**/node_modules", "what npm installs"),
    ("**/.env", "env files, which may have secrets"),
    ("**/*.log", "logs"),
    ("**/__pycache__", "what Python compiles"),
    (".venv", "the environment of Python"),
    ("dist", "what a build makes"),
    ("Dockerfile*", "what only the build reads"),
    ("compose*.yaml", "what only Docker Compose reads"),
)
"""Patterns that many ignore files have."""


def complete_ignore(
    path: str, text: str, offset: int, project: Project | None, result: Result | None
) -> Iterator[Completion]:
    """The completions at an offset of an ignore file: what is in the context."""
    start = text.rfind("\n", 0, offset) + 1
    end = line_end(text, offset)
    end -= text[max(start, end - 1) : end] == "\r"
    typed = text[start:offset]
    if typed.startswith("#"):
        yield from complete_comment(path, text, offset, start, result, "ignore")
        return
    sign = "!" if typed.startswith("!") else ""
    start += len(sign)
    typed = typed[len(sign) :]
    lines = {line.strip() for line in text.split("\n")}
    if project is not None:
        folder = _context(path, project)
        inner = typed.lstrip("/").rpartition("/")[0]
        for found, name, kind in entries_in(project, join_path(folder, inner or "."), typed):
            if found not in lines and name != ".dockerignore":
                label = f"{found}/" if kind == "folder" else found
                yield Completion(label, kind, found, start, end, order="3")
    if not sign and "/" not in typed.replace("**/", ""):
        for pattern, about in _USUAL:
            if pattern not in lines:
                yield Completion(pattern, "value", pattern, start, end, about, order="6")


def _context(path: str, project: Project) -> str:
    """The folder that an ignore file is about."""
    for dockerfile in project.all_dockerfiles():
        ignore = dockerfile.ignore
        if ignore is not None and ignore.file.path == path and dockerfile.folder is not None:
            return dockerfile.folder
    return path.rpartition("/")[0] or "."


def complete_env(
    path: str, text: str, offset: int, project: Project | None, result: Result | None
) -> Iterator[Completion]:
    """The completions at an offset of an env file: the variables that are asked for."""
    start = text.rfind("\n", 0, offset) + 1
    typed = text[start:offset]
    stripped = typed.lstrip(" \t")
    start += len(typed) - len(stripped)
    end = line_end(text, offset)
    if stripped.startswith("#"):
        yield from complete_comment(path, text, offset, start, result, "env")
        return
    if project is None:
        return
    reference = stripped.rfind("$")
    if "=" in stripped:
        if reference > stripped.index("="):
            yield from _references(text, offset, start + reference, path, project)
        return
    if stripped.startswith("export "):
        start += len("export ")
    stop = offset
    while stop < end and (text[stop].isalnum() or text[stop] == "_"):
        stop += 1
    tail = "" if text[stop : stop + 1] == "=" else "="
    defined = {line.partition("=")[0].strip() for line in text.split("\n") if "=" in line}
    for name, detail, order in _wanted(path, project):
        if name not in defined:
            yield Completion(name, "variable", name + tail, start, stop, detail, order=order)


def _wanted(path: str, project: Project) -> Iterator[tuple[str, str, str]]:
    """The variables that an env file should define: those that the stacks use, or images ask for."""
    for stack in project.stacks:
        sources = {source.path: source.role for source in stack.loaded.sources}
        role = sources.get(path)
        if role == "env_file":
            yield from _of_images(path, stack)
            continue
        for use in stack.loaded.uses:
            at = use.span.origin
            place = f"used in {at.file.path}, line {at.file.line_of(at.start)}"
            is_missing = stack.loaded.variables.lookup(use.name) is None
            yield use.name, place, "2" if is_missing else "4"
        for name in sorted(stack.documented_variables):
            yield name, "in the example beside the stack", "3"


def _of_images(path: str, stack: Stack) -> Iterator[tuple[str, str, str]]:
    """The variables that the images document whose services get an env file."""
    from ..analysis.container import container_of
    from ..images.data import variables

    names = {file.service for file in stack.loaded.env_files if file.path == path}
    for name in sorted(names):
        service = stack.services.get(name)
        facts = container_of(service).facts if service is not None else None
        if facts is not None:
            for variable in dict.fromkeys((*facts.secrets, *variables(facts.name))):
                yield variable, f'of {facts.name}, for service "{name}"', "3"


def _references(
    text: str, offset: int, at: int, path: str, project: Project
) -> Iterator[Completion]:
    """Variables in the value of another one."""
    is_braced = text.startswith("${", at) and offset > at + 1
    start = at + (2 if is_braced else 1)
    for line in text[:at].split("\n")[:-1]:
        name = line.strip().removeprefix("export ").partition("=")[0].strip()
        if name and name.isidentifier():
            insert = f"{name}}}" if is_braced and text[offset : offset + 1] != "}" else name
            yield Completion(name, "variable", insert, start, offset, "defined above", order="3")
