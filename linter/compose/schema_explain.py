"""What exactly is wrong with a document that does not have the shape of a Compose file.

Where the schema allows alternatives, the value's own shape (text, list, mapping) picks the
one it is measured against, so that one mistake gives one error. A key that is unknown where
it stands is looked for in its neighbourhood: most are misspelt or indented wrongly.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.suggest import distance, nearest
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .schema import (
    BOOLEAN,
    FLOAT,
    INTEGER,
    NULL,
    STRING,
    TYPE_BITS,
    SchemaError,
    fits,
    key_fits,
    missing,
    read_as,
    search,
)
from .schema_table import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.yaml.nodes import Entry
    from .schema import MappingSpec, Spec

Path = tuple[str | int, ...]

SECTIONS = {
    "services": "service",
    "jobs": "job",
    "models": "model",
    "networks": "network",
    "volumes": "volume",
    "secrets": "secret",
    "configs": "config",
}
"""What the entries of the top-level sections are called."""

SYNONYMS = {
    "arguments": ("args", "command"),
    "cmd": ("command", "test"),
    "command": ("test",),
    "cpu": ("cpus",),
    "cpu_limit": ("cpus",),
    "depends": ("depends_on",),
    "env": ("environment",),
    "file": ("dockerfile",),
    "health": ("healthcheck",),
    "hosts": ("extra_hosts",),
    "mem": ("mem_limit",),
    "memory": ("mem_limit",),
    "memory_limit": ("mem_limit",),
    "mounts": ("volumes",),
    "net": ("network_mode",),
    "network": ("networks",),
    "retry": ("retries",),
    "variables": ("environment",),
    "vars": ("environment",),
    "workdir": ("working_dir",),
}
"""Names that people use for others; net is that of the first file format."""

MAX_SEARCHES = 200
"""How many unknown keys of a document are looked for elsewhere; the rest is only named."""

KEY_WORDS = {
    "name": 'letters, digits, ".", "_" and "-"',
    "some": "at least one character",
    "line": "one line of text",
    "lower": "lowercase letters",
}

_SAFE = on_demand(r"[A-Za-z0-9_./@+-][A-Za-z0-9_./@+:=-]*\Z")


class _Level:
    """A mapping on the way to a value: its node, what it may hold, and where it stands."""

    __slots__ = ("node", "path", "spec")

    def __init__(self, node: Mapping, spec: MappingSpec, path: Path) -> None:
        self.node = node
        self.spec = spec
        self.path = path


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


def _meaning(spec: Spec) -> tuple[str, ...]:
    """What a string at this place has to be, where the schema says more than "string"."""
    checks = spec[3]
    if checks is None:
        return ()
    enum, _, _, _, examples, _, notation, expected, _ = checks
    words = enum or expected or ()
    if words and not any(" " in word for word in words):
        return tuple(f'"{word}"' for word in words)
    if notation == "duration":
        return (f'a duration such as "{(examples or ("30s",))[0]}"',)
    if notation == "size":
        return (f'a size such as "{(examples or ("512m",))[0]}"',)
    return ()


def _wanted(spec: Spec) -> tuple[str, ...]:
    mask, mapping, listing, checks = spec
    cast = checks[5] if checks else None
    words: list[str] = []
    if mask & STRING:
        words += _meaning(spec) or (() if cast else ("a string",))
    if listing is not None:
        words.append("a list")
    if mapping is not None:
        words.append("a mapping")
    if mask & (INTEGER | FLOAT) and not _is_size(spec):
        number = "a number"
        if cast == "octal":
            number = "an octal number such as 0440"
        elif cast in ("integer", "count") or not mask & FLOAT:
            number = "a whole number"
        if checks and checks[2] is not None:
            number += _range(checks[2], checks[3])
        words.append(number)
    if cast == "count":
        words.append('"all"')
    if mask & BOOLEAN:
        words += ("true", "false")
    if mask & NULL:
        words.append("nothing")
    return tuple(words)


def _range(low: float, high: float | None) -> str:
    return f" from {low:g} on" if high is None else f" from {low:g} to {high:.10g}"


def _is_size(spec: Spec) -> bool:
    return bool(spec[3] and spec[3][6] == "size" and spec[0] & STRING)


def _found(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return f"the number {_quoted(node.raw, '')}"
        if value is None:
            return "nothing"
        return "a string" if isinstance(value, str) else "a date"
    return f"a {node.kind}"


def _in_place_of(node: Scalar, spec: Spec) -> tuple[str | None, str]:
    """YAML that would fit where a scalar of the wrong type stands, and a hint in words."""
    mask, mapping, listing, checks = spec
    value = node.value
    if value is None or "\n" in node.raw or node.style in ("|", ">"):
        return None, ""
    if mask & STRING and mapping is None and not (checks and checks[5]):
        number = isinstance(value, int) and not isinstance(value, bool)
        if checks and checks[6] == "duration":
            return (f"{value}s", "") if number else (None, "")
        if checks and checks[7] and "no" in checks[7] and value is False:
            return '"no"', ""
        if not _meaning(spec):
            return f'"{node.raw}"', ": put it in quotes"
    if listing is not None and fits(node, listing[0]):
        return f"[{_yaml(node.raw) if isinstance(value, str) else node.raw}]", ""
    if isinstance(value, str) and node.raw in node.file.text[node.start : node.end]:
        read = read_as("boolean", value) if mask & BOOLEAN else read_as("integer", value)
        if read is not None and TYPE_BITS[type(read)] & mask:
            text = str(read).lower()
            return text, ": drop the quotes" if node.style else f"; did you mean {text}?"
    return None, ""


def _choice(text: str, choices: Iterable[str]) -> str | None:
    """The choice that was meant: misspelt, or known under a part of its name."""
    words = [word for word in choices if " " not in word]
    near = nearest(text, words)
    if near is None and len(text) > 2:
        folded = text.casefold().replace("-", "_")
        partial = [word for word in words if folded in word.casefold()]
        near = partial[0] if len(partial) == 1 else None
    return None if near and "<" in near else near


def _choices(choices: Iterable[str], quoted: bool) -> str:
    words = tuple(choices)
    return _or(words) if quoted or len(words) > 1 else words[0]


# --- where a key belongs ---


def _move(entry: Entry, levels: tuple[_Level, ...]) -> tuple[str, str] | None:
    """Where an unknown key belongs, unless it looks like a slip for one of its place."""
    level = levels[-1]
    properties = level.spec[0]
    name = entry.name
    if not level.path and _looks_like_service(entry.value):
        return "service", ""
    below = _below(name, level.spec)
    near = _slip(name, properties)
    if near and (not below or _same(name, near) or fits(entry.value, properties[near])):
        return None
    if not level.path and name in _service_properties():
        return "any-service", ""
    if below:
        child = below[0][0]
        if len(below[0]) == 1 and _is_null(level.node.get(child)):
            return "below", child
        if len(below) <= 2:
            return "inside", " or ".join(f'"{".".join(steps)}"' for steps in below)
    for above in reversed(levels[:-1]):
        if above.path and name in above.spec[0]:
            return "outer", _place(above.path)
    if nearest(name, properties) is None and isinstance(entry.value, Scalar):
        free = [key for key, spec in properties.items() if _takes_any_key(spec)]
        if len(free) == 1:
            return "inside", f'"{free[0]}"'
    return None


def _same(name: str, known: str) -> bool:
    """Whether a name is another spelling of a known one, or what people call it."""
    folded = name.replace("-", "_").casefold()
    return folded.replace("_", "") == known.replace("_", "") or known in SYNONYMS.get(folded, ())


def _slip(name: str, known: Iterable[str]) -> str | None:
    """The known name that an unknown one all but spells."""
    if len(name) > 64:
        return None
    close = None
    for candidate in known:
        if _same(name, candidate):
            return candidate
        if close is None and len(name) > 2 and distance(name.casefold(), candidate, 1) <= 1:
            close = candidate
    return close


def _below(name: str, spec: MappingSpec, depth: int = 3) -> list[tuple[str, ...]]:
    """The ways to properties of this name, down through mappings; only the shortest."""
    level: list[tuple[tuple[str, ...], MappingSpec]] = [((), spec)]
    for _ in range(depth):
        deeper: list[tuple[tuple[str, ...], MappingSpec]] = []
        for steps, inside in level:
            for key, inner in inside[0].items():
                if inner is not None and inner[1] is not None:
                    deeper.append(((*steps, key), inner[1]))
        found = [steps for steps, inside in deeper if name in inside[0]]
        if found:
            return found
        level = deeper
    return []


def _takes_any_key(spec: Spec | None) -> bool:
    return spec is not None and spec[1] is not None and spec[1][1] == "line"


def _service_properties() -> dict[str, Spec | None]:
    services: Spec = ROOT[1][0]["services"]
    assert services[1] is not None
    service = services[1][2]
    assert service is not None
    assert service[1] is not None
    return service[1][0]


def _looks_like_service(node: Node) -> bool:
    keys = _keys(node)
    known = _service_properties()
    return any(key in ("image", "build", "extends", "container_name") for key in keys) and (
        2 * sum(key in known for key in keys) >= len(keys)
    )


def _keys(node: Node) -> list[str]:
    return [entry.name for entry in node.entries] if isinstance(node, Mapping) else []


def _is_null(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _tolerated(spec: Spec) -> tuple[str, ...]:
    return (spec[3][8] or ()) if spec[3] else ()


# --- text ---


def _quoted(text: str, mark: str = '"') -> str:
    return f"{mark}{text if len(text) <= 60 else text[:57] + '…'}{mark}"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return _quoted(text) if len(text) <= 60 else f'"{text}"'


def _place(path: Path) -> str:
    """A mapping as people speak of it."""
    if not path:
        return "the top level"
    if len(path) == 2 and path[0] in SECTIONS:
        return f"{SECTIONS[str(path[0])]} {_quoted(str(path[1]))}"
    return _dotted(path)


def _join(words: Iterable[str], last: str, mark: str) -> str:
    items = [_quoted(word, mark) for word in words]
    if len(items) > 12:
        items[12:] = [f"{len(items) - 12} more"]
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else "".join(items)


def _or(words: Iterable[str], mark: str = '"') -> str:
    return _join(words, "or", mark)


def _and(words: Iterable[str], mark: str = '"') -> str:
    return _join(words, "and", mark)


def _yaml(text: str) -> str:
    """A string as YAML, in quotes where it is not obviously plain text."""
    if _SAFE.match(text) and not text[0].isdigit() and text.strip("+-.0123456789_:eExX"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
