"""Neovim with the configuration of docs/editors.md, and the server as it starts it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from checks import run_python, write_files, write_program

ROOT = Path(__file__).parents[2]
NEOVIM = os.environ.get("NEOVIM", "nvim")
DEADLINE = 120
"""Seconds after which a step has failed."""


def version() -> tuple[int, ...]:
    answer = subprocess.run([NEOVIM, "--version"], capture_output=True, text=True, check=True)
    return tuple(map(int, re.search(r"v(\d+)\.(\d+)", answer.stdout).groups()))


def configuration() -> str:
    """The block of the page for this version of Neovim."""
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    new, old = re.findall(r"^```lua\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return new if version() >= (0, 11) else old


class Neovim:
    """Does steps of ``neovim.lua`` in a folder."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.scratch = scratch
        write_program(scratch / "bin" / "composelint")
        (scratch / "init.lua").write_text(f"vim.cmd('filetype on')\n{configuration()}")

    def do(self, step: str, **variables: str) -> Any:
        answer = self.scratch / "answer.json"
        steps = Path(__file__).with_name("neovim.lua")
        ended = subprocess.run(
            [
                *(NEOVIM, "--headless", "-u", self.scratch / "init.lua", "-i", "NONE", "-n"),
                *("-c", f"luafile {steps}"),
            ],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{self.scratch / 'bin'}:{os.environ['PATH']}",
                "HOME": str(self.scratch),
                "XDG_STATE_HOME": str(self.scratch / "state"),
                "XDG_CACHE_HOME": str(self.scratch / "cache"),
                "STEP": step,
                "ANSWER": str(answer),
                "DEADLINE": str(DEADLINE),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=3 * DEADLINE,
        )
        log = "".join(path.read_text("utf-8") for path in self.scratch.rglob("lsp.log"))
        assert answer.exists(), ended.stderr + log
        data = json.loads(answer.read_text("utf-8"))
        assert "error" not in data, f"{data['error']}\n{ended.stderr}\n{log}"
        return data["result"]


@pytest.fixture
def neovim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Neovim:
    """Neovim in an empty folder, which is the working folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Neovim(folder, tmp_path)


SEVERITIES = {1: "error", 2: "warning", 3: "info"}


@pytest.mark.parametrize("project", ["station", "monorepo"])
def test_the_findings_of_a_project_are_those_of_the_command_line(
    neovim: Neovim, project: str
) -> None:
    source = ROOT / "tests" / "projects" / project
    shutil.copytree(source, neovim.folder, dirs_exist_ok=True)
    Path("composelint.toml").touch()
    if "preset" not in Path("composelint.toml").read_text("utf-8"):
        Path("composelint.toml").write_text('preset = "production"\n')
    (compose,) = (path.name for path in source.glob("*compose*.y*ml"))
    report = json.loads(run_python("-m", "composelint", "--output-format", "json").stdout)
    expected = sorted(
        f"{item['path']}:{item['start']['line']}:{item['start']['column']}: {item['severity']}: "
        f"{item['code']} {item['message']}"
        for item in report["diagnostics"]
        if item["path"] == compose
    )
    found = neovim.do("diagnostics", FILE=compose, COUNT=str(len(expected)))
    assert {item["source"] for item in found} == {"composelint"}
    shown = [
        f"{compose}:{item['line']}:{item['column']}: {SEVERITIES[item['severity']]}: "
        f"{item['code']} {item['message'].partition(chr(10))[0]}"  # the help follows
        for item in found
    ]
    assert sorted(shown) == expected
    golden = (source / "expected.txt").read_text("utf-8").splitlines()
    assert {line for line in golden if line.startswith(f"{compose}:")} <= set(shown)


SHOP = {
    "compose.yaml": (
        'version: "3"\n'
        "services:\n"
        "  web:\n"
        "    image: nginx:${TAG}\n"
        "    depends_on: [db]\n"
        "  db:\n"
        "    image: postgres:18\n"
    ),
    "compose.override.yaml": "services:\n  db:\n    ports: ['127.0.0.1:5432:5432']\n",
    ".env": "OTHER=1\n",
}


def test_an_action_mends_a_finding(neovim: Neovim) -> None:
    write_files(SHOP)
    title = 'Delete "version"'
    found = neovim.do("action", FILE="compose.yaml", CODE="CF004", PLACE="version", TITLE=title)
    assert title in found["titles"]
    assert any(each.startswith("Ignore obsolete-version here") for each in found["titles"])
    assert found["lines"] == SHOP["compose.yaml"].splitlines()[1:]


def test_a_service_is_renamed_in_two_files(neovim: Neovim) -> None:
    write_files(SHOP)
    neovim.do("rename", FILE="compose.yaml", PLACE="db:", NAME="database")
    texts = {name: Path(name).read_text("utf-8") for name in SHOP}
    assert texts == {
        **SHOP,
        "compose.yaml": SHOP["compose.yaml"].replace("[db]", "[database]").replace("  db:", "  database:"),
        "compose.override.yaml": SHOP["compose.override.yaml"].replace("  db:", "  database:"),
    }  # fmt: skip


def test_what_is_typed_into_an_env_file_shows_in_the_compose_file(neovim: Neovim) -> None:
    write_files(SHOP)
    neovim.do("typing", FILE="compose.yaml", CODE="CF140", OTHER=".env", LINE="TAG=1.30")
