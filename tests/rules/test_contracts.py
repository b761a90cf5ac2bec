"""What known images ask: variables, values, options, host name, command; each with its silent side."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from snippets import diagnostics, reported

ENV = "    environment: {%s}\n"


def service(image: str, more: str = "", end: str = "") -> str:
    head = "build" if image.startswith(".") else "image"
    return f"services:\n  db:\n    {head}: {image}\n{more}{end}"


# --- CF190


@pytest.mark.parametrize(
    ("image", "more", "place", "words"),
    [
        ("postgres:17", "", "postgres:17", "POSTGRES_PASSWORD"),
        ("postgres", "", "postgres", "POSTGRES_PASSWORD"),
        ("'postgres:17'", ENV % "POSTGRES_DB: shop", "'postgres:17'", "POSTGRES_PASSWORD"),
        ("postgres:17", ENV % 'POSTGRES_PASSWORD: ""', '""', "is empty"),
        ("postgres:17", ENV % "POSTGRES_HOST_AUTH_METHOD: md5", "postgres:17", "PASSWORD"),
        ("postgres:17", "    command: -c max_connections=50\n", "postgres:17", "PASSWORD"),
        ("postgis/postgis:17-3.5", "", "postgis/postgis:17-3.5", "POSTGRES_PASSWORD"),
        ("mysql:8.4", ENV % "MYSQL_PASSWORD: x1", "mysql:8.4", "MYSQL_ROOT_PASSWORD"),
        ("mysql:8.4", ENV % "MYSQL_ALLOW_EMPTY_PASSWORD: ''", "''", "ALLOW_EMPTY"),
        ("mariadb:11.8", "", "mariadb:11.8", "MARIADB_ROOT_PASSWORD"),
        ("percona:8.0", "", "percona:8.0", "MYSQL_ROOT_PASSWORD"),
        (
            "mcr.microsoft.com/mssql/server:2022-latest",
            ENV % "MSSQL_SA_PASSWORD: Long-enough-1",
            "mcr.microsoft.com/mssql/server:2022-latest",
            "ACCEPT_EULA",
        ),
        ("couchdb:3.5", ENV % "COUCHDB_USER: shop", "couchdb:3.5", "COUCHDB_PASSWORD"),
        ("arangodb:3.12", "", "arangodb:3.12", "ARANGO_ROOT_PASSWORD"),
        ("neo4j:5-enterprise", "", "neo4j:5-enterprise", "NEO4J_ACCEPT_LICENSE_AGREEMENT"),
        (
            "influxdb:2.7",
            ENV % "DOCKER_INFLUXDB_INIT_MODE: setup, DOCKER_INFLUXDB_INIT_USERNAME: u, "
            "DOCKER_INFLUXDB_INIT_PASSWORD: long-enough, DOCKER_INFLUXDB_INIT_ORG: o",
            "influxdb:2.7",
            "DOCKER_INFLUXDB_INIT_BUCKET",
        ),
        ("gvenzl/oracle-free:23", "", "gvenzl/oracle-free:23", "ORACLE_PASSWORD"),
        (
            "dpage/pgadmin4:9.8",
            ENV % "PGADMIN_DEFAULT_EMAIL: a@example.org",
            "dpage/pgadmin4:9.8",
            "PGADMIN_DEFAULT_PASSWORD",
        ),
        ("elasticsearch:7.17.1", "", "elasticsearch:7.17.1", "discovery.type"),
        (
            "opensearchproject/opensearch:2.19.0",
            "",
            "opensearchproject/opensearch:2.19.0",
            "OPENSEARCH",
        ),
        ("itzg/minecraft-server:2025.1.0", "", "itzg/minecraft-server:2025.1.0", "EULA"),
        ("confluentinc/cp-kafka:8.0.0", "", "confluentinc/cp-kafka:8.0.0", "KAFKA_PROCESS_ROLES"),
        ("bitnami/postgresql:17", "", "bitnami/postgresql:17", "POSTGRESQL_PASSWORD"),
        ("bitnami/redis:7.4", ENV % "ALLOW_EMPTY_PASSWORD: 'no'", "bitnami/redis:7.4", "REDIS"),
        ("bitnami/zookeeper:3.9", "", "bitnami/zookeeper:3.9", "ALLOW_ANONYMOUS_LOGIN"),
    ],
)
def test_a_required_variable_is_missing(image: str, more: str, place: str, words: str) -> None:
    (finding,) = diagnostics("CF190", service(image, more))
    assert finding.severity is Severity.ERROR
    assert finding.span.text == place
    assert words in finding.message


VOLUME = "    volumes: ['data:/var/lib/postgresql/data']\n"


@pytest.mark.parametrize(
    ("image", "more", "end"),
    [
        ("postgres:17", ENV % "POSTGRES_PASSWORD: x", ""),
        ("postgres:17", ENV % "POSTGRES_PASSWORD_FILE: /run/secrets/x", ""),
        ("postgres:17", ENV % "POSTGRES_HOST_AUTH_METHOD: trust", ""),
        ("postgres:17", ENV % "POSTGRES_PASSWORD: '${PASSWORD}'", ""),
        ("postgres:17", ENV % "POSTGRES_PASSWORD: '${PASSWORD:-}'", ""),
        ("postgres:17", "    environment: [POSTGRES_PASSWORD]\n", ""),
        ("postgres:17", "    environment: ['${NAME}=x']\n", ""),
        ("postgres:17", "    env_file: {path: missing.env, required: false}\n".replace("{", "[{").replace("}", "}]"), ""),
        # Another program, or one that knows better.
        ("postgres:17", "    command: pg_dump -h other shop\n", ""),
        ("postgres:17", "    command: sh -c 'while true; do pg_dump shop; sleep 9; done'\n", ""),
        ("postgres:17", "    command: ${COMMAND}\n", ""),
        ("postgres:17", "    entrypoint: /own.sh\n", ""),
        ("postgres:17", "    volumes: ['./own.sh:/usr/local/bin/docker-entrypoint.sh']\n", ""),
        # Data that is there already.
        ("postgres:17", VOLUME, "volumes: {data: {external: true}}\n"),
        ("postgres:17", VOLUME, "volumes: {data: {driver_opts: {device: /srv/db, type: none, o: bind}}}\n"),
        ("postgres:17", "    volumes: ['/srv/db:/var/lib/postgresql/data']\n", ""),
        ("postgres:17", "    volumes: ['./db:/var/lib/postgresql/data']\n", ""),
        # Releases that did not ask for it, or whose version is not known.
        ("postgres:9.4", "", ""),
        ("postgres:11.5", "", ""),
        ("postgres:${TAG}", "", ""),
        ("shop/postgres:17", "", ""),
        ("couchdb:2.3", "", ""),
        ("couchdb:3.5", "    volumes: ['./local.ini:/opt/couchdb/etc/local.d/local.ini']\n", ""),
        ("neo4j:5", "", ""),
        ("influxdb:2.7", "", ""),
        ("elasticsearch:8.19.0", "", ""),
        ("elasticsearch:7.17.1", ENV % "discovery.type: single-node", ""),
        ("opensearchproject/opensearch:2.11.0", "", ""),
        ("opensearchproject/opensearch:2.19.0", ENV % "plugins.security.disabled: true", ""),
        ("confluentinc/cp-kafka:7.9.0", "", ""),
        ("mysql:8.4", ENV % "MYSQL_RANDOM_ROOT_PASSWORD: 'yes'", ""),
        ("mysql:8.4", ENV % "MYSQL_ROOT_PASSWORD_FILE: /run/secrets/x", ""),
        ("mariadb:11.8", ENV % "MYSQL_ROOT_PASSWORD: x", ""),
        ("arangodb:3.12", ENV % "ARANGO_ROOT_PASSWORD: ''", ""),
        ("bitnami/redis:7.4", ENV % "ALLOW_EMPTY_PASSWORD: 'yes'", ""),
    ],
)  # fmt: skip
def test_a_required_variable_may_be_there(image: str, more: str, end: str) -> None:
    files = {"db/PG_VERSION": "17\n"}
    assert reported("CF190", service(image, more, end), files=files) == []


def test_data_that_is_new_needs_the_variable() -> None:
    named = service("postgres:17", VOLUME, "volumes: {data: {}}\n")
    folder = service("postgres:17", "    volumes: ['./new:/var/lib/postgresql/data']\n")
    assert reported("CF190", named) == reported("CF190", folder) == ["postgres:17"]


def test_env_files_count() -> None:
    text = service("postgres:17", "    env_file: db.env\n")
    assert reported("CF190", text, files={"db.env": "POSTGRES_PASSWORD=x\n"}) == []
    assert reported("CF190", text, files={"db.env": "POSTGRES_DB=x\n"}) == ["postgres:17"]
    (finding,) = diagnostics("CF190", text, files={"db.env": "POSTGRES_PASSWORD=\n"})
    assert (finding.path, finding.severity) == ("db.env", Severity.WARNING)
    text = service("postgres:17", ENV % "POSTGRES_PASSWORD: '${PW}'")
    assert reported("CF190", text, files={".env": "PW=x\n"}) == []


@pytest.mark.parametrize(
    ("dockerfile", "count"),
    [
        ("FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n", 1),
        ("ARG V=17\nFROM postgres:$V AS db\nENV POSTGRES_DB=x\n", 1),
        ("FROM postgres:17\nENV POSTGRES_PASSWORD=x\n", 0),
        ("FROM postgres:17\nENTRYPOINT [\"/own.sh\"]\n", 0),
        ("FROM postgres:17\nCMD [\"psql\"]\n", 0),
        ("FROM postgres:17\nCOPY docker-entrypoint.sh /usr/local/bin/\n", 0),
        ("FROM postgres:17\nRUN initdb\n", 0),
        ("FROM alpine:3.22\n", 0),
    ],
)  # fmt: skip
def test_what_is_built_on_the_image_has_its_contract(dockerfile: str, count: int) -> None:
    files = {"Dockerfile": dockerfile, "init.sql": "", "docker-entrypoint.sh": ""}
    assert reported("CF190", service("."), files=files) == ["db"] * count


def test_an_overlay_is_left_alone() -> None:
    base = service("postgres:17", ENV % "POSTGRES_PASSWORD: x")
    over = service("postgres:17", ENV % "POSTGRES_DB: x")
    assert reported("CF190", over, "docker-compose.prod.yml", {"docker-compose.yml": base}) == []


def test_several_missing_variables_are_one_finding() -> None:
    (finding,) = diagnostics("CF190", service("mcr.microsoft.com/mssql/server:2022-latest"))
    assert "set ACCEPT_EULA" in finding.message
    assert "ACCEPT_EULA and MSSQL_SA_PASSWORD" in (finding.help or "")


# --- CF191


@pytest.mark.parametrize(
    ("image", "name", "meant"),
    [
        ("postgres:17", "POSTGRES_PASWORD", "POSTGRES_PASSWORD"),
        ("postgres:17", "POSTGRES_PASS", "POSTGRES_PASSWORD"),
        ("postgres:17", "POSTGRE_PASSWORD", "POSTGRES_PASSWORD"),
        ("mysql:8.4", "MYSQL_ROOT_PASSWROD", "MYSQL_ROOT_PASSWORD"),
        ("mariadb:11.8", "MARIADB_ROOT_PASS", "MARIADB_ROOT_PASSWORD"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "ACCEPT_ELUA", "ACCEPT_EULA"),
    ],
)
def test_a_mistyped_variable_that_is_required_is_an_error(
    image: str, name: str, meant: str
) -> None:
    text = service(image, ENV % f"{name}: Long-enough-1, MSSQL_SA_PASSWORD: Long-enough-1")
    (finding,) = diagnostics("CF191", text)
    assert (finding.span.text, finding.severity) == (name, Severity.ERROR)
    assert finding.help == f"did you mean {meant}?"
    assert meant in finding.message
    assert reported("CF190", text) == []


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("postgres:17", "POSTGRES_USR"),
        ("postgres:17", "POSTGRES_DATABASE"),
        ("mysql:8.4", "MYSQL_DB"),
        ("rabbitmq:4", "RABBITMQ_DEFAULT_PASSWORD"),
        ("nextcloud:31", "NEXTCLOUD_TRUSTED_DOMAIN"),
        ("wordpress:6.8", "WORDPRESS_DB_PASS"),
        ("grafana/grafana:12.1.0", "GF_SECURITY_ADMIN_PASWORD"),
    ],
)
def test_other_mistyped_variables_are_warnings(image: str, name: str) -> None:
    text = service(image, ENV % f"{name}: x, POSTGRES_PASSWORD: x, MYSQL_ROOT_PASSWORD: x")
    (finding,) = diagnostics("CF191", text)
    assert (finding.span.text, finding.severity) == (name, Severity.WARNING)


@pytest.mark.parametrize(
    ("image", "variables"),
    [
        ("postgres:17", "POSTGRES_PASSWORD: x, POSTGRES_PASS: x"),
        ("postgres:17", "POSTGRES_PASSWORD_FILE: /run/x, POSTGRES_PASWORD: x"),
        ("postgres:17", "POSTGRES_USER_FILE: x"),
        ("postgres:17", "POSTGRES_DBS: x"),
        ("postgres:17", "POSTGRES_PORT: 5432"),
        ("postgres:17", "PGDATA: /x, PGPORT: 5433"),
        ("shop/web:2", "POSTGRES_PASWORD: x"),
        ("mysql:8.4", "MYSQL_USER2: x"),
        ("nextcloud:31", "REDIS_HOST_PASSWORD: x"),
    ],
)
def test_other_variables_are_names_of_their_own(image: str, variables: str) -> None:
    assert reported("CF191", service(image, ENV % variables)) == []


def test_a_name_that_ends_with_a_blank_is_another_error() -> None:
    text = service("mysql:8.4", "    environment: ['MYSQL_ROOT_PASSWORD = x']\n")
    assert reported("CF191", text) == []
    assert len(reported("CF137", text)) == 1


def test_a_name_that_a_script_reads_is_its_own() -> None:
    text = service(
        "postgres:17",
        f"{ENV % 'POSTGRES_USERNAME: x'}    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
    )
    assert reported("CF191", text, files={"init/a.sh": "echo $POSTGRES_USERNAME\n"}) == []
    assert reported("CF191", text, files={"init/a.sh": "echo\n"}) == ["POSTGRES_USERNAME"]


# --- CF192


@pytest.mark.parametrize(
    ("image", "variables", "place"),
    [
        ("mysql:8.4", "MYSQL_ROOT_PASSWORD: x, MYSQL_USER: root", "root"),
        ("mongo:8", "MONGO_INITDB_ROOT_USERNAME: x", "MONGO_INITDB_ROOT_USERNAME"),
        ("mongo:8", "MONGO_INITDB_ROOT_PASSWORD_FILE: /x", "MONGO_INITDB_ROOT_PASSWORD_FILE"),
        ("rabbitmq:4", "RABBITMQ_DEFAULT_PASS_FILE: /run/secrets/x", "/run/secrets/x"),
        ("neo4j:5", "NEO4J_AUTH: neo4j/neo4j", "neo4j/neo4j"),
        ("minio/minio:RELEASE.2025-04-22T22-12-26Z", "MINIO_ROOT_PASSWORD: short", "short"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "SA_PASSWORD: simple-word", "simple-word"),
        ("dpage/pgadmin4:9.8", "PGADMIN_DEFAULT_EMAIL: admin", "admin"),
        ("influxdb:2.7", "DOCKER_INFLUXDB_INIT_MODE: init", "init"),
        ("bitnami/mysql:8.4", "MYSQL_USER: root", "root"),
    ],
)
def test_a_value_is_refused(image: str, variables: str, place: str) -> None:
    (finding,) = diagnostics("CF192", service(image, ENV % variables))
    assert (finding.span.text, finding.severity) == (place, Severity.ERROR)
    assert "short" not in finding.message
    assert "simple" not in finding.message


@pytest.mark.parametrize(
    ("image", "variables"),
    [
        ("mysql:8.4", "MYSQL_USER: shop"),
        ("mysql:5.7.30", "MYSQL_USER: root"),
        ("mysql:8.4", "MYSQL_USER: '${U}'"),
        ("mongo:8", "MONGO_INITDB_ROOT_USERNAME: x, MONGO_INITDB_ROOT_PASSWORD: x"),
        ("mongo:8", "MONGO_INITDB_ROOT_USERNAME: x, MONGO_INITDB_ROOT_PASSWORD_FILE: x"),
        ("mongo:8", "MONGO_INITDB_ROOT_USERNAME: x, MONGO_INITDB_ROOT_PASSWORD: '${P}'"),
        ("mongo:8", "MONGO_INITDB_ROOT_USERNAME: '', MONGO_INITDB_ROOT_PASSWORD: ''"),
        ("rabbitmq:3.8", "RABBITMQ_DEFAULT_PASS_FILE: /run/secrets/x"),
        ("neo4j:5", "NEO4J_AUTH: none"),
        ("minio/minio:RELEASE.2025-04-22T22-12-26Z", "MINIO_ROOT_PASSWORD: long-enough"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "SA_PASSWORD: Simple-word"),
        ("dpage/pgadmin4:9.8", "PGADMIN_DEFAULT_EMAIL: a@example.org"),
    ],
)
def test_a_value_is_accepted(image: str, variables: str) -> None:
    assert reported("CF192", service(image, ENV % variables)) == []


# --- CF193


@pytest.mark.parametrize(
    ("image", "command", "place"),
    [
        ("mysql:8.4", "--default-authentication-plugin=x", "--default-authentication-plugin=x"),
        ("mysql:9.1", "mysqld --default_authentication_plugin=x", "--default_authentication_plugin=x"),
        ("mysql:8", "[--default-authentication-plugin=x, --port=1]", "--default-authentication-plugin=x"),
        ("mysql:8.0", "--query-cache-size=0", "--query-cache-size=0"),
        ("mongo:4.4", "mongod --smallfiles", "--smallfiles"),
        ("mongo:7", "mongod --port 1 --nojournal", "--nojournal"),
        ("postgres:17", "postgres -c wal_keep_segments=9", "wal_keep_segments=9"),
        ("postgres:17", "[postgres, -c, old_snapshot_threshold=1h]", "old_snapshot_threshold=1h"),
    ],
)  # fmt: skip
def test_an_option_was_removed(image: str, command: str, place: str) -> None:
    (finding,) = diagnostics("CF193", service(image, f"    command: {command}\n"))
    assert (finding.span.text, finding.severity) == (place, Severity.ERROR)


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("mysql:8.0", "--default-authentication-plugin=x"),
        ("mysql:8.3", "--default-authentication-plugin=x"),
        ("mysql:5.7", "--query-cache-size=0"),
        ("mysql:8.4", "--loose-default-authentication-plugin=x"),
        ("mysql:8.4", "--mysql-native-password=ON"),
        ("mysql:${TAG}", "--default-authentication-plugin=x"),
        ("mariadb:10", "--default-authentication-plugin=x"),
        ("mongo:4.0", "mongod --smallfiles"),
        ("mongo:7", "mongosh --nojournal"),
        ("postgres:12", "postgres -c wal_keep_segments=9"),
        ("postgres:17", "postgres -c wal_keep_size=9"),
    ],
)
def test_an_option_exists(image: str, command: str) -> None:
    assert reported("CF193", service(image, f"    command: {command}\n")) == []


def test_the_newest_version_is_meant_by_a_tag_without_one() -> None:
    text = service("mysql", "    command: --default-authentication-plugin=x\n")
    (finding,) = diagnostics("CF193", text)
    assert finding.severity is Severity.WARNING
    image = "docker.elastic.co/elasticsearch/elasticsearch"
    text = ENV % "node.master: true"
    assert reported("CF193", service(f"{image}:8.13.4", text)) == ["node.master"]
    assert reported("CF193", service(f"{image}:7.17.1", text)) == []


# --- CF195, CF196, CF251


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 1),
        ("    hostname: queue\n", 0),
        ("    environment: {RABBITMQ_NODENAME: rabbit@localhost}\n", 0),
        ("    network_mode: host\n", 0),
        ("    command: rabbitmqctl status\n", 0),
    ],
)
def test_the_name_of_a_node_has_to_stay(more: str, count: int) -> None:
    volumes = "    volumes: ['data:/var/lib/rabbitmq']\n"
    text = service("rabbitmq:4", volumes + more, "volumes: {data: {}}\n")
    assert reported("CF195", text) == ["'data:/var/lib/rabbitmq'"] * count
    assert reported("CF195", service("rabbitmq:4", more)) == []


@pytest.mark.parametrize(
    ("image", "more", "count"),
    [
        ("minio/minio", "", 1),
        ("quay.io/keycloak/keycloak:26.7", "", 1),
        ("minio/minio", "    command: server /data\n", 0),
        ("minio/minio", "    entrypoint: sh\n", 0),
        ("minio/minio", "    command: ${COMMAND}\n", 0),
        ("quay.io/keycloak/keycloak:16.1.1", "", 0),
        ("cockroachdb/cockroach:v25.1.0", "", 1),
    ],
)
def test_an_image_needs_a_command(image: str, more: str, count: int) -> None:
    assert reported("CF196", service(image, more)) == [image] * count


def test_untagged_postgres_is_the_newest() -> None:
    end = "volumes: {data: {}}\n"
    for image in ("postgres", "postgres:alpine"):
        (finding,) = diagnostics("CF251", service(image, VOLUME, end))
        assert finding.severity is Severity.WARNING
        assert "the newest postgres" in finding.message
    new = VOLUME.replace("/data'", "'")
    assert reported("CF251", service("postgres", new, end)) == []
    assert reported("CF251", service("postgres:${TAG}", VOLUME, end)) == []
    (finding,) = diagnostics("CF251", service("postgres:18", VOLUME, end))
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("dockerfile", "effect"),
    [
        ("FROM postgres:18\n", "the service does not start"),
        ('FROM postgres:18\nENTRYPOINT ["docker-entrypoint.sh"]\n', "the service does not start"),
        ('FROM postgres:18\nENTRYPOINT ["/start"]\n', "the data is lost with the container"),
    ],
)
def test_what_is_built_from_postgres_refuses_the_old_path_too(dockerfile: str, effect: str) -> None:
    text = service("postgres:18", VOLUME, "volumes: {data: {}}\n")
    text = text.replace("image: postgres:18", "build: .")
    (finding,) = diagnostics("CF251", text, files={"Dockerfile": dockerfile})
    assert finding.message.endswith(effect)
