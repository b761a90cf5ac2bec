"""Scripts as ShellCheck is given them, and the way back to the Dockerfile."""

from __future__ import annotations

import pytest
from scripts import exported, script, script_file, script_files

SCRIPTS = [
    # A line, its continuations joined; comments and blank lines between them gone.
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
    # Heredocs beside a command stand below it.
    ("RUN cat <<A <<-B > x && y\n1\nA\n\t2\n\tB\n", ["cat <<A <<-B > x && y", "1", "A", "\t2", "\tB"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), SCRIPTS)
def test_scripts_are_those_that_the_shell_receives(text: str, lines: list[str]) -> None:
    assert script(script_file("FROM debian\n" + text)) == lines


@pytest.mark.parametrize("text", [text for text, _ in SCRIPTS])
def test_every_character_leads_back_to_itself(text: str) -> None:
    made = script_file("FROM debian\n" + text)
    lines = made.text.split("\n")
    first = len(lines) - 1 - len(script(made))
    for number, line in enumerate(lines[first:-1], first + 1):
        for column, char in enumerate(line, 1):
            span = made.span(number, column, number, column + 1)
            assert span is not None
            assert span.text == char, (number, column)


@pytest.mark.parametrize(
    ("text", "line", "columns", "found"),
    [
        ("RUN a $B\n", 3, (3, 5), "2:7 $B"),
        ("RUN a \\\n    $B c\n", 3, (7, 9), "3:5 $B"),
        ("RUN a \\\n    $B c\n", 3, (1, 9), "2:5 a \\\n    $B"),
        ("RUN <<-EOF\n\tx\n\t\ta $B\n\tEOF\n", 4, (3, 5), "4:5 $B"),
        ("RUN cat <<A && x\n$B\nA\n", 4, (1, 3), "3:1 $B"),
        # What is missing at the end stands behind the last line.
        ("RUN a\n", 4, (1, 1), "2:6 "),
        ("RUN a\n", 3, (2, 2), "2:6 "),
    ],
)
def test_ranges_lead_back(text: str, line: int, columns: tuple[int, int], found: str) -> None:
    span = script_file("FROM debian\n" + text).span(line, columns[0], line, columns[1])
    assert span is not None
    at = span.file.position(span.start)
    assert f"{at.line}:{at.column} {span.text}" == found


@pytest.mark.parametrize(
    "place", [(1, 1, 1, 5), (2, 1, 2, 3), (0, 1, 0, 2), (3, 99, 3, 100), (-1, 1, 3, 2)]
)
def test_what_is_not_in_the_script_has_no_place(place: tuple[int, int, int, int]) -> None:
    assert script_file("FROM debian\nRUN a\n").span(*place) is None


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
def test_windows_shows_where_the_image_is_unknown(command: str) -> None:
    assert script_files(f"ARG BASE\nFROM $BASE\nRUN {command}\n") == []


@pytest.mark.parametrize(
    "command", ["git clone ssh://a/b", "curl http://x", "scp h:/x .", "x a:b c:d"]
)
def test_colons_are_not_windows(command: str) -> None:
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
        # An unknown image shows itself by its package manager, if by one only.
        ("FROM example.com/x\nRUN apk add y\n", "#!/bin/busybox sh", True),
        ("FROM example.com/x\nRUN apt-get update\nRUN a\n", "#!/bin/dash", True),
        ("FROM example.com/x\nRUN dnf install -y y\n", "#!/bin/bash", True),
        ("FROM example.com/x\nRUN apk add y || apt-get install y\n", "#!/bin/dash", False),
        ("FROM example.com/x\nRUN a\n", "#!/bin/dash", False),
        # Stages pass their shell on.
        ("FROM alpine AS a\nFROM a\nRUN a\n", "#!/bin/busybox sh", True),
        ("FROM debian\nRUN ln -sf /bin/bash /bin/sh\nRUN a\n", "#!/bin/bash", True),
        ('FROM alpine\nSHELL ["/bin/bash", "-c"]\nRUN a\n', "#!/bin/bash", True),
        ('FROM debian\nSHELL ["/bin/ash", "-c"]\nRUN a\n', "#!/bin/busybox sh", True),
        ('FROM debian\nSHELL ["/usr/bin/env", "ksh"]\nRUN a\n', "#!/bin/ksh", True),
        ("FROM alpine\nRUN <<EOF\n#!/usr/bin/env bash\na\nEOF\n", "#!/bin/bash", True),
    ],
)
def test_the_shell_is_the_one_that_runs_the_script(text: str, shebang: str, known: bool) -> None:
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
def test_variables_in_sight_are_exported(text: str, names: set[str]) -> None:
    assert exported(script_file(text)) == names


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "no_proxy"])
def test_proxy_variables_are_set_always(name: str) -> None:
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
def test_options_of_shell_hold(shell: str, line: str | None) -> None:
    lines = script_file(f"FROM debian\nSHELL {shell}\nRUN a\n").text.split("\n")
    assert [each for each in lines if each.startswith("set ")] == ([line] if line else [])


def test_a_directive_at_the_top_of_a_heredoc_holds_for_all_of_it() -> None:
    text = "FROM debian\nRUN <<EOF\n# shellcheck disable=SC2086\na\nEOF\n"
    lines = script_file(text).text.split("\n")
    assert lines[1] == "# shellcheck disable=SC2086"
    assert lines[3] == "# shellcheck disable=SC2086"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN bash <<'EOF'\na $B\nEOF\n", [("#!/bin/bash", ["a $B", ""])]),
        ("RUN <<'EOF' bash\na $B\nEOF\n", [("#!/bin/bash", ["a $B", ""])]),
        ("RUN sh -e <<-EOF\n\ta\n\tEOF\n", [("#!/bin/dash", ["a", ""])]),
        # What the outer shell expands first is not what the inner one reads.
        ("RUN bash <<EOF\na $B\nEOF\n", []),
        ("RUN bash <<EOF\na `b`\nEOF\n", []),
        ("RUN bash x.sh <<'EOF'\na\nEOF\n", []),
        ("RUN cat <<'EOF'\na\nEOF\n", []),
        ("RUN python3 <<'EOF'\na\nEOF\n", []),
    ],
)
def test_what_a_shell_reads_from_a_heredoc_is_a_script(
    text: str, found: list[tuple[str, list[str]]]
) -> None:
    outer, *inner = script_files("FROM debian\n" + text)
    assert script(outer)[0] == text.split("\n")[0].removeprefix("RUN ")
    assert [(each.text.split("\n")[0], script(each)) for each in inner] == found


@pytest.mark.parametrize(
    ("text", "columns", "closes", "found"),
    [
        ("RUN a $B c\n", (3, 5), False, "$B"),
        ("RUN a $B c\n", (3, 3), False, ""),
        # A replacement is one piece of the file, or none.
        ("RUN a $\\\nB c\n", (3, 5), False, None),
        ("RUN a \\\n$B\n", (3, 5), False, "$B"),
        ("RUN a \\\n$B\n", (1, 5), False, None),
        ("RUN a\n", (9, 9), False, None),
        ("RUN a\n", (2, 1), False, None),
    ],
)
def test_edits_need_one_piece(
    text: str, columns: tuple[int, int], closes: bool, found: str | None
) -> None:
    span = script_file("FROM a\n" + text).edit_span(3, columns[0], 3, columns[1], closes=closes)
    assert (None if span is None else span.text) == found


@pytest.mark.parametrize(("closes", "at"), [(True, "2:7"), (False, "3:1")])
def test_insertions_between_two_pieces_go_where_they_belong(closes: bool, at: str) -> None:
    span = script_file("FROM a\nRUN $A\\\n$B\n").edit_span(3, 3, 3, 3, closes=closes)
    assert span is not None
    place = span.file.position(span.start)
    assert f"{place.line}:{place.column}" == at
