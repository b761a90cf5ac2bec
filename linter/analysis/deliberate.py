"""Whether what a stack spells out is meant for trying it out, by what its authors say about it."""

from __future__ import annotations

import re

from ..files.paths import join_path
from ..files.purpose import PRODUCTION_WORDS, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..base.text import Span
    from ..model.stack import Stack

_MOST_LINES = 4
_MOST_OVERLAYS = 20
_SAID = (
    r"\b(?:dev(?:elopment)?|local|demo|test(?:ing)?)(?: use| purposes| values?)? only\b|\bonly for (?:dev|local|demo|test)"
    r"|\b(?:change|replace|override|rotate) (?:this|these|it|them|me)\b[^.]{0,40}\b(?:prod|deploy)"
    r"|\bnever (?:rely on|use) (?:this|these)\b|\bnot for production\b"
)
_DEFAULT = r"\$\{(\w+):?-"


def is_said_to_be_for_trying(place: Span) -> bool:
    """Whether the comment directly above a place, or behind it, says that it is for development.

    The comment may be that of the lines above in the same block, up to four lines away.
    """
    file = place.file
    line = file.line_of(place.start)
    if "#" in (own := file.line_text(line)) and re.search(
        _SAID, own.partition("#")[2], re.IGNORECASE
    ):
        return True
    comment: list[str] = []
    for number in range(line - 1, max(0, line - 1 - _MOST_LINES * 2), -1):
        text = file.line_text(number).strip()
        if text.startswith("#"):
            comment.append(text.strip("# "))
        elif comment or line - number > _MOST_LINES or not text:
            break
    return re.search(_SAID, " ".join(reversed(comment)), re.IGNORECASE) is not None


def is_demanded_for_production(stack: Stack, places: Iterable[Span]) -> bool:
    """Whether an overlay for production demands each variable whose default stands at these places.

    That is ``${NAME:?…}`` in a file beside, such as ``docker-compose.prod.yml``.
    """
    names = [re.findall(_DEFAULT, place.text) for place in places]
    if stack.is_for_production or not names or not all(names):
        return False
    folder = stack.loaded.folder
    files = [
        file
        for file in stack.project.listing(folder).files
        if "/" not in file
        and file.endswith((".yml", ".yaml"))
        and not PRODUCTION_WORDS.isdisjoint(words_of(file))
    ]
    text = "\n".join(
        stack.project.text(join_path(folder, file)) or "" for file in files[:_MOST_OVERLAYS]
    )
    return bool(text) and all(
        any(f"${{{name}:?" in text or f"${{{name}?" in text for name in each) for each in names
    )
