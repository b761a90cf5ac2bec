"""The baseline: its findings are not reported, new ones are, and entries without a finding are named."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import LayOut
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.config.errors import ConfigError
from composelint.linter.result import Result
from composelint.linter.rule import Diagnostic
from composelint.linter.suppression.baseline import (
    Written,
    apply_baseline,
    load_baseline,
    prune_baseline,
    stale_diagnostics,
    write_baseline,
)
from composelint.linter.suppression.fingerprints import fingerprint, secret_mark

FILE = ".composelint-baseline.json"


def finding(
    code: str, path: str = "compose.yaml", subject: str = "services.web", evidence: str = "", line: int = 1
) -> Diagnostic:  # fmt: skip
    text = "\n" * (line - 1) + "x"
    item = Diagnostic(Span(SourceFile(path, text), line - 1, line), "m", subject=subject, evidence=evidence)  # fmt: skip
    item.code = code
    return item


def result(*items: Diagnostic) -> Result:
    result = Result()
    result.diagnostics = list(items)
    return result


def reported(result: Result) -> list[str]:
    return [f"{item.code} {item.subject}" for item in result.reported]


@pytest.fixture(autouse=True)
def project(lay_out: LayOut) -> Path:
    return lay_out({"compose.yaml": "", "sub/compose.yaml": ""})


def test_only_new_findings_count() -> None:
    old = [finding("CF201"), finding("CF301", evidence="A=1")]
    assert write_baseline(result(*old), FILE) == Written(2, 2, 0)
    # Lines have moved; one finding is gone, another of the same kind is new.
    now = result(finding("CF201", line=9), finding("CF301", evidence="B=1", line=3))
    stale = apply_baseline(now, load_baseline(FILE))
    assert reported(now) == ["CF301 services.web"]
    assert now.diagnostics[0].suppressed == "baseline"
    assert [(entry.code, entry.path, entry.subject) for entry in stale] == [
        ("CF301", "compose.yaml", "services.web")
    ]
    # Rewritten, it contains the current findings.
    now = result(finding("CF201", line=9), finding("CF301", evidence="B=1"))
    assert write_baseline(now, FILE) == Written(2, 1, 1)


@pytest.mark.parametrize(
    ("recorded", "now", "left"),
    [
        (finding("CF201"), finding("CF201", line=7), []),
        (finding("CF201"), finding("CF202"), ["CF202 services.web"]),
        (finding("CF201"), finding("CF201", "other.yaml"), ["CF201 services.web"]),
        (finding("CF201"), finding("CF201", subject="services.db"), ["CF201 services.db"]),
        (finding("CF201"), finding("CF201", evidence="x"), ["CF201 services.web"]),
        # Findings about the run itself are always reported.
        (finding("LN005"), finding("LN005"), ["LN005 services.web"]),
        (finding("LN030"), finding("LN030"), ["LN030 services.web"]),
    ],
)
def test_the_identity_of_a_finding_has_no_line_but_path_subject_and_evidence(
    recorded: Diagnostic, now: Diagnostic, left: list[str]
) -> None:
    recorded.suppressed = now.suppressed = None
    write_baseline(result(recorded), FILE)
    run = result(now)
    apply_baseline(run, load_baseline(FILE))
    assert reported(run) == left


def alike(count: int, *, line: int = 1, secret: str = "") -> list[Diagnostic]:
    """Findings of one kind, on lines of their own; with a secret that each is about."""
    items = []
    for offset in range(count):
        item = finding("DF401", "Dockerfile", "", "debian", line + offset)
        if secret:
            file = SourceFile("Dockerfile", secret)
            item.span = Span(file, 0, len(secret))
            item.sensitive = (item.span,)
        items.append(item)
    return items


@pytest.mark.parametrize(
    ("before", "now", "left", "gone"),
    [(2, 2, 0, 0), (1, 2, 1, 0), (2, 3, 1, 0), (2, 1, 0, 1), (3, 0, 0, 3), (0, 1, 1, 0)],
)
def test_findings_of_one_kind_are_counted(before: int, now: int, left: int, gone: int) -> None:
    assert write_baseline(result(*alike(before)), FILE) == Written(before, before, 0)
    run, baseline = result(*alike(now, line=7)), load_baseline(FILE)
    stale = apply_baseline(run, baseline)
    assert len(reported(run)) == left
    assert [entry.number for entry in stale] == ([gone] if gone else [])
    # LN030 says so, and "composelint --fix" strikes off what is gone.
    messages = [item.message for item in stale_diagnostics(baseline, stale)]
    if gone:
        expected = "is no longer found at" if not now else f"is found {now} times at this place of"
        assert expected in messages[0]
    prune_baseline(baseline, stale)
    assert sum(entry.number or 0 for entry in load_baseline(FILE).entries.values()) == before - gone
    assert write_baseline(result(*alike(now)), FILE) == Written(now, left, 0)


def test_a_finding_with_a_comment_takes_nobody_elses_place() -> None:
    write_baseline(result(*alike(1)), FILE)
    commented, other = alike(2)
    commented.suppressed = "a comment"
    run = result(commented, other)
    assert apply_baseline(run, load_baseline(FILE)) == []
    assert reported(run) == []


def test_another_secret_in_the_same_place_is_new() -> None:
    write_baseline(result(*alike(1, secret="Tr0ub4dor")), FILE)
    for secret, count in (("Tr0ub4dor", 0), ("hunter2-Qx9", 1), ("correct horse", 1)):
        run = result(*alike(1, secret=secret, line=3))
        stale = apply_baseline(run, load_baseline(FILE))
        assert (len(reported(run)), len(stale)) == (count, count)
    run = result(*alike(2, secret="Tr0ub4dor"))
    apply_baseline(run, load_baseline(FILE))
    assert len(reported(run)) == 1


def test_the_file_tells_little_of_a_secret() -> None:
    write_baseline(result(*alike(1, secret="Tr0ub4dor")), FILE)
    text = Path(FILE).read_text()
    (entry,) = json.loads(text)["findings"]
    assert "Tr0ub4dor" not in text
    # Eight bits fit to one in 256 of all guesses: a list of guesses leaves many that fit.
    assert len(entry["secret"]) == 2
    marks = [secret_mark(alike(1, secret=f"guess{number}")[0]) for number in range(250)]
    assert 100 < len(set(marks)) < 200
    # The fingerprint, which reports show too, is the same for every secret.
    assert entry["fingerprint"] == fingerprint(alike(1, secret="another")[0])
    # It is the same in every file and every version of one: they add up to no more bits.
    before = Path(FILE).read_bytes()
    os.remove(FILE)
    write_baseline(result(*alike(1, secret="Tr0ub4dor", line=9)), FILE)
    assert Path(FILE).read_bytes() == before


def test_only_secrets_that_a_finding_is_about_count() -> None:
    file = SourceFile("compose.yaml", "a: x\nPASSWORD: s3cr3t")
    item = Diagnostic(Span(file, 0, 1), "m", sensitive=[Span(file, 15, 21)])
    assert secret_mark(item) == ""
    # Rules about security may point at the name.
    item.category = "security"
    assert len(secret_mark(item)) == 2
    # Two secrets have one mark of the same length.
    item.sensitive = (Span(file, 15, 21), Span(file, 3, 4))
    assert len(secret_mark(item)) == 2


OLD = """{
  "version": 1,
  "findings": [
    {"path": "Dockerfile", "code": "DF401", "logical_path": "", "fingerprint": "MARK"}
  ]
}
"""


def test_a_baseline_of_version_0_1_accepts_what_it_accepted() -> None:
    items = alike(3, secret="Tr0ub4dor")
    Path(FILE).write_text(OLD.replace("MARK", fingerprint(items[0])))
    run = result(*items)
    assert apply_baseline(run, load_baseline(FILE)) == []
    assert reported(run) == []
    # Written anew it counts, and nothing is told to be new.
    for item in items:
        item.suppressed = None
    assert write_baseline(result(*items), FILE) == Written(3, 0, 0)
    run = result(*items, *alike(1, secret="Tr0ub4dor", line=9))
    apply_baseline(run, load_baseline(FILE))
    assert len(reported(run)) == 1


def test_of_two_branches_that_added_the_same_the_larger_number_counts() -> None:
    write_baseline(result(*alike(2)), FILE)
    data = json.loads(Path(FILE).read_text())
    data["findings"].append({**data["findings"][0], "count": 1})
    Path(FILE).write_text(json.dumps(data))
    assert [entry.number for entry in load_baseline(FILE).entries.values()] == [2]


def test_the_file_is_sorted_with_an_entry_on_each_line() -> None:
    items = [finding("CF301", "b.yaml"), finding("CF202"), finding("CF201"), finding("CF201", "é.yaml")]  # fmt: skip
    write_baseline(result(*items), FILE)
    text = Path(FILE).read_text()
    write_baseline(result(*reversed(items)), FILE)
    assert Path(FILE).read_text() == text
    assert text.isascii()
    lines = text.splitlines()
    assert lines[:2] == ["{", '  "version": 1,']
    assert [json.loads(line.rstrip(","))["path"] for line in lines[3:-2]] == [
        "b.yaml",
        "compose.yaml",
        "compose.yaml",
        "é.yaml",
    ]
    entry = json.loads(text)["findings"][1]
    assert entry == {
        "path": "compose.yaml",
        "code": "CF201",
        "logical_path": "services.web",
        # The same fingerprint as in the reports.
        "fingerprint": fingerprint(finding("CF201")),
        "count": 1,
    }
    write_baseline(result(), FILE)
    assert Path(FILE).read_text() == '{\n  "version": 1,\n  "findings": []\n}\n'


def test_paths_do_not_depend_on_the_working_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_baseline(result(finding("CF201", "sub/compose.yaml")), FILE)
    monkeypatch.chdir(project / "sub")
    run = result(finding("CF201", "compose.yaml"))
    assert apply_baseline(run, load_baseline(f"../{FILE}")) == []
    assert reported(run) == []
    monkeypatch.chdir(project.parent)
    run = result(finding("CF201", f"{project.name}/sub/compose.yaml"))
    assert apply_baseline(run, load_baseline(f"{project.name}/{FILE}")) == []


def test_findings_identified_by_their_text_can_move(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_baseline(result(finding("DF101", "sub/Dockerfile", subject="")), FILE)
    monkeypatch.chdir(project / "sub")
    run = result(finding("DF101", "Dockerfile", subject="", line=4))
    assert apply_baseline(run, load_baseline(f"../{FILE}")) == []


def test_suppressed_findings_are_neither_recorded_nor_stale() -> None:
    item = finding("CF201")
    write_baseline(result(item), FILE)
    item.suppressed = "a comment"
    assert apply_baseline(result(item), load_baseline(FILE)) == []
    assert item.suppressed == "a comment"
    assert write_baseline(result(item), FILE).total == 0


@pytest.mark.parametrize(
    ("linted", "ran", "now", "stale"),
    [
        (None, lambda code: True, [], ["compose.yaml", "gone.yaml", "sub/compose.yaml"]),
        # A run over some files covers those, and files that no longer exist.
        (["compose.yaml"], lambda code: True, [], ["compose.yaml", "gone.yaml"]),
        (["./sub/compose.yaml"], lambda code: True, [], ["gone.yaml", "sub/compose.yaml"]),
        # A rule that did not run has no findings.
        (None, lambda code: code != "CF201", [], []),
        # No rule ran on a file that could not be read.
        (["compose.yaml"], lambda code: True, [finding("CF001")], ["gone.yaml"]),
        (["compose.yaml"], lambda code: True, [finding("LN003")], ["gone.yaml"]),
    ],
)
def test_entries_are_stale_if_the_run_would_have_found_them(
    linted: list[str] | None,
    ran: Callable[[str], bool],
    now: list[Diagnostic],
    stale: list[str],
) -> None:
    paths = ["compose.yaml", "sub/compose.yaml", "gone.yaml"]
    write_baseline(result(*[finding("CF201", path) for path in paths]), FILE)
    baseline = load_baseline(FILE)
    stale_entries = apply_baseline(result(*now), baseline, linted=linted, ran=ran)
    assert [entry.path for entry in stale_entries] == stale
    for item, entry in zip(stale_diagnostics(baseline, stale_entries), stale_entries, strict=True):
        assert item.span.text == entry.fingerprint
        assert item.message == f"CF201 is no longer found at services.web of {entry.path}"


def test_a_run_over_some_files_keeps_the_entries_of_others() -> None:
    paths = ["compose.yaml", "sub/compose.yaml", "gone.yaml"]
    write_baseline(result(*[finding("CF201", path) for path in paths]), FILE)
    assert write_baseline(result(), FILE, linted=["compose.yaml"]) == Written(1, 0, 2)
    assert [entry.path for entry in load_baseline(FILE).entries.values()] == ["sub/compose.yaml"]


def test_findings_of_locked_rules_are_always_reported() -> None:
    write_baseline(result(finding("CF310")), FILE)
    run = result(finding("CF310"))
    assert apply_baseline(run, load_baseline(FILE), locked=lambda code: code == "CF310") == []
    assert reported(run) == ["CF310 services.web"]
    assert write_baseline(run, FILE, locked=lambda code: code == "CF310").total == 0


ENTRY = '{"path": "a", "code": "CF201", "logical_path": "", "fingerprint": "x"}'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ":1:1: not JSON: "),
        ('{\n  "version": 1,\n<<<<<<< HEAD\n', ":3:1: not JSON: "),
        ("[]", ":1:1: no baseline: it has no list of findings"),
        ('{"version": 1, "findings": {}}', ":1:1: no baseline: it has no list of findings"),
        ('{\n "version": 2,\n "findings": []}', ":2:13: the version is not 1: write it anew"),
        ('{"findings": []}', ":1:1: the version is not 1: write it anew"),
        ('{"version": 1, "findings": [3]}', ":1:29: an entry has the texts "),
        (f'{{"version": 1, "findings": [\n{ENTRY},\n{{"path": "a"}}]}}', ":3:1: an entry has the texts "),
        ('{"version": 1, "findings": [\n {"path": 1, "code": "c", "logical_path": "", "fingerprint": "x"}]}', ":2:2: an entry has"),
        (f'{{"version": 1, "findings": [{ENTRY[:-1]}, "count": "2"}}]}}', ":1:29: an entry has"),
        (f'{{"version": 1, "findings": [{ENTRY[:-1]}, "secret": 1}}]}}', ":1:29: an entry has"),
        ("[" * 100_000, ": the values nest too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_baseline_is_not_overwritten(text: str, error: str) -> None:
    Path(FILE).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_baseline(FILE)
    assert str(caught.value).startswith(FILE + error)

    with pytest.raises(ConfigError):
        write_baseline(result(), FILE)
    assert Path(FILE).read_text() == text


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"nope\.json: the file does not exist"):
        load_baseline("nope.json")


def test_writing_replaces_the_file_in_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    write_baseline(result(finding("CF201")), FILE)
    os.chmod(FILE, 0o640)
    before = Path(FILE).read_text()

    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            write_baseline(result(), FILE)
    assert Path(FILE).read_text() == before
    write_baseline(result(), FILE)
    assert stat.S_IMODE(os.stat(FILE).st_mode) == 0o640
    assert sorted(os.listdir()) == [FILE, ".git", "compose.yaml", "sub"]


def test_a_link_to_the_baseline_is_kept() -> None:
    Path("real.json").write_text('{"version": 1, "findings": []}')
    os.symlink("real.json", FILE)
    write_baseline(result(finding("CF201")), FILE)
    assert os.path.islink(FILE)
    assert len(load_baseline("real.json").entries) == 1
