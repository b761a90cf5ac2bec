"""Which variables are set in a stage, and where instructions and scripts use them."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.base.records import NamedTuple
from ...linter.base.text import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Word
    from ...linter.source.shell.syntax import Script
    from ...linter.source.shell.tokens import ShellWord

EXPANDING = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
"""The instructions in whose arguments BuildKit replaces variables."""

_SYSTEM_VARIABLES = frozenset(
    ("PATH", "LANG", "SSL_CERT_FILE", "container", "DISTTAG", "FGC", "TERM")
)
"""What the images of operating systems set, if anything."""

_NAME = on_demand(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = on_demand(r"(?<![\w${-])([A-Za-z_][A-Za-z0-9_]*)(\+?=)?")
"""A name that is not a reference, and the sign of an assignment."""
_ASSIGNED = on_demand(r"(?<![\w${-])([A-Za-z_][A-Za-z0-9_]*)\+?=")
_READING = ("for", "read", "local", "unset", "getopts", "select", "declare")
_REFERENCE = on_demand(r"(?<!\\)\$(?:\{[!#]?)?([A-Za-z_][A-Za-z0-9_]*)")
_QUOTED = on_demand(r"""\\.|"(?:\\.|[^"\\])*"?|'[^']*'?""", re.DOTALL)
"""An escaped character, or text in quotes; a quote that is not closed goes to the end."""


class Use(NamedTuple):
    """A place where a variable is read; ``operator`` as in ``${NAME:-x}``.

    ``pair`` is the key of the pair that the place is in, for ARG, ENV and LABEL.
    """

    name: str
    operator: str
    span: Span
    pair: str = ""


def in_sight(stage: Stage) -> Iterator[tuple[Instruction, set[str]]]:
    """Each instruction with the names that ARG and ENV have set before it; not ARGs before FROM.

    It is one set, which grows with each step.
    """
    base = stage.syntax.base_stage
    names = set(base.final.scope) if base is not None else set()
    for instruction in stage.instructions:
        yield instruction, names
        if instruction.name in ("ARG", "ENV"):
            names.update(pair.key.value for pair in instruction.pairs)


def knows_environment(stage: Stage) -> bool:
    """Whether the variables that the base image sets are known: scratch and bare systems."""
    root = stage.syntax.root
    if root.from_scratch:
        return True
    facts = stage.facts
    return facts is not None and facts.kind == "base" and not stage.syntax.windows


def set_by_image(name: str) -> bool:
    """Whether the image of a bare system may set the variable."""
    return name in _SYSTEM_VARIABLES


def may_set(stage: Stage, name: str) -> bool:
    """Whether the base image is likely to set the variable: ``NODE_VERSION`` in ``node:22``."""
    if knows_environment(stage):
        return set_by_image(name)
    root = stage.syntax.root
    text = root.base_name or (root.base.text if root.base else "")
    image = text.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    head = name.lower().partition("_")[0]
    return (
        "$" in text
        or len(head) < 2
        or any(
            part.startswith(head) or head.startswith(part) or _RELATED.get(part) == head
            for part in re.split(r"[-_.]", image)
            if len(part) > 1
        )
    )


_RELATED = {
    **dict.fromkeys(("openjdk", "temurin", "jre", "jdk", "maven", "gradle"), "java"),
    **dict.fromkeys(("sdk", "aspnet", "runtime"), "dotnet"),
    **dict.fromkeys(("postgres", "postgis"), "pg"),
    "tomcat": "catalina",
    "rust": "cargo",
    "node": "yarn",
}
"""How the variables of an image begin, by a part of the image's name."""


def _words_of(instruction: Instruction) -> Iterator[tuple[str, Word]]:
    """The words in which BuildKit replaces variables, with the key of the pair they are in."""
    if instruction.name not in EXPANDING or "$" not in instruction.text:
        return
    if instruction.name in ("ARG", "ENV", "LABEL"):
        for pair in instruction.pairs:
            yield pair.key.value, pair.key
            if pair.value is not None:
                yield pair.key.value, pair.value
        return
    if instruction.name in ("ADD", "COPY"):
        for flag in instruction.flags:
            if flag.value and flag.name in ("chown", "chmod"):
                yield "", flag.word
    heredocs = {heredoc.word.at for heredoc in instruction.heredocs}
    yield from (("", word) for word in instruction.words if word.at not in heredocs)


def uses_in(instruction: Instruction) -> Iterator[Use]:
    """The variables that BuildKit replaces in an instruction."""
    for key, word in _words_of(instruction):
        if "$" in word.text:
            for reference in word.references:
                if reference.name.isidentifier():
                    span = word.part(reference.at, reference.end)
                    yield Use(reference.name, reference.operator, span, key)
    for heredoc in instruction.heredocs if instruction.name in ("ADD", "COPY") else ():
        if heredoc.expand and "$" in heredoc.body:
            start = heredoc.body_start
            for match in _REFERENCE.finditer(heredoc.body):
                span = Span(instruction.file, start + match.start(), start + match.end())
                yield Use(match[1], "", span)


def uses_in_script(script: Script) -> Iterator[Use]:
    """The variables that a script reads and, as far as can be told, does not set itself.

    None for a script that sources a file, which may set anything.
    """
    if "$" not in script.text:
        return
    for command in script.commands:
        if command.name in (".", "source") or (command.words and command.words[0].value == "."):
            return
    own_names: set[str] | None = None
    for command in script.commands:
        words = [*command.words]
        words += [assignment.value for assignment in command.assignments]
        words += [redirection.target for redirection in command.redirections if redirection.target]
        for word in words:
            if word.has_expansion:
                for match in _REFERENCE.finditer(_without_quoted(word)):
                    name = match[1]
                    if own_names is None:
                        own_names = set(_set_in(script.text))
                    if name not in own_names:
                        end = word.at + match.end()
                        operator = word.script.text[end : end + 2].rstrip("}\"' ")
                        span = word.script.span(word.at + match.start(), end)
                        yield Use(name, operator if match[0].startswith("${") else "", span)


def _without_quoted(word: ShellWord) -> str:
    """The word's text with spaces in place of what is in single quotes."""
    text = word.text
    if "'" not in text:
        return text
    return _QUOTED.sub(lambda match: match[0] if match[0][0] != "'" else " " * len(match[0]), text)


def _set_in(text: str) -> Iterator[str]:
    """The variables that a script assigns or reads in."""
    if not any(word in text for word in _READING):
        yield from _ASSIGNED.findall(text)
        return
    for match in _WORD.finditer(text):
        if match[2]:
            yield match[1]
            continue
        at = match.start()
        head = text[max(0, at - 40) : at].rstrip().rpartition("\n")[2]
        words = head.replace(";", " ; ").replace("&&", " && ").split()
        if (words and words[-1] in _READING) or "read" in words[-4:] or "declare" in words[-2:]:
            yield match[1]


def names_in(instruction: Instruction) -> Iterator[str]:
    """Every word in an instruction that could be a variable's name."""
    for text in text_of(instruction):
        yield from _NAME.findall(text)


def text_of(instruction: Instruction) -> Iterator[str]:
    """All text of an instruction, the bodies of its heredocs included."""
    yield instruction.text
    for heredoc in instruction.heredocs:
        yield heredoc.body
