"""Source lines with markers; in the tables « and » are around the marked text."""

from __future__ import annotations

import re

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions
from composelint.linter.report.excerpt import Mark, excerpt, last_line
from composelint.linter.report.style import Paint, cells
from hypothesis import given
from hypothesis import strategies as st
from report_samples import marked

CASES = {
    "a word": (
        "services:\n  «web»: {}\n",
        """
2 |   web: {}
  |   ^^^
""",
    ),
    "the first and the last character": (
        "«a»b«c»",
        """
1 | abc
  | ^
  |   ^
""",
    ),
    "nothing, before a character": (
        "FROM«» alpine\n",
        """
1 | FROM alpine
  |     ^
""",
    ),
    "nothing, at the end of a line": (
        "FROM alpine«»\nRUN x\n",
        """
1 | FROM alpine
  |            ^
""",
    ),
    "nothing, at the end of a file": (
        "FROM alpine«»",
        """
1 | FROM alpine
  |            ^
""",
    ),
    "nothing, behind the last line": (
        "FROM alpine\n«»",
        """
2 |
  | ^
""",
    ),
    "nothing, in an empty line": (
        "a\n«»\nb\n",
        """
2 |
  | ^
""",
    ),
    "a line with its ending": (
        "a: 1\n«b: 2\n»c: 3\n",
        """
2 | b: 2
  | ^^^^
""",
    ),
    "only a line ending": (
        "a: 1«\n»b: 2\n",
        """
1 | a: 1
  |     ^
""",
    ),
    "CR LF": (
        "a: 1\r\nb: «2»\r\n",
        """
2 | b: 2
  |    ^
""",
    ),
    "CR LF within": (
        "a: 1«\r\n»b: 2\r\n",
        """
1 | a: 1
  |     ^
""",
    ),
    "a lone CR is shown": (
        "a: «1\r2»\n",
        """
1 | a: 1\\r2
  |    ^^^^
""",
    ),
    "tabs before and within": (
        "\t\tcurl «a\tb»\n",
        """
1 |         curl a    b
  |              ^^^^^^
""",
    ),
    "wide characters": (
        "image: 日本 «語é» # x\n",
        """
1 | image: 日本 語é # x
  |             ^^^
""",
    ),
    "combining characters and emoji": (
        "e\u0301e\u0301 «x👍🏽» y\n",
        """
1 | e\u0301e\u0301 x👍🏽 y
  |    ^^^^^
""",
    ),
    "control and invisible characters": (
        "a\x1b[31m «b\u200bc»\u202e\n",
        """
1 | a\\x1b[31m b\\u200bc\\u202e
  |           ^^^^^^^^
""",
    ),
    "a command of a CI system": (
        "x: ##vso[task.x]«y»\n",
        """
1 | x: ##vso\\x5btask.x]y
  |                    ^
""",
    ),
    "two lines": (
        "«RUN a \\\n    b»\nRUN c\n",
        """
1 | / RUN a \\
2 | |     b
  | |_____^
""",
    ),
    "four lines, indented": (
        "x:\n  «a: 1\n  b: 2\n  c: 3\n  d: 4»\n",
        """
2 | /   a: 1
3 | |   b: 2
4 | |   c: 3
5 | |   d: 4
  | |______^
""",
    ),
    "five lines": (
        "«a\nb\nc\nd\ne»\n",
        """
1 | / a
2 | | b
... |
5 | | e
  | |_^
""",
    ),
    "ten lines, numbers of two digits": (
        "«" + "line\n" * 10 + "»end\n",
        """
 1 | / line
 2 | | line
...  |
10 | | line
   | |____^
""",
    ),
    "several lines that begin inside a line": (
        "env: «{a: 1,\n  b: 2}»\n",
        """
1 |   env: {a: 1,
  |  ______^
2 | |   b: 2}
  | |_______^
""",
    ),
    "two places on one line": (
        'ports: [«"80:80"», «"80:81"»]\n',
        """
1 | ports: ["80:80", "80:81"]
  |         ^^^^^^^
  |                  ^^^^^^^
""",
    ),
    "places on neighbouring lines": (
        "- «a»\n- «b»\n",
        """
1 | - a
  |   ^
2 | - b
  |   ^
""",
    ),
    "places far apart": (
        "- «a»\n-\n-\n- «b»\n",
        """
1 | - a
  |   ^
...
4 | - b
  |   ^
""",
    ),
    "a place within a long one": (
        "«a:\n  b: 1\n  c: 2\n  d: «3»»\ne: 4\n",
        """
1 | / a:
2 | |   b: 1
3 | |   c: 2
4 | |   d: 3
  | |______^
  |        ^
""",
    ),
}


def lines_of(text: str, width: int = 140, path: str = "f") -> str:
    """The excerpt of a text with marks."""
    file, spans = marked(text, path)
    marks = [Mark(span, "error", "^") for span in spans]
    gutter = max(len(str(last_line(span))) for span in spans)
    return "\n".join(excerpt(marks, gutter, width, Paint(RenderOptions()))) if file.text else ""


@pytest.mark.parametrize(("text", "shown"), CASES.values(), ids=CASES)
def test_marked_lines_are_shown(text: str, shown: str) -> None:
    assert lines_of(text) == shown.strip("\n")


def test_an_unread_file_has_no_excerpt() -> None:
    assert (
        excerpt(
            [Mark(Span(SourceFile("f", ""), 0, 0), "error", "^")], 1, 80, Paint(RenderOptions())
        )
        == []
    )


LONG = {
    "the end of a long line": (
        "x" * 100 + "«needle»",
        """
1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxneedle
  |                                      ^^^^^^
""",
    ),
    "the beginning": (
        "«needle»" + "x" * 100,
        """
1 | needlexxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
  | ^^^^^^
""",
    ),
    "the middle": (
        "x" * 100 + "«needle»" + "y" * 100,
        """
1 | ...xxxxxxxxxxxxxxxxxneedleyyyyyyyyyyyyyyyyy...
  |                     ^^^^^^
""",
    ),
    "more than fits": (
        "a: «" + "x" * 100 + "» b",
        """
1 | a: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
  |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    ),
    "wide characters": (
        "日" * 50 + "«本»" + "語" * 50,
        """
1 | ...日日日日日日日日日本語語語語語語語語語語...
  |                      ^^
""",
    ),
    "two parts of one line": (
        "«a»" + "x" * 200 + "«b»",
        """
1 | axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
  | ^
1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxb
  |                                           ^
""",
    ),
}


@pytest.mark.parametrize(("text", "shown"), LONG.values(), ids=LONG)
def test_long_lines_are_cut_around_the_mark(text: str, shown: str) -> None:
    assert lines_of(text, width=50) == shown.strip("\n")


_TEXT = st.text(st.sampled_from("ab \t\r\né日e\u0301\u200b#v[so:x"), max_size=60)


@given(text=_TEXT, places=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=3), width=st.integers(0, 120))  # fmt: skip
def test_every_span_can_be_shown(text: str, places: list[tuple[int, int]], width: int) -> None:
    file = SourceFile("f", text)
    spans = [Span(file, min(a, b, len(text)), min(max(a, b), len(text))) for a, b in places]
    marks = [Mark(span, "error", "^") for span in spans]
    gutter = max(len(str(last_line(span))) for span in spans)
    lines = excerpt(marks, gutter, width, Paint(RenderOptions()))
    if not file.text:
        assert lines == []
        return
    assert sum("^" in line for line in lines) >= 1
    for line in lines:
        assert line.isprintable()
        assert cells(line) <= max(width, 60)
        assert re.match(r"( *\d+ \||\.\.\.| +\|)", line)


def test_many_zero_width_characters_are_cut() -> None:
    text = "a" + "\u0301" * 200_000 + "b"
    file = SourceFile("f", text)
    lines = excerpt([Mark(Span(file, 0, 1), "error", "^")], 1, 80, Paint(RenderOptions()))
    assert len("".join(lines)) < 1000
