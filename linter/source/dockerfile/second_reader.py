"""A second, independent reading of a Dockerfile, by the package dockerfile-parse.

It confirms our own reading after fixes, before a file is written, and in the tests.
dockerfile-parse does not know heredocs, blank continuation lines, byte order marks or
``# escape``: the lines of the first two are replaced by comments, a byte order mark is
removed, and files with the last are not compared.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from .problems import problems_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .instruction import Instruction
    from .syntax import DockerfileSyntax


class SecondInstruction(NamedTuple):
    """An instruction as dockerfile-parse sees it; lines count from 1."""

    name: str
    start_line: int
    end_line: int
    value: str


def read_again(syntax: DockerfileSyntax) -> list[SecondInstruction] | None:
    """The instructions as dockerfile-parse reads them; None where it is known to be wrong."""
    if not _comparable(syntax):
        return None
    from importlib import import_module
    from io import BytesIO

    dockerfile_parse: Any = import_module("dockerfile_parse")
    # Without a line ending it does not read a keyword alone at the end.
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
    """Whether dockerfile-parse can read the file."""
    text = syntax.file.text
    return not (
        syntax.escape != "\\"
        # It takes Unicode's line separators for line endings, and its blanks for blanks.
        or any(char in text for char in "\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        or (not text.isascii() and any(char.isspace() for char in text if char > "\x7f"))
        or "\r" in text.replace("\r\n", "")
        or any(problem.kind == "empty-instruction" for problem in problems_of(syntax))
        or any(line.rstrip().endswith("\\\\") for line in text.split("\n"))
        or text.rstrip("\n").rstrip(" \t").endswith("\\")
        or any(map(_splits_keyword, syntax.instructions))
    )


def _splits_keyword(instruction: Instruction) -> bool:
    """Whether a line ends in the instruction's keyword, or right after it, and is continued."""
    pieces = instruction.pieces
    start, end = pieces[0]
    return len(pieces) > 1 and end - start <= instruction.name_at + len(instruction.raw_name)


def _plain_lines(syntax: DockerfileSyntax) -> list[str]:
    """The lines of the file, with comments in place of those that dockerfile-parse misreads."""
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
