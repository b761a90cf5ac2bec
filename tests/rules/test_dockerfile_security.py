"""Users, secrets, downloads, permissions, pipes in Dockerfiles."""

from __future__ import annotations

import pytest
from snippets import diagnostics, fixed, places

DEBIAN = "FROM debian:trixie-slim\n"
ALPINE = "FROM alpine:3.22\n"
BASH = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'


def reported(code: str, text: str, files: dict[str, str] | None = None) -> list[str]:
    """The texts of the places that a rule reports in a Dockerfile."""
    return [span for _, span in places(code, text, "Dockerfile", files)]


# --- image-runs-as-root

ROOT = [
    ("FROM node:22\nCMD x\n", "node:22"),
    ("FROM python:3.13-slim\n", "python:3.13-slim"),
    ("FROM node:22\nUSER root\n", "root"),
    ("FROM node:22\nUSER 0:0\n", "0:0"),
    ("FROM node:22\nUSER node\nUSER root\n", "root"),
    ("ARG UID=0\nFROM node:22\nARG UID\nUSER $UID\n", "$UID"),
    ('FROM scratch\nCOPY app /\nCMD ["/app"]\n', "scratch"),
    ("FROM node:22 AS base\nFROM base\n", "base"),
    # Another entrypoint replaces the one that drops root's privileges.
    ('FROM postgres:17\nENTRYPOINT ["/mine.sh"]\n', "postgres:17"),
]
NOT_ROOT = [
    "FROM node:22\nUSER node\n",
    "FROM node:22\nUSER 1000\n",
    "FROM node:22\nUSER root\nRUN x\nUSER node\n",
    "FROM node:22\nARG UID\nUSER $UID\n",
    "FROM node:22 AS base\nUSER node\nFROM base\n",
    # Only the stage that runs counts.
    "FROM node:22 AS build\nUSER root\nRUN x\nFROM node:22\nUSER node\n",
    # Images that run as another user, that hand over to one, or that are not known.
    "FROM gcr.io/distroless/static-debian12:nonroot\n",
    "FROM nginxinc/nginx-unprivileged:1.29\n",
    "FROM nginx:1.29\n",
    "FROM postgres:17\n",
    "FROM registry.example.com/team/base:1\n",
    "FROM $BASE\n",
    'FROM debian:trixie\nRUN apt-get install -y gosu\nENTRYPOINT ["/entry.sh"]\n',
    'FROM alpine:3.22\nRUN apk add su-exec\nUSER root\nENTRYPOINT ["/entry.sh"]\n',
    'FROM debian:trixie\nCMD ["nginx", "-g", "daemon off;"]\n',
    # An image that only contains files: nothing in it runs.
    "FROM node:22 AS build\nUSER node\nFROM scratch\nCOPY --from=build /x /x\n",
    "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\n",
]


@pytest.mark.parametrize(("text", "span"), ROOT, ids=[text for text, _ in ROOT])
def test_image_runs_as_root(text: str, span: str) -> None:
    assert reported("DF301", text) == [span]


@pytest.mark.parametrize("text", NOT_ROOT)
def test_image_does_not_run_as_root_or_may_not(text: str) -> None:
    assert reported("DF301", text) == []


@pytest.mark.parametrize(
    ("users", "count"),
    [
        (["1000"], 0),
        (["${UID}"], 0),
        (["root"], 0),  # intended
        ([""], 1),
        (["1000", ""], 1),
        (["1000", "app"], 0),
    ],
)
def test_user_of_compose_counts_if_every_service_has_one(users: list[str], count: int) -> None:
    services = "".join(
        f"  s{number}:\n    build: .\n" + (f'    user: "{user}"\n' if user else "")
        for number, user in enumerate(users)
    )
    assert (
        len(reported("DF301", "FROM node:22\n", {"compose.yaml": f"services:\n{services}"}))
        == count
    )


BASE_FILES = [
    "Dockerfile.base",
    "base.Dockerfile",
    "java-base.dockerfile",
    "base/Dockerfile",
    "base-images/Dockerfile",
]


@pytest.mark.parametrize("path", BASE_FILES)
def test_base_images_are_left_alone(path: str) -> None:
    files = {"x.js": ""}
    assert places("DF301", "FROM node:22\n", path, files) == []
    folder, _, name = path.rpartition("/")
    build = f"{{context: ./{folder}, dockerfile: {name}}}"
    files = {"compose.yaml": f"services:\n  web:\n    build: {build}\n"}
    assert places("DF301", "FROM node:22\n", path, files) == [(1, "node:22")]


@pytest.mark.parametrize(
    "path", ["database/Dockerfile", "Dockerfile.database", "base/api/Dockerfile"]
)
def test_files_that_are_no_base(path: str) -> None:
    assert places("DF301", "FROM node:22\n", path) == [(1, "node:22")]


@pytest.mark.parametrize(
    ("base", "advice"),
    [
        (
            "node:22",
            "make a user the owner of what the program writes, and set it with USER (the image has node)",
        ),
        (
            "gcr.io/distroless/nodejs22-debian12",
            "make a user the owner of what the program writes, and set it with USER (the image has nonroot)",
        ),
        ("debian:trixie", "create a user that owns what the program writes, and set it with USER"),
    ],
)
def test_the_help_names_a_user_of_the_image(base: str, advice: str) -> None:
    (finding,) = diagnostics("DF301", f"FROM {base}\n", "Dockerfile")
    assert finding.help == advice


def test_entry_script_that_changes_the_user() -> None:
    text = 'FROM debian:trixie\nCOPY entry.sh /\nENTRYPOINT ["/entry.sh"]\n'
    assert reported("DF301", text, {"entry.sh": 'exec gosu app "$@"\n'}) == []
    assert reported("DF301", text, {"entry.sh": 'exec "$@"\n'}) == ["debian:trixie"]


@pytest.mark.parametrize(
    ("user", "count"),
    [("node", 1), ("node:node", 1), ("1000", 0), ("1000:1000", 0), ("root", 0), ("$U", 0)],
)
def test_user_by_name(user: str, count: int) -> None:
    assert len(reported("DF302", f"FROM node:22\nUSER {user}\n")) == count


SUDO = [
    ("RUN sudo mkdir /data\n", "RUN mkdir /data\n"),
    ("RUN a && sudo b && sudo c\n", "RUN a && b && c\n"),
    ("RUN /usr/bin/sudo mkdir /data\n", "RUN mkdir /data\n"),
    # No fix with options, with variables, or under another USER.
    ("RUN sudo -u app x\n", None),
    ("RUN sudo A=b x\n", None),
    ("USER app\nRUN sudo x\n", None),
    ("RUN sh -c 'sudo x'\n", None),
]


@pytest.mark.parametrize(("body", "expected"), SUDO)
def test_sudo(body: str, expected: str | None) -> None:
    assert len(reported("DF303", DEBIAN + body)) == 1
    assert fixed("DF303", DEBIAN + body, "Dockerfile") == DEBIAN + (expected or body)


@pytest.mark.parametrize(
    "body",
    ["RUN apt-get install -y sudo\n", "RUN echo sudo\n", "RUN visudo -c\n", "COPY sudo /etc/\n"],
)
def test_no_sudo(body: str) -> None:
    assert reported("DF303", DEBIAN + body) == []


# --- secrets

SECRET_PAIRS = [
    ("ARG NPM_TOKEN\n", ["NPM_TOKEN"]),
    ("ARG NPM_TOKEN=\n", ["NPM_TOKEN"]),
    ("ARG DB_PASSWORD=Zx81-spectrum\n", ["DB_PASSWORD"]),
    ("ENV DB_PASSWORD=Zx81-spectrum\n", ["DB_PASSWORD"]),
    ("ENV DB_PASSWORD Zx81-spectrum\n", ["DB_PASSWORD"]),
    ("ENV A=b API_KEY=Zx81spectrum48k C=d\n", ["API_KEY"]),
    ("ARG GITHUB_TOKEN\nENV GITHUB_TOKEN=$GITHUB_TOKEN\n", ["GITHUB_TOKEN", "GITHUB_TOKEN"]),
    ("ARG SSH_PRIVATE_KEY\n", ["SSH_PRIVATE_KEY"]),
    ("ENV DATABASE_URL=postgres://app:Zx81-spectrum@db/app\n", ["DATABASE_URL"]),
    ("ENV CI=ghp_x1Zk93BvQmTr7LpWc5NdYs2HfJg8Ra4Xe6Uo\n", ["CI"]),
    ("ONBUILD ARG NPM_TOKEN\n", ["NPM_TOKEN"]),
]
NO_SECRET_PAIRS = [
    "ENV DB_PASSWORD_FILE=/run/secrets/db\n",
    'ENV DB_PASSWORD=""\n',
    "ENV DB_PASSWORD=\n",
    "ENV SECRET_KEY_BASE=dummy\n",
    "ENV DATABASE_URL=postgresql://placeholder:placeholder@localhost:5432/placeholder\n",
    "ENV TOKENIZER_VERSION=1.2\n",
    "ENV PRIVATE_REGISTRY=registry.example.com\n",
    "ENV API_USERNAME=app\n",
    "ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305\n",
    "ENV PUBLIC_KEY=abc\n",
    "ENV NEXT_PUBLIC_API_KEY=abcdefgh12345\n",
    "ARG VITE_MAP_TOKEN\n",
    "ENV PASSWORD_AUTH=true\n",
    "ENV ALLOW_EMPTY_PASSWORD=yes\n",
    "ARG VERSION=1.2.3\n",
    "LABEL token=abc\n",
    "RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci\n",
]


@pytest.mark.parametrize(("body", "names"), SECRET_PAIRS)
def test_secret_in_arg_or_env(body: str, names: list[str]) -> None:
    assert reported("DF304", DEBIAN + body) == names


@pytest.mark.parametrize("body", NO_SECRET_PAIRS)
def test_no_secret_in_arg_or_env(body: str) -> None:
    assert reported("DF304", DEBIAN + body) == []


def test_secret_in_an_argument_before_from() -> None:
    assert reported("DF304", "ARG REGISTRY_PASSWORD\nFROM debian:trixie\n") == ["REGISTRY_PASSWORD"]


def test_no_message_shows_a_secret() -> None:
    text = DEBIAN + "ENV DB_PASSWORD=Zx81-spectrum\nRUN echo app:Zx81-spectrum | chpasswd\n"
    for code in ("DF304", "DF315"):
        (finding,) = diagnostics(code, text, "Dockerfile")
        assert "spectrum" not in finding.message + finding.help + finding.evidence


@pytest.mark.parametrize(
    "source",
    [
        ".env", ".env.production", "config/.env", "prod.env", ".npmrc", ".netrc", "id_rsa",
        "keys/id_ed25519", ".ssh/", ".ssh/id_rsa", ".aws", ".kube/", ".docker/config.json",
        "server.key", "privkey.pem", "private-key.pem", "store.jks", "cert.pfx", ".git",
        "credentials.json", ".env*",
    ],
)  # fmt: skip
def test_secret_is_copied(source: str) -> None:
    assert reported("DF305", DEBIAN + f"COPY package.json {source} /app/\n") == [source]


@pytest.mark.parametrize(
    "source",
    [
        ".env.example", ".env.sample", ".env.template", "env.js", "id_rsa.pub", "ca.pem",
        "cert.pem", "fullchain.pem", "public-key.pem", "environment.ts", ".dockerignore",
        ".gitignore", ".ssh/known_hosts", "keyboard.js",
    ],
)  # fmt: skip
def test_no_secret_is_copied(source: str) -> None:
    assert reported("DF305", DEBIAN + f"COPY {source} /app/\n") == []


def test_the_text_of_copied_files_decides() -> None:
    text = DEBIAN + "COPY .npmrc .env /app/\n"
    harmless = {".npmrc": "registry=https://example.com/\n", ".env": "PORT=80\n"}
    assert reported("DF305", text, harmless) == []
    token = {**harmless, ".npmrc": "//example.com/:_authToken=abc123\n"}
    assert reported("DF305", text, token) == [".npmrc"]
    variable = {**harmless, ".npmrc": "//example.com/:_authToken=${NPM_TOKEN}\n"}
    assert reported("DF305", text, variable) == []
    secret = {**harmless, ".env": "DB_PASSWORD=Zx81-spectrum\n"}
    assert reported("DF305", text, secret) == [".env"]


def test_the_text_of_files_in_another_context_decides() -> None:
    text = DEBIAN + "COPY .npmrc apps/api /app/\n"
    files = {".npmrc": "auto-install-peers=true\n", "apps/api/x.js": ""}
    assert places("DF305", text, "apps/api/Dockerfile", files) == []
    files[".npmrc"] = "//example.com/:_authToken=abc123\n"
    assert places("DF305", text, "apps/api/Dockerfile", files) == [(2, ".npmrc")]


def test_secret_copied_into_a_stage_that_does_not_ship() -> None:
    text = "FROM node:22 AS build\nCOPY .npmrc ./\nFROM node:22\nCOPY --from=build /app /app\n"
    assert reported("DF305", text) == []


SPELLED_OUT = [
    ("RUN echo root:Zx81-spectrum | chpasswd\n", "root:Zx81-spectrum"),
    (
        "RUN git clone https://bot:Zx81-spectrum@example.com/a.git\n",
        "https://bot:Zx81-spectrum@example.com/a.git",
    ),
    (
        "RUN curl -H 'Authorization: token ghp_x1Zk93BvQmTr7LpWc5NdYs2HfJg8Ra4Xe6Uo' https://example.com\n",
        "'Authorization: token ghp_x1Zk93BvQmTr7LpWc5NdYs2HfJg8Ra4Xe6Uo'",
    ),
    ("RUN mysql -pZx81-spectrum -e x\n", "Zx81-spectrum"),
    ("RUN PGPASSWORD=Zx81-spectrum psql -c x\n", "Zx81-spectrum"),
]
NOT_SPELLED_OUT = [
    'RUN echo "root:$PASSWORD" | chpasswd\n',
    "RUN echo app:$6$abcdefgh$xyz | chpasswd -e\n",
    "RUN git clone https://bot:$TOKEN@example.com/a.git\n",
    "RUN git clone https://example.com/a.git\n",
    "RUN git clone git@example.com:a/b.git\n",
    "RUN key=B97B0AFCAA1A47F044F244A07FCC7D46 && gpg --recv-keys $key\n",
    "RUN --mount=type=secret,id=pw mysql -p$(cat /run/secrets/pw) -e x\n",
    "RUN mysql -p$PASSWORD -e x\n",
]


@pytest.mark.parametrize(("body", "span"), SPELLED_OUT)
def test_secret_in_run(body: str, span: str) -> None:
    assert reported("DF315", DEBIAN + body) == [span]


@pytest.mark.parametrize("body", NOT_SPELLED_OUT)
def test_no_secret_in_run(body: str) -> None:
    assert reported("DF315", DEBIAN + body) == []


# --- downloads

UNSEEN = [
    "curl -fsSL https://example.com/i.sh | sh",
    "curl https://example.com/i.sh | bash -",
    "curl https://example.com/i.sh | bash -s -- -y",
    "curl https://example.com/i.sh | sudo -E bash -",
    "wget -qO- https://example.com/i.sh | sh",
    "curl https://example.com/i.py | python3",
    "curl https://example.com/i.py | python3 -",
    "curl https://example.com/i.sh | tee /tmp/i.sh | sh",
    "bash <(curl -s https://example.com/i.sh)",
    'sh -c "$(curl -fsSL https://example.com/i.sh)"',
    'eval "$(curl https://example.com/env)"',
    "bash -c 'curl https://example.com/i.sh | sh'",
    "curl -o - https://example.com/i.sh | sh",
    "curl --output /dev/stdout https://example.com/i.sh | sh",
]
SEEN = [
    "curl -fsSL -o /usr/local/bin/wp https://example.com/wp.phar | bash",
    "curl --output=i.sh https://example.com/i.sh | sh",
    "curl -o i.sh https://example.com/i.sh && sha256sum -c sums && sh i.sh",
    "curl https://example.com/a.tar.gz | tee xz",
    "curl https://example.com/key | gpg --dearmor -o /k",
    "curl https://example.com/a.json | jq .x",
    'curl https://example.com/a.json | python3 -c "import json"',
    "curl https://example.com/a.json | python3 -m json.tool",
    "V=$(curl https://example.com/v) && echo $V",
    "echo 'curl https://example.com/i.sh | sh'",
    "cat i.sh | sh",
    "curl http://localhost:8080/i.sh | sh",
    "sh install.sh $(curl https://example.com/v)",
]


@pytest.mark.parametrize("command", UNSEEN)
def test_download_is_run_unchecked(command: str) -> None:
    assert len(reported("DF306", DEBIAN + f"RUN {command}\n")) == 1


@pytest.mark.parametrize("command", SEEN)
def test_download_is_not_run_unchecked(command: str) -> None:
    assert reported("DF306", DEBIAN + f"RUN {command}\n") == []


UNVERIFIED = [
    *(
        f"RUN {command}\n"
        for command in (
            "curl -k https://example.com/a",
            "curl -sSLk https://example.com/a",
            "curl --insecure https://example.com/a",
            "wget --no-check-certificate https://example.com/a",
            "apt-get install -y --allow-unauthenticated x",
            "apt-get install -y --force-yes x",
            "apt-get install -y -o APT::Get::AllowUnauthenticated=true x",
            "apk add --allow-untrusted x.apk",
            "yum install -y --nogpgcheck x",
            "dnf install -y --nogpgcheck x",
            "dnf install -y --setopt=sslverify=false x",
            "yum-config-manager --save --setopt=sslverify=0",
            "rpm -i --nosignature x.rpm",
            "rpm -i --nodigest x.rpm",
            "zypper --no-gpg-checks in x",
            "pip install --trusted-host example.com x==1",
            "pip config set global.trusted-host example.com",
            "npm config set strict-ssl false",
            "npm set strict-ssl=false",
            "npm ci --strict-ssl=false",
            "yarn config set strict-ssl false",
            "git -c http.sslVerify=false clone https://example.com/a",
            "git config --global http.sslVerify false",
            "GIT_SSL_NO_VERIFY=1 git clone https://example.com/a",
            "export NODE_TLS_REJECT_UNAUTHORIZED=0",
            "echo 'deb [trusted=yes] http://example.com/ ./' > /etc/apt/sources.list.d/x",
        )
    ),
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=0\n",
    "ENV PYTHONHTTPSVERIFY=0\n",
    "ENV GIT_SSL_NO_VERIFY=true\n",
    "ENV PIP_TRUSTED_HOST=example.com\n",
    "ENV NPM_CONFIG_STRICT_SSL=false\n",
    "ADD https://example.com/a.bin /x\n",
]
VERIFIED = [
    *(
        f"RUN {command}\n"
        for command in (
            "curl -fsSL https://example.com/a",
            "curl -o k https://example.com/a",
            "curl -H 'X: -k' https://example.com/a",
            "curl -k https://localhost:8443/",
            "curl -k https://127.0.0.1/",
            "wget https://example.com/a",
            "ssh-keygen -k -f x",
            "apk add x",
            "npm config set strict-ssl true",
            "git config --global http.sslVerify true",
            "echo curl -k",
            "NODE_TLS_REJECT_UNAUTHORIZED=1 node x",
        )
    ),
    "ENV NODE_TLS_REJECT_UNAUTHORIZED=1\n",
    "ENV GIT_SSL_NO_VERIFY=0\n",
    "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/a /x\n",
    "ADD https://github.com/a/b.git#v1 /x\n",
    "ADD a.txt /x\n",
]


@pytest.mark.parametrize("body", UNVERIFIED)
def test_unverified_download(body: str) -> None:
    assert len(reported("DF307", DEBIAN + body)) == 1


@pytest.mark.parametrize(
    ("command", "culprit"),
    [
        ("curl -fsSLk -o /x https://example.com/x", "`-k`"),
        ("curl --insecure -o /x https://example.com/x", "`--insecure`"),
        ("wget --no-check-certificate https://example.com/x", "`--no-check-certificate`"),
        ("pip install --trusted-host=example.com x", "`--trusted-host`"),
        ("NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci", "`NODE_TLS_REJECT_UNAUTHORIZED`"),
        ("git config --global http.sslVerify false", "what switches the check off"),
    ],
)
def test_the_help_names_what_switches_the_check_off(command: str, culprit: str) -> None:
    (finding,) = diagnostics("DF307", f"{DEBIAN}RUN {command}\n", "Dockerfile")
    assert finding.help.startswith(f"remove {culprit}, and add")


@pytest.mark.parametrize("body", VERIFIED)
def test_verified_download(body: str) -> None:
    assert reported("DF307", DEBIAN + body) == []


# --- permissions, ports, folders, commands


@pytest.mark.parametrize(
    ("mode", "count"),
    [
        ("777", 1), ("0777", 1), ("666", 1), ("2777", 1), ("a+w", 1), ("o+w", 1), ("ugo+rwx", 1),
        ("a=rwx", 1), ("u+x,o+w", 1), ("1777", 0), ("3777", 0), ("755", 0), ("+x", 0), ("+w", 0),
        ("u+w", 0), ("g+w", 0), ("a+rX", 0), ("a+rwxt", 0), ("775", 0), ("$MODE", 0),
    ],
)  # fmt: skip
def test_world_writable(mode: str, count: int) -> None:
    assert len(reported("DF308", DEBIAN + f"RUN chmod -R {mode} /data\n")) == count
    if mode.isdigit():
        assert len(reported("DF308", DEBIAN + f"COPY --chmod={mode} a /data/\n")) == count
        assert len(reported("DF308", DEBIAN + f"RUN mkdir -m {mode} /data\n")) == count


@pytest.mark.parametrize(
    ("comment", "count"),
    [
        ("OpenShift runs it under a random uid", 0), ("any user may write", 0), ("on purpose", 0),
        ("must be writable by every user", 0), ("world-writable for the tests", 0),
        ("hello world", 1), ("write the configuration", 1), ("create a non-root user", 1),
        ("hadolint ignore=DL3059", 1), ("checkov:skip=CKV_DOCKER_3:any user", 1),
    ],
)  # fmt: skip
def test_world_writable_explained(comment: str, count: int) -> None:
    assert len(reported("DF308", DEBIAN + f"# {comment}\nRUN chmod 777 /data\n")) == count


def test_world_writable_only_where_it_ships() -> None:
    text = "FROM debian:trixie AS build\nRUN chmod 777 /x\nFROM debian:trixie\n"
    assert reported("DF308", text) == []


@pytest.mark.parametrize(
    ("ports", "spans"),
    [
        ("22", ["22"]),
        ("80 22/tcp", ["22/tcp"]),
        ("2222", []),
        ("220", []),
        ("80", []),
        ("$PORT", []),
    ],
)
def test_ssh_port(ports: str, spans: list[str]) -> None:
    assert reported("DF309", DEBIAN + f"EXPOSE {ports}\n") == spans


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FROM debian:trixie AS b\nFROM alpine:3.22\nCOPY --from=b / /\n", 1),
        ("FROM debian:trixie AS b\nFROM alpine:3.22\nCOPY --from=0 / /\n", 1),
        ("FROM alpine:3.22\nCOPY --from=debian:trixie / /\n", 1),
        ("FROM debian:trixie AS b\nFROM scratch\nCOPY --from=b / /\n", 0),
        ("FROM scratch AS b\nCOPY a /\nFROM alpine:3.22\nCOPY --from=b / /\n", 0),
        ("FROM alpine:3.22\nCOPY --from=tonistiigi/xx / /\n", 0),
        ("FROM debian:trixie AS b\nFROM alpine:3.22\nCOPY --from=b /app /\n", 0),
        ("FROM debian:trixie AS b\nFROM alpine:3.22\nCOPY --from=b / /rootfs\n", 0),
        ("FROM alpine:3.22\nCOPY / /\n", 0),
    ],
)
def test_whole_filesystem_copy(text: str, count: int) -> None:
    assert len(reported("DF310", text)) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("WORKDIR /proc/x\n", 1), ("WORKDIR /sys\n", 1), ("WORKDIR /dev/shm\n", 1),
        ("VOLUME /boot\n", 1), ('VOLUME ["/dev/x", "/data"]\n', 1), ("ENV D=/proc\nWORKDIR $D/x\n", 1),
        ("WORKDIR /app\n", 0), ("WORKDIR /devel\n", 0), ("WORKDIR /process\n", 0), ("VOLUME /data\n", 0),
    ],
)  # fmt: skip
def test_folder_of_the_kernel(body: str, count: int) -> None:
    assert len(reported("DF311", DEBIAN + body)) == count


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("top", 1), ("free -m", 1), ("ps", 1), ("service nginx start", 1), ("kill 1", 1),
        ("vim /etc/x", 1), ("shutdown now", 1), ("mount /dev/x /mnt", 1), ("ssh host true", 1),
        ("service mysql start && mysql -e x && service mysql stop", 0),
        ("app & pid=$!; sleep 5; kill $pid", 0),
        ("apt-get install -y vim", 0), ("echo top", 0), ("ssh-keyscan host", 0), ("vim --version", 0),
    ],
)  # fmt: skip
def test_needless_command(command: str, count: int) -> None:
    assert len(reported("DF312", DEBIAN + f"RUN {command}\n")) == count


def test_ssh_with_a_key_for_the_build() -> None:
    assert reported("DF312", DEBIAN + "RUN --mount=type=ssh ssh git@example.com\n") == []


# --- pipe-without-pipefail

HIDDEN = [
    DEBIAN + "RUN curl a | tee x\n",
    DEBIAN + "RUN set -e; curl a | tee x\n",
    DEBIAN + "RUN V=$(curl a | cut -c1) && echo $V\n",
    DEBIAN + "RUN <<EOF\ncurl a | tee x\nEOF\n",
    DEBIAN + 'RUN ["bash", "-c", "curl a | tee x"]\n',
    DEBIAN + "RUN bash -c 'curl a | tee x'\n",
    DEBIAN + 'SHELL ["/bin/bash", "-c"]\nRUN curl a | tee x\n',
    DEBIAN + "RUN curl a | tee x || exit 1\n",
    DEBIAN + BASH + 'SHELL ["/bin/sh", "-c"]\nRUN curl a | tee x\n',
    "FROM debian:trixie AS b\n" + BASH + "FROM debian:trixie\nRUN curl a | tee x\n",
    DEBIAN + "RUN set -o pipefail; set +o pipefail; curl a | tee x\n",
    DEBIAN + "ONBUILD RUN curl a | tee x\n",
    DEBIAN + "RUN X=$(curl a | cut -c1) && echo $X\n",
    DEBIAN + 'RUN X=$(curl a | cut -c1) && test -n "$XY"\n',
    DEBIAN + 'RUN test -n "$X" && X=$(curl a | cut -c1)\n',
    DEBIAN + 'RUN X=$(curl a | cut -c1) && test -n "$X" && curl b | tee x\n',
]
SHOWN = [
    DEBIAN + BASH + "RUN curl a | tee x\n",
    DEBIAN + 'SHELL ["/usr/bin/env", "bash", "-eo", "pipefail", "-c"]\nRUN curl a | tee x\n',
    ALPINE + 'SHELL ["/bin/ash", "-eo", "pipefail", "-c"]\nRUN wget a | tee x\n',
    "FROM debian:trixie AS b\n" + BASH + "FROM b\nRUN curl a | tee x\n",
    DEBIAN + "RUN set -o pipefail && curl a | tee x\n",
    DEBIAN + "RUN set -euxo pipefail; curl a | tee x\n",
    DEBIAN + "RUN <<EOF\nset -eo pipefail\ncurl a | tee x\nEOF\n",
    DEBIAN + "RUN <<EOF\n#!/bin/bash -eo pipefail\ncurl a | tee x\nEOF\n",
    DEBIAN + 'RUN ["bash", "-o", "pipefail", "-c", "curl a | tee x"]\n',
    DEBIAN + "RUN bash -o pipefail -c 'curl a | tee x'\n",
    DEBIAN + "RUN curl a | tee x || true\n",
    DEBIAN + "RUN curl a | true\n",
    DEBIAN + "RUN yes | apt-get install x\n",
    DEBIAN + "RUN echo 'abc  a' | sha256sum -c -\n",
    DEBIAN + "RUN printf x | tee /a\n",
    DEBIAN + "RUN if curl a | grep -q x; then echo y; fi\n",
    DEBIAN + "RUN ! curl a | grep x\n",
    DEBIAN + "RUN echo $(curl a | cut -c1)\n",
    DEBIAN + "RUN echo 'a | b'\n",
    DEBIAN + "RUN a || b\n",
    DEBIAN + 'RUN X=$(curl a | cut -c1) && test -n "$X"\n',
    DEBIAN + 'RUN X=$(curl a | cut -c1); [ "$X" = "$expected" ]\n',
    DEBIAN + "RUN X=`curl a | cut -c1` && if [ -z ${X} ]; then exit 1; fi\n",
    DEBIAN + BASH.replace(', "-o", "pipefail"', "") + "RUN X=$(curl a | tr b c) && [[ $X ]]\n",
    DEBIAN + 'RUN X=$(curl a | cut -c1) && echo "${X:?}"\n',
    DEBIAN + 'SHELL ["pwsh", "-Command"]\nRUN Get-Item x | Out-Null\n',
    "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir | find x\n",
    DEBIAN + "COPY <<EOF /x.sh\ncurl a | tee x\nEOF\n",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_failure_in_a_pipe_is_hidden(text: str) -> None:
    assert len(reported("DF314", text)) == 1


@pytest.mark.parametrize("text", SHOWN)
def test_failure_in_a_pipe_is_shown_or_does_not_matter(text: str) -> None:
    assert reported("DF314", text) == []


def test_pipes_of_text_tools_are_advice() -> None:
    def grade(command: str) -> str:
        (finding,) = diagnostics("DF314", DEBIAN + f"RUN {command}\n", "Dockerfile")
        return finding.severity.label

    assert grade("curl a | tee x") == "warning"
    assert grade("cat a | sort > b") == "info"
    assert grade("sum=$(sha256sum a.tgz | cut -d' ' -f1) && echo $sum") == "info"
    assert grade("openssl dgst a | cut -d' ' -f2 > b") == "warning"
    assert grade("cat a | sort > b && curl c | sh") == "warning"


PIPE_FIXES = [
    (DEBIAN + "RUN curl a | tee x\n", DEBIAN + BASH + "RUN curl a | tee x\n"),
    # One SHELL is enough.
    (
        DEBIAN + "RUN curl a | tee x\nRUN curl b | tee x\n",
        DEBIAN + BASH + "RUN curl a | tee x\nRUN curl b | tee x\n",
    ),
    (
        DEBIAN + "RUN true\n\n# why\nRUN curl a | tee x\n",
        DEBIAN + "RUN true\n\n" + BASH + "# why\nRUN curl a | tee x\n",
    ),
    (ALPINE + "RUN wget a | tee x\n", ALPINE + "RUN set -o pipefail && wget a | tee x\n"),
    (
        ALPINE + "RUN set -ex; wget a | tee x\n",
        ALPINE + "RUN set -ex -o pipefail; wget a | tee x\n",
    ),
    (
        DEBIAN + 'SHELL ["/bin/bash", "-c"]\nRUN curl a | tee x\n',
        DEBIAN + 'SHELL ["/bin/bash", "-c"]\nRUN set -o pipefail && curl a | tee x\n',
    ),
    # Not known whether the image has bash; or the script cannot be edited.
    ("FROM example.com/base:1\nRUN curl a | tee x\n", None),
    (DEBIAN + "RUN <<EOF\ncurl a | tee x\nEOF\n", None),
    (DEBIAN + "ONBUILD RUN curl a | tee x\n", None),
    (ALPINE + "RUN if true; then wget a | tee x; fi\n", None),
]


@pytest.mark.parametrize(("text", "expected"), PIPE_FIXES, ids=[text for text, _ in PIPE_FIXES])
def test_fix_of_pipes(text: str, expected: str | None) -> None:
    assert fixed("DF314", text, "Dockerfile") == (expected or text)
