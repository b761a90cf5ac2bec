"""Hostile Dockerfiles: no rule fails, and every finding has a place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import check_paths, check_text
from composelint.linter.engine.settings import Settings
from composelint.linter.rulebook.selection import Selection

MANY = 300
MEGABYTES = 1024 * 1024

TEXTS = {
    "nothing": "",
    "control characters": "FROM a\nRUN \x00\x01 && x \x7f\nENV \x00=\x00\n",
    "odd blanks": "FROM\x0ba\x85b\nCMD\u2003x\u2028y\n",
    "quotes": "FROM a\nENV A '\nLABEL \"\nCMD ['\nRUN '\nCOPY [\"\n",
    "dollars": "FROM a\nENV A=" + "${A:-" * MANY + "\nRUN " + "$(" * MANY + "\nWORKDIR $\nUSER ${\n",
    "brackets": "FROM a\nRUN " + "(" * MANY + ")" * MANY + "\nCMD " + "[" * MANY + "\n",
    "flags": "FROM --platform a\nCOPY --from= --from=x --=y z\nRUN --mount=,,=,type= x\nUSER --\n",
    "ports": "FROM a\nEXPOSE : :: /// - 1- -1 99999999999999999999 1-2-3 $ \"\" #\n",
    "heredocs": "FROM a\n" + "RUN <<A <<B <<-C\n" * MANY,
    "onbuild": "FROM a\nONBUILD\nONBUILD ONBUILD ONBUILD\nONBUILD RUN <<E\n",
    "continuations": "FROM a\nRUN x \\\n" + "# \\\n\n" * MANY,
    "stages": "".join(f"FROM s{i} AS s{i}\nCOPY --from={i} x y\n" for i in range(MANY)),
    "one name": "FROM a AS a\n" * MANY,
    "labels": "FROM a\nLABEL org.opencontainers.image.licenses=\"" + "(MIT OR " * MANY + "\"\n",
    "no line break": "FROM a\nCMD x \\",
    "windows": "# escape=`\r\nFROM mcr.microsoft.com/windows/nanoserver:x\r\nRUN x `\r\n\r\n y\r\nCMD c:\\x\r\n",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_rule_fails(text: str) -> None:
    settings = Settings(selection=Selection("all", select=["DF"]), debug=True)
    result = check_text(text.encode(), "Dockerfile", "dockerfile", settings)
    assert not result.failed
    for finding in result.diagnostics:
        span = finding.span
        assert 0 <= span.start <= span.end <= len(span.file.text)
        assert "\n" not in finding.message


# Files with errors: bytes, the code of the finding, its place.
BAD_FILES = {
    "a heredoc that nothing ends": (b"FROM a\nRUN <<EOF\necho x\n", "DF001", "2:5"),
    "comments only": (b"# a\n# b\n", "DF001", "1:1"),
    "no FROM": (b"ARG A\nRUN x\n", "DF002", "2:1"),
    "arguments only": (b"ARG A\n", "DF001", "1:1"),
    "a long line": (b"FROM a\nRUN echo " + b"a " * MEGABYTES, "DF001", "2:1"),
    "a NUL byte": (b"FROM a\nRUN echo \0\n", "DF001", "2:10"),
    "invalid UTF-8": (b"FROM a\nRUN echo \xff\n", "LN003", "2:10"),
    "UTF-16": ("FROM a\n".encode("utf-16"), "LN003", "1:1"),
}


@pytest.mark.parametrize(("data", "code", "place"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_a_finding_with_a_place(data: bytes, code: str, place: str) -> None:
    result = check_text(data, "Dockerfile", "dockerfile", Settings(Selection(), debug=True))
    (finding,) = [finding for finding in result.diagnostics if finding.code == code]
    position = finding.span.file.position(finding.span.start)
    assert f"{position.line}:{position.column}" == place


def test_a_file_beyond_the_limit_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_bytes(b"FROM a\nRUN echo " + b"a " * (5 * MEGABYTES // 2) + b"\n")
    result = check_paths(["Dockerfile"], Settings(Selection()))
    assert [finding.code for finding in result.reported] == ["LN002"]
