"""Secrets outside of variables: in addresses, commands, labels, build arguments."""

from __future__ import annotations

import re

from ...linter.analysis.service_secrets import secrets_of, written_value
from ...linter.base.names import STRATEGIES
from ...linter.base.records import NamedTuple
from ...linter.model.values import key_values, part_of, scalar_text
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.secrets.commands import secrets_in_argument, secrets_in_command, secrets_in_lines
from ...linter.secrets.dummies import is_dummy, is_guessable, is_placeholder, is_trial, unquoted
from ...linter.secrets.names import secret_kind
from ...linter.secrets.values import (
    credential_in_url,
    credentials_in_urls,
    holds_secret,
    is_hash,
    is_literal_secret,
    literal_value,
    token_kind,
)
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence
from .._sources import BUILD_SECRETS
from ._nodes import nodes_of
from ._secrets import CHEATSHEET, ROTATE, SECRETS, in_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...linter.base.text import Span
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.secrets.values import SecretInText
    from ...linter.source.yaml.nodes import Node


@rule(
    "CF302",
    "credential-in-url",
    Severity.WARNING,
    category="security",
    strict_in=(*STRATEGIES, "hardened"),
    equivalents=("compose-lint:CL-0021",),
    ignore_when=(
        "Where the password opens nothing, such as that of a database that tests throw away. "
        "One that opens something has to be changed, not accepted."
    ),
    sources=(SECRETS, CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      DATABASE_URL: postgres://app:hunter2@db:5432/app  # error: hunter2\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      DATABASE_URL: postgres://app:${DB_PASSWORD:?set it in .env}@db:5432/app\n",
        ),
    ),
    security_severity=7.5,
)
def credential_in_url_(stack: Stack) -> Iterator[Diagnostic]:
    """A password is inside a URL or connection string, where searches for secrets seldom look.

    Why: Everyone who can read the file has the password, and programs print such addresses in
    logs and error messages.

    It counts as a secret in plain text all the same: `scheme://user:password@host`,
    `jdbc:…&password=…`, `Host=…;Password=…`. Environment, build arguments, labels, command,
    entrypoint and healthcheck are read. Variables in the place of the password are left alone, and so
    are placeholders (`!ChangeMe!`, `testpass`) and defaults that everybody would guess
    (`${DB:-postgres://app:app@db/app}`): nothing leaks through them. Stacks for development and tests
    are reported by the presets for servers only.
    """
    reported: set[Span] = set()
    for service in stack.services.values():
        addresses: list[tuple[Span, str]] = []
        values: list[Span] = []
        for name, shown in _urls(service):
            passwords = [password for password in shown if not _leaks_nothing(password, service)]
            if passwords and passwords[0] not in reported:
                reported.add(passwords[0])
                addresses.append((passwords[0], name))
                values += passwords
        if not addresses:
            continue
        (first, name), *others = addresses
        yield in_service(
            Diagnostic(
                first,
                f'{name} of service "{service.name}" contains an address with a password',
                help=_advice(values, "use a variable that is set in an env file that git ignores,"),
                severity=Severity.INFO if stack.is_for_developers else None,
                related=[Related(span, f"{other} contains one too") for span, other in others],
                subject=f"{service.path}.{name}",
                evidence=", ".join(name for _, name in addresses),
                sensitive=values,
                strict=stack.is_for_developers,
            ),
            service,
        )


def _advice(spans: list[Span], otherwise: str) -> str:
    """What to do about secrets: where they are defaults of variables, the variables are there."""
    defaults = [re.match(_DEFAULT, span.text.strip("\"'")) for span in spans]
    names = dict.fromkeys(match[1] for match in defaults if match is not None)
    if not names or None in defaults:
        return f"{otherwise} {ROTATE}"
    listed = ", ".join(names)
    them = "them" if len(names) > 1 else "it"
    return (
        f"delete the default of {listed} (`${{{next(iter(names))}:?}}`), set {them} in an env file that git "
        f"ignores, {ROTATE}"
    )


_DEFAULT = r"\$\{([A-Za-z_]\w*):?-[^{}]*\}\Z"

_COMMANDS = (
    (("command",), "the command"),
    (("entrypoint",), "the entrypoint"),
    (("healthcheck", "test"), "the healthcheck"),
)


_HOOKS = ("pre_start", "post_start", "pre_stop")
"""The keys of commands that run in a container beside its own."""


def _urls(service: Service) -> Iterator[tuple[str, list[Span]]]:
    """The texts of a service with passwords in addresses: what each is, and the passwords."""
    texts = [
        (variable.name, variable.value_span)
        for path in (("environment",), ("build", "args"), ("labels",))
        for variable in key_values(service.get(*path))
    ]
    for path, name in _COMMANDS:
        texts += [(name, item.span) for item in _scalars(service.get(*path))]
    for name, span in texts:
        passwords = _passwords(span)
        if passwords:
            yield name, passwords


def _passwords(span: Span) -> list[Span]:
    """The passwords in the addresses that a text contains."""
    shown = span.text
    if "://" not in shown and "=" not in shown and "@" not in shown:
        return []
    bare = shown.lstrip("\"'")
    span = span._replace(start=span.start + len(shown) - len(bare))
    return [_part(span, password) for password in credentials_in_urls(bare.rstrip("\"'"))]


def _part(span: Span, part: SecretInText) -> Span:
    return span._replace(start=span.start + part.start, end=span.start + part.end)


def _overlap(first: Span, second: Span) -> bool:
    """Whether two places of one file share text."""
    return first.start < second.end and second.start < first.end


def _scalars(node: Node | None) -> list[Scalar]:
    return [item for item in nodes_of(node) if isinstance(item, Scalar)]


class Place(NamedTuple):
    """A place that contains a secret. ``holder`` names it in a message."""

    span: Span
    holder: str
    hashed: bool = False


@rule(
    "CF303",
    "secret-elsewhere",
    Severity.WARNING,
    category="security",
    strict_in=(*STRATEGIES, "hardened"),
    ignore_when=(
        "Where the value opens nothing, such as an example's key. A secret that opens "
        "something has to be changed, not accepted."
    ),
    sources=(SECRETS, BUILD_SECRETS),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis:7.4\n    command: redis-server --requirepass s3cr3tCache  # error: s3cr3tCache\n",
            good="services:\n  cache:\n    image: redis:7.4\n    command: redis-server --requirepass ${REDIS_PASSWORD:?set it in .env}\n",
        ),
        Example(
            bad="services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: 3f0c7d2b9e8a  # error: 3f0c7d2b9e8a\n",
            good="services:\n  web:\n    build:\n      context: .\n      secrets: [npm_token]\nsecrets:\n  npm_token:\n    environment: NPM_TOKEN\n",
            files={"Dockerfile": "FROM nginx:1.30\n"},
        ),
    ),
    security_severity=7.5,
)
def secret_elsewhere(stack: Stack) -> Iterator[Diagnostic]:
    """A secret is in a build argument, label, command, health check, hook, `content` or `x-` field.

    Build arguments stay in the image's history, labels and commands show in `docker inspect` and
    in the process list. Options count whose names end in a word for a secret (`--requirepass x`,
    `-Ddb.password=x`), headers, cookies and accounts of requests
    (`curl -H "Authorization: Bearer …"`), and values that have the form of a known token. Hashed passwords in labels
    (basic authentication of a proxy) are graded lower: they can be guessed offline. In
    stacks for development and tests, `recommended` reports tokens of a known form only.
    """
    reported = {
        held.variable.value_span
        for service in stack.services.values()
        for held in secrets_of(service)
    }
    for service in stack.services.values():
        finding = _finding(
            _elsewhere(service), f'service "{service.name}"', service.path, stack, reported
        )
        if finding is not None:
            yield in_service(finding, service)
    for name, places in _top_level(stack):
        finding = _finding(places, f'"{name}"', name, stack, reported)
        if finding is not None:
            yield finding


def _finding(
    places: Iterable[Place], owner: str, path: str, stack: Stack, reported: set[Span]
) -> Diagnostic | None:
    """The finding about the places that are not reported yet; they are added to ``reported``."""
    new = [place for place in places if place.span not in reported]
    if not new:
        return None
    reported.update(place.span for place in new)
    new.sort(key=lambda place: place.hashed)
    first, *others = new
    if first.hashed:
        kind, advice = "the hash of a password", "keep it out of what git tracks"
    else:
        kind = "a secret in plain text"
        spans = [place.span for place in new if not place.hashed]
        advice = _advice(
            spans, "use a secret, or a variable that is set in an env file that git ignores,"
        )
    return Diagnostic(
        first.span,
        f"{first.holder} of {owner} contains {kind}",
        help=advice,
        severity=Severity.INFO if first.hashed or stack.is_for_developers else None,
        related=[Related(place.span, f"{place.holder} contains one too") for place in others],
        subject=path,
        evidence=", ".join(place.holder for place in new),
        sensitive=[place.span for place in new],
        strict=stack.is_for_developers and not any(token_kind(place.span.text) for place in new),
    )


def _elsewhere(service: Service) -> Iterator[Place]:
    """The secrets of a service outside of the variables that are named like one."""
    for path, holder in (
        (("build", "args"), "the build argument"),
        (("labels",), "the label"),
        (("annotations",), "the annotation"),
        (("logging", "options"), "the logging option"),
    ):
        yield from _in_pairs(service.get(*path), holder, path == ("labels",))
    for path, holder in _COMMANDS:
        # A check has the client's copy of a password, and default-credentials reports weak ones.
        skips_weak = path[0] == "healthcheck"
        for place in _in_command(_scalars(service.get(*path)), holder):
            if not (skips_weak and _is_weak(place.span, service)):
                yield place
    for key in _HOOKS:
        hooks = service.get(key)
        for hook in hooks.items if isinstance(hooks, Sequence) else ():
            if isinstance(hook, Mapping):
                yield from _in_command(_scalars(hook.get("command")), f"the {key} hook")
                yield from _in_pairs(hook.get("environment"), f"the {key} hook's", False)
    for variable in service.environment.values():
        # A variable full of options, such as JAVA_OPTS, or a JAAS configuration.
        span = variable.value_span
        if " " in span.text and "=" in span.text and secret_kind(variable.name) is None:
            in_addresses = _passwords(span)  # credential-in-url reports these
            for secret in secrets_in_command(span.text):
                part = _part(span, secret)
                if not any(_overlap(part, other) for other in in_addresses):
                    yield Place(part, variable.name)


def _leaks_nothing(password: Span, service: Service) -> bool:
    """Whether a password in an address is a placeholder, or the weak default of a variable.

    Such addresses are those of services beside it, where `default-credentials` reports weak passwords.
    """
    value = literal_value(unquoted(password.text))
    if value is None:
        return False
    if is_placeholder(value) or is_trial(value):
        return True
    text = password.file.text
    before = text[max(text.rfind("\n", 0, password.start), 0) : password.start]
    is_default = password.text.startswith("${") or re.search(r"\$\{\w+:?-[^{}]*\Z", before)
    if not is_default:
        return False
    user = re.search(r"://(\$\{[^{}]*\}|[^\s/@:]*):\Z", before)
    names = [literal_value(user[1]) or ""] if user is not None else []
    return is_guessable(value, names, service.stack.product_names)


def _is_weak(span: Span, service: Service) -> bool:
    """Whether a literal password is one that everybody tries first."""
    value = literal_value(unquoted(span.text))
    return value is not None and is_guessable(value, products=service.stack.product_names)


def _in_pairs(node: Node | None, holder: str, hashes: bool) -> Iterator[Place]:
    for variable in key_values(node):
        value = written_value(variable)
        if not value or is_placeholder(value) or credential_in_url(value):
            continue
        if token_kind(value) or holds_secret(variable.name, value):
            yield Place(variable.value_span, f"{holder} {variable.name}")
        elif hashes and "$" in value and is_hash(value):
            yield Place(variable.value_span, f"{holder} {variable.name}", True)


def _in_command(items: list[Scalar], holder: str) -> Iterator[Place]:
    for index, item in enumerate(items):
        span = item.span
        shown = span.text
        if token_kind(shown):
            yield Place(span, holder)
            continue
        in_addresses = _passwords(span)
        for secret in secrets_in_command(shown):
            part = _part(span, secret)
            if not any(_overlap(part, other) for other in in_addresses):
                yield Place(part, holder, is_hash(shown[secret.start : secret.end]))
        # An option and its value as two items.
        option = unquoted(shown)
        if index + 1 == len(items) or not option.startswith("-") or not option.isascii():
            continue
        if "=" in option or " " in option:
            continue
        name = option.lstrip("-")
        following = items[index + 1].span
        is_request = any(
            program in before.span.text for before in items[:index] for program in ("curl", "wget")
        )
        for secret in secrets_in_argument(option, following.text) if is_request else ():
            yield Place(_part(following, secret), holder)
        value = literal_value(unquoted(following.text))
        if not value or value.startswith("-"):
            continue
        after_client = index > 0 and unquoted(items[index - 1].span.text).endswith("-cli")
        if secret_kind(name) and is_hash(value) and not is_dummy(value):
            yield Place(following, holder, True)
        elif (
            holds_secret(name, value) or (name == "a" and after_client and is_literal_secret(value))
        ) and not is_dummy(value):
            yield Place(following, holder)


def _top_level(stack: Stack) -> Iterator[tuple[str, Iterator[Place]]]:
    """The secrets outside of services, by the path of what contains them."""
    for entry in stack.tree.entries:
        if entry.name.startswith("x-"):
            yield entry.name, _in_tree(entry.value, entry.name)
    for name, resource in stack.secrets.items():
        content = resource.node.get("content") if resource.node else None
        if isinstance(content, Scalar) and _is_written_secret(content):
            yield f"secrets.{name}", iter((Place(content.span, "the content"),))
    for kind, resources in (("volumes", stack.volumes), ("configs", stack.configs)):
        for name, resource in resources.items():
            content = resource.node.get("content") if resource.node else None
            if isinstance(content, Scalar):
                yield f"{kind}.{name}", _in_content(content)
            options = resource.node.get("driver_opts") if resource.node else None
            if isinstance(options, Mapping):
                yield f"{kind}.{name}", _in_options(options)


def _in_tree(root: Node, name: str) -> Iterator[Place]:
    pending = [(root, name)]
    steps = 0
    while pending and steps < 5_000:
        steps += 1
        node, path = pending.pop()
        if isinstance(node, Mapping):
            pending.extend((entry.value, entry.name) for entry in reversed(node.entries))
        elif isinstance(node, Sequence):
            pending.extend((item, path) for item in reversed(node.items))
            for variable in key_values(node):
                value = written_value(variable)
                if variable.value is None or not value or is_placeholder(value):
                    continue
                if holds_secret(variable.name, value):
                    yield Place(variable.value_span, variable.name)
        elif isinstance(node, Scalar) and not node.unknown and isinstance(node.value, str):
            shown = unquoted(node.span.text)
            value = literal_value(shown) if "$" in shown else node.value
            if (
                value
                and not is_placeholder(value)
                and (token_kind(value) or holds_secret(path, value))
            ):
                yield Place(node.span, path)


def _in_content(content: Scalar) -> Iterator[Place]:
    span = content.span
    if token_kind(span.text):
        yield Place(span, "the content")
        return
    for secret in secrets_in_lines(span.text):
        yield Place(_part(span, secret), "the content")


def _is_written_secret(content: Scalar) -> bool:
    """Whether the content of an entry of ``secrets`` is in the file, and no placeholder."""
    text = content.span.text
    value = literal_value(unquoted(text)) if "$" in text else scalar_text(content)
    return bool(value) and value is not None and not is_placeholder(value) and not is_dummy(value)


def _in_options(options: Mapping) -> Iterator[Place]:
    for entry in options.entries:
        node = entry.value
        if not isinstance(node, Scalar) or node.unknown:
            continue
        text = scalar_text(node)
        if holds_secret(entry.name, text) and not is_placeholder(text):
            yield Place(node.span, f"the option {entry.name}")
        for part in text.split(","):
            name, equals, value = part.partition("=")
            if is_placeholder(value):
                continue
            if equals and holds_secret(name.strip(), value) and value in node.span.text:
                at = text.find(part) + len(name) + 1
                yield Place(part_of(node, at, at + len(value)), f"the option {entry.name}")
