"""Chooses fixes, applies them to texts, and verifies the result before anything is written.

A pass applies all allowed fixes that do not overlap and lints again, until no fix is left (a
bounded number of passes). After each pass the changed files must load and keep their
comments, and the resolved stacks may differ only at the paths that the applied fixes declare.
If they do not, the harmful fixes are found by halving the pass; they are dropped and reported.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from ..base.records import NamedTuple
from ..result import Result, merged
from ..rule import Append, Applicability, Create, Diagnostic, Edit, as_edit
from .lines import moved_lines
from .taken import Taken, name_of
from .verify import Verdict, text_problem, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ..base.text import SourceFile
    from ..compose.difference import Difference
    from ..engine.schedule import Part
    from ..engine.settings import Settings
    from ..files.discovery import InputFile
    from ..files.reader import Shared
    from ..rule import Fix

MAX_PASSES = 25
"""More passes than any set of fixes needs; reaching this number is a bug."""


class Applied(NamedTuple):
    """A fix that was applied.

    ``line`` is the line of the finding before all fixes, ``text`` what it contained; ``service``
    is the service or stage that the finding is about.
    """

    path: str
    line: int
    code: str
    name: str
    title: str
    service: str
    text: str


class Dropped(NamedTuple):
    """A fix that verification refused, and why."""

    finding: Diagnostic
    reason: str


class FixResult:
    """The texts after fixing, and the fixes that led to them.

    ``before`` and ``after`` map the paths of changed files to their texts, ``created`` the
    paths of new files. ``received`` maps the paths of files that got what other files lost to the
    names of the secrets in the new lines. ``changes`` are the differences in the resolved stacks.
    ``lines`` has for each line of a changed file the line that it was before. ``found`` is
    the result of linting before fixing, ``result`` that after it. ``converged`` says whether
    no applicable fix is left.
    """

    def __init__(self) -> None:
        self.before: dict[str, SourceFile] = {}
        self.after: dict[str, str] = {}
        self.created: dict[str, str] = {}
        self.received: dict[str, set[str]] = {}
        self.applied: list[Applied] = []
        self.dropped: list[Dropped] = []
        self.changes: list[Difference] = []
        self.converged = False
        self.lines: dict[str, list[int]] = {}
        self.found: Result
        self.result: Result


class Choice(NamedTuple):
    """The fixes that a run may apply: whether unsafe ones, of which rule codes, to which files.

    ``files`` are the only ones that will be written, such as that from standard input; None
    stands for all. What a fix moves from one of them to another file would be lost. ``wants`` says
    for a finding and the paths that its fix writes whether it shall be fixed.
    """

    unsafe: bool = False
    allows: Callable[[str], bool] = lambda code: True
    files: frozenset[str] | None = None
    wants: Callable[[Diagnostic, Collection[str]], bool] = lambda finding, paths: True

    def takes(self, finding: Diagnostic) -> bool:
        """Whether a finding has a fix that may be applied."""
        fix = finding.fix
        least = Applicability.UNSAFE if self.unsafe else Applicability.SAFE
        if fix is None or fix.applicability < least or not self.allows(finding.code):
            return False
        paths = {_path_of(edit) for edit in fix.edits}
        return (self.files is None or paths <= self.files) and self.wants(finding, paths)


def _path_of(edit: Edit | Create | Append) -> str:
    """The path of the file that an edit changes or makes."""
    if isinstance(edit, Create):
        return edit.path
    return edit.file.path if isinstance(edit, Append) else edit.span.origin.file.path


def fix_files(
    linted: Sequence[InputFile],
    settings: Settings,
    choice: Choice,
    texts: dict[str, bytes] | None = None,
) -> FixResult:
    """Fix these files in memory. Nothing is written."""
    from ..engine.schedule import check_part, check_parts
    from ..files.reader import Shared

    outcome = FixResult()
    shared = Shared()
    overlay = dict(texts or {})
    if texts or settings.stacks:
        parts = [check_part(tuple(linted), settings, overlay, shared)]
    else:
        parts = check_parts(linted, settings, shared)
    fixing = _Fixing(settings, choice, overlay, outcome, parts, shared)
    outcome.found = merged([part.result for part in parts] or [Result()])
    outcome.converged = fixing.run()
    outcome.result = merged([part.result for part in fixing.parts] or [Result()])
    return outcome


def refusal(finding: Diagnostic, part: Part, settings: Settings, shared: Shared) -> str:
    """Why the fix of one finding of a part is not applied; empty if it is proved."""
    fixing = _Fixing(settings, Choice(), {}, FixResult(), [part], shared)
    return _Attempt(fixing, 0).apply([finding]).verdict.reason


class _Fixing:
    """The fixing of parts one after the other; each sees the fixed texts of those before it.

    Attributes:
        changed: the paths of changed and new files, each with the number of the pass.
        linted_at: for each part the number of passes before it was linted.
        readers: the parts that read a file, by its path.
    """

    def __init__(
        self,
        settings: Settings,
        choice: Choice,
        overlay: dict[str, bytes],
        outcome: FixResult,
        parts: list[Part],
        shared: Shared,
    ) -> None:
        self.settings = settings
        self.choice = choice
        self.overlay = overlay
        self.outcome = outcome
        self.parts = parts
        self.shared = shared
        self.passes = 0
        self.changed: dict[str, int] = {}
        self.linted_at = [0] * len(parts)
        self.readers: dict[str, set[int]] = {}
        for index, part in enumerate(parts):
            self.note_readings(index, part)

    def run(self) -> bool:
        """Fix all parts; returns whether no applicable fix is left."""
        converged = True
        for index in range(len(self.parts)):
            converged = self.fix(index) and converged
        # What was done to other parts may concern one that is done.
        for _ in range(MAX_PASSES):
            stale = [index for index in range(len(self.parts)) if self.is_stale(index)]
            if not stale:
                return converged
            for index in stale:
                converged = self.fix(index) and converged
        return False

    def note_readings(self, index: int, part: Part) -> None:
        """Note that a part reads its files."""
        for path in part.read:
            self.readers.setdefault(path, set()).add(index)

    def is_stale(self, index: int) -> bool:
        """Whether a file that a part asked about has changed since it was linted."""
        since = self.linted_at[index]
        return any(self.changed.get(path, 0) > since for path in self.parts[index].looked_up)

    def lint(self, index: int, overlay: dict[str, bytes]) -> Part:
        """A part with other texts."""
        from ..engine.schedule import check_part

        files, _, _, looked_up = self.parts[index]
        # What was fixed in other parts is handed on only as far as it is read.
        given = {path: overlay[path] for path in looked_up if path in overlay}
        part = check_part(files, self.settings, given, self.shared)
        if any(path in overlay and path not in given for path in part.looked_up):
            part = check_part(files, self.settings, overlay, self.shared)
        return part

    def fix(self, index: int) -> bool:
        """Fix one part in passes; returns whether no applicable fix is left."""
        if self.is_stale(index):
            self.parts[index] = self.lint(index, self.overlay)
            self.linted_at[index] = self.passes
        refused: set[tuple[str, str, str]] = set()
        dropped: list[Dropped] = []
        has_moved = converged = False
        for _ in range(MAX_PASSES):
            candidates = [
                finding
                for finding in self.parts[index].result.reported
                if self.choice.takes(finding) and _identity(finding) not in refused
            ]
            batch = compatible(candidates)
            if not batch and refused and has_moved:
                # Refused fixes may be possible now, as the text around them has changed.
                refused.clear()
                dropped.clear()
                has_moved = False
                continue
            if not batch:
                converged = True
                break
            attempt = _Attempt(self, index)
            trial = attempt.apply(batch)
            if trial.verdict.reason:
                harmful = attempt.harmful(batch, trial.verdict.reason)
                refused.update(_identity(each.finding) for each in harmful)
                dropped += harmful
                if harmful:
                    continue
                # Only several together are harmful: apply some now, the others to their result.
                while trial.verdict.reason:
                    batch = batch[: (len(batch) + 1) // 2]
                    trial = attempt.apply(batch)
            _record(self.outcome, batch, trial)
            self.take(trial)
            has_moved = True
        for finding in self.parts[index].result.diagnostics:
            if _identity(finding) in refused:
                # It is named as dropped: no report may say that another run would apply it.
                finding.fix = None
        self.outcome.dropped += dropped
        return converged

    def take(self, trial: _Trial) -> None:
        """Make the texts and results of a trial those of the parts."""
        self.passes += 1
        self.overlay.update(trial.overlay)
        self.changed.update(dict.fromkeys(trial.overlay, self.passes))
        for index, part in trial.parts.items():
            self.parts[index] = part
            self.linted_at[index] = self.passes
            self.note_readings(index, part)


def compatible(candidates: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The findings whose fixes can be applied together: of fixes that overlap the first."""
    taken = Taken()
    return [
        finding
        for finding in candidates
        if finding.fix is not None and taken.add(finding.fix.edits)
    ]


def apply_edits(text: str, edits: Sequence[Edit], newline: str = "\n") -> str:
    """The text with the edits applied; the line endings in them become those of the file."""
    for edit in sorted(edits, key=lambda edit: edit.span.origin.start, reverse=True):
        span = edit.span.origin
        replacement = edit.replacement
        if newline != "\n":
            replacement = replacement.replace("\r\n", "\n").replace("\n", newline)
        text = text[: span.start] + replacement + text[span.end :]
    return text


class _Trial(NamedTuple):
    """The result of applying some fixes: new texts, and the parts that read them."""

    overlay: dict[str, bytes]
    parts: dict[int, Part]
    verdict: Verdict
    files: dict[str, tuple[SourceFile, str]]
    created: dict[str, str]
    edits: dict[str, list[Edit]]


class _Attempt:
    """Applies fixes to the texts of a part."""

    def __init__(self, fixing: _Fixing, index: int) -> None:
        self.fixing = fixing
        self.index = index

    def harmful(self, batch: Sequence[Diagnostic], reason: str) -> list[Dropped]:
        """The fixes that are refused even alone, of a batch that is refused for this reason.

        They are found by halving, because most attempts lint all files of the part again.
        """
        if len(batch) == 1:
            return [Dropped(batch[0], reason)]
        middle = len(batch) // 2
        harmful: list[Dropped] = []
        for half in (batch[:middle], batch[middle:]):
            if half_reason := self.apply(half).verdict.reason:
                harmful += self.harmful(half, half_reason)
        return harmful

    def apply(self, batch: Sequence[Diagnostic]) -> _Trial:
        """Apply the fixes of some findings, and verify the result."""
        edits: dict[str, list[Edit]] = {}
        files: dict[str, SourceFile] = {}
        created: dict[str, str] = {}
        fixes = [finding.fix for finding in batch if finding.fix is not None]
        parts = list(chain.from_iterable(fix.edits for fix in fixes))
        for edit in (*_joined(parts), *parts):
            if isinstance(edit, Create):
                created[edit.path] = edit.text
            elif isinstance(edit, Edit):
                file = edit.span.origin.file
                edits.setdefault(file.path, []).append(edit)
                files[file.path] = file
        texts = {
            path: apply_edits(file.text, edits[path], file.newline) for path, file in files.items()
        }
        overlay = {}
        for path, text in texts.items():
            mark = "\ufeff" if files[path].bom else ""
            overlay[path] = (mark + text).encode("utf-8", "surrogatepass")
        for path, text in created.items():
            overlay[path] = text.encode("utf-8")
        changed = {path: (files[path], text) for path, text in texts.items()}
        problem = text_problem(changed, edits)
        if problem:
            return _Trial(overlay, {}, Verdict(problem, []), changed, created, edits)
        trial = self._linted(fixes, _Trial(overlay, {}, Verdict("", []), changed, created, edits))
        if not trial.verdict.reason and self._leaves(batch, trial.parts[self.index]):
            reason = "what it should mend is still there"
            trial = trial._replace(verdict=Verdict(reason, trial.verdict.changes))
        return trial

    def _leaves(self, batch: Sequence[Diagnostic], after: Part) -> bool:
        """Whether one of these findings is reported as often as before its fix."""
        old = Counter(map(_identity, self.fixing.parts[self.index].result.reported))
        new = Counter(map(_identity, after.result.reported))
        return any(new[each] >= old[each] for each in map(_identity, batch))

    def _linted(self, fixes: Sequence[Fix], trial: _Trial) -> _Trial:
        """A trial with the results of linting, and the verdict on them."""
        fixing = self.fixing
        edits = chain.from_iterable(fix.edits for fix in fixes)
        spans = {edit.span.origin.file.path for edit in edits if isinstance(edit, Edit)}
        overlay = {**fixing.overlay, **trial.overlay}
        changes: list[Difference] = []
        # A file that is read by other parts, too, must do them no harm either.
        readers = {index for path in spans for index in fixing.readers.get(path, ())}
        for index in (self.index, *sorted(readers - {self.index})):
            before = fixing.parts[index]
            if index != self.index and fixing.is_stale(index):
                before = fixing.lint(index, fixing.overlay)
            trial.parts[index] = fixing.lint(index, overlay)
            verdict = verify(fixes, before.result, trial.parts[index].result)
            changes += (change for change in verdict.changes if change not in changes)
            if verdict.reason:
                return trial._replace(verdict=verdict)
        return trial._replace(verdict=Verdict("", changes))


def _joined(edits: Sequence[Edit | Create | Append]) -> list[Edit | Create]:
    """The lines that several fixes add to a file as one edit."""
    appends: dict[str, Append] = {}
    for edit in edits:
        if isinstance(edit, Append):
            earlier = appends.setdefault(edit.file.path, edit)
            lines = tuple(dict.fromkeys((*earlier.lines, *edit.lines)))
            appends[edit.file.path] = earlier._replace(lines=lines)
    return [as_edit(append) for append in appends.values()]


def _record(outcome: FixResult, batch: Sequence[Diagnostic], trial: _Trial) -> None:
    """Add a successful pass to the outcome."""
    outcome.applied += [
        _applied(outcome, finding, finding.fix) for finding in batch if finding.fix is not None
    ]
    for path, (file, text) in trial.files.items():
        lines = outcome.lines.get(path) or range(1, file.text.count("\n") + 2)
        outcome.lines[path] = moved_lines(file, trial.edits[path], lines)
        if path in outcome.created:
            outcome.created[path] = text
        else:
            outcome.before.setdefault(path, file)
            outcome.after[path] = text
    outcome.created.update(trial.created)
    for finding in batch:
        for edit in finding.fix.edits if finding.fix is not None else ():
            if isinstance(edit, Append):
                names = outcome.received.setdefault(edit.file.path, set())
                names.update(map(name_of, edit.lines if edit.secret else ()))
    outcome.changes += trial.verdict.changes


def _applied(outcome: FixResult, finding: Diagnostic, fix: Fix) -> Applied:
    """What is told about the fix of a finding, with its place on disk."""
    path, line = finding.path, finding.start.line
    file = outcome.before.get(path, finding.span.origin.file)
    if path in outcome.lines:
        line = outcome.lines[path][line - 1]
    texts = file.text.split("\n")
    text = texts[line - 1].rstrip("\r") if line <= len(texts) else ""
    service = finding.owner[1] if finding.owner is not None else ""
    return Applied(path, line, finding.code, finding.name, fix.title, service, text)


def _identity(finding: Diagnostic) -> tuple[str, str, str]:
    """What identifies a finding in the runs of one fixing."""
    return finding.code, finding.path, finding.message
