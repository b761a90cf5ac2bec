"""Random stacks with random secrets: after fixing, the same values, each in one ignored file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from contextlib import chdir
from pathlib import Path

from checks import write_files
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.stack import load_stack
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.files.reader import Reader
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.model.values import key_values
from composelint.linter.rule import Applicability
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.dotenv_parser import parse_env
from composelint.linter.source.yaml.nodes import Mapping
from hypothesis import given, note
from hypothesis import strategies as st

NAMES = ("DB_PASSWORD", "SECRET_KEY", "API_TOKEN", "mail.password", "CERT_SECRET", "SALT")
PRINTABLE = [chr(code) for code in (*range(32, 127), 0xE4, 0xDF, 0x20AC, 0x1F511)]
values = st.text(st.sampled_from([*PRINTABLE, "\n", "\t"]), min_size=6, max_size=24)
"""Values of printable characters, ``$``, quotes, ``#``, blanks and line breaks among them."""


@st.composite
def scalars(draw: st.DrawFn, value: str) -> str:
    """A value as YAML, with its dollar signs doubled."""
    text = value.replace("$", "$$")
    if draw(st.booleans()) and re.fullmatch(r"[A-Za-z][\w.]*=?\"?\w+\"?", text, re.ASCII):
        return text
    if draw(st.booleans()) and "\n" not in text and "\t" not in text:
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


@st.composite
def environments(draw: st.DrawFn, pool: dict[str, list[str]]) -> str:
    """The environment of a service as a mapping, as a list or in braces."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    pairs = [(name, draw(st.sampled_from(pool[name]))) for name in names]
    if draw(st.booleans()):
        # A default that is a secret, of a variable that other services may use, too.
        form = draw(st.sampled_from(("${VAR:-%s}", "${VAR-%s}")))
        text = draw(st.sampled_from(("hunter2Qx9zRk", "k8Vw2nQ7tRz4Lx")))
        return f'    environment:\n      SESSION_SECRET: "{form % text}"\n'
    form = draw(st.sampled_from(("mapping", "list", "braces")))
    if form == "list":
        items = [draw(scalars(f"{name}={value}")) for name, value in pairs]
        if draw(st.booleans()):
            return f"    environment: [{', '.join(items)}]\n"
        return "    environment:\n" + "".join(f"      - {item}\n" for item in items)
    written = [f"{name}: {draw(scalars(value))}" for name, value in pairs]
    if form == "braces":
        return f"    environment: {{{', '.join(written)}}}\n"
    return "    environment:\n" + "".join(f"      {pair}\n" for pair in written)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """The files of a project. No value belongs to two names; services may share it."""
    size = 2 * len(NAMES)
    drawn = draw(st.lists(values, min_size=size, max_size=size, unique=True))
    pool = {name: drawn[2 * index : 2 * index + 2] for index, name in enumerate(NAMES)}
    newline = draw(st.sampled_from(("\n", "\r\n")))
    text = "services:\n"
    for name in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)):
        text += f"  {name}:\n    image: acme/{name}:1.0\n{draw(environments(pool))}"
    files = {"compose.yaml": text.replace("\n", newline)}
    if draw(st.booleans()):
        override = f"services:\n  o:\n    image: acme/o:1.0\n{draw(environments(pool))}"
        files["compose.override.yaml"] = override
    env = draw(st.sampled_from((None, "", "TZ=UTC", "DB_PASSWORD=1\nTZ=UTC\n", "A='x'\r\n")))
    ignored = draw(st.sampled_from((None, "dist", "*.log\r\n", ".env\n", ".env*\n")))
    if env is not None:
        files[".env"] = env
        ignored = ignored if ignored and ".env" in ignored else ".env"
    if ignored is not None:
        files[".gitignore"] = ignored
    if draw(st.booleans()):
        files[".env.example"] = "# set these\nTZ=UTC"
    return files


def resolved(files: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    """The environment of each service, as our loader resolves it."""
    loaded = load_stack(files, Reader("."))
    assert loaded.accepted
    return {
        entry.name: {
            variable.name: variable.value for variable in key_values(entry.value.get("environment"))
        }
        for entry in loaded.services
        if isinstance(entry.value, Mapping)
    }


def by_referee(program: str) -> object:
    """The environment of each service, as Docker Compose resolves it."""
    answer = subprocess.run(
        [program, "config", "--format", "json"],
        capture_output=True, text=True, check=True, env={"HOME": "/root", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    services = json.loads(answer.stdout)["services"]
    return {name: service["environment"] for name, service in services.items()}


def texts_of(path: str) -> str | None:
    """The text of a file; None if there is none."""
    file = Path(path)
    return file.read_text("utf-8") if file.exists() else None


def fixed_here() -> FixResult:
    """Fix the working folder on disk."""
    settings = Settings(selection=Selection(select=["CF301"]), debug=True)
    outcome = fix_files(list(discover(["."])), settings, Choice(unsafe=True))
    write_files({**outcome.created, **outcome.after})
    return outcome


@given(projects())
def test_secrets_move_and_the_stack_stays_the_same(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path(".git").mkdir()
        write_files(files)
        stack = tuple(name for name in ("compose.yaml", "compose.override.yaml") if name in files)
        referee = os.environ.get("COMPOSELINT_REFEREE")
        before = resolved(stack)
        by_compose = by_referee(referee) if referee else None
        outcome = fixed_here()
        note(f"{outcome.created} {outcome.after}")
        assert outcome.converged
        assert (outcome.dropped, outcome.changes) == ([], [])
        assert resolved(stack) == before
        if referee:
            assert by_referee(referee) == by_compose
        left = check_files(list(discover(["."])), Settings(selection=Selection(select=["CF301"])))
        kinds = {item.fix.applicability for item in left.reported if item.fix is not None}
        assert Applicability.UNSAFE not in kinds
        again = fixed_here()
        assert (again.created, again.after) == ({}, {})
        reader = Reader(".")
        for path in {*outcome.created, *outcome.after} - {*stack, ".gitignore", ".env.example"}:
            assert path == ".env"
            assert reader.is_ignored_by_git(path)
        values_before, values_now = (
            parse_env(SourceFile(".env", text)).values if text is not None else {}
            for text in (files.get(".env"), texts_of(".env"))
        )
        assert values_now.items() >= values_before.items()
        for name in values_now.keys() - values_before.keys():
            value = values_now[name]
            if value.isalnum() and not kinds:
                others = "".join(texts_of(path) or "" for path in (*stack, ".gitignore"))
                assert value not in others
