"""ARG and ENV: where they hold, and where they are used without holding."""

from __future__ import annotations

import re
from collections import Counter

from ...linter.base.suggest import PLAIN, did_you_mean, distance
from ...linter.edits.dockerfile import insert_above
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from ...linter.source.dockerfile.scope import BUILDKIT_ARGS, PLATFORM_ARGS, PROXY_ARGS
from ._names import (
    Use,
    in_sight,
    knows_environment,
    may_set,
    names_in,
    set_by_image,
    text_of,
    uses_in,
    uses_in_script,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Pair
    from ...linter.source.dockerfile.stages import Stage as SyntaxStage

REFERENCE = "https://docs.docker.com/reference/dockerfile/"
CHECKS = "https://docs.docker.com/reference/build-checks/"
VARIABLES = "https://docs.docker.com/build/building/variables/"


@rule(
    "DF107",
    "undefined-variable",
    Severity.WARNING,
    equivalents=("buildkit:UndefinedVar",),
    sources=(CHECKS + "undefined-var/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nENV APP_HOME=/srv/app\nWORKDIR $APP_HMOE  # error: $APP_HMOE\n",
            good="FROM alpine:3.22\nENV APP_HOME=/srv/app\nWORKDIR $APP_HOME\n",
        ),
        Example(
            bad="FROM debian:trixie-slim\nENV PATH=$HOME/bin:$PATH  # error: $HOME\n",
            good="FROM debian:trixie-slim\nENV PATH=/root/bin:$PATH\n",
        ),
    ),
)
def undefined_variable(stage: Stage) -> Iterator[Diagnostic]:
    """A variable is used that no ARG and no ENV has set, so nothing is put in its place.

    What the base image sets counts as well. It is known for scratch and for the images of bare
    systems such as alpine, debian and ubuntu, which set PATH only (not HOME); on top of other
    images a variable is reported only where its name is close to a known one. The shell text of
    RUN, CMD and ENTRYPOINT is the shell's business, and `${X:-default}` is meant to stand alone.
    """
    closed: bool | None = None
    found: dict[str, list[Use]] = {}
    hints: dict[str, str] = {}
    global_args = stage.dockerfile.stages.global_args
    for instruction, names in in_sight(stage):
        if "$" not in instruction.text and not instruction.heredocs:
            continue
        together: frozenset[str] | set[str] = frozenset()
        if instruction.name == "ENV" and len(instruction.pairs) > 1:
            together = {pair.key.value for pair in instruction.pairs}
        for use in uses_in(instruction):
            name = use.name
            if name in names or use.operator.lstrip(":")[:1] in ("-", "+"):
                continue
            if name in global_args or name in PLATFORM_ARGS or name in PROXY_ARGS:
                continue
            if name in together and use.pair != name:
                continue  # DF108
            if name in found:
                found[name].append(use)
                continue
            if closed is None:
                closed = knows_environment(stage)
            meant = _slip_of(name, names)
            if meant or (closed and not set_by_image(name)):
                found[name] = [use]
                hints[name] = meant
    for name, uses in found.items():
        yield Diagnostic(
            uses[0].span,
            f"no ARG or ENV sets {name} in this stage",
            help=did_you_mean(hints[name], PLAIN)
            or (
                "leave it out: nothing is in it yet"
                if uses[0].pair == name
                else f"set it before: ENV {name}=…"
            ),
            related=[Related(use.span, "used here too") for use in uses[1:]],
            evidence=name,
        )


def _slip_of(name: str, known: set[str]) -> str:
    """The known name that a name is a slip of, by one letter or two swapped."""
    if len(name) < 4 or len(known) > _MAX_NAMES:
        return ""
    for other in (*known, "PATH"):
        if other == name or name.upper() == other.upper():
            if other != name:
                return other
            continue
        if distance(name, other, 1) <= 1 and re.sub(r"\d", "", name) != re.sub(r"\d", "", other):
            # FOO and FOOS, V1 and V2 are different things; FOO_HMOE is not.
            if name + "S" == other or other + "S" == name:
                continue
            return other
    return ""


_MAX_NAMES = 300
"""Among more names than these no slip is looked for."""


@rule(
    "DF108",
    "env-self-reference",
    Severity.WARNING,
    equivalents=("hadolint:DL3044",),
    sources=(REFERENCE + "#env",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nENV APP=/srv/app DATA=${APP}/data  # error: ${APP}\n",
            good="FROM alpine:3.22\nENV APP=/srv/app\nENV DATA=${APP}/data\n",
        ),
    ),
)
def env_self_reference(stage: Stage) -> Iterator[Diagnostic]:
    """One pair of an ENV uses another pair of the same ENV, whose value does not hold yet.

    All values of one instruction see the variables as they were before it. A variable that was set
    before is left alone, and so is one that builds on itself (`PATH=$PATH:/x`).
    """
    for instruction, names in in_sight(stage):
        if instruction.name != "ENV" or "$" not in instruction.text:
            continue
        pairs = instruction.pairs
        if len(pairs) < 2:
            continue
        by_name = {pair.key.value: pair for pair in pairs}
        for use in uses_in(instruction):
            other = by_name.get(use.name)
            if other is None or use.pair == use.name or use.name in names or use.name == "PATH":
                continue
            yield Diagnostic(
                use.span,
                f"{use.name} is set by this very ENV and does not hold yet",
                help=f"set {use.pair} in an ENV of its own below",
                related=[Related(other.key.span, f"{use.name} is set here")],
                evidence=use.name,
            )


@rule(
    "DF119",
    "unused-arg",
    Severity.INFO,
    sources=(VARIABLES,),
    examples=(
        Example(
            bad="ARG RELEASE=3.22  # error: RELEASE\nFROM alpine:3.22\nCOPY . /app\n",
            good="ARG RELEASE=3.22\nFROM alpine:${RELEASE}\nCOPY . /app\n",
        ),
    ),
)
def unused_arg(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An ARG is declared and nothing in the file uses it.

    Every RUN below an ARG sees it in its environment, so within a stage only an ARG is reported
    that no RUN follows. What BuildKit itself reads (`BUILDKIT_INLINE_CACHE`) is left alone.
    """
    stages = dockerfile.stages
    if stages.global_instructions:
        counts = Counter(name for item in dockerfile.syntax.instructions for name in names_in(item))
        for instruction in stages.global_instructions:
            keys = Counter(pair.key.text for pair in instruction.pairs)
            for pair in instruction.pairs:
                if counts[pair.key.text] <= keys[pair.key.text]:
                    yield from _unused(pair)
    if any(item.name == "ARG" for stage in stages for item in stage.instructions):
        for pair in _unused_in_stages(stages.stages):
            yield from _unused(pair)


def _unused_in_stages(stages: list[SyntaxStage]) -> Iterator[Pair]:
    """The ARGs of stages whose names nothing below them holds and that no RUN below them sees."""
    below: dict[int, set[str] | None] = {}  # by stage, what those that start from it hold
    bases: set[str] = set()  # what later FROMs hold; that an ARG does not reach them is DF105's
    found: list[Pair] = []
    for stage in reversed(stages):
        names = below.pop(stage.index, set())
        for instruction in reversed(stage.instructions):
            if instruction.name in ("RUN", "ONBUILD"):
                names = None
                break
            held = list(names_in(instruction))
            if instruction.name == "ARG" and names is not None:
                keys = Counter(pair.key.text for pair in instruction.pairs)
                own = Counter(held)
                found += [
                    pair
                    for pair in reversed(instruction.pairs)
                    if pair.key.text not in names
                    and pair.key.text not in bases
                    and own[pair.key.text] <= keys[pair.key.text]
                ]
            if names is not None:
                names.update(held)
        bases.update(names_in(stage.instruction))
        if stage.base_stage is not None:
            index = stage.base_stage.index
            known = below.get(index, set())
            below[index] = None if names is None or known is None else known | names
    yield from reversed(found)


def _unused(pair: Pair) -> Iterator[Diagnostic]:
    name = pair.key.text
    if name in BUILDKIT_ARGS or name in PROXY_ARGS or not name.isidentifier():
        return
    yield Diagnostic(
        pair.key.span,
        f"nothing uses the ARG {name}",
        help="delete it, or use it",
        evidence=name,
    )


@rule(
    "DF150",
    "arg-outside-stage",
    Severity.WARNING,
    sources=(VARIABLES + "#scoping", REFERENCE + "#understand-how-arg-and-from-interact"),
    examples=(
        Example(
            bad="ARG VERSION=1.4\nFROM alpine:3.22\nRUN wget https://example.org/app-${VERSION}.tar.gz  # error: ${VERSION\n",
            good="ARG VERSION=1.4\nFROM alpine:3.22\nARG VERSION\nRUN wget https://example.org/app-${VERSION}.tar.gz\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def arg_outside_stage(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A stage uses an ARG from above the first FROM without declaring it again: it is empty there.

    Such an ARG holds for the FROM lines only; `ARG NAME`, without a value, brings it into a stage.
    The same goes for the platform variables such as TARGETARCH. A variable that the base image may
    set by the same name (`NODE_VERSION` on `node`) is left alone, and so is a script that sets it.
    """
    wanted = set(dockerfile.stages.global_args) | PLATFORM_ARGS
    if not any("$" in text for item in dockerfile.syntax.instructions for text in text_of(item)):
        return
    reported: dict[int, frozenset[str]] = {}  # by stage, in it and in what it starts from
    for stage in dockerfile.all_stages:
        base = stage.syntax.base_stage
        above = reported[base.index] if base is not None else frozenset()
        found: dict[str, list[tuple[Instruction, Use]]] = {}
        scripts = stage.scripts
        for instruction, names in in_sight(stage):
            inner = instruction.inner or instruction
            uses = uses_in(inner)
            if inner.name == "RUN":
                script = scripts.get(instruction)
                if script is None or script.exec_form:
                    continue
                uses = uses_in_script(script)
            for use in uses:
                name = use.name
                if name not in wanted or name in names or name in above:
                    continue
                if name not in PLATFORM_ARGS and may_set(stage, name):
                    continue
                found.setdefault(name, []).append((instruction, use))
        reported[stage.syntax.index] = above | found.keys() if found else above
        for name, places in found.items():
            instruction, use = places[0]
            fix = None
            if instruction.inner is None:
                edit = insert_above(instruction, f"ARG {name}")
                fix = Fix(f"Insert ARG {name}", (edit,), Applicability.SAFE)
            yield _outside(dockerfile, stage, name, places, fix)


def _outside(
    dockerfile: Dockerfile,
    stage: Stage,
    name: str,
    places: list[tuple[Instruction, Use]],
    fix: Fix | None,
) -> Diagnostic:
    declared = dockerfile.stages.global_scope.find(name)
    related = []
    if declared is not None and declared.pair is not None:
        related.append(Related(declared.pair.key.span, "declared here, for FROM only"))
        message = f"{name} is empty in this stage: its ARG above the first FROM does not reach here"
    else:
        message = f"{name} is empty in this stage: it holds there only after ARG {name}"
    related += [Related(other.span, "used here too") for _, other in places[1:]]
    diagnostic = Diagnostic(
        places[0][1].span,
        message,
        help=f"put ARG {name} into the stage",
        related=related,
        evidence=name,
        fix=fix,
    )
    diagnostic.owner = ("stage", stage.label)
    return diagnostic


@rule(
    "DF159",
    "arg-at-run-time",
    Severity.WARNING,
    sources=(VARIABLES,),
    examples=(
        Example(
            bad='FROM python:3.13-slim\nARG PORT=8000\nCOPY . /app\nCMD ["sh", "-c", "exec python -m http.server ${PORT}"]  # error: ${PORT\n',
            good='FROM python:3.13-slim\nARG PORT=8000\nENV PORT=${PORT}\nCOPY . /app\nCMD ["sh", "-c", "exec python -m http.server ${PORT}"]\n',
        ),
    ),
)
def arg_at_run_time(stage: Stage) -> Iterator[Diagnostic]:
    """CMD, ENTRYPOINT or HEALTHCHECK uses a variable that only ARG sets: it is empty at run time.

    ARG holds while the image is built. A variable that an ENV sets too, that the base image or a
    service which builds the file may set, or that has a default (`${X:-y}`) is left alone.
    """
    if not stage.ships:
        return
    commands = [
        (instruction, script)
        for instruction, script in stage.scripts.items()
        if instruction.name in ("CMD", "ENTRYPOINT", "HEALTHCHECK") and "$" in instruction.text
    ]
    if not commands:
        return
    scope = stage.syntax.final.scope
    for _, script in commands:
        seen: set[str] = set()
        for use in uses_in_script(script):
            variable = scope.find(use.name)
            if variable is None or variable.kind != "arg" or use.name in seen:
                continue
            if use.operator.lstrip(":")[:1] in ("-", "+", "=", "?"):
                continue
            if may_set(stage, use.name) or _service_sets(stage.dockerfile, use.name):
                continue
            seen.add(use.name)
            related = []
            if variable.pair is not None:
                related.append(Related(variable.pair.key.span, "this ARG ends with the build"))
            yield Diagnostic(
                use.span,
                f"{use.name} is empty when the container runs: only an ARG sets it",
                help=f"add ENV {use.name}=${use.name} below the ARG",
                related=related,
                evidence=use.name,
            )


def _service_sets(dockerfile: Dockerfile, name: str) -> bool:
    """Whether a service that builds the file may set the variable."""
    return any(
        name in build.service.environment or build.service.get("env_file") is not None
        for build in dockerfile.builds
    )
