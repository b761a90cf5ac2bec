"""Findings about Compose and env files that nobody would act on in their place.

``recommended`` holds them back, or there are none; each table has cases on both sides.
"""

from __future__ import annotations

import pytest
from checks import check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection
from snippets import texts


def findings(code: str, files: dict[str, str], preset: str = "recommended") -> list[Diagnostic]:
    """What a rule reports in a project under a preset that selects it."""
    with texts(files):
        settings = Settings(selection=Selection(preset), debug=True)
        return [item for item in check_paths(["."], settings).reported if item.code == code]


def counts(code: str, files: dict[str, str], stricter: str = "hardened") -> tuple[int, int]:
    """How many findings there are under ``recommended``, and under a stricter preset."""
    return len(findings(code, files)), len(findings(code, files, stricter))


# --- stacks that a test or a benchmark starts and throws away

_STACK = """services:
  search:
    image: getmeili/meilisearch:v1.41.0
    ports: ["7700:7700"]
    environment: {MEILI_MASTER_KEY: dummy}
  runner:
    image: shop/runner:1.4
    volumes: [/var/run/docker.sock:/var/run/docker.sock]
"""


@pytest.mark.parametrize("code", ["CF250", "CF311", "CF330", "CF404"])
@pytest.mark.parametrize(
    ("path", "reported"),
    [
        ("docker-compose.yml", 1),
        ("deploy/docker-compose.yml", 1),
        ("examples/docker-compose.yml", 1),
        ("packages/e2e_tests/docker-compose.yml", 0),
        ("packages/benchmarks/docker-compose.yml", 0),
        ("tools/seed-snapshot/docker-compose.yml", 0),
        ("docker-compose.ci.yml", 0),
    ],
)
def test_a_stack_that_is_thrown_away(code: str, path: str, reported: int) -> None:
    usual, strict = counts(code, {path: _STACK})
    assert usual == reported
    # Data that goes with the container is what a test wants: no preset reports it.
    assert strict == (reported if code == "CF250" else 1)


def test_a_release_that_really_ended_is_reported_in_tests_too() -> None:
    stack = "services:\n  db:\n    image: postgres:11\n"
    assert counts("CF404", {"tests/compose.yaml": stack}) == (1, 1)


@pytest.mark.parametrize(
    ("image", "port", "count"),
    [
        ("axllent/mailpit:v1.29", "1025:1025", 0),
        ("axllent/mailpit:v1.29", "8025:8025", 1),
        ("mailhog/mailhog:v1.0.1", "1025:1025", 0),
        ("maildev/maildev:2.2.1", "25:1025", 0),
        ("adminer:5.4", "8080:8080", 1),
        ("redis:8.2", "1025:6379", 1),
    ],
)
def test_mail_catchers_only_take_mail(image: str, port: str, count: int) -> None:
    stack = f'services:\n  mail:\n    image: {image}\n    ports: ["{port}"]\n'
    assert len(findings("CF330", {"compose.yaml": stack})) == count


# --- EV003: what is meant for git, and what is not a secret

_KEY = "APP_SECRET=05aaa792227354fd6e01899222995636\n"
_JWT = "JWT_SECRET=k8Vw2nQ7tRz4Lx\n"
_LOCAL = "DATABASE_URL=postgres://127.0.0.1:5432/shop\nREDIS_HOST=localhost\n"
_STUB = 'K="-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA\\n-----END RSA PRIVATE KEY-----"\n'


@pytest.mark.parametrize(
    ("path", "text", "files", "expected"),
    [
        (".env", _JWT, {}, (1, 1)),
        # Symfony's own file, told by a block of Symfony or by the project.
        ("api/.env", f"###> symfony/framework-bundle ###\n{_KEY}", {}, (0, 1)),
        ("api/.env", _KEY, {"api/composer.json": '{"require": {"symfony/flex": "^2"}}'}, (0, 1)),
        ("api/.env", _KEY, {"api/composer.json": '{"require": {"slim/slim": "^4"}}'}, (1, 1)),
        # Values for one's own machine.
        (".env", _LOCAL + _JWT, {}, (0, 1)),
        (".env.development", "REDIS_HOST=localhost:6379\n" + _JWT, {}, (0, 1)),
        (".env", _LOCAL + "CORS_ORIGIN=http://localhost:3000,https://shop.eu\n" + _JWT, {}, (0, 1)),
        (".env", _LOCAL + "MAIL_HOST=smtp.shop.eu\n" + _JWT, {}, (1, 1)),
        (".env", _LOCAL + "API_URL=https://api.shop.eu/v1\n" + _JWT, {}, (1, 1)),
        (".env", _LOCAL + "NODE_ENV=production\n" + _JWT, {}, (1, 1)),
        (".env.production", _LOCAL + _JWT, {}, (1, 1)),
        ("prod/.env", _LOCAL + _JWT, {}, (1, 1)),
        (".env", "DATABASE_URL=postgres://db:5432/shop\n" + _JWT, {}, (1, 1)),
        # What another service issued opens something wherever the file is used.
        (".env", _LOCAL + "COHERE_API_KEY=GvN8mqnjQW8OO7hAoVobbaMLPGMYSK8V\n", {}, (1, 1)),
        # Rolled over the keyboard; a password of that kind is used all the same.
        (".env.production", "TWITCH_CLIENT_SECRET=4tn7fdsdsdfxcvxcv\n", {}, (0, 0)),
        (".env", "DB_PASSWORD=YtReWq4321\n", {}, (1, 1)),
        # The beginning of a key.
        (".env", _STUB, {}, (0, 0)),
        (".env", _STUB.replace("EpAIBAAKCAQEA", "EpA" + "k8Vw2nQ7tR" * 8), {}, (1, 1)),
    ],
)
def test_secrets_in_env_files_that_are_meant_for_git(
    path: str, text: str, files: dict[str, str], expected: tuple[int, int]
) -> None:
    assert counts("EV003", {path: text, **files}) == expected


# --- CF213: the image's own health check may bring the start_period


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ("elasticsearch:9.5.0", 1),
        ("localstack/localstack:4.9", 0),
        ("confluentinc/cp-kafka-connect:8.0.0", 0),
    ],
)
def test_a_slow_start_with_the_health_check_of_the_image(image: str, count: int) -> None:
    check = "healthcheck: {test: [CMD, 'true'], interval: 1s, retries: 10}"
    stack = f"services:\n  slow:\n    image: {image}\n    mem_limit: 2G\n    {check}\n"
    assert len(findings("CF213", {"compose.yaml": stack})) == count


# --- CF402 and CF401: the project's own image, which it publishes with its releases

_ON_TAG = "on:\n  push:\n    tags:\n      - 'v*'\njobs: {}\n"
_ON_RELEASE = "on:\n  release:\n    types: [published]\n"
_ON_PUSH = "on:\n  push:\n    branches: [main]\njobs:\n  release:\n    steps:\n      - with:\n          tags: acme/shop:latest\n"
_NAMED = "env:\n  IMAGE: acme/shop\n"
_BY_REPOSITORY = "env:\n  IMAGE: ghcr.io/${{ github.repository }}\n"
_README = (
    "https://github.com/acme/shop/actions, https://github.com/acme/shop, github.com/other/tool\n"
)
_REMOTE = '[remote "origin"]\n\turl = git@github.com:Acme/Shop.git\n'


@pytest.mark.parametrize(
    ("image", "files", "expected"),
    [
        ("acme/shop:latest", {}, (1, 1)),
        ("acme/shop:latest", {".github/workflows/a.yml": _ON_TAG + _NAMED}, (0, 1)),
        ("acme/shop:stable", {".github/workflows/a.yml": _ON_RELEASE + _NAMED}, (0, 1)),
        ("acme/shop:latest", {".gitlab-ci.yml": "r:\n  only: [$CI_COMMIT_TAG]\n" + _NAMED}, (0, 1)),
        # Two workflows, one of which calls the other.
        (
            "acme/shop:latest",
            {".github/workflows/a.yml": _ON_RELEASE, ".github/workflows/b.yml": _NAMED},
            (0, 1),
        ),
        # Deployed from the main branch: nothing says which build runs.
        ("acme/shop:latest", {".github/workflows/a.yml": _ON_PUSH + _NAMED}, (1, 1)),
        # The image of somebody else.
        ("redis:latest", {".github/workflows/a.yml": _ON_TAG + _NAMED}, (1, 1)),
        ("acme/shop2:latest", {".github/workflows/a.yml": _ON_TAG + _BY_REPOSITORY}, (1, 1)),
        # By the name of the repository.
        (
            "ghcr.io/acme/shop:latest",
            {".github/workflows/a.yml": _ON_TAG + _BY_REPOSITORY, "README.md": _README},
            (0, 1),
        ),
        (
            "ghcr.io/acme/shop-web:latest",
            {".github/workflows/a.yml": _ON_TAG + _BY_REPOSITORY, ".git/config": _REMOTE},
            (0, 1),
        ),
        (
            "ghcr.io/other/tool:latest",
            {".github/workflows/a.yml": _ON_TAG + _BY_REPOSITORY, "README.md": _README},
            (1, 1),
        ),
    ],
)
def test_a_channel_of_the_own_image(
    image: str, files: dict[str, str], expected: tuple[int, int]
) -> None:
    stack = f"services:\n  app:\n    image: {image}\n"
    assert counts("CF402", {"compose.yaml": stack, **files}, "production") == expected
    untagged = stack.replace(":latest", "").replace(":stable", "")
    assert counts("CF401", {"compose.yaml": untagged, **files}, "production") == expected


@pytest.mark.parametrize(
    ("profile", "expected"), [("tunnel", (0, 1)), ("tools", (0, 1)), ("production", (1, 1))]
)
def test_a_tag_of_what_a_profile_adds(profile: str, expected: tuple[int, int]) -> None:
    stack = "services:\n  tunnel:\n    image: cloudflare/cloudflared:latest\n"
    stack += f"    profiles: [{profile}]\n"
    assert counts("CF402", {"compose.yaml": stack}, "production") == expected


# --- CF340: what repeats another finding

_DB = """services:
  db:
    image: postgres:17
    ports: [{ports}]
    environment:
      POSTGRES_PASSWORD: root123
  app:
    image: shop/app:1.4
    environment:
      DB_PASSWORD: {password}
"""


@pytest.mark.parametrize(
    ("path", "ports", "password", "lines"),
    [
        ("compose.yaml", "'5432:5432'", "root123", [6]),
        ("compose.yaml", "'5432:5432'", "admin123", [6, 10]),
        # What is kept inside is not reported, nor is its copy.
        ("compose.yaml", "", "root123", []),
        ("compose.yaml", "", "admin123", [10]),
        ("compose.prod.yaml", "", "root123", [6]),
        ("compose.prod.yaml", "", "admin123", [6, 10]),
    ],
)
def test_a_client_repeats_the_password_of_its_store(
    path: str, ports: str, password: str, lines: list[int]
) -> None:
    stack = _DB.replace("{ports}", ports).replace("{password}", password)
    assert [item.start.line for item in findings("CF340", {path: stack})] == lines


def test_an_open_port_tells_that_the_password_is_weak() -> None:
    stack = _DB.replace("{ports}", "'5432:5432'").replace("{password}", "x")
    (finding,) = findings("CF330", {"compose.yaml": stack})
    assert "(postgres:17, whose password is easy to guess)" in finding.message
    (finding,) = findings("CF330", {"compose.yaml": stack.replace("root123", "k8Vw2nQ7tRz4")})
    assert "(postgres:17)" in finding.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [("", (0, 1)), ("name: harbour\n", (1, 0))],
)
def test_the_name_of_the_project_is_easy_to_guess(name: str, expected: tuple[int, int]) -> None:
    stack = "services:\n  app:\n    image: shop/app:1.4\n    environment:\n      DB_PASSWORD: harbour_secret\n"
    files = {"compose.yaml": name + stack}
    assert (len(findings("CF340", files)), len(findings("CF301", files))) == expected


def test_tools_of_a_stack_of_stores_need_no_version() -> None:
    tool = "services:\n  admin:\n    image: adminer\n  db:\n    image: {image}\n"
    assert counts("CF401", {"compose.yaml": tool.format(image="postgres:17")}) == (0, 1)
    assert counts("CF401", {"compose.yaml": tool.format(image="postgres")}) == (1, 2)
    assert counts("CF401", {"compose.yaml": tool.format(image="shop/app:1")}) == (1, 1)


# --- CF302, CF303: one password is one finding


@pytest.mark.parametrize(
    ("value", "cf302", "cf303"),
    [
        ("Server=db;Database=shop;User Id=sa;Password=k8Vw2nQ7tRz4!x;Encrypt=False", 1, 0),
        ("-Ddb.password=k8Vw2nQ7tRz4 -Xmx1g -Dmode=a", 0, 1),
        ("postgres://a:k8Vw2nQ7tRz4@db/x --token=Lx9Qw2nQ7tRz4 --mode=a", 1, 1),
        ("postgres://${DB_USER:-harbour}:${DB_PASS:-harbour}@db/x", 0, 0),
        ("postgres://${DB_USER:-harbour}:${DB_PASS:-k8Vw2nQ7tRz4}@db/x", 1, 0),
    ],
)
def test_a_password_in_an_address_is_reported_once(value: str, cf302: int, cf303: int) -> None:
    stack = (
        f"services:\n  app:\n    image: shop/app:1.4\n    environment:\n      SETTINGS: {value}\n"
    )
    files = {"compose.yaml": stack}
    assert len(findings("CF302", files)) == cf302
    assert len(findings("CF303", files)) == cf303


# --- CF201: programs that keep to a size of their own


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("image: elasticsearch:9.5.0", (1, 1)),
        ("image: elasticsearch:9.5.0\n    environment: [ES_JAVA_OPTS=-Xms512m -Xmx512m]", (0, 1)),
        ("image: elasticsearch:9.5.0\n    environment: [ES_JAVA_OPTS=-Xms512m]", (1, 1)),
        ("image: mongo:8.0\n    command: --wiredTigerCacheSizeGB 0.5", (0, 1)),
        ("image: mongo:8.0\n    command: [mongod, --auth]", (1, 1)),
        ("image: mongo:8.0\n    cpus: 1\n    command: --wiredTigerCacheSizeGB 0.5", (1, 1)),
    ],
)
def test_a_program_that_limits_itself(rest: str, expected: tuple[int, int]) -> None:
    files = {"compose.yaml": f"services:\n  store:\n    {rest}\n"}
    assert counts("CF201", files, "production") == expected


# --- XF110: what a template beside it makes


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, (1, 1)),
        ({"app.env.example": "A=1\n"}, (0, 1)),
        ({"example.env": "A=1\n"}, (0, 1)),
        ({".gitignore": "*.env\n"}, (0, 1)),
    ],
)
def test_an_env_file_that_everybody_makes(files: dict[str, str], expected: tuple[int, int]) -> None:
    stack = "services:\n  app:\n    image: shop/app:1.4\n    env_file: app.env\n"
    assert counts("XF110", {"compose.yaml": stack, **files}) == expected


def test_one_variable_with_one_value_is_reported_once() -> None:
    service = "  {name}:\n    image: shop/app:1.4\n    environment:\n      APP_PASSWORD: {value}\n"
    stack = "services:\n" + "".join(
        service.format(name=name, value=value)
        for name, value in (("a", "changeme"), ("b", "changeme"), ("c", "admin"))
    )
    assert [item.start.line for item in findings("CF340", {"compose.yaml": stack})] == [5, 13]


# --- XF102: what git leaves out on purpose


@pytest.mark.parametrize(
    ("ignore", "expected"), [("/upstream\n", (0, 1)), ("", (1, 1)), ("/other\n", (1, 1))]
)
def test_a_context_that_git_ignores(ignore: str, expected: tuple[int, int]) -> None:
    stack = "services:\n  app:\n    build: ./upstream\n"
    assert counts("XF102", {"compose.yaml": stack, ".gitignore": ignore}) == expected
