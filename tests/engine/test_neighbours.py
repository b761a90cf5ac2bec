"""A single file is linted with the stack around it; findings are those of the file only."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checks import LayOut, Run, write_files
from composelint.linter.compose import evidence, stack
from composelint.linter.config.options import Options
from composelint.linter.engine.run import load_project
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files import git, listing
from composelint.linter.files.disk import Disk
from composelint.linter.files.kinds import kind_of_named
from composelint.linter.files.reader import Reader

REPOSITORY = {
    "compose.yaml": "include: [infra/redis.yaml]\nservices:\n"
    "  api:\n    build: {context: ., dockerfile: api/Dockerfile, target: run}\n"
    "    env_file: [api/settings.env]\n    networks: [inner]\nnetworks: {inner: {}}\n",
    "infra/redis.yaml": "services:\n  redis:\n    image: redis\n    networks: [inner]\n",
    "other/compose.yaml": "services:\n  x:\n    image: busybox\n",
    "api/Dockerfile": "FROM alpine:3.20 AS run\nRUN true\nFROM run AS test\n",
    "api/settings.env": "A=1\n",
    ".dockerignore": "*.log\n",
    "tool/Dockerfile": "FROM scratch\n",
}


@pytest.mark.parametrize(
    ("path", "stacks"),
    [
        ("api/Dockerfile", ["compose.yaml"]),
        ("api/settings.env", ["compose.yaml"]),
        (".dockerignore", ["compose.yaml"]),
        ("infra/redis.yaml", ["compose.yaml"]),
        ("tool/Dockerfile", []),
        ("other/compose.yaml", ["other/compose.yaml"]),
    ],
)
def test_a_file_is_linted_with_its_stack(lay_out: LayOut, path: str, stacks: list[str]) -> None:
    lay_out(REPOSITORY)
    assert kind_of_named(path)
    (group,) = open_workspace([path], Options()).groups
    project = load_project(group.files, group.settings)
    assert [stack.name for stack in project.stacks] == stacks


def test_a_dockerfile_has_its_builds_if_linted_from_a_folder_below(
    folder: Path, lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(REPOSITORY)
    monkeypatch.chdir(folder / "api")
    (group,) = open_workspace(["Dockerfile"], Options()).groups
    project = load_project(group.files, group.settings)
    assert [build.target for build in project.dockerfiles["Dockerfile"].builds] == ["run"]


def test_findings_of_other_files_are_not_reported(lay_out: LayOut, run: Run) -> None:
    lay_out(REPOSITORY)
    answer = run("infra/redis.yaml", "--output-format", "concise")
    paths = {line.partition(":")[0] for line in answer.stdout.splitlines()[:-1] if ":" in line}
    assert paths == {"infra/redis.yaml"}
    assert "undefined" not in answer.stdout
    assert "CF401" in answer.stdout


def test_compose_files_that_git_ignores_are_not_read(folder: Path, lay_out: LayOut) -> None:
    lay_out({**REPOSITORY, ".gitignore": "compose.yaml\n"})
    (folder / ".git").rmdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    (group,) = open_workspace(["api/Dockerfile"], Options()).groups
    assert load_project(group.files, group.settings).stacks == []


def test_a_file_of_another_repository_is_linted_in_that_repository(
    folder: Path, lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({"here/.git/HEAD": "", "there/.git/HEAD": "", "there/compose.yaml": "services: []\n"})
    monkeypatch.chdir(folder / "here")
    answer = run("../there", "--output-format", "concise")
    assert answer.stdout.startswith("../there/compose.yaml:1:")
    assert "LN006" not in answer.stdout


@pytest.mark.parametrize(
    ("text", "others"),
    [
        pytest.param(
            "services:\n  s{n}:\n    image: busybox\n    networks: [outer]\n", 1, id="fragments"
        ),
        pytest.param(
            "services:\n  s{n}:\n    image: busybox\n    networks: [inner]\n", 1, id="included"
        ),
        pytest.param("services:\n  s{n}:\n    image: busybox\n", 0, id="whole"),
    ],
)
def test_the_repository_is_searched_once_for_all_files_that_a_call_names(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch, text: str, others: int
) -> None:
    count = 9
    include = ", ".join(f"part{n}/docker-compose.yml" for n in range(count))
    lay_out(
        {
            "main.compose.yaml": f"include: [{include}]\n" + REPOSITORY["other/compose.yaml"],
            "start.sh": "docker compose -f compose.yaml -f docker-compose.yml up\n",
            **{f"part{n}/docker-compose.yml": text.format(n=n) for n in range(count)},
        }
    )
    listings: list[str] = []
    searched: list[str] = []
    loaded: list[tuple[str, ...]] = []

    def counted_listing(reader: Reader, folder: str) -> listing.Listing:
        listings.append(folder)
        return list_folder(reader, folder)

    def counted_search(document: str, text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
        searched.append(document)
        return groups_of(document, text)

    def counted_load(files: tuple[str, ...], *args: Any, **options: Any) -> stack.LoadedStack:
        loaded.append(files)
        return load_stack(files, *args, **options)

    groups_of, load_stack, list_folder = evidence._groups, stack.load_stack, listing.list_folder
    monkeypatch.setattr(listing, "list_folder", counted_listing)
    monkeypatch.setattr(evidence, "_groups", counted_search)
    monkeypatch.setattr(stack, "load_stack", counted_load)
    (group,) = open_workspace(
        [f"part{n}/docker-compose.yml" for n in range(count)], Options()
    ).groups
    load_project(group.files, group.settings)
    assert len(listings) == others
    assert len(searched) <= others
    assert len(loaded) == len(set(loaded)) == count + others


GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]


@pytest.mark.parametrize(
    ("files", "asked", "stacks"),
    [
        pytest.param({}, 0, ["compose.yaml"], id="all that is there counts"),
        pytest.param({".gitignore": "other/\n"}, 1, ["compose.yaml"], id="ignored"),
        pytest.param({".gitignore": "compose.yaml\n"}, 1, [], id="its stack is ignored"),
        pytest.param({".gitignore": "*.yml\n"}, 0, ["compose.yaml"], id="others are ignored"),
        pytest.param({"other/.git": "gitdir: elsewhere\n"}, 0, ["compose.yaml"], id="submodule"),
    ],
)
def test_git_is_only_asked_about_ignored_compose_files(
    folder: Path,
    lay_out: LayOut,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    asked: int,
    stacks: list[str],
) -> None:
    lay_out({**REPOSITORY, **files})
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    calls: list[str] = []

    def counted(folder: str) -> tuple[list[str], list[str]] | None:
        calls.append(folder)
        return files_of(folder)

    files_of = git.files_of
    monkeypatch.setattr(git, "files_of", counted)
    (group,) = open_workspace(["api/Dockerfile"], Options()).groups
    project = load_project(group.files, group.settings)
    assert [stack.name for stack in project.stacks] == stacks
    assert len(calls) == asked


def test_a_stack_that_is_chosen_is_linted_as_it_is_though_another_includes_it(
    lay_out: LayOut, run: Run
) -> None:
    lay_out(
        {
            "compose.yaml": "include: [part.yaml]\nservices: {db: {image: 'postgres:17'}}\n",
            "part.yaml": "services: {web: {image: 'nginx:1.30', depends_on: [db]}}\n",
        }
    )
    call = ("part.yaml", "--select", "CF1", "--no-cache")
    assert run(*call).exit_code == 0
    assert "CF106" in run(*call, "--stack", "part.yaml").stdout


def test_a_large_folder_without_a_repository_is_not_searched_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Such as a user's home, or the root of a machine."""
    monkeypatch.chdir(tmp_path)
    write_files({path: text for path, text in REPOSITORY.items() if path != "other/compose.yaml"})
    write_files({f"downloads/{number}/compose.yaml": "" for number in range(30)})
    monkeypatch.setattr(listing, "MAX_ENTRIES", 12)
    listed: list[str] = []
    entries = Disk.entries

    def noted(self: Disk, folder: str) -> Iterator[tuple[str, str]]:
        listed.append(folder)
        return entries(self, folder)

    monkeypatch.setattr(Disk, "entries", noted)
    result = run("--no-cache", "--select", "DF301", "api/Dockerfile")
    assert result.exit_code == 1, result.output
    assert len({folder for folder in listed if "downloads/" in folder}) < 12
