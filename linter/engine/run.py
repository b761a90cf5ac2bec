"""One run: files become stacks, rules run over them, findings are suppressed and sorted."""

from __future__ import annotations

from ..files.kinds import COMPOSE, DOCKERFILE, ENV, IGNORE, TEMPLATE
from ..rulebook.selection import Selection
from .context import Run
from .settings import no_progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..files.discovery import InputFile
    from ..files.reader import Shared
    from ..model.project import Project
    from ..result import Result
    from .settings import Settings


def check_files(
    files: Sequence[InputFile],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
) -> Result:
    """Lint these files, with what the project contains besides; findings elsewhere are left out.

    ``texts`` are contents instead of those on disk. ``progress`` is called after each stack and
    each Dockerfile.
    """
    return check_project(files, settings, texts, progress)[0]


def check_project(
    files: Sequence[InputFile],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
    shared: Shared | None = None,
) -> tuple[Result, Project]:
    """Like ``check_files``; returns also what was read for it.

    ``shared`` is what is known about the tree, which the calls for parts of it share.
    """
    run = Run(settings, texts or {}, progress or no_progress, shared)
    return _lint(run, files), run.project


def load_project(files: Sequence[InputFile], settings: Settings) -> Project:
    """The stacks and Dockerfiles of these files, without running any rule."""
    return check_project(files, settings._replace(selection=Selection(ignore=("ALL",))))[1]


def _lint(run: Run, files: Sequence[InputFile]) -> Result:
    """The result of linting these files."""
    findings, settings = run.findings, run.settings
    findings.wanted.update(file.path for file in files)
    run.named.update(file.path for file in files if file.named)
    paths: dict[str, list[str]] = {kind: [] for kind in (COMPOSE, DOCKERFILE, IGNORE, ENV)}
    templates = [file.path for file in files if file.kind == TEMPLATE]
    for file in files:
        if file.kind == TEMPLATE:
            continue
        undecoded = run.undecoded.get(file.path)
        if file.kind not in paths:
            from .unlinted import report_unlinted

            report_unlinted(run, file)
        elif undecoded is None:
            paths[file.kind].append(file.path)
        else:
            findings.unread.add(file.path)
            findings.report("LN003", *undecoded)
    others = run.named.intersection(paths[DOCKERFILE] + paths[IGNORE] + paths[ENV])
    if others and settings.elsewhere:
        run.elsewhere = []
    # The modules for a kind of file are only loaded for such files.
    if paths[COMPOSE]:
        from .stacks import lint_compose_files

        lint_compose_files(run, paths[COMPOSE])
    if others:
        from .neighbours import NamedFiles, stacks_around

        named = NamedFiles(others, run.reader)
        for stack in stacks_around(run, named):
            from .stacks import lint_stack

            lint_stack(run, stack)
    from .files import lint_dockerfiles, lint_env_files, lint_ignore_files

    unwanted = lint_dockerfiles(run, paths[DOCKERFILE])
    if templates:
        from .unlinted import report_templates

        report_templates(run, templates)
    lint_ignore_files(run, paths[IGNORE])
    lint_env_files(run, paths[ENV])
    if run.elsewhere or (run.elsewhere is not None and (paths[IGNORE] or paths[ENV])):
        from .brought import report_brought

        report_brought(run, named)
    findings.apply(findings.rules("project")["Project"], run.project)
    result = findings.result
    result.files = len(findings.wanted - findings.templates)
    result.unread = bool(files) and findings.unread.issuperset(file.path for file in files)
    result.read.update(run.reader.known_paths())
    run.comments.apply(unwanted)
    return findings.finish()
