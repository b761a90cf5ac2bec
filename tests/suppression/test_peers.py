"""Comments of other linters suppress what their tools would, where their tools read them."""

from __future__ import annotations

import pytest
from checks import LayOut, check_paths, titled
from composelint.linter.base.text import SourceFile
from composelint.linter.config.settings import Config
from composelint.linter.engine.settings import Settings
from composelint.linter.rulebook.registry import find
from composelint.linter.rulebook.selection import Selection
from composelint.linter.suppression.peer_comments import rewrite_comments
from composelint.linter.suppression.peer_rules import _KICS, _SEMGREP, _TALLY, peer_codes

# No tag (DF401), recommended packages (DF205), sudo (DF303), the last user is root (DF301).
CODES = ["DF401", "DF205", "DF303", "DF301"]
INSTALL = "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"


def reported(
    lay_out: LayOut, text: str, path: str = "Dockerfile", codes: list[str] = CODES, config: Config | None = None
) -> list[str]:  # fmt: skip
    """What is reported for a file, as ``line:code``."""
    lay_out({path: text})
    settings = Settings(selection=Selection(select=codes), config=config or Config())
    result = check_paths([path], settings)
    return [f"{item.start.line}:{item.code}" for item in result.reported]


# What hadolint 2.15.1 leaves of DL3006, DL3015 and DL3004. In one row it reports DL3006 too, as it
# reads `# hadolint ignore=` directly above the instruction only; other comments between are fine here.
STAGES = [
    (
        "for the stage, but not for FROM",
        f"# hadolint stage ignore=DL3006,DL3015\nFROM debian\n{INSTALL}{INSTALL}",
        ["2:DF401"],
    ),
    (
        "up to the next FROM, and for that one",
        f"# hadolint stage ignore=DL3006,DL3015\nFROM a:1\n{INSTALL}FROM debian\n{INSTALL}",
        ["5:DF205"],
    ),
    (
        "of several on consecutive lines the last counts",
        f"# hadolint stage ignore=DL3015\n# hadolint stage ignore=DL3006\nFROM a:1\n{INSTALL}",
        ["4:DF205"],
    ),
    (
        "another comment between: it is not above FROM",
        f"# hadolint stage ignore=DL3015\n# hadolint ignore=DL3006\nFROM debian\n{INSTALL}",
        ["4:DF205"],
    ),
    (
        "below one for FROM",
        f"# hadolint ignore=DL3006\n# hadolint stage ignore=DL3015\nFROM debian\n{INSTALL}",
        [],
    ),
    (
        "a blank line between",
        f"# hadolint stage ignore=DL3015\n\nFROM debian:13\n{INSTALL}",
        ["4:DF205"],
    ),
    (
        "in the middle of a stage: from the second instruction below, instead of the one before",
        f"# hadolint stage ignore=DL3015\nFROM a:1\n{INSTALL}# hadolint stage ignore=DL3004\n{INSTALL}{INSTALL}RUN sudo x\n",
        ["6:DF205"],
    ),
    (
        "between continued lines it is not read",
        f"FROM a:1\nRUN x \\\n# hadolint stage ignore=DL3015\n  y\n{INSTALL}",
        ["5:DF205"],
    ),
    (
        "FROM over several lines",
        f"# hadolint stage ignore=DL3006,DL3015\nFROM \\\n  debian\n{INSTALL}",
        ["3:DF401"],
    ),
    (
        "spelled with blanks and a reason",
        f"#hadolint  stage  ignore = DL3015 , DL3009 # why\nFROM a:1\n{INSTALL}",
        [],
    ),
]


@pytest.mark.parametrize(("text", "left"), titled(STAGES))
def test_hadolint_for_a_stage(lay_out: LayOut, text: str, left: list[str]) -> None:
    assert reported(lay_out, text, codes=["DF401", "DF205", "DF303"]) == left


ROOT = "FROM a:1\nRUN sudo x\nUSER root\nCMD [\"x\"]\n"  # fmt: skip
ALL = ["2:DF303", "3:DF301"]


def above(comment: str, line: int) -> str:
    lines = ROOT.splitlines(keepends=True)
    return "".join([*lines[: line - 1], f"{comment}\n", *lines[line - 1 :]])


# Comment, the line of ROOT above which it is put, what is left (in lines of ROOT with it).
DOCKERFILE = [
    ("tally", "# tally ignore=hadolint/DL3004", 2, ["4:DF301"]),
    ("tally without a namespace", "# tally ignore=DL3004;reason=needed here", 2, ["4:DF301"]),
    ("tally for the next line only", "# tally ignore=DL3004", 1, ["3:DF303", "4:DF301"]),
    ("tally for the file", "# tally global ignore=DL3004, DL3002", 1, []),
    ("tally, all", "# tally ignore=all", 2, ["4:DF301"]),
    ("tally, unknown", "# tally ignore=max-lines", 2, ["3:DF303", "4:DF301"]),
    ("trivy", "#trivy:ignore:AVD-DS-0002", 3, ["2:DF303"]),
    ("trivy, new id in lower case", "# trivy:ignore:ds-0002", 3, ["2:DF303"]),
    ("trivy, old id", "# trivy:ignore:DS002", 3, ["2:DF303"]),
    ("trivy, two on a line", "# trivy:ignore:DS-0010 trivy:ignore:DS-0002", 2, ["4:DF301"]),
    ("trivy, any", "# trivy:ignore:*", 3, ["2:DF303"]),
    ("trivy, pattern", "# trivy:ignore:avd-ds-00*", 3, ["2:DF303"]),
    ("trivy above another instruction", "# trivy:ignore:DS-0002", 2, ["3:DF303", "4:DF301"]),
    ("trivy, over", "# trivy:ignore:DS-0002:exp:2020-01-01", 3, ["2:DF303", "4:DF301"]),
    ("trivy, not over", "# trivy:ignore:DS-0002:exp:2999-01-01", 3, ["2:DF303"]),
    ("trivy, not a date", "# trivy:ignore:DS-0002:exp:2999-13-01", 3, ["2:DF303", "4:DF301"]),
    ("trivy in a word", "# see xtrivy:ignore:DS-0002", 3, ["2:DF303", "4:DF301"]),
    ("checkov, for the file", '# checkov:skip=CKV_DOCKER_8:"has to"', 1, ["3:DF303"]),
    ("checkov at the end", "#checkov:skip=CKV_DOCKER_3", 4, ["2:DF303"]),
    ("checkov, another", "# checkov:skip=CKV_DOCKER_2: no", 1, ["3:DF303", "4:DF301"]),
    ("semgrep", "# nosemgrep", 2, ["4:DF301"]),
    ("semgrep, an id", "# nosemgrep: dockerfile.security.last-user-is-root.last-user-is-root", 3, ["2:DF303"]),
    ("semgrep, ids", "# nosemgrep: a.b, x.last-user-is-root", 3, ["2:DF303"]),
    ("semgrep, another id", "# nosemgrep: use-workdir", 3, ["2:DF303", "4:DF301"]),
    ("semgrep, the old name", "# why nosem: last-user-is-root", 3, ["2:DF303"]),
    ("semgrep, in prose", "# never write nosemgrep here", 3, ["2:DF303", "4:DF301"]),
    ("semgrep, no blank", "#nosemgrep", 3, ["2:DF303", "4:DF301"]),
    ("kics, line", "# kics-scan ignore-line", 3, ["2:DF303"]),
    ("kics, stage", "# kics-scan ignore-block", 1, []),
    ("kics, block that is not a stage", "# kics-scan ignore-block", 2, ["3:DF303", "4:DF301"]),
    ("kics, file", "# kics-scan ignore", 1, []),
    ("kics, file, not at its start", "# kics-scan ignore", 2, ["3:DF303", "4:DF301"]),
    ("kics, ids", "# kics-scan disable=67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae,965a08d7-ef86-4f14-8792-4a3b2098937e", 1, ["3:DF303"]),
    ("kics, ids, not at the start", "# kics-scan disable=67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae", 2, ["3:DF303", "4:DF301"]),
    ("two tools in one comment", "# hadolint ignore=DL3004 # checkov:skip=CKV_DOCKER_3", 2, []),
    ("behind one of ours", "# composelint: ignore[sudo] yes checkov:skip=CKV_DOCKER_3", 2, []),
]  # fmt: skip


@pytest.mark.parametrize(("comment", "line", "left"), titled(DOCKERFILE))
def test_comments_in_a_dockerfile(
    lay_out: LayOut, comment: str, line: int, left: list[str]
) -> None:
    assert reported(lay_out, ROOT) == ALL
    assert reported(lay_out, above(comment, line)) == left


def test_a_block_of_kics_ends_at_the_next_stage(lay_out: LayOut) -> None:
    text = "# kics-scan ignore-block\nFROM a:1\nRUN sudo x\nFROM b:1\nRUN sudo y\n"
    assert reported(lay_out, text, codes=["DF303"]) == ["5:DF303"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("FROM a:1\nRUN sudo x # nosemgrep: no-sudo-in-dockerfile\n", []),
        ("FROM a:1\nRUN sudo x \\\n  && y # nosemgrep: no-sudo-in-dockerfile\n", ["2:DF303"]),
        ("FROM a:1\nRUN sudo x # nosemgrep: use-workdir\n", ["2:DF303"]),
        ("FROM a:1\nRUN sudo x '#nosemgrep'\n", ["2:DF303"]),
    ],
)
def test_semgrep_behind_a_command(lay_out: LayOut, text: str, left: list[str]) -> None:
    assert reported(lay_out, text, codes=["DF303"]) == left


def test_semgrep_reports_a_missing_user_at_the_command(lay_out: LayOut) -> None:
    last = 'FROM debian:13\n# nosemgrep: dockerfile.security.missing-user.missing-user\nCMD ["x"]\n'
    assert reported(lay_out, 'FROM debian:13\nCMD ["x"]\n', codes=["DF301"]) == ["1:DF301"]
    assert reported(lay_out, last, codes=["DF301"]) == []
    other = "FROM debian:13 AS a\n# nosemgrep: missing-user\nCMD x\nFROM debian:13\nCMD x\n"
    assert reported(lay_out, other, codes=["DF301"]) == ["4:DF301"]


COMPOSE = "services:\n  web:\n    image: a:1\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n"
YAML = [
    ("semgrep behind the line", ("privileged: true", "privileged: true  # nosemgrep"), ["6:CF311"]),
    ("semgrep, an id", ("privileged: true", "privileged: true  # nosemgrep: yaml.docker-compose.security.privileged-service.privileged-service"), ["6:CF311"]),
    ("semgrep above", ("    privileged", "    # nosemgrep\n    privileged"), ["7:CF311"]),
    ("kics, the line below", ("    privileged", "    # kics-scan ignore-line\n    privileged"), ["7:CF311"]),
    ("kics, no more than the line below", ("  web:", "  # kics-scan ignore-line\n  web:"), ["5:CF310", "7:CF311"]),
    ("kics, the block below", ("  web:", "  # kics-scan ignore-block\n  web:"), []),
    ("kics, the file", ("services:", "# kics-scan ignore\nservices:"), []),
    ("kics, the file, too late", ("  web:", "  # kics-scan ignore\n  web:"), ["5:CF310", "7:CF311"]),
    ("kics, ids", ("services:", "# why\n# kics-scan disable=ae5b6871-7f45-42e0-bb4c-ab300c4d2026\nservices:"), ["8:CF311"]),
    ("a rule for Dockerfiles", ("services:", "# checkov:skip=CKV_DOCKER_3\nservices:"), ["5:CF310", "7:CF311"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "left"), titled(YAML))
def test_comments_in_a_compose_file(
    lay_out: LayOut, change: tuple[str, str], left: list[str]
) -> None:
    codes = ["CF310", "CF311"]
    assert reported(lay_out, COMPOSE, "compose.yaml", codes) == ["4:CF310", "6:CF311"]
    text = COMPOSE.replace(*change, 1)
    assert text != COMPOSE
    assert reported(lay_out, text, "compose.yaml", codes) == left


@pytest.mark.parametrize(
    "comment", [row[1] for row in DOCKERFILE if row[2] == 3 and row[3] == ["2:DF303"]]
)
def test_no_comment_counts_where_comments_are_distrusted(lay_out: LayOut, comment: str) -> None:
    config = Config(inline_ignores=False)
    assert reported(lay_out, above(comment, 3), config=config) == ["2:DF303", "4:DF301"]
    # The rule that forbids such comments reports each of them.
    assert reported(lay_out, above(comment, 3), codes=["DF913"], config=config) == ["3:DF913"]


def test_the_reason_of_a_comment_is_kept(lay_out: LayOut) -> None:
    lay_out({"Dockerfile": above("# checkov:skip=CKV_DOCKER_3:the entry point drops it", 1)})
    result = check_paths(["Dockerfile"], Settings(selection=Selection(select=["DF301"])))
    assert [item.suppressed for item in result.diagnostics] == ["the entry point drops it"]


@pytest.mark.parametrize(
    "selector", sorted({*_KICS.values(), *_SEMGREP.values(), *_TALLY.values()})
)
def test_every_id_of_the_tables_has_a_rule(selector: str) -> None:
    assert find(selector) != []


def test_ids_are_those_of_their_tool_only() -> None:
    assert peer_codes("trivy:DS-0002") == {"DF301"}
    assert peer_codes("kics:DS-0002") is None
    assert peer_codes("tally:ALL") is None
    assert peer_codes("DL3006") is None
    assert "CF310" not in (peer_codes("tally:*") or ())


def test_a_comment_for_a_stage_is_not_rewritten() -> None:
    text = "# hadolint stage ignore=DL3015\nFROM a:1\n# hadolint ignore=DL3004\nRUN sudo x\n"
    rewritten = rewrite_comments(SourceFile("Dockerfile", text), "hadolint")
    assert rewritten.text == text.replace("hadolint ignore=DL3004", "composelint: ignore[sudo]")
    assert rewritten.notes == [
        "Dockerfile:1: ours have no form for a stage; the comment stays, and is honoured"
    ]


def test_what_is_for_other_tools_survives_rewriting() -> None:
    text = "FROM a:1\n# hadolint ignore=DL3004 # checkov:skip=CKV_DOCKER_3\nRUN sudo x\n"
    rewritten = rewrite_comments(SourceFile("Dockerfile", text), "hadolint")
    assert rewritten.text.splitlines()[1] == (
        "# composelint: ignore[sudo] checkov:skip=CKV_DOCKER_3"
    )
