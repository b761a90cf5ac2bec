"""Chooses fixes, applies them to texts, and proves the result before anything is written.

A pass takes every fix that is allowed and touches nothing that another one does, applies
them, and lints again, until no fix is left (a bounded number of passes). After each pass
the changed files must load, keep their comments, and the resolved stacks may differ only
at the paths that the applied fixes declare. Where that fails, halving the pass finds the
culprits, which are dropped and reported.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..rule import Applicability, Create, Diagnostic, Edit, Fix
from .verify import Verdict, text_trouble, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..base.text import SourceFile
    from ..compose.difference import Difference
    from ..engine.settings import Settings
    from ..files.discovery import Found
    from ..result import Result

MAX_PASSES = 25
"""More passes than any set of fixes needs; reaching it is a defect."""


class Applied(NamedTuple):
    """A fix that was applied."""

    path: str
    line: int
    code: str
    name: str
    title: str


class Dropped(NamedTuple):
    """A fix that verification refused, and why."""

    item: Diagnostic
    reason: str


class FixResult:
    """The texts after fixing, and how they came about.

    ``before`` and ``after`` map the paths of changed files to their texts, ``created`` the
    paths of new files; ``changes`` is what the resolved stacks show of it. ``found`` is what
    there was before, ``result`` what the last pass still found.
    """

    __slots__ = (
        "after",
        "applied",
        "before",
        "changes",
        "converged",
        "created",
        "dropped",
        "found",
        "result",
    )

    def __init__(self) -> None:
        self.before: dict[str, SourceFile] = {}
        self.after: dict[str, str] = {}
        self.created: dict[str, str] = {}
        self.applied: list[Applied] = []
        self.dropped: list[Dropped] = []
        self.changes: list[Difference] = []
        self.converged = False
        self.found: Result
        self.result: Result


class Choice(NamedTuple):
    """Which fixes a run may apply."""

    unsafe: bool = False
    allows: Callable[[str], bool] = lambda code: True

    def takes(self, item: Diagnostic) -> bool:
        fix = item.fix
        return (
            fix is not None
            and (self.unsafe or fix.applicability is Applicability.SAFE)
            and self.allows(item.code)
        )


def fix_files(
    found: Sequence[Found],
    settings: Settings,
    choice: Choice,
    texts: dict[str, bytes] | None = None,
) -> FixResult:
    """Fix these files in memory. Nothing is written."""
    from ..engine.run import check_files

    outcome = FixResult()
    overlay = dict(texts or {})
    refused: set[tuple[str, str, str]] = set()
    has_moved = False
    result = outcome.found = check_files(found, settings, overlay)
    for _ in range(MAX_PASSES):
        candidates = [
            item
            for item in result.reported
            if choice.takes(item) and _identity(item) not in refused
        ]
        batch = compatible(candidates)
        if not batch and refused and has_moved:
            # What was refused may be possible now: its surroundings are others.
            refused.clear()
            outcome.dropped.clear()
            has_moved = False
            continue
        if not batch:
            outcome.converged = True
            break
        attempt = _Attempt(found, settings, overlay, result)
        trial = attempt.apply(batch)
        if trial.verdict.reason:
            culprits = attempt.culprits(batch, trial.verdict.reason)
            for culprit in culprits:
                refused.add(_identity(culprit.item))
            outcome.dropped += culprits
            if culprits:
                continue
            # Only several together do harm: some go ahead, and the others see their result.
            while trial.verdict.reason:
                batch = batch[: (len(batch) + 1) // 2]
                trial = attempt.apply(batch)
        _note(outcome, batch, trial)
        overlay, result = trial.overlay, trial.result
        has_moved = True
    outcome.result = result
    return outcome


def compatible(candidates: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The fixes that can be applied together: the first of those that touch the same text wins."""
    taken: dict[str, list[tuple[int, int]]] = {}
    created: dict[str, str] = {}
    chosen: list[Diagnostic] = []
    for item in candidates:
        assert item.fix is not None
        spans: list[tuple[str, int, int]] = []
        fits = True
        for edit in item.fix.edits:
            if isinstance(edit, Create):
                fits = fits and created.get(edit.path, edit.text) == edit.text
                continue
            span = edit.span.origin
            path = span.file.path
            fits = fits and not any(
                span.start <= end and start <= span.end for start, end in taken.get(path, ())
            )
            spans.append((path, span.start, span.end))
        if not fits:
            continue
        for path, start, end in spans:
            taken.setdefault(path, []).append((start, end))
        for edit in item.fix.edits:
            if isinstance(edit, Create):
                created[edit.path] = edit.text
        chosen.append(item)
    return chosen


def apply_edits(text: str, edits: Sequence[Edit], newline: str = "\n") -> str:
    """The text with its edits made, last one first; their line endings become the file's."""
    for edit in sorted(edits, key=lambda edit: edit.span.origin.start, reverse=True):
        span = edit.span.origin
        replacement = edit.replacement
        if newline != "\n":
            replacement = replacement.replace("\r\n", "\n").replace("\n", newline)
        text = text[: span.start] + replacement + text[span.end :]
    return text


class _Trial(NamedTuple):
    """What came of applying some fixes."""

    overlay: dict[str, bytes]
    result: Result
    verdict: Verdict
    files: dict[str, tuple[SourceFile, str]]
    created: dict[str, str]


class _Attempt:
    """Applies fixes to the texts that a run has seen."""

    def __init__(
        self, found: Sequence[Found], settings: Settings, overlay: dict[str, bytes], result: Result
    ) -> None:
        self.found = found
        self.settings = settings
        self.overlay = overlay
        self.result = result

    def culprits(self, batch: Sequence[Diagnostic], reason: str) -> list[Dropped]:
        """The fixes of a batch refused for this reason that are refused by themselves.

        Found by halving: most attempts lint all files again.
        """
        if len(batch) == 1:
            return [Dropped(batch[0], reason)]
        middle = len(batch) // 2
        found: list[Dropped] = []
        for half in (batch[:middle], batch[middle:]):
            why = self.apply(half).verdict.reason
            if why:
                found += self.culprits(half, why)
        return found

    def apply(self, batch: Sequence[Diagnostic]) -> _Trial:
        from ..engine.run import check_files

        edits: dict[str, list[Edit]] = {}
        files: dict[str, SourceFile] = {}
        created: dict[str, str] = {}
        fixes: list[Fix] = []
        for item in batch:
            assert item.fix is not None
            fixes.append(item.fix)
            for edit in item.fix.edits:
                if isinstance(edit, Create):
                    created[edit.path] = edit.text
                else:
                    file = edit.span.origin.file
                    edits.setdefault(file.path, []).append(edit)
                    files[file.path] = file
        texts = {
            path: apply_edits(file.text, edits[path], file.newline) for path, file in files.items()
        }
        overlay = dict(self.overlay)
        for path, text in texts.items():
            mark = "\ufeff" if files[path].bom else ""
            overlay[path] = (mark + text).encode("utf-8", "surrogatepass")
        for path, text in created.items():
            overlay[path] = text.encode("utf-8")
        changed = {path: (files[path], text) for path, text in texts.items()}
        trouble = text_trouble(changed, edits)
        if trouble:
            return _Trial(overlay, self.result, Verdict(trouble, []), changed, created)
        result = check_files(self.found, self.settings, overlay)
        verdict = verify(fixes, self.result, result)
        return _Trial(overlay, result, verdict, changed, created)


def _note(outcome: FixResult, batch: Sequence[Diagnostic], trial: _Trial) -> None:
    for item in batch:
        assert item.fix is not None
        span = item.span.origin
        line = span.file.position(span.start).line
        outcome.applied.append(Applied(span.file.path, line, item.code, item.name, item.fix.title))
    for path, (file, text) in trial.files.items():
        if path in outcome.created:
            outcome.created[path] = text
            continue
        outcome.before.setdefault(path, file)
        outcome.after[path] = text
    outcome.created.update(trial.created)
    outcome.changes += trial.verdict.changes


def _identity(item: Diagnostic) -> tuple[str, str, str]:
    return item.code, item.span.origin.file.path, item.message
