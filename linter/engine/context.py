"""The state of one run, which its parts share."""

from __future__ import annotations

import os

from ..base.lazy import cached_property
from ..base.text import BOM, DecodeError, SourceFile, undecoded
from ..files.paths import find_root
from ..files.reader import Reader
from ..model.project import Project
from .comments import Comments
from .findings import Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ..base.text import Span
    from ..compose.discover import StackFiles
    from ..compose.stack import LoadedStack
    from ..files.reader import Shared
    from ..model.dockerfile import Dockerfile
    from ..model.stack import Stack
    from ..rule import Diagnostic
    from .settings import Settings
    from .surroundings import Surroundings

LISTED = "listed in the configuration"
"""Why the files of a stack are taken together that the configuration names."""


class Run:
    """One run: its settings, its reader, the project that it reads, and its findings.

    Attributes:
        named: the paths that the user gave.
        undecoded: the texts that are not UTF-8, with the place and the reason.
        linted_stacks: the files of each stack that was linted.
        progress: is called after each stack and each Dockerfile.
        searches: the number of files so far whose stack was searched in the project.
        services: the names of the services that are judged; None for all.
        elsewhere: stacks, each with the findings of its rules in files that are not linted; None if
            these do not matter.
    """

    def __init__(
        self,
        settings: Settings,
        texts: dict[str, bytes],
        progress: Callable[[], None],
        shared: Shared | None,
    ) -> None:
        self.settings = settings
        self.progress = progress
        self.searches = 0
        self.services: Collection[str] | None = None
        self.elsewhere: list[tuple[Stack, list[Diagnostic]]] | None = None
        self.named: set[str] = set()
        self.linted_stacks: set[tuple[str, ...]] = set()
        self.undecoded: dict[str, tuple[Span, str]] = {}
        overlay: dict[str, str] = {}
        for path, data in texts.items():
            try:
                source = SourceFile.from_bytes(path, data)
                overlay[path] = BOM + source.text if source.bom else source.text
            except DecodeError as error:
                self.undecoded[path] = undecoded(path, data, error), str(error)
        config = settings.config
        self.root = settings.root or find_root(".")
        self.reader = Reader(
            self.root,
            max_bytes=config.max_file_size,
            allow_outside=config.allow_outside,
            overlay=overlay,
            shared=shared,
        )
        self.project = Project(self.reader)
        self.project.registries = config.registries or ()
        self.project.host = config.host
        self.project.fix_values = config.fix
        self.findings = Findings(settings, self.project)
        self.comments = Comments(self.findings)

    def twin(self) -> Run:
        """A run with the same parts, to replace some of them."""
        twin = Run.__new__(Run)
        twin.__dict__.update(self.__dict__)
        return twin

    @cached_property
    def surroundings(self) -> Surroundings:
        """What the repository contains around the files of the run."""
        from .surroundings import Surroundings

        return Surroundings(self.project, self.root, self.settings.config.vendored)

    @property
    def linted_dockerfiles(self) -> list[Dockerfile]:
        """The Dockerfiles of the project whose findings are wanted, without templates."""
        wanted = self.findings.wanted
        dockerfiles = self.project.all_dockerfiles()
        return [each for each in dockerfiles if each.path in wanted and not each.is_template]

    def stacks_of(self, paths: list[str]) -> list[StackFiles]:
        """The stacks of the command line, else those of the configuration and of the file names."""
        from ..compose.discover import StackFiles, discover_stacks, parse_stack

        settings = self.settings
        if settings.stacks:
            return [parse_stack(text) for text in settings.stacks]
        wanted = set(paths)
        listed = [
            StackFiles(entry.files, why=LISTED, chosen=True)
            for entry in settings.config.stacks
            if not wanted.isdisjoint(entry.files)
        ]
        covered = {path for stack in listed for path in stack.files}
        rest = [path for path in paths if path not in covered]
        files_of_listed = {stack.files for stack in listed}
        return listed + [
            stack
            for stack in discover_stacks(rest, self.reader, named=self.named)
            if stack.files not in files_of_listed
        ]

    def load(self, files: StackFiles) -> LoadedStack:
        """A stack as Docker Compose would load it, with the options of this run."""
        from ..compose.stack import load_stack

        settings = self.settings
        env_files, profiles = settings.env_files, settings.profiles
        for entry in settings.config.stacks:
            if entry.files == files.files:
                env_files = env_files or entry.env_files
                profiles = profiles or entry.profiles or ()
                break
        return load_stack(
            files.files,
            self.reader,
            env_files=env_files,
            profiles=profiles,
            environment=dict(os.environ) if settings.config.use_environment else None,
            run_from=files.run_from,
            named_at=files.named_at,
            release=settings.config.compose_version,
        )
