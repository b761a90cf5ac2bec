"""ShellCheck on the RUN scripts of Dockerfiles: one look at all of a run's scripts.

The program comes with the extra ``composelint[shell]`` or is named by the configuration;
what happens to be on PATH is not used. Its findings keep their codes (SC2086) and messages
and are placed where their text stands in the Dockerfile. Whatever the program does, the
worst that comes of it is a note.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, ClassVar

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..rule import Applicability, Diagnostic, Edit, Fix, Related, Severity
from ..rulebook.shellcheck_codes import explained
from .program import ABSENT, find_program
from .sheets import Sheet, sheets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..base.text import Span
    from ..model.dockerfile import Dockerfile
    from ..rulebook.selection import Selection

LEFT_OUT = frozenset(
    (
        1008,  # the first line names no shell that it knows: that line is ours
        1090,  # a sourced file that it cannot follow: it is in the image
        1091,
        1128,  # a heredoc's shebang, below the lines that we put first
        2148,  # no shebang
        2187,  # busybox's shell is taken for dash
        2239,  # a shebang without a full path
        2291,  # repeated blanks: they are the indentation of a continued line
    )
)
"""Codes that tell nothing about a script in a Dockerfile."""

OPT_IN = frozenset(
    (
        1007,  # VAR= &&
        2043,  # a loop over one item: lists of keys that have one entry today
        2046,  # make -j$(nproc), apt-get purge $(…)
        2155,  # export GNUPGHOME="$(mktemp -d)"
    )
)
"""Warnings that are mostly idioms in the Dockerfiles of public repositories."""


SECONDS = 60.0
"""How long the program may take for one run's scripts."""
MAX_REPLY = 64 * 1024 * 1024
"""How much it may say, in bytes."""
MAX_FILES = 2000
"""How many scripts one process gets: a command line has an end."""
_PER_PROCESS = 60
_MAX_MESSAGE = 1000
_MAX_KNOWN = 5000

_UNQUOTED = 2086
_LIST_NAME = on_demand(r"\$\{?\w*(?:[^\Wsiu]s|opt|list|flag)\}?", re.IGNORECASE)
"""A variable whose name is in the plural: ``$BUILD_DEPS``, ``${packages}``."""

_LEVELS = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "style": Severity.INFO,
}
_TEMPLATE_MARKS = ("{{", "{%", "<%")


# --- codes


def presets_of(code: int, level: str) -> tuple[str, ...]:
    """The presets in which a finding is wanted."""
    if level == "style":
        return ("style",)
    return ("recommended",) if level in ("error", "warning") and code not in OPT_IN else ()


# --- a run


class Outcome:
    """What a run's scripts came to.

    ``found`` are the findings that the selection wants, ``unwanted`` the others. ``notes``
    say what went wrong, ``asides`` what is as it should be and still worth knowing; ``ran``
    tells whether all scripts were looked at.
    """

    __slots__ = ("asides", "found", "notes", "ran", "unwanted")

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.unwanted: list[Diagnostic] = []
        self.notes: list[str] = []
        self.asides: list[str] = []
        self.ran = False


def check(dockerfiles: Iterable[Dockerfile], setting: bool | str, selection: Selection) -> Outcome:
    """Look at the scripts of these Dockerfiles. Never raises.

    ``setting`` is False, True for the installed program, or the path of another one.
    """
    outcome = Outcome()
    if setting is False or not selection.allows_some("SC"):
        return outcome
    sheets = (sheet for dockerfile in dockerfiles for sheet in sheets_of(dockerfile))
    first = next(sheets, None)
    if first is None:
        return outcome
    program = setting if isinstance(setting, str) else find_program()
    if program is None:
        # Whoever asks for its codes by name is told that nothing looks for them.
        told = outcome.notes if selection.names("SC") else outcome.asides
        told.append(ABSENT)
        return outcome
    listed = [first, *sheets]
    known = _Known.of(program)
    missing = list(dict.fromkeys(sheet.text for sheet in listed if sheet.text not in known))
    trouble = known.learn(missing)
    if trouble:
        outcome.notes.append(f"ShellCheck ({program}): {trouble}; its findings are missing")
    outcome.ran = not trouble
    for sheet in listed:
        for comment, item in _findings(sheet, known.get(sheet.text, ())):
            rule = explained(item.code)
            assert rule is not None
            override = selection.override(rule)
            item.declared_by(rule)
            item.severity = override or _LEVELS[comment.level]
            presets = presets_of(comment.code, comment.level)
            wanted = selection.allows(item.code, presets)
            (outcome.found if wanted else outcome.unwanted).append(item)
    return outcome


class _Place(NamedTuple):
    """A range in a sheet; numbers count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class _Replacement(NamedTuple):
    place: _Place
    text: str
    closes: bool


class _Comment(NamedTuple):
    """One finding as the program reports it."""

    place: _Place
    level: str
    code: int
    message: str
    fix: tuple[_Replacement, ...]


class _Known(dict[str, "tuple[_Comment, ...]"]):
    """What a program said about scripts, by their text.

    Fixing lints again and again, and most scripts stay as they are. A program that failed
    is not asked again.
    """

    _by_program: ClassVar[dict[str, _Known]] = {}

    def __init__(self, program: str) -> None:
        super().__init__()
        self.program = program
        self.trouble = ""

    @classmethod
    def of(cls, program: str) -> _Known:
        known = cls._by_program.get(program)
        if known is None or len(known) > _MAX_KNOWN:
            known = cls._by_program[program] = cls(program)
        return known

    def learn(self, texts: Sequence[str]) -> str:
        """Ask the program about these scripts; what went wrong, empty where nothing did."""
        if not texts or self.trouble:
            return self.trouble
        self.trouble = self._ask(texts)
        return self.trouble

    def _ask(self, texts: Sequence[str]) -> str:
        from tempfile import TemporaryDirectory

        try:
            with TemporaryDirectory(prefix="composelint-", ignore_cleanup_errors=True) as folder:
                for number, text in enumerate(texts):
                    with open(os.path.join(folder, str(number)), "wb") as stream:
                        stream.write(text.encode("utf-8", "replace"))
                replies, trouble = _ask(self.program, folder, len(texts))
        except OSError as error:
            return error.strerror or type(error).__name__
        for numbers, reply in replies:
            comments = _read(reply, numbers)
            if comments is None:
                trouble = trouble or "it answers with something else than a report"
                continue
            for number in numbers:
                self[texts[number]] = tuple(comments.get(number, ()))
        return trouble


def _ask(program: str, folder: str, count: int) -> tuple[list[tuple[Sequence[int], bytes]], str]:
    """Run the program on the files ``0`` to ``count`` of a folder: its replies, and trouble.

    Many files are shared out among as many processes as there are processors.
    """
    from .process import Process

    shares = max(min(os.cpu_count() or 1, -(-count // _PER_PROCESS)), -(-count // MAX_FILES))
    # A setting of the machine must not change what is found.
    environment = {key: value for key, value in os.environ.items() if key != "SHELLCHECK_OPTS"}
    processes: list[tuple[Sequence[int], Process]] = []
    replies: list[tuple[Sequence[int], bytes]] = []
    trouble = ""
    try:
        for share in range(shares):
            numbers = range(share, count, shares)
            arguments = [program, "--norc", "--format=json1", *map(str, numbers)]
            process = Process(arguments, folder, environment, MAX_REPLY)
            processes.append((numbers, process))
        for listed, process in processes:
            trouble = process.wait(SECONDS) or trouble
            if process.trouble == "" and process.code not in (0, 1, 2):
                trouble = f"it ended with exit code {process.code}"
            elif process.trouble == "":
                replies.append((listed, process.output))
    finally:
        for _, process in processes:
            process.kill()
    return replies, trouble


def _read(reply: bytes, numbers: Sequence[int]) -> dict[int, list[_Comment]] | None:
    """The comments in a reply by the number of their file; None if it is no report."""
    import json

    try:
        data = json.loads(reply)
        comments: dict[int, list[_Comment]] = {}
        for entry in data["comments"]:
            number = int(entry["file"])
            if number not in numbers:
                return None
            comments.setdefault(number, []).append(_comment(entry))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return comments


def _comment(entry: dict[str, Any]) -> _Comment:
    level, code, message = entry["level"], entry["code"], entry["message"]
    if level not in _LEVELS or not isinstance(message, str) or not 1000 <= int(code) < 10000:
        raise ValueError(level)
    replacements = entry.get("fix") or {}
    fix = tuple(
        _Replacement(
            _place(item), str(item["replacement"]), item.get("insertionPoint") == "beforeStart"
        )
        for item in replacements.get("replacements", ())
    )
    return _Comment(_place(entry), level, int(code), message[:_MAX_MESSAGE], fix)


def _place(entry: dict[str, Any]) -> _Place:
    return _Place(
        int(entry["line"]), int(entry["column"]), int(entry["endLine"]), int(entry["endColumn"])
    )


# --- findings in their places


def _findings(sheet: Sheet, comments: Sequence[_Comment]) -> Iterator[tuple[_Comment, Diagnostic]]:
    kept = [comment for comment in comments if _applies(comment, sheet)]
    for comment, others in _syntax_errors_joined(kept):
        span = sheet.span(*comment.place)
        if span is None:
            continue
        item = Diagnostic(
            span,
            comment.message,
            related=[
                Related(place, other.message)
                for other in others
                if (place := sheet.span(*other.place)) is not None
            ],
            fix=_fix(sheet, comment, span),
        )
        item.code = f"SC{comment.code}"
        item.owner = ("stage", sheet.stage.label)
        yield comment, item


def _applies(comment: _Comment, sheet: Sheet) -> bool:
    code = comment.code
    if code in LEFT_OUT:
        return False
    if 3000 <= code < 4000 and not sheet.shell_known:
        return False
    if code < 2000 and any(mark in sheet.text for mark in _TEMPLATE_MARKS):
        # Not the shell's syntax yet.
        return False
    # It takes /bin/echo for the shell's own echo.
    before = sheet.before(comment.place.line, comment.place.column).rstrip()
    return not (code in (3036, 3037) and before.endswith("/echo"))


_GAVE_UP = (1072, 1073)
_IN_WHAT = 1009


def _syntax_errors_joined(
    comments: Sequence[_Comment],
) -> Iterator[tuple[_Comment, Sequence[_Comment]]]:
    """The comments; of several that one syntax error brings, the one that says most."""
    errors = [each for each in comments if each.level == "error" and each.code < 2000]
    if not any(each.code == 1072 for each in errors):
        for comment in comments:
            yield comment, ()
        return
    telling = [each for each in errors if each.code not in _GAVE_UP]
    main = (telling or [each for each in errors if each.code == 1073] or errors)[0]
    rest = telling[1:] or [each for each in errors if each.code == 1072 and each is not main]
    yield main, [each for each in rest if each.place != main.place]
    for comment in comments:
        if comment not in errors and comment.code != _IN_WHAT:
            yield comment, ()


def _fix(sheet: Sheet, comment: _Comment, span: Span) -> Fix | None:
    """ShellCheck's own edits, where each of them is in one piece in the file.

    Quotes around a variable that holds several words, as its name says, would break the command.
    """
    if comment.code == _UNQUOTED and _LIST_NAME.fullmatch(span.text):
        return None
    edits: list[Edit] = []
    taken: set[tuple[int, int]] = set()
    for replacement in comment.fix:
        where = sheet.edit_span(*replacement.place, closes=replacement.closes)
        if where is None or "\n" in replacement.text or (where.start, where.end) in taken:
            return None
        taken.add((where.start, where.end))
        edits.append(Edit(where, replacement.text))
    if not edits:
        return None
    edits.sort(key=lambda edit: edit.span.start)
    at = edits[0].span.start
    for edit in edits:
        if edit.span.start < at:
            return None
        at = edit.span.end
    return Fix(_title(edits, span), tuple(edits), Applicability.UNSAFE)


def _title(edits: Sequence[Edit], span: Span) -> str:
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
