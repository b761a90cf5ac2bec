"""What one part of a stack says about another: references, cycles, settings at odds.

Docker Compose checks only the services that run with the profiles asked for. Here every
service is looked at, as it would be with a profile of its own switched on; what only
another set of profiles brings about says so and does not count for the verdict.
"""

from __future__ import annotations

import struct

from ..base.records import NamedTuple
from ..base.suggest import nearest
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar
from .graph import NAMESPACES, Edge, cycles_of, dependencies, items_of
from .nodes import text_value, unset_names
from .problem import Problem, Related, when_unset
from .values import UNKNOWN, BadValue, parse_byte_size, parse_go_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ..base.text import Span
    from .context import Context


MAX_COMPARED = 10_000
"""How many names are compared in all to recognise slips of the pen."""


def _entries(node: Node | None) -> list[Entry]:
    return node.entries if isinstance(node, Mapping) else []


def _mapping(node: Node | None, *names: str) -> Mapping | None:
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None


class _Service(NamedTuple):
    name: str
    key: Node
    node: Mapping
    profiles: tuple[str, ...]

    def runs_with(self, profiles: tuple[str, ...]) -> bool:
        return not self.profiles or any(one == "*" or one in self.profiles for one in profiles)


def check_services(tree: Mapping, context: Context, asked: tuple[str, ...]) -> None:
    """Report what does not go together in a model."""
    _Checks(tree, context, asked).run()


class _Checks:
    def __init__(self, tree: Mapping, context: Context, asked: tuple[str, ...]) -> None:
        self.tree = tree
        self.context = context
        self.asked = asked
        self.services: dict[str, _Service] = {}
        for entry in _entries(tree.get("services")):
            if isinstance(entry.value, Mapping):
                profiles = tuple(
                    text
                    for item in items_of(entry.value.get("profiles"))
                    if (text := text_value(item)) is not None
                )
                self.services[entry.name] = _Service(entry.name, entry.key, entry.value, profiles)
        self.defined = {
            section: {entry.name: entry for entry in _entries(tree.get(section))}
            for section in ("networks", "volumes", "secrets", "configs", "models")
        }
        self.edges: dict[str, dict[str, Edge]] = {}
        self.compared = 0

    def run(self) -> None:
        for service in self.services.values():
            self.edges[service.name] = dependencies(service.node)
            self.source(service)
            self.networks(service)
            self.healthcheck(service)
            self.dependencies(service)
            self.references(service)
            self.scale(service)
            self.resources(service)
            self.watch(service)
            self.mounts(service)
        self.container_names()
        self.cycles()
        self.secrets()

    def report(
        self,
        service: _Service,
        kind: str,
        message: str,
        node: Node | Span,
        help_: str = "",
        related: tuple[Related, ...] = (),
        depends: tuple[Node | None, ...] = (),
    ) -> None:
        """Report a mistake of one service, met wherever the service runs."""
        names = unset_names(*depends)
        active = service.runs_with(self.asked)
        span = node.span if isinstance(node, Node) else node
        extends = self.context.extended.get(service.name)
        if extends is not None and self.inherited(span):
            # The file that is extended is right by itself: it is used wrongly here.
            related = (Related("inherited from here", span), *related)
            span = extends.span
        profile = "" if active or not service.profiles else service.profiles[0]
        suffix = f' (with the profile "{profile}")' if profile else ""
        self.context.report(
            Problem(
                kind,
                when_unset(names) + message + suffix,
                span,
                help_,
                related,
                rejects=active,
                unset=names,
                profile=profile,
            )
        )

    def inherited(self, span: Span) -> bool:
        """Whether a place is in a file that only serves as a base."""
        path = span.file.path
        sources = self.context.sources
        return (path, "extends") in sources and not (
            (path, "compose") in sources or (path, "include") in sources
        )

    # --- one service ---

    def source(self, service: _Service) -> None:
        node = service.node
        image, build = node.entry("image"), node.get("build")
        if build is None and node.entry("provider") is None:
            text = text_value(image.value) if image else None
            if not text and service.name not in self.context.incomplete:
                if image is not None and not isinstance(image.value, Scalar):
                    return
                if image is not None and isinstance(image.value, Scalar) and text is None:
                    return  # the schema speaks of what is no text
                self.report(
                    service,
                    "no-image-or-build",
                    f'the service "{service.name}" has neither an image nor a build',
                    self.context.taken.get(("services", service.name, "image"))
                    or self.context.taken.get(("services", service.name, "build"))
                    or (image.value if image else service.key),
                    related=(Related("the service", service.key.span),) if image else (),
                    depends=(image.value,) if image else (),
                )
        if not isinstance(build, Mapping):
            return
        file, inline = build.entry("dockerfile"), build.entry("dockerfile_inline")
        if file and inline and text_value(file.value) and text_value(inline.value):
            self.report(
                service,
                "dockerfile-twice",
                f'the build of "{service.name}" has both dockerfile and dockerfile_inline',
                inline.key,
                "Keep one of them.",
                (Related("dockerfile", file.key.span),),
                (file.value, inline.value),
            )
        for entry in _entries(build.get("additional_contexts")):
            context = text_value(entry.value) or ""
            if context.startswith("service:"):
                self.build_context(service, entry, context[8:])
        platform = node.get("platform")
        wanted = text_value(platform)
        platforms = build.entry("platforms")
        if platform is not None and wanted and platforms is not None:
            items = items_of(platforms.value)
            if items and all(text_value(item) != wanted for item in items):
                self.report(
                    service,
                    "platform-not-built",
                    f'"{service.name}" runs on {wanted}, which its build.platforms lacks',
                    platforms.key,
                    related=(Related("the platform", platform.span),),
                    depends=(platform, *items),
                )

    def build_context(self, service: _Service, entry: Entry, name: str) -> None:
        if UNKNOWN in name:
            return
        target = self.services.get(name)
        if target is None:
            if not self.context.partial:
                self.report(
                    service,
                    "undefined-build-service",
                    f'the additional context "{entry.name}" of "{service.name}" is the service '
                    f'"{name}", which does not exist',
                    entry.value,
                    self.near(name, self.services),
                    depends=(entry.value,),
                )
            return
        if self.hidden(service, target, entry.value, "undefined-build-service", "builds on"):
            return
        if target.node.get("build") is None:
            self.report(
                service,
                "context-without-build",
                f'the additional context "{entry.name}" of "{service.name}" is the service '
                f'"{name}", which has no build',
                entry.value,
                related=(Related(f'the service "{name}"', target.key.span),),
                depends=(entry.value,),
            )

    def networks(self, service: _Service) -> None:
        mode = service.node.entry("network_mode")
        networks = service.node.entry("networks")
        if (
            mode is not None
            and networks is not None
            and text_value(mode.value)
            and _entries(networks.value)
        ):
            self.report(
                service,
                "network-mode-with-networks",
                f'"{service.name}" has both network_mode and networks',
                mode.key,
                "Keep one of them.",
                (Related("networks", networks.key.span),),
                (mode.value,),
            )
        for entry in _entries(networks.value if networks else None):
            if entry.name != "default":
                self.defined_in(service, "networks", entry.name, entry.key, "network")

    def healthcheck(self, service: _Service) -> None:
        check = _mapping(service.node, "healthcheck")
        test = check.get("test") if check is not None else None
        items = items_of(test)
        if items:
            first = text_value(items[0])
            if first is not None and first not in ("CMD", "CMD-SHELL", "NONE"):
                if UNKNOWN in first:
                    return
                self.report(
                    service,
                    "healthcheck-test",
                    f'the health check of "{service.name}" begins with "{first}"; as a list it '
                    "begins with CMD, CMD-SHELL or NONE",
                    items[0],
                    "Put CMD in front of it.",
                    depends=(items[0],),
                )

    def dependencies(self, service: _Service) -> None:
        for edge in self.edges[service.name].values():
            if UNKNOWN in edge.name:
                continue
            target = self.services.get(edge.name)
            if target is None:
                if self.context.partial or self.malformed(edge.name):
                    continue
                self.report(
                    service,
                    "undefined-dependency",
                    f'"{service.name}" {_NEEDS[edge.by]} the service "{edge.name}", '
                    "which does not exist",
                    edge.node,
                    self.near(edge.name, self.services),
                    depends=(edge.node,),
                )
            elif edge.required:
                self.hidden(service, target, edge.node, "disabled-dependency", _NEEDS[edge.by])
        mode = service.node.get("network_mode")
        shared = text_value(mode) or ""
        if mode is not None and shared.startswith("service:"):
            # That a dependency is optional does not help here.
            edge = self.edges[service.name][shared[8:]]
            target = self.services.get(shared[8:])
            if target is not None and not edge.required:
                self.hidden(service, target, mode, "disabled-dependency", _NEEDS["network_mode"])

    def malformed(self, name: str) -> bool:
        """Whether a service is there but no mapping: the schema speaks of that."""
        services = self.tree.get("services")
        return isinstance(services, Mapping) and services.entry(name) is not None

    def hidden(
        self, service: _Service, target: _Service, node: Node, kind: str, needs: str
    ) -> bool:
        """Report that a service does not run where one that needs it does."""
        if not target.profiles:
            return False
        asked = service.runs_with(self.asked) and not target.runs_with(self.asked)
        if service.profiles:
            missing = [name for name in service.profiles if name not in target.profiles]
        else:
            missing = [""]
        if not missing and not asked:
            return False
        profile = "" if asked else missing[0]
        names = unset_names(node)
        where = ", ".join(f'"{name}"' for name in target.profiles)
        many = "profiles" if len(target.profiles) > 1 else "profile"
        suffix = f' (with the profile "{profile}")' if profile else ""
        self.context.report(
            Problem(
                kind,
                f'{when_unset(names)}"{service.name}" {needs} the service "{target.name}", which '
                f"runs only with the {many} {where}{suffix}",
                node.span,
                f'Give "{service.name}" the same profile, or say `required: false`.'
                if kind == "disabled-dependency"
                else "",
                (Related(f'the service "{target.name}"', target.key.span),),
                rejects=asked,
                unset=names,
                profile=profile,
            )
        )
        return True

    def references(self, service: _Service) -> None:
        node = service.node
        for item in items_of(node.get("volumes")):
            if isinstance(item, Mapping) and text_value(item.get("type")) == "volume":
                source = item.get("source")
                name = text_value(source)
                if source is not None and name:
                    self.volume(service, item, source, name)
        build = _mapping(node, "build")
        lists = (
            ("secrets", build.get("secrets") if build else None, "build secret"),
            ("configs", node.get("configs"), "config"),
            ("secrets", node.get("secrets"), "secret"),
        )
        for section, found, what in lists:
            for item in items_of(found):
                if isinstance(item, Mapping):
                    source = item.get("source")
                    name = text_value(source) or ""
                    if source is None or text_value(source) is not None:
                        self.defined_in(service, section, name, source or item, what)
        for entry in _entries(node.get("models")):
            self.defined_in(service, "models", entry.name, entry.key, "model")

    def volume(self, service: _Service, item: Mapping, source: Node, name: str) -> None:
        if name in self.defined["volumes"] or UNKNOWN in name or self.context.partial:
            return
        kind = item.get("type")
        near = self.near(name, self.defined["volumes"])
        if not near and "/" in name:
            near = f"A path on the host begins with a dot or a slash: ./{name}"
        self.report(
            service,
            "undefined-volume",
            f'"{service.name}" uses the volume "{name}", which is not defined',
            source,
            near or f"Define it: `volumes: {{{name}: }}`.",
            depends=(source, kind),
        )

    def defined_in(self, service: _Service, section: str, name: str, node: Node, what: str) -> None:
        if name in self.defined[section] or UNKNOWN in name or self.context.partial:
            return
        message = f'"{service.name}" uses the {what} "{name}", which is not defined'
        if not name:
            message = f'"{service.name}" uses a {what} whose source is missing or empty'
        self.report(
            service,
            f"undefined-{what.split()[-1]}",
            message,
            node,
            self.near(name, self.defined[section]) if name else "",
            depends=(node,),
        )

    def near(self, name: str, known: Collection[str]) -> str:
        self.compared += len(known)
        found = nearest(name, known) if self.compared <= MAX_COMPARED else None
        return f'Did you mean "{found}"?' if found else ""

    def scale(self, service: _Service) -> None:
        node = service.node
        scale = node.entry("scale")
        deploy = _mapping(node, "deploy")
        replicas = deploy.entry("replicas") if deploy else None
        one, other = _whole(scale), _whole(replicas)
        if scale and replicas and one is not None and other is not None and one != other:
            self.report(
                service,
                "scale-and-replicas",
                f'"{service.name}" has scale {one} and deploy.replicas {other}',
                replicas.value,
                "Keep one of them.",
                (Related("scale", scale.value.span),),
            )
        for entry, value, what in ((scale, one, "scale"), (replicas, other, "deploy.replicas")):
            if entry is not None and value is not None and value < 0:
                self.report(
                    service,
                    "negative-scale",
                    f'{what} of "{service.name}" is {value}; it cannot be below 0',
                    entry.value,
                )
        container = node.get("container_name")
        count = one if one is not None else other
        where = scale if one is not None else replicas
        name = text_value(container)
        if container is not None and name and count is not None and count > 1 and where:
            self.report(
                service,
                "container-name-scaled",
                f'"{service.name}" runs {count} times but has the fixed container_name "{name}"',
                where.value,
                "Remove container_name, or run it once.",
                (Related("container_name", container.span),),
            )

    def resources(self, service: _Service) -> None:
        resources = _mapping(service.node, "deploy", "resources")
        if resources is None:
            return
        for short, part, name, read in _SAME:
            entry = service.node.entry(short)
            holder = resources.entry(part)
            if entry is None or holder is None or not isinstance(holder.value, Mapping):
                continue
            long = holder.value.entry(name)
            if entry.value.unknown or (long is not None and long.value.unknown):
                continue
            own = read(entry.value)
            other = read(long.value) if long is not None else 0
            if own is None or other is None or own == 0 or own == other:
                continue
            path = f"deploy.resources.{part}.{name}"
            self.report(
                service,
                "limits-differ",
                f'"{service.name}" sets {short} and {path} to different values'
                if long is not None
                else f'"{service.name}" sets {short} and deploy.resources.{part} without '
                f"{name}: Docker Compose takes that as a contradiction",
                long.value if long is not None else entry.value,
                f"Write both alike, or only {path}.",
                (Related(short, entry.value.span),)
                if long is not None
                else (Related(f"deploy.resources.{part}", holder.key.span),),
            )

    def watch(self, service: _Service) -> None:
        develop = _mapping(service.node, "develop")
        for item in items_of(develop.get("watch") if develop else None):
            if not isinstance(item, Mapping):
                continue
            action, target = item.get("action"), item.get("target")
            if text_value(action) not in _SYNCING or text_value(target):
                continue
            if target is not None and text_value(target) is None:
                continue
            self.report(
                service,
                "watch-without-target",
                f'a watch of "{service.name}" with the action {text_value(action)} has no target',
                action or item,
                "Name the path in the container: `target:`.",
                depends=(target,),
            )

    def mounts(self, service: _Service) -> None:
        taken: dict[str, Node] = {}
        node = service.node
        for item in items_of(node.get("tmpfs")):
            text = text_value(item)
            if text is not None and UNKNOWN not in text:
                self.mount(service, text.partition(":")[0], item, item, taken)
        for item in items_of(node.get("volumes")):
            if isinstance(item, Mapping):
                target = item.get("target")
                text = text_value(target)
                if text is not None and UNKNOWN not in text:
                    self.mount(service, _tidy(text), item, target, taken)

    def mount(
        self, service: _Service, target: str, item: Node, part: Node | None, taken: dict[str, Node]
    ) -> None:
        first = taken.setdefault(target, item)
        if first is not item:
            self.report(
                service,
                "mount-twice",
                f'two mounts of "{service.name}" have the target {target}',
                part or item,
                related=(Related("the first", first.span),),
                depends=(first, item),
            )

    # --- all services ---

    def container_names(self) -> None:
        by_name: dict[str, list[_Service]] = {}
        for service in self.services.values():
            name = text_value(service.node.get("container_name"))
            if name and UNKNOWN not in name:
                by_name.setdefault(name, []).append(service)
        for name, services in by_name.items():
            for index, service in enumerate(services):
                rival, profile = self.together(service, services[:index])
                if rival is None:
                    continue
                node, first = (
                    service.node.get("container_name"),
                    rival.node.get("container_name"),
                )
                assert node is not None
                assert first is not None
                names = unset_names(node, first)
                suffix = f' (with the profile "{profile}")' if profile else ""
                extends = self.context.extended.get(service.name)
                if extends is not None and (node is first or self.inherited(node.span)):
                    node = extends
                self.context.report(
                    Problem(
                        "container-name-twice",
                        f'{when_unset(names)}"{rival.name}" and "{service.name}" have the same '
                        f'container_name "{name}"{suffix}',
                        node.span,
                        related=(Related(f'container_name of "{rival.name}"', first.span),),
                        rejects=service.runs_with(self.asked) and rival.runs_with(self.asked),
                        unset=names,
                        profile=profile,
                    )
                )

    def together(self, service: _Service, others: list[_Service]) -> tuple[_Service | None, str]:
        """Another service that runs beside this one, and the profile that makes it so.

        Services of different profiles are alternatives as a rule; that somebody may
        switch on all profiles at once does not count.
        """
        for other in others:
            if service.runs_with(self.asked) and other.runs_with(self.asked):
                return other, ""
        for other in others:
            shared = (
                set(service.profiles) & set(other.profiles)
                if service.profiles and other.profiles
                else set(service.profiles or other.profiles)
            )
            if shared or not (service.profiles or other.profiles):
                return other, min(shared, default="")
        return None, ""

    def cycles(self) -> None:
        for cycle in cycles_of({name: list(edges) for name, edges in self.edges.items()}):
            members = [self.services[name] for name in cycle]
            active = all(member.runs_with(self.asked) for member in members)
            edges = [
                self.edges[name][after]
                for name, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
            ]
            profiles = [name for member in members for name in member.profiles]
            profile = "" if active or not profiles else profiles[0]
            suffix = f' (with the profile "{profile}")' if profile else ""
            self.context.report(
                Problem(
                    "dependency-cycle",
                    "services depend on each other in a circle: "
                    + " -> ".join((*cycle, cycle[0]))
                    + suffix
                    if len(cycle) > 1
                    else f'"{cycle[0]}" {_NEEDS[edges[0].by]} itself{suffix}',
                    edges[0].node.span,
                    related=tuple(
                        Related(f'"{name}" {_NEEDS[edge.by]} "{edge.name}"', edge.node.span)
                        for name, edge in zip(cycle[1:], edges[1:], strict=True)
                    ),
                    rejects=active,
                    profile=profile,
                )
            )

    def secrets(self) -> None:
        for entry in self.defined["secrets"].values():
            node = entry.value
            if not isinstance(node, Mapping):
                continue
            external = node.get("external")
            if isinstance(external, Scalar) and external.value is True:
                continue
            file, variable = node.get("file"), node.get("environment")
            if (
                file is not None
                or text_value(variable)
                or (variable is not None and text_value(variable) is None)
            ):
                continue
            if external is None and node.entry("driver") is None and variable is None:
                continue  # said where the sources are counted
            names = unset_names(variable)
            self.context.report(
                Problem(
                    "no-source",
                    f'{when_unset(names)}the secret "{entry.name}" has neither a file nor an '
                    "environment variable",
                    (variable or entry.key).span,
                    unset=names,
                )
            )


_SYNCING = ("sync", "sync+restart", "sync+exec")

_NEEDS = {
    "depends_on": "depends on",
    "links": "links to",
    "volumes_from": "takes the volumes of",
    **dict.fromkeys(NAMESPACES, "shares a namespace with"),
}


def _whole(entry: Entry | None) -> int | None:
    """A whole number; None where it is absent, unknown or something else."""
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.unknown:
        return None
    value = entry.value.value
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _bytes(node: Node) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return 0  # Compose ignores it
    if isinstance(value, str):
        try:
            return parse_byte_size(value)
        except BadValue:
            return None
    return None


def _cpu(node: Node) -> float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        value = parse_go_float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return None
    return rounded


def _pids(node: Node) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str) and value.lstrip("+-").isdigit():
        return int(value) if len(value) < 30 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 1e18 else None


_SAME = (
    ("cpus", "limits", "cpus", _cpu),
    ("mem_limit", "limits", "memory", _bytes),
    ("mem_reservation", "reservations", "memory", _bytes),
    ("pids_limit", "limits", "pids", _pids),
)
"""Attributes that say the same in two places, and how each is read."""


def _tidy(target: str) -> str:
    from ..files.paths import clean_path

    return clean_path(target) if target else ""
