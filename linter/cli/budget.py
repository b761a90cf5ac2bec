"""``composelint budget``: whether a stack fits a machine, and with which strategy."""

from __future__ import annotations

import json
import sys
from contextlib import suppress

import click

from ..analysis.capacity import Load, loads, under
from ..base.names import STRATEGIES
from ..config.options import OPTIONS
from .budget_tables import Budget, as_text, fits, verdict
from .common import CONFIG, Choice, Verb, completed, declared
from .console import EXIT_CLEAN, EXIT_FINDINGS, Failure, tell, wants_color, write
from .missing import unknown_profiles, unknown_services
from .options import items, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..config.options import Options
    from ..model.host import Host
    from ..model.project import Project


@click.command("budget", cls=Verb, short_help="Say whether a stack fits a machine.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--memory", metavar="SIZE", help="The machine's memory: 4G, or auto for this one.")
@click.option("--cpus", metavar="NUMBER", help="The machine's CPUs: 2, or auto for this one.")
@click.option("--reserve", metavar="SIZE", help="Memory that is kept for the system: 512M, or 10%.")
@click.option(
    "--preset",
    type=Choice(STRATEGIES),
    default="production",
    show_default=True,
    help="The strategy that the table and the exit code are about.",
)
@click.option(
    "--critical",
    multiple=True,
    shell_complete=completed,
    metavar="SERVICES",
    help="The services that hybrid adds, instead of those that others depend on or reach.",
)
@click.option(
    "--output-format",
    "--format",
    type=Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the tables.",
)
@declared(
    *(OPTIONS[name] for name in ("stacks", "profiles", "env_files", "output_file", "color")),
    *CONFIG,
)
def budget_command(
    paths: tuple[str, ...],
    preset: str,
    critical: tuple[str, ...],
    output_format: str,
    **given: Any,
) -> None:
    """Add up what services may take, against a machine's memory and CPUs.

    Limits and reservations count for every container; what has none is named. The machine
    comes from the configuration ([host]) or from the options. For each strategy the last
    table says whether it fits. The exit code is 1 where the chosen one does not.
    """
    machine = {name: text for name in _MACHINE if (text := given.pop(name)) is not None}
    settings = tuple(_setting(name, text) for name, text in machine.items())
    options = options_of({**given, "config": (*given["config"], *settings)})
    projects = _projects(paths, options, machine)
    for message in unknown_profiles(options.profiles, projects):
        tell(f"--profile: {message}")
    unknown = unknown_services(items(critical), projects)
    if unknown:
        raise Failure("\n".join(f"--critical: {message}" for message in unknown))
    budgets = [
        Budget(stack, loads(stack, items(critical)), _host(project))
        for project in projects
        for stack in project.stacks
    ]
    if not budgets:
        raise Failure("no stack found: name a Compose file, or a folder with one")
    budgets = [budget for budget in budgets if budget.stack.services]
    if output_format == "json":
        text = _json(budgets, preset)
    else:
        color = options.output_file is None and wants_color(options.color)
        text = as_text(budgets, preset, color)
    write(text, options.output_file)
    fitting = [fits(under(load, preset), host) for _, sets, host in budgets for _, load in sets[:1]]
    sys.exit(EXIT_FINDINGS if False in fitting else EXIT_CLEAN)


_MACHINE = {
    "memory": "not a size such as 4G",
    "cpus": "not a number of CPUs such as 2",
    "reserve": "neither a size such as 512M nor a part such as 10%",
}
"""The options for settings of ``[host]``, and the problem of a wrong value."""


def _projects(paths: Sequence[str], options: Options, machine: dict[str, str]) -> list[Project]:
    """The projects of the files under ``paths``.

    Raises:
        Failure: if the value of an option for the machine is wrong.
    """
    from ..config.errors import ConfigError
    from ..engine.run import load_project
    from ..engine.workspace import open_workspace

    try:
        groups = open_workspace(paths, options).groups
    except ConfigError as error:
        for name, text in machine.items():
            if any(
                fault.path == "--config" and f'"host.{name}"' in fault.message
                for fault in error.faults
            ):
                raise Failure(f"--{name} {text}: {_MACHINE[name]}") from None
        raise
    return [load_project(group.files, group.settings) for group in groups]


def _setting(name: str, text: str) -> str:
    """A setting of ``[host]`` as TOML."""
    if name == "cpus":
        with suppress(ValueError):
            return f"host.cpus = {float(text)}"
    return f"host.{name} = {json.dumps(text)}"


def _host(project: Project) -> Host | None:
    """The machine of a project; None if neither its memory nor its CPUs are given."""
    host = project.host
    return None if host is None or (host.memory, host.cpus) == (None, None) else host


# --- JSON


def _json(budgets: Sequence[Budget], preset: str) -> str:
    """The budgets as JSON."""
    stacks = [
        {
            "stack": stack.name,
            "host": host and {**host._asdict(), "available_memory": host.available_memory},
            "preset": preset,
            "sets": [
                {"profiles": list(profiles), **_load_data(under(load, preset), host)}
                for profiles, load in sets
            ],
            "strategies": [
                {"name": name, **_load_data(under(sets[0][1], name), host, brief=True)}
                for name in STRATEGIES
            ],
        }
        for stack, sets, host in budgets
    ]
    return json.dumps({"version": 1, "stacks": stacks}, indent=2, ensure_ascii=False) + "\n"


def _load_data(load: Load, host: Host | None, brief: bool = False) -> dict[str, Any]:
    """A load as plain data; ``brief`` gives only the names of the services."""
    services: list[Any] = [demand.name for demand in load.demands]
    if not brief:
        services = [
            {
                "name": demand.name,
                "replicas": demand.replicas,
                "memory_limit": demand.memory,
                "cpu_limit": demand.cpus,
                "memory_reservation": demand.reservation,
                "suggested_memory": demand.suggested_memory,
                "suggested_cpus": demand.suggested_cpus,
                "task": demand.task,
                "strategy": demand.strategy,
            }
            for demand in load.demands
        ]
    return {
        "services": services,
        "memory": load.memory,
        "cpus": load.cpus,
        "reservations": load.reservation,
        "estimated_memory": load.estimate,
        "unbounded": [demand.name for demand in load.unbounded],
        "fits": fits(load, host),
        "verdict": verdict(load, host),
    }
