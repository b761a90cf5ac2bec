"""Every error in a configuration is reported in one line with its place."""

from __future__ import annotations

import os

import pytest
from checks import LayOut, load_config
from composelint.linter.config.errors import ConfigError

RULES = "recommended, development, infrastructure, hybrid, production, hardened, style or all"

# (configuration, errors without the file's name)
TOML = [
    # keys
    ('selct = ["CF201"]', ['1:1: unknown key "selct"; did you mean "select"?']),
    ('\n  fail_on = "error"', ['2:3: unknown key "fail_on"; did you mean "fail-on"?']),
    ("zzz = 1", ['1:1: unknown key "zzz"']),
    ('host.memroy = "8G"', ['1:6: unknown key "memroy" in "host"; did you mean "memory"?']),
    ('[host]\nmemroy = "8G"', ['2:1: unknown key "memroy" in "host"; did you mean "memory"?']),
    ("host = {disk = 1}", ['1:9: unknown key "disk" in "host"; known are memory, cpus, reserve']),
    (
        '[[stacks]]\nfiles = ["a"]\n[[stacks]]\nfiles = ["a"]\nprofile = ["x"]',
        ['5:1: unknown key "profile" in "stacks[1]"; did you mean "profiles"?'],
    ),
    # types
    ('select = "CF201"', ['1:10: "select" takes a list of rules, not a string']),
    ("select = {}", ['1:10: "select" takes a list of rules, not a table']),
    ("ignore = [1]", ['1:11: "ignore[0]" takes a rule\'s code or name, not the number 1']),
    ("ignore = [[]]", ['1:11: "ignore[0]" takes a rule\'s code or name, not a list']),
    ("host = 8", ['1:8: "host" takes a table, not the number 8']),
    ("stacks = {}", ['1:10: "stacks" takes a list of tables, not a table']),
    ('allow-outside = "no"', ['1:17: "allow-outside" takes true or false, not a string']),
    ("fail-on = true", ['1:11: "fail-on" takes error, warning, info or never, not true']),
    ("exclude = [2024-01-01]", ['1:12: "exclude[0]" takes a string, not a date']),
    ("exclude = [07:32:00]", ['1:12: "exclude[0]" takes a string, not a time']),
    ("max-file-size = 1.5", ['1:17: "max-file-size" takes a size such as 512M or 4G, not the number 1.5']),
    ("[fix]\npids = true", ['2:8: "fix.pids" takes a whole number, not true']),
    ('[severity]\nCF201 = 3', ['2:9: "severity.CF201" takes error, warning or info, not the number 3']),
    ('policies = [1]', ['1:13: "policies[0]" takes a policy or a file of policies, not the number 1']),
    # values
    (
        'fail-on = "eror"',
        ['1:11: "fail-on" is "eror"; it takes error, warning, info or never; did you mean "error"?'],
    ),
    ('preset = "prod"', [f'1:10: "preset" is "prod"; it takes {RULES}; did you mean "production"?']),
    ('preset = "x"', [f'1:10: "preset" is "x"; it takes {RULES}']),
    (
        '[presets-by-name]\n"*.live.*" = "producton"',
        [f'2:14: "presets-by-name."*.live.*"" is "producton"; it takes {RULES}; did you mean "production"?'],
    ),
    ('max-file-size = "4 megs"', ['1:17: "max-file-size" is "4 megs", not a size such as 512M or 4G']),
    ("max-file-size = -1", ['1:17: "max-file-size" is -1; the least is 0']),
    ('host.memory = "lots"', ['1:15: "host.memory" is "lots", not a size such as 8G, or auto']),
    ("host.memory = 0", ['1:15: "host.memory" is 0']),
    ('host.cpus = "all"', ['1:13: "host.cpus" is "all"; it takes auto']),
    ("host.cpus = 0", ['1:13: "host.cpus" is 0; it has to be more than 0']),
    ("host.cpus = nan", ['1:13: "host.cpus" is nan; it has to be more than 0']),
    ('host.reserve = "10%"', ['1:16: "host.reserve" is a part of "host.memory": give it']),
    ('fix.interval = "30"', ['1:16: "fix.interval" is "30", not a duration such as 30s or 1m30s']),
    ('fix.restart = "yes"', ['1:15: "fix.restart" is "yes"; it takes always, on-failure, unless-stopped or no']),
    ("stacks = [{files = []}]", ['1:20: "stacks[0].files" is empty']),
    ('exclude = [""]', ['1:12: "exclude[0]" is empty']),
    (
        '[[stacks]]\nname = "a"\nfiles = ["x"]\n[[stacks]]\nname = "a"\nfiles = ["y"]',
        ['5:8: another stack is called "a", too'],
    ),
    ('plugins = ["acme rules"]', ['1:12: "plugins[0]" is "acme rules", not a module\'s name such as acme_rules']),
    ('shellcheck = "bin/shellcheck"', ['1:14: "shellcheck" takes an absolute path']),
    # missing values
    ("[[stacks]]\nname = 'x'", ['1:3: "stacks[0]" has no "files"']),
    (
        '[[per-service-ignores]]\nservices = ["db"]\nrules = ["CF201"]',
        ['1:3: "per-service-ignores[0]" has no "reason"'],
    ),
    # rules
    ('ignore = ["CF201", "CF999"]', ['1:20: no rule is called "CF999"']),
    (
        'select = ["missing-helthcheck"]',
        ['1:11: no rule is called "missing-helthcheck"; did you mean "missing-healthcheck"?'],
    ),
    ('[severity]\n"CF9999" = "info"', ['2:1: no rule is called "CF9999"']),
    ('[per-file-ignores]\n"a/**" = ["NOPE"]', ['2:11: no rule is called "NOPE"']),
    (
        '[[per-service-ignores]]\nservices = ["db"]\nrules = ["NOPE"]\nreason = "x"',
        ['3:10: no rule is called "NOPE"'],
    ),
    ("[rules.nope-nope-nope]\nx = 1", ['1:8: no rule is called "nope-nope-nope"']),
    ("[rules.LN001]\nx = 1", ["1:8: unreadable-file has no options"]),
    # files
    ('extend = "nope.toml"', ['1:10: there is no file "nope.toml"']),
    ('policies = ["nope.yaml"]', ['1:13: there is no file "nope.yaml"']),
    (
        'plugins = ["acme_rules_that_nobody_has"]',
        ['1:12: the plug-in "acme_rules_that_nobody_has" cannot be imported: ModuleNotFoundError: '
         "No module named 'acme_rules_that_nobody_has'"],
    ),
    # all of them
    (
        'ignore = ["CF999"]\nfail-on = 1\nzzz = 1\n[host]\ncpus = -1',
        [
            '1:11: no rule is called "CF999"',
            '2:11: "fail-on" takes error, warning, info or never, not the number 1',
            '3:1: unknown key "zzz"',
            '5:8: "host.cpus" is -1; it has to be more than 0',
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "errors"), TOML)
def test_errors_in_toml_have_a_place(lay_out: LayOut, text: str, errors: list[str]) -> None:
    lay_out({"composelint.toml": text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value).splitlines() == [f"composelint.toml:{error}" for error in errors]


YAML = [
    ("selct: [CF201]", ['1:1: unknown key "selct"; did you mean "select"?']),
    ("select: CF201", ['1:9: "select" takes a list of rules, not a string']),
    ("ignore:\n  - CF201\n  - CF999\n", ['3:5: no rule is called "CF999"']),
    ("ignore:\n", ['1:8: "ignore" takes a list of rules, not nothing']),
    ("host: 8\n", ['1:7: "host" takes a mapping, not the number 8']),
    ("host:\n  memory: 8G\n  cpu: 2\n", ['3:3: unknown key "cpu" in "host"; did you mean "cpus"?']),
    ("severity: {CF201: 2024-01-01}", ['1:19: "severity.CF201" takes error, warning or info, not a date']),
    ("stacks:\n  - name: a\n", ['2:5: "stacks[0]" has no "files"']),
    ("fail-on: no\n", ['1:10: "fail-on" is "no"; it takes error, warning, info or never']),
    ("- a\n", ["1:1: a mapping of settings is expected here, not a list"]),
    ("a: 1\n---\nb: 2\n", ["3:1: a second document begins here; one is expected"]),
    ("fail-on: error\nfail-on: info\n", ['2:1: the key "fail-on" is in this mapping twice, first on line 1']),
    ("ignore: [CF201\n", None),
    ("a:\n\tb: 1\n", ["2:1: not YAML: there is a tab in the indentation, where only spaces are allowed"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "errors"), YAML)
def test_errors_in_yaml_have_a_place(lay_out: LayOut, text: str, errors: list[str] | None) -> None:
    lay_out({".composelint.yaml": text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    if errors is None:
        assert str(caught.value).startswith(".composelint.yaml:")
    else:
        assert str(caught.value).splitlines() == [f".composelint.yaml:{error}" for error in errors]


def test_places_in_pyproject_are_those_of_the_whole_file(lay_out: LayOut) -> None:
    lay_out({"pyproject.toml": '[project]\nname = "x"\n\n[tool.composelint]\nselct = []\n'})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value) == 'pyproject.toml:5:1: unknown key "selct"; did you mean "select"?'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a = \n", "composelint.toml:1:5: not TOML: "),
        ('a = "x\n', "composelint.toml:1:7: not TOML: "),
        ("a = 1\na = 2\n", "composelint.toml:2:6: not TOML: "),
        ("a = [1,", "composelint.toml:1:8: not TOML: "),
        ("a = " + "[" * 5000, "composelint.toml: the values nest too deeply"),
        ("x = '" + "y" * 1024 * 1024 + "'", "composelint.toml: larger than 1,048,576 bytes"),
    ],
    ids=["value", "string", "twice", "end", "deep", "large"],
)
def test_a_text_that_is_not_toml_is_an_error(lay_out: LayOut, text: str, error: str) -> None:
    lay_out({"composelint.toml": text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value).startswith(error)


def test_a_file_that_cannot_be_read_is_an_error(lay_out: LayOut) -> None:
    folder = lay_out({"x.ini": "", "latin.toml": "", "pyproject.toml": "[project]\n"})
    (folder / "latin.toml").write_bytes(b"x = '\xe9'")
    os.mkfifo(folder / "pipe.toml")
    for path, error in (
        ("nope.toml", "nope.toml: the file does not exist"),
        (".", ".: not a regular file"),
        ("pipe.toml", "pipe.toml: not a regular file"),
        ("latin.toml", "latin.toml: byte 0xe9 at offset 5 is not UTF-8"),
        ("x.ini", "x.ini: the name has to end in .toml, .yaml or .yml to tell the format"),
        ("pyproject.toml", "pyproject.toml: it has no section [tool.composelint]"),
        ("a\0b.toml", "a\\x00b.toml: cannot be read: "),
    ):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert str(caught.value).startswith(error)


def test_control_characters_are_escaped_in_messages(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": '"a\\u001b[31m" = 1'})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value) == 'composelint.toml:1:1: unknown key "a\\x1b[31m"'


def test_configurations_that_extend_each_other_are_an_error(lay_out: LayOut) -> None:
    lay_out(
        {
            "a.toml": 'extend = "b/b.toml"',
            "b/b.toml": '\nextend = "../c.toml"',
            "c.toml": 'extend = "a.toml"',
            "d.toml": 'extend = "./d.toml"',
            "e.toml": 'extend = "d.toml"',
        }
    )
    for path, error in (
        ("a.toml", "c.toml:1:10: this goes in a circle: a.toml extends b/b.toml extends c.toml extends a.toml"),
        ("d.toml", "d.toml:1:10: this goes in a circle: d.toml extends d.toml"),
        ("e.toml", "d.toml:1:10: this goes in a circle: e.toml extends d.toml extends d.toml"),
    ):  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert str(caught.value) == error


def test_errors_in_a_base_are_reported_too(lay_out: LayOut) -> None:
    lay_out(
        {
            "composelint.toml": 'extend = "conf/base.yaml"\nzzz = 1\n',
            "conf/base.yaml": "preset: nope\n",
        }
    )
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value).splitlines() == [
        f'conf/base.yaml:1:9: "preset" is "nope"; it takes {RULES}',
        'composelint.toml:2:1: unknown key "zzz"',
    ]


def test_a_chain_of_bases_has_a_limit(lay_out: LayOut) -> None:
    lay_out({f"c{n}.toml": f'extend = "c{n + 1}.toml"' for n in range(30)})
    with pytest.raises(ConfigError, match="more than 20 configurations extend another"):
        load_config("c0.toml")


def test_a_program_inside_the_project_is_refused(lay_out: LayOut) -> None:
    folder = lay_out({"bin/shellcheck": "#!/bin/sh\n"})
    lay_out({"composelint.toml": f'shellcheck = "{folder}/bin/shellcheck"'})
    with pytest.raises(ConfigError, match="a program inside the project is not run"):
        load_config()
    lay_out({"composelint.toml": 'shellcheck = "/usr/bin/shellcheck"'})
    assert load_config().shellcheck == "/usr/bin/shellcheck"


def test_aliases_that_multiply_values_are_refused(lay_out: LayOut) -> None:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    lay_out({".composelint.yaml": "\n".join(lines)})
    with pytest.raises(ConfigError, match="more than 1,000,000 values"):
        load_config()
    lay_out({".composelint.yaml": "\n".join(lines[:5])})
    with pytest.raises(ConfigError, match="more than 100,000 values"):
        load_config()
