"""Codes of ShellCheck as rules, and as names in comments."""

from __future__ import annotations

from ..base.links import page_url
from ..base.patterns import on_demand
from ..rule import Applicability, Diagnostic, Rule, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Dockerfile

_CODE = on_demand(r"SC[0-9]{4}\Z")

_RANGE = on_demand(r"SC([0-9]{4})-SC([0-9]{4})\Z")


def explained(code: str) -> Rule | None:
    """The rule for a code of ShellCheck; None for other names."""
    if not _CODE.match(code):
        return None
    rule = Rule(code, "shellcheck", Severity.WARNING, _finding)
    rule.category = "build"
    rule.fixes = (Applicability.UNSAFE,)
    rule.sources = (page_url(code, rule.name),)
    rule.since = "0.1"
    rule.engine = True
    return rule


def _finding(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A finding of ShellCheck in the script of a RUN instruction.

    ShellCheck's wiki explains the code and what to write instead. Its errors and warnings
    are reported in every preset but `style`, a few that are mostly idioms in Dockerfiles
    excepted; what it calls style is part of the preset `style`, and everything can be
    selected by its code. What no shell can read is an error, what else ShellCheck calls
    one a warning. The script is checked for the shell that runs it: the one that SHELL or a shebang names, or the `sh` of the base image.
    This needs the extra: `pip install 'composelint[shell]'`.
    """
    yield from ()


def codes_named(name: str) -> frozenset[str] | None:
    """The codes of a name in a comment: SC2086, SC2000-SC2999 or ``shellcheck``; None for others."""
    upper = name.upper()
    if _CODE.match(upper):
        return frozenset((upper,))
    if upper in ("SC", "SHELLCHECK"):
        return frozenset(f"SC{number}" for number in range(1000, 4000))
    codes = _RANGE.match(upper)
    if codes is None:
        return None
    return frozenset(f"SC{number}" for number in range(int(codes[1]), int(codes[2]) + 1))
