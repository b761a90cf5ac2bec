"""Secrets that stand in the text of a Compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...linter.model import part_of
from ...linter.rule import Applicability, Diagnostic, Example, Related, Severity, rule
from ...linter.secrets import (
    credential_in_url,
    is_literal_secret,
    is_secret_name,
    masked,
    token_kind,
)
from ...linter.source.yaml import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import EnvVar, Service
    from ...linter.source.text import Span

SECRETS = "https://docs.docker.com/compose/how-tos/use-secrets/"


@rule(
    "CF301",
    "secret-in-environment",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("compose-lint:CL-0020",),
    sources=(
        SECRETS,
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: Tr0ub4dor&3  # error: Tr0ub4dor\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n    secrets: [db_password]\nsecrets:\n  db_password:\n    file: ./secrets/db_password\n",
        ),
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    environment:\n      - MAIL_TOKEN=${MAIL_TOKEN:-4f7c2a9be1}  # error: ${MAIL_TOKEN:-4f7c2a9be1}\n",
            good="services:\n  app:\n    image: ghost:6\n    environment:\n      - MAIL_TOKEN=${MAIL_TOKEN:?set it in .env}\n",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=7.5,
)
def secret_in_environment(service: Service) -> Iterator[Diagnostic]:
    """A password, token or key stands in the file, readable by everyone who can read the repository.

    It also shows in `docker inspect` and in every child process. A variable counts when its name
    ends in a word for a secret and its value is literal, or when the value has the form of a known
    token. References (`${VAR}`, `op://…`), paths, switches and placeholders are left alone; a
    literal default (`${PASSWORD:-secret}`) is not, since it is what runs when nobody sets it.
    Deleting the line is not enough: git history keeps the secret, so it has to be changed too.
    """
    found: list[tuple[EnvVar, str]] = []
    for variable in service.environment.values():
        value = variable.value
        if not value or variable.unknown:
            continue
        source = variable.value_span.text
        if "$" in source and not _has_default(source, value):
            continue
        kind = token_kind(value)
        if kind or (is_secret_name(variable.name) and is_literal_secret(value)):
            found.append((variable, kind or ""))
    if not found:
        return
    (first, kind), *others = found
    names = ", ".join(variable.name for variable, _ in found)
    what = f'{names} of service "{service.name}" '
    if others:
        what += "hold secrets in plain text"
    else:
        what += f"holds {kind} in plain text" if kind else "holds a secret in plain text"
    yield Diagnostic(
        first.value_span,
        what,
        help="move it to a secret or to an env file that git ignores, and change it: history keeps it",
        related=[
            Related(variable.value_span, f"{variable.name} holds {kind or 'a secret'} too")
            for variable, kind in others
        ],
        subject=f"{service.path}.environment",
        evidence=names,
    )


def _has_default(source: str, value: str) -> bool:
    """Whether a value with a ``$`` came from a literal in the file (a default, or ``$$``)."""
    if "$$" in source and "${" not in source:
        return True
    return any(f"{operator}{value}" in source for operator in (":-", "-", ":+", "+"))


@rule(
    "CF302",
    "credential-in-url",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("compose-lint:CL-0021",),
    sources=(SECRETS,),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    environment:\n      DATABASE_URL: postgres://app:hunter2@db:5432/app  # error: hunter2\n",
            good="services:\n  app:\n    image: ghost:6\n    environment:\n      DATABASE_URL: postgres://app:${DB_PASSWORD:?set it in .env}@db:5432/app\n",
        ),
    ),
    security_severity=7.5,
)
def credential_in_url_(service: Service) -> Iterator[Diagnostic]:
    """A password stands inside a URL, where searches for secrets seldom look.

    It counts as a secret in plain text all the same. Variables in the place of the password
    (`postgres://app:${DB_PASSWORD}@db/app`) are left alone. Environment, command and labels are read.
    """
    for variable in service.environment.values():
        value = variable.value
        if value and not variable.unknown and (found := credential_in_url(value)):
            where = _inside(variable.value_span, value, found)
            if where is None:
                continue
            yield Diagnostic(
                where,
                f'{variable.name} of service "{service.name}" holds a URL with a password in it',
                help="put a variable in its place, set in an env file that git ignores, and change the password",
                subject=f"{service.path}.environment.{variable.name}",
                evidence=masked(value),
            )
    for name in ("command", "entrypoint"):
        node = service.get(name)
        for item in getattr(node, "items", None) or ([node] if node else []):
            if isinstance(item, Scalar) and isinstance(item.value, str) and not item.unknown:
                found = credential_in_url(item.value)
                if found and "$" not in item.span.text:
                    yield Diagnostic(
                        part_of(item, *found),
                        f'the {name} of service "{service.name}" holds a URL with a password in it',
                        help="put a variable in its place, set in an env file that git ignores, and change the password",
                        subject=f"{service.path}.{name}",
                    )


def _inside(span: Span, value: str, found: tuple[int, int]) -> Span | None:
    """The password's own span; None where it came from a variable that the file does not hold."""
    password = value[found[0] : found[1]]
    at = span.text.find(password)
    if at < 0:
        return None
    return span._replace(start=span.start + at, end=span.start + at + len(password))
