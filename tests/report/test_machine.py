"""The other formats for programs, each checked by its schema or reader.

No package ships a schema for GitLab's Code Quality report, for Checkstyle's XML or for
Reviewdog's format, so their published facts are written down here: GitLab's
documentation of the report format, what Checkstyle's readers take from its XML, and
``proto/rdf/reviewdog.proto``. JUnit is read by the package junitparser.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from checks import ROOT
from composelint.linter.base.text import EmbeddedSource, SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.places import Units
from composelint.linter.rule import Create, Diagnostic, Edit, Fix, Severity
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml, Skipped
from report_readers import Command, azure_command, commands, github_command
from report_samples import SAFE, UNSAFE, E, I, W, finding, marked, result_of, sample, write

PLAIN = RenderOptions(rules={})
SCHEMAS = ROOT / "schemas"


def errors(schema: Any, data: Any) -> list[str]:
    Draft202012Validator.check_schema(schema)
    schema_errors = Draft202012Validator(schema).iter_errors(data)
    return [f"{list(error.absolute_path)}: {error.message}" for error in schema_errors]


# --- json and json-lines ---


def report_schema() -> Any:
    return json.loads((SCHEMAS / "report.schema.json").read_text("utf-8"))


def closed(schema: Any) -> Any:
    """The schema with only the properties that it describes."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed_schema = {key: closed(value) for key, value in schema.items()}
    if schema.get("type") == "object":
        closed_schema["additionalProperties"] = False
    return closed_schema


def test_json_is_valid_by_its_schema() -> None:
    for result in (sample(), result_of([])):
        data = json.loads(render("json", result, PLAIN))
        assert errors(report_schema(), data) == []
        assert errors(closed(report_schema()), data) == []


def test_the_schema_describes_every_property() -> None:
    def undescribed(schema: Any, path: str) -> list[str]:
        listed = []
        for name, part in schema.get("properties", {}).items():
            listed += undescribed(part, f"{path}.{name}")
            if set(schema["required"]) != set(schema["properties"]):
                listed.append(path)
        return listed

    schema = report_schema()
    parts = {"": schema, **schema["$defs"]}
    assert [path for name, part in parts.items() for path in undescribed(part, name)] == []


def test_json_lines_are_the_items_of_json() -> None:
    lines = [json.loads(line) for line in render("json-lines", sample(), PLAIN).splitlines()]
    assert lines == json.loads(render("json", sample(), PLAIN))["diagnostics"]
    schema = report_schema()
    item = {**schema, **schema["$defs"]["diagnostic"]}
    assert [error for line in lines for error in errors(item, line)] == []


def test_json_contains_totals() -> None:
    data = json.loads(render("json", sample(), PLAIN))
    assert data["summary"] == {
        "files": 5,
        "errors": 2,
        "warnings": 5,
        "infos": 3,
        "fixable": 3,
        "suggestions": 0,
        "suppressed": 1,
    }
    assert len(data["diagnostics"]) == 11


def test_json_places_count_code_points_from_1() -> None:
    _, (span,) = marked("x\n𝒳é«ab\nc»d\n")
    (item,) = json.loads(write("json", [finding(span)]))["diagnostics"]
    assert item["start"] == {"line": 2, "column": 3}
    assert item["end"] == {"line": 3, "column": 2}


def test_json_contains_service_and_stage() -> None:
    _, (span,) = marked("«a»\n")
    items = [finding(span, owner=("service", "web")), finding(span, owner=("stage", "build"))]
    first, second = json.loads(write("json", items))["diagnostics"]
    assert (first["service"], first["stage"]) == ("web", None)
    assert (second["service"], second["stage"]) == (None, "build")


# --- gitlab ---

GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}


def test_gitlab_is_valid_by_its_schema() -> None:
    for result in (sample(), result_of([])):
        assert errors(GITLAB, json.loads(render("gitlab", result, PLAIN))) == []


def test_gitlab_fingerprints_are_unique_and_stable() -> None:
    marks = [item["fingerprint"] for item in json.loads(render("gitlab", sample(), PLAIN))]
    assert len(set(marks)) == len(marks)
    moved = sample()
    file = moved.diagnostics[0].span.file
    _, (span,) = marked(
        "\n\n" + file.text.replace("RUN", "«RUN", 1).replace("true", "true»"), file.path
    )
    moved.diagnostics[0].span = span
    marks_of_moved = [item["fingerprint"] for item in json.loads(render("gitlab", moved, PLAIN))]
    assert marks_of_moved == marks


@pytest.mark.parametrize(("severity", "word"), [(E, "critical"), (W, "major"), (I, "info")])
def test_gitlab_has_words_for_severities(severity: Severity, word: str) -> None:
    _, (span,) = marked("«a»\n")
    (item,) = json.loads(write("gitlab", [finding(span, "wrong", severity=severity)]))
    assert item["severity"] == word
    assert item["description"] == "CF210: wrong"


# --- rdjson ---

_POSITION = {
    "type": "object",
    "required": ["line"],
    "additionalProperties": False,
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
}
_RANGE = {
    "type": "object",
    "required": ["start"],
    "additionalProperties": False,
    "properties": {"start": _POSITION, "end": _POSITION},
}
_LOCATION = {
    "type": "object",
    "required": ["path"],
    "additionalProperties": False,
    "properties": {"path": {"type": "string"}, "range": _RANGE},
}
_LINKED = {"url": {"type": "string", "pattern": "^https://"}}
RDJSON = {
    "type": "object",
    "required": ["diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"name": {"type": "string"}, **_LINKED},
        },
        "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string"},
                    "location": _LOCATION,
                    "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
                    "code": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"value": {"type": "string"}, **_LINKED},
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": _RANGE, "text": {"type": "string"}},
                        },
                    },
                    "related_locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["location"],
                            "additionalProperties": False,
                            "properties": {"message": {"type": "string"}, "location": _LOCATION},
                        },
                    },
                },
            },
        },
    },
}


def test_rdjson_is_valid_by_its_schema() -> None:
    for result in (sample(), result_of([])):
        assert errors(RDJSON, json.loads(render("rdjson", result, PLAIN))) == []


def rd(item: Diagnostic) -> dict[str, Any]:
    (item_of_report,) = json.loads(write("rdjson", [item]))["diagnostics"]
    assert isinstance(item_of_report, dict)
    return item_of_report


def test_rdjson_columns_count_bytes() -> None:
    """As in the format's own example: after ``a𐐀`` comes column 6."""
    _, (span,) = marked("x\na𐐀«b»\n")
    assert rd(finding(span))["location"]["range"] == {
        "start": {"line": 2, "column": 6},
        "end": {"line": 2, "column": 7},
    }


@pytest.mark.parametrize(("severity", "word"), [(E, "ERROR"), (W, "WARNING"), (I, "INFO")])
def test_rdjson_has_a_severity_for_each_finding(severity: Severity, word: str) -> None:
    _, (span,) = marked("«a»\n")
    assert rd(finding(span, severity=severity))["severity"] == word


FILE, (ONE, TWO) = marked("«a»: 1\n«b»: 2\n")
OTHER, (THERE,) = marked("«a»\n", "other.yaml")


@pytest.mark.parametrize(
    ("edits", "suggestion"),
    [
        ((Edit(ONE, "x"),), ((1, 1), (1, 2), "x")),
        ((Edit(Span(FILE, 10, 10), "c: 3\n"),), ((3, 1), (3, 1), "c: 3\n")),
        ((Edit(TWO, "y"), Edit(ONE, "x")), ((1, 1), (2, 2), "x: 1\ny")),
        ((Edit(Span(FILE, 0, 3), "x"), Edit(Span(FILE, 2, 4), "y")), None),
        ((Edit(ONE, "x"), Edit(THERE, "y")), None),
        ((Edit(ONE, "x"), Create(".env", "A=1")), None),
        ((), None),
    ],
)
def test_rdjson_suggests_edits_of_one_file(edits: tuple[Any, ...], suggestion: Any) -> None:
    item = rd(finding(ONE, fix=Fix("t", edits, UNSAFE)))
    if suggestion is None:
        assert "suggestions" not in item
        return
    start, end, text = suggestion
    assert item["suggestions"] == [
        {
            "range": {
                "start": {"line": start[0], "column": start[1]},
                "end": {"line": end[0], "column": end[1]},
            },
            "text": text,
        }
    ]


def test_rdjson_suggests_edits_of_embedded_text_in_its_host() -> None:
    host, (body,) = marked("x: |\n  «RUN»\n")
    embedded = EmbeddedSource(host, "RUN", list(range(body.start, body.end + 1)))
    span = Span(embedded, 0, 3)
    item = rd(finding(span, fix=Fix("t", (Edit(span, "CMD"),), SAFE)))
    assert item["suggestions"][0]["range"]["start"] == {"line": 2, "column": 3}


# --- junit ---


def test_junit_has_a_suite_for_each_file() -> None:
    suites = JUnitXml.fromstring(render("junit", sample(), PLAIN).encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (10, 7, 0, 3)
    assert [suite.name for suite in suites] == [
        "api/Dockerfile",
        "broken.yaml",
        "compose.yaml",
        "deploy/compose.override.yaml",
        "inline.yaml",
    ]
    for suite in suites:
        cases = list(suite)
        results = [result for case in cases for result in case.result]
        assert len(results) == len(cases) == suite.tests
        assert sum(isinstance(result, Failure) for result in results) == suite.failures
        assert sum(isinstance(result, Skipped) for result in results) == suite.skipped


@pytest.mark.parametrize(
    ("item", "kind", "message"),
    [
        (finding(ONE, "wrong", severity=E), "failure", "wrong"),
        (finding(ONE, "wrong", severity=W), "failure", "wrong"),
        (finding(ONE, "wrong", severity=I), "skipped", "info: wrong"),
        (finding(ONE, "wrong", suppressed="old"), "skipped", "suppressed (old): wrong"),
    ],
)
def test_junit_fails_for_findings_that_fail_a_run(
    item: Diagnostic, kind: str, message: str
) -> None:
    root = ElementTree.fromstring(write("junit", [item], show_suppressed=True))
    (case,) = root.iter("testcase")
    assert case.attrib == {
        "name": "CF210 some-rule (1:1)",
        "classname": "compose.yaml",
        "file": "compose.yaml",
        "line": "1",
        "time": "0",
    }
    (child,) = case
    assert (child.tag, child.get("message")) == (kind, message)


def test_junit_of_a_clean_run_has_a_passed_test() -> None:
    (suite,) = JUnitXml.fromstring(render("junit", result_of([]), PLAIN).encode())
    (case,) = suite
    assert case.is_passed


# --- checkstyle ---


def test_checkstyle_has_the_known_elements() -> None:
    root = ElementTree.fromstring(render("checkstyle", sample(), PLAIN))
    assert root.tag == "checkstyle"
    assert set(root.attrib) == {"version"}
    for file in root:
        assert file.tag == "file"
        assert set(file.attrib) == {"name"}
        for error in file:
            assert error.tag == "error"
            assert set(error.attrib) == {"line", "column", "severity", "message", "source"}
            assert error.attrib["severity"] in ("ignore", "info", "warning", "error")
            assert int(error.attrib["line"]) >= 1
            assert int(error.attrib["column"]) >= 1


# --- github ---


def github(*items: Diagnostic, **options: Any) -> list[Command]:
    return commands(write("github", items, **options), github_command)


def test_github_escapes_properties_and_data() -> None:
    _, (span,) = marked("a:\n  «b»: 1\n", "a,b::c/100%.yaml")
    (annotation,) = github(finding(span, "50%: a\n::b", help="do this,\nor: that"))
    assert annotation == (
        "warning",
        {
            "file": "a,b::c/100%.yaml",
            "line": "2",
            "endLine": "2",
            "col": "3",
            "endColumn": "4",
            "title": "CF210 some-rule",
        },
        "50%: a\\n::b\ndo this,\nor: that",
    )


def test_github_gives_columns_only_within_a_line() -> None:
    _, (span,) = marked("«a:\n  b: 1»\n")
    (annotation,) = github(finding(span))
    assert annotation.properties["line"] == "1"
    assert annotation.properties["endLine"] == "2"
    assert not {"col", "endColumn"} & set(annotation.properties)


@pytest.mark.parametrize(
    ("counts", "notice"),
    [
        ({E: 10, W: 10, I: 10}, None),
        ({E: 11}, "1 more error."),
        ({E: 1, W: 12, I: 9}, "2 more warnings."),
        ({W: 12, I: 10}, "2 more warnings and 1 more notice."),
        ({E: 13, W: 12, I: 20}, "3 more errors, 2 more warnings and 11 more notices."),
    ],
)
def test_github_counts_findings_beyond_its_limit(
    counts: dict[Severity, int], notice: str | None
) -> None:
    items = [
        finding(ONE, severity=severity) for severity, count in counts.items() for _ in range(count)
    ]
    annotations = github(*items)
    assert len(annotations) == sum(counts.values()) + (notice is not None)
    notices = [
        command for command in annotations if command.properties.get("title") == "composelint"
    ]
    assert len(notices) == (notice is not None)
    if notice:
        assert notice in notices[0].data
        assert annotations.index(notices[0]) == counts.get(E, 0) + counts.get(W, 0)


# --- azure ---


def test_azure_escapes_properties_and_data() -> None:
    _, (span,) = marked("a:\n  «b»: 1\n", "a;b]c/100%.yaml")
    text = write("azure", [finding(span, "50%; a]\nb", severity=E)])
    assert commands(text, azure_command) == [
        (
            "task.logissue",
            {
                "type": "error",
                "sourcepath": "a;b]c/100%.yaml",
                "linenumber": "2",
                "columnnumber": "3",
                "code": "CF210",
            },
            "50%; a]\\nb",
        )
    ]


@pytest.mark.parametrize(
    ("severity", "kind", "message"),
    [(E, "error", "wrong"), (W, "warning", "wrong"), (I, "warning", "info: wrong")],
)
def test_azure_has_errors_and_warnings(severity: Severity, kind: str, message: str) -> None:
    (command,) = commands(write("azure", [finding(ONE, "wrong", severity=severity)]), azure_command)
    assert (command.properties["type"], command.data) == (kind, message)


def test_positions_in_long_files_are_exact() -> None:
    """Columns are counted in blocks; the border of two blocks counts once."""
    text = "é𝒳a\n" + "é𝒳a" * 5000
    file = SourceFile("f", text)
    for encoding, size in (("utf-8", 1), ("utf-16-le", 2)):
        units = Units(file, encoding)
        for offset in (0, 2, 4, 5, 4095, 4096, 4097, 8192, len(text)):
            at = file.position(offset)
            before = text[offset - at.column + 1 : offset]
            assert units.position(offset) == (at.line, len(before.encode(encoding)) // size + 1)
