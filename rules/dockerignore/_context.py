"""What several rules ask about build contexts: who copies what, and what usually lies there."""

from __future__ import annotations

import posixpath
import re

from ...linter.rule import Edit
from ...linter.source.patterns import on_demand
from ...linter.source.records import NamedTuple
from ...linter.source.text import Span
from ..dockerfile._copies import is_url, takes_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.listing import Listing
    from ...linter.model import Copy, Dockerfile, IgnoreFile, Project, Stage
    from ...linter.source.dockerfile_parts import Word
    from ...linter.source.ignore import IgnoreSyntax

SOURCES = ("https://docs.docker.com/build/concepts/context/#dockerignore-files",)

OUTPUTS: dict[str, tuple[str, ...]] = {
    "package.json": ("node_modules",),
    "requirements.txt": ("__pycache__",),
    "pyproject.toml": ("__pycache__",),
    "Pipfile": ("__pycache__",),
    "Cargo.toml": ("target",),
    "pom.xml": ("target",),
}
"""What building or running a project always makes, by the file that shows its language."""

MAYBE: dict[str, tuple[str, ...]] = {
    "package.json": (
        "dist", "build", "coverage", ".next", ".nuxt", ".output", ".turbo", ".cache",
        ".parcel-cache", ".svelte-kit", ".angular", "storybook-static",
    ),
    "requirements.txt": (".venv", "venv", "env", ".pytest_cache", ".mypy_cache", ".tox", "htmlcov"),
    "pyproject.toml": (
        ".venv", "venv", "env", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", "dist",
        "build", "htmlcov",
    ),
    "Pipfile": (".venv", "venv", ".pytest_cache"),
    "build.gradle": ("build", ".gradle"),
    "build.gradle.kts": ("build", ".gradle"),
    "composer.json": ("vendor",),
    "Gemfile": ("vendor/bundle", "log", "tmp"),
    "mix.exs": ("_build", "deps"),
}  # fmt: skip
"""What it may make; it counts where it is there, or where .gitignore expects it."""

_MAKERS: dict[str, tuple[str, ...]] = {
    ".next": ('"next"',),
    ".nuxt": ('"nuxt',),
    ".output": ('"nuxt', '"nitro', '"vinxi', '"@tanstack/'),
    ".turbo": ('"turbo"',),
    ".cache": (),
    ".parcel-cache": ('"parcel', '"@parcel/'),
    ".svelte-kit": ('"@sveltejs/kit"',),
    ".angular": ('"@angular/',),
    "storybook-static": ("storybook",),
}
"""What only some tools make: a .gitignore made from a template expects all of it."""

_MANIFESTS = frozenset((*OUTPUTS, *MAYBE))
NOT_OURS = frozenset((
    "example", "examples", "fixtures", "sample", "samples", "test", "testdata", "tests",
    "third_party", "vendor",
))  # fmt: skip
"""Folders whose content says nothing about what the project itself makes."""

_FILES_OF_DOCKER = on_demand(
    r"(?:.*[._-])?(?:docker|container)file(?:[._-].*)?|\.(?:docker|container)ignore|.*\.dockerignore",
    re.IGNORECASE,
)


class RootCopy(NamedTuple):
    """A COPY or ADD that takes the whole context."""

    dockerfile: Dockerfile
    copy: Copy
    word: Word

    @property
    def text(self) -> str:
        return " ".join(self.copy.instruction.text.split())

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        span = self.word.span.origin
        return f"{span.file.path}:{span.file.position(span.start).line}"


def root_copies(dockerfile: Dockerfile) -> Iterator[RootCopy]:
    for stage in dockerfile.all_stages:
        for copy in stage.copies:
            word = takes_root(copy)
            if word is not None:
                yield RootCopy(dockerfile, copy, word)


def root_copy(dockerfiles: list[Dockerfile]) -> RootCopy | None:
    """The first of them all."""
    for dockerfile in dockerfiles:
        for found in root_copies(dockerfile):
            return found
    return None


def context_copies(dockerfile: Dockerfile) -> Iterator[tuple[Stage, Word]]:
    """Each source that comes from the context, one by one."""
    for stage in dockerfile.all_stages:
        for copy in stage.copies:
            if copy.source_stage:
                continue
            for word in copy.sources:
                if not word.has_variable and not is_url(word.value):
                    yield stage, word


def is_certain(dockerfile: Dockerfile) -> bool:
    """Whether the context is the folder that it is taken for.

    Where no stack builds the Dockerfile, its folder must hold what it copies, and more than
    files of Docker.
    """
    folder = dockerfile.folder
    if folder is None:
        return False
    if dockerfile.builds:
        return dockerfile.project.reader.kind(folder) == "folder"
    listing = dockerfile.project.listing(folder)
    if all(_FILES_OF_DOCKER.fullmatch(posixpath.basename(path)) for path in listing.files):
        return False
    for _, word in context_copies(dockerfile):
        path = relative(word.value)
        while any(sign in path for sign in "*?["):
            path = posixpath.dirname(path)
        if path and path != "." and not dockerfile.project.exists(posixpath.join(folder, path)):
            return False
    return True


def relative(path: str) -> str:
    """A source of COPY as a path in the context; empty for the whole of it."""
    path = posixpath.normpath(path.lstrip("/") or ".")
    return "" if path == "." else path


class Context:
    """The folder that an ignore file filters, and what lies in it."""

    def __init__(self, project: Project, folder: str) -> None:
        self.project = project
        self.folder = folder
        self.listing: Listing = project.listing(folder)
        self.git_ignored = self._git_ignored()
        self.packages: dict[str, list[str]] = {}
        for path in self.listing.files:
            head, _, name = path.rpartition("/")
            if name not in _MANIFESTS and not name.endswith((".csproj", ".fsproj")):
                continue
            if NOT_OURS.isdisjoint(head.split("/")):
                self.packages.setdefault(head, []).append(name)
        crates = {folder for folder, names in self.packages.items() if "Cargo.toml" in names}
        for folder in crates:
            # The members of a workspace share the target folder at its root.
            if any(folder != other and _is_below(folder, other) for other in crates):
                self.packages[folder].remove("Cargo.toml")

    def _git_ignored(self) -> frozenset[str]:
        """The plain names in the .gitignore of the context (those above it mean other projects)."""
        found: set[str] = set()
        for line in (self.read(".gitignore") or "").splitlines():
            name = line.strip().removeprefix("**/").strip("/")
            if name and "/" not in name and not name.startswith(("#", "!")):
                found.add(name)
        return frozenset(found)

    def read(self, path: str) -> str | None:
        return self.project.text(posixpath.join(self.folder, path))

    def outputs_of(self, folder: str) -> Iterator[str]:
        """The folders that the package in a folder makes, or is expected to make."""
        seen: set[str] = set()
        for manifest in self.packages.get(folder, ()):
            for name in OUTPUTS.get(manifest, ()):
                if name not in seen:
                    seen.add(name)
                    yield name
            if manifest.endswith((".csproj", ".fsproj")):
                seen.update(("bin", "obj"))
                yield from ("bin", "obj")
            for name in MAYBE.get(manifest, ()):
                path = posixpath.join(folder, name)
                if name in seen:
                    continue
                if self.listing.has(path) or (
                    name in self.git_ignored and self._may_make(folder, manifest, name)
                ):
                    seen.add(name)
                    yield name

    def _may_make(self, folder: str, manifest: str, name: str) -> bool:
        """Whether the manifest names a tool that makes the folder."""
        if name not in _MAKERS:
            return True
        text = self.read(posixpath.join(folder, manifest)) or ""
        return any(tool in text for tool in _MAKERS[name])


def _is_below(folder: str, other: str) -> bool:
    return not other or folder.startswith(other + "/")


def is_kept_out(ignore: IgnoreSyntax | None, path: str) -> bool:
    """Whether an ignore file keeps a file of the context out."""
    return ignore is not None and ignore.matches(path)


def end_of(file: IgnoreFile) -> Span:
    """The last pattern of an ignore file, below which more can be added."""
    patterns = file.syntax.patterns
    return patterns[-1].span if patterns else Span(file.syntax.file, 0, 0)


def append_lines(file: IgnoreFile, lines: list[str]) -> Edit:
    source = file.syntax.file
    text = source.text
    end = len(text)
    newline = "" if not text or text.endswith("\n") else "\n"
    return Edit(Span(source, end, end), newline + "".join(f"{line}\n" for line in lines))
