"""Names that do not exist: the message names the nearest that does."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import LayOut, Run, run_python

STACK = {
    "compose.yaml": "services:\n"
    "  web: {image: nginx, profiles: [dev]}\n"
    "  api: {image: node, profiles: [staging]}\n"
}


def program(folder: Path, *argv: str) -> tuple[int, str]:
    """Exit code and error output of the program; the first word may be a verb only there."""
    code = "from composelint.linter.cli.start import main; main()"
    result = run_python("-c", code, *argv, folder=folder)
    return result.returncode, result.stderr


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (["chekc"], "check"),
        (["rulez", "x"], "rules"),
        (["confg"], "config"),
        (["lint", "."], "check"),
        (["fix"], "--fix"),
        (["explain", "DL3008"], "rule"),
        # Not the first word, or nothing like a verb.
        (["--quiet", "chekc"], ""),
        ([".", "chekc"], ""),
        (["abcdefgh"], ""),
        # Files and folders that exist.
        (["compose.yml"], "compose.yaml"),
        (["sub/Dockerfil"], "sub/Dockerfile"),
        (["--stack", "compose.yml"], "compose.yaml"),
    ],
    ids=str,
)
def test_a_path_that_does_not_exist_may_be_a_verb_or_another_file(
    tmp_path: Path, argv: list[str], meant: str
) -> None:
    (tmp_path / "compose.yaml").write_text(STACK["compose.yaml"])
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "Dockerfile").write_text("FROM scratch\n")
    code, said = program(tmp_path, *argv)
    hint = f'; did you mean "{meant}"?' if meant else ""
    assert code == 2
    assert said.endswith(f": no such file or folder{hint}\n")


def test_a_reason_without_its_sign_is_told(tmp_path: Path) -> None:
    code, said = program(tmp_path, "--add-ignores", "some reason")
    assert code == 2
    assert said.endswith(
        ": no such file or folder; a reason follows a =: --add-ignores='some reason'\n"
    )


def test_a_folder_with_the_name_of_a_verb_is_linted(tmp_path: Path) -> None:
    (tmp_path / "lint").mkdir()
    assert "no such file" not in program(tmp_path, "lint")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "prod"], 'there are recommended, development, infrastructure, hybrid, production, hardened, style and all; did you mean "production"?'),
        (["--preset", "hardend"], 'style and all; did you mean "hardened"?'),
        (["--preset", "xyz"], "style and all\n"),
        (["rules", "--preset", "prod"], 'did you mean "production"?'),
        (["init", "--dry-run", "--preset", "dev"], 'did you mean "development"?'),
        (["--output-format", "jsn"], 'did you mean "json"?'),
        (["--output-format", "nothing"], "'markdown', 'html'\n"),
        (["--report", "chekstyle=a"], 'did you mean "checkstyle"?'),
        (["--fail-on", "warn"], 'did you mean "warning"?'),
        (["rules", "--standard", "owsap"], 'did you mean "owasp"?'),
        (["budget", "--preset", "prod"], 'did you mean "production"?'),
        (["completions", "bsh"], 'did you mean "bash"?'),
        (["init", "--from", "hadolnt"], 'did you mean "hadolint"?'),
        (["--outputformat", "json"], "--output-format"),
        (["budget", "--critical", "apj"], 'no service is called "apj"; did you mean "api"?'),
        (["budget", "--critical", "other"], 'no service is called "other"; there are api and web'),
    ],
    ids=" ".join,
)  # fmt: skip
def test_the_nearest_name_is_in_the_message(
    lay_out: LayOut, run: Run, arguments: list[str], said: str
) -> None:
    lay_out(STACK)
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ("mising-healthcheck", '"missing-healthcheck"'),
        ("securty", '"security"'),
        ("CF2011", '"CF201" or "CF211"'),
        ("FC201", '"CF201"'),
        ("cf2O1", '"CF201"'),
        ("DL30008", '"DL3000" or "DL3008"'),
        ("hadolint:DL30008", '"DL3000" or "DL3008"'),
        ("CL-00001", '"CL-0001"'),
        ("DL3OO8", '"DL3008"'),
        # A code that differs in a digit is not a guess.
        ("CF999", ""),
        ("CF298", ""),
        ("CL-001", ""),
    ],
)
def test_the_nearest_rule_is_in_the_message(run: Run, selector: str, meant: str) -> None:
    hint = f"; did you mean {meant}?" if meant else ""
    for arguments in (["rule", selector], ["--select", selector], ["--ignore", selector]):
        answer = run(*arguments)
        assert answer.exit_code == 2
        said = answer.stderr.partition('; "composelint rules')[0].rstrip("\n")
        assert said == f'composelint: no rule is called "{selector}"{hint}'


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("missing-helthcheck", '"missing-healthcheck"'),
        ("FC201", '"CF201"'),
        ("CF999", ""),
        ("nothing-like-any-rule", ""),
    ],
)
def test_a_comment_that_names_no_rule_is_answered_with_the_nearest(
    lay_out: LayOut, run: Run, name: str, meant: str
) -> None:
    comment = f"# composelint: ignore[{name}] because"
    lay_out({"compose.yaml": f"services:\n  web:\n    image: nginx:1.31  {comment}\n"})
    answer = run("--select", "LN011", "--output-format", "full")
    assert f'LN011] no rule is called "{name}"' in answer.stdout
    assert (f"= help: did you mean {meant}?" in answer.stdout) == bool(meant)


@pytest.mark.parametrize("verb", [["check", "--exit-zero", "--select", "LN"], ["budget"]], ids=str)
@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("de", 'no service has the profile "de"; did you mean "dev"?'),
        ("prod", 'no service has the profile "prod"; there are dev and staging'),
        ("dev", ""),
        ("*", ""),
    ],
)
def test_a_profile_that_no_service_has_is_named(
    lay_out: LayOut, run: Run, verb: list[str], profile: str, said: str
) -> None:
    lay_out(STACK)
    answer = run(*verb, "--profile", profile)
    assert answer.exit_code == 0
    assert answer.stderr == (f"composelint: --profile: {said}\n" if said else "")
