"""Renames in the recorded cases that Docker Compose accepts: the stack is the same but for the name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from composelint.linter.base.text import BOM
from composelint.linter.compose.discover import StackFiles
from composelint.linter.compose.show import render_stack
from composelint.linter.files.reader import Reader
from composelint.linter.fixing.engine import apply_edits
from composelint.linter.insight.names import names_of, references
from composelint.linter.insight.rename import Rename, rename
from composelint.linter.model.project import Project
from composelint.linter.model.stack import Stack
from composelint.linter.rule import Edit
from harness import Case, load, load_generated, searched

CASES = [case for case, _ in load_generated()][::25]
NEW = "ZQ_renamed"


def opened(case: Case, folder: Path) -> Project:
    """The project of a case, in its folder, with its one stack."""
    loaded, cwd = load(case, folder)
    os.chdir(cwd)
    project = Project(Reader(str(folder / "project"), base=cwd))
    given = loaded.files if case.args else searched(case, project.reader).files
    project.stacks.append(Stack(project, loaded, StackFiles(tuple(given))))
    return project


def lines(project: Project, old: str = "", new: str = "") -> list[str]:
    """The stack in lines, without their order and without quotes; a name put back."""
    text = render_stack(project.stacks[0].tree)
    return sorted((text.replace(new, old) if new else text).replace('"', "").splitlines())


def write(edits: tuple[Edit, ...]) -> None:
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.span.file.path, []).append(edit)
    for path, of_file in by_path.items():
        file = of_file[0].span.file
        text = (BOM if file.bom else "") + apply_edits(file.text, of_file)
        Path(path).write_bytes(text.encode())


def in_place(case: Case, folder: Path, files: dict[str, bytes]) -> Project:
    """The project of a case with the files that are on the disk now."""
    changed = case._replace(files={**case.files, **files})
    return opened(changed, folder)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_renamed_stack_is_the_same_but_for_the_name(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = opened(case, tmp_path / "first")
    stack = project.stacks[0]
    places = [place for places in names_of(project).places.by_key.values() for place in places]
    before, accepted = lines(project), stack.loaded.accepted
    renamed = 0
    for place in places:
        path, start = place.span.file.path, place.span.start
        assert place.span in references(project, path, start)
        result = rename(project, path, start, NEW)
        if not (place.defines and accepted and isinstance(result, Rename)):
            continue
        renamed += 1
        folder = tmp_path / f"renamed-{renamed}"
        opened(case, folder)  # writes the files and goes there
        write(result.edits)
        root = folder / "project"
        files = {
            name: (root / name).read_bytes()
            for name, data in case.files.items()
            if data is not None and (root / name).is_file()
        }
        after = in_place(case, tmp_path / f"read-{renamed}", files)
        assert after.stacks[0].loaded.accepted
        assert lines(after, result.old, NEW) == before
        monkeypatch.chdir(tmp_path)
