"""``composelint budget``: whether a stack fits a machine, and with which strategy."""

from __future__ import annotations

import os
import sys

import click

from ..analysis.capacity import STRATEGIES, Load, loads, under
from ..base.escape import visible
from ..base.units import format_size, parse_size
from ..base.wording import and_list
from .common import Verb, config_options
from .console import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    Failure,
    expected_errors,
    names,
    split_configs,
    wants_color,
    write,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from rich.console import Console, JustifyMethod, RenderableType
    from rich.text import Text

    from ..analysis.capacity import Demand
    from ..engine.workspace import Group
    from ..model.host import Host
    from ..model.stack import Stack

BAR = 30
"""How many characters a full bar has."""


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
    "--stack", "stacks", multiple=True, metavar="FILE:FILE", help="Files that form one stack."
)
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME", help="A Compose profile to switch on."
)
@click.option(
    "--env-file",
    "env_files",
    multiple=True,
    metavar="FILE",
    help="Read variables from this file instead of .env.",
)
@click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("-o", "--output-file", metavar="FILE", help="Write to a file.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
@config_options
def budget_command(paths: tuple[str, ...], **options: Any) -> None:
    """Add up what services may take, against a machine's memory and CPUs.

    Limits and reservations count for every container; what has none is named. The machine
    comes from the configuration ([host]) or from the options. For each strategy the last
    table says whether it fits. The exit code is 1 where the chosen one does not.
    """
    with expected_errors():
        found = [
            (stack, loads(stack, names(options["critical"])), host)
            for group in _groups(paths, options)
            for stack, host in _stacks(group, options)
        ]
    if not found:
        raise Failure("no stack found: name a Compose file, or a folder with one")
    found = [item for item in found if item[0].services]
    if options["output_format"] == "json":
        text = _json(found, options["preset"])
    else:
        color = options["output_file"] is None and wants_color(options["color"])
        text = _text(found, options["preset"], color)
    write(text, options["output_file"])
    fitting = [
        fits(under(load, options["preset"]), host)
        for _, sets, host in found
        for _, load in sets[:1]
    ]
    sys.exit(EXIT_FINDINGS if False in fitting else EXIT_CLEAN)


def _groups(paths: Sequence[str], options: dict[str, Any]) -> list[Group]:
    from ..engine.workspace import Request, open_workspace

    path, overrides = split_configs(options["configs"])
    request = Request(
        config=path,
        isolated=options["isolated"],
        overrides=overrides,
        stacks=tuple(options["stacks"]),
        profiles=tuple(options["profiles"]),
        env_files=tuple(options["env_files"]),
    )
    return open_workspace(paths, request).groups


def _stacks(group: Group, options: dict[str, Any]) -> Iterator[tuple[Stack, Host | None]]:
    """The stacks of some files, and the machine that they run on."""
    from ..compose.discover import discover_stacks, parse_stack
    from ..compose.stack import load_stack
    from ..files.kinds import COMPOSE
    from ..files.reader import Reader
    from ..model.project import Project
    from ..model.stack import Stack

    settings = group.settings
    reader = Reader(
        settings.root, max_bytes=settings.max_file_size, allow_outside=settings.allow_outside
    )
    project = Project(reader)
    config = settings.config
    if config is not None:
        project.host, project.fix_values = config.host, config.fix
    host = project.host = _host(project.host, options)
    paths = [item.path for item in group.found if item.kind == COMPOSE]
    if settings.stacks:
        listed = [parse_stack(text) for text in settings.stacks]
    elif config is not None and config.stacks:
        listed = [parse_stack(entry.spec) for entry in config.stacks]
    else:
        named = {item.path for item in group.found if item.named}
        listed = discover_stacks(paths, reader, named=named)
    for files in listed:
        loaded = load_stack(
            files.files, reader, env_files=settings.env_files, profiles=settings.profiles
        )
        yield Stack(project, loaded, files), host


def _host(known: Host | None, options: dict[str, Any]) -> Host | None:
    """The machine that the configuration declares, with what the options say instead.

    Raises:
        Failure: for a size or number that is none.
    """
    from ..model.host import Host

    memory, cpus, reserve = options["memory"], options["cpus"], options["reserve"]
    if known is None and memory is None and cpus is None:
        return None
    host = known or Host()
    if memory is not None:
        size = _own_memory() if memory == "auto" else parse_size(memory)
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


def _own_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def fits(load: Load, host: Host | None) -> bool | None:
    """Whether services fit a machine's memory; None where that cannot be told: no machine is
    given, or one without a limit could take more than what is left."""
    available = host.available_memory if host is not None else None
    if available is None:
        return None
    if load.memory > available:
        return False
    return None if load.unbounded else True


def verdict(load: Load, host: Host | None) -> str:
    """The answer in words."""
    available = host.available_memory if host is not None else None
    cpus = host.cpus if host is not None else None
    if not load.counted:
        return "nothing runs"
    if available is None:
        text = f"needs {format_size(load.memory)}" if load.memory else "nothing is limited"
    elif load.memory > available:
        text = f"does not fit: {format_size(load.memory - available)} too much"
    elif load.unbounded:
        names = [visible(demand.name) for demand in load.unbounded]
        if len(names) > 4:
            names = [*names[:3], f"{len(names) - 3} more"]
        shown = and_list(names, "")
        left = available - load.memory
        stays = "stays" if len(load.unbounded) == 1 else "stay"
        together = "" if len(load.unbounded) == 1 else " together"
        text = f"fits if {shown} (no limit) {stays} below {format_size(left)}{together}"
        if load.estimate > available:
            text += f", which is less than suits ({format_size(load.estimate - load.memory)})"
    else:
        text = f"fits, {format_size(available - load.memory)} left"
    if cpus is not None and load.cpus > cpus:
        text += f"; CPUs are shared ({load.cpus:g} of {cpus:g})"
    return text


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


def _text(
    found: Sequence[tuple[Stack, list[tuple[tuple[str, ...], Load]], Host | None]],
    preset: str,
    color: bool,
) -> str:
    from io import StringIO

    from rich.console import Console

    buffer = StringIO()
    console = Console(
        file=buffer,
        force_terminal=color,
        no_color=not color,
        width=_width(),
        highlight=False,
        legacy_windows=False,
    )
    for number, (stack, sets, host) in enumerate(found):
        if number:
            console.print()
        _heading(console, stack, host)
        for profiles, load in sets:
            chosen = under(load, preset)
            if profiles:
                console.print()
                _line(console, f"with the profile {', '.join(profiles)}")
            console.print(_table(chosen))
            for line in _bars(chosen, host):
                console.print(line)
        console.print()
        console.print(_strategies(sets[0][1], host))
    lines = (line.rstrip() for line in buffer.getvalue().split("\n"))
    return "\n".join(lines).rstrip("\n") + "\n"


def _width() -> int:
    import shutil
    import sys

    if not sys.stdout.isatty():
        return 120  # a file has no width: nothing is to be broken for it
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 140))


def _line(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(visible(text), style))


def _heading(console: Console, stack: Stack, host: Host | None) -> None:
    _line(console, stack.name, "bold")
    if host is None:
        _line(
            console, "no machine is given: see --memory and --cpus, or [host] in the configuration"
        )
        return
    parts = []
    if host.memory is not None:
        reserve = f" ({format_size(host.reserve)} of it reserved)" if host.reserve else ""
        parts.append(f"{format_size(host.memory)} of memory{reserve}")
    if host.cpus is not None:
        parts.append(f"{host.cpus:g} CPU" + "s" * (host.cpus != 1))
    _line(console, "on " + " and ".join(parts))


def _table(load: Load) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    columns: tuple[tuple[str, JustifyMethod], ...] = (
        ("service", "left"),
        ("containers", "right"),
        ("memory", "right"),
        ("CPUs", "right"),
        ("reserved", "right"),
        ("", "left"),
    )
    for title, justify in columns:
        table.add_column(title, justify=justify)
    for demand in load.demands:
        table.add_row(
            _plain(demand.name),
            str(demand.replicas),
            _times(demand.replicas, None if demand.memory is None else format_size(demand.memory)),
            _times(demand.replicas, None if demand.cpus is None else f"{demand.cpus:g}"),
            "" if not demand.reservation else format_size(demand.reservation * demand.replicas),
            _plain(_remark(demand)),
        )
    table.add_section()
    table.add_row(
        "together",
        str(sum(demand.replicas for demand in load.counted)),
        format_size(load.memory) if load.memory else "0",
        f"{load.cpus:g}",
        format_size(load.reservation) if load.reservation else "",
        "",
    )
    return table


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(visible(text))


def _times(replicas: int, one: str | None) -> str:
    if one is None:
        return "no limit"
    return f"{replicas} × {one}" if replicas > 1 else one


def _remark(demand: Demand) -> str:
    if demand.task:
        return "ends by itself, not counted"
    if demand.memory is None:
        return f"about {format_size(demand.suggested_memory)} would suit it"
    return ""


def _bars(load: Load, host: Host | None) -> Iterator[Text]:
    if host is None:
        return
    available = host.available_memory
    if available:
        yield _bar(
            "memory",
            load.memory / available,
            f"{format_size(load.memory)} of {format_size(available)}",
        )
    if available and load.reservation:
        yield _bar(
            "reserved",
            load.reservation / available,
            f"{format_size(load.reservation)} of {format_size(available)}",
        )
    if host.cpus:
        yield _bar("CPUs", load.cpus / host.cpus, f"{load.cpus:g} of {host.cpus:g}")


def _bar(title: str, share: float, numbers: str) -> Text:
    from rich.text import Text

    filled = min(BAR, round(share * BAR)) if share else 0
    style = "red" if share > 1 else "yellow" if share > 0.8 else "green"
    line = Text(f"{title:9}")
    line.append("█" * filled, style)
    line.append("░" * (BAR - filled), "dim")
    line.append(f" {numbers} ({share:.0%})")
    return line


def _strategies(load: Load, host: Host | None) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("strategy")
    table.add_column("services")
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("CPUs", justify="right", no_wrap=True)
    table.add_column("")
    before: set[str] = set()
    for name in STRATEGIES:
        chosen = under(load, name)
        new = [demand.name for demand in chosen.counted if demand.name not in before]
        before.update(new)
        shown = ("+ " if name != STRATEGIES[0] and new else "") + (", ".join(new) or "the same")
        if not chosen.counted:
            shown = "none"
        answer = fits(chosen, host)
        style = "green" if answer else "red" if answer is False else ""
        text = _plain(verdict(chosen, host))
        text.stylize(style)
        table.add_row(
            name,
            _plain(shown),
            format_size(chosen.memory) if chosen.memory else "0",
            f"{chosen.cpus:g}",
            text,
        )
    return table
