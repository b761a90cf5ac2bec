"""Input that once took all memory or time, or ended in a traceback: each call ends with an answer.

Nothing is timed here; the memory of each call is limited, and the sizes are those at which the
old code would not have ended. ``python -m tests.growth`` measures how time grows.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MOST_MEMORY = 600 * 1024 * 1024
"""The most bytes of addresses; what a call really uses is about half of it."""
A = "services:\n  a:\n    image: a:1\n"


def numbered(item: str, count: int) -> str:
    return "".join(item.replace("@", str(number)) for number in range(count))


def doubled(instruction: str, count: int) -> str:
    return f"{instruction} A0=xxxxxxxxxxx\n" + "".join(
        f"{instruction} A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, count)
    )


DOCKERFILES = {
    "arguments-that-double": doubled("ARG", 40) + "FROM a:$A39\n",
    "variables-that-double": "FROM a:1\n" + doubled("ENV", 40) + "WORKDIR $A39\n",
    "a-variable-that-doubles": "FROM a:1\nENV A=x\n" + "ENV A=$A$A\n" * 40 + "WORKDIR $A\n",
    "a-long-argument": f"ARG A={'x' * 100_000}\nFROM a:{'$A' * 3000}\n",
    "a-long-line": "FROM a:1\nRUN pip install " + "bbbbbbb " * 9000 + "\n",
    "suppressed-commands": "FROM a:1\n"
    + numbered("# composelint: ignore[DF408] x\nRUN pip install p@\n", 300),
    "triggers-in-triggers": "FROM a\n" + "ONBUILD " * 20_000 + "RUN x\n",
    "nested-substitutions": "FROM a:1\nRUN echo " + "$(b " * 2000 + ")" * 2000 + "\n",
}

VALUES = {
    "a-power-as-a-published-port": "    ports: [{target: 80, published: '²'}]\n",
    "a-power-as-a-scale": "    scale: '²'\n",
    "a-power-as-replicas": "    deploy: {replicas: '²'}\n",
    "a-power-as-a-user": "    user: '²'\n",
    "a-long-published-port": f"    ports: [{{target: 80, published: '{'1' * 5000}'}}]\n",
    "a-long-scale": f"    scale: '{'1' * 5000}'\n",
    "long-replicas": f"    deploy: {{replicas: {'1' * 5000}}}\n",
    "a-long-port": f"    ports: ['{'1' * 5000}:80']\n",
    "a-long-limit": f"    mem_limit: '{'9' * 310}'\n",
    "ports": "    ports:\n" + numbered("      - '127.@.0.1:80:80'\n", 250) * 8,
    "secrets": "    secrets:\n" + numbered("      - s@\n", 1000),
    "passwords": "    environment:\n"
    + numbered("      P@_PASSWORD: Hk@qZ7xw@\n", 500)
    + "    command: "
    + numbered("--p@=Hk@qZ7xw@ ", 500)
    + "\n",
}

COMPOSE_FILES = {
    **{name: A + text for name, text in VALUES.items()},
    "a-closed-brace": "a: {b: " + "x" * 20_100 + "}}\n",
    "services": "services:\n" + numbered("  s@: {image: a:1}\n", 1000),
}

PATTERNS = ("^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*,){20}P")


def lint(folder: Path, name: str, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The call for a file, with little memory and without the findings of ShellCheck."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))

    (folder / name).write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-P", "-m", "composelint", "--no-cache", "--jobs", "1", *options, name],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        preexec_fn=limit,
    )


def check(answer: subprocess.CompletedProcess[str]) -> None:
    """There is a finding, or a message; and nothing is said of a defect."""
    said = answer.stdout + answer.stderr
    assert answer.returncode in (0, 1), said[-2000:]
    assert "Traceback" not in said
    assert "LN005" not in said
    assert "defect" not in said
    assert answer.stdout


@pytest.mark.parametrize("name", DOCKERFILES)
def test_dockerfiles(tmp_path: Path, name: str) -> None:
    check(lint(tmp_path, "Dockerfile", DOCKERFILES[name], "--select", "ALL"))


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_compose_files(tmp_path: Path, name: str) -> None:
    check(lint(tmp_path, "compose.yaml", COMPOSE_FILES[name], "--select", "ALL"))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_of_policies(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "composelint.toml").write_text(
        f"""[[policies]]
code = "ORG1"
name = "bad-hostname"
message = "the host name is not ours"
match = {{ properties = {{ labels = {{ properties = {{ a = {{ pattern = '{pattern}' }} }} }} }} }}
"""
    )
    text = A + f"    labels: {{a: '{'a' * 1000}{'a,' * 1000}!'}}\n"
    answer = lint(tmp_path, "compose.yaml", text)
    check(answer)
    assert "ORG1" in answer.stdout
