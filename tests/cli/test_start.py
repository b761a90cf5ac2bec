"""Plain calls are read without Click: they give the same options and the same output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checks import run_python
from composelint.linter.cli import start
from composelint.linter.cli.check import check
from composelint.linter.cli.options import options_of
from composelint.linter.config.options import FLAG, OPTIONS, Option, Options

PLAIN = [option for option in OPTIONS.values() if option.names and option.is_plain]


def values(options: Options) -> dict[str, object]:
    return {name: getattr(options, name) for name in OPTIONS}


def with_click(argv: list[str]) -> tuple[tuple[str, ...], dict[str, object]]:
    given = check.make_context("check", argv[1:] if argv[:1] == ["check"] else list(argv)).params
    return given.pop("paths"), values(options_of(given))


def without_click(argv: list[str]) -> tuple[tuple[str, ...], dict[str, object]]:
    plain = start.read(argv)
    assert plain is not None
    return plain[0], values(options_of(plain[1]))


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["check"],
        ["a.yaml", "b"],
        ["check", "check"],
        ["-"],
        ["-", "--stdin-filename", "x/Dockerfile"],
        ["-q", "-v"],
        ["--quiet", "a", "--verbose", "--no-cache", "--isolated", "--exit-zero"],
        ["--select", "CF1,CF2", "--select=DF001", "--ignore", "LN", "--extend-select", "all"],
        ["--preset=production", "--cache-dir", "c d", "--cache-dir="],
        ["--select=CF1,", "--exclude=,", "--stack=a,b", "--stack", "c=d"],
        ["--config", "tests", "--config", "fail-on = 'error'", "--config=jobs=1"],
        ["--fix", "--fixable", "CF, DF", "."],
    ],
    ids=" ".join,
)
def test_plain_calls_are_read_as_click_reads_them(argv: list[str]) -> None:
    assert without_click(argv) == with_click(argv)


@pytest.mark.parametrize(
    ("option", "value"),
    [(option, value) for option in PLAIN for value in option.choices or ("x,y",)],
    ids=lambda each: getattr(each, "attribute", each),
)
def test_each_plain_option_is_read_as_click_reads_it(option: Option, value: str) -> None:
    for name in option.names:
        argv = [name] if option.kind == FLAG else [name, value]
        assert without_click(argv) == with_click(argv)
        changed = {
            key for key, value in without_click(argv)[1].items() if value is not OPTIONS[key].unset
        }
        assert changed == {option.attribute} - ({"color"} if value == "auto" else set())


@pytest.mark.parametrize(
    "argv",
    [
        ["rules"],
        ["--help"],
        ["-h"],
        ["--version"],
        ["-qv"],
        ["--select"],
        ["--select", "--ignore"],
        ["--output-format", "nonsense"],
        ["--output-format="],
        ["--no-cache=1"],
        ["--", "a"],
        ["--unknown"],
        ["--jobs", "2"],
        ["--no-inline-ignores"],
        ["--add-ignores=later"],
        ["-o", "file"],
        ["a", "-x"],
    ],
    ids=" ".join,
)
def test_all_other_calls_are_left_to_click(argv: list[str]) -> None:
    assert start.read(argv) is None


FAULTY = "version: '3'\nservices:\n  web:\n    image: nginx\n"


def answer(folder: Path, entry: str, *argv: str) -> tuple[int, str, str]:
    """Exit code, output and error output of a call of the program."""
    code = f"from composelint.linter.cli.{entry} import main; main()"
    result = run_python("-c", code, *argv, folder=folder)
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize(
    "argv",
    [
        ["compose.yaml"],
        ["--exit-zero"],
        ["--fail-on", "error", "compose.yaml"],
        ["missing.yaml"],
        ["--select", "CF999"],
        ["--preset", "nonsense"],
        ["-q"],
        ["--output-format", "json", "-v"],
        ["--config", "a.toml", "--config", "b.toml"],
        ["--fix-only", "--show-fixes"],
        ["--diff"],
    ],
    ids=" ".join,
)
def test_both_entries_print_the_same(tmp_path: Path, argv: list[str]) -> None:
    answers = []
    for entry in ("start", "main"):
        (tmp_path / "compose.yaml").write_text(FAULTY)
        answers.append(answer(tmp_path, entry, *argv))
    assert answers[0] == answers[1]


def test_a_closed_pipe_does_not_change_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        FAULTY + "".join(f"  s{n}: {{image: a}}\n" for n in range(400))
    )
    codes = []
    for entry in ("start", "main"):
        code = f"from composelint.linter.cli.{entry} import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", code, "compose.yaml"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr is not None
            assert process.stderr.read() == b""
        codes.append(process.returncode)
    assert codes == [1, 1]


SLOW = (
    *("click", "rich", "jsonschema", "ruamel", "dockerfile_parse", "typing", "json", "dataclasses"),
    *("inspect", "subprocess", "tempfile", "shutil", "importlib.metadata", "ipaddress", "logging"),
    *("contextlib", "fnmatch"),
)
"""Modules that take long to load and that a plain call does not need."""

OWN = tuple(
    f"composelint.linter.{name}"
    for name in (
        *("files.git", "files.recognition", "analysis.built_elsewhere"),
        *("engine.schedule", "engine.cache", "engine.fragments"),
    )
)
"""Modules of ours that only some files need."""


@pytest.mark.parametrize(
    ("name", "text", "slow"),
    [
        ("compose.yaml", FAULTY, ("yaml.constructor", "yaml.scanner")),
        ("compose.yaml", FAULTY + "    environment:\n      PASSWORD: hunter2hunter2\n", ()),
        (
            "Dockerfile",
            "FROM node:22\nCOPY . .\nCMD npm start\n",
            ("yaml", "datetime", "composelint.linter.compose.evidence"),
        ),
    ],
    ids=["compose", "a secret to mask", "dockerfile"],
)
def test_a_plain_call_loads_no_slow_module(
    tmp_path: Path, name: str, text: str, slow: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text)
    # In a repository, where other files may belong to the same stack.
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    code = (
        "import os, sys; before = set(sys.modules)\n"
        # Installed for the tests, ShellCheck would be run.
        "from composelint.linter.shellcheck import program\n"
        "program.find_program = lambda: None\n"
        "from composelint.linter.cli.start import main\n"
        f"os._exit = lambda code: print(sorted({{*{(*SLOW, *OWN, *slow)}}} & sys.modules.keys() - before),"
        " file=sys.stderr)\n"
        "main()"
    )
    assert run_python("-c", code, "--no-cache", name, folder=tmp_path).stderr == "[]\n"
