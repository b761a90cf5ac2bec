"""Searches the rules by words, for ``composelint rules WORD…``."""

from __future__ import annotations

from ..base.suggest import hint
from ..rule import CATEGORIES
from .registry import EXTERNAL, UnknownSelector, find
from .standards import tags_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..rule import Rule


def search(words: Iterable[str], rules: Sequence[Rule]) -> list[Rule]:
    """The rules in which all words are found, in any case and as parts of other words.

    Words are looked for in codes, names, summaries, categories, ids of peers (``hadolint:DL3008``)
    and sections of standards (``CIS-Docker-4.1``).
    """
    folded = [word.casefold() for word in words]
    found = [rule for rule in rules if _has_all(rule, folded)]
    if not found and len(folded) == 1:
        # Codes of ShellCheck are in no text: no rule is declared for them.
        try:
            found = [rule for rule in find(folded[0], rules) if EXTERNAL.match(rule.code)]
        except UnknownSelector:
            return []
    return found


def _has_all(rule: Rule, words: Iterable[str]) -> bool:
    text = "\n".join(
        (
            *(rule.code, rule.name, rule.name.replace("-", " "), rule.category),
            rule.summary.replace("`", ""),
            *rule.equivalents,
            *tags_of(rule.code),
        )
    ).casefold()
    return all(word in text for word in words)


def not_found(words: Sequence[str], rules: Sequence[Rule]) -> str:
    """The message for words of which at least one is in no rule, or that no rule has together."""
    known = {part for rule in rules for part in (rule.name, rule.code, *rule.name.split("-"))}
    known |= {word for rule in rules for word in rule.summary.casefold().split() if len(word) > 4}
    known |= {part for rule in rules for peer in rule.equivalents for part in peer.split(":")}
    known |= CATEGORIES.keys() | {"cis", "owasp"}
    vocabulary = sorted(known)
    alone = [word for word in words if not search([word], rules)]
    if not alone:
        return f"no rule has all of the words {', '.join(words)}; each alone is found"
    return "\n".join(f'no rule has the word "{word}"{hint(word, vocabulary)}' for word in alone)
