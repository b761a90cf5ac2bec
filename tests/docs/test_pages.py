"""The documentation is true: its commands run, its settings are valid, its links exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from checks import ROOT, run_python, write_program
from composelint.linter.rulebook.binding import load_config
from composelint.linter.rulebook.registry import find

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = {"rules.md"}
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = ("pip ", "git ", "python3 -m venv ")


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str


BLOCKS = [
    Block(page.name, found[1], found[2])
    for page in PAGES
    if page.name not in GENERATED
    for found in FENCE.finditer(page.read_text(encoding="utf-8"))
]


def blocks(*languages: str) -> list[object]:
    """Rows for ``parametrize``: the blocks in these languages."""
    selected = [block for block in BLOCKS if block.language in languages]
    return [pytest.param(block, id=f"{block.page}-{n}") for n, block in enumerate(selected)]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, as a repository of its own, with a program called composelint."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "bookshop", folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    write_program(tmp_path / "bin" / "composelint")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for name in ("NO_COLOR", "FORCE_COLOR", "COMPOSELINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("block", blocks("console"))
def test_commands_print_what_the_page_shows(block: Block, shop: Path) -> None:
    expected: list[str] = []
    output = ""

    def compare() -> None:
        for line in expected:
            assert line in output, f"{line!r} is not in\n{output}"
        expected.clear()

    for line in block.text.splitlines():
        if not line.startswith("$ "):
            expected.append(line)
            continue
        compare()
        command = line[2:]
        if command.startswith(NOT_RUN):
            continue
        answer = subprocess.run(
            command, shell=True, cwd=shop, capture_output=True, text=True, check=False
        )
        output = answer.stdout + answer.stderr
        assert answer.returncode in (0, 1), f"{command}: {answer.stderr}"
    compare()


@pytest.mark.parametrize("block", blocks("toml"))
def test_settings_are_valid(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "platform.toml").write_text("")
    (tmp_path / "acme_rules.py").write_text(
        next(each.text for each in BLOCKS if "container_name_set" in each.text)
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "composelint.toml").write_text(block.text)
    config = load_config("composelint.toml")
    assert config.settings or config.policies or config.plugins
    sys.modules.pop("acme_rules", None)


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_blocks_load(block: Block) -> None:
    assert yaml.safe_load(block.text)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block: Block, shop: Path) -> None:
    answer = run_python("-c", block.text, folder=shop)
    assert answer.returncode == 0, answer.stderr


def test_policies_of_the_guide_report_their_messages(shop: Path) -> None:
    block = next(each for each in BLOCKS if "ACME001" in each.text)
    (shop / "composelint.toml").write_text(f'select = ["ACME"]\n{block.text}')
    answer = run_python("-m", "composelint", "--output-format", "concise")
    assert "ACME001 service db does not say which team it belongs to" in answer.stdout
    assert "ACME002 redis does not come from our registry" in answer.stdout
    assert "ACME003" not in answer.stdout


def test_plug_in_of_the_guide_works(shop: Path) -> None:
    block = next(each for each in BLOCKS if "container_name_set" in each.text)
    (shop / "acme_rules.py").write_text(block.text)
    compose = shop / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("  db:\n", "  db:\n    container_name: db\n"))
    (shop / "composelint.toml").write_text('select = ["ACME010"]\nplugins = ["acme_rules"]\n')
    path = os.pathsep.join([str(shop), *sys.path])
    answer = run_python(
        "-m", "composelint", "--trust", "--output-format", "concise", PYTHONPATH=path
    )
    assert 'ACME010 service "db" fixes the name of its container' in answer.stdout, answer.stderr


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_exist(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = page.parent / path if path else page
        assert file.is_file(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings]
            assert anchor in slugs, f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rules_that_pages_name_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for code in re.findall(r"\b(?:CF|DF|DI|EV|XF|LN)[0-9]{3}\b", text):
        assert find(code)
    for listed in re.findall(r"composelint: (?:file-)?ignore\[([^\]]+)\]", text):
        for name in listed.split(","):
            assert name.strip() == "..." or find(name)


def test_the_commands_of_the_readme_are_the_expected_ones() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [
        line[2:]
        for block in BLOCKS
        if block.page == "README.md" and block.language == "console"
        for line in block.text.splitlines()
    ]
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/composelint examples/bookshop",
        "python3 -m venv .venv && .venv/bin/pip install -q '.[dev,shell]' && .venv/bin/python -m pytest -n 2",
    ]
    assert text.index(commands[0]) < text.index(commands[1])


def test_options_that_pages_name_exist() -> None:
    help_texts = [
        run_python("-m", "composelint", verb, "--help", check=True).stdout
        for verb in ("check", "init", "config", "budget", "rule", "rules", "baseline")
    ]
    options = set(re.findall(r"--[a-z][a-z-]*[a-z]", "\n".join(help_texts)))
    options_of_other_tools = {
        "--failure-threshold", "--no-fail", "--format", "--fix-dry-run", "--apply", "--explain",
        "--only", "--omit", "--check", "--from", "--chown", "--use-system-libraries",
        "--python-preference", "--no-ri", "--mount", "--header", "--proxy-user", "--force", "--batch",
    }  # fmt: skip
    for page in PAGES:
        # These name the options of many programs, such as those in the files that they quote.
        if page.name in (
            "rules.md",
            "performance.md",
            "hadolint-differences.md",
            "precision.md",
            "benchmark.md",
        ):
            continue
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", page.read_text("utf-8")):
            assert option in options | options_of_other_tools, f"{page.name}: {option}"
