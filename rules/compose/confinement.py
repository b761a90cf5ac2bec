"""What confines a service to its container: capabilities, profiles, file system."""

from __future__ import annotations

from ...linter.base.text import Span
from ...linter.edits.comments import line_end, line_start
from ...linter.edits.yaml import append_item, insertion, remove_entry, written_service
from ...linter.model.values import text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar, Sequence
from .._sources import CHEATSHEET, SERVICES
from ._nodes import is_prescribed, is_true, mounts_a_socket, nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.edits.yaml import Tree
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

SECCOMP = "https://docs.docker.com/engine/security/seccomp/"
H = ("hardened",)


def _confinable(service: Service) -> bool:
    """Whether a service is a Linux container that is not privileged.

    Elsewhere these settings have no effect.
    """
    return service.runs_here and not service.on_windows and not is_true(service.get("privileged"))


def _options(service: Service) -> Iterator[tuple[Node, str, str]]:
    """The entries of ``security_opt``: node, name and value, which ``=`` or ``:`` separates."""
    for item in nodes_of(service.get("security_opt")):
        name, _, value = (text_of(item) or "").strip().replace(":", "=", 1).partition("=")
        yield item, name, value


def _added(service: Service, tree: dict[str, Tree], title: str) -> Fix | None:
    """The fix that gives a service new keys; None where one is set or cannot be added."""
    fixes = [insertion(service, (name,), value, title) for name, value in tree.items()]
    edits = [edit for fix in fixes if fix for edit in fix.edits if isinstance(edit, Edit)]
    if len(edits) < len(tree):
        return None
    # All keys go to the end of the service's block.
    edit = Edit(edits[0].span, "".join(edit.replacement for edit in edits))
    return Fix(title, (edit,), Applicability.UNSAFE, _paths(service, *tree))


def _paths(service: Service, *names: str) -> tuple[str, ...]:
    """The logical paths of keys of a service."""
    return tuple(f"{service.path}.{name}" for name in names)


@rule(
    "CF314",
    "default-capabilities",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=("compose-lint:CL-0006", "kics:check_cap_add_cap_drop"),
    sources=(CHEATSHEET, SERVICES + "#cap_drop"),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  cache:\n    image: redis:7.4\n    cap_drop: [ALL]\n    cap_add: [CHOWN, DAC_OVERRIDE, SETGID, SETUID]\n",
            preset="hardened",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=4.0,
)
def default_capabilities(service: Service) -> Iterator[Diagnostic]:
    """The service has all fourteen capabilities that Docker gives by default.

    Why: Few programs need any, and each is of use to an attacker who has taken over the
    service.

    `cap_drop: [ALL]` takes them away, and `cap_add` gives back what the program really uses.
    The fix is offered where it is known what the image needs.
    """
    if not _confinable(service):
        return
    dropped = nodes_of(service.get("cap_drop"))
    if any(item.unknown or (text_of(item) or "").upper() == "ALL" for item in dropped):
        return
    field = service.field("cap_drop")
    yield Diagnostic(
        field.key if field else service.key,
        f'service "{service.name}" has all default capabilities of Docker',
        help="set `cap_drop: [ALL]`, and add what it needs under `cap_add`",
        subject=service.path,
        fix=None if field else _drop_all(service),
    )


def _drop_all(service: Service) -> Fix | None:
    """The fix that drops all capabilities but those that the image is known to need."""
    facts = service.facts
    if facts is None or facts.capabilities is None:
        return None
    tree: dict[str, Tree] = {"cap_drop": ["ALL"]}
    if facts.capabilities:
        if service.get("cap_add") is not None:
            return None
        tree["cap_add"] = list(facts.capabilities)
    return _added(service, tree, "Drop all capabilities except those that the image needs")


@rule(
    "CF315",
    "new-privileges-allowed",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=(
        "compose-lint:CL-0003",
        "kics:no_new_privileges_not_set",
        "kics:security_opt_not_set",
    ),
    sources=(CHEATSHEET, SERVICES + "#security_opt"),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good='services:\n  cache:\n    image: redis:7.4\n    security_opt: ["no-new-privileges:true"]\n',
            preset="hardened",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
    security_severity=4.0,
)
def new_privileges_allowed(service: Service) -> Iterator[Diagnostic]:
    """A program in the container may gain privileges, as `sudo` and set-uid programs do.

    Why: An attacker who runs code as an ordinary user can become root by a flaw in such a
    program.

    `no-new-privileges:true` takes the possibility away from the whole service; programs that
    only give up privileges (gosu, su-exec) go on working. For images of which it is not known
    what they call, the fix is a suggestion.
    """
    if not _confinable(service):
        return
    for item, name, value in _options(service):
        if item.unknown:
            return
        if name == "no-new-privileges":
            if value == "false":
                yield Diagnostic(
                    item,
                    f'service "{service.name}" can gain privileges: no-new-privileges is false',
                    help="write `no-new-privileges:true`",
                    subject=f"{service.path}.security_opt",
                )
            return
    field = service.field("security_opt")
    yield Diagnostic(
        field.key if field else service.key,
        f'service "{service.name}" can gain privileges: no-new-privileges is not set',
        help="add `no-new-privileges:true` to `security_opt`",
        subject=service.path,
        fix=_no_new_privileges(service),
    )


def _no_new_privileges(service: Service) -> Fix | None:
    """The fix that sets the option, in a list that exists or in a new one."""
    title, option = "Set no-new-privileges", '"no-new-privileges:true"'
    block = written_service(service)
    entry = block.entry("security_opt") if block else None
    facts = service.facts
    # What other images call (sudo, ping of old distributions) is not known.
    known = facts is not None and facts.capabilities is not None
    applicability = Applicability.UNSAFE if known else Applicability.SUGGESTION
    if entry is None:
        return insertion(service, ("security_opt",), [option], title, applicability)
    edit = append_item(entry.value, option) if isinstance(entry.value, Sequence) else None
    if edit is None:
        return None
    return Fix(title, (edit,), applicability, _paths(service, "security_opt"))


@rule(
    "CF316",
    "writable-rootfs",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=("compose-lint:CL-0007",),
    sources=(CHEATSHEET, SERVICES + "#read_only"),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  cache:\n    image: redis:7.4\n    read_only: true\n",
            preset="hardened",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=3.0,
)
def writable_rootfs(service: Service) -> Iterator[Diagnostic]:
    """The container's root file system is writable, so an attacker can install programs.

    Why: What an attacker has put there runs until the container is made anew.

    `read_only: true` forbids all writing; folders that the program has to write go to volumes
    or `tmpfs`. The fix is offered where it is known which ones those are.
    """
    if not _confinable(service):
        return
    node = service.get("read_only")
    if node is not None and (node.unknown or is_true(node)):
        return
    yield Diagnostic(
        service.key if node is None else node,
        f'the root file system of service "{service.name}" is writable',
        help="set `read_only: true`, with `tmpfs` for what it has to write",
        subject=service.path,
        fix=_read_only(service) if node is None else None,
    )


def _read_only(service: Service) -> Fix | None:
    """The fix that mounts the file system read-only, with tmpfs where the image has to write."""
    facts = service.facts
    if facts is None or facts.writable_paths is None:
        return None
    targets = {mount.target for mount in service.mounts}.union(service.tmpfs)
    covered = {target.rstrip("/") for target in targets}
    paths = [path for path in facts.writable_paths if path.rstrip("/") not in covered]
    tree: dict[str, Tree] = {"read_only": "true"}
    if paths:
        if service.get("tmpfs") is not None:
            return None
        tree["tmpfs"] = paths
    return _added(service, tree, "Make the root file system read-only")


_UNCONFINED = {
    "seccomp": ("unconfined", "can use every system call"),
    "apparmor": ("unconfined", "runs without its AppArmor profile"),
    "label": ("disable", "runs without SELinux labels"),
}


@rule(
    "CF319",
    "confinement-off",
    Severity.WARNING,
    category="security",
    words=("security_opt",),
    strict_in=H,
    equivalents=(
        "compose-lint:CL-0009",
        "kics:seccomp_disabled",
        "kics:default_seccomp_profile_disabled",
    ),
    ignore_when="Where the makers of the image ask for it, and no profile fits.",
    sources=(SECCOMP, SERVICES + "#security_opt"),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    security_opt:\n      - seccomp:unconfined  # error: seccomp:unconfined\n      - no-new-privileges:true\n",
            good="services:\n  api:\n    image: acme/api:2.1\n    security_opt:\n      - no-new-privileges:true\n",
        ),
    ),
    fix=Applicability.SUGGESTION,
    security_severity=7.0,
)
def confinement_off(service: Service) -> Iterator[Diagnostic]:
    """A profile that Docker applies by default is disabled: seccomp, AppArmor or SELinux.

    Each keeps a program that was broken into from the parts of the kernel where most ways out of a
    container begin. Give the service a profile of its own where the default forbids what it needs.
    `label=disable` beside a mounted socket of the host is left alone: SELinux forbids its use, and the
    socket is what matters (`docker-socket`). What the image's makers ask for (Netdata, the agent of
    Datadog) is left to `hardened`. The reason for the entry is not in the file, so removing it is
    a suggestion.
    """
    switched_off = [
        (item, name, _UNCONFINED[name][1])
        for item, name, value in _options(service)
        if name in _UNCONFINED
        and value == _UNCONFINED[name][0]
        # SELinux lets no confined container use a socket of the host; there is no narrower switch.
        and not (name == "label" and mounts_a_socket(service))
    ]
    if not switched_off:
        return
    (first, _, effect), *others = switched_off
    yield Diagnostic(
        first,
        f'service "{service.name}" {effect} ({text_of(first)})',
        help="delete the entry, or name a profile made for the service",
        subject=f"{service.path}.security_opt",
        evidence=", ".join(name for _, name, _ in switched_off),
        related=[Related(item.span, f"it {effect} too") for item, _, effect in others],
        fix=_remove_items(service, [item for item, _, _ in switched_off]),
        strict=is_prescribed(service, [name for _, name, _ in switched_off]),
    )


def _remove_items(service: Service, items: list[Node]) -> Fix | None:
    """The fix that takes items out of ``security_opt``, with the key where no item is left."""
    block = written_service(service)
    entry = block.entry("security_opt") if block else None
    sequence = entry.value if entry else None
    if block is None or entry is None or not isinstance(sequence, Sequence) or sequence.anchor:
        return None
    if any(item.file is not sequence.file or item.anchor for item in items):
        return None
    starts = {item.start for item in items}
    kept = [item for item in sequence.items if item.start not in starts]
    if len(sequence.items) - len(kept) != len(items):
        return None
    edits: list[Edit] = []
    if not kept:
        edit = remove_entry(block, entry)
        if edit is None:
            return None
        edits.append(edit)
    elif sequence.flow:
        if "#" in sequence.span.text or "\n" in sequence.span.text:
            return None
        edits.append(Edit(sequence.span, f"[{', '.join(item.span.text for item in kept)}]"))
    else:
        text = sequence.file.text
        for item in items:
            start, end = line_start(text, item.start), line_end(text, item.end)
            if text[start : item.start].strip(" -") or "\n" in item.span.text:
                return None
            edits.append(Edit(Span(sequence.file, start, end), ""))
    title = "Keep the default profile"
    return Fix(title, tuple(edits), Applicability.SUGGESTION, _paths(service, "security_opt"))


@rule(
    "CF322",
    "tmpfs-exec",
    Severity.INFO,
    category="security",
    words=("tmpfs",),
    presets=H,
    equivalents=("compose-lint:CL-0022",),
    sources=("https://docs.docker.com/engine/storage/tmpfs/", SERVICES + "#tmpfs"),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    tmpfs:\n      - /tmp:exec,size=64m  # error: /tmp:exec,size=64m\n",
            good="services:\n  api:\n    image: acme/api:2.1\n    tmpfs:\n      - /tmp:size=64m\n",
            preset="hardened",
        ),
    ),
    security_severity=3.0,
)
def tmpfs_exec(service: Service) -> Iterator[Diagnostic]:
    """A tmpfs is mounted with `exec`, so programs can run from it; by default they cannot.

    A folder that everybody may write and execute is where intruders put their tools. `suid` is
    worse still: such a program runs as its owner.
    """
    for item in nodes_of(service.get("tmpfs")):
        text = text_of(item) if isinstance(item, Scalar) else None
        path, _, options = (text or "").partition(":")
        risky = [option for option in options.split(",") if option.strip() in ("exec", "suid")]
        if risky:
            yield Diagnostic(
                item,
                f'the tmpfs {path} of service "{service.name}" is mounted with {" and ".join(risky)}',
                help=f"delete {' and '.join(risky)}",
                subject=f"{service.path}.tmpfs",
                evidence=text or "",
            )
