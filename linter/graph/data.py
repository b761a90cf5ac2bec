"""The descriptions of stacks as JSON, in the form of ``schemas/graph.schema.json``."""

from __future__ import annotations

import json

from ..version import VERSION as TOOL
from .model import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .model import Graph


def to_json(graphs: Sequence[Graph]) -> str:
    """The descriptions as JSON."""
    data = {
        "version": VERSION,
        "tool": {"name": "composelint", "version": TOOL},
        "stacks": [_plain(graph) for graph in graphs],
    }
    # Nothing but ASCII: no text of a linted file acts on whoever prints it.
    return json.dumps(data, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """A record as an object, a tuple as a list."""
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
