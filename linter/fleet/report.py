"""Reports about a fleet: what is worst, what is old, what is new, and a repository by itself."""

from __future__ import annotations

import json

from ..base.links import page_url
from ..base.wording import plural
from ..version import VERSION
from .output import Section
from .query import QueryError
from .tables import STATES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .output import Rows
    from .query import Tables

SECRET_RULES = (
    *("secret-in-environment", "credential-in-url", "secret-elsewhere", "secret-in-arg-or-env"),
    *("secret-copied", "secret-in-run", "secrets-not-ignored", "secret-in-tracked-file"),
    "default-credentials",
)
"""The rules whose findings count as secrets."""

SECTIONS = ("summary", "repositories", "rules", "images", "secrets", "changes", "states")
"""The sections of a report."""


def sections_of(tables: Tables, since: str, most: int) -> list[Section]:
    """The sections of a report.

    Args:
        since: what is new since this day (in UTC) or time; empty for since the run before the newest.
        most: the most rows of a section.
    """
    changes = _changes(tables, since)
    return [
        _summary(tables, changes, since),
        Section(
            "repositories",
            "Worst repositories",
            ("repository", "owner", "errors", "warnings", "infos", "files"),
            tables.rows(
                "SELECT repository, owner, errors, warnings, infos, files FROM repositories "
                "WHERE findings > 0 ORDER BY errors DESC, warnings DESC, infos DESC, repository LIMIT ?",
                [most],
            ),
        ),
        Section(
            "rules",
            "Rules",
            ("code", "name", "severity", "findings", "repositories"),
            tables.rows(
                "SELECT code, any_value(name), severity, count(*), count(DISTINCT repository) "
                "FROM findings WHERE suppressed IS NULL GROUP BY code, severity "
                "ORDER BY count(*) DESC, code, severity LIMIT ?",
                [most],
            ),
        ),
        Section(
            "images",
            "Images at the end of their life",
            ("image", "ended", "places", "repositories"),
            tables.rows(
                "SELECT image, any_value(end_of_life), count(*), count(DISTINCT repository) "
                "FROM images WHERE end_of_life <= CAST(current_date AS VARCHAR) AND NOT built "
                "GROUP BY image ORDER BY count(*) DESC, image LIMIT ?",
                [most],
            ),
        ),
        Section(
            "secrets",
            "Secrets by owner",
            ("owner", "secrets", "repositories"),
            tables.rows(
                "SELECT owner, count(*), count(DISTINCT repository) FROM findings "
                "WHERE suppressed IS NULL AND list_contains(?, name) "
                "GROUP BY owner ORDER BY count(*) DESC, owner LIMIT ?",
                [list(SECRET_RULES), most],
            ),
        ),
        Section(
            "changes",
            f"New and fixed {_period(since)}",
            ("repository", "new", "fixed"),
            changes[:most],
        ),
        Section(
            "states",
            "Not scanned",
            ("repository", "owner", "state", "why"),
            tables.rows(
                "SELECT repository, owner, state, why FROM repositories WHERE state <> 'ok' "
                "ORDER BY state, repository LIMIT ?",
                [most],
            ),
        ),
    ]


def _period(since: str) -> str:
    return f"since {since}" if since else "in the newest run"


def _summary(tables: Tables, changes: Rows, since: str) -> Section:
    (counts,) = tables.rows(
        "SELECT count(*), count(*) FILTER (state = 'ok'), coalesce(sum(files), 0), coalesce(sum(errors), 0), "
        "coalesce(sum(warnings), 0), coalesce(sum(infos), 0), coalesce(sum(suppressed), 0) FROM repositories"
    )
    names = ("repositories", "scanned", "files", "errors", "warnings", "infos", "suppressed")
    rows: Rows = [(name, int(count)) for name, count in zip(names, counts, strict=True)]
    rows.append((f"new {_period(since)}", sum(new for _, new, _ in changes)))
    rows.append((f"fixed {_period(since)}", sum(fixed for *_, fixed in changes)))
    return Section("summary", "Summary", ("what", "count"), rows)


def _changes(tables: Tables, since: str) -> Rows:
    """The numbers of new and fixed findings of each repository that has some.

    A repository that was not scanned before has none: everything would be new.
    """
    if since:
        before = "s.started < ?"
        values: list[object] = [since]
    else:
        before = "s.run < (SELECT max(run) FROM listed)"
        values = []
    return tables.rows(
        f"""
        WITH old AS (
            SELECT s.repository, arg_max(s.part, s.run) AS part, max(s.run) AS run
            FROM scans s WHERE s.state = 'ok' AND {before} GROUP BY s.repository),
        pairs AS (
            SELECT o.repository, o.run AS old_run, o.part AS old_part, r.run, r.part
            FROM old o JOIN repositories r ON o.repository = r.repository
            WHERE r.state = 'ok' AND (o.run, o.part) <> (r.run, r.part)),
        counted AS (
            SELECT p.repository, f.fingerprint,
                count(*) FILTER (f.run = p.run) AS here, count(*) FILTER (f.run = p.old_run) AS gone
            FROM pairs p JOIN scanned_findings f ON f.repository = p.repository
                AND ((f.run = p.run AND f.part = p.part) OR (f.run = p.old_run AND f.part = p.old_part))
            WHERE f.suppressed IS NULL GROUP BY p.repository, f.fingerprint)
        SELECT repository, CAST(sum(greatest(here - gone, 0)) AS BIGINT) AS new,
            CAST(sum(greatest(gone - here, 0)) AS BIGINT) AS fixed
        FROM counted GROUP BY repository HAVING new > 0 OR fixed > 0
        ORDER BY new DESC, fixed DESC, repository
        """,
        values,
    )


def repository_sections(tables: Tables, id: str) -> list[Section]:
    """What is known about one repository.

    Raises:
        QueryError: if the fleet has none of this name.
    """
    table = tables.ask("SELECT * FROM repositories WHERE repository = ?", [id])
    if not table.num_rows:
        from ..base.suggest import hint

        names = [name for (name,) in tables.rows("SELECT repository FROM repositories")]
        raise QueryError(f'no repository is called "{id}"{hint(id, names)}')
    (row,) = table.to_pylist()
    facts = [(name, _text(value)) for name, value in row.items() if value not in (None, "")]
    return [
        Section("repository", id, ("what", "value"), facts),
        Section(
            "stacks",
            "Stacks",
            ("stack", "services", "preset"),
            _of(tables, "stacks", id, "stack, services, preset", "stack"),
        ),
        Section(
            "images",
            "Images",
            ("path", "line", "service", "image", "end of life", "ports"),
            _of(
                tables, "images", id, "path, line, service, image, end_of_life, ports", "path, line"
            ),
        ),
        Section(
            "findings",
            "Findings",
            ("path", "line", "severity", "code", "message"),
            _of(
                tables,
                "findings",
                id,
                "path, line, severity, code, message",
                "path, line, col, code",
                "suppressed IS NULL",
            ),
        ),
    ]


def _of(
    tables: Tables, view: str, id: str, columns: str, order: str, condition: str = "true"
) -> Rows:
    return tables.rows(
        f"SELECT {columns} FROM {view} WHERE repository = ? AND {condition} ORDER BY {order}", [id]
    )


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif_of(tables: Tables, id: str) -> str:
    """The findings of one repository that are not suppressed, as SARIF 2.1.0."""
    repository_sections(tables, id)
    rows = _of(
        tables,
        "findings",
        id,
        "code, name, severity, path, line, col, end_line, end_col, message, fingerprint",
        "path, line, col, code",
        "suppressed IS NULL",
    )
    (commit,) = tables.rows("SELECT commit FROM repositories WHERE repository = ?", [id])[0]
    names = {code: name for code, name, *_ in rows}
    codes = {code: index for index, code in enumerate(sorted(names))}
    seen: dict[str, int] = {}
    results = []
    for code, _, severity, path, line, col, end_line, end_col, message, mark in rows:
        count = seen[mark] = seen.get(mark, 0) + 1
        results.append(
            {
                "ruleId": code,
                "ruleIndex": codes[code],
                "level": _LEVELS[severity],
                "message": {"text": message},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": _uri(path)},
                            "region": {
                                "startLine": line,
                                "startColumn": col,
                                "endLine": end_line,
                                "endColumn": end_col,
                            },
                        }
                    }
                ],
                "partialFingerprints": {"composelintFleet/v1": f"{mark}:{count}"},
            }
        )
    rules = [
        {"id": code, "name": names[code], "helpUri": page_url(code, names[code])}
        for code in sorted(names)
    ]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "composelint",
                "version": VERSION,
                "informationUri": "https://github.com/composelint/composelint",
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"fleet/{_uri(id)}/"},
        "properties": {"repository": id, "commit": commit or ""},
        # As texts are counted in the tables.
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2) + "\n"


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def summary_line(states: dict[str, int], total: int, findings: int) -> str:
    """What a run did, in a line."""
    parts = [plural(total, "repository") if total == 1 else f"{total:,} repositories"]
    parts += [f"{count:,} {state}" for state, count in sorted(states.items()) if state in STATES]
    if "unchanged" in states:
        parts.append(f"{states['unchanged']:,} unchanged")
    return f"{', '.join(parts)}; {plural(findings, 'finding')} in what was scanned"
