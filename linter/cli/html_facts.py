"""What the HTML report says besides the findings: loads the stacks again, to draw and add them up."""

from __future__ import annotations

import os

from ..analysis.capacity import loads, under
from ..base.links import quoted
from ..base.names import STRATEGIES
from ..report.html.facts import Facts, SettingsFacts, StackFacts, Strategy
from .budget_tables import fits, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..engine.workspace import Workspace
    from ..model.host import Host
    from ..model.project import Project
    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic

    Picture = Callable[[Project, Stack], str]

_NO_PICTURE = (
    "There is no picture of the stacks: pip install 'composelint[graph]' brings what draws them."
)


def facts_of(result: Result, workspace: Workspace, *, is_secret: bool) -> Facts:
    """The facts of a run, with its stacks; pictures mask secrets if ``is_secret``."""
    picture = _drawer(result, is_secret=is_secret)
    stacks = [
        _stack(stack, project, picture)
        for project in _projects(workspace)
        for stack in project.stacks
        if stack.services
    ]
    settings = dict.fromkeys(
        SettingsFacts(group.config.path, group.settings.selection.preset)
        for group in workspace.groups
    )
    baseline = None if workspace.options.no_baseline else workspace.baseline_path()
    return Facts(
        os.path.basename(workspace.home),
        _now(),
        tuple(settings),
        baseline or "",
        tuple(stacks),
        _NO_PICTURE if picture is None and stacks else "",
    )


def _projects(workspace: Workspace) -> list[Project]:
    from ..engine.run import check_project
    from ..rulebook.selection import Selection

    nothing = Selection(ignore=("ALL",))
    return [
        check_project(group.files, group.settings._replace(selection=nothing), workspace.texts)[1]
        for group in workspace.groups
    ]


def _now() -> str:
    """The time in UTC; SOURCE_DATE_EPOCH, if it is set, for reports that are compared."""
    from datetime import UTC, datetime

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return now.strftime("%Y-%m-%d %H:%M UTC")


def _stack(stack: Stack, project: Project, picture: Picture | None) -> StackFacts:
    host = project.host
    if host is not None and (host.memory, host.cpus) == (None, None):
        host = None
    return StackFacts(
        stack.name,
        len(stack.services),
        picture(project, stack) if picture is not None else "",
        host,
        tuple(_strategies(stack, host)),
    )


def _strategies(stack: Stack, host: Host | None) -> list[Strategy]:
    sets = loads(stack)
    if not sets:
        return []
    told = []
    for name in STRATEGIES:
        load = under(sets[0][1], name)
        told.append(
            Strategy(
                name,
                tuple(demand.name for demand in load.counted),
                load.memory,
                load.cpus,
                load.estimate,
                len(load.unbounded),
                fits(load, host),
                verdict(load, host),
            )
        )
    return told


def _drawer(result: Result, *, is_secret: bool) -> Picture | None:
    """What draws a stack, its parts linked to the findings; None where nothing can."""
    try:
        from ..graph import picture
    except ImportError:
        return None
    from ..report import masks_of
    from ..report.masking import masked

    masks = masks_of([result]) if is_secret else None
    shown = result if masks is None else masked(result, masks)
    numbers = {id(finding): number for number, finding in enumerate(shown.diagnostics)}

    def link(finding: Diagnostic) -> str:
        number = f"finding={numbers[id(finding)]}"
        owner = finding.owner
        if owner is not None and owner[0] == "service":
            return f"#service={quoted(owner[1])}&{number}"
        return f"#{number}"

    return lambda project, stack: picture(project, shown, stack, link=link)
