"""Whether data outlives the container that holds it."""

from __future__ import annotations

from ...linter.edit import add_entry, append_item, written_root, written_service
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml import Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.model import Mount, Service, Stack

SPEC = "https://docs.docker.com/reference/compose-file/"

_MOVES = (
    "datadir",
    "dbpath",
    "data-dir",
    "data.dir",
    "data_directory",
    "path.data",
    "storage.",
    "--dir",
)
"""What an argument holds that puts the data elsewhere."""


@rule(
    "CF250",
    "data-not-persistent",
    Severity.WARNING,
    category="maintenance",
    sources=(
        SPEC + "services/#volumes",
        "https://docs.docker.com/engine/storage/volumes/",
    ),
    examples=(
        Example(
            bad="services:\n  db:  # error: db\n    image: postgres:17\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - db_data:/var/lib/postgresql/data\nvolumes:\n  db_data:\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def data_not_persistent(service: Service) -> Iterator[Diagnostic]:
    """A database keeps its data inside the container, where the next update or `down` deletes it.

    Known for images of databases, search engines, brokers and applications that store on disk. A
    volume or folder on the data path, above it or below it counts, so does a tmpfs, which says that
    the data may go. Caches, stacks for tests and services whose data path is set by a variable or an
    argument are left alone. An anonymous volume outlives an update, not `down`: that is advice. The
    fix adds a named volume.
    """
    if not service.runs_here or service.stack.is_test or service.container.runs_once:
        return
    facts = service.container.facts
    if facts is None or not facts.stateful or not facts.data_paths or facts.kind == "cache":
        return
    if service.on_windows or _moved(service, facts) or _wrong(service, facts) is not None:
        return
    paths = facts.data_paths
    if any(path in target for target in service.tmpfs for path in paths):
        return
    mounts = [
        mount for mount in service.mounts if any(_touches(mount.target, path) for path in paths)
    ]
    if any(mount.source or mount.type != "volume" or mount.unknown for mount in mounts):
        return
    shown = facts.data_path or " or ".join(paths)
    if mounts:
        yield Diagnostic(
            mounts[0].node,
            f'the data of service "{service.name}" is in an anonymous volume, which `down` leaves behind',
            help="give the volume a name",
            severity=Severity.INFO,
            subject=f"{service.path}.volumes",
            evidence=shown,
        )
        return
    yield Diagnostic(
        service.key,
        f'service "{service.name}" keeps its data inside the container: nothing is mounted at {shown}',
        help=f"mount a named volume at {facts.data_path or 'its data path'}",
        subject=service.path,
        fix=_named_volume(service, facts.data_path) if facts.data_path else None,
    )


@rule(
    "CF251",
    "data-path-wrong",
    Severity.ERROR,
    category="maintenance",
    sources=(
        SPEC + "services/#volumes",
        "https://github.com/docker-library/docs/blob/master/postgres/README.md#pgdata",
    ),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:16\n    volumes:\n      - db_data:/var/lib/postgresql  # error: db_data:/var/lib/postgresql\nvolumes:\n  db_data:\n",
            good="services:\n  db:\n    image: postgres:16\n    volumes:\n      - db_data:/var/lib/postgresql/data\nvolumes:\n  db_data:\n",
        ),
    ),
)
def data_path_wrong(service: Service) -> Iterator[Diagnostic]:
    """A volume lies beside the path where this version of the image keeps its data: it stays empty.

    Until version 17, PostgreSQL's image keeps its data in `/var/lib/postgresql/data` and has an
    anonymous volume there, which hides one that is mounted above it; from 18 on it is the other way
    round. Everything looks right until the container is replaced.
    """
    facts = service.container.facts
    if facts is None or service.on_windows or not service.is_container:
        return
    mount = _wrong(service, facts)
    if mount is None or _moved(service, facts):
        return
    name = f"{facts.name} {'.'.join(map(str, facts.version))}" if facts.version else facts.name
    yield Diagnostic(
        mount.node,
        f'service "{service.name}" has its volume at {mount.target}, but {name} keeps its data in '
        f"{facts.data_path or facts.data_paths[0]}: it is lost with the container",
        help=f"mount the volume at {facts.data_path or facts.data_paths[0]}",
        subject=f"{service.path}.volumes",
        evidence=mount.target,
    )


@rule(
    "CF252",
    "shared-writable-volume",
    Severity.INFO,
    category="security",
    presets=("hardened",),
    equivalents=("kics:volume_mounted_in_multiple_containers",),
    sources=("https://docs.docker.com/engine/storage/volumes/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.29\n    volumes:\n      - uploads:/usr/share/nginx/html  # error: uploads\nvolumes:\n  uploads:\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.29\n    volumes:\n      - uploads:/usr/share/nginx/html:ro\nvolumes:\n  uploads:\n",
        ),
    ),
)
def shared_writable_volume(stack: Stack) -> Iterator[Diagnostic]:
    """Several services can write to one volume, so one that is taken over can change what others read.

    Mount it read-only wherever a service only reads.
    """
    users: dict[str, list[tuple[Service, Mount]]] = {}
    for service in stack.services.values():
        if not service.runs_here:
            continue
        for mount in service.mounts:
            if mount.type == "volume" and mount.source and not (mount.read_only or mount.unknown):
                users.setdefault(mount.source, []).append((service, mount))
    for name, found in users.items():
        owners = {service.name for service, _ in found}
        if len(owners) < 2:
            continue
        (first, mount), *others = found[::-1]
        shown = ", ".join(f'"{owner}"' for owner in sorted(owners))
        yield Diagnostic(
            mount.node,
            f'the volume "{name}" can be written by {shown}',
            help="mount it with :ro where a service only reads",
            subject=f"volumes.{name}",
            evidence=shown,
            related=[
                Related(other.node.span, f'"{service.name}" can write to it')
                for service, other in others
                if service is not first
            ],
        )


def _touches(target: str, path: str) -> bool:
    """Whether a mount lies on a path, above it or below it."""
    target = target.rstrip("/") or "/"
    return target == path or path.startswith(f"{target}/") or target.startswith(f"{path}/")


def _wrong(service: Service, facts: ImageFacts) -> Mount | None:
    """The volume that was meant for the data and does not hold it."""
    if not facts.wrong_data_paths:
        return None
    found: Mount | None = None
    for mount in service.mounts:
        target = mount.target.rstrip("/")
        if mount.unknown:
            return None
        if target in facts.wrong_data_paths:
            found = found or (mount if mount.type in ("volume", "bind") else None)
        elif any(target == path or target.startswith(f"{path}/") for path in facts.data_paths):
            return None
    return found


def _moved(service: Service, facts: ImageFacts) -> bool:
    """Whether a variable or an argument puts the data elsewhere, or may do so."""
    names = facts.data_path_variables
    if any(name in service.environment for name in names):
        return True
    for file in service.stack.loaded.env_files:
        if file.service == service.name and names:
            if file.syntax is None:
                return True
            if any(entry.key in names for entry in file.syntax.entries):
                return True
    for stage in service.container.chain:
        scope = stage.final.scope
        if any(scope.find(name) is not None for name in names):
            return True
    if service.get("volumes_from") is not None or any(mount.unknown for mount in service.mounts):
        return True
    for name in ("command", "entrypoint"):
        node = service.get(name)
        if node is not None and node.unknown:
            return True
    text = service.container.command_text
    return any(mark in text for mark in _MOVES) or " -D " in f" {text} "


def _named_volume(service: Service, path: str) -> Fix | None:
    block, root = written_service(service), written_root(service)
    if block is None or root is None:
        return None
    name = f"{service.name.replace('-', '_').replace('.', '_')}_data"
    if name in service.stack.volumes:
        return None
    item = f"{name}:{path}"
    entry = block.entry("volumes")
    edit: Edit | None
    if entry is None:
        if service.get("volumes") is not None:
            return None
        edit = add_entry(block, ("volumes",), (item,))
    else:
        listed = entry.value
        plain = isinstance(listed, Sequence) and all(
            isinstance(one, Scalar) for one in listed.items
        )
        edit = append_item(listed, item) if plain and isinstance(listed, Sequence) else None
    top = add_entry(root, ("volumes", name), "")
    if edit is None or top is None:
        return None
    return Fix(
        f"Mount the volume {name} at {path}",
        # Where both are put at the end of the file, the one that comes last stands first.
        (top, edit),
        Applicability.UNSAFE,
        (f"{service.path}.volumes", f"volumes.{name}", "volumes"),
    )
