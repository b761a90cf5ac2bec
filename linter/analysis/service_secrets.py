"""The variables of a service whose values in the file are secrets."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..secrets.dummies import is_guessable, unquoted
from ..secrets.names import ACCOUNT_ENDINGS, TOKEN, secret_kind
from ..secrets.values import (
    HASH,
    credential_in_url,
    holds_secret,
    is_hash,
    literal_value,
    token_kind,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service
    from ..model.values import EnvVar


class Held(NamedTuple):
    """A variable that holds a secret.

    ``kind`` is what the value is by its form (``a GitHub token``); None if the form says
    nothing. ``guessable`` tells whether anybody would try the value as a password.
    """

    variable: EnvVar
    value: str
    kind: str | None
    guessable: bool


def secrets_of(service: Service) -> list[Held]:
    """The variables of a service's ``environment`` that hold secrets in plain text."""
    secrets: list[Held] | None = service.conclusions.get(Held)
    if secrets is None:
        secrets = service.conclusions[Held] = list(_secrets(service))
    return secrets


def _secrets(service: Service) -> Iterator[Held]:
    names: list[str] | None = None
    for variable in service.environment.values():
        kind = secret_kind(variable.name)
        value = written_value(variable)
        if not value:
            continue
        form = HASH if is_hash(value) and kind is not None else token_kind(value)
        if form is None and not holds_secret(variable.name, value):
            continue
        if form is None and credential_in_url(value):
            continue  # credential-in-url reports it
        guessable = False
        if form is None and kind is not None and kind != TOKEN:
            if names is None:
                names = _account_names(service)
            first_word = variable.name.replace(".", "_").partition("_")[0]
            guessable = is_guessable(
                value, [*names, variable.name, first_word], service.stack.product_names
            )
        yield Held(variable, value, form, guessable)


def _account_names(service: Service) -> list[str]:
    """The names of a service's users and databases."""
    values = (
        written_value(variable)
        for variable in service.environment.values()
        if variable.name.upper().endswith(ACCOUNT_ENDINGS)
    )
    return [unquoted(value) for value in values if value]


def written_value(variable: EnvVar) -> str | None:
    """A variable's value as the Compose file has it, with its defaults.

    None if it depends on what is set elsewhere. Env files are not asked: the text in the
    Compose file stays the same.
    """
    text = variable.value_span.text
    if "$" not in text:
        return None if variable.unknown else variable.value
    if text[0] in "|>":
        text = text.partition("\n")[2]
    else:
        text = text.removeprefix(f"{variable.name}=")
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            text = text[1:-1]
    return literal_value(text)
