"""Which files with secrets a build or program may need: what a front end reads, and what git has."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ...linter.base.records import NamedTuple
from ..dockerfile._secret_files import secret_in
from ._context import TEMPLATES, sets_something

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...linter.model.dockerfile import Dockerfile
    from ._context import Context

_TOOLS: dict[str, tuple[str, str]] = {
    "vite": ("Vite", "VITE_"),
    "next": ("Next.js", "NEXT_PUBLIC_"),
    "react-scripts": ("Create React App", "REACT_APP_"),
    "nuxt": ("Nuxt", "NUXT_"),
    "nuxt3": ("Nuxt", "NUXT_"),
    "astro": ("Astro", "PUBLIC_"),
    "@sveltejs/kit": ("SvelteKit", "PUBLIC_"),
    "gatsby": ("Gatsby", "GATSBY_"),
    "@vue/cli-service": ("Vue CLI", "VUE_APP_"),
    "@remix-run/dev": ("Remix", "VITE_"),
    "parcel": ("Parcel", ""),
}
"""Tools that put variables of env files into what they build, and what the names begin with."""

_NAMED = on_demand(r'"(' + "|".join(re.escape(name) for name in _TOOLS) + r')"\s*:\s*"')
_BUILDS = on_demand(
    r"\b(?:(?:npm|pnpm|yarn|bun|turbo|nx)\b[^;&|]{0,200}\b(?:build|generate)\b"
    r"|(?:vite|next|nuxt|nuxi|astro|gatsby|react-scripts|parcel|vue-cli-service)\s+(?:build|generate))"
)
_MOST_PACKAGES = 40
_MOST_ENV_FILES = 20


class EnvReader(NamedTuple):
    """A tool whose build reads env files, and the package.json that names it."""

    tool: str
    manifest: str
    prefix: str


def env_reader(dockerfile: Dockerfile, context: Context) -> EnvReader | None:
    """The tool that reads env files in this build; None if the values come from elsewhere.

    They do where the Dockerfile sets variables of the front end by ARG or ENV: at least one, and all
    that the env files of the context and their templates name.
    """
    if not any(
        _BUILDS.search(run.script.text) for stage in dockerfile.all_stages for run in stage.runs
    ):
        return None
    text = dockerfile.source.text
    count = 0
    for folder in sorted(context.packages, key=lambda folder: folder.count("/")):
        if "package.json" not in context.packages[folder] or count >= _MOST_PACKAGES:
            continue
        count += 1
        manifest = posixpath.join(folder, "package.json")
        for name in _NAMED.findall(context.read(manifest) or ""):
            tool, prefix = _TOOLS[name]
            if not prefix or not _is_given(prefix, text, context):
                return EnvReader(tool, manifest, prefix)
    return None


def _is_given(prefix: str, text: str, context: Context) -> bool:
    """Whether the text of a Dockerfile sets the variables that begin so, as far as they are known."""
    given = set(re.findall(rf"(?im)(?:^[ \t]*(?:ARG|ENV)\b.*?\b|^[ \t]+)({prefix}\w+)", text))
    if not given:
        return False
    files = [path for path in context.listing.files if posixpath.basename(path).startswith(".env")]
    return all(
        set(re.findall(rf"(?m)^(?:export[ \t]+)?({prefix}\w+)[ \t]*=", context.read(path) or ""))
        <= given
        for path in files[:_MOST_ENV_FILES]
    )


def needs_env_files(
    dockerfiles: Iterable[Dockerfile], context: Context, paths: Iterable[str] | None = None
) -> str:
    """Why a build may need the env files of its context, for a help; empty if nothing shows that.

    ``paths`` are those in question, if not all.
    """
    for dockerfile in dockerfiles:
        reader = env_reader(dockerfile, context)
        if reader is not None:
            return f"the build reads them ({reader.tool} in {reader.manifest})"
    for path in context.listing.files if paths is None else paths:
        name = posixpath.basename(path)
        if (
            (name == ".env" or name.startswith(".env."))
            and not name.endswith(TEMPLATES)
            and context.project.tracked_by_git(posixpath.join(context.folder, path))
            and sets_something(context.read(path))
        ):
            return f"git has {path}, so that the program may need it"
    return ""


def needs_files(context: Context, paths: Iterable[str]) -> str:
    """Why a program may need files with secrets, for a help; empty if nothing shows that."""
    for path in paths:
        if context.project.tracked_by_git(posixpath.join(context.folder, path)) and (
            secret_in(path) != "secrets" or sets_something(context.read(path))
        ):
            return f"git has {path}, so that the program may need it"
    return ""
