"""Which variables are in sight in a stage, and where instructions and scripts use them."""

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
    from ...linter.source.shell.syntax import Script, ShellWord

EXPANDING = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
"""The instructions in whose arguments BuildKit replaces variables."""

_ODD_ENVIRONMENT = frozenset(
    ("PATH", "LANG", "SSL_CERT_FILE", "container", "DISTTAG", "FGC", "TERM")
)
"""What images of operating systems set, if anything."""

_NAME = on_demand(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = on_demand(r"(?<!\\)\$(?:\{[!#]?)?([A-Za-z_][A-Za-z0-9_]*)")


class Use(NamedTuple):
    """A place where a variable is read; ``operator`` as in ``${NAME:-x}``.

    ``pair`` is the key of the pair that the place is in, for ARG, ENV and LABEL.
    """

    name: str
    operator: str
    span: Span
    pair: str = ""


def in_sight(stage: Stage) -> Iterator[tuple[Instruction, set[str]]]:
    """Each instruction with the names that ARG and ENV have set before it, above FROM aside.

    The set grows as the walk goes on.
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
    return name in _ODD_ENVIRONMENT


def may_set(stage: Stage, name: str) -> bool:
    """Whether the base image may well set the variable: ``NODE_VERSION`` in ``node:22``."""
    if knows_environment(stage):
        return set_by_image(name)
    root = stage.syntax.root
    text = root.base_name or (root.base.text if root.base else "")
    if "$" in text:
        return True
    image = text.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    head = name.lower().partition("_")[0]
    if len(head) < 2:
        return True
    parts = re.split(r"[-_.]", image)
    return any(
        part.startswith(head) or head.startswith(part) or _RELATED.get(part) == head
        for part in parts
        if len(part) > 1
    )


_RELATED = {
    "openjdk": "java",
    "temurin": "java",
    "jre": "java",
    "jdk": "java",
    "maven": "java",
    "gradle": "java",
    "tomcat": "catalina",
    "postgres": "pg",
    "postgis": "pg",
    "rust": "cargo",
    "node": "yarn",
    "sdk": "dotnet",
    "aspnet": "dotnet",
    "runtime": "dotnet",
}


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
        return
    yield from (("", word) for word in instruction.words)


def uses_in(instruction: Instruction) -> Iterator[Use]:
    """The variables that BuildKit replaces in an instruction."""
    for key, word in _words_of(instruction):
        if "$" in word.text:
            for found in word.references:
                if found.name.isidentifier():
                    yield Use(found.name, found.operator, word.part(found.at, found.end), key)
    if instruction.name in ("ADD", "COPY"):
        yield from _in_heredocs(instruction)


def _in_heredocs(instruction: Instruction) -> Iterator[Use]:
    for heredoc in instruction.heredocs:
        if heredoc.expand and "$" in heredoc.body:
            start = heredoc.body_start
            for match in _REFERENCE.finditer(heredoc.body):
                span = Span(instruction.file, start + match.start(), start + match.end())
                yield Use(match[1], "", span)


def uses_in_script(script: Script) -> Iterator[Use]:
    """The variables that a script reads and does not set itself, as far as that is plain.

    Nothing for a script that sources a file, which may set anything.
    """
    if "$" not in script.text:
        return
    for command in script.commands:
        if command.name in (".", "source") or (command.words and command.words[0].value == "."):
            return
    own: dict[str, bool] = {}  # whether the script sets the variable itself
    for command in script.commands:
        words = [*command.words]
        words += [item.value for item in command.assignments]
        words += [item.target for item in command.redirections if item.target is not None]
        for word in words:
            if word.has_expansion:
                for match in _REFERENCE.finditer(_without_quoted(word)):
                    name = match[1]
                    if name not in own:
                        own[name] = _sets(script.text, name)
                    if not own[name]:
                        end = word.at + match.end()
                        operator = word.script.text[end : end + 2].rstrip("}\"' ")
                        span = word.script.span(word.at + match.start(), end)
                        yield Use(name, operator if match[0].startswith("${") else "", span)


def _without_quoted(word: ShellWord) -> str:
    """The word with the text in single quotes blanked out."""
    text = word.text
    if "'" not in text:
        return text
    out: list[str] = []
    quote = ""
    i = 0
    while i < len(text):
        char = text[i]
        if quote == "'":
            if char == "'":
                quote = ""
            out.append(" ")
        elif char == "\\":
            out.append(text[i : i + 2])
            i += 2
            continue
        elif char == '"':
            quote = "" if quote else '"'
            out.append(char)
        elif char == "'" and not quote:
            quote = "'"
            out.append(" ")
        else:
            out.append(char)
        i += 1
    return "".join(out)


def _sets(text: str, name: str) -> bool:
    """Whether a script assigns the variable or reads it in."""
    at = text.find(name)
    while at >= 0:
        before = text[at - 1 : at] if at else ""
        end = at + len(name)
        if not (before.isalnum() or before in ("_", "$", "{", "-")):
            if text[end : end + 1] == "=" or text[end : end + 2] == "+=":
                return True
            head = text[max(0, at - 40) : at].rstrip().split("\n")[-1]
            words = head.replace(";", " ; ").replace("&&", " && ").split()
            if words and words[-1] in ("for", "read", "local", "unset", "getopts", "select"):
                return True
            if "read" in words[-4:] or "declare" in words[-2:]:
                return True
        at = text.find(name, end)
    return False


def names_in(instruction: Instruction) -> Iterator[str]:
    """Every word in an instruction that could be a variable's name."""
    for text in text_of(instruction):
        yield from _NAME.findall(text)


def text_of(instruction: Instruction) -> Iterator[str]:
    """All text of an instruction, the bodies of its heredocs included."""
    yield instruction.text
    for heredoc in instruction.heredocs:
        yield heredoc.body
