"""How long it takes from a keystroke to the diagnostics, measured by a client.

``python -m tests.bench.latency`` starts ``composelint server`` (and other servers that are
installed) on generated stacks, types, and waits after each key for the diagnostics of that version.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any

DEADLINE = 300.0
PAUSE = 0.05
"""Seconds between two keys, as somebody types who types fast."""

IMAGES = (
    "nginx:1.30",
    "postgres:17.5",
    "redis:7.4",
    "shop/api:2.1",
    "traefik:v3.4",
    "shop/web:1.0",
)


def stack(folder: Path, services: int) -> str:
    """Write a stack in five files (and its .env); returns the name of the file to type in."""
    included = 3
    share = services // (included + 1)
    names = [f"svc{number}" for number in range(services)]
    for index in range(included + 1):
        last = services if index == included else (index + 1) * share
        lines = [] if index else ["include:", *(f"  - part{each}.yaml" for each in range(1, 4))]
        lines.append("services:")
        for number, name in enumerate(names[index * share : last], index * share):
            image = IMAGES[number % len(IMAGES)]
            lines += [f"  {name}:", f"    image: {image}", "    restart: unless-stopped"]
            lines += ["    environment:", f"      NAME: {name}", "      LEVEL: ${LEVEL:-info}"]
            lines += [f"      STORE: redis://{names[index * share]}:6379/{number}"]
            if number % 3 == 0:
                lines += ["    ports:", f'      - "127.0.0.1:{8000 + number}:80"']
            if number % 4 == 0:
                lines += ["    deploy:", "      resources:", "        limits:"]
                lines += ["          memory: 256M"]
            if number > index * share:
                lines += [f"    depends_on: [{names[number - 1]}]"]
            lines += ["    networks: [back]"]
        lines += ["networks:", "  back: {}"]
        name = f"part{index}.yaml" if index else "compose.yaml"
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    override = [f"  {name}:\n    labels: {{team: core}}" for name in names[:share]]
    (folder / "compose.override.yaml").write_text("\n".join(["services:", *override, ""]), "utf-8")
    (folder / ".env").write_text("LEVEL=debug\n", "utf-8")
    return "compose.yaml"


def dockerfile(folder: Path) -> str:
    """Write a Dockerfile alone; returns its name."""
    text = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n" + "RUN echo a && echo b\n" * 20
    (folder / "Dockerfile").write_text(f"{text}USER node\n", "utf-8")
    return "Dockerfile"


class Client:
    """The client of a server that is started for it."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.message: dict[str, Any] = {}
        """The last message that was waited for."""
        self.messages: Queue[tuple[float, dict[str, Any]]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            size = 0
            while (line := stream.readline()).strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    size = int(value)
            if not line:
                return
            data = stream.read(size)
            self.messages.put((time.perf_counter(), json.loads(data)))

    def send(self, **message: Any) -> None:
        """Send a message."""
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def wait(self, fits: Any) -> float:
        """When the first message that fits arrived; others that need an answer get one."""
        end = time.perf_counter() + DEADLINE
        while True:
            try:
                at, message = self.messages.get(timeout=max(0.0, end - time.perf_counter()))
            except Empty:
                raise SystemExit("the server does not answer") from None
            if fits(message):
                self.message = message
                return at
            if "id" in message and "method" in message:
                self.send(id=message["id"], result=None)

    def processes(self) -> list[int]:
        """The server and what it has started: some servers are a program in a wrapper."""
        found = [self.process.pid]
        for pid in found:
            for path in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, path.read_text().split())
        return found

    def memory(self) -> float:
        """The resident memory of the server, in MiB."""
        kilobytes = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    kilobytes += int(line.split()[1])
        return kilobytes / 1024

    def seconds(self) -> float:
        """The processor time of the server so far: the same on a busy machine."""
        ticks = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """Let the server end, or end it."""
        try:
            self.send(id="end", method="shutdown", params=None)
            self.wait(lambda message: message.get("id") == "end")
            self.send(method="exit")
            self.process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def measure(
    command: list[str], folder: Path, name: str, keys: int, pause: float, is_asked: bool
) -> dict[str, Any]:
    """What typing takes, in milliseconds, and the memory after it.

    A server that ``is_asked`` is asked for the diagnostics after each key; others send them.
    """
    path = folder / name
    uri = path.as_uri()
    text = path.read_text("utf-8")
    started = time.perf_counter()
    client = Client(command, folder)
    try:
        root = folder.as_uri()
        client.send(
            id=1,
            method="initialize",
            params={
                "processId": os.getpid(),
                "rootUri": root,
                "capabilities": {"textDocument": {"publishDiagnostics": {"versionSupport": True}}},
                "workspaceFolders": [{"uri": root, "name": folder.name}],
            },
        )
        client.wait(lambda message: message.get("id") == 1)
        sync = client.message["result"]["capabilities"]["textDocumentSync"]
        is_whole = (sync["change"] if isinstance(sync, dict) else sync) == 1
        client.send(method="initialized", params={})
        language = "dockerfile" if name == "Dockerfile" else "yaml"
        item = {"uri": uri, "languageId": language, "version": 0, "text": text}
        client.send(method="textDocument/didOpen", params={"textDocument": item})

        def told(version: int) -> Any:
            if is_asked:
                request = f"diagnostics {version}"
                params = {"textDocument": {"uri": uri}}
                client.send(id=request, method="textDocument/diagnostic", params=params)
                return lambda message: message.get("id") == request

            def fits(message: dict[str, Any]) -> bool:
                params = message.get("params") or {}
                is_told = message.get("method") == "textDocument/publishDiagnostics"
                return is_told and params["uri"] == uri and params.get("version") == version

            return fits

        first = client.wait(told(0)) - started
        line = next(
            number
            for number, content in enumerate(text.splitlines())
            if "NAME:" in content or "WORKDIR" in content
        )
        column = len(text.splitlines()[line])
        times = []
        used = client.seconds()
        early = 0.0
        for version in range(1, keys + 1):
            time.sleep(pause)
            is_letter = version % 20 != 0
            place = {"line": line, "character": column}
            column += is_letter
            end = place if is_letter else {"line": line, "character": place["character"] - 19}
            change = {
                "range": {"start": min(place, end, key=_at), "end": place},
                "text": "x" * is_letter,
            }
            if not is_letter:
                column = end["character"]
            lines = text.split("\n")
            kept = lines[line][: end["character"] if not is_letter else place["character"]]
            lines[line] = kept + "x" * is_letter
            text = "\n".join(lines)
            sent = time.perf_counter()
            client.send(
                method="textDocument/didChange",
                params={
                    "textDocument": {"uri": uri, "version": version},
                    "contentChanges": [{"text": text} if is_whole else change],
                },
            )
            times.append((client.wait(told(version)) - sent) * 1000)
            if version == 100:
                early = client.memory()
        times.sort()
        return {
            "first": first * 1000,
            "median": times[len(times) // 2],
            "p95": times[min(len(times) - 1, int(len(times) * 0.95))],
            "most": times[-1],
            "cpu": (client.seconds() - used) / keys * 1000,
            "memory after 100": early,
            "memory": client.memory(),
        }
    finally:
        client.end()


def _at(place: dict[str, int]) -> tuple[int, int]:
    return place["line"], place["character"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--pause", type=float, default=PAUSE)
    parser.add_argument("--services", type=int, nargs="*", default=[30, 300])
    parser.add_argument("--peers", action="store_true", help="other servers, too, on a Dockerfile")
    arguments = parser.parse_args()
    own = [sys.executable, "-m", "composelint", "server"]
    cases = [
        (f"{count} services", own, False, lambda f, n=count: stack(f, n))
        for count in arguments.services
    ]
    if arguments.peers:
        cases.append(("a Dockerfile", own, False, dockerfile))
        tally = shutil.which("tally", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        if tally:
            cases.append(("a Dockerfile, tally", [tally, "lsp", "--stdio"], True, dockerfile))
    for title, command, is_asked, write in cases:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "shop"
            folder.mkdir()
            name = write(folder)
            found = measure(command, folder, name, arguments.keys, arguments.pause, is_asked)
        shown = ", ".join(f"{key} {value:.1f}" for key, value in found.items())
        print(f"{title}: {shown}")


if __name__ == "__main__":
    main()
