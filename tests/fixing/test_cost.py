"""What fixing costs: files are linted again only where a fix touches what they depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from checks import LayOut
from composelint.linter.config.options import Options
from composelint.linter.engine import run
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.discovery import InputFile
from composelint.linter.fixing import engine
from composelint.linter.fixing.verify import Verdict
from composelint.linter.fixing.workspace import fix_workspace
from composelint.linter.result import Result
from composelint.linter.rule import Edit, Fix

COUNT = 120
STACK = "version: '3'\nservices:\n  s{n}:\n    image: busybox:1.37  # {what}\n"


def path_of(layout: str, number: int) -> str:
    if layout == "folders":
        return f"stack{number}/compose.yaml"
    return (
        f"compose.{number}.yaml"
        if layout == "one folder"
        else f"{number % 4}/compose.{number}.yaml"
    )


@pytest.mark.parametrize("layout", ["folders", "one folder", "a few folders"])
@pytest.mark.parametrize("refused", [0, 1, 16])
def test_files_are_linted_at_most_three_times(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch, layout: str, refused: int
) -> None:
    texts = {
        path_of(layout, number): STACK.format(
            n=number, what="refused" if number % COUNT < refused else "fixed"
        )
        for number in range(COUNT)
    }
    lay_out(texts)
    linted: list[str] = []

    def counted(files: Sequence[InputFile], *args: Any, **options: Any) -> Any:
        linted.extend(file.path for file in files)
        return check_project(files, *args, **options)

    def refusing(fixes: Sequence[Fix], before: Result, after: Result) -> Verdict:
        edits = [edit for fix in fixes for edit in fix.edits if isinstance(edit, Edit)]
        if any("refused" in edit.span.file.text for edit in edits):
            return Verdict("it is refused", [])
        return verify(fixes, before, after)

    check_project, verify = run.check_project, engine.verify
    monkeypatch.setattr(run, "check_project", counted)
    monkeypatch.setattr(engine, "verify", refusing)
    (outcome,) = fix_workspace(open_workspace([], Options(select=("CF004",))), False)
    assert len(outcome.dropped) == refused
    assert len(outcome.after) == COUNT - refused
    assert outcome.converged
    assert set(linted) == texts.keys()
    assert len(linted) <= 3 * COUNT


def test_a_fix_in_a_file_that_several_stacks_extend_must_suit_them_all(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        f"stack{n}/compose.yaml": f"services:\n  s{n}:\n    extends: {{file: ../common.yml, service: base}}\n"
        for n in range(80)
    }
    lay_out({**files, "common.yml": "version: '3'\nservices:\n  base:\n    image: busybox:1.37\n"})
    judged: set[str] = set()

    def counted(fixes: Sequence[Fix], before: Result, after: Result) -> Verdict:
        judged.update(after.trees)
        return verify(fixes, before, after)

    verify = engine.verify
    monkeypatch.setattr(engine, "verify", counted)
    (outcome,) = fix_workspace(open_workspace([], Options(select=("CF004",))), False)
    assert outcome.after.keys() == {"common.yml"}
    assert files.keys() <= judged
