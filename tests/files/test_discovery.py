"""Discovery: which files a run lints, and of which kind they are."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from checks import ROOT, LayOut, Run, write_files
from composelint.linter.files.discovery import MissingPath, discover, project_files
from composelint.linter.files.kinds import COMPOSE, DOCKERFILE, ENV, IGNORE, kind_of, kind_of_named
from composelint.linter.files.paths import find_root
from composelint.linter.files.recognition import SERVICE_KEYS

KINDS = [
    ("compose.yaml", COMPOSE),
    ("compose.yml", COMPOSE),
    ("docker-compose.yml", COMPOSE),
    ("docker-compose.override.yaml", COMPOSE),
    ("docker-compose.prod.yml", COMPOSE),
    ("docker-compose-dev.yml", COMPOSE),
    ("docker_compose.yml", COMPOSE),
    ("compose.prod.yaml", COMPOSE),
    ("prod.compose.yaml", COMPOSE),
    ("web-compose.yml", COMPOSE),
    ("infra.docker-compose.yml", COMPOSE),
    ("Docker-Compose.YML", COMPOSE),
    ("a/b/compose.yaml", COMPOSE),
    ("compose-lint.yml", None),
    (".compose-lint.yml", None),
    ("decompose.yml", None),
    ("compose.json", None),
    ("compose.yaml.j2", None),
    ("Dockerfile", DOCKERFILE),
    ("dockerfile", DOCKERFILE),
    ("Containerfile", DOCKERFILE),
    ("Dockerfile.dev", DOCKERFILE),
    ("Dockerfile-alpine", DOCKERFILE),
    ("api.Dockerfile", DOCKERFILE),
    ("my app.Dockerfile", DOCKERFILE),
    ("a@b.Dockerfile", DOCKERFILE),
    ("Dockerfile.feature+x", DOCKERFILE),
    ("Dockerfile (1)", DOCKERFILE),
    ("über uns.containerfile", DOCKERFILE),
    ("old\nnew.dockerfile", DOCKERFILE),
    ("docker-compose (1).yml", COMPOSE),
    ("compose.prod(2).yaml", COMPOSE),
    ("docker-compose my app.yml", None),  # its content tells
    ("notes on Dockerfile", None),
    ("Dockerfile (draft).md", None),
    ("my app.Dockerfile.bak", None),
    ("api.dockerfile", DOCKERFILE),
    ("Dockerfile.md", None),
    ("Dockerfile.ncl", None),
    ("Dockerfile.nix", DOCKERFILE),
    ("dockerfile.py", None),
    ("Dockerfile.mirror.patch", None),
    ("Dockerfile.patched", DOCKERFILE),
    ("Dockerfile.j2", None),
    (".dockerignore", IGNORE),
    ("Dockerfile.dockerignore", IGNORE),
    (".env", ENV),
    (".env.example", ENV),
    ("prod.env", ENV),
    ("environment", None),
    ("README.md", None),
]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_the_name_of_a_file_tells_its_kind(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("stack.yml", COMPOSE),
        ("my-dockerfile", DOCKERFILE),
        ("my-dockerfile.txt", None),
        ("notes.txt", None),
        ("swarm.yaml", COMPOSE),
    ],
)
def test_the_ending_tells_the_kind_of_a_named_file(path: str, kind: str | None) -> None:
    assert kind_of_named(path) == kind


EVERYTHING = [
    "api/.dockerignore",
    "api/Dockerfile",
    "api/ignored/compose.yaml",
    "build/compose.yaml",
    "compose.yaml",
    "old/compose.yaml",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paths = [*EVERYTHING, "api/node_modules/x/Dockerfile"]
    write_files(dict.fromkeys(paths, ""), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def discovered(*paths: str, **options: Any) -> list[str]:
    """The paths of the discovered files."""
    return [file.path for file in discover(paths, **options)]


def test_folders_of_package_managers_are_not_searched(tree: Path) -> None:
    assert discovered(".") == EVERYTHING


def test_files_that_git_ignores_are_left_out(tree: Path) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    (tree / "api" / ".gitignore").write_text("ignored/\n")
    assert discovered(".") == [path for path in EVERYTHING if "ignored" not in path]
    assert discovered(".", respect_gitignore=False) == EVERYTHING
    assert discovered("api/ignored/compose.yaml") == ["api/ignored/compose.yaml"]
    assert discovered("api") == ["api/.dockerignore", "api/Dockerfile"]


def test_a_link_to_nothing_is_no_file_to_lint(tree: Path) -> None:
    # Docker Compose, too, goes on as if there were no such .env.
    (tree / ".env").symlink_to("settings.conf")
    (tree / "Dockerfile.old").symlink_to("gone")
    before = set(discovered(".", respect_gitignore=False))
    assert not {".env", "Dockerfile.old"} & before
    (tree / "settings.conf").write_text("A=1\n")
    after = set(discovered(".", respect_gitignore=False))
    assert after - before == {".env"} - before


@pytest.mark.parametrize("pattern", ["old", "old/", "old/*", "./old/compose.yaml", "ol?"])
def test_excluded_files_are_left_out(tree: Path, pattern: str) -> None:
    assert discovered(".", exclude=[pattern]) == [
        path for path in EVERYTHING if not path.startswith("old")
    ]
    assert discovered("old/compose.yaml", exclude=[pattern]) == ["old/compose.yaml"]
    assert discovered("old/compose.yaml", exclude=[pattern], force_exclude=True) == []


def test_a_file_is_listed_once(tree: Path) -> None:
    assert discovered("compose.yaml", ".", "./compose.yaml").count("compose.yaml") == 1


def test_absolute_paths_are_shown_relative(tree: Path) -> None:
    assert discovered(str(tree / "old")) == ["old/compose.yaml"]


def test_a_missing_path_is_an_error(tree: Path) -> None:
    with pytest.raises(MissingPath):
        discovered("nope.yaml")


def test_a_checkout_below_a_folder_called_venv_is_searched(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tree / "venv" / "project"
    inner.mkdir(parents=True)
    (inner / "compose.yaml").write_text("")
    monkeypatch.chdir(tree.parent)
    assert [Path(path).name for path in discovered(str(inner))] == ["compose.yaml"]


def test_the_root_is_the_nearest_folder_with_git(tree: Path) -> None:
    assert find_root("api") == str(tree / "api")
    (tree / ".git").write_text("gitdir: elsewhere\n")
    assert find_root("api") == str(tree)


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml"])
@pytest.mark.parametrize("argument", [".", "NAME"])
def test_an_empty_folder_named_like_a_compose_file_is_unreadable(
    name: str, argument: str, folder: Path, run: Run
) -> None:
    (folder / name).mkdir()
    answer = run("--output-format", "concise", "--no-cache", argument.replace("NAME", name))
    assert f"{name}:1:1: error: LN001 {name} is a folder, not a file" in answer.stdout
    assert answer.exit_code == 2


def test_other_folders_with_such_names_are_only_searched(folder: Path, run: Run) -> None:
    (folder / "compose").mkdir()
    (folder / "deep" / "compose.yaml").mkdir(parents=True)
    (folder / "docker-compose.yml").mkdir()
    (folder / "docker-compose.yml" / "Dockerfile").write_text("FROM scratch\n")
    assert "LN001" not in run("--no-cache").stdout
    assert "docker-compose.yml/Dockerfile" in run("--show-files").stdout


STACK = "services:\n  web:\n    image: nginx:1.30\n"

BY_CONTENT = [
    ("docker-stack.yml", STACK),
    ("stack.yml", "version: '3.8'\n" + STACK + "    deploy: {replicas: 2}\nnetworks: {a: {}}\n"),
    ("demo.yml", "---\n# a demo\n" + STACK),
    ("deploy/site.yaml", "x-base: &base\n  restart: always\n" + STACK + "    <<: *base\n"),
    ("built.yml", "name: a\nservices: {web: {build: .}}\n"),
    ("quoted.yml", '"services":\n  web:\n    image: x\n'),
    ("overlay.yml", STACK + "  other:\n    command: x\n    x-note: y\n"),
    ("misspelt.yml", STACK + "    enviroment: {A: b}\n"),
    ("top.yml", STACK + "netwroks: {a: {}}\n"),
    ("twice.yml", STACK + "    depend_on: [db]\n  db:\n    image: x\n    depend_on: [web]\n"),
    ("extends.yml", "services:\n  web:\n    extends: {file: base.yml, service: web}\n"),
    ("anchors.yml", "x-a: &a\n  image: x\nservices:\n  web:\n    <<: *a\n"),
    ("json.yml", '{"services": {"web": {"image": "x"}}}\n'),
    # Syntax errors are to be reported: they must not make a file vanish from the run.
    ("broken.yml", "services:\n  web:\n    image: [x\n"),
    ("nul.yml", "\ufeffservices:\n  web:\n    image: x\n\x00"),
]

OTHER_FORMATS = [
    ("k8s.yaml", "apiVersion: v1\nkind: Service\nspec:\n  containers:\n    - image: x\n"),
    (".gitlab-ci.yml", "image: docker\nservices:\n  - docker:dind\nbuild:\n  script: x\n"),
    ("ci.yml", "on: push\njobs:\n  a:\n    services:\n      db:\n        image: x\n"),
    ("services.yaml", "services:\n  _defaults: {autowire: true}\n  App\\:\n    resource: ../src\n"),
    ("services2.yaml", "parameters: {}\nservices:\n  app.image: {class: A, arguments: [image:]}\n"),
    ("values.yaml", "services:\n  web:\n    image: x\n"),
    ("values.prod.yaml", "services:\n  web:\n    image: x\n"),
    ("chart/templates/a.yaml", "services:\n  web:\n    image: x\n"),
    ("group_vars/all.yml", "services:\n  web:\n    image: x\n"),
    ("convox.yml", "services:\n  web:\n    build: .\n    port: 3000\n"),
    ("tiny-convox.yml", "services:\n  web:\n    image: x\n    port: 3000\n"),
    ("okteto.yml", "services:\n  web:\n    image: x\n    ports: [80]\n    public: true\n"),
    ("two-keys.yml", "services:\n  a:\n    image: x\n    ennvironment: {}\n    voluems: []\n"),
    ("two-places.yml", "services:\n  a:\n    image: x\n    voluems: []\nnetwroks: {}\n"),
    (".drone.yml", "steps: []\nservices:\n  db:\n    image: x\n    ports: [5432]\n"),
    (".travis.yml", "services:\n  - docker\nimage: x\n"),
    (".woodpecker.yml", "steps:\n  a: {image: x}\nservices:\n  db:\n    image: x\n"),
    ("openapi.yaml", "openapi: 3.0.0\nservices:\n  web:\n    image: x\n"),
    ("two.yml", "services:\n  web:\n    image: x\n---\nservices:\n  web:\n    image: x\n"),
    ("list.yml", "services:\n  - image: x\n"),
    ("nothing-runs.yml", "services:\n  web:\n    environment: {image: x}\n"),
    ("rancher-compose.yml", "version: '2'\nservices:\n  web:\n    scale: 2\n    image: x\n"),
    ("text.yml", "# services:\n#   web:\n#     image: x\na: b\n"),
]


@pytest.mark.parametrize("is_repository", [False, True])
def test_the_content_tells_a_compose_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_repository: bool
) -> None:
    write_files(dict([*BY_CONTENT, *OTHER_FORMATS]), tmp_path)
    monkeypatch.chdir(tmp_path)
    if is_repository:
        subprocess.run(["git", "init", "-q"], check=True)
    found = list(discover(["."]))
    assert [file.path for file in found] == sorted(path for path, _ in BY_CONTENT)
    assert {file.kind for file in found} == {COMPOSE}
    assert [path for path, _ in project_files(".")] == [file.path for file in found]


def test_a_large_yaml_file_is_not_searched_for_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files({"data.yml": STACK + "# " + "x" * 200_000}, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert discovered(".") == []


def test_the_keys_of_services_are_those_of_the_schema() -> None:
    schema = json.loads((ROOT / "schemas" / "compose.schema.json").read_text("utf-8"))
    definitions = schema.get("definitions") or schema["$defs"]
    assert set(definitions["service"]["properties"]) == SERVICE_KEYS


OTHERS_UNDER_COMPOSE_NAMES = [
    ("docker_compose_pull.yaml", "command: docker compose pull\nshort: Pull\nlong: |\n  Pulls\noptions: []\n"),
    ("rancher-compose.yml", "version: '2'\nservices:\n  web:\n    start_on_create: true\n"),
    ("deploy-docker-compose.yml", "on: push\njobs: {a: {}}\n"),
    ("web-compose.yaml", "apiVersion: v1\nkind: Pod\n"),
    ("tasks/docker-compose.yml", "- name: start\n  docker_compose: {project_src: x}\n"),
    ("site.compose.yml", "- hosts: all\n  roles: [docker]\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), OTHERS_UNDER_COMPOSE_NAMES)
def test_other_formats_under_compose_names_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, path: str, text: str
) -> None:
    write_files({path: text}, tmp_path)
    monkeypatch.chdir(tmp_path)
    answer = run("-v", "--output-format", "concise")
    assert answer.exit_code == 0
    assert f"{path}:" not in answer.stdout
    if "rancher" not in path:
        assert answer.stderr.count(f"{path} is ignored: it is not a Compose file") == 1


STILL_COMPOSE = [
    ("docker-compose.yml", "servics:\n  web:\n    image: x\n", "CF003"),
    ("docker-compose.yml", "web:\n  image: x\ndb:\n  image: y\n", "CF007"),
    ("docker-compose.yml", "services:\n  web: {image: x}\nshort: x\nlong: y\n", "CF003"),
    ("docker-compose.yml", "db:\n  port: 1\nqueue:\n  port: 2\n", "CF003"),
    ("compose.yaml", "command: x\nshort: y\nlong: z\n", "CF003"),
    ("docker-compose.yml", "- services\n- web\n", "CF"),
    ("docker-compose.yml", "", "CF"),
]


@pytest.mark.parametrize(("path", "text", "code"), STILL_COMPOSE)
def test_a_compose_file_with_errors_is_one_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, path: str, text: str, code: str
) -> None:
    write_files({path: text}, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert f" {code}" in run("--output-format", "concise").stdout


@pytest.mark.parametrize("missing", ["no git", "git refuses the repository"])
def test_gitignore_counts_without_git(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    lay_out(
        {
            ".gitignore": "/made/\n*.local.yaml\n",
            "sub/.gitignore": "Dockerfile\n!kept/Dockerfile\n",
            "compose.yaml": "services: {a: {image: 'nginx:1.30'}}\n",
            "made/deep/Dockerfile": "FROM alpine:3.22\n",
            "compose.local.yaml": "services: {b: {image: 'nginx:1.30'}}\n",
            "sub/Dockerfile": "FROM alpine:3.22\n",
            "sub/kept/Dockerfile": "FROM alpine:3.22\n",
        }
    )
    subprocess.run(["git", "init", "-q", "."], check=True)
    expected = run("--show-files").stdout
    if missing == "no git":
        monkeypatch.setenv("PATH", os.devnull)
    else:
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert run("--show-files").stdout == expected
    assert expected.split() == ["compose.yaml", "sub/kept/Dockerfile"]
