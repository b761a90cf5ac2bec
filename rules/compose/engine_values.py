"""Values that Docker Compose passes on as they are, and the Docker engine refuses."""

from __future__ import annotations

import re

from ...linter.base.linux import CAPABILITIES, ULIMITS
from ...linter.base.suggest import QUESTION, did_you_mean, nearest
from ...linter.compose.nodes import entries_of, items_of
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

_APP = "services:\n  app:\n    image: shop/app:2.1\n"


def _example(bad: str, good: str, mark: str, end: str = "") -> Example:
    """An example of one key with a scalar value."""
    return Example(bad=f"{_APP}    {bad}  # error: {mark}\n{end}", good=f"{_APP}    {good}\n{end}")


def _refused(
    service: Service, key: str, node: Node, what: str, name: str, known: Iterable[str]
) -> Diagnostic:
    """The finding about a value that the engine refuses, with the value that was meant."""
    known = tuple(known)
    meant = nearest(name, known)
    return Diagnostic(
        node,
        f'the {what} "{name}" does not exist: the engine refuses it',
        help=did_you_mean(meant, QUESTION) if meant else f"use one of {', '.join(known[:6])}",
        subject=f"{service.path}.{key}",
        evidence=name,
    )


_MODES = {
    "pid": ("host",),
    "ipc": ("none", "private", "shareable", "host"),
    "uts": ("host",),
    "userns_mode": ("host",),
}
"""The values that the engine takes for the namespaces of a container."""

_OF_PODMAN = ("keep-id", "auto", "nomap", "private", "ns", "pod")
_OF_ANOTHER = ("service", "container")


@rule(
    "CF185",
    "unknown-namespace",
    Severity.ERROR,
    category="start",
    words=("network_mode", "pid", "ipc", "uts", "userns_mode"),
    since="0.2",
    sources=(
        SPEC + "services/#network_mode",
        "https://docs.docker.com/reference/cli/docker/container/run/#pid",
    ),
    examples=(_example("pid: hots", "pid: service:db", "hots", "  db:\n    image: shop/db:2.1\n"),),
)
def unknown_namespace(service: Service) -> Iterator[Diagnostic]:
    """A namespace (`pid`, `ipc`, `uts`, `userns_mode`) has a value that the engine refuses.

    Why: The container is not created.

    A `network_mode` may be the name of any network, so only what is almost `host`, `bridge`, `none`,
    `service:` or `container:` is reported, as a warning. Values that Podman takes are left alone.
    """
    for key, known in _MODES.items():
        node = service.get(key)
        text = text_of(node)
        if node is None or not text or text in known:
            continue
        head, colon, _ = text.partition(":")
        if head in _OF_PODMAN or (colon and head in _OF_ANOTHER and key in ("pid", "ipc")):
            continue
        yield _refused(service, key, node, f"{key} mode", text, known)
    node = service.get("network_mode")
    text = text_of(node)
    if node is None or not text or text in _NETWORK_MODES or text in service.stack.networks:
        return
    head, colon, rest = text.partition(":")
    if colon:
        meant = None if head in _OF_ANOTHER else nearest(head, _OF_ANOTHER)
        whole = f"{meant}:{rest}"
    else:
        meant = whole = _slip_of(text, ("host", "bridge", "none")) or ""
    if meant:
        yield Diagnostic(
            node,
            f'"{text}" is not a network mode, so it names a network that has to exist',
            help=did_you_mean(whole, QUESTION),
            severity=Severity.WARNING,
            subject=f"{service.path}.network_mode",
            evidence=text,
        )


_NETWORK_MODES = frozenset(
    ("host", "bridge", "none", "default", "nat", "private", "pasta", "slirp4netns", "one")
)


def _slip_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that is written with a letter too few, twice or swapped, but no other letters."""
    from ...linter.base.suggest import distance

    letters = set(name)
    return next(
        (other for other in known if letters <= set(other) and distance(name, other, 1) == 1), None
    )


@rule(
    "CF186",
    "unknown-capability",
    Severity.ERROR,
    category="start",
    words=("cap_add", "cap_drop"),
    since="0.2",
    sources=(
        SPEC + "services/#cap_add",
        "https://man7.org/linux/man-pages/man7/capabilities.7.html",
    ),
    examples=(_example("cap_add: [NET_ADMN]", "cap_add: [NET_ADMIN]", "NET_ADMN"),),
)
def unknown_capability(service: Service) -> Iterator[Diagnostic]:
    """`cap_add` or `cap_drop` names a capability that does not exist: the engine refuses it.

    Case and the prefix `CAP_` do not count.
    """
    for key in ("cap_add", "cap_drop"):
        for item in items_of(service.get(key)):
            text = text_of(item)
            name = (text or "").upper().removeprefix("CAP_")
            if name and name not in CAPABILITIES:
                yield _refused(service, key, item, "capability", name, CAPABILITIES)


@rule(
    "CF187",
    "unknown-signal",
    Severity.ERROR,
    category="start",
    words=("stop_signal",),
    since="0.2",
    sources=(SPEC + "services/#stop_signal",),
    examples=(_example("stop_signal: SIGTRM", "stop_signal: SIGTERM", "SIGTRM"),),
)
def unknown_signal(service: Service) -> Iterator[Diagnostic]:
    """`stop_signal` names a signal that does not exist, so the engine refuses the container."""
    node = service.get("stop_signal")
    text = text_of(node)
    if node is None or not text:
        return
    from ...linter.base.signals import is_signal, likely_signal

    if not is_signal(text):
        yield Diagnostic(
            node,
            f'the signal "{text}" does not exist: the engine refuses it',
            help=did_you_mean(likely_signal(text), QUESTION)
            or "write SIGTERM, SIGINT, SIGQUIT or the like",
            subject=f"{service.path}.stop_signal",
            evidence=text,
        )


_SYSTEMS = ("linux", "windows", "darwin", "freebsd", "wasi", "wasip1")
_ARCHITECTURES = (
    "amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64", "mips64le", "mips64", "mips", "mipsle",
    "ppc64", "loong64", "wasm", "wasm32",
)  # fmt: skip
_OTHER_NAMES = (
    "aarch64",
    "x86_64",
    "x86-64",
    "i386",
    "i486",
    "i586",
    "i686",
    "armhf",
    "armel",
    "arm64v8",
)
"""Names of architectures that are read as one of the others."""


@rule(
    "CF188",
    "unknown-platform",
    Severity.WARNING,
    category="start",
    words=("platform",),
    since="0.2",
    sources=(
        SPEC + "services/#platform",
        "https://github.com/containerd/platforms/blob/main/platforms.go",
    ),
    examples=(_example("platform: linux/amd46", "platform: linux/amd64", "linux/amd46"),),
)
def unknown_platform(service: Service) -> Iterator[Diagnostic]:
    """A platform does not exist, and its name is almost one that does.

    Why: No image is published for what does not exist, so the pull or the build fails.

    The form of a platform is `SYSTEM/ARCHITECTURE[/VARIANT]`. Unknown names that are not close
    to a known one are left alone.
    """
    places = [("platform", service.get("platform"))]
    places += [("build.platforms", item) for item in items_of(service.get("build", "platforms"))]
    for key, node in places:
        text = text_of(node)
        meant = _likely_platform(text.lower()) if text else None
        if node is not None and meant is not None:
            yield Diagnostic(
                node,
                f'the platform "{text}" does not exist',
                help=did_you_mean(meant, QUESTION),
                subject=f"{service.path}.{key}",
                evidence=text or "",
            )


def _likely_platform(text: str) -> str | None:
    """The platform that was meant; None for one that exists or that is not close to one."""
    system, slash, rest = text.partition("/")
    if not slash:
        if system in (*_SYSTEMS, *_ARCHITECTURES, *_OTHER_NAMES) or re.fullmatch(
            r"arm(?:v\d|64)|local", system
        ):
            return None
        return nearest(system, ("linux", "amd64", "arm64", "windows"))
    architecture, _, variant = rest.partition("/")
    known = system in _SYSTEMS or system.startswith("windows(")
    right = system if known else nearest(system, _SYSTEMS[:4])
    if architecture in _ARCHITECTURES or architecture in _OTHER_NAMES:
        chosen: str | None = architecture
    elif re.fullmatch(r"armv?[5-8]|arm32v[5-8]", architecture):
        return f"linux/arm/v{architecture[-1]}" if known and not variant else None
    else:
        chosen = nearest(
            architecture, ("amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64")
        )
    if right is None or chosen is None or (right, chosen) == (system, architecture):
        return None
    return "/".join((right, chosen, variant) if variant else (right, chosen))


@rule(
    "CF189",
    "unknown-ulimit",
    Severity.ERROR,
    category="start",
    words=("ulimits",),
    since="0.2",
    sources=(SPEC + "services/#ulimits", "https://man7.org/linux/man-pages/man2/getrlimit.2.html"),
    examples=(
        Example(
            bad=f"{_APP}    ulimits:\n      nofle: 65536  # error: nofle\n",
            good=f"{_APP}    ulimits:\n      nofile: 65536\n",
        ),
    ),
)
def unknown_ulimit(service: Service) -> Iterator[Diagnostic]:
    """`ulimits` has a limit that the kernel does not have, so the container does not start."""
    for entry in entries_of(service.get("ulimits")):
        name = entry.name.lower()
        if name not in ULIMITS and re.fullmatch(r"[a-z_-]+", name):
            yield _refused(service, f"ulimits.{entry.name}", entry.key, "limit", name, ULIMITS)
