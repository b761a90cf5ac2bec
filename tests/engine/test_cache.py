"""Cached results are used only as long as everything that was read for them is the same."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from checks import GIT, LayOut, Run, write_files
from composelint.linter.engine import cache as caches
from composelint.linter.engine import cache_key, run
from composelint.linter.engine.cache import Cache
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile
from composelint.linter.model.project import Project
from composelint.linter.result import Result
from layouts import LAYOUTS
from linting import lint, settings

FOLDER = Path("../cache")
SECRET = b"secret"


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

    def watched(found: Sequence[InputFile], *rest: Any) -> tuple[Result, Project]:
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


def with_config(settings: Settings, **changes: Any) -> Settings:
    return settings._replace(config=settings.config._replace(**changes))


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
        Cache(str(FOLDER), SECRET, its_settings)
        for its_settings in (settings(), OTHER_SETTINGS[name](settings()))
    )
    assert cache._path != other_cache._path
    assert Cache(str(FOLDER), SECRET, settings(), ["a"])._path != cache._path


def test_another_day_has_another_entry(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = Cache(str(FOLDER), SECRET, settings())._path
    now = caches.time.time()
    monkeypatch.setattr(caches.time, "time", lambda: now + 86_400)
    assert Cache(str(FOLDER), SECRET, settings())._path != today


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
    assert caches.signature(data, SECRET) == check
    assert len(json.loads(data)[1]) == 3
    assert entry.stat().st_mode & 0o077 == 0, (
        "it may contain parts of files that others cannot read"
    )


@pytest.mark.parametrize("preset", ["all", "style"])
def test_results_about_secrets_cannot_be_read_by_others(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch, preset: str
) -> None:
    value = "zQ41xW9vKpT"
    folder = lay_out(
        {
            "compose.yaml": f"services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {value}\n"
            "    image: postgres:18\n",
            ".env": "A=1\n",
            ".env.example": "A=\n",
        }
    )
    # A fix that moves keys holds their text.
    options = ("--preset", preset, "--show-secrets", "--output-format", "json")
    first = run(*options).stdout
    (entry,) = kept(folder)
    assert value.encode() not in entry.read_bytes()
    assert run(*options).stdout == first
    entry.unlink()
    monkeypatch.setattr(caches, "may_hold_secrets", lambda data: False)
    assert run(*options).stdout == first
    assert value.encode() in entry.read_bytes(), "a fix holds the value"


# --- entries that others made --------------------------------------------------------------

FINDING = "services:\n  web:\n    image: nginx\n"
CALL = ("--output-format", "concise", "--select", "CF401")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / ".composelint_cache").glob("*.json"))


def emptied(entry: Path) -> bytes:
    """The content of an entry without its findings, with the hash that anybody can make."""
    _, _, data = entry.read_bytes().partition(b"\n")
    document = json.loads(data)
    for kept_entry in document[1]:
        kept_entry[3][-1] = []
    changed = json.dumps(document, separators=(",", ":")).encode()
    return blake2b(changed, digest_size=12).hexdigest().encode() + b"\n" + changed


def test_an_entry_of_another_user_hides_nothing(
    lay_out: LayOut,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = lay_out({"compose.yaml": FINDING})
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    before = run_cli(run)
    assert before[0] == 1
    (entry,) = kept(folder)
    forged = emptied(entry)
    assert b"CF401" not in forged.partition(b"services")[2]
    for state in ("the same user", "another user"):
        entry.write_bytes(forged)
        if state == "another user":
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("other")))
        assert run_cli(run) == before, state
    # Even what the user's own secret has signed counts for that user only.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("third")))
    assert run_cli(run) == before


def run_cli(run: Run) -> tuple[int, str]:
    answer = run(*CALL)
    return answer.exit_code, answer.stdout


def signed(data: bytes, secret: bytes) -> bytes:
    return caches.signature(data, secret) + b"\n" + data


def test_a_cache_that_git_tracks_is_neither_read_nor_written(lay_out: LayOut, run: Run) -> None:
    folder = lay_out({"compose.yaml": FINDING})
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    before = run_cli(run)
    (entry,) = kept(folder)
    # As the user's own secret would sign it: what git has is not believed anyway.
    secret = (Path(os.environ["XDG_STATE_HOME"]) / "composelint" / "cache-key").read_bytes()
    forged = signed(emptied(entry).partition(b"\n")[2], secret)
    entry.write_bytes(forged)
    assert run_cli(run) == (0, "No problems found in 1 file.\n"), "the forgery is a good one"
    subprocess.run([*GIT, "add", "-f", ".composelint_cache"], cwd=folder, check=True)
    assert run_cli(run) == before
    assert entry.read_bytes() == forged


@pytest.mark.parametrize("whose", ["the folder", "the entry", "the secret"])
def test_what_another_user_owns_is_not_believed(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    folder = lay_out({"compose.yaml": FINDING})
    before = run_cli(run)
    (entry,) = kept(folder)
    secret = Path(os.environ["XDG_STATE_HOME"]) / "composelint" / "cache-key"
    forged = signed(emptied(entry).partition(b"\n")[2], secret.read_bytes())
    entry.write_bytes(forged)
    assert run_cli(run)[0] == 0, "the forgery is a good one"
    places = {"the folder": entry.parent, "the entry": entry, "the secret": secret}
    inode = places[whose].stat().st_ino
    real_own = cache_key._is_own
    monkeypatch.setattr(
        cache_key, "_is_own", lambda status: status.st_ino != inode and real_own(status)
    )
    assert run_cli(run) == before


@pytest.mark.parametrize("damage", ["short", "read by others", "a folder", "a link"])
def test_without_a_secret_there_is_no_cache(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory, damage: str,
) -> None:  # fmt: skip
    home = tmp_path_factory.mktemp("state") / "composelint"
    monkeypatch.setenv("XDG_STATE_HOME", str(home.parent))
    folder = lay_out({"compose.yaml": FINDING})
    home.mkdir()
    path = home / "cache-key"
    if damage == "a folder":
        path.mkdir()
    elif damage == "a link":
        (home / "other").write_bytes(b"x" * 32)
        (home / "other").chmod(0o600)
        path.symlink_to("other")
    else:
        path.write_bytes(b"x" * (3 if damage == "short" else 32))
        path.chmod(0o644 if damage == "read by others" else 0o600)
    assert run_cli(run)[0] == 1
    assert kept(folder) == []


def test_a_user_without_a_home_has_no_cache(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay_out({"compose.yaml": FINDING})
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    assert run_cli(run)[0] == 1
    assert kept(folder) == []


def test_the_secret_is_the_users_alone(
    lay_out: LayOut, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder that the user names outside of the tree has its own, so that it can be kept."""
    outside = tmp_path_factory.mktemp("outside") / "cache"
    lay_out({"compose.yaml": FINDING})
    run(*CALL, "--cache-dir", str(outside))
    assert sorted(path.suffix for path in outside.iterdir()) == ["", "", ".TAG", ".json"]
    usual = Path(os.environ["XDG_STATE_HOME"]) / "composelint" / "cache-key"
    run(*CALL)
    for path in (outside / "cache-key", usual):
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(path.read_bytes()) == 32
    run(*CALL, "--cache-dir", "inside")
    assert not Path("inside/cache-key").exists()
    assert list(Path("inside").glob("*.json"))
