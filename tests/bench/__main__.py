"""``python -m tests.bench``: how long composelint takes, beside other tools.

Run it from the repository's root with the interpreter that composelint is installed for.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from .measure import Figures, compare, ratio
from .scenarios import OURS, WARM, Scenario, Tools, generated, of_folder, slope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PEERS = ("hadolint", "compose-lint", "dclint", "docker-compose")

GROWTH = (
    ("stack-10", "stack-100", "services, 10 to 100"),
    ("stack-100", "stack-1000", "services, 100 to 1,000"),
    ("monorepo-1000", "monorepo-10000", "files, 1,000 to 10,000"),
)

Results = dict[str, dict[str, "Figures | str"]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(argv)
    tools = Tools(_paths(options.tool))
    if OURS not in tools.paths:
        print("composelint is not installed beside this interpreter", file=sys.stderr)
        return 2
    scenarios: list[Scenario] = []
    results: Results = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for scenario in _chosen(tools, folder, options):
            runs = max(1, options.runs // 3) if scenario.slow else options.runs
            scenarios.append(scenario)
            results[scenario.name] = compare(scenario.commands, runs)
            if not options.json:
                print(_table(scenario, results[scenario.name]), flush=True)
    if options.json:
        print(json.dumps(_document(scenarios, results, tools), indent=2))
    else:
        print(_growth(results) + "\n" + "\n".join(_machine(tools)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("folders", nargs="*", help="measure on these folders, too")
    parser.add_argument("--only", default="", help="scenarios whose names begin so, by commas")
    parser.add_argument("--runs", type=int, default=9, help="counted runs (slow ones: a third)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--tool", action="append", default=[], metavar="NAME=PATH", help="where a tool is"
    )
    parser.add_argument("--no-peers", action="store_true", help="measure composelint alone")
    parser.add_argument("--no-generated", action="store_true", help="only the folders given")
    return parser


def _chosen(tools: Tools, folder: str, options: argparse.Namespace) -> Iterable[Scenario]:
    prefixes = tuple(filter(None, options.only.split(",")))
    groups: list[Iterable[Scenario]] = [] if options.no_generated else [generated(tools, folder)]
    groups += [
        of_folder(tools, path, os.path.join(folder, f"cache-{number}"))
        for number, path in enumerate(options.folders)
    ]
    for scenario in (one for group in groups for one in group):
        if prefixes and not scenario.name.startswith(prefixes):
            continue
        if options.no_peers:
            our_commands = {
                name: scenario.commands[name] for name in (OURS, WARM) if name in scenario.commands
            }
            scenario = scenario._replace(commands=our_commands)
        yield scenario


def _paths(given: Iterable[str]) -> dict[str, str]:
    """The paths of the tools: given, else beside this interpreter, else on the search path."""
    given_paths = dict(item.split("=", 1) for item in given)
    folder = os.path.dirname(sys.executable)
    paths: dict[str, str] = {}
    for name in (OURS, *PEERS):
        path = given_paths.get(name) or shutil.which(name, path=folder) or shutil.which(name)
        if path:
            paths[name] = os.path.abspath(path)
    return paths


def _table(scenario: Scenario, results: dict[str, Figures | str]) -> str:
    lines = [f"{scenario.title} ({scenario.name})"]
    ours = results.get(OURS)
    for name, figures in results.items():
        if isinstance(figures, str):
            lines.append(f"  {name:<26} failed: {figures}")
            continue
        line = (
            f"  {name:<26} {figures.wall:8.3f} s {figures.cpu:8.3f} s cpu {figures.peak:7.1f} MiB"
        )
        if name != OURS and isinstance(ours, Figures):
            times = ratio(ours, figures)
            line += f"   ours: {times:.3f} times"
            warm = results.get(WARM)
            if name != WARM and isinstance(warm, Figures):
                line += f", warm {ratio(warm, figures):.3f}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _growth(results: Results) -> str:
    lines = ["growth (time as a power of the work; 1 is linear)"]
    for small, large, title in GROWTH:
        power = slope(results, small, large)
        if power is not None:
            lines.append(f"  {title:<26} {power:.2f}")
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


def _machine(tools: Tools) -> list[str]:
    return [
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}",
        *(f"{name}: {version}" for name, version in _versions(tools).items()),
    ]


def _versions(tools: Tools) -> dict[str, str]:
    versions: dict[str, str] = {}
    for name, path in tools.paths.items():
        verb = "version" if name == "docker-compose" else "--version"
        answer = subprocess.run([path, verb], capture_output=True, text=True, check=False)
        versions[name] = (answer.stdout.strip() or answer.stderr.strip()).partition("\n")[0]
    return versions


def _document(scenarios: list[Scenario], results: Results, tools: Tools) -> dict[str, Any]:
    return {
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": _versions(tools),
        "scenarios": [
            {
                "name": scenario.name,
                "title": scenario.title,
                "tools": {
                    name: {"failed": figures}
                    if isinstance(figures, str)
                    else {
                        "wall_seconds": round(figures.wall, 4),
                        "cpu_seconds": round(figures.cpu, 4),
                        "peak_mib": round(figures.peak, 1),
                        "runs": len(figures.runs),
                    }
                    for name, figures in results[scenario.name].items()
                },
            }
            for scenario in scenarios
        ],
        "growth": {
            title: power
            for small, large, title in GROWTH
            if (power := slope(results, small, large)) is not None
        },
    }


if __name__ == "__main__":
    sys.exit(main())
