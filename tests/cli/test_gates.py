"""No call passes because something was not read, not selected or not there."""

from __future__ import annotations

import pytest
from checks import LayOut, Run
from composelint import UnknownSelector, check
from composelint.linter.base.names import UNREAD_CODES
from composelint.linter.rulebook.registry import all_rules

GOOD = "services:\n  web:\n    image: nginx:1.30\n"

UNREAD = {
    "CF001": ("compose.yaml", b"services:\n\tweb:\n"),
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


@pytest.mark.parametrize("code", ["CF001", "DF001", "DI008", "EV001"])
def test_a_syntax_error_fails_unless_nothing_shall(lay_out: LayOut, run: Run, code: str) -> None:
    path, data = UNREAD[code]
    folder = lay_out({})
    (folder / path).write_bytes(data)
    assert run("--exit-zero").exit_code == 0
    assert run("--fail-on", "never").exit_code == 0
    assert run("--fail-on", "info", "--quiet").exit_code == 1
    # The way out is to leave the file out.
    assert run("--exclude", path).exit_code == 0


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("compose.yaml", "# composelint: ignore-file[CF001] old\nservices:\n\tweb:\n", "CF001"),
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
    with pytest.raises(UnknownSelector, match=r"^composelint\.toml:2:1: no rule is selected"):
        check()
    assert check(select=["CF004"]).diagnostics == ()
