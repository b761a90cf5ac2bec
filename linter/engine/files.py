"""Lints Dockerfiles, ignore files and env files of a run, and those that its stacks use."""

from __future__ import annotations

from ..base.text import SourceFile
from ..model.project import EnvFile, IgnoreFile
from .words import words_of_dockerfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..model.dockerfile import Dockerfile, Stage
    from ..model.stack import Stack
    from ..rule import Diagnostic, Rule
    from ..source.dotenv import EnvSyntax
    from .context import Run


def lint_dockerfiles(run: Run, paths: Sequence[str]) -> list[Diagnostic] | None:
    """Lint these Dockerfiles, and those that stacks build.

    Returns:
        The findings of ShellCheck that the run did not ask for; None if it did not run.
    """
    for path in paths:
        dockerfile = run.project.dockerfile(path)
        if dockerfile is None:
            _report_unreadable(run, path)
        elif dockerfile.is_template:
            run.findings.template(dockerfile.source)
    dockerfiles = run.linted_dockerfiles
    if not dockerfiles:
        return None
    for dockerfile in dockerfiles:
        run.progress()
        lint_dockerfile(run, dockerfile)
    return _shellcheck(run, dockerfiles)


def lint_dockerfile(run: Run, dockerfile: Dockerfile) -> None:
    """Run the rules over a Dockerfile and its stages."""
    findings, debug = run.findings, run.settings.debug
    rules, across = findings.rules("dockerfile"), findings.rules("project")
    run.comments.of_dockerfile(dockerfile)
    held_back = _holds_back(dockerfile)
    source, words = dockerfile.source, words_of_dockerfile(dockerfile)
    concerned = words.concerned((*rules["Dockerfile"], *across["Dockerfile"]), debug)
    findings.apply(concerned, dockerfile, source, held_back=held_back)
    concerned = words.concerned(rules["Stage"], debug)
    for stage in dockerfile.all_stages:
        owner = ("stage", stage.label)
        held_back = _holds_back(dockerfile, stage)
        findings.apply(
            concerned,
            stage,
            source,
            owner=owner,
            held_back=held_back,
            unsure=_is_unsure(stage) if len(dockerfile.all_stages) > 1 else None,
        )


def _is_unsure(stage: Stage) -> Callable[[Rule], bool]:
    """Which rules tell of a build that fails, in a stage that no known build takes."""

    def is_unsure(rule: Rule) -> bool:
        if rule.category not in ("build", "start"):
            return False
        from ..analysis.built_stages import is_built

        return not is_built(stage)

    return is_unsure


_OF_WHAT_RUNS = ("resources", "security")
"""The categories of rules on what an image weighs and risks where it runs."""


def _holds_back(
    dockerfile: Dockerfile, stage: Stage | None = None, for_developers: bool = True
) -> Callable[[Rule], bool]:
    """Which rules are left to stricter presets in a Dockerfile, since its image is not meant for production.

    For images for tests, benchmarks and developers, and for what is given up. What is about
    secrets is reported there, too. Of one without the program that it would build only what is
    missing is reported, and what Docker cannot read.
    """
    known: list[bool] = []
    lacks_program: list[bool] = []

    def is_held_back(rule: Rule) -> bool:
        if "secret" in rule.name:
            return False
        if rule.category != "reading" and rule.code != "XF108":
            if not lacks_program:
                from ..analysis import development

                lacks_program.append(development.lacks_its_program(dockerfile))
            if lacks_program[0]:
                return True
        if rule.category not in _OF_WHAT_RUNS:
            return False
        if not known:
            from ..analysis import development

            known.append(
                development.is_throwaway(dockerfile)
                or (
                    for_developers
                    and (
                        development.is_for_developers(dockerfile)
                        if stage is None
                        else development.is_development_stage(stage)
                    )
                )
            )
        return known[0]

    return is_held_back


def _shellcheck(run: Run, dockerfiles: Sequence[Dockerfile]) -> list[Diagnostic] | None:
    """Run ShellCheck on the scripts of Dockerfiles; returns its findings that are not wanted."""
    from ..shellcheck.program import ABSENT, find_program

    findings, selection = run.findings, run.settings.selection
    setting = run.settings.config.shellcheck
    if setting is True and find_program() is None and not selection.names("SC"):
        # As on most machines: the modules that run the program are not loaded.
        runs = (stage.runs for dockerfile in dockerfiles for stage in dockerfile.all_stages)
        if selection.allows_some("SC") and any(runs):
            findings.result.asides.append(ABSENT)
        return None
    from ..shellcheck.check import check

    try:
        outcome = check(dockerfiles, setting, selection)
    except Exception as error:
        if run.settings.debug:
            raise
        findings.crashed(error, "placing what ShellCheck found failed", dockerfiles[0].source)
        return None
    for finding in outcome.found:
        findings.add(finding)
    findings.result.notes += outcome.notes
    findings.result.asides += outcome.asides
    return outcome.unwanted if outcome.ran else None


def lint_ignore_files(run: Run, paths: Sequence[str]) -> None:
    """Lint these ignore files, and those that filter the contexts of linted Dockerfiles."""
    findings = run.findings
    linted = {dockerfile.path for dockerfile in run.linted_dockerfiles}
    if not paths and not linted:
        return
    rules = findings.rules("dockerignore")
    files: dict[str, IgnoreFile] = {}
    for path in paths:
        syntax = run.project.ignore_file(path)
        if syntax is None:
            _report_unreadable(run, path)
            continue
        files[path] = IgnoreFile(run.project, syntax)
        if path in run.named:
            # Many rules need the Dockerfile that copies the files.
            beside = path.removesuffix(".dockerignore")
            run.project.dockerfile(beside + "Dockerfile" if beside[-1:] in ("", "/") else beside)
    for dockerfile in run.project.all_dockerfiles():
        if dockerfile.path in linted:
            lint_context(run, dockerfile)
        syntax = dockerfile.ignore
        if syntax is None:
            continue
        path = syntax.file.path
        if path not in files:
            if dockerfile.path not in linted or dockerfile.path in run.named:
                continue
            files[path] = IgnoreFile(run.project, syntax)
            findings.wanted.add(path)
        files[path].dockerfiles.append(dockerfile)
    for file in files.values():
        run.comments.of_ignore_file(file)
        findings.apply(rules["IgnoreFile"], file, file.syntax.file)


def lint_context(run: Run, dockerfile: Dockerfile) -> None:
    """Run the rules about the context of a Dockerfile."""
    run.findings.apply(
        run.findings.rules("dockerignore")["Dockerfile"],
        dockerfile,
        dockerfile.source,
        held_back=_holds_back(dockerfile, for_developers=False),
    )


def lint_env_files(run: Run, paths: Sequence[str]) -> None:
    """Lint these env files, and those that stacks read under other names."""
    findings = run.findings
    users: dict[str, list[Stack]] = {}
    syntaxes: dict[str, EnvSyntax] = {}
    for stack in run.project.stacks:
        for syntax in stack.env_syntaxes:
            path = syntax.file.path
            syntaxes[path] = syntax
            users.setdefault(path, []).append(stack)
    for path in paths:
        if path not in syntaxes:
            answer = run.reader.read_env(path)
            if isinstance(answer, SourceFile):
                from ..source.dotenv_parser import parse_env

                syntaxes[path] = parse_env(answer)
            else:
                findings.unreadable(path, answer)
    wanted = {path: syntax for path, syntax in syntaxes.items() if path in findings.wanted}
    rules = findings.rules("env") if wanted else {}
    for path, syntax in wanted.items():
        file = EnvFile(run.project, syntax, users.get(path, []))
        run.comments.of_env_file(file)
        findings.apply(rules["EnvFile"], file, syntax.file)


def _report_unreadable(run: Run, path: str) -> None:
    """Report a file, if it cannot be read."""
    answer = run.reader.read_text(path)
    if not isinstance(answer, SourceFile):
        run.findings.unreadable(path, answer)
