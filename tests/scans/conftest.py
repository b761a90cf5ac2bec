"""Scans in this process move to the folder that they read."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def working_folder() -> Iterator[None]:
    """The working folder after a test is that of before."""
    before = os.getcwd()
    yield
    os.chdir(before)
