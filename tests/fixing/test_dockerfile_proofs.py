"""What is proved of a Dockerfile's new text before it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import Found
from composelint.linter.fixing.engine import Choice, fix_files
from composelint.linter.fixing.verify import text_problem
from composelint.linter.rule import Edit
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.dockerfile import second_reader


def trouble(before: str, old: str, new: str) -> str:
    """What is said against replacing a text of a Dockerfile, its first place that is."""
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
    # What dockerfile-parse cannot read is not held against a fix.
    ("# escape=`\nFROM a\nRUN b\n", "b", "c `\n d", ""),
    ("FROM a\nRUN c \\\\\nRUN b\n", "RUN b", "RUN", ""),
    ("FROM a\nRUN b\n", "b", "b\\\\", ""),
    ("FROM a\nRUN b\n", "b", "b\u00a0c", ""),
    ("FROM a\nRUN b\n", "RUN b", "RUNN b", "the result would not be read"),
    ("FROM a\nRUN b \\\n  # why\n  c\n", "b \\\n  # why\n  c", "b c", ""),
    ("FROM a\nRUN b \\\n  # why\n  c\n", "  # why\n", "", ""),
    ("FROM a\n# why\nRUN b\n", "hy\n", "\n", "would be lost"),
    # Data is left alone, a script changes where an edit is meant for it.
    ("FROM a\nCOPY <<E /x\nb\nE\n", "b\n", "c\n", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "b\n", "c\n", ""),
    ("FROM a\nRUN <<E\nb\nE\n", "b\nE\n", "c\nE\n", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "<<E\nb\nE", "b", HEREDOC),
    ("FROM a\nRUN <<E\nb\nE\n", "RUN", "run", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "old", "new", "reason"), CASES)
def test_a_new_text_is_proved(before: str, old: str, new: str, reason: str) -> None:
    found = trouble(before, old, new)
    assert (reason in found) if reason else found == ""


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
def test_line_endings_and_marks_make_no_difference(prefix: str) -> None:
    assert trouble(f"{prefix}FROM a\r\nRUN b \\\r\n  c\r\n", "c", "d") == ""


INLINE = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a:1\n        MAINTAINER me\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("Dockerfile", "FROM a:1\nMAINTAINER me\n"), ("compose.yaml", INLINE)],
)
def test_a_fix_after_which_the_readers_disagree_is_dropped(
    name: str, text: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixed(agree: bool) -> list[str]:
        monkeypatch.setattr(
            second_reader, "readings_agree", lambda syntax: agree or "LABEL" not in syntax.file.text
        )
        outcome = fix_files(
            [Found(name, "dockerfile" if name == "Dockerfile" else "compose", True)],
            Settings(selection=Selection(select=["DF904"]), debug=True),
            Choice(unsafe=True),
            {name: text.encode()},
        )
        assert bool(outcome.after) is agree
        assert len(outcome.result.reported) == (0 if agree else 1)
        return [dropped.reason for dropped in outcome.dropped]

    assert fixed(True) == []
    (reason,) = fixed(False)
    assert reason.endswith(SECOND)
