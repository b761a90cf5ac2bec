"""Fixing one text with every rule there is, and what must hold of the result."""

from __future__ import annotations

from collections import Counter

from checks import check_text
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.difference import Difference
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import Found
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.fixing.verify import stack_changes
from composelint.linter.fixing.workspace import encoded
from composelint.linter.rule import Severity
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.yaml.parser import parse_yaml

KINDS = {"compose.yaml": "compose", "Dockerfile": "dockerfile"}
SETTINGS = Settings(selection=Selection("all"), debug=True)


def fix(path: str, data: bytes, unsafe: bool = False) -> tuple[bytes, FixResult]:
    """The bytes of one file after every fix that may be made, and how it went."""
    outcome = fix_files(
        [Found(path, KINDS[path], True)], SETTINGS, Choice(unsafe=unsafe), {path: data}
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
    """How the resolved stacks of two texts differ."""
    return stack_changes(
        check_text(before, path, KINDS[path], SETTINGS),
        check_text(after, path, KINDS[path], SETTINGS),
    )


def errors(path: str, data: bytes) -> Counter[str]:
    """The codes of the errors in a text."""
    result = check_text(data, path, KINDS[path], SETTINGS)
    return Counter(item.code for item in result.diagnostics if item.severity is Severity.ERROR)


def assert_sound(path: str, before: bytes, after: bytes, outcome: FixResult, unsafe: bool) -> None:
    """Everything that must hold after fixing, whatever the file and the fixes are."""
    assert outcome.converged
    assert [(drop.finding.code, drop.reason) for drop in outcome.dropped] == []
    assert comments(path, before) - comments(path, after) == Counter()
    assert errors(path, after) <= errors(path, before)
    assert before.startswith(b"\xef\xbb\xbf") == after.startswith(b"\xef\xbb\xbf")
    assert before.endswith(b"\n") == after.endswith(b"\n")
    if b"\r\n" in before:
        assert after.count(b"\n") == after.count(b"\r\n")
    else:
        assert b"\r" not in after
    if path == "compose.yaml":
        found = changes_of(path, before, after)
        assert unsafe or found == []
        declared = [change.path for change in outcome.changes]
        for change in found:
            assert any(
                change.path == known or change.path.startswith((known + ".", known + "["))
                or known.startswith((change.path + ".", change.path + "["))
                for known in declared
            ), change  # fmt: skip
    again, second = fix(path, after, unsafe)
    assert again == after
    assert second.applied == []
