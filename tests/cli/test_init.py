"""``init``: the preset that fits, snippets, and settings of other linters."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from checks import ROOT, LayOut, Run, titled
from composelint.linter.base.text import SourceFile
from composelint.linter.cli import init
from composelint.linter.rulebook.registry import find
from composelint.linter.suppression.peer_comments import counterparts, rewrite_comments
from composelint.linter.version import VERSION

DATABASE = "  db:\n    image: postgres:17\n"
LOCAL = '  db:\n    image: postgres:17\n    ports: ["127.0.0.1:5432:5432"]\n'
API = "  api:\n    build: .\n"

PRESETS = [
    ("no stack", {}, "recommended"),
    ("only databases", {"compose.yaml": f"services:\n{DATABASE}"}, "infrastructure"),
    ("applications on the host, too", {"compose.yaml": f"services:\n{LOCAL}{API}"}, "hybrid"),
    ("restarts", {"compose.yaml": f"services:\n{DATABASE}{API}    restart: always\n"}, "production"),
    ("a proxy", {"compose.yaml": f"services:\n  web: {{image: traefik:v3.2}}\n{API}"}, "production"),
    ("a production file",
     {"compose.yaml": f"services:\n{API}", "compose.prod.yaml": "services: {api: {init: true}}\n"},
     "production"),
    ("sources mounted", {"compose.yaml": f"services:\n{API}    volumes: [./src:/app]\n"},
     "development"),
    ("an application that is built", {"compose.yaml": f"services:\n{API}"}, "recommended"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "preset"), titled(PRESETS))
def test_the_preset_follows_from_the_files(
    folder: Path, lay_out: LayOut, run: Run, files: dict[str, str], preset: str
) -> None:
    lay_out(files)
    answer = run("init")
    assert answer.exit_code == 0
    assert tomllib.loads((folder / "composelint.toml").read_text()) == {"preset": preset}
    assert f'preset "{preset}": ' in answer.stderr
    assert run("config", "preset").exit_code == 0


BY_NAME = [
    ("a file for development", "compose.dev.yaml", "*.dev.*"),
    ("a file for tests", "compose.test.yaml", "*.test.*"),
]


@pytest.mark.parametrize(("path", "glob"), titled(BY_NAME))
def test_presets_by_file_name_stay_in_force(
    folder: Path, lay_out: LayOut, run: Run, path: str, glob: str
) -> None:
    lay_out(
        {
            "compose.yaml": f"services:\n{DATABASE}{API}    restart: always\n",
            path: f"services:\n{DATABASE}{API}    volumes: [./src:/app]\n",
        }
    )
    before = run(path, "--output-format", "json").stdout
    answer = run("init")
    config = tomllib.loads((folder / "composelint.toml").read_text())
    assert config == {"preset": "production", "presets-by-name": {glob: "development"}}
    assert f'preset "development" for {glob}: {path} keeps' in answer.stderr
    assert run(path, "--output-format", "json").stdout == before


def test_a_preset_that_a_name_chooses_as_well_is_not_written_twice(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"compose.dev.yaml": f"services:\n{API}    volumes: [./src:/app]\n"})
    run("init")
    assert tomllib.loads((folder / "composelint.toml").read_text()) == {"preset": "development"}


def test_dockerfiles_alone_are_no_missing_service(lay_out: LayOut, run: Run) -> None:
    lay_out({"Dockerfile": "FROM scratch\n"})
    assert "there are Dockerfiles alone, without services" in run("init", "--dry-run").stderr


def test_an_existing_configuration_is_not_overwritten(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"pyproject.toml": "[tool.composelint]\n"})
    answer = run("init")
    assert answer.exit_code == 2
    assert "pyproject.toml is already here" in answer.stderr
    assert "Edit it, or print what init would write with --dry-run" in answer.stderr
    lay_out({"pyproject.toml": "[project]\n"})
    assert run("init", "--preset", "hardened").exit_code == 0
    assert 'preset = "hardened"' in (folder / "composelint.toml").read_text()


@pytest.mark.parametrize("option", ["--pre-commit", "--github", "--gitlab"])
def test_snippets_are_printed_and_no_file_is_written(folder: Path, run: Run, option: str) -> None:
    answer = run("init", option)
    assert yaml.safe_load(answer.stdout)
    assert not (folder / "composelint.toml").exists()


def cloned(folder: Path, branch: str) -> None:
    """Make a folder a repository that was cloned from one with this main branch."""
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    name = f"refs/remotes/origin/{branch}"
    subprocess.run([*git, "symbolic-ref", "refs/remotes/origin/HEAD", name], check=True)


@pytest.mark.parametrize(
    ("branch", "written"),
    [("master", "master"), ("release/1.x", "release/1.x"), ("a#b", "main"), ("-x", "main")],
)
def test_the_workflow_lints_the_main_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, branch: str, written: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert yaml.safe_load(run("init", "--github").stdout)[True]["push"] == {"branches": ["main"]}
    cloned(tmp_path, branch)
    assert yaml.safe_load(run("init", "--github").stdout)[True]["push"] == {"branches": [written]}


def test_the_workflow_of_a_release_pins_every_action(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "COMMIT", "0123456789abcdef" * 2 + "01234567")
    answer = run("init", "--github")
    used = re.findall(r"uses: (.*)", answer.stdout)
    assert len(used) == 2
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action)
    assert answer.stderr == ""


def test_where_the_commit_is_not_known_that_is_said(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "COMMIT", "")
    answer = run("init", "--github")
    assert f"composelint/composelint@v{VERSION}" in answer.stdout
    assert f"the tag v{VERSION}; write the commit" in answer.stderr


def test_the_workflow_asks_for_little_and_keeps_no_credentials(folder: Path, run: Run) -> None:
    workflow = yaml.safe_load(run("init", "--github").stdout)
    (job,) = workflow["jobs"].values()
    assert (workflow["permissions"], job["permissions"]) == ({}, {"contents": "read"})
    assert job["steps"][0]["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_pages_pin_the_checkout_that_is_printed() -> None:
    used = [
        name
        for page in sorted((ROOT / "docs").glob("*.md"))
        for name in re.findall(r"actions/checkout@(.*)", page.read_text("utf-8"))
    ]
    assert set(used) == {init.CHECKOUT}


def test_only_one_snippet_is_printed(run: Run) -> None:
    answer = run("init", "--github", "--gitlab")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "give one of them at a time" in answer.stderr


HADOLINT = """\
ignored: [DL3007, SC2086, DL9999]
failure-threshold: style
override:
  error: [DL3002]
trustedRegistries: [docker.io, ghcr.io/acme]
disable-ignore-pragma: true
format: sarif
label-schema: {maintainer: text, built: rfc3339, note: rawtext}
strict-labels: true
"""
DCLINT = """\
{"rules": {"no-version-field": 0, "require-quotes-in-ports": [2, {"quoteType": "single"}]},
 "exclude": ["tests"]}
"""
COMPOSE_LINT = """\
rules:
  CL-0004: {enabled: false, reason: "renovate pins"}
  CL-0002: {exclude_services: {ci: "needs a daemon"}}
  CL-0001: {severity: low}
"""


def test_settings_of_hadolint_are_migrated(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({".hadolint.yaml": HADOLINT})
    answer = run("init", "--from", "hadolint")
    config = tomllib.loads((folder / "composelint.toml").read_text())
    assert config["fail-on"] == "info"
    assert config["registries"] == ["docker.io", "ghcr.io/acme"]
    assert config["inline-ignores"] is False
    assert config["output-format"] == "sarif"
    assert "SC2086" in config["ignore"]
    assert "error" in config["severity"].values()
    assert "hadolint's DL9999 has no counterpart" in answer.stderr
    assert config["rules"] == {
        "missing-label": {"labels": ["maintainer", "built", "note"]},
        "invalid-label-value": {"types": ["maintainer=text", "built=rfc3339"]},
        "unexpected-label": {"labels": ["maintainer", "built", "note"]},
    }
    assert set(config["extend-select"]) == set(config["rules"])
    assert run("config").exit_code == 0


def test_settings_of_dclint_are_migrated(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({".dclintrc": DCLINT})
    answer = run("init", "--from", "dclint")
    config = tomllib.loads((folder / "composelint.toml").read_text())
    assert config["ignore"] == ["obsolete-version"]
    assert config["extend-exclude"] == ["tests"]
    assert set(config["severity"].values()) == {"error"}
    assert "options of dclint's require-quotes-in-ports are not carried over" in answer.stderr
    assert run("config").exit_code == 0


def test_settings_of_dclint_in_package_json_are_migrated(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out({"package.json": '{"name": "x", "dclint": {"rules": {"no-version-field": 0}}}'})
    run("init", "--from", "dclint")
    assert "obsolete-version" in (folder / "composelint.toml").read_text()


def test_configurations_that_are_programs_are_not_run(lay_out: LayOut, run: Run) -> None:
    lay_out({"dclint.config.js": "throw 1"})
    assert "dclint.config.js is a program; it is not run" in run("init", "--from", "dclint").stderr


def test_settings_of_compose_lint_are_migrated(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({".compose-lint.yml": COMPOSE_LINT})
    run("init", "--from", "compose-lint")
    text = (folder / "composelint.toml").read_text()
    config = tomllib.loads(text)
    assert "mutable-tag" in config["ignore"]
    assert "# renovate pins" in text
    assert config["per-service-ignores"] == [
        {"services": ["ci"], "rules": ["privileged-service"], "reason": "needs a daemon"}
    ]
    assert set(config["severity"].values()) == {"info"}
    assert run("config").exit_code == 0


LEFT = [
    ("hadolint", ".hadolint.yaml", "no-color: true\n", "no-color is not carried over: give --color never, or set NO_COLOR"),
    ("hadolint", ".hadolint.yaml", "verbose: true\n", "verbose is not carried over: give --verbose"),
    ("hadolint", ".hadolint.yaml", "nonsense: 3\n", "nonsense is not carried over"),
    ("hadolint", ".hadolint.yaml", "ignored: DL3007\n", "ignored is not carried over: it is not a list"),
    ("hadolint", ".hadolint.yaml", "override: {fatal: [DL3000]}\n", 'override.fatal is not carried over: "fatal" is not a level'),
    ("hadolint", ".hadolint.yaml", "override: {error: DL3000}\n", "override.error is not carried over: it is not a list"),
    ("hadolint", ".hadolint.yaml", "failure-threshold: all\n", 'failure-threshold is not carried over: "all" is not a level'),
    ("hadolint", ".hadolint.yaml", "format: gnu\n", "format is not carried over: there is no format gnu here"),
    ("hadolint", ".hadolint.yaml", "strict-labels: true\n", "strict-labels is not carried over: there is no label-schema"),
    ("hadolint", ".hadolint.yaml", "label-schema: {a: x}\n", 'label-schema.a is not carried over: "x" is not a type'),
    ("dclint", ".dclintrc", '{"quiet": true}', "quiet is not carried over: reports show warnings, too"),
    ("dclint", ".dclintrc", '{"debug": true}', "debug is not carried over: give --verbose"),
    ("dclint", ".dclintrc", '{"formatter": "json"}', "formatter is not carried over: set output-format"),
    ("dclint", ".dclintrc", '{"rules": {"no-version-field": 5}}', "rules.no-version-field is not carried over: a level is 0, 1 or 2"),
    ("dclint", ".dclintrc", '{"rules": []}', "rules is not carried over: it is not a mapping"),
    ("dclint", "package.json", '{"dclint": {"quiet": true}}', "quiet is not carried over"),
    ("compose-lint", ".compose-lint.yml", "fail_on: high\n", "fail_on is not carried over: set fail-on"),
    ("compose-lint", ".compose-lint.yml", "rules: {CL-0001: false}\n", "rules.CL-0001 is not carried over: it is not a mapping"),
    ("compose-lint", ".compose-lint.yml", "rules: {CL-0001: {severity: huge}}\n", 'rules.CL-0001.severity is not carried over: "huge" is not a severity'),
    ("compose-lint", ".compose-lint.yml", "rules: {CL-0001: {reason: x}}\n", "rules.CL-0001.reason is not carried over"),
    ("compose-lint", ".compose-lint.yml", "rules: {CL-0001: {severty: low}}\n", "rules.CL-0001.severty is not carried over"),
    ("compose-lint", ".compose-lint.yml", "rules: {CL-0001: {exclude_services: web}}\n", "rules.CL-0001.exclude_services is not carried over: it is not a list"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "path", "text", "left"), LEFT)
def test_what_is_left_behind_is_named(
    lay_out: LayOut, run: Run, tool: str, path: str, text: str, left: str
) -> None:
    lay_out({path: text})
    answer = run("init", "--from", tool, "--dry-run")
    assert answer.exit_code == 0
    assert f"composelint: {path}: {tool}'s {left}" in answer.stderr


NOTHING_LOST = [
    ("hadolint", ".hadolint.yaml", HADOLINT.replace(", DL9999", "")),
    ("hadolint", ".hadolint.yaml", "no-color: false\nno-fail: true\nformat: tty\nignored: []\n"),
    ("dclint", ".dclintrc", '{"$schema": "x", "rules": {"no-version-field": [0]}, "quiet": false, "exclude": []}'),
    ("compose-lint", ".compose-lint.yml", COMPOSE_LINT + "x-anchors: {a: 1}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "path", "text"), NOTHING_LOST)
def test_what_is_carried_over_is_not_named_as_lost(
    lay_out: LayOut, run: Run, tool: str, path: str, text: str
) -> None:
    lay_out({path: text})
    answer = run("init", "--from", tool, "--dry-run")
    assert f"{path} is carried over" in answer.stderr
    assert "not carried over" not in answer.stderr
    assert "nothing to carry over" not in answer.stderr


@pytest.mark.parametrize(
    ("files", "tool", "said"),
    [
        ({}, "hadolint", "no configuration of it was found here (.hadolint.yaml, .hadolint.yml)"),
        ({}, "compose-lint", "no configuration of it was found here (.compose-lint.yml, "),
        ({"package.json": "{}"}, "dclint", "no configuration of it was found here (.dclintrc, "),
        ({".dclintrc": "{}"}, "dclint", "nothing in .dclintrc has a counterpart here"),
        ({".hadolint.yaml": "format: gnu\n"}, "hadolint", "nothing in .hadolint.yaml has a counterpart"),
    ],
)  # fmt: skip
def test_nothing_to_carry_over_is_said(
    lay_out: LayOut, run: Run, files: dict[str, str], tool: str, said: str
) -> None:
    lay_out(files)
    answer = run("init", "--from", tool, "--dry-run")
    assert answer.exit_code == 0
    assert f"composelint: nothing to carry over from {tool}: {said}" in answer.stderr
    assert "is carried over; delete it" not in answer.stderr


def test_comments_alone_are_something_to_carry_over(lay_out: LayOut, run: Run) -> None:
    lay_out({"Dockerfile": "FROM a\n# hadolint ignore=DL3007\nRUN b\n"})
    answer = run("init", "--from", "hadolint", "--dry-run")
    assert "would rewrite 1 comment for hadolint in 1 file" in answer.stderr
    assert "nothing to carry over" not in answer.stderr


def test_peers_that_contradict_each_other_are_named(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            ".dclintrc": '{"rules": {"no-unbound-port-interfaces": 2}}',
            ".compose-lint.yml": "rules: {CL-0005: {severity: low}}\n",
        }
    )
    answer = run("init", "--from", "dclint", "--from", "compose-lint", "--dry-run")
    both = set(counterparts("dclint", "no-unbound-port-interfaces")) & set(
        counterparts("compose-lint", "CL-0005")
    )
    assert both
    for name in both:
        assert f"{name} is error by dclint and info by compose-lint, which counts" in answer.stderr


ONE_RULE = [
    (
        "an ignored id beside one with a level",
        "ignored: [DL3009]\noverride: {error: [DL3042]}\n",
        "error",
        "DL3009 (ignored), DL3042 (error) are one rule here, package-cache-left: "
        "the strictest counts, error",
    ),
    (
        "two levels",
        "override: {warning: [DL3042], info: [DL3032]}\n",
        "warning",
        "DL3042 (warning), DL3032 (info) are one rule here, package-cache-left: "
        "the strictest counts, warning",
    ),
    (
        "a level for one of several ids",
        "override: {error: [DL3042]}\n",
        "error",
        "DL3042 is part of package-cache-left, which also covers DL3009, ",
    ),
    (
        "one of several ids is ignored",
        "ignored: [DL3009]\n",
        None,
        "DL3009 is part of package-cache-left, which also covers DL3019, ",
    ),
    (
        "what is ignored has no level",
        "ignored: [DL3042]\noverride: {error: [DL3042]}\n",
        None,
        "DL3042 is part of package-cache-left, which also covers DL3009, ",
    ),
]


@pytest.mark.parametrize(("text", "severity", "said"), titled(ONE_RULE))
def test_several_ids_that_are_one_rule_here_are_named(
    folder: Path, lay_out: LayOut, run: Run, text: str, severity: str | None, said: str
) -> None:
    lay_out({".hadolint.yaml": text})
    answer = run("init", "--from", "hadolint")
    assert f"composelint: .hadolint.yaml: {said}" in answer.stderr
    config = tomllib.loads((folder / "composelint.toml").read_text())
    assert config.get("severity", {}).get("package-cache-left") == severity
    assert ("ignore" in config) == (severity is None)


def test_ids_that_are_a_whole_rule_need_no_note(lay_out: LayOut, run: Run) -> None:
    lay_out({".hadolint.yaml": "ignored: [DL3059, SC2086]\n"})
    stderr = run("init", "--from", "hadolint", "--dry-run").stderr
    assert "covers" not in stderr
    assert "one rule here" not in stderr


@pytest.mark.parametrize("path", [".dclintrc", "package.json"])
def test_a_configuration_that_is_no_mapping_is_named_as_it_is(
    lay_out: LayOut, run: Run, path: str
) -> None:
    lay_out({path: "[1]"})
    answer = run("init", "--from", "dclint", "--dry-run")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines()[-1].startswith(f"composelint: {path}:1:1: ")


COMMENTS = [
    ("hadolint", "Dockerfile", "FROM a\n# hadolint ignore=DL3007\nRUN b\n",
     "FROM a\n# composelint: ignore[{DL3007}]\nRUN b\n"),
    ("hadolint", "Dockerfile", "# hadolint global ignore=SC2086,DL3007\nFROM a\n",
     "# composelint: file-ignore[SC2086, {DL3007}]\nFROM a\n"),
    ("hadolint", "Dockerfile", "# hadolint ignore=SC2086 # why\nFROM a\n",
     "# composelint: ignore[SC2086] why\nFROM a\n"),
    ("hadolint", "Dockerfile", "# hadolint ignore=DL9999\nFROM a\n",
     "# hadolint ignore=DL9999\nFROM a\n"),
    ("dclint", "compose.yaml", "version: 3 # dclint disable-line no-version-field\n",
     "version: 3 # composelint: ignore[obsolete-version]\n"),
    ("dclint", "compose.yaml", "# dclint disable no-version-field\nversion: 3\n",
     "# composelint: file-ignore[obsolete-version]\nversion: 3\n"),
    ("dclint", "compose.yaml", "# dclint disable-file\nversion: 3\n",
     "# dclint disable-file\nversion: 3\n"),
    ("dclint", "compose.yaml", "# hadolint ignore=DL3006\nversion: 3\n",
     "# hadolint ignore=DL3006\nversion: 3\n"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "path", "text", "expected"), COMMENTS)
def test_comments_of_other_linters_are_rewritten(
    tool: str, path: str, text: str, expected: str
) -> None:
    name = ", ".join(counterparts("hadolint", "DL3007"))
    assert rewrite_comments(SourceFile(path, text), tool).text == expected.replace("{DL3007}", name)


def test_an_id_of_hadolint_becomes_rules_for_dockerfiles_only() -> None:
    # DL3057 asks for a HEALTHCHECK; here a rule for services has this peer, too.
    assert "CF210" in {rule.code for rule in find("DL3057")}
    assert "missing-healthcheck" not in counterparts("hadolint", "DL3057")


def test_a_dry_run_writes_nothing(folder: Path, lay_out: LayOut, run: Run) -> None:
    files = {
        ".dclintrc": DCLINT,
        "compose.yaml": "version: 3 # dclint disable-line no-version-field\n",
    }
    lay_out(files)
    answer = run("init", "--from", "dclint", "--dry-run")
    assert 'ignore = [\n    "obsolete-version",\n]\n' in answer.stdout
    assert "would rewrite 1 comment for dclint" in answer.stderr
    assert {path: (folder / path).read_text() for path in files} == files
    assert not (folder / "composelint.toml").exists()
    run("init", "--from", "dclint")
    assert (folder / "compose.yaml").read_text() == (
        "version: 3 # composelint: ignore[obsolete-version]\n"
    )
