"""XF115: files of secrets that only their owner may read, and services that run as another user."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from checks import LayOut, Run

STACK = """\
services:
  api:
    image: acme/api:2.1
{user}    {kind}: [{item}]
{kind}:
  token:
    file: {file}
"""
OTHER = os.getuid() + 4321
CALL = ("--select", "XF115", "--output-format", "concise")


def lay_out_stack(
    lay_out: LayOut,
    *,
    user: str = f'"{OTHER}"',
    mode: int = 0o600,
    kind: str = "secrets",
    item: str = "token",
    file: str = "./token.txt",
) -> None:
    line = f"    user: {user}\n" if user else ""
    lay_out(
        {
            "compose.yaml": STACK.format(user=line, kind=kind, item=item, file=file),
            "token.txt": "x\n",
        }
    )
    Path("token.txt").chmod(mode)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mode": 0o400},
        {"mode": 0o700},
        {"user": f'"{OTHER}:{OTHER}"'},
        {"user": str(OTHER)},
        {"kind": "configs"},
        {"item": "{source: token, target: t}"},
    ],
)
def test_another_user_cannot_read_it(lay_out: LayOut, run: Run, changes: dict[str, Any]) -> None:
    lay_out_stack(lay_out, **changes)
    answer = run(*CALL, "--no-cache")
    assert answer.stdout.startswith("compose.yaml:4:11: warning: XF115 ")
    assert f"only the user {os.getuid()} may read token.txt" in answer.stdout


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": 0o644},
        {"mode": 0o640},
        {"user": f'"{os.getuid()}"'},
        {"user": '"0"'},
        {"user": "app"},
        {"user": ""},
        {"file": "./missing.txt"},
        {"file": "/etc/shadow"},
    ],
)
def test_it_is_silent(lay_out: LayOut, run: Run, changes: dict[str, Any]) -> None:
    lay_out_stack(lay_out, **changes)
    assert run(*CALL, "--no-cache").exit_code == 0


def test_the_cache_notices_another_mode(
    lay_out: LayOut, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lay_out_stack(lay_out)
    cache = ("--cache-dir", str(tmp_path_factory.mktemp("cache")))
    assert run(*CALL, *cache).exit_code == 1
    assert run(*CALL, *cache).exit_code == 1
    Path("token.txt").chmod(0o644)
    assert run(*CALL, *cache).exit_code == 0
