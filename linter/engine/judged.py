"""Judges stacks and Dockerfiles once more: as if some files had another content, or under other settings.

Nothing of it is kept in the run. Only what can differ is done again: the syntax of Dockerfiles stays,
and a stack is loaded again only if one of the altered files is a part of it.
"""

from __future__ import annotations

from ..files.altered import AlteredReader
from ..model.project import Project
from ..model.stack import Stack
from .comments import Comments
from .findings import Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..base.text import SourceFile
    from ..files.reader import Reader
    from ..model.dockerfile import Dockerfile
    from ..rule import Diagnostic, Rule
    from ..rulebook.selection import Selection
    from .context import Run
    from .settings import Settings

    Texts = Mapping[str, str | None]


class Case:
    """Stacks and Dockerfiles to judge, as a run has them; the Dockerfiles by their paths."""

    def __init__(
        self,
        run: Run,
        stacks: Sequence[Stack],
        dockerfiles: Sequence[str] = (),
        settings: Settings | None = None,
    ) -> None:
        self.run = run
        self.stacks = stacks
        self.dockerfiles = dockerfiles
        self.settings = settings or run.settings

    def found(
        self, texts: Texts | None = None, among: Sequence[Diagnostic] | None = None
    ) -> list[Diagnostic]:
        """What the rules find if other texts stand in some files, None for one that cannot be read.

        Of ``among`` all are found that are still there, and perhaps others.
        """
        run = self._run(texts or {}, None if among is None else {item.code for item in among})
        if among is not None:
            owners = {item.owner for item in among}
            run.services = {owner[1] for owner in owners if owner and owner[0] == "service"}
        found: list[Diagnostic] = []
        for stack in self.stacks:
            from .stacks import lint_stack

            lint_stack(run, self._twin(stack, run, texts or {}))
        for _, of_stack in run.elsewhere or ():
            found += of_stack
        if self.dockerfiles:
            from .files import lint_context, lint_dockerfile

            run.findings.dropped = found
            for path in self.dockerfiles:
                dockerfile = run.project.dockerfile(path)
                if dockerfile is not None:
                    lint_dockerfile(run, dockerfile)
                    lint_context(run, dockerfile)
        return list(unique(found))

    def under(self, settings: Settings) -> Case:
        """The same under other settings."""
        return Case(self.run, self.stacks, self.dockerfiles, settings)

    def _run(self, texts: Texts, codes: Collection[str] | None) -> Run:
        """A run that judges them: everything that it finds is elsewhere."""
        known = self.run
        run = known.twin()
        run.settings = self.settings
        run.reader = AlteredReader(known.reader, texts)
        others = [stack for stack in known.project.stacks if stack not in self.stacks]
        run.project = _Project(run.reader, known.project, others)
        run.findings = _Findings(run, codes)
        if self.settings is known.settings:
            run.findings.share_rules(known.findings)
        run.comments = Comments(run.findings)
        run.comments.enabled = False
        run.linted_stacks = set()
        run.elsewhere = []
        return run

    @staticmethod
    def _twin(stack: Stack, run: Run, texts: Texts) -> Stack:
        """A stack as the run sees it."""
        loaded = stack.loaded
        if stack.is_fragment or any(source.path in texts for source in loaded.sources):
            loaded = run.load(stack.files)
        twin = Stack(run.project, loaded, stack.files)
        if loaded is stack.loaded:
            twin.__dict__["env_syntaxes"] = stack.env_syntaxes
        twin.is_fragment = stack.is_fragment
        return twin


def unique(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, each once: several stacks may have it."""
    keys = set()
    for item in findings:
        key = (item.code, item.path, item.span.start, item.span.end, item.message)
        if key not in keys:
            keys.add(key)
            yield item


class _Project(Project):
    """A project that knows the Dockerfiles of another one, as far as they have the same text."""

    def __init__(self, reader: Reader, known: Project, stacks: list[Stack]) -> None:
        super().__init__(reader)
        self.host, self.fix_values = known.host, known.fix_values
        self.registries = known.registries
        self.asked, self.listings = known.asked, known.listings
        self.stacks = stacks
        self._known = {id(each.source): each.syntax for each in known.all_dockerfiles()}

    def _parsed(self, source: SourceFile, inline: bool = False) -> Dockerfile:
        syntax = self._known.get(id(source))
        if syntax is None:
            return super()._parsed(source, inline)
        from ..model.dockerfile import Dockerfile

        return Dockerfile(self, syntax, inline)


class _Findings(Findings):
    """The findings of some rules, none of which is kept."""

    def __init__(self, run: Run, codes: Collection[str] | None) -> None:
        super().__init__(run.settings, run.project)
        self.wanted.add("")
        self._codes = codes

    def share_rules(self, other: Findings) -> None:
        """Take over which rules are selected."""
        self._grouped = other._grouped

    def rules(self, topic: str, selection: Selection | None = None) -> dict[str, list[Rule]]:
        """The selected rules of a topic, as far as they count, by their subject."""
        rules, codes = super().rules(topic, selection), self._codes
        if codes is None:
            return rules
        return {
            subject: [rule for rule in of_subject if rule.code in codes]
            for subject, of_subject in rules.items()
        }
