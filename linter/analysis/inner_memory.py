"""The memory that a program is told to take: heaps, caches, buffers."""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from .addresses import variables_of
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..model.service import Service

_KB, _MB, _GB = 1024, 1024**2, 1024**3
_BINARY = {"": 1, "k": _KB, "m": _MB, "g": _GB, "t": 1024 * _GB}
_UNITS: dict[str, dict[str, int]] = {
    "java": _BINARY,
    "node": {"": _MB},
    "postgres": {"": 8 * _KB, "b": 1, "kb": _KB, "mb": _MB, "gb": _GB, "tb": 1024 * _GB},
    "redis": {
        "": 1, "b": 1, "k": 1000, "kb": _KB, "m": 1000**2, "mb": _MB, "g": 1000**3, "gb": _GB,
    },
    "mysql": _BINARY,
    "mongo": {"": _GB},
}  # fmt: skip
"""What the units of each program mean, in bytes."""

_SETTINGS = (
    ("java", on_demand(r"(?<![\w-])-(?:Xmx|XX:MaxHeapSize=)(\d+)([kKmMgGtT]?)(?![\w.])")),
    ("node", on_demand(r"(?<![\w-])--max[-_]old[-_]space[-_]size[= ](\d+)()(?![\w.])")),
    ("postgres", on_demand(r"(?<![\w-])shared_buffers[ ]?=[ ]?'?(\d+)([kKMGT]?B|)(?![\w.])")),
    ("redis", on_demand(r"(?<![\w-])--maxmemory[= ](\d+)([kKmMgG]?[bB]?)(?![\w.])")),
    ("mysql", on_demand(r"(?<![\w-])--innodb[-_]buffer[-_]pool[-_]size[= ](\d+)([kKmMgGtT]?)(?![\w.])")),
    ("mongo", on_demand(r"(?<![\w-])--wiredTigerCacheSizeGB[= ](\d+(?:\.\d+)?)()(?![\w.])")),
)  # fmt: skip
_WORDS = ("xmx", "maxheapsize", "space", "shared_buffers", "maxmemory", "innodb", "wiredtiger")
_LONGEST = 8000


class Setting(NamedTuple):
    """An amount of memory that an option gives a program.

    ``option`` is as written; ``span`` is the place of the text that has it, None where that is not
    in the Compose file.
    """

    option: str
    size: int
    span: Span | None
    key: str


def memory_settings(service: Service) -> Iterator[Setting]:
    """The settings of memory in the variables and the command of a service, the last of each kind."""
    variables = variables_of(service).values()
    for variable in variables:
        span = variable.span if variable.key == "environment" else None
        yield from _settings(variable.text, span, f"environment.{variable.name}")
    container = container_of(service)
    node = service.get("command") or service.get("entrypoint")
    yield from _settings(container.command_text, node.span if node is not None else None, "command")


def _settings(text: str, span: Span | None, key: str) -> Iterator[Setting]:
    lowered = text[:_LONGEST].lower()
    if not any(word in lowered for word in _WORDS):
        return
    for program, pattern in _SETTINGS:
        matches = list(pattern.finditer(text[:_LONGEST]))
        if not matches:
            continue
        last = matches[-1]
        factor = _UNITS[program].get(last[2].lower())
        if factor is not None:
            yield Setting(last[0], int(float(last[1]) * factor), _place(span, last[0]), key)


def _place(span: Span | None, option: str) -> Span | None:
    """The place of the option in the text, if the file shows it once."""
    if span is None:
        return None
    from .addresses import place_in

    return place_in(span, option)
