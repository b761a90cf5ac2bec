"""Whatever a client sends: no crash, and the state is that of a fresh start."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from checks import write_files
from client import DEADLINE, EVERYTHING, Client, Failed, talk

FILES = {
    "compose.yaml": "include:\n  - more/compose.yaml\nservices:\n  web:\n    build: ./web\n"
    "    image: shop/web:2.1\n    environment: &env\n      PORT: ${PORT:?}\n    ports: ['${PORT}:80']\n"
    "  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: hunter2hunter2\n",
    "compose.override.yaml": "services:\n  web:\n    restart: always\n    depends_on: [db]\n",
    "more/compose.yaml": "services:\n  cache:\n    image: redis:7.4\n    env_file: ../.env\n",
    "web/Dockerfile": "FROM node:22 AS build\nCOPY . .\nRUN npm ci\nFROM nginx:1.30\n"
    "COPY --from=build /app /srv\n",
    "web/.dockerignore": "node_modules\n",
    "web/package.json": "{}\n",
    ".env": "PORT=8080\n",
    "composelint.toml": 'ignore = ["CF403"]\n',
    "other/compose.yaml": "services:\n  x:\n    image: alpine:3.22\n",
}
PIECES = (
    *(
        "\n",
        " ",
        "  ",
        "\t",
        "\r\n",
        ":",
        "- ",
        "x",
        "${",
        "}",
        "$",
        "#",
        "'",
        '"',
        "{",
        "[",
        "&a ",
        "*a",
    ),
    *(
        "services:\n  n:\n    image: a\n",
        "😀",
        "é",
        "\ufeff",
        "\0",
        "FROM ",
        "AS build\n",
        "\\\n",
        "extends: web",
    ),
    *(
        "include: [other/compose.yaml]\n",
        "PORT=",
        "!reset ",
        "<<: *env",
        "<<EOF\n",
        "---\n",
        "é" * 50,
    ),
)
REQUESTS = (
    *("textDocument/diagnostic", "textDocument/codeAction", "textDocument/formatting"),
    *("textDocument/hover", "textDocument/completion", "textDocument/definition"),
    *("textDocument/references", "textDocument/rename", "textDocument/documentSymbol"),
    *("textDocument/foldingRange", "textDocument/documentLink", "textDocument/inlayHint"),
    *("textDocument/codeLens", "workspace/symbol", "textDocument/prepareRename"),
)


def place(choice: random.Random) -> dict[str, int]:
    """A position that may or may not exist."""
    line = choice.choice((0, 1, 2, choice.randrange(12), choice.randrange(60), 2**31 - 1))
    return {"line": line, "character": choice.choice((0, 4, choice.randrange(30), 2**31 - 1))}


def ranged(choice: random.Random) -> dict[str, Any]:
    """A range, whose end may be before its start."""
    start = place(choice)
    if choice.random() < 0.6:
        end = dict(start)
        end["character"] = min(end["character"] + choice.randrange(4), 2**31 - 1)
        return {"start": start, "end": end}
    return {"start": start, "end": place(choice)}


async def play(client: Client, choice: random.Random, steps: int) -> None:
    """Do random things."""
    waiting: list[tuple[int, asyncio.Future[Any]]] = []
    for _ in range(steps):
        name = choice.choice(list(FILES))
        action = choice.random()
        if name not in client.versions:
            if action < 0.5:
                client.open(name, FILES[name])
        elif action < 0.55:
            changes = [
                {"range": ranged(choice), "text": choice.choice(PIECES) * choice.randrange(3)}
                for _ in range(choice.randrange(1, 3))
            ]
            client.change(name, *changes)
        elif action < 0.6:
            client.change(name, FILES[name])
        elif action < 0.65:
            client.close_file(name)
        elif action < 0.7:
            text = "" if choice.random() < 0.3 else FILES[name] + choice.choice(PIECES)
            (client.folder / name).write_bytes(text.encode())
            client.changed_on_disk(changed=name)
        elif action < 0.74:
            path = client.folder / name
            if path.exists():
                path.unlink()
                client.changed_on_disk(deleted=name)
            else:
                path.write_bytes(FILES[name].encode())
                client.changed_on_disk(created=name)
        elif action < 0.76:
            client.notify("textDocument/didSave", {"textDocument": {"uri": client.uri(name)}})
        elif action < 0.95:
            method = choice.choice(REQUESTS)
            params: dict[str, Any] = {
                "textDocument": {"uri": client.uri(choice.choice((name, "none.yaml")))},
                "position": place(choice),
                "range": ranged(choice),
                "context": {"diagnostics": [], "includeDeclaration": True, "triggerKind": 1},
                "options": {"tabSize": 2, "insertSpaces": True},
                "newName": choice.choice(("b", "", "a b", "😀")),
                "query": "",
            }
            waiting += [client.ask(method, params) for _ in range(choice.choice((1, 1, 3)))]
            if choice.random() < 0.3:
                client.notify("$/cancelRequest", {"id": choice.choice(waiting)[0]})
        else:
            await asyncio.sleep(choice.random() * 0.02)
    for _, future in waiting:
        (answer,) = await asyncio.gather(asyncio.wait_for(future, DEADLINE), return_exceptions=True)
        if isinstance(answer, BaseException):
            # Cancelled, not known here, or not what the protocol allows.
            assert isinstance(answer, Failed)
            assert answer.code in (-32800, -32601, -32602, -32803), str(answer)


@pytest.mark.parametrize("seed", range(int(os.environ.get("COMPOSELINT_LSP_FUZZ", "6"))))
def test_after_random_edits_the_state_is_that_of_a_fresh_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(FILES, tmp_path)
    choice = random.Random(seed)
    capabilities = EVERYTHING if seed % 2 else {}

    async def scenario(client: Client) -> None:
        for _ in range(3):
            await play(client, choice, 30)
            await client.idle()
            now = client.server.session
            answers = findings(now)
            fresh = Client(tmp_path, capabilities)
            async with fresh:
                for document in list(client.server.documents.by_uri.values()):
                    name = str(Path(document.path))
                    fresh.open(name, document.text)
                await fresh.idle()
                assert findings(fresh.server.session) == answers
                for name in client.versions:
                    if not capabilities:
                        assert published(client, name) == published(fresh, name)

    talk(Client(tmp_path, capabilities), scenario)
    assert "internal error" not in capsys.readouterr().err


def findings(session: Any) -> list[tuple[Any, ...]]:
    """All findings of a session, in an order."""
    results = [part.result for part in session.parts] + session.own
    rows = {
        (item.path, item.span.start, item.span.end, item.code, item.message, item.help)
        for result in results
        for item in result.reported
    }
    problems = [(each.path, 0, 0, "", str(each.error), "") for each in session.problems]
    return sorted([*rows, *problems])


def published(client: Client, name: str) -> list[str]:
    """The newest diagnostics of a file that were sent, in an order."""
    return sorted(map(str, client.published(name)["diagnostics"]))


def test_a_thousand_edits_leave_as_much_in_memory_as_a_hundred() -> None:
    import gc

    folder = Path(tempfile.mkdtemp())
    before = os.getcwd()
    os.chdir(folder)
    try:
        write_files(FILES, folder)
        counts = []

        async def scenario(client: Client) -> None:
            client.open("compose.yaml")
            for number in range(1, 301):
                client.change("compose.yaml", FILES["compose.yaml"] + f"# {number % 7}\n")
                if number % 3 == 0:
                    await client.idle()
                if number in (100, 300):
                    client.notes.clear()
                    gc.collect()
                    counts.append(len(gc.get_objects()))

        talk(Client(folder), scenario)
        assert counts[1] < counts[0] * 1.05 + 2000
    finally:
        os.chdir(before)
        shutil.rmtree(folder)
