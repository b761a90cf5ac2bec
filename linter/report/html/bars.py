"""Bars as inline SVG: their lengths are attributes, since the page's policy forbids inline styles."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...rule import Severity


def counts_bar(counts: Mapping[Severity, int], most: int) -> str:
    """A bar with a part for each severity; as long as its place for ``most`` findings."""
    parts, at = [], 0.0
    told = []
    for severity in sorted(counts, reverse=True):
        if count := counts[severity]:
            width = 100 * count / most
            parts.append(_rect(severity.label, at, width))
            told.append(f"{count} {severity.label}{'' if count == 1 else 's'}")
            at += width
    return _svg("".join(parts), ", ".join(told))


def load_bar(share: float, estimated: float, limit: float | None) -> str:
    """A bar for what is taken, then what is estimated, and a line at the limit; all between 0 and 1."""
    kind = "over" if limit is not None and share > limit else "taken"
    parts = [_rect("track", 0, 100), _rect(kind, 0, 100 * share)]
    if estimated > share:
        parts.append(_rect("estimate", 100 * share, 100 * (estimated - share)))
    if limit is not None:
        parts.append(_rect("limit", min(99.0, 100 * limit), 1))
    return _svg("".join(parts), "")


def _rect(kind: str, at: float, width: float) -> str:
    return f'<rect class="{kind}" x="{at:.2f}" width="{width:.2f}" height="10"/>'


def _svg(inner: str, label: str) -> str:
    told = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" {told}>{inner}</svg>'
