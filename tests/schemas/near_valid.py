"""Compose documents made from the schema, most of them with an error."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WRONG_VALUES: list[Any] = [
    *("a", "", "always", "5", "yes", 0, 7, -3, 2.5, 3.0, True, False, None, [], {}),
    *(["a", "b"], {"a": "b"}, [{}], {"x-a": 1}, [1], {"image": "x"}),
]
"""Values that replace a valid one."""

TEXTS = ["a", "b", "10s", "5"]
KEYS = ["bogus", "x-a", "", "a b", "image", "name"]


@st.composite
def documents(draw: st.DrawFn, schema: dict[str, Any], casts: bool = False) -> Any:
    """A document that follows a schema except for at most two errors.

    Items of a list are different. With ``casts`` strings that are read as numbers or booleans
    are numbers or booleans in most cases.
    """
    errors_left = draw(st.integers(0, 2))

    def is_error() -> bool:
        nonlocal errors_left
        if errors_left and draw(st.integers(0, 5)) == 0:
            errors_left -= 1
            return True
        return False

    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def value(node: dict[str, Any]) -> Any:
        if is_error():
            return draw(st.sampled_from(WRONG_VALUES))
        node = resolve(node)
        if "oneOf" in node:
            cast = node.get("x-cast")
            branch = resolve(draw(st.sampled_from(node["oneOf"])))
            return value({**branch, "x-cast": cast} if cast else branch)
        if "enum" in node:
            return draw(st.sampled_from(node["enum"]))
        kinds = node.get("type", "string")
        kind = kinds if isinstance(kinds, str) else draw(st.sampled_from(kinds))
        if kind == "object":
            return mapping(node)
        if kind == "array":
            items: list[Any] = []
            for _ in range(draw(st.integers(0, 2))):
                item = value(node["items"])
                if item not in items:
                    items.append(item)
            return items
        if kind == "string":
            return text(node)
        if kind == "integer":
            low, high = node.get("minimum", -2), node.get("maximum", 3)
            return draw(st.integers(low, high))
        return {"number": 1, "boolean": True, "null": None}[kind]

    def text(node: dict[str, Any]) -> str:
        if casts and node.get("x-cast") == "boolean":
            return draw(st.sampled_from(["yes", "false", "On", "1"]))
        if casts and "x-cast" in node:
            return draw(st.sampled_from(["5", "7", "1.5", "1e1", "-1", "all", "0440", "x"]))
        return draw(st.sampled_from(["always", *TEXTS] if "pattern" in node else TEXTS))

    def mapping(node: dict[str, Any], top: bool = False) -> dict[str, Any]:
        properties = node.get("properties", {})
        names = list(node.get("required", ()))
        if top:
            names.append("services")
        if properties:
            wanted = 8 if "image" in properties else 3
            names += draw(
                st.lists(st.sampled_from(sorted(properties)), min_size=1, max_size=wanted)
            )
        if not top and names and is_error():
            names.pop(0)
        values = {name: value(properties[name]) for name in dict.fromkeys(names)}
        for pattern, inner in node.get("patternProperties", {}).items():
            if pattern != "^x-":
                count = {"min_size": 1, "max_size": 2}
                for name in draw(st.lists(st.sampled_from(["a", "b", "nofile"]), **count)):
                    values[name] = value(inner)
        if is_error():
            values[draw(st.sampled_from(KEYS))] = draw(st.sampled_from(WRONG_VALUES))
        return values

    return mapping(schema, top=True)
