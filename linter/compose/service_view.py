"""The services of a model, and how problems between parts of it are reported."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.yaml.nodes import Entry, Mapping, Node
from .graph import dependencies, profiles_of, runs_with
from .nodes import entries_of
from .problem import INHERITED, Problem, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ..base.text import Span
    from .context import Context

MAX_COMPARED = 10_000
"""How many names are compared in all to recognise misspelt ones."""


class Service(NamedTuple):
    """One service of a model, with the key that names it."""

    name: str
    key: Node
    node: Mapping
    profiles: tuple[str, ...]


class Model:
    """A model's services and resources by name, and the profiles that it runs with."""

    def __init__(self, tree: Mapping, context: Context, profiles: tuple[str, ...]) -> None:
        self.context = context
        self.profiles = profiles
        entries = entries_of(tree.get("services"))
        self.names = {entry.name for entry in entries}
        """The names of all services, of those that are not mappings too."""
        self.services = {
            entry.name: Service(entry.name, entry.key, entry.value, profiles_of(entry.value))
            for entry in entries
            if isinstance(entry.value, Mapping)
        }
        self.edges = {
            service.name: dependencies(service.node) for service in self.services.values()
        }
        self.defined: dict[str, dict[str, Entry]] = {
            section: {entry.name: entry for entry in entries_of(tree.get(section))}
            for section in ("networks", "volumes", "secrets", "configs", "models")
        }
        self._compared = 0

    def runs(self, service: Service) -> bool:
        """Whether a service runs with the given profiles."""
        return runs_with(service.profiles, self.profiles)

    def report(self, service: Service, problem: Problem) -> None:
        """Report a problem of one service, which exists wherever the service runs."""
        extends = self.context.extended.get(service.name)
        if extends is not None and self.is_inherited(problem.span):
            # The file that is extended is right by itself: it is used wrongly here.
            related = (Related(INHERITED, problem.span), *problem.related)
            problem = problem._replace(span=extends.span, related=related)
        runs = self.runs(service)
        profile = "" if runs or not service.profiles else service.profiles[0]
        self.report_in(profile, problem._replace(rejects=runs))

    def report_in(self, profile: str, problem: Problem) -> None:
        """Report a problem that a profile brings about; none if it is empty."""
        if profile:
            message = f'{problem.message} (with the profile "{profile}")'
            problem = problem._replace(message=message, profile=profile)
        self.context.report(problem)

    def is_inherited(self, span: Span) -> bool:
        """Whether a place is in a file that only serves as a base."""
        path = span.file.path
        sources = self.context.sources
        return (path, "extends") in sources and not (
            (path, "compose") in sources or (path, "include") in sources
        )

    def near(self, name: str, names: Collection[str]) -> str:
        """The hint that names the nearest of some names; empty if none is close."""
        self._compared += len(names)
        from ..base.suggest import QUESTION, hint

        return hint(name, names, QUESTION) if self._compared <= MAX_COMPARED else ""
