"""What the editor offers to do about a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checks import write_files
from client import EVERYTHING, Client, edited, talk
from composelint.linter.api import check_texts, fix_text, format_text
from composelint.linter.config.options import Options

COMPOSE = """\
version: "3.8"
services:
  db:
    image: postgres:17
    ports:
      - "5432:5432"
  shop:
    image: shop/web:2.1
    build: .
"""
DOCKERFILE = "FROM alpine:3.22\nMAINTAINER me\nRUN apk add curl\nUSER 1000\n"
FILES = {"compose.yaml": COMPOSE, "Dockerfile": DOCKERFILE}
PLAIN: dict[str, Any] = {}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(FILES, tmp_path)
    return tmp_path


def titled(actions: list[dict[str, Any]], part: str) -> dict[str, Any]:
    (action,) = [each for each in actions if part in each["title"]]
    return action


def edits_of(edit: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    if "changes" in edit:
        return list(edit["changes"][uri])
    return [
        each
        for change in edit["documentChanges"]
        if change.get("textDocument", {}).get("uri") == uri
        for each in change["edits"]
    ]


@pytest.mark.parametrize("capabilities", [PLAIN, EVERYTHING], ids=["plain", "everything"])
def test_a_safe_fix_is_preferred_and_removes_the_finding(
    folder: Path, capabilities: dict[str, Any]
) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 0), "Delete")
        assert action["kind"] == "quickfix"
        assert action["isPreferred"]
        assert [each["code"] for each in action["diagnostics"]] == ["CF004"]
        if capabilities:
            assert "edit" not in action  # made when somebody chooses it
            action = await client.request("codeAction/resolve", action)
        text = edited(COMPOSE, edits_of(action["edit"], client.uri("compose.yaml")))
        assert text == COMPOSE.removeprefix('version: "3.8"\n')

    talk(Client(folder, capabilities), scenario)


def test_edits_are_for_the_version_that_the_client_has(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        client.change("compose.yaml", f"# one\n{COMPOSE}")
        action = titled(await client.actions("compose.yaml", 1), "Delete")
        action = await client.request("codeAction/resolve", action)
        (change,) = action["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": client.uri("compose.yaml"), "version": 2}

    talk(Client(folder, EVERYTHING), scenario)


def test_an_action_for_an_older_text_does_nothing(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 0), "Delete")
        client.change("compose.yaml", f"# one\n{COMPOSE}")
        action = await client.request("codeAction/resolve", action)
        assert "edit" not in action
        assert any("has changed" in str(note) for note in client.notes)

    talk(Client(folder, EVERYTHING), scenario)


def test_an_unsafe_fix_says_so(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 5, 12), "127.0.0.1")
        assert action["title"].endswith("(changes what runs)")
        assert "isPreferred" not in action
        action = await client.request("codeAction/resolve", action)
        text = edited(COMPOSE, edits_of(action["edit"], client.uri("compose.yaml")))
        assert '"127.0.0.1:5432:5432"' in text

    talk(Client(folder, EVERYTHING), scenario)


@pytest.mark.parametrize("capabilities", [PLAIN, EVERYTHING], ids=["plain", "everything"])
def test_a_suggestion_leaves_the_value_to_the_user(
    folder: Path, capabilities: dict[str, Any]
) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 6, 3), "(a suggestion: choose")
        if capabilities:
            action = await client.request("codeAction/resolve", action)
            (edit,) = edits_of(action["edit"], client.uri("compose.yaml"))
            assert "memory: ${1:512M}" in edit["snippet"]["value"]
        else:
            (edit,) = edits_of(action["edit"], client.uri("compose.yaml"))
            assert "memory: 512M" in edit["newText"]

    talk(Client(folder, capabilities, Options(select=("CF201",))), scenario)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("capabilities", [PLAIN, EVERYTHING], ids=["plain", "everything"])
def test_all_safe_fixes_at_once_are_those_of_the_command_line(
    folder: Path, name: str, capabilities: dict[str, Any]
) -> None:
    async def scenario(client: Client) -> None:
        client.open(name)
        (action,) = await client.actions(name, 0, only=["source.fixAll"])
        assert action["kind"] == "source.fixAll.composelint"
        if capabilities:
            action = await client.request("codeAction/resolve", action)
        text = edited(FILES[name], edits_of(action["edit"], client.uri(name)))
        assert text == fix_text(FILES[name], name).texts[name] != FILES[name]

    talk(Client(folder, capabilities), scenario)


def test_all_fixes_are_only_offered_when_they_are_asked_for(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        kinds = {each["kind"] for each in await client.actions("compose.yaml", 0)}
        assert kinds == {"quickfix"}
        kinds = {
            each["kind"] for each in await client.actions("compose.yaml", 0, only=["refactor"])
        }
        assert kinds == set()

    talk(Client(folder, EVERYTHING), scenario)


@pytest.mark.parametrize(
    ("name", "line", "code"), [("compose.yaml", 5, "CF330"), ("Dockerfile", 1, "DF904")]
)
def test_a_comment_accepts_a_finding_with_a_reason(
    folder: Path, name: str, line: int, code: str
) -> None:
    async def scenario(client: Client) -> None:
        client.open(name)
        assert code in await client.settled(name)
        actions = await client.actions(name, line, 10)
        action = next(
            each
            for each in actions
            if each["title"].startswith("Ignore") and each["diagnostics"][0]["code"] == code
        )
        text = edited(FILES[name], edits_of(action["edit"], client.uri(name)))
        assert "# composelint: ignore[" in text
        assert "why this is accepted" in text
        client.change(name, text)
        assert code not in await client.settled(name)

    talk(Client(folder), scenario)


def test_the_reason_is_a_placeholder_where_the_client_has_them(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 5, 12), "Ignore port-on-all")
        (edit,) = edits_of(action["edit"], client.uri("compose.yaml"))
        value = edit["snippet"]["value"]
        assert value.endswith("ignore[port-on-all-interfaces] ${1:why this is accepted}")

    talk(Client(folder, EVERYTHING), scenario)


def test_a_locked_rule_cannot_be_accepted(folder: Path) -> None:
    (folder / "composelint.toml").write_text("locked = ['CF330']\n")

    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        actions = await client.actions("compose.yaml", 5, 12)
        assert not [each for each in actions if "Ignore port-on-all" in each["title"]]

    talk(Client(folder, EVERYTHING), scenario)


def test_the_rule_is_shown(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        action = titled(await client.actions("compose.yaml", 5, 12), "Show the rule port-on-all")
        assert await client.request("codeAction/resolve", action) == action
        assert not any("nothing was changed" in str(note) for note in client.notes)
        command = action["command"]
        await client.request(
            "workspace/executeCommand",
            {"command": command["command"], "arguments": command["arguments"]},
        )
        (asked,) = [each for each in client.asked if each["method"] == "window/showDocument"]
        assert asked["params"]["uri"].endswith("port-on-all-interfaces.md")
        assert asked["params"]["external"]

    talk(Client(folder, EVERYTHING), scenario)


def test_only_pages_are_shown(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        await client.request(
            "workspace/executeCommand",
            {"command": "composelint.showRule", "arguments": ["CF330", "file:///etc/passwd"]},
        )
        assert not [each for each in client.asked if each["method"] == "window/showDocument"]

    talk(Client(folder, EVERYTHING), scenario)


def test_a_new_file_is_made_by_the_edit(folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM node:22\nCOPY . .\nUSER node\n")
    (folder / ".env").write_text("A=1\n")

    async def scenario(client: Client) -> None:
        client.open("Dockerfile", language="dockerfile")
        assert "DI001" in await client.pulled("Dockerfile")
        found = [
            each
            for each in await client.actions("Dockerfile", 1, 5)
            if any(item["code"] == "DI001" for item in each["diagnostics"]) and "data" in each
        ]
        action = await client.request("codeAction/resolve", found[0])
        create, content = action["edit"]["documentChanges"]
        assert (create["kind"], create["uri"]) == ("create", client.uri(".dockerignore"))
        assert content["edits"][0]["newText"]

    talk(Client(folder, EVERYTHING, Options(select=("DI001",))), scenario)


def test_the_findings_that_the_client_names_count_too(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        await client.idle()
        rows = client.published("compose.yaml")["diagnostics"]
        place = {"line": 1, "character": 0}
        actions = await client.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": client.uri("compose.yaml")},
                "range": {"start": place, "end": place},
                "context": {"diagnostics": [row for row in rows if row["code"] == "CF330"]},
            },
        )
        assert {each["code"] for action in actions for each in action["diagnostics"]} == {"CF330"}

    talk(Client(folder), scenario)


def test_masked_titles_and_whole_edits(folder: Path) -> None:
    secret = "Xk29vLq81TzRw7"
    text = f"services:\n  a:\n    image: x:1\n    environment:\n      - DB_PASSWORD={secret}\n"

    async def scenario(client: Client) -> None:
        client.open("compose.yaml", text)
        actions = await client.actions("compose.yaml", 4, 22)
        assert actions
        assert secret not in str([(each["title"], each["diagnostics"]) for each in actions])

    talk(Client(folder, EVERYTHING), scenario)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", "services:\n    web:\n        image:   nginx:1.30  \n"),
        ("compose.yaml", "services:\r\n    web:\r\n        image:   nginx:1.30  \r\n"),
        ("Dockerfile", "from alpine:3.22\nrun echo a\n"),
        ("compose.yaml", "services: {\n"),
    ],
)
def test_formatting_is_that_of_the_command_line(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())

    async def scenario(client: Client) -> None:
        client.open(name, text)
        edits = await client.request(
            "textDocument/formatting",
            {
                "textDocument": {"uri": client.uri(name)},
                "options": {"tabSize": 2, "insertSpaces": True},
            },
        )
        assert edited(text, edits) == format_text(text, name)

    talk(Client(folder), scenario)


def test_what_is_not_linted_has_no_actions_and_no_form(folder: Path) -> None:
    async def scenario(client: Client) -> None:
        place = {"line": 0, "character": 0}
        params = {
            "textDocument": {"uri": client.uri("README.md")},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        }
        assert await client.request("textDocument/codeAction", params) is None
        params["options"] = {"tabSize": 2, "insertSpaces": True}
        assert await client.request("textDocument/formatting", params) is None

    talk(Client(folder), scenario)


def test_the_fixes_offered_are_those_of_the_findings(folder: Path) -> None:
    found = {item.code for item in check_texts(FILES).diagnostics if item.fix is not None}

    async def scenario(client: Client) -> None:
        codes = set()
        for name, text in FILES.items():
            client.open(name)
            for line in range(text.count("\n") + 1):
                found_there = await client.actions(name, line, 4)
                for action in found_there + await client.actions(name, line, 9):
                    if action.get("data"):
                        codes.add(action["diagnostics"][0]["code"])
        assert codes == found

    talk(Client(folder, EVERYTHING), scenario)
