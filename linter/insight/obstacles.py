"""Why something cannot be renamed: what would no longer be as it was, and no file can mend."""

from __future__ import annotations

import re

from ..base.text import Span
from ..compose.nodes import text_value
from ..model.variable_sources import SESSION
from ..source.dockerfile.scope import BUILDKIT_ARGS, PLATFORM_ARGS, PROXY_ARGS
from ..source.yaml.nodes import Mapping, Scalar
from .mentions import scripts_of
from .places import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.fields import Resource
    from ..model.stack import Stack
    from .names import Names
    from .places import Place


class Refused(Exception):
    """Something cannot be renamed."""

    def __init__(self, reason: str, span: Span | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


def check(names: Names, places: list[Place], together: list[Place]) -> None:
    """Raise an error if what some places mean cannot be renamed.

    ``together`` are all places of it.
    """
    kind, name = places[0].key.kind, places[0].key.name
    if UNKNOWN in name:
        raise Refused("the name is made from a variable whose value is not known", places[0].span)
    stacks = [
        names.stacks[scope]
        for scope in dict.fromkeys(place.key.scope for place in together)
        if scope in names.stacks
    ]
    for stack in stacks:
        _check_files(stack)
    if kind not in ("variable", "profile") and not any(place.defines for place in together):
        raise Refused(f'no file in sight defines "{name}"', places[0].span)
    _check_made(names, kind, name, together)
    checks = {
        "environment": _environment,
        "image-variable": _image_variable,
        "variable": _variable,
        "argument": _argument,
        "stage": _stage,
        "volume": _volume,
        "network": _network,
        "secret": _secret,
        "config": _config,
        "model": _model,
        "anchor": _anchor,
    }
    if kind in checks:
        checks[kind](names, name, stacks, together)


def _check_files(stack: Stack) -> None:
    """Raise an error if a file of a stack cannot be read, so that places may be missed."""
    for path, yaml in stack.loaded.documents.items():
        problem = next(iter(yaml.problems), None)
        if problem is not None:
            raise Refused(f"{path} has an error of syntax, so that places may be missed")
    for source in stack.loaded.sources:
        if source.file is None and source.role in ("compose", "include", "extends"):
            raise Refused(f"{source.path} belongs to the stack and cannot be read")
    if stack.loaded.partial:
        raise Refused("the stack has a file from elsewhere that cannot be read")


def _check_made(names: Names, kind: str, name: str, together: list[Place]) -> None:
    """Raise an error if a name that a variable is part of may be this one."""
    scopes = {place.key.scope for place in together}
    for key, places in names.places.by_key.items():
        if (
            key.kind == kind
            and key.name.strip(UNKNOWN)
            and UNKNOWN in key.name
            and key.scope in scopes
        ):
            pattern = ".*".join(map(re.escape, key.name.split(UNKNOWN)))
            if re.fullmatch(pattern, name):
                span = places[0].span
                where = f"line {span.file.line_of(span.start)} of {span.file.path}"
                raise Refused(f"{where} may mean it: the name is made from a variable", span)


def _environment(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    raise Refused(f"the program in the container reads {name} by this name")


def _image_variable(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    raise Refused(f"programs in the image read {name} by this name")


def _variable(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    if name.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_")):
        raise Refused(f"Docker reads {name} by this name")
    defined = [place for place in together if place.defines and place.via != "example"]
    if not defined:
        raise Refused(
            f"no env file sets {name}: it comes from the environment in which Compose runs",
            next((place.span for place in together if place.defines), None),
        )
    for place in together:
        if place.via == "passed":
            raise Refused(
                f"{name} is passed on under this name; write `{name}=${{{name}}}` there first",
                place.span,
            )
    spots = {place.spot for place in together}
    for key, places in names.places.by_key.items():
        if key.kind == "environment" and key.name == name:
            for place in places:
                if place.spot in spots and place.via == "env_file":
                    raise Refused(
                        f'service "{key.scope.rpartition(" ")[2]}" gets {place.span.file.path} as '
                        f"a whole, so that its program reads {name} by this name",
                        place.span,
                    )
    if name in SESSION:
        raise Refused(f"the session sets {name}")
    for file in scripts_of(names):
        match = re.search(rf"(?<!\w){name}(?!\w)", file.text)
        if match and re.search(r"compose|docker", file.text):
            raise Refused(f"{file.path} uses {name}, too", Span(file, *match.span()))


def _argument(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    if name in PLATFORM_ARGS | PROXY_ARGS | BUILDKIT_ARGS:
        raise Refused(f"BuildKit sets {name}")
    for scope in dict.fromkeys(place.key.scope for place in together):
        dockerfile = names.dockerfiles.get(scope)
        if dockerfile is not None and name in {key for key, _ in dockerfile.bake.arguments}:
            raise Refused(f"a bake file sets {name}")
    for key, places in names.places.by_key.items():
        if key.kind == "variable" and key.name == name:
            spots = {place.spot for place in together}
            for place in places:
                if place.via == "passed" and place.spot in spots:
                    raise Refused(
                        f"it takes the value of the variable {name} by its name; write "
                        f"`{name}=${{{name}}}` there first",
                        place.span,
                    )
    by_file = {place.key.scope for place in together if place.target is not None}
    unused = [place for place in together if place.defines and place.key.scope not in by_file]
    if unused:
        raise Refused(
            "no instruction uses it, so it is for the programs that RUN starts, which read it by "
            "this name",
            unused[0].span,
        )


def _stage(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    for scope in dict.fromkeys(place.key.scope for place in together):
        dockerfile = names.dockerfiles.get(scope)
        if dockerfile is None:
            continue
        if name in {target.lower() for target in dockerfile.bake.targets}:
            raise Refused(f'a bake file builds the target "{name}"')
        if dockerfile.is_context(name):
            raise Refused(f'a build context of the name "{name}" may replace the stage')


def _definitions(stacks: list[Stack], section: str, name: str) -> Iterator[Resource]:
    for stack in stacks:
        resource = stack.resources(section).get(name)
        if resource is not None:
            yield resource


def _is_named(resource: Resource) -> bool:
    return resource.node is not None and text_value(resource.node.get("name")) is not None


def _check_external(stacks: list[Stack], section: str, name: str) -> None:
    for resource in _definitions(stacks, section, name):
        if resource.external and not _is_named(resource):
            raise Refused(
                f"it is external, and {name} is its real name; add `name: {name}` first",
                resource.key.span,
            )


def _volume(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    _check_external(stacks, "volumes", name)
    for resource in _definitions(stacks, "volumes", name):
        if not _is_named(resource) and _holds_data(resource):
            raise Refused(
                f"the data is in the volume PROJECT_{name}: under another name the containers get "
                f"an empty one. Set `name:` to the volume's real name first",
                resource.key.span,
            )


def _holds_data(resource: Resource) -> bool:
    """Whether the data of a volume is found by its name."""
    options = resource.node.get("driver_opts") if resource.node is not None else None
    if not isinstance(options, Mapping):
        return True
    kind = options.get("type")
    device = text_value(options.get("device"))
    is_volatile = isinstance(kind, Scalar) and kind.value == "tmpfs"
    return not (device or is_volatile)


def _network(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    if name == "default":
        raise Refused('"default" is the network of services that name none')
    _check_external(stacks, "networks", name)


def _secret(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    _check_external(stacks, "secrets", name)
    _check_short(name, together, f"/run/secrets/{name}")


def _config(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    _check_external(stacks, "configs", name)
    _check_short(name, together, f"/{name}")


def _check_short(name: str, together: list[Place], path: str) -> None:
    for place in together:
        if place.via == "short":
            raise Refused(
                f"its file is {path} in the container, because the name is; use the long form "
                f"with `target: {name}` first",
                place.span,
            )


def _model(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    for place in together:
        if place.via == "short":
            raise Refused(
                "the container gets variables whose names are made from it; set `endpoint_var` "
                "and `model_var` first",
                place.span,
            )


def _anchor(names: Names, name: str, stacks: list[Stack], together: list[Place]) -> None:
    from ..source.yaml.nodes import YamlFile

    for path in {place.span.file.path for place in together}:
        yaml = names.project.reader.read(path)
        if isinstance(yaml, YamlFile) and yaml.problems:
            raise Refused(f"{path} has an error of syntax, so that places may be missed")
