"""The parts of a run share what is known about the tree: nothing of it is looked for in each part."""

from __future__ import annotations

import pytest
from checks import LayOut
from composelint.linter.analysis import documents
from composelint.linter.config.options import Options
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files import listing
from composelint.linter.files.disk import Disk
from composelint.linter.files.reader import Reader

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
