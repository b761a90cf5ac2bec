"""Texts that look like numbers and are none, or none that a machine counts with: no rule fails."""

from __future__ import annotations

import pytest
from checks import check_text
from composelint.linter.base.names import is_root_user
from composelint.linter.base.units import parse_size, whole_number
from composelint.linter.engine.settings import Settings
from composelint.linter.rulebook.selection import Selection
from snippets import places

ODD = ("²", "①", "٣", "+-1", "0", "9" * 400, "9" * 5000)

IN_A_SERVICE = (
    'user: "{}"',
    'ports: ["{}:80"]',
    'ports: [{target: "{}", published: "80"}]',
    'ports: [{target: 80, published: "{}"}]',
    'ports: [{target: 80, published: "1-{}"}]',
    'expose: ["{}"]',
    'scale: "{}"',
    'deploy: {replicas: "{}"}',
    'deploy: {resources: {limits: {memory: "{}m"}, reservations: {memory: "{}"}}}',
    'pids_limit: "{}"\n    deploy: {resources: {limits: {pids: "{}"}}}',
    'mem_limit: "{}"\n    mem_reservation: "{}g"',
    'cpu_quota: 50000\n    cpu_period: "{}"',
    'cpu_quota: "{}"',
    'healthcheck: {test: [CMD, curl, "http://localhost:{}"], retries: "{}", interval: "{}s"}',
)

IN_A_DOCKERFILE = (
    "USER {}",
    "EXPOSE {} 1-{}",
    "STOPSIGNAL {}",
    "RUN apt-get install -q={} curl",
    "COPY --from={} a b",
)

ALL = Settings(selection=Selection("all"), debug=True)


@pytest.mark.parametrize("line", IN_A_SERVICE)
@pytest.mark.parametrize("image", ["shop/app:2.1", "postgres:17"])
def test_in_a_compose_file(line: str, image: str) -> None:
    text = "services:\n" + "".join(
        f"  s{at}:\n    image: {image}\n    {line.replace('{}', number)}\n"
        for at, number in enumerate(ODD)
    )
    assert not check_text(text.encode(), "compose.yaml", "compose", ALL).failed


@pytest.mark.parametrize("line", IN_A_DOCKERFILE)
def test_in_a_dockerfile(line: str) -> None:
    text = "".join(f"FROM debian:13\n{line.replace('{}', number)}\n" for number in ODD)
    assert not check_text(text.encode(), "Dockerfile", "dockerfile", ALL).failed


@pytest.mark.parametrize(
    ("user", "is_root"),
    [(user, True) for user in ("root", "0", "0:0", "root:app", "+0", "00", '"0"')]
    + [(user, False) for user in ("", ":0", "10", "app", "app:0", "roots", "²", "+")],
)
def test_users_that_are_root(user: str, is_root: bool) -> None:
    assert is_root_user(user) == is_root


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("65535", 65535)]
    + [(text, None) for text in ("", "-1", "+1", "1_0", "1.0", " 1", "²", "٣", "9" * 400)],
)
def test_a_whole_number_has_no_other_characters_than_digits(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_size_beyond_any_number_is_none() -> None:
    assert parse_size("9" * 400) is None


@pytest.mark.parametrize(
    ("period", "is_too_low"), [("0", False), ("²", False), ("100000", False), ("9000000", True)]
)
def test_a_period_of_zero_means_the_default(period: str, is_too_low: bool) -> None:
    text = f"services:\n  a:\n    image: shop/app:2.1\n    cpu_quota: 50000\n    cpu_period: '{period}'\n"
    assert bool(places("CF205", text)) == is_too_low
