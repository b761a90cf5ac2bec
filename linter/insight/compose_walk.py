"""Reading the nodes of a Compose file as it is written, and noting the names in them.

An alias and a merge key lead to what they stand for, in the role of the place that uses them.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import Span
from ..compose.context import is_remote_file
from ..compose.nodes import part_offsets
from ..compose.values import is_windows_path
from ..files.paths import join_path
from ..source.template import Opaque, Template, TemplateError, interpolate, parse_template
from ..source.yaml.nodes import Alias, Mapping, Node, Scalar, Sequence
from .places import UNKNOWN, Key, Link, Place, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import SourceFile
    from ..model.stack import Stack
    from ..source.yaml.nodes import Entry
    from .places import Places

MADE = "it is made from a variable"
"""Why a name cannot be replaced that variables are part of."""

_REFERENCE = on_demand(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_MOST_ENTRIES = 100_000
"""How many entries are read of the files of one stack, with what aliases and merge keys bring."""


class View(NamedTuple):
    """A file as one part of a stack.

    ``folder`` is the one that its paths start from. ``own`` is the scope of the services that it
    defines, ``scope`` that of what it refers to. ``owners`` are the services of the stack that have
    the block which is read.
    """

    source: SourceFile
    folder: str
    own: str
    scope: str
    owners: tuple[str, ...] = ()
    local: frozenset[tuple[str, str]] = frozenset()
    """What a file that is extended defines itself, by kind and name."""


class Walk:
    """Reads nodes of the files of one stack and notes names and links."""

    def __init__(self, stack: Stack, places: Places) -> None:
        self.stack = stack
        self.places = places
        self.reader = stack.project.reader
        self.scope = stack.name
        self.lookup = stack.loaded.variables.lookup
        self.left = _MOST_ENTRIES

    def entries(self, node: Node | None) -> Iterator[Entry]:
        """The entries of a mapping, and of those that its merge keys bring."""
        pending = [node]
        merged: set[int] = set()
        while pending and self.left > 0:
            mapping = real(pending.pop())
            # What is merged a second time adds nothing, and may be merged very often.
            if not isinstance(mapping, Mapping) or id(mapping) in merged:
                continue
            merged.add(id(mapping))
            self.left -= 1 + len(mapping.entries)
            for entry in mapping.entries:
                if entry.name == "<<":
                    pending += reversed(self.items(entry.value))
                else:
                    yield entry

    def keys(self, node: Node) -> Iterator[Node]:
        """The keys of a mapping."""
        return (entry.key for entry in self.entries(node))

    def listed(self, node: Node | None) -> list[Node]:
        """The items of a list, without aliases; none for any other node."""
        sequence = real(node)
        if not isinstance(sequence, Sequence) or self.left <= 0:
            return []
        self.left -= len(sequence.items)
        return [inner for item in sequence.items if (inner := real(item)) is not None]

    def items(self, node: Node | None) -> list[Node]:
        """The items of a list, or the one node that may be written instead."""
        inner = real(node)
        if inner is None:
            return []
        return inner.items if isinstance(inner, Sequence) else [inner]

    def text_of(self, node: Node | None) -> str | None:
        """The text of a scalar with the values of variables; `UNKNOWN` for those without one."""
        scalar = real(node)
        if not isinstance(scalar, Scalar) or not isinstance(scalar.value, str):
            return None
        if "$" not in scalar.raw:
            return scalar.raw
        result = interpolate(scalar.raw, self.lookup)
        if not isinstance(result, TemplateError) and result.value is not None:
            if not result.unknown:
                return result.value
            result = interpolate(scalar.raw, self._or_unknown)
            if not isinstance(result, TemplateError):
                return result.value
        return None

    def _or_unknown(self, name: str) -> str:
        value = self.lookup(name)
        return UNKNOWN if value is None or isinstance(value, Opaque) else value

    def key(
        self,
        kind: str,
        node: Node,
        view: View,
        *,
        defines: bool = False,
        scope: str | None = None,
        via: str = "",
    ) -> None:
        """Note a name that is a key; Compose replaces no variables in it."""
        scalar = real(node)
        if isinstance(scalar, Scalar) and scalar.raw:
            name = scalar.raw
            start, end = part_offsets(scalar, 0, len(name))
            self.note(kind, name, view, start, end, defines=defines, scope=scope, via=via)

    def value(
        self, kind: str, node: Node, view: View, *, scope: str | None = None, via: str = ""
    ) -> None:
        """Note a name that is a value."""
        text = self.text_of(node)
        if text:
            self.within(node, view, kind, 0, text, scope=scope, via=via)

    def part(self, node: Node, view: View, kind: str, prefix: str) -> None:
        """Note a name that follows a prefix."""
        text = self.text_of(node) or ""
        if text.startswith(prefix):
            self.within(node, view, kind, len(prefix), text[len(prefix) :])

    def within(
        self,
        node: Node,
        view: View,
        kind: str,
        start: int,
        name: str,
        *,
        scope: str | None = None,
        via: str = "",
    ) -> None:
        """Note a name that is a part of a value."""
        scalar = real(node)
        if not isinstance(scalar, Scalar) or not name:
            return
        if "$" in scalar.raw[: start + len(name)] or not scalar.raw.startswith(name, start):
            places = part_offsets(scalar, 0, len(scalar.raw))
            self.note(kind, name, view, *places, scope=scope, via=via, fixed=MADE)
            return
        places = part_offsets(scalar, start, start + len(name))
        self.note(kind, name, view, *places, scope=scope, via=via)

    def note(
        self,
        kind: str,
        name: str,
        view: View,
        start: int,
        end: int,
        *,
        defines: bool = False,
        scope: str | None = None,
        via: str = "",
        fixed: str = "",
    ) -> None:
        """Note a place in the scope that is given, else in those that the file refers to."""
        scopes = [view.scope if scope is None else scope]
        if scope is None and (kind, name) in view.local and view.own != view.scope:
            scopes.append(view.own)
        owner = " ".join(view.owners)
        for each in scopes:
            self.put(kind, name, view.source, start, end, defines, each, via, fixed, owner)

    def put(
        self,
        kind: str,
        name: str,
        source: SourceFile,
        start: int,
        end: int,
        defines: bool = False,
        scope: str | None = None,
        via: str = "",
        fixed: str = "",
        owner: str = "",
    ) -> None:
        """Keep a place."""
        span, reason = written(source, start, end, name)
        name = name.lower() if kind == "stage" else name
        key = Key(kind, self.scope if scope is None else scope, name)
        self.places.add(Place(key, span, defines, fixed or reason, via, None, owner))

    def path(self, node: Node, view: View) -> str | None:
        """Note a path, and return it as seen from the working folder; None if it is not known."""
        text = self.text_of(node)
        if not text or UNKNOWN in text or is_remote_file(text) or is_windows_path(text):
            return None
        if text.startswith("~"):
            return None
        path = join_path(view.folder, text)
        self.link_text(node, view, path)
        return path

    def link_text(self, node: Node, view: View, path: str) -> None:
        """Note a link from the whole text of a scalar."""
        scalar = real(node)
        if isinstance(scalar, Scalar):
            start, end = part_offsets(scalar, 0, len(scalar.raw))
            self.places.link(Link(Span(view.source, start, end), path))

    def link(self, view: View, place: tuple[int, int], text: str) -> None:
        """Note a link from a part of a text."""
        if not text.startswith("~") and not is_windows_path(text):
            path = join_path(view.folder, text)
            self.places.link(Link(Span(view.source, *place), path))


def real(node: Node | None) -> Node | None:
    """The node that an alias stands for; any other node itself."""
    while isinstance(node, Alias):
        node = node.target
    return node


def references_in(text: str) -> Iterator[tuple[str, int]]:
    """The variables in a text, each with the offset of its name."""
    template = parse_template(text)
    if isinstance(template, Template):
        for reference in template.references:
            yield reference.name, reference.name_start
        return
    # An unfinished reference: those that look like one.
    for match in _REFERENCE.finditer(text.replace("$$", "  ")):
        yield match[1], match.start(1)
