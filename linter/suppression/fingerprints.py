"""x"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..rule import Diagnostic


def fingerprint(item: Diagnostic) -> str:
    """What identifies a finding: rule, file, logical path and evidence.

    A finding with neither of the last two is known by its text. Equal findings in one
    file have equal fingerprints: see ``unique``. What looks like a secret is left out,
    whichever rules run: a short one could be found by trying, as fingerprints are public.
    """
    from hashlib import sha256

    evidence = item.evidence
    if not evidence and not item.subject:
        span = item.span
        evidence = " ".join(span.file.text[span.start : min(span.end, span.start + 400)].split())
    if any(sign in evidence for sign in " =@"):
        evidence = _without_secrets(evidence)
    parts = (item.code, item.span.file.path, item.subject, evidence)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _without_secrets(text: str) -> str:
    from ..secrets.unparsed import secrets_in_text

    for start, end in reversed(secrets_in_text(text)):
        text = text[:start] + text[end:]
    return text


def unique(items: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """Each finding with a fingerprint that no other has, the same in every run."""
    from hashlib import sha256

    seen: dict[str, int] = {}
    for item in items:
        mark = fingerprint(item)
        count = seen[mark] = seen.get(mark, 0) + 1
        if count > 1:
            mark = sha256(f"{mark}:{count}".encode()).hexdigest()[:32]
        yield item, mark
