"""Secrets in the environment of services."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.analysis.development import (
    has_only_stores,
    is_for_development,
    is_started_by_spring,
)
from ...linter.analysis.service_secrets import secrets_of
from ...linter.base.names import STORES, STRATEGIES
from ...linter.rule import Applicability, Diagnostic, Example, Related, Severity, rule
from ...linter.secrets.names import secret_kind
from ...linter.secrets.values import HASH, looks_random
from .._sources import INTERPOLATION
from ._moving import is_untold, move_out, shared_env_file
from ._secrets import CHEATSHEET, ROTATE, SECRETS, in_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.service_secrets import Held
    from ...linter.base.text import Span
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


@rule(
    "CF301",
    "secret-in-environment",
    Severity.WARNING,
    category="security",
    strict_in=(*STRATEGIES, "hardened"),
    equivalents=("compose-lint:CL-0020",),
    ignore_when=(
        "Where the value opens nothing, such as the password of a database that tests throw "
        "away. A secret that opens something has to be changed, not accepted."
    ),
    sources=(SECRETS, CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: Tr0ub4dor&3  # error: Tr0ub4dor\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
        ),
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      - SESSION_SECRET=${SESSION_SECRET:-4f7c2a9be1}  # error: ${SESSION_SECRET:-4f7c2a9be1}\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      - SESSION_SECRET=${SESSION_SECRET:?set it in .env}\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
    security_severity=7.5,
)
def secret_in_environment(stack: Stack) -> Iterator[Diagnostic]:
    """A password, token or key is in the file, readable by everyone who can read the repository.

    It also shows in `docker inspect` and in every child process. A variable counts when its name
    ends in a word for a secret and its value is literal, or when the value has the form of a known
    token. References (`${VAR}`, `op://…`), paths, switches and placeholders are left alone; a
    literal default (`${PASSWORD:-…}`) is not, since it is what runs where the variable is not set.
    Passwords that everybody would guess are reported as `default-credentials` instead. Defaults whose
    variables an overlay for production demands (`${NAME:?…}`), and values whose comment says that they
    are for development only, are left to stricter presets, but not tokens of a known form.
    Deleting the line is not enough: git history keeps the secret, so it has to be changed too.

    The fix moves the value to the env file that Docker Compose reads with the stack (`.env`, or
    that of `--env-file`), lists that file in `.gitignore` unless git ignores it already, and its
    variable in `.env.example` if there is one. The stack loads as before, with the same values;
    machines that get it from git need the env file, too.
    Where git has the env file, where several services or stacks would get the variable, where
    the value cannot be written there exactly, or where a new clone of the repository could not start
    it any more, it is a suggestion and nothing is changed: there is no env file yet, and no example of
    one, or nothing says to copy the example (a README or script, or a variable that the stack needs
    and only the example sets). A secret
    (`secrets:` with `POSTGRES_PASSWORD_FILE` and the like) keeps the value out of `docker inspect`,
    too, where the image can read it from a file.
    """
    reported: set[Span] = set()
    for service in stack.services.values():
        secrets = [
            held
            for held in secrets_of(service)
            if not held.guessable and held.variable.value_span not in reported
        ]
        reported.update(held.variable.value_span for held in secrets)
        if not secrets:
            continue
        first, *others = secrets
        names = ", ".join(held.variable.name for held in secrets)
        holds = "contain secrets" if others else f"contains {first.kind or 'a secret'}"
        mild = all(held.kind == HASH for held in secrets) or (
            stack.is_for_developers
            and not any(held.kind or looks_random(held.value) for held in secrets)
        )
        yield in_service(
            Diagnostic(
                first.variable.value_span,
                f'{names} of service "{service.name}" {holds} in plain text',
                help=_advice(stack),
                severity=Severity.INFO if mild else None,
                related=[
                    Related(
                        held.variable.value_span,
                        f"{held.variable.name} contains {held.kind or 'a secret'} too",
                    )
                    for held in others
                ],
                subject=f"{service.path}.environment.{first.variable.name}",
                evidence=names,
                sensitive=[held.variable.value_span for held in secrets],
                strict=(stack.is_for_developers and mild)
                or (not any(held.kind for held in secrets) and _is_deliberate(stack, secrets)),
                fix=move_out(service, [(held.variable, held.value) for held in secrets]),
            ),
            service,
        )


def _is_deliberate(stack: Stack, secrets: list[Held]) -> bool:
    """Whether the values are said to be for development, or an overlay for production demands others."""
    from ...linter.analysis.deliberate import is_demanded_for_production, is_said_to_be_for_trying

    places = [held.variable.value_span for held in secrets]
    if is_demanded_for_production(stack, places):
        return True
    return not stack.is_for_production and all(map(is_said_to_be_for_trying, places))


def _advice(stack: Stack) -> str:
    """What to do about a secret in a stack's files."""
    shared = shared_env_file(stack)
    if shared is None:
        told = (
            ", say in .env.example and the README that it has to be set,"
            if is_untold(stack)
            else ","
        )
        return f"move it to a secret or to an env file that git ignores{told} {ROTATE}"
    return (
        f"git tracks {shared}: remove it (`git rm --cached {shared}`), list it in .gitignore, "
        f"move the secret there {ROTATE}"
    )


@rule(
    "CF340",
    "default-credentials",
    Severity.WARNING,
    category="security",
    strict_in=(*STRATEGIES, "hardened"),
    ignore_when="Where only the developer who starts the stack can reach the service.",
    sources=(
        "https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html",
        INTERPOLATION,
    ),
    examples=(
        Example(
            bad="services:\n  charts:\n    image: grafana/grafana:13.2\n    environment:\n      GF_SECURITY_ADMIN_USER: shop\n      GF_SECURITY_ADMIN_PASSWORD: changeme  # error: changeme\n    volumes: [data:/var/lib/grafana]\nvolumes:\n  data:\n",
            good="services:\n  charts:\n    image: grafana/grafana:13.2\n    environment:\n      GF_SECURITY_ADMIN_USER: shop\n      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?set it in .env}\n    volumes: [data:/var/lib/grafana]\nvolumes:\n  data:\n",
        ),
        Example(
            bad='services:\n  charts:\n    image: grafana/grafana:13.2  # error: grafana/grafana:13.2\n    ports:\n      - "3000:3000"\n    volumes: [data:/var/lib/grafana]\nvolumes:\n  data:\n',
            good='services:\n  charts:\n    image: grafana/grafana:13.2\n    ports:\n      - "3000:3000"\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_PASSWORD:?set it in .env}\n    volumes: [data:/var/lib/grafana]\nvolumes:\n  data:\n',
        ),
    ),
    security_severity=7.0,
)
def default_credentials(stack: Stack) -> Iterator[Diagnostic]:
    """A password is easy to guess: a default, the user's own name or a placeholder.

    `admin`, `postgres`, `changeme` and the like are on every list that a scanner goes through, and
    so is the name of the user or of the product. A service counts too that other machines can
    reach and whose image creates a well-known account when no password is set. Placeholders in
    the place of somebody else's token (`API_KEY: your-key`) open nothing and are left alone, and so
    are values whose comment says that they are for development only, defaults whose variables an
    overlay for production demands (`${NAME:?…}`), stacks for development and tests, and those that Spring Boot starts for developers
    (`spring-boot-docker-compose`), except under the presets for servers. So are, unless the
    stack's name says that it is for production, stores that no other machine can reach, and stacks of
    stores alone, which developers run beside their program. A client's copy of a store's password is
    left to these presets, too; one variable with one value in several
    services is reported once.
    """
    strict = stack.is_for_developers or is_started_by_spring(stack)
    severity = Severity.INFO if strict else None
    reported: set[Span] = set()
    repeated: set[tuple[str, str]] = set()
    for service in stack.services.values():
        secrets = [
            held
            for held in secrets_of(service)
            if held.guessable
            and held.variable.value_span not in reported
            and (held.variable.name, held.value) not in repeated
        ]
        reported.update(held.variable.value_span for held in secrets)
        repeated.update((held.variable.name, held.value) for held in secrets)
        if secrets:
            first, *others = secrets
            names = ", ".join(held.variable.name for held in secrets)
            yield in_service(
                Diagnostic(
                    first.variable.value_span,
                    f'{names} of service "{service.name}" {"are" if others else "is"} easy to guess: '
                    "a default, a name or a placeholder",
                    help="choose a long random value, and keep it in a secret or in an env file that git ignores",
                    severity=severity,
                    related=[
                        Related(
                            held.variable.value_span, f"{held.variable.name} is easy to guess too"
                        )
                        for held in others
                    ],
                    subject=f"{service.path}.environment.{first.variable.name}",
                    evidence=names,
                    sensitive=[held.variable.value_span for held in secrets],
                    strict=strict
                    or _is_deliberate(stack, secrets)
                    or _is_told_elsewhere(service, secrets)
                    or is_for_development(service, first.variable.value_span),
                ),
                service,
            )
        finding = _built_in(service)
        if finding is not None:
            finding.strict = strict
            finding.severity = severity or Severity.WARNING
            yield in_service(finding, service)


def _is_told_elsewhere(service: Service, secrets: list[Held]) -> bool:
    """Whether weak passwords protect what is kept inside, or are copies of those of a store.

    A store is reported itself, if it matters there. Of one that only a program outside of the stack
    uses, ``port-on-all-interfaces`` tells.
    """
    stack = service.stack
    if not stack.is_for_production and (has_only_stores(stack) or not _is_reachable(service)):
        return True
    if container_of(service).kind in STORES:
        return False
    values = {
        held.value
        for other in stack.services.values()
        if container_of(other).kind in STORES
        for held in secrets_of(other)
    }
    return all(held.value in values for held in secrets)


def _is_reachable(service: Service) -> bool:
    """Whether other machines may reach what the password opens: all but stores that are kept inside."""
    if container_of(service).kind not in STORES or service.text("network_mode") == "host":
        return True
    return not service.is_cut_off and any(port.all_interfaces for port in service.ports)


def _built_in(service: Service) -> Diagnostic | None:
    """The finding about an account that the image creates, where other machines can use it."""
    facts = service.facts
    node = service.get("image")
    if facts is None or node is None or not facts.default_credentials:
        return None
    if service.get("env_file") is not None or service.text("network_mode") == "host":
        return None
    if service.get("entrypoint") is not None:
        return None  # what creates the account does not run
    if service.is_cut_off or not any(
        port.all_interfaces and not port.unknown for port in service.ports
    ):
        return None
    if any(mount.target.startswith("/etc") or mount.unknown for mount in service.mounts):
        return None  # a configuration file may say otherwise
    names = (credential.password_variable for credential in facts.default_credentials)
    name = next((name for name in names if name and name not in service.environment), None)
    if name is None or any(map(_sets_a_secret, service.environment)):
        return None
    return Diagnostic(
        node,
        f'service "{service.name}" is published with the default account of {facts.name}: '
        f"{name} is not set",
        help=f"set {name} to a long random value, in a secret or in an env file that git ignores",
        subject=f"{service.path}.image",
        evidence=name,
    )


def _sets_a_secret(name: str) -> bool:
    """Whether a variable sets some password, under an older name or by a file (``…_FILE``)."""
    return secret_kind(name.removesuffix("_FILE").rstrip("_")) is not None
