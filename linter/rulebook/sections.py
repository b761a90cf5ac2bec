"""The docstring of a rule in sections: what it does, why that is bad, when to ignore it, what is better,
what a fix does.

Rules are documented in running text. Whole sentences of it are sorted by their words, so that
authors need no headings: sentences about what counts and what is left alone belong to what the
rule does, requests to what is better, sentences on the fix to the fix, and the others say why.
A paragraph that begins with "Why:" says it alone; then the others belong to what the rule does.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ..base.records import NamedTuple
from ..rule import WHY, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Rule


class Sections(NamedTuple):
    """The texts of a rule's page by section, each as paragraphs; empty ones are left out."""

    what: str
    why: str
    ignore: str
    better: str
    fix: str


_BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"(0-9])")
_CODE = re.compile(r"`[^`]*`|\([^()]*\)")
_FIX = re.compile(
    r"^The fix\b|\b(so|such that|and|where|,) the fix\b|\bthe fix (is|counts)\b|^Its value is\b"
    r"|\b(is|are) (only )?a suggestion\b|^Deleting a duplicate is safe|\bis an unsafe fix\b|\bthere is no fix\b"
)
_SCOPE = re.compile(
    r"\b(left alone|left to|(is|are) (only |also )?(not )?(reported|judged|linted|looked (at|for)|listed)"
    r"|[Nn]othing is (said|reported|guessed)|[Rr]eports?\b|[Rr]eported|counts?|[Jj]udged|graded|advice|hint"
    r"|[Oo]ff by default|presets?|silent|[Ss]ilent|Says nothing|Does nothing|table|compared only"
    r"|(a|an) (warning|error)\b|(is|are) (warnings|known)|[Kk]nown (are|from|for)|are read\b|excuses"
    r"|^Read are|^The names are those|may differ|is said once|takes no share|is not asked for"
    r"|[Ll]eft alone|may keep theirs|^So do\b|settles the matter|means? no\b)"
    r"|`(recommended|production|hardened)`( and `\w+`)? asks?\b"
)
_IGNORE = re.compile(r"\bignore (the|this) rule\b")
_REQUEST = re.compile(
    r"^(Add|Build(?! arguments)|Call|Change|Copy|Declare|Delete|Download|Fetch|Give|Install|Leave|Let|List|Make|Mount|Move|"
    r"Multiply|Name|Pass|Pin|Put|Quote|Remove|Render|Run|Save|Set|Switch|Take|Use|Write)\b"
)
_FOLLOWS = re.compile(
    r"^(So|Those|That|These|They|Such|The same|The others|Others|Otherwise|The latter|Examples|Either|`0`|Some)\b"
)
_SAID = re.compile(r"\b(refuses?|fails?|ends?|does not start|cannot|stops)\b")

_CONSEQUENCE = re.compile(
    r"(?P<what>[^:;]{20,}?)(?:, so (?:that )?(?P<so>)|(?:; |: |, and )(?!what |another |fails|ends|refuses))"
    r"(?P<why>(?(so)|(?=[^:;]*\b(?:refuses?|fails?|ignores?|silently|cannot|never|starts?|says"
    r"|(?:is|are) (?:empty|dead|missing)|ends|get|nobody|shares|stays|means)\b)).*\.)\Z"
)
"""A summary that names a problem and then what comes of it."""


def sections_of(rule: Rule) -> Sections:
    """The sections of a rule's page."""
    parts: dict[str, list[list[str]]] = {name: [] for name in Sections._fields}
    parts["what"].append([rule.summary])
    # Where the summary says what fails, or it is a matter of form, the rest only says more of that.
    is_said = rule.severity is Severity.ERROR and _SAID.search(rule.summary)
    rest = "what" if is_said or rule.category in ("style", "reading") or rule.engine else "why"
    paragraphs = rule.marked_explanation.split("\n\n")
    if any(paragraph.startswith(WHY) for paragraph in paragraphs):
        rest = "what"
    for paragraph in paragraphs:
        kind = ""
        for name in Sections._fields:
            parts[name].append([])
        if paragraph.startswith(WHY):
            parts["why"][-1].append(" ".join(paragraph.removeprefix(WHY).split()))
            continue
        for sentence in sentences(paragraph):
            kind = _kind(sentence, kind) or rest
            parts[kind][-1].append(sentence)
    texts = {
        name: "\n\n".join(" ".join(part) for part in told if part) for name, told in parts.items()
    }
    split = None if texts["why"] else _CONSEQUENCE.match(rule.summary)
    if split is not None:
        # The summary says both.
        texts["what"] = f"{split['what']}.{texts['what'].removeprefix(rule.summary)}"
        texts["why"] = f"{split['why'][:1].upper()}{split['why'][1:]}"
    return Sections(**texts)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph. Full stops in code and in parentheses end none."""
    text = " ".join(text.split())
    hidden = _CODE.sub(lambda found: "X" * len(found[0]), text)
    ends = [0, *(found.end() for found in _BREAK.finditer(hidden)), len(text)]
    return [part for a, b in pairwise(ends) if (part := text[a:b].strip())]


def _kind(sentence: str, before: str) -> str:
    """The section that a sentence belongs to; empty if its words do not tell."""
    if _FIX.search(sentence):
        return "fix"
    if _IGNORE.search(sentence):
        return "ignore"
    if _SCOPE.search(sentence):
        return "what"
    if before == "fix" or (before and _FOLLOWS.match(sentence)):
        return before
    return "better" if _REQUEST.match(sentence) else ""
