"""Dependencies have bounds, and everything that CI installs is locked."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

import pytest
from checks import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_that_ci_installs_is_locked_with_hashes() -> None:
    locked = {}
    text = (ROOT / "requirements/ci.txt").read_text("utf-8")
    for entry in re.sub(r"\\\n|#.*", " ", text).splitlines():
        if entry.strip():
            name, version = re.match(r"([\w.-]+)==(\S+) ", entry).groups()
            locked[name] = version
            assert "--hash=sha256:" in entry
    extras = PROJECT["project"]["optional-dependencies"]
    for requirement in chain(PROJECT["project"]["dependencies"], *extras.values()):
        assert canonical(re.match(r"[\w.-]+", requirement)[0]) in locked
    assert "://" not in text


def test_the_build_backend_is_locked_too() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= set(
        PROJECT["project"]["optional-dependencies"]["dev"]
    )


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_dependencies_have_bounds(requirement: str) -> None:
    assert re.fullmatch(r"[\w.-]+>=[\d.]+,<\d+", requirement)
