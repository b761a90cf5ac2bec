"""The state of loading one stack: its files, its problems, the variables that it uses."""

from __future__ import annotations

from math import isfinite

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..files.paths import clean_path
from ..files.reader import ReadProblem
from ..source.yaml.nodes import Mapping, Node, Scalar, YamlFile
from .interpolation import VariableUse, evaluate
from .merge import Merging
from .nodes import entries_of, items_of
from .paths import Folder
from .problem import Problem
from .release import CURRENT, OLDER
from .resolve import Path, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..files.reader import Reader
    from .environment import Variables


_NOT_FINITE = on_demand(r"(?i)(?<![a-z])(?:inf|nan)")
"""What the text of a number that is not finite begins with."""


class Source(NamedTuple):
    """A file that belongs to a stack, read or not.

    ``role`` is one of ``compose``, ``include``, ``extends``, ``dotenv``, ``env_file`` and
    ``label_file``; ``file`` is None if it could not be read, for the reason ``problem``.
    ``reference`` is the place that names the file, if any does.
    """

    path: str
    role: str
    file: SourceFile | None
    yaml: YamlFile | None = None
    problem: ReadProblem | None = None
    reference: Span | None = None


class Document(NamedTuple):
    """One document of a file, resolved and with its variables replaced."""

    root: Mapping
    resets: tuple[tuple[Path, Node], ...]


def is_remote_file(path: str) -> bool:
    """Whether Compose fetches a file that is included or extended from elsewhere."""
    if path.startswith(("oci://", "git://", "ssh://", "git@", "github.com/")):
        return True
    address = path.partition("#")[0]
    return path.startswith(("http://", "https://")) and address.endswith(".git")


RESOURCES = ("networks", "volumes", "secrets", "configs")
"""The top-level sections whose entries services refer to."""

NamedFile = tuple[str, Node | None]
"""A file's path and the node that names it; None if it was named on the command line."""


class Scope(NamedTuple):
    """What the files of one stack have in common.

    ``folder`` is the project directory, ``chain`` the files that include each other up to
    this stack; it is empty for the main one. ``lookup`` is the folder that names of other
    Compose files start from: another one where the project directory does not exist.
    """

    folder: str
    variables: Variables
    chain: tuple[NamedFile, ...] = ()
    lookup: str = ""

    @property
    def files_folder(self) -> str:
        """The folder that names of other Compose files start from."""
        return self.lookup or self.folder


class Context:
    """The state of loading one stack.

    ``named_at`` is the place that names the stack's files, if any does; ``release`` the
    release of Docker Compose whose verdict and model are wanted.
    """

    def __init__(
        self, reader: Reader, named_at: Span | None = None, release: str = CURRENT
    ) -> None:
        self.reader = reader
        self.release = release
        self.merging = Merging(self.report, release)
        self.named_at = named_at
        self.problems: list[Problem] = []
        self.main: SourceFile | None = None
        """The first file of the stack that can be read."""
        self.sources: dict[tuple[str, str], Source] = {}
        """The files of the stack by path and role."""
        self.uses: list[VariableUse] = []
        self.partial = False
        """Whether a file is missing from the model, so that nothing can be called undefined."""
        self.incomplete: set[str] = set()
        """Services that lack attributes in the model."""
        self.checked: set[int] = set()
        """The ids of nodes that are checked and do not change; ``_kept`` keeps them alive."""
        self.root_folder = Folder(".")
        self.extended: dict[str, Node] = {}
        """The node that says what a service extends, by the service's name."""
        self.resets: dict[Path, Node] = {}
        """The node that removed a path of the model with ``!reset``."""
        self.invalid: set[tuple[str, ...]] = set()
        """The entries of sections that do not fit the schema."""
        self.deferred: list[tuple[Node, Problem]] = []
        """Problems of values, which count if the values are in the model in the end."""
        self._kept: list[Node | Variables] = []
        self._reported: dict[tuple[str, SourceFile, int, int], int] = {}
        self._used: set[tuple[SourceFile, int]] = set()
        self._documents: dict[tuple[str, int], tuple[Document, ...]] = {}

    def report(self, problem: Problem) -> None:
        """Keep a problem; the same one at the same place counts once."""
        if problem.only:
            problem = problem.for_release(self.release)
        span = problem.span
        key = (problem.kind, span.file, span.start, span.end)
        index = self._reported.setdefault(key, len(self.problems))
        if index == len(self.problems):
            self.problems.append(problem)
        elif problem.rejects and not self.problems[index].rejects:
            # What only happens with some profile for one service, another one has always.
            self.problems[index] = problem

    def report_deferred(self, tree: Mapping) -> None:
        """Report the problems of values that the finished model still contains."""
        if not self.deferred:
            return
        nodes: set[int] = set()
        pending: list[Node] = [tree]
        while pending:
            node = pending.pop()
            nodes.add(id(node))
            pending += [entry.value for entry in entries_of(node)] or items_of(node)
        for node, problem in self.deferred:
            if id(node) in nodes:
                self.report(problem)

    def report_unread(self, problem: ReadProblem, noun: str, span: Span | None) -> None:
        """Report that a file cannot be read; ``span`` is the place that names it, if any does."""
        place = problem.span or span
        if place is None:
            # It was named on the command line: shown at the start of the stack.
            place = Span(self.main or SourceFile(problem.path, ""), 0, 0)
        rejects = problem.kind not in ("file-too-large", "utf-16", "path-outside-project")
        kind = f"{noun}-missing" if problem.kind == "file-missing" else problem.kind
        self.report(Problem(kind, problem.message, place, rejects=rejects))

    def use(self, use: VariableUse) -> None:
        """Keep a reference to a variable; each place counts once."""
        key = (use.span.file, use.span.start)
        if key not in self._used:
            self._used.add(key)
            self.uses.append(use)

    def mark_checked(self, node: Node) -> None:
        """Remember that a node, which does not change any more, is checked."""
        if id(node) not in self.checked:
            self.checked.add(id(node))
            self._kept.append(node)

    def add_source(
        self,
        path: str,
        role: str,
        content: YamlFile | SourceFile | ReadProblem,
        reference: Span | None,
    ) -> None:
        """Keep a file, or the reason why it cannot be read, under its path and role."""
        yaml = content if isinstance(content, YamlFile) else None
        file = yaml.source if yaml else content if isinstance(content, SourceFile) else None
        problem = content if isinstance(content, ReadProblem) else None
        source = Source(path, role, file, yaml, problem, reference)
        self.sources.setdefault((path, role), source)

    def read(self, path: str, role: str, reference: Node | None, noun: str) -> YamlFile | None:
        """A YAML file; None after a report if it cannot be read."""
        path = clean_path(path)
        content = self.reader.read(path)
        span = reference.span if reference is not None else None
        self.add_source(path, role, content, span)
        if isinstance(content, YamlFile):
            return content
        self._miss(role)
        if span is None and self.named_at is not None:
            span = self.named_at
            content = content._replace(message=f"{content.message}; COMPOSE_FILE names it")
        self.report_unread(content, noun, span)
        return None

    def documents(self, yaml: YamlFile, role: str, variables: Variables) -> tuple[Document, ...]:
        """A file's documents, ready to be merged. Their problems are reported."""
        key = (yaml.source.path, id(variables))
        documents = self._documents.get(key)
        if documents is None:
            documents = self._kept_documents(yaml, role, variables)
            self._documents[key] = documents
            self._kept.append(variables)
        return documents

    def _kept_documents(
        self, yaml: YamlFile, role: str, variables: Variables
    ) -> tuple[Document, ...]:
        """The documents of a file as the last run made them, if it has made them of the same."""
        kept = self.reader.shared.kept
        path = yaml.source.path
        known: _Known | None = kept.documents.get(path) if kept is not None else None
        if known is None or not known.holds(yaml, self.release, variables):
            known = _load_documents(yaml, variables, self.release)
            if kept is not None:
                kept.documents[path] = known
        for problem in known.problems:
            self.report(problem)
        for use in known.uses:
            self.use(use)
        if known.misses:
            self._miss(role)
        return known.documents

    def _miss(self, role: str) -> None:
        self.partial = self.partial or role != "extends"


class _Known(NamedTuple):
    """The documents of a file, and what was found on the way.

    ``asked`` are the values of the variables that it refers to: with others it may be another.
    """

    yaml: YamlFile
    release: str
    asked: dict[str, str | None]
    documents: tuple[Document, ...]
    problems: list[Problem]
    uses: list[VariableUse]
    misses: bool

    def holds(self, yaml: YamlFile, release: str, variables: Variables) -> bool:
        """Whether it is what the file comes to with these variables."""
        if self.yaml is not yaml or self.release != release:
            return False
        for name, value in self.asked.items():
            now = variables.lookup(name)
            if now != value or type(now) is not type(value):
                return False
        return True


def _load_documents(yaml: YamlFile, variables: Variables, release: str) -> _Known:
    """The documents of a file, ready to be merged."""
    documents: list[Document] = []
    problems: list[Problem] = []
    uses: list[VariableUse] = []
    asked: dict[str, str | None] = {}
    misses = False

    def lookup(name: str) -> str | None:
        asked[name] = value = variables.lookup(name)
        return value

    for error in yaml.problems:
        misses = True
        kind = "yaml-syntax" if error.kind == "syntax" else error.kind
        problems.append(Problem(kind, error.message, Span(yaml.source, error.start, error.end)))
    if yaml.long_key is not None:
        place = Span(yaml.source, yaml.long_key.start, yaml.long_key.end)
        problems.append(Problem("yaml-syntax", yaml.long_key.message, place, only=OLDER))
    low = yaml.source.text.lower()
    has_odd_numbers = ("inf" in low or "nan" in low) and _NOT_FINITE.search(
        yaml.source.text
    ) is not None
    for document in yaml.documents:
        root, resets, found = resolve(document, release)
        problems += found
        if root is None:
            misses = True
        elif isinstance(root, Mapping):
            evaluated = evaluate(root, lookup, problems.append, uses.append, release)
            if has_odd_numbers:
                problems += _not_finite(evaluated)
            documents.append(Document(evaluated, resets))
        elif yaml.problems and isinstance(root, Scalar):
            misses = True  # A text is what is left of a file with an error, told above.
        else:
            is_empty = not root.span.text.strip()
            message = (
                "a Compose file is a mapping at its top level, with keys such as services; "
                + ("this document is empty" if is_empty else f"this is a {root.kind}")
            )
            problems.append(Problem("top-level-not-a-mapping", message, _first_line(root)))
    return _Known(yaml, release, asked, tuple(documents), problems, uses, misses)


def _not_finite(root: Node) -> Iterator[Problem]:
    """The problems of numbers that JSON cannot hold, which Compose passes models through since 5."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Scalar) and isinstance(node.value, float):
            if not isfinite(node.value):
                message = f"{node.raw} is not a finite number"
                yield Problem("schema-type", message, node.span, only=CURRENT)
        else:
            pending += [entry.value for entry in entries_of(node)] or items_of(node)


def _first_line(node: Node) -> Span:
    """The first line of a node, for a problem of all of it."""
    text = node.file.text
    start = node.start
    if node.end <= start:
        # An empty document: the line that opens it is to be seen.
        start = max(0, text.rfind("---", 0, start))
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return Span(node.file, start, max(end, min(len(text), start + 1)))
