"""What a page says besides the findings: who made it, how, and about which stacks."""

from __future__ import annotations

from ...base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...model.host import Host


class Strategy(NamedTuple):
    """What the services take that a strategy runs in containers; sizes are bytes.

    ``memory`` and ``cpus`` are the sums of limits, ``estimate`` counts also what suits services
    without one, of which there are ``unlimited``. ``fits`` is None where that is not known.
    """

    name: str
    services: tuple[str, ...]
    memory: int
    cpus: float
    estimate: int
    unlimited: int
    fits: bool | None
    verdict: str


class StackFacts(NamedTuple):
    """A stack: its picture as SVG (empty for none), its machine, and what its strategies take."""

    name: str
    services: int
    picture: str = ""
    host: Host | None = None
    strategies: tuple[Strategy, ...] = ()


class SettingsFacts(NamedTuple):
    """The settings of some files: the configuration (empty without one) and the preset."""

    configuration: str
    preset: str


class Facts(NamedTuple):
    """What a page says besides the findings.

    ``title`` names the project, ``made`` is when the page was made, ``baseline`` the path of the
    baseline that was applied, if any. ``no_picture`` says why stacks have no picture, ``style`` is the
    style sheet of those that they have.
    """

    title: str = ""
    made: str = ""
    settings: tuple[SettingsFacts, ...] = ()
    baseline: str = ""
    stacks: tuple[StackFacts, ...] = ()
    no_picture: str = ""
    style: str = ""
