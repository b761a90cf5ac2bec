"""What belongs in a stage of its own: building, and what only building needs."""

from __future__ import annotations

import posixpath
import re

from ...linter.analysis.development import is_development_stage
from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import MULTI_STAGE
from ._building import (
    ARTIFACTS,
    DevInstall,
    Step,
    brings_dev,
    build_steps,
    builds_at_start,
    compilers_left,
    dev_install,
    is_base_image,
    is_development,
    is_toolchain,
)
from ._runs import call_span, call_text, chain_of, later, shown
from ._started import MOST_MANIFESTS, starts_by_dev
from .layers import installs_manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.parts import Word


@rule(
    "DF201",
    "single-stage-build",
    Severity.WARNING,
    category="resources",
    strict_in=("production", "hardened"),
    ignore_when="Where what runs needs the tools, such as a program that compiles when it starts.",
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build  # error: npm run build\nUSER node\nCMD ["node", "dist/main.js"]\n',
            good='FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nRUN npm prune --omit=dev\n\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/node_modules ./node_modules\nCOPY --from=build /app/dist ./dist\nUSER node\nCMD ["node", "dist/main.js"]\n',
        ),
        Example(
            bad='FROM golang:1.26-alpine\nWORKDIR /src\nCOPY . .\nRUN go build -o /usr/local/bin/app .  # error: go build\nUSER 65532\nCMD ["app"]\n',
            good='FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nUSER 65532\nCMD ["/app"]\n',
        ),
    ),
)
def single_stage_build(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The final image was built in place, so it contains sources, compilers and build tools.

    They make it several times as large, and each is something to attack and to patch. Build in a
    stage of its own and copy the result into a clean one. Left alone are stages for development
    and tests (by their name or their command), files that are called a base (`Dockerfile.base`),
    RUNs that remove what they installed, images whose compilers nothing in the file uses, or whose
    start script builds or installs, and those
    with Python packages that need a compiler or its libraries when they run (LightGBM, vLLM). Compilers that only an install may need, and
    development dependencies that the package.json in sight lists, are advice; the latter only in the
    last stage, and not where what it runs needs one of them (`tsx`, `ng serve`). Dockerfiles for
    development (`Dockerfile.dev`) are left to stricter presets.
    """
    copied = {
        reference.target.index
        for reference in dockerfile.stages.references
        if reference.target is not None and reference.kind != "from"
    }
    for stage in dockerfile.final_stages:
        chain = list(chain_of(stage))
        # A stage that others copy from is itself the stage that builds, even if it is run too.
        if any(part.syntax.index in copied for part in chain) or stage.syntax.windows:
            continue
        if is_base_image(stage) or any(is_development(part) for part in chain):
            continue
        findings = list(_builds_in_place(stage, chain))
        if findings and builds_at_start(stage):
            continue
        for diagnostic in findings:
            diagnostic.owner = ("stage", stage.label)
            diagnostic.strict = is_development_stage(stage)
            yield diagnostic


def _builds_in_place(stage: Stage, chain: list[Stage]) -> Iterator[Diagnostic]:
    """The finding that a stage, with those it starts from, contains what only building needs."""
    compilers = [call for part in reversed(chain) for call in compilers_left(part)]
    toolchain = is_toolchain(stage)
    steps = [
        step
        for part in reversed(chain)
        for step in build_steps(part)
        if _stays(step, toolchain or bool(compilers))
    ]
    related = [
        Related(call_span(call), f"`{call_text(call)}` adds compilers") for call in compilers
    ]
    root = chain[-1].syntax
    if toolchain and root.base is not None:
        related.append(Related(root.base.span, f"{root.base_name} is an image for building"))
    if steps:
        first, *others = (step.command for step in steps)
        builds = [Related(command.span, f"`{shown(command)}` builds too") for command in others]
        yield Diagnostic(
            first.span,
            f"`{shown(first)}` builds in the final stage: sources and build tools stay in the image",
            help="build in a separate stage (`FROM … AS build`), and copy the result with `COPY --from=build`",
            related=builds + related,
            evidence=shown(first),
        )
    elif compilers and (install := _install_after(chain)) and not _needs_at_run_time(stage, chain):
        yield Diagnostic(
            call_span(compilers[0]),
            f"compilers stay in the final image; only `{install}` needs them",
            help="install the dependencies in a separate stage, and copy them with `COPY --from`",
            severity=Severity.INFO,
            related=related[1:],
            evidence=call_text(compilers[0]),
        )
    elif (
        (dev := dev_install(stage, {}))
        and _lists_dev(dev)
        and stage.syntax is stage.dockerfile.stages.last
        and not starts_by_dev(stage)
    ):
        yield Diagnostic(
            call_span(dev.call),
            f"`{call_text(dev.call)}` also installs development dependencies into the final image",
            help=f"{_WITHOUT_DEV[dev.call.manager]}; build in a separate stage what needs them",
            severity=Severity.INFO,
            evidence=call_text(dev.call),
        )


_WITHOUT_DEV = {
    "npm": "add `--omit=dev`",
    "yarn": "add `--production`",
    "pnpm": "add `--prod`",
    "bun": "add `--production`",
}


def _stays(step: Step, has_tools: bool) -> bool:
    """Whether what a step needs is still there when the RUN has ended."""
    if not step.run.script.complete:
        return False
    if step.kind != "node":
        return has_tools
    return not any(
        command.name == "rm" and any("node_modules" in word.value for word in command.args)
        for command in later(step.run, step.command)
    ) and not any(
        call.command.at > step.command.at and brings_dev(step.run, call) is False
        for call in step.run.packages
    )


def _install_after(chain: list[Stage]) -> str:
    """The install from a manifest that may have needed a compiler; empty if there is none."""
    calls = (call for part in chain for run in part.runs for call in run.packages)
    for call in calls:
        if installs_manifest(call) and call.manager not in ("go", "composer"):
            return call_text(call)
    return ""


_AT_RUN_TIME = on_demand(
    r"^[ \t\"']*(?:cmdstanpy|deepspeed|faiss[\w-]*|implicit|lightgbm|pystan|pytensor|pythran|rpy2|theano[\w-]*"
    r"|triton|vllm|xgboost)(?![\w-])|\b(?:pip3?|uv)\b.*\b(?:lightgbm|xgboost|vllm)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Python packages that load the compiler's libraries (libgomp1), or compile, when they run."""

_REQUIREMENTS = on_demand(
    r"(?:.*[-_.])?requirements?(?:[-_.].*)?\.(?:txt|in)|pyproject\.toml|Pipfile|setup\.py|environment\.ya?ml"
)


def _needs_at_run_time(stage: Stage, chain: list[Stage]) -> bool:
    """Whether what is installed may need the compiler, or its libraries, when it runs."""
    if any(_AT_RUN_TIME.search(run.script.text) for part in chain for run in part.runs):
        return True
    folder, project = stage.dockerfile.folder, stage.dockerfile.project
    if folder is None:
        return False
    paths = [
        path
        for path in project.listing(folder).files
        if _REQUIREMENTS.fullmatch(posixpath.basename(path))
    ]
    return any(
        _AT_RUN_TIME.search(project.text(posixpath.join(folder, path)) or "")
        for path in paths[:MOST_MANIFESTS]
    )


@rule(
    "DF203",
    "dev-dependencies-shipped",
    Severity.WARNING,
    category="resources",
    ignore_when="Where what runs needs packages that are listed for development.",
    sources=(MULTI_STAGE, "https://docs.npmjs.com/cli/v11/using-npm/config#omit"),
    examples=(
        Example(
            bad='FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/node_modules ./node_modules  # error: /app/node_modules\nUSER node\nCMD ["node", "dist/main.js"]\n',
            good='FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nRUN npm prune --omit=dev\n\nFROM node:22-alpine\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/node_modules ./node_modules\nUSER node\nCMD ["node", "dist/main.js"]\n',
        ),
    ),
)
def dev_dependencies_shipped(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Development dependencies are copied into the final image.

    Compilers, test runners and bundlers make up most of `node_modules` in many projects. Remove
    them before copying (`npm prune --omit=dev`), or install a second time without them in a stage
    of their own. The same is reported for the `.venv` of Poetry and uv and the `vendor` folder of
    Composer. A package.json in sight that lists no development dependencies settles the matter,
    and so does `NODE_ENV=production` at the time of the install. Where what the image runs needs one
    of them (`node -r dotenv/config`, `npm start` for a script with `tsx`), nothing is said.
    """
    final = {stage.syntax.index for stage in dockerfile.final_stages}
    installs: dict[int, DevInstall | None] = {}
    for stage in dockerfile.all_stages:
        if not stage.ships or is_development(stage):
            continue
        for copy in stage.copies:
            source = dockerfile.stages.resolve(copy.source_stage) if copy.source_stage else None
            if source is None or source.index in final:
                continue
            install = dev_install(dockerfile.all_stages[source.index], installs)
            if install is None or copy.instruction.flag("exclude"):
                continue
            word = next((word for word in copy.sources if _takes(word, install)), None)
            if word is None or _lists_dev(install) is False:
                continue
            if ARTIFACTS[install.call.manager] == "node_modules" and starts_by_dev(
                stage, by_start=False
            ):
                continue
            call = install.call
            place = f"{ARTIFACTS[call.manager]} ({source.title})"
            diagnostic = Diagnostic(
                word.span,
                f"{word.value} contains the development dependencies that `{call_text(call)}` installed",
                help=_ADVICE.get(call.manager, "install without development dependencies"),
                related=[Related(call_span(call), f"installs them into {place}")],
                evidence=" ".join(word.value for word in copy.sources),
            )
            diagnostic.owner = ("stage", stage.label)
            yield diagnostic


def _takes(word: Word, install: DevInstall) -> bool:
    """Whether a source of COPY is the folder with the dependencies, or one around it."""
    path = posixpath.normpath(word.value.rstrip("*") or "/")
    return posixpath.basename(path) == ARTIFACTS[install.call.manager] or (
        path == install.workdir and path not in ("/", ".")
    )


def _lists_dev(install: DevInstall) -> bool | None:
    """Whether the package.json that was copied lists development dependencies; None if unknown."""
    stage = install.run.stage
    project, context = stage.dockerfile.project, stage.dockerfile.folder
    if ARTIFACTS[install.call.manager] != "node_modules" or context is None:
        return None
    folders = {""} | {
        posixpath.dirname(word.value).strip("/")
        for part in chain_of(stage)
        for copy in part.copies
        for word in copy.sources
        if not copy.source_stage and posixpath.basename(word.value).startswith("package")
    }
    is_listed: bool | None = None
    for folder in sorted(folders):
        text = project.text(posixpath.join(context, folder, "package.json"))
        if text is None:
            continue
        _, key, rest = text.partition('"devDependencies"')
        if key and not "".join(rest.split()).startswith(":{}"):
            return True
        if '"workspaces"' not in text:
            is_listed = False
    return is_listed


_ADVICE = {
    "npm": "run `npm prune --omit=dev` before copying, or install with `--omit=dev` in a separate stage",
    "yarn": "install with `yarn install --production` (Yarn 2 and later: `yarn workspaces focus --production`) in a separate stage",
    "pnpm": "run `pnpm prune --prod` before copying, or use `pnpm deploy --prod`",
    "poetry": "install with `--only main`",
    "uv": "install with `--no-dev`",
    "composer": "install with `--no-dev`",
}
