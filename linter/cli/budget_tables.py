"""The tables and bars of `composelint budget`."""

from __future__ import annotations

import sys

from ..analysis.capacity import Load, under
from ..base.escape import visible
from ..base.names import STRATEGIES
from ..base.records import NamedTuple
from ..base.units import format_size
from ..base.wording import and_list
from ..report.bars import bar, length_in, style_of, used_text
from .console import terminal_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, JustifyMethod, RenderableType
    from rich.text import Text

    from ..analysis.capacity import Demand
    from ..model.host import Host
    from ..model.stack import Stack


class Budget(NamedTuple):
    """A stack, the load of each of its sets of services (by their profiles), and its machine."""

    stack: Stack
    sets: list[tuple[tuple[str, ...], Load]]
    host: Host | None


def fits(load: Load, host: Host | None) -> bool | None:
    """Whether services fit a machine's memory; None if that is not known: no machine is given, or
    a service without a limit could take more than what is left."""
    available = host.available_memory if host is not None else None
    if available is None:
        return None
    if load.memory > available:
        return False
    return None if load.unbounded else True


def verdict(load: Load, host: Host | None) -> str:
    """Whether services fit a machine, in words."""
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
        shown = and_list(names, "", 3 if len(names) > 4 else None)
        left = available - load.memory
        stays = "stays" if len(load.unbounded) == 1 else "stay"
        together = "" if len(load.unbounded) == 1 else " together"
        text = f"fits if {shown} (no limit) {stays} below {format_size(left)}{together}"
        if load.estimate > available:
            whom = "it" if len(load.unbounded) == 1 else "them"
            text += f"; about {format_size(load.estimate - load.memory)} would suit {whom}"
    else:
        text = f"fits, {format_size(available - load.memory)} left"
    if cpus is not None and load.cpus > cpus:
        text += f"; CPUs are shared ({load.cpus:g} of {cpus:g})"
    return text


def as_text(budgets: Sequence[Budget], preset: str, color: bool) -> str:
    """The tables and bars of each budget."""
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
    for number, (stack, sets, host) in enumerate(budgets):
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
    """The width of the tables in characters."""
    if not sys.stdout.isatty():
        return 120  # A file has no width.
    return max(60, min(terminal_columns(100), 140))


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
    _line(console, "on " + and_list(host.described(), ""))


def _table(load: Load) -> RenderableType:
    """The table of the services of a load."""
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
            format_size(demand.reservation * demand.replicas) if demand.reservation else "",
            _plain(_remark(demand)),
        )
    table.add_section()
    table.add_row(
        "together",
        str(sum(demand.replicas for demand in load.counted)),
        *_sums(load),
        format_size(load.reservation) if load.reservation else "",
        "",
    )
    return table


def _sums(load: Load) -> tuple[str, str]:
    """The memory and the CPUs of a load; "no limit" where no service of it has one."""
    nothing = "no limit" if load.counted else "0"
    memory = format_size(load.memory) if load.memory else nothing
    return memory, f"{load.cpus:g}" if load.cpus else nothing


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
    """A bar for each limit of the machine."""
    if host is None:
        return
    available = host.available_memory
    for title, size in (("memory", load.memory), ("reserved", load.reservation)):
        if available and (size or title == "memory"):
            yield _bar(title, size, available)
    if host.cpus:
        yield _bar("CPUs", load.cpus, host.cpus)


def _bar(title: str, used: float, available: float) -> Text:
    from rich.text import Text

    share = used / available
    filled, rest = bar(share, length_in(_width()))
    line = Text(f"{title:9}")
    line.append(filled, _COLORS[style_of(share)])
    line.append(rest, "dim")
    line.append(f" {used_text(title, used, available)}")
    return line


_COLORS = {"error": "red", "warning": "yellow", "good": "green"}
"""The colours of bars by the style that ``report/bars.py`` gives them."""


def _strategies(load: Load, host: Host | None) -> RenderableType:
    """The table of the strategies, each with the services that it adds."""
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
            *_sums(chosen),
            text,
        )
    return table
