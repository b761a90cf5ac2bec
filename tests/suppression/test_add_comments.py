"""``--add-ignores``: comments that suppress, at places where they change nothing else."""

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


@pytest.mark.parametrize(("text", "line", "expected"), titled(YAML))
def test_comments_in_yaml_change_no_value(text: str, line: int, expected: str) -> None:
    assert add_ignores(SourceFile("compose.yaml", text), {line: {"x"}}) == (expected, set())


@pytest.mark.parametrize(("text", "line", "expected"), titled(DOCKERFILE))
def test_comments_in_dockerfiles_stay_above_the_instruction(
    text: str, line: int, expected: str
) -> None:
    assert add_ignores(SourceFile("Dockerfile", text), {line: {"x"}}) == (expected, set())


def test_names_at_one_place_share_one_comment() -> None:
    source = SourceFile("compose.yaml", "a: 1\nb: 2\n")
    text, _ = add_ignores(source, {1: {"y", "x"}, 2: {"z"}}, "why")
    assert text == ("a: 1  # composelint: ignore[x, y] why\nb: 2  # composelint: ignore[z] why\n")


def test_a_directive_cannot_have_a_comment() -> None:
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


def test_all_findings_are_suppressed_and_no_other_line_changes(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"compose.yaml": STACK, "Dockerfile": "FROM debian\nRUN cd /tmp && apt-get update\n"})
    assert run("--preset", "hardened").exit_code == 1
    answer = run(
        "--preset", "hardened", "--add-ignores=before the rules", "--output-format", "concise"
    )
    assert answer.exit_code == 0, answer.stdout
    assert "before the rules" in (folder / "compose.yaml").read_text()
    other_lines = [
        line.partition("  # composelint")[0]
        for line in (folder / "compose.yaml").read_text().splitlines()
        if not line.lstrip().startswith("#")
    ]
    assert other_lines == STACK.splitlines()
    assert run("--preset", "hardened", "--no-inline-ignores").exit_code == 1


def test_a_path_can_follow_the_option(lay_out: LayOut, run: Run) -> None:
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
def test_reasons_and_inputs_that_cannot_be_written_are_errors(
    lay_out: LayOut, run: Run, arguments: list[str], message: str
) -> None:
    lay_out({"compose.yaml": STACK})
    answer = run(*arguments, stdin=b"")
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_findings_in_the_baseline_or_of_locked_rules_get_no_comment(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"compose.yaml": STACK, "composelint.toml": 'locked = ["CF004"]\n'})
    run("baseline", "--select", "CF401")
    run("--add-ignores", "--select", "CF004,CF401")
    assert (folder / "compose.yaml").read_text() == STACK
