"""The findings of a run: runs rules, completes their findings, and keeps each once."""

from __future__ import annotations

from ..base.text import EmbeddedSource, SourceFile, Span
from ..result import Result, order
from ..rule import Diagnostic, Rule, Severity
from ..rulebook.registry import listed_rules
from .broken import BrokenPlaces, drop_fixes_of_broken_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..files.reader import ReadProblem
    from ..model.project import Project
    from ..model.stack import Stack
    from ..rule import Fix
    from ..rulebook.selection import Selection
    from .settings import Settings

PROBLEMS = {
    "unreadable-file": "LN001",
    "file-too-large": "LN002",
    "not-utf8": "LN003",
    "utf-16": "LN003",
    "too-complex": "LN004",
    "path-outside-project": "LN006",
}
"""The kinds of problems that stop the linter from reading on, with the rule that reports each."""


def _check_class(rule: Rule, item: Diagnostic) -> None:
    """Raise ``AssertionError`` for a fix of a class that its rule does not declare."""
    if item.fix is not None and item.fix.applicability not in rule.fixes:
        raise AssertionError(f"{rule.code} offers a fix that is {item.fix.applicability.label}")


class Findings:
    """The findings of a run so far.

    Attributes:
        wanted: the paths of the files whose findings are kept; if it is empty, those of all files.
        unread: the paths of the files that could not be read.
        templates: the paths of the templates, which are not linted.
        kept: the findings.
        unasked: the strict findings that the preset does not ask for.
        dropped: if it is a list, findings of files whose findings are not kept are added to it.
        result: the other results of the run.
    """

    def __init__(self, settings: Settings, project: Project) -> None:
        self.settings = settings
        self.selection = settings.selection
        self.project = project
        self.result = Result()
        self.wanted: set[str] = set()
        self.unread: set[str] = set()
        self.templates: set[str] = set()
        self.kept: list[Diagnostic] = []
        self.dropped: list[Diagnostic] | None = None
        self.unasked: list[Diagnostic] = []
        self._broken = BrokenPlaces(project)
        self._keys: set[tuple[object, ...]] = set()
        self._brought: dict[tuple[object, ...], Diagnostic] = {}
        self._sensitive: dict[Span, None] = {}
        self._options: dict[str, object] = {}
        self._grouped: dict[tuple[str, Selection], dict[str, list[Rule]]] = {}
        self._embedded_paths: dict[SourceFile, tuple[str, ...]] = {}

    # --- running rules ---

    def rules(self, topic: str, selection: Selection | None = None) -> dict[str, list[Rule]]:
        """The selected rules of a topic by their subject."""
        chosen = selection or self.selection
        rules = self._grouped.get((topic, chosen))
        if rules is None:
            rules, codes = chosen.grouped(topic)
            self._grouped[topic, chosen] = rules
            self.result.ran |= codes
        return rules

    def apply(
        self,
        rules: Iterable[Rule],
        subject: object,
        source: SourceFile | None = None,
        *,
        stack: Stack | None = None,
        owner: tuple[str, str] | None = None,
        path: str = "",
        selection: Selection | None = None,
        held_back: Callable[[Rule], bool] | None = None,
        unsure: Callable[[Rule], bool] | None = None,
    ) -> None:
        """Run rules on a subject. A crash becomes a finding, and the other rules still run.

        Args:
            rules: the rules.
            subject: what they run on.
            source: the file in which a crash is reported.
            stack: the stack of the subject.
            owner: the service or stage of findings that name none.
            path: the logical path of findings that name none.
            selection: gives the severity of findings, instead of that of the run.
            held_back: whether the findings of a rule are left to stricter presets here.
            unsure: whether what a rule calls an error may never happen here, and is a warning.
        """
        graded = selection or self.selection
        for rule in rules:
            check: Callable[..., Iterable[Diagnostic]] = rule.check
            try:
                for item in (
                    check(subject)
                    if rule.option_type is None
                    else check(subject, self._options_of(rule))
                ):
                    item.declared_by(rule)
                    if self.settings.debug:
                        _check_class(rule, item)
                    override = graded.override(rule)
                    if override or not item.is_graded:
                        item.severity = override or graded.severity(rule)
                    if (
                        unsure is not None
                        and not override
                        and item.severity is Severity.ERROR
                        and unsure(rule)
                    ):
                        item.severity = Severity.WARNING
                    item.stack = stack.name if stack else None
                    item.owner = item.owner or owner
                    item.subject = item.subject or path
                    if held_back is not None and not item.strict:
                        item.strict = item.severity != Severity.ERROR and held_back(rule)
                    if item.strict and not graded.reports_strict(rule):
                        self.unasked.append(item)
                        continue
                    self.add(item)
            except (Exception, SystemExit) as error:
                if self.settings.debug:
                    raise
                file = source or (stack.tree.file if stack else SourceFile(".", ""))
                message = f"the rule {rule.code} ({rule.name}) failed on {subject!r}"
                self.crashed(error, message, file, rule)

    def _options_of(self, rule: Rule) -> object:
        """The options of a rule that has options."""
        if rule.code not in self._options:
            from ..rulebook.options import options_for

            self._options[rule.code] = options_for(self.settings.config, rule)
        return self._options[rule.code]

    # --- keeping findings ---

    def add(self, item: Diagnostic) -> None:
        """Keep a finding, once even if several stacks have it. Its span becomes that on disk."""
        if self._broken.hides(item):
            return
        self._broken.check_fix(item, self.settings.late_fixes)
        if isinstance(item.span.file, EmbeddedSource) and item.fix is not None:
            self._move_fix_to_host(item, item.fix)
        item.span = span = item.span.origin
        key = (item.code, span.file.path, span.start, span.end, item.message)
        if key not in self._keys and (span.file.path in self.wanted or not self.wanted):
            self._keys.add(key)
            self.kept.append(item)
            if item.sensitive:
                item.sensitive = tuple(place.origin for place in item.sensitive)
            return
        if self.dropped is not None and key not in self._keys:
            self.dropped.append(item)
        if item.sensitive:
            # A finding of another file may show these lines.
            self._sensitive.update(dict.fromkeys(place.origin for place in item.sensitive))

    def bring(self, item: Diagnostic) -> None:
        """Keep a finding of a file whose findings are left out, once even if several stacks have it."""
        key = (item.code, item.path, item.span.start, item.span.end, item.message)
        known = self._brought.get(key)
        if known is not None:
            known.brought_by = tuple(dict.fromkeys((*known.brought_by, *item.brought_by)))
        elif key not in self._keys:
            self._brought[key] = item
            self._keys.add(key)
            self.kept.append(item)
            item.sensitive = tuple(place.origin for place in item.sensitive)

    def _move_fix_to_host(self, item: Diagnostic, fix: Fix) -> None:
        """Turn a fix of a text inside a Compose file's value into a fix of that file."""
        from ..compose.inline import InlineSource
        from ..edits.embedded import hosted, values_of

        source = item.span.file
        if not isinstance(source, InlineSource):
            return
        paths = self._embedded_paths.get(source)
        if paths is None:
            trees = (stack.tree for stack in self.project.stacks)
            paths = self._embedded_paths[source] = values_of(source, trees)
        item.fix = hosted(fix, paths)

    # --- the linter's own rules ---

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Report a finding of one of the linter's own rules, if it is selected."""
        rule = next(rule for rule in listed_rules("linter") if rule.code == code)
        if not self.selection.selects(rule):
            return
        item = Diagnostic(span, message, help=help)
        item.declared_by(rule)
        item.severity = severity or self.selection.severity(rule)
        item.evidence = span.text
        self.add(item)

    def crashed(
        self, error: BaseException, message: str, file: SourceFile, rule: Rule | None = None
    ) -> None:
        """Report a defect of composelint, or of the plug-in that a rule is of."""
        from traceback import format_exception

        from ..rulebook.plugins import is_plugin, place_of, reason_of

        self.result.failed = True
        self.result.crashes.append("".join(format_exception(error)))
        place = ""
        help = "this is a defect of composelint: please report it with the lines it concerns"
        if rule is not None and is_plugin(rule):
            place = place_of(error, rule)
            help = f"this is an error of the plug-in, not of composelint; --ignore {rule.code} leaves it out"
        self.report("LN005", Span(file, 0, 0), f"{message}: {reason_of(error, place)}", help)

    def unreadable(self, path: str, problem: ReadProblem) -> None:
        """Report a file that cannot be read."""
        self.unread.add(path)
        code = PROBLEMS.get(problem.kind, "LN001")
        # The finding names the file already.
        message = problem.message.removeprefix(f"{path}: ")
        help = (
            "Docker Compose fails on it; delete it, and see what mounts a file of this name: "
            "Docker makes a folder where that is missing"
            if problem.kind == "path-is-directory"
            else ""
        )
        self.report(code, problem.span or Span(SourceFile(path, ""), 0, 0), message, help)

    def template(self, file: SourceFile) -> None:
        """Report a template, which is not linted."""
        self.templates.add(file.path)
        self.report(
            "LN008",
            Span(file, 0, 0),
            "this is a template, which another program renders, so it is not linted",
            "lint what is rendered from it",
        )

    def finish(self) -> Result:
        """The result, with its findings suppressed by the configuration and sorted."""
        drop_fixes_of_broken_values(self.kept, self.settings.late_fixes)
        config = self.settings.config
        if config.per_file_ignores or config.per_service_ignores:
            from ..suppression.by_config import apply_ignores

            apply_ignores(self.kept, config, self.selection)
        self.kept.sort(key=order)
        if self.kept and self._sensitive:
            first = self.kept[0]
            first.sensitive = tuple(dict.fromkeys((*first.sensitive, *self._sensitive)))
        self.result.diagnostics = self.kept
        return self.result
