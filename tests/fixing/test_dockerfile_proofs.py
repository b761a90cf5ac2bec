"""How the new text of a Dockerfile is checked before it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import fix_text
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.fixing.verify import text_problem
from composelint.linter.rule import Edit
from composelint.linter.source.dockerfile import second_reader


def problem_with(before: str, old: str, new: str) -> str:
    """The reason against replacing the first place of a text in a Dockerfile, or ""."""
    file = SourceFile("Dockerfile", before)
    at = file.text.index(old)
    edit = Edit(Span(file, at, at + len(old)), new)
    after = file.text[:at] + new + file.text[at + len(old) :]
    return text_problem({"Dockerfile": (file, after)}, {"Dockerfile": [edit]})


SECOND = "a second reader finds other instructions in the result"
HEREDOC = "the text of a heredoc would change"
CASES = [
    ("FROM a\nRUN b\n", "RUN b", "RUN c", ""),
    ("FROM a\nRUN b\n", "RUN b", "RUN b \\\n  && c", ""),
    ("FROM a\nRUN b", "RUN b", "CMD", ""),
    # A text that dockerfile-parse cannot read is not a reason against a fix.
    ("# escape=`\nFROM a\nRUN b\n", "b", "c `\n d", ""),
    ("FROM a\nRUN c \\\\\nRUN b\n", "RUN b", "RUN", ""),
    ("FROM a\nRUN b\n", "b", "b\\\\", ""),
    ("FROM a\nRUN b\n", "b", "b\u00a0c", ""),
    ("FROM a\nRUN b\n", "RUN b", "RUNN b", "the result would not be read"),
    ("FROM a\nRUN b \\\n  # why\n  c\n", "b \\\n  # why\n  c", "b c", ""),
    ("FROM a\nRUN b \\\n  # why\n  c\n", "  # why\n", "", ""),
    ("FROM a\n# why\nRUN b\n", "hy\n", "\n", "would be lost"),
    # Data must not change; a script can change by edits inside it.
    ("FROM a\nCOPY <<E /x\nb\nE\n", "b\n", "c\n", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "b\n", "c\n", ""),
    ("FROM a\nRUN <<E\nb\nE\n", "b\nE\n", "c\nE\n", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "<<E\nb\nE", "b", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "RUN", "run", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "old", "new", "reason"), CASES)
def test_a_new_text_is_checked(before: str, old: str, new: str, reason: str) -> None:
    problem = problem_with(before, old, new)
    assert (reason in problem) if reason else problem == ""


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
def test_line_endings_and_byte_order_marks_make_no_difference(prefix: str) -> None:
    assert problem_with(f"{prefix}FROM a\r\nRUN b \\\r\n  c\r\n", "c", "d") == ""


INLINE = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a:1\n        MAINTAINER me\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("Dockerfile", "FROM a:1\nMAINTAINER me\n"), ("compose.yaml", INLINE)],
)
def test_a_fix_is_dropped_if_a_second_reader_disagrees(
    name: str, text: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixed(agree: bool) -> list[str]:
        monkeypatch.setattr(
            second_reader, "readings_agree", lambda syntax: agree or "LABEL" not in syntax.file.text
        )
        outcome = fix_text(text, name, "DF904", unsafe=True)
        assert bool(outcome.after) is agree
        assert len(outcome.result.reported) == (0 if agree else 1)
        return [drop.reason for drop in outcome.dropped]

    assert fixed(True) == []
    (reason,) = fixed(False)
    assert reason.endswith(SECOND)
