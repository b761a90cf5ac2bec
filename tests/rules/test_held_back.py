"""Findings that ``recommended`` leaves to stricter presets, or that are not a findings at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import check_paths, selected
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic, Severity
from snippets import project, texts


def findings(code: str, files: dict[str, str], preset: str = "recommended") -> list[Diagnostic]:
    """What a rule reports in a project under a preset that selects it."""
    with texts(files):
        settings = Settings(selection=selected(preset), debug=True)
        return [item for item in check_paths(["."], settings).reported if item.code == code]


def counts(code: str, files: dict[str, str], stricter: str = "hardened") -> tuple[int, int]:
    """How many findings there are under ``recommended``, and under a stricter preset."""
    return len(findings(code, files)), len(findings(code, files, stricter))


# --- DI007: what is only redundant is taste


@pytest.mark.parametrize(
    ("ignore", "expected"),
    [
        ("*.md\nREADME.md\n", (0, 1)),
        ("dist\n*.log\ndist\n", (0, 1)),
        ("**/node_modules\nnode_modules\n", (0, 1)),
        ("!*.go\n!go.mod\n", (1, 1)),
        ("*.log # logs\n", (1, 1)),
        ("// logs\n*.log\n", (1, 1)),
        ("src\\dist\n", (1, 1)),
        ("*.log\ndist\n", (0, 0)),
    ],
)
def test_a_redundant_pattern_is_taste(ignore: str, expected: tuple[int, int]) -> None:
    files = {".dockerignore": ignore, "Dockerfile": "FROM node:22-alpine\nCOPY . .\n"}
    assert counts("DI007", files, "style") == expected
    assert len(findings("DI007", files, "all")) == expected[1]


# --- DI004: bytecode of modules, not of one script

_PYTHON = "FROM python:3.13-slim\nCOPY . /app\n"


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({"main.py": ""}, 0),
        ({"main.py": "", "tools/run.py": ""}, 0),
        ({"main.py": "", "shop.py": ""}, 1),
        ({"main.py": "", "shop/__init__.py": ""}, 1),
        ({"main.py": "", "__pycache__/main.cpython-313.pyc": ""}, 1),
    ],
)
def test_bytecode_of_several_modules(files: dict[str, str], count: int) -> None:
    files = {**files, "Dockerfile": _PYTHON, "requirements.txt": "", ".dockerignore": ".git\n"}
    assert len(findings("DI004", files)) == count


# --- DI001: a context with nothing to keep out

_BUILD = "services:\n  job:\n    build: job\n"


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({"job/run.py": "", "job/requirements.txt": ""}, 0),
        ({"job/run.sh": ""}, 0),
        ({"job/run.js": "", "job/package.json": "{}"}, 1),
        ({"job/run.py": "", "job/.env": "A=1\n"}, 1),
        ({"job/run.py": "", "job/shop/__init__.py": "", "job/requirements.txt": ""}, 1),
    ],
)
def test_a_context_with_nothing_to_keep_out(files: dict[str, str], count: int) -> None:
    files = {**files, "compose.yaml": _BUILD, "job/Dockerfile": _PYTHON}
    assert len(findings("DI001", files)) == count


# --- DF205: packages that recommend nothing


@pytest.mark.parametrize(
    ("packages", "count"),
    [
        ("ca-certificates", 0),
        ("ca-certificates tini gosu openssl", 0),
        ("tini=0.19.0-1", 0),
        ("git", 1),
        ("ca-certificates git", 1),
        ("ca-certificates $MORE", 1),
    ],
)
def test_packages_that_recommend_nothing(packages: str, count: int) -> None:
    text = f"FROM debian:12-slim\nARG MORE\nRUN apt-get update && apt-get install -y {packages}\n"
    assert len(findings("DF205", {"Dockerfile": text})) == count


# --- Dockerfiles and stages for development

_NODE = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y ffmpeg\nRUN npm install && npm run build\nCMD ["node", "dist/main.js"]\n'
_CODES = ("DF202", "DF204", "DF205", "DF301")


def dockerfile_counts(files: dict[str, str], preset: str = "recommended") -> dict[str, bool]:
    with texts({"package.json": "{}", **files}):
        settings = Settings(selection=selected(preset), debug=True)
        codes = {item.code for item in check_paths(["."], settings).reported}
    return {code: code in codes for code in _CODES}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Dockerfile", True),
        ("Dockerfile.prod", True),
        ("Dockerfile.dev-prod", True),
        ("Dockerfile.api", True),
        ("Dockerfile.dev", False),
        ("dev.Dockerfile", False),
        ("Dockerfile.local", False),
        ("compose/local/Dockerfile", False),
        ("compose/production/Dockerfile", True),
    ],
)
def test_dockerfiles_for_development(path: str, expected: bool) -> None:
    assert dockerfile_counts({path: _NODE}) == dict.fromkeys(_CODES, expected)
    assert dockerfile_counts({path: _NODE}, "hardened") == dict.fromkeys(_CODES, True)


def test_single_stages_for_development() -> None:
    assert findings("DF201", {"compose/local/Dockerfile": _NODE, "package.json": "{}"}) == []
    assert counts("DF201", {"compose/live/Dockerfile": _NODE, "package.json": "{}"}) == (1, 1)


def test_a_stack_for_production_builds_no_dockerfile_for_development() -> None:
    build = "services:\n  web:\n    build: {context: ., dockerfile: Dockerfile.dev}\n"
    files = {"Dockerfile.dev": _NODE}
    assert not any(dockerfile_counts({**files, "compose.yaml": build}).values())
    named = dockerfile_counts({**files, "compose.prod.yaml": build}, "recommended")
    assert named == dict.fromkeys(_CODES, True)


@pytest.mark.parametrize(
    ("target", "more", "expected"),
    [
        ("dev", "", False),
        ("development", "", False),
        ("web", "", True),
        ("dev", "FROM base AS prod\n", True),
        ("dev", "FROM base AS test\n", False),
        ("dev", "FROM alpine:3.22 AS prod\n", False),
    ],
)
def test_stages_for_development(target: str, more: str, expected: bool) -> None:
    text = _NODE.replace("node:22\n", "node:22 AS base\n") + f"FROM base AS {target}\n" + more
    build = f"services:\n  web:\n    build: {{context: ., target: {target}}}\n"
    found = dockerfile_counts({"Dockerfile": text, "compose.yaml": build})
    assert {code: found[code] for code in ("DF202", "DF204", "DF205")} == dict.fromkeys(
        ("DF202", "DF204", "DF205"), expected
    )


# --- XF107, XF108, XF110: what git ignores is absent on purpose


@pytest.mark.parametrize(
    ("code", "path", "text", "ignored"),
    [
        ("XF108", "Dockerfile", "FROM node:22\nCOPY dist /x\nCOPY a.js /y\n", "dist"),
        ("XF107", "compose.yaml", "services:\n  a:\n    image: a:1\n    volumes: ['./up:/x:ro']\n", "up/"),
        ("XF110", "compose.yaml", "services:\n  a:\n    image: a:1\n    env_file: .env\n", ".env"),
    ],
)  # fmt: skip
def test_what_git_ignores(code: str, path: str, text: str, ignored: str) -> None:
    files = {"a.js": "", path: text}
    assert counts(code, files) == (1, 1)
    assert counts(code, {**files, ".gitignore": f"{ignored}\n"}) == (0, 1)


@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("mkdir -p up\n", 0),
        ("mkdir -p logs ./up && ls\n", 0),
        ("mkdir -p up-to\n", 1),
        ("mkdir -p data/up\n", 1),
        ("ls up\n", 1),
    ],
)
@pytest.mark.parametrize("path", ["README.md", "scripts/setup.sh", "Makefile"])
def test_a_folder_that_a_script_makes(script: str, path: str, count: int) -> None:
    text = "services:\n  a:\n    image: a:1\n    volumes: ['./up:/x:ro']\n"
    assert len(findings("XF107", {"compose.yaml": text, path: script}, "hardened")) == count


MADE = [
    ("Makefile", "build:\n\tgo build -o bin/server ./cmd\n", True),
    ("Makefile", "bin/server: main.go\n\tgo build\n", True),
    ("Makefile", "server:\n\tgo build\n", True),
    ("ci/build.sh", "go build \\\n  -o ../bin/server ./cmd\n", True),
    ("ci/build.sh", 'go build --output="$OUT/bin/server"\n', True),
    ("ci/build.sh", "cp target/release/server bin/server\n", True),
    ("ci/build.sh", "mkdir -p bin && cat a b > bin/server\n", True),
    ("ci/build.sh", "curl -fsSLO https://example.com/dl/server\n", True),
    (
        ".github/workflows/ci.yml",
        "jobs:\n  a:\n    steps:\n      - run: go build -o server\n",
        True,
    ),
    ("README.md", "First `mv server.linux bin/server`, then build the image.\n", True),
    ("package.json", '{"scripts": {"build": "pkg . --output bin/server"}}\n', True),
    # The folder is made.
    ("Makefile", "build:\n\tnpx tsc --outDir bin\n", True),
    ("Makefile", "build:\n\tgo build -o tools/server ./cmd\n", False),
    ("Makefile", "build:\n\tgo build -o server2 ./cmd\n", False),
    ("Makefile", "run:\n\t./bin/server --verbose\n", False),
    ("ci/build.sh", "cp bin/server /usr/local/bin/\n", False),
    ("ci/deploy.yml", "server:\n  a: 1\n", False),
    ("README.md", "> server is built first\n\nsrc -> server\n", False),
    ("README.md", "pip install server\n", False),
    ("notes.txt", "go build -o bin/server\n", False),
]


@pytest.mark.parametrize(("path", "text", "is_made"), MADE)
def test_a_file_that_a_command_makes_before_the_build(path: str, text: str, is_made: bool) -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    build: .\n",
        "Dockerfile": "FROM alpine:3.22\nCOPY bin/server /\n",
        path: text,
    }
    (finding,) = findings("XF108", files)
    assert finding.severity is (Severity.INFO if is_made else Severity.ERROR)
    assert (f"({path} creates it)" in finding.message) is is_made


# --- EV003: env files for development that frameworks keep in git

_SECRET = "DB_PASSWORD=k8Vw2nQ7tRz4Lx\n"
_VITE = {"package.json": '{"devDependencies": {"vite": "7"}}'}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".env.dev": "###> symfony/framework-bundle ###\n" + _SECRET}, (0, 1)),
        ({".env.development": _SECRET, **_VITE}, (0, 1)),
        ({".env.test": _SECRET, **_VITE}, (0, 1)),
        ({".env.dev": _SECRET}, (1, 1)),
        ({".env": "###> symfony/framework-bundle ###\n" + _SECRET}, (0, 1)),
        ({".env": _SECRET}, (1, 1)),
        ({".env.test": _SECRET}, (0, 1)),
        ({".env.test": "KEY=test\nB=123\nC=-----BEGIN RSA PRIVATE KEY-----\n"}, (0, 0)),
        ({".env.test": "C=-----BEGIN RSA PRIVATE KEY-----MIIEpAIBAAKCAQEA7\n"}, (0, 0)),
        ({".env.test": f"C=-----BEGIN RSA PRIVATE KEY-----{'MIIEpAIBAAKCAQEA7' * 9}\n"}, (1, 1)),
        ({".env.production": _SECRET, **_VITE}, (1, 1)),
    ],
)
def test_env_files_of_frameworks(files: dict[str, str], expected: tuple[int, int]) -> None:
    assert counts("EV003", files) == expected


# --- help that fits the case


@pytest.mark.parametrize(
    ("image", "named"),
    [
        ("maven:3-jdk-8-slim", "use maven:3.9-eclipse-temurin-8"),
        ("maven:3-openjdk-17", "use maven:3.9-eclipse-temurin-17"),
        ("openjdk:11-slim", "use eclipse-temurin:11 or amazoncorretto:11"),
        ("openjdk:12", "use eclipse-temurin or amazoncorretto"),
    ],
)
def test_the_same_java(image: str, named: str) -> None:
    (finding,) = findings("DF416", {"Dockerfile": f"FROM {image}\n"})
    assert finding.help == named


@pytest.mark.parametrize(
    ("root", "named"),
    [
        (None, "move its lines to .dockerignore"),
        ("**/node_modules\n", "delete it"),
        ("api\n", "delete it"),
        ("dist\n", "add the missing lines to .dockerignore"),
        ("**/node_modules\n!api/node_modules\n", "add the missing lines to .dockerignore"),
    ],
)
def test_what_to_do_with_an_unused_ignore_file(root: str | None, named: str) -> None:
    build = "services:\n  x:\n    build: {context: ., dockerfile: api/Dockerfile}\n"
    files = {"compose.yaml": build, "api/Dockerfile": "FROM node:22\n"}
    files |= {"api/.dockerignore": "node_modules\n"}
    files |= {".dockerignore": root} if root else {}
    (finding,) = findings("DI009", files)
    assert (finding.help or "").startswith(named)


# --- XF108, XF110: what is not certain


def test_an_overlay_with_build_arguments_has_the_context_of_its_base() -> None:
    base = "services:\n  api:\n    build: {context: .., dockerfile: deploy/Dockerfile}\n"
    files = {
        "README.md": "",
        "deploy/Dockerfile": "FROM node:24\nCOPY README.md /x/\n",
        "deploy/docker-compose.yml": base,
        "deploy/docker-compose.gpu.yml": "services:\n  api:\n    build: {args: {EXTRAS: models}}\n",
    }
    assert findings("XF108", files) == []
    other = "services:\n  web:\n    build: {context: ., dockerfile: Dockerfile}\n"
    (finding,) = findings("XF108", {**files, "deploy/docker-compose.web.yml": other})
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(("target", "expected"), [("../.env", (0, 1)), (None, (1, 1))])
def test_a_link_to_a_file_that_is_not_here(target: str | None, expected: tuple[int, int]) -> None:
    text = "services:\n  a:\n    image: a:1\n    env_file: web/.env\n"
    found = []
    for preset in ("recommended", "hardened"):
        with project({"compose.yaml": text, "web/a.js": ""}):
            if target:
                Path("web/.env").symlink_to(target)
            settings = Settings(selection=selected(preset), debug=True)
            reported = check_paths(["."], settings).reported
            found.append([item for item in reported if item.code == "XF110"])
    assert tuple(map(len, found)) == expected


# --- Stages and commands for development

_SHIP = 'FROM node:22\nCOPY dist /app\nCMD ["node", "main.js"]\n'


@pytest.mark.parametrize(
    ("name", "last", "expected"),
    [
        ("development", _SHIP, False),
        ("dev", _SHIP, False),
        ("runner", _SHIP, True),
        ("dev", 'FROM dev AS runner\nCMD ["node", "main.js"]\n', True),
        ("dev", "", True),
    ],
)
def test_a_stage_called_development_before_the_last(name: str, last: str, expected: bool) -> None:
    target = name if last else "dev"
    build = f"services:\n  web: {{build: {{context: ., target: {target}}}}}\n  app: {{build: .}}\n"
    stage = f"FROM node:22 AS {name}\nRUN apt-get update && apt-get install -y ffmpeg\n"
    files = {"compose.yaml": build, "Dockerfile": stage + last}
    assert bool(findings("DF205", files)) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [("Dockerfile.prod", False), ("Dockerfile.production", False), ("Dockerfile.api", True)],
)
@pytest.mark.parametrize("folder", ["", "web/"])
def test_a_dockerfile_beside_one_for_production(folder: str, other: str, expected: bool) -> None:
    files = {f"{folder}Dockerfile": _NODE, f"{folder}{other}": "FROM scratch\n"}
    assert bool(findings("DF301", files)) is expected or other == "Dockerfile.api"
    paths = {item.span.file.path for item in findings("DF205", files)}
    assert (f"{folder}Dockerfile" in paths) is expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["npm", "run", "dev"]', False),
        ('["yarn", "dev"]', False),
        ('["npx", "vite", "--host"]', False),
        ('["npx", "vite", "preview"]', True),
        ("react-scripts start", False),
        ('["nodemon", "server.js"]', False),
        ("next dev", False),
        ("next start", True),
        ('["npm", "start"]', True),
        ('["npm", "run", "develop-report"]', True),
        ("uvicorn main:app --reload --host 0.0.0.0", False),
        ("uvicorn main:app", True),
        ("flask run --debug", False),
        ("flask run", True),
        ("python -u manage.py runserver 0.0.0.0:8000", False),
        ("python manage.py migrate && gunicorn app", True),
    ],
)
def test_a_command_that_is_a_development_server(command: str, expected: bool) -> None:
    text = f"FROM node:22\nRUN apt-get update && apt-get install -y ffmpeg\nCMD {command}\n"
    assert counts("DF205", {"Dockerfile": text}) == (int(expected), 1)
    build = "services:\n  web:\n    build: .\n    command: node main.js\n"
    assert len(findings("DF205", {"Dockerfile": text, "compose.yaml": build})) == 1


# --- DF301: root that the stack asks for


@pytest.mark.parametrize(("user", "count"), [('"0:0"', 0), ("root", 0), ('"1000"', 0), ("", 1)])
def test_root_that_the_stack_asks_for(user: str, count: int) -> None:
    line = f"    user: {user}\n" if user else ""
    build = f"services:\n  web:\n    build: .\n{line}"
    text = 'FROM node:22\nUSER root\nCMD ["node", "main.js"]\n'
    assert len(findings("DF301", {"Dockerfile": text, "compose.yaml": build})) == count


# --- a stack beside one for production

_LOCAL = """
services:
  api:
    image: shop/api
    environment:
      URL: postgres://shop:k8Vw2nQ7tRz4Lx@db/shop
    depends_on: [db]
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: postgres
    ports: ["5432:5432"]
  cache:
    image: redis:8
    command: redis-server --requirepass k8Vw2nQ7tRz4Lx
"""
_OTHER = "services:\n  web:\n    image: shop/web:1\n"


@pytest.mark.parametrize("code", ["CF210", "CF302", "CF303", "CF340", "CF401"])
@pytest.mark.parametrize(
    ("path", "beside", "is_held_back"),
    [
        ("compose.yaml", "compose.prod.yaml", True),
        ("docker-compose.yml", "docker-compose.production.yml", True),
        ("compose.yaml", "compose.other.yaml", False),
        ("compose.yaml", "compose.prod.example.yaml", False),
        ("compose.yaml", "server/compose.prod.yaml", False),
        ("compose.live.yaml", "compose.prod.yaml", False),
    ],
)
def test_a_stack_beside_one_for_production(
    code: str, path: str, beside: str, is_held_back: bool
) -> None:
    expected = (0, 1) if is_held_back else (1, 1)
    assert tuple(map(bool, counts(code, {path: _LOCAL, beside: _OTHER}))) == expected


def test_what_production_is_laid_over_is_reported() -> None:
    over = "services:\n  api:\n    restart: always\n"
    assert findings("CF340", {"compose.yaml": _LOCAL, "compose.prod.yaml": over}) != []


def test_a_store_that_nothing_depends_on_needs_no_healthcheck() -> None:
    text = _LOCAL.replace("    depends_on: [db]\n", "")
    assert counts("CF210", {"compose.yaml": _LOCAL})[0] == 1
    assert counts("CF210", {"compose.yaml": text})[0] == 0


# --- DF201: what the image runs needs a development dependency

_INSTALL = 'FROM node:22\nCOPY package.json .\nRUN npm install\nCOPY . .\nCMD ["npm", "start"]\n'


@pytest.mark.parametrize(
    ("package", "dockerfile", "count"),
    [
        ('"scripts": {"start": "node --import tsx main.ts"}, ', _INSTALL, 0),
        ('"scripts": {"start": "node main.js"}, ', _INSTALL, 1),
        ('"scripts": {"start": "node tsx.js"}, ', _INSTALL, 1),
        ('"scripts": 1, ', _INSTALL, 1),
        ("", _INSTALL.replace('"npm", "start"', '"npx", "tsx", "main.ts"'), 0),
        ("", _INSTALL.replace('"npm", "start"', '"./node_modules/.bin/tsx", "main.ts"'), 0),
        ("", _INSTALL.replace('"npm", "start"', '"node", "main.js"'), 1),
    ],
)
def test_development_dependencies_that_the_command_needs(
    package: str, dockerfile: str, count: int
) -> None:
    manifest = f'{{{package}"devDependencies": {{"tsx": "4"}}}}\n'
    files = {"Dockerfile": dockerfile, "package.json": manifest}
    assert len(findings("DF201", files)) == count


@pytest.mark.parametrize(("target", "count"), [("first", 0), ("", 1)])
def test_development_dependencies_of_the_last_stage(target: str, count: int) -> None:
    rest = "FROM scratch\nCOPY main /\n" if target else ""
    text = _INSTALL.replace("node:22", "node:22 AS first").replace("start", "main") + rest
    build = f"services:\n  web: {{build: {{context: ., target: '{target}'}}}}\n"
    manifest = '{"devDependencies": {"tsx": "4"}}\n'
    files = {"Dockerfile": text, "compose.yaml": build, "package.json": manifest}
    assert len(findings("DF201", files)) == count


# --- DF204: an update alone is reported once


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", (0, 1)),
        ("RUN apt-get install -y ffmpeg\n", (1, 1)),
        (" && apt-get install -y ffmpeg", (1, 0)),
    ],
)
def test_an_update_alone_is_reported_once(rest: str, expected: tuple[int, int]) -> None:
    text = f"FROM debian:12\nRUN apt-get update{rest if rest[:1] == ' ' else chr(10) + rest}\n"
    files = {"Dockerfile": text}
    assert (len(findings("DF204", files)), len(findings("DF206", files))) == expected


# --- DI004: folders that are not there


@pytest.mark.parametrize(
    ("ignore", "files", "expected"),
    [
        ("node_modules\n", {}, (0, 1)),
        ("node_modules\n", {"dist/main.js": ""}, (1, 1)),
        (".git\n", {}, (1, 1)),
        ("node_modules\ndist\n", {}, (0, 0)),
    ],
)
def test_results_that_are_not_there(
    ignore: str, files: dict[str, str], expected: tuple[int, int]
) -> None:
    manifest = '{"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}}\n'
    files = {**files, ".dockerignore": ignore, ".gitignore": "dist\n", "package.json": manifest}
    files |= {"Dockerfile": "FROM node:22\nCOPY . .\n"}
    assert counts("DI004", files) == expected


# --- CF340: what other machines can reach


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("", (0, 1)),
        ("    ports: ['127.0.0.1:5432:5432']\n", (0, 1)),
        ("    ports: ['5432:5432']\n", (1, 1)),
        ("    network_mode: host\n", (1, 1)),
    ],
)
@pytest.mark.parametrize("password", ["postgres", "postgress", "youshallnotpass"])
def test_weak_passwords_of_stores(ports: str, expected: tuple[int, int], password: str) -> None:
    stack = f"services:\n  db:\n    image: postgres:17\n{ports}    environment:\n      POSTGRES_PASSWORD: {password}\n"
    with_program = stack + "  api:\n    image: shop/api:1.4\n"
    assert counts("CF340", {"compose.yaml": with_program}) == expected
    # A store alone is what developers run beside their program, unless its name tells otherwise.
    assert counts("CF340", {"compose.yaml": stack}) == (0, 1)
    assert counts("CF340", {"compose.prod.yaml": stack}) == (1, 1)


# --- XF102: a workflow ships the folder


@pytest.mark.parametrize(
    ("line", "count"),
    [("rsync -az ./ host:~/apps/shop/src/", 0), ("rsync -az ./ host:~/apps/shop/", 1)],
)
def test_a_folder_that_a_workflow_ships(line: str, count: int) -> None:
    files = {
        "deploy/compose.yaml": "services:\n  a:\n    build: ./src\n",
        ".github/workflows/deploy.yml": f"on: push\njobs:\n  a:\n    steps:\n      - run: {line}\n",
    }
    assert len(findings("XF102", files)) == count


# --- CF134, CF402


@pytest.mark.parametrize(("env", "expected"), [({}, (0, 1)), ({".env": "B=1\n"}, (1, 1))])
def test_a_required_variable_in_a_clone(env: dict[str, str], expected: tuple[int, int]) -> None:
    text = "services:\n  a:\n    image: a:1\n    command: run ${A:?set it}\n"
    assert counts("CF134", {"compose.yaml": text, **env}) == expected


@pytest.mark.parametrize(
    ("image", "known"), [("prom/prometheus", False), ("grafana/grafana", False), ("redis", True)]
)
def test_proposed_tags_exist(image: str, known: bool) -> None:
    (finding,) = findings(
        "CF402", {"compose.yaml": f"services:\n  a:\n    image: {image}:latest\n"}
    )
    assert f"{image}:" in (finding.help or "")
    assert ("<version>" not in (finding.help or "")) is known


# --- DF117: which shells replace themselves by the command


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # dash starts a child, whatever the command is.
        ("FROM node:22-slim\nCMD node server.js\n", (1, 1)),
        ("FROM ubuntu:24.04\nCMD node server.js\n", (1, 1)),
        ("FROM python:3.13\nCMD python -m http.server > log\n", (1, 1)),
        ("FROM node:22-slim\nCMD migrate && node server.js\n", (1, 1)),
        # BusyBox executes the last command in its place.
        ("FROM node:22-alpine\nCMD node server.js\n", (0, 1)),
        ("FROM node:22-alpine\nCMD A=1 node server.js > log\n", (0, 0)),
        ("FROM node:22-alpine\nCMD migrate && node server.js\n", (0, 0)),
        ("FROM node:22-alpine\nCMD node server.js | tee log\n", (1, 1)),
        ("FROM node:22-alpine\nCMD worker & node server.js\n", (1, 1)),
        ("FROM node:22-alpine\nCMD (node server.js)\n", (1, 1)),
        ("FROM node:22-alpine\nCMD if true; then node server.js; fi\n", (1, 1)),
        # So does bash, with one command.
        ("FROM amazoncorretto:21\nCMD java -jar app.jar\n", (0, 1)),
        ("FROM amazoncorretto:21\nENTRYPOINT java -jar app.jar\n", (0, 1)),
        ('FROM amazoncorretto:21\nENTRYPOINT java -jar app.jar\nCMD ["x"]\n', (1, 1)),
        ("FROM amazoncorretto:21\nCMD java -jar app.jar | tee log\n", (1, 1)),
        # The shell is not known.
        ("FROM acme/base:1\nCMD node server.js\n", (0, 1)),
        ("FROM acme/base:1\nCMD migrate && node server.js\n", (1, 1)),
        ("FROM node:22-slim\nRUN ln -sf bash /bin/sh\nCMD node server.js\n", (0, 1)),
    ],
)
def test_which_shells_replace_themselves(text: str, expected: tuple[int, int]) -> None:
    assert counts("DF117", {"Dockerfile": text}) == expected


def test_arguments_of_a_service_are_lost_after_a_shell_form_entry_point() -> None:
    files = {"Dockerfile": "FROM amazoncorretto:21\nENTRYPOINT java -jar app.jar\n"}
    stack = "services:\n  app:\n    build: .\n    command: --debug\n"
    (finding,) = findings("DF117", {**files, "compose.yaml": stack})
    assert finding.message == "ENTRYPOINT runs in a shell: CMD and arguments are ignored"
    own = stack.replace("command: --debug", "entrypoint: [java]\n    command: -version")
    assert findings("DF117", {**files, "compose.yaml": own}) == []


# --- images that nobody relies on

_ROOT = "FROM node:22-slim\nRUN sudo apt-get update\nCMD node server.js\n"


@pytest.mark.parametrize(
    ("path", "more", "count"),
    [
        ("Dockerfile", {}, 1),
        ("api/Dockerfile", {}, 1),
        ("contest/Dockerfile", {}, 1),
        ("apps/latest-app/Dockerfile", {}, 1),
        ("tests/setup/Dockerfile", {}, 0),
        ("e2e/Dockerfile", {}, 0),
        ("load-tests/Dockerfile", {}, 0),
        ("benchmarks/go/Dockerfile", {}, 0),
        ("mock-server/Dockerfile", {}, 0),
        ("attacks/Dockerfile", {}, 0),
        ("Dockerfile.test", {}, 0),
        ("tools/lint.Dockerfile", {}, 0),
        (".gitpod.Dockerfile", {}, 0),
        (".devcontainer/Dockerfile", {}, 0),
        ("api-legacy/Dockerfile", {}, 0),
        ("old/api/Dockerfile", {}, 0),
        ("Dockerfile.old", {}, 0),
        ("api-legacy/Dockerfile", {"Makefile": "image:\n\tdocker build api-legacy\n"}, 1),
        ("api-legacy/Dockerfile", {"README.md": "api-legacy was the first API\n"}, 0),
        ("api-legacy/Dockerfile", {"compose.yaml": "services: {a: {build: api-legacy}}\n"}, 1),
        ("mock-server/Dockerfile", {"compose.yaml": "services: {a: {build: mock-server}}\n"}, 1),
        ("mock-server/Dockerfile", {"compose.yaml": "services: {mock: {build: mock-server}}\n"}, 0),
        ("tests/Dockerfile", {"tests/compose.yaml": "services: {a: {build: .}}\n"}, 0),
    ],
)
@pytest.mark.parametrize("code", ["DF301", "DF303"])
def test_images_that_nobody_relies_on(
    code: str, path: str, more: dict[str, str], count: int
) -> None:
    assert counts(code, {path: _ROOT, **more}) == (count, 1)


def test_a_secret_counts_in_an_image_for_tests_too() -> None:
    text = "FROM node:22-slim\nENV API_TOKEN=ghp_8Jk2Lm9Qw4Rt6Yu1Io3Pa5Sd7Fg0Hj2Kl4Zx\n"
    assert counts("DF304", {"tests/Dockerfile": text}) == counts("DF304", {"Dockerfile": text})


# --- DF118: stages that something else than Compose selects

_TARGETS = "FROM alpine:3.22 AS web\nCMD web\nFROM alpine:3.22 AS worker\nCMD worker\nFROM alpine:3.22 AS app\n"
_WORKFLOW = ".github/workflows/images.yml"


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({}, ["web", "worker"]),
        ({"Makefile": "web:\n\tdocker build --target web .\n"}, ["worker"]),
        ({"scripts/build": "docker build --target=worker .\n"}, ["web"]),
        ({_WORKFLOW: "      target: web\n"}, ["worker"]),
        ({_WORKFLOW: "        target: [web, worker]\n"}, []),
        ({_WORKFLOW: "        target:\n          - web\n          - worker\n"}, []),
        ({_WORKFLOW: "      target: website\n"}, ["web", "worker"]),
        ({"fly.toml": '[build]\n  build-target = "web"\n'}, ["worker"]),
        ({"deploy/compose.prod.yaml": "services: {a: {build: {target: web}}}\n"}, ["worker"]),
        ({"README.md": "The web and the worker.\n"}, ["web", "worker"]),
    ],
)
def test_stages_that_other_files_select(files: dict[str, str], names: list[str]) -> None:
    stack = "services:\n  app:\n    build: .\n"
    files = {"Dockerfile": _TARGETS, "compose.yaml": stack, **files}
    assert [item.span.text for item in findings("DF118", files)] == names


# --- DF907: WORKDIR would change what follows


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("COPY . /src\nRUN cd /src && make\n", 1),
        ("COPY . /src\nRUN cd /src && make\nRUN cd /src/web && make\n", 2),
        ("COPY . /src\nRUN cd /src && make\nRUN rm -rf /src\nCMD app\n", 1),
        ("COPY . /src\nRUN cd /src && make\nWORKDIR /app\nCOPY a b\n", 1),
        ("WORKDIR /app\nRUN cd web && npm ci\nCOPY . .\n", 0),
        ("WORKDIR /app\nRUN cd web && npm ci\nRUN npm run build\n", 0),
        ("WORKDIR /app\nRUN cd web && npm ci\nRUN cd api && npm ci\n", 0),
        ("WORKDIR /app\nRUN cd web && npm ci\nWORKDIR api\n", 0),
        ("WORKDIR /app\nRUN cd /tmp && make install\nCMD node server.js\n", 0),
        ("WORKDIR /app\nRUN cd /tmp && make install\nWORKDIR /srv\nCMD node server.js\n", 1),
    ],
)
def test_a_folder_that_later_instructions_start_from(text: str, count: int) -> None:
    assert len(findings("DF907", {"Dockerfile": f"FROM node:22-slim\n{text}"}, "all")) == count


# --- DF122: the package in whose folder a build runs


@pytest.mark.parametrize(
    ("run", "count"),
    [
        ("RUN npm run build\n", 1),
        ("RUN cd web && npm run build\n", 0),
        ("RUN cd api && npm run build\n", 1),
        ("RUN cd elsewhere && npm run build\n", 1),
        ("RUN cd $DIR && npm run build\n", 0),
        ("WORKDIR /app/web\nRUN npm run build\n", 0),
        ("RUN pnpm deploy --prod /prod && cd web && npm run build\n", 0),
    ],
)
def test_the_package_in_whose_folder_a_build_runs(run: str, count: int) -> None:
    tsc = '{"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}}'
    vite = '{"scripts": {"build": "vite build"}, "dependencies": {"vite": "7"}}'
    files = {"package.json": tsc, "api/package.json": tsc, "web/package.json": vite}
    text = f"FROM node:22 AS a\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\n{run}"
    assert len(findings("DF122", {**files, "Dockerfile": text})) == count


# --- DF160: programs that replace variables themselves


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ('"python", "-m", "http.server", "$PORT"', 1),
        ('"java", "-Dserver.port=${PORT}", "-jar", "app.jar"', 0),
        ('"java", "-jar", "app.jar", "--server.port=${PORT}"', 0),
        ('"java", "-Dserver.port=$PORT", "-jar", "app.jar"', 1),
        ('"java", "-Xmx${PORT}", "-jar", "app.jar"', 1),
        ('"java", "-jar", "${PORT}.jar"', 1),
        ('"node", "-e", "console.log(`${PORT}`)"', 0),
        ('"node", "server.js", "${PORT}"', 1),
        ('"timeout", "5", "sh", "-c", "app $PORT"', 0),
        ('"nodemon", "--exec", "app $PORT"', 0),
        ('"filebeat", "-E", "output.port=${PORT}"', 0),
    ],
)
def test_programs_that_replace_variables(words: str, count: int) -> None:
    text = f"FROM acme/base:1\nENV PORT=80\nENTRYPOINT [{words}]\n"
    assert len(findings("DF160", {"Dockerfile": text})) == count


# --- DF314: pipes whose failure stops the build all the same


@pytest.mark.parametrize(
    ("run", "count"),
    [
        ("curl -fsSL https://a.example/x.tgz | tar -xz", 0),
        ("curl -fsSL https://a.example/x.tgz | tar xzf - -C /opt && rm -rf /tmp/x", 0),
        ("curl -fsSL https://a.example/x.tgz | tar -xz; rm -rf /tmp/x", 1),
        ("set -e; curl -fsSL https://a.example/x.tgz | tar -xz; rm -rf /tmp/x", 0),
        ("curl -fsSL https://a.example/x.tgz | tar -tz > list", 1),
        ("curl -fsSL https://a.example/k.asc | gpg --dearmor > /usr/share/keyrings/k.gpg", 0),
        ("curl -fsSL https://a.example/k.asc | gpg --dearmor | tee /usr/share/keyrings/k.gpg", 1),
        ("curl -fsSL https://a.example/k.asc | apt-key add -", 0),
        ("curl -fsSL https://a.example/x.gz | gunzip > /opt/x", 0),
        ("curl -fsSL https://a.example/x.gz | gunzip | sh", 1),
        ("curl -fsSL https://a.example/x.sha256 | sha256sum -c", 0),
        ("if true; then curl https://a.example/k | gpg --dearmor > k && apt-get update; fi", 0),
        ("curl -fsSL https://a.example/install.sh | sh", 1),
        ("curl -fsSL https://a.example/install.sh | sh && apt-get install -y x", 1),
        ("curl -fsSL https://a.example/install.sh | sh && mv /root/.x/bin/x /usr/bin/x", 0),
        ("curl -fsSL https://a.example/install.sh | sh; mv /root/.x/bin/x /usr/bin/x; true", 1),
        ("curl -fsSL https://a.example/install.sh | sh && test -x /usr/bin/x", 0),
        ("curl -fsSL https://install.poetry.example | python3 - && poetry install", 0),
    ],
)
def test_pipes_whose_failure_stops_the_build(run: str, count: int) -> None:
    text = f"FROM debian:trixie-slim\nRUN {run}\n"
    assert len(findings("DF314", {"Dockerfile": text})) == count


# --- DF308, DF409: a comment that says why


@pytest.mark.parametrize(
    ("code", "text", "count"),
    [
        ("DF409", "RUN npm install -g corepack@latest\n", 1),
        (
            "DF409",
            "# The latest Corepack knows the keys that sign now.\nRUN npm i -g corepack\n",
            1,
        ),
        ("DF409", "# Install the tools.\nRUN npm i -g corepack\n", 1),
        ("DF409", "RUN true && \\\n  # always the newest\n  npm i -g corepack\n", 0),
        ("DF409", "# the newest\nRUN true && \\\n  # tools\n  npm i -g corepack\n", 1),
        ("DF308", "RUN chmod 777 /data\n", 1),
        ("DF308", "# World-writable, for any user that runs it.\nRUN chmod 777 /data\n", 0),
        ("DF308", "# Make the folder.\nRUN chmod 777 /data\n", 1),
    ],
)
def test_a_comment_that_says_why(code: str, text: str, count: int) -> None:
    assert len(findings(code, {"Dockerfile": f"FROM node:22-slim\n{text}"})) == count


# --- DI001: once for a context, and not for what mounts hide

_COPIES = "FROM node:22-alpine\nCOPY . /app\n"


def test_a_missing_ignore_file_is_reported_once_for_a_context() -> None:
    files = {"a.Dockerfile": _COPIES, "Dockerfile": _COPIES, "package.json": "{}"}
    stack = "services:\n  a: {build: {context: ., dockerfile: a.Dockerfile}}\n  b: {build: .}\n"
    files = {**files, "compose.yaml": stack, "web/Dockerfile": _COPIES, "web/package.json": "{}"}
    found = findings("DI001", files)
    assert len(found) == 2
    assert [len(item.related) for item in found] == [1, 0]


def test_a_missing_ignore_file_is_reported_where_the_image_is_used() -> None:
    files = {"Dockerfile.test": _COPIES, "Dockerfile.web": _COPIES, "package.json": "{}"}
    (finding,) = findings("DI001", files)
    assert finding.path == "Dockerfile.web"
    del files["Dockerfile.web"]
    assert counts("DI001", files) == (0, 1)


@pytest.mark.parametrize(
    ("name", "volume", "expected"),
    [
        ("Dockerfile.dev", "./:/app", (0, 1)),
        ("Dockerfile.dev", "../:/app", (0, 1)),
        ("Dockerfile.dev", "./src:/app/src", (1, 1)),
        ("Dockerfile.dev", "data:/app", (1, 1)),
        ("Dockerfile.api", "./:/app", (1, 1)),
    ],
)
def test_a_context_that_a_mount_hides(name: str, volume: str, expected: tuple[int, int]) -> None:
    stack = f"services:\n  a:\n    build: {{context: ., dockerfile: {name}}}\n    volumes: ['{volume}']\nvolumes: {{data: {{}}}}\n"
    assert counts("DI001", {name: _COPIES, "package.json": "{}", "compose.yaml": stack}) == expected


# --- DI005: logs that nobody writes


@pytest.mark.parametrize(
    ("pattern", "more", "expected"),
    [
        ("*.log", {}, (0, 1)),
        ("*.log", {"api/debug.log": ""}, (1, 1)),
        ("npm-debug.log", {}, (0, 0)),
        ("npm-debug.log*", {}, (0, 0)),
        ("yarn-error.log", {}, (0, 0)),
        ("yarn-error.log", {"yarn.lock": ""}, (0, 1)),
        (".envrc", {"api/.envrc": "use flake\n"}, (0, 0)),
        (".envrc", {"api/.envrc": "export API_TOKEN=8Jk2Lm9Qw4Rt6Yu1Io3Pa5\n"}, (1, 1)),
        ("node_modules", {}, (1, 1)),
    ],
)
def test_logs_that_nobody_writes(
    pattern: str, more: dict[str, str], expected: tuple[int, int]
) -> None:
    files = {"api/package.json": "{}", "package.json": "{}", "Dockerfile": _COPIES, **more}
    assert counts("DI005", {**files, ".dockerignore": f"{pattern}\n"}) == expected


# --- DF201: compilers whose libraries a package needs; DF204, DF205: bases, what is there


@pytest.mark.parametrize(
    ("requirements", "count"),
    [
        ("flask==3.1.2\n", 1),
        ("flask==3.1.2\nlightgbm==4.5.0\n", 0),
        ("flask==3.1.2\nlightgbm-tools==1.0\n", 1),
        ("vllm>=0.6\n", 0),
    ],
)
def test_packages_that_need_a_compiler_when_they_run(requirements: str, count: int) -> None:
    text = 'FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD ["python", "-m", "shop"]\n'
    files = {"Dockerfile": text, "requirements.txt": requirements}
    assert len(findings("DF201", files)) == count


@pytest.mark.parametrize(
    ("base", "package", "count"),
    [
        ("python:3.13", "build-essential", 0),
        ("python:3.13", "git curl", 0),
        ("python:3.13", "git ffmpeg", 1),
        ("python:3.13-slim", "build-essential", 1),
        ("python:3.13-slim", "git", 1),
    ],
)
def test_packages_that_the_image_has(base: str, package: str, count: int) -> None:
    text = f"FROM {base}\nRUN apt-get update && apt-get install -y {package}\n"
    assert len(findings("DF205", {"Dockerfile": text})) == count
    assert counts("DF205", {"Dockerfile.base": text}) == (0, count)
    assert counts("DF204", {"Dockerfile.base": text}) == (0, 1)


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ("", 1),
        (" && chmod -R g=u /app", 0),
        (" && chmod -R 750 /app", 1),
        (" && chmod -R 755 /data", 1),
        (" && chmod 755 /app", 1),
    ],
)
def test_a_new_owner_beside_a_new_mode(after: str, count: int) -> None:
    text = f"FROM node:22 AS a\nFROM node:22\nCOPY --from=a /app /app\nRUN chown -R node:node /app{after}\n"
    assert len(findings("DF215", {"Dockerfile": text})) == count


# --- DF4xx: versions


@pytest.mark.parametrize(
    ("path", "base", "expected"),
    [
        ("Dockerfile", "registry.access.redhat.com/ubi9/nginx-122:latest", (0, 0)),
        ("Dockerfile", "registry.access.redhat.com/ubi9:latest", (1, 1)),
        ("Dockerfile", "node:lts-alpine", (1, 1)),
        ("Dockerfile.lint", "node:lts-alpine", (0, 1)),
        ("docker/development/Dockerfile", "node:lts-alpine", (0, 1)),
    ],
)
def test_tags_that_move(path: str, base: str, expected: tuple[int, int]) -> None:
    assert counts("DF402", {path: f"FROM {base}\n"}) == expected


@pytest.mark.parametrize(
    ("text", "script", "count"),
    [
        ("ARG BASE=acme/base\nFROM $BASE\n", "docker build -t acme/base .\n", 0),
        ("ARG BASE=acme/base\nFROM $BASE\n", "docker build -t acme/base-all .\n", 1),
        ("ARG BASE=acme/base\nFROM $BASE\n", "docker pull acme/base\n", 1),
        ("FROM acme/base\n", "docker build -t acme/base .\n", 1),
    ],
)
def test_an_image_that_a_script_builds(text: str, script: str, count: int) -> None:
    assert len(findings("DF401", {"Dockerfile": text, "build.sh": script})) == count


@pytest.mark.parametrize(("lock", "count"), [("package-lock.json", 0), ("pnpm-lock.yaml", 1)])
def test_a_branch_for_a_lock_file_that_is_not_there(lock: str, count: int) -> None:
    run = "RUN if [ -f package-lock.json ]; then npm ci; elif [ -f pnpm-lock.yaml ]; then npm i -g pnpm && pnpm i; fi\n"
    files = {"Dockerfile": f"FROM node:22\nCOPY package.json ./\n{run}", lock: ""}
    assert len(findings("DF409", files)) == count


def test_an_option_in_a_stage_that_nothing_uses() -> None:
    text = "FROM node:22 AS deps\nRUN npm ci --only=production\nFROM node:22\n"
    assert findings("DF213", {"Dockerfile": text}) == []
    assert len(findings("DF213", {"Dockerfile": text + "COPY --from=deps /a /a\n"})) == 1


def test_one_checksum_does_not_fit_every_architecture() -> None:
    text = "FROM alpine:3.22\nARG TARGETARCH\nADD https://a.example/x-${TARGETARCH}.apk /\nADD https://a.example/y.apk /\n"
    first, second = findings("DF307", {"Dockerfile": text})
    assert "--checksum" not in (first.help or "")
    assert "--checksum" in (second.help or "")


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 0),
        ({"api/pyproject.toml": "[tool.mypy]\n"}, 1),
        ({"Makefile": "check:\n\tmypy api\n"}, 1),
        ({"api/.mypy_cache/x": ""}, 1),
    ],
)
def test_a_cache_of_a_tool_that_is_named(files: dict[str, str], count: int) -> None:
    files = {"api/pyproject.toml": "[project]\n", "Dockerfile": _COPIES, **files}
    assert len(findings("DI005", {**files, ".dockerignore": ".mypy_cache\n"})) == count


def test_an_argument_without_a_default_is_asked_for() -> None:
    assert counts("DF106", {"Dockerfile": "ARG BASE\nFROM $BASE\n"}) == (0, 1)
    assert counts("DF106", {"Dockerfile": "ARG BASE=\nFROM $BASE\n"}) == (1, 1)


def test_a_pipe_of_text_tools_is_for_stricter_presets() -> None:
    run = "RUN find /a -name x | xargs rm -f\n"
    assert counts("DF314", {"Dockerfile": f"FROM debian:trixie-slim\n{run}"}) == (0, 1)


@pytest.mark.parametrize(
    ("path", "count"),
    [("base/Dockerfile", 0), ("Dockerfile.base", 0), ("base/README.md", 1), ("api/Dockerfile", 1)],
)
def test_an_image_that_another_dockerfile_of_the_project_makes(path: str, count: int) -> None:
    text = "ARG REPO=ghcr.io/acme\nARG TAG=latest\nFROM ${REPO}/base:${TAG}\n"
    files = {"web/Dockerfile": text, path: "FROM debian:trixie-slim\n"}
    assert len(findings("DF402", files)) == count
