"""``--add-ignores``: comments that hold, put where they change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import LayOut, Run, titled
from composelint.linter.base.text import SourceFile
from composelint.linter.suppression.add_comments import add_ignores

YAML = [
    ("a line of its own entry", "a: 1\nb: 2\n", 2, "a: 1\nb: 2  # composelint: ignore[x]\n"),
    ("the last line without an ending", "a: 1", 1, "a: 1  # composelint: ignore[x]"),
    ("a comment of somebody else", "a:\n  b: 1 # why\n", 2,
     "a:\n  # composelint: ignore[x]\n  b: 1 # why\n"),
    ("a comment of ours", "a: 1  # composelint: ignore[y] old\n", 1,
     "a: 1  # composelint: ignore[y, x] old\n"),
    ("a comment of ours above", "# composelint: ignore[y] old\na: 1 # why\n", 2,
     "# composelint: ignore[y, x] old\na: 1 # why\n"),
    ("a block of text", "a: |\n  one\n  two\n", 2,
     "# composelint: ignore[x]\na: |\n  one\n  two\n"),
    ("the head of a block of text", "a: |\n  one\n", 1, "a: |  # composelint: ignore[x]\n  one\n"),
    ("quotes over several lines", 'a:\n  b: "one\n    two"\n', 3,
     'a:\n  b: "one\n    two"  # composelint: ignore[x]\n'),
    ("inside quotes over several lines", 'a:\n  b: "one\n    two"\n', 2,
     'a:\n  # composelint: ignore[x]\n  b: "one\n    two"\n'),
    ("an item", "a:\n  - b # why\n", 2, "a:\n  # composelint: ignore[x]\n  - b # why\n"),
    ("flow style", "a: {b: 1,\n    c: 2}\n", 1, "a: {b: 1,  # composelint: ignore[x]\n    c: 2}\n"),
    ("CRLF", "a:\r\n  b: 1 # why\r\n", 2,
     "a:\r\n  # composelint: ignore[x]\r\n  b: 1 # why\r\n"),
]  # fmt: skip

DOCKERFILE = [
    ("an instruction", "FROM a\nRUN b\n", 2, "FROM a\n# composelint: ignore[x]\nRUN b\n"),
    ("a continued line", "FROM a\nRUN b && \\\n  c\n", 3,
     "FROM a\n# composelint: ignore[x]\nRUN b && \\\n  c\n"),
    ("a heredoc", "FROM a\nRUN <<EOF\nb\nEOF\n", 3,
     "FROM a\n# composelint: ignore[x]\nRUN <<EOF\nb\nEOF\n"),
    ("below a directive", "# syntax=docker/dockerfile:1\nFROM a\n", 2,
     "# syntax=docker/dockerfile:1\n# composelint: ignore[x]\nFROM a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "wanted"), titled(YAML))
def test_places_in_yaml(text: str, line: int, wanted: str) -> None:
    assert add_ignores(SourceFile("compose.yaml", text), {line: {"x"}}) == (wanted, set())


@pytest.mark.parametrize(("text", "line", "wanted"), titled(DOCKERFILE))
def test_places_in_dockerfiles(text: str, line: int, wanted: str) -> None:
    assert add_ignores(SourceFile("Dockerfile", text), {line: {"x"}}) == (wanted, set())


def test_names_at_one_place_share_a_comment() -> None:
    source = SourceFile("compose.yaml", "a: 1\nb: 2\n")
    text, _ = add_ignores(source, {1: {"y", "x"}, 2: {"z"}}, "why")
    assert text == ("a: 1  # composelint: ignore[x, y] why\nb: 2  # composelint: ignore[z] why\n")


def test_a_directive_takes_no_comment() -> None:
    source = SourceFile("Dockerfile", "# escape=`\nFROM a\n")
    assert add_ignores(source, {1: {"x"}}) == (source.text, {1})


STACK = """\
version: "3"
services:
  db:
    image: postgres
    command: >-
      echo ${HOME}
  api:
    build: .
"""


def test_everything_is_suppressed_and_nothing_else_changes(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"compose.yaml": STACK, "Dockerfile": "FROM debian\nRUN cd /tmp && apt-get update\n"})
    assert run("--preset", "hardened").exit_code == 1
    answer = run(
        "--preset", "hardened", "--add-ignores=before the rules", "--output-format", "concise"
    )
    assert answer.exit_code == 0, answer.stdout
    assert "before the rules" in (folder / "compose.yaml").read_text()
    kept = [
        line.partition("  # composelint")[0]
        for line in (folder / "compose.yaml").read_text().splitlines()
        if not line.lstrip().startswith("#")
    ]
    assert kept == STACK.splitlines()
    assert run("--preset", "hardened", "--no-inline-ignores").exit_code == 1


def test_a_path_may_follow(lay_out: LayOut, run: Run) -> None:
    lay_out({"a/compose.yaml": STACK, "b/compose.yaml": STACK})
    answer = run("--add-ignores", "a")
    assert answer.exit_code == 0
    assert run("b").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--add-ignores=a\nb"], "a reason is one line of text"),
        (["--add-ignores", "-"], "standard input is none"),
    ],
)
def test_what_cannot_be_done(lay_out: LayOut, run: Run, arguments: list[str], message: str) -> None:
    lay_out({"compose.yaml": STACK})
    answer = run(*arguments, stdin=b"")
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_known_and_locked_findings_get_no_comment(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": STACK, "composelint.toml": 'locked = ["CF004"]\n'})
    run("baseline", "--select", "CF401")
    run("--add-ignores", "--select", "CF004,CF401")
    assert (folder / "compose.yaml").read_text() == STACK
