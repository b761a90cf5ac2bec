"""A stack and its files as rules see them.

A view wraps nodes of the resolved stack (or of one file's syntax) and never holds text
of its own: every part knows the node that it came from, and each node knows its file and
offsets. What a variable without a value decides is *unknown* (``None`` and
``is_unknown``), and policy stays silent on it. Malformed parts are left out here; the
rules of CF0 and CF1 report them.
"""

from __future__ import annotations

from itertools import islice

from ..base.lazy import cached_property
from ..base.text import may_be_template
from ..compose.nodes import entries_of, items_of
from ..files.kinds import COMPOSE_NAMES
from ..files.paths import join_path
from ..files.purpose import (
    is_development_path,
    is_for_production,
    is_production_path,
    is_throwaway,
    says_it_is_tried_out,
)
from ..rule import Diagnostic, Related, Severity
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .fields import Resource, Written, base_of
from .service import Service
from .values import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..base.text import SourceFile, Span
    from ..compose.context import Source
    from ..compose.discover import StackFiles
    from ..compose.stack import LoadedStack
    from ..source.dotenv import EnvSyntax
    from ..source.yaml.nodes import Entry, YamlFile
    from .fields import Dependency
    from .project import Project
    from .variable_sources import VariableSources


class Stack:
    """What Docker Compose would run from one set of files.

    ``is_fragment`` tells that the files refer to what other files, which are not known, define:
    only rules that look at one service alone run on them.
    """

    is_fragment = False

    def __init__(self, project: Project, loaded: LoadedStack, files: StackFiles) -> None:
        self.project = project
        self.loaded = loaded
        self.files = files
        self.conclusions: dict[type, Any] = {}
        """The conclusions of ``analysis/`` about the stack, each drawn once."""

    def __repr__(self) -> str:
        return f"Stack({self.name!r})"

    @property
    def name(self) -> str:
        """The files that Compose is given, joined: ``compose.yaml:prod.yaml``."""
        return ":".join(self.loaded.files)

    @property
    def knows_folder(self) -> bool:
        """Whether it is known from which folder the relative paths of its files start."""
        files = self.files
        folders = {file.rpartition("/")[0] for file in files.files}
        return not (self.is_fragment or (files.guessed and len(folders) > 1))

    @property
    def tree(self) -> Mapping:
        """The merged, interpolated and normalised model."""
        return self.loaded.tree

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services by name, those of every profile included."""
        return {
            entry.name: Service(self, entry.name, entry.key, entry.value)
            for entry in entries_of(self.tree.get("services"))
            if isinstance(entry.value, Mapping)
        }

    @cached_property
    def written(self) -> dict[tuple[str, int], Written]:
        """The services as the files have them, by file and offset of their keys."""
        blocks: dict[tuple[str, int], Written] = {}
        for path, services in self._sections("services"):
            bases = {base_of(entry.value) for entry in services.entries}
            for entry in services.entries:
                block = entry.value if isinstance(entry.value, Mapping) else None
                shared = (
                    services.anchor is not None
                    or entry.value.anchor is not None
                    or entry.name in bases
                )
                blocks[path, entry.key.start] = Written(block, entry.value.end, shared)
        return blocks

    def _sections(self, name: str) -> Iterator[tuple[str, Mapping]]:
        """The path of a file and the mapping of a top-level key, for each document that has it."""
        for path, file in self.loaded.documents.items():
            for document in file.documents:
                section = document.get(name) if isinstance(document, Mapping) else None
                if isinstance(section, Mapping):
                    yield path, section

    def resources(self, kind: str) -> dict[str, Resource]:
        """The top-level entries of ``networks``, ``volumes``, ``secrets``, ``configs`` or ``models``."""
        return {
            entry.name: Resource(
                entry.name, entry.key, entry.value if isinstance(entry.value, Mapping) else None
            )
            for entry in entries_of(self.tree.get(kind))
        }

    @cached_property
    def has_env_file(self) -> bool:
        """Whether an env file for interpolation exists: then what it lacks is really missing."""
        return any(source.file is not None for source in self._dotenv)

    @property
    def _dotenv(self) -> Iterator[Source]:
        """The env files for interpolation, those that do not exist included."""
        return (source for source in self.loaded.sources if source.role == "dotenv")

    def problems(self, *kinds: str) -> Iterator[Diagnostic]:
        """The findings for the problems of these kinds that loading met.

        Of what only an unset variable makes wrong, ``if_unset`` gives the severity; what Compose
        refuses only under some profile is a warning.
        """
        for problem in self.loaded.problems:
            if problem.kind not in kinds:
                continue
            from ..secrets.unparsed import unread_secrets

            severity = None if problem.rejects or problem.only else Severity.WARNING
            finding: Diagnostic | None = Diagnostic(
                problem.span,
                problem.message,
                help=problem.help,
                severity=severity,
                related=[Related(place.span, place.message) for place in problem.related],
                evidence=problem.span.text,
                sensitive=[
                    secret
                    for span in (problem.span, *(place.span for place in problem.related))
                    for secret in unread_secrets(span)
                ],
            )
            if finding is not None and problem.unset:
                required = problem.kind == "required-variable"
                finding = self.if_unset(finding, problem.unset, required=required)
            if finding is not None:
                yield finding

    @cached_property
    def dependants(self) -> dict[str, list[Dependency]]:
        """The dependencies on each service that another one depends on, by its name."""
        dependants: dict[str, list[Dependency]] = {}
        for service in self.services.values():
            for each in service.depends_on.values():
                dependants.setdefault(each.name, []).append(each)
        return dependants

    @cached_property
    def limits_memory(self) -> bool:
        """Whether a service has a memory limit."""
        return any(service.limit("memory") for service in self.services.values())

    @cached_property
    def networks(self) -> dict[str, Resource]:
        """The top-level networks by name."""
        return self.resources("networks")

    @cached_property
    def volumes(self) -> dict[str, Resource]:
        """The top-level volumes by name."""
        return self.resources("volumes")

    @cached_property
    def secrets(self) -> dict[str, Resource]:
        """The top-level secrets by name."""
        return self.resources("secrets")

    @cached_property
    def configs(self) -> dict[str, Resource]:
        """The top-level configs by name."""
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
    def product_names(self) -> frozenset[str]:
        """The names of the project and its services, and the last two parts of their images' names.

        The project has the name of its folder if the files give it none.
        """
        parts = (
            part
            for service in self.services.values()
            if service.reference is not None
            for part in service.reference.repository.split("/")[-2:]
        )
        folder = join_path(self.project.reader.base, self.loaded.folder)
        name = text_of(self.tree.get("name")) or folder.rstrip("/").rpartition("/")[2]
        return frozenset((name, *self.services, *parts)) - {"library"}

    @cached_property
    def is_swarm(self) -> bool:
        """Whether file names or networks say that the stack is for `docker stack deploy`."""
        if any("swarm" in file.lower() or "stack" in file.lower() for file in self.loaded.files):
            return True
        return any(
            network.node is not None and text_of(network.node.get("driver")) == "overlay"
            for network in self.networks.values()
        )

    def replaced_mounts(self, service: Service) -> Iterator[tuple[Node, Node]]:
        """Pairs of entries of ``volumes`` with one target; the second, later in the list, replaces
        the first."""
        for _, services in self._sections("services"):
            block = services.get(service.name)
            volumes = block.get("volumes") if isinstance(block, Mapping) else None
            by_target: dict[str, Node] = {}
            for item in items_of(volumes):
                target = _mount_target(item)
                if target:
                    if target in by_target:
                        yield by_target[target], item
                    by_target[target] = item

    @cached_property
    def env_syntaxes(self) -> list[EnvSyntax]:
        """The env files that Compose reads for this stack: its own, then those of its services."""
        files: dict[str, EnvSyntax] = {}
        for source in self._dotenv:
            if source.file:
                from ..source.dotenv_parser import parse_env

                files[source.path] = parse_env(source.file)
        for service_file in self.loaded.env_files:
            if service_file.syntax is not None and service_file.role == "env_file":
                files.setdefault(service_file.syntax.file.path, service_file.syntax)
        return list(files.values())

    @cached_property
    def documented_variables(self) -> frozenset[str]:
        """The variables that an example env file beside the stack tells people to set."""
        from .variable_sources import documented_variables

        return documented_variables(self.project.reader, self.loaded.folder)

    @cached_property
    def _variable_sources(self) -> VariableSources:
        from .variable_sources import VariableSources

        loaded, project = self.loaded, self.project
        given = (file.path for file in loaded.env_files if file.role == "env_file")
        return VariableSources(project.reader, project.listing, loaded.folder, list(given))

    def is_set_elsewhere(self, name: str) -> bool:
        """Whether something else than the env files that Compose reads sets a variable.

        That is an example env file, a script, Makefile or CI workflow of the repository that
        starts the stack, or the session in which it is started.
        """
        return self._variable_sources.path_of(name) is not None

    def if_unset(
        self, finding: Diagnostic, names: Iterable[str], *, required: bool = False
    ) -> Diagnostic | None:
        """A finding that is right only while some variables are unset, with its severity.

        All rules ask this, so that one stack gets one answer:

        - None, not reported, if all of the variables are set elsewhere (``is_set_elsewhere``);
        - WARNING if the variable seems to be missing: an env file for interpolation exists and lacks
          it, or another place of the stack has a default for it, so that the stack is meant to work
          without. It is not ERROR, even where Compose refuses the stack: a shell may set it;
        - INFO otherwise, as in a fresh clone: the env file is kept out of git on purpose.

        ``required`` tells that the place refuses to go on without the variable (``${VAR:?}``): a
        default elsewhere says nothing then.
        """
        missing = [name for name in names if not self.is_set_elsewhere(name)]
        if not missing:
            return None
        has_default = not required and not self.defaults.keys().isdisjoint(missing)
        seems_missing = self.has_env_file or has_default
        finding.severity = Severity.WARNING if seems_missing else Severity.INFO
        return finding

    @cached_property
    def defaults(self) -> dict[str, tuple[str, Span]]:
        """The first default that the stack has for each variable, as written, and its place."""
        defaults: dict[str, tuple[str, Span]] = {}
        for use in self.loaded.uses:
            if use.operator in (":-", "-") and use.name not in defaults:
                text = use.span.text
                start = text.find(use.operator) + len(use.operator)
                defaults[use.name] = text[start:-1], use.span
        return defaults

    @cached_property
    def is_test(self) -> bool:
        """Whether file or folder names say that the stack is for tests or development only."""
        return any(map(is_development_path, self.loaded.files))

    @cached_property
    def is_throwaway(self) -> bool:
        """Whether file or folder names say that it runs for a test or a benchmark, and is thrown away."""
        return any(map(is_throwaway, self.loaded.files))

    @cached_property
    def is_for_production(self) -> bool:
        """Whether a file's or folder's name says that the stack is operated, not only developed."""
        return any(map(is_production_path, self.loaded.files))

    @cached_property
    def is_for_developers(self) -> bool:
        """Whether it is for tests or development, since its names, itself or a file beside it say so.

        So says the comment at the top of a file. What ``docker compose up`` finds by itself beside a
        file for production is for developers; what the latter is laid over is reported for the stack
        of both.
        """
        if self.is_test or any(
            says_it_is_tried_out(file.source.text) for file in self.loaded.documents.values()
        ):
            return True
        if not self.files.is_default:
            return False
        try:
            entries = islice(self.project.reader.entries(self.loaded.folder), _MOST_NAMES)
            return any(is_for_production(name) for name, _ in entries)
        except (OSError, ValueError):
            return False


def _mount_target(item: Node) -> str | None:
    """The target of an entry of ``volumes`` as written; None if it depends on a variable."""
    if isinstance(item, Mapping):
        return text_of(item.get("target"))
    if not isinstance(item, Scalar) or "$" in item.raw:
        return None
    parts = item.raw.split(":")
    return parts[1].rstrip("/") if len(parts) > 1 and parts[1].startswith("/") else None


_MOST_NAMES = 2_000
"""The most names in the folder of a stack that are looked at."""

_COMPOSE_KEYS = frozenset(
    ("configs", "include", "models", "name", "networks", "secrets", "services", "volumes")
)
_SERVICE_MARKS = ("image", "build", "extends", "container_name", "ports", "depends_on")
_OTHER_FORMATS = ({"on", "jobs"}, {"apiVersion", "kind"})
_PLAY_KEYS = frozenset(
    ("hosts", "tasks", "roles", "import_playbook", "include_tasks", "import_tasks")
)
"""Keys of Ansible's playbooks, which are lists."""


def _is_other_format(root: Node, has_default_name: bool) -> bool:
    """Whether a document is surely that of another tool.

    Under a name that Docker Compose looks for by itself, only the marks of a known format tell it.
    """
    if isinstance(root, Sequence):
        keys = [{entry.name for entry in entries_of(item)} for item in root.items]
        return bool(keys) and all(
            not _PLAY_KEYS.isdisjoint(names) or ("name" in names and len(names) > 1)
            for names in keys
        )
    if not isinstance(root, Mapping):
        return False
    names = {entry.name for entry in root.entries if not entry.name.startswith("x-")}
    if "services" not in names and any(marks <= names for marks in _OTHER_FORMATS):
        return True
    # Without any key of Compose files: unless it is one of the first version, whose services are
    # at the top level, or one in which a key is misspelt.
    others = names - {"version"}
    return (
        not has_default_name
        and len(others) > 1
        and _COMPOSE_KEYS.isdisjoint(names)
        and not any(map(_holds_service, root.entries))
    )


def _holds_service(entry: Entry) -> bool:
    """Whether a value is a service, or contains one."""
    nodes = (entry.value, *(inner.value for inner in entries_of(entry.value)))
    mappings = [node for node in nodes if isinstance(node, Mapping)]
    return any(node.get(name) is not None for node in mappings for name in _SERVICE_MARKS)


class ComposeFile:
    """One Compose file as it is written, before anything is resolved."""

    def __init__(self, project: Project, yaml: YamlFile) -> None:
        self.project = project
        self.yaml = yaml
        self.source: SourceFile = yaml.source

    @property
    def documents(self) -> list[Node]:
        """The root nodes of the file's documents."""
        return self.yaml.documents

    @property
    def is_foreign(self) -> bool:
        """Whether it is another tool's YAML under a name like a Compose file's.

        Such files are workflows of CI services (`deploy-docker-compose.yml`), Kubernetes manifests,
        playbooks, and pages of reference manuals.
        """
        has_default_name = self.source.path.rpartition("/")[2] in COMPOSE_NAMES
        return any(_is_other_format(root, has_default_name) for root in self.documents)

    @property
    def is_template(self) -> bool:
        """Whether a Compose file is rendered from it later, so that it cannot be read as one."""
        if not may_be_template(self.source.text):
            return False
        from ..source.templates import is_yaml_template

        return is_yaml_template(self.yaml)

    def __repr__(self) -> str:
        return f"ComposeFile({self.source.path!r})"
