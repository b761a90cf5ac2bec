"""What loading one stack keeps: its files, its problems, the variables that it uses."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..files.paths import clean_path
from ..files.reader import ReadProblem
from ..source.yaml.nodes import Mapping, Node, YamlFile
from .interpolation import VariableUse, evaluate
from .paths import Folder
from .problem import Problem
from .resolve import Path, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..files.reader import Reader
    from .environment import Variables


class Source(NamedTuple):
    """A file that belongs to a stack, read or not.

    ``role`` is one of ``compose``, ``include``, ``extends``, ``dotenv``, ``env_file`` and
    ``label_file``; ``file`` is None where ``problem`` says why.
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


class Context:
    """The state of loading one stack."""

    def __init__(self, reader: Reader, named_at: Span | None = None) -> None:
        self.reader = reader
        self.named_at = named_at
        self.problems: list[Problem] = []
        self.main: SourceFile | None = None
        """The first file of the stack that can be read."""
        self.sources: dict[tuple[str, str], Source] = {}
        self.uses: list[VariableUse] = []
        self.partial = False
        """Whether a file is missing from the model, so that nothing can be called undefined."""
        self.incomplete: set[str] = set()
        """Services of whose attributes some are missing from the model."""
        self.checked: set[int] = set()
        """The ids of nodes that need no further look; ``kept`` keeps them alive."""
        self.kept: list[Node] = []
        self._seen_problems: set[tuple[str, SourceFile, int, int]] = set()
        self._seen_uses: set[tuple[SourceFile, int]] = set()
        self._documents: dict[tuple[str, int], tuple[Document, ...]] = {}
        self._kept_variables: list[Variables] = []
        self.root_folder = Folder(".")
        self.extended: dict[str, Node] = {}
        """Where a service says what it extends, by the service's name."""
        self.taken: dict[Path, Node] = {}
        """Where ``!reset`` took something away, by its path."""
        self.misshapen: set[tuple[str, ...]] = set()
        """The entries of sections that the schema has something against."""

    def report(self, problem: Problem) -> None:
        """Keep a problem; the same one at the same place counts once."""
        span = problem.span
        known = (problem.kind, span.file, span.start, span.end)
        if known not in self._seen_problems:
            self._seen_problems.add(known)
            self.problems.append(problem)

    def use(self, use: VariableUse) -> None:
        known = (use.span.file, use.span.start)
        if known not in self._seen_uses:
            self._seen_uses.add(known)
            self.uses.append(use)

    def check_off(self, node: Node) -> None:
        """Remember that a node, which nobody changes any more, has been looked at."""
        if id(node) not in self.checked:
            self.checked.add(id(node))
            self.kept.append(node)

    def read(self, path: str, role: str, reference: Node | None, what: str) -> YamlFile | None:
        """A YAML file; None after a report where it cannot be read."""
        path = clean_path(path)
        result = self.reader.read(path)
        span = reference.span if reference is not None else None
        if isinstance(result, ReadProblem):
            self.partial = self.partial or role != "extends"
            self.sources.setdefault((path, role), Source(path, role, None, None, result, span))
            problem = unread(result, span or self.named_at, what, self.main)
            if span is None and self.named_at is not None:
                problem = problem._replace(message=f"{problem.message}; COMPOSE_FILE names it")
            self.report(problem)
            return None
        self.sources.setdefault((path, role), Source(path, role, result.source, result, None, span))
        return result

    def documents(self, yaml: YamlFile, role: str, variables: Variables) -> tuple[Document, ...]:
        """A file's documents, ready to be merged. What is wrong with them is reported."""
        known = (yaml.source.path, id(variables))
        documents = self._documents.get(known)
        if documents is None:
            documents = self._load_documents(yaml, role, variables)
            self._documents[known] = documents
            self._kept_variables.append(variables)
        return documents

    def _load_documents(
        self, yaml: YamlFile, role: str, variables: Variables
    ) -> tuple[Document, ...]:
        found: list[Document] = []
        for problem in yaml.problems:
            self.partial = self.partial or role != "extends"
            span = Span(yaml.source, problem.start, problem.end)
            kind = "yaml-syntax" if problem.kind == "syntax" else problem.kind
            self.report(Problem(kind, problem.message, span))
        for document in yaml.documents:
            root, resets, problems = resolve(document)
            for mistake in problems:
                self.report(mistake)
            if root is None:
                self.partial = self.partial or role != "extends"
                continue
            if not isinstance(root, Mapping):
                self.report(
                    Problem(
                        "top-level-not-a-mapping",
                        "a Compose file is a mapping at its top level, with keys such as services; "
                        + (
                            "this document is empty"
                            if not root.span.text.strip()
                            else f"this is a {root.kind}"
                        ),
                        _first_line(root),
                    )
                )
                continue
            evaluated = evaluate(root, variables, self.report, self.use)
            if isinstance(evaluated, Mapping):
                found.append(Document(evaluated, resets))
        return tuple(found)


def _first_line(node: Node) -> Span:
    """The first line of a node, for what is wrong with all of it."""
    text = node.file.text
    start = node.start
    if node.end <= start:
        # Nothing stands there: the line that opens the document is to be seen.
        start = max(0, text.rfind("---", 0, start))
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return Span(node.file, start, max(end, min(len(text), start + 1)))


def unread(problem: ReadProblem, span: Span | None, what: str, main: SourceFile | None) -> Problem:
    """The problem that a file cannot be read; ``span`` is where it is named, if anywhere."""
    place = problem.span or span
    if place is None:
        # It was named on the command line: shown where the stack begins.
        place = Span(main, 0, 0) if main else Span(SourceFile(problem.path, ""), 0, 0)
    rejects = problem.kind not in ("file-too-large", "utf-16", "path-outside-project")
    kind = f"{what}-missing" if problem.kind == "file-missing" else problem.kind
    return Problem(kind, problem.message, place, rejects=rejects)
