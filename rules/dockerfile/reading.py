"""What BuildKit cannot read in a Dockerfile, or reads otherwise than it was meant."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ...linter.base.suggest import PLAIN, did_you_mean, nearest
from ...linter.base.text import Span
from ...linter.edits.dockerfile import delete_lines
from ...linter.images.reference import reference_problem
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.dockerfile.broken import cut_paths, is_about_comment, line_comments, place_of
from ...linter.source.dockerfile.problems import problems_of
from .._sources import CHECKS, REFERENCE
from ._copies import is_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...linter.model.dockerfile import Dockerfile
    from ...linter.source.dockerfile.broken import LineComment
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Problem


# Kinds of problems that rules of their own report.
_ELSEWHERE = frozenset(("json-type", "no-stage", "shift-as-heredoc", "unknown-trigger"))
_FLAG_KINDS = frozenset((
    "unknown-flag", "duplicate-flag", "missing-flag-value", "bad-flag-value", "unknown-mount-key",
    "bad-mount",
))  # fmt: skip


def every_instruction(dockerfile: Dockerfile) -> Iterator[Instruction]:
    """All instructions, those that ONBUILD defers included."""
    for instruction in dockerfile.syntax.instructions:
        yield instruction
        if instruction.inner is not None:
            yield instruction.inner


def grammar_problems(
    instructions: Iterable[Instruction],
) -> Iterator[tuple[Instruction, Problem]]:
    """What BuildKit refuses in flags and arguments, each with its instruction."""
    from ...linter.source.dockerfile.grammar import instruction_problems

    for instruction in instructions:
        for problem in instruction_problems(instruction):
            yield instruction, problem


def _report(
    dockerfile: Dockerfile, problem: Problem, *, help: str = "", fix: Fix | None = None
) -> Diagnostic:
    """The finding on a problem of the syntax."""
    from ...linter.secrets.unparsed import unread_secrets

    span = Span(dockerfile.source, problem.start, problem.end)
    return Diagnostic(
        span,
        problem.message,
        help=help or did_you_mean(problem.suggestion, PLAIN),
        evidence=f"{problem.kind} {span.text[:100]}",
        sensitive=unread_secrets(span),
        fix=fix,
    )


_HELP = {
    "missing-continuation": "end the line above with a backslash, or delete this line",
    "unterminated-heredoc": "end it with a line that contains only its name",
    "no-instructions": "begin with FROM",
    "missing-equals": "write `name=value`, and quote values that contain spaces",
    "missing-value": "write `name=value`",
    "empty-instruction": "delete the line",
    "line-too-long": "break it into several lines",
    "nul-byte": "delete it",
    "duplicate-directive": "delete it",
}


@rule(
    "DF001",
    "dockerfile-syntax",
    Severity.ERROR,
    category="reading",
    equivalents=("hadolint:DL1000",),
    sources=(REFERENCE + "#format",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nCOYP app /app  # error: COYP\n",
            good="FROM alpine:3.22\nCOPY app /app\n",
        ),
        Example(
            bad="FROM alpine:3.22\nENV LANG  # error: LANG\n",
            good="FROM alpine:3.22\nENV LANG=C.UTF-8\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def dockerfile_syntax(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """BuildKit refuses the file: an unknown instruction, a missing argument, a heredoc without an end.

    Why: The build fails.

    Every mistake is reported, not the first alone, and reading goes on behind it. Lines that were
    meant to continue the command above count once. A frontend other than Docker's own (`# syntax=`)
    may know further instructions, which are then left alone. The fix puts the nearest instruction in
    the place of a misspelt one, and a comment on the line above. A Windows path that ends in a backslash continues its line, so that
    the next instruction becomes a part of it: that is reported once, in place of all that follows
    from it. So is a comment at the end of a line, which Docker reads as arguments (a warning where
    the build goes on, as with WORKDIR); behind the commands of RUN it is the shell's.
    """
    syntax = dockerfile.syntax
    yield from _cut_paths(dockerfile)
    foreign = syntax.custom_frontend
    comments = line_comments(syntax)
    for comment in comments:
        if comment.instruction.json_error is not None:
            continue  # DF005
        yield Diagnostic(
            comment.span,
            f"{comment.instruction.name} reads this as {comment.read_as}: a comment needs its own line",
            help="move the comment to the line above",
            severity=Severity.ERROR if comment.fails else Severity.WARNING,
            evidence=comment.span.text[:100],
            fix=_moved(comment),
        )
    cut = [(instruction.start, instruction.end) for instruction, _ in cut_paths(syntax)]
    for problem in problems_of(syntax):
        kind = problem.kind
        if cut and place_of(cut, problem.start) >= 0:
            continue
        if is_about_comment(comments, Span(dockerfile.source, problem.start, problem.end)):
            continue
        if kind in _ELSEWHERE or (foreign and kind == "unknown-instruction"):
            continue
        fix = None
        if kind == "unknown-instruction" and problem.suggestion:
            span = Span(dockerfile.source, problem.start, problem.end)
            title = f"Write {problem.suggestion}"
            fix = Fix(title, (Edit(span, problem.suggestion),), Applicability.UNSAFE)
        yield _report(dockerfile, problem, help=_HELP.get(kind, ""), fix=fix)
    stages = dockerfile.stages
    if not stages.stages and not stages.orphans:
        for problem in problems_of(syntax):
            if problem.kind == "no-stage":
                yield _report(dockerfile, problem, help="begin with FROM")
    for instruction, problem in grammar_problems(syntax.instructions):
        if (
            problem.kind not in _FLAG_KINDS
            and problem.kind not in _ELSEWHERE
            and not _is_reported_elsewhere(instruction, problem)
            and not (cut and place_of(cut, problem.start) >= 0)
            and not is_about_comment(comments, Span(dockerfile.source, problem.start, problem.end))
        ):
            yield _report(dockerfile, problem)
    for stage in stages:
        base, name = stage.base, stage.base_name
        if base is None or "$" in base.text or not name or name == "scratch":
            continue
        error = reference_problem(name) if stage.base_stage is None else None
        if error:
            yield Diagnostic(base.span, f'"{name}" is not an image name: {error}', evidence=name)


def _moved(comment: LineComment) -> Fix | None:
    """The fix that moves a comment to the line above its instruction; None where more may follow."""
    instruction, span = comment.instruction, comment.span
    file = instruction.file
    if "#" in file.text[span.end : instruction.end]:
        return None
    above = file.offset((instruction.outer or instruction).start_line)
    start = span.start
    while file.text[start - 1] in " \t":
        start -= 1
    edits = (
        Edit(Span(file, above, above), span.text + file.newline),
        Edit(Span(file, start, span.end), ""),
    )
    return Fix("Move the comment to the line above", edits, Applicability.UNSAFE)


def _cut_paths(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The finding on the paths that end in a backslash and so continue their lines, if any."""
    cut = cut_paths(dockerfile.syntax)
    if not cut:
        return
    (instruction, path), *others = cut
    yield Diagnostic(
        path,
        f"{path.text} ends with a backslash, which continues the line: the next instruction becomes "
        f"a part of {instruction.name}",
        help="begin the file with the line `# escape=``, or write the path with /",
        related=[Related(other, "this one too") for _, other in others],
        evidence=path.text,
    )


def _is_reported_elsewhere(instruction: Instruction, problem: Problem) -> bool:
    """Whether a problem is about what ONBUILD defers (DF116) or about a stage's name (DF156)."""
    inner, words = instruction.inner, instruction.words
    if instruction.name == "ONBUILD":
        return inner is not None and inner.name_span.start == problem.start
    return instruction.name == "FROM" and len(words) == 3 and words[2].start == problem.start


@rule(
    "DF002",
    "instruction-order",
    Severity.ERROR,
    category="reading",
    equivalents=("hadolint:DL3061",),
    sources=(REFERENCE + "#format",),
    examples=(
        Example(
            bad="LABEL team=web  # error: LABEL\nFROM alpine:3.22\n",
            good="FROM alpine:3.22\nLABEL team=web\n",
        ),
    ),
)
def instruction_order(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An instruction comes before the first FROM, where only ARG is allowed: the build fails.

    Comments and parser directives may come first as well.
    """
    from ...linter.source.dockerfile.instruction import INSTRUCTIONS

    orphans = [item for item in dockerfile.stages.orphans if item.name in INSTRUCTIONS]
    if not orphans:
        return
    first = orphans[0]
    yield Diagnostic(
        first.name_span,
        f"{first.name} comes before the first FROM",
        help="move it below FROM" if dockerfile.stages.stages else "begin with FROM",
        related=[Related(item.name_span, "this one too") for item in orphans[1:]],
        evidence=first.name,
    )


@rule(
    "DF003",
    "bad-flag",
    Severity.ERROR,
    category="reading",
    sources=(REFERENCE,),
    examples=(
        Example(
            bad="FROM alpine:3.22\nCOPY --chwon=1000:1000 . /app  # error: --chwon\n",
            good="FROM alpine:3.22\nCOPY --chown=1000:1000 . /app\n",
        ),
        Example(
            bad="FROM alpine:3.22\nRUN --mount=type=cache,target=/root/.cache,sharing=lock true  # error: sharing=lock\n",
            good="FROM alpine:3.22\nRUN --mount=type=cache,target=/root/.cache,sharing=locked true\n",
        ),
    ),
)
def bad_flag(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An instruction has a flag that BuildKit does not know or a value that it refuses: the build fails.

    The keys and values of `RUN --mount` are held against its type, and `COPY --from` may not hold a
    variable. Flags of a frontend other than Docker's own (`# syntax=`) are left alone.
    """
    foreign = dockerfile.syntax.custom_frontend
    flagged = [
        item
        for item in dockerfile.syntax.instructions
        if item.flags or (item.inner is not None and item.inner.flags)
    ]
    for _, problem in grammar_problems(flagged):
        if problem.kind in _FLAG_KINDS and not (foreign and problem.kind == "unknown-flag"):
            yield _report(dockerfile, problem)
    for instruction in every_instruction(dockerfile):
        if instruction.name in ("COPY", "ADD") and instruction.flags:
            yield from _copy_flags(instruction)
        elif instruction.name == "RUN" and instruction.flags:
            yield from _mount_targets(instruction)


def _copy_flags(instruction: Instruction) -> Iterator[Diagnostic]:
    """The findings on the values of COPY's and ADD's flags."""
    for flag in instruction.flags:
        value = flag.value
        if not value:
            continue
        if flag.name == "from" and instruction.name == "COPY" and flag.word.has_variable:
            yield Diagnostic(
                flag.value_span,
                f"COPY --from cannot contain a variable, as {value} does",
                help="add a stage for it, FROM the variable AS a name, and copy from that",
                evidence=value,
            )
        elif flag.name == "chmod" and value.isdigit() and not re.fullmatch("0*[0-7]{1,4}", value):
            yield Diagnostic(
                flag.value_span,
                f"{value} is not a file mode: use octal digits up to 7777",
                evidence=value,
            )
        elif flag.name == "checksum" and instruction.name == "ADD":
            sources = instruction.sources
            if len(sources) > 1 or any(
                not word.has_variable and not is_url(word.value) for word in sources
            ):
                yield Diagnostic(
                    flag.name_span,
                    "ADD --checksum accepts only one source, an http(s) or Git address",
                    evidence=value,
                )


def _mount_targets(instruction: Instruction) -> Iterator[Diagnostic]:
    """The findings on mounts over the whole file system."""
    for mount in instruction.mounts:
        target = mount.target
        if not target or mount.type in ("secret", "ssh"):
            continue
        if posixpath.normpath(target) in ("/", "//"):
            option = next(option for option in mount.options if option.value == target)
            yield Diagnostic(option.span, "a mount cannot replace /", evidence=target)


@rule(
    "DF004",
    "empty-continuation",
    Severity.WARNING,
    category="reading",
    equivalents=("buildkit:NoEmptyContinuation",),
    sources=(CHECKS + "no-empty-continuation/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache \\\n  # error\n    curl\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache \\\n    curl\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def empty_continuation(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """There is a blank line between the lines of one instruction; BuildKit will refuse it one day.

    BuildKit skips such lines and warns. To people they look like the end of the instruction.
    Comments may stand there. The text of a heredoc is left alone.
    """
    for instruction in dockerfile.syntax.instructions:
        ranges = _ranges(instruction.empty_lines)
        if not ranges:
            continue
        file = instruction.file
        edits = [delete_lines(file, first, last) for first, last in ranges]
        spans = [
            Span(file, file.offset(first), file.offset(last) + len(file.line_text(last)))
            for first, last in ranges
        ]
        yield Diagnostic(
            spans[0],
            f"a blank line between the lines of {instruction.name}",
            help="delete it, or begin the line with `#`",
            related=[Related(span, "another one") for span in spans[1:]],
            evidence=instruction.name,
            fix=Fix("Delete the blank lines", tuple(edits), Applicability.SAFE),
        )


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The ranges, first and last, that ascending line numbers form."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


_DIRECTIVE = on_demand(r"#[ \t]*(?P<name>[A-Za-z]+)[ \t]*=[ \t]*(?P<value>\S+)")


@rule(
    "DF006",
    "misplaced-directive",
    Severity.WARNING,
    category="reading",
    sources=(REFERENCE + "#parser-directives",),
    examples=(
        Example(
            bad="# The image of our app.\n# syntax=docker/dockerfile:1  # error: # syntax\nFROM alpine:3.22\n",
            good="# syntax=docker/dockerfile:1\n# The image of our app.\nFROM alpine:3.22\n",
        ),
        Example(
            bad="# sytnax=docker/dockerfile:1  # error: # sytnax\nFROM alpine:3.22\n",
            good="# syntax=docker/dockerfile:1\nFROM alpine:3.22\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def misplaced_directive(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A parser directive is below a comment, a blank line or an instruction, or its name is misspelt.

    Why: The build runs without what the line asks for.

    Docker then takes it for a comment and says nothing. `syntax`, `escape` and `check` must be the
    very first lines of the file. (`# check=skip=…` may also stand above one instruction.) The fix
    corrects a misspelt name; a directive further down may have been meant as a comment.
    """
    syntax = dockerfile.syntax
    first = syntax.instructions[0].start if syntax.instructions else len(dockerfile.source.text)
    last_line = 0
    if syntax.directives:
        last = syntax.directives[-1]
        last_line = last.file.line_of(last.start)
    for comment in syntax.comments:
        text = comment.span.text
        match = _DIRECTIVE.fullmatch(text.rstrip()) if "=" in text else None
        if match is None:
            continue
        name, value = match["name"].lower(), match["value"]
        if name in ("syntax", "escape"):
            if _fits(name, value):
                yield Diagnostic(
                    comment.span,
                    f"`{name}` is read as a comment: a directive has to come before everything else",
                    help="move it to the top of the file",
                    evidence=comment.text,
                )
            continue
        if comment.start > first or comment.line != last_line + 1:
            continue
        suggestion = nearest(name, ("syntax", "escape"))
        if suggestion and _fits(suggestion, value):
            written = text[: match.start("name")] + suggestion + text[match.end("name") :]
            yield Diagnostic(
                comment.span,
                f"`{match['name']}` is not a directive, so this is a comment",
                help=did_you_mean(suggestion, PLAIN),
                evidence=comment.text,
                fix=Fix(
                    f"Write {suggestion}", (Edit(comment.span, written),), Applicability.UNSAFE
                ),
            )


def _fits(name: str, value: str) -> bool:
    """Whether a value is one that the directive takes."""
    if name == "escape":
        return value in ("\\", "`")
    return "/" in value or ":" in value
