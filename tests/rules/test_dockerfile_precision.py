"""Dockerfiles that are right although they look otherwise: a table of both sides for each rule."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Applicability, Diagnostic, Severity
from snippets import diagnostics, fixed, places

ALPINE = "FROM alpine:3.22\n"
DEBIAN = "FROM debian:trixie-slim\n"
PYTHON = "FROM python:3.13-slim\n"
RUBY = "FROM ruby:3.4-slim\n"
SUM = "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d"
URL = "https://example.com/dl/tool.tar.gz"


def reported(code: str, text: str, files: dict[str, str] | None = None) -> list[str]:
    """The texts of the places that a rule reports in a Dockerfile."""
    return [span for _, span in places(code, text, "Dockerfile", files)]


def only(code: str, text: str, files: dict[str, str] | None = None) -> Diagnostic:
    """The one finding of a rule in a Dockerfile."""
    (finding,) = diagnostics(code, text, "Dockerfile", files)
    return finding


# --- unverified-download: what a RUN checks itself

VERIFIED = [
    f'RUN curl -kfsSLo tool.tar.gz {URL} && echo "{SUM}  tool.tar.gz" | sha256sum -c -\n',
    f'RUN curl -kfsSLO {URL} && echo "{SUM}  tool.tar.gz" | sha256sum --check\n',
    f'RUN wget --no-check-certificate -O /tmp/t {URL} && echo "{SUM} */tmp/t" | shasum -a 256 -c\n',
    f"RUN wget --no-check-certificate {URL} && sha512sum -c <<EOF\n{SUM}  tool.tar.gz\nEOF\n",
    f"RUN curl -k -o t {URL}\nRUN echo '{SUM}  t' | sha256sum -c\n",
    f"RUN curl -k -O {URL} -O {URL}.sha256 && sha256sum -c tool.tar.gz.sha256\n",
    f'RUN curl -k -o t {URL} && [ "$(sha256sum t | cut -d" " -f1)" = "{SUM}" ]\n',
    f"RUN curl -k {URL} > t && gpg --batch --verify t.asc t\n",
    f"RUN curl -ko t {URL} && cosign verify-blob --key k.pub --signature t.sig t\n",
    f"RUN curl -ko t {URL} && minisign -Vm t -P RWQf6LRC\n",
    f"RUN curl -k {URL} | tee t && sha256sum -c t.sums\n",
    f'ARG F=tool\nRUN curl -k -o "$F" {URL} && echo "{SUM}  $F" | sha256sum -c\n',
    "RUN gpg --verify a.sig a.apk && apk add --no-cache --allow-untrusted a.apk\n",
    "RUN gpg --verify a.sig a.apk && apk add --no-cache --allow-untrusted a.apk other\n",
    f"RUN echo '{SUM}  a.apk' | sha256sum -c && apk add -t .d --allow-untrusted curl ./a.apk\n",
    f"RUN echo '{SUM}  /a.rpm' | sha256sum -c && dnf install -y --nogpgcheck /a.rpm other\n",
    'ARG V\nRUN gpg --verify "a-$V.sig" "a-$V.apk" && apk add --allow-untrusted "a-$V.apk" other\n',
    f"RUN echo '{SUM}  /tmp/a.rpm' | sha256sum -c && rpm -i --nosignature /tmp/a.rpm\n",
    "COPY requirements.txt /\nRUN pip install --trusted-host pypi.example.com --require-hashes -r /requirements.txt\n",
    f"ADD {URL} /tmp/\nRUN echo '{SUM}  /tmp/tool.tar.gz' | sha256sum -c\n",
    f"ADD {URL} /tmp/t\nRUN cd /tmp && gpg --verify t.asc t\n",
]
UNVERIFIED = [
    f"RUN curl -kfsSLo tool.tar.gz {URL}\n",
    f"RUN curl -kfsSLo tool.tar.gz {URL} && sha256sum tool.tar.gz\n",
    f"RUN curl -k {URL} | tar xz && echo '{SUM}  other' | sha256sum -c\n",
    f"RUN curl -ko a {URL} && curl -fo bb {URL} && echo '{SUM}  bb' | sha256sum -c\n",
    f"RUN curl -ko t {URL} && gpg --import key.asc\n",
    "RUN gpg --verify b.sig b.apk && apk add --no-cache --allow-untrusted a.apk\n",
    "RUN gpg --verify b.sig b.apk && apk add --no-cache --allow-untrusted a.apk b.apk other\n",
    "RUN gpg --verify b.sig b.apk && apk add --no-cache --allow-untrusted other\n",
    "RUN gpg --verify a.sig a.apk && apk add --allow-untrusted a.apk https://a.example/b.apk\n",
    "RUN gpg --verify a.sig a.apk && apk add --allow-untrusted a.apk $MORE\n",
    "RUN gpg --verify a.sig a.deb && apt-get install -y --allow-unauthenticated ./a.deb jq\n",
    f"RUN echo '{SUM}  x' | sha256sum -c && apt-get install -y --allow-unauthenticated jq\n",
    f"RUN echo '{SUM}  t' | sha256sum -c t\nADD {URL} /tmp/t\n",
]


@pytest.mark.parametrize("text", VERIFIED)
def test_a_download_that_a_run_verifies(text: str) -> None:
    assert reported("DF307", DEBIAN + text) == []


@pytest.mark.parametrize("text", UNVERIFIED)
def test_a_download_that_nothing_verifies(text: str) -> None:
    assert len(reported("DF307", DEBIAN + text)) == 1


# --- unpinned-pip, unpinned-gem: what is no package

NO_PACKAGE = [
    ("DF408", "RUN uv pip install --python-preference system -r r.txt\n"),
    ("DF408", "RUN uv pip install --system --torch-backend cpu -r r.txt\n"),
    ("DF408", "RUN pip install --some-new-option value -r r.txt\n"),
    ("DF408", "RUN pip install --some-new-option=value flask==3.1.2\n"),
    ("DF410", "RUN gem install x:1.0 -- --use-system-libraries\n"),
    ("DF410", "RUN gem install nokogiri:1.18 -- --with-xml2-dir /usr/local\n"),
    ("DF410", "RUN gem install --new-option value x:1.0\n"),
]
PACKAGES = [
    ("DF408", "RUN uv pip install --system flask\n", "flask"),
    ("DF408", "RUN uv pip install --python-preference system flask\n", "flask"),
    ("DF408", "RUN pip install --no-cache-dir --upgrade flask\n", "flask"),
    ("DF408", "RUN pip install --some-new-option=value flask\n", "flask"),
    ("DF408", "RUN pip install --some-new-option value flask\n", "flask"),
    ("DF410", "RUN gem install foreman -- --use-system-libraries\n", "foreman"),
    ("DF410", "RUN gem install --no-document foreman\n", "foreman"),
]


@pytest.mark.parametrize(("code", "text"), NO_PACKAGE)
def test_the_value_of_an_option_is_no_package(code: str, text: str) -> None:
    assert reported(code, PYTHON + text) == []


@pytest.mark.parametrize(("code", "text", "package"), PACKAGES)
def test_a_package_behind_options(code: str, text: str, package: str) -> None:
    assert reported(code, PYTHON + text) == [package]


def test_the_message_names_uv_pip() -> None:
    finding = only("DF408", PYTHON + "RUN uv pip install --system flask\n")
    assert finding.message.startswith("`uv pip install` installs")


# --- cd-not-workdir: into a mount

IN_MOUNT = [
    "RUN --mount=type=bind,target=/tmp/src cd /tmp/src && make\n",
    "RUN --mount=target=/src cd /src/app && make\n",
    "RUN --mount=type=cache,target=/var/cache/x cd /var/cache/x && make\n",
    "WORKDIR /a\nRUN --mount=type=bind,target=src cd src && make\n",
    "ARG D=/src\nRUN --mount=type=bind,target=$D cd /src && make\n",
]
NOT_IN_MOUNT = [
    "RUN --mount=type=cache,target=/root/.cache cd /src && make\n",
    "RUN --mount=type=bind,target=/tmp/src cd /tmp && make\n",
    "RUN --mount=type=secret,id=token cd /src && make\n",
]


@pytest.mark.parametrize("text", IN_MOUNT)
def test_cd_into_a_mount(text: str) -> None:
    assert reported("DF907", DEBIAN + text) == []


@pytest.mark.parametrize("text", NOT_IN_MOUNT)
def test_cd_beside_a_mount(text: str) -> None:
    assert len(reported("DF907", DEBIAN + text)) == 1


# --- unknown-stage, unused-stage: what bake files and Compose pass

TAKES = "FROM debian:trixie-slim AS base\nFROM base\nCOPY --from=assets /a /a\n"
COMPOSE = "services:\n  app:\n    build:\n      context: .\n"
BRINGS = [
    {"docker-bake.hcl": 'target "app" {\n  contexts = {\n    assets = "target:web"\n  }\n}\n'},
    {"docker-bake.hcl": 'target "app" { contexts = { "assets" = "./web" } }\n'},
    {"docker-bake.json": '{"target": {"app": {"contexts": {"assets": "target:web"}}}}'},
    {
        "docker-bake.hcl": 'target "a" {\n  contexts = {\n    x = "${y}/z"\n    assets = "z"\n  }\n}\n'
    },
    {"compose.yaml": COMPOSE + "      additional_contexts:\n        assets: ./web\n", "web/a": ""},
    {"compose.yaml": COMPOSE + "      additional_contexts: [assets=./web]\n", "web/a": ""},
]
DOES_NOT_BRING = [
    {"docker-bake.hcl": '# contexts = { assets = "x" }\n'},
    {"docker-bake.hcl": 'target "app" {\n  contexts = {\n    other = "target:web"\n  }\n}\n'},
    {"docker-bake.hcl": 'target "assets" {}\n'},
    {"docker-bake.hcl": "{" * 300_000},
]


@pytest.mark.parametrize("files", BRINGS)
def test_a_stage_that_another_file_brings(files: dict[str, str]) -> None:
    assert reported("DF103", TAKES, files) == []


@pytest.mark.parametrize("files", DOES_NOT_BRING, ids=range(len(DOES_NOT_BRING)))
def test_a_stage_that_no_file_brings(files: dict[str, str]) -> None:
    assert reported("DF103", TAKES, {**files, "compose.yaml": COMPOSE}) == ["assets"]
    # Without a stack that builds it, anybody may pass a context of that name.
    assert reported("DF103", TAKES, files) == []
    assert reported("DF103", TAKES.replace("assets", "busybox"), files) == ["busybox"]
    assert reported("DF103", TAKES.replace("assets", "bsae"), files) == ["bsae"]


def test_a_bake_file_in_the_root_counts() -> None:
    bake = 'target "app" {\n  contexts = { assets = "target:web" }\n}\n'
    assert places("DF103", TAKES, "images/app/Dockerfile", {"docker-bake.hcl": bake}) == []


CHOOSES = "ARG S=builder\nFROM alpine:3.22 AS builder\nFROM alpine:3.22 AS other-build\nFROM ${S}\n"
USED = [
    (CHOOSES, {}),
    ("ARG S=build\nFROM alpine:3.22 AS build\nFROM ${S}-x AS y\nFROM $S\n", {}),
    (
        "ARG S=a:1\nFROM alpine:3.22 AS build\nFROM $S\n",
        {"compose.yaml": COMPOSE + "      args:\n        S: build\n"},
    ),
    (
        "ARG S=a:1\nFROM alpine:3.22 AS build\nFROM $S\n",
        {"compose.yaml": COMPOSE + "      args: [S=build]\n"},
    ),
    (
        "ARG S=a:1\nFROM alpine:3.22 AS build\nFROM $S\n",
        {"docker-bake.hcl": 'target "x" {\n  args = {\n    S = "build"\n  }\n}\n'},
    ),
    (
        "FROM alpine:3.22 AS build\nFROM alpine:3.22\n",
        {"docker-bake.hcl": 'target "x" {\n  target = "build"\n}\n'},
    ),
]
UNUSED = [
    ("ARG S=alpine:3.22\nFROM alpine:3.22 AS build\nFROM $S\n", {}),
    (
        "ARG S=a:1\nFROM alpine:3.22 AS build\nFROM $S\n",
        {"compose.yaml": COMPOSE + "      args:\n        S: other\n"},
    ),
    (
        "FROM alpine:3.22 AS build\nFROM alpine:3.22\n",
        {"docker-bake.hcl": 'target "x" {\n  target = "other"\n}\n'},
    ),
]


@pytest.mark.parametrize(("text", "files"), USED)
def test_a_stage_that_an_argument_chooses(text: str, files: dict[str, str]) -> None:
    assert reported("DF118", text, files) == []


@pytest.mark.parametrize(("text", "files"), UNUSED)
def test_a_stage_that_no_argument_chooses(text: str, files: dict[str, str]) -> None:
    assert reported("DF118", text, files) == ["build"]


# --- chown-layer: COPY gives its files to root


CHOWN = [
    (
        "COPY app/ /app/\nRUN chown -R root:www-data /app\n",
        "set the owner when copying: `COPY --chown=root:www-data`",
    ),
    (
        "RUN useradd app\nCOPY app/ /app/\nRUN chown -R app /app\n",
        "set the owner when copying: `COPY --chown=app`",
    ),
    (
        "COPY app/ /app/\nRUN useradd app && chown -R app: /app\n",
        "create the user above that line, and copy with `--chown=app:`",
    ),
]


@pytest.mark.parametrize(("text", "help"), CHOWN)
def test_chown_layer_advice(text: str, help: str) -> None:
    assert only("DF215", DEBIAN + text).help == help


@pytest.mark.parametrize("owner", ["root", "root:root", "0:0", "0"])
def test_a_change_to_root_is_for_other_files(owner: str) -> None:
    text = f"COPY app/ /app/lib/\nRUN curl -f https://example.com/a.tgz | tar xzC /app && chown -R {owner} /app\n"
    assert reported("DF215", DEBIAN + text) == []


# --- relative-workdir: a Windows path in quotes


@pytest.mark.parametrize("path", ['"C:\\"', "'C:\\app'", '"C:\\app"', "C:\\app", '"/srv"'])
def test_an_absolute_workdir(path: str) -> None:
    assert (
        reported("DF111", f"FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nWORKDIR {path}\n")
        == []
    )


def test_a_relative_workdir_in_quotes() -> None:
    assert reported("DF111", DEBIAN + 'WORKDIR "app"\n') == ['"app"']


# --- legacy-key-value: blanks around =

BLANKS = [
    ('LABEL maintainer = "x"\n', 'LABEL maintainer="x"\n'),
    ("LABEL maintainer = x\n", "LABEL maintainer=x\n"),
    ("ENV A = 1\n", "ENV A=1\n"),
    ("ENV A =1\n", "ENV A=1\n"),
    # Which blanks separate and which belong to a value is for people to say.
    ('LABEL a = "x" b = "y"\n', 'LABEL a = "x" b = "y"\n'),
    ("LABEL a = b c\n", "LABEL a = b c\n"),
]


@pytest.mark.parametrize(("text", "result"), BLANKS)
def test_blanks_around_equals(text: str, result: str) -> None:
    finding = only("DF905", ALPINE + text)
    assert "gets a value that begins with =" in finding.message
    assert finding.fix is None or finding.fix.applicability is Applicability.UNSAFE
    assert fixed("DF905", ALPINE + text, "Dockerfile") == ALPINE + result


# --- what ends up in the image: judged by stages

BUILD = "FROM node:22-alpine AS build\nWORKDIR /app\n"
RUNS = "FROM node:22-alpine\nWORKDIR /srv\n"
TOKEN = "ARG NPM_TOKEN\n"

IN_IMAGE = [
    # What the stages of the image are made of, or what a COPY --from takes along.
    BUILD + "COPY {} .\n",
    BUILD + "COPY {} .\nFROM build\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /app .\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /app/ ./\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=0 /app /srv\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build / /\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /app/.* /srv/\n",
    BUILD
    + "ENV D=/app\nCOPY {} .\n"
    + "ENV D=/app\n"
    + RUNS
    + "ENV D=/app\nCOPY --from=build $D .\n",
    BUILD + "COPY {} .\nFROM build AS two\nRUN x\n" + RUNS + "COPY --from=two /app .\n",
    BUILD
    + "COPY {} .\nFROM scratch AS two\nCOPY --from=build /app /two\n"
    + RUNS
    + "COPY --from=two /two .\n",
]
NOT_IN_IMAGE = [
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /app/dist ./dist\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /app/*.js ./\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build /application ./\n",
    BUILD + "COPY {} .\n" + RUNS + "RUN --mount=from=build,target=/b cp /b/app/dist/x /\n",
    BUILD + "COPY {} .\nRUN rm -rf .git .env\n" + RUNS + "COPY --from=build /app ./\n",
    BUILD
    + "COPY {} .\nFROM scratch AS two\nCOPY --from=build /app /two\n"
    + RUNS
    + "COPY --from=two /app .\n",
    "FROM node:22-alpine AS build\nCOPY {} .\n" + RUNS + "COPY --from=build /app ./\n",
    BUILD + "COPY {} .\n" + RUNS + "COPY --from=build $UNKNOWN ./\n",
]
CONTEXT = {
    "package.json": "{}\n",
    "main.js": "\n",
    ".env": "DB_PASSWORD=Zx81-spectrum\n",
    ".git/HEAD": "ref: x\n",
}


@pytest.mark.parametrize("text", IN_IMAGE)
def test_what_ends_up_in_the_image(text: str) -> None:
    files = {**CONTEXT, "Dockerfile": text.format("."), ".dockerignore": "node_modules\n"}
    (history,) = diagnostics("DI003", files[".dockerignore"], ".dockerignore", files)
    assert history.severity is Severity.WARNING
    assert "into the image" in history.message
    (secrets,) = diagnostics("DI002", files[".dockerignore"], ".dockerignore", files)
    assert "puts .env into the image" in secrets.message
    assert reported("DF305", text.format(".env"), {}) == [".env"]


@pytest.mark.parametrize("text", NOT_IN_IMAGE)
def test_what_does_not_end_up_in_the_image(text: str) -> None:
    files = {**CONTEXT, "Dockerfile": text.format("."), ".dockerignore": "node_modules\n"}
    (history,) = diagnostics("DI003", files[".dockerignore"], ".dockerignore", files)
    assert history.severity is Severity.INFO
    assert "image" not in history.message
    assert diagnostics("DI002", files[".dockerignore"], ".dockerignore", files) == []
    assert reported("DF305", text.format(".env"), {}) == []


BAKE = {"docker-bake.hcl": 'target "x" {\n  target = "build"\n}\n'}
TESTS = {"docker-bake.hcl": 'target "x" {\n  target = "build-test"\n}\n'}
ARGUMENTS = [
    (BUILD + TOKEN, {}, Severity.WARNING),
    (BUILD + TOKEN + "FROM build\n", {}, Severity.WARNING),
    (BUILD + TOKEN + RUNS + "COPY --from=build /app/dist .\n", {}, Severity.INFO),
    (BUILD + TOKEN + RUNS + "COPY --from=build / /\n", {}, Severity.INFO),
    (BUILD + TOKEN + RUNS, BAKE, Severity.WARNING),
    (BUILD.replace("build", "build-test") + TOKEN + RUNS, TESTS, Severity.INFO),
    (BUILD + TOKEN + RUNS, {"compose.yaml": COMPOSE + "      target: build\n"}, Severity.WARNING),
    (TOKEN + RUNS, {}, Severity.INFO),
    (TOKEN + BUILD + TOKEN, {}, Severity.WARNING),
    # What is written in the file is readable wherever the file is.
    (BUILD + "ENV NPM_TOKEN=Zx81-spectrum\n" + RUNS, {}, Severity.WARNING),
]


@pytest.mark.parametrize(("text", "files", "severity"), ARGUMENTS)
def test_a_secret_of_the_build_by_stage(
    text: str, files: dict[str, str], severity: Severity
) -> None:
    finding = only("DF304", text, files)
    assert finding.severity is severity
    in_image = severity is Severity.WARNING and "Zx81" not in text
    assert ("who has the image" in finding.message) is in_image


# --- builds that ask git

ASKS_GIT = [
    ("RUN git describe --tags > v\n", {}),
    ("RUN go build -buildvcs=true ./...\n", {}),
    ("RUN make\n", {"Makefile": "V := $(shell git rev-parse HEAD)\n"}),
    ("RUN ./scripts/build.sh\n", {"scripts/build.sh": "V=$(git -C . describe --tags)\n"}),
    ("RUN pip install .\n", {"pyproject.toml": '[build-system]\nrequires = ["setuptools_scm"]\n'}),
    (
        "RUN pip install .\n",
        {
            "pyproject.toml": '[tool.hatch.version]\nsource = "vcs"\n[build-system]\nrequires = ["hatch-vcs"]\n'
        },
    ),
    ("RUN npm run build\n", {"vite.config.ts": "execSync('git rev-parse --short HEAD')\n"}),
    ("RUN npm run build\n", {"web/next.config.js": 'spawn("git", ["rev-parse", "HEAD"])\n'}),
    ("RUN cargo build\n", {"Cargo.toml": '[build-dependencies]\nvergen = "9"\n'}),
    ("RUN mvn package\n", {"pom.xml": "<artifactId>git-commit-id-maven-plugin</artifactId>\n"}),
]
ASKS_NOTHING = [
    ("RUN git clone https://example.com/x.git\n", {}),
    ("RUN go build -buildvcs=false ./...\n", {}),
    # Its version is passed from outside.
    ("RUN npm ci\n", {"Makefile": "image:\n\tdocker build --build-arg V=$(git describe) .\n"}),
    ("RUN npm run build\n", {"README.md": "git describe\n"}),
]


@pytest.mark.parametrize(("run", "more"), ASKS_GIT)
def test_a_build_that_asks_git_keeps_it(run: str, more: dict[str, str]) -> None:
    files = {**CONTEXT, "Dockerfile": BUILD + "COPY . .\n" + run, **more}
    assert diagnostics("DI003", "node_modules\n", ".dockerignore", files) == []
    (missing,) = diagnostics("DI001", files.pop("Dockerfile"), "Dockerfile", files)
    assert ".git" not in (missing.help or "").replace(".gitignore", "").split(": ")[1].split(", ")


@pytest.mark.parametrize(("run", "more"), ASKS_NOTHING)
def test_a_build_that_asks_nothing_is_told_to_ignore_git(run: str, more: dict[str, str]) -> None:
    files = {**CONTEXT, "Dockerfile": BUILD + "COPY . .\n" + run, **more}
    assert len(diagnostics("DI003", "node_modules\n", ".dockerignore", files)) == 1
    (missing,) = diagnostics("DI001", files.pop("Dockerfile"), "Dockerfile", files)
    assert ".git" in (missing.help or "").split(": ")[1].split(", ")


# --- found in public repositories

RIGHT = [
    # A manifest's install in a stage that this one starts from.
    (
        "DF202",
        "FROM python:3.13-slim AS base\nWORKDIR /a\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --no-install-project\nFROM base\nCOPY . .\nRUN uv sync\n",
    ),
    # The sticky bit, in its own clause.
    ("DF308", DEBIAN + "RUN chmod ugo+rwx,o+t /run/db\n"),
    ("DF308", DEBIAN + "RUN chmod o+t,a+rwx /run/db\n"),
    # Images that are there to serve SSH.
    ("DF309", DEBIAN + 'EXPOSE 22\nCMD ["/usr/sbin/sshd", "-D"]\n'),
    # An image made to be copied whole, by way of a stage; a stage that does not ship.
    ("DF310", "FROM tonistiigi/xx:1.9.0 AS xx\nFROM alpine:3.22\nCOPY --from=xx / /\n"),
    (
        "DF310",
        "FROM debian:trixie AS a\nFROM debian:trixie AS b\nCOPY --from=a / /\nFROM scratch\nCOPY --from=b /x /x\n",
    ),
    # Paths and options of other programs are not a password of a database's client.
    ("DF315", DEBIAN + "RUN find /etc/mysql/ -name '*.cnf' -print0 | xargs -0 rm\n"),
    ("DF315", DEBIAN + "RUN find /var/lib/mysql -print0\n"),
]
WRONG = [
    (
        "DF202",
        "FROM python:3.13-slim AS base\nWORKDIR /a\nRUN pip install uv==1.0\nFROM base\nCOPY . .\nRUN uv sync\n",
        "COPY . .",
    ),
    ("DF308", DEBIAN + "RUN chmod ugo+rwx /run/db\n", "chmod ugo+rwx /run/db"),
    ("DF309", DEBIAN + 'EXPOSE 22\nCMD ["/usr/bin/supervisord"]\n', "22"),
    (
        "DF310",
        "FROM debian:trixie AS a\nFROM alpine:3.22\nCOPY --from=a / /\n",
        "COPY --from=a / /",
    ),
    ("DF315", DEBIAN + "RUN mysql -u root -pZx81spectrum -e 'x'\n", "Zx81spectrum"),
    ("DF315", DEBIAN + "RUN /usr/bin/mysqladmin -pZx81spectrum ping\n", "Zx81spectrum"),
]


@pytest.mark.parametrize(("code", "text"), RIGHT)
def test_right_in_public_repositories(code: str, text: str) -> None:
    assert reported(code, text) == []


@pytest.mark.parametrize(("code", "text", "span"), WRONG)
def test_wrong_all_the_same(code: str, text: str, span: str) -> None:
    assert reported(code, text) == [span]


@pytest.mark.parametrize("path", ["ssh/Dockerfile", "gitserver/Dockerfile", "Dockerfile.sftp"])
def test_an_image_called_after_ssh(path: str) -> None:
    assert places("DF309", DEBIAN + "EXPOSE 22\n", path) == []


def test_an_env_file_of_another_stage_without_secrets() -> None:
    text = "FROM golang:1.26 AS b\nCOPY . /src\nFROM scratch\nCOPY --from=b /src/.env /\n"
    assert reported("DF305", text, {".env": "HOST=\nPORT=\n"}) == []
    assert reported("DF305", text, {".env": "DB_PASSWORD=Zx81-spectrum\n"}) == ["/src/.env"]
    assert reported("DF305", text) == ["/src/.env"]


COMMENTS = [
    ("# pip dependencies\n\nARG V=1\nFROM alpine:$V\n", []),
    ("# renovate: datasource=docker depName=alpine\nARG V=1\nFROM alpine:$V\n", []),
    ("# hadolint ignore=DL3006\nARG V=1\nFROM alpine:$V\n", []),
    ("# V is the version\nARG V=1\nFROM alpine:$V\n", []),
    ("# the version: 1\nARG V=1\nFROM alpine:$V\n", ["V"]),
]


@pytest.mark.parametrize(("text", "spans"), COMMENTS)
def test_comments_that_describe(text: str, spans: list[str]) -> None:
    assert reported("DF126", text) == spans


# --- contexts above the Dockerfile's folder

COPIES = "FROM alpine:3.22\nCOPY util/db/run.sh /\n"


def test_an_ignore_file_that_the_build_does_not_read_is_no_error() -> None:
    files = {"util/db/.dockerignore": "*\n", "util/db/run.sh": ""}
    assert places("DI006", COPIES, "util/db/Dockerfile", files) == []
    assert places("DI006", "FROM alpine:3.22\nCOPY run.sh /\n", "util/db/Dockerfile", files) != []
    assert places("DI006", COPIES, "Dockerfile", {**files, ".dockerignore": "util\n"}) != []
    compose = "services:\n  a:\n    build: util/db\n"
    assert places("DI006", COPIES, "util/db/Dockerfile", {**files, "compose.yaml": compose}) != []


def test_a_dockerfile_that_names_its_own_folder_is_built_from_above() -> None:
    text = 'FROM debian:trixie-slim\nADD . /src\nCMD ["/src/packaging/debian/build.sh"]\n'
    files = {"packaging/debian/build.sh": "", "packaging/debian/.env": "", "main.go": ""}
    assert places("DI001", text, "packaging/debian/Dockerfile", files) == []
    assert (
        places("DI001", text.replace("packaging/debian", "x"), "packaging/debian/Dockerfile", files)
        != []
    )


def test_an_env_file_is_expected_only_beside_its_template() -> None:
    files = {
        "Dockerfile": "FROM node:22-alpine\nCOPY . /app\n",
        "package.json": "{}",
        "web/styles/package.json": "{}",
    }
    assert reported_in_ignore("DI005", ".env\n", files) == []
    files["web/styles/.env.example"] = "A=\n"
    assert reported_in_ignore("DI005", ".env\n", files) == [".env"]


def reported_in_ignore(code: str, text: str, files: dict[str, str]) -> list[str]:
    """The texts of the places that a rule reports in an ignore file."""
    return [span for _, span in places(code, text, ".dockerignore", files)]


# --- named contexts, wherever they are given

CONTEXTS = 'target "a" {\n  contexts = {\n    base = "docker-image://alpine:3.22"\n    assets = "x"\n  }\n}\n'
GIVEN = [
    {"docker-bake.hcl": CONTEXTS},
    {"tests/build.hcl": CONTEXTS},
    {"compose.yaml": COMPOSE + "      additional_contexts: [base=./b, assets=./a]\n"},
]
NOT_GIVEN = [{}, {"tests/build.hcl": CONTEXTS.replace("base", "bases").replace("assets", "x")}]
FROM_CONTEXT = "FROM base\nCOPY --from=assets /a /a\n"


@pytest.mark.parametrize("files", GIVEN)
def test_the_names_of_contexts_are_no_images(files: dict[str, str]) -> None:
    assert reported("DF401", FROM_CONTEXT, files) == []
    assert reported("DF103", FROM_CONTEXT, files) == []


@pytest.mark.parametrize("files", NOT_GIVEN)
def test_other_names_are_images(files: dict[str, str]) -> None:
    assert reported("DF401", FROM_CONTEXT, files) == ["base"]
    assert reported("DF103", FROM_CONTEXT, {**files, "compose.yaml": COMPOSE}) == ["assets"]


def test_a_known_image_stays_an_image() -> None:
    assert reported("DF401", "FROM debian\n", {"tests/b.hcl": CONTEXTS.replace("base", "debian")})


PIPES = [
    ("RUN find / -name '*.so' | grep x && exit 1 || true\n", []),
    ("RUN curl -f https://example.com | tee x || true\n", []),
    (
        "RUN curl -f https://example.com | tee x && echo || exit 1\n",
        ["curl -f https://example.com | tee x"],
    ),
    (
        "RUN curl -f https://example.com | tee x; ls || true\n",
        ["curl -f https://example.com | tee x"],
    ),
]


@pytest.mark.parametrize(("text", "spans"), PIPES)
def test_a_pipe_whose_failure_is_ignored_on_purpose(text: str, spans: list[str]) -> None:
    assert reported("DF314", DEBIAN + text) == spans


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("ARG BASE\nFROM $BASE\n", Severity.INFO),
        ("ARG TAG\nFROM alpine:$TAG\n", Severity.INFO),
        ("ARG BASE=\nFROM $BASE\n", Severity.WARNING),
        ("ARG TAG=A:B\nFROM alpine:$TAG\n", Severity.WARNING),
    ],
)
def test_an_argument_that_is_asked_for(text: str, severity: Severity) -> None:
    assert only("DF106", text).severity is severity


def test_a_context_in_which_nothing_is_unwanted() -> None:
    text, files = "FROM golang:1.26\nCOPY . /src\n", {"images/a/main.go": "", "images/a/x/y": ""}
    assert places("DI001", text, "images/a/Dockerfile", files) == []
    assert places("DI001", text, "images/a/Dockerfile", {**files, "images/a/.env": "A=1\n"}) != []
    assert (
        places("DI001", text, "images/a/Dockerfile", {**files, "images/a/package.json": ""}) != []
    )


def test_git_is_only_ignored_where_it_is() -> None:
    files = {"worker/app.csproj": "", "worker/Program.cs": ""}
    (finding,) = diagnostics("DI001", "FROM alpine:3.22\nCOPY . .\n", "worker/Dockerfile", files)
    assert ".git," not in (finding.help or "")
    (finding,) = diagnostics("DI001", "FROM alpine:3.22\nCOPY . .\n", "Dockerfile", files)
    assert ".git," in (finding.help or "")


CHAIN = """ARG S=${TARGETPLATFORM#linux/amd64}
ARG S=${S:+"unsupported"}
ARG S=${S:-"supported"}
FROM scratch AS x-supported
FROM x-${S} AS x
"""


@pytest.mark.parametrize("code", ["DF106", "DF401", "DF402"])
def test_a_default_that_nobody_can_know(code: str) -> None:
    assert reported(code, CHAIN) == []


def test_a_default_made_of_another() -> None:
    assert reported("DF106", "ARG T\nARG I=alpine:$T\nFROM $I\n") == ["$I"]
    assert reported("DF106", "ARG T=3.22\nARG I=alpine:$T\nFROM $I\n") == []


TAGS = [
    ("DF401", "FROM debian\n", Severity.WARNING),
    ("DF401", "FROM shop/base\n", Severity.WARNING),
    ("DF401", "FROM shop-base\n", Severity.INFO),
    ("DF402", "FROM debian:latest\n", Severity.WARNING),
    ("DF402", "FROM shop-tools:latest\n", Severity.INFO),
]


@pytest.mark.parametrize(("code", "text", "severity"), TAGS)
def test_a_plain_name_that_no_known_image_has(code: str, text: str, severity: Severity) -> None:
    assert only(code, text).severity is severity


MORE_RIGHT = [
    ("DF307", "ADD https://github.com/x/y.git?ref=v1&keep-git-dir=1 /src\n"),
    (
        "DF307",
        "COPY --from=b /out /pkg\nRUN apk add --no-cache --allow-untrusted /pkg/nginx-${V}*.apk\n",
    ),
    ("DF307", "COPY local.apk /pkg/\nRUN apk add --no-cache --allow-untrusted /pkg/local.apk\n"),
    ("DF307", "RUN --mount=type=bind,from=b,target=/pkg apk add --allow-untrusted /pkg/a.apk\n"),
    ("DF308", 'RUN d="$(mktemp -d)" && chmod 777 "$d" && rm -r "$d"\n'),
]
MORE_WRONG = [
    ("DF307", "ADD https://example.com/x.tgz?ref=v1 /src\n", "https://example.com/x.tgz?ref=v1"),
    (
        "DF307",
        "COPY a /pkg/\nRUN apk add --allow-untrusted /tmp/a.apk\n",
        "apk add --allow-untrusted /tmp/a.apk",
    ),
    ("DF308", 'RUN chmod 777 "$d"\n', 'chmod 777 "$d"'),
    ("DF308", 'RUN d="$(mktemp -d)" && chmod 777 /srv\n', "chmod 777 /srv"),
]


@pytest.mark.parametrize(("code", "text"), MORE_RIGHT)
def test_more_that_is_right(code: str, text: str) -> None:
    assert reported(code, ALPINE + text) == []


@pytest.mark.parametrize(("code", "text", "span"), MORE_WRONG)
def test_more_that_is_wrong(code: str, text: str, span: str) -> None:
    assert reported(code, ALPINE + text) == [span]


def test_add_of_a_heredoc_copies_nothing_from_the_context() -> None:
    finding = only("DF209", "# syntax=docker/dockerfile:1\n" + ALPINE + "ADD <<EOT /a\nx\nEOT\n")
    assert finding.message == "ADD copies a heredoc"


def test_a_named_context_takes_the_place_of_a_stage() -> None:
    text = "FROM shop/tools AS tools\nFROM debian:trixie-slim\nCOPY --from=tools /a /a\n"
    bake = 'target "x" {\n  contexts = {\n    tools = "target:tools"\n  }\n}\n'
    assert reported("DF401", text, {"docker-bake.hcl": bake}) == []
    assert reported("DF401", text) == ["shop/tools"]
