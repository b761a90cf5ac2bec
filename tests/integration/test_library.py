"""The library, ``import composelint``."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import composelint
import pytest
from checks import FAULTY, ROOT, LayOut, finding_data, run_python
from composelint import (
    ConfigError,
    MissingPath,
    Report,
    Severity,
    UnknownKind,
    UnknownSelector,
    check,
    check_texts,
    fix,
    fix_text,
)

FIXED = FAULTY.partition("\n")[2]
EXAMPLE = ROOT / "examples" / "bookshop"


@pytest.fixture
def project(lay_out: LayOut) -> Path:
    return lay_out({"compose.yaml": FAULTY})


def codes(report: Report) -> set[str]:
    return {item.code for item in report.diagnostics}


def test_every_public_name_exists() -> None:
    for name in composelint.__all__:
        assert getattr(composelint, name) is not None
    assert set(composelint.__all__) <= set(dir(composelint))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        composelint.chekc  # noqa: B018  # looking it up is the test


def test_no_module_is_imported_before_its_use() -> None:
    code = (
        "import composelint, sys; print([m for m in sys.modules if m.startswith('composelint.')])"
    )
    # Only the module with the version.
    assert (
        run_python("-c", code, check=True).stdout
        == "['composelint.linter', 'composelint.linter.version']\n"
    )


def test_check_finds_what_the_command_line_finds(project: Path) -> None:
    report = check()
    assert {"CF004", "CF401"} <= codes(report)
    assert (report.files, report.failed, report.suppressed) == (1, False, ())
    item = report.diagnostics[0]
    assert (item.path, item.start, item.end) == ("compose.yaml", (1, 1), (1, 13))
    assert item.severity is Severity.WARNING
    assert report.at_least(Severity.ERROR) == ()
    assert report.render("concise").startswith("compose.yaml:1:1: warning: CF004")
    with pytest.raises(ValueError, match="no format"):
        report.render("pdf")


@pytest.mark.parametrize(
    ("paths", "files"),
    [(".", 1), (Path(), 1), (["compose.yaml"], 1), ([Path("compose.yaml"), "."], 1), ([], 1)],
)
def test_paths_can_have_several_types(project: Path, paths: Any, files: int) -> None:
    assert check(paths).files == files


def test_options_select_rules_and_files(project: Path) -> None:
    assert codes(check(select=["CF004"])) == {"CF004"}
    assert "CF004" not in codes(check(ignore=["obsolete-version"]))
    assert len(check(preset="hardened").diagnostics) > len(check().diagnostics)
    assert check(exclude=["compose.yaml"]).files == 0
    (project / "composelint.toml").write_text('select = ["CF401"]\n')
    assert codes(check()) == {"CF401"}
    assert "CF004" in codes(check(isolated=True))
    (project / "other.toml").write_text('select = ["CF004"]\n')
    assert codes(check(config="other.toml")) == {"CF004"}


def test_texts_can_replace_files(project: Path) -> None:
    (project / "compose.yaml").write_text("services: {}\n")
    assert codes(check_texts({"compose.yaml": FAULTY}, select=["CF004"])) == {"CF004"}
    report = check_texts({"Dockerfile": "FROM debian\n", "compose.yaml": FAULTY}, preset="all")
    assert {item.path for item in report.diagnostics} == {"Dockerfile", "compose.yaml"}


def test_fix_returns_texts_and_writes_on_demand(project: Path) -> None:
    fixed = fix()
    assert fixed.texts == {"compose.yaml": FIXED}
    assert [(item.code, item.line) for item in fixed.applied] == [("CF004", 1)]
    assert "CF004" not in codes(fixed.report)
    assert (project / "compose.yaml").read_text() == FAULTY
    fix(write=True)
    assert (project / "compose.yaml").read_text() == FIXED
    assert fix_text(FAULTY).texts == {"compose.yaml": FIXED}
    assert fix_text(FAULTY, "deploy/compose.yaml").texts == {"deploy/compose.yaml": FIXED}
    assert fix_text(FIXED).texts == {}


def test_a_baseline_suppresses(project: Path) -> None:
    run_python("-m", "composelint", "baseline", check=True)
    report = check(baseline=".composelint-baseline.json")
    assert report.diagnostics == ()
    assert {item.suppressed for item in report.suppressed} == {"baseline"}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: check("gone"), MissingPath),
        (lambda: check(select=["CF999"]), UnknownSelector),
        (lambda: check(preset="x"), UnknownSelector),
        (lambda: check(config="gone.toml"), ConfigError),
        (lambda: check_texts({"notes.txt": ""}), UnknownKind),
        (lambda: check(baseline="compose.yaml"), ConfigError),
    ],
)
def test_wrong_arguments_raise_exceptions(
    project: Path, call: Callable[[], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        call()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_reports_can_be_pickled(protocol: int) -> None:
    report = check(EXAMPLE, preset="all")
    if protocol < 2:
        # Slots without values of their own need protocol 2, which every process pool uses.
        with pytest.raises(TypeError):
            pickle.dumps(report, protocol)
        return
    copy = pickle.loads(pickle.dumps(report, protocol))
    assert list(map(finding_data, copy.diagnostics)) == list(map(finding_data, report.diagnostics))
    assert copy.render("full") == report.render("full")
    fixed = fix(EXAMPLE, unsafe=True)
    copy = pickle.loads(pickle.dumps(fixed, protocol))
    assert copy.texts == fixed.texts
    assert copy.applied == fixed.applied


def test_findings_in_inline_dockerfiles_can_be_pickled() -> None:
    text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM debian\n        RUN cd x\n"
    report = check_texts({"compose.yaml": text}, preset="all")
    copy = pickle.loads(pickle.dumps(report))
    assert list(map(finding_data, copy.diagnostics)) == list(map(finding_data, report.diagnostics))


def rendered(path: str) -> str:
    return check(path).render("json")


@pytest.fixture
def many(lay_out: LayOut) -> list[str]:
    """Folders with a Compose file each."""
    names = [f"s{number}" for number in range(12)]
    lay_out({f"{name}/compose.yaml": FAULTY.replace("db", name) for name in names})
    return names


def test_processes_and_threads_give_the_same_reports(many: list[str]) -> None:
    expected = [rendered(name) for name in many]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        reports = list(pool.map(check, many))
    assert [report.render("json") for report in reports] == expected
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(rendered, many)) == expected


def test_a_run_changes_no_state(project: Path) -> None:
    before, folder = dict(os.environ), os.getcwd()
    first = check().render("json")
    check(EXAMPLE, preset="all")
    fix_text(FAULTY, select=["CF004"])
    assert check().render("json") == first
    assert dict(os.environ) == before
    assert os.getcwd() == folder


def test_the_library_prints_nothing(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check()
    fix(unsafe=True)
    assert capfd.readouterr() == ("", "")
