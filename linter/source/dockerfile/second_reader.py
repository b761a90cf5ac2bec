"""A second, independent reading of a Dockerfile, by the package dockerfile-parse.

Used where our own reading has to be confirmed: after fixes, before a file is written, and
in the tests. dockerfile-parse knows no heredocs, blank continuation lines, byte order marks
or ``# escape``; the first three are blanked out line by line before it sees the text.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from .problems import problems_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .syntax import DockerfileSyntax


class SecondInstruction(NamedTuple):
    """An instruction as dockerfile-parse sees it; lines count from 1."""

    name: str
    start_line: int
    end_line: int
    value: str


def read_again(syntax: DockerfileSyntax) -> list[SecondInstruction] | None:
    """The instructions that dockerfile-parse finds; None where it is known to be wrong."""
    if not _comparable(syntax):
        return None
    from importlib import import_module
    from io import BytesIO

    dockerfile_parse: Any = import_module("dockerfile_parse")
    # Without a line ending it overlooks a bare keyword at the end.
    text = "\n".join(_plain_lines(syntax)).rstrip("\n") + "\n"
    parser = dockerfile_parse.DockerfileParser(fileobj=BytesIO(text.encode("utf-8")))
    structure: list[dict[str, Any]] = parser.structure
    return [
        SecondInstruction(
            entry["instruction"].upper(),
            entry["startline"] + 1,
            entry["endline"] + 1,
            entry["value"],
        )
        for entry in structure
        if entry["instruction"] != "COMMENT"
    ]


def readings_agree(syntax: DockerfileSyntax) -> bool | None:
    """Whether both readers find the same instructions on the same lines; None if unknown."""
    second = read_again(syntax)
    if second is None:
        return None
    ours = [(each.name, each.start_line) for each in syntax.instructions]
    return ours == [(each.name, each.start_line) for each in second]


def _comparable(syntax: DockerfileSyntax) -> bool:
    text = syntax.file.text
    # It takes Unicode's line separators for line endings, and its blanks for blanks.
    if syntax.escape != "\\" or any(char in text for char in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        return False
    if not text.isascii() and any(char.isspace() for char in text if char > "\x7f"):
        return False
    if "\r" in text.replace("\r\n", ""):
        return False
    if any(problem.kind == "empty-instruction" for problem in problems_of(syntax)):
        return False
    for line in text.split("\n"):
        if line.rstrip().endswith("\\\\"):
            return False
    last = text.rstrip("\n")
    return not last.rstrip(" \t").endswith("\\") and not _splits_keyword(syntax)


def _splits_keyword(syntax: DockerfileSyntax) -> bool:
    for each in syntax.instructions:
        first_start, first_end = each.pieces[0]
        if first_end - first_start <= each.name_at + len(each.raw_name) and len(each.pieces) > 1:
            return True
    return False


def _plain_lines(syntax: DockerfileSyntax) -> list[str]:
    lines = syntax.file.text.replace("\r\n", "\n").split("\n")
    position = syntax.file.position
    for instruction in syntax.instructions:
        for number in instruction.empty_lines:
            lines[number - 1] = "#"
        for heredoc in instruction.heredocs:
            first = position(heredoc.body_start).line
            for number in range(first, position(heredoc.terminator_start).line + 1):
                if number <= len(lines):
                    lines[number - 1] = "#"
    return lines
