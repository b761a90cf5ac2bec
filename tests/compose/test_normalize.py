"""Short forms, long forms, and the places of the parts of a long form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from checks import plain
from composelint.linter.compose.nodes import ShortForm
from composelint.linter.source.yaml.nodes import Mapping, Sequence
from stacks import load

if TYPE_CHECKING:
    from composelint.linter.compose.stack import LoadedStack

REST = (
    "  b: {image: x, build: .}\n"
    "networks: {n: }\nvolumes: {vol: }\nsecrets: {s: {file: s}}\nconfigs: {c: {file: c}}\n"
)


def service(stack: LoadedStack) -> Mapping:
    node = stack.services[0].value
    assert isinstance(node, Mapping)
    return node


def rejecting(stack: LoadedStack) -> list[tuple[str, str]]:
    """The kind and the text of each problem that Compose refuses."""
    return [(problem.kind, problem.span.text) for problem in stack.problems if problem.rejects]


FORMS: list[tuple[str, str, Any]] = [
    ("build", "./a", {"context": "a"}),
    ("build", "{context: ., ssh: [default, k=./key]}", {"context": ".", "ssh": {"default": None, "k": "key"}}),
    ("build", "{context: ., additional_contexts: [a=./a, b=docker-image://x]}", {"context": ".", "additional_contexts": {"a": "a", "b": "docker-image://x"}}),
    ("build", "{context: ., secrets: [s], sbom: true}", {"context": ".", "secrets": [{"source": "s"}], "sbom": "true"}),
    ("build", "{target: t}", {"target": "t", "context": "."}),
    ("build", "https://example.invalid/a.git", {"context": "https://example.invalid/a.git"}),
    ("depends_on", "[b]", {"b": {"condition": "service_started", "required": True}}),
    ("depends_on", "{b: {condition: service_healthy}}", {"b": {"condition": "service_healthy", "required": True}}),
    ("networks", "[n]", {"n": None}),
    ("env_file", "{path: e, required: false}", None),
    ("dns", "1.1.1.1", ["1.1.1.1"]),
    ("dns", '["", 1.1.1.1]', ["1.1.1.1"]),
    ("tmpfs", "/a", ["/a"]),
    ("gpus", "all", [{"count": "all"}]),
    ("gpus", "[{driver: nvidia}]", [{"driver": "nvidia", "count": "all"}]),
    ("secrets", "[s]", [{"source": "s", "target": "/run/secrets/s"}]),
    ("configs", "[c]", [{"source": "c"}]),
    ("devices", '["/a", "/a:/b:r"]', [{"source": "/a", "target": "/a", "permissions": "rwm"}, {"source": "/a", "target": "/b", "permissions": "r"}]),
    ("ports", "[8080]", [{"mode": "ingress", "target": 8080, "protocol": "tcp"}]),
    ("ports", '["127.0.0.1:080:80/UDP"]', [{"mode": "ingress", "host_ip": "127.0.0.1", "target": 80, "published": "80", "protocol": "udp"}]),
    ("ports", "[{target: 80}]", [{"target": 80, "protocol": "tcp", "mode": "ingress"}]),
    ("ports", '["8000-8001:9000-9001"]', [{"mode": "ingress", "target": 9000, "published": "8000-8001", "protocol": "tcp"}]),
    ("volumes", "[/data]", [{"type": "volume", "target": "/data", "volume": {}}]),
    ("volumes", '["vol:/a//b/"]', [{"type": "volume", "source": "vol", "target": "/a/b", "volume": {}}]),
    ("volumes", '["./a:/b:ro,z,nocopy,rshared"]', [{"type": "bind", "source": "a", "target": "/b", "read_only": True, "bind": {"selinux": "z", "propagation": "rshared", "create_host_path": True}, "volume": {"nocopy": True}}]),
    ("volumes", '["~/a:/b"]', [{"type": "bind", "source": "~/a", "target": "/b", "bind": {"create_host_path": True}}]),
    ("volumes", '["c:/a:/b"]', [{"type": "bind", "source": "c:/a", "target": "/b", "bind": {"create_host_path": True}}]),
    ("volumes", "[{type: bind, source: ../a, target: /b}]", [{"type": "bind", "source": "../a", "target": "/b"}]),
]  # fmt: skip


@pytest.mark.parametrize(("attribute", "text", "form"), FORMS)
def test_short_forms_become_long_forms(attribute: str, text: str, form: Any) -> None:
    stack = load(f"services:\n  a:\n    image: x\n    {attribute}: {text}\n{REST}")
    if form is None:
        assert "schema-type" in {problem.kind for problem in stack.problems}
        return
    assert rejecting(stack) == []
    assert plain(service(stack).get(attribute)) == form


def test_the_parts_of_a_short_form_have_their_places() -> None:
    stack = load(
        'services: {a: {image: x, ports: ["127.0.0.1:8080:80/udp"], volumes: ["./d:/data:ro"]}}\n'
    )
    for attribute, texts in {
        "ports": {"host_ip": "127.0.0.1", "published": "8080", "target": "80", "protocol": "udp"},
        "volumes": {"source": "./d", "target": "/data", "read_only": "ro"},
    }.items():
        items = service(stack).get(attribute)
        assert isinstance(items, Sequence)
        (item,) = items.items
        assert isinstance(item, ShortForm)
        assert item.span == item.text.span
        for name, text in texts.items():
            part = item.get(name)
            assert part is not None
            assert part.span.text == text


def test_a_canonical_tree_is_not_copied() -> None:
    stack = load("services: {a: {image: x, environment: {A: b}, deploy: {replicas: 1}}}\n")
    raw = stack.documents["compose.yaml"].documents[0]
    assert stack.tree is raw


def test_paths_start_at_the_folder_of_the_stack() -> None:
    stack = load(
        {
            "sub/compose.yaml": "services:\n"
            "  a:\n"
            "    build: {context: .., additional_contexts: {x: service:b, y: y}}\n"
            "    env_file: [{path: e.env, required: false}]\n"
            "    volumes: ['./d:/d', '${D}/x:/x', '${D:-./q}:/q']\n"
            "  b: {build: .}\n"
            "secrets: {s: {file: ./s.txt}}\n"
            "volumes: {v: {driver: local, driver_opts: {o: bind, device: ./v}}}\n"
        }
    )
    tree = plain(stack.tree)
    build = tree["services"]["a"]["build"]
    assert build == {"context": ".", "additional_contexts": {"x": "service:b", "y": "sub/y"}}
    assert tree["services"]["a"]["env_file"][0]["path"] == "sub/e.env"
    assert [volume["source"] for volume in tree["services"]["a"]["volumes"]] == [
        "sub/d",
        "/x",
        "sub/q",
    ]
    assert tree["secrets"]["s"]["file"] == "sub/s.txt"
    assert tree["volumes"]["v"]["driver_opts"]["device"] == "sub/v"


BAD = [
    # lines of a service, kind, text at the place
    ("    ports: ['80:80/foo']", "port-syntax", "foo"),
    ("    ports: [80.5]", "port-syntax", "80.5"),
    ("    ports: [{target: 80, host_ip: foo}]", "port-syntax", "foo"),
    ("    volumes: ['vol::ro']", "volume-syntax", "::"),
    ("    volumes: [{type: bind, target: /a}]", "bind-without-source", "{type: bind, target: /a}"),
    ("    devices: ['/a:/b:r:w']", "device-syntax", ":w"),
    ("    build: {context: ., ssh: [foo]}", "ssh-key", "foo"),
    ("    build: {context: ., additional_contexts: [foo]}", "additional-context", "foo"),
    ("    gpus: [{count: 1, device_ids: ['0']}]", "device-count-and-ids", "device_ids"),
    ("    develop: {watch: [{path: '', action: rebuild}]}", "watch-path-blank", "''"),
    ("    mem_limit: 12foo", "size-syntax", "foo"),
    ("    shm_size: lots", "size-syntax", "lots"),
    ("    stop_grace_period: 5sec", "duration-syntax", "sec"),
    ("    healthcheck: {interval: '10'}", "duration-syntax", "10"),
    ("    healthcheck: {retries: -1}", "negative-number", "-1"),
    ("    extra_hosts: [foo]", "extra-hosts", "foo"),
    ("    extra_hosts: {'a:b': 1.1.1.1}", "extra-hosts", "'a:b'"),
    ("    environment: ['A =1']", "environment-name", "A "),
    ("    command: echo 'x", "command-syntax", "'"),
    ("    post_start: [{command: 'a (b'}]", "command-syntax", "("),
    ("    pid:", "null-value", ""),
    ("    storage_opt: {size: true}", "option-type", "true"),
    ("    group_add: [1.5]", "option-type", "1.5"),
    ("    ulimits: {n: 1.0}", "option-type", "1.0"),
    ("    extra_hosts: {x-a: 1.1.1.1}", "extension-name", "x-a"),
]


@pytest.mark.parametrize(("text", "kind", "part"), BAD)
def test_values_that_compose_refuses_are_problems(text: str, kind: str, part: str) -> None:
    stack = load(f"services:\n  a:\n    image: x\n{text}\n")
    assert rejecting(stack) == [(kind, part)]


IGNORED = [
    ("    command: a && b", "command-cut", "&& b"),
    ("    mem_limit: 1.5", "size-ignored", "1.5"),
    ("    environment: {x-a: 1}", "extension-name", "x-a"),
]


@pytest.mark.parametrize(("text", "kind", "part"), IGNORED)
def test_values_that_compose_misreads_are_remarks(text: str, kind: str, part: str) -> None:
    stack = load(f"services:\n  a:\n    image: x\n{text}\n")
    assert [(problem.kind, problem.span.text) for problem in stack.problems] == [(kind, part)]
    assert stack.accepted


RESOURCES = [
    # document, kind, text at the place
    ("volumes: {v: {external: true, driver: local}}", "external-with-attributes", "driver"),
    ("networks: {n: {name: a, external: {name: b}}}", "external-name-conflict", "b"),
    ("secrets: {s: {file: f, environment: E}}", "several-sources", "s"),
    ("secrets: {s: {name: z}}", "no-source", "s"),
    ("secrets: {s: {driver: d}}", "no-source", "s"),
    ("secrets: {s: {external: false}}", "no-source", "s"),
    ("configs: {c: {file: f, content: x}}", "several-sources", "c"),
    ("configs: {c: {name: z}}", "no-source", "c"),
    ("secrets: {s: {file: f, driver_opts: {a: 1.5}}}", "option-type", "1.5"),
]


@pytest.mark.parametrize(("text", "kind", "part"), RESOURCES)
def test_resources_that_compose_refuses_are_problems(text: str, kind: str, part: str) -> None:
    stack = load(f"services: {{a: {{image: x}}}}\n{text}\n")
    assert rejecting(stack) == [(kind, part)]


@pytest.mark.parametrize(
    "text",
    [
        "volumes: {v: {external: true, name: x, x-note: y}}",
        "networks: {n: {external: true, driver: bridge}}",
        "networks: {n: {name: a, external: {name: a}}}",
        "secrets: {s: {external: true, name: z}}",
        "configs: {c: {external: false}}",
    ],
)
def test_resources_that_compose_accepts_are_no_problem(text: str) -> None:
    assert load(f"services: {{a: {{image: x}}}}\n{text}\n").accepted
