"""Patterns of ignore files that do not do what they look like."""

from __future__ import annotations

import posixpath
import re
from itertools import groupby

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.edits.comments import line_end, line_start
from ...linter.files.paths import beside, join_path
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ._context import SOURCES, context_copies, is_above, is_read, relative, root_copies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile
    from ...linter.model.project import IgnoreFile
    from ...linter.source.ignore import IgnorePattern, IgnoreSyntax

_SAFE, _UNSAFE = Applicability.SAFE, Applicability.UNSAFE


@rule(
    "DI006",
    "ignored-but-copied",
    Severity.ERROR,
    category="build",
    equivalents=("buildkit:CopyIgnoredFile",),
    sources=("https://docs.docker.com/reference/build-checks/copy-ignored-file/",),
    examples=(
        Example(
            bad="FROM nginx:1.30-alpine\nCOPY dist/ /usr/share/nginx/html/  # error: dist/\n",
            good="FROM nginx:1.30-alpine\nCOPY public/ /usr/share/nginx/html/\n",
            path="Dockerfile",
            files={".dockerignore": "dist\n", "public/index.html": "\n"},
        ),
    ),
)
def ignored_but_copied(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """COPY names a file that the ignore file excludes from the context: the build does not find it.

    Why: The build fails.

    Patterns are matched as Docker does, `!` and the folders above included. Sources with wildcards
    or variables are left alone, and folders of which a `!` pattern may take something back in. So are
    Dockerfiles that no stack builds and that copy from a folder above their own: that is the context.
    """
    ignore = dockerfile.ignore
    if ignore is None or not ignore.patterns or is_above(dockerfile):
        return
    for stage, word in context_copies(dockerfile):
        path = relative(word.value)
        if not path or path.startswith("..") or any(sign in path for sign in "*?["):
            continue
        pattern = ignore.deciding(path)
        if pattern is None or pattern.negated:
            continue
        if _takes_back(ignore, path) and not _is_file(dockerfile, path):
            continue
        diagnostic = Diagnostic(
            word.span,
            f"{word.value} is excluded from the context by `{pattern.raw}` ({ignore.file.path}:{pattern.line})",
            help=f"add `!{path}` below that line, or copy something else",
            related=[Related(pattern.span, "excluded here")],
            evidence=word.value,
        )
        diagnostic.owner = ("stage", stage.label)
        yield diagnostic


def _is_file(dockerfile: Dockerfile, path: str) -> bool:
    """Whether a path of the context is a file, so that nothing is below it."""
    folder = dockerfile.folder
    return folder is not None and dockerfile.project.reader.kind(join_path(folder, path)) == "file"


def _takes_back(ignore: IgnoreSyntax, path: str) -> bool:
    """Whether a `!` pattern may match something below the path."""
    return any(
        pattern.negated
        and (
            pattern.cleaned.startswith(path + "/")
            or any(sign in pattern.cleaned.partition("/")[0] for sign in "*?[")
        )
        for pattern in ignore.patterns
    )


_COMMENT = on_demand(r"\s+#(?:\s.*|[^\s/*]*\s.*)?\Z")


@rule(
    "DI007",
    "dead-pattern",
    Severity.INFO,
    category="reading",
    presets=("recommended", "style"),
    strict_in=("style",),
    sources=SOURCES,
    examples=(
        Example(bad="*.log\ndist\n*.log  # error: *.log\n", good="*.log\ndist\n", preset="style"),
        Example(
            bad="# what the editor leaves\n.idea # and its friends  # error: .idea # and its friends\n",
            good="# what the editor leaves\n# and its friends\n.idea\n",
        ),
    ),
    fix=(_SAFE, _UNSAFE),
)
def dead_pattern(file: IgnoreFile) -> Iterator[Diagnostic]:
    """A pattern has no effect: another one covers it, or it cannot match what it is meant for.

    Why: What it was to keep out may be in the build all the same, and whoever edits it changes
    nothing.

    Comments need a line of their own that begins with `#`; behind a pattern, or after blanks, they
    are part of a pattern. Backslashes escape, they do not part folders. A pattern is shadowed where
    one before it already covers all that it matches, and a `!` pattern where nothing before it
    keeps out what it would take back in: that is most often a list of what is wanted, whose first
    line, `**`, is missing (warning). A file that no build reads, since the contexts of all are elsewhere,
    is left alone. Deleting a duplicate is safe, what changes the result is not.
    A line that is only redundant is a matter of taste, and reported under `style` alone.
    """
    if not is_read(file):
        return
    reported = set()
    for pattern in file.syntax.patterns:
        diagnostic = _unlike_meant(pattern)
        if diagnostic is not None:
            reported.add(pattern.index)
            yield diagnostic
    keeps_out = False
    # Among neighbours that are all negated or all not, the order does not matter.
    valid = (pattern for pattern in file.syntax.patterns if pattern.valid)
    for negated, group in groupby(valid, key=lambda pattern: pattern.negated):
        if not negated:
            keeps_out = True
            for pattern, other in _covered([item for item in group if item.index not in reported]):
                verb = "is the same" if other.cleaned == pattern.cleaned else "covers it"
                yield _dead(pattern, f"`{other.raw}` on line {other.line} {verb}", other)
        elif not keeps_out:
            yield _takes_nothing_back(list(group))


_MOST_WILD = 100


def _covered(group: list[IgnorePattern]) -> Iterator[tuple[IgnorePattern, IgnorePattern]]:
    """The patterns of which another one matches all that they match, as far as that is certain."""
    by_path: dict[str, IgnorePattern] = {}
    for pattern in group:
        by_path.setdefault(pattern.cleaned, pattern)
    wild = [pattern for pattern in by_path.values() if _is_wild(pattern)][:_MOST_WILD]
    for pattern in group:
        path = folder = pattern.cleaned
        other = by_path[path]
        if other is pattern:
            other = by_path.get("**/" + path, pattern)
            while other is pattern and (folder := folder.rpartition("/")[0]):
                other = by_path.get(folder, pattern)
        if other is pattern and not _is_wild(pattern):
            other = next((item for item in wild if item.matches_deep(path)), pattern)
        if other is not pattern:
            yield pattern, other


def _is_wild(pattern: IgnorePattern) -> bool:
    return any(sign in pattern.cleaned for sign in "*?[\\")


def _unlike_meant(pattern: IgnorePattern) -> Diagnostic | None:
    """The finding on a pattern that was meant as a comment or cannot match what it means, if any."""
    file, raw = pattern.file, pattern.raw
    fix = None
    if raw.startswith("#"):
        message = "this is a pattern, not a comment: there is a space before #"
        help = "move the `#` to the first column"
        blanks = Span(file, line_start(file.text, pattern.start), pattern.start)
        fix = Fix("Move # to the first column", (Edit(blanks, ""),), _UNSAFE)
    elif re.match(r"//\s", raw):
        message = "this is a pattern, not a comment: comments begin with #"
        help = "write `#` instead of `//`"
        slashes = Span(file, pattern.start, pattern.start + 2)
        fix = Fix("Write #", (Edit(slashes, "#"),), _UNSAFE)
    elif match := _COMMENT.search(raw):
        message = "the comment after this pattern is part of it, so the pattern matches nothing"
        help = "move the comment to its own line"
        fix = _comment_above(pattern, match.start())
    elif re.search(r"\w\\\w", raw):
        message = "a backslash escapes the next character here; folders are separated by /"
        path = raw.replace("\\", "/")
        help = f"write {path}"
        fix = Fix("Write /", (Edit(pattern.span, path),), _UNSAFE)
    elif pattern.cleaned.startswith("../"):
        message, help = "files outside of the context are never sent", "delete it"
    else:
        return None
    return Diagnostic(pattern.span, message, help=help, evidence=raw, fix=fix)


def _comment_above(pattern: IgnorePattern, at: int) -> Fix:
    """The fix that moves the comment behind a pattern to a line of its own above it."""
    file = pattern.file
    comment = Span(file, pattern.start + at, pattern.end)
    words = comment.text.strip()
    if words == "#":
        return Fix("Delete the #", (Edit(comment, ""),), _UNSAFE)
    start = line_start(file.text, pattern.start)
    above = Edit(Span(file, start, start), f"{words}\n")
    return Fix("Move the comment to its own line", (above, Edit(comment, "")), _UNSAFE)


def _takes_nothing_back(group: list[IgnorePattern]) -> Diagnostic:
    """The finding on ``!`` patterns at the top of a file, which have nothing to take back in.

    There is no fix: what is wanted is written there, and deleting it would lose that.
    """
    first, *others = group
    names = ", ".join(pattern.raw for pattern in group[:3]) + (" …" if len(group) > 3 else "")
    return Diagnostic(
        first.span,
        f"`{names}` has no effect: no line above excludes anything",
        help="add `**` on a line above to copy only these files, or delete the line",
        severity=Severity.WARNING,
        related=[Related(pattern.span, "this one has no effect either") for pattern in others],
        evidence=" ".join(pattern.raw for pattern in group),
    )


def _dead(pattern: IgnorePattern, why: str, other: IgnorePattern) -> Diagnostic:
    """The finding on a pattern that another one covers."""
    text = pattern.file.text
    start, end = line_start(text, pattern.start), line_end(text, pattern.end)
    if end == len(text) and not text.endswith("\n") and start > 0:
        start -= 1
    return Diagnostic(
        pattern.span,
        f"`{pattern.raw}` has no effect: {why}",
        help="delete the line",
        related=[Related(other.span, "this pattern")],
        evidence=pattern.raw,
        fix=Fix("Delete the line", (Edit(Span(pattern.file, start, end), ""),), _SAFE),
        strict=True,
    )


@rule(
    "DI008",
    "invalid-pattern",
    Severity.ERROR,
    category="reading",
    sources=("https://pkg.go.dev/github.com/moby/patternmatcher",),
    examples=(Example(bad="node_modules\n[a-  # error: [a-\n", good="node_modules\n[a-z]*.tmp\n"),),
)
def invalid_pattern(file: IgnoreFile) -> Iterator[Diagnostic]:
    """A pattern is malformed, so Docker refuses the whole ignore file, and the build fails.

    A bracket is open, a backslash stands at the end, or `!` stands alone. Where only images for
    Windows are built, a backslash separates folders, as Docker on Windows has it.
    """
    builds = [stage for dockerfile in file.dockerfiles for stage in dockerfile.stages]
    is_for_windows = bool(builds) and all(stage.windows for stage in builds)
    for problem in file.syntax.problems:
        text = file.syntax.file.text[problem.start : problem.end]
        if is_for_windows and text.endswith("\\") and "[" not in text:
            continue
        yield Diagnostic(
            Span(file.syntax.file, problem.start, problem.end),
            problem.message,
            help="correct the pattern, or delete it",
            evidence=problem.kind,
        )


@rule(
    "DI009",
    "unused-ignore-file",
    Severity.INFO,
    category="reading",
    sources=SOURCES,
    examples=(
        Example(
            bad="node_modules  # error: node_modules\n",
            path="api/.dockerignore",
            files={
                "api/Dockerfile": "FROM node:22-alpine\nCOPY api/main.js /\n",
                "api/main.js": "\n",
                "compose.yaml": "services:\n  api:\n    build:\n      context: .\n      dockerfile: api/Dockerfile\n",
            },
        ),
    ),
)
def unused_ignore_file(file: IgnoreFile) -> Iterator[Diagnostic]:
    """Docker does not read this file: it is beside a Dockerfile whose context is elsewhere.

    Why: Everything that it lists is part of the build all the same.

    `.dockerignore` counts at the root of the context, which Docker Compose's `context` names. For
    one Dockerfile alone, `<its name>.dockerignore` beside it counts.
    """
    if file.dockerfiles or posixpath.basename(file.path) != ".dockerignore":
        return
    folder = posixpath.dirname(file.path) or "."
    # The one that takes the whole context is the one that the file matters for.
    dockerfiles = sorted(
        file.project.all_dockerfiles(), key=lambda one: next(root_copies([one]), None) is None
    )
    for dockerfile in dockerfiles:
        if (posixpath.dirname(dockerfile.path) or ".") != folder or dockerfile.inline:
            continue
        folders = [build.folder for build in dockerfile.builds]
        if not folders or None in folders:
            continue
        contexts = [context or "." for context in folders]
        if folder not in map(posixpath.normpath, contexts):
            patterns, context = file.syntax.patterns, min(contexts)
            yield Diagnostic(
                patterns[0].span if patterns else Span(file.syntax.file, 0, 0),
                f"Docker does not read this file: the context of {dockerfile.path} is {context}",
                help=_place_for(file, dockerfile, context),
                evidence=beside(file.path, dockerfile.path),
            )
            return


def _place_for(file: IgnoreFile, dockerfile: Dockerfile, context: str) -> str:
    """What to do with an ignore file that Docker does not read, so that no other one is lost."""
    in_use = dockerfile.ignore
    if in_use is None:
        return (
            f"move its lines to {posixpath.normpath(posixpath.join(context, '.dockerignore'))}, or name it "
            f"{posixpath.basename(dockerfile.path)}.dockerignore; paths are relative to {context}"
        )
    folder = posixpath.relpath(posixpath.dirname(file.path) or ".", context)
    kept_in = any(pattern.negated for pattern in in_use.patterns)
    known = set() if kept_in else {pattern.cleaned for pattern in in_use.patterns}
    for pattern in file.syntax.patterns:
        path = posixpath.normpath(posixpath.join(folder, pattern.cleaned))
        names = (path, pattern.cleaned if pattern.cleaned.startswith("**/") else "")
        covered = not known.isdisjoint(names) or (not _is_wild(pattern) and in_use.matches(path))
        if pattern.negated or not covered:
            return f"add the missing lines to {in_use.file.path} (relative to {context}), and delete this file"
    return f"delete it: {in_use.file.path} excludes the same"
