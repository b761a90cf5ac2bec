"""What the repository contains around the files of a run, each part of it looked for once.

A hook names the files that it checks, often many; the stacks that they belong to are searched for
in the whole repository. Nothing of this is loaded where no stack has to be searched.
"""

from __future__ import annotations

from ..base.lazy import cached_property
from ..base.text import SourceFile
from ..files.discovery import in_excluded_folder, project_files
from ..files.globs import in_folder
from ..files.kinds import COMPOSE, TEMPLATE_ENDINGS, kind_of
from ..files.naming import from_root
from ..files.paths import folder_of, folders_above, is_root, join_path, seen_from
from ..files.purpose import is_example

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..compose.evidence import Documents
    from ..model.project import Project
    from ..model.stack import Stack


class Surroundings:
    """The files of the repository, as far as a search for stacks needs them.

    Attributes:
        stacks: the stacks that were loaded for a search, by their files.
    """

    def __init__(self, project: Project, root: str, vendored: Sequence[str]) -> None:
        self.project = project
        self.root = root
        self.vendored = vendored
        self.stacks: dict[tuple[str, ...], Stack] = {}
        self._files: dict[str, Files] = {}
        self._is_compose: dict[str, bool] = {}

    @cached_property
    def compose_files(self) -> list[str]:
        """The paths of the Compose files."""
        paths = self._listed()
        if paths is None:
            paths = [path for path, kind in project_files(self.root) if kind == COMPOSE]
        return paths

    def _listed(self) -> list[str] | None:
        """The Compose files that the listing of the project contains.

        To start git takes longer than to lint a Dockerfile, so it is only asked (None) if the
        project is large, or if a .gitignore matches one of the files: it may be tracked all the
        same. Without a repository the rest of a large folder, such as a user's home, is not searched.
        """
        reader = self.project.reader
        top = seen_from(reader.base, reader.root)
        listing = self.project.listing(top)
        if not listing.complete and is_root(reader.root):
            return None
        names = [name for name in listing.files if name[-5:].lower().endswith((".yml", ".yaml"))]
        own = (*listing.files, *listing.folders)
        others = {folder_of(name) for name in own if name.endswith("/.git")}
        paths = []
        for name in names:
            path = join_path(top, name)
            if path.startswith("../"):
                path = seen_from(".", path)
            if not others.isdisjoint(folders_above(name)) or in_excluded_folder(name):
                continue  # It belongs to another repository, or to a tool.
            if self.is_compose(path):
                if reader.is_ignored_by_git(path):
                    return None
                paths.append(path)
        return paths

    @cached_property
    def referring(self) -> list[tuple[str, str]]:
        """The Compose files that may take in other files, each with its text."""
        texts = ((path, self.text(path)) for path in self.compose_files)
        return [(path, text) for path, text in texts if "include" in text or "extends" in text]

    def text(self, path: str) -> str:
        """The text of a file; empty if it cannot be read."""
        answer = self.project.reader.search_text(path)
        return answer.text if isinstance(answer, SourceFile) else ""

    def is_compose(self, name: str) -> bool:
        """Whether a YAML file is a Compose file, by its name or its content."""
        answer = self._is_compose.get(name)
        if answer is None:
            answer = kind_of(name) == COMPOSE
            if not answer:
                from ..files.recognition import is_compose_file

                answer = is_compose_file(name)
            self._is_compose[name] = answer
        return answer

    def files_for(self, path: str) -> Files:
        """The files of the project; of a large one, those near a path are among them."""
        top = seen_from(".", self.root)
        listing = self.project.listing(top)
        folder = "" if listing.complete else folder_of(path)
        files = self._files.get(folder)
        if files is None:
            named = from_root(self.project.reader)
            names = [named(name) for name in listing.files if not in_folder(name, self.vendored)]
            if folder:
                names += [join_path(folder, name) for name in self.project.listing(folder).files]
            files = self._files[folder] = Files(self.project, list(dict.fromkeys(names)))
        return files


class Files:
    """The paths of some files of the project, in order."""

    def __init__(self, project: Project, names: list[str]) -> None:
        self.names = names
        self._project = project

    @cached_property
    def documents(self) -> Documents:
        """Those that may say how stacks are started."""
        from ..compose.evidence import Documents

        return Documents(self.names, self._project.reader)

    @cached_property
    def yaml(self) -> list[tuple[str, str]]:
        """The YAML files, each with its folder."""
        return [(name, folder_of(name)) for name in self.names if name.endswith((".yml", ".yaml"))]

    @cached_property
    def yaml_by_folder(self) -> dict[str, list[str]]:
        """The YAML files by their folder, Compose files by name and short names first."""
        by_folder: dict[str, list[str]] = {}
        for name, folder in self.yaml:
            by_folder.setdefault(folder, []).append(name)
        for names in by_folder.values():
            names.sort(key=lambda name: (kind_of(name) != COMPOSE, len(name), name))
        return by_folder

    @cached_property
    def override_drafts(self) -> list[tuple[str, str]]:
        """The examples and templates of override files, each with its folder."""
        return [
            (name, folder_of(name))
            for name in self.names
            if "override" in (base := name.rpartition("/")[2])
            and (is_example(base) or base.rpartition(".")[2] in TEMPLATE_ENDINGS)
        ]
