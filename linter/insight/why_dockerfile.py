"""Why a property of a Dockerfile's stage is what it is: the instructions that set it, in order."""

from __future__ import annotations

from ..base.suggest import hint
from ..model.values import scalar_text
from ..secrets.shown import Masking
from ..source.yaml.nodes import Scalar
from .key_paths import NoSuchPath, parse_path
from .why import Answer, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..images import ImageFacts
    from ..model.dockerfile import Dockerfile, Stage
    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.parts import Pair
    from ..source.dockerfile.scope import State

_ONE = {
    "user": "USER",
    "workdir": "WORKDIR",
    "cmd": "CMD",
    "entrypoint": "ENTRYPOINT",
    "healthcheck": "HEALTHCHECK",
    "stopsignal": "STOPSIGNAL",
    "shell": "SHELL",
}
"""Properties that one instruction sets, the last one of which counts."""

_ALL = {"expose": "EXPOSE", "volume": "VOLUME"}
"""Properties to which each of their instructions adds."""

PROPERTIES = ("from", *_ONE, *_ALL, "env", "arg", "label")


def explain_dockerfile(dockerfile: Dockerfile, text: str, masking: Masking | None = None) -> Answer:
    """The value of a property such as ``build.user`` or ``final.env.PORT``, and its steps.

    Without a stage it is that of the last one.

    Raises:
        NoSuchPath: if the stage or property does not exist, or nothing sets it.
    """
    parts = [str(part) for part in parse_path(text)]
    if parts[0] == "stages":
        parts = parts[1:]
    stages = dockerfile.all_stages
    if not stages:
        raise NoSuchPath("the Dockerfile has no stage")
    stage = stages[-1]
    if parts and parts[0].lower() not in PROPERTIES:
        found = dockerfile.stages.resolve(parts[0])
        if found is None and parts[0] not in ("final", "last"):
            known = [*PROPERTIES, *(each.label for each in stages)]
            meant = hint(parts[0], known)
            names = ", ".join(each.label for each in stages)
            message = f'there is no stage or property "{parts[0]}"'
            raise NoSuchPath(message + (meant or f"; the stages are {names}"))
        stage = stages[found.index] if found is not None else stage
        parts = parts[1:]
    if not parts:
        raise NoSuchPath(f"name a property of the stage: {', '.join(PROPERTIES)}")
    return _Explaining(stage, masking or Masking()).answer(parts[0].lower(), ".".join(parts[1:]))


class _Explaining:
    """The state of one answer about a stage."""

    def __init__(self, stage: Stage, masking: Masking) -> None:
        self.stage = stage
        self.masking = masking
        stages = stage.dockerfile.all_stages
        self.chain = [stages[part.index] for part in stage.syntax.chain()][::-1]

    def answer(self, name: str, key: str) -> Answer:
        if name not in PROPERTIES:
            known = ", ".join(PROPERTIES)
            raise NoSuchPath(f'a stage has no "{name}"{hint(name, PROPERTIES) or f": {known}"}')
        path = f"{self.stage.label}.{name}" + (f".{key}" if key else "")
        if name in ("env", "arg", "label"):
            if not key:
                raise NoSuchPath(f"name a variable: {path}.NAME")
            value, steps = self.variable(name, key)
            self.masking.learn(key, value or "")
            value = None if value is None else self.masking.shown(key, value)
        else:
            value, steps = self.property(name)
        if not steps:
            raise NoSuchPath(f"nothing sets {path}")
        shown = [step._replace(message=self.masking.text(step.message)) for step in steps]
        last = next((step.span for step in reversed(shown) if step.span is not None), None)
        return Answer(path, None if value is None else self.masking.text(value), last, tuple(shown))

    def property(self, name: str) -> tuple[str | None, list[Step]]:
        """The value of a property without a key."""
        if name == "from":
            return self.base()
        steps = [*self.of_image(name)]
        values: list[str] = [step.message.rpartition(" ")[2] for step in steps]
        wanted = _ONE.get(name) or _ALL[name]
        for instruction in self.instructions():
            if instruction.name != wanted:
                continue
            text = instruction.arguments
            self.masking.learn("", text)
            later = name in _ONE and bool(steps)
            verb = "replaced by" if later else "added:" if steps else "set to"
            steps.append(Step("instruction", f"{verb} {_short(text)}", instruction.span))
            values = [text] if name in _ONE else [*values, text]
        state = self.stage.syntax.final
        setting = {"user": state.user, "workdir": state.workdir}.get(name)
        if setting is not None and setting.value is not None:
            values = [setting.value]
            if steps and setting.value != setting.instruction.arguments:
                steps.append(Step("normalised", f"that is {setting.value}", None))
        if name == "cmd" and state.cmd is None and state.entrypoint is not None and values:
            message = "an ENTRYPOINT after it drops the command"
            steps.append(Step("normalised", message, state.entrypoint.span))
            return None, steps
        return " ".join(values) if values else None, steps

    def instructions(self) -> Iterator[Instruction]:
        """The instructions of the stage and of those that it starts from, in order."""
        for stage in self.chain:
            yield from stage.instructions

    def of_image(self, name: str) -> Iterator[Step]:
        """What the image brings that the first stage starts from."""
        root = self.chain[0]
        facts = root.facts
        base = root.syntax.base
        if facts is None or base is None:
            return
        value = image_property(facts, name)
        if value:
            yield Step("image", f"the image {facts.name} sets {value}", base.span)

    def base(self) -> tuple[str | None, list[Step]]:
        """The image that the stage starts from in the end."""
        steps: list[Step] = []
        for stage in self.chain[::-1]:
            base = stage.syntax.base
            if base is None:
                continue
            target = stage.syntax.base_stage
            what = f'the stage "{target.label}"' if target is not None else f"the image {base.text}"
            steps.append(Step("instruction", f"starts from {what}", base.span))
            if target is None and base.has_variable:
                for reference in base.references:
                    steps += self.global_argument(reference.name)
        root = self.chain[0].syntax
        return root.base_name or (root.base.text if root.base else None), steps

    def global_argument(self, name: str) -> Iterator[Step]:
        """Where a build argument gets its value before the first FROM."""
        variable = self.stage.dockerfile.stages.global_scope.find(name)
        if variable is None or variable.instruction is None:
            state = "is set by BuildKit" if variable is not None else "is not declared by an ARG"
            yield Step("variable", f"{name} {state}", None)
        else:
            self.masking.learn(name, variable.value or "")
            value = self.masking.shown(name, variable.value or "") or "empty"
            yield Step("variable", f"{name} is {value} by default", variable.instruction.span)
        yield from self.passed(name)

    def passed(self, name: str) -> Iterator[Step]:
        """What the services that build the Dockerfile pass for an argument."""
        for build in self.stage.dockerfile.builds:
            node = build.service.get("build", "args", name)
            if isinstance(node, Scalar):
                value = scalar_text(node)
                self.masking.learn(name, value)
                shown = self.masking.shown(name, value)
                message = f'the service "{build.service.name}" passes {shown}'
                yield Step("variable", message, node.span)

    def variable(self, kind: str, name: str) -> tuple[str | None, list[Step]]:
        """The value of a variable or label."""
        steps: list[Step] = []
        value: str | None = None
        if kind == "arg":
            declared = self.stage.dockerfile.stages.global_scope.find(name)
            if declared is not None and declared.instruction is not None:
                value = declared.value
                shown = self.masking.shown(name, value or "")
                message = f"{shown or 'no value'} is the default before the first FROM"
                steps.append(Step("instruction", message, declared.instruction.span))
        wanted = {"env": ("ENV",), "arg": ("ARG", "ENV"), "label": ("LABEL",)}[kind]
        for stage in self.chain:
            for instruction, state in stage.syntax.walk():
                if instruction.name not in wanted:
                    continue
                for pair in instruction.pairs:
                    if pair.key.value != name:
                        continue
                    value, step = self.assigned(instruction, pair, state, value, bool(steps))
                    steps.append(step)
        if kind == "arg" and steps:
            steps += self.passed(name)
        return value, steps

    def assigned(
        self, instruction: Instruction, pair: Pair, state: State, before: str | None, later: bool
    ) -> tuple[str | None, Step]:
        """The value after an assignment, and the step."""
        name = pair.key.value
        span = pair.span
        if pair.value is None:
            default = self.stage.dockerfile.stages.global_scope.get(name)
            message = "ARG without a value: the build passes one, or the default counts"
            return default or before, Step("instruction", message, span)
        value = state.scope.expand(pair.value)
        self.masking.learn(name, pair.value.value)
        if value is not None:
            self.masking.learn(name, value)
        shown = self.masking.shown(name, pair.value.value)
        verb = "replaced by" if later else "set to"
        message = f"{instruction.name}: {verb} {_short(shown)}"
        if value is not None and value != pair.value.value:
            message += f", which is {_short(self.masking.shown(name, value))}"
        elif value is None:
            message += ", which depends on the build"
        return value, Step("instruction", message, span)


def image_property(facts: ImageFacts, name: str) -> str | None:
    """What an image sets for a property of a stage; None if it is not known."""
    if name == "user":
        return facts.user
    if name == "expose":
        return " ".join(f"{port.number}/{port.protocol}" for port in facts.ports) or None
    return None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"
