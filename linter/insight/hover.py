"""What is shown about the place under the cursor: meaning, value, where that comes from."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..compose.nodes import go_text
from ..compose.show import render_stack
from ..files.kinds import COMPOSE, DOCKERFILE, ENV
from ..secrets.shown import MASK, Masking, masked
from ..source.yaml.nodes import Alias, Mapping, Node, Scalar, Sequence
from .key_paths import NoSuchPath, shown_path
from .keys import describe, keys_at, specs_at
from .markdown import Hover, block, code, place
from .recovered import readable
from .variables import is_secret, references, worth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..compose.interpolation import VariableUse
    from ..model.project import Project
    from ..model.stack import Stack
    from ..source.yaml.nodes import YamlFile
    from .written import Path

_MOST_STEPS = 8
"""How many of the steps to a value are shown."""


def hover(kind: str, project: Project, path: str, offset: int) -> Hover | None:
    """What is known about an offset of a file; None if there is nothing to say."""
    if kind == COMPOSE:
        return _in_compose(project, path, offset)
    if kind == DOCKERFILE:
        from .hover_dockerfile import hover_dockerfile

        return hover_dockerfile(project, path, offset)
    if kind == ENV:
        return _in_env(project, path, offset)
    return None


# --- Compose files


class Spot(NamedTuple):
    """A node of a file's tree at an offset: its path, and whether the offset is on its key."""

    path: Path
    node: Node
    span: Span
    is_key: bool


def spot_at(yaml: YamlFile, offset: int) -> Spot | None:
    """The key or value at an offset of a YAML file."""
    for document in yaml.documents:
        if document.start <= offset <= document.end:
            return _spot(document, (), offset)
    return None


def _spot(node: Node, path: Path, offset: int, depth: int = 0) -> Spot | None:
    if depth > 100:
        return None
    if isinstance(node, Mapping):
        for key, value in node.entries:
            if not isinstance(key, Scalar):
                continue
            inner = (*path, key.raw)
            if key.start <= offset <= key.end:
                return Spot(inner, value, key.span, True)
            if value.start <= offset <= value.end and value.start < value.end:
                return _spot(value, inner, offset, depth + 1)
        return None
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            if item.start <= offset <= item.end and item.start < item.end:
                return _spot(item, (*path, index), offset, depth + 1)
        return None
    return Spot(path, node, node.span, False)


def stacks_with(project: Project, path: str) -> list[Stack]:
    """The stacks that read a file, those that are given it first."""
    own = [stack for stack in project.stacks if path in stack.loaded.files]
    others = [
        stack
        for stack in project.stacks
        if stack not in own and any(source.path == path for source in stack.loaded.sources)
    ]
    return own + others


def _in_compose(project: Project, path: str, offset: int) -> Hover | None:
    stacks = stacks_with(project, path)
    yaml = next((stack.loaded.documents.get(path) for stack in stacks), None)
    if yaml is None:
        return None
    stack = stacks[0]
    variable = _variable_at(stack, yaml.source, offset)
    if variable is not None:
        return variable
    spot = spot_at(readable(yaml), offset)
    if spot is None or not spot.path:
        return None
    span = Span(yaml.source, spot.span.start, spot.span.end)
    path_ = spot.path
    name = str(path_[-1])
    parts: list[str] = []
    if spot.is_key and len(path_) == 2 and path_[0] == "services":
        parts += _of_service(stack, name)
    elif not spot.is_key and path_[0] == "services" and path_[2:] == ("image",):
        parts += _of_image(stack, path_, spot.node)
    elif isinstance(spot.node, Alias) and not spot.is_key:
        parts += _of_alias(spot.node)
    elif _names_service(path_, spot):
        wanted = name if spot.is_key else _raw(spot.node)
        parts += _of_service(stack, wanted)
    else:
        parts += _of_resource(stack, spot) or _of_key(stack, spot)
    if not parts:
        return None
    return Hover("\n\n".join(parts), span)


def _raw(node: Node) -> str:
    return node.raw if isinstance(node, Scalar) else ""


def _text(stack: Stack, path: Path, node: Node) -> str:
    """The text of a value in the model, else as it is written."""
    service = stack.services.get(str(path[1]))
    final = service.get("image") if service is not None else None
    if isinstance(final, Scalar) and not final.unknown and isinstance(final.value, str):
        return final.value
    return _raw(node)


def _names_service(path: Path, spot: Spot) -> bool:
    """Whether a place names another service."""
    if path[0] != "services" or len(path) < 3:
        return False
    if path[2] == "depends_on":
        return len(path) == 4
    is_base = path[2:] in (("extends",), ("extends", "service"))
    return (is_base and not spot.is_key) or (
        path[2] in ("links", "volumes_from") and len(path) == 4
    )


def _of_service(stack: Stack, name: str) -> list[str]:
    """The service as Docker Compose runs it, with the place of each value."""
    service = stack.services.get(name)
    if service is None:
        return []
    parts = [f"**service {code(name)}** in {code(stack.name)}"]
    rendered = render_stack(service.node, origins=True, mask=masked).rstrip("\n")
    parts.append(block(rendered, "yaml"))
    return parts


def _of_image(stack: Stack, path: Path, node: Node) -> list[str]:
    """What an image brings, or what it is built from."""
    from .image_text import image_text

    service = stack.services.get(str(path[1]))
    if service is None or service.build is None:
        return image_text(_text(stack, path, node))
    from ..analysis.container import container_of
    from .hover_dockerfile import stage_text

    container = container_of(service)
    dockerfile, stage = container.dockerfile, container.stage
    title = f"**image {code(_text(stack, path, node))}**, built by this stack"
    if dockerfile is None or stage is None:
        return [title]
    title += f" from {code(dockerfile.path)}"
    return [title, *stage_text(dockerfile.all_stages[stage.index])]


_RESOURCES = {
    "networks": "network",
    "secrets": "secret",
    "configs": "config",
    "models": "model",
}


def _of_resource(stack: Stack, spot: Spot) -> list[str]:
    """A network, secret, config or model that a service names, as the stack defines it."""
    path = spot.path
    if len(path) < 4 or path[0] != "services" or path[2] not in _RESOURCES:
        return []
    section = str(path[2])
    is_name = len(path) == 4 and (isinstance(spot.node, Scalar) or spot.is_key)
    if not is_name and not (path[4:] == ("source",) and not spot.is_key):
        return []
    name = str(path[3]) if spot.is_key and isinstance(path[3], str) else _raw(spot.node)
    resource = stack.resources(section).get(name)
    if resource is None:
        return []
    parts = [f"**{_RESOURCES[section]} {code(name)}**, {place(resource.key.span)}"]
    if resource.node is not None and resource.node.entries:
        rendered = render_stack(resource.node, origins=True, mask=masked).rstrip("\n")
        parts.append(block(rendered, "yaml"))
    return parts


def _of_alias(alias: Alias) -> list[str]:
    target = alias.target
    parts = [f"**anchor {code('&' + alias.name)}**, {place(target.span)}"]
    if isinstance(target, Scalar):
        parts.append(code(masked("", target.raw)))
    else:
        text = target.file.text[target.start : target.end].rstrip()
        margin = target.start - (target.file.text.rfind("\n", 0, target.start) + 1)
        text = text.replace("\n" + " " * margin, "\n")
        lines = (masked("", line) for line in text.split("\n"))
        parts.append(block("\n".join(lines), "yaml"))
    return parts


def _of_key(stack: Stack, spot: Spot) -> list[str]:
    """What a key means, what it is in the end, and what made it so."""
    path = spot.path
    parts: list[str] = []
    meaning = describe(path)
    named = isinstance(path[-1], str) and not meaning and specs_at(path)
    title = f"**{code(shown_path(path))}**"
    if meaning:
        parts.append(f"{title}: {meaning}")
    values = keys_at(path[:-1]).get(str(path[-1])) if spot.is_key and meaning else None
    choices = values.values if values is not None else ()
    if len(choices) > 1 and choices != ("true", "false") and any(c not in meaning for c in choices):
        parts.append(f"one of {', '.join(map(code, choices))}")
    if path[0] in ("services", "networks", "volumes", "secrets", "configs", "models", "name"):
        found = _value(stack, spot)
        if found:
            if not parts:
                parts.append(title)
            parts += found
    elif named:
        parts.append(title)
    return parts


def _value(stack: Stack, spot: Spot) -> list[str]:
    """The value in the model and the steps to it, if they say more than the line itself."""
    from .why import explain

    masking = Masking()
    path = _final_path(stack, spot)
    if path is None:
        return []
    try:
        answer = explain(stack, shown_path(path), masking)
    except NoSuchPath:
        return []
    if answer.value is None:
        steps = [step for step in answer.steps if step.kind == "reset"]
        return [f"removed: {step.message}" for step in steps[:1]]
    kinds = [step.kind for step in answer.steps]
    is_plain = set(kinds) <= {"file", "normalised"} and kinds.count("file") <= 1
    if is_plain and isinstance(spot.node, Mapping | Sequence):
        return []
    lines = [
        f"- {step.message}" + (f" ({place(step.span)})" if step.span is not None else "")
        for step in answer.steps[-_MOST_STEPS:]
    ]
    if len(answer.steps) == 1 and answer.steps[0].kind == "file":
        lines = []
    value = answer.value
    if "\n" in value or isinstance(spot.node, Mapping | Sequence):
        shown = block(value, "yaml")
    elif not lines:
        return []
    else:
        shown = f"= {code(value) if value else 'empty'}"
    return [shown, "\n".join(lines)] if lines else [shown]


def _final_path(stack: Stack, spot: Spot) -> Path | None:
    """The path in the model of a place in a file: items of lists are found by their places."""
    node: Node = stack.tree
    path: list[str | int] = []
    for part in spot.path:
        if isinstance(part, str):
            path.append(part)
            inner = node.get(part) if isinstance(node, Mapping) else None
            if inner is None and isinstance(node, Mapping):
                return tuple(path) if len(path) == len(spot.path) else None
            node = inner if inner is not None else node
            continue
        index = _index_of(node, spot)
        if index is None:
            return None
        path.append(index)
        assert isinstance(node, Sequence)
        node = node.items[index]
    return tuple(path)


def _index_of(node: Node, spot: Spot) -> int | None:
    if not isinstance(node, Sequence):
        return None
    for index, item in enumerate(node.items):
        span = item.span
        if span.file.path == spot.span.file.path and span.start <= spot.span.start <= span.end:
            return index
    return None


def _variable_at(stack: Stack, source: SourceFile, offset: int) -> Hover | None:
    """What a variable is worth at whose reference the offset is."""
    found: VariableUse | None = None
    for use in references(stack, source, offset, offset):
        span = use.span.origin
        is_there = span.start <= offset <= span.end
        # Of references inside each other, the innermost.
        if is_there and (found is None or len(use.span.text) <= len(found.span.text)):
            found = use
    if found is None:
        return None
    parts = [f"**variable {code(found.name)}**", variable_text(stack, found.name, found.span)]
    text = found.span.text
    start = text.find(found.operator) + len(found.operator) if found.operator else 0
    argument = text[start:-1] if start else ""
    if argument and is_secret(stack, found.name, argument, found.span):
        argument = MASK
    if found.operator.endswith("-"):
        when = "if it is not set or empty" if found.operator[0] == ":" else "if it is not set"
        parts.append(f"{when}: {code(argument) if argument else 'empty'}")
    elif found.operator.endswith("?"):
        parts.append("required: Docker Compose stops without it")
    elif found.operator.endswith("+"):
        parts.append(f"if it is set: {code(argument) if argument else 'empty'}")
    elif found.unset:
        parts.append("nothing sets it: Docker Compose takes it as empty, with a warning")
    return Hover("\n\n".join(part for part in parts if part), found.span.origin)


def variable_text(stack: Stack, name: str, span: Span) -> str:
    """The value of a variable and where it comes from, masked if it is a secret."""
    found = worth(stack, name)
    if found.value is None and found.source != "machine":
        return "not set"
    if found.value is None:
        return found.said
    value = MASK if is_secret(stack, name, found.value, span) else found.value
    return f"= {code(value) if value else 'empty'}, {found.said}"


# --- env files


def _in_env(project: Project, path: str, offset: int) -> Hover | None:
    source = project.source(path)
    if source is None:
        return None
    from ..source.dotenv_parser import parse_env

    entry = next(
        (each for each in parse_env(source).entries if each.start <= offset <= each.end), None
    )
    if entry is None or not entry.key:
        return None
    parts = [f"**variable {code(entry.key)}**"]
    for stack in stacks_with(project, path):
        parts += _uses(stack, path, entry.key)
    return Hover("\n\n".join(parts[:12]), entry.key_span) if len(parts) > 1 else None


def _uses(stack: Stack, path: str, name: str) -> Iterator[str]:
    """Where a variable of an env file has an effect in a stack."""
    role = {source.path: source.role for source in stack.loaded.sources}.get(path)
    if role == "env_file":
        for file in stack.loaded.env_files:
            if file.path != path:
                continue
            service = stack.services.get(file.service)
            own = service.get("environment", name) if service is not None else None
            if own is None and service is not None and name in service.environment:
                own = service.environment[name].node
            if own is None:
                yield f'for the containers of service "{file.service}"'
            else:
                value = go_text(own.value) if isinstance(own, Scalar) else ""
                value = value.removeprefix(f"{name}=")
                shown = code(masked(name, value)) if value else "its own value"
                yield f'service "{file.service}" replaces it by {shown} ({place(own.span)})'
        return
    found = worth(stack, name)
    if found.span is not None and found.span.file.path != path:
        yield f"replaced: {found.said}"
    places = [place(use.span) for use in stack.loaded.uses if use.name == name]
    if places:
        shown = ", ".join(dict.fromkeys(places[:5]))
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        yield f"used in {shown}{more}"
    else:
        yield f"not used in {code(stack.name)}"
