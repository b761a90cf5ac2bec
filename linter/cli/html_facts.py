"""What the HTML report says besides the findings: loads the stacks again, to draw and add them up."""

from __future__ import annotations

import os

from ..analysis.capacity import loads, under
from ..base.escape import visible
from ..base.links import quoted
from ..base.names import STRATEGIES
from ..report.html.facts import Facts, SettingsFacts, StackFacts, Strategy
from .budget_tables import fits, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engine.workspace import Workspace
    from ..model.host import Host
    from ..model.project import Project
    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic

MOST_PICTURES = 40
"""How many stacks have a picture, which takes some 50 kB of the page."""
_NO_PICTURE = (
    "The stacks have no picture here: `pip install 'composelint[graph]'` brings what draws them."
)


def facts_of(result: Result, workspace: Workspace, *, is_secret: bool) -> Facts:
    """The facts of a run, with its stacks; pictures mask secrets if ``is_secret``."""
    drawer = _Drawer(result, is_secret=is_secret)
    stacks = [
        _stack(stack, project, drawer)
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
        _title(workspace.home),
        _now(),
        tuple(settings),
        baseline or "",
        tuple(stacks),
        drawer.why_not,
        drawer.style,
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


def _title(home: str) -> str:
    """The name of the project, and the folder in it that the call was made from."""
    folder = os.path.relpath(os.getcwd(), home)
    name = os.path.basename(home)
    is_below = folder != os.curdir and not folder.startswith(os.pardir)
    return f"{name}/{folder.replace(os.sep, '/')}" if is_below else name


def _stack(stack: Stack, project: Project, drawer: _Drawer) -> StackFacts:
    host = project.host
    if host is not None and (host.memory, host.cpus) == (None, None):
        host = None
    return StackFacts(
        stack.name,
        len(stack.services),
        drawer.picture(stack),
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


class _Drawer:
    """Draws stacks, their parts linked to the findings.

    Attributes:
        why_not: why there are stacks without a picture; empty if there are none.
        style: the style sheet of the pictures.
    """

    def __init__(self, result: Result, *, is_secret: bool) -> None:
        from ..graph.picture import is_available
        from ..report import masks_of

        self.why_not = "" if is_available() else _NO_PICTURE
        self.style = "" if self.why_not else _style()
        self._masks = masks_of([result]) if is_secret else None
        self._shown = result
        if self._masks is not None:
            from ..report.masking import masked

            self._shown = masked(result, self._masks)
        findings = enumerate(self._shown.diagnostics)
        self._numbers = {id(finding): number for number, finding in findings}
        self._drawn = 0

    def picture(self, stack: Stack) -> str:
        """The picture of a stack as SVG; empty if there is none."""
        from ..graph.layout import LayoutError
        from ..graph.picture import picture

        if self.why_not and not self._drawn:
            return ""
        if self._drawn == MOST_PICTURES:
            self.why_not = f"Only the first {MOST_PICTURES} stacks have a picture."
            return ""
        self._drawn += 1
        try:
            return picture(
                self._shown,
                stack,
                link=self._link,
                hide=None if self._masks is None else self._masks.text,
                prefix=f"stack{self._drawn}",
                style=False,
            )
        except LayoutError as error:
            self.why_not = f"{stack.name} has no picture: {error}."
            return ""

    def _link(self, finding: Diagnostic) -> str:
        number = f"finding={self._numbers[id(finding)]}"
        owner = finding.owner
        if owner is not None and owner[0] == "service":
            return f"#service={quoted(visible(owner[1]))}&{number}"
        return f"#{number}"


def _style() -> str:
    """The style sheet of the pictures, whose colours follow the page's."""
    from ..graph.dot import COLORS
    from ..graph.picture import STYLE

    colors = (f"--cg-{name}:light-dark({light},{dark});" for name, (light, dark) in COLORS.items())
    light, dark = COLORS["back"]
    return f"{STYLE}.cg{{{''.join(colors)}}}.picture{{background:light-dark({light},{dark})}}\n"
