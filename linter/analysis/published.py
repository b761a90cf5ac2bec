"""Images that a repository publishes with its own releases.

The Compose file that such a project gives to its users names a channel (`latest`, `stable`) on
purpose: it means the newest release, and the project itself decides what that is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from ..base.patterns import on_demand
from ..files.paths import join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..images import ImageReference
    from ..model.project import Project

_WORKFLOWS = (".github/workflows", ".gitea/workflows", ".forgejo/workflows", ".woodpecker")
_OTHERS = (".gitlab-ci.yml", ".drone.yml", ".woodpecker.yml", ".travis.yml", "Makefile")
_PAGES = ("README.md", "README.rst", "readme.md", "package.json", "go.mod")
_MOST = 60
_MOST_TEXT = 100_000

_RELEASES = on_demand(
    r"^[ \t]*tags:[ \t]*(?:\[|#.*|$)|^[ \t]*release:[ \t]*\n[ \t]+types:|^[\"']?on[\"']?:[^\n#]*\brelease\b"
    r"|\bCI_COMMIT_TAG\b|\bsemantic-release\b|\brelease-please\b|\bgoreleaser\b",
    re.MULTILINE,
)
"""What workflows contain that run for a release or for the tag of one."""

_REPOSITORY = on_demand(r"github\.com[/:]([\w.-]+/[\w-][\w.-]*)")


def is_own_release(project: Project, reference: ImageReference) -> bool:
    """Whether the repository's own workflows publish an image, and do so for releases.

    They name it, or push to the name of the repository, which its pages and git's configuration
    tell.
    """
    name = reference.repository.lower()
    # An official image does not belong to this repository.
    texts = _workflows(project) if not name.startswith("library/") else []
    if not texts:
        return False
    if any(name in text.lower() for text in texts):
        return True
    if not any("github.repository" in text or "GITHUB_REPOSITORY" in text for text in texts):
        return False
    own = _repository(project)
    return bool(own) and (name == own or name.startswith((f"{own}-", f"{own}/")))


@lru_cache(maxsize=_MOST)
def _is_for_releases(text: str) -> bool:
    """Whether a workflow runs for releases; the parts of a repository ask about the same ones."""
    is_likely = "tags:" in text or "release" in text or "CI_COMMIT_TAG" in text
    return is_likely and _RELEASES.search(text) is not None


def has_one_tag(project: Project, reference: ImageReference) -> bool:
    """Whether the repository's own workflows push an image under the tag of a reference only."""
    name = reference.repository
    if "/" not in name or name.startswith("library/"):
        return False
    texts = [text for text in _all_workflows(project) if "push" in text and name in text]
    if not texts:
        return False
    named = re.compile(rf"(?<![\w.-]){re.escape(name)}(?::([^\s,\"']*))?")
    tags = {tag for text in texts for tag in named.findall(text)}
    return tags == {reference.tag or "latest"}


def _workflows(project: Project) -> list[str]:
    """The texts of the workflows of the repository; none if they do not run for releases."""
    texts: list[str] | None = project.conclusions.get("workflows for releases")
    if texts is None:
        texts = _all_workflows(project)
        if not any(map(_is_for_releases, texts)):
            texts = []
        project.conclusions["workflows for releases"] = texts
    return texts


def _all_workflows(project: Project) -> list[str]:
    """The texts of the workflows of the repository, as far as they are read."""
    texts: list[str] | None = project.conclusions.get("workflows")
    if texts is None:
        root = seen_from(project.reader.base, project.reader.root)
        paths = [join_path(root, name) for name in _OTHERS]
        for folder in _WORKFLOWS:
            folder = join_path(root, folder)
            try:
                names = sorted(name for name, _ in islice(project.reader.entries(folder), _MOST))
            except (OSError, ValueError):
                continue
            paths += [join_path(folder, name) for name in names if name.endswith((".yml", ".yaml"))]
        found = (project.text(path) for path in paths if project.exists(path))
        texts = [text[:_MOST_TEXT] for text in found if text]
        project.conclusions["workflows"] = texts
    return texts


def _repository(project: Project) -> str:
    """What the repository is called at GitHub: ``owner/name`` in lower case; empty if unknown.

    Git's configuration tells, else what the pages name most often.
    """
    name: str | None = project.conclusions.get("repository")
    if name is None:
        root = seen_from(project.reader.base, project.reader.root)
        name = ""
        for pages in ((".git/config",), _PAGES):
            texts = (project.text(join_path(root, page)) or "" for page in pages)
            found = [each for text in texts for each in _REPOSITORY.findall(text[:_MOST_TEXT])]
            if found:
                name = max(found, key=found.count).lower().removesuffix(".git")
                break
        project.conclusions["repository"] = name
    return name
