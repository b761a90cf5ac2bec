"""The signals that the Docker engine knows by name or number."""

from __future__ import annotations

from .units import whole_number

NAMES = (
    "TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2", "WINCH", "ABRT", "ALRM", "BUS", "CHLD", "CLD",
    "CONT", "FPE", "ILL", "IO", "IOT", "PIPE", "POLL", "PROF", "PWR", "SEGV", "STKFLT", "STOP", "SYS",
    "TRAP", "TSTP", "TTIN", "TTOU", "URG", "VTALRM", "XCPU", "XFSZ", "RTMIN", "RTMAX",
)  # fmt: skip
"""The names without ``SIG``, those that programs are stopped with first."""

_KNOWN = frozenset(NAMES)


def is_signal(text: str) -> bool:
    """Whether the engine takes a text for a signal, with or without ``SIG``, in any case."""
    name = text.upper().removeprefix("SIG")
    number = whole_number(name)
    if number is not None:
        return 0 < number <= 64
    base, _, offset = name.replace("-", "+").partition("+")
    return base in _KNOWN and (
        not offset or (base.startswith("RT") and whole_number(offset) is not None)
    )


def likely_signal(text: str) -> str | None:
    """The signal that was most likely meant, such as ``SIGTERM``; None if none is close."""
    from .suggest import nearest

    return nearest(text.upper(), [f"SIG{name}" for name in NAMES]) or nearest(
        f"SIG{text.upper()}", [f"SIG{name}" for name in NAMES]
    )
