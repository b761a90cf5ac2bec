"""CF215: health checks in which curl takes an error of the server for an answer."""

from __future__ import annotations

import pytest
from checks import LayOut, Run

STACK = "services:\n  api:\n    image: acme/api:2.1\n    healthcheck:\n      test: {test}\n"
CALL = ("--select", "CF215", "--output-format", "concise", "--no-cache")


@pytest.mark.parametrize(
    ("test", "column"),
    [
        ('["CMD", "curl", "http://127.0.0.1/"]', 21),
        ("[CMD, curl, -s, http://127.0.0.1/]", 19),
        ('["CMD-SHELL", "curl -s http://127.0.0.1/ || exit 1"]', 28),
        ("curl -sS --max-time 3 127.0.0.1:8080/health", 13),
        ('["CMD", "sh", "-c", "curl http://127.0.0.1/"]', 34),
    ],
)
def test_it_is_reported_at_curl(lay_out: LayOut, run: Run, test: str, column: int) -> None:
    lay_out({"compose.yaml": STACK.replace("{test}", test)})
    assert run(*CALL).stdout.startswith(f"compose.yaml:5:{column}: warning: CF215 ")


@pytest.mark.parametrize(
    "test",
    [
        '["CMD", "curl", "-f", "http://127.0.0.1/"]',
        '["CMD", "curl", "-sf", "http://127.0.0.1/"]',
        "curl --fail http://127.0.0.1/ || exit 1",
        "curl --fail-with-body http://127.0.0.1/",
        # The status is looked at.
        "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/",
        "curl -I http://127.0.0.1/",
        "curl -s http://127.0.0.1/ | grep -q ok",
        "curl -s http://127.0.0.1/ && curl -s http://127.0.0.1/b && test -f /c",
        "curl --version",
        "wget -q -O /dev/null http://127.0.0.1/",
        '["NONE"]',
    ],
)
def test_it_is_silent(lay_out: LayOut, run: Run, test: str) -> None:
    lay_out({"compose.yaml": STACK.replace("{test}", test)})
    assert run(*CALL).exit_code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("['CMD', 'curl', 'http://a/']", "['CMD', 'curl', '-f', 'http://a/']"),
        ("[CMD, curl, http://a/]", "[CMD, curl, -f, http://a/]"),
        ("curl http://a/ || exit 1  # why", "curl -f http://a/ || exit 1  # why"),
        # More than one place, or more than one line: a person has to do it.
        ("curl http://curl/", None),
        ("\n        - CMD\n        - curl\n        - http://a/", None),
        ("&t [CMD, curl, http://a/]", None),
    ],
)
def test_the_fix_adds_the_option(lay_out: LayOut, run: Run, before: str, after: str | None) -> None:
    lay_out({"compose.yaml": STACK.replace("{test}", before)})
    run("--select", "CF215", "--fix", "--unsafe-fixes", "--no-cache")
    with open("compose.yaml", encoding="utf-8") as stream:
        assert stream.read() == STACK.replace("{test}", after or before)
