"""Configurations: where they are found, how one extends another, which value wins."""

from __future__ import annotations

import json
import os
import pickle
import sys
import tomllib
from pathlib import Path

import pytest
from checks import LayOut, load_config, run_python
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.config.document import Origin
from composelint.linter.config.errors import ConfigError
from composelint.linter.config.render import render_config
from composelint.linter.config.settings import Config
from composelint.linter.model.host import FixValues, Host
from composelint.linter.rule import Diagnostic, Severity
from composelint.linter.rulebook.options import options_for
from composelint.linter.rulebook.registry import UnknownSelector, find
from composelint.linter.rulebook.selection import selection_of
from composelint.linter.suppression.by_config import apply_ignores

SECTION = "[tool.composelint]\nfail-on = 'error'\n"


# --- finding ---


@pytest.mark.parametrize(
    ("files", "start", "expected"),
    [
        ({}, ".", None),
        ({"composelint.toml": ""}, ".", "composelint.toml"),
        ({"composelint.toml": ""}, "a/b", "composelint.toml"),
        ({"composelint.toml": ""}, "a/b/compose.yaml", "composelint.toml"),
        # The nearest folder wins.
        ({"composelint.toml": "", "a/.composelint.yml": ""}, "a/b", "a/.composelint.yml"),
        ({"composelint.toml": "", "a/.composelint.yml": ""}, "c", "composelint.toml"),
        # In one folder there is an order.
        ({".composelint.toml": "", "composelint.toml": ""}, ".", ".composelint.toml"),
        ({"composelint.toml": "", "pyproject.toml": SECTION}, ".", "composelint.toml"),
        ({"pyproject.toml": SECTION, ".composelint.yaml": ""}, ".", "pyproject.toml"),
        ({".composelint.yaml": "", ".composelint.yml": ""}, ".", ".composelint.yaml"),
        # A pyproject.toml without the section is not a configuration.
        ({"pyproject.toml": "[project]\nname = 'composelint'\n"}, ".", None),
        ({"pyproject.toml": "[tool.other]\n", ".composelint.yaml": ""}, ".", ".composelint.yaml"),
        ({"composelint.toml": "", "a/pyproject.toml": "[tool]\n"}, "a", "composelint.toml"),
        ({"pyproject.toml": "tool.composelint.fail-on = 'error'"}, ".", "pyproject.toml"),
        # A broken one is ignored unless it contains our name.
        ({"pyproject.toml": "[[["}, ".", None),
        # The repository's root is the end.
        ({"composelint.toml": "", "a/.git/x": "", "a/b/x": ""}, "a/b", None),
        ({"composelint.toml": "", "a/.git": "gitdir: x", "a/b/x": ""}, "a/b", None),
        ({"a/composelint.toml": "", "a/.git/x": "", "a/b/x": ""}, "a/b", "a/composelint.toml"),
    ],
)
def test_the_nearest_configuration_is_found(
    lay_out: LayOut, files: dict[str, str], start: str, expected: str | None
) -> None:
    lay_out({"a/b/compose.yaml": "", "c/x": "", **files})

    assert load_config(start=start).path == (expected or "")
    assert load_config(start=start, isolated=True).path == ""


def test_a_second_file_in_the_folder_gets_a_note(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": "", "pyproject.toml": SECTION, ".composelint.yaml": ""})
    assert load_config().notes == (
        "composelint.toml is used; pyproject.toml beside it is not",
        "composelint.toml is used; .composelint.yaml beside it is not",
    )
    lay_out({"pyproject.toml": "[project]\n"})
    (Path.cwd() / ".composelint.yaml").unlink()
    assert load_config().notes == ()


def test_a_file_given_by_path_can_have_any_name(lay_out: LayOut) -> None:
    lay_out({"ci/strict.yaml": "fail-on: info\n", "composelint.toml": "fail-on = 'error'\n"})
    config = load_config("ci/strict.yaml")
    assert (config.path, config.fail_on) == ("ci/strict.yaml", "info")
    assert load_config("ci/strict.yaml", isolated=True).fail_on == "info"


def test_paths_are_shown_from_the_working_folder(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay_out({"composelint.toml": "baseline = 'b.json'\n", "a/x": "", "z/z.toml": ""})
    monkeypatch.chdir(folder / "a")
    config = load_config()
    assert (config.path, config.folder) == ("../composelint.toml", str(folder))
    assert config.baseline == "../b.json"
    assert load_config("../z/z.toml").path == f"{folder}/z/z.toml"


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n", "---\n", "{}\n"])
def test_an_empty_yaml_configuration_sets_nothing(lay_out: LayOut, text: str) -> None:
    lay_out({".composelint.yaml": text})
    config = load_config()
    assert (config.path, config.settings) == (".composelint.yaml", ())


# --- values ---

EVERYTHING = """
preset = "hybrid"
select = ["CF2", "missing-healthcheck"]
extend-select = ["CF301"]
ignore = ["CF202"]
locked = ["CF310"]
exclude = ["legacy/**"]
extend-exclude = ["*.bak.yaml"]
force-exclude = true
respect-gitignore = false
inline-ignores = false
require-reason = true
fixable = ["CF"]
unfixable = ["CF201"]
fail-on = "info"
output-format = "concise"
registries = ["ghcr.io/acme"]
max-file-size = "1.5M"
allow-outside = true
use-environment = true
shellcheck = false
baseline = "known.json"

[severity]
CF301 = "error"
missing-healthcheck = "info"

[per-file-ignores]
"legacy/**" = ["CF2"]

[[per-service-ignores]]
services = ["db", "cache-*"]
rules = ["missing-healthcheck"]
reason = "checked from outside"

[[stacks]]
name = "live"
files = ["compose.yaml", "deploy/live.yaml"]
profiles = ["web"]
env-files = [".env.live"]
preset = "production"

[[stacks]]
files = ["tools.yaml"]

[presets-by-name]
"*.live.*" = "production"

[host]
memory = "8G"
cpus = 4
reserve = "25%"

[fix]
memory = "256M"
cpus = 0.5
pids = 100
restart = "always"
interval = "10s"
timeout = "3s"
retries = 5
start-period = "1m30s"
log-max-size = "5m"
log-max-file = 2
bind-address = "10.0.0.1"
"""


def to_yaml(text: str) -> str:
    """The same settings as YAML, of which JSON is a subset."""
    return json.dumps(tomllib.loads(text), indent=1)


@pytest.mark.parametrize("file", ["composelint.toml", "pyproject.toml", ".composelint.yaml"])
def test_every_setting_can_be_given_in_each_format(lay_out: LayOut, file: str) -> None:
    text = EVERYTHING
    if file == "pyproject.toml":
        data = tomllib.loads(EVERYTHING)
        lines = [f"{key} = {toml(value)}" for key, value in data.items()]
        text = "[tool.composelint]\n" + "\n".join(lines)
    elif file.endswith("yaml"):
        text = to_yaml(EVERYTHING)
    folder = lay_out({file: text})
    config = load_config()
    layer = config.layers[0]
    assert layer.preset == "hybrid"
    assert layer.select == ("CF2", "missing-healthcheck")
    assert layer.extend_select == ("CF301", "LN013")  # require-reason
    assert layer.ignore == ("CF202",)
    assert layer.locked == ("CF310",)
    assert layer.severity == (("CF301", Severity.ERROR), ("missing-healthcheck", Severity.INFO))
    assert (layer.fixable, layer.unfixable) == (("CF",), ("CF201",))
    assert [glob.pattern for glob in config.exclude] == ["legacy/**", "*.bak.yaml"]
    assert config.force_exclude
    assert not config.respect_gitignore
    assert not config.inline_ignores
    assert config.require_reason
    assert (config.fail_on, config.output_format) == ("info", "concise")
    assert config.registries == ("ghcr.io/acme",)
    assert config.max_file_size == 1_572_864
    assert config.allow_outside
    assert config.use_environment
    assert config.shellcheck is False
    assert config.baseline == "known.json"
    assert config.per_file_ignores[0].glob.pattern == "legacy/**"
    assert config.per_service_ignores[0].services == ("db", "cache-*")
    assert config.per_service_ignores[0].reason == "checked from outside"
    assert [entry.spec for entry in config.stacks] == [
        "compose.yaml:deploy/live.yaml",
        "tools.yaml",
    ]
    assert config.stacks[0][1:] == ("live", ("web",), (".env.live",), "production")
    assert config.stacks[1][1:] == ("", None, (), None)
    assert config.host == Host(8 * 1024**3, 4.0, 2 * 1024**3)
    assert config.host.available_memory == 6 * 1024**3
    assert config.fix == FixValues(
        "256M", 0.5, 100, "always", "10s", "3s", 5, "1m30s", "5m", 2, "10.0.0.1"
    )
    assert config.folder == str(folder)
    assert pickle.loads(pickle.dumps(config)) == config
    assert hash(config) == hash(load_config())  # a configuration is immutable


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def test_a_run_without_a_configuration_has_the_defaults(lay_out: LayOut) -> None:
    folder = lay_out({})
    config = load_config()
    assert config == Config(folder=str(folder))


def test_auto_measures_this_machine(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": "host = {memory = 'auto', cpus = 'auto', reserve = 100}"})
    host = load_config().host
    assert host is not None
    assert host.cpus == os.cpu_count()
    assert host.memory == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert host.reserve == 100


# --- layering ---

BASE = """
preset = "production"
select = ["CF2", "CF3"]
ignore = ["CF201"]
extend-select = ["CF401"]
exclude = ["a"]
extend-exclude = ["b"]
fail-on = "error"
locked = ["CF310"]
[severity]
CF2 = "info"
CF3 = "info"
[host]
memory = "8G"
cpus = 2
[[per-service-ignores]]
services = ["x"]
rules = ["CF2"]
reason = "base"
"""

CHILD = """
extend = "conf/base.toml"
exclude = ["c"]
extend-exclude = ["d"]
ignore = ["CF202"]
fail-on = "info"
locked = ["CF311"]
severity.CF3 = "error"
host.cpus = 4
[[per-service-ignores]]
services = ["y"]
rules = ["CF2"]
reason = "child"
"""


def test_a_configuration_overrides_the_one_that_it_extends(lay_out: LayOut) -> None:
    folder = lay_out({"composelint.toml": CHILD, "conf/base.toml": BASE})
    config = load_config()
    # Single values and lists replace, tables are merged, the others are added.
    assert config.fail_on == "info"
    assert [(glob.pattern, glob.folder) for glob in config.exclude] == [
        ("c", str(folder)),
        ("b", f"{folder}/conf"),
        ("d", str(folder)),
    ]
    assert config.host == Host(8 * 1024**3, 4.0, 0)
    assert [entry.reason for entry in config.per_service_ignores] == ["base", "child"]
    selection = selection_of(config)
    selected = {
        code: selection.selects(find(code)[0])
        for code in ("CF201", "CF202", "CF210", "CF301", "CF310", "CF401", "CF402")
    }
    assert [code for code, on in selected.items() if on] == ["CF210", "CF301", "CF310", "CF401"]
    assert selection.severity(find("CF210")[0]) is Severity.INFO
    assert selection.severity(find("CF301")[0]) is Severity.ERROR
    assert selection.is_locked("CF310")
    assert selection.is_locked("CF311")
    # Every value has its origin.
    assert config.origins("host.memory") == (Origin("conf/base.toml", 14, 1),)
    assert config.origins("host.cpus") == (Origin("composelint.toml", 9, 6),)
    assert config.origins("ignore") == (
        Origin("conf/base.toml", 4, 1),
        Origin("composelint.toml", 5, 1),
    )
    assert config.origins("output-format") == ()


def test_select_replaces_the_selection_of_the_base(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": 'extend = "b.toml"\nselect = ["CF201"]', "b.toml": BASE})
    config = load_config()
    selection = selection_of(config)
    assert selection.selects(find("CF201")[0])
    assert not selection.selects(find("CF401")[0])
    assert selection.selects(find("CF310")[0])  # locked
    # Values that no longer count are not shown either.
    assert config.origins("ignore") == ()
    assert config.origins("extend-select") == ()


def test_overrides_of_the_command_line_win(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": "fail-on = 'error'\nhost.cpus = 2\n"})
    config = load_config(overrides=["fail-on = 'info'", "host.memory = '1G'"])
    assert config.fail_on == "info"
    assert config.host == Host(1024**3, 2.0, 0)
    assert config.origins("fail-on") == (Origin("--config", 1, 1),)
    assert load_config(isolated=True, overrides=["fail-on = 'info'"]).fail_on == "info"
    with pytest.raises(ConfigError) as caught:
        load_config(overrides=["fail_on = 'info'"])
    assert str(caught.value) == '--config:1:1: unknown key "fail_on"; did you mean "fail-on"?'


def test_a_base_can_be_a_section_of_pyproject(lay_out: LayOut) -> None:
    lay_out({"a/.composelint.yaml": "extend: ../pyproject.toml\n", "pyproject.toml": SECTION})
    config = load_config(start="a")
    assert config.fail_on == "error"
    assert config.origins("fail-on") == (Origin("pyproject.toml", 2, 1),)
    lay_out({"pyproject.toml": "[project]\n"})
    with pytest.raises(ConfigError, match=r'"../pyproject.toml" has no section'):
        load_config(start="a")


def test_unknown_selectors_of_the_command_line_are_errors(lay_out: LayOut) -> None:
    lay_out({})
    with pytest.raises(UnknownSelector):
        selection_of(load_config(), select=["nope-nope"])


# --- presets by file name ---


@pytest.mark.parametrize(
    ("config", "files", "preset"),
    [
        ("", "compose.yaml", None),
        ("", "docker-compose.prod.yml", "production"),
        ("", "compose.yaml compose.prod.yaml", "production"),
        ("", "compose.yaml compose.override.yaml", "development"),
        ("", "compose.yaml compose.prod.yaml compose.override.yaml", "development"),
        ("", "deploy/compose.test.yml", "development"),
        ("", "my.prod.d/compose.yaml", None),
        # A choice in the configuration ends the guessing.
        ('preset = "hardened"', "compose.prod.yaml", None),
        ('select = ["CF201"]', "compose.prod.yaml", None),
        ('ignore = ["CF201"]', "compose.prod.yaml", "production"),
        # The configuration's own patterns apply anyway.
        ('preset = "style"\npresets-by-name = {"*.live.*" = "hybrid"}', "c.live.yaml", "hybrid"),
        ('presets-by-name = {"*.prod.*" = "hybrid"}', "c.prod.yaml", "hybrid"),
        ('presets-by-name = {"ops/*" = "hybrid"}', "ops/compose.prod.yaml", "hybrid"),
        ('presets-by-name = {"ops/*" = "hybrid"}', "x/ops/compose.yaml", None),
        # An entry of its own comes first.
        ('stacks = [{files = ["c.prod.yaml"], preset = "all"}]', "c.prod.yaml", "all"),
        (
            'stacks = [{files = ["c.prod.yaml"], preset = "all"}]',
            "a.yaml c.prod.yaml",
            "production",
        ),
    ],
)
def test_the_name_of_a_file_can_choose_a_preset(
    lay_out: LayOut, config: str, files: str, preset: str | None
) -> None:
    lay_out({"composelint.toml": config})
    assert load_config().preset_for(files.split()) == preset


# --- ignores and excludes ---


def finding(code: str, path: str, service: str = "", subject: str = "") -> Diagnostic:
    item = Diagnostic(Span(SourceFile(path, "x"), 0, 1), "m", subject=subject)
    item.code = code
    item.owner = ("service", service) if service else None
    return item


IGNORES = """
locked = ["CF310"]
[per-file-ignores]
"legacy/**" = ["CF2", "CF310"]
"*.test.yaml" = ["ALL"]
[[per-service-ignores]]
services = ["db", "cache-*"]
rules = ["CF201", "CF3"]
reason = "trusted"
"""


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (finding("CF201", "compose.yaml"), None),
        (finding("CF201", "legacy/a/compose.yaml"), 'per-file-ignores: "legacy/**"'),
        (finding("CF301", "legacy/a/compose.yaml"), None),
        (finding("CF301", "x/a.test.yaml"), 'per-file-ignores: "*.test.yaml"'),
        (finding("CF310", "x/a.test.yaml"), None),
        (finding("CF201", "compose.yaml", "db"), "trusted"),
        (finding("CF201", "compose.yaml", "cache-1"), "trusted"),
        (finding("CF202", "compose.yaml", "db"), None),
        (finding("CF301", "compose.yaml", "web"), None),
        (finding("CF310", "compose.yaml", "db"), None),
        (finding("CF301", "compose.yaml", subject="services.db.ports[0]"), "trusted"),
        (finding("CF301", "compose.yaml", subject="volumes.db"), None),
    ],
)
def test_ignores_apply_to_files_and_services(
    lay_out: LayOut, item: Diagnostic, reason: str | None
) -> None:
    lay_out({"composelint.toml": IGNORES})
    config = load_config()
    item.suppressed = None
    apply_ignores([item], config, selection_of(config))
    assert item.suppressed == reason


def test_ignoring_a_locked_rule_gets_a_note(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": IGNORES})
    assert load_config().notes == ('composelint.toml:4:23: "CF310" is locked: it is not ignored',)


def test_excludes_start_at_the_folder_of_the_configuration(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay_out({"composelint.toml": 'exclude = ["sub/x", "*.bak"]', "sub/y": ""})
    assert load_config().is_excluded("sub/x/compose.yaml")
    assert not load_config().is_excluded("x/compose.yaml")
    monkeypatch.chdir(folder / "sub")
    config = load_config()
    assert config.is_excluded("x/compose.yaml")
    assert config.is_excluded("y.bak")
    assert not config.is_excluded("y")


# --- options of rules ---

PLUGIN = '''
from __future__ import annotations
from dataclasses import dataclass, field
from collections.abc import Iterator
from composelint.linter.model import Service
from composelint.linter.rule import Diagnostic, Severity, rule

@dataclass(frozen=True)
class Options:
    """Options of too-many-ports.

    most: how many ports a service
        may publish
    """
    most: int = 3
    allowed_names: tuple[str, ...] = ("web",)
    label: str | None = field(default=None, metadata={"help": "A label."})

    def __post_init__(self) -> None:
        if self.most > 99:
            raise ValueError("most is beyond 99")

@rule("ACME001", "too-many-ports", Severity.WARNING, presets=("recommended",))
def too_many_ports(service: Service, options: Options) -> Iterator[Diagnostic]:
    """A service publishes many ports."""
    if len(service.ports) > options.most:
        yield Diagnostic(service.key, "many ports")
'''


@pytest.fixture
def plugin(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = lay_out({"lib/acme_ports.py": PLUGIN})
    monkeypatch.syspath_prepend(str(folder / "lib"))
    monkeypatch.delitem(sys.modules, "acme_ports", raising=False)
    from composelint.linter.rulebook import registry

    monkeypatch.delitem(registry._by_module, "acme_ports", raising=False)
    return 'plugins = ["acme_ports"]\n'


def test_options_of_rules_are_read(lay_out: LayOut, plugin: str) -> None:
    text = '[rules.too-many-ports]\nmost = 5\nallowed-names = ["a"]\n[rules.ACME001]\nmost = 6\n'
    lay_out({"composelint.toml": plugin + text})
    config = load_config()
    selection = selection_of(config)
    rule = selection.extra[0]
    options = options_for(config, rule)
    assert (options.most, options.allowed_names, options.label) == (6, ("a",), None)
    assert config.origins("rules.too-many-ports.most") == (Origin("composelint.toml", 6, 1),)
    assert options_for(config, find("LN001")[0]) is None
    assert selection.of("compose")[-1] is rule
    assert pickle.loads(pickle.dumps(config)) == config
    lay_out({"composelint.toml": plugin})
    assert options_for(load_config(), rule).most == 3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[rules.ACME001]\nmst = 1", '3:1: unknown key "mst" in "rules.ACME001"; did you mean "most"?'),
        ("rules.ACME001.most = '1'", '2:22: "rules.ACME001.most" takes a whole number, not a string'),
        ("rules.ACME001.most = 100", '2:7: "rules.ACME001": most is beyond 99'),
        ("rules.ACME.most = 100", '2:7: "rules.ACME": most is beyond 99'),
        ("rules.CF2.most = 100", None),
    ],
)  # fmt: skip
def test_errors_in_options_of_rules_have_a_place(
    lay_out: LayOut, plugin: str, text: str, error: str | None
) -> None:
    lay_out({"composelint.toml": plugin + text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    if error is None:
        assert str(caught.value).endswith("rules; options belong to one")
    else:
        assert str(caught.value) == f"composelint.toml:{error}"


# --- rendering ---


def test_settings_are_rendered_as_toml_with_their_origins(lay_out: LayOut) -> None:
    lay_out(
        {
            "composelint.toml": 'extend = "b.toml"\nignore = ["CF202"]\n[per-file-ignores]\n"a/**" = ["CF2"]\n',
            "b.toml": 'ignore = ["CF201"]\nhost = {memory = "8G", cpus = 4}\n',
        }
    )
    config = load_config()
    assert render_config(config, "ignore") == (
        'ignore = ["CF201", "CF202"]  # b.toml:1, composelint.toml:2\n'
    )
    assert render_config(config, "host") == (
        'host.memory = "8G"  # b.toml:2\nhost.cpus = 4       # b.toml:2\n'
    )
    assert render_config(config, "host.cpus") == "host.cpus = 4  # b.toml:2\n"
    assert render_config(config, "fail-on") == 'fail-on = "warning"  # default\n'
    assert render_config(config, "registries") == "# registries is not set\n"
    output = render_config(config)
    assert output.startswith("# composelint.toml\n")
    assert 'per-file-ignores."a/**" = ["CF2"]' in output
    # The output is a configuration itself.
    data = tomllib.loads(output)
    assert data["host"] == {"memory": "8G", "cpus": 4}
    assert data["max-file-size"] == "4M"


def test_settings_are_rendered_as_json_with_their_origins(lay_out: LayOut) -> None:
    lay_out({"composelint.toml": "fail-on = 'error'\n"})
    config = load_config()
    output = json.loads(render_config(config, format="json"))
    assert output["path"] == "composelint.toml"
    assert output["settings"]["fail-on"] == {
        "value": "error",
        "from": [{"path": "composelint.toml", "line": 1, "column": 1}],
    }
    assert output["settings"]["allow-outside"] == {"value": False, "from": []}


def test_an_unknown_key_cannot_be_rendered(lay_out: LayOut) -> None:
    lay_out({})
    with pytest.raises(ValueError, match=r'"fial-on"; did you mean "fail-on"'):
        render_config(load_config(), "fial-on")
    assert render_config(load_config()).startswith("# no configuration file\n")


# --- cost ---


def test_a_run_without_a_configuration_imports_no_parser(lay_out: LayOut) -> None:
    lay_out({"pyproject.toml": "[project]\nname = 'x'\n"})
    code = (
        "import sys; from composelint.linter.rulebook.binding import load_config; load_config();"
        "print([m for m in ('tomllib', 'jsonschema', 'json', 'yaml', 'dataclasses') if m in sys.modules])"
    )
    assert run_python("-c", code, check=True).stdout == "[]\n"
    lay_out({"composelint.toml": EVERYTHING})
    code = code.replace("'yaml', 'dataclasses'", "'typing_extensions'")
    assert "jsonschema" not in run_python("-c", code, check=True).stdout
