"""What exactly is wrong with a document that does not have the shape of a Compose file.

Where the schema allows alternatives, the value's own shape (text, list, mapping) picks the
one it is measured against, so that one mistake gives one error. A key that is unknown where
it stands is looked for in its neighbourhood: most are misspelt or indented wrongly.
"""

from __future__ import annotations

import re

from ...base.suggest import nearest
from ...source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .fits import INTEGER, STRING, TYPE_BITS, SchemaError, fits, key_fits, missing, read_as, search
from .misplaced import _is_null, _keys, _Level, _move, _slip
from .wording import (
    KEY_WORDS,
    SECTIONS,
    _and,
    _choice,
    _choices,
    _dotted,
    _found,
    _in_place_of,
    _or,
    _place,
    _quoted,
    _wanted,
    _yaml,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...source.yaml.nodes import Entry
    from .fits import MappingSpec, Spec
    from .wording import Path


MAX_SEARCHES = 200
"""How many unknown keys of a document are looked for elsewhere; the rest is only named."""


def explain(root: Node, spec: Spec, unset_fits: bool) -> list[SchemaError]:
    """Every mistake in a document, in the order of the file."""
    work = _Work(unset_fits)
    work.value(root, spec, (), (), None)
    files: dict[int, int] = {}
    for error in work.errors:
        files.setdefault(id(error.node.file), len(files))
    work.errors.sort(key=lambda error: (files[id(error.node.file)], error.node.start))
    return work.errors


class _Work:
    __slots__ = ("errors", "searches", "seen", "unset_fits")

    def __init__(self, unset_fits: bool) -> None:
        self.errors: list[SchemaError] = []
        self.seen: set[tuple[int, int, int, str]] = set()
        self.searches = 0
        self.unset_fits = unset_fits

    def add(
        self,
        path: Path,
        kind: str,
        message: str,
        node: Node,
        *,
        on_key: bool = False,
        suggestion: str | None = None,
        expected: Iterable[str] = (),
        rejects: bool = True,
    ) -> None:
        # What an anchor brings to several services is one mistake.
        place = (id(node.file), node.start, node.end, kind)
        if place not in self.seen:
            self.seen.add(place)
            self.errors.append(
                SchemaError(path, kind, message, node, on_key, suggestion, tuple(expected), rejects)
            )

    def value(
        self,
        node: Node,
        spec: Spec | None,
        path: Path,
        outer: tuple[_Level, ...],
        key: Node | None,
    ) -> None:
        """Say what is wrong with a value; ``outer`` are the mappings that it stands in."""
        if spec is None or fits(node, spec):
            return
        if isinstance(node, Mapping) and spec[1] is not None:
            self.mapping(node, spec, spec[1], path, outer, key)
        elif isinstance(node, Sequence) and spec[2] is not None:
            self.list(node, spec, path, outer)
        elif isinstance(node, Scalar):
            if not (self.unset_fits and node.unknown and spec[0]):
                self.scalar(node, spec, path)
        else:
            self.wrong_type(node, spec, path)

    # --- mappings ---

    def mapping(
        self,
        node: Mapping,
        spec: Spec,
        inside: MappingSpec,
        path: Path,
        outer: tuple[_Level, ...],
        key: Node | None,
    ) -> None:
        properties, kind, other, extensions, closed, required = inside
        tolerated = _tolerated(spec)
        levels = (*outer, _Level(node, inside, path))
        values: list[tuple[Entry, Spec | None]] = []
        unknown: list[Entry] = []
        for entry in node.entries:
            name = entry.name
            if name in properties:
                values.append((entry, properties[name]))
            elif extensions and name[:2] == "x-":
                continue
            elif kind and key_fits(kind, name):
                values.append((entry, other))
            elif kind and closed:
                self.odd_name(entry, kind, path, "name" not in tolerated)
            elif closed:
                unknown.append(entry)
        meant: set[str] = set()
        emptied: set[str] = set()
        if unknown:
            meant, emptied = self.unknown(unknown, levels, "unknown-property" not in tolerated)
        if kind == "name" and len(path) == 1:
            values = self.misplaced_entries(values, levels[-1])
        for entry, inner in values:
            if entry.name not in emptied:
                self.value(entry.value, inner, (*path, entry.name), levels, entry.key)
        lacking = [
            (names,) if isinstance(names, str) else names for names in missing(node, required)
        ]
        lacking = [names for names in lacking if not meant.intersection(names)]
        if lacking:
            self.add(
                path,
                "missing-property",
                f"{' and '.join(map(_or, lacking))} {'are' if len(lacking) > 1 else 'is'} missing "
                f"in {_place(path)}",
                key or node,
                on_key=key is not None,
                expected=[name for names in lacking for name in names],
            )

    def odd_name(self, entry: Entry, kind: str, path: Path, rejects: bool) -> None:
        name = entry.name
        if path and path[0] in SECTIONS and len(path) == 1:
            what = f"{SECTIONS[str(path[0])]} name"
        else:
            what = f"name in {_dotted(path)}"
        message = f"{_quoted(name)} is no {what}; it may hold only {KEY_WORDS[kind]}"
        if not name:
            message = f"a {what} is empty"
        self.add(
            (*path, name),
            "name",
            message,
            entry.key,
            on_key=True,
            suggestion=re.sub(r"[^a-zA-Z0-9._-]+", "-", name) if name and kind == "name" else None,
            expected=(KEY_WORDS[kind],),
            rejects=rejects,
        )

    def unknown(
        self, entries: list[Entry], levels: tuple[_Level, ...], rejects: bool
    ) -> tuple[set[str], set[str]]:
        """Report unknown keys. Returns the properties of which they are slips, and those that
        are empty only because a key that belongs in them stands beside them."""
        level = levels[-1]
        properties = level.spec[0]
        meant: set[str] = set()
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            self.searches += 1
            search_on = self.searches <= MAX_SEARCHES
            move = _move(entry, levels) if search_on else None
            if move is not None:
                groups.setdefault(move, []).append(entry)
                continue
            name = entry.name
            near = (_slip(name, properties) or nearest(name, properties)) if search_on else None
            message = f"unknown property {_quoted(name)} in {_place(level.path)}"
            if not level.path:
                message = f"unknown top-level property {_quoted(name)}"
            if near:
                meant.add(near)
                message += f'; did you mean "{near}"?'
            elif len(properties) <= 8:
                message += f"; it may hold {_and(properties)}"
            self.add(
                (*level.path, name),
                "unknown-property",
                message,
                entry.key,
                on_key=True,
                suggestion=near,
                expected=properties,
                rejects=rejects,
            )
        emptied: set[str] = set()
        for (kind, target), group in groups.items():
            if kind == "below":
                emptied.add(target)
            elif kind == "service" and _is_null(level.node.get("services")):
                emptied.add("services")
            self.moved(kind, target, group, level, rejects)
        return meant, emptied

    def moved(
        self, kind: str, target: str, group: list[Entry], level: _Level, rejects: bool
    ) -> None:
        """Report keys that belong elsewhere; those with one destination are one mistake."""
        names = _and([entry.name for entry in group])
        many = len(group) > 1
        them = "them" if many else "it"
        known = "properties" if many else "property"
        place = f"{known} of {_place(level.path)}" if level.path else f"top-level {known}"
        message = f"{names} {'are' if many else 'is'} no {place}"
        belongs = "they belong" if many else "it belongs"
        error = "misplaced-property"
        if kind == "service":
            message = f"{names} {'look like services' if many else 'looks like a service'} but "
            message += f"{'stand' if many else 'stands'} at the top level; "
            message += f'indent {them} below "services"'
            if level.node.get("services") is None:
                error = "legacy-layout"
        elif kind == "outer":
            message += f" but of {target}: indent {them} less"
        elif kind == "below":
            message += f' but of its "{target}": indent {them} one level deeper'
        elif kind == "any-service":
            message += f"; {belongs} in a service"
        else:
            message += f"; {belongs} in {target}"
        first = group[0]
        self.add((*level.path, first.name), error, message, first.key, on_key=True, rejects=rejects)

    def misplaced_entries(
        self, values: list[tuple[Entry, Spec | None]], level: _Level
    ) -> list[tuple[Entry, Spec | None]]:
        """Report entries of a section that are really properties of the entry before them,
        or sections themselves; returns the others."""
        section = str(level.path[0])
        kept: list[tuple[Entry, Spec | None]] = []
        groups: dict[str, list[Entry]] = {}
        owner: Entry | None = None
        for entry, spec in values:
            name, value = entry.name, entry.value
            known = spec[1][0] if spec and spec[1] else {}
            if name not in known or fits(value, spec):
                owner = entry
                kept.append((entry, spec))
                continue
            is_section = section == "services" and name in SECTIONS
            open_owner = owner is not None and _is_null(owner.value)
            if (
                is_section
                and not open_owner
                and not isinstance(value, Sequence)
                and not any(key in known for key in _keys(value))
            ):
                self.add(
                    (section, name),
                    "misplaced-property",
                    f'"{name}" stands below "services" as if it were a service; '
                    "move it to the top level",
                    entry.key,
                    on_key=True,
                )
                continue
            if isinstance(value, Mapping) and not fits(value, known[name]):
                owner = entry
                kept.append((entry, spec))
                continue
            groups.setdefault(owner.name if owner else "", []).append(entry)
        for target, group in groups.items():
            self.not_names(target, group, level)
        return [
            (entry, spec)
            for entry, spec in kept
            if not (entry.name in groups and _is_null(entry.value))
        ]

    def not_names(self, target: str, group: list[Entry], level: _Level) -> None:
        section = str(level.path[0])
        names = _and([entry.name for entry in group])
        many = len(group) > 1
        message = f"{names} {'are properties' if many else 'is a property'} of a "
        message += SECTIONS[section]
        if target:
            message += f"; indent {'them' if many else 'it'} below {_quoted(target)}"
        else:
            message += f", but {'stand' if many else 'stands'} where the name of one should be"
        first = group[0]
        self.add((section, first.name), "misplaced-property", message, first.key, on_key=True)

    # --- lists ---

    def list(self, node: Sequence, spec: Spec, path: Path, outer: tuple[_Level, ...]) -> None:
        assert spec[2] is not None
        inner, unique = spec[2]
        dashes = False
        seen: dict[object, int] = {}
        for index, item in enumerate(node.items):
            here = (*path, index)
            if inner is not None and isinstance(item, Mapping) and not fits(item, inner):
                if inner[1] is None and spec[1] is not None:
                    if not dashes:
                        dashes = True
                        self.dashes(item, path, here)
                    continue
                if self.short_form(item, inner, here):
                    continue
            self.value(item, inner, here, outer, None)
            if unique and isinstance(item, Scalar) and not (self.unset_fits and item.unknown):
                known = (item.value, isinstance(item.value, bool))
                first = seen.setdefault(known, index)
                if first != index:
                    self.add(
                        here,
                        "duplicate-item",
                        f"{_dotted(here)} repeats {_quoted(item.raw)}, which item [{first}] has already",
                        item,
                    )

    def dashes(self, item: Mapping, path: Path, here: Path) -> None:
        self.add(
            here,
            "type",
            f"{_dotted(here)} must be a string, not a mapping; "
            f'without the "-" of its items {_dotted(path)} is a mapping too',
            item,
            expected=("a string",),
        )

    def short_form(self, item: Mapping, spec: Spec, path: Path) -> bool:
        """Report ``- 8080: 80``: a string that a space after its colon made a mapping."""
        braces = item.file.text[item.start : item.start + 1] == "{"
        if braces or len(item.entries) != 1 or not spec[0] & STRING:
            return False
        key, value = item.entries[0]
        properties = spec[1][0] if spec[1] else {}
        if (
            not isinstance(key, Scalar)
            or not isinstance(value, Scalar)
            or value.value is None
            or key.raw in properties
            or _slip(key.raw, properties)
        ):
            return False
        text = f"{key.raw}:{value.raw}"
        self.add(
            path,
            "type",
            f'{_dotted(path)} is a mapping because of the space after ":"; write {_quoted(text)}',
            item,
            suggestion=_yaml(text),
            expected=("a string",),
        )
        return True

    # --- scalars ---

    def scalar(self, node: Scalar, spec: Spec, path: Path) -> None:
        mask, _, _, checks = spec
        value = node.value
        bit = TYPE_BITS.get(type(value), 0)
        whole = mask & INTEGER and isinstance(value, float) and value.is_integer()
        if not (mask & bit or whole) or checks is None:
            self.wrong_type(node, spec, path)
            return
        enum, pattern, _, _, _, cast, _, expected, _ = checks
        if cast and bit == STRING and read_as(cast, node.raw) is None:
            self.wrong_cast(node, spec, path, cast)
            return
        if enum is not None or pattern is not None:
            choices = enum or expected or ()
            near = _choice(node.raw, choices)
            message = (
                f"{_dotted(path)} must be {_choices(choices, bool(enum))}, not {_quoted(node.raw)}"
            )
            if near:
                message += f'; did you mean "{near}"?'
            tolerated = pattern is not None and "surrounding-text" in _tolerated(spec)
            self.add(
                path,
                "enum" if enum else "pattern",
                message,
                node,
                suggestion=near,
                expected=choices,
                rejects=not (tolerated and search(str(pattern).strip("^$"), node.raw)),
            )
        else:
            words = _wanted(spec)
            self.add(
                path,
                "range",
                f"{_dotted(path)} must be {_or(words, '')}, not {_quoted(node.raw, '')}",
                node,
                expected=words,
            )

    def wrong_cast(self, node: Scalar, spec: Spec, path: Path, cast: str) -> None:
        words = _wanted(spec)
        message = f"{_dotted(path)} must be {_or(words, '')}, not {_quoted(node.raw)}"
        suggestion = None
        if cast == "none" and read_as("integer", node.raw) is not None:
            suggestion = node.raw
            message = (
                f"{_dotted(path)} must be {_or(words, '')} without quotes: "
                "Docker Compose reads no text here"
            )
        self.add(path, "cast", message, node, suggestion=suggestion, expected=words)

    def wrong_type(self, node: Node, spec: Spec, path: Path) -> None:
        words = _wanted(spec)
        wanted = _or(words, "")
        kind = "type"
        rejects = True
        suggestion = None
        if not path:
            message = f"the file must hold a mapping, not {_found(node)}"
        elif _is_null(node):
            kind = "empty"
            message = f"{_dotted(path)} is empty; it must be {wanted}"
            rejects = "null" not in _tolerated(spec)
        else:
            message = f"{_dotted(path)} must be {wanted}, not {_found(node)}"
            if isinstance(node, Scalar):
                if TYPE_BITS.get(type(node.value)) is None:
                    kind = "date"
                suggestion, hint = _in_place_of(node, spec)
                message += hint
        self.add(path, kind, message, node, suggestion=suggestion, expected=words, rejects=rejects)


# --- what a place asks for, in words ---


# --- where a key belongs ---


def _tolerated(spec: Spec) -> tuple[str, ...]:
    return (spec[3][8] or ()) if spec[3] else ()


# --- text ---
