"""The contract of the image that a service runs, and the variables that the service gives it."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..compose.nodes import is_null, items_of
from ..compose.values import UNKNOWN
from ..files.paths import is_inside, join_path
from ..images import parse_reference
from ..images.contracts import contract_for
from ..model.values import is_unknown, text_of
from ..source.yaml.nodes import Mapping, UnknownScalar
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..images.contracts import Contract, Requirement
    from ..images.tags import Version
    from ..model.fields import Mount
    from ..model.service import Service
    from .container import Container

_INITIAL_FILES = frozenset((".gitignore", ".gitkeep", ".keep", "README.md"))
"""Files in a folder of data that was not used yet."""

_BUILD_WORDS = (
    "entrypoint",
    "initdb",
    "mysqld",
    "mariadbd",
    "mysql_install_db",
    "sqlservr",
    "mongod",
)
"""Words in a RUN that may make the data already while the image is built."""

_MOST_FILES = 40


class Given(NamedTuple):
    """A variable that a service has. ``value`` is None where it is unknown.

    ``key`` is ``environment`` or ``env_file``, or ``image`` for one that the Dockerfile sets.
    """

    name: str
    value: str | None
    key: str
    name_span: Span | None
    value_span: Span | None


class Terms:
    """A contract and what a service gives: only where all of it can be seen."""

    def __init__(self, service: Service, contract: Contract, given: dict[str, Given]) -> None:
        self.service = service
        self.contract = contract
        self.given = given
        self._container: Container = container_of(service)

    def is_set(self, name: str, *, empty_counts: bool = False) -> bool:
        """Whether a variable has, or may have, a value."""
        given = self.given.get(name)
        return given is not None and (given.value is None or bool(given.value) or empty_counts)

    def is_met(self, requirement: Requirement) -> bool:
        """Whether a requirement is met, may be met unseen, or does not hold for the service."""
        given = self.given
        for name, values in requirement.when.items():
            other = given.get(name)
            if other is None or other.value not in values:
                return True
        for name in requirement.any:
            if self.is_set(name, empty_counts=requirement.empty_counts):
                return True
            if requirement.reads_files and self.is_set(f"{name}_FILE"):
                return True
        for name, values in requirement.or_values.items():
            other = given.get(name)
            if other is not None and (other.value is None or other.value.lower() in values):
                return True
        words = self._container.command or []
        if any(word.startswith(option) for word in words for option in requirement.arguments):
            return True
        if any(
            is_inside(path, mount.target) or is_inside(mount.target, path)
            for path in requirement.unless_mounted
            for mount in self.service.mounts
        ):
            return True
        if requirement.unless_mounted and self.service.get("configs") is not None:
            return True
        return not requirement.always and self.may_have_data

    @property
    def is_floating(self) -> bool:
        """Whether the tag names no version, so that an older image may be on the machine."""
        image = _image(self._container)
        return image is None or image[2] is None

    @property
    def may_have_data(self) -> bool:
        """Whether its data may be there already: an external volume, or a folder of the host."""
        facts = self._container.facts
        paths = facts.data_paths if facts else ()
        return any(
            self._may_have_data(mount)
            for mount in self.service.mounts
            if not paths
            or any(is_inside(mount.target, path) or is_inside(path, mount.target) for path in paths)
        )

    def _may_have_data(self, mount: Mount) -> bool:
        stack = self.service.stack
        if mount.unknown:
            return True
        if mount.type == "bind":
            reader = stack.project.reader
            kind = "outside" if mount.source.startswith("~") else reader.kind(mount.source)
            if kind != "folder":
                return kind != "missing"
            return any(name not in _INITIAL_FILES for name, _ in reader.entries(mount.source))
        if mount.type != "volume" or not mount.source:
            return mount.type not in ("volume", "tmpfs")
        volume = stack.volumes.get(mount.source)
        if volume is None or volume.external:
            return True
        node = volume.node
        if node is not None and node.get("driver_opts") is not None:
            return True
        return any(
            other.source == mount.source
            for service in stack.services.values()
            if service is not self.service
            for other in service.mounts
        )

    @property
    def is_complete(self) -> bool:
        """Whether nothing else, such as the base of an overlay, may set what is missing here."""
        from .overlay import base_sets

        service = self.service
        return not service.stack.is_fragment and not base_sets(
            service, ("environment",), ("env_file",), ("command",), ("hostname",)
        )

    def is_read_by_scripts(self, name: str) -> bool:
        """Whether the service's command, or a file that it mounts or copies, names a variable."""
        service = self.service
        if name in self._container.command_text or service.build is not None:
            return True
        project = service.stack.project
        for mount in service.mounts:
            if mount.type != "bind" or mount.unknown or mount.source.startswith("~"):
                continue
            kind = project.reader.kind(mount.source)
            if kind == "file":
                paths = [mount.source]
            elif kind == "folder":
                files = project.listing(mount.source).files[:_MOST_FILES]
                paths = [join_path(mount.source, file) for file in files]
            else:
                continue
            if any(name in (project.text(path) or "") for path in paths):
                return True
        return False


def terms_of(service: Service) -> Terms | None:
    """The contract of a service's image, and what the service gives it; None where it is not known.

    None, too, where another entry point or command runs something else than the image's server.
    """
    if Terms not in service.conclusions:
        service.conclusions[Terms] = _terms(service)
    terms: Terms | None = service.conclusions[Terms]
    return terms


def _terms(service: Service) -> Terms | None:
    if not service.runs_here or service.on_windows:
        return None
    container = container_of(service)
    image = _image(container)
    if image is None:
        return None
    contract = contract_for(*image)
    if contract is None or not _runs_server(container, contract):
        return None
    given = _given(service)
    return None if given is None else Terms(service, contract, given)


def _image(container: Container) -> tuple[str, str | None, Version | None] | None:
    """The name, the tag and the version of the image that runs, or that it is built on."""
    service, facts = container.service, container.facts
    tag: str | None
    if service.build is not None:
        name = container.base_name
        reference = parse_reference(name) if name else None
    else:
        reference = service.reference
    if reference is not None:
        tag = reference.tag or ("" if reference.digest is None else None)
        from ..images.tags import parse_tag

        version = (
            facts.version if facts else parse_tag(tag, reference.name).version if tag else None
        )
        return reference.name, tag, version
    node = service.get("image")
    if service.build is None and isinstance(node, UnknownScalar):
        name, _, end = node.pattern.rpartition(":")
        reference = None if "/" in end or UNKNOWN in name else parse_reference(name)
        if reference is not None:
            return reference.name, None, None
    return None


def _runs_server(container: Container, contract: Contract) -> bool:
    """Whether the image's own entry point runs its server."""
    service = container.service
    entrypoint = service.get("entrypoint")
    if entrypoint is not None and not is_null(entrypoint):
        return False
    if container.runs_another_program or any(
        mount.target.rpartition("/")[2].endswith("entrypoint.sh") for mount in service.mounts
    ):
        return False
    command = service.get("command")
    if is_unknown(command):
        return False
    for stage in container.chain:
        if stage.final.entrypoint is not None:
            return False
        for instruction, _ in stage.walk():
            text = instruction.span.text.lower()
            if instruction.name == "RUN" and any(word in text for word in _BUILD_WORDS):
                return False
            if instruction.name in ("COPY", "ADD") and "entrypoint.sh" in text:
                return False
    words = container.command
    if words is None:
        return command is None or is_null(command)
    while words and words[0].rpartition("/")[2] == "docker-entrypoint.sh":
        words = words[1:]
    return not words or words[0].startswith("-") or words[0] in contract.servers


def _given(service: Service) -> dict[str, Given] | None:
    """The variables that a service has; None where one of unknown name may be among them."""
    given: dict[str, Given] = {}
    for stage in container_of(service).chain:
        for name, own in stage.final.scope.own.items():
            if own.kind == "env":
                given[name] = Given(name, own.value, "image", None, None)
    for file in service.env_files:
        if file.syntax is None:
            return None
        for entry in file.syntax.entries:
            value = entry.value
            if value is not None and entry.references and not value:
                value = None
            given[entry.key] = Given(entry.key, value, "env_file", entry.key_span, entry.value_span)
    node = service.get("environment")
    if is_unknown(node) and not isinstance(node, Mapping):
        return None
    for variable in service.environment.values():
        value = None if variable.unknown else variable.value
        if value is not None and not value and "$" in variable.value_span.text:
            value = None  # a default that stands in for what a shell sets
        given[variable.name] = Given(
            variable.name, value, "environment", variable.name_span, variable.value_span
        )
    names = [(text_of(item) or item.span.text).partition("=")[0] for item in items_of(node)]
    return None if any("$" in name or UNKNOWN in name for name in (*names, *given)) else given
