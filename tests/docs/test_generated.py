"""What is generated from the rules is up to date."""

from __future__ import annotations

import subprocess
import sys

from checks import ROOT


def test_generated_documents_are_current() -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "generate.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr
