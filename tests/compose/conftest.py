"""Lets the tests in this folder import ``stacks``: test folders are no packages here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stacks import LoadTexts, load_texts


@pytest.fixture
def load() -> LoadTexts:
    """Loads a stack from texts."""
    return load_texts
