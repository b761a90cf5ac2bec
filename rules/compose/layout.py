"""White space and indentation of Compose files. Off by default: see the `style` preset."""

from __future__ import annotations

from ...linter.rule import Applicability, Diagnostic, Example, Fix, Severity, rule
from .._layout_options import (  # noqa: TC001  # the registry looks the types of options up
    BlankLines,
    Indentation,
)
from .._whitespace import loose_whitespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import ComposeFile

STYLE = ("style",)


@rule(
    "CF911",
    "loose-whitespace",
    Severity.INFO,
    category="style",
    presets=STYLE,
    since="0.2",
    sources=("https://yaml.org/spec/1.2.2/#62-separation-spaces",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n\n  # error\n  cache:\n    image: redis:8\n",
            good="services:\n  web:\n    image: nginx:1.30\n\n  cache:\n    image: redis:8\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def compose_whitespace(file: ComposeFile, options: BlankLines) -> Iterator[Diagnostic]:
    """Lines end with spaces, several blank lines follow each other, or the last line does not end.

    Editors show such blanks in red, and they make changes larger than they are. White space in values of
    several lines is left alone.
    """
    from ...linter.edits.whitespace import kept_in_yaml

    if not file.yaml.problems:
        yield from loose_whitespace(file.source, kept_in_yaml(file.yaml), options.blank_lines)


@rule(
    "CF912",
    "uneven-indentation",
    Severity.INFO,
    category="style",
    presets=STYLE,
    since="0.2",
    sources=("https://yaml.org/spec/1.2.2/#61-indentation-spaces",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    healthcheck:\n        retries: 3  # error\n",
            good="services:\n  web:\n    image: nginx:1.30\n    healthcheck:\n      retries: 3\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def uneven_indentation(file: ComposeFile, options: Indentation) -> Iterator[Diagnostic]:
    """Some levels or lists are indented by another number of blanks than most of the file.

    Two blanks are right where no number is met more often than all others. Dashes in the column of their key are
    right where most lists are written so. Comments stay on their level.
    """
    from ...linter.edits import indentation

    if file.yaml.problems:
        return
    try:
        form = indentation.Indentation(file.yaml, options.spaces)
        edits = form.edits()
    except indentation.Unclear:
        return
    if edits:
        lines = "1 line is" if len(edits) == 1 else f"{len(edits):,} lines are"
        yield Diagnostic(
            edits[0].span,
            f"{lines} not indented as most of the file is",
            help=f"indent each level by {form.step} blanks and lists by {form.of_lists}",
            evidence="indentation",
            fix=Fix(f"Indent by {form.step} blanks", tuple(edits), Applicability.SAFE),
        )
