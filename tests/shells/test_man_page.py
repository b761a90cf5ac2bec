"""The manual page as the program behind man prints it."""

from __future__ import annotations

import re
import subprocess

from checks import ROOT

PAGE = ROOT / "docs" / "composelint.1"


def test_the_page_has_no_errors() -> None:
    answer = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", PAGE], capture_output=True, text=True, check=True
    )
    assert answer.stderr == ""
    shown = re.sub(".\x08", "", answer.stdout)  # bold letters are printed twice
    for title in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
        assert title in shown
