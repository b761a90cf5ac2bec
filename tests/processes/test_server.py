"""The real program: on standard input and output, and on a port of this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from io import BufferedRWPair
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any

import pytest
from checks import run_python, write_files
from composelint.linter.lsp.uris import to_uri

DEADLINE = 120.0
FILES = {
    "compose.yaml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
    "evil.py": "print('Content-Length: 3')\n",
}


Stream = IO[bytes] | BufferedRWPair


class Pipe:
    """One end of a connection to the server; nothing waits for ever."""

    def __init__(self, reading: Stream, writing: Stream) -> None:
        self._reading, self._writing = reading, writing
        self._messages: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while header := self._reading.readline():
                assert header.startswith(b"Content-Length: "), header
                while self._reading.readline().strip():
                    pass
                data = self._reading.read(int(header.split()[1]))
                self._messages.put(json.loads(data))
        except (OSError, ValueError):
            return

    def send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._writing.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._writing.flush()

    def until(self, method: str = "", id: int = 0) -> dict[str, Any]:
        end = time.monotonic() + DEADLINE
        while True:
            try:
                message = self._messages.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise AssertionError(f"nothing came for {method or id}") from None
            if message.get("method") == method or (id and message.get("id") == id):
                return message

    def begin(self, folder: Path) -> dict[str, Any]:
        root = {"uri": to_uri(str(folder)), "name": "x"}
        params = {
            "processId": None,
            "rootUri": None,
            "capabilities": {},
            "workspaceFolders": [root],
        }
        self.send(id=1, method="initialize", params=params)
        answer = self.until(id=1)
        self.send(method="initialized", params={})
        return answer

    def end(self) -> None:
        self.send(id=9, method="shutdown", params=None)
        self.until(id=9)
        self.send(method="exit")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(FILES, tmp_path)
    return tmp_path


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "composelint", "server", *options],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_an_editor_starts_it_and_it_ends_with_it(folder: Path) -> None:
    with start(folder, "--stdio", "--clientProcessId=1", "--select", "CF330") as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            pipe = Pipe(process.stdout, process.stdin)
            assert pipe.begin(folder)["result"]["serverInfo"]["name"] == "composelint"
            params = pipe.until("textDocument/publishDiagnostics")["params"]
            assert [row["code"] for row in params["diagnostics"]] == ["CF330"]
            pipe.end()
            assert process.wait(DEADLINE) == 0
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()


@pytest.mark.parametrize("rubbish", [b"", b"Content-Length: 9999\r\n\r\n{}", b"hello\r\n\r\n"])
def test_it_ends_when_its_input_does(folder: Path, rubbish: bytes) -> None:
    with start(folder) as process:
        try:
            _, error = process.communicate(rubbish, timeout=DEADLINE)
            assert b"Traceback" not in error
            assert process.returncode == 0
        finally:
            process.kill()


def test_what_a_trusted_plug_in_prints_does_not_reach_the_client(folder: Path) -> None:
    (folder / "composelint.toml").write_text("plugins = ['evil']\n")
    with start(folder, "--trust") as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            pipe = Pipe(process.stdout, process.stdin)
            pipe.begin(folder)
            assert pipe.until("textDocument/publishDiagnostics")["params"]["diagnostics"]
            pipe.end()
            assert process.wait(DEADLINE) == 0
            assert process.stderr is not None
            assert b"Content-Length: 3" in process.stderr.read()
        finally:
            process.kill()


def test_a_client_connects_to_a_port_of_this_machine(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start(folder, "--tcp", str(port)) as process:
        try:
            assert process.stderr is not None
            assert (
                process.stderr.readline()
                == f"composelint: listening on 127.0.0.1:{port}\n".encode()
            )
            end = time.monotonic() + DEADLINE
            while True:
                try:
                    connection = socket.create_connection(("127.0.0.1", port), 5)
                    break
                except OSError:
                    assert time.monotonic() < end
                    time.sleep(0.02)
            with connection, connection.makefile("rwb") as stream:
                connection.settimeout(DEADLINE)
                pipe = Pipe(stream, stream)
                pipe.begin(folder)
                assert pipe.until("textDocument/publishDiagnostics")["params"]["diagnostics"]
                pipe.end()
                process.wait(DEADLINE)
        finally:
            process.kill()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pygls'] = None; sys.argv = ['composelint', 'server'];"
        "from composelint.linter.cli.start import main; main()"
    )
    answer = run_python("-c", code, folder=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.strip() == (
        "composelint: the language server needs pygls: pip install 'composelint[server]'"
    )


def test_a_plain_call_loads_nothing_of_it(folder: Path) -> None:
    code = (
        "import sys, atexit, os; sys.argv = ['composelint', 'compose.yaml'];"
        "os._exit = lambda code: (print(*[n for n in sys.modules if 'lsp' in n or 'pygls' in n or n == 'asyncio'])"
        " or sys.exit(code));"
        "from composelint.linter.cli.start import main; main()"
    )
    answer = run_python("-c", code, folder=folder)
    assert answer.returncode in (0, 1)
    assert answer.stdout.splitlines()[-1] == ""
