"""Which YAML files are Compose files by their content, whatever their names.

Most YAML files of a project are something else, so bytes are searched first; only what may be a
Compose file is parsed. What could be another tool's format as well is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.patterns import on_demand
from ..base.text import DecodeError, SourceFile
from ..source.yaml.nodes import Mapping, Scalar
from .content import is_compose_text
from .disk import DISK

MAX_BYTES = 200_000
"""The most bytes of a file that is looked at."""

_TOP_LEVEL = frozenset(
    (
        "configs",
        "include",
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

_KEY = on_demand(r"""^([A-Za-z_][\w.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:""", re.MULTILINE)
_OTHER_FILES = on_demand(
    r"(?:.*/)?(?:group_vars|host_vars|vars|defaults|templates)/.*"
    r"|(?:.*/)?(?:values(?:[-_.].*)?|rancher-compose.*)\.ya?ml"
)
"""Variables of Ansible and of Helm, which may hold services of any shape; Rancher's format."""


def is_compose_file(path: str) -> bool:
    """Whether the content of a YAML file on disk is surely that of a Compose file."""
    if _OTHER_FILES.fullmatch(path):
        return False
    time, size = DISK.stamp(path)
    return 0 < size <= MAX_BYTES and _recognised(path, time, size)


@lru_cache(maxsize=4096)
def _recognised(path: str, time: int, size: int) -> bool:
    """``is_compose_file`` for a state of the file."""
    try:
        data = DISK.read(path, MAX_BYTES)
    except (OSError, ValueError):
        return False
    if b"services" not in data or (b"image:" not in data and b"build:" not in data):
        return False
    try:
        source = SourceFile.from_bytes(path, data)
    except DecodeError:
        return False
    keys = {key.strip("\"'") for key in _KEY.findall(source.text)}
    if "services" not in keys or any(
        key not in _TOP_LEVEL and not key.startswith("x-") for key in keys
    ):
        return False
    return _holds_services(source)


def _holds_services(source: SourceFile) -> bool:
    """Whether a text defines services that have an image or a build, and nothing else."""
    from ..source.yaml.parser import parse_yaml

    file = parse_yaml(source)
    if file.problems:
        # A Compose file that a syntax error breaks must not vanish from the run.
        return is_compose_text(source.text)
    if len(file.documents) != 1:
        return False
    root = file.documents[0]
    services = root.get("services") if isinstance(root, Mapping) else None
    if not isinstance(services, Mapping) or not services.entries:
        return False
    runs = False
    for service in services.entries:
        if not isinstance(service.value, Mapping):
            return False
        names = {entry.name for entry in service.value.entries}
        if any(
            name not in SERVICE_KEYS and name != "<<" and not name.startswith("x-")
            for name in names
        ):
            return False
        image = service.value.get("image")
        runs = runs or isinstance(image, Scalar) or service.value.get("build") is not None
    return runs
