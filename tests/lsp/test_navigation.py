"""Definitions, references, renames, links, symbols and folds over the protocol, with unsaved changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")

from checks import LayOut
from client import EVERYTHING, Client, Failed, talk

COMPOSE = """\
services:
  web:
    image: nginx:1.30
    env_file: web.env
    depends_on: [db]
  db:
    image: postgres:${TAG}
"""
OVERRIDE = "services:\n  db: {restart: always}\n"
FILES = {
    "compose.yaml": COMPOSE,
    "compose.override.yaml": OVERRIDE,
    ".env": "TAG=18\n",
    "web.env": "A=1\n",
    "Dockerfile": "# one\n# two\nFROM alpine AS base\nRUN a && \\\n  b\nFROM base\n",
}


def at(client: Client, name: str, line: int, character: int, **more: Any) -> dict[str, Any]:
    """The parameters of a request about a place."""
    place = {"line": line, "character": character}
    return {"textDocument": {"uri": client.uri(name)}, "position": place, **more}


def places(client: Client, answer: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    """Locations as file, line and character."""
    return sorted((Path(each["uri"]).name, *each["range"]["start"].values()) for each in answer)


def test_names_lead_to_places_in_unsaved_files(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml", f"# 🙂 unsaved\n{COMPOSE}")
        client.open("compose.override.yaml")
        found = await client.request("textDocument/definition", at(client, "compose.yaml", 5, 18))
        assert places(client, found) == [("compose.override.yaml", 1, 2), ("compose.yaml", 6, 2)]
        asked = at(client, ".env", 0, 1, context={"includeDeclaration": True})
        found = await client.request("textDocument/references", asked)
        assert places(client, found) == [(".env", 0, 0), ("compose.yaml", 7, 22)]
        found = await client.request(
            "textDocument/documentHighlight", at(client, "compose.yaml", 6, 3)
        )
        assert [(each["range"]["start"]["line"], each["kind"]) for each in found] == [
            (5, 2),
            (6, 3),
        ]
        found = await client.request("textDocument/definition", at(client, "compose.yaml", 4, 16))
        assert places(client, found) == [("web.env", 0, 0)]

    talk(Client(lay_out(FILES)), scenario)


def test_a_rename_changes_two_files_in_the_versions_that_the_client_has(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        client.open("compose.yaml")
        client.change("compose.yaml", f"\n{COMPOSE}")
        place = at(client, "compose.yaml", 5, 18)
        prepared = await client.request("textDocument/prepareRename", place)
        assert prepared["placeholder"] == "db"
        edit = await client.request("textDocument/rename", {**place, "newName": "store"})
        changes = {
            Path(each["textDocument"]["uri"]).name: (
                each["textDocument"]["version"],
                [(one["range"]["start"]["line"], one["newText"]) for one in each["edits"]],
            )
            for each in edit["documentChanges"]
        }
        assert changes == {
            "compose.override.yaml": (None, [(1, "store")]),
            "compose.yaml": (2, [(5, "store"), (6, "store")]),
        }

    talk(Client(lay_out(FILES), EVERYTHING), scenario)


def test_a_rename_is_refused_with_the_reason(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        place = at(client, "compose.yaml", 1, 3)
        with pytest.raises(Failed) as failure:
            await client.request("textDocument/rename", {**place, "newName": "db"})
        assert str(failure.value) == 'There is a service "db" already'
        with pytest.raises(Failed) as failure:
            await client.request("textDocument/prepareRename", at(client, "web.env", 0, 0))
        assert str(failure.value) == "The program in the container reads A by this name"
        nothing = await client.request(
            "textDocument/prepareRename", at(client, "compose.yaml", 0, 1)
        )
        assert nothing is None

    talk(Client(lay_out(FILES)), scenario)


def test_what_may_mean_the_same_is_told(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        place = at(client, "compose.yaml", 5, 3)
        await client.request("textDocument/rename", {**place, "newName": "store"})
        notes = await client.until(
            lambda: [each for each in client.notes if each["method"] == "window/showMessage"]
        )
        assert notes[0]["params"]["message"] == 'May mean the service "db", too: run.sh:1'

    talk(Client(lay_out({**FILES, "run.sh": "docker compose exec db psql\n"})), scenario)


def test_links_lead_to_files_that_exist_and_to_pages_of_official_images(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        text = COMPOSE.replace("web.env", "[web.env, gone.env]")
        client.open("compose.yaml", text)
        document = {"textDocument": {"uri": client.uri("compose.yaml")}}
        found = await client.request("textDocument/documentLink", document)
        assert sorted((each["range"]["start"]["line"], each["tooltip"]) for each in found) == [
            (2, "https://hub.docker.com/_/nginx"),
            (3, "web.env"),
        ]
        assert [each["target"] for each in found if each["tooltip"] == "web.env"] == [
            client.uri("web.env")
        ]

    capabilities = {"textDocument": {"documentLink": {"tooltipSupport": True}}}
    talk(Client(lay_out(FILES), capabilities), scenario)


def test_links_have_no_tooltips_for_clients_without_them(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        document = {"textDocument": {"uri": client.uri("compose.yaml")}}
        found = await client.request("textDocument/documentLink", document)
        assert [each["target"] for each in found if each["range"]["start"]["line"] == 3] == [
            client.uri("web.env")
        ]
        assert not any("tooltip" in each for each in found)

    talk(Client(lay_out(FILES)), scenario)


def named(symbols: list[dict[str, Any]]) -> list[Any]:
    """Symbols as their names, each followed by those in it."""
    found: list[Any] = []
    for each in symbols:
        found.append(each["name"])
        if each.get("children"):
            found.append(named(each["children"]))
    return found


def test_symbols_and_folds_of_files_of_each_kind(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        async def ask(method: str, name: str) -> Any:
            document = {"textDocument": {"uri": client.uri(name)}}
            return await client.request(f"textDocument/{method}", document)

        client.open("compose.yaml", f"{COMPOSE}  broken\n")
        assert named(await ask("documentSymbol", "compose.yaml")) == [
            "services",
            ["web", ["image", "env_file", "depends_on"], "db", ["image"]],
        ]
        assert named(await ask("documentSymbol", "Dockerfile")) == ["base", ["RUN"], "1"]
        assert named(await ask("documentSymbol", ".env")) == ["TAG"]
        folds = await ask("foldingRange", "Dockerfile")
        assert [(each["startLine"], each["endLine"], each.get("kind")) for each in folds] == [
            (0, 1, "comment"),
            (2, 4, None),
            (3, 4, None),
        ]

    capabilities = {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}}
    talk(Client(lay_out(FILES), capabilities), scenario)


def test_symbols_without_a_hierarchy_name_what_they_are_in(lay_out: LayOut) -> None:
    async def scenario(client: Client) -> None:
        document = {"textDocument": {"uri": client.uri("compose.override.yaml")}}
        found = await client.request("textDocument/documentSymbol", document)
        assert [(each["name"], each["containerName"]) for each in found] == [
            ("services", ""),
            ("db", "services"),
            ("restart", "db"),
        ]

    talk(Client(lay_out(FILES)), scenario)
