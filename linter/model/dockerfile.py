"""A Dockerfile and its stages as rules see them."""

from __future__ import annotations

import posixpath
from itertools import islice

from ..base.lazy import cached_property
from ..base.records import NamedTuple
from ..base.text import may_be_template, may_have_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import SourceFile
    from ..images import ImageFacts
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.parts import Mount as InstructionMount
    from ..source.dockerfile.parts import Word
    from ..source.dockerfile.scope import State, Variable
    from ..source.dockerfile.stages import Stage as SyntaxStage
    from ..source.dockerfile.stages import Stages
    from ..source.dockerfile.syntax import DockerfileSyntax
    from ..source.ignore import IgnoreSyntax
    from ..source.shell.packages import PackageCommand
    from ..source.shell.syntax import Script, SimpleCommand
    from .bake import Bake
    from .project import Project
    from .service import Service


class BuildContext(NamedTuple):
    """How a stack builds a Dockerfile: the service, the context folder and the target.

    ``folder`` is None for a remote context; ``target`` is empty for the last stage.
    """

    service: Service
    folder: str | None
    target: str

    @property
    def has_unknown_target(self) -> bool:
        """Whether a variable that is not known chooses the target."""
        from .values import is_unknown

        return is_unknown(self.service.get("build", "target"))

    @property
    def argument_names(self) -> set[str]:
        """The names of the build arguments that it sets."""
        from .values import key_values

        return {argument.name for argument in key_values(self.service.get("build", "args"))}


class Dockerfile:
    """One Dockerfile, and the services that build it."""

    def __init__(self, project: Project, syntax: DockerfileSyntax, inline: bool = False) -> None:
        self.project = project
        self.syntax = syntax
        self.inline = inline
        self.builds: list[BuildContext] = []
        self.conclusions: dict[type, Any] = {}
        """The conclusions of ``analysis/`` about the Dockerfile, each drawn once."""

    @property
    def source(self) -> SourceFile:
        """The file that contains it."""
        return self.syntax.source

    @property
    def path(self) -> str:
        """The path of the file that contains it."""
        return self.source.path

    @cached_property
    def stages(self) -> Stages:
        """The stages as BuildKit links them."""
        from ..source.dockerfile.stages import build_stages

        return build_stages(self.syntax)

    @cached_property
    def is_template(self) -> bool:
        """Whether a Dockerfile is rendered from it later, so that it cannot be read as one."""
        folder, _, name = self.path.lower().rpartition("/")
        if (
            "template" in folder
            and name not in ("dockerfile", "containerfile")
            and self._has_no_from
        ):
            # A part that templates include.
            return True
        text = self.source.text
        if not (may_be_template(text) or may_have_property(text)):
            return False
        from ..source.templates import is_dockerfile_template

        return is_dockerfile_template(self.syntax)

    @property
    def _has_no_from(self) -> bool:
        """Whether it has no FROM, nor an instruction that is a misspelt one."""
        from ..source.dockerfile.problems import problems_of

        return not self.stages.stages and not any(
            problem.suggestion == "FROM" for problem in problems_of(self.syntax)
        )

    @cached_property
    def all_stages(self) -> list[Stage]:
        """All stages, in the order of the file."""
        return [Stage(self, stage) for stage in self.stages]

    @cached_property
    def final_stages(self) -> list[Stage]:
        """The stages whose images run: the targets of its builds, else the last stage."""
        targets = (
            self.stages.resolve(build.target) if build.target else self.stages.last
            for build in self.builds
        )
        indexes = dict.fromkeys(stage.index for stage in targets if stage is not None)
        return [self.all_stages[index] for index in indexes] or self.all_stages[-1:]

    @cached_property
    def shipped(self) -> frozenset[int]:
        """The indexes of the stages whose layers are part of an image that runs."""
        shipped: set[int] = set()
        for final in self.final_stages:
            for stage in final.syntax.chain():
                if stage.index in shipped:
                    break
                shipped.add(stage.index)
        return frozenset(shipped)

    @cached_property
    def bake(self) -> Bake:
        """What the bake files beside it, in its context or in the project's root say."""
        from ..files.paths import seen_from
        from .bake import bake_of

        reader = self.project.reader
        beside = self.path.rpartition("/")[0] or "."
        root = seen_from(reader.base, reader.root)
        return bake_of((beside, self.folder or beside, root or "."), self.project.text)

    @cached_property
    def context_names(self) -> set[str]:
        """The named contexts (lower case) that stacks and bake files pass to its build."""
        names = set(self.bake.contexts)
        if not self.builds:
            return names
        from ..source.yaml.nodes import Mapping
        from .values import text_list

        for build in self.builds:
            node = build.service.get("build", "additional_contexts")
            if isinstance(node, Mapping):
                names.update(entry.name.lower() for entry in node.entries)
            else:
                names.update(item.partition("=")[0].lower() for item in text_list(node) or ())
        return names

    def is_context(self, name: str) -> bool:
        """Whether builds give a name to a context of their own, so that no image is meant.

        For a name that no image of ours has, bake files elsewhere in the project are asked too.
        """
        plain = name.lower()
        if plain in self.context_names or plain.partition(":")[0] in self.context_names:
            return True
        if not plain.isidentifier():
            return False
        from ..images import facts_for, parse_reference

        reference = parse_reference(plain)
        if reference is not None and facts_for(reference) is not None:
            return False
        return plain in self._contexts_elsewhere

    @cached_property
    def _contexts_elsewhere(self) -> frozenset[str]:
        """The named contexts in bake files of other names and folders."""
        from ..files.paths import seen_from
        from .bake import contexts_in

        reader = self.project.reader
        root = seen_from(reader.base, reader.root) or "."
        files = self.project.listing(root).files
        paths = (posixpath.join(root, path) for path in files if path.endswith(".hcl"))
        return contexts_in(paths, self.project.text)

    @cached_property
    def arguments(self) -> dict[str, set[str]]:
        """The values that stacks and bake files pass for build arguments, as far as known."""
        arguments: dict[str, set[str]] = {}
        for build in self.builds:
            # What only stacks need is not loaded for a Dockerfile alone.
            from .values import key_values

            for variable in key_values(build.service.get("build", "args")):
                if variable.value is not None:
                    arguments.setdefault(variable.name, set()).add(variable.value)
        for name, value in self.bake.arguments:
            arguments.setdefault(name, set()).add(value)
        return arguments

    @cached_property
    def ignore(self) -> IgnoreSyntax | None:
        """The ignore file that Docker uses for its context; None if there is none."""
        from ..source.ignore import ignore_candidates

        if self.folder is None:
            return None
        candidates = ignore_candidates(self.path, self.folder)
        for path in candidates[1:] if self.inline else candidates:
            ignore = self.project.ignore_file(path)
            if ignore is not None:
                return ignore
        return None

    @cached_property
    def folder(self) -> str | None:
        """The build context: that of a stack, else the Dockerfile's folder; None if unknown."""
        if self.builds:
            return self.builds[0].folder
        return None if self.inline else self.path.rpartition("/")[0] or "."

    def __repr__(self) -> str:
        return f"Dockerfile({self.path!r})"


class Stage:
    """One build stage of a Dockerfile."""

    def __init__(self, dockerfile: Dockerfile, syntax: SyntaxStage) -> None:
        self.dockerfile = dockerfile
        self.syntax = syntax

    @property
    def instructions(self) -> list[Instruction]:
        """The instructions after its FROM."""
        return self.syntax.instructions

    @property
    def label(self) -> str:
        """The stage's name, or its number from 0."""
        return self.syntax.label

    @property
    def image_title(self) -> str:
        """The stage's image, for messages."""
        if self.syntax is self.dockerfile.stages.last:
            return "the final image"
        return f"the image of {self.syntax.title}"

    @property
    def is_final(self) -> bool:
        """Whether the stage's image runs."""
        return any(stage.syntax is self.syntax for stage in self.dockerfile.final_stages)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """The facts about the image that the chain of stages starts from; None if unknown."""
        from ..images import facts_for, parse_reference

        name = self.syntax.root.base_name
        reference = parse_reference(name) if name and name != "scratch" else None
        return facts_for(reference) if reference else None

    @property
    def scripts(self) -> dict[Instruction, Script]:
        """The scripts that its RUN, CMD, ENTRYPOINT and HEALTHCHECK instructions execute."""
        from ..source.dockerfile.scripts import scripts_of

        return scripts_of(self.syntax)

    @property
    def ships(self) -> bool:
        """Whether its layers are part of an image that runs."""
        return self.syntax.index in self.dockerfile.shipped

    @cached_property
    def runs(self) -> list[Run]:
        """Its RUN instructions, those of ONBUILD included, in order."""
        scripts = self.scripts
        return [
            Run(self, inner, script, state)
            for instruction, state in self.syntax.walk()
            if (script := scripts.get(instruction)) is not None
            and (inner := instruction.inner or instruction).name == "RUN"
        ]

    @cached_property
    def assigned(self) -> dict[str, list[Variable]]:
        """The variables that its own ENV and ARG instructions set, by name, in order."""
        variables: dict[str, list[Variable]] = {}
        previous: Instruction | None = None
        for instruction, state in self.syntax.walk():
            _add_variables(variables, previous, state)
            previous = instruction
        _add_variables(variables, previous, self.syntax.final)
        return variables

    @cached_property
    def copies(self) -> list[Copy]:
        """Its COPY and ADD instructions, those of ONBUILD included, in order."""
        return [
            _copy(instruction.inner or instruction, state)
            for instruction, state in self.syntax.walk()
            if (instruction.inner or instruction).name in ("ADD", "COPY")
        ]

    @cached_property
    def calls(self) -> dict[str, list[tuple[Run, SimpleCommand]]]:
        """The commands of its RUN instructions by the name of the program."""
        calls: dict[str, list[tuple[Run, SimpleCommand]]] = {}
        for run in self.runs:
            for command in run.script.commands:
                calls.setdefault(command.name, []).append((run, command))
        return calls

    def __repr__(self) -> str:
        return f"Stage({self.label!r})"


class Copy(NamedTuple):
    """A COPY or ADD.

    ``sources`` are without heredocs. ``source_stage`` is the value of ``--from``, empty for
    the context. ``target`` is the absolute path that it copies to; ``workdir`` the folder
    that relative paths start from. Both are None if they cannot be known, and so are those of the
    ``values`` of the sources that depend on variables.
    """

    instruction: Instruction
    sources: list[Word]
    source_stage: str
    target: str | None
    workdir: str | None
    values: list[str | None]


def _copy(instruction: Instruction, state: State) -> Copy:
    destination = instruction.destination
    flag = instruction.flag("from")
    workdir = state.workdir.value if state.workdir else None
    target = None
    if destination is not None:
        has_variable = destination.has_variable
        target = state.scope.expand(destination) if has_variable else destination.value
        if target is not None and not target.startswith("/"):
            target = posixpath.join(workdir, target) if workdir is not None else None
        if target is not None:
            target = posixpath.normpath(target)
    heredocs = {heredoc.word.at for heredoc in instruction.heredocs}
    sources = instruction.sources
    if heredocs:
        sources = [word for word in sources if word.at not in heredocs]
    values = [state.scope.expand(word) if word.has_variable else word.value for word in sources]
    source_stage = (flag.value or "") if flag else ""
    return Copy(instruction, sources, source_stage, target, workdir, values)


class Run:
    """One RUN instruction (that of an ONBUILD too) and the script that it executes.

    ``shell_words``, ``user`` and ``workdir`` are those in force before it; None means that
    of the base image.
    """

    def __init__(
        self, stage: Stage, instruction: Instruction, script: Script, state: State
    ) -> None:
        self.stage = stage
        self.instruction = instruction
        self.script = script
        self.shell_words = state.shell_words
        self.user = state.user
        self.workdir = state.workdir.value if state.workdir else None

    @cached_property
    def packages(self) -> list[PackageCommand]:
        """Its calls of package managers, in order."""
        from ..source.shell.packages import read_package_command

        calls = map(read_package_command, self.script.commands)
        return [call for call in calls if call is not None]

    @cached_property
    def mounts(self) -> list[InstructionMount]:
        """The mounts of its ``--mount`` flags."""
        return self.instruction.mounts

    def variable(self, name: str) -> Variable | None:
        """The ENV or ARG of that name in sight; None if there is none."""
        from ..source.dockerfile.stages import MAX_CHAIN

        start = self.instruction.start
        for variable in reversed(self.stage.assigned.get(name, ())):
            if variable.instruction is not None and variable.instruction.start < start:
                return variable
        stages = self.stage.dockerfile.all_stages
        for syntax in islice(self.stage.syntax.chain(), 1, MAX_CHAIN):
            inherited = stages[syntax.index].assigned.get(name)
            if inherited:
                return inherited[-1]
        return None

    def __repr__(self) -> str:
        return f"Run({self.instruction!r})"


def _add_variables(
    variables: dict[str, list[Variable]], instruction: Instruction | None, state: State
) -> None:
    """Add the variables that an instruction has set; ``state`` is the one after it."""
    if instruction is None or instruction.name not in ("ARG", "ENV"):
        return
    for pair in instruction.pairs:
        variable = state.scope.own.get(pair.key.value)
        if variable is not None and variable.instruction is instruction:
            assigned = variables.setdefault(variable.name, [])
            if not assigned or assigned[-1] is not variable:
                assigned.append(variable)
