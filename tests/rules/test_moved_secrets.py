"""The fix of CF301: secrets move to an env file that git ignores, and the stack stays the same."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from checks import GIT, titled
from composelint.linter.engine.run import check_files
from composelint.linter.files.discovery import discover
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.rule import Applicability
from snippets import diagnostics, fixing, project, settings


def service(environment: str, image: str = "acme/app:1.4") -> str:
    lines = "".join(f"      {line}\n" for line in environment.splitlines())
    return f"services:\n  app:\n    image: {image}\n    environment:\n{lines}"


def written(outcome: FixResult) -> dict[str, str]:
    """Every file that fixing makes or changes."""
    return {**outcome.after, **outcome.created}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: ${DB_PASSWORD:?set it in .env}"),
        ("DB_PASSWORD: 'hunter2'", "DB_PASSWORD: '${DB_PASSWORD:?set it in .env}'"),
        ('DB_PASSWORD: "hunt\\x65r2"', 'DB_PASSWORD: "${DB_PASSWORD:?set it in .env}"'),
        ("- DB_PASSWORD=hunter2", "- DB_PASSWORD=${DB_PASSWORD:?set it in .env}"),
        ('- "DB_PASSWORD=hunter2"', '- "DB_PASSWORD=${DB_PASSWORD:?set it in .env}"'),
        ("DB_PASSWORD: hunter2  # why", "DB_PASSWORD: ${DB_PASSWORD:?set it in .env}  # why"),
        ("DB_PASSWORD: &pw hunter2", "DB_PASSWORD: &pw ${DB_PASSWORD:?set it in .env}"),
    ],
)
def test_the_value_moves_to_a_new_env_file(before: str, after: str) -> None:
    outcome = fixing("CF301", service(before))
    assert written(outcome) == {
        "compose.yaml": service(after),
        ".env": "DB_PASSWORD=hunter2\n",
        ".gitignore": "/.env\n",
    }
    assert outcome.changes == []
    assert outcome.dropped == []


@pytest.mark.parametrize(
    ("environment", "line"),
    titled(
        [
            ("a default", "DB_PASSWORD: ${PW:-hunter2}", "PW=hunter2"),
            ("a default in quotes", 'DB_PASSWORD: "${PW-hunter 2}"', "PW='hunter 2'"),
            ("a name with dots", "db.password: hunter2", "DB_PASSWORD=hunter2"),
            ("a number", "DB_PASSWORD: 8235711317", "DB_PASSWORD=8235711317"),
            ("an escaped dollar sign", "DB_PASSWORD: hun$$ter2", "DB_PASSWORD='hun$ter2'"),
            ("a comment sign", "DB_PASSWORD: 'hun #ter2'", "DB_PASSWORD='hun #ter2'"),
            ("quotes in a list", '- DB_PASSWORD="hunter2"', "DB_PASSWORD='\"hunter2\"'"),
            ("an apostrophe", "DB_PASSWORD: it's 2", 'DB_PASSWORD="it\'s 2"'),
            ("a double quote", "DB_PASSWORD: 'it\"s 2'", "DB_PASSWORD='it\"s 2'"),
            ("all of them", "DB_PASSWORD: 'it''s \"$$2\" #\\'", 'DB_PASSWORD="it\'s \\"\\$2\\" #\\\\"'),
            ("several lines", 'DB_PASSWORD: "a8 xQ\\nb9 yR"', 'DB_PASSWORD="a8 xQ\\nb9 yR"'),
        ]
    ),
)  # fmt: skip
def test_the_line_in_the_env_file_has_the_same_value(environment: str, line: str) -> None:
    outcome = fixing("CF301", service(environment))
    assert outcome.created[".env"] == line + "\n"
    assert outcome.changes == []
    assert outcome.dropped == []


IGNORED = {".gitignore": "node_modules/\n.env\n"}


@pytest.mark.parametrize(
    ("env", "after"),
    [
        ("TZ=UTC\n", "TZ=UTC\nDB_PASSWORD=hunter2\n"),
        ("TZ=UTC", "TZ=UTC\nDB_PASSWORD=hunter2"),
        ("TZ=UTC\r\nA=1\r\n", "TZ=UTC\r\nA=1\r\nDB_PASSWORD=hunter2\r\n"),
        ("", "DB_PASSWORD=hunter2\n"),
        ("# only this", "# only this\nDB_PASSWORD=hunter2"),
        # It has the value already, or the name for something else.
        ("DB_PASSWORD=hunter2\n", None),
        ("DB_PASSWORD=other\n", "DB_PASSWORD=other\nAPP_DB_PASSWORD=hunter2\n"),
        ("DB_PASSWORD=\n", "DB_PASSWORD=\nAPP_DB_PASSWORD=hunter2\n"),
        (
            "DB_PASSWORD=a\nAPP_DB_PASSWORD=b\n",
            "DB_PASSWORD=a\nAPP_DB_PASSWORD=b\nAPP_DB_PASSWORD_2=hunter2\n",
        ),
    ],
)
def test_an_ignored_env_file_gets_the_value_and_loses_none(env: str, after: str | None) -> None:
    outcome = fixing("CF301", service("DB_PASSWORD: hunter2"), files={**IGNORED, ".env": env})
    assert outcome.after.get(".env") == after
    assert set(written(outcome)) == {"compose.yaml", *([".env"] if after else [])}
    assert (outcome.changes, outcome.dropped) == ([], [])


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({".gitignore": "dist/"}, {".gitignore": "dist/\n/.env"}),
        ({".gitignore": "dist/\r\n"}, {".gitignore": "dist/\r\n/.env\r\n"}),
        ({".gitignore": ".env*\n"}, {}),
        ({}, {".gitignore": "/.env\n"}),
    ],
)
def test_the_env_file_is_ignored_first(files: dict[str, str], where: dict[str, str]) -> None:
    result = written(fixing("CF301", service("DB_PASSWORD: hunter2"), files=files))
    assert {path: text for path, text in result.items() if path.endswith(".gitignore")} == where


def test_the_nearest_gitignore_gets_the_line() -> None:
    outcome = fixing(
        "CF301", service("DB_PASSWORD: hunter2"), "deploy/a/compose.yaml", {".gitignore": "x\n"}
    )
    assert outcome.after[".gitignore"] == "x\n/deploy/a/.env\n"
    assert outcome.created == {"deploy/a/.env": "DB_PASSWORD=hunter2\n"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{DB_PASSWORD: hunter2}", '{DB_PASSWORD: "${DB_PASSWORD:?set it in .env}"}'),
        ("{\n  DB_PASSWORD: hunter2\n}", '{\n  DB_PASSWORD: "${DB_PASSWORD:?set it in .env}"\n}'),
        ("{DB_PASSWORD: 'hunter2'}", "{DB_PASSWORD: '${DB_PASSWORD:?set it in .env}'}"),
        ("[TZ=UTC, DB_PASSWORD=hunter2]", '[TZ=UTC, "DB_PASSWORD=${DB_PASSWORD:?set it in .env}"]'),
        ("[\n  DB_PASSWORD=hunter2\n]", '[\n  "DB_PASSWORD=${DB_PASSWORD:?set it in .env}"\n]'),
        ("['DB_PASSWORD=hunter2']", "['DB_PASSWORD=${DB_PASSWORD:?set it in .env}']"),
    ],
)
def test_references_in_braces_and_brackets_are_quoted(before: str, after: str) -> None:
    text = "services:\n  app:\n    image: acme/app:1.4\n    environment: "
    indented = before.replace("\n", "\n      ")
    outcome = fixing("CF301", f"{text}{indented}\n")
    assert outcome.after["compose.yaml"] == text + after.replace("\n", "\n      ") + "\n"
    assert (outcome.changes, outcome.dropped) == ([], [])


def test_the_name_is_listed_in_the_example_file_if_there_is_one() -> None:
    text = service("DB_PASSWORD: hunter2")
    for name in (".env.example", "example.env"):
        outcome = fixing("CF301", text, files={name: "TZ=UTC"})
        assert outcome.after[name] == "TZ=UTC\nDB_PASSWORD="
        assert set(outcome.created) == {".env", ".gitignore"}
        outcome = fixing("CF301", text, files={name: "# DB_PASSWORD=secret\n"})
        assert name not in outcome.after


# --- several secrets


TWO = (
    "services:\n  a:\n    image: acme/a:1.0\n    environment: {DB_PASSWORD: hunter2, SECRET_KEY: q7Rz4Lx2}\n"
    "  b:\n    image: acme/b:1.0\n    environment: {DB_PASSWORD: hunter3}\n"
)


def test_the_secrets_of_several_services_move_at_once() -> None:
    outcome = fixing("CF301", TWO, files={".gitignore": "dist"})
    assert written(outcome) == {
        "compose.yaml": TWO.replace("hunter2", '"${A_DB_PASSWORD:?set it in .env}"')
        .replace("q7Rz4Lx2", '"${SECRET_KEY:?set it in .env}"')
        .replace("hunter3", '"${B_DB_PASSWORD:?set it in .env}"'),
        ".env": "A_DB_PASSWORD=hunter2\nSECRET_KEY=q7Rz4Lx2\nB_DB_PASSWORD=hunter3\n",
        ".gitignore": "dist\n/.env",
    }
    assert (outcome.changes, outcome.dropped) == ([], [])


def test_services_with_the_same_secret_share_the_variable() -> None:
    text = TWO.replace("hunter3", "hunter2")
    outcome = fixing("CF301", text)
    assert outcome.created[".env"].count("hunter2") == 1
    assert outcome.after["compose.yaml"].count("${DB_PASSWORD:?") == 2


def test_services_that_share_an_anchor_stay_the_same() -> None:
    text = (
        "x-env: &env\n  DB_PASSWORD: hunter2\nservices:\n"
        "  a:\n    image: acme/a:1.0\n    environment: *env\n"
        "  b:\n    image: acme/b:1.0\n    environment:\n      <<: *env\n      TZ: UTC\n"
    )
    outcome = fixing("CF301", text)
    assert outcome.after["compose.yaml"] == text.replace(
        "hunter2", "${DB_PASSWORD:?set it in .env}"
    )
    assert (outcome.changes, outcome.dropped) == ([], [])


def test_stacks_that_share_a_folder_get_different_variables() -> None:
    files = {
        "one.compose.yaml": service("DB_PASSWORD: hunter2"),
        "two.compose.yaml": service("DB_PASSWORD: hunter3"),
    }
    outcome = fixing("CF301", "", "x/.gitkeep", files)
    assert sorted(outcome.created[".env"].splitlines()) == [
        "APP_DB_PASSWORD=hunter3",
        "DB_PASSWORD=hunter2",
    ]
    assert (outcome.changes, outcome.dropped) == ([], [])


def test_a_variable_that_another_stack_of_the_folder_asks_for_is_not_set() -> None:
    files = {"other.compose.yaml": service("TZ: ${DB_PASSWORD:-UTC}")}
    outcome = fixing("CF301", service("DB_PASSWORD: hunter2"), "stack.compose.yaml", files)
    assert outcome.created[".env"] == "APP_DB_PASSWORD=hunter2\n"
    assert (outcome.changes, outcome.dropped) == ([], [])


def test_the_secret_of_an_override_file_moves() -> None:
    base = "services:\n  app:\n    image: acme/app:1.4\n"
    override = "services:\n  app:\n    environment:\n      DB_PASSWORD: hunter2\n"
    outcome = fixing("CF301", base, files={"compose.override.yaml": override})
    assert outcome.created == {".gitignore": "/.env\n", ".env": "DB_PASSWORD=hunter2\n"}
    assert outcome.after == {
        "compose.override.yaml": override.replace("hunter2", "${DB_PASSWORD:?set it in .env}")
    }


def test_the_env_file_of_a_project_in_another_folder() -> None:
    files = {".env": "COMPOSE_FILE=deploy/compose.yaml\n", ".gitignore": ".env\n"}
    outcome = fixing("CF301", service("DB_PASSWORD: hunter2"), "deploy/compose.yaml", files)
    assert outcome.after[".env"] == "COMPOSE_FILE=deploy/compose.yaml\nDB_PASSWORD=hunter2\n"
    assert outcome.created == {}


# --- suggestions


def suggested(
    text: str, path: str = "compose.yaml", files: Mapping[str, str] | None = None, **more: Any
) -> list[tuple[Applicability, int]]:
    """Of each finding of CF301 the class of its fix, and how many edits it has."""
    findings = diagnostics("CF301", text, path, files, **more)
    return [
        (item.fix.applicability, len(item.fix.edits)) for item in findings if item.fix is not None
    ]


SUGGESTION = [(Applicability.SUGGESTION, 0)]
ONE = service("DB_PASSWORD: hunter2")


@pytest.mark.parametrize(
    ("text", "files"),
    titled(
        [
            ("git may have the env file", ONE, {".env": "TZ=UTC\n"}),
            ("git shall have the env file", ONE, {".gitignore": "*\n!.env\n!compose.yaml\n"}),
            ("the env file cannot be read by Compose", ONE, {**IGNORED, ".env": "A B=1\n"}),
            ("the env file is a folder", ONE, {**IGNORED, ".env/x": ""}),
            ("the default is not used", service("DB_PASSWORD: ${PW:-hunter2}"), {**IGNORED, ".env": "PW=x\n"}),
            ("the default is used elsewhere", service("DB_PASSWORD: ${PW:-hunter2}\nX: ${PW:-y}"), {}),
            ("a block of text", service("CERT: |\n  -----BEGIN PRIVATE KEY-----\n  abc"), {}),
            ("a part of the value", service("DB_PASSWORD: hunter2${X:-y}"), {}),
            ("a character that lines cannot have", service('DB_PASSWORD: "hun\\x01ter2"'), {}),
            (
                "another container would get it",
                ONE + "  b:\n    image: acme/b:1.0\n    env_file: .env\n",
                {**IGNORED, ".env": "TZ=UTC\n"},
            ),
        ]
    ),
)  # fmt: skip
def test_what_is_not_certain_is_a_suggestion(text: str, files: dict[str, str]) -> None:
    assert suggested(text, files=files) == SUGGESTION
    outcome = fixing("CF301", text, files=files)
    assert written(outcome) == {}
    assert outcome.dropped == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, Applicability.SUGGESTION),
        ({".gitignore": ".env\n"}, Applicability.SUGGESTION),
        # It is an example for something else.
        ({"web/.env.example": "A=\n"}, Applicability.SUGGESTION),
        # Nothing says to copy the example.
        ({".env.example": "A=\n"}, Applicability.SUGGESTION),
        ({".env.example": "A=\n", "README.md": "Run `docker compose up -d`.\n"}, Applicability.SUGGESTION),
        ({".env.example": "# cp .env.example .env\nA=\n"}, Applicability.SUGGESTION),
        ({".env.example": "A=\n", "README.md": "|-- .env.example\n"}, Applicability.SUGGESTION),
        ({".env.example": "A=\n", "README.md": "    cp .env.example .env\n"}, Applicability.UNSAFE),
        ({".env.example": "A=\n", "README.md": "Copy `.env.example`, edit it.\n"}, Applicability.UNSAFE),
        ({"env.example": "", "Makefile": ".env: env.example\n\tcp $< $@\n"}, Applicability.UNSAFE),
        ({"env.example": "", "setup.sh": "cp env.example .env\n"}, Applicability.UNSAFE),
        ({**IGNORED, ".env.sample": "DB_PASSWORD=\n", "a/INSTALL.md": "cp .env.sample .env\n"}, Applicability.UNSAFE),
        ({**IGNORED, ".env": "TZ=UTC\n"}, Applicability.UNSAFE),
    ],
)  # fmt: skip
def test_a_clone_is_told_what_to_set(files: dict[str, str], expected: Applicability) -> None:
    """Else what the README says to start it would fail after the fix."""
    (finding,) = diagnostics("CF301", ONE, files=files)
    assert finding.fix is not None
    assert finding.fix.applicability is expected
    is_told = expected is Applicability.UNSAFE
    assert ("example file and the README" in finding.fix.title) is not is_told
    assert (".env.example" in finding.help) is not is_told


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", Applicability.SUGGESTION),
        ("      TZ: ${TZ}\n", Applicability.UNSAFE),
        ("      TZ: ${TZ:?missing}\n", Applicability.UNSAFE),
        ("    env_file: .env\n", Applicability.UNSAFE),
        # It starts without the example.
        ("      TZ: ${TZ:-UTC}\n", Applicability.SUGGESTION),
        ("      TZ: ${OTHER}\n", Applicability.SUGGESTION),
        ("    env_file: [{path: .env, required: false}]\n", Applicability.SUGGESTION),
    ],
)
def test_a_stack_that_needs_its_env_file_already(more: str, expected: Applicability) -> None:
    (finding,) = diagnostics("CF301", ONE + more, files={".env.example": "TZ=UTC\n"})
    assert finding.fix is not None
    assert finding.fix.applicability is expected


def test_a_file_with_another_name_has_to_be_named_where_the_example_is_copied() -> None:
    copied = "cp .env.example .env\n"
    for text, expected in (
        (copied, Applicability.SUGGESTION),
        (copied + "docker compose -f live.yaml up -d\n", Applicability.UNSAFE),
    ):
        files = {".env.example": "", "README.md": text}
        (finding,) = diagnostics("CF301", ONE, path="live.yaml", files=files)
        assert finding.fix is not None
        assert finding.fix.applicability is expected


def test_a_service_that_has_the_variable_may_read_the_env_file() -> None:
    text = ONE + "    env_file: .env\n"
    outcome = fixing("CF301", text, files={**IGNORED, ".env": "TZ=UTC\n"})
    assert outcome.after[".env"] == "TZ=UTC\nDB_PASSWORD=hunter2\n"


def test_a_file_that_another_stack_includes_is_left_alone() -> None:
    main = "include: [parts/compose.yaml]\nservices:\n  web:\n    image: acme/web:1.0\n"
    files = {"parts/compose.yaml": ONE}
    assert suggested(main, files=files) == SUGGESTION


def commit(folder: Path, *paths: str) -> None:
    """Make a repository in a folder, with these files in its index."""
    (folder / ".git").rmdir()
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    subprocess.run([*GIT, "add", "-f", *paths], cwd=folder, check=True)


@pytest.mark.parametrize(
    ("tracked", "ignored", "fix", "advice"),
    [
        (True, True, Applicability.SUGGESTION, "git rm --cached .env"),
        (True, False, Applicability.SUGGESTION, "git rm --cached .env"),
        (False, True, Applicability.UNSAFE, "git history keeps the old one"),
        (False, False, Applicability.UNSAFE, "git history keeps the old one"),
    ],
)
def test_git_says_whether_it_has_the_env_file(
    tracked: bool, ignored: bool, fix: Applicability, advice: str
) -> None:
    files = {"compose.yaml": ONE, ".env": "TZ=UTC\n", ".gitignore": ".env\n" if ignored else ""}
    with project(files) as folder:
        commit(folder, "compose.yaml", *([".env"] if tracked else []))
        inputs = list(discover(["."]))
        (finding,) = check_files(inputs, settings("CF301")).reported
        assert finding.fix is not None
        assert finding.fix.applicability is fix
        assert advice in finding.help
        assert "git history keeps the old one" in finding.help
        outcome = fix_files(inputs, settings("CF301"), Choice(unsafe=True))
    if fix is Applicability.SUGGESTION:
        assert written(outcome) == {}
    else:
        assert outcome.after[".env"] == "TZ=UTC\nDB_PASSWORD=hunter2\n"
        assert (".gitignore" in outcome.after) is not ignored


def test_the_env_file_of_the_command_line_gets_the_value() -> None:
    files = {"prod.env": "TZ=UTC\n", ".gitignore": "*.env\n"}
    with project({**files, "compose.yaml": ONE}):
        inputs = list(discover(["compose.yaml"]))
        chosen = settings("CF301", env_files=("prod.env",))
        outcome = fix_files(inputs, chosen, Choice(unsafe=True))
    assert outcome.after["prod.env"] == "TZ=UTC\nDB_PASSWORD=hunter2\n"
    assert "${DB_PASSWORD:?set it in prod.env}" in outcome.after["compose.yaml"]
    assert outcome.created == {}
