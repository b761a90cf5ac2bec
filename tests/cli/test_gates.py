"""No call passes because something was not read, not selected or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import LayOut, Run
from composelint import ConfigError, MissingPath, Severity, UnknownSelector, check
from composelint.linter.base.names import UNREAD_CODES
from composelint.linter.files.disk import Disk
from composelint.linter.rulebook.registry import all_rules

GOOD = "services:\n  web:\n    image: nginx:1.30\n"

UNREAD = {
    "CF001": ("compose.yaml", b"services:\n\tweb:\n"),
    "CF181": ("compose.yaml", b"# services:\n#   web: {}\n"),
    "DF001": ("Dockerfile", b"FROM alpine:3.22\nCOYP a b\n"),
    "DI008": (".dockerignore", b"[a-\n"),
    "EV001": (".env", b"MY NAME=shop\n"),
    "LN002": ("compose.yaml", b"# " + b"x" * 3000 + b"\n"),
    "LN003": ("compose.yaml", "services: {} # ä\n".encode("latin-1")),
    "LN004": ("compose.yaml", b"a: " + b"[" * 900 + b"\n"),
}
"""A file that cannot be read, by the rule that says so."""

HIDING: list[tuple[list[str], str]] = [
    ([], ""),
    (["--select", "CF201"], ""),
    (["--ignore", "{code}"], ""),
    (["--ignore", "ALL"], ""),
    (["--preset", "style"], ""),
    (["--fail-on", "error"], ""),
    (["--add-ignores=legacy"], ""),
    ([], 'select = ["CF201"]\n'),
    ([], 'ignore = ["{code}"]\n'),
    ([], 'preset = "style"\n'),
    ([], 'severity = {{ {code} = "info" }}\n'),
    ([], '[per-file-ignores]\n"**" = ["ALL"]\n'),
]


@pytest.mark.parametrize(("arguments", "settings"), HIDING, ids=str)
@pytest.mark.parametrize("code", UNREAD)
def test_what_cannot_be_read_is_reported_whatever_is_selected(
    lay_out: LayOut, run: Run, code: str, arguments: list[str], settings: str
) -> None:
    path, data = UNREAD[code]
    text = "max-file-size = 2000\n" + settings.format(code=code)
    folder = lay_out({"composelint.toml": text})
    (folder / path).write_bytes(data)
    answer = run(*(each.format(code=code) for each in arguments), "--output-format", "concise")
    assert f" {code} " in answer.stdout
    # Nothing else was linted where a file could not even be decoded.
    assert answer.exit_code == (2 if code in ("LN002", "LN003") else 1)


@pytest.mark.parametrize("code", ["CF001", "CF181", "DF001", "DI008", "EV001"])
def test_a_syntax_error_fails_unless_nothing_shall(lay_out: LayOut, run: Run, code: str) -> None:
    path, data = UNREAD[code]
    folder = lay_out({})
    (folder / path).write_bytes(data)
    assert run("--exit-zero").exit_code == 0
    assert run("--fail-on", "never").exit_code == 0
    assert run("--fail-on", "info", "--quiet").exit_code == 1
    # The way out is to leave the file out.
    assert run("--exclude", path).exit_code == 0


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "null\n", "just text\n"])
@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml"])
def test_a_compose_file_without_content_never_passes(
    lay_out: LayOut, run: Run, name: str, text: str
) -> None:
    lay_out({name: text})
    answer = run(name, "--select", "CF201", "--output-format", "concise")
    assert (" CF181 " in answer.stdout, answer.exit_code) == (True, 1)


def test_an_empty_override_is_accepted_beside_its_base(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": GOOD, "compose.override.yaml": "# services:\n"})
    answer = run("--preset", "all", "--output-format", "concise")
    assert " CF201 " in answer.stdout
    assert " CF181 " not in answer.stdout


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("compose.yaml", "# composelint: ignore-file[CF001] old\nservices:\n\tweb:\n", "CF001"),
        ("compose.yaml", "# composelint: ignore-file[CF181] later\n", "CF181"),
        ("Dockerfile", "FROM alpine:3.22\n# composelint: ignore[DF001] old\nCOYP a b\n", "DF001"),
        ("Dockerfile", "# hadolint global ignore=DL1000\nFROM alpine:3.22\nCOYP a b\n", "DF001"),
        (".env", "# composelint: ignore[EV001] old\nMY NAME=shop\n", "EV001"),
        (".dockerignore", "# composelint: ignore[DI008] old\n[a-\n", "DI008"),
    ],
)
def test_no_comment_hides_a_syntax_error(
    lay_out: LayOut, run: Run, path: str, text: str, code: str
) -> None:
    lay_out({path: text})
    answer = run("--select", code, "--output-format", "concise")
    assert (f" {code} " in answer.stdout, answer.exit_code) == (True, 1)


def test_a_baseline_does_not_record_what_cannot_be_read(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": GOOD, "Dockerfile": "FROM alpine:3.22\nUSER 1\nCOYP a b\n"})
    assert run("baseline").exit_code == 0
    answer = run("--output-format", "concise")
    assert (" DF001 " in answer.stdout, " CF201 " in answer.stdout) == (True, False)
    assert answer.exit_code == 1


def test_an_ignored_syntax_error_is_said_to_stay(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": GOOD})
    note = "what cannot be read is always reported"
    assert note in run("--ignore", "yaml-syntax").stderr
    assert note not in run("--ignore", "CF004").stderr
    lay_out({"composelint.toml": 'ignore = ["CF004", "CF001"]\n'})
    assert f'composelint.toml:1:20: "CF001" is not ignored: {note}' in run().stderr


def test_the_table_names_rules_that_mean_errors() -> None:
    listed = [rule for rule in all_rules() if rule.code in UNREAD_CODES]
    assert {rule.code for rule in listed} == UNREAD_CODES
    assert {(rule.category, rule.severity.label) for rule in listed} == {("reading", "error")}


# --- nothing selected ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "settings", "code"),
    [
        (["--select", ""], "", 2),
        (["--select="], "", 2),
        (["--select", " , "], "", 2),
        (["--fix", "--fixable", ""], "", 2),
        (["--select", "CF201", "--ignore", "CF201"], "", 2),
        ([], "select = []\n", 2),
        ([], 'select = ["CF201"]\nignore = ["CF201"]\n', 2),
        (["--ignore", "CF201"], 'select = ["CF201"]\n', 2),
        (["--preset", ""], "", 2),
        # An empty list that takes nothing away.
        (["--ignore", ""], "", 0),
        (["--extend-select", ""], "", 0),
        # Something is selected, or it is said that nothing shall be.
        (["--select", "CF004"], "select = []\n", 0),
        (["--preset", "style"], "select = []\n", 0),
        ([], 'select = []\nextend-select = ["CF004"]\n', 0),
        (["--ignore", "ALL"], "", 0),
        (["--select", "CF", "--ignore", "CF201"], "", 0),
        (["--select", "SC"], "", 0),
    ],
)
def test_a_selection_without_rules_is_an_error_of_use(
    lay_out: LayOut, run: Run, arguments: list[str], settings: str, code: int
) -> None:
    lay_out({"composelint.toml": settings, "compose.yaml": GOOD})
    answer = run(*arguments, "--fail-on", "error")
    assert answer.exit_code == code
    assert bool(answer.stderr) == (code == 2)


def test_the_library_refuses_a_selection_without_rules(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": GOOD})
    with pytest.raises(UnknownSelector, match="no rule is selected"):
        check(select=[])
    lay_out({"composelint.toml": 'preset = "style"\nselect = []\n'})
    with pytest.raises(ConfigError, match=r"^composelint\.toml:2:1: no rule is selected"):
        check()
    assert check(select=["CF004"]).diagnostics == ()


# --- what is named is linted, or it is said why not ----------------------------------------

DOCKERFILE = "FROM alpine:3.22\nRUN sudo true\n"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("build.txt", DOCKERFILE, "DF303"),
        ("image.build", DOCKERFILE, "DF303"),
        ("my-dockerfile.txt", DOCKERFILE, "DF303"),
        ("stack.txt", "version: '3'\n" + GOOD, "CF004"),
        ("stack.json", '{"version": "3", "services": {"a": {"image": "x:1"}}}', "CF004"),
        ("notes.txt", "Hello.\n", "LN001"),
        ("Dockerfile.md", "# Our image\n\nIt is small.\n", "LN001"),
        ("empty.txt", "", "LN001"),
        ("broken.txt", "FORM alpine:3.22\n", "LN001"),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\n", "LN001"),
    ],
)
def test_a_named_file_is_linted_or_it_is_said_why_not(
    lay_out: LayOut, run: Run, path: str, text: str, code: str
) -> None:
    lay_out({path: text, "compose.yaml": GOOD})
    select = ("--select", "CF004,DF303", "--output-format", "concise", "--no-cache")
    answer = run(path, *select)
    assert f" {code} " in answer.stdout
    # Together with other files it fails, too; alone nothing was read.
    assert run(path, "compose.yaml", *select).exit_code == 1
    assert answer.exit_code == (2 if code == "LN001" else 1)
    # In a folder it is not a file of ours.
    assert run(".", *select).exit_code == 0


def test_a_named_env_file_with_any_name_is_linted(lay_out: LayOut, run: Run) -> None:
    lay_out({"settings.conf": "A=1\nA=2\n"})
    answer = run("settings.conf", "--output-format", "concise")
    assert (answer.exit_code, " EV002 " in answer.stdout) == (1, True)


@pytest.mark.parametrize("path", ["Dockerfile.md", ".env.vault", "dockerfile.py"])
def test_files_that_hooks_name_by_pattern_fail_nothing(
    lay_out: LayOut, run: Run, path: str
) -> None:
    lay_out({path: "FROM {{ base }}\n", "compose.yaml": GOOD})
    hook = ("--force-exclude", "--select", "CF004", path, "compose.yaml")
    answer = run(*hook)
    assert (answer.exit_code, path in answer.stdout + answer.stderr) == (0, False)
    assert f"{path}: the file was named but not linted" in run("-v", *hook).stderr
    assert run("--select", "CF004", path, "compose.yaml").exit_code == 1


def test_a_workflow_with_the_name_of_a_compose_file_is_no_error(lay_out: LayOut, run: Run) -> None:
    lay_out({"deploy-compose.yml": "on: push\njobs: {}\n", "compose.yaml": GOOD})
    answer = run("--select", "CF004", "deploy-compose.yml", "compose.yaml")
    assert (answer.exit_code, "another tool" in answer.stderr) == (0, True)
    assert "another tool" not in run("--select", "CF004").stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version: '3'\n" + GOOD, "CF004"),
        # A syntax error does not make it vanish from the run.
        (GOOD + "   command: x\n", "CF001"),
        (GOOD + "\tcommand: x\n", "CF001"),
        ("services:\n  web:\n    build: .\n    image: 'x\n", "CF001"),
        # These are files of others.
        ("steps:\n  a: 1\n" + GOOD + "\tcommand: x\n", ""),
        ("services:\n  - image: x\n\t- y\n", ""),
        ("services:\n  web:\n    port: 80\n\t  x: y\nimage: x\n", ""),
    ],
)
def test_a_broken_compose_file_with_any_name_stays_in_the_run(
    lay_out: LayOut, run: Run, text: str, code: str
) -> None:
    lay_out({"demo.yml": text})
    answer = run("--select", "CF004", "--output-format", "concise", "--no-cache")
    assert (f" {code} " in answer.stdout, answer.exit_code) == (bool(code), int(bool(code)))


@pytest.mark.parametrize(
    ("arguments", "text", "code", "part"),
    [
        (["--stdin-filename", "build.txt"], DOCKERFILE, 1, " DF303 "),
        (["--stdin-filename", "notes.txt"], "Hello.\n", 2, "notes.txt: neither"),
        ([], "version: '3'\n" + GOOD, 1, " CF004 "),
    ],
)
def test_standard_input_is_linted_or_it_is_said_why_not(
    run: Run, folder: object, arguments: list[str], text: str, code: int, part: str
) -> None:
    select = ("--select", "CF004,DF303", "--output-format", "concise")
    answer = run("-", *arguments, *select, stdin=text.encode())
    assert (answer.exit_code, part in answer.output) == (code, True)


def test_a_fix_of_a_file_without_a_telling_name_is_checked_like_others(
    lay_out: LayOut, run: Run
) -> None:
    folder = lay_out(
        {"build.txt": "FROM alpine:3.22\nMAINTAINER me\n", "s.txt": "version: '3'\n" + GOOD}
    )
    assert run("--fix", "--select", "CF004,DF904", "build.txt", "s.txt").exit_code == 0
    assert (folder / "s.txt").read_text() == GOOD
    assert "LABEL" in (folder / "build.txt").read_text()


# --- what is not there ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope.yaml"],
        ["compose.yaml", "nope"],
        ["--env-file", "nope.env"],
        ["--env-file", ".env", "--env-file", "nope.env"],
        ["--env-file", "folder"],
        ["--stack", "compose.yaml:nope.yaml"],
        ["--baseline", "nope.json"],
        ["--config", "nope.toml"],
        ["--output-file", "nope/report.txt"],
        ["--report", "json=nope/report.json"],
        ["--report", "jsn=report.json"],
        ["--fail-on", "eror"],
        ["--config", 'fail-on = "eror"'],
        ["--config", 'baseline = "nope.json"'],
        ["--config", 'plugins = ["nope"]'],
        ["--config", 'extend = "nope.toml"'],
        ["--preset", "prodution"],
        ["--output-format", "jsn"],
        ["--stdin-filename", "compose.yaml"],
        ["--fix", "nope.yaml"],
        ["baseline", "nope.yaml"],
    ],
    ids=" ".join,
)
def test_what_is_named_and_not_there_is_an_error_of_use(
    lay_out: LayOut, run: Run, arguments: list[str]
) -> None:
    lay_out({"compose.yaml": GOOD, ".env": "A=1\n", "folder/x": ""})
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert answer.stderr


def test_an_env_file_of_a_configured_stack_or_of_the_environment_is_missed(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({"compose.yaml": GOOD})
    stack = "[[stacks]]\nfiles = ['compose.yaml']\nenv-files = ['live.env']\n"
    options = ("--select", "XF110", "--output-format", "concise", "--no-cache")
    lay_out({"composelint.toml": stack})
    answer = run(*options)
    assert "compose.yaml:1:1: error: XF110 live.env does not exist" in answer.stdout
    assert answer.exit_code == 1
    # One that git ignores is missing in every clone.
    lay_out({".gitignore": "*.env\n"})
    assert run(*options).exit_code == 0
    lay_out({".gitignore": "", "composelint.toml": "", "live.env": "A=1\n"})
    for name, code in (("live.env", 0), ("nope.env", 1)):
        monkeypatch.setenv("COMPOSE_ENV_FILES", name)
        assert run("--use-environment", *options).exit_code == code
        assert run(*options).exit_code == 0


@pytest.mark.parametrize(
    ("files", "place", "code"),
    [
        ("['gone.yml']", "2:9", "LN009"),
        ("['gone.yml', 'sub/gone.yml']", "2:9", "LN009"),
        ("['compose.yaml', 'gone.yml']", "2:26", "CF182"),
        ("['gone.yml', 'compose.yaml']", "2:10", "CF182"),
        ("['compose.yaml']", "", ""),
    ],
)
def test_a_file_of_a_configured_stack_that_does_not_exist_fails_in_the_configuration(
    lay_out: LayOut, run: Run, files: str, place: str, code: str
) -> None:
    lay_out({"compose.yaml": GOOD, "composelint.toml": f"[[stacks]]\nfiles = {files}\n"})
    for options in ((), ("--no-cache",), ("--fix",), (".", "--jobs", "2")):
        answer = run("--select", "CF004,CF182", "--output-format", "concise", *options)
        places = [tuple(line.split()[:3]) for line in answer.stdout.splitlines()[:-1]]
        assert places == ([(f"composelint.toml:{place}:", "error:", code)] if code else [])
        assert answer.exit_code == (1 if code else 0)


def test_an_entry_without_any_file_fails_whatever_is_selected_and_though_nothing_is_there(
    lay_out: LayOut, run: Run
) -> None:
    lay_out({"composelint.toml": "[[stacks]]\nfiles = ['gone.yml']\n"})
    for present in ({}, {"compose.yaml": GOOD}):
        lay_out(present)
        for options in (("--select", "CF004"), ("--ignore", "LN009"), ("--preset", "style")):
            answer = run(*options, "--output-format", "concise")
            assert answer.exit_code == 1
            assert "composelint.toml:2:9: error: LN009 no file of this stack exists: gone.yml" in (
                answer.stdout
            )
    # A call for another file is not about this stack.
    assert run("compose.yaml", "--select", "CF004").exit_code == 0
    assert run("--stack", "compose.yaml", "--select", "CF004").exit_code == 0


def test_the_library_refuses_env_files_that_do_not_exist(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": GOOD, "own.env": "A=1\n"})
    with pytest.raises(MissingPath):
        check(env_files=["nope.env"])
    assert check(env_files=["own.env"], select=["CF004"]).diagnostics == ()


# --- folders that cannot be listed ---------------------------------------------------------


@pytest.fixture(params=["git", "walk"])
def closed(
    request: pytest.FixtureRequest, lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder ``a/closed`` that nobody can list, whoever runs the tests."""
    folder = lay_out({"compose.yaml": GOOD, "a/compose.yaml": GOOD, "a/closed/x": ""})
    if request.param == "git":
        program = folder / "bin" / "git"
        program.parent.mkdir()
        program.write_text(
            "#!/bin/sh\nprintf 'compose.yaml\\0a/compose.yaml\\0'\n"
            "echo \"warning: could not open directory 'a/closed/': Permission denied\" >&2\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    scan = os.scandir

    def scandir(path: str) -> object:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    return folder


@pytest.mark.parametrize("named", [".", "a"])
def test_a_folder_that_cannot_be_listed_is_reported(closed: Path, run: Run, named: str) -> None:
    options = ("--select", "CF004", "--output-format", "concise", "--no-cache")
    answer = run(named, *options)
    assert (answer.exit_code, answer.stdout.count(" LN001 ")) == (1, 1)
    assert "a/closed:1:1: error: LN001 the folder cannot be listed" in answer.stdout
    assert "a/closed" not in run(named, "--show-files").stdout
    for pattern in ("a/closed", "closed"):
        assert run(named, "--exclude", pattern, *options).exit_code == 0


def test_a_named_folder_that_cannot_be_listed_is_an_error_of_use(closed: Path, run: Run) -> None:
    assert run("a/closed").exit_code == 2
    assert run("a/compose.yaml", "--select", "CF004").exit_code == 0


def test_data_of_a_container_is_only_mentioned(
    closed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Disk, "is_own", lambda self, path: False)
    answer = run("--select", "CF004", "--output-format", "concise", "--no-cache")
    assert (answer.exit_code, "belongs to another user" in answer.stdout) == (0, True)
    assert run("a/closed").exit_code == 2


# --- configurations with errors ------------------------------------------------------------

OLD = "version: '3'\n" + GOOD


@pytest.mark.parametrize(
    ("config", "place", "part"),
    [
        ('selct = ["CF004"]\n', "sub/composelint.toml:1:1", "selct"),
        ("select = [\n", "sub/composelint.toml:2:1", "not TOML"),
        ('select = ["CF004"]\nignore = ["nope"]\n', "sub/composelint.toml:2:11", "nope"),
        ("select = []\n", "sub/composelint.toml:1:1", "no rule is selected"),
        ('extend = "nope.toml"\n', "sub/composelint.toml:1:10", "nope.toml"),
        ("selct = 1\nignre = 1\n", "sub/composelint.toml:1:1", "(and 1 more error)"),
    ],
)
def test_a_nested_configuration_with_errors_is_one_finding(
    lay_out: LayOut, run: Run, config: str, place: str, part: str
) -> None:
    lay_out(
        {
            "composelint.toml": 'select = ["CF004"]\n',
            "compose.yaml": OLD,
            "sub/composelint.toml": config,
            "sub/compose.yaml": OLD,
            "sub/deep/compose.yaml": OLD,
            "other/compose.yaml": OLD,
        }
    )
    for options in ((), ("--no-cache",), ("--jobs", "2"), ("--ignore", "LN009"), ("--diff",)):
        answer = run("--output-format", "concise", *options)
        assert answer.exit_code == 1
        if options == ("--diff",):
            continue
        (finding,) = [line for line in answer.stdout.splitlines() if " LN009 " in line]
        assert finding.startswith(f"{place}: error: LN009 ")
        assert part in finding
        assert finding.endswith("the files in sub and below")
        lines = answer.stdout.splitlines()
        assert [line.split(":")[0] for line in lines if " CF004 " in line] == [
            "compose.yaml",
            "other/compose.yaml",
        ]
    assert run("--fix").exit_code == 1
    # Several paths are linted as one.
    assert " LN009 " in run("sub", "other", "--output-format", "concise").stdout
    (finding,) = check(["sub", "other"]).at_least(Severity.ERROR)
    assert finding.code == "LN009"


def test_a_configuration_with_errors_ends_the_run_where_nothing_is_left(
    lay_out: LayOut, run: Run
) -> None:
    lay_out(
        {
            "compose.yaml": OLD,
            "sub/composelint.toml": "selct = 1\n",
            "sub/compose.yaml": OLD,
            "sub/deep/composelint.toml": 'select = ["CF004"]\n',
            "sub/deep/compose.yaml": OLD,
        }
    )
    for path in ("sub/compose.yaml", "sub"):
        answer = run(path)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert "sub/composelint.toml:1:1" in answer.stderr
    for verb in ("baseline", "budget", "config"):
        assert run(verb, *(["sub"] if verb == "config" else [])).exit_code == 2
    assert run("--show-files").exit_code == 2
    with pytest.raises(ConfigError):
        check(["sub/compose.yaml"])
    # That of the working folder holds for the whole call.
    lay_out({"composelint.toml": "selct = 1\n"})
    assert run().exit_code == 2
    assert run("sub/deep/compose.yaml", "sub/compose.yaml").exit_code == 2


def test_the_library_searches_copies_of_other_projects_if_asked(lay_out: LayOut) -> None:
    lay_out({"vendor/compose.yaml": GOOD, "copies/compose.yaml": GOOD, "compose.yaml": GOOD})
    assert check(".").files == 2
    assert check(".", vendored=[]).files == 3
    assert check(".", vendored=["copies"]).files == 2
    found = check(".", vendored=["copies", "vendor"], select=["CF201"])
    assert {each.path for each in found.diagnostics} == {"compose.yaml"}
