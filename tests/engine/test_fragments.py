"""Compose files that refer to what they do not define: their stack is found by evidence, and what
has none is reported once, never as an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import LayOut, Run, titled
from composelint.linter.compose.evidence import evidence_for
from composelint.linter.config.options import Options
from composelint.linter.engine.run import load_project
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.reader import Reader

BASE = "services: {search: {image: 'alpine:3.23'}}\nnetworks: {backend: }\n"
JOBS = "services: {jobs: {image: 'alpine:3.23', networks: [backend], depends_on: [search]}}\n"
"""What the report of a user contained: jobs.yml is laid over the base."""

DATA = "volumes: {data: }\n"
USES_DATA = (
    "services: {jobs: {image: 'alpine:3.23', volumes: ['data:/data'], networks: [backend]}}\n"
)
"""A file that two others have to complete."""

FRAGMENTS = [
    ("docker-compose.jobs.yml", JOBS),
    ("parts/jobs.compose.yml", JOBS),
    ("volume.compose.yml", "services: {a: {image: x, volumes: ['data:/data']}}\n"),
    ("secret.compose.yml", "services: {a: {image: x, secrets: [token]}}\n"),
    ("config.compose.yml", "services: {a: {image: x, configs: [site]}}\n"),
    ("links.compose.yml", "services: {a: {image: x, links: ['db:database']}}\n"),
    ("mode.compose.yml", "services: {a: {image: x, network_mode: 'service:vpn'}}\n"),
    ("from.compose.yml", "services: {a: {image: x, volumes_from: [data]}}\n"),
    ("overlay.compose.yml", "services: {a: {command: [x]}}\n"),
    ("profile.compose.yml", "services: {a: {image: x, profiles: [p], networks: [backend]}}\n"),
    (
        "paths.compose.yml",
        "services: {a: {build: ./none, networks: [n], volumes: ['./none.conf:/a.conf:ro']}}\n",
    ),
    ("env.compose.yml", "services: {a: {image: x, env_file: none.env, depends_on: [db]}}\n"),
]


@pytest.mark.parametrize(("path", "text"), FRAGMENTS)
@pytest.mark.parametrize("named", [False, True])
def test_a_fragment_without_a_known_stack_is_one_info(
    lay_out: LayOut, run: Run, path: str, text: str, named: bool
) -> None:
    lay_out({path: text})
    answer = run(
        path if named else ".", "--select", "LN,CF0,CF1,XF,EV", "--output-format", "concise"
    )
    findings = answer.stdout.splitlines()[:-1]
    assert [line.split()[2] for line in findings] == ["LN007"], answer.stdout
    assert answer.exit_code == 0
    assert run(path, "--select", "LN", "--fail-on", "info").exit_code == 1


def test_rules_for_one_service_run_on_a_fragment(lay_out: LayOut, run: Run) -> None:
    text = (
        "services:\n  a:\n    image: x\n    privileged: true\n    networks: [backend]\n"
        "  b:\n    privileged: true\n"
    )
    lay_out({"jobs.compose.yml": text})
    answer = run("--select", "privileged-service,CF201", "--output-format", "concise")
    assert "jobs.compose.yml:4:" in answer.stdout
    # What b is made of is unknown, so nothing is said about it.
    about_b = [line for line in answer.stdout.splitlines() if '"b"' in line]
    assert [line.split()[2] for line in about_b] == ["LN007"]


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml"])
def test_a_stack_with_a_default_name_keeps_its_errors(lay_out: LayOut, run: Run, name: str) -> None:
    lay_out({name: JOBS})
    answer = run("--select", "LN,CF1", "--output-format", "concise")
    assert [line.split()[2] for line in answer.stdout.splitlines()[:-1]] == ["CF101", "CF106"]
    assert answer.exit_code == 1


def test_a_stack_that_is_named_keeps_its_errors(lay_out: LayOut, run: Run) -> None:
    lay_out({"jobs.yml": JOBS, "compose.yaml": BASE})
    answer = run("--stack", "jobs.yml", "--select", "LN,CF1", "--output-format", "concise")
    assert "CF101" in answer.stdout
    assert "LN007" not in answer.stdout


def test_what_no_base_can_mend_stays_an_error(lay_out: LayOut, run: Run) -> None:
    lay_out({"a.compose.yml": "services: {a: {imag: x, extends: b, networks: [n]}}\n"})
    answer = run("--select", "LN,CF0,CF1", "--output-format", "concise")
    codes = [line.split()[2] for line in answer.stdout.splitlines()[:-1]]
    assert sorted(codes) == ["CF003", "CF107", "LN007"]


# --- evidence ---

A, B, C = "docker-compose.yml", "docker-compose.data.yml", "docker-compose.jobs.yml"
ALL = [A, B, C]
COMMANDS = [
    ("README", "README.md", f"Run\n```sh\ndocker compose -f {A} -f {B} -f {C} up -d\n```\n"),
    ("the old program", "docs/start.rst", f"    docker-compose -f {A} -f {B} -f {C} up\n"),
    ("--file", "README.md", f"docker compose --file {A} --file={B} --file '{C}' up\n"),
    ("lines that go on", "Makefile", f"up:\n\tdocker compose -f {A} \\\n\t  -f {B} \\\n\t  -f {C} up\n"),
    ("options between", "run.sh", f"docker compose -f {A} --env-file x -f {B} -p q -f {C} up\n"),
    ("a variable of make", "Makefile", f"F := -f {A} -f {B}\njobs:\n\t$(DC) $(F) -f {C} up\n"),
    ("added to", "run.sh", f'F="-f {A}"\nF="$F -f {B}"\nF+=" -f {C}"\ndocker compose $F up\n'),
    ("a folder in a variable", "scripts/up", f'docker compose -f "$D/{A}" -f "$D/{B}" -f ${{D}}/{C}\n'),
    ("a script of npm", "package.json", f'{{"scripts": {{"up": "docker compose -f {A} -f {B} -f {C}"}}}}\n'),
    ("a workflow", ".github/workflows/ci.yml", f"run: docker compose -f {A} -f {B} -f {C} up\n"),
    ("just", "justfile", f"f := '-f {A} -f {B}'\nup:\n  docker compose {{{{f}}}} -f {C} up\n"),
    ("Taskfile", "Taskfile.yml", f"vars:\n  F: x\ncmds: [docker compose -f {A} -f {B} -f {C} up]\n"),
    ("arguments of a list", "tasks.py", f'run(["docker", "compose", "-f", "{A}", "-f", "{B}", "-f", "{C}"])\n'),
    ("docker stack", "deploy.sh", f"docker stack deploy -c {A} -c {B} -c {C} shop\n"),
    ("COMPOSE_FILE", ".env.example", f"COMPOSE_FILE={A}:{B}:{C}\n"),
    ("COMPOSE_FILE of a workflow", ".gitlab-ci.yml", f"variables:\n  COMPOSE_FILE: {A}:{B}:{C}\n"),
    ("COMPOSE_FILE of a shell", ".envrc", f'export COMPOSE_FILE="{A}:{B}:{C}"\n'),
    (
        "devcontainer",
        ".devcontainer/devcontainer.json",
        f'{{\n  // files\n  "dockerComposeFile": [\n    "../{A}",\n    // more\n    "../{B}", "../{C}"\n  ],\n}}\n',
    ),
    ("devcontainer at the top", ".devcontainer.json", f'{{"dockerComposeFile": ["{A}", "{B}", "{C}"]}}\n'),
]  # fmt: skip


def stacks_of(paths: tuple[str, ...] = ()) -> list[str]:
    """The names of the stacks that are linted."""
    return [
        stack.name
        for group in open_workspace(paths, Options()).groups
        for stack in load_project(group.files, group.settings).stacks
    ]


@pytest.mark.parametrize(("path", "text"), titled(COMMANDS))
def test_the_repository_says_which_files_are_given_together(
    lay_out: LayOut, path: str, text: str
) -> None:
    lay_out({A: BASE, B: DATA, C: USES_DATA, path: text})
    assert ":".join(ALL) in stacks_of((C,))
    assert ":".join(ALL) in stacks_of()


# --- a build that adds to another ---

BUILT = "services: {php: {build: {context: ., dockerfile: docker/php/Dockerfile}}}\n"
TARGET = "services: {php: {image: 'me/php:1', build: {target: prod}}}\n"
TOGETHER = "docker compose -f docker-compose.yml -f docker-compose.prod.yml up\n"
IMAGE = {"docker/php/Dockerfile": "FROM alpine:3.23 AS prod\n"}
PROD = "docker-compose.prod.yml"


@pytest.mark.parametrize("base", ["docker-compose.yml", "base.yml"])
def test_a_build_without_a_place_is_merged_with_the_file_below(
    lay_out: LayOut, run: Run, base: str
) -> None:
    command = TOGETHER.replace("docker-compose.yml", base)
    lay_out({base: BUILT, PROD: TARGET, "deploy.sh": command, **IMAGE})
    assert f"{base}:{PROD}" in stacks_of((PROD,))
    assert run(PROD, "--select", "XF101").exit_code == 0
    assert run("--select", "XF101").exit_code == 0


def test_a_build_without_a_place_is_merged_where_other_problems_are(
    lay_out: LayOut, run: Run
) -> None:
    text = TARGET.replace("}}}", "}, env_file: [.env.prod.local]}}")
    lay_out({A: BUILT, PROD: text, "Makefile": f"F:=-f {A} -f {PROD}\n", **IMAGE})
    assert f"{A}:{PROD}" in stacks_of((PROD,))


def test_a_build_without_a_place_is_guessed_if_there_is_no_dockerfile(
    lay_out: LayOut, run: Run
) -> None:
    lay_out({A: BUILT, PROD: TARGET, **IMAGE})
    assert f"{A}:{PROD}" in stacks_of((PROD,))
    assert run("--select", "XF101").exit_code == 0


ALONE = [
    ("a Dockerfile beside it", {A: BUILT, PROD: TARGET, "Dockerfile": "FROM alpine:3.23 AS prod\n"}),
    ("no such service below", {A: BUILT.replace("php:", "web:"), PROD: TARGET, "up.sh": TOGETHER}),
    ("no build below", {A: "services: {php: {image: x}}\n", PROD: TARGET, "up.sh": TOGETHER}),
    ("a place of its own", {A: BUILT, PROD: TARGET.replace("{target", "{context: ., target")}),
    ("no file below", {PROD: TARGET}),
]  # fmt: skip


@pytest.mark.parametrize("files", titled(ALONE))
def test_a_build_stays_alone(lay_out: LayOut, files: dict[str, str]) -> None:
    lay_out({**IMAGE, **files})
    assert PROD in stacks_of((PROD,))


def test_a_dockerfile_that_no_file_names_is_missing(lay_out: LayOut, run: Run) -> None:
    lay_out({A: "services: {php: {image: x}}\n", PROD: TARGET, "up.sh": TOGETHER, **IMAGE})
    assert "XF101" in run("--select", "XF101", "--output-format", "concise").stdout


# --- no evidence ---

NOT_TOGETHER = [
    ("apart", f"docker compose -f {A} up\ndocker compose -f {B} -f {C} up\n"),
    ("two commands", f"docker compose -f {A} -f {B} up && docker compose -f {C} up\n"),
    ("other names", f"docker compose -f {A} -f {B} -f my-{C} up\n"),
    ("other files", f"docker compose -f other/{A} -f other/{B} -f other/{C} up\n"),
]


@pytest.mark.parametrize("text", titled(NOT_TOGETHER))
def test_files_that_are_not_given_together(lay_out: LayOut, run: Run, text: str) -> None:
    lay_out({A: BASE, B: DATA, C: USES_DATA, "README.md": text})
    assert ":".join(ALL) not in stacks_of()
    assert "LN007" in run(C, "--select", "LN", "--output-format", "concise").stdout


def test_files_that_are_added_under_many_conditions_are_not_taken_together(
    lay_out: LayOut,
) -> None:
    """A Makefile that adds a file for each of its options says nothing about the whole."""
    names = [f"add-{number}.yml" for number in range(9)]
    adds = "".join(f"ifeq ($(X), {name})\n F:=$(F) -f {name}\nendif\n" for name in names)
    files = dict.fromkeys(names, JOBS)
    lay_out({A: BASE, **files, "Makefile": f"F:=-f {A}\n{adds}up:\n\tdocker compose $(F) up\n"})
    assert max(name.count(":") for name in stacks_of()) <= 6


DEFAULT_NAMES = [
    ("an overlay below the root", {"parts/web/compose.yml": "services: {api: {tty: true}}\n", "base/compose.yml": "services: {api: {image: x}}\n"}, "parts/web/compose.yml", True),
    ("a fragment below the root", {"parts/compose.yml": "services: {web: {image: x, depends_on: [api], volumes: ['logs:/l']}}\n", "docker/base.yml": "services: {api: {image: x}}\n", "docker/data.yml": "services: {z: {image: x}}\nvolumes: {logs: }\n"}, "parts/compose.yml", True),
    ("an example of its override", {"compose.yaml": JOBS, "compose.override.yaml.example": BASE}, "compose.yaml", True),
    ("an example of another override", {"compose.yaml": JOBS, "compose.override.yaml.example": DATA}, "compose.yaml", False),
    ("a stack of another folder", {"a/compose.yml": JOBS, "b/compose.yml": BASE}, "a/compose.yml", False),
    ("the root", {"compose.yaml": "services: {api: {tty: true}}\n", "b/base.yml": "services: {api: {image: x}}\n"}, "compose.yaml", False),
    ("defined nowhere", {"a/compose.yml": "services: {api: {tty: true}}\n", "b/base.yml": BASE}, "a/compose.yml", False),
    ("defined in part", {"a/compose.yml": JOBS, "b/base.yml": "services: {search: {image: x}}\n"}, "a/compose.yml", False),
]  # fmt: skip


@pytest.mark.parametrize(("files", "path", "is_fragment"), titled(DEFAULT_NAMES))
def test_a_default_name_below_the_root_may_be_a_fragment(
    lay_out: LayOut, run: Run, files: dict[str, str], path: str, is_fragment: bool
) -> None:
    lay_out(files)
    answer = run(path, "--select", "LN,CF1", "--output-format", "concise")
    codes = {line.split()[2] for line in answer.stdout.splitlines() if line.startswith(path)}
    assert (codes == {"LN007"}) == is_fragment
    assert is_fragment or codes <= {"CF101", "CF106", "CF109"}
    assert answer.exit_code == (0 if is_fragment else 1)


EMPTY = "# To be filled in a fork.\n"


def test_an_empty_file_that_is_given_with_others_is_no_error(lay_out: LayOut, run: Run) -> None:
    lay_out({A: BASE, "docker-compose.extras.yml": EMPTY, "x/extras.compose.yml": EMPTY})
    answer = run("--select", "LN,CF1", "--output-format", "concise")
    assert "CF181" not in answer.stdout
    assert f"{A}:docker-compose.extras.yml" in stacks_of()


def test_a_guessed_base_is_whole_itself(lay_out: LayOut) -> None:
    overlay = "services: {other: {tty: true}, search: {image: x}}\nnetworks: {backend: }\n"
    lay_out({"a.compose.yml": overlay, "x/compose.yaml": BASE, "jobs.compose.yml": JOBS})
    assert stacks_of(("jobs.compose.yml",)) == ["jobs.compose.yml"]


def test_what_other_files_of_the_stack_lack_is_reported_with_them(
    lay_out: LayOut, run: Run
) -> None:
    other = "services: {search: {image: x, depends_on: [nothing]}}\nnetworks: {backend: }\n"
    lay_out({"a.yml": other, C: JOBS, "README.md": f"docker compose -f a.yml -f {C} up\n"})
    answer = run("--select", "LN,CF1", "--output-format", "concise")
    codes = [line.split()[:3] for line in answer.stdout.splitlines()[:-1]]
    assert codes == [["a.yml:1:44:", "info:", "LN007"]]


BASES = [
    ("in the folder", {A: BASE, C: JOBS}, C, f"{A}:{C}"),
    ("in the folder above", {A: BASE, "parts/jobs.compose.yml": JOBS}, "parts/jobs.compose.yml", f"{A}:parts/jobs.compose.yml"),
    ("two folders above", {A: BASE, "addons/x/jobs.compose.yml": JOBS}, "addons/x/jobs.compose.yml", f"{A}:addons/x/jobs.compose.yml"),
    ("the nearest", {A: BASE, "x/compose.yaml": BASE, "x/jobs.compose.yml": JOBS}, "x/jobs.compose.yml", "x/compose.yaml:x/jobs.compose.yml"),
    ("with another name", {"base.compose.yml": BASE, C: JOBS}, C, f"base.compose.yml:{C}"),
    ("that includes what is missing", {A: "include: [p.yaml]\n", "p.yaml": BASE, C: JOBS}, C, f"{A}:{C}"),
    ("above a default name", {A: BASE, "tests/docker-compose.yml": JOBS}, "tests/docker-compose.yml", f"{A}:tests/docker-compose.yml"),
    ("evidence before a guess", {A: BASE, "x.compose.yml": BASE, C: JOBS, "README.md": f"docker compose -f x.compose.yml -f {C} up\n"}, C, f"x.compose.yml:{C}"),
    ("evidence for a default name", {A: JOBS, "x.compose.yml": BASE, "README.md": f"docker compose -f x.compose.yml -f {A} up\n"}, A, f"x.compose.yml:{A}"),
    ("none in another folder", {"x/compose.yaml": BASE, C: JOBS}, C, C),
    ("none that defines a part only", {A: DATA + BASE, C: "services: {j: {image: x, depends_on: [search, other]}}\n"}, C, C),
    ("none that git ignores", {A: BASE, C: JOBS, ".gitignore": f"{A}\n"}, C, C),
]  # fmt: skip


@pytest.mark.parametrize(("files", "path", "expected"), titled(BASES))
def test_the_nearest_base_that_defines_what_is_missing(
    lay_out: LayOut, files: dict[str, str], path: str, expected: str
) -> None:
    lay_out(files)
    assert stacks_of((path,)) == [expected]


def test_a_resource_that_a_fragment_uses_is_not_unused(lay_out: LayOut, run: Run) -> None:
    lay_out({A: BASE + "volumes: {data: }\n", C: JOBS})
    answer = run("--select", "CF006", "--output-format", "concise")
    assert '"backend"' not in answer.stdout
    assert '"data"' in answer.stdout


def test_a_fragment_with_an_unusual_name_uses_a_resource(lay_out: LayOut, run: Run) -> None:
    lay_out({A: BASE + "volumes: {data: }\n", "jobs.yml": JOBS, "values.yaml": "x: [data]\n"})
    answer = run("--select", "CF006", "--output-format", "concise")
    assert '"backend"' not in answer.stdout
    assert '"data"' in answer.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{j: {depends_on: [a]}, k: {}}", 'it refers to the service "a", which no known file defines and it sets no image or build for the services "j" and "k"'),
        ("{j: {image: x, depends_on: [a, b], networks: [n]}}", 'it refers to the network "n" and the services "a" and "b", which no known file defines'),
    ],
)  # fmt: skip
def test_the_message_names_what_is_missing(
    lay_out: LayOut, run: Run, text: str, message: str
) -> None:
    lay_out({C: f"services: {text}\n"})
    answer = run("--output-format", "concise").stdout
    assert f"part of another stack: {message}" in answer


def test_paths_of_a_guessed_stack_in_another_folder_are_not_judged(
    lay_out: LayOut, run: Run
) -> None:
    text = "services: {j: {build: ./x, image: i, depends_on: [search]}}\n"
    lay_out({A: BASE, "parts/jobs.compose.yml": text, "parts/x/Dockerfile": "FROM scratch\n"})
    assert "XF102" not in run("--select", "XF", "--output-format", "concise").stdout


def test_little_is_read_for_a_large_project(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"docs/{number}.md": f"docker compose -f {A} -f {C} up\n" for number in range(1000)}
    reader = Reader("/nowhere", base="/nowhere", overlay={A: BASE, C: JOBS, **files})
    assert [files for files, _ in evidence_for(C, files, reader)] == [(A, C)]
    assert len(list(reader.known_paths())) == 300


@pytest.mark.parametrize(
    "text", ["-f " * 50_000, "F=-f a.yml\n" + "F=$F$F\n" * 500, "\\\n" * 50_000, "[" * 100_000]
)
def test_hostile_documents_take_no_time(text: str) -> None:
    files = {A: BASE, C: JOBS, "README.md": f"{text} {C}\n", "Makefile": f"{C}\n{text}\n"}
    reader = Reader("/nowhere", base="/nowhere", overlay=files)
    assert list(evidence_for(C, files, reader)) == []


MAIN = "services: {search: {image: 'alpine:3.23'}}\nnetworks: {backend: }\n"
PART = "services: {jobs: {extends: {file: jobs.yml, service: jobs}}}\n"
INCLUDES = "include: [parts/more.yml]\n"
IN_PARTS = {"parts/more.yml": PART, "parts/jobs.yml": JOBS}


@pytest.mark.parametrize("part", [JOBS, PART])
def test_what_an_included_file_lacks_is_found_in_the_stack_of_the_main_file(
    lay_out: LayOut, run: Run, part: str
) -> None:
    command = f"docker compose -f {A} -f more.compose.yml up\n"
    files = {"parts/jobs.yml": JOBS, "more.compose.yml": INCLUDES, "parts/more.yml": part}
    lay_out({A: MAIN, **files, "README.md": command})
    assert f"{A}:more.compose.yml" in stacks_of((A, "more.compose.yml"))
    assert run("--select", "CF1,LN", "--output-format", "concise").exit_code == 0


def test_an_included_file_without_a_known_stack_is_a_fragment(lay_out: LayOut, run: Run) -> None:
    lay_out({**IN_PARTS, "more.compose.yml": INCLUDES})
    answer = run("--select", "CF1,LN", "--output-format", "concise")
    assert answer.exit_code == 0
    assert answer.stdout.count("LN007") == 1
    assert 'the network "backend" and the service "search"' in answer.stdout


def test_what_a_file_with_a_default_name_includes_is_complete_with_it(
    lay_out: LayOut, run: Run
) -> None:
    lay_out({**IN_PARTS, A: INCLUDES})
    answer = run("--select", "CF1,LN", "--output-format", "concise")
    assert "CF101" in answer.stdout
    assert "CF106" in answer.stdout
    assert answer.exit_code == 1


def test_a_complete_file_searches_nothing(folder: Path, lay_out: LayOut) -> None:
    lay_out({C: BASE, "README.md": f"docker compose -f {A} -f {C} up\n"})
    (group,) = open_workspace([C], Options()).groups
    project = load_project(group.files, group.settings)
    assert "README.md" not in project.reader.texts
