"""Whether a build needs the history of the repository: it asks git about the project."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ._context import context_copies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile
    from ._context import Context

_QUERIES = frozenset((
    "blame", "cat-file", "describe", "diff", "for-each-ref", "log", "ls-files", "rev-list",
    "rev-parse", "shortlog", "show", "show-ref", "status", "submodule", "symbolic-ref", "tag",
))  # fmt: skip
"""What git is asked about the project; ``git clone`` and ``git config`` are not among it."""

_QUERY = on_demand(
    r"""\bgit\b(?:[^\n;|&]{0,60}\b(?:describe|rev-list|rev-parse|shortlog|symbolic-ref|show-ref)"""
    r"""|["',\s\[]{1,6}(?:log|ls-files|show))\b"""
)
_TOOLS = on_demand(
    r"setuptools[-_.]scm|setuptools[-_]git|hatch[-_]vcs|versioneer|versioningit|dunamai"
    r"|(?:poetry|uv|pdm)[-_]dynamic[-_]versioning|\bpbr\b|source\s*=\s*[\"']scm|git[-_]?version"
    r"|git-commit-id|git-properties|grgit|jgitver|axion-release|reckon|nerdbank\.gitversioning"
    r"|minver|gitinfo|gitrevision|git-revision|git-describe|git-rev|isomorphic-git|simple-git"
    r"|\bvergen\b|shadow-rs|\bgit2\b|\bbuilt\b\s*=|sbt-git|sbt-dynver|git_hash|gitHash",
    re.IGNORECASE,
)
_MANIFESTS = frozenset((
    "build.gradle", "build.gradle.kts", "build.rs", "build.sbt", "Cargo.toml",
    "Directory.Build.props", "gradle.properties", "mix.exs", "next.config.js", "next.config.mjs",
    "next.config.ts", "nuxt.config.ts", "package.json", "plugins.sbt", "pom.xml", "pyproject.toml",
    "setup.cfg", "setup.py", "version.json", "vite.config.js", "vite.config.mjs", "vite.config.ts",
    "vue.config.js", "webpack.config.js",
))  # fmt: skip
"""Files that a build reads, and that name the tools which ask git."""

_RUNNERS = {
    "make": ("Makefile", "GNUmakefile", "makefile"),
    "gmake": ("Makefile", "GNUmakefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "rake": ("Rakefile",),
    "mage": ("magefile.go",),
}
"""Files that count only where a RUN calls the program that reads them."""

_MOST_FILES = 60


def needs_history(dockerfile: Dockerfile, context: Context) -> bool:
    """Whether a build asks git about the project, itself or through a tool, or copies ``.git``."""
    read: set[str] = set(_MANIFESTS)
    scripts: set[str] = set()
    for stage in dockerfile.all_stages:
        calls = stage.calls
        for _, command in calls.get("git", ()):
            if any(word.value in _QUERIES for word in command.args):
                return True
        for _, command in calls.get("go", ()):
            if any(word.value in ("-buildvcs", "-buildvcs=true") for word in command.args):
                return True
        for name, files in _RUNNERS.items():
            if name in calls:
                read.update(files)
        for run in stage.runs:
            for command in run.script.commands:
                words = (command.word, *command.args[:2])
                scripts.update(
                    posixpath.basename(word.value)
                    for word in words
                    if word is not None and word.value.endswith((".sh", ".bash", ".py", ".js"))
                )
    if any(".git" in word.value.split("/") for _, word in context_copies(dockerfile)):
        return True
    return any(
        _TOOLS.search(text) or _QUERY.search(text) for text in _texts(context, read | scripts)
    )


def _texts(context: Context, names: set[str]) -> Iterator[str]:
    """The texts of the files of the context that have one of these names, up to a limit."""
    count = 0
    for path in sorted(context.listing.files, key=lambda path: path.count("/")):
        if posixpath.basename(path) in names:
            text = context.read(path)
            count += 1
            if text:
                yield text
            if count >= _MOST_FILES:
                return
