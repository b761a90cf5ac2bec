"""The formats of pictures: whatever linted files hold stays text in them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from composelint.linter.graph import layout
from composelint.linter.graph.data import to_json
from composelint.linter.graph.dot import COLORS, to_dot
from composelint.linter.graph.drawing import draw
from composelint.linter.graph.findings import Finding
from composelint.linter.graph.layout import LayoutError, lay_out
from composelint.linter.graph.mermaid import to_mermaid
from composelint.linter.graph.model import Edge, Graph, Mounted, Publication, Resource, Service
from composelint.linter.graph.shapes import Drawing
from composelint.linter.graph.svg import STYLE, dressed, stacked
from graphs import graph_of
from hypothesis import given, settings
from hypothesis import strategies as st

HOSTILE = (
    "<script>alert(1)</script>",
    "]]>",
    '"onload="alert(1)',
    "'><img src=x onerror=alert(1)>",
    "\x1b[31mred\x1b[0m\x07",
    "first\nsecond\r\n\u2028third",
    'quote"and\\backslash\\',
    "\\N \\G \\l \\n",
    '</TABLE>> ; evil [URL="javascript:alert(1)"]',
    "%%{init: {'theme':'dark'}}%%",
    'x"] --> y\nclick x call alert()',
    "]end\nsubgraph",
    "&lt;b&gt; &#60; #lt; #35;",
    "javascript:alert(1)",
    "##vso[task.setvariable]x",
    "\ud800\x00\ufffe",
    "x" * 1_000,
    "",
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=60)


@st.composite
def graphs(draw_value: st.DrawFn) -> Graph:
    """Descriptions in which every text is anything."""
    names = draw_value(st.lists(texts, min_size=1, max_size=4, unique=True))
    any_text = lambda: draw_value(texts)  # noqa: E731
    networks = [any_text()]
    services = tuple(
        Service(
            name,
            any_text(),
            any_text(),
            any_text(),
            2,
            True,
            False,
            (any_text(),),
            1024,
            0.5,
            "checked",
            (networks[0], any_text()),
            draw_value(st.sampled_from(("", "host", "service:x"))),
            (Publication(any_text(), 80, any_text(), "world", any_text()),),
            (
                Mounted("volume", any_text(), any_text(), True),
                Mounted("bind", any_text(), "/", True),
            ),
            (any_text(),),
            (0,),
        )
        for name in names
    )
    edges = tuple(
        Edge("talks", names[0], name, "service", any_text(), any_text(), True) for name in names
    )
    finding = Finding(any_text(), any_text(), "error", any_text(), any_text(), 1, 1, "#finding-1")
    resource = Resource(any_text(), True, True, (0,))
    return Graph(
        any_text(), (any_text(),), False, services, (resource,), (resource,), (resource,), (),
        edges, (finding,), (0,),
    )  # fmt: skip


ELEMENTS = {
    "svg", "title", "desc", "style", "g", "a", "path", "polygon", "polyline", "ellipse", "text", "rect",
}  # fmt: skip
ATTRIBUTES = {
    "class", "width", "height", "viewBox", "role", "aria-labelledby", "id", "transform", "href", "fill",
    "stroke", "stroke-width", "stroke-dasharray", "points", "d", "cx", "cy", "rx", "ry", "x", "y",
    "text-anchor", "font-size", "font-weight",
}  # fmt: skip


def picture(drawing: Drawing, prefix: str = "graph") -> str:
    return dressed(lay_out(to_dot(drawing)), drawing, prefix=prefix)


@settings(max_examples=10)
@given(graphs())
def test_svg_has_nothing_but_shapes_and_texts(graph: Graph) -> None:
    text = picture(draw(graph))
    assert len(text) < 200_000
    root = ElementTree.fromstring(text)
    styles = root.findall("{*}style")
    assert [style.text for style in styles] == [STYLE]
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in ELEMENTS
        assert element.attrib.keys() <= ATTRIBUTES
        assert element.get("href", "#finding-1") == "#finding-1"


@settings(max_examples=10)
@given(graphs())
def test_graphviz_reads_the_boxes_and_lines_and_no_others(graph: Graph) -> None:
    drawing = draw(graph)
    data = json.loads(lay_out(to_dot(drawing), "json0"))
    objects = data["objects"]
    clusters = [each for each in objects if "nodes" in each or each["name"].startswith("cluster")]
    nodes = {each["name"] for each in objects if each not in clusters}
    assert nodes == {box.key for box in drawing.boxes}
    drawn = [edge for edge in data.get("edges", []) if edge.get("style") != "invis"]
    assert len(drawn) == len(drawing.lines)
    assert not {"URL", "href", "tooltip", "target"} & {key for each in objects for key in each}


LABEL = r"(?:[^\W_]|(?<=[^\W_])[-./:,_](?=[^\W_])| |#\d+;|<br/>)*"
MERMAID = re.compile(
    rf'flowchart LR|end|subgraph \w+\["{LABEL}"\]|classDef \w+ stroke:#\w+,stroke-width:\dpx'
    rf'|\w+(?:\[\(|\[/|>|\(\[|\[\[|\[|\{{\{{)"{LABEL}"(?:\)\]|/\]|\]|\]\)|\}}\}})(?:\])?(?::::\w+)?'
    rf'|\w+ (?:==>|-->|-\.->|-\.-)(?:\|"{LABEL}"\|)? \w+'
)


@given(graphs())
def test_mermaid_has_nothing_but_entities_in_its_texts(graph: Graph) -> None:
    drawing = draw(graph)
    for line in to_mermaid([drawing, drawing]).splitlines():
        assert MERMAID.fullmatch(line.strip()), line


@given(graphs())
def test_json_is_ascii_and_says_what_the_description_says(graph: Graph) -> None:
    text = to_json([graph])
    assert text.isascii()
    (stack,) = json.loads(text)["stacks"]
    assert [each["name"] for each in stack["services"]] == [each.name for each in graph.services]


def small(name: str = "web", **more: object) -> Graph:
    service = Service(
        name, "nginx:1.30", "", "", 1, True, False, (), None, None, "none", ("default",), "", (), (), (), (0,)
    )  # fmt: skip
    finding = Finding("CF210", "no-check", "warning", "it fails", "compose.yaml", 1, 1, "")
    return Graph(
        "compose.yaml", ("compose.yaml",), False, (service,), (), (), (), (), (), (finding,), ()
    )._replace(**more)


def test_a_finding_is_told_by_sign_words_and_colour() -> None:
    root = ElementTree.fromstring(picture(draw(small())))
    (box,) = (each for each in root.iter() if each.get("id") == "graph-s0")
    title = box.find("{*}title")
    assert title is not None
    assert "▲ warning CF210 it fails (no-check, compose.yaml:1)" in (title.text or "")
    shown = [each for each in box.iter() if (each.text or "").startswith("▲ 1 warning")]
    assert ["cg-f-warning" in each.get("class", "") for each in shown] == [True]


def test_without_links_it_is_an_image_and_with_links_a_group() -> None:
    drawing = draw(small())
    assert ElementTree.fromstring(picture(drawing)).get("role") == "img"
    linked = small()
    finding = linked.findings[0]._replace(link="#finding-7")
    root = ElementTree.fromstring(picture(draw(linked._replace(findings=(finding,)))))
    assert root.get("role") == "group"
    assert {each.get("href") for each in root.iter("{http://www.w3.org/2000/svg}a")} == {
        "#finding-7"
    }


def test_several_pictures_are_one_without_an_id_twice() -> None:
    text = stacked([picture(draw(small()), "a"), picture(draw(small("api")), "b")])
    ids = [each.get("id") for each in ElementTree.fromstring(text).iter() if each.get("id")]
    assert len(ids) == len(set(ids)) > 4


def test_lines_of_a_megabyte_are_cut() -> None:
    long = "x" * 1_000_000
    graph = graph_of(
        f"services:\n  {long}: {{image: {long}, volumes: ['./{long}:/x'], depends_on: [web]}}\n"
        "  web: {image: nginx:1.30}\n"
    )
    drawing = draw(graph)
    assert len(to_dot(drawing)) + len(to_mermaid([drawing])) < 20_000
    assert len(picture(drawing)) < 40_000


def test_light_colours_differ_so_that_they_can_be_told_apart() -> None:
    light = [light for light, _ in COLORS.values()]
    assert len(set(light)) == len(light)


def test_what_graphviz_would_not_write_is_refused() -> None:
    for text in ("", "<svg", "<html/>", '<svg xmlns="http://www.w3.org/2000/svg"/>'):
        with pytest.raises(LayoutError):
            dressed(text, draw(small()))


def test_a_layout_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    dot = to_dot(draw(small()))
    monkeypatch.setattr(layout, "MOST_OUTPUT", 100)
    with pytest.raises(LayoutError, match="more than 100 bytes"):
        lay_out(dot)
    monkeypatch.setattr(layout, "SECONDS", 0)
    with pytest.raises(LayoutError, match="longer than 0 seconds"):
        lay_out(dot)
    monkeypatch.setattr(layout, "MOST_INPUT", 100)
    with pytest.raises(LayoutError, match="too large"):
        lay_out(dot)


def test_an_error_of_the_layout_is_told() -> None:
    with pytest.raises(LayoutError, match=r"the layout failed: .*syntax error"):
        lay_out("graph {")


# --- large stacks


def many(count: int, **more: object) -> Graph:
    one = small().services[0]._replace(findings=())
    services = tuple(
        one._replace(name=f"{'abcdefgh'[n % 8]}{n % 5}-{n}", kind="database" if n % 3 else "")
        for n in range(count)
    )
    return small(services=services, findings=(), **more)


@pytest.mark.parametrize(("count", "boxes"), [(60, 60), (61, 8), (1000, 8)])
def test_more_than_sixty_services_are_put_together(count: int, boxes: int) -> None:
    drawing = draw(many(count))
    assert len(drawing.boxes) == boxes
    told = " ".join(row.text for box in drawing.boxes for row in box.rows)
    if count == 61:
        assert all(each.name in told for each in many(count).services)


def test_services_without_a_common_word_are_put_together_by_their_kinds() -> None:
    one = small().services[0]._replace(findings=())
    services = tuple(
        one._replace(name=f"{chr(97 + n % 26)}{chr(97 + n // 26)}x", kind=("database", "")[n % 2])
        for n in range(100)
    )
    titles = [box.title for box in draw(small(services=services, findings=())).boxes]
    assert titles == ["databases: 50 services", "others: 50 services"]


def test_so_many_networks_that_nothing_helps_are_one_box_in_the_end() -> None:
    graph = many(200)
    services = tuple(each._replace(networks=(f"net{n}",)) for n, each in enumerate(graph.services))
    assert len(draw(graph._replace(services=services)).boxes) == 60


def test_lines_to_what_everything_uses_become_words() -> None:
    graph = many(30)
    hub = graph.services[0].name
    edges = tuple(
        Edge("talks", each.name, hub, "service", "9092", "", True) for each in graph.services[1:]
    )
    drawing = draw(graph._replace(edges=edges))
    assert drawing.lines == ()
    rows = [[row.text for row in box.rows] for box in drawing.boxes]
    assert "used by 29 others" in rows[0]
    assert all(f"talks to {hub}" in texts for texts in rows[1:])


def test_many_open_ports_become_words() -> None:
    graph = many(10)
    port = Publication("80", 80, "tcp", "world", "")
    services = tuple(each._replace(ports=(port,)) for each in graph.services)
    few = draw(graph._replace(services=(services[0], *graph.services[1:])))
    assert [(each.source, each.target) for each in few.lines] == [("world", "s0")]
    much = draw(graph._replace(services=services))
    assert much.lines == ()
    assert all("► 80 to the world" in [row.text for row in box.rows] for box in much.boxes)


def test_a_large_stack_is_laid_out_in_time() -> None:
    graph = many(60)
    names = [each.name for each in graph.services]
    edges = tuple(
        Edge("talks", one, other, "service", "80", "", True)
        for n, one in enumerate(names)
        for other in names[n + 1 : n + 4]
    )
    assert "</svg>" in picture(draw(graph._replace(edges=edges)))
