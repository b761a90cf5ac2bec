"""Discovery: which files a run lints, and of which kind they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from checks import Run, write_files
from composelint.linter.files.discovery import MissingPath, discover
from composelint.linter.files.kinds import COMPOSE, DOCKERFILE, ENV, IGNORE, kind_of, kind_of_named
from composelint.linter.files.paths import find_root

KINDS = [
    ("compose.yaml", COMPOSE),
    ("compose.yml", COMPOSE),
    ("docker-compose.yml", COMPOSE),
    ("docker-compose.override.yaml", COMPOSE),
    ("docker-compose.prod.yml", COMPOSE),
    ("docker-compose-dev.yml", COMPOSE),
    ("docker_compose.yml", COMPOSE),
    ("compose.prod.yaml", COMPOSE),
    ("prod.compose.yaml", COMPOSE),
    ("web-compose.yml", COMPOSE),
    ("infra.docker-compose.yml", COMPOSE),
    ("Docker-Compose.YML", COMPOSE),
    ("a/b/compose.yaml", COMPOSE),
    ("compose-lint.yml", None),
    (".compose-lint.yml", None),
    ("decompose.yml", None),
    ("compose.json", None),
    ("compose.yaml.j2", None),
    ("Dockerfile", DOCKERFILE),
    ("dockerfile", DOCKERFILE),
    ("Containerfile", DOCKERFILE),
    ("Dockerfile.dev", DOCKERFILE),
    ("Dockerfile-alpine", DOCKERFILE),
    ("api.Dockerfile", DOCKERFILE),
    ("api.dockerfile", DOCKERFILE),
    ("Dockerfile.md", None),
    ("dockerfile.py", None),
    ("Dockerfile.j2", None),
    (".dockerignore", IGNORE),
    ("Dockerfile.dockerignore", IGNORE),
    (".env", ENV),
    (".env.example", ENV),
    ("prod.env", ENV),
    ("environment", None),
    ("README.md", None),
]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_the_name_of_a_file_tells_its_kind(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("stack.yml", COMPOSE),
        ("my-dockerfile", DOCKERFILE),
        ("my-dockerfile.txt", None),
        ("notes.txt", None),
        ("swarm.yaml", COMPOSE),
    ],
)
def test_the_ending_tells_the_kind_of_a_named_file(path: str, kind: str | None) -> None:
    assert kind_of_named(path) == kind


EVERYTHING = [
    "api/.dockerignore",
    "api/Dockerfile",
    "api/ignored/compose.yaml",
    "build/compose.yaml",
    "compose.yaml",
    "old/compose.yaml",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paths = [*EVERYTHING, "api/node_modules/x/Dockerfile"]
    write_files(dict.fromkeys(paths, ""), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def discovered(*paths: str, **options: object) -> list[str]:
    """The paths of the discovered files."""
    return [file.path for file in discover(paths, **options)]  # type: ignore[arg-type]


def test_folders_of_package_managers_are_not_searched(tree: Path) -> None:
    assert discovered(".") == EVERYTHING


def test_files_that_git_ignores_are_left_out(tree: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    (tree / "api" / ".gitignore").write_text("ignored/\n")
    assert discovered(".") == [path for path in EVERYTHING if "ignored" not in path]
    assert discovered(".", respect_gitignore=False) == EVERYTHING
    assert discovered("api/ignored/compose.yaml") == ["api/ignored/compose.yaml"]
    assert discovered("api") == ["api/.dockerignore", "api/Dockerfile"]


@pytest.mark.parametrize("pattern", ["old", "old/", "old/*", "./old/compose.yaml", "ol?"])
def test_excluded_files_are_left_out(tree: Path, pattern: str) -> None:
    assert discovered(".", exclude=[pattern]) == [
        path for path in EVERYTHING if not path.startswith("old")
    ]
    assert discovered("old/compose.yaml", exclude=[pattern]) == ["old/compose.yaml"]
    assert discovered("old/compose.yaml", exclude=[pattern], force_exclude=True) == []


def test_a_file_is_listed_once(tree: Path) -> None:
    assert discovered("compose.yaml", ".", "./compose.yaml").count("compose.yaml") == 1


def test_absolute_paths_are_shown_relative(tree: Path) -> None:
    assert discovered(str(tree / "old")) == ["old/compose.yaml"]


def test_a_missing_path_is_an_error(tree: Path) -> None:
    with pytest.raises(MissingPath):
        discovered("nope.yaml")


def test_a_checkout_below_a_folder_called_venv_is_searched(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tree / "venv" / "project"
    inner.mkdir(parents=True)
    (inner / "compose.yaml").write_text("")
    monkeypatch.chdir(tree.parent)
    assert [Path(path).name for path in discovered(str(inner))] == ["compose.yaml"]


def test_the_root_is_the_nearest_folder_with_git(tree: Path) -> None:
    assert find_root("api") == str(tree / "api")
    (tree / ".git").write_text("gitdir: elsewhere\n")
    assert find_root("api") == str(tree)


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml"])
@pytest.mark.parametrize("argument", [".", "NAME"])
def test_an_empty_folder_named_like_a_compose_file_is_unreadable(
    name: str, argument: str, folder: Path, run: Run
) -> None:
    (folder / name).mkdir()
    answer = run("--output-format", "concise", "--no-cache", argument.replace("NAME", name))
    assert f"{name}:1:1: LN001 {name} is a folder, not a file" in answer.stdout
    assert answer.exit_code == 2


def test_other_folders_with_such_names_are_only_searched(folder: Path, run: Run) -> None:
    (folder / "compose").mkdir()
    (folder / "deep" / "compose.yaml").mkdir(parents=True)
    (folder / "docker-compose.yml").mkdir()
    (folder / "docker-compose.yml" / "Dockerfile").write_text("FROM scratch\n")
    assert "LN001" not in run("--no-cache").stdout
    assert "docker-compose.yml/Dockerfile" in run("--show-files").stdout
