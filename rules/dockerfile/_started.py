"""What a Node image runs, and whether that needs what only developing should need."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ...linter.files.paths import join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage

MOST_MANIFESTS = 50
_MOST_TEXTS = 200
_MOST_SCRIPT = 100_000

_PROGRAMS = {
    "@11ty/eleventy": ("eleventy",),
    "@adonisjs/assembler": ("ace",),
    "@angular-devkit/build-angular": ("ng",),
    "@angular/build": ("ng",),
    "@angular/cli": ("ng",),
    "@babel/cli": ("babel",),
    "@babel/node": ("babel-node",),
    "@craco/craco": ("craco",),
    "@docusaurus/core": ("docusaurus",),
    "@nestjs/cli": ("nest",),
    "@quasar/app-vite": ("quasar",),
    "@quasar/cli": ("quasar",),
    "@remix-run/dev": ("remix",),
    "@remix-run/serve": ("remix-serve",),
    "@strapi/strapi": ("strapi",),
    "@sveltejs/kit": ("svelte-kit",),
    "@vue/cli-service": ("vue-cli-service",),
    "sequelize-cli": ("sequelize", "sequelize-cli"),
    "ts-node": ("ts-node", "ts-node-esm", "ts-node-script"),
    "typeorm-ts-node-commonjs": ("typeorm",),
    "typescript": ("tsc",),
    "webpack-cli": ("webpack",),
}
"""Programs that are not called like their package."""

_SERVES = on_demand(
    r"(?<![\w./-])(?:ng[ ]+(?:serve|s)|vite(?:[ ]+(?:preview|dev|serve))?|react-scripts[ ]+start|vue-cli-service[ ]+serve"
    r"|webpack[ ]+(?:serve|server)|webpack-dev-server|(?:next|nuxt|nuxi|astro|remix|svelte-kit)[ ]+dev|astro[ ]+preview"
    r"|craco[ ]+start|parcel(?:[ ]+serve)?|gatsby[ ]+(?:develop|serve)|nest[ ]+start)(?=[ ]|$)(?![ ]+build)"
)
"""Servers that build the project when they start, with whatever plugins that takes."""

_LOADED = on_demand(
    r"(?<![\w-])(?:-r|--require|--import|--loader|--experimental-loader)[ ]+((?:@[\w.-]+/)?[\w.-]+)"
)
"""Modules that Node is told to load first: ``node -r dotenv/config``."""

_SCRIPT_CALL = on_demand(
    r"(?<![\w./-])(?:npm|yarn|pnpm|bun)(?:[ ]+-[\w-]+)*[ ]+(?:(?:run|run-script)[ ]+(?:-[\w-]+[ ]+)*)?([\w:.-]+)"
)
_FILE = on_demand(r"([\w.-]*(?:\.(?:sh|bash)|entrypoint[\w-]*))(?![\w./-])")
_SPACES = str.maketrans(dict.fromkeys("\"'[],;&|=()\n\t", " "))


def starts_by_dev(stage: Stage, *, by_start: bool = True) -> bool:
    """Whether what the image runs needs a development dependency of a package.json in the context.

    That is what CMD, ENTRYPOINT or the ``command`` of a service names, the scripts of a
    package.json that they call, or a shell script of the context that they name. ``by_start`` tells
    that the script ``start`` counts even if nothing calls it.
    """
    folder, project = stage.dockerfile.folder, stage.dockerfile.project
    if folder is None:
        return False
    final = stage.syntax.final
    texts = [item.command for item in (final.cmd, final.entrypoint) if item is not None]
    for build in stage.dockerfile.builds:
        from ...linter.model.values import text_list

        for key in ("command", "entrypoint"):
            node = build.service.get(key)
            words = text_list(node)
            if words:
                texts.append(" ".join(words))
    files = project.listing(folder).files
    packages: set[str] = set()
    scripts: dict[str, list[str]] = {}
    paths = [
        path
        for path in files
        if posixpath.basename(path) == "package.json" and "node_modules" not in path.split("/")
    ]
    for path in paths[:MOST_MANIFESTS]:
        _read(project.text(join_path(folder, path)) or "", packages, scripts)
    if not packages:
        return False
    for name in dict.fromkeys(name for text in texts for name in _FILE.findall(text)):
        path = next((path for path in files if posixpath.basename(path) == name), "")
        script = project.text(join_path(folder, path)) if path else None
        texts += [
            line
            for line in (script or "")[:_MOST_SCRIPT].splitlines()
            if not line.lstrip().startswith("#")
        ]
    if by_start:
        texts += scripts.get("start", ())
    names = set(packages)
    for package in packages:
        names.update(_PROGRAMS.get(package, ()))
    return any(_needs(text, packages, names) for text in _with_scripts(texts, scripts))


def _read(text: str, packages: set[str], scripts: dict[str, list[str]]) -> None:
    """Add the development dependencies of a package.json, and its scripts."""
    from json import loads

    try:
        manifest = loads(text or "{}")
    except (ValueError, RecursionError):
        return
    if not isinstance(manifest, dict):
        return
    listed = manifest.get("devDependencies")
    if isinstance(listed, dict):
        usual = manifest.get("dependencies")
        packages.update(set(listed).difference(usual if isinstance(usual, dict) else ()))
    own = manifest.get("scripts")
    for name, script in own.items() if isinstance(own, dict) else ():
        if isinstance(script, str):
            scripts.setdefault(name, []).append(script)


def _with_scripts(texts: list[str], scripts: dict[str, list[str]]) -> Iterator[str]:
    """Commands, and those of the scripts that they call, with spaces between their words."""
    waiting = [text.translate(_SPACES) for text in texts]
    called: set[str] = set()
    for count, text in enumerate(waiting):
        if count >= _MOST_TEXTS:
            return
        yield text
        for name in _SCRIPT_CALL.findall(text):
            if name not in called:
                called.add(name)
                for script in (f"pre{name}", name):
                    waiting += [text.translate(_SPACES) for text in scripts.get(script, ())]


def _needs(text: str, packages: set[str], names: set[str]) -> bool:
    """Whether a command names one of these programs, or loads or serves by one of the packages."""
    text = re.sub(r" +", " ", text)
    words = {word.rpartition("/.bin/")[2] for word in text.split()}
    if not names.isdisjoint(words) or _SERVES.search(text):
        return True
    return any(module in packages for module in _LOADED.findall(text))
