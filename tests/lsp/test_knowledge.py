"""Completion, hover, hints and lenses over the protocol, with unsaved changes of a stack."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from checks import write_files
from client import DEADLINE, Client, talk
from composelint.linter.lsp import completion

FILES = {
    "compose.yaml": "services:\n  web:\n    image: nginx:${TAG}\n    \n  db:\n    image: postgres:17\n",
    "compose.override.yaml": "services:\n  web:\n    mem_limit: 512m\n",
    ".env": "TAG=1.30\n",
    "Dockerfile": "FROM nginx:1.30\nST\n",
}
COMPOSE = FILES["compose.yaml"]

SNIPPETS = {
    "textDocument": {
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "insertTextModeSupport": {"valueSet": [1, 2]},
                "tagSupport": {"valueSet": [1]},
            }
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
    "workspace": {
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(FILES, tmp_path)
    return tmp_path


async def asked(
    client: Client, method: str, path: str, line: int = -1, character: int = 0, **more: Any
) -> Any:
    """The answer to a request about a file, or a place of it."""
    params: dict[str, Any] = {"textDocument": {"uri": client.uri(path)}, **more}
    if line >= 0:
        params["position"] = {"line": line, "character": character}
    return await client.request(f"textDocument/{method}", params)


async def completions(client: Client, path: str, line: int, character: int) -> dict[str, Any]:
    """The completions at a place, by label."""
    answer = await asked(client, "completion", path, line, character)
    return {item["label"]: item for item in answer["items"]}


def test_completions_have_edits_at_their_places(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE.replace("    \n", "    hea\n"))
        item = (await completions(client, "compose.yaml", 3, 7))["healthcheck"]
        assert item["textEdit"]["range"] == {
            "start": {"line": 3, "character": 4},
            "end": {"line": 3, "character": 7},
        }
        assert item["textEdit"]["newText"].startswith('healthcheck:\n  test: ${1:["CMD", "curl"')
        assert item["insertTextMode"] == 2
        assert item["insertTextFormat"] == 2

    talk(Client(folder, SNIPPETS), scenario)


def test_a_client_without_snippets_gets_whole_texts(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE.replace("    \n", "    hea\n"))
        item = (await completions(client, "compose.yaml", 3, 7))["healthcheck"]
        assert item["textEdit"]["newText"].startswith('healthcheck:\n      test: ["CMD", "curl"')
        assert item["insertTextFormat"] == 1

    talk(Client(folder), scenario)


def test_what_was_loaded_last_is_known_while_the_file_is_broken(folder: Path) -> None:
    text = "services:\n  web:\n    build: .\n    \n"
    broken = text.replace("    \n", "    healthcheck:\n      test: \n      x\n")

    async def scenario(client: Client) -> None:
        client.open("compose.yaml", text)
        assert "healthcheck" in await completions(client, "compose.yaml", 3, 4)
        client.change("compose.yaml", {"text": broken})
        found = await completions(client, "compose.yaml", 4, 12)
        assert '["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:80/"]' in found

    talk(Client(folder, SNIPPETS), scenario)


def test_completions_do_not_wait_until_what_is_typed_is_linted(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE)
        await asked(client, "codeLens", "compose.yaml")
        await client.idle()
        busy = threading.Event()
        client.server.worker.submit(lambda: busy.wait(2 * DEADLINE))
        client.change("compose.yaml", COMPOSE.replace("    \n", "    hea\n"))
        try:
            assert "healthcheck" in await completions(client, "compose.yaml", 3, 7)
        finally:
            busy.set()

    talk(Client(folder, SNIPPETS), scenario)


def test_an_error_among_the_completions_is_answered_by_the_worker(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE.replace("    \n", "    hea\n"))
        await client.idle()
        right = completion.complete

        def complete(*arguments: Any) -> Any:
            if threading.current_thread().name.startswith("completion"):
                raise RuntimeError("dictionary changed size during iteration")
            return right(*arguments)

        monkeypatch.setattr(completion, "complete", complete)
        assert "healthcheck" in await completions(client, "compose.yaml", 3, 7)

    talk(Client(folder, SNIPPETS), scenario)


def test_images_are_asked_for_again_as_more_is_typed(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", "services:\n  db:\n    image: postgres:1\n")
        answer = await asked(client, "completion", "compose.yaml", 2, 21)
        assert answer["isIncomplete"]
        assert answer["items"][0]["label"] == "postgres:18"

    talk(Client(folder), scenario)


def test_unsaved_changes_of_other_files_count(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open(".env", "TAG=1.31\nOTHER=x\n")
        client.open("compose.yaml", "services:\n  web:\n    image: nginx:${\n    depends_on: []\n")
        found = await completions(client, "compose.yaml", 2, 19)
        assert found["TAG"]["detail"] == "1.31 (set in .env, line 1)"
        assert "OTHER" in found
        client.open("compose.override.yaml")
        client.change("compose.override.yaml", "services:\n  cache:\n    image: redis\n")
        client.change("compose.yaml", {"text": COMPOSE.replace("    \n", "    depends_on: []\n")})
        assert list(await completions(client, "compose.yaml", 3, 17)) == ["cache", "db"]
        shown = await asked(client, "hover", "compose.yaml", 2, 20)
        assert "= `1.31`, set in .env, line 1" in shown["contents"]["value"]
        assert shown["contents"]["kind"] == "markdown"
        assert shown["range"]["start"] == {"line": 2, "character": 17}

    talk(Client(folder, SNIPPETS), scenario)


def test_changes_of_other_files_count_while_the_file_is_broken(folder: Path) -> None:
    broken = COMPOSE.replace("    \n", "    x: [\n    depends_on: []\n")

    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE)
        client.open(".env")
        assert "healthcheck" in await completions(client, "compose.yaml", 3, 4)
        client.change("compose.yaml", {"text": broken})
        found = await completions(client, "compose.yaml", 2, 19)
        assert found["TAG"]["detail"] == "1.30 (set in .env, line 1)"
        for tag in ("1.31", "1.32"):
            client.change(".env", f"TAG={tag}\n")
            found = await completions(client, "compose.yaml", 2, 19)
            assert found["TAG"]["detail"] == f"{tag} (set in .env, line 1)"
        client.changed_on_disk(deleted="compose.override.yaml")
        client.close_file(".env")
        (folder / ".env").write_text("TAG=1.33\n")
        client.changed_on_disk(changed=".env")
        found = await completions(client, "compose.yaml", 2, 19)
        assert found["TAG"]["detail"] == "1.33 (set in .env, line 1)"

    talk(Client(folder, SNIPPETS), scenario)


def test_a_change_that_does_not_concern_the_file_makes_it_wait_once(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", COMPOSE)
        client.open("notes.txt", "a")
        assert "healthcheck" in await completions(client, "compose.yaml", 3, 4)
        client.change("notes.txt", "b")
        assert "healthcheck" in await completions(client, "compose.yaml", 3, 4)
        busy = threading.Event()
        client.server.worker.submit(lambda: busy.wait(2 * DEADLINE))
        try:
            assert "healthcheck" in await completions(client, "compose.yaml", 3, 4)
        finally:
            busy.set()

    talk(Client(folder, SNIPPETS), scenario)


def test_hover_tells_what_made_a_value(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        shown = await asked(client, "hover", "compose.override.yaml", 2, 6)
        assert "`services.web.mem_limit`" in shown["contents"]["value"]
        assert await asked(client, "hover", "compose.yaml", 3, 2) is None
        assert await asked(client, "hover", "none.yaml", 0, 0) is None

    talk(Client(folder, SNIPPETS), scenario)


def test_a_client_without_markdown_gets_plain_text(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        shown = await asked(client, "hover", "compose.yaml", 5, 14)
        assert shown["contents"]["kind"] == "plaintext"
        assert shown["contents"]["value"].startswith("image postgres:17, database")

    talk(Client(folder, {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}), scenario)


def test_dockerfiles_ignore_files_and_env_files_are_completed(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert "STOPSIGNAL" in await completions(client, "Dockerfile", 1, 2)
        client.open(".env", "")
        assert list(await completions(client, ".env", 0, 0)) == ["TAG"]
        client.open(".dockerignore", "x\n")
        assert "Dockerfile" in await completions(client, ".dockerignore", 1, 0)

    talk(Client(folder, SNIPPETS), scenario)


def test_hints_and_lenses_have_their_places(folder: Path) -> None:
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}

    async def scenario(client: Client) -> None:
        client.open(".env", "TAG=1.31\n")
        client.open("compose.yaml", COMPOSE)
        (hint,) = await asked(client, "inlayHint", "compose.yaml", range=whole)
        assert hint["label"] == "= 1.31"
        assert hint["position"] == {"line": 2, "character": 23}
        lenses = await asked(client, "codeLens", "compose.yaml")
        assert lenses
        assert all(lens["command"]["title"].endswith(("finding", "findings")) for lens in lenses)
        assert await asked(client, "inlayHint", ".env", range=whole) == []
        await client.server.idle()
        client.change(".env", {"text": "TAG=1.32\n"})
        await client.server.idle()
        wanted = {message["method"] for message in client.asked}
        assert wanted >= {"workspace/inlayHint/refresh", "workspace/codeLens/refresh"}

    talk(Client(folder, SNIPPETS), scenario)


def test_lenses_call_what_the_client_says_that_it_has(folder: Path) -> None:
    async def commands(client: Client) -> list[tuple[str, Any]]:
        client.open("compose.yaml", COMPOSE)
        lenses = await asked(client, "codeLens", "compose.yaml")
        return [(each["command"]["command"], each["command"].get("arguments")) for each in lenses]

    async def without(client: Client) -> None:
        assert set(await commands(client)) == {("", None)}

    async def with_commands(client: Client) -> None:
        budget, *findings = await commands(client)
        assert budget[0] == "composelint.showBudget"
        assert findings
        for name, (uri, place) in findings:
            assert name == "composelint.showFindings"
            assert uri == client.uri("compose.yaml")
            assert place["line"] >= 1

    (folder / "composelint.toml").write_text('[host]\nmemory = "4g"\n')
    for initialization in (None, {"commands": [1]}, {"commands": 3}, {"preset": "production"}):
        talk(Client(folder, initialization=initialization), without)
    has = ["composelint.showFindings", "composelint.showBudget"]
    talk(Client(folder, initialization={"commands": has}), with_commands)
