"""Env files: what Docker Compose cannot read in them, or reads otherwise than it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.secrets import is_literal_secret, is_secret_name, token_kind
from ...linter.source.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import EnvFile, Stack

SYNTAX = "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax"
R = ("recommended",)


@rule(
    "EV001",
    "env-file-syntax",
    Severity.ERROR,
    presets=R,
    sources=(SYNTAX,),
    examples=(
        Example(
            bad="MY NAME=shop  # error: \n",
            good="MY_NAME=shop\n",
        ),
    ),
)
def env_file_syntax(file: EnvFile) -> Iterator[Diagnostic]:
    """Docker Compose cannot read the env file, so it refuses every stack that does.

    A key has a blank in it, a quote is never closed, or a variable is written wrongly.
    """
    for problem in file.syntax.problems:
        if problem.fatal:
            yield Diagnostic(
                Span(file.syntax.file, problem.start, problem.end),
                problem.message,
                evidence=problem.kind,
            )


@rule(
    "EV002",
    "duplicate-variable",
    Severity.WARNING,
    presets=R,
    sources=(SYNTAX,),
    examples=(
        Example(
            bad="PORT=8080\nHOST=localhost\nPORT=9090  # error: PORT\n",
            good="PORT=9090\nHOST=localhost\n",
        ),
    ),
)
def duplicate_variable(file: EnvFile) -> Iterator[Diagnostic]:
    """An env file defines a variable twice, and the last definition silently wins.

    The same value twice, and a value that builds on the one before, are left alone.
    """
    first: dict[str, Span] = {}
    texts: dict[str, str] = {}
    for entry in file.syntax.entries:
        builds_on_itself = any(reference.name == entry.key for reference in entry.references)
        if entry.key in first and entry.text != texts[entry.key] and not builds_on_itself:
            yield Diagnostic(
                entry.key_span,
                f"{entry.key} is defined twice; this definition wins",
                help="delete one of them",
                subject=f"variables.{entry.key}",
                related=[Related(first[entry.key], "defined here first")],
            )
        first[entry.key] = entry.key_span
        texts[entry.key] = entry.text


_MADE_UP = (
    "password", "passwd", "secret", "changeme", "change", "example", "admin", "root", "test", "demo", "postgres",
    "mysql", "default", "dummy", "placeholder", "sample", "insecure", "development", "guest", "qwerty", "12345", "abc",
)  # fmt: skip


def _looks_real(value: str) -> bool:
    """Whether a secret is more than a word to be replaced."""
    folded = value.casefold()
    if len(value) < 10 or any(word in folded for word in _MADE_UP):
        return False
    kinds = (str.isupper, str.islower, str.isdigit)
    return sum(any(kind(char) for char in value) for kind in kinds) >= 2 and len(set(value)) >= 7


@rule(
    "EV003",
    "secret-in-tracked-file",
    Severity.WARNING,
    presets=R,
    sources=("https://docs.docker.com/compose/how-tos/environment-variables/best-practices/",),
    examples=(
        Example(
            bad="DB_USER=shop\nDB_PASSWORD=k8Vw2nQ7tRz4Lx  # error: k8Vw2nQ7tRz4Lx\n",
            good="DB_USER=shop\nDB_PASSWORD=\n",
        ),
    ),
    security_severity=7.5,
)
def secret_in_tracked_file(file: EnvFile) -> Iterator[Diagnostic]:
    """An env file with a real-looking secret is not ignored by git, so the repository shares it.

    Words such as `changeme`, references and empty values are left alone; in `.env.example` and its like
    only tokens of a known form count. Take the file out of git, list it in `.gitignore`, and change what
    it held: history keeps it.
    """
    if file.project.ignored_by_git(file.path):
        return
    found: list[tuple[str, str, Span]] = []
    for entry in file.syntax.entries:
        value = entry.text
        if not value or entry.template is not None:
            continue
        kind = token_kind(value)
        if kind is None:
            if file.is_template or not is_secret_name(entry.key):
                continue
            if not is_literal_secret(value) or not _looks_real(value):
                continue
        found.append((entry.key, kind or "a secret", entry.value_span))
    if not found:
        return
    (_, kind, span), *others = found
    names = ", ".join(key for key, _, _ in found)
    yield Diagnostic(
        span,
        f"{names} in {file.path.rpartition('/')[2]}, which git does not ignore: it looks like {kind}",
        help="list the file in .gitignore, ship a .env.example without values, and change the secret",
        subject="variables",
        evidence=names,
        related=[Related(place, f"{key} too") for key, _, place in others],
    )


def _required(stack: Stack) -> dict[str, Span]:
    """The variables that a stack uses without a default, each with its first use."""
    found: dict[str, Span] = {}
    for use in stack.loaded.uses:
        if use.operator in ("", "?", ":?"):
            found.setdefault(use.name, use.span)
    return found


@rule(
    "EV004",
    "example-drift",
    Severity.INFO,
    presets=R,
    sources=("https://docs.docker.com/compose/how-tos/environment-variables/best-practices/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports:\n      - ${WEB_PORT}:80  # error: ${WEB_PORT}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports:\n      - ${WEB_PORT:-8080}:80\n",
            path="compose.yaml",
            files={
                ".env": "NGINX_VERSION=1.29\nWEB_PORT=8080\n",
                ".env.example": "NGINX_VERSION=1.29\n",
            },
        ),
    ),
)
def example_drift(stack: Stack) -> Iterator[Diagnostic]:
    """A variable is set in `.env` and used without a default, but `.env.example` does not list it.

    Whoever clones the repository copies the example and misses it. Variables that nothing sets are
    reported as `unset-variable`.
    """
    documented = stack.documented_variables
    if not documented:
        return
    unset = stack.loaded.unset
    machine = ("HOME", "PATH", "PWD", "USER", "UID", "GID", "HOSTNAME")
    for name, span in _required(stack).items():
        if name in documented or name in unset or name in machine or name.startswith("COMPOSE_"):
            continue
        yield Diagnostic(
            span,
            f"{name} is set in .env, but the example env file does not list it",
            help=f"add {name}= to it",
            subject=f"variables.{name}",
        )


@rule(
    "EV005",
    "unused-variable",
    Severity.INFO,
    sources=(SYNTAX,),
    examples=(
        Example(
            bad="NGINX_VERSION=1.29\nNGNIX_PORT=8080  # error: NGNIX_PORT\n",
            files={
                "compose.yaml": 'services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports: ["${NGINX_PORT:-80}:80"]\n'
            },
        ),
    ),
)
def unused_variable(stack: Stack) -> Iterator[Diagnostic]:
    """A variable in `.env` is used by no Compose file beside it, nor passed on to a service.

    Off by default, since programs outside the stack may read the same file.
    """
    if any(env.path.rpartition("/")[2] == ".env" for env in stack.loaded.env_files):
        return
    used = {use.name for use in stack.loaded.uses}
    for service in stack.services.values():
        used.update(item.name for item in service.environment.values() if item.value is None)
    for value in stack.loaded.variables.evaluated:
        used.update(reference.name for reference in value.entry.references)
    for value in stack.loaded.variables.evaluated:
        entry = value.entry
        if entry.key not in used and not entry.key.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_")):
            yield Diagnostic(
                entry.key_span,
                f"no Compose file of this stack uses {entry.key}",
                help="delete it, or use it",
                subject=f"variables.{entry.key}",
            )


@rule(
    "EV006",
    "ambiguous-quoting",
    Severity.WARNING,
    presets=R,
    sources=(SYNTAX,),
    examples=(
        Example(
            bad="TOKEN_SALT=pepper #1  # error: #1\n",
            good='TOKEN_SALT="pepper #1"\n',
        ),
    ),
)
def ambiguous_quoting(file: EnvFile) -> Iterator[Diagnostic]:
    """An unquoted value is cut at a `#` that does not look like the beginning of a comment.

    Docker Compose takes everything from ` #` on for a comment. A `#` with a blank behind it is meant as
    one and left alone; put quotes around a value that holds a `#`.
    """
    text = file.syntax.file.text
    for entry in file.syntax.entries:
        if entry.comment is None or entry.quote or not entry.text:
            continue
        start, end = entry.comment
        if text[start + 1 : start + 2] in ("", " ", "\t", "#", "!", "-", "="):
            continue
        yield Diagnostic(
            Span(file.syntax.file, start, end),
            f'Docker Compose cuts {entry.key} here: the value is "{entry.text.strip()}"',
            help="quote the value, or put a blank behind the # of a comment",
            subject=f"variables.{entry.key}",
        )
