"""Runs ShellCheck on the RUN scripts of Dockerfiles, once for all scripts of a run.

The program comes with the extra ``composelint[shell]`` or is named by the configuration; one
on PATH is not used. Its findings keep their codes (SC2086) and messages, and get the places
of their text in the Dockerfile. If the program fails, a run only gets a note.
"""

from __future__ import annotations

import os
import re
from itertools import chain, pairwise

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..rule import Applicability, Diagnostic, Edit, Fix, Related, Severity
from ..rulebook.shellcheck_codes import explained
from .program import ABSENT, find_program
from .script_files import ScriptFile, script_files_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, ClassVar

    from ..base.text import Span
    from ..model.dockerfile import Dockerfile
    from ..rulebook.selection import Selection

LEFT_OUT = frozenset(
    (
        1008,  # the first line names an unknown shell: we wrote that line
        1090,  # a sourced file that cannot be read: it is in the image
        1091,
        1128,  # a heredoc's shebang, below the lines that we added
        2148,  # no shebang
        2187,  # the shell of busybox is checked as dash
        2239,  # a shebang without a full path
        2291,  # repeated blanks: the indentation of a continued line
    )
)
"""Codes that do not apply to scripts in Dockerfiles."""

OPT_IN = frozenset(
    (
        1007,  # VAR= &&
        2043,  # a loop over one item, such as a list of keys that has one entry today
        2046,  # make -j$(nproc), apt-get purge $(…)
        2155,  # export GNUPGHOME="$(mktemp -d)"
    )
)
"""Warnings that are mostly about idioms in the Dockerfiles of public repositories."""

SECONDS = 60.0
"""The time limit of the program for the scripts of one run."""
MAX_REPLY = 64 * 1024 * 1024
"""The longest accepted output of the program, in bytes."""
MAX_FILES = 2000
"""The most scripts that one process gets: the length of a command line is limited."""
_PER_PROCESS = 60
_MAX_MESSAGE = 1000
_MAX_CACHED = 5000

_UNQUOTED = 2086
_LIST_NAME = on_demand(r"\$\{?\w*(?:[^\Wsiu]s|opt|list|flag)\}?", re.IGNORECASE)
"""A variable whose name is in the plural: ``$BUILD_DEPS``, ``${packages}``."""

_UNREADABLE = frozenset((
    1033, 1034, 1036, 1039, 1045, 1046, 1047, 1048, 1049, 1050, 1054, 1055, 1056, 1057, 1058, 1061,
    1062, 1063, 1064, 1069, 1070, 1072, 1073, 1074, 1080, 1085, 1086, 1088,
))  # fmt: skip
"""Errors of syntax: a shell refuses the script."""

_LEVELS = {
    "error": Severity.WARNING,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "style": Severity.INFO,
}
_TEMPLATE_MARKS = ("{{", "{%", "<%")


def severity_of(code: int, level: str) -> Severity:
    """The severity of a code and level; an error only where a shell cannot run the script."""
    if level == "error" and code in _UNREADABLE:
        return Severity.ERROR
    return _LEVELS[level]


def presets_of(code: int, level: str) -> tuple[str, ...]:
    """The presets that report findings of a code and level."""
    if level == "style":
        return ("style",)
    return ("recommended",) if level in ("error", "warning") and code not in OPT_IN else ()


class Outcome:
    """The findings in a run's scripts.

    ``found`` are the findings that the selection contains, ``unwanted`` the others. ``notes``
    report problems, ``asides`` what is only worth knowing; ``ran`` says whether all scripts
    were checked.
    """

    __slots__ = ("asides", "found", "notes", "ran", "unwanted")

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.unwanted: list[Diagnostic] = []
        self.notes: list[str] = []
        self.asides: list[str] = []
        self.ran = False


def check(dockerfiles: Iterable[Dockerfile], setting: bool | str, selection: Selection) -> Outcome:
    """Check the scripts of these Dockerfiles. Never raises.

    ``setting`` is False, True for the installed program, or the path of another one.
    """
    outcome = Outcome()
    if setting is False or not selection.allows_some("SC"):
        return outcome
    remaining = chain.from_iterable(map(script_files_of, dockerfiles))
    first = next(remaining, None)
    if first is None:
        return outcome
    program = setting if isinstance(setting, str) else find_program()
    if program is None:
        # A note only for users who selected ShellCheck's codes by name.
        (outcome.notes if selection.names("SC") else outcome.asides).append(ABSENT)
        return outcome
    script_files = [first, *remaining]
    cache = _Cache.of(program)
    problem = cache.add(dict.fromkeys(script_file.text for script_file in script_files))
    if problem:
        outcome.notes.append(f"ShellCheck ({program}): {problem}; its findings are missing")
    outcome.ran = not problem
    for script_file in script_files:
        for comment, finding in _findings(script_file, cache.get(script_file.text, ())):
            rule = explained(finding.code)
            assert rule is not None
            finding.declared_by(rule)
            finding.severity = selection.override(rule) or severity_of(comment.code, comment.level)
            presets = presets_of(comment.code, comment.level)
            is_wanted = selection.allows(finding.code, presets)
            (outcome.found if is_wanted else outcome.unwanted).append(finding)
    return outcome


class _Place(NamedTuple):
    """A range in a script file; numbers count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class _Replacement(NamedTuple):
    """An edit that ShellCheck suggests; for ``closes`` see ``ScriptFile.edit_span``."""

    place: _Place
    text: str
    closes: bool


class _Comment(NamedTuple):
    """A finding as the program reports it."""

    place: _Place
    level: str
    code: int
    message: str
    fix: tuple[_Replacement, ...]


class _Cache(dict[str, "tuple[_Comment, ...]"]):
    """The comments of a program on scripts, by the text of the script.

    Fixing lints repeatedly, and most scripts stay as they are. A program that failed is not
    run again.
    """

    _by_program: ClassVar[dict[str, _Cache]] = {}

    def __init__(self, program: str) -> None:
        super().__init__()
        self.program = program
        self.problem = ""

    @classmethod
    def of(cls, program: str) -> _Cache:
        """The cache of a program; a new one if it has become too large."""
        cache = cls._by_program.get(program)
        if cache is None or len(cache) > _MAX_CACHED:
            cache = cls._by_program[program] = cls(program)
        return cache

    def add(self, texts: Iterable[str]) -> str:
        """Check the scripts that are not cached yet; returns the program's problem, empty if none."""
        missing = [text for text in texts if text not in self]
        if missing and not self.problem:
            self.problem = self._check(missing)
        return self.problem

    def _check(self, texts: Sequence[str]) -> str:
        from tempfile import TemporaryDirectory

        try:
            with TemporaryDirectory(prefix="composelint-", ignore_cleanup_errors=True) as folder:
                for number, text in enumerate(texts):
                    with open(os.path.join(folder, str(number)), "wb") as stream:
                        stream.write(text.encode("utf-8", "replace"))
                replies, problem = _run(self.program, folder, len(texts))
        except OSError as error:
            return error.strerror or type(error).__name__
        for numbers, reply in replies:
            comments = _read(reply, numbers)
            if comments is None:
                problem = problem or "it answers with something else than a report"
                continue
            for number in numbers:
                self[texts[number]] = tuple(comments.get(number, ()))
        return problem


def _run(program: str, folder: str, count: int) -> tuple[list[tuple[range, bytes]], str]:
    """Run the program on the files ``0`` to ``count`` of a folder.

    Many files are divided among as many processes as there are processors. Returns the files'
    numbers and the reply of each process that succeeded, and the problem of the others.
    """
    from .process import Process

    shares = max(min(os.cpu_count() or 1, -(-count // _PER_PROCESS)), -(-count // MAX_FILES))
    # The findings must not depend on a setting of the machine.
    environment = {key: value for key, value in os.environ.items() if key != "SHELLCHECK_OPTS"}
    processes: list[tuple[range, Process]] = []
    replies: list[tuple[range, bytes]] = []
    problem = ""
    try:
        for share in range(shares):
            numbers = range(share, count, shares)
            arguments = [program, "--norc", "--format=json1", *map(str, numbers)]
            process = Process(arguments, folder, environment, MAX_REPLY)
            processes.append((numbers, process))
        for numbers, process in processes:
            failure = process.wait(SECONDS)
            if not failure and process.code not in (0, 1, 2):
                failure = f"it ended with exit code {process.code}"
            if failure:
                problem = failure
            else:
                replies.append((numbers, process.output))
    finally:
        for _, process in processes:
            process.kill()
    return replies, problem


def _read(reply: bytes, numbers: Sequence[int]) -> dict[int, list[_Comment]] | None:
    """The comments in a reply by the number of their file; None if it is not a report."""
    import json

    try:
        comments: dict[int, list[_Comment]] = {}
        for entry in json.loads(reply)["comments"]:
            number = int(entry["file"])
            if number not in numbers:
                return None
            comments.setdefault(number, []).append(_comment(entry))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return comments


def _comment(entry: dict[str, Any]) -> _Comment:
    """A comment from its JSON object; raises an error for anything else."""
    level, code, message = entry["level"], entry["code"], entry["message"]
    if level not in _LEVELS or not isinstance(message, str) or not 1000 <= int(code) < 10000:
        raise ValueError(level)
    fix = tuple(
        _Replacement(
            _place(edit), str(edit["replacement"]), edit.get("insertionPoint") == "beforeStart"
        )
        for edit in (entry.get("fix") or {}).get("replacements", ())
    )
    return _Comment(_place(entry), level, int(code), message[:_MAX_MESSAGE], fix)


def _place(entry: dict[str, Any]) -> _Place:
    return _Place(*(int(entry[key]) for key in ("line", "column", "endLine", "endColumn")))


# --- findings in the Dockerfile


def _findings(
    script_file: ScriptFile, comments: Sequence[_Comment]
) -> Iterator[tuple[_Comment, Diagnostic]]:
    """The comments on a script that apply to Dockerfiles, as findings without severity."""
    applying = [comment for comment in comments if _applies(comment, script_file)]
    for comment, others in _syntax_errors_joined(applying):
        span = script_file.span(*comment.place)
        if span is None or (comment.code == _ELSE_IF and not _is_on_one_line(span)):
            continue
        finding = Diagnostic(
            span,
            comment.message,
            related=[
                Related(other_span, other.message)
                for other in others
                if (other_span := script_file.span(*other.place)) is not None
            ],
            fix=_fix(script_file, comment, span),
        )
        finding.code = f"SC{comment.code}"
        finding.owner = ("stage", script_file.stage.label)
        yield comment, finding


_ELSE_IF = 1075


def _is_on_one_line(span: Span) -> bool:
    """Whether ``else if`` is written so; lines that are continued are joined before a shell reads them."""
    return re.match(r"else[ \t]+if\b", span.file.text[span.start : span.start + 40]) is not None


def _applies(comment: _Comment, script_file: ScriptFile) -> bool:
    """Whether a comment is about the Dockerfile, not about how its script is passed on."""
    code = comment.code
    if code in LEFT_OUT:
        return False
    if 3000 <= code < 4000 and not script_file.shell_known:
        return False
    if code < 2000 and any(mark in script_file.text for mark in _TEMPLATE_MARKS):
        # The text is a template: it is not shell syntax yet.
        return False
    # ShellCheck does not distinguish /bin/echo from the shell's own echo.
    before = script_file.before(comment.place.line, comment.place.column).rstrip()
    return not (code in (3036, 3037) and before.endswith("/echo"))


_PARSER_STOPPED = (1072, 1073)
_CONTEXT = 1009


def _syntax_errors_joined(
    comments: Sequence[_Comment],
) -> Iterator[tuple[_Comment, Sequence[_Comment]]]:
    """The comments, each with those that it stands for: a syntax error causes several."""
    errors = [error for error in comments if error.level == "error" and error.code < 2000]
    stopped = [error for error in errors if error.code == 1072]
    if stopped:
        specific = [error for error in errors if error.code not in _PARSER_STOPPED]
        main = (specific or [error for error in errors if error.code == 1073] or errors)[0]
        others = specific[1:] or [error for error in stopped if error is not main]
        yield main, [error for error in others if error.place != main.place]
    for comment in comments:
        if not stopped or (comment not in errors and comment.code != _CONTEXT):
            yield comment, ()


def _fix(script_file: ScriptFile, comment: _Comment, span: Span) -> Fix | None:
    """ShellCheck's edits; None if one of them is not contiguous in the Dockerfile.

    A variable whose name says that it contains several words is not quoted: that would break
    the command.
    """
    if comment.code == _UNQUOTED and _LIST_NAME.fullmatch(span.text):
        return None
    edits: list[Edit] = []
    for replacement in comment.fix:
        where = script_file.edit_span(*replacement.place, closes=replacement.closes)
        if where is None or "\n" in replacement.text or any(where == edit.span for edit in edits):
            return None
        edits.append(Edit(where, replacement.text))
    edits.sort(key=lambda edit: edit.span.start)
    if not edits or any(second.span.start < first.span.end for first, second in pairwise(edits)):
        return None
    return Fix(_title(edits, span), tuple(edits), Applicability.UNSAFE)


def _title(edits: Sequence[Edit], span: Span) -> str:
    """The title of a fix: the text before and after it, if that is short."""
    start = min(edits[0].span.start, span.start)
    end = max(edits[-1].span.end, span.end)
    before = span.file.text[start:end]
    after, at = "", start
    for edit in edits:
        after += span.file.text[at : edit.span.start] + edit.replacement
        at = edit.span.end
    after += span.file.text[at:end]
    if len(before) <= 60 and "\n" not in before and before.strip():
        return f"write {after} for {before}"
    return "write it as ShellCheck suggests"
