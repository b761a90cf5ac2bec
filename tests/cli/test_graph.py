"""``composelint graph``: formats, files, and what happens without the extra."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from checks import LayOut, Run, run_python
from composelint.linter.graph import layout

STACK = "services:\n  web: {image: nginx:1.30, ports: ['80:80']}\n  db: {image: 'postgres:16'}\n"


def test_a_stack_is_drawn_as_svg(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": STACK})
    answer = run("graph")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert ElementTree.fromstring(answer.stdout).tag == "{http://www.w3.org/2000/svg}svg"
    assert run("graph").stdout == answer.stdout


def test_a_file_or_a_folder_is_written(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"a/compose.yaml": STACK, "b/compose.yaml": STACK})
    assert run("graph", "-o", "all.svg").stdout == ""
    assert (folder / "all.svg").read_text("utf-8").count("<desc") == 2
    assert run("graph", "-o", "new/pictures/", "--format", "mermaid").exit_code == 0
    written = sorted(path.name for path in (folder / "new" / "pictures").iterdir())
    assert written == ["a-compose.yaml.mmd", "b-compose.yaml.mmd"]
    (folder / "old").mkdir()
    assert run("graph", "a", "-o", "old", "--format", "dot").exit_code == 0
    assert [path.name for path in (folder / "old").iterdir()] == ["a-compose.yaml.dot"]


def test_a_folder_that_cannot_be_made_is_an_error(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": STACK})
    answer = run("graph", "-o", "compose.yaml/", "--format", "dot")
    assert (answer.exit_code, answer.stderr.count("\n")) == (2, 1)
    assert "compose.yaml/" in answer.stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "no stack found: name a Compose file"),
        ("services: {}\n", "no stack found"),
        ("services:\n  a: [\n", "no stack can be drawn: compose.yaml:3:1: "),
        ("services: [a]\n", "no stack can be drawn: compose.yaml:1:11: "),
        ("a: " + "[" * 100_000, "no stack can be drawn: compose.yaml:1:"),
    ],
)
def test_without_a_stack_it_says_why(lay_out: LayOut, run: Run, text: str | None, why: str) -> None:
    lay_out({} if text is None else {"compose.yaml": text})
    answer = run("graph")
    assert answer.exit_code == 2
    assert why in answer.stderr


def test_the_rules_of_the_call_and_the_baseline_count(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": STACK})

    def codes(*arguments: str) -> set[str]:
        (stack,) = json.loads(run("graph", "--format", "json", *arguments).stdout)["stacks"]
        return {finding["code"] for finding in stack["findings"]}

    assert "CF201" in codes("--preset", "production")
    assert codes("--select", "CF201") == {"CF201"}
    assert run("baseline", "--select", "CF201").exit_code == 0
    assert codes("--select", "CF201") == set()
    assert codes("--select", "CF201", "--no-baseline") == {"CF201"}


def test_without_the_extra_it_says_how_to_get_it(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "program", lambda: None)
    lay_out({"compose.yaml": STACK})
    answer = run("graph")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "pip install 'composelint[graph]'" in answer.stderr
    for output_format in ("mermaid", "dot", "json"):
        assert run("graph", "--format", output_format).exit_code == 0


def test_a_call_that_draws_nothing_loads_nothing_of_it(lay_out: LayOut, folder: Path) -> None:
    lay_out({"compose.yaml": STACK})
    program = folder / "loaded.py"
    program.write_text(
        "import os, sys\n"
        "from composelint.linter.cli.start import main\n"
        "def end(code):\n"
        "    loaded = [name for name in sys.modules if 'linter.graph' in name or '.bars' in name]\n"
        "    print(loaded, file=sys.stderr)\n"
        "os._exit = end\n"
        "sys.argv = ['composelint', 'compose.yaml']\n"
        "main()\n"
    )
    answer = run_python(program, folder=folder)
    assert answer.stderr.splitlines()[-1] == "[]", answer.stderr
