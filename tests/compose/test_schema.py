"""Schema errors of documents, and that the verdict is that of the schema and of Docker Compose."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import near_valid
import pytest
import yaml
from checks import ROOT, examples, run_python
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.casts import CastError, cast_scalar
from composelint.linter.compose.release import CURRENT, OLDER
from composelint.linter.compose.resolve import resolve
from composelint.linter.compose.schema import check
from composelint.linter.compose.schema.fits import read_as
from composelint.linter.source.yaml.nodes import Mapping, Node, Scalar, UnknownScalar
from composelint.linter.source.yaml.parser import parse_yaml
from hypothesis import given
from stacks import cast_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from composelint.linter.compose.schema.fits import SchemaError

SCHEMA = json.loads((ROOT / "schemas" / "compose.schema.json").read_text(encoding="utf-8"))


COUNT = 'letters, digits, ".", "_" and "-"'


def document(text: str) -> Node:
    parsed = parse_yaml(SourceFile("compose.yaml", text))
    assert not parsed.problems
    (root,) = parsed.documents
    resolved = resolve(root).root
    assert resolved is not None
    return resolved


def errors(text: str) -> list[SchemaError]:
    return check(document(text))


def dotted(error: SchemaError) -> str:
    return ".".join(str(step) for step in error.path)


def service(text: str) -> str:
    """A file with one service ``a`` that has these lines."""
    return "services:\n  a:\n" + "".join(f"    {line}\n" for line in text.splitlines())


# --- one problem, one error: kind, path, marked text, suggestion, message ---

UNKNOWN = "unknown-property"
MISPLACED = "misplaced-property"

ONE = [
    # unknown properties
    (
        service("imag: x"),
        *(UNKNOWN, "services.a.imag", "imag", "image"),
        'unknown property "imag" in service "a"; did you mean "image"?',
    ),
    (
        service("image: x\nhealthcheck: {tests: [CMD, x]}"),
        *(UNKNOWN, "services.a.healthcheck.tests", "tests", "test"),
        'unknown property "tests" in "services.a.healthcheck"; did you mean "test"?',
    ),
    (
        service("image: x\ndependsOn: [b]"),
        *(UNKNOWN, "services.a.dependsOn", "dependsOn", "depends_on"),
        'unknown property "dependsOn" in service "a"; did you mean "depends_on"?',
    ),
    (
        service("image: x\nenv-file: b"),
        *(UNKNOWN, "services.a.env-file", "env-file", "env_file"),
        'unknown property "env-file" in service "a"; did you mean "env_file"?',
    ),
    (
        service("image: x\nenv: {A: b}"),
        *(UNKNOWN, "services.a.env", "env", "environment"),
        'unknown property "env" in service "a"; did you mean "environment"?',
    ),
    (
        service("image: x\nnet: host"),
        *(UNKNOWN, "services.a.net", "net", "network_mode"),
        'unknown property "net" in service "a"; did you mean "network_mode"?',
    ),
    (
        service("image: x\nvolume_driver: x"),
        *(UNKNOWN, "services.a.volume_driver", "volume_driver", None),
        'unknown property "volume_driver" in service "a"',
    ),
    (
        service("image: x\nlogging: {level: x}").replace("level: x", "level: {}"),
        *(UNKNOWN, "services.a.logging.level", "level", None),
        'unknown property "level" in "services.a.logging"; it may contain "driver" and "options"',
    ),
    (
        "volume:\n  data:\nservices: {a: {image: x}}",
        *(UNKNOWN, "volume", "volume", "volumes"),
        'unknown top-level property "volume"; did you mean "volumes"?',
    ),
    (
        service("image: x\nports: [{target: 80, publishd: '80'}]"),
        *(UNKNOWN, "services.a.ports.0.publishd", "publishd", "published"),
        'unknown property "publishd" in "services.a.ports[0]"; did you mean "published"?',
    ),
    (
        "networks: {n: {external: {nam: x}}}",
        *(UNKNOWN, "networks.n.external.nam", "nam", "name"),
        'unknown property "nam" in "networks.n.external"; did you mean "name"?',
    ),
    (
        # A misspelt required name is one error, not two.
        service("image: x\ndepends_on: {b: {condtion: service_started}}"),
        *(UNKNOWN, "services.a.depends_on.b.condtion", "condtion", "condition"),
        'unknown property "condtion" in "services.a.depends_on.b"; did you mean "condition"?',
    ),
    # properties that belong elsewhere
    (
        service("image: x\nhealthcheck:\n  test: y\n  restart: always"),
        *(MISPLACED, "services.a.healthcheck.restart", "restart", None),
        '"restart" is not a property of "services.a.healthcheck" but of service "a": indent it less',
    ),
    (
        service("build:\n  context: .\n  ports: ['80']\n  environment: {A: b}"),
        *(MISPLACED, "services.a.build.ports", "ports", None),
        '"ports" and "environment" are not properties of "services.a.build" but of service "a": '
        "indent them less",
    ),
    (
        service("image: x\nhealthcheck:\ntest: [CMD, x]\ninterval: 5s"),
        *(MISPLACED, "services.a.test", "test", None),
        '"test" and "interval" are not properties of service "a" but of its "healthcheck": '
        "indent them one level deeper",
    ),
    (
        service("image: x\nreplicas: 2"),
        *(MISPLACED, "services.a.replicas", "replicas", None),
        '"replicas" is not a property of service "a"; it belongs in "deploy"',
    ),
    (
        service("image: x\nlimits: {memory: 1g}"),
        *(MISPLACED, "services.a.limits", "limits", None),
        '"limits" is not a property of service "a"; it belongs in "deploy.resources"',
    ),
    (
        service("image: x\ndeploy: {resources: {memory: 1g}}"),
        *(MISPLACED, "services.a.deploy.resources.memory", "memory", None),
        '"memory" is not a property of "services.a.deploy.resources"; '
        'it belongs in "limits" or "reservations"',
    ),
    (
        service("image: x\nlogging: {driver: local, max-size: 10m}"),
        *(MISPLACED, "services.a.logging.max-size", "max-size", None),
        '"max-size" is not a property of "services.a.logging"; it belongs in "options"',
    ),
    (
        "image: x\nports: []\nservices: {}",
        *(MISPLACED, "image", "image", None),
        '"image" and "ports" are not top-level properties; they belong in a service',
    ),
    (
        "services:\n  a: {image: x}\nb:\n  image: y",
        *(MISPLACED, "b", "b", None),
        '"b" looks like a service but is at the top level; indent it below "services"',
    ),
    (
        "services:\na:\n  image: x\nb:\n  build: .",
        *(MISPLACED, "a", "a", None),
        '"a" and "b" look like services but are at the top level; indent them below "services"',
    ),
    (
        "a:\n  image: x\nb:\n  build: .",
        *("legacy-layout", "a", "a", None),
        '"a" and "b" look like services but are at the top level; indent them below "services"',
    ),
    (
        "services:\n  a:\n  image: x\n  ports: ['80']",
        *(MISPLACED, "services.image", "image", None),
        '"image" and "ports" are properties of a service; indent them below "a"',
    ),
    (
        "services:\n  image: x",
        *(MISPLACED, "services.image", "image", None),
        '"image" is a property of a service, but is where the name of one should be',
    ),
    (
        "services:\n  a:\n    image: x\n  volumes:\n    data:",
        *(MISPLACED, "services.volumes", "volumes", None),
        '"volumes" is below "services" as if it were a service; move it to the top level',
    ),
    (
        "networks:\n  front:\n  driver: bridge",
        *(MISPLACED, "networks.driver", "driver", None),
        '"driver" is a property of a network; indent it below "front"',
    ),
    # types
    (
        service('image: x\nports: "80:80"'),
        *("type", "services.a.ports", '"80:80"', '["80:80"]'),
        '"services.a.ports" must be a list, not a string',
    ),
    (
        service("image: x\ncap_add: NET_ADMIN"),
        *("type", "services.a.cap_add", "NET_ADMIN", "[NET_ADMIN]"),
        '"services.a.cap_add" must be a list, not a string',
    ),
    (
        service("image: x\nexpose: 80"),
        *("type", "services.a.expose", "80", "[80]"),
        '"services.a.expose" must be a list, not the number 80',
    ),
    (
        service("image: x\nports: {b: 1}"),
        *("type", "services.a.ports", "{b: 1}", None),
        '"services.a.ports" must be a list, not a mapping',
    ),
    (
        service("image: [x]"),
        *("type", "services.a.image", "[x]", None),
        '"services.a.image" must be a string, not a list',
    ),
    (
        service("command: {a: b}"),
        *("type", "services.a.command", "{a: b}", None),
        '"services.a.command" must be a string, a list or nothing, not a mapping',
    ),
    (
        "version: 3.8",
        *("type", "version", "3.8", '"3.8"'),
        '"version" must be a string, not the number 3.8: put it in quotes',
    ),
    (
        service("command: [sleep, 10]"),
        *("type", "services.a.command.1", "10", '"10"'),
        '"services.a.command[1]" must be a string, not the number 10: put it in quotes',
    ),
    (
        service("image: x\nrestart: false"),
        *("type", "services.a.restart", "false", '"no"'),
        '"services.a.restart" must be "no", "always", "on-failure" or "unless-stopped", not false',
    ),
    (
        service("image: x\nhealthcheck: {interval: 10}"),
        *("type", "services.a.healthcheck.interval", "10", "10s"),
        '"services.a.healthcheck.interval" must be a duration such as "30s", not the number 10',
    ),
    (
        service("image: x\ndeploy: {resources: {limits: {memory: true}}}"),
        *("type", "services.a.deploy.resources.limits.memory", "true", None),
        '"services.a.deploy.resources.limits.memory" must be a size such as "512m", not true',
    ),
    (
        service("image: x\nuse_api_socket: 'true'"),
        *("type", "services.a.use_api_socket", "'true'", "true"),
        '"services.a.use_api_socket" must be true or false, not a string: remove the quotes',
    ),
    (
        service("image: x\ndepends_on: {b: {condition: service_started, required: yes}}"),
        *("type", "services.a.depends_on.b.required", "yes", "true"),
        '"services.a.depends_on.b.required" must be true or false, not a string; '
        "did you mean true?",
    ),
    (
        service("image: x\ntty: 1"),
        *("type", "services.a.tty", "1", None),
        '"services.a.tty" must be true or false, not the number 1',
    ),
    (
        service("image: x\nscale: 1.5"),
        *("type", "services.a.scale", "1.5", None),
        '"services.a.scale" must be a whole number, not the number 1.5',
    ),
    (
        service("image: x\nlabels: {a: {b: c}}"),
        *("type", "services.a.labels.a", "{b: c}", None),
        '"services.a.labels.a" must be a string, a number, true, false or nothing, not a mapping',
    ),
    (
        "services: {a: nginx}",
        *("type", "services.a", "nginx", None),
        '"services.a" must be a mapping, not a string',
    ),
    (
        "- a",
        *("type", "", "- a", None),
        "the file must contain a mapping, not a list",
    ),
    (
        service("image: x\nenvironment:\n  - A: b\n  - C: d"),
        *("type", "services.a.environment.0", "A: b", None),
        '"services.a.environment[0]" must be a string, not a mapping; '
        'without the "-" of its items "services.a.environment" is a mapping too',
    ),
    (
        service("image: x\ndepends_on:\n  - b: {condition: service_healthy}"),
        *("type", "services.a.depends_on.0", "b: {condition: service_healthy}", None),
        '"services.a.depends_on[0]" must be a string, not a mapping; '
        'without the "-" of its items "services.a.depends_on" is a mapping too',
    ),
    (
        service("image: x\nvolumes:\n  - ./a: /b"),
        *("type", "services.a.volumes.0", "./a: /b", "./a:/b"),
        '"services.a.volumes[0]" is a mapping because of the space after ":"; write "./a:/b"',
    ),
    (
        service("image: x\nsecurity_opt:\n  - no-new-privileges: true"),
        *("type", "services.a.security_opt.0", "no-new-privileges: true", "no-new-privileges:true"),
        '"services.a.security_opt[0]" is a mapping because of the space after ":"; '
        'write "no-new-privileges:true"',
    ),
    # dates
    (
        service("image: x\nenvironment: {A: 2024-01-01}"),
        *("date", "services.a.environment.A", "2024-01-01", '"2024-01-01"'),
        '"services.a.environment.A" must be a string, a number, true, false or nothing, '
        "not a date: put it in quotes",
    ),
    # empty where a value is needed
    (
        service("image: x\nenvironment:"),
        *("empty", "services.a.environment", "", None),
        '"services.a.environment" is empty; it must be a list or a mapping',
    ),
    (
        "services:\n  a:",
        *("empty", "services.a", "", None),
        '"services.a" is empty; it must be a mapping',
    ),
    (
        service("image: x\nports: [~]"),
        *("empty", "services.a.ports.0", "~", None),
        '"services.a.ports[0]" is empty; it must be a string, a mapping or a number',
    ),
    # missing
    (
        service("image: x\ndepends_on: {b: {restart: true}}"),
        *("missing-property", "services.a.depends_on.b", "b", None),
        '"condition" is missing in "services.a.depends_on.b"',
    ),
    (
        service("image: x\nvolumes: [{source: a, target: /b}]"),
        *("missing-property", "services.a.volumes.0", "{source: a, target: /b}", None),
        '"type" is missing in "services.a.volumes[0]"',
    ),
    (
        service("image: x\ndevelop:\n  watch:\n    - target: /a"),
        *("missing-property", "services.a.develop.watch.0", "target: /a", None),
        '"path" and "action" are missing in "services.a.develop.watch[0]"',
    ),
    (
        "models: {m: {}}",
        *("missing-property", "models.m", "m", None),
        '"model" is missing in model "m"',
    ),
    (
        "jobs: {j: {image: x, triggers: {}}}",
        *("missing-property", "jobs.j.triggers", "triggers", None),
        '"manual" or "schedule" is missing in "jobs.j.triggers"',
    ),
    # one of a few
    (
        service("image: x\ndepends_on: {b: {condition: healthy}}"),
        *("enum", "services.a.depends_on.b.condition", "healthy", "service_healthy"),
        '"services.a.depends_on.b.condition" must be "service_started", "service_healthy" or '
        '"service_completed_successfully", not "healthy"; did you mean "service_healthy"?',
    ),
    (
        service("image: x\nvolumes: [{type: bnid, target: /a}]"),
        *("enum", "services.a.volumes.0.type", "bnid", "bind"),
        '"services.a.volumes[0].type" must be "bind", "volume", "tmpfs", "cluster", "npipe" or '
        '"image", not "bnid"; did you mean "bind"?',
    ),
    (
        service("image: x\ngpus: some"),
        *("enum", "services.a.gpus", "some", None),
        '"services.a.gpus" must be "all", not "some"',
    ),
    # patterns and bounds
    (
        service("image: x\ncontainer_name: n"),
        *("pattern", "services.a.container_name", "n", None),
        '"services.a.container_name" must be a letter or digit and at least one more letter, '
        'digit, "_", "." or "-", not "n"',
    ),
    (
        service("image: x\npull_policy: alway"),
        *("pattern", "services.a.pull_policy", "alway", "always"),
        '"services.a.pull_policy" must be "always", "never", "build", "if_not_present", '
        '"missing", "refresh", "daily", "weekly" or "every_<duration>", not "alway"; '
        'did you mean "always"?',
    ),
    (
        service("image: x\noom_score_adj: 2000"),
        *("range", "services.a.oom_score_adj", "2000", None),
        '"services.a.oom_score_adj" must be a whole number from -1000 to 1000, not 2000',
    ),
    (
        service("image: x\ncpu_percent: '150'"),
        *("range", "services.a.cpu_percent", "'150'", None),
        '"services.a.cpu_percent" must be a whole number from 0 to 100, not 150',
    ),
    (
        service("image: x\ncpu_count: -1"),
        *("range", "services.a.cpu_count", "-1", None),
        '"services.a.cpu_count" must be a whole number from 0 on, not -1',
    ),
    # strings that are read as another type
    (
        service("image: x\nhealthcheck: {retries: abc}"),
        *("cast", "services.a.healthcheck.retries", "abc", None),
        '"services.a.healthcheck.retries" must be a whole number, not "abc"',
    ),
    (
        service("image: x\nprivileged: maybe"),
        *("cast", "services.a.privileged", "maybe", None),
        '"services.a.privileged" must be true or false, not "maybe"',
    ),
    (
        service("image: x\ncpus: two"),
        *("cast", "services.a.cpus", "two", None),
        '"services.a.cpus" must be a number, not "two"',
    ),
    (
        service("image: x\nsecrets: [{source: s, mode: '9'}]"),
        *("cast", "services.a.secrets.0.mode", "'9'", None),
        '"services.a.secrets[0].mode" must be an octal number such as 0440, not "9"',
    ),
    (
        service("image: x\ngpus: [{count: some}]"),
        *("cast", "services.a.gpus.0.count", "some", None),
        '"services.a.gpus[0].count" must be a whole number or "all", not "some"',
    ),
    (
        service("image: x\nblkio_config: {weight: '10'}"),
        *("cast", "services.a.blkio_config.weight", "'10'", "10"),
        '"services.a.blkio_config.weight" must be a whole number without quotes: '
        "Docker Compose accepts no text here",
    ),
    # names
    (
        "services: {'a b': {image: x}}",
        *("name", "services.a b", "'a b'", "a-b"),
        f'"a b" is not allowed as a service name: it may contain only {COUNT}',
    ),
    (
        service("image: x\nenvironment: {'': b}"),
        *("name", "services.a.environment.", "''", None),
        'a name in "services.a.environment" is empty',
    ),
    # twice the same
    (
        service("image: x\nsecurity_opt: [b, c, b]"),
        *("duplicate-item", "services.a.security_opt.2", "b", None),
        '"services.a.security_opt[2]" repeats "b", which item [0] has already',
    ),
]


@pytest.mark.parametrize(
    ("text", "kind", "path", "marked", "suggestion", "message"),
    ONE,
    ids=[row[-1][:60] for row in ONE],
)
def test_each_problem_is_one_error(
    text: str, kind: str, path: str, marked: str, suggestion: str | None, message: str
) -> None:
    (error,) = errors(text)
    assert error.message == message
    assert (error.kind, dotted(error), error.suggestion) == (kind, path, suggestion)
    assert error.node.span.text == marked
    assert error.rejects


def test_an_error_tells_whether_it_is_about_the_key() -> None:
    (unknown,) = errors(service("imag: x"))
    (wrong,) = errors(service("image: [x]"))
    assert (unknown.on_key, wrong.on_key) == (True, False)


def test_possible_values_are_listed() -> None:
    (unknown,) = errors(service("extends: {service: b, files: c}"))
    (wrong,) = errors(service("image: x\ndepends_on: b"))
    (odd,) = errors(service("cgroup: own"))
    assert unknown.expected == ("service", "file")
    assert wrong.expected == ("a list", "a mapping")
    assert odd.expected == ("host", "private")


def test_all_errors_of_a_file_are_in_the_order_of_the_file() -> None:
    reported = errors(
        "volume: {}\n"
        + service("imag: x\nports: '80'\nhealthcheck: {tests: y, retries: z}\ntty: maybe")
        + "networks: {n: {driver: 1}}\n"
    )
    assert [(dotted(error), error.kind) for error in reported] == [
        ("volume", UNKNOWN),
        ("services.a.imag", UNKNOWN),
        ("services.a.ports", "type"),
        ("services.a.healthcheck.tests", UNKNOWN),
        ("services.a.healthcheck.retries", "cast"),
        ("services.a.tty", "cast"),
        ("networks.n.driver", "type"),
    ]


def test_an_error_behind_an_anchor_is_reported_once() -> None:
    reported = errors(
        "x-base: &base {restart: 5}\nservices:\n  a: {<<: *base, image: x}\n  b: {<<: *base}\n"
    )
    assert [dotted(error) for error in reported] == ["services.a.restart"]


def test_long_names_are_shortened_and_many_are_counted() -> None:
    (error,) = errors(f"{'y' * 500}: 1")
    assert len(error.message) < 150
    keys = "".join(f"  k{number}: {{image: x}}\n" for number in range(40))
    (error,) = errors("services: {}\n" + re.sub("(?m)^  ", "", keys))
    assert error.message.startswith('"k0", "k1", ')
    assert '"k11" and 28 more look like services' in error.message


def test_thousands_of_unknown_keys_take_no_time() -> None:
    text = service("\n".join(f"unknown_key_{number}: 1" for number in range(5000)))
    assert len(errors(text)) == 5000


# --- variables that are not set ---


def with_unknown(text: str) -> Node:
    """The document, its scalars with ``$V`` as interpolation leaves them."""

    def visit(node: Node) -> Node:
        if isinstance(node, Scalar) and "$V" in node.raw:
            return UnknownScalar(
                node.file, node.start, node.end, node.raw.replace("$V", ""), '"', ("V",)
            )
        if isinstance(node, Mapping):
            node.entries = [entry._replace(value=visit(entry.value)) for entry in node.entries]
        elif hasattr(node, "items"):
            node.items = [visit(item) for item in node.items]
        return node

    return visit(document(text))


UNSET = [
    # (text, with the variable unknown, with it empty)
    (service("image: x\ntty: $V"), [], ["cast"]),
    (service("image: x\nscale: ${V}"), [], ["cast"]),
    (service("image: x\ncgroup: $V"), [], ["enum"]),
    (service("image: x\npull_policy: $V"), [], ["pattern"]),
    (service("image: x\nuse_api_socket: $V"), [], ["type"]),
    (service("image: x\nsecurity_opt: [$V, $V]"), [], ["duplicate-item"]),
    (service("image: $V"), [], []),
    (service("image: x\nports: $V"), ["type"], ["type"]),
    (service("image: x\nports: [{target: $V, pub: 1}]"), [UNKNOWN], ["cast", UNKNOWN]),
]


@pytest.mark.parametrize(("text", "unknown", "empty"), UNSET, ids=[row[0] for row in UNSET])
def test_unset_variables_fit_everywhere_or_are_empty(
    text: str, unknown: list[str], empty: list[str]
) -> None:
    text = text.replace("${V}", "$V")
    # Any scalar may be possible there; if none is, no value helps.
    fitting = [error.kind for error in check(with_unknown(text))]
    strict = [error.kind for error in check(with_unknown(text), unset_fits=False)]
    assert (fitting, strict) == (unknown, empty)


# --- attributes that Docker Compose accepts although they have no effect ---

TOLERATED = [
    service("image: x\ngpus: [{foo: 1}]"),
    service("image: x\nextends: {service: b, foo: 1}"),
    "include: [{path: a.yaml, foo: 5}]",
    "include:",
    service("image: x\nulimits: {NOFILE: 1}"),
]

TOLERATED_BEFORE = [
    service("image: x\npull_policy: xalways"),
    "networks: {'a b': {foo: 1}}",
    "models: {'a b': {}}",
]


@pytest.mark.parametrize("text", TOLERATED)
def test_keys_without_effect_are_errors_that_do_not_reject(text: str) -> None:
    assert [error.rejects for error in errors(text)] == [False]


@pytest.mark.parametrize("text", TOLERATED_BEFORE)
def test_what_release_5_refuses_is_an_error_of_it_alone(text: str) -> None:
    assert [(error.rejects, error.only) for error in errors(text)] == [(True, CURRENT)]


@pytest.mark.parametrize("path", ["environment: {A: %s}", "labels: {A: %s}", "mem_limit: %s"])
def test_a_date_that_release_5_takes_is_an_error_of_the_one_before(path: str) -> None:
    found = errors(service("image: x\n" + path % "2024-01-31"))
    assert [(error.kind, error.only) for error in found] == [("date", OLDER)]
    assert [error.only for error in errors(service("image: 2024-01-31"))] == [""]


# --- answers of Docker Compose 2.40.3 ---

ACCEPTED = [
    "{}",
    "services: {x-a: {image: x}}",
    "x-a: {image: 2024-01-01}",
    "networks: {n: , m: {external: 'yes'}}",
    "secrets: {s: {external: {nam: x}}}",
    "models: {m: {model: x, context_size: 4096.0}}",
    *(
        service(f"image: x\n{text}")
        for text in (
            *("scale: '+1'", "scale: 1.0", "scale: '9223372036854775807'"),
            *("tty: 'TRUE'\nstdin_open: oN", "privileged: yes", "attach: 'On'", "restart: no"),
            *("cpus: '1_0'", "cpus: .5", "cpus: '.5'", "cpus: 5.", "cpus: '0x_1p-2'"),
            *("cpu_percent: '50'", "cpu_percent: 1e1", "mem_swappiness: 10.0"),
            *("mem_limit: 1.5", "shm_size: 2.5\nmemswap_limit: 1.5", "pids_limit: '-1'"),
            *("mem_swappiness: 99999999999999999999999", "cpus: .inf"),
            *("command:\nentrypoint:", "pid:", "deploy:", "develop:", "networks: {n: }"),
            *("post_start: [{command: }]", "logging: {options: {max-file: 3, '': [x]}}"),
            *("environment: {A: .nan, B: 99999999999999999999999, C: 0644, D: , E: true}",),
            *("environment: ['A=1', 'A=1']", "ports: [80, 80, '80']", "cap_add: [A, A]"),
            *("profiles: [n, n]", "dns: [1.1.1.1, 1.1.1.1]", "tmpfs: [/a, /a]", "dns: []"),
            *("expose: [1, '1', 1]", "links: [b, b]", "sysctls: [a=1, a=1]", "labels: [a, a]"),
            *("annotations: [a=1, a=1]", "deploy: {labels: [a, a]}"),
            *("networks: {n: {aliases: [a, a], link_local_ips: [b, b]}}",),
            *("group_add: [1, '1']", "ulimits: {NOFILE: 1}", "ulimits: {nofile: '5'}"),
            *("extra_hosts: {a: [1.1.1.1, 1.1.1.1]}", "storage_opt: {a: b}"),
            *("gpus: [{count: ALL}]", "gpus: [{count: '-1', x-a: 1}]"),
            *("secrets: [{source: s, mode: '0444'}]", "secrets: [{source: s, mode: '-7'}]"),
            *("ports: [{target: '80', published: 80-90, x-a: 1}]", "healthcheck: {test: []}"),
            *("build: {context: ., tags: [a, a], labels: [a, a], args: [A=1, A=1]}",),
            *("build: {context: ., provenance: maybe}", "build: {context: ., ulimits: {n: 5}}"),
            *("deploy: {resources: {limits: {pids: '+5', cpus: '0x1p-2'}}}",),
            *("volumes: [{type: tmpfs, target: /a, tmpfs: {mode: 1.5}}]",),
            *("env_file: [{path: a, required: 'no'}, {path: a, required: false}]",),
            *("depends_on: {b: {condition: service_started, restart: 'yes'}}",),
            *("stop_grace_period: 1d", "container_name: -ab c", "pull_policy: every_5h"),
            "foo: !reset null",
            "ports: !reset null",
            "tty: !foo true",
            'environment: {"a\\nb": 1}',
        )
    ),
]
REFUSED = [
    "services:",
    "networks:",
    "volumes:",
    "version:",
    "name:",
    "services: {x-a: 5}",
    "services: {é: {image: x}}",
    'services: {"a\\n": {image: x}}',
    "volumes: {'a b': {}}",
    "volumes: {v: {labels: [a, a]}}",
    "secrets: {s: {file: x, labels: [a, a]}}",
    "networks: {n: {ipam: {options: {a: 1}}}}",
    "networks: {n: {external: maybe}}",
    "models: {m: {model: x, context_size: '4096'}}",
    "include: 5",
    "include: [5]",
    *(
        service(f"image: x\n{text}")
        for text in (
            *("scale: '1.0'", "scale: ' 1'", "scale: '9223372036854775808'", "scale: ٣"),
            *("tty: '1'", "tty: ''", "tty: T", "tty:", "attach: '1'", "attach: ''"),
            *("cpus: .", "cpus: '1__0'", "cpus: '0x10'", "cpus: '1e39'", "cpus: abc"),
            *("cpu_percent: '50.5'", "cpu_percent: 50.5", "cpu_percent: .nan"),
            *("cpu_percent: '1e400'", "cpu_count: '-1'", "cpu_count: abc"),
            *("mem_swappiness: .inf", "cpu_shares: '99999999999999999999'"),
            *("oom_score_adj: '2000'", "user: 1000", "cpuset: 0", "container_name: 5"),
            *("hostname: 2024-01-01", "image2: x"),
            *("healthcheck:", "volumes:", "networks:", "depends_on:", "env_file:", "build:"),
            *("labels: [2024-01-01]", "command: [echo, 2024-01-01]"),
            *("storage_opt: [a]", "logging: {options: {a: true}}", "blkio_config: {x-a: 1}"),
            *("environment: {'': 1}", 'environment: {"\\n": 1}', "group_add: [1, 1.0]"),
            *("extra_hosts: ['a:1.1.1.1', 'a:1.1.1.1']", "extra_hosts: {a: }"),
            *("depends_on: [b, b]", "networks: [n, n]", "models: [m, m]"),
            *("device_cgroup_rules: [a, a]", "external_links: [a, a]"),
            *("post_start: [{command: x, environment: [a, a]}]", "profiles: [1]"),
            *("develop: {watch: [{path: ., action: rebuild, ignore: [a, a]}]}",),
            *("volumes: [{type: volume, target: /a, volume: {labels: [a, a]}}]",),
            *("build: {context: ., ssh: [default, default]}", "build: {context: ., pull: maybe}"),
            *("build: {context: ., ulimits: {n: '5'}}", "ulimits: {nofile: a}"),
            *("build: {context: ., ulimits: {n: {soft: '1', hard: 2}}}", "ulimits: {nofile: 1.5}"),
            *("gpus: [{count: '0x1'}]", "gpus: {count: 1}", "gpus: some"),
            *("secrets: [{source: s, mode: '0o444'}]", "secrets: [{source: s, mode: ''}]"),
            *("secrets: [{source: s, mode: '7777777777777777777777777'}]", "configs: [5]"),
            *("deploy: {resources: {limits: {pids: '0x5'}}}", "ports: [[80]]", "ports: [true]"),
            *("deploy: {resources: {limits: {pids: '1_0'}}}", "ports: [~]"),
            *("deploy: {resources: {limits: {cpus: ''}}}",),
            *("volumes: [{type: tmpfs, target: /a, tmpfs: {mode: '12'}}]",),
            *("env_file: [{path: a, required: '1'}]", "env_file: [{path: a, x-a: 1}]"),
            *("depends_on: {b: {condition: service_started, restart: perhaps}}",),
            *("depends_on: {b: {condition: service_started, required: 'false'}}",),
            *("provider: {type: x, options: {a: [[1]]}}", "extends:", "extends: [b]"),
            *("volumes: [{type: bind, target: /a, bind: {create_host_path: maybe}}]",),
        )
    ),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_documents_that_docker_compose_accepts_have_no_error(text: str) -> None:
    assert not [error.message for error in errors(text) if error.rejects and not error.only]


@pytest.mark.parametrize("text", REFUSED)
def test_documents_that_docker_compose_refuses_have_an_error(text: str) -> None:
    assert [error.message for error in errors(text) if error.rejects]


NEWER = ("umask", "use_service_name_alias")
"""Properties of no release yet, which are reported elsewhere."""


def recorded() -> list[tuple[str, str, bool, str]]:
    """The recorded cases that are one plain file: name, text, accepted, error."""
    cases = []
    folder = ROOT / "tests" / "oracle"
    for path in sorted((folder / "recorded" / CURRENT).glob("*.json")):
        answers = json.loads(path.read_text(encoding="utf-8"))["cases"]
        for case in yaml.safe_load((folder / "cases" / f"{path.stem}.yaml").read_text("utf-8")):
            texts = [
                text for name, text in case["files"].items() if name.endswith((".yaml", ".yml"))
            ]
            is_plain = len(texts) == 1 and "$" not in texts[0] and "extends" not in texts[0]
            if is_plain and "args" not in case and case["name"] in answers:
                answer = answers[case["name"]]
                name = f"{path.stem}/{case['name']}"
                cases.append((name, texts[0], answer["accepted"], answer["error"]))
    return cases


def test_the_verdict_is_that_of_the_recorded_answers() -> None:
    wrong = []
    cases = recorded()
    for name, text, accepted, error in cases:
        parsed = parse_yaml(SourceFile("compose.yaml", text))
        if parsed.problems or len(parsed.documents) != 1:
            continue
        root = resolve(parsed.documents[0]).root
        messages = (
            [each.message for each in check(root) if each.rejects and each.only != OLDER]
            if root
            else []
        )
        by_schema = error.startswith("validating ") or "failed to cast" in error
        by_schema &= "json: unsupported value" not in error
        by_schema &= not any(f"'{name}' not allowed" in error for name in NEWER)
        # Keys of no release yet are told by the check of releases.
        by_schema &= not error.endswith("false schema")
        if (accepted and messages) or (by_schema and not messages):
            wrong.append((name, error, messages))
    assert not wrong
    assert len(cases) > 300


# --- our check and a schema validator give one verdict ---


@cache
def validator() -> Any:
    return jsonschema_rs.validator_for(SCHEMA)


READ_LATER: dict[str, Callable[[str], Any]] = {
    # Strings that Docker Compose reads when it decodes the model, after the schema stage.
    **dict.fromkeys(
        (
            *("services.*.attach", "services.*.depends_on.*.restart"),
            *("services.*.build.no_cache", "services.*.build.privileged", "services.*.build.pull"),
            *("services.*.env_file.[].required", "services.*.volumes.[].bind.create_host_path"),
            *("services.*.post_start.[].privileged", "services.*.pre_stop.[].privileged"),
            "services.*.develop.watch.[].exec.privileged",
            *("services.*.networks.*.use_service_name_alias", "services.*.per_replica"),
            "services.*.triggers.manual",
        ),
        lambda text: text.lower() in ("true", "false", "y", "n", "yes", "no", "on", "off"),
    ),
    **dict.fromkeys(
        (
            "services.*.deploy.resources.limits.pids",
            "services.*.deploy.resources.reservations.generic_resources.[]"
            ".discrete_resource_spec.value",
        ),
        lambda text: re.fullmatch("[+-]?[0-9]+", text),
    ),
    **dict.fromkeys(
        ("services.*.gpus.[].count", "services.*.deploy.resources.reservations.devices.[].count"),
        lambda text: re.fullmatch("[+-]?[0-9]+|all", text),
    ),
    **dict.fromkeys(
        (
            "services.*.secrets.[].mode",
            "services.*.configs.[].mode",
            "services.*.build.secrets.[].mode",
        ),
        lambda text: re.fullmatch("[+-]?[0-7]+", text),
    ),
    **dict.fromkeys(
        (
            "services.*.deploy.resources.limits.cpus",
            "services.*.deploy.resources.reservations.cpus",
        ),
        lambda text: re.fullmatch(r"[0-9]+(\.[0-9]+)?|1e1|-1", text),
    ),
    **dict.fromkeys(
        (
            *("services.*.blkio_config.weight", "services.*.blkio_config.weight_device.[].weight"),
            *("services.*.build.ulimits.*", "services.*.build.ulimits.*.hard"),
            *("services.*.build.ulimits.*.soft", "services.*.volumes.[].tmpfs.mode"),
        ),
        lambda text: False,
    ),
}


def as_compose_reads(value: Any, path: tuple[str, ...], failed: list[str]) -> Any:
    """A copy in which strings are cast that Docker Compose casts."""
    if isinstance(value, dict):
        return {key: as_compose_reads(item, (*path, key), failed) for key, item in value.items()}
    if isinstance(value, list):
        return [as_compose_reads(item, (*path, "[]"), failed) for item in value]
    if not isinstance(value, str):
        return value
    # Jobs and the containers of pre_start have the attributes of services.
    if path[0] == "jobs":
        path = ("services", *path[1:])
    if path[2:4] == ("pre_start", "[]"):
        path = (*path[:2], *path[4:])
    kind = cast_kind(path)
    if kind is not None:
        read = cast_scalar(kind, value)
        if isinstance(read, CastError):
            failed.append(".".join(path))
            return value
        return read
    for pattern, accepts in READ_LATER.items():
        steps = pattern.split(".")
        if len(steps) != len(path) or accepts(value):
            continue
        if all(step in ("*", key) for step, key in zip(steps, path, strict=True)):
            failed.append(pattern)
    return value


@given(near_valid.documents(SCHEMA, casts=True))
@examples(400)
def test_our_check_agrees_with_a_schema_validator(value: Any) -> None:
    failed: list[str] = []
    read = as_compose_reads(value, (), failed)
    valid = not failed and validator().is_valid(read)
    reported = errors(json.dumps(value))
    assert (not reported) == valid, (reported, failed)


READ = [
    ("boolean", "YES", True),
    ("boolean", "off", False),
    ("boolean", "1", None),
    ("integer", "-7", -7),
    ("integer", "1.0", None),
    ("number", "1e1", 10.0),
    ("number", "ten", None),
    ("octal", "0440", 288),
    ("octal", "+-7", None),
    ("octal", "8", None),
    ("octal", "7" * 30, None),
    ("count", "All", -1),
    ("count", "3", 3),
    ("count", "0x3", None),
    ("none", "3", None),
]


@pytest.mark.parametrize(("cast", "text", "value"), READ)
def test_strings_are_read_as_docker_compose_does(cast: str, text: str, value: object) -> None:
    assert read_as(cast, text) == value


def test_the_table_is_made_from_the_schema() -> None:
    tool = ROOT / "tools" / "compose_table.py"
    result = run_python(tool, "--check")
    assert result.returncode == 0, result.stdout + result.stderr
