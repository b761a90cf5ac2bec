"""The configurations of editors in docs/editors.md are valid, and start the server.

``tests/editors`` runs those for Neovim.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from checks import ROOT
from composelint.linter.config.options import Options
from composelint.linter.lsp.settings import ACCEPTED, options_of, unwrapped

PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def accepted(settings: dict[str, Any]) -> bool:
    """Whether the server knows settings and takes their values."""
    options, problems = options_of(settings, Options(), "/")
    return (
        not problems and {name for name, value in settings.items() if value} <= vars(options).keys()
    )


def test_languages_of_the_blocks() -> None:
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"json", "lisp", "lua", "toml"}


def test_helix() -> None:
    (block,) = blocks("toml")
    data = tomllib.loads(block)
    server = data["language-server"]["composelint"]
    assert [server["command"], *server["args"]] == ["composelint", "server"]
    assert accepted(server["config"])
    assert {name for each in data["language"] for name in each["language-servers"]} == {
        "composelint"
    }


def test_vs_code() -> None:
    block, _ = map(json.loads, blocks("json"))
    package = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    own = f"{package['publisher']}.{package['name']}"
    assert {each["editor.defaultFormatter"] for name, each in block.items() if "[" in name} == {own}
    readme = (ROOT / "editors" / "vscode" / "README.md").read_text("utf-8")
    assert json.dumps(block, indent=4) == json.dumps(
        json.loads(re.search(r"```json\n(.*?)```", readme, re.DOTALL)[1]), indent=4
    )


def test_sublime_text() -> None:
    _, block = map(json.loads, blocks("json"))
    client = block["clients"]["composelint"]
    assert client["command"] == ["composelint", "server"]
    assert accepted(
        {name.removeprefix("composelint."): value for name, value in client["settings"].items()}
    )


def test_emacs() -> None:
    (block,) = blocks("lisp")
    assert block.count("(") == block.count(")")
    assert '("composelint" "server")' in block
    assert accepted(unwrapped({"composelint": {"preset": "recommended"}}))
    assert '(:composelint (:preset "recommended"))' in block


def test_neovim() -> None:
    for block in blocks("lua"):
        assert "cmd = { 'composelint', 'server' }" in block


def test_settings_are_those_that_the_server_takes() -> None:
    section = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    named = set(
        re.findall(r"`([a-zA-Z]+)`", "".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)))
    )
    snake = {re.sub(r"([A-Z])", r"_\1", name).lower() for name in named}
    assert snake == set(ACCEPTED)


def test_settings_of_the_extension_are_among_them() -> None:
    package = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text("utf-8"))
    own = {"enable", "interpreter", "trace.server"}
    names = {
        name.removeprefix("composelint.")
        for name in package["contributes"]["configuration"]["properties"]
    }
    snake = {re.sub(r"([A-Z])", r"_\1", name).lower() for name in names - own}
    assert own < names
    assert snake <= set(ACCEPTED)
