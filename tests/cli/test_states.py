"""``--at``, ``--archive``, ``--since`` and ``--staged`` on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from checks import Run, titled, write_files
from composelint.linter.base.names import FORMATS

Make = Callable[[dict[str, str]], Path]
A = "services:\n  a:\n    image: nginx:1.27\n"
BAD = f"{A}    privileged: true\n"
PRIVILEGED = "CF301"


def git(*arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def commit(files: dict[str, str]) -> None:
    write_files(files)
    git("add", "-A")
    git("commit", "-qm", "x")


def new_ones(run: Run, *arguments: str) -> dict[str, list[str]]:
    """The codes of what is reported in each file, with the files that brought it."""
    result = run(*arguments, "--output-format", "json", "--no-cache", "--exit-zero")
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = {}
    for each in json.loads(result.stdout)["diagnostics"]:
        if each["suppressed"] is None:
            found.setdefault(each["path"], []).extend(each["brought_by"])
    return {path: sorted(set(causes)) for path, causes in found.items()}


REFUSED = titled(
    [
        ("since and staged", ("--since", "HEAD", "--staged"), "do not go together"),
        ("since and archive", ("--since", "HEAD", "--archive", "a.tar"), "do not go together"),
        ("staged and archive", ("--staged", "--archive", "a.tar"), "do not go together"),
        ("at and staged", ("--at", "HEAD", "--staged"), "do not go together"),
        ("at and archive", ("--at", "HEAD", "--archive", "a.tar"), "do not go together"),
        ("fixed alone", ("--fixed",), "--since or --staged"),
        ("fixed at", ("--fixed", "--at", "HEAD"), "--since or --staged"),
        ("at and fix", ("--at", "HEAD", "--fix"), "leave --fix out"),
        ("archive and fix", ("--archive", "a.tar", "--fix"), "leave --fix out"),
        ("range and fix", ("--since", "HEAD", "--at", "HEAD", "--fix"), "leave --fix out"),
        ("at and watch", ("--at", "HEAD", "--watch"), "leave --watch out"),
        ("since and watch", ("--since", "HEAD", "--watch"), "leave --watch out"),
        ("staged and ignores", ("--staged", "--add-ignores"), "leave --add-ignores out"),
        ("at and input", ("--at", "HEAD", "-"), "standard input"),
        ("since and input", ("--since", "HEAD", "-"), "standard input"),
        ("unknown revision", ("--since", "nothing"), 'no commit called "nothing"'),
        ("unknown state", ("--at", "nothing"), 'no commit called "nothing"'),
        ("an option as a revision", ("--since=--output=x",), "no commit"),
        ("no upstream", ("--since", "@{upstream}"), "no upstream"),
        ("unknown branch", ("--since", "merge-base:nothing"), "nothing"),
        ("unknown path", ("--since", "HEAD", "nothing"), "nothing"),
        ("unknown path at", ("--at", "HEAD", "nothing"), "nothing"),
        ("no archive", ("--archive", "compose.yaml"), "not a tar or zip archive"),
        ("no such archive", ("--archive", "nothing.tar"), "nothing.tar"),
    ]
)


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_is_refused(
    repository: Make, run: Run, arguments: tuple[str, ...], message: str
) -> None:
    repository({"compose.yaml": BAD})
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("option", [("--at", "HEAD"), ("--since", "HEAD"), ("--staged",)])
def test_without_a_repository_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, option: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files({"compose.yaml": BAD})
    result = run(*option)
    assert result.exit_code == 2
    assert "not in a git repository" in result.output
    # A repository that git refuses is not an empty one.
    (tmp_path / ".git").mkdir()
    assert run(*option).exit_code == 2


def test_exit_codes_follow_what_is_new(repository: Make, run: Run) -> None:
    repository({"compose.yaml": BAD, "x": ""})
    assert run("--at", "HEAD").exit_code == 1
    assert run("--since", "HEAD").exit_code == 0
    assert run("--staged").exit_code == 1  # Nothing is staged: everything counts.
    write_files({"b/compose.yaml": BAD})
    assert run("--since", "HEAD").exit_code == 1
    assert run("--since", "HEAD", "--exit-zero").exit_code == 0
    git("add", "-A")
    assert run("--staged").exit_code == 1
    assert run("--staged", "compose.yaml").exit_code == 0


def test_a_bare_repository_is_linted_at_its_commits(
    repository: Make, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository({"compose.yaml": A})
    commit({"b/compose.yaml": BAD})
    git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    monkeypatch.chdir(tmp_path / "bare")
    assert run("--at", "HEAD").exit_code == 1
    assert list(new_ones(run, "--since", "HEAD~1")) == ["b/compose.yaml"]
    assert run("--staged").exit_code == 2


def test_what_each_side_of_a_merge_brings_is_its_own(repository: Make, run: Run) -> None:
    """Also in a merge of more than two: only what no side had is new."""
    repository({f"{name}/compose.yaml": A for name in "abcd"})
    git("branch", "-M", "main")
    for name in "abc":
        git("checkout", "-q", "-b", f"with-{name}", "main")
        commit({f"{name}/compose.yaml": BAD})
    git("checkout", "-q", "main")
    commit({"README": ""})
    git("merge", "--no-commit", "with-a", "with-b", "with-c")
    assert new_ones(run, "--staged") == {}
    write_files({"d/compose.yaml": BAD})
    git("add", "-A")
    assert list(new_ones(run, "--staged")) == ["d/compose.yaml"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_whole(repository: Make, run: Run, name: str) -> None:
    repository({"compose.yaml": BAD})
    write_files({"b/compose.yaml": BAD})
    (Path("compose.yaml")).write_text(A)
    for more in ((), ("--fixed",), ("--show-suppressed",)):
        result = run("--since", "HEAD", "--output-format", name, "--exit-zero", *more)
        assert result.exit_code == 0, result.output
        assert "b/compose.yaml" in result.stdout
        if name in ("json", "sarif", "gitlab", "rdjson", "code-climate"):
            json.loads(result.stdout)
        elif name in ("junit", "checkstyle"):
            ElementTree.fromstring(result.stdout)


BROUGHT = titled(
    [
        ("one of two files", {"a/compose.yaml": BAD, "b/compose.yaml": A + "# x\n"},
         {"a/compose.yaml": ["a/compose.yaml"]}),
        ("both files", {"a/compose.yaml": BAD, "b/compose.yaml": BAD},
         {"a/compose.yaml": ["a/compose.yaml"], "b/compose.yaml": ["b/compose.yaml"]}),
        ("a file beside it", {"a/compose.yaml": BAD, "a/notes.txt": "x"},
         {"a/compose.yaml": ["a/compose.yaml"]}),
        ("a removed env file", {"c/web.env": None, "a/notes.txt": "x"},
         {"c/compose.yaml": ["c/web.env"]}),
        ("a removed Dockerfile", {"d/Dockerfile": None, "b/compose.yaml": BAD},
         {"d/compose.yaml": ["d/Dockerfile"], "b/compose.yaml": ["b/compose.yaml"]}),
    ]
)  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), BROUGHT)
def test_each_finding_says_which_file_brought_it(
    repository: Make, run: Run, changes: dict[str, str | None], expected: dict[str, list[str]]
) -> None:
    repository(
        {
            "a/compose.yaml": A,
            "b/compose.yaml": A,
            "c/compose.yaml": f"{A}    env_file: web.env\n",
            "c/web.env": "MODE=x\n",
            "d/compose.yaml": "services:\n  d:\n    build: .\n",
            "d/Dockerfile": "FROM alpine:3.22\nCMD [x]\n",
        }
    )
    for path, text in changes.items():
        if text is None:
            os.remove(path)
        else:
            write_files({path: text})
    found = new_ones(run, "--since", "HEAD")
    assert {path: found.get(path) for path in expected} == expected


def test_a_configuration_that_is_broken_in_one_state(repository: Make, run: Run) -> None:
    repository({"compose.yaml": A, "composelint.toml": "nonsense = \n"})
    commit({"composelint.toml": "", "compose.yaml": BAD})
    mended = run("--since", "HEAD~1")
    assert mended.exit_code == 1, mended.output
    assert "HEAD~1 cannot be linted, so everything is new" in mended.output
    commit({"composelint.toml": "nonsense = \n"})
    broken = run("--since", "HEAD~1")
    assert broken.exit_code == 2
    assert "composelint.toml" in broken.output


def test_a_baseline_counts_as_well(repository: Make, run: Run) -> None:
    repository({"compose.yaml": BAD})
    write_files({"b/compose.yaml": BAD})
    assert run("baseline").exit_code == 0
    assert run("--since", "HEAD").exit_code == 0
    assert run("--since", "HEAD", "--no-baseline").exit_code == 1


def test_stacks_and_profiles_count(repository: Make, run: Run) -> None:
    profile = BAD.replace("privileged", "profiles: [dev]\n    privileged")
    repository({"compose.yaml": A, "other.compose.yaml": A})
    write_files({"compose.yaml": profile, "other.compose.yaml": BAD})
    assert list(new_ones(run, "--since", "HEAD", "--stack", "other.compose.yaml")) == [
        "other.compose.yaml"
    ]
    assert run("--since", "HEAD", "--profile", "dev", "compose.yaml").exit_code == 1


def test_an_archive_is_linted_without_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files({"src/a/compose.yaml": BAD})
    with tarfile.open("a.tar.gz", "w:gz") as archive:
        archive.add("src", ".")
    assert list(new_ones(run, "--archive", "a.tar.gz")) == ["a/compose.yaml"]
    assert list(new_ones(run, "--archive", "a.tar.gz", "a")) == ["a/compose.yaml"]
    assert run("--archive", "a.tar.gz", "src").exit_code == 2
    assert not (tmp_path / "a").exists()


def test_the_work_tree_and_the_index_are_left_alone(repository: Make, run: Run) -> None:
    folder = repository({"compose.yaml": A})
    write_files({"compose.yaml": BAD, "b/Dockerfile": "FROM x\n"})
    git("add", "b")

    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    before = state()
    for arguments in (("--at", "HEAD"), ("--since", "HEAD"), ("--staged",), ("--at", ":index")):
        run(*arguments, "--no-cache")
    assert state() == before
