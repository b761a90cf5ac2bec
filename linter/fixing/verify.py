"""Proves that a set of fixes did what they say, and nothing else."""

from __future__ import annotations

from collections import Counter

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..compose.difference import Difference, differences
from ..files.kinds import COMPOSE, DOCKERFILE, kind_of_named
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
    """``reason`` says what is wrong with the result, empty where nothing is."""

    reason: str
    changes: list[Difference]


def text_trouble(
    changed: Mapping[str, tuple[SourceFile, str]], edits: Mapping[str, Sequence[Edit]]
) -> str:
    """Why the new texts would not load or would lose a comment; empty where they are sound.

    The YAML is read a second time by ruamel.yaml, which shares no code with our reader.
    """
    for path, (file, text) in changed.items():
        kind = kind_of_named(path)
        reason = ""
        if kind == COMPOSE:
            reason = _yaml_trouble(file, text, edits[path])
        elif kind == DOCKERFILE:
            reason = _dockerfile_trouble(file, text, edits[path])
        if reason:
            return f"{path}: {reason}"
    return ""


def verify(fixes: Sequence[Fix], before: Result, after: Result) -> Verdict:
    """Whether the result has no new error, and the stacks mean what the fixes declare."""
    if after.failed and not before.failed:
        return Verdict("a rule failed on the result", [])
    known = Counter(item.code for item in before.diagnostics if item.severity is Severity.ERROR)
    texts = {(item.code, item.message) for item in before.diagnostics}
    found = [item for item in after.diagnostics if item.severity is Severity.ERROR]
    more = Counter(item.code for item in found) - known
    for item in found:
        # A message may only have another name in it than before.
        if item.code in more and (item.code, item.message) not in texts:
            return Verdict(f"the result has a new error, {item.code}: {item.message}", [])
    declared = {path for fix in fixes for path in fix.changes}
    changes = stack_changes(before, after)
    for change in changes:
        if not any(_covers(path, change.path) for path in declared):
            return Verdict(f"the stack would change where the fix does not say so: {change}", [])
        if change.path.endswith(".build.dockerfile_inline") and change.before and change.after:
            inline = SourceFile(change.path, change.before)
            reason = _dockerfile_trouble(inline, change.after, None)
            if reason:
                return Verdict(f"{change.path}: {reason}", [])
    return Verdict("", changes)


def stack_changes(before: Result, after: Result) -> list[Difference]:
    """How the resolved stacks of two runs differ."""
    found: dict[Difference, None] = {}
    for name, tree in before.trees.items():
        other = after.trees.get(name)
        if other is not None:
            found.update(dict.fromkeys(differences(tree, other)))
    return list(found)


def _covers(declared: str, path: str) -> bool:
    return path == declared or path.startswith((declared + ".", declared + "["))


def _yaml_trouble(file: SourceFile, text: str, edits: Sequence[Edit]) -> str:
    result = SourceFile(file.path, text)
    parsed = parse_yaml(result)
    if parsed.problems:
        at = result.position(parsed.problems[0].start)
        return f"line {at.line} would not load: {parsed.problems[0].message}"
    reason = _second_reader(text)
    # It rejects things that Compose takes, a tab before a comment among them.
    if reason and not _second_reader(file.text):
        return reason
    had = _comments(file, edits)
    has = Counter(text[item.start : item.end] for item in parsed.comments)
    lost = had - has
    if lost:
        return f"the comment {next(iter(lost))!r} would be lost"
    return ""


def _comments(file: SourceFile, edits: Sequence[Edit]) -> Counter[str]:
    """The comments that no edit deletes on purpose (with the line that they end)."""
    spans = [edit.span.origin for edit in edits]
    return Counter(
        file.text[item.start : item.end]
        for item in parse_yaml(file).comments
        if not any(
            not item.own_line and span.start <= item.start and item.end <= span.end
            for span in spans
        )
    )


def _second_reader(text: str) -> str:
    import warnings

    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    reader = YAML(typ="rt", pure=True)
    reader.allow_duplicate_keys = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in reader.load_all(text):
                pass
    except YAMLError as error:
        return f"a second reader rejects the result: {str(error).splitlines()[0]}"
    except (ValueError, TypeError, KeyError, NotImplementedError, AttributeError):
        # It gives up on values that Compose takes (odd tags and dates): no verdict.
        return ""
    return ""


def _dockerfile_trouble(file: SourceFile, text: str, edits: Sequence[Edit] | None) -> str:
    """What is wrong with a Dockerfile's new text; ``edits`` is None where they are not known."""
    from ..source.dockerfile.parser import parse_dockerfile
    from ..source.dockerfile.problems import problems_of
    from ..source.dockerfile.second_reader import readings_agree

    before = parse_dockerfile(file)
    after = parse_dockerfile(SourceFile(file.path, text))
    known = {problem.kind for problem in problems_of(before)}
    for problem in problems_of(after):
        if problem.kind not in known:
            return f"the result would not be read: {problem.message}"
    spans = [edit.span.origin for edit in edits or ()]
    had = Counter(
        item.text
        for item in before.all_comments
        if not any(span.start <= item.start and item.end <= span.end for span in spans)
    )
    lost = had - Counter(item.text for item in after.all_comments)
    if lost:
        return f"the comment {next(iter(lost))!r} would be lost"
    if not _heredocs_kept(before, after, None if edits is None else spans):
        return "the text of a heredoc would change"
    if readings_agree(after) is False and readings_agree(before) is not False:
        return "a second reader finds other instructions in the result"
    return ""


def _heredocs_kept(
    before: DockerfileSyntax, after: DockerfileSyntax, spans: Sequence[Span] | None
) -> bool:
    """Whether no heredoc changes but a script that an edit is meant for."""
    old = [heredoc for item in before.instructions for heredoc in item.heredocs]
    new = [heredoc for item in after.instructions for heredoc in item.heredocs]
    if len(old) != len(new):
        return False
    for one, other in zip(old, new, strict=True):
        if one.body != other.body and (
            one.word.owner.name != "RUN"
            or (
                spans is not None
                and not any(
                    one.body_start <= span.start and span.end <= one.body_end for span in spans
                )
            )
        ):
            return False
    return True
