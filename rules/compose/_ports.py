"""Which published ports are open to other machines, and which of them should not be."""

from __future__ import annotations

from ._nodes import shown_image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Port
    from ...linter.model.service import Service

_PORTS = {
    1433: "SQL Server", 1521: "Oracle", 2375: "the Docker API", 2379: "etcd", 3306: "MySQL", 5432: "PostgreSQL",
    5672: "AMQP", 5984: "CouchDB", 6379: "Redis", 7474: "Neo4j", 7687: "Neo4j", 8086: "InfluxDB", 8123: "ClickHouse",
    9042: "Cassandra", 9092: "Kafka", 9200: "Elasticsearch", 9300: "Elasticsearch", 11211: "memcached",
    15672: "RabbitMQ's management", 26257: "CockroachDB", 27017: "MongoDB", 28015: "RethinkDB",
}  # fmt: skip
"""Ports of services that other machines should not reach, whatever the image is called."""

_DEVICE_PORTS = frozenset((1883, 8883, 8083, 8084))
"""Ports of MQTT, which devices on the network talk to."""


def inner(service: Service, port: Port) -> str | None:
    """What a port belongs to, if other machines should not reach that; else None."""
    facts = service.facts
    published = port.published_range
    if published is not None and published[0] in (80, 443):
        return None
    if facts is not None and facts.kind is not None:
        if not facts.internal or port.target in _DEVICE_PORTS:
            return None
        return shown_image(service)
    if service.build is not None or port.target is None:
        return None
    return _PORTS.get(port.target)


def open_ports(service: Service) -> Iterator[Port]:
    """The ports that are open on every address of the host, for certain."""
    if service.text("network_mode") in ("host", "none"):
        return
    for port in service.ports:
        if not port.unknown and port.target is not None and port.all_interfaces:
            yield port
