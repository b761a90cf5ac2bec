"""The extension for VS Code fits this release, without building it (``tests/editors`` does)."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest
from checks import ROOT
from composelint.linter.base.names import PRESETS
from composelint.linter.files.kinds import CONFIG_FILES, kind_of
from composelint.linter.version import VERSION

FOLDER = ROOT / "editors" / "vscode"
PACKAGE = json.loads((FOLDER / "package.json").read_text("utf-8"))
LOCK = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))


def patterns() -> list[str]:
    """The names of files that the extension tells the server about."""
    text = (FOLDER / "src" / "plain" / "files.ts").read_text("utf-8")
    (listed,) = re.findall(r"PATTERNS = \[\n(.*?)\n\];", text, re.DOTALL)
    return [line.strip().removeprefix("'**/").removesuffix("',") for line in listed.splitlines()]


def alternatives(pattern: str) -> list[str]:
    """A pattern without ``{a,b}``: one for each."""
    found = re.search(r"\{([^}]*)\}", pattern)
    if not found:
        return [pattern]
    return [
        each
        for part in found[1].split(",")
        for each in alternatives(pattern[: found.start()] + part + pattern[found.end() :])
    ]


def is_told_about(name: str) -> bool:
    return any(fnmatchcase(name, each) for line in patterns() for each in alternatives(line))


def test_it_has_the_version_of_the_program() -> None:
    assert {PACKAGE["version"], LOCK["version"], LOCK["packages"][""]["version"]} == {VERSION}


def test_it_has_the_licence_of_the_program() -> None:
    assert (FOLDER / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_what_is_installed_for_it_is_pinned_and_names_no_server() -> None:
    for name, entry in LOCK["packages"].items():
        assert "resolved" not in entry
        assert not name or entry["integrity"].startswith("sha512-")
    pinned = PACKAGE["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())


def test_it_knows_all_presets() -> None:
    preset = PACKAGE["contributes"]["configuration"]["properties"]["composelint.preset"]
    assert preset["enum"] == [None, *PRESETS]


@pytest.mark.parametrize(
    "name",
    [
        *("compose.yaml", "docker-compose.yml", "Docker-Compose.prod.yaml", "web-compose.yml"),
        *("Dockerfile", "dockerfile.dev", "api.Dockerfile", "Containerfile"),
        *(".dockerignore", "Dockerfile.dockerignore", ".containerignore"),
        *(".env", ".env.production", "web.env"),
    ],
)
def test_it_tells_the_server_about_every_kind_of_file(name: str) -> None:
    assert kind_of(name)
    assert is_told_about(name)


def test_it_tells_the_server_about_configurations_of_its_own() -> None:
    assert {name for name in CONFIG_FILES if is_told_about(name)} == {
        name for name in CONFIG_FILES if "composelint" in name
    }


@pytest.mark.parametrize("name", ["README.md", "package.json", "config.yaml", "environment"])
def test_it_tells_the_server_about_nothing_else(name: str) -> None:
    assert not is_told_about(name)
