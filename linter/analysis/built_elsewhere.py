"""What files of a project other than Compose files say about the builds of its Dockerfiles.

CI workflows, Makefiles, scripts, documentation, bake files and the settings of platforms. Their
text is searched, nothing is run.
"""

from __future__ import annotations

import re

from ..compose.evidence import MAX_DOCUMENTS, MAX_LENGTH, is_document
from ..files.paths import below, join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Dockerfile
    from ..model.project import Project

_SETTINGS = (
    ".hcl", ".nomad", ".tf", "buildspec.yml", "captain-definition", "earthfile", "fly.toml",
    "heroku.yml", "railway.json", "railway.toml", "render.yaml", "skaffold.yaml", "tiltfile",
    "werf.yaml",
)  # fmt: skip
"""The ends of the names of files in which platforms and tools find what to build, in lower case."""

_BUILDS_IN = ("cloudbuild", "compose", "okteto", "pipeline", "skaffold")
"""Words in the names of YAML files that say what is built."""


def is_target(dockerfile: Dockerfile, stage: str) -> bool:
    """Whether a file of the project selects a stage by name: ``--target NAME``, ``target: NAME``.

    A text that names several targets (a matrix of a workflow) is enough if the stage is in it.
    """
    texts = [text for text in _texts(dockerfile.project, stage) if "target" in text.lower()]
    if not texts:
        return False
    name = re.escape(stage)
    option = re.compile(
        rf"""target["']?[ \t:=]{{0,20}}["']?{name}(?![\w-])"""
        rf"""|targets?["']?[ \t]{{0,9}}[:=][ \t]{{0,9}}\[[^\]]{{0,2000}}(?<![\w-]){name}(?![\w-])"""
        rf"""|targets?["']?:[ \t]{{0,9}}\n(?:[ \t]{{0,90}}-[^\n]*\n){{0,40}}?[ \t]{{0,90}}-[ \t]{{0,9}}["']?{name}["']?[ \t]*(?:\n|$)""",
        re.IGNORECASE,
    )
    return any(map(option.search, texts))


def is_image_built(project: Project, repository: str) -> bool:
    """Whether a file of the project builds an image of a name: ``-t NAME``, ``tags: NAME``."""
    texts = [text for text in _texts(project, repository) if "build" in text]
    if not texts:
        return False
    pattern = re.compile(
        rf"""(?:-t|--tag|tags?:|images?:)[ \t=|-]{{0,20}}\n?[ \t-]{{0,40}}["']?(?:[\w.:-]{{1,200}}/)?{re.escape(repository)}(?![\w/-])""",
        re.IGNORECASE,
    )
    return any(map(pattern.search, texts))


def has_dockerfile_for(project: Project, name: str) -> bool:
    """Whether a Dockerfile is called like an image: ``base/Dockerfile``, ``Dockerfile.base``."""
    name = name.lower()
    base = seen_from(project.reader.base, project.reader.root) or "."
    for path in project.listing(base).files:
        folder, _, file = path.lower().rpartition("/")
        if "dockerfile" not in file and "containerfile" not in file:
            continue
        if file in ("dockerfile", "containerfile"):
            if folder.rpartition("/")[2] == name:
                return True
            continue
        suffix = file.replace("dockerfile", "").replace("containerfile", "").strip("._-")
        if suffix and (name == suffix or name.endswith(f"-{suffix}")):
            return True
    return False


def is_named(dockerfile: Dockerfile) -> bool:
    """Whether a file of the project names the Dockerfile, or the folder that it is in."""
    reader = dockerfile.project.reader
    path = below(reader.root, join_path(reader.base, dockerfile.path)) or dockerfile.path
    folder, _, name = path.rpartition("/")
    named = name if name.lower() not in ("dockerfile", "containerfile") else folder
    if not named:
        return True
    pattern = re.compile(rf"(?<![\w.-]){re.escape(named)}(?![\w-])")
    return any(
        "build" in line.lower() or "docker" in line.lower() or "context" in line.lower()
        for text in _texts(dockerfile.project, named)
        for line in text.splitlines()
        if named in line and pattern.search(line)
    )


def is_mentioned(project: Project, name: str) -> bool:
    """Whether a file of the project that says what is started names another file."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    return any(pattern.search(text) for text in _texts(project, name))


def _texts(project: Project, word: str) -> Iterator[str]:
    """The texts of the files that may say what is built and contain a word, as far as bounds allow."""
    base = seen_from(project.reader.base, project.reader.root) or "."
    names = project.files_like("says what is built", base, _may_say)
    for name in names[:MAX_DOCUMENTS]:
        text = project.text(name if base == "." else join_path(base, name))
        if text is not None and word in text[:MAX_LENGTH]:
            yield text[:MAX_LENGTH]


def _may_say(path: str) -> bool:
    """Whether a file may say which Dockerfiles are built, and how."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(_SETTINGS) or is_document(path):
        return True
    return name.endswith((".yml", ".yaml")) and any(word in name for word in _BUILDS_IN)
