"""GitHub's hashes of lines, by which it recognises a finding after the text around it moved."""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile

_BLOCK = 100
_BASE = 37
_MASK = 2**64 - 1
_LAST = pow(_BASE, _BLOCK, 2**64)
_END_OF_FILE = 0xFFFF


def line_hashes(file: SourceFile) -> list[str]:
    """The ``primaryLocationLineHash`` of each line, as GitHub's upload action computes it.

    This is a polynomial hash (base 37, 64 bits) of the 100 UTF-16 units from the line's start,
    without spaces and tabs, with every line ending (CR and CR LF too) as LF, and the file
    followed by 0xFFFF and zeros; then ``:`` and how often that hash has occurred so far.
    Source: ``src/fingerprints.ts`` of github/codeql-action.
    """
    text = "\ufeff" + file.text if file.bom else file.text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    order = "le" if sys.byteorder == "little" else "be"
    units = array("H", text.encode(f"utf-16-{order}", "surrogatepass"))
    units.append(_END_OF_FILE)
    starts = [0]
    starts += [at + 1 for at, unit in enumerate(units) if unit == 10]
    units.extend([0] * _BLOCK)
    sums = list(accumulate(units, lambda sum, unit: (sum * _BASE + unit) & _MASK, initial=0))
    counts: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = (sums[start + _BLOCK] - sums[start] * _LAST) & _MASK
        count = counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value:x}:{count}")
    return hashes
