"""Properties of every format."""

from __future__ import annotations

import json
from collections import Counter
from typing import cast

import pytest
from checks import no_hang, part_of, run_python
from composelint.linter.base.names import FORMATS
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.result import Result
from composelint.linter.rule import Edit, Fix, Related, Severity
from report_readers import READERS
from report_samples import SAFE, finding, marked, result_of, sample

PLAIN = RenderOptions(rules={})
EXPECTED = [
    ("api/Dockerfile", 2, "DF110"),
    ("api/Dockerfile", 5, "DF301"),
    ("broken.yaml", 1, "LN003"),
    ("compose.yaml", 2, "CF210"),
    ("compose.yaml", 3, "CF401"),
    ("compose.yaml", 5, "CF118"),
    ("compose.yaml", 7, "CF901"),
    ("deploy/compose.override.yaml", 3, "CF118"),
    ("deploy/compose.override.yaml", 3, "CF118"),
    ("inline.yaml", 3, "DF999"),
]
FOLDING = ("full", "grouped", "markdown")
FOLDED = list(dict.fromkeys(EXPECTED))
"""What the formats for people show of it: one entry for the findings of a rule in a file."""


def test_every_format_has_a_reader_here() -> None:
    assert list(READERS) == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_all_formats_report_the_same_findings(name: str) -> None:
    items = list(READERS[name](render(name, sample(), PLAIN)))
    expected = FOLDED if name in FOLDING else EXPECTED
    assert Counter(items) == Counter(expected)
    if name != "github":
        assert items == expected


def test_github_sorts_by_severity_and_keeps_the_order_otherwise() -> None:
    codes = [code for _, _, code in READERS["github"](render("github", sample(), PLAIN))]
    assert codes == [
        "LN003", "CF118",
        "DF301", "CF210", "CF118", "CF118", "DF999",
        "DF110", "CF401", "CF901",
    ]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_findings_make_the_same_report(name: str) -> None:
    assert render(name, sample(), PLAIN) == render(name, sample(), PLAIN)


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_without_findings_is_readable(name: str) -> None:
    text = render(name, result_of([], files=3), PLAIN)
    assert list(READERS[name](text)) == []
    assert text == "" or text.endswith("\n")


@pytest.mark.parametrize("name", ["full", "concise", "grouped", "markdown", "sarif", "junit"])
def test_suppressed_findings_are_shown_on_demand(name: str) -> None:
    options = PLAIN._replace(show_suppressed=True)
    items = list(READERS[name](render(name, sample(), options)))
    assert Counter(items) - Counter(EXPECTED) == Counter([("compose.yaml", 6, "CF900")])


LINES = (
    "azure",
    "checkstyle",
    "concise",
    "github",
    "gitlab",
    "grouped",
    "junit",
    "rdjson",
    "sarif",
)
"""The formats that show little but the message of a finding."""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("full", "= brought by: api/Dockerfile, x.env\n"),
        ("markdown", "<br>brought by `api/Dockerfile`, `x.env`"),
        ("json", '"brought_by":["api/Dockerfile","x.env"]'),
        ("json-lines", '"brought_by":["api/Dockerfile","x.env"]'),
        ("sarif", '"properties":{"broughtBy":["api/Dockerfile","x.env"]}'),
        *((name, "(brought by api/Dockerfile, x.env)") for name in LINES),
    ],
)
def test_the_files_that_a_finding_comes_from_are_named(name: str, words: str) -> None:
    _, (span,) = marked("«web»: {}\n")
    item = finding(span, brought_by=("api/Dockerfile", "x.env"))
    others = result_of([finding(span)])
    assert words in render(name, result_of([item]), PLAIN)
    assert words not in render(name, others, PLAIN)


def test_formats_need_no_new_attributes_of_results() -> None:
    """Formats read only the attributes that every version of a result has."""

    class Grown:
        def __init__(self) -> None:
            source = sample()
            self.diagnostics = source.diagnostics
            self.reported = source.reported
            self.counts = source.counts
            self.files = source.files
            self.failed = False
            self.change = source.change
            self.fixed = source.fixed
            self.something_new = object()

    for name in FORMATS:
        assert render(name, cast(Result, Grown()), PLAIN) == render(name, sample(), PLAIN)


@pytest.fixture(scope="module")
def many() -> Result:
    items = []
    for number in part_of(range(250)):
        text = "".join(
            f'  service{index}:\n    image: nginx:{index} # é\n    ports:\n      - "80{index}:80"\n'
            for index in range(40)
        )
        file = SourceFile(f"folder/{number}/compose.yaml", text)
        for index in range(20):
            start = text.index(f"  service{index * 2}:") + 2
            span = Span(file, start, start + 8)
            items.append(
                finding(
                    span,
                    f'service "service{index}" has no health check',
                    severity=Severity(1 + index % 3),
                    help="add one",
                    subject=f"services.service{index}",
                    related=[Related(Span(file, start + 20, start + 25), "here")],
                    fix=Fix("add one", (Edit(span, "x"),), SAFE),
                )
            )
    return result_of(items, files=250)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", FORMATS)
def test_many_findings_take_no_time(name: str, many: Result) -> None:
    with no_hang():
        render(name, many, PLAIN)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("char", ["x", "é", "𝒳"])
def test_a_very_long_line_is_not_read_for_each_finding(name: str, char: str) -> None:
    file = SourceFile("compose.yaml", f"{char} " * 500_000)
    items = [finding(Span(file, at, at + 400)) for at in range(0, 1_000_000, 1000)]
    with no_hang():
        render(name, result_of(items), PLAIN)


def test_formats_for_terminals_load_few_modules() -> None:
    """A run that prints text loads no other format."""
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from composelint.linter.report import RenderOptions, render\n"
        "from composelint.linter.result import Result\n"
        "for name in ('full', 'concise', 'grouped'): render(name, Result(), RenderOptions())\n"
        "heavy = {'json', 'rich', 'xml', 'urllib.parse', 'hashlib', 'jsonschema', 'unicodedata'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    assert run_python("-c", program, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("", "a/compose.yaml", "a/compose.yaml"),
        ("deploy", "compose.yaml", "deploy/compose.yaml"),
        ("deploy", "../compose.yaml", "compose.yaml"),
        ("deploy/x", "../compose.yaml", "deploy/compose.yaml"),
    ],
)
@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "azure"])
def test_paths_of_code_annotations_start_at_the_root(
    name: str, base: str, path: str, expected: str
) -> None:
    _, (span,) = marked("«x»: 1\n", path)
    text = render(name, result_of([finding(span)]), PLAIN._replace(base=base))
    assert list(READERS[name](text)) == [(expected, 1, "CF210")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\n«»b\n", (2, 1)),
        ("a\nb«\n»", (2, 2)),
        ("a\nb\n«»", (2, 2)),
        ("a\r\nb\r\n«»", (2, 2)),
        ("a\r\nb«\r\n»", (2, 2)),
        ("«»", (1, 1)),
        ("«\n»", (1, 1)),
        ("\n\n«»", (2, 1)),
    ],
)
def test_annotations_are_on_lines_that_exist(text: str, place: tuple[int, int]) -> None:
    _, (span,) = marked(text)
    log = json.loads(render("sarif", result_of([finding(span)]), PLAIN))
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == place
    assert (region["endLine"], region["endColumn"]) >= place
    for name in ("github", "gitlab", "azure"):
        items = list(READERS[name](render(name, result_of([finding(span)]), PLAIN)))
        assert items == [("compose.yaml", place[0], "CF210")]
