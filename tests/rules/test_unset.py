"""Variables that nothing sets: what counts as set, what is meant for the container, how much it matters."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from checks import titled
from composelint.linter.rule import Severity
from snippets import diagnostics, fixed, fixing, places

WEB = "services:\n  web:\n    image: a:1\n"
USES = WEB + "    command: run ${A} ${B}\n    hostname: h${A}\n"
ENV = {".env": "OTHER=1\n"}
START = "docker compose up -d\n"

# What else is in the repository, and the variables that are left.
SOURCES = [
    ("nothing", {}, "A B"),
    (".env.example", {".env.example": "A=1\n"}, "B"),
    ("in a comment of it", {".env.example": "# A=1\nB=\n"}, ""),
    ("env.sample", {"env.sample": "A=1\n"}, "B"),
    ("defaults.env", {"defaults.env": "A=1\n"}, "B"),
    (".env.dist", {".env.dist": "A=1\n"}, "B"),
    ("example.env", {"example.env": "A=1\n"}, "B"),
    ("another env file", {"prod.env": "A=1\n", ".env.ci": "B=2\n"}, ""),
    ("a template", {"stack.env.template": "A=1\n"}, "B"),
    ("a template of a page is not one", {"env.template.md": "A=1\n", "environment.py": "A=1\n"}, "A B"),
    ("in a usual folder", {"docker/.env.example": "A=1\n"}, "B"),
    ("in a folder of something else", {"apps/shop/src/.env.example": "A=1\n"}, "A B"),
    ("a script", {"up.sh": f"export A=1\nB=2 {START}"}, ""),
    ("a script in a folder", {"scripts/up": f"#!/bin/sh\nread -p 'A? ' A\n{START}"}, "B"),
    ("a script that writes .env", {"setup.sh": "cat > .env <<E\nA=$x\nE\n"}, "B"),
    ("a script that exports", {"init.sh": "export A=1\nB=1\n"}, "B"),
    ("a script that reads it", {"up.sh": f"echo $A ${{B}}\n{START}"}, "A B"),
    ("a script that compares it", {"up.sh": f'[ "$A" == x ] && echo "A == 1"\n{START}'}, "A B"),
    ("Makefile", {"Makefile": f"A ?= 1\nup:\n\tB=2 {START}"}, ""),
    ("Makefile of something else", {"Makefile": "A ?= 1\nup:\n\tgo build\n"}, "A B"),
    ("workflow", {".github/workflows/e2e.yml": f"env:\n  A: 1\njobs:\n  t:\n    steps:\n      - run: B=1 {START}"}, ""),
    ("GitLab", {".gitlab-ci.yml": f"variables:\n  A: 1\ntest:\n  script: {START}"}, "B"),
    ("README", {"README.md": f"    A=1 {START}"}, "B"),
    ("a command in a page", {"docs/run.md": f"```\nA=1 \\\n  B=2 {START}```\n"}, ""),
    ("a page beside it", {"DEPLOY.md": f"Run `A=1 {START}`\n"}, "B"),
    ("a page that tells of a variable", {"docs/run.md": f"B=2 is usual.\n\n    {START}"}, "A B"),
    ("given by a page", {"README.md": "docker compose --env-file apps/api/run.env up -d\n", "apps/api/run.env": "A=1\n"}, "B"),
    ("given by a package", {"package.json": '{"scripts": {"up": "docker compose --env-file=apps/api/run.env up"}}', "apps/api/run.env": "A=1\n"}, "B"),
    ("given in a list", {"up.py": 'run(["docker compose", "--env-file", "apps/api/run.env"])\n', "apps/api/run.env": "A=1\n"}, "B"),
    ("given from its folder", {"apps/Makefile": "", "scripts/up.sh": "docker-compose \\\n --env-file run/x.env up\n", "scripts/run/x.env": "A=1\n"}, "B"),
    ("given to a container", {"README.md": "docker run --env-file apps/api/run.env shop\n", "apps/api/run.env": "A=1\n"}, "A B"),
    ("given, and not there", {"README.md": "docker compose --env-file apps/api/run.env up\n"}, "A B"),
    ("a source file", {"main.go": f"A = 1 // {START}"}, "A B"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "left"), titled(SOURCES))
def test_what_sets_a_variable(files: Mapping[str, str], left: str) -> None:
    findings = diagnostics("CF140", USES, files={**files, **ENV})
    assert [item.evidence for item in findings] == ([left.replace(" ", ", ")] if left else [])


def test_the_root_and_the_folders_above_count() -> None:
    text = WEB + "    volumes: ['${A}:/app']\n"
    above = {"deploy/local/.env": "OTHER=1\n"}
    path = "deploy/local/compose.yaml"
    assert len(diagnostics("CF140", text, path, above)) == 1
    for name in (".env.example", "deploy/example.env", "deploy/local/sample.env"):
        assert diagnostics("CF140", text, path, {**above, name: "A=1\n"}) == []
    assert (
        len(diagnostics("CF140", text, path, {**above, "deploy/other/.env.example": "A=1\n"})) == 1
    )


def test_what_a_service_gets_as_a_whole_does_not_set_it_for_compose() -> None:
    text = USES + "    env_file: db.env\n"
    files = {**ENV, "db.env": "A=1\nB=1\n", "db.env.example": "A=1\nB=1\n"}
    assert [item.evidence for item in diagnostics("CF140", text, files=files)] == ["A, B"]


@pytest.mark.parametrize("folder", ["", "docker/", "deploy/local/"])
def test_the_env_file_of_the_stack_may_be_given_to_a_service_as_well(folder: str) -> None:
    text, path = USES + "    env_file: .env\n", f"{folder}compose.yaml"
    example = {f"{folder}.env.example": "A=1\nB=1\n"}
    assert diagnostics("CF140", text, path, example) == []
    other = {f"{folder}web/.env.example": "A=1\nB=1\n"}
    text = text.replace(".env", "web/.env")
    assert len(diagnostics("CF140", text, path, other)) == 1


def test_a_session_sets_its_own_variables() -> None:
    text = WEB + "    command: run ${USER} ${DISPLAY} ${GITHUB_SHA} ${UID}\n"
    assert [item.evidence for item in diagnostics("CF140", text, files=ENV)] == ["UID"]


def test_one_finding_a_file_lists_the_variables() -> None:
    text = WEB + "    command: run " + " ".join(f"${{V{i}}}" for i in range(41)) + "\n"
    files = {**ENV, "compose.override.yaml": "services:\n  web:\n    hostname: ${V1}${W}\n"}
    first, second = sorted(diagnostics("CF140", text, files=files), key=lambda item: item.path)
    assert second.message.startswith("41 variables are set nowhere and have no default")
    assert "V0, V1, V2, V3, V4, V5, V6, V7 and 33 more" in second.message
    assert first.message.endswith("they would be empty: V1 and W")
    # Another variable is another finding: a baseline does not hide it.
    assert second.evidence.split(", ") == sorted(f"V{i}" for i in range(41))


DEFAULT = (
    WEB
    + "    environment:\n      URL: http://localhost:{}\n      X: ${A}\n    ports: ['${{PORT:-3000}}:3000']\n"
)
DEFAULT = DEFAULT.replace("${A}", "${{A}}")


@pytest.mark.parametrize("use", ["$PORT", "${PORT}"])
@pytest.mark.parametrize("files", [{}, ENV])
def test_a_variable_with_a_default_elsewhere_has_a_finding_of_its_own(
    use: str, files: Mapping[str, str]
) -> None:
    text = DEFAULT.format(use)
    own, others = diagnostics("CF140", text, files=files)
    assert (own.start.line, own.span.text, own.severity) == (5, use, Severity.WARNING)
    assert "PORT has a default elsewhere" in own.message
    assert others.evidence == "A"
    assert fixed("CF140", text, files=files) == DEFAULT.format("${PORT:-3000}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Everywhere, and in one step.
        ("    command: a $P\n    hostname: x${P}\n    ports: ['${P:-1}:80']\n",
         "    command: a ${P:-1}\n    hostname: x${P:-1}\n    ports: ['${P:-1}:80']\n"),
        # Braces would begin a mapping of YAML.
        ("    command: [a, $P]\n    ports: ['${P:-1}:80']\n", None),
        ("    command: [a, \"${P}\"]\n    ports: ['${P:-1}:80']\n",
         "    command: [a, \"${P:-1}\"]\n    ports: ['${P:-1}:80']\n"),
        # A default that needs quotes, or that is made of variables.
        ("    command: a $P\n    hostname: \"${P:-it's}\"\n", None),
        ("    command: a $P\n    hostname: ${P:-$HOME}\n", None),
    ],
)  # fmt: skip
def test_the_default_is_written_where_it_can_be(text: str, expected: str | None) -> None:
    result = fixing("CF140", WEB + text)
    assert result.dropped == []
    assert diagnostics("CF140", WEB + text) != []
    after = (
        result.text_of("compose.yaml") if hasattr(result, "text_of") else fixed("CF140", WEB + text)
    )
    assert after == WEB + (text if expected is None else expected)


def test_a_required_variable_is_reported_once() -> None:
    text = WEB + "    command: a $P\n    hostname: ${P:?set it}\n"
    assert diagnostics("CF140", text, files=ENV) == []
    assert len(diagnostics("CF134", text, files=ENV)) == 1


# --- one rule for the severity ---

BROKEN = {
    "CF140": "    command: x ${A}\n",
    "CF120": "    volumes: ['${A}:/app']\n",
    "CF119": "    ports: ['80:${A}x']\n",
    "CF134": "    command: x ${A:?}\n",
    "CF162": "    ports: ['${A}:80']\n",
}


@pytest.mark.parametrize("code", BROKEN)
@pytest.mark.parametrize("path", ["compose.yaml", "deploy/compose.yaml"])
def test_all_rules_give_the_same_answer(code: str, path: str) -> None:
    def severities(files: Mapping[str, str]) -> list[Severity]:
        return [item.severity for item in diagnostics(code, WEB + BROKEN[code], path, files)]

    beside = {path.replace("compose.yaml", ".env"): "OTHER=1\n"}
    # In a fresh clone nobody can tell; with an env file that lacks the variable it seems to be missing.
    assert severities({}) == [Severity.INFO]
    assert severities(beside) == [Severity.WARNING]
    # Wherever the example is, and whether or not there is an env file: the variable is set there.
    for files in ({}, beside):
        assert severities({**files, ".env.example": "A=1\n"}) == []
        assert severities({**files, "up.sh": f"export A=1\n{START}"}) == []


@pytest.mark.parametrize(
    ("port", "is_random"),
    [
        ("${A}:80", True),
        ("127.0.0.1:${A}:80/udp", True),
        ("${A}:${B:-80}", True),
        ("${A}:${A}", False),
        ("$A:$B", False),
        ("127.0.0.1:${A}:${B}/udp", False),
    ],
)
def test_a_port_is_random_only_if_the_container_port_is_given(port: str, is_random: bool) -> None:
    text = WEB + f"    ports: ['{port}']\n"
    assert bool(diagnostics("CF162", text)) is is_random
    if not is_random:
        assert diagnostics("CF119", text) != []


def test_a_default_elsewhere_says_that_the_variable_may_be_unset() -> None:
    text = WEB + "    volumes: ['${A}:/app']\n    hostname: ${A:-x}\n"
    assert [item.severity for item in diagnostics("CF120", text)] == [Severity.WARNING]
    required = WEB + "    command: x ${A:?}\n    hostname: ${A:-x}\n"
    assert [item.severity for item in diagnostics("CF134", required)] == [Severity.INFO]


# --- meant for the container ---


def service(environment: str, rest: str) -> str:
    return f"services:\n  db:\n    image: postgres:17\n    environment:\n      {environment}\n    {rest}\n"


OWN_VALUE = "U: shop"
SAME = 'U: "${U}"'
INSIDE = [
    # A shell runs it, and only the container has the value.
    ("text of a test", OWN_VALUE, "healthcheck: {test: 'pg_isready -U $U'}", 1),
    ("CMD-SHELL", OWN_VALUE, "healthcheck: {test: [CMD-SHELL, 'pg_isready -U $U']}", 1),
    ("CMD with a shell", OWN_VALUE, "healthcheck: {test: [CMD, /bin/sh, -c, 'pg_isready -U $U']}", 1),
    ("command with a shell", OWN_VALUE, "command: sh -c 'run $U'", 1),
    ("command with a shell and options", OWN_VALUE, "command: [/bin/bash, -o, pipefail, -ec, 'run $U']", 1),
    ("script for the entry point", OWN_VALUE, "entrypoint: [sh, -c]\n    command: ['run $U']", 1),
    ("made of another variable", 'U: "${OTHER}"', "command: sh -c 'run $U'", 1),
    ("with a default", 'U: "${U:-shop}"', "command: sh -c 'run $U'", 1),
    ("set by the script", "X: 1", "command: sh -c 'U=1; run $U'", 1),
    ("set by the shell", "X: 1", "command: sh -c 'run $HOSTNAME'", 1),
    # The same value arrives.
    ("same value", SAME, "healthcheck: {test: 'pg_isready -U $U'}", 0),
    ("same value in exec form", SAME, "healthcheck: {test: [CMD, pg_isready, -U, '${U}']}", 0),
    ("same value in a longer one", 'U: "a${U}"', "command: sh -c 'run $U'", 0),
    ("required", 'U: "${U:?set it}"', "healthcheck: {test: 'pg_isready -U $U'}", 0),
    ("required in a list", "U: ${U?}", "command: sh -c 'run $U'", 0),
    ("another one required", 'U: "${V:?set it}"', "command: sh -c 'run $U'", 1),
    ("passed on", "U:", "command: sh -c 'run $U'", 0),
    # No shell runs: a second $ would reach the program.
    ("exec form", OWN_VALUE, "healthcheck: {test: [CMD, pg_isready, -U, '${U}']}", 0),
    ("command without a shell", "TZ: UTC", 'command: "php-fpm -d date.timezone=${TZ}"', 0),
    ("command in exec form", OWN_VALUE, "command: [run, $U]", 0),
    ("arguments of a script", OWN_VALUE, "command: [sh, -c, 'run \"$$1\"', x, $U]", 0),
    ("a shell that reads a file", OWN_VALUE, "command: [sh, run.sh, $U]", 0),
    ("nobody sets it", "X: 1", "command: sh -c 'run $U'", 0),
    ("escaped", OWN_VALUE, "command: sh -c 'run $$U'", 0),
]  # fmt: skip


@pytest.mark.parametrize(("environment", "rest", "count"), titled(INSIDE))
def test_a_dollar_for_the_container(environment: str, rest: str, count: int) -> None:
    text = service(environment, rest)
    findings = diagnostics("CF141", text, files=ENV)
    assert len(findings) == count
    if count:
        assert "$$" in fixed("CF141", text, files=ENV)
        assert findings[0].owner == ("service", "db")
        # It is not reported as an unset variable as well.
        place = findings[0].span
        assert all(item.span != place for item in diagnostics("CF140", text, files=ENV))
    else:
        assert fixed("CF141", text, files=ENV) == text


def test_an_env_file_of_the_service_sets_it_for_the_container_only() -> None:
    text = service("X: 1", "env_file: db.env\n    command: sh -c 'run $U'")
    (finding,) = diagnostics("CF141", text, files={**ENV, "db.env": "U=1\n"})
    assert "db.env sets U for the container" in finding.message


def test_each_use_in_a_folded_block_has_its_own_place() -> None:
    text = service(
        "U: 1",
        "command: >-  # not $U\n      sh -c 'run $U &&\n      stop $U'",
    )
    findings = diagnostics("CF141", text, files=ENV)
    assert [item.span.start for item in findings] == [text.find("$U &&"), text.find("$U'")]
    assert fixed("CF141", text, files=ENV) == text.replace("n $U ", "n $$U ").replace(
        "p $U", "p $$U"
    )


def test_no_dollar_is_written_where_its_place_is_not_known() -> None:
    text = service("U: 1", "command: \"sh -c 'run \\x24U; stop $U'\"")
    findings = diagnostics("CF141", text, files=ENV)
    assert [item.fix for item in findings] == [None] * len(findings) != []
    assert fixed("CF141", text, files=ENV) == text


# --- hashes ---

BCRYPT = "$2b$12$KIXabcdefghijklmnopqrsOABCDEFGHIJKLMNOPQRSTUVWXYZ01234"
APR1 = "$apr1$Xk1vTz0e$1n5mRqBv6pY0sWl3uKj9d/"
ARGON2 = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
HASHES = [BCRYPT, APR1, ARGON2, "$6$saltsalt$" + "Ab1./" * 17, "pbkdf2_sha256$260000$salt$hash"]


@pytest.mark.parametrize("value", HASHES)
@pytest.mark.parametrize(
    "place",
    [
        "    environment:\n      - PASSWORD_HASH={}\n",
        "    environment:\n      PASSWORD_HASH: {}\n",
        '    labels:\n      - "traefik.http.middlewares.auth.basicauth.users=admin:{}"\n',
        "    command: serve --login 'admin:{}'\n",
    ],
)
def test_a_hash_is_one_finding_with_a_fix(value: str, place: str) -> None:
    text = WEB + place.format(value)
    (finding,) = diagnostics("CF141", text, files=ENV)
    assert finding.help == "double each `$` in it"
    assert "hash" in finding.message
    assert value not in finding.message
    assert [span.text for span in finding.sensitive] == [value]
    assert diagnostics("CF140", text, files=ENV) == []
    assert fixed("CF141", text, files=ENV) == WEB + place.format(value.replace("$", "$$"))


@pytest.mark.parametrize(
    ("value", "left"),
    [
        # Half of it is escaped already.
        (BCRYPT.replace("$2b$12", "$$2b$$12"), BCRYPT.replace("$", "$$")),
        # All of it is.
        (BCRYPT.replace("$", "$$"), BCRYPT.replace("$", "$$")),
        # No hash: what else begins like one.
        ("$1$FOO", "$1$FOO"),
        ("/data/$P$SUFFIX_OF_A_LONG_PATH", "/data/$P$SUFFIX_OF_A_LONG_PATH"),
        ("${APR1}${SALT}", "${APR1}${SALT}"),
    ],
)
def test_only_what_is_not_escaped_changes(value: str, left: str) -> None:
    text = WEB + f"    environment:\n      X: '{value}'\n"
    assert fixed("CF141", text, files=ENV) == WEB + f"    environment:\n      X: '{left}'\n"


def test_a_hash_outside_of_services_is_one_finding() -> None:
    text = WEB + f"    configs: [users]\nconfigs:\n  users:\n    content: |\n      admin:{APR1}\n"
    (finding,) = diagnostics("CF141", text, files=ENV)
    assert (finding.subject, finding.owner) == ("configs.users.content", None)
    assert fixed("CF141", text, files=ENV) == text.replace(APR1, APR1.replace("$", "$$"))


def test_a_hash_in_an_env_file_is_one_finding() -> None:
    files = {"compose.yaml": WEB + "    env_file: app.env\n", ".gitignore": "*.env\n"}
    text = f"LOGIN=admin:{APR1}\nPLAIN=1\n"
    (finding,) = diagnostics("EV006", text, "app.env", files)
    assert (finding.start.line, finding.span.text) == (1, APR1)
    assert "$" not in finding.message
    assert fixed("EV006", text, "app.env", files) == f"LOGIN='admin:{APR1}'\nPLAIN=1\n"
    assert places("EV006", f'LOGIN="admin:{APR1}"\n', "app.env", files) == [(1, APR1)]
    assert diagnostics("EV006", f"LOGIN='admin:{APR1}'\n", "app.env", files) == []


@pytest.mark.parametrize(
    ("command", "is_quoted"),
    [
        ("""sh -c "echo '${WHEN} /run.sh' | crontab -\"""", True),
        ("""[sh, -c, "echo '${WHEN} /run.sh' | crontab -"]""", True),
        ("""[sh, -c, 'echo ''${WHEN} /run.sh'' | crontab -']""", True),
        ("|\n      sh -c \"echo '${WHEN} /run.sh' | crontab -\"", True),
        ("""sh -c 'echo "${WHEN} /run.sh" | crontab -'""", False),
        ("""[sh, -c, 'echo "it''s ${WHEN}" | crontab -']""", False),
        ("""[sh, -c, "echo 'a' ${WHEN} 'b'"]""", False),
        # Another shell expands it there.
        ("""[sh, -c, "su app -c 'echo ${WHEN}'"]""", False),
        ("""[sh, -c, "trap 'echo ${WHEN}' EXIT"]""", False),
    ],
)
def test_in_single_quotes_no_shell_expands_a_variable(command: str, is_quoted: bool) -> None:
    text = f"{WEB}    environment: {{WHEN: daily}}\n    command: {command}\n"
    [finding] = diagnostics("CF141", text, files=ENV)
    assert ("single quotes" in (finding.help or "")) is is_quoted
    assert (finding.fix is None) is is_quoted
