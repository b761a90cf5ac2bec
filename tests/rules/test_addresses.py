"""Addresses between services: localhost, published ports, hosts that do not exist."""

from __future__ import annotations

import pytest
from snippets import diagnostics, reported

DB = "  db:\n    image: postgres:17\n"
CACHE = "  cache:\n    image: redis:7.4\n"


def stack(variables: str, others: str = DB + CACHE, more: str = "") -> str:
    lines = "".join(f"      {line}\n" for line in variables.split("\n"))
    return f"services:\n  web:\n    image: shop/web:2.1\n{more}    environment:\n{lines}{others}"


# --- CF172


@pytest.mark.parametrize(
    "variables",
    [
        "DATABASE_URL: postgres://shop@localhost:5432/shop",
        "DATABASE_URL: postgresql+asyncpg://shop:${PW}@localhost/shop",
        "DATABASE_URL: postgres://${U}:${P}@127.0.0.1:${PORT}/${D}",
        "SPRING_DATASOURCE_URL: jdbc:postgresql://localhost:5432/shop",
        "ConnectionStrings__Shop: Host=localhost;Port=5432;Database=shop;Username=a;Password=b",
        "DSN: host=localhost port=5432 user=a dbname=shop",
        "- DB_HOST=localhost",
        "PGHOST: 127.0.0.1",
        "SPRING_DATA_REDIS_HOST: localhost",
        "redis__host: localhost",
        "CACHE: rediss://:${PW}@localhost:6379/0",
        "DB_HOST: ${DB_HOST:-localhost}",
    ],
)  # fmt: skip
def test_localhost_is_the_container_itself(variables: str) -> None:
    assert len(reported("CF172", stack(variables))) == 1


@pytest.mark.parametrize(
    ("variables", "others", "more"),
    [
        # Not the address of a store, or of one that this stack does not have.
        ("API_URL: http://localhost:5432", DB, ""),
        ("DATABASE_URL: mysql://shop@localhost/shop", DB, ""),
        ("DB_HOST: localhost", CACHE, ""),
        ("DATABASE_URL: postgres://shop@db.example.org/shop", DB, ""),
        ("DATABASE_URL: postgres://shop@host.docker.internal/shop", DB, ""),
        # For browsers, for what listens there, for tests.
        ("NEXT_PUBLIC_REDIS_URL: redis://localhost:6379", CACHE, ""),
        ("VITE_DB_HOST: localhost", DB, ""),
        ("REACT_APP_DB_HOST: localhost", DB, ""),
        ("TEST_DATABASE_URL: postgres://shop@localhost/test", DB, ""),
        ("KAFKA_ADVERTISED_HOST: localhost", "  kafka:\n    image: apache/kafka:4.1.0\n", ""),
        # The network of the host, or of another service.
        ("DB_HOST: localhost", DB, "    network_mode: host\n"),
        ("DB_HOST: localhost", DB, '    network_mode: "service:db"\n'),
        ("DB_HOST: localhost", DB + "    network_mode: service:web\n", ""),
        ("DB_HOST: localhost", DB + "  tunnel:\n    image: shop/t:1\n    network_mode: service:web\n", ""),
        ("DB_HOST: localhost", DB + "    network_mode: host\n", ""),
        # Something in the container may listen there.
        ("DATABASE_URL: postgres://shop@localhost:5432/shop", DB, '    ports: ["5432:5432"]\n'),
        ("DB_HOST: localhost", DB, "    command: sh -c 'ssh -fNL 5432:db:5432 box && run'\n"),
        ("DB_HOST: localhost", DB, '    extra_hosts: ["localhost:10.0.0.5"]\n'),
        # It knows where the store is.
        ("A: postgres://a@db/a\nB: postgres://a@localhost/a", DB, ""),
    ],
)  # fmt: skip
def test_localhost_may_be_right(variables: str, others: str, more: str) -> None:
    assert reported("CF172", stack(variables, others, more)) == []


def test_localhost_in_a_store_is_right() -> None:
    text = f"services:\n{DB}    environment:\n      PGHOST: localhost\n  other:\n    image: postgres:16\n"
    assert reported("CF172", text) == []


def test_localhost_is_found_in_env_files_unless_environment_overrides_it() -> None:
    files = {".env": "REDIS_HOST=localhost\n"}
    text = f"services:\n  web:\n    image: shop/web:2.1\n    env_file: .env\n{CACHE}"
    (finding,) = diagnostics("CF172", text, files=files)
    assert (finding.path, finding.span.text) == (".env", "localhost")
    text = text.replace(
        "env_file: .env\n", "env_file: .env\n    environment: {REDIS_HOST: cache}\n"
    )
    assert reported("CF172", text, files=files) == []


def test_a_default_counts_unless_the_variable_is_set_elsewhere() -> None:
    text = stack("DB_HOST: ${DB_HOST:-localhost}")
    assert reported("CF172", text, files={".env.example": "DB_HOST=db\n"}) == []
    assert reported("CF172", text, files={".env": "DB_HOST=db\n"}) == []
    assert reported("CF172", text, files={".env": "DB_HOST=localhost\n"}) != []


def test_localhost_that_an_anchor_shares_is_reported_once() -> None:
    text = (
        "x-env: &env\n  REDIS_HOST: localhost\nservices:\n"
        "  web: {image: shop/web:2.1, environment: *env}\n"
        f"  worker: {{image: shop/web:2.1, environment: *env}}\n{CACHE}"
    )
    assert reported("CF172", text) == ["localhost"]


def test_localhost_is_answered_with_the_name_and_the_port_of_the_container() -> None:
    (finding,) = diagnostics(
        "CF172", stack("URL: postgres://a@localhost:5433/a", f'{DB}    ports: ["5433:5432"]\n')
    )
    assert finding.message == (
        'URL of service "web" points to localhost, which is the container itself; PostgreSQL runs '
        'in service "db"'
    )
    assert finding.help == "write `db` instead of `localhost`, and port 5432 instead of 5433"
    assert finding.span.text == "localhost:5433"


def test_localhost_where_several_stores_may_be_meant() -> None:
    (finding,) = diagnostics(
        "CF172", stack("DB_HOST: localhost", f"{DB}  old:\n    image: mysql:8.4\n")
    )
    assert finding.help == "write `db` or `old` instead of `localhost`"


# --- CF173

PUBLISHED = f'{DB}    ports: ["5433:5432"]\n'


@pytest.mark.parametrize(
    ("variables", "others", "place"),
    [
        ("URL: jdbc:postgresql://db:5433/sonar", PUBLISHED, "db:5433"),
        ("DB_HOST: db\nDB_PORT: 5433", PUBLISHED, "5433"),
        ("DB_HOST: db\nDB_PORT: ${DB_PORT:-5433}", PUBLISHED, "${DB_PORT:-5433}"),
        ("ADDR_HOST: db:5433", PUBLISHED, "db:5433"),
        ("API: http://api:8080/v1", '  api:\n    image: shop/api:2\n    ports: ["8080:3000"]\n', "api:8080"),
        ("URL: postgres://a@database:5433/a", f"{PUBLISHED}    container_name: database\n", "database:5433"),
    ],
)  # fmt: skip
def test_the_published_port_is_that_of_the_host(variables: str, others: str, place: str) -> None:
    (finding,) = diagnostics("CF173", stack(variables, others))
    assert finding.span.text == place
    assert "the container listens on" in finding.message


@pytest.mark.parametrize(
    ("variables", "others", "more"),
    [
        ("URL: postgres://a@db:5432/a", PUBLISHED, ""),
        ("URL: postgres://a@db:5433/a", f'{DB}    ports: ["5433:5432", "5434:5433"]\n', ""),
        ("URL: postgres://a@db:5433/a", f"{PUBLISHED}    command: -p 5433\n", ""),
        ("URL: postgres://a@db:5433/a", f'{PUBLISHED}    expose: ["5433"]\n', ""),
        ("URL: postgres://a@db:5433/a", f"{PUBLISHED}    environment: {{PGPORT: 5433}}\n", ""),
        ("URL: postgres://a@db:5433/a", PUBLISHED, "    network_mode: host\n"),
        ("URL: postgres://a@db:5433/a", PUBLISHED, '    extra_hosts: ["db:10.0.0.5"]\n'),
        ("URL: postgres://a@db.example.org:5433/a", PUBLISHED, ""),
        ("URL: postgres://a@db:5433/a", f"{DB}    ports: ['5433:5433']\n", ""),
        ("URL: postgres://a@db:5433/a", DB, ""),
        # Brokers listen where their variables say.
        (
            "BROKERS_KAFKA: kafka:29092",
            "  kafka:\n    image: apache/kafka:4.1.0\n    ports: ['29092:9092']\n"
            "    environment:\n      KAFKA_LISTENERS: PLAINTEXT://:9092,IN://:29092\n",
            "",
        ),
    ],
)  # fmt: skip
def test_the_port_may_be_right(variables: str, others: str, more: str) -> None:
    assert reported("CF173", stack(variables, others, more)) == []


# --- CF174


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("rabitmq", "rabbitmq"),
        ("rabbitqm", "rabbitmq"),
        ("dbb", "db"),
        ("cahce", "cache"),
        ("user_api", "user-api"),
    ],
)
def test_an_unknown_host_is_almost_a_service(host: str, meant: str) -> None:
    others = (
        DB + CACHE + "  rabbitmq:\n    image: rabbitmq:4\n  user-api:\n    image: shop/user:1\n"
    )
    (finding,) = diagnostics("CF174", stack(f"A_URL: http://{host}:80/", others))
    assert finding.span.text == f"{host}:80"
    assert finding.help == f'did you mean "{meant}"?'


@pytest.mark.parametrize(
    ("variables", "others", "more"),
    [
        ("URL: redis://cache/0", CACHE, ""),
        ("URL: redis://cache1/0", CACHE, ""),
        ("URL: redis://cachee.example.org/0", CACHE, ""),
        ("URL: redis://queue/0", CACHE, ""),
        ("URL: redis://cahce/0", f"{CACHE}    container_name: cahce\n", ""),
        ("URL: redis://cahce/0", f"{CACHE}    hostname: cahce\n", ""),
        ("URL: redis://cahce/0", CACHE, '    extra_hosts: ["cahce:10.0.0.5"]\n'),
        ("URL: redis://cahce/0", CACHE, '    links: ["cache:cahce"]\n'),
        ("URL: redis://cahce/0", CACHE, "    external_links: [other]\n"),
        ("URL: redis://cahce/0", CACHE, "    network_mode: host\n"),
        (
            "URL: redis://cahce/0",
            f"{CACHE}    networks: {{default: {{aliases: [cahce]}}}}\n",
            "",
        ),
        (
            "URL: redis://cahce/0",
            f"{CACHE}networks:\n  shared:\n    external: true\n",
            "    networks: [shared, default]\n",
        ),
        ("URL: redis://${CACHE_HOST}/0", CACHE, ""),
        ("URL: redis://localhost/0", "  localhos:\n    image: shop/x:1\n", ""),
    ],
)  # fmt: skip
def test_an_unknown_host_may_exist(variables: str, others: str, more: str) -> None:
    assert reported("CF174", stack(variables, others, more)) == []
