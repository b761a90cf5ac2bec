"""The description of a stack that its pictures are made from: plain data, which JSON shows as it is.

What a description says is what the resolved stack says; values of variables, commands and labels
are never in it, and what looks like a secret in the rest is masked.
"""

from __future__ import annotations

from ..analysis.addresses import addresses_of
from ..analysis.container import container_of
from ..analysis.peers import peers_of
from ..base.records import NamedTuple
from ..compose.nodes import entries_of, items_of, value_at
from ..model.values import is_unknown, text_list, text_of
from ..secrets.shown import masked
from ..source.yaml.nodes import Mapping
from .findings import Finding, Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..model.fields import Port
    from ..model.fields import Resource as Declared
    from ..model.service import Service as Modelled
    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic
    from ..source.yaml.nodes import Node

VERSION = 1
"""The version of the description, in the JSON that shows it."""

WORLD, MACHINE, ADDRESS, NOBODY = "world", "machine", "address", "nobody"
UNKNOWN = "unknown"
"""Who reaches a published port: every address of the machine has it, only the machine itself, one
of its addresses, or nobody, since Docker does not publish it; unknown where a variable without a
value decides."""

DEPENDS, TALKS, SHARES, MOUNTS, READS = "depends", "talks", "shares", "mounts", "reads"
"""The kinds of edges."""

MOST_TEXT = 1_000
"""Longer texts are cut: nobody reads them in a picture."""

_LOOPBACK = ("127.", "localhost")


class Publication(NamedTuple):
    """A published port: ``reach`` is one of the five above, ``address`` the one it is bound to;
    ``published`` is empty for a port that Docker chooses, and ``?`` for an unknown one."""

    published: str
    target: int | None
    protocol: str
    reach: str
    address: str


class Mounted(NamedTuple):
    """What a service has in its file system: ``kind`` is volume, bind, secret, config or another
    kind of mount; ``source`` is empty where nothing has a name."""

    kind: str
    source: str
    target: str
    read_only: bool


class Service(NamedTuple):
    """A service. ``kind`` is that of its image, such as database (empty if unknown). ``memory`` (bytes) and ``cpus`` are the limits of one container, None for no limit
    or an unknown one. ``health`` is ``checked``, ``image`` (the image checks), ``none``, ``disabled``
    or ``unknown``. ``undecided`` names what a variable without a value decides: image, memory, cpus.
    ``findings`` are indexes into the findings of the description."""

    name: str
    image: str
    build: str
    kind: str
    replicas: int
    runs: bool
    task: bool
    profiles: tuple[str, ...]
    memory: int | None
    cpus: float | None
    health: str
    networks: tuple[str, ...]
    network_mode: str
    ports: tuple[Publication, ...]
    mounts: tuple[Mounted, ...]
    undecided: tuple[str, ...]
    findings: tuple[int, ...]


class Resource(NamedTuple):
    """A network, volume, secret or config of the stack; ``internal`` networks have no way out."""

    name: str
    external: bool
    internal: bool
    findings: tuple[int, ...]


class Edge(NamedTuple):
    """How a service concerns something else.

    ``kind`` is ``depends`` (with the condition of ``depends_on``, and whether it is required),
    ``talks`` (``detail`` is the port, or why a host is not reached), ``shares`` (``detail`` is what: ``network``, ``volumes``),
    ``mounts`` (a volume; ``detail`` is the target) or ``reads`` (a secret or config). ``to_kind`` is
    ``service``, ``volume``, ``secret``, ``config``, or ``host`` for a host that nothing is reached at.
    """

    kind: str
    source: str
    target: str
    to_kind: str
    detail: str
    condition: str
    required: bool


class Graph(NamedTuple):
    """The description of one stack. ``others`` are the findings of no part of the picture."""

    name: str
    files: tuple[str, ...]
    is_fragment: bool
    services: tuple[Service, ...]
    networks: tuple[Resource, ...]
    volumes: tuple[Resource, ...]
    secrets: tuple[Resource, ...]
    configs: tuple[Resource, ...]
    edges: tuple[Edge, ...]
    findings: tuple[Finding, ...]
    others: tuple[int, ...]


def describe(
    stack: Stack,
    result: Result,
    link: Callable[[Diagnostic], str] | None = None,
    hide: Callable[[str], str] | None = None,
) -> Graph:
    """The description of a stack, with the findings of a run that are about it.

    ``link`` gives the address that a finding leads to; ``hide`` masks the secrets that a run knows.
    The texts of the findings are taken as they are: ``result`` is the one that may be printed.
    """
    return _Description(stack, result, link, hide).graph()


class _Description:
    def __init__(
        self,
        stack: Stack,
        result: Result,
        link: Callable[[Diagnostic], str] | None,
        hide: Callable[[str], str] | None,
    ) -> None:
        self.stack = stack
        self.hide = hide
        self.findings = Findings(stack, result, link)

    def path(self, path: str) -> str:
        """A path as the stack's folder sees it, if it is in there."""
        folder = self.stack.loaded.folder
        if folder in ("", "."):
            return self.text(path)
        if path == folder:
            return "."
        return self.text(path.removeprefix(f"{folder}/"))

    def text(self, text: str | None) -> str:
        """A text as it may be shown."""
        if not text:
            return ""
        shown = text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"
        shown = masked("", shown)
        return self.hide(shown) if self.hide is not None else shown

    def graph(self) -> Graph:
        stack = self.stack
        services = tuple(map(self.service, stack.services.values()))
        networks = self.resources("networks")
        known = {network.name for network in networks}
        used = [name for service in services for name in service.networks]
        networks += tuple(
            Resource(name, False, False, ()) for name in dict.fromkeys(used) if name not in known
        )
        edges = [
            edge for service in stack.services.values() for edge in self.edges(service, services)
        ]
        return Graph(
            self.text(stack.name),
            tuple(map(self.text, stack.loaded.files)),
            stack.is_fragment,
            services,
            networks,
            self.resources("volumes"),
            self.resources("secrets"),
            self.resources("configs"),
            tuple(dict.fromkeys(edges)),
            self.findings.all,
            self.findings.others,
        )

    def resources(self, kind: str) -> tuple[Resource, ...]:
        return tuple(
            Resource(
                self.text(declared.name),
                declared.external,
                _is_true(declared, "internal"),
                self.findings.of_resource(kind, declared.name),
            )
            for declared in self.stack.resources(kind).values()
        )

    def service(self, service: Modelled) -> Service:
        mode = service.text("network_mode") or ""
        container = container_of(service)
        check = service.healthcheck
        if check is not None and check.disabled:
            health = "disabled"
        else:
            has = container.has_healthcheck
            own = check is not None and check.test_node is not None
            health = "unknown" if has is None else "none" if not has else "checked"
            if health == "checked" and not own:
                health = "image"
        return Service(
            self.text(service.name),
            self.text(service.image),
            self.build(service),
            container.kind or "",
            service.replicas,
            service.runs_here,
            container.runs_once,
            tuple(map(self.text, service.profiles)),
            service.memory_limit,
            service.cpu_limit,
            health,
            () if mode else tuple(map(self.text, service.networks or ["default"])),
            self.text(mode),
            tuple(self.port(service, port) for port in service.ports),
            tuple(self.mounts(service)),
            tuple(_undecided(service)),
            self.findings.of_service(service),
        )

    def build(self, service: Modelled) -> str:
        """What a service is built from: the path of its Dockerfile, or its context."""
        build = service.build
        if build is None:
            return ""
        path = build.dockerfile_path
        if path is not None:
            return self.path(path)
        context = self.path(build.text("context") or ".")
        inline = build.node.get("dockerfile_inline") is not None
        return f"{context} (inline)" if inline else context

    def port(self, service: Modelled, port: Port) -> Publication:
        address = port.host_ip.strip("[]")
        if service.is_cut_off or service.text("network_mode"):
            reach = NOBODY
        elif is_unknown(port.node) or is_unknown(value_at(port.node, "host_ip")):
            reach = UNKNOWN
        elif port.all_interfaces:
            reach = WORLD
        elif address == "::1" or address.startswith(_LOOPBACK):
            reach = MACHINE
        else:
            reach = ADDRESS
        unknown = is_unknown(port.node) or is_unknown(value_at(port.node, "published"))
        return Publication(
            "?" if unknown else self.text(port.published),
            port.target,
            self.text(port.protocol),
            reach,
            self.text(address),
        )

    def mounts(self, service: Modelled) -> Iterator[Mounted]:
        for mount in service.mounts:
            yield Mounted(
                self.text(mount.type),
                self.path(mount.source) if mount.type == "bind" else self.text(mount.source),
                self.text(mount.target),
                mount.read_only,
            )
        for path in service.tmpfs:
            yield Mounted("tmpfs", "", self.text(path), False)
        for kind in ("secret", "config"):
            for item in items_of(service.get(f"{kind}s")):
                source = _name_of(item)
                if source:
                    target = text_of(item.get("target")) if isinstance(item, Mapping) else None
                    yield Mounted(kind, self.text(source), self.text(target), True)

    def edges(self, service: Modelled, services: Sequence[Service]) -> Iterator[Edge]:
        stack = self.stack
        name = self.text(service.name)
        for each in service.depends_on.values():
            if each.name in stack.services:
                yield Edge(
                    DEPENDS,
                    name,
                    self.text(each.name),
                    "service",
                    "",
                    each.condition.removeprefix("service_"),
                    each.required,
                )
        peers = peers_of(stack)
        for address in addresses_of(service):
            other = peers.named(address.host, service)
            if other is not None and other is not service:
                port = str(address.port) if address.port is not None else ""
                yield Edge(TALKS, name, self.text(other.name), "service", port, "", True)
        for text in text_list(service.get("links")) or ():
            other = stack.services.get(text.partition(":")[0])
            if other is not None and other is not service:
                yield Edge(TALKS, name, self.text(other.name), "service", "", "", True)
        for caller, host, why in self.findings.unreached:
            if caller == service.name:
                yield Edge(TALKS, name, self.text(host), "host", why, "", True)
        yield from self.shared(service, name)
        mine = next(each for each in services if each.name == name)
        declared = {
            "volume": stack.volumes,
            "secret": stack.secrets,
            "config": stack.configs,
        }
        for mount in mine.mounts:
            if mount.source in declared.get(mount.kind, ()):
                kind = MOUNTS if mount.kind == "volume" else READS
                yield Edge(kind, name, mount.source, mount.kind, mount.target, "", True)

    def shared(self, service: Modelled, name: str) -> Iterator[Edge]:
        """The edges to services whose network or volumes a service uses."""
        others: list[tuple[str, str]] = []
        mode, _, owner = (service.text("network_mode") or "").partition(":")
        if mode == "service":
            others.append((owner, "network"))
        froms = text_list(service.get("volumes_from")) or ()
        others += ((text.partition(":")[0], "volumes") for text in froms)
        for other, what in others:
            if other in self.stack.services and other != service.name:
                yield Edge(SHARES, name, self.text(other), "service", what, "", True)


def _undecided(service: Modelled) -> Iterator[str]:
    """What a variable without a value decides."""
    if is_unknown(service.get("image")):
        yield "image"
    for kind, value in (("memory", service.memory_limit), ("cpus", service.cpu_limit)):
        limit = service.limit(kind)
        if value is None and limit is not None and is_unknown(limit.value):
            yield kind


def _name_of(item: Node) -> str | None:
    """The name of a secret or config that a service uses, in either form."""
    return text_of(item.get("source")) if isinstance(item, Mapping) else text_of(item)


def _is_true(declared: Declared, key: str) -> bool:
    return any(
        entry.name == key and getattr(entry.value, "value", None) is True
        for entry in entries_of(declared.node)
    )
