"""The exit codes of all verbs: 0 clean, 1 findings, 2 something is wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from checks import FAULTY, LayOut, Run, run_python, titled
from composelint.linter.cli import console
from composelint.linter.rulebook.registry import listed_rules

CLEAN = "services: {}\n"


CONTRACT = [
    # case                                    files                      arguments                code
    ("nothing wrong",                         {"compose.yaml": CLEAN},   [],                      0),
    ("nothing to lint",                       {},                        [],                      0),
    ("findings",                              {"compose.yaml": FAULTY},  [],                      1),
    ("findings below the level that fails",   {"compose.yaml": FAULTY},  ["--fail-on", "error"],  0),
    ("findings with --exit-zero",             {"compose.yaml": FAULTY},  ["--exit-zero"],         0),
    ("a syntax error in a linted file",       {"compose.yaml": "a: [\n"}, [],                     1),
    ("a file that is not text",               {"compose.yaml": "\udcff"}, [],                     2),
    ("one such file beside others",           {"compose.yaml": "\udcff", "a/compose.yaml": CLEAN}, [], 1),
    ("a missing path",                        {},                        ["gone.yaml"],           2),
    ("an unknown option",                     {},                        ["--bogus"],             2),
    ("an unknown rule",                       {},                        ["--select", "CF999"],   2),
    ("an unknown preset",                     {},                        ["--preset", "x"],       2),
    ("a broken configuration",                {"composelint.toml": "x"}, [],                      2),
    ("a difference",                          {"compose.yaml": FAULTY},  ["--diff"],              1),
    ("no difference",                         {"compose.yaml": CLEAN},   ["--diff"],              0),
    ("fixing alone",                          {"compose.yaml": FAULTY},  ["--fix-only"],          0),
    ("what is left after fixing",             {"compose.yaml": FAULTY},  ["--fix"],               1),
    ("the files",                             {"compose.yaml": FAULTY},  ["--show-files"],        0),
    ("the settings",                          {"compose.yaml": FAULTY},  ["--show-settings"],     0),
    ("a rule",                                {},                        ["rule", "CF004"],       0),
    ("an unknown rule to explain",            {},                        ["rule", "CF999"],       2),
    ("all rules",                             {},                        ["rules"],               0),
    ("rules of no preset",                    {},                        ["rules", "--preset", "x"], 2),
    ("the configuration",                     {},                        ["config"],              0),
    ("an unknown setting",                    {},                        ["config", "x"],         2),
    ("a baseline",                            {"compose.yaml": FAULTY},  ["baseline"],            0),
    ("a baseline that cannot be written",     {"compose.yaml": FAULTY},  ["baseline", "-o", "a/b"], 2),
    ("a first configuration",                 {},                        ["init"],                0),
    ("a second one",                          {"composelint.toml": ""},  ["init"],                2),
    ("completions",                           {},                        ["completions", "zsh"],  0),
    ("an unknown shell",                      {},                        ["completions", "x"],    2),
    ("the version",                           {},                        ["--version"],           0),
    ("help",                                  {},                        ["--help"],              0),
]  # fmt: skip


@pytest.mark.parametrize(("files", "arguments", "code"), titled(CONTRACT))
def test_each_call_has_its_exit_code(
    folder: Path, run: Run, files: dict[str, str], arguments: list[str], code: int
) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    answer = run(*arguments)
    assert answer.exit_code == code, answer.output
    if code == 2 and "\udcff" not in files.get("compose.yaml", ""):
        assert answer.stdout == ""
        assert answer.stderr


def test_there_are_three_exit_codes() -> None:
    assert (console.EXIT_CLEAN, console.EXIT_FINDINGS, console.EXIT_FAILURE) == (0, 1, 2)


def test_a_rule_that_fails_is_reported_and_the_other_rules_run(
    folder: Path, lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(subject: object) -> object:
        raise ZeroDivisionError("a defect")

    rule = next(rule for rule in listed_rules("compose") if rule.code == "CF401")
    monkeypatch.setattr(rule, "check", broken)
    lay_out({"compose.yaml": FAULTY})
    answer = run("--output-format", "concise", "--verbose")
    assert "LN005" in answer.stdout
    assert "CF401 (image-untagged) failed" in answer.stdout
    assert "CF004" in answer.stdout
    assert "ZeroDivisionError: a defect" in answer.stderr
    assert answer.exit_code == 2


def program(*arguments: str, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run the console script in another process, after some code."""
    return run_python(
        "-c",
        "from composelint.linter.cli import main\nfrom composelint.linter.engine import workspace\n"
        f"{code}\nmain.main()",
        *arguments,
        folder=folder,
    )


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("ZeroDivisionError('x')", "composelint: internal error: ZeroDivisionError: x"),
        ("KeyboardInterrupt", "composelint: interrupted"),
    ],
)
def test_an_internal_error_or_interrupt_is_one_line_on_stderr(
    folder: Path, error: str, message: str
) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    code = f"def broken(*a): raise {error}\nworkspace.Workspace.check = broken"
    answer = program(folder=folder, code=code)
    assert answer.stderr.strip().startswith(message)
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert answer.returncode == 2
    if error.startswith("Zero"):
        assert "Traceback" in program("--debug", folder=folder, code=code).stderr


def test_completions_exist_for_each_shell(run: Run) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_COMPOSELINT_COMPLETE" in run("completions", shell).stdout


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("composelint base", {"plain,baseline", "file,base"}),
        ("composelint --unsafe", {"plain,--unsafe-fixes"}),
        ("composelint check --unsafe", {"plain,--unsafe-fixes"}),
        ("composelint . --unsafe", {"plain,--unsafe-fixes"}),
        ("composelint --output-format sa", {"plain,sarif"}),
        ("composelint completions f", {"plain,fish"}),
    ],
)
def test_verbs_and_options_are_completed(folder: Path, words: str, completions: set[str]) -> None:
    answer = run_python(
        *("-m", "composelint"),
        folder=folder,
        _COMPOSELINT_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(words.count(" ")),
    )
    assert set(answer.stdout.split()) == completions, answer.stderr
