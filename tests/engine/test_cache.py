"""What is remembered counts only while everything that was seen for it is the same."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from composelint.linter.engine import cache as caches
from composelint.linter.engine.cache import Cache
from composelint.linter.engine.settings import Settings
from layouts import LAYOUTS
from linting import lint, settings, write

FOLDER = Path("../cache")


def append(path: str, text: str) -> Callable[[], object]:
    return lambda: Path(path).write_text(Path(path).read_text() + text)


def put(path: str, text: str = "") -> Callable[[], object]:
    return lambda: write({path: text})


CHANGES: list[tuple[str, str, Callable[[], object]]] = [
    ("apart", "a Compose file", append("a/compose.yaml", "    privileged: true\n")),
    ("apart", "a Dockerfile", append("c/Dockerfile", "RUN apt-get install curl\n")),
    ("apart", "an env file", append("a/web.env", "API_KEY=sk_live_4eC39HqLyjWDarjtT1\n")),
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


@pytest.mark.parametrize(("layout", "what", "change"), CHANGES, ids=[case[1] for case in CHANGES])
def test_a_change_is_seen(
    project: Path, layout: str, what: str, change: Callable[[], object]
) -> None:
    write(LAYOUTS[layout])
    before = lint(cache=True)
    change()
    after = lint()
    assert after != before, "the change is to change something"
    assert lint(cache=True) == after
    assert lint(cache=True) == after


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_change_and_back(project: Path, layout: str) -> None:
    write(LAYOUTS[layout])
    before = lint(cache=True)
    for path in LAYOUTS[layout]:
        append(path, "\n# a comment\n")()
    lint(cache=True)
    write(LAYOUTS[layout])
    assert lint(cache=True) == before


def test_what_git_says_counts(project: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    write({"compose.yaml": "services:\n  web:\n    image: nginx\n", ".env": "PASSWORD=x8sf7s6df\n"})
    write({".gitignore": ".env\n"})
    quiet = lint(cache=True)
    subprocess.run([*git, "add", "-f", ".env"], check=True)
    assert lint(cache=True) == lint() != quiet


def entries() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def test_nothing_is_linted_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(LAYOUTS["apart"])
    before = lint(cache=True)
    monkeypatch.setattr("composelint.linter.engine.run.check_project", None)
    assert lint(cache=True) == before


def test_only_what_changed_is_linted_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from composelint.linter.engine import run

    write(LAYOUTS["apart"])
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
    "nothing but a hash": lambda data: data.partition(b"\n")[0],
    "deep": lambda data: b"[" * 100_000,
    "binary": lambda data: bytes(range(256)) * 10,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_does_no_harm(project: Path, name: str) -> None:
    write(LAYOUTS["apart"])
    before = lint(cache=True)
    (entry,) = entries()
    whole = entry.read_bytes()
    entry.write_bytes(DAMAGES[name](whole))
    assert lint(cache=True) == before
    assert entry.read_bytes() == whole


def test_what_is_in_the_way_does_no_harm(project: Path, tmp_path: Path) -> None:
    write(LAYOUTS["apart"])
    before = lint()
    FOLDER.write_text("a file where the folder should be")
    assert lint(cache=True) == before
    FOLDER.unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    FOLDER.symlink_to(elsewhere)
    assert lint(cache=True) == before
    assert list(elsewhere.iterdir()) == [], "a link is not followed"


def test_a_folder_that_cannot_be_written_does_no_harm(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(LAYOUTS["apart"])
    before = lint()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert lint(cache=True) == before
    assert [path for path in FOLDER.iterdir() if path.suffix == ".tmp"] == []


def test_the_folder_tells_others_what_it_is(project: Path) -> None:
    write(LAYOUTS["apart"])
    lint(cache=True)
    assert (FOLDER / ".gitignore").read_text() == "*\n"
    assert (
        (FOLDER / "CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )


def with_config(settings: Settings, **changes: object) -> Settings:
    return settings._replace(config=settings.config._replace(**changes))  # type: ignore[arg-type]


SETTINGS: dict[str, Callable[[Settings], Settings]] = {
    "another selection": lambda one: one._replace(selection=type(one.selection)("recommended")),
    "profiles": lambda one: one._replace(profiles=("debug",)),
    "env files": lambda one: one._replace(env_files=("x.env",)),
    "no inline ignores": lambda one: with_config(one, inline_ignores=False),
    "outside": lambda one: with_config(one, allow_outside=True),
    "larger files": lambda one: with_config(one, max_file_size=1),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_other_settings_have_their_own_entry(project: Path, name: str) -> None:
    write(LAYOUTS["apart"])
    one, other = (Cache(str(FOLDER), with_) for with_ in (settings(), SETTINGS[name](settings())))
    assert one._path != other._path
    assert Cache(str(FOLDER), settings(), ["a"])._path != one._path


def test_tomorrow_is_another_day(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = Cache(str(FOLDER), settings())._path
    now = caches.time.time()
    monkeypatch.setattr(caches.time, "time", lambda: now + 86_400)
    assert Cache(str(FOLDER), settings())._path != today


def test_the_oldest_files_go_first(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(LAYOUTS["apart"])
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


def test_too_much_is_not_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(LAYOUTS["apart"])
    monkeypatch.setattr(caches, "MAX_FILE", 100)
    before = lint(cache=True)
    assert entries() == []
    assert lint(cache=True) == before


def test_an_entry_is_json_behind_its_hash(project: Path) -> None:
    write(LAYOUTS["apart"])
    lint(cache=True)
    (entry,) = entries()
    check, _, data = entry.read_bytes().partition(b"\n")
    assert caches.digest(data).encode() == check
    assert len(json.loads(data)[1]) == 3
    assert entry.stat().st_mode & 0o077 == 0, "it may hold parts of files that others cannot read"
