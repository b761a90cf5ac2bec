"""White space of Dockerfiles. Off by default: see the `style` preset."""

from __future__ import annotations

from ...linter.rule import Applicability, Diagnostic, Example, Severity, rule
from .._layout_options import (  # noqa: TC001  # the registry looks the types of options up
    BlankLines,
)
from .._sources import REFERENCE
from .._whitespace import loose_whitespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile


@rule(
    "DF914",
    "dockerfile-whitespace",
    Severity.INFO,
    category="style",
    presets=("style",),
    since="0.2",
    sources=(REFERENCE + "#format",),
    examples=(
        Example(
            bad='FROM alpine:3.22\nCOPY app /app\n\n  # error\nCMD ["/app"]\n',
            good='FROM alpine:3.22\nCOPY app /app\n\nCMD ["/app"]\n',
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def dockerfile_whitespace(dockerfile: Dockerfile, options: BlankLines) -> Iterator[Diagnostic]:
    """Lines end with spaces, several blank lines follow each other, or the last line does not end.

    Editors show such blanks in red, and they make changes larger than they are. White space in heredocs
    is left alone.
    """
    from ...linter.edits.whitespace import kept_in_dockerfile

    if not dockerfile.inline:
        kept = kept_in_dockerfile(dockerfile.syntax)
        yield from loose_whitespace(dockerfile.source, kept, options.blank_lines)
