"""Configuration on the command line: which file is used, and which options override it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checks import FAULTY, LayOut, Run

SELECT = ["--select", "obsolete-version", "--output-format", "concise"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("composelint.toml", 'ignore = ["obsolete-version"]\n'),
        (".composelint.toml", 'ignore = ["CF004"]\n'),
        ("pyproject.toml", '[tool.composelint]\nignore = ["CF004"]\n'),
        (".composelint.yaml", "ignore: [obsolete-version]\n"),
        ("composelint.toml", '[per-file-ignores]\n"*.yaml" = ["CF004"]\n'),
        ("composelint.toml", 'exclude = ["compose.yaml"]\n'),
    ],
)
def test_a_configuration_in_the_folder_is_used(
    lay_out: LayOut, run: Run, path: str, text: str
) -> None:
    lay_out({"compose.yaml": FAULTY, path: text})
    assert "CF004" not in run("--output-format", "concise").stdout
    assert "CF004" in run("--output-format", "concise", "--isolated").stdout


def test_each_file_uses_the_nearest_configuration(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "composelint.toml": 'select = ["obsolete-version"]\n',
            "compose.yaml": FAULTY,
            "legacy/composelint.toml": 'select = ["image-untagged"]\n',
            "legacy/compose.yaml": FAULTY,
        }
    )
    lines = run("--output-format", "concise").stdout.splitlines()
    assert [line.split(" ")[0:3] for line in lines[:2]] == [
        ["compose.yaml:1:1:", "warning:", "CF004"],
        ["legacy/compose.yaml:4:12:", "warning:", "CF401"],
    ]
    assert lines[2].startswith("Found 2 warnings in 2 files.")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "info"], 1),
        (["--isolated"], 1),
        (["--config", 'fail-on = "info"'], 1),
        (["--config", "strict.toml"], 1),
        (["--config", "strict.toml", "--config", 'fail-on = "never"'], 0),
    ],
)
def test_the_command_line_overrides_the_configuration(
    lay_out: LayOut, run: Run, arguments: list[str], code: int
) -> None:
    lay_out(
        {
            "compose.yaml": FAULTY,
            "composelint.toml": 'fail-on = "error"\nselect = ["obsolete-version"]\n',
            "strict.toml": 'fail-on = "info"\nselect = ["obsolete-version"]\n',
        }
    )
    assert run(*arguments).exit_code == code


def test_severity_and_format_come_from_the_configuration(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": FAULTY,
            "composelint.toml": 'output-format = "json"\nselect = ["CF004"]\n'
            '[severity]\nobsolete-version = "error"\n',
        }
    )
    (finding,) = json.loads(run().stdout)["diagnostics"]
    assert finding["severity"] == "error"
    assert run("--output-format", "concise").stdout.startswith("compose.yaml:1:1: error: CF004")


def test_comments_and_options_do_not_suppress_locked_rules(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": 'version: "3"  # composelint: ignore[CF004] old\nservices: {}\n',
            "composelint.toml": 'locked = ["CF004"]\n',
        }
    )
    assert "CF004" in run("--output-format", "concise", "--ignore", "CF004").stdout


def test_service_ignores_apply_to_their_service_only(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": "services:\n  a: {image: x}\n  b: {image: x}\n",
            "composelint.toml": 'select = ["image-untagged"]\n[[per-service-ignores]]\n'
            'services = ["a"]\nrules = ["image-untagged"]\nreason = "built elsewhere"\n',
        }
    )
    answer = run("--output-format", "concise")
    assert answer.stdout.splitlines()[1:] == ["Found 1 warning in 1 file (1 suppressed)."]
    assert answer.stdout.startswith("compose.yaml:3:")
    assert "built elsewhere" in run("--show-suppressed").stdout


def test_stacks_of_the_configuration_are_linted_together(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "deploy/base.yaml": "services:\n  a:\n    image: nginx:1.27\n",
            "deploy/server.yaml": "services:\n  a:\n    restart: always\n",
            "composelint.toml": '[[stacks]]\nfiles = ["deploy/base.yaml", "deploy/server.yaml"]\n'
            'preset = "production"\n',
        }
    )
    report = json.loads(
        run("--output-format", "json", "deploy/base.yaml", "deploy/server.yaml").stdout
    )
    assert {item["stack"] for item in report["diagnostics"]} == {
        "deploy/base.yaml:deploy/server.yaml"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["CF004"]\n', 'composelint.toml:1:1: no setting is called "selct"'),
        ('select = ["obsolete-versoin"]\n', 'did you mean "obsolete-version"?'),
        ("select = [\n", "composelint.toml:"),
    ],
)
def test_an_error_in_the_configuration_has_a_place(
    lay_out: LayOut, run: Run, text: str, message: str
) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": text})
    answer = run()
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert message.split(": ")[0] in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config", "gone.toml"], "gone.toml: the file does not exist"),
        (["--config", "a.toml", "--config", "b.toml"], "--config takes one file"),
        (["--config", 'fail-on = "sometimes"'], "--config:1:11"),
    ],
)
def test_a_config_option_that_cannot_be_used_is_an_error(
    lay_out: LayOut, run: Run, arguments: list[str], message: str
) -> None:
    lay_out({"compose.yaml": FAULTY, "a.toml": "", "b.toml": ""})
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_config_shows_each_value_and_its_origin(lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": 'preset = "production"\n\nfail-on = "error"\n'})
    output = run("config").stdout
    assert 'preset = "production"' in output
    assert "# composelint.toml:1" in output
    assert run("config", "fail-on").stdout == 'fail-on = "error"  # composelint.toml:3\n'
    data = json.loads(run("config", "--output-format", "json").stdout)
    assert data["settings"]["fail-on"]["value"] == "error"
    assert json.loads(run("config", "--output-format", "schema").stdout)["type"] == "object"
    answer = run("config", "fial-on")
    assert answer.exit_code == 2
    assert 'did you mean "fail-on"?' in answer.stderr


def test_files_and_settings_can_be_shown(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "compose.yaml": FAULTY,
            "api/Dockerfile": "FROM scratch\n",
            "old/compose.yaml": FAULTY,
            "composelint.toml": 'exclude = ["old"]\n',
        }
    )
    assert run("--show-files").stdout == "api/Dockerfile\ncompose.yaml\n"
    assert run("--show-files", "--extend-exclude", "api").stdout == "compose.yaml\n"
    assert "old/compose.yaml" in run("--show-files", "--exclude", "api").stdout
    assert run("--show-files", "old/compose.yaml").stdout == "old/compose.yaml\n"
    assert run("--show-files", "--force-exclude", "old/compose.yaml").stdout == ""
    output = run("--show-settings").stdout
    assert 'exclude = ["old"]' in output
    assert "#   api/Dockerfile" in output


def test_a_configuration_above_the_repository_is_not_used(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    inner = folder / "inner"
    lay_out({"composelint.toml": 'ignore = ["ALL"]\n', "inner/compose.yaml": FAULTY})
    assert run("inner").exit_code == 0
    (inner / ".git").mkdir()
    assert run("inner").exit_code == 1


POLICY = """\
[[policies]]
code = "ACME001"
name = "team-missing"
message = "service {name} has no team"
match = { required = ["x-team"] }
"""


def test_policies_can_be_selected_and_suppressed_like_rules(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "composelint.toml": POLICY,
            "compose.yaml": "services:\n  a: {image: x}  # composelint: ignore[team-missing] soon\n"
            "  b: {image: x}\n",
        }
    )
    lines = run("--output-format", "concise", "--select", "ACME001,LN").stdout.splitlines()
    assert lines[0].startswith("compose.yaml:3:")
    assert "ACME001 service b has no team" in lines[0]
    assert lines[1] == "Found 1 warning in 1 file (1 suppressed)."
    assert "team-missing (ACME001)" in run("rule", "ACME001").stdout
    assert "ACME001" in run("rules").stdout
    assert run("rule", "ACME001", "--isolated").exit_code == 2
