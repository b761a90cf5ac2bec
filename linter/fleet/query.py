"""The tables of a fleet in SQL: views on its Parquet files, and nothing else of this machine."""

from __future__ import annotations

import duckdb

from .sources import OWN_COLUMNS
from .store import Store, StoreError
from .tables import TABLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

VIEWS = {
    "repositories": "the repositories of the newest run, each with its newest scan, its owner and the further "
    "columns of the manifest; `state` is `pending` before the first scan",
    "stacks": "the stacks of those scans, with `owner`",
    "files": "the linted files of those scans, with `owner`",
    "images": "the images of services and stages in those scans, with `owner`",
    "findings": "the findings of those scans, the suppressed ones too, with `owner`",
    "scans": "every scan of every repository, one for each repository and run",
    "scanned_findings": "the findings of every scan",
}
"""The views, with their meanings."""

_SHOWN_STATEMENTS = ("SELECT", "EXPLAIN")


class QueryError(ValueError):
    """A query that cannot be answered, with a message that says why."""


class Tables:
    """The views of a fleet.

    Raises:
        StoreError: if the folder cannot be read.
    """

    def __init__(self, folder: str) -> None:
        store = Store(folder)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "python_enable_replacements": "false",
                "temp_directory": "",
            },
        )
        sources = store.sources()
        if sources is None:
            raise StoreError(f"{folder}: there was no run yet")
        for name in TABLES:
            self._connection.register(f"parts_{name}", store.dataset(name))
        self._connection.register("listed", sources)
        for statement in _views([name for name in sources.column_names if name not in _LISTED]):
            self._connection.execute(statement)
        # From here on no file is read or written, and no setting changed.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def ask(self, sql: str, values: Sequence[object] = ()) -> Any:
        """The answer to one query, as an Arrow table.

        Raises:
            QueryError: if it is not one query, or has errors.
        """
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type.name not in _SHOWN_STATEMENTS:
                raise QueryError("one SELECT is expected: the tables of a fleet are only read")
            return self._connection.sql(sql, params=list(values)).to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(str(error)) from None

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        table = self.ask(sql, values)
        columns = [column.to_pylist() for column in table.columns]
        return list(zip(*columns, strict=True))


_LISTED = {"repository", "run", *OWN_COLUMNS}


def _views(more: Sequence[str]) -> list[str]:
    """The statements that make the views; ``more`` are the further columns of the manifest."""
    written = "".join(f", l.{_quoted(name)}" for name in more)
    first = """
        CREATE VIEW scans AS SELECT * EXCLUDE (nth) FROM (
            SELECT *, row_number() OVER (PARTITION BY repository, run ORDER BY part DESC) AS nth
            FROM parts_repositories)
        WHERE nth = 1"""
    newest = """
        CREATE VIEW newest AS SELECT * EXCLUDE (nth) FROM (
            SELECT *, row_number() OVER (PARTITION BY repository ORDER BY run DESC) AS nth FROM scans)
        WHERE nth = 1"""
    repositories = f"""
        CREATE VIEW repositories AS
        SELECT l.repository, l.owner, l.path, l.revision{written},
            n.* EXCLUDE (repository, state), coalesce(n.state, 'pending') AS state
        FROM listed l LEFT JOIN newest n ON n.repository = l.repository"""
    history = """
        CREATE VIEW scanned_findings AS
        SELECT f.* FROM parts_findings f SEMI JOIN scans s
        ON f.repository = s.repository AND f.run = s.run AND f.part = s.part"""
    others = [
        f"""
        CREATE VIEW {name} AS SELECT r.owner, t.* FROM parts_{name} t JOIN repositories r
        ON t.repository = r.repository AND t.run = r.run AND t.part = r.part"""
        for name in TABLES
        if name != "repositories"
    ]
    return [first, newest, repositories, history, *others]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
