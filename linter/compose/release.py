"""The releases of Docker Compose whose verdict and model can be asked for.

Each is a major release line at the version that the recorded answers in ``tests/oracle`` are
of. Where they differ, code compares ``Context.release`` with these names, or a ``Problem``
says with ``only`` which of them alone refuses it.
"""

from __future__ import annotations

CURRENT = "5.6"
"""The release that counts by default."""

OLDER = "2.40"
"""The last release of the line before."""

RELEASES = (CURRENT, OLDER)
