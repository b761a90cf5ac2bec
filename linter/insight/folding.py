"""The parts of a file that an editor can fold, in lines."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..compose.nodes import items_of
from ..source.yaml.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..base.text import SourceFile
    from ..source.dockerfile.stages import Stages
    from ..source.dotenv import EnvSyntax
    from ..source.yaml.nodes import Node, YamlFile


class Fold(NamedTuple):
    """Lines that fold into the first of them, counted from 1; ``kind`` is ``comment`` or ``region``."""

    first: int
    last: int
    kind: str = "region"


def compose_folds(yaml: YamlFile) -> list[Fold]:
    """The blocks of a Compose file, and its comments of several lines."""
    from .recovered import readable

    file = yaml.source
    pending: list[Node] = list(readable(yaml).documents)
    folds: list[Fold] = []
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            for key, value in node.entries:
                if value.start >= key.start and isinstance(value, Mapping | Sequence | Scalar):
                    folds.append(Fold(file.line_of(key.start), _last_line(file, value.end)))
                pending.append(value)
        elif isinstance(node, Sequence):
            folds += [
                Fold(file.line_of(item.start), _last_line(file, item.end))
                for item in node.items
                if isinstance(item, Mapping)
            ]
            pending += items_of(node)
    lines = (file.line_of(each.start) for each in yaml.comments if each.own_line)
    return _several([*folds, *_comments(lines)])


def dockerfile_folds(stages: Stages) -> list[Fold]:
    """The stages of a Dockerfile, its instructions of several lines, heredocs and comments."""
    syntax = stages.syntax
    file = syntax.file
    folds: list[Fold] = []
    for stage in stages:
        last = stage.instructions[-1] if stage.instructions else stage.instruction
        folds.append(Fold(stage.instruction.start_line, last.end_line))
    for instruction in syntax.instructions:
        folds.append(Fold(instruction.start_line, instruction.end_line))
        for heredoc in instruction.heredocs:
            if heredoc.terminated and heredoc.body_start > 0:
                first = file.line_of(heredoc.body_start) - 1
                folds.append(Fold(max(first, 1), file.line_of(heredoc.terminator_start)))
    return _several([*folds, *_comments(comment.line for comment in syntax.comments)])


def env_folds(syntax: EnvSyntax) -> list[Fold]:
    """The values and the comments of several lines of an env file."""
    file = syntax.file
    folds = [Fold(file.line_of(each.start), _last_line(file, each.end)) for each in syntax.entries]
    starts = (start for start, _ in syntax.comments)
    own = (at for at in starts if not file.text[file.text.rfind("\n", 0, at) + 1 : at].strip())
    return _several([*folds, *_comments(map(file.line_of, own))])


def _last_line(file: SourceFile, end: int) -> int:
    """The line that something ends on, which the line break behind it is not part of."""
    return file.line_of(max(0, end - 1))


def _comments(lines: Iterable[int]) -> Iterator[Fold]:
    """Folds of lines that follow each other."""
    first = last = 0
    for line in lines:
        if line != last + 1 or not first:
            if first:
                yield Fold(first, last, "comment")
            first = line
        last = line
    if first:
        yield Fold(first, last, "comment")


def _several(folds: Iterable[Fold]) -> list[Fold]:
    """The folds of more than one line, one for each first line: the longest."""
    longest: dict[tuple[int, str], Fold] = {}
    for fold in folds:
        known = longest.get((fold.first, fold.kind))
        if fold.last > fold.first and (known is None or known.last < fold.last):
            longest[fold.first, fold.kind] = fold
    return sorted(longest.values())
