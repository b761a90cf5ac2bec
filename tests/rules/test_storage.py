"""Data outside of volumes, volumes at the wrong path, volumes that several services write."""

from __future__ import annotations

import textwrap

import pytest
from composelint.linter.rule import Applicability, Severity
from snippets import diagnostics, fixed, places, reported, under_preset


def service(body: str, name: str = "db") -> str:
    lines = textwrap.dedent(body).strip("\n").splitlines()
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)


VOLUME = "volumes:\n  data:\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("image: postgres:17", Severity.WARNING),
        ("image: postgres:17\nvolumes: ['data:/var/lib/postgresql/data']", None),
        ("image: postgres:17\nvolumes: ['data:/var/lib/postgresql/data/']", None),
        ("image: postgres:17\nvolumes: ['./data:/var/lib/postgresql/data']", None),
        ("image: postgres:17\nvolumes: ['data:/backup']", Severity.WARNING),
        # An anonymous volume outlives an update, not `down`.
        ("image: postgres:17\nvolumes: [/var/lib/postgresql/data]", Severity.INFO),
        # Declared as temporary, or at another path.
        ("image: postgres:17\ntmpfs: [/var/lib/postgresql/data]", None),
        ("image: postgres:17\nvolumes: [{type: tmpfs, target: /var/lib/postgresql/data}]", None),
        ("image: postgres:17\nenvironment: {PGDATA: /data}\nvolumes: ['data:/data']", None),
        ("image: postgres:17\nenvironment: {PGDATA: '${PGDATA}'}", None),
        ("image: postgres:17\nvolumes: ['data:${TARGET}']", None),
        ("image: mysql:8.4\ncommand: --datadir=/data\nvolumes: ['data:/data']", None),
        ("image: mongo:8.0", Severity.WARNING),
        ("image: mongo:8.0\ncommand: mongod --dbpath /srv", None),
        ("image: mysql:8.4\nvolumes_from: ['container:other']", None),
        # A cache need not keep data; an unknown image may have none.
        ("image: redis:7.4", None),
        ("image: memcached:1.6", None),
        ("image: shop/db:1", None),
        ("image: nginx:1.29", None),
        # The version decides where the data is: any of the paths is accepted.
        ("image: postgres:latest\nvolumes: ['data:/var/lib/postgresql']", None),
        ("image: postgres:${TAG}\nvolumes: ['data:/var/lib/postgresql/data']", None),
        ("image: postgres:${TAG}", Severity.WARNING),
        # Does not keep data.
        ("image: postgres:17\nprofiles: [test]", None),
        ("image: postgres:17\nscale: 0", None),
        # CF251 reports this error.
        ("image: postgres:17\nvolumes: ['data:/var/lib/postgresql']", None),
    ],
)
def test_data_not_persistent(body: str, expected: Severity | None) -> None:
    findings = diagnostics("CF250", service(body) + VOLUME)
    assert [finding.severity for finding in findings] == ([expected] if expected else [])


@pytest.mark.parametrize("path", ["compose.test.yaml", "docker-compose.ci.yml", "compose.dev.yaml"])
def test_stacks_for_tests_need_no_volumes(path: str) -> None:
    assert places("CF250", service("image: postgres:17"), path) == []


def test_a_database_that_is_built_here_counts() -> None:
    files = {"Dockerfile": "FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n"}
    assert places("CF250", service("build: ."), files=files) == [(2, "db")]
    moved = {"Dockerfile": "FROM postgres:17\nENV PGDATA=/data\n"}
    assert places("CF250", service("build: ."), files=moved) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            service("image: postgres:17"),
            service("image: postgres:17\nvolumes:\n  - db_data:/var/lib/postgresql/data")
            + "volumes:\n  db_data:\n",
        ),
        (
            service("image: postgres:17\nvolumes:\n  - ./init:/docker-entrypoint-initdb.d")
            + "\nvolumes:\n  other:\n",
            service(
                "image: postgres:17\nvolumes:\n  - ./init:/docker-entrypoint-initdb.d\n"
                "  - db_data:/var/lib/postgresql/data"
            )
            + "\nvolumes:\n  other:\n  db_data:\n",
        ),
        # The version decides, and it is not known.
        (service("image: postgres:${TAG}"), service("image: postgres:${TAG}")),
    ],
)
def test_a_named_volume_is_added(before: str, after: str) -> None:
    assert fixed("CF250", before) == after


@pytest.mark.parametrize("image", ["postgres:17", "postgres:18", "confluentinc/cp-kafka:8.0.0"])
def test_a_volume_for_data_is_a_suggestion_that_says_what_comes_first(image: str) -> None:
    """The data that exists is in an anonymous volume; the new one starts empty."""
    (finding,) = diagnostics("CF250", service(f"image: {image}"))
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SUGGESTION
    assert "so dump or copy existing data first" in finding.help


ZOOKEEPER = "image: confluentinc/cp-zookeeper:7.9.0"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            service(ZOOKEEPER),
            service(
                f"{ZOOKEEPER}\nvolumes:\n  - db_data:/var/lib/zookeeper/data\n"
                "  - db_data_log:/var/lib/zookeeper/log"
            )
            + "volumes:\n  db_data:\n  db_data_log:\n",
        ),
        (
            service(f"{ZOOKEEPER}\nvolumes:\n  - ./a:/a") + "volumes:\n  other:\n",
            service(
                f"{ZOOKEEPER}\nvolumes:\n  - ./a:/a\n  - db_data:/var/lib/zookeeper/data\n"
                "  - db_data_log:/var/lib/zookeeper/log"
            )
            + "volumes:\n  other:\n  db_data:\n  db_data_log:\n",
        ),
        # One folder for both.
        (service(f"{ZOOKEEPER}\nvolumes: ['zk:/var/lib/zookeeper']") + "volumes:\n  zk:\n", None),
        # The log is mounted already.
        (
            service(f"{ZOOKEEPER}\nvolumes:\n  - ./log:/var/lib/zookeeper/log"),
            None,
        ),
    ],
)
def test_all_folders_of_an_image_with_several_are_shown(before: str, after: str | None) -> None:
    assert fixed("CF250", before) == (before if after is None else after)


def test_the_message_names_all_folders() -> None:
    (finding,) = diagnostics("CF250", service("image: zookeeper:3.9"))
    assert finding.message.endswith("nothing is mounted at /data and /datalog")
    assert "named volumes at /data and /datalog" in finding.help


@pytest.mark.parametrize(
    ("image", "volumes", "expected"),
    [
        ("postgres:16", "['data:/var/lib/postgresql']", Severity.WARNING),
        ("postgres:17-alpine", "['data:/var/lib/postgresql']", Severity.WARNING),
        ("postgres:16", "['data:/var/lib/postgresql/data']", None),
        ("postgres:16", "['data:/var/lib/postgresql', 'more:/var/lib/postgresql/data']", None),
        ("postgres:18", "['data:/var/lib/postgresql']", None),
        ("postgres:18", "['data:/var/lib/postgresql/data']", Severity.ERROR),
        ("postgres:latest", "['data:/var/lib/postgresql/data']", Severity.WARNING),
        # The image has an anonymous volume at /data/db, which hides what is mounted above it.
        ("mongo:8.0", "['data:/data']", Severity.WARNING),
        ("mongo:8.0", "['data:/var/lib/mongodb']", Severity.WARNING),
        ("postgres:16", "['data:${TARGET}']", None),
        ("shop/db:1", "['data:/var/lib/postgresql']", None),
    ],
)
def test_data_path_wrong(image: str, volumes: str, expected: Severity | None) -> None:
    text = service(f"image: {image}\nvolumes: {volumes}") + VOLUME + "  more:\n"
    findings = diagnostics("CF251", text)
    assert [finding.severity for finding in findings] == ([expected] if expected else [])


def test_a_variable_that_moves_the_data_makes_any_path_right() -> None:
    body = "image: postgres:16\nenvironment: {PGDATA: /var/lib/postgresql/x}\nvolumes: ['data:/var/lib/postgresql']"
    assert places("CF251", service(body) + VOLUME) == []


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("data:/a", "data:/b", ["data:/b"]),
        ("data:/a", "data:/b:ro", []),
        ("data:/a:ro", "data:/b:ro", []),
        ("data:/a", "more:/b", []),
        ("./data:/a", "./data:/b", []),
    ],
)
def test_shared_writable_volume(one: str, two: str, expected: list[str]) -> None:
    text = (
        service(f"image: shop/one:1\nvolumes: ['{one}']", "one")
        + f"  two:\n    image: shop/two:1\n    volumes:\n      - {two}\n"
        + VOLUME
        + "  more:\n"
    )
    assert reported("CF252", text, preset="hardened") == expected


@pytest.mark.parametrize(
    ("command", "is_store"),
    [
        ('sh -c "crond -f -l 2"', False),
        ("sh -c \"echo '0 2 * * * /backup.sh' | crontab - && crond -f -l 2\"", False),
        (
            "[bash, -c, 'while true; do pg_dump -h postgres -U postgres shop > /b/$$(date +%F).sql; sleep 86400; done']",
            False,
        ),
        ("sleep infinity", False),
        ("/scripts/backup.sh", False),
        ("[sh, /backup.sh]", False),
        ("postgres -c shared_buffers=1GB", True),
        ("-c shared_buffers=1GB", True),
        ('sh -c "chown -R postgres /x && exec docker-entrypoint.sh postgres"', True),
        ("[sh, -c, 'crond && exec docker-entrypoint.sh postgres']", True),
        ("[sh, -c, 'gosu postgres postgres & sleep infinity']", True),
        ("[sh, /start.sh]", True),
    ],
)
def test_an_image_of_a_database_whose_command_runs_something_else(
    command: str, is_store: bool
) -> None:
    text = service(f"image: postgres:17\ncommand: {command}")
    assert bool(places("CF250", text)) is is_store
    files = {"compose.yaml": text + "  app:\n    image: shop/app:2.1\n    depends_on: [db]\n"}
    assert bool(under_preset("CF210", files, "recommended")) is is_store
    built = service(f"image: postgres:17\nentrypoint: {command}\nrestart: always")
    assert bool(places("CF250", built)) is is_store


def test_a_missing_volume_is_told_truly() -> None:
    [finding] = diagnostics("CF250", service("image: postgres:17"))
    assert finding.message == (
        'the data of service "db" is deleted with its container: nothing is mounted at /var/lib/postgresql/data'
    )
