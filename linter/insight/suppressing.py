"""Completion of comments that suppress findings."""

from __future__ import annotations

from ..base.patterns import on_demand
from .completions import Completion, escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..result import Result
    from ..rule import Rule

_LIST = on_demand(r"#\s*composelint:\s*(?:file-)?ignore\s*\[([^\]\n]*)\Z")
_TOPICS = {"compose": ("CF", "XF"), "dockerfile": ("DF", "XF"), "ignore": ("DI",), "env": ("EV",)}


def complete_comment(
    path: str, text: str, offset: int, start: int, result: Result | None, kind: str = "compose"
) -> Iterator[Completion]:
    """The completions in a comment that begins at ``start``."""
    typed = text[start:offset]
    named = _LIST.match(typed)
    if named is None:
        stop = text.find("\n", offset)
        end = stop if stop >= 0 else len(text)
        rest = text[offset:end].strip()
        if rest or len(typed) > 40:
            return
        yield from _beginnings(path, text, start, end, offset, result)
        return
    at = offset - len(named[1].rpartition(",")[2].lstrip())
    taken = {name.strip() for name in named[1].split(",")[:-1]}
    end = offset
    while text[end : end + 1].isalnum() or text[end : end + 1] == "-":
        end += 1
    near = _codes_near(path, text, offset, result)
    for rule in _rules(kind):
        if {rule.code, rule.name} & taken:
            continue
        order = "1" if rule.code in near else "5"
        yield Completion(
            f"{rule.code} {rule.name}", "rule", rule.code, at, end, rule.name,
            rule.summary, order=order,
        )  # fmt: skip


def _beginnings(
    path: str, text: str, start: int, end: int, offset: int, result: Result | None
) -> Iterator[Completion]:
    """The comments themselves."""
    near = sorted(_codes_near(path, text, offset, result))
    codes = ", ".join(near) or "RULE"
    for word, order, detail in (
        ("ignore", "1", "for what follows, or for this line"),
        ("file-ignore", "2", "for the whole file"),
    ):
        label = f"# composelint: {word}[{codes}]"
        insert = f"# composelint: {word}[${{1:{escaped(codes)}}}] ${{2:reason}}"
        yield Completion(label, "snippet", insert, start, end, detail, is_snippet=True, order=order)


def _rules(kind: str) -> list[Rule]:
    """The rules that may find something in a kind of file."""
    from ..rulebook.registry import all_rules

    families = _TOPICS[kind]
    return [rule for rule in all_rules() if rule.code.startswith(families)]


def _codes_near(path: str, text: str, offset: int, result: Result | None) -> set[str]:
    """The codes of the findings of this line and of the next one."""
    if result is None:
        return set()
    line = text.count("\n", 0, offset) + 1
    found: set[str] = set()
    for finding in result.diagnostics:
        span = finding.span.origin
        if span.file.path == path and span.file.line_of(span.start) in (line, line + 1):
            found.add(finding.code)
    return found
