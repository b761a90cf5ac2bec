"""Texts to start fuzzing with: the rules' examples and a few with every construct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .targets import CUT

if TYPE_CHECKING:
    from collections.abc import Iterator

_YAML = (
    """x-base: &base
  restart: always
  labels: {a: "b", c: 'd'}
services:
  web:
    <<: *base
    build: {context: ., target: run, args: [A=1, B]}
    ports: ["80:80", {target: 443, published: "8443"}, 127.0.0.1:53:53/udp]
    volumes: [./a:/b:ro, data:/data, type: tmpfs]
    environment: ["A=${B:-c}", D]
    env_file: [{path: .env, required: false}]
    healthcheck: {test: [CMD, curl, -f, "http://localhost"], interval: 1m30s}
    depends_on: {db: {condition: service_healthy}}
    deploy: {resources: {limits: {cpus: "0.5", memory: 512M}}, replicas: 2}
  db:
    image: postgres:16
    command: >-
      postgres
      -c fsync=off
    profiles: !override [a]
volumes: {data: {}}
---
services:
  db: {ports: !reset null}
""",
    'a: |2-\n   b\n\n  # no comment\nc: "\\u0041\\\n  d"\n? [e, f]\n: !!str 1\n...\n%YAML 1.2\n---\n- ~\n',
)
_DOCKERFILES = (
    """# syntax=docker/dockerfile:1
# escape=\\
ARG TAG=20
FROM --platform=$BUILDPLATFORM node:${TAG:-20} AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /app
COPY --chown=1:1 package*.json ./
RUN --mount=type=cache,target=/root/.npm \\
    # a comment
    npm ci && if [ -f x ]; then echo "$(cat x | wc -l)"; fi
RUN <<EOF
set -e
apt-get update && apt-get install -y curl
EOF
COPY <<-"A" <<B /etc/
\tx
\tA
y
B
FROM alpine
COPY --from=build /app /app
ENV A=b C="d e" F g
HEALTHCHECK --interval=5s CMD wget -q localhost || exit 1
ONBUILD RUN chmod 777 /
EXPOSE 80 443/tcp
USER 1000
CMD ["node", "x"]
""",
)
_SHELL = (
    "set -eux; for i in a b; do case $i in a) x;; *) y &;; esac; done 2>&1 | tee z >/dev/null\n",
    'cat <<-\'E\' | sh -c "echo \\"$A\\" `b`"\n\tx\n\tE\nf() { (a; b) && ! c || d; }; : $((1+2)) ${A#b}\n',
)
_ENV = ("# c\nexport A=1\nB='x\ny'\nC=\"${A:-$B}\\n\" # d\nD: e\nF\n",)
_IGNORE = ("# c\n**/node_modules\n!a/[b-c]?*.txt\n/x\\*y/\n../z\n",)
_TEMPLATE = ("$A ${B:-${C:+d}} $$ ${E?f} ${LONG}",)
_VALUES = (
    "registry.example.org:5000/a/b:1.2@sha256:" + "0" * 64,
    "1.5gb",
    "1h2m3s",
    "postgres://a:b@c",
)
_CONFIG = (
    'preset = "production"\nselect = ["CF1"]\n[rules.missing-healthcheck]\nseverity = "error"\n',
    "preset: hybrid\nignore: [CF210]\nstacks:\n  - files: [a.yaml, b.yaml]\n",
)


def seeds(target: str) -> Iterator[bytes]:
    """The first inputs of a target."""
    texts_by_target = {
        "yaml": _YAML,
        "text": _YAML,
        "dotenv": _ENV,
        "template": _TEMPLATE,
        "ignore": _IGNORE,
        "dockerfile": _DOCKERFILES,
        "shell": _SHELL,
        "values": _VALUES,
        "config": _CONFIG,
    }
    for text in texts_by_target.get(target, ()):
        yield text.encode()
    if target in ("stack", "compose", "fix-compose", "know-compose", "graph"):
        for first in _YAML:
            for second in _YAML:
                yield CUT.join(part.encode() for part in (first, second, _ENV[0], _DOCKERFILES[0]))
        yield from _examples("CF", "XF", "LN")
    elif target in ("build", "fix-build", "know-build"):
        for text in _DOCKERFILES:
            yield CUT.join(part.encode() for part in (text, _IGNORE[0], _YAML[0]))
        yield from _examples("DF", "DI")
    elif target == "yaml":
        yield from _examples("CF")
    elif target == "dockerfile":
        yield from _examples("DF")


def _examples(*families: str) -> Iterator[bytes]:
    """The examples of the rules in families of codes."""
    from composelint.linter.rulebook.registry import all_rules

    for rule in all_rules():
        if rule.code.startswith(families):
            for example in rule.examples:
                yield example.bad.encode()
                if example.good:
                    yield example.good.encode()
