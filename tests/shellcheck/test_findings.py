"""Findings of ShellCheck at their place in the Dockerfile, its edits, and which are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checks import fix_text, place
from composelint.linter.config.layers import Layer
from composelint.linter.report import RenderOptions, render
from composelint.linter.rule import Edit, Severity
from composelint.linter.rulebook.pages import explain, facts
from composelint.linter.rulebook.registry import find
from composelint.linter.rulebook.selection import Selection
from composelint.linter.shellcheck import check as shellcheck
from scripts import comment, dockerfile, lint, reporting, shown

FINDINGS = [
    ("RUN cp $A b\n", ["2:8 SC2086 $A"]),
    ("RUN true \\\n  && cp $A \\\n# c\n\n  $B\n", ["3:9 SC2086 $A", "6:3 SC2086 $B"]),
    ("RUN <<EOF\nset -e\ncp $A b\nEOF\n", ["4:4 SC2086 $A"]),
    ("RUN <<-EOF\n\tcp $A b\n\tEOF\n", ["3:5 SC2086 $A"]),
    ("RUN bash <<'EOF'\ncp $A b\nEOF\n", ["3:4 SC2086 $A"]),
    ("RUN cat <<EOF > $A\n$A\nEOF\n", ["2:17 SC2086 $A"]),
    ("ONBUILD RUN cp $A b\n", ["2:16 SC2086 $A"]),
    ("RUN x=ä; y=😀; echo $x\t$y $A\r\n", ["2:26 SC2086 $A"]),
    ("RUN cp \\\r\n $A b\r\n", ["3:2 SC2086 $A"]),
    # Set, but to an unknown value.
    ("ARG x\nRUN cp $x b\n", ["3:8 SC2086 $x"]),
    ("ENV x=1\nRUN cp $x b\n", ["3:8 SC2086 $x"]),
    ("RUN cp \"$x\" b\n", ["2:9 SC2154 $x"]),
    ("ARG x\nRUN cp \"$x\" b\n", []),
    ("RUN echo \"$http_proxy\"\n", []),
    # A file of the image, which cannot be followed; a heredoc's own first line.
    ("RUN . /etc/os-release && . \"$HOME/x\"\n", []),
    ("RUN <<EOF\n#!/bin/sh\necho\nEOF\n", []),
    # Blanks of a continuation are not a problem.
    ("RUN echo a \\\n      b \\\n      c\n", []),
    # `else` and `if` on two lines that are continued, with an `fi` each.
    ("RUN if a; then b; \\\n  else \\\n    if c; then d; fi; \\\n  fi\n", []),
    ("RUN if a; then b; \\\n  else if c; then d; fi; \\\n  fi\n", ["3:3 SC1075 "]),
    # Directives of ShellCheck.
    ("RUN <<EOF\n# shellcheck disable=SC2086\ncp $A b\ncp $A b\nEOF\n", []),
    ("RUN <<EOF\ntrue\n# shellcheck disable=SC2086\ncp $A b\ncp $A b\nEOF\n", ["6:4 SC2086 $A"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FINDINGS)
def test_findings_have_the_place_of_their_text(text: str, expected: list[str]) -> None:
    assert shown(lint("FROM debian\n" + text).reported) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM debian\nRUN echo -e a\n", ["SC3036"]),
        ("FROM alpine\nRUN echo -e a\n", []),
        ("FROM redhat/ubi9\nRUN echo -e a\n", []),
        ("FROM example.com/x\nRUN echo -e a\n", []),
        ("FROM debian\nRUN /bin/echo -e a\n", []),
        ("FROM debian\nRUN [[ $A = b ]]\n", ["SC3010"]),
        ('FROM debian\nSHELL ["/bin/bash", "-c"]\nRUN [[ $A == b ]]\n', []),
        ("FROM debian\nRUN <<EOF\ncd /x\nls\nEOF\n", ["SC2164"]),
        ('FROM debian\nSHELL ["/bin/sh", "-ec"]\nRUN <<EOF\ncd /x\nls\nEOF\n', []),
    ],
)
def test_findings_depend_on_the_shell_and_its_options(text: str, expected: list[str]) -> None:
    assert [item.code for item in lint(text).reported] == expected


@pytest.mark.parametrize(
    ("text", "expected", "related"),
    [
        ("RUN if true; then echo\n", ["2:5 SC1046 "], 1),
        ("RUN for i in 1 2; echo $i; done\n", ["2:19 SC1058 "], 0),
        ('RUN echo "x\n', ["2:10 SC1073 "], 1),
        # Not the shell's syntax yet.
        ("RUN {% if x %} a\n", []  , 0),
    ],
)  # fmt: skip
def test_one_syntax_error_is_one_finding(text: str, expected: list[str], related: int) -> None:
    reported = lint("FROM debian\n" + text).reported
    assert shown(reported) == expected
    assert sum(len(item.related) for item in reported) == related
    assert all(item.severity is Severity.ERROR for item in reported)


FIXED = [
    ("RUN cp $A b\n", 'RUN cp "$A" b\n'),
    ("RUN cp $A$B c\n", 'RUN cp "$A""$B" c\n'),
    ("RUN cp \\\n  $A \\\n  b\n", 'RUN cp \\\n  "$A" \\\n  b\n'),
    ("RUN cp $A\\\n $B\n", 'RUN cp "$A"\\\n "$B"\n'),
    ("RUN cp \\\n$A b\n", 'RUN cp \\\n"$A" b\n'),
    ("RUN <<EOF\ncp $A `b`\nEOF\n", 'RUN <<EOF\ncp "$A" $(b)\nEOF\n'),
    ("RUN <<-EOF\n\tcp $A b\n\tEOF\n", 'RUN <<-EOF\n\tcp "$A" b\n\tEOF\n'),
    ("RUN cp $A b\r\n", 'RUN cp "$A" b\r\n'),
    # A name in the plural may contain several words, which quotes would join.
    ("RUN apt-get install ${PACKAGES} $A\n", 'RUN apt-get install ${PACKAGES} "$A"\n'),
    ("RUN ./configure $opts $STATUS\n", 'RUN ./configure $opts "$STATUS"\n'),
    # The edit would have to cross a line.
    ("RUN echo `a \\\n  b`\n", "RUN echo $(a \\\n  b)\n"),
    # Data stays data.
    ("COPY <<EOF /x\n$A `b`\nEOF\n", "COPY <<EOF /x\n$A `b`\nEOF\n"),
]


@pytest.mark.parametrize(("before", "after"), FIXED)
def test_edits_are_applied_and_fix_the_finding(before: str, after: str) -> None:
    def fixed(text: str) -> str:
        outcome = fix_text(text, "Dockerfile", "SC2086", "SC2006", unsafe=True)
        assert outcome.converged
        assert outcome.dropped == []
        return outcome.after.get("Dockerfile", text)

    head = "FROM debian\n"
    assert fixed(head + before) == head + after
    assert fixed(head + after) == head + after


def test_edits_are_unsafe_and_name_the_new_text() -> None:
    (item,) = lint("FROM debian\nRUN cp $A b\n").reported
    assert item.fix is not None
    assert item.fix.applicability.label == "unsafe"
    assert item.fix.title == 'write "$A" for $A'


# --- edits of the program ------------------------------------------------------------------

OPEN, CLOSE = "afterEnd", "beforeStart"
EDITS = [
    ("cp $A b", [(4, 4, '"', OPEN), (6, 6, '"', CLOSE)], 'cp "$A" b'),
    ("cp `a` b", [(4, 5, "$(", OPEN), (6, 7, ")", CLOSE)], "cp $(a) b"),
    ("cp $A \\\n b", [(6, 9, "x", OPEN)], None),
    ("cp a", [(4, 5, "x\ny", OPEN)], None),
    ("cp a", [(4, 4, "x", OPEN), (4, 4, "y", OPEN)], None),
    ("cp abc", [(4, 6, "x", OPEN), (5, 7, "y", OPEN)], None),
    ("cp abc", [(4, 99, "x", OPEN)], None),
]


@pytest.mark.parametrize(("text", "edits", "after"), EDITS)
def test_edits_that_cannot_be_applied_are_not_offered(
    text: str, edits: list[tuple[int, int, str, str]], after: str | None, tmp_path: Path
) -> None:
    program = reporting(tmp_path, comment(3, 4, 6, fix=edits))
    outcome = shellcheck.check(
        [dockerfile(f"FROM debian\nRUN {text}\n")], program, Selection("all")
    )
    (item,) = outcome.found
    if after is None:
        assert item.fix is None
        return
    assert item.fix is not None
    changed = item.span.file.text
    for edit in reversed(item.fix.edits):
        assert isinstance(edit, Edit)
        changed = changed[: edit.span.start] + edit.replacement + changed[edit.span.end :]
    assert changed == f"FROM debian\nRUN {after}\n"


# --- which findings are reported -----------------------------------------------------------

LEVELS = (("error", 2261), ("warning", 2154), ("warning", 2046), ("info", 2086), ("style", 2006))
SELECTED = [
    ({}, {2261, 2154}),
    ({"preset": "production"}, {2261, 2154}),
    ({"preset": "hardened"}, {2261, 2154}),
    ({"preset": "style"}, {2006}),
    ({"preset": "all"}, {2261, 2154, 2046, 2086, 2006}),
    ({"select": ["SC"]}, {2261, 2154, 2046, 2086, 2006}),
    ({"select": ["shellcheck"]}, {2261, 2154, 2046, 2086, 2006}),
    ({"select": ["SC20"]}, {2046, 2086, 2006}),
    ({"select": ["SC2086"]}, {2086}),
    ({"select": ["sc2086"]}, {2086}),
    ({"select": ["CF"]}, set()),
    ({"extend_select": ["SC2086"]}, {2261, 2154, 2086}),
    ({"ignore": ["SC2154"]}, {2261}),
    ({"ignore": ["SC"]}, set()),
    ({"ignore": ["SC"], "extend_select": ["SC2086"]}, {2086}),
    ({"layers": [Layer(ignore=("SC2154",))]}, {2261}),
    ({"layers": [Layer(ignore=("SC",))], "extend_select": ["SC2086"]}, {2086}),
    ({"layers": [Layer(select=("SC2086",))], "preset": "recommended"}, {2261, 2154}),
    ({"layers": [Layer(locked=("SC2086",))], "ignore": ["SC"]}, {2086}),
]  # fmt: skip


@pytest.mark.parametrize(("choice", "codes"), SELECTED)
def test_level_preset_and_selectors_decide_which_findings_are_reported(
    choice: dict[str, Any], codes: set[int], tmp_path: Path
) -> None:
    program = reporting(
        tmp_path, *(comment(3, 1, 2, code=code, level=level) for level, code in LEVELS)
    )
    selection = Selection(**choice)
    outcome = shellcheck.check([dockerfile("FROM debian\nRUN a\n")], program, selection)
    assert {item.code for item in outcome.found} == {f"SC{code}" for code in codes}
    if outcome.ran:
        assert len(outcome.found) + len(outcome.unwanted) == len(LEVELS)


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (("error", 1073), "error"),
        (("error", 1046), "error"),
        (("error", 2261), "warning"),
        (("error", 1087), "warning"),
        (("warning", 1073), "warning"),
        (("warning", 2154), "warning"),
        (("info", 2086), "info"),
        (("style", 2006), "info"),
    ],
)
def test_only_what_a_shell_cannot_read_is_an_error(
    level: tuple[str, int], severity: str, tmp_path: Path
) -> None:
    program = reporting(tmp_path, comment(3, 1, 2, level=level[0], code=level[1]))
    outcome = shellcheck.check([dockerfile("FROM a\nRUN a\n")], program, Selection("all"))
    assert [item.severity.label for item in outcome.found] == [severity]


def test_the_configuration_can_change_severities(tmp_path: Path) -> None:
    program = reporting(tmp_path, comment(3, 1, 2, level="info"))
    selection = Selection("all", severities={"SC": Severity.WARNING, "SC2086": Severity.ERROR})
    outcome = shellcheck.check([dockerfile("FROM a\nRUN a\n")], program, selection)
    assert [item.severity.label for item in outcome.found] == ["error"]


# --- comments ------------------------------------------------------------------------------

SUPPRESSED = [
    ("# composelint: ignore[SC2086] why\nRUN cp $A b\n", []),
    ("RUN x && \\\n  # composelint: ignore[SC2086] why\n  cp $A b && \\\n  cp $B b\n", ["5:6 SC2086 $B"]),
    ("# composelint: file-ignore[SC2086] why\nRUN cp $A b\nRUN cp $A b\n", []),
    ("# composelint: ignore[shellcheck] why\nRUN cp $A b\n", []),
    ("# hadolint ignore=SC2086\nRUN cp $A b\nRUN cp $A b\n", ["4:8 SC2086 $A"]),
    ("# hadolint ignore=DL3008,SC2086\nRUN cp $A b\n", []),
    ("# hadolint global ignore=SC2086\nRUN a\nRUN cp $A b\n", []),
    ("# shellcheck disable=SC2086\nRUN cp $A b\n", []),
    ("# shellcheck disable=SC2086 # why\nRUN cp $A b\n", []),
    ("# shellcheck disable=SC2046,SC2086\nRUN cp $A b\n", []),
    ("# shellcheck disable=SC2000-SC2999\nRUN cp $A b\n", []),
    ("# shellcheck disable=all\nRUN cp $A b\n", []),
    ("# shellcheck disable=SC2046\nRUN cp $A b\n", ["3:8 SC2086 $A"]),
    ("RUN x && \\\n  # shellcheck disable=SC2086\n  cp $A b && \\\n  cp $B b\n", ["5:6 SC2086 $B"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SUPPRESSED)
def test_comments_suppress_findings(text: str, expected: list[str]) -> None:
    result = lint("FROM debian\n" + text)
    assert shown(result.reported) == expected
    assert all(item.code.startswith("SC") for item in result.diagnostics)


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("# composelint: ignore[SC2086] why\nRUN cp b c\n", ["LN010"]),
        ("# composelint: ignore[SC9999] why\nRUN cp b c\n", ["LN010"]),
        ("# composelint: ignore[SC20] why\nRUN cp b c\n", ["LN011"]),
        # A code that the preset does not select can be suppressed: another tool may report it.
        ("# composelint: ignore[SC2086] why\nRUN cp $A c\n", []),
        ("# shellcheck disable=SC2086\nRUN cp b c\n", []),
    ],
)
def test_comments_that_suppress_nothing_are_reported(text: str, complaints: list[str]) -> None:
    selection = Selection(select=["LN", "SC2154"])
    result = lint("FROM debian\n" + text, selection=selection)
    assert [item.code for item in result.reported] == complaints


# --- pages and reports ---------------------------------------------------------------------


def test_a_code_has_a_page_with_a_link() -> None:
    (rule,) = find("sc2086")
    page = explain([rule], "markdown")
    assert page.startswith("# shellcheck (SC2086)\n")
    assert "<https://www.shellcheck.net/wiki/SC2086>" in page
    assert "# composelint: ignore[SC2086] the reason" in page
    assert facts(rule)["url"] == "https://www.shellcheck.net/wiki/SC2086"


@pytest.mark.parametrize("name", ["full", "json", "sarif", "markdown", "gitlab"])
def test_reports_link_to_the_wiki(name: str) -> None:
    text = render(name, lint("FROM debian\nRUN cp $A b\n"), RenderOptions())
    assert "SC2086" in text
    assert name == "gitlab" or "https://www.shellcheck.net/wiki/SC2086" in text


def test_findings_in_inline_dockerfiles_have_places_in_the_compose_file() -> None:
    text = (
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM debian\n"
        "        # shellcheck disable=SC2006\n        RUN cp $$A `x`\n        RUN cp $$B `x`\n"
    )
    result = lint(text, name="compose.yaml")
    assert shown(result.reported) == [
        "7:16 SC2086 $$A",
        "7:20 SC2046 `x`",
        "8:16 SC2086 $$B",
        "8:20 SC2006 `x`",
        "8:20 SC2046 `x`",
    ]
    assert [place(item.span.origin) for item in result.diagnostics if item.suppressed] == ["7:20"]
