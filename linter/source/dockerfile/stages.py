"""The build stages of a Dockerfile, and the state at each of its instructions.

``build_stages`` groups instructions by FROM and resolves base names with the defaults of
the global ARGs. ``Stage.walk`` gives the instructions of a stage with the state before each:
variables, SHELL, USER, WORKDIR, inherited through earlier stages as BuildKit does.
"""

from __future__ import annotations

from ...base.lazy import cached_property
from ...base.records import NamedTuple
from ...base.units import whole_number
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
"""How many stages a stage inherits from; with more, its base counts as unknown."""


class Stage:
    """One FROM and the instructions up to the next.

    ``name`` is lower case, as BuildKit looks stages up; ``base`` the word after FROM,
    ``base_name`` its value with the global ARGs' defaults (None if it cannot be known) and
    ``base_stage`` the earlier stage that it names. ``depth`` counts the earlier stages that
    it inherits from.
    """

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
        self.scripts: dict[Instruction, Script] | None = None  # kept by scripts_of

    @property
    def platform(self) -> Flag | None:
        return self.instruction.flag("platform")

    @property
    def from_scratch(self) -> bool:
        """Whether the stage itself starts empty."""
        return self.base_stage is None and self.base_name == "scratch"

    @property
    def label(self) -> str:
        """The stage's name, or its number from 0."""
        return self.name_word.text if self.name_word else str(self.index)

    @property
    def title(self) -> str:
        """The stage, for messages."""
        if self.name_word is None:
            return f"the stage on line {self.instruction.start_line}"
        return f'stage "{self.name_word.text}"'

    def chain(self) -> Iterator[Stage]:
        """This stage, the stage that it starts from, and so on."""
        stage: Stage | None = self
        while stage is not None:
            yield stage
            stage = stage.base_stage

    @property
    def root(self) -> Stage:
        """The last stage of the chain, which starts from an image or from scratch."""
        *_, root = self.chain()
        return root

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

        It is the same object each time, and changes with the next step.
        """
        state = self.start()
        for instruction in self.instructions:
            yield instruction, state
            state.apply(instruction, self.stages.global_scope)

    @cached_property
    def final(self) -> State:
        """The state after the last instruction, which is that of the stage's image."""
        state = self.start()
        for instruction in self.instructions:
            state.apply(instruction, self.stages.global_scope)
        return state

    def __repr__(self) -> str:
        return f"Stage({self.label!r}, {self.base.text if self.base else None!r})"


class StageReference(NamedTuple):
    """A name of a stage or an image, as a base or as a source of files.

    ``kind`` is ``from``, ``copy`` or ``mount``; ``span`` covers the name alone; ``target``
    is the stage of that name, None for an image or an unknown name.
    """

    kind: str
    stage: Stage
    instruction: Instruction
    name: str
    span: Span
    target: Stage | None


class Stages:
    """All stages of a file. ``orphans`` are instructions before FROM that are not ARG."""

    def __init__(self, syntax: DockerfileSyntax) -> None:
        self.syntax = syntax
        self.stages: list[Stage] = []
        self.orphans: list[Instruction] = []
        self.global_instructions: list[Instruction] = []
        self.global_scope = Scope(closed=True)
        for name in PLATFORM_ARGS:
            self.global_scope.own[name] = Variable(name, "predefined", None, None, None)
        self._by_name: dict[str, list[Stage]] = {}

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
        """The stage of that name in any letter case, the last of several.

        ``before`` restricts the search to earlier stages.
        """
        for stage in reversed(self._by_name.get(name.lower(), ())):
            if before is None or stage.index < before.index:
                return stage
        return None

    def resolve(self, name: str) -> Stage | None:
        """The stage that ``COPY --from`` or a build target gives by name or by number."""
        index = whole_number(name)
        if index is not None:
            return self.stages[index] if index < len(self.stages) else None
        return self.find(name)

    @cached_property
    def references(self) -> list[StageReference]:
        """Every FROM, ``COPY --from`` and ``RUN --mount=from=`` with the stage that it means."""
        return list(self._find_references())

    def _find_references(self) -> Iterator[StageReference]:
        for stage in self.stages:
            if stage.base is not None:
                name = stage.base_name or stage.base.text
                span = stage.base.span
                yield StageReference("from", stage, stage.instruction, name, span, stage.base_stage)
            for instruction in stage.instructions:
                if instruction.name == "COPY":
                    flag = instruction.flag("from")
                    if flag is not None and (name := flag.value or ""):
                        target, span = self.resolve(name), flag.value_span
                        yield StageReference("copy", stage, instruction, name, span, target)
                elif instruction.name == "RUN":
                    options = (option for mount in instruction.mounts for option in mount.options)
                    for option in options:
                        if option.key == "from" and (name := option.value or ""):
                            target, span = self.find(name), option.value_span
                            yield StageReference("mount", stage, instruction, name, span, target)

    def needed(self, target: Stage | None = None) -> set[int]:
        """The numbers of the stages that building ``target`` (default: the last) needs.

        A base such as ``build-$TARGETOS`` needs every stage whose name it may be.
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
        needed, todo = {start.index}, [start.index]
        while todo:
            for index in edges.get(todo.pop(), ()):
                if index not in needed:
                    needed.add(index)
                    todo.append(index)
        return needed

    def _possible_bases(self, stage: Stage) -> Iterator[int]:
        """The earlier stages that a base name with unknown variables may mean."""
        word = stage.base
        if word is None:
            return
        # Comparing the text before the first variable and after the last is enough.
        references = word.references
        prefix = word.text[: references[0].at].lower() if references else ""
        last = max((reference.end for reference in references), default=len(word.text))
        suffix = word.text[last:].lower()
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
