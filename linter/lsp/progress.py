"""How far the first pass is, for clients that show it."""

from __future__ import annotations

from lsprotocol import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .server import Server

TOKEN = "composelint/first-pass"


class Progress:
    """Tells how much of the first pass is done."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.is_open = False
        self.is_over = False
        self.all = 0

    def step(self, left: int) -> None:
        """So many parts are left; in the thread that talks to the client."""
        if self.is_over:
            return
        self.all = max(self.all, left + 1)
        if not self.is_open:
            self.is_open = True
            self.send(types.WorkDoneProgressBegin("composelint", message="linting", percentage=0))
        done = self.all - left
        self.send(
            types.WorkDoneProgressReport(
                message=f"{done} of {self.all}", percentage=min(100, 100 * done // self.all)
            )
        )

    def end(self) -> None:
        """Everything is linted; in the thread that talks to the client."""
        if self.is_open and not self.is_over:
            self.send(types.WorkDoneProgressEnd())
        self.is_over = True

    def send(self, value: Any) -> None:
        self.server.protocol.notify(types.PROGRESS, types.ProgressParams(TOKEN, value))


def register(server: Server) -> None:
    """Show the progress of the first pass."""
    progress = Progress(server)

    def ready(params: types.InitializedParams) -> None:
        window = server.client_capabilities.window
        if window is None or not window.work_done_progress:
            progress.is_over = True
            return
        server.ask_client(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(TOKEN)
        )

    server.on_initialized.append(ready)
    server.on_step.append(lambda left: server.call(progress.step, left))
    server.after_work.append(lambda documents: server.call(progress.end))
