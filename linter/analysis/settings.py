"""What mounted configurations say: ports of nginx, certificates of caddy, where data is kept."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..base.units import whole_number
from .container import container_of
from .mounted import configuration_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service
    from .mounted import Configuration

_UNKNOWN = "\x00"
"""Takes the place of a variable whose value is not known."""


def plain_lines(text: str) -> Iterator[str]:
    """The lines of a configuration without comments and blank ones."""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith(("#", ";", "//")):
            yield re.sub(r"\s#.*", "", stripped)


# --- nginx


class Listener(NamedTuple):
    """A port that nginx listens on, and whether it speaks TLS there."""

    port: int
    tls: bool


class NginxServers(NamedTuple):
    """The ports of nginx, and whether it answers ``/`` from files alone, for everybody."""

    listeners: tuple[Listener, ...]
    plain_files: bool


_DEFAULT_SERVER = "/etc/nginx/conf.d/default.conf"
_NGINX_CONF = "/etc/nginx/nginx.conf"
_CONDITIONS = (
    r"\b(?:auth_basic|auth_request|deny|return|rewrite|ssl_verify_client|proxy_protocol|proxy_pass"
    r"|fastcgi_pass|uwsgi_pass|grpc_pass|error_page\s+40[134]|internal|limit_except|stream)\b"
)


def nginx_servers(service: Service, default_port: int) -> NginxServers | None:
    """The servers of a service that runs nginx; None if they are not known for certain."""
    configuration = configuration_of(service)
    if not configuration.complete:
        return None
    listeners: set[Listener] = set()
    if not configuration.hides(_DEFAULT_SERVER) and _includes_default(configuration):
        listeners.add(Listener(default_port, False))
    text = ""
    for file in configuration.files:
        if not _is_read_by_nginx(file.target):
            continue
        own = "\n".join(plain_lines(file.text))
        text += own + "\n"
        own = expanded(service, own, r"\$\{(\w{1,100})\}")
        for block in re.split(r"\bserver\s*\{", own)[1:]:
            listens = re.findall(r"(?:^|[\s;{}])listen[ \t]{1,20}([^;\s][^;\n]{0,200});", block)
            for words in listens or ["80"]:
                listener = _listener(words)
                if listener is None:
                    return None
                listeners.add(listener)
    return NginxServers(tuple(sorted(listeners)), re.search(_CONDITIONS, text) is None)


def _is_read_by_nginx(target: str) -> bool:
    """Whether the image reads a file under ``/etc/nginx`` as configuration of servers."""
    return target == _NGINX_CONF or (
        target.startswith(
            ("/etc/nginx/conf.d/", "/etc/nginx/templates/", "/etc/nginx/sites-enabled/")
        )
        and target.endswith((".conf", ".template"))
    )


def _includes_default(configuration: Configuration) -> bool:
    """Whether nginx reads the server that the image brings."""
    main = next((file for file in configuration.files if file.target == _NGINX_CONF), None)
    return main is None or "conf.d/" in "\n".join(plain_lines(main.text))


def _listener(words: str) -> Listener | None:
    """The listener of a ``listen`` directive; None if it is unknown or a socket."""
    address, *options = words.split()
    port = whole_number(address.rpartition(":")[2])
    if port is None:
        is_address = re.fullmatch(r"[\d.]+|\[[0-9a-f:]*\]|\*|localhost", address) is not None
        port = 80 if is_address else None
    return None if port is None else Listener(port, "ssl" in options or "quic" in options)


# --- caddy

_PUBLIC = r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?\Z"
_PLACEHOLDER = r"\{\$(\w{1,100})(?::([^}\n]{0,200}))?\}"
_PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home", ".test", ".invalid")


def needs_certificates(service: Service) -> bool | None:
    """Whether a service that runs caddy gets certificates for host names; None if unknown."""
    container = container_of(service)
    configuration = configuration_of(service)
    if not configuration.complete:
        return None
    command = container.command_text
    if configuration.is_default:
        # The Caddyfile of the image serves plain HTTP at port 80.
        return None if "--domain" in command or "--from" in command else False
    texts = [file.text for file in configuration.files if _is_caddyfile(file.target)]
    if not texts:
        return None
    answers = [_gets_certificates(expanded(service, text, _PLACEHOLDER)) for text in texts]
    return True if True in answers else None if None in answers else False


def _is_caddyfile(target: str) -> bool:
    return "caddyfile" in target.rpartition("/")[2].lower() or target.endswith(".caddy")


def _gets_certificates(text: str) -> bool | None:
    """Whether a Caddyfile has a site that gets a certificate; None if unknown."""
    lines = list(plain_lines(text))
    if any(re.match(r"auto_https\s+(?:off|disable_certs)\b|tls\s+/\S+", line) for line in lines):
        return False
    depth = 0
    addresses: list[str] = []
    has_blocks = "{" in text
    for line in lines:
        if depth == 0 and not line.startswith(("(", "import ", "{", "}", "&(")):
            addresses += [part for part in re.split(r"[,\s]+", line.partition("{ ")[0]) if part]
        if depth == 0 and line.startswith("import "):
            addresses.append(_UNKNOWN)
        depth += sum(1 for word in line.split() if word == "{") - line.split().count("}")
        if not has_blocks:
            break  # one site without braces: its first line is the address
    answers = [_is_public(address) for address in addresses if address not in ("{", "}")]
    return True if True in answers else None if None in answers or not answers else False


def _is_public(address: str) -> bool | None:
    """Whether caddy gets a certificate for the address of a site; None if unknown."""
    if _UNKNOWN in address or "{" in address:
        return None
    address = address.lower()
    if address.startswith(("http://", ":")):
        return False
    host = address.removeprefix("https://").partition("/")[0]
    if host.endswith(":80") or host.partition(":")[0].endswith(_PRIVATE_ENDINGS):
        return False
    return re.match(_PUBLIC, host) is not None


# --- data


def keeps_data(service: Service, name: str) -> bool | None:
    """Whether a stateful program keeps data, for those whose configuration decides; None if unknown."""
    if name == "caddy":
        return needs_certificates(service)
    if name == "eclipse-mosquitto":
        configuration = configuration_of(service)
        if not configuration.complete:
            return None
        lines = plain_lines(configuration.text)
        return any(re.match(r"persistence\s+true\b", line) for line in lines)
    return True


_DATA_WORDS = (
    r"data[-_.]?(?:dir|path|directory|folder)|db[-_]?path|path\.data|path_prefix|log\.dirs"
    r"|storage|object_store|^dir\b|\bdirectory\b|\bpath\b|\broot\b|persistence_location|tsdb"
)


def may_move_data(service: Service, paths: tuple[str, ...]) -> bool:
    """Whether a mounted configuration may keep the data elsewhere than in the image's paths."""
    configuration = configuration_of(service)
    if not configuration.complete:
        return True
    for file in configuration.files:
        for line in plain_lines(file.text):
            if re.search(r"\b(?:s3|gcs|azure|swift|in_?memory|inmemory)\b", line, re.IGNORECASE):
                return True
            if re.search(_DATA_WORDS, line, re.IGNORECASE):
                places = re.findall(r"(?:^|[\s\"'=:])(/[\w./-]+)", line)
                if any(not any(place.startswith(path) for path in paths) for place in places):
                    return True
    return False


def expanded(service: Service, text: str, pattern: str) -> str:
    """A text in which variables have the values that the service's environment gives them.

    ``pattern`` has the name as its first group, the default as its second, if any. A variable
    without a value becomes a mark that makes its part of the text unknown.
    """
    values = {
        variable.name: variable.value
        for variable in service.environment.values()
        if not variable.unknown
    }

    def value_of(match: re.Match[str]) -> str:
        default = match[2] if match.re.groups > 1 else None
        value = values.get(match[1], default)
        return _UNKNOWN if value is None else value

    return re.sub(pattern, value_of, text)
