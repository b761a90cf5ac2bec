"""Lints the Compose files of a run, and the stacks that they form."""

from __future__ import annotations

from ..files.paths import seen_from
from ..model.stack import ComposeFile, Stack
from ..result import StackRecord
from ..source.yaml.nodes import YamlFile
from .context import LISTED
from .findings import PROBLEMS
from .words import words_of_stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..rule import Rule
    from ..rulebook.selection import Selection
    from .context import Run


def lint_compose_files(run: Run, paths: Sequence[str]) -> None:
    """Lint each Compose file, then the stacks that they form."""
    from ..compose.discover import partly_built

    findings = run.findings
    rules = findings.rules("compose")
    readable = []
    templates: set[str] = set()
    for path in paths:
        answer = run.reader.read(path)
        if not isinstance(answer, YamlFile):
            findings.unreadable(path, answer)
            continue
        file = ComposeFile(run.project, answer)
        if file.is_foreign:
            findings.wanted.discard(path)
            if path in run.named:
                from .unlinted import report_foreign

                report_foreign(run, answer.source)
            else:
                note = f"{path} is ignored: it is not a Compose file"
                findings.result.asides.append(note)
            continue
        if file.is_template:
            templates.add(path)
            findings.template(answer.source)
            continue
        readable.append(path)
        run.comments.of_yaml(answer)
        findings.apply(rules["ComposeFile"], file, answer.source)
    for files in run.stacks_of(readable):
        run.progress()
        if not templates.isdisjoint(files.files):
            continue
        loaded = run.load(files)
        stacks: list[Stack] = []
        is_named = not (files.chosen or run.named.isdisjoint(files.files))
        if not loaded.accepted and is_named:
            # A file that is not valid alone may be a part of others (include, extends).
            from .neighbours import stacks_including

            stacks = stacks_including(files.files, run)
        if loaded.problems and not (stacks or files.chosen or files.named_at):
            from .fragments import whole_stack

            stacks = [whole_stack(run, files, loaded)]
        elif partly_built(files, loaded.documents):
            from .fragments import built_over

            other = built_over(run, files, loaded)
            stacks = [other] if other is not None else []
        for stack in stacks or [Stack(run.project, loaded, files)]:
            lint_stack(run, stack)


def lint_stack(run: Run, stack: Stack) -> None:
    """Run the rules over a stack, unless it was linted before."""
    findings, files = run.findings, stack.files.files
    if files in run.linted_stacks:
        return
    run.linted_stacks.add(files)
    run.project.stacks.append(stack)
    findings.result.trees[stack.name] = stack.tree
    findings.result.rejections[stack.name] = [
        (problem.kind, problem.unset, problem.message)
        for problem in stack.loaded.problems
        if problem.rejects
    ]
    for yaml in stack.loaded.documents.values():
        run.comments.of_yaml(yaml)
    selection = run.settings.selection.under(run.settings.config.preset_for(files))
    findings.result.stacks.append(_record(stack, selection))
    rules = findings.rules("compose", selection)
    across = findings.rules("project", selection)
    if not stack.knows_folder:
        across = {"Stack": [], "Service": []}
    if stack.knows_folder:
        _connect_dockerfiles(run, stack)
    is_refused = not stack.loaded.accepted
    findings.dropped = [] if is_refused or run.elsewhere is not None else None
    if any(path in findings.wanted and path not in run.named for path in files):
        # The files were searched, so their parts are linted, too, whatever their names are.
        findings.wanted.update(syntax.file.path for syntax in stack.env_syntaxes)
        if len(stack.loaded.documents) > len(files):
            from .referred import lint_parts

            lint_parts(run, stack)
    if stack.files.why == LISTED:
        # Reported where the configuration names them.
        stack.loaded.problems[:] = [
            problem for problem in stack.loaded.problems if problem.kind != "compose-file-missing"
        ]
    for problem in stack.loaded.problems:
        code = PROBLEMS.get(problem.kind)
        if code is not None:
            findings.report(code, problem.span, problem.message, problem.help)
    drift = findings.rules("env", selection) if stack.env_syntaxes else {"Stack": []}
    of_stack = (*rules["Stack"], *across["Stack"], *drift["Stack"])
    of_service = (*rules["Service"], *across["Service"])
    if stack.is_fragment:
        # What the other files of the stack define is unknown, and so is its folder.
        from .fragments import report_fragment, rules_of_fragments

        report_fragment(run, stack)
        of_stack, of_service = rules_of_fragments(rules)
    words, debug = words_of_stack(stack), run.settings.debug
    held_back = _holds_back(stack)
    concerned = words.concerned(of_stack, debug)
    findings.apply(concerned, stack, stack=stack, selection=selection, held_back=held_back)
    concerned = words.concerned(of_service, debug)
    for service in stack.services.values():
        if stack.is_fragment and not service.is_complete:
            continue
        if run.services is not None and service.name not in run.services:
            continue
        findings.apply(
            concerned,
            service,
            stack=stack,
            owner=("service", service.name),
            path=service.path,
            selection=selection,
            held_back=held_back,
        )
    dropped, findings.dropped = findings.dropped, None
    if dropped is not None and is_refused and not stack.is_fragment:
        from .referred import report_referred

        report_referred(run, stack, dropped)
    if dropped and run.elsewhere is not None:
        run.elsewhere.append((stack, dropped))


_OF_WHAT_FAILS = ("build", "reading")
"""The categories of rules that matter also in a file that was put aside."""


def _holds_back(stack: Stack) -> Callable[[Rule], bool] | None:
    """Which rules are left to stricter presets in a stack; None for all stacks that are in use."""
    from ..analysis.development import is_left_over

    if not is_left_over(stack):
        return None
    return lambda rule: rule.category not in _OF_WHAT_FAILS and "secret" not in rule.name


def _record(stack: Stack, selection: Selection) -> StackRecord:
    """What the report says about a stack."""
    files, place = stack.files, stack.files.evidence
    path, line = "", 0
    if place is not None:
        path, line = place.file.path, place.file.line_of(place.start)
    host = stack.project.host
    uses: tuple[tuple[str, float, float], ...] = ()
    if host is not None and not stack.is_fragment:
        from ..analysis.capacity import uses_of

        uses = uses_of(stack, host)
    return StackRecord(
        stack.loaded.files, files.why, path, line, selection.preset, stack.is_fragment, uses
    )


def _connect_dockerfiles(run: Run, stack: Stack) -> None:
    """Connect the Dockerfiles that a stack builds to its services.

    If the Compose file was found in a folder, these Dockerfiles are linted, too, whatever their
    names are.
    """
    wanted = run.findings.wanted
    for service in stack.services.values():
        build = service.build
        if build is None:
            continue
        dockerfile = run.project.dockerfile_of(service)
        if dockerfile is None:
            continue
        if dockerfile.path.startswith("../"):
            # From a working folder below the Compose file, the path can be shorter.
            shorter = seen_from(".", dockerfile.path)
            if shorter in wanted:
                dockerfile = run.project.dockerfile(shorter) or dockerfile
        from ..model.dockerfile import BuildContext

        dockerfile.builds.append(
            BuildContext(service, build.context_folder, build.text("target") or "")
        )
        path = build.key.file.path
        is_vendored = run.settings.config.is_vendored(dockerfile.path)
        if path in wanted and path not in run.named and not is_vendored:
            wanted.add(dockerfile.path)
