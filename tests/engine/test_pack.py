"""Results as plain data: the edits of fixes come back as they were."""

from __future__ import annotations

import json

from composelint.linter.base.text import SourceFile, Span
from composelint.linter.engine.pack import pack, unpack
from composelint.linter.result import Result
from composelint.linter.rule import Append, Applicability, Create, Diagnostic, Edit, Fix, Severity


def test_each_kind_of_edit_comes_back() -> None:
    files = {path: SourceFile(path, "a: 1\n") for path in ("compose.yaml", ".env")}
    edits = (
        Edit(Span(files["compose.yaml"], 3, 4), "2"),
        Create("new", "x\n"),
        Append(files[".env"], ("A=1", "B='x y'"), True, secret=True),
        Append(SourceFile(".gitignore", ""), ("/.env",), False),
    )
    item = Diagnostic(
        Span(files["compose.yaml"], 0, 1), "m", fix=Fix("t", edits, Applicability.UNSAFE)
    )
    item.code, item.severity = "XX001", Severity.WARNING
    result = Result()
    result.diagnostics = [item]
    data = json.loads(json.dumps(pack(result, files)))
    (unpacked,) = unpack(data, files.get).diagnostics
    assert unpacked.fix is not None
    edit, create, secret, ignoring = unpacked.fix.edits
    assert (edit, create, secret) == edits[:3]
    assert isinstance(ignoring, Append)
    assert (ignoring.file.path, ignoring.lines, ignoring.exists) == (
        ".gitignore",
        ("/.env",),
        False,
    )
    assert not ignoring.secret


def test_what_brought_a_finding_comes_back() -> None:
    file = SourceFile("compose.yaml", "a: 1\n")
    item = Diagnostic(Span(file, 0, 1), "m")
    item.code, item.severity, item.brought_by = "XX001", Severity.WARNING, ("Dockerfile", ".env")
    result = Result()
    result.diagnostics = [item]
    data = json.loads(json.dumps(pack(result, {"compose.yaml": file})))
    (unpacked,) = unpack(data, {"compose.yaml": file}.get).diagnostics
    assert unpacked.brought_by == ("Dockerfile", ".env")
