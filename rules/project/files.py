"""Files that services mount or read, against those that are there."""

from __future__ import annotations

import re

from ...linter.base.text import Span
from ...linter.base.wording import and_list
from ...linter.compose.nodes import in_either_form, items_of, value_at
from ...linter.files.paths import beside
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar
from .._sources import SPEC
from ._absent import (
    advice,
    elsewhere,
    excuse,
    is_left_out,
    kept_elsewhere,
    run_from_elsewhere,
    template_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.compose.envfiles import ServiceEnvFile
    from ...linter.model.fields import Mount
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


_FILE_ENDINGS = frozenset((
    "acl", "cert", "cfg", "cjs", "cnf", "conf", "crt", "csr", "csv", "env", "gz", "hcl", "htm",
    "html", "htpasswd", "ini", "jks", "js", "json", "key", "lua", "md", "mjs", "p12", "pem", "php",
    "properties", "py", "rb", "rules", "sh", "sql", "tmpl", "toml", "ts", "txt", "xml", "yaml",
    "yml",
))  # fmt: skip
_FILE_NAMES = frozenset(
    (".env", ".htpasswd", "Caddyfile", "Corefile", "Procfile", "crontab", "hosts", "htpasswd")
)


@rule(
    "XF107",
    "bind-source-missing",
    Severity.WARNING,
    category="start",
    words=("volumes",),
    strict_in=("production", "hardened"),
    ignore_when="Where a deployment puts the file or folder there before the stack starts.",
    sources=(SPEC + "services/#volumes", "https://docs.docker.com/engine/storage/bind-mounts/"),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro  # error: ./nginx.conf\n",
            good="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./web/nginx.conf:/etc/nginx/nginx.conf:ro\n",
            files={"web/nginx.conf": "events {}\n"},
        ),
    ),
)
def bind_source_missing(service: Service) -> Iterator[Diagnostic]:
    """A file or folder that a service mounts does not exist, so Docker creates an empty folder instead.

    Where a file is meant, such as `nginx.conf`, the service finds a folder there and fails; the folder,
    owned by root, stays in the project. A folder that is mounted read-only is meant to hold something
    too. The key of a service account (`gcp-key.json`), which belongs on the server and not into git, is
    advice of stricter presets. A writable folder is where the service puts its data, and is left alone, unless
    `create_host_path: false` makes Docker refuse. Paths outside the project are not looked at.
    """
    project = service.stack.project
    if not service.runs_here:
        return
    for mount in service.mounts:
        path = mount.source
        if mount.type != "bind" or mount.unknown or not path or path.startswith(("/", "~")):
            continue
        if project.reader.kind(path) != "missing" or "\\" in path or path[1:2] == ":":
            continue
        made = _is_made(mount)
        is_file = _means_a_file(path, mount.target)
        if not (is_file or mount.read_only or not made):
            continue
        if not is_file:
            from ...linter.analysis.documents import maker_of

            if maker_of(project, path):
                continue
        reason = excuse(project, path) or elsewhere(project, service.stack.loaded.folder, path)
        source = value_at(mount.node, "source")
        result = "Docker creates an empty folder instead" if made else "Docker refuses to start"
        yield Diagnostic(
            source or mount.node,
            f'{path} does not exist, and service "{service.name}" mounts it at {mount.target}: '
            f"{result}{reason}",
            help=advice(project, path, "create it, or correct the path"),
            severity=Severity.INFO if reason else None,
            subject=f"{service.path}.volumes",
            evidence=beside(mount.node.file.path, path),
            strict=is_left_out(project, path) or _is_a_key(path),
        )


_KEYS = (
    r"(?:.*[-_.])?(?:service[-_]?account|credentials?|(?:gcs|gcp|google|firebase|sa|adc|private)[-_.]?key)"
    r"(?:[-_.].*)?\.json"
)


def _is_a_key(path: str) -> bool:
    """Whether a file is the key of a service account, which is put on the server, not into git."""
    return re.fullmatch(_KEYS, path.rpartition("/")[2].lower()) is not None


def _is_made(mount: Mount) -> bool:
    """Whether Docker makes a folder that does not exist."""
    node = value_at(mount.node, "bind", "create_host_path")
    return not (isinstance(node, Scalar) and node.value is False)


def _means_a_file(path: str, target: str) -> bool:
    """Whether the names on either side of a mount are those of a file."""
    name, name_inside = path.rpartition("/")[2], target.rstrip("/").rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    return (
        name in _FILE_NAMES
        or name_inside in _FILE_NAMES
        or (bool(stem) and ending.lower() in _FILE_ENDINGS)
    )


@rule(
    "XF110",
    "env-file-missing",
    Severity.ERROR,
    category="start",
    strict_in=("production", "hardened"),
    sources=(SPEC + "services/#env_file",),
    examples=(
        Example(
            bad="services:\n  api:\n    image: shop/api:2.1\n    env_file: settings/api.env  # error: settings/api.env\n",
            good="services:\n  api:\n    image: shop/api:2.1\n    env_file: settings/shop.env\n",
            files={"settings/shop.env": "PORT=3000\n"},
        ),
    ),
)
def env_file_missing(stack: Stack) -> Iterator[Diagnostic]:
    """A service or an include reads an env file that does not exist; Docker Compose refuses the stack.

    Docker Compose also refuses missing label files and empty names. `required: false` says that
    the file may be absent. One that git ignores, or that is made from a template beside it, is
    missing in every clone on purpose: `production` and `hardened` say so, with the command that
    makes it.
    """
    missing: dict[str, list[ServiceEnvFile]] = {}
    for file in stack.loaded.env_files:
        if file.kind != "missing" or not (file.required and file.active) or file.node.unknown:
            continue
        if not file.path:
            if "$" not in file.span.text:
                yield _without_name(file)
        elif not file.path.startswith("~"):
            missing.setdefault(file.path, []).append(file)
    yield from _missing_project_files(stack)
    for path, files in missing.items():
        first, *others = files
        reason = (
            excuse(stack.project, path)
            or elsewhere(stack.project, stack.loaded.folder, path)
            or run_from_elsewhere(stack)
            or kept_elsewhere(stack.project, path)
        )
        names = list(dict.fromkeys(file.service for file in files))
        read = f'service "{names[0]}" reads it'
        if len(names) > 1:
            more = f" and {len(names) - 3} more" if len(names) > 4 else ""
            read = f"services {and_list(names[:3] if more else names)}{more} read it"
        otherwise = (
            "create it, or set `required: false`" if first.role == "env_file" else "create it"
        )
        diagnostic = Diagnostic(
            first.span,
            f"{path} does not exist, and {read} as {first.role.replace('_', ' ')}: Docker Compose "
            f"refuses to start{reason}",
            help=advice(stack.project, path, otherwise),
            severity=Severity.INFO if reason else None,
            subject=f"services.{first.service}.{first.role}",
            evidence=beside(first.span.file.path, path),
            related=[Related(file.span, "it is read here too") for file in others],
            strict=is_left_out(stack.project, path) or template_of(stack.project, path) is not None,
        )
        diagnostic.owner = ("service", first.service)
        yield diagnostic


def _without_name(file: ServiceEnvFile) -> Diagnostic:
    """The finding on an env file or label file whose name is empty."""
    role = file.role.replace("_", " ")
    diagnostic = Diagnostic(
        file.span,
        f'the name of the {role} of service "{file.service}" is empty: Docker Compose refuses to '
        "start",
        help="name a file, or delete it",
        subject=f"services.{file.service}.{file.role}",
    )
    diagnostic.owner = ("service", file.service)
    return diagnostic


def _missing_project_files(stack: Stack) -> Iterator[Diagnostic]:
    """The findings on files of variables that an include, or the configuration, names."""
    for source in stack.loaded.sources:
        problem = source.problem
        if source.role != "dotenv" or problem is None or problem.kind != "file-missing":
            continue
        place = source.reference
        path = source.path
        if place is None:
            first = next(iter(stack.loaded.documents.values()), None)
            if first is None:
                continue
            place = Span(first.source, 0, len(first.source.text.partition("\n")[0]))
        elif "$" in place.text:
            continue  # The variable may be set where it runs.
        reason = excuse(stack.project, path) or elsewhere(stack.project, stack.loaded.folder, path)
        named = (
            "an include reads its variables from it"
            if source.reference
            else "it is the env file of the stack"
        )
        yield Diagnostic(
            place,
            f"{path} does not exist, and {named}: Docker Compose refuses to start{reason}",
            help=advice(stack.project, path, "create it, or correct the path"),
            severity=Severity.INFO if reason else None,
            subject="include" if source.reference else "",
            evidence=beside(place.file.path, path),
            strict=is_left_out(stack.project, path),
        )


@rule(
    "XF111",
    "secret-file-missing",
    Severity.WARNING,
    category="start",
    words=("secrets", "configs"),
    ignore_when="Where the deployment puts the file there before the stack starts.",
    sources=(SPEC + "secrets/", SPEC + "configs/"),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    configs:\n      - source: site\n        target: /etc/nginx/conf.d/default.conf\nconfigs:\n  site:\n    file: ./site.conf  # error: ./site.conf\n",
            good="services:\n  web:\n    image: nginx:1.30\n    configs:\n      - source: site\n        target: /etc/nginx/conf.d/default.conf\nconfigs:\n  site:\n    file: ./web/site.conf\n",
            files={"web/site.conf": "server {}\n"},
        ),
    ),
)
def secret_file_missing(stack: Stack) -> Iterator[Diagnostic]:
    """The file of a secret or config does not exist, so the services that use it do not start.

    A secret that git ignores, or that is made from a template, is missing in every clone: advice.
    Paths outside the project are not looked at.
    """
    project, folder = stack.project, stack.loaded.folder
    for kind in ("secrets", "configs"):
        users_by_name = _users(stack, kind)
        for name, resource in stack.resources(kind).items():
            node = resource.node.get("file") if resource.node is not None else None
            path = text_of(node)
            if node is None or not path or path.startswith(("~", "/")):
                continue
            users = users_by_name.get(name)
            if not users or project.reader.kind(path) != "missing":
                continue
            reason = excuse(project, path) or elsewhere(project, folder, path)
            names = [service.name for service in users]
            services = f"service{'s' if names[1:] else ''} {and_list(names)}"
            yield Diagnostic(
                node,
                f'{path}, the file of the {kind[:-1]} "{name}", does not exist: {services} cannot '
                f"start without it{reason}",
                help=advice(project, path, "create it, or correct the path"),
                severity=Severity.INFO if reason else None,
                subject=f"{kind}.{name}",
                evidence=beside(node.file.path, path),
                related=[Related(users[0].key.span, "it is used here")],
            )


def _users(stack: Stack, kind: str) -> dict[str, list[Service]]:
    """The services that are given each secret or config, themselves or for their build."""
    users: dict[str, list[Service]] = {}
    for service in stack.services.values():
        items = (*items_of(service.get(kind)), *items_of(service.get("build", kind)))
        names = (text_of(in_either_form(item, "source")) for item in items)
        for name in dict.fromkeys(name for name in names if name):
            users.setdefault(name, []).append(service)
    return users
