"""What COPY and ADD take: the whole context, an address or an archive."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Copy
    from ...linter.source.dockerfile.parts import Word

ROOT = frozenset((".", "./", "/", "*", "./*", "/."))
"""The sources that mean the whole context."""


def takes_root(copy: Copy) -> Word | None:
    """The source that means the whole context; None where the instruction takes less."""
    if copy.source_stage or copy.instruction.flag("parents"):
        return None
    return next((word for word in copy.sources if word.value in ROOT), None)


def is_url(text: str) -> bool:
    """Whether ADD fetches a source over the network."""
    lower = text.lower()
    return lower.startswith(("http://", "https://", "git@", "ssh://", "git://")) or (
        is_git(lower) and ("/" in lower or ":" in lower)
    )


def is_git(text: str) -> bool:
    """Whether an address is that of a git repository: ``….git#branch``, ``….git?ref=branch``."""
    return text.partition("#")[0].partition("?")[0].endswith(".git")


ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".tpz", ".tar.bz2", ".tbz", ".tbz2", ".tb2", ".tar.xz", ".txz",
    ".tar.zst", ".tzst", ".tar.lz", ".tlz", ".tar.lzma", ".tar.z", ".tz", ".gz", ".bz2", ".xz",
    ".z", ".lz", ".lzma", ".zst",
)  # fmt: skip
"""Endings of the files that ADD may unpack."""

TAR_ARCHIVES = tuple(ending for ending in ARCHIVES if ending.startswith((".tar", ".t")))
"""Endings of the files that ADD always unpacks."""


def is_archive(text: str) -> bool:
    """Whether a file is an archive by its name."""
    return text.lower().endswith(ARCHIVES)
