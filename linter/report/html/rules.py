"""What a page says about rules: why they report something, and when that is better ignored."""

from __future__ import annotations

from ...base.patterns import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ...rule import Rule

_LINK = on_demand(r"\[([^\]]+)\]\([^)]*\)")


def about(code: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Paragraphs on what a rule reports, why, and when to ignore it, and the comment that does so.

    Empty for a rule that is not known, such as one of a plug-in.
    """
    from ...rulebook.shellcheck_codes import explained

    rule = rules.get(code) or explained(code)
    if rule is None:
        return {}
    from ...rulebook.pages import when_to_ignore
    from ...rulebook.sections import sections_of

    texts = sections_of(rule)
    ignore = _paragraphs("\n".join(when_to_ignore(rule, texts.ignore)))
    told = {
        "what": _paragraphs(texts.what),
        "why": _paragraphs(texts.why),
        "ignore": [text for text in ignore if not text.startswith("```")],
        "comment": [text.split("\n")[1] for text in ignore if text.startswith("```")],
    }
    return {key: value for key, value in told.items() if value}


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of Markdown without its links; blocks of code stay as they are."""
    parts = filter(None, text.split("\n\n"))
    return [
        part if part.startswith("```") else _LINK.sub(r"\1", " ".join(part.split()))
        for part in parts
    ]
