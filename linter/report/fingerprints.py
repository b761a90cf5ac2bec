"""What identifies a finding, or a line, while the text around it moves."""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..base.text import SourceFile
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


_BLOCK = 100
_BASE = 37
_MASK = 2**64 - 1
_LAST = pow(_BASE, _BLOCK, 2**64)
_END = 0xFFFF


def line_hashes(file: SourceFile) -> list[str]:
    """For each line the ``primaryLocationLineHash`` that GitHub's upload action computes.

    A polynomial hash (base 37, 64 bits) of the 100 UTF-16 units from the line's start on,
    spaces and tabs left out, every line ending (CR and CR LF too) one LF, the file
    followed by 0xFFFF and zeros; then ``:`` and how often that hash has come so far.
    Source: ``src/fingerprints.ts`` of github/codeql-action.
    """
    text = "\ufeff" + file.text if file.bom else file.text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    order = "le" if sys.byteorder == "little" else "be"
    units = array("H", text.encode(f"utf-16-{order}", "surrogatepass"))
    units.append(_END)
    starts = [0]
    starts += [at + 1 for at, unit in enumerate(units) if unit == 10]
    units.extend([0] * _BLOCK)
    sums = list(accumulate(units, lambda sum, unit: (sum * _BASE + unit) & _MASK, initial=0))
    seen: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = (sums[start + _BLOCK] - sums[start] * _LAST) & _MASK
        count = seen[value] = seen.get(value, 0) + 1
        hashes.append(f"{value:x}:{count}")
    return hashes
