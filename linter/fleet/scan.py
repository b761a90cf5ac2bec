"""The scan of one repository as plain data: what every way of distributing the work calls."""

from __future__ import annotations

import atexit
import json
import os
import time
from functools import lru_cache

from ..base.records import NamedTuple
from ..version import VERSION
from .children import Children
from .limits import Limits
from .tables import TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Row = dict[str, Any]
    Path = str | os.PathLike[str]


class Scan(NamedTuple):
    """What is known about a repository, as rows of the tables: ``tables.TABLES`` has their columns.

    Attributes:
        repository: the row of the table ``repositories``; its ``state`` is ``ok``, or the reason
            for which the other tables are empty.
        stacks: the stacks.
        files: the linted files.
        images: the images of services and stages.
        findings: the findings, the suppressed ones too.
    """

    repository: Row
    stacks: list[Row]
    files: list[Row]
    images: list[Row]
    findings: list[Row]

    @property
    def tables(self) -> dict[str, list[Row]]:
        """The rows of each table by its name."""
        return {
            "repositories": [self.repository],
            "stacks": self.stacks,
            "files": self.files,
            "images": self.images,
            "findings": self.findings,
        }


def scan_repository(
    path: Path,
    *,
    id: str | None = None,
    revision: str = "",
    known: str = "",
    preset: str | None = None,
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    exclude: Iterable[str] = (),
    config: Path | None = None,
    trust: bool = False,
    limits: Limits | None = None,
) -> Scan:
    """Lint a checkout (its last commit), a bare git repository, an archive or a plain folder.

    It is read in another process, which is used again by the next call, and killed at the limits.
    Nothing of the repository is believed: no configuration, plug-ins or environment count, unless
    ``trust``. The findings do not depend on the working folder. Errors of the repository are states
    of its row, not exceptions.

    Args:
        path: the repository.
        id: what it is called in the rows; its path by default.
        revision: a commit or branch instead of ``HEAD``.
        known: a commit of which the rows are known: for it the state is ``unchanged``, without rows.
        config: a configuration for all repositories.
        trust: let the configuration of the repository count, and run its plug-ins.
        limits: the limits of time, memory and size.

    For the other arguments see ``check``.
    """
    options = call_options(
        preset=preset,
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        extend_exclude=exclude,
        config=config,
        trust=trust,
    )
    limits = limits or Limits()
    key = json.dumps(options, sort_keys=True)
    absolute = os.path.abspath(path)
    answer = children(key, limits, os.getpid()).scan(absolute, revision, known)
    return scan_of(answer, os.fspath(path) if id is None else id, fingerprint(options, limits))


def call_options(**given: Any) -> dict[str, Any]:
    """The options of scans as plain data, by their names in ``Options``; those not given are left out."""
    options: dict[str, Any] = {"isolated": not given["trust"], "trust": given["trust"]}
    for name in ("preset", "select", "extend_select", "ignore", "extend_exclude", "overrides"):
        value = given.get(name)
        if value is not None and (value or name in ("preset", "select")):
            options[name] = value if isinstance(value, str) else list(value)
    if given.get("config") is not None:
        options["config"] = os.path.abspath(given["config"])
    return options


def fingerprint(options: dict[str, Any], limits: Limits) -> str:
    """A hash of what decides about the findings besides the repository: the configuration, the limits."""
    from hashlib import sha256

    values: list[object] = [options, limits]
    if "config" in options:
        from ..rulebook.binding import load_config

        config = load_config(options["config"], isolated=True)
        values = [{**options, "config": ""}, limits, config.settings, repr(config.policies)]
    return sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=4)
def children(key: str, limits: Limits, process: int) -> Children:
    """The processes for these options, of this process."""
    started = Children(json.loads(key), limits)
    atexit.register(started.end)
    return started


def scan_of(answer: dict[str, Any], id: str, configuration: str) -> Scan:
    """The scan of a repository from the answer of the process that read it."""
    row = answer["repositories"][0]
    stated = {"repository": id, "run": 0, "part": ""}
    numbers = ("files", "stacks", "images", "findings", "errors", "warnings", "infos", "suppressed")
    started = row.pop("started", None)
    if started is None:
        started = time.time() - row.get("seconds", 0.0)
    repository = {
        **stated,
        "state": "ok",
        "why": "",
        "kind": "",
        "commit": "",
        "seconds": 0.0,
        **dict.fromkeys(numbers, 0),
        "shared": False,
        "version": VERSION,
        "configuration": configuration,
        **row,
        "started": utc(started),
    }
    tables = {
        name: [clean({**stated, **each}, name) for each in answer.get(name, ())]
        for name in ("stacks", "files", "images", "findings")
    }
    return Scan(clean(repository, "repositories"), **tables)


def utc(seconds: float) -> str:
    """A time as text."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def clean(row: Row, table: str) -> Row:
    """The row with the columns of its table in their order, and texts that every reader can take."""
    return {
        column.name: _text(row[column.name])
        if isinstance(row[column.name], str)
        else row[column.name]
        for column in TABLES[table]
    }


def _text(text: str) -> str:
    """The text, with bytes of file names that are not UTF-8 as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
