"""Whether data outlives the container that holds it."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.analysis.development import is_started_by_spring
from ...linter.analysis.overlay import base_sets
from ...linter.base.wording import and_list
from ...linter.edits.yaml import add_entry, append_item, written_root, written_service
from ...linter.files.paths import is_inside, join_path, seen_from
from ...linter.model.values import is_unknown
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar, Sequence
from .._sources import SPEC
from ._nodes import is_true

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.model.fields import Mount
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


_DATA_OPTIONS = (
    "datadir", "dbpath", "data-dir", "data.dir", "data_directory", "path.data", "storage.", "--dir",
)  # fmt: skip
"""Parts of arguments that set where the data is kept."""


@rule(
    "CF250",
    "data-not-persistent",
    Severity.WARNING,
    category="maintenance",
    ignore_when=(
        "Where the data may go: a demonstration, a test, a store that is filled again at "
        "each start."
    ),
    sources=(SPEC + "services/#volumes", "https://docs.docker.com/engine/storage/volumes/"),
    examples=(
        Example(
            bad="services:\n  db:  # error: db\n    image: postgres:17\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - db_data:/var/lib/postgresql/data\nvolumes:\n  db_data:\n",
        ),
    ),
    fix=Applicability.SUGGESTION,
)
def data_not_persistent(service: Service) -> Iterator[Diagnostic]:
    """A database stores its data inside the container, where the next update or `down` deletes it.

    Why: Everything that was stored is gone then, and no backup of a volume has it.

    Known for images of databases, search engines, brokers and applications that store on disk. A
    volume or folder on the data path, above it or below it counts, so does a tmpfs, which says that
    the data may go. Caches, stacks for tests and services whose data path is set by a variable or an
    argument are left alone, relational databases that a Spring program makes anew at each start
    (`spring.jpa.hibernate.ddl-auto=create`), stacks that Spring Boot starts for developers (`spring-boot-docker-compose`), and so are those whose command runs no database but a client of one
    (`crond`, `pg_dump`). An anonymous volume outlives an update, not `down`: that is advice. The
    named volumes to mount are a suggestion, never applied: a new volume starts empty, so data that
    exists has to be dumped or copied before.
    """
    container = container_of(service)
    if not service.runs_here or service.stack.is_test or container.runs_once:
        return
    if container.runs_another_program:
        return
    facts = container.facts
    if facts is None or not facts.stateful or not facts.data_paths or facts.kind == "cache":
        return
    if service.on_windows or _may_be_moved(service, facts) or _misplaced(service, facts):
        return
    from ...linter.analysis.settings import keeps_data

    if keeps_data(service, facts.name) is not True:
        return
    paths = facts.data_paths
    if any(path in target for target in service.tmpfs for path in paths):
        return
    mounts = [
        mount for mount in service.mounts if any(_touches(mount.target, path) for path in paths)
    ]
    if any(mount.source or mount.type != "volume" or mount.unknown for mount in mounts):
        return
    if not mounts and (is_true(service.get("read_only")) or base_sets(service, ("volumes",))):
        return  # it can write nothing there, or a base may mount a volume
    if not mounts and (is_started_by_spring(service.stack) or _is_made_anew(service, facts)):
        return
    shown = facts.data_path or " or ".join(paths)
    if mounts:
        yield Diagnostic(
            mounts[0].node,
            f'the data of service "{service.name}" is in an anonymous volume, which is not used again after `docker compose down`',
            help="give the volume a name",
            severity=Severity.INFO,
            subject=f"{service.path}.volumes",
            evidence=shown,
        )
        return
    path, variables = facts.data_path, facts.data_path_variables
    wanted = [
        each
        for each in facts.all_data_paths or ((path,) if path is not None else ())
        if not any(_touches(mount.target, each) for mount in service.mounts)
    ]
    volumes = "a named volume" if len(wanted) < 2 else "named volumes"
    where = and_list(wanted, "") or "its data path"
    help_text = (
        f"mount {volumes} at {where}; {'it starts' if len(wanted) < 2 else 'they start'} empty, so dump "
        "or copy existing data first"
    )
    if path is not None and path.startswith("/tmp/") and variables:
        # Its user could not write to a new volume there.
        help_text = f"set {variables[0]} to a folder that is on a named volume"
        wanted = []
    if facts.all_data_paths:
        shown = " and ".join(wanted)
    yield Diagnostic(
        service.key,
        f'the data of service "{service.name}" is deleted with its container: nothing is mounted at {shown}',
        help=help_text,
        subject=service.path,
        fix=(lambda: _named_volumes(service, wanted)) if wanted else None,
    )


_DDL = r"ddl-auto[ \t]*[:=][ \t]*[\"']?create(?:-drop)?[\"']?[ \t]*(?:#.*)?$"
_MOST_SETTINGS = 20


def _holds_settings(path: str) -> bool:
    return "src/main/resources/application" in path and path.endswith(
        (".properties", ".yml", ".yaml")
    )


def _is_made_anew(service: Service, facts: ImageFacts) -> bool:
    """Whether a Spring program of the repository drops the tables of its database when it starts."""
    if facts.name not in ("mariadb", "mysql", "postgres", "postgis/postgis", "pgvector/pgvector"):
        return False
    project = service.stack.project
    root = seen_from(project.reader.base, project.reader.root)
    paths = project.files_like("settings of Spring", root, _holds_settings)
    texts = [project.text(join_path(root, path)) or "" for path in paths[:_MOST_SETTINGS]]
    said = [text for text in texts if "ddl-auto" in text]
    return bool(said) and all(re.search(_DDL, text, re.MULTILINE) for text in said)


@rule(
    "CF251",
    "data-path-wrong",
    Severity.WARNING,
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
    """A volume is not at the path where this version of the image stores its data: it stays empty.

    Until version 17, PostgreSQL's image keeps its data in `/var/lib/postgresql/data` and has an
    anonymous volume there, which hides one that is mounted above it; from 18 on it is the other way
    round. Everything looks right until the container is replaced. Only PostgreSQL's own image from 18
    on, and what is built from it with the same entry point, notices a volume at the old path, and
    refuses to start (error). A tag without a version is that of
    the newest release, which is a warning: an older image may be on the machine.
    """
    facts = container_of(service).facts
    if facts is None or service.on_windows or not service.is_container:
        return
    mount = _misplaced(service, facts)
    if mount is None or _may_be_moved(service, facts):
        return
    name = f"{facts.name} {'.'.join(map(str, facts.version))}" if facts.version else facts.name
    path = facts.data_path or facts.data_paths[0]
    entrypoint = container_of(service).entrypoint
    refused = (
        (entrypoint is None or any(word.endswith("docker-entrypoint.sh") for word in entrypoint))
        and facts.name == "postgres"
        and mount.target.rstrip("/") == "/var/lib/postgresql/data"
    )
    if facts.version is None and facts.name == "postgres":
        name = "the newest postgres"
    effect = "the service does not start" if refused else "the data is lost with the container"
    yield Diagnostic(
        mount.node,
        f'the volume of service "{service.name}" is at {mount.target}, but {name} stores its data in '
        f"{path}: {effect}",
        help=f"mount the volume at {path}",
        severity=Severity.ERROR if refused and facts.version is not None else None,
        subject=f"{service.path}.volumes",
        evidence=mount.target,
    )


@rule(
    "CF252",
    "shared-writable-volume",
    Severity.INFO,
    category="security",
    presets=("hardened",),
    equivalents=("kics:shared_volumes_between_containers",),
    ignore_when=(
        "Where both services have to write, such as one that takes uploads and one that "
        "resizes them."
    ),
    sources=("https://docs.docker.com/engine/storage/volumes/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.30\n    volumes:\n      - uploads:/usr/share/nginx/html  # error: uploads\nvolumes:\n  uploads:\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.30\n    volumes:\n      - uploads:/usr/share/nginx/html:ro\nvolumes:\n  uploads:\n",
        ),
    ),
)
def shared_writable_volume(stack: Stack) -> Iterator[Diagnostic]:
    """Several services can write to one volume, so one that is taken over can change what others read.

    Mount it read-only wherever a service only reads. Services of one image, such as an application and
    its worker, count as one.
    """
    users: dict[str, list[tuple[Service, Mount]]] = {}
    for service in stack.services.values():
        if not service.runs_here:
            continue
        for mount in service.mounts:
            if mount.type == "volume" and mount.source and not (mount.read_only or mount.unknown):
                users.setdefault(mount.source, []).append((service, mount))
    for name, uses in users.items():
        services = {service.name for service, _ in uses}
        if len(services) < 2 or len({_program_of(service) for service, _ in uses}) < 2:
            continue
        (first, mount), *others = uses[::-1]
        names = sorted(services)
        yield Diagnostic(
            mount.node,
            f'the volume "{name}" is writable in services {and_list(names)}',
            help="add `:ro` where a service only reads",
            subject=f"volumes.{name}",
            evidence=", ".join(f'"{each}"' for each in names),
            related=[
                Related(other.node.span, f'service "{service.name}" can write to it')
                for service, other in others
                if service is not first
            ],
        )


def _program_of(service: Service) -> str:
    """What tells a service's program from others: its image, or what it is built from."""
    build = service.build
    if build is None:
        return service.image or service.name
    parts = (build.text(key) or "" for key in ("context", "dockerfile", "target"))
    return "\n".join(parts)


def _touches(target: str, path: str) -> bool:
    """Whether a mount's target is a path, above it or below it."""
    target = target.rstrip("/") or "/"
    return is_inside(target, path) or is_inside(path, target)


def _misplaced(service: Service, facts: ImageFacts) -> Mount | None:
    """The mount beside the image's data paths, where another version of the image has its data.

    None where a further mount may contain the data.
    """
    if not facts.wrong_data_paths:
        return None
    misplaced: list[Mount] = []
    for mount in service.mounts:
        target = mount.target.rstrip("/")
        if mount.unknown:
            return None
        if target in facts.wrong_data_paths:
            misplaced += [mount] if mount.type in ("volume", "bind") else []
        elif any(is_inside(path, target) for path in facts.data_paths):
            return None
    return misplaced[0] if misplaced else None


def _may_be_moved(service: Service, facts: ImageFacts) -> bool:
    """Whether a variable, a mount or an argument may set another path for the data."""
    names = facts.data_path_variables
    if any(name in service.environment for name in names):
        return True
    for file in service.env_files if names else ():
        # A file that cannot be read may set the path.
        if file.syntax is None or any(entry.key in names for entry in file.syntax.entries):
            return True
    for stage in container_of(service).chain:
        if any(stage.final.scope.find(name) is not None for name in names):
            return True
    if service.get("volumes_from") is not None or any(mount.unknown for mount in service.mounts):
        return True
    if is_unknown(service.get("command")) or is_unknown(service.get("entrypoint")):
        return True
    from ...linter.analysis.settings import may_move_data

    if may_move_data(service, facts.data_paths):
        return True
    text = container_of(service).command_text
    return any(option in text for option in _DATA_OPTIONS) or " -D " in f" {text} "


def _named_volumes(service: Service, paths: list[str]) -> Fix | None:
    """Mount new named volumes at these paths: a suggestion, as they do not contain the data yet."""
    block, root = written_service(service), written_root(service)
    if block is None or root is None:
        return None
    stem = f"{service.name.replace('-', '_').replace('.', '_')}_data"
    names = [stem]
    if len(paths) > 1:
        names = [
            f"{stem}_{path.rpartition('/')[2]}".replace("_data_data", "_data") for path in paths
        ]
    if len(set(names)) < len(paths) or any(name in service.stack.volumes for name in names):
        return None
    items = tuple(f"{name}:{path}" for name, path in zip(names, paths, strict=True))
    entry = block.entry("volumes")
    edit: Edit | None = None
    if entry is None:
        if service.get("volumes") is None:
            edit = add_entry(block, ("volumes",), items)
    elif isinstance(entry.value, Sequence) and all(
        isinstance(mount, Scalar) for mount in entry.value.items
    ):
        sequence = entry.value
        edit = _joined([append_item(sequence, item) for item in items])
    if root.entry("volumes") is None:
        top = add_entry(root, ("volumes",), dict.fromkeys(names, ""))
    else:
        top = _joined([add_entry(root, ("volumes", name), "") for name in names])
    if edit is None or top is None:
        return None
    title = f"Mount the volume {names[0]} at {paths[0]}"
    if len(paths) > 1:
        title = f"Mount the volumes {', '.join(names)} at {', '.join(paths)}"
    return Fix(
        f"{title} (dump or copy existing data first)",
        # Where both are inserted at the end of the file, the first edit becomes the last lines.
        (top, edit),
        Applicability.SUGGESTION,
        (f"{service.path}.volumes", *(f"volumes.{name}" for name in names), "volumes"),
    )


def _joined(edits: list[Edit | None]) -> Edit | None:
    """One edit for several at one place; None if one of them is not possible."""
    made = [edit for edit in edits if edit is not None]
    if len(made) < len(edits) or any(edit.span != made[0].span for edit in made):
        return None
    return Edit(made[0].span, "".join(edit.replacement for edit in made))
