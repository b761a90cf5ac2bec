"""The manual page names everything, and man can print it (``test_generated`` says if it is old)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest
from checks import ROOT
from composelint.linter.cli import VERBS
from composelint.linter.config.options import OPTIONS

PAGE = ROOT / "docs" / "composelint.1"


def test_the_page_is_installed_where_man_looks() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    files = settings["tool"]["setuptools"]["data-files"]
    assert files == {"share/man/man1": ["docs/composelint.1"]}


def test_the_page_names_every_verb_option_and_variable() -> None:
    text = PAGE.read_text("utf-8").replace(r"\-", "-")
    for verb in VERBS:
        assert f"\n.SS {verb}\n" in text or verb == "check"
    for option in OPTIONS.values():
        if not option.hidden:
            assert all(name in text for name in option.names)
        assert option.env in text


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_page_has_no_errors() -> None:
    answer = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", PAGE], capture_output=True, text=True, check=True
    )
    assert answer.stderr == ""
    shown = re.sub(".\x08", "", answer.stdout)  # bold letters are printed twice
    for title in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
        assert title in shown
