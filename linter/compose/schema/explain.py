"""The errors of a document that does not have the shape of a Compose file.

If the schema allows alternatives, the value's own type (text, list, mapping) selects the
one that it is compared with, so that one mistake gives one error. An unknown key is looked
for on the levels around it: most are misspelt or indented wrongly.
"""

from __future__ import annotations

import re

from ...base.suggest import did_you_mean, nearest
from ...source.yaml.nodes import Mapping, Node, Scalar, Sequence
from ..release import CURRENT, OLDER
from .fits import (
    INTEGER,
    STRING,
    TYPE_BITS,
    SchemaError,
    fits,
    key_fits,
    missing,
    read_as,
    search,
    takes_date,
)
from .misplaced import Level, is_null, keys_of, misspelt, right_place
from .wording import (
    KEY_WORDS,
    SECTIONS,
    and_words,
    as_yaml,
    choice_words,
    dotted,
    mapping_label,
    nearest_choice,
    or_words,
    quoted,
    replacement,
    type_words,
    wanted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...source.yaml.nodes import Entry
    from .fits import MappingSpec, Spec
    from .wording import Path


MAX_SEARCHES = 200
"""How many unknown keys of a document are looked for elsewhere; the others are only named."""


def explain(root: Node, spec: Spec, unset_fits: bool) -> list[SchemaError]:
    """Every error in a document, in the order of the file."""
    explainer = _Explainer(unset_fits)
    explainer.value(root, spec, (), (), None)
    files: dict[int, int] = {}
    for error in explainer.errors:
        files.setdefault(id(error.node.file), len(files))
    return sorted(
        explainer.errors, key=lambda error: (files[id(error.node.file)], error.node.start)
    )


class _Explainer:
    __slots__ = ("errors", "places", "searches", "unset_fits")

    def __init__(self, unset_fits: bool) -> None:
        self.errors: list[SchemaError] = []
        self.places: set[tuple[int, int, int, str]] = set()
        self.searches = 0
        self.unset_fits = unset_fits

    def add(self, path: Path, kind: str, message: str, node: Node, **more: Any) -> None:
        # An error of an anchor that several services share is one error.
        place = (id(node.file), node.start, node.end, kind)
        if place not in self.places:
            self.places.add(place)
            more["expected"] = tuple(more.get("expected", ()))
            self.errors.append(SchemaError(path, kind, message, node, **more))

    def value(
        self,
        node: Node,
        spec: Spec | None,
        path: Path,
        outer: tuple[Level, ...],
        key: Node | None,
    ) -> None:
        """Report the errors of a value; ``outer`` are the mappings that contain it."""
        if spec is None or fits(node, spec):
            return
        if isinstance(node, Mapping) and spec[1] is not None:
            self.mapping(node, spec, spec[1], path, outer, key)
        elif isinstance(node, Sequence) and spec[2] is not None:
            self.items(node, spec, path, outer)
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
        outer: tuple[Level, ...],
        key: Node | None,
    ) -> None:
        properties, kind, other, extensions, closed, required = inside
        tolerated = _tolerated(spec)
        levels = (*outer, Level(node, inside, path))
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
                self.wrong_name(entry, kind, path, tolerated)
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
            names
            for name in missing(node, required)
            if not meant.intersection(names := (name,) if isinstance(name, str) else name)
        ]
        if lacking:
            self.add(
                path,
                "missing-property",
                f"{' and '.join(map(or_words, lacking))} {'are' if len(lacking) > 1 else 'is'} missing "
                f"in {mapping_label(path)}",
                key or node,
                on_key=key is not None,
                expected=[name for names in lacking for name in names],
            )

    def wrong_name(self, entry: Entry, kind: str, path: Path, tolerated: tuple[str, ...]) -> None:
        name = entry.name
        noun = f"name in {dotted(path)}"
        if len(path) == 1 and path[0] in SECTIONS:
            noun = f"{SECTIONS[str(path[0])]} name"
        message = (
            f"{quoted(name)} is not allowed as a {noun}: it may contain only {KEY_WORDS[kind]}"
        )
        if not name:
            message = f"a {noun} is empty"
        self.add(
            (*path, name),
            "name",
            message,
            entry.key,
            on_key=True,
            suggestion=re.sub(r"[^a-zA-Z0-9._-]+", "-", name) if name and kind == "name" else None,
            expected=(KEY_WORDS[kind],),
            rejects="name" not in tolerated,
            only=CURRENT if "name-before-5" in tolerated else "",
        )

    def unknown(
        self, entries: list[Entry], levels: tuple[Level, ...], rejects: bool
    ) -> tuple[set[str], set[str]]:
        """Report unknown keys.

        Returns the properties that they misspell, and those that are empty only because a key
        that belongs below them is beside them.
        """
        level = levels[-1]
        properties = level.spec[0]
        meant: set[str] = set()
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            self.searches += 1
            name, near = entry.name, None
            if self.searches <= MAX_SEARCHES:
                move = right_place(entry, levels)
                if move is not None:
                    groups.setdefault(move, []).append(entry)
                    continue
                near = misspelt(name, properties) or nearest(name, properties)
            message = f"unknown property {quoted(name)} in {mapping_label(level.path)}"
            if not level.path:
                message = f"unknown top-level property {quoted(name)}"
            if near:
                meant.add(near)
                message += did_you_mean(near)
            elif len(properties) <= 8:
                message += f"; it may contain {and_words(properties)}"
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
            elif kind == "service" and is_null(level.node.get("services")):
                emptied.add("services")
            self.moved(kind, target, group, level, rejects)
        return meant, emptied

    def moved(
        self, kind: str, target: str, group: list[Entry], level: Level, rejects: bool
    ) -> None:
        """Report keys that belong elsewhere; those with one destination are one error."""
        names = and_words([entry.name for entry in group])
        many = len(group) > 1
        them, belongs = ("them", "they belong") if many else ("it", "it belongs")
        noun = "properties" if many else "property"
        label = f"{noun} of {mapping_label(level.path)}" if level.path else f"top-level {noun}"
        label = label if many else f"a {label}"
        advice = {
            "outer": f" but of {target}: indent {them} less",
            "below": f' but of its "{target}": indent {them} one level deeper',
            "any-service": f"; {belongs} in a service",
            "inside": f"; {belongs} in {target}",
        }
        error = "misplaced-property"
        if kind == "service":
            looks = "look like services but are" if many else "looks like a service but is"
            message = f'{names} {looks} at the top level; indent {them} below "services"'
            if level.node.get("services") is None:
                error = "legacy-layout"
        else:
            message = f"{names} {'are' if many else 'is'} not {label}{advice[kind]}"
        first = group[0]
        self.add((*level.path, first.name), error, message, first.key, on_key=True, rejects=rejects)

    def misplaced_entries(
        self, values: list[tuple[Entry, Spec | None]], level: Level
    ) -> list[tuple[Entry, Spec | None]]:
        """Report entries of a section that are really sections, or properties of the entry before.

        Returns the others.
        """
        section = str(level.path[0])
        kept: list[tuple[Entry, Spec | None]] = []
        groups: dict[str, list[Entry]] = {}
        owner: Entry | None = None
        for entry, spec in values:
            name, value = entry.name, entry.value
            properties = spec[1][0] if spec and spec[1] else {}
            fits_section = name not in properties or fits(value, spec)
            if (
                not fits_section
                and section == "services"
                and name in SECTIONS
                and not (owner is not None and is_null(owner.value))
                and not isinstance(value, Sequence)
                and not any(key in properties for key in keys_of(value))
            ):
                message = (
                    f'"{name}" is below "services" as if it were a service; '
                    "move it to the top level"
                )
                self.add((section, name), "misplaced-property", message, entry.key, on_key=True)
            elif fits_section or (isinstance(value, Mapping) and not fits(value, properties[name])):
                owner = entry
                kept.append((entry, spec))
            else:
                groups.setdefault(owner.name if owner else "", []).append(entry)
        for target, group in groups.items():
            self.not_names(target, group, section)
        return [
            (entry, spec)
            for entry, spec in kept
            if not (entry.name in groups and is_null(entry.value))
        ]

    def not_names(self, target: str, group: list[Entry], section: str) -> None:
        """Report properties in the place of names; ``target`` is the entry they belong to."""
        names = and_words([entry.name for entry in group])
        many = len(group) > 1
        message = f"{names} {'are properties' if many else 'is a property'} of a "
        message += SECTIONS[section]
        if target:
            message += f"; indent {'them' if many else 'it'} below {quoted(target)}"
        else:
            message += f", but {'are' if many else 'is'} where the name of one should be"
        first = group[0]
        self.add((section, first.name), "misplaced-property", message, first.key, on_key=True)

    # --- lists ---

    def items(self, node: Sequence, spec: Spec, path: Path, outer: tuple[Level, ...]) -> None:
        assert spec[2] is not None
        inner, unique = spec[2]
        has_dashes = False
        indexes: dict[object, int] = {}
        for index, item in enumerate(node.items):
            at = (*path, index)
            if inner is not None and isinstance(item, Mapping) and not fits(item, inner):
                if inner[1] is None and spec[1] is not None:
                    if not has_dashes:
                        self.dashes(item, path, at)
                    has_dashes = True
                    continue
                if self.short_form(item, inner, at):
                    continue
            self.value(item, inner, at, outer, None)
            if unique and isinstance(item, Scalar) and not (self.unset_fits and item.unknown):
                first = indexes.setdefault((item.value, isinstance(item.value, bool)), index)
                if first != index:
                    message = (
                        f"{dotted(at)} repeats {quoted(item.raw)}, which item [{first}] has already"
                    )
                    self.add(at, "duplicate-item", message, item)

    def dashes(self, item: Mapping, path: Path, item_path: Path) -> None:
        """Report a list of mappings that should be one mapping."""
        message = (
            f"{dotted(item_path)} must be a string, not a mapping; "
            f'without the "-" of its items {dotted(path)} is a mapping too'
        )
        self.add(item_path, "type", message, item, expected=("a string",))

    def short_form(self, item: Mapping, spec: Spec, path: Path) -> bool:
        """Report ``- 8080: 80``: a string that a space after its colon made a mapping."""
        has_braces = item.file.text[item.start : item.start + 1] == "{"
        if has_braces or len(item.entries) != 1 or not spec[0] & STRING:
            return False
        key, value = item.entries[0]
        properties = spec[1][0] if spec[1] else {}
        if (
            not isinstance(key, Scalar)
            or not isinstance(value, Scalar)
            or value.value is None
            or key.raw in properties
            or misspelt(key.raw, properties)
        ):
            return False
        text = f"{key.raw}:{value.raw}"
        message = (
            f'{dotted(path)} is a mapping because of the space after ":"; write {quoted(text)}'
        )
        self.add(path, "type", message, item, suggestion=as_yaml(text), expected=("a string",))
        return True

    # --- scalars ---

    def scalar(self, node: Scalar, spec: Spec, path: Path) -> None:
        mask, _, _, checks = spec
        value = node.value
        bit = TYPE_BITS.get(type(value), 0)
        is_whole = mask & INTEGER and isinstance(value, float) and value.is_integer()
        if not (mask & bit or is_whole) or checks is None:
            self.wrong_type(node, spec, path)
            return
        enum, pattern, _, _, _, cast, _, expected, _ = checks
        if cast and bit == STRING and read_as(cast, node.raw) is None:
            self.wrong_cast(node, spec, path, cast)
            return
        if enum is None and pattern is None:
            words = wanted(spec)
            message = f"{dotted(path)} must be {or_words(words, '')}, not {quoted(node.raw, '')}"
            self.add(path, "range", message, node, expected=words)
            return
        choices = enum or expected or ()
        near = nearest_choice(node.raw, choices)
        message = (
            f"{dotted(path)} must be {choice_words(choices, bool(enum))}, not {quoted(node.raw)}"
        )
        message += did_you_mean(near)
        tolerated = _tolerated(spec)
        is_inside = pattern is not None and search(str(pattern).strip("^$"), node.raw)
        self.add(
            path,
            "enum" if enum else "pattern",
            message,
            node,
            suggestion=near,
            expected=choices,
            only=CURRENT if is_inside and "surrounding-text-before-5" in tolerated else "",
        )

    def wrong_cast(self, node: Scalar, spec: Spec, path: Path, cast: str) -> None:
        words = wanted(spec)
        subject = f"{dotted(path)} must be {or_words(words, '')}"
        message, suggestion = f"{subject}, not {quoted(node.raw)}", None
        if cast == "none" and read_as("integer", node.raw) is not None:
            message = f"{subject} without quotes: Docker Compose accepts no text here"
            suggestion = node.raw
        self.add(path, "cast", message, node, suggestion=suggestion, expected=words)

    def wrong_type(self, node: Node, spec: Spec, path: Path) -> None:
        words = wanted(spec)
        needed = or_words(words, "")
        kind = "type"
        rejects = True
        only = ""
        suggestion = None
        if not path:
            message = f"the file must contain a mapping, not {type_words(node)}"
        elif is_null(node):
            kind = "empty"
            message = f"{dotted(path)} is empty; it must be {needed}"
            rejects = "null" not in _tolerated(spec)
        else:
            message = f"{dotted(path)} must be {needed}, not {type_words(node)}"
            if isinstance(node, Scalar):
                if type(node.value) not in TYPE_BITS:
                    kind = "date"
                    only = OLDER if takes_date(path, spec) else ""
                suggestion, advice = replacement(node, spec)
                message += advice
        self.add(
            path,
            kind,
            message,
            node,
            suggestion=suggestion,
            expected=words,
            rejects=rejects,
            only=only,
        )


def _tolerated(spec: Spec) -> tuple[str, ...]:
    """What Docker Compose tolerates at a place."""
    return (spec[3][8] or ()) if spec[3] else ()
