"""Pictures of stacks in a browser: everything is there, nothing overlaps, nothing is fetched."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from checks import ROOT
from click.testing import CliRunner
from composelint.linter.cli.main import cli
from views import View

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)

SEED = ROOT / "tests" / "projects" / "monorepo"
SHOP = ROOT / "examples" / "tournament" / "production"
STACKS = {"seed": SEED, "tournament": SHOP, "station": ROOT / "tests" / "projects" / "station"}

MERMAID = "12.3.0"
MERMAID_SHA512 = (
    "e35d774dd5de2c0b0caee27bf4ea452f93bcf8b4c55e142a676eb4ac5ded8149"
    "a2340b519b852e99ed3823eeb93d137ac99ebd2787fcad56165bccd193ae5463"
)

GEOMETRY = """
() => {
  const box = (element) => {
    const {x, y, width, height} = element.getBoundingClientRect();
    return {x, y, width, height};
  };
  const parts = (kind) => [...document.querySelectorAll(`g.cg-${kind}`)];
  const shape = (part) => box(part.querySelector("path, polygon, ellipse"));
  const texts = (part) => [...part.querySelectorAll("text")].map((text) => ({...box(text), text: text.textContent}));
  return {
    picture: box(document.querySelector("svg")),
    boxes: parts("box").map((part) => ({id: part.id, ...shape(part), texts: texts(part)})),
    areas: parts("area").map((part) => ({id: part.id, ...box(part), texts: texts(part)})),
    labels: parts("line").flatMap(texts),
    rest: [...document.querySelectorAll("svg > g > text")].map((text) => ({...box(text), text: text.textContent})),
  };
}
"""


def drawn(*arguments: str | Path) -> str:
    """What ``composelint graph`` prints."""
    answer = CliRunner().invoke(cli, ["graph", "--isolated", *map(str, arguments)])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def overlap(one: dict[str, Any], other: dict[str, Any], slack: float = 0.5) -> bool:
    """Whether two rectangles have a part in common."""
    return (
        one["x"] + slack < other["x"] + other["width"]
        and other["x"] + slack < one["x"] + one["width"]
        and one["y"] + slack < other["y"] + other["height"]
        and other["y"] + slack < one["y"] + one["height"]
    )


def is_inside(inner: dict[str, Any], outer: dict[str, Any], slack: float = 0.5) -> bool:
    return (
        inner["x"] >= outer["x"] - slack
        and inner["y"] >= outer["y"] - slack
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"] + slack
        and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + slack
    )


def problems(geometry: dict[str, Any]) -> list[str]:
    """What overlaps, sticks out of its box, or is outside of the picture."""
    boxes, labels, rest = geometry["boxes"], geometry["labels"], geometry["rest"]
    titles = [text for area in geometry["areas"] for text in area["texts"]]
    found = []
    for number, box in enumerate(boxes):
        found += [
            f"{box['id']} and {other['id']} overlap"
            for other in boxes[number + 1 :]
            if overlap(box, other)
        ]
        found += [
            f"{text['text']!r} sticks out of {box['id']}"
            for text in box["texts"]
            if not is_inside(text, box)
        ]
        found += [
            f"{text['text']!r} is on {box['id']}"
            for text in (*labels, *titles, *rest)
            if overlap(text, box)
        ]
    texts = [*labels, *titles, *rest, *(text for box in boxes for text in box["texts"])]
    for number, text in enumerate(texts):
        # Lines of text are as high as their font, which is more than their letters.
        found += [
            f"{text['text']!r} is on {other['text']!r}"
            for other in texts[number + 1 :]
            if overlap(text, other, 3)
        ]
        if not is_inside(text, geometry["picture"]):
            found.append(f"{text['text']!r} is outside")
    return found


def opened(view: View, path: Path, width: int, scheme: Scheme) -> dict[str, Any]:
    """The places of everything in a picture that is opened as a file of its own."""
    view.page.set_viewport_size({"width": width, "height": 900})
    view.page.emulate_media(color_scheme=scheme)
    view.page.goto(path.as_uri())
    geometry: dict[str, Any] = view.page.evaluate(GEOMETRY)
    return geometry


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [400, 1600])
@pytest.mark.parametrize("name", STACKS)
def test_nothing_overlaps_and_nothing_is_fetched(
    view: View, tmp_path: Path, name: str, width: int, scheme: Scheme
) -> None:
    path = tmp_path / "stack.svg"
    path.write_text(drawn(STACKS[name]), "utf-8")
    geometry = opened(view, path, width, scheme)
    assert len(geometry["boxes"]) > 4
    assert problems(geometry) == []
    assert (view.requests, view.console) == ([path.as_uri()], [])


def test_what_overlaps_is_seen() -> None:
    box = {"id": "a", "x": 0, "y": 0, "width": 50, "height": 20, "texts": []}
    text = {"x": 40, "y": 5, "width": 30, "height": 8, "text": "long"}
    geometry = {
        "picture": {"x": 0, "y": 0, "width": 60, "height": 60},
        "boxes": [{**box, "texts": [text]}, {**box, "id": "b", "x": 30}],
        "areas": [],
        "labels": [],
        "rest": [],
    }
    assert problems(geometry) == [
        "a and b overlap",
        "'long' sticks out of a",
        "'long' is outside",
    ]


def test_the_seed_is_shown_whole(view: View, tmp_path: Path) -> None:
    path = tmp_path / "stack.svg"
    path.write_text(drawn(SEED), "utf-8")
    view.page.goto(path.as_uri())
    (stack,) = json.loads(drawn(SEED, "--format", "json"))["stacks"]
    shown = "\n".join(view.page.locator("text").all_text_contents())
    tips = "\n".join(view.page.locator("title").all_text_contents())
    assert [each["name"] for each in stack["services"]] == [
        "db",
        "cache",
        "edge",
        "ledger",
        "proxy",
    ]
    for service in stack["services"]:
        assert service["name"] in shown
        assert service["image"] in shown
        assert service["build"] in shown
        for port in service["ports"]:
            assert port["published"] in shown
    for kind in ("networks", "volumes"):
        assert stack[kind]
        for resource in stack[kind]:
            assert resource["name"] in shown
    assert len(stack["findings"]) > 20
    for finding in stack["findings"]:
        assert f"{finding['code']} {finding['message']}" in tips
    for service in stack["services"]:
        for severity in ("error", "warning", "info"):
            count = sum(stack["findings"][n]["severity"] == severity for n in service["findings"])
            box = view.page.locator(
                "g.cg-box", has=view.page.get_by_text(service["name"], exact=False)
            )
            assert not count or f"{count} {severity}" in " ".join(box.all_text_contents())


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "pictures").glob("*.svg")), ids=str)
def test_pictures_of_the_documentation_ask_for_nothing(view: View, path: Path) -> None:
    view.page.goto(path.as_uri())
    assert view.page.locator("text").count() > 10
    assert (view.requests, view.console) == ([path.as_uri()], [])


def test_light_and_dark_are_readable(view: View, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    title = "<title>A stack</title>"
    path.write_text(
        f'<!doctype html><html lang="en"><head>{title}</head><body><main><h1>A stack</h1>{drawn(SEED)}</main></body></html>'
    )
    back = set()
    for scheme in SCHEMES:
        view.page.emulate_media(color_scheme=scheme)
        view.page.goto(path.as_uri())
        assert view.accessibility() == []
        contrasts = view.page.evaluate(CONTRASTS)
        assert min(contrasts.values()) >= 4.5, contrasts
        back.add(view.page.evaluate("getComputedStyle(document.querySelector('.cg-f-back')).fill"))
    assert len(back) == 2


CONTRASTS = """
() => {
  const styles = getComputedStyle(document.querySelector("svg.cg"));
  const light = (name) => {
    const hex = styles.getPropertyValue(`--cg-${name}`).trim();
    const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const pairs = {};
  for (const back of ["back", "box", "area", "thing", "outside"])
    for (const text of ["text", "muted", "error", "warning", "info", "publishes"])
      pairs[`${text} on ${back}`] = contrast(text, back);
  return pairs;
}
"""

HOSTILE = r"""
services:
  "a<script>alert(1)</script>": {image: "x]]>\"onload=\"alert(1)", depends_on: ["b\"] --> c\nclick b call alert()"]}
  "b\"] --> c\nclick b call alert()": {image: "%%{init: {'theme':'dark'}}%%", ports: ["80:80"]}
  "end": {image: "\e[31mred\\N</TABLE>> ; [URL=x]", volumes: ["./&lt;img src=x onerror=alert(1)&gt;:/x"]}
  "1. list": {image: "- x", volumes: ["./данные/файл:/x", "./データベース保存先:/y"]}
  "graph": {image: "javascript:alert(1)", profiles: ["`x`", "subgraph"]}
"""


def test_what_linted_files_hold_does_nothing(view: View, tmp_path: Path) -> None:
    compose, path = tmp_path / "compose.yaml", tmp_path / "stack.svg"
    compose.write_text(HOSTILE, "utf-8")
    path.write_text(drawn(compose), "utf-8")
    geometry = opened(view, path, 1600, "light")
    assert problems(geometry) == []
    assert (
        view.page.evaluate("document.querySelectorAll('script, image, foreignObject, a').length")
        == 0
    )
    assert (view.requests, view.console) == ([path.as_uri()], [])
    texts = view.page.locator("text").all_text_contents()
    assert "a<script>alert(1)</script>" in texts


@pytest.fixture(scope="session")
def mermaid(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of Mermaid, from npm."""
    folder = tmp_path_factory.mktemp("mermaid")
    command = ["npm", "pack", "--silent", f"mermaid@{MERMAID}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    assert hashlib.sha512(archive.read_bytes()).hexdigest() == MERMAID_SHA512
    with tarfile.open(archive) as tar:
        file = tar.extractfile("package/dist/mermaid.min.js")
        assert file is not None
        return file.read().decode()


def test_mermaid_reads_what_we_write(view: View, tmp_path: Path, mermaid: str) -> None:
    hostile = tmp_path / "compose.yaml"
    hostile.write_text(HOSTILE, "utf-8")
    view.page.add_script_tag(content=mermaid)
    view.page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
    for number, source in enumerate([*STACKS.values(), hostile, ROOT / "examples"]):
        text = drawn(source, "--format", "mermaid")
        kind = view.page.evaluate("text => mermaid.parse(text)", text)
        assert kind["diagramType"].startswith("flowchart")
        svg: str = view.page.evaluate(
            "([id, text]) => mermaid.render(id, text).then((answer) => answer.svg)",
            [f"m{number}", text],
        )
        shown = view.page.evaluate(READ, svg)
        if source == hostile:
            assert "a<script>alert(1)</script>" in shown
            assert "%%{init: {'theme':'dark'}}%%" in shown
            assert "1. list" in shown
            assert "./данные/файл" in shown or "данные/файл" in shown
        assert "#46;" not in shown
    assert view.console == []


READ = """
svg => {
  document.body.innerHTML = svg;
  if (document.querySelector("svg script, svg img, svg [onload], svg [onerror], svg a")) throw "forged";
  return document.body.textContent;
}
"""
