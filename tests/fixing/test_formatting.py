"""Formatting changes how files are written: on generated files, and on those of the tests."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import composelint
import pytest
from checks import ROOT, part_of
from composelint.linter.files.kinds import COMPOSE, DOCKERFILE, kind_of
from fixed import changes_of, comments, errors
from formatted import instructions
from hypothesis import given, settings
from hypothesis import strategies as st
from test_generated import compose_files, dockerfiles


def formatted(path: str, data: bytes) -> bytes:
    text = data.decode()
    result = composelint.format_text(text, path, isolated=True)
    return result.encode()


def assert_says_the_same(path: str, before: bytes, after: bytes) -> None:
    def stripped(data: bytes) -> Counter[str]:
        return Counter(comment.rstrip() for comment in comments(path, data).elements())

    assert stripped(before) == stripped(after)
    assert before.startswith(b"\xef\xbb\xbf") == after.startswith(b"\xef\xbb\xbf")
    assert errors(path, after) == errors(path, before)
    if path == "Dockerfile":
        assert instructions(path, before) == instructions(path, after)
    else:
        assert changes_of(path, before, after) == []
    assert formatted(path, after) == after


FEW = settings(max_examples=max(settings().max_examples // 4, 1))


@st.composite
def loosened(draw: st.DrawFn, files: st.SearchStrategy[bytes]) -> bytes:
    """A file with blanks at the ends of lines, and more blank lines."""
    data = draw(files)
    end = b"\r\n" if b"\r\n" in data else b"\n"
    lines = []
    for line in data.split(end):
        kind = draw(st.integers(0, 9))
        # A line with a tab alone is not YAML.
        lines.append(line + (b"  " if kind == 0 else b" " if kind == 1 and line else b""))
        if kind == 2:
            lines += [b"", b"  "]
        elif kind == 3:
            lines += [b"", b"", b""]
    return end.join(lines)


@FEW
@given(loosened(compose_files()))
def test_generated_compose_files_say_the_same(before: bytes) -> None:
    after = formatted("compose.yaml", before)
    assert_says_the_same("compose.yaml", before, after)
    if errors("compose.yaml", before)["CF001"]:
        assert after == before
        return
    assert not any(line.endswith((b" ", b"\t")) for line in after.splitlines())
    assert after.endswith(b"\n")
    assert after.count(b"\r\n") == (after.count(b"\n") if b"\r\n" in before else 0)


@FEW
@given(loosened(dockerfiles()))
def test_generated_dockerfiles_say_the_same(before: bytes) -> None:
    assert_says_the_same("Dockerfile", before, formatted("Dockerfile", before))


FOLDERS = [ROOT / "tests" / "projects", ROOT / "examples"]
FILES = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.is_file() and kind_of(path.name) in (COMPOSE, DOCKERFILE)
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", part_of(FILES), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_projects_say_the_same(path: Path) -> None:
    name = "Dockerfile" if kind_of(path.name) == DOCKERFILE else "compose.yaml"
    before = path.read_bytes()
    assert_says_the_same(name, before, formatted(name, before))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_whole_projects_are_formatted_at_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "copy"))
    result = composelint.format_files(write=True, isolated=True)
    assert result.texts
    assert composelint.format_files(isolated=True).texts == {}


KEPT = [
    # Blanks and blank lines in scalars of several lines.
    "services:\n  a:\n    image: x\n    command: |\n      a  \n\n\n      b  \n",
    "services:\n  a:\n    image: x\n    command: |+\n      a\n\n\n",
    "services:\n  a:\n    image: x\n    labels:\n      a: |+\n        a\n\n\n      b: c\n",
    "services:\n  a:\n    image: x\n    command: >-\n      a  \n\n\n      b\n",
    'services:\n  a:\n    image: x\n    command: "a  \n\n\n      b"\n',
    "services:\n  a:\n    image: x\n    command: 'a  \n\n\n      b'\n",
    "services:\n  a:\n    image: x\n    command: a  \n\n\n      b\n",
    # A block scalar without a line end at the end of the file has none in its value.
    "services:\n  a:\n    image: x\n    command: |\n      a",
    # One blank line.
    "# a\n\nservices:\n\n  a:\n    image: x\n\n    command: a\n",
    # Comments that may belong to either entry.
    "services:\n  a:\n    restart: always\n    # another one:\n    #image: y\n    image: x\n",
    "services:\n  a:\n    restart: always\n    image: x\n    #image: y\n",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_may_mean_something_is_kept(text: str) -> None:
    assert composelint.format_text(text, isolated=True) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n\nservices:  \n  a:\t\n    image: x", "services:\n  a:\n    image: x\n"),
        ("services:\n  a:\n    image: x\n\n  \n\n", "services:\n  a:\n    image: x\n"),
        (
            "services:\n  a:\n    image: x\n\n\n\n  b: # c  \n    image: y\n",
            "services:\n  a:\n    image: x\n\n  b: # c\n    image: y\n",
        ),
        (
            "services:\n  a:\n    image: x\n    command: |  \n      a\n\n\n",
            "services:\n  a:\n    image: x\n    command: |\n      a\n",
        ),
        ("services:\r\n  a:\r\n    image: x  \r\n", "services:\r\n  a:\r\n    image: x\r\n"),
        ("services:\r\n  a:\r\n    image: x", "services:\r\n  a:\r\n    image: x\r\n"),
    ],
)
def test_white_space_of_compose_files(before: str, after: str) -> None:
    assert composelint.format_text(before, isolated=True) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\nFROM x  \n\n\n\nRUN a \\  \n  b\t\n\n", "FROM x\n\nRUN a \\\n  b\n"),
        (
            "FROM x\nRUN <<EOF\na  \n\n\n\nb\nEOF\nCMD a",
            "FROM x\nRUN <<EOF\na  \n\n\n\nb\nEOF\nCMD a\n",
        ),
        ("# escape=`\nFROM x\nRUN a `  \n  b\n", "# escape=`\nFROM x\nRUN a `\n  b\n"),
        ("FROM x\r\nRUN a  \r\n", "FROM x\r\nRUN a\r\n"),
    ],
)
def test_white_space_of_dockerfiles(before: str, after: str) -> None:
    assert composelint.format_text(before, "Dockerfile", isolated=True) == after


def test_an_option_says_how_many_blank_lines_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("composelint.toml").write_text(
        "[rules.loose-whitespace]\nblank-lines = 2\n[rules.dockerfile-whitespace]\nblank-lines = 0\n"
    )
    text = "services:\n\n\n\n  a:\n    image: x\n"
    assert composelint.format_text(text) == text.replace("\n\n\n\n", "\n\n\n")
    assert composelint.format_text("FROM x\n\n\nRUN a\n", "Dockerfile") == "FROM x\nRUN a\n"


HEAD = "services:\n  a:\n    image: x\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Comments stay on their level, commented-out items too.
        (
            HEAD
            + "    ports:\n       # one\n       - '1:1'\n       #- '2:2'\n    # two\n  # three\n# four\n",
            HEAD
            + "    ports:\n      # one\n      - '1:1'\n      #- '2:2'\n    # two\n  # three\n# four\n",
        ),
        (
            HEAD + "    labels:\n        a: |2\n            x\n",
            HEAD + "    labels:\n      a: |2\n          x\n",
        ),
        # Lines of scalars and flow collections move along.
        (
            HEAD
            + "    labels:\n        a: |\n            x\n\n              y # z\n        b: 'p\n          q'\n",
            HEAD
            + "    labels:\n      a: |\n          x\n\n            y # z\n      b: 'p\n        q'\n",
        ),
        (
            HEAD
            + "    healthcheck:\n        test: [\n            'CMD', # a\n            # b\n            'x',\n        ]\n",
            HEAD
            + "    healthcheck:\n      test: [\n          'CMD', # a\n          # b\n          'x',\n      ]\n",
        ),
        # Most lists decide about lists.
        (
            HEAD + "    cap_add:\n    - A\n    dns:\n    - '1'\n    ports:\n      - '1:1'\n",
            HEAD + "    cap_add:\n    - A\n    dns:\n    - '1'\n    ports:\n    - '1:1'\n",
        ),
        # Keys of items keep the column of the first.
        (
            HEAD
            + "    volumes:\n        -   type: bind\n            source: .\n            target: /a\n",
            HEAD
            + "    volumes:\n      -   type: bind\n          source: .\n          target: /a\n",
        ),
        (
            " services:\n   a:\n    image: x\n    build: .\n",
            " services:\n   a:\n     image: x\n     build: .\n",
        ),
        (
            "services:\r\n a:\r\n  image: x\r\n  ports:\r\n   - '1:1'\r\n",
            "services:\r\n  a:\r\n    image: x\r\n    ports:\r\n      - '1:1'\r\n",
        ),
    ],
)
def test_indentation(before: str, after: str) -> None:
    assert composelint.format_text(before, isolated=True) == after
    assert composelint.format_text(after, isolated=True) == after


@pytest.mark.parametrize(
    "text",
    [
        # Consistent in a way of its own.
        "services:\n    a:\n        image: x\n        ports:\n          - '1:1'\n",
        "services:\n   a:\n      image: x\n      ports:\n      - '1:1'\n",
        # Blanks that may be text.
        HEAD + "    labels:\n        a: |\n            x\n             \n            y\n",
        # Forms that hardly anybody uses.
        HEAD + "    labels:\n        ? a\n        : b\n",
        HEAD + "    volumes:\n        -\n          type: bind\n",
        HEAD + "    labels:\n        &a k: v\n",
        "--- {services: {a: {image: x}}}\n",
    ],
)
def test_indentation_that_stays(text: str) -> None:
    assert composelint.format_text(text, isolated=True) == text


def test_an_option_says_how_deep_levels_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("composelint.toml").write_text("[rules.uneven-indentation]\nspaces = 4\n")
    text = HEAD + "    ports:\n      - '1:1'\n"
    wanted = "services:\n    a:\n        image: x\n        ports:\n            - '1:1'\n"
    assert composelint.format_text(text) == wanted
    flat = HEAD + "    ports:\n    - '1:1'\n"
    assert composelint.format_text(flat) == wanted.replace("            -", "        -")
