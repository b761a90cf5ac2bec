"""The tables of a fleet: their columns, types and meanings.

The Parquet files, the views of ``composelint fleet query`` and ``docs/fleets.md`` follow from here.
"""

from __future__ import annotations

from ..base.records import NamedTuple

SCHEMA_VERSION = 1
"""Raised when a column changes its meaning or goes; new columns may come without it."""

TEXT, INTEGER, NUMBER, FLAG = "text", "integer", "number", "flag"
"""The types of columns. Times are texts in UTC, as ``2026-12-01T15:00:00Z``."""


class Column(NamedTuple):
    """A column of a table."""

    name: str
    type: str
    meaning: str


def _columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


_SCAN = _columns(
    ("repository", TEXT, "the id of the repository, as the sources name it"),
    ("run", INTEGER, "the number of the run that scanned it"),
    ("part", TEXT, "the part of the run, as the file is called"),
)
"""The columns that say which scan a row belongs to."""

TABLES: dict[str, tuple[Column, ...]] = {
    "repositories": (
        *_SCAN,
        *_columns(
            (
                "state",
                TEXT,
                "`ok`, or the reason for which nothing was found (see the list of states)",
            ),
            ("why", TEXT, "the same in words; empty if it was scanned"),
            ("kind", TEXT, "`checkout`, `bare`, `archive` or `folder`"),
            ("commit", TEXT, "the commit, or the hash of an archive; empty for a plain folder"),
            ("started", TEXT, "when the scan began"),
            ("seconds", NUMBER, "how long it took"),
            ("files", INTEGER, "the number of linted files"),
            ("stacks", INTEGER, "the number of stacks"),
            ("images", INTEGER, "the number of rows in `images`"),
            ("findings", INTEGER, "the number of findings that are not suppressed"),
            ("errors", INTEGER, "those of severity `error`"),
            ("warnings", INTEGER, "those of severity `warning`"),
            ("infos", INTEGER, "those of severity `info`"),
            ("suppressed", INTEGER, "the number of suppressed findings"),
            ("shared", FLAG, "whether equal content of another repository had been linted before"),
            ("version", TEXT, "the version of composelint"),
            ("configuration", TEXT, "the fingerprint of the configuration and the limits"),
        ),
    ),
    "stacks": (
        *_SCAN,
        *_columns(
            ("stack", TEXT, "the files of the stack, joined by `:`"),
            ("files", INTEGER, "the number of its files"),
            ("services", INTEGER, "the number of its services"),
            ("preset", TEXT, "the preset that judged it"),
            ("why", TEXT, "why the files were taken together; empty for one file"),
            ("fragment", FLAG, "whether further files belong to it, which are not known"),
        ),
    ),
    "files": (
        *_SCAN,
        *_columns(
            ("path", TEXT, "the path in the repository"),
            ("kind", TEXT, "`compose`, `dockerfile`, `dockerignore`, `env` or `template`"),
            ("findings", INTEGER, "the number of findings that are not suppressed"),
        ),
    ),
    "images": (
        *_SCAN,
        *_columns(
            ("source", TEXT, "`service`, or `stage` for what a Dockerfile builds on"),
            ("path", TEXT, "the Compose file or Dockerfile that names it"),
            ("line", INTEGER, "the line"),
            ("stack", TEXT, "the stack of the service; empty for a stage"),
            ("service", TEXT, "the name of the service, or the label of the stage"),
            ("image", TEXT, "the reference as Docker Compose would use it; empty if it is built"),
            ("registry", TEXT, "its registry (`docker.io` where none is named)"),
            ("name", TEXT, "its repository in the registry"),
            ("tag", TEXT, "its tag; null if there is none"),
            ("digest", TEXT, "its digest; null if there is none"),
            ("built", FLAG, "whether the service is built here"),
            ("end_of_life", TEXT, "the day its support ends or ended; null if that is not known"),
            ("ports", TEXT, "the published ports, as `8080:80/tcp`, separated by spaces"),
            ("memory", INTEGER, "the memory limit in bytes; null if there is none"),
            ("cpus", NUMBER, "the limit of CPUs; null if there is none"),
            ("replicas", INTEGER, "the number of containers; null for a stage"),
        ),
    ),
    "findings": (
        *_SCAN,
        *_columns(
            ("code", TEXT, "the code of the rule"),
            ("name", TEXT, "the name of the rule"),
            ("category", TEXT, "the category of the rule"),
            ("severity", TEXT, "`error`, `warning` or `info`"),
            ("path", TEXT, "the file"),
            ("line", INTEGER, "the first line"),
            ("col", INTEGER, "the column of the first character"),
            ("end_line", INTEGER, "the last line"),
            ("end_col", INTEGER, "the column behind the last character"),
            ("message", TEXT, "the message, without the values of secrets"),
            ("fix", TEXT, "`safe`, `unsafe` or `suggestion`; null without a fix"),
            ("stack", TEXT, "the stack in which it was found"),
            ("service", TEXT, "the service; null if it is not about one"),
            ("stage", TEXT, "the stage of a Dockerfile; null if it is not about one"),
            ("suppressed", TEXT, "what suppresses it; null if nothing does"),
            ("fingerprint", TEXT, "recognises the finding after the text around it has changed"),
        ),
    ),
}
"""The columns of each table that a scan fills."""

STATES = {
    "ok": "scanned",
    "failed": "scanned, but a rule failed or no file could be read: the findings are not complete",
    "missing": "the path does not exist",
    "unreadable": "git or the archive cannot be read, or the revision does not exist",
    "configuration": "its configuration has errors (only with --trust)",
    "time": "the limit of time ended the scan",
    "memory": "the limit of memory ended the scan",
    "size": "there are more paths or bytes than the limits allow",
    "crashed": "the process that read it ended",
    "lost": "the workers that read it ended, again and again",
}
"""The states of a repository, with their meanings."""

DONE = frozenset(("ok", "failed", "time", "memory", "size", "configuration"))
"""The states that would be the same again: such a scan is not repeated for the same commit."""
