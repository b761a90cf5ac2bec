"""The manual page names everything, and man can print it (``test_generated`` says if it is old)."""

from __future__ import annotations

import tomllib

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
