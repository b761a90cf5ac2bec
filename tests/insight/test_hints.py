"""Inlay hints and code lenses."""

from __future__ import annotations

from pathlib import Path

from checks import LayOut
from composelint.linter.insight.hints import hints, lenses
from typed_texts import load

COMPOSE = """\
services:
  web:
    image: web:${TAG:-1}
    user: ${ID}
    environment:
      DB_PASSWORD: ${PW}
      ZONE: ${ZONE}
    deploy:
      replicas: 2
      resources: {limits: {memory: 512M}}
  db:
    image: postgres:17
    mem_limit: 1g
"""


def shown(path: str = "compose.yaml", start: int = 0, end: int = 10_000) -> list[tuple[str, str]]:
    """The text before each hint on its line, and the hint."""
    project, _ = load()
    text = Path(path).read_text()
    return [
        (text[text.rfind("\n", 0, hint.offset) + 1 : hint.offset].strip(), hint.label)
        for hint in hints(project, path, start, end)
    ]


def test_values_of_variables_and_sums_of_memory_are_shown(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": COMPOSE, ".env": "TAG=2.1\nID=1000\nPW=tulip-9481\n"})
    assert shown() == [
        ("image: web:${TAG:-1}", "= 2.1"),
        ("user: ${ID}", "= 1000"),
        ("ZONE: ${ZONE}", "= (not set)"),
        ("resources: {limits: {memory: 512M", "2 × 512M"),
    ]
    assert shown(end=COMPOSE.index("environment")) == shown()[:2]


def test_values_stay_while_the_file_is_broken(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": COMPOSE + "    us\n", ".env": "TAG=2.1\nID=1000\nPW=tulip-9481\n"})
    assert shown()[:2] == [("image: web:${TAG:-1}", "= 2.1"), ("user: ${ID}", "= 1000")]
    assert "tulip" not in str(shown())


def test_a_service_shows_its_findings_and_the_machine_its_load(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": COMPOSE, "composelint.toml": '[host]\nmemory = "4G"\n'})
    project, result = load()
    found = {lens.span.text: lens.title for lens in lenses(project, result, "compose.yaml")}
    assert found["services"] == "all limits: 2G of 4G"
    assert found["web"].endswith(("finding", "findings"))
    counted = [f for lens in lenses(project, result, "compose.yaml") for f in lens.findings]
    assert all(finding.span.file.path == "compose.yaml" for finding in counted)


def test_a_stack_without_a_machine_shows_no_sum(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": COMPOSE})
    project, result = load()
    assert "services" not in {lens.span.text for lens in lenses(project, result, "compose.yaml")}


def test_services_without_a_limit_are_counted(lay_out: LayOut) -> None:
    text = COMPOSE.replace("    mem_limit: 1g\n", "")
    lay_out({"compose.yaml": text, "composelint.toml": '[host]\nmemory = "4G"\n'})
    project, result = load()
    titles = [lens.title for lens in lenses(project, result, "compose.yaml")]
    assert titles[0] == "all limits: 1G of 4G, 1 service without a limit"
