"""Env files: values that Compose reads differently, secrets that git tracks, drift."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from checks import Run
from composelint.linter.engine.run import check_files
from composelint.linter.files.discovery import InputFile
from composelint.linter.rule import Severity
from snippets import diagnostics, places, project, settings

STACK = {"compose.yaml": "services:\n  web:\n    image: nginx:${V:-1.29}\n"}
GITHUB = "ghp_" + "b7Qw9ErTyU2iOp4AsDf6GhJk8LzXcVbNm1Q3"


def reported(code: str, text: str, path: str = ".env", **files: str) -> list[str]:
    others = {**STACK, **{name.replace("__", "."): body for name, body in files.items()}}
    return [shown for _, shown in places(code, text, path, others)]


# --- syntax, doubles, quotes


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("A B=1\n", True),
        ('A="1\n', True),
        ("A=${B\n", True),
        ("A=1\n", False),
        ("export A=1\n", False),
        ("A: 1\n", False),
        ("A\nB=2\n", False),
        ("# A B\n", False),
    ],
)
def test_what_compose_cannot_read(text: str, fires: bool) -> None:
    assert bool(reported("EV001", text)) is fires


def test_env_files_of_other_programs_are_left_alone() -> None:
    jinja = "{% if x %}\nA=1\n{% endif %}\nA=2\n"
    assert reported("EV001", jinja, "setup/app.env") == []
    assert reported("EV002", jinja, "setup/app.env") == []
    assert reported("EV001", "A B=1\n", ".env.example") != []
    assert places("EV001", "A B=1\n", ".env") != []  # no stack in sight
    used = {"compose.yaml": "services:\n  web:\n    image: nginx:1.29\n    env_file: app.env\n"}
    assert places("EV001", "A B=1\n", "app.env", used) != []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A=1\nA=2\n", ["A"]),
        ("A=1\nB=2\nA=3\nA=4\n", ["A", "A"]),
        ("A=1\nA=1\n", []),
        ("A=1\nA=$A:2\n", []),
        ("A=1\na=2\n", []),
        ("A=1\n#A=2\n", []),
    ],
)
def test_variables_that_are_defined_twice(text: str, shown: list[str]) -> None:
    assert reported("EV002", text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SALT=pepper #1\n", ["#1"]),
        ("SALT=pepper #x\n", ["#x"]),
        ("SALT=pepper # 1\n", []),
        ("SALT=pepper #see the wiki\n", []),
        ("SALT=pepper #是\n", []),
        ("SALT=pepper#1\n", []),
        ("SALT='pepper' #1\n", []),
        ("PW=Tr0ub$dor3\n", ["$dor3"]),
        ("PW='Tr0ub$dor3'\n", []),
        ("PW=Tr0ub$$dor3\n", []),
        ("PW=${OTHER}\n", []),
        ("HOST=a\nURL=http://$HOST/\n", []),
        ("URL=$HOME/x\n", []),
        ('A="x" y\n', ["y"]),
    ],
)
def test_values_that_are_not_what_they_look_like(text: str, shown: list[str]) -> None:
    assert reported("EV006", text) == shown


# --- secrets


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=k8Vw2nQ7tRz4Lx\n",
        "export DB_PASSWORD='k8Vw2nQ7tRz4Lx'\n",
        "DATABASE_URL=postgres://app:k8Vw2nQ7tRz4Lx@db/app\n",
        f"ANYTHING={GITHUB}\n",
        "APP_KEY=base64:Npczl7vKB0Y3AlNboNTD5f71bYVaAuVB8ay4UhZ3My0=\n",
    ],
)
def test_a_secret_in_a_tracked_file(text: str) -> None:
    assert len(reported("EV003", text)) == 1
    assert reported("EV003", text, __gitignore=".env\n") == []
    assert reported("EV003", text, __gitignore="*.env\n!.env\n") != []


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=\n",
        "DB_PASSWORD=changeme\n",
        "DB_PASSWORD=your-Password-123456\n",
        "DB_PASSWORD=${OTHER}\n",
        "DB_PASSWORD=shop\n",
        "DB_USER=shopAdmin1\nDB_PASSWORD=shopAdmin1\n",
        "DB_PASSWORD=astronomy_password\n",
        "API_TOKEN=YourNgrokAuthToken\n",
        "API_TOKEN=op://vault/item/Field7\n",
        "TOKENIZERS_PARALLELISM=k8Vw2nQ7tRz4Lx\n",
        "CLUSTER_ID=4L6g3nShT-eMCtK--X86sw\n",
        "URL=http://User:Password1@mail/\n",
    ],
)
def test_values_that_are_not_secrets(text: str) -> None:
    assert reported("EV003", text) == []


def test_templates_are_reported_for_tokens_only() -> None:
    assert reported("EV003", "DB_PASSWORD=k8Vw2nQ7tRz4Lx\n", ".env.example") == []
    assert reported("EV003", f"TOKEN={GITHUB}\n", ".env.example") == [GITHUB]


def test_a_file_that_was_added_before_it_was_ignored() -> None:
    with project({".env": "DB_PASSWORD=k8Vw2nQ7tRz4Lx\n", ".gitignore": ".env\n"}) as folder:
        (folder / ".git").rmdir()
        subprocess.run(["git", "init", "-q"], check=True)

        def reported() -> list[str]:
            result = check_files([InputFile(".env", "env", True)], settings("EV003"))
            return [finding.message for finding in result.reported]

        assert reported() == []
        subprocess.run(["git", "add", "-f", ".env"], check=True)
        assert reported() == ["git has .env, where DB_PASSWORD contains a secret"]


def test_folders_of_tests_are_graded_lower_but_for_tokens() -> None:
    def grade(text: str, path: str) -> Severity:
        (finding,) = diagnostics("EV003", text, path)
        return finding.severity

    assert grade("DB_PASSWORD=k8Vw2nQ7tRz4Lx\n", ".env") is Severity.WARNING
    assert grade("DB_PASSWORD=k8Vw2nQ7tRz4Lx\n", "tests/.env") is Severity.INFO
    assert grade(f"T={GITHUB}\n", "tests/.env") is Severity.WARNING


def test_the_message_does_not_contain_the_secret() -> None:
    (finding,) = diagnostics(
        "EV003", "DB_PASSWORD=k8Vw2nQ7tRz4Lx\nJWT_SECRET=q7Rz4Lxk8Vw2n\n", ".env"
    )
    told = " ".join(
        [
            finding.message,
            finding.help,
            finding.evidence,
            *(place.message for place in finding.related),
        ]
    )
    assert "DB_PASSWORD" in told
    assert "k8Vw" not in told
    assert "q7Rz" not in told


# --- drift

USES = "services:\n  web:\n    image: nginx:${V}\n    ports: ['${PORT}:80', '${SPARE:-9}:9']\n"


@pytest.mark.parametrize(
    ("env", "example", "ignore", "shown"),
    [
        ("V=1\nPORT=2\n", "V=\n", ".env\n", ["${PORT}"]),
        ("V=1\nPORT=2\n", "V=\n#PORT=\n", ".env\n", []),
        ("V=1\nPORT=2\n", "V=\nPORT=\n", ".env\n", []),
        ("V=1\nPORT=2\n", "V=\n", "", []),
        ("V=1\n", "V=\n", ".env\n", []),
        ("V=1\nPORT=2\n", None, ".env\n", []),
    ],
)
def test_variables_that_the_example_does_not_list(
    env: str, example: str | None, ignore: str, shown: list[str]
) -> None:
    files = {".env": env, ".gitignore": ignore}
    if example is not None:
        files[".env.example"] = example
    assert [text for _, text in places("EV004", USES, files=files)] == shown


def test_drift_is_one_finding_for_each_stack() -> None:
    files = {".env": "V=1\nPORT=2\n", ".env.example": "X=\n", ".gitignore": ".env\n"}
    (finding,) = diagnostics("EV004", USES, files=files)
    assert [place.span.text for place in finding.related] == ["${PORT}"]


@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ("V=1\nPROT=2\n", ["PROT"]),
        ("V=1\nPORT=$BASE\nBASE=2\n", []),
        ("COMPOSE_PROFILES=x\nDOCKER_BUILDKIT=1\n", []),
        ("SPARE=2\n", []),
    ],
)
def test_unused_variables(env: str, shown: list[str]) -> None:
    assert [text for _, text in places("EV005", env, ".env", {"compose.yaml": USES})] == shown


def test_a_variable_that_another_stack_of_the_folder_uses() -> None:
    files = {"compose.yaml": USES, "compose.extra.yaml": "services:\n  x:\n    image: a:${EXTRA}\n"}
    assert places("EV005", "V=1\nEXTRA=2\n", ".env", files) == []


def test_an_env_file_is_read_byte_by_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    # As Docker Compose reads it: a comment in Latin-1 does no harm.
    (tmp_path / ".env.example").write_bytes(b"# \xa0 note\nA=1\nA=2\n")
    monkeypatch.chdir(tmp_path)
    output = run("--no-cache", "--output-format=concise", ".").output
    assert "LN003" not in output
    assert "EV002" in output
