"""Order, quotes and forms; comments stay with their keys."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Applicability
from snippets import diagnostics, fixed, fixing, places


def test_comments_move_with_their_keys_and_blank_lines_stay() -> None:
    before = (
        "services:\n"
        "  web:\n"
        "    # how it is reached\n"
        "    image: nginx:1.29\n"
        "    ports:  # open\n"
        "      - 80:80\n"
        "      # - 443:443\n"
        "\n"
        "    # where it builds\n"
        "    # and why\n"
        "    build: .\n"
        "\n"
        "    restart: always\n"
    )
    # The comment above the first key may be about all of them.
    assert fixed("CF901", before) == before
    before = before.replace("    # how it is reached\n", "")
    assert fixed("CF901", before) == (
        "services:\n"
        "  web:\n"
        "    image: nginx:1.29\n"
        "    # where it builds\n"
        "    # and why\n"
        "    build: .\n"
        "\n"
        "    ports:  # open\n"
        "      - 80:80\n"
        "      # - 443:443\n"
        "\n"
        "    restart: always\n"
    )


def test_keys_that_the_order_does_not_name_stay_with_their_neighbours() -> None:
    text = "services:\n  a:\n    image: x:1.0\n    x-note: 1\n    ports: ['80:80']\n"
    assert places("CF901", text) == []


def test_an_anchor_stays_above_its_alias() -> None:
    text = "services:\n  web: &web\n    image: nginx:1.29\n  api:\n    <<: *web\n    command: api\n"
    (finding,) = diagnostics("CF903", text)
    assert finding.fix is None
    free = text.replace("api:", "zoo:", 1).replace("web: &web", "zap: &web")
    assert places("CF903", free) == []


def test_an_anchor_may_move_up() -> None:
    text = (
        "services:\n"
        "  web:\n    image: nginx:1.29\n"
        "  api: &api\n    image: acme/api:1.0\n"
        "  job:\n    <<: *api\n    command: job\n"
    )
    assert fixed("CF903", text) == (
        "services:\n"
        "  api: &api\n    image: acme/api:1.0\n"
        "  job:\n    <<: *api\n    command: job\n"
        "  web:\n    image: nginx:1.29\n"
    )


@pytest.mark.parametrize(
    ("order", "fires"),
    [
        (["name: shop", "x-a: 1", "services: {a: {image: 'x:1'}}", "networks: {}", "volumes: {}"], False),
        (["services: {a: {image: 'x:1'}}", "name: shop"], True),
        (["volumes: {}", "services: {a: {image: 'x:1'}}"], True),
    ],
)  # fmt: skip
def test_top_level_order(order: list[str], fires: bool) -> None:
    assert bool(places("CF902", "\n".join(order) + "\n")) is fires


def test_unknown_sections_are_kept() -> None:
    text = (
        "models:\n  m:\n    model: acme/m\n"
        "services:\n  a:\n    image: acme/a:1.0\n    models: [m]\n"
        "unknown-to-us: &x {}\n"
    )
    assert "models:\n  m:" in fixed("CF902", text.replace("unknown-to-us: &x {}\n", ""))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- 443:443\n- 80:80", "- 80:80\n- 443:443"),
        ("- '443:443'\n- 80:80  # web", "- 80:80  # web\n- '443:443'"),
        ("- 127.0.0.1:9000:80\n- 8000:81", "- 8000:81\n- 127.0.0.1:9000:80"),
        ("- 9-10:9-10\n- 8:8", "- 8:8\n- 9-10:9-10"),
        ("- 80:80\n- 443:443", "- 80:80\n- 443:443"),
    ],
)
def test_port_order(before: str, after: str) -> None:
    def text(ports: str) -> str:
        lines = "".join(f"      {line}\n" for line in ports.splitlines())
        return f"services:\n  web:\n    image: nginx:1.29\n    ports:\n{lines}"

    assert fixed("CF904", text(before)) == text(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- b\n- a", "- a\n- b"),
        ("b: {condition: service_started}\na: {condition: service_started}", "a: {condition: service_started}\nb: {condition: service_started}"),
        ("- a\n- b", "- a\n- b"),
    ],
)  # fmt: skip
def test_dependency_order(before: str, after: str) -> None:
    def text(body: str) -> str:
        lines = "".join(f"      {line}\n" for line in body.splitlines())
        return (
            f"services:\n  x:\n    image: acme/x:1.0\n    depends_on:\n{lines}"
            "  a:\n    image: acme/a:1.0\n  b:\n    image: acme/b:1.0\n"
        )

    outcome = fixing("CF905", text(before))
    assert outcome.after.get("compose.yaml", text(before)) == text(after)
    assert outcome.changes == []


@pytest.mark.parametrize(
    ("port", "fires"),
    [
        ("8080:80", True),
        ("127.0.0.1:8080:80/udp", True),
        ('"8080:80"', False),
        ("'8080:80'", False),
        ("80", False),
        ("{target: 80}", False),
    ],
)
def test_port_quotes(port: str, fires: bool) -> None:
    text = f"services:\n  web:\n    image: nginx:1.29\n    ports:\n      - {port}\n"
    assert bool(places("CF906", text)) is fires
    if fires:
        assert fixed("CF906", text) == text.replace(port, f'"{port}"')


@pytest.mark.parametrize(
    ("volume", "fires"),
    [
        ('"./a:/a"', True),
        ("'./a:/a:ro'", True),
        ('"~/a:/a"', True),
        ('"./a b:/a"', False),
        ('"./a:/a #x"', False),
        ('"*:/a"', False),
        ("./a:/a", False),
    ],
)
def test_volume_quotes(volume: str, fires: bool) -> None:
    text = f"services:\n  web:\n    image: nginx:1.29\n    volumes:\n      - {volume}\n"
    assert bool(places("CF907", text)) is fires
    if fires:
        assert fixed("CF907", text) == text.replace(volume, volume[1:-1])


def test_name_and_file_name_have_no_fix() -> None:
    text = "services:\n  web:\n    image: nginx:1.29\n"
    for code, path in (("CF908", "compose.yaml"), ("CF909", "docker-compose.yml")):
        (finding,) = diagnostics(code, text, path)
        assert finding.fix is None
    assert places("CF908", "name: shop\n" + text) == []
    assert places("CF909", text) == []
    # An override and an included file have the name of their stack.
    override = {"compose.yaml": "name: shop\n" + text}
    assert places("CF908", text, "compose.override.yaml", override) == []


def test_one_form_of_environment_for_each_file() -> None:
    text = (
        "services:\n"
        "  a:\n    image: acme/a:1.0\n    environment:\n      X: 1\n"
        "  b:\n    image: acme/b:1.0\n    environment:\n      - X=1\n"
        "  c:\n    image: acme/c:1.0\n    environment:\n      X: 1\n"
    )
    assert places("CF910", text) == [(8, "environment")]


def test_what_runs_does_not_change() -> None:
    text = (
        "volumes:\n  data:\n"
        "services:\n"
        '  web:\n    ports:\n      - 8080:80\n    image: nginx:1.29\n    volumes:\n      - "data:/d"\n'
        "  app:\n    command: x\n    image: acme/a:1.0\n"
    )
    for code in ("CF901", "CF902", "CF903", "CF906", "CF907"):
        outcome = fixing(code, text)
        assert outcome.applied, code
        assert outcome.changes == []
        assert not outcome.dropped
        for finding in diagnostics(code, text):
            assert finding.fix is None or finding.fix.applicability is Applicability.SAFE


def test_windows_line_endings_are_kept() -> None:
    text = "services:\r\n  web:\r\n    ports:\r\n      - 80:80\r\n    image: nginx:1.29\r\n"
    assert fixed("CF901", text) == (
        "services:\r\n  web:\r\n    image: nginx:1.29\r\n    ports:\r\n      - 80:80\r\n"
    )


def test_a_file_without_a_last_line_ending() -> None:
    text = "services:\n  web:\n    image: nginx:1.29\n  db:\n    image: postgres:17"
    assert fixed("CF903", text) == (
        "services:\n  db:\n    image: postgres:17\n  web:\n    image: nginx:1.29"
    )
