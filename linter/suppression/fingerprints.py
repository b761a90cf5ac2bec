"""Fingerprints, by which a finding is recognised after the text around it has changed."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..rule import Diagnostic


def fingerprint(finding: Diagnostic, path: str = "") -> str:
    """The fingerprint of a finding: a hash of its rule, file, logical path and evidence.

    For a finding with neither of the last two it is a hash of the text of its place. Equal
    findings in one file have equal fingerprints: see ``unique``. What looks like a secret is
    left out, whichever rules run: fingerprints are public, and a short secret could be found by
    trying. ``path`` replaces the path of the file.
    """
    from hashlib import sha256

    evidence = finding.evidence
    if not evidence and not finding.subject:
        span = finding.span
        evidence = " ".join(span.file.text[span.start : min(span.end, span.start + 400)].split())
    if any(sign in evidence for sign in " =@"):
        evidence = _without_secrets(evidence)
    parts = (finding.code, path or finding.path, finding.subject, evidence)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def secret_mark(finding: Diagnostic) -> str:
    """Two hexadecimal digits that change with the secret that a finding is about; else empty.

    A baseline is committed, and a reader with a list of guesses can try them on any hash of a short
    secret, salted and slow or not. So the mark keeps no more than 8 bits: one in 256 of all guesses
    fits, which does not reveal the secret, and 255 in 256 of all other secrets are recognised as others.
    It has no salt, which would let several files or versions of one add up to more bits; for the same
    reason the marks of several secrets are joined by exclusive or.
    """
    mark = 0
    texts = secrets_of(finding)
    for text in texts:
        mark ^= _eight_bits(text)
    return f"{mark:02x}" if texts else ""


def secrets_of(finding: Diagnostic) -> set[str]:
    """The texts of the secrets that a finding is about, not of all that its output must not show."""
    return {
        place.text
        for place in finding.sensitive
        if finding.category == "security"
        or (
            place.file is finding.span.file
            and place.start < finding.span.end
            and finding.span.start < place.end
        )
    }


@lru_cache(maxsize=1024)
def _eight_bits(text: str) -> int:
    from hashlib import pbkdf2_hmac

    data = text.encode("utf-8", "surrogatepass")
    return pbkdf2_hmac("sha256", data, b"composelint baseline", _ROUNDS)[0]


_ROUNDS = 20_000
"""Some milliseconds for a guess."""


def _without_secrets(text: str) -> str:
    """The text without what looks like a secret."""
    from ..secrets.unparsed import secrets_in_text

    for start, end in reversed(secrets_in_text(text)):
        text = text[:start] + text[end:]
    return text


def unique(findings: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """Each finding with a fingerprint that no other finding has, the same in every run."""
    from hashlib import sha256

    counts: dict[str, int] = {}
    for finding in findings:
        mark = fingerprint(finding)
        count = counts[mark] = counts.get(mark, 0) + 1
        if count > 1:
            mark = sha256(f"{mark}:{count}".encode()).hexdigest()[:32]
        yield finding, mark
