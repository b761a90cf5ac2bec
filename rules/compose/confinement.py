"""What holds a service inside its container: user, capabilities, profiles, file system."""

from __future__ import annotations

from ...linter.edit import (
    append_item,
    insertion,
    line_end,
    line_start,
    remove_entry,
    written_service,
)
from ...linter.model import text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.text import Span
from ...linter.source.yaml import Scalar, Sequence
from ._nodes import is_true, nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Service
    from ...linter.source.yaml import Node

SPEC = "https://docs.docker.com/reference/compose-file/services/"
CHEATSHEET = "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"
SECCOMP = "https://docs.docker.com/engine/security/seccomp/"
H = ("hardened",)


def _confinable(service: Service) -> bool:
    """Whether these settings mean something for it: a Linux container that is not privileged."""
    return service.runs_here and not service.on_windows and not is_true(service.get("privileged"))


def _options(service: Service) -> list[tuple[Node, str, str]]:
    """The entries of ``security_opt``: node, name and value; both separators are taken."""
    found = []
    for item in nodes_of(service.get("security_opt")):
        text = (text_of(item) or "").strip()
        name, _, value = text.replace(":", "=", 1).partition("=")
        found.append((item, name, value))
    return found


@rule(
    "CF314",
    "default-capabilities",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=("compose-lint:CL-0006", "kics:check_cap_add_cap_drop"),
    sources=(CHEATSHEET, SPEC + "#cap_drop"),
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
    """The service keeps the fourteen capabilities that Docker gives by default.

    Few programs need any. `cap_drop: [ALL]` takes them away, and `cap_add` gives back what the
    program really uses. The fix is offered where it is known what the image needs.
    """
    if not _confinable(service):
        return
    dropped = [(text_of(item) or "").upper() for item in nodes_of(service.get("cap_drop"))]
    if "ALL" in dropped or any(item.unknown for item in nodes_of(service.get("cap_drop"))):
        return
    where = service.field("cap_drop")
    yield Diagnostic(
        where.key if where else service.key,
        f'service "{service.name}" keeps the default capabilities',
        help="set cap_drop: [ALL], and add back under cap_add what it needs",
        subject=service.path,
        fix=None if where else _drop_all(service),
    )


def _drop_all(service: Service) -> Fix | None:
    facts = service.facts
    if facts is None or facts.capabilities is None:
        return None
    drop = insertion(service, ("cap_drop",), ["ALL"], "")
    if drop is None:
        return None
    edits = list(drop.edits)
    if facts.capabilities:
        if service.get("cap_add") is not None:
            return None
        add = insertion(service, ("cap_add",), list(facts.capabilities), "")
        if add is None or len(add.edits) != 1 or len(edits) != 1:
            return None
        first, second = edits[0], add.edits[0]
        assert isinstance(first, Edit)
        assert isinstance(second, Edit)
        edits = [Edit(first.span, first.replacement + second.replacement)]
    return Fix(
        "Drop all capabilities but those that the image needs",
        tuple(edits),
        Applicability.UNSAFE,
        (f"{service.path}.cap_drop", f"{service.path}.cap_add"),
    )


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
    sources=(CHEATSHEET, SPEC + "#security_opt"),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good='services:\n  cache:\n    image: redis:7.4\n    security_opt: ["no-new-privileges:true"]\n',
            preset="hardened",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=4.0,
)
def new_privileges_allowed(service: Service) -> Iterator[Diagnostic]:
    """A program in the container may gain privileges, as `sudo` and set-uid programs do.

    `no-new-privileges:true` takes that away from the whole service; programs that only give up
    privileges (gosu, su-exec) go on working.
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
                    f'service "{service.name}" may gain privileges: no-new-privileges is false',
                    help="set it to true",
                    subject=f"{service.path}.security_opt",
                )
            return
    field = service.field("security_opt")
    yield Diagnostic(
        field.key if field else service.key,
        f'service "{service.name}" may gain privileges: no-new-privileges is not set',
        help="add no-new-privileges:true to its security_opt",
        subject=service.path,
        fix=_no_new_privileges(service),
    )


def _no_new_privileges(service: Service) -> Fix | None:
    title = "Set no-new-privileges"
    block = written_service(service)
    entry = block.entry("security_opt") if block else None
    if entry is None:
        option = '"no-new-privileges:true"'
        return insertion(service, ("security_opt",), [option], title)
    edit = (
        append_item(entry.value, '"no-new-privileges:true"')
        if isinstance(entry.value, Sequence)
        else None
    )
    if edit is None:
        return None
    return Fix(title, (edit,), Applicability.UNSAFE, (f"{service.path}.security_opt",))


@rule(
    "CF316",
    "writable-rootfs",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=("compose-lint:CL-0007",),
    sources=(CHEATSHEET, SPEC + "#read_only"),
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
    """The container's file system is writable: whoever breaks in can leave programs behind.

    `read_only: true` forbids it; folders that the program has to write go to volumes or `tmpfs`.
    The fix is offered where it is known which ones those are.
    """
    if not _confinable(service):
        return
    node = service.get("read_only")
    if node is not None and (node.unknown or is_true(node)):
        return
    yield Diagnostic(
        service.key if node is None else node,
        f'the file system of service "{service.name}" is writable',
        help="set read_only: true, with tmpfs for what it has to write",
        subject=service.path,
        fix=_read_only(service) if node is None else None,
    )


def _read_only(service: Service) -> Fix | None:
    facts = service.facts
    if facts is None or facts.writable_paths is None:
        return None
    fix = insertion(service, ("read_only",), "true", "Make the file system read-only")
    if fix is None:
        return None
    covered = {mount.target.rstrip("/") for mount in service.mounts} | {
        path.rstrip("/") for path in service.tmpfs
    }
    paths = [path for path in facts.writable_paths if path.rstrip("/") not in covered]
    if not paths:
        return fix
    if service.get("tmpfs") is not None:
        return None
    add = insertion(service, ("tmpfs",), paths, "")
    first, second = fix.edits[0], add.edits[0] if add else None
    if not isinstance(first, Edit) or not isinstance(second, Edit):
        return None
    edit = Edit(first.span, first.replacement + second.replacement)
    changes = (f"{service.path}.read_only", f"{service.path}.tmpfs")
    return Fix(fix.title, (edit,), Applicability.UNSAFE, changes)


@rule(
    "CF317",
    "root-user",
    Severity.WARNING,
    category="security",
    equivalents=("compose-lint:CL-0018",),
    sources=(CHEATSHEET, SPEC + "#user"),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    user: root  # error: root\n",
            good='services:\n  api:\n    image: acme/api:2.1\n    user: "1000:1000"\n',
        ),
    ),
    security_severity=6.0,
)
def root_user(service: Service) -> Iterator[Diagnostic]:
    """The service is told to run as root, which overrides the user that its image chose.

    A program that is broken into is then root inside the container, and root on the host as soon
    as it gets out. Services that run once, such as those that prepare a volume, are left alone, and
    so are images that start as root anyway and give it up themselves.
    """
    node = service.get("user")
    user = (text_of(node) or "").partition(":")[0].strip()
    if node is None or not user or service.container.runs_once:
        return
    facts = service.facts
    if facts is not None and facts.runs_as_root and facts.drops_privileges:
        return
    if user == "root" or (user.lstrip("+").isdigit() and int(user.lstrip("+")) == 0):
        yield Diagnostic(
            node,
            f'service "{service.name}" runs as root (user: {text_of(node)})',
            help="leave user out where the image has a user of its own, or name one without privileges",
            subject=f"{service.path}.user",
            evidence=text_of(node) or "",
        )


@rule(
    "CF324",
    "service-runs-as-root",
    Severity.WARNING,
    category="security",
    presets=("production", "hardened"),
    equivalents=("compose-lint:CL-0018",),
    sources=(CHEATSHEET, SPEC + "#user"),
    examples=(
        Example(
            bad="services:\n  report:\n    image: python:3.13  # error: python:3.13\n    command: python report.py\n",
            good='services:\n  report:\n    image: python:3.13\n    command: python report.py\n    user: "1000:1000"\n',
            preset="production",
        ),
    ),
    security_severity=5.0,
)
def image_runs_as_root(service: Service) -> Iterator[Diagnostic]:
    """The image is known to run its program as root, and no other user is set.

    Images that start as root and give it up themselves, as most databases do, are left alone, and
    so are images that are not known here. What a Dockerfile in the repository says is reported there.
    """
    facts = service.facts
    node = service.get("image")
    if (
        facts is None
        or node is None
        or service.get("user") is not None
        or service.container.runs_once
    ):
        return
    if facts.runs_as_root and facts.drops_privileges is False and not facts.one_shot:
        yield Diagnostic(
            node,
            f'image "{service.image}" of service "{service.name}" runs as root',
            help='set user: "1000:1000", or use a variant of the image that has a user of its own',
            subject=f"{service.path}.image",
            evidence=service.image or "",
        )


_UNCONFINED = {
    "seccomp": ("unconfined", "may use every system call"),
    "apparmor": ("unconfined", "runs without its AppArmor profile"),
    "label": ("disable", "runs without SELinux labels"),
}


@rule(
    "CF319",
    "confinement-off",
    Severity.WARNING,
    category="security",
    equivalents=(
        "compose-lint:CL-0009",
        "kics:seccomp_disabled",
        "kics:default_seccomp_profile_disabled",
    ),
    sources=(SECCOMP, SPEC + "#security_opt"),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    security_opt:\n      - seccomp:unconfined  # error: seccomp:unconfined\n      - no-new-privileges:true\n",
            good="services:\n  api:\n    image: acme/api:2.1\n    security_opt:\n      - no-new-privileges:true\n",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=7.0,
)
def confinement_off(service: Service) -> Iterator[Diagnostic]:
    """A profile that Docker applies by default is switched off: seccomp, AppArmor or SELinux.

    Each keeps a program that was broken into from the parts of the kernel where most ways out of a
    container begin. Give the service a profile of its own where the default forbids what it needs.
    The fix removes the entry.
    """
    found = [
        (item, name, _UNCONFINED[name][1])
        for item, name, value in _options(service)
        if name in _UNCONFINED and value == _UNCONFINED[name][0]
    ]
    if not found:
        return
    (first, _, what), *others = found
    yield Diagnostic(
        first,
        f'service "{service.name}" {what} ({text_of(first)})',
        help="delete it, or give the service a profile of its own",
        subject=f"{service.path}.security_opt",
        evidence=", ".join(name for _, name, _ in found),
        related=[Related(item.span, f"it also {what}") for item, _, what in others],
        fix=_remove_items(service, [item for item, _, _ in found]),
    )


def _remove_items(service: Service, items: list[Node]) -> Fix | None:
    """The fix that takes items out of ``security_opt``, or the whole key where none stays."""
    block = written_service(service)
    entry = block.entry("security_opt") if block else None
    sequence = entry.value if entry else None
    if block is None or entry is None or not isinstance(sequence, Sequence) or sequence.anchor:
        return None
    if any(item.file is not sequence.file or item.anchor for item in items):
        return None
    starts = {item.start for item in items}
    doomed = [item for item in sequence.items if item.start in starts]
    if len(doomed) != len(items):
        return None
    edits: list[Edit] = []
    if len(doomed) == len(sequence.items):
        edit = remove_entry(block, entry)
        if edit is None:
            return None
        edits.append(edit)
    elif sequence.flow:
        kept = [item for item in sequence.items if item.start not in starts]
        text = ", ".join(item.span.text for item in kept)
        if "#" in sequence.span.text or "\n" in sequence.span.text:
            return None
        edits.append(Edit(sequence.span, f"[{text}]"))
    else:
        text = sequence.file.text
        for item in doomed:
            start, end = line_start(text, item.start), line_end(text, item.end)
            if text[start : item.start].strip(" -") or "\n" in item.span.text:
                return None
            edits.append(Edit(Span(sequence.file, start, end), ""))
    return Fix(
        "Leave the default profile on",
        tuple(edits),
        Applicability.UNSAFE,
        (f"{service.path}.security_opt",),
    )


@rule(
    "CF322",
    "tmpfs-exec",
    Severity.INFO,
    category="security",
    presets=H,
    equivalents=("compose-lint:CL-0022",),
    sources=("https://docs.docker.com/engine/storage/tmpfs/", SPEC + "#tmpfs"),
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
    """A tmpfs lets programs run from it, though Docker mounts it without that by default.

    A folder that everybody may write and execute is where intruders put their tools. `suid` is
    worse still: such a program runs as its owner.
    """
    for item in nodes_of(service.get("tmpfs")):
        text = text_of(item) if isinstance(item, Scalar) else None
        path, _, options = (text or "").partition(":")
        bad = [option for option in options.split(",") if option.strip() in ("exec", "suid")]
        if bad:
            yield Diagnostic(
                item,
                f'the tmpfs {path} of service "{service.name}" is mounted with {" and ".join(bad)}',
                help=f"leave {' and '.join(bad)} out",
                subject=f"{service.path}.tmpfs",
                evidence=text or "",
            )
