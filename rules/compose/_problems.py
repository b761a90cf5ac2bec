"""Rules that report what loading a stack found, as rows of a table: one call for each."""

from __future__ import annotations

import sys

from ...linter.rule import Example, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...linter.model.stack import Stack
    from ...linter.rule import Diagnostic


WEB = "services:\n  web:\n    image: nginx:1.30\n"
APP = "services:\n  app:\n    image: shop/app:2.1\n"
DB = "services:\n  db:\n    image: postgres:17\n"
DATA = DB + "    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n"
"""What several examples begin with."""

DOCKERFILE = {"Dockerfile": "FROM nginx:1.30\n"}
"""The other file of examples that build an image."""

CLAIMED: dict[str, tuple[str, ...]] = {}
"""The kinds of problem that each rule of the tables reports, by its code."""


def problem_rule(
    code: str,
    name: str,
    text: str,
    *examples: Example,
    kinds: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
    category: str = "reading",
    equivalents: tuple[str, ...] = (),
    since: str = "0.1",
    sources: tuple[str, ...],
) -> None:
    """Declare a rule of the calling module that reports problems of some kinds.

    Args:
        code: as in ``rule``, and so are ``name``, ``severity``, ``category``, ``equivalents``,
            ``since``.
        text: what is the docstring of other rules: the summary, an empty line, the explanation.
        kinds: those of ``compose.problem.Problem``; by default the one that has the rule's name.
        sources: addresses, or what follows ``SPEC`` in them.
    """
    reported = kinds or (name,)

    def check(stack: Stack) -> Iterator[Diagnostic]:
        # Nearly all stacks have no problem, and there are many rules of this kind.
        return stack.problems(*reported) if stack.loaded.problems else iter(())

    check.__doc__ = text
    check.__name__ = check.__qualname__ = name.replace("-", "_")
    # The registry groups rules by the module of their function.
    check.__module__ = sys._getframe(1).f_globals["__name__"]
    CLAIMED[code] = reported
    rule(
        code,
        name,
        severity,
        category=category,
        since=since,
        equivalents=equivalents,
        sources=tuple(page if "://" in page else SPEC + page for page in sources),
        examples=examples,
        words=tuple(f"problem:{kind}" for kind in reported),
    )(check)


def in_block(
    start: str, bad: str, good: str, end: str = "", files: Mapping[str, str] = {}
) -> Example:
    """An example whose two sides differ within one service or volume only.

    ``bad`` and ``good`` are its lines without their indentation, ``start`` and ``end`` the text
    around them.
    """

    def side(lines: str) -> str:
        return start + "".join(f"    {line}\n" for line in lines.splitlines()) + end

    return Example(side(bad), side(good), files=files)
