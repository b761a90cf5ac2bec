"""The health check that is known for a service's image, and whether it works as configured."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..rule import Applicability
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..images import Healthcheck, ImageFacts
    from ..model.service import Service

_SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash")
_STARTS = frozenset((
    "agent", "all-in-one", "master", "run", "serve", "server", "standalone", "start", "start-dev",
    "start-single-node", "file-server", "reverse-proxy",
))  # fmt: skip
"""Arguments by which programs of images are told to serve."""

_OTHER_PROGRAMS = frozenset((
    "cron", "crond", "mc", "mongo", "mongosh", "mysql", "psql", "redis-cli", "redis-sentinel",
    "sleep", "tail", "worker", "scheduler", "valkey-sentinel", "cli", "kafka-topics",
))  # fmt: skip


_LOOPBACK = ("0.0.0.0", "127.0.0.1", "*", "::")
"""Addresses to listen on that a check at 127.0.0.1 reaches."""


_KAFKA_TOOL = "kafka-broker-api-versions"


class Probe(NamedTuple):
    """A health check for a service. ``doubt`` says what may keep it from working, else empty."""

    check: Healthcheck
    doubt: str

    @property
    def applicability(self) -> Applicability:
        """How far a fix with it can be trusted."""
        return Applicability.SUGGESTION if self.doubt else Applicability.UNSAFE


def known_check(service: Service) -> Probe | None:
    """The health check known for the image of a service; None if there is none that fits.

    In doubt it is a suggestion: where a variable, an argument or a mounted configuration may
    change the port, ask for TLS or a password that the check does not have.
    """
    facts = container_of(service).facts
    check = facts.healthcheck if facts and service.build is None else None
    if facts is None or check is None or service.get("entrypoint") is not None:
        return None
    if not _has_what_it_needs(service, check) or container_of(service).runs_another_program:
        return None
    if facts.kind == "web-server" and "nginx" in facts.name:
        return _nginx_check(service, check, facts)
    if facts.kind == "broker" and ("9092" in check.test or _KAFKA_TOOL in " ".join(check.test)):
        from .kafka import kafka_check

        changed, doubt = kafka_check(service, check)
        return Probe(changed, doubt or _doubt(service, changed, facts))
    return Probe(check, _doubt(service, check, facts))


def _has_what_it_needs(service: Service, check: Healthcheck) -> bool:
    """Whether a service has the arguments and variables that a check relies on."""
    words = (container_of(service).command_text or "").split()
    variables = service.environment
    return all(
        any(word.startswith(argument) for word in words) for argument in check.needs_arguments
    ) and all(
        name in variables and (variables[name].value or "").lower() == value.lower()
        for name, value in check.needs_variables
    )


def _doubt(service: Service, check: Healthcheck, facts: ImageFacts) -> str:
    """What may keep a check from working, as part of a sentence; empty if nothing may."""
    return next(_doubts(service, check, facts), "")


def _doubts(service: Service, check: Healthcheck, facts: ImageFacts) -> Iterator[str]:
    program = check.test[1].split()[0]
    if not program.startswith("/") and "=" not in program and facts.tool(program) is not True:
        yield f"it is not known whether this tag has {program}"
    asked = _numbers(" ".join(check.test).replace("127.0.0.1", ""))
    ports = asked or {str(port.number) for port in facts.ports}
    for name, value in _variables(service):
        if any(_matches(name, pattern) for pattern in check.doubted_by_variables) and (
            value is None or value not in ports
        ):
            yield f"{name} may change what it asks"
    yield from _doubted_by_command(service, check, ports)
    yield from _doubted_by_configuration(service, check, ports)
    if _publishes_others(service, facts, asked):
        yield "the service publishes other ports than the image's"


def _variables(service: Service) -> Iterator[tuple[str, str | None]]:
    """The variables that a container gets, with their values as far as they are known."""
    for variable in service.environment.values():
        yield variable.name, None if variable.unknown else variable.value
    for file in service.env_files:
        for entry in file.syntax.entries if file.syntax else ():
            yield entry.key, entry.text


def _matches(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern in which ``*`` takes the place of any text."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def _doubted_by_command(service: Service, check: Healthcheck, ports: set[str]) -> Iterator[str]:
    node = service.get("command")
    if node is None:
        return
    words = container_of(service).command
    if words is None:
        yield "its command is not known"
        return
    text = f" {' '.join(words)} "
    for argument in check.doubted_by_arguments:
        if argument == "*":
            if words:
                yield "its command may start something else"
            continue
        at = text.find(f" {argument}")
        if at < 0 and argument.startswith("-"):
            continue
        at = at if at >= 0 else text.find(argument)
        if at < 0:
            continue
        value = text[at + len(argument) + 1 :].lstrip(" =")
        own = re.match(r"\S*", value)
        if own and own[0].strip("'\"") in _LOOPBACK:
            continue
        following = _numbers(own[0] if own else "")
        if not following or not following <= ports or _is_about_tls(argument):
            yield f"{argument} may change what it asks"
    first = words[0] if words else ""
    name = first.rpartition("/")[2]
    if first in _SHELLS or first.startswith("-") or not first:
        return
    if name in _OTHER_PROGRAMS:
        yield f"it runs {name}"


def _doubted_by_configuration(
    service: Service, check: Healthcheck, ports: set[str]
) -> Iterator[str]:
    words = check.doubted_by_settings
    if words == ():
        return
    if _brings_no_files(service):
        return
    from .mounted import configuration_of
    from .settings import plain_lines

    configuration = configuration_of(service)
    if not configuration.complete:
        yield "its configuration cannot be read here"
        return
    if words is None:
        if configuration.files:
            yield f"{configuration.files[0].target} may change what it asks"
        return
    for file in configuration.files:
        for line in plain_lines(file.text):
            if any(address in line.split() for address in _LOOPBACK):
                continue
            if any(word.lower() in line.lower() for word in words) and (
                _numbers(line).isdisjoint(ports) or _is_about_tls(line)
            ):
                yield f"{file.target} may change what it asks"
                return


def _brings_no_files(service: Service) -> bool:
    """Whether nothing can change the configuration in the image, by a quick look."""
    facts = container_of(service).facts
    return (
        service.build is None
        and facts is not None
        and all(service.get(key) is None for key in ("configs", "secrets", "volumes_from"))
        and all(
            mount.type == "volume"
            and not mount.unknown
            and mount.target in facts.data_paths
            and mount.target not in (facts.config_paths or ())
            for mount in service.mounts
        )
    )


def _numbers(text: str) -> set[str]:
    """The numbers in a text that can be ports."""
    return set(re.findall(r"(?<![0-9])[0-9]{2,5}(?![0-9])", text))


def _is_about_tls(text: str) -> bool:
    """Whether an argument or a setting is about TLS, whatever its value is."""
    return re.search(r"tls|ssl", text, re.IGNORECASE) is not None


def _publishes_others(service: Service, facts: ImageFacts, ports: set[str]) -> bool:
    """Whether only ports are published that the image does not listen on by default."""
    own = {port.number for port in facts.ports}
    targets = {port.target for port in service.ports if port.target is not None}
    return (
        bool(own and targets)
        and own.isdisjoint(targets)
        and any(int(port) in own for port in ports)
    )


def _nginx_check(service: Service, check: Healthcheck, facts: ImageFacts) -> Probe:
    """The check of nginx for the port that its configuration opens."""
    default_port = 8080 if "unprivileged" in facts.name else 80
    from .mounted import configuration_of
    from .settings import nginx_servers

    configuration = configuration_of(service)
    doubt = next(
        (
            text
            for text in _doubts(service, check._replace(doubted_by_settings=()), facts)
            if configuration.is_default or "publishes other ports" not in text
        ),
        "",
    )
    servers = nginx_servers(service, default_port)
    if servers is None or not servers.listeners:
        return Probe(check, "its configuration cannot be judged here")
    plain = [listener.port for listener in servers.listeners if not listener.tls]
    if not plain:
        port = servers.listeners[0].port
        test = tuple(_with_port(part, "https", port) for part in check.test)
        insecure = {"curl": "-k", "wget": "--no-check-certificate"}.get(check.test[1])
        if insecure:
            test = (*test[:-1], insecure, test[-1])
        return Probe(check._replace(test=test), "nginx speaks TLS only")
    port = default_port if default_port in plain else plain[0]
    changed = check._replace(test=tuple(_with_port(part, "http", port) for part in check.test))
    if not servers.plain_files:
        doubt = doubt or "nginx may answer / with an error, a redirect or from another server"
    elif _lacks_index(service):
        doubt = doubt or "there is no index.html"
    return Probe(changed, doubt)


def _with_port(text: str, scheme: str, port: int) -> str:
    """A part of a test whose URL has another scheme and port."""
    usual = {"http": 80, "https": 443}[scheme]
    shown = "" if port == usual else f":{port}"
    return re.sub(r"http://127\.0\.0\.1(?::\d+)?", f"{scheme}://127.0.0.1{shown}", text)


def _lacks_index(service: Service) -> bool:
    """Whether the folder that nginx serves has no start page, as far as the repository shows."""
    reader = service.stack.project.reader
    for mount in service.mounts:
        if mount.target.rstrip("/") == "/usr/share/nginx/html":
            if mount.type != "bind" or reader.kind(mount.source) != "folder":
                return True
            return not reader.exists(f"{mount.source}/index.html")
    return False
