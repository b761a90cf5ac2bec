"""What is shown about a place in a Dockerfile: instructions, stages, images, variables."""

from __future__ import annotations

from itertools import islice

from ..secrets.shown import masked
from .dockerfile_words import FLAGS, MEANINGS
from .image_text import image_text
from .markdown import Hover, code, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..model.dockerfile import Dockerfile, Stage
    from ..model.project import Project
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.stages import Stage as SyntaxStage

_INSTALLING = ("install", "add", "get")

_MOST = 12
"""How many packages, files and variables are named."""


def hover_dockerfile(project: Project, path: str, offset: int) -> Hover | None:
    """What is known about an offset of a Dockerfile."""
    dockerfile = project.dockerfile(path)
    if dockerfile is None:
        return None
    instruction = next(
        (each for each in dockerfile.syntax.instructions if each.start <= offset <= each.end), None
    )
    if instruction is None:
        return None
    if instruction.inner is not None and instruction.inner.start <= offset:
        instruction = instruction.inner
    if _holds(instruction.name_span, offset):
        meaning = MEANINGS.get(instruction.name)
        if meaning is None:
            return None
        parts = [f"**{instruction.name}**: {meaning}"]
        if instruction.name == "FROM":
            parts += _of_from(dockerfile, instruction)
        return Hover("\n\n".join(parts), instruction.name_span)
    return (
        _variable(dockerfile, instruction, offset)
        or _reference(dockerfile, instruction, offset)
        or _flag(instruction, offset)
        or _declared(dockerfile, instruction, offset)
    )


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _stage_of(dockerfile: Dockerfile, instruction: Instruction) -> SyntaxStage | None:
    """The stage that an instruction begins or is in."""
    found = None
    for stage in dockerfile.stages:
        if stage.instruction.start <= instruction.start:
            found = stage
    return found


def _of_from(dockerfile: Dockerfile, instruction: Instruction) -> list[str]:
    stage = _stage_of(dockerfile, instruction)
    return stage_text(dockerfile.all_stages[stage.index]) if stage is not None else []


def _reference(dockerfile: Dockerfile, instruction: Instruction, offset: int) -> Hover | None:
    """The stage or image that is named."""
    for reference in dockerfile.stages.references:
        if reference.instruction is instruction and _holds(reference.span, offset):
            if reference.target is not None:
                stage = dockerfile.all_stages[reference.target.index]
                return Hover("\n\n".join(stage_text(stage)), reference.span)
            parts = image_text(reference.name) if reference.name != "scratch" else []
            if reference.name == "scratch":
                parts = ["**scratch**: an image without any file"]
            return Hover("\n\n".join(parts), reference.span) if parts else None
    stage_ = _stage_of(dockerfile, instruction)
    word = stage_.name_word if stage_ is not None and stage_.instruction is instruction else None
    if stage_ is not None and word is not None and _holds(word.span, offset):
        return Hover("\n\n".join(stage_text(dockerfile.all_stages[stage_.index])), word.span)
    return None


def stage_text(stage: Stage) -> list[str]:
    """What a stage contains, in parts of Markdown."""
    lines = [f"- {line}" for line in _contents(stage)]
    return [f"**stage {code(stage.label)}**", "\n".join(lines)] if lines else []


def _contents(stage: Stage) -> Iterator[str]:
    syntax = stage.syntax
    chain = [stage.dockerfile.all_stages[part.index] for part in syntax.chain()]
    root = chain[-1].syntax
    base = root.base_name or (root.base.text if root.base is not None else "")
    names = [part.label for part in chain[1:]]
    through = f", through {', '.join(map(code, names))}" if names else ""
    yield f"starts from {code(base)}{through}"
    state = syntax.final
    if state.user is not None:
        yield f"user {code(state.user.value or state.user.instruction.arguments)} ({place(state.user.instruction.span)})"
    elif stage.facts is not None and stage.facts.user is not None:
        yield f"user {code(stage.facts.user)}, that of the image"
    if state.workdir is not None and state.workdir.value is not None:
        yield f"folder {code(state.workdir.value)}"
    packages = _packages(chain)
    if packages:
        more = f" and {len(packages) - _MOST} more" if len(packages) > _MOST else ""
        yield f"packages: {', '.join(map(code, packages[:_MOST]))}{more}"
    copied = [
        f"{word.value} to {copy.target or '?'}"
        + (f" from {copy.source_stage}" if copy.source_stage else "")
        for part in chain[::-1]
        for copy in part.copies
        for word in copy.sources
    ]
    if copied:
        more = f" and {len(copied) - _MOST} more" if len(copied) > _MOST else ""
        yield f"copied: {', '.join(map(code, copied[:_MOST]))}{more}"
    ports = [
        word.value
        for part in chain[::-1]
        for instruction in part.instructions
        if instruction.name == "EXPOSE"
        for word in instruction.words
    ]
    if not ports and stage.facts is not None:
        ports = [str(port.number) for port in stage.facts.ports]
    if ports:
        yield f"exposes {', '.join(dict.fromkeys(ports))}"
    variables = [
        f"{name}={masked(name, variable.value)}"
        for name in islice(state.scope, 200)
        if (variable := state.scope.find(name)) is not None
        and variable.kind == "env"
        and variable.value is not None
    ]
    if variables:
        shown = [_shown(text) for text in variables[:_MOST]]
        yield f"variables: {', '.join(map(code, shown))}"
    for title, instruction in (
        ("entrypoint", state.entrypoint), ("command", state.cmd), ("health check", state.healthcheck)
    ):  # fmt: skip
        if instruction is not None:
            yield f"{title} {code(masked('', _short(instruction.arguments)))}"
    if stage.is_final:
        yield "its image runs"
    elif stage.ships:
        yield "the image that runs starts from it"


def _shown(text: str) -> str:
    """A pair of a name and its masked value."""
    name, _, value = text.partition("=")
    return f"{name}={value if len(value) <= 60 else value[:59] + '…'}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 100 else text[:99] + "…"


def _packages(chain: list[Stage]) -> list[str]:
    """The packages that the stages install, in order."""
    found: dict[str, None] = {}
    for stage in chain[::-1]:
        for run in stage.runs:
            for command in run.packages:
                for word in command.operands if command.action in _INSTALLING else ():
                    name = word.literal
                    if name and name != ".":
                        found[name] = None
    return list(found)


def _variable(dockerfile: Dockerfile, instruction: Instruction, offset: int) -> Hover | None:
    """What a variable is worth that the text refers to."""
    from ..base.text import Span

    text = dockerfile.source.text
    start, end = _name_at(text, offset)
    name = text[start:end]
    before = text[max(0, start - 2) : start]
    if not name or not (before.endswith("$") or before == "${"):
        return None
    stage = _stage_of(dockerfile, instruction)
    scope = dockerfile.stages.global_scope
    if stage is not None and instruction.name != "FROM":
        for each, state in stage.walk():
            if each is instruction or each.inner is instruction:
                scope = state.scope
                break
    variable = scope.find(name)
    if variable is None:
        return None
    shown = code(masked(name, variable.value)) if variable.value else ""
    parts = [f"**variable {code(name)}**" + (f" = {shown}" if shown else "")]
    if variable.instruction is not None:
        noun = "build argument" if variable.kind == "arg" else "variable of the image"
        parts.append(f"{noun}, {place(variable.instruction.span)}")
    else:
        parts.append("set by BuildKit")
    passed = dockerfile.arguments.get(name) if variable.kind == "arg" else None
    if passed:
        values = ", ".join(code(masked(name, value)) for value in sorted(passed))
        parts.append(f"passed by the project: {values}")
    return Hover("\n\n".join(parts), Span(dockerfile.source, start, end))


def _name_at(text: str, offset: int) -> tuple[int, int]:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return start, end


def _flag(instruction: Instruction, offset: int) -> Hover | None:
    for flag in instruction.flags:
        if _holds(flag.span, offset):
            meaning = FLAGS.get((instruction.name, flag.name)) or FLAGS.get(("", flag.name))
            if meaning:
                return Hover(f"**--{flag.name}**: {meaning}", flag.span)
    return None


def _declared(dockerfile: Dockerfile, instruction: Instruction, offset: int) -> Hover | None:
    """What is passed for an ARG, and what an ENV replaces."""
    for pair in instruction.pairs if instruction.name in ("ARG", "ENV") else ():
        if not _holds(pair.key.span, offset):
            continue
        name = pair.key.value
        parts = [
            f"**{'build argument' if instruction.name == 'ARG' else 'variable'} {code(name)}**"
        ]
        passed = dockerfile.arguments.get(name, ()) if instruction.name == "ARG" else ()
        parts += [f"passed by the project: {code(masked(name, value))}" for value in sorted(passed)]
        return Hover("\n\n".join(parts), pair.key.span) if len(parts) > 1 else None
    return None
