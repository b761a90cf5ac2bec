"""The typed views that rules see.

A view wraps nodes of the resolved stack (or of one file's syntax) and never holds text
of its own: every part knows the node that it came from, and each node knows its file and
offsets. What a variable without a value decides is *unknown* (``None`` and
``is_unknown``), and policy stays silent on it. Malformed parts are left out here; the
rules of CF0 and CF1 report them.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from itertools import islice

from .base.patterns import on_demand
from .base.records import NamedTuple
from .base.text import SourceFile, Span
from .base.units import parse_duration, parse_size
from .compose.nodes import ShortForm, go_text
from .files.paths import join_path
from .rule import Diagnostic, Related, Severity
from .source.yaml.nodes import Mapping, Node, Scalar, Sequence, YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .compose.discover import StackFiles
    from .compose.stack import LoadedStack
    from .config.settings import FixValues, Host
    from .container import Container
    from .files.listing import Listing
    from .files.reader import Reader
    from .held_secrets import Held
    from .images import ImageFacts, ImageReference
    from .source.dockerfile.instruction import Instruction
    from .source.dockerfile.parts import Mount as InstructionMount
    from .source.dockerfile.parts import Word
    from .source.dockerfile.scope import State, Variable
    from .source.dockerfile.stages import Stage as SyntaxStage
    from .source.dockerfile.stages import Stages
    from .source.dockerfile.syntax import DockerfileSyntax
    from .source.dotenv import EnvSyntax
    from .source.ignore import IgnoreSyntax
    from .source.shell.packages import PackageCommand
    from .source.shell.syntax import Script, SimpleCommand


def is_unknown(node: Node | None) -> bool:
    """Whether the value depends on a variable that nothing in sight defines."""
    return node is not None and node.unknown


def text_of(node: Node | None) -> str | None:
    """A scalar as the text that Compose passes on; None for anything else or unknown."""
    if not isinstance(node, Scalar) or is_unknown(node):
        return None
    return scalar_text(node)


def scalar_text(node: Scalar) -> str:
    """A scalar's value as Compose writes it into a string; null is empty."""
    value = node.value
    return value if isinstance(value, str) else "" if value is None else go_text(value)


def text_list(node: Node | None) -> list[str] | None:
    """A list of scalars as texts, a single scalar as a list of one; unknown items are left out."""
    if isinstance(node, Scalar):
        one = text_of(node)
        return None if one is None else [one]
    if isinstance(node, Sequence):
        return [text for item in node.items if (text := text_of(item)) is not None]
    return None


def part_of(node: Node, start: int, end: int) -> Span:
    """The span of ``raw[start:end]`` of a scalar, where the file shows it verbatim; else all of it."""
    if isinstance(node, Scalar) and node.style not in ("|", ">"):
        shown = node.file.text[node.start : node.end]
        shift = 1 if node.style else 0
        if shown[shift : len(shown) - shift] == node.raw:
            return Span(node.file, node.start + shift + start, node.start + shift + end)
    return node.span


def word_in(node: Node, word: str) -> Span:
    """Where a word stands in a scalar or in one item of a list; all of the node where it is
    not to be seen."""
    if isinstance(node, Sequence):
        whole = next((item for item in node.items if text_of(item) == word), None)
        if whole is not None:
            return whole.span
        for item in node.items:
            if isinstance(item, Scalar) and word in item.raw:
                return word_in(item, word)
    elif isinstance(node, Scalar):
        match = re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", node.raw)
        if match:
            return part_of(node, match.start(), match.end())
    return node.span


class Field(NamedTuple):
    """A key with its value in the resolved stack."""

    key: Node
    value: Node


class EnvVar(NamedTuple):
    """One variable of ``environment``, from either form.

    ``value`` is None where the variable is only passed through (no value is given) or
    unknown. ``name_span`` and ``value_span`` are the texts in the file.
    """

    name: str
    value: str | None
    unknown: bool
    node: Node
    name_span: Span
    value_span: Span


class Port(NamedTuple):
    """One entry of ``ports``. ``published`` is as written (a range, empty for a random port)."""

    node: Node
    target: int | None
    published: str
    host_ip: str
    protocol: str
    mode: str
    unknown: bool

    @property
    def published_range(self) -> tuple[int, int] | None:
        """First and last published port; None where random or unknown."""
        low, _, high = self.published.partition("-")
        if not low.isdigit() or (high and not high.isdigit()):
            return None
        return int(low), int(high or low)

    @property
    def all_interfaces(self) -> bool:
        """Whether the port is open on every address of the host."""
        return self.host_ip.strip("[]") in ("", "0.0.0.0", "::", "*", "0:0:0:0:0:0:0:0", "::0")


class Mount(NamedTuple):
    """One entry of ``volumes``. ``source`` is empty for an anonymous volume."""

    node: Node
    type: str
    source: str
    target: str
    read_only: bool
    unknown: bool

    @property
    def is_short(self) -> bool:
        """Whether it is written as one text, ``source:target:options``."""
        return isinstance(self.node, ShortForm)


class Healthcheck:
    """A service's ``healthcheck``."""

    __slots__ = ("key", "node")

    def __init__(self, key: Node, node: Mapping) -> None:
        self.key = key
        self.node = node

    @property
    def test_node(self) -> Node | None:
        return self.node.get("test")

    @property
    def test(self) -> list[str] | None:
        """The test as a list beginning with CMD, CMD-SHELL or NONE; None where unset or unknown."""
        node = self.node.get("test")
        if isinstance(node, Scalar):
            text = text_of(node)
            return None if text is None else ["CMD-SHELL", text]
        if isinstance(node, Sequence) and not any(is_unknown(item) for item in node.items):
            return text_list(node)
        return None

    @property
    def disabled(self) -> bool:
        disable = self.node.get("disable")
        if isinstance(disable, Scalar) and disable.value is True:
            return True
        test = self.test
        return bool(test) and test[0] == "NONE" if test else False

    def seconds(self, name: str) -> float | None:
        """A duration of the check (``interval``, ``timeout``, ``start_period``, …) in seconds."""
        text = text_of(self.node.get(name))
        return None if text is None else parse_duration(text)

    @property
    def retries(self) -> int | None:
        node = self.node.get("retries")
        if isinstance(node, Scalar) and isinstance(node.value, int):
            return node.value
        text = text_of(node)
        return int(text) if text and text.isdigit() else None


class Dependency(NamedTuple):
    """One entry of ``depends_on``."""

    name: str
    node: Node
    condition: str
    required: bool


class Build(NamedTuple):
    """A service's ``build``."""

    key: Node
    node: Mapping

    def text(self, name: str) -> str | None:
        return text_of(self.node.get(name))

    @property
    def context_folder(self) -> str | None:
        """The context folder, relative to the working folder; None for a remote or unknown one."""
        text = self.text("context")
        if not text or "://" in text or text.startswith(("git@", "github.com/", "service:", "-")):
            return None
        return text

    @property
    def dockerfile_path(self) -> str | None:
        """Where its Dockerfile is; None for a remote, inline or unknown one."""
        folder = self.context_folder
        if folder is None or self.node.get("dockerfile_inline") is not None:
            return None
        node = self.node.get("dockerfile")
        name = "Dockerfile" if node is None else text_of(node)
        return join_path(folder, name) if name else None


class Service:
    """One service of a stack, as Docker Compose would run it."""

    def __init__(self, stack: Stack, name: str, key: Node, node: Mapping) -> None:
        self.stack = stack
        self.name = name
        self.key = key
        self.node = node

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    @property
    def path(self) -> str:
        """The logical path, such as ``services.web``."""
        return f"services.{self.name}"

    def field(self, *names: str) -> Field | None:
        """The key and value under a path of keys, such as ``("deploy", "resources")``."""
        node: Node | None = self.node
        key: Node = self.key
        for name in names:
            if not isinstance(node, Mapping):
                return None
            entry = node.entry(name)
            if entry is None:
                return None
            key, node = entry.key, entry.value
        return Field(key, node) if node is not None else None

    def get(self, *names: str) -> Node | None:
        """The value under a path of keys."""
        node: Node | None = self.node
        for name in names:
            entry = node.entry(name) if isinstance(node, Mapping) else None
            if entry is None:
                return None
            node = entry.value
        return node

    def text(self, *names: str) -> str | None:
        """The text under a path of keys; None where absent, unknown or no scalar."""
        return text_of(self.get(*names))

    @cached_property
    def image(self) -> str | None:
        """The image reference as text; None where absent or unknown."""
        return self.text("image") or None

    @cached_property
    def reference(self) -> ImageReference | None:
        """The image reference in parts; None where absent, unknown or invalid."""
        if not self.image:
            return None
        from .images import parse_reference

        return parse_reference(self.image)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known about the image; None for one that is built here or unknown."""
        if self.build or not self.reference:
            return None
        from .images import facts_for

        return facts_for(self.reference)

    @cached_property
    def build(self) -> Build | None:
        field = self.field("build")
        if field and isinstance(field.value, Mapping):
            return Build(field.key, field.value)
        return None

    @cached_property
    def container(self) -> Container:
        """What is inside its container, as far as image facts and Dockerfiles tell."""
        from .container import Container

        return Container(self)

    @cached_property
    def is_container(self) -> bool:
        """Whether Compose runs a container for it (a ``provider`` service has none)."""
        return self.get("provider") is None

    @cached_property
    def runs_here(self) -> bool:
        """Whether this stack runs a container of it at all.

        What has neither image nor build belongs on top of another file, or is refused.
        """
        from_something = self.get("image") is not None or self.build is not None
        return self.is_container and from_something and self.replicas != 0

    @property
    def on_windows(self) -> bool:
        return (self.text("platform") or "").startswith("windows")

    @cached_property
    def replicas(self) -> int:
        """How many containers run: ``scale`` or ``deploy.replicas``, else 1."""
        for path in (("scale",), ("deploy", "replicas")):
            node = self.get(*path)
            if isinstance(node, Scalar) and not is_unknown(node):
                if isinstance(node.value, int) and not isinstance(node.value, bool):
                    return node.value
                if isinstance(node.value, str) and node.value.isdigit():
                    return int(node.value)
        return 1

    @cached_property
    def profiles(self) -> list[str]:
        return text_list(self.get("profiles")) or []

    @cached_property
    def environment(self) -> dict[str, EnvVar]:
        """The variables of ``environment`` by name (not those of ``env_file``)."""
        return {item.name: item for item in self._environment()}

    def _environment(self) -> Iterator[EnvVar]:
        node = self.get("environment")
        yield from key_values(node)

    @cached_property
    def secrets(self) -> list[Held]:
        """The variables of ``environment`` that hold secrets in plain text."""
        from .held_secrets import secrets_of

        return secrets_of(self)

    @cached_property
    def ports(self) -> list[Port]:
        node = self.get("ports")
        if not isinstance(node, Sequence):
            return []
        return [_port(item) for item in node.items if isinstance(item, Mapping)]

    @cached_property
    def mounts(self) -> list[Mount]:
        node = self.get("volumes")
        if not isinstance(node, Sequence):
            return []
        return [_mount(item) for item in node.items if isinstance(item, Mapping)]

    @cached_property
    def tmpfs(self) -> list[str]:
        return [item.split(":")[0] for item in text_list(self.get("tmpfs")) or []]

    @cached_property
    def healthcheck(self) -> Healthcheck | None:
        field = self.field("healthcheck")
        if field and isinstance(field.value, Mapping):
            return Healthcheck(field.key, field.value)
        return None

    @cached_property
    def depends_on(self) -> dict[str, Dependency]:
        node = self.get("depends_on")
        found: dict[str, Dependency] = {}
        if isinstance(node, Mapping):
            for entry in node.entries:
                condition, required = "service_started", True
                if isinstance(entry.value, Mapping):
                    condition = text_of(entry.value.get("condition")) or condition
                    need = entry.value.get("required")
                    required = not (isinstance(need, Scalar) and need.value is False)
                found[entry.name] = Dependency(entry.name, entry.key, condition, required)
        return found

    @cached_property
    def networks(self) -> list[str]:
        node = self.get("networks")
        if isinstance(node, Mapping):
            return [entry.name for entry in node.entries]
        return []

    def limit(self, kind: str) -> Field | None:
        """The field that limits ``memory``, ``cpus`` or ``pids``, in either form, if any does."""
        short = {"memory": "mem_limit", "cpus": "cpus", "pids": "pids_limit"}[kind]
        for path in ((short,), ("deploy", "resources", "limits", kind)):
            field = self.field(*path)
            if field is not None and not _means_unlimited(field.value):
                return field
        if kind == "cpus":
            field = self.field("cpu_quota")
            if field is not None and not _means_unlimited(field.value):
                return field
        return None

    @cached_property
    def memory_limit(self) -> int | None:
        """The memory limit of one container in bytes; None where there is none or unknown."""
        field = self.limit("memory")
        text = text_of(field.value) if field else None
        return parse_size(text) if text else None

    @cached_property
    def memory_reservation(self) -> int | None:
        """The reserved memory of one container in bytes."""
        for path in (("mem_reservation",), ("deploy", "resources", "reservations", "memory")):
            text = self.text(*path)
            if text and (size := parse_size(text)):
                return size
        return None

    @cached_property
    def cpu_limit(self) -> float | None:
        """The CPU limit of one container in CPUs; None where there is none or unknown."""
        field = self.limit("cpus")
        text = text_of(field.value) if field else None
        try:
            number = float(text) if text else None
        except ValueError:
            return None
        if (
            number is not None
            and field is not None
            and field.key is getattr(self.field("cpu_quota"), "key", None)
        ):
            period = self.text("cpu_period")
            number /= float(period) if period and period.isdigit() else 100_000.0
        return number

    @property
    def runs_once(self) -> bool:
        """Whether the service is meant to end: a migration, a seed, a tool behind a profile."""
        if any(
            dependency.condition == "service_completed_successfully"
            for other in self.stack.services.values()
            for dependency in (other.depends_on.get(self.name),)
            if dependency
        ):
            return True
        if (
            self.text("restart") in ("no", "false")
            or self.text("deploy", "restart_policy", "condition") == "none"
        ):
            return True
        if self.replicas == 0:
            return True
        return any(
            word in profile.lower()
            for profile in self.profiles
            for word in (
                "tool",
                "cli",
                "job",
                "migrat",
                "seed",
                "setup",
                "init",
                "test",
                "debug",
                "manual",
            )
        )


def key_values(node: Node | None) -> Iterator[EnvVar]:
    """``KEY: value`` and ``KEY=value`` forms alike (environment, labels, build arguments)."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            value = entry.value
            known = isinstance(value, Scalar) and value.value is not None
            yield EnvVar(
                entry.name,
                text_of(value) if known else None,
                is_unknown(value),
                value,
                entry.key.span,
                value.span,
            )
    elif isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Scalar):
                continue
            name, equals, text = scalar_text(item).partition("=")
            unknown = is_unknown(item)
            name_span, value_span = _sides(item)
            shown = name_span.text
            if "$" in shown:
                continue
            yield EnvVar(
                shown if unknown else name,
                text if equals and not unknown else None,
                unknown,
                item,
                name_span,
                value_span,
            )


def _sides(item: Scalar) -> tuple[Span, Span]:
    """The places of ``KEY`` and ``value`` in an item ``KEY=value``, as the file shows it."""
    file = item.file
    # What is made of a map's entry counts as quoted, whatever the file shows.
    quote = 1 if item.style and file.text[item.start : item.start + 1] in ("'", '"') else 0
    start, end = item.start + quote, item.end - quote
    cut = file.text.find("=", start, end)
    if cut < 0 or item.style in ("|", ">"):
        return item.span, item.span
    return Span(file, start, cut), Span(file, cut + 1, end)


def _means_unlimited(node: Node) -> bool:
    if is_unknown(node):
        return False
    text = (text_of(node) or "").strip().lower().rstrip("bkmg")
    try:
        return float(text or 0) <= 0
    except ValueError:
        return False


def _port(node: Mapping) -> Port:
    target = node.get("target")
    number = target.value if isinstance(target, Scalar) else None
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    return Port(
        node,
        number if isinstance(number, int) and not is_unknown(target) else None,
        text_of(node.get("published")) or "",
        text_of(node.get("host_ip")) or "",
        text_of(node.get("protocol")) or "tcp",
        text_of(node.get("mode")) or "ingress",
        is_unknown(node) or any(is_unknown(entry.value) for entry in node.entries),
    )


def _mount(node: Mapping) -> Mount:
    read_only = node.get("read_only")
    return Mount(
        node,
        text_of(node.get("type")) or "",
        text_of(node.get("source")) or "",
        text_of(node.get("target")) or "",
        isinstance(read_only, Scalar) and read_only.value is True,
        is_unknown(node) or any(is_unknown(entry.value) for entry in node.entries),
    )


class Written(NamedTuple):
    """A service as its file has it.

    ``block`` is None for an alias, ``end`` the offset at which the value ends. ``shared``
    tells that a change would reach other services: it has an anchor, or others extend it.
    """

    block: Mapping | None
    end: int
    shared: bool


def _base_of(node: Node) -> str:
    """The service that a service of the same file extends; empty for none."""
    base = node.get("extends") if isinstance(node, Mapping) else None
    if isinstance(base, Mapping):
        base = base.get("service")
    return base.raw if isinstance(base, Scalar) else ""


class Resource(NamedTuple):
    """A top-level network, volume, secret, config or model; ``node`` is None for ``name:``."""

    name: str
    key: Node
    node: Mapping | None

    @property
    def external(self) -> bool:
        external = self.node.get("external") if self.node else None
        return isinstance(external, Mapping) or (
            isinstance(external, Scalar) and external.value is True
        )


class Stack:
    """What Docker Compose would run from one set of files."""

    def __init__(self, project: Project, loaded: LoadedStack, found: StackFiles) -> None:
        self.project = project
        self.loaded = loaded
        self.found = found

    def __repr__(self) -> str:
        return f"Stack({self.name!r})"

    @property
    def name(self) -> str:
        """The files it is made of, as they are given to Compose: ``compose.yaml:prod.yaml``."""
        return ":".join(self.loaded.files)

    @property
    def tree(self) -> Mapping:
        """The merged, interpolated and normalised model."""
        return self.loaded.tree

    @cached_property
    def services(self) -> dict[str, Service]:
        node = self.tree.get("services")
        found: dict[str, Service] = {}
        if isinstance(node, Mapping):
            for entry in node.entries:
                if isinstance(entry.value, Mapping):
                    found[entry.name] = Service(self, entry.name, entry.key, entry.value)
        return found

    @cached_property
    def written(self) -> dict[tuple[str, int], Written]:
        """The services as the files have them, by file and place of their keys."""
        found: dict[tuple[str, int], Written] = {}
        for path, file in self.loaded.documents.items():
            for document in file.documents:
                services = document.get("services") if isinstance(document, Mapping) else None
                if not isinstance(services, Mapping):
                    continue
                bases = {_base_of(entry.value) for entry in services.entries}
                for entry in services.entries:
                    block = entry.value if isinstance(entry.value, Mapping) else None
                    shared = (
                        services.anchor is not None
                        or entry.value.anchor is not None
                        or entry.name in bases
                    )
                    found[path, entry.key.start] = Written(block, entry.value.end, shared)
        return found

    def resources(self, kind: str) -> dict[str, Resource]:
        """The top-level entries of ``networks``, ``volumes``, ``secrets``, ``configs`` or ``models``."""
        node = self.tree.get(kind)
        if not isinstance(node, Mapping):
            return {}
        return {
            entry.name: Resource(
                entry.name, entry.key, entry.value if isinstance(entry.value, Mapping) else None
            )
            for entry in node.entries
        }

    @cached_property
    def has_env_file(self) -> bool:
        """Whether an env file for interpolation is there: then what it lacks is really missing."""
        return any(
            source.role == "dotenv" and source.file is not None for source in self.loaded.sources
        )

    def problems(self, *kinds: str) -> Iterator[Diagnostic]:
        """What the loader found wrong, of these kinds, as findings.

        What only an unset variable makes wrong is advice where there is no env file, as in a
        fresh clone; what Compose refuses only under some profile is a warning.
        """
        for problem in self.loaded.problems:
            if problem.kind not in kinds:
                continue
            from .unread_secrets import unread_secrets

            severity = None
            if problem.unset and not self.has_env_file:
                severity = Severity.INFO
            elif not problem.rejects:
                severity = Severity.WARNING
            yield Diagnostic(
                problem.span,
                problem.message,
                help=problem.help,
                severity=severity,
                related=[Related(place.span, place.message) for place in problem.related],
                evidence=problem.span.text,
                sensitive=[
                    found
                    for span in (problem.span, *(place.span for place in problem.related))
                    for found in unread_secrets(span)
                ],
            )

    @cached_property
    def networks(self) -> dict[str, Resource]:
        return self.resources("networks")

    @cached_property
    def volumes(self) -> dict[str, Resource]:
        return self.resources("volumes")

    @cached_property
    def secrets(self) -> dict[str, Resource]:
        return self.resources("secrets")

    @cached_property
    def configs(self) -> dict[str, Resource]:
        return self.resources("configs")

    @cached_property
    def built_images(self) -> frozenset[tuple[str, str]]:
        """The registry and repository of every image that the stack builds and names."""
        return frozenset(
            (service.reference.registry, service.reference.repository)
            for service in self.services.values()
            if service.build is not None and service.reference is not None
        )

    @cached_property
    def is_swarm(self) -> bool:
        """Whether the stack is plainly meant for `docker stack deploy`."""
        if any("swarm" in file.lower() or "stack" in file.lower() for file in self.loaded.files):
            return True
        return any(
            network.node is not None and text_of(network.node.get("driver")) == "overlay"
            for network in self.networks.values()
        )

    def replaced_mounts(self, service: Service) -> Iterator[tuple[Node, Node]]:
        """Entries of ``volumes`` whose target a later entry of the same list has too."""
        for yaml in self.loaded.documents.values():
            for document in yaml.documents:
                services = document.get("services") if isinstance(document, Mapping) else None
                node = services.get(service.name) if isinstance(services, Mapping) else None
                listed = node.get("volumes") if isinstance(node, Mapping) else None
                if not isinstance(listed, Sequence) or len(listed.items) < 2:
                    continue
                seen: dict[str, Node] = {}
                for item in listed.items:
                    target = _mount_target(item)
                    if target:
                        if target in seen:
                            yield seen[target], item
                        seen[target] = item

    @cached_property
    def env_syntaxes(self) -> list[EnvSyntax]:
        """The env files that Compose reads for this stack: its own, then those of its services."""
        from .source.dotenv import parse_env

        found: dict[str, EnvSyntax] = {}
        for source in self.loaded.sources:
            if source.role == "dotenv" and source.file is not None:
                found[source.path] = parse_env(source.file)
        for service_file in self.loaded.env_files:
            if service_file.syntax is not None and service_file.role == "env_file":
                found.setdefault(service_file.syntax.file.path, service_file.syntax)
        return list(found.values())

    @cached_property
    def documented_variables(self) -> frozenset[str]:
        """The variables that an example env file beside the stack tells people to set."""
        from .source.dotenv import parse_env

        names: set[str] = set()
        reader = self.project.reader
        for name in EXAMPLE_ENV_FILES:
            path = join_path(self.loaded.folder, name)
            if reader.exists(path):
                text = reader.read_text(path)
                if isinstance(text, SourceFile):
                    names.update(entry.key for entry in parse_env(text).entries)
                    # What is commented out is documented all the same.
                    names.update(_COMMENTED.findall(text.text))
        return frozenset(names)

    @cached_property
    def is_test(self) -> bool:
        """Whether file or folder names say that the stack is for tests or development only."""
        return any(
            word.rstrip("0123456789") in _TRIAL_WORDS
            for file in self.loaded.files
            for word in re.split(r"[-_./]", file.lower())
        )


_TRIAL_WORDS = frozenset(
    (
        "ci",
        "debug",
        "dev",
        "devcontainer",
        "devel",
        "develop",
        "development",
        "e2e",
        "local",
        "test",
        "testing",
        "tests",
    )
)
"""Words in a stack's path that stand for tests and development."""

EXAMPLE_ENV_FILES = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default", ".env.defaults",
    "env.example", "example.env", "sample.env", ".example.env", ".env-example", ".env.prod.example",
)  # fmt: skip
"""Names under which repositories keep an env file to copy."""

_COMMENTED = on_demand(r"^#[ \t]*([A-Za-z_][A-Za-z0-9_]*)=", re.MULTILINE)


def _mount_target(item: Node) -> str | None:
    """The target of an entry of ``volumes`` as written, where it is plain to see."""
    if isinstance(item, Mapping):
        return text_of(item.get("target"))
    if not isinstance(item, Scalar) or "$" in item.raw:
        return None
    parts = item.raw.split(":")
    return parts[1].rstrip("/") if len(parts) > 1 and parts[1].startswith("/") else None


class ComposeFile:
    """One Compose file as it is written, before anything is resolved."""

    def __init__(self, project: Project, yaml: YamlFile, override: bool = False) -> None:
        self.project = project
        self.yaml = yaml
        self.source: SourceFile = yaml.source
        self.override = override

    @property
    def documents(self) -> list[Node]:
        return self.yaml.documents

    @property
    def is_foreign(self) -> bool:
        """Whether it is another tool's YAML under a name like a Compose file's.

        Workflows of CI services (`deploy-docker-compose.yml`) and Kubernetes manifests.
        """
        for document in self.documents:
            if isinstance(document, Mapping) and document.get("services") is None:
                names = {entry.name for entry in document.entries}
                if {"on", "jobs"} <= names or {"apiVersion", "kind"} <= names:
                    return True
        return False

    def __repr__(self) -> str:
        return f"ComposeFile({self.source.path!r})"


class BuildContext(NamedTuple):
    """How a stack builds a Dockerfile: the service, the context folder and the target.

    ``folder`` is None for a remote context; ``target`` is empty for the last stage.
    """

    service: Service
    folder: str | None
    target: str


class Dockerfile:
    """One Dockerfile, and the services that build it."""

    def __init__(self, project: Project, syntax: DockerfileSyntax, inline: bool = False) -> None:
        self.project = project
        self.syntax = syntax
        self.inline = inline
        self.builds: list[BuildContext] = []

    @property
    def source(self) -> SourceFile:
        return self.syntax.source

    @property
    def path(self) -> str:
        return self.source.path

    @cached_property
    def stages(self) -> Stages:
        """Its stages as BuildKit links them."""
        from .source.dockerfile.stages import build_stages

        return build_stages(self.syntax)

    @cached_property
    def all_stages(self) -> list[Stage]:
        return [Stage(self, stage) for stage in self.stages]

    @cached_property
    def final_stages(self) -> list[Stage]:
        """The stages whose images run: the targets of its builds, else the last."""
        found: dict[int, Stage] = {}
        for build in self.builds:
            stage = self.stages.resolve(build.target) if build.target else self.stages.last
            if stage is not None:
                found[stage.index] = self.all_stages[stage.index]
        if not found and self.all_stages:
            return [self.all_stages[-1]]
        return list(found.values())

    @cached_property
    def shipped(self) -> frozenset[int]:
        """The numbers of the stages whose layers are part of an image that runs."""
        return frozenset(
            stage.index for final in self.final_stages for stage in final.syntax.chain()
        )

    @cached_property
    def ignore(self) -> IgnoreSyntax | None:
        """The ignore file that Docker takes for its context; None where there is none."""
        from .source.ignore import ignore_candidates

        if self.folder is None:
            return None
        candidates = ignore_candidates(self.path, self.folder)
        for path in candidates[1:] if self.inline else candidates:
            found = self.project.ignore_file(path)
            if found is not None:
                return found
        return None

    @cached_property
    def folder(self) -> str | None:
        """The build context: what a stack says, else the Dockerfile's own folder."""
        for build in self.builds:
            return build.folder
        return None if self.inline else self.path.rpartition("/")[0] or "."

    def __repr__(self) -> str:
        return f"Dockerfile({self.path!r})"


class Stage:
    """One build stage of a Dockerfile."""

    def __init__(self, dockerfile: Dockerfile, syntax: SyntaxStage) -> None:
        self.dockerfile = dockerfile
        self.syntax = syntax

    @property
    def instructions(self) -> list[Instruction]:
        return self.syntax.instructions

    @property
    def label(self) -> str:
        """Its name, or its number from 0."""
        return self.syntax.label

    @property
    def is_final(self) -> bool:
        """Whether its image is one that runs."""
        return any(stage.syntax is self.syntax for stage in self.dockerfile.final_stages)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known about the image that the chain of stages starts from."""
        from .images import facts_for, parse_reference

        name = self.syntax.root.base_name
        reference = parse_reference(name) if name and name != "scratch" else None
        return facts_for(reference) if reference else None

    @property
    def scripts(self) -> dict[Instruction, Script]:
        """What its RUN, CMD, ENTRYPOINT and HEALTHCHECK instructions execute."""
        return self.syntax.scripts

    @property
    def ships(self) -> bool:
        """Whether its layers are part of an image that runs."""
        return self.syntax.index in self.dockerfile.shipped

    @cached_property
    def runs(self) -> list[Run]:
        """Its RUN instructions, those of ONBUILD included, in order."""
        found = []
        scripts = self.scripts
        for instruction, state in self.syntax.walk():
            script = scripts.get(instruction)
            inner = instruction.inner or instruction
            if script is not None and inner.name == "RUN":
                found.append(Run(self, inner, script, state))
        return found

    @cached_property
    def assigned(self) -> dict[str, list[Variable]]:
        """What its own ENV and ARG instructions set, by name, in order."""
        found: dict[str, list[Variable]] = {}
        before: Instruction | None = None
        state = None
        for instruction, state in self.syntax.walk():
            _note_variables(found, before, state)
            before = instruction
        if state is not None:
            _note_variables(found, before, self.syntax.final)
        return found

    @cached_property
    def copies(self) -> list[Copy]:
        """Its COPY and ADD instructions, those of ONBUILD included, in order."""
        return [
            _copy(instruction.inner or instruction, state)
            for instruction, state in self.syntax.walk()
            if (instruction.inner or instruction).name in ("ADD", "COPY")
        ]

    @cached_property
    def calls(self) -> dict[str, list[tuple[Run, SimpleCommand]]]:
        """The commands of its RUN instructions by the name of what they run."""
        found: dict[str, list[tuple[Run, SimpleCommand]]] = {}
        for run in self.runs:
            for command in run.script.commands:
                found.setdefault(command.name, []).append((run, command))
        return found

    @cached_property
    def commands(self) -> list[RunCommand]:
        """The commands of its RUN instructions, those of ONBUILD included, in order."""
        return [
            RunCommand(self, instruction, script, command)
            for instruction, script in self.scripts.items()
            if (instruction.inner or instruction).name == "RUN"
            for command in script.commands
        ]

    def __repr__(self) -> str:
        return f"Stage({self.label!r})"


class Copy(NamedTuple):
    """A COPY or ADD.

    ``sources`` are without heredocs. ``source_stage`` is the value of ``--from``, empty for
    the context. ``target`` is the absolute path that it copies to, None where that cannot
    be known; ``workdir`` the folder that relative paths start from.
    """

    instruction: Instruction
    sources: list[Word]
    source_stage: str
    target: str | None
    workdir: str | None


def _copy(instruction: Instruction, state: State) -> Copy:
    destination = instruction.destination
    flag = instruction.flag("from")
    workdir = state.workdir.value if state.workdir else None
    target = None
    if destination is not None:
        has_variable = destination.has_variable
        target = state.scope.expand(destination) if has_variable else destination.value
        if target is not None and not target.startswith("/"):
            target = posixpath.join(workdir, target) if workdir is not None else None
        if target is not None:
            target = posixpath.normpath(target)
    heredocs = {heredoc.word.at for heredoc in instruction.heredocs}
    sources = instruction.sources
    if heredocs:
        sources = [word for word in sources if word.at not in heredocs]
    return Copy(instruction, sources, (flag.value or "") if flag else "", target, workdir)


class Run:
    """One RUN instruction (that of an ONBUILD too) and the script that it executes.

    ``shell_words``, ``user`` and ``workdir`` are what holds there; None is what the base
    image says.
    """

    def __init__(
        self, stage: Stage, instruction: Instruction, script: Script, state: State
    ) -> None:
        self.stage = stage
        self.instruction = instruction
        self.script = script
        self.shell_words = state.shell_words
        self.user = state.user
        self.workdir = state.workdir.value if state.workdir else None

    @cached_property
    def packages(self) -> list[PackageCommand]:
        """Its calls of package managers, in order."""
        from .source.shell.packages import read_package_command

        found = (read_package_command(command) for command in self.script.commands)
        return [item for item in found if item is not None]

    @cached_property
    def mounts(self) -> list[InstructionMount]:
        return self.instruction.mounts

    def variable(self, name: str) -> Variable | None:
        """The ENV or ARG of that name in sight."""
        from .source.dockerfile.stages import MAX_CHAIN

        own = self.stage.assigned.get(name, ())
        start = self.instruction.start
        for variable in reversed(own):
            if variable.instruction is not None and variable.instruction.start < start:
                return variable
        stages = self.stage.dockerfile.all_stages
        for syntax in islice(self.stage.syntax.chain(), 1, MAX_CHAIN):
            above = stages[syntax.index].assigned.get(name)
            if above:
                return above[-1]
        return None

    def __repr__(self) -> str:
        return f"Run({self.instruction!r})"


def _note_variables(
    found: dict[str, list[Variable]], instruction: Instruction | None, state: State
) -> None:
    """Add what an instruction has set, now that it lies behind."""
    if instruction is not None and instruction.name in ("ARG", "ENV"):
        for pair in instruction.pairs:
            variable = state.scope.own.get(pair.key.value)
            if variable is not None and variable.instruction is instruction:
                listed = found.setdefault(variable.name, [])
                if not listed or listed[-1] is not variable:
                    listed.append(variable)


class RunCommand(NamedTuple):
    """One simple command of a RUN instruction."""

    stage: Stage
    instruction: Instruction
    script: Script
    command: SimpleCommand


class IgnoreFile:
    """One ignore file and the Dockerfiles whose context it filters."""

    def __init__(self, project: Project, syntax: IgnoreSyntax) -> None:
        self.project = project
        self.syntax = syntax
        self.dockerfiles: list[Dockerfile] = []

    @property
    def path(self) -> str:
        return self.syntax.file.path

    @cached_property
    def folder(self) -> str | None:
        """The context that it filters; None where several do, or none is known."""
        folders = {dockerfile.folder for dockerfile in self.dockerfiles}
        return folders.pop() if len(folders) == 1 else None

    def __repr__(self) -> str:
        return f"IgnoreFile({self.path!r})"


_TEMPLATE = on_demand(r"example|sample|template|dist\b|default", re.IGNORECASE)


class EnvFile:
    """One env file, as Docker Compose reads it, and the stacks that do so."""

    def __init__(self, project: Project, syntax: EnvSyntax, stacks: list[Stack]) -> None:
        self.project = project
        self.syntax = syntax
        self.stacks = stacks

    @property
    def path(self) -> str:
        return self.syntax.file.path

    @property
    def is_template(self) -> bool:
        """Whether it only shows people what to set (`.env.example` and the like)."""
        return _TEMPLATE.search(self.path.rpartition("/")[2]) is not None

    def __repr__(self) -> str:
        return f"EnvFile({self.path!r})"


class Project:
    """The files of one run, as far as rules may see them.

    Rules read nothing themselves: what they ask about other files is answered here.
    ``host`` is the machine that the configuration declares, ``fix_values`` what it wants
    fixes to write; None without a configuration.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.host: Host | None = None
        self.fix_values: FixValues | None = None
        self.stacks: list[Stack] = []
        self.dockerfiles: dict[str, Dockerfile] = {}
        self.registries: tuple[str, ...] = ()
        self.asked: set[tuple[str, str]] = set()
        self.listings: dict[str, Listing] = {}
        self._built: tuple[int, set[tuple[str, str]]] = 0, set()
        self._ignores: dict[str, IgnoreSyntax | None] = {}

    def dockerfile(self, path: str) -> Dockerfile | None:
        """The Dockerfile at a path; None where there is none that can be read."""
        known = self.dockerfiles.get(path)
        if known is None:
            text = self.reader.read_text(path)
            if not isinstance(text, SourceFile):
                return None
            from .source.dockerfile.parser import parse_dockerfile

            known = self.dockerfiles[path] = Dockerfile(self, parse_dockerfile(text))
        return known

    def dockerfile_of(self, service: Service) -> Dockerfile | None:
        """The Dockerfile that a service is built from; None where unknown or missing."""
        build = service.build
        if build is None:
            return None
        inline = build.node.get("dockerfile_inline")
        if isinstance(inline, Scalar):
            return self._inline(inline)
        path = build.dockerfile_path
        return self.dockerfile(path) if path else None

    def _inline(self, node: Scalar) -> Dockerfile | None:
        key = f"{node.file.path}#{node.start}"
        known = self.dockerfiles.get(key)
        if known is None and isinstance(node.value, str) and not node.unknown:
            from .compose.inline import embedded
            from .source.dockerfile.parser import parse_dockerfile

            source = embedded(node)
            known = self.dockerfiles[key] = Dockerfile(self, parse_dockerfile(source), inline=True)
        return known

    def builds_image(self, registry: str, repository: str) -> bool:
        """Whether a stack of the project builds an image of this name.

        ``asked`` keeps the names: the answer holds for a part of the files only as long as no
        stack of the other parts builds one of them.
        """
        self.asked.add((registry, repository))
        return (registry, repository) in self.built_images()

    def built_images(self) -> set[tuple[str, str]]:
        """The registry and repository of every image that a stack builds and names."""
        count, names = self._built
        for stack in self.stacks[count:]:
            for service in stack.services.values():
                if service.build and service.reference is not None:
                    names.add((service.reference.registry, service.reference.repository))
        self._built = len(self.stacks), names
        return names

    @cached_property
    def submodules(self) -> tuple[str, ...]:
        """The folders of git submodules, which a plain clone leaves empty."""
        import os

        up = os.path.relpath(self.reader.root, self.reader.base).replace(os.sep, "/")
        text = self.text(join_path(up, ".gitmodules")) or ""
        pairs = (line.strip().partition("=") for line in text.split("\n"))
        return tuple(
            join_path(up, value.strip())
            for key, _, value in pairs
            if key.strip() == "path" and value
        )

    def all_dockerfiles(self) -> list[Dockerfile]:
        """Every Dockerfile that was read, in the order of reading."""
        return list(self.dockerfiles.values())

    def exists(self, path: str) -> bool:
        """Whether a file or folder stands at a path inside the project."""
        return self.reader.exists(path)

    def text(self, path: str) -> str | None:
        """The text of a file inside the project; None where there is none to read."""
        found = self.reader.read_text(path)
        return found.text if isinstance(found, SourceFile) else None

    def source(self, path: str) -> SourceFile | None:
        """A file inside the project, for spans in it; None where there is none to read."""
        found = self.reader.read_text(path)
        return found if isinstance(found, SourceFile) else None

    def ignored_by_git(self, path: str) -> bool:
        """Whether a .gitignore of the project leaves a path out."""
        return self.reader.is_ignored_by_git(path)

    def tracked_by_git(self, path: str) -> bool:
        """Whether git has the path all the same, since it was added before or by force."""
        return self.reader.is_tracked_by_git(path)

    def ignore_file(self, path: str) -> IgnoreSyntax | None:
        """The ignore file at a path; None where there is none that can be read."""
        if path not in self._ignores:
            from .source.ignore import parse_ignore

            text = self.reader.read_text(path)
            self._ignores[path] = parse_ignore(text) if isinstance(text, SourceFile) else None
        return self._ignores[path]

    def listing(self, folder: str) -> Listing:
        """The files below a folder, as far as they are looked at."""
        known = self.listings.get(folder)
        if known is None:
            from .files.listing import list_folder

            known = self.listings[folder] = list_folder(self.reader, folder)
        return known

    def allows_registry(self, reference: ImageReference) -> bool:
        """Whether an image comes from a registry that the configuration lists, or it lists none.

        An entry may name a path in the registry (``ghcr.io/acme``) and hold ``*``.
        """
        from fnmatch import fnmatchcase

        name = f"{reference.registry}/{reference.repository}"
        return not self.registries or any(
            fnmatchcase(name, f"{entry.rstrip('/')}/*") or fnmatchcase(name, entry)
            for entry in self.registries
        )
