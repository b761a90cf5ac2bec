"""Users, passwords and databases that clients and stores are given."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ._secrets import in_service
from .addresses import ADDRESS_WORDS, NETWORKING, each_address, what_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.accounts import Account
    from ...linter.analysis.addresses import Address
    from ...linter.base.text import Span
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


@rule(
    "CF175",
    "account-differs",
    Severity.WARNING,
    category="connect",
    words=ADDRESS_WORDS,
    since="0.2",
    sources=(
        NETWORKING,
        "https://hub.docker.com/_/postgres",
        "https://hub.docker.com/_/mysql",
    ),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      DB_HOST: db\n      DB_USER: shp  # error: shp\n      DB_NAME: shop\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      DB_HOST: db\n      DB_USER: shop\n      DB_NAME: shop\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, pg_isready]\n    environment:\n      POSTGRES_USER: shop\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            files={".env": "DB_PASSWORD=changeme\n"},
        ),
    ),
)
def account_differs(stack: Stack) -> Iterator[Diagnostic]:
    """A client uses a user, password or database name that the database service does not set up.

    Why: The image makes one account, from its variables, at its first start; the server refuses
    any other.

    Stores that get scripts, that other services may change, and values that are not known are
    left alone. That the owner of a PostgreSQL server names another database is advice: some
    programs make theirs.
    """
    reported: set[Span] = set()
    for service, address in each_address(stack):
        if address.user is address.password is address.database is None:
            continue
        from ...linter.analysis.accounts import account_of
        from ...linter.analysis.addresses import DATABASE, family_of
        from ...linter.analysis.peers import peers_of

        store = peers_of(stack).named(address.host, service)
        if store is None or store is service:
            continue
        family = family_of(store)
        if family is None or address.family not in (family, DATABASE, ""):
            continue
        account = account_of(store)
        if account is None:
            continue
        kind = _difference(address, account)
        if kind == "database" and (stack.is_test or stack.is_throwaway):
            continue  # tests make theirs
        place = dict(address.places).get(kind) or _inside(address, kind)
        if not kind or place in reported or _is_open(stack, address, account, kind):
            continue
        reported.add(place)
        yield _finding(service, store, address, account, kind, place)


def _difference(address: Address, account: Account) -> str:
    """What differs: ``user``, ``password``, ``database``; empty if nothing surely does."""
    if address.user is not None and account.user is not None and address.user != account.user:
        return "" if address.user in account.others else "user"
    if (
        address.password is not None
        and account.password is not None
        and address.password != account.password
        and (address.user == account.user or (address.user is None and account.user is None))
    ):
        return "password"
    if (
        address.database is not None
        and account.database is not None
        and address.database not in (account.database, "postgres", "mysql", "template1")
        and address.user == account.user is not None
    ):
        return "database"
    return ""


def _inside(address: Address, kind: str) -> Span:
    """The place of user or database in a URL, if the file shows it once; else the address."""
    from ...linter.analysis.addresses import place_in

    if kind == "user" and address.user:
        place = place_in(address.span, f"//{address.user}")
        if place != address.span:
            return place._replace(start=place.start + 2)
    if kind == "database" and address.database:
        place = place_in(address.span, f"/{address.database}")
        if place != address.span:
            return place._replace(start=place.start + 1)
    return address.place


def _is_open(stack: Stack, address: Address, account: Account, kind: str) -> bool:
    """Whether one of the values is a default of what is set elsewhere."""
    from ...linter.analysis.local_addresses import is_set_elsewhere

    places = [address.span, *(span for _, span in address.places)]
    places += [variable.span for variable in account.variables.values()]
    return any(is_set_elsewhere(stack, place) for place in places)


def _finding(
    service: Service, store: Service, address: Address, account: Account, kind: str, place: Span
) -> Diagnostic:
    given = account.variables.get(kind)
    name = given.name if given is not None else "the image's default"
    who = what_of(service, address)
    severity = None
    if kind == "user":
        message = (
            f'{who} logs in to service "{store.name}" as "{address.user}", but the user there is '
            f'"{account.user}" ({name})'
        )
        help = f'write "{account.user}", or set {_variable(store, kind)} to "{address.user}"'
    elif kind == "password":
        message = f'{who} logs in to service "{store.name}" with a password that differs from the one set there'
        help = "use one variable in both, such as `${DB_PASSWORD:?}`"
    else:
        message = (
            f'{who} opens the database "{address.database}" of service "{store.name}", which creates '
            f'"{account.database}" ({name})'
        )
        help = (
            f'write "{account.database}", or set {_variable(store, kind)} to "{address.database}"'
        )
        severity = Severity.INFO if account.is_owner else None
    inner = f".{address.name}" if address.key in ("environment", "env_file") else ""
    return in_service(
        Diagnostic(
            place,
            message,
            help=help,
            severity=severity,
            subject=f"{service.path}.{address.key}{inner}",
            evidence=kind,
            sensitive=[
                *(span for key, span in address.places if key == "password"),
                *([account.variables["password"].span] if "password" in account.variables else ()),
                *([address.span] if address.password and not address.places else ()),
            ],
            related=[
                Related(
                    given.span if given and kind != "password" else store.key.span,
                    f'the account of service "{store.name}"',
                )
            ],
        ),
        service,
    )


def _variable(store: Service, kind: str) -> str:
    """The variable by which the image of a store gets user or database."""
    from ...linter.analysis.addresses import family_of

    if family_of(store) == "postgres":
        return {"user": "POSTGRES_USER", "database": "POSTGRES_DB"}[kind]
    return {"user": "MYSQL_USER", "database": "MYSQL_DATABASE"}[kind]
