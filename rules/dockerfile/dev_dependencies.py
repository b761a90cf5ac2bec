"""A build step that runs where the tools it needs were left out of the install."""

from __future__ import annotations

import posixpath

from ...linter.files.paths import is_inside
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.shell.packages import NODE_MANAGERS
from ._building import Step, brings_dev, build_steps
from ._copies import ROOT
from ._runs import call_span, chain_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.model.dockerfile import Copy, Dockerfile, Stage
    from ...linter.source.shell.packages import PackageCommand

_PACKAGES = {
    "babel": "@babel/cli",
    "eslint": "eslint",
    "expo": "expo",
    "gulp": "gulp",
    "medusa": "@medusajs/cli",
    "nest": "@nestjs/cli",
    "ng": "@angular/cli",
    "ngc": "@angular/compiler-cli",
    "prisma": "prisma",
    "remix": "@remix-run/dev",
    "svelte-kit": "@sveltejs/kit",
    "swc": "@swc/cli",
    "tailwindcss": "tailwindcss",
    "tsc": "typescript",
    "vue-cli-service": "@vue/cli-service",
    "webpack": "webpack-cli",
}
"""The package that a tool comes with, where it has another name."""

_SYSTEM_TOOLS = frozenset((
    "bash", "cat", "cd", "chmod", "cp", "docker", "echo", "exit", "export", "find", "go", "grep",
    "ln", "ls", "make", "mkdir", "mv", "node", "npm", "npx", "pnpm", "python", "python3", "rm",
    "sed", "set", "sh", "sleep", "tar", "test", "touch", "true", "yarn", "bun", "corepack",
))  # fmt: skip
_FOLDER_OPTIONS = ("--workspace", "-w", "--prefix", "-C", "--cwd", "--dir", "--filter", "-F")
"""Options that say which package of several is meant."""

_SCRIPT_RUNNERS = ("npm-run-all", "run-s", "run-p", "concurrently")
_MAX_SCRIPTS = 20


@rule(
    "DF122",
    "build-without-dev-dependencies",
    Severity.WARNING,
    category="build",
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-ci#omit",),
    examples=(
        Example(
            bad='FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nRUN npm run build  # error: npm run build\n\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app ./\nUSER node\nCMD ["node", "dist/main.js"]\n',
            good='FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && npm prune --omit=dev\n\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app ./\nUSER node\nCMD ["node", "dist/main.js"]\n',
            files={
                "package.json": '{"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "^5.9.0"}}',
                ".dockerignore": ".git\n**/node_modules\n",
            },
        ),
    ),
)
def build_without_dev_dependencies(stage: Stage) -> Iterator[Diagnostic]:
    """The project is built after an install without development dependencies: tools are missing.

    Why: Compilers and bundlers are most often development dependencies, and `npm ci
    --omit=dev`, `--only=production` or NODE_ENV=production leaves these out, so the build
    fails.

    Where the build context has the package.json, its build script and its lists decide:
    reported only if a tool of the script is a development dependency. Without a package.json in
    sight the usual case is assumed.
    """
    if not any(step.kind == "node" for step in build_steps(stage)):
        return
    without_dev: PackageCommand | None = None  # the install that left them out
    added: set[str] = set()
    for part in reversed(list(chain_of(stage))):
        steps = {id(step.command): step for step in build_steps(part) if step.kind == "node"}
        copies = [copy.instruction.start for copy in part.copies if _brings_modules(copy)]
        for run in part.runs:
            if any(at < run.instruction.start for at in copies):
                without_dev = None
            calls = {id(call.command): call for call in run.packages}
            for command in run.script.commands:
                call = calls.get(id(command))
                if call is not None and call.manager in NODE_MANAGERS:
                    brings = brings_dev(run, call)
                    if brings is not None and call.action not in ("deploy", "prune"):
                        without_dev = None if brings else call
                    elif call.action in ("install", "add") and call.operands:
                        added.update(_package_name(word.value) for word in call.operands)
                step = steps.get(id(command))
                if step is None or without_dev is None or part is not stage:
                    continue
                diagnostic = _report(stage, step, without_dev, added)
                if diagnostic is not None:
                    yield diagnostic
                    return


def _brings_modules(copy: Copy) -> bool:
    """Whether installed modules are copied from another stage."""
    return bool(copy.source_stage) and any(
        "node_modules" in word.value or word.value.rstrip("/") in ("/app", "/usr/src/app", "/src")
        for word in copy.sources
    )


def _package_name(text: str) -> str:
    """``typescript`` for ``typescript@5``."""
    head, at, _ = text[1:].partition("@")
    return text[:1] + head if at else text


def _report(
    stage: Stage, step: Step, install: PackageCommand, added: set[str]
) -> Diagnostic | None:
    """The finding on a step that comes after an install without development dependencies, if any.

    ``added`` are the packages that were installed by name.
    """
    command, place = step.command, call_span(install)
    text = shown(command)
    installed = f"`{shown(install.command)}` on line {place.file.line_of(place.start)}"
    tools = _tools_of(stage, step)
    if tools is None:
        if added or command.name == "npx":
            return None
        message = (
            f"`{text}` follows {installed}, "
            "which does not install the development dependencies that a build needs"
        )
    else:
        tools = [tool for tool in tools if _PACKAGES.get(tool, tool) not in added]
        if not tools:
            return None
        are = "development dependencies" if len(tools) > 1 else "a development dependency"
        needs = f"it needs {' and '.join(tools[:3])}, {are},"
        message = f"`{text}` probably fails: {needs} and {installed} does not install these"
    return Diagnostic(
        command.span,
        message,
        help="install everything, build, then remove the rest (`npm prune --omit=dev`), "
        "or copy the result into a separate stage",
        related=[Related(place, "installed here without them")],
        evidence=text,
    )


# --- what the build script needs


def _tools_of(stage: Stage, step: Step) -> list[str] | None:
    """The development dependencies that a build step runs; None where there is no package.json."""
    dockerfile = stage.dockerfile
    root = dockerfile.folder
    if root is None:
        return None
    folder = _folder_of(stage, step)
    if folder is None:
        return []
    manifest = _manifest(dockerfile, posixpath.join(root, folder))
    if manifest is None:
        return None
    development = {*_object(manifest, "devDependencies")}
    runtime = {*_object(manifest, "dependencies"), *_object(manifest, "optionalDependencies")}
    if folder and (workspace := _manifest(dockerfile, root)):
        development.update(_object(workspace, "devDependencies"))
        runtime.update(_object(workspace, "dependencies"))
    return [
        tool
        for tool in _programs(_object(manifest, "scripts"), step)
        if (package := _PACKAGES.get(tool, tool)) in development and package not in runtime
    ]


def _manifest(dockerfile: Dockerfile, folder: str) -> dict[str, Any] | None:
    """The package.json of a folder, if there is one that can be read."""
    text = dockerfile.project.text(posixpath.normpath(posixpath.join(folder, "package.json")))
    if text is None:
        return None
    import json

    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _object(manifest: dict[str, Any], key: str) -> dict[str, Any]:
    value = manifest.get(key)
    return value if isinstance(value, dict) else {}


def _folder_of(stage: Stage, step: Step) -> str | None:
    """The folder of the package that is built, relative to the context; None if that is not known."""
    for option in step.call.options.options if step.call else ():
        value = option.value or ""
        if value and option.name in _FOLDER_OPTIONS:
            return value.strip("./") if not value.startswith(("@", "/")) else ""
    current = _current_folder(step)
    inner = None if current is None else _in_context(stage, step, current)
    if inner or current != (step.run.workdir or ""):
        return inner
    folder = ""
    for part in reversed(list(chain_of(stage))):
        for copy in part.copies:
            if copy.source_stage or copy.instruction.start > step.run.instruction.start:
                continue
            for word in copy.sources:
                name = posixpath.basename(word.value)
                if name.startswith("package") and copy.target == copy.workdir:
                    folder = posixpath.dirname(word.value).strip("./")
                elif word.value in ROOT:
                    folder = ""
    return folder


def _current_folder(step: Step) -> str | None:
    """The folder of the image in which a step runs; None if that is not known.

    Relative to that of the base image, where no WORKDIR says more.
    """
    folder = step.run.workdir or ""
    for command in step.run.script.commands:
        if command is step.command:
            break
        if command.name == "cd" and not command.in_subshell:
            path = command.args[0].literal if len(command.args) == 1 else None
            if path is None or not (folder or path.startswith("/")):
                return None
            folder = posixpath.normpath(posixpath.join(folder, path))
    return folder


def _in_context(stage: Stage, step: Step, current: str) -> str | None:
    """The folder of the context that is copied to a folder of the image; None if there is none."""
    folder: str | None = None
    for part in reversed(list(chain_of(stage))):
        for copy in part.copies:
            if copy.source_stage or copy.target is None:
                continue
            if part is stage and copy.instruction.start > step.run.instruction.start:
                continue
            for word in copy.sources:
                if is_inside(copy.target, current) and (
                    word.value in ROOT or word.value[-1:] == "/"
                ):
                    inner = posixpath.relpath(current, copy.target)
                    source = "" if word.value in ROOT else word.value.strip("./")
                    folder = posixpath.normpath(posixpath.join(source, inner)).strip(".")
    return folder


def _programs(scripts: dict[str, Any], step: Step) -> list[str]:
    """The programs that a build step calls, those of the scripts that it runs included."""
    call = step.call
    if call is None:
        name = step.command.name
        if name in ("npx", "pnpx", "bunx"):
            words = [word.value for word in step.command.args]
            name = next((word for word in words if not word.startswith("-")), "")
        return [name] if name else []
    todo = [call.action]
    if call.action in ("run", "workspace"):
        operands = [word.value for word in call.operands]
        todo = [next((name for name in reversed(operands) if name in scripts), "")]
    programs: dict[str, None] = {}
    done: set[str] = set()
    while todo and len(done) < _MAX_SCRIPTS:
        script = todo.pop(0)
        if script in done:
            continue
        done.add(script)
        for name in (f"pre{script}", script, f"post{script}"):
            text = scripts.get(name)
            for program, args in _calls(text[:5000]) if isinstance(text, str) else ():
                if program in NODE_MANAGERS and args:
                    runs = args[0] in ("run", "run-script") and len(args) > 1
                    target = args[1] if runs else args[0]
                    if target in scripts:
                        todo.append(target)
                elif program not in _SYSTEM_TOOLS:
                    programs[program] = None
                    if program in _SCRIPT_RUNNERS:
                        todo += [arg for arg in args if arg in scripts]
    return list(programs)


def _calls(text: str) -> Iterator[tuple[str, list[str]]]:
    """The programs of a package.json script with their arguments, split at what joins commands."""
    for sign in ";|&":
        text = text.replace(sign, "\n")
    for line in text.split("\n"):
        words = line.replace('"', " ").replace("'", " ").split()
        while words and (
            "=" in words[0] or words[0] in ("npx", "cross-env", "env", "exec", "dotenv", "--")
        ):
            if words[0] in ("cross-env", "dotenv"):
                yield words[0], []
            words = words[1:]
        if words:
            yield posixpath.basename(words[0]), words[1:]
