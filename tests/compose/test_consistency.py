"""Contradictions between parts of a stack, under every set of profiles."""

from __future__ import annotations

import pytest
from composelint.linter.compose.graph import dependencies
from composelint.linter.source.yaml.nodes import Mapping
from stacks import load

CASES = [
    # services and resources, kind, text at the place, part of the message
    ("a: {command: x}", "no-image-or-build", "a", 'service "a" has neither'),
    ("a: {image: ''}", "no-image-or-build", "''", 'service "a" has neither'),
    ("a: {build: {context: ., dockerfile: D, dockerfile_inline: FROM x}}", "dockerfile-twice", "dockerfile_inline", "both"),
    ("a: {build: {context: ., additional_contexts: {b: 'service:zz'}}}", "undefined-build-service", "'service:zz'", '"zz"'),
    ("a: {build: {context: ., additional_contexts: {b: 'service:b'}}}\n  b: {image: x}", "context-without-build", "'service:b'", "has no build"),
    ("a: {platform: linux/arm64, build: {context: ., platforms: [linux/amd64]}}", "platform-not-built", "platforms", "linux/arm64"),
    ("a: {build: {context: ., secrets: [s]}}", "undefined-secret", "s", "build secret"),
    ("a: {image: x, networks: [n]}", "undefined-network", "n", '"a" uses the network "n"'),
    ("a: {image: x, networks: {n: {}}}", "undefined-network", "n", '"n"'),
    ("a: {image: x, network_mode: host, networks: [default]}", "network-mode-with-networks", "network_mode", "both"),
    ("a: {image: x, network_mode: 'service:zz'}", "undefined-dependency", "'service:zz'", '"zz"'),
    ("a: {image: x, pid: 'service:zz'}", "undefined-dependency", "'service:zz'", '"zz"'),
    ("a: {image: x, links: ['zz:y']}", "undefined-dependency", "'zz:y'", '"zz"'),
    ("a: {image: x, links: ['zz:y:z']}", "undefined-dependency", "'zz:y:z'", '"zz:y:z"'),
    ("a: {image: x, volumes_from: ['zz:ro']}", "undefined-dependency", "'zz:ro'", '"zz"'),
    ("a: {image: x, depends_on: [zz]}", "undefined-dependency", "zz", "depends on"),
    ("a: {image: x, depends_on: {zz: {condition: service_started, required: false}}}", "undefined-dependency", "zz", "does not exist"),
    ("a: {image: x, depends_on: [a]}", "dependency-cycle", "a", '"a" depends on itself'),
    ("a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}", "dependency-cycle", "b", "a -> b -> a"),
    ("a: {image: x, links: [b]}\n  b: {image: x, depends_on: [a]}", "dependency-cycle", "b", "a -> b -> a"),
    ("a: {image: x, volumes: ['vol:/d']}", "undefined-volume", "vol", '"vol"'),
    ("a: {image: x, volumes: [data/x:/d]}", "undefined-volume", "data/x", '"data/x"'),
    ("a: {image: x, volumes: [{type: volume, source: vol, target: /d}]}", "undefined-volume", "vol", '"vol"'),
    ("a: {image: x, secrets: [s]}", "undefined-secret", "s", '"s"'),
    ("a: {image: x, secrets: [{target: t}]}", "undefined-secret", "{target: t}", "source is missing"),
    ("a: {image: x, configs: [c]}", "undefined-config", "c", '"c"'),
    ("a: {image: x, models: [m]}", "undefined-model", "m", '"m"'),
    ("a: {image: x, tmpfs: [/b], volumes: ['/a:/b']}", "mount-twice", "/b", "target /b"),
    ("a: {image: x, volumes: ['/a:/b', {type: tmpfs, target: /b/}]}", "mount-twice", "/b/", "target /b"),
    ("a: {image: x, scale: 2, deploy: {replicas: 3}}", "scale-and-replicas", "3", "scale 2"),
    ("a: {image: x, scale: -1}", "negative-scale", "-1", "cannot be negative"),
    ("a: {image: x, deploy: {replicas: -1}}", "negative-scale", "-1", "cannot be negative"),
    ("a: {image: x, container_name: ca, scale: 2}", "container-name-scaled", "2", '"ca"'),
    ("a: {image: x, container_name: ca, deploy: {replicas: 2}}", "container-name-scaled", "2", '"ca"'),
    ("a: {image: x, cpus: 1, deploy: {resources: {limits: {cpus: '2'}}}}", "limits-differ", "'2'", "cpus"),
    ("a: {image: x, mem_limit: 1g, deploy: {resources: {limits: {cpus: '2'}}}}", "limits-differ", "1g", "but no memory in"),
    ("a: {image: x, mem_reservation: 1g, deploy: {resources: {reservations: {memory: 2g}}}}", "limits-differ", "2g", "mem_reservation"),
    ("a: {image: x, pids_limit: 5, deploy: {resources: {limits: {pids: 6}}}}", "limits-differ", "6", "pids_limit"),
    ("a: {image: x, healthcheck: {test: [curl, -f]}}", "healthcheck-test", "curl", "CMD-SHELL"),
    ("a: {build: ., develop: {watch: [{path: ., action: sync}]}}", "watch-without-target", "sync", "no target"),
    ("a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn}", "container-name-twice", "nn", '"a" and "b"'),
]  # fmt: skip


@pytest.mark.parametrize(("services", "kind", "part", "words"), CASES)
def test_a_contradiction_is_a_problem_at_its_place(
    services: str, kind: str, part: str, words: str
) -> None:
    stack = load(f"services:\n  {services}\n")
    (problem,) = stack.problems
    assert (problem.kind, problem.span.text) == (kind, part)
    assert words in problem.message
    assert not stack.accepted


SILENT = [
    "a: {provider: {type: x}}",
    "a: {image: x, network_mode: host, networks: []}",
    "a: {image: x, networks: [default]}",
    "a: {image: x, network_mode: 'container:x', volumes_from: ['container:y:ro']}",
    "a: {image: x, healthcheck: {test: []}}",
    "a: {image: x, healthcheck: {test: [NONE]}}",
    "a: {image: x, scale: 2, deploy: {replicas: 2}}",
    "a: {image: x, scale: 0, container_name: ca}",
    "a: {image: x, mem_limit: 1g, deploy: {resources: {limits: {memory: 1024m}}}}",
    "a: {image: x, cpus: 0.5, deploy: {resources: {limits: {cpus: '0.50'}}}}",
    "a: {image: x, mem_limit: 0, deploy: {resources: {limits: {cpus: '1'}}}}",
    "a: {build: ., develop: {watch: [{path: ., action: rebuild}]}}",
    "a: {image: x, depends_on: {b: {condition: service_started, required: false}}}\n  b: {image: x, profiles: [p]}",
    "a: {image: x, depends_on: [b], profiles: [p]}\n  b: {image: x, profiles: [p, q]}",
    "a: {image: x, container_name: nn, profiles: [p]}\n  b: {image: x, container_name: nn, profiles: [q]}",
    "a: {image: x, secrets: [s]}\nsecrets: {s: {environment: S}}",
    "a: {image: x, volumes: ['/a:/b', '/c:/b']}",
]


@pytest.mark.parametrize("services", SILENT)
def test_combinations_that_compose_accepts_are_no_problem(services: str) -> None:
    assert load(f"services:\n  {services}\n").problems == []


def test_a_misspelt_name_gets_a_hint() -> None:
    stack = load(
        "services: {a: {image: x, networks: [backnd], depends_on: [databse]}, database: {image: y}}\n"
        "networks: {backend: }\n"
    )
    assert [problem.help for problem in stack.problems] == [
        'did you mean "backend"?',
        'did you mean "database"?',
    ]


def test_problems_of_one_service_do_not_hide_those_of_others() -> None:
    stack = load(
        "services:\n"
        "  a: {image: x, ports: [abc], networks: [n1]}\n"
        "  b: [1]\n"
        "  c: {imag: x}\n"
        "  d: {image: x, depends_on: [b, zz], mem_limit: lots}\n"
        "  e: {command: x}\n"
    )
    assert sorted(problem.kind for problem in stack.problems) == [
        "no-image-or-build",
        "port-syntax",
        "schema-type",
        "schema-unknown-property",
        "size-syntax",
        "undefined-dependency",
        "undefined-network",
    ]


PROFILES = [
    # services, active profiles, kind, profile, whether it rejects
    ("a: {profiles: [p]}\n  b: {image: x}", (), "no-image-or-build", "p", False),
    ("a: {profiles: [p]}\n  b: {image: x}", ("p",), "no-image-or-build", "", True),
    ("a: {profiles: [p]}\n  b: {image: x}", ("*",), "no-image-or-build", "", True),
    ("a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p]}", (), "disabled-dependency", "", True),
    ("a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p]}", ("p",), "disabled-dependency", "", False),
    ("a: {image: x, depends_on: [b], profiles: [q]}\n  b: {image: x, profiles: [p]}", (), "disabled-dependency", "q", False),
    ("a: {image: x, depends_on: [b], profiles: [q]}\n  b: {image: x, profiles: [p]}", ("q",), "disabled-dependency", "", True),
    ("a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn, profiles: [p]}", (), "container-name-twice", "p", False),
    ("a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn, profiles: [p]}", ("p",), "container-name-twice", "", True),
    ("a: {image: x, depends_on: [b], profiles: [p]}\n  b: {image: x, depends_on: [a], profiles: [p]}", (), "dependency-cycle", "p", False),
    ("a: {image: x, network_mode: 'service:b', depends_on: {b: {condition: service_started, required: false}}}\n  b: {image: x, profiles: [p]}", (), "disabled-dependency", "", True),
]  # fmt: skip


@pytest.mark.parametrize(("services", "active", "kind", "profile", "rejects"), PROFILES)
def test_each_set_of_profiles_is_checked(
    services: str, active: tuple[str, ...], kind: str, profile: str, rejects: bool
) -> None:
    stack = load(f"services:\n  {services}\n", profiles=active)
    (problem,) = stack.problems
    assert (problem.kind, problem.profile, problem.rejects) == (kind, profile, rejects)
    assert (f'with the profile "{profile}"' in problem.message) is bool(profile)
    assert stack.accepted is not rejects


def test_dependencies_of_a_service_come_from_all_attributes() -> None:
    stack = load(
        "services:\n"
        "  a:\n"
        "    image: x\n"
        "    depends_on: {b: {condition: service_healthy, required: false}}\n"
        "    links: [b, 'c:d']\n"
        "    ipc: service:d\n"
        "    volumes_from: ['e:ro', 'container:f']\n"
        "  b: {image: x}\n  c: {image: x}\n  d: {image: x}\n  e: {image: x}\n"
    )
    service = stack.services[0].value
    assert isinstance(service, Mapping)
    assert {
        name: (edge.by, edge.condition, edge.required)
        for name, edge in dependencies(service).items()
    } == {
        "b": ("depends_on", "service_healthy", False),
        "c": ("links", "service_started", True),
        "d": ("ipc", "service_started", True),
        "e": ("volumes_from", "service_started", True),
    }


def test_each_dependency_cycle_is_reported_once() -> None:
    services = "\n".join(
        f"  s{n}: {{image: x, depends_on: [s{(n + 1) % 500}]}}" for n in range(500)
    )
    stack = load(
        f"services:\n{services}\n  x: {{image: x, depends_on: [y]}}\n  y: {{image: x, links: [x]}}\n"
    )
    first, second = stack.problems
    assert {first.kind, second.kind} == {"dependency-cycle"}
    assert first.message.endswith("s498 -> s499 -> s0")
    assert second.message.endswith("x -> y -> x")
