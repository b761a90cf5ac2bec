"""Values of secrets in reports: what is masked, and what is not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from checks import no_hang
from composelint.linter.base.names import FORMATS
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report import RenderOptions, masks_of, render
from composelint.linter.report.masking import Masks
from composelint.linter.report.secret_values import MASK
from composelint.linter.rule import Create, Diagnostic, Edit, Fix, Related
from composelint.linter.suppression.fingerprints import fingerprint
from hypothesis import given
from hypothesis import strategies as st
from report_samples import UNSAFE, finding, marked, result_of, write

SECRET = "Tr0ub4dor&3"


def excerpt_of(text: str, **options: Any) -> list[str]:
    """The source lines that ``full`` shows of a finding; the marked text is a secret."""
    _, (span,) = marked(text)
    report = write("full", [finding(span, sensitive=[span])], **options)
    return [line for line in report.splitlines() if "|" in line]


# --- source lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PASSWORD: «Tr0ub4dor&3»", ["1 | PASSWORD: ***", "  |           ^^^"]),
        ("PASSWORD: «x»", ["1 | PASSWORD: ***", "  |           ^^^"]),
        ("PASSWORD: «a very long pass phrase» # why", ["1 | PASSWORD: *** # why", "  |           ^^^"]),
        ('PASSWORD: «"Tr0ub4dor&3"»', ['1 | PASSWORD: "***"', "  |           ^^^^^"]),
        ("PASSWORD: «'Tr0ub4dor&3'»", ["1 | PASSWORD: '***'", "  |           ^^^^^"]),
        ("- PASSWORD=«Tr0ub4dor&3»", ["1 | - PASSWORD=***", "  |            ^^^"]),
        ("x: «${PW:-Tr0ub4dor&3}»", ["1 | x: ${PW:-***}", "  |    ^^^^^^^^^^"]),
        ("x: «${PW-Tr0ub4dor&3}»", ["1 | x: ${PW-***}", "  |    ^^^^^^^^^"]),
        ("x: «${PW}»", ["1 | x: ${PW}", "  |    ^^^^^"]),
        ("x: «${PW:?set it}»", ["1 | x: ${PW:?set it}", "  |    ^^^^^^^^^^^^^"]),
        ("x: pg://app:«hunter2»@db/app", ["1 | x: pg://app:***@db/app", "  |             ^^^"]),
        ("x: «密码密码»", ["1 | x: ***", "  |    ^^^"]),
        ("x: «a\x1b[31mb»", ["1 | x: ***", "  |    ^^^"]),
        (
            "key: «|\n  first line\n  second line\n»",
            ["1 |   key: |", "  |  ______^", "2 | |   ***", "3 | |   ***", "  | |_____^"],
        ),
        (
            'key: «"first\r\n  second"»',
            ['1 |   key: "***', "  |  ______^", '2 | |   ***"', "  | |______^"],
        ),
    ],
)  # fmt: skip
def test_a_secret_is_shown_as_a_mask_of_one_width(text: str, shown: list[str]) -> None:
    assert excerpt_of(text) == shown


def test_a_masked_finding_keeps_everything_but_its_texts() -> None:
    _, (secret,) = marked("a: «Tr0ub4dor&3»")
    item = finding(secret, f"is {SECRET}", sensitive=[secret], owner=("service", "web"), stack="s")
    item.category, item.evidence = "security", SECRET
    (masked,) = Masks([item]).findings([item])
    assert masked.message == "is ***"
    unchanged = set(Diagnostic.__slots__) - {"message"}
    assert [name for name in unchanged if getattr(masked, name) != getattr(item, name)] == []


def test_the_place_of_a_finding_is_that_of_the_unmasked_text() -> None:
    file, (secret, after) = marked("a: «Tr0ub4dor&3» «b»")
    items = [finding(secret, sensitive=[secret]), finding(after, code="CF900")]
    assert f"{file.path}:1:{len(SECRET) + 5}: warning[CF900]" in write("full", items)
    assert "1 | a: *** b\n  |        ^\n" in write("full", items)


@pytest.mark.parametrize("width", [40, 60, 140])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("before", ["", "x" * 30, "x" * 500, "密" * 200])
@pytest.mark.parametrize("after", ["", "x" * 500])
def test_a_line_cut_at_a_terminal_keeps_its_mask(
    before: str, after: str, color: bool, width: int
) -> None:
    secret = "Tr0ub4dor&3" * 30
    _, (first, value) = marked(f"«A»: {before}«{secret}»{after}")
    items = [finding(value, sensitive=[value]), finding(first)]
    shown = write("full", items, width=width, color=color)
    assert "ub4" not in shown
    assert MASK in shown


def test_other_findings_on_the_line_show_the_mask() -> None:
    file, (key, value, other) = marked(f"«A»: «{SECRET}»\n«B»: c\n")
    secret = finding(value, sensitive=[value], code="CF301")
    same_line = finding(key, code="CF900")
    elsewhere = finding(other, code="CF901", related=[Related(key, "as here")])
    across = finding(Span(file, 0, len(file.text)), code="CF902")
    for beside in (same_line, elsewhere, across):
        shown = write("full", [secret, beside])
        assert SECRET not in shown
        assert shown.count(f"A: {MASK}") == 2


def test_the_same_secret_is_masked_in_other_places_and_files() -> None:
    _, (value,) = marked(f"A: «{SECRET}»")
    _, (comment,) = marked(f"«B»: c # it is {SECRET}", "other.yaml")
    shown = write("full", [finding(value, sensitive=[value]), finding(comment)])
    assert "B: c # it is ***" in shown


@pytest.mark.parametrize("word", ["postgres", "changeme", "shop", "backend", "123456"])
def test_a_common_word_is_masked_at_its_place_only(word: str) -> None:
    _, (value,) = marked(f"A: «{word}»")
    _, (other,) = marked(f"«B»: {word}", "other.yaml")
    shown = write("full", [finding(value, sensitive=[value]), finding(other, f"it is {word}")])
    assert "A: ***" in shown
    assert f"B: {word}" in shown
    assert f"it is {word}" in shown


def test_without_findings_of_secrets_nothing_is_masked() -> None:
    _, (value,) = marked(f"A: «{SECRET}»")
    assert masks_of([result_of([finding(value)])]) is None
    assert SECRET in write("full", [finding(value)])


# --- other texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'"{SECRET}" is not a number', '"***" is not a number'),
        (f"PASSWORD={SECRET} is set", "PASSWORD=*** is set"),
        (f"x{SECRET} is something else", f"x{SECRET} is something else"),
        (f"run it with -p {SECRET[:8]}…", "run it with -p ***…"),
        (f"run it with -p {SECRET[:8]}...", "run it with -p ***..."),
        ("wait…", "wait…"),
        (f"{SECRET} and {SECRET}", "*** and ***"),
    ],
)
def test_secrets_in_texts_of_findings_are_masked(text: str, shown: str) -> None:
    _, (value, other) = marked(f"A: «{SECRET}»\n«B»: c")
    items = [
        finding(value, sensitive=[value]),
        finding(other, text, help=text, related=[Related(other, text)], suppressed=text),
    ]
    masks = masks_of([result_of(items)])
    assert masks is not None
    masked = masks.findings(items)[1]
    assert (masked.message, masked.help, masked.related[0].message) == (shown, shown, shown)
    assert masked.suppressed == shown
    assert masks.text(text) == shown


@pytest.mark.parametrize(
    ("written", "elsewhere"),
    [
        ("«a$$b9cdef»", "a$b9cdef"),
        ("«'a''b9cdef'»", "a'b9cdef"),
        ('«"a\\"b9cdef"»', 'a"b9cdef'),
        ('«"\\x61\\u0042c9def"»', "aBc9def"),
        ("«a'b9c$def»", '"a\'b9c\\$def"'),
        ("«a'b9c$def»", "a''b9c$def"),
        ("«|\n  first9Line\n  second9Line\n»", "second9Line"),
    ],
)
def test_a_secret_is_masked_in_other_spellings(written: str, elsewhere: str) -> None:
    _, (value,) = marked(f"A: {written}\n")
    masks = Masks([finding(value, sensitive=[value])])
    shown = masks.text(f"it is {elsewhere} here")
    assert shown.replace('"', "") == f"it is {MASK} here"


def test_a_word_is_masked_in_messages_about_its_line_but_not_in_names() -> None:
    _, (value, key) = marked("«rosebud» «A»: c")
    items = [finding(value, sensitive=[value]), finding(key, 'A is "rosebud" of rosebud-db')]
    masked = Masks(items).findings(items)
    assert masked[1].message == 'A is "***" of rosebud-db'


def test_a_part_of_a_secret_is_masked_in_a_finding_about_it() -> None:
    file, (value,) = marked("DB_PASSWORD=«Tr0ub$dor3»")
    piece = Span(file, file.text.index("$"), len(file.text))
    item = finding(piece, "$dor3 is unset", help="set dor3", sensitive=[value])
    (masked,) = Masks([item]).findings([item])
    assert (masked.message, masked.help) == ("*** is unset", "set ***")


# --- fixes


@pytest.mark.parametrize("name", ["json", "json-lines", "sarif", "rdjson"])
def test_edits_that_contain_a_secret_are_left_out(name: str) -> None:
    """Applied with a mask they would destroy the secret."""
    file, (value,) = marked(f"A: «{SECRET}»")
    edits_with_secret = [
        (Create("secrets/a", SECRET), Edit(value, "/run/secrets/a")),
        (Edit(Span(file, 0, len(file.text)), f"B: {SECRET}"),),
    ]
    for edits in edits_with_secret:
        fix = Fix("Move it", edits, UNSAFE)
        text = write(name, [finding(value, sensitive=[value], fix=fix)])
        assert SECRET not in text
        assert MASK not in text
    quotes = Fix("Quote it", (Edit(Span(file, 3, 3), '"'), Edit(Span(file, value.end, value.end), '"')), UNSAFE)  # fmt: skip
    text = write(name, [finding(value, sensitive=[value], fix=quotes)])
    assert SECRET not in text
    assert name != "rdjson" or '"suggestions"' not in text
    if name == "json":
        (item,) = json.loads(text)["diagnostics"]
        assert len(item["fix"]["edits"]) == 2


def test_a_fix_without_the_secret_is_reported() -> None:
    _, (value,) = marked(f"A: «{SECRET}»")
    fix = Fix("Ask for it", (Edit(value, "${A:?set it in .env}"),), UNSAFE)
    data = json.loads(write("json", [finding(value, sensitive=[value], fix=fix)]))
    assert data["diagnostics"][0]["fix"]["edits"][0]["replacement"] == "${A:?set it in .env}"


# --- hashes


def test_lines_with_a_secret_have_no_hash() -> None:
    """GitHub's hash of a line covers 100 characters from its start, following lines included."""
    text = f"«first»: 1\n{'x' * 200}: 2\n«A»: «{SECRET}»\n«last»: 3\n"
    _, (first, key, value, last) = marked(text)
    items = [finding(first), finding(key), finding(value, sensitive=[value]), finding(last)]
    log = json.loads(write("sarif", items))
    marks = [item["partialFingerprints"] for item in log["runs"][0]["results"]]
    assert ["primaryLocationLineHash" in mark for mark in marks] == [True, False, False, True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RUN mysql -uroot -pqW3rty9z", "RUN mysql -uroot -pyTr3wq8a"),
        ("git clone https://bot:aB3dE5@example.com", "git clone https://bot:xY3dE5@example.com"),
        ("ENV DB_PASSWORD=aB3dE5", "ENV DB_PASSWORD=xY3dE5"),
    ],
)
def test_fingerprints_do_not_depend_on_secrets(one: str, other: str) -> None:
    """They are in baselines and reports, and a short secret could be guessed."""
    marks = {
        fingerprint(finding(Span(SourceFile("Dockerfile", text), 0, len(text))))
        for text in (one, other)
    }
    assert len(marks) == 1


# --- all formats

_VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40).map(
    lambda text: f"9Zq{text.replace('*', 'x').strip()}7Kw"
)


@pytest.mark.parametrize("name", FORMATS)
@given(value=_VALUES, style=st.sampled_from(["{}", '"{}"', "'{}'", "${{X:-{}}}", "|\n  {}\n"]))
def test_no_format_contains_a_secret(name: str, value: str, style: str) -> None:
    written = style.format(value)
    file = SourceFile("compose.yaml", f"key: {written}\nother: {value}\n")
    span = Span(file, 5, 5 + len(written))
    everything = Span(file, 0, len(file.text))
    edit = Edit(span, f"x{value}")
    items = [
        finding(
            span,
            f"it holds {value}",
            help=f'not "{value}"',
            sensitive=[span],
            related=[Related(everything, f"see {value}")],
            fix=Fix(f"Move {value}", (edit, Create("x", value)), UNSAFE),
            subject=f"a.{value}",
            evidence="key",
            suppressed=reason,
        )
        for reason in (None, f"it is {value}")
    ]
    options = RenderOptions(rules={}, color=True, width=60, show_suppressed=True)
    text = render(name, result_of(items), options)
    escaped = json.dumps(value)[1:-1]
    assert value not in text
    assert escaped not in text
    assert value[:11] not in text
    assert render(name, result_of(items), options._replace(show_secrets=True)) != text


@pytest.mark.parametrize("end", ["}", "${}", "", "$"])
def test_a_finding_at_a_brace_inside_a_secret_has_a_report(end: str) -> None:
    file = SourceFile("compose.yaml", f"a: {{b: {SECRET}{end}}}\n")
    secret = Span(file, 7, len(file.text) - 1)
    brace = Span(file, len(file.text) - 2, len(file.text) - 1)
    report = write("full", [finding(brace, "a key was expected", sensitive=[secret])])
    assert "a key was expected" in report
    assert SECRET not in report


@pytest.mark.parametrize("name", ["full", "json", "sarif"])
@pytest.mark.parametrize("between", ["\n", ", "])
def test_many_secrets_take_linear_time(name: str, between: str) -> None:
    count = 3000
    file = SourceFile("compose.yaml", between.join(f"Zq{n}xK9{n}" for n in range(count)))
    places = [Span(file, *match.span()) for match in re.finditer("Zq[0-9]+xK[0-9]+", file.text)]
    first = finding(
        places[0],
        sensitive=places,
        related=[Related(place, "and here") for place in places],
        fix=Fix("Move them", tuple(Edit(place, "x") for place in places), UNSAFE),
    )
    items = [first, *(finding(place, sensitive=[place]) for place in places)]
    with no_hang():
        assert "xK9" not in write(name, items)
