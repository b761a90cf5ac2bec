"""The machine that stacks run on, and the values that fixes write."""

from __future__ import annotations

import os

from ..base.records import NamedTuple


class Host(NamedTuple):
    """The machine that the stacks run on: memory and reserve in bytes, None if not given."""

    memory: int | None = None
    cpus: float | None = None
    reserve: int = 0

    @property
    def available_memory(self) -> int | None:
        """The memory that services may use, in bytes; None if not given."""
        return None if self.memory is None else max(0, self.memory - self.reserve)

    def described(self) -> list[str]:
        """Its memory and its CPUs in words, as far as they are given."""
        from ..base.units import format_size

        parts = []
        if self.memory is not None:
            reserve = f" ({format_size(self.reserve)} of it reserved)" if self.reserve else ""
            parts.append(f"{format_size(self.memory)} of memory{reserve}")
        if self.cpus is not None:
            parts.append(f"{self.cpus:g} CPU" + "s" * (self.cpus != 1))
        return parts


class FixValues(NamedTuple):
    """Values that fixes write; None leaves the choice to the rule."""

    memory: str | None = None
    cpus: float | None = None
    pids: int | None = None
    restart: str | None = None
    interval: str | None = None
    timeout: str | None = None
    retries: int | None = None
    start_period: str | None = None
    log_max_size: str | None = None
    log_max_file: int | None = None
    bind_address: str | None = None


def machine_memory() -> int | None:
    """This machine's memory in bytes; None if the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
