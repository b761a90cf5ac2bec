"""What a run is asked to do, and what it gives back."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..files.disk import MAX_FILE_BYTES
from ..rulebook.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.settings import Config


class Settings(NamedTuple):
    """What a run was asked to do.

    ``root`` is the folder that nothing is read outside of; empty for the repository of the
    working folder. ``config`` is the configuration that holds for the files of the run,
    None for the defaults; what the command line may override stands in fields of its own.
    """

    selection: Selection = Selection()
    config: Config | None = None
    root: str = ""
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    inline_ignores: bool = True
    stacks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    use_environment: bool = False
    allow_outside: bool = False
    max_file_size: int = MAX_FILE_BYTES
    debug: bool = False
