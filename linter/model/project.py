"""The project of the stacks, its ignore files and env files as rules see them."""

from __future__ import annotations

from ..base.lazy import cached_property
from ..base.text import SourceFile
from ..files.naming import from_root
from ..files.paths import join_path, seen_from
from ..files.purpose import is_example
from .host import FixValues

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..files.listing import Listing
    from ..files.reader import Reader
    from ..images import ImageReference
    from ..source.dotenv import EnvSyntax
    from ..source.ignore import IgnoreSyntax
    from ..source.yaml.nodes import Scalar
    from .dockerfile import Dockerfile
    from .fields import Build
    from .host import Host
    from .service import Service
    from .stack import Stack


class IgnoreFile:
    """One ignore file and the Dockerfiles whose context it filters."""

    def __init__(self, project: Project, syntax: IgnoreSyntax) -> None:
        self.project = project
        self.syntax = syntax
        self.dockerfiles: list[Dockerfile] = []

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.syntax.file.path

    @cached_property
    def folder(self) -> str | None:
        """The context that it filters; None if there are several, or none is known."""
        folders = {dockerfile.folder for dockerfile in self.dockerfiles}
        return folders.pop() if len(folders) == 1 else None

    def __repr__(self) -> str:
        return f"IgnoreFile({self.path!r})"


class EnvFile:
    """One env file, as Docker Compose reads it, and the stacks that do so."""

    def __init__(self, project: Project, syntax: EnvSyntax, stacks: list[Stack]) -> None:
        self.project = project
        self.syntax = syntax
        self.stacks = stacks

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.syntax.file.path

    @property
    def is_template(self) -> bool:
        """Whether it only shows people what to set (`.env.example` and the like)."""
        return is_example(self.path.rpartition("/")[2])

    def __repr__(self) -> str:
        return f"EnvFile({self.path!r})"


class Project:
    """The files of one run, as far as rules may see them.

    Rules read no files themselves: they ask the project. ``host`` is the machine that the
    configuration declares, if any; ``fix_values`` are the values that fixes are to write.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.host: Host | None = None
        self.fix_values = FixValues()
        self.stacks: list[Stack] = []
        self.dockerfiles: dict[str, Dockerfile] = {}
        self.registries: tuple[str, ...] = ()
        self.asked: set[tuple[str, str]] = set()
        self.listings: dict[str, Listing] = {}
        self.conclusions: dict[str, Any] = {}
        """The conclusions of ``analysis/`` about the repository, each drawn once."""
        self._built: tuple[int, set[tuple[str, str]]] = 0, set()
        self._ignores: dict[str, IgnoreSyntax | None] = {}

    def dockerfile(self, path: str) -> Dockerfile | None:
        """The Dockerfile at a path; None if there is none that can be read."""
        if path not in self.dockerfiles and (source := self.source(path)) is not None:
            self.dockerfiles[path] = self._parsed(source)
        return self.dockerfiles.get(path)

    def dockerfile_path(self, build: Build) -> str | None:
        """The path of a build's Dockerfile; None if it is remote, inline or unknown.

        Of a name ``Dockerfile`` that does not exist, BuildKit takes ``dockerfile`` beside it.
        """
        path = build.dockerfile_path
        if path is None or path.rpartition("/")[2] != "Dockerfile" or self.exists(path):
            return path
        lower = path[: -len("Dockerfile")] + "dockerfile"
        return lower if self.exists(lower) else path

    def dockerfile_of(self, service: Service) -> Dockerfile | None:
        """The Dockerfile that a service is built from; None if unknown, missing or a template."""
        build = service.build
        if build is None:
            return None
        inline = build.node.get("dockerfile_inline")
        if inline is not None:
            # Loaded for stacks already; a Dockerfile alone has no use for it.
            from ..source.yaml.nodes import Scalar

            if isinstance(inline, Scalar):
                return self._inline(inline)
        path = self.dockerfile_path(build)
        dockerfile = self.dockerfile(path) if path else None
        return None if dockerfile is None or dockerfile.is_template else dockerfile

    def _inline(self, node: Scalar) -> Dockerfile | None:
        """The Dockerfile inside a Compose file; None if unknown."""
        key = f"{node.file.path}#{node.start}"
        if key not in self.dockerfiles and isinstance(node.value, str) and not node.unknown:
            from ..compose.inline import embedded

            self.dockerfiles[key] = self._parsed(embedded(node), inline=True)
        return self.dockerfiles.get(key)

    def _parsed(self, source: SourceFile, inline: bool = False) -> Dockerfile:
        """A Dockerfile of the project."""
        from ..source.dockerfile.parser import parse_dockerfile
        from .dockerfile import Dockerfile

        return Dockerfile(self, parse_dockerfile(source), inline)

    def builds_image(self, registry: str, repository: str) -> bool:
        """Whether a stack of the project builds an image of this name.

        ``asked`` keeps the names: if only a part of the files is linted, the answer is right as
        long as no stack of the other parts builds one of them.
        """
        self.asked.add((registry, repository))
        return (registry, repository) in self.built_images()

    def built_images(self) -> set[tuple[str, str]]:
        """The registry and repository of every image that a stack builds and names."""
        count, names = self._built
        for stack in self.stacks[count:]:
            names |= stack.built_images
        self._built = len(self.stacks), names
        return names

    @cached_property
    def submodules(self) -> tuple[str, ...]:
        """The folders of git submodules, which a plain clone leaves empty."""
        up = seen_from(self.reader.base, self.reader.root)
        text = self.text(join_path(up, ".gitmodules")) or ""
        pairs = (line.strip().partition("=") for line in text.split("\n"))
        named = from_root(self.reader)
        return tuple(
            named(value.strip()) for key, _, value in pairs if key.strip() == "path" and value
        )

    def all_dockerfiles(self) -> list[Dockerfile]:
        """Every Dockerfile that was read, in the order of reading."""
        return list(self.dockerfiles.values())

    def exists(self, path: str) -> bool:
        """Whether a file or folder inside the project exists."""
        return self.reader.exists(path)

    def text(self, path: str) -> str | None:
        """The text of a file inside the project; None if there is none that can be read."""
        answer = self.reader.search_text(path)
        return answer.text if isinstance(answer, SourceFile) else None

    def source(self, path: str) -> SourceFile | None:
        """A file inside the project, for spans in it; None if there is none that can be read."""
        answer = self.reader.read_text(path)
        return answer if isinstance(answer, SourceFile) else None

    def ignored_by_git(self, path: str) -> bool:
        """Whether a .gitignore of the project leaves a path out."""
        return self.reader.is_ignored_by_git(path)

    def tracked_by_git(self, path: str) -> bool | None:
        """Whether git has the path in spite of a .gitignore, added earlier or by force.

        None if git cannot tell.
        """
        return self.reader.is_tracked_by_git(path)

    def kept_by_gitignore(self, path: str) -> bool:
        """Whether a .gitignore says that git shall have a path (``!.env``)."""
        return self.reader.is_kept_by_gitignore(path)

    @cached_property
    def has_repository(self) -> bool:
        """Whether the project's root is that of a git repository."""
        return self.exists(join_path(seen_from(self.reader.base, self.reader.root), ".git"))

    def ignore_file(self, path: str) -> IgnoreSyntax | None:
        """The ignore file at a path; None if there is none that can be read."""
        if path not in self._ignores:
            from ..source.ignore import parse_ignore

            source = self.source(path)
            self._ignores[path] = parse_ignore(source) if source is not None else None
        return self._ignores[path]

    def listing(self, folder: str) -> Listing:
        """The files below a folder, up to the limits of listings."""
        if folder not in self.listings:
            shared = self.reader.shared.listings
            if folder not in shared:
                from ..files.listing import list_folder

                shared[folder] = list_folder(self.reader, folder)
            self.listings[folder] = shared[folder]
        return self.listings[folder]

    def files_like(self, question: str, folder: str, fits: Callable[[str], bool]) -> list[str]:
        """The files below a folder that fit; ``question`` names the condition, which is asked once a run."""
        listing = self.listing(folder)  # noted for this part of the run, too
        chosen = self.reader.shared.chosen
        paths = chosen.get((question, folder))
        if paths is None:
            paths = chosen[question, folder] = [*filter(fits, listing.files)]
        return paths

    def allows_registry(self, reference: ImageReference) -> bool:
        """Whether an image comes from a registry that the configuration lists, if it lists any.

        An entry may name a path in the registry (``ghcr.io/acme``) and contain ``*``.
        """
        if not self.registries:
            return True
        from fnmatch import fnmatchcase

        name = f"{reference.registry}/{reference.repository}"
        return any(
            fnmatchcase(name, f"{entry.rstrip('/')}/*") or fnmatchcase(name, entry)
            for entry in self.registries
        )
