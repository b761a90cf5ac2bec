"""The fix engine: which fixes can be combined, how they are checked, how files are written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from checks import check_text, fix_text
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.compose.difference import differences
from composelint.linter.engine.settings import Settings
from composelint.linter.files.write import WriteError, create_file, replace_file
from composelint.linter.fixing.engine import FixResult, apply_edits, compatible
from composelint.linter.fixing.verify import text_problem, verify
from composelint.linter.model.service import Service
from composelint.linter.result import Result
from composelint.linter.rule import Applicability, Create, Diagnostic, Edit, Fix
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.yaml.nodes import Node
from composelint.linter.source.yaml.parser import parse_yaml
from hypothesis import given
from hypothesis import strategies as st


def finding(file: SourceFile, *edits: tuple[int, int, str] | Create) -> Diagnostic:
    fix_edits = tuple(
        edit if isinstance(edit, Create) else Edit(Span(file, edit[0], edit[1]), edit[2])
        for edit in edits
    )
    item = Diagnostic(Span(file, 0, 1), "m", fix=Fix("t", fix_edits, Applicability.SAFE))
    item.code = "XX001"
    return item


FILE = SourceFile("compose.yaml", "0123456789")


@pytest.mark.parametrize(
    ("fixes", "chosen"),
    [
        ([[(0, 2, "a")], [(4, 6, "b")]], [0, 1]),
        ([[(0, 4, "a")], [(2, 6, "b")]], [0]),
        ([[(0, 2, "a")], [(2, 4, "b")]], [0]),
        ([[(3, 3, "a")], [(3, 3, "b")]], [0]),
        ([[(0, 1, "a"), (8, 9, "a")], [(8, 9, "b")], [(4, 5, "c")]], [0, 2]),
        ([[Create("n", "x")], [Create("n", "x")]], [0, 1]),
        ([[Create("n", "x")], [Create("n", "y")]], [0]),
        ([[Create("n", "x"), (0, 1, "a")], [Create("n", "y"), (4, 5, "b")]], [0]),
    ],
)
def test_of_fixes_that_touch_the_same_text_one_is_chosen(
    fixes: list[list[tuple[int, int, str] | Create]], chosen: list[int]
) -> None:
    items = [finding(FILE, *edits) for edits in fixes]
    assert [items.index(item) for item in compatible(items)] == chosen


@pytest.mark.parametrize(
    ("edits", "newline", "result"),
    [
        ([(0, 1, "a")], "\n", "a123456789"),
        ([(9, 10, ""), (0, 0, "x")], "\n", "x012345678"),
        ([(5, 5, "a\nb")], "\r\n", "01234a\r\nb56789"),
        ([(5, 5, "a\r\nb")], "\r\n", "01234a\r\nb56789"),
    ],
)
def test_edits_are_applied_with_the_line_endings_of_the_file(
    edits: list[tuple[int, int, str]], newline: str, result: str
) -> None:
    all_edits = [Edit(Span(FILE, start, end), text) for start, end, text in edits]
    assert apply_edits(FILE.text, all_edits, newline) == result


def fix(text: str, *codes: str, unsafe: bool = False) -> FixResult:
    return fix_text(text, "compose.yaml", *codes, unsafe=unsafe)


VERSION = [
    ('version: "3"\nservices:\n  a:\n    image: x:1\n', "services:\n  a:\n    image: x:1\n"),
    (
        "# top\n\nversion: '3.8'  # old\n\nservices:\n  a:\n    image: x:1\n    labels:\n      version: '1'\n",
        "# top\n\nservices:\n  a:\n    image: x:1\n    labels:\n      version: '1'\n",
    ),
    ('services:\n  a:\n    image: x:1\n\nversion: "3"', "services:\n  a:\n    image: x:1"),
    (
        'version: "3"\r\nservices:\r\n  a:\r\n    image: x:1\r\n',
        "services:\r\n  a:\r\n    image: x:1\r\n",
    ),
    ('\ufeffversion: "3"\nservices: {a: {image: "x:1"}}\n', 'services: {a: {image: "x:1"}}\n'),
    ("version:\n  '3'\nservices: {}\n", "services: {}\n"),
]


@pytest.mark.parametrize(("before", "after"), VERSION)
def test_the_version_is_deleted_and_no_other_line(before: str, after: str, folder: Path) -> None:
    outcome = fix(before, "CF004")
    assert outcome.after == {"compose.yaml": after}
    assert outcome.converged
    assert outcome.dropped == []
    assert fix(after, "CF004").after == {}


@pytest.mark.parametrize(
    "text",
    [
        'version: "3"\n',
        '{version: "3", services: {a: {image: "x:1"}}}\n',
        'version: &v "3"\nservices:\n  a:\n    image: x:1\n    labels: {v: *v}\n',
        "services:\n  a:\n    image: x:1\n    labels:\n      version: '2'\n",
    ],
)
def test_a_version_that_cannot_be_deleted_cleanly_stays(text: str, folder: Path) -> None:
    assert fix(text, "CF004").after == {}


def test_unsafe_fixes_are_applied_on_request_only(folder: Path) -> None:
    text = "services:\n  a:\n    image: x:1\n    environment:\n      UMASK: 022\n"
    assert fix(text, "CF171").after == {}
    outcome = fix(text, "CF171", unsafe=True)
    assert outcome.after == {"compose.yaml": text.replace("022", '"022"')}
    assert [str(change) for change in outcome.changes] == ["services.a.environment.UMASK: 18 → 022"]


@pytest.mark.parametrize(
    ("after", "edit", "reason"),
    [
        ("services:\n  a:\n    image: [x\n", (26, 29, "[x"), "would not load"),
        ("services:\n  a:\n    image: x:1\n", (26, 29, "x:1"), "comment"),
        (
            "services:\n  a:\n    image: x:2  # keep\n",
            (26, 29, "x:2"),
            "would change where the fix does not say so",
        ),
        ("services:\n  a:\n    imag: x:1  # keep\n", (19, 24, "imag"), "new error"),
    ],
)
def test_a_fix_that_changes_more_than_it_declares_is_refused(
    after: str, edit: tuple[int, int, str], reason: str, folder: Path
) -> None:
    before = "services:\n  a:\n    image: x:1  # keep\n"
    file = SourceFile("compose.yaml", before)
    replacement = Edit(Span(file, edit[0], edit[1]), edit[2])
    settings = Settings(selection=Selection(), debug=True)

    def lint(text: str) -> Result:
        return check_text(text.encode(), "compose.yaml", "compose", settings)

    problem = text_problem({"compose.yaml": (file, after)}, {"compose.yaml": [replacement]})
    verdict = verify(
        [Fix("t", (replacement,), Applicability.SAFE)],
        lint(before),
        lint(after),
    )
    assert reason in (problem or verdict.reason)


def tree(text: str) -> Node:
    return parse_yaml(SourceFile("f", text)).documents[0]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a: 1", "a: 1", []),
        ("a: 1", "a: 2", ["a: 1 → 2"]),
        ("a: 1", "a: '1'", ["a: 1 → 1"]),
        ("a: {b: 1}", "a: {b: 1, c: x}", ["a.c: (none) → x"]),
        ("a: {b: 1, c: x}", "a: {b: 1}", ["a.c: x → (none)"]),
        ("a: [1, 2]", "a: [1, 3]", ["a[1]: 2 → 3"]),
        ("a: [1]", "a: [1, 2]", ["a: [1] → [1, 2]"]),
        ("a: {b: 1}", "a: {d: {e: 2}, b: 1}", ["a.d: (none) → {e: 2}"]),
        ("a: {b: 1}", "a: {b: 1, c: }", ["a.c: (none) → null"]),
        ("a: 1", 'a: "\\uffff"', ["a: 1 → (from a variable that is not set)"]),
        ("a: x", 'a: "x-\\uffff"', ["a: x → x-…"]),
    ],
)
def test_differences_are_listed_path_by_path(before: str, after: str, shown: list[str]) -> None:
    changes = differences(tree(before), tree(after))
    assert [str(item) for item in changes] == shown


# --- writing ---


def test_writing_keeps_the_mode_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(str(path), b"old", b"new", str(tmp_path))
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["f"]


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"other")
    with pytest.raises(WriteError, match="has changed"):
        replace_file(str(path), b"old", b"new", str(tmp_path))
    assert path.read_bytes() == b"other"


def test_a_read_only_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match="read-only"):
        replace_file(str(path), b"old", b"new", str(tmp_path))
    assert path.read_bytes() == b"old"


def test_links_are_followed_inside_the_project_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "project", tmp_path / "elsewhere"
    inside.mkdir()
    outside.write_bytes(b"old")
    (inside / "real").write_bytes(b"old")
    (inside / "good").symlink_to("real")
    (inside / "bad").symlink_to("../elsewhere")
    replace_file(str(inside / "good"), b"old", b"new", str(inside))
    assert (inside / "real").read_bytes() == b"new"
    assert (inside / "good").is_symlink()
    with pytest.raises(WriteError, match="out of the project"):
        replace_file(str(inside / "bad"), b"old", b"new", str(inside))
    assert outside.read_bytes() == b"old"


def test_hard_links_stay_one_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old text")
    os.link(path, tmp_path / "twin")
    replace_file(str(path), b"old text", b"new", str(tmp_path))
    assert (tmp_path / "twin").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_while_writing_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise error

    if step == "write":
        monkeypatch.setattr("os.fdopen", fail)
    else:
        monkeypatch.setattr(f"os.{step}", fail)
    expected = WriteError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        replace_file(str(path), b"old", b"new", str(tmp_path))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["f"]


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    create_file(str(tmp_path / "a" / "b"), b"x", str(tmp_path))
    assert (tmp_path / "a" / "b").read_bytes() == b"x"
    with pytest.raises(WriteError):
        create_file(str(tmp_path / "a" / "b"), b"y", str(tmp_path))
    with pytest.raises(WriteError, match="outside"):
        create_file(str(tmp_path / ".." / "c"), b"y", str(tmp_path))


@given(st.text(alphabet="ab\n\r é𝒳", max_size=40), st.lists(st.integers(0, 40), max_size=6))
def test_edits_change_their_spans_only(text: str, cuts: list[int]) -> None:
    file = SourceFile("f", text)
    points = sorted({min(cut, len(file.text)) for cut in cuts})
    edits = [Edit(Span(file, point, point), "|") for point in points]
    result = apply_edits(file.text, edits)
    assert result.replace("|", "") == file.text
    assert result.count("|") == len(points)


def test_a_fix_that_mends_nothing_is_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def useless(service: Service, name: str, span: Span) -> Fix:
        edit = Edit(Span(span.file, 0, 0), "# escaped\n")
        return Fix("Escape the $", (edit,), Applicability.UNSAFE)

    monkeypatch.setattr("composelint.rules.compose.unset._escaped", useless)
    folder.joinpath(".env").write_text("OTHER=1\n")
    text = "services:\n  a:\n    image: x:1\n    environment: {U: a}\n    command: sh -c 'run $U'\n"
    outcome = fix(text, "CF141", unsafe=True)
    assert (outcome.applied, outcome.after) == ([], {})
    (dropped,) = outcome.dropped
    assert dropped.reason == "what it should mend is still there"
