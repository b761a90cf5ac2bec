"""Which texts are those of Compose files, whatever their names are.

Most YAML files of a project are something else, so bytes are searched first; only what may be a
Compose file is parsed. What could be another tool's format as well is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.patterns import on_demand
from ..base.suggest import nearest
from ..base.text import DecodeError, SourceFile
from ..source.yaml.nodes import Mapping, Scalar
from .tree import current_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from ..source.yaml.nodes import Node

MAX_BYTES = 200_000
"""The most bytes of a file that is looked at."""

TOP_LEVEL = frozenset(
    (
        "configs",
        "include",
        "jobs",
        "models",
        "name",
        "networks",
        "secrets",
        "services",
        "version",
        "volumes",
    )
)
"""The top-level keys of Compose files."""

SERVICE_KEYS = frozenset((
    "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup",
    "cgroup_parent", "command", "configs", "container_name", "cpu_count", "cpu_percent",
    "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset",
    "credential_spec", "depends_on", "deploy", "develop", "device_cgroup_rules", "devices", "dns",
    "dns_opt", "dns_search", "domainname", "entrypoint", "env_file", "environment", "expose",
    "extends", "external_links", "extra_hosts", "gpus", "group_add", "healthcheck", "hostname",
    "image", "init", "ipc", "isolation", "label_file", "labels", "links", "logging", "mac_address",
    "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "models", "network_mode",
    "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit", "platform", "ports",
    "post_start", "pre_start", "pre_stop", "privileged", "profiles", "provider", "pull_policy",
    "pull_refresh_after", "read_only", "restart", "runtime", "scale", "secrets", "security_opt",
    "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tmpfs",
    "tty", "ulimits", "umask", "use_api_socket", "user", "userns_mode", "uts", "volumes",
    "volumes_from", "working_dir",
))  # fmt: skip
"""The keys of a service. A test compares them with the schema."""

_OTHER_KEYS = frozenset(("port",))
"""Keys that other formats have in place of one of Compose; they are not misspelt."""

MAX_LINES = 20_000
"""The most lines of a text that is not parsed that are looked at."""
_KEY = on_demand(r"""^([A-Za-z_][\w.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:""", re.MULTILINE)
_SERVICES = on_demand(r"""["']?services["']?[ \t]*:[ \t]*(?:[&!#].*)?\Z""")
_NAME = on_demand(r"""["']?[\w.-]+["']?[ \t]*:""")
_SERVICE_KEY = on_demand(r"""["']?(?:image|build|extends)["']?[ \t]*:""")
_FLOW = on_demand(
    r"""["']?services["']?\s*:\s*\{\s*["']?[\w.-]+["']?\s*:\s*\{[^{}]*?\b(?:image|build|extends)\b"""
)
_MAX_FLOW = 4000
"""How far into a text its services may begin if they are written in braces."""
_OTHER_FILES = on_demand(
    r"(?:.*/)?(?:group_vars|host_vars|vars|defaults|templates)/.*"
    r"|(?:.*/)?(?:values(?:[-_.].*)?|rancher-compose.*)\.ya?ml"
)
"""Variables of Ansible and of Helm, which may hold services of any shape; Rancher's format."""


def is_compose_file(path: str) -> bool:
    """Whether the content of a YAML file is surely that of a Compose file."""
    if _OTHER_FILES.fullmatch(path):
        return False
    return _recognised(path, current_tree().stamp(path))


@lru_cache(maxsize=4096)
def _recognised(path: str, stamp: Hashable) -> bool:
    """``is_compose_file`` for a state of the file."""
    try:
        data = current_tree().read(path, MAX_BYTES)
    except (OSError, ValueError):
        return False
    if len(data) > MAX_BYTES or b"services" not in data:
        return False
    try:
        source = SourceFile.from_bytes(path, data)
    except DecodeError:
        return False
    return is_compose_text(source.text)


def is_compose_text(text: str) -> bool:
    """Whether a text is surely that of a Compose file: its services have an image or a build.

    Other formats have ``services``, too: lists of images, or tables with other keys. So only one
    key of the whole file may be unknown, if it is like a known one: then it is to be reported.
    """
    text = text.lstrip("\ufeff")
    if "services" not in text or not any(key in text for key in ("image", "build", "extends")):
        return False
    start = text[:_MAX_FLOW].lstrip()
    if not start.startswith("{"):
        keys = {key.strip("\"'") for key in _KEY.findall(text)}
        unknown = _unknown(keys, TOP_LEVEL)
        if "services" not in keys or len(unknown) > 1 or not _are_misspelt(unknown, TOP_LEVEL):
            return False
    if len(text) <= MAX_BYTES:
        from ..source.yaml.parser import parse_yaml

        file = parse_yaml(SourceFile("", text))
        if not file.problems:
            return len(file.documents) == 1 and _is_stack(file.documents[0])
    # A Compose file that a syntax error breaks must not vanish from the run.
    if start.startswith(("{", "services: {")) and _FLOW.search(start):
        return True
    return _has_service(text)


def _is_stack(root: Node) -> bool:
    """Whether a document defines services that can run, and nothing else."""
    services = root.get("services") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(services, Mapping):
        return False
    unknown = _unknown((entry.name for entry in root.entries), TOP_LEVEL)
    if not _are_misspelt(unknown, TOP_LEVEL):
        return False
    runs = False
    for service in services.entries:
        if not isinstance(service.value, Mapping):
            return False
        names = {entry.name for entry in service.value.entries}
        others = _unknown(names, SERVICE_KEYS)
        if not _are_misspelt(others, SERVICE_KEYS):
            return False
        unknown |= others
        image = service.value.get("image")
        runs = runs or isinstance(image, Scalar) or not names.isdisjoint(("build", "extends", "<<"))
    return runs and len(unknown) < 2


def _unknown(names: Iterable[str], known: Collection[str]) -> set[str]:
    """The names that are not known; extensions and merged mappings are."""
    return {
        name for name in names if name not in known and name != "<<" and not name.startswith("x-")
    }


def _are_misspelt(names: Iterable[str], known: Collection[str]) -> bool:
    """Whether each of these names is like a known one."""
    return all(name not in _OTHER_KEYS and nearest(name, known) is not None for name in names)


def _has_service(text: str) -> bool:
    """Whether a service in block style has a key that only services have."""
    inside = False
    names = keys = 0  # The columns of services' names and of their keys, once they are known.
    for line in text.splitlines()[:MAX_LINES]:
        content = line.lstrip(" ")
        if not content.strip() or content.startswith("#"):
            continue
        column = len(line) - len(content)
        if column == 0:
            inside = _SERVICES.match(line.rstrip()) is not None
            names = keys = 0
        elif inside:
            names = names or column
            if column == names:
                inside = _NAME.match(content) is not None
                keys = 0
            else:
                keys = keys or column
                if column == keys and _SERVICE_KEY.match(content):
                    return True
    return False
