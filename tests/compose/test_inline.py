"""Text inside a Compose file: the place of every character, in each style of scalar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from checks import check_text, fix_text, place
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.compose.discover import StackFiles
from composelint.linter.compose.inline import InlineSource, embedded
from composelint.linter.compose.stack import load_stack
from composelint.linter.edits.embedded import hosted
from composelint.linter.engine.settings import Settings
from composelint.linter.files.reader import Reader
from composelint.linter.fixing.engine import FixResult, apply_edits
from composelint.linter.model.project import Project
from composelint.linter.model.stack import Stack
from composelint.linter.result import Result
from composelint.linter.rule import Applicability, Create, Edit, Fix
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.template import Template, parse_template, substitute
from composelint.linter.source.yaml.nodes import Mapping, Scalar
from composelint.linter.source.yaml.parser import parse_yaml
from hypothesis import given
from hypothesis import strategies as st


def scalar(text: str) -> Scalar:
    """The value at the end of the first document's chain of first keys."""
    parsed = parse_yaml(SourceFile("compose.yaml", text))
    assert parsed.problems == []
    node = parsed.documents[0]
    while not isinstance(node, Scalar):
        assert isinstance(node, Mapping)
        node = node.entries[0].value
    return node


def resolved(node: Scalar, **variables: str) -> Scalar:
    """The scalar as the stack has it, variables substituted."""
    template = parse_template(node.raw)
    assert isinstance(template, Template)
    value = substitute(template, variables.get).value
    return node if value == node.raw else node.derive(value)


def pieces(source: InlineSource) -> Iterator[tuple[str, str]]:
    """Each character with its text in the host."""
    for index, char in enumerate(source.text):
        yield char, source.locate(index, index + 1).text


def places(source: InlineSource, word: str) -> list[str]:
    """The places of a word in the host, as ``line:column text``."""
    places, at = [], source.text.find(word)
    while at >= 0:
        span = source.locate(at, at + len(word))
        places.append(f"{place(span)} {span.text}")
        at = source.text.find(word, at + 1)
    return places


PLACES = [
    # Literal blocks.
    ("x: |\n  FROM a\n  RUN b\n", "RUN", ["3:3 RUN"]),
    ("x: |-\n  FROM a\n  RUN b\n", "RUN b", ["3:3 RUN b"]),
    ("x: |+\n  FROM a\n\n\n  RUN b\n\n\n", "RUN", ["5:3 RUN"]),
    ("x: |  # comment\n  FROM a\n  RUN b\n", "RUN", ["3:3 RUN"]),
    ("x: |\n\n  FROM a\n", "FROM", ["3:3 FROM"]),
    ("x: |\n  RUN a \\\n      b\n", "b", ["3:7 b"]),
    ("x: |2\n    RUN a\n  RUN b\n", "RUN", ["2:5 RUN", "3:3 RUN"]),
    ("x: |1-\n  RUN a\n", " RUN", ["2:2  RUN"]),
    ("x:\n  y: |2\n      RUN a\n", "RUN", ["3:7 RUN"]),
    ("x: &a |\n  FROM a\n", "FROM", ["2:3 FROM"]),
    ("x: !!str |\n  FROM a\n", "FROM", ["2:3 FROM"]),
    ("x: &a  # why\n  |\n  FROM a\n", "FROM", ["3:3 FROM"]),
    ("x: &a  # why\n  !!str\n  FROM a\n", "FROM", ["3:3 FROM"]),
    ("x: !!str\n  'FROM a'\n", "FROM", ["2:4 FROM"]),
    ("x: |\r\n  FROM a\r\n  RUN b\r\n", "RUN", ["3:3 RUN"]),
    ("\ufeffx: |\n  FROM a\n", "FROM", ["2:3 FROM"]),
    ("x: |\n  FROM a\n  RUN b", "RUN b", ["3:3 RUN b"]),
    ("x: |\n  RUN ä 😀 b\n", "b", ["2:11 b"]),
    ("x: |\n  FROM a\n  \tRUN b\n", "\tRUN", ["3:3 \tRUN"]),
    # Folded blocks: a break is a blank, a blank line a break.
    ("x: >\n  FROM a\n\n  RUN b\n  c\n", "RUN", ["4:3 RUN"]),
    ("x: >\n  FROM a\n\n  RUN b\n  c\n", "c", ["5:3 c"]),
    ("x: >\n  FROM a\n\n  RUN b\n  c\n", "b c", ["4:7 b\n  c"]),
    ("x: >-\n  FROM a\n    RUN b\n  c\n", "RUN", ["3:5 RUN"]),
    ("x: >\n\n\n  FROM a\n", "FROM", ["4:3 FROM"]),
    # Quotes: escapes, folded lines.
    ('x: "FROM a\\nRUN b"\n', "RUN", ["1:13 RUN"]),
    ('x: "FROM a\\n\\\n  RUN b"\n', "RUN", ["2:3 RUN"]),
    ('x: "FROM a\n\n  RUN b"\n', "RUN", ["3:3 RUN"]),
    ('x: "RUN \\"a\\" b"\n', '"a"', ['1:9 \\"a\\"']),
    ('x: "RUN \\x41 \\u0042 \\U00000043 d"\n', "A B C", ["1:9 \\x41 \\u0042 \\U00000043"]),
    ('x: "RUN \\t\\\\ d"\n', "\\", ["1:11 \\\\"]),
    ("x: 'FROM a\n\n  RUN ''b'' c'\n", "'b'", ["3:7 ''b''"]),
    ("x: 'FROM a\n  b'\n", "b", ["2:3 b"]),
    # Plain.
    ("x: FROM a\n  b\n", "b", ["2:3 b"]),
    ("x: FROM a\n\n  RUN b\n", "RUN", ["3:3 RUN"]),
    ("{x: FROM a}\n", "a", ["1:10 a"]),
]


@pytest.mark.parametrize(("text", "word", "expected"), PLACES)
def test_words_have_their_place_in_the_compose_file(
    text: str, word: str, expected: list[str]
) -> None:
    source = embedded(scalar(text))
    assert source.text == scalar(text).raw
    assert places(source, word) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("x: |\n  RUN a $$B c $$(d) e\n", "$B", ["2:9 $$B"]),
        ("x: |\n  RUN a $$B c $$(d) e\n", "e", ["2:21 e"]),
        ('x: "RUN $$B \\n$$C d"\n', "$C", ["1:15 $$C"]),
        ("x: 'RUN $$B d'\n", "d", ["1:13 d"]),
        ("x: |\n  FROM a:${TAG} AS b\n", "AS", ["2:17 AS"]),
        ("x: |\n  FROM a:${TAG} AS b\n", "1.2", ["2:10 ${TAG}"]),
        ("x: |\n  FROM a:$TAG\n  RUN b\n", "RUN", ["3:3 RUN"]),
        ("x: |\n  FROM a:${NONE:-x} AS b\n", "AS", ["2:21 AS"]),
        ("x: |\n  FROM a:${TAG}${NONE:-y} AS b\n", "AS", ["2:27 AS"]),
        ("x: |\n  FROM a${NONE}\n  RUN $$b\n", "$b", ["3:7 $$b"]),
    ],
)
def test_text_from_variables_has_the_place_of_the_reference(
    text: str, word: str, expected: list[str]
) -> None:
    node = resolved(scalar(text), TAG="1.2")
    assert places(embedded(node), word) == expected


def test_a_value_that_differs_from_its_text_has_places_inside_the_scalar() -> None:
    node = scalar("x: |\n  FROM a\n").derive("something else\n")
    source = embedded(node)
    assert len(source.origins) == len(source.text) + 1
    assert all(node.start <= at <= len(node.file.text) for at in source.origins)


@pytest.mark.parametrize(
    "text", ["x: |\n", "x: ''\n", 'x: ""\n', "x: >-\n\n", "x: |+\n\n\n", "x: |9\n"]
)
def test_empty_scalars_have_places(text: str) -> None:
    node = scalar(text)
    source = embedded(node)
    assert len(source.origins) == len(source.text) + 1
    assert source.locate(0, len(source.text)).file is node.file


# --- as properties -------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "",
        "FROM a",
        "    indented",
        "# comment: x",
        "RUN echo \"a\" 'b' \\",
        "ENV A=$$B é 😀 \t x",
        "RUN thing && other words that are long enough to be folded somewhere along",
    ]
)
DOCUMENTS = st.tuples(
    st.lists(LINES, min_size=1, max_size=8).map("\n".join), st.sampled_from(["", "\n", "\n\n"])
).map("".join)
STYLES = st.sampled_from(["|", ">", "'", '"'])
WIDTHS = st.sampled_from([20, 40, 1000])


def dumped(value: str, style: str, width: int, indent: int) -> str:
    data = {"services": {"a": {"build": {"dockerfile_inline": value}}}}
    text: str = yaml.dump(data, default_style=style, width=width, indent=indent, allow_unicode=True)
    return text


@given(DOCUMENTS, STYLES, WIDTHS, st.sampled_from([2, 4]))
def test_every_character_has_its_own_place(value: str, style: str, width: int, indent: int) -> None:
    node = scalar(dumped(value, style, width, indent))
    source = embedded(node)
    assert source.text == value
    assert source.origins == sorted(source.origins)
    for char, host_text in pieces(source):
        unchanged = host_text == char
        folded = char in " \n" and host_text.strip(" \r\n") == ""
        assert unchanged or folded or host_text.startswith("\\") or host_text == "''", (
            char,
            host_text,
        )


@given(DOCUMENTS, STYLES, WIDTHS, st.data())
def test_edits_give_the_scalar_the_wanted_value(
    value: str, style: str, width: int, data: st.DataObject
) -> None:
    text = dumped(value, style, width, 4)
    source = embedded(resolved(scalar(text)))
    starts = [0, *(at + 1 for at, char in enumerate(source.text) if char == "\n")]
    start = data.draw(st.sampled_from(starts) | st.integers(0, len(source.text)))
    end = data.draw(st.sampled_from(starts) | st.integers(0, len(source.text)))
    start, end = min(start, end), max(start, end)
    new = data.draw(st.sampled_from(["", "x", '$A "q"', "'", "\\", "RUN b\n", "\n", "a\n  b"]))
    fix = hosted(Fix("t", (Edit(Span(source, start, end), new),), Applicability.SAFE), ("p",))
    if fix is None:
        return
    assert fix.changes == ("p",)
    result = apply_edits(text, [edit for edit in fix.edits if isinstance(edit, Edit)])
    changed = resolved(scalar(result))
    assert changed.value == source.text[:start] + new + source.text[end:]


# --- edits ---------------------------------------------------------------------------------

HEAD = "x: |\n  FROM a\n"
EDITED = [
    # (file, text to replace, its replacement, the file after it or None)
    ("x: |\n  RUN a\n", "a", "$b", "x: |\n  RUN $$b\n"),
    ("x: |\n  RUN a $$c\n", "$c", '"$c"', 'x: |\n  RUN a "$$c"\n'),
    ("x: |\n  FROM a\n  RUN b\n", "RUN b\n", "RUN c\nRUN d\n", "x: |\n  FROM a\n  RUN c\n  RUN d\n"),
    ("x: |\n  FROM a\n  RUN b\ny: 1\n", "RUN b\n", "", "x: |\n  FROM a\ny: 1\n"),
    ("x: |\n  FROM a\n  RUN b\n", "FROM a\n", "", "x: |\n  RUN b\n"),
    ("x: |\n  RUN b\n", "b", "c \\\n  d", "x: |\n  RUN c \\\n    d\n"),
    # A blank line has no indentation to begin at.
    ("x: |\n  FROM a\n\n  RUN b\n", "\nRUN b", "RUN c", None),
    # The block would lose its last line break.
    ("x: |-\n  FROM a\n  RUN b\n", "RUN b", "", None),
    ("x: >\n  FROM a\n\n  RUN b\n  c\n", "b c", "d", "x: >\n  FROM a\n\n  RUN d\n"),
    ("x: >\n  FROM a\n\n  RUN b\n", "RUN b\n", "", "x: >\n  FROM a\n\n"),
    ("x: >\n  FROM a\n\n  RUN b\n", "FROM a\n", "FROM c\n", "x: >\n  FROM c\n\n  RUN b\n"),
    ('x: "RUN a\\nRUN b"\n', "a\nRUN", '"c"\nRUN', 'x: "RUN \\"c\\"\\nRUN b"\n'),
    ('x: "RUN \\"a\\" b"\n', '"a"', "c", 'x: "RUN c b"\n'),
    ('x: "RUN a"\n', "a", "\\b\t", 'x: "RUN \\\\b\\t"\n'),
    ("x: 'RUN a'\n", "a", "'b'", "x: 'RUN ''b'''\n"),
    ("x: 'RUN a'\n", "a", "b\nc", None),
    ("x: RUN a b\n", "a", '"c"', 'x: RUN "c" b\n'),
    ("x: RUN a\n  b\n", "a b", "c", "x: RUN c\n"),
    ("x: RUN a b\n", "a", "c: d", None),
    ("x: RUN a b\n", "a", "c #d", None),
    ("x: RUN a b\n", "RUN", "ADD", None),
    ("x: RUN a b\n", " b", " ", None),
    # Text that comes from a variable cannot be changed here.
    ("x: |\n  FROM a:${TAG}\n", "1.2", "3", None),
    ("x: |\n  FROM a:${TAG} b\n", "b", "c", "x: |\n  FROM a:${TAG} c\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "old", "new", "after"), EDITED)
def test_edits_are_written_in_the_style_of_the_scalar(
    before: str, old: str, new: str, after: str | None
) -> None:
    source = embedded(resolved(scalar(before), TAG="1.2"))
    at = source.text.index(old)
    edit = Edit(Span(source, at, at + len(old)), new)
    fix = hosted(Fix("t", (edit,), Applicability.UNSAFE), ())
    if after is None:
        assert fix is None
        return
    assert fix is not None
    assert apply_edits(before, [edit for edit in fix.edits if isinstance(edit, Edit)]) == after


def test_several_edits_stay_one_fix() -> None:
    source = embedded(scalar("x: |\n  RUN a b\n"))
    edits = [Edit(Span(source, at, at), '"') for at in (4, 5, 6, 7)]
    fix = hosted(Fix("t", tuple(edits), Applicability.UNSAFE), ())
    assert fix is not None
    assert [edit.span.start for edit in fix.edits if isinstance(edit, Edit)] == [11, 12, 13, 14]


def test_edits_of_other_files_and_new_files_are_kept() -> None:
    edit_of_dockerfile = Edit(Span(SourceFile("Dockerfile", "FROM a\n"), 0, 4), "x\ny")
    create = Create("new", "$x")
    fix = hosted(Fix("t", (edit_of_dockerfile, create), Applicability.SAFE, ("a",)), ("b",))
    assert fix == Fix("t", (edit_of_dockerfile, create), Applicability.SAFE, ("a", "b"))


# --- from end to end -----------------------------------------------------------------------


def lint(text: str, *select: str) -> Result:
    settings = Settings(selection=Selection(select=select), debug=True)
    return check_text(text.encode(), "compose.yaml", "compose", settings)


def fixed(text: str, *select: str) -> FixResult:
    return fix_text(text, "compose.yaml", *select, unsafe=True)


def service(scalar: str, name: str = "a") -> str:
    return f"  {name}:\n    build:\n      dockerfile_inline: {scalar}"


def stack(*services: str) -> str:
    return "services:\n" + "\n".join(services) + "\n"


STYLED = [
    "|\n        FROM a:1\n        MAINTAINER me",
    "|-\n        FROM a:1\n        MAINTAINER me",
    ">\n        FROM a:1\n\n        MAINTAINER me",
    '"FROM a:1\\nMAINTAINER me"',
    "'FROM a:1\n\n        MAINTAINER me'",
    "FROM a:1\n\n        MAINTAINER me",
]


@pytest.mark.parametrize("text", STYLED)
def test_findings_have_places_in_the_compose_file(text: str) -> None:
    text = stack(service(text))
    (item,) = lint(text, "DF904").reported
    span = item.span
    assert (span.file.path, span.text) == ("compose.yaml", "MAINTAINER")
    assert span.start == text.index("MAINTAINER")


@pytest.mark.parametrize("text", STYLED)
def test_fixes_change_the_inline_dockerfile_only(text: str) -> None:
    outcome = fixed(stack(service(text)), "DF904")
    assert outcome.dropped == []
    assert outcome.converged
    (change,) = outcome.changes
    assert change.path == "services.a.build.dockerfile_inline"
    assert change.after is not None
    assert change.after.rstrip("\n") == ('FROM a:1\nLABEL org.opencontainers.image.authors="me"')


def test_a_text_shared_by_services_is_linted_and_fixed_once() -> None:
    text = (
        "x-df: &df |\n  FROM a:1\n  MAINTAINER me\n"
        "services:\n  a: {build: {dockerfile_inline: *df}}\n  b: {build: {dockerfile_inline: *df}}\n"
    )
    (item,) = lint(text, "DF904").reported
    assert item.fix is not None
    assert item.fix.changes == (
        "services.a.build.dockerfile_inline",
        "services.b.build.dockerfile_inline",
        "x-df",
    )
    outcome = fixed(text, "DF904")
    assert outcome.dropped == []
    assert sorted(change.path for change in outcome.changes) == list(item.fix.changes)


def test_texts_with_unset_variables_are_not_linted() -> None:
    assert (
        lint(stack(service("|\n        FROM a:${V}\n        MAINTAINER me")), "DF").reported == []
    )


COMMENTS = [
    ("# composelint: ignore[DF904] why", []),
    ("# hadolint ignore=DL4000", []),
    ("# composelint: ignore[DF905] why", ["DF904"]),
]


@pytest.mark.parametrize(("comment", "codes"), COMMENTS)
def test_comments_in_the_text_suppress(comment: str, codes: list[str]) -> None:
    text = stack(
        service(f"|\n        FROM a:1\n        {comment}\n        MAINTAINER me"),
        service("|\n        FROM a:1\n        MAINTAINER me", "b"),
    )
    result = lint(text, "DF904")
    lines = [item.span.file.position(item.span.start).line for item in result.reported]
    assert lines == ([7] if codes else []) + [12]


def test_a_comment_for_the_whole_text_suppresses_in_this_text_only() -> None:
    text = stack(
        service(
            "|\n        # composelint: file-ignore[DF904] why\n        FROM a:1\n        MAINTAINER me"
        ),
        service("|\n        FROM a:1\n        MAINTAINER me", "b"),
    )
    (item,) = lint(text, "DF904").reported
    assert item.span.file.position(item.span.start).line == 12


def test_a_comment_of_the_compose_file_suppresses_in_the_text() -> None:
    text = stack(
        "  a:\n    build:\n      # composelint: ignore[DF904] why\n"
        "      dockerfile_inline: |\n        FROM a:1\n        MAINTAINER me"
    )
    assert lint(text, "DF904").reported == []


def test_unused_comments_in_the_text_are_reported_at_their_place() -> None:
    comment = "# composelint: ignore[DF904] why"
    (item,) = lint(
        stack(service(f"|\n        FROM a:1\n        {comment}\n        RUN b")), "DF904", "LN"
    ).reported
    assert (item.code, item.span.text) == ("LN010", "DF904")
    assert item.span.file.position(item.span.start) == (6, 31)


def test_places_in_the_text_of_an_included_file_are_in_that_file(tmp_path: object) -> None:
    reader = Reader(
        ".",
        overlay={
            "compose.yaml": "include: [other.yaml]\n",
            "other.yaml": stack(service("|\n        FROM a:1\n        MAINTAINER me")),
        },
    )
    files = StackFiles(("compose.yaml",))
    project = Project(reader)
    included = Stack(project, load_stack(files.files, reader), files)
    dockerfile = project.dockerfile_of(included.services["a"])
    assert dockerfile is not None
    assert dockerfile.inline
    span = dockerfile.syntax.instructions[1].name_span.origin
    assert (span.file.path, span.text) == ("other.yaml", "MAINTAINER")
