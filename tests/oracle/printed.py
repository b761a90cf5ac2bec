"""A loaded stack as ``docker compose config --format json`` prints it, for comparison.

The engine's own model stays close to the text; this module adds what Compose prints:
typed values, absolute paths, implicit networks and dependencies, active services only.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from checks import plain
from composelint.linter.compose.casts import cast_scalar
from composelint.linter.compose.command_text import split_command
from composelint.linter.compose.graph import dependencies
from composelint.linter.compose.merge import SERVICE_MERGES, Merging, merge_mappings
from composelint.linter.compose.nodes import go_text, map_values, with_entries
from composelint.linter.compose.normalize import SettledPairs, canonical_service, settle_pairs
from composelint.linter.compose.quantities import parse_byte_size, parse_go_duration
from composelint.linter.compose.release import CURRENT, OLDER
from composelint.linter.compose.unique import SERVICE_UNIQUE, unique
from composelint.linter.compose.values import is_windows_path, port_numbers
from composelint.linter.source.dotenv import expand
from composelint.linter.source.yaml.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from composelint.linter.compose.environment import Variables
    from composelint.linter.compose.stack import LoadedStack
    from composelint.linter.source.dotenv import EnvSyntax

BOOLEANS = {"true": True, "y": True, "yes": True, "on": True}


def without_extensions(node: Node | None) -> Any:
    """A node as Python data, without ``x-`` keys at any depth."""
    if isinstance(node, Mapping):
        return {
            entry.name: without_extensions(entry.value)
            for entry in node.entries
            if not entry.name.startswith("x-")
        }
    if isinstance(node, Sequence):
        return [without_extensions(item) for item in node.items]
    return plain(node)


def attributes(raw: dict[str, Any]) -> dict[str, Any]:
    """A mapping without its ``x-`` keys."""
    return {key: value for key, value in raw.items() if not key.startswith("x-")}


def not_empty(mapping: dict[str, Any]) -> dict[str, Any]:
    """A mapping without the keys of empty strings."""
    return {key: value for key, value in mapping.items() if value != ""}


def keep_true(mapping: dict[str, Any], *keys: str) -> None:
    """Make these values booleans, and delete those that are false, as Compose does."""
    for key in keys:
        if key in mapping:
            mapping[key] = boolean(mapping[key])
            if not mapping[key]:
                del mapping[key]


def text(value: Any) -> str:
    """A value as Go writes it with ``%v``."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(text, value)) + "]"
    return go_text(value)


def unsettled(node: Node) -> Node:
    """A value with the mappings that were lists for Compose as such lists again."""
    if isinstance(node, SettledPairs):
        items = [
            Scalar(node.file, node.start, node.end, entry.name, '"')
            if plain(entry.value) is None
            else Scalar(
                *(node.file, node.start, node.end),
                f"{entry.name}={text(plain(entry.value))}",
                '"',
            )
            for entry in node.entries
        ]
        sequence = Sequence(node.file, node.start, node.end)
        sequence.items = list(items)
        return sequence
    if isinstance(node, Mapping):
        return map_values(node, lambda entry: unsettled(entry.value))
    return node


class Printer:
    """Prints one stack; ``base`` is the folder that its paths start at."""

    def __init__(self, stack: LoadedStack, base: str, home: str, release: str = CURRENT) -> None:
        self.older = release == OLDER
        self.current: Mapping | None = None
        self.stack = stack
        self.base = base
        self.home = home
        self.variables: Variables = stack.variables

    def path(self, value: Any) -> Any:
        """A path made absolute."""
        if not isinstance(value, str) or not value:
            return value
        if value.startswith("~"):
            return os.path.normpath(f"{self.home}/{value[1:]}")
        if value.startswith(("/", "\\\\")) or is_windows_path(value):
            return value
        return os.path.normpath(os.path.join(self.base, value))

    def config(self) -> dict[str, Any]:
        """The whole model."""
        tree = self.stack.tree
        disabled = self.stack.disabled(self.stack.profiles_asked)
        services = {
            entry.name: self.service(entry.name, entry.value)
            for entry in self.stack.services
            if entry.name not in disabled and isinstance(entry.value, Mapping)
        }
        config: dict[str, Any] = {"name": self.stack.name, "services": services}
        for kind in ("networks", "volumes", "secrets", "configs"):
            defined = plain(tree.get(kind)) or {}
            if kind == "networks":
                defined.setdefault("default", None)
            used = _used(services, kind)
            resources = {
                name: self.resource(kind, name, resource or {})
                for name, resource in defined.items()
                if name in used
            }
            if resources:
                config[kind] = resources
        jobs = tree.get("jobs")
        if isinstance(jobs, Mapping) and jobs.entries:
            config["jobs"] = {entry.name: self.job(entry.value) for entry in jobs.entries}
        for entry in tree.entries:
            if entry.name.startswith("x-"):
                config[entry.name] = dated(plain(entry.value))
        return config

    def resource(self, kind: str, name: str, raw: dict[str, Any]) -> dict[str, Any]:
        """A top-level resource."""
        resource = attributes(raw)
        external = boolean(resource.get("external", False))
        if not resource.get("name"):
            resource["name"] = name if external else f"{self.stack.name}_{name}"
        keep_true(resource, "external", "internal", "attachable")
        for key in ("enable_ipv4", "enable_ipv6"):
            if key in resource:
                resource[key] = boolean(resource[key])
        if "labels" in resource:
            resource["labels"] = labels(resource["labels"])
        if isinstance(resource.get("driver_opts"), dict):
            resource["driver_opts"] = options(resource["driver_opts"])
            if (
                kind == "volumes"
                and resource.get("driver") == "local"
                and resource["driver_opts"].get("o") == "bind"
                and "device" in resource["driver_opts"]
            ):
                resource["driver_opts"]["device"] = self.path(resource["driver_opts"]["device"])
        if kind in ("secrets", "configs"):
            if "file" in resource:
                resource["file"] = self.path(resource["file"])
            if resource.get("environment"):
                resource.pop("content", None)
        if isinstance(resource.get("ipam"), dict):
            ipam = {
                key: value
                for key, value in resource["ipam"].items()
                if (key != "options" or not self.older) and not key.startswith("x-")
            }
            if ipam.get("config"):
                ipam["config"] = [_pool(pool) for pool in ipam["config"]]
            if isinstance(ipam.get("options"), dict):
                ipam["options"] = options(ipam["options"])
            resource["ipam"] = ipam
        return resource

    def job(self, node: Node) -> dict[str, Any]:
        """A job, which has much in common with a service."""
        assert isinstance(node, Mapping)
        report = self.stack.problems.append
        node = canonical_service(unique(node, SERVICE_UNIQUE, report), report)
        return self.container(settle_pairs(node))

    def service(self, name: str, node: Mapping) -> dict[str, Any]:
        """One service."""
        self.current = node
        service = self.container(node)
        self.environment(node, service)
        self.label_files(node, service)
        edges = dependencies(node)
        if edges:
            depends = service.setdefault("depends_on", {})
            for edge in edges.values():
                if edge.by != "depends_on":
                    depends[edge.name] = {"condition": "service_started", "required": True}
                    if edge.by != "volumes_from":
                        depends[edge.name]["restart"] = True
        for container in service.get("pre_start", ()):
            if service.get("image"):
                container.setdefault("image", service["image"])
        if "scale" in service and "deploy" in service:
            service["deploy"]["replicas"] = service["scale"]
        return service

    def container(self, node: Mapping) -> dict[str, Any]:
        """What services and other containers have in common."""
        service: dict[str, Any] = {"command": None, "entrypoint": None}
        for entry in node.entries:
            key = entry.name
            if key.startswith("x-") or key in (NOT_PRINTED_BY_OLDER if self.older else NOT_PRINTED):
                continue
            written = unsettled(entry.value)
            value = without_extensions(written) if key in CLOSED else plain(written)
            convert = getattr(self, f"_{key}", None)
            if convert is not None:
                value = convert(entry.value, value)
            elif key in SIZES:
                value = size(value)
            elif key in DURATIONS:
                value = duration(value)
            elif key in MAPPINGS:
                value = labels(value)
            elif key in BOOLEAN:
                value = boolean(value)
            elif key in WHOLE:
                value = int(value)
            elif isinstance(value, dict):
                value = attributes(value)
            if value is None or value == "" or (value is False and key not in ("attach", "init")):
                if key not in ("command", "entrypoint"):
                    continue
            elif (value == 0 and value is not False and key != "scale") or value == {}:
                continue
            service[key] = value
        if (
            "provider" not in service
            and "network_mode" not in service
            and not service.get("networks")
        ):
            service["networks"] = {"default": None}
        if service.get("pull_policy") == "if_not_present":
            service["pull_policy"] = "missing"
        return service

    def environment(self, node: Mapping, service: dict[str, Any]) -> None:
        own = service.pop("environment", {})
        files = [
            file.syntax
            for file in self.stack.env_files
            if file.service in self.named(node) and file.role == "env_file" and file.syntax
        ]
        environment = container_environment(own, files, self.variables)
        if environment:
            service["environment"] = environment

    def named(self, node: Mapping) -> set[str]:
        return {entry.name for entry in self.stack.services if entry.value is node}

    def label_files(self, node: Mapping, service: dict[str, Any]) -> None:
        labels_of_files: dict[str, str] = {}
        for file in self.stack.env_files:
            if file.service in self.named(node) and file.role == "label_file" and file.syntax:
                for item in expand(file.syntax, labels_of_files.get):
                    if item.value is not None:
                        labels_of_files[item.entry.key] = str(item.value)
        if labels_of_files:
            service["labels"] = {**labels_of_files, **service.get("labels", {})}

    def _environment(self, node: Node, value: Any) -> Any:
        return variables(value)

    def _extends(self, node: Node, raw: Any) -> Any:
        return {**raw, "file": self.path(raw["file"])} if "file" in raw else raw

    def _ports(self, node: Node, value: Any) -> Any:
        ports: list[dict[str, Any]] = []
        assert isinstance(node, Sequence)
        for item, raw in zip(node.items, value, strict=True):
            assert isinstance(item, Mapping)
            port = not_empty(attributes(raw))
            if "published" in port:
                port["number"] = isinstance(port["published"], int)
                port["published"] = text(port["published"])
            port["target"] = int(port["target"])
            if not port["target"]:
                del port["target"]
            target = item.get("target")
            assert isinstance(target, Scalar)
            if "-" not in target.raw:
                ports.append(port)
                continue
            first, last = port_numbers(target.raw)
            start = None
            if "published" in port:
                start = port_numbers(port["published"])[0]
            for number in sorted(range(first, last + 1), key=str):
                one = {**port, "target": number}
                if start is not None:
                    one["published"] = str(start + number - first)
                ports.append(one)
        # Compose drops a repeated port before it turns numbers into texts.
        positions: dict[str, int] = {}
        unique: list[dict[str, Any]] = []
        for port in ports:
            number = port.pop("number", False)
            key = (
                f"{number} {port.get('host_ip', '0.0.0.0')}:{port.get('published')}:"
                f"{port.get('target')}/{port.get('protocol', 'tcp')}"
            )
            place = positions.setdefault(key, len(unique))
            unique[place : place + 1] = [port]
        return unique

    def _volumes(self, node: Node, value: Any) -> Any:
        return [self.volume(item) for item in value]

    def volume(self, raw: dict[str, Any]) -> dict[str, Any]:
        mount = attributes(raw)
        if mount.get("type") == "bind" and "source" in mount:
            mount["source"] = self.path(mount["source"])
        if mount.get("source") == "":
            del mount["source"]
        mount["target"] = os.path.normpath(mount["target"]) if mount["target"] else "."
        if mount["target"].startswith("//"):
            mount["target"] = mount["target"][1:]
        keep_true(mount, "read_only")
        bind = mount.get("bind")
        if isinstance(bind, dict):
            # The value that is left out is false before release 5, and true since.
            creates = boolean(bind.pop("create_host_path", False))
            if creates is self.older:
                bind["create_host_path"] = creates
        volume = mount.get("volume")
        if isinstance(volume, dict):
            keep_true(volume, "nocopy")
            if "labels" in volume:
                volume["labels"] = labels(volume["labels"])
        tmpfs = mount.get("tmpfs")
        if isinstance(tmpfs, dict):
            if "size" in tmpfs:
                tmpfs["size"] = size(tmpfs["size"])
            if isinstance(tmpfs.get("mode"), str):
                tmpfs["mode"] = int(tmpfs["mode"])
        return mount

    def _build(self, node: Node, raw: Any) -> Any:
        build = not_empty(attributes(raw))
        if "context" in build:
            build["context"] = self.context(build["context"])
        if "dockerfile" not in build and "dockerfile_inline" not in build:
            build["dockerfile"] = "Dockerfile"
        if "args" in build:
            build["args"] = {
                name: self.variables.lookup(name) if value is None else value
                for name, value in variables(build["args"]).items()
                if value is not None or self.variables.lookup(name) is not None
            }
            if not build["args"]:
                del build["args"]
        if "labels" in build:
            build["labels"] = labels(build["labels"])
        contexts = build.get("additional_contexts")
        if isinstance(contexts, dict):
            build["additional_contexts"] = {
                name: self.context(text(value)) if value is not None else ""
                for name, value in contexts.items()
            }
        if "ssh" in build:
            build["ssh"] = sorted(
                name if path is None else f"{name}: {self.path(path)}"
                for name, path in build["ssh"].items()
            )
        if "shm_size" in build:
            build["shm_size"] = size(build["shm_size"])
        if "extra_hosts" in build:
            build["extra_hosts"] = hosts(build["extra_hosts"])
        keep_true(build, "no_cache", "pull", "privileged")
        for key in ("cache_from", "cache_to", "tags", "platforms", "no_cache_filter"):
            if isinstance(build.get(key), str):
                build[key] = [build[key]]
        if "ulimits" in build:
            build["ulimits"] = ulimits(build["ulimits"])
        if "secrets" in build:
            build["secrets"] = [reference(item) for item in build["secrets"]]
        return build

    def context(self, value: str) -> str:
        if "://" in value or value.startswith(("service:", "github.com/", "git@")):
            return value
        return str(self.path(value))

    def _command(self, node: Node, value: Any) -> Any:
        if isinstance(value, str):
            return split_command(value).words
        return value if isinstance(value, list) else None

    _entrypoint = _command

    def _healthcheck(self, node: Node, raw: Any) -> Any:
        check = attributes(raw)
        if isinstance(check.get("test"), str):
            check["test"] = ["CMD-SHELL", check["test"]]
        for key in ("interval", "timeout", "start_period", "start_interval"):
            if key in check:
                check[key] = duration(check[key])
        if "retries" in check:
            check["retries"] = int(check["retries"])
        keep_true(check, "disable")
        return check

    def _extra_hosts(self, node: Node, value: Any) -> Any:
        return hosts(value)

    def _depends_on(self, node: Node, raw: Any) -> Any:
        dependencies_by_name = {}
        for name, entry in raw.items():
            dependency = attributes(entry)
            dependency["required"] = boolean(dependency.get("required", True))
            keep_true(dependency, "restart")
            dependencies_by_name[name] = dependency
        return dependencies_by_name

    def _secrets(self, node: Node, value: Any) -> Any:
        return [reference(item) for item in value]

    _configs = _secrets

    def _devices(self, node: Node, value: Any) -> Any:
        return [not_empty(item) for item in value]

    def _gpus(self, node: Node, value: Any) -> Any:
        return [device(item) for item in value]

    def _ulimits(self, node: Node, value: Any) -> Any:
        return ulimits(value)

    def _expose(self, node: Node, value: Any) -> Any:
        return [text(item) for item in value]

    def _group_add(self, node: Node, value: Any) -> Any:
        return [text(item) for item in value]

    def _dns_search(self, node: Node, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def _logging(self, node: Node, raw: Any) -> Any:
        logging = attributes(raw)
        if isinstance(logging.get("options"), dict):
            logging["options"] = options(logging["options"])
        return logging

    def _storage_opt(self, node: Node, raw: Any) -> Any:
        return {key: "" if one is None else text(one) for key, one in raw.items()}

    def _provider(self, node: Node, raw: Any) -> Any:
        provider = attributes(raw)
        if isinstance(provider.get("options"), dict):
            provider["options"] = {
                key: [text(item) for item in one] if isinstance(one, list) else [text(one)]
                for key, one in provider["options"].items()
            }
        return provider

    def _develop(self, node: Node, raw: Any) -> Any:
        if raw is None:
            return None
        for watch in raw.get("watch", ()):
            for key in [key for key in watch if key.startswith("x-")]:
                del watch[key]
            watch["path"] = self.path(watch["path"])
            if "exec" in watch:
                watch["exec"] = hook(watch["exec"])
            else:
                watch["exec"] = {"command": None}
        return raw

    def _post_start(self, node: Node, value: Any) -> Any:
        return [hook(item) for item in value]

    _pre_stop = _post_start

    def _pre_start(self, node: Node, value: Any) -> Any:
        # Compose prints what these containers take over from their service, since release 5.6.
        assert isinstance(node, Sequence)
        return [self.init_container(item) for item in node.items if isinstance(item, Mapping)]

    def init_container(self, own: Mapping) -> dict[str, Any]:
        """A container of ``pre_start``, laid over the service that it belongs to."""
        assert self.current is not None
        entries = [entry for entry in self.current.entries if entry.name in INHERITED]
        base = with_entries(self.current, entries)
        report = self.stack.problems.append
        merged = merge_mappings(base, own, SERVICE_MERGES, ("",), Merging(report))
        merged = canonical_service(unique(merged, SERVICE_UNIQUE, report), report)
        merged = settle_pairs(merged)
        printed = self.container(merged)
        if self.current.entry("provider") is not None and merged.entry("networks") is None:
            del printed["networks"]
        files = plain(merged.get("env_file")) or []
        if files:
            for file in files:
                file["path"] = self.path(file["path"])
                if boolean(file["required"]):
                    del file["required"]
            printed["env_file"] = files
        return printed

    def _label_file(self, node: Node, value: Any) -> Any:
        return [self.path(item) for item in value]

    def _deploy(self, node: Node, raw: Any) -> Any:
        if raw is None:
            return None
        deploy = attributes(raw)
        if "labels" in deploy:
            deploy["labels"] = labels(deploy["labels"])
        for part in ("update_config", "rollback_config", "restart_policy"):
            config = deploy.get(part)
            if isinstance(config, dict):
                for key in ("delay", "monitor", "window"):
                    if key in config:
                        config[key] = duration(config[key])
                        if config[key] == "0s" and part != "restart_policy":
                            del config[key]
                for key in ("parallelism", "max_attempts"):
                    if key in config:
                        config[key] = int(config[key])
        resources = deploy.get("resources")
        if isinstance(resources, dict):
            for part in ("limits", "reservations"):
                part_resources = resources.get(part)
                if not isinstance(part_resources, dict):
                    continue
                if "memory" in part_resources:
                    part_resources["memory"] = size(part_resources["memory"])
                if "cpus" in part_resources:
                    cpus = part_resources["cpus"]
                    part_resources["cpus"] = (
                        cast_scalar("float", cpus) if isinstance(cpus, str) else cpus
                    )
                if "pids" in part_resources:
                    part_resources["pids"] = int(part_resources["pids"])
                if "devices" in part_resources:
                    part_resources["devices"] = [device(item) for item in part_resources["devices"]]
        return deploy

    def _blkio_config(self, node: Node, raw: Any) -> Any:
        weights: dict[str, Any] = {}
        for key, value in raw.items():
            if key == "weight":
                weights[key] = value % 65536
            elif key == "weight_device":
                weights[key] = [{"Path": one["path"], "Weight": one["weight"]} for one in value]
            else:
                weights[key] = [{"Path": one["path"], "Rate": size(one["rate"])} for one in value]
        return weights

    def _networks(self, node: Node, raw: Any) -> Any:
        networks = {}
        for name, value in raw.items():
            network = value
            if isinstance(value, dict):
                network = attributes(value)
                if isinstance(network.get("driver_opts"), dict):
                    network["driver_opts"] = options(network["driver_opts"])
            networks[name] = network
        return networks


INHERITED = (
    *("command", "entrypoint"),
    *("annotations", "blkio_config", "cap_add", "cap_drop", "cgroup", "cgroup_parent", "configs"),
    *("cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime"),
    *("cpu_shares", "cpus", "cpuset", "credential_spec", "device_cgroup_rules", "devices", "dns"),
    *("dns_opt", "dns_search", "domainname", "env_file", "environment", "extra_hosts", "gpus"),
    *("group_add", "hostname", "init", "ipc", "isolation", "label_file", "labels", "logging"),
    *("mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "models"),
    *("network_mode", "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit"),
    *("platform", "privileged", "pull_policy", "read_only", "runtime", "secrets"),
    *("security_opt", "shm_size", "stop_grace_period", "stop_signal", "storage_opt", "sysctls"),
    *("tmpfs", "ulimits", "use_api_socket", "user", "userns_mode", "uts", "volumes_from"),
    "working_dir",
)
"""What a container of ``pre_start`` takes over from its service."""

NOT_PRINTED = frozenset(("env_file", "pull_refresh_after"))
NOT_PRINTED_BY_OLDER = NOT_PRINTED | {"label_file"}
CLOSED = frozenset(("deploy", "develop"))
DEVICE_KEYS = frozenset(("capabilities", "driver", "count", "device_ids", "options"))
SIZES = frozenset(["mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "shm_size"])
DURATIONS = frozenset(("stop_grace_period",))
MAPPINGS = frozenset(["labels", "annotations", "sysctls"])
BOOLEAN = frozenset(
    [
        "attach",
        "per_replica",
        "init",
        "oom_kill_disable",
        "privileged",
        "read_only",
        "stdin_open",
        "tty",
        "use_api_socket",
    ]
)
WHOLE = frozenset(
    [
        "cpu_count",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "oom_score_adj",
        "pids_limit",
        "scale",
    ]
)


def _used(services: dict[str, Any], kind: str) -> set[str]:
    used: set[str] = set()
    for service in services.values():
        if kind == "networks":
            used.update(service.get("networks", ()))
        elif kind == "volumes":
            used.update(
                volume.get("source", "")
                for volume in service.get("volumes", ())
                if volume.get("type") == "volume"
            )
        else:
            used.update(item.get("source", "") for item in service.get(kind, ()))
            if kind == "secrets":
                build = service.get("build", {})
                used.update(item.get("source", "") for item in build.get("secrets", ()))
    return used


def _pool(pool: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in pool.items() if not key.startswith("x-") and value}


def dated(value: Any) -> Any:
    """Dates as JSON has them."""
    if isinstance(value, dict):
        return {key: dated(one) for key, one in value.items()}
    if isinstance(value, list):
        return [dated(one) for one in value]
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value


def boolean(value: Any) -> bool:
    """A boolean, from a word too."""
    return BOOLEANS.get(value.lower(), False) if isinstance(value, str) else bool(value)


def extensions(values: dict[str, Any]) -> dict[str, Any]:
    """Values with the names that Compose takes for extensions as one entry, as Compose prints them."""
    extension_keys = {name: value for name, value in values.items() if name.startswith("x-")}
    if not extension_keys:
        return values
    kept = {name: value for name, value in values.items() if name not in extension_keys}
    return {**kept, "#extensions": text(extension_keys)}


def variables(value: Any) -> dict[str, str | None]:
    """A ``KEY=value`` list or a mapping as variables; a name without a value is None."""
    values: dict[str, str | None] = {}
    if isinstance(value, dict):
        for name, one in extensions(value).items():
            values[name] = None if one is None else text(one)
        return values
    for item in value:
        name, equals, rest = text(item).partition("=")
        values[name] = rest if equals else None
    return values


def labels(value: Any) -> dict[str, str]:
    """A ``KEY=value`` list or a mapping as labels; a name without a value is empty."""
    return {name: one or "" for name, one in variables(value).items()}


def options(value: dict[str, Any]) -> dict[str, str]:
    return {name: "" if one is None else text(one) for name, one in extensions(value).items()}


def container_environment(
    environment: dict[str, str | None], env_files: list[EnvSyntax], variables: Variables
) -> dict[str, str | None]:
    """The variables of a container from ``environment`` and ``env_file``.

    A name without a value takes that of the project's variable. Values in files refer to
    the project's variables, then to ``environment``, then to what the files define above.
    """
    own = {
        name: variables.lookup(name) if value is None else value
        for name, value in environment.items()
    }

    def lookup(name: str) -> str | None:
        value = variables.lookup(name)
        return own.get(name) if value is None else value

    defined: dict[str, str] = {}
    values = [item for syntax in env_files for item in expand(syntax, lookup, defined)]
    from_files = {item.entry.key: item.value for item in values if item.value is not None}
    return {**from_files, **own}


def size(value: Any) -> str | None:
    """Bytes as Compose prints them; None if it leaves them out."""
    number = value if isinstance(value, int) else 0
    if isinstance(value, str):
        number = parse_byte_size(value)
        if number >= 1 << 63:
            number = -(1 << 63)
    return str(number) if number else None


def duration(value: Any) -> str:
    """A duration as Go prints it."""
    total = parse_go_duration(text(value))
    if total == 0:
        return "0s"
    sign = "-" if total < 0 else ""
    rest = abs(total)
    if rest < 1_000_000_000:
        for unit, name in ((1_000_000, "ms"), (1_000, "µs"), (1, "ns")):
            if rest >= unit:
                return sign + _decimal(rest, unit) + name
    hours, rest = divmod(rest, 3_600_000_000_000)
    minutes, rest = divmod(rest, 60_000_000_000)
    shown = _decimal(rest, 1_000_000_000) + "s"
    if hours:
        return f"{sign}{hours}h{minutes}m{shown}"
    return f"{sign}{minutes}m{shown}" if minutes else sign + shown


def _decimal(amount: int, unit: int) -> str:
    whole, rest = divmod(amount, unit)
    if not rest:
        return str(whole)
    return f"{whole}." + str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")


def hosts(value: Any) -> list[str]:
    """``extra_hosts`` as a sorted list of ``host=address``."""
    entries: list[str] = []
    if isinstance(value, dict):
        for name, one in value.items():
            addresses = one if isinstance(one, list) else [one or ""]
            entries += [f"{name}={_bare(text(address))}" for address in addresses]
        return sorted(entries)
    for item in value:
        separator = "=" if "=" in item else ":"
        name, _, addresses = item.partition(separator)
        entries += [f"{name}={_bare(address)}" for address in addresses.split(",")]
    return sorted(entries)


def _bare(address: str) -> str:
    if len(address) > 2 and address.startswith("[") and address.endswith("]"):
        return address[1:-1]
    return address


def ulimits(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: int(one) for key, one in limit.items() if not key.startswith("x-")}
        if isinstance(limit, dict)
        else int(limit) or {}
        for name, limit in value.items()
    }


def device(raw: dict[str, Any]) -> dict[str, Any]:
    request = {key: value for key, value in raw.items() if key in DEVICE_KEYS}
    count = request.get("count")
    if isinstance(count, str):
        request["count"] = -1 if count.lower() == "all" else int(count)
    if isinstance(request.get("options"), list):
        request["options"] = labels(request["options"])
    elif isinstance(request.get("options"), dict):
        request["options"] = options(request["options"])
    return request


def reference(raw: dict[str, Any]) -> dict[str, Any]:
    """A secret or config of a service."""
    printed = not_empty(attributes(raw))
    mode = printed.get("mode")
    if mode is not None:
        printed["mode"] = f"0{int(mode, 8) if isinstance(mode, str) else int(mode):o}"
    return printed


def hook(raw: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle hook."""
    printed = not_empty(attributes(raw))
    command = printed.get("command")
    printed["command"] = split_command(command).words if isinstance(command, str) else command
    if "environment" in printed:
        printed["environment"] = variables(printed["environment"])
    keep_true(printed, "privileged")
    return printed
