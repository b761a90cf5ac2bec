"""Renames: every place changes and nothing else does, or the reason is said."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from checks import examples, write_files
from composelint.linter.base.text import Span
from composelint.linter.compose.show import render_stack
from composelint.linter.fixing.engine import apply_edits
from composelint.linter.insight.names import names_of
from composelint.linter.insight.places import Place
from composelint.linter.insight.rename import Refusal, Rename, prepare_rename, rename
from composelint.linter.model.project import Project
from composelint.linter.rule import Edit
from cursors import load, opened, shown
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- what changes

STACK = {
    "compose.yaml": """\
# The service db is not renamed in comments: db.
x-needs: &needs
  depends_on: [db]  # and here
services:
  web:
    <<: *needs
    image: db:1
    container_name: db
    environment:
      DB_HOST: "db"
      CACHE_URL: redis://${CACHE:-cache}:6379
      NOTE: the db
  'db':
    image: postgres:18
  cache: {image: redis, network_mode: "service:db", links: [db:database]}
""",
    "compose.override.yaml": """\
services:
  web: {depends_on: {"db": {condition: service_healthy}}}
  db: {volumes_from: [ 'cache:ro' ]}
""",
}


def test_a_service_is_renamed_in_every_file_with_quotes_and_comments_kept() -> None:
    text = STACK["compose.yaml"]
    files = {**STACK, "compose.yaml": text.replace("[db]  #", "[d‸b]  #")}
    project, path, offset = opened(files)
    result = rename(project, path, offset, "store")
    assert isinstance(result, Rename)
    written = texts_after(result)
    assert written["compose.yaml"] == (
        text.replace("[db]  #", "[store]  #")
        .replace('DB_HOST: "db"', 'DB_HOST: "store"')
        .replace("  'db':", "  'store':")
        .replace("service:db", "service:store")
        .replace("db:database", "store:database")
    )
    assert written["compose.override.yaml"] == STACK["compose.override.yaml"].replace(
        '"db"', '"store"'
    ).replace("  db:", "  store:")


def test_the_text_to_replace_is_the_name_without_its_quotes() -> None:
    project, path, offset = opened({"compose.yaml": "services:\n  ‸'web': {image: x}\n"})
    span = prepare_rename(project, path, offset + 1)
    assert isinstance(span, Span)
    assert span.text == "web"


def test_the_default_in_an_address_is_renamed() -> None:
    files = {**STACK, "compose.yaml": STACK["compose.yaml"].replace("  cache:", "  ca‸che:")}
    project, path, offset = opened(files)
    result = rename(project, path, offset, "memory")
    assert isinstance(result, Rename)
    assert "redis://${CACHE:-memory}:6379" in texts_after(result)["compose.yaml"]
    assert "'memory:ro'" in texts_after(result)["compose.override.yaml"]


def test_a_variable_is_renamed_in_env_files_and_their_example() -> None:
    project, path, offset = opened(
        {
            "compose.yaml": "services:\n  a:\n    image: x:${T‸AG:-1}\n    command: $TAG $$TAG ${OTHER:-${TAG}}\n",
            ".env": "TAG=1\nOTHER=a$TAG\n",
            ".env.example": "# TAG is the version\nTAG=\n",
        }
    )
    result = rename(project, path, offset, "VERSION")
    assert isinstance(result, Rename)
    assert texts_after(result) == {
        "compose.yaml": "services:\n  a:\n    image: x:${VERSION:-1}\n"
        "    command: $VERSION $$TAG ${OTHER:-${VERSION}}\n",
        ".env": "VERSION=1\nOTHER=a$VERSION\n",
        ".env.example": "# TAG is the version\nVERSION=\n",
    }


def test_a_stage_and_a_build_argument_are_renamed_in_both_kinds_of_files() -> None:
    files = {
        "Dockerfile": "ARG TAG=1\nFROM a:$TAG AS Base\nARG TAG\nRUN echo ${TAG}\nFROM base\nCOPY --from=BASE /x /\n",
        "compose.yaml": "services:\n  a:\n    build: {context: ., target: b‸ase, args: {TAG: 2}}\n",
    }
    project, path, offset = opened(files)
    result = rename(project, path, offset, "first")
    assert isinstance(result, Rename)
    assert texts_after(result) == {
        "Dockerfile": files["Dockerfile"]
        .replace("AS Base", "AS first")
        .replace("FROM base", "FROM first")
        .replace("=BASE", "=first"),
        "compose.yaml": files["compose.yaml"].replace("b‸ase", "first"),
    }
    argument = rename(load(), "compose.yaml", files["compose.yaml"].index("TAG") - 1, "VERSION")
    assert isinstance(argument, Rename)
    assert texts_after(argument) == {
        "Dockerfile": files["Dockerfile"].replace("TAG", "VERSION"),
        "compose.yaml": files["compose.yaml"].replace("‸", "").replace("TAG", "VERSION"),
    }


def test_what_may_mean_the_service_stays_and_is_listed() -> None:
    project, path, offset = opened(
        {
            "compose.yaml": "services:\n  w‸eb: {image: x}\n  b:\n    image: web:80\n"
            "    command: wait-for-it web:8080\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n",
            "nginx.conf": "# web\nproxy_pass http://web:8080;\n",
            "Makefile": "up:\n\tdocker compose up web\n\techo web\n",
        }
    )
    result = rename(project, path, offset, "front")
    assert isinstance(result, Rename)
    assert shown(result.unsure) == [
        "Makefile:2:20 web",
        "compose.yaml:5:26 web",
        "nginx.conf:2:19 web",
    ]
    assert len(result.edits) == 1


# --- what is refused

VOLUME = "services:\n  a: {image: x, volumes: ['d‸ata:/data']}\nvolumes:\n  data: {%s}\n"
SECRET = "services:\n  a: {image: x, secrets: [%s]}\nsecrets:\n  k‸ey: {file: key.txt}\n"
REFUSED = {
    "a taken name": (
        {"compose.yaml": "services:\n  a‸: {image: x}\n  b: {image: x}\n"},
        "b",
        'there is a service "b" already',
    ),
    "a name that is taken in an override": (
        {
            "compose.yaml": "services:\n  a‸: {image: x}\n",
            "compose.override.yaml": "services:\n  b: {image: x}\n",
        },
        "b",
        'there is a service "b" already',
    ),
    "an invalid name": (
        {"compose.yaml": "services:\n  a‸: {image: x}\n"},
        "a b",
        '"a b" is not a name for a service: it has letters, digits, `_`, `.` and `-`',
    ),
    "a name that is a number": (
        {"compose.yaml": "services:\n  a‸: {image: x}\n"},
        "12",
        '"12" is not a name for a service: YAML does not read it as a text',
    ),
    "a name from a variable": (
        {
            "compose.yaml": "services:\n  a‸: {image: x}\n  b: {image: x, depends_on: ['${A}']}\n",
            ".env": "A=a\n",
        },
        "c",
        "line 3 of compose.yaml cannot be changed: it is made from a variable",
    ),
    "a name that an unknown variable is a part of": (
        {
            "compose.yaml": "services:\n  db-a‸: {image: x}\n  b: {image: x, depends_on: ['db-${A}']}\n"
        },
        "c",
        "line 3 of compose.yaml may mean it: the name is made from a variable",
    ),
    "a volume with data": (
        {"compose.yaml": VOLUME % ""},
        "files",
        "the data is in the volume PROJECT_data: under another name the containers get an empty "
        "one. Set `name:` to the volume's real name first",
    ),
    "an external volume": (
        {"compose.yaml": VOLUME % "external: true"},
        "files",
        "it is external, and data is its real name; add `name: data` first",
    ),
    "a secret at its usual path": (
        {"compose.yaml": SECRET % "key"},
        "password",
        "its file is /run/secrets/key in the container, because the name is; use the long form "
        "with `target: key` first",
    ),
    "a file that cannot be read": (
        {
            "compose.yaml": "include: [other.yaml]\nservices:\n  a‸: {image: x}\n",
        },
        "b",
        "other.yaml belongs to the stack and cannot be read",
    ),
    "a file outside of the project": (
        {
            "compose.yaml": "include: [../other.yaml]\nservices:\n  a‸: {image: x}\n",
        },
        "b",
        "../other.yaml belongs to the stack and cannot be read",
    ),
    "a file with an error of syntax": (
        {"compose.yaml": "services:\n  a‸: {image: x}\n  b: [\n"},
        "b",
        "compose.yaml has an error of syntax, so that places may be missed",
    ),
    "a variable that no file sets": (
        {"compose.yaml": "services:\n  a: {image: 'x:${T‸AG}'}\n"},
        "B",
        "no env file sets TAG: it comes from the environment in which Compose runs",
    ),
    "a variable that is passed on": (
        {
            "compose.yaml": "services:\n  a: {image: 'x:${T‸AG}', environment: [TAG]}\n",
            ".env": "TAG=1\n",
        },
        "B",
        "TAG is passed on under this name; write `TAG=${TAG}` there first",
    ),
    "a variable of a file that a service gets, too": (
        {
            "compose.yaml": "services:\n  a: {image: 'x:${T‸AG}', env_file: .env}\n",
            ".env": "TAG=1\n",
        },
        "B",
        'service "a" gets .env as a whole, so that its program reads TAG by this name',
    ),
    "a variable that a script uses": (
        {
            "compose.yaml": "services:\n  a: {image: 'x:${T‸AG}'}\n",
            ".env": "TAG=1\n",
            "deploy.sh": "TAG=2 docker compose up\n",
        },
        "B",
        "deploy.sh uses TAG, too",
    ),
    "a variable of a container": (
        {"compose.yaml": "services:\n  a: {image: x, environment: {MO‸DE: a}}\n"},
        "B",
        "the program in the container reads MODE by this name",
    ),
    "a variable of an image": (
        {"Dockerfile": "FROM a\nENV MO‸DE=a\n"},
        "B",
        "programs in the image read MODE by this name",
    ),
    "a build argument for programs": (
        {"Dockerfile": "FROM a\nARG DEBIAN_FRO‸NTEND=noninteractive\nRUN apt-get install x\n"},
        "B",
        "no instruction uses it, so it is for the programs that RUN starts, which read it by this name",
    ),
    "a build argument of BuildKit": (
        {"Dockerfile": "FROM a\nARG TARGETA‸RCH\nRUN echo $TARGETARCH\n"},
        "B",
        "BuildKit sets TARGETARCH",
    ),
    "a build argument that a script sets itself": (
        {"Dockerfile": "FROM a\nARG T‸AG=1\nRUN TAG=2; echo $TAG\n"},
        "B",
        "line 3 of Dockerfile cannot be changed: the script sets a variable of this name itself",
    ),
    "a stage with an image's name": (
        {"Dockerfile": "FROM alpine AS b‸ase\nFROM base\n"},
        "alpine",
        'the Dockerfile uses an image "alpine"',
    ),
    "the default network": (
        {"compose.yaml": "services:\n  a: {image: x}\nnetworks:\n  def‸ault: {internal: true}\n"},
        "b",
        '"default" is the network of services that name none',
    ),
    "no name": (
        {"compose.yaml": "serv‸ices:\n  a: {image: x}\n"},
        "b",
        "there is no name here that composelint knows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rename_that_would_change_more_than_a_name_is_refused(case: str) -> None:
    files, new, reason = REFUSED[case]
    project, path, offset = opened(files)
    assert refused(rename(project, path, offset, new)) == reason


def refused(result: Rename | Refusal) -> str:
    """The reason why something is not renamed."""
    assert isinstance(result, Refusal)
    return result.reason


def test_a_volume_with_a_name_and_a_secret_with_a_target_are_renamed() -> None:
    for text in (VOLUME % "name: mine", SECRET % "{source: key, target: key}"):
        project, path, offset = opened({"compose.yaml": text})
        result = rename(project, path, offset, "other")
        assert isinstance(result, Rename)
        assert len(result.edits) == 2


# --- the stack stays what it is

NEW = "zq-renamed"


def texts_after(result: Rename) -> dict[str, str]:
    """The changed files."""
    by_path: dict[str, list[Edit]] = {}
    for edit in result.edits:
        by_path.setdefault(edit.span.file.path, []).append(edit)
    return {path: apply_edits(edits[0].span.file.text, edits) for path, edits in by_path.items()}


def trees(project: Project, old: str = "", new: str = "") -> list[list[str]]:
    """The stacks as they are shown, in any order of keys, with a name put back."""
    texts = [render_stack(stack.tree) for stack in project.stacks]
    return [
        sorted(text.replace(new, old).splitlines() if new else text.splitlines()) for text in texts
    ]


def check_renames(project: Project, places: list[Place]) -> int:
    """Rename what some places define, compare the stacks, and rename it back; how many were."""
    count = 0
    for place in places:
        new = NEW.replace("-", "_").upper() if place.key.kind in ("variable", "argument") else NEW
        path, start = place.span.file.path, place.span.start
        result = rename(load(), path, start, new)
        if isinstance(result, Refusal):
            assert result.reason
            continue
        before = trees(load())
        problems = [stack.loaded.accepted for stack in load().stacks]
        texts = {
            edit.span.file.path: Path(edit.span.file.path).read_bytes() for edit in result.edits
        }
        write_files(texts_after(result))
        changed = load()
        assert trees(changed, result.old, new) == before
        assert [stack.loaded.accepted for stack in changed.stacks] == problems
        spots = {edit.span.start for edit in result.edits if edit.span.file.path == path}
        shift = sum(len(new) - len(result.old) for at in spots if at < start)
        back = rename(changed, path, start + shift, place.span.text)
        assert isinstance(back, Rename), back
        assert sorted({edit.span.file.path for edit in back.edits}) == sorted(texts)
        write_files(texts_after(back))
        for name, data in texts.items():
            assert Path(name).read_bytes().lower() == data.lower()
            if place.key.kind != "stage":  # whose letter case does not matter
                assert Path(name).read_bytes() == data
        count += 1
    return count


def defined(project: Project) -> list[Place]:
    """What the project defines, each once."""
    spots = {}
    for places in names_of(project).places.by_key.values():
        for place in places:
            if place.defines and place.key.kind != "environment":
                spots[place.spot] = place
    return [spots[spot] for spot in sorted(spots)]


PROJECTS = Path(__file__).parents[1] / "projects"


@pytest.mark.parametrize("name", [path.name for path in PROJECTS.iterdir() if path.is_dir()])
def test_renaming_what_a_project_defines_and_back_changes_nothing(name: str) -> None:
    shutil.copytree(PROJECTS / name, ".", dirs_exist_ok=True)
    project = load()
    places = defined(project)
    assert places or not project.stacks
    check_renames(project, places)


NAMES = ("api", "db", "web-1", "x.y", "Cache_2")


def quoted(name: str, draw: random.Random) -> str:
    return draw.choice((name, f"'{name}'", f'"{name}"'))


def generated(seed: int) -> dict[str, str]:
    """A stack of two files whose services refer to each other in many ways."""
    draw = random.Random(seed)
    names = draw.sample(NAMES, draw.randint(2, 5))
    lines = ["# " + " ".join(names), "x-base: &base", f"  depends_on: [{quoted(names[0], draw)}]"]
    lines += ["services:"]
    for index, name in enumerate(names):
        others = names[:index]
        lines += [f"  {quoted(name, draw)}:  # {name}", f"    image: x/{name}:1"]
        if others and names[0] != name and draw.random() < 0.5:
            lines += ["    <<: *base"]
        elif others:
            other = quoted(draw.choice(others), draw)
            lines += [
                draw.choice(
                    (
                        f"    depends_on: [{other}]",
                        f"    depends_on: {{{other}: {{condition: service_started}}}}",
                        f"    depends_on:\n      - {other} # why",
                    )
                )
            ]
        if others:
            other = draw.choice(others)
            lines += draw.choice(
                (
                    [f"    network_mode: service:{other}"],
                    [f'    links: ["{other}:alias"]', "    networks: [front]"],
                    [f"    volumes_from: [{other}]"],
                    [f"    environment: {{DATABASE_URL: 'http://{other}:80/{other}'}}"],
                    [f"    extends: {quoted(other, draw)}"],
                    [],
                )
            )
        if draw.random() < 0.4:
            lines += [
                "    volumes:",
                "    - files:/x",
                "    - {type: volume, source: files, target: /y}",
            ]
        if draw.random() < 0.3:
            lines += ["    profiles: [debug, 'full']"]
    lines += ["networks: {front: , back: }", "volumes:", '  "files": {name: real}']
    over = ["services:"]
    for name in draw.sample(names, draw.randint(1, len(names))):
        others = [other for other in names if other != name]
        over += [f"  {quoted(name, draw)}:", "    restart: always"]
        if draw.random() < 0.5:
            over += [f"    labels: {{a: {draw.choice(others)}}}"]
    return {
        "compose.yaml": "\n".join(lines) + "\n",
        "compose.override.yaml": "\n".join(over) + "\n",
    }


@examples(8)
@given(st.integers(0, 10**9))
def test_renaming_in_generated_stacks_and_back_changes_nothing(seed: int) -> None:
    files = generated(seed)
    write_files(files)
    project = load()
    places = [place for place in defined(project) if place.key.kind != "profile"]
    assert len({re.sub("['\"]", "", place.span.text) for place in places}) >= 4
    assert check_renames(project, places) >= 4


def test_a_name_that_only_a_variable_gives_is_listed() -> None:
    project, path, offset = opened(
        {"compose.yaml": "services:\n  a‸: {image: x}\n  b: {image: x, depends_on: ['${A}']}\n"}
    )
    result = rename(project, path, offset, "c")
    assert isinstance(result, Rename)
    assert shown(result.unsure) == ["compose.yaml:3:31 ${A}"]


def test_a_quoted_name_may_be_a_number() -> None:
    project, path, offset = opened({"compose.yaml": "services:\n  'a‸': {image: x}\n"})
    assert isinstance(rename(project, path, offset, "8.0"), Rename)


def test_an_anonymous_volume_that_stays_behind_is_named() -> None:
    project, path, offset = opened(
        {
            "compose.yaml": "services:\n  d‸b: {image: x, volumes: [/data, 'named:/x']}\nvolumes: {named: }\n"
        }
    )
    result = rename(project, path, offset, "store")
    assert isinstance(result, Rename)
    assert result.losses == ("the anonymous volume at /data stays with the old container of db",)
