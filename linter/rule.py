"""What a rule declares and what it reports: all that a rule imports besides the model.

A rule is a plain generator function under one declaration::

    @rule("CF210", "missing-healthcheck", Severity.WARNING, category="start", ...)
    def missing_healthcheck(service: Service) -> Iterator[Diagnostic]:
        \"\"\"One sentence of what and why.

        A few sentences more.
        \"\"\"

The annotation of its first parameter says what it runs on; a second parameter, where
there is one, is annotated with a frozen dataclass of options. The docstring's first line
is the summary, the rest the explanation. Registry, documentation, configuration schema
and tests all come from this one declaration.
"""

from __future__ import annotations

from enum import IntEnum

from .base.records import NamedTuple
from .base.text import Position, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    from .source.yaml.nodes import Node


class Severity(IntEnum):
    """How much a finding matters: INFO advises, WARNING will bite, ERROR fails or harms now."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Applicability(IntEnum):
    """SAFE: what runs does not change. UNSAFE: behaviour changes, or a value had to be chosen."""

    UNSAFE = 1
    SAFE = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class Edit(NamedTuple):
    """Replace the text of a span (an empty span inserts)."""

    span: Span
    replacement: str


class Create(NamedTuple):
    """Make a file that does not exist. ``path`` is written as ``SourceFile.path`` is."""

    path: str
    text: str


class Fix(NamedTuple):
    """Text edits that remove a finding.

    ``changes`` names the paths of the resolved stack that the fix alters, such as
    ``services.web.restart``; a safe fix of a Compose file has none.
    """

    title: str
    edits: tuple[Edit | Create, ...]
    applicability: Applicability
    changes: tuple[str, ...] = ()


class Related(NamedTuple):
    """Another place that the finding is about."""

    span: Span
    message: str


class Diagnostic:
    """One finding.

    ``message`` states the fact with the names and values found, ``help`` says what to do.
    ``subject`` is the logical path (``services.web.ports[0]``), ``evidence`` what was found
    there: with the code they identify the finding across edits of the file. Rules leave
    ``code``, ``name``, ``category`` and ``severity`` to the engine unless a case deserves
    another severity.
    ``sensitive`` are the places whose text no report may show, of any finding: the values of
    secrets.
    """

    __slots__ = (
        "category",
        "code",
        "evidence",
        "fix",
        "help",
        "message",
        "name",
        "owner",
        "related",
        "sensitive",
        "severity",
        "span",
        "stack",
        "subject",
        "suppressed",
    )

    def __init__(
        self,
        where: Span | Node,
        message: str,
        *,
        help: str = "",
        severity: Severity | None = None,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        subject: str = "",
        evidence: str = "",
        sensitive: Iterable[Span] = (),
    ) -> None:
        self.span = where if isinstance(where, Span) else where.span
        self.message = message
        self.help = help
        self.severity: Severity = severity  # type: ignore[assignment]  # the engine fills it in
        self.related = tuple(related)
        self.fix = fix
        self.subject = subject
        self.evidence = evidence
        self.sensitive = tuple(sensitive)
        self.code = ""
        self.name = ""
        self.category = ""
        self.stack: str | None = None
        self.owner: tuple[str, str] | None = None  # ("service" or "stage", its name)
        self.suppressed: str | None = None

    def declared_by(self, rule: Rule) -> None:
        """Take over code, name and category of the rule that found it."""
        self.code, self.name, self.category = rule.code, rule.name, rule.category

    @property
    def path(self) -> str:
        """The file, relative to the working folder."""
        return self.span.file.path

    @property
    def start(self) -> Position:
        """Where it begins in the file."""
        place = self.span.origin
        return place.file.position(place.start)

    @property
    def end(self) -> Position:
        """Where it ends in the file, exclusive."""
        place = self.span.origin
        return place.file.position(place.end)

    def __repr__(self) -> str:
        return f"Diagnostic({self.code or '?'}, {self.span!r}, {self.message!r})"


class Example(NamedTuple):
    """A text on which the rule fires and its repaired twin on which no rule does.

    In ``bad`` (and in ``files``) a comment ``# error: TEXT`` at the end of a line says
    that the rule reports a span beginning with ``TEXT`` there; ``# error`` alone names
    the line only. The marks are removed before linting. ``files`` are the other files
    of the project by path, the same on both sides. ``good`` may be empty where nothing
    of the kind can be right. ``options`` are the rule's options under which it holds.
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
"""What rules are about; each rule declares one."""


class Rule:
    """A declared rule; ``check`` is the function, None where the engine itself reports."""

    __slots__ = (
        "category",
        "check",
        "code",
        "engine",
        "equivalents",
        "examples",
        "fix",
        "name",
        "option_type",
        "presets",
        "security_severity",
        "severity",
        "severity_in",
        "since",
        "sources",
        "subject",
    )

    def __init__(self, code: str, name: str, severity: Severity, check: Callable[..., Any]) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.check = check
        self.category = ""
        self.presets: tuple[str, ...] = ()
        self.severity_in: Mapping[str, Severity] = {}
        self.since = ""
        self.equivalents: tuple[str, ...] = ()
        self.sources: tuple[str, ...] = ()
        self.examples: tuple[Example, ...] = ()
        self.engine = False
        self.security_severity: float | None = None
        notes = check.__annotations__
        names = [key for key in notes if key != "return"]
        self.subject: str = notes[names[0]] if names else ""
        self.option_type: str | None = notes[names[1]] if len(names) > 1 else None
        self.fix: Applicability | None = None

    @property
    def summary(self) -> str:
        """What the rule reports and why, in one sentence."""
        doc = self.check.__doc__ or ""
        return doc.strip().partition("\n")[0].strip()

    @property
    def explanation(self) -> str:
        """The rest of the docstring, as paragraphs."""
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
    severity_in: Mapping[str, Severity] = {},  # never changed
    since: str = "0.1",
    equivalents: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    examples: tuple[Example, ...] = (),
    fix: Applicability | None = None,
    engine: bool = False,
    security_severity: float | None = None,
) -> Callable[[Check], Check]:
    """Declare a rule.

    Args:
        code: stable once released and never used again.
        name: kebab-case, names the bad pattern.
        severity: the grade of its findings, unless a preset in ``severity_in`` has another.
        category: what the rule is about, one of ``CATEGORIES``.
        presets: those that select the rule; an empty tuple means that only ``all`` does.
        since: the version that brought it.
        equivalents: the peers' ids as ``tool:id``; they resolve to this rule everywhere.
        sources: addresses of the facts it rests on.
        fix: the most careful kind of fix that it can offer; None where it has none.
        engine: the engine reports it; the function only documents it.
        security_severity: 0.0 to 10.0, for security rules only (SARIF's property).

    Raises:
        ValueError: for a category that does not exist.
    """

    if category and category not in CATEGORIES:
        raise ValueError(f'{code}: "{category}" is none of {", ".join(CATEGORIES)}')

    def declare(check: Check) -> Check:
        made = Rule(code, name, severity, check)
        made.category = category
        made.presets = presets
        made.severity_in = severity_in
        made.since = since
        made.equivalents = equivalents
        made.sources = sources
        made.examples = examples
        made.fix = fix
        made.engine = engine
        made.security_severity = security_severity
        _declared.append(made)
        return check

    return declare


def take_declared() -> list[Rule]:
    """The rules declared since the last call (the registry collects them after an import)."""
    taken = _declared[:]
    _declared.clear()
    return taken
