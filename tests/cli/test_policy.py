"""``policy test``: examples beside policies and in plug-ins are tried."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import ROOT, LayOut, Run, run_python

HEAD = """\
[[policies]]
code = "ACME001"
name = "tag-that-moves"
message = "{value} names no version"
match = { properties = { image = { pattern = ":[0-9]" } } }
"""
STAGE = """\
[[policies]]
code = "ACME002"
name = "no-user"
message = "stage {name} sets no user"
on = "stage"
match = { required = ["user"] }
"""
STACK = """\
[[policies]]
code = "ACME003"
name = "one-network"
message = "there is no network"
on = "stack"
match = { required = ["networks"], properties = { networks = { required = ["inner"] } } }
"""
MARKED = '''bad = ["""
services:
  a: {image: "b:1"}
  c:
    image: d:edge  # error
"""]
'''


@pytest.mark.parametrize(
    ("policy", "failures"),
    [
        # The keys of a service, and Compose files.
        (HEAD + 'good = ["image: a:1"]\nbad = ["image: a:edge"]\n', []),
        (HEAD + 'good = ["image: a:edge"]\n', [
            'composelint.toml:6:9: the good example fails: it is reported: line 1: a:edge names no version'
        ]),
        (HEAD + 'bad = ["image: a:1"]\n', [
            "composelint.toml:6:8: the bad example fails: nothing is reported"
        ]),
        (HEAD + 'good = ["services: {a: {image: b:1}}", "services:\\n  a: {image: b:1}\\n"]\n', []),
        (HEAD + 'bad = ["image: a:edge", "services: {a: {image: b:1}}"]\n', [
            "composelint.toml:6:25: the bad example fails: nothing is reported"
        ]),
        # Marks.
        (HEAD + MARKED, []),
        (HEAD + MARKED.replace("# error", "# error: d:edge"), []),
        (HEAD + MARKED.replace("# error", "# error: other"), [
            'composelint.toml:6:8: the bad example fails: line 4: "d:edge" is reported, not "other"'
        ]),
        (HEAD + MARKED.replace("# error", "").replace("  c:", "  c:  # error"), [
            "composelint.toml:6:8: the bad example fails: expected a finding on line 3, got one on line 4: "
            "d:edge names no version"
        ]),
        (HEAD + MARKED.replace("b:1", "b:edge"), [
            "composelint.toml:6:8: the bad example fails: expected a finding on line 4, got findings on lines 2 and 4: "
            "line 2: b:edge names no version; line 4: d:edge names no version"
        ]),
        # What is no YAML is neither good nor bad.
        (HEAD + 'good = ["image: ["]\n', ["composelint.toml:6:9: the good example fails: it cannot be checked: line "]),
        (HEAD + 'bad = ["image: ["]\n', ["composelint.toml:6:8: the bad example fails: it cannot be checked: line "]),
        # Stages and stacks.
        (STAGE + 'good = ["FROM a\\nUSER 10"]\nbad = ["FROM a", "FROM a  # error\\nRUN b\\n"]\n', []),
        (STAGE + 'bad = ["FROM a\\nUSER 10"]\n', ["composelint.toml:7:8: the bad example fails: nothing is reported"]),
        (STACK + 'good = ["services: {}\\nnetworks: {inner: {}}"]\nbad = ["services: {}"]\n', []),
    ],
)  # fmt: skip
def test_examples_hold_or_say_why_not(
    lay_out: LayOut, run: Run, policy: str, failures: list[str]
) -> None:
    lay_out({"composelint.toml": policy})
    answer = run("policy", "test")
    told = [line.strip() for line in answer.stdout.splitlines() if line.startswith("  ")]
    assert len(told) == len(failures)
    for line, expected in zip(told, failures, strict=True):
        assert line.startswith(expected)
    assert answer.exit_code == (1 if failures else 0)
    assert answer.stdout.startswith("FAIL ACME" if failures else "ok   ACME")
    assert answer.stdout.splitlines()[-1].endswith(
        f"{len(failures)} example{'' if len(failures) == 1 else 's'} failed."
        if failures
        else "all hold."
    )


def test_no_file_beside_an_example_counts(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "composelint.toml": HEAD + 'good = ["image: a:${TAG}"]\nbad = ["image: a:edge"]\n',
            ".env": "TAG=edge\n",
            "compose.yaml": "services: {a: {image: b}}\n",
            "compose.override.yaml": "services: {example: {image: b:1}}\n",
        }
    )
    answer = run("policy", "test")
    assert answer.exit_code == 0, answer.stdout


def test_presets_and_ignores_of_the_configuration_do_not_matter(lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": f'ignore = ["ACME001"]\n{HEAD}bad = ["image: a:1"]\n'})
    assert run("policy", "test").exit_code == 1


FILE = "policies:\n- {code: ACME009, name: x-y, message: m, match: {required: [labels]}, bad: ['image: a']}\n"


def test_files_can_be_named(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "composelint.toml": HEAD,
            "p/one.yaml": FILE,
            "p/two.yaml": FILE.replace("image: a", "labels: {a: b}"),
            "other.toml": f'preset = "all"\n{STAGE}good = ["FROM a"]\n',
        }
    )
    assert "ACME009 x-y: 0 good, 1 bad" in run("policy", "test", "p/one.yaml").stdout
    answer = run("policy", "test", "p/one.yaml", "p/two.yaml")
    assert answer.exit_code == 1
    assert "  p/two.yaml:2:" in answer.stdout
    assert "2 rules, 2 examples: 1 example failed." in answer.stdout
    answer = run("policy", "test", "other.toml")
    assert "  other.toml:8:9: the good example fails" in answer.stdout
    assert "ACME001" not in answer.stdout


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ({}, [], "no policies were found"),
        ({}, ["nope.yaml"], "nope.yaml: the file does not exist"),
        ({"a.yaml": "policies: 1\n"}, ["a.yaml"], 'a.yaml:1:11: "policies" takes a list of policies'),
        ({"composelint.toml": HEAD + "good = [1]\n"}, [], 'composelint.toml:6:9: "policies[0].good[0]" takes a string'),
        ({"composelint.toml": HEAD + 'bad = "image: a"\n'}, [], 'composelint.toml:6:7: "policies[0].bad" takes a list'),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_is_an_error(
    lay_out: LayOut, run: Run, files: dict[str, str], arguments: list[str], said: str
) -> None:
    lay_out(files)
    answer = run("policy", "test", *arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_a_policy_without_examples_is_told(lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": HEAD + 'bad = ["image: a"]\n' + STAGE})
    answer = run("policy", "test")
    assert answer.exit_code == 0
    assert answer.stdout == (
        "ok   ACME001 tag-that-moves: 0 good, 1 bad\n-    ACME002 no-user: no examples\n\n"
        "2 rules, 1 example: all hold. 1 rule without examples.\n"
    )


def test_the_page_of_a_policy_shows_its_examples(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {"composelint.toml": HEAD + 'good = ["image: a:17"]\nbad = ["image: a:edge  # error"]\n'}
    )
    page = run("rule", "ACME001").stdout
    assert "image: a:17" in page
    assert "image: a:edge\n" in page


def test_the_example_and_its_plug_in_hold() -> None:
    folder = ROOT / "examples" / "own-rules"
    answer = run_python("-m", "composelint", "policy", "test", "--trust", folder=folder)
    assert answer.returncode == 0, answer.stdout
    assert "SHOP001" in answer.stdout
    assert "SHOP010" in answer.stdout
    answer = run_python("-m", "composelint", "policy", "test", folder=folder)
    assert "SHOP010" not in answer.stdout
    assert '"plugins" is ignored' in answer.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  # error: web", ""), ""),
        (("  # error: web", "  # error: nope"), 'line 4: "web" is reported, not "nope"'),
        (("container_name: web  #", "hostname: web  #"), "nothing is reported"),
        (
            ('good="services:', 'good="services:\\n  b: {container_name: x}'),
            "it is reported: line 2",
        ),
    ],
)
def test_examples_of_plug_ins_fail_at_their_line(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], said: str
) -> None:
    text = (ROOT / "examples" / "own-rules" / "shop_rules.py").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "shop_rules.py").write_text(text.replace(*change))
    (tmp_path / "composelint.toml").write_text('plugins = ["shop_rules"]\n')
    monkeypatch.chdir(tmp_path)
    answer = run("policy", "test", "--trust")
    assert answer.exit_code == (1 if said else 0)
    assert said in answer.stdout
    assert not said or "  shop_rules.py:" in answer.stdout
    assert sorted(os.listdir()) == ["composelint.toml", "shop_rules.py"]
