"""What the hooks of a service may do: commands and containers beside its own."""

from __future__ import annotations

from ...linter.base.names import is_root_user
from ...linter.compose.nodes import value_at
from ...linter.compose.values import BadValue, parse_mount
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import CHEATSHEET, SERVICES
from ._nodes import is_true, nodes_of
from .host import power_of, risk_of
from .security import SOCKETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

_NAMESPACES = ("network_mode", "pid", "ipc")


@rule(
    "CF325",
    "powerful-hook",
    Severity.WARNING,
    category="security",
    words=("pre_start", "post_start", "pre_stop"),
    strict_in=("hardened",),
    since="0.2",
    sources=(SERVICES + "#pre_start", SERVICES + "#post_start", CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  app:\n    image: acme/app:2.1\n    pre_start:\n      - image: acme/setup:1.0\n        cap_add:\n          - SYS_ADMIN  # error: SYS_ADMIN\n",
            good="services:\n  app:\n    image: acme/app:2.1\n    post_start:\n      - command: [setup, --check]\n",
        ),
        Example(
            bad="services:\n  app:\n    image: acme/app:2.1\n    pre_start:\n      - image: acme/setup:1.0\n        volumes:\n          - /var/run/docker.sock:/var/run/docker.sock  # error: /var/run/docker.sock:/var/run/docker.sock\n",
            good="services:\n  app:\n    image: acme/app:2.1\n    post_start:\n      - command: [setup, --config, /config]\n",
        ),
    ),
    security_severity=7.5,
)
def powerful_hook(service: Service) -> Iterator[Diagnostic]:
    """A hook has privileges on the host that the service itself does not have.

    The containers of `pre_start` run before the service, with mounts, capabilities and namespaces of
    their own: the engine's socket, paths such as `/etc` and capabilities such as `SYS_ADMIN` are as
    dangerous there. A hook that runs as root in a service that has another user, as it must to change
    the owner of a volume, is only reported under `hardened`. Privileged hooks are reported by
    [api-socket](api-socket.md).
    """
    findings = list(_powers(service))
    is_strict = not findings
    if is_strict:
        findings = list(_root_hooks(service))
    if not findings:
        return
    (first, effect), *others = findings
    yield Diagnostic(
        first,
        f'service "{service.name}" has a hook that {effect}',
        help="run the hook as a user without privileges, or prepare the volume in the image"
        if is_strict
        else "remove it, or do this work in a service that nothing else can reach",
        severity=Severity.INFO if is_strict else None,
        strict=is_strict,
        subject=service.path,
        evidence=first.span.text,
        related=[Related(node.span, f"another {other}") for node, other in others],
    )


def _powers(service: Service) -> Iterator[tuple[Node, str]]:
    """What the containers of ``pre_start`` can do to the host and the service cannot."""
    own_paths = {mount.source.rstrip("/") for mount in service.mounts}
    own_powers = {_capability(item) for item in nodes_of(service.get("cap_add"))}
    for hook in nodes_of(service.get("pre_start")):
        for item in nodes_of(value_at(hook, "volumes")):
            path = _host_path(item)
            if path in own_paths:
                continue
            if path.rpartition("/")[2] in SOCKETS:
                yield item, f"mounts {path}, which controls the container engine"
            elif (why := risk_of(path)) is not None:
                yield item, f"mounts {path}: {why}"
        for item in nodes_of(value_at(hook, "cap_add")):
            name = _capability(item)
            gives = power_of(name)
            if gives is not None and name not in own_powers:
                what = "all capabilities" if name == "ALL" else f"the capability {name}"
                yield item, f"has {what}: it can {gives}"
        for key in _NAMESPACES:
            node = value_at(hook, key)
            if node is not None and text_of(node) == "host" != service.text(key):
                yield node, f"shares the host's namespace ({key}: host)"
        node = value_at(hook, "use_api_socket")
        if is_true(node) and node is not None:
            yield node, "gets the engine's socket and your registry credentials"


def _capability(item: Node) -> str:
    return (text_of(item) or "").upper().removeprefix("CAP_")


def _host_path(item: Node) -> str:
    """The path of the host that an item of ``volumes`` mounts; empty if it mounts none."""
    text = text_of(item)
    if text is None:
        kind, source = text_of(value_at(item, "type")), text_of(value_at(item, "source"))
        path = (source or "") if kind == "bind" else ""
    else:
        try:
            parsed = parse_mount(text).source
        except BadValue:
            return ""
        path = parsed.text if parsed is not None else ""
    return path.rstrip("/") or path if path.startswith(("/", "~")) else ""


def _root_hooks(service: Service) -> Iterator[tuple[Node, str]]:
    """The hooks that run as root in a service that has another user."""
    own = service.text("user") or ""
    if not own or is_root_user(own):
        return
    for key in ("pre_start", "post_start", "pre_stop"):
        for hook in nodes_of(service.get(key)):
            node = value_at(hook, "user")
            user = text_of(node)
            if node is not None and user and is_root_user(user):
                yield node, f"runs as root ({key}), though the user of the service is {own}"
