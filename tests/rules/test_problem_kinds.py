"""Whatever loading a stack can find wrong is reported by some rule."""

from __future__ import annotations

import re
from pathlib import Path

import composelint.rules
from composelint.linter.compose.kinds import REJECTED, REMARKS
from composelint.linter.engine import run


def test_every_kind_of_problem_has_a_rule() -> None:
    folder = Path(composelint.rules.__file__).parent
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    sources.append(Path(run.__file__).read_text("utf-8"))
    # Rules on env files and across files look for these themselves, whether a stack fails or not.
    elsewhere = {"env-file-syntax", "label-file-missing", "env-file-missing"}
    text = "\n".join(sources)
    missing = [
        kind for kind in {**REJECTED, **REMARKS} if not re.search(f'"{re.escape(kind)}"', text)
    ]
    assert set(missing) <= elsewhere
