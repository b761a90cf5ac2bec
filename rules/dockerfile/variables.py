"""ARG and ENV: where they have an effect, and where they are used without one."""

from __future__ import annotations

import re
from collections import Counter

from ...linter.base.suggest import PLAIN, did_you_mean, distance
from ...linter.edits.dockerfile import insert_above
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from ...linter.source.dockerfile.scope import BUILDKIT_ARGS, PLATFORM_ARGS, PROXY_ARGS
from .._sources import CHECKS, REFERENCE
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

VARIABLES = "https://docs.docker.com/build/building/variables/"


@rule(
    "DF107",
    "undefined-variable",
    Severity.WARNING,
    category="reading",
    words=("$",),
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
    """A variable is used that no ARG or ENV sets, so it is empty.

    What the base image sets counts as well. It is known for scratch and for the images of bare
    systems such as alpine, debian and ubuntu, which set PATH only (not HOME); on top of other
    images a variable is reported only where its name is close to a known one. The shell text of
    RUN, CMD and ENTRYPOINT is the shell's business, and `${X:-default}` is meant to stand alone.
    """
    closed: bool | None = None
    undefined: dict[str, list[Use]] = {}
    hints: dict[str, str] = {}
    elsewhere = PLATFORM_ARGS | PROXY_ARGS | stage.dockerfile.stages.global_args.keys()
    for instruction, names in in_sight(stage):
        if "$" not in instruction.text and not instruction.heredocs:
            continue
        together: set[str] = set()
        if instruction.name == "ENV" and len(instruction.pairs) > 1:
            together = {pair.key.value for pair in instruction.pairs}
        for use in uses_in(instruction):
            name = use.name
            if name in names or name in elsewhere or use.operator.lstrip(":")[:1] in ("-", "+"):
                continue
            if name in together and use.pair != name:
                continue  # DF108
            if name in undefined:
                undefined[name].append(use)
                continue
            if closed is None:
                closed = knows_environment(stage)
            suggestion = _misspelled(name, names)
            if suggestion or (closed and not set_by_image(name)):
                undefined[name] = [use]
                hints[name] = did_you_mean(suggestion, PLAIN) or f"set it before: `ENV {name}=…`"
                if use.pair == name and not suggestion:
                    hints[name] = "delete it: it is still empty"
    for name, uses in undefined.items():
        yield Diagnostic(
            uses[0].span,
            f"no ARG or ENV sets {name} in this stage",
            help=hints[name],
            related=[Related(use.span, "used here too") for use in uses[1:]],
            evidence=name,
        )


def _misspelled(name: str, names: set[str]) -> str:
    """The one of the names that ``name`` differs from by one letter or two swapped; or empty."""
    if len(name) < 4 or len(names) > _MAX_NAMES:
        return ""
    for other in (*names, "PATH"):
        if other == name or name + "S" == other or other + "S" == name:
            continue  # FOO and FOOS are different things, as are V1 and V2
        if name.upper() == other.upper() or (
            distance(name, other, 1) <= 1 and re.sub(r"\d", "", name) != re.sub(r"\d", "", other)
        ):
            return other
    return ""


_MAX_NAMES = 300
"""Among more names than these no misspelled one is looked for."""


@rule(
    "DF108",
    "env-self-reference",
    Severity.WARNING,
    category="reading",
    words=("$",),
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
    """One pair of an ENV uses another pair of the same ENV, whose value is not set yet.

    Why: The variable gets a text in which the other one's new value is missing.

    All values of one instruction see the variables as they were before it. A variable that was set
    before is left alone, and so is one that builds on itself (`PATH=$PATH:/x`).
    """
    for instruction, names in in_sight(stage):
        if instruction.name != "ENV" or "$" not in instruction.text or len(instruction.pairs) < 2:
            continue
        pairs = {pair.key.value: pair for pair in instruction.pairs}
        for use in uses_in(instruction):
            name = use.name
            if name in pairs and name != use.pair and name not in names and name != "PATH":
                yield Diagnostic(
                    use.span,
                    f"{name} is set by the same ENV, so it does not have this value yet",
                    help=f"set {use.pair} in a separate ENV below",
                    related=[Related(pairs[name].key.span, f"{name} is set here")],
                    evidence=name,
                )


@rule(
    "DF119",
    "unused-arg",
    Severity.INFO,
    category="maintenance",
    words=("arg",),
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

    Why: A value that is passed for it has no effect.

    Every RUN below an ARG sees it in its environment, so within a stage only an ARG is reported
    that no RUN follows. What BuildKit itself reads (`BUILDKIT_INLINE_CACHE`) is left alone.
    """
    stages = dockerfile.stages
    pairs: list[Pair] = []
    if stages.global_instructions:
        counts = Counter(name for item in dockerfile.syntax.instructions for name in names_in(item))
        for instruction in stages.global_instructions:
            keys = Counter(pair.key.text for pair in instruction.pairs)
            pairs += [
                pair for pair in instruction.pairs if counts[pair.key.text] <= keys[pair.key.text]
            ]
    if any(item.name == "ARG" for stage in stages for item in stage.instructions):
        pairs += _unused_in_stages(stages.stages)
    for pair in pairs:
        name = pair.key.text
        if name not in BUILDKIT_ARGS and name not in PROXY_ARGS and name.isidentifier():
            yield Diagnostic(
                pair.key.span,
                f"nothing uses ARG {name}",
                help="delete it, or use it",
                evidence=name,
            )


def _unused_in_stages(stages: list[SyntaxStage]) -> list[Pair]:
    """The ARGs of stages whose names do not occur below them and that no RUN below them sees."""
    below: dict[int, set[str] | None] = {}  # by stage, the names in those that start from it
    bases: set[str] = set()  # the names in later FROMs; that an ARG does not reach them is DF105's
    unused: list[Pair] = []
    for stage in reversed(stages):
        names = below.pop(stage.index, set())
        for instruction in reversed(stage.instructions):
            if instruction.name in ("RUN", "ONBUILD"):
                names = None
            if names is None:
                break
            counts = Counter(names_in(instruction))
            if instruction.name == "ARG":
                keys = Counter(pair.key.text for pair in instruction.pairs)
                unused += [
                    pair
                    for pair in reversed(instruction.pairs)
                    if pair.key.text not in names
                    and pair.key.text not in bases
                    and counts[pair.key.text] <= keys[pair.key.text]
                ]
            names.update(counts)
        bases.update(names_in(stage.instruction))
        if stage.base_stage is not None:
            index = stage.base_stage.index
            others = below.get(index, set())
            below[index] = None if names is None or others is None else others | names
    return unused[::-1]


@rule(
    "DF150",
    "arg-outside-stage",
    Severity.WARNING,
    category="reading",
    words=("$",),
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
    outside = PLATFORM_ARGS | dockerfile.stages.global_args.keys()
    if not any("$" in text for item in dockerfile.syntax.instructions for text in text_of(item)):
        return
    reported: dict[int, frozenset[str]] = {}  # by stage, in it and in what it starts from
    for stage in dockerfile.all_stages:
        base = stage.syntax.base_stage
        above = reported[base.index] if base is not None else frozenset()
        places: dict[str, list[tuple[Instruction, Use]]] = {}
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
                if name not in outside or name in names or name in above:
                    continue
                if name in PLATFORM_ARGS or not may_set(stage, name):
                    places.setdefault(name, []).append((instruction, use))
        reported[stage.syntax.index] = above | places.keys() if places else above
        for name, uses_of_name in places.items():
            yield _outside(stage, name, uses_of_name)


def _outside(stage: Stage, name: str, uses: list[tuple[Instruction, Use]]) -> Diagnostic:
    """The finding on the uses of a variable in a stage that does not declare it."""
    (instruction, first), *others = uses
    fix = None
    if instruction.inner is None:
        edit = insert_above(instruction, f"ARG {name}")
        fix = Fix(f"Add ARG {name}", (edit,), Applicability.SAFE)
    declared = stage.dockerfile.stages.global_scope.find(name)
    related = [Related(other.span, "used here too") for _, other in others]
    message = f"{name} is empty in this stage: it holds there only after ARG {name}"
    if declared is not None and declared.pair is not None:
        related.insert(0, Related(declared.pair.key.span, "declared here, for FROM only"))
        message = f"{name} is empty in this stage: its ARG above the first FROM is not visible here"
    diagnostic = Diagnostic(
        first.span,
        message,
        help=f"add `ARG {name}` to the stage",
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
    category="start",
    words=("$",),
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
    for instruction, script in stage.scripts.items():
        if instruction.name == "RUN":
            continue
        reported: set[str] = set()
        for use in uses_in_script(script) if "$" in instruction.text else ():
            variable = stage.syntax.final.scope.find(use.name)
            if variable is None or variable.kind != "arg" or use.name in reported:
                continue
            if use.operator.lstrip(":")[:1] in ("-", "+", "=", "?"):
                continue
            if may_set(stage, use.name) or _service_sets(stage.dockerfile, use.name):
                continue
            reported.add(use.name)
            pair = variable.pair
            yield Diagnostic(
                use.span,
                f"{use.name} is empty when the container runs: only an ARG sets it",
                help=f"add `ENV {use.name}=${use.name}` below the ARG",
                related=[Related(pair.key.span, "this ARG ends with the build")] if pair else (),
                evidence=use.name,
            )


def _service_sets(dockerfile: Dockerfile, name: str) -> bool:
    """Whether a service that builds the file may set the variable."""
    return any(
        name in build.service.environment or build.service.get("env_file") is not None
        for build in dockerfile.builds
    )
