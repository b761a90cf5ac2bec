"""Configuration text to plain data that remembers where every key and value stands.

TOML goes through ``tomllib`` and a scanner for positions, YAML (and JSON, which is YAML)
through the same reader as Compose files.
"""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..base.text import DecodeError, SourceFile
from ..files.disk import DISK, NotAFile
from ..files.paths import shown
from .toml_places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..source.yaml.nodes import Node
    from .toml_places import Path


MAX_BYTES = 1024 * 1024
"""How large a configuration may be."""

MAX_VALUES = 100_000
"""How many values a YAML configuration may have once its aliases are expanded."""


class Fault(NamedTuple):
    """One mistake in a configuration. ``line`` and ``column`` count from 1; 0 means the file."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        from ..base.escape import visible

        place = f":{self.line}:{self.column}" if self.line else ""
        return visible(f"{self.path}{place}: {self.message}")


class ConfigError(ValueError):
    """A configuration, policy or baseline that cannot be used: ``faults`` lists every mistake.

    As text it has one line for each.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class Document:
    """The data of one configuration file.

    ``data`` is a dict of plain values. ``section`` leads to it from the top of the file
    (``tool``, ``composelint`` in a ``pyproject.toml``); paths given to the methods start
    below it. ``folder`` is the absolute folder that its relative paths start from.
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
        """Line and column of a value (or of its key); of what encloses it where it has none."""
        whole = (*self.section, *path)
        while whole:
            place = self.places.get(whole)
            if place is not None:
                found = self.source.position(place.key if on_key else place.value)
                return found.line, found.column
            whole = whole[:-1]
        return 1, 1

    def fault(self, path: Path, message: str, on_key: bool = False) -> Fault:
        return Fault(self.path, *self.position(path, on_key), message)


def read_source(path: str, max_bytes: int = MAX_BYTES) -> SourceFile:
    """The text of a configuration, policy or baseline file.

    Raises:
        ConfigError: where it cannot be read, is too large or is not UTF-8.
    """
    name = shown(path)
    try:
        data = DISK.read(path, max_bytes)
    except NotAFile:
        raise ConfigError([Fault(name, 0, 0, "not a regular file")]) from None
    except FileNotFoundError:
        raise ConfigError([Fault(name, 0, 0, "there is no such file")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError([Fault(name, 0, 0, f"cannot be read: {reason}")]) from None
    if len(data) > max_bytes:
        raise ConfigError([Fault(name, 0, 0, f"larger than {max_bytes:,} bytes")])
    try:
        return SourceFile.from_bytes(name, data)
    except DecodeError as error:
        raise ConfigError([Fault(name, 0, 0, str(error))]) from None


def parse_document(source: SourceFile, folder: str) -> Document:
    """Read a document by the ending of its name: TOML, YAML or JSON.

    Raises:
        ConfigError: where it is none of them, or not a mapping.
    """
    name = source.path.rpartition("/")[2].lower()
    if name.endswith(".toml"):
        return parse_toml(source, folder)
    if name.endswith((".yaml", ".yml", ".json")):
        return _parse_yaml(source, folder)
    raise ConfigError(
        [Fault(source.path, 0, 0, "the name has to end in .toml, .yaml or .yml to tell the format")]
    )


def parse_toml(source: SourceFile, folder: str) -> Document:
    """Read a TOML document.

    Raises:
        ConfigError: where it is not TOML.
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
        found = where.search(message)
        if found and found[1]:
            line, column = int(found[1]), int(found[2])
        else:
            line, column = source.position(len(text))
        reason = where.sub("", message)
        raise ConfigError([Fault(source.path, line, column, f"not TOML: {reason}")]) from None
    except RecursionError:
        raise ConfigError([Fault(source.path, 0, 0, "the values nest too deeply")]) from None
    return Document(source, folder, data, places)


def _parse_yaml(source: SourceFile, folder: str) -> Document:
    from ..compose.nodes import is_null
    from ..compose.resolve import resolve
    from ..source.yaml.nodes import Mapping
    from ..source.yaml.parser import parse_yaml

    def fault(start: int, message: str) -> Fault:
        at = source.position(start)
        return Fault(source.path, at.line, at.column, message)

    yaml = parse_yaml(source)
    if yaml.problems:
        raise ConfigError(
            fault(
                item.start, f"not YAML: {item.message}" if item.kind == "syntax" else item.message
            )
            for item in yaml.problems
        )
    if len(yaml.documents) > 1:
        raise ConfigError(
            [fault(yaml.documents[1].start, "a second document begins here; one is expected")]
        )
    if not yaml.documents:
        return Document(source, folder, {}, {}, yaml=True)
    resolved = resolve(yaml.documents[0])
    if resolved.problems:
        raise ConfigError(fault(item.span.start, item.message) for item in resolved.problems)
    root = resolved.root
    if root is None or is_null(root):
        return Document(source, folder, {}, {}, yaml=True)
    if not isinstance(root, Mapping):
        raise ConfigError(
            [fault(root.start, f"a mapping of settings is expected here, not a {root.kind}")]
        )
    places: dict[Path, Place] = {}
    try:
        data = _plain(root, (), places)
    except _TooMany:
        raise ConfigError(
            [fault(root.start, f"the document has more than {MAX_VALUES:,} values")]
        ) from None
    return Document(source, folder, data, places, yaml=True)


class _TooMany(Exception):
    pass


def _plain(node: Node, path: Path, places: dict[Path, Place]) -> Any:
    """A node as plain data; notes where everything in it stands."""
    from ..source.yaml.nodes import Mapping, Scalar, Sequence

    if len(places) > MAX_VALUES:
        raise _TooMany
    if isinstance(node, Mapping):
        found: dict[str, Any] = {}
        for entry in node.entries:
            below = (*path, entry.name)
            places[below] = Place(entry.key.start, entry.value.start)
            found[entry.name] = _plain(entry.value, below, places)
        return found
    if isinstance(node, Sequence):
        items = []
        for index, item in enumerate(node.items):
            below = (*path, index)
            places[below] = Place(item.start, item.start)
            items.append(_plain(item, below, places))
        return items
    return node.value if isinstance(node, Scalar) else None


class Origin(NamedTuple):
    """Where a setting stands; line and column count from 1."""

    path: str
    line: int
    column: int
