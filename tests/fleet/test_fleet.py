"""Runs over fleets on clusters of two workers: the rows of single scans, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from checks import commit_all, write_files
from composelint.linter.fleet.limits import Limits
from composelint.linter.fleet.query import Tables
from composelint.linter.fleet.run import Progress, Run, cluster
from composelint.linter.fleet.scan import call_options
from composelint.linter.fleet.sources import find_sources
from composelint.linter.fleet.store import Store
from fleets import COUNT, call, make_fleet, processes, rows, rows_of_single_scans, run
from repositories import SHOP, bare, rows_of_call, rows_of_scan


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_fleet(tmp_path_factory.mktemp("sources") / "all")


@pytest.fixture(scope="module")
def expected(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The rows of a run that nothing disturbed, which are those of single scans."""
    out = tmp_path_factory.mktemp("expected") / "out"
    code, errors = run("run", sources, "--out", out, "--workers", "2")
    assert code == 1, errors
    found = rows(out)
    counts = rows_of_single_scans(sorted(sources.glob("*.git")))
    assert {name: len(each) for name, each in found.items()} == counts
    return found


def wait_for(condition: Any, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def parts(out: Path) -> list[Path]:
    return list(out.glob("repositories/*.parquet"))


def test_rows_are_those_of_calls_in_each_repository(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert run("run", sources / "r00.git", sources / "r01.git", "--out", out)[0] == 1
    tables = Tables(str(out))
    for name in ("r00.git", "r01.git"):
        found = tables.ask("SELECT * FROM findings WHERE repository = ?", [name]).to_pylist()
        assert found
        wanted = rows_of_call(sources / name, monkeypatch, at="HEAD")
        assert rows_of_scan(found) == wanted


def test_what_was_done_is_not_done_again(sources: Path, expected: Any, tmp_path: Path) -> None:
    names = sorted(path.name for path in sources.glob("*.git"))
    manifest = tmp_path / "fleet.csv"
    lines = [f"{name},{sources / name},team{number % 3}" for number, name in enumerate(names)]
    manifest.write_text("\n".join(["id,path,owner", *lines]) + "\n")
    out = tmp_path / "out"
    assert run("run", manifest, "--out", out, "--workers", "2")[0] == 1
    before = parts(out)
    code, errors = run("run", manifest, "--out", out, "--workers", "2")
    assert code == 1
    assert f"{COUNT} unchanged" in errors
    assert parts(out) == before
    assert rows(out)["findings"] != expected["findings"]  # They have owners.
    # Another configuration is another question.
    code, errors = run("run", manifest, "--out", out, "--preset", "all", "--quiet")
    assert (code, errors) == (1, "")
    runs = [json.loads(path.read_text()) for path in sorted(out.glob("runs/*.json"))]
    assert [each["states"] for each in runs] == [{"ok": COUNT}, {"unchanged": COUNT}, {"ok": COUNT}]


def test_a_new_commit_brings_what_is_new_and_fixed(tmp_path: Path) -> None:
    write_files(SHOP, tmp_path / "all/shop")
    commit_all(tmp_path / "all/shop")
    bare(tmp_path / "all/other.git", SHOP)
    out = tmp_path / "out"
    # The bare one was cloned from a folder that is a repository, too.
    run("run", tmp_path / "all", "--out", out, "--workers", "2")
    write_files(
        {"Dockerfile": "FROM scratch\n", "new/Dockerfile": "FROM debian\n"}, tmp_path / "all/shop"
    )
    commit_all(tmp_path / "all/shop")
    _, errors = run("run", tmp_path / "all", "--out", out, "--workers", "2")
    assert "3 repositories, 1 ok, 2 unchanged" in errors
    process = call("report", out, "--format", "json")
    (change,) = json.loads(process.communicate()[0])["changes"]
    assert change["repository"] == "shop"
    assert change["new"] > 0
    assert change["fixed"] > 0


# --- faults


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_killed_worker_costs_a_retry_and_no_row(
    sources: Path, expected: Any, tmp_path: Path, after: int
) -> None:
    store = Store(str(tmp_path / "out"), make=True)
    todo = Run(store, find_sources([str(sources)]), call_options(trust=False), Limits())
    todo.begin()
    killed = []

    with cluster("", 2, False) as client:

        def kill(progress: Progress) -> None:
            if progress.done >= after and not killed:
                killed.append(min(client.run(os.getpid).values()))
                os.kill(killed[0], signal.SIGKILL)

        kill(Progress(0, COUNT, 0, {}))
        todo.scan(client, kill)
    todo.finish()
    assert killed
    assert rows(tmp_path / "out") == expected


def test_a_killed_run_is_finished_by_the_next_call(
    sources: Path, expected: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = call("run", sources, "--out", out, "--workers", "2")
    wait_for(lambda: parts(out))
    process.kill()
    process.communicate()
    assert 0 < len(parts(out)) < COUNT
    code, errors = run("run", sources, "--out", out, "--workers", "2")
    assert code == 1
    assert "unchanged" in errors
    assert rows(out) == expected
    assert len(list(out.glob("runs/*.json"))) == 1


def test_a_lost_scheduler_ends_the_run_and_the_next_call_finishes_it(
    sources: Path, expected: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for attempt in (1, 2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"tcp://127.0.0.1:{port}"
        scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port]
        worker = ["-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
        more = ["--no-dashboard", "--local-directory", tmp_path / "space"]
        with processes(
            [*map(str, scheduler), "--no-dashboard"], [*worker, *more], [*worker, *more]
        ) as started:
            process = call("run", sources, "--out", out, "--scheduler", address)
            if attempt == 1:
                wait_for(lambda: parts(out))
                started[0].kill()
            _, errors = process.communicate(timeout=120)
        if attempt == 1:
            assert process.returncode == 2, errors
            assert "the scheduler was lost; the same call goes on" in errors
            assert 0 < len(parts(out)) < COUNT
    assert process.returncode == 1, errors
    assert rows(out) == expected


def test_a_scheduler_that_does_not_answer_is_an_error(sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, errors = run("run", sources, "--out", out, "--scheduler", "tcp://127.0.0.1:9")
    assert code == 2
    assert "the scheduler does not answer" in errors


def test_a_full_disk_is_a_message_and_the_next_call_finishes_the_run(
    sources: Path, expected: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    # Room for the records, but not for the findings.
    code, errors = run("run", sources, "--out", out, "--workers", "2", limit=5000)
    assert code == 2, errors
    assert "the disk is full" in errors
    assert not list(out.glob("*/.*"))
    assert run("run", sources, "--out", out, "--workers", "2")[0] == 1
    assert rows(out) == expected


def test_each_bad_repository_is_a_row_that_says_why(tmp_path: Path) -> None:
    """A gigabyte of junk in three forms, damage, a reader that hangs, and a plug-in."""
    folder = tmp_path / "all"
    bare(folder / "good.git", SHOP)
    for name in ("damaged", "heavy"):
        repository = bare(folder / f"{name}.git", SHOP)
        subprocess.run(["git", "repack", "-adq"], cwd=repository, check=True)
        (pack,) = repository.glob("objects/pack/*.pack")
        pack.chmod(0o644)
        with pack.open("r+b") as stream:
            if name == "heavy":
                stream.truncate(1 << 30)
            else:
                stream.write(b"junk" * 50)
    with (folder / "junk.tar").open("wb") as stream:
        stream.truncate(1 << 30)
    (folder / "junk.zip").write_bytes(os.urandom(1 << 20))
    big = {**SHOP, "Dockerfile": "FROM debian\n"}
    write_files(big, folder / "big")
    commit_all(folder / "big")
    with (folder / "big/Dockerfile").open("ab") as stream:
        stream.truncate(1 << 30)
    mark = tmp_path / "mark"
    configured = {
        "composelint.toml": 'plugins = ["own_rules"]\n',
        "compose.yaml": SHOP["compose.yaml"],
        "own_rules.py": f"open({str(mark)!r}, 'a').close()\nwhile True: pass\n",
    }
    # Plug-ins are on the disk: only a checkout can have some.
    write_files(configured, folder / "plugin")
    commit_all(folder / "plugin")
    for work in folder.glob("*.work"):
        work.rename(tmp_path / work.name)

    out = tmp_path / "out"
    code, errors = run("run", folder, "--out", out, "--workers", "2", "--timeout", "60")
    assert code == 1, errors
    states = dict(Tables(str(out)).rows("SELECT repository, state FROM repositories"))
    assert states == {
        "good.git": "ok",
        "damaged.git": "unreadable",
        "heavy.git": states["heavy.git"],
        "junk.tar": states["junk.tar"],
        "junk.zip": "unreadable",
        "big": "ok",
        "plugin": "ok",
    }
    assert states["heavy.git"] in ("ok", "unreadable")
    assert states["junk.tar"] in ("ok", "unreadable")
    assert not mark.exists()

    trusted = tmp_path / "trusted"
    arguments = ["--workers", "2", "--timeout", "5", "--trust"]
    code, errors = run("run", folder / "plugin", folder / "good.git", "--out", trusted, *arguments)
    assert code == 1, errors
    assert mark.exists()
    answers = Tables(str(trusted)).rows(
        "SELECT repository, state, why FROM repositories ORDER BY 1"
    )
    assert answers == [
        ("good.git", "ok", ""),
        ("plugin", "time", "it took more than 5 s (--timeout)"),
    ]


def test_no_process_takes_much_memory(sources: Path, tmp_path: Path) -> None:
    import psutil

    process = call("run", sources, "--out", tmp_path / "out", "--workers", "2")
    most = 0
    top = psutil.Process(process.pid)
    while process.poll() is None:
        for each in [top, *top.children(recursive=True)]:
            try:
                most = max(most, each.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.05)
    process.communicate()
    assert 0 < most < 400 * 1024**2
