"""A fast check for text that may hold a secret; it loads nothing."""

from __future__ import annotations

_HINTS = (
    *("pass", "pwd", "secret", "token", "key", "auth", "cookie", "salt", "credential", "://", "@"),
    *("-p", "-a ", "-H", "-u", "-b", "AKIA", "gh", "glpat-", "xox", "npm_", "hf_", "eyJ", "SG."),
)
"""What a line with a secret surely contains one of: a fast check."""


WORDS = tuple(dict.fromkeys(hint.lower() for hint in _HINTS))
"""The same in lower case, for rules."""


def may_hold_secret(text: str) -> bool:
    """Whether a text contains anything that a secret in it would need."""
    low = text.casefold()
    return any(hint in text or hint in low for hint in _HINTS)
