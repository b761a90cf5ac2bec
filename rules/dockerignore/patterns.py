"""Patterns of ignore files that do not do what they look like."""

from __future__ import annotations

import posixpath
import re

from ...linter.edit import line_end, line_start
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.patterns import on_demand
from ...linter.source.text import Span
from ._context import SOURCES, context_copies, relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Dockerfile, IgnoreFile
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
            bad="FROM nginx:1.29-alpine\nCOPY dist/ /usr/share/nginx/html/  # error: dist/\n",
            good="FROM nginx:1.29-alpine\nCOPY public/ /usr/share/nginx/html/\n",
            path="Dockerfile",
            files={".dockerignore": "dist\n", "public/index.html": "\n"},
        ),
    ),
)
def ignored_but_copied(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """COPY names a file that the ignore file keeps out of the context: the build does not find it.

    Patterns are matched as Docker does, `!` and the folders above included. Sources with wildcards
    or variables are left alone, and folders of which a `!` pattern may take something back in.
    """
    ignore = dockerfile.ignore
    if ignore is None or not ignore.patterns:
        return
    for stage, word in context_copies(dockerfile):
        path = relative(word.value)
        if not path or path.startswith("..") or any(sign in path for sign in "*?["):
            continue
        pattern = ignore.deciding(path)
        if pattern is None or pattern.negated or _takes_back(ignore, path):
            continue
        found = Diagnostic(
            word.span,
            f"{word.value} is kept out of the context by `{pattern.raw}` ({ignore.file.path}:{pattern.line})",
            help=f"take it back in with !{path} below that line, or copy something else",
            related=[Related(pattern.span, "kept out here")],
            evidence=word.value,
        )
        found.owner = ("stage", stage.label)
        yield found


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
    sources=SOURCES,
    examples=(
        Example(bad="*.log\ndist\n*.log  # error: *.log\n", good="*.log\ndist\n"),
        Example(
            bad="# what the editor leaves\n.idea # and its friends  # error: .idea # and its friends\n",
            good="# what the editor leaves\n.idea\n",
        ),
    ),
    fix=_SAFE,
)
def dead_pattern(file: IgnoreFile) -> Iterator[Diagnostic]:
    """A pattern does nothing: another one says the same, or it cannot match what it means.

    Comments need a line of their own that begins with `#`; behind a pattern, or after blanks, they
    are part of a pattern. Backslashes escape, they do not part folders. A pattern is shadowed where
    one before it already covers all that it matches, and a `!` pattern where nothing before it
    keeps out what it would take back in. Deleting a duplicate is safe, what changes the result is
    not.
    """
    odd = set()
    for pattern in file.syntax.patterns:
        found = _unlike_meant(pattern)
        if found is not None:
            odd.add(pattern.index)
            yield found
    nothing = True
    for group in _groups(file.syntax.patterns):
        if group[0].negated:
            if nothing:
                for pattern in group:
                    yield _dead(pattern, "nothing before it keeps anything out", None)
            continue
        nothing = False
        for pattern, other in _covered([item for item in group if item.index not in odd]):
            same = other.cleaned == pattern.cleaned
            verb = "says the same" if same else "covers it"
            yield _dead(pattern, f"`{other.raw}` on line {other.line} {verb}", other)


def _groups(patterns: list[IgnorePattern]) -> Iterator[list[IgnorePattern]]:
    """Neighbours that are all negated or all not: among them the order does not matter."""
    group: list[IgnorePattern] = []
    for pattern in patterns:
        if not pattern.valid:
            continue
        if group and group[0].negated != pattern.negated:
            yield group
            group = []
        group.append(pattern)
    if group:
        yield group


_MOST_WILD = 100


def _covered(group: list[IgnorePattern]) -> Iterator[tuple[IgnorePattern, IgnorePattern]]:
    """The patterns of which another one matches all that they match, as far as that is certain."""
    known: dict[str, IgnorePattern] = {}
    for pattern in group:
        known.setdefault(pattern.cleaned, pattern)
    wild = [item for item in known.values() if _is_wild(item)][:_MOST_WILD]
    for pattern in group:
        path = pattern.cleaned
        other = known[path]
        if other is pattern:
            other = known.get("**/" + path, pattern)
            folder = path.rpartition("/")[0]
            while other is pattern and folder:
                other = known.get(folder, pattern)
                folder = folder.rpartition("/")[0]
        if other is pattern and not _is_wild(pattern):
            other = next((item for item in wild if item.matches_deep(path)), pattern)
        if other is not pattern:
            yield pattern, other


def _is_wild(pattern: IgnorePattern) -> bool:
    return any(sign in pattern.cleaned for sign in "*?[\\")


def _unlike_meant(pattern: IgnorePattern) -> Diagnostic | None:
    raw, span = pattern.raw, pattern.span
    text = pattern.file.text
    if raw.startswith("#"):
        start = line_start(text, pattern.start)
        return Diagnostic(
            span,
            "this is a pattern and no comment: # stands behind a blank",
            help="move the # to the first column",
            evidence=raw,
            fix=Fix(
                "Move # to the first column",
                (Edit(Span(pattern.file, start, pattern.start), ""),),
                _UNSAFE,
            ),
        )
    comment = _COMMENT.search(raw)
    if comment is not None:
        at = pattern.start + comment.start()
        return Diagnostic(
            span,
            "the comment behind this pattern is part of it, so that it matches nothing",
            help="move the comment to a line of its own",
            evidence=raw,
            fix=Fix(
                "Delete the comment", (Edit(Span(pattern.file, at, pattern.end), ""),), _UNSAFE
            ),
        )
    if re.search(r"\w\\\w", raw):
        return Diagnostic(
            span,
            "a backslash escapes the next character here; folders are parted by /",
            help=f"write {raw.replace(chr(92), '/')}",
            evidence=raw,
            fix=Fix("Write /", (Edit(span, raw.replace("\\", "/")),), _UNSAFE),
        )
    if pattern.cleaned.startswith("../"):
        return Diagnostic(
            span, "nothing outside the context is ever sent", help="delete it", evidence=raw
        )
    return None


def _dead(pattern: IgnorePattern, why: str, other: IgnorePattern | None) -> Diagnostic:
    text = pattern.file.text
    start, end = line_start(text, pattern.start), line_end(text, pattern.end)
    if end == len(text) and not text.endswith("\n") and start > 0:
        start -= 1
    return Diagnostic(
        pattern.span,
        f"`{pattern.raw}` does nothing: {why}",
        help="delete the line",
        related=[Related(other.span, "this pattern")] if other is not None else (),
        evidence=pattern.raw,
        fix=Fix("Delete the line", (Edit(Span(pattern.file, start, end), ""),), _SAFE),
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
    """Docker refuses the whole ignore file, and with it the build, for a pattern that is malformed.

    A bracket is open, a backslash stands at the end, or `!` stands alone.
    """
    for problem in file.syntax.problems:
        yield Diagnostic(
            Span(file.syntax.file, problem.start, problem.end),
            problem.message,
            help="correct or delete it",
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
    """Docker does not read this file: it stands beside a Dockerfile, and the context is elsewhere.

    `.dockerignore` counts at the root of the context, which Docker Compose's `context` names. For
    one Dockerfile alone, `<its name>.dockerignore` beside it counts.
    """
    if file.dockerfiles or posixpath.basename(file.path) != ".dockerignore":
        return
    folder = posixpath.dirname(file.path) or "."
    for dockerfile in file.project.all_dockerfiles():
        if (posixpath.dirname(dockerfile.path) or ".") != folder or dockerfile.inline:
            continue
        contexts = {build.folder for build in dockerfile.builds}
        if not contexts or None in contexts:
            continue
        if any(posixpath.normpath(context or ".") == folder for context in contexts):
            continue
        shown = sorted(context or "." for context in contexts)
        patterns = file.syntax.patterns
        yield Diagnostic(
            patterns[0].span if patterns else Span(file.syntax.file, 0, 0),
            f"Docker reads no ignore file here: the context of {dockerfile.path} is {shown[0]}",
            help=f"move it to {shown[0]}, or name it {posixpath.basename(dockerfile.path)}.dockerignore",
            evidence=dockerfile.path,
        )
        return
