"""Sentences for markup."""

from __future__ import annotations

from ...base.escape import xml
from ...base.patterns import on_demand

_CODE = on_demand(r"`([^`]+)`")


def prose(text: str) -> str:
    """A text whose parts in backquotes are code."""
    parts = _CODE.split(text)
    return "".join(
        f"<code>{xml(part)}</code>" if number % 2 else xml(part)
        for number, part in enumerate(parts)
    )
