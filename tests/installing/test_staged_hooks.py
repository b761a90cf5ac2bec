"""The hooks for what a commit brings, run by real commits: ``composelint`` and ``composelint-fix``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import commit_all, write_files
from runners import Answer, Runner

Hooked = Callable[..., Path]

HEALTH = '    healthcheck: {test: [CMD, curl, --fail, "http://localhost:8080/"]}\n'
WEB = """\
FROM debian:12-slim
RUN apt-get update \\
    && apt-get install -y --no-install-recommends curl \\
    && rm -rf /var/lib/apt/lists/*
USER 1000
CMD ["/bin/true"]
"""
JOB = 'FROM python:3.13\nUSER 1000\nCMD ["python3", "-m", "http.server", "8080"]\n'
PROJECT = {
    "compose.yaml": (
        f"services:\n  web:\n    build: ./web\n    env_file: config/web.env\n{HEALTH}"
        f"  job:\n    build: ./job\n{HEALTH}"
    ),
    "web/Dockerfile": WEB,
    "web/notes.txt": "so that the folder stays\n",
    "job/Dockerfile": JOB,
    "config/web.env": "MODE=fast\n",
    # What was there before: four findings.
    "old/compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres\n',
}
"""A stack without findings, and another with old ones."""
OLD = "old/compose.yaml"
NO_CURL = 'CF212] the healthcheck of service "web" calls curl'
UNTAGGED = "services:\n  cache:\n    image: redis\n"


def commit(runner: Runner, *arguments: str) -> Answer:
    """Commit as people do."""
    return runner.git("commit", "-m", "change", *arguments)


def assert_refused(answer: Answer, *parts: str) -> None:
    """It was refused for what these parts say, and not for what was there before."""
    assert answer.code == 1, answer.text
    for part in parts:
        assert part in answer.text, answer.text
    assert OLD not in answer.text


def assert_accepted(answer: Answer) -> None:
    assert answer.code == 0, answer.text


# --- what a commit breaks elsewhere ----------------------------------------------------------


def lose_curl(folder: Path) -> None:
    (folder / "web/Dockerfile").write_text('FROM debian:12-slim\nUSER 1000\nCMD ["/bin/true"]\n')


def delete_dockerfile(folder: Path) -> None:
    (folder / "web/Dockerfile").unlink()


def rename_env_file(folder: Path) -> None:
    (folder / "config/web.env").rename(folder / "config/app.env")


def change_base(folder: Path) -> None:
    (folder / "job/Dockerfile").write_text(JOB.replace("3.13", "3.13-slim"))


BREAKS = {
    "a Dockerfile loses the program of a healthcheck": (lose_curl, NO_CURL, "web/Dockerfile"),
    "a Dockerfile is deleted": (delete_dockerfile, "XF101] ", "web/Dockerfile"),
    "an env file is renamed": (rename_env_file, "XF110] config/web.env", "config/web.env"),
    "a base image changes": (
        change_base,
        'CF212] the healthcheck of service "job" calls curl',
        "job/Dockerfile",
    ),
}


@pytest.mark.parametrize(("change", "said", "cause"), BREAKS.values(), ids=list(BREAKS))
def test_a_commit_that_breaks_another_file_is_refused(
    runner: Runner, hooked: Hooked, change: Callable[[Path], None], said: str, cause: str
) -> None:
    change(hooked(PROJECT))
    runner.git("add", "-A")
    answer = commit(runner)
    assert_refused(answer, "compose.yaml:", said, cause)


def test_old_findings_do_not_refuse_a_commit(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    # They are in the changed file, and on other lines than before.
    (folder / OLD).write_text("# A comment.\n" + PROJECT[OLD])
    runner.git("add", "-A")
    assert_accepted(commit(runner))

    # Nor does their file's new name.
    runner.git("mv", "old", "older")
    assert_accepted(commit(runner))


def test_a_commit_without_container_files_is_accepted(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    (folder / "README.md").write_text("Read me.\n")
    runner.git("add", "-A")
    assert_accepted(commit(runner))


def test_a_commit_that_mends_is_accepted(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    (folder / OLD).unlink()
    runner.git("add", "-A")
    assert_accepted(commit(runner))


# --- how people commit -----------------------------------------------------------------------


def test_only_what_is_staged_counts(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    compose = folder / "compose.yaml"

    # The first half of a change is staged, the second, which is wrong, is not.
    compose.write_text("# First half.\n" + PROJECT["compose.yaml"])
    runner.git("add", "-A")
    second = compose.read_text() + "  cache:\n    image: redis\n"
    compose.write_text(second)
    lose_curl(folder)
    assert_accepted(commit(runner))
    assert compose.read_text() == second

    # Then it is the other way round.
    runner.git("add", "compose.yaml")
    compose.write_text(PROJECT["compose.yaml"])
    assert_refused(commit(runner), "CF401] ")
    assert compose.read_text() == PROJECT["compose.yaml"]


def test_commit_all_and_commits_of_named_files(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    lose_curl(folder)
    # git makes these commits from an index of their own.
    assert_refused(commit(runner, "-a"), NO_CURL)
    assert_refused(commit(runner, "web/Dockerfile"), NO_CURL)
    (folder / "notes.txt").write_text("")
    runner.git("add", "notes.txt")
    assert_accepted(commit(runner, "notes.txt"))
    assert runner.git("diff", "--name-only").text == "web/Dockerfile\n"


def test_amended_commits(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    (folder / "notes.txt").write_text("")
    runner.git("add", "-A")
    assert_accepted(commit(runner))

    # Nothing but the message changes.
    assert_accepted(commit(runner, "--amend"))

    lose_curl(folder)
    assert_refused(commit(runner, "-a", "--amend"), NO_CURL)


def test_an_empty_commit_is_accepted(runner: Runner, hooked: Hooked) -> None:
    hooked(PROJECT)
    assert_accepted(commit(runner, "--allow-empty"))


def test_the_first_commit_is_new_as_a_whole(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runner.git("init", "-q")
    write_files({**PROJECT, ".pre-commit-config.yaml": runner.configuration("composelint")})
    assert runner("install").code == 0
    runner.git("add", "-A")
    code, text = commit(runner)
    assert code == 1
    assert f"{OLD}:1:1: warning[CF004]" in text
    runner.git("rm", "-qrf", "old")
    assert_accepted(commit(runner))


def test_a_worktree(runner: Runner, hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = hooked(PROJECT)
    other = folder.parent / "other"
    runner.git("worktree", "add", "-q", str(other))
    monkeypatch.chdir(other)
    lose_curl(other)
    assert_refused(commit(runner, "-a"), NO_CURL)
    runner.git("add", "-A")
    assert_refused(commit(runner), NO_CURL)
    runner.git("checkout", "-q", "HEAD", ".")
    (other / "web/notes.txt").write_text("more\n")
    assert_accepted(commit(runner, "-a"))


def test_a_commit_from_a_folder_below(
    runner: Runner, hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hooked(PROJECT)
    lose_curl(folder)
    monkeypatch.chdir(folder / "job")
    assert_refused(commit(runner, "-a"), NO_CURL)


# --- merges ----------------------------------------------------------------------------------


def diverge(runner: Runner, folder: Path) -> None:
    """A branch "theirs" with an untagged image, and a change of the same line here."""
    runner.git("checkout", "-q", "-b", "theirs")
    write_files({"theirs/compose.yaml": UNTAGGED, "notes.txt": "theirs\n"}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner, "--no-verify"))
    runner.git("checkout", "-q", "-")
    write_files({"notes.txt": "ours\n"}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner))


def test_what_a_merged_branch_had_is_not_new(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    diverge(runner, folder)
    assert "CONFLICT" in runner.git("merge", "theirs").text
    write_files({"notes.txt": "both\n"}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner))


def test_what_a_merge_brings_is_new(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    diverge(runner, folder)
    runner.git("merge", "theirs")
    write_files({"notes.txt": "both\n"}, folder)
    lose_curl(folder)
    runner.git("add", "-A")
    answer = commit(runner)
    assert_refused(answer, NO_CURL)
    assert "theirs/compose.yaml" not in answer.text


def test_a_merge_without_conflicts_is_linted_by_its_own_hook(
    runner: Runner, hooked: Hooked
) -> None:
    """One branch renames an env file; the other one adds a service that reads it."""
    folder = hooked(PROJECT, types=["pre-commit", "pre-merge-commit"])
    runner.git("checkout", "-q", "-b", "theirs")
    compose = PROJECT["compose.yaml"]
    more = "  more:\n    build: ./job\n    env_file: config/web.env\n"
    write_files({"compose.yaml": compose + more, "theirs/compose.yaml": UNTAGGED}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner, "--no-verify"))
    runner.git("checkout", "-q", "-")
    rename_env_file(folder)
    write_files({"compose.yaml": compose.replace("web.env", "app.env")}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner))
    answer = runner.git("merge", "--no-edit", "theirs")
    assert_refused(answer, 'XF110] config/web.env does not exist, and service "more"')
    assert "theirs/compose.yaml" not in answer.text


# --- what is not in the index ----------------------------------------------------------------


def test_an_ignored_env_file_is_there(runner: Runner, hooked: Hooked) -> None:
    """What git ignores is not in the index, but the stack runs with it."""
    folder = hooked(
        {
            ".gitignore": ".env\n",
            "compose.yaml": 'services:\n  web:\n    image: "nginx:${TAG:?}"\n    env_file: .env\n',
        }
    )
    (folder / ".env").write_text("TAG=1.30\n")
    write_files(
        {"compose.yaml": (folder / "compose.yaml").read_text() + "    init: true\n"}, folder
    )
    answer = commit(runner, "-a")
    assert_accepted(answer)


def test_an_env_file_that_is_no_longer_tracked_is_there_if_git_ignores_it(
    runner: Runner, hooked: Hooked
) -> None:
    folder = hooked(PROJECT)
    runner.git("rm", "-q", "--cached", "config/web.env")
    assert_refused(commit(runner), "XF110] config/web.env")
    write_files({".gitignore": "web.env\n"}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner))


def test_a_commit_in_a_submodule(
    runner: Runner, hooked: Hooked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its repository is in a folder of the one around it."""
    module = tmp_path / "module"
    write_files({**PROJECT, ".pre-commit-config.yaml": runner.configuration("composelint")}, module)
    commit_all(module)
    folder = hooked(PROJECT)
    allowed = ("-c", "protocol.file.allow=always")
    assert runner.git(*allowed, "submodule", "--quiet", "add", str(module), "module").code == 0
    monkeypatch.chdir(folder / "module")
    assert runner("install").code == 0
    lose_curl(folder / "module")
    assert_refused(commit(runner, "-a"), NO_CURL)
    runner.git("checkout", "-q", ".")
    (folder / "module/web/notes.txt").write_text("more\n")
    assert_accepted(commit(runner, "-a"))


def test_a_submodule_is_not_missing(runner: Runner, hooked: Hooked, tmp_path: Path) -> None:
    module = tmp_path / "module"
    write_files({"Dockerfile": JOB}, module)
    commit_all(module)
    folder = hooked(PROJECT)
    allowed = ("-c", "protocol.file.allow=always")
    assert runner.git(*allowed, "submodule", "--quiet", "add", str(module), "module").code == 0
    compose = PROJECT["compose.yaml"] + "  module:\n    build: ./module\n"
    write_files({"compose.yaml": compose}, folder)
    runner.git("add", "-A")
    assert_accepted(commit(runner))
    # Its next commit is a change of the index, too.
    (folder / "module/notes.txt").write_text("")
    commit_all(folder / "module")
    assert_accepted(commit(runner, "-a"))


# --- as in CI --------------------------------------------------------------------------------


def test_all_files_with_nothing_staged_is_everything(runner: Runner, hooked: Hooked) -> None:
    hooked(PROJECT)
    code, text = runner("run", "--all-files")
    assert code == 1
    assert f"{OLD}:1:1: warning[CF004]" in text


def history(runner: Runner, folder: Path) -> None:
    """Two more commits: the second loses curl."""
    (folder / "web/notes.txt").write_text("more\n")
    assert_accepted(commit(runner, "-a"))
    lose_curl(folder)
    assert_accepted(commit(runner, "-a", "--no-verify"))


def test_a_range_of_commits(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT)
    history(runner, folder)
    assert_refused(runner("run", "--from-ref", "HEAD~2", "--to-ref", "HEAD"), NO_CURL)
    assert_refused(runner("run", "--from-ref", "HEAD~1", "--to-ref", "HEAD"), NO_CURL)
    assert_accepted(runner("run", "--from-ref", "HEAD~2", "--to-ref", "HEAD~1"))


def test_a_push(runner: Runner, hooked: Hooked, tmp_path: Path) -> None:
    folder = hooked(PROJECT, types=["pre-push"])
    runner.git("init", "-q", "--bare", str(tmp_path / "remote"))
    runner.git("remote", "add", "origin", str(tmp_path / "remote"))
    runner.git("push", "-q", "--no-verify", "origin", "HEAD")
    (folder / "web/notes.txt").write_text("more\n")
    runner.git("commit", "-qam", "fine")
    assert_accepted(runner.git("push", "origin", "HEAD"))
    lose_curl(folder)
    runner.git("commit", "-qam", "broken")
    assert_refused(runner.git("push", "origin", "HEAD"), NO_CURL)
    # A branch that the remote does not have begins with the first commit that it does not have.
    assert_refused(runner.git("push", "origin", "HEAD:refs/heads/new"), NO_CURL)


def test_a_checkout_runs_no_hook(runner: Runner, hooked: Hooked) -> None:
    """Where hooks of other kinds are installed, those of composelint keep out of them."""
    hooked(PROJECT, types=["pre-commit", "post-checkout", "commit-msg", "post-commit"])
    answer = runner.git("checkout", "-b", "other")
    assert_accepted(answer)
    assert OLD not in answer.text
    assert_accepted(commit(runner, "--allow-empty"))


def test_options_can_be_added(runner: Runner, hooked: Hooked) -> None:
    """Also with the ``--`` at the end that hooks with file names need."""
    folder = hooked(PROJECT, args=["--ignore", "healthcheck-tool-missing", "--"])
    lose_curl(folder)
    assert_accepted(commit(runner, "-a"))
    delete_dockerfile(folder)
    assert_refused(commit(runner, "-a"), "XF101] ")


# --- fixes -----------------------------------------------------------------------------------


def test_what_is_staged_is_fixed(runner: Runner, hooked: Hooked) -> None:
    folder = hooked({"compose.yaml": "services: {}\n"}, "composelint-fix")
    write_files({"new/compose.yaml": 'version: "3"\nservices: {}\n'}, folder)
    runner.git("add", "-A")
    answer = commit(runner)
    assert answer.code == 1
    assert "files were modified by this hook" in answer.text
    assert (folder / "new/compose.yaml").read_text() == "services: {}\n"
    runner.git("add", "-A")
    assert_accepted(commit(runner))


def test_fixes_leave_old_findings_alone(runner: Runner, hooked: Hooked) -> None:
    folder = hooked(PROJECT, "composelint-fix")
    (folder / "web/notes.txt").write_text("more\n")
    assert_accepted(commit(runner, "-a"))
    assert (folder / OLD).read_text() == PROJECT[OLD]


def test_nothing_half_staged_is_lost_by_fixes(runner: Runner, hooked: Hooked) -> None:
    folder = hooked({"compose.yaml": "services: {}\n"}, "composelint-fix")
    compose = folder / "compose.yaml"
    compose.write_text('version: "3"\nservices: {}\n')
    runner.git("add", "-A")
    compose.write_text('version: "3"\nservices: {}\n# not yet\n')
    assert commit(runner).code == 1
    assert "# not yet" in compose.read_text()
    assert os.listdir(folder / ".git").count("index.lock") == 0
