"""What services refer to by name: other services, networks, volumes, secrets, configs, models."""

from __future__ import annotations

from ..base.wording import and_list
from ..source.yaml.nodes import Entry, Mapping, Node
from .graph import NAMESPACES, cycles_of
from .nodes import entries_of, items_of, text_value
from .problem import Problem, Related
from .release import OLDER
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .service_view import Model, Service

_MOST_NAMED = 8
"""How many services a help names."""

_NEEDS = {
    "depends_on": "depends on",
    "links": "links to",
    "volumes_from": "uses the volumes of",
    **dict.fromkeys(NAMESPACES, "shares a namespace with"),
}


def check_references(model: Model, service: Service) -> None:
    """Report names that a service uses but that are not defined, or do not run with it."""
    node = service.node
    build = node.get("build")
    build = build if isinstance(build, Mapping) else None
    for entry in entries_of(build.get("additional_contexts") if build else None):
        _check_context(model, service, entry)
    for entry in entries_of(node.get("networks")):
        if entry.name != "default":
            _check_defined(model, service, "networks", entry.name, entry.key, "network")
    _check_dependencies(model, service)
    for item in items_of(node.get("volumes")):
        if isinstance(item, Mapping) and text_value(item.get("type")) == "volume":
            _check_volume(model, service, item)
    for section, items, noun in (
        ("secrets", build.get("secrets") if build else None, "build secret"),
        ("configs", node.get("configs"), "config"),
        ("secrets", node.get("secrets"), "secret"),
    ):
        for item in items_of(items):
            source = item.get("source") if isinstance(item, Mapping) else None
            name = text_value(source)
            if isinstance(item, Mapping) and (source is None or name is not None):
                _check_defined(model, service, section, name or "", source or item, noun)
    for entry in entries_of(node.get("models")):
        _check_defined(model, service, "models", entry.name, entry.key, "model")


def _existing(model: Model, service: Service, name: str) -> str:
    """The help where a service does not exist: the one that is meant, or those that exist."""
    others = sorted(each for each in model.services if each != service.name)
    if close := model.near(name, model.services):
        return close
    return f"the other services are {and_list(others, most=_MOST_NAMED)}" if others else ""


def _check_context(model: Model, service: Service, entry: Entry) -> None:
    """Check an additional context that is another service."""
    context = text_value(entry.value) or ""
    name = context.removeprefix("service:")
    if name == context or UNKNOWN in name:
        return
    subject = (
        f'the additional context "{entry.name}" of service "{service.name}" is service "{name}"'
    )
    target = model.services.get(name)
    if target is None:
        if not model.context.partial:
            problem = Problem(
                "undefined-build-service",
                f"{subject}, which does not exist",
                entry.value.span,
                _existing(model, service, name),
            )
            model.report(service, problem.depending_on(entry.value))
        return
    kind = "undefined-build-service"
    is_disabled = _report_disabled(
        model, service, target, entry.value, kind, "builds on", only=OLDER
    )
    if is_disabled and model.context.release == OLDER and not model.runs(target):
        return
    if target.node.get("build") is None:
        problem = Problem(
            "context-without-build",
            f"{subject}, which has no build",
            entry.value.span,
            related=(Related(f'service "{name}"', target.key.span),),
        )
        model.report(service, problem.depending_on(entry.value))


def _check_dependencies(model: Model, service: Service) -> None:
    edges = model.edges[service.name]
    for edge in edges.values():
        if UNKNOWN in edge.name:
            continue
        needs = _NEEDS[edge.by]
        target = model.services.get(edge.name)
        if target is not None:
            if edge.required:
                _report_disabled(model, service, target, edge.node, "disabled-dependency", needs)
        elif not model.context.partial and edge.name not in model.names:
            problem = Problem(
                "undefined-dependency",
                f'service "{service.name}" {needs} service "{edge.name}", which does not exist',
                edge.node.span,
                _existing(model, service, edge.name),
            )
            model.report(service, problem.depending_on(edge.node))
    mode = service.node.get("network_mode")
    shared = text_value(mode) or ""
    if mode is not None and shared.startswith("service:"):
        # That a dependency is optional does not help here.
        name = shared.removeprefix("service:")
        target = model.services.get(name)
        if target is not None and not edges[name].required:
            needs = _NEEDS["network_mode"]
            _report_disabled(model, service, target, mode, "disabled-dependency", needs)


def _report_disabled(
    model: Model,
    service: Service,
    target: Service,
    node: Node,
    kind: str,
    needs: str,
    only: str = "",
) -> bool:
    """Report that a service does not run where one that needs it does."""
    if not target.profiles:
        return False
    rejects = model.runs(service) and not model.runs(target)
    missing = [name for name in service.profiles if name not in target.profiles]
    if not service.profiles:
        missing = [""]
    if not missing and not rejects:
        return False
    profiles = ", ".join(f'"{name}"' for name in target.profiles)
    noun = "profiles" if len(target.profiles) > 1 else "profile"
    problem = Problem(
        kind,
        f'service "{service.name}" {needs} service "{target.name}", which runs only with the '
        f"{noun} {profiles}",
        node.span,
        f'add the same profile to service "{service.name}", or set `required: false`'
        if kind == "disabled-dependency"
        else "",
        (Related(f'service "{target.name}"', target.key.span),),
        rejects=rejects,
        only=only,
    )
    model.report_in("" if rejects else missing[0], problem.depending_on(node))
    return True


def _check_volume(model: Model, service: Service, item: Mapping) -> None:
    source = item.get("source")
    name = text_value(source)
    if source is None or not name or _is_defined(model, "volumes", name):
        return
    help_ = model.near(name, model.defined["volumes"])
    if not help_ and "/" in name:
        help_ = f"begin a path of the host with a dot or a slash: `./{name}`"
    problem = Problem(
        "undefined-volume",
        f'service "{service.name}" uses the volume "{name}", which is not defined',
        source.span,
        help_ or f"define it: `volumes: {{{name}: }}`",
    )
    model.report(service, problem.depending_on(source, item.get("type")))


def _check_defined(
    model: Model, service: Service, section: str, name: str, node: Node, noun: str
) -> None:
    if _is_defined(model, section, name):
        return
    message = f'service "{service.name}" uses the {noun} "{name}", which is not defined'
    if not name:
        message = f'service "{service.name}" uses a {noun} whose source is missing or empty'
    problem = Problem(
        f"undefined-{noun.split()[-1]}",
        message,
        node.span,
        model.near(name, model.defined[section]) if name else "",
    )
    model.report(service, problem.depending_on(node))


def _is_defined(model: Model, section: str, name: str) -> bool:
    """Whether a name is defined in a section, as far as that can be known."""
    return name in model.defined[section] or UNKNOWN in name or model.context.partial


def check_cycles(model: Model) -> None:
    """Report services that need each other in a circle: of those that run, then of all."""
    graph = {name: list(edges) for name, edges in model.edges.items()}
    running = {name: None for name in graph if model.runs(model.services[name])}
    among_running = {
        name: [needed for needed in graph[name] if needed in running] for name in running
    }
    found: set[str] = set()
    for cycle in (*cycles_of(among_running), *cycles_of(graph)):
        if not found.isdisjoint(cycle):
            continue
        found.update(cycle)
        members = [model.services[name] for name in cycle]
        runs = all(model.runs(member) for member in members)
        edges = [
            model.edges[name][following]
            for name, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        ]
        profiles = [name for member in members for name in member.profiles]
        message = f'service "{cycle[0]}" {_NEEDS[edges[0].by]} itself'
        if len(cycle) > 1:
            message = "services depend on each other in a circle: " + " -> ".join(
                (*cycle, cycle[0])
            )
        problem = Problem(
            "dependency-cycle",
            message,
            edges[0].node.span,
            related=tuple(
                Related(f'service "{name}" {_NEEDS[edge.by]} "{edge.name}"', edge.node.span)
                for name, edge in zip(cycle[1:], edges[1:], strict=True)
            ),
            rejects=runs,
        )
        model.report_in("" if runs or not profiles else profiles[0], problem)
