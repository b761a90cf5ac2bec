"""What docker-parfum and hadolint report in files, beside what composelint does, rule by rule."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.registry import all_rules

Lines = dict[str, list[int]]
"""What a linter reports in a file: lines by the name of the rule."""

TEMPLATE = "LN008"
"""What says that a file is a template, and is not linted."""

OFF = frozenset(("DL1000", "DL1001", "DL3026", "DL3057"))
"""hadolint's code for files that it cannot read, and rules that report nothing by default."""

AT_LEAST = 3
"""The disagreements of each rule that a drawn sample has, where there are so many."""

PART = {
    "DL3002": "the last USER is root",
    "DL3009": r"\bapt(?:-get|itude)? ",
    "DL3014": r"\bapt(?:-get|itude)? ",
    "DL3019": r"\bapk ",
    "DL3030": r"\byum ",
    "DL3032": r"\byum ",
    "DL3034": r"\bzypper ",
    "DL3036": r"\bzypper ",
    "DL3038": r"\b(?:micro)?dnf ",
    "DL3040": r"\b(?:micro)?dnf ",
    "DL3042": r"\bpip[\d.]* ",
    "DL3060": r"\byarn\b",
    "apkAddUseNoCache": r"\bapk ",
    "aptGetInstallThenRemoveAptLists": r"\bapt(?:-get|itude)? ",
    "aptGetInstallUseY": r"\bapt(?:-get|itude)? ",
    "aptGetUpdatePrecedesInstall": r"\bapt(?:-get|itude)? ",
    "curlUseHttpsUrl": r"^curl\b",
    "gpgUseHaPools": "key ?server|sks",
    "npmCacheCleanAfterInstall": r"\bnpm ",
    "pipUseNoCacheDir": r"\bpip[\d.]* ",
    "tarSomethingRmTheSomething": r"unpacked|\.(?:tar\b|t[bgx]z\b|zip\b)",
    "wgetUseHttpsUrl": r"^wget\b",
    "yarnCacheCleanAfterInstall": r"\byarn\b",
    "yumInstallForceYes": r"\byum ",
    "yumInstallRmVarCacheYum": r"\byum ",
    "ruleAptGetInstallThenRemoveAptLists": r"\bapt(?:-get|itude)? ",
    "ruleAptGetInstallUseY": r"\bapt(?:-get|itude)? ",
    "ruleAptGetUpdatePrecedesInstall": r"\bapt(?:-get|itude)? ",
    "DL4003": "CMD",
    "DL4004": "ENTRYPOINT",
    "DL3012": "HEALTHCHECK",
}
"""Where a rule of ours covers more than one of theirs: what the part for this one is told by."""

_PROGRAM = re.compile(r"\b(curl|wget|git|ADD)\b")


class Disagreement(NamedTuple):
    """A rule that one side reports in a file, and the other does not."""

    file: Path
    peer: str
    codes: tuple[str, ...]
    theirs: list[int]
    ours: list[int]


class Comparison(NamedTuple):
    """The rules of another linter beside ours.

    ``unread`` are the files that the other one cannot read, ``templates`` those that are not linted
    here since another program renders them first. Neither are compared.
    """

    counts: dict[str, Counter[str]]
    disagreements: list[Disagreement]
    files: int
    unread: int
    templates: int


def counterparts(tool: str) -> dict[str, tuple[str, ...]]:
    """Our codes by the names of another linter's rules."""
    codes: dict[str, list[str]] = defaultdict(list)
    for rule in all_rules():
        for peer in rule.equivalents:
            if peer.startswith(f"{tool}:") and peer.partition(":")[2] not in OFF:
                codes[peer.partition(":")[2]].append(rule.code)
    return {name: tuple(each) for name, each in sorted(codes.items())}


def compare(
    tool: str,
    files: Sequence[Path],
    theirs: Sequence[Lines | None],
    found: Mapping[str, Sequence[Diagnostic]],
) -> Comparison:
    """The files that both report, and those that only one does, by the other linter's rules."""
    peers = counterparts(tool)
    counts: dict[str, Counter[str]] = {name: Counter() for name in peers}
    disagreements = []
    unread = templates = 0
    for path, other in zip(files, theirs, strict=True):
        if other is None:
            unread += 1
            continue
        if any(one.code == TEMPLATE for one in found.get(path.stem, ())):
            templates += 1
            continue
        ours = reported(peers, found.get(path.stem, ()))
        for name, codes in peers.items():
            here, there = ours[name], other.get(name, [])
            if here and there:
                counts[name]["both"] += 1
            elif here or there:
                counts[name]["theirs" if there else "ours"] += 1
                disagreements.append(Disagreement(path, name, codes, there, here))
    return Comparison(counts, disagreements, len(files), unread, templates)


def reported(peers: Mapping[str, Sequence[str]], findings: Sequence[Diagnostic]) -> Lines:
    """The lines of our findings by the names of the other linter's rules."""
    lines: Lines = {name: [] for name in peers}
    for name, codes in peers.items():
        for one in findings:
            if one.code not in codes:
                continue
            part = PART.get(name)
            if part is None or any(re.search(part, text) for text in _texts(one)):
                lines[name].append(one.start.line)
    return lines


def _texts(finding: Diagnostic) -> Iterator[str]:
    """What a finding says, and the program whose call it is about."""
    yield finding.message
    for related in finding.related:
        yield related.message
        yield related.span.text
    programs = _PROGRAM.findall(finding.span.file.text[: finding.span.start])
    if programs:
        yield programs[-1]


def print_table(title: str, comparison: Comparison, peers: Mapping[str, Sequence[str]]) -> None:
    """The counts as a table."""
    unread, templates = comparison.unread, comparison.templates
    count = comparison.files - unread - templates
    print(f"## {title} on {count} files; {unread} more it cannot read, {templates} are templates\n")
    print("| Theirs | Ours | Both | Theirs alone | Ours alone |\n|---|---|---:|---:|---:|")
    total: Counter[str] = Counter()
    for name, counter in comparison.counts.items():
        total += counter
        if counter:
            row = (counter["both"], counter["theirs"], counter["ours"])
            print(f"| {name} | {', '.join(peers[name])} | {row[0]} | {row[1]} | {row[2]} |")
    print(f"| all | | {total['both']} | {total['theirs']} | {total['ours']} |\n")


def drawn(disagreements: Sequence[Disagreement], count: int, seed: int) -> list[Disagreement]:
    """Some of the disagreements, the same for the same seed, with a few of each rule."""
    if count >= len(disagreements):
        return list(disagreements)
    chance = random.Random(seed)
    shuffled = list(disagreements)
    chance.shuffle(shuffled)
    taken: Counter[str] = Counter()
    first, rest = [], []
    for one in shuffled:
        taken[one.peer] += 1
        (first if taken[one.peer] <= AT_LEAST else rest).append(one)
    chosen = (first + rest)[: max(count, len(first))]
    return sorted(chosen, key=lambda one: (one.peer, one.file.name))


# --- docker-parfum

_ANALYZE = """
const { readFileSync } = require("fs");
const [library, ...files] = process.argv.slice(1);
const { parseAndMatch } = require(library);
for (const file of files) {
  let found = null;
  try {
    found = parseAndMatch(readFileSync(file, "utf8")).map(
      (one) => [one.rule.name, one.node.position.lineStart + 1]);
  } catch (error) {}
  console.log(JSON.stringify(found));
}
"""


def is_published(folder: Path) -> bool:
    """Whether a folder has published results instead of the program."""
    return not (folder / "build" / "index.js").exists()


def parfum(folder: Path, files: Sequence[Path]) -> list[Lines | None]:
    """What docker-parfum reports in each file; None where it fails.

    The folder has the built program, or results that were published: ``NAME.json`` for
    ``NAME.Dockerfile``.
    """
    if is_published(folder):
        return [_published(folder / f"{path.stem}.json") for path in files]
    done = subprocess.run(
        [
            "node",
            "-e",
            _ANALYZE,
            folder.resolve() / "build" / "index.js",
            *map(Path.resolve, files),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(("[", "null"))]
    assert len(lines) == len(files), done.stderr
    return [_by_name(json.loads(line)) for line in lines]


def _published(path: Path) -> Lines | None:
    """What a published result says about the original file."""
    smells = json.loads(path.read_text("utf-8"))["originalSmells"]
    return _by_name([(one["rule"], one["position"]["lineStart"] + 1) for one in smells])


def _by_name(pairs: Iterable[tuple[str, int]] | None) -> Lines | None:
    if pairs is None:
        return None
    lines: Lines = defaultdict(list)
    for name, line in pairs:
        # The version that was published calls a few rules ruleX.
        lines[name.replace("ruleApt", "apt")].append(line)
    return lines


# --- hadolint


def hadolint(program: str, files: Sequence[Path]) -> list[Lines | None]:
    """What hadolint reports in each file; None where it gives up."""
    done = subprocess.run(
        [program, "--no-fail", "--format", "json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, Lines] = {str(path): defaultdict(list) for path in files}
    for row in json.loads(done.stdout or "[]"):
        found[row["file"]][row["code"]].append(row["line"])
    return [None if "DL1000" in found[str(path)] else found[str(path)] for path in files]
