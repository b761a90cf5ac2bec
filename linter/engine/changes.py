"""Lints what a change concerns in two states, and keeps what is new.

Both states are trees, so that the work tree is left alone. Of each only the connected components
are linted that the change may concern (``concerned.py``); all others have the same findings in both.
"""

from __future__ import annotations

import os
from copy import copy

from ..base.lazy import cached_property
from ..base.records import NamedTuple
from ..config.errors import ConfigError
from ..files.discovery import MissingPath
from ..files.disk import DISK, MAX_FILE_BYTES
from ..files.git_changes import changes_in_git, changes_on_disk
from ..files.git_tree import INDEX, GitTree, open_repository
from ..files.paths import below, seen_from
from ..files.tree import Overlay, current_tree, use_tree
from ..result import ChangeRecord, Result, merged
from ..rulebook.registry import UnknownSelector
from ..suppression.comparison import BEFORE, compare
from ..suppression.fingerprints import fingerprint
from .concerned import Concern
from .schedule import Selected
from .settings import no_progress
from .workspace import open_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from ..config.options import Options
    from ..files.disk import Tree
    from ..files.git_changes import Change
    from ..files.git_tree import Repository
    from ..rule import Diagnostic
    from .components import Component
    from .workspace import Group, Workspace

_UNUSABLE = (ConfigError, MissingPath, UnknownSelector)
_MOST_CAUSES = 12
"""The most changed files that are taken back one by one to find the one that brought a finding."""


class States(NamedTuple):
    """The two states that a call compares.

    ``since`` is how the first one is called; ``changes`` are the files that differ, with paths from
    the repository's root.
    """

    repository: Repository
    since: str
    old: GitTree
    new: Tree
    changes: list[Change]


def open_states(since: str, new: str | None) -> States:
    """The states from a commit to the work tree (None), the index, or another commit.

    In a bare repository, which has no work tree, None means its HEAD.

    Raises:
        StateError: if a state does not exist.
    """
    repository = open_repository(".")
    if new is None and repository.is_bare:
        new = "HEAD"
    head = "HEAD" if new is None or new == INDEX else new
    old = GitTree(repository, repository.commit(since, head))
    if new is None:
        return States(repository, since, old, DISK, changes_on_disk(repository, old))
    state = new if new == INDEX else repository.commit(new)
    changes = changes_in_git(repository, old.state, state)
    return States(repository, since, old, GitTree(repository, state), changes)


class _State:
    """One of the states: its files, and what was linted of them."""

    def __init__(
        self,
        tree: Tree,
        root: str,
        paths: Sequence[str],
        options: Options,
        progress: Callable[[], None],
    ) -> None:
        self.tree = tree
        self._root = root
        self._baseline = not options.no_baseline
        with use_tree(tree):
            self.workspace = open_workspace(paths, options, lenient=True)
            self.groups = [
                (group, Selected(group.files, group.settings, options.jobs, progress))
                for group in self.workspace.groups
            ]
        self.from_root: dict[str, str] = {}
        for file in self.workspace.files:
            inside = below(root, file.path)
            self.from_root[file.path] = file.path if inside is None else inside
        self._by_root = {inside: path for path, inside in self.from_root.items()}

    def concerned(self, concern: Concern) -> set[str]:
        """The files of the components that changes may concern, as seen from the root."""
        with use_tree(self.tree):
            return {
                self.from_root[file.path]
                for _, selected in self.groups
                for component in selected.components
                if concern.is_everywhere
                or concern.touches(component, selected.text_of, self.from_root)
                for file in component
            }

    def lint(self, wanted: Iterable[str]) -> set[str]:
        """Lint the components of these files; returns the files of what was linted so far."""
        paths = {self._by_root[inside] for inside in wanted if inside in self._by_root}
        with use_tree(self.tree):
            for _, selected in self.groups:
                selected.lint(paths)
        return {self.from_root[path] for path in self.chosen}

    @property
    def built(self) -> set[tuple[str, str]]:
        """The images that stacks build which were linted."""
        return {name for _, selected in self.groups for name in selected.built}

    def users_of(self, images: Collection[tuple[str, str]]) -> set[str]:
        """The files, as seen from the root, of what may use some of these images."""
        with use_tree(self.tree):
            return {
                self.from_root[path]
                for _, selected in self.groups
                for path in selected.users_of(images)
            }

    @property
    def chosen(self) -> set[str]:
        """The paths of the files that were linted."""
        return {path for _, selected in self.groups for path in selected.chosen}

    def result(self) -> Result:
        """What was found, without what a baseline accepts."""
        with use_tree(self.tree):
            results = [selected.result for _, selected in self.groups]
            result = merged([*results, *self.workspace.own_results()] or [Result()])
            baseline = self.workspace.baseline_path() if self._baseline else None
            if baseline is not None:
                self.workspace.apply_baseline(baseline, result, linted=self.chosen)
        return result


class Comparison:
    """A comparison of what is found in two states.

    Attributes:
        unstaged: the files that a fix is left out for, because the work tree has others.

    Raises:
        MissingPath: if a path exists in neither state.
        ConfigError: if a configuration of the new state has errors.
        UnknownSelector: if a rule or preset does not exist.
    """

    def __init__(
        self,
        paths: Sequence[str],
        options: Options,
        states: States,
        progress: Callable[[], None] = no_progress,
    ) -> None:
        self.states = states
        self.unstaged: set[str] = set()
        self._before: list[Diagnostic] = []
        self._sides: list[tuple[list[Diagnostic], dict[str, str]]] = []
        self._causes: dict[str, tuple[str, ...]] = {}
        root = states.repository.root
        with use_tree(states.old):
            before = [path for path in paths or (".",) if _exists(path)]
        with use_tree(states.new):
            after = [path for path in paths or (".",) if _exists(path) or path not in before]
        self.new = _State(states.new, root, after, options, progress)
        self.old: _State | None = None
        self._notes: list[str] = []
        try:
            self.old = _State(states.old, root, before, options, progress) if before else None
        except _UNUSABLE as error:
            # Else no change could mend it.
            self._notes.append(f"{states.since} cannot be linted, so everything is new: {error}")
        self.renames = _renames(states.changes)
        self._call = (paths, options, progress)

    def concern(self, changes: Sequence[Change]) -> Concern:
        """What these changes may concern."""
        listed = tuple(
            state.from_root if state is not None else () for state in (self.old, self.new)
        )
        old, new = self.states.old, self.states.new
        return Concern(changes, old, new, self.states.repository.root, (listed[0], listed[1]))

    def run(self) -> Result:
        """The findings of the new state, those as before suppressed."""
        self.lint()
        new = self.new.result()
        try:
            old = self.old.result() if self.old is not None else Result()
        except _UNUSABLE as error:
            old = Result()
            self._notes.append(f"{self.states.since} cannot be compared with: {error}")
        new.notes += self._notes
        self._before = old.reported
        if new.reported and isinstance(self.states.new, GitTree) and self.states.new.state == INDEX:
            for commit in self.states.repository.merged_commits:
                self._sides.append(self._side(commit))
        # What could not be read before cannot make the change fail.
        new.unread = new.unread and not old.unread
        added = self.settle(new)
        self._name_causes(added)
        self._causes = {fingerprint(finding): finding.brought_by for finding in added}
        return new

    def settle(self, result: Result) -> list[Diagnostic]:
        """Suppress the findings that the first state has, too; returns the others."""
        reported = result.reported
        added, result.fixed, before = compare(self._before, reported, self._moved)
        for findings, moved in self._sides:
            missing = set(map(id, compare(findings, reported, moved).new))
            before += len(added)
            added = [finding for finding in added if id(finding) in missing]
            before -= len(added)
        is_new = set(map(id, added))
        for finding in reported:
            if id(finding) not in is_new:
                finding.suppressed = BEFORE
        for finding in added:
            finding.brought_by = self._causes.get(fingerprint(finding), ())
        number = len(self.states.changes)
        result.change = ChangeRecord(
            self.states.since, len(added), len(result.fixed), before, number
        )
        return added

    @cached_property
    def _moved(self) -> dict[str, str]:
        """The new path of each renamed file, by the old one, as findings have them."""
        return self._as_shown(self.renames)

    def _as_shown(self, renames: Mapping[str, str]) -> dict[str, str]:
        shown = {self._shown(one): self._shown(other) for one, other in renames.items()}
        return {one: other for one, other in shown.items() if one != other}

    def _side(self, commit: str) -> tuple[list[Diagnostic], dict[str, str]]:
        """What a commit that is being merged had in the files that were linted, and what was renamed.

        What it brings is its own, and not the merge's.
        """
        repository = self.states.repository
        tree = GitTree(repository, commit)
        paths, options, progress = self._call
        with use_tree(tree):
            existing = [path for path in paths or (".",) if _exists(path)]
        if not existing:
            return [], {}
        renames = _renames(changes_in_git(repository, commit, INDEX))
        back = {new: old for old, new in renames.items()}
        linted = {self.new.from_root[path] for path in self.new.chosen}
        try:
            state = _State(tree, repository.root, existing, options, progress)
            state.lint({back.get(path, path) for path in linted} | linted)
            return state.result().reported, self._as_shown(renames)
        except _UNUSABLE:
            return [], {}

    @property
    def workspace(self) -> Workspace:
        """The files of the new state that were linted."""
        workspace = copy(self.new.workspace)
        workspace.groups = [
            group._replace(files=tuple(file for file in group.files if file.path in chosen))
            for group, chosen in ((group, each.chosen) for group, each in self.new.groups)
            if chosen
        ]
        return workspace

    def wants_fixed(self, finding: Diagnostic, paths: Collection[str]) -> bool:
        """Whether a finding is new, and the work tree has the files that its fix writes as linted."""
        if fingerprint(finding) not in self._causes:
            return False
        unstaged = {path for path in paths if not self._is_in_work_tree(path)}
        self.unstaged |= unstaged
        return not unstaged

    def _is_in_work_tree(self, path: str) -> bool:
        """Whether the work tree has a file, or its absence, as the new state does."""
        return _content(self.editable, path) == _content(DISK, path)

    @cached_property
    def editable(self) -> Tree:
        """The new state, but as the work tree has it a file that differs only in its line ends.

        git converts them where the user wants so (``core.autocrlf``).
        """
        texts: dict[str, bytes | None] = {}
        for path in self.new.chosen if self.states.new is not DISK else ():
            here, there = _content(DISK, path), _content(self.states.new, path)
            if here and there and here != there and _with_lf(here) == _with_lf(there):
                texts[path] = here
        return Overlay(self.states.new, texts) if texts else self.states.new

    def lint(self) -> None:
        """Lint what the changes may concern, in both states the same."""
        self._concern = concern = self.concern(self.states.changes)
        wanted = self.new.concerned(concern)
        if self.old is None:
            self.new.lint(wanted)
            return
        back = {new: old for old, new in self.renames.items()}
        wanted |= {self.renames.get(path, path) for path in self.old.concerned(concern)}
        linted: set[str] = set()
        while wanted != linted:
            linted = wanted
            wanted = linted | self.new.lint(linted)
            before = self.old.lint({back.get(path, path) for path in wanted} | wanted)
            # What one state builds and the other one does not, others may use.
            images = self.old.built ^ self.new.built
            wanted |= self.new.users_of(images)
            wanted |= {self.renames.get(path, path) for path in before | self.old.users_of(images)}

    def _shown(self, inside: str) -> str:
        """A path from the root as findings have it."""
        return seen_from(".", os.path.join(self.states.repository.root, inside))

    # --- which change brought a finding

    def _name_causes(self, added: Sequence[Diagnostic]) -> None:
        """Set ``brought_by`` of the new findings."""
        by_path: dict[str, list[Diagnostic]] = {}
        for finding in added:
            by_path.setdefault(finding.path, []).append(finding)
        with use_tree(self.states.new):
            for group, selected in self.new.groups:
                for component in selected.components:
                    findings = [each for file in component for each in by_path.pop(file.path, ())]
                    if findings:
                        self._name_causes_in(component, group, selected, findings)
        # Findings in files that discovery does not list, such as a Dockerfile with an unusual name.
        changed = {self._shown(each.new): each for each in self.states.changes if each.new}
        for path, findings in by_path.items():
            causes = (path,) if path in changed else self._names(self.states.changes)
            for finding in findings:
                finding.brought_by = finding.brought_by or causes

    def _name_causes_in(
        self,
        component: Component,
        group: Group,
        selected: Selected,
        findings: Sequence[Diagnostic],
    ) -> None:
        """Set ``brought_by`` of the new findings of a component.

        Where several changes concern it, each is taken back by itself, to see which findings go.
        """
        changes = self.states.changes
        arguments = component, selected.text_of, self.new.from_root
        near = self._concern.near(*arguments)
        causes = near
        if len(changes) <= _MOST_CAUSES:
            causes = [each for each in changes if self.concern([each]).touches(*arguments)]
        gone: dict[int, list[Change]] = {}
        if 1 < len(causes) <= _MOST_CAUSES:
            for change in causes:
                for finding in self._gone_without(change, component, group, findings):
                    gone.setdefault(id(finding), []).append(change)
        for finding in findings:
            found = gone.get(id(finding)) or causes or near or changes
            own = [each for each in found if self._shown(each.new or each.old) == finding.path]
            finding.brought_by = self._names(own if len(found) > 1 and own else found)

    def _names(self, changes: Sequence[Change]) -> tuple[str, ...]:
        return tuple(sorted(self._shown(each.new or each.old) for each in changes))[:_MOST_CAUSES]

    def _gone_without(
        self,
        change: Change,
        component: Component,
        group: Group,
        findings: Sequence[Diagnostic],
    ) -> Collection[Diagnostic]:
        """Those of these findings that do not come if a change is taken back."""
        from .run import check_files

        root = self.states.repository.root
        texts: dict[str, bytes | None] = {}
        if change.new:
            texts[os.path.join(root, change.new)] = None
        if change.old:
            path = os.path.join(root, change.old)
            try:
                texts[path] = self.states.old.read(path, group.config.max_file_size)
            except OSError:
                return []
        with use_tree(Overlay(self.states.new, texts)):
            files = [file for file in component if current_tree().kind(file.path) == "file"]
            result = check_files(files, group.settings)
        return compare(findings, result.reported, {}).fixed


def _renames(changes: Iterable[Change]) -> dict[str, str]:
    """The new path of each file that has an old one, by that, from the repository's root."""
    return {each.old: each.new for each in changes if each.old and each.new}


def _content(tree: Tree, path: str) -> bytes | None:
    """The content of a file; None if it cannot be read."""
    try:
        return tree.read(path, MAX_FILE_BYTES)
    except OSError:
        return None


def _with_lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _exists(path: str) -> bool:
    return current_tree().kind(path, follow=False) != "missing"
