"""Casts after interpolation, compared with the answers of Docker Compose."""

from __future__ import annotations

import math

import pytest
from checks import no_hang
from composelint.linter.compose.casts import (
    BOOLEANS,
    CASTS,
    YAML_1_1_BOOLEANS,
    CastError,
    cast_scalar,
)
from hypothesis import given
from hypothesis import strategies as st
from stacks import cast_kind

# Compose refused "zz" at each of the first paths with "failed to cast to expected type".
PATHS: list[tuple[tuple[str | int, ...], str | None]] = [
    (("services", "a", "cpu_count"), "int"),
    (("services", "a", "cpu_percent"), "float"),
    (("services", "a", "cpu_period"), "int"),
    (("services", "a", "cpu_quota"), "int"),
    (("services", "a", "cpu_rt_period"), "int"),
    (("services", "a", "cpu_rt_runtime"), "int"),
    (("services", "a", "cpus"), "float32"),
    (("services", "a", "cpu_shares"), "int"),
    (("services", "a", "init"), "bool"),
    (("services", "a", "deploy", "replicas"), "int"),
    (("services", "a", "deploy", "update_config", "parallelism"), "int"),
    (("services", "a", "deploy", "update_config", "max_failure_ratio"), "float"),
    (("services", "a", "deploy", "rollback_config", "parallelism"), "int"),
    (("services", "a", "deploy", "rollback_config", "max_failure_ratio"), "float"),
    (("services", "a", "deploy", "restart_policy", "max_attempts"), "int"),
    (("services", "a", "deploy", "placement", "max_replicas_per_node"), "int"),
    (("services", "a", "healthcheck", "retries"), "int"),
    (("services", "a", "healthcheck", "disable"), "bool"),
    (("services", "a", "oom_kill_disable"), "bool"),
    (("services", "a", "oom_score_adj"), "int"),
    (("services", "a", "pids_limit"), "int"),
    (("services", "a", "ports", 0, "target"), "int"),
    (("services", "a", "ports", "[]", "target"), "int"),
    (("services", "a", "privileged"), "bool"),
    (("services", "a", "read_only"), "bool"),
    (("services", "a", "scale"), "int"),
    (("services", "a", "stdin_open"), "bool"),
    (("services", "a", "tty"), "bool"),
    (("services", "a", "ulimits", "nofile"), "int"),
    (("services", "a", "ulimits", "nofile", "hard"), "int"),
    (("services", "a", "ulimits", "nofile", "soft"), "int"),
    (("services", "a", "volumes", 3, "read_only"), "bool"),
    (("services", "a", "volumes", 3, "volume", "nocopy"), "bool"),
    (("networks", "n", "external"), "bool"),
    (("networks", "n", "internal"), "bool"),
    (("networks", "n", "attachable"), "bool"),
    (("networks", "n", "enable_ipv4"), "bool"),
    (("networks", "n", "enable_ipv6"), "bool"),
    (("volumes", "v", "external"), "bool"),
    (("secrets", "s", "external"), "bool"),
    (("configs", "c", "external"), "bool"),
    # names with dots, and names that are keywords elsewhere
    (("services", "a.b", "tty"), "bool"),
    (("services", "a.b", "deploy", "replicas"), "int"),
    (("services", "a", "ulimits", "no.file"), "int"),
    (("services", "a", "ulimits", "hard"), "int"),
    (("services", "services", "tty"), "bool"),
    # everything else stays a string
    (("services", "a", "image"), None),
    (("services", "a", "depends_on", "b", "required"), "bool"),
    (("services", "a", "depends_on", "b", "restart"), None),
    (("services", "a", "build", "no_cache"), None),
    (("services", "a", "build", "privileged"), None),
    (("services", "a", "mem_limit"), None),
    (("services", "a", "mem_swappiness"), None),
    (("services", "a", "shm_size"), None),
    (("services", "a", "stop_grace_period"), None),
    (("services", "a", "healthcheck", "interval"), None),
    (("services", "a", "ports", 0, "published"), None),
    (("services", "a", "ports", 0), None),
    (("services", "a", "deploy", "resources", "limits", "cpus"), None),
    (("services", "a", "deploy", "resources", "limits", "pids"), None),
    (("services", "a", "env_file", 0, "required"), None),
    (("services", "a", "volumes", 0, "bind", "create_host_path"), None),
    (("services", "a", "networks", "n", "priority"), None),
    (("services", "a", "use_api_socket"), None),
    (("services", "a", "environment", "tty"), None),
    (("networks", "n", "external", "name"), None),
    (("models", "m", "context_size"), None),
    (("x-a", "b", "tty"), None),
    (("name",), None),
    ((), None),
]


@pytest.mark.parametrize(("path", "kind"), PATHS, ids=repr)
def test_strings_at_these_paths_are_cast(path: tuple[str | int, ...], kind: str | None) -> None:
    assert cast_kind(path) == kind


def test_every_pattern_matches_its_path() -> None:
    for pattern, kind in CASTS.items():
        path = [
            "name" if part == "*" else 0 if part == "[]" else part for part in pattern.split(".")
        ]
        assert cast_kind(path) == kind.partition(" ")[0]


ACCEPTED: list[tuple[str, str, object]] = [
    ("bool", "true", True),
    ("bool", "TRUE", True),
    ("bool", "tRuE", True),
    ("bool", "false", False),
    ("bool", "yes", True),
    ("bool", "Y", True),
    ("bool", "ON", True),
    ("bool", "no", False),
    ("bool", "n", False),
    ("bool", "Off", False),
    ("int", "1", 1),
    ("int", "+1", 1),
    ("int", "-1", -1),
    ("int", "01", 1),
    ("int", "-0", 0),
    ("int", "0" * 30 + "7", 7),
    ("int", "9223372036854775807", 2**63 - 1),
    ("int", "-9223372036854775808", -(2**63)),
    ("float", "1", 1.0),
    ("float", "+1", 1.0),
    ("float", "01", 1.0),
    ("float", "1.", 1.0),
    ("float", ".5", 0.5),
    ("float", "1.5", 1.5),
    ("float", "1e1", 10.0),
    ("float", "1E5", 1e5),
    ("float", "1e1_0", 1e10),
    ("float", "1_0", 10.0),
    ("float", "1e-400", 0.0),
    ("float", "0x1p4", 16.0),
    ("float", "0X1p2", 4.0),
    ("float", "0x1.8p1", 3.0),
    ("float", "0x.8p0", 0.5),
    ("float", "0x1P-2", 0.25),
    ("float", "0x_1p0", 1.0),
    ("float", "0x1_0p0", 16.0),
    ("float", "inf", math.inf),
    ("float", "-inf", -math.inf),
    ("float", "+Inf", math.inf),
    ("float", "INFINITY", math.inf),
    ("float32", "0.5", 0.5),
    ("float32", "16777217", 16777216.0),
    ("float32", "1e-50", 0.0),
    ("float32", "0x1p4", 16.0),
    ("float32", "inf", math.inf),
]


@pytest.mark.parametrize(("kind", "text", "value"), ACCEPTED, ids=repr)
def test_values_that_compose_accepts_are_cast(kind: str, text: str, value: object) -> None:
    result = cast_scalar(kind, text)
    assert result == value
    assert type(result) is type(value)


def test_nan_is_cast_to_a_number() -> None:
    for kind in ("float", "float32"):
        for text in ("nan", "NaN"):
            value = cast_scalar(kind, text)
            assert isinstance(value, float)
            assert math.isnan(value)


def test_numbers_of_32_bits_are_rounded() -> None:
    value = cast_scalar("float32", "1.23456789")
    assert isinstance(value, float)
    assert f"{value:.8g}" == "1.2345679"


REFUSED = [
    *[
        ("bool", text, "is not a boolean")
        for text in ("", "0", "1", "t", "f", " true", "true ", "ja", "оn", "yeſ", "enabled")
    ],
    *[
        ("int", text, "is not an integer")
        for text in ("", " 1", "1 ", "abc", "0x1", "0b1", "1_0", "1.0", "1e1", "+", "-", "--1", "٣")
    ],
    ("int", "9223372036854775808", "is out of range"),
    ("int", "-9223372036854775809", "is out of range"),
    *[
        ("float", text, "is not a number")
        for text in (
            *("", " 1", "1 ", "abc", "1f", "1,5", ".", "1e", "infin", "-nan", "+nan", "٣"),
            *("0x1", "0x1.8", "0xp0", "1_", "_1", "1__0", "1_.5", "1._5"),
        )
    ],
    ("float", "1e400", "is out of range"),
    ("float", "-1e400", "is out of range"),
    ("float", "1.7976931348623159e308", "is out of range"),
    ("float", "0x1p5000", "is out of range"),
    ("float32", "3.5e38", "is out of range"),
    ("float32", "1e39", "is out of range"),
    ("float32", "", "is not a number"),
]


@pytest.mark.parametrize(("kind", "text", "reason"), REFUSED, ids=repr)
def test_values_that_compose_refuses_are_errors(kind: str, text: str, reason: str) -> None:
    assert cast_scalar(kind, text) == CastError(kind, f'"{text}" {reason}')


def test_long_values_are_cut_in_messages() -> None:
    error = cast_scalar("int", "x" * 1000)
    assert error == CastError("int", '"' + "x" * 40 + '…" is not an integer')


def test_all_booleans_but_true_and_false_are_words_of_yaml_1_1() -> None:
    assert set(BOOLEANS) - YAML_1_1_BOOLEANS == {"true", "false"}


@given(st.sampled_from(["bool", "int", "float", "float32"]), st.text(max_size=12))
def test_no_text_raises_an_exception(kind: str, text: str) -> None:
    cast_scalar(kind, text)


@given(st.text(alphabet="0123456789_.eExXpP+-infa", max_size=10))
def test_floats_are_those_of_python_where_both_accept_the_text(text: str) -> None:
    value = cast_scalar("float", text)
    try:
        expected = float(text)
    except ValueError:
        assert isinstance(value, CastError) or text.lower().lstrip("+-").startswith("0x")
        return
    if isinstance(value, CastError):
        assert value.message.endswith("out of range") or "nan" in text
    else:
        assert value == expected or math.isnan(expected)


@pytest.mark.parametrize("digits", ["1" * 500_000, "1_" * 250_000 + "1", "0." + "1" * 500_000])
def test_hostile_input_takes_linear_time(digits: str) -> None:
    with no_hang():
        for kind in ("bool", "int", "float", "float32"):
            cast_scalar(kind, digits)
            cast_scalar(kind, digits + "x")
