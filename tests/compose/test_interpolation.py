"""Variables in a document, and values that depend on variables that are not set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from composelint.linter.source.yaml.nodes import Mapping, Scalar, Sequence, UnknownScalar
from stacks import load

if TYPE_CHECKING:
    from composelint.linter.compose.stack import LoadedStack


def attribute(stack: LoadedStack, name: str) -> Any:
    service = stack.services[0].value
    assert isinstance(service, Mapping)
    return service.get(name)


VALUES = [
    # text, value, pattern if the value is unknown
    ("nginx", "nginx", None),
    ("nginx:${TAG}", "nginx:", "nginx:\uffff"),
    ("nginx:${TAG:-1}", "nginx:1", None),
    ("nginx:${SET}", "nginx:yes", None),
    ("$SET-$TAG", "yes-", "yes-\uffff"),
    ("${TAG:+x}y", "y", None),
    ("${SET:+x}y", "xy", None),
    ("${A:-${B}}z", "z", "\uffffz"),
    ("$$TAG", "$TAG", None),
    ("${HOME}/x", "/root/x", "\uffff/x"),
]


@pytest.mark.parametrize(("text", "value", "pattern"), VALUES)
def test_variables_are_replaced_and_unknown_values_have_a_pattern(
    text: str, value: str, pattern: str | None
) -> None:
    files = {
        "compose.yaml": f"services: {{a: {{image: x, hostname: {text!r}}}}}\n",
        ".env": "SET=yes\n",
    }
    node = attribute(load(files), "hostname")
    assert isinstance(node, Scalar)
    assert node.value == value
    assert node.unknown is (pattern is not None)
    assert (node.pattern if isinstance(node, UnknownScalar) else None) == pattern
    assert node.span.text == f"'{text}'"


def test_unset_variables_are_recorded_with_their_uses() -> None:
    stack = load(
        "services:\n"
        "  a:\n"
        "    image: x:${TAG}\n"
        "    hostname: ${NAME:-web}\n"
        "    labels: ['t=${TAG}', u=$NAME]\n"
    )
    assert list(stack.unset) == ["TAG", "NAME"]
    assert [use.span.text for use in stack.unset["TAG"].uses] == ["${TAG}", "${TAG}"]
    assert stack.unset["NAME"].span.text == "$NAME"
    assert [(use.name, use.operator, use.unset) for use in stack.uses] == [
        ("TAG", "", True),
        ("NAME", ":-", False),
        ("TAG", "", True),
        ("NAME", "", True),
    ]


CASTS = [
    ("tty", '"true"', True),
    ("tty", "${T:-no}", False),
    ("privileged", '"YES"', True),
    ("cpus", '"0.5"', 0.5),
    ("pids_limit", '"10"', 10),
    ("scale", "${N:-2}", 2),
    ("mem_limit", '"512"', "512"),
    ("tty", "maybe", "maybe"),
]


@pytest.mark.parametrize(("name", "text", "value"), CASTS)
def test_strings_are_cast_where_compose_casts_them(name: str, text: str, value: Any) -> None:
    node = attribute(load(f"services:\n  a:\n    image: x\n    {name}: {text}\n"), name)
    assert node.value == value
    assert type(node.value) is type(value)


def test_a_word_for_a_boolean_is_a_remark() -> None:
    stack = load('services: {a: {image: x, tty: "on", init: "true"}}\n')
    (problem,) = stack.problems
    assert (problem.kind, problem.rejects, problem.span.text) == ("boolean-word", False, '"on"')
    assert stack.accepted


def test_bad_references_and_missing_required_variables_are_problems() -> None:
    stack = load(
        "services:\n"
        "  a:\n"
        "    image: ${IMAGE:?which image}\n"
        "    hostname: a${b.c}d\n"
        "    command: |\n"
        "      echo 1\n"
        "      echo ${\n"
    )
    assert [
        (p.kind, p.span.text, p.span.file.position(p.span.start).line) for p in stack.problems
    ] == [
        ("required-variable", "${IMAGE:?which image}", 3),
        ("interpolation-syntax", "${b.c}", 4),
        ("interpolation-syntax", "${", 7),
    ]  # and no problem follows from them
    assert stack.problems[0].message == "the required variable IMAGE is not set: which image"


def test_nodes_have_a_value_and_tell_whether_it_is_unknown() -> None:
    stack = load(
        'services: {a: {image: x, ports: ["${P}:80", "${IP}:81:81"], volumes: ["${D}/x:/x"]}}\n'
    )
    ports = attribute(stack, "ports")
    assert isinstance(ports, Sequence)
    values = [
        {entry.name: (entry.value.value, entry.value.unknown) for entry in port.entries}
        for port in ports.items
        if isinstance(port, Mapping)
    ]
    assert values[0]["published"] == ("", True)
    assert values[0]["target"] == (80, False)
    assert values[1]["host_ip"] == ("", True)
    assert values[1]["published"] == ("81", False)
    volume = attribute(stack, "volumes").items[0]
    assert volume.get("type").value == "bind"
    assert volume.get("type").unknown
    assert volume.get("source").value == "/x"
    assert not volume.get("target").unknown
    assert stack.accepted


UNSET = [
    # attribute, kind, beginning of the message
    ("image: $V", "no-image-or-build", "if V is unset, service"),
    ("image: x\n    tty: $V", "schema-cast", "if V is unset, "),
    ("image: x\n    mem_limit: $V", "size-syntax", "if V is unset, mem_limit is empty"),
    ("image: x\n    volumes: [$V:/d]", "volume-syntax", 'if V is unset, the volume ":/d"'),
    ("image: x\n    networks: [$V]", "undefined-network", "if V is unset, "),
    ("image: x\n    ports: ['70000:$V']", "port-syntax", "the port"),
    ("image: x\n    stop_grace_period: $V$W", "duration-syntax", "if V and W are unset, "),
]


@pytest.mark.parametrize(("text", "kind", "message"), UNSET)
def test_problems_of_unset_variables_name_the_variables(text: str, kind: str, message: str) -> None:
    stack = load(f"services:\n  a:\n    {text}\n")
    (problem,) = stack.problems
    assert problem.kind == kind
    assert problem.message.startswith(message)
    assert bool(problem.unset) is message.startswith("if ")
