"""What is found, and how a baseline knows it again, does not depend on the working folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import selected, write_files
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.files.paths import seen_from
from composelint.linter.rule import Rule
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.suppression.fingerprints import fingerprint

from examples import laid_out

RULES = [pytest.param(rule, id=rule.code) for rule in all_rules() if rule.examples]


def entries(root: Path) -> list[tuple[str, str, str]]:
    """The code, path and fingerprint of each finding, as a baseline in the root has them."""
    settings = Settings(selection=selected("all"), root=str(root))
    found = check_files(list(discover(["."])), settings).diagnostics
    rows = []
    for finding in found:
        path = seen_from(str(root), finding.path)
        rows.append((finding.code, path, fingerprint(finding, path)))
    return sorted(rows)


@pytest.mark.parametrize("rule", RULES)
def test_the_folder_above_and_the_folder_itself_have_the_same_findings(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path.resolve()
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    for number, example in enumerate(rule.examples):
        files, _ = laid_out(rule, example, example.bad)
        write_files({f"part{number}/{path}": text for path, text in files.items()})
    from_above = entries(root)
    assert from_above
    below = []
    for name in sorted(os.listdir(root)):
        if name != ".git":
            monkeypatch.chdir(root / name)
            below += entries(root)
    assert sorted(below) == from_above
