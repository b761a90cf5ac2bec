"""Rules across files: what a stack names against the files that exist."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pytest
from checks import LayOut, check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Severity
from composelint.linter.rulebook.selection import Selection
from snippets import diagnostics, places, reported

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
NODE = 'FROM node:24-alpine\nUSER node\nCMD ["node", "server.js"]\n'


def service(body: str, name: str = "app") -> str:
    lines = textwrap.dedent(body).strip("\n").splitlines()
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def severities(
    code: str, text: str, files: Mapping[str, str], path: str = "compose.yaml", **more: Any
) -> list[Severity]:
    return [finding.severity for finding in diagnostics(code, text, path, files, **more)]


# --- XF101 and XF102: Dockerfiles and contexts of builds


@pytest.mark.parametrize(
    ("body", "files", "expected"),
    [
        ("build: .", {}, [ERROR]),
        ("build: .", {"Dockerfile": NODE}, []),
        # BuildKit also takes the lower-case name.
        ("build: .", {"dockerfile": NODE}, []),
        ("build: {context: ., dockerfile: api/Dockerfile}", {"api/dockerfile": NODE}, []),
        ("build: {context: ., dockerfile: ./Dockerfile}", {"dockerfile": NODE}, []),
        # The other way round, and any other name, it does not.
        ("build: {context: ., dockerfile: dockerfile}", {"Dockerfile": NODE}, [ERROR]),
        ("build: {context: ., dockerfile: Api.dockerfile}", {"api.dockerfile": NODE}, [ERROR]),
        ("build: {context: ., dockerfile: DOCKERFILE}", {"dockerfile": NODE}, [ERROR]),
        ("build: ./api", {"api/Dockerfile": NODE}, []),
        ("build: {context: ., dockerfile: api/Dockerfile}", {"api/Dockerfile": NODE}, []),
        ("build: {context: api, dockerfile: api/Dockerfile}", {"api/Dockerfile": NODE}, [ERROR]),
        ("build: {context: api, dockerfile: ../Dockerfile}", {"api/x": "", "Dockerfile": NODE}, []),
        ("build: {context: ., dockerfile_inline: FROM alpine:3.22}", {}, []),
        ("build: {context: ., dockerfile: '${FILE}'}", {}, []),
        ("build: {context: ., dockerfile: '${FILE:-none}'}", {}, [ERROR]),
        ("build: https://github.com/example/app.git", {}, []),
        ("build: git@example.com:app.git", {}, []),
        ("build: ${CONTEXT}", {}, []),
        ("image: shop/app:2.1", {}, []),
        # The missing folder is a rule of its own.
        ("build: ./api", {}, []),
        # These are not expected in a clone.
        ("build: .", {".gitignore": "Dockerfile\n"}, [INFO]),
        ("build: .", {"Dockerfile.example": NODE}, [INFO]),
        ("build: ./dist", {"dist/": "", ".gitignore": "/dist/*\n"}, [INFO]),
        # A script writes them.
        ("build: .", {"build.sh": "cp docker/prod.Dockerfile Dockerfile\n"}, [INFO]),
        (
            "build: ./api",
            {"api/x": "", "Makefile": "gen:\n\tsed s/A/B/ x > api/Dockerfile\n"},
            [INFO],
        ),
        ("build: ./api", {"api/x": "", "gen.sh": 'ln -s a "$ROOT/Dockerfile"\n'}, [INFO]),
        (
            "build: ./api",
            {"api/x": "", "README.md": "cp web/Dockerfile web2/Dockerfile\n"},
            [ERROR],
        ),
        ("build: .", {"build.sh": "cp Dockerfile /tmp/x\ncat Dockerfile\n"}, [ERROR]),
        ("build: .", {"build.sh": "sed s/A/B/ x > Dockerfile.web\n"}, [ERROR]),
    ],
)
def test_dockerfile_missing(body: str, files: dict[str, str], expected: list[Severity]) -> None:
    assert severities("XF101", service(body), files) == expected


def test_a_dockerfile_for_another_project_directory() -> None:
    files = {"Dockerfile": NODE}
    (finding,) = diagnostics("XF101", service("build: ."), "deploy/compose.yaml", files)
    assert finding.severity is WARNING
    assert "(Dockerfile exists: correct only with --project-directory .)" in finding.message


def test_the_lower_case_dockerfile_is_that_of_the_service() -> None:
    text = service("build: .")
    (finding,) = diagnostics("CF210", text, files={"dockerfile": NODE}, preset="all")
    assert "and dockerfile has no HEALTHCHECK" in finding.message


def test_a_close_dockerfile_is_suggested() -> None:
    text = service("build: {context: ., dockerfile: api/Dockerfle}") + (
        "  other:\n    build: {context: ., dockerfile: api/Dockerfile}\n"
    )
    (finding,) = diagnostics("XF101", text, files={"api/Dockerfile": NODE})
    assert "did you mean api/Dockerfile?" in finding.help


@pytest.mark.parametrize(
    ("body", "files", "expected"),
    [
        ("build: ./api", {}, [ERROR]),
        ("build: ./api", {"api/": ""}, []),
        ("build: ./api", {"api": "a file"}, [ERROR]),
        ("build: {context: ., additional_contexts: {lib: ./lib}}", {}, [ERROR]),
        ("build: {context: ., additional_contexts: {lib: ./lib}}", {"lib/": ""}, []),
        ("build: {context: ., additional_contexts: {lib: docker-image://alpine:3.22}}", {}, []),
        ("build: {context: ., additional_contexts: {lib: 'https://example.com/x.git'}}", {}, []),
        ("build: /srv/app", {}, []),
        ("build: ../elsewhere", {}, []),
        ("build: ${CONTEXT}", {}, []),
        ("build: ./dist", {".gitignore": "dist/\n"}, [INFO]),
        ("build: ./dist/app", {".gitignore": "dist\n"}, [INFO]),
        ("build: ./vendor/app", {".gitmodules": '[submodule "v"]\n\tpath = vendor\n'}, [INFO]),
    ],
)
def test_context_missing(body: str, files: dict[str, str], expected: list[Severity]) -> None:
    assert severities("XF102", service(body), files) == expected


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ("build: {target: app}", "compose.vs.debug.yaml", []),
        ("build: {target: app}", "compose.yaml", [ERROR]),
        ("build: {context: ., target: app}", "compose.vs.debug.yaml", [ERROR]),
        ("build: .", "compose.vs.debug.yaml", [ERROR]),
    ],
)
def test_a_file_that_adds_to_a_build(body: str, path: str, expected: list[Severity]) -> None:
    assert severities("XF101", service(body), {}, path) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # It exists on Windows, and only there.
        ({"api/Dockerfile": NODE}, ["..\\api"]),
        ({}, ["..\\api"]),
    ],
)
def test_a_path_with_backslashes(files: dict[str, str], expected: list[str]) -> None:
    found = diagnostics("XF102", service("build: ..\\api"), "deploy/compose.yaml", files)
    assert [item.span.text for item in found] == expected
    assert [item.severity for item in found] == [WARNING if files else ERROR]
    assert found[0].help.startswith("write `../api`" if files else "create it")


def test_a_path_for_another_project_directory_is_advice() -> None:
    files = {"api/Dockerfile": NODE}
    path = "deploy/compose.yaml"
    (finding,) = diagnostics("XF102", service("build: ./api"), path, files)
    assert finding.severity is INFO
    assert finding.message.endswith("(api exists: correct only with --project-directory .)")
    assert severities("XF102", service("build: ../api"), files, path) == []


# --- XF103, XF104, XF105: targets and arguments of Dockerfiles

STAGES = "FROM node:24-alpine AS base\nARG COMMIT\nFROM base AS App\n"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("app", []),
        ("APP", []),
        ('"0"', []),
        ('"1"', []),
        ('"2"', ['"2"']),
        ("apps", ["apps"]),
        ("${T}", []),
    ],
)
def test_target_missing(target: str, expected: list[str]) -> None:
    text = service(f"build:\n  context: .\n  target: {target}")
    assert reported("XF103", text, files={"Dockerfile": STAGES}) == expected


def test_another_frontend_has_its_own_stages() -> None:
    files = {"Dockerfile": "# syntax=example/frontend\n" + STAGES}
    assert places("XF103", service("build: {context: ., target: apps}"), files=files) == []


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("{COMMIT: abc}", []),
        ("{COMMITS: abc}", ["COMMITS"]),
        ("[COMMIT=abc]", []),
        ("[COMMITS=abc, MORE=1]", ["COMMITS"]),
        ("[COMMITS]", ["COMMITS"]),
        ("{COMMITS: '${COMMITS}'}", ["COMMITS"]),
        ("[COMMITS=$COMMITS]", ["COMMITS"]),
        ("{HTTP_PROXY: x, no_proxy: y}", []),
        ("{TARGETARCH: arm64, BUILDKIT_INLINE_CACHE: 1, SOURCE_DATE_EPOCH: 0}", []),
        ("[BUILDOSVERSION=1, TARGETOSVERSION=1, TARGETSTAGE=base]", []),
        ("{DOCKER_BUILDKIT: 1}", ["DOCKER_BUILDKIT"]),
        ("{}", []),
    ],
)
def test_unknown_build_arg(args: str, expected: list[str]) -> None:
    text = service(f"build:\n  context: .\n  args: {args}")
    assert reported("XF104", text, files={"Dockerfile": STAGES}) == expected


def test_arguments_that_services_share_are_left_alone() -> None:
    text = "x-args: &args\n  COMMIT: abc\n  OTHER: 1\n" + service(
        "build:\n  context: .\n  args:\n    <<: *args"
    )
    assert places("XF104", text, files={"Dockerfile": STAGES}) == []


@pytest.mark.parametrize(
    ("dockerfile", "args", "expected"),
    [
        ("ARG V\nFROM node:$V\n", "", ["build"]),
        ("ARG V\nFROM node:${V}-alpine\n", "", ["build"]),
        ("ARG V\nFROM node:${V:-24}\n", "", []),
        ("ARG V=24\nFROM node:$V\n", "", []),
        ("ARG V\nFROM node:$V\n", "  args: {V: 24}\n", []),
        ("ARG V\nFROM node:$V\n", "  args: [V]\n", []),
        ("ARG V\nFROM node:$V\n", "  args: {V: '${V}'}\n", []),
        ("ARG TARGETARCH\nFROM node:24-$TARGETARCH\n", "", []),
        # A stage that is not built, an argument that may be empty.
        ("ARG V\nFROM node:$V AS other\nFROM node:24\n", "", []),
        ("FROM node:24\nARG TOKEN\nRUN echo $TOKEN\n", "", []),
    ],
)
def test_required_arg_missing(dockerfile: str, args: str, expected: list[str]) -> None:
    text = service(f"build:\n  context: .\n{args}")
    assert reported("XF105", text, files={"Dockerfile": dockerfile}) == expected


# --- XF106: ports


@pytest.mark.parametrize(
    ("body", "dockerfile", "expected"),
    [
        ("image: nginx:1.29\nports: ['8080:80']", "", False),
        ("image: nginx:1.29\nports: ['8080:8080']", "", True),
        ("image: nginx:1.29\nports: ['8080:8080']\nvolumes: ['./c:/etc/nginx/conf.d']", "", False),
        ("image: redis:7.4\nports: ['6380:6380']\ncommand: --port 6380", "", False),
        ("image: grafana/grafana:12.1.0\nports: ['3001:3001']\nenvironment: {GF_SERVER_HTTP_PORT: 3001}", "", False),
        ("image: shop/app:2.1\nports: ['1:1']", "", False),
        ("image: nginx:${TAG}\nports: ['8080:8080']", "", True),
        ("build: .\nports: ['8080:3000']", NODE + "EXPOSE 3000\n", False),
        ("build: .\nports: ['8080:8080']", NODE + "EXPOSE 3000\n", True),
        ("build: .\nports: ['8080:8080']", NODE + "ENV PORT=8080\nEXPOSE $PORT\n", False),
        ("build: .\nports: ['8080:8080']", NODE, False),
        ("build: .\nports: ['8080:8080']\nexpose: [8080]", NODE + "EXPOSE 3000\n", True),
        ("build: .\nports: ['${PORT}:8080']", NODE + "EXPOSE 3000\n", False),
    ],
)  # fmt: skip
def test_port_mismatch(body: str, dockerfile: str, expected: bool) -> None:
    files = {"Dockerfile": dockerfile} if dockerfile else {}
    assert len(places("XF106", service(body), files=files)) == expected


# --- XF107: mounts


@pytest.mark.parametrize(
    ("volume", "files", "expected"),
    [
        ("./nginx.conf:/etc/nginx/nginx.conf", {}, [WARNING]),
        ("./nginx.conf:/etc/nginx/nginx.conf:ro", {"nginx.conf": ""}, []),
        ("./init.sql:/docker-entrypoint-initdb.d/", {}, [WARNING]),
        ("./Caddyfile:/etc/caddy/Caddyfile", {}, [WARNING]),
        ("./site:/usr/share/nginx/html:ro", {}, [WARNING]),
        ("./conf.d:/etc/nginx/conf.d:ro", {}, [WARNING]),
        # Docker makes the folder, and the service fills it.
        ("./data:/var/lib/data", {}, []),
        ("./conf.d:/etc/nginx/conf.d", {}, []),
        ("{type: bind, source: ./data, target: /data, bind: {create_host_path: false}}", {}, [WARNING]),
        ("{type: bind, source: ./data, target: /data}", {}, []),
        ("data:/data", {}, []),
        ("/etc/localtime:/etc/localtime:ro", {}, []),
        ("~/.ssh/config.json:/x.json", {}, []),
        ("../outside.conf:/x.conf", {}, []),
        ("${CONF}:/x.conf", {}, []),
        ("./nginx.conf:/etc/nginx/nginx.conf", {".gitignore": "*.conf\n"}, [INFO]),
        ("./nginx.conf:/etc/nginx/nginx.conf", {"nginx.conf.example": ""}, [INFO]),
        ("./nginx.conf:/etc/nginx/nginx.conf", {"nginx.example.conf": ""}, [INFO]),
        ("./certs:/certs:ro", {".gitignore": "certs/\n"}, [INFO]),
    ],
)  # fmt: skip
def test_bind_source_missing(volume: str, files: dict[str, str], expected: list[Severity]) -> None:
    text = service(f"image: shop/app:2.1\nvolumes:\n  - {volume}") + "volumes:\n  data:\n"
    assert severities("XF107", text, files) == expected


# --- XF108: sources of COPY


@pytest.mark.parametrize(
    ("line", "files", "expected"),
    [
        ("COPY server.js .", {}, [ERROR]),
        ("COPY server.js .", {"server.js": ""}, []),
        ("COPY server.js other.js ./", {"server.js": ""}, [ERROR]),
        ("COPY ./src/ .", {"src/a.js": ""}, []),
        ("COPY . .", {}, []),
        ("COPY /server.js .", {"server.js": ""}, []),
        ("COPY ../server.js .", {"server.js": ""}, []),
        ("ADD app.tar.gz /", {}, [ERROR]),
        # Not from the context, or not certain.
        ("COPY --from=other /x /y", {}, []),
        ("ADD https://example.com/x /x", {}, []),
        ("COPY package*.json ./", {}, []),
        ("COPY <<EOF /x\nhello\nEOF", {}, []),
        ("ARG F=server.js\nCOPY $F .", {}, [ERROR]),
        ("ARG F=https://example.com/server.js\nADD $F .", {}, []),
        ("ARG H=https://example.com\nADD ${H}/server.js .", {}, []),
        ("ARG H=example.com\nADD https://$H/server.js .", {}, []),
        ("ARG F\nCOPY $F .", {}, []),
        # The ignore file has a rule of its own; build output is in no clone.
        ("COPY server.js .", {".dockerignore": "server.js\n"}, []),
        ("COPY dist ./dist", {".gitignore": "dist\n"}, [INFO]),
        ("COPY app.jar .", {".gitignore": "*.jar\n"}, [INFO]),
    ],
)
def test_copy_source_missing(line: str, files: dict[str, str], expected: list[Severity]) -> None:
    dockerfile = f"FROM node:24-alpine\nWORKDIR /app\n{line}\n"
    text = service("build: .")
    more = {**files, "compose.yaml": text}
    assert severities("XF108", dockerfile, more, "Dockerfile") == expected


def test_the_context_is_that_of_the_stack() -> None:
    files = {"compose.yaml": service("build: {context: ., dockerfile: api/Dockerfile}")}
    dockerfile = "FROM node:24-alpine\nCOPY server.js .\n"
    assert severities("XF108", dockerfile, {**files, "server.js": ""}, "api/Dockerfile") == []
    beside = {**files, "api/server.js": ""}
    assert severities("XF108", dockerfile, beside, "api/Dockerfile") == [ERROR]


def test_stages_that_the_target_does_not_need_are_left_alone() -> None:
    dockerfile = "FROM node:24 AS tools\nCOPY tools.sh /\nFROM node:24 AS app\nCOPY app.js /\n"
    files = {"app.js": "", "compose.yaml": service("build: {context: ., target: app}")}
    assert severities("XF108", dockerfile, files, "Dockerfile") == []


def test_a_passed_argument_may_name_another_file() -> None:
    dockerfile = "FROM node:24\nARG F=server.js\nCOPY $F /\n"
    files = {"compose.yaml": service("build: {context: ., args: {F: other.js}}")}
    assert severities("XF108", dockerfile, files, "Dockerfile") == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"api/package.json": ""}, [WARNING]),
        ({"api/package.json": "", "api/server.js": ""}, []),
        ({"api/package.json": "", "server.js": ""}, []),
        # None of its sources exists: the context is another folder.
        ({}, []),
    ],
)
def test_without_a_stack_the_context_is_a_guess(
    files: dict[str, str], expected: list[Severity]
) -> None:
    dockerfile = "FROM node:24\nCOPY package.json server.js /app/\n"
    assert severities("XF108", dockerfile, files, "api/Dockerfile") == expected


# --- XF109, XF112: mounts against the image

BUILT = "FROM node:24-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\nUSER node\n"


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        (".:/app", True),
        ("./src:/app", True),
        (".:/", False),
        ("./config:/app/config", False),
        ("data:/app", False),
        ("./certs:/etc/ssl", False),
    ],
)
def test_mount_hides_build(volume: str, expected: bool) -> None:
    text = service(f"build: .\nvolumes: ['{volume}']") + "volumes:\n  data:\n"
    files = {"Dockerfile": BUILT}
    assert len(places("XF109", text, files=files, preset="production")) == expected
    # Usual in a stack for development.
    assert places("XF109", text, "compose.dev.yaml", files, preset="production") == []


@pytest.mark.parametrize(
    ("dockerfile", "volume", "expected"),
    [
        ("USER node", "data:/data", True),
        ("USER node", "data:/data:ro", False),
        ("USER node", "./data:/data", False),
        ("USER root", "data:/data", False),
        ("USER 0:0", "data:/data", False),
        ("USER $APP_USER", "data:/data", False),
        ("RUN mkdir /data && chown node /data\nUSER node", "data:/data", False),
        ("RUN mkdir -p /srv/app && chown -R node /srv\nUSER node", "data:/srv/app/data", False),
        ("RUN mkdir /data\nUSER node", "data:/data", True),
        ("COPY --chown=node . /data\nUSER node", "data:/data", False),
        ("RUN ./setup.sh\nUSER node", "data:/data", False),
        ("USER node\nWORKDIR /data", "data:/data", False),
        ("USER node\nRUN mkdir -p /home/node/data", "data:/home/node/data", False),
    ],
)
def test_user_cannot_write(dockerfile: str, volume: str, expected: bool) -> None:
    text = service(f"build: .\nvolumes: ['{volume}']") + "volumes:\n  data:\n"
    files = {"Dockerfile": f"FROM node:24-alpine\n{dockerfile}\n"}
    assert len(places("XF112", text, files=files, preset="production")) == expected


def test_a_user_set_by_the_service_counts() -> None:
    text = service("build: .\nuser: root\nvolumes: ['data:/data']") + "volumes:\n  data:\n"
    files = {"Dockerfile": "FROM node:24-alpine\nUSER node\n"}
    assert places("XF112", text, files=files, preset="production") == []


# --- XF110, XF111: files that services read


@pytest.mark.parametrize(
    ("env_file", "files", "expected"),
    [
        ("app.env", {}, [ERROR]),
        ("app.env", {"app.env": "A=1\n"}, []),
        ("{path: app.env, required: false}", {}, []),
        ("${FILE}", {}, []),
        (".env", {".env.example": "A=\n"}, [INFO]),
        (".env", {"env.example": "A=\n"}, [INFO]),
        (".env", {".gitignore": ".env\n"}, [INFO]),
        (".env", {}, [ERROR]),
        ("app.env", {"app.env.sample": "A=\n"}, [INFO]),
        ("app.env", {"example.env": "A=\n"}, [INFO]),
        ("stack.env", {}, [INFO]),
        ("settings/app.env", {"settings/.gitignore": "*\n"}, [INFO]),
    ],
)
def test_env_file_missing(env_file: str, files: dict[str, str], expected: list[Severity]) -> None:
    text = service(f"image: shop/app:2.1\nenv_file:\n  - {env_file}")
    assert severities("XF110", text, files) == expected


def test_services_of_other_profiles_are_not_read() -> None:
    text = service("image: shop/app:2.1\nprofiles: [x]\nenv_file: app.env")
    assert severities("XF110", text, {}) == []


def test_a_missing_file_is_reported_once() -> None:
    text = service("image: shop/app:2.1\nenv_file: shop.env") + (
        "  two:\n    image: shop/two:1\n    env_file: shop.env\n"
    )
    (finding,) = diagnostics("XF110", text)
    assert 'services "app" and "two" read it' in finding.message
    assert len(finding.related) == 1


def test_the_template_is_named() -> None:
    text = service("image: shop/app:2.1\nenv_file: .env")
    (finding,) = diagnostics("XF110", text, files={".env.example": "A=\n"})
    assert finding.help == "copy .env.example to .env"


@pytest.mark.parametrize(
    ("secret", "used", "files", "expected"),
    [
        ("file: ./token.txt", True, {}, [WARNING]),
        ("file: ./token.txt", True, {"token.txt": ""}, []),
        ("file: ./token.txt", False, {}, []),
        ("file: /run/token.txt", True, {}, []),
        ("environment: TOKEN", True, {}, []),
        ("file: ./secrets/token.txt", True, {".gitignore": "secrets/\n"}, [INFO]),
        ("file: ./token.txt", True, {"token.txt.example": ""}, [INFO]),
    ],
)
def test_secret_file_missing(
    secret: str, used: bool, files: dict[str, str], expected: list[Severity]
) -> None:
    uses = "\nsecrets: [token]" if used else ""
    text = service("image: shop/app:2.1" + uses) + f"secrets:\n  token:\n    {secret}\n"
    assert severities("XF111", text, files) == expected


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("DOCKER_BUILDKIT", "delete it: it belongs in the shell that runs docker"),
        ("COMPOSE_DOCKER_CLI_BUILD", "delete it: it belongs in the shell that runs docker"),
        ("DOCKER_IMAGE_NAME", "declare it: `ARG DOCKER_IMAGE_NAME`"),
    ],
)
def test_variables_of_the_command_line_are_no_build_arguments(name: str, advice: str) -> None:
    text = f"services:\n  app:\n    build:\n      context: .\n      args:\n        {name}: 1\n"
    [finding] = diagnostics("XF104", text, files={"Dockerfile": "FROM nginx:1.30\n"})
    assert finding.help == advice


@pytest.mark.parametrize(
    ("files", "is_reported"),
    [
        ({}, True),
        ({"deploy/README.md": "git clone https://example.org/acme/shop api\n"}, False),
        ({"deploy/up.sh": 'rsync -a \\\n  "$ROOT/api/" "me@host:~/app/api/"\n'}, False),
        ({"deploy/README.md": "cp api/.env.example api/.env\n"}, True),
        ({"deploy/README.md": "The api is built from api\n"}, True),
        ({"deploy/README.md": "git clone https://example.org/acme/shop\n"}, True),
    ],
)
def test_a_folder_that_is_put_beside_the_stack(files: dict[str, str], is_reported: bool) -> None:
    text = service("build: ./api")
    assert bool(diagnostics("XF102", text, "deploy/compose.yaml", files)) is is_reported
    header = "# ├── api/   <- git clone of this repository\n"
    assert not diagnostics("XF102", header + text, "deploy/compose.yaml", files)


@pytest.mark.parametrize(
    ("mount", "severity", "has_hint"),
    [("./Caddyfile", Severity.WARNING, False), ("/etc/hosts", Severity.INFO, True)],
)
def test_another_project_directory_is_no_advice_where_it_breaks_a_path(
    mount: str, severity: Severity, has_hint: bool
) -> None:
    text = service(f"build: ./api\nvolumes: ['{mount}:/x']")
    files = {"api/Dockerfile": "FROM nginx:1.30\n", "deploy/Caddyfile": ""}
    [finding] = diagnostics("XF102", text, "deploy/compose.yaml", files)
    assert finding.severity is severity
    assert ("--project-directory" in finding.message) is has_hint


@pytest.mark.parametrize(
    ("working", "named"),
    [
        (".", "demo/shop/README.md"),
        ("demo", "shop/README.md"),
        ("demo/shop", "README.md"),
        ("docs", None),
    ],
)
def test_documents_are_named_from_the_working_folder(
    lay_out: LayOut, monkeypatch: pytest.MonkeyPatch, working: str, named: str | None
) -> None:
    root = lay_out(
        {
            ".git/config": "",
            "demo/shop/compose.yaml": service(
                "image: nginx:1.30\nvolumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']"
            ),
            "demo/shop/README.md": "`touch nginx.conf` comes first\n",
            "docs/compose.yaml": service("image: a\nvolumes: ['./shop.json:/shop.json:ro']"),
        }
    )
    monkeypatch.chdir(root / working)
    result = check_paths(["."], Settings(selection=Selection(select=["XF107"])))
    messages = [item.message for item in result.reported]
    assert any(f"({named} creates it)" in message for message in messages) is (named is not None)
    assert not any("../" in message for message in messages)
