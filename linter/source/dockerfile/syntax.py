"""A Dockerfile as the parser returns it: directives, comments and instructions."""

from __future__ import annotations

from ...base.records import NamedTuple
from ...base.text import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...base.text import SourceFile
    from .instruction import Instruction
    from .parts import Comment, Problem

MAX_LINE_BYTES = 65535
"""The longest physical line that BuildKit reads."""

DIRECTIVES = ("syntax", "escape", "check")
"""The parser directives that BuildKit knows."""


class Directive(NamedTuple):
    """A parser directive such as ``# escape=```; ``name`` is lower case."""

    file: SourceFile
    name: str
    value: str
    start: int
    end: int
    value_start: int

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    @property
    def value_span(self) -> Span:
        return Span(self.file, self.value_start, self.value_start + len(self.value))


class DockerfileSyntax:
    """A Dockerfile as it is written.

    ``comments`` are those outside instructions, in order; ``escape`` is the escape
    character in force; ``instructions`` includes those with unknown names.
    ``parser_problems`` are those that the parser noticed; ``problems_of`` gives all.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.comments: list[Comment] = []
        self.instructions: list[Instruction] = []
        self.parser_problems: list[Problem] = []
        self.all_problems: list[Problem] | None = None  # kept by problems_of

    @property
    def source(self) -> SourceFile:
        return self.file

    @property
    def all_comments(self) -> list[Comment]:
        """All comments, those between an instruction's lines included."""
        inner = [
            comment for instruction in self.instructions for comment in instruction.inner_comments
        ]
        return sorted(self.comments + inner, key=lambda comment: comment.start)

    def directive(self, name: str) -> Directive | None:
        """The first directive of that name."""
        return next((each for each in self.directives if each.name == name), None)

    @property
    def custom_frontend(self) -> bool:
        """Whether ``# syntax=`` names a frontend other than Docker's own.

        It may know other instructions.
        """
        directive = self.directive("syntax")
        if directive is None:
            return False
        image = directive.value.split(" ", 1)[0].split("@", 1)[0].rsplit("/", 2)
        name = image[-1].split(":", 1)[0]
        return image[-2:-1] != ["docker"] or name not in ("dockerfile", "dockerfile-upstream")

    def __repr__(self) -> str:
        return f"DockerfileSyntax({self.file.path!r}, {len(self.instructions)} instructions)"
