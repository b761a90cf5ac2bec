"""What ``composelint format`` changes: how a file is written, and nothing that it says.

These are safe fixes of rules on the form of files. They run whatever the project selects: somebody
who formats wants the form, also where no finding about it is wanted.
"""

from __future__ import annotations

from ..base.names import UNREAD_CODES
from ..base.records import NamedTuple
from ..config.layers import Layer
from ..engine.workspace import Group, Workspace
from ..files.kinds import COMPOSE, DOCKERFILE
from ..rulebook.registry import rule_of
from ..rulebook.selection import Selection
from .workspace import fix_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Diagnostic
    from .engine import FixResult

ALWAYS = (
    "CF005", "CF901", "CF902", "CF906", "CF911", "CF912",
    "DF004", "DF114", "DF901", "DF902", "DF903", "DF905", "DF914",
)  # fmt: skip
"""The rules whose fixes are applied, unless the project ignores them."""

IF_SELECTED = ("CF903", "CF905", "CF907")
"""Those that are applied only where the project selects them: opinions differ about them."""


class Formatted(NamedTuple):
    """What formatting leads to.

    Attributes:
        workspace: the files that were looked at, with the settings for it.
        outcomes: the new texts; nothing is written.
        broken: the findings on files that cannot be read, which stay as they are.
    """

    workspace: Workspace
    outcomes: list[FixResult]
    broken: list[Diagnostic]


def format_workspace(workspace: Workspace) -> Formatted:
    """Format the Compose files and Dockerfiles of a workspace in memory."""
    groups = []
    for group in workspace.groups:
        files = tuple(file for file in group.files if file.kind in (COMPOSE, DOCKERFILE))
        selection = selection_for_formatting(group.settings.selection)
        if files and selection is not None:
            groups.append(Group(group.settings._replace(selection=selection), files))
    chosen = Workspace(groups, workspace.config, workspace.options)
    chosen.paths, chosen.texts = workspace.paths, workspace.texts
    outcomes = fix_workspace(chosen, unsafe=False)
    broken = []
    for outcome in outcomes:
        unread = [each for each in outcome.found.diagnostics if each.code in UNREAD_CODES]
        broken += unread
        for finding in unread:
            # What is read wrongly would be formatted wrongly.
            outcome.after.pop(finding.path, None)
    return Formatted(chosen, outcomes, broken)


def selection_for_formatting(own: Selection) -> Selection | None:
    """The rules on form instead of those that a project selects; None if it ignores all of them.

    What the project ignores or does not want to be fixed stays so.
    """
    free = Layer(select=(*ALWAYS, *IF_SELECTED))
    ignoring = [Layer(ignore=layer.ignore) for layer in own.layers]
    unless_ignored = Selection(layers=(free, *ignoring), extra=own.extra)
    codes = [
        code
        for code in (*ALWAYS, *IF_SELECTED)
        if own.selects(rule_of(code)) or (code in ALWAYS and unless_ignored.allows(code))
    ]
    if not codes:
        return None
    return Selection(select=codes, fixable=[code for code in codes if own.fixes(code)])
