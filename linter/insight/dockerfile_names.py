"""The names in a Dockerfile: stages, build arguments, variables; and the files that it copies."""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.text import Span
from ..base.units import whole_number
from ..files.paths import join_path
from ..source.shell.tokens import SHELLS
from .compose_walk import MADE
from .pages import page_of
from .places import UNKNOWN, Key, Link, Place
from .shell_names import assigned_in, shell_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Dockerfile, Stage
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.parts import Pair, Word
    from ..source.dockerfile.scope import Scope, Variable
    from ..source.dockerfile.stages import StageReference
    from .places import Places

_BODY = on_demand(r"(?<!\\)\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_RUNS = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN"))


def scope_of(dockerfile: Dockerfile) -> str:
    """The scope of the names in a Dockerfile: its path, and where it begins in a Compose file."""
    if not dockerfile.inline:
        return dockerfile.path
    return f"{dockerfile.path}#{dockerfile.source.locate(0, 0).start}"


class DockerfileNames:
    """Collects the names in one Dockerfile."""

    def __init__(self, dockerfile: Dockerfile, places: Places) -> None:
        self.dockerfile = dockerfile
        self.places = places
        self.scope = scope_of(dockerfile)

    def collect(self) -> None:
        """Walk all instructions."""
        stages = self.dockerfile.stages
        for instruction in stages.global_instructions:
            self.declared(instruction)
            self.used(instruction, stages.global_scope)
        for stage in self.dockerfile.all_stages:
            syntax = stage.syntax
            if syntax.name_word is not None and syntax.name:
                self.put("stage", syntax.name, syntax.name_word.span, defines=True)
            self.used(syntax.instruction, stages.global_scope)
            self.stage(stage)
        for reference in stages.references:
            self.reference(reference)

    def stage(self, stage: Stage) -> None:
        """Walk the instructions of a stage."""
        scripts = stage.scripts
        for outer, state in stage.syntax.walk():
            instruction = outer.inner or outer
            self.declared(instruction)
            self.used(instruction, state.scope)
            if instruction.name in ("ADD", "COPY"):
                self.bodies(instruction, state.scope, "")
            if instruction.name in _RUNS and (script := scripts.get(outer)) is not None:
                if script.exec_form and not any(name in instruction.text for name in SHELLS):
                    continue
                own = assigned_in(script.text)
                kinds = ("arg", "env") if instruction.name == "RUN" else ("env",)
                for name, at, quoted in shell_references(script.text):
                    variable = state.scope.find(name)
                    if variable is None or variable.kind not in kinds:
                        continue
                    fixed = "it is inside single quotes" if quoted else ""
                    if name in own:
                        fixed = "the script sets a variable of this name itself"
                    self.variable(variable, script.span(at, at + len(name)), fixed)
                self.bodies(instruction, state.scope, script.text)
        for copy in stage.copies:
            if not copy.source_stage and self.dockerfile.folder is not None:
                for word, value in zip(copy.sources, copy.values, strict=True):
                    if value and "://" not in value and not set(value) & set("*?["):
                        path = join_path(self.dockerfile.folder, value.lstrip("/"))
                        self.places.link(Link(word.span.origin, path))

    def bodies(self, instruction: Instruction, scope: Scope, script: str) -> None:
        """Note the variables in the heredocs of an instruction that are not its script."""
        for heredoc in instruction.heredocs:
            body = heredoc.body
            if not heredoc.expand or (script and body == script):
                continue
            for match in _BODY.finditer(body):
                start = heredoc.body_start + match.start(1)
                variable = scope.find(match[1])
                if variable is not None:
                    span = Span(instruction.file, start, start + len(match[1]))
                    self.variable(variable, span)

    def declared(self, instruction: Instruction) -> None:
        """Note the variables that ARG and ENV set."""
        kind = {"ARG": "argument", "ENV": "image-variable"}.get(instruction.name)
        if kind is not None:
            for pair in instruction.pairs:
                if pair.key.text and "$" not in pair.key.text:
                    self.put(kind, pair.key.text, pair.key.span, defines=True)

    def used(self, instruction: Instruction, scope: Scope) -> None:
        """Note the variables that BuildKit replaces in an instruction."""
        beside: dict[str, Pair] = {}
        for word in _words(instruction):
            if "$" not in word.text:
                continue
            for reference in word.references:
                start = reference.at + 1 + word.text.startswith("{", reference.at + 1)
                span = word.part(start, start + len(reference.name))
                variable = scope.find(reference.name)
                if variable is None and instruction.name == "ARG":
                    beside = beside or {pair.key.text: pair for pair in instruction.pairs}
                    pair = beside.get(reference.name)
                    if pair is not None:
                        self.put("argument", reference.name, span, target=pair.key.span.origin)
                elif variable is not None:
                    self.variable(variable, span)

    def variable(self, variable: Variable, span: Span, fixed: str = "") -> None:
        """Note a reference to a variable."""
        if variable.pair is not None:
            kind = "argument" if variable.kind == "arg" else "image-variable"
            target = variable.pair.key.span.origin
            self.put(kind, variable.name, span, target=target, fixed=fixed)

    def reference(self, reference: StageReference) -> None:
        """Note a FROM, ``COPY --from`` or mount that means a stage."""
        target, span = reference.target, reference.span
        if target is None:
            url = page_of(span.text) if reference.kind in ("from", "copy") else None
            if url is not None and not self.dockerfile.is_context(span.text):
                self.places.link(Link(span.origin, "", url))
            if reference.kind == "from" and reference.stage.base_name is None:
                pattern = re.sub(r"\$\{[^}]*\}|\$\w+", UNKNOWN, reference.name)
                self.put("stage", pattern.lower(), span, fixed=MADE)
            return
        if target.name is None:
            return
        place = None if target.name_word is None else target.name_word.span.origin
        via = "number" if whole_number(span.text) is not None else ""
        fixed = "" if span.text.lower() == target.name or via else MADE
        self.put("stage", target.name, span, target=place, fixed=fixed, via=via)

    def put(
        self,
        kind: str,
        name: str,
        span: Span,
        *,
        defines: bool = False,
        target: Span | None = None,
        fixed: str = "",
        via: str = "",
    ) -> None:
        """Keep a place."""
        span = span.origin
        exact = span.text.lower() == name.lower() or bool(fixed or via)
        reason = fixed or ("" if exact else "it is not written as it is read")
        self.places.add(Place(Key(kind, self.scope, name), span, defines, reason, via, target))


def secret_ids(dockerfile: Dockerfile) -> Iterator[tuple[str, Span]]:
    """The secrets that RUN instructions mount, by their ids, and the places of these."""
    for stage in dockerfile.all_stages:
        for run in stage.runs:
            for mount in run.mounts:
                if mount.type == "secret":
                    for option in mount.options:
                        if option.key == "id" and option.value:
                            yield option.value, option.value_span.origin


def _words(instruction: Instruction) -> Iterator[Word]:
    """The words of an instruction in which BuildKit replaces variables."""
    for flag in instruction.flags:
        if flag.value is not None:
            yield flag.word
    if instruction.name in _RUNS:
        return
    if instruction.pairs:
        for pair in instruction.pairs:
            yield pair.key
            if pair.value is not None:
                yield pair.value
    else:
        yield from instruction.words
