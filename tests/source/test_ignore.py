"""``.dockerignore``: parsing and matching as moby's ignorefile and patternmatcher do."""

from __future__ import annotations

import re

import pytest
from checks import examples, no_hang
from composelint.linter.base.text import SourceFile
from composelint.linter.source.ignore import (
    IgnoreSyntax,
    clean,
    ignore_candidates,
    is_valid,
    parse_ignore,
)
from hypothesis import given
from hypothesis import strategies as st


def parse(text: str) -> IgnoreSyntax:
    return parse_ignore(SourceFile(".dockerignore", text))


READING = [
    # line; its pattern, None if the line is not a pattern
    ("a", "a"),
    ("  a  ", "a"),
    ("\ta\t", "a"),
    ("a/", "a"),
    ("/a", "a"),
    ("/a/", "a"),
    ("//a//b/", "a/b"),
    ("./a", "a"),
    ("a//b/./c/", "a/b/c"),
    ("a/../b", "b"),
    ("../a", "../a"),
    ("/../a", "a"),
    ("/", "/"),
    (".", "."),
    ("a b", "a b"),
    ("a # b", "a # b"),
    (" #a", "#a"),
    ("# a", None),
    ("#", None),
    ("", None),
    ("   ", None),
    ("!a", "!a"),
    ("! a ", "!a"),
    ("!/a/", "!a"),
    ("!!a", "!!a"),
    (" !a", "!a"),
    ("a\r", "a"),
    ("\\#a", "\\#a"),
    ("**/", "**"),
]


@pytest.mark.parametrize(("line", "expected"), READING)
def test_patterns_are_cleaned(line: str, expected: str | None) -> None:
    actual = [("!" if p.negated else "") + p.cleaned for p in parse(line).patterns]
    assert actual == ([] if expected is None else [expected])


def test_patterns_and_comments_have_places() -> None:
    syntax = parse("\ufeff# c\r\n\r\n  !a b \r\nc")
    assert [(p.line, p.span.text, p.raw, p.index) for p in syntax.patterns] == [
        (3, "!a b", "!a b", 0),
        (4, "c", "c", 1),
    ]
    assert [syntax.file.text[start:end] for start, end in syntax.comments] == ["# c"]


MATCHING = [
    # patterns, separated by blanks; path; whether it is left out of the context
    # names and folders are anchored at the root
    ("a", "a", True),
    ("a", "b/a", False),
    ("a", "ab", False),
    ("a", "a/b", True),
    ("a", "a/b/c", True),
    ("a/b", "a/b/c", True),
    ("a/b", "a", False),
    ("a/b", "c/a/b", False),
    ("A", "a", False),
    ("a", "./a/", True),
    ("a", "/a", True),
    ("a", ".", False),
    ("**", ".", False),
    # * and ? stay within one name
    ("*", "a", True),
    ("*", "a/b", True),
    ("*.md", "a.md", True),
    ("*.md", "d/a.md", False),
    ("*.md", "a.md.txt", False),
    ("*", ".a", True),
    (".*", ".a", True),
    (".*", "a", False),
    ("*/a", "b/a", True),
    ("*/a", "a", False),
    ("*/a", "c/b/a", False),
    ("*/*/a", "c/b/a", True),
    ("a?c", "abc", True),
    ("a?c", "ac", False),
    ("a?c", "a/c", False),
    ("a*c", "ac", True),
    ("a*c", "a/c", False),
    ("a*/b", "axx/b/c", True),
    ("a*b*c", "a-b-b-c", True),
    ("a*b*c", "a-c-b", False),
    # ** spans folders
    ("**", "a/b", True),
    ("**/a", "a", True),
    ("**/a", "b/a", True),
    ("**/a", "c/b/a", True),
    ("**/a", "ba", False),
    ("**/a", "b/a/c", True),
    ("**/*.log", "a.log", True),
    ("**/*.log", "b/c/a.log", True),
    ("**/*.log", "a.log.txt", False),
    ("a/**", "a", False),
    ("a/**", "a/b", True),
    ("a/**", "a/b/c", True),
    ("a/**", "ab", False),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**/b", "a/xb", False),
    ("**/a/**", "a/b", True),
    ("**/a/**", "x/a/b", True),
    ("**/a/**", "x/a", False),
    ("**/a/*", "x/a/b/c", True),
    ("a/**/*.py", "a/b/c.py", True),
    ("a**", "a", True),
    ("a**", "abc", True),
    ("a**", "a/b", True),
    ("a**b", "a/x/b", True),
    ("a**b", "ab", True),
    ("a**/*.txt", "a/d/e/f.txt", True),
    ("**a", "ba", True),
    ("**a", "c/ba", True),
    ("**a*", "ba", False),
    ("**/**/a", "x/a", True),
    ("**/**/a", "a", True),
    ("**/a/**/b/**/c", "x/a/y/b/z/c", True),
    ("**/a/**/b/**/c", "x/a/y/z/c", False),
    # character classes
    ("[a-c]x", "bx", True),
    ("[a-c]x", "dx", False),
    ("[^a-c]x", "dx", True),
    ("[^a-c]x", "bx", False),
    ("[abc]", "c", True),
    ("[!a]", "!", True),
    ("[a\\]]", "]", True),
    ("x[\\-]y", "x-y", True),
    ("*.[oa]", "x.o", True),
    ("**/*.[oa]", "d/x.a", True),
    # a backslash makes the next character a literal
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("\\!a", "!a", True),
    ("\\#a", "#a", True),
    # characters that are special in regular expressions
    ("a.c", "abc", False),
    ("a(b)+|{c}$", "a(b)+|{c}$", True),
    ("a]b", "a]b", True),
    # the last pattern that matches decides
    ("a !a", "a", False),
    ("!a a", "a", True),
    ("*.md !README.md", "README.md", False),
    ("*.md !README.md", "x.md", True),
    ("*.md !README*.md README-x.md", "README-x.md", True),
    ("*.md !README*.md README-x.md", "README-y.md", False),
    ("a !a/b", "a/b", False),
    ("a !a/b", "a/c", True),
    ("a !a/b", "a/b/c", False),
    ("a !a/b a/b/c", "a/b/c", True),
    ("* !src", "src/x", False),
    ("* !src", "lib/x", True),
    ("** !src/**", "src/x/y", False),
    ("a/* !a/b", "a/b", False),
    ("!a", "a", False),
    ("* !*.py", "d/x.py", True),
    ("* !**/*.py", "d/x.py", False),
    ("node_modules", "packages/x/node_modules/y", False),
    ("**/node_modules", "packages/x/node_modules/y", True),
    # deep paths
    ("**/x", "a/" * 30 + "x", True),
    ("**/x", "a/" * 30 + "x/y", True),
    ("**x", "a/" * 30 + "bx/y", True),
    ("x/**", "x/" + "a/" * 30, True),
    ("a", "a/" * 30 + "x", True),
    ("* !a/**", "a/" * 30 + "x", False),
    ("b", "a/" * 30 + "x", False),
    # other writing systems
    ("\u00fc*", "\u00fcber", True),
    ("?", "\U0001f600", True),
    ("[\u03b1-\u03b3]", "\u03b2", True),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), MATCHING)
def test_paths_are_matched_as_moby_does(patterns: str, path: str, expected: bool) -> None:
    syntax = parse(patterns.replace(" ", "\n"))
    assert syntax.problems == []
    assert syntax.matches(path) is expected


DECIDING = [
    ("a b", "a/x", "a"),
    ("a !a/b", "a/b", "!a/b"),
    ("a !a/b", "a/c", "a"),
    ("a", "b", None),
    ("* !*.md *.md", "x.md", "*.md"),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), DECIDING)
def test_the_last_matching_pattern_decides(patterns: str, path: str, expected: str | None) -> None:
    pattern = parse(patterns.replace(" ", "\n")).deciding(path)
    assert (pattern.raw if pattern else None) == expected


PROBLEMS = [
    ("!", "bare-negation 1"),
    (" ! ", "bare-negation 1"),
    ("a\n[", "bad-pattern 2"),
    ("[]a]", "bad-pattern 1"),
    ("[a-]", "bad-pattern 1"),
    ("[-a]", "bad-pattern 1"),
    ("[^", "bad-pattern 1"),
    ("a\\", "bad-pattern 1"),
    ("a[b", "bad-pattern 1"),
    ("[a-b-c]", "bad-pattern 1"),
    ("x" * 70_000, "line-too-long 1"),
    ("[a]\n]\n!b\n\\[", None),
]


@pytest.mark.parametrize(("text", "expected"), PROBLEMS)
def test_problems_have_a_kind_and_a_line(text: str, expected: str | None) -> None:
    syntax = parse(text)
    actual = [f"{p.kind} {syntax.file.position(p.start).line}" for p in syntax.problems]
    assert actual == ([] if expected is None else [expected])
    assert [p.matches("a") for p in syntax.patterns if not p.valid] == [False] * len(actual)


CANDIDATES = [
    ("Dockerfile", ".", ("Dockerfile.dockerignore", ".dockerignore")),
    ("docker/prod.Dockerfile", ".", ("docker/prod.Dockerfile.dockerignore", ".dockerignore")),
    ("app/Dockerfile", "app", ("app/Dockerfile.dockerignore", "app/.dockerignore")),
    ("./x/../Dockerfile", "./", ("Dockerfile.dockerignore", ".dockerignore")),
    ("../Dockerfile", "..", ("../Dockerfile.dockerignore", "../.dockerignore")),
    ("Dockerfile", "", ("Dockerfile.dockerignore", ".dockerignore")),
]


@pytest.mark.parametrize(("dockerfile", "context", "expected"), CANDIDATES)
def test_the_ignore_file_is_beside_the_dockerfile_or_in_the_context(
    dockerfile: str, context: str, expected: tuple[str, str]
) -> None:
    assert ignore_candidates(dockerfile, context) == expected


# --- properties ----------------------------------------------------------------------------


def moby_expression(pattern: str) -> re.Pattern[str]:
    """The regular expression that moby builds, for patterns of a few characters only."""
    out, i = "", 0
    while i < len(pattern):
        char = pattern[i]
        i += 1
        if char == "*" and pattern[i : i + 1] == "*":
            i += 1
            if pattern[i : i + 1] == "/":
                i += 1
            out += "(.*/)?" if i < len(pattern) else ".*"
        else:
            out += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
    return re.compile(out, re.DOTALL)


PATTERNS = st.lists(
    st.sampled_from(["a", "b", "/", "*", "**", "?", ".", "**/", "/**"]), min_size=1, max_size=9
).map("".join)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", ".a"]), min_size=1, max_size=30).map("/".join)


@given(PATTERNS, PATHS)
@examples(1500)
def test_matching_agrees_with_mobys_regular_expressions(pattern: str, path: str) -> None:
    syntax = parse(pattern)
    cleaned = syntax.patterns[0].cleaned
    expression = moby_expression(cleaned)
    folders = [path[:i] for i, char in enumerate(path) if char == "/"] + [path]
    expected = any(expression.fullmatch(folder) for folder in folders)
    if cleaned.startswith("**") and not set("*?") & set(cleaned[2:]):
        # moby compares the end of the path here.
        expected = expected or any(folder.endswith(cleaned[2:]) for folder in folders)
    assert syntax.matches(path) is expected


@given(st.text(max_size=60), st.text(max_size=20))
@examples(400)
def test_any_text_can_be_parsed_and_matched(text: str, path: str) -> None:
    syntax = parse(text)
    for pattern in syntax.patterns:
        assert pattern.span.text == pattern.raw
        assert pattern.valid is is_valid(pattern.cleaned) or not pattern.cleaned
    decided = syntax.deciding(path)
    assert syntax.matches(path) is (decided is not None and not decided.negated)


@given(st.text(alphabet="ab./", max_size=12))
def test_cleaning_a_path_twice_changes_nothing(path: str) -> None:
    assert clean(clean(path)) == clean(path)


LARGE = [
    ("**/a*" * 5_000 + "b", "a/" * 2_000 + "a"),
    ("*a" * 4_000, "a" * 4_000),
    ("**/" * 2_000 + "x", "a/" * 2_000 + "a"),
    ("[a-b]" * 2_000, "a" * 4_000),
    ("*a*a*a*a*a*b\n" * 500, "a" * 4_000),
    ("a/" * 6_000, "a/" * 2_000),
    ("x", "a/" * 100_000),
    ("[" * 12_000, "a"),
]


@pytest.mark.parametrize(("text", "path"), LARGE, ids=range(len(LARGE)))
def test_hostile_patterns_take_linear_time(text: str, path: str) -> None:
    with no_hang():
        parse(text).matches(path)


def test_a_large_tree_is_matched_in_linear_time() -> None:
    syntax = parse(
        "node_modules\n**/node_modules\n*.log\n**/*.log\n.git\ndist/**\n!dist/keep\n" * 5
    )
    with no_hang():
        not_ignored = sum(
            not syntax.matches(f"src/p{n % 50}/m{n % 300}/f{n}.py") for n in range(10_000)
        )
        assert not_ignored == 10_000
