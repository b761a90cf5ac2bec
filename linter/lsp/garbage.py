"""Looks for garbage between two keys, not while somebody waits.

What one run loads refers to itself in circles, so that only a collection frees it. By default that
happens in the midst of a run, and takes long every now and then. Here it happens in pauses, or when
the work at hand is done and much has gathered.
"""

from __future__ import annotations

import gc

PAUSE = 0.4
"""Seconds without a change after which a collection does not disturb."""

_MANY_OBJECTS = 100_000
"""So many objects may gather until the worker has nothing else to do."""
_MOST_OBJECTS = 400_000
"""So many may gather while it always has: some ten MB."""

_is_ours = False


def take_over() -> None:
    """Collect only when ``collect`` and ``relieve`` say so."""
    global _is_ours
    _is_ours = True
    gc.disable()


def keep_for_good() -> None:
    """Never look at again what exists now: modules, most of all."""
    if _is_ours:
        gc.collect()
        gc.freeze()


def collect() -> None:
    """Free what is no longer used, if anything was made since the last time."""
    if _is_ours and gc.get_count()[0] > 1000:
        gc.collect()


def relieve() -> None:
    """Free what is no longer used if it is much."""
    if _is_ours and gc.get_count()[0] > _MANY_OBJECTS:
        gc.collect()


def relieve_at_once() -> None:
    """Free what is no longer used if it is so much that nothing may come first."""
    if _is_ours and gc.get_count()[0] > _MOST_OBJECTS:
        gc.collect()
