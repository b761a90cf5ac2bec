"""The names and paths in a service of a Compose file, as it is written."""

from __future__ import annotations

from ..base.text import Span
from ..compose.graph import NAMESPACES
from ..compose.nodes import part_offsets
from ..compose.values import BadValue, is_file_path, parse_mount
from ..files.paths import join_path
from ..source.yaml.nodes import Mapping, Node, Scalar
from .compose_walk import View, Walk, real
from .places import UNKNOWN, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.stack import Stack
    from .places import Places


class ServiceNames(Walk):
    """Notes the names in services."""

    def __init__(self, stack: Stack, places: Places, builds: Callable[[str], str | None]) -> None:
        super().__init__(stack, places)
        self.builds = builds
        """The scope of the Dockerfile that a service is built from."""
        sources = stack.loaded.sources
        self.model = {each.path for each in sources if each.role in ("compose", "include")}
        self.model.update(stack.loaded.files)
        self.bases: dict[str, dict[str, set[str]]] = {}
        """The services of other files that services of the stack extend, each with these."""

    def note_base(self, path: str, name: str, owners: set[str]) -> None:
        """Remember that services of the stack extend a service of another file."""
        if path not in self.model:
            self.bases.setdefault(path, {}).setdefault(name, set()).update(owners)

    def service(self, node: Node, view: View) -> None:
        """Walk one service."""
        for entry in self.entries(node):
            name, value = entry.name, entry.value
            if name in _KEYS:
                self.names(_KEYS[name], value, view)
            elif name in NAMESPACES:
                self.part(value, view, "service", "service:")
            elif name in _ITEMS:
                getattr(self, _ITEMS[name])(value, view)

    def names(self, kind: str, node: Node, view: View) -> None:
        """Names as the items of a list or as the keys of a mapping."""
        for key in self.keys(node):
            self.key(kind, key, view)
        for item in self.listed(node):
            self.value(kind, item, view)

    def extends(self, node: Node, view: View) -> None:
        base = None
        target: Node | None = real(node)
        path = view.source.path
        if isinstance(target, Mapping):
            named = {entry.name: entry.value for entry in self.entries(target)}
            target, file = named.get("service"), named.get("file")
            if file is not None:
                base = self.path(file, view)
                if base is None:
                    return
                path = base
        name = self.text_of(target)
        if not name or target is None:
            return
        scope = view.own
        if base is not None and base in self.model:
            scope = self.scope
        elif base is not None:
            scope = f"file {path}"
            if view.own == self.scope:
                self.note_base(path, name, set(view.owners))
        self.value("service", target, view, scope=scope)

    def links(self, node: Node, view: View) -> None:
        for item in self.listed(node):
            text = self.text_of(item) or ""
            name, _, alias = text.partition(":")
            self.within(item, view, "service", 0, name, via="" if alias else "short")

    def volumes_from(self, node: Node, view: View) -> None:
        for item in self.listed(node):
            text = self.text_of(item) or ""
            if not text.startswith("container:"):
                self.within(item, view, "service", 0, text.partition(":")[0])

    def volumes(self, node: Node, view: View) -> None:
        for item in self.listed(node):
            if isinstance(item, Mapping):
                named = {entry.name: entry.value for entry in self.entries(item)}
                source = named.get("source")
                kind = self.text_of(named.get("type"))
                if source is not None and kind == "volume":
                    self.value("volume", source, view)
                elif source is not None and kind == "bind":
                    self.path(source, view)
                continue
            text = self.text_of(item) or ""
            try:
                parsed = parse_mount(text)
            except BadValue:
                continue
            if parsed.source is None:
                continue
            is_path = is_file_path(parsed.source.text) or "/" in parsed.source.text
            if not is_path:
                self.within(item, view, "volume", parsed.source.start, parsed.source.text)
            elif isinstance(item, Scalar) and "$" not in item.raw:
                start, end = parsed.source.start, parsed.source.end
                self.link(view, part_offsets(item, start, end), parsed.source.text)

    def granted(self, kind: str, node: Node, view: View) -> None:
        """Secrets or configs that a service gets."""
        for item in self.listed(node):
            if isinstance(item, Mapping):
                named = {entry.name: entry.value for entry in self.entries(item)}
                if (source := named.get("source")) is not None:
                    self.value(kind, source, view, via="" if "target" in named else "short")
            else:
                self.value(kind, item, view, via="short")

    def secrets(self, node: Node, view: View) -> None:
        self.granted("secret", node, view)

    def configs(self, node: Node, view: View) -> None:
        self.granted("config", node, view)

    def credentials(self, node: Node, view: View) -> None:
        for entry in self.entries(node):
            if entry.name == "config":
                self.value("config", entry.value, view)

    def models(self, node: Node, view: View) -> None:
        for entry in self.entries(node):
            names = {inner.name for inner in self.entries(entry.value)}
            via = "" if {"endpoint_var", "model_var"} <= names else "short"
            self.key("model", entry.key, view, via=via)
        for item in self.listed(node):
            self.value("model", item, view, via="short")

    def build(self, node: Node, view: View) -> None:
        node = real(node) or node
        scopes = [scope for owner in view.owners if (scope := self.builds(owner)) is not None]
        named = {entry.name: entry.value for entry in self.entries(node)}
        context = named.get("context") if isinstance(node, Mapping) else node
        folder = self.text_of(context) if context is not None else "."
        if folder and UNKNOWN not in folder and "://" not in folder:
            base = join_path(view.folder, folder)
            dockerfile = named.get("dockerfile")
            name = self.text_of(dockerfile) if dockerfile is not None else "Dockerfile"
            path = join_path(base, name) if name and UNKNOWN not in name else None
            if path is not None and "dockerfile_inline" not in named:
                for each in (context, dockerfile):
                    if each is not None:
                        self.link_text(each, view, path)
        for entry in self.entries(named.get("additional_contexts")):
            self.part(entry.value, view, "service", "service:")
        for item in self.listed(named.get("additional_contexts")):
            text = self.text_of(item) or ""
            at = text.find("=service:")
            if at >= 0:
                self.within(item, view, "service", at + 9, text[at + 9 :])
        if "secrets" in named:
            self.granted("secret", named["secrets"], view)
        for scope in scopes:
            target = named.get("target")
            if target is not None:
                self.value("stage", target, view, scope=scope)
        self.pairs(named.get("args"), view, "argument", scopes)

    def environment(self, node: Node, view: View) -> None:
        scopes = [f"{self.scope} {owner}" for owner in view.owners]
        self.pairs(node, view, "environment", scopes)

    def pairs(self, node: Node | None, view: View, kind: str, scopes: list[str]) -> None:
        """Names that get values, and those whose values are passed on."""
        defines = kind == "environment"
        for entry in self.entries(node):
            for scope in scopes:
                self.key(kind, entry.key, view, defines=defines, scope=scope)
            value = real(entry.value)
            if isinstance(value, Scalar) and value.value is None:
                self.key("variable", entry.key, view, via="passed")
        for item in self.listed(node):
            if not isinstance(item, Scalar):
                continue
            name, equals, _ = item.raw.partition("=")
            if not name or "$" in name:
                continue
            start, end = part_offsets(item, 0, len(name))
            for scope in scopes:
                self.put(kind, name, view.source, start, end, defines=defines, scope=scope)
            if not equals:
                self.put("variable", name, view.source, start, end, via="passed")

    def files(self, node: Node, view: View) -> None:
        """The paths of ``env_file`` and ``label_file``."""
        for item in self.items(node):
            if isinstance(real(item), Mapping):
                for entry in self.entries(item):
                    if entry.name == "path":
                        self.path(entry.value, view)
            else:
                self.path(item, view)

    def watched(self, node: Node, view: View) -> None:
        for entry in self.entries(node):
            if entry.name == "watch":
                for item in self.listed(entry.value):
                    for inner in self.entries(item):
                        if inner.name == "path":
                            self.path(inner.value, view)

    def image(self, node: Node, view: View) -> None:
        from .pages import page_of

        text = self.text_of(node)
        url = page_of(text) if text and UNKNOWN not in text else None
        scalar = real(node)
        if url is not None and isinstance(scalar, Scalar) and "$" not in scalar.raw:
            start, end = part_offsets(scalar, 0, len(scalar.raw))
            self.places.link(Link(Span(view.source, start, end), "", url))


_KEYS = {"depends_on": "service", "networks": "network", "profiles": "profile"}
"""The attributes of services that list names, and the kind of these."""

_ITEMS = {
    "build": "build",
    "configs": "configs",
    "credential_spec": "credentials",
    "develop": "watched",
    "env_file": "files",
    "environment": "environment",
    "extends": "extends",
    "image": "image",
    "label_file": "files",
    "links": "links",
    "models": "models",
    "secrets": "secrets",
    "volumes": "volumes",
    "volumes_from": "volumes_from",
}
"""The attributes of services that contain names or paths, and the methods that read them."""
