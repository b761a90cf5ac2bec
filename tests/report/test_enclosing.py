"""The lines above a finding that say what it belongs to, and the lines that a fix changes."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report.enclosing import enclosing_lines
from composelint.linter.report.fixes import changes
from composelint.linter.rule import Append, Applicability, Create, Edit, Fix
from report_samples import finding, write

STACK = """\
services:
  # The database of the shop.
  db:
    image: postgres:17

    environment:
      POSTGRES_USER: shop
      - stray
  web:
    ports:
    - "80:80"
    - target: 443
      published: 443
    deploy:
      resources:
        limits:
          memory: 1G
volumes:
  data:
    driver: local
x-short: {a: 1}
"""
DOCKERFILE = """\
FROM alpine:3.22
RUN apk add \\
  # A comment inside.
  curl \\
  git
USER app
"""


@pytest.mark.parametrize(
    ("path", "text", "line", "above"),
    [
        ("compose.yaml", STACK, 1, ()),
        ("compose.yaml", STACK, 3, ()),
        ("compose.yaml", STACK, 4, (3,)),
        ("compose.yaml", STACK, 5, (3,)),
        ("compose.yaml", STACK, 7, (3, 6)),
        ("compose.yaml", STACK, 11, (9, 10)),
        ("compose.yaml", STACK, 13, (9, 10)),
        ("compose.yaml", STACK, 17, (9, 16)),
        ("compose.yaml", STACK, 19, (18,)),
        ("compose.yaml", STACK, 20, (19,)),
        ("compose.yaml", STACK, 21, ()),
        ("Dockerfile", DOCKERFILE, 2, ()),
        ("Dockerfile", DOCKERFILE, 4, (2,)),
        ("Dockerfile", DOCKERFILE, 5, (2,)),
        ("Dockerfile", DOCKERFILE, 6, ()),
        ("api/.env", "A=1\\\nB=2\n", 2, ()),
    ],
)
def test_lines_that_enclose(path: str, text: str, line: int, above: tuple[int, ...]) -> None:
    assert enclosing_lines(SourceFile(path, text), line) == above


def test_they_are_shown_with_dots_where_lines_are_left_out() -> None:
    file = SourceFile("compose.yaml", STACK)
    at = STACK.index("shop\n      -")
    text = write("full", [finding(Span(file, at, at + 4), "why")])
    assert text.splitlines()[1:6] == [
        "3 |   db:",
        "...",
        "6 |     environment:",
        "7 |       POSTGRES_USER: shop",
        "  |                      ^^^^",
    ]


FILE = SourceFile("compose.yaml", "one\ntwo\nthree\n")
LONG = SourceFile("long.yaml", "a: " + 3000 * "x" + "\n")


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([Edit(Span(FILE, 4, 7), "zwei")], [("compose.yaml", [(2, "-", "two"), (2, "+", "zwei")])]),
        ([Edit(Span(FILE, 4, 8), "")], [("compose.yaml", [(2, "-", "two")])]),
        (
            [Edit(Span(FILE, 4, 4), "1½\n")],
            [("compose.yaml", [(1, " ", "one"), (2, "+", "1½")])],
        ),
        ([Edit(Span(FILE, 0, 0), "zero\n")], [("compose.yaml", [(1, "+", "zero")])]),
        # Of the lines that an edit touches, those that stay are not shown.
        (
            [Edit(Span(FILE, 0, 8), "one\nzwei\n")],
            [("compose.yaml", [(2, "-", "two"), (2, "+", "zwei")])],
        ),
        ([Create("b.yaml", "b: 1\n")], [("b.yaml", [(1, "+", "b: 1")])]),
        # The last line of an env file may be a secret.
        (
            [Append(SourceFile(".env", "PASSWORD=x\n"), ("A=1",), exists=True)],
            [(".env", [(2, "+", "A=1")])],
        ),
        ([Edit(Span(LONG, 3, 4), "y")], []),
    ],
    ids=["replaced", "deleted", "added", "at the top", "in part", "a new file", "appended", "long"],
)
def test_lines_that_a_fix_changes(
    edits: list[Edit | Create | Append], expected: list[tuple[str, list[tuple[int, str, str]]]]
) -> None:
    found = list(changes(Fix("t", tuple(edits), Applicability.SAFE), None))
    assert [(change.path, change.rows) for change in found] == expected


def test_of_a_large_change_the_beginning_is_shown() -> None:
    fix = Fix("t", (Create("b.yaml", "".join(f"{n}: 1\n" for n in range(20))),), Applicability.SAFE)
    text = write("full", [finding(Span(FILE, 0, 3), fix=fix)])
    assert "16 + 15: 1\n   ... 4 more lines\n" in text
    assert "17 +" not in text
