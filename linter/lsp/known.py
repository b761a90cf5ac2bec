"""What was loaded last with the open files, while they could be read.

Completions are wanted while people type: before anything is linted anew, and in texts that cannot be
read. They use what was loaded before, as long as only the file itself has changed since.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..engine.run import check_project
from ..files.disk import DISK
from ..files.reader import Shared
from ..files.tree import Overlay, use_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.project import Project
    from ..result import Result
    from .documents import Document
    from .server import Server
    from .session import Part
    from .view import View


class Loaded(NamedTuple):
    """What was loaded with a file.

    Attributes:
        project: what was loaded.
        result: the findings.
        documents: the open documents of that moment.
        changes: the number of changes around the documents that had been taken in.
    """

    project: Project
    result: Result
    documents: Mapping[str, Document]
    changes: int


class Known:
    """What was loaded last with each open file. The worker writes it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.by_path: dict[str, Loaded] = {}

    def ready(self, path: str, documents: Mapping[str, Document]) -> Loaded | None:
        """What was loaded with a file, if nothing but the file itself has changed since."""
        last = self.by_path.get(path)
        if last is None or last.changes != self.server.changes_around:
            return None
        is_same = {**last.documents, path: None} == {**documents, path: None}
        return last if is_same else None

    def note(self, part: Part, documents: Mapping[str, Document]) -> None:
        """Remember what was loaded for the open files of a part, which is up to date."""
        known = {path: last for path, last in self.by_path.items() if path in documents}
        for path in part.paths:
            last = known.get(path)
            if path not in documents:
                continue
            if last is not None and last.result is part.result:
                project = last.project  # Nothing of it has changed.
            elif part.loaded is None or (last is not None and _is_broken(part.loaded, path)):
                continue
            else:
                project = part.loaded
            known[path] = Loaded(project, part.result, documents, self.server.changes_taken)
        self.by_path = known

    def note_all(self, documents: Mapping[str, Document]) -> None:
        """Remember what was loaded for all open files: everything is up to date."""
        session = self.server.session
        for part in session.parts:
            if not documents.keys().isdisjoint(part.paths):
                with use_tree(session.tree):
                    part.load()  # What no open file belongs to is not kept.
                self.note(part, documents)

    def of(self, view: View) -> Loaded:
        """What was loaded with a file: itself as it could last be read, the others as they are."""
        path, documents = view.path, view.documents
        project = view.project
        self.note(view.part, documents)
        last = self.by_path.get(path)
        if last is None:
            return Loaded(project, view.part.result, documents, self.server.changes_taken)
        if self.ready(path, documents) is None:
            before = last.documents[path]
            texts = {**view.session.texts, path: before.data}
            with use_tree(Overlay(DISK, texts)):
                part = view.part
                result, project = check_project(part.files, part.settings, None, None, Shared())
            documents = {**documents, path: before}
            last = Loaded(project, result, documents, self.server.changes_taken)
            self.by_path = {**self.by_path, path: last}
        return last


def _is_broken(project: Project, path: str) -> bool:
    """Whether an error of syntax hides what a file says."""
    return any(
        problem.kind == "syntax"
        for stack in project.stacks
        for source in stack.loaded.sources
        if source.path == path and source.yaml is not None
        for problem in source.yaml.problems
    )
