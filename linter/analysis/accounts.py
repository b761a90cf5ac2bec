"""The user, the password and the database that a store makes at its first start."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..compose.values import UNKNOWN
from .addresses import family_of, variables_of
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from .addresses import Variable

_SCRIPTS = "/docker-entrypoint-initdb.d"
_MAKERS = (
    r"psql|createdb|createuser|mysql\b|mariadb\b|mongosh?\b|create +(?:database|user|role)|init"
)
"""What the commands of services that make further users and databases contain."""

_POSTGRES = frozenset((
    "postgres", "postgis/postgis", "pgvector/pgvector", "timescale/timescaledb",
))  # fmt: skip
_MYSQL = frozenset(("mysql", "mariadb", "percona", "mysql/mysql-server"))


class Account(NamedTuple):
    """What a store is given: each is None if it is unknown.

    ``variables`` are those that give ``user``, ``password``, ``database``, by these words. ``others``
    are further users that exist; ``is_owner`` tells whether the user may make databases.
    """

    user: str | None
    password: str | None
    database: str | None
    variables: dict[str, Variable]
    others: frozenset[str]
    is_owner: bool


def account_of(service: Service) -> Account | None:
    """The account that a store makes; None if it is unknown, or others may be made."""
    facts = container_of(service).facts
    family = family_of(service)
    if facts is None or service.build is not None or service.get("entrypoint") is not None:
        return None
    if any(file.syntax is None for file in service.env_files) or _may_get_more(service):
        return None
    variables = variables_of(service)
    if any(name.endswith("_FILE") for name in variables):
        return None
    if family == "postgres" and facts.name in _POSTGRES:
        return _postgres(variables)
    if family == "mysql" and facts.name in _MYSQL:
        return _mysql(variables)
    if family == "redis":
        return _redis(service)
    return None


def _may_get_more(service: Service) -> bool:
    """Whether scripts, or other services, may make further users and databases in a store."""
    if any(
        mount.unknown or mount.target.rstrip("/").startswith(_SCRIPTS) for mount in service.mounts
    ):
        return True
    node = service.get("configs")
    if node is not None and _SCRIPTS in node.span.text:
        return True
    return any(
        re.search(_MAKERS, container_of(other).command_text, re.IGNORECASE) is not None
        or (
            other.get(
                "command",
            )
            is not None
            and container_of(other).command is None
        )
        for other in service.stack.services.values()
        if other is not service
        and (other.get("command") is not None or other.get("entrypoint") is not None)
    )


def _value(variables: dict[str, Variable], *names: str) -> Variable | None:
    """The first of some variables that is set."""
    return next((variables[name] for name in names if name in variables), None)


def _known(variable: Variable | None, default: str | None = None) -> str | None:
    if variable is None:
        return default
    return variable.text if variable.text and UNKNOWN not in variable.text else None


def _account(
    given: dict[str, Variable | None],
    user: str | None,
    database: str | None,
    others: frozenset[str],
    is_owner: bool,
) -> Account:
    set_ones = {key: variable for key, variable in given.items() if variable is not None}
    return Account(user, _known(given["password"]), database, set_ones, others, is_owner)


def _postgres(variables: dict[str, Variable]) -> Account:
    given = {
        "user": _value(variables, "POSTGRES_USER"),
        "password": _value(variables, "POSTGRES_PASSWORD"),
        "database": _value(variables, "POSTGRES_DB"),
    }
    user = _known(given["user"], "postgres")
    database = _known(given["database"], user)
    return _account(given, user, database, frozenset(), True)


def _mysql(variables: dict[str, Variable]) -> Account:
    given = {
        "user": _value(variables, "MYSQL_USER", "MARIADB_USER"),
        "password": _value(variables, "MYSQL_PASSWORD", "MARIADB_PASSWORD"),
        "database": _value(variables, "MYSQL_DATABASE", "MARIADB_DATABASE"),
    }
    if given["user"] is None:
        given["password"] = _value(variables, "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD")
        return _account(given, "root", _known(given["database"]), frozenset(), True)
    user = _known(given["user"])
    return _account(given, user, _known(given["database"]), frozenset(("root",)), False)


def _redis(service: Service) -> Account | None:
    words = container_of(service).command
    if not words:
        return None
    text = " ".join(words)
    found = re.search(r"--requirepass[ =]+['\"]?([^\s'\"]+)", text)
    if found is None or "$" in found[1]:
        return None
    return Account(None, found[1], None, {}, frozenset(("default",)), True)
