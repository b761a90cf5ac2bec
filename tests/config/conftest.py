"""A folder to write a project into, and rules to select among."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from composelint.linter.rule import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from composelint.linter.model.service import Service


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files by path into an empty repository, which is the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return tmp_path

    return write


def make_rule(code: str, name: str, *presets: str, severity: Severity = Severity.WARNING) -> Rule:
    def check(service: Service) -> Iterator[Diagnostic]:
        """A rule."""
        yield from ()

    rule = Rule(code, name, severity, check)
    rule.presets = presets
    return rule


@pytest.fixture
def rules() -> dict[str, Rule]:
    """Rules of a family TA, by code."""
    listed = [
        make_rule("TA101", "first-thing", "recommended"),
        make_rule("TA102", "second-thing", "recommended"),
        make_rule("TA201", "rare-thing", "production", "hybrid"),
        make_rule("TA202", "hard-thing", "hardened"),
        make_rule("TA301", "styled-thing", "style"),
        make_rule("TA302", "odd-thing"),
        make_rule("LN901", "own-thing", "recommended"),
        make_rule("LN902", "own-odd-thing"),
    ]
    listed[0].equivalents = ("hadolint:DL9001", "kics:thing_one")
    listed[1].equivalents = ("hadolint:DL9001",)
    listed[3].severity_in = {"hardened": Severity.ERROR}
    return {rule.code: rule for rule in listed}
