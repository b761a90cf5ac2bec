"""What gives others access to a service: no password, debuggers, writable configuration."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.analysis.shared import sharing
from ...linter.base.names import STORES
from ...linter.files.paths import beside
from ...linter.model.values import text_list, text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.secrets.names import PASSWORD, secret_kind
from ...linter.source.yaml.nodes import Mapping
from .._sources import FIREWALL, SERVICES
from ._nodes import append_to_mapping, nodes_of, shown_image, source_of
from ._ports import inner, open_ports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.fields import Mount
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node


_SWITCHES_OFF = {
    "POSTGRES_HOST_AUTH_METHOD": ("trust",),
    "MYSQL_ALLOW_EMPTY_PASSWORD": None,
    "MARIADB_ALLOW_EMPTY_PASSWORD": None,
    "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": None,
    "ALLOW_EMPTY_PASSWORD": ("yes", "true", "1"),
    "xpack.security.enabled": ("false",),
    "plugins.security.disabled": ("true",),
    "DISABLE_SECURITY_PLUGIN": ("true",),
}
"""Variables that mean the same in every image, with the values that count (None: any)."""

_PRIVATE_KINDS = (STORES - {"broker"}) | {"admin-panel"}
"""Kinds of images that should ask for a password."""

_CONFIG_FOLDERS = ("/etc", "/usr/local/etc", "/usr/share", "/config", "/opt")


def _is_for_development(service: Service, place: Span) -> bool:
    """Whether the stack, the service or the file with the place is for development."""
    from ...linter.analysis.development import is_for_development

    return is_for_development(service, place)


@rule(
    "CF341",
    "authentication-off",
    Severity.WARNING,
    category="security",
    strict_in=("hardened",),
    ignore_when=(
        "Where only services of this stack can reach it, and each of them may read and "
        "change everything."
    ),
    sources=(
        "https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html",
        FIREWALL,
    ),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust  # error: trust\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n    volumes: [data:/var/lib/postgresql/data]\n    secrets: [db_password]\nvolumes:\n  data:\nsecrets:\n  db_password:\n    file: ./secrets/db_password\n",
        ),
        Example(
            bad='services:\n  cache:\n    image: redis:7.4  # error: redis:7.4\n    ports:\n      - "6379:6379"\n',
            good='services:\n  cache:\n    image: redis:7.4\n    command: redis-server --requirepass ${REDIS_PASSWORD:?set it in .env}\n    ports:\n      - "127.0.0.1:6379:6379"\n',
            preset="hardened",
        ),
    ),
    security_severity=7.5,
)
def authentication_off(service: Service) -> Iterator[Diagnostic]:
    """No password is required: authentication is disabled, or the image has none by default.

    Why: Whoever reaches the port can read and change everything.

    The second counts only where a database, cache, search engine or admin panel is published to
    other machines and neither a variable, an argument nor a mounted configuration changes it;
    `port-on-all-interfaces` says so too, so it is reported under `hardened` only. In stacks for tests
    and development, what is switched off is graded lower; where only the own machine reaches it
    (`127.0.0.1:3000:3000`) and a comment of the file speaks of it, that is left to `hardened`.
    """
    if container_of(service).is_task:
        return  # a client of another service
    switches = list(_switched_off(service))
    node = service.get("image")
    if switches:
        (first, shown), *others = switches
        mild = _is_for_development(service, first) or _only_reads(service, shown)
        yield Diagnostic(
            first,
            f'service "{service.name}" requires no password: {shown}',
            help="set a password, in a secret or in an env file that git ignores",
            severity=Severity.INFO if mild else None,
            subject=f"{service.path}.environment",
            evidence=shown,
            related=[Related(span, other) for span, other in others],
            strict=_is_open_on_purpose(service, shown),
        )
    elif node is not None and published_without_password(service):
        yield Diagnostic(
            node,
            f'service "{service.name}" is published to other machines, and {shown_image(service)} requires no password',
            help="set a password, or bind its ports to 127.0.0.1",
            severity=Severity.INFO if _is_for_development(service, node.span) else None,
            subject=f"{service.path}.image",
            evidence=service.image or "",
            strict=True,
        )


def _is_open_on_purpose(service: Service, shown: str) -> bool:
    """Whether only the own machine reaches the service, and a comment of the file speaks of it."""
    if any(port.all_interfaces or port.unknown for port in service.ports) or not service.ports:
        return False
    word = "anonym" if "ANONYMOUS" in shown else "auth"
    return any(
        re.search(rf"^[ \t]*#.*{word}", document.source.text, re.IGNORECASE | re.MULTILINE)
        for document in service.stack.loaded.documents.values()
    )


def _switched_off(service: Service) -> Iterator[tuple[Span, str]]:
    """The variables and arguments that switch authentication off: where, and the text."""
    facts = service.facts
    for variable in service.environment.values():
        name, value = variable.name, variable.value
        if value is None or variable.unknown:
            continue
        values = _SWITCHES_OFF.get(name, ())
        by_name = bool(value) if values is None else value.strip().lower() in values
        if not by_name and not (facts and facts.switches_authentication_off(name, value)):
            continue
        if name.startswith("TRAEFIK_") and not _publishes(service, 8080):
            continue
        # Such a variable only permits to set no password; one that is set counts.
        if ("ALLOW_EMPTY" in name or "ALLOW_NONE" in name) and _has_password(service):
            continue
        yield variable.value_span, f"{name}={value}"
    if facts is None or not facts.authentication_off_arguments:
        return
    for node in (*nodes_of(service.get("command")), *nodes_of(service.get("entrypoint"))):
        text = text_of(node) or ""
        for argument in facts.authentication_off_arguments:
            if "api.insecure" in argument and not _publishes(service, 8080):
                continue
            if re.search(rf"(?:^|\s){re.escape(argument)}(?:\s|\Z)", text):
                yield node.span, argument
                break


def _has_password(service: Service) -> bool:
    return any(
        (variable.value or variable.unknown)
        and secret_kind(variable.name.removesuffix("_FILE")) == PASSWORD
        for variable in service.environment.values()
    )


def _publishes(service: Service, target: int) -> bool:
    return any(port.target == target for port in open_ports(service))


def _only_reads(service: Service, shown: str) -> bool:
    """Whether those who come in without a password may only look (Grafana's viewers)."""
    if not shown.startswith("GF_AUTH_ANONYMOUS_ENABLED"):
        return False
    role = service.environment.get("GF_AUTH_ANONYMOUS_ORG_ROLE")
    return role is None or (role.value or "").lower() != "admin"


def published_without_password(service: Service) -> bool:
    """Whether other machines reach an image that asks for no password, and nothing changes that."""
    facts = service.facts
    if facts is None or facts.kind not in _PRIVATE_KINDS:
        return False
    if facts.authentication_default is not False:
        return False
    if any(service.get(key) is not None for key in ("env_file", "configs", "secrets")):
        return False
    if not any(inner(service, port) for port in open_ports(service)):
        return False
    if any(name in service.environment for name in facts.authentication_on_variables):
        return False
    if any(mount.unknown or mount.target.startswith(_CONFIG_FOLDERS) for mount in service.mounts):
        return False
    from ...linter.analysis.mounted import configuration_of

    if not configuration_of(service).is_default:
        return False
    for node in (service.get("command"), service.get("entrypoint")):
        texts = text_list(node) or []
        command = " ".join(texts)
        if len(texts) < len(nodes_of(node)) or any(
            part in command
            for part in (".conf", ".y", "config", *facts.authentication_on_arguments)
        ):
            return False
    return True


_DEBUG = {
    "NODE_ENV": ("development", "dev", "test"),
    "FLASK_ENV": ("development",),
    "RAILS_ENV": ("development", "test"),
    "RACK_ENV": ("development", "test"),
    "APP_ENV": ("dev", "development"),
    "ASPNETCORE_ENVIRONMENT": ("development",),
    "DOTNET_ENVIRONMENT": ("development",),
    "DEBUG": ("1", "true", "yes", "on", "*"),
    **dict.fromkeys(("FLASK_DEBUG", "DJANGO_DEBUG", "APP_DEBUG"), ("1", "true", "yes", "on")),
    **dict.fromkeys(("WP_DEBUG", "WORDPRESS_DEBUG"), ("1", "true")),
}
"""Variables that choose a mode for development, with the values that do."""

_DEBUGGER = (
    r"-agentlib:jdwp|-Xrunjdwp|--inspect(?:-brk)?=(?:0\.0\.0\.0|\*)|debugpy\b.*--listen|\bdlv\s+(?:debug|exec|attach)"
    r"|XDEBUG_MODE=\w*debug|\bflask\s+(?:[^;&|]*\s)?--debug\b"
)
_RELOADS = r"--reload\b|\bnodemon\b|\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:dev|start:dev|watch)\b|\bmanage\.py\s+runserver\b|\bnext\s+dev\b"


@rule(
    "CF342",
    "debug-in-production",
    Severity.WARNING,
    category="security",
    presets=("production", "hardened"),
    ignore_when=(
        "Where the stack is for development and nothing shows it. A name such as "
        "`compose.dev.yaml` tells all rules so."
    ),
    sources=("https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html",),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    environment:\n      NODE_ENV: development  # error: development\n",
            good="services:\n  api:\n    image: acme/api:2.1\n    environment:\n      NODE_ENV: production\n",
            preset="production",
        ),
    ),
    security_severity=5.0,
)
def debug_in_production(service: Service) -> Iterator[Diagnostic]:
    """The service runs in development mode: it shows its errors, or a debugger listens.

    Why: Errors show code and settings to everyone who can call the service, and a debugger runs
    what it is sent.

    `NODE_ENV=development`, `DEBUG=1`, `FLASK_DEBUG` and the like, commands that reload on every
    change (`--reload`, `nodemon`, `npm run dev`) and remote debuggers count; through the latter
    anyone who reaches the port runs code. What is for development is left alone: stacks, services,
    profiles, targets and overlays whose names say so, `compose.override.yaml`, and services with
    `develop`.
    """
    if service.stack.is_test:
        return
    findings: list[tuple[Span, str]] = []
    for variable in service.environment.values():
        value = variable.value
        if value is None or variable.unknown:
            continue
        shown = f"{variable.name}={value}"
        if value.strip().lower() in _DEBUG.get(variable.name.upper(), ()):
            findings.append((variable.value_span, shown))
        elif "$" not in variable.value_span.text and (match := re.search(_DEBUGGER, shown)):
            findings.append((variable.value_span, f"a debugger ({match[0]})"))
    for node in (service.get("command"), service.get("entrypoint")):
        texts = text_list(node)
        if node is None or not texts:
            continue
        command = " ".join(texts)
        for pattern, mode in ((_DEBUGGER, "a debugger"), (_RELOADS, "a development server")):
            match = re.search(pattern, command)
            if match:
                word = match[0].split()[0]
                items = (item for item in nodes_of(node) if word in (text_of(item) or ""))
                findings.append((next(items, node).span, f"{mode} ({match[0]})"))
                break
    findings = [(span, text) for span, text in findings if not _is_for_development(service, span)]
    if not findings:
        return
    (first, mode), *others = findings
    yield Diagnostic(
        first,
        f'service "{service.name}" runs with {mode}',
        help="use production mode here, and move this to an override file for development",
        subject=service.path,
        evidence=mode,
        related=[Related(span, other) for span, other in others],
    )


_READ_ONLY_FILE = (
    r".*\.(?:htpasswd|crt|cer|pem|key|sql|sh|rules|tmpl|template|vcl)\Z"
    r"|(?:.*/)?(?:.*[._-])?(?:Caddyfile|Corefile|nginx\.conf|haproxy\.cfg|httpd\.conf|my\.cnf|php\.ini)\Z"
)
"""Files that no program writes that reads them: certificates, scripts, configuration of servers."""

_CONFIG_FILE = r".*\.(?:conf|cnf|cfg|ini|ya?ml|toml|json|xml|properties)\Z"
"""Files of configuration; some programs, such as dashboards with an editor, write their own."""

_WRITTEN_BY_PROGRAMS = (
    "acme.json", "config.json", "settings.json", "options.json", "db.json", "data.json",
    "package.json", "package-lock.json", "yarn.lock", "rclone.conf", "sentinel.conf", "users.acl",
)  # fmt: skip

_SELF_WRITING_KINDS = frozenset(("admin-panel", "app"))
"""Kinds of images of which many write their own configuration."""


@rule(
    "CF343",
    "writable-config-mount",
    Severity.INFO,
    category="security",
    presets=("production", "hardened"),
    ignore_when="Where the program writes its own configuration.",
    sources=(
        SERVICES + "#volumes",
        "https://docs.docker.com/engine/storage/bind-mounts/#use-a-read-only-bind-mount",
    ),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf  # error: ./nginx.conf:/etc/nginx/nginx.conf\n",
            good="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n",
            preset="production",
            files={"nginx.conf": "events {}\n"},
        ),
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - type: bind  # error: type\n        source: ./nginx.conf\n        target: /etc/nginx/nginx.conf\n",
            good="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - type: bind\n        source: ./nginx.conf\n        target: /etc/nginx/nginx.conf\n        read_only: true\n",
            preset="production",
            files={"nginx.conf": "events {}\n"},
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
    security_severity=3.0,
)
def writable_config_mount(service: Service) -> Iterator[Diagnostic]:
    """A configuration file of the host is mounted writable: an attacker can change it for good.

    The service then starts with the changed file ever after, on this host and in the repository.
    Only single files count: certificates, scripts and configuration of well-known servers, and what
    is mounted below `/etc`. Programs that write their own configuration, as dashboards with an
    editor do, are left alone, and so is other configuration of images that are not known here.
    """
    for mount in service.mounts:
        if mount.type != "bind" or mount.read_only or mount.unknown or not mount.source:
            continue
        name = mount.source.rpartition("/")[2]
        if name.lower() in _WRITTEN_BY_PROGRAMS:
            continue
        if not _is_only_read(service, mount):
            continue
        target = mount.target.rpartition("/")[2]
        if "." not in target and target.lower() != name.lower():
            continue  # a folder that is named like a file
        yield Diagnostic(
            mount.node,
            f'service "{service.name}" can write to {_shown_source(mount)}, a file of its configuration',
            help="add `:ro` (or `read_only: true`)",
            subject=f"{service.path}.volumes",
            evidence=beside(mount.node.file.path, mount.source),
            fix=_read_only(service, mount.node),
        )


def _is_only_read(service: Service, mount: Mount) -> bool:
    """Whether a mounted file is one that the program in the container does not write."""
    if re.match(_READ_ONLY_FILE, mount.source, re.IGNORECASE):
        return True
    if not re.match(_CONFIG_FILE, mount.source, re.IGNORECASE):
        return False
    facts = service.facts
    if facts is None or facts.kind is None:
        return mount.target.startswith(("/etc/", "/usr/"))
    return facts.kind not in _SELF_WRITING_KINDS


def _shown_source(mount: Mount) -> str:
    """A mount's source as the file has it."""
    shown = source_of(mount).span.text.strip("\"'")
    return mount.source if "$" in shown or "\n" in shown else shown.partition(":")[0]


_MODES = frozenset(("rw", "z", "Z", "cached", "delegated", "consistent"))


def _read_only(service: Service, node: Node) -> Fix | None:
    """The fix that mounts a folder or file read-only, in either form."""
    if not isinstance(node, Mapping):
        return None
    edit: Edit | None
    shown = node.span.text
    if "\n" in shown or shown.startswith("{") or "source:" in shown:
        given = node.get("read_only")
        if given is not None and given.span.text:
            edit = Edit(given.span, "true")
        else:
            edit = append_to_mapping(node, "read_only", "true")
    else:
        quote = shown[0] if shown[:1] in ("'", '"') else ""
        text = shown[1:-1] if quote else shown
        match = re.search(r":([a-zA-Z]+(?:,[a-zA-Z]+)*)\Z", text)
        modes = match[1].split(",") if match else []
        if not _MODES.issuperset(modes):
            return None
        kept = [mode for mode in modes if mode != "rw"]
        source_and_target = text[: match.start()] if match else text
        edit = Edit(node.span, f"{quote}{source_and_target}:{','.join([*kept, 'ro'])}{quote}")
    if edit is None:
        return None
    # An unknown program may change the file as it starts.
    known = container_of(service).is_known_program
    applicability = Applicability.UNSAFE if known else Applicability.SUGGESTION
    return Fix("Mount it read-only", (edit,), applicability, sharing(service, node))
