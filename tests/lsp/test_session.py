"""What is linted while documents and files change: always as if it had been started anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from checks import write_files
from composelint.linter.config.options import Options
from composelint.linter.lsp.session import Session

WEB = "services:\n  web:\n    image: nginx:1.30\n    ports: ['80:${PORT}']\n"
FILES = {
    "shop/compose.yaml": WEB,
    "shop/.env": "PORT=80\n",
    "blog/compose.yaml": "services:\n  blog:\n    build: .\n",
    "blog/Dockerfile": "FROM alpine:3.22\nRUN echo $MISSING\n",
}

Made = Callable[..., Session]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(FILES, tmp_path)
    return tmp_path


def session(folder: Path, options: Options | None = None) -> Session:
    made = Session(options)
    made.set_folders([str(folder)])
    return made


def findings(session: Session) -> list[tuple[str, str, int, str]]:
    """All findings, when everything is up to date."""
    for _ in session.work():
        pass
    return sorted(
        (item.path, item.code, item.start.line, item.message)
        for part in session.parts
        for item in part.result.reported
    )


def fresh(folder: Path, texts: dict[str, bytes]) -> list[tuple[str, str, int, str]]:
    other = session(folder)
    other.set_texts(texts)
    return findings(other)


def linted(session: Session) -> list[list[str]]:
    """The parts that are linted until all is up to date."""
    return [part.paths for part in session.work()]


def test_folders_without_a_connection_are_parts_of_their_own(folder: Path) -> None:
    made = session(folder)
    assert sorted(linted(made)) == [
        ["blog/Dockerfile", "blog/compose.yaml"],
        ["shop/.env", "shop/compose.yaml"],
    ]
    assert linted(made) == []


def test_only_the_part_of_a_changed_document_is_linted_again(folder: Path) -> None:
    made = session(folder)
    before = findings(made)
    made.set_texts({"shop/compose.yaml": WEB.encode()})
    assert linted(made) == []
    made.set_texts({"shop/compose.yaml": b"services:\n  web: {}\n"})
    assert linted(made) == [["shop/.env", "shop/compose.yaml"]]
    assert findings(made) != before


@pytest.mark.parametrize(
    ("path", "text", "line", "code"),
    [
        ("shop/.env", b"OTHER=1\n", 4, "CF140"),
        ("blog/Dockerfile", b"FROM alpine:3.22 AS base\nFROM nowhere AS base\n", 2, "DF101"),
        ("shop/compose.override.yaml", b"services:\n  web:\n    ports: ['99999:1']\n", 3, "CF119"),
    ],
)
def test_typing_in_one_file_updates_the_others_of_its_stack(
    folder: Path, path: str, text: bytes, line: int, code: str
) -> None:
    made = session(folder)
    before = findings(made)
    made.set_texts({path: text})
    now = findings(made)
    assert now == fresh(folder, {path: text})
    new = [item for item in now if item not in before]
    assert new
    assert any(item[2] == line for item in new), new
    made.set_texts({})
    assert findings(made) == before


def test_an_unsaved_file_that_does_not_exist_is_linted(folder: Path) -> None:
    made = session(folder)
    findings(made)
    made.set_texts({"new/compose.yaml": b"services:\n  a: {image: 1, imag: 2}\n"})
    assert {item[0] for item in findings(made)} >= {"new/compose.yaml"}
    made.set_texts({})
    assert "new/compose.yaml" not in {item[0] for item in findings(made)}


def test_a_part_grows_with_what_it_includes(folder: Path) -> None:
    made = session(folder)
    findings(made)
    text = b"include: [../blog/compose.yaml]\n" + WEB.encode()
    made.set_texts({"shop/compose.yaml": text})
    assert findings(made) == fresh(folder, {"shop/compose.yaml": text})
    assert len(made.parts) == 1


def test_files_that_come_and_go_are_noticed_when_somebody_tells(folder: Path) -> None:
    made = session(folder)
    before = findings(made)
    (folder / "shop/.env").unlink()
    assert findings(made) == before
    made.made(["shop/.env"])
    assert findings(made) == fresh(folder, {})
    (folder / "shop/.env").write_text("PORT=80\n")
    made.made([str(folder / "shop/.env")])
    assert findings(made) == before


def test_files_that_changed_are_found_without_a_client_that_tells(folder: Path) -> None:
    made = session(folder)
    findings(made)
    made.recheck()
    (folder / "shop/.env").write_text("SOMETHING_ELSE=80\n")
    (folder / "blog/Dockerfile").unlink()
    made.recheck()
    assert findings(made) == fresh(folder, {})


def test_a_configuration_that_changes_counts(folder: Path) -> None:
    made = session(folder)
    before = findings(made)
    made.set_texts({"composelint.toml": b'select = ["CF119"]\n'})
    assert findings(made) == fresh(folder, {"composelint.toml": b'select = ["CF119"]\n'}) != before
    made.set_texts({})
    assert findings(made) == before


def test_a_broken_configuration_is_a_problem_and_no_end(folder: Path) -> None:
    made = session(folder)
    before = findings(made)
    made.set_texts({"composelint.toml": b"select = 3\n"})
    assert findings(made) == []
    (problem,) = made.problems
    assert [fault.path for fault in problem.error.faults] == ["composelint.toml"]
    made.set_texts({})
    assert findings(made) == before
    assert made.problems == []


def test_a_rule_that_does_not_exist_is_a_problem(folder: Path) -> None:
    made = session(folder, Options(select=("CF999",)))
    assert findings(made) == []
    assert "CF999" in str(made.problems[0].error)


def test_each_folder_has_its_own_options(folder: Path) -> None:
    made = Session()
    made.set_folders([str(folder / "shop"), str(folder / "blog")])
    everything = findings(made)
    made.set_options(Options(), {str(folder / "shop"): Options(select=("CF119",))})
    assert findings(made) == [item for item in everything if item[0].startswith("blog/")]


def test_what_a_baseline_accepts_is_not_shown(folder: Path) -> None:
    from composelint.linter.cli.main import cli

    with pytest.raises(SystemExit):
        cli(["baseline"])
    assert findings(session(folder)) == []
    made = session(folder, Options(no_baseline=True))
    assert findings(made) != []


def test_a_file_outside_of_all_folders_is_linted_while_it_is_open(folder: Path) -> None:
    made = Session()
    made.set_folders([str(folder / "shop")])
    inside = findings(made)
    text = (folder / "blog/Dockerfile").read_bytes()
    made.set_texts({"blog/Dockerfile": text})
    assert {item[0] for item in findings(made)} - {item[0] for item in inside} == {
        "blog/Dockerfile"
    }


def test_what_a_tree_says_runs_no_program(folder: Path) -> None:
    (folder / "evil.py").write_text("open('ran', 'w').close()\n")
    (folder / "composelint.toml").write_text("plugins = ['evil']\n")
    made = session(folder)
    findings(made)
    assert not (folder / "ran").exists()
    assert any("not trusted" in item.message for result in made.own for item in result.reported)


def test_work_ends_early_when_it_is_over(folder: Path) -> None:
    made = session(folder)
    assert list(made.work(is_over=lambda: True)) == []
    first = next(iter(made.work(first=("shop/compose.yaml",))))
    assert "shop/compose.yaml" in first.paths
