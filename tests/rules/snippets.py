"""Small projects in a temporary folder: the findings of one rule, and the result of its fixes.

Use them from tests of rules; each call works in a folder of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from checks import selected
from composelint.linter.config.settings import Config
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.files.disk import DISK
from composelint.linter.files.tree import Overlay, use_tree
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.rule import Diagnostic

DEFAULT = Config()


@contextmanager
def project(files: Mapping[str, str]) -> Iterator[Path]:
    """A folder with these files, as the working directory. A path that ends in ``/`` is a folder.

    Only their owner may read the files in ``private``.
    """
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / ".git").mkdir()
        for path, text in files.items():
            target = folder / path
            if path.endswith("/"):
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
            target.chmod(0o600 if path.startswith("private/") else 0o644)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


@cache
def _empty_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="composelint-empty-")).resolve()
    (folder / ".git").mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def texts(files: Mapping[str, str]) -> Iterator[None]:
    """Like ``project``, for what only reads: the files are in memory, which is faster.

    ``tests/integration/test_every_way.py`` proves that the findings are the same.
    """
    if any(path.endswith("/") or path.startswith("private/") for path in files):
        with project(files):
            yield
        return
    before = os.getcwd()
    os.chdir(_empty_folder())
    try:
        with use_tree(Overlay(DISK, {path: text.encode() for path, text in files.items()})):
            yield
    finally:
        os.chdir(before)


def settings(
    code: str, preset: str = "recommended", config: Config = DEFAULT, **more: Any
) -> Settings:
    chosen = Settings(selection=selected(preset, code), debug=True, config=config)
    return chosen._replace(**more)


def diagnostics(
    code: str,
    text: str,
    path: str = "compose.yaml",
    files: Mapping[str, str] | None = None,
    *,
    preset: str = "recommended",
    config: Config = DEFAULT,
    **more: Any,
) -> list[Diagnostic]:
    """The findings of one rule in a project whose file at ``path`` contains ``text``."""
    with texts({**(files or {}), path: text}):
        result = check_files(list(discover(["."])), settings(code, preset, config, **more))
        return [finding for finding in result.reported if finding.code == code]


def places(
    code: str,
    text: str,
    path: str = "compose.yaml",
    files: Mapping[str, str] | None = None,
    **more: Any,
) -> list[tuple[int, str]]:
    """The line and the text of each place that one rule reports."""
    findings = diagnostics(code, text, path, files, **more)
    return [(finding.start.line, finding.span.text) for finding in findings]


def reported(
    code: str,
    text: str,
    path: str = "compose.yaml",
    files: Mapping[str, str] | None = None,
    **more: Any,
) -> list[str]:
    """The text of each place that one rule reports."""
    return [text for _, text in places(code, text, path, files, **more)]


class Pasting(Choice):
    """Takes every fix, also suggestions, as if a person pasted them."""

    def takes(self, finding: Diagnostic) -> bool:
        return finding.fix is not None and bool(finding.fix.edits) and self.allows(finding.code)


def fixing(
    code: str,
    text: str,
    path: str = "compose.yaml",
    files: Mapping[str, str] | None = None,
    *,
    preset: str = "recommended",
    config: Config = DEFAULT,
) -> FixResult:
    """The result of applying all fixes of one rule to a project, suggestions included."""
    with project({**(files or {}), path: text}):
        files_found = list(discover(["."]))
        return fix_files(files_found, settings(code, preset, config), Pasting())


def fixed(
    code: str,
    text: str,
    path: str = "compose.yaml",
    files: Mapping[str, str] | None = None,
    **more: Any,
) -> str:
    """The text after all fixes of one rule; the same text if there are none.

    Raises:
        AssertionError: if a fix was dropped, or fixing did not converge.
    """
    outcome = fixing(code, text, path, files, **more)
    assert not outcome.dropped, [drop.reason for drop in outcome.dropped]
    assert outcome.converged
    return outcome.after.get(path, text)


def under_preset(code: str, files: Mapping[str, str], preset: str) -> list[Diagnostic]:
    """The findings of one rule where only a preset selects it: without the strict ones."""
    with project(files):
        chosen = Settings(selection=selected(preset), debug=True)
        result = check_files(list(discover(["."])), chosen)
        return [finding for finding in result.reported if finding.code == code]
