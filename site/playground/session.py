"""What the playground asks of composelint: findings, fixes and the picture of texts in memory.

It runs in Pyodide, in a worker of the page; requests and answers are JSON. No file is read or written:
the linted tree is what the page sends.
"""

from __future__ import annotations

import json
import os
import posixpath
import sys
from itertools import islice
from typing import TYPE_CHECKING

from composelint.linter.config.errors import ConfigError
from composelint.linter.config.options import Options
from composelint.linter.engine.workspace import Workspace, open_workspace
from composelint.linter.files.tree import Overlay, use_tree
from composelint.linter.report import masks_of, rule_url
from composelint.linter.result import Result, merged
from composelint.linter.rule import Append, Applicability, Create, Diagnostic, Fix, as_edit
from composelint.linter.rulebook.registry import UnknownSelector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from composelint.linter.base.text import SourceFile, Span
    from composelint.linter.graph.shapes import Drawing

    Row = dict[str, Any]

ROOT = "/project"
"""The folder in which the page's files are said to be."""
MOST_FINDINGS = 2000
"""More findings than this are counted and not sent."""


MOST_PICTURES = 6
"""More stacks than this are not drawn."""


class Nothing:
    """A tree without files, below the texts of the page."""

    def kind(self, path: str, *, follow: bool = True) -> str:
        return "folder" if os.path.abspath(path) == os.sep else "missing"

    def read(self, path: str, most: int) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", path)

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        raise FileNotFoundError(2, "No such file or directory", folder)

    def real(self, path: str) -> str:
        return os.path.abspath(path)

    def is_own(self, path: str) -> bool:
        return True

    def is_executable(self, path: str) -> None:
        return None

    def sole_reader(self, path: str) -> None:
        return None

    def stamp(self, path: str) -> tuple[int, int]:
        return 0, 0

    def kept_files(self, folder: str) -> None:
        return None

    def is_tracked(self, folder: str, path: str) -> None:
        return None

    def is_plain(self, folder: str, path: str) -> None:
        return None


def tree_of(files: Mapping[str, str]) -> Overlay:
    """The tree of the page's files, in a repository without history."""
    texts: dict[str, bytes | None] = {f"{ROOT}/.git/HEAD": b""}
    for path, text in files.items():
        inner = posixpath.normpath(posixpath.join("/", path)).lstrip("/")
        texts[f"{ROOT}/{inner}"] = text.encode("utf-8", "surrogatepass")
    return Overlay(Nothing(), texts)


class Session:
    """The files as the page last sent them, with what was found in them."""

    def __init__(self) -> None:
        self.tree = tree_of({})
        self.options = Options(jobs=1, no_cache=True)
        self.workspace: Workspace | None = None
        self.findings: list[Diagnostic] = []
        self.drawings: list[Drawing] = []
        # What most texts need is loaded now: a limit on the time for an answer is about linting.
        self.do_check(_WARMING, None)

    def answer(self, request: str) -> str:
        """The answer to a request, both as JSON."""
        given = json.loads(request)
        with use_tree(self.tree):
            return json.dumps(getattr(self, f"do_{given.pop('do')}")(**given))

    def do_check(self, files: dict[str, str], preset: str | None) -> Row:
        """The findings in these files."""
        self.tree = tree_of(files)
        self.options = Options(
            jobs=1, no_cache=True, **({"preset": preset} if preset is not None else {})
        )
        self.workspace, self.findings = None, []
        _policies_left_out.clear()
        with use_tree(self.tree):
            try:
                workspace = open_workspace((".",), self.options, lenient=True)
                result = workspace.check()
            except ConfigError as error:
                return {**_EMPTY, "problems": [_fault(fault) for fault in error.faults]}
            except UnknownSelector as error:
                return {**_EMPTY, "problems": [{"path": "", "line": 1, "message": str(error)}]}
        self.workspace = workspace
        return self._report(result)

    def _report(self, result: Result) -> Row:
        self.findings = result.reported
        masks = masks_of([result])
        first = self.findings[:MOST_FINDINGS]
        shown = first if masks is None else masks.findings(first)
        rows = [
            _row(number, finding, as_shown)
            for number, (finding, as_shown) in enumerate(zip(first, shown, strict=True))
        ]
        return {
            "findings": rows,
            "more": len(self.findings) - len(rows),
            "files": result.files,
            "suppressed": sum(1 for each in result.diagnostics if each.suppressed is not None),
            "preset": sorted({stack.preset for stack in result.stacks if stack.preset}),
            "problems": [],
            "policies": len(_policies_left_out),
        }

    def do_fix(self, number: int, code: str) -> Row:
        """What the fix of one finding makes of the files."""
        finding = self.findings[number] if 0 <= number < len(self.findings) else None
        fix = finding.fix if finding is not None else None
        if finding is None or fix is None or finding.code != code:
            return {"changes": [], "refused": "the files have changed"}
        if fix.applicability is Applicability.SUGGESTION:
            return {"changes": _suggested(fix), "refused": ""}
        wanted = _identity(finding)
        return self._fixed(lambda each: _identity(each) == wanted, unsafe=True)

    def do_fix_all(self, unsafe: bool) -> Row:
        """What all safe fixes, or all fixes, make of the files."""
        return self._fixed(lambda each: True, unsafe=unsafe)

    def _fixed(self, wants: Any, *, unsafe: bool) -> Row:
        from composelint.linter.fixing.workspace import fix_workspace

        if self.workspace is None:
            return {"changes": [], "refused": "there is nothing to fix"}
        outcomes = fix_workspace(self.workspace, unsafe, lambda finding, paths: wants(finding))
        changes: list[Row] = []
        for outcome in outcomes:
            changes += ({"path": path, "create": text} for path, text in outcome.created.items())
            for path, text in outcome.after.items():
                changes.append({"path": path, "edits": line_edits(outcome.before[path].text, text)})
        dropped = [each.reason for outcome in outcomes for each in outcome.dropped]
        return {
            "changes": changes,
            "applied": sum(len(outcome.applied) for outcome in outcomes),
            "refused": dropped[0] if dropped and not changes else "",
        }

    def do_picture(self) -> Row:
        """The stacks as graphs in the language of Graphviz; the page lays them out."""
        self.drawings = drawings(self.workspace) if self.workspace is not None else []
        return {"graphs": [to_dot(drawing) for drawing in self.drawings]}

    def do_dress(self, layouts: list[str]) -> Row:
        """The pictures, of what has been laid out: with titles, colours and links to findings."""
        from composelint.linter.graph.svg import dressed

        pairs = zip(layouts, self.drawings, strict=True)
        return {
            "pictures": [
                dressed(layout, drawing, prefix=f"graph{number}", style=False)
                for number, (layout, drawing) in enumerate(pairs)
            ]
        }


_WARMING = {
    "compose.yaml": "services:\n  web:\n    build: .\n    ports: ['80:80']\n    environment: {A: '1'}\n",
    "Dockerfile": "FROM alpine:3.22\nRUN apk add --no-cache curl\nCOPY . /srv\n",
    ".dockerignore": "node_modules\n",
}
_EMPTY: Row = {"findings": [], "more": 0, "files": 0, "suppressed": 0, "preset": [], "policies": 0}


_policies_left_out: list[Any] = []


def leave_out_policies() -> None:
    """Go on without the policies of configurations: their schemas need a module that browsers lack."""
    from composelint.linter.config import policies

    def read_policies(tables: Any, faults: Any) -> list[Any]:
        _policies_left_out.extend(tables)
        return []

    policies.read_policies = read_policies


if sys.platform == "emscripten":
    leave_out_policies()


def drawings(workspace: Workspace) -> list[Drawing]:
    """What is drawn of the stacks of a workspace, with links such as ``#finding-3``."""
    from composelint.linter.engine.run import check_project
    from composelint.linter.graph.drawing import draw
    from composelint.linter.graph.model import describe
    from composelint.linter.report.masking import masked

    checked = [check_project(group.files, group.settings) for group in workspace.groups]
    if not checked:
        return []
    result = merged([result for result, _ in checked])
    masks = masks_of([result])
    if masks is not None:
        result = masked(result, masks)
    numbers = {id(finding): number for number, finding in enumerate(result.reported)}

    def link(finding: Diagnostic) -> str:
        return f"#finding-{numbers[id(finding)]}" if id(finding) in numbers else ""

    stacks = (stack for _, project in checked for stack in project.stacks if stack.services)
    hide = masks.text if masks is not None else None
    return [draw(describe(stack, result, link, hide)) for stack in islice(stacks, MOST_PICTURES)]


def to_dot(drawing: Drawing) -> str:
    from composelint.linter.graph.dot import to_dot

    return to_dot(drawing)


def _identity(finding: Diagnostic) -> tuple[str, str, int, str]:
    return finding.code, finding.path, finding.span.origin.start, finding.message


def _row(number: int, finding: Diagnostic, shown: Diagnostic) -> Row:
    """A finding as plain data; ``shown`` is the same with secrets masked."""
    fix, title = finding.fix, shown.fix
    return {
        "number": number,
        "code": finding.code,
        "name": finding.name,
        "category": finding.category,
        "severity": finding.severity.label,
        "message": shown.message,
        "help": shown.help,
        "url": rule_url(finding),
        **_place(finding.span),
        "related": [
            {**_place(related.span), "message": as_shown.message}
            for related, as_shown in zip(finding.related, shown.related, strict=True)
        ],
        "fix": fix
        and {
            "title": title.title if title is not None else fix.title,
            "applicability": fix.applicability.label,
        },
    }


def _place(span: Span) -> Row:
    """A place, as lines from 1 and columns from 0 in UTF-16 code units, as browsers count."""
    span = span.origin
    start, end = _position(span.file, span.start), _position(span.file, span.end)
    line, column = span.file.position(span.start)
    return {"path": span.file.path, "from": start, "to": end, "line": line, "column": column}


def _position(file: SourceFile, offset: int) -> list[int]:
    line = file.line_of(offset)
    before = file.text[file.line_starts[line - 1] : offset]
    return [line, len(before) + sum(1 for character in before if character > "\uffff")]


def _fault(fault: Any) -> Row:
    return {"path": fault.path, "line": max(1, fault.line), "message": fault.message}


def _suggested(fix: Fix) -> list[Row]:
    """The edits of a suggestion, as they are: whoever asks for it chooses the values."""
    changes: list[Row] = []
    texts: dict[str, SourceFile] = {}
    edits: dict[str, list[tuple[int, int, str]]] = {}
    for part in fix.edits:
        edit = as_edit(part) if isinstance(part, Append) else part
        if isinstance(edit, Create):
            changes.append({"path": edit.path, "create": edit.text})
            continue
        span = edit.span.origin
        texts[span.file.path] = span.file
        edits.setdefault(span.file.path, []).append((span.start, span.end, edit.replacement))
    for path, file in texts.items():
        text = file.text
        for start, end, replacement in sorted(edits[path], reverse=True):
            text = text[:start] + replacement + text[end:]
        changes.append({"path": path, "edits": line_edits(file.text, text)})
    return changes


def line_edits(before: str, after: str) -> list[tuple[int, int, list[str]]]:
    """The edits that make one text of another: from a line up to another one, and the new lines."""
    from difflib import SequenceMatcher

    # As editors count: a text that ends with a line break has an empty last line.
    old, new = before.split("\n"), after.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (first, last, [line.removesuffix("\r") for line in new[start:end]])
        for kind, first, last, start, end in matcher.get_opcodes()
        if kind != "equal"
    ]
