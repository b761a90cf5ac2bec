"""Scripts as ShellCheck gets them, and the way back to places in the Dockerfile."""

from __future__ import annotations

import pytest
from checks import place
from scripts import exported, script, script_file, script_files

SCRIPTS = [
    # A line with its continuations joined, without comments and blank lines between them.
    ("RUN a b\n", ["a b"]),
    ("RUN a \\\n    b\n", ["a     b"]),
    ("RUN a \\\n# c\n\n  b && \\\n  # d\nc\n", ["a   b && c"]),
    ("RUN --mount=type=cache,target=/x --network=none a\n", ["a"]),
    ("run a\r\n", ["a"]),
    ("RUN a \\\r\n b\r\n", ["a  b"]),
    ("ONBUILD RUN a $B\n", ["a $B"]),
    # A heredoc that is the script, as the shell receives it.
    ("RUN <<EOF\na\nb \\\n  c\nEOF\n", ["a", "b \\", "  c", ""]),
    ("RUN <<-EOF\n\ta\n\t\tb\n\tEOF\n", ["a", "b", ""]),
    ("RUN <<EOF\r\na\r\nb\r\nEOF\r\n", ["a", "b", ""]),
    ("RUN <<'EOF'\na $b\nEOF\n", ["a $b", ""]),
    ("RUN <<EOF\n#!/bin/bash -e\na\nEOF\n", ["#!/bin/bash -e", "a", ""]),
    # Heredocs beside a command are below it.
    ("RUN cat <<A <<-B > x && y\n1\nA\n\t2\n\tB\n", ["cat <<A <<-B > x && y", "1", "A", "\t2", "\tB"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), SCRIPTS)
def test_a_script_file_contains_what_the_shell_receives(text: str, lines: list[str]) -> None:
    assert script(script_file("FROM debian\n" + text)) == lines


@pytest.mark.parametrize("text", [text for text, _ in SCRIPTS])
def test_every_character_has_its_place_in_the_dockerfile(text: str) -> None:
    file = script_file("FROM debian\n" + text)
    lines = file.text.split("\n")
    first = len(lines) - 1 - len(script(file))
    for number, line in enumerate(lines[first:-1], first + 1):
        for column, char in enumerate(line, 1):
            span = file.span(number, column, number, column + 1)
            assert span is not None
            assert span.text == char, (number, column)


@pytest.mark.parametrize(
    ("text", "line", "columns", "expected"),
    [
        ("RUN a $B\n", 3, (3, 5), "2:7 $B"),
        ("RUN a \\\n    $B c\n", 3, (7, 9), "3:5 $B"),
        ("RUN a \\\n    $B c\n", 3, (1, 9), "2:5 a \\\n    $B"),
        ("RUN <<-EOF\n\tx\n\t\ta $B\n\tEOF\n", 4, (3, 5), "4:5 $B"),
        ("RUN cat <<A && x\n$B\nA\n", 4, (1, 3), "3:1 $B"),
        # A missing end has its place behind the last line.
        ("RUN a\n", 4, (1, 1), "2:6 "),
        ("RUN a\n", 3, (2, 2), "2:6 "),
    ],
)
def test_ranges_have_their_place_in_the_dockerfile(
    text: str, line: int, columns: tuple[int, int], expected: str
) -> None:
    span = script_file("FROM debian\n" + text).span(line, columns[0], line, columns[1])
    assert span is not None
    assert f"{place(span)} {span.text}" == expected


@pytest.mark.parametrize(
    "position", [(1, 1, 1, 5), (2, 1, 2, 3), (0, 1, 0, 2), (3, 99, 3, 100), (-1, 1, 3, 2)]
)
def test_lines_that_we_add_have_no_place(position: tuple[int, int, int, int]) -> None:
    assert script_file("FROM debian\nRUN a\n").span(*position) is None


@pytest.mark.parametrize(
    "text",
    [
        'RUN ["a", "b"]\n',
        'RUN ["sh", "-c", "a $B"]\n',
        'SHELL ["powershell", "-Command"]\nRUN a $b\n',
        'SHELL ["pwsh"]\nRUN a $b\n',
        'SHELL ["cmd", "/S", "/C"]\nRUN a\n',
        'SHELL ["/bin/zsh", "-c"]\nRUN a\n',
        "RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n",
        "RUN <<EOF\na\n",
        "RUN " + "x" * 100_001 + "\n",
        "CMD a $B\n",
        "ENTRYPOINT a $B\n",
        "HEALTHCHECK CMD a $B\n",
    ],
)
def test_other_languages_and_instructions_are_left_out(text: str) -> None:
    assert script_files("FROM debian\n" + text) == []


@pytest.mark.parametrize(
    "command", ["Remove-Item C:/x", "echo $env:PATH", "mkdir C:\\x", "x > $null"]
)
def test_commands_of_windows_tell_the_system_of_an_unknown_image(command: str) -> None:
    assert script_files(f"ARG BASE\nFROM $BASE\nRUN {command}\n") == []


@pytest.mark.parametrize(
    "command", ["git clone ssh://a/b", "curl http://x", "scp h:/x .", "x a:b c:d"]
)
def test_colons_do_not_look_like_windows(command: str) -> None:
    assert len(script_files(f"ARG BASE\nFROM $BASE\nRUN {command}\n")) == 1


@pytest.mark.parametrize(
    ("text", "shebang", "known"),
    [
        ("FROM alpine\nRUN a\n", "#!/bin/busybox sh", True),
        ("FROM node:22-alpine\nRUN a\n", "#!/bin/busybox sh", True),
        ("FROM debian\nRUN a\n", "#!/bin/dash", True),
        ("FROM ubuntu:24.04\nRUN a\n", "#!/bin/dash", True),
        ("FROM redhat/ubi9-minimal\nRUN a\n", "#!/bin/bash", True),
        ("FROM amazonlinux:2023\nRUN a\n", "#!/bin/bash", True),
        # The package manager tells the shell of an unknown image, if there is only one.
        ("FROM example.com/x\nRUN apk add y\n", "#!/bin/busybox sh", True),
        ("FROM example.com/x\nRUN apt-get update\nRUN a\n", "#!/bin/dash", True),
        ("FROM example.com/x\nRUN dnf install -y y\n", "#!/bin/bash", True),
        ("FROM example.com/x\nRUN apk add y || apt-get install y\n", "#!/bin/dash", False),
        ("FROM example.com/x\nRUN a\n", "#!/bin/dash", False),
        # Stages inherit the shell.
        ("FROM alpine AS a\nFROM a\nRUN a\n", "#!/bin/busybox sh", True),
        ("FROM debian\nRUN ln -sf /bin/bash /bin/sh\nRUN a\n", "#!/bin/bash", True),
        ('FROM alpine\nSHELL ["/bin/bash", "-c"]\nRUN a\n', "#!/bin/bash", True),
        ('FROM debian\nSHELL ["/bin/ash", "-c"]\nRUN a\n', "#!/bin/busybox sh", True),
        ('FROM debian\nSHELL ["/usr/bin/env", "ksh"]\nRUN a\n', "#!/bin/ksh", True),
        ("FROM alpine\nRUN <<EOF\n#!/usr/bin/env bash\na\nEOF\n", "#!/bin/bash", True),
    ],
)
def test_the_first_line_names_the_shell_that_runs_the_script(
    text: str, shebang: str, known: bool
) -> None:
    last = script_files(text)[-1]
    assert (last.text.split("\n")[0], last.shell_known) == (shebang, known)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM a\nARG A\nENV B=1 C=2\nRUN x\n", {"A", "B", "C"}),
        ("FROM a\nRUN x\nENV B=1\n", set()),
        ("ARG G=1\nFROM a\nRUN x\n", set()),
        ("ARG G=1\nFROM a\nARG G\nRUN x\n", {"G"}),
        ("FROM a AS b\nENV B=1\nFROM b\nRUN x\n", {"B"}),
        ("FROM a AS b\nENV B=1\nFROM a\nRUN x\n", set()),
        ("FROM a\nENV A-B=1 C.D=2 E=3\nRUN x\n", {"E"}),
        ("FROM scratch\nRUN x\n", {"PATH"}),
    ],
)
def test_defined_variables_are_exported(text: str, names: set[str]) -> None:
    assert exported(script_file(text)) == names


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "no_proxy"])
def test_proxy_variables_are_always_exported(name: str) -> None:
    assert f" {name} " in script_file("FROM a\nRUN x\n").text.replace("\n", " ")


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ('["/bin/sh", "-c"]', None),
        ('["/bin/bash", "-ec"]', "set -e"),
        ('["/bin/bash", "-eo", "pipefail", "-c"]', "set -e -o pipefail"),
        ('["/bin/bash", "-o", "pipefail", "-c"]', "set -o pipefail"),
        ('["/bin/bash", "-euxo", "pipefail", "-c"]', "set -eu -o pipefail"),
        ('["/bin/bash", "--login", "-c"]', None),
        ('["/bin/bash"]', None),
    ],
)
def test_options_of_the_shell_are_set(shell: str, line: str | None) -> None:
    lines = script_file(f"FROM debian\nSHELL {shell}\nRUN a\n").text.split("\n")
    assert [each for each in lines if each.startswith("set ")] == ([line] if line else [])


def test_a_directive_at_the_top_of_a_heredoc_applies_to_all_of_it() -> None:
    text = "FROM debian\nRUN <<EOF\n# shellcheck disable=SC2086\na\nEOF\n"
    lines = script_file(text).text.split("\n")
    assert lines[1] == "# shellcheck disable=SC2086"
    assert lines[3] == "# shellcheck disable=SC2086"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN bash <<'EOF'\na $B\nEOF\n", [("#!/bin/bash", ["a $B", ""])]),
        ("RUN <<'EOF' bash\na $B\nEOF\n", [("#!/bin/bash", ["a $B", ""])]),
        ("RUN sh -e <<-EOF\n\ta\n\tEOF\n", [("#!/bin/dash", ["a", ""])]),
        # The inner shell does not read this text: the outer one expands it first.
        ("RUN bash <<EOF\na $B\nEOF\n", []),
        ("RUN bash <<EOF\na `b`\nEOF\n", []),
        ("RUN bash x.sh <<'EOF'\na\nEOF\n", []),
        ("RUN cat <<'EOF'\na\nEOF\n", []),
        ("RUN python3 <<'EOF'\na\nEOF\n", []),
    ],
)
def test_a_heredoc_that_a_shell_reads_is_a_script(
    text: str, expected: list[tuple[str, list[str]]]
) -> None:
    outer, *inner = script_files("FROM debian\n" + text)
    assert script(outer)[0] == text.split("\n")[0].removeprefix("RUN ")
    assert [(each.text.split("\n")[0], script(each)) for each in inner] == expected


@pytest.mark.parametrize(
    ("text", "columns", "closes", "expected"),
    [
        ("RUN a $B c\n", (3, 5), False, "$B"),
        ("RUN a $B c\n", (3, 3), False, ""),
        # A replacement must be one piece of the file.
        ("RUN a $\\\nB c\n", (3, 5), False, None),
        ("RUN a \\\n$B\n", (3, 5), False, "$B"),
        ("RUN a \\\n$B\n", (1, 5), False, None),
        ("RUN a\n", (9, 9), False, None),
        ("RUN a\n", (2, 1), False, None),
    ],
)
def test_an_edit_must_be_inside_one_piece_of_the_file(
    text: str, columns: tuple[int, int], closes: bool, expected: str | None
) -> None:
    span = script_file("FROM a\n" + text).edit_span(3, columns[0], 3, columns[1], closes=closes)
    assert (None if span is None else span.text) == expected


@pytest.mark.parametrize(("closes", "at"), [(True, "2:7"), (False, "3:1")])
def test_insertions_between_two_pieces_go_to_the_piece_that_they_close_or_open(
    closes: bool, at: str
) -> None:
    span = script_file("FROM a\nRUN $A\\\n$B\n").edit_span(3, 3, 3, 3, closes=closes)
    assert span is not None
    assert place(span) == at
