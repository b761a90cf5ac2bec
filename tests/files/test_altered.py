"""A reader of which some files have another content."""

from __future__ import annotations

from checks import LayOut
from composelint.linter.base.text import SourceFile
from composelint.linter.files.altered import AlteredReader
from composelint.linter.files.reader import Reader, ReadProblem
from composelint.linter.source.yaml.nodes import YamlFile


def text(answer: object) -> str | None:
    """The text of an answer; None for a problem."""
    if isinstance(answer, YamlFile):
        answer = answer.source
    return answer.text if isinstance(answer, SourceFile) else None


def test_some_files_have_another_content_or_none(lay_out: LayOut) -> None:
    lay_out({"a": "a: 1\n", "b": "b: 1\n", "c": "c: 1\n"})
    reader = Reader()
    altered = AlteredReader(reader, {"a": "a: 2\n", "b": None})
    for read in (altered.read, altered.read_text, altered.search_text):
        assert [text(read(path)) for path in ("a", "./b", "x/../c")] == ["a: 2\n", None, "c: 1\n"]
    for read in (reader.read, reader.read_text, reader.search_text):
        assert [text(read(path)) for path in "abc"] == ["a: 1\n", "b: 1\n", "c: 1\n"]


def test_what_is_not_read_is_there(lay_out: LayOut) -> None:
    lay_out({"a": "1"})
    altered = AlteredReader(Reader(), {"a": None})
    assert altered.kind("a") == "file"
    answer = altered.read_text("a")
    assert isinstance(answer, ReadProblem)
    assert answer.kind == "file-too-large"


def test_a_result_depends_on_what_both_were_asked(lay_out: LayOut) -> None:
    lay_out({"a": "1", "b": "1"})
    reader = Reader()
    altered = AlteredReader(reader, {"a": None})
    altered.read_text("a")
    altered.read_text("b")
    altered.kind("c")
    assert list(reader.known_paths()) == ["b"]
    assert reader.kinds["c"] == "missing"
