"""The parts of a run share what is known about the tree: nothing of it is looked for in each part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from checks import LayOut
from composelint.linter.analysis import documents
from composelint.linter.config.options import Options
from composelint.linter.engine import stacks, workers
from composelint.linter.engine.components import Component
from composelint.linter.engine.context import Run
from composelint.linter.engine.schedule import Outcome, _Schedule
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files import listing
from composelint.linter.files.disk import Disk
from composelint.linter.files.reader import Reader
from composelint.linter.model.project import Project
from composelint.linter.model.stack import Stack

COUNT = 80
COMPOSE = "version: '3'\nservices:\n  s{n}:\n    image: nginx\n"
DOCKERFILE = "FROM nginx:1.30\nCOPY . /srv/\n"


@pytest.mark.parametrize(
    ("name", "text"), [("compose.yaml", COMPOSE), ("Dockerfile", DOCKERFILE)], ids=lambda each: each
)
def test_each_folder_is_listed_and_judged_a_few_times(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    lay_out({f"part{n}/{name}": text.replace("{n}", str(n)) for n in range(COUNT)})
    listed: list[str] = []
    judged: list[str] = []
    entries: list[str] = []

    def counted_listing(reader: Reader, folder: str) -> listing.Listing:
        listed.append(folder)
        return list_folder(reader, folder)

    def counted_document(path: str) -> bool:
        judged.append(path)
        return is_document(path)

    def counted_entries(disk: Disk, folder: str) -> list[tuple[str, str]]:
        found = list(disk_entries(disk, folder))
        entries.extend(name for name, _ in found)
        return found

    list_folder, is_document = listing.list_folder, documents.is_document
    disk_entries = Disk.entries
    monkeypatch.setattr(listing, "list_folder", counted_listing)
    monkeypatch.setattr(documents, "is_document", counted_document)
    monkeypatch.setattr(Disk, "entries", counted_entries)
    open_workspace([], Options(no_cache=True, jobs=1)).check()
    assert len(listed) == len(set(listed))
    assert len(judged) == len(set(judged))
    # The folder of all is listed a few times, not once for each part.
    assert len(entries) <= 20 * COUNT


def test_a_text_that_is_only_searched_is_read_once_and_nothing_is_linted_twice(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        f"part{n}/docker-compose.yml": "services:\n  s:\n    image: shop-web:latest\n"
        for n in range(COUNT)
    }
    lay_out({**files, "README.md": "Images are made elsewhere.\n"})
    read: list[str] = []
    linted: list[str] = []

    def counted_read(disk: Disk, path: str, most: int) -> bytes:
        read.append(path)
        return disk_read(disk, path, most)

    def counted_stack(run: Run, stack: Stack) -> None:
        linted.append(stack.name)
        lint_stack(run, stack)

    disk_read, lint_stack = Disk.read, stacks.lint_stack
    monkeypatch.setattr(Disk, "read", counted_read)
    monkeypatch.setattr(stacks, "lint_stack", counted_stack)
    open_workspace([], Options(no_cache=True, jobs=1)).check()
    assert sum(path.endswith("README.md") for path in read) == 1
    assert len(linted) == COUNT


def test_dockerfiles_are_named_and_no_stack_that_was_only_searched_connects_them(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = "services:\n  s:\n    build: .\n"
    shop = {
        f"shop{n}/{name}": text
        for n in range(COUNT)
        for name, text in (("Dockerfile", DOCKERFILE), ("compose.yaml", stack))
    }
    alone = {f"alone{n}/Dockerfile": DOCKERFILE for n in range(COUNT)}
    lay_out({**shop, **alone})
    linted: list[str] = []

    def counted_part(
        schedule: _Schedule, component: Component, progress: Callable[[], None]
    ) -> tuple[Outcome, Project]:
        linted.extend(file.path for file in component)
        return lint_part(schedule, component, progress)

    lint_part = _Schedule.linted
    monkeypatch.setattr(_Schedule, "linted", counted_part)
    monkeypatch.setattr(workers, "_can_fork", lambda: False)
    names = [path for path in (*shop, *alone) if path != "alone0/Dockerfile"]
    open_workspace(names, Options(no_cache=True, jobs=4)).check()
    assert sorted(linted) == sorted(names)
