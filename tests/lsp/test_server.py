"""What the server sends and answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from checks import write_files
from client import DEADLINE, EVERYTHING, Client, Failed, talk
from composelint.linter.config.options import Options

WEB = (
    "services:\n  web:\n    image: postgres:17\n    ports: ['5433:${PORT}']\n    restart: always\n"
)
FILES = {
    "compose.yaml": WEB,
    ".env": "PORT=5432\n",
    "other/compose.yaml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
}
ALONE = Options(select=("CF119", "CF140", "CF330"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(FILES, tmp_path)
    return tmp_path


# --- the beginning and the end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_positions_are_counted_as_the_client_wants(folder: Path, encoding: str) -> None:
    capabilities = {"general": {"positionEncodings": ["utf-7", encoding]}}
    client = Client(folder, capabilities, ALONE)
    units = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[encoding]

    async def scenario(client: Client) -> None:
        assert client.result["capabilities"]["positionEncoding"] == encoding
        client.open(
            "compose.yaml", "services:\n  web: {image: a, labels: {'😀': b}, ports: ['0:99999']}\n"
        )
        await client.settled("compose.yaml")
        (row,) = client.published("compose.yaml")["diagnostics"]
        assert row["range"]["start"]["character"] == 47 + units - 1
        place = {"line": 1, "character": 47 + units - 1}
        end = {"line": 1, "character": 47 + units - 1 + len("99999")}
        client.change("compose.yaml", {"range": {"start": place, "end": end}, "text": "9"})
        assert await client.settled("compose.yaml") == []
        assert client.server.documents.by_uri[client.uri("compose.yaml")].text.endswith(
            "['0:9']}\n"
        )

    talk(client, scenario)


def test_without_a_wish_positions_are_utf_16(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert client.result["capabilities"]["positionEncoding"] == "utf-16"
        assert client.result["serverInfo"]["name"] == "composelint"

    talk(Client(folder), scenario)


def test_after_the_end_nothing_is_answered(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert await client.request("shutdown", None) is None
        _, answer = client.ask(
            "textDocument/diagnostic", {"textDocument": {"uri": client.uri("compose.yaml")}}
        )
        await asyncio.sleep(0.05)
        assert not answer.done()

    talk(Client(folder), scenario)


# --- diagnostics that are sent


def test_all_files_are_told_about_without_being_open(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert await client.settled("other/compose.yaml") == ["CF330"]
        assert client.codes("compose.yaml") == ["CF330"]
        assert "version" not in client.published("compose.yaml")

    talk(Client(folder, options=ALONE), scenario)


def test_a_diagnostic_says_what_where_and_why(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.settled("other/compose.yaml")
        (row,) = client.published("other/compose.yaml")["diagnostics"]
        assert row["severity"] == 2
        assert row["source"] == "composelint"
        assert row["range"] == {
            "start": {"line": 3, "character": 12},
            "end": {"line": 3, "character": 23},
        }
        assert row["message"].startswith("port 5432 of service")
        assert row["codeDescription"]["href"].endswith("/docs/rules/port-on-all-interfaces.md")
        assert row["data"] == {"name": "port-on-all-interfaces"}

    talk(Client(folder, options=ALONE), scenario)


def test_related_places_and_tags(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open(
            "compose.yaml",
            "version: '3'\nservices:\n  a: {image: x, ports: ['1:1']}\n  b: {image: x, ports: ['1:2']}\n",
        )
        await client.settled("compose.yaml")
        rows = {row["code"]: row for row in client.published("compose.yaml")["diagnostics"]}
        assert rows["CF004"]["tags"] == [2]
        (related,) = rows["CF163"]["relatedInformation"]
        assert related["location"]["uri"] == client.uri("compose.yaml")
        assert related["message"]

    talk(Client(folder, options=Options(select=("CF004", "CF163"))), scenario)


def test_typing_in_the_env_file_updates_the_compose_file(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        client.open(".env", language="dotenv")
        assert await client.settled("compose.yaml") == ["CF330"]
        client.change(".env", "POR=5432\n")
        assert await client.settled("compose.yaml") == ["CF119", "CF140"]
        assert client.published("compose.yaml")["version"] == 1
        client.close_file(".env")
        assert await client.settled("compose.yaml") == ["CF330"]

    talk(Client(folder, options=ALONE), scenario)


def test_results_carry_the_version_that_they_are_about(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        for number in range(20):
            client.change("compose.yaml", f"{WEB}# {number}\n")
            await asyncio.sleep(0.003)
        await client.idle()
        versions = [
            note["params"]["version"]
            for note in client.notes
            if note["params"].get("version") and note["params"]["uri"] == client.uri("compose.yaml")
        ]
        assert versions == sorted(versions)
        assert versions[-1] == 21

    talk(Client(folder, options=ALONE), scenario)


def test_a_result_for_an_older_text_is_never_sent(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        await client.idle()
        linted = asyncio.Event()
        loop = asyncio.get_running_loop()

        def change_now(part: Any, documents: Any) -> None:
            # The text changes between the end of the work and the sending.
            loop.call_soon_threadsafe(client.change, "compose.yaml", "services: {}\n")
            loop.call_soon_threadsafe(linted.set)
            client.server.after_part.remove(change_now)

        client.server.after_part.insert(0, change_now)
        client.change("compose.yaml", WEB.replace("5433:", "5434:"))
        await linted.wait()
        await client.idle()
        told = [
            note["params"].get("version")
            for note in client.notes
            if note["params"]["uri"] == client.uri("compose.yaml")
        ]
        assert 2 not in told
        assert client.published("compose.yaml")["version"] == 3

    talk(Client(folder, options=ALONE), scenario)


def test_a_file_that_is_deleted_has_no_diagnostics_any_more(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert await client.settled("other/compose.yaml") == ["CF330"]
        (folder / "other/compose.yaml").unlink()
        client.changed_on_disk(deleted="other/compose.yaml")
        assert await client.settled("other/compose.yaml") == []
        (folder / "other/compose.yml").write_text(FILES["other/compose.yaml"])
        client.changed_on_disk(created="other/compose.yml")
        assert await client.settled("other/compose.yml") == ["CF330"]

    talk(Client(folder, EVERYTHING | {"textDocument": {}}, ALONE), scenario)


def test_a_file_is_renamed(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.idle()
        (folder / "other/compose.yaml").rename(folder / "other/compose.yml")
        names = {
            "oldUri": client.uri("other/compose.yaml"),
            "newUri": client.uri("other/compose.yml"),
        }
        client.notify("workspace/didRenameFiles", {"files": [names]})
        assert await client.settled("other/compose.yml") == ["CF330"]
        assert client.codes("other/compose.yaml") == []

    talk(Client(folder, options=ALONE), scenario)


def test_saving_finds_what_changed_on_the_disk_for_clients_that_do_not_watch(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        await client.idle()
        client.notify("textDocument/didSave", {"textDocument": {"uri": client.uri("compose.yaml")}})
        await client.idle()
        (folder / ".env").write_text("POR=5432\n")
        client.notify("textDocument/didSave", {"textDocument": {"uri": client.uri("compose.yaml")}})
        assert await client.settled("compose.yaml") == ["CF119", "CF140"]

    talk(Client(folder, options=ALONE), scenario)


def test_secrets_are_masked(folder: Path) -> None:
    secret = "Xk29vLq81TzRw7"

    async def scenario(client: Client) -> None:
        text = f"services:\n  a:\n    image: x\n    environment:\n      DB_PASSWORD: {secret}\n    command: app --password {secret}\n"
        client.open("compose.yaml", text)
        await client.idle()
        assert "CF" in str(client.published("compose.yaml"))
        assert secret not in str(client.notes)

    talk(Client(folder, options=Options(preset="all")), scenario)


# --- diagnostics that are asked for


def test_a_client_that_asks_is_sent_nothing(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        assert await client.pulled("compose.yaml") == ["CF330"]
        client.change("compose.yaml", "services: {web: {image: a}}\n")
        assert await client.pulled("compose.yaml") == []
        await client.idle()
        sent = [note["method"] for note in client.notes]
        assert "textDocument/publishDiagnostics" not in sent

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_a_client_that_cannot_be_told_to_ask_again_is_sent_all(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert "diagnosticProvider" not in client.result["capabilities"]
        client.open("compose.yaml")
        client.open(".env")
        assert await client.settled("compose.yaml") == ["CF330"]
        client.change(".env", "OTHER=1\n")
        await client.settled(".env")
        rows = client.published("compose.yaml")["diagnostics"]
        assert [row["code"] for row in rows] == ["CF119", "CF140"]

    asking = {"textDocument": {"diagnostic": {}}, "workspace": {}}
    talk(Client(folder, asking, ALONE), scenario)


def test_an_answer_that_is_known_is_not_repeated(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        params = {"textDocument": {"uri": client.uri("compose.yaml")}}
        first = await client.request("textDocument/diagnostic", params)
        assert first["kind"] == "full"
        known = await client.request(
            "textDocument/diagnostic", {**params, "previousResultId": first["resultId"]}
        )
        assert known == {"kind": "unchanged", "resultId": first["resultId"]}

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_what_is_not_linted_has_no_diagnostics(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        for uri in ("untitled:One", client.uri("README.md"), "file://elsewhere/compose.yaml"):
            answer = await client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            assert answer["items"] == []

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_the_workspace_is_asked_for_and_waits_for_news(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        first = await client.request("workspace/diagnostic", {"previousResultIds": []})
        by_uri = {item["uri"]: item for item in first["items"]}
        assert {client.uri("compose.yaml"), client.uri("other/compose.yaml")} == by_uri.keys()
        known = [{"uri": uri, "value": item["resultId"]} for uri, item in by_uri.items()]
        _, answer = client.ask("workspace/diagnostic", {"previousResultIds": known})
        await asyncio.sleep(0.05)
        assert not answer.done()
        client.open("compose.yaml", "services: {web: {image: a}}\n")
        (item,) = (await asyncio.wait_for(answer, DEADLINE))["items"]
        assert (item["uri"], item["items"], item["version"]) == (client.uri("compose.yaml"), [], 1)

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_a_client_is_told_to_ask_again_when_other_files_change(folder: Path) -> None:
    def refreshes(client: Client) -> int:
        return sum(each["method"] == "workspace/diagnostic/refresh" for each in client.asked)

    async def scenario(client: Client) -> None:
        await client.until(lambda: refreshes(client) == 1)
        client.open("compose.yaml")
        await client.idle()
        client.change("compose.yaml", WEB.replace("5433:", "127.0.0.1:5433:"))
        await client.idle()
        assert refreshes(client) == 1  # it asks about what it changes itself
        (folder / ".env").write_text("POR=5432\n")
        client.changed_on_disk(changed=".env")
        await client.until(lambda: refreshes(client) == 2)

    talk(Client(folder, EVERYTHING, ALONE), scenario)


# --- settings, folders, progress


def test_settings_come_with_the_first_request(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert await client.settled("compose.yaml") == ["CF330"]

    talk(Client(folder, initialization={"select": ["CF330"]}), scenario)
    talk(Client(folder, initialization={"composelint": {"select": "CF330"}}), scenario)


def test_settings_are_asked_for_by_folder(folder: Path) -> None:
    client = Client(folder, EVERYTHING, folders=[folder, folder / "other"])
    client.settings = {None: {"select": ["CF330"]}, client.uri("other"): {"ignore": ["ALL"]}}

    async def scenario(client: Client) -> None:
        await client.until(lambda: client.server.session.own_options)
        assert await client.pulled("compose.yaml") == ["CF330"]
        client.settings = {}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await client.until(lambda: not vars(client.server.session.options))
        assert len(await client.pulled("compose.yaml")) > 1

    talk(client, scenario)


def test_settings_are_sent_by_older_clients(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.notify(
            "workspace/didChangeConfiguration", {"settings": {"composelint": {"select": ["CF330"]}}}
        )
        assert await client.settled("compose.yaml") == ["CF330"]

    talk(Client(folder), scenario)


@pytest.mark.parametrize(
    "wrong", [{"preset": "none"}, {"select": 3}, {"trust": "yes"}, {"ignore": [1]}]
)
def test_a_setting_that_cannot_be_is_told_once_and_left_out(
    folder: Path, wrong: dict[str, Any]
) -> None:
    async def scenario(client: Client) -> None:
        for _ in range(2):
            client.notify("workspace/didChangeConfiguration", {"settings": wrong})
        await client.idle()
        told = [note for note in client.notes if note["method"] == "window/showMessage"]
        (name,) = wrong
        assert len(told) == 1
        assert f'"{name}"' in told[0]["params"]["message"]
        assert client.codes("compose.yaml") != []

    talk(Client(folder), scenario)


def test_a_rule_that_does_not_exist_is_told(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.until(lambda: any("CF999" in str(note) for note in client.notes))

    talk(Client(folder, initialization={"select": ["CF999"]}), scenario)


def test_an_error_in_the_configuration_is_shown_there(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("composelint.toml", "select = 3\n", "toml")
        await client.idle()
        (row,) = client.published("composelint.toml")["diagnostics"]
        assert row["range"]["start"]["line"] == 0
        assert row["severity"] == 1
        assert client.codes("compose.yaml") == []
        client.change("composelint.toml", "select = ['CF330']\n")
        assert await client.settled("composelint.toml") == []
        assert client.codes("compose.yaml") == ["CF330"]

    talk(Client(folder), scenario)


def test_folders_are_added_and_removed(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        assert await client.settled("other/compose.yaml") == []
        other = {"uri": client.uri("other"), "name": "other"}
        client.notify(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [other], "removed": []}}
        )
        assert await client.settled("other/compose.yaml") == ["CF330"]
        client.notify(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [other]}}
        )
        assert await client.settled("other/compose.yaml") == []

    talk(Client(folder, options=ALONE, folders=[]), scenario)


def test_the_first_pass_shows_how_far_it_is(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.idle()
        assert "window/workDoneProgress/create" in [each["method"] for each in client.asked]
        kinds = [
            note["params"]["value"]["kind"]
            for note in client.notes
            if note["method"] == "$/progress"
        ]
        assert kinds == ["begin", "report", "report", "end"]
        client.open("compose.yaml", "services: {}\n")
        await client.idle()
        assert sum(note["method"] == "$/progress" for note in client.notes) == 4

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_the_client_is_asked_to_watch(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        (asked,) = [each for each in client.asked if each["method"] == "client/registerCapability"]
        assert asked["params"]["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"

    talk(Client(folder, EVERYTHING), scenario)


# --- errors and cancellation


def test_a_request_that_waits_can_be_cancelled(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.idle()
        begin, go_on = asyncio.Event(), __import__("threading").Event()
        loop = asyncio.get_running_loop()

        def block() -> None:
            loop.call_soon_threadsafe(begin.set)
            go_on.wait(2 * DEADLINE)

        client.server.worker.submit(block)
        await begin.wait()
        number, answer = client.ask(
            "textDocument/diagnostic", {"textDocument": {"uri": client.uri("compose.yaml")}}
        )
        client.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Failed) as failure:
            await asyncio.wait_for(answer, DEADLINE)
        assert failure.value.code == -32800
        go_on.set()
        client.notify("$/cancelRequest", {"id": number})  # once more, too late
        assert await client.pulled("compose.yaml") == ["CF330"]

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_an_error_in_a_handler_is_answered_and_logged_without_texts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(folder, EVERYTHING, ALONE)

    @client.server.answers("textDocument/moniker")
    def broken(view: Any, params: Any) -> None:
        raise ValueError("hunter2 was in the file")

    async def scenario(client: Client) -> None:
        place = {
            "textDocument": {"uri": client.uri("compose.yaml")},
            "position": {"line": 0, "character": 0},
        }
        with pytest.raises(Failed, match="internal error: ValueError") as failure:
            await client.request("textDocument/moniker", place)
        assert "hunter2" not in str(failure.value)
        assert await client.pulled("compose.yaml") == ["CF330"]

    talk(client, scenario)
    log = capsys.readouterr().err
    assert "ValueError" in log
    assert "hunter2" not in log


@pytest.mark.parametrize(
    "message",
    [
        {"id": 900, "method": "textDocument/diagnostic", "params": {"textDocument": 3}},
        {"id": 900, "method": "textDocument/codeAction", "params": None},
        {"id": 900, "method": "no/such/method", "params": {}},
        {"id": 900, "method": "workspace/executeCommand", "params": {"command": "rm"}},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_read_is_answered_with_an_error(
    folder: Path, message: dict[str, Any]
) -> None:
    async def scenario(client: Client) -> None:
        answer = client._answers[900] = asyncio.get_running_loop().create_future()
        client.send(message)
        with pytest.raises(Failed):
            await asyncio.wait_for(answer, DEADLINE)
        assert await client.pulled("compose.yaml") == ["CF330"]

    talk(Client(folder, EVERYTHING, ALONE), scenario)


@pytest.mark.parametrize(
    "message",
    [
        {
            "method": "textDocument/didChange",
            "params": {
                "textDocument": {"uri": "file:///no", "version": 3},
                "contentChanges": [{"text": ""}],
            },
        },
        {"method": "textDocument/didClose", "params": {"textDocument": {"uri": "file:///no"}}},
        {"method": "textDocument/didChange", "params": {"contentChanges": "x"}},
        {
            "method": "workspace/didChangeWatchedFiles",
            "params": {
                "changes": [{"uri": "x:y", "type": 1}, {"uri": "file:///proc/1", "type": 3}]
            },
        },
        {"method": "workspace/didChangeConfiguration", "params": {"settings": [1, {"a": None}]}},
        {"method": "nobody/knows", "params": [1]},
        {"id": 77, "result": {"not": "asked for"}},
        {"params": {}},
    ],
    ids=str,
)
def test_other_messages_do_no_harm(folder: Path, message: dict[str, Any]) -> None:
    async def scenario(client: Client) -> None:
        client.send(message)
        assert await client.pulled("compose.yaml") == ["CF330"]

    talk(Client(folder, EVERYTHING, ALONE), scenario)


def test_a_file_is_open_twice_under_two_spellings(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        item = {
            "uri": client.uri("compose.yaml").replace("compose", "%63ompose"),
            "languageId": "yaml",
            "version": 4,
            "text": "services: {}\n",
        }
        client.notify("textDocument/didOpen", {"textDocument": item})
        await client.idle()
        client.notify("textDocument/didClose", {"textDocument": {"uri": item["uri"]}})
        assert await client.settled("compose.yaml") == ["CF330"]

    talk(Client(folder, options=ALONE), scenario)


# --- documents that are not on the disk, files that are closed


def unsaved(client: Client, name: str, language: str, text: str, version: int = 1) -> str:
    """Open a document that was never saved; returns its URI."""
    uri = f"untitled:{name}"
    item = {"uri": uri, "languageId": language, "version": version, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return uri


def shown(client: Client, uri: str) -> tuple[int | None, list[str]]:
    """The version and the codes of the newest diagnostics of a document."""
    sent = [note["params"] for note in client.notes if note["params"].get("uri") == uri]
    return sent[-1].get("version"), [row["code"] for row in sent[-1]["diagnostics"]]


NEW = WEB.replace("PORT", "NOWHERE")


def test_what_was_never_saved_is_linted_alone(folder: Path) -> None:
    (folder / "compose.override.yaml").write_text("services: {other: {build: ./none}}\n")

    async def scenario(client: Client) -> None:
        compose = unsaved(client, "Untitled-1", "dockercompose", NEW)
        yaml = unsaved(client, "Untitled-2", "yaml", NEW)
        dockerfile = unsaved(client, "Untitled-3", "dockerfile", "FROM a AS b\nFROM c AS b\n")
        text = unsaved(client, "Untitled-4", "plaintext", NEW)
        other = unsaved(client, "Untitled-5", "yaml", "a: 1\n")
        await client.idle()
        await client.until(lambda: "untitled" in str(client.notes))
        assert shown(client, compose) == (1, ["CF119", "CF140"])
        assert shown(client, yaml) == (1, ["CF119", "CF140"])
        assert shown(client, dockerfile) == (1, ["DF101"])
        assert not any(note["params"].get("uri") in (text, other) for note in client.notes)
        client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": yaml, "version": 2},
                "contentChanges": [{"text": "services: {web: {image: a}}\n"}],
            },
        )
        await client.idle()
        assert shown(client, yaml) == (2, [])
        for method in ("hover", "completion", "codeAction"):
            params = {
                "textDocument": {"uri": yaml},
                "position": {"line": 0, "character": 3},
                "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
                "context": {"diagnostics": [], "triggerKind": 1},
            }
            assert not await client.request(f"textDocument/{method}", params)
        client.notify("textDocument/didClose", {"textDocument": {"uri": yaml}})
        await client.idle()

    options = Options(select=("CF119", "CF140", "DF101", "XF101"))
    talk(Client(folder, options=options), scenario)


def test_what_was_never_saved_can_be_asked_about(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        uri = unsaved(client, "Untitled-1", "dockercompose", NEW)
        params = {"textDocument": {"uri": uri}}
        first = await client.request("textDocument/diagnostic", params)
        assert [row["code"] for row in first["items"]] == ["CF119", "CF140"]
        again = {**params, "previousResultId": first["resultId"]}
        assert (await client.request("textDocument/diagnostic", again))["kind"] == "unchanged"

    talk(Client(folder, EVERYTHING, ALONE), scenario)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [(".env", "POR=5432\n", "CF140"), ("Dockerfile", "FROM a AS other\n", "XF103")],
)
def test_a_closed_compose_file_shows_what_is_typed_elsewhere(
    folder: Path, name: str, text: str, code: str
) -> None:
    (folder / "compose.yaml").write_text(
        "services:\n  web:\n    build: {context: ., target: base}\n    ports: ['80:${PORT}']\n"
    )
    (folder / "Dockerfile").write_text("FROM a AS base\n")

    async def scenario(client: Client) -> None:
        client.open(name, language="plaintext")
        assert code not in await client.settled("compose.yaml")
        client.change(name, text)
        assert code in await client.settled("compose.yaml")
        assert "version" not in client.published("compose.yaml")
        client.close_file(name)
        assert code not in await client.settled("compose.yaml")

    talk(Client(folder), scenario)
