"""The findings of a stack, by the part of the picture that each is about."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model.service import Service
    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic

MOST_FINDINGS = 5_000
"""The most findings of one stack that a picture tells about."""

HOST_CODES = {"CF172": "is the container itself", "CF174": "nothing has this name"}
"""The rules about hosts that a service cannot reach, whose names are the evidence, and what is wrong."""

_RESOURCES = ("networks", "volumes", "secrets", "configs")


class Finding(NamedTuple):
    """A finding: its rule, its text, its place, and the address that it leads to (or nothing)."""

    code: str
    name: str
    severity: str
    message: str
    path: str
    line: int
    column: int
    link: str


class Findings:
    """The reported findings of a stack and of the Dockerfiles that it builds."""

    def __init__(
        self, stack: Stack, result: Result, link: Callable[[Diagnostic], str] | None
    ) -> None:
        self._by_service: dict[str, list[int]] = {}
        self._by_resource: dict[tuple[str, str], list[int]] = {}
        self._others: list[int] = []
        self.unreached: list[tuple[str, str, str]] = []
        """Services with the names of hosts that they cannot reach, and why."""
        built = _built(stack)
        findings: list[Finding] = []
        for finding in result.reported:
            services = _services(stack, finding, built)
            if services is None:
                continue
            if len(findings) == MOST_FINDINGS:
                break
            index = len(findings)
            at = finding.start
            findings.append(
                Finding(
                    finding.code,
                    finding.name,
                    finding.severity.label,
                    finding.message,
                    finding.path,
                    at.line,
                    at.column,
                    link(finding) if link is not None else "",
                )
            )
            if finding.code in HOST_CODES and finding.evidence:
                why = HOST_CODES[finding.code]
                self.unreached += ((name, finding.evidence, why) for name in services)
            for name in services:
                self._by_service.setdefault(name, []).append(index)
            if not services:
                resource = _resource(stack, finding)
                if resource is not None:
                    self._by_resource.setdefault(resource, []).append(index)
                else:
                    self._others.append(index)
        self.all = tuple(findings)

    @property
    def others(self) -> tuple[int, ...]:
        """The findings of no service, network, volume, secret or config."""
        return tuple(self._others)

    def of_service(self, service: Service) -> tuple[int, ...]:
        """The findings of a service and of the Dockerfile that it is built from."""
        return tuple(self._by_service.get(service.name, ()))

    def of_resource(self, kind: str, name: str) -> tuple[int, ...]:
        """The findings of a network, volume, secret or config."""
        return tuple(self._by_resource.get((kind, name), ()))


def worst(findings: tuple[Finding, ...], indexes: tuple[int, ...]) -> Finding | None:
    """The gravest of some findings, the first one of them; None if there are none."""
    some = [findings[index] for index in indexes]
    return max(some, key=lambda finding: Severity[finding.severity.upper()], default=None)


def _built(stack: Stack) -> dict[str, list[str]]:
    """The names of the services that are built from each Dockerfile."""
    built: dict[str, list[str]] = {}
    for service in stack.services.values():
        dockerfile = stack.project.dockerfile_of(service)
        if dockerfile is not None:
            built.setdefault(dockerfile.path, []).append(service.name)
    return built


def _services(stack: Stack, finding: Diagnostic, built: dict[str, list[str]]) -> list[str] | None:
    """The services that a finding is about; None if it is not about the stack."""
    files = stack.loaded.documents
    if finding.stack is not None and finding.stack != stack.name:
        return None
    if finding.stack is None and finding.path in built and finding.path not in files:
        return built[finding.path]
    own = [file.path for file in stack.loaded.env_files]
    if finding.stack is None and finding.path not in files and finding.path not in own:
        return None
    owner = finding.owner
    if owner is not None and owner[0] == "service" and owner[1] in stack.services:
        return [owner[1]]
    name = _below(finding.subject, "services", stack.services)
    if name is None and _resource(stack, finding) is None:
        name = _around(stack, finding)
    return [] if name is None else [name]


def _around(stack: Stack, finding: Diagnostic) -> str | None:
    """The service in whose text a finding is."""
    span = finding.span.origin
    for service in stack.services.values():
        key = service.key.span
        written = stack.written.get((key.file.path, key.start))
        if written is None or key.file.path != span.file.path:
            continue
        if key.start <= span.start <= written.end:
            return service.name
    return None


def _resource(stack: Stack, finding: Diagnostic) -> tuple[str, str] | None:
    """The network, volume, secret or config that a finding is about."""
    for kind in _RESOURCES:
        name = _below(finding.subject, kind, stack.resources(kind))
        if name is not None:
            return kind, name
    return None


def _below(subject: str, section: str, names: Iterable[str]) -> str | None:
    """The longest of some names that a logical path begins with, behind its section."""
    prefix = f"{section}."
    if not subject.startswith(prefix):
        return None
    rest = subject[len(prefix) :]
    fitting = [name for name in names if rest == name or rest.startswith((f"{name}.", f"{name}["))]
    return max(fitting, key=len, default=None)
