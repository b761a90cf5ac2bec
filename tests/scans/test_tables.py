"""The folder of a fleet, its views, and what is told about them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from checks import Run
from composelint.linter.fleet.batches import scan_batch
from composelint.linter.fleet.output import as_csv, as_table
from composelint.linter.fleet.query import VIEWS, QueryError, Tables
from composelint.linter.fleet.scan import scan_of
from composelint.linter.fleet.sources import Source
from composelint.linter.fleet.store import SCHEMAS, Store, StoreError
from composelint.linter.fleet.tables import SCHEMA_VERSION, TABLES

ESCAPE = "\x1b]0;x\x07"


def finding(code: str = "CF301", line: int = 1, severity: str = "warning", **more: Any) -> Any:
    return {
        "code": code,
        "name": "secret-in-environment",
        "category": "security",
        "severity": severity,
        "path": "compose.yaml",
        "line": line,
        "col": 1,
        "end_line": line,
        "end_col": 2,
        "message": f"m{ESCAPE}",
        "fix": None,
        "stack": None,
        "service": None,
        "stage": None,
        "suppressed": None,
        "fingerprint": f"{code}{line}",
        **more,
    }


def image(text: str, end: str | None) -> Any:
    return {
        "source": "service",
        "path": "compose.yaml",
        "line": 1,
        "stack": "compose.yaml",
        "service": "db",
        "image": text,
        "registry": "docker.io",
        "name": text,
        "tag": None,
        "digest": None,
        "built": False,
        "end_of_life": end,
        "ports": "",
        "memory": None,
        "cpus": None,
        "replicas": 1,
    }


def scan(id: str, *findings: Any, commit: str = "c1", state: str = "ok", images: Any = ()) -> Any:
    numbers = {"findings": len(findings), "errors": 0, "warnings": len(findings)}
    row = {"state": state, "commit": commit, "started": 1_790_000_000.0, **numbers}
    answer = {"repositories": [row], "findings": list(findings), "images": list(images)}
    return scan_of(answer, id, "conf")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "fleet"), make=True)


def two_runs(store: Store) -> str:
    """A fleet of three repositories, of which one changed in the second run."""
    sources = [
        Source("a", "/a", "", "ann", {"tier": "1"}),
        Source("b", "/b", "", "bob", {"tier": "2"}),
        Source("c", "/c"),
    ]
    for run in (1, 2):
        store.write_sources(run, sources)
        store.write_run({"run": run, "finished": "x"})
    store.write_part(
        1,
        "000001-x",
        [
            scan("a", finding(), finding(line=2), images=[image("postgres:9", "2021-11-11")]),
            scan("b", finding("DF401", name="base-untagged")),
        ],
    )
    store.write_part(2, "000002-x", [scan("a", finding(), finding(line=3), finding(line=3))])
    return store.folder


def test_each_file_of_a_part_has_the_columns_of_its_table(store: Store) -> None:
    two_runs(store)
    for name, columns in TABLES.items():
        for path in Path(store.folder, name).iterdir():
            schema = pq.read_schema(path)
            assert schema.names == [column.name for column in columns]
            assert schema.metadata[b"composelint.schema"] == str(SCHEMA_VERSION).encode()
            assert schema.equals(SCHEMAS[name])


def test_a_part_that_is_written_twice_is_there_once(store: Store) -> None:
    folder = two_runs(store)
    before = Tables(folder).rows("SELECT * FROM findings ORDER BY ALL")
    two_runs(store)
    assert Tables(folder).rows("SELECT * FROM findings ORDER BY ALL") == before
    # A late worker of a broken run, whose batch had other repositories besides.
    store.write_part(2, "000002-y", [scan("a", finding(), finding(line=3), finding(line=3))])
    rows = Tables(folder).rows("SELECT repository, code, line FROM findings ORDER BY ALL")
    assert rows == [("a", "CF301", 1), ("a", "CF301", 3), ("a", "CF301", 3), ("b", "DF401", 1)]


def test_a_part_that_fails_leaves_nothing(store: Store) -> None:
    folder = two_runs(store)

    def scans() -> Any:
        yield scan("c", finding())
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        store.write_part(3, "000003-x", scans())
    assert not [name for _, _, names in os.walk(folder) for name in names if "000003" in name]
    # Findings whose repositories did not appear any more do not count.
    store.write_part(3, "000003-x", [scan("c", finding())])
    Path(folder, "repositories/000003-x.parquet").unlink()
    assert Tables(folder).rows("SELECT count(*) FROM findings WHERE repository = 'c'") == [(0,)]


def test_what_is_known_need_not_be_scanned_again(store: Store) -> None:
    store.write_part(1, "1", [scan("a"), scan("b"), scan("c", state="crashed")])
    store.write_part(2, "2", [scan("b", commit="c2")])
    assert store.known("conf") == {"a": "c1", "b": "c2"}
    assert store.known("other") == {}


def test_another_folder_is_not_taken_for_a_fleet(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for make, why in ((True, "not empty"), (False, "no fleet.json")):
        with pytest.raises(StoreError, match=why):
            Store(str(tmp_path), make=make)
    (tmp_path / "fleet.json").write_text('{"schema": 99}')
    with pytest.raises(StoreError, match="are of version 99"):
        Store(str(tmp_path))


def test_two_runs_at_a_time_are_refused(store: Store) -> None:
    store.lock()
    with pytest.raises(StoreError, match="another run"):
        Store(store.folder).lock()
    store.unlock()
    Store(store.folder).lock()


def test_a_worker_of_another_version_refuses(store: Store) -> None:
    plan = (store.folder, 1, "{}", [1.0, 1, 1, 1], "conf", "0.0.1")
    assert "this program is 0.0.1" in scan_batch(plan, [("a", "/a", "", "")])[3]


# --- views


def test_views_show_the_newest_scans_of_what_the_sources_name(store: Store) -> None:
    tables = Tables(two_runs(store))
    rows = tables.rows("SELECT repository, owner, tier, state, run FROM repositories ORDER BY 1")
    assert rows == [
        ("a", "ann", "1", "ok", 2),
        ("b", "bob", "2", "ok", 1),
        ("c", "", None, "pending", None),
    ]
    assert tables.rows("SELECT count(*) FROM scans") == [(3,)]
    assert tables.rows("SELECT count(*) FROM scanned_findings") == [(6,)]
    for view in VIEWS:
        assert tables.ask(f"SELECT * FROM {view}").num_columns > 5


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM glob('/*')",
        "COPY findings TO '/tmp/x'",
        "ATTACH '/tmp/x'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "",
        "SELEC",
        "SELECT * FROM store",
    ],
)
def test_sql_reaches_no_file_and_changes_nothing(store: Store, sql: str) -> None:
    tables = Tables(two_runs(store))
    with pytest.raises(QueryError):
        tables.ask(sql)


def test_values_have_no_effect_on_who_reads_them(store: Store, run: Run) -> None:
    folder = two_runs(store)
    for form in ("table", "json", "csv"):
        answer = run("fleet", "query", folder, "SELECT message FROM findings", "--format", form)
        assert answer.exit_code == 0
        assert "\x1b" not in answer.output
        assert "\x07" not in answer.output
    assert as_csv(["=a"], [["=1+1"], [-1]]) == "'=a\n'=1+1\n-1\n"
    assert as_table(["n"], [[1000], ["x"]]) == "n\n1,000\nx\n"


def test_an_answer_can_be_parquet(store: Store, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answer.parquet"
    sql = "SELECT code, line FROM findings ORDER BY ALL"
    answer = run("fleet", "query", two_runs(store), sql, "--format", "parquet", "-o", str(path))
    assert answer.exit_code == 0
    assert pq.read_table(path)["line"].to_pylist() == [1, 3, 3, 1]


# --- reports


def report(run: Run, folder: str, *arguments: str) -> Any:
    answer = run("fleet", "report", folder, "--format", "json", *arguments)
    assert answer.exit_code == 0, answer.stderr
    return json.loads(answer.stdout)


def test_a_report_tells_what_is_worst_old_new_and_fixed(store: Store, run: Run) -> None:
    data = report(run, two_runs(store))
    assert data["repositories"][0]["repository"] == "a"
    assert data["rules"][0]["findings"] == 3
    assert data["secrets"] == [{"owner": "ann", "secrets": 3, "repositories": 1}]
    assert data["changes"] == [{"repository": "a", "new": 2, "fixed": 1}]
    assert data["states"] == [{"repository": "c", "owner": "", "state": "pending", "why": None}]
    # The image is gone since the second run.
    assert data["images"] == []


def test_changes_are_counted_since_a_day(store: Store, run: Run) -> None:
    folder = two_runs(store)
    assert report(run, folder, "--since", "2020-01-01")["changes"] == []
    changes = report(run, folder, "--since", "2040-01-01")["changes"]
    assert changes == []
    assert run("fleet", "report", folder, "--since", "soon").exit_code == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_reports_for_people(store: Store, run: Run, form: str) -> None:
    answer = run("fleet", "report", two_runs(store), "--format", form)
    assert answer.exit_code == 0
    assert "Worst repositories" in answer.stdout
    shown = run("fleet", "show", store.folder, "a", "--format", form)
    assert "CF301" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "<script" not in shown.stdout


def test_one_table_as_csv_and_one_repository_as_sarif(store: Store, run: Run) -> None:
    folder = two_runs(store)
    answer = run("fleet", "report", folder, "--format", "csv", "--section", "changes")
    assert answer.stdout == "repository,new,fixed\na,2,1\n"
    answer = run("fleet", "report", folder, "--format", "sarif", "--repository", "a")
    (log,) = json.loads(answer.stdout)["runs"]
    assert [result["ruleId"] for result in log["results"]] == ["CF301"] * 3
    marks = [result["partialFingerprints"]["composelintFleet/v1"] for result in log["results"]]
    assert len(set(marks)) == 3


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["report", "{}", "--out", "x"], "--out is not an option of fleet report"),
        (["report", "{}", "--format", "csv"], "--section"),
        (["report", "{}", "--format", "xml"], "fleet report has text, markdown"),
        (["report", "{}", "--format", "sarif"], "--repository"),
        (["report", "{}/runs"], "no fleet.json"),
        (["show", "{}"], "usage: composelint fleet show DIR REPOSITORY"),
        (["show", "{}", "aa"], 'no repository is called "aa"'),
        (["run", "{}"], "--out DIR is missing"),
        (["run", "--out", "x"], "name folders of repositories"),
        (["run", "nothing", "--out", "x"], "no such file or folder"),
        (["run", "{}", "--out", "x", "--preset", "y"], 'no preset is called "y"'),
        (["run", "{}", "--out", "x", "--max-memory", "y"], "not a size"),
    ],
)
def test_wrong_calls_are_explained(
    store: Store, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], why: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    two_runs(store)
    answer = run("fleet", *(argument.replace("{}", store.folder) for argument in arguments))
    assert answer.exit_code == 2
    assert why in answer.stderr
    assert not (tmp_path / "x").exists()


def test_without_the_extra_the_message_says_how_to_get_it(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pyarrow" else find(name)
    )
    answer = run("fleet", "report", store.folder)
    assert answer.exit_code == 2
    assert re.search(r"fleets need pyarrow: pip install 'composelint\[fleet\]'", answer.stderr)
