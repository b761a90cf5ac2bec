"""Cached results are used only as long as everything that was read for them is the same."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import GIT, write_files
from composelint.linter.engine import cache as caches
from composelint.linter.engine import run
from composelint.linter.engine.cache import Cache
from composelint.linter.engine.settings import Settings
from layouts import LAYOUTS
from linting import lint, settings

FOLDER = Path("../cache")


def append(path: str, text: str) -> Callable[[], object]:
    return lambda: Path(path).write_text(Path(path).read_text() + text)


def put(path: str, text: str = "") -> Callable[[], object]:
    return lambda: write_files({path: text})


CHANGES: list[tuple[str, str, Callable[[], object]]] = [
    ("apart", "a Compose file", append("a/compose.yaml", "    privileged: true\n")),
    ("apart", "a Dockerfile", append("c/Dockerfile", "RUN apt-get install curl\n")),
    ("apart", "an env file", append("a/web.env", "API_KEY=sk_live_9fK2mQ8sVx4TzB7nL1\n")),
    ("apart", "an env file that goes", lambda: Path("a/web.env").unlink()),
    ("apart", "a file that becomes a folder", lambda: (Path("a/web.env").unlink(), Path("a/web.env").mkdir())),
    ("apart", "an override that comes", put("a/compose.override.yaml", "services:\n  web:\n    tty: 3\n")),
    ("apart", "a .env that comes", put("a/.env", "COMPOSE_FILE=other.yaml\n")),
    ("apart", "an ignore file that comes", put("c/.dockerignore", ".git\n")),
    ("apart", "a file in the context", put("c/package.json", '{"name": "c"}')),
    ("apart", "a Compose file that builds another's folder", append("b/compose.yaml", "  c:\n    build: ../c\n")),
    ("built from above", "the ignore file", put("api/.dockerignore", "node_modules  # big\n")),
    ("built from above", "what COPY takes", put("web/gone")),
    ("built from above", "a Dockerfile that goes", lambda: Path("web/Dockerfile").unlink()),
    ("built from above", "a folder that becomes a link", lambda: (os.rename("web", "site"), os.symlink("site", "web"))),
    ("built from beside", "the stack that builds", append("stack/compose.yaml", "    privileged: true\n")),
    ("built from beside", "the image's name", put("stack/compose.yaml", "services:\n  api:\n    build: ../api\n")),
    ("extended", "the base", put("base/common.compose.yaml", "services:\n  base:\n    image: redis:7\n")),
    ("included upwards", "what is included", append("shared/compose.yaml", "    privileged: true\n")),
    ("merged", "the files of the stack", put(".env", "COMPOSE_FILE=compose.yaml\n")),
    ("merged", "the override that goes", lambda: Path("compose.override.yaml").unlink()),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "name", "change"), CHANGES, ids=[row[1] for row in CHANGES])
def test_after_a_change_the_file_is_linted_again(
    project: Path, layout: str, name: str, change: Callable[[], object]
) -> None:
    write_files(LAYOUTS[layout])
    before = lint(cache=True)
    change()
    after = lint()
    assert after != before, "the change has an effect"
    assert lint(cache=True) == after
    assert lint(cache=True) == after


@pytest.mark.parametrize("layout", LAYOUTS)
def test_after_a_change_is_undone_the_result_is_the_first_one(project: Path, layout: str) -> None:
    write_files(LAYOUTS[layout])
    before = lint(cache=True)
    for path in LAYOUTS[layout]:
        append(path, "\n# a comment\n")()
    lint(cache=True)
    write_files(LAYOUTS[layout])
    assert lint(cache=True) == before


def test_a_change_in_the_index_of_git_counts(project: Path) -> None:
    subprocess.run([*GIT, "init", "-q"], check=True)
    write_files(
        {"compose.yaml": "services:\n  web:\n    image: nginx\n", ".env": "PASSWORD=x8sf7s6df\n"}
    )
    write_files({".gitignore": ".env\n"})
    without_file = lint(cache=True)
    subprocess.run([*GIT, "add", "-f", ".env"], check=True)
    assert lint(cache=True) == lint() != without_file


def entries() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def test_files_without_a_change_are_not_linted_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(LAYOUTS["apart"])
    before = lint(cache=True)
    monkeypatch.setattr("composelint.linter.engine.run.check_project", None)
    assert lint(cache=True) == before


def test_only_the_changed_part_is_linted_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(LAYOUTS["apart"])
    lint(cache=True)
    append("b/compose.yaml", "    tty: true\n")()
    linted: list[str] = []
    real = run.check_project

    def watched(found, *rest):  # type: ignore[no-untyped-def]
        linted.extend(item.path for item in found)
        return real(found, *rest)

    monkeypatch.setattr(run, "check_project", watched)
    lint(cache=True)
    assert linted == ["b/compose.yaml"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "longer": lambda data: data + b"]",
    "one letter": lambda data: data.replace(b"nginx", b"nginy", 1),
    "another file": lambda data: b"not ours",
    "only a hash": lambda data: data.partition(b"\n")[0],
    "deep": lambda data: b"[" * 100_000,
    "binary": lambda data: bytes(range(256)) * 10,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_entry_is_replaced(project: Path, name: str) -> None:
    write_files(LAYOUTS["apart"])
    before = lint(cache=True)
    (entry,) = entries()
    content = entry.read_bytes()
    entry.write_bytes(DAMAGES[name](content))
    assert lint(cache=True) == before
    assert entry.read_bytes() == content


def test_a_file_or_link_in_place_of_the_folder_is_not_used(project: Path, tmp_path: Path) -> None:
    write_files(LAYOUTS["apart"])
    before = lint()
    FOLDER.write_text("a file where the folder should be")
    assert lint(cache=True) == before
    FOLDER.unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    FOLDER.symlink_to(elsewhere)
    assert lint(cache=True) == before
    assert list(elsewhere.iterdir()) == [], "a link is not followed"


def test_a_folder_that_cannot_be_written_is_not_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(LAYOUTS["apart"])
    before = lint()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert lint(cache=True) == before
    assert [path for path in FOLDER.iterdir() if path.suffix == ".tmp"] == []


def test_the_folder_is_marked_as_a_cache(project: Path) -> None:
    write_files(LAYOUTS["apart"])
    lint(cache=True)
    assert (FOLDER / ".gitignore").read_text() == "*\n"
    assert (
        (FOLDER / "CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )


def with_config(settings: Settings, **changes: object) -> Settings:
    return settings._replace(config=settings.config._replace(**changes))  # type: ignore[arg-type]


OTHER_SETTINGS: dict[str, Callable[[Settings], Settings]] = {
    "another selection": lambda one: one._replace(selection=type(one.selection)("recommended")),
    "profiles": lambda one: one._replace(profiles=("debug",)),
    "env files": lambda one: one._replace(env_files=("x.env",)),
    "no inline ignores": lambda one: with_config(one, inline_ignores=False),
    "outside": lambda one: with_config(one, allow_outside=True),
    "larger files": lambda one: with_config(one, max_file_size=1),
}


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_other_settings_have_another_entry(project: Path, name: str) -> None:
    write_files(LAYOUTS["apart"])
    cache, other_cache = (
        Cache(str(FOLDER), its_settings)
        for its_settings in (settings(), OTHER_SETTINGS[name](settings()))
    )
    assert cache._path != other_cache._path
    assert Cache(str(FOLDER), settings(), ["a"])._path != cache._path


def test_another_day_has_another_entry(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = Cache(str(FOLDER), settings())._path
    now = caches.time.time()
    monkeypatch.setattr(caches.time, "time", lambda: now + 86_400)
    assert Cache(str(FOLDER), settings())._path != today


def test_the_oldest_files_are_deleted_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(LAYOUTS["apart"])
    FOLDER.mkdir()
    for age in range(6):
        old = FOLDER / f"{age}.json"
        old.write_text("x" * 1000)
        os.utime(old, (1_000_000 - age, 1_000_000 - age))
    (FOLDER / "broken.tmp").write_text("")
    os.utime(FOLDER / "broken.tmp", (1, 1))
    monkeypatch.setattr(caches, "MAX_FILES", 4)
    lint(cache=True)
    assert [path.stem for path in entries() if len(path.stem) == 1] == ["0", "1", "2"]
    assert not (FOLDER / "broken.tmp").exists()
    monkeypatch.setattr(caches, "MAX_BYTES", 1)
    append("a/compose.yaml", "    tty: true\n")()
    lint(cache=True)
    assert len(entries()) == 1


def test_a_result_that_is_too_large_is_not_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(LAYOUTS["apart"])
    monkeypatch.setattr(caches, "MAX_FILE", 100)
    before = lint(cache=True)
    assert entries() == []
    assert lint(cache=True) == before


def test_an_entry_is_a_hash_and_json(project: Path) -> None:
    write_files(LAYOUTS["apart"])
    lint(cache=True)
    (entry,) = entries()
    check, _, data = entry.read_bytes().partition(b"\n")
    assert caches.digest(data).encode() == check
    assert len(json.loads(data)[1]) == 3
    assert entry.stat().st_mode & 0o077 == 0, (
        "it may contain parts of files that others cannot read"
    )
