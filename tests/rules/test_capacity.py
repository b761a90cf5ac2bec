"""Limits and reservations against a declared machine, and ``composelint budget``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from composelint.linter.cli.budget import budget_command
from composelint.linter.config.settings import Config
from composelint.linter.model.host import Host
from composelint.linter.rule import Severity
from snippets import diagnostics, places, texts

GIB = 1 << 30
SMALL = Config(host=Host(4 * GIB, 2.0, GIB // 2))


def service(name: str, memory: str = "", cpus: str = "", *more: str) -> str:
    lines = [f"  {name}:", "    image: shop/app:2.1"]
    lines += [f"    mem_limit: {memory}"] if memory else []
    lines += [f"    cpus: {cpus}"] if cpus else []
    return "\n".join([*lines, *(f"    {line}" for line in more)]) + "\n"


def stack(*services: str) -> str:
    return "services:\n" + "".join(services)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stack(service("a", "2G"), service("b", "1536M")), []),
        (stack(service("a", "2G"), service("b", "2G")), [(Severity.WARNING, "2G")]),
        (stack(service("a", "2G", "", "scale: 2")), [(Severity.WARNING, "2G")]),
        (stack(service("a", "5G")), [(Severity.WARNING, "5G")]),
        # A task has ended when the others run.
        (stack(service("a", "3G"), service("migrate", "2G")), []),
        # Only services that run together count.
        (stack(service("a", "2G"), service("b", "2G", "", "profiles: [x]")), [(Severity.WARNING, "2G")]),
        (
            stack(
                service("a", "1G"),
                service("b", "2G", "", "profiles: [x]"),
                service("c", "2G", "", "profiles: [y]"),
            ),
            [],
        ),
        # Unknown limits are not added up.
        (stack(service("a", "${A}"), service("b", "3G")), []),
    ],
)  # fmt: skip
def test_over_memory(text: str, expected: list[tuple[Severity, str]]) -> None:
    findings = diagnostics("CF501", text, config=SMALL)
    assert [(finding.severity, finding.span.text) for finding in findings] == expected


def test_the_message_shows_the_sum() -> None:
    text = stack(service("db", "2G"), service("app", "1G", "", "scale: 2"))
    (finding,) = diagnostics("CF501", text, config=SMALL)
    assert finding.message == (
        "the memory limits add up to 4G, more than the 3.5G available for services: "
        "db 2G + app 2 × 1G"
    )


def test_a_profile_is_named() -> None:
    text = stack(service("a", "3G"), service("b", "2G", "", "profiles: [extra]"))
    (finding,) = diagnostics("CF501", text, config=SMALL)
    assert "with the profile extra add up to 5G" in finding.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stack(service("a", "", "1"), service("b", "", "1")), []),
        (stack(service("a", "", "1"), service("b", "", "1.5")), [(Severity.INFO, "1.5")]),
        (stack(service("a", "", "0.5", "scale: 5")), [(Severity.INFO, "0.5")]),
        (stack(service("a", "", "3")), [(Severity.ERROR, "3")]),
        (stack(service("a")), []),
    ],
)
def test_over_cpu(text: str, expected: list[tuple[Severity, str]]) -> None:
    findings = diagnostics("CF502", text, config=SMALL)
    assert [(finding.severity, finding.span.text) for finding in findings] == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (("2G", "1G"), []),
        (("2G", "1537M"), [(Severity.WARNING, "2G")]),
        (("5G",), [(Severity.WARNING, "5G")]),
    ],
)
def test_over_reservation(sizes: tuple[str, ...], expected: list[tuple[Severity, str]]) -> None:
    text = stack(
        *(service(f"s{i}", "", "", f"mem_reservation: {size}") for i, size in enumerate(sizes))
    )
    findings = diagnostics("CF503", text, config=SMALL)
    assert [(finding.severity, finding.span.text) for finding in findings] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stack(service("a", "1G"), service("b")), [(5, "b")]),
        (stack(service("a"), service("b")), [(2, "a")]),
        (stack(service("a", "1G"), service("migrate")), []),
        (stack(service("a", "${LIMIT}")), []),
        (stack(service("a", "1G")), []),
    ],
)
def test_unbounded_service(text: str, expected: list[tuple[int, str]]) -> None:
    assert places("CF504", text, config=SMALL) == expected


def test_the_message_on_unbounded_services_names_what_is_there() -> None:
    (alone,) = diagnostics("CF504", stack(service("a")), config=SMALL)
    assert alone.message == 'service "a" can use all 4G of the host: no memory limit'
    (beside,) = diagnostics("CF504", stack(service("a"), service("b", "1G")), config=SMALL)
    assert beside.message == f"{alone.message} (the others add up to 1G)"
    # The same place in several stacks: each finding names its stack.
    files = {
        "compose.prod.yaml": stack("  a:\n    environment: [A=1]\n", service("b", "1G")),
        "compose.dev.yaml": stack("  a:\n    environment: [A=2]\n", service("c", "2G")),
    }
    findings = diagnostics("CF504", stack(service("a")), files=files, config=SMALL)
    assert {item.message for item in findings} == {
        'service "a" can use all 4G of the host: no memory limit',
        'service "a" of stack "compose.yaml:compose.prod.yaml" can use all 4G of the host: '
        "no memory limit (the others add up to 1G)",
        'service "a" of stack "compose.yaml:compose.dev.yaml" can use all 4G of the host: '
        "no memory limit (the others add up to 2G)",
    }


@pytest.mark.parametrize("code", ["CF501", "CF502", "CF503", "CF504"])
def test_without_a_machine_nothing_is_reported(code: str) -> None:
    text = stack(service("a", "500G", "90", "mem_reservation: 400G"), service("b"))
    assert places(code, text) == []
    assert places(code, text, config=Config(host=Host())) == []


# --- composelint budget

SHOP = """\
services:
  db:
    image: postgres:17
    mem_limit: 1G
    cpus: 0.5
  api:
    image: shop/api:2.1
    depends_on: [db]
    ports: ["127.0.0.1:3000:3000"]
    deploy:
      replicas: 2
      resources:
        limits: {memory: 512M, cpus: "0.5"}
  worker:
    image: shop/worker:2.1
    depends_on: [db]
    mem_limit: 256M
    cpus: 0.25
  proxy:
    image: nginx:1.29
    ports: ["80:80"]
"""


def budget(*arguments: str, text: str = SHOP, **files: str) -> Result:
    with texts({"compose.yaml": text, **files}):
        return CliRunner().invoke(budget_command, [*arguments], catch_exceptions=False)


def data(*arguments: str, text: str = SHOP, **files: str) -> dict[str, Any]:
    result = budget("--output-format", "json", *arguments, text=text, **files)
    stack: dict[str, Any] = json.loads(result.stdout)["stacks"][0]
    return stack


def strategies(answer: dict[str, Any]) -> dict[str, tuple[object, object, object]]:
    return {
        each["name"]: (each["memory"] / GIB, each["cpus"], each["fits"])
        for each in answer["strategies"]
    }


def test_each_strategy_has_a_verdict() -> None:
    answer = strategies(data("--memory", "4G", "--cpus", "2", "--reserve", "512M"))
    assert answer == {
        "infrastructure": (1.0, 0.5, True),
        # The proxy has no limit: it depends on what it takes.
        "hybrid": (2.0, 1.5, None),
        "production": (2.25, 1.75, None),
    }


def test_the_exit_code_says_whether_it_fits() -> None:
    assert budget("--memory", "2G").exit_code == 1
    assert budget("--memory", "2G", "--preset", "infrastructure").exit_code == 0
    assert budget("--memory", "4G").exit_code == 0
    assert budget().exit_code == 0


def test_the_text_contains_the_table_the_bars_and_the_verdict() -> None:
    text = budget("--memory", "4G", "--cpus", "2", "--reserve", "512M").stdout
    assert "on 4G of memory (512M of it reserved) and 2 CPUs" in text
    lines = {line.split()[0]: " ".join(line.split()) for line in text.splitlines() if line.split()}
    assert lines["api"] == "api 2 2 × 512M 2 × 0.5"
    assert lines["together"] == "together 5 2.25G 1.75"
    assert lines["memory"].endswith("2.25G of 3.5G (64%)")
    assert lines["CPUs"].endswith("1.75 of 2 (88%)")
    assert lines["infrastructure"] == "infrastructure db 1G 0.5 fits, 2.5G left"
    assert lines["proxy"].startswith("proxy 1 no limit no limit about 256M would suit it")
    assert "fits if proxy (no limit) stays below 1.25G" in text
    assert "\x1b" not in text


def test_what_would_suit_services_without_a_limit_is_named() -> None:
    text = " ".join(budget("--memory", "2300M").stdout.split())
    assert "fits if proxy (no limit) stays below 0B" not in text
    assert "about 256M would suit it" in text
    two = stack(service("a"), service("b"), service("c", "1G"))
    shown = " ".join(budget("--memory", "1100M", text=two).stdout.split())
    assert "fits if a and b (no limit) stay below 76M together; about 1G would suit them" in shown


def test_a_sum_without_limits_is_no_zero() -> None:
    text = budget("--memory", "4G", text=stack(service("a"), service("b"))).stdout
    lines = {line.split()[0]: " ".join(line.split()) for line in text.splitlines() if line.split()}
    assert lines["together"] == "together 2 no limit no limit"
    assert lines["production"].startswith("production + a, b no limit no limit fits if a and b")
    assert lines["infrastructure"].startswith("infrastructure none 0 0 nothing runs")


def test_a_strategy_narrows_the_table() -> None:
    answer = data("--preset", "infrastructure", "--memory", "4G")
    names = [[each["name"] for each in one["services"]] for one in answer["sets"]]
    assert names == [["db"]]


def test_critical_services_can_be_named() -> None:
    answer = data("--critical", "worker", "--memory", "4G")
    assert strategies(answer)["hybrid"] == (1.25, 0.75, True)


def test_the_machine_comes_from_the_configuration() -> None:
    config = '[host]\nmemory = "2G"\nreserve = "25%"\n'
    answer = data(**{"composelint.toml": config})
    assert answer["host"] == {
        "memory": 2 * GIB,
        "cpus": None,
        "reserve": GIB // 2,
        "available_memory": 3 * GIB // 2,
    }
    # Options take precedence over the configuration.
    answer = data("--memory", "8G", **{"composelint.toml": config})
    assert answer["host"]["memory"] == 8 * GIB


def test_stacks_are_those_that_are_linted() -> None:
    config = '[[stacks]]\nfiles = ["compose.yaml"]\nprofiles = ["x"]\nenv-files = ["size.env"]\n'
    text = stack(service("a", "${SIZE}", "", "profiles: [x]"), service("b", "1G"))
    answer = data(text=text, **{"composelint.toml": config, "size.env": "SIZE=2G\n"})
    assert [(each["profiles"], each["memory"] / GIB) for each in answer["sets"]] == [(["x"], 3.0)]
    # A fragment is part of the stack that includes it.
    more = stack(service("c", "1G", "", "depends_on: [a]"))
    answer = data("more.yaml", text=f"include: [more.yaml]\n{text}", **{"more.yaml": more})
    assert answer["stack"] == "compose.yaml"


@pytest.mark.parametrize("arguments", [(), ("--reserve", "1G")])
def test_a_reserve_alone_does_not_declare_a_machine(arguments: tuple[str, ...]) -> None:
    assert data(*arguments)["host"] is None


def test_tasks_are_shown_and_not_counted() -> None:
    text = SHOP + "  migrate:\n    image: shop/api:2.1\n    mem_limit: 4G\n"
    assert "ends by itself, not counted" in budget("--memory", "4G", text=text).stdout
    assert strategies(data("--memory", "4G", text=text))["production"][0] == 2.25


def test_each_profile_is_a_set_of_its_own() -> None:
    text = SHOP + "  tracer:\n    image: shop/tracer:1\n    mem_limit: 1G\n    profiles: [trace]\n"
    sets = data("--memory", "4G", text=text)["sets"]
    assert [(each["profiles"], each["memory"] / GIB) for each in sets] == [
        ([], 2.25),
        (["trace"], 3.25),
    ]
    sets = data("--profile", "trace", text=text)["sets"]
    assert [each["profiles"] for each in sets] == [["trace"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--memory", "much"),
        ("--memory", "0"),
        ("--cpus", "two"),
        ("--cpus", "-1"),
        ("--cpus", "nan"),
        ("--memory", "4G", "--reserve", "some"),
        ("--memory", "4G", "--reserve", "150%"),
        ("--cpus", "2", "--reserve", "10%"),
        ("nowhere.yaml",),
    ],
)
def test_wrong_arguments_are_usage_errors(arguments: tuple[str, ...]) -> None:
    result = budget(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("composelint: ")
    assert "Traceback" not in result.output


def test_control_characters_in_names_are_escaped() -> None:
    text = 'services:\n  "a\\e[31m":\n    image: shop/app:2.1\n'
    shown = budget("--memory", "4G", text=text).stdout
    assert "a\\x1b[31m" in shown
    assert "\x1b" not in shown
