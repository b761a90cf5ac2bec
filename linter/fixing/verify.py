"""Verifies that a set of fixes did what they declare, and nothing else."""

from __future__ import annotations

from collections import Counter

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..compose.difference import Difference, differences
from ..files.content import kind_in
from ..files.kinds import COMPOSE, DOCKERFILE
from ..rule import Severity
from ..source.yaml.parser import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..base.text import Span
    from ..result import Result
    from ..rule import Edit, Fix
    from ..source.dockerfile.syntax import DockerfileSyntax


class Verdict(NamedTuple):
    """Why the result is refused (empty if it is not), and how the stacks changed."""

    reason: str
    changes: list[Difference]


def text_problem(
    changed: Mapping[str, tuple[SourceFile, str]], edits: Mapping[str, Sequence[Edit]]
) -> str:
    """Why a new text would not load or would lose a comment; empty if there is no problem.

    YAML is also read by ruamel.yaml, which shares no code with our parser.
    """
    checks = {COMPOSE: _yaml_problem, DOCKERFILE: _dockerfile_problem}
    for path, (file, text) in changed.items():
        check = checks.get(kind_in(path, file.text) or "")
        if check is not None and (reason := check(file, text, edits[path])):
            return f"{path}: {reason}"
    return ""


def verify(fixes: Sequence[Fix], before: Result, after: Result) -> Verdict:
    """Check that the result has no new error, and that the stacks differ only as declared."""
    if after.failed and not before.failed:
        return Verdict("a rule failed on the result", [])
    old_messages = {(finding.code, finding.message) for finding in before.diagnostics}
    old_errors, errors = (
        [finding for finding in result.diagnostics if finding.severity is Severity.ERROR]
        for result in (before, after)
    )
    # Counted by code: an error may have another message now, with another name in it.
    more = Counter(error.code for error in errors) - Counter(error.code for error in old_errors)
    for error in errors:
        if error.code in more and (error.code, error.message) not in old_messages:
            return Verdict(f"the result has a new error, {error.code}: {error.message}", [])
    if reason := _refusal(before, after):
        return Verdict(reason, [])
    declared = {path for fix in fixes for path in fix.changes}
    changes = stack_changes(before, after)
    for change in changes:
        if not any(_covers(path, change.path) for path in declared):
            return Verdict(f"the stack would change where the fix does not say so: {change}", [])
        if change.path.endswith(".build.dockerfile_inline") and change.before and change.after:
            inline = SourceFile(change.path, change.before)
            reason = _dockerfile_problem(inline, change.after, None)
            if reason:
                return Verdict(f"{change.path}: {reason}", [])
    return Verdict("", changes)


def _refusal(before: Result, after: Result) -> str:
    """Why Docker Compose would refuse a stack that it took; empty if there is no such stack.

    It is asked with the variables that are set there: by ``.env`` and the env files in use.
    """
    for name, problems in before.rejections.items():
        if name not in after.rejections:
            return f"the stack {name} would not be found any more"
        old = Counter((kind, unset) for kind, unset, _ in problems)
        for kind, unset, message in after.rejections[name]:
            if not old[kind, unset]:
                return f"Docker Compose would refuse the stack {name}: {message}"
            old[kind, unset] -= 1
    return ""


def stack_changes(before: Result, after: Result) -> list[Difference]:
    """The differences between the resolved stacks of two runs."""
    changes = (
        change
        for name, tree in before.trees.items()
        if name in after.trees
        for change in differences(tree, after.trees[name])
        if not _is_same_text(change)
    )
    return list(dict.fromkeys(changes))


def _is_same_text(change: Difference) -> bool:
    """Whether a variable of a container has another type only: containers get texts."""
    return (
        change.before == change.after
        and change.path.startswith("services.")
        and ".environment." in change.path
    )


def _covers(declared: str, path: str) -> bool:
    """Whether a path is the declared one or below it."""
    return path == declared or path.startswith((declared + ".", declared + "["))


def _yaml_problem(file: SourceFile, text: str, edits: Sequence[Edit]) -> str:
    """The problem of a Compose file's new text; empty if there is none."""
    result = SourceFile(file.path, text)
    parsed = parse_yaml(result)
    if parsed.problems:
        line = result.line_of(parsed.problems[0].start)
        return f"line {line} would not load: {parsed.problems[0].message}"
    reason = _second_reader(text)
    # It rejects text that Compose accepts, such as a tab before a comment.
    if reason and not _second_reader(file.text):
        return reason
    comments = Counter(text[comment.start : comment.end].rstrip() for comment in parsed.comments)
    return _lost(_comments(file, edits), comments)


def _lost(before: Counter[str], after: Counter[str]) -> str:
    """The problem that a comment is lost; empty if none is."""
    comment = next(iter(before - after), None)
    return "" if comment is None else f"the comment {comment!r} would be lost"


def _comments(file: SourceFile, edits: Sequence[Edit]) -> Counter[str]:
    """The comments of a Compose file, without those that an edit deletes with their line.

    Blanks at their ends are not part of them.
    """
    spans = [edit.span.origin for edit in edits]
    return Counter(
        file.text[comment.start : comment.end].rstrip()
        for comment in parse_yaml(file).comments
        if comment.own_line
        or not any(span.start <= comment.start and comment.end <= span.end for span in spans)
    )


def _second_reader(text: str) -> str:
    """Why ruamel.yaml rejects a text; empty if it does not.

    It reads as far as nodes: it makes values of fewer tags and dates than Compose accepts.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        for _ in YAML(typ="safe", pure=True, plug_ins=[]).compose_all(text):
            pass
    except YAMLError as error:
        return f"a second reader rejects the result: {str(error).splitlines()[0]}"
    return ""


def _dockerfile_problem(file: SourceFile, text: str, edits: Sequence[Edit] | None) -> str:
    """The problem of a Dockerfile's new text, empty if none; None for edits that are unknown."""
    from ..source.dockerfile.parser import parse_dockerfile
    from ..source.dockerfile.problems import problems_of
    from ..source.dockerfile.second_reader import readings_agree

    before = parse_dockerfile(file)
    after = parse_dockerfile(SourceFile(file.path, text))
    old_kinds = {problem.kind for problem in problems_of(before)}
    for problem in problems_of(after):
        if problem.kind not in old_kinds:
            return f"the result would not be read: {problem.message}"
    spans = [edit.span.origin for edit in edits or ()]
    kept = Counter(
        comment.text
        for comment in before.all_comments
        if not any(span.start <= comment.start and comment.end <= span.end for span in spans)
    )
    lost = _lost(kept, Counter(comment.text for comment in after.all_comments))
    if lost:
        return lost
    if not _heredocs_kept(before, after, None if edits is None else spans):
        return "the text of a heredoc would change"
    if readings_agree(after) is False and readings_agree(before) is not False:
        return "a second reader finds other instructions in the result"
    return ""


def _heredocs_kept(
    before: DockerfileSyntax, after: DockerfileSyntax, spans: Sequence[Span] | None
) -> bool:
    """Whether no heredoc changes, the scripts of RUN excepted that an edit is inside of."""
    old, new = (
        [heredoc for instruction in syntax.instructions for heredoc in instruction.heredocs]
        for syntax in (before, after)
    )
    return len(old) == len(new) and all(
        heredoc.body == other.body
        or (
            heredoc.word.owner.name == "RUN"
            and (
                spans is None
                or any(
                    heredoc.body_start <= span.start and span.end <= heredoc.body_end
                    for span in spans
                )
            )
        )
        for heredoc, other in zip(old, new, strict=True)
    )
