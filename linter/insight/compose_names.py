"""The names and paths in the Compose files of a stack, as they are written.

The files are walked before anything is merged, so that places count that an override replaces.
"""

from __future__ import annotations

from ..compose.context import is_remote_file
from ..compose.nodes import part_offsets
from ..files.paths import folder_of, join_path
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence, YamlFile
from .compose_services import ServiceNames
from .compose_walk import View, real, references_in
from .places import UNKNOWN
from .recovered import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..base.text import SourceFile
    from ..model.stack import Stack
    from ..source.yaml.nodes import Entry
    from .places import Places

SECTIONS = {
    "services": "service",
    "networks": "network",
    "volumes": "volume",
    "secrets": "secret",
    "configs": "config",
    "models": "model",
}
"""The top-level sections whose keys are names, and the kind of each."""


class ComposeNames(ServiceNames):
    """Collects the names in the files of one stack."""

    def __init__(self, stack: Stack, places: Places, builds: Callable[[str], str | None]) -> None:
        super().__init__(stack, places, builds)
        self._read: set[str] = set()
        self.walked: set[str] = set()

    def collect(self) -> None:
        """Walk all files."""
        for path in self.stack.loaded.files:
            self.file(path, self.stack.loaded.folder)
        self.extended()

    def read(self, path: str) -> tuple[SourceFile, list[Mapping]] | None:
        """A file and the mappings that its documents are; None if it cannot be read."""
        yaml = self.reader.read(path)
        if not isinstance(yaml, YamlFile):
            return None
        roots = [root for root in readable(yaml).documents if isinstance(root, Mapping)]
        return yaml.source, roots

    def file(self, path: str, folder: str) -> None:
        """Walk a file that the stack consists of, and those that it includes."""
        if path in self._read or (content := self.read(path)) is None:
            return
        self._read.add(path)
        source, roots = content
        view = View(source, folder, self.scope, self.scope)
        self.document(source)
        for root in roots:
            self.root(root, view)

    def document(self, source: SourceFile) -> None:
        """Collect what does not depend on the place in the tree: anchors and variables."""
        if source.path in self.walked:
            return
        self.walked.add(source.path)
        yaml = self.reader.read(source.path)
        if isinstance(yaml, YamlFile):
            for root in readable(yaml).documents:
                self.texts(root, source)

    def texts(self, root: Node, source: SourceFile) -> None:
        """Collect the variables in a document's values."""
        pending = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                pending += [entry.value for entry in node.entries]
            elif isinstance(node, Sequence):
                pending += node.items
            elif isinstance(node, Scalar) and "$" in node.raw:
                for name, start in references_in(node.raw):
                    at, end = part_offsets(node, start, start + len(name))
                    self.put("variable", name, source, at, end)

    def root(self, root: Mapping, view: View) -> None:
        """Walk one document of a file that the stack consists of."""
        for entry in self.entries(root):
            kind = SECTIONS.get(entry.name)
            if entry.name == "include":
                self.includes(entry.value, view)
            elif kind is not None:
                self.section(kind, entry, view)

    def section(self, kind: str, section: Entry, view: View) -> None:
        """Walk the entries of a top-level section."""
        for entry in self.entries(section.value):
            self.key(kind, entry.key, view, defines=True, scope=view.own)
            if kind == "service":
                self.service(entry.value, view._replace(owners=(entry.name,)))
            elif kind in ("secret", "config"):
                self.resource(entry.value, view)

    def resource(self, node: Node, view: View) -> None:
        """Walk a top-level secret or config."""
        for entry in self.entries(node):
            if entry.name == "file":
                self.path(entry.value, view)
            elif entry.name == "environment":
                self.value("variable", entry.value, view, via="passed")

    def includes(self, node: Node, view: View) -> None:
        """Follow the paths of ``include``."""
        for item in self.items(node):
            inner = real(item)
            named = {entry.name: entry.value for entry in self.entries(inner)}
            paths = named.get("path") if named else inner
            own = self.text_of(named.get("project_directory")) if named else None
            folder = join_path(view.folder, own) if own else None
            for path_node in self.items(paths):
                path = self.path(path_node, view)
                if path is not None:
                    folder = folder or folder_of(path)
                    self.file(path, folder)
            for path_node in self.items(named.get("env_file")):
                self.path(path_node, view)

    # --- services of other files

    def extended(self) -> None:
        """Walk the files of which services are extended, and that the stack does not consist of."""
        pending = list(self.bases)
        reached: dict[str, dict[str, set[str]]] = {}
        while pending:
            path = pending.pop()
            content = self.read(path)
            wanted = self.bases.pop(path, {})
            known = reached.setdefault(path, {})
            if content is None:
                continue
            todo = [(name, owners) for name, owners in wanted.items()]
            while todo:
                name, owners = todo.pop()
                if owners <= known.get(name, set()):
                    continue
                known.setdefault(name, set()).update(owners)
                view = View(content[0], folder_of(path), f"file {path}", self.scope, tuple(owners))
                for root in content[1]:
                    for entry in self.in_section(root, "services"):
                        if entry.name == name:
                            base = self.base_of(entry.value, view)
                            if base is not None and base[0] == path:
                                todo.append((base[1], owners))
                            elif base is not None:
                                self.note_base(*base, owners)
            pending += [path for path in self.bases if path not in pending]
        for path, services in reached.items():
            self.extended_file(path, services)

    def extended_file(self, path: str, services: dict[str, set[str]]) -> None:
        """Walk a file of which some services are extended."""
        content = self.read(path)
        if content is None:
            return
        source, roots = content
        self.document(source)
        own = f"file {path}"
        local = frozenset(
            (kind, entry.name)
            for root in roots
            for section, kind in SECTIONS.items()
            for entry in self.in_section(root, section)
        )
        for root in roots:
            for section, kind in SECTIONS.items():
                for entry in self.in_section(root, section):
                    owners = tuple(sorted(services.get(entry.name, ())))
                    scope = self.scope if owners else own
                    view = View(source, folder_of(path), own, scope, owners, local)
                    self.key(kind, entry.key, view, defines=True, scope=own)
                    if kind == "service":
                        self.service(entry.value, view)
                    elif kind in ("secret", "config"):
                        self.resource(entry.value, view)

    def in_section(self, root: Mapping, section: str) -> Iterator[Entry]:
        """The entries of a top-level section."""
        for entry in self.entries(root):
            if entry.name == section:
                yield from self.entries(entry.value)

    def base_of(self, service: Node, view: View) -> tuple[str, str] | None:
        """The file and the name of the service that a service extends."""
        for entry in self.entries(service):
            if entry.name != "extends":
                continue
            node = real(entry.value)
            if isinstance(node, Scalar):
                name = self.text_of(node)
                return (view.source.path, name) if name else None
            named = {inner.name: inner.value for inner in self.entries(node)}
            name = self.text_of(named.get("service"))
            file = self.text_of(named.get("file"))
            if not name or (file and (UNKNOWN in file or is_remote_file(file))):
                return None
            return (join_path(view.folder, file) if file else view.source.path), name
        return None
