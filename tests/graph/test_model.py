"""What a description of a stack says."""

from __future__ import annotations

import json
from pathlib import Path

import composelint
import pytest
from composelint.linter.graph.data import to_json
from composelint.linter.graph.drawing import draw
from composelint.linter.graph.model import Graph
from graphs import graph_of
from jsonschema import Draft202012Validator

SHOP = """\
services:
  proxy:
    image: nginx:1.30
    ports: ["80:80", "127.0.0.1:8081:81", "10.0.0.4:53:53/udp"]
    depends_on:
      app: {condition: service_healthy}
    networks: [front]
  app:
    build: .
    deploy: {replicas: 2, resources: {limits: {memory: 512M, cpus: "0.5"}}}
    healthcheck: {test: [CMD, "true"]}
    environment:
      DATABASE_URL: postgres://shop:vW9-correct-horse@db:5432/shop
    secrets: [key]
    networks: [front, back]
  db:
    image: postgres:16-alpine
    volumes: ["files:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql:ro"]
    ports: ["5432:5432"]
    networks: [back]
  shell:
    image: alpine:3.22
    profiles: [debug]
    network_mode: service:db
networks:
  front:
  back: {internal: true}
volumes:
  files:
secrets:
  key: {file: ./key.txt}
"""


@pytest.fixture(scope="module")
def shop() -> Graph:
    return graph_of(SHOP, preset="production")


def test_who_reaches_a_port_is_told(shop: Graph) -> None:
    reaches = {each.name: [port.reach for port in each.ports] for each in shop.services}
    # Docker publishes no port of a service whose networks are all internal.
    assert reaches == {
        "proxy": ["world", "machine", "address"],
        "app": [],
        "db": ["nobody"],
        "shell": [],
    }


def test_what_a_variable_decides_is_not_guessed() -> None:
    graph = graph_of(
        'services: {web: {image: nginx:1.30, ports: ["${BIND}:80:80", "127.0.0.1:${PORT}:81", "82"]}}\n'
    )
    ports = [(port.published, port.target, port.reach) for port in graph.services[0].ports]
    assert ports == [("80", 80, "unknown"), ("?", 81, "machine"), ("", 82, "world")]


def test_an_unknown_image_or_limit_is_not_said_to_be_missing() -> None:
    graph = graph_of(
        'services: {web: {image: "${IMAGE}", mem_limit: "${MEM}"}, db: {image: "postgres:${TAG}"}}\n'
    )
    assert [each.undecided for each in graph.services] == [("image", "memory"), ("image",)]
    texts = [[row.text for row in box.rows][:2] for box in draw(graph).boxes]
    assert texts == [
        ["a variable names the image", "limits that variables decide"],
        ["a variable names the image", "no limits"],
    ]


def test_limits_health_and_profiles_are_told(shop: Graph) -> None:
    app = shop.services[1]
    assert (app.replicas, app.memory, app.cpus, app.health) == (2, 512 * 1024**2, 0.5, "checked")
    assert app.build == "Dockerfile"
    assert shop.services[3].profiles == ("debug",)
    assert [each.health for each in shop.services] == ["none", "checked", "none", "none"]


def test_edges_say_who_concerns_whom(shop: Graph) -> None:
    edges = {
        (each.kind, each.source, each.target, each.detail, each.condition) for each in shop.edges
    }
    assert edges == {
        ("depends", "proxy", "app", "", "healthy"),
        ("talks", "app", "db", "5432", ""),
        ("reads", "app", "key", "/run/secrets/key", ""),
        ("mounts", "db", "files", "/var/lib/postgresql/data", ""),
        ("shares", "shell", "db", "network", ""),
    }


def test_networks_are_told_with_what_they_are(shop: Graph) -> None:
    assert [(each.name, each.internal, each.external) for each in shop.networks] == [
        ("front", False, False),
        ("back", True, False),
    ]


def test_a_stack_without_networks_is_in_the_default_one() -> None:
    graph = graph_of("services: {web: {image: nginx:1.30}}\n")
    assert [each.name for each in graph.networks] == ["default"]
    assert graph.services[0].networks == ("default",)


def test_every_finding_belongs_to_one_part_at_least(shop: Graph) -> None:
    parts = [*shop.services, *shop.networks, *shop.volumes, *shop.secrets, *shop.configs]
    indexes = {index for part in parts for index in part.findings}
    assert indexes.isdisjoint(shop.others)
    assert sorted(indexes.union(shop.others)) == list(range(len(shop.findings)))
    assert {shop.findings[index].code for index in shop.secrets[0].findings} == {"XF111"}


def test_findings_of_a_dockerfile_belong_to_the_services_built_from_it() -> None:
    compose = "services: {a: {build: .}, b: {build: .}, c: {image: alpine:3.22}}\n"
    graph = graph_of({"compose.yaml": compose, "Dockerfile": "FROM alpine:latest\nRUN sudo id\n"})
    in_dockerfile = {n for n, each in enumerate(graph.findings) if each.path == "Dockerfile"}
    assert in_dockerfile
    of = {each.name: set(each.findings) & in_dockerfile for each in graph.services}
    assert of == {"a": in_dockerfile, "b": in_dockerfile, "c": set()}


def test_a_service_in_the_network_of_the_machine_is_not_said_to_be_closed() -> None:
    graph = graph_of("services: {web: {image: nginx:1.30, network_mode: host, ports: ['80:80']}}\n")
    assert [port.reach for port in graph.services[0].ports] == ["nobody"]
    (box,) = draw(graph).boxes
    texts = [row.text for row in box.rows]
    assert "listens on the machine itself" in texts
    assert not any("nobody" in text or "published" in text for text in texts)


def test_hosts_that_are_not_reached_are_edges_too() -> None:
    graph = graph_of(
        "services:\n"
        "  web: {image: shop/web:2.1, environment: {SEARCH_URL: 'http://serch:7700/'}}\n"
        "  api: {image: shop/api:2.1, environment: {DATABASE_URL: 'postgres://localhost:5432/shop'}}\n"
        "  search: {image: shop/search:1.4}\n"
        "  db: {image: postgres:16}\n"
    )
    assert [(each.source, each.target, each.to_kind, each.detail) for each in graph.edges] == [
        ("web", "serch", "host", "nothing has this name"),
        ("api", "localhost", "host", "is the container itself"),
    ]
    boxes = {
        box.title: [row.text for row in box.rows] for box in draw(graph).boxes if box.kind == "host"
    }
    assert boxes == {"serch": ["nothing has this name"], "localhost": ["is the container itself"]}


def test_the_json_keeps_to_its_schema(shop: Graph) -> None:
    folder = Path(composelint.__file__).parent / "schemas"
    schema = json.loads((folder / "graph.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    text = to_json([shop])
    assert text.isascii()
    validator = Draft202012Validator(schema)
    assert [*validator.iter_errors(json.loads(text))] == []
    for name, definition in schema["$defs"].items():
        if "properties" in definition:
            assert set(definition["required"]) == set(definition["properties"]), name
            definition["additionalProperties"] = False
    assert [*validator.iter_errors(json.loads(text))] == []
    assert [*validator.iter_errors({"version": 1, "tool": {}, "stacks": [{}]})]


def test_secrets_are_not_in_it(shop: Graph) -> None:
    assert "vW9-correct-horse" not in to_json([shop])
    remote = "services: {web: {build: 'https://me:ghp_0123456789abcdefghijABCDEFGHIJ456789@github.com/x/y.git'}}\n"
    assert "ghp_0123456789abcdefghijABCDEFGHIJ456789" not in to_json([graph_of(remote)])
