"""Why a value of a stack is what it is: each step that made it, with its place."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..compose.nodes import ShortForm, entries_of, go_text, items_of
from ..compose.show import render_stack
from ..files.recognition import TOP_LEVEL
from ..secrets.names import is_secret_name
from ..secrets.shown import Masking
from ..source.yaml.nodes import Alias, Mapping, Node, Scalar, Sequence
from .key_paths import NoSuchPath, counted, locate, missing_message, parse_path, shown_path
from .variables import is_secret, uses_in, worth
from .written import layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..compose.envfiles import ServiceEnvFile
    from ..model.service import Service
    from ..model.stack import Stack
    from .variables import Use
    from .written import Layer, Part, Path

_LONGEST = 80
"""How much of a text is quoted in a step."""

_PAIRS = ("environment", "labels", "args", "annotations", "sysctls")


class Step(NamedTuple):
    """One step on the way to a value: what it did, and the place that says so, if there is one.

    ``kind`` is one of ``file``, ``override``, ``include``, ``extends``, ``anchor``, ``merge-key``,
    ``reset``, ``env-file``, ``variable``, ``default``, ``normalised``, ``image``, ``instruction``.
    """

    kind: str
    message: str
    span: Span | None = None


class Answer(NamedTuple):
    """The value at a path and the steps to it. ``value`` is YAML; None if nothing is left there."""

    path: str
    value: str | None
    span: Span | None
    steps: tuple[Step, ...]


# --- answers


def explain(stack: Stack, text: str, masking: Masking | None = None) -> Answer:
    """The value at a path of a stack, and each step that made it.

    Raises:
        NoSuchPath: if there is nothing at the path, nor was before something removed it.
    """
    parts = parse_path(text)
    if parts == ("name",) and stack.tree.get("name") is None and stack.loaded.name:
        message = "no file gives a name: the project has that of its folder"
        return Answer("name", stack.loaded.name, None, (Step("default", message),))
    if isinstance(parts[0], str) and parts[0] not in TOP_LEVEL and parts[0] in stack.services:
        parts = ("services", *parts)
    return _Explaining(stack, masking or Masking()).answer(parts)


class _Explaining:
    """The state of one answer."""

    def __init__(self, stack: Stack, masking: Masking) -> None:
        self.stack = stack
        self.masking = masking

    def answer(self, parts: tuple[Part, ...]) -> Answer:
        path, node, rest = locate(self.stack.tree, parts)
        if rest:
            given = self.from_env_file(path, rest)
            if given is not None:
                return given
            return self.removed((*path, *rest), path, node, rest)
        name = str(path[-1]) if isinstance(path[-1], str) else str(path[-2]) if path[1:] else ""
        value = self.value(name, node)
        if _is_passed_on(path, node):
            value = self.passed(name) or value
        steps = tuple(self.steps(path, node, name))
        steps = tuple(step._replace(message=self.masking.text(step.message)) for step in steps)
        return Answer(shown_path(path), self.masking.text(value), _place(node), steps)

    def value(self, name: str, node: Node) -> str:
        """A node as YAML."""
        for inner_name, text in _texts(name, node):
            self.masking.learn(inner_name, text)
        if isinstance(node, Mapping | Sequence):
            return render_stack(node, mask=self.masking.shown).rstrip("\n")
        if isinstance(node, Scalar):
            if node.value is None:
                return "null"
            return self.masking.shown(name, go_text(node.value))
        return ""

    def steps(self, path: Path, node: Node, name: str) -> Iterator[Step]:
        """The steps to a node of the finished model."""
        span = _place(node)
        found = layers(self.stack, path, span if any(isinstance(p, int) for p in path) else None)
        before = [*self.before_environment(path), *self.replaced(path, node)]
        yield from before
        if not found:
            yield Step("default", "the default of Docker Compose; no file says it", None)
            return
        for index, layer in enumerate(found):
            yield from self.layer(layer, index > 0 or bool(before), name)
        last = _deciding(found, node)
        said = last.said
        if _is_passed_on(path, node):
            yield Step("normalised", f"without a value, that of the variable {name} is passed on")
            yield from (self.variable(use, name) for use in uses_in(self.stack, f"${{{name}}}"))
            return
        text = said.value.value if isinstance(said.value, Scalar) else None
        if isinstance(text, str) and "$" in text:
            for use in uses_in(self.stack, text):
                yield self.variable(use, name)
        yield from self.normalised(last, node, name)

    def passed(self, name: str) -> str:
        """The value of a variable that a service passes on; empty if it is not known."""
        value = worth(self.stack, name).value or ""
        if is_secret(self.stack, name, value):
            self.masking.hide(value)
        return self.masking.shown(name, value)

    def layer(self, layer: Layer, is_later: bool, name: str) -> Iterator[Step]:
        """What one document says."""
        said = layer.said
        if layer.role == "include" and layer.reference is not None:
            yield Step("include", f"{layer.path} is included", layer.reference)
        elif layer.role == "extends" and layer.reference is not None:
            elsewhere = f" of {layer.path}" if layer.path != layer.reference.file.path else ""
            message = f'it extends the service "{layer.base}"{elsewhere}'
            yield Step("extends", message, layer.reference)
        kind = "override" if is_later else "file"
        if said.tag == "!reset":
            yield Step("reset", "!reset removes what was set before", said.place)
            return
        shown = self.written(said.value, name)
        if said.rest and isinstance(said.value, Scalar):
            message = f"written in the short form {shown}"
        elif not is_later:
            message = f"set to {shown}"
        elif said.tag == "!override":
            message = f"!override replaces all of it with {shown}"
        elif isinstance(said.value, Mapping):
            message = f"{shown} laid over it"
        elif isinstance(said.value, Sequence):
            message = f"{shown} added"
        elif isinstance(said.value, Scalar) and said.value.value is None and is_later:
            message = "nothing is given here, so what was set before stays"
        else:
            message = f"replaced by {shown}"
        yield Step(kind, message, said.place)
        for hop in said.hops:
            if hop.kind == "merge":
                whose = f" of &{hop.name}" if hop.name else ""
                yield Step("merge-key", f"through the merge key <<{whose}", hop.span)
            else:
                yield Step("anchor", f"through the alias *{hop.name}", hop.span)

    def written(self, node: Node, name: str) -> str:
        """A value as it is written, short, and masked."""
        target = node.target if isinstance(node, Alias) else node
        if isinstance(target, Mapping):
            return counted(len(target.entries), "key", "keys")
        if isinstance(target, Sequence):
            return counted(len(target.items), "item", "items")
        raw = target.raw if isinstance(target, Scalar) else ""
        if isinstance(target, Scalar) and target.value is None:
            return "nothing"
        inner = ""
        if name in _PAIRS or "=" in raw:
            inner, _, _ = raw.partition("=")
        self.learn_defaults(name, raw)
        shown = self.masking.shown("" if inner else name, raw)
        shown = shown.replace("\n", " ")
        return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"

    def learn_defaults(self, name: str, raw: str) -> None:
        """Hide the defaults of variables in a value that is a secret by its name."""
        if "$" not in raw or not is_secret_name(name.partition("=")[0]):
            return
        for use in uses_in(self.stack, raw):
            if use.result == "default":
                self.masking.hide(use.text)

    def variable(self, use: Use, name: str) -> Step:
        """What a variable is replaced by."""
        worth = use.worth
        variable = worth.name
        value = worth.value
        if value and (is_secret_name(name) or is_secret(self.stack, variable, value)):
            self.masking.hide(value)
            if not self.masking.show and len(value) < 4:
                value = "***"
        if use.result == "value":
            if value is None:
                return Step("variable", f"{variable} is {worth.said}", worth.span)
            shown = self.masking.shown(variable, value)
            return Step("variable", f"{variable} is {shown or 'empty'}, {worth.said}", worth.span)
        state = "is not set" if worth.value is None else "is empty"
        if use.result == "default":
            default = self.masking.shown(variable, use.text) or "empty"
            return Step("variable", f"{variable} {state}: its default is {default}", worth.span)
        if use.result == "other":
            other = self.masking.shown(variable, use.text) or "empty"
            return Step("variable", f"{variable} is set, which gives {other}", worth.span)
        if use.result == "missing":
            reason = f": {use.text}" if use.text else ""
            return Step("variable", f"{variable} {state}, and is required{reason}", worth.span)
        return Step("variable", f"{variable} {state}: nothing takes its place", worth.span)

    def normalised(self, layer: Layer, node: Node, name: str) -> Iterator[Step]:
        """What Docker Compose makes of what is written."""
        said = layer.said
        if isinstance(node, ShortForm):
            parts = (
                f"{entry.name} {go_text(entry.value.value)}"
                for entry in node.entries
                if isinstance(entry.value, Scalar)
            )
            yield Step("normalised", self.masking.text(f"that means {', '.join(parts)}"), None)
            return
        if not isinstance(node, Scalar) or not isinstance(said.value, Scalar):
            if isinstance(node, Mapping) and isinstance(said.value, Sequence):
                yield Step("normalised", "the list is read as a mapping", None)
            return
        final = go_text(node.value) if node.value is not None else ""
        if said.rest:
            yield Step("normalised", f"{said.rest[-1]} of that is {final or 'empty'}", None)
            return
        written = said.value.raw
        if written == final or written.startswith(f"{name}=") or "$" in written:
            return
        if "/" in final and isinstance(node.value, str):
            yield Step("normalised", f"seen from the project's folder that is {final}", None)
        elif node.value is not None and said.value.value != node.value:
            yield Step("normalised", f"read as {final}", None)

    # --- what has no value in the model

    def from_env_file(self, path: Path, rest: tuple[Part, ...]) -> Answer | None:
        """A variable of a service that only its env files set."""
        full = (*path, *rest)
        if len(full) < 4 or full[0] != "services" or full[2] != "environment":
            return None
        service = self.stack.services.get(str(full[1]))
        variable = ".".join(map(str, full[3:]))
        found = list(_in_env_files(service, variable)) if service else []
        if not found:
            return None
        file, value, _ = found[-1]
        self.masking.learn(variable, value)
        steps = [self.env_file(index, *each, variable) for index, each in enumerate(found)]
        steps = [step._replace(message=self.masking.text(step.message)) for step in steps]
        value = self.masking.shown(variable, value)
        return Answer(shown_path((*full[:3], variable)), value, file.span, tuple(steps))

    def env_file(
        self, index: int, file: ServiceEnvFile, value: str, span: Span, variable: str
    ) -> Step:
        """What an env file of a service sets."""
        shown = self.masking.shown(variable, value) or "empty"
        verb = "replaced by" if index else "set to"
        return Step("env-file", f"{verb} {shown} in the env file {file.path}", span)

    def before_environment(self, path: Path) -> Iterator[Step]:
        """What the env files set before ``environment`` replaces it."""
        if len(path) == 4 and path[0] == "services" and path[2] == "environment":
            service = self.stack.services.get(str(path[1]))
            variable = str(path[3])
            for index, each in enumerate(_in_env_files(service, variable) if service else ()):
                self.masking.learn(variable, each[1])
                yield self.env_file(index, *each, variable)

    def removed(
        self, full: tuple[Part, ...], path: Path, node: Node, rest: tuple[Part, ...]
    ) -> Answer:
        """The steps that removed what a file says; raises NoSuchPath if none says it."""
        found = _full(layers(self.stack, full))
        for end in range(len(path) + 2, len(full)) if not found else ():
            joined = (*full[: end - 1], ".".join(map(str, full[end - 1 :])))
            found = _full(layers(self.stack, joined))
            if found:
                full = joined
                break
        if found:
            name = str(full[-1])
            steps = [
                step
                for index, layer in enumerate(found)
                for step in self.layer(layer, index > 0, name)
            ]
            if not any(step.kind == "reset" for step in steps):
                steps += self.resets_above(full)
            if not any(step.kind == "reset" for step in steps):
                message = "nothing of it is left in the model: Docker Compose has acted on it"
                steps.append(Step("normalised", message, None))
            steps = [step._replace(message=self.masking.text(step.message)) for step in steps]
            return Answer(shown_path(full), None, found[-1].said.place, tuple(steps))
        raise NoSuchPath(missing_message(self.stack, path, node, rest))

    def resets_above(self, full: Path) -> list[Step]:
        """The steps that removed or replaced what a path is in."""
        return [
            Step(
                "reset",
                f"{layer.said.tag} on {shown_path(full[:end])} removes it",
                layer.said.place,
            )
            for end in range(1, len(full))
            for layer in layers(self.stack, full[:end])
            if layer.said.tag
        ]

    def replaced(self, path: Path, node: Node) -> Iterator[Step]:
        """The mounts of weaker files that an entry of ``volumes`` replaces."""
        if len(path) != 4 or path[0] != "services" or path[2] != "volumes":
            return
        target = node.get("target") if isinstance(node, Mapping) else None
        if not isinstance(target, Scalar):
            return
        for layer in layers(self.stack, path[:3]):
            for item in items_of(layer.said.value):
                if (item.file.path, item.start) == (node.file.path, node.start):
                    return
                if _target(item) == target.raw:
                    shown = self.written(item, "")
                    yield Step("file", f"set to {shown}, which has the same target", item.span)


def _is_passed_on(path: Path, node: Node) -> bool:
    """Whether a node is a variable of a service without a value."""
    is_variable = len(path) == 4 and path[0] == "services" and path[2] == "environment"
    return is_variable and isinstance(node, Scalar) and node.value is None


def _full(found: list[Layer]) -> list[Layer]:
    """The layers that say the value itself, not a short form that might stand for it."""
    return [layer for layer in found if not layer.said.rest]


def _target(item: Node) -> str:
    """The target of a mount as it is written; empty if it is not there."""
    if isinstance(item, Mapping):
        target = item.get("target")
        return target.raw if isinstance(target, Scalar) else ""
    parts = item.raw.split(":") if isinstance(item, Scalar) else []
    return parts[1] if len(parts) > 1 else ""


def _place(node: Node) -> Span:
    """The place that a node of the model comes from."""
    return node.text.span if isinstance(node, ShortForm) else node.span


def _deciding(found: list[Layer], node: Node) -> Layer:
    """The layer that the value comes from in the end: the last one, unless that gives nothing."""
    for layer in reversed(found):
        value = layer.said.value
        if value.file.path == node.file.path and value.start <= node.start <= value.end:
            return layer
    return found[-1]


def _texts(name: str, node: Node, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The names and texts of all scalars in a node."""
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            yield name, node.value
    elif depth < 50:
        for entry in entries_of(node):
            yield from _texts(entry.name, entry.value, depth + 1)
        for item in items_of(node):
            yield from _texts("", item, depth + 1)


def _in_env_files(service: Service, variable: str) -> Iterator[tuple[ServiceEnvFile, str, Span]]:
    """The env files of a service that set a variable, with its value and place."""
    from ..source.dotenv import expand

    lookup = service.stack.loaded.variables.lookup
    for file in service.env_files:
        if file.syntax is None or not any(file.syntax.definitions(variable)):
            continue
        for value in expand(file.syntax, lookup):
            if value.entry.key == variable and value.value is not None:
                found = (file, value.value, value.entry.span)
        yield found
