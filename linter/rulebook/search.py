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
    and sections of standards (``CIS-Docker-4.1``, as a whole number). Rules that have some of them
    only in their explanation come last.
    """
    folded = [word.casefold() for word in words]
    best: list[Rule] = []
    others: list[Rule] = []
    for rule in rules:
        missing = [word for word in folded if not _is_about(rule, word)]
        if not missing:
            best.append(rule)
        elif all(_has(_explanation(rule), word) for word in missing):
            others.append(rule)
    found = best + others
    if not found and len(folded) == 1:
        # Codes of ShellCheck are in no text: no rule is declared for them.
        try:
            found = [rule for rule in find(folded[0], rules) if EXTERNAL.match(rule.code)]
        except UnknownSelector:
            return []
    return found


def _is_about(rule: Rule, word: str) -> bool:
    """Whether the short texts about a rule have a word."""
    text = "\n".join(
        (
            *(rule.code, rule.name, rule.name.replace("-", " "), rule.category),
            rule.summary.replace("`", ""),
            *rule.equivalents,
        )
    )
    return _has(text.casefold(), word) or any(
        _has_whole_number(tag.casefold(), word) for tag in tags_of(rule.code)
    )


def _explanation(rule: Rule) -> str:
    return " ".join(rule.explanation.casefold().split())


def _has(text: str, word: str) -> bool:
    """Whether a text has a word; "health check" is also found as "healthcheck"."""
    return word in text or (" " in word and word.replace(" ", "") in text)


def _has_whole_number(tag: str, word: str) -> bool:
    """Whether a section's tag has a word: 4.1 is not a part of 4.10."""
    before, found, after = tag.partition(word)
    if not found:
        return False
    begins = not (word[:1].isdigit() and before[-1:].isdigit())
    return begins and not (word[-1:].isdigit() and after[:1].isdigit())


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
