"""What is drawn of a stack: boxes, areas and lines with their texts, the same for every format.

A small stack is drawn with all that its services use; of a larger one, what only one service uses
is said in the service's box; of more than ``MOST_BOXES`` services, those that belong together are
one box.
"""

from __future__ import annotations

from ..base.units import format_size
from ..base.wording import and_list, plural
from .findings import worst
from .grouping import Group, grouped
from .model import ADDRESS, DEPENDS, MACHINE, MOUNTS, READS, SHARES, TALKS, WORLD
from .shapes import Area, Box, Drawing, Line
from .words import (
    LONGEST,
    MOST_TOLD,
    SEVERITIES,
    few_rows,
    group_rows,
    legend_of,
    port_rows,
    port_text,
    sentence,
    short,
    summary_of,
    told_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Edge, Graph, Service

MOST_BOXES = 60
"""The most services that have a box each."""

MOST_DETAILED = 18
"""The most services of a stack whose volumes, files and secrets all have a box."""


def draw(graph: Graph) -> Drawing:
    """What is drawn of a stack."""
    return _Draft(graph).drawing()


class _Draft:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.groups = grouped(graph, MOST_BOXES)
        self.box_of = {
            service.name: f"s{number}"
            for number, group in enumerate(self.groups)
            for service in group.services
        }
        self.is_grouped = any(len(group.services) > 1 for group in self.groups)
        self.is_detailed = len(graph.services) <= MOST_DETAILED
        self.things = self._things()
        self.areas: dict[tuple[str, ...], str] = {}
        for group in self.groups:
            self.areas.setdefault(group.area, f"a{len(self.areas)}")

    # --- what findings say

    def signed(self, indexes: Sequence[int]) -> tuple[str, str, str, str]:
        """The gravest severity of some findings, the words for it, the text of all, and a link."""
        findings = self.graph.findings
        first = worst(findings, tuple(indexes))
        if first is None:
            return "", "", "", ""
        some = [findings[index] for index in indexes]
        counts = [
            plural(count, severity)
            for severity in SEVERITIES
            if (count := sum(finding.severity == severity for finding in some))
        ]
        return first.severity, ", ".join(counts), told_of(some), first.link

    # --- boxes

    def boxes(self) -> Iterator[Box]:
        reaches = {port.reach for service in self.graph.services for port in service.ports}
        for reach, (key, title, row) in _OUTSIDE.items():
            if reach in reaches:
                yield Box(key, reach, title, (row,), "", "", f"{title}: {row}", "", "")
        for number, group in enumerate(self.groups):
            yield self.box(f"s{number}", group)
        for (kind, name), key in self.things.items():
            yield self.thing(key, kind, name)

    def box(self, key: str, group: Group) -> Box:
        indexes = sorted({index for service in group.services for index in service.findings})
        sign, told, findings, link = self.signed(indexes)
        if len(group.services) == 1:
            kind, title = "service", group.services[0].name
            rows = tuple(self.rows(group.services[0]))
            if group.services[0].replicas > 1:
                title = f"{short(title)}  × {group.services[0].replicas}"
        else:
            kind, title = "group", f"{short(group.name)}: {len(group.services)} services"
            rows = tuple(group_rows(group.services))
        head = [title, *rows] if kind == "service" else [title, *(s.name for s in group.services)]
        tip = "\n".join(filter(None, (*head, findings)))
        return Box(key, kind, short(title, LONGEST + 6), rows, sign, told, tip, link,
                   self.areas[group.area])  # fmt: skip

    def rows(self, service: Service) -> Iterator[str]:
        """The rows of a service's box."""
        if service.image:
            yield short(service.image)
        if service.build:
            yield short(f"build {service.build}")
        if not service.image and not service.build:
            yield "no image in these files"
        limits = []
        if service.memory is not None:
            limits.append(format_size(service.memory))
        if service.cpus is not None:
            limits.append(f"{service.cpus:g} CPU{'' if service.cpus == 1 else 's'}")
        yield f"at most {' and '.join(limits)}" if limits else "no limits"
        yield _HEALTH[service.health] if not service.task else "ends by itself"
        if service.replicas == 0:
            yield "not started: 0 replicas"
        yield from port_rows(service.ports)
        if service.profiles:
            yield short(f"with profile {', '.join(service.profiles)}")
        mounts = [
            f"{mount.kind} {mount.source or mount.target}"
            for mount in service.mounts
            if (mount.kind, mount.source) not in self.things
        ]
        yield from few_rows(mounts, "more mounts")

    def _things(self) -> dict[tuple[str, str], str]:
        """The volumes, files, secrets and configs that have boxes, with their keys."""
        graph = self.graph
        users: dict[tuple[str, str], set[str]] = {}
        for service in graph.services:
            for mount in service.mounts:
                if mount.kind in _THINGS and mount.source:
                    users.setdefault((mount.kind, mount.source), set()).add(
                        self.box_of[service.name]
                    )
        for kind, resources in (
            ("volume", graph.volumes), ("secret", graph.secrets), ("config", graph.configs)
        ):  # fmt: skip
            for resource in resources:
                if self.is_detailed or resource.findings:
                    users.setdefault((kind, resource.name), set())
        chosen = [
            thing
            for thing, boxes in users.items()
            if self.is_detailed
            or (len(boxes) > 1 and thing[0] != "bind")
            or (not self.is_grouped and not boxes)
        ]
        return {thing: f"t{number}" for number, thing in enumerate(chosen[:_MOST_THINGS])}

    def thing(self, key: str, kind: str, name: str) -> Box:
        resources = {
            "volume": self.graph.volumes, "secret": self.graph.secrets, "config": self.graph.configs
        }.get(kind, ())  # fmt: skip
        resource = next((each for each in resources if each.name == name), None)
        sign, told, findings, link = self.signed(resource.findings if resource else ())
        row = _THINGS[kind]
        if resource is not None and resource.external:
            row += ", external"
        tip = "\n".join(filter(None, (f"{row} {name}", findings)))
        return Box(key, kind, short(name), (row,), sign, told, tip, link, "")

    # --- areas

    def area(self, names: tuple[str, ...], key: str) -> Area:
        mode = names[0].removeprefix("mode:") if names[0].startswith("mode:") else ""
        if mode:
            title = _MODES.get(mode, f"network_mode {mode}")
            return Area(key, "mode", short(title, 60), (), "", "", title, "")
        resources = {resource.name: resource for resource in self.graph.networks}
        known = [resources[name] for name in names if name in resources]
        indexes = sorted({index for resource in known for index in resource.findings})
        sign, told, findings, link = self.signed(indexes)
        shown = and_list((short(name) for name in names), "", 5 if len(names) > 6 else None)
        title = f"network{'s' if len(names) > 1 else ''} {shown}"
        rows = []
        if known and all(resource.internal for resource in known):
            rows.append("internal: no way out")
        if any(resource.external for resource in known):
            outside = [resource.name for resource in known if resource.external]
            rows.append("external" if len(names) == 1 else f"external: {short(', '.join(outside))}")
        tip = "\n".join(filter(None, (title, *rows, findings)))
        return Area(key, "network", title, tuple(rows), sign, told, tip, link)

    # --- lines

    def lines(self) -> Iterator[Line]:
        yield from self.published()
        pairs: dict[tuple[str, str], list[Edge]] = {}
        for edge in self.graph.edges:
            source = self.box_of[edge.source]
            target = (
                self.box_of[edge.target]
                if edge.to_kind == "service"
                else self.things.get((edge.to_kind, edge.target), source)
            )
            if target != source:
                pairs.setdefault((source, target), []).append(edge)
        for (source, target), edges in pairs.items():
            yield self.line(source, target, edges)
        yield from self.bound()

    def published(self) -> Iterator[Line]:
        """The lines from those who reach published ports."""
        reached: dict[tuple[str, str], list[str]] = {}
        for service in self.graph.services:
            for port in service.ports:
                if port.reach in _OUTSIDE:
                    ends = _OUTSIDE[port.reach][0], self.box_of[service.name]
                    reached.setdefault(ends, []).append(port_text(port))
        for (source, target), ports in reached.items():
            tip = f"published: {', '.join(dict.fromkeys(ports))}"
            yield Line(source, target, "publishes", "", "", tip)

    def bound(self) -> Iterator[Line]:
        """The lines to paths of the machine."""
        targets: dict[tuple[str, str], list[str]] = {}
        for service in self.graph.services:
            for mount in service.mounts:
                thing = self.things.get((mount.kind, mount.source))
                if thing is not None and mount.kind == "bind":
                    ends = self.box_of[service.name], thing
                    targets.setdefault(ends, []).append(mount.target)
        for (source, thing), paths in targets.items():
            yield Line(source, thing, MOUNTS, "", "", f"at {', '.join(dict.fromkeys(paths))}")

    def line(self, source: str, target: str, edges: Sequence[Edge]) -> Line:
        """The line for all that two boxes have to do with each other."""
        kinds = {edge.kind for edge in edges}
        kind = next(each for each in (TALKS, SHARES, DEPENDS, MOUNTS, READS) if each in kinds)
        conditions = [edge.condition for edge in edges if edge.kind == DEPENDS]
        condition = next((each for each in _CONDITIONS if each in conditions), "")
        ports = dict.fromkeys(edge.detail for edge in edges if edge.kind == TALKS and edge.detail)
        labels = [*ports][:3] if not self.is_grouped else []
        if kind == SHARES:
            labels = [edge.detail for edge in edges if edge.kind == SHARES]
        if _CONDITIONS.get(condition):
            labels.append(_CONDITIONS[condition])
        tip = "; ".join(dict.fromkeys(map(sentence, edges[:MOST_TOLD])))
        return Line(source, target, kind, condition, " · ".join(labels), tip)

    # --- all

    def drawing(self) -> Drawing:
        graph = self.graph
        areas = tuple(self.area(names, key) for names, key in self.areas.items())
        boxes, lines = tuple(self.boxes()), tuple(self.lines())
        unused = [
            network.name
            for network in graph.networks
            if not any(network.name in service.networks for service in graph.services)
        ]
        unused_findings = [
            index
            for network in graph.networks
            if network.name in unused
            for index in network.findings
        ]
        others = sorted({*graph.others, *unused_findings})
        sign, told, tip, link = self.signed(others)
        rows = [plural(len(graph.services), "service")]
        if self.is_grouped:
            rows[0] += f" in {len(self.groups)} boxes"
        counts = self.signed(range(len(graph.findings)))[1]
        rows.append(counts or "no findings")
        if graph.is_fragment:
            rows.append("part of another stack, whose other files are not known")
        lines_below = [" · ".join(rows)]
        if unused:
            names = and_list(map(short, unused), "", 5)
            lines_below.append(f"network{'s' if len(unused) > 1 else ''} of no service: {names}")
        title = " + ".join(graph.files) or graph.name
        return Drawing(
            short(title, 70),
            tuple(lines_below),
            sign,
            f"{told} about the files" if told else "",
            "\n".join(filter(None, (title, *lines_below, tip))),
            link,
            areas,
            boxes,
            lines,
            tuple(legend_of(boxes, lines)),
            summary_of(graph),
        )


_OUTSIDE = {
    WORLD: ("world", "the world", "whoever reaches the machine"),
    ADDRESS: ("address", "one address", "who reaches that address"),
    MACHINE: ("machine", "this machine", "127.0.0.1 only"),
}
"""Who reaches published ports, by reach: key, title and row of the box."""

_THINGS = {
    "volume": "volume",
    "bind": "path of this machine",
    "secret": "secret",
    "config": "config",
}
_MOST_THINGS = 100

_HEALTH = {
    "checked": "health is checked",
    "image": "health is checked by the image",
    "none": "no health check",
    "disabled": "health check switched off",
    "unknown": "health check: unknown",
}

_CONDITIONS = {"completed_successfully": "completed", "healthy": "healthy", "started": ""}
"""The conditions of ``depends_on``, the strictest first, with the label that each has."""

_MODES = {"host": "the machine's own network (host)", "none": "no network at all", "bridge": "Docker's default bridge"}  # fmt: skip
