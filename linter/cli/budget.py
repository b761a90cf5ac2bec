"""``composelint budget``: whether a stack fits a machine, and with which strategy."""

from __future__ import annotations

import os
import sys

import click

from ..analysis.capacity import STRATEGIES, Load, loads, under
from ..base.units import parse_size
from ..config.options import OPTIONS
from .budget_tables import _text, fits, verdict
from .common import CONFIG, Verb, declared
from .console import EXIT_CLEAN, EXIT_FINDINGS, Failure, expected_errors, wants_color, write
from .options import items, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..engine.workspace import Group
    from ..model.host import Host
    from ..model.stack import Stack


@click.command("budget", cls=Verb)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--memory", metavar="SIZE", help="The machine's memory: 4G, or auto for this one.")
@click.option("--cpus", metavar="NUMBER", help="The machine's CPUs: 2, or auto for this one.")
@click.option("--reserve", metavar="SIZE", help="Memory that is kept for the system: 512M, or 10%.")
@click.option(
    "--preset",
    type=click.Choice(STRATEGIES),
    default="production",
    show_default=True,
    help="The strategy that the table and the exit code are about.",
)
@click.option(
    "--critical",
    multiple=True,
    metavar="SERVICES",
    help="The services that hybrid adds, instead of those that others depend on or reach.",
)
@click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@declared(
    *(OPTIONS[name] for name in ("stacks", "profiles", "env_files", "output_file", "color")),
    *CONFIG,
)
def budget_command(
    paths: tuple[str, ...],
    memory: str | None,
    cpus: str | None,
    reserve: str | None,
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
    from ..engine.workspace import open_workspace

    options = options_of(given)
    with expected_errors():
        found = [
            (stack, loads(stack, items(critical)), host)
            for group in open_workspace(paths, options).groups
            for host in (_host(group.config.host, memory, cpus, reserve),)
            for stack in _stacks(group, host)
        ]
    if not found:
        raise Failure("no stack found: name a Compose file, or a folder with one")
    found = [item for item in found if item[0].services]
    if output_format == "json":
        text = _json(found, preset)
    else:
        color = options.output_file is None and wants_color(options.color)
        text = _text(found, preset, color)
    write(text, options.output_file)
    fitting = [fits(under(load, preset), host) for _, sets, host in found for _, load in sets[:1]]
    sys.exit(EXIT_FINDINGS if False in fitting else EXIT_CLEAN)


def _stacks(group: Group, host: Host | None) -> Iterator[Stack]:
    """The stacks of some files on a machine."""
    from ..compose.discover import discover_stacks, parse_stack
    from ..compose.stack import load_stack
    from ..files.kinds import COMPOSE
    from ..files.reader import Reader
    from ..model.project import Project
    from ..model.stack import Stack

    settings, config = group.settings, group.config
    reader = Reader(
        settings.root, max_bytes=config.max_file_size, allow_outside=config.allow_outside
    )
    project = Project(reader)
    project.host, project.fix_values = host, config.fix
    paths = [item.path for item in group.found if item.kind == COMPOSE]
    if settings.stacks:
        listed = [parse_stack(text) for text in settings.stacks]
    elif config.stacks:
        listed = [parse_stack(entry.spec) for entry in config.stacks]
    else:
        named = {item.path for item in group.found if item.named}
        listed = discover_stacks(paths, reader, named=named)
    for files in listed:
        loaded = load_stack(
            files.files, reader, env_files=settings.env_files, profiles=settings.profiles
        )
        yield Stack(project, loaded, files)


def _host(
    known: Host | None, memory: str | None, cpus: str | None, reserve: str | None
) -> Host | None:
    """The machine that the configuration declares, with what the options say instead.

    Raises:
        Failure: for a size or number that is none.
    """
    from ..model.host import Host, machine_memory

    if known is None and memory is None and cpus is None:
        return None
    host = known or Host()
    if memory is not None:
        size = machine_memory() if memory == "auto" else parse_size(memory)
        if not size:
            raise Failure(f"--memory {memory}: not a size such as 4G")
        host = host._replace(memory=size)
    if cpus is not None:
        try:
            number = float(os.cpu_count() or 1) if cpus == "auto" else float(cpus)
        except ValueError:
            number = 0.0
        if not 0 < number < 100_000:
            raise Failure(f"--cpus {cpus}: not a number of CPUs such as 2")
        host = host._replace(cpus=number)
    if reserve is not None:
        size = _reserve(reserve, host.memory)
        if size is None:
            raise Failure(
                f"--reserve {reserve}: neither a size such as 512M nor a part such as 10%"
            )
        host = host._replace(reserve=size)
    return host


def _reserve(text: str, memory: int | None) -> int | None:
    if not text.endswith("%"):
        return parse_size(text)
    part = text[:-1]
    if memory is None or not part.replace(".", "", 1).isdecimal() or float(part) > 100:
        return None
    return int(memory * float(part) / 100)


# --- JSON


def _json(
    found: Sequence[tuple[Stack, list[tuple[tuple[str, ...], Load]], Host | None]], preset: str
) -> str:
    import json

    listed = []
    for stack, sets, host in found:
        listed.append(
            {
                "stack": stack.name,
                "host": None
                if host is None
                else {
                    "memory": host.memory,
                    "cpus": host.cpus,
                    "reserve": host.reserve,
                    "available_memory": host.available_memory,
                },
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
        )
    return json.dumps({"version": 1, "stacks": listed}, indent=2, ensure_ascii=False) + "\n"


def _load_data(load: Load, host: Host | None, brief: bool = False) -> dict[str, Any]:
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


# --- tables and bars
