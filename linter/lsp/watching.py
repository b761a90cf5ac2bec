"""What changes around the documents: files on the disk, the workspace's folders, the settings."""

from __future__ import annotations

import os
from functools import partial

from lsprotocol import types

from ..files.discovery import in_excluded_folder
from .settings import options_of, unwrapped
from .uris import to_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Any

    from ..config.options import Options
    from .server import Server

SETTLED = 0.05
"""Seconds to wait after a change of files: a checkout changes many at once."""


class Watching:
    """Follows what changes around the documents."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.base: Options = server.session.options
        self.folders: list[str] = []
        self.is_watched = False
        self._told: set[str] = set()

    # --- files

    def files(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Take in what the client saw on the disk."""
        changed: list[str] = []
        made: list[str] = []
        for event in params.changes:
            path = to_path(event.uri)
            if path is None or in_excluded_folder(path.replace(os.sep, "/")):
                continue
            is_change = event.type == types.FileChangeType.Changed
            (changed if is_change else made).append(path)
        session = self.server.session
        if changed:
            self.server.change_session(partial(session.changed, changed), SETTLED)
        if made:
            self.server.change_session(partial(session.made, made), SETTLED)

    def renamed(self, params: types.RenameFilesParams) -> None:
        """Take in new names of files and folders."""
        self.moved([uri for each in params.files for uri in (each.old_uri, each.new_uri)])

    def moved(self, uris: list[str]) -> None:
        """Take in files and folders that came or went."""
        paths = [path for path in map(to_path, uris) if path is not None]
        if paths:
            self.server.change_session(partial(self.server.session.made, paths), SETTLED)

    def saved(self, params: Any) -> None:
        """Look at the disk ourselves where the client does not tell what changes there."""
        if not self.is_watched:
            self.server.change_session(self.server.session.recheck)

    # --- folders and settings

    def folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Take in folders of the workspace that were added or removed."""
        event = params.event
        removed = {to_path(each.uri) for each in event.removed}
        added = [path for each in event.added if (path := to_path(each.uri))]
        folders = [each for each in (*self.server.folders, *added) if each not in removed]
        self.server.folders = list(dict.fromkeys(folders))
        self.server.change_session(
            partial(self.server.session.set_folders, tuple(self.server.folders))
        )
        self.fetch()

    def begin(self, params: types.InitializeParams) -> None:
        """Take the settings that come with the first request."""
        self.take([params.initialization_options])

    def ready(self, params: types.InitializedParams) -> None:
        """Ask for what the client can tell: changes of files and settings."""
        workspace = self.server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace is not None else None
        registrations = []
        if watched is not None and watched.dynamic_registration:
            self.is_watched = True
            options = types.DidChangeWatchedFilesRegistrationOptions(
                [types.FileSystemWatcher("**/*")]
            )
            registrations.append(
                types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            )
        told = workspace.did_change_configuration if workspace is not None else None
        if told is not None and told.dynamic_registration:
            section = types.DidChangeConfigurationRegistrationOptions("composelint")
            registrations.append(
                types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
            )
        if registrations:
            self.server.ask_client(
                types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations)
            )
        self.fetch()

    def settings_changed(self, params: types.DidChangeConfigurationParams) -> None:
        """Take in new settings, or ask for them."""
        if not self.fetch() and params.settings is not None:
            self.take([params.settings])

    def fetch(self) -> bool:
        """Ask for the settings of each folder, if the client can be asked."""
        workspace = self.server.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return False
        folders = list(self.server.folders)
        items = [types.ConfigurationItem(section="composelint")]
        items += [
            types.ConfigurationItem(scope_uri=self.server.uri(folder), section="composelint")
            for folder in folders
        ]

        def take(future: Future[Any]) -> None:
            if not future.cancelled() and future.exception() is None:
                answers = future.result()
                if isinstance(answers, list | tuple) and len(answers) == len(folders) + 1:
                    self.take(list(answers), folders)

        self.server.protocol.send_request(
            types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items)
        ).add_done_callback(take)
        return True

    def take(self, answers: list[Any], folders: list[str] | None = None) -> None:
        """Use these settings: those of the client first, then those of each folder."""
        general, *rest = (unwrapped(answer) for answer in answers)
        own: dict[str, Options] = {}
        options, problems = options_of(general, self.base, os.getcwd())
        for folder, answer in zip(folders or (), rest, strict=True):
            if answer is None:
                continue
            own[folder], more = options_of(answer, self.base, folder)
            problems += more
        for problem in dict.fromkeys(problems):
            if problem not in self._told:
                self._told.add(problem)
                self.server.tell(problem)
        self.server.change_session(partial(self.server.session.set_options, options, own))


def register(server: Server) -> None:
    """Follow what changes around the documents."""
    watching = Watching(server)
    server.on_initialize.append(watching.begin)
    server.on_initialized.append(watching.ready)
    server.notes(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watching.files)
    server.notes(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(watching.folders_changed)
    server.notes(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(watching.settings_changed)
    server.notes(types.TEXT_DOCUMENT_DID_SAVE)(watching.saved)
    anything = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
    )
    server.notes(types.WORKSPACE_DID_RENAME_FILES, anything)(watching.renamed)
    server.notes(types.WORKSPACE_DID_CREATE_FILES, anything)(
        lambda params: watching.moved([each.uri for each in params.files])
    )
    server.notes(types.WORKSPACE_DID_DELETE_FILES, anything)(
        lambda params: watching.moved([each.uri for each in params.files])
    )
