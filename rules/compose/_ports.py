"""Which published ports are open to other machines, and which of them should not be."""

from __future__ import annotations

import re

from ._nodes import shown_image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Port
    from ...linter.model.service import Service

_PORTS: dict[int, tuple[str, tuple[str, ...]]] = {
    1433: ("SQL Server", ("mssql", "sqlserver")),
    1521: ("Oracle", ("oracle",)),
    2375: ("the Docker API", ("docker", "dind")),
    2379: ("etcd", ("etcd",)),
    3306: ("MySQL", ("mysql", "mariadb", "percona")),
    5432: ("PostgreSQL", ("postgres", "postgis", "pgvector", "timescaledb")),
    5672: ("AMQP", ("rabbitmq", "amqp")),
    5984: ("CouchDB", ("couchdb",)),
    6379: ("Redis", ("redis", "valkey", "keydb", "dragonfly")),
    7474: ("Neo4j", ("neo4j",)),
    7687: ("Neo4j", ("neo4j",)),
    8086: ("InfluxDB", ("influxdb",)),
    8123: ("ClickHouse", ("clickhouse",)),
    9042: ("Cassandra", ("cassandra", "scylla")),
    9092: ("Kafka", ("kafka", "redpanda")),
    9200: ("Elasticsearch", ("elasticsearch", "opensearch")),
    9300: ("Elasticsearch", ("elasticsearch", "opensearch")),
    11211: ("memcached", ("memcached",)),
    15672: ("RabbitMQ's management", ("rabbitmq",)),
    26257: ("CockroachDB", ("cockroach",)),
    27017: ("MongoDB", ("mongo",)),
    28015: ("RethinkDB", ("rethinkdb",)),
}
"""Programs that other machines should not reach, by their usual port: the name, and the words
with which the names of their images begin. A port alone proves nothing."""

_DEVICE_PORTS = frozenset((1883, 8883, 8083, 8084))
"""Ports of MQTT, which devices on the network talk to."""

_MAIL_PORTS = frozenset((25, 465, 587, 1025, 2500, 2525, 3025))
"""Ports to which programs send mail. A mail catcher's reveals nothing; its pages do."""


def inner(service: Service, port: Port) -> str | None:
    """What a port belongs to, if other machines should not reach that; else None."""
    facts = service.facts
    published = port.published_range
    if published is not None and published[0] in (80, 443):
        return None
    if facts is not None and facts.kind is not None:
        if not facts.internal or port.target in _DEVICE_PORTS:
            return None
        if facts.kind == "admin-panel" and port.target in _MAIL_PORTS:
            return None
        return shown_image(service)
    if service.build is not None or port.target is None:
        return None
    program, words = _PORTS.get(port.target, ("", ()))
    return program if words and _is_named(service, words) else None


def _is_named(service: Service, words: tuple[str, ...]) -> bool:
    """Whether a part of the image's name begins with one of the words, or is that of a database."""
    reference = service.reference
    if reference is None:
        return False
    parts = re.split(r"[-_./]", reference.repository)
    return any(part.startswith(words) or part in ("db", "database") for part in parts)


def open_ports(service: Service) -> Iterator[Port]:
    """The ports that are open on every address of the host, for certain."""
    if service.text("network_mode") in ("host", "none") or service.is_cut_off:
        return
    for port in service.ports:
        if not port.unknown and port.target is not None and port.all_interfaces:
            yield port
