"""What several rules ask about build contexts: who copies what, and what usually lies there."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ...linter.base.records import NamedTuple
from ...linter.base.text import Span
from ...linter.files.kinds import VENDORED_FOLDERS
from ...linter.rule import Edit
from ..dockerfile._copies import is_url, takes_root
from ..dockerfile._manifests import workspace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...linter.files.listing import Listing
    from ...linter.model.dockerfile import Copy, Dockerfile, Stage
    from ...linter.model.project import IgnoreFile, Project
    from ...linter.source.dockerfile.parts import Word

SOURCES = ("https://docs.docker.com/build/concepts/context/#dockerignore-files",)

_ALWAYS: dict[str, tuple[str, ...]] = {
    "package.json": ("node_modules",),
    **dict.fromkeys(("requirements.txt", "pyproject.toml", "Pipfile"), ("__pycache__",)),
    **dict.fromkeys(("Cargo.toml", "pom.xml"), ("target",)),
}
"""What building or running a project always makes, by the file that shows its language."""

_DOTNET = (".csproj", ".fsproj")

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
    **dict.fromkeys(("build.gradle", "build.gradle.kts"), ("build", ".gradle")),
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
    "coverage": (
        "--coverage", '"nyc', '"c8"', "coverage-v8", "coverage-istanbul", "coverage-c8",
        "collectCoverage", "coverageDirectory", "karma", "test:cov", '"coverage',
    ),
    "htmlcov": ("pytest-cov", "pytest_cov", "coverage", "--cov"),
}  # fmt: skip
"""What only some tools make: a .gitignore made from a template expects all of it."""

_BUILDS = {
    "package.json": (
        '"build', '"prepare"', '"prepack"', '"compile', '"bundle', '"dist', '"tsc', "webpack", '"vite"', "vite build",
        "rollup", "esbuild", "parcel", "tsup", "@nestjs/cli", "react-scripts", "@vue/cli", "gulp",
        "grunt",
    ),
    "pyproject.toml": ("[build-system]", "pyinstaller", "hatch", "flit", "setuptools"),
}  # fmt: skip
"""What in a manifest shows that something makes `dist` or `build`."""

TEMPLATES = (".example", ".sample", ".template")
"""Endings of files that people copy and fill in."""

NOT_OURS = frozenset((
    "example", "examples", "fixtures", "sample", "samples", "test", "testdata", "tests",
    *VENDORED_FOLDERS,
))  # fmt: skip
"""Folders whose content says nothing about what the project itself makes."""

_OF_ANY_TOOL = ("dist", "build", "coverage", "htmlcov")

_MOST_BESIDE = 20

_FILES_OF_DOCKER = on_demand(
    r"(?:.*[._-])?(?:docker|container)file(?:[._-].*)?|\.(?:docker|container)ignore|.*\.dockerignore",
    re.IGNORECASE,
)


def always_made(manifest: str) -> tuple[str, ...]:
    """The folders that a package with this manifest always makes; empty for other files."""
    return ("bin", "obj") if manifest.endswith(_DOTNET) else _ALWAYS.get(manifest, ())


class RootCopy(NamedTuple):
    """A COPY or ADD that takes the whole context."""

    dockerfile: Dockerfile
    stage: Stage
    copy: Copy
    word: Word

    @property
    def text(self) -> str:
        return " ".join(self.copy.instruction.text.split())

    @property
    def place(self) -> str:
        """File and line, for a message."""
        span = self.word.span.origin
        return f"{span.file.path}:{span.file.line_of(span.start)}"

    def brings(self, path: str) -> bool:
        """Whether a file of the context ends up in an image that runs."""
        if self.stage.ships:
            return True
        target = self.copy.target
        from ...linter.analysis.image_contents import reaches_image

        return reaches_image(self.stage, None if target is None else posixpath.join(target, path))


def root_copies(dockerfiles: Iterable[Dockerfile]) -> Iterator[RootCopy]:
    """The instructions of these files that take the whole context."""
    for dockerfile in dockerfiles:
        for stage in dockerfile.all_stages:
            for copy in stage.copies:
                word = takes_root(copy)
                if word is not None:
                    yield RootCopy(dockerfile, stage, copy, word)


def context_copies(dockerfile: Dockerfile) -> Iterator[tuple[Stage, Word]]:
    """The sources that come from the context, each with its stage."""
    for stage in dockerfile.all_stages:
        for copy in stage.copies:
            for word in copy.sources if not copy.source_stage else ():
                if not word.has_variable and not is_url(word.value):
                    yield stage, word


def copied_by_name(dockerfiles: Iterable[Dockerfile]) -> list[str]:
    """What these files copy from the context, as paths in it; empty for the whole of it."""
    return [
        relative(word.value) for dockerfile in dockerfiles for _, word in context_copies(dockerfile)
    ]


def is_certain(dockerfile: Dockerfile) -> bool:
    """Whether the context is the folder that it is taken for.

    Where no stack builds the Dockerfile, its folder has to contain what it copies, and more than
    files of Docker.
    """
    folder = dockerfile.folder
    if folder is None:
        return False
    if dockerfile.builds:
        return dockerfile.project.reader.kind(folder) == "folder"
    if "/" in folder and f"{folder}/" in dockerfile.source.text:
        return False  # it names its own folder, as seen from one above
    if _may_be_workspace(dockerfile, folder):
        return False  # packages of a workspace are built from its root
    if not dockerfile.project.files_like("not named as Docker's", folder, _is_not_of_docker):
        return False
    for _, word in context_copies(dockerfile):
        path = relative(word.value)
        while any(sign in path for sign in "*?["):
            path = posixpath.dirname(path)
        if path and path != "." and not dockerfile.project.exists(posixpath.join(folder, path)):
            return False
    return True


def _is_not_of_docker(path: str) -> bool:
    return not _FILES_OF_DOCKER.fullmatch(posixpath.basename(path))


def _may_be_workspace(dockerfile: Dockerfile, folder: str) -> bool:
    """Whether the context may be the root of a workspace of packages above the Dockerfile.

    It is not where the Dockerfile copies by name what only its own folder has.
    """
    root = workspace_of(dockerfile)
    if root is None or root == folder:
        return False
    exists = dockerfile.project.exists
    for _, word in context_copies(dockerfile):
        path = relative(word.value)
        if path and not any(sign in path for sign in "*?["):
            here = exists(posixpath.join(folder, path))
            if here and not exists(posixpath.join(root, path)):
                return False
    return True


def is_read(file: IgnoreFile) -> bool:
    """Whether a build may read an ignore file: not where the contexts of all builds are elsewhere."""
    if file.dockerfiles:
        return any(
            dockerfile.builds
            or not (is_above(dockerfile) or _may_be_workspace(dockerfile, dockerfile.folder or "."))
            for dockerfile in file.dockerfiles
        )
    dockerfiles = file.project.all_dockerfiles()
    return not dockerfiles or not all(
        dockerfile.builds or (is_certain(dockerfile) and not is_above(dockerfile))
        for dockerfile in dockerfiles
    )


def relative(path: str) -> str:
    """The path in the context that a source of COPY means; empty for the whole of it."""
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
            if (name in MAYBE or always_made(name)) and NOT_OURS.isdisjoint(head.split("/")):
                self.packages.setdefault(head, []).append(name)
        crates = {folder for folder, names in self.packages.items() if "Cargo.toml" in names}
        for folder in crates:
            # The members of a workspace share the target folder at its root.
            others = crates - {folder}
            if any(not other or folder.startswith(other + "/") for other in others):
                self.packages[folder].remove("Cargo.toml")

    def _git_ignored(self) -> frozenset[str]:
        """The plain names in the .gitignore of the context (those above it mean other projects)."""
        lines = (self.read(".gitignore") or "").splitlines()
        names = (line.strip().removeprefix("**/").strip("/") for line in lines)
        return frozenset(
            name for name in names if name and "/" not in name and not name.startswith(("#", "!"))
        )

    def read(self, path: str) -> str | None:
        """The text of a file of the context, if it exists."""
        return self.project.text(posixpath.join(self.folder, path))

    def outputs_of(self, folder: str, expected: bool = False) -> list[str]:
        """The folders that the package in a folder makes.

        With ``expected`` also `dist`, `coverage` and the like that only .gitignore names.
        """
        outputs: dict[str, None] = {}
        for manifest in self.packages.get(folder, ()):
            outputs.update(dict.fromkeys(always_made(manifest)))
            if "__pycache__" in outputs and not self._makes_bytecode(folder):
                del outputs["__pycache__"]
            for name in MAYBE.get(manifest, ()):
                if name not in outputs and (
                    self.listing.has(posixpath.join(folder, name))
                    or (
                        name in self.git_ignored
                        and self._may_make(folder, manifest, name, expected)
                    )
                ):
                    outputs[name] = None
        return list(outputs)

    def _makes_bytecode(self, folder: str) -> bool:
        """Whether Python modules of a project import each other; a lone script is not compiled."""
        start = f"{folder}/" if folder else ""
        scripts: set[str] = set()
        for path in self.listing.files:
            head, _, name = path.rpartition("/")
            if not path.startswith(start) or not name.endswith((".py", ".pyc")):
                continue
            if head in scripts or name == "__init__.py" or name.endswith(".pyc"):
                return True
            scripts.add(head)
        return self.listing.has(posixpath.join(folder, "__pycache__"))

    def _may_make(self, folder: str, manifest: str, name: str, expected: bool) -> bool:
        """Whether the manifest, or one beside it, names a tool that makes the folder."""
        tools = _BUILDS.get(manifest) if name in ("dist", "build") else _MAKERS.get(name)
        if tools is None or (expected and name in _OF_ANY_TOOL):
            return True
        beside = [manifest]
        if name == "htmlcov":
            beside += [
                path
                for path in self.listing.files
                if posixpath.dirname(path) == folder
                and path.endswith((".cfg", ".coveragerc", ".ini", ".toml", ".txt"))
            ][:_MOST_BESIDE]
            beside = list(dict.fromkeys(map(posixpath.basename, beside)))
        return any(
            tool in text
            for other in beside
            if (text := self.read(posixpath.join(folder, other)))
            for tool in tools
        )


def append_lines(file: IgnoreFile, lines: list[str]) -> Edit:
    """Put patterns at the end of an ignore file."""
    source = file.syntax.file
    end = len(source.text)
    newline = "" if not end or source.text.endswith("\n") else "\n"
    return Edit(Span(source, end, end), newline + "".join(f"{line}\n" for line in lines))


def is_above(dockerfile: Dockerfile) -> bool:
    """Whether the context seems to be a folder above the Dockerfile's: it copies from there."""
    folder, exists = dockerfile.folder, dockerfile.project.exists
    if dockerfile.builds or folder in (None, "", "."):
        return False
    for _, word in context_copies(dockerfile):
        path = relative(word.value)
        if not path or path == "." or any(sign in path for sign in "*?["):
            continue
        if exists(posixpath.join(folder, path)):
            continue
        above = folder
        while above not in ("", ".", "/"):
            above = posixpath.dirname(above) or "."
            if exists(posixpath.join(above, path)):
                return True
    return False


def sets_something(text: str | None) -> bool:
    """Whether an env file gives a variable a value: one without values is a template to fill in."""
    lines = [line.strip() for line in (text or "").splitlines()]
    return text is None or any(
        line[0] != "#" and line.partition("=")[2].strip(" \"'") for line in lines if line
    )
