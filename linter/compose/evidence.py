"""Which Compose files a repository gives to Docker Compose together, by what its files say.

``dockerComposeFile`` of a devcontainer.json, the options ``-f`` and ``--file`` of commands in
documentation, Makefiles, scripts and CI workflows, and values of ``COMPOSE_FILE``. Nothing is run,
and only texts that name the Compose file in question are looked at more closely.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..files.paths import folder_of, folders_above, join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files.reader import Reader

MAX_DOCUMENTS = 300
"""The most files that are read for one Compose file, the nearest first."""
MAX_LENGTH = 300_000
"""The most characters of a file that is looked at."""
MAX_GROWN = 6
"""The most files of a variable to which files are added: more are added under conditions."""
MAX_VALUE = 2_000
"""The most characters of the value of a variable with its references replaced."""

_STEMS = frozenset((
    "readme", "contributing", "install", "makefile", "gnumakefile", "justfile", "taskfile",
    "jenkinsfile", "procfile", "vagrantfile", "rakefile", "env", "envrc", ".env", ".envrc",
))  # fmt: skip
"""What the names of such files begin with, up to a ``-``, ``_`` or ``.``."""

_ENDINGS = (
    ".md", ".mdx", ".rst", ".adoc", ".mk", ".mak", ".just", ".sh", ".bash", ".zsh", ".fish", ".ps1",
    ".bat", ".cmd", ".service", ".envrc", ".env",
)  # fmt: skip
_NAMES = frozenset((
    ".justfile", "package.json", "composer.json", "deno.json", "deno.jsonc", "pyproject.toml",
    "tox.ini", "mise.toml", ".mise.toml", "tasks.py", "fabfile.py", "noxfile.py", "dodo.py",
    "manage.py", "devcontainer.json", ".devcontainer.json", "tasks.json", *(
        f".{name}.{ending}"
        for name in ("gitlab-ci", "travis", "drone", "woodpecker", "cirrus")
        for ending in ("yml", "yaml")
    ),
))  # fmt: skip
"""The names of files that say how a stack is started."""

_FOLDERS = (".github/workflows/", ".github/actions/", ".circleci/", ".gitea/workflows/")
"""Folders whose YAML files say so, too."""

_SCRIPTS = frozenset(("bin", "script", "scripts", "tools", "ci", "hack", "dev"))
"""Folders whose files without an ending are scripts."""

_FILE = r"""[^\s"'`;|&<>,\[\]]+?\.ya?ml"""
_OPTION = on_demand(
    rf"""(?<![\w-])(?:-f|--file|-c|--compose-file)["']?[\s=,]*["']?({_FILE})(?![\w.])"""
)
_COMMAND_END = on_demand(r"&&|\|\||[;|`]")
_COMPOSE_FILE = on_demand(
    rf"""\bCOMPOSE_FILE["']?\s*(?:[?:+]?=|:)\s*["']?({_FILE}(?:[:;]{_FILE})*)(?![\w.])"""
)
_ASSIGNMENT = on_demand(
    r"""[ \t]*(?:export[ \t]+|set[ \t]+|local[ \t]+|readonly[ \t]+)?([A-Za-z_]\w*)[ \t]*(\+?)(?:[?:]?=|:=)[ \t]*(.*)"""
)
_REFERENCE = on_demand(
    r"\$\(([A-Za-z_]\w*)\)|\$\{([A-Za-z_]\w*)(?:\[@\])?\}|\$([A-Za-z_]\w*)|\{\{\s*\.?([A-Za-z_]\w*)\s*\}\}"
)
_VARIABLE_PREFIX = on_demand(r".*(?:\$\w+|[})])/")
_DEVCONTAINER = on_demand(r'"dockerComposeFile"\s*:\s*(\[[^\]]*\]|"[^"\n]*")')
_TASK_FILES = on_demand(r'"files"\s*:\s*(\[[^\]]*\])')
_TEXT = on_demand(r'"([^"\n]*)"')
_COMMENT = on_demand(r"^\s*//.*$", re.MULTILINE)


class Evidence(NamedTuple):
    """Compose files that are given together, in this order, and the place that says so."""

    files: tuple[str, ...]
    span: Span


class Documents:
    """The files of a project that may say how its stacks are started; each is searched once.

    ``names`` are the paths of the project's files.
    """

    def __init__(self, names: Iterable[str], reader: Reader) -> None:
        self._paths = list(filter(is_document, names))
        self._reader = reader
        self._groups: dict[str, list[tuple[tuple[str, ...], int, int]]] = {}

    def evidence_for(self, path: str) -> Iterator[Evidence]:
        """What they say about one Compose file, the nearest first; each set of files once."""
        base = path.rpartition("/")[2]
        near = folder_of(path)
        found: set[tuple[str, ...]] = set()
        documents = sorted(self._paths, key=lambda name: distance(near, name))
        for document in documents[:MAX_DOCUMENTS]:
            source = self._reader.read_text(document)
            if not isinstance(source, SourceFile) or base not in source.text[:MAX_LENGTH]:
                continue
            groups = self._groups.get(document)
            if groups is None:
                groups = list(_groups(document, source.text[:MAX_LENGTH]))
                self._groups[document] = groups
            for group, start, end in groups:
                if not any(name.endswith(base) for name in group):
                    continue
                files = _resolved(group, document, path, self._reader)
                if files and files not in found:
                    found.add(files)
                    yield Evidence(files, Span(source, start, end))


def evidence_for(path: str, names: Iterable[str], reader: Reader) -> Iterator[Evidence]:
    """What the files of a project say about one of its Compose files, the nearest file first.

    ``names`` are the paths of the project's files. Each set of files is given once.
    """
    return Documents(names, reader).evidence_for(path)


def is_document(path: str) -> bool:
    """Whether a file may say how a stack is started."""
    folder, _, name = path.rpartition("/")
    if _is_named_so(name.lower()):
        return True
    if name.endswith((".yml", ".yaml")):
        return any(part in f"{folder}/" for part in _FOLDERS)
    return "." not in name and folder.rpartition("/")[2] in _SCRIPTS


def _is_named_so(name: str) -> bool:
    """Whether a name, in lower case, is that of a file that says how a stack is started."""
    if name.endswith(_ENDINGS) or name in _NAMES:
        return True
    dot, rest = name[:1], name[1:].replace("-", ".").replace("_", ".")
    if dot + rest.partition(".")[0] in _STEMS:
        return True
    if ".env." in name or ".env-" in name or ".env_" in name:
        return True
    is_pipeline = name.startswith(("azure-pipelines", "bitbucket-pipelines"))
    return is_pipeline and name.endswith((".yml", ".yaml"))


def distance(folder: str, path: str) -> tuple[bool, int, str]:
    """How far a file is from a folder, in steps; a devcontainer.json comes first."""
    here = [] if folder == "." else folder.split("/")
    there = path.split("/")[:-1]
    shared = 0
    for one, other in zip(here, there, strict=False):
        if one != other:
            break
        shared += 1
    return (
        not path.endswith("devcontainer.json"),
        len(here) + len(there) - 2 * shared,
        path,
    )


# --- what texts say ---


def _groups(document: str, text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """The names that are given together, each group with the offsets of its line."""
    if document.endswith(".json"):
        pattern = _DEVCONTAINER if document.endswith("devcontainer.json") else _TASK_FILES
        for match in pattern.finditer(text):
            names = _TEXT.findall(_COMMENT.sub("", match[1]))
            if len(names) > 1:
                yield tuple(names), match.start(), match.end()
    values: dict[str, str] = {}
    for start, end, line in _logical_lines(text):
        if ".y" not in line and "$" not in line and "{{" not in line:
            continue
        expanded = _expanded(line, values)
        if assignment := _ASSIGNMENT.match(expanded):
            name, adds, value = assignment.groups()
            if ".y" in value:
                before = values.get(name, "") if adds else ""
                grown = f"{before} {value.strip()}".strip("\"'() ")
                # Which of many conditions hold together is not known.
                is_grown = bool(adds) or name in line.partition("=")[2]
                if is_grown and grown.count(".y") > MAX_GROWN:
                    values[name] = ""
                    continue
                values[name] = grown[-MAX_VALUE:]
        if ".y" not in expanded:
            continue
        for command in _COMMAND_END.split(expanded):
            names = _OPTION.findall(command)
            if len(names) > 1:
                yield tuple(dict.fromkeys(names)), start, end
        for match in _COMPOSE_FILE.finditer(expanded):
            names = match[1].replace(";", ":").split(":")
            if len(names) > 1:
                yield tuple(names), start, end


def _logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines of a text with their offsets; a line that ends in ``\\`` goes on in the next."""
    start = position = 0
    parts: list[str] = []
    for line in text.splitlines(keepends=True):
        position += len(line)
        stripped = line.rstrip()
        # Shells use \, PowerShell `, cmd ^. A list of arguments goes on after a comma.
        if stripped.endswith(("\\", "`", "^", ",")) and len(parts) < 60:
            parts.append(stripped.rstrip("\\`^") + " ")
            continue
        parts.append(stripped)
        yield start, start + len(text[start:position].rstrip()), "".join(parts)
        parts = []
        start = position
    if parts:
        yield start, position, "".join(parts)


def _expanded(line: str, values: dict[str, str]) -> str:
    """A line with the variables that hold options or files replaced."""
    if not values or ("$" not in line and "{{" not in line):
        return line

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3] or match[4]
        return values.get(name, match[0])

    return _REFERENCE.sub(value, line)[: 10 * MAX_VALUE]


# --- names to files ---


def _resolved(group: tuple[str, ...], document: str, path: str, reader: Reader) -> tuple[str, ...]:
    """The paths of a group's files that exist; empty if these are not ``path`` and others.

    Names start from the folder of the document, from one above it (scripts are run from there),
    or from one above the Compose file.
    """
    names = [_VARIABLE_PREFIX.sub("", name) for name in group]
    if any("$" in name or "*" in name for name in names):
        names = [name for name in names if "$" not in name and "*" not in name]
    starts = folder_of(document), folder_of(path)
    folders = [folder for start in starts for folder in (start, *folders_above(start))]
    for folder in dict.fromkeys(folders):
        files = tuple(dict.fromkeys(join_path(folder, name) for name in names))
        if path in files:
            present = tuple(file for file in files if reader.kind(file) == "file")
            if len(present) > 1:
                return present
    return ()
