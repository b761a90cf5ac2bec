"""The scan of one repository: what a call there finds, within limits, and nothing of it is believed."""

from __future__ import annotations

import pickle
import tarfile
from pathlib import Path

import pytest
from checks import commit_all, run_python, write_files
from composelint import fleet
from composelint.linter.fleet.inside import Inside
from composelint.linter.fleet.limits import Limits
from composelint.linter.fleet.tables import STATES, TABLES
from hypothesis import given
from hypothesis import strategies as st
from repositories import PASSWORD, SHOP, bare, rows_of_call, rows_of_scan

CONFIG = "composelint.toml"
INSIDE = "composelint.linter.fleet.inside"
SHORT = Limits(seconds=1.5)


def plugin(body: str) -> dict[str, str]:
    """A repository whose configuration names a plug-in that runs this code."""
    return {
        "compose.yaml": "services: {web: {image: nginx}}\n",
        CONFIG: 'plugins = ["own_rules"]\n',
        "own_rules.py": f"{body}\n",
    }


# --- what is found


def test_a_bare_repository_is_read_as_a_call_there_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bare(tmp_path / "shop.git", SHOP)
    scan = fleet.scan_repository(folder)
    assert scan.repository["state"] == "ok"
    assert len(scan.findings) > 5
    assert rows_of_scan(scan.findings) == rows_of_call(folder, monkeypatch, at="HEAD")


def test_a_checkout_is_read_at_its_last_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    write_files(SHOP, folder)
    commit_all(folder)
    write_files({"other/Dockerfile": "FROM debian\n"}, folder)
    scan = fleet.scan_repository(folder)
    assert scan.repository["kind"] == "checkout"
    assert "other/Dockerfile" not in {file["path"] for file in scan.files}
    assert rows_of_scan(scan.findings) == rows_of_call(folder, monkeypatch, at="HEAD")


def test_an_archive_is_read_as_a_call_beside_it_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(SHOP, tmp_path / "shop")
    with tarfile.open(tmp_path / "shop.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "shop", "shop-1.0")
    scan = fleet.scan_repository(tmp_path / "shop.tar.gz")
    assert scan.repository["commit"].startswith("sha256:")
    assert scan.findings[0]["path"].startswith("shop-1.0/")
    assert rows_of_scan(scan.findings) == rows_of_call(tmp_path, monkeypatch, archive="shop.tar.gz")


def test_the_working_folder_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    write_files(SHOP, folder)
    commit_all(folder)
    seen = []
    for place in (tmp_path, folder, folder / "api", Path("/")):
        monkeypatch.chdir(place)
        scan = fleet.scan_repository(folder, id="shop")
        seen.append([scan.stacks, scan.files, scan.images, scan.findings])
        assert Path.cwd() == place
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_what_runs_is_a_row_of_images(tmp_path: Path) -> None:
    scan = fleet.scan_repository(bare(tmp_path / "shop.git", SHOP))
    images = {row["service"]: row for row in scan.images if row["source"] == "service"}
    assert images["web"]["built"]
    assert (images["web"]["ports"], images["web"]["memory"]) == ("8080:80/tcp", 64 * 1024**2)
    assert (images["db"]["name"], images["db"]["tag"]) == ("library/postgres", "11")
    assert images["db"]["end_of_life"] == "2023-11-09"
    (stage,) = [row for row in scan.images if row["source"] == "stage"]
    assert (stage["path"], stage["line"], stage["image"]) == ("Dockerfile", 1, "node:16")
    assert [(row["stack"], row["services"]) for row in scan.stacks] == [("compose.yaml", 2)]


def test_rows_have_the_columns_of_their_tables_and_no_secrets(tmp_path: Path) -> None:
    scan = fleet.scan_repository(bare(tmp_path / "shop.git", SHOP), id="acme/shop")
    assert "CF301" in {row["code"] for row in scan.findings}
    for name, rows in scan.tables.items():
        assert rows
        for row in rows:
            assert list(row) == [column.name for column in TABLES[name]]
            assert row["repository"] == "acme/shop"
    assert PASSWORD.encode() not in pickle.dumps(scan)
    assert pickle.loads(pickle.dumps(scan)) == scan


def test_names_that_are_no_text_become_texts(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "Dockerfile.\udcff").write_text("FROM debian\n")
    scan = fleet.scan_repository(folder)
    assert [row["path"] for row in scan.files] == ["Dockerfile.\\udcff"]


def test_a_commit_that_is_known_is_not_scanned(tmp_path: Path) -> None:
    folder = bare(tmp_path / "shop.git", SHOP)
    commit = fleet.scan_repository(folder).repository["commit"]
    again = fleet.scan_repository(folder, known=commit)
    assert (again.repository["state"], again.findings) == ("unchanged", [])


# --- equal contents


def test_equal_contents_are_linted_once(tmp_path: Path) -> None:
    one = bare(tmp_path / "one" / "shop.git", SHOP)
    other = bare(tmp_path / "other" / "shop.git", {**SHOP, "README.md": "more\n"})
    inside = Inside({"isolated": True, "trust": False}, Limits()._asdict())
    alone = Inside({"isolated": True, "trust": False}, Limits()._asdict()).scan(str(other), "", "")
    inside.scan(str(one), "", "")
    again = inside.scan(str(one), "", "")
    assert again["repositories"][0]["shared"]
    shared = inside.scan(str(other), "", "")
    assert all(shared[name] == alone[name] for name in ("findings", "files", "images", "stacks"))


FILES = {
    "compose.yaml": ["services: {web: {build: .}}\n", "services: {web: {image: 'redis:5'}}\n"],
    "Dockerfile": ["FROM node:16\nCOPY a.txt .\n", "FROM debian\n"],
    "a.txt": ["", None],
    ".dockerignore": ["a.txt\n", None],
    ".env": ["TAG=1\n", None],
}


@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in FILES.items()}),
        min_size=2,
        max_size=3,
    )
)
def test_what_is_shared_is_what_would_be_found(
    tmp_path_factory: pytest.TempPathFactory, variants: list[dict[str, str | None]]
) -> None:
    options, limits = {"isolated": True, "trust": False}, Limits()._asdict()
    together = Inside(options, limits)
    for files in variants:
        folder = tmp_path_factory.mktemp("variant") / "shop"
        folder.mkdir()
        write_files({name: text for name, text in files.items() if text is not None}, folder)
        (folder / ".git").mkdir()
        # A plain folder with its own root.
        (folder / ".git").rmdir()
        shared = together.scan(str(folder), "", "")
        alone = Inside(options, limits).scan(str(folder), "", "")
        assert {**shared, "repositories": 0} == {**alone, "repositories": 0}


# --- nothing is believed


def test_a_repository_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "mark"
    body = f"open({str(mark)!r}, 'w').close()"
    plain = fleet.scan_repository(bare(tmp_path / "plain.git", {**SHOP}), id="x")
    files = {**SHOP, **plugin(body), "compose.yaml": SHOP["compose.yaml"]}
    files[CONFIG] += 'ignore = ["ALL"]\nuse-environment = true\n'
    files["json.py"] = files["click.py"] = files["composelint/__init__.py"] = body
    scan = fleet.scan_repository(bare(tmp_path / "plugin.git", files), id="x")
    assert rows_of_scan(scan.findings) == rows_of_scan(plain.findings)
    write_files(files, tmp_path / "folder")
    monkeypatch.chdir(tmp_path / "folder")
    options, limits = {"isolated": True, "trust": False}, Limits()
    from composelint.linter.fleet.children import Children

    started = Children(options, limits)
    assert started.scan(str(tmp_path / "folder"), "", "")["repositories"][0]["state"] == "ok"
    started.end()
    assert not mark.exists()


def test_a_trusted_repository_has_its_configuration(tmp_path: Path) -> None:
    files = {**SHOP, CONFIG: 'select = ["CF301"]\n'}
    scan = fleet.scan_repository(bare(tmp_path / "shop.git", files), trust=True)
    assert {row["code"] for row in scan.findings} == {"CF301"}


def test_one_configuration_can_hold_for_all(tmp_path: Path) -> None:
    config = tmp_path / "acme.toml"
    config.write_text(
        'select = ["CF301", "DF401"]\nper-file-ignores = {"Dockerfile" = ["DF401"]}\n'
    )
    scan = fleet.scan_repository(bare(tmp_path / "shop.git", SHOP), config=config)
    assert {row["code"] for row in scan.findings if not row["suppressed"]} == {"CF301"}
    other = tmp_path / "other.toml"
    other.write_text('select = ["CF301"]\n')
    marks = {
        fleet.scan_repository(tmp_path / "missing", config=path).repository["configuration"]
        for path in (config, other, None)
    }
    assert len(marks) == 3


# --- limits and errors


def state_of(folder: Path, **options: object) -> tuple[str, str]:
    row = fleet.scan_repository(folder, **options).repository
    assert row["state"] in STATES
    return row["state"], row["why"]


def test_a_reader_that_hangs_is_killed_and_the_next_repository_is_read(tmp_path: Path) -> None:
    write_files(plugin("while True: pass"), tmp_path / "hangs")
    write_files(plugin("import time; time.sleep(600)"), tmp_path / "sleeps")
    write_files(SHOP, tmp_path / "shop")
    for name in ("hangs", "sleeps"):
        state, why = state_of(tmp_path / name, trust=True, limits=SHORT)
        assert (state, why) == ("time", "it took more than 1.5 s (--timeout)")
    assert state_of(tmp_path / "shop", trust=True)[0] == "ok"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (
            f"import {INSIDE} as it\nit.end_git = lambda: bytearray(1 << 30)",
            "memory",
        ),
        ("import os; os._exit(3)", "crashed"),
        ("import os; os.kill(os.getpid(), 11)", "crashed"),
    ],
)
def test_a_process_that_ends_is_a_row(tmp_path: Path, body: str, state: str) -> None:
    write_files(plugin(body), tmp_path / "odd")
    limits = Limits(memory=300 * 1024**2)
    assert state_of(tmp_path / "odd", trust=True, limits=limits)[0] == state


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    shop = bare(tmp_path / "shop.git", SHOP)
    empty = bare(tmp_path / "damaged.git", SHOP)
    for pack in empty.glob("objects/**/*"):
        if pack.is_file():
            pack.chmod(0o644)
            pack.write_bytes(b"junk" * 1000)
    (tmp_path / "junk.tar").write_bytes(b"\x93junk" * 100_000)
    (tmp_path / "bomb.zip").write_bytes(b"PK\3\4" + b"\0" * 500)
    assert state_of(tmp_path / "nothing")[0] == "missing"
    assert state_of(shop, revision="v9") == ("unreadable", 'git knows no commit called "v9"')
    for name in ("damaged.git", "junk.tar", "bomb.zip"):
        state, why = state_of(tmp_path / name)
        assert state == "unreadable", name
        assert why
    assert state_of(shop, limits=Limits(paths=2))[0] == "size"
    assert state_of(tmp_path / "junk.tar", limits=Limits(size=1000))[0] == "size"


def test_a_plain_call_loads_nothing_of_fleets(tmp_path: Path) -> None:
    write_files(SHOP, tmp_path)
    code = (
        "import sys; from composelint import check; check('.');"
        "print([n for n in sys.modules if n.partition('.')[0] in"
        " ('dask', 'distributed', 'pyarrow', 'duckdb') or '.fleet' in n])"
    )
    assert run_python("-c", code, folder=tmp_path).stdout == "[]\n"
