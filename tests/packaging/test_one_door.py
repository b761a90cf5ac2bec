"""``linter/files/`` is the only door to the linted tree, and to git."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import composelint
import pytest

ROOT = Path(composelint.__file__).parent

CALLS = {
    "linter/base/package.py": {"open"},  # data of the package itself
    "linter/rulebook/registry.py": {"os.listdir"},  # the modules of rules/
    "linter/cli/console.py": {"open", "os.open"},  # reports, and /dev/null
    # The cache's own folder, and the times of the package, of plug-ins and of ShellCheck.
    "linter/engine/cache.py": {
        "open", "os.makedirs", "os.open", "os.path.exists", "os.path.getsize", "os.path.islink",
        "os.path.lexists", "os.replace", "os.scandir", "os.stat", "os.unlink", "os.walk",
    },
    "linter/shellcheck/check.py": {"open"},  # scripts in a temporary folder
    # Where packages are installed.
    "linter/shellcheck/program.py": {"open", "os.access", "os.listdir", "os.path.isfile"},
}  # fmt: skip
"""What else opens files, lists folders or asks about paths, with the calls that it may use."""

LOOKS = {
    "open",
    *(
        f"os.{name}"
        for name in (
            "access", "chmod", "chown", "link", "listdir", "lstat", "makedirs", "mkdir", "open",
            "readlink", "remove", "rename", "replace", "rmdir", "scandir", "stat", "symlink",
            "truncate", "unlink", "utime", "walk",
        )
    ),
    *(
        f"os.path.{name}"
        for name in (
            "exists", "getmtime", "getsize", "isdir", "isfile", "islink", "ismount", "lexists",
            "realpath", "samefile",
        )
    ),
}  # fmt: skip
MODULES = {"fileinput", "glob", "pathlib", "shutil", "tempfile"}
"""Modules with other ways to files."""


def looks(path: Path) -> set[str]:
    """The functions on files that a module calls, and the modules with others that it imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in LOOKS:
            found.add(ast.unparse(node.func))
        elif isinstance(node, ast.Import):
            found |= MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            found |= {module} & MODULES
            found |= LOOKS & {f"{module}.{alias.name}" for alias in node.names}
    return found


def modules() -> dict[str, set[str]]:
    return {
        str(path.relative_to(ROOT)): looks(path)
        for folder in ("linter", "rules")
        for path in (ROOT / folder).rglob("*.py")
        if (ROOT / "linter" / "files") not in path.parents
    }


HARMLESS = {
    "linter/cli/budget_tables.py": {"shutil"},  # the size of the terminal
    "linter/cli/output.py": {"shutil"},
    "linter/shellcheck/check.py": {"tempfile"},  # a folder for scripts
}


def test_nothing_else_calls_functions_on_files() -> None:
    found = modules()
    allowed = {
        name: CALLS.get(name, set()) | HARMLESS.get(name, set()) for name in {*CALLS, *HARMLESS}
    }
    assert {name: calls for name, calls in found.items() if calls} == allowed


WATCH = '''
import json, os, runpy, sys

project, log, *calls = sys.argv[1:]
package = os.path.dirname(__import__("composelint").__file__)
out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
busy = []


def nearest():
    """The nearest module of ours that has to do with it."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(package + os.sep):
            return name[len(package) + 1 :].replace(os.sep, "/")
        frame = frame.f_back
    return ""


def hook(event, arguments):
    if busy or not (
        event.startswith(("os.", "shutil.", "tempfile.")) or event in ("open", "subprocess.Popen")
    ):
        return
    if event in ("os.remove", "os.rmdir") and arguments[1] != -1:
        return  # Below a folder that was opened before: shutil.rmtree, which has its own event.
    busy.append(event)
    try:
        if event == "subprocess.Popen":
            record = [event, str(arguments[0]), nearest()]
        else:
            named = arguments[: 2 if event in ("os.link", "os.rename", "os.symlink") else 1]
            paths = [os.fsdecode(one) for one in named if isinstance(one, (str, bytes))]
            inside = [
                full
                for one in paths
                if (full := os.path.abspath(one)) == project or full.startswith(project + os.sep)
            ]
            if not inside:
                return
            record = [event, os.path.relpath(inside[0], project), nearest()]
        os.write(out, (json.dumps(record) + "\\n").encode())
    finally:
        busy.pop()


from composelint.linter.cli.main import cli

sys.addaudithook(hook)
for call in calls:
    try:
        cli(json.loads(call))
    except SystemExit as end:
        if end.code not in (0, 1, None):
            raise SystemExit(f"{call}: {end.code}")
'''

FILES = {
    "compose.yaml": 'version: "3"\nservices:\n  web:\n    build: ./api\n    env_file: web.env\n'
    "    volumes: [./data:/data]\n  db:\n    image: postgres\n    environment:\n"
    "      POSTGRES_PASSWORD: hunter2hunter2\nsecrets:\n  key:\n    file: ./key.txt\n"
    "include: [other/compose.yaml]\n",
    "compose.override.yaml": "services:\n  web:\n    ports: ['80:80']\n",
    "other/compose.yaml": "services:\n  cache:\n    image: redis\n",
    ".env": "TAG=1\n",
    "web.env": "A=1\n",
    "api/Dockerfile": "FROM node:22\n# hadolint ignore=DL3059\nCOPY . .\nRUN npm install\nCMD npm start\n",
    "api/package.json": "{}\n",
    "api/.dockerignore": "node_modules\n",
    "data/file": "",
    ".gitignore": ".env\n",
    ".hadolint.yaml": "ignored: [DL3008]\n",
    "base.toml": "fail-on = 'never'\n",
    "acme.toml": "[[policies]]\ncode = 'ACME001'\nname = 'acme'\nmessage = 'x'\nmatch = {}\n",
    "composelint.toml": "extend = 'base.toml'\npreset = 'all'\npolicies = ['acme.toml']\n"
    "exclude = ['a/*.yaml']\nhost = {memory = '4G'}\n",
    **{f"many/{number}/compose.yaml": "services: {a: {image: b}}\n" for number in range(70)},
}

CALLS_OF_A_DAY: list[list[str]] = [
    ["init", "--dry-run", "--from", "hadolint"],
    ["config"],
    ["check", "--show-files"],
    ["baseline"],
    ["check", "--jobs", "2", "--output-file", "report.txt", "--report", "json=report.json"],
    ["check"],
    ["check", "api/Dockerfile", "web.env"],
    ["check", "--no-respect-gitignore", "--exclude", "many", "--no-cache"],
    ["check", "--diff", "--unsafe-fixes", "--exclude", "many"],
    ["check", "--fix", "--unsafe-fixes", "--fix-only", "--exclude", "many"],
    ["check", "--add-ignores=because", "--exclude", "many"],
    ["budget", "compose.yaml"],
    ["rule", "CF201"],
]
AFTERWARDS = [["init", "--from", "hadolint"]]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """What a day's calls did: the event, the path or program, and our nearest module."""
    folder = tmp_path_factory.mktemp("door")
    project, tool, log = folder / "project", folder / "tool" / "watch.py", folder / "log"
    tool.parent.mkdir()
    tool.write_text(WATCH)
    for path, text in FILES.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)

    def run(calls: list[list[str]]) -> None:
        answer = subprocess.run(
            [sys.executable, str(tool), str(project), str(log), *map(json.dumps, calls)],
            cwd=project, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr

    run(CALLS_OF_A_DAY)
    (project / "composelint.toml").unlink()
    run(AFTERWARDS)
    assert "composelint: ignore" in (project / "api/Dockerfile").read_text()
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


OUTSIDE = {
    ".composelint_cache": "linter/engine/cache.py",
    "report.txt": "linter/cli/console.py",
    "report.json": "linter/cli/console.py",
}
"""What lies in the project without being part of the linted tree, and who may touch it."""


def test_every_path_of_the_project_goes_through_the_door(
    events: list[tuple[str, str, str]],
) -> None:
    touched = {(path, who, event) for event, path, who in events if event != "subprocess.Popen"}
    wrong = {
        (path, who, event)
        for path, who, event in touched
        if not who.startswith("linter/files/") and OUTSIDE.get(path.split("/")[0]) != who
    }
    assert wrong == set()
    # All of this is seen: reading, listing, writing, and what may lie outside.
    paths = {path for path, _, _ in touched}
    assert {*FILES, *OUTSIDE, ".composelint-baseline.json", "api"} - {"data/file"} <= paths
    assert {"open", "os.scandir", "os.rename", "os.chmod", "os.link"} <= {e for _, _, e in touched}


def test_git_is_called_in_one_place(events: list[tuple[str, str, str]]) -> None:
    programs = {
        (Path(path).name, who) for event, path, who in events if event == "subprocess.Popen"
    }
    assert programs - {("shellcheck", "linter/shellcheck/process.py")} == {
        ("git", "linter/files/git.py")
    }
