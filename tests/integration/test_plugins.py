"""Plug-ins beside a configuration: where they are found, what their findings link to, their errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from checks import LayOut, Run, run_python
from click.testing import CliRunner
from composelint import ConfigError, check
from composelint.linter.cli.main import cli

RULE = '''\
from __future__ import annotations
from composelint.linter.rule import Diagnostic, Severity, rule
{imports}

@rule("{code}", "{name}", Severity.WARNING{more})
def check(service: Service):
    """A service is there."""
    {body}
'''
FOUND = 'yield Diagnostic(service.node, f"{service.name} is there")'
STACK = "services:\n  web:\n    image: nginx:1.31.2\n"
CONFIG = 'plugins = ["shop_rules"]\nselect = ["SHOP1"]\n'


def plugin(
    body: str = FOUND,
    *,
    code: str = "SHOP1",
    name: str = "it-is-there",
    imports: str = "",
    more: str = "",
) -> str:
    return RULE.format(body=body, code=code, name=name, imports=imports, more=more)


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A call of the program in another process, without PYTHONPATH."""
    return run_python("-m", "composelint", *arguments, folder=folder, PYTHONPATH="")


def told(answer: subprocess.CompletedProcess[str]) -> list[str]:
    found = json.loads(answer.stdout)["diagnostics"]
    return [f"{item['path']}: {item['message']}" for item in found]


LAYOUTS = {
    "module": {"shop_rules.py": plugin()},
    "package": {
        "shop_rules/__init__.py": plugin(imports="from .words import THERE")
        .replace("is there\")", "{THERE}\")"),
        "shop_rules/words.py": "THERE = 'is there'\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("folder_of_config", [".", "deploy/prod"])
def test_a_plug_in_beside_the_configuration_is_found(
    tmp_path: Path, layout: str, folder_of_config: str
) -> None:
    place = tmp_path / folder_of_config
    for name, text in {
        **LAYOUTS[layout],
        "composelint.toml": CONFIG,
        "compose.yaml": STACK,
        "sub/compose.yaml": STACK,
    }.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    expected = ["compose.yaml: web is there", "sub/compose.yaml: web is there"]
    assert told(lint(place, "--trust", "--format", "json")) == expected
    # As pre-commit does: from the repository's root, with the names of files.
    names = [f"{folder_of_config}/{name}" for name in ("compose.yaml", "sub/compose.yaml")]
    hook = lint(tmp_path, "--trust", "--force-exclude", "--format", "json", *names)
    prefix = "" if folder_of_config == "." else f"{folder_of_config}/"
    assert told(hook) == [f"{prefix}{each}" for each in expected]
    # Nothing is written beside it, and without trust it does not run.
    assert not list(tmp_path.rglob("__pycache__"))
    assert "is there" not in lint(place, "--format", "json").stdout


def test_the_library_finds_it_too(lay_out: LayOut) -> None:
    folder = lay_out({**LAYOUTS["module"], "composelint.toml": CONFIG, "compose.yaml": STACK})
    assert [item.message for item in check(trust=True).diagnostics] == ["web is there"]
    assert "LN040" in [item.code for item in check(preset="all").diagnostics]
    # The next run sees a change.
    (folder / "shop_rules.py").write_text(plugin(FOUND.replace("is there", "is still there")))
    assert [item.message for item in check(trust=True).diagnostics] == ["web is still there"]


def test_two_configurations_have_plug_ins_of_one_name(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "composelint.toml").write_text(CONFIG)
        (tmp_path / name / "compose.yaml").write_text(STACK)
        (tmp_path / name / "shop_rules.py").write_text(
            plugin(FOUND.replace("is", f"is in {name},"))
        )
    assert told(lint(tmp_path, "--trust", "--format", "json")) == [
        "a/compose.yaml: web is in a, there",
        "b/compose.yaml: web is in b, there",
    ]


def test_it_is_no_module_of_python_nor_in_the_way_of_one(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(plugin())
    (tmp_path / "composelint.toml").write_text(CONFIG.replace("shop_rules", "json"))
    (tmp_path / "compose.yaml").write_text(STACK)
    answer = lint(tmp_path, "--trust", "--format", "json")
    assert told(answer) == ["compose.yaml: web is there"]


def test_several_processes_and_the_cache_have_it(tmp_path: Path) -> None:
    (tmp_path / "shop_rules.py").write_text(plugin(more=', url="https://shop.example/rules#1"'))
    (tmp_path / "composelint.toml").write_text(CONFIG)
    for number in range(12):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "compose.yaml").write_text(STACK)
    for options in (
        ["--jobs", "2", "--no-cache"],
        ["--cache-dir", "kept"],
        ["--cache-dir", "kept"],
    ):
        answer = lint(tmp_path, "--trust", "--format", "json", *options)
        urls = [item["url"] for item in json.loads(answer.stdout)["diagnostics"]]
        assert urls == ["https://shop.example/rules#1"] * 12
    (tmp_path / "shop_rules.py").write_text(plugin(FOUND.replace("is there", "is still there")))
    answer = lint(tmp_path, "--trust", "--format", "json", "--cache-dir", "kept")
    assert told(answer)[0] == "0/compose.yaml: web is still there"


def test_the_cache_asks_only_for_the_file_of_a_plug_in(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies beside it may be a whole project, with all that is installed in it."""
    from composelint.linter.engine import cache

    lay_out({"shop_rules.py": plugin(), "composelint.toml": CONFIG, "compose.yaml": STACK})
    walked: list[str] = []
    sources = cache._sources

    def recorded(folder: str) -> list[tuple[str, int, int]]:
        walked.append(folder)
        return sources(folder)

    monkeypatch.setattr(cache, "_sources", recorded)
    assert [item.message for item in check(trust=True).diagnostics] == ["web is there"]
    run = CliRunner().invoke(cli, ["--trust", "--cache-dir", "kept"])
    assert "web is there" in run.output
    assert str(Path.cwd()) not in walked


# --- links

PAGE = "https://shop.example/rules/it-is-there"


@pytest.mark.parametrize("kind", ["plug-in", "policy"])
@pytest.mark.parametrize("url", [PAGE, ""])
def test_findings_link_to_the_page_of_their_rule_or_to_none(
    lay_out: LayOut, run: Run, kind: str, url: str
) -> None:
    policy = (
        '[[policies]]\ncode = "SHOP1"\nname = "it-is-there"\nmessage = "{name} is there"\n'
        "match = {required = ['labels']}\n"
    )
    more, added = (f', url="{url}"', f'url = "{url}"\n') if url else ("", "")
    lay_out(
        {"shop_rules.py": plugin(more=more), "compose.yaml": STACK}
        | {
            "composelint.toml": CONFIG
            if kind == "plug-in"
            else f'select=["SHOP1"]\n{policy}{added}'
        }
    )
    for output in ("full", "json", "json-lines", "sarif", "markdown", "rdjson"):
        text = run("--trust", "--format", output).stdout
        assert "is there" in text, output
        assert (PAGE in text) == bool(url), output
        assert "composelint/blob/main/docs/rules" not in text, output
    (facts,) = json.loads(run("rule", "SHOP1", "--trust", "--format", "json").stdout)
    assert facts["url"] == (url or None)
    assert (PAGE in run("rule", "SHOP1", "--trust").stdout) == bool(url)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "shop.example", "https://a b", ""])
def test_the_page_of_a_policy_is_an_address(lay_out: LayOut, run: Run, url: str) -> None:
    policy = (
        f'[[policies]]\ncode = "SHOP1"\nname = "a"\nmessage = "m"\nmatch = {{}}\nurl = "{url}"\n'
    )
    lay_out({"composelint.toml": policy})
    answer = run()
    assert answer.exit_code == 2
    assert '"policies[0].url" is' in answer.stderr


# --- errors


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yield 1 / 0", "ZeroDivisionError: division by zero (shop_rules.py:9)"),
        (
            "yield service.nope",
            "AttributeError: 'Service' object has no attribute 'nope' (shop_rules.py:9)",
        ),
        ("yield helper()", "KeyError: 'x' (shop_rules.py:3)"),
        # The last place that is the plug-in's.
        ("yield json.loads('{')", "(shop_rules.py:9)"),
        ("raise SystemExit(0)", "SystemExit: 0 (shop_rules.py:9)"),
        # It does not run then: the place of its function.
        ("yield 'text'", "AttributeError: 'str' object has no attribute 'declared_by' (shop_rules.py:6)"),
    ],
)  # fmt: skip
def test_a_rule_that_raises_is_named_with_its_line(
    lay_out: LayOut, run: Run, body: str, said: str
) -> None:
    imports = "def helper(): return {}['x']\nimport json"
    lay_out(
        {
            "shop_rules.py": plugin(body, imports=imports),
            "composelint.toml": CONFIG,
            "compose.yaml": STACK,
        }
    )
    answer = run("--trust")
    assert answer.exit_code == 2
    (line,) = [line for line in answer.stdout.splitlines() if "LN005" in line]
    assert "the rule SHOP1 (it-is-there) failed on" in line
    assert f"{said} (internal-error)" in line
    assert "this is an error of the plug-in, not of composelint" in answer.stdout
    assert "defect of composelint" not in answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\nraise RuntimeError('no')\n", "RuntimeError: no (shop_rules.py:2)"),
        ("def f(:\n", "SyntaxError: "),
        ("import nothing_like_it\n", "ModuleNotFoundError: No module named 'nothing_like_it' (shop_rules.py:1)"),
        ("import sys\nsys.exit('bye')\n", "SystemExit: bye (shop_rules.py:2)"),
        (plugin(more=', category="nonsense"'), "(shop_rules.py:5)"),
        ("", "declares no rules"),
    ],
    ids=["raises", "syntax", "import", "exit", "declaration", "empty"],
)  # fmt: skip
def test_a_plug_in_that_cannot_be_imported_is_named_with_its_line(
    lay_out: LayOut, run: Run, text: str, said: str
) -> None:
    lay_out({"shop_rules.py": text, "composelint.toml": CONFIG, "compose.yaml": STACK})
    answer = run("--trust")
    assert answer.exit_code == 2
    assert answer.stderr.startswith('composelint: composelint.toml:1:12: the plug-in "shop_rules"')
    assert said in answer.stderr
    assert "shop_rules.py" in answer.stderr or not text
    # It can be put right, and is then loaded anew.
    with pytest.raises(ConfigError):
        check(trust=True)
    Path("shop_rules.py").write_text(plugin())
    assert [item.message for item in check(trust=True).diagnostics] == ["web is there"]


def test_modules_are_imported_once(lay_out: LayOut) -> None:
    counted = "import sys\nsys.counted = getattr(sys, 'counted', 0) + 1\n"
    lay_out(
        {
            "shop_rules.py": plugin(imports=counted),
            "composelint.toml": CONFIG,
            "compose.yaml": STACK,
        }
    )
    vars(sys).pop("counted", None)
    try:
        check(trust=True)
        check(trust=True)
        assert vars(sys)["counted"] == 1
    finally:
        vars(sys).pop("counted", None)
