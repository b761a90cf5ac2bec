"""No fix touches what has an error of syntax, and a cause is reported once in place of what follows."""

from __future__ import annotations

import pytest
from checks import fix_text, no_hang
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.config.settings import Config
from composelint.linter.engine.broken import drop_fixes_of_broken_values
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.rule import Applicability, Diagnostic, Edit, Fix, Severity
from composelint.linter.rulebook.selection import Selection
from snippets import project

WINDOWS = "FROM mcr.microsoft.com/windows/servercore:ltsc2022\n"


def findings(files: dict[str, str], *select: str) -> list[tuple[str, str, bool]]:
    """Code, text and whether there is a fix, of each finding."""
    with project(files):
        selection = Selection("all", select=list(select))
        settings = Settings(selection=selection, debug=True, config=Config())
        result = check_files(list(discover(["."])), settings)
    return [(item.code, item.span.text, item.fix is not None) for item in result.reported]


CUT = [
    ('COPY app C:\\app\\\nWORKDIR C:\\app\nCMD ["cmd"]\n', "C:\\app\\"),
    ('COPY a.ps1 C:\\\nCMD ["cmd"]\n', "C:\\"),
    ("ENV P=C:\\tools\\\nRUN mkdir x\n", "C:\\tools\\"),
    ("RUN mkdir C:\\data\\\nRUN dir\n", "C:\\data\\"),
    ("WORKDIR %ProgramFiles%\\app\\\nRUN dir\n", "%ProgramFiles%\\app\\"),
    ("COPY app tools\\bin\\  \r\nRUN dir\r\n", "tools\\bin\\"),
]
NOT_CUT = [
    "RUN mkdir C:\\data \\\n  && dir\n",
    "RUN mkdir /data\\\n && ls\n",
    "COPY app C:/app/\nWORKDIR C:/app\n",
    "# escape=`\n",
]


@pytest.mark.parametrize(("text", "path"), CUT)
def test_a_path_that_continues_its_line_is_reported_once(text: str, path: str) -> None:
    files = {"Dockerfile": WINDOWS + text, "app": "", "a.ps1": ""}
    below = [
        item for item in findings(files, "DF", "XF") if item[1] in WINDOWS or item[0] == "DF001"
    ]
    assert [item for item in findings(files, "DF", "XF") if item not in below] == []
    assert [item[:2] for item in below if item[0] == "DF001"] == [("DF001", path)]


@pytest.mark.parametrize("text", NOT_CUT)
def test_a_line_that_is_continued_on_purpose(text: str) -> None:
    files = {"Dockerfile": text + WINDOWS if text.startswith("#") else WINDOWS + text, "app": ""}
    assert [item for item in findings(files, "DF001") if item[0] == "DF001"] == []


def test_several_paths_are_one_finding() -> None:
    text = WINDOWS + "COPY a.ps1 C:\\\nRUN dir\nCOPY a.ps1 D:\\\nRUN dir\n"
    assert findings({"Dockerfile": text, "a.ps1": ""}, "DF001") == [("DF001", "C:\\", False)]


BROKEN = [
    # The instruction, and a rule whose fix would have edited it.
    ('COPY a b c \\\nCMD ["cmd"]\n', "DF109"),
    ("COPY --chwon=x a b /c\n", "DF109"),
    ("copy --from=x,y --bad a b /c\nRUN x\nRUN y\n", "DF901"),
    ("LABEL a=b c\nlabel d\n", "DF901"),
]


@pytest.mark.parametrize(("text", "code"), BROKEN)
def test_no_fix_edits_a_broken_instruction(text: str, code: str) -> None:
    text = "FROM alpine:3.22\nRUN x\nRUN y\n" + text
    reported = [item for item in findings({"Dockerfile": text}, code) if item[0] == code]
    assert reported
    assert not any(has_fix for _, _, has_fix in reported)
    assert fix_text(text, "Dockerfile", code, unsafe=True).after == {}


def test_a_fix_of_the_sound_instruction_beside_it_stays() -> None:
    text = "FROM alpine:3.22\nCOPY --chwon=x a b /c\nCOPY a b /c\n"
    reported = [item for item in findings({"Dockerfile": text}, "DF109") if item[0] == "DF109"]
    assert reported == [("DF109", "/c", False), ("DF109", "/c", True)]


def test_an_error_of_syntax_keeps_the_fix_that_corrects_it() -> None:
    reported = findings({"Dockerfile": "FROM alpine:3.22\nCOYP app /app\n"}, "DF001")
    assert reported == [("DF001", "COYP", True)]


def fake(code: str, category: str, span: Span, fix: Fix | None = None) -> Diagnostic:
    """A finding."""
    item = Diagnostic(span, "x", severity=Severity.ERROR, fix=fix)
    item.code, item.category = code, category
    return item


SOURCE = SourceFile("compose.yaml", "a: [x]\nb: 1\n")
TOUCHES = [
    ((3, 6), True),
    ((4, 5), True),
    ((4, 4), True),
    ((0, 12), True),
    ((7, 8), False),
    ((6, 6), False),
]


@pytest.mark.parametrize(("place", "is_dropped"), TOUCHES)
def test_no_fix_edits_a_value_that_compose_cannot_read(
    place: tuple[int, int], is_dropped: bool
) -> None:
    fix = Fix("x", (Edit(Span(SOURCE, *place), "y"),), Applicability.SAFE)
    wrong = fake("CF125", "reading", Span(SOURCE, 3, 6))
    other = fake("CF902", "style", Span(SOURCE, 0, 1), fix)
    drop_fixes_of_broken_values([wrong, other])
    assert (other.fix is None) is is_dropped


def test_the_fix_of_the_error_itself_stays() -> None:
    span = Span(SOURCE, 3, 6)
    wrong = fake("CF125", "reading", span, Fix("x", (Edit(span, "y"),), Applicability.UNSAFE))
    drop_fixes_of_broken_values([wrong])
    assert wrong.fix is not None


LONG = [
    "a" + ":" * 60_000 + "\\\nRUN x\n",
    "C:\\" * 16_000 + "\nRUN x\n",
    "=C:\\" * 9_000 + "\nRUN x\n",
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_long_lines_take_no_time(text: str) -> None:
    with no_hang():
        reported = findings({"Dockerfile": WINDOWS + "RUN " + text}, "DF001")
    assert [item[:1] for item in reported] in ([], [("DF001",)])
