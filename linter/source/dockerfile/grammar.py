"""The flags and arguments that a Dockerfile's instructions take, and problems with them.

The facts are data: ``schemas/dockerfile.json``. Each of these problems stops a build
(BuildKit, ``frontend/dockerfile/instructions``); ``problems.py`` has those of its parser.

Kinds: ``unknown-flag``, ``duplicate-flag``, ``missing-flag-value``, ``bad-flag-value``,
``unknown-mount-key``, ``bad-mount``, ``missing-argument``, ``too-many-arguments``,
``bad-argument``, and ``unknown-trigger``, which stops only the builds on top of the image.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from ...base.package import parse_own, read_own
from ...base.patterns import on_demand
from ...base.suggest import nearest
from ...base.units import NANOSECONDS
from .instruction import INSTRUCTIONS
from .parts import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .instruction import Instruction
    from .parts import Flag, Mount, MountOption, Word

MAX_PROBLEMS = 30
"""How many problems of one instruction's flags, and of its arguments, are reported."""

_DURATION = on_demand(r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_DURATION_PART = on_demand(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SIZE = on_demand(r"\d+(?:\.\d+)? ?(?:[kmgtp]i?b?|b)?", re.ASCII | re.IGNORECASE)
_INTEGER = on_demand(r"\d{1,10}", re.ASCII)
_OCTAL = on_demand(r"[0-7]{1,11}", re.ASCII)
_BOOLEANS = frozenset(
    ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")
)
_STAGE_NAME = on_demand(r"[a-z][a-z0-9-_.]*")


@cache
def grammar() -> dict[str, Any]:
    """The content of ``schemas/dockerfile.json``, read on first use."""
    schema: dict[str, Any] = parse_own(read_own("schemas/dockerfile.json").decode("utf-8"))
    return schema


def instruction_problems(instruction: Instruction) -> list[Problem]:
    """The problems for which BuildKit refuses an instruction's flags and arguments."""
    if instruction.name not in INSTRUCTIONS:
        return []
    problems = [
        *islice(_flags(instruction), MAX_PROBLEMS),
        *islice(_arguments(instruction), MAX_PROBLEMS),
    ]
    if instruction.inner is not None and not _forbidden(instruction):
        problems += instruction_problems(instruction.inner)
    return problems


# --- flags ---------------------------------------------------------------------------------


def _flags(instruction: Instruction) -> Iterator[Problem]:
    if not instruction.flags:
        return
    entry = grammar()["instructions"][instruction.name]
    words = instruction.words
    if entry.get("flags_ignored") or (
        instruction.name == "HEALTHCHECK" and words and words[0].text.upper() == "NONE"
    ):
        return
    specs: dict[str, dict[str, Any]] = entry["flags"]
    given: set[str] = set()
    for flag in instruction.flags:
        spec = specs.get(flag.name)
        if spec is None:
            yield _unknown_flag(instruction, flag, specs)
            continue
        if flag.name in given and not spec.get("repeat"):
            yield _at(flag, "duplicate-flag", f"`--{flag.name}` is given twice")
        given.add(flag.name)
        if flag.value is None and spec["value"] != "bool":
            yield _at(flag, "missing-flag-value", f"`--{flag.name}` needs a value")
        else:
            yield from _flag_value(flag, spec)


def _unknown_flag(instruction: Instruction, flag: Flag, known: Iterable[str]) -> Problem:
    names = list(known)
    message = f"{instruction.name} has no flag `--{flag.name}`"
    if not names:
        message = f"{instruction.name} accepts no flags"
    meant = nearest(flag.name, names)
    span = flag.name_span
    suggestion = f"--{meant}" if meant else None
    return Problem("unknown-flag", message, span.start, span.end, suggestion)


def _flag_value(flag: Flag, spec: dict[str, Any]) -> Iterator[Problem]:
    kind, value = spec["value"], flag.value
    reason = ""
    meant = None
    if value is None:
        return
    if kind == "bool":
        if value.lower() not in ("true", "false"):
            reason = f"`--{flag.name}` is true or false"
    elif kind == "duration":
        reason = _duration_problem(value)
    elif kind == "integer":
        if value and not _INTEGER.fullmatch(value):
            reason = f"`{value}` is not a whole number of at least 0"
    elif kind == "enum":
        values: list[str] = spec["values"]
        if value not in values:
            reason = f"`{value}` is not one of {', '.join(values)}"
            meant = nearest(value, values)
    elif kind == "mount":
        from .parts import Mount

        yield from _mount(Mount(flag))
    if reason:
        span = flag.value_span if flag.value else flag.span
        yield Problem("bad-flag-value", reason, span.start, span.end, meant)


def _duration_problem(value: str) -> str:
    """Why BuildKit refuses a duration; empty if it does not."""
    if value in ("", "0", "+0", "-0"):
        return ""
    if not _DURATION.fullmatch(value):
        return f"`{value}` is not a duration such as 30s or 1m30s"
    parts = _DURATION_PART.findall(value)
    total = sum(float(number) * NANOSECONDS[unit] for number, unit in parts)
    if total and (total < NANOSECONDS["ms"] or value.startswith("-")):
        return f"`{value}` is less than 1ms"
    return ""


# --- mounts --------------------------------------------------------------------------------


def _mount(mount: Mount) -> Iterator[Problem]:
    facts = grammar()["mounts"]
    keys: dict[str, dict[str, Any]] = facts["keys"]
    aliases = {
        alias: key for key, spec in keys.items() for alias in (key, *spec.get("aliases", ()))
    }
    final = mount.type
    unknown_type = "$" in final or final not in facts["types"]
    current = facts["default_type"]
    given: dict[str, MountOption] = {}
    for option in mount.options:
        key = aliases.get(option.key)
        if key is None:
            message = f"a mount has no key `{option.key}`"
            meant = nearest(option.key, list(aliases))
            if option.value is None and not meant:
                message = f"`{option.key}` is not of the form key=value"
            yield _option(option, "unknown-mount-key", message, meant)
            continue
        spec = keys[key]
        given[key] = option
        if option.value is None and not spec.get("bare"):
            yield _option(option, "bad-mount", f"`{option.key}` needs a value")
            continue
        if key == "type" and option.value:
            current = option.value.lower()
        allowed = spec.get("types")
        if allowed and not unknown_type:
            mount_type = current if spec.get("after_type") else final
            if mount_type not in allowed:
                message = f"a {mount_type} mount does not accept `{option.key}`"
                if final in allowed:
                    message = f"`{option.key}` must come after type={final}"
                yield _option(option, "bad-mount", message)
                continue
        reason, meant = _mount_value(option, spec)
        if reason:
            yield _option(option, "bad-mount", reason, meant)
    if final == "secret":
        yield from _secret(mount, given)


def _mount_value(option: MountOption, spec: dict[str, Any]) -> tuple[str, str | None]:
    """Why BuildKit refuses a mount option's value (empty if it does not), and a suggestion."""
    value = option.value
    if value is None:
        return "", None
    if "$" in value:
        if spec.get("variables") is False and value.find("$") != len(value) - 1:
            return f"`{option.key}` cannot contain a variable: name a stage for it", None
        return "", None
    kind = spec["value"]
    if kind == "bool" and value not in _BOOLEANS:
        return f"`{option.key}` is true or false", None
    if kind == "enum" and value.lower() not in spec["values"]:
        values = spec["values"]
        return f"`{value}` is not one of {', '.join(values)}", nearest(value.lower(), values)
    if kind == "integer" and not _INTEGER.fullmatch(value):
        return f"`{value}` is not a number", None
    if kind == "octal" and not _OCTAL.fullmatch(value):
        return f"`{value}` is not an octal mode such as 0400", None
    if kind == "size" and not _SIZE.fullmatch(value):
        return f"`{value}` is not a size such as 64m", None
    return "", None


def _secret(mount: Mount, given: dict[str, MountOption]) -> Iterator[Problem]:
    if not any(given[key].value for key in ("source", "target", "id") if key in given):
        yield _at(mount.flag, "bad-mount", "a secret mount needs an id, a source or a target")
    if "source" in given and "id" in given:
        message = "a secret mount accepts an id or a source, not both"
        yield _option(given["source"], "bad-mount", message)


# --- arguments -----------------------------------------------------------------------------


def _arguments(instruction: Instruction) -> Iterator[Problem]:
    name, words = instruction.name, instruction.words
    least = grammar()["instructions"][name]["min"]
    if name == "ONBUILD":
        yield from _onbuild(instruction)
    elif name == "SHELL":
        yield from _shell(instruction)
    elif name == "HEALTHCHECK":
        yield from _healthcheck(instruction)
    elif len(words) < least:
        arguments = "an argument" if least == 1 else f"at least {least} arguments"
        yield _keyword(instruction, "missing-argument", f"{name} needs {arguments}")
    elif name == "FROM":
        yield from _from(words)
    elif name == "VOLUME":
        for word in words:
            if not word.value.strip():
                yield _word(word, "bad-argument", "a volume cannot be empty")
    elif name in ("ADD", "COPY") and words[-1].text.startswith("<<"):
        for heredoc in instruction.heredocs:
            if heredoc.word.text == words[-1].text:
                yield _word(words[-1], "bad-argument", f"{name} cannot copy to a heredoc")
                break


def _from(words: list[Word]) -> Iterator[Problem]:
    if len(words) == 2 or len(words) > 3:
        extra = words[1] if len(words) == 2 else words[3]
        message = "FROM accepts an image, or an image AS a name"
        yield _word(extra, "too-many-arguments", message)
    elif len(words) == 3:
        if words[1].text.lower() != "as":
            yield _word(words[1], "bad-argument", f"`{words[1].text}` should be AS", "AS")
        elif not _STAGE_NAME.fullmatch(words[2].text.lower()):
            message = f"`{words[2].text}` is not a stage name: a letter, then letters, digits, `-`, `_` or `.`"
            yield _word(words[2], "bad-argument", message)


def _onbuild(instruction: Instruction) -> Iterator[Problem]:
    inner = instruction.inner
    if instruction.outer is not None:
        return  # The ONBUILD around it is reported.
    if inner is None:
        yield _keyword(instruction, "missing-argument", "ONBUILD needs an instruction")
        return
    span = inner.name_span
    if _forbidden(instruction):
        message = f"ONBUILD cannot defer {inner.name}"
        yield Problem("bad-argument", message, span.start, span.end)
    elif inner.name not in INSTRUCTIONS:
        meant = nearest(inner.name, sorted(INSTRUCTIONS))
        message = f"`{inner.raw_name}` is not an instruction: builds from this image will fail"
        yield Problem("unknown-trigger", message, span.start, span.end, meant)


def _forbidden(instruction: Instruction) -> bool:
    """Whether ONBUILD may not defer the instruction that it has."""
    inner = instruction.inner
    return inner is not None and inner.name in grammar()["instructions"]["ONBUILD"]["forbidden"]


def _shell(instruction: Instruction) -> Iterator[Problem]:
    if not instruction.command or instruction.json == []:
        yield _keyword(instruction, "missing-argument", "SHELL needs a command")
    elif instruction.json is None and instruction.json_error is None:
        message = 'SHELL needs a JSON array such as ["/bin/bash", "-c"]'
        span = instruction.span_of(instruction.command_at, len(instruction.text))
        yield Problem("bad-argument", message, span.start, span.end)


def _healthcheck(instruction: Instruction) -> Iterator[Problem]:
    words = instruction.words
    if not words:
        yield _keyword(instruction, "missing-argument", "HEALTHCHECK needs CMD or NONE")
        return
    kind = words[0].text.upper()
    command = instruction.command
    if kind == "NONE":
        if command:
            span = instruction.span_of(instruction.command_at, len(instruction.text))
            message = "HEALTHCHECK NONE accepts no arguments"
            yield Problem("too-many-arguments", message, span.start, span.end)
    elif kind != "CMD":
        message = f"HEALTHCHECK needs CMD or NONE, not `{words[0].text}`"
        yield _word(words[0], "bad-argument", message, nearest(kind, ["CMD", "NONE"]))
    elif not command or instruction.json == []:
        yield _word(words[0], "missing-argument", "HEALTHCHECK CMD needs a command")


# --- places --------------------------------------------------------------------------------


def _at(flag: Flag, kind: str, message: str) -> Problem:
    span = flag.span
    return Problem(kind, message, span.start, span.end)


def _option(option: MountOption, kind: str, message: str, suggestion: str | None = None) -> Problem:
    return Problem(kind, message, option.span.start, option.span.end, suggestion)


def _word(word: Word, kind: str, message: str, suggestion: str | None = None) -> Problem:
    return Problem(kind, message, word.start, word.end, suggestion)


def _keyword(instruction: Instruction, kind: str, message: str) -> Problem:
    span = instruction.name_span
    return Problem(kind, message, span.start, span.end)
