"""Patterns of .gitignore files, compared with git itself where it is installed."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from composelint.linter.files.gitignore import is_ignored, is_kept, parse_gitignore, wildcard
from composelint.linter.files.reader import Reader


@pytest.mark.parametrize(
    ("patterns", "path", "ignored"),
    [
        (".env", ".env", True),
        (".env", "a/b/.env", True),
        ("/.env", "a/.env", False),
        ("*.env", "a/prod.env", True),
        (".env*", ".env.local", True),
        (".env.*\n!.env.example", ".env.example", False),
        (".env.*\n!.env.example", ".env.local", True),
        ("secrets/", "secrets/db", True),
        ("secrets/", "secrets", False),
        ("secrets", "a/secrets/db", True),
        ("a/secrets", "b/a/secrets", False),
        ("a/**/x", "a/x", True),
        ("a/**/x", "a/b/c/x", True),
        ("**/x", "a/b/x", True),
        ("a/**", "a", False),
        ("a/**", "a/b", True),
        ("secrets/\n!secrets/db", "secrets/db", True),
        ("# .env", ".env", False),
        ("\\#x", "#x", True),
        ("x ", "x", True),
        ("x\\ ", "x ", True),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[", "[", False),
        ("*", "anything", True),
        ("?", "ab", False),
        ("", "x", False),
        ("!", "x", False),
        ("/", "x", False),
    ],
)
def test_patterns_match_as_git_matches_them(patterns: str, path: str, ignored: bool) -> None:
    assert is_ignored([("", parse_gitignore(patterns))], path) is ignored


def test_files_of_deeper_folders_come_last() -> None:
    files = [("", parse_gitignore("*.env")), ("a", parse_gitignore("!x.env"))]
    assert is_ignored(files, "x.env")
    assert not is_ignored(files, "a/x.env")
    assert is_ignored(files, "ab/x.env")


def test_many_stars_take_linear_time() -> None:
    assert not wildcard("*a" * 300 + "b", "a" * 3000)
    assert not is_ignored([("", parse_gitignore("**/" * 300 + "x"))], "a/" * 300 + "y")


def test_the_reader_reads_ignore_files_from_the_root_down(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("*.env\n")
    (tmp_path / "a" / ".gitignore").write_text("!keep.env\n")
    reader = Reader(str(tmp_path), base=str(tmp_path / "a"))
    assert reader.is_ignored_by_git("x.env")
    assert reader.is_ignored_by_git("../x.env")
    assert not reader.is_ignored_by_git("b/keep.env")
    assert not reader.is_ignored_by_git("../../x.env")


def test_git_ignores_the_same_paths(tmp_path: Path) -> None:
    rng = random.Random(7)
    atoms = [
        "a",
        "b",
        "*",
        "?",
        "**",
        "[ab]",
        "[!a]",
        ".env",
        ".env.*",
        "*.env",
        "a*b",
        "\\a",
        "a[b",
    ]
    names = ["a", "b", "ab", ".env", ".env.local", "x.env", "aab", "c", "a[b"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for _ in range(25):
        lines = []
        for _ in range(rng.randint(1, 4)):
            line = "/".join(rng.choice(atoms) for _ in range(rng.randint(1, 3)))
            line = ("/" if rng.random() < 0.3 else "") + line + ("/" if rng.random() < 0.3 else "")
            lines.append(("!" if rng.random() < 0.3 else "") + line)
        text = "\n".join(lines) + "\n"
        (tmp_path / ".gitignore").write_text(text)
        paths = ["/".join(rng.choice(names) for _ in range(rng.randint(1, 3))) for _ in range(40)]
        answer = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "-z", "--stdin", "--no-index"],
            input="\0".join(paths).encode(),
            capture_output=True,
            check=False,
        )
        ignored = set(answer.stdout.decode().split("\0")) - {""}
        patterns = parse_gitignore(text)
        assert {path for path in paths if is_ignored([("", patterns)], path)} == ignored, text


@pytest.mark.parametrize(
    ("patterns", "path", "kept"),
    [
        ("*\n!.env\n", ".env", True),
        ("!.env\n", "a/.env", True),
        ("!.env\n.env\n", ".env", False),
        (".env\n", ".env", False),
        ("!.env.example\n", ".env", False),
        ("", ".env", False),
    ],
)
def test_a_path_that_git_shall_have(patterns: str, path: str, kept: bool) -> None:
    assert is_kept([("", parse_gitignore(patterns))], path) is kept
