"""Fixes one text with every rule and checks the result."""

from __future__ import annotations

from collections import Counter

from checks import check_text
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.difference import Difference
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.fixing.verify import stack_changes
from composelint.linter.fixing.workspace import encoded
from composelint.linter.rule import Severity
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.yaml.parser import parse_yaml

KINDS = {"compose.yaml": "compose", "Dockerfile": "dockerfile"}
# Cache mounts (DF221) are another way than the clean layers that these texts are about.
SETTINGS = Settings(selection=Selection("all", ignore=["DF221"]), debug=True)


def fix(path: str, data: bytes, unsafe: bool = False) -> tuple[bytes, FixResult]:
    """The bytes of one file after all fixes that are allowed, and the result of fixing."""
    outcome = fix_files(
        [InputFile(path, KINDS[path], True)], SETTINGS, Choice(unsafe=unsafe), {path: data}
    )
    if path not in outcome.after:
        return data, outcome
    return encoded(outcome.after[path], outcome.before[path].bom), outcome


def comments(path: str, data: bytes) -> Counter[str]:
    """The comments of a file."""
    file = SourceFile.from_bytes(path, data)
    if path == "Dockerfile":
        return Counter(item.text for item in parse_dockerfile(file).all_comments)
    return Counter(file.text[item.start : item.end] for item in parse_yaml(file).comments)


def changes_of(path: str, before: bytes, after: bytes) -> list[Difference]:
    """The differences between the resolved stacks of two texts."""
    return stack_changes(
        check_text(before, path, KINDS[path], SETTINGS),
        check_text(after, path, KINDS[path], SETTINGS),
    )


def errors(path: str, data: bytes) -> Counter[str]:
    """The codes of the errors in a text."""
    result = check_text(data, path, KINDS[path], SETTINGS)
    return Counter(item.code for item in result.diagnostics if item.severity is Severity.ERROR)


def is_below(path: str, parent: str) -> bool:
    """Whether a path in a stack is another one or leads through it."""
    return path == parent or path.startswith((parent + ".", parent + "["))


def assert_sound(path: str, before: bytes, after: bytes, outcome: FixResult, unsafe: bool) -> None:
    """Assert everything that must be true after fixing any file."""
    assert outcome.converged
    assert [(drop.finding.code, drop.reason) for drop in outcome.dropped] == []
    assert comments(path, before) - comments(path, after) == Counter()
    assert errors(path, after) <= errors(path, before)
    assert before.startswith(b"\xef\xbb\xbf") == after.startswith(b"\xef\xbb\xbf")
    assert after.endswith(b"\n") or not before.endswith(b"\n")
    if b"\r\n" in before:
        assert after.count(b"\n") == after.count(b"\r\n")
    else:
        assert b"\r" not in after
    if path == "compose.yaml":
        differences = changes_of(path, before, after)
        assert unsafe or differences == []
        for change in differences:
            assert any(
                is_below(change.path, declared.path) or is_below(declared.path, change.path)
                for declared in outcome.changes
            ), change
    again, second_outcome = fix(path, after, unsafe)
    assert again == after
    assert second_outcome.applied == []
