"""What a run is asked to do."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..config.settings import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rulebook.selection import Selection


class Settings(NamedTuple):
    """What a run is asked to do.

    Attributes:
        selection: which rules run, and how their findings are graded.
        config: the configuration that holds for the files of the run, with what the command
            line says in its place.
        root: the folder that nothing is read outside of; empty for the repository of the
            working folder.
        stacks: the files of each stack, joined by ``:``, in place of those that are found.
        profiles: Compose profiles to switch on.
        env_files: env files to read variables from instead of ``.env``.
        debug: let errors of rules raise.
    """

    selection: Selection
    config: Config = Config()
    root: str = ""
    stacks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    debug: bool = False
