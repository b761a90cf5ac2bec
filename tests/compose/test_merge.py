"""How a further file changes each attribute of a service."""

from __future__ import annotations

from typing import Any

import pytest
from checks import plain
from stacks import load

CASES: list[tuple[str, str, str, Any]] = [
    # attribute, in the first file, in the second, the result
    ("command", "a b", "[c]", ["c"]),
    ("command", "a b", "null", None),
    ("entrypoint", "[a]", "b c", "b c"),
    ("healthcheck", "{test: [CMD, a], retries: 1}", "{test: [CMD, b]}", {"test": ["CMD", "b"], "retries": 1}),
    ("restart", "always", '"no"', "no"),
    ("restart", "always", "null", "always"),
    ("environment", "{A: 1, B: 2}", "{B: 3}", {"A": 1, "B": 3}),
    ("environment", "{A: 1}", "[B=2, C]", {"A": 1, "B": "2", "C": None}),
    ("environment", "[A=1, B=2]", "[A=3]", ["A=3", "B=2"]),
    ("environment", "[A=1]", "{A: 2}", {"A": 2}),
    ("labels", "{a: 1}", "{a: null}", {"a": None}),
    ("ports", '["80:80"]', '["80:80/tcp", "81:81"]', [80, 81]),
    ("dns", "1.1.1.1", "[8.8.8.8, 1.1.1.1]", ["1.1.1.1", "8.8.8.8"]),
    ("cap_add", "[A]", "[A, B]", ["A", "B"]),
    ("depends_on", "[b]", "{b: {condition: service_healthy}}", {"b": {"condition": "service_healthy", "required": True}}),
    ("depends_on", "{b: {condition: service_healthy}}", "[c]", {"b": {"condition": "service_healthy", "required": True}, "c": {"condition": "service_started", "required": True}}),
    ("networks", "[default]", "{n: {aliases: [x]}}", {"default": None, "n": {"aliases": ["x"]}}),
    ("build", "./a", "{target: t}", {"context": "a", "target": "t"}),
    ("build", "{context: ./a, args: {A: 1}}", "{args: [B=2]}", {"context": "a", "args": {"A": 1, "B": "2"}}),
    ("logging", "{driver: a, options: {x: 1}}", "{options: {y: 2}}", {"driver": "a", "options": {"x": 1, "y": 2}}),
    ("logging", "{driver: a, options: {x: 1}}", "{driver: b}", {"driver": "b"}),
    ("extra_hosts", '["a:1.1.1.1"]', '["a:1.1.1.1", "b:2.2.2.2"]', ["a:1.1.1.1", "b:2.2.2.2"]),
    ("ulimits", "{n: {soft: 1, hard: 2}}", "{n: 3}", {"n": 3}),
    ("tmpfs", "/a", "[/b]", ["/a", "/b"]),
    ("security_opt", "[a:b]", "[c:d]", ["a:b", "c:d"]),
    ("deploy", "{replicas: 1, labels: {a: 1}}", "{labels: [b=2]}", {"replicas": 1, "labels": {"a": 1, "b": "2"}}),
]  # fmt: skip


@pytest.mark.parametrize(("attribute", "first", "second", "result"), CASES)
def test_an_attribute_in_two_files_is_merged(
    attribute: str, first: str, second: str, result: Any
) -> None:
    top = "  b: {image: x}\n  c: {image: x}\nnetworks: {n: }\n"
    stack = load(
        {
            "a.yaml": f"services:\n  a:\n    image: x\n    {attribute}: {first}\n{top}",
            "b.yaml": f"services:\n  a:\n    {attribute}: {second}\n",
        },
        "a.yaml",
        "b.yaml",
    )
    assert stack.problems == []
    service = plain(stack.services[0].value)
    if attribute == "ports":
        assert [port["target"] for port in service["ports"]] == result
    else:
        assert service[attribute] == result


def test_each_merged_value_keeps_its_place() -> None:
    stack = load(
        {
            "a.yaml": "services: {a: {image: x, environment: {A: one, B: two}, restart: always}}\n",
            "b.yaml": 'services: {a: {environment: [A=three], restart: "no"}}\n',
        },
        "a.yaml",
        "b.yaml",
    )
    service = stack.services[0].value
    environment = service.get("environment")
    places = {
        f"{entry.name}={entry.value.value}": (entry.value.file.path, entry.value.span.text)
        for entry in environment.entries
    }
    assert places == {"A=three": ("b.yaml", "three"), "B=two": ("a.yaml", "two")}
    restart = service.entry("restart")
    assert (restart.key.file.path, restart.value.file.path) == ("b.yaml", "b.yaml")
    assert service.file.path == "a.yaml"


CLASHES = [
    ("ports", '["80:80"]', "{x: 1}", "services.a.ports is a mapping here and a list"),
    ("deploy", "{replicas: 1}", "[1]", "services.a.deploy is a list here and a mapping"),
    ("depends_on", "[b]", "b", "services.a.depends_on is a string here"),
    ("networks", "[default]", "n", "services.a.networks is a string here"),
    ("logging", "{driver: a}", "null", "services.a.logging is empty here"),
    ("gpus", "all", "all", "services.a.gpus is a string here and a list"),
]


@pytest.mark.parametrize(("attribute", "first", "second", "message"), CLASHES)
def test_values_of_different_types_cannot_be_merged(
    attribute: str, first: str, second: str, message: str
) -> None:
    stack = load(
        {
            "a.yaml": f"services:\n  a:\n    image: x\n    {attribute}: {first}\n  b: {{image: x}}\n",
            "b.yaml": f"services:\n  a:\n    {attribute}: {second}\n",
        },
        "a.yaml",
        "b.yaml",
    )
    (problem,) = [problem for problem in stack.problems if problem.kind == "cannot-override"]
    assert message in problem.message
    assert problem.span.file.path == "b.yaml"
    assert problem.related[0].span.file.path == "a.yaml"


def test_pools_of_addresses_are_merged_by_subnet() -> None:
    first = "{subnet: 10.0.0.0/8}, {subnet: 11.0.0.0/8}"
    stack = load(
        {
            "a.yaml": f"services: {{a: {{image: x}}}}\nnetworks: {{n: {{ipam: {{config: [{first}]}}}}}}\n",
            "b.yaml": "networks: {n: {ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}\n",
        },
        "a.yaml",
        "b.yaml",
    )
    networks = plain(stack.tree.get("networks"))
    assert networks["n"]["ipam"]["config"] == [
        {"subnet": "10.0.0.0/8", "gateway": "10.0.0.1"},
    ]


def test_a_reset_removes_a_value_and_an_override_replaces_it() -> None:
    stack = load(
        {
            "a.yaml": 'services: {a: {image: x, ports: ["1:1"], tty: true, environment: {A: 1, B: 2}}}\n',
            "b.yaml": 'services: {a: {ports: !override ["2:2"], tty: !reset false, environment: {A: !reset null}}}\n',
        },
        "a.yaml",
        "b.yaml",
    )
    service = plain(stack.services[0].value)
    assert [port["target"] for port in service["ports"]] == [2]
    assert "tty" not in service
    assert service["environment"] == {"B": 2}


def test_entries_without_an_identity_are_problems() -> None:
    stack = load(
        "services:\n"
        "  a:\n"
        "    image: x\n"
        '    ports: [{published: "80"}]\n'
        "    volumes: [{type: volume, source: v}]\n"
        "    devices: [{source: /d}]\n"
        "    expose: [80.5]\n"
    )
    assert {problem.kind for problem in stack.problems} == {
        "port-without-target",
        "volume-without-target",
        "device-without-target",
        "expose-value",
    }
