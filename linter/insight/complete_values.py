"""The values that fit a place of a Compose file: names of the stack, images, files, checks."""

from __future__ import annotations

from itertools import islice

from ..base.linux import CAPABILITIES, ULIMITS
from ..base.records import NamedTuple
from ..base.signals import NAMES as SIGNALS
from ..secrets.shown import masked
from .health_checks import Value, checks_for
from .image_names import images_like, tags_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .around import Around
    from .cursor import Path

    Siblings = dict[str, str]


class Asked(NamedTuple):
    """What is asked: the place, what is typed there, and what else the mapping has."""

    around: Around
    path: Path
    siblings: Siblings
    typed: str

    @property
    def service(self) -> str:
        """The name of the service that the place is in; empty if it is in none."""
        path = self.path
        return str(path[1]) if len(path) > 1 and path[0] in ("services", "jobs") else ""


def values_for(
    around: Around,
    pattern: str,
    path: Path,
    siblings: Siblings,
    *,
    typed: str = "",
    is_key: bool = False,
) -> Iterator[Value]:
    """The values for a place, given the pattern of its path; names of keys if ``is_key``."""
    table = _KEYS if is_key else _VALUES
    provider = table.get(pattern)
    if provider is not None:
        yield from provider(Asked(around, path, siblings, typed))


# --- names of the stack


def _named(section: str, kind: str = "name") -> Callable[[Asked], Iterator[Value]]:
    def provide(asked: Asked) -> Iterator[Value]:
        for name in asked.around.names(section):
            yield Value(name, kind, f"of {section}", order="3")

    return provide


def _other_services(asked: Asked) -> Iterator[Value]:
    for name in asked.around.names("services"):
        if name != asked.service:
            yield Value(name, "name", "service", order="3")


def _dependencies(asked: Asked) -> Iterator[Value]:
    for name in asked.around.names("services"):
        if name == asked.service:
            continue
        container = asked.around.container(name)
        condition = "service_started"
        if container is not None and container.has_healthcheck:
            condition = "service_healthy"
        elif container is not None and container.runs_once:
            condition = "service_completed_successfully"
        tail = f"\n  condition: ${{1:{condition}}}"
        yield Value(name, "name", "service", order="3", tail=tail)


def _mounts(asked: Asked) -> Iterator[Value]:
    facts = asked.around.facts(asked.service)
    target = facts.data_path if facts is not None else None
    for name in asked.around.names("volumes"):
        text = f"{name}:{target}" if target else f"{name}:/"
        yield Value(text, "name", "volume", order="3")
    if asked.typed.startswith((".", "/")) or not asked.typed:
        for item in _entries(asked, ("file", "folder"), "./"):
            yield item._replace(text=f"{item.text}:/", order="6")


def _mount_sources(asked: Asked) -> Iterator[Value]:
    yield from _named("volumes")(asked)
    yield from _entries(asked, ("file", "folder"), "./")


def _mount_targets(asked: Asked) -> Iterator[Value]:
    facts = asked.around.facts(asked.service)
    for path in facts.data_paths if facts is not None else ():
        yield Value(path, "value", "where the image keeps its data", order="2")
    for path in (facts.config_paths or ()) if facts is not None else ():
        yield Value(path, "value", "where the image looks for its configuration", order="3")


def _profiles(asked: Asked) -> Iterator[Value]:
    names = {name for stack in asked.around.stacks for name in stack.loaded.profiles}
    for name in sorted(names):
        yield Value(name, "name", "profile", order="3")


def _namespaces(*words: str) -> Callable[[Asked], Iterator[Value]]:
    def provide(asked: Asked) -> Iterator[Value]:
        for word in words:
            yield Value(word, order="2")
        for item in _other_services(asked):
            yield item._replace(text=f"service:{item.text}")

    return provide


def _elsewhere(section: str) -> Callable[[Asked], Iterator[Value]]:
    """Names that a section may get here: those of the stack's other files, and those that are used."""

    def provide(asked: Asked) -> Iterator[Value]:
        own = asked.around.outline.get(section, {})
        for name in asked.around.names(section):
            if name not in own:
                tail = "\n  $0" if section == "services" else ""
                yield Value(name, "name", "of another file", order="3", tail=tail)
        for name, service in asked.around.used(section):
            if name not in own:
                yield Value(name, "name", f'service "{service}" uses it', order="2")

    return provide


def _texts(*texts: str) -> Callable[[Asked], Iterator[Value]]:
    values = [Value(text, order=f"3{index:02}") for index, text in enumerate(texts)]

    def provide(asked: Asked) -> Iterator[Value]:
        yield from values

    return provide


# --- images


def _images(asked: Asked) -> Iterator[Value]:
    typed = asked.typed
    name, colon, tag = typed.rpartition(":")
    if colon and "/" not in tag:
        for index, (known, about) in enumerate(tags_of(name)):
            yield Value(f"{name}:{known}", "image", about, order=f"3{index:03}")
        return
    for index, (image, newest) in enumerate(images_like(typed)):
        text = f"{image}:{newest}" if newest else image
        yield Value(text, "image", "the newest release" if newest else "", order=f"4{index:03}")


def _stages(asked: Asked) -> Iterator[Value]:
    container = asked.around.container(asked.service)
    dockerfile = container.dockerfile if container is not None else None
    for stage in dockerfile.all_stages if dockerfile is not None else ():
        if stage.syntax.name_word is not None:
            base = stage.syntax.base
            yield Value(stage.label, "name", f"FROM {base.text}" if base else "", order="3")


def _arguments(asked: Asked) -> Iterator[Value]:
    container = asked.around.container(asked.service)
    dockerfile = container.dockerfile if container is not None else None
    seen: set[str] = set()
    for instruction in dockerfile.syntax.instructions if dockerfile is not None else ():
        for pair in instruction.pairs if instruction.name == "ARG" else ():
            name = pair.key.text
            if name and name not in seen:
                seen.add(name)
                default = masked(name, pair.value.text) if pair.value is not None else ""
                detail = f"default {default}" if default else "no default"
                yield Value(name, "variable", detail, order="3", tail=" $0")


def _documented(asked: Asked) -> Iterator[Value]:
    """The variables that the image documents, and those of the env files' examples."""
    facts = asked.around.facts(asked.service)
    if facts is None:
        return
    from ..images.data import variables

    known = dict.fromkeys((*facts.secrets, *facts.file_variables.values()))
    for index, name in enumerate(dict.fromkeys((*known, *variables(facts.name)))):
        if name not in asked.siblings:
            detail = f"of {facts.name}" + (", a secret" if name in facts.secrets else "")
            yield Value(name, "variable", detail, order=f"4{index:03}", tail=" $0")


def _documented_items(asked: Asked) -> Iterator[Value]:
    for value in _documented(asked):
        yield value._replace(text=f"{value.text}=")


def _ports(asked: Asked) -> Iterator[Value]:
    facts = asked.around.facts(asked.service)
    for port in facts.ports if facts is not None else ():
        end = f"/{port.protocol}" if port.protocol != "tcp" else ""
        number = port.number
        detail = f"the image listens on {number}"
        yield Value(
            f"127.0.0.1:{number}:{number}{end}", "value", f"{detail}; this machine only", order="2"
        )
        yield Value(f"{number}:{number}{end}", "value", f"{detail}; every address", order="3")


def _exposed(asked: Asked) -> Iterator[Value]:
    facts = asked.around.facts(asked.service)
    for port in facts.ports if facts is not None else ():
        yield Value(str(port.number), "value", "the image listens on it", order="2")


def _memory(asked: Asked) -> Iterator[Value]:
    container = asked.around.container(asked.service)
    if container is not None:
        yield Value(
            container.suggested_memory, "value", "suits the image, to begin with", order="1"
        )
    yield from _texts("128M", "256M", "512M", "1G", "2G", "4G")(asked)


def _cpus(asked: Asked) -> Iterator[Value]:
    container = asked.around.container(asked.service)
    if container is not None:
        yield Value(
            str(container.suggested_cpus), "value", "suits the image, to begin with", order="1"
        )
    yield from _texts("0.25", "0.5", "1", "2", "4")(asked)


def _users(asked: Asked) -> Iterator[Value]:
    container = asked.around.container(asked.service)
    if container is not None and container.user:
        yield Value(container.user, "value", "the user of the image", order="2")
    yield from _texts("1000:1000", "nobody")(asked)


# --- health checks


def _tests(asked: Asked) -> Iterator[Value]:
    service = asked.around.service(asked.service)
    siblings: Siblings = {}
    if service is not None and service.image:
        siblings["image"] = service.image
    yield from checks_for(asked.around, asked.path, siblings)
    yield Value(
        '["NONE"]', "snippet", "no health check, whatever the image has", order="8", is_yaml=True
    )


# --- files


def _entries(asked: Asked, kinds: tuple[str, ...], begin: str = "") -> Iterator[Value]:
    typed = asked.typed or begin
    for path, name, kind in asked.around.entries(typed):
        if kind in kinds or kind == "folder":
            if name == ".git":
                continue
            text = f"{path}/" if kind == "folder" and "folder" not in kinds else path
            yield Value(text, kind, order="4")


def _files(*endings: str) -> Callable[[Asked], Iterator[Value]]:
    def provide(asked: Asked) -> Iterator[Value]:
        for item in _entries(asked, ("file",), "./" if not asked.typed else ""):
            is_likely = any(end in item.text.rpartition("/")[2].lower() for end in endings)
            if item.kind == "folder" or is_likely or not endings:
                yield item._replace(order="3" if is_likely else "6")

    return provide


def _folders(asked: Asked) -> Iterator[Value]:
    yield Value(".", "folder", "the folder of the file", order="2")
    for item in _entries(asked, ("folder",), "./"):
        if item.kind == "folder":
            yield item


def _dockerfiles(asked: Asked) -> Iterator[Value]:
    context = asked.siblings.get("context", ".").strip("\"'")
    project = asked.around.project
    if project is None or "$" in context or "://" in context:
        return
    from ..files.paths import join_path
    from .around import entries_in

    folder = join_path(asked.around.folder, join_path(context, asked.typed.rpartition("/")[0]))
    for path, name, kind in entries_in(project, folder, asked.typed):
        is_likely = "dockerfile" in name.lower() or "containerfile" in name.lower()
        if (kind == "folder" and name != ".git") or is_likely:
            yield Value(
                f"{path}/" if kind == "folder" else path, kind, order="3" if is_likely else "6"
            )


def _capabilities(asked: Asked) -> Iterator[Value]:
    facts = asked.around.facts(asked.service)
    needed = (facts.capabilities or ()) if facts is not None else ()
    for name in CAPABILITIES:
        is_needed = name in needed and asked.path[2:3] == ("cap_add",)
        first = "2" if is_needed or name == "ALL" else "4"
        yield Value(name, "value", "the image needs it" if is_needed else "", order=first)


def _signals(asked: Asked) -> Iterator[Value]:
    for index, name in enumerate(SIGNALS):
        yield Value(f"SIG{name}", order=f"4{index:02}")


def _ulimits(asked: Asked) -> Iterator[Value]:
    for index, name in enumerate(ULIMITS):
        yield Value(name, order=f"4{index:02}", tail=" $0")


def _options_of_logs(asked: Asked) -> Iterator[Value]:
    for name, value in (("max-size", "10m"), ("max-file", '"3"'), ("mode", "non-blocking")):
        yield Value(name, order="3", tail=f" ${{1:{value}}}")


def _extended(asked: Asked) -> Iterator[Value]:
    """The services that may be extended: those of the file that is named, else of this one."""
    file = asked.siblings.get("file", "").strip("\"'")
    if not file:
        yield from _other_services(asked)
        return
    project = asked.around.project
    if project is None or "$" in file:
        return
    from ..files.paths import folder_of, join_path
    from .lines import outline

    text = project.text(join_path(folder_of(asked.around.path), file))
    for name in islice(outline(text or "").get("services", ()), 200):
        yield Value(name, "name", f"of {file}", order="3")


_S = "services.*."
_LIMITS = f"{_S}deploy.resources."

_VALUES: dict[str, Callable[[Asked], Iterator[Value]]] = {
    f"{_S}build": _folders,
    f"{_S}build.context": _folders,
    f"{_S}build.dockerfile": _dockerfiles,
    f"{_S}build.target": _stages,
    f"{_S}build.network": _texts("host", "none", "default"),
    f"{_S}build.secrets.[]": _named("secrets"),
    f"{_S}cap_add.[]": _capabilities,
    f"{_S}cap_drop.[]": _capabilities,
    f"{_S}configs.[]": _named("configs"),
    f"{_S}configs.[].source": _named("configs"),
    f"{_S}cpus": _cpus,
    f"{_S}depends_on.[]": _other_services,
    f"{_LIMITS}limits.cpus": _cpus,
    f"{_LIMITS}limits.memory": _memory,
    f"{_LIMITS}reservations.memory": _memory,
    f"{_S}deploy.mode": _texts("replicated", "global", "replicated-job", "global-job"),
    f"{_S}deploy.endpoint_mode": _texts("vip", "dnsrr"),
    f"{_S}deploy.restart_policy.condition": _texts("any", "none", "on-failure"),
    f"{_S}deploy.update_config.failure_action": _texts("continue", "pause", "rollback"),
    f"{_S}deploy.rollback_config.failure_action": _texts("continue", "pause"),
    f"{_S}develop.watch.[].path": _mount_sources,
    f"{_S}environment.[]": _documented_items,
    **dict.fromkeys((f"{_S}env_file{end}" for end in ("", ".[]", ".[].path")), _files("env")),
    f"{_S}expose.[]": _exposed,
    f"{_S}extends": _extended,
    f"{_S}extends.service": _extended,
    f"{_S}extends.file": _files(".yml", ".yaml"),
    f"{_S}healthcheck.test": _tests,
    f"{_S}healthcheck.interval": _texts("10s", "30s", "1m"),
    f"{_S}healthcheck.timeout": _texts("3s", "5s", "10s"),
    f"{_S}healthcheck.retries": _texts("3", "5"),
    f"{_S}healthcheck.start_period": _texts("10s", "30s", "1m"),
    f"{_S}healthcheck.start_interval": _texts("1s", "2s", "5s"),
    f"{_S}image": _images,
    f"{_S}ipc": _namespaces("private", "shareable", "host"),
    **dict.fromkeys((f"{_S}label_file", f"{_S}label_file.[]"), _files("label", "env")),
    f"{_S}links.[]": _other_services,
    f"{_S}logging.driver": _texts(
        "local", "json-file", "journald", "syslog", "fluentd", "gelf", "awslogs", "none"
    ),
    f"{_S}mem_limit": _memory,
    f"{_S}mem_reservation": _memory,
    f"{_S}models.[]": _named("models"),
    f"{_S}network_mode": _namespaces("bridge", "host", "none"),
    f"{_S}networks.[]": _named("networks"),
    f"{_S}pid": _namespaces("host"),
    f"{_S}platform": _texts("linux/amd64", "linux/arm64", "linux/arm/v7"),
    f"{_S}ports.[]": _ports,
    f"{_S}profiles.[]": _profiles,
    f"{_S}runtime": _texts("runc", "nvidia", "runsc"),
    f"{_S}secrets.[]": _named("secrets"),
    f"{_S}secrets.[].source": _named("secrets"),
    f"{_S}security_opt.[]": _texts(
        "no-new-privileges:true",
        "apparmor=docker-default",
        "seccomp=./seccomp.json",
        "label=disable",
    ),
    f"{_S}stop_signal": _signals,
    f"{_S}stop_grace_period": _texts("10s", "30s", "1m"),
    f"{_S}tmpfs": _texts("/tmp", "/run", "/var/run", "/var/cache"),
    f"{_S}tmpfs.[]": _texts("/tmp", "/run", "/var/run", "/var/cache"),
    f"{_S}user": _users,
    **dict.fromkeys((f"{_S}userns_mode", f"{_S}uts"), _texts("host")),
    f"{_S}volumes.[]": _mounts,
    f"{_S}volumes.[].source": _mount_sources,
    f"{_S}volumes.[].target": _mount_targets,
    f"{_S}volumes_from.[]": _other_services,
    "configs.*.file": _files(""),
    "include.[]": _files(".yml", ".yaml"),
    "include.[].path": _files(".yml", ".yaml"),
    "include.[].env_file": _files("env"),
    "include.[].project_directory": _folders,
    "networks.*.driver": _texts("bridge", "overlay", "host", "none", "macvlan", "ipvlan"),
    "secrets.*.file": _files(""),
    "volumes.*.driver": _texts("local"),
}
"""What gives the values of a place, by the pattern of its path."""

_KEYS: dict[str, Callable[[Asked], Iterator[Value]]] = {
    f"{_S}build.args": _arguments,
    f"{_S}depends_on": _dependencies,
    f"{_S}environment": _documented,
    f"{_S}logging.options": _options_of_logs,
    f"{_S}models": _named("models"),
    f"{_S}networks": _named("networks"),
    f"{_S}ulimits": _ulimits,
    **{
        section: _elsewhere(section)
        for section in ("configs", "networks", "secrets", "services", "volumes")
    },
}
"""What gives the names of keys, by the pattern of the mapping's path."""
