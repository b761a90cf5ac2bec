"""The build stages of a Dockerfile, and what holds at each of its instructions.

``build_stages`` groups instructions by FROM and resolves base names with the defaults of
the global ARGs. ``Stage.walk`` goes through a stage with the state before each instruction:
variables in sight, SHELL, USER, WORKDIR, inherited through earlier stages as BuildKit does.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from .scope import PLATFORM_ARGS, Scope, State, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...base.text import Span
    from ..shell.syntax import Script
    from .instruction import Instruction
    from .parts import Flag, Word
    from .syntax import DockerfileSyntax

MAX_CHAIN = 100
"""How many stages a stage inherits from; beyond that its base counts as unknown."""


class Stage:
    """One FROM and the instructions up to the next.

    ``name`` is lower case, as BuildKit looks stages up; ``base`` the word after FROM,
    ``base_name`` its value with the global ARGs' defaults (None if it cannot be known) and
    ``base_stage`` the earlier stage that it names.
    """

    __slots__ = (
        "_final",
        "as_word",
        "base",
        "base_name",
        "base_stage",
        "depth",
        "index",
        "instruction",
        "instructions",
        "known_scripts",
        "name",
        "name_word",
        "stages",
    )

    def __init__(self, stages: Stages, index: int, instruction: Instruction) -> None:
        self.stages = stages
        self.index = index
        self.instruction = instruction
        self.instructions: list[Instruction] = []
        words = instruction.words
        self.base: Word | None = words[0] if words else None
        self.base_name: str | None = None
        self.base_stage: Stage | None = None
        self.depth = 0
        self.as_word: Word | None = None
        self.name_word: Word | None = None
        self.name: str | None = None
        if len(words) > 1 and words[1].text.lower() == "as":
            self.as_word = words[1]
            if len(words) > 2:
                self.name_word = words[2]
                self.name = words[2].text.lower()
        self._final: State | None = None
        self.known_scripts: dict[Instruction, Script] | None = None  # kept by scripts_of

    @property
    def platform(self) -> Flag | None:
        return self.instruction.flag("platform")

    @property
    def from_scratch(self) -> bool:
        """Whether the stage itself starts empty."""
        return self.base_stage is None and self.base_name == "scratch"

    @property
    def label(self) -> str:
        """How to call the stage in a message: its name, or its number from 0."""
        return self.name_word.text if self.name_word else str(self.index)

    def chain(self) -> Iterator[Stage]:
        """This stage, the stage that it starts from, and so on."""
        stage: Stage | None = self
        while stage is not None:
            yield stage
            stage = stage.base_stage

    @property
    def root(self) -> Stage:
        """The last stage of the chain, which starts from an image or from scratch."""
        stage = self
        while stage.base_stage is not None:
            stage = stage.base_stage
        return stage

    @property
    def windows(self) -> bool:
        """Whether the stage builds a Windows image, as far as the file shows."""
        if self.stages.syntax.escape == "`":
            return True
        root = self.root
        platform = root.platform
        if platform is not None and (platform.value or "").startswith("windows"):
            return True
        name = (root.base_name or (root.base.text if root.base else "")).lower()
        return any(mark in name for mark in ("windows", "nanoserver", "servercore"))

    def start(self) -> State:
        """The state before the first instruction of the stage."""
        base = self.base_stage
        if base is None or self.depth % MAX_CHAIN == 0:
            return State(None, self.from_scratch)
        return State(base.final, False)

    def walk(self) -> Iterator[tuple[Instruction, State]]:
        """Each instruction after FROM with the state before it.

        The state changes as the walk goes on: copy what is to be kept.
        """
        state = self.start()
        for instruction in self.instructions:
            yield instruction, state
            state.apply(instruction, self.stages.global_scope)

    @property
    def final(self) -> State:
        """The state after the last instruction: what the stage's image has."""
        if self._final is None:
            state = self.start()
            for instruction in self.instructions:
                state.apply(instruction, self.stages.global_scope)
            self._final = state
        return self._final

    def __repr__(self) -> str:
        return f"Stage({self.label!r}, {self.base.text if self.base else None!r})"


class StageReference(NamedTuple):
    """A place that names a stage or an image to take files from or to start from.

    ``kind`` is ``from``, ``copy`` or ``mount``; ``span`` covers the name alone; ``target``
    is the stage that it means, None for an image or an unknown name.
    """

    kind: str
    stage: Stage
    instruction: Instruction
    name: str
    span: Span
    target: Stage | None


class Stages:
    """All stages of a file. ``orphans`` are instructions before FROM that are no ARG."""

    __slots__ = (
        "_by_name",
        "_references",
        "global_instructions",
        "global_scope",
        "known_scripts",
        "orphans",
        "stages",
        "syntax",
    )

    def __init__(self, syntax: DockerfileSyntax) -> None:
        self.syntax = syntax
        self.stages: list[Stage] = []
        self.orphans: list[Instruction] = []
        self.global_instructions: list[Instruction] = []
        self.global_scope = Scope(closed=True)
        for name in PLATFORM_ARGS:
            self.global_scope.own[name] = Variable(name, "predefined", None, None, None)
        self._by_name: dict[str, list[Stage]] = {}
        self._references: list[StageReference] | None = None

    def __iter__(self) -> Iterator[Stage]:
        return iter(self.stages)

    def __len__(self) -> int:
        return len(self.stages)

    @property
    def last(self) -> Stage | None:
        """The stage that is built when no target is given."""
        return self.stages[-1] if self.stages else None

    @property
    def global_args(self) -> dict[str, Variable]:
        """The ARGs before the first FROM, the last of each name."""
        return {n: v for n, v in self.global_scope.own.items() if v.pair is not None}

    def find(self, name: str, before: Stage | None = None) -> Stage | None:
        """The stage of that name (letter case does not count), the last of several.

        ``before`` restricts the search to earlier stages.
        """
        found = self._by_name.get(name.lower())
        if not found:
            return None
        if before is None:
            return found[-1]
        return next((stage for stage in reversed(found) if stage.index < before.index), None)

    def resolve(self, name: str) -> Stage | None:
        """The stage that ``COPY --from`` or a build target means: by name, or by number."""
        if name.isascii() and name.isdigit():
            index = int(name) if len(name) < 7 else -1
            return self.stages[index] if 0 <= index < len(self.stages) else None
        return self.find(name)

    @property
    def references(self) -> list[StageReference]:
        """Every FROM, ``COPY --from`` and ``RUN --mount=from=`` with what it means."""
        if self._references is None:
            self._references = list(self._find_references())
        return self._references

    def _find_references(self) -> Iterator[StageReference]:
        for stage in self.stages:
            if stage.base is not None:
                name = stage.base_name or stage.base.text
                span = stage.base.span
                yield StageReference("from", stage, stage.instruction, name, span, stage.base_stage)
            for instruction in stage.instructions:
                if instruction.name == "COPY":
                    flag = instruction.flag("from")
                    if flag is not None and flag.value:
                        target = self.resolve(flag.value)
                        yield StageReference(
                            "copy", stage, instruction, flag.value, flag.value_span, target
                        )
                elif instruction.name == "RUN":
                    for mount in instruction.mounts:
                        for option in mount.options:
                            if option.key == "from" and option.value:
                                target = self.find(option.value)
                                yield StageReference(
                                    "mount",
                                    stage,
                                    instruction,
                                    option.value,
                                    option.value_span,
                                    target,
                                )

    def needed(self, target: Stage | None = None) -> set[int]:
        """The numbers of the stages that building ``target`` (default: the last) needs.

        A base such as ``build-$TARGETOS`` needs every stage whose name fits.
        """
        start = target or self.last
        if start is None:
            return set()
        edges: dict[int, list[int]] = {}
        for reference in self.references:
            needs = edges.setdefault(reference.stage.index, [])
            if reference.target is not None:
                needs.append(reference.target.index)
            elif reference.kind == "from" and reference.stage.base_name is None:
                needs += self._possible_bases(reference.stage)
        seen, todo = {start.index}, [start.index]
        while todo:
            for index in edges.get(todo.pop(), ()):
                if index not in seen:
                    seen.add(index)
                    todo.append(index)
        return seen

    def _possible_bases(self, stage: Stage) -> Iterator[int]:
        """The earlier stages that a base name with unknown variables may mean."""
        word = stage.base
        if word is None:
            return
        # Comparing what stands before the first variable and after the last is enough.
        found = word.references
        prefix = word.text[: found[0].at].lower() if found else ""
        suffix = word.text[max(reference.end for reference in found) :].lower() if found else ""
        for other in self.stages[: stage.index]:
            name = other.name
            if name and name.startswith(prefix) and name.endswith(suffix):
                yield other.index


def build_stages(syntax: DockerfileSyntax) -> Stages:
    """Group a file's instructions into stages. Never raises."""
    stages = Stages(syntax)
    scope = stages.global_scope
    current: Stage | None = None
    for instruction in syntax.instructions:
        if instruction.name == "FROM":
            current = Stage(stages, len(stages.stages), instruction)
            if current.base is not None:
                current.base_name = scope.expand(current.base)
                name = current.base_name or current.base.text
                current.base_stage = stages.find(name)
                if current.base_stage is not None:
                    current.depth = current.base_stage.depth + 1
            stages.stages.append(current)
            if current.name is not None:
                stages._by_name.setdefault(current.name, []).append(current)
        elif current is not None:
            current.instructions.append(instruction)
        elif instruction.name == "ARG":
            stages.global_instructions.append(instruction)
            for pair in instruction.pairs:
                name = pair.key.text
                value = scope.expand(pair.value) if pair.value is not None else None
                if value is None and pair.value is None and name in PLATFORM_ARGS:
                    continue
                scope.own[name] = Variable(name, "arg", value, pair, instruction)
        else:
            stages.orphans.append(instruction)
    return stages
