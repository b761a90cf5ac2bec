"""Base images and versions of packages in Dockerfiles."""

from __future__ import annotations

from typing import Any

import pytest
from composelint.linter.config.settings import Config
from snippets import diagnostics, places

DEBIAN = "FROM debian:trixie-slim\n"


def reported(code: str, text: str, **more: Any) -> list[str]:
    """The texts of the places that a rule reports in a Dockerfile."""
    return [span for _, span in places(code, text, "Dockerfile", **more)]


# --- base images


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("FROM ubuntu\n", ["ubuntu"]),
        ("FROM --platform=linux/amd64 ubuntu AS x\n", ["ubuntu"]),
        ("FROM reg.example.com:5000/team/app\n", ["reg.example.com:5000/team/app"]),
        ("ARG BASE=ubuntu\nFROM $BASE\n", ["$BASE"]),
        ("ARG BASE\nFROM ${BASE:-ubuntu}\n", ["${BASE:-ubuntu}"]),
        ("FROM ubuntu:24.04 AS Base\nFROM base\n", []),
        ("FROM ubuntu AS a\nFROM a\n", ["ubuntu"]),
        ("FROM scratch\n", []),
        ("FROM ubuntu:24.04\n", []),
        ("FROM ubuntu@sha256:" + "0" * 64 + "\n", []),
        ("FROM $BASE\n", []),
        ("ARG BASE\nFROM $BASE\n", []),
        ("ARG TAG=1\nFROM app:$TAG\n", []),
        ("ARG TAG\nFROM app:$TAG\n", []),
    ],
)
def test_base_untagged(text: str, spans: list[str]) -> None:
    assert reported("DF401", text) == spans


OLD = "python:3.8-slim"
MOVES = "debian:latest"
USES = [
    # What a build takes, and what somebody may select by its name.
    ("FROM {} AS build\nFROM scratch\nCOPY --from=build /a /a\n", 1),
    ("FROM {} AS build\nFROM build\nRUN x\n", 1),
    ("FROM {}\nFROM scratch\nCOPY --from=0 /a /a\n", 1),
    ("FROM {} AS deps\nFROM alpine:3.22\nRUN --mount=from=deps,target=/x x\n", 1),
    ("FROM {} AS api\nRUN x\nFROM alpine:3.22 AS worker\nRUN y\n", 1),
    ("FROM {} AS build\nFROM alpine:3.22 AS dev\nCOPY --from=build /a /a\nFROM scratch\n", 1),
    ("ARG V=a\nFROM alpine:3.22 AS a\nFROM {} AS b\nFROM ${{V}}\n", 1),
    ("FROM {} AS build-amd64\nFROM build-$TARGETARCH\n", 1),
    # What is skipped.
    ("FROM {} AS binfmt\nFROM alpine:3.22\nRUN x\n", 0),
    ("FROM {}\nRUN x\nFROM alpine:3.22\nRUN y\n", 0),
    ("FROM {} AS build\nRUN x\nFROM alpine:3.22\nRUN y\n", 0),
    ("FROM {} AS deps\nFROM deps AS build\nFROM alpine:3.22\nRUN y\n", 0),
]


@pytest.mark.parametrize(("text", "count"), USES)
@pytest.mark.parametrize(("code", "image"), [("DF401", "ubuntu"), ("DF402", MOVES), ("DF403", OLD)])
def test_images_that_no_build_pulls(code: str, image: str, text: str, count: int) -> None:
    assert len(reported(code, text.format(image))) == count


def test_a_target_of_a_service_is_pulled() -> None:
    text = "FROM ubuntu AS build\nFROM alpine:3.22\nRUN x\n"
    service = "services:\n  a:\n    build:\n      context: .\n      target: {}\n"
    assert reported("DF401", text, files={"compose.yaml": service.format("build")}) == ["ubuntu"]
    assert reported("DF401", text, files={"compose.yaml": service.format("1")}) == []
    assert reported("DF401", text, files={"compose.yaml": service.format("$T")}) == ["ubuntu"]


def test_images_of_the_stack_itself_have_no_version() -> None:
    own = "services:\n  base:\n    build: ./base\n    image: acme/base\n  app:\n    build: .\n"
    assert reported("DF401", "FROM acme/base\n", files={"compose.yaml": own}) == []
    context = "services:\n  app:\n    build:\n      context: .\n      additional_contexts:\n        base: ./base\n"
    assert reported("DF401", "FROM base\n", files={"compose.yaml": context}) == []


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ("ubuntu:latest", 1), ("example.com/team/app:latest", 1), ("alpine:edge", 1),
        ("node:lts", 1), ("node:lts-alpine", 1), ("nginx:stable-alpine", 1), ("nginx:alpine", 1),
        ("node:slim", 1), ("python:bookworm", 1), ("debian:sid", 1), ("fedora:rawhide", 1),
        ("example.com/app:main", 1),
        ("ubuntu:latest@sha256:" + "0" * 64, 0), ("debian:trixie", 0), ("debian:trixie-slim", 0),
        ("ubuntu:noble", 0), ("node:22", 0), ("node:jod", 0), ("node:22-alpine", 0),
        ("example.com/app:v1", 0), ("example.com/app:alpine", 0), ("example.com/app:main-7f3c2d1", 0),
        ("gcr.io/distroless/static-debian12:nonroot", 0), ("mcr.microsoft.com/devcontainers/base:ubuntu", 0),
    ],
)  # fmt: skip
def test_base_tag_moves(image: str, count: int) -> None:
    assert len(reported("DF402", f"FROM {image}\n")) == count


def test_default_of_an_argument_counts() -> None:
    assert reported("DF402", "ARG TAG=latest\nFROM app:$TAG\n") == ["app:$TAG"]
    assert reported("DF402", "FROM app:${TAG:-latest}\n") == ["app:${TAG:-latest}"]


@pytest.mark.parametrize(
    ("image", "count"),
    [
        ("node:14", 1), ("node:20-alpine", 1), ("python:3.8-slim", 1), ("debian:buster", 1),
        ("ubuntu:18.04", 1), ("alpine:3.12", 1), ("golang:1.18-alpine", 1),
        ("eclipse-temurin:17-jre-focal", 1), ("node:lts-buster", 1), ("php:7.4-fpm", 1),
        ("node:24", 0), ("python:3.13", 0), ("debian:trixie", 0), ("node", 0), ("node:lts", 0),
        ("example.com/node:14", 0), ("node:$V", 0), ("scratch", 0),
    ],
)  # fmt: skip
def test_end_of_life_base(image: str, count: int) -> None:
    assert len(reported("DF403", f"FROM {image}\n")) == count


def test_a_release_that_the_table_leaves_out() -> None:
    (finding,) = diagnostics("DF403", "FROM nginx:1.13-alpine\n", "Dockerfile")
    assert "support for nginx 1.13 ended before 2019-04-23 (as of " in finding.message
    assert reported("DF403", "FROM nginx:1.99-alpine\n") == []


def test_old_image_that_only_builds_is_advice() -> None:
    text = "FROM node:14 AS build\nFROM node:24\nCOPY --from=build /a /a\n"
    (finding,) = diagnostics("DF403", text, "Dockerfile")
    assert finding.severity.label == "info"
    assert finding.message.startswith("node:14: support for nodejs 14 ended on 2023-04-30 (as of ")


@pytest.mark.parametrize(
    ("image", "count"),
    [("openjdk:17", 1), ("centos:7", 1), ("eclipse-temurin:21", 0), ("example.com/openjdk:17", 0)],
)
def test_deprecated_base(image: str, count: int) -> None:
    assert len(reported("DF416", f"FROM {image}\n")) == count
    if count:
        assert reported("DF403", f"FROM {image}\n") == [], "once is enough"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FROM node:22\n", 1),
        ("FROM node:22@sha256:" + "0" * 64 + "\n", 0),
        ("FROM node\n", 0),
        ("FROM scratch\n", 0),
        ("FROM node:22 AS a\nFROM a\n", 1),
    ],
)
def test_base_without_digest(text: str, count: int) -> None:
    assert len(reported("DF404", text)) == count


ALLOWED = ("docker.io", "ghcr.io/acme", "*.example.com")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("FROM node:22\n", []),
        ("FROM docker.io/library/node:22\n", []),
        ("FROM ghcr.io/acme/base:1\n", []),
        ("FROM ghcr.io/other/base:1\n", ["ghcr.io/other/base:1"]),
        ("FROM ghcr.io/acmeish/base:1\n", ["ghcr.io/acmeish/base:1"]),
        ("FROM eu.example.com/x:1\n", []),
        ("FROM quay.io/x/y:1\n", ["quay.io/x/y:1"]),
        ("FROM scratch\n", []),
        ("FROM quay.io/x/y:1 AS a\nFROM a\n", ["quay.io/x/y:1"]),
        ("FROM node:22\nCOPY --from=quay.io/x/y:1 /a /a\n", ["quay.io/x/y:1"]),
        ("FROM node:22\nRUN --mount=from=quay.io/x/y:1,target=/y true\n", ["quay.io/x/y:1"]),
        ("FROM $BASE\n", []),
    ],
)
def test_registries(text: str, spans: list[str]) -> None:
    assert reported("DF405", text, config=Config(registries=ALLOWED)) == spans
    assert reported("DF405", text) == []


# --- packages

FLASK = "RUN pip install flask\n"


@pytest.mark.parametrize(
    "comment",
    [
        "hadolint ignore=DL3059", "hadolint ignore=SC2086 # the latest is wanted", "latest wanted",
        "tally ignore=DL3059;reason=unpinned", "shellcheck disable=SC2086", "for the current user",
        "checkov:skip=CKV_DOCKER_3:by design", "composelint: ignore[DF205] on purpose", "nolint",
        "check=skip=StageNameCasing", "explicitly install it", "recent releases need it",
        "update pip to the newest version", "the intended user", "unintentional",
    ],
)  # fmt: skip
def test_comments_that_do_not_explain_an_open_version(comment: str) -> None:
    assert reported("DF408", DEBIAN + f"# {comment}\n{FLASK}") == ["flask"]
    assert reported("DF408", DEBIAN + f"RUN true && \\\n# {comment}\n pip install flask\n") == [
        "flask"
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "unpinned on purpose", "deliberately without a version", "the newest, by design",
        "We do not pin it: rebuilt each night", "not pinned", "this is intentional",
    ],
)  # fmt: skip
def test_comments_that_explain_an_open_version(comment: str) -> None:
    assert reported("DF408", DEBIAN + f"# {comment}\n{FLASK}") == []
    assert reported("DF408", DEBIAN + f"# {comment}\n# hadolint ignore=DL3059\n{FLASK}") == []


APT = "RUN apt-get install -y "
OPEN = [
    ("DF406", APT + "tini", ["tini"]),
    ("DF406", APT + "-t backports tini", ["tini"]),
    ("DF406", "RUN apt install tini curl=1", ["tini"]),
    ("DF407", "RUN apk add tini", ["tini"]),
    ("DF407", "RUN apk add -t .deps gcc", ["gcc"]),
    ("DF407", "RUN apk add --repository http://example.com/edge tini", ["tini"]),
    ("DF408", "RUN pip install flask", ["flask"]),
    ("DF408", "RUN pip3.11 install flask", ["flask"]),
    ("DF408", "RUN python -m pip install flask", ["flask"]),
    ("DF408", "RUN /venv/bin/pip install flask", ["flask"]),
    ("DF408", "RUN sudo -H pip install flask", ["flask"]),
    ("DF408", "RUN uv pip install --system flask", ["flask"]),
    ("DF408", "RUN pipx install poetry", ["poetry"]),
    ("DF408", "RUN pip install -r requirements.txt flask", ["flask"]),
    ("DF408", "RUN pip install 'uvicorn[standard]'", ["'uvicorn[standard]'"]),
    ("DF408", "RUN pip install git+https://example.com/a/b", ["git+https://example.com/a/b"]),
    ("DF408", "RUN pip install --index-url https://example.com flask", ["flask"]),
    ("DF409", "RUN npm install express", ["express"]),
    ("DF409", "RUN npm i -g typescript", ["typescript"]),
    ("DF409", "RUN npm install -g pnpm@latest", ["pnpm@latest"]),
    ("DF409", "RUN npm install @scope/pkg", ["@scope/pkg"]),
    ("DF409", "RUN npm install -g a@1 b", ["b"]),
    ("DF409", "RUN npm install user/repo", ["user/repo"]),
    ("DF409", "RUN yarn global add serve", ["serve"]),
    ("DF409", "RUN yarn add serve", ["serve"]),
    ("DF409", "RUN pnpm add -g serve", ["serve"]),
    ("DF409", "RUN bun add serve", ["serve"]),
    ("DF410", "RUN gem install rails", ["rails"]),
    ("DF410", "RUN gem install --no-document rails", ["rails"]),
    ("DF411", "RUN go install example.com/x/tool@latest", ["example.com/x/tool@latest"]),
    ("DF411", "RUN go get example.com/x/tool", ["example.com/x/tool"]),
    ("DF411", "COPY . .\nRUN go get -u example.com/x/tool", ["example.com/x/tool"]),
    ("DF411", "FROM golang:1.5\nCOPY . .\nRUN go get example.com/x/tool", ["example.com/x/tool"]),
    ("DF411", "RUN go run example.com/x/tool@main -v", ["example.com/x/tool@main"]),
    ("DF412", "RUN yum install -y httpd", ["httpd"]),
    ("DF412", "RUN yum install -y --enablerepo epel httpd", ["httpd"]),
    ("DF413", "RUN dnf install -y httpd-tools", ["httpd-tools"]),
    ("DF413", "RUN microdnf install httpd", ["httpd"]),
    ("DF413", "RUN dnf module install -y nodejs", ["nodejs"]),
    ("DF414", "RUN zypper -n in httpd", ["httpd"]),
]
PINNED = [
    ("DF406", APT + "tini=0.19.0-3"),
    ("DF406", APT + "tini/backports"),
    ("DF406", APT + "./tini.deb"),
    ("DF406", APT + "$PACKAGES"),
    ("DF406", APT + "tini-"),
    ("DF406", "RUN apt-get update"),
    ("DF407", "RUN apk add tini=0.19"),
    ("DF407", "RUN apk add 'tini>0.18' tini~0.19"),
    ("DF407", "RUN apk add ./tini.apk"),
    ("DF407", "RUN apk add $PACKAGES"),
    ("DF407", "RUN apk del tini"),
    ("DF408", "RUN pip install flask==3.1.2"),
    ("DF408", "RUN pip install 'flask>=3,<4' 'x~=1.0' 'y!=2'"),
    ("DF408", "RUN pip install -r requirements.txt"),
    ("DF408", "RUN pip install --requirement=requirements.txt"),
    ("DF408", "RUN pip install -c constraints.txt flask"),
    ("DF408", "RUN pip install ."),
    ("DF408", "RUN pip install .[dev]"),
    ("DF408", "RUN pip install '.[dev]'"),
    ("DF408", "RUN pip install -e ."),
    ("DF408", "RUN pip install /wheels/x.whl dist/y.tar.gz"),
    ("DF408", "RUN pip install https://example.com/x-1.0.whl"),
    ("DF408", "RUN pip install git+https://example.com/a/b@v1"),
    ("DF408", "RUN pip install git+ssh://git@example.com/a/b@v1"),
    ("DF408", "RUN pip install 'x @ https://example.com/x.whl'"),
    ("DF408", "RUN pip install --upgrade pip setuptools wheel"),
    ("DF408", "RUN pip install $PACKAGES"),
    ("DF408", "RUN PIP_CONSTRAINT=c.txt pip install flask"),
    ("DF408", "RUN pip uninstall flask"),
    ("DF408", "RUN uv pip install -r requirements.txt"),
    ("DF409", "RUN npm install"),
    ("DF409", "RUN npm ci"),
    ("DF409", "RUN npm install express@4.1.1"),
    ("DF409", "RUN npm install @scope/pkg@1"),
    ("DF409", "RUN npm install ./local file:../x a.tgz"),
    ("DF409", "RUN npm install git+https://example.com/a/b#v1"),
    ("DF409", "RUN npm install user/repo#v1"),
    ("DF409", "RUN npm install -g npm@$NPM_VERSION"),
    ("DF409", "RUN npm install --loglevel error express@4"),
    ("DF409", "RUN npm run express"),
    ("DF410", "RUN gem install rails:8.0.2"),
    ("DF410", "RUN gem install rails -v 8.0.2"),
    ("DF410", "RUN gem install rails --version=8.0.2"),
    ("DF410", "RUN gem install ./x.gem"),
    ("DF410", "RUN gem update --system"),
    ("DF411", "RUN go install example.com/x/tool@v1.2.3"),
    ("DF411", "RUN go install ./..."),
    ("DF411", "RUN go get -d -v ./..."),
    ("DF411", "RUN go run main.go example.com/x"),
    ("DF411", "RUN go build example.com/x"),
    ("DF411", "COPY . .\nRUN go install example.com/own/cmd/x"),
    ("DF411", "RUN --mount=type=bind,target=. go install example.com/own/cmd/x"),
    ("DF412", "RUN yum install -y httpd-2.4.6"),
    ("DF412", "RUN yum install -y @development https://example.com/x.rpm ./y.rpm"),
    ("DF412", "RUN yum update -y"),
    ("DF413", "RUN dnf module install -y nodejs:22"),
    ("DF413", "RUN dnf install -y httpd-$VERSION"),
    ("DF414", "RUN zypper -n in httpd=2.4 'x>=1'"),
    ("DF414", "RUN zypper -n in ./x.rpm"),
    ("DF414", "RUN zypper -n in -t pattern devel"),
]


@pytest.mark.parametrize(("code", "body", "spans"), OPEN)
def test_version_is_missing(code: str, body: str, spans: list[str]) -> None:
    assert reported(code, DEBIAN + body + "\n") == spans


@pytest.mark.parametrize(("code", "body"), PINNED)
def test_version_is_given(code: str, body: str) -> None:
    assert reported(code, DEBIAN + body + "\n") == []


def test_one_finding_for_each_run() -> None:
    text = DEBIAN + "RUN pip install a b==1 c && pip install d e f\n"
    (finding,) = diagnostics("DF408", text, "Dockerfile")
    assert finding.message == "`pip install` installs a, c, d, e and 1 more without a fixed version"
    assert [related.span.text for related in finding.related] == ["c", "d", "e", "f"]


def test_presets_of_the_rules_about_pins() -> None:
    from composelint.linter.rulebook.registry import find

    for name in ("unpinned-apt", "unpinned-apk", "unpinned-yum", "unpinned-dnf", "unpinned-zypper"):
        (rule,) = find(name)
        assert rule.presets == ("hardened",)
    for name in ("unpinned-pip", "unpinned-npm", "unpinned-gem", "unpinned-go"):
        (rule,) = find(name)
        assert rule.presets == ("recommended",)
