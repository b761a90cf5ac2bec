"""Writes the page on precision from judged findings."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .draw import Finding

VERDICTS = ("true", "noise", "false")

HEAD = """\
# How often it is right

What a linter says must be true, and worth reading. This page measures both, in a way that
cannot flatter: the code was frozen; then public repositories were chosen that had never been
used before, neither to write a rule nor to test one; {count} findings of the preset
`recommended` were drawn with a seed, evenly over the rules (so that rare rules weigh as much as
frequent ones, which is harder than a sample by volume), at most one of a rule in a file, or all
if there were fewer than 300 such; and readers who did not know the code judged each beside its source.

- **true**: the statement is right, and someone who maintains the file would want to know;
- **noise**: right, but nobody would act on it there;
- **false**: the statement is wrong, claims more than is so, or its advice would do harm.

Anyone can repeat it, or do it with other repositories: `python -m tests.precision --help`.
The goals are not a false error, at most one finding in thirty false, and at most one in ten noise.
**{reached}**: the figures are those of the frozen code. The classes of findings
that readers called false or noise are mended from round to round, and the next round tells with
other repositories whether that was enough.

"""

NEW_RULES = Path(__file__).with_name("new_rules.md")
"""What was read apart from the rounds."""

FALSE_GOAL, NOISE_GOAL = 1 / 30, 1 / 10
"""The largest shares of findings that may be false and noise."""


def page(judged: Sequence[Finding], earlier: Sequence[Sequence[Finding]] = ()) -> str:
    """The page as Markdown; of ``earlier`` rounds it has the totals only.

    Raises:
        ValueError: for a verdict that does not exist.
    """
    for item in chain(judged, *earlier):
        if item["verdict"] not in VERDICTS:
            raise ValueError(f"{item['path']}:{item['line']}: {item['verdict']!r} is not a verdict")
    reached = "They are reached" if _are_reached(judged) else "They are not reached yet"
    lines = [HEAD.format(count=len(judged), reached=reached), "## Totals\n", *_totals(judged)]
    if earlier:
        lines += ["", "## Rounds\n", *_rounds([*earlier, judged])]
    lines += ["", *NEW_RULES.read_text("utf-8").splitlines()]
    lines += ["", "## By repository\n", *_repositories(judged)]
    lines += ["", "## By rule\n", *_rules(judged)]
    lines += ["", "## Noise and false findings\n", *_remarks(judged)]
    lines += ["", "## Every finding\n", *_findings(judged)]
    return "\n".join(lines) + "\n"


def _are_reached(judged: Sequence[Finding]) -> bool:
    """Whether no error is false, and few enough findings are false or noise."""
    verdicts = Counter(item["verdict"] for item in judged)
    errors = [item for item in judged if item["severity"] == "error"]
    return (
        all(item["verdict"] != "false" for item in errors)
        and verdicts["false"] <= FALSE_GOAL * len(judged)
        and verdicts["noise"] <= NOISE_GOAL * len(judged)
    )


def _totals(judged: Sequence[Finding]) -> list[str]:
    lines = [
        "| severity | findings | true | noise | false |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        _row(severity, [item for item in judged if item["severity"] == severity])
        for severity in ("error", "warning", "info")
    ]
    return [*lines, _row("all", judged)]


def _rounds(rounds: Sequence[Sequence[Finding]]) -> list[str]:
    lines = [
        "| round | repositories | findings | true | noise | false | false errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, items in enumerate(rounds, start=1):
        row = _row(f"{number} | {len({item['repository'] for item in items})}", items)
        errors = [item for item in items if item["severity"] == "error"]
        lines.append(f"{row} {sum(item['verdict'] == 'false' for item in errors)} |")
    return lines


def _row(title: str, items: Sequence[Finding]) -> str:
    counts = Counter(item["verdict"] for item in items)
    return (
        f"| {title} | {len(items)} | {' | '.join(str(counts[verdict]) for verdict in VERDICTS)} |"
    )


def _repositories(judged: Sequence[Finding]) -> list[str]:
    commits = {item["repository"]: item["commit"] for item in judged}
    lines = ["| repository | commit | findings |", "| --- | --- | ---: |"]
    counts = Counter(item["repository"] for item in judged)
    return lines + [
        f"| [{name}](https://github.com/{name}) | `{commit[:12]}` | {counts[name]} |"
        for name, commit in sorted(commits.items())
    ]


def _rules(judged: Sequence[Finding]) -> list[str]:
    lines = ["| rule | findings | true | noise | false |", "| --- | ---: | ---: | ---: | ---: |"]
    for code in sorted({item["code"] for item in judged}):
        items = [item for item in judged if item["code"] == code]
        lines.append(_row(f"[{code}](rules/{items[0]['name']}.md)", items))
    return lines


def _remarks(judged: Sequence[Finding]) -> list[str]:
    return [
        f"- {item['code']}, {_place(item)}, {item['verdict']}: {' '.join(item['reason'].split())}"
        for item in judged
        if item["verdict"] != "true"
    ] or ["None."]


def _findings(judged: Sequence[Finding]) -> list[str]:
    lines = ["| place | rule | severity | verdict |", "| --- | --- | --- | --- |"]
    return lines + [
        f"| {_place(item)} | {item['code']} | {item['severity']} | {item['verdict']} |"
        for item in judged
    ]


def _place(item: Finding) -> str:
    name, commit, path, line = (item[key] for key in ("repository", "commit", "path", "line"))
    url = f"https://github.com/{name}/blob/{commit}/{path}#L{line}".replace(" ", "%20")
    return f"[{name.partition('/')[2]}: {path}:{line}]({url})"
