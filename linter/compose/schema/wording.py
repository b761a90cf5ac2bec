"""Words of schema messages: names of types, ranges and keys, and YAML that would fit."""

from __future__ import annotations

from ...base.patterns import on_demand
from ...base.suggest import nearest
from ...base.wording import and_list, or_list
from ...source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .fits import BOOLEAN, FLOAT, INTEGER, NULL, STRING, TYPE_BITS, fits, read_as

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fits import Spec


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
"""The noun for an entry of each top-level section."""


KEY_WORDS = {
    "name": 'letters, digits, ".", "_" and "-"',
    "some": "at least one character",
    "line": "one line of text",
    "lower": "lowercase letters",
}


_SAFE = on_demand(r"[A-Za-z0-9_./@+-][A-Za-z0-9_./@+:=-]*\Z")


def _meaning(spec: Spec) -> tuple[str, ...]:
    """The strings that fit at a place, if the schema says more than "string"."""
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


def wanted(spec: Spec) -> tuple[str, ...]:
    """The values that fit at a place, in words."""
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


def type_words(node: Node) -> str:
    """The type of a value in words, or the value itself if it is short."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Scalar):
        value = node.value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return f"the number {quoted(node.raw, '')}"
        if value is None:
            return "nothing"
        return "a string" if isinstance(value, str) else "a date"
    return f"a {node.kind}"


def replacement(node: Scalar, spec: Spec) -> tuple[str | None, str]:
    """YAML that would fit in place of a scalar of the wrong type, and a hint in words."""
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
        return f"[{as_yaml(node.raw) if isinstance(value, str) else node.raw}]", ""
    if isinstance(value, str) and node.raw in node.file.text[node.start : node.end]:
        read = read_as("boolean" if mask & BOOLEAN else "integer", value)
        if read is not None and TYPE_BITS[type(read)] & mask:
            text = str(read).lower()
            return text, ": remove the quotes" if node.style else f"; did you mean {text}?"
    return None, ""


def nearest_choice(text: str, choices: Iterable[str]) -> str | None:
    """The choice that a text misspells, or is a part of."""
    words = [word for word in choices if " " not in word]
    near = nearest(text, words)
    if near is None and len(text) > 2:
        folded = text.casefold().replace("-", "_")
        partial = [word for word in words if folded in word.casefold()]
        near = partial[0] if len(partial) == 1 else None
    return None if near and "<" in near else near


def choice_words(choices: tuple[str, ...], are_values: bool) -> str:
    """Choices that are values, or the description of them."""
    return or_words(choices) if are_values or len(choices) > 1 else choices[0]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def quoted(text: str, mark: str = '"') -> str:
    """A text in quotes, cut where it is long."""
    return f"{mark}{_short(text)}{mark}"


def dotted(path: Path) -> str:
    """A path in quotes: ``"services.web.ports[0]"``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return f'"{text}"'


def mapping_label(path: Path) -> str:
    """A mapping in words: ``service "web"``."""
    if not path:
        return "the top level"
    if len(path) == 2 and path[0] in SECTIONS:
        return f"{SECTIONS[str(path[0])]} {quoted(str(path[1]))}"
    return dotted(path)


def or_words(words: Iterable[str], mark: str = '"') -> str:
    """Texts of which one is possible, the first twelve of them."""
    return or_list(map(_short, words), mark, 12)


def and_words(words: Iterable[str], mark: str = '"') -> str:
    """Texts that belong together, the first twelve of them."""
    return and_list(map(_short, words), mark, 12)


def as_yaml(text: str) -> str:
    """A string as YAML, in quotes unless it is obviously plain text."""
    if _SAFE.match(text) and not text[0].isdigit() and text.strip("+-.0123456789_:eExX"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
