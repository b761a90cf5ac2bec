"""The closing lines of the formats for people."""

from __future__ import annotations

from ..rule import Applicability, Severity
from .style import Paint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def counted(result: Result) -> list[tuple[Severity, str]]:
    """The severities that were found, gravest first, with their numbers in words."""
    counts = result.counts
    return [
        (severity, plural(counts[severity], severity.label))
        for severity in sorted(Severity, reverse=True)
        if counts[severity]
    ]


def listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def fixable(result: Result) -> tuple[int, int]:
    """How many reported findings have a safe fix, and how many an unsafe one."""
    fixes = [item.fix for item in result.reported if item.fix]
    safe = sum(1 for fix in fixes if fix.applicability is Applicability.SAFE)
    return safe, len(fixes) - safe


def fixable_words(result: Result, quote: str = "") -> str:
    """How many findings ``--fix`` solves, options in these quotes; empty where none."""
    safe, unsafe = fixable(result)
    if safe:
        more = f" ({unsafe:,} more with {quote}--unsafe-fixes{quote})" if unsafe else ""
        return f"{safe:,} fixable with {quote}--fix{quote}{more}."
    return f"{unsafe:,} fixable with {quote}--fix --unsafe-fixes{quote}." if unsafe else ""


def summary(result: Result, options: RenderOptions) -> str:
    """How many findings of which severity in how many files, and how many can be fixed."""
    paint = Paint(options)
    if not result.files and not result.reported:
        return "No files checked."
    parts = [paint(severity.label, words) for severity, words in counted(result)]
    found = f"Found {listed(parts)}" if parts else paint("good", "No problems found")
    hidden = len(result.diagnostics) - len(result.reported)
    aside = paint("dim", f" ({hidden:,} suppressed)") if hidden else ""
    line = f"{found} in {plural(result.files, 'file')}{aside}."
    words = fixable_words(result)
    return f"{line}\n{words}" if words else line
