"""The rules and comments of hadolint, dclint and compose-lint as ours."""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..files.kinds import COMPOSE, DOCKERFILE
from ..rulebook.registry import UnknownSelector, find
from .comments import Mark, in_lines, in_yaml
from .peers import STAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from .comments import Suppression

KINDS = {"hadolint": DOCKERFILE, "dclint": COMPOSE, "compose-lint": COMPOSE}
"""The kind of files that each peer lints."""

_FAMILIES = {DOCKERFILE: ("DF", "DI"), COMPOSE: ("CF", "XF", "EV")}
SHELLCHECK = on_demand(r"SC[0-9]{4}\Z")


def counterparts(tool: str, code: str) -> tuple[str, ...]:
    """The names of our rules for a peer's rule; for codes of ShellCheck the code itself."""
    if SHELLCHECK.match(code):
        return (code,)
    try:
        rules = find(f"{tool}:{code}")
    except UnknownSelector:
        return ()
    # Only rules for the peer's kind of files: to ignore one must not affect other files.
    return tuple(rule.name for rule in rules if rule.code.startswith(_FAMILIES[KINDS[tool]]))


class Rewritten(NamedTuple):
    """The new text of a file, the number of converted comments, and notes on the others."""

    text: str
    comments: int
    notes: list[str]


def rewrite_comments(source: SourceFile, tool: str) -> Rewritten:
    """Convert a peer's comments in a file to ours."""
    if tool == "compose-lint":
        return Rewritten(source.text, 0, [])
    text, count, notes = source.text, 0, []
    whole_file = (1, len(source.line_starts) + 1)
    suppressions = sorted(
        _suppressions(source, tool), key=lambda suppression: suppression.start, reverse=True
    )
    for suppression in suppressions:
        start, end = suppression.start, suppression.end
        comment = source.text[start:end]
        if suppression.tool != tool:
            continue
        if STAGE.match(comment):
            place = f"{source.path}:{source.line_of(start)}"
            notes.append(
                f"{place}: ours have no form for a stage; the comment stays, and is honoured"
            )
            continue
        names: list[str] = []
        for selector in suppression.codes:
            ours = counterparts(tool, selector.text)
            names += ours
            if not ours:
                problem = (
                    f"{selector.text} has no counterpart"
                    if selector.text != "ALL"
                    else "name the rules; all of them cannot be suppressed"
                )
                notes.append(f"{source.path}:{source.line_of(start)}: {problem}")
        if not names:
            continue
        is_for_file = (suppression.first, suppression.last) == whole_file
        verb = "file-ignore" if is_for_file else "ignore"
        tail = re.search(r"#\s*(\S.*)", comment[1:])
        reason = f" {tail[1].strip()}" if tail else ""
        new_comment = f"# composelint: {verb}[{', '.join(dict.fromkeys(names))}]{reason}"
        text = text[:start] + new_comment + text[end:]
        count += 1
    return Rewritten(text, count, notes[::-1])


def _suppressions(source: SourceFile, tool: str) -> list[Suppression]:
    if KINDS[tool] == COMPOSE:
        from ..source.yaml.parser import parse_yaml

        return in_yaml(parse_yaml(source))
    from ..source.dockerfile.parser import parse_dockerfile

    syntax = parse_dockerfile(source)
    marks = [Mark(comment.start, comment.end, True) for comment in syntax.all_comments]
    extents = [
        (instruction.start_line, instruction.end_line) for instruction in syntax.instructions
    ]
    return in_lines(source, sorted(marks), extents)
