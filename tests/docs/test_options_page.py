"""The page of all options names every option, setting and variable that the program reads."""

from __future__ import annotations

import re

from checks import ROOT
from composelint.linter.config.options import OPTIONS
from composelint.linter.config.settings import Config
from composelint.linter.rulebook.options import options_type
from composelint.linter.rulebook.registry import all_rules

PAGE = (ROOT / "docs" / "options.md").read_text("utf-8")
NOT_OURS = {"PATH", "HOME", "LOCALAPPDATA"}
"""Variables that every program reads."""


def test_options_and_settings_are_listed() -> None:
    for option in OPTIONS.values():
        if not option.hidden:
            assert all(f"`{name}" in PAGE for name in option.names)
    keys = re.findall(r"^\| `([\w-]+)` \|", PAGE.partition("\n## Settings\n")[2], re.MULTILINE)
    assert len(keys) == len(set(keys)) + 4  # those that one's own configuration has, too
    assert {"preset", "stacks", "host", "policies", "baseline", "trusted"} <= set(keys)
    single = {"fail_on", "respect_gitignore", "max_file_size", "compose_version", "preset"}
    assert {name.replace("_", "-") for name in single & set(Config._fields)} <= set(keys)


def test_variables_that_the_program_reads_are_listed() -> None:
    reading = re.compile(
        r"""(?:environ\.get|\bget)\(\s*"([A-Z][A-Z0-9_]+)"|^\s+\("(XDG_\w+)", """, re.MULTILINE
    )
    read = {
        found[1] or found[2]
        for folder in ("cli", "config", "engine", "files")
        for path in (ROOT / "linter" / folder).glob("*.py")
        if "environ" in (text := path.read_text("utf-8"))
        for found in reading.finditer(text)
    }
    read |= {option.env for option in OPTIONS.values() if option.env}
    assert {"NO_COLOR", "CI", "XDG_STATE_HOME", "COMPOSELINT_CACHE_DIR"} <= read
    assert {name for name in read - NOT_OURS if f"`{name}`" not in PAGE} == set()


def test_options_of_rules_are_listed() -> None:
    with_options = [rule.name for rule in all_rules() if options_type(rule) is not None]
    assert with_options
    assert all(f"[{name}](rules/{name}.md)" in PAGE for name in with_options)


def test_cells_have_no_emphasis() -> None:
    for line in PAGE.splitlines():
        assert "*" not in re.sub(r"`[^`]*`|\\\*", "", line)
