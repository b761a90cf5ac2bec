"""Collects the comments of a run's files that suppress findings, and applies them."""

from __future__ import annotations

from functools import cache

from ..base.patterns import on_demand
from ..base.text import Span
from ..rulebook.registry import UnknownSelector, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..base.text import SourceFile
    from ..model.dockerfile import Dockerfile
    from ..model.project import EnvFile, IgnoreFile
    from ..rule import Diagnostic
    from ..source.yaml.nodes import YamlFile
    from ..suppression.comments import Mark, Suppression
    from .findings import Findings


_HINTS = (
    "composelint:", "hadolint", "dclint", "check=", "check =", "disable=SC", "disable=all", "tally",
    "trivy:ignore:", ":skip=", "nosem", "kics-scan",
)  # fmt: skip
"""Texts of which each comment that suppresses findings contains one."""


_BEHIND = on_demand(r"(?<=[ \t])#[ \t]+nosem[^\r\n]*")


def may_suppress(source: SourceFile) -> bool:
    """Whether a file may contain a suppression: a fast check, as very few files do."""
    text = source.text
    return "#" in text and any(hint in text for hint in _HINTS)


class Comments:
    """The suppressions in the files that a run has read; few files have any."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.enabled = findings.settings.config.inline_ignores
        self._suppressions: dict[SourceFile, list[Suppression]] = {}

    # --- collecting ---

    def of_yaml(self, yaml: YamlFile) -> None:
        """Collect the comments of a YAML file."""
        source = yaml.source
        if self.enabled and source not in self._suppressions and may_suppress(source):
            from ..suppression.comments import in_yaml

            self._keep(source, in_yaml(yaml))

    def of_dockerfile(self, dockerfile: Dockerfile) -> None:
        """Collect the comments of a Dockerfile."""
        source, syntax = dockerfile.source, dockerfile.syntax
        if self.enabled and may_suppress(source):
            from ..suppression.comments import Mark, in_host, in_lines

            marks = [Mark(comment.start, comment.end, True) for comment in syntax.all_comments]
            marks += [Mark(line.start, line.end, True) for line in syntax.directives]
            if "nosem" in source.text:
                marks += _behind_commands(source, marks)
            if "composelint:" in source.text:
                marks += _in_scripts(dockerfile, marks)
            extents = [(item.start_line, item.end_line) for item in syntax.instructions]
            stages = [item.start_line for item in syntax.instructions if item.name == "FROM"]
            suppressions = in_lines(source, sorted(marks), extents, stages)
            self._keep(source, in_host(suppressions) if dockerfile.inline else suppressions)

    def of_ignore_file(self, file: IgnoreFile) -> None:
        """Collect the comments of an ignore file."""
        syntax = file.syntax
        self._of_lines(syntax.file, syntax.comments, [(p.line, p.line) for p in syntax.patterns])

    def of_env_file(self, file: EnvFile) -> None:
        """Collect the comments of an env file."""
        syntax = file.syntax
        line_of = syntax.file.line_of
        extents = [(line_of(entry.start), line_of(entry.end)) for entry in syntax.entries]
        self._of_lines(syntax.file, syntax.comments, extents)

    def _of_lines(
        self,
        source: SourceFile,
        comments: Iterable[tuple[int, int]],
        extents: list[tuple[int, int]],
    ) -> None:
        if self.enabled and may_suppress(source):
            from ..suppression.comments import Mark, in_lines

            marks = [Mark(start, end, True) for start, end in comments]
            self._keep(source, in_lines(source, marks, extents))

    def _keep(self, source: SourceFile, suppressions: list[Suppression]) -> None:
        if suppressions:
            self._suppressions[source] = suppressions

    # --- applying ---

    def apply(self, unwanted: list[Diagnostic] | None) -> None:
        """Suppress the findings that comments name, and report comments that do nothing.

        ``unwanted`` are the findings of ShellCheck that the run did not ask for, None if it did
        not run: a comment that suppresses one of them is in use, too.
        """
        if not self._suppressions:
            return
        from datetime import UTC, datetime

        from ..suppression.comments import SuppressionMatcher

        findings = self.findings
        ran = findings.result.ran
        matcher = SuppressionMatcher(
            self._codes_of,
            lambda code: code in ran or (unwanted is not None and code.startswith("SC")),
            datetime.now(UTC).date().isoformat(),
        )
        by_path: dict[str, list[Suppression]] = {}
        for file, suppressions in self._suppressions.items():
            by_path.setdefault(file.path, []).extend(suppressions)
        # A comment that suppresses a finding that the preset does not ask for is in use, too.
        matcher.apply([*findings.kept, *findings.unasked, *(unwanted or ())], by_path)
        for item in findings.kept:
            if item.suppressed is not None and findings.selection.is_locked(item.code):
                item.suppressed = None
        for file, suppressions in self._suppressions.items():
            for suppression in suppressions:
                for complaint in matcher.complaints(suppression):
                    span = Span(file, complaint.start, complaint.end)
                    findings.report(complaint.code, span, complaint.message, complaint.help)

    def _codes_of(self, name: str) -> frozenset[str] | None:
        """The codes for a name in a comment, including those of policies and plug-ins."""
        folded = name.casefold()
        for rule in self.findings.selection.extra:
            if folded in (rule.code.casefold(), rule.name):
                return frozenset((rule.code,))
        return resolve_suppression(name)


def _behind_commands(source: SourceFile, marks: list[Mark]) -> list[Mark]:
    """semgrep's comments behind the commands of a Dockerfile, which only a shell takes for such."""
    from ..suppression.comments import Mark

    starts = {mark.start for mark in marks}
    behind = []
    for match in _BEHIND.finditer(source.text):
        line_start = source.line_starts[source.line_of(match.start()) - 1]
        if not any(line_start <= start <= match.start() for start in starts):
            behind.append(Mark(*match.span(), False))
    return behind


def _in_scripts(dockerfile: Dockerfile, marks: list[Mark]) -> list[Mark]:
    """Our comments that a shell reads as such: behind the commands of RUN and CMD, and in heredocs."""
    from ..source.dockerfile.scripts import scripts_of
    from ..suppression.comments import Mark

    source = dockerfile.source
    starts = {mark.start for mark in marks}
    inside = []
    for stage in dockerfile.stages:
        for script in scripts_of(stage).values():
            for comment in script.comments:
                span = comment.span
                if span.file is source and span.start not in starts and "composelint:" in span.text:
                    line_start = source.line_starts[source.line_of(span.start) - 1]
                    own_line = not source.text[line_start : span.start].strip()
                    inside.append(Mark(span.start, span.end, own_line))
    return inside


@cache
def resolve_suppression(name: str) -> frozenset[str] | None:
    """The codes for a name in a comment; None if no rule has it."""
    if ":" in name:
        from ..suppression.peer_rules import peer_codes

        codes = peer_codes(name)
        if codes is not None:
            return codes
    if name[:1] in "Ss":
        from ..rulebook.shellcheck_codes import codes_named

        codes = codes_named(name)
        if codes is not None:
            return codes
    try:
        return frozenset(rule.code for rule in find(name))
    except UnknownSelector:
        return None
