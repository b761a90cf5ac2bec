"""The places of a project at which names are written, each with what it names.

A place refers to one or more keys: a kind of thing, the scope in which its name is unique, and the
name. The service ``web`` of a file that belongs to two stacks has a key for each of them, so that
what has a place in common belongs together.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile

UNKNOWN = "\uffff"
"""Stands in a name for the value of a variable that is not known."""

KINDS = {
    "service": "service",
    "network": "network",
    "volume": "volume",
    "secret": "secret",
    "config": "config",
    "model": "model",
    "profile": "profile",
    "anchor": "anchor",
    "variable": "variable",
    "environment": "variable of the container",
    "argument": "build argument",
    "image-variable": "variable of the image",
    "stage": "stage",
}
"""The kinds of things that have names, and what messages call them."""


class Key(NamedTuple):
    """What a name means: its kind, the scope in which it is unique, and the name.

    ``scope`` is the name of a stack, the path of a file, or what is needed besides.
    """

    kind: str
    scope: str
    name: str


class Place(NamedTuple):
    """A name in a file.

    ``defines`` tells that it is defined here. ``fixed`` is the reason why the text cannot be
    replaced by another name; empty if it can. ``via`` tells what else is to be known of the place:
    ``host``, ``short``, ``passed``, ``number``, ``example``, ``image``. ``target`` is the definition that
    counts, if it is known. ``owner`` is what it is part of, such as a service.
    """

    key: Key
    span: Span
    defines: bool = False
    fixed: str = ""
    via: str = ""
    target: Span | None = None
    owner: str = ""

    @property
    def spot(self) -> tuple[str, int, int]:
        """Where the name is, for comparing."""
        return self.span.file.path, self.span.start, self.span.end


class Link(NamedTuple):
    """A path in a file, and the file that it leads to, or a page (``url``)."""

    span: Span
    path: str
    url: str = ""


class Places:
    """Collects places and links, each once."""

    def __init__(self) -> None:
        self.by_key: dict[Key, list[Place]] = {}
        self.by_file: dict[str, list[Place]] = {}
        self.links: dict[str, list[Link]] = {}
        self._seen: set[tuple[Key, tuple[str, int, int]]] = set()
        self._linked: set[tuple[str, int, int]] = set()

    def add(self, place: Place) -> None:
        """Keep a place; one that is known already counts once."""
        mark = (place.key, place.spot)
        if mark not in self._seen:
            self._seen.add(mark)
            self.by_key.setdefault(place.key, []).append(place)
            self.by_file.setdefault(place.span.file.path, []).append(place)

    def link(self, link: Link) -> None:
        """Keep a link; the first one of each place counts."""
        spot = (link.span.file.path, link.span.start, link.span.end)
        if spot not in self._linked:
            self._linked.add(spot)
            self.links.setdefault(link.span.file.path, []).append(link)


def written(file: SourceFile, start: int, end: int, name: str) -> tuple[Span, str]:
    """The place of a name in a file, and why it cannot be replaced; empty if it can."""
    span = Span(file, start, end).origin
    return span, "" if span.text == name else "it is not written as it is read"
