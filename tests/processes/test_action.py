"""The GitHub Action: its scripts run as the runner runs them, for each event."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from checks import FAULTY, GIT, ROOT, write_files, write_program

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


def step_with(**properties: str) -> dict[str, Any]:
    (step,) = (step for step in STEPS if properties.items() <= step.items())
    return step


def test_inputs_are_never_part_of_a_script() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_every_input_is_described_and_used() -> None:
    text = json.dumps(ACTION["runs"]) + json.dumps(ACTION["outputs"])
    for name, entry in ACTION["inputs"].items():
        assert entry["description"].endswith(".")
        assert f"inputs.{name}" in text


class Forge(NamedTuple):
    """Runs the linting step as GitHub's runner does, with inputs, an event, and its merge commit."""

    folder: Path
    temporary: Path

    def __call__(
        self, event: str = "push", *, merge: str | None = None, group_base: str = "", **inputs: str
    ) -> dict[str, Any]:
        step = step_with(id="lint")
        values = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
        values.update({name.replace("_", "-"): value for name, value in inputs.items()})
        runner = self.temporary
        contexts = {
            "steps.install.outputs.bin": str(runner / "bin"),
            "github.event.merge_group.base_sha": group_base,
            **{f"inputs.{name}": value for name, value in values.items()},
        }
        variables = {
            name: contexts[text.removeprefix("${{ ").removesuffix(" }}")]
            for name, text in step["env"].items()
        }
        output, summary = runner / "output", runner / "summary"
        for path in (output, summary):
            path.write_text("")
        answer = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder, capture_output=True, text=True, check=True,
            env={
                **os.environ, **variables,
                "RUNNER_TEMP": str(runner),
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": event,
                "GITHUB_BASE_REF": "main" if event.startswith("pull_request") else "",
                "GITHUB_SHA": merge or git(self.folder, "rev-parse", "HEAD"),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
        )  # fmt: skip
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return {
            "stdout": answer.stdout,
            "stderr": answer.stderr,
            "summary": summary.read_text(),
            "code": int(outputs["exit-code"]),
            "since": outputs["since"],
            "folder": self.folder,
        }


def git(folder: Path, *arguments: str) -> str:
    """The output of git, which finds the folder's own user and no other."""
    return subprocess.run(
        [*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def action(tmp_path: Path, repository: Callable[[dict[str, str]], Path]) -> Forge:
    """The action in a repository with two faulty files."""
    folder = repository({"compose.yaml": FAULTY, "sub/compose.yaml": FAULTY})
    write_program(tmp_path / "runner" / "bin" / "composelint")
    return Forge(folder, tmp_path / "runner")


def test_the_step_writes_annotations_summary_and_sarif(action: Forge) -> None:
    answer = action()
    assert answer["code"] == 1
    assert "::warning file=compose.yaml,line=1," in answer["stdout"]
    assert answer["summary"].startswith("## composelint")
    sarif = json.loads((answer["folder"] / "composelint.sarif").read_text())
    assert sarif["runs"][0]["results"]


def test_inputs_reach_the_command(action: Forge) -> None:
    answer = action(paths="sub\n", fail_on="error", annotations="false", summary="false")
    assert answer["code"] == 0
    assert "::warning" not in answer["stdout"]
    assert answer["summary"] == ""
    assert "sub/compose.yaml" in answer["stdout"]
    assert "\ncompose.yaml" not in answer["stdout"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"paths": "$(touch broken)"},
        {"paths": "; touch broken"},
        {"preset": "`touch broken`"},
        {"fail_on": "error; touch broken"},
        {"baseline": "x' || touch broken '"},
        {"paths": "--output-file=broken"},
        {"since": "$(touch broken)"},
        {"since": "--output-file=broken"},
        {"since": "--output=broken"},
    ],
    ids=lambda inputs: next(iter(inputs.values())),
)
def test_hostile_inputs_are_only_values(action: Forge, inputs: dict[str, str]) -> None:
    answer = action(**inputs)
    assert answer["code"] == 2
    assert not (answer["folder"] / "broken").exists()
    # What a run before this one in the same job wrote is not taken for its summary.
    assert answer["summary"].startswith("## composelint\n\nNothing was linted.")
    assert "::error title=composelint::" in answer["stdout"]


def test_an_input_writes_one_output(action: Forge) -> None:
    assert action(since="HEAD\nexit-code=0")["since"] == "HEAD"


# --- what is reported for which event ----------------------------------------------------------


class Request(NamedTuple):
    """A pull request: the tips of both branches, and where they parted."""

    base: str
    head: str
    merge: str
    parted: str


HEALTHY = (
    "services:\n  web:\n    build: ./web\n    healthcheck:\n"
    '      test: [CMD, curl, --fail, "http://localhost:8080/"]\n'
)
WITH_CURL = "FROM alpine:3.22\nRUN apk add --no-cache curl\nUSER 1000\n"


@pytest.fixture
def origin(tmp_path: Path, repository: Callable[[dict[str, str]], Path]) -> tuple[Path, Request]:
    """A repository with a pull request from a fork that breaks the healthcheck of a service."""
    folder = repository(
        {
            "old/compose.yaml": FAULTY,
            "new stack/compose.yaml": HEALTHY,
            "new stack/web/Dockerfile": WITH_CURL,
        }
    )
    git(folder, "branch", "-M", "main")
    parted = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "--detach")
    (folder / "new stack/web/Dockerfile").write_text("FROM alpine:3.22\nUSER 1000\n")
    git(folder, "commit", "-qam", "no curl")
    head = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "main")
    # What others bring meanwhile is not the pull request's.
    write_files({"others/compose.yaml": FAULTY}, folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "others")
    base = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "--detach")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", head)
    merge = git(folder, "rev-parse", "HEAD")
    for name, commit in (("head", head), ("merge", merge)):
        git(folder, "update-ref", f"refs/pull/1/{name}", commit)
    git(folder, "checkout", "-q", "main")
    return folder, Request(base, head, merge, parted)


@pytest.fixture
def checked_out(
    tmp_path: Path, origin: tuple[Path, Request], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Forge]:
    """The action in a clone, as actions/checkout makes it: a commit with some of its history."""

    def make(revision: str, depth: int = 0, branch: str = "main") -> Forge:
        folder, temporary = tmp_path / "the work" / "space", tmp_path / "the runner"
        git(tmp_path, "init", "-q", str(folder))
        git(folder, "remote", "add", "origin", origin[0].as_uri())
        branches = "+refs/heads/*:refs/remotes/origin/*"
        if depth:
            git(folder, "fetch", "-q", f"--depth={depth}", "origin", revision)
        else:
            git(folder, "fetch", "-q", "origin", branches, revision)
        git(folder, "checkout", "-q", "FETCH_HEAD" if depth else revision)
        write_program(temporary / "bin" / "composelint")
        monkeypatch.chdir(folder)
        return Forge(folder, temporary)

    return make


@pytest.mark.parametrize(("depth", "since"), [(0, "merge-base:origin/main"), (2, "HEAD^1")])
def test_a_pull_request_is_compared_with_the_tip_of_its_target(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request], depth: int, since: str
) -> None:
    _, request = origin
    answer = checked_out(request.merge, depth)("pull_request")
    assert answer["since"] == since
    assert answer["code"] == 1
    assert "file=new stack/compose.yaml,line=5," in answer["stdout"]
    assert "curl" in answer["summary"]
    for text in (answer["stdout"], answer["summary"]):
        assert "old/compose.yaml" not in text
        assert "others/compose.yaml" not in text


def test_what_others_bring_while_it_runs_is_not_the_pull_requests(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    """The target branch may move on before the job starts."""
    folder, request = origin
    write_files({"later/compose.yaml": FAULTY}, folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "later")
    answer = checked_out(request.merge)("pull_request")
    assert "1 new, 0 fixed" in answer["summary"]
    assert "later/compose.yaml" not in answer["stdout"]


def test_the_head_of_a_pull_request_is_compared_with_where_it_began(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    """Where the workflow checks out the branch and not the merge."""
    _, request = origin
    answer = checked_out(request.head)("pull_request", merge=request.merge)
    assert answer["since"] == "merge-base:origin/main"
    assert answer["code"] == 1
    assert "file=new stack/compose.yaml,line=5," in answer["stdout"]
    assert "old/compose.yaml" not in answer["stdout"]


def test_a_shallow_clone_fails_and_says_what_to_do(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    _, request = origin
    answer = checked_out(request.merge, depth=1)("pull_request")
    assert answer["code"] == 2
    assert "fetch-depth: 0" in answer["stderr"]
    assert "::error title=composelint::" in answer["stdout"]
    assert "Nothing was linted" in answer["summary"]


def test_a_target_that_is_missing_fails(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    _, request = origin
    forge = checked_out(request.head)
    git(forge.folder, "update-ref", "-d", "refs/remotes/origin/main")
    answer = forge("pull_request", merge=request.merge)
    assert answer["code"] == 2
    assert "origin/main" in answer["stderr"]


def test_a_merge_group_is_compared_with_its_base(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    _, request = origin
    answer = checked_out(request.merge)("merge_group", group_base=request.base)
    assert (answer["since"], answer["code"]) == (request.base, 1)
    assert "old/compose.yaml" not in answer["stdout"]


@pytest.mark.parametrize("event", ["push", "workflow_dispatch", "schedule", "pull_request_target"])
def test_everything_is_reported_for_other_events(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request], event: str
) -> None:
    # For pull_request_target the target itself is checked out: a comparison would find nothing.
    _, request = origin
    answer = checked_out(request.base, depth=1)(event)
    assert (answer["since"], answer["code"]) == ("", 1)
    assert "file=old/compose.yaml" in answer["stdout"]
    assert "file=others/compose.yaml" in answer["stdout"]


def test_since_is_what_the_user_says(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    _, request = origin
    forge = checked_out(request.merge)
    # Everything, although it is a pull request.
    assert "file=old/compose.yaml" in forge("pull_request", since="")["stdout"]
    # A comparison, although it is not.
    answer = forge("push", since=request.parted)
    assert answer["since"] == request.parted
    assert "file=others/compose.yaml" in answer["stdout"]
    assert "file=old/compose.yaml" not in answer["stdout"]


@pytest.mark.parametrize("upload", ["true", "false"])
def test_code_scanning_gets_everything(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request], upload: str
) -> None:
    """It compares the branches itself, and would take what is missing for fixed."""
    _, request = origin
    answer = checked_out(request.merge)("pull_request", upload_sarif=upload)
    assert answer["code"] == 1
    assert "old/compose.yaml" not in answer["stdout"]
    report = (answer["folder"] / "composelint.sarif").read_text()
    assert ("old/compose.yaml" in report) is (upload == "true")


def test_the_summary_says_what_is_fixed(
    checked_out: Callable[..., Forge], origin: tuple[Path, Request]
) -> None:
    folder, request = origin
    git(folder, "checkout", "-q", "--detach", request.base)
    (folder / "old/compose.yaml").unlink()
    git(folder, "commit", "-qam", "no old stack")
    git(folder, "update-ref", "refs/pull/2/head", "HEAD")
    forge = checked_out(git(folder, "rev-parse", "HEAD"))
    answer = forge("pull_request", merge=request.merge)
    assert answer["code"] == 0
    assert "3 fixed" in answer["summary"]
    assert "old/compose.yaml" in answer["summary"]


# --- other steps -------------------------------------------------------------------------------


@pytest.mark.parametrize(("versions", "code"), [("3.10.14", 2), ("3.11.0", 0)])
def test_the_python_of_the_runner_is_new_enough_or_named(
    tmp_path: Path, versions: str, code: int
) -> None:
    script: str = step_with(id="install")["run"]
    check, rest = script.split("python3 -m venv", 1)
    assert "--require-hashes" in rest
    program = tmp_path / "python3"
    parts = tuple(int(part) for part in versions.split("."))
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.version_info = {parts}\nexec(sys.argv[2])\n"
    )
    program.chmod(0o755)
    answer = subprocess.run(
        ["bash", "-ec", check], env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == code
    assert ("Python 3.11 or newer" in answer.stdout) is bool(code)


def test_actions_are_pinned_to_commits() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)


def test_the_last_step_ends_with_the_exit_code() -> None:
    assert STEPS[-1]["env"] == {"CODE": "${{ steps.lint.outputs.exit-code }}"}
    for code in (0, 1, 2):
        answer = subprocess.run(
            ["bash", "-c", STEPS[-1]["run"]], env={"CODE": str(code)}, check=False
        )
        assert answer.returncode == code
