"""What a service sees and can change of its host: paths, devices, capabilities."""

from __future__ import annotations

import re

from ...linter.base.records import NamedTuple
from ...linter.compose.nodes import in_either_form, value_at
from ...linter.files.paths import is_inside
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import CHEATSHEET, SERVICES
from ._nodes import host_path, is_monitoring_agent, nodes_of, source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

CAPABILITIES = "https://man7.org/linux/man-pages/man7/capabilities.7.html"


class HostPath(NamedTuple):
    """Why a path of the host must not be mounted, and whether reading it is harmless."""

    why: str
    readable: bool = False


def _table(*rows: tuple[str, str, bool]) -> dict[str, HostPath]:
    """The risks by path, from rows of paths, reason, and whether reading is harmless."""
    return {
        path: HostPath(why, readable) for paths, why, readable in rows for path in paths.split()
    }


_EXACT = _table(
    ("/", "the whole file system", False),
    ("/etc", "the configuration of the host, with its passwords and services", False),
    ("/root", "the home of root, with its keys", False),
    ("/home", "everybody's home, with their keys", False),
    ("~", "your home, with its keys", False),
    ("/boot", "what the host starts with", False),
    ("/dev", "every device of the host", False),
    ("/proc", "the processes and settings of the host's kernel", False),
    ("/sys", "the settings of the host's kernel", False),
    ("/run /var/run", "the sockets of the host's services", False),
    ("/run/systemd", "the sockets of the host's service manager", False),
    ("/var /var/lib", "the data of all the host's services", False),
    ("/usr /usr/local /bin /sbin /usr/bin /usr/sbin", "the host's programs", True),
    ("/usr/local/bin /usr/local/sbin", "the host's programs", True),
    ("/lib /lib64 /usr/lib", "the host's libraries", True),
    ("/etc/passwd /etc/group", "the host's users", True),
    ("/etc/shadow /etc/gshadow", "the host's passwords", False),
    ("/etc/sudoers", "who may become root", True),
)
_BELOW = _table(
    ("/var/lib/docker", "the files and secrets of all containers", False),
    ("/var/lib/containerd /var/lib/containers", "the files and secrets of all containers", False),
    ("/var/lib/kubelet", "the files and secrets of all pods", False),
    ("/etc/kubernetes", "the keys of the cluster", False),
    ("/etc/ssh", "the host's SSH keys and settings", False),
    ("/etc/docker", "the settings of the container engine", True),
    ("/etc/systemd", "the services that the host starts", True),
    ("/etc/cron.d", "what the host runs by the clock", True),
    ("/etc/sudoers.d", "who may become root", True),
    ("/etc/pam.d", "how the host lets users in", True),
    ("/proc", "the processes and settings of the host's kernel", True),
    ("/sys/kernel", "the settings of the host's kernel", True),
    ("/sys/fs/bpf", "the programs in the host's kernel", True),
)
_KEYS = (".ssh", ".aws", ".gnupg", ".kube", ".azure")
_HARMLESS = ("/proc/cpuinfo", "/proc/meminfo", "/proc/uptime", "/proc/loadavg")


def _risk(path: str) -> HostPath | None:
    """Why a path must not be mounted; None where it may be."""
    if path in _EXACT or path in _HARMLESS:
        return _EXACT.get(path)
    for folder, risk in _BELOW.items():
        if is_inside(folder, path):
            return risk
    parts = path.split("/")
    if path.startswith("/home/") and len(parts) == 3:
        return HostPath(f"the home of {parts[2]}, with its keys")
    if path.startswith(("/root/", "/home/", "~/")) and any(part in _KEYS for part in parts):
        return HostPath("somebody's keys")
    if path.endswith("/.docker/config.json"):
        return HostPath("somebody's registry credentials")
    return None


def risk_of(path: str) -> str | None:
    """Why a path of the host must not be mounted; None where it may be."""
    risk = _risk(path) if path else None
    return None if risk is None else risk.why


@rule(
    "CF312",
    "host-path",
    Severity.WARNING,
    category="security",
    words=("volumes",),
    strict_in=("hardened",),
    equivalents=(
        "compose-lint:CL-0013",
        "compose-lint:CL-0025",
        "kics:volume_has_sensitive_host_directory",
    ),
    ignore_when=(
        "Where reading this path is what the service is for, such as a backup. Mount it "
        "read-only then."
    ),
    sources=(CHEATSHEET, "https://docs.docker.com/engine/storage/bind-mounts/"),
    examples=(
        Example(
            bad="services:\n  backup:\n    image: restic/restic:0.18.0\n    volumes:\n      - /etc:/host/etc  # error: /etc\n",
            good="services:\n  backup:\n    image: restic/restic:0.18.0\n    volumes:\n      - data:/data:ro\nvolumes:\n  data:\n",
        ),
    ),
    security_severity=8.0,
)
def host_path_mounted(service: Service) -> Iterator[Diagnostic]:
    """A path of the host is mounted that gives access to the machine, its keys or all data.

    Writable, it lets a container change what the host runs as root; read-only, it still shows
    secrets. Monitoring agents that read it are graded lower and only reported under `hardened`, since
    that is their purpose.
    Time zone files, certificates, `/var/log`, kernel modules and your own folders under `/home`,
    `/opt`, `/srv` and `/mnt` are left alone, and so is `/dev` where `device_cgroup_rules` say which
    devices can be opened.
    """
    findings: list[tuple[Node, str, str, bool]] = []
    for mount in service.mounts:
        path = host_path(service, mount)
        risk = _risk(path) if path is not None else None
        if path is None or risk is None or (mount.read_only and risk.readable):
            continue
        if path == "/dev" and _lists_devices(service):
            continue
        findings.append((source_of(mount), path, risk.why, mount.read_only))
    if not findings:
        return
    findings.sort(key=lambda finding: finding[3])
    (first, path, why, read_only), *others = findings
    advice = "mount only the file or folder that it needs"
    how = "reads"
    watched = read_only and is_monitoring_agent(service)
    if not read_only:
        how = "can change"
        advice += ", and add `:ro` where it only reads"
    yield Diagnostic(
        first,
        f'service "{service.name}" {how} {path} of the host: {why}',
        help=advice,
        severity=Severity.INFO if watched else None,
        subject=f"{service.path}.volumes",
        evidence=path,
        related=[Related(node.span, f"{other}: {why}") for node, other, why, _ in others],
        strict=watched,
    )


def _lists_devices(service: Service) -> bool:
    """Whether rules of control groups name the devices that the service can open."""
    rules = [text_of(item) or "a" for item in nodes_of(service.get("device_cgroup_rules"))]
    if not rules or service.text("privileged") not in (None, "false"):
        return False
    return not any(re.match(r"a\b|\w\s+\*:", rule.strip()) for rule in rules)


class Power(NamedTuple):
    """What a capability gives, and how bad that is in a container.

    With the namespace of the host that ``host_key`` chooses, such as ``pid``, it is a warning.
    """

    gives: str
    severity: Severity
    host_key: str = ""


_W, _I = Severity.WARNING, Severity.INFO
_POWERS = {
    "ALL": Power("do everything that root can", _W),
    "SYS_ADMIN": Power("mount file systems, enter namespaces and do nearly everything that root can", _W),
    "SYS_MODULE": Power("load code into the host's kernel", _W),
    "SYS_RAWIO": Power("read and write the host's memory and devices", _W),
    "DAC_READ_SEARCH": Power("open any file of the host by its inode number", _W),
    "BPF": Power("load programs into the host's kernel", _W),
    "SYS_BOOT": Power("restart the host", _W),
    "SYS_PTRACE": Power("read and change other processes", _I, "pid"),
    "NET_ADMIN": Power("change interfaces, routes and firewall rules", _I, "network_mode"),
    "SYS_TIME": Power("set the host's clock", _W),
    "SYSLOG": Power("read the host's kernel log", _I),
    "PERFMON": Power("watch what the whole host executes", _I),
    "SYS_NICE": Power("take precedence over the host's other processes", _I),
    "IPC_LOCK": Power("keep any amount of memory from being swapped out", _I),
    "LEASE": Power("delay other processes' access to files", _I),
}  # fmt: skip


def power_of(name: str) -> str | None:
    """What a capability gives that reaches out of a container; None for the others."""
    power = _POWERS.get(name)
    return power.gives if power is not None and power.severity is _W else None


@rule(
    "CF313",
    "dangerous-capability",
    Severity.WARNING,
    category="security",
    words=("cap_add",),
    strict_in=("hardened",),
    equivalents=(
        "compose-lint:CL-0011",
        "compose-lint:CL-0024",
        "compose-lint:CL-0027",
        "compose-lint:CL-0028",
        "compose-lint:CL-0029",
        "compose-lint:CL-0030",
        "kics:container_capabilities_unrestricted",
    ),
    ignore_when=(
        "Where the program does what the capability is for, such as a VPN or a packet filter."
    ),
    sources=(CAPABILITIES, SERVICES + "#cap_add"),
    examples=(
        Example(
            bad="services:\n  sync:\n    image: acme/sync:2.1\n    cap_add:\n      - SYS_ADMIN  # error: SYS_ADMIN\n",
            good="services:\n  sync:\n    image: acme/sync:2.1\n    cap_add:\n      - NET_BIND_SERVICE\n",
        ),
    ),
    security_severity=7.5,
)
def dangerous_capability(service: Service) -> Iterator[Diagnostic]:
    """A capability is added that reaches out of the container, or comes close to being root.

    Why: An attacker in the service can then change the host, its network or other containers,
    or read their data.

    The message says what each one gives. Lesser ones (`SYSLOG`, `SYS_NICE`, `IPC_LOCK` and the
    like) are graded lower and only reported under `hardened`. So are `NET_ADMIN` and
    `SYS_PTRACE` where the container does not share the network (`network_mode: host`) or the
    processes (`pid: host`) of the host, and `NET_ADMIN` in firewalls and VPNs, which have to
    change networks. Capabilities that stay inside (`NET_BIND_SERVICE`, `CHOWN`, `SETUID`) are
    left alone.
    """
    findings: list[tuple[Node, str, str, Severity]] = []
    for item in nodes_of(service.get("cap_add")):
        name = (text_of(item) or "").upper().removeprefix("CAP_")
        power = _POWERS.get(name)
        if power is not None:
            shares = power.host_key and service.text(power.host_key) == "host"
            if name == "NET_ADMIN" and _manages_networks(service):
                shares = False
            findings.append((item, name, power.gives, _W if shares else power.severity))
    if not findings:
        return
    findings.sort(key=lambda finding: -finding[3])
    (first, name, gives, severity), *others = findings
    yield Diagnostic(
        first,
        f'service "{service.name}" has the capability {name}: it can {gives}'
        if name != "ALL"
        else f'service "{service.name}" has all capabilities: it can {gives}',
        help="remove it, or make sure that nothing else can reach the service",
        severity=severity,
        subject=f"{service.path}.cap_add",
        evidence=", ".join(name for _, name, _, _ in findings),
        related=[
            Related(node.span, f"{other}: it can {gives}") for node, other, gives, _ in others
        ],
        strict=severity is Severity.INFO,
    )


_NETWORK_TOOLS = ("fail2ban", "crowdsec", "netfilter", "keepalived", "tailscale", "zerotier", "wireguard", "wg-easy",
                  "openvpn", "netbird", "pihole", "dnsmasq", "dhcp", "home-assistant", "homeassistant")  # fmt: skip


def _manages_networks(service: Service) -> bool:
    """Whether the service's program manages networks or a firewall, by the name of its image."""
    name = service.reference.name.lower() if service.reference else ""
    return any(word in name for word in _NETWORK_TOOLS)


_DISK = (
    r"(?:(?:sd|vd|xvd|hd)[a-z]+\d*|nvme\d+(?:n\d+(?:p\d+)?)?|mmcblk\d+(?:p\d+)?|(?:md|dm-|loop|zram|nbd|rbd|sg)\d+"
    r"|(?:disk|mapper|block|zvol|md)/.+)\Z"
)
_DEVICE_NAMES = frozenset(
    ("mem", "kmem", "port", "kmsg", "zfs", "nvram", "cpu", "watchdog", "initctl")
)


@rule(
    "CF320",
    "host-device",
    Severity.WARNING,
    category="security",
    words=("devices", "device_cgroup_rules", "volumes"),
    strict_in=("hardened",),
    equivalents=("compose-lint:CL-0016",),
    ignore_when=(
        "Where the device is what the service is for, such as a disk whose health it watches."
    ),
    sources=(SERVICES + "#devices", CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  smart:\n    image: acme/smart:1.4\n    devices:\n      - /dev/sda  # error: /dev/sda\n",
            good="services:\n  camera:\n    image: acme/camera:1.4\n    devices:\n      - /dev/video0\n",
        ),
    ),
    security_severity=7.0,
)
def host_device(service: Service) -> Iterator[Diagnostic]:
    """A disk, the memory or every device of the host is given to the service.

    To read a raw disk is to read every file on it past all permissions, and to write it is to own
    the host. The kernel's log alone (`/dev/kmsg`) is only reported under `hardened`. Graphics cards, sound, video, serial ports, TUN, FUSE and KVM are left alone.
    """
    findings: list[tuple[Node, str]] = []
    for item in nodes_of(service.get("devices")):
        source = in_either_form(item, "source")
        path = (text_of(source) or "").partition(":")[0]
        if source is not None and _is_raw(path):
            findings.append((source, path))
    for item in nodes_of(service.get("device_cgroup_rules")):
        text = text_of(item) or ""
        words = text.split()
        if len(words) == 3 and words[0] in ("a", "b") and words[1] in ("*:*", "*"):
            findings.append((item, text))
    for mount in service.mounts:
        path = host_path(service, mount) or ""
        if path != "/dev" and _is_raw(path):
            findings.append((source_of(mount), path))
    if not findings:
        return
    (first, path), *others = findings
    log_only = all(path == "/dev/kmsg" for _, path in findings)
    reads = (
        "the host's kernel log" if log_only else "the device regardless of the host's permissions"
    )
    yield Diagnostic(
        first,
        f'service "{service.name}" has the device {path}: it can read {reads}',
        help="map only the device that it needs, or give read-only access (`:r`)",
        severity=Severity.INFO if log_only else None,
        subject=f"{service.path}.devices",
        evidence=path,
        related=[Related(node.span, other) for node, other in others],
        strict=log_only,
    )


def _is_raw(path: str) -> bool:
    """Whether a device path is a disk, memory, or all devices."""
    if path.rstrip("/") == "/dev":
        return True
    name = path.removeprefix("/dev/")
    return name != path and (name in _DEVICE_NAMES or re.match(_DISK, name) is not None)


@rule(
    "CF321",
    "mount-propagation",
    Severity.INFO,
    category="security",
    words=("shared",),
    equivalents=("compose-lint:CL-0017", "kics:volume_mounted_in_multiple_containers"),
    sources=("https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation",),
    examples=(
        Example(
            bad="services:\n  mounter:\n    image: rclone/rclone:1.71\n    volumes:\n      - /mnt/cloud:/cloud:rshared  # error: /mnt/cloud:/cloud:rshared\n",
            good="services:\n  reader:\n    image: rclone/rclone:1.71\n    volumes:\n      - /mnt/cloud:/cloud:rslave\n",
        ),
    ),
    security_severity=4.0,
)
def mount_propagation(service: Service) -> Iterator[Diagnostic]:
    """What the container mounts below this folder appears on the host and in other containers.

    Why: A service that is taken over can lay other files over those that the host and its
    containers read there.

    `shared` and `rshared` propagate both ways. A container that only has to see what the host
    mounts later needs `rslave`.
    """
    for mount in service.mounts:
        value = value_at(mount.node, "bind", "propagation")
        text = text_of(value)
        if value is not None and text in ("shared", "rshared"):
            yield Diagnostic(
                mount.node if value.span == mount.node.span else value,
                f'mounts that service "{service.name}" makes under {mount.target} appear on the host ({text})',
                help="use `rslave`, unless the host has to see them",
                subject=f"{service.path}.volumes",
                evidence=mount.target,
            )
