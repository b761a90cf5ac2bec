"""What a named file breaks in the files that use it is reported, and says which file it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checks import LayOut, Run, titled, write_files
from composelint import Severity, check
from composelint.linter.engine.judged import Case
from composelint.linter.rule import Diagnostic
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

WEB = (
    "services:\n"
    "  web:\n"
    "    build: web\n"
    "    restart: unless-stopped\n"
    "    mem_limit: 256m\n"
    "    healthcheck:\n"
    "      test: [CMD, curl, -f, http://localhost:8080/]\n"
)
PYTHON = "FROM python:3.13-slim\n"
CURL = "RUN apt-get update && apt-get install -y curl\n"
RUNS = 'EXPOSE 8080\nUSER 1000\nCMD ["python", "app.py"]\n'
DB = "services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes: {data: {}}\n"


def brought(*paths: str, **options: Any) -> list[str]:
    """What a call for these files reports in others, as ``path:line code <- file``."""
    report = check(paths, **options)
    return sorted(
        f"{each.path}:{each.start.line} {each.code} <- {' '.join(each.brought_by)}"
        for each in report.diagnostics
        if each.path not in paths
    )


CASES: list[tuple[str, dict[str, str], tuple[str, ...], list[str]]] = [
    (
        "a Dockerfile installs the program of the healthcheck",
        {"compose.yaml": WEB, "web/Dockerfile": PYTHON + CURL + RUNS},
        ("web/Dockerfile",),
        [],
    ),
    (
        "a Dockerfile no longer installs it",
        {"compose.yaml": WEB, "web/Dockerfile": PYTHON + RUNS},
        ("web/Dockerfile",),
        ["compose.yaml:7 CF212 <- web/Dockerfile"],
    ),
    (
        "a base image no longer has it, and is an argument",
        {
            "compose.yaml": WEB,
            "web/Dockerfile": "ARG BASE=python:3.13-slim\nFROM $BASE\n" + RUNS,
        },
        ("web/Dockerfile",),
        ["compose.yaml:7 CF212 <- web/Dockerfile"],
    ),
    (
        "a stage is gone that a service builds",
        {
            "compose.yaml": WEB.replace("build: web", "build: {context: web, target: run}"),
            "web/Dockerfile": "FROM python:3.13-slim AS build\n" + CURL + RUNS,
        },
        ("web/Dockerfile",),
        ["compose.yaml:3 XF103 <- web/Dockerfile"],
    ),
    (
        "another port is exposed",
        {
            "compose.yaml": WEB + '    ports: ["127.0.0.1:8080:8080"]\n',
            "web/Dockerfile": PYTHON + CURL + RUNS.replace("8080", "9000"),
        },
        ("web/Dockerfile",),
        ["compose.yaml:8 XF106 <- web/Dockerfile"],
    ),
    (
        "the image runs as another user than before",
        {
            "compose.yaml": WEB + "    init: true\n    volumes: [data:/data]\nvolumes: {data: {}}\n",
            "web/Dockerfile": PYTHON + CURL + RUNS,
            ".composelint.toml": 'preset = "production"\n',
        },
        ("web/Dockerfile",),
        ["compose.yaml:9 XF112 <- web/Dockerfile"],
    ),
    (
        "an argument is no longer declared",
        {
            "compose.yaml": WEB.replace("build: web", "build: {context: web, args: {A: b}}"),
            "web/Dockerfile": PYTHON + CURL + RUNS,
        },
        ("web/Dockerfile",),
        ["compose.yaml:3 XF104 <- web/Dockerfile"],
    ),
    (
        "two stacks build it",
        {
            "compose.yaml": WEB,
            "other/compose.yaml": WEB.replace("build: web", "build: ../web"),
            "web/Dockerfile": PYTHON + RUNS,
        },
        ("web/Dockerfile",),
        [
            "compose.yaml:7 CF212 <- web/Dockerfile",
            "other/compose.yaml:7 CF212 <- web/Dockerfile",
        ],
    ),
    (
        "two stacks share the file in which it stands",
        {
            "one.compose.yaml": "services:\n  a:\n    extends: {file: base.yaml, service: a}\n    build: one\n",
            "two.compose.yaml": "services:\n  a:\n    extends: {file: base.yaml, service: a}\n    build: two\n",
            "base.yaml": "services:\n  a:\n    init: true\n    healthcheck:\n" + "  "
            "    test: [CMD, curl, -f, http://localhost:8080/]\n",
            "one/Dockerfile": PYTHON + RUNS,
            "two/Dockerfile": PYTHON + RUNS,
        },
        ("one/Dockerfile", "two/Dockerfile"),
        ["base.yaml:5 CF212 <- one/Dockerfile two/Dockerfile"],
    ),
    (
        "the healthcheck stands in an overlay",
        {
            "compose.yaml": WEB.partition("    healthcheck")[0] + "    init: true\n",
            "compose.prod.yaml": "services:\n  web:\n    healthcheck:\n"
            "      test: [CMD, curl, -f, http://localhost:8080/]\n",
            "web/Dockerfile": PYTHON + RUNS,
        },
        ("web/Dockerfile",),
        ["compose.prod.yaml:4 CF212 <- web/Dockerfile"],
    ),
    (
        "the healthcheck stands in what includes the service",
        {
            "compose.yaml": "include: [web.yaml]\nservices:\n  w2:\n    extends: {file: web.yaml, service: web}\n"
            "    healthcheck: {test: [CMD, wget, -O-, http://localhost:8080/]}\n",
            "web.yaml": WEB,
            "web/Dockerfile": PYTHON + CURL + RUNS,
        },
        ("web/Dockerfile",),
        ["compose.yaml:5 CF212 <- web/Dockerfile"],
    ),
    (
        "of the files of a stack one is named, too",
        {
            "compose.yaml": WEB,
            "compose.override.yaml": "services:\n  web:\n    init: true\n",
            "web/Dockerfile": PYTHON + RUNS,
        },
        ("web/Dockerfile", "compose.override.yaml"),
        ["compose.yaml:7 CF212 <- web/Dockerfile"],
    ),
    (
        "the Compose file is named, too: the finding is its own",
        {"compose.yaml": WEB, "web/Dockerfile": PYTHON + RUNS},
        ("web/Dockerfile", "compose.yaml"),
        [],
    ),
    (
        "another stack's Compose file is named, too",
        {
            "compose.yaml": WEB,
            "other/compose.yaml": WEB.replace("build: web", "build: ../web"),
            "web/Dockerfile": PYTHON + RUNS,
        },
        ("web/Dockerfile", "compose.yaml"),
        ["other/compose.yaml:7 CF212 <- web/Dockerfile"],
    ),
    (
        "of several named files each has its own",
        {
            "compose.yaml": WEB + "  two:\n" + WEB.partition("web:\n")[2].replace(": web", ": two"),
            "web/Dockerfile": PYTHON + RUNS,
            "two/Dockerfile": PYTHON + RUNS,
            ".env": "A=1\n",
        },
        ("two/Dockerfile", "web/Dockerfile", ".env"),
        [
            "compose.yaml:13 CF212 <- two/Dockerfile",
            "compose.yaml:7 CF212 <- web/Dockerfile",
        ],
    ),
    (
        "of very many named files each has its own",
        {
            "compose.yaml": "services:\n"
            + "".join(
                WEB.partition("services:\n")[2].replace("web", f"web{number}")
                for number in range(12)
            ),
            **{
                f"web{number}/Dockerfile": PYTHON + ("" if number in (3, 7) else CURL) + RUNS
                for number in range(12)
            },
        },
        tuple(f"web{number}/Dockerfile" for number in range(12)),
        [
            "compose.yaml:25 CF212 <- web3/Dockerfile",
            "compose.yaml:49 CF212 <- web7/Dockerfile",
        ],
    ),
    (
        "what is wrong anyway is not said",
        {
            "compose.yaml": WEB + "    privileged: true\n    ports: ['80:99999']\n",
            "web/Dockerfile": PYTHON + CURL + RUNS,
        },
        ("web/Dockerfile",),
        [],
    ),
    (
        "a Dockerfile that cannot be read at all",
        {"compose.yaml": WEB, "web/Dockerfile": "FORM python\n"},
        ("web/Dockerfile",),
        [],
    ),
    (
        "a stack that uses another Dockerfile",
        {"compose.yaml": WEB, "web/Dockerfile": PYTHON + RUNS, "job/Dockerfile": PYTHON + RUNS},
        ("job/Dockerfile",),
        [],
    ),
    # env files
    (
        "an env file lost a variable that is needed",
        {
            "compose.yaml": DB + "x-a: ${NEEDED:?must be set}\n",
            ".env": "OTHER=1\n",
        },
        (".env",),
        ["compose.yaml:6 CF134 <- .env"],
    ),
    (
        "an env file lost a variable that would be empty",
        {"compose.yaml": DB.replace("postgres:17", "postgres:17${SUFFIX}"), ".env": "OTHER=1\n"},
        (".env",),
        ["compose.yaml:3 CF140 <- .env"],
    ),
    (
        "an example of an env file no longer lists a variable",
        {
            "compose.yaml": DB.replace("postgres:17", "postgres:17${SUFFIX}${OTHER}"),
            ".env.example": "OTHER=1\n",
        },
        (".env.example",),
        ["compose.yaml:3 CF140 <- .env.example"],
    ),
    (
        "the variable is in another env file",
        {
            "compose.yaml": "include: [{path: db.yaml, env_file: [db.env, more.env]}]\n",
            "db.yaml": DB.replace("postgres:17", "postgres:17${SUFFIX}"),
            "db.env": "OTHER=1\n",
            "more.env": "SUFFIX=-alpine\n",
        },
        ("db.env",),
        [],
    ),
    (
        "an env file no longer sets what the image requires",
        {"compose.yaml": DB + "    env_file: db.env\n".join(["", ""]), "db.env": "A=1\n"},
        ("db.env",),
        [],
    ),
    (
        "an env file sets a port that does not exist",
        {"compose.yaml": DB.replace("    volumes", "    ports: ['${PORT}:5432']\n    volumes"), ".env": "PORT=99999\n"},
        (".env",),
        ["compose.yaml:4 CF119 <- .env"],
    ),
    (
        "an env file no longer sets a duration",
        {
            "compose.yaml": DB.replace(
                "    volumes",
                "    healthcheck: {test: [CMD, pg_isready], interval: '${EVERY}'}\n    volumes",
            ),
            ".env": "OTHER=1\n",
        },
        (".env",),
        ["compose.yaml:4 CF122 <- .env", "compose.yaml:4 CF140 <- .env"],
    ),
    (
        "an env file has a syntax error, which is its own",
        {"compose.yaml": DB, ".env": "A B=1\n"},
        (".env",),
        [],
    ),
    (
        "an env file chooses a base image that no longer has the program",
        {
            "compose.yaml": WEB.replace("build: web", "build: {context: web, args: {BASE: '${BASE}'}}"),
            "web/Dockerfile": "ARG BASE\nFROM $BASE\n" + RUNS,
            ".env": "BASE=python:3.13-slim\n",
        },
        (".env",),
        ["compose.yaml:7 CF212 <- .env"],
    ),
    (
        "an env file chooses a base image that lacks what the Dockerfile calls",
        {
            "compose.yaml": WEB.replace("build: web", "build: {context: web, args: {BASE: '${BASE}'}}"),
            "web/Dockerfile": "ARG BASE\nFROM $BASE\n" + CURL + RUNS,
            ".env": "BASE=python:3.13-alpine\n",
        },
        (".env",),
        ["web/Dockerfile:3 DF130 <- .env"],
    ),
    # ignore files
    (
        "an ignore file leaves out what a Dockerfile copies",
        {
            "web/Dockerfile": PYTHON + "COPY app.py /\n" + RUNS,
            "web/app.py": "",
            "web/.dockerignore": "*.py\n",
        },
        ("web/.dockerignore",),
        ["web/Dockerfile:2 DI006 <- web/.dockerignore"],
    ),
    (
        "an ignore file in a stack's context",
        {
            "compose.yaml": WEB.replace("build: web", "build: {context: ., dockerfile: web/Dockerfile}"),
            "web/Dockerfile": PYTHON + CURL + "COPY web/app.py /\n" + RUNS,
            "web/app.py": "",
            ".dockerignore": "web\n",
        },
        (".dockerignore",),
        ["web/Dockerfile:3 DI006 <- .dockerignore"],
    ),
    (
        "a file that is not there is missing whatever is left out",
        {
            "web/Dockerfile": PYTHON + "COPY missing.py /\n" + RUNS,
            "web/.dockerignore": "*.md\n",
        },
        ("web/.dockerignore",),
        [],
    ),
    (
        "an ignore file that leaves out other files",
        {
            "web/Dockerfile": PYTHON + "COPY app.py /\nCOPY missing.py /\n" + RUNS,
            "web/app.py": "",
            "web/.dockerignore": "*.md\n",
        },
        ("web/.dockerignore",),
        [],
    ),
]  # fmt: skip
"""The files, the ones that are named, and what these bring in others."""


@pytest.mark.parametrize(("files", "named", "expected"), titled(CASES))
def test_what_a_named_file_breaks_elsewhere_is_reported(
    lay_out: LayOut, files: dict[str, str], named: tuple[str, ...], expected: list[str]
) -> None:
    lay_out(files)
    assert brought(*named) == expected


BROKEN = {"compose.yaml": WEB, "web/Dockerfile": PYTHON + RUNS}
"""The Compose file's healthcheck calls a program that the Dockerfile does not install."""

LINE = "      test: [CMD, curl, -f, http://localhost:8080/]"

ACCEPTED: list[tuple[str, dict[str, str], str]] = [
    (
        "a comment in the Compose file",
        {"compose.yaml": WEB.replace(LINE, f"{LINE}  # composelint: ignore[CF212] a reason")},
        "a reason",
    ),
    (
        "per-file-ignores for the Compose file",
        {".composelint.toml": '[per-file-ignores]\n"compose.yaml" = ["CF212"]\n'},
        'per-file-ignores: "compose.yaml"',
    ),
    (
        "per-service-ignores for the service",
        {
            ".composelint.toml": '[[per-service-ignores]]\nservices = ["web"]\nrules = ["CF212"]\n'
            'reason = "a reason"\n'
        },
        "a reason",
    ),
    (
        "per-file-ignores in the configuration of the Compose file",
        {
            "web/.composelint.toml": "",
            ".composelint.toml": '[per-file-ignores]\n"compose.yaml" = ["CF212"]\n',
        },
        'per-file-ignores: "compose.yaml"',
    ),
]


@pytest.mark.parametrize(("files", "reason"), titled(ACCEPTED))
def test_what_is_accepted_where_it_stands_is_suppressed(
    lay_out: LayOut, files: dict[str, str], reason: str
) -> None:
    lay_out({**BROKEN, **files})
    (finding,) = check(["web/Dockerfile"]).suppressed
    assert (finding.path, finding.code, finding.suppressed) == ("compose.yaml", "CF212", reason)


SILENT: list[tuple[str, dict[str, str]]] = [
    ("the Compose file is excluded", {".composelint.toml": 'extend-exclude = ["compose.yaml"]\n'}),
    (
        "its own configuration excludes it",
        {
            "web/.composelint.toml": "",
            ".composelint.toml": 'extend-exclude = ["compose.yaml"]\n',
        },
    ),
    (
        "its own configuration ignores the rule",
        {"web/.composelint.toml": "", ".composelint.toml": 'ignore = ["CF212"]\n'},
    ),
    (
        "its own configuration is broken",
        {"web/.composelint.toml": "", ".composelint.toml": "ignore = 1\n"},
    ),
    ("git ignores the Compose file", {".gitignore": "compose.yaml\n"}),
    ("the rule is ignored", {".composelint.toml": 'ignore = ["CF212"]\n'}),
    ("the Compose file is a template", {"compose.yaml": WEB + "{% if a %}\n    x: 1\n{% endif %}\n"}),
]  # fmt: skip


@pytest.mark.parametrize("files", titled(SILENT))
def test_what_a_call_for_everything_does_not_report_is_not_brought(
    lay_out: LayOut, files: dict[str, str]
) -> None:
    lay_out({**BROKEN, **files})
    assert brought("web/Dockerfile") == []


def test_a_stack_of_the_configuration_is_judged_as_one(lay_out: LayOut) -> None:
    lay_out(
        {
            "base.compose.yaml": WEB.partition("    healthcheck")[0] + "    init: true\n",
            "check.compose.yaml": "services:\n  web:\n    healthcheck:\n" + LINE + "\n",
            "web/Dockerfile": PYTHON + RUNS,
            ".composelint.toml": "[[stacks]]\n"
            'files = ["base.compose.yaml", "check.compose.yaml"]\n',
        }
    )
    assert brought("web/Dockerfile") == ["check.compose.yaml:4 CF212 <- web/Dockerfile"]


def test_stricter_settings_of_the_other_file_do_not_count_for_more_than_they_say(
    lay_out: LayOut,
) -> None:
    lay_out(
        {
            **BROKEN,
            "web/.composelint.toml": "",
            ".composelint.toml": '[severity]\nCF212 = "error"\n',
        }
    )
    (finding,) = (each for each in check(["web/Dockerfile"]).diagnostics if each.brought_by)
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("folder_of_call", "named", "expected"),
    [
        (".", "app/web/Dockerfile", "app/compose.yaml"),
        ("app", "web/Dockerfile", "compose.yaml"),
        ("app/web", "Dockerfile", "../compose.yaml"),
        ("other", "../app/web/Dockerfile", "../app/compose.yaml"),
    ],
)
def test_the_working_folder_does_not_matter(
    lay_out: LayOut,
    monkeypatch: pytest.MonkeyPatch,
    folder_of_call: str,
    named: str,
    expected: str,
) -> None:
    files = {f"app/{path}": text for path, text in BROKEN.items()}
    folder = lay_out({**files, "other/README.md": ""})
    monkeypatch.chdir(folder / folder_of_call)
    assert brought(named) == [f"{expected}:7 CF212 <- {named}"]


def test_a_baseline_accepts_it_and_keeps_it(lay_out: LayOut, run: Run) -> None:
    lay_out(BROKEN)
    assert run("web/Dockerfile").exit_code == 1
    run("baseline")
    assert run("web/Dockerfile").exit_code == 0
    before = Path(".composelint-baseline.json").read_text()
    run("baseline", "web/Dockerfile")
    assert Path(".composelint-baseline.json").read_text() == before


def test_a_file_that_is_left_out_by_force_brings_nothing(lay_out: LayOut, run: Run) -> None:
    lay_out(BROKEN)
    call = ("web/Dockerfile", "--extend-exclude", "web", "--output-format", "concise")
    assert "CF212" in run(*call).stdout
    assert "CF212" not in run(*call, "--force-exclude").stdout


def test_a_fix_changes_no_file_that_is_not_named(lay_out: LayOut, run: Run) -> None:
    folder = lay_out(BROKEN)
    call = ("--fix", "--unsafe-fixes", "--select", "CF212")
    assert "CF212" in run("web/Dockerfile", *call, "--output-format", "concise").stdout
    assert (folder / "compose.yaml").read_text() == WEB
    run("web/Dockerfile", "compose.yaml", *call)
    assert (folder / "compose.yaml").read_text() != WEB


def test_standard_input_has_the_findings_of_its_own_file(lay_out: LayOut, run: Run) -> None:
    lay_out(BROKEN)
    answer = run(
        *("-", "--stdin-filename", "web/Dockerfile", "--output-format", "concise"),
        stdin=(PYTHON + RUNS).encode(),
    )
    assert "compose.yaml" not in answer.stdout


def test_reports_say_where_it_comes_from(lay_out: LayOut, run: Run) -> None:
    lay_out(BROKEN)
    full = run("web/Dockerfile").stdout
    assert full.startswith("compose.yaml:7:")
    assert "= brought by: web/Dockerfile\n" in full
    (finding,) = json.loads(run("web/Dockerfile", "--output-format", "json").stdout)["diagnostics"]
    assert (finding["path"], finding["brought_by"]) == ("compose.yaml", ["web/Dockerfile"])
    (log,) = json.loads(run("web/Dockerfile", "--output-format", "sarif").stdout)["runs"]
    (row,) = log["results"]
    assert row["properties"] == {"broughtBy": ["web/Dockerfile"]}
    assert row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "compose.yaml"


def test_a_kept_result_says_it_too(lay_out: LayOut, run: Run) -> None:
    lay_out(BROKEN)
    call = ("web/Dockerfile", "--cache-dir", "cache", "--output-format", "json")
    first, second = run(*call).stdout, run(*call).stdout
    assert first == second
    assert '"brought_by": ["web/Dockerfile"]' in first or '"brought_by":["web/Dockerfile"]' in first
    Path("compose.yaml").write_text(WEB.replace("curl, -f", "wget, -O-"))
    assert "calls wget" in run(*call).stdout
    Path("compose.yaml").unlink()
    assert "compose.yaml" not in run(*call).stdout


def test_nothing_is_judged_again_where_nothing_is_found_elsewhere(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(Case, "found", fail)
    lay_out({"compose.yaml": WEB, "web/Dockerfile": PYTHON + CURL + RUNS})
    assert brought("web/Dockerfile") == []


def test_each_stack_is_judged_once_more_for_a_dockerfile(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    found = Case.found

    def counted(case: Case, *rest: Any) -> list[Diagnostic]:
        judged.append(case)
        return found(case, *rest)

    monkeypatch.setattr(Case, "found", counted)
    lay_out(
        {f"s{number}/compose.yaml": WEB for number in range(5)}
        | {f"s{number}/web/Dockerfile": PYTHON + RUNS for number in range(5)}
    )
    assert len(brought(*(f"s{number}/web/Dockerfile" for number in range(5)))) == 5
    assert len(judged) == 5


STACK = """services:
  web:
    build: {context: web, target: run, args: {BASE: "${BASE}", A: "1"}}
    restart: unless-stopped
    ports: ["127.0.0.1:${PORT}:8080"]
    environment: {MODE: "${MODE:?is needed}", KEY: "${KEY}"}
    volumes: [data:/data]
    healthcheck: {test: [CMD, curl, -f, http://localhost:8080/], interval: "${EVERY}"}
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:${TAG}
    env_file: db.env
    volumes: [db:/var/lib/postgresql/data]
volumes: {data: {}, db: {}}
"""
LINES = {
    "web/Dockerfile": (
        *("ARG BASE=python:3.13-slim", "FROM $BASE AS run", "FROM alpine:3.22 AS run", "ARG A"),
        *("RUN apt-get update && apt-get install -y curl", "COPY app.py /", "EXPOSE 8080"),
        *("EXPOSE 80", "USER 1000", "HEALTHCHECK CMD wget -O- localhost", 'CMD ["python"]'),
    ),
    ".env": ("BASE=node:22-alpine", "PORT=80", "PORT=x", "MODE=", "MODE=a", "KEY=k", "EVERY=5s",
             "EVERY=5", "TAG=17", "TAG=9.6", "A B=1"),
    "db.env": ("POSTGRES_PASSWORD=x", "POSTGRES_USER=me", "POSTGRES_PASSWORD=${KEY}"),
    "web/.dockerignore": ("*.py", "!app.py", "*", ".git"),
}  # fmt: skip
"""Lines of which files are made, for the stack above."""


def projects() -> st.SearchStrategy[dict[str, str]]:
    """The files of a project, each with some of its lines."""
    return st.fixed_dictionaries({path: some_of(lines) for path, lines in LINES.items()})


def some_of(lines: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A text of some of these lines, in their order."""
    chosen = st.lists(st.sampled_from(lines), unique=True)
    return chosen.map(lambda these: "".join(f"{line}\n" for line in lines if line in these))


def found_by(*paths: str) -> set[tuple[str, int, str, str]]:
    """What a call finds, by file and place."""
    return {
        (each.path, each.start.line, each.code, each.message) for each in check(paths).diagnostics
    }


@settings(max_examples=15, phases=[Phase.generate])
@given(projects(), st.sampled_from(sorted(LINES)), st.data())
def test_a_changed_file_brings_what_is_new_elsewhere_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    project: dict[str, str],
    changed: str,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("project")
    write_files({**project, "compose.yaml": STACK, "web/app.py": "", ".git/HEAD": ""}, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        before = found_by()
        write_files({changed: data.draw(projects())[changed]}, folder)
        after = found_by()
        brought_there = {each for each in found_by(changed) if each[0] != changed}
    # What is wrong with a line may have hidden what else is wrong there.
    mended = {(path, line) for path, line, *_ in before - after}
    new = {each for each in after - before if each[0] != changed and each[:2] not in mended}
    assert new <= brought_there <= after
