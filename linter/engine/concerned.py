"""Which connected components a change may concern, without linting them.

Findings depend on more than the files that they are in: on what a build context contains, on scripts
and pages that say how a stack is started, on images that other stacks build. So a component is
concerned by a change in or below its folders and those that its files lead up to, and by a change of
whatever speaks of it elsewhere. This may choose too much, which only takes time;
``tests/engine/test_histories.py`` compares it with runs over everything.
"""

from __future__ import annotations

import os
import re

from ..base.lazy import cached_property
from ..base.patterns import on_demand
from ..compose.evidence import is_document
from ..files.kinds import COMPOSE, CONFIG_FILES, DOCKERFILE, kind_of
from ..files.paths import folder_of, folders_above, is_inside, join_path
from ..images.official import official_names
from ..model.variable_sources import is_env_file
from .components import UPWARDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ..files.disk import Tree
    from ..files.git_changes import Change
    from .components import Component

_MOST_TEXT = 300_000
"""The most bytes of a changed file that are compared."""
_MOST_LINES = 20_000
_MOST_SPOKEN = 1_000_000
"""If changes that may speak of others have more characters, everything is concerned."""
_SPEAKING = (
    ".md", ".mdx", ".rst", ".adoc", ".yml", ".yaml", ".json", ".toml", ".hcl", ".tf", ".nomad", ".j2",
)  # fmt: skip
"""Endings of files, besides scripts, that may speak of stacks and builds."""
_USUAL_NAMES = frozenset(("dockerfile", "containerfile", "compose.yaml", "compose.yml",
    "docker-compose.yml", "docker-compose.yaml", ".dockerignore", ".env", ".gitignore"))  # fmt: skip
_STARTS = on_demand(r"docker|podman|compose|\.env\b|--env-file|target|build")
"""What changes what the rest of its file means."""
_STAGE = on_demand(
    r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE | re.MULTILINE
)
_IMAGE = on_demand(r"""^[ \t]*image["']?:[ \t]*["']?([^\s"'#]+)""", re.MULTILINE)
_VARIABLE = on_demand(r"\$\{?([A-Za-z_]\w*)")
_WORDS = on_demand(r"[\w.-]+")
_LEAST_NAME = 3
"""Shorter names are in every text, and rules do not look for them."""


class Concern:
    """Which components the changes between two states may concern.

    Args:
        changes: the changes, with paths that are relative to the root.
        old: the tree of the state before.
        new: that of the state after.
        root: the absolute path of the root.
        listed: the paths of each state.
    """

    def __init__(
        self,
        changes: Sequence[Change],
        old: Tree,
        new: Tree,
        root: str,
        listed: tuple[Iterable[str], Iterable[str]],
    ) -> None:
        self._changes = changes
        self._trees = old, new
        self._root = root
        self._listed = listed
        self.paths = {path for change in changes for path in change if path}
        self._near = {""} if changes else set()
        for path in self.paths:
            self._near.update(folders_above(path))
        self._whole = [*self._whole_folders()]

    def _whole_folders(self) -> Iterator[str]:
        """The folders of which everything is concerned."""
        for path in self.paths:
            folder, _, name = path.rpartition("/")
            if name == ".gitignore" or name in CONFIG_FILES:
                yield folder
            elif path == ".gitmodules":
                yield ""
        if self._is_other_project():
            yield ""

    def _is_other_project(self) -> bool:
        """Whether the answer to a question about the whole project changed."""
        if all(change.old and change.new == change.old for change in self._changes):
            return False
        one, other = ({_trait(path) for path in paths} for paths in self._listed)
        return one != other

    @property
    def is_everywhere(self) -> bool:
        """Whether everything is concerned."""
        return "" in self._whole or len(self._spoken) > _MOST_SPOKEN

    def touches(
        self, component: Component, text_of: Callable[[str], str], named_files: Mapping[str, str]
    ) -> bool:
        """Whether a component is concerned.

        Args:
            component: the files, with paths from the working folder.
            text_of: gives the text of a file.
            named_files: the path from the root of each file, by its path.
        """
        texts = self._texts(component, text_of, named_files)
        places = _places(component, texts, named_files)
        if not self._near.isdisjoint(places) or not self.paths.isdisjoint(places):
            return True
        if any(_is_in(whole, place) for whole in self._whole for place in places):
            return True
        # Where Dockerfiles are built is only known from a stack.
        has_stack = any(file.kind == COMPOSE for file in component)
        words = self._own_names if has_stack else self._own_names | self._names_in_contexts
        if words and any(not words.isdisjoint(_WORDS.findall(text)) for text in texts.values()):
            return True
        return bool(self._spoken) and any(name in self._spoken for name in _names(texts))

    def near(
        self, component: Component, text_of: Callable[[str], str], named_files: Mapping[str, str]
    ) -> list[Change]:
        """The changes in or below the folders of a component; the arguments are those of ``touches``."""
        places = _places(component, self._texts(component, text_of, named_files), named_files)
        return [
            change
            for change in self._changes
            if any(
                path in places or not places.isdisjoint(("", *folders_above(path)))
                for path in filter(None, change)
            )
        ]

    def _texts(
        self, component: Component, text_of: Callable[[str], str], named_files: Mapping[str, str]
    ) -> dict[str, str]:
        """The texts of a component's Compose files and Dockerfiles, by their paths from the root."""
        return {
            named_files[file.path]: text_of(file.path)
            for file in component
            if file.kind in (COMPOSE, DOCKERFILE)
        }

    @cached_property
    def _own_names(self) -> frozenset[str]:
        """The unusual names of env files and Dockerfiles that were added, removed or renamed."""
        names = {
            path.rpartition("/")[2]
            for change in self._changes
            if change.old != change.new
            for path in filter(None, change)
            if kind_of(path) is not None
        }
        return frozenset(name for name in names if name.lower() not in _USUAL_NAMES)

    @cached_property
    def _names_in_contexts(self) -> frozenset[str]:
        """The names by which a Dockerfile may copy what changed from a folder above it."""
        names = set()
        for change in self._changes:
            for path in filter(None, change):
                *folders, name = path.split("/")
                names.add(name)
                if change.old != change.new:
                    names.update(folders)
        return frozenset(
            name for name in names if len(name) >= _LEAST_NAME and name.lower() not in _USUAL_NAMES
        )

    @cached_property
    def _spoken(self) -> str:
        """What changes say that may be about components elsewhere."""
        parts: list[str] = []
        size = 0
        for change in self._changes:
            said = [path for path in change if path] if change.old != change.new else []
            if any(map(_may_speak, filter(None, change))):
                before, after = (
                    _lines(tree, os.path.join(self._root, path)) if path else []
                    for tree, path in zip(self._trees, change, strict=True)
                )
                changed = set(before).symmetric_difference(after)
                is_fully = change.old != change.new or any(map(_STARTS.search, changed))
                said += (*before, *after) if is_fully else changed
            parts += said
            size += sum(map(len, said))
            if size > _MOST_SPOKEN:
                break
        return "\n".join(parts)


def _places(
    component: Component, texts: Mapping[str, str], named_files: Mapping[str, str]
) -> set[str]:
    """The folders of a component, and those that its files lead up to, as seen from the root."""
    places = {folder_of_root(named_files[file.path]) for file in component}
    for path, text in texts.items():
        folder = folder_of(path)
        for target in set(UPWARDS.findall(text)):
            place = join_path(folder, target)
            places.add("" if place == "." else place)
    return places


def folder_of_root(path: str) -> str:
    """The folder of a path from the root; empty for the root itself."""
    return path.rpartition("/")[0]


def _is_in(folder: str, path: str) -> bool:
    return not folder or is_inside(folder, path)


def _trait(path: str) -> str:
    """What a path says about its whole project; empty for most."""
    if "src/main/resources/application" in path:
        return "Spring"
    kind = kind_of(path)
    if kind == COMPOSE:
        return "Compose"
    return "" if kind is not None or "/" not in path else "other"


def _may_speak(path: str) -> bool:
    """Whether a file may speak of stacks, builds and variables elsewhere."""
    name = path.rpartition("/")[2].lower()
    return (
        name.endswith(_SPEAKING)
        or "." not in name
        or is_env_file(name)
        or is_document(path)
        or kind_of(path) is not None
    )


def _lines(tree: Tree, path: str) -> list[str]:
    """The lines of a text; none if it cannot be read."""
    try:
        data = tree.read(path, _MOST_TEXT)
    except (OSError, ValueError):
        return []
    return data.decode("utf-8", "replace").splitlines()[:_MOST_LINES]


def _names(texts: Mapping[str, str]) -> Iterator[str]:
    """The names by which other files speak of a component's files, stages, images and variables."""
    usual = official_names()
    for path, text in texts.items():
        folder, _, name = path.rpartition("/")
        yield name if name.lower() not in _USUAL_NAMES else folder or name
        found = set(_VARIABLE.findall(text))
        for image, stage in _STAGE.findall(text):
            found.update((_repository(image), stage))
        found.update(map(_repository, _IMAGE.findall(text)))
        yield from (each for each in found if len(each) >= _LEAST_NAME and each not in usual)


def _repository(image: str) -> str:
    """The repository of an image's name, as far as its text tells."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
