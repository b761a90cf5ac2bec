"""Servers that listen on 127.0.0.1 of their container only, as their command or its absence says."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..compose.values import UNKNOWN
from .addresses import variables_of
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service

_LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")


class _Program(NamedTuple):
    """A server that listens on 127.0.0.1 unless told otherwise.

    ``follows`` is the word that has to follow its name, ``options`` tell the address, ``silent``
    options and ``files`` in the build context may, ``variables`` too. ``advice`` is what to add.
    """

    follows: str
    options: tuple[str, ...]
    advice: str
    variables: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


_HOST = ("--host",)
_PROGRAMS = {
    "uvicorn": _Program("", _HOST, "--host 0.0.0.0", ("UVICORN_HOST",), ("--uds", "--fd")),
    "hypercorn": _Program(
        "", ("-b", "--bind"), "--bind 0.0.0.0:8000", (), ("-c", "--config", "--quic-bind")
    ),
    "daphne": _Program("", ("-b", "--bind"), "-b 0.0.0.0", (), ("-u", "-e", "--endpoint", "--fd")),
    "gunicorn": _Program(
        "", ("-b", "--bind"), "--bind 0.0.0.0:8000", ("PORT", "GUNICORN_CMD_ARGS"),
        ("-c", "--config", "--paste"), ("gunicorn.conf.py",),
    ),
    "flask": _Program(
        "run", ("-h", "--host"), "--host 0.0.0.0", ("FLASK_RUN_HOST",), (), (".flaskenv", ".env"),
    ),
    "fastapi": _Program("dev", _HOST, "--host 0.0.0.0"),
    "mkdocs": _Program("serve", ("-a", "--dev-addr"), "--dev-addr 0.0.0.0:8000", (),
                       ("-f", "--config-file"), ("mkdocs.yml", "mkdocs.yaml")),
    "jekyll": _Program("serve", ("-H", "--host"), "--host 0.0.0.0", ("JEKYLL_ENV",), ("--config",),
                       ("_config.yml",)),
    "hugo": _Program("server", ("--bind",), "--bind 0.0.0.0"),
}  # fmt: skip

_RUNSERVER = ("runserver", "runserver_plus")
_SHELLS = ("sh", "bash", "ash", "dash")


class Loopback(NamedTuple):
    """A server that only its own container reaches: its name, and what makes others reach it."""

    program: str
    advice: str


def loopback_server(service: Service) -> Loopback | None:
    """The server of a service that listens on 127.0.0.1 only, for certain; None for others."""
    container = container_of(service)
    entrypoint, command = container.entrypoint, container.command
    if command is None:
        # A command that cannot be read; an entry point of the image's own may do anything, too.
        return None
    return _server_of(service, [*(entrypoint or ()), *command])


def _server_of(service: Service, words: list[str]) -> Loopback | None:
    if not words or len(words) > 200:
        return None
    found = [answer for argv in _commands(words) for answer in _judged(service, argv)]
    return found[0] if len(found) == 1 else None


def _commands(words: list[str]) -> Iterator[list[str]]:
    """The commands that an entry point and its arguments run, as lists of words."""
    names = [word.rpartition("/")[2] for word in words]
    flag = next((i for i, word in enumerate(words) if word in ("-c", "-lc", "-ec")), None)
    if flag is None or names[0] not in _SHELLS:
        yield words
        return
    script = words[flag + 1] if flag + 1 < len(words) else ""
    if len(script) > 4000:
        return
    import shlex

    for part in re.split(r"&&|\|\||[;\n|&]", script):
        try:
            argv = shlex.split(part)
        except ValueError:
            continue
        if argv:
            yield argv


def _judged(service: Service, argv: list[str]) -> list[Loopback | None]:
    """The server that a command starts, None for one that may be reached; empty if it starts none."""
    names = [word.rpartition("/")[2] for word in argv]
    for index, name in enumerate(names):
        rest = argv[index + 1 :]
        if name in _RUNSERVER and "manage.py" in names[:index]:
            return [_runserver(rest)]
        program = _PROGRAMS.get(name)
        if program is None or (index and names[index - 1].endswith("install")):
            continue
        if program.follows:
            if program.follows not in rest:
                continue
            rest = rest[rest.index(program.follows) + 1 :]
        return [_by_options(service, name, program, rest)]
    return []


def _runserver(rest: list[str]) -> Loopback | None:
    places = [word for word in rest if not word.startswith("-")]
    if any("$" in word or UNKNOWN in word for word in rest) or len(places) > 1:
        return None
    place = places[0] if places else ""
    host = place.rpartition(":")[0]
    port = place.rpartition(":")[2] or "8000"
    if host not in ("", *_LOCAL) or (place and not port.isdigit()):
        return None
    return Loopback("manage.py runserver", f"0.0.0.0:{port}")


def _by_options(service: Service, name: str, program: _Program, rest: list[str]) -> Loopback | None:
    if any(UNKNOWN in word or "$" in word for word in rest):
        return None
    title = f"{name} {program.follows}".strip()
    for index, word in enumerate(rest):
        option, equals, value = word.partition("=")
        if option in program.silent or any(
            word.startswith(short) and len(short) == 2 and not word.startswith("--")
            for short in program.silent
        ):
            return None
        if option in program.options:
            value = value if equals else rest[index + 1] if index + 1 < len(rest) else ""
            host = value if value in _LOCAL else value.rpartition(":")[0]
            return Loopback(title, program.advice) if host in _LOCAL else None
        if any(word.startswith(short) for short in program.options if len(short) == 2):
            return None
    if _is_told_elsewhere(service, program):
        return None
    return Loopback(title, program.advice)


def _is_told_elsewhere(service: Service, program: _Program) -> bool:
    """Whether a variable or a file of the build context may tell the address."""
    if any(file.syntax is None for file in service.env_files):
        return True
    names = set(variables_of(service)) | set(service.environment)
    for stage in container_of(service).chain:
        names.update(stage.final.scope.own)
    if not names.isdisjoint(program.variables):
        return True
    if not program.files:
        return False
    folder = service.build.context_folder if service.build else None
    project = service.stack.project
    if folder is None:
        return service.build is not None or bool(service.mounts)
    listing = project.listing(folder)
    return not listing.complete or any(
        path.rpartition("/")[2] in program.files for path in listing.files
    )
