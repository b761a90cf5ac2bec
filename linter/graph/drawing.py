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
from .shapes import Area, Box, Drawing, Line, Row
from .words import (
    LONGEST,
    MOST_TOLD,
    SEVERITIES,
    group_rows,
    legend_of,
    port_rows,
    port_text,
    port_words,
    sentence,
    short,
    short_image,
    summary_of,
    told_of,
    wrapped,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Edge, Graph, Resource, Service

MOST_BOXES = 60
"""The most services that have a box each."""

MOST_DETAILED = 18
"""The most services of a stack in whose picture nothing is left to the texts of the boxes."""

MOST_THINGS = 10
"""The most volumes, paths, secrets and configs that have boxes."""

MOST_OUTSIDE = 8
"""The most lines from those who reach published ports; with more, only the boxes say it."""

MOST_LINES = 8
"""The most lines that end at one box of a large picture; with more, the boxes say it instead."""


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
        self.hosts = self._hosts()
        self.areas: dict[tuple[str, ...], str] = {}
        for group in self.groups:
            self.areas.setdefault(group.area, f"a{len(self.areas)}")
        self.pairs = self._pairs()
        self.hubs = self._hubs()

    def _pairs(self) -> dict[tuple[str, str], list[Edge]]:
        """All that two boxes have to do with each other, by their keys."""
        pairs: dict[tuple[str, str], list[Edge]] = {}
        for edge in self.graph.edges:
            source = self.box_of[edge.source]
            if edge.to_kind == "service":
                target = self.box_of[edge.target]
            elif edge.to_kind == "host":
                target = self.hosts.get((edge.target, edge.detail), source)
            else:
                target = self.things.get((edge.to_kind, edge.target), source)
            if target != source:
                pairs.setdefault((source, target), []).append(edge)
        return pairs

    def _hosts(self) -> dict[tuple[str, str], str]:
        """The hosts that are not reached, with why and the keys of their boxes."""
        hosts = [(edge.target, edge.detail) for edge in self.graph.edges if edge.to_kind == "host"]
        return {
            host: f"h{number}" for number, host in enumerate([*dict.fromkeys(hosts)][:MOST_THINGS])
        }

    def _hubs(self) -> dict[str, int]:
        """The boxes that so many lines would end at that nobody could follow them, with the number."""
        if len(self.groups) <= MOST_DETAILED:
            return {}
        counts: dict[str, int] = {}
        for _, target in self.pairs:
            counts[target] = counts.get(target, 0) + 1
        return {key: count for key, count in counts.items() if count > MOST_LINES}

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
        reaches = {source for source, _ in self.reached()}
        for key, title, text in _OUTSIDE.values():
            if key in reaches:
                row = Row(text, "plain")
                yield Box(key, key, title, (row,), "", "", f"{title}: {text}", "", "")
        for number, group in enumerate(self.groups):
            yield self.box(f"s{number}", group)
        for (kind, name), key in self.things.items():
            yield self.thing(key, kind, name)
        for (host, why), key in self.hosts.items():
            tip = f"{host}: {why}"
            yield Box(key, "host", short(host), (Row(why),), "", "", tip, "", "")

    def box(self, key: str, group: Group) -> Box:
        indexes = sorted({index for service in group.services for index in service.findings})
        sign, told, findings, link = self.signed(indexes)
        first = group.services[0]
        if len(group.services) == 1:
            kind, title, rows = "service", short(first.name, LONGEST + 6), [*self.rows(first)]
            if first.replicas > 1:
                title += f" × {first.replicas}"
            head = [title, first.image, port_words(first.ports)]
        else:
            kind, rows = "group", [*group_rows(group.services)]
            title = f"{short(group.name)}: {len(group.services)} services"
            head = [title, *(service.name for service in group.services)]
        rows += self.hub_rows(key)
        tip = "\n".join(filter(None, (*head, findings)))
        area = self.areas[group.area]
        return Box(key, kind, title, tuple(rows), sign, told, tip, link, area)

    def rows(self, service: Service) -> Iterator[Row]:
        """The rows of a service's box."""
        if service.image:
            yield Row(short_image(service.image), "plain")
        if service.build:
            yield Row(short(f"build {service.build}"), "muted" if service.image else "plain")
        if "image" in service.undecided:
            yield Row("a variable names the image", "plain")
        elif not service.image and not service.build:
            yield Row("no image in these files", "plain")
        limits = []
        if service.memory is not None:
            limits.append(format_size(service.memory))
        if service.cpus is not None:
            limits.append(f"{service.cpus:g} CPU{'' if service.cpus == 1 else 's'}")
        if limits:
            yield Row(f"at most {' and '.join(limits)}")
        elif {"memory", "cpus"}.isdisjoint(service.undecided):
            yield Row("no limits")
        else:
            yield Row("limits that variables decide")
        yield Row("ends by itself" if service.task else _HEALTH[service.health])
        if service.replicas == 0:
            yield Row("not started: 0 replicas")
        if service.network_mode == "host":
            yield Row("listens on the machine itself", "plain")
        else:
            yield from port_rows(service.ports)
        if service.profiles:
            yield Row(short(f"with profile {', '.join(service.profiles)}"))
        for kind, title in _THINGS.items():
            sources = [
                mount.source or mount.target
                for mount in service.mounts
                if mount.kind == kind and (kind, mount.source) not in self.things
            ]
            if sources:
                word = "path" if kind == "bind" else title
                rows = wrapped((f"{word} {sources[0]}", *sources[1:]), 3)
                yield from map(Row, rows)

    def hub_rows(self, key: str) -> Iterator[Row]:
        """The rows that say what lines would, where there were too many."""
        verbs: dict[str, list[str]] = {}
        for (source, target), edges in self.pairs.items():
            if source == key and target in self.hubs:
                kinds = {edge.kind for edge in edges}
                verb = _VERBS[next(kind for kind in _VERBS if kind in kinds)]
                verbs.setdefault(verb, []).extend(dict.fromkeys(edge.target for edge in edges))
        for verb, names in verbs.items():
            rows = wrapped((f"{verb} {names[0]}", *names[1:]), 3)
            yield from map(Row, rows)
        if key in self.hubs:
            yield Row(f"used by {self.hubs[key]} others", "plain")

    def _things(self) -> dict[tuple[str, str], str]:
        """The volumes, paths, secrets and configs that have boxes, with their keys.

        In a small stack these are all of a kind, unless they are too many; else what several services
        share and what no service uses, unless it is a path.
        """
        users: dict[tuple[str, str], set[str]] = {}
        for kind in ("volume", "secret", "config"):
            users.update(((kind, resource.name), set()) for resource in self.resources(kind))
        for service in self.graph.services:
            for mount in service.mounts:
                if mount.kind in _THINGS and mount.source:
                    boxes = users.setdefault((mount.kind, mount.source), set())
                    boxes.add(self.box_of[service.name])
        chosen: list[tuple[str, str]] = []
        for kind in _THINGS:
            every = [thing for thing in users if thing[0] == kind]
            some = [thing for thing in every if len(users[thing]) != 1]
            if self.is_detailed and len(chosen) + len(every) <= MOST_THINGS:
                chosen += every
            elif kind != "bind" and not self.is_grouped:
                chosen += (thing for thing in some if len(users[thing]) <= MOST_LINES)
        return {thing: f"t{number}" for number, thing in enumerate(chosen)}

    def resources(self, kind: str) -> tuple[Resource, ...]:
        """The volumes, secrets or configs that the stack declares."""
        graph = self.graph
        declared = {"volume": graph.volumes, "secret": graph.secrets, "config": graph.configs}
        return declared.get(kind, ())

    def thing(self, key: str, kind: str, name: str) -> Box:
        resource = next((each for each in self.resources(kind) if each.name == name), None)
        sign, told, findings, link = self.signed(resource.findings if resource else ())
        text = _THINGS[kind]
        if resource is not None and resource.external:
            text += ", external"
        if not any(
            (mount.kind, mount.source) == (kind, name)
            for service in self.graph.services
            for mount in service.mounts
        ):
            text += ", of no service"
        tip = "\n".join(filter(None, (f"{text} {name}", findings)))
        return Box(key, kind, short(name), (Row(text),), sign, told, tip, link, "")

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
        for (source, target), ports in self.reached().items():
            tip = f"published: {', '.join(dict.fromkeys(ports))}"
            yield Line(source, target, "publishes", "", "", tip)
        for (source, target), edges in self.pairs.items():
            if target not in self.hubs:
                yield self.line(source, target, edges)
        yield from self.bound()

    def reached(self) -> dict[tuple[str, str], list[str]]:
        """The published ports by who reaches them and the box, unless there are too many lines."""
        reached: dict[tuple[str, str], list[str]] = {}
        for service in self.graph.services:
            for port in service.ports:
                if port.reach in _OUTSIDE:
                    ends = _OUTSIDE[port.reach][0], self.box_of[service.name]
                    reached.setdefault(ends, []).append(port_text(port))
        return reached if len(reached) <= MOST_OUTSIDE else {}

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
        talks = (edge for edge in edges if edge.kind == TALKS and edge.to_kind == "service")
        ports = dict.fromkeys(edge.detail for edge in talks if edge.detail)
        labels = [*ports][:3] if self.is_detailed else []
        if kind == SHARES:
            labels = [edge.detail for edge in edges if edge.kind == SHARES]
        if self.is_detailed and _CONDITIONS.get(condition):
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
    "secret": "secret",
    "config": "config",
    "bind": "path of this machine",
}

_VERBS = {
    TALKS: "talks to",
    SHARES: "shares with",
    DEPENDS: "starts after",
    MOUNTS: "uses",
    READS: "uses",
}
"""What a box does with another one, the closest first."""

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
