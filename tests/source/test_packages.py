"""Calls of package managers: which manager, which action, which operands."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.source.shell.packages import PackageCommand, read_package_command
from composelint.linter.source.shell.parse import parse_shell


def read(text: str) -> list[PackageCommand]:
    script = parse_shell(SourceFile("Dockerfile", text), text, lambda index: index)
    package_commands = (read_package_command(command) for command in script.commands)
    return [item for item in package_commands if item is not None]


CALLS = [
    ("apt-get install -y a b", "apt", "install", ["a", "b"]),
    ("apt-get -qq -o Acquire::Retries=3 install a", "apt", "install", ["a"]),
    ("apt-get -t backports install a", "apt", "install", ["a"]),
    ("apt full-upgrade", "apt", "dist-upgrade", []),
    ("aptitude safe-upgrade", "apt", "upgrade", []),
    ("apt-get purge a", "apt", "remove", ["a"]),
    ("apt-get distclean", "apt", "dist-clean", []),
    ("sudo -E apt-get update", "apt", "update", []),
    ("/usr/bin/apt-get update", "apt", "update", []),
    ("apk --no-cache add -t .deps a", "apk", "install", ["a"]),
    ("apk del a", "apk", "remove", ["a"]),
    ("yum -y groupinstall x", "yum", "install", ["x"]),
    ("dnf in a", "dnf", "install", ["a"]),
    ("dnf5 install a", "dnf", "install", ["a"]),
    ("dnf module install nodejs:22", "dnf", "module-install", ["nodejs:22"]),
    ("dnf group install web", "dnf", "group-install", ["web"]),
    ("dnf install --setopt install_weak_deps=False a", "dnf", "install", ["a"]),
    ("microdnf install a", "microdnf", "install", ["a"]),
    ("zypper -n --repo x in a", "zypper", "install", ["a"]),
    ("zypper dup", "zypper", "dist-upgrade", []),
    ("pip3.12 install -r r.txt a", "pip", "install", ["a"]),
    ("python3 -m pip install --target /x a", "pip", "install", ["a"]),
    ("${VENV}/bin/pip install a", "pip", "install", ["a"]),
    ("uv pip install --python /x a", "pip", "install", ["a"]),
    ("uv sync --frozen", "uv", "sync", []),
    ("uv tool install a", "uv", "tool-install", ["a"]),
    ("pipx install a", "pipx", "install", ["a"]),
    ("npm i -g a", "npm", "install", ["a"]),
    ("npm clean-install", "npm", "ci", []),
    ("npm --prefix ui run build", "npm", "run", ["build"]),
    ("npm ci --omit dev", "npm", "ci", []),
    ("yarn", "yarn", "install", []),
    ("yarn --frozen-lockfile", "yarn", "install", []),
    ("yarn global add a", "yarn", "global-add", ["a"]),
    ("yarn workspaces focus --production", "yarn", "workspaces-focus", []),
    ("pnpm -F api run build", "pnpm", "run", ["build"]),
    ("bun install", "bun", "install", []),
    ("gem install a -v 1", "gem", "install", ["a"]),
    ("go mod download", "go", "mod-download", []),
    ("go build -ldflags '-s -w' -o /x ./cmd", "go", "build", ["./cmd"]),
    ("go install a/b@v1", "go", "install", ["a/b@v1"]),
    ("bundle", "bundle", "install", []),
    ("composer install --no-dev", "composer", "install", []),
    ("poetry install --only main", "poetry", "install", []),
    ("cargo install --path .", "cargo", "install", []),
]


@pytest.mark.parametrize(
    ("text", "manager", "action", "operands"), CALLS, ids=[call[0] for call in CALLS]
)
def test_a_call_has_a_manager_an_action_and_operands(
    text: str, manager: str, action: str, operands: list[str]
) -> None:
    (call,) = read(text)
    assert (call.manager, call.action) == (manager, action)
    assert [word.value for word in call.operands] == operands


@pytest.mark.parametrize(
    "text",
    [
        "echo apt-get install a",
        "npx tsc",
        "aptly publish",
        "pip3.x install",
        "$PIP install a",
        "dpkg -i a",
        "true",
    ],
)
def test_other_commands_are_not_calls_of_package_managers(text: str) -> None:
    assert read(text) == []


def test_the_verb_has_a_place_and_options_are_counted() -> None:
    text = "apt-get update && apt-get -q -q install --no-install-recommends a"
    update, install = read(text)
    assert update.program == "apt-get"
    assert install.verb is not None
    assert text[install.verb.at : install.verb.end] == "install"
    assert install.options.count("-q") == 2
    assert install.options.has("--no-install-recommends")


def test_a_call_can_have_no_verb() -> None:
    (call,) = read("apt-get --version")
    assert (call.action, call.verb) == ("", None)
