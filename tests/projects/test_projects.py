"""Whole projects as people have them, with what is reported about them.

``expected.txt`` of each project has the lines of the rules on reliability, capacity and
across files (CF2, CF5, XF) under the production preset, in the ``concise`` format. After a
change that is meant, ``COMPOSELINT_UPDATE=1 pytest tests/projects`` writes them anew: read
the difference before keeping it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from composelint.linter.config.options import Options
from composelint.linter.engine.run import check_files
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.discovery import discover
from composelint.linter.fixing.engine import Choice, fix_files
from composelint.linter.report import RenderOptions, render
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection

HERE = Path(__file__).parent
PROJECTS = sorted(path.name for path in HERE.iterdir() if (path / "expected.txt").exists())
GOLDEN = re.compile(r":\d+:\d+: \w+: (?:CF2|CF5|XF)\d+ ")

OPTIONS = Options(preset="production", jobs=1, no_cache=True)

Enter = Callable[[Path], None]


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Copies a project to a folder of its own and goes there."""

    def go(folder: Path) -> None:
        shutil.copytree(folder, tmp_path / folder.name)
        target = tmp_path / folder.name
        (target / "expected.txt").unlink(missing_ok=True)
        (target / ".git").mkdir()
        monkeypatch.chdir(target)

    return go


def lint() -> list[Diagnostic]:
    return open_workspace((".",), OPTIONS).check().reported


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_reported(name: str, enter: Enter) -> None:
    enter(HERE / name)
    result = open_workspace((".",), OPTIONS).check()
    text = render("concise", result, RenderOptions())
    found = "".join(f"{line}\n" for line in text.splitlines() if GOLDEN.search(line))
    golden = HERE / name / "expected.txt"
    if os.environ.get("COMPOSELINT_UPDATE"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


COMPOSE = "docker-compose.prod.yml"
EDGE = "services/edge/Dockerfile"


@pytest.mark.parametrize(
    ("project", "path", "text", "rule"),
    [
        ("monorepo", COMPOSE, "version", "obsolete-version"),
        ("monorepo", COMPOSE, "db", "missing-healthcheck"),
        ("monorepo", COMPOSE, "cache", "missing-healthcheck"),
        ("monorepo", COMPOSE, "edge", "missing-healthcheck"),
        ("monorepo", COMPOSE, "ledger", "missing-healthcheck"),
        ("monorepo", COMPOSE, "proxy", "missing-healthcheck"),
        ("monorepo", COMPOSE, "proxy", "missing-memory-limit"),
        ("monorepo", COMPOSE, "proxy", "missing-cpu-limit"),
        ("monorepo", COMPOSE, "db", "missing-restart-policy"),
        ("monorepo", COMPOSE, "cache", "missing-restart-policy"),
        ("monorepo", COMPOSE, "ledger", "missing-restart-policy"),
        ("monorepo", COMPOSE, "proxy", "missing-restart-policy"),
        ("monorepo", COMPOSE, "db", "depends-without-condition"),
        ("monorepo", COMPOSE, "nginx:alpine", "mutable-tag"),
        ("monorepo", COMPOSE, "${HIRE_DB_USER", "unset-variable"),
        ("monorepo", COMPOSE, "services/ledger/Dockerfile", "dockerfile-missing"),
        ("monorepo", COMPOSE, "./nginx.conf", "bind-source-missing"),
        ("monorepo", COMPOSE, "./nginx.conf", "writable-config-mount"),
        ("monorepo", COMPOSE, "db", "missing-log-rotation"),
        ("monorepo", COMPOSE, "proxy", "missing-log-rotation"),
        ("monorepo", COMPOSE, "proxy", "flat-network"),
        ("monorepo", EDGE, "npm run build", "build-without-dev-dependencies"),
        ("monorepo", EDGE, "--only=production", "deprecated-npm-flag"),
        ("monorepo", EDGE, "npm run build", "single-stage-build"),
        ("monorepo", EDGE, "node:20-alpine", "image-runs-as-root"),
        ("monorepo", EDGE, "node:20-alpine", "end-of-life-base"),
        ("monorepo", ".dockerignore", "node_modules", "root-only-pattern"),
        ("monorepo", ".dockerignore", "*.log", "root-only-pattern"),
        ("two-stages", "Dockerfile", "COPY . .", "copy-before-install"),
        ("two-stages", "Dockerfile", "/srv/node_modules", "dev-dependencies-shipped"),
        ("two-stages", "Dockerfile", "node:20-alpine", "image-runs-as-root"),
        ("probe", "compose.yaml", '"curl"', "healthcheck-tool-missing"),
    ],
)
def test_what_must_be_found(project: str, path: str, text: str, rule: str, enter: Enter) -> None:
    enter(HERE / project)
    found = {
        (item.span.origin.file.path, item.name, item.span.origin.text)
        for item in lint()
        if item.span.origin.file.path == path
    }
    assert any(name == rule and shown.startswith(text) for _, name, shown in found), sorted(
        name for _, name, _ in found
    )


def test_the_monorepo_can_mostly_be_fixed(enter: Enter) -> None:
    enter(HERE / "monorepo")
    (group,) = open_workspace((".",), OPTIONS).groups
    outcome = fix_files(group.files, group.settings, Choice(unsafe=True))
    assert outcome.converged
    assert outcome.dropped == []
    left = {item.name for item in outcome.result.reported if item.code.startswith("CF2")}
    # What nobody can choose from here: the checks of the own services, whether one without any port
    # keeps running, their networks, and what a proxy may need.
    assert left == {
        "flat-network",
        "missing-cpu-limit",
        "missing-healthcheck",
        "missing-memory-limit",
        "missing-restart-policy",
    }
    again = check_files(
        list(discover(["."])),
        group.settings._replace(selection=Selection("production")),
        {path: text.encode() for path, text in outcome.after.items()},
    )
    assert not any(item.code == "CF003" for item in again.reported)


def test_the_production_example_is_clean(enter: Enter) -> None:
    enter(HERE.parent.parent / "examples" / "production")
    assert [(item.code, item.message) for item in lint()] == []
