"""What makes a stack fail in files that are not linted is reported where linted ones name them."""

from __future__ import annotations

import pytest
from checks import LayOut, Run
from composelint import Report, Severity, check
from composelint.linter.config.options import Options
from composelint.linter.engine.workspace import open_workspace

WEB = "services:\n  web:\n    image: nginx:1.30\n"
DB = "services:\n  db:\n    image: postgres:17\n"
BROKEN = "services:\n\tdb:\n"
MISSPELT = "services:\n  db:\n    imag: postgres:17\n"
BAD_ENV = "A=1\nMY NAME=x\n"


def errors(report: Report) -> list[str]:
    """The errors of a report, as ``path:line code``."""
    return [
        f"{each.path}:{each.start.line} {each.code}" for each in report.at_least(Severity.ERROR)
    ]


REFERRED: list[tuple[str, dict[str, str], str]] = [
    (WEB + "    env_file: own.env\n", {"own.env": BAD_ENV}, "compose.yaml:4 EV001"),
    (WEB + "    env_file:\n      - path: own.env\n", {"own.env": BAD_ENV}, "compose.yaml:5 EV001"),
    (WEB + "    label_file: labels\n", {"labels": BAD_ENV}, "compose.yaml:4 EV001"),
    (WEB, {".env": BAD_ENV}, "compose.yaml:1 EV001"),
    ("# Ours.\n" + WEB, {".env": "COMPOSE_PROJECT_NAME=My App\n"}, "compose.yaml:1 CF137"),
    ("include:\n  - db.txt\n" + WEB, {"db.txt": BROKEN}, "compose.yaml:2 CF001"),
    ("include:\n  - db.yaml\n" + WEB, {"db.yaml": MISSPELT}, "compose.yaml:2 CF003"),
    (
        "include:\n  - db/compose.yaml\n" + WEB,
        {"db/compose.yaml": MISSPELT},
        "compose.yaml:2 CF003",
    ),
    (
        "include:\n  - db.yaml\n" + WEB,
        {"db.yaml": "include: [more.txt]\n" + DB, "more.txt": BROKEN},
        "compose.yaml:2 CF001",
    ),
    (
        "include:\n  - db.yaml\n" + WEB,
        {"db.yaml": DB + "    env_file: own.env\n", "own.env": BAD_ENV},
        "compose.yaml:2 EV001",
    ),
    (
        WEB + "    extends: {file: base.txt, service: db}\n",
        {"base.txt": BROKEN},
        "compose.yaml:4 CF001",
    ),
    (
        WEB + "    extends: {file: base.txt, service: db}\n",
        {"base.txt": MISSPELT},
        "compose.yaml:4 CF003",
    ),
    (WEB + "    extends: {file: nope.yaml, service: db}\n", {}, "compose.yaml:4 CF107"),
    ("include: [nope.yaml]\n" + WEB, {}, "compose.yaml:1 CF112"),
    (
        "include: [{path: db.txt, env_file: own.env}]\n" + WEB,
        {"db.txt": DB, "own.env": BAD_ENV},
        "compose.yaml:1 EV001",
    ),
    ("include: [{path: db.txt, env_file: nope}]\n" + WEB, {"db.txt": DB}, "compose.yaml:1 XF110"),
    (WEB + "    env_file: nope.env\n", {}, "compose.yaml:4 XF110"),
    (WEB + "    env_file: ''\n", {}, "compose.yaml:4 XF110"),
    (WEB + "    env_file: [{path: ''}]\n", {}, "compose.yaml:4 XF110"),
    (WEB + "    label_file: ''\n", {}, "compose.yaml:4 XF110"),
    (WEB + "    env_file: folder\n", {"folder/x": ""}, "compose.yaml:4 CF148"),
]

ACCEPTED: list[tuple[str, dict[str, str]]] = [
    (WEB + "    env_file: own.env\n", {"own.env": "A=1\n"}),
    (WEB + "    env_file: [{path: '', required: false}]\n", {}),
    (WEB + "    env_file: ${ENV_FILE}\n", {}),
    (WEB + "    env_file: ${ENV_FILE:-own.env}\n", {"own.env": "A=1\n"}),
    (WEB + "    env_file: [{path: own.env, format: raw}]\n", {"own.env": "A=${\n"}),
    (
        WEB + "    env_file: own.env\n    profiles: [off]\n  b:\n    image: x:1\n",
        {"own.env": BAD_ENV},
    ),
    (WEB, {"other.env": BAD_ENV, "notes.txt": BROKEN}),
    # A variable, or another file of the stack, can mend these.
    (WEB + "    env_file: own.env\n", {"own.env": "A=${A:?set it}\n", ".env": "B=1\n"}),
    (
        "include: [db.txt]\n" + WEB,
        {"db.txt": DB + "    volumes: ['${DATA}:/x']\n", ".env": "B=1\n"},
    ),
    ("include: [db.txt]\n" + WEB, {"db.txt": DB + "    networks: [backend]\n"}),
    ("include: [{path: db.txt, env_file: own.env}]\n" + WEB, {"db.txt": DB, "own.env": "A=1\n"}),
    ("include: [{path: db.txt, env_file: /dev/null}]\n" + WEB, {"db.txt": DB}),
    ("include: [db.txt]\n" + WEB, {"db.txt": "version: '3'\n" + DB}),
    (WEB + "    extends: {file: base.txt, service: db}\n", {"base.txt": DB}),
]


@pytest.mark.parametrize(("text", "files", "expected"), REFERRED)
def test_an_error_of_a_part_is_reported_where_it_is_named(
    lay_out: LayOut, text: str, files: dict[str, str], expected: str
) -> None:
    lay_out({"compose.yaml": text, **files})
    report = check(["compose.yaml"])
    assert errors(report) == [expected]
    # Whatever is selected, where it cannot be read.
    if expected.endswith(("EV001", "CF001")):
        assert errors(check(["compose.yaml"], select=["CF201"])) == [expected]


@pytest.mark.parametrize(("text", "files"), ACCEPTED)
def test_a_stack_that_compose_takes_has_no_such_error(
    lay_out: LayOut, text: str, files: dict[str, str]
) -> None:
    lay_out({"compose.yaml": text, **files})
    assert errors(check(["compose.yaml"])) == []


def test_several_errors_of_a_part_are_one_finding(lay_out: LayOut) -> None:
    lay_out(
        {
            "compose.yaml": "include: [db.txt]\n" + WEB,
            "db.txt": MISSPELT + "    prts: [1]\n  b:\n    image: x:1\n    lables: {}\n",
        }
    )
    (finding,) = check(["compose.yaml"]).at_least(Severity.ERROR)
    assert finding.message.startswith("Docker Compose refuses the stack for db.txt, line 3: ")
    assert finding.message.endswith(" (and 2 more errors)")
    assert [each.span.file.path for each in finding.related] == ["db.txt"] * 3


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("include: [db.txt]\n" + WEB, {"db.txt": BROKEN}, "db.txt:2 CF001"),
        ("include: [db.txt]\n" + WEB, {"db.txt": MISSPELT}, "db.txt:3 CF003"),
        (
            WEB + "    extends: {file: base.txt, service: db}\n",
            {"base.txt": BROKEN},
            "base.txt:2 CF001",
        ),
        (WEB + "    env_file: settings\n", {"settings": BAD_ENV}, "settings:2 EV001"),
        (WEB, {".env": BAD_ENV}, ".env:2 EV001"),
        (WEB + "    label_file: labels\n", {"labels": BAD_ENV}, "compose.yaml:4 EV001"),
    ],
)
def test_in_a_folder_an_error_of_a_part_is_reported_in_its_file(
    lay_out: LayOut, text: str, files: dict[str, str], expected: str
) -> None:
    lay_out({"compose.yaml": text, **files})
    assert errors(check()) == [expected]


def test_a_part_is_linted_with_the_folder_unless_it_is_excluded(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": "include: [db.txt, vendor/db.txt]\n" + WEB,
            "db.txt": "version: '3'\n" + DB,
            "vendor/db.txt": "version: '3'\n" + DB.replace("db", "other"),
        }
    )
    options = ("--select", "CF004", "--output-format", "concise", "--no-cache")
    lines = run("--exclude", "vendor", *options).stdout.splitlines()
    assert [line.split(":")[0] for line in lines if " CF004 " in line] == ["db.txt"]
    lay_out({"vendor/db.txt": BROKEN})
    assert " CF001 " not in run("--exclude", "vendor", *options).stdout
    assert " CF001 " in run(*options).stdout
    # A named file is linted alone.
    assert " CF004 " not in run("compose.yaml", *options).stdout


def test_no_secret_of_a_part_is_told(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": WEB, ".env": "DB_PASSWORD='hunter2-Qx9\n"})
    for name in ("full", "json", "sarif"):
        output = run("compose.yaml", "--output-format", name).stdout
        assert "EV001" in output
        assert "hunter2" not in output


def test_a_part_of_several_stacks_is_reported_once(lay_out: LayOut) -> None:
    own = {f"p{n}/compose.yaml": "include: [../db.txt]\n" + WEB for n in range(40)}
    rest = {f"q{n}/compose.yaml": WEB for n in range(40)}
    lay_out({**own, **rest, "db.txt": MISSPELT})
    assert errors(check()) == ["db.txt:3 CF003"]
    workspace = open_workspace((".",), Options(no_cache=True, jobs=1))
    found = workspace.check().reported
    assert [each.path for each in found if each.code == "CF003"] == ["db.txt"]


def test_what_one_configuration_suppresses_another_still_reports(lay_out: LayOut) -> None:
    ignoring = '[per-file-ignores]\n"db.txt" = ["CF003"]\n'
    stack = "include: [../db.txt]\n" + WEB
    for first, second in (("a", "b"), ("b", "a")):
        lay_out(
            {
                f"{first}/composelint.toml": "",
                f"{second}/composelint.toml": ignoring.replace("db.txt", "**"),
                "a/compose.yaml": stack,
                "b/compose.yaml": stack,
                "db.txt": MISSPELT,
            }
        )
        assert errors(check()) == ["db.txt:3 CF003"]
