"""What is around a file that is being typed into: the names of its stack, its services, its images."""

from __future__ import annotations

from itertools import islice

from ..base.lazy import cached_property
from ..compose.nodes import items_of
from ..files.paths import folder_of, join_path
from ..model.values import text_of
from ..source.yaml.nodes import Mapping
from .lines import outline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.container import Container
    from ..images import ImageFacts
    from ..model.project import Project
    from ..model.service import Service
    from ..model.stack import Stack

_MOST_NAMES = 500
_MOST_LINES = 300
"""How many lines of a service are read for its image."""


class Around:
    """A Compose file as it is typed, and the project that was loaded with it, perhaps earlier."""

    def __init__(self, path: str, text: str, project: Project | None) -> None:
        self.path = path
        self.text = text
        self.project = project

    @cached_property
    def stacks(self) -> list[Stack]:
        """The stacks that the file is part of; all of the project's if none has it."""
        if self.project is None:
            return []
        stacks = self.project.stacks
        own = [stack for stack in stacks if any(s.path == self.path for s in stack.loaded.sources)]
        return own or list(stacks)

    @cached_property
    def outline(self) -> dict[str, dict[str, int]]:
        """The entries of the file's sections, whatever state its text is in."""
        return outline(self.text)

    def names(self, section: str) -> list[str]:
        """The names in a section of the stack: those of the file first."""
        names = dict.fromkeys(self.outline.get(section, ()))
        for stack in self.stacks:
            node = stack.tree.get(section)
            for entry in getattr(node, "entries", ()):
                if entry.key.file.path != self.path or section not in self.outline:
                    names.setdefault(entry.name)
        return list(islice(names, _MOST_NAMES))

    def used(self, section: str) -> Iterator[tuple[str, str]]:
        """The networks, volumes, secrets or configs that services name, each with one of those."""
        for stack in self.stacks:
            for name, service in stack.services.items():
                if section == "volumes":
                    mounts = (mount for mount in service.mounts if mount.type == "volume")
                    yield from ((mount.source, name) for mount in mounts if mount.source)
                elif section == "networks":
                    yield from ((network, name) for network in service.networks)
                elif section in ("secrets", "configs"):
                    for item in items_of(service.get(section)):
                        source = text_of(item.get("source")) if isinstance(item, Mapping) else None
                        if source:
                            yield source, name

    def service(self, name: str) -> Service | None:
        """A service of the stack as it was loaded."""
        for stack in self.stacks:
            if name in stack.services:
                return stack.services[name]
        return None

    def container(self, name: str) -> Container | None:
        """The inside of a service's container."""
        service = self.service(name)
        if service is None:
            return None
        from ..analysis.container import container_of

        return container_of(service)

    def facts(self, name: str, image: str = "") -> ImageFacts | None:
        """The facts about a service's image: the one that stands in the text counts first."""
        from ..images import facts_for, parse_reference

        image = image or self.image_in_text(name)
        if image:
            text, is_known = self.interpolated(image.strip("\"' "))
            reference = parse_reference(text) if text else None
            return facts_for(reference, tag_known=is_known) if reference is not None else None
        container = self.container(name)
        return container.facts if container is not None else None

    def interpolated(self, image: str) -> tuple[str, bool]:
        """An image with the values of its variables, and whether its tag is known."""
        if "$" not in image:
            return image, True
        from ..source.template import TemplateError, interpolate

        for stack in self.stacks:
            result = interpolate(image, stack.loaded.variables.lookup)
            if not isinstance(result, TemplateError) and result.value and not result.unknown:
                return result.value, True
        name = image.partition(":")[0]
        return ("" if "$" in name else name), False

    def image_in_text(self, name: str) -> str:
        """The image of a service as it stands in the text; empty if there is none, or a build."""
        at = self.outline.get("services", {}).get(name)
        if at is None:
            return ""
        start = self.text.rfind("\n", 0, at) + 1
        lines = self.text[start:].split("\n", _MOST_LINES)[1:_MOST_LINES]
        image = ""
        for line in lines:
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip(" "))
            if indent <= at - start:
                break
            key, colon, value = line.strip().partition(":")
            if colon and key == "build":
                return ""
            if colon and key == "image":
                image = value.partition(" #")[0].strip(" \"'\r")
        return image

    @property
    def folder(self) -> str:
        """The folder that relative paths of the file start from."""
        for stack in self.stacks:
            if self.path in stack.loaded.files:
                return stack.loaded.folder
        return folder_of(self.path)

    def entries(self, typed: str) -> Iterator[tuple[str, str, str]]:
        """What is in the folder that a path names so far: the path, the name and the kind of each."""
        if self.project is None:
            return
        head = typed.rpartition("/")[0]
        folder = join_path(self.folder, head) if head else self.folder
        yield from entries_in(self.project, folder, typed)

    def variables(self) -> dict[str, str]:
        """The variables that the files define or use, each with what is known about it."""
        found: dict[str, str] = {}
        for stack in self.stacks:
            for name in stack.loaded.variables.names:
                found.setdefault(name, "defined")
            for use in stack.loaded.uses:
                found.setdefault(use.name, "used")
            for name in sorted(stack.documented_variables):
                found.setdefault(name, "in the example")
        return found


def entries_in(project: Project, folder: str, typed: str) -> Iterator[tuple[str, str, str]]:
    """The entries of a folder of the project, with the path that is written for each."""
    reader = project.reader
    if reader.kind(folder) != "folder" and folder not in (".", ""):
        return
    head = typed[: len(typed) - len(typed.rpartition("/")[2])]
    try:
        for name, kind in islice(sorted(reader.entries(folder)), _MOST_NAMES):
            yield f"{head}{name}", name, kind
    except (OSError, ValueError):
        return
