"""The short way through the command line against Click's: the same options, the same output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from composelint.linter.base.formats import FORMATS
from composelint.linter.cli import start
from composelint.linter.cli.check import check
from composelint.linter.cli.main import VERBS


def by_click(argv: list[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    context = check.make_context("check", argv[1:] if argv[:1] == ["check"] else list(argv))
    options = dict(context.params)
    return options.pop("paths"), options


def test_both_ways_know_the_same_defaults_and_verbs() -> None:
    assert by_click([]) == ((), start.DEFAULTS)
    assert set(VERBS) == start.VERBS


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
        *(["--output-format", name] for name in start.CHOICES["--output-format"][1]),
        *([f"--fail-on={name}", "."] for name in start.CHOICES["--fail-on"][1]),
        *(["--color", name] for name in start.CHOICES["--color"][1]),
    ],
    ids=" ".join,
)
def test_the_short_way_reads_options_as_click_does(argv: list[str]) -> None:
    plain = start.read(argv)
    assert plain is not None
    assert plain == by_click(argv)


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
        ["--fix"],
        ["--no-cache=1"],
        ["--", "a"],
        ["--unknown"],
        ["--jobs", "2"],
        ["a", "-x"],
    ],
    ids=" ".join,
)
def test_anything_else_goes_the_whole_way(argv: list[str]) -> None:
    assert start.read(argv) is None


def test_its_formats_are_among_those_there_are() -> None:
    assert set(start.CHOICES["--output-format"][1]) <= set(FORMATS)


FAULTY = "version: '3'\nservices:\n  web:\n    image: nginx\n"


def answer(folder: Path, entry: str, *argv: str) -> tuple[int, str, str]:
    code = f"from composelint.linter.cli.{entry} import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


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
    ],
    ids=" ".join,
)
def test_both_ways_say_the_same(tmp_path: Path, argv: list[str]) -> None:
    (tmp_path / "compose.yaml").write_text(FAULTY)
    assert answer(tmp_path, "start", *argv) == answer(tmp_path, "main", *argv)


def test_a_reader_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        FAULTY * 1 + "".join(f"  s{n}: {{image: a}}\n" for n in range(400))
    )
    codes = []
    for entry in ("start", "main"):
        code = f"from composelint.linter.cli.{entry} import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", code, "compose.yaml"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as run:
            assert run.stdout is not None
            run.stdout.read(10)
            run.stdout.close()
            assert run.stderr is not None
            assert run.stderr.read() == b""
        codes.append(run.returncode)
    assert codes == [1, 1]


SLOW = (
    *("click", "rich", "jsonschema", "ruamel", "dockerfile_parse", "typing", "dataclasses"),
    *("inspect", "subprocess", "tempfile", "shutil", "importlib.metadata", "ipaddress", "logging"),
)
"""What takes long to load and a plain call does without."""


@pytest.mark.parametrize(
    ("name", "text", "more"),
    [
        ("compose.yaml", FAULTY, ()),
        ("compose.yaml", FAULTY + "    environment:\n      PASSWORD: hunter2hunter2\n", ()),
        ("Dockerfile", "FROM node:22\nCOPY . .\nCMD npm start\n", ("yaml",)),
    ],
    ids=["compose", "a secret to mask", "dockerfile"],
)
def test_a_plain_call_loads_nothing_slow(
    tmp_path: Path, name: str, text: str, more: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text)
    code = (
        "import os, sys; before = set(sys.modules)\n"
        # Installed for the tests, ShellCheck would be run.
        "from composelint.linter.shellcheck import program\n"
        "program.find_program = lambda: None\n"
        "from composelint.linter.cli.start import main\n"
        f"os._exit = lambda code: print(sorted({{*{(*SLOW, *more)}}} & sys.modules.keys() - before),"
        " file=sys.stderr)\n"
        "main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == "[]\n"
