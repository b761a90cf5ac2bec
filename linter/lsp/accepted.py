"""What a project's baseline accepts."""

from __future__ import annotations

from ..config.errors import ConfigError
from ..suppression.baseline import apply_baseline, load_baseline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ..engine.workspace import Workspace
    from ..result import Result
    from ..suppression.baseline import Baseline


class Baselines:
    """The baselines, each read once.

    Attributes:
        paths: those of the baselines that were asked for.
        problems: errors of baselines by path.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.problems: dict[str, ConfigError] = {}
        self._loaded: dict[str, Baseline | None] = {}

    def forget(self) -> None:
        """Read them again."""
        self.paths.clear()
        self.problems.clear()
        self._loaded.clear()

    def apply(self, result: Result, workspace: Workspace, linted: Collection[str]) -> None:
        """Suppress what the baseline of a workspace contains."""
        options = workspace.options
        path = None if options.no_baseline else options.baseline or workspace.baseline_path()
        if path is None:
            return
        self.paths.add(path)
        if path not in self._loaded:
            try:
                self._loaded[path] = load_baseline(path)
            except ConfigError as error:
                self._loaded[path] = None
                self.problems[path] = error
        baseline = self._loaded[path]
        if baseline is not None:
            apply_baseline(
                result,
                baseline,
                linted=linted,
                ran=lambda code: code in result.ran,
                locked=workspace.is_locked,
            )
