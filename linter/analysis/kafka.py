"""The listener of a Kafka broker that a health check can use."""

from __future__ import annotations

import re

from .mounted import configuration_of
from .settings import plain_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..images import Healthcheck
    from ..model.service import Service

_HERE = frozenset(("", "localhost", "127.0.0.1", "0.0.0.0"))


def kafka_check(service: Service, check: Healthcheck) -> tuple[Healthcheck, str]:
    """The check at a listener without TLS and passwords, and why it may not work, if so.

    A client is sent from the bootstrap address to the advertised one, which it must be able to
    reach from inside the container.
    """
    settings, unknown = _settings(service)
    if unknown:
        return check, "its listeners are not known"
    listeners = _addresses(settings.get("listeners", ""))
    advertised = _addresses(settings.get("advertised.listeners", ""))
    if not listeners and not advertised:
        return check, ""
    protocols = dict(
        pair.split(":", 1)
        for pair in settings.get("listener.security.protocol.map", "").replace(" ", "").split(",")
        if ":" in pair
    )
    controllers = settings.get("controller.listener.names", "").replace(" ", "").split(",")
    names = {service.name, service.text("hostname"), service.text("container_name")} | _HERE
    plain = {}
    for name, (_, port) in (listeners or advertised).items():
        if name in controllers or protocols.get(name, name).upper() != "PLAINTEXT":
            continue
        if listeners and advertised and name not in advertised:
            continue
        host, sent_to = advertised.get(name, ("", port))
        reachable = host in names and (host not in _HERE or sent_to == port)
        plain[port] = reachable
    if not plain:
        return (
            check,
            "no listener is without TLS and a password: give the check the client's settings",
        )
    usable = [port for port, reachable in plain.items() if reachable]
    port = "9092" if "9092" in usable or not usable else usable[0]
    test = tuple(
        re.sub(r"^(127\.0\.0\.1|localhost):9092$", rf"\g<1>:{port}", part) for part in check.test
    )
    if "nc" in test:
        test = tuple(port if part == "9092" else part for part in test)
    doubt = "" if usable else "the advertised address may not be reachable from the container"
    return check._replace(test=test), doubt


def _settings(service: Service) -> tuple[dict[str, str], bool]:
    """The settings about listeners, and whether some are unknown."""
    settings: dict[str, str] = {}
    unknown = False
    configuration = configuration_of(service)
    for file in configuration.files:
        for line in plain_lines(file.text):
            key, equals, value = line.partition("=")
            if equals:
                settings[key.strip()] = value.strip()
    for variable in service.environment.values():
        match = re.match(r"KAFKA_(?:CFG_)?(.*LISTENER.*)\Z", variable.name)
        if match is not None:
            if variable.unknown or variable.value is None:
                unknown = True
            settings[match[1].lower().replace("_", ".")] = variable.value or ""
    for env_file in service.env_files:
        if env_file.syntax is None or any(
            "LISTENER" in entry.key for entry in env_file.syntax.entries
        ):
            unknown = True
    return settings, unknown or not configuration.complete


def _addresses(text: str) -> dict[str, tuple[str, str]]:
    """The host and the port of each listener by its name: ``PLAINTEXT://:9092,…``."""
    pairs = re.findall(r"\b([A-Za-z0-9_]{1,100})://([^:,]{0,255}):(\d{1,5})", text)
    return {name: (host.strip("[]"), port) for name, host, port in pairs}
