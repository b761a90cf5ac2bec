"""Reads the cases and the recorded answers of Docker Compose, writes a case to disk, compares models.

A case is a few files written for one fact about Docker Compose; its recording is what
``docker-compose config --format json`` printed for them in an empty environment. ``README.md``
describes both formats. Nothing here runs Compose: that is ``record.py``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from composelint.linter.compose.discover import StackFiles, default_stack
from composelint.linter.compose.release import CURRENT, OLDER
from composelint.linter.compose.stack import LoadedStack, load_stack
from composelint.linter.files.reader import Reader

FOLDER = Path(__file__).resolve().parent
CASES = FOLDER / "cases"
RECORDED = FOLDER / "recorded"
GENERATED = FOLDER / "generated"

PROJECT = "project"
"""Name of the folder with the files of a case, hence the default project name."""

DIR_MARK, HOME_MARK, ROOT_MARK = "<dir>", "<home>", "<root>"
"""In recordings: the project folder, the home folder beside it, and their parent."""


class Expected(NamedTuple):
    """One problem in a case: its kind, its place, and words that its message must contain."""

    kind: str
    at: str
    mentions: tuple[str, ...]

    @property
    def path(self) -> str:
        """The file of the problem, relative to the project folder."""
        return self.at.rpartition(":")[0]

    @property
    def line(self) -> int:
        """The line of the problem, counted from 1."""
        return int(self.at.rpartition(":")[2])


class Case(NamedTuple):
    """One small project and how Compose is called on it."""

    topic: str
    name: str
    files: dict[str, bytes | None]
    notes: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    env_file: tuple[str, ...] = ()
    cwd: str = ""
    links: Mapping[str, str] = {}
    several: bool = False
    error_varies: bool = False
    errors: tuple[Expected, ...] = ()
    why: str = ""

    @property
    def id(self) -> str:
        """``topic/name``, unique over all topics."""
        return f"{self.topic}/{self.name}"

    def arguments(self) -> list[str]:
        """Compose's global options for this case."""
        arguments = list(self.args)
        for profile in self.profiles:
            arguments += ["--profile", profile]
        for path in self.env_file:
            arguments += ["--env-file", path]
        return arguments


class Recording(NamedTuple):
    """The answer of Compose. ``error`` is empty for accepted cases, and for rejected ones whose
    text changes from run to run (``several``, ``error_varies``)."""

    accepted: bool
    error: str
    warnings: tuple[str, ...]
    config: dict[str, Any] | None


_KEYS = frozenset(
    (
        *("name", "why", "notes", "files", "files_base64", "links", "args", "profiles"),
        *("env_file", "cwd", "at", "mentions", "several", "error_varies", "expect_errors"),
    )
)


def _case(topic: str, raw: dict[str, Any]) -> Case:
    unknown = raw.keys() - _KEYS
    if unknown:
        raise ValueError(f"{topic}/{raw.get('name')}: unknown keys {sorted(unknown)}")
    files: dict[str, bytes | None] = {
        path: None if text is None else text.encode() for path, text in raw["files"].items()
    }
    for path, data in raw.get("files_base64", {}).items():
        files[path] = base64.b64decode(data)
    if "at" in raw:
        errors = [Expected("", raw["at"], tuple(raw.get("mentions", ())))]
    else:
        errors = [
            Expected(e["kind"], e["at"], tuple(e.get("mentions", ())))
            for e in raw.get("expect_errors", ())
        ]
    return Case(
        topic=topic,
        name=raw["name"],
        notes=tuple(raw.get("notes", ())),
        files=files,
        args=tuple(raw.get("args", ())),
        profiles=tuple(raw.get("profiles", ())),
        env_file=tuple(raw.get("env_file", ())),
        cwd=raw.get("cwd", ""),
        links=dict(raw.get("links", {})),
        several=bool(raw.get("several", False)),
        error_varies=bool(raw.get("error_varies", False)),
        errors=tuple(errors),
        why=raw.get("why", ""),
    )


@cache
def load_cases() -> list[Case]:
    """All cases, sorted by topic, in the order of their file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [
        _case(path.stem, raw)
        for path in sorted(CASES.glob("*.yaml"))
        for raw in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    ]


@cache
def load_recordings(release: str = CURRENT) -> dict[str, Recording]:
    """The recordings of a release by case id.

    Raises FileNotFoundError if a topic was never recorded.
    """
    recordings = {}
    for topic in sorted({case.topic for case in load_cases()}):
        path = RECORDED / release / f"{topic}.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        for name, raw in document["cases"].items():
            recordings[f"{topic}/{name}"] = Recording(
                raw["accepted"], raw["error"], tuple(raw["warnings"]), raw["config"]
            )
    return recordings


@cache
def load_generated() -> list[tuple[Case, dict[str, dict[str, Any] | None]]]:
    """The generated cases, each with the normalised models by release; None where it is refused."""
    cases = []
    for path in sorted(GENERATED.glob("*.json")):
        for raw in json.loads(path.read_text(encoding="utf-8")):
            files = {
                name: None
                if text is None
                else base64.b64decode(text["base64"])
                if isinstance(text, dict)
                else text.encode()
                for name, text in raw["files"].items()
            }
            case = Case(
                path.stem,
                raw["name"],
                files,
                args=tuple(raw.get("args", ())),
                profiles=tuple(raw.get("profiles", ())),
                env_file=tuple(raw.get("env_file", ())),
                cwd=raw.get("cwd", ""),
                links=raw.get("links", {}),
            )
            models = {CURRENT: raw[CURRENT], OLDER: raw.get(OLDER, raw[CURRENT])}
            cases.append((case, models))
    return cases


def materialise(case: Case, directory: Path) -> Path:
    """Write the case's files under ``directory / "project"``; return the folder to work in."""
    project = directory / PROJECT
    project.mkdir(parents=True, exist_ok=True)
    for path, data in case.files.items():
        target = project / path
        if data is None:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    for path, destination in case.links.items():
        link = project / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(destination)
    return project / case.cwd


def load(case: Case, folder: Path, release: str = CURRENT) -> tuple[LoadedStack, str]:
    """The stack that Compose would load, and the folder that its paths start from."""
    cwd = materialise(case, folder)
    reader = Reader(str(folder / "project"), base=str(cwd))
    files: list[str] = []
    options: dict[str, str] = {}
    arguments = iter(case.args)
    for argument in arguments:
        if argument in ("-f", "--file"):
            files.append(next(arguments))
        else:
            options[argument] = next(arguments)
    stack = StackFiles(tuple(files)) if files else searched(case, reader)
    home = {"HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}
    loaded = load_stack(
        stack.files,
        reader,
        project_directory=options.get("--project-directory"),
        env_files=case.env_file,
        profiles=case.profiles,
        environment=home,
        project_name=options.get("-p"),
        run_from=stack.run_from,
        named_at=stack.named_at,
        release=release,
    )
    return loaded, str(cwd)


def searched(case: Case, reader: Reader) -> StackFiles:
    """The stack that Compose finds in the working folder or above it."""
    folder = "."
    for _ in range(case.cwd.count("/") + 2 if case.cwd else 1):
        stack = default_stack(folder, reader, case.env_file)
        if stack is not None:
            return stack._replace(run_from=".")
        folder += "/.."
    return StackFiles(())


def normalise_config(config: dict[str, Any], root: str = "") -> dict[str, Any]:
    """A copy of ``config`` without what Compose adds by itself, so that two models compare.

    * ``root`` (the folder above the project folder), if given, becomes ``<root>`` or, at the
      start of the project's and the home folder, ``<dir>`` and ``<home>``, as in recordings;
    * the project's ``name`` goes, and resource names that follow from the project and the key;
    * the implicit ``default`` network goes, at the top and in each service that has only it;
    * nulls, empty mappings and empty lists go, except in ``environment``, ``build.args`` and
      labels (a null is a value there), ``command``, ``entrypoint`` (an empty list clears the
      image's own), ``depends_on``, ``models`` and ``networks`` of a service, ``volumes`` and
      ``networks`` at the top (their keys count), and in ``x-`` keys;
    * ``protocol: tcp`` and ``mode: ingress`` of ports, ``permissions: rwm`` of devices,
      ``condition: service_started``, ``required: true``, ``restart: false`` of ``depends_on``,
      ``dockerfile: Dockerfile`` of builds and ``target: /run/secrets/SOURCE`` of secrets go.
    """
    config = _relocated(config, root)
    project = config.pop("name", "")
    for kind in ("networks", "volumes", "secrets", "configs"):
        for key, resource in config.get(kind, {}).items():
            external = resource.get("external", False)
            if resource.get("name") == (key if external else f"{project}_{key}"):
                del resource["name"]
            config[kind][key] = _pruned(resource)
    services = config.get("services", {})
    for name, service in services.items():
        _drop_service_defaults(service)
        services[name] = _pruned(service)
        if service.get("networks") == {"default": None}:
            del services[name]["networks"]
    if config.get("networks", {}).get("default") == {}:
        del config["networks"]["default"]
    return {key: value for key, value in config.items() if value != {}}


_KEPT = frozenset(
    ("environment", "args", "labels", "command", "entrypoint", "depends_on", "models", "networks")
)
_DEFAULTS = {
    "ports": {"protocol": "tcp", "mode": "ingress"},
    "devices": {"permissions": "rwm"},
}


def _relocated(value: Any, root: str) -> Any:
    if isinstance(value, dict):
        return {key: _relocated(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [_relocated(item, root) for item in value]
    if isinstance(value, str) and root:
        value = value.replace(f"{root}/{PROJECT}", DIR_MARK).replace(f"{root}/home", HOME_MARK)
        return value.replace(root, ROOT_MARK)
    return value


def _pruned(value: Any) -> Any:
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, item in value.items():
        if key.startswith("x-") or key in _KEPT:
            if item is not None:
                result[key] = item
            continue
        item = _pruned(item)
        if item is not None and item != {} and item != []:
            result[key] = item
    return result


def _drop_service_defaults(service: dict[str, Any]) -> None:
    for key, defaults in _DEFAULTS.items():
        for entry in service.get(key, ()):
            _drop(entry, defaults)
    for entry in service.get("depends_on", {}).values():
        _drop(entry, {"condition": "service_started", "required": True, "restart": False})
    for entry in service.get("secrets", ()):
        _drop(entry, {"target": f"/run/secrets/{entry.get('source')}"})
    _drop(service.get("build", {}), {"dockerfile": "Dockerfile"})


def _drop(mapping: dict[str, Any], defaults: dict[str, Any]) -> None:
    for key, value in defaults.items():
        if mapping.get(key) == value:
            del mapping[key]
