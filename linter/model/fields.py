"""Fields of a service as records: ports, mounts, healthcheck, dependencies, build, resources."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.units import parse_duration, whole_number
from ..compose.nodes import ShortForm
from ..files.paths import join_path
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .values import is_unknown, text_list, text_of

_EVERY_ADDRESS = frozenset(("", "0.0.0.0", "::", "*", "0:0:0:0:0:0:0:0", "::0"))


class Port(NamedTuple):
    """One entry of ``ports``. ``published`` is as written (a range, empty for a random port)."""

    node: Node
    target: int | None
    published: str
    host_ip: str
    protocol: str
    mode: str
    unknown: bool

    @property
    def published_range(self) -> tuple[int, int] | None:
        """The first and the last published port; None if random or unknown."""
        low, _, high = self.published.partition("-")
        first, last = whole_number(low), whole_number(high or low)
        return None if first is None or last is None else (first, last)

    @property
    def all_interfaces(self) -> bool:
        """Whether the port is open on every address of the host."""
        return self.host_ip.strip("[]") in _EVERY_ADDRESS


class Mount(NamedTuple):
    """One entry of ``volumes``. ``source`` is empty for an anonymous volume."""

    node: Node
    type: str
    source: str
    target: str
    read_only: bool
    unknown: bool

    @property
    def is_short(self) -> bool:
        """Whether it is written as one text, ``source:target:options``."""
        return isinstance(self.node, ShortForm)


class Healthcheck:
    """A service's ``healthcheck``."""

    __slots__ = ("key", "node")

    def __init__(self, key: Node, node: Mapping) -> None:
        self.key = key
        self.node = node

    @property
    def test_node(self) -> Node | None:
        """The node of ``test``; None if it is not set."""
        return self.node.get("test")

    @property
    def test(self) -> list[str] | None:
        """The test as a list that begins with CMD, CMD-SHELL or NONE; None if unset or unknown."""
        node = self.test_node
        if isinstance(node, Scalar):
            text = text_of(node)
            return None if text is None else ["CMD-SHELL", text]
        if isinstance(node, Sequence) and not any(is_unknown(item) for item in node.items):
            return text_list(node)
        return None

    @property
    def disabled(self) -> bool:
        """Whether it switches off the health check of the image."""
        disable = self.node.get("disable")
        if isinstance(disable, Scalar) and disable.value is True:
            return True
        return (self.test or [""])[0] == "NONE"

    def seconds(self, name: str) -> float | None:
        """A duration (``interval``, ``timeout``, ``start_period``, …) in seconds; None if unset,
        unknown or malformed."""
        text = text_of(self.node.get(name))
        return None if text is None else parse_duration(text)

    @property
    def retries(self) -> int | None:
        """The number of ``retries``; None if unset, unknown or malformed."""
        node = self.node.get("retries")
        if isinstance(node, Scalar) and isinstance(node.value, int):
            return node.value
        return whole_number(text_of(node) or "")


class Dependency(NamedTuple):
    """One entry of ``depends_on``."""

    name: str
    node: Node
    condition: str
    required: bool


class Build(NamedTuple):
    """A service's ``build``."""

    key: Node
    node: Mapping

    def text(self, name: str) -> str | None:
        """The text of a key; None if it is not set, unknown or not a scalar."""
        return text_of(self.node.get(name))

    @property
    def context_folder(self) -> str | None:
        """The context folder, seen from the working folder; None if remote or unknown."""
        text = self.text("context")
        if not text or "://" in text or text.startswith(("git@", "github.com/", "service:", "-")):
            return None
        return text

    @property
    def dockerfile_path(self) -> str | None:
        """The path of the Dockerfile; None if it is remote, inline or unknown."""
        folder = self.context_folder
        if folder is None or self.node.get("dockerfile_inline") is not None:
            return None
        node = self.node.get("dockerfile")
        name = "Dockerfile" if node is None else text_of(node)
        return join_path(folder, name) if name else None


def means_unlimited(node: Node) -> bool:
    """Whether a limit with this value is no limit: 0, less than 0, or empty."""
    if is_unknown(node):
        return False
    text = (text_of(node) or "").strip().lower().rstrip("bkmg")
    try:
        return float(text or 0) <= 0
    except ValueError:
        return False


def port_of(node: Mapping) -> Port:
    """The record of an entry of ``ports`` in its long form."""
    target = node.get("target")
    number = target.value if isinstance(target, Scalar) else None
    if isinstance(number, str):
        number = whole_number(number)
    return Port(
        node,
        number if isinstance(number, int) and not is_unknown(target) else None,
        text_of(node.get("published")) or "",
        text_of(node.get("host_ip")) or "",
        text_of(node.get("protocol")) or "tcp",
        text_of(node.get("mode")) or "ingress",
        is_unknown(node) or any(is_unknown(entry.value) for entry in node.entries),
    )


def mount_of(node: Mapping) -> Mount:
    """The record of an entry of ``volumes`` in its long form."""
    read_only = node.get("read_only")
    return Mount(
        node,
        text_of(node.get("type")) or "",
        text_of(node.get("source")) or "",
        text_of(node.get("target")) or "",
        isinstance(read_only, Scalar) and read_only.value is True,
        is_unknown(node) or any(is_unknown(entry.value) for entry in node.entries),
    )


class Written(NamedTuple):
    """A service as its file has it.

    ``block`` is None for an alias, ``end`` the offset at which the value ends. ``shared``
    tells whether a change affects other services: it has an anchor, or others extend it.
    """

    block: Mapping | None
    end: int
    shared: bool


def base_of(node: Node) -> str:
    """The name of the service that a service extends in the same file; empty if none."""
    base = node.get("extends") if isinstance(node, Mapping) else None
    if isinstance(base, Mapping):
        base = base.get("service")
    return base.raw if isinstance(base, Scalar) else ""


class Resource(NamedTuple):
    """A top-level network, volume, secret, config or model; ``node`` is None for ``name:``."""

    name: str
    key: Node
    node: Mapping | None

    @property
    def external(self) -> bool:
        """Whether it is created outside of the stack."""
        external = self.node.get("external") if self.node else None
        return isinstance(external, Mapping) or (
            isinstance(external, Scalar) and external.value is True
        )
