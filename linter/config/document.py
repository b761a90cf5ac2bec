"""Reads the text of a configuration into plain data, with the place of every key and value.

TOML is read by ``tomllib`` and a scanner for positions, YAML (and JSON, which is YAML) by the
parser of Compose files.
"""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..base.text import DecodeError, SourceFile
from ..files.disk import NotAFile
from ..files.paths import shown
from ..files.tree import current_tree
from .errors import ConfigError, Fault
from .toml_places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..source.yaml.nodes import Node
    from .toml_places import Path


MAX_BYTES = 1024 * 1024
"""The most bytes that a configuration may have."""

MAX_VALUES = 100_000
"""The most values that a YAML configuration may have once its aliases are expanded."""


class Origin(NamedTuple):
    """The place of a setting; line and column count from 1."""

    path: str
    line: int
    column: int


class Document:
    """The data of one configuration file.

    Attributes:
        data: plain values by key.
        folder: the absolute folder that its relative paths start from.
        places: the offsets of keys and values by their path from the top of the file.
        section: the path from the top of the file to ``data`` (``tool``, ``composelint`` in a
            ``pyproject.toml``). The paths that the methods take start below it.
        yaml: whether it was read as YAML, not as TOML.
    """

    __slots__ = ("data", "folder", "places", "section", "source", "yaml")

    def __init__(
        self,
        source: SourceFile,
        folder: str,
        data: dict[str, Any],
        places: dict[Path, Place],
        section: Path = (),
        yaml: bool = False,
    ) -> None:
        self.source = source
        self.folder = folder
        self.data = data
        self.places = places
        self.section = section
        self.yaml = yaml

    @property
    def path(self) -> str:
        return self.source.path

    def position(self, path: Path, on_key: bool = False) -> tuple[int, int]:
        """Line and column of a value or its key; of what encloses it if its place is not known."""
        full_path = (*self.section, *path)
        while full_path:
            place = self.places.get(full_path)
            if place is not None:
                position = self.source.position(place.key if on_key else place.value)
                return position.line, position.column
            full_path = full_path[:-1]
        return 1, 1

    def fault(self, path: Path, message: str, on_key: bool = False) -> Fault:
        """An error at a value, or at its key."""
        return Fault(self.path, *self.position(path, on_key), message)


def read_source(path: str, max_bytes: int = MAX_BYTES) -> SourceFile:
    """The text of a configuration, policy or baseline file.

    Raises:
        ConfigError: if it cannot be read, is too large or is not UTF-8.
    """
    name = shown(path)
    try:
        data = current_tree().read(path, max_bytes)
    except NotAFile:
        raise ConfigError.at(name, "not a regular file") from None
    except FileNotFoundError:
        raise ConfigError.at(name, "the file does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError.at(name, f"cannot be read: {reason}") from None
    if len(data) > max_bytes:
        raise ConfigError.at(name, f"larger than {max_bytes:,} bytes")
    try:
        return SourceFile.from_bytes(name, data)
    except DecodeError as error:
        raise ConfigError.at(name, str(error)) from None


def parse_document(source: SourceFile, folder: str) -> Document:
    """The document in a file, by the ending of its name: TOML, YAML or JSON.

    Raises:
        ConfigError: if it is none of them, or not a mapping.
    """
    name = source.path.rpartition("/")[2].lower()
    if name.endswith(".toml"):
        return parse_toml(source, folder)
    if name.endswith((".yaml", ".yml", ".json")):
        return _parse_yaml(source, folder)
    raise ConfigError.at(
        source.path, "the name has to end in .toml, .yaml or .yml to tell the format"
    )


def parse_toml(source: SourceFile, folder: str) -> Document:
    """The document in a TOML file.

    Raises:
        ConfigError: if it is not TOML.
    """
    import tomllib

    from .toml_places import find_places

    text = source.text
    try:
        data = tomllib.loads(text)
        places = find_places(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        where = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
        match = where.search(message)
        if match and match[1]:
            line, column = int(match[1]), int(match[2])
        else:
            line, column = source.position(len(text))
        reason = where.sub("", message)
        raise ConfigError.at(source.path, f"not TOML: {reason}", line, column) from None
    except RecursionError:
        raise ConfigError.at(source.path, "the values nest too deeply") from None
    return Document(source, folder, data, places)


def _parse_yaml(source: SourceFile, folder: str) -> Document:
    from ..compose.nodes import is_null
    from ..compose.resolve import resolve
    from ..source.yaml.nodes import Mapping
    from ..source.yaml.parser import parse_yaml

    def fault(start: int, message: str) -> Fault:
        return Fault(source.path, *source.position(start), message)

    yaml = parse_yaml(source)
    if yaml.problems:
        raise ConfigError(
            fault(problem.start, "not YAML: " * (problem.kind == "syntax") + problem.message)
            for problem in yaml.problems
        )
    if not yaml.documents:
        return Document(source, folder, {}, {}, yaml=True)
    first, *more = yaml.documents
    if more:
        message = "a second document begins here; one is expected"
        raise ConfigError([fault(more[0].start, message)])
    resolved = resolve(first)
    if resolved.problems:
        raise ConfigError(
            fault(problem.span.start, problem.message) for problem in resolved.problems
        )
    root = resolved.root
    if root is None or is_null(root):
        return Document(source, folder, {}, {}, yaml=True)
    if not isinstance(root, Mapping):
        message = f"a mapping of settings is expected here, not a {root.kind}"
        raise ConfigError([fault(root.start, message)])
    places: dict[Path, Place] = {}
    try:
        data = _plain(root, (), places)
    except _TooMany:
        message = f"the document has more than {MAX_VALUES:,} values"
        raise ConfigError([fault(root.start, message)]) from None
    return Document(source, folder, data, places, yaml=True)


class _TooMany(Exception):
    pass


def _plain(node: Node, path: Path, places: dict[Path, Place]) -> Any:
    """A node as plain data; adds the places of everything in it to ``places``."""
    from ..source.yaml.nodes import Mapping, Scalar, Sequence

    if len(places) > MAX_VALUES:
        raise _TooMany
    if isinstance(node, Mapping):
        values: dict[str, Any] = {}
        for entry in node.entries:
            inner_path = (*path, entry.name)
            places[inner_path] = Place(entry.key.start, entry.value.start)
            values[entry.name] = _plain(entry.value, inner_path, places)
        return values
    if isinstance(node, Sequence):
        items = []
        for index, item in enumerate(node.items):
            inner_path = (*path, index)
            places[inner_path] = Place(item.start, item.start)
            items.append(_plain(item, inner_path, places))
        return items
    return node.value if isinstance(node, Scalar) else None
