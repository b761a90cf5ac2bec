"""What a worker does: scans the repositories of a batch, and writes them as a part."""

from __future__ import annotations

import errno
import json
import os

from ..base.records import NamedTuple
from ..version import VERSION
from .limits import Limits
from .quick import kind_of_source, quick_commit
from .scan import children, scan_of
from .store import Store
from .tables import DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from .scan import Scan

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Plan(NamedTuple):
    """What all batches of a run have in common; plain data that every worker understands."""

    folder: str
    run: int
    options: str
    limits: list[Any]
    configuration: str
    version: str


class Item(NamedTuple):
    """A repository of a batch; ``known`` is the commit whose scan exists."""

    id: str
    path: str
    revision: str
    known: str


class Done(NamedTuple):
    """What became of a batch: numbers, or the failure that ends the run."""

    part: str
    states: dict[str, int]
    findings: int = 0
    failure: str = ""


def part_name(run: int, ids: Sequence[str]) -> str:
    """The name of the part of a run with these repositories."""
    from hashlib import sha256

    names = "\0".join(ids).encode("utf-8", "surrogatepass")
    return f"{run:06}-{sha256(names).hexdigest()[:16]}"


def scan_batch(plan: Sequence[Any], items: Sequence[Sequence[str]]) -> tuple[Any, ...]:
    """Scan repositories, and write their rows; returns the values of ``Done``.

    Workers of another version refuse, because their findings would be other ones.
    """
    return tuple(_scan_batch(Plan(*plan), [Item(*item) for item in items]))


def _scan_batch(plan: Plan, items: list[Item]) -> Done:
    part = part_name(plan.run, [item.id for item in items])
    if plan.version != VERSION:
        why = f"a worker has composelint {VERSION}, and this program is {plan.version}"
        return Done(part, {}, 0, why)
    states: dict[str, int] = {}
    findings = 0

    def scans() -> Iterator[Scan]:
        nonlocal findings
        for item in items:
            scan = _scan(plan, item)
            state = "unchanged" if scan is None else scan.repository["state"]
            states[state] = states.get(state, 0) + 1
            if scan is not None:
                findings += scan.repository["findings"]
                yield scan

    try:
        rest = scans()
        first = next(rest, None)
        if first is not None:
            Store(plan.folder).write_part(plan.run, part, _chained(first, rest))
    except OSError as error:
        if error.errno in _FULL:
            return Done(part, {}, 0, f"{plan.folder}: the disk is full ({error.strerror})")
        return Done(part, {}, 0, f"{plan.folder}: {error.strerror or error}")
    except ValueError as error:
        return Done(part, {}, 0, f"{plan.folder}: {error}")
    return Done(part, states, findings)


def _chained(first: Scan, rest: Iterator[Scan]) -> Iterator[Scan]:
    yield first
    yield from rest


def _scan(plan: Plan, item: Item) -> Scan | None:
    """The scan of a repository; None if the one that exists is of the same commit."""
    limits = Limits(*plan.limits)
    if item.known:
        kind = kind_of_source(item.path)
        if quick_commit(item.path, kind, item.revision, limits.size) == item.known:
            return None
    started = children(plan.options, limits, os.getpid())
    answer = started.scan(item.path, item.revision, item.known)
    row = answer["repositories"][0]
    if row["state"] == "unchanged":
        return None
    if row["state"] in DONE and not row.get("commit"):
        # The process had no time to say it.
        row["kind"] = kind_of_source(item.path)
        row["commit"] = quick_commit(item.path, row["kind"], item.revision, limits.size)
    return scan_of(answer, item.id, plan.configuration)


def lost(item: Item, configuration: str) -> Scan:
    """The scan of a repository that ended its workers."""
    why = "the workers that read it ended, again and again"
    return scan_of({"repositories": [{"state": "lost", "why": why}]}, item.id, configuration)


def options_text(options: dict[str, Any]) -> str:
    """Options as a text, as ``Plan`` has them."""
    return json.dumps(options, sort_keys=True)
