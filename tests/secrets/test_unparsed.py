"""Secrets in lines that could not be parsed, which reports and fingerprints must not contain."""

from __future__ import annotations

import time

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.secrets.unparsed import secrets_in_text, unread_secrets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('POSTGRES_PASSWORD: "Tr0ub4dor&3', "POSTGRES_PASSWORD: ***"),
        ("  - DB_PASSWORD=Tr0ub4dor 3 # x", "  - DB_PASSWORD=***"),
        ("export API_TOKEN=x y", "export API_TOKEN=***"),
        ("ENV DB_PASSWORD abc", "ENV DB_PASSWORD ***"),
        ("environment: {A: b, DB_PASSWORD: x9, C: d}", "environment: {A: b, DB_PASSWORD: ***, C: d}"),
        ("DB_PASSWORD: a\nC: d\nAPI_KEY: b", "DB_PASSWORD: ***\nC: d\nAPI_KEY: ***"),
        ("URL: pg://a:hunter2@db/x: y", "URL: pg://a:***@db/x: y"),
        ("RUN mysql -uroot -pqW3rty9z", "RUN mysql -uroot -p***"),
        ("X: ghp_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT9uV8wX", "X: ***"),
        ("DB_PASSWORD: ${DB_PASSWORD", "DB_PASSWORD: ${DB_PASSWORD"),
        ('DB_PASSWORD: "$DB_PASSWORD', 'DB_PASSWORD: "$DB_PASSWORD'),
        ("DB_PASSWORD:", "DB_PASSWORD:"),
        ("${API_TOKEN:?}", "${API_TOKEN:?}"),
        ("image: postgres:17", "image: postgres:17"),
        ("ports: [80:80]", "ports: [80:80]"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret(text: str, left: str) -> None:
    shown = text
    for start, end in reversed(secrets_in_text(text)):
        shown = f"{shown[:start]}***{shown[end:]}"
    assert shown == left


@pytest.mark.parametrize(
    ("line", "expected"),
    [(1, ["one"]), (2, ["two"]), (3, []), (4, ["end"])],
)
def test_the_lines_of_a_place_are_searched(line: int, expected: list[str]) -> None:
    file = SourceFile("x.yaml", "A_PASSWORD: one\nB_PASSWORD: two\nc: d\nE_PASSWORD: end")
    at = file.offset(line, 3)
    assert [place.text for place in unread_secrets(Span(file, at, at))] == expected


def test_only_lines_that_are_shown_are_searched() -> None:
    lines = "".join(f"A_PASSWORD: x{number}\n" for number in range(9))
    file = SourceFile("x.yaml", lines)
    secrets = unread_secrets(Span(file, 0, len(lines) - 1))
    assert [place.text for place in secrets] == ["x0", "x1", "x8"]


def test_of_a_long_line_only_the_beginning_is_searched() -> None:
    text = ", ".join(f"DB_PASSWORD: x{number}y" for number in range(50_000))
    file = SourceFile("x.yaml", f"{{{text}}}")
    begun = time.perf_counter()
    for at in range(0, len(text), 200):
        places = unread_secrets(Span(file, at, at))
    assert time.perf_counter() - begun < 1
    assert places[-1].end == len(file.text)
