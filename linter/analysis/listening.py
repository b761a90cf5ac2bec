"""The ports that a service's container listens on, as far as files tell."""

from __future__ import annotations

import re

from ..base.lazy import cached_property
from ..base.units import whole_number
from ..model.values import text_list
from .container import command_words, container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service


def listening_ports(service: Service) -> ListeningPorts:
    """The ports that a service's container listens on."""
    ports: ListeningPorts | None = service.conclusions.get(ListeningPorts)
    if ports is None:
        ports = service.conclusions[ListeningPorts] = ListeningPorts(service)
    return ports


class ListeningPorts:
    """The ports that a service's container listens on, as far as files tell."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._container = container_of(service)

    @cached_property
    def exposed(self) -> frozenset[int]:
        """The ports that EXPOSE in the stages and the image's facts name."""
        facts = self._container.facts
        ports = {port.number for port in facts.ports} if facts else set()
        for stage in self._container.chain:
            for instruction, state in stage.walk():
                for word in instruction.words if instruction.name == "EXPOSE" else ():
                    ports.update(_port_range(state.scope.expand(word) or ""))
        return frozenset(ports)

    def exclude(self, port: int, *, count_declared: bool = True) -> bool:
        """Whether other ports are known, and no text in sight may choose this one.

        ``count_declared`` tells whether the service's own ``ports`` and ``expose`` say that
        a program listens on them.
        """
        if not self.exposed or port in self.exposed or self._is_configurable:
            return False
        facts = self._container.facts
        if facts and facts.may_listen(port):
            return False
        if (
            facts
            and facts.healthcheck
            and any(_has_number(w, port) for w in facts.healthcheck.test)
        ):
            return False  # a port of its management
        if count_declared and port in self._declared:
            return False
        network = self._service.text("network_mode") or ""
        return not network.startswith(("service:", "container:")) and not any(
            _has_number(text, port) for text in self._texts()
        )

    def is_named(self, port: int) -> bool:
        """Whether the Compose file declares a port of the container, or a text in sight names it."""
        return port in self._declared or any(_has_number(text, port) for text in self._texts())

    @cached_property
    def _declared(self) -> frozenset[int]:
        """The container's ports that the Compose file names."""
        ports = {port.target for port in self._service.ports if port.target is not None}
        for text in text_list(self._service.get("expose")) or ():
            ports.update(_port_range(text))
        return frozenset(ports)

    @cached_property
    def _is_configurable(self) -> bool:
        """Whether something that cannot be read here may configure the ports."""
        service = self._service
        values = service.environment.values()
        commands = map(service.get, ("command", "entrypoint"))
        return (
            self._runs_a_script()
            or any(mount.type == "bind" or mount.unknown for mount in service.mounts)
            or service.get("configs") is not None
            or any(variable.unknown or variable.value is None for variable in values)
            or any(file.syntax is None for file in service.env_files)
            or any(node is not None and command_words(node) is None for node in commands)
            or (service.build is not None and not self._has_expose())
            or not self._knows_configuration()
        )

    def _knows_configuration(self) -> bool:
        """Whether all files that change the image's configuration can be read."""
        from .mounted import configuration_of

        return configuration_of(self._service).complete

    def _runs_a_script(self) -> bool:
        """Whether a script of the service's own starts the program, and may configure it."""
        if self._service.get("entrypoint") is not None:
            return True
        words = self._container.command or [] if self._service.get("command") is not None else []
        return any(word.endswith(".sh") or ">" in word for word in words)

    def _has_expose(self) -> bool:
        """Whether the Dockerfile names ports itself: else it may bring a configuration."""
        return any(
            instruction.name == "EXPOSE"
            for stage in self._container.chain
            for instruction in stage.instructions
        )

    def _texts(self) -> Iterator[str]:
        """The texts that may name the port to listen on: variables and the command."""
        for variable in self._service.environment.values():
            yield variable.value or variable.name
        for stage in self._container.chain:
            yield from (own.value or "" for own in stage.final.scope.own.values())
        for file in self._service.env_files:
            yield from (entry.text or "" for entry in (file.syntax.entries if file.syntax else ()))
        yield self._container.command_text
        from .mounted import configuration_of

        yield configuration_of(self._service).text


def _port_range(text: str) -> range:
    """The ports of ``8080``, ``8080/tcp`` or ``8000-8010``; at most 1,000."""
    low, _, high = text.strip().partition("/")[0].partition("-")
    first, last = whole_number(low), whole_number(high or low)
    if first is None or last is None:
        return range(0)
    return range(first, min(last, first + 1000) + 1)


_LOCAL = r"(?:(https?)://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::([0-9]{1,5}))?(?=[/?'\" ]|\Z)"


def local_ports(text: str) -> list[int]:
    """The ports of addresses of the own machine in a text: ``http://localhost:8080/``."""
    if "localhost" not in text and "0.0." not in text and "[:" not in text:
        return []
    matches = (match.groups() for match in re.finditer(_LOCAL, text))
    return [
        int(port) if port else 80 if scheme == "http" else 443
        for scheme, port in matches
        if scheme or port
    ]


def _has_number(text: str, number: int) -> bool:
    """Whether a text contains a number, and not only as a part of a longer one."""
    digits = str(number)
    return digits in text and re.search(rf"(?<!\d){digits}(?!\d)", text) is not None
