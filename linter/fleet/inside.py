"""The scan of one repository, in the process that does nothing else.

The working folder of the process becomes the repository, so that a scan finds what a call from
there would find, wherever the fleet is started from.
"""

from __future__ import annotations

import os
import time

from ..base.lazy import cached_property
from ..config.errors import ConfigError
from ..config.options import Options
from ..engine.known import Entry, Known
from ..engine.schedule import check_summarised
from ..engine.workspace import open_workspace
from ..files.archive import ArchiveError, archive_hash, open_archive
from ..files.disk import DISK
from ..files.git_blobs import end_git
from ..files.git_tree import GitTree, StateError, open_repository
from ..files.listed import Listed
from ..files.tree import use_tree
from ..result import Result, merged
from .quick import kind_of_source
from .rows import summary_of, tables_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..config.settings import Config
    from ..engine.components import Component
    from ..engine.settings import Settings
    from ..files.disk import Tree

_MOST_KEPT = 1000
"""The most results that are kept for other repositories."""
_MOST_FINDINGS = 400
"""A result with more findings is not kept: it would take much memory."""
MOST_ROWS = 100_000
"""The most findings of a repository that become rows."""


class Refused(Exception):
    """Why a repository is not scanned: the state of its row, and the words."""

    def __init__(self, state: str, why: str) -> None:
        super().__init__(why)
        self.state = state


def options_of(given: dict[str, Any]) -> Options:
    """The options of scans, from plain data as ``call_options`` makes them."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return Options(**values, jobs=1, no_cache=True)


class Inside:
    """Scans repositories one after another, and keeps the results of their contents.

    Args:
        options: the options by name, as ``Options`` has them.
        limits: the limits by name.
    """

    def __init__(self, options: dict[str, Any], limits: dict[str, Any]) -> None:
        self.options = options_of(options)
        self.limits = limits
        self._kept = Contents()

    @cached_property
    def config(self) -> Config | None:
        """The configuration for all repositories; None without one. It is on the disk, like the user's.

        Raises:
            ConfigError: if it has errors.
        """
        if self.options.config is None:
            return None
        from ..rulebook.binding import load_config

        with use_tree(DISK):
            return load_config(self.options.config, isolated=True, overrides=self.options.overrides)

    def scan(self, path: str, revision: str, known: str) -> dict[str, Any]:
        """The tables of a repository, whose row has state, reason and counts.

        ``known`` is the commit that need not be scanned again: the state is then ``unchanged``.
        """
        started = time.time()
        row: dict[str, Any] = {"state": "ok", "why": "", "kind": "", "commit": ""}
        tables: dict[str, list[dict[str, Any]]] = {}
        try:
            tables = self._tables(path, revision, known, row)
        except Refused as refused:
            row["state"], row["why"] = refused.state, str(refused)
        except (StateError, ArchiveError) as error:
            row["state"], row["why"] = "unreadable", str(error)
        except ConfigError as error:
            row["state"], row["why"] = "configuration", str(error)
        except OSError as error:
            row["state"], row["why"] = "unreadable", error.strerror or str(error)
        finally:
            end_git()
            os.chdir(os.sep)
        row["started"], row["seconds"] = started, round(time.time() - started, 4)
        return {**tables, "repositories": [row]}

    def _tables(
        self, path: str, revision: str, known: str, row: dict[str, Any]
    ) -> dict[str, list[dict[str, Any]]]:
        kind = row["kind"] = kind_of_source(path)
        if not kind:
            raise Refused("missing", "the path is not a folder or an archive")
        tree = self._tree(kind, path, revision, row)
        if known and known == row["commit"]:
            raise Refused("unchanged", "")
        if isinstance(tree, Listed) and len(tree.listed) > self.limits["paths"]:
            raise Refused("size", f"it has {len(tree.listed):,} paths (the limit is --max-paths)")
        with use_tree(tree):
            workspace = open_workspace([], self.options, lenient=True, config=self.config)
            results, summaries, shared = [], [], []
            for group in workspace.groups:
                kept = _Kept(group.settings, self._kept)
                result, summed = check_summarised(group.files, group.settings, summary_of, kept)
                results.append(result)
                summaries += summed
                shared.append(kept.hits)
            result = merged(results + workspace.own_results() or [Result()])
        if any("MemoryError" in trace for trace in result.crashes):
            raise MemoryError
        if result.failed or result.unread:
            row["state"] = "failed"
            row["why"] = "a rule failed" if result.failed else "no file could be read"
        if len(result.diagnostics) > MOST_ROWS:
            row["state"] = "size"
            row["why"] = (
                f"it has {len(result.diagnostics):,} findings; {MOST_ROWS:,} are in the table"
            )
        tables = tables_of(result, summaries, workspace.files, MOST_ROWS)
        counts = {severity.label: count for severity, count in result.counts.items()}
        row.update(
            files=result.files,
            stacks=len(tables["stacks"]),
            images=len(tables["images"]),
            findings=len(result.reported),
            errors=counts["error"],
            warnings=counts["warning"],
            infos=counts["info"],
            suppressed=len(result.diagnostics) - len(result.reported),
            shared=bool(shared) and all(shared),
        )
        return tables

    def _tree(self, kind: str, path: str, revision: str, row: dict[str, Any]) -> Tree:
        """The tree of a source, whose root becomes the working folder."""
        if kind == "archive":
            size = DISK.stamp(path)[1]
            if size > self.limits["size"]:
                raise Refused("size", f"it has {size:,} bytes (the limit is --max-size)")
            row["commit"] = archive_hash(path)
            # As a call beside the archive would read it.
            os.chdir(os.path.dirname(path))
            return open_archive(path, os.getcwd())
        os.chdir(path)
        if kind == "folder":
            if revision:
                raise Refused("unreadable", f"it is not a git repository, so it has no {revision}")
            return DISK
        repository = open_repository(".")
        if DISK.real(".") != repository.root:
            raise StateError("git reads another folder than this one")
        row["commit"] = repository.commit(revision or "HEAD")
        return GitTree(repository, row["commit"])


class Contents:
    """Results by content: the name of the folder, which is that of a Compose project, and the paths."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, Component], dict[int, Entry]] = {}
        self._order: list[tuple[tuple[str, Component], int]] = []

    def of(self, key: tuple[str, Component]) -> list[Entry]:
        """The results for the same paths, the newest first."""
        return list(reversed(self._entries.get(key, {}).values()))

    def add(self, key: tuple[str, Component], entry: Entry) -> None:
        """Keep a result, and forget the oldest one where there are too many."""
        entries = self._entries.setdefault(key, {})
        if id(entry) in entries:
            return
        entries[id(entry)] = entry
        self._order.append((key, id(entry)))
        if len(self._order) > _MOST_KEPT:
            old, number = self._order.pop(0)
            del self._entries[old][number]
            if not self._entries[old]:
                del self._entries[old]


class _Kept(Known):
    """Results of contents that other repositories have, too.

    Args:
        settings: the settings of the repository's files.
        contents: the results.
    """

    def __init__(self, settings: Settings, contents: Contents) -> None:
        super().__init__(settings)
        config = settings.config
        by_place = (
            *(config.per_file_ignores, config.per_service_ignores, config.exclude, config.stacks),
            *(config.presets_by_name, config.use_environment, config.baseline),
        )
        # What depends on places would be another thing in another repository, and what is trusted
        # may be anything.
        self._is_alike = not any(by_place) and not settings.selection.extra
        self._contents = contents
        self._name = os.path.basename(os.getcwd())
        self.hits = False

    def valid(self, component: Component) -> Entry | None:
        for entry in self._contents.of((self._name, component)) if self._is_alike else ():
            if self.holds(entry.facts):
                self.hits = True
                return entry
        return None

    def store(self, entries: Iterable[Entry], last: Sequence[Component]) -> None:
        for entry in entries if self._is_alike else ():
            if len(entry.result[-1]) <= _MOST_FINDINGS:
                self._contents.add((self._name, entry.component), entry)
