"""What a name in a file means: where it is defined, and where it is referred to.

The names of all stacks, Dockerfiles and env files of a project are collected once. What has a place
in common belongs together: a service of a file that is part of two stacks is one service.
"""

from __future__ import annotations

from ..base.text import SourceFile, Span
from ..compose.nodes import items_of
from ..files.paths import join_path
from ..model.values import text_of
from ..model.variable_sources import EXAMPLE_ENV_FILES
from ..source.yaml.nodes import Alias, Mapping, YamlFile
from .compose_names import ComposeNames
from .dockerfile_names import DockerfileNames, scope_of, secret_ids
from .hosts import host_places
from .places import Key, Place, Places, written
from .recovered import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.dockerfile import Dockerfile
    from ..model.project import Project
    from ..model.service import Service
    from ..model.stack import Stack
    from ..source.dotenv import EnvSyntax
    from ..source.yaml.nodes import Node
    from .places import Link


class Names:
    """The names of a project.

    Attributes:
        places: all places by key and by file, and the links.
        stacks: the stacks by the scope of their names.
        dockerfiles: the Dockerfiles by the scope of their names.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.places = Places()
        self.stacks: dict[str, Stack] = {stack.name: stack for stack in project.stacks}
        self.dockerfiles: dict[str, Dockerfile] = {}
        for dockerfile in project.all_dockerfiles():
            if not dockerfile.is_template:
                scope = scope_of(dockerfile)
                self.dockerfiles[scope] = dockerfile
                DockerfileNames(dockerfile, self.places).collect()
        for stack in self.stacks.values():
            self._collect(stack)
        self._by_spot: dict[tuple[tuple[str, int, int], str], list[Place]] = {}
        for places in self.places.by_key.values():
            for place in places:
                self._by_spot.setdefault((place.spot, place.key.kind), []).append(place)

    def _collect(self, stack: Stack) -> None:
        def builds(service: str) -> str | None:
            known = stack.services.get(service)
            dockerfile = stack.project.dockerfile_of(known) if known is not None else None
            scope = scope_of(dockerfile) if dockerfile is not None else ""
            return scope if scope in self.dockerfiles else None

        compose = ComposeNames(stack, self.places, builds)
        compose.collect()
        for path in compose.walked:
            yaml = stack.project.reader.read(path)
            if isinstance(yaml, YamlFile):
                self._anchors(yaml)
        self._env_files(stack)
        for service in stack.services.values():
            dockerfile = self.dockerfiles.get(builds(service.name) or "")
            if dockerfile is not None:
                self._image_variables(service, dockerfile)
                self._build_secrets(service, dockerfile)
        if not stack.is_fragment:
            for place in host_places(stack):
                self.places.add(place)

    # --- anchors

    def _anchors(self, yaml: YamlFile) -> None:
        file = yaml.source
        comments = [(comment.start, comment.end) for comment in yaml.comments]
        pending: list[Node] = list(readable(yaml).documents)
        while pending:
            node = pending.pop()
            if isinstance(node, Alias):
                key = Key("anchor", f"{file.path}#{node.target.start}", node.name)
                span, fixed = written(file, node.start + 1, node.end, node.name)
                target = _anchor_at(file, node.target, node.name, comments)
                self.places.add(Place(key, span, fixed=fixed, target=target))
                continue
            if node.anchor:
                key = Key("anchor", f"{file.path}#{node.start}", node.anchor)
                place = _anchor_at(file, node, node.anchor, comments)
                if place is not None:
                    self.places.add(Place(key, place, True))
            if isinstance(node, Mapping):
                for entry in node.entries:
                    pending += entry
            else:
                pending += items_of(node)

    # --- variables

    def _env_files(self, stack: Stack) -> None:
        from ..source.dotenv_parser import parse_env

        scope = stack.name
        folders = {stack.loaded.folder: None}
        for source in stack.loaded.sources:
            if source.role == "dotenv" and source.file is not None:
                self._env_file(parse_env(source.file), scope)
                folders[source.path.rpartition("/")[0] or "."] = None
        for folder in folders:
            for name in EXAMPLE_ENV_FILES:
                path = join_path(folder, name)
                example = stack.project.source(path) if stack.project.exists(path) else None
                if example is not None:
                    self._env_file(parse_env(example), scope, "example")
        for file in stack.loaded.env_files:
            if file.role != "env_file" or file.syntax is None:
                continue
            for entry in file.syntax.entries:
                key = Key("environment", f"{scope} {file.service}", entry.key)
                self._put(key, entry.key_span, defines=True, via="env_file")
            self._references(file.syntax, scope)

    def _env_file(self, syntax: EnvSyntax, scope: str, via: str = "") -> None:
        """The variables that a file sets for the files of a stack."""
        for entry in syntax.entries:
            self._put(Key("variable", scope, entry.key), entry.key_span, defines=True, via=via)
            if entry.key == "COMPOSE_PROFILES" and entry.template is None and entry.value:
                at = 0
                for part in entry.text.split(","):
                    name = part.strip()
                    if name and name != "*":
                        start = at + part.index(name)
                        span = entry.locate(start, start + len(name))
                        self._put(Key("profile", scope, name), span)
                    at += len(part) + 1
        self._references(syntax, scope)

    def _references(self, syntax: EnvSyntax, scope: str) -> None:
        """The variables that the values of an env file refer to."""
        for entry in syntax.entries:
            for reference in entry.references:
                start = reference.name_start
                span = entry.locate(start, start + len(reference.name))
                self._put(Key("variable", scope, reference.name), span)

    def _image_variables(self, service: Service, dockerfile: Dockerfile) -> None:
        """The variables of the image that a service may replace by its own."""
        target = service.text("build", "target")
        stages = dockerfile.stages
        final = stages.resolve(target) if target else stages.last
        for stage in final.chain() if final is not None else ():
            for instruction in stage.instructions:
                for pair in instruction.pairs if instruction.name == "ENV" else ():
                    key = Key("environment", f"{service.stack.name} {service.name}", pair.key.text)
                    if key in self.places.by_key:
                        self._put(key, pair.key.span, defines=True, via="image")

    def _build_secrets(self, service: Service, dockerfile: Dockerfile) -> None:
        """The mounts of a Dockerfile that mean a secret of the stack by its name."""
        given = items_of(service.get("build", "secrets"))
        named = {
            text_of(item.get("source"))
            for item in given
            if isinstance(item, Mapping) and item.get("target") is None
        }
        for name, span in secret_ids(dockerfile):
            if name in named:
                self._put(Key("secret", service.stack.name, name), span, via="short")

    def _put(self, key: Key, span: Span, *, defines: bool = False, via: str = "") -> None:
        span, fixed = written(span.file, span.start, span.end, key.name)
        if span.text == key.name:
            self.places.add(Place(key, span, defines, fixed, via))

    # --- questions

    def at(self, path: str, offset: int) -> list[Place]:
        """The places that an offset is in, or at the end of; those of the shortest text."""
        around = [
            place
            for place in self.places.by_file.get(path, ())
            if place.span.start <= offset <= place.span.end
        ]
        inside = [place for place in around if offset < place.span.end] or around
        if not inside:
            return []
        least = min(place.span.end - place.span.start for place in inside)
        return [place for place in inside if place.span.end - place.span.start == least]

    def link_at(self, path: str, offset: int) -> Link | None:
        """The link that an offset is in."""
        for link in self.places.links.get(path, ()):
            if link.span.start <= offset <= link.span.end:
                return link
        return None

    def together(self, places: Iterable[Place]) -> list[Place]:
        """All places of what some places name, in all stacks that have one of them in common."""
        pending = [place.key for place in places]
        keys = set(pending)
        found: list[Place] = []
        while pending:
            for place in self.places.by_key.get(pending.pop(), ()):
                found.append(place)
                for other in self._by_spot[place.spot, place.key.kind]:
                    if other.key not in keys:
                        keys.add(other.key)
                        pending.append(other.key)
        return found


def _anchor_at(
    file: SourceFile, node: Node, name: str, comments: list[tuple[int, int]]
) -> Span | None:
    """The place of the name of a node's anchor."""
    text, at = file.text, node.start
    while (at := text.rfind(f"&{name}", 0, at)) >= 0:
        end = at + 1 + len(name)
        in_comment = any(start <= at < stop for start, stop in comments)
        if not in_comment and (end >= len(text) or text[end] in " \t\r\n,[]{}"):
            return Span(file, at + 1, end)
    return None


def names_of(project: Project) -> Names:
    """The names of a project, collected once."""
    names: Names | None = project.conclusions.get("names")
    if names is None:
        names = project.conclusions["names"] = Names(project)
    return names


def links_of(project: Project, path: str) -> list[Link]:
    """The links in a file. Names are not collected for it: editors ask after each change."""
    names: Names | None = project.conclusions.get("names")
    key = f"links in {path}"
    places: Places | None = names.places if names is not None else project.conclusions.get(key)
    if places is None:
        places = project.conclusions[key] = Places()
        for dockerfile in project.all_dockerfiles():
            if dockerfile.path == path and not dockerfile.is_template:
                DockerfileNames(dockerfile, places).collect()
        for stack in project.stacks:
            if path in stack.loaded.documents:
                ComposeNames(stack, places, lambda _: None).collect()
    return places.links.get(path, [])


# --- answers


def definitions(project: Project, path: str, offset: int) -> list[Span]:
    """Where the name at a place is defined, or the beginning of the file that a path leads to."""
    names = names_of(project)
    places = names.at(path, offset)
    spans: list[Span] = []
    for place in places:
        spans += [place.target] if place.target is not None else _defined(names, place)
    if not spans and (link := names.link_at(path, offset)) is not None and link.path:
        source = project.source(link.path) if project.reader.kind(link.path) == "file" else None
        if source is not None:
            spans.append(Span(source, 0, 0))
    return _each_once(spans)


def _defined(names: Names, place: Place) -> list[Span]:
    """The definitions of what a place names."""
    places = [each for each in names.places.by_key.get(place.key, ()) if each.defines]
    if place.key.kind == "environment":
        others = [each for each in places if each.spot != place.spot]
        places = others or places
    if place.key.kind == "variable":
        places = [each for each in places if each.via != "example"] or places
    return [each.span for each in places]


def references(project: Project, path: str, offset: int, declaration: bool = True) -> list[Span]:
    """Every place of what the name at a place means, in the order of the files.

    ``declaration`` tells whether the definitions are among them.
    """
    names = names_of(project)
    together = names.together(names.at(path, offset))
    defined = {place.spot for place in together if place.defines}
    spans = [place.span for place in together if declaration or place.spot not in defined]
    return sorted(_each_once(spans), key=lambda span: (span.file.path, span.start))


def highlights(project: Project, path: str, offset: int) -> list[tuple[Span, bool]]:
    """The places of the same name in the same file, each with whether it is defined there."""
    names = names_of(project)
    places = [place for place in names.together(names.at(path, offset)) if place.spot[0] == path]
    defined = {place.spot for place in places if place.defines}
    spans = sorted(_each_once(place.span for place in places), key=lambda span: span.start)
    return [(span, (path, span.start, span.end) in defined) for span in spans]


def _each_once(spans: Iterable[Span]) -> list[Span]:
    by_spot = {(span.file.path, span.start, span.end): span for span in spans}
    return list(by_spot.values())
