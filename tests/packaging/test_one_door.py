"""``linter/files/`` is the only way to the linted tree, and to git."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path

import composelint
import pytest
from checks import run_python, write_files

ROOT = Path(composelint.__file__).parent

CALLS = {
    "linter/base/package.py": {"open"},  # data of the package itself
    "linter/rulebook/registry.py": {"os.listdir"},  # the modules of rules/
    "linter/cli/console.py": {"os.open"},  # /dev/null
    "linter/cli/own_modules.py": {"os.open", "os.stat"},  # the modules of the package
    "linter/lsp/serve.py": {"os.open"},  # /dev/null
    "linter/engine/cache_key.py": {  # the secret of the user
        "os.link", "os.lstat", "os.makedirs", "os.open", "os.unlink",
    },
    # The cache's own folder, and the times of the package, of plug-ins and of ShellCheck.
    "linter/engine/cache.py": {
        "open", "os.makedirs", "os.open", "os.path.exists", "os.path.getsize", "os.path.islink",
        "os.path.lexists", "os.replace", "os.scandir", "os.stat", "os.unlink", "os.walk",
    },
    "linter/shellcheck/check.py": {"open"},  # scripts in a temporary folder
    "linter/fleet/child.py": {"os.open"},  # /dev/null
    # The folder of a fleet.
    "linter/fleet/store.py": {
        "open", "os.listdir", "os.makedirs", "os.open", "os.replace", "os.stat", "os.unlink",
    },
    # Where packages are installed.
    "linter/graph/layout.py": {"os.access"},
    "linter/shellcheck/program.py": {"open", "os.access", "os.listdir", "os.path.isfile"},
}  # fmt: skip
"""Other modules that open files, list folders or ask about paths, with their calls."""

FILE_FUNCTIONS = {
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


def dotted(node: ast.expr) -> str:
    """The name that an expression consists of, such as ``os.open``; empty if it is more."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def file_functions(path: Path) -> set[str]:
    """The functions on files that a module calls, and the modules of such functions it imports."""
    functions = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            functions |= FILE_FUNCTIONS & {dotted(node.func)}
        elif isinstance(node, ast.Import):
            functions |= MODULES & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            functions |= {module} & MODULES
            functions |= FILE_FUNCTIONS & {f"{module}.{alias.name}" for alias in node.names}
    return functions


def modules() -> dict[str, set[str]]:
    return {
        str(path.relative_to(ROOT)): file_functions(path)
        for folder in ("linter", "rules")
        for path in (ROOT / folder).rglob("*.py")
        if (ROOT / "linter" / "files") not in path.parents
    }


IMPORTS = {
    "linter/cli/console.py": {"shutil"},  # the size of the terminal
    "linter/graph/layout.py": {"tempfile"},  # what the layout program writes
    "linter/shellcheck/check.py": {"tempfile"},  # a folder for scripts
}


def test_no_other_module_calls_functions_on_files() -> None:
    functions = modules()
    allowed = {
        name: CALLS.get(name, set()) | IMPORTS.get(name, set()) for name in {*CALLS, *IMPORTS}
    }
    assert {name: calls for name, calls in functions.items() if calls} == allowed


WATCH = '''
import json, os, runpy, sys

project, log, *calls = sys.argv[1:]
package = os.path.dirname(__import__("composelint").__file__)
out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
busy = []


def nearest():
    """Our nearest module on the stack."""
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

USUAL_CALLS: list[list[str]] = [
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
LAST_CALLS = [["init", "--from", "hadolint"]]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """The events of usual calls: the event, the path or program, and our nearest module."""
    folder = tmp_path_factory.mktemp("door")
    project, tool, log = folder / "project", folder / "tool" / "watch.py", folder / "log"
    tool.parent.mkdir()
    tool.write_text(WATCH)
    write_files(FILES, project)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)

    def run(calls: list[list[str]]) -> None:
        answer = run_python(tool, project, log, *map(json.dumps, calls), folder=project)
        assert answer.returncode == 0, answer.stderr

    run(USUAL_CALLS)
    (project / "composelint.toml").unlink()
    run(LAST_CALLS)
    assert "composelint: ignore" in (project / "api/Dockerfile").read_text()
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


OWN_FILES = {
    ".composelint_cache": "linter/engine/cache.py",
}
"""Files in the project that are not part of the linted tree, and the modules that use them."""


def test_every_path_of_the_project_is_used_by_files_only(
    events: list[tuple[str, str, str]],
) -> None:
    touched = {
        (path, module, event) for event, path, module in events if event != "subprocess.Popen"
    }
    wrong = {
        (path, module, event)
        for path, module, event in touched
        if not module.startswith("linter/files/") and OWN_FILES.get(path.split("/")[0]) != module
    }
    assert wrong == set()
    # Reading, listing, writing and our own files are among the events.
    paths = {path for path, _, _ in touched}
    assert {*FILES, *OWN_FILES, ".composelint-baseline.json", "api"} - {"data/file"} <= paths
    assert {"open", "os.scandir", "os.rename", "os.chmod", "os.link"} <= {e for _, _, e in touched}


def test_git_is_called_in_one_place(events: list[tuple[str, str, str]]) -> None:
    programs = {
        (Path(path).name, module) for event, path, module in events if event == "subprocess.Popen"
    }
    assert programs - {("shellcheck", "linter/shellcheck/process.py")} == {
        ("git", "linter/files/git.py")
    }
