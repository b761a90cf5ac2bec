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


def locked(name: str) -> dict[str, str]:
    """The versions in a file of pinned requirements, each of which has hashes."""
    versions = {}
    text = (ROOT / "requirements" / name).read_text("utf-8")
    assert "://" not in text
    for entry in re.sub(r"\\\n|#.*", " ", text).splitlines():
        if entry.strip():
            name, version = re.match(r"([\w.-]+)==(\S+) ", entry).groups()
            versions[name] = version
            assert "--hash=sha256:" in entry
    return versions


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.match(r"[\w.-]+", requirement)[0]) for requirement in requirements}


def test_everything_that_ci_installs_is_locked_with_hashes() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = names([*chain(PROJECT["project"]["dependencies"], *extras.values())])
    assert wanted <= locked("ci.txt").keys()


def test_everything_that_the_action_installs_is_locked_to_what_ci_has_tried() -> None:
    shell = PROJECT["project"]["optional-dependencies"]["shell"]
    wanted = names(PROJECT["project"]["dependencies"] + shell + PROJECT["build-system"]["requires"])
    versions = locked("action.txt")
    assert wanted <= versions.keys()
    assert versions.items() <= locked("ci.txt").items()


def test_the_build_backend_is_locked_too() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= set(
        PROJECT["project"]["optional-dependencies"]["dev"]
    )


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_dependencies_have_bounds(requirement: str) -> None:
    assert re.fullmatch(r"[\w.-]+>=[\d.]+,<\d+", requirement)


def test_every_folder_of_tests_runs_in_ci() -> None:
    """By the README's command, or by its name: nothing is left out in silence."""
    named = PROJECT["tool"]["pytest"]["ini_options"]["norecursedirs"]
    folders = {path.parent.name for path in (ROOT / "tests").rglob("test_*.py")}
    by_name = folders & {*named}
    assert {"browser", "oracle"} <= by_name < folders
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    assert by_name == {*re.findall(r"pytest\b.* tests/(\w+)$", text, re.MULTILINE)}
    documented = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert by_name == {*re.findall(r"^\| `tests/(\w+)` \|", documented, re.MULTILINE)}
