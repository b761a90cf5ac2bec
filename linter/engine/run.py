"""The pipeline: files to stacks, rules over them, findings sorted and suppressed."""

from __future__ import annotations

import os
from functools import cache

from ..base.text import BOM, DecodeError, EmbeddedSource, SourceFile, Span, undecoded
from ..files.discovery import Found, discover
from ..files.kinds import COMPOSE, DOCKERFILE, ENV, IGNORE
from ..files.paths import find_root
from ..model.dockerfile import BuildContext, Dockerfile
from ..model.project import EnvFile, IgnoreFile, Project
from ..model.stack import ComposeFile, Stack
from ..result import Result, order
from ..rule import Diagnostic, Fix, Rule
from ..rulebook.registry import UnknownSelector, all_rules, find, topic_rules
from ..rulebook.selection import Selection
from ..source.yaml.nodes import YamlFile
from ..suppression.comments import Mark, in_host, in_lines, in_yaml, may_suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..compose.discover import StackFiles
    from ..compose.stack import LoadedStack
    from ..config.settings import Config, StackEntry
    from ..files.reader import ReadProblem
    from ..source.dotenv import EnvSyntax
    from ..suppression.comments import Suppression
    from .settings import Settings


def check_paths(paths: Sequence[str], settings: Settings) -> Result:
    """Lint files and folders.

    Raises:
        MissingPath: for a path that does not exist.
    """
    found = list(
        discover(
            paths,
            exclude=settings.exclude,
            force_exclude=settings.force_exclude,
            respect_gitignore=settings.respect_gitignore,
        )
    )
    return check_files(found, settings)


def check_text(data: bytes, filename: str, kind: str, settings: Settings) -> Result:
    """Lint the bytes of one file as if it stood at ``filename``."""
    return check_files([Found(filename, kind, True)], settings, {filename: data})


def check_files(
    found: Sequence[Found],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
) -> Result:
    """Lint these files, each with the project around it; findings elsewhere are left out.

    ``progress`` is called after each stack and each Dockerfile.
    """
    return check_project(found, settings, texts, progress)[0]


def check_project(
    found: Sequence[Found],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
    followed: dict[str, str] | None = None,
) -> tuple[Result, Project]:
    """Like ``check_files``, with what was read for it.

    ``followed`` is what calls can share of folders and where their links lead.
    """
    run = _Run(settings, texts or {}, progress or _no_progress, followed)
    return run.over(found), run.project


def load_project(found: Sequence[Found], settings: Settings) -> Project:
    """The stacks and Dockerfiles of these files, without a look at the rules."""
    run = _Run(settings._replace(selection=Selection(ignore=("ALL",))), {}, _no_progress)
    run.over(found)
    return run.project


def _no_progress() -> None:
    """What most runs tell about their progress."""


class _Run:
    """One run: its reader, its findings, and which files they may be in."""

    def __init__(
        self,
        settings: Settings,
        texts: dict[str, bytes],
        progress: Callable[[], None],
        followed: dict[str, str] | None = None,
    ) -> None:
        from ..files.reader import Reader

        self.settings = settings
        self.progress = progress
        self.selection = settings.selection
        self.result = Result()
        overlay: dict[str, str] = {}
        self.undecoded: dict[str, tuple[Span, str]] = {}
        for path, data in texts.items():
            try:
                source = SourceFile.from_bytes(path, data)
                overlay[path] = BOM + source.text if source.bom else source.text
            except DecodeError as error:
                self.undecoded[path] = undecoded(path, data, error), str(error)
        self.root = settings.root or find_root(".")
        self.reader = Reader(
            self.root,
            max_bytes=settings.max_file_size,
            allow_outside=settings.allow_outside,
            overlay=overlay,
            followed=followed,
        )
        self.project = Project(self.reader)
        if settings.config is not None and settings.config.registries:
            self.project.registries = settings.config.registries
        if settings.config is not None:
            self.project.host = settings.config.host
            self.project.fix_values = settings.config.fix
        self.engine_rules = {rule.code: rule for rule in topic_rules("linter")}
        self.wanted: set[str] = set()
        self.named: set[str] = set()
        self.found: list[Diagnostic] = []
        self.known: set[tuple[object, ...]] = set()
        self.sensitive: dict[Span, None] = {}
        self.suppressions: dict[SourceFile, list[Suppression]] = {}
        self.unread: set[str] = set()
        self.loaded: set[tuple[str, ...]] = set()
        self.options: dict[str, object] = {}
        self.grouped: dict[tuple[str, Selection], dict[str, list[Rule]]] = {}
        self.shell_unwanted: list[Diagnostic] | None = None
        self.inline_paths: dict[SourceFile, tuple[str, ...]] = {}

    def over(self, found: Sequence[Found]) -> Result:
        self.wanted = {item.path for item in found}
        self.named = {item.path for item in found if item.named}
        paths: dict[str, list[str]] = {}
        for item in found:
            broken = self.undecoded.get(item.path)
            if broken is None:
                paths.setdefault(item.kind, []).append(item.path)
            else:
                self.unread.add(item.path)
                (file, start, end), message = broken
                self.engine("LN003", file, start, end, message)
        if COMPOSE in paths:
            self.compose(paths[COMPOSE])
        self.look_around(paths)
        self.dockerfiles(paths.get(DOCKERFILE, []))
        self.ignore_files(paths.get(IGNORE, []))
        self.env_files(paths.get(ENV, []))
        self.apply(self.rules("project")["Project"], self.project)
        self.result.files = len(self.wanted)
        self.result.unread = bool(found) and self.unread.issuperset(item.path for item in found)
        self.result.read.update(self.reader.known_paths())
        self.close()
        return self.result

    # --- Compose ---

    def compose(self, paths: Sequence[str]) -> None:
        from ..compose.discover import discover_stacks, parse_stack

        rules = self.rules("compose")
        readable = []
        for path in paths:
            answer = self.reader.read(path)
            if not isinstance(answer, YamlFile):
                self.unreadable(path, answer)
                continue
            file = ComposeFile(self.project, answer)
            if file.is_foreign:
                self.wanted.discard(path)
                continue
            readable.append(path)
            self.listen(answer)
            self.apply(rules["ComposeFile"], file, answer.source)
        config = self.settings.config
        if self.settings.stacks:
            stacks = [parse_stack(text) for text in self.settings.stacks]
        elif config is not None and config.stacks:
            stacks = self.configured(config, readable)
        else:
            stacks = discover_stacks(readable, self.reader, named=self.named)
        for files in stacks:
            self.progress()
            loaded = self.load(files)
            if not loaded.accepted and not self.named.isdisjoint(files.files):
                around = self.stacks_with(files)
                if around:
                    for stack in around:
                        self.stack(stack)
                    continue
            self.stack(Stack(self.project, loaded, files))

    def configured(self, config: Config, paths: list[str]) -> list[StackFiles]:
        """The stacks that the configuration lists, and those of the files that it leaves out."""
        from ..compose.discover import StackFiles, discover_stacks

        wanted = set(paths)
        listed = [
            StackFiles(entry.files) for entry in config.stacks if not wanted.isdisjoint(entry.files)
        ]
        covered = {path for stack in listed for path in stack.files}
        rest = [path for path in paths if path not in covered]
        return listed + [
            stack
            for stack in discover_stacks(rest, self.reader, named=self.named)
            if stack.files not in {other.files for other in listed}
        ]

    def load(self, files: StackFiles) -> LoadedStack:
        """A stack as Docker Compose would load it, under the options of this run."""
        from ..compose.stack import load_stack

        entry = self.entry_of(files.files)
        env_files, profiles = self.settings.env_files, self.settings.profiles
        if entry is not None:
            env_files = env_files or entry.env_files
            profiles = profiles or entry.profiles or ()
        environment = dict(os.environ) if self.settings.use_environment else None
        return load_stack(
            files.files,
            self.reader,
            env_files=env_files,
            profiles=profiles,
            environment=environment,
            run_from=files.run_from,
            named_at=files.named_at,
        )

    def entry_of(self, files: tuple[str, ...]) -> StackEntry | None:
        """What the configuration says about a stack of exactly these files."""
        config = self.settings.config
        entries = config.stacks if config is not None else ()
        return next((entry for entry in entries if entry.files == files), None)

    def stack(self, stack: Stack) -> None:
        """Run the rules over a stack, once."""
        if stack.found.files in self.loaded:
            return
        self.loaded.add(stack.found.files)
        self.project.stacks.append(stack)
        self.result.trees[stack.name] = stack.tree
        for yaml in stack.loaded.documents.values():
            self.listen(yaml)
        selection = self.settings.selection.under(
            preset_for(self.settings.config, stack.found.files)
        )
        rules, across = self.rules("compose", selection), self.rules("project", selection)
        self.builds(stack)
        for problem in stack.loaded.problems:
            code = _PROBLEMS.get(problem.kind)
            if code is not None:
                span = problem.span
                self.engine(code, span.file, span.start, span.end, problem.message, problem.help)
        drift = self.rules("env", selection) if stack.env_syntaxes else {"Stack": []}
        of_stack = (*rules["Stack"], *across["Stack"], *drift["Stack"])
        of_service = (*rules["Service"], *across["Service"])
        self.apply(of_stack, stack, stack=stack, selection=selection)
        for service in stack.services.values():
            self.apply(
                of_service,
                service,
                stack=stack,
                owner=("service", service.name),
                path=service.path,
                selection=selection,
            )

    def builds(self, stack: Stack) -> None:
        """Tie the Dockerfiles that a stack builds to its services.

        One that is found only this way, under a name of its own, is linted with the
        Compose file's folder.
        """
        for service in stack.services.values():
            build = service.build
            if build is None:
                continue
            dockerfile = self.project.dockerfile_of(service)
            if dockerfile is None:
                continue
            if dockerfile.path.startswith("../"):
                # Seen from below the Compose file, a wanted Dockerfile has a shorter name.
                shorter = os.path.relpath(dockerfile.path).replace(os.sep, "/")
                if shorter in self.wanted:
                    dockerfile = self.project.dockerfile(shorter) or dockerfile
            dockerfile.builds.append(
                BuildContext(service, build.context_folder, build.text("target") or "")
            )
            if build.key.file.path in self.wanted and build.key.file.path not in self.named:
                self.wanted.add(dockerfile.path)

    # --- what the files belong to ---

    def look_around(self, paths: dict[str, list[str]]) -> None:
        """Load the stacks that named files belong to where no Compose file was named with them.

        A Dockerfile means what the service that builds it makes of it, and a hook names
        only the files that changed.
        """
        lone = [
            path
            for kind in (DOCKERFILE, IGNORE, ENV)
            for path in paths.get(kind, ())
            if path in self.named and not self.is_known(path)
        ]
        if lone:
            from .neighbours import stacks_of

            for stack in stacks_of(lone, self.project, self.root, self.load):
                self.stack(stack)

    def is_known(self, path: str) -> bool:
        """Whether a stack of this run builds, filters or reads the file."""
        from .neighbours import belongs

        return any(belongs(path, stack) for stack in self.project.stacks)

    def stacks_with(self, files: StackFiles) -> list[Stack]:
        """The stacks that a file which fails alone is a part of, by ``include`` or ``extends``."""
        from .neighbours import stacks_including

        return stacks_including(files.files, self.project, self.root, self.load)

    # --- Dockerfiles ---

    def dockerfiles(self, paths: Sequence[str]) -> None:
        """Lint the named Dockerfiles, those found in folders, and those that stacks build."""
        for path in paths:
            if self.project.dockerfile(path) is None:
                answer = self.reader.read_text(path)
                if not isinstance(answer, SourceFile):
                    self.unreadable(path, answer)
        wanted = [
            dockerfile
            for dockerfile in self.project.all_dockerfiles()
            if dockerfile.path in self.wanted
        ]
        if not wanted:
            return
        rules, across = self.rules("dockerfile"), self.rules("project")
        for dockerfile in wanted:
            self.progress()
            self.listen_to_lines(dockerfile)
            source = dockerfile.source
            self.apply((*rules["Dockerfile"], *across["Dockerfile"]), dockerfile, source)
            for stage in dockerfile.all_stages:
                owner = ("stage", stage.label)
                self.apply(rules["Stage"], stage, source, owner=owner)
                if rules["RunCommand"]:
                    for command in stage.commands:
                        self.apply(rules["RunCommand"], command, source, owner=owner)
        self.shellcheck(wanted)

    def shellcheck(self, dockerfiles: Sequence[Dockerfile]) -> None:
        """Let ShellCheck look at the scripts of Dockerfiles."""
        from ..shellcheck.program import ABSENT, find_program

        config = self.settings.config
        setting = config is None or config.shellcheck
        if setting is True and find_program() is None and not self.selection.names("SC"):
            # As on most machines: what would drive the program need not load.
            runs = (stage.runs for dockerfile in dockerfiles for stage in dockerfile.all_stages)
            if self.selection.allows_some("SC") and any(runs):
                self.result.asides.append(ABSENT)
            return
        from ..shellcheck.check import check

        try:
            outcome = check(dockerfiles, setting, self.selection)
        except Exception as error:
            if self.settings.debug:
                raise
            where = dockerfiles[0].source
            self.crashed(error, "placing what ShellCheck found failed", where)
            return
        for item in outcome.found:
            self.add(item)
        if outcome.ran:
            self.shell_unwanted = outcome.unwanted
        self.result.notes += outcome.notes
        self.result.asides += outcome.asides

    # --- ignore files ---

    def ignore_files(self, paths: Sequence[str]) -> None:
        """Lint the ignore files that were found, and those that filter for linted Dockerfiles."""
        linted = [item for item in self.project.all_dockerfiles() if item.path in self.wanted]
        if not paths and not linted:
            return
        rules = self.rules("dockerignore")
        files: dict[str, IgnoreFile] = {}
        for path in paths:
            syntax = self.project.ignore_file(path)
            if syntax is not None:
                files[path] = IgnoreFile(self.project, syntax)
                if path in self.named:
                    # It says little without what is copied.
                    beside = path.removesuffix(".dockerignore")
                    self.project.dockerfile(
                        beside + "Dockerfile" if beside[-1:] in ("", "/") else beside
                    )
            else:
                answer = self.reader.read_text(path)
                if not isinstance(answer, SourceFile):
                    self.unreadable(path, answer)
        for dockerfile in self.project.all_dockerfiles():
            is_linted = dockerfile.path in self.wanted
            if is_linted:
                self.apply(rules["Dockerfile"], dockerfile, dockerfile.source)
            syntax = dockerfile.ignore
            if syntax is None:
                continue
            path = syntax.file.path
            if path not in files:
                if not is_linted or dockerfile.path in self.named:
                    continue
                files[path] = IgnoreFile(self.project, syntax)
                self.wanted.add(path)
            files[path].dockerfiles.append(dockerfile)
        for file in files.values():
            source = file.syntax.file
            if self.settings.inline_ignores and may_suppress(source):
                marks = [Mark(start, end, True) for start, end in file.syntax.comments]
                lines = [(pattern.line, pattern.line) for pattern in file.syntax.patterns]
                listed = in_lines(source, marks, lines)
                if listed:
                    self.suppressions[source] = listed
            self.apply(rules["IgnoreFile"], file, source)

    # --- env files ---

    def env_files(self, paths: Sequence[str]) -> None:
        """Lint the env files that were found, and those that stacks read under other names."""
        used: dict[str, list[Stack]] = {}
        syntaxes: dict[str, EnvSyntax] = {}
        for stack in self.project.stacks:
            from_folder = not self.named.issuperset(stack.loaded.documents)
            for syntax in stack.env_syntaxes:
                path = syntax.file.path
                syntaxes[path] = syntax
                used.setdefault(path, []).append(stack)
                if from_folder:
                    self.wanted.add(path)
        for path in paths:
            if path not in syntaxes:
                answer = self.reader.read_text(path)
                if isinstance(answer, SourceFile):
                    from ..source.dotenv_parser import parse_env

                    syntaxes[path] = parse_env(answer)
                else:
                    self.unreadable(path, answer)
        wanted = [(path, syntax) for path, syntax in syntaxes.items() if path in self.wanted]
        if not wanted:
            return
        rules = self.rules("env")
        for path, syntax in wanted:
            file = EnvFile(self.project, syntax, used.get(path, []))
            if self.settings.inline_ignores and may_suppress(syntax.file):
                marks = [Mark(start, end, True) for start, end in syntax.comments]
                locate = syntax.file.position
                extents = [(locate(e.start).line, locate(e.end).line) for e in syntax.entries]
                self.suppressions[syntax.file] = in_lines(syntax.file, marks, extents)
            self.apply(rules["EnvFile"], file, syntax.file)

    def listen(self, yaml: YamlFile) -> None:
        """Read the suppressions of a YAML file; nearly none has any."""
        if (
            self.settings.inline_ignores
            and yaml.source not in self.suppressions
            and may_suppress(yaml.source)
        ):
            listed = in_yaml(yaml)
            if listed:
                self.suppressions[yaml.source] = listed

    def listen_to_lines(self, dockerfile: Dockerfile) -> None:
        """Read the suppressions of a Dockerfile."""
        source = dockerfile.source
        if not self.settings.inline_ignores or not may_suppress(source):
            return
        syntax = dockerfile.syntax
        marks = [Mark(comment.start, comment.end, True) for comment in syntax.all_comments]
        marks += [Mark(directive.start, directive.end, True) for directive in syntax.directives]
        extents = [(item.start_line, item.end_line) for item in syntax.instructions]
        listed = in_lines(source, sorted(marks), extents)
        if listed:
            self.suppressions[source] = listed if not dockerfile.inline else in_host(listed)

    # --- rules and their findings ---

    def rules(self, topic: str, selection: Selection | None = None) -> dict[str, list[Rule]]:
        """The selected rules of a topic by what they run on."""
        chosen = selection or self.selection
        found = self.grouped.get((topic, chosen))
        if found is None:
            found, codes = chosen.grouped(topic)
            self.grouped[topic, chosen] = found
            self.result.ran |= codes
        return found

    def apply(
        self,
        rules: Iterable[Rule],
        subject: object,
        source: SourceFile | None = None,
        *,
        stack: Stack | None = None,
        owner: tuple[str, str] | None = None,
        path: str = "",
        selection: Selection | None = None,
    ) -> None:
        """Run rules; a crash becomes a finding, and the other rules go on."""
        for rule in rules:
            check: Callable[..., Iterable[Diagnostic]] = rule.check
            try:
                for item in (
                    check(subject)
                    if rule.option_type is None
                    else check(subject, self.options_of(rule))
                ):
                    item.declared_by(rule)
                    graded = selection or self.selection
                    override = graded.override(rule)
                    if override or not item.severity:
                        item.severity = override or graded.severity(rule)
                    item.stack = stack.name if stack else None
                    item.owner = item.owner or owner
                    item.subject = item.subject or path
                    self.add(item)
            except Exception as error:
                if self.settings.debug:
                    raise
                where = source or (stack.tree.file if stack else SourceFile(".", ""))
                what = f"the rule {rule.code} ({rule.name}) failed on {subject!r}"
                self.crashed(error, what, where)

    def crashed(self, error: Exception, what: str, where: SourceFile) -> None:
        """Report a defect of our own."""
        self.result.failed = True
        self.result.crashes.append(_traceback(error))
        self.engine(
            "LN005",
            where,
            0,
            0,
            f"{what}: {type(error).__name__}: {error}",
            "this is a defect of composelint: please report it with the lines it concerns",
        )

    def options_of(self, rule: Rule) -> object:
        """The options of a rule that takes some."""
        if rule.code not in self.options:
            from ..config.settings import Config
            from ..rulebook.options import options_for

            self.options[rule.code] = options_for(self.settings.config or Config(), rule)
        return self.options[rule.code]

    def add(self, item: Diagnostic) -> None:
        """Keep a finding, once however many stacks show it; its span is that in the file on disk."""
        if item.fix is not None and isinstance(item.span.file, EmbeddedSource):
            self.host(item, item.fix)
        item.span = span = item.span.origin
        key = (item.code, span.file.path, span.start, span.end, item.message)
        if key not in self.known and (span.file.path in self.wanted or not self.wanted):
            self.known.add(key)
            self.found.append(item)
            if item.sensitive:
                item.sensitive = tuple(place.origin for place in item.sensitive)
        elif item.sensitive:
            # A finding of another file may lead to these lines.
            self.sensitive.update(dict.fromkeys(place.origin for place in item.sensitive))

    def host(self, item: Diagnostic, fix: Fix) -> None:
        """Turn a fix inside a Compose file's value into one of that file."""
        from ..compose.inline import InlineSource
        from ..edits.embedded import hosted, values_of

        source = item.span.file
        if not isinstance(source, InlineSource):
            return
        paths = self.inline_paths.get(source)
        if paths is None:
            trees = (stack.tree for stack in self.project.stacks)
            paths = self.inline_paths[source] = values_of(source, trees)
        item.fix = hosted(fix, paths)

    def engine(
        self, code: str, file: SourceFile, start: int, end: int, message: str, help: str = ""
    ) -> None:
        """Report one of the engine's own rules, unless it is ignored."""
        rule = self.engine_rules[code]
        if not self.selection.selects(rule):
            return
        item = Diagnostic(Span(file, start, end), message, help=help)
        item.declared_by(rule)
        item.severity = self.selection.severity(rule)
        item.evidence = file.text[start:end]
        self.add(item)

    def unreadable(self, path: str, problem: ReadProblem) -> None:
        """Report a file of this run that cannot be read."""
        self.unread.add(path)
        span = problem.span or Span(SourceFile(path, ""), 0, 0)
        code = _PROBLEMS.get(problem.kind, "LN001")
        # The finding names the file already.
        message = problem.message.removeprefix(f"{path}: ")
        help = (
            "Docker Compose fails on it; delete it, and see what mounts a file of this name: "
            "Docker makes a folder where that is missing"
            if problem.kind == "path-is-directory"
            else ""
        )
        self.engine(code, span.file, span.start, span.end, message, help)

    # --- the end ---

    def close(self) -> None:
        """Suppress what comments suppress, and sort."""
        if self.settings.inline_ignores and self.suppressions:
            self.suppress()
        config = self.settings.config
        if config is not None:
            from ..suppression.by_config import apply_ignores

            apply_ignores(self.found, config, self.selection)
        self.found.sort(key=order)
        if self.found and self.sensitive:
            first = self.found[0]
            first.sensitive = tuple(dict.fromkeys((*first.sensitive, *self.sensitive)))
        self.result.diagnostics = self.found

    def resolve(self, name: str) -> frozenset[str] | None:
        """The codes that a name in a comment stands for, those of policies and plug-ins too."""
        folded = name.casefold()
        for rule in self.selection.extra:
            if folded in (rule.code.casefold(), rule.name):
                return frozenset((rule.code,))
        return resolve_suppression(name)

    def suppress(self) -> None:
        from datetime import UTC, datetime

        from ..suppression.comments import Judge

        ran, unwanted = self.result.ran, self.shell_unwanted
        judge = Judge(
            self.resolve,
            lambda code: code in ran or (unwanted is not None and code.startswith("SC")),
            datetime.now(UTC).date().isoformat(),
        )
        by_path: dict[str, list[Suppression]] = {}
        for file, listed in self.suppressions.items():
            by_path.setdefault(file.path, []).extend(listed)
        judge.apply([*self.found, *(unwanted or ())], by_path)
        for item in self.found:
            if item.suppressed is not None and self.selection.is_locked(item.code):
                item.suppressed = None
        for file, listed in self.suppressions.items():
            for entry in listed:
                for complaint in judge.complaints(entry):
                    self.engine(
                        complaint.code,
                        file,
                        complaint.start,
                        complaint.end,
                        complaint.message,
                        complaint.help,
                    )


def _traceback(error: Exception) -> str:
    from traceback import format_exception

    return "".join(format_exception(error))


_PRESET_MARKS = (".prod.", ".dev.", ".override.", ".test.")


def preset_for(config: Config | None, files: tuple[str, ...]) -> str | None:
    """The preset that the configuration or a file name chooses for a stack."""
    if config is None:
        # Nearly no name says anything, and the configuration's module need not load for that.
        if not any(mark in path for path in files for mark in _PRESET_MARKS):
            return None
        from ..config.settings import Config

        config = Config()
    return config.preset_for(files)


@cache
def resolve_suppression(name: str) -> frozenset[str] | None:
    """The codes that a name in a comment stands for; None where no rule answers to it."""
    if name == "buildkit:*":
        return frozenset(
            rule.code
            for rule in all_rules()
            if any(peer.startswith("buildkit:") for peer in rule.equivalents)
        )
    if name[:1] in "Ss":
        from ..rulebook.shellcheck_codes import codes_named

        codes = codes_named(name)
        if codes is not None:
            return codes
    try:
        return frozenset(rule.code for rule in find(name))
    except UnknownSelector:
        return None


_PROBLEMS = {
    "unreadable-file": "LN001",
    "file-too-large": "LN002",
    "not-utf8": "LN003",
    "utf-16": "LN003",
    "too-complex": "LN004",
    "path-outside-project": "LN006",
}
"""What keeps the linter from reading on, and the rule that reports it."""
