"""Completion in Compose files: which keys and values may stand at a place."""

from __future__ import annotations

from ..base.patterns import on_demand
from ..edits.yaml import quoted
from ..secrets.names import is_secret_name
from ..source.yaml.nodes import plain_value
from .around import Around
from .complete_values import values_for
from .completions import Completion, escaped
from .cursor import COMMENT, ITEM, KEY, TEXT, VALUE, Cursor, cursor_at
from .health_checks import Value, checks_for
from .keys import keys_at, kinds_at, specs_at, takes_names, values_at
from .suppressing import complete_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.project import Project
    from ..result import Result
    from .cursor import Path
    from .keys import Key

_REFERENCE = on_demand(r"\$(?:\{([A-Za-z_]\w*)?|([A-Za-z_]\w*)?)\Z")
_PLAIN = on_demand(r"[A-Za-z0-9_./~@+=<][A-Za-z0-9_./@+=:,<>${}-]*\Z")

_FIRST = (
    "image", "build", "command", "ports", "environment", "env_file", "volumes", "depends_on",
    "healthcheck", "networks", "restart", "deploy", "mem_limit", "cpus", "user", "secrets", "logging",
)  # fmt: skip
"""Keys of services that are written most."""

_LISTS = frozenset((
    "cap_add", "cap_drop", "configs", "depends_on", "device_cgroup_rules", "devices", "dns",
    "dns_opt", "dns_search", "env_file", "expose", "extra_hosts", "group_add", "ignore", "include",
    "label_file", "networks", "ports", "profiles", "secrets", "security_opt", "tmpfs", "volumes",
))  # fmt: skip
"""Keys that are written as lists where they may be something else as well."""

_MAPPINGS = frozenset(("args", "environment", "labels", "options", "sysctls", "driver_opts"))

SNIPPETS = {
    "services": "services:\n  ${1:app}:\n    image: ${2:nginx}",
    "networks": "networks:\n  ${1:back}:",
    "volumes": "volumes:\n  ${1:data}:",
    "secrets": "secrets:\n  ${1:password}:\n    file: ${2:./secrets/password.txt}",
    "configs": "configs:\n  ${1:settings}:\n    file: ${2:./settings.conf}",
    "include": "include:\n  - ${1:other/compose.yaml}",
    "services.*.build": "build:\n  context: ${1:.}",
    "services.*.image": "image: $0",
    "services.*.logging": "logging:\n  driver: ${1:local}\n  options:\n    max-size: ${2:10m}",
    "services.*.deploy": 'deploy:\n  resources:\n    limits:\n      memory: ${1:512M}\n      cpus: ${2:"1"}',
    "services.*.deploy.resources": "resources:\n  limits:\n    memory: ${1:512M}",
    "services.*.deploy.resources.limits": 'limits:\n  memory: ${1:512M}\n  cpus: ${2:"1"}',
    "services.*.deploy.resources.reservations": "reservations:\n  memory: ${1:256M}",
    "services.*.develop": "develop:\n  watch:\n    - action: ${1|rebuild,restart,sync,sync+restart|}\n      path: ${2:.}",
    "services.*.ulimits": "ulimits:\n  nofile: ${1:65536}",
    "services.*.cap_drop": "cap_drop:\n  - ${1:ALL}",
    "services.*.security_opt": "security_opt:\n  - ${1:no-new-privileges:true}",
}
"""What keys begin with, by the pattern of their path."""


def pattern_of(path: Path) -> str:
    """A path with ``*`` for the names that the file gives, and ``[]`` for items of lists."""
    parts: list[str] = []
    for index, part in enumerate(path):
        if isinstance(part, int):
            parts.append("[]")
        elif index and takes_names(path[:index]) and part not in keys_at(path[:index]):
            parts.append("*")
        else:
            parts.append(part)
    if parts[:1] == ["jobs"]:
        parts[0] = "services"
    return ".".join(parts)


def complete_compose(
    path: str, text: str, offset: int, project: Project | None, result: Result | None
) -> Iterator[Completion]:
    """The completions at an offset of a Compose file."""
    cursor = cursor_at(text, offset)
    if cursor.role in (TEXT, COMMENT):
        inline = _inline_dockerfile(text, offset)
        if inline is not None:
            yield from _in_dockerfile(path, *inline, offset)
            return
    if cursor.role == COMMENT:
        yield from complete_comment(path, text, offset, cursor.start, result)
        return
    around = Around(path, text, project)
    reference = _REFERENCE.search(text, max(0, cursor.start), offset)
    if reference is not None and (cursor.role != KEY or "$" in cursor.typed):
        yield from _variables(around, cursor, text, offset, reference.start())
        return
    if cursor.role == TEXT:
        return
    completing = _Completing(around, cursor)
    if cursor.role == KEY:
        yield from completing.keys()
    elif cursor.role == ITEM:
        yield from completing.items()
    elif cursor.role == VALUE:
        yield from completing.values(cursor.path)


_INLINE = on_demand(r"dockerfile_inline[ \t]*:[ \t]*[|>][-+0-9]{0,2}[ \t]*(?:#.*)?\r?\Z")
_MOST_INLINE = 300
"""How many lines a Dockerfile inside a Compose file may have above the cursor."""


def _inline_dockerfile(text: str, offset: int) -> tuple[str, int] | None:
    """The Dockerfile inside a Compose file that an offset is in, and the offset in it."""
    start = text.rfind("\n", 0, offset) + 1
    above: list[str] = []
    for _ in range(_MOST_INLINE):
        if start == 0:
            return None
        stop = start - 1
        start = text.rfind("\n", 0, stop) + 1
        line = text[start:stop]
        if _INLINE.search(line):
            return _dedented(text, stop + 1, offset, len(line) - len(line.lstrip(" ")), above)
        above.append(line)
    return None


def _dedented(
    text: str, start: int, offset: int, outer: int, above: list[str]
) -> tuple[str, int] | None:
    """The lines of a block from ``start`` to the cursor without their indentation."""
    indents = [len(line) - len(line.lstrip(" ")) for line in above if line.strip()]
    current = text[text.rfind("\n", 0, offset) + 1 : offset]
    own = len(current) - len(current.lstrip(" "))
    indent = min(indents, default=own)
    if indent <= outer or own < indent:
        return None
    lines = [line[indent:] for line in text[start:offset].split("\n")]
    inner = "\n".join(lines)
    return inner, len(inner)


def _in_dockerfile(path: str, inner: str, at: int, offset: int) -> Iterator[Completion]:
    """The completions of a Dockerfile inside a Compose file."""
    from .complete_dockerfile import complete_dockerfile

    for item in complete_dockerfile(path, inner, at, None, None):
        shift = offset - at
        yield item._replace(start=item.start + shift, end=item.end + shift)


def _variables(
    around: Around, cursor: Cursor, text: str, offset: int, start: int
) -> Iterator[Completion]:
    """Variables after ``$`` or ``${``."""
    is_braced = text.startswith("${", start) and offset > start + 1
    at = start + (2 if is_braced else 1)
    end = offset
    while end < cursor.end and (text[end].isalnum() or text[end] == "_"):
        end += 1
    is_closed = text[end : end + 1] in ("}", ":", "-", "?", "+")
    hides = is_secret_name(cursor.last)
    for name, state in around.variables().items():
        insert = name if not is_braced or is_closed else f"{name}}}"
        order = {"defined": "1", "in the example": "2"}.get(state, "3")
        detail = "" if hides else _worth(around, name)
        yield Completion(name, "variable", insert, at, end, detail, "", order=order)


def _worth(around: Around, name: str) -> str:
    """What a variable is worth, for the line of its completion."""
    from ..secrets.shown import MASK
    from .variables import is_secret, worth

    for stack in around.stacks:
        found = worth(stack, name)
        if found.value is not None:
            value = MASK if found.value and is_secret(stack, name, found.value) else found.value
            return f"{value} ({found.said})" if found.entry is not None else value
        default = stack.defaults.get(name)
        if default is not None:
            return f"not set; a default is {_masked(name, default[0])}"
    return "not set"


def _masked(name: str, value: str) -> str:
    from ..secrets.shown import masked

    return masked(name, value)


class _Completing:
    """The completions at one place of one file."""

    def __init__(self, around: Around, cursor: Cursor) -> None:
        self.around = around
        self.cursor = cursor

    # --- keys

    def keys(self) -> Iterator[Completion]:
        """Keys of the mapping, and items if it may be a list as well."""
        cursor = self.cursor
        path = cursor.path
        if not specs_at(path):
            return
        if not cursor.siblings and not cursor.is_flow and "list" in kinds_at(path):
            yield from self.first_items(path)
        if path and "mapping" not in kinds_at(path):
            if not cursor.is_flow and "scalar" in kinds_at(path):
                yield from self.values(path)
            return
        prefix = pattern_of(path)
        for key in keys_at(path).values():
            if key.name not in cursor.siblings:
                yield self.key(key, prefix)
        if takes_names(path):
            for value in values_for(self.around, prefix, path, cursor.siblings, is_key=True):
                if value.text not in cursor.siblings:
                    yield self.named(value)
        is_block = not cursor.is_flow and not cursor.has_value
        if is_block and len(path) > 1 and "<<" not in cursor.siblings:
            yield from self.merge_keys()

    def key(self, key: Key, prefix: str) -> Completion:
        """The completion of a key of the schema."""
        cursor = self.cursor
        pattern = f"{prefix}.{key.name}" if prefix else key.name
        insert, is_snippet = self.key_text(key, pattern)
        order = "5"
        if prefix == "services.*" and key.name in _FIRST:
            order = f"3{_FIRST.index(key.name):02}"
        elif not prefix:
            order = "3" if key.name in ("services", "networks", "volumes", "include") else "5"
        if key.required:
            order = "2"
        if key.deprecated:
            order = "9"
        return Completion(
            key.name, "key", insert, cursor.start, cursor.end,
            "required" if key.required else "", key.meaning,
            is_snippet, order, key.deprecated,
        )  # fmt: skip

    def key_text(self, key: Key, pattern: str) -> tuple[str, bool]:
        """What a key inserts, and whether that is a snippet."""
        cursor = self.cursor
        if cursor.has_value:
            return key.name, False
        if cursor.is_flow:
            return f"{key.name}: $0", True
        if pattern == "services.*.healthcheck":
            return self.indented(self.health_snippet()), True
        snippet = SNIPPETS.get(pattern)
        if snippet is None:
            snippet = _usual_snippet(key)
        return self.indented(snippet), True

    def indented(self, snippet: str) -> str:
        """A snippet whose later lines are indented as the key is."""
        return snippet.replace("\n", "\n" + " " * self.cursor.indent)

    def health_snippet(self) -> str:
        """A health check that works in the image, with the usual times."""
        check = next(iter(checks_for(self.around, self.cursor.path, self.cursor.siblings)), None)
        test = escaped(check.text) if check is not None else '["CMD", "${1:program}"]'
        if check is not None:
            test = f"${{1:{test}}}"
        start = check.detail if check is not None and check.detail else "30s"
        return (
            f"healthcheck:\n  test: {test}\n  interval: ${{2:30s}}\n  timeout: ${{3:5s}}\n"
            f"  retries: ${{4:3}}\n  start_period: ${{5:{start}}}"
        )

    def named(self, value: Value) -> Completion:
        """A name as a key, such as a network or a variable."""
        cursor = self.cursor
        text = value.text
        if cursor.has_value or not value.tail:
            insert, is_snippet = text if cursor.has_value else f"{text}:", False
        elif cursor.is_flow:
            insert, is_snippet = f"{text}: ", False
        else:
            insert, is_snippet = self.indented(f"{escaped(text)}:{value.tail}"), True
        return Completion(
            value.text, value.kind, insert, cursor.start, cursor.end, value.detail, value.meaning,
            is_snippet, value.order,
        )  # fmt: skip

    def merge_keys(self) -> Iterator[Completion]:
        """Merge keys of the anchors in the file."""
        cursor = self.cursor
        for name in _anchors(self.around.text):
            yield Completion(
                f"<<: *{name}", "snippet", f"<<: *{name}", cursor.start, cursor.end, order="8"
            )

    # --- items and values

    def first_items(self, path: Path) -> Iterator[Completion]:
        """Items of a list that has none yet."""
        cursor = self.cursor
        for value in self.candidates((*path, 0), {}):
            text = self.written(value.text, "")
            yield Completion(
                f"- {value.text}", value.kind, f"- {text}", cursor.start, cursor.end,
                value.detail, value.meaning, order=f"4{value.order}",
            )  # fmt: skip
        inner = keys_at((*path, 0))
        for key in inner.values():
            if key.required:
                yield Completion(
                    f"- {key.name}:", "key", f"- {key.name}: ", cursor.start, cursor.end,
                    "", key.meaning, order="6",
                )  # fmt: skip

    def items(self) -> Iterator[Completion]:
        """Items of a list; keys if an item may be a mapping."""
        cursor = self.cursor
        path = cursor.path
        yield from self.values(path)
        if cursor.quote or "mapping" not in kinds_at(path):
            return
        for key in keys_at(path).values():
            if key.name not in cursor.siblings:
                item = self.key(key, pattern_of(path))
                order = "4" if key.name in ("type", "source", "target", "path") else "6"
                yield item._replace(order=order)

    def values(self, path: Path) -> Iterator[Completion]:
        """Values at a path."""
        cursor = self.cursor
        typed = cursor.typed
        if typed.startswith("*"):
            for name in _anchors(self.around.text):
                yield Completion(f"*{name}", "name", f"*{name}", cursor.start, cursor.end)
            return
        for value in self.candidates(path, cursor.siblings):
            insert = self.written(value.text, cursor.quote) if not value.is_yaml else value.text
            if value.is_yaml and cursor.quote:
                continue
            start = cursor.start
            before = self.around.text[start - 1 : start]
            if before == ":" and not cursor.quote:
                insert = f" {insert}"
            yield Completion(
                value.text, value.kind, insert, start, cursor.end, value.detail, value.meaning,
                order=value.order,
            )  # fmt: skip

    def candidates(self, path: Path, siblings: dict[str, str]) -> Iterator[Value]:
        """The values that the schema and the project know for a path."""
        for text in values_at(path):
            yield Value(text, "value", order="2")
        typed = self.cursor.typed
        yield from values_for(self.around, pattern_of(path), path, siblings, typed=typed)

    def written(self, text: str, quote: str) -> str:
        """A value as it is written at the cursor."""
        if quote == "'":
            return text.replace("'", "''")
        if quote:
            return text.replace("\\", "\\\\").replace('"', '\\"')
        types = _types_at(self.cursor.path)
        is_number = text.replace(".", "", 1).isdecimal() and not {"number", "integer"}.isdisjoint(
            types
        )
        if is_number or (text in ("true", "false") and "boolean" in types):
            return text
        is_plain = (
            _PLAIN.match(text) is not None
            and isinstance(plain_value(text), str)
            and text.casefold() not in ("yes", "no", "on", "off", "y", "n")
            and not text.endswith(":")
            and not (self.cursor.is_flow and ("{" in text or "," in text))
            and not (text[0].isdigit() and ":" in text)
        )
        return text if is_plain else quoted(text)


def _types_at(path: Path) -> set[str]:
    """The types of the schema for a value at a path."""
    found: set[str] = set()
    for spec in specs_at(path):
        types = spec.get("type", ())
        found.update([types] if isinstance(types, str) else types)
    return found


def _usual_snippet(key: Key) -> str:
    """What a key begins with, by the kinds of its value."""
    name = key.name
    if name in _LISTS and "list" in key.kinds:
        return f"{name}:\n  - $0"
    if name in _MAPPINGS and "mapping" in key.kinds:
        return f"{name}:\n  $0"
    if key.values and "scalar" in key.kinds:
        choices = [f'"{value}"' if value == "no" else value for value in key.values]
        return f"{name}: ${{1|{','.join(choices)}|}}"
    if key.kinds <= {"list"} and key.kinds:
        return f"{name}:\n  - $0"
    if key.kinds <= {"mapping", "list"} and key.kinds:
        return f"{name}:\n  $0"
    if key.example:
        return f"{name}: ${{1:{escaped(key.example)}}}"
    return f"{name}: $0"


_ANCHOR = on_demand(r"(?:^|[\s:\-\[{,])&([\w.-]+)")
_MOST_ANCHORS = 200


def _anchors(text: str) -> list[str]:
    """The names of the anchors in a file."""
    return list(dict.fromkeys(_ANCHOR.findall(text)))[:_MOST_ANCHORS]
