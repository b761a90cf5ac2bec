"""The settings of a run."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..config.settings import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..rulebook.selection import Selection


class Settings(NamedTuple):
    """The settings of a run.

    Attributes:
        selection: the rules that run, and the severities of their findings.
        config: the configuration for the files of the run, with the values of the command line
            instead of its own.
        root: the folder outside of which nothing is read; empty for the repository of the
            working folder.
        stacks: the files of each stack, joined by ``:``, instead of those that are found.
        profiles: the active Compose profiles.
        env_files: env files to read variables from instead of ``.env``.
        debug: let errors of rules raise.
        late_fixes: make the fix of a finding only when it is asked for.
        elsewhere: report also what named files break in the files that use them.
        settings_of: the settings for a file of another configuration, None where that is broken.
    """

    selection: Selection
    config: Config = Config()
    root: str = ""
    stacks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    debug: bool = False
    late_fixes: bool = False
    elsewhere: bool = True
    settings_of: Callable[[str], Settings | None] | None = None


def no_progress() -> None:
    """Progress callback of a run that shows no progress: does nothing."""
