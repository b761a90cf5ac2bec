"""A comment at the end of an instruction's line, which Docker reads as more arguments (DF001)."""

from __future__ import annotations

import pytest
from composelint.linter.config.settings import Config
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.rule import Diagnostic, Severity
from composelint.linter.rulebook.selection import Selection
from snippets import diagnostics, fixed, texts

BASE = "FROM debian:trixie-slim\n"


def findings(text: str) -> list[Diagnostic]:
    """What all rules report for a Dockerfile."""
    with texts({"Dockerfile": text}):
        settings = Settings(selection=Selection("all"), debug=True, config=Config())
        return check_files(list(discover(["."])), settings).reported


@pytest.mark.parametrize(
    ("line", "read_as", "severity"),
    [
        ("COPY a /a # why", "names of files", Severity.ERROR),
        ("COPY a b /c/ #why", "names of files", Severity.ERROR),
        ("ADD a /a # composelint: ignore[add] why", "names of files", Severity.ERROR),
        ("ONBUILD COPY a /a # why", "names of files", Severity.ERROR),
        ("USER nobody # why", "part of the name", Severity.ERROR),
        ("WORKDIR /app # why", "part of the path", Severity.WARNING),
        ("ENV A=b # why", "names and values", Severity.ERROR),
        ("ENV A=b # see x=y", "names and values", Severity.ERROR),
        ("ENV A=b #B=c", "names and values", Severity.WARNING),
        ("ENV A b # why", "part of the value", Severity.WARNING),
        ("LABEL a=b # why", "names and values", Severity.ERROR),
        ("ARG A=b # why", "names of arguments", Severity.WARNING),
        ("VOLUME /x # why", "paths", Severity.WARNING),
        ("STOPSIGNAL SIGTERM # why", "part of the signal", Severity.ERROR),
        ("HEALTHCHECK NONE # why", "arguments", Severity.ERROR),
        ("FROM busybox:1.37 # why", "arguments", Severity.ERROR),
        ("FROM busybox:1.37 AS x # why", "arguments", Severity.ERROR),
    ],
)
def test_a_comment_is_one_finding(line: str, read_as: str, severity: Severity) -> None:
    comment = line[line.index("#") :]
    (finding,) = diagnostics("DF001", BASE + line + "\n", "Dockerfile")
    name = line.split()[1 if line.startswith("ONBUILD") else 0]
    assert finding.span.text == comment
    assert finding.message == f"{name} reads this as {read_as}: a comment needs its own line"
    assert finding.severity is severity
    # Nothing else takes the words of the comment for arguments, and no fix writes into it.
    at = finding.span.start
    others = [item for item in findings(BASE + line + "\n") if item.code != "DF001"]
    assert [item.code for item in others if item.span.end > at] == []
    assert all(edit.span.end <= at for item in others if item.fix for edit in item.fix.edits)


@pytest.mark.parametrize(
    "line",
    [
        'COPY ["a", "/a"] # why', 'VOLUME ["/x"] # why', 'CMD ["top"] # why', 'RUN ["true"] # why',
        'ENTRYPOINT ["top"] # why', 'SHELL ["/bin/sh", "-c"] # why', 'HEALTHCHECK CMD ["top"] # why',
    ],
)  # fmt: skip
def test_a_comment_behind_json(line: str) -> None:
    (finding,) = diagnostics("DF005", BASE + line + "\n", "Dockerfile")
    assert finding.span.text == "# why"
    assert finding.message.endswith(": a comment needs its own line")
    assert finding.help == "move the comment to the line above"
    codes = {
        item.code for item in findings(BASE + line + "\n") if item.span.end > finding.span.start
    }
    assert codes == {"DF005"}
    # Another text behind the bracket is no comment.
    (other,) = diagnostics("DF005", BASE + line.replace("#", "and") + "\n", "Dockerfile")
    assert other.message.endswith(": text after the closing bracket")


@pytest.mark.parametrize(
    "line",
    [
        "COPY #a# /b", "COPY a \\\n  # a line of its own\n  /a", 'WORKDIR "/a #b"', "WORKDIR /a#b",
        "ENV A #fff", "ENV A b #fff", "ENV PS1 \\u #", 'ENV A="b # c"', "ENV A=b\\ #c", "LABEL a='b # c'",
        "USER nobody#x", "RUN true # why", "CMD top # why", "HEALTHCHECK CMD top # why", "VOLUME /a#b",
        "ADD https://example.com/a.git#main /a", "COPY --chmod=644 a /a", "ARG A='b # c'",
        'CMD ["sh", "-c", "top # why"]', "# COPY a /a # why",
    ],
)  # fmt: skip
def test_no_comment(line: str) -> None:
    assert diagnostics("DF001", BASE + line + "\n", "Dockerfile") == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("FROM a # why\n", "# why\nFROM a\n"),
        (
            "# syntax=docker/dockerfile:1\nFROM a # why\n",
            "# syntax=docker/dockerfile:1\n# why\nFROM a\n",
        ),
        ("FROM a\nENV A=b  # why \\\n    C=d\n", "FROM a\n# why\nENV A=b \\\n    C=d\n"),
        ("FROM a\nENV A=b # b \\\n  C=d # d\n", "FROM a\nENV A=b # b \\\n  C=d # d\n"),
        ("FROM a\nONBUILD COPY a /a\t# why", "FROM a\n# why\nONBUILD COPY a /a"),
    ],
)
def test_the_comment_is_moved(text: str, after: str) -> None:
    assert fixed("DF001", text, "Dockerfile") == after


def test_a_comment_ends_with_its_line() -> None:
    text = BASE + "ENV A=b # why \\\n    C=d\nRUN true\n"
    (finding,) = diagnostics("DF001", text, "Dockerfile")
    assert finding.span.text == "# why"


def test_what_comes_before_the_comment_is_still_read() -> None:
    assert diagnostics("DF402", "FROM debian:latest # why\n", "Dockerfile") != []
    assert diagnostics("DF109", BASE + "COPY a b /c\nCOPY a /a # why\n", "Dockerfile") != []


def test_other_frontends_may_know_comments() -> None:
    text = "# syntax=acme/frontend:1\n" + BASE + "WORKDIR /a # why\n"
    assert diagnostics("DF001", text, "Dockerfile") == []


def reported(text: str, *codes: str) -> list[str]:
    """What some rules report for a Dockerfile with comments for composelint: ``line:code``."""
    return [f"{item.start.line}:{item.code}" for item in findings(text) if item.code in codes]


IGNORE = "# composelint: ignore"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"RUN sudo x {IGNORE}[sudo] why\n", []),
        (f"RUN true && \\\n  sudo x {IGNORE}[DF303] why\n", []),
        (f"RUN <<EOF\nset -e\n{IGNORE}[sudo] why\nsudo x\nEOF\n", []),
        (f"RUN <<EOF\nset -e\nsudo x {IGNORE}[sudo] why\nEOF\n", []),
        (f"ONBUILD RUN sudo x {IGNORE}[sudo] why\n", []),
        (f"CMD top {IGNORE}[DF117] why\n", []),
        # One line only, and a rule that is meant.
        (f"RUN sudo x && \\\n  true {IGNORE}[sudo] why\n", ["2:DF303", "3:LN010"]),
        (f"RUN sudo x {IGNORE}[sudoo] why\n", ["2:DF303", "2:LN011"]),
        # No comment, to a shell or to Docker.
        (f'RUN sudo x "{IGNORE}[sudo] why"\n', ["2:DF303"]),
        (f"WORKDIR /a {IGNORE}[DF001] why\nRUN sudo x\n", ["2:DF001", "3:DF303"]),
    ],
)
def test_suppressions_behind_commands(text: str, left: list[str]) -> None:
    assert reported(BASE + text, "DF001", "DF117", "DF303", "LN010", "LN011") == left
