"""The documentation is true: its examples are valid, what it names and links to exists.

What its commands print is compared by ``test_generated.py``: ``tools/generate.py`` runs them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from checks import ROOT, Run, run_python, write_files
from composelint import check, check_texts
from composelint.linter.cli import VERBS
from composelint.linter.config.options import OPTIONS
from composelint.linter.config.trust import read_user
from composelint.linter.rulebook.binding import load_config
from composelint.linter.rulebook.registry import find
from walkthroughs import WALKTHROUGHS, pages

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = {"rules.md", "options.md"}
EDITORS = "editors.md"
"""Its blocks are the configurations of other programs: ``test_editors.py`` reads them."""
FENCE = re.compile(r"^(```+)([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
CHECKED = {"console", "dockerfile", "python", "sh", "toml", "yaml"}
"""Languages whose blocks are run, read or compared by a test."""


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str


BLOCKS = [
    Block(page.name, found[2], found[3])
    for page in PAGES
    if page.name not in GENERATED and page.name != EDITORS
    for found in FENCE.finditer(page.read_text(encoding="utf-8"))
]


def blocks(*languages: str) -> list[object]:
    """Rows for ``parametrize``: the blocks in these languages, without those of walkthroughs."""
    selected = [
        block for block in BLOCKS if block.language in languages and block.page not in WALKTHROUGHS
    ]
    return [pytest.param(block, id=f"{block.page}-{n}") for n, block in enumerate(selected)]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, as a repository of its own."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "bookshop", folder)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_checked(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = FENCE.findall(text)
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(found)
    for _, language, code in found:
        assert code.strip()
        # Files that a walkthrough shows are compared with the files themselves.
        if page.name not in WALKTHROUGHS and page.name != EDITORS:
            assert language in CHECKED or (page.name, language) == ("README.md", "text")


def test_every_page_with_commands_is_run() -> None:
    run = {path.name for path in pages()}
    assert {block.page for block in BLOCKS if block.language == "console"} - run == {"README.md"}


@pytest.mark.parametrize("block", blocks("toml"))
def test_settings_are_valid(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if block.text.startswith("trusted ="):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        write_files({"composelint/config.toml": block.text})
        user = read_user()
        assert user.trusted
        assert user.document
        return
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
def test_yaml_is_what_its_reader_takes(block: Block) -> None:
    data = yaml.safe_load(block.text)
    if "services" in data:
        # Comments that suppress findings have findings to suppress, too.
        assert check_texts({"compose.yaml": block.text}).diagnostics == ()
    elif "jobs" in data:
        (job,) = data["jobs"].values()
        inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
        for step in job["steps"]:
            if step.get("uses", "").startswith("composelint/"):
                assert step.get("with", {}).keys() <= inputs.keys()
            assert_options_exist(step.get("run", ""))
    elif "repos" in data:
        listed = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
        hooks = {hook["id"]: hook for hook in listed}
        for hook in (hook for repository in data["repos"] for hook in repository["hooks"]):
            # Where file names follow the options, ``--`` is between them.
            has_files = hooks[hook["id"]].get("pass_filenames", True)
            assert "args" not in hook or (hook["args"][-1] == "--") is has_files
    elif "include" not in data:
        (job,) = data.values()
        assert any("composelint" in command for command in job["script"])
        for command in job["script"]:
            assert_options_exist(command)
    else:
        (component,) = data["include"]
        template = (ROOT / "templates" / "composelint.yml").read_text("utf-8")
        spec: dict[str, Any] = next(yaml.safe_load_all(template))
        assert component["inputs"].keys() <= spec["spec"]["inputs"].keys()


def assert_options_exist(command: str) -> None:
    """Assert that composelint has the options that a command calls it with."""
    known = {name for option in OPTIONS.values() for name in option.names}
    _, is_call, arguments = f" {command}".rpartition(" composelint ")
    if is_call:
        assert {word.partition("=")[0] for word in arguments.split() if word[0] == "-"} <= known


@pytest.mark.parametrize("block", blocks("dockerfile"))
def test_dockerfiles_are_read(block: Block) -> None:
    text = block.text if "FROM" in block.text else f"FROM alpine:3.22\nARG PACKAGES\n{block.text}"
    report = check_texts({"Dockerfile": text})
    assert [item.code for item in report.diagnostics if item.category == "reading"] == []


@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_name_what_there_is(block: Block) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for command in block.text.splitlines():
        words = command.split()
        if words[0] == "composelint":
            if words[1] not in VERBS:
                assert_options_exist(command)
            continue
        if words[0] == "pip":
            (extra,) = re.findall(r"'composelint\[(\w+)\]'", command)
            assert extra in extras["optional-dependencies"]
            continue
        assert words[0] == "python"
        if words[1] != "-m":
            assert (ROOT / words[1]).is_file()
        elif words[2] == "pytest":
            assert all((ROOT / word).exists() for word in words[3:] if not word.startswith("-"))
        else:
            module = ROOT.joinpath(*words[2].split("."))
            assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file()


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block: Block, shop: Path) -> None:
    answer = run_python("-c", block.text, folder=shop)
    assert answer.returncode == 0, answer.stderr


def test_policies_of_the_guide_report_their_messages(shop: Path) -> None:
    block = next(each for each in BLOCKS if "ACME001" in each.text)
    (shop / "composelint.toml").write_text(f'select = ["ACME"]\n{block.text}')
    messages = [(item.code, item.message) for item in check().diagnostics]
    assert ("ACME001", "service db does not say which team it belongs to") in messages
    assert ("ACME002", "redis does not come from our registry") in messages
    assert "ACME003" not in {code for code, _ in messages}


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


def test_the_example_for_production_has_no_findings() -> None:
    report = check([str(ROOT / "examples" / "production")], preset="production", isolated=True)
    assert report.files
    assert report.diagnostics == ()


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_exist(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = page.parent / path if path else page
        is_example = "examples/" in path
        assert file.is_dir() if is_example else file.is_file(), f"{page.name}: {target}"
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


def test_options_that_pages_name_exist(run: Run) -> None:
    helps = "\n".join(run(verb, "--help").output for verb in VERBS)
    options = set(re.findall(r"--[a-z][a-z-]*[a-z]", helps))
    options_of_other_tools = {
        "--failure-threshold", "--no-fail", "--format", "--fix-dry-run", "--apply", "--explain",
        "--only", "--omit", "--check", "--chown", "--mount", "--force", "--batch", "--no-ri",
        "--no-rdoc", "--file", "--target", "--platform", "--from-ref", "--to-ref", "--all-files",
    }  # fmt: skip
    # These name the options of many programs, such as those in the files that they quote.
    others = {
        "rules.md",
        "performance.md",
        "hadolint-differences.md",
        "precision.md",
        "benchmark.md",
    }
    for page in PAGES:
        if page.name in others:
            continue
        text = page.read_text("utf-8")
        for span in re.findall(r"`([^`\n]+)`", text) + [
            line for block in BLOCKS if block.page == page.name for line in block.text.splitlines()
        ]:
            # What another program is called with is that program's.
            called = re.match(r"(?:\$ )?(--[a-z]|composelint )", span)
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", span if called else ""):
                assert option in options | options_of_other_tools, f"{page.name}: {option}"
