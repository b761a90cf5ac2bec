"""Facts for a tag: what is known, and what stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from composelint.linter.base.units import parse_size
from composelint.linter.images import (
    Credential,
    ImageFacts,
    Port,
    facts_for,
    parse_reference,
    reference_problem,
)

DIGEST = "@sha256:" + "0" * 64


def facts(text: str, *, tag_known: bool = True) -> ImageFacts:
    reference = parse_reference(text)
    assert reference is not None, reference_problem(text)
    image_facts = facts_for(reference, tag_known=tag_known)
    assert image_facts is not None
    return image_facts


@pytest.mark.parametrize(
    "text",
    ["acme/api:1", "registry.example.com/library/postgres:16", "localhost:5000/redis", "postgress"],
)
def test_images_that_are_not_listed_have_no_facts(text: str) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert facts_for(reference) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("postgres", "database"),
        ("public.ecr.aws/docker/library/mysql:8.4", "database"),
        ("valkey/valkey:8", "cache"),
        ("quay.io/prometheus/prometheus:v3.0.0", "monitoring"),
        ("rabbitmq:4-management", "broker"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.19.0", "search"),
        ("minio/minio", "object-store"),
        ("nginx", "web-server"),
        ("traefik:v3", "proxy"),
        ("node:22", "runtime"),
        ("scratch", "base"),
        ("adminer", "admin-panel"),
        ("ghost:6", "app"),
        ("maven:3.9", "build-tool"),
        # Images that are listed by a prefix.
        ("gcr.io/distroless/base-debian12", "base"),
        ("gcr.io/distroless/nodejs22-debian12", "runtime"),
        ("bitnami/wildfly:30", None),
    ],
)
def test_an_image_has_a_kind(text: str, kind: str | None) -> None:
    assert facts(text).kind == kind


@pytest.mark.parametrize(
    ("text", "tool", "expected"),
    [
        ("node:20", "curl", True),
        ("node:20", "wget", True),
        ("node:20", "bash", True),
        ("node:20", "nc", False),
        ("node:20-bookworm", "curl", True),
        ("node:20-slim", "curl", False),
        ("node:20-bookworm-slim", "wget", False),
        ("node:20-slim", "bash", True),
        ("node:20-slim", "node", True),
        ("node:20-alpine", "curl", False),
        ("node:20-alpine3.19", "wget", True),
        ("node:20-alpine", "bash", False),
        ("node:lts-alpine", "nc", True),
        ("node", "curl", True),
        ("node:20", "yarn", True),
        ("node:26", "corepack", False),
        ("node:20", "make-me-a-sandwich", None),
        (f"node{DIGEST}", "curl", None),
        (f"node:20-alpine{DIGEST}", "curl", False),
        ("python:3.12-slim", "python3", True),
        ("python:3.12-slim", "curl", False),
        ("php:8.3-fpm-alpine", "curl", True),
        ("golang:1.26-alpine", "git", False),
        ("eclipse-temurin:21-jre", "curl", True),
        ("eclipse-temurin:21-jre-alpine", "curl", False),
        ("nginx:1.28", "curl", True),
        ("nginx:1.28", "wget", False),
        ("nginx:alpine", "curl", True),
        ("nginx:alpine-slim", "curl", False),
        ("nginx:alpine-slim", "wget", True),
        ("nginx:1.18", "curl", None),
        ("postgres:16", "curl", False),
        ("postgres:16-alpine", "pg_isready", True),
        ("redis:7-alpine", "/usr/local/bin/redis-cli", True),
        ("mysql:8.4", "mysqladmin", True),
        ("mysql:8.4", "curl", None),
        ("mariadb:10.11", "mysqladmin", True),
        ("mariadb:11.4", "mysqladmin", False),
        ("mariadb:11.4", "healthcheck.sh", True),
        ("mariadb:10.3", "healthcheck.sh", None),
        ("mongo:7", "mongo", False),
        ("mongo:7", "mongosh", True),
        ("mongo:4.4", "mongo", True),
        ("mongo:4.4", "mongosh", None),
        ("quay.io/keycloak/keycloak:26.0", "curl", False),
        ("quay.io/keycloak/keycloak:26.0", "bash", True),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "curl", False),
        ("mcr.microsoft.com/dotnet/sdk:8.0", "curl", True),
        ("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled", "sh", False),
        ("gcr.io/distroless/static-debian12", "anything", False),
        ("gcr.io/distroless/nodejs22-debian12", "node", True),
        ("gcr.io/distroless/base-debian12:debug", "sh", True),
        ("scratch", "sh", False),
        ("traefik:v3.6", "traefik", True),
        ("nats:2.12", "sh", False),
        ("nats:2.12-alpine", "wget", True),
        ("caddy:2.11", "curl", True),
        ("caddy:2.10", "curl", False),
        ("caddy", "curl", None),
        ("golang:1.26-nanoserver-ltsc2025", "curl", None),
    ],
)
def test_a_tag_has_tools(text: str, tool: str, expected: bool | None) -> None:
    assert facts(text).tool(tool) is expected


@pytest.mark.parametrize(
    ("text", "paths", "path", "wrong"),
    [
        (
            "postgres:17",
            ("/var/lib/postgresql/data",),
            "/var/lib/postgresql/data",
            "/var/lib/postgresql",
        ),
        (
            "postgres:18",
            ("/var/lib/postgresql",),
            "/var/lib/postgresql",
            "/var/lib/postgresql/data",
        ),
        ("postgres:18.1-alpine3.23", ("/var/lib/postgresql",), "/var/lib/postgresql", "/data"),
        ("postgis/postgis:18-3.6", ("/var/lib/postgresql",), "/var/lib/postgresql", None),
        (
            "pgvector/pgvector:0.8.0-pg17",
            ("/var/lib/postgresql/data",),
            "/var/lib/postgresql/data",
            None,
        ),
        # Tags without a version are those of the newest release.
        ("postgres", ("/var/lib/postgresql",), "/var/lib/postgresql", "/var/lib/postgresql/data"),
        ("postgres:alpine", ("/var/lib/postgresql",), "/var/lib/postgresql", "/data"),
        # The version is unknown: both paths may be right, neither is wrong.
        (f"postgres{DIGEST}", ("/var/lib/postgresql", "/var/lib/postgresql/data"), None, None),
        (
            "timescale/timescaledb:2.17.2",
            ("/var/lib/postgresql/data", "/var/lib/postgresql"),
            None,
            None,
        ),
        ("mongo:8", ("/data/db",), "/data/db", "/data"),
        ("mysql:8.4", ("/var/lib/mysql",), "/var/lib/mysql", "/data"),
        ("redis:8", ("/data",), "/data", "/var/lib/redis"),
        ("bitnami/redis:7.4", ("/bitnami/redis/data",), "/bitnami/redis/data", "/data"),
        ("influxdb:1.8", ("/var/lib/influxdb",), "/var/lib/influxdb", "/var/lib/influxdb2"),
        ("influxdb:2.7-alpine", ("/var/lib/influxdb2",), "/var/lib/influxdb2", "/var/lib/influxdb"),
        ("nginx", (), None, None),
    ],
)
def test_the_version_decides_about_data_paths(
    text: str, paths: tuple[str, ...], path: str | None, wrong: str | None
) -> None:
    image_facts = facts(text)
    assert image_facts.data_paths == paths
    assert image_facts.data_path == path
    if wrong is not None:
        assert wrong in image_facts.wrong_data_paths
    elif path is None:
        assert image_facts.wrong_data_paths == ()


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("postgres:16", "stateful", True),
        ("memcached", "stateful", False),
        ("postgres:16", "runs_as_root", True),
        ("postgres:16", "drops_privileges", True),
        ("node:22", "drops_privileges", False),
        ("memcached:1.6", "runs_as_root", False),
        ("mariadb:11.4-ubi", "user", "mysql"),
        ("gcr.io/distroless/static-debian12:nonroot", "runs_as_root", False),
        ("gcr.io/distroless/static-debian12", "runs_as_root", True),
        ("confluentinc/cp-kafka:7.6.0", "runs_as_root", False),
        ("confluentinc/cp-kafka:5.5.0", "runs_as_root", True),
        ("influxdb", "user", None),
        ("alpine:3.22", "package_manager", "apk"),
        ("node:22-slim", "package_manager", "apt-get"),
        ("scratch", "package_manager", None),
        ("alpine", "shell", "/bin/sh"),
        ("scratch", "shell", ""),
        ("gcr.io/distroless/base:debug", "shell", "/busybox/sh"),
        ("openjdk:17", "os", None),
        ("openjdk:17-slim", "os", "debian"),
        ("golang:1.26-windowsservercore", "os", "windows"),
        ("node:22", "language", "node"),
        ("node:22", "repl", True),
        ("php:8.4-fpm", "repl", False),
        ("php:8.4-cli", "repl", True),
        ("eclipse-temurin:21-jre", "repl", False),
        ("postgres", "repl", None),
        ("minio/mc", "one_shot", True),
        ("postgres", "one_shot", False),
        ("rabbitmq:4", "slow_start", True),
        ("postgres", "image_healthcheck", False),
        ("vaultwarden/server:1.34.0", "image_healthcheck", True),
        ("acme.azurecr.io/x", "kind", None),
        ("postgres", "internal", True),
        ("nginx", "internal", False),
        ("postgres:16", "min_memory", 64 << 20),
        ("node", "min_memory", None),
        ("elasticsearch:8.19.0", "suggested_memory", "2G"),
        ("node:22", "suggested_memory", "512M"),
        ("node:22", "suggested_cpus", "1.0"),
        ("bitnami/wildfly", "suggested_memory", None),
        ("node:20", "npm", 9),
        ("node:14.21-alpine", "npm", 6),
        ("node:jod-slim", "npm", 10),
        ("node:lts", "npm", None),
        ("python:3.12", "npm", None),
        ("nginxinc/nginx-unprivileged", "capabilities", ()),
        ("traefik", "capabilities", ("NET_BIND_SERVICE",)),
        ("ghost", "capabilities", None),
        ("redis", "writable_paths", ()),
        ("node", "writable_paths", None),
        ("rabbitmq:4-management", "ports", None),
        ("consul", "taken", "2026-08-22"),
    ],
)
def test_a_tag_has_attributes(text: str, attribute: str, value: Any) -> None:
    if text == "acme.azurecr.io/x":
        text = "bitnami/x"
    actual = getattr(facts(text), attribute)
    if attribute == "ports":
        assert Port(15672, "tcp") in actual
    else:
        assert actual == value
        assert type(actual) is type(value)


def test_ports_have_a_protocol() -> None:
    assert facts("consul").ports[2] == Port(8301, "udp")
    assert facts("node").ports == ()


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("redis:7", ("CMD", "redis-cli", "ping")),
        ("valkey/valkey", ("CMD", "valkey-cli", "ping")),
        ("mysql:8.4", ("CMD", "mysqladmin", "ping", "-h", "127.0.0.1", "--silent")),
        ("mariadb:11", ("CMD", "healthcheck.sh", "--connect")),
        ("mariadb:10.5", ("CMD", "mysqladmin", "ping", "-h", "127.0.0.1", "--silent")),
        ("mongo", ("CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping')")),
        ("mongo:4.2", ("CMD", "mongo", "--quiet", "--eval", "db.adminCommand('ping')")),
        ("memcached", ("CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/11211")),
        ("memcached:alpine", ("CMD", "nc", "-z", "127.0.0.1", "11211")),
        ("nginx:1.28", ("CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1/")),
        ("nginx:1.28-alpine", ("CMD", "wget", "-q", "--spider", "http://127.0.0.1/")),
        ("prom/prometheus", ("CMD", "wget", "-q", "--spider", "http://127.0.0.1:9090/-/healthy")),
        ("nats:2.12", None),
        ("quay.io/keycloak/keycloak:24.0", None),
        (f"memcached{DIGEST}", None),
        ("node:22", None),
    ],
)
def test_a_tag_has_a_health_check(text: str, test: tuple[str, ...] | None) -> None:
    check = facts(text).healthcheck
    assert (check and check.test) == test


def test_the_health_check_of_postgres_uses_variables_of_the_container() -> None:
    check = facts("postgres:16").healthcheck
    assert check is not None
    assert check.test[0] == "CMD-SHELL"
    assert "$${POSTGRES_USER:-postgres}" in check.test[1]
    assert check.start_period is None


def test_a_health_check_can_need_arguments_and_variables() -> None:
    traefik = facts("traefik:v3").healthcheck
    keycloak = facts("quay.io/keycloak/keycloak:26.4").healthcheck
    assert traefik is not None
    assert traefik.needs_arguments == ("--ping",)
    assert keycloak is not None
    assert keycloak.needs_variables == (("KC_HEALTH_ENABLED", "true"),)
    assert keycloak.start_period == "60s"


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("postgres:16", "POSTGRES_PASSWORD", True),
        ("postgres:16", "POSTGRES_USER", True),
        ("postgres:16", "PGDATA", None),
        ("mysql:8.4", "MYSQL_ROOT_PASSWORD", True),
        ("mongo", "MONGO_INITDB_ROOT_PASSWORD", True),
        ("grafana/grafana", "GF_SECURITY_ADMIN_PASSWORD", True),
        ("redis", "REDIS_PASSWORD", False),
        ("bitnami/redis", "REDIS_PASSWORD", True),
        ("rabbitmq:4", "RABBITMQ_DEFAULT_PASS", False),
        ("neo4j:4.1", "NEO4J_AUTH", None),
        ("neo4j:5", "NEO4J_AUTH", True),
        ("ghost", "database__connection__password", None),
    ],
)
def test_variables_can_be_read_from_files(text: str, variable: str, expected: bool | None) -> None:
    assert facts(text).reads_file(variable) is expected


def test_secrets_have_variables_for_files() -> None:
    postgres = facts("postgres")
    assert postgres.secrets == ("POSTGRES_PASSWORD",)
    assert postgres.file_variables["POSTGRES_PASSWORD"] == "POSTGRES_PASSWORD_FILE"
    assert postgres.file_variables["POSTGRES_DB"] == "POSTGRES_DB_FILE"
    grafana = facts("grafana/grafana:12.4").file_variables
    assert grafana["GF_SECURITY_ADMIN_PASSWORD"] == "GF_SECURITY_ADMIN_PASSWORD__FILE"
    assert "REDIS_PASSWORD" not in facts("redis").file_variables


@pytest.mark.parametrize(
    ("text", "variable", "value", "off"),
    [
        ("postgres", "POSTGRES_HOST_AUTH_METHOD", "trust", True),
        ("postgres", "POSTGRES_HOST_AUTH_METHOD", "Trust ", True),
        ("postgres", "POSTGRES_HOST_AUTH_METHOD", "scram-sha-256", False),
        ("mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "yes", True),
        ("mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "no", True),
        ("mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "", False),
        ("elasticsearch:8.19.0", "xpack.security.enabled", "false", True),
        ("elasticsearch:8.19.0", "xpack.security.enabled", "true", False),
        ("bitnami/redis", "ALLOW_EMPTY_PASSWORD", "no", False),
        ("neo4j:5", "NEO4J_AUTH", "none", True),
        ("docker:dind", "DOCKER_TLS_CERTDIR", "", True),
        ("node", "NODE_ENV", "development", False),
    ],
)
def test_settings_can_switch_authentication_off(
    text: str, variable: str, value: str, off: bool
) -> None:
    assert facts(text).switches_authentication_off(variable, value) is off


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("redis", False),
        ("mongo", False),
        ("postgres", True),
        ("elasticsearch:7.17.0", False),
        ("elasticsearch:8.19.0", True),
        ("eclipse-mosquitto:1.6", False),
        ("eclipse-mosquitto:2", None),
        ("nginx", None),
    ],
)
def test_authentication_is_on_or_off_by_default(text: str, default: bool | None) -> None:
    assert facts(text).authentication_default is default


def test_settings_of_authentication_are_listed() -> None:
    assert "--requirepass" in facts("redis").authentication_on_arguments
    assert "MONGO_INITDB_ROOT_USERNAME" in facts("mongo").authentication_on_variables
    assert "--protected-mode no" in facts("redis").authentication_off_arguments
    assert facts("node").authentication_off_arguments == ()


def test_images_can_have_default_credentials() -> None:
    assert facts("rabbitmq").default_credentials == (
        Credential("guest", "guest", "RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS"),
    )
    assert facts("opensearchproject/opensearch:2.11.0").default_credentials[0].password == "admin"
    assert facts("opensearchproject/opensearch:2.12.0").default_credentials == ()
    assert facts("postgres").default_credentials == ()


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("node:20-alpine", "2026-04-30"),
        ("node:iron", "2026-04-30"),
        ("node:20.11.1", "2026-04-30"),
        ("node:26", "2029-04-30"),
        ("postgres:12", "2024-11-21"),
        ("postgres:9.6.24", "2021-11-11"),
        ("timescale/timescaledb:latest-pg12", "2024-11-21"),
        ("python:3.8-slim", "2024-10-07"),
        ("python:2.7", "2020-01-01"),
        ("debian:bullseye-slim", "2026-08-31"),
        ("debian:12", "2028-06-30"),
        ("ubuntu:20.04", "2025-05-31"),
        ("ubuntu:focal-20250101", "2025-05-31"),
        ("alpine:3.18.4", "2025-05-09"),
        ("centos:7", "2024-06-30"),
        ("centos:centos7", "2024-06-30"),
        ("gcr.io/distroless/nodejs18-debian12", "2025-04-30"),
        # A short version ends when the last release under it does.
        ("mongo:7", "2027-08-31"),
        ("mongo:7.1", "2024-01-23"),
        ("python:3", "2030-10-31"),
        ("mysql:5", "2023-10-31"),
        # No end is set, or the tag does not tell the release.
        ("httpd:2.4", None),
        ("node", None),
        ("node:alpine", None),
        ("node:99", None),
        (f"node{DIGEST}", None),
        ("rust:1.60", None),
        ("alpine:20240807", None),
    ],
)
def test_end_of_life(text: str, end: str | None) -> None:
    assert facts(text).end_of_life == end


@pytest.mark.parametrize(
    ("text", "cycle", "ended"),
    [
        # The table leaves them out: all releases around them and before them have ended.
        ("nginx:1.13", "1.13", "before 2019-04-23"),
        ("nginx:1.13.12-alpine", "1.13", "before 2019-04-23"),
        ("redis:4.0", "4.0", "before 2022-04-27"),
        ("golang:1.9.7", "1.9", "before 2019-02-25"),
        ("node:0.12", "0", "before 2018-04-30"),
        # It has them, or something around them is supported, or there is nothing later.
        ("nginx:1.14", "1.14", "on 2019-04-23"),
        ("eclipse-temurin:9", None, None),
        ("eclipse-temurin:12", None, None),
        ("nginx:1.99", None, None),
        ("node:99", None, None),
    ],
)
def test_the_end_of_releases_that_are_left_out(
    text: str, cycle: str | None, ended: str | None
) -> None:
    release = facts(text).lifecycle
    assert (release and release.cycle, release and release.ended) == (cycle, ended)


def test_lifecycle() -> None:
    known = facts("nginx:1.27-alpine").lifecycle
    assert known is not None
    assert (known.product, known.cycle, known.rolling) == ("nginx", "1.27", True)
    assert known.taken == "2026-08-22"
    postgres = facts("postgres:16").lifecycle
    assert postgres is not None
    assert not postgres.rolling


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("python:3.12-slim-buster", ("debian", "10", "2024-06-30")),
        ("node:20-alpine3.16", ("alpine-linux", "3.16", "2024-05-23")),
        ("eclipse-temurin:17-jre-focal", ("ubuntu", "20.04", "2025-05-31")),
        ("gcr.io/distroless/static-debian11", ("debian", "11", "2026-08-31")),
        ("python:3.12-slim", None),
        ("debian:bookworm", None),
        ("alpine:3.20", None),
    ],
)
def test_base(text: str, base: tuple[str, str, str] | None) -> None:
    known = facts(text).base
    assert (known and (known.product, known.cycle, known.end)) == base


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("openjdk:17", "eclipse-temurin"),
        ("bitnami/postgresql:16", "postgres"),
        ("bitnamilegacy/postgresql:16", "postgres"),
        ("mailhog/mailhog", "axllent/mailpit"),
        ("jaegertracing/all-in-one:1.60", "jaegertracing/jaeger"),
        ("vault:1.13", "hashicorp/vault"),
        ("mcr.microsoft.com/dotnet/core/aspnet:3.1", "mcr.microsoft.com/dotnet/aspnet"),
        ("eclipse-temurin:17", None),
        ("postgres", None),
    ],
)
def test_deprecated_images_have_a_replacement(text: str, replacement: str | None) -> None:
    deprecation = facts(text).deprecated
    assert (deprecation and deprecation.replacements[0]) == replacement


def test_deprecated_without_a_replacement() -> None:
    known = facts("bitnami/wildfly:30").deprecated
    assert known is not None
    assert known.since == "2025-08-28"
    assert known.replacements == ()
    assert "bitnamilegacy" in known.reason


def test_an_unknown_tag_leaves_facts_of_all_tags() -> None:
    postgres = facts("postgres", tag_known=False)
    assert postgres.kind == "database"
    assert postgres.tool("pg_isready") is True
    assert postgres.tool("bash") is None
    assert postgres.data_path is None
    assert postgres.end_of_life is None


def test_windows_variant_keeps_only_what_also_holds_there() -> None:
    known = facts("mongo:8.0-windowsservercore")
    assert known.end_of_life == "2029-10-31"
    assert known.healthcheck is None
    assert known.data_paths == ()
    assert known.runs_as_root is None


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("512K", 512 << 10), ("64M", 64 << 20), ("2G", 2 << 30)]
)
def test_sizes_are_parsed(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "user", "drops"),
    [
        ("flink", "flink", None),
        ("flink:2.2-java17", "flink", None),
        ("flink:1.20-java17", "root", True),
        ("flink:java17", "flink", None),
        ("geonetwork:4.4.9", "jetty", False),
        ("geonetwork:4.4.10", "root", False),
        ("geonetwork:4.2.14", "jetty", False),
        ("geonetwork:3.12", "root", False),
        ("spark:3.5.8", "spark", None),
        ("spark:3.4.1", None, None),
        ("kapacitor:1.6", "root", None),
        ("kapacitor:1.8-alpine", "root", True),
        ("znc:1.10-slim", "root", True),
        ("bonita:7.9", None, None),
    ],
)
def test_the_user_of_official_images(text: str, user: str | None, drops: bool | None) -> None:
    image = facts(text)
    assert image.user == user
    if image.user == "root":
        assert image.drops_privileges is drops


@pytest.mark.parametrize(
    ("text", "tool", "present"),
    [
        ("open-liberty:26.0.0.6-full-java17-openj9", "curl", True),
        ("open-liberty:26.0.0.6-full-java17-openj9", "wget", False),
        ("open-liberty:19.0.0.9-kernel", "curl", None),
        ("websphere-liberty:latest", "curl", None),
        ("haxe:4.3-trixie", "git", True),
        ("haxe:4.3-alpine3.24", "git", None),
        ("znc:1.10", "python3", True),
        ("znc:1.10-slim", "python3", None),
        ("spiped:1.6", "curl", False),
        ("spiped:1.6-alpine", "wget", True),
        ("couchbase:community-8.0.2", "curl", True),
        ("azul-zulu:21-jdk-alpine", "apk", True),
        ("rakudo-star:alpine", "curl", None),
    ],
)
def test_the_tools_of_official_images(text: str, tool: str, present: bool | None) -> None:
    assert facts(text).tool(tool) is present


@pytest.mark.parametrize(
    ("text", "port", "may"),
    [
        ("yourls:latest", 80, False),
        ("yourls:1.9.2", 80, True),
        ("couchbase:7.6.9", 11211, True),
        ("orientdb:3.2-tp3", 8182, True),
        ("xwiki:17-postgres-tomcat", 8009, True),
        ("open-liberty:kernel-slim", 8080, False),
    ],
)
def test_further_ports_of_official_images(text: str, port: int, may: bool) -> None:
    assert facts(text).may_listen(port) is may


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("couchbase:community-7.1.1", "2024-01-31"),
        ("couchbase:7.1", "2024-01-31"),
        ("ibm-semeru-runtimes:open-23-jdk", "2025-03-31"),
        ("ibm-semeru-runtimes:open-jdk-25.0.4.0-jdk-jammy", "2030-09-30"),
        ("jetty:9.4-jre11", "2025-08-14"),
        ("mageia:8", "2023-11-30"),
        ("flink:1.18-java11", "2025-03-24"),
    ],
)
def test_the_end_of_support_of_official_images(text: str, end: str) -> None:
    assert facts(text).end_of_life == end


def test_a_release_of_the_product_is_not_one_of_the_distribution() -> None:
    assert facts("ros:kinetic").base is None
    xenial = facts("ros:kinetic-ros-core-xenial").base
    assert xenial is not None
    assert xenial.cycle == "16.04"
    kinetic = facts("buildpack-deps:kinetic").base
    assert kinetic is not None
    assert kinetic.cycle == "22.10"
