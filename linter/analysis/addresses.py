"""The addresses that a service is told to connect to: URLs, connection strings, host and port.

They come from the variables of ``environment`` and of env files, and from the command. What a
variable without a value would be is never guessed: an address whose host it decides is left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.names import STORES
from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import Span
from ..base.units import whole_number
from ..compose.values import UNKNOWN
from ..source.yaml.nodes import Scalar, Sequence, UnknownScalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service
    from ..model.values import EnvVar
    from ..source.yaml.nodes import Node

# fmt: off
FAMILIES = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mongodb": "MongoDB", "redis": "Redis", "amqp": "AMQP",
    "kafka": "Kafka", "nats": "NATS", "memcached": "Memcached", "mssql": "SQL Server",
    "clickhouse": "ClickHouse", "elasticsearch": "Elasticsearch", "cassandra": "Cassandra",
    "neo4j": "Neo4j", "influxdb": "InfluxDB",
}
"""Kinds of databases, caches and brokers that clients of one kind reach, and what to call them."""

_SCHEMES = {
    "postgres": "postgres", "postgresql": "postgres", "pgsql": "postgres", "psql": "postgres",
    "postgis": "postgres", "mysql": "mysql", "mysql2": "mysql", "mariadb": "mysql", "mysqli": "mysql",
    "mongodb": "mongodb", "redis": "redis", "rediss": "redis", "valkey": "redis", "amqp": "amqp",
    "amqps": "amqp", "kafka": "kafka", "nats": "nats", "memcached": "memcached", "sqlserver": "mssql",
    "mssql": "mssql", "clickhouse": "clickhouse", "cassandra": "cassandra", "bolt": "neo4j",
    "neo4j": "neo4j",
}
"""The schemes of URLs that only such services speak."""

_WORDS = {
    "POSTGRES": "postgres", "POSTGRESQL": "postgres", "PG": "postgres", "PGSQL": "postgres",
    "MYSQL": "mysql", "MARIADB": "mysql", "MONGO": "mongodb", "MONGODB": "mongodb", "REDIS": "redis",
    "VALKEY": "redis", "RABBITMQ": "amqp", "RABBIT": "amqp", "AMQP": "amqp", "KAFKA": "kafka",
    "NATS": "nats", "MEMCACHED": "memcached", "MEMCACHE": "memcached", "MSSQL": "mssql",
    "CLICKHOUSE": "clickhouse", "ELASTICSEARCH": "elasticsearch", "ELASTIC": "elasticsearch",
    "OPENSEARCH": "elasticsearch", "CASSANDRA": "cassandra", "NEO4J": "neo4j",
}
"""Words in names of variables that say what runs at an address."""
# fmt: on

DATABASE = "database"
"""The family of ``DB_HOST``: any database."""

_IMAGES = (
    ("postgres", r"postgres(?:ql)?|postgis|pgvector|timescaledb(?:-ha)?|spilo"),
    ("mysql", r"mysql(?:-server)?|mariadb|percona(?:-server)?"),
    ("mongodb", r"mongo(?:db)?(?:-community-server|-server)?|percona-server-mongodb"),
    ("redis", r"redis(?:-stack(?:-server)?)?|valkey|keydb|dragonfly"),
    ("amqp", r"rabbitmq"),
    ("kafka", r"(?:cp-)?kafka(?:-native)?|redpanda"),
    ("nats", r"nats"),
    ("memcached", r"memcached"),
    ("mssql", r"server|azure-sql-edge"),
    ("clickhouse", r"clickhouse(?:-server)?"),
    ("elasticsearch", r"elasticsearch|opensearch"),
    ("cassandra", r"cassandra|scylla"),
    ("neo4j", r"neo4j"),
    ("influxdb", r"influxdb"),
)
"""Families by the last part of the names of images that are known as stores."""

DATABASES = frozenset(("postgres", "mysql", "mongodb", "mssql"))
"""The families that ``DB_HOST`` may mean."""


def family_of(service: Service) -> str | None:
    """The kind of database, cache or broker that a service runs; None for others."""
    from .container import container_of

    container = container_of(service)
    facts = container.facts
    if facts is None or container.kind not in STORES:
        return None
    if facts.name.rpartition("/")[2] == "server" and "mssql" not in facts.name:
        return None
    name = facts.name.rpartition("/")[2]
    return next((each for each, names in _IMAGES if re.fullmatch(names, name)), None)


class Variable(NamedTuple):
    """A variable that a container gets: its text with a mark for each part that is unknown."""

    name: str
    text: str
    span: Span
    key: str
    """The key of the service that brings it: ``environment`` or ``env_file``."""


def variables_of(service: Service) -> dict[str, Variable]:
    """The variables that a container gets from ``environment`` and env files, by name."""
    variables: dict[str, Variable] = {}
    for file in service.env_files:
        for entry in file.syntax.entries if file.syntax else ():
            text = entry.value if entry.value is not None else ""
            variables[entry.key] = Variable(entry.key, str(text), entry.value_span, "env_file")
    for variable in service.environment.values():
        written = _text_of(variable)
        if written is None:
            variables.pop(variable.name, None)
        else:
            variables[variable.name] = Variable(
                variable.name, written, variable.value_span, "environment"
            )
    return variables


def _text_of(variable: EnvVar) -> str | None:
    """The text of a variable, with marks in place of what is unknown; None if it has none."""
    node = variable.node
    if not variable.unknown:
        return variable.value
    if not isinstance(node, UnknownScalar):
        return UNKNOWN
    text = node.pattern
    prefix = f"{variable.name}="
    return text.removeprefix(prefix)


class Address(NamedTuple):
    """An address that a service is told to connect to.

    ``name`` is that of the variable, or of the key that has the command; ``family`` what runs
    there (a key of ``FAMILIES``, ``DATABASE``, or empty if unknown). Of ``user``, ``password``,
    ``database`` and ``port`` each is None if it is not given or unknown. ``span`` is the place of
    the value, ``place`` that of host and port in it, if the file shows them.
    """

    name: str
    family: str
    scheme: str
    host: str
    port: int | None
    user: str | None
    password: str | None
    database: str | None
    span: Span
    place: Span
    key: str
    port_place: Span | None = None
    """The place of the variable that has the port, if another one has it."""
    places: tuple[tuple[str, Span], ...] = ()
    """The places of ``user``, ``password`` and ``database`` in variables of their own."""


class Addresses:
    """The addresses of one service."""

    def __init__(self, service: Service) -> None:
        self.all = list(_addresses(service))


def addresses_of(service: Service) -> list[Address]:
    """The addresses that a service is told to connect to."""
    found: Addresses | None = service.conclusions.get(Addresses)
    if found is None:
        found = service.conclusions[Addresses] = Addresses(service)
    return found.all


_OTHERS = frozenset((
    "ADVERTISE", "ADVERTISED", "ALLOWED", "BIND", "BROWSER", "CALLBACK", "CLIENT", "CORS", "DOMAIN",
    "DOCS", "EXTERNAL", "FORWARDED", "FRONTEND", "INTERFACE", "ISSUER", "LISTEN", "LISTENER", "LISTENERS",
    "LOCAL", "LOCALHOST", "NG", "NUXT", "ORIGIN", "ORIGINS", "PUBLIC", "REACT", "REDIRECT", "SELF",
    "TEST", "TESTING", "TESTS", "TRUSTED", "VIRTUAL", "VITE", "VUE", "WEBSITE", "WHITELIST", "EXAMPLE",
    "OLD", "SWAGGER", "ROOT", "NAMESPACE",
))  # fmt: skip
"""Words in names of variables whose address is meant for others than the service itself: for
browsers, for what listens there, for tests."""

_HOST_WORDS = frozenset(("HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "HOSTS", "SERVERS"))
_BROKERS = frozenset(("BOOTSTRAP_SERVERS", "BROKERS", "BROKER", "BROKER_LIST", "BOOTSTRAP_SERVER"))

_URL = on_demand(
    r"(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?:([^/\s\"'@,]*(?:@[^/\s\"'@,]*)*)@)?"
    r"((?:[\w.\uffff-]+|\[[0-9a-fA-F:]+\])(?::[\d\uffff]+)?)"
    r"((?:,[\w.-]+(?::\d+)?)*)(/[^\s\"'?#;,]*)?(;[^\s\"']*)?(?=[\s\"'?#;,)\]}&|<>]|\Z)"
)
_GO_DSN = on_demand(r"\A([^:@/\s]*)(?::([^@]*))?@tcp\(([\w.-]+)(?::(\d+))?\)/([^?\s]*)")
_PAIRS = on_demand(r"(?:\A|[;\s\"':])([A-Za-z][A-Za-z _]{0,29}?)[ ]*=[ ]*([^;\"'\s]*)")
_DSN_KEYS = {
    "host": "host", "server": "host", "data source": "host", "datasource": "host", "address": "host",
    "addr": "host", "hostname": "host", "port": "port", "database": "database", "dbname": "database",
    "initial catalog": "database", "user": "user", "username": "user", "user id": "user", "uid": "user",
    "password": "password", "pwd": "password",
}  # fmt: skip
_HOST_PORT = on_demand(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?")


def _addresses(service: Service) -> Iterator[Address]:
    variables = variables_of(service)
    for variable in variables.values():
        text = variable.text
        if "://" in text:
            if not _is_for_others(variable.name):
                yield from _urls(variable)
        elif len(text) > 2000:
            continue
        elif "@tcp(" in text:
            yield from _go_dsn(variable)
        elif "=" in text and (";" in text or "host=" in text):
            yield from _dsn(variable)
        elif not text.startswith(UNKNOWN) and not _is_for_others(variable.name):
            yield from _hosts(variable, variables)
    for key in ("command", "entrypoint"):
        for node in _scalars(service.get(key)):
            text = node.pattern if isinstance(node, UnknownScalar) else node.raw
            if "://" in text:
                yield from _urls(Variable(key, text, node.span, key))


def _scalars(node: Node | None) -> Iterator[Scalar]:
    """The texts of a command in either form."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        yield from (item for item in node.items if isinstance(item, Scalar))


@lru_cache(maxsize=2048)
def _words(name: str) -> tuple[str, ...]:
    """The words of a variable's name, in capitals."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return tuple(word for word in re.split(r"[^A-Za-z0-9]+", spaced.upper()) if word)


def _is_for_others(name: str) -> bool:
    return not _OTHERS.isdisjoint(_words(name))


def _urls(variable: Variable) -> Iterator[Address]:
    if len(variable.text) > 20_000:
        return
    for match in _URL.finditer(variable.text):
        scheme, login, first, more, path, options = match.groups()
        base = scheme.lower().partition("+")[0]
        if base == "mongodb" and "+srv" in scheme.lower():
            continue
        user, _, password = (login or "").partition(":")
        database = (path or "").lstrip("/").partition("/")[0] or None
        if options and base in ("sqlserver", "mssql"):
            found = re.search(r"(?i);(?:databaseName|database)=([^;]*)", options)
            database = found[1] if found else None
        for text in (first, *more.split(",")):
            host, port = _host_and_port(text)
            if host:
                yield Address(
                    variable.name,
                    _SCHEMES.get(base, ""),
                    scheme.lower(),
                    host,
                    port,
                    _decoded(user),
                    _decoded(password),
                    _decoded(database),
                    variable.span,
                    place_in(variable.span, text),
                    variable.key,
                )


def _host_and_port(text: str) -> tuple[str, int | None]:
    """Host and port of ``host:port``; an empty host if it is unknown."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, whole_number(port.lstrip(":"))
    host, _, port = text.partition(":")
    return ("" if UNKNOWN in host else host), whole_number(port)


def _decoded(text: str | None) -> str | None:
    """A part of a URL without escapes; None if it is empty or unknown."""
    if not text or UNKNOWN in text or "$" in text or "{" in text:
        return None
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def place_in(span: Span, part: str) -> Span:
    """The place of a part of a value, if the file shows it once; else that of the value."""
    text = span.text
    if part and text.count(part) == 1:
        start = span.start + text.find(part)
        return Span(span.file, start, start + len(part))
    return span


def _go_dsn(variable: Variable) -> Iterator[Address]:
    """The address of ``user:password@tcp(host:3306)/database``, as Go writes it for MySQL."""
    match = _GO_DSN.match(variable.text)
    if match is None or UNKNOWN in match[3]:
        return
    user, password, host, port, database = match.groups()
    yield Address(
        variable.name,
        "mysql",
        "tcp",
        host,
        whole_number(port or ""),
        _known(user),
        _known(password),
        _known(database),
        variable.span,
        place_in(variable.span, f"{host}:{port}" if port else host),
        variable.key,
    )


def _known(text: str | None) -> str | None:
    return text if text and UNKNOWN not in text and "$" not in text else None


def _dsn(variable: Variable) -> Iterator[Address]:
    """The address of ``Host=db;Port=5432;Database=shop``, and of ``host=db port=5432 dbname=shop``."""
    given = {
        _DSN_KEYS[key.lower()]: value
        for key, value in _PAIRS.findall(variable.text)
        if key.lower() in _DSN_KEYS
    }
    host = given.get("host", "").removeprefix("tcp:")
    if "database" not in given or not host:
        return
    host, comma, port = host.partition(",")
    if not comma:
        host, _, port = host.partition(":")
    match = _HOST_PORT.fullmatch(host)
    if match is None:
        return
    scheme = variable.text.partition(":")[0].lower()
    yield Address(
        variable.name,
        _SCHEMES.get(scheme) or _family_by_name(variable.name) or DATABASE,
        "",
        host,
        whole_number(port or given.get("port", "")),
        _known(given.get("user")),
        _known(given.get("password")),
        _known(given["database"]),
        variable.span,
        place_in(variable.span, f"{host},{port}" if comma else host),
        variable.key,
    )


def _family_by_name(name: str) -> str:
    words = _words(name)
    if words and words[0].startswith("PG"):
        words = (*words, "PG")
    return next((_WORDS[word] for word in words if word in _WORDS), "")


def _hosts(variable: Variable, variables: dict[str, Variable]) -> Iterator[Address]:
    """The addresses of ``DB_HOST: db`` with ``DB_PORT: 5432`` and the rest of its family."""
    words = _words(variable.name)
    if not words:
        return
    joined = "_".join(words)
    is_list = any(joined.endswith(end) for end in _BROKERS) and (
        "KAFKA" in words or "BOOTSTRAP" in words
    )
    if not is_list and words[-1] not in _HOST_WORDS and joined != "PGHOST":
        return
    family = "kafka" if is_list else _family_by_name(variable.name)
    if not family and not {"DB", "DATABASE", "SQL"}.isdisjoint(words):
        family = DATABASE
    texts = [text.strip() for text in variable.text.split(",")]
    for text in texts:
        match = _HOST_PORT.fullmatch(text)
        if match is None or match[1].isdigit():
            continue
        ending = "HOST" if joined == "PGHOST" else words[-1]
        prefix = variable.name[: len(variable.name) - len(ending)]
        beside = _beside(variables, prefix)
        account = {key: _known(beside[key].text) if key in beside else None for key in _ACCOUNT}
        own = None if is_list or match[2] else beside.get("port")
        port = match[2] or (_known(own.text) if own else None)
        yield Address(
            variable.name,
            family,
            "",
            match[1],
            whole_number(port or ""),
            account["user"],
            account["password"],
            account["database"],
            variable.span,
            place_in(variable.span, text),
            variable.key,
            own.span if own is not None else None,
            tuple((key, beside[key].span) for key in _ACCOUNT if key in beside),
        )


_ACCOUNT = ("user", "password", "database")
_BESIDE = {
    "port": ("PORT",),
    "user": ("USER", "USERNAME", "LOGIN"),
    "password": ("PASSWORD", "PASS", "PASSWD"),
    "database": ("NAME", "DATABASE", "DB", "DBNAME", "DATABASE_NAME"),
}


def _beside(variables: dict[str, Variable], prefix: str) -> dict[str, Variable]:
    """The variables with the same prefix that have the port, the user, the password, the database."""
    small = prefix != "" and prefix.lower() == prefix
    return {
        key: variables[name]
        for key, endings in _BESIDE.items()
        for name in (prefix + (ending.lower() if small else ending) for ending in endings[::-1])
        if name in variables
    }
