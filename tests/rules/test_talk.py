"""Whether services can talk: accounts, dependencies, listeners on 127.0.0.1, labels for Traefik."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from snippets import diagnostics, reported


def client(variables: str, store: str, more: str = "", end: str = "") -> str:
    lines = "".join(f"      {line}\n" for line in variables.split("\n"))
    return (
        f"services:\n  web:\n    image: shop/web:2.1\n{more}    environment:\n{lines}"
        f"  db:\n{store}{end}"
    )


POSTGRES = """\
    image: postgres:17
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: long-and-windy
      POSTGRES_DB: orders
"""
MYSQL = """\
    image: mysql:8.4
    environment: {MYSQL_USER: shop, MYSQL_PASSWORD: p, MYSQL_DATABASE: orders, MYSQL_ROOT_PASSWORD: r}
"""

# --- CF175


@pytest.mark.parametrize(
    ("variables", "store", "place", "words"),
    [
        ("URL: postgres://shp:long-and-windy@db/orders", POSTGRES, "shp", '"shop" (POSTGRES_USER)'),
        ("URL: postgres://postgres:x@db/orders", POSTGRES, "postgres", '"shop"'),
        ("DB_HOST: db\nDB_USER: shp", POSTGRES, "shp", '"shop"'),
        ("PGHOST: db\nPGUSER: shp", POSTGRES, "shp", '"shop"'),
        ("D: Host=db;Database=orders;Username=shp;Password=x", POSTGRES, "db", '"shop"'),
        ("URL: postgres://shop:other@db/orders", POSTGRES, "db", "with a password that differs"),
        ("DB_HOST: db\nDB_USER: shop\nDB_PASSWORD: other", POSTGRES, "other", "with a password that differs"),
        ("URL: postgres://shop:long-and-windy@db/ordrs", POSTGRES, "ordrs", '"orders" (POSTGRES_DB)'),
        ("DB_HOST: db\nDB_USER: shop\nDB_NAME: ordrs", POSTGRES, "ordrs", '"orders"'),
        ("URL: postgres://shop:p@db/ordrs", "    image: postgres:17\n", "shop", "the image's default"),
        ("URL: mysql://shp:p@db/orders", MYSQL, "shp", '"shop" (MYSQL_USER)'),
        ("URL: mysql+pymysql://shop:p@db/ordrs", MYSQL, "ordrs", '"orders" (MYSQL_DATABASE)'),
        ("DSN: shp:p@tcp(db:3306)/orders", MYSQL, "db:3306", '"shop"'),
        ("URL: redis://:other@db/0", "    image: redis:7.4\n    command: redis-server --requirepass x1\n", "db", "with a password that differs"),
        ("URL: postgres://${U:-shp}:x@db/orders", POSTGRES, "db", '"shop"'),
    ],
)  # fmt: skip
def test_an_account_differs(variables: str, store: str, place: str, words: str) -> None:
    (finding,) = diagnostics("CF175", client(variables, store))
    assert finding.span.text == place
    assert words in finding.message


@pytest.mark.parametrize(
    ("variables", "store"),
    [
        ("URL: postgres://shop:long-and-windy@db/orders", POSTGRES),
        ("URL: postgres://shop:long%2Dand%2Dwindy@db:5432/orders?sslmode=disable", POSTGRES),
        ("URL: postgres://postgres@db/postgres", "    image: postgres:17\n"),
        ("URL: postgres://shop:long-and-windy@db/postgres", POSTGRES),
        ("URL: postgres://${U}:${P}@db/${D}", POSTGRES),
        ("URL: postgres://other:x@db.example.org/other", POSTGRES),
        ("URL: http://other:x@db/other", POSTGRES.replace("postgres:17", "shop/db:1")),
        ("URL: mysql://root:r@db/orders", MYSQL),
        ("URL: redis://:x1@db/0", "    image: redis:7.4\n    command: redis-server --requirepass x1\n"),
        # Other users and databases may be made.
        ("URL: postgres://shp:x@db/orders", f"{POSTGRES}    volumes: ['./init:/docker-entrypoint-initdb.d']\n"),
        ("URL: postgres://shp:x@db/orders", f"{POSTGRES}  job:\n    image: postgres:17\n    command: psql -c 'create user shp'\n"),
        ("URL: postgres://shp:x@db/orders", POSTGRES.replace("POSTGRES_DB:", "POSTGRES_PASSWORD_FILE:")),
        ("URL: postgres://shp:x@db/orders", f"{POSTGRES}    env_file: missing.env\n"),
        ("URL: postgres://shp:x@db/orders", POSTGRES.replace("image: postgres:17", "build: ./db")),
        ("URL: postgres://shp:x@db/orders", POSTGRES.replace("POSTGRES_USER: shop", "POSTGRES_USER: ${U}")),
    ],
)  # fmt: skip
def test_an_account_may_be_right(variables: str, store: str) -> None:
    assert reported("CF175", client(variables, store)) == []


def test_values_of_variables_are_compared_unless_they_are_set_elsewhere() -> None:
    text = client("URL: postgres://${DB_USER:-a}:long-and-windy@db/orders", POSTGRES)
    assert reported("CF175", text, files={".env": "DB_USER=shop\n"}) == []
    assert len(reported("CF175", text)) == 1
    assert reported("CF175", text, files={".env.example": "DB_USER=shop\n"}) == []


def test_no_password_is_printed() -> None:
    (finding,) = diagnostics("CF175", client("URL: postgres://shop:s3cr3t-x@db/orders", POSTGRES))
    assert "s3cr3t" not in finding.message + finding.help
    assert "windy" not in finding.message + finding.help
    assert any("s3cr3t" in span.text for span in finding.sensitive)
    assert any("windy" in span.text for span in finding.sensitive)


def test_the_owner_may_make_another_database() -> None:
    (finding,) = diagnostics("CF175", client("DB_HOST: db\nDB_USER: shop\nDB_NAME: b", POSTGRES))
    assert finding.severity == Severity.INFO
    (finding,) = diagnostics("CF175", client("DB_HOST: db\nDB_USER: shop\nDB_NAME: b", MYSQL))
    assert finding.severity == Severity.WARNING


def test_tests_make_their_databases() -> None:
    text = client("DB_HOST: db\nDB_USER: shop\nDB_NAME: b", POSTGRES)
    assert reported("CF175", text, "compose.test.yaml") == []


# --- CF176, CF177, CF178


@pytest.mark.parametrize(
    ("vpn", "mode", "severity"),
    [
        ("", "container:vpn", Severity.WARNING),
        ("    container_name: tunnel\n", "container:vpn", Severity.WARNING),
        ("    container_name: vpn\n", "container:vpn", Severity.INFO),
        ("    container_name: tunnel\n", "container:tunnel", Severity.INFO),
        ("", "container:media-vpn-1", Severity.INFO),
        ("", "service:vpn", None),
        ("", "container:gateway", None),
        ("    container_name: ${NAME}\n", "container:vpn", None),
    ],
)
def test_the_network_of_a_container(vpn: str, mode: str, severity: Severity | None) -> None:
    text = (
        f"services:\n  vpn:\n    image: shop/vpn:1\n{vpn}"
        f"  mail:\n    image: shop/mail:2\n    network_mode: {mode}\n"
    )
    found = diagnostics("CF176", text)
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])


JOB = (
    "services:\n  web:\n    image: shop/web:1\n    depends_on:{}\n  job:\n    image: shop/web:1\n{}"
)
MIGRATE = "    command: alembic upgrade head\n"


def test_the_network_of_a_container_that_a_service_depends_on() -> None:
    text = (
        "services:\n  vpn:\n    image: shop/vpn:1\n    container_name: vpn\n  mail:\n"
        "    image: shop/mail:2\n    depends_on: [vpn]\n    network_mode: container:vpn\n"
    )
    assert reported("CF176", text) == []


@pytest.mark.parametrize(
    ("condition", "job", "count"),
    [
        (" [job]", MIGRATE, 1),
        ("\n      job: {condition: service_started}", MIGRATE, 1),
        ("\n      job: {condition: service_healthy}", MIGRATE, 1),
        ("\n      job: {condition: service_completed_successfully}", MIGRATE, 0),
        (" [job]", "", 0),
        (" [job]", "    command: gunicorn shop\n", 0),
        (" [job]", "    command: sh -c 'alembic upgrade head && gunicorn shop'\n", 0),
        (" [job]", f"{MIGRATE}    restart: always\n", 0),
        # Tests prepare nothing.
        (" [job]", "    command: [python, -m, pytest, --cov]\n", 0),
        (" [job]", "    command: npm run test\n", 0),
    ],
)
def test_the_start_of_a_job(condition: str, job: str, count: int) -> None:
    assert len(reported("CF177", JOB.format(condition, job))) == count


CACHE = "    image: redis:7.4\n"


@pytest.mark.parametrize(
    ("variables", "store", "more", "count"),
    [
        ("REDIS_URL: redis://db/0", CACHE, "", 1),
        ("REDIS_HOST: db\nREDIS_URL: redis://db/0", CACHE, "", 1),
        ("REDIS_URL: redis://db/0", CACHE, "    depends_on: [db]\n", 0),
        ("REDIS_URL: redis://db/0", CACHE, "    links: [db]\n", 0),
        ("REDIS_URL: redis://db/0", f"{CACHE}  api:\n    image: a/b:1\n    depends_on: [db]\n", "    depends_on: [api]\n", 0),
        ("REDIS_URL: redis://db/0", f"{CACHE}    depends_on: [web]\n", "", 0),
        ("REDIS_URL: redis://db/0", f"{CACHE}    profiles: [local]\n", "", 0),
        ("API_URL: http://db/", "    image: shop/api:1\n", "", 0),
        ("REDIS_URL: redis://cache.example.org/0", CACHE, "", 0),
    ],
)  # fmt: skip
def test_a_missing_dependency(variables: str, store: str, more: str, count: int) -> None:
    assert len(reported("CF178", client(variables, store, more))) == count


def test_shared_variables_do_not_tell_what_a_service_needs() -> None:
    store = "  db:\n    image: postgres:17\n"
    own = "  web:\n    image: shop/web:1\n    environment: {A_URL: postgres://db/0}\n"
    assert len(reported("CF178", f"services:\n{store}{own}")) == 1
    anchor = f"x-env: &env\n  A_URL: postgres://db/0\nservices:\n{store}"
    shared = own.replace("{A_URL: postgres://db/0}", "*env")
    assert reported("CF178", anchor + shared) == []
    file = own.replace("environment: {A_URL: postgres://db/0}", "env_file: a.env")
    assert (
        reported("CF178", f"services:\n{store}{file}", files={"a.env": "A_URL=postgres://db/0\n"})
        == []
    )
    copies = "".join(own.replace("web:", f"web{number}:", 1) for number in range(4))
    assert reported("CF178", f"services:\n{store}{copies}") == []


def test_jobs_and_variables_do_not_tell_what_a_service_needs() -> None:
    assert reported("CF178", client("A_URL: redis://db/0", CACHE, MIGRATE)) == []
    assert reported("CF178", client("REDIS_HOST: ${REDIS_HOST:-db}", CACHE)) == []
    assert len(reported("CF178", client("A_URL: redis://:${PW}@db/0", CACHE))) == 1


# --- XF113


def published(command: str, more: str = "") -> str:
    return (
        f"services:\n  web:\n    image: shop/web:2.1\n    command: {command}\n"
        f'    ports: ["8000:8000"]\n{more}'
    )


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn main:app",
        "uvicorn main:app --port 8000",
        "uvicorn main:app --host=127.0.0.1",
        "python -m uvicorn main:app --host localhost",
        "uv run uvicorn main:app --reload",
        "flask run",
        "flask --app shop run --port 8000",
        "python -m flask run -h 127.0.0.1",
        "python manage.py runserver",
        "python manage.py runserver 8000",
        "python3 ./manage.py runserver localhost:8000 --noreload",
        "hypercorn main:app",
        "daphne shop.asgi:application",
        "fastapi dev main.py",
        "hugo server",
        '["uvicorn", "main:app"]',
        "sh -c 'python manage.py migrate && python manage.py runserver'",
        'bash -c "alembic upgrade head; exec uvicorn main:app"',
        "gunicorn shop.wsgi",
    ],
)
def test_a_server_listens_on_loopback(command: str) -> None:
    assert len(reported("XF113", published(command))) == 1


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("uvicorn main:app --host 0.0.0.0", ""),
        ("uvicorn main:app --host=::", ""),
        ("uvicorn main:app --host $${HOST}", ""),
        ("uvicorn main:app --uds /run/app.sock", ""),
        ("uvicorn main:app", "    environment: {UVICORN_HOST: 0.0.0.0}\n"),
        ("uvicorn main:app", "    env_file: missing.env\n"),
        ("uvicorn main:app", "    network_mode: host\n"),
        ("uvicorn main:app", "  proxy:\n    image: shop/p:1\n    network_mode: service:web\n"),
        ("flask run --host 0.0.0.0", ""),
        ("flask run -h0.0.0.0", ""),
        ("flask run", "    environment: [FLASK_RUN_HOST=0.0.0.0]\n"),
        ("flask db upgrade", ""),
        ("python manage.py runserver 0.0.0.0:8000", ""),
        ("python manage.py runserver 0:8000", ""),
        ("python manage.py runserver [::]:8000", ""),
        ("python manage.py migrate", ""),
        ("gunicorn shop.wsgi -b :8000", ""),
        ("gunicorn shop.wsgi -c conf.py", ""),
        ("gunicorn shop.wsgi", "    environment: {PORT: 8000}\n"),
        ("gunicorn shop.wsgi", "    volumes: ['.:/app']\n"),
        ("fastapi run main.py", ""),
        ("./start.sh", ""),
        ("pip install uvicorn", ""),
        ("sh -c 'uvicorn admin:app --host 0.0.0.0 & uvicorn main:app'", ""),
    ],
)  # fmt: skip
def test_a_server_may_be_reached(command: str, more: str) -> None:
    assert reported("XF113", published(command, more)) == []


def test_a_server_without_published_ports_is_left_alone() -> None:
    text = "services:\n  web:\n    image: shop/web:2.1\n    command: uvicorn main:app\n"
    assert reported("XF113", text) == []


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ('CMD ["uvicorn", "main:app"]', 1),
        ("CMD uvicorn main:app", 1),
        ('ENTRYPOINT ["uvicorn"]\nCMD ["main:app"]', 1),
        ('CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]', 0),
        ('ENV UVICORN_HOST=0.0.0.0\nCMD ["uvicorn", "main:app"]', 0),
        ('ENTRYPOINT ["/entrypoint.sh"]', 0),
    ],
)
def test_the_command_of_a_dockerfile(lines: str, count: int) -> None:
    text = 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n'
    files = {"Dockerfile": f"FROM python:3.13-slim\n{lines}\n"}
    found = diagnostics("XF113", text, files=files)
    assert len(found) == count
    assert all(finding.related[0].span.file.path == "Dockerfile" for finding in found)


# --- XF114


@pytest.mark.parametrize(
    ("image", "service", "files", "count"),
    [
        ("aspnet:8.0", "", {}, 1),
        ("aspnet:10.0", "", {}, 1),
        ("aspnet:9.0-alpine", "", {}, 1),
        ("aspnet:7.0", "", {}, 0),
        ("aspnet:latest", "", {}, 0),
        ("runtime:8.0", "", {}, 0),
        ("aspnet:8.0", "    environment: {ASPNETCORE_URLS: 'http://+:80'}\n", {}, 0),
        ("aspnet:8.0", "    environment: {ASPNETCORE_HTTP_PORTS: 80}\n", {}, 0),
        ("aspnet:8.0\nENV ASPNETCORE_HTTP_PORTS=80", "", {}, 0),
        ("aspnet:8.0\nEXPOSE 80", "", {}, 0),
        ("aspnet:8.0", "    command: [--urls, 'http://+:80']\n", {}, 0),
        ("aspnet:8.0", "    env_file: missing.env\n", {}, 0),
        ("aspnet:8.0", "", {"src/appsettings.json": '{"Kestrel": {}}'}, 0),
        ("aspnet:8.0", "", {"src/Program.cs": 'builder.WebHost.UseUrls("http://*:80");'}, 0),
        ("aspnet:8.0", "", {"src/Program.cs": "app.Run();"}, 1),
    ],
)
def test_the_port_of_dotnet(image: str, service: str, files: dict[str, str], count: int) -> None:
    text = f'services:\n  web:\n    build: .\n    ports: ["5000:80"]\n{service}'
    lines = f'FROM mcr.microsoft.com/dotnet/{image}\nENTRYPOINT ["dotnet", "shop.dll"]\n'
    assert len(reported("XF114", text, files={"Dockerfile": lines, **files})) == count


# --- CF183


def labels(*lines: str, others: str = "") -> str:
    return "services:\n  web:\n    image: shop/web:2.1\n    labels:\n" + "".join(
        f"      - {line}\n" for line in lines
    ) + others  # fmt: skip


TRAEFIK = "  proxy:\n    image: traefik:v3.6\n"
AUTH = "traefik.http.middlewares.auth.basicauth.users=x"
USE = "traefik.http.routers.web.middlewares="


@pytest.mark.parametrize(
    ("lines", "others", "help"),
    [
        ((f"{USE}auht", AUTH), "", 'did you mean "auth"?'),
        ((f"{USE}auth,weblimit", AUTH, "traefik.http.middlewares.web-limit.ratelimit.average=9"), "", 'did you mean "web-limit"?'),
        (("traefik.http.routers.web.service=webb", "traefik.http.services.web.loadbalancer.server.port=80"), "", 'did you mean "web"?'),
        ((f"{USE}nosuch",), TRAEFIK, "define it"),
        (("traefik.http.routers.a.service=nosuch",), TRAEFIK, "define it"),
        (("traefik.http.middlewares.all.chain.middlewares=auht", AUTH), "", 'did you mean "auth"?'),
    ],
)  # fmt: skip
def test_a_label_names_what_nothing_defines(lines: tuple[str, ...], others: str, help: str) -> None:
    (finding,) = diagnostics("CF183", labels(*lines, others=others))
    assert finding.help.startswith(help)


@pytest.mark.parametrize(
    ("lines", "others", "files"),
    [
        ((f"{USE}auth", AUTH), "", {}),
        ((f"{USE}Auth", AUTH), "", {}),
        ((f"{USE}auht@file", AUTH), "", {}),
        ((f"{USE}auht@docker", AUTH), "", {}),
        (("traefik.http.routers.web.service=api@internal",), TRAEFIK, {}),
        # Another stack may define it.
        ((f"{USE}nosuch",), "", {}),
        ((f"{USE}nosuch",), TRAEFIK, {"other/compose.yaml": "# nosuch\n"}),
        ((f"{USE}nosuch",), TRAEFIK, {"dynamic.toml": "[http.middlewares.nosuch]\n"}),
        ((f"{USE}auht", AUTH), "", {"other/compose.yaml": "# auht\n"}),
        # Names that are not known here, and that Traefik makes.
        ((f"{USE}auht", "traefik.http.middlewares.${NAME}.basicauth.users=x", AUTH), "", {}),
        (("traefik.http.routers.a.service=web-shop",), TRAEFIK, {}),
        # auth1 and auth2 are two names.
        ((f"{USE}auth2", "traefik.http.middlewares.auth1.basicauth.users=x"), "", {}),
        (("com.example.web.middlewares=auht",), TRAEFIK, {}),
    ],
)  # fmt: skip
def test_a_label_may_be_right(lines: tuple[str, ...], others: str, files: dict[str, str]) -> None:
    assert reported("CF183", labels(*lines, others=others), files=files) == []
