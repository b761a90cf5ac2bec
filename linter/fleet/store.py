"""The folder of a fleet: Parquet files for each table, and a record of each run.

A part of a run has the rows of some repositories. Its files appear with all their content, under
names that follow from the repositories, so that a part that is written twice is there once. That of
``repositories`` comes last: without it the others do not count.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ..base.escape import visible
from ..base.records import NamedTuple
from ..files.write import write_whole
from ..version import VERSION
from .scan import utc
from .sources import OWN_COLUMNS
from .tables import DONE, FLAG, INTEGER, NUMBER, SCHEMA_VERSION, TABLES, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .scan import Row, Scan
    from .sources import Source

_TYPES = {TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_()}
SCHEMAS = {
    name: pa.schema(
        [pa.field(column.name, _TYPES[column.type]) for column in columns],
        metadata={"composelint.schema": str(SCHEMA_VERSION)},
    )
    for name, columns in TABLES.items()
}
_ORDER = ("findings", "images", "files", "stacks", "repositories")
"""The tables in the order in which the files of a part appear."""
_BUFFER = 20_000
"""The rows that are kept in memory until they are written."""
_LEFTOVER_SECONDS = 3600.0
"""The age from which a temporary file is one that a broken run left."""


class StoreError(ValueError):
    """A folder that is not that of a fleet, or cannot be written, with a message that says why."""


class Counts(NamedTuple):
    """How many repositories are in each state, and how many findings of each severity they have."""

    states: dict[str, int]
    errors: int
    warnings: int
    infos: int


class Store:
    """The folder of a fleet.

    Raises:
        StoreError: if it is a folder of something else, or of a later version; with ``make`` it is
            made where it does not exist.
    """

    def __init__(self, folder: str, *, make: bool = False) -> None:
        self.folder = os.path.abspath(folder)
        self._lock: int | None = None
        mark = os.path.join(self.folder, "fleet.json")
        try:
            with open(mark, "rb") as stream:
                schema = json.loads(stream.read(10_000)).get("schema")
        except FileNotFoundError:
            if not make:
                raise StoreError(
                    f"{folder}: it has no fleet.json: composelint fleet run makes it"
                ) from None
            self._make(mark)
            schema = SCHEMA_VERSION
        except (OSError, ValueError, AttributeError) as error:
            raise StoreError(f"{mark}: {_reason(error)}") from None
        if schema != SCHEMA_VERSION:
            raise StoreError(
                f"{folder}: its tables are of version {visible(str(schema))}, and this program has "
                f"{SCHEMA_VERSION}: scan into another folder"
            )

    def _make(self, mark: str) -> None:
        try:
            os.makedirs(self.folder, exist_ok=True)
            if os.listdir(self.folder):
                raise StoreError(f"{self.folder}: it is not empty, and not the folder of a fleet")
            for name in ("runs", "sources", *TABLES):
                os.makedirs(os.path.join(self.folder, name), exist_ok=True)
            data = {"schema": SCHEMA_VERSION, "composelint": VERSION, "created": utc(time.time())}
            write_whole(mark, json.dumps(data, indent=2).encode() + b"\n")
        except OSError as error:
            raise StoreError(f"{self.folder}: {_reason(error)}") from None

    # --- one run at a time

    def lock(self) -> None:
        """Keep other runs out until this process ends.

        Raises:
            StoreError: if there is another one.
        """
        try:
            import fcntl
        except ImportError:
            return
        self._lock = os.open(os.path.join(self.folder, "lock"), os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.unlock()
            raise StoreError(f"{self.folder}: another run writes to it") from None

    def unlock(self) -> None:
        """Let other runs in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- runs

    def runs(self) -> list[dict[str, Any]]:
        """The records of the runs, the oldest first."""
        records = []
        folder = os.path.join(self.folder, "runs")
        try:
            for name in sorted(os.listdir(folder)):
                if name.endswith(".json"):
                    with open(os.path.join(folder, name), "rb") as stream:
                        records.append(json.loads(stream.read(1_000_000)))
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder}: {_reason(error)}") from None
        return records

    def write_run(self, record: dict[str, Any]) -> None:
        """Write the record of a run."""
        path = os.path.join(self.folder, "runs", f"{record['run']:06}.json")
        write_whole(path, json.dumps(record, indent=2).encode() + b"\n")

    def write_sources(self, run: int, sources: Iterable[Source]) -> None:
        """Write what the sources of a run say about its repositories."""
        rows = [
            {
                **source.columns,
                "repository": source.id,
                "run": run,
                **{name: getattr(source, name) for name in OWN_COLUMNS[1:]},
            }
            for source in sources
        ]
        names = dict.fromkeys(name for row in rows for name in row)
        table = pa.table(
            {
                name: pa.array(
                    [row.get(name) for row in rows], pa.int64() if name == "run" else pa.string()
                )
                for name in names
            }
        )
        with _appearing(self._path("sources", f"{run:06}")) as stream:
            pq.write_table(table, stream, compression="zstd")

    def known(self, configuration: str) -> dict[str, str]:
        """The commit of each repository whose newest scan would be the same again."""
        newest: dict[str, tuple[int, str, str]] = {}
        columns = ["repository", "run", "part", "state", "commit", "version", "configuration"]
        for batch in self.dataset("repositories").to_batches(columns=columns):
            for id, run, part, state, commit, version, settings in zip(
                *(column.to_pylist() for column in batch.columns), strict=True
            ):
                same = state in DONE and (version, settings) == (VERSION, configuration)
                newest[id] = max(newest.get(id, (0, "", "")), (run, part, commit if same else ""))
        return {id: commit for id, (_, _, commit) in newest.items() if commit}

    def counts(self) -> Counts:
        """The states and findings of the repositories of the newest run."""
        sources = self.sources()
        listed = set() if sources is None else set(sources["repository"].to_pylist())
        newest: dict[str, tuple[Any, ...]] = {}
        columns = ["repository", "run", "part", "state", "errors", "warnings", "infos"]
        for batch in self.dataset("repositories").to_batches(columns=columns):
            for id, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if id in listed:
                    newest[id] = max(newest.get(id, (0, "")), tuple(values))
        states: dict[str, int] = {}
        for _, _, state, *_ in newest.values():
            states[state] = states.get(state, 0) + 1
        return Counts(states, *(sum(row[at] for row in newest.values()) for at in (3, 4, 5)))

    def dataset(self, table: str) -> Any:
        """All rows of a table."""
        folder = os.path.join(self.folder, table)
        files = [os.path.join(folder, name) for name in self._parts(table)]
        return ds.dataset(files, schema=SCHEMAS[table], format="parquet")

    def sources(self) -> Any:
        """The rows of ``sources`` of the newest run; None if there are none."""
        names = self._parts("sources")
        return pq.read_table(os.path.join(self.folder, "sources", names[-1])) if names else None

    def _parts(self, table: str) -> list[str]:
        try:
            names = os.listdir(os.path.join(self.folder, table))
        except OSError as error:
            raise StoreError(f"{self.folder}: {_reason(error)}") from None
        return sorted(name for name in names if name.endswith(".parquet") and name[0] != ".")

    # --- parts

    def write_part(self, run: int, part: str, scans: Iterable[Scan]) -> None:
        """Write the rows of some repositories.

        Raises:
            OSError: if they cannot be written; then nothing of them counts.
        """
        written: dict[str, _Appearing] = {}
        writers: dict[str, Any] = {}
        try:
            for name in _ORDER:
                written[name] = _Appearing(self._path(name, part))
            for name, file in written.items():
                writers[name] = pq.ParquetWriter(file.stream, SCHEMAS[name], compression="zstd")
            rows: dict[str, list[Row]] = {name: [] for name in _ORDER}
            for scan in scans:
                for name, more in scan.tables.items():
                    rows[name] += ({**row, "run": run, "part": part} for row in more)
                    if len(rows[name]) >= _BUFFER:
                        _flush(writers[name], rows[name], name)
            for name, writer in writers.items():
                _flush(writer, rows[name], name)
                writer.close()
            for file in written.values():
                file.sync()
            for file in written.values():
                file.appear()
        finally:
            for writer in writers.values():
                # After an error it would write its end when it is freed.
                with suppress(OSError, ValueError, pa.ArrowException):
                    writer.close()
            for file in written.values():
                file.drop()

    def sweep(self) -> None:
        """Delete the temporary files of runs that were broken off."""
        for table in ("sources", *TABLES):
            folder = os.path.join(self.folder, table)
            for name in os.listdir(folder):
                path = os.path.join(folder, name)
                if name.endswith(".tmp"):
                    with suppress(OSError):
                        if time.time() - os.stat(path).st_mtime > _LEFTOVER_SECONDS:
                            os.unlink(path)

    def _path(self, table: str, part: str) -> str:
        return os.path.join(self.folder, table, f"{part}.parquet")


def _flush(writer: Any, rows: list[Row], table: str) -> None:
    if rows:
        writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[table]))
        rows.clear()


class _Appearing:
    """A file that is written beside its place, and appears there with all its content."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._temporary = (
            f"{os.path.dirname(path)}/.{os.path.basename(path)}.{os.urandom(6).hex()}.tmp"
        )
        self.stream = open(self._temporary, "xb")  # noqa: SIM115 - closed by drop

    def sync(self) -> None:
        """Let the disk have the content."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()

    def appear(self) -> None:
        """Put the file in its place."""
        os.replace(self._temporary, self._path)

    def drop(self) -> None:
        """Delete what has not appeared."""
        with suppress(OSError, ValueError):
            self.stream.close()
        with suppress(OSError):
            os.unlink(self._temporary)


class _appearing:
    """A file that appears at the end of a ``with`` statement, if there was no error."""

    def __init__(self, path: str) -> None:
        self._file = _Appearing(path)

    def __enter__(self) -> Any:
        return self._file.stream

    def __exit__(self, kind: object, *error: object) -> None:
        try:
            if kind is None:
                self._file.sync()
                self._file.appear()
        finally:
            self._file.drop()


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def parquet_of(table: Any) -> bytes:
    """A table as a Parquet file."""
    import io

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
