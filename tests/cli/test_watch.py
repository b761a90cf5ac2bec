"""``--watch``: changes are linted, and Ctrl-C ends it."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from checks import LayOut, Run

FAULTY = 'version: "3"\nservices: {}\n'


class Watcher:
    """A process that watches, and the lines that it writes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, text: str) -> None:
        """Read lines until one contains the text; fail after 20 seconds without a line."""
        lines = []
        while True:
            try:
                line = self._lines.get(timeout=20)
            except queue.Empty:
                pytest.fail(f"{text!r} is not in {lines}")
            lines.append(line)
            if text in line:
                return


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[Watcher]:
    # Where the tests run in the background, interrupts are ignored.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from composelint.linter.cli.start import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--watch", "--output-format", "concise",
         *(options or ("--select", "CF004,CF401"))],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield Watcher(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_changes_are_linted(lay_out: LayOut, folder: Path) -> None:
    lay_out({"compose.yaml": FAULTY})
    with watching(folder) as watcher:
        watcher.until("CF004")
        watcher.until("watching for changes")
        lay_out({"compose.yaml": "services: {}\n"})
        watcher.until("No problems found in 1 file.")
        watcher.until("watching for changes")
        lay_out({"new/compose.yaml": "services: {a: {image: nginx}}\n"})
        watcher.until("new/compose.yaml:1:23: warning: CF401")
        watcher.until("watching for changes")
        lay_out({"composelint.toml": "selct = []\n"})
        watcher.until("composelint.toml:1:1")
        watcher.until("watching for changes")
        lay_out({"composelint.toml": 'exclude = ["new"]\n'})
        watcher.until("No problems found in 1 file.")


PLUGIN = """
from composelint.linter.rule import Diagnostic, Severity, rule
from composelint.linter.model import Service

@rule("SHOP1", "there", Severity.WARNING)
def there(service: Service):
    "A service is there."
    yield Diagnostic(service.node, "it is there")
"""
POLICIES = (
    "policies:\n- {code: SHOP2, name: no-team, message: MESSAGE, match: {required: [labels]}}\n"
)


def test_changes_of_own_rules_are_seen(lay_out: LayOut, folder: Path) -> None:
    lay_out(
        {
            "compose.yaml": "services: {a: {image: 'b:1'}}\n",
            "composelint.toml": 'plugins = ["shop"]\npolicies = ["rules/p.yaml"]\n',
            "shop.py": PLUGIN,
            "rules/p.yaml": POLICIES,
        }
    )
    with watching(folder, "--trust", "--select", "SHOP") as watcher:
        watcher.until("it is there")
        watcher.until("watching for changes")
        lay_out({"shop.py": PLUGIN.replace("is there", "is here")})
        watcher.until("it is here")
        watcher.until("watching for changes")
        lay_out({"rules/p.yaml": POLICIES.replace("MESSAGE", "where is its team")})
        watcher.until("where is its team")
        watcher.until("watching for changes")
        lay_out({"shop.py": "x = \n"})
        watcher.until("SyntaxError: invalid syntax (shop.py:1)")
        watcher.until("watching for changes")
        lay_out({"shop.py": PLUGIN})
        watcher.until("it is there")


@pytest.mark.parametrize("option", ["--fix", "--diff", "--add-ignores", "--show-files"])
def test_watching_cannot_be_combined_with_options_that_write(
    run: Run, folder: Path, option: str
) -> None:
    answer = run("--watch", option)
    assert answer.exit_code == 2
    assert "--watch only looks" in answer.stderr


def test_standard_input_cannot_be_watched(run: Run, folder: Path) -> None:
    assert run("--watch", "-", stdin=b"").exit_code == 2
