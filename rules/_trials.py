"""Files for tests and examples, by their paths."""

from __future__ import annotations

import re

_WORDS = frozenset((
    "ci", "conformance", "e2e", "example", "examples", "fixture", "fixtures", "mock", "mocks", "sample", "samples", "stub",
    "stubs", "test", "testdata", "testing", "tests",
))  # fmt: skip


def is_trial(path: str) -> bool:
    """Whether a path says that a file is for tests or examples: its secrets are seldom real."""
    return not _WORDS.isdisjoint(re.split(r"[-_./]", path.lower()))
