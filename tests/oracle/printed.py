"""A loaded stack as ``docker compose config --format json`` prints it, for comparison.

The engine's own model stays close to the text; this makes of it what Compose prints:
typed values, absolute paths, implicit networks and dependencies, active services only.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from checks import plain
from composelint.linter.compose.casts import cast_scalar
from composelint.linter.compose.command_text import split_command
from composelint.linter.compose.graph import dependencies
from composelint.linter.compose.nodes import go_text
from composelint.linter.compose.quantities import parse_byte_size, parse_go_duration
from composelint.linter.compose.values import port_numbers
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


def text(value: Any) -> str:
    """A value as Go's ``%v`` writes it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(text, value)) + "]"
    return go_text(value)


class Printer:
    """Prints one stack; ``base`` is the folder that its paths start from."""

    def __init__(self, stack: LoadedStack, base: str, home: str) -> None:
        self.stack = stack
        self.base = base
        self.home = home
        self.variables: Variables = stack.variables

    def path(self, value: Any) -> Any:
        """A path made absolute."""
        if not isinstance(value, str) or not value:
            return value
        if value.startswith("~"):
            return self.home + "/" + value[1:].lstrip("/") if value[1:].strip("/") else self.home
        if value.startswith(("/", "\\\\")) or value[1:2] == ":":
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
            found = {
                name: self.resource(kind, name, resource or {})
                for name, resource in defined.items()
                if name in used
            }
            if found:
                config[kind] = found
        for entry in tree.entries:
            if entry.name.startswith("x-"):
                config[entry.name] = dated(plain(entry.value))
        return config

    def resource(self, kind: str, name: str, raw: dict[str, Any]) -> dict[str, Any]:
        """A top-level resource."""
        made = {key: value for key, value in raw.items() if not key.startswith("x-")}
        external = boolean(made.get("external", False))
        if not made.get("name"):
            made["name"] = name if external else f"{self.stack.name}_{name}"
        for key in ("external", "internal", "attachable", "enable_ipv4", "enable_ipv6"):
            if key in made:
                made[key] = boolean(made[key])
                if not made[key] and key not in ("enable_ipv4", "enable_ipv6"):
                    del made[key]
        if "labels" in made:
            made["labels"] = labels(made["labels"])
        if isinstance(made.get("driver_opts"), dict):
            made["driver_opts"] = options(made["driver_opts"])
            if (
                kind == "volumes"
                and made.get("driver") == "local"
                and made["driver_opts"].get("o") == "bind"
                and "device" in made["driver_opts"]
            ):
                made["driver_opts"]["device"] = self.path(made["driver_opts"]["device"])
        if kind in ("secrets", "configs"):
            if "file" in made:
                made["file"] = self.path(made["file"])
            if made.get("environment"):
                made.pop("content", None)
        if isinstance(made.get("ipam"), dict):
            ipam = {
                key: value
                for key, value in made["ipam"].items()
                if key != "options" and not key.startswith("x-")
            }
            if ipam.get("config"):
                ipam["config"] = [_pool(pool) for pool in ipam["config"]]
            made["ipam"] = ipam
        return made

    def service(self, name: str, node: Mapping) -> dict[str, Any]:
        """One service."""
        made: dict[str, Any] = {"command": None, "entrypoint": None}
        for entry in node.entries:
            key = entry.name
            if key.startswith("x-") or key in NOT_PRINTED:
                continue
            value = without_extensions(entry.value) if key in CLOSED else plain(entry.value)
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
                value = {inner: one for inner, one in value.items() if not inner.startswith("x-")}
            if value is None or value == "" or (value is False and key not in ("attach", "init")):
                if key not in ("command", "entrypoint"):
                    continue
            elif (value == 0 and value is not False and key != "scale") or value == {}:
                continue
            made[key] = value
        self.environment(node, made)
        self.label_files(node, made)
        edges = dependencies(node)
        if edges:
            depends = made.setdefault("depends_on", {})
            for edge in edges.values():
                if edge.by != "depends_on":
                    depends[edge.name] = {"condition": "service_started", "required": True}
                    if edge.by != "volumes_from":
                        depends[edge.name]["restart"] = True
        if "provider" not in made and "network_mode" not in made and not made.get("networks"):
            made["networks"] = {"default": None}
        if made.get("pull_policy") == "if_not_present":
            made["pull_policy"] = "missing"
        if "scale" in made and "deploy" in made:
            made["deploy"]["replicas"] = made["scale"]
        return made

    def environment(self, node: Mapping, made: dict[str, Any]) -> None:
        own = made.pop("environment", {})
        files = [
            file.syntax
            for file in self.stack.env_files
            if file.service in self.named(node) and file.role == "env_file" and file.syntax
        ]
        environment = container_environment(own, files, self.variables)
        if environment:
            made["environment"] = environment

    def named(self, node: Mapping) -> set[str]:
        return {entry.name for entry in self.stack.services if entry.value is node}

    def label_files(self, node: Mapping, made: dict[str, Any]) -> None:
        found: dict[str, str] = {}
        for file in self.stack.env_files:
            if file.service in self.named(node) and file.role == "label_file" and file.syntax:
                for item in expand(file.syntax, found.get):
                    if item.value is not None:
                        found[item.entry.key] = str(item.value)
        if found:
            made["labels"] = {**found, **made.get("labels", {})}

    def _environment(self, node: Node, value: Any) -> Any:
        return variables(value)

    def _extends(self, node: Node, raw: Any) -> Any:
        return {**raw, "file": self.path(raw["file"])} if "file" in raw else raw

    def _ports(self, node: Node, value: Any) -> Any:
        ports: list[dict[str, Any]] = []
        assert isinstance(node, Sequence)
        for item, raw in zip(node.items, value, strict=True):
            assert isinstance(item, Mapping)
            port = {key: one for key, one in raw.items() if not key.startswith("x-") and one != ""}
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
        known: dict[str, int] = {}
        kept: list[dict[str, Any]] = []
        for port in ports:
            number = port.pop("number", False)
            key = (
                f"{number} {port.get('host_ip', '0.0.0.0')}:{port.get('published')}:"
                f"{port.get('target')}/{port.get('protocol', 'tcp')}"
            )
            place = known.setdefault(key, len(kept))
            kept[place : place + 1] = [port]
        return kept

    def _volumes(self, node: Node, value: Any) -> Any:
        return [self.volume(item) for item in value]

    def volume(self, raw: dict[str, Any]) -> dict[str, Any]:
        made = {key: one for key, one in raw.items() if not key.startswith("x-")}
        if made.get("type") == "bind" and "source" in made:
            made["source"] = self.path(made["source"])
        if made.get("source") == "":
            del made["source"]
        made["target"] = os.path.normpath(made["target"]) if made["target"] else "."
        if made["target"].startswith("//"):
            made["target"] = made["target"][1:]
        if "read_only" in made:
            made["read_only"] = boolean(made["read_only"])
            if not made["read_only"]:
                del made["read_only"]
        bind = made.get("bind")
        if isinstance(bind, dict) and not boolean(bind.get("create_host_path", False)):
            bind.pop("create_host_path", None)
        elif isinstance(bind, dict):
            bind["create_host_path"] = True
        volume = made.get("volume")
        if isinstance(volume, dict):
            if "nocopy" in volume:
                volume["nocopy"] = boolean(volume["nocopy"])
                if not volume["nocopy"]:
                    del volume["nocopy"]
            if "labels" in volume:
                volume["labels"] = labels(volume["labels"])
        tmpfs = made.get("tmpfs")
        if isinstance(tmpfs, dict):
            if "size" in tmpfs:
                tmpfs["size"] = size(tmpfs["size"])
            if isinstance(tmpfs.get("mode"), str):
                tmpfs["mode"] = int(tmpfs["mode"])
        return made

    def _build(self, node: Node, raw: Any) -> Any:
        made = {key: one for key, one in raw.items() if not key.startswith("x-") and one != ""}
        if "context" in made:
            made["context"] = self.context(made["context"])
        if "dockerfile" not in made and "dockerfile_inline" not in made:
            made["dockerfile"] = "Dockerfile"
        if "args" in made:
            made["args"] = {
                name: self.variables.lookup(name) if value is None else value
                for name, value in variables(made["args"]).items()
                if value is not None or self.variables.lookup(name) is not None
            }
            if not made["args"]:
                del made["args"]
        if "labels" in made:
            made["labels"] = labels(made["labels"])
        contexts = made.get("additional_contexts")
        if isinstance(contexts, dict):
            made["additional_contexts"] = {
                name: self.context(text(value)) if value is not None else ""
                for name, value in contexts.items()
            }
        if "ssh" in made:
            made["ssh"] = sorted(
                name if path is None else f"{name}: {self.path(path)}"
                for name, path in made["ssh"].items()
            )
        if "shm_size" in made:
            made["shm_size"] = size(made["shm_size"])
        if "extra_hosts" in made:
            made["extra_hosts"] = hosts(made["extra_hosts"])
        for key in ("no_cache", "pull", "privileged"):
            if key in made:
                made[key] = boolean(made[key])
                if not made[key]:
                    del made[key]
        for key in ("cache_from", "cache_to", "tags", "platforms", "no_cache_filter"):
            if isinstance(made.get(key), str):
                made[key] = [made[key]]
        if "ulimits" in made:
            made["ulimits"] = ulimits(made["ulimits"])
        if "secrets" in made:
            made["secrets"] = [reference(item) for item in made["secrets"]]
        return made

    def context(self, value: str) -> str:
        if "://" in value or value.startswith(("service:", "github.com/", "git@")):
            return value
        return str(self.path(value))

    def _command(self, node: Node, value: Any) -> Any:
        return split_command(value).words if isinstance(value, str) else value

    _entrypoint = _command

    def _healthcheck(self, node: Node, raw: Any) -> Any:
        made = {key: one for key, one in raw.items() if not key.startswith("x-")}
        if isinstance(made.get("test"), str):
            made["test"] = ["CMD-SHELL", made["test"]]
        for key in ("interval", "timeout", "start_period", "start_interval"):
            if key in made:
                made[key] = duration(made[key])
        if "retries" in made:
            made["retries"] = int(made["retries"])
        if "disable" in made:
            made["disable"] = boolean(made["disable"])
            if not made["disable"]:
                del made["disable"]
        return made

    def _extra_hosts(self, node: Node, value: Any) -> Any:
        return hosts(value)

    def _depends_on(self, node: Node, raw: Any) -> Any:
        made = {}
        for name, entry in raw.items():
            one = {key: value for key, value in entry.items() if not key.startswith("x-")}
            one["required"] = boolean(one.get("required", True))
            if "restart" in one:
                one["restart"] = boolean(one["restart"])
                if not one["restart"]:
                    del one["restart"]
            made[name] = one
        return made

    def _secrets(self, node: Node, value: Any) -> Any:
        return [reference(item) for item in value]

    _configs = _secrets

    def _devices(self, node: Node, value: Any) -> Any:
        return [{key: one for key, one in item.items() if one != ""} for item in value]

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
        made = {key: one for key, one in raw.items() if not key.startswith("x-")}
        if isinstance(made.get("options"), dict):
            made["options"] = options(made["options"])
        return made

    def _storage_opt(self, node: Node, raw: Any) -> Any:
        return {key: "" if one is None else text(one) for key, one in raw.items()}

    def _provider(self, node: Node, raw: Any) -> Any:
        made = {key: one for key, one in raw.items() if not key.startswith("x-")}
        if isinstance(made.get("options"), dict):
            made["options"] = {
                key: [text(item) for item in one] if isinstance(one, list) else [text(one)]
                for key, one in made["options"].items()
            }
        return made

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

    def _deploy(self, node: Node, raw: Any) -> Any:
        if raw is None:
            return None
        made = {key: one for key, one in raw.items() if not key.startswith("x-")}
        if "labels" in made:
            made["labels"] = labels(made["labels"])
        for part in ("update_config", "rollback_config", "restart_policy"):
            config = made.get(part)
            if isinstance(config, dict):
                for key in ("delay", "monitor", "window"):
                    if key in config:
                        config[key] = duration(config[key])
                        if config[key] == "0s" and part != "restart_policy":
                            del config[key]
                for key in ("parallelism", "max_attempts"):
                    if key in config:
                        config[key] = int(config[key])
        resources = made.get("resources")
        if isinstance(resources, dict):
            for part in ("limits", "reservations"):
                found = resources.get(part)
                if not isinstance(found, dict):
                    continue
                if "memory" in found:
                    found["memory"] = size(found["memory"])
                if "cpus" in found:
                    cpus = found["cpus"]
                    found["cpus"] = cast_scalar("float", cpus) if isinstance(cpus, str) else cpus
                if "pids" in found:
                    found["pids"] = int(found["pids"])
                if "devices" in found:
                    found["devices"] = [device(item) for item in found["devices"]]
        return made

    def _blkio_config(self, node: Node, raw: Any) -> Any:
        made: dict[str, Any] = {}
        for key, value in raw.items():
            if key == "weight":
                made[key] = value % 65536
            elif key == "weight_device":
                made[key] = [{"Path": one["path"], "Weight": one["weight"]} for one in value]
            else:
                made[key] = [{"Path": one["path"], "Rate": size(one["rate"])} for one in value]
        return made

    def _networks(self, node: Node, raw: Any) -> Any:
        made = {}
        for name, value in raw.items():
            one = value
            if isinstance(value, dict):
                one = {key: item for key, item in value.items() if not key.startswith("x-")}
                if isinstance(one.get("driver_opts"), dict):
                    one["driver_opts"] = options(one["driver_opts"])
            made[name] = one
        return made


NOT_PRINTED = frozenset(("env_file", "label_file", "pull_refresh_after"))
CLOSED = frozenset(("deploy", "develop"))
DEVICE_KEYS = frozenset(("capabilities", "driver", "count", "device_ids", "options"))
SIZES = frozenset(["mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "shm_size"])
DURATIONS = frozenset(("stop_grace_period",))
MAPPINGS = frozenset(["labels", "annotations", "sysctls"])
BOOLEAN = frozenset(
    [
        "attach",
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


def extensions(found: dict[str, Any]) -> dict[str, Any]:
    """Names that Compose takes for extensions come back as one nonsensical entry."""
    lost = {name: value for name, value in found.items() if name.startswith("x-")}
    if not lost:
        return found
    kept = {name: value for name, value in found.items() if name not in lost}
    return {**kept, "#extensions": text(lost)}


def variables(value: Any) -> dict[str, str | None]:
    """``KEY=value`` lists and mappings, a name without a value is null."""
    found: dict[str, str | None] = {}
    if isinstance(value, dict):
        for name, one in extensions(value).items():
            found[name] = None if one is None else text(one)
        return found
    for item in value:
        name, equals, rest = text(item).partition("=")
        found[name] = rest if equals else None
    return found


def labels(value: Any) -> dict[str, str]:
    """``KEY=value`` lists and mappings, a name without a value is empty."""
    return {name: one or "" for name, one in variables(value).items()}


def options(value: dict[str, Any]) -> dict[str, str]:
    return {name: "" if one is None else text(one) for name, one in extensions(value).items()}


def container_environment(
    environment: dict[str, str | None], env_files: list[EnvSyntax], variables: Variables
) -> dict[str, str | None]:
    """The variables that a container gets from ``environment`` and ``env_file``.

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
    """Bytes as Compose prints them; None where it leaves them out."""
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
    found: list[str] = []
    if isinstance(value, dict):
        for name, one in value.items():
            addresses = one if isinstance(one, list) else [one or ""]
            found += [f"{name}={_bare(text(address))}" for address in addresses]
        return sorted(found)
    for item in value:
        separator = "=" if "=" in item else ":"
        name, _, rest = item.partition(separator)
        found += [f"{name}={_bare(address)}" for address in rest.split(",")]
    return sorted(found)


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
    made = {key: value for key, value in raw.items() if key in DEVICE_KEYS}
    count = made.get("count")
    if isinstance(count, str):
        made["count"] = -1 if count.lower() == "all" else int(count)
    if isinstance(made.get("options"), list):
        made["options"] = labels(made["options"])
    elif isinstance(made.get("options"), dict):
        made["options"] = options(made["options"])
    return made


def reference(raw: dict[str, Any]) -> dict[str, Any]:
    """A secret or config of a service."""
    made = {key: value for key, value in raw.items() if not key.startswith("x-") and value != ""}
    mode = made.get("mode")
    if mode is not None:
        made["mode"] = f"0{int(mode, 8) if isinstance(mode, str) else int(mode):o}"
    return made


def hook(raw: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle hook."""
    made = {key: value for key, value in raw.items() if not key.startswith("x-") and value != ""}
    command = made.get("command")
    made["command"] = split_command(command).words if isinstance(command, str) else command
    if "environment" in made:
        made["environment"] = variables(made["environment"])
    if "privileged" in made:
        made["privileged"] = boolean(made["privileged"])
        if not made["privileged"]:
            del made["privileged"]
    return made
