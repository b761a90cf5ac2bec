"""Declarations of rules and what they report: all that a rule imports besides the model.

A rule is a plain generator function under one declaration::

    @rule("CF210", "missing-healthcheck", Severity.WARNING, category="start", ...)
    def missing_healthcheck(service: Service) -> Iterator[Diagnostic]:
        \"\"\"One sentence of what and why.

        A few sentences more.
        \"\"\"

The annotation of its first parameter says what it runs on; a second parameter, if there is
one, is annotated with a frozen dataclass of options. The first line of the docstring is the
summary, the rest the explanation. Registry, documentation, configuration schema and tests
all use this one declaration.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import islice

from .base.records import NamedTuple
from .base.text import Position, SourceFile, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    from .source.yaml.nodes import Node


class Severity(IntEnum):
    """How much a finding matters (docs/severities.md).

    ERROR: Docker refuses it or it surely fails. WARNING: it may fail, does something else than it
    says, or is a risk. INFO: advice; nothing breaks without it.
    """

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Applicability(IntEnum):
    """How far a fix can be trusted.

    SAFE: what runs does not change. UNSAFE: it changes, by a value that evidence supports
    (known data of the image, the file itself, ``[fix]``, the budget of the machine).
    SUGGESTION: a person must choose; it is shown and never applied.
    """

    SUGGESTION = 0
    UNSAFE = 1
    SAFE = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class Edit(NamedTuple):
    """Replaces the text of a span (an empty span inserts)."""

    span: Span
    replacement: str


class Create(NamedTuple):
    """Creates a file that does not exist. ``path`` has the form of ``SourceFile.path``."""

    path: str
    text: str


class Append(NamedTuple):
    """Adds lines at the end of a text file, which is made if it does not exist.

    Several fixes may add lines to one file at once: a line that two of them add is written once,
    and two lines that set one name differently (``NAME=1``, ``NAME=2``) are not added together.
    ``file`` is the file as it was read; where there is none, an empty one with its path, and
    ``exists`` is false. The values of ``secret`` lines (``NAME=value``) are never shown.
    """

    file: SourceFile
    lines: tuple[str, ...]
    exists: bool
    secret: bool = False


def as_edit(append: Append) -> Edit | Create:
    """What adding lines comes to where nothing else is added to the file."""
    text = "\n".join(append.lines)
    if not append.exists:
        return Create(append.file.path, f"{text}\n")
    end = len(append.file.text)
    # A file without a line break at its end stays one.
    is_open = end > 0 and not append.file.text.endswith("\n")
    return Edit(Span(append.file, end, end), f"\n{text}" if is_open else f"{text}\n")


class Fix(NamedTuple):
    """Text edits that remove a finding.

    ``changes`` names the paths of the resolved stack that the fix alters, such as
    ``services.web.restart``; a safe fix of a Compose file has none.
    """

    title: str
    edits: tuple[Edit | Create | Append, ...]
    applicability: Applicability
    changes: tuple[str, ...] = ()


class Related(NamedTuple):
    """Another place that a finding is about."""

    span: Span
    message: str


MOST_RELATED = 100
"""The most related places of a finding: nobody looks at more, and reports show each with its line."""


class Diagnostic:
    """One finding.

    ``message`` states the fact with names and values, ``help`` says what to do. ``subject`` is
    the logical path (``services.web.ports[0]``), ``evidence`` the value there: with the code
    they identify the finding across edits of the file. The engine sets ``code``, ``name``,
    ``category`` and ``severity``; rules set ``severity`` only if it differs for this finding.
    ``sensitive`` are the places of secrets, whose text no report may show, in any finding.
    ``stack`` names the stack, ``owner`` the service or stage; ``suppressed`` is the reason why
    the finding is not reported, None for reported findings. ``strict`` findings are only reported
    under the presets in the ``strict_in`` of their rule, or if the rule is selected by itself.
    For these, ``fix`` is best a function: it is only called if the finding is reported.
    ``brought_by`` are the paths of the files that the engine found it to come from, where that is
    known and not obvious: a named or changed file that a finding elsewhere depends on.
    """

    __slots__ = (
        "_fix",
        "_severity",
        "brought_by",
        "category",
        "code",
        "evidence",
        "help",
        "message",
        "name",
        "owner",
        "related",
        "sensitive",
        "span",
        "stack",
        "strict",
        "subject",
        "suppressed",
        "url",
    )

    def __init__(
        self,
        where: Span | Node,
        message: str,
        *,
        help: str = "",
        severity: Severity | None = None,
        related: Iterable[Related] = (),
        fix: Fix | Callable[[], Fix | None] | None = None,
        subject: str = "",
        evidence: str = "",
        sensitive: Iterable[Span] = (),
        strict: bool = False,
    ) -> None:
        self.span = where if isinstance(where, Span) else where.span
        self.message = message
        self.help = help
        self._severity = severity
        self.related = tuple(islice(related, MOST_RELATED))
        self._fix = fix
        self.subject = subject
        self.evidence = evidence
        self.sensitive = tuple(sensitive)
        self.strict = strict
        self.code = ""
        self.name = ""
        self.category = ""
        self.stack: str | None = None
        self.owner: tuple[str, str] | None = None  # ("service" or "stage", its name)
        self.suppressed: str | None = None
        self.brought_by: tuple[str, ...] = ()
        self.url: str | None = None  # the page about a rule that is not built in, or ""

    @property
    def severity(self) -> Severity:
        """How serious it is; the least while it is not graded."""
        return self._severity or Severity.INFO

    @severity.setter
    def severity(self, severity: Severity) -> None:
        self._severity = severity

    @property
    def is_graded(self) -> bool:
        """Whether the rule or the engine has set the severity."""
        return self._severity is not None

    @property
    def fix(self) -> Fix | None:
        """The fix. A function that makes it is called when it is first asked for."""
        fix = self._fix
        if fix is not None and not isinstance(fix, Fix):
            fix = self._fix = fix()
        return fix

    @fix.setter
    def fix(self, fix: Fix | None) -> None:
        self._fix = fix

    def declared_by(self, rule: Rule) -> None:
        """Set code, name, category and page to those of the rule that reports it."""
        self.code, self.name, self.category = rule.code, rule.name, rule.category
        self.url = rule.url

    @property
    def path(self) -> str:
        """The path of the file, relative to the working folder."""
        return self.span.file.path

    @property
    def start(self) -> Position:
        """The position in the file where it begins."""
        span = self.span.origin
        return span.file.position(span.start)

    @property
    def end(self) -> Position:
        """The position in the file behind its end."""
        span = self.span.origin
        return span.file.position(span.end)

    def __repr__(self) -> str:
        return f"Diagnostic({self.code or '?'}, {self.span!r}, {self.message!r})"


class Example(NamedTuple):
    """A text for which the rule reports something, and the corrected text.

    No rule of ``preset`` (``recommended`` by default) reports anything for the corrected text;
    ``tests/rules/test_examples.py`` names the few rules about something absent that short
    examples leave out, such as a user.

    In ``bad`` (and in ``files``) a comment ``# error: TEXT`` at the end of a line says
    that the rule reports a span beginning with ``TEXT`` there; ``# error`` alone names
    the line only. The comments are removed before linting. ``files`` are the other files
    of the project by path, the same for both texts. ``good`` is empty if no such text is
    right. ``options`` are the rule's options for the example.
    """

    bad: str
    good: str = ""
    path: str = ""
    files: Mapping[str, str] = {}
    options: Mapping[str, Any] = {}
    preset: str = ""


CATEGORIES = {
    "reading": "what keeps a file from being read, or is read otherwise than it was meant",
    "build": "what fails or goes wrong when an image is built",
    "start": "what keeps a container from starting, stopping or being seen as healthy",
    "connect": "ports, names and networks: who reaches whom",
    "security": "secrets, privileges and what is open to others",
    "resources": "memory, CPUs, disk space, image size and build time",
    "maintenance": "versions, updates, logs, labels and what else keeps a stack easy to run",
    "style": "how a file is written; nothing that runs depends on it",
}
"""The categories of rules by name, each with its description; a rule declares one."""


WHY = "Why: "


class Rule:
    """A declared rule. ``check`` is its function, which only documents it if ``engine`` is set."""

    __slots__ = (
        "category",
        "check",
        "code",
        "engine",
        "equivalents",
        "examples",
        "fixes",
        "ignore_when",
        "name",
        "option_type",
        "presets",
        "security_severity",
        "severity",
        "severity_in",
        "since",
        "sources",
        "strict_in",
        "subject",
        "url",
        "words",
    )

    def __init__(self, code: str, name: str, severity: Severity, check: Callable[..., Any]) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.check = check
        self.category = ""
        self.presets: tuple[str, ...] = ()
        self.strict_in: tuple[str, ...] = ()
        self.severity_in: Mapping[str, Severity] = {}
        self.since = ""
        self.equivalents: tuple[str, ...] = ()
        self.sources: tuple[str, ...] = ()
        self.examples: tuple[Example, ...] = ()
        self.ignore_when = ""
        self.engine = False
        self.security_severity: float | None = None
        types = [type for name, type in check.__annotations__.items() if name != "return"]
        self.subject: str = types[0] if types else ""
        self.option_type: str | None = types[1] if len(types) > 1 else None
        self.fixes: tuple[Applicability, ...] = ()
        self.words: tuple[str, ...] = ()
        self.url: str | None = None

    @property
    def fix(self) -> Applicability | None:
        """The safest class of its fixes; None if it has none."""
        return max(self.fixes, default=None)

    @property
    def summary(self) -> str:
        """What the rule reports and why, in one sentence."""
        doc = self.check.__doc__ or ""
        return doc.strip().partition("\n")[0].strip()

    @property
    def explanation(self) -> str:
        """The rest of the docstring, as paragraphs."""
        return self.marked_explanation.replace(f"\n\n{WHY}", "\n\n").removeprefix(WHY)

    @property
    def marked_explanation(self) -> str:
        """The explanation, in which ``WHY`` begins the paragraph that says why the rule is there."""
        lines = (self.check.__doc__ or "").strip().partition("\n")[2].strip("\n").splitlines()
        margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        return "\n".join(line[margin:] for line in lines).strip()

    def __repr__(self) -> str:
        return f"Rule({self.code} {self.name})"


if TYPE_CHECKING:
    Check = TypeVar("Check", bound=Callable[..., Iterator[Diagnostic]])

_declared: list[Rule] = []


def rule(
    code: str,
    name: str,
    severity: Severity,
    *,
    category: str = "",
    presets: tuple[str, ...] = ("recommended",),
    strict_in: tuple[str, ...] = (),
    severity_in: Mapping[str, Severity] = {},  # never changed
    since: str = "0.1",
    equivalents: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    examples: tuple[Example, ...] = (),
    ignore_when: str = "",
    fix: Applicability | tuple[Applicability, ...] | None = None,
    engine: bool = False,
    security_severity: float | None = None,
    words: tuple[str, ...] = (),
    url: str | None = None,
) -> Callable[[Check], Check]:
    """Declare a rule.

    Args:
        code: never changed once released, and never used again.
        name: the problem in kebab-case.
        severity: the severity of its findings, unless ``severity_in`` has one for the preset.
        category: what the rule is about, one of ``CATEGORIES``.
        presets: the presets that select the rule; if empty, only ``all`` does.
        strict_in: the presets that also report the findings that the rule marks as strict.
        since: the first version that has the rule.
        equivalents: ids of rules of other linters as ``tool:id``, which select this rule too.
        sources: URLs of the facts that the rule is based on.
        ignore_when: when a finding is right and yet better accepted, as a sentence for its page.
        fix: the class of its fixes, or all that they may have; None if it has no fixes.
        engine: whether the engine reports it, and the function only documents it.
        security_severity: 0.0 to 10.0, for security rules only (SARIF's property).
        words: texts in lower case, one of which a file contains wherever the rule reports
            anything (``engine/words.py``); if there are none, it runs on all files.
        url: the page about a rule that is not built in; reports of its findings lead there.

    Raises:
        ValueError: for a category that does not exist.
    """
    if category and category not in CATEGORIES:
        raise ValueError(f'{code}: "{category}" is none of {", ".join(CATEGORIES)}')

    def declare(check: Check) -> Check:
        declared = Rule(code, name, severity, check)
        declared.category = category
        declared.presets = presets
        declared.strict_in = strict_in
        declared.severity_in = severity_in
        declared.since = since
        declared.equivalents = equivalents
        declared.sources = sources
        declared.examples = examples
        declared.fixes = () if fix is None else fix if isinstance(fix, tuple) else (fix,)
        declared.ignore_when = ignore_when
        declared.engine = engine
        declared.security_severity = security_severity
        declared.words = words
        declared.url = url
        _declared.append(declared)
        return check

    return declare


def take_declared() -> list[Rule]:
    """The rules declared since the last call (the registry collects them after an import)."""
    declared = _declared[:]
    _declared.clear()
    return declared
