"""The variables of a service that hold secrets in the text of the file."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..secrets.names import TOKEN, secret_kind
from ..secrets.values import (
    HASH,
    credential_in_url,
    holds_secret,
    is_guessable,
    is_hash,
    literal_value,
    token_kind,
    unquoted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from ..model.values import EnvVar


class Held(NamedTuple):
    """A variable that holds a secret: its value, and what the value is by its form."""

    variable: EnvVar
    value: str
    kind: str | None
    guessable: bool


def secrets_of(service: Service) -> list[Held]:
    """The variables of a service's ``environment`` that hold secrets in plain text."""
    known: list[Held] | None = service.conclusions.get(Held)
    if known is not None:
        return known
    found: list[Held] = []
    service.conclusions[Held] = found
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
                names = account_names(service)
            guessable = is_guessable(value, [*names, *_own_words(variable.name)])
        found.append(Held(variable, value, form, guessable))
    return found


_ACCOUNTS = (
    "USER",
    "USERNAME",
    "USR",
    "LOGIN",
    "DB",
    "DATABASE",
    "DBNAME",
    "DATABASE_NAME",
    "NAME",
)


def account_names(service: Service) -> list[str]:
    """Names that anybody would try as the password: of its users, databases, image and itself."""
    names = [service.name]
    reference = service.reference
    if reference is not None:
        names.append(reference.name.rpartition("/")[2])
    for variable in service.environment.values():
        if variable.name.upper().replace(".", "_").endswith(_ACCOUNTS):
            value = written_value(variable)
            if value:
                names.append(unquoted(value))
    return names


def _own_words(name: str) -> list[str]:
    first = name.replace(".", "_").partition("_")[0]
    return [name, first]


def written_value(variable: EnvVar) -> str | None:
    """A variable's value when nobody sets anything; None where it depends on what is set.

    What an env file sets is of no interest: the text in the file stays what it is.
    """
    shown = variable.value_span.text
    if "$" not in shown:
        return None if variable.unknown else variable.value
    if shown[0] in "|>":
        shown = shown.partition("\n")[2]
    else:
        shown = shown.removeprefix(f"{variable.name}=")
        if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "\"'":
            shown = shown[1:-1]
    return literal_value(shown)
