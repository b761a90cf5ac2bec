"""Moves secrets out of a Compose file, into the env file that Docker Compose reads with it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from ...linter.analysis.shared import differs_elsewhere
from ...linter.base.records import NamedTuple
from ...linter.base.text import SourceFile, Span
from ...linter.files.paths import folder_of, join_path
from ...linter.rule import Append, Applicability, Edit, Fix
from ...linter.source.template import Reference, Template, parse_template
from ...linter.source.yaml.nodes import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.model.values import EnvVar
    from ...linter.source.yaml.nodes import Node, YamlFile

_SIMPLE_NAME = r"[A-Za-z0-9_.@+-]+\Z"
_RESERVED = ("COMPOSE_", "DOCKER_", "BUILDKIT_", "BUILDX_")
"""Beginnings of the names of variables that steer Docker Compose itself."""
_MOST_NAMES = 9
_COPIES = r"\b(?:cp|cop(?:y|ies|ied)|mv|move|ren(?:ame)?|duplicate|ln|install)\b"

Secrets = list[tuple["EnvVar", str]]


class EnvTarget(NamedTuple):
    """The env file that takes a stack's secrets.

    ``ignoring`` is what has to be added to a .gitignore first, None if git ignores the file.
    """

    file: SourceFile
    exists: bool
    ignoring: Append | None


class _Move(NamedTuple):
    """A secret that can be moved: the reference that replaces it, its name, the line for the env
    file (None if the file has it already)."""

    edit: Edit
    name: str
    line: str | None


def move_out(service: Service, secrets: Secrets) -> Fix:
    """The fix that moves these secrets to an env file that git ignores.

    What runs stays the same. It is a suggestion if the place of the values is not certain, or if
    the repository would say nowhere what to set: then a new clone cannot be started any more.
    """
    stack = service.stack
    target = _target(stack)
    moves = []
    if target is not None:
        moves = [
            move
            for variable, value in secrets
            if (move := _move(service, variable, value, target)) is not None
        ]
    if target is None or not moves:
        return _suggestion(service, secrets)
    edits: list[Edit | Append] = [target.ignoring] if target.ignoring is not None else []
    lines = tuple(dict.fromkeys(move.line for move in moves if move.line is not None))
    if lines:
        edits.append(Append(target.file, lines, target.exists, secret=True))
    names = list(dict.fromkeys(move.name for move in moves))
    example = _example(stack, names)
    if example is not None:
        edits.append(example)
    edits += [move.edit for move in moves]
    title = f"Move {', '.join(names)} to {target.file.path}, which git ignores"
    kind = Applicability.UNSAFE
    if is_untold(stack):
        kind = Applicability.SUGGESTION
        title += ", and say in an example file and the README that it has to be set"
    return Fix(title, tuple(edits), kind)


@lru_cache(maxsize=4)
def is_untold(stack: Stack) -> bool:
    """Whether a clone would lack the variables of a stack, because nothing tells to set them.

    There is no env file in use yet, and no example of one; or nothing copies the example: the stack
    starts without it, and no document says to.
    """
    path, project = stack.loaded.env_target, stack.project
    if path is None or project.exists(path):
        return False
    from ...linter.model.variable_sources import EXAMPLE_ENV_FILES

    folders = dict.fromkeys((stack.loaded.folder, folder_of(path)))
    examples = [
        name
        for name in EXAMPLE_ENV_FILES
        if any(project.exists(join_path(folder, name)) for folder in folders)
    ]
    return not examples or not (_needs_env_file(stack, path) or _is_copied(stack, path, examples))


def _needs_env_file(stack: Stack, path: str) -> bool:
    """Whether a stack needs its env file already, for what the example of it sets."""
    loaded = stack.loaded
    return any(file.path == path and file.required for file in loaded.env_files) or any(
        use.name in stack.documented_variables
        and (use.unset or use.operator in ("?", ":?"))
        and loaded.variables.definition(use.name) is None
        for use in loaded.uses
    )


def _is_copied(stack: Stack, path: str, examples: list[str]) -> bool:
    """Whether a document or script says to copy an example to the env file, or does it.

    For files that Docker Compose does not find by itself, the document has to name them.
    """
    from ...linter.analysis.documents import lines_naming
    from ...linter.model.variable_sources import is_env_file

    project, name = stack.project, path.rpartition("/")[2]
    target = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)")
    for example in examples:
        for document, line in lines_naming(project, example, stack.loaded.folder):
            if is_env_file(document.rpartition("/")[2]):
                continue
            if re.search(_COPIES, line, re.IGNORECASE) or target.search(line):
                last = stack.files.files[-1].rpartition("/")[2]
                if stack.files.is_default or last in (project.text(document) or ""):
                    return True
    return False


def _suggestion(service: Service, secrets: Secrets) -> Fix:
    """What a person has to do where the secrets cannot be moved safely."""
    names = dict.fromkeys(_upper(variable.name) or variable.name for variable, _ in secrets)
    listed = ", ".join(names)
    references = ", ".join(f"${{{name}}}" for name in names)
    return Fix(
        f"Set {listed} in an env file that git ignores, and write {references} here",
        (),
        Applicability.SUGGESTION,
    )


# --- the env file


def shared_env_file(stack: Stack) -> str | None:
    """The path of the stack's env file if git has it, so that no secret may be put there."""
    path = stack.loaded.env_target
    if path is None or not stack.project.exists(path):
        return None
    project = stack.project
    if project.kept_by_gitignore(path):
        return path
    # git is asked first: it may have a file that a .gitignore names.
    is_tracked = project.tracked_by_git(path)
    if is_tracked is None:
        is_tracked = project.has_repository and not project.ignored_by_git(path)
    return path if is_tracked else None


@lru_cache(maxsize=1)
def _target(stack: Stack) -> EnvTarget | None:
    """The env file for a stack's secrets; None if there is none that git does not share."""
    project, path = stack.project, stack.loaded.env_target
    if path is None or shared_env_file(stack) is not None or project.kept_by_gitignore(path):
        return None
    source = project.source(path)
    if source is None and project.reader.kind(path) != "missing":
        return None
    if source is not None:
        from ...linter.edits.dotenv import takes_lines

        if not takes_lines(source.text):
            return None
    ignoring = None
    if not project.ignored_by_git(path):
        ignoring = _ignoring(stack, path)
        if ignoring is None:
            return None
    return EnvTarget(source or SourceFile(path, ""), source is not None, ignoring)


def _ignoring(stack: Stack, path: str) -> Append | None:
    """The line for a .gitignore that ignores this path and no other.

    It goes into the nearest .gitignore, else into a new one beside the file.
    """
    project = stack.project
    inside = project.reader.below_root(path)
    if inside is None:
        return None
    parts = inside.split("/")
    folder = folder_of(path)
    beside = join_path(folder, ".gitignore")
    for count in range(1, len(parts) + 1):
        if not re.match(_SIMPLE_NAME, parts[-count]):
            break
        file = join_path(folder, ".gitignore")
        line = "/" + "/".join(parts[-count:])
        if project.reader.kind(file) != "missing":
            source = project.source(file)
            return Append(source, (line,), True) if source is not None else None
        folder = join_path(folder, "..")
    if not re.match(_SIMPLE_NAME, parts[-1]):
        return None
    return Append(SourceFile(beside, ""), (f"/{parts[-1]}",), False)


def _example(stack: Stack, names: list[str]) -> Append | None:
    """The lines for the file that lists the variables to set, if there is such a file."""
    project, documented = stack.project, stack.documented_variables
    lines = tuple(f"{name}=" for name in names if name not in documented)
    if not lines:
        return None
    from ...linter.model.variable_sources import EXAMPLE_ENV_FILES

    for name in EXAMPLE_ENV_FILES:
        source = project.source(join_path(stack.loaded.folder, name))
        if source is not None:
            return Append(source, lines, True)
    return None


# --- the variable


def _move(service: Service, variable: EnvVar, value: str, target: EnvTarget) -> _Move | None:
    """What moves a secret; None if it is not certain that the stack stays the same."""
    stack, span = service.stack, variable.value_span
    shown = span.text
    if not shown or "\n" in shown or span == variable.name_span or variable.value is None:
        return None
    path = span.file.path
    if path not in stack.loaded.files and folder_of(path) != stack.loaded.folder:
        return None  # other stacks may include the file, and read other env files
    default = _reference_with_default(shown)
    if default is None and "$" in shown.replace("$$", ""):
        return None
    if default is not None:
        if variable.value != value:
            return None  # the variable has another value here; the default would be lost
        names = [default.name]
    else:
        value = variable.value
        names = list(_names(service, variable))
    from ...linter.edits.dotenv import env_line

    for name in names:
        definition = stack.loaded.variables.definition(name)
        if definition is not None:
            if definition.entry is None or definition.value != value:
                continue
            return _Move(_replaced(stack, variable, name, target), name, None)
        if not _is_free(stack, target, name, value, span):
            continue
        line = env_line(name, value)
        if line is None:
            return None
        return _Move(_replaced(stack, variable, name, target), name, line)
    return None


def _reference_with_default(shown: str) -> Reference | None:
    """The variable that a value consists of, if it has a literal default (``${PW:-abc}``)."""
    text = shown.strip("\"'")
    if not text.startswith("${"):
        return None
    template = parse_template(text)
    if not isinstance(template, Template) or len(template.parts) != 1:
        return None
    part = template.parts[0]
    if not isinstance(part, Reference) or part.operator not in (":-", "-"):
        return None
    return None if any(isinstance(inner, Reference) for inner in part.argument) else part


def _upper(name: str) -> str:
    """A name as those of variables in env files are written; empty if that is not possible."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    return "" if plain[:1].isdigit() else plain


def _names(service: Service, variable: EnvVar) -> Iterator[str]:
    """The names that a variable with this secret may have, the best first."""
    plain, own = _upper(variable.name), _upper(service.name)
    if not plain or plain.startswith(_RESERVED):
        return
    if not differs_elsewhere(service, variable):
        yield plain
    if own:
        yield f"{own}_{plain}"
        yield from (f"{own}_{plain}_{number}" for number in range(2, _MOST_NAMES))


def _is_free(stack: Stack, target: EnvTarget, name: str, value: str, span: Span) -> bool:
    """Whether setting a variable in the env file changes nothing else that reads the file."""
    path = target.file.path
    for other in dict.fromkeys((stack, *stack.project.stacks)):
        if other.loaded.env_target == path:
            for use in _uses(other).get(name, ()):
                is_own = use.file.path == span.file.path and use.start == span.start
                if not (is_own or _has_default(use.text, value)):
                    return False
        for service in _readers(other, path):
            # Its containers would get the variable, too.
            twin = service.environment.get(name)
            if twin is None or twin.value != value:
                return False
    return True


@lru_cache(maxsize=16)
def _readers(stack: Stack, path: str) -> list[Service]:
    """The services whose ``env_file`` is a file."""
    names = dict.fromkeys(
        file.service
        for file in stack.loaded.env_files
        if file.path == path and file.role == "env_file"
    )
    return [stack.services[name] for name in names if name in stack.services]


@lru_cache(maxsize=16)
def _uses(stack: Stack) -> dict[str, list[Span]]:
    """The places where a stack uses variables, by the variables' names."""
    places: dict[str, list[Span]] = {}
    for use in stack.loaded.uses:
        places.setdefault(use.name, []).append(use.span)
    return places


def _has_default(shown: str, value: str) -> bool:
    """Whether a reference is this value if nothing sets the variable."""
    reference = _reference_with_default(shown)
    return reference is not None and value == "".join(
        part.text for part in reference.argument if not isinstance(part, Reference)
    )


def _replaced(stack: Stack, variable: EnvVar, name: str, target: EnvTarget) -> Edit:
    """The edit that puts a reference to a variable in the place of a value."""
    file = target.file.path.rpartition("/")[2]
    where = file if re.match(_SIMPLE_NAME, file) else "the env file"
    reference = f"${{{name}:?set it in {where}}}"
    span, item = variable.value_span, variable.node.span
    if span == item:
        shown = span.text
        if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "\"'":
            return Edit(span, shown[0] + reference + shown[0])
        return Edit(span, f'"{reference}"' if _is_in_flow(stack, span) else reference)
    # In an item NAME="value" the quotes are a part of the value.
    is_quoted = item.text[:1] in ("'", '"')
    if not is_quoted and _is_in_flow(stack, span):
        # Braces end a plain item in brackets.
        return Edit(item, f'"{variable.name}={reference}"')
    return Edit(span, reference)


def _is_in_flow(stack: Stack, span: Span) -> bool:
    """Whether a place is in braces or brackets."""
    file = stack.loaded.documents.get(span.file.path)
    if file is None:
        return False
    starts, ends = _flow_ranges(file)
    index = bisect_right(starts, span.start) - 1
    return index >= 0 and span.start < ends[index]


@lru_cache(maxsize=4)
def _flow_ranges(file: YamlFile) -> tuple[list[int], list[int]]:
    """Where the outermost braces and brackets of a file begin and end, in its order."""
    ranges: list[tuple[int, int]] = []
    nodes: list[Node] = list(file.documents)
    while nodes:
        node = nodes.pop()
        if not isinstance(node, (Mapping, Sequence)):
            continue
        if node.flow:
            ranges.append((node.start, node.end))
        elif isinstance(node, Mapping):
            nodes += [entry.value for entry in node.entries]
        else:
            nodes += node.items
    ranges.sort()
    return [start for start, _ in ranges], [end for _, end in ranges]
