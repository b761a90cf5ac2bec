"""Repositories for the tests of fleets, and what a call for one of them finds."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from checks import commit_all, write_files
from composelint import Report, check
from composelint.linter.report.json import report
from composelint.linter.result import Result

PASSWORD = "Tr0ub4dor-hunter2-zx"
SHOP = {
    "compose.yaml": "services:\n  web:\n    build: .\n    ports: ['8080:80']\n    mem_limit: 64m\n"
    f"  db:\n    image: postgres:11\n    environment:\n      POSTGRES_PASSWORD: {PASSWORD}\n",
    "Dockerfile": "FROM node:16\nCOPY . .\nRUN npm install\n",
    "api/Dockerfile": "FROM scratch AS build\nFROM build\n",
    ".env.example": "A=1\n",
}
"""Files with findings about secrets, images and ports."""


def bare(folder: Path, files: dict[str, str]) -> Path:
    """A bare git repository with these files in one commit."""
    work = folder.with_name(f"{folder.name}.work")
    write_files(files, work)
    commit_all(work)
    command = ["git", "clone", "-q", "--bare", str(work), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def rows_of_call(folder: Path, monkeypatch: Any, **options: Any) -> list[tuple[Any, ...]]:
    """What a call in a folder finds, as the rows of a fleet have it."""
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        return rows_of_report(check(isolated=True, **options))


def rows_of_report(found: Report) -> list[tuple[Any, ...]]:
    """The findings of a report, as the rows of a fleet have them."""
    result = Result()
    result.diagnostics = [*found.diagnostics, *found.suppressed]
    return sorted(
        (
            each["code"],
            each["path"],
            each["start"]["line"],
            each["start"]["column"],
            each["severity"],
            each["fingerprint"],
            each["suppressed"] or "",
        )
        for each in report(result)["diagnostics"]
    )


def rows_of_scan(findings: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The same of the rows of a scan."""
    return sorted(
        (
            each["code"],
            each["path"],
            each["line"],
            each["col"],
            each["severity"],
            each["fingerprint"],
            each["suppressed"] or "",
        )
        for each in findings
    )
