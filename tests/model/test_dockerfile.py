"""The model of Dockerfiles, their contexts and the folders of the project."""

from __future__ import annotations

import pytest
from composelint.linter.files.listing import MAX_DEPTH, list_folder
from composelint.linter.files.reader import Reader
from composelint.linter.model.dockerfile import Dockerfile
from composelint.linter.model.project import Project
from snippets import project


def dockerfile(text: str, path: str = "Dockerfile", **files: str) -> Dockerfile:
    """A Dockerfile of a project with these texts, in memory."""
    dockerfile = Project(Reader(overlay={path: text, **files})).dockerfile(path)
    assert dockerfile is not None
    return dockerfile


def test_shipped_stages_are_those_that_the_final_one_starts_from() -> None:
    text = "FROM a AS base\nFROM base AS build\nFROM base AS app\nFROM app\n"
    stages = dockerfile(text).all_stages
    assert [stage.ships for stage in stages] == [True, False, True, True]
    assert [stage.is_final for stage in stages] == [False, False, False, True]


def test_a_run_knows_user_folder_and_shell() -> None:
    text = (
        "FROM debian AS base\nENV A=1\nUSER app\n"
        'FROM base\nWORKDIR /x\nRUN one\nENV A=2 B=$A\nSHELL ["/bin/bash", "-c"]\nRUN two\nONBUILD RUN three\n'
    )
    one, two, three = dockerfile(text).all_stages[1].runs
    assert [run.script.text for run in (one, two, three)] == ["one", "two", "three"]
    assert (one.workdir, one.shell_words) == ("/x", None)
    assert two.shell_words == ["/bin/bash", "-c"]
    assert one.user is not None
    assert one.user.value == "app"
    values = [(run.variable("A"), run.variable("B"), run.variable("C")) for run in (one, two)]
    assert [[value.value if value else None for value in row] for row in values] == [
        ["1", None, None],
        ["2", "1", None],
    ]


def test_a_copy_knows_its_target() -> None:
    text = (
        "FROM debian\nCOPY a b/\nWORKDIR /app\nARG D=/srv\nCOPY a b\nCOPY --from=x a ../b\nADD a $D/x\n"
        "COPY a $UNKNOWN\nCOPY <<EOF c /d/\nEOF\nONBUILD COPY a /e\n"
    )
    copies = dockerfile(text).all_stages[0].copies
    assert [copy.target for copy in copies] == [
        None, "/app/b", "/b", "/srv/x", None, "/d", "/e",
    ]  # fmt: skip
    assert [copy.source_stage for copy in copies][:3] == ["", "", "x"]
    assert [[word.value for word in copy.sources] for copy in copies][5] == ["c"]


def test_calls_by_the_name_of_the_program() -> None:
    text = (
        "FROM debian\nRUN sudo apt-get update && /usr/bin/curl a\nRUN env A=b curl c\nCMD curl d\n"
    )
    calls = dockerfile(text).all_stages[0].calls
    assert len(calls["curl"]) == 2
    assert len(calls["apt-get"]) == 1


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({".dockerignore": "x"}, None),
        ({"app/.dockerignore": "x"}, "app/.dockerignore"),
        ({"app/Dockerfile.dockerignore": "x"}, "app/Dockerfile.dockerignore"),
        (
            {"app/Dockerfile.dockerignore": "x", "app/.dockerignore": "x"},
            "app/Dockerfile.dockerignore",
        ),
    ],
)
def test_ignore_file_in_force(files: dict[str, str], expected: str | None) -> None:
    ignore = dockerfile("FROM a\n", "app/Dockerfile", **files).ignore
    assert (ignore.file.path if ignore else None) == expected


def test_listing() -> None:
    deep = "/".join("d" * (MAX_DEPTH + 2)) + "/file"
    files = {
        "a.txt": "",
        "src/b.txt": "",
        "node_modules/x/index.js": "",
        "src/__pycache__/b.pyc": "",
    }
    with project(files):
        listing = list_folder(Reader(), ".")
        assert listing.files == ("a.txt", "src/b.txt")
        assert listing.folders == (".git", "node_modules", "src", "src/__pycache__")
        assert listing.complete
        assert listing.has("src")
        assert not listing.has("c")
        assert list_folder(Reader(), "src").files == ("b.txt",)
        assert list_folder(Reader(), "missing").files == ()
    with project({deep: ""}):
        assert not list_folder(Reader(), ".").complete


def test_listing_does_not_leave_the_project() -> None:
    with project({"inside/a.txt": "", "outside/b.txt": ""}) as folder:
        (folder / "inside" / "link").symlink_to(folder / "outside")
        listing = list_folder(Reader(root="inside"), "inside")
        assert listing.files == ("a.txt", "link")
        assert list_folder(Reader(root="inside"), "outside").files == ()
