"""What a dimension is: a way in which input grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Files = dict[str, str]
"""Texts by path."""

LINT = ("--select", "ALL", "--ignore", "SC", "--output-format", "full")

Row = tuple[str, int, str, str] | tuple[str, int, str, str, str]
"""A name, a size, the beginning of the file, what is repeated, and the end of the file."""


class Dimension(NamedTuple):
    """One way to grow.

    Attributes:
        name: unique among all.
        size: how many there are in the smaller input at the scale 1, or more if that takes no time.
        files: makes the files with so many.
        args: the arguments of the call that is measured.
    """

    name: str
    size: int
    files: Callable[[int], Files]
    args: tuple[str, ...] = LINT


def numbered(item: str, count: int) -> Iterator[str]:
    """``item`` for each number from 1: ``@`` in it is the number, ``‹`` the one before."""
    for number in range(1, count + 1):
        yield item.replace("@", str(number)).replace("‹", str(number - 1))


def one_file(path: str, head: str, item: str, tail: str = "") -> Callable[[int], Files]:
    """A file in which ``item`` is repeated."""
    return lambda count: {path: head + "".join(numbered(item, count)) + tail}


def many_files(path: str, text: str, others: Files | None = None) -> Callable[[int], Files]:
    """Files whose paths and texts are numbered, besides some that are always there."""

    def files(count: int) -> Files:
        paths = numbered(path, count)
        return {**(others or {}), **dict(zip(paths, numbered(text, count), strict=True))}

    return files


def rows(kind: str, path: str, table: Iterable[Row], **others: str) -> Iterator[Dimension]:
    """The dimensions of a table of rows, each of which makes one file."""
    for name, size, head, item, *tail in table:
        yield Dimension(f"{kind}: {name}", size, one_file(path, head, item, *tail))
