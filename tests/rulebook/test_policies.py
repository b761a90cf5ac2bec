"""Policies and plug-ins: how they are read, and what they report."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import LayOut, load_config, place
from composelint.linter.config.errors import ConfigError
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile
from composelint.linter.rule import Rule, Severity
from composelint.linter.rulebook.policies import load_policies
from composelint.linter.rulebook.registry import find
from composelint.linter.rulebook.selection import selection_of

COMPOSE = """\
services:
  web:
    image: acme/web:1
    environment: {A: 1, B: 2}
    restart: "no"
    labels:
      team: ${TEAM}
    ports:
      - "80:80"
      - "127.0.0.1:81:81"
    deploy:
      resources:
        limits:
          memory: 4G
  db:
    image: ${IMAGE}
    labels: [size=large, "who=${WHO}"]
  "odd.name": {image: docker.io/odd}
"""

DOCKERFILE = """\
ARG BASE=node:22
FROM ${BASE} AS build
LABEL team=web
RUN npm ci
FROM build
ENV A=1 B=$A
EXPOSE 80 443
USER node
FROM ${UNKNOWN}
COPY --from=build /app /app
"""


def lint(policy: dict[str, object], *files: str) -> list[str]:
    """The findings of one policy as ``line:column text | message | help | logical path``."""
    entry = {"code": "ACME001", "name": "acme-thing", "message": "{name}: bad", **policy}
    Path("composelint.yaml").unlink(missing_ok=True)
    Path(".composelint.yaml").write_text(json.dumps({"select": [], "policies": [entry]}))
    selection = selection_of(load_config())
    kinds = {"compose.yaml": "compose", "Dockerfile": "dockerfile"}
    inputs = [InputFile(file, kinds[file], True) for file in files]
    result = check_files(inputs, Settings(selection=selection, debug=True))
    lines = []
    for item in result.diagnostics:
        if not item.code.startswith("LN"):
            start = f"{place(item.span)} {item.span.text}"
            lines.append(f"{start} | {item.message} | {item.help} | {item.subject}")
    return lines


SERVICE = [
    # A missing property is reported at the service's name, or at the mapping that lacks it.
    (
        {"required": ["restart"]},
        [
            "15:3 db | db: bad | there is no restart | services.db",
            '18:3 "odd.name" | odd.name: bad | there is no restart | services.odd.name',
        ],
    ),
    (
        {"properties": {"labels": {"required": ["team"]}}},
        ["17:5 labels | db: bad | there is no team in labels | services.db.labels"],
    ),
    # A value is reported at its place.
    (
        {"properties": {"restart": {"enum": ["always", "unless-stopped"]}}},
        ['5:14 "no" | web: bad | restart is no, not always or unless-stopped | services.web.restart'],
    ),
    (
        {"properties": {"restart": {"const": "always"}}},
        ['5:14 "no" | web: bad | restart is no, not always | services.web.restart'],
    ),
    (
        {"properties": {"deploy": {"properties": {"resources": {"properties": {"limits": {"required": ["cpus"]}}}}}}},
        ["13:9 limits | web: bad | there is no cpus in deploy.resources.limits | services.web.deploy.resources.limits"],
    ),
    # Short forms are checked in their long form and reported at their place.
    (
        {"properties": {"ports": {"items": {"required": ["host_ip"]}}}},
        ['9:9 "80:80" | web: bad | there is no host_ip in ports[0] | services.web.ports[0]'],
    ),
    (
        {"properties": {"ports": {"items": {"properties": {"target": {"minimum": 81}}}}}},
        ["9:13 80 | web: bad | ports[0].target is 80; it must be at least 81 | services.web.ports[0].target"],
    ),
    ({"properties": {"labels": {"additionalProperties": {"type": "string"}}}}, []),
    (
        {"properties": {"ports": {"maxItems": 0}, "labels": {"minProperties": 3}}},
        [
            "6:5 labels | web: bad | labels must have at least 3 keys | services.web.labels",
            "8:5 ports | web: bad | ports must be empty | services.web.ports",
            "17:5 labels | db: bad | labels must have at least 3 keys | services.db.labels",
        ],
    ),
    (
        {"properties": {"image": {"type": ["object", "null"]}}},
        [
            "3:12 acme/web:1 | web: bad | image must be a mapping or empty | services.web.image",
            "18:23 docker.io/odd | odd.name: bad | image must be a mapping or empty | services.odd.name.image",
        ],
    ),
    (
        {"properties": {"labels": {"additionalProperties": False, "properties": {"team": {}}}}},
        ["17:14 size | db: bad | labels must not have size, who | services.db.labels"],
    ),
    (
        {"properties": {"labels": {"propertyNames": {"pattern": "^t"}}}},
        [
            "17:14 size | db: bad | the name of a key of labels is size, which does not match ^t | services.db.labels",
            "17:27 who | db: bad | the name of a key of labels is who, which does not match ^t | services.db.labels",
        ],
    ),
    # Lists of KEY=VALUE are checked as mappings of strings, numbers in them as strings.
    (
        {"properties": {"labels": {"additionalProperties": {"const": "small"}}}},
        ["17:19 large | db: bad | labels.size is large, not small | services.db.labels.size"],
    ),
    (
        {"properties": {"environment": {"properties": {"A": {"const": "1"}, "B": {"const": "1"}}}}},
        ["4:28 2 | web: bad | environment.B is 2, not 1 | services.web.environment.B"],
    ),
    # Values with undefined variables are not checked.
    (
        {"properties": {"image": {"pattern": "^ghcr.io/"}}},
        [
            "3:12 acme/web:1 | web: bad | image is acme/web:1, which does not match ^ghcr.io/ | services.web.image",
            "18:23 docker.io/odd | odd.name: bad | image is docker.io/odd, which does not match ^ghcr.io/ | services.odd.name.image",
        ],
    ),
    ({"properties": {"labels": {"properties": {"team": {"minLength": 1}}}}}, []),
    ({"not": {"properties": {"image": {"maxLength": 0}}}}, []),
    (
        {"anyOf": [{"required": ["build"]}, {"properties": {"image": {"pattern": "^docker"}}}]},
        ["2:3 web | web: bad | it is none of "],
    ),
    # References inside the schema work.
    (
        {"$defs": {"x": {"required": ["restart", "labels"]}}, "$ref": "#/$defs/x"},
        [
            "15:3 db | db: bad | there is no restart | services.db",
            '18:3 "odd.name" | odd.name: bad | there is no restart, labels | services.odd.name',
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("match", "expected"), SERVICE)
def test_policies_for_services_report_the_part_that_does_not_match(
    lay_out: LayOut, match: dict[str, object], expected: list[str]
) -> None:
    lay_out({"compose.yaml": COMPOSE})
    findings = lint({"match": match}, "compose.yaml")
    assert len(findings) == len(expected)
    for line, start in zip(findings, expected, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # when: only services that match it are checked.
        (
            {"when": {"required": ["ports"]}, "match": {"required": ["healthcheck"]}},
            ["2:3 web | web: bad | there is no healthcheck | services.web"],
        ),
        ({"when": {"required": ["build"]}, "match": {"required": ["healthcheck"]}}, []),
        # Message and help are those of the policy.
        (
            {
                "message": "{name} restarts {value}",
                "help": "not {value}",
                "match": {"properties": {"restart": {"const": "always"}}},
            },
            ['5:14 "no" | web restarts no | not no | services.web.restart'],
        ),
        # The whole stack.
        (
            {"on": "stack", "match": {"required": ["services"]}},
            [],
        ),
        (
            {"on": "stack", "match": {"required": ["secrets"]}},
            ["1:1 services | compose.yaml: bad | there is no secrets | "],
        ),
        (
            {"on": "stack", "match": {"properties": {"services": {"propertyNames": {"pattern": "^[a-z]+$"}}}}},
            ['18:3 "odd.name" | compose.yaml: bad | the name of a key of services is odd.name, which does not match ^[a-z]+$ | services'],
        ),
    ],
)  # fmt: skip
def test_policies_have_conditions_messages_and_other_subjects(
    lay_out: LayOut, policy: dict[str, object], expected: list[str]
) -> None:
    lay_out({"compose.yaml": COMPOSE})
    assert lint(policy, "compose.yaml") == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # Build arguments have their defaults; an unknown image is not checked.
        (
            {"match": {"properties": {"image": {"pattern": "^acme/"}}}},
            [
                "2:6 ${BASE} | build: bad | image is node:22, which does not match ^acme/ | image",
                "5:6 build | 1: bad | image is build, which does not match ^acme/ | image",
            ],
        ),
        (
            {"match": {"required": ["user"]}},
            [
                "2:6 ${BASE} | build: bad | there is no user | ",
                "9:6 ${UNKNOWN} | 2: bad | there is no user | ",
            ],
        ),
        (
            {"when": {"properties": {"final": {"const": True}}}, "match": {"required": ["user"]}},
            ["9:6 ${UNKNOWN} | 2: bad | there is no user | "],
        ),
        (
            {"match": {"properties": {"user": {"const": "app"}}}},
            ["8:1 USER node | 1: bad | user is node, not app | user"],
        ),
        (
            {"match": {"properties": {"labels": {"properties": {"team": {"const": "db"}}}}}},
            ["3:7 team=web | build: bad | labels.team is web, not db | labels.team"],
        ),
        # B depends on a variable: it is not checked.
        (
            {"match": {"properties": {"env": {"additionalProperties": {"const": "2"}}}}},
            ["6:5 A=1 | 1: bad | env.A is 1, not 2 | env.A"],
        ),
        (
            {"match": {"properties": {"expose": {"items": {"pattern": "^8"}}}}},
            ["7:11 443 | 1: bad | expose[1] is 443, which does not match ^8 | expose[1]"],
        ),
        (
            {"match": {"properties": {"instructions": {"items": {"properties": {"arguments": {"not": {"pattern": "npm"}}}}}}}},
            ["4:1 RUN npm ci | build: bad | instructions[1].arguments is what the policy rules out | instructions[1].arguments"],
        ),
    ],
)  # fmt: skip
def test_policies_for_stages_report_the_part_that_does_not_match(
    lay_out: LayOut, policy: dict[str, object], expected: list[str]
) -> None:
    lay_out({"Dockerfile": DOCKERFILE})
    assert lint({"on": "stage", **policy}, "Dockerfile") == expected


def test_findings_of_one_policy_are_bounded(lay_out: LayOut) -> None:
    labels = "\n".join(f"      l{n}: x" for n in range(100))
    lay_out({"compose.yaml": f"services:\n  a:\n    image: x\n    labels:\n{labels}\n"})
    match = {"properties": {"labels": {"additionalProperties": {"const": "y"}}}}
    assert len(lint({"match": match}, "compose.yaml")) == 20


# --- reading ---

GOOD = """\
policies:
  - code: ACME001
    name: team-label-missing
    message: "{name} says not which team owns it"
    severity: error
    match: {required: [labels]}
"""


def test_policies_become_rules(lay_out: LayOut) -> None:
    lay_out(
        {
            "conf/rules.yaml": GOOD,
            "composelint.toml": 'select = ["CF201"]\npolicies = ["conf/rules.yaml"]\nseverity.ACME = "info"\n',
        }
    )
    config = load_config()
    (rule,) = load_policies(config)
    assert (rule.code, rule.name, rule.severity) == (
        "ACME001",
        "team-label-missing",
        Severity.ERROR,
    )
    assert (rule.subject, rule.summary) == ("Service", "A service says not which team owns it")
    assert tuple(config.policies[0].origin) == ("conf/rules.yaml", 2, 11)
    selection = selection_of(config)
    # The configuration that has a policy selects it, whatever else it selects.
    assert rule.code in [each.code for each in selection.of("compose")]
    assert selection.severity(selection.extra[0]) is Severity.INFO
    assert find("team-label-missing", selection.extra) == list(selection.extra)
    assert not selection_of(config, select=["CF201"]).selects(rule)
    assert not selection_of(config, ignore=["ACME"]).selects(rule)
    assert selection_of(config, preset="style").selects(rule)
    # Both can be pickled.
    assert pickle.loads(pickle.dumps(config)) == config
    assert pickle.loads(pickle.dumps(rule.check)).policy == config.policies[0]


def bad(code: str = "ACME001", name: str = "a-thing", match: str = "{}", more: str = "") -> str:
    return (
        f"policies:\n  - code: {code}\n    name: {name}\n    message: m\n    match: {match}\n{more}"
    )


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", ['1:1: the file has no "policies"']),
        ("policies: 1\n", ['1:11: "policies" takes a list of policies, not the number 1']),
        ("policies:\n  - code: ACME001\n", [
            '2:5: "policies[0]" has no "name"',
            '2:5: "policies[0]" has no "message"',
            '2:5: "policies[0]" has no "match"',
        ]),
        (bad(code="acme"), ['2:11: "policies[0].code" is "acme", not capitals and a number, such as ACME001']),
        (bad(name="A Thing"), ['3:11: "policies[0].name" is "A Thing", not a name such as team-label-missing']),
        (bad(more="    on: pod\n"), ['6:9: "policies[0].on" is "pod"; it takes service, stack or stage']),
        (bad(more="    sevrity: info\n"), ['6:5: unknown key "sevrity" in "policies[0]"; did you mean "severity"?']),
        (bad(match="[]"), ['5:12: "policies[0].match" takes a JSON Schema, not a list']),
        # codes and names that are taken
        (bad(code="CF901"), ['2:11: the code "CF901" is taken: codes in CF are built in']),
        (bad(code="SC1000"), ['2:11: the code "SC1000" is taken: codes in SC are built in']),
        (bad(name="missing-healthcheck"), ['3:11: the name "missing-healthcheck" is taken by CF210']),
        (bad() + bad().replace("policies:\n", ""), ['6:11: the code "ACME001" is taken by a-thing']),
        (bad() + bad(code="ACME002").replace("policies:\n", ""), ['7:11: the name "a-thing" is taken by ACME001']),
        # not a schema
        (bad(match="{type: objekt}"), ["5:19: this is not a JSON Schema: 'objekt' is not valid under any of the given schemas"]),
        (bad(match="{properties: {a: {minimum: x}}}"), ["5:39: this is not a JSON Schema: 'x' is not of type 'number'"]),
        (bad(match="{requird: [a]}"), ['5:13: this is not a JSON Schema: unknown keyword "requird"; did you mean "required"?']),
        (bad(match="{properties: {a: {patern: x}}}"), ['5:30: this is not a JSON Schema: unknown keyword "patern"; did you mean "pattern"?']),
        (bad(match="{properties: {a: {pattern: '('}}}"), ["5:39: this is not a JSON Schema: the pattern does not compile: missing ), unterminated subpattern at position 0"]),
        (bad(match="{patternProperties: {'[': {}}}"), ["5:33: this is not a JSON Schema: the pattern does not compile: unterminated character set at position 0"]),
        (bad(match="{$ref: 'https://example.com/x.json'}"), ['5:19: this is not a JSON Schema: the reference "https://example.com/x.json" does not lead to a part of this schema']),
        (bad(match="{$ref: 'file:///etc/passwd'}"), ['5:19: this is not a JSON Schema: the reference "file:///etc/passwd" does not lead to a part of this schema']),
        (bad(match="{items: {$ref: '#/$defs/nope'}}"), ['5:27: this is not a JSON Schema: the reference "#/$defs/nope" does not lead to a part of this schema']),
        (bad(match="{$ref: '#'}"), ["5:12: this is not a JSON Schema: it nests too deeply or refers to itself without end"]),
        (bad(more="    when: {type: 3}\n"), ["6:18: this is not a JSON Schema: 3 is not valid under any of the given schemas"]),
    ],
)  # fmt: skip
def test_errors_in_policies_have_a_place_and_a_reason(
    lay_out: LayOut, text: str, errors: list[str]
) -> None:
    lay_out({"p.yaml": text, "composelint.toml": 'policies = ["p.yaml"]'})
    with pytest.raises(ConfigError) as caught:
        load_config()
    lines = str(caught.value).splitlines()
    assert len(lines) == len(errors)
    for line, start in zip(lines, errors, strict=True):
        assert line.startswith(f"p.yaml:{start}")


def test_a_policy_can_be_part_of_the_configuration(lay_out: LayOut) -> None:
    text = """
[[policies]]
code = "ACME001"
name = "a-thing"
message = "m"
match.requird = ["x"]
"""
    lay_out({"composelint.toml": text})
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value) == (
        "composelint.toml:6:7: this is not a JSON Schema: "
        'unknown keyword "requird"; did you mean "required"?'
    )


def test_a_property_can_be_named_like_a_keyword(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": COMPOSE})
    match = {"properties": {"pattern": {"type": "string"}, "zzz": {"$comment": "x", "x-y": 1}}}
    assert lint({"match": match}, "compose.yaml") == []


# --- plug-ins ---

MODULE = """
from collections.abc import Iterator
{future}
from composelint.linter.model import Service
from composelint.linter.rule import Diagnostic, Severity, rule

@rule("{code}", "{name}", Severity.WARNING, presets=("recommended",))
def check(service: {subject}) -> Iterator[Diagnostic]:
    "A service is there."
    yield Diagnostic(service.key, "there is a service")
"""


def module(**values: str) -> str:
    defaults = {"future": "", "code": "PLUG001", "name": "service-there", "subject": "Service"}
    return MODULE.format(**{**defaults, **values})


@pytest.fixture
def plugin(lay_out: LayOut, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the module that the configuration names; it is forgotten after the test."""
    folder = lay_out({"composelint.toml": 'plugins = ["acme_plugin"]', "compose.yaml": COMPOSE})
    monkeypatch.syspath_prepend(str(folder / "lib"))

    def write(text: str) -> None:
        from composelint.linter.rulebook import registry

        monkeypatch.delitem(sys.modules, "acme_plugin", raising=False)
        monkeypatch.delitem(registry._by_module, "acme_plugin", raising=False)
        lay_out({"lib/acme_plugin.py": text})

    return write


def test_a_plugin_declares_rules_like_any_other(plugin: Callable[[str], None]) -> None:
    plugin(module())
    selection = selection_of(load_config(), select=["PLUG"])
    result = check_files(
        [InputFile("compose.yaml", "compose", True)], Settings(selection=selection, debug=True)
    )
    assert [item.code for item in result.diagnostics] == ["PLUG001"] * 3
    assert load_config(isolated=True).plugins == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x = 1\n", 'the plug-in "acme_plugin" declares no rules'),
        ("1 / 0\n", 'the plug-in "acme_plugin" cannot be imported: ZeroDivisionError: division by zero'),
        ("import acme_nope\n", 'the plug-in "acme_plugin" cannot be imported: ModuleNotFoundError: '),
        (module(code="CF999"), 'the code "CF999" is taken: codes in CF are built in'),
        (module(code="x"), 'the code "x" is not two to eight capitals and a number'),
        (module(name="missing-healthcheck"), 'the name "missing-healthcheck" is taken by CF210'),
        (module(subject="int"), 'the plug-in "acme_plugin": PLUG001 runs on "int", which is none of ComposeFile, Stack'),
    ],
)  # fmt: skip
def test_a_plugin_that_cannot_be_used_is_an_error(
    plugin: Callable[[str], None], text: str, error: str
) -> None:
    plugin(text)
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value).startswith(f"composelint.toml:1:12: {error}")


def test_rules_of_plugins_can_be_selected_by_name(plugin: Callable[[str], None]) -> None:
    plugin(module())
    Path("composelint.toml").write_text('plugins = ["acme_plugin"]\nignore = ["service-there"]\n')
    rule: Rule = selection_of(load_config()).extra[0]
    assert not selection_of(load_config()).selects(rule)
    Path("composelint.toml").write_text('plugins = ["acme_plugin"]\nselect = ["service-there"]\n')
    assert selection_of(load_config()).selects(rule)


# --- patterns that could take for ever


EVIL = ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*,){20}P"]


@pytest.mark.parametrize("pattern", EVIL)
def test_patterns_take_linear_time(lay_out: LayOut, pattern: str) -> None:
    text = f"services: {{web: {{image: '{'a,' * 30 + 'a' * 60}!'}}}}\n"
    lay_out({"compose.yaml": text})
    policy = {"match": {"properties": {"image": {"pattern": pattern}}}}
    (line,) = lint(policy, "compose.yaml")
    assert "web: bad" in line


def test_keys_are_matched_in_linear_time(lay_out: LayOut) -> None:
    key = "a" * 60 + "!"
    lay_out({"compose.yaml": f"services: {{web: {{image: a:1, environment: {{{key}: '1'}}}}}}\n"})
    names = {"patternProperties": {"^(a|aa)+$": {}}, "additionalProperties": False}
    (line,) = lint({"match": {"properties": {"environment": names}}}, "compose.yaml")
    assert "must not have" in line


def test_a_text_too_long_for_a_pattern_is_reported(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": f"services: {{web: {{image: a:1, command: '{',' * 50_000}'}}}}\n"})
    policy = {"match": {"properties": {"command": {"pattern": "^(.*,){20}P"}}}}
    (line,) = lint(policy, "compose.yaml")
    assert 'the policy "acme-thing" was not checked' in line


@pytest.mark.parametrize(
    ("match", "problem"),
    [
        ({"properties": {"image": {"pattern": r"(a)\1"}}}, "a reference to a group"),
        (
            {"patternProperties": {"a+": {}}, "unevaluatedProperties": False},
            "cannot be used with unevaluatedProperties",
        ),
    ],
)
def test_patterns_that_cannot_be_bounded_are_refused(
    lay_out: LayOut, match: dict[str, object], problem: str
) -> None:
    lay_out({"compose.yaml": COMPOSE})
    with pytest.raises(ConfigError, match=problem):
        lint({"match": match}, "compose.yaml")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("service {name} has no label", "A service has no label"),
        ('the service "{name}" has `{value}`', "A service has the value"),
        ("{value} is not from us: {name}", "The value is not from us: a service"),
        ("no label", "no label"),
    ],
)
def test_lists_of_rules_show_no_placeholders(lay_out: LayOut, message: str, shown: str) -> None:
    lay_out(
        {"rules.yaml": GOOD.replace('"{name} says not which team owns it"', json.dumps(message))}
    )
    lay_out({"composelint.toml": 'policies = ["rules.yaml"]\n'})
    (rule,) = load_policies(load_config())
    assert rule.summary == shown
