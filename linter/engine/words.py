"""Which rules may concern a file, told by its words: the others are neither loaded nor run.

Most rules are about something that few files have: a program, a key, an instruction. Such a rule
declares the ``words`` of which one stands in each text that it reports anything about. A test, and
every run with ``debug``, compares: it runs the others as well, and they must not report anything.
"""

from __future__ import annotations

from ..rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..model.dockerfile import Dockerfile
    from ..model.stack import Stack
    from ..rule import Diagnostic

_BETWEEN = dict.fromkeys(map(ord, "\\\"'\r\n"))
"""What may stand inside a word without being part of it: quotes, and the marks of a line's end."""


class Words:
    """The text in which words are looked for, and what else rules may declare as words."""

    def __init__(self, texts: Iterable[str], *others: str) -> None:
        text = "\n".join(texts)
        # Escapes that spell a letter spell any word.
        self.has_all = "\\u" in text or "\\x" in text
        self.text = text.lower().translate(_BETWEEN) + "\n" + "\n".join(others)
        self._answers: dict[tuple[str, ...], bool] = {(): True}

    def concerned(self, rules: Iterable[Rule], debug: bool = False) -> list[Rule]:
        """The rules that may report anything; with ``debug`` the others check that they do not."""
        if self.has_all:
            return list(rules)
        text, answers = self.text, self._answers
        chosen = []
        for rule in rules:
            words = rule.words
            answer = answers.get(words)
            if answer is None:
                answer = False
                for word in words:
                    if word in text:
                        answer = True
                        break
                answers[words] = answer
            if answer:
                chosen.append(rule)
            elif debug:
                chosen.append(_without_words(rule))
        return chosen


def words_of_dockerfile(dockerfile: Dockerfile) -> Words:
    """The words of a Dockerfile; ``stages:several`` if it has more than one stage."""
    several = ("stages:several",) if len(dockerfile.stages) > 1 else ()
    return Words((dockerfile.source.text,), *several)


def words_of_stack(stack: Stack) -> Words:
    """The words of all files of a stack.

    ``problem:KIND`` is one for each kind of problem that loading met, and ``host:known`` if the
    configuration describes the host.
    """
    loaded = stack.loaded
    kinds = {f"problem:{problem.kind}" for problem in loaded.problems}
    known = ("host:known",) if stack.project.host is not None else ()
    return Words((file.source.text for file in loaded.documents.values()), *kinds, *known)


def _without_words(rule: Rule) -> Rule:
    """A rule that fails if it reports anything."""
    silent = Rule(rule.code, rule.name, rule.severity, rule.check)
    silent.check = _silence(rule)
    return silent


def _silence(rule: Rule) -> Callable[..., Iterator[Diagnostic]]:
    def check(*subject: object) -> Iterator[Diagnostic]:
        for item in rule.check(*subject):
            raise AssertionError(
                f"none of the words of {rule.code} is there, but it reports {item}"
            )
        return iter(())

    return check
