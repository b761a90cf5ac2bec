"""The Compose schema has the content of the official one, in its own words.

The official schema is that of the Compose Specification as check-jsonschema ships it. Ours
follows Docker Compose 5.6, so the two differ in a few places: all of them are in
``DIFFERENCES`` with the reason, and there is no other difference.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import check_jsonschema.builtin_schemas
import jsonschema
import jsonschema_rs
import near_valid
import pytest
import yaml
from checks import examples
from hypothesis import given

if TYPE_CHECKING:
    from collections.abc import Iterator


OURS = json.loads(
    (Path(__file__).parents[2] / "schemas" / "compose.schema.json").read_text(encoding="utf-8")
)
OFFICIAL = json.loads(
    (
        Path(check_jsonschema.builtin_schemas.__file__).parent / "vendor" / "compose-spec.json"
    ).read_text(encoding="utf-8")
)

NAME = "{^[a-zA-Z0-9._-]+$}"
SERVICE = f"services.{NAME}"

NEWER = {
    "jobs": "5.6",
    "jobs.{^[a-zA-Z0-9._-]+$}.extends": "unreleased",
    f"{SERVICE}.build.no_cache_filter": "5.0",
    f"{SERVICE}.networks.{NAME}.use_service_name_alias": "unreleased",
    f"{SERVICE}.pre_start": "5.3",
    f"{SERVICE}.umask": "unreleased",
}
"""Properties that Docker Compose 2.40 does not know, and their first release."""

COLLAPSED = "Docker Compose drops repeated entries before it checks the schema"
SIZES = "Docker Compose takes fractions of a byte"
GPU_KEYS = "the official schema forbids other keys on the list, where that means nothing"
LIMIT_NAMES = "limits have lowercase names; the official schema leaves others unchecked"
INCLUDES = "Docker Compose reads include before it checks the schema"

DIFFERENCES: dict[tuple[str, str], tuple[Any, Any, str]] = {
    # (path, fact): (official, ours, reason)
    **{
        (f"{SERVICE}.{path}", "unique"): (True, False, COLLAPSED)
        for path in (
            *("annotations", "cap_add", "cap_drop", "dns", "dns_opt", "dns_search"),
            *("environment", "expose", "labels", "links", "ports", "profiles", "sysctls"),
            *("tmpfs", "volumes", "build.args", "build.labels", "build.additional_contexts"),
            *("deploy.labels", f"networks.{NAME}.aliases", f"networks.{NAME}.link_local_ips"),
        )
    },
    (f"networks.{NAME}.labels", "unique"): (True, False, COLLAPSED),
    ("include[].path", "unique"): (True, False, INCLUDES),
    ("include[].env_file", "unique"): (True, False, INCLUDES),
    **{
        (f"{SERVICE}.{path}", "types"): (
            ("integer", "string"),
            ("number", "string"),
            SIZES,
        )
        for path in ("mem_limit", "memswap_limit", "shm_size")
    },
    (f"{SERVICE}.ulimits", "closed"): (False, True, LIMIT_NAMES),
    (f"{SERVICE}.build.ulimits", "closed"): (False, True, LIMIT_NAMES),
    (f"{SERVICE}.gpus[]", "closed"): (False, True, GPU_KEYS),
    (f"{SERVICE}.gpus[]", "extensions"): (False, True, GPU_KEYS),
}


# --- both schemas as flat facts ---


def resolve(root: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """A node without ``$ref`` and ``allOf``."""
    if "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolve(root, target)
    if "allOf" not in node:
        return node
    merged: dict[str, Any] = {"properties": {}, "patternProperties": {}}
    for part in (*(resolve(root, item) for item in node["allOf"]), node):
        for keyword, value in part.items():
            if keyword in ("properties", "patternProperties"):
                merged[keyword] = {**merged[keyword], **value}
            elif keyword == "unevaluatedProperties":
                merged["additionalProperties"] = value
            elif keyword not in ("allOf", "description"):
                merged[keyword] = value
    return {"type": "object", **merged}


def facts(root: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """The constraints of each path: types, enum, pattern, bounds, required, and so on."""
    constraints: dict[tuple[str, str], Any] = {}
    for path, branches in paths(root, root, ""):
        types: set[str] = set()
        for node in branches:
            kinds = node.get("type", [])
            types |= {kinds} if isinstance(kinds, str) else set(kinds)
            for keyword in ("enum", "pattern", "minimum", "maximum"):
                if keyword in node:
                    constraints[path, keyword] = node[keyword]
            if "object" in types and ("properties" in node or "patternProperties" in node):
                constraints[path, "required"] = sorted(node.get("required", ()))
                constraints[path, "any of"] = [
                    branch["required"] for branch in node.get("anyOf", ())
                ]
                constraints[path, "closed"] = node.get("additionalProperties", True) is False
                constraints[path, "extensions"] = "^x-" in node.get("patternProperties", {})
            if "items" in node:
                constraints[path, "unique"] = node.get("uniqueItems", False)
        constraints[path, "types"] = tuple(
            sorted(types - ({"integer"} & types if "number" in types else set()))
        )
    return constraints


def paths(
    root: dict[str, Any], node: dict[str, Any], path: str
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each path of a schema with its alternatives."""
    node = resolve(root, node)
    branches = [resolve(root, branch) for branch in node.get("oneOf", ())] or [node]
    flat: list[dict[str, Any]] = []
    for branch in branches:
        flat += [resolve(root, inner) for inner in branch.get("oneOf", ())] or [branch]
    yield path, flat
    for branch in flat:
        for name, inner in branch.get("properties", {}).items():
            yield from paths(root, inner, f"{path}.{name}" if path else name)
        for pattern, inner in branch.get("patternProperties", {}).items():
            if pattern != "^x-":
                yield from paths(root, inner, f"{path}.{{{pattern}}}")
        if "items" in branch:
            yield from paths(root, branch["items"], f"{path}[]")


def same_as_service(path: str) -> str:
    """Jobs and the containers of ``pre_start`` share the attributes of services."""
    for prefix in (f"{SERVICE}.pre_start[]", f"jobs.{NAME}"):
        if path.startswith(prefix):
            return SERVICE + path.removeprefix(prefix)
    return path


def test_the_schema_is_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(OURS)
    assert OURS["$schema"] == OFFICIAL["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_both_schemas_have_the_same_properties() -> None:
    assert {path for path, _ in facts(OURS)} == {path for path, _ in facts(OFFICIAL)}


def test_both_schemas_have_the_same_constraints() -> None:
    ours, official = facts(OURS), facts(OFFICIAL)
    differences = {
        (path, fact): (official.get((path, fact)), ours.get((path, fact)))
        for path, fact in ours.keys() | official.keys()
        if official.get((path, fact)) != ours.get((path, fact))
    }
    explained = {
        key: DIFFERENCES[same_as_service(key[0]), key[1]][:2]
        for key in differences
        if (same_as_service(key[0]), key[1]) in DIFFERENCES
    }
    assert differences == explained


def test_every_listed_difference_exists() -> None:
    ours, official = facts(OURS), facts(OFFICIAL)
    for (path, fact), (official_value, our_value, reason) in DIFFERENCES.items():
        assert (official[path, fact], ours[path, fact]) == (official_value, our_value), reason


def test_newer_properties_name_their_release() -> None:
    releases = {}
    for path, node in properties(OURS, OURS, ""):
        if "x-since" in node:
            releases[path] = node["x-since"]
    assert {
        path: since
        for path, since in releases.items()
        if same_as_service(path) == path or path in NEWER
    } == NEWER


def properties(
    root: dict[str, Any], node: dict[str, Any], path: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each named property with its own schema; references are followed only below it."""
    while "$ref" in node:
        node = step(root, node["$ref"])
    for branch in (node, *node.get("oneOf", ())):
        while "$ref" in branch:
            branch = step(root, branch["$ref"])
        for name, inner in branch.get("properties", {}).items():
            property_path = f"{path}.{name}" if path else name
            yield property_path, inner
            yield from properties(root, inner, property_path)
        for pattern, inner in branch.get("patternProperties", {}).items():
            yield from properties(root, inner, f"{path}.{{{pattern}}}")
        if "items" in branch:
            yield from properties(root, branch["items"], f"{path}[]")


def step(root: dict[str, Any], reference: str) -> dict[str, Any]:
    target: Any = root
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    assert isinstance(target, dict)
    return target


def test_every_property_is_described_in_one_sentence_of_our_own() -> None:
    official_texts = {
        " ".join(node["description"].split()).casefold()
        for _, node in properties(OFFICIAL, OFFICIAL, "")
        if "description" in node
    }
    for path, node in properties(OURS, OURS, ""):
        text = node.get("description") or step(OURS, node["$ref"])["description"]
        assert text.endswith("."), path
        assert ". " not in text, path
        assert 10 < len(text) <= 150, path
        assert text.casefold() not in official_texts, path


def test_annotations_are_those_that_the_schema_explains() -> None:
    annotations: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            annotations.update(key for key in node if key.startswith("x-"))
            for inner in node.values():
                visit(inner)
        elif isinstance(node, list):
            for inner in node:
                visit(inner)

    visit(OURS)
    assert annotations == {"x-cast", "x-expected", "x-format", "x-since", "x-tolerates"}
    assert all(name in OURS["$comment"] for name in annotations)


# --- verdicts ---

DOCUMENTS = [
    # whole files
    ("{}", True),
    ("services: {}", True),
    ("services:", False),
    ("services: []", False),
    ("services: web", False),
    ("x-anything: [1, {a: b}]", True),
    ("volume: {}", False),
    ("version: '3.8'", True),
    ("version: 3.8", False),
    ("name: app", True),
    ("name: 5", False),
    ("include: [a.yaml]", True),
    ("include: [{path: a.yaml, env_file: [x.env], project_directory: sub}]", True),
    ("include: [{paths: a.yaml}]", False),
    ("include: a.yaml", False),
    ("services: {'a b': {}}", False),
    ("services: {a.b_c-1: {}}", True),
    ("services: {x-a: {}}", True),
    ("services: {x-a: 1}", False),
    ("services: {a: }", False),
    # networks, volumes, secrets, configs, models
    ("networks: {n: , m: {}}", True),
    ("networks: {n: {driver: bridge, driver_opts: {mtu: 1450, a: b}}}", True),
    ("networks: {n: {driver_opts: {a: true}}}", False),
    (
        "networks: {n: {internal: true, attachable: 'yes', enable_ipv6: false, enable_ipv4: true}}",
        True,
    ),
    ("networks: {n: {internal: 1}}", False),
    (
        "networks: {n: {ipam: {driver: default, config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}",
        True,
    ),
    ("networks: {n: {ipam: {config: [{subnets: x}]}}}", False),
    ("networks: {n: {ipam: {config: [{aux_addresses: {a: 10.0.0.2}}]}}}", True),
    ("networks: {n: {ipam: {config: [{aux_addresses: {a: 1}}]}}}", False),
    ("networks: {n: {ipam: {options: {a: b}, x-a: 1}}}", True),
    ("networks: {n: {ipam: {options: {a: 1}}}}", False),
    ("networks: {n: {external: {name: x}}}", True),
    ("networks: {n: {external: {nam: x}}}", False),
    ("networks: {n: {external: true, name: x, labels: {a: b}}}", True),
    ("networks: {n: {gateway: x}}", False),
    ("networks: {'a b': {}}", False),
    ("networks: []", False),
    ("volumes: {v: , w: {driver: local, driver_opts: {type: nfs, size: 1}, labels: [a=b]}}", True),
    ("volumes: {v: local}", False),
    ("volumes: {v: {labels: [a, a]}}", False),
    ("volumes: {v: {external: {name: x, x-a: 1}}}", True),
    ("volumes: {v: {size: 1g}}", False),
    ("secrets: {s: {file: a, name: b, labels: {a: 1}, template_driver: x}}", True),
    ("secrets: {s: }", False),
    ("secrets: {s: {external: {name: x, anything: goes}}}", True),
    ("secrets: {s: {environment: [A]}}", False),
    ("secrets: {s: {driver: x, driver_opts: {a: 1}}}", True),
    ("secrets: {s: {content: x}}", False),
    ("configs: {c: {content: 'a: b', x-a: 1}}", True),
    ("configs: {c: {contents: x}}", False),
    ("models: {m: {model: ai/x, context_size: 1024, runtime_flags: [--a], name: b}}", True),
    ("models: {m: {context_size: 1}}", False),
    ("models: {m: {model: x, context_size: '1'}}", False),
    ("models: {m: {model: x, context_size: 1.5}}", False),
    # services: shapes
    ("services: {a: {imag: x}}", False),
    ("services: {a: {image: x, x-a: [1]}}", True),
    ("services: {a: {image: }}", False),
    ("services: {a: {image: [x]}}", False),
    ("services: {a: {build: .}}", True),
    ("services: {a: {build: }}", False),
    (
        "services: {a: {build: {context: ., args: {A: 1, B: , C: true}, ssh: [default], x-a: 1}}}",
        True,
    ),
    ("services: {a: {build: {ssh: [default, default]}}}", False),
    ("services: {a: {build: {args: {'': 1}}}}", False),
    ("services: {a: {build: {args: {A: [1]}}}}", False),
    (
        "services: {a: {build: {dockerfile_inline: FROM x, target: y, network: none, pull: true}}}",
        True,
    ),
    (
        "services: {a: {build: {no_cache: 'yes', privileged: true, provenance: mode=max, sbom: true}}}",
        True,
    ),
    ("services: {a: {build: {cache_from: x}}}", False),
    (
        "services: {a: {build: {cache_from: [x, x], cache_to: [y], tags: [z], platforms: [linux/amd64]}}}",
        True,
    ),
    ("services: {a: {build: {shm_size: 1.5}}}", False),
    (
        "services: {a: {build: {ulimits: {nofile: {soft: 1, hard: 2}}, secrets: [s, {source: t}]}}}",
        True,
    ),
    ("services: {a: {build: {no_cache_filter: [a, b], entitlements: [network.host]}}}", True),
    ("services: {a: {build: {extra_hosts: {h: [1.1.1.1, 1.1.1.1]}}}}", True),
    ("services: {a: {build: {extra_hosts: {h: 1}}}}", False),
    ("services: {a: {build: {image: x}}}", False),
    ("services: {a: {command: , entrypoint: }}", True),
    ("services: {a: {command: [a, b], entrypoint: a b}}", True),
    ("services: {a: {command: [sleep, 10]}}", False),
    ("services: {a: {command: {a: b}}}", False),
    ("services: {a: {depends_on: [b]}}", True),
    ("services: {a: {depends_on: [b, b]}}", False),
    (
        "services: {a: {depends_on: {b: {condition: service_healthy, restart: true, required: false}}}}",
        True,
    ),
    ("services: {a: {depends_on: {b: {condition: healthy}}}}", False),
    ("services: {a: {depends_on: {b: {}}}}", False),
    ("services: {a: {depends_on: {b: }}}", False),
    ("services: {a: {depends_on: {b: {condition: service_started, required: 'no'}}}}", False),
    ("services: {a: {depends_on: {'b c': {condition: service_started}}}}", False),
    ("services: {a: {depends_on: b}}", False),
    ("services: {a: {environment: {A: 1, B: x, C: , D: true, E: 1.5}}}", True),
    ("services: {a: {environment: [A=1, B]}}", True),
    ("services: {a: {environment: [{A: 1}]}}", False),
    ("services: {a: {environment: {A: {B: c}}}}", False),
    ("services: {a: {environment: }}", False),
    ("services: {a: {environment: A=1}}", False),
    ("services: {a: {env_file: a.env}}", True),
    ("services: {a: {env_file: [a.env, {path: b.env, required: false, format: raw}]}}", True),
    ("services: {a: {env_file: [{required: false}]}}", False),
    ("services: {a: {env_file: [{path: a, x-a: 1}]}}", False),
    ("services: {a: {env_file: {path: a}}}", False),
    ("services: {a: {label_file: [a, b], labels: [a=b], annotations: {a: b}}}", True),
    ("services: {a: {label_file: {a: b}}}", False),
    ("services: {a: {extends: b}}", True),
    ("services: {a: {extends: {service: b, file: c.yaml}}}", True),
    ("services: {a: {extends: {file: c.yaml}}}", False),
    ("services: {a: {extends: {service: b, x-a: 1}}}", False),
    ("services: {a: {extra_hosts: ['a:1.1.1.1']}}", True),
    ("services: {a: {extra_hosts: ['a:1.1.1.1', 'a:1.1.1.1']}}", False),
    ("services: {a: {expose: [80, '81']}}", True),
    ("services: {a: {expose: 80}}", False),
    (
        "services: {a: {ports: [80, '80:80', {target: 80, published: '81-82', host_ip: 127.0.0.1}]}}",
        True,
    ),
    (
        "services: {a: {ports: [{target: 80, mode: host, protocol: tcp, app_protocol: http, name: web}]}}",
        True,
    ),
    ("services: {a: {ports: '80:80'}}", False),
    ("services: {a: {ports: [{target: 80, publishd: 80}]}}", False),
    ("services: {a: {ports: [{target: 80.5}]}}", False),
    ("services: {a: {ports: [true]}}", False),
    ("services: {a: {ports: [null]}}", False),
    ("services: {a: {ports: {80: 80}}}", False),
    (
        "services: {a: {volumes: ['a:/b', {type: bind, source: ., target: /c, bind: {selinux: z}}]}}",
        True,
    ),
    ("services: {a: {volumes: [{type: bind, bind: {selinux: x}}]}}", False),
    (
        "services: {a: {volumes: [{type: bind, bind: {propagation: rslave, create_host_path: false, recursive: readonly}}]}}",
        True,
    ),
    ("services: {a: {volumes: [{type: bind, bind: {recursive: 'yes'}}]}}", False),
    (
        "services: {a: {volumes: [{type: volume, volume: {nocopy: true, subpath: x, labels: [a, b]}}]}}",
        True,
    ),
    ("services: {a: {volumes: [{type: volume, volume: {labels: [a, a]}}]}}", False),
    ("services: {a: {volumes: [{type: tmpfs, tmpfs: {size: 1m, mode: 511}}]}}", True),
    ("services: {a: {volumes: [{type: tmpfs, tmpfs: {size: -1}}]}}", False),
    ("services: {a: {volumes: [{type: tmpfs, tmpfs: {size: 1.5}}]}}", False),
    (
        "services: {a: {volumes: [{type: image, source: x, image: {subpath: y}, read_only: true, consistency: z}]}}",
        True,
    ),
    ("services: {a: {volumes: [{type: foo}]}}", False),
    ("services: {a: {volumes: [{source: x}]}}", False),
    ("services: {a: {volumes: [./a: /b]}}", False),
    ("services: {a: {networks: [n]}}", True),
    ("services: {a: {networks: [n, n]}}", False),
    (
        "services: {a: {networks: {n: , m: {aliases: [x], ipv4_address: 10.0.0.2, priority: 1.5}}}}",
        True,
    ),
    ("services: {a: {networks: {n: {priority: high}}}}", False),
    ("services: {a: {networks: {n: {alias: x}}}}", False),
    (
        "services: {a: {networks: {n: {gw_priority: 1, interface_name: eth1, mac_address: x, driver_opts: {a: 1}}}}}",
        True,
    ),
    ("services: {a: {networks: {n: {use_service_name_alias: false}}}}", True),
    ("services: {a: {networks: {'n m': }}}", False),
    ("services: {a: {models: {m: {endpoint_var: A, model_var: B}, n: }}}", True),
    ("services: {a: {models: {m: {endpoint: A}}}}", False),
    ("services: {a: {models: [m, m]}}", False),
    ("services: {a: {secrets: [s, {source: t, target: u, uid: '1', gid: '1', mode: 288}]}}", True),
    ("services: {a: {secrets: [{source: t, uid: 1}]}}", False),
    ("services: {a: {configs: [{source: t, mode: '0440', x-a: 1}]}}", True),
    ("services: {a: {devices: [/dev/a, {source: /dev/b, target: /dev/c, permissions: rw}]}}", True),
    ("services: {a: {devices: [{target: /dev/c}]}}", False),
    ("services: {a: {gpus: all}}", True),
    ("services: {a: {gpus: some}}", False),
    (
        "services: {a: {gpus: [{count: all, driver: nvidia, capabilities: [gpu], device_ids: ['0'], options: {a: b}}]}}",
        True,
    ),
    ("services: {a: {gpus: [{count: 1.5}]}}", False),
    ("services: {a: {gpus: {count: 1}}}", False),
    ("services: {a: {ulimits: {nproc: 1, nofile: {soft: 1, hard: '2'}}}}", True),
    ("services: {a: {ulimits: {nofile: {soft: 1}}}}", False),
    ("services: {a: {ulimits: {nofile: 1.5}}}", False),
    ("services: {a: {logging: {driver: x, options: {max-file: 3, a: b, c: }}}}", True),
    ("services: {a: {logging: {options: {a: true}}}}", False),
    ("services: {a: {logging: {max-size: 10m}}}", False),
    (
        "services: {a: {healthcheck: {test: [CMD, x], interval: 10s, retries: 3, disable: false}}}",
        True,
    ),
    (
        "services: {a: {healthcheck: {test: x, timeout: 1s, start_period: 1s, start_interval: 1s, retries: '3'}}}",
        True,
    ),
    ("services: {a: {healthcheck: {interval: 10}}}", False),
    ("services: {a: {healthcheck: {tests: x}}}", False),
    ("services: {a: {healthcheck: {test: [CMD, 1]}}}", False),
    ("services: {a: {healthcheck: }}", False),
    ("services: {a: {develop: , deploy: }}", True),
    (
        "services: {a: {develop: {watch: [{path: ., action: sync, target: /x, ignore: [a], include: b}]}}}",
        True,
    ),
    ("services: {a: {develop: {watch: [{path: ., action: foo}]}}}", False),
    ("services: {a: {develop: {watch: [{path: .}]}}}", False),
    (
        "services: {a: {develop: {watch: [{path: ., action: sync+exec, exec: {command: x}, initial_sync: true}]}}}",
        True,
    ),
    ("services: {a: {develop: {watch: [{path: ., action: sync+exec, exec: {user: x}}]}}}", False),
    ("services: {a: {develop: {watch: [{path: ., action: sync, ignore: [a, a]}]}}}", False),
    (
        "services: {a: {deploy: {mode: global, replicas: 2, endpoint_mode: vip, labels: {a: b}}}}",
        True,
    ),
    ("services: {a: {deploy: {replicas: 1.5}}}", False),
    (
        "services: {a: {deploy: {resources: {limits: {cpus: 0.5, memory: 1g, pids: 5}, reservations: {cpus: '1'}}}}}",
        True,
    ),
    ("services: {a: {deploy: {resources: {limits: {memory: 1024}}}}}", False),
    ("services: {a: {deploy: {resources: {limit: {}}}}}", False),
    (
        "services: {a: {deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}}}",
        True,
    ),
    ("services: {a: {deploy: {resources: {reservations: {devices: [{count: 1}]}}}}}", False),
    (
        "services: {a: {deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: a, value: 1}}]}}}}}",
        True,
    ),
    (
        "services: {a: {deploy: {restart_policy: {condition: any, delay: 1s, max_attempts: 3, window: 1s}}}}",
        True,
    ),
    ("services: {a: {deploy: {restart_policy: {attempts: 3}}}}", False),
    (
        "services: {a: {deploy: {update_config: {parallelism: 1, order: start-first, max_failure_ratio: 0.1}}}}",
        True,
    ),
    ("services: {a: {deploy: {rollback_config: {order: first}}}}", False),
    (
        "services: {a: {deploy: {placement: {constraints: [a], preferences: [{spread: b}], max_replicas_per_node: 1}}}}",
        True,
    ),
    ("services: {a: {deploy: {placement: {preferences: [{spreads: b}]}}}}", False),
    # services: scalars
    (
        "services: {a: {tty: true, stdin_open: 'yes', init: false, read_only: true, privileged: false}}",
        True,
    ),
    ("services: {a: {tty: 1}}", False),
    (
        "services: {a: {cpu_count: 0, cpu_percent: 100, cpus: 0.5, cpu_shares: 1.5, cpu_quota: '1'}}",
        True,
    ),
    ("services: {a: {cpu_count: -1}}", False),
    ("services: {a: {cpu_percent: 101}}", False),
    ("services: {a: {cpu_percent: 5.5}}", False),
    ("services: {a: {cpuset: 0}}", False),
    (
        "services: {a: {oom_score_adj: 1000, oom_kill_disable: true, pids_limit: -1, mem_swappiness: 10}}",
        True,
    ),
    ("services: {a: {oom_score_adj: 1001}}", False),
    (
        "services: {a: {mem_limit: 512m, mem_reservation: 1, memswap_limit: -1, shm_size: 64m}}",
        True,
    ),
    ("services: {a: {mem_limit: true}}", False),
    ("services: {a: {mem_reservation: 1.5}}", False),
    ("services: {a: {mem_swappiness: 10.0}}", True),
    ("services: {a: {cgroup: host, cgroup_parent: x, isolation: y, runtime: z}}", True),
    ("services: {a: {cgroup: foo}}", False),
    ("services: {a: {container_name: ab}}", True),
    ("services: {a: {container_name: a}}", False),
    ("services: {a: {pull_policy: every_5h}}", True),
    ("services: {a: {pull_policy: sometimes}}", False),
    ("services: {a: {pull_policy: xalways}}", False),
    (
        "services: {a: {restart: anything, stop_signal: x, stop_grace_period: 5s, pull_refresh_after: 1d}}",
        True,
    ),
    ("services: {a: {restart: false}}", False),
    ("services: {a: {stop_grace_period: 5}}", False),
    ("services: {a: {user: 1000}}", False),
    ("services: {a: {pid: , ipc: host, uts: host, userns_mode: host, network_mode: none}}", True),
    ("services: {a: {ipc: }}", False),
    ("services: {a: {scale: 2, attach: 'no', use_api_socket: true}}", True),
    ("services: {a: {scale: 1.5}}", False),
    ("services: {a: {use_api_socket: 'true'}}", False),
    ("services: {a: {umask: 18}}", True),
    ("services: {a: {umask: -1}}", False),
    ("services: {a: {storage_opt: {size: [anything]}}}", True),
    ("services: {a: {storage_opt: []}}", False),
    ("services: {a: {group_add: [1, '1']}}", True),
    ("services: {a: {group_add: [1, 1.0]}}", False),
    ("services: {a: {security_opt: [a, a]}}", False),
    ("services: {a: {security_opt: [no-new-privileges: true]}}", False),
    (
        "services: {a: {cap_add: [A], cap_drop: [ALL], links: [b], external_links: [c], volumes_from: [d]}}",
        True,
    ),
    ("services: {a: {cap_add: ALL}}", False),
    ("services: {a: {external_links: [a, a]}}", False),
    ("services: {a: {volumes_from: [a, a]}}", False),
    ("services: {a: {device_cgroup_rules: [a, a]}}", False),
    (
        "services: {a: {dns: 1.1.1.1, dns_search: [a], dns_opt: [b], tmpfs: /run, sysctls: [a=1]}}",
        True,
    ),
    ("services: {a: {dns: [1]}}", False),
    (
        "services: {a: {sysctls: {a: 1}, profiles: [dev], hostname: h, domainname: d, mac_address: m}}",
        True,
    ),
    ("services: {a: {profiles: dev}}", False),
    (
        "services: {a: {blkio_config: {weight: 10, device_read_bps: [{path: a, rate: 1m}], weight_device: [{path: a, weight: 1}]}}}",
        True,
    ),
    ("services: {a: {blkio_config: {x-a: 1}}}", False),
    ("services: {a: {blkio_config: {device_write_iops: [{path: a, rates: 1}]}}}", False),
    ("services: {a: {credential_spec: {file: a, x-a: 1}}}", True),
    ("services: {a: {credential_spec: a}}", False),
    ("services: {a: {provider: {type: x, options: {a: 1, b: [true, c]}}}}", True),
    ("services: {a: {provider: {options: {}}}}", False),
    ("services: {a: {provider: {type: x, options: {a: {b: c}}}}}", False),
    (
        "services: {a: {post_start: [{command: x, user: u, privileged: 'yes', working_dir: /, environment: {A: 1}}]}}",
        True,
    ),
    ("services: {a: {post_start: [{user: x}]}}", False),
    ("services: {a: {pre_stop: [{command: , x-a: 1}]}}", True),
    ("services: {a: {pre_stop: [{command: x, environment: [a, a]}]}}", False),
    ("services: {a: {pre_start: [{image: x, per_replica: true, volumes: ['a:/b']}]}}", True),
    ("services: {a: {pre_start: [{ports: ['80']}]}}", False),
    # jobs
    ("jobs: {j: {image: x, triggers: {manual: true}}}", True),
    ("jobs: {j: {image: x}}", False),
    ("jobs: {j: {image: x, triggers: {}}}", False),
    ("jobs: {j: {restart: always, triggers: {manual: true}}}", False),
    (
        "jobs: {j: {triggers: {schedule: ['0 0 * * *', {cron: '* * * * *', timezone: UTC, concurrency: queue, missed_fires: one}]}}}",
        True,
    ),
    ("jobs: {j: {triggers: {schedule: [{timezone: UTC}]}}}", False),
    ("jobs: {j: {triggers: {schedule: [{cron: x, concurrency: maybe}]}}}", False),
]


@cache
def validator(official: bool) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(OFFICIAL if official else OURS)


@pytest.mark.parametrize(("text", "valid"), DOCUMENTS, ids=[text for text, _ in DOCUMENTS])
def test_both_schemas_give_the_same_verdict(text: str, valid: bool) -> None:
    document = yaml.safe_load(text)
    assert validator(official=False).is_valid(document) is valid
    assert validator(official=True).is_valid(document) is valid


ACCEPTED_BY_OURS = [
    ("services: {a: {cap_add: [A, A]}}", COLLAPSED),
    ("services: {a: {environment: [A=1, A=1]}}", COLLAPSED),
    ("services: {a: {ports: [80, 80]}}", COLLAPSED),
    ("services: {a: {volumes: ['a:/b', 'a:/b']}}", COLLAPSED),
    ("services: {a: {networks: {n: {aliases: [a, a]}}}}", COLLAPSED),
    ("services: {a: {mem_limit: 1.5}}", SIZES),
    ("include: [{path: [a, a]}]", INCLUDES),
]


@pytest.mark.parametrize(
    ("text", "reason"), ACCEPTED_BY_OURS, ids=[text for text, _ in ACCEPTED_BY_OURS]
)
def test_our_schema_accepts_documents_that_docker_compose_accepts(text: str, reason: str) -> None:
    document = yaml.safe_load(text)
    assert validator(official=False).is_valid(document), reason
    assert not validator(official=True).is_valid(document)


# --- documents made from the schema, most of them with an error ---


@cache
def fast_ours() -> Any:
    return jsonschema_rs.validator_for(OURS)


@cache
def fast_official() -> Any:
    """The official schema with the differences that matter for these documents."""
    schema = copy.deepcopy(OFFICIAL)
    container = schema["$defs"]["container_spec"]["properties"]
    for name in ("mem_limit", "memswap_limit", "shm_size"):
        container[name]["type"] = ["number", "string"]
    schema["$defs"]["ulimits"]["additionalProperties"] = False
    listed = schema["$defs"]["gpus"]["oneOf"][1]
    for keyword in ("additionalProperties", "patternProperties"):
        listed["items"][keyword] = listed.pop(keyword)
    return jsonschema_rs.validator_for(schema)


@given(near_valid.documents(OURS))
@examples(400)
def test_both_schemas_agree_on_documents_with_a_few_errors(document: Any) -> None:
    assert fast_ours().is_valid(document) == fast_official().is_valid(document)
