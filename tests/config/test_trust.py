"""What a tree may not decide about the machine unless the user trusts it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import LayOut, Run, run_python
from composelint import ConfigError, check
from composelint.linter.config.settings import Config
from composelint.linter.config.trust import User, read_user, user_path
from composelint.linter.rulebook.binding import load_config

GUARDED = [
    ('plugins = ["acme"]', '1:1: "plugins" is ignored: it runs code'),
    ('shellcheck = "/usr/bin/x"', '1:1: "shellcheck" is ignored: it names a program'),
    (
        "allow-outside = true",
        '1:1: "allow-outside" is ignored: it lets files outside of the tree be read',
    ),
    (
        "use-environment = true",
        '1:1: "use-environment" is ignored: it lets the variables of this machine into reports',
    ),
    ('baseline = "/etc/hosts"', '1:1: "baseline" is ignored: it leads out of the tree'),
    ('baseline = "../known.json"', '1:1: "baseline" is ignored: it leads out of the tree'),
    ('baseline = "link/known.json"', '1:1: "baseline" is ignored: it leads out of the tree'),
    ('policies = ["/etc/hosts"]', '1:13: "policies[0]" is ignored: it leads out of the tree'),
    ('policies = ["../p.yaml"]', '1:13: "policies[0]" is ignored: it leads out of the tree'),
    ('extend = "../base.toml"', '1:1: "extend" is ignored: it leads out of the tree'),
    ('extend = "/etc/composelint.toml"', '1:1: "extend" is ignored: it leads out of the tree'),
    ('extend = "link/base.toml"', '1:1: "extend" is ignored: it leads out of the tree'),
]
FREE = [
    "shellcheck = false", "allow-outside = false", "plugins = []", 'baseline = "known.json"',
    'extend = "conf/base.toml"', "use-environment = false",
]  # fmt: skip
SUFFIX = ", and this tree is not trusted"


@pytest.fixture
def tree(lay_out: LayOut, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "base.toml").write_text("fail-on = 'never'\n")
    lay_out({"conf/base.toml": "", "compose.yaml": "services: {a: {image: 'b:1'}}\n"})
    (folder / "link").symlink_to(outside)
    return folder


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of the user's own configuration, in a folder that exists."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    path = Path(user_path())
    path.parent.mkdir()
    assert path == home / "composelint" / "config.toml"
    return path


@pytest.mark.parametrize(("text", "message"), GUARDED)
def test_a_tree_decides_nothing_about_the_machine(tree: Path, text: str, message: str) -> None:
    (tree / "composelint.toml").write_text(text)
    config = load_config()
    assert [str(fault) for fault in config.ignored] == [f"composelint.toml:{message}{SUFFIX}"]
    defaults = Config(folder=config.folder, path=config.path, layers=config.layers)
    assert config._replace(ignored=()) == defaults


@pytest.mark.parametrize("text", FREE)
def test_what_a_tree_may_decide_needs_no_trust(tree: Path, text: str) -> None:
    (tree / "composelint.toml").write_text(text)
    assert load_config().ignored == ()


def test_no_base_of_the_tree_decides_either(tree: Path) -> None:
    (tree / "composelint.toml").write_text("extend = 'conf/base.toml'\n")
    (tree / "conf/base.toml").write_text("allow-outside = true\nextend = '../../base.toml'\n")
    config = load_config()
    assert not config.allow_outside
    assert [str(fault).partition(" is ")[0] for fault in config.ignored] == [
        'conf/base.toml:2:1: "extend"',
        'conf/base.toml:1:1: "allow-outside"',
    ]


def test_files_of_the_tree_are_found_from_its_root(tree: Path, lay_out: LayOut) -> None:
    """A base above, in the same repository, is in the tree."""
    lay_out({"a/composelint.toml": "extend = '../conf/base.toml'\nbaseline = '../b.json'\n"})
    config = load_config(start="a")
    assert (config.ignored, config.baseline) == ((), "b.json")


# --- the user's side


def test_the_user_trusts_all_trees(tree: Path) -> None:
    (tree / "composelint.toml").write_text("allow-outside = true\nextend = 'link/base.toml'\n")
    config = load_config(user=User(everything=True))
    assert (config.allow_outside, config.fail_on, config.ignored) == (True, "never", ())


@pytest.mark.parametrize(
    ("trusted", "is_trusted"), [("{}", True), ("{}/..", True), ("{}/conf", False), ("{}x", False)]
)
def test_the_user_trusts_a_folder(tree: Path, own: Path, trusted: str, is_trusted: bool) -> None:
    (tree / "composelint.toml").write_text("allow-outside = true\n")
    own.write_text(f"trusted = ['{trusted.format(tree)}']\n")
    config = load_config(user=read_user())
    assert config.allow_outside is is_trusted
    assert bool(config.ignored) is not is_trusted


def test_a_folder_below_the_home_is_trusted(
    tree: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tree.parent))
    own.write_text(f"trusted = ['~/{tree.name}']\n")
    assert read_user().trusts(str(tree))
    assert not read_user().trusts(str(tree.parent))


def test_the_users_own_settings_count(tree: Path, own: Path, run: Run) -> None:
    own.write_text("shellcheck = '/opt/tools/shellcheck'\nallow-outside = true\n")
    for text in ("", "preset = 'all'\n"):
        (tree / "composelint.toml").write_text(text)
        config = load_config(user=read_user())
        assert (config.shellcheck, config.allow_outside) == ("/opt/tools/shellcheck", True)
    assert f"{own}" in run("config", "allow-outside").stdout
    assert "default" in run("config", "allow-outside", "--isolated").stdout


def test_the_command_line_counts(tree: Path, run: Run) -> None:
    (tree / "composelint.toml").write_text("allow-outside = true\n")
    assert load_config("composelint.toml").allow_outside
    assert load_config(overrides=["allow-outside = true"]).allow_outside
    assert "allow-outside = true" in run("config", "allow-outside", "--trust").stdout
    assert "allow-outside = false" in run("config", "allow-outside").stdout


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("preset = 'all'", 'unknown key "preset"'),
        ("trusted = 'x'", '"trusted" takes a list'),
        ("trusted = ['work/shop']", '"trusted[0]" takes an absolute path'),
        ("trusted = [", "not TOML"),
        ("plugins = ['nobody_has_this']", "cannot be imported"),
    ],
)
def test_errors_in_the_users_own_configuration(
    tree: Path, own: Path, run: Run, text: str, error: str
) -> None:
    own.write_text(text)
    answer = run("compose.yaml")
    assert answer.exit_code == 2
    assert error in answer.stderr
    assert run("compose.yaml", "--isolated", "--exit-zero").exit_code == 0


# --- what is reported


def test_a_setting_that_does_not_count_is_a_finding(tree: Path, run: Run) -> None:
    (tree / "composelint.toml").write_text('fail-on = "warning"\nplugins = ["acme"]\n')
    for paths in ([], ["compose.yaml"], ["compose.yaml", "--no-cache"], ["--fix"]):
        answer = run("--output-format", "concise", "--select", "CF401", *paths)
        assert answer.stdout.startswith(
            'composelint.toml:2:1: warning: LN040 "plugins" is ignored: it runs code, and this tree '
            "is not trusted\n"
        )
        assert answer.exit_code == 1
    assert "give --trust" in run("--output-format", "full", "compose.yaml").stdout
    assert run("--ignore", "LN040", "--select", "CF401").exit_code == 0
    assert [item.code for item in check(select=["CF401"]).diagnostics] == ["LN040"]
    with pytest.raises(ConfigError, match='plug-in "acme" cannot be imported'):
        check(trust=True)


@pytest.mark.parametrize(
    "text",
    [
        'extend-select = ["ACME1", "acme-rule"]', 'ignore = ["ACME1"]', 'severity = {ACME1 = "info"}',
        'per-file-ignores = {"a" = ["ACME1", "CF401"]}', 'locked = ["ACME1"]',
        "rules = {ACME1 = {most = 3}}", 'fixable = ["ACME1", "CF4"]',
        'per-service-ignores = [{services = ["a"], rules = ["ACME1"], reason = "x"}]',
    ],
)  # fmt: skip
def test_selectors_for_rules_that_are_not_loaded_are_left_out(
    tree: Path, run: Run, text: str
) -> None:
    (tree / "composelint.toml").write_text(f'plugins = ["acme"]\n{text}\n')
    answer = run("--output-format", "concise", "--ignore", "ALL", "--extend-select", "LN040")
    assert "LN040" in answer.stdout
    assert "Found 1 warning in 1 file" in answer.stdout
    (tree / "composelint.toml").write_text(f"{text}\n")
    assert run("--ignore", "ALL").exit_code == 2


def test_nothing_but_rules_that_are_not_loaded_is_no_check(tree: Path, run: Run) -> None:
    (tree / "composelint.toml").write_text('plugins = ["acme"]\nselect = ["ACME1"]\n')
    answer = run()
    assert answer.exit_code == 2
    assert 'nothing would be checked ("plugins" is ignored: ' in answer.stderr


# --- nothing of the tree is run or shown


@pytest.mark.parametrize("options", [[], ["--trust"]])
def test_python_imports_nothing_of_the_working_folder(tree: Path, options: list[str]) -> None:
    """``python -m`` looks for modules in the working folder first."""
    names = ("json", "yaml", "click", "tomllib", "socket", "acme", "linter", "rules")
    for name in names:
        (tree / f"{name}.py").write_text(f"import pathlib; pathlib.Path('ran-{name}').touch()\n")
    (tree / "composelint.toml").write_text('plugins = ["acme"]\n')
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} if options else {}
    answer = run_python("-m", "composelint", "--preset=all", *options, folder=tree, **environment)
    # The plug-in of a trusted tree is the one module that may run, and it is found by its path.
    assert [path.name for path in tree.glob("ran-*")] == (["ran-acme"] if options else [])
    assert answer.returncode == (2 if options else 1), answer.stderr
    assert ('plug-in "acme" declares no rules' in answer.stderr) is bool(options)
    assert not (tree / "__pycache__").exists()


def test_a_setting_on_the_command_line_loads_no_plug_in_of_the_working_folder(tree: Path) -> None:
    """It is the same in each folder, whoever has written what lies there."""
    (tree / "acme.py").write_text("import pathlib; pathlib.Path('ran').touch()\n")
    answer = run_python("-m", "composelint", "--config", "plugins = ['acme']", folder=tree)
    assert answer.returncode == 2
    assert 'plug-in "acme" cannot be imported: ModuleNotFoundError' in answer.stderr
    assert not (tree / "ran").exists()


def test_no_report_quotes_a_file_outside(tree: Path, run: Run) -> None:
    secret = "hunter2-outside-Qx9"
    (tree / "link" / "Dockerfile").resolve().write_text(
        f"FROM alpine\nENV PASSWORD={secret}\nRUN {secret}\n"
    )
    (tree / "compose.yaml").write_text(
        "services:\n  a:\n    build: {context: ., dockerfile: link/Dockerfile}\n"
        "    env_file: link/Dockerfile\n  b:\n    extends: {file: link/Dockerfile, service: x}\n"
        "include: [link/Dockerfile]\n"
    )
    (tree / "composelint.toml").write_text("allow-outside = true\npreset = 'all'\n")
    for options in ([], ["link/Dockerfile"], ["--diff", "--unsafe-fixes"]):
        answer = run("--show-secrets", *options)
        assert secret not in answer.stdout + answer.stderr
    assert secret in run("--show-secrets", "--trust").stdout
