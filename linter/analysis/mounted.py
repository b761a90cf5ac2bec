"""The configuration that a service brings to its image: mounted, as configs, or copied in."""

from __future__ import annotations

import posixpath
import re

from ..base.lazy import cached_property
from ..base.records import NamedTuple
from ..compose.nodes import items_of
from ..files.paths import is_inside, join_path
from ..model.values import is_unknown, text_of
from ..source.yaml.nodes import Mapping
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Copy
    from ..model.service import Service
    from ..source.yaml.nodes import Node

_MOST_FILES = 40
"""The most files of configuration that are read for one service."""

_LONGEST = 200_000
"""The most characters of a file of configuration."""

_LIKE_CONFIGURATION = (
    r".*\.(?:conf|cnf|cfg|ini|ya?ml|toml|json|xml|properties|hcl|env|config|template|tmpl|j2)\Z"
    r"|(?:.*/)?(?:Caddyfile|Corefile)\Z"
)
_CONFIG_FOLDERS = ("/etc", "/usr/local/etc", "/config", "/conf", "/opt")
_FOLDER_WORDS = frozenset(("conf", "conf.d", "config", "configs", "etc", "settings"))
_NO_CONFIGURATION = (
    "/docker-entrypoint-initdb.d", "/etc/localtime", "/etc/timezone", "/etc/ssl", "/etc/hosts",
    "/etc/letsencrypt", "/etc/ca-certificates", "/etc/pki", "/etc/passwd", "/etc/group",
)  # fmt: skip
"""Targets that are about other things than the program's settings."""


def configuration_of(service: Service) -> Configuration:
    """The configuration that a service brings to its image."""
    configuration: Configuration | None = service.conclusions.get(Configuration)
    if configuration is None:
        configuration = service.conclusions[Configuration] = Configuration(service)
    return configuration


class ConfigFile(NamedTuple):
    """A file of configuration. ``target`` is its path in the container."""

    target: str
    text: str


class _Covered(NamedTuple):
    """A path in the container and what lies there: a path of the repository, or a text.

    Both are None if it cannot be read. ``mount`` tells whether it hides what the image has.
    """

    target: str
    path: str | None
    text: str | None
    mount: bool


class Configuration:
    """The configuration that a service brings to its image, as far as the repository has it.

    A file counts if it lies where the image looks for its configuration, if the command names
    it, or, for images whose paths are not known, if it looks like configuration.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._container = container_of(service)
        self._incomplete = False

    @property
    def is_default(self) -> bool:
        """Whether nothing changes the image's configuration files, for certain."""
        return not self.files and self.complete

    @property
    def complete(self) -> bool:
        """Whether all files that change the image's configuration could be read."""
        return bool(self.files is not None and not self._incomplete)

    @cached_property
    def text(self) -> str:
        """The text of all files that could be read."""
        return "\n".join(file.text for file in self.files)

    def hides(self, path: str) -> bool:
        """Whether a file or folder of the service takes the place of one of the image's files."""
        return any(
            is_inside(covered.target, path) if covered.mount else covered.target == path
            for covered in self._covered
        )

    @cached_property
    def _covered(self) -> list[_Covered]:
        """What counts as configuration, in the order in which later entries win."""
        return [covered for covered in self._all() if self._counts(covered)]

    @cached_property
    def files(self) -> list[ConfigFile]:
        """The files of configuration that could be read."""
        files: dict[str, str] = {}
        for covered in self._covered:
            for target in [known for known in files if is_inside(covered.target, known)]:
                if covered.mount:
                    del files[target]
            for target, text in self._texts(covered):
                if text is None or len(text) > _LONGEST or len(files) >= _MOST_FILES:
                    self._incomplete = True
                else:
                    files[target] = text
        return [ConfigFile(target, text) for target, text in files.items()]

    def _texts(self, covered: _Covered) -> Iterator[tuple[str, str | None]]:
        """The files of an entry: their paths in the container and their texts."""
        project = self._service.stack.project
        if covered.text is not None or covered.path is None:
            yield covered.target, covered.text
        elif project.reader.kind(covered.path) == "folder":
            listing = project.listing(covered.path)
            if not listing.complete or len(listing.files) > _MOST_FILES:
                yield covered.target, None
                return
            for name in listing.files:
                target = posixpath.join(covered.target, name)
                if self._is_config_file(target):
                    yield target, project.text(join_path(covered.path, name))
        else:
            yield covered.target, project.text(covered.path)

    # --- what counts

    @cached_property
    def _config_paths(self) -> tuple[str, ...] | None:
        """Where the image looks for its configuration; None if that is unknown."""
        facts = self._container.facts
        return facts.config_paths if facts else None

    def _counts(self, covered: _Covered) -> bool:
        target = covered.target
        if any(is_inside(other, target) for other in _NO_CONFIGURATION):
            return False
        if self._is_named(target):
            return True
        paths = self._config_paths
        if paths is not None:
            return any(is_inside(path, target) or is_inside(target, path) for path in paths)
        facts = self._container.facts
        if facts and any(is_inside(path, target) for path in facts.data_paths):
            return covered.path is not None and self._is_config_file(target)
        return self._is_config_file(target)

    def _is_config_file(self, target: str) -> bool:
        """Whether a path looks like that of a file or folder of configuration."""
        if self._config_paths and any(is_inside(path, target) for path in self._config_paths):
            return True
        name = target.rpartition("/")[2]
        return (
            re.match(_LIKE_CONFIGURATION, target) is not None
            or name in _FOLDER_WORDS
            or self._is_named(target)
            or any(is_inside(folder, target) for folder in _CONFIG_FOLDERS)
        )

    def _is_named(self, target: str) -> bool:
        """Whether the command or a variable names a path, or one below it."""
        texts = [self._container.command_text]
        texts += [variable.value or "" for variable in self._service.environment.values()]
        return len(target) > 1 and any(target in text for text in texts)

    # --- what is there

    def _all(self) -> Iterator[_Covered]:
        yield from self._copied()
        for mount in self._service.mounts:
            if not mount.target:
                self._incomplete = True
            elif mount.type == "bind" or (mount.unknown and mount.type != "volume"):
                is_here = bool(mount.source) and not mount.source.startswith("~")
                source = mount.source if is_here and not mount.unknown else None
                yield _Covered(mount.target.rstrip("/") or "/", source, None, True)
            elif mount.type in ("volume", "image"):
                # A new volume has the files of the image; another service may have changed them.
                target = mount.target.rstrip("/") or "/"
                if self._config_paths and target in self._config_paths:
                    yield _Covered(target, None, None, True)
        if self._service.get("volumes_from") is not None:
            self._incomplete = True
        yield from self._configs()
        for item in _mappings(self._service.get("secrets")):
            name = text_of(item.get("target")) or text_of(item.get("source"))
            if name is not None:
                path = posixpath.join("/run/secrets", name)
                if self._is_named(path):
                    yield _Covered(path, None, None, True)

    def _configs(self) -> Iterator[_Covered]:
        """The entries of ``configs``."""
        for item in _mappings(self._service.get("configs")):
            name = text_of(item.get("source"))
            node = item.get("target")
            target: str | None = text_of(node) if node is not None else f"/{name}"
            resource = self._service.stack.configs.get(name or "")
            if not name or target is None:
                self._incomplete = True
                continue
            path = text = None
            if resource is not None and isinstance(resource.node, Mapping):
                content = resource.node.get("content")
                text = text_of(content)
                path = text_of(resource.node.get("file"))
                if is_unknown(content):
                    text = None
            yield _Covered(posixpath.normpath(target), path, text, True)

    def _copied(self) -> Iterator[_Covered]:
        """What the Dockerfile copies to places of configuration, or may change there."""
        build = self._service.build
        if build is None:
            return
        if not self._container.chain:
            self._incomplete = True
            return
        dockerfile = self._container.dockerfile
        assert dockerfile is not None
        for part in self._container.chain:
            stage = dockerfile.all_stages[part.index]
            for copy in stage.copies:
                yield from self._copy(copy, build.context_folder)
            if self._config_paths:
                for run in stage.runs:
                    self._note_changes(run.script.text)

    def _note_changes(self, script: str) -> None:
        """Note that a RUN may change the configuration."""
        if any(path in script for path in self._config_paths or ()):
            self._incomplete = True

    def _copy(self, copy: Copy, context: str | None) -> Iterator[_Covered]:
        if copy.target is None:
            self._incomplete = True
            return
        destination = copy.instruction.destination
        into_folder = len(copy.sources) > 1 or (
            destination is not None
            and destination.value is not None
            and destination.value.endswith(("/", "."))
        )
        project = self._service.stack.project
        for word in copy.sources:
            source = word.value
            is_plain = source is not None and not any(mark in source for mark in "*?[$:")
            path = None
            if copy.source_stage == "" and context is not None and is_plain and source is not None:
                path = join_path(context, source.lstrip("/") or ".")
            target = copy.target
            if path is not None and project.reader.kind(path) != "folder" and into_folder:
                target = posixpath.join(target, path.rpartition("/")[2])
            if target == "/" and path is None:
                continue
            yield _Covered(target, path, None, False)
        if len(copy.sources) == 0:
            yield _Covered(copy.target, None, None, False)


def _mappings(node: Node | None) -> Iterator[Mapping]:
    """The mappings in a list, such as the long forms of ``configs``."""
    return (item for item in items_of(node) if isinstance(item, Mapping))
