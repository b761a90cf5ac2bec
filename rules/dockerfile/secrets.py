"""Secrets that become part of an image or its history."""

from __future__ import annotations

import re

from ...linter.base.records import NamedTuple
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.secrets.commands import secrets_in_command
from ...linter.secrets.dummies import is_guessable, is_placeholder
from ...linter.secrets.hints import WORDS
from ...linter.secrets.names import is_secret_name
from ...linter.secrets.values import (
    credential_in_url,
    credentials_in_urls,
    holds_secret,
    token_kind,
)
from .._sources import BUILD_SECRETS
from ._runs import effective
from ._secret_files import severity_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Pair
    from ...linter.source.shell.syntax import Script, SimpleCommand
    from ...linter.source.shell.tokens import ShellWord


_PUBLIC_PREFIXES = (
    "NEXT_PUBLIC_", "NUXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "EXPO_PUBLIC_", "PUBLIC_",
    "GATSBY_",
)  # fmt: skip


@rule(
    "DF304",
    "secret-in-arg-or-env",
    Severity.WARNING,
    category="security",
    words=WORDS,
    equivalents=("hadolint:DL3064", "buildkit:SecretsUsedInArgOrEnv", "trivy:DS-0031"),
    ignore_when=(
        "Where the value is public or opens nothing, although its name sounds like that of a "
        "secret."
    ),
    sources=(
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        BUILD_SECRETS,
    ),
    examples=(
        Example(
            bad="FROM node:22-alpine\nARG NPM_TOKEN  # error: NPM_TOKEN\nRUN npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci && npm cache clean --force\n",
            good="FROM node:22-alpine\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN \\\n    npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci && npm cache clean --force\n",
        ),
        Example(
            bad="FROM postgres:17\nENV POSTGRES_PASSWORD=Zx81-spectrum  # error: POSTGRES_PASSWORD\n",
            good="FROM postgres:17\nENV POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password\n",
        ),
    ),
    security_severity=7.0,
)
def secret_in_arg_or_env(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A secret is in ARG or ENV, which everyone can read in the image's history and configuration.

    Everyone who may pull the image may read them, even if a later instruction clears them. Pass
    secrets of the build with `RUN --mount=type=secret`, those of the running container when it
    starts. Names count by what they say, values by what they are: empty values, switches, paths,
    placeholders and what browsers receive anyway (`VITE_…`, `NEXT_PUBLIC_…`) are left alone. In a
    stage that no image is made of, a secret that is passed to the build is a hint only (info): its
    cache and its provenance record have it.
    """
    declared = {name for stage in dockerfile.all_stages for name in stage.assigned}
    for instruction in dockerfile.stages.global_instructions:
        yield from _in_pairs(instruction, ships=False, declared=declared)
    for stage in dockerfile.all_stages:
        ships: bool | None = None
        for instruction in effective(stage):
            if instruction.name in ("ARG", "ENV"):
                if ships is None:
                    ships = _layers_ship(stage)
                for diagnostic in _in_pairs(instruction, ships=ships):
                    if _is_emptied(stage, instruction, diagnostic.evidence):
                        continue
                    diagnostic.owner = ("stage", stage.label)
                    yield diagnostic


_OWN_ADDRESS = r"@(?:127\.0\.0\.1|localhost|0\.0\.0\.0)\b"


def _is_emptied(stage: Stage, instruction: Instruction, name: str) -> bool:
    """Whether the address of a dummy at the own machine is emptied in all images that have it."""
    values = [
        pair.value.value for pair in instruction.pairs if pair.key.text == name and pair.value
    ]
    if not all(re.search(_OWN_ADDRESS, value) for value in values) or not values:
        return False
    passwords = [
        (value[part.start : part.end], part.name)
        for value in values
        for part in credentials_in_urls(value)
    ]
    if not passwords or not all(is_guessable(word, [user]) for word, user in passwords):
        return False
    dockerfile = stage.dockerfile
    finals = [
        final
        for final in dockerfile.final_stages
        if any(part.index == stage.syntax.index for part in final.syntax.chain())
    ]
    return bool(finals) and all(
        (variable := final.syntax.final.scope.find(name)) is not None
        and variable.instruction is not instruction
        and not variable.value
        for final in finals
    )


def _layers_ship(stage: Stage) -> bool:
    """Whether the stage's layers, variables and history are part of an image that runs."""
    if stage.ships:
        return True
    from ...linter.analysis.image_contents import layers_ship

    return layers_ship(stage)


def _in_pairs(
    instruction: Instruction, *, ships: bool, declared: Container[str] = ()
) -> Iterator[Diagnostic]:
    advice = (
        "pass it with `RUN --mount=type=secret`"
        if instruction.name == "ARG"
        else "pass it when the container starts, preferably as a file"
    )
    for pair in instruction.pairs:
        name, reason = pair.key.text, _reason(instruction.name, pair)
        if not reason:
            continue
        severity = None
        if ships:
            whom = "readable by everyone who has the image"
        elif reason.startswith("contains"):
            whom = "readable by everyone who has this file"
        elif name in declared:
            continue  # reported where a stage takes it
        else:
            whom = "stored in the cache and the provenance of the build"
            severity = Severity.INFO
        yield Diagnostic(
            pair.key.span,
            f"{instruction.name} {name} {reason}, {whom}",
            help=f"{advice}, and change the secret if it was ever built in",
            severity=severity,
            evidence=name,
            sensitive=_secret_spans(pair),
        )


def _secret_spans(pair: Pair) -> list[Span]:
    """The places of the secrets in a pair: in an address only the password."""
    value = pair.value
    if value is None or not value.text:
        return []
    passwords = [] if token_kind(value.text) else credentials_in_urls(value.text)
    return [value.part(password.start, password.end) for password in passwords] or [value.span]


def _reason(keyword: str, pair: Pair) -> str:
    """Why a pair is a secret, as the rest of a sentence; empty if it is not."""
    name, value = pair.key.text, pair.value.value if pair.value else None
    has_variable = pair.value is not None and pair.value.has_variable
    if value:
        kind = token_kind(value)
        if kind:
            return f"contains {kind}"
        passwords = credentials_in_urls(value)
        if any(not is_placeholder(value[part.start : part.end]) for part in passwords):
            return "contains an address with a password"
    if name.upper().startswith(_PUBLIC_PREFIXES):
        return ""
    if not is_secret_name(name):
        if (
            not value
            or has_variable
            or _is_fingerprint(value)
            or not holds_secret(name, value)
            or is_placeholder(value)
        ):
            return ""
        return "contains what looks like a key"
    if value and is_placeholder(value):
        return ""
    if value is None or (keyword == "ARG" and not value):
        return "receives a secret"
    if has_variable:
        return "gets a secret from a variable" if keyword == "ENV" else ""
    if not value or not holds_secret(name, value):
        return ""
    return "contains a secret"


def _is_fingerprint(value: str) -> bool:
    """Whether a value has the form in which public keys are named."""
    return len(value) in (8, 16, 32, 40) and set(value) <= set("0123456789ABCDEF")


@rule(
    "DF315",
    "secret-in-run",
    Severity.WARNING,
    category="security",
    words=WORDS,
    equivalents=("trivy:DS-0031", "checkov:CKV2_DOCKER_17"),
    ignore_when="Where the value opens nothing, such as a placeholder that a command asks for.",
    sources=(BUILD_SECRETS,),
    examples=(
        Example(
            bad='FROM debian:trixie-slim\nRUN useradd app && echo "app:Zx81-spectrum" | chpasswd  # error: "app:Zx81-spectrum"\n',
            good="FROM debian:trixie-slim\nRUN useradd app\n",
        ),
        Example(
            bad="FROM alpine/git:2.49.1\nRUN git clone https://bot:Zx81-spectrum@git.example.com/team/app.git  # error: https://bot\n",
            good="FROM alpine/git:2.49.1\nRUN --mount=type=secret,id=git,target=/root/.git-credentials \\\n    git -c credential.helper=store clone https://git.example.com/team/app.git\n",
        ),
    ),
    security_severity=7.0,
)
def secret_in_run(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN contains a password or token in plain text, readable in the file and in the image's history.

    Why: Everyone who may read the repository or pull the image has it, also after the line was
    deleted.

    Found are tokens by their form, addresses with a password in them, passwords given to
    `chpasswd`, to database clients, to curl, in options whose names say so, and in headers of HTTP
    requests (`curl -H "Authorization: Bearer …"`). HEALTHCHECK, CMD and ENTRYPOINT count, too: the
    image's configuration has them. Values that come
    from variables are the business of `secret-in-arg-or-env`; dummies for one command
    (`SECRET_KEY=build-time-dummy python manage.py collectstatic`) are left alone, and so are
    passwords for one command that anybody would try (`DB=postgres://app:app@db/app make assets`).
    """
    for run in stage.runs:
        secrets = list(_secrets_in(run))
        if secrets:
            first, *others = secrets
            where = "the history of the image has it" if _layers_ship(stage) else "the file has it"
            yield Diagnostic(
                first.span,
                f"this RUN contains {first.kind} in plain text",
                help=f"pass it with `RUN --mount=type=secret`, and change it: {where}",
                severity=None if any(secret.is_token for secret in secrets) else severity_in(stage),
                evidence=first.kind,
                related=[Related(other.span, f"and {other.kind}") for other in others],
                sensitive=[place for secret in secrets for place in secret.places],
            )

    for instruction in effective(stage):
        if instruction.name in ("HEALTHCHECK", "CMD", "ENTRYPOINT"):
            text = instruction.text
            places = [
                instruction.span_of(secret.start, secret.end)
                for secret in secrets_in_command(text)
                if _is_spelled_out(secret.name, text[secret.start : secret.end])
            ]
            if places:
                yield Diagnostic(
                    places[0],
                    f"this {instruction.name} contains a secret in plain text",
                    help="pass it when the container starts, preferably as a file, and change it: the "
                    "configuration of the image has it",
                    severity=severity_in(stage),
                    evidence=instruction.name,
                    sensitive=places,
                )


class WrittenSecret(NamedTuple):
    """A secret in a script: what to point at, what it is, and the places of the secret itself."""

    span: Span
    kind: str
    places: list[Span]
    is_token: bool = False


def _secrets_in(run: Run) -> Iterator[WrittenSecret]:
    script = run.script
    text = script.text
    if not script.complete:
        return
    has_token = token_kind(text) is not None
    has_address = "@" in text
    throwaway = {
        place for command in script.commands for place in _throwaway_places(script, command)
    }
    for command in script.commands:
        for word in _values_in(command) if has_token or has_address else ():
            kind = token_kind(word.value) if has_token else None
            if kind:
                yield WrittenSecret(word.span, kind, [word.span], True)
            elif has_address and "://" in word.value and credential_in_url(word.value):
                if (word.at, word.end) in throwaway:
                    continue
                yield WrittenSecret(word.span, "a password in an address", _passwords(word))
        if command.name == "chpasswd":
            yield from _to_chpasswd(command)
    for secret in secrets_in_command(text):
        if any(start <= secret.start and secret.end <= end for start, end in throwaway):
            continue
        if _is_spelled_out(secret.name, text[secret.start : secret.end]):
            span = script.span(secret.start, secret.end)
            yield WrittenSecret(span, f"the value of {secret.name}", [span])


def _is_spelled_out(name: str, value: str) -> bool:
    """Whether the value of an option is a secret, and written there."""
    if "$" in value or "`" in value or is_placeholder(value):
        return False
    # A name such as "key" is also used for the fingerprints of public keys.
    bare = name.lstrip("-")
    return len(bare) <= 1 or is_secret_name(bare)


def _values_in(command: SimpleCommand) -> Iterator[ShellWord]:
    """The words of a command, and what it assigns to variables that are not named like a secret."""
    yield from command.words
    for assignment in command.assignments:
        if not is_secret_name(assignment.name):
            yield assignment.value


def _throwaway_places(script: Script, command: SimpleCommand) -> Iterator[tuple[int, int]]:
    """Places of variables that only one command gets and whose passwords anybody would try.

    A build needs some address where nothing answers: ``DB=postgres://app:app@db/app make assets``.
    """
    if not command.words or command.name in _CLIENTS:
        return
    for item in command.assignments:
        word = item.value
        if word.script is not script:
            continue
        addresses = list(credentials_in_urls(word.value))
        if addresses:
            is_tried_first = all(
                is_guessable(word.value[part.start : part.end], [part.name]) for part in addresses
            )
        else:
            beside = command.assignments[:_MOST_BESIDE]
            others = [other.value.value for other in beside if other is not item]
            is_tried_first = is_guessable(word.value, others)
        if is_tried_first:
            yield word.at, word.end


_MOST_BESIDE = 50
"""How many variables of a command are compared with each one."""

_CLIENTS = frozenset((
    "createdb", "curl", "mongosh", "mysql", "pg_dump", "pg_restore", "psql", "redis-cli", "wget",
))  # fmt: skip
"""Programs that log in somewhere, with whatever password they get."""


def _passwords(word: ShellWord) -> list[Span]:
    """The passwords in a word's addresses; all of it where they are written in another way."""
    script, at = word.script, word.at
    passwords = credentials_in_urls(word.text)
    return [script.span(at + part.start, at + part.end) for part in passwords] or [word.span]


def _to_chpasswd(command: SimpleCommand) -> Iterator[WrittenSecret]:
    """The passwords that ``echo`` or ``printf`` writes into ``chpasswd``."""
    first = command.pipeline[0] if command.pipeline else command
    if first is command or first.name not in ("echo", "printf"):
        return
    if any(word.value in ("-e", "--encrypted") for word in command.args):
        return
    for word in first.args:
        user, colon, password = word.value.partition(":")
        if colon and user and password.strip() and "$" not in password and "`" not in password:
            start = word.at + word.text.find(":") + 1
            value = word.script.span(start, word.end - (word.text[-1] in "\"'"))
            yield WrittenSecret(word.span, f"the password of {user}", [value])
