"""The format ``markdown``."""

from __future__ import annotations

import re

import pytest
from composelint.linter.base.escape import markdown, markdown_code, markdown_prose
from composelint.linter.report import RenderOptions, render
from report_readers import Page
from report_samples import finding, marked, result_of, sample, write

PAGE = "https://github.com/composelint/composelint/blob/main/docs/rules"

EXPECTED = f"""\
## composelint

Found **2 errors**, **5 warnings** and **3 infos** in 5 files (shown as 9 entries, 1 suppressed). 1 fixable with `--fix` (2 more with `--unsafe-fixes`).

| Severity | Where | Rule | What |
|---|---|---|---|
| info | `api/Dockerfile:2:1` | [`DF110`]({PAGE}/update-apart.md)<br>update-apart | two layers |
| warning | `api/Dockerfile:5:1` | [`DF301`]({PAGE}/root-user.md)<br>root-user | the container runs as "root" |
| **error** | `broken.yaml:1:1` | [`LN003`]({PAGE}/bytes.md)<br>bytes | byte 0xff at offset 3 is not UTF-8 |
| warning | `compose.yaml:2:3` | [`CF210`]({PAGE}/missing-healthcheck.md)<br>missing-healthcheck | service "web" has no health check<br>add a health check, or say why not |
| info | `compose.yaml:3:12` | [`CF401`]({PAGE}/mutable-tag.md)<br>mutable-tag | tag "latest" moves |
| **error** | `compose.yaml:5:9` | [`CF118`]({PAGE}/port-collision.md)<br>port-collision | host port 8080 is published twice |
| info | `compose.yaml:7:12` | [`CF901`]({PAGE}/missing-newline.md)<br>missing-newline | no newline at the end |
| warning | `deploy/compose.override.yaml:3:13` | [`CF118`]({PAGE}/port-collision.md)<br>port-collision | same |
| warning | `inline.yaml:3:5` | [`DF999`]({PAGE}/inline.md)<br>inline | embedded |
"""


def test_the_report_is_the_expected_text() -> None:
    assert render("markdown", sample(), RenderOptions()) == EXPECTED


def test_a_clean_report_has_one_line() -> None:
    text = render("markdown", result_of([], files=2), RenderOptions())
    assert text == "## composelint\n\nNo problems found in 2 files.\n"


@pytest.mark.parametrize(
    ("text", "lines"), [("«a»: 1\n", "#L1"), ("a: 1\n«b:\n  c: 1»\n", "#L2-L3")]
)
def test_places_link_to_the_source(text: str, lines: str) -> None:
    _, (span,) = marked(text, "a b/compose.yaml")
    report = write("markdown", [finding(span)], source_url="https://x/o/r/blob/abc/", base="deploy")
    assert f"https://x/o/r/blob/abc/deploy/a%20b/compose.yaml{lines}" in Page(report).links


def test_a_report_too_long_for_a_summary_counts_what_it_leaves_out() -> None:
    _, (span,) = marked("«a»: 1\n")
    items = [finding(span, "é" * 5000, f"CF{number}") for number in range(100, 400)]
    text = write("markdown", items)
    assert len(text.encode()) < 1024 * 1024
    rows = sum(len(row) == 4 for row in Page(text).rows)
    match = re.search(r"\n\n(\d+) more findings not shown here\.\n\Z", text)
    assert match is not None
    assert rows + int(match[1]) == 300


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ('service "web": 0.5 CPUs, 12% (ok)', 'service "web": 0.5 CPUs, 12% (ok)'),
        ("a_b*c", "a&#95;b&#42;c"),
        ("<b>", "&#60;b&#62;"),
        ("a|b", "a&#124;b"),
        ("ports[0]", "ports&#91;0&#93;"),
        ("@user", "&#64;<!-- -->user"),
        ("http://x", "http&#58;<!-- -->//x"),
        ("日本", "日本"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert markdown(text) == escaped
    assert Page(f"x {escaped}\n").prose[0].startswith("x ")
    assert "".join(Page(f"x {escaped}").prose).strip() == f"x {text}"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a/b_c.yaml:1:2", "`a/b_c.yaml:1:2`"),
        ("${A:-b}", "`${A:-b}`"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a`b", "<code>a&#96;b</code>"),
        (" a", "<code> a</code>"),
        ("", ""),
    ],
)
def test_code_is_escaped(text: str, escaped: str) -> None:
    assert markdown_code(text) == escaped


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("use `pip install --no-cache-dir`", "use `pip install --no-cache-dir`"),
        ("`a` and `b_c`: <b>", "`a` and `b_c`: &#60;b&#62;"),
        ("write `a|b`", "write <code>a&#124;b</code>"),
        ("write `\\`", "write <code>&#92;</code>"),
        # What is no pair, or none that Markdown takes for one, stays text.
        ("a ` b", "a &#96; b"),
        ("`a` ` b", "`a` &#96; b"),
        ("``a``", "&#96;&#96;a&#96;&#96;"),
        ("`<script>`", "<code>&#60;script&#62;</code>"),
        ("` @user `", "<code> &#64;user </code>"),
        ("@user `@user`", "&#64;<!-- -->user `@user`"),
    ],
)
def test_what_is_in_backticks_is_code(text: str, escaped: str) -> None:
    assert markdown_prose(text) == escaped
    (span,) = marked("«a»: 1\n")[1]
    assert f"| {escaped} |" in write("markdown", [finding(span, text)])
    assert f"| x<br>{escaped} |" in write("markdown", [finding(span, "x", help=text)])


def test_what_a_change_mended_is_a_table_of_its_own_without_links() -> None:
    _, (old, new) = marked("«a»: 1\n«b»: 2\n")
    result = result_of([finding(new, "it is new")])
    result.fixed = [finding(old, "it was there")]
    options = RenderOptions(rules={}, show_fixed=True, source_url="https://x/o/r/blob/abc/")
    text = render("markdown", result, options)
    first, second = text.split("\n### Fixed\n")
    assert "it is new" in first
    assert "https://x/o/r/blob/abc/compose.yaml#L2" in Page(first).links
    assert "it was there" in second
    # The file may be gone, or have other lines.
    assert not [link for link in Page(second).links if link.startswith("https://x/")]
    assert "Fixed" not in render("markdown", result, options._replace(show_fixed=False))


def test_both_tables_together_fit_into_a_comment() -> None:
    _, (span,) = marked("«a»: 1\n")
    items = [finding(span, "é" * 5000, f"CF{number}") for number in range(100, 400)]
    for new, fixed in ((items, items), (items[:60], items), (items, [])):
        result = result_of(new)
        result.fixed = fixed
        text = render("markdown", result, RenderOptions(rules={}, show_fixed=True))
        assert len(text.encode()) < 1_000_000
        left = sum(map(int, re.findall(r"(\d+) more findings not shown here\.", text)))
        rows = sum(len(row) == 4 for row in Page(text).rows)
        assert rows + left == len(new) + len(fixed)
