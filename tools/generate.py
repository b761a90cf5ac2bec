"""Writes the files that are made from the code: pages and indexes of the rules, the index of images,
schemas, the page of all options, the manual page, the counts and the output in the README.

``python tools/generate.py`` writes, ``--check`` only prints which files are out of date (exit 1).
These files are not edited by hand.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from composelint import Report, check
from composelint.linter.base.names import TOPICS
from composelint.linter.fleet.tables import TABLES
from composelint.linter.images import data
from composelint.linter.rulebook.pages import page, table
from composelint.linter.rulebook.registry import INDEX, ListedRule, all_rules, topic_rules
from composelint.linter.rulebook.standards import standards_page
from families import FAMILIES
from manpage import man_page
from options_page import options_page
from pictures import pictures
from walkthroughs import WALKTHROUGHS, PageError, pages, replayed

from schemas import published_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
EXAMPLE = "examples/bookshop"
SHOWN = (
    "healthcheck-tool-missing",
    "port-on-all-interfaces",
    "depends-without-condition",
    "copy-before-install",
)
"""The rules whose findings in the example the README shows."""


def outputs() -> Iterator[tuple[Path, str]]:
    """Each generated file, with its text."""
    yield ROOT / "linter" / "images" / "names.txt", data.index()
    for topic in TOPICS:
        yield ROOT / "rules" / topic / f"{INDEX}.py", index_of(topic)
    rules = all_rules()
    index = [
        "# Rules",
        "",
        f"{len(rules)} rules. `composelint rule NAME` prints a page on the terminal, "
        "`composelint rules WORD…` searches.",
        "",
    ]
    for prefix, title in FAMILIES:
        family = [rule for rule in rules if rule.code.startswith(prefix)]
        if family:
            index += [f"## {title}", "", table(family, "rules/")]
    yield ROOT / "docs" / "rules.md", "\n".join(index).rstrip("\n") + "\n"
    names = {rule.code: rule.name for rule in rules}
    yield ROOT / "docs" / "standards.md", standards_page(names)
    for rule in rules:
        yield ROOT / "docs" / "rules" / f"{rule.name}.md", page(rule)
    for name, text in published_schemas(rules).items():
        yield ROOT / "schemas" / name, text
    yield ROOT / "docs" / "options.md", options_page(rules)
    yield ROOT / "docs" / "composelint.1", man_page()
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    counts = ", ".join(
        f"{sum(rule.code.startswith(prefix) for rule in rules)} for {subject}"
        for prefix, subject in (
            ("CF", "Compose files"),
            ("DF", "Dockerfiles"),
            ("DI", "ignore files"),
            ("EV", "env files"),
            ("XF", "what only shows across files"),
            ("LN", "the linter's own comments, settings and baseline"),
        )
    )
    text = replaced(text, "rules", f"  [{len(rules)} rules](docs/rules.md): {counts}.\n  ")
    yield readme, replaced(text, "output", f"```text\n{example_output()}```\n")
    yield from pictures()
    fleets = ROOT / "docs" / "fleets.md"
    yield fleets, replaced(fleets.read_text(encoding="utf-8"), "tables", fleet_tables())
    for path in pages():
        try:
            yield path, replayed(path.read_text(encoding="utf-8"), path.name in WALKTHROUGHS)
        except PageError as error:
            raise SystemExit(f"{path.name}: {error}") from error


def index_of(topic: str) -> str:
    """The module that lists the rules of a topic."""
    rows = "".join(f"    {ListedRule.row(rule)!r},\n" for rule in topic_rules(topic))
    return (
        '"""What a run has to know of the rules in this folder before one of them runs.\n\n'
        "``tools/generate.py`` writes it; ``ListedRule`` in ``linter/rulebook/registry.py`` says what a"
        " row\ncontains.\n"
        '"""\n\n'
        f"# fmt: off\nRULES = (\n{rows})\n"
    )


def fleet_tables() -> str:
    """The columns of the tables of a fleet, for each table."""
    common = tuple(TABLES["repositories"][:3])
    parts = ["Every table has `repository` (its id), `run` (the number) and `part` (of the run).\n"]
    for name, columns in TABLES.items():
        rows = "".join(
            f"| `{column.name}` | {column.type} | {column.meaning} |\n"
            for column in columns
            if column not in common
        )
        parts.append(f"### {name}\n\n| Column | Type | What it is |\n|---|---|---|\n{rows}")
    return "\n".join(parts)


def replaced(text: str, name: str, content: str) -> str:
    """A text with the content between two of its marks replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, _, rest = text.partition(begin)
    return f"{head}{begin}\n{content}{end}{rest.partition(end)[2]}"


def example_output() -> str:
    """Some of the findings in the example, and the last lines of the report."""
    os.chdir(ROOT)
    report = check(EXAMPLE, isolated=True)
    some = {}
    for finding in report.diagnostics:
        if finding.name in SHOWN:
            some.setdefault(finding.name, finding)
    part = Report(tuple(some[name] for name in SHOWN if name in some), (), report.files, False)
    # The last lines are those of the whole report.
    blocks = part.render().rstrip("\n").split("\n\n")[:-1]
    return "\n\n".join([*blocks, "…", report.render().rstrip("\n").split("\n\n")[-1]]) + "\n"


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    stale = []
    wanted = set()
    for path, text in outputs():
        wanted.add(path)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in (ROOT / "docs" / "rules").glob("*.md"):
        if path not in wanted:
            stale.append(path)
            if not check:
                path.unlink()
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
