"""``composelint fleet``: many repositories in one run, and what is asked of their tables."""

from __future__ import annotations

import sys

import click

from ..config.options import OPTIONS
from .common import RULES, Choice, Verb, declared
from .console import EXIT_CLEAN, EXIT_FINDINGS, Failure, is_terminal, say, tell, write, write_bytes
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..config.options import Options
    from ..fleet.limits import Limits
    from ..fleet.output import Section
    from ..fleet.run import Progress, Run

ACTIONS = {
    "run": (
        "out",
        "scheduler",
        "workers",
        "timeout",
        "max_memory",
        "max_paths",
        "max_size",
        "again",
    ),
    "report": ("output_format", "since", "section", "top", "repository"),
    "query": ("output_format",),
    "show": ("output_format",),
}
"""The actions, each with the options of its own."""

_FORMATS = {
    "report": ("text", "markdown", "html", "csv", "json", "sarif"),
    "query": ("table", "json", "csv", "parquet"),
    "show": ("text", "markdown", "html", "json"),
}
_SECTIONS = ("summary", "repositories", "rules", "images", "secrets", "changes", "states")


@click.command("fleet", cls=Verb, short_help="Lint many repositories, and ask about them.")
@click.argument("action", type=Choice([*ACTIONS]), metavar="|".join(ACTIONS))
@click.argument("words", nargs=-1, metavar="SOURCE...|DIR [SQL|REPOSITORY]", type=click.Path())
@click.option("--out", metavar="DIR", type=click.Path(), help="run: the folder of the tables.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="run: a Dask scheduler (tcp://HOST:PORT) instead of processes of this machine.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=1),
    help="run: how many processes; by default as many as there are processors.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0.1),
    help="run: the most seconds for a repository; 300 by default.",
)
@click.option("--max-memory", metavar="SIZE", help="run: the most memory for one; 1G by default.")
@click.option(
    "--max-paths",
    metavar="N",
    type=click.IntRange(min=1),
    help="run: the most paths of one; 1000000 by default.",
)
@click.option("--max-size", metavar="SIZE", help="run: the largest archive; 2G by default.")
@click.option("--again", is_flag=True, help="run: scan also what has not changed.")
@click.option(
    "--output-format",
    "--format",
    metavar="FORMAT",
    help="report: text, markdown, html, csv, json, sarif; query: table, json, csv, parquet; "
    "show: text, markdown, html, json. The first is the default.",
)
@click.option("--since", metavar="DATE", help="report: what is new and fixed since this day (UTC).")
@click.option(
    "--section",
    type=Choice(_SECTIONS),
    help=f"report: only this section, csv needs one: {', '.join(_SECTIONS)}.",
    metavar="NAME",
)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(min=1),
    help="report: the rows of a section; 20 by default.",
)
@click.option("--repository", metavar="ID", help="report: the repository that sarif is about.")
@declared(
    *RULES,
    *(
        OPTIONS[name]
        for name in (
            *("extend_exclude", "config", "trust", "output_file", "fail_on", "exit_zero", "quiet"),
        )
    ),
)
def fleet(action: str, words: tuple[str, ...], **given: Any) -> None:
    """Lint many repositories in one run, and ask about what was found.

    "fleet run SOURCE... --out DIR" scans folders of checkouts and bare git repositories, archives, and
    what manifests list (CSV or JSON Lines: id, path, revision, owner). What was done for the same commit,
    version and configuration is not done again, and a run that was broken off goes on. "fleet report DIR"
    tells what is worst, old and new, "fleet show DIR REPOSITORY" all about one, and "fleet query DIR SQL"
    answers questions. It needs the extra: pip install 'composelint[fleet]'.
    """
    mine = {name: given.pop(name) for names in ACTIONS.values() for name in names if name in given}
    for name, value in mine.items():
        if value not in (None, False) and name not in ACTIONS[action]:
            raise Failure(f"--{name.replace('_', '-')} is not an option of fleet {action}")
    _check_extra()
    options = options_of(given)
    try:
        if action == "run":
            sys.exit(_run(words, options, mine))
        _ask(action, words, options, mine)
    except _errors() as error:
        raise Failure(str(error)) from None
    sys.exit(EXIT_CLEAN)


def _check_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("distributed", "duckdb", "pyarrow") if find_spec(name) is None]
    if missing:
        raise Failure(f"fleets need {', '.join(missing)}: pip install 'composelint[fleet]'")


def _errors() -> tuple[type[Exception], ...]:
    """The errors that are messages to the user."""
    from ..fleet.query import QueryError
    from ..fleet.run import RunError
    from ..fleet.sources import SourceError
    from ..fleet.store import StoreError

    return (QueryError, RunError, SourceError, StoreError)


# --- run


def _run(words: Sequence[str], options: Options, mine: dict[str, Any]) -> int:
    """Scan the sources; returns the exit code."""
    from ..fleet.report import summary_line
    from ..fleet.run import Run
    from ..fleet.scan import call_options
    from ..fleet.sources import find_sources
    from ..fleet.store import Store

    if not words:
        raise Failure("fleet run: name folders of repositories, archives or manifests")
    if mine["out"] is None:
        raise Failure("fleet run: --out DIR is missing")
    scans = call_options(
        **{
            name: getattr(options, name)
            for name in ("preset", "select", "extend_select", "ignore", "extend_exclude", "config")
        },
        overrides=options.overrides,
        trust=options.trust,
    )
    _check_options(scans)
    limits = _limits(mine)
    sources = find_sources(words)
    store = Store(mine["out"], make=True)
    store.lock()
    try:
        run = Run(store, sources, scans, limits, again=mine["again"])
        _scan(run, options, mine)
        progress = run.progress
        if not options.quiet:
            tell(
                f"{summary_line(progress.states, progress.total, progress.findings)}; {mine['out']}"
            )
        return _exit_code(store, options)
    finally:
        store.unlock()


def _scan(run: Run, options: Options, mine: dict[str, Any]) -> None:
    """Do the run, with its progress on a terminal."""
    from ..fleet.run import cluster

    shows = not options.quiet and is_terminal(sys.stderr)
    run.begin()
    if not run.skip_unchanged():
        run.finish()
        return
    with cluster(mine["scheduler"] or "", mine["workers"] or 0, shows and _has_bokeh()) as client:
        if shows:
            from .fleet_progress import Lines

            link = client.dashboard_link if mine["scheduler"] or _has_bokeh() else ""
            with Lines(run.progress, link) as lines:
                run.scan(client, lines.show)
        else:
            run.scan(client, _silent)
    run.finish()


def _silent(progress: Progress) -> None:
    """Shows no progress: the output is not a terminal."""


def _has_bokeh() -> bool:
    from importlib.util import find_spec

    return find_spec("bokeh") is not None


def _check_options(scans: dict[str, Any]) -> None:
    """Raise the errors that the options would give for each repository."""
    from ..engine.workspace import open_texts
    from ..fleet.inside import options_of as scan_options

    open_texts({"compose.yaml": b""}, scan_options(scans))


def _limits(mine: dict[str, Any]) -> Limits:
    from ..base.units import parse_size
    from ..fleet.limits import Limits

    given: dict[str, Any] = {}
    for name, field in (("max_memory", "memory"), ("max_size", "size")):
        if mine[name] is not None:
            size = parse_size(mine[name])
            if not size:
                raise Failure(f"--{name.replace('_', '-')} {mine[name]}: not a size such as 512M")
            given[field] = size
    for name, field in (("timeout", "seconds"), ("max_paths", "paths")):
        if mine[name] is not None:
            given[field] = mine[name]
    return Limits(**given)


def _exit_code(store: Any, options: Options) -> int:
    """The exit code for all that is known about the sources now."""
    fail_on = options.fail_on or "warning"
    counts = store.counts()
    for state, number in sorted(counts.states.items()):
        if state != "ok" and not options.quiet:
            say(
                f"composelint: {number:,} of state {state}: composelint fleet report {store.folder}"
            )
    if options.exit_zero or fail_on == "never":
        return EXIT_CLEAN
    numbers = {"error": counts.errors, "warning": counts.warnings, "info": counts.infos}
    wanted = list(numbers)[: list(numbers).index(fail_on) + 1]
    is_whole = set(counts.states) <= {"ok"}
    return EXIT_CLEAN if is_whole and not any(numbers[name] for name in wanted) else EXIT_FINDINGS


# --- questions


def _ask(action: str, words: Sequence[str], options: Options, mine: dict[str, Any]) -> None:
    """Answer a question about the tables in a folder."""
    from ..fleet.query import Tables
    from ..fleet.report import repository_sections, sarif_of, sections_of

    wanted = {"report": 1, "query": 2, "show": 2}[action]
    if len(words) != wanted:
        words_of = {"report": "DIR", "query": 'DIR "SELECT ..."', "show": "DIR REPOSITORY"}[action]
        raise Failure(f"usage: composelint fleet {action} {words_of}")
    form = mine["output_format"] or _FORMATS[action][0]
    if form not in _FORMATS[action]:
        raise Failure(f"--output-format {form}: fleet {action} has {', '.join(_FORMATS[action])}")
    tables = Tables(words[0])
    if action == "query":
        _write_answer(tables.ask(words[1]), form, options.output_file)
        return
    if action == "show":
        _write_sections(words[1], repository_sections(tables, words[1]), form, options)
        return
    if form == "sarif":
        if mine["repository"] is None:
            raise Failure("--output-format sarif is about one repository: --repository ID")
        write(sarif_of(tables, mine["repository"]), options.output_file)
        return
    if mine["repository"] is not None:
        raise Failure("--repository goes with --output-format sarif; fleet show is about one, too")
    sections = sections_of(tables, _day(mine["since"]), mine["top"] or 20)
    if mine["section"] is not None:
        sections = [section for section in sections if section.name == mine["section"]]
    elif form == "csv":
        raise Failure(f"--output-format csv is one table: --section {', '.join(_SECTIONS)}")
    _write_sections("Fleet", sections, form, options)


def _day(text: str | None) -> str:
    """A day or time as the tables have it."""
    from datetime import UTC, datetime

    if text is None:
        return ""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"--since {text}: not a day such as 2026-11-01") from None
    if time.tzinfo is not None:
        time = time.astimezone(UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_answer(table: Any, form: str, path: str | None) -> None:
    """Write the answer to a query."""
    from ..fleet import output

    if form == "parquet":
        from ..fleet.store import parquet_of

        data = parquet_of(table)
        if path is None:
            write_bytes(data)
            return
        from ..files.write import write_report

        try:
            write_report(path, data)
        except OSError as error:
            raise Failure(f"{path}: {error.strerror or error}") from None
        return
    columns = table.column_names
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    render = {"table": output.as_table, "json": output.as_json, "csv": output.as_csv}[form]
    write(render(columns, rows), path)


def _write_sections(title: str, sections: list[Section], form: str, options: Options) -> None:
    """Write the sections of a report."""
    from ..base.escape import markdown
    from ..fleet import output
    from ..report.jsontext import to_json

    if form == "json":
        data = {
            section.name: [dict(zip(section.columns, row, strict=True)) for row in section.rows]
            for section in sections
        }
        text = to_json(data) + "\n"
    elif form == "csv":
        (section,) = sections
        text = output.as_csv(section.columns, section.rows)
    elif form == "html":
        text = output.as_html(title, sections)
    elif form == "markdown":
        text = f"# {markdown(title)}\n\n" + "\n".join(map(output.as_markdown, sections))
    else:
        text = output.as_text(sections)
    write(text, options.output_file)
