"""Makes the pictures of the documentation from what the program prints.

The picture of a terminal has no fonts of its own and asks for nothing: each piece of text has the width
that it would have in a terminal, whatever font is there. Colours are light or dark as the reader's are.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.sax.saxutils import escape

from click.testing import CliRunner
from composelint.linter.cli.main import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
EXAMPLE = "examples/bookshop"

SIZE, ADVANCE, LINE, MARGIN = 13, 7.8, 19, 16
"""The size of text, the width of a character, the height of a line, the margin, in pixels."""

COLORS = {
    "back": ("#ffffff", "#0d1117"),
    "border": ("#d0d7de", "#30363d"),
    "text": ("#1f2328", "#e6edf3"),
    "dim": ("#57606a", "#9198a1"),
    "31": ("#b3131f", "#ff7b72"),
    "32": ("#116329", "#7ee787"),
    "33": ("#8a5a00", "#e3b341"),
    "34": ("#0550ae", "#79c0ff"),
    "36": ("#0a6c74", "#76e3ea"),
}
"""Colours in the light and the dark form; those of terminals by their number."""

SGR = re.compile(r"\x1b\[([\d;]*)m")


def pictures() -> Iterator[tuple[Path, str]]:
    """The path and the text of each picture."""
    yield FOLDER / "bookshop.svg", printed("graph", "--isolated", EXAMPLE)
    command = f"composelint --statistics {EXAMPLE}"
    shown = printed("check", "--isolated", "--color", "always", "--statistics", EXAMPLE)
    yield FOLDER / "statistics.svg", terminal(command, shown)


def printed(*arguments: str) -> str:
    """What a command prints in the repository's root."""
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        answer = CliRunner().invoke(cli, arguments)
    finally:
        os.chdir(before)
    if answer.exit_code not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)}: {answer.output}")
    return answer.stdout


def terminal(command: str, output: str) -> str:
    """A picture of a terminal with a command and what it prints."""
    lines = [f"\x1b[1m$ {command}\x1b[0m", *output.rstrip("\n").split("\n")]
    columns = max(len(SGR.sub("", line)) for line in lines)
    width = round(columns * ADVANCE) + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(command)}</title>',
        f"<style>{style()}</style>",
        f'<rect class="back" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
    ]
    for number, line in enumerate(lines):
        y = MARGIN + number * LINE + SIZE
        parts += (
            f'<text x="{MARGIN + column * ADVANCE:g}" y="{y}" textLength="{len(text) * ADVANCE:g}"'
            f' lengthAdjust="spacingAndGlyphs" class="{classes}">{escape(text)}</text>'
            for column, text, classes in pieces(line)
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def style() -> str:
    """The style sheet of a terminal."""
    rules = [
        f"text{{font:{SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "white-space:pre}",
        ".bold{font-weight:bold}",
    ]
    for index, (begin, end) in enumerate((("", ""), ("@media(prefers-color-scheme:dark){", "}"))):
        colors = {name: both[index] for name, both in COLORS.items()}
        inner = f".back{{fill:{colors.pop('back')};stroke:{colors.pop('border')}}}"
        inner += "".join(f".c-{name}{{fill:{color}}}" for name, color in colors.items())
        rules.append(f"{begin}{inner}{end}")
    return "".join(rules)


def pieces(line: str) -> Iterator[tuple[int, str, str]]:
    """The pieces of a line that are printed alike: the column, the text, and its classes."""
    column, codes = 0, ""
    for index, part in enumerate(SGR.split(line)):
        if index % 2:
            codes = part
            continue
        # Spaces between words are part of a piece, those around it are not.
        text = part.strip(" ")
        if text:
            given = codes.split(";")
            color = next(
                (code for code in given if code in COLORS), "dim" if "2" in given else "text"
            )
            classes = f"c-{color} bold" if "1" in given else f"c-{color}"
            yield column + len(part) - len(part.lstrip(" ")), text, classes
        column += len(part)
