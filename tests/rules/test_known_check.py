"""Health checks that fixes add: applied where they work for certain, else only shown."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Applicability, Edit, Fix

from .snippets import diagnostics, places


def fix_of(body: str, files: dict[str, str] | None = None) -> Fix | None:
    """The fix that CF210 offers for a service."""
    text = "services:\n  app:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    (finding,) = diagnostics("CF210", text, files=files, preset="production")
    return finding.fix


def check_of(body: str, files: dict[str, str] | None = None) -> tuple[str, bool]:
    """The edit of the fix, and whether it is applied on demand."""
    fix = fix_of(body, files)
    assert fix is not None
    (edit,) = fix.edits
    assert isinstance(edit, Edit)
    return edit.replacement, fix.applicability is Applicability.UNSAFE


KAFKA = "image: apache/kafka:4.1.0\nenvironment:\n"
LISTENERS = "  KAFKA_LISTENERS: "
ADVERTISED = "\n  KAFKA_ADVERTISED_LISTENERS: "
PROTOCOLS = "\n  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "
SITE = "image: nginx:1.30\nvolumes: ['./n.conf:/etc/nginx/conf.d/default.conf:ro']"


@pytest.mark.parametrize(
    ("body", "files", "part", "applied"),
    [
        # The image as it is.
        ("image: postgres:17", {}, "pg_isready", True),
        ("image: redis:8.2", {}, "redis-cli", True),
        ("image: mariadb:11.8", {}, '"healthcheck.sh", "--connect"]', True),
        ("image: mongo:8.0", {}, "mongosh", True),
        ("image: nginx:1.30", {}, "http://127.0.0.1/", True),
        # Another user or database, and passwords, do not matter to these.
        ("image: postgres:17\nenvironment: {POSTGRES_USER: a, POSTGRES_DB: b}", {}, "pg_", True),
        ("image: redis:8.2\ncommand: redis-server --requirepass x", {}, "redis-cli", True),
        ("image: mongo:8.0\nenvironment: {MONGO_INITDB_ROOT_USERNAME: a}", {}, "mongosh", True),
        ("image: elasticsearch:9.1.0\nenvironment: {ELASTIC_PASSWORD: a}", {}, "curl", True),
        # Another port, TLS.
        ("image: postgres:17\ncommand: -p 5433", {}, "pg_isready", False),
        ("image: postgres:17\ncommand: -c shared_buffers=256MB", {}, "pg_isready", True),
        ("image: postgres:17\nenvironment: {PGPORT: '5433'}", {}, "pg_isready", False),
        ("image: redis:8.2\ncommand: redis-server --port 6380", {}, "redis-cli", False),
        ("image: redis:8.2\ncommand: redis-server --bind 0.0.0.0", {}, "redis-cli", True),
        ("image: redis:8.2\ncommand: redis-server --bind 10.0.0.1", {}, "redis-cli", False),
        ("image: redis:8.2\ncommand: redis-server --tls-port 6379", {}, "redis-cli", False),
        ("image: redis:8.2\ncommand: redis-sentinel /s.conf", {}, "redis-cli", False),
        ("image: mongo:8.0\ncommand: mongod --tlsMode requireTLS", {}, "mongosh", False),
        ("image: mongo:8.0\ncommand: mongod --shardsvr --replSet a", {}, "mongosh", False),
        ("image: mongo:8.0\ncommand: mongod --replSet a", {}, "mongosh", True),
        ("image: mysql:8.4\ncommand: --port=3307", {}, "mysqladmin", False),
        ("image: mysql:8.4\ncommand: --port=3306", {}, "mysqladmin", True),
        ("image: elasticsearch:9.1.0\nenvironment: {http.port: '9201'}", {}, "curl", False),
        (
            "image: grafana/grafana:12.1.0\nenvironment: {GF_SERVER_PROTOCOL: https}",
            {},
            "wg",
            False,
        ),
        ("image: n8nio/n8n:1.110.0\ncommand: worker", {}, "wget", False),
        ("image: nats:2.11-alpine\ncommand: -js", {}, "wget", False),
        ("image: nats:2.11-alpine", {}, "wget", True),
        ("image: hashicorp/vault:1.20\ncommand: server", {}, "wget", False),
        ("image: prom/prometheus:v3.5.0\nports: ['9091:9091']", {}, "wget", False),
        # Mounted configuration: read, or only a suggestion.
        (
            "image: redis:8.2\ncommand: redis-server /r.conf\nvolumes: ['./r.conf:/r.conf']",
            {"r.conf": "maxmemory 1gb\n"},
            "redis-cli",
            True,
        ),
        (
            "image: redis:8.2\ncommand: redis-server /r.conf\nvolumes: ['./r.conf:/r.conf']",
            {"r.conf": "port 0\ntls-port 6379\n"},
            "redis-cli",
            False,
        ),
        (
            "image: redis:8.2\ncommand: redis-server /r.conf\nvolumes: ['./r.conf:/r.conf']",
            {},
            "redis-cli",
            False,
        ),
        (
            "image: prom/prometheus:v3.5.0\nvolumes: ['./p.yml:/etc/prometheus/prometheus.yml']",
            {"p.yml": "scrape_configs: []\n"},
            "wget",
            True,
        ),
        (
            "image: caddy:2.10\nvolumes: ['./Caddyfile:/etc/caddy/Caddyfile']",
            {"Caddyfile": "{\n  admin off\n}\n:80\n"},
            "2019",
            False,
        ),
        (
            "image: caddy:2.10\nvolumes: ['./Caddyfile:/etc/caddy/Caddyfile']",
            {"Caddyfile": ":80\n"},
            "2019",
            True,
        ),
        (SITE, {"n.conf": "server { listen 80; root /srv; }"}, '"http://127.0.0.1/"', True),
        (SITE, {"n.conf": "server { listen 8080; }"}, '"http://127.0.0.1:8080/"', True),
        (SITE, {"n.conf": "server { listen 8080 ssl; }"}, '"https://127.0.0.1:8080/"', False),
        (SITE, {"n.conf": "server { listen 443 ssl; }"}, '"-k", "https://127.0.0.1/"', False),
        (SITE, {"n.conf": "server { auth_basic x; }"}, '"http://127.0.0.1/"', False),
        (SITE, {"n.conf": "server { location / { proxy_pass http://a; } }"}, "127.0.0.1/", False),
        (SITE, {}, "127.0.0.1/", False),
        (
            "image: nginx:1.30\nvolumes: ['./html:/usr/share/nginx/html']",
            {"html/index.html": ""},
            "127.0.0.1/",
            True,
        ),
        (
            "image: nginx:1.30\nvolumes: ['./html:/usr/share/nginx/html']",
            {"html/start.html": ""},
            "127.0.0.1/",
            False,
        ),
        # Kafka: a listener without TLS and passwords, whose advertised address is reachable.
        ("image: apache/kafka:4.1.0", {}, "127.0.0.1:9092", True),
        ("image: apache/kafka:4.1.0\nenvironment: {KAFKA_JMX_OPTS: -Da=b}", {}, "9092", False),
        (
            KAFKA + LISTENERS + "PLAINTEXT://:9092" + ADVERTISED + "PLAINTEXT://app:9092",
            {},
            "127.0.0.1:9092",
            True,
        ),
        (
            KAFKA + LISTENERS + "PLAINTEXT://:29092" + ADVERTISED + "PLAINTEXT://app:29092",
            {},
            "127.0.0.1:29092",
            True,
        ),
        (
            KAFKA + LISTENERS + "SASL_PLAINTEXT://:9092" + ADVERTISED + "SASL_PLAINTEXT://app:9092",
            {},
            "9092",
            False,
        ),
        (
            KAFKA
            + LISTENERS
            + "IN://:29092,OUT://:9092"
            + ADVERTISED
            + "IN://app:29092,OUT://localhost:9092"
            + PROTOCOLS
            + "IN:PLAINTEXT,OUT:SASL_SSL",
            {},
            "127.0.0.1:29092",
            True,
        ),
        (
            KAFKA + LISTENERS + "PLAINTEXT://:9092" + ADVERTISED + "PLAINTEXT://192.0.2.1:9092",
            {},
            "9092",
            False,
        ),
        (KAFKA + LISTENERS + "${LISTENERS}", {}, "9092", False),
        # The same for other images of the broker.
        (
            KAFKA.replace("apache/kafka:4.1.0", "confluentinc/cp-server:8.0.0")
            + LISTENERS
            + "SASL_SSL://:9092",
            {},
            "9092",
            False,
        ),
        (
            "image: apache/kafka:4.1.0\nenv_file: k.env",
            {"k.env": "KAFKA_LISTENERS=a\n"},
            "9",
            False,
        ),
    ],
)
def test_a_check_is_applied_where_it_works(
    body: str, files: dict[str, str], part: str, applied: bool
) -> None:
    replacement, is_applied = check_of(body, files)
    assert part in replacement
    assert is_applied is applied


@pytest.mark.parametrize(
    "body", ["image: postgres:17\nentrypoint: [sleep, '9']", "image: acme/a:1"]
)
def test_nothing_is_suggested_for_what_is_not_known(body: str) -> None:
    assert fix_of(body) is None


def test_a_suggestion_says_why() -> None:
    text = "services:\n  app:\n    image: redis:8.2\n    command: redis-server --port 6380\n"
    (finding,) = diagnostics("CF210", text, preset="production")
    assert finding.fix is not None
    assert finding.fix.title == "Check redis with redis-cli (--port may change what it asks)"
    assert finding.fix.applicability is Applicability.SUGGESTION


# --- CF250: where the data is


LOKI = "image: grafana/loki:3.5.5\ncommand: -config.file=/etc/loki/l.yaml\nvolumes: ['./l.yaml:/etc/loki/l.yaml']"
CADDY = "image: caddy:2.10\nvolumes: ['./Caddyfile:/etc/caddy/Caddyfile']"
MQTT = "image: eclipse-mosquitto:2.0\nvolumes: ['./m.conf:/mosquitto/config/mosquitto.conf']"
MYSQL = "image: mysql:8.4\nvolumes: ['./my.cnf:/etc/mysql/conf.d/my.cnf']"


@pytest.mark.parametrize(
    ("body", "files", "fires"),
    [
        (LOKI, {"l.yaml": "common:\n  path_prefix: /loki\n"}, True),
        (LOKI, {"l.yaml": "common:\n  path_prefix: /tmp/loki\n"}, False),
        (LOKI, {"l.yaml": "common:\n  storage:\n    s3:\n      bucketnames: logs\n"}, False),
        (LOKI, {"l.yaml": "schema_config:\n  configs:\n    - object_store: gcs\n"}, False),
        (LOKI, {}, False),
        ("image: grafana/loki:3.5.5", {}, True),
        (CADDY, {"Caddyfile": ":80 {\n}\n"}, False),
        (CADDY, {"Caddyfile": "shop.example.org {\n}\n"}, True),
        (CADDY, {}, False),
        ("image: caddy:2.10", {}, False),
        (MYSQL, {"my.cnf": "[mysqld]\nmax_connections = 100\n"}, True),
        (MYSQL, {"my.cnf": "[mysqld]\ndatadir = /srv/mysql\n"}, False),
        (MYSQL, {"my.cnf": "[mysqld]\ndatadir = /var/lib/mysql\n"}, True),
        (MYSQL, {}, False),
        # Mosquitto keeps messages only where its configuration says so.
        (MQTT, {"m.conf": "listener 1883\n"}, False),
        (MQTT, {"m.conf": "persistence true\n"}, True),
        ("image: eclipse-mosquitto:2.0\ncommand: mosquitto -c /mosquitto-no-auth.conf", {}, False),
        # It can write nothing into its container.
        ("image: mysql:8.4\nread_only: true", {}, False),
        ("image: mysql:8.4\nread_only: false", {}, True),
    ],
)
def test_a_mounted_configuration_says_where_the_data_is(
    body: str, files: dict[str, str], fires: bool
) -> None:
    text = "services:\n  app:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    assert bool(places("CF250", text, files=files)) is fires


def test_a_volume_at_a_temporary_folder_is_not_the_fix() -> None:
    # Kafka's user could not write to a new volume at /tmp/kraft-combined-logs.
    (finding,) = diagnostics("CF250", "services:\n  bus:\n    image: apache/kafka:4.1.0\n")
    assert finding.fix is None
    assert finding.help == "set KAFKA_LOG_DIRS to a folder that is on a named volume"


# --- XF106: ports of copied configuration


@pytest.mark.parametrize(("conf", "fires"), [("listen 8080;", False), ("listen 81;", True)])
def test_a_copied_configuration_may_open_the_port(conf: str, fires: bool) -> None:
    files = {
        "Dockerfile": "FROM nginx:1.30\nCOPY n.conf /etc/nginx/conf.d/default.conf\nEXPOSE 80\n",
        "n.conf": f"server {{ {conf} }}\n",
    }
    text = "services:\n  web:\n    build: .\n    ports: ['8080:8080']\n"
    assert bool(places("XF106", text, files=files)) is fires


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("image: nginx:1.30", True),
        ("image: nginx:1.30\nentrypoint: [/bin/sh, /init/wait.sh]", False),
        ("image: nginx:1.30\ncommand: [sh, /init/start.sh]", False),
        ("image: nginx:1.30\ncommand: sh -c 'envsubst <a >/etc/nginx/nginx.conf && nginx'", False),
        ("image: nginx:1.30\ncommand: [nginx, -g, daemon off;]", True),
        ("image: selenium/hub:4.25.0", False),
    ],
)
def test_a_script_may_configure_the_port(body: str, fires: bool) -> None:
    port = "4442" if "selenium" in body else "8443"
    text = "services:\n  web:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    assert bool(places("XF106", text + f"    ports: ['{port}:{port}']\n")) is fires
