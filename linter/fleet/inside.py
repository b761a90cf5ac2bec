"""The scan of one repository, in the process that does nothing else.

The working folder of the process becomes the repository, so that a scan finds what a call from
there would find, wherever the fleet is started from.
"""

from __future__ import annotations

import os
import time

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

    from ..engine.components import Component
    from ..engine.settings import Settings
    from ..files.disk import Tree

_MOST_KEPT = 2000
"""The most components whose results are kept for other repositories."""
_MOST_VARIANTS = 8
"""The most results of components with the same paths."""
_MOST_FINDINGS = 400
"""A result with more findings is not kept: it would take much memory."""


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
        empty: an empty folder, which archives are read in.
    """

    def __init__(self, options: dict[str, Any], limits: dict[str, Any], empty: str) -> None:
        self.options = options_of(options)
        self.limits = limits
        self.empty = empty
        self._kept: dict[tuple[str, Component], list[Entry]] = {}

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
            os.chdir(self.empty)
        row["started"], row["seconds"] = started, round(time.time() - started, 4)
        return {**tables, "repositories": [row]}

    def _tables(
        self, path: str, revision: str, known: str, row: dict[str, Any]
    ) -> dict[str, list[dict[str, Any]]]:
        kind = row["kind"] = kind_of_source(path)
        if not kind:
            raise Refused("missing", "there is no such folder or archive")
        tree = self._tree(kind, path, revision, row)
        if known and known == row["commit"]:
            raise Refused("unchanged", "")
        if isinstance(tree, Listed) and len(tree.listed) > self.limits["paths"]:
            raise Refused("size", f"it has {len(tree.listed):,} paths (the limit is --max-paths)")
        with use_tree(tree):
            workspace = open_workspace([], self.options, lenient=True)
            results, summaries, shared = [], [], []
            name = os.path.basename(os.getcwd())
            for group in workspace.groups:
                kept = _Kept(group.settings, self._kept, name)
                result, summed = check_summarised(group.files, group.settings, summary_of, kept)
                results.append(result)
                summaries += summed
                shared.append(kept.hits)
            result = merged(results + workspace.own_results() or [Result()])
        if result.failed or result.unread:
            row["state"] = "failed"
            row["why"] = "a rule failed" if result.failed else "no file could be read"
        tables = tables_of(result, summaries, workspace.files)
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


class _Kept(Known):
    """Results of contents that other repositories have, too.

    Args:
        settings: the settings of the repository's files.
        kept: the results by the name of the repository's folder and the paths of the files. The name
            is that of a Compose project.
        name: that name.
    """

    def __init__(
        self, settings: Settings, kept: dict[tuple[str, Component], list[Entry]], name: str
    ) -> None:
        super().__init__(settings)
        self._kept = kept
        self._name = name
        # The configurations of repositories may differ, as may what is trusted.
        self._is_alike = not settings.config.path and not settings.selection.extra
        self.hits = False

    def valid(self, component: Component) -> Entry | None:
        for entry in self._kept.get((self._name, component), ()) if self._is_alike else ():
            if self.holds(entry.facts):
                self.hits = True
                return entry
        return None

    def store(self, entries: Iterable[Entry], last: Sequence[Component]) -> None:
        for entry in entries if self._is_alike else ():
            if len(entry.result[-1]) > _MOST_FINDINGS:
                continue
            variants = self._kept.setdefault((self._name, entry.component), [])
            if any(entry is each for each in variants):
                continue
            variants.append(entry)
            del variants[:-_MOST_VARIANTS]
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
