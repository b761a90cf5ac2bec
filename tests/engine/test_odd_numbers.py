"""Numbers that no integer type holds, and digits that are none, wherever a file may have them."""

from __future__ import annotations

import pytest
from checks import check_text, part_of
from composelint.linter.base.units import parse_duration, parse_size, whole_number
from composelint.linter.engine.settings import Settings
from composelint.linter.rulebook.selection import Selection

ALL = Settings(selection=Selection(select=("ALL",)), debug=True)
"""Every rule; an exception in one is raised instead of reported."""

ODD = {
    "superscript": "'²'",
    "arabic": "'٣'",
    "5000 digits in quotes": f"'{'1' * 5000}'",
    "5000 digits": "1" * 5000,
    "310 digits in quotes": f"'{'9' * 310}'",
    "310 digits": "9" * 310,
    "hexadecimal": "0x" + "f" * 5000,
    "not a number": "'nan'",
    "infinite": "'inf'",
}

SERVICES = """\
services: {a: {image: a:1, ports: [{target: 80, published: %s}]}}
services: {a: {image: a:1, ports: [{target: %s, published: 80}]}}
services: {a: {image: a:1, ports: [%s, "80:81"]}}
services: {a: {image: a:1, ports: ["127.0.0.1:8080-%s:80-%s"]}}
services: {a: {image: a:1, expose: [%s]}}
services: {a: {image: a:1, scale: %s}}
services: {a: {image: a:1, deploy: {replicas: %s}}}
services: {a: {image: a:1, deploy: {resources: {limits: {cpus: %s, memory: 1g}}}}}
services: {a: {image: a:1, deploy: {resources: {limits: {cpus: 1, memory: %s}}}}}
services: {a: {image: a:1, user: %s}}
services: {a: {image: a:1, mem_limit: %s, memswap_limit: 1g}}
services: {a: {image: a:1, mem_limit: 1g, memswap_limit: %s}}
services: {a: {image: a:1, shm_size: %s}}
services: {a: {image: a:1, cpus: %s}}
services: {a: {image: a:1, cpu_quota: %s, cpu_period: %s}}
services: {a: {image: a:1, pids_limit: %s}}
services: {a: {image: a:1, ulimits: {nofile: %s}}}
services: {a: {image: a:1, stop_grace_period: %s}}
services: {a: {image: a:1, healthcheck: {test: [CMD, a], interval: %s, retries: 3}}}
services: {a: {image: a:1, healthcheck: {test: [CMD, a], interval: 5s, retries: %s}}}
services: {a: {image: a:1, secrets: [{source: s, mode: %s, uid: "1"}]}}
services: {a: {image: a:1, environment: {PORT: %s, JAVA_OPTS: -Xmx%sm}}}
services: {a: {image: a:1, command: sleep %s}}
services: {a: {image: "a:%s"}}
services: {a: {image: "postgres:%s-alpine3.%s"}}
""".splitlines()

INSTRUCTIONS = """\
FROM node:%s
FROM a:1\nEXPOSE %s 80-%s/tcp
FROM a:1\nUSER %s:%s
FROM a:1\nRUN useradd -u %s a && chmod %s /x && head -c %s x | timeout %s a
FROM a:1\nHEALTHCHECK --retries=%s --interval=%ss CMD curl http://localhost:%s/
FROM a:1\nCOPY --from=%s --chmod=%s a b
FROM a:1\nSTOPSIGNAL %s
FROM a:1\nLABEL org.opencontainers.image.created=%s
""".replace("\\n", "\n")


@pytest.mark.exhaustive
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("line", part_of(SERVICES))
def test_compose_files_with_odd_numbers_are_read(line: str, odd: str) -> None:
    bare = odd.strip("'")
    text = line.replace('"', "'") if odd[0] == "'" else line
    text = text.replace(": %s", f": {odd}").replace("[%s", f"[{odd}").replace("%s", bare)
    result = check_text(text.encode(), "compose.yaml", "compose", ALL)
    assert all(finding.code != "LN005" for finding in result.diagnostics)
    assert result.diagnostics


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_dockerfiles_with_odd_numbers_are_read(odd: str) -> None:
    text = INSTRUCTIONS.replace("%s", odd.strip("'"))
    result = check_text(text.encode(), "Dockerfile", "dockerfile", ALL)
    assert all(finding.code != "LN005" for finding in result.diagnostics)
    assert len(result.diagnostics) > 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("080", 80),
        ("9" * 300, int("9" * 300)),
        ("9" * 301, None),
        ("²", None),
        ("٣", None),
        ("8０", None),
        ("", None),
        ("+1", None),
        ("-1", None),
        ("1_0", None),
        (" 1", None),
        ("1\n", None),
    ],
)
def test_whole_numbers_have_ascii_digits_only(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["9" * 310 + "g", "²", "٣m", "1" * 5000 + "p"])
def test_sizes_out_of_range_are_not_read(text: str) -> None:
    assert parse_size(text) is None


@pytest.mark.parametrize("text", ["²s", "٣s"])
def test_durations_have_ascii_digits_only(text: str) -> None:
    assert parse_duration(text) is None
