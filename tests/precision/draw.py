"""Lints checkouts and draws findings evenly over the rules."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Finding = dict[str, Any]
"""A finding to judge: repository, commit, path, line, code, severity, message and help."""


def findings_of(checkout: Path) -> list[Finding]:
    """The findings that ``composelint`` reports when it is run in a clone.

    The clone's name is ``OWNER+NAME``. Its own configuration is not read: what is judged is
    the preset ``recommended``.

    Raises:
        subprocess.CalledProcessError: if the folder is not a clone.
    """
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True
    ).stdout.strip()
    command = [
        *(sys.executable, "-m", "composelint", "--isolated", "--preset", "recommended"),
        *("--output-format", "json", "--no-cache", "--exit-zero"),
    ]
    run = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
    return [
        {
            "repository": checkout.name.replace("+", "/"),
            "commit": commit,
            "path": item["path"],
            "line": item["start"]["line"],
            "code": item["code"],
            "name": item["name"],
            "severity": item["severity"],
            "message": item["message"],
            "help": item["help"],
        }
        for item in json.loads(run.stdout)["diagnostics"]
        if item["suppressed"] is None
    ]


def draw_evenly(findings: Iterable[Finding], count: int, seed: int) -> list[Finding]:
    """Up to so many findings: the rules, in random order, give one each until there are enough.

    Of a rule's findings in one file only one can be drawn. The same findings and seed give the
    same answer, whatever the order of the findings.
    """
    generator = random.Random(seed)
    entries: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for item in findings:
        entries[item["code"], item["repository"], item["path"]].append(item)
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for key, items in sorted(entries.items()):
        items.sort(key=lambda item: (item["line"], item["message"]))
        by_rule[key[0]].append(generator.choice(items))
    for items in by_rule.values():
        generator.shuffle(items)
    codes = sorted(by_rule)
    generator.shuffle(codes)
    drawn: list[Finding] = []
    while len(drawn) < count and any(by_rule.values()):
        for code in codes:
            if by_rule[code] and len(drawn) < count:
                drawn.append(by_rule[code].pop())
    return sorted(
        drawn, key=lambda item: (item["repository"], item["path"], item["line"], item["code"])
    )
