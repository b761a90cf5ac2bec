"""Texts for which rules report what their own examples do not show, by the code of the rule."""

from __future__ import annotations

from collections.abc import Mapping


def service(lines: str, name: str = "app", image: str = "shop/app:2.1") -> str:
    """A Compose file with one service that has these lines."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"services:\n  {name}:\n    image: {image}\n{body}"


HOST = {"composelint.toml": '[host]\nmemory = "4G"\ncpus = 2\nreserve = "512M"\n'}
NPM = {"package.json": '{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}\n'}
BUILD = "services:\n  app:\n    build: .\n"

MORE: dict[str, tuple[str | Mapping[str, str], ...]] = {
    "CF001": (
        "services:\n  web:\n\timage: a\n",
        "services:\n  web: {image: a\n",
        "services:\n  web:\n    image: 'a\n",
        "services:\n  web:\n    image:a\n    build: .\n",
        "services:\n  web:\n    image: *a\n",
    ),
    "CF002": ("services:\n  web:\n    image: a\n    environment:\n      <<: [1]\n",),
    "CF003": (
        service("ports:\n  - target: 80\n    target2: 1"),
        service("restart: 5\nhealthcheck:\n  retries: x"),
        service("deploy:\n  mode: everywhere"),
        service("privileged: 'yes'"),
        service("cap_add: [A, A]"),
        service("command:"),
        service("environment:\n  - a: b"),
        service("build:\n  ssh: [x]\n  dockerfile_inline: 5"),
        "services:\n  web:\n    image: a\nports: ['80:80']\n",
        "services:\n  volumes:\n    data:\n",
        "- a\n",
    ),
    "CF009": (
        service("gpus: all\nprovider:\n  type: x\nmodels: [a]") + "models:\n  a:\n    model: b\n",
    ),
    "CF101": (service("networks: [backend]"),),
    "CF102": (
        service("volumes: ['src/app:/a']"),
        service("volumes:\n  - type: volume\n    source: x\n    target: /a"),
    ),
    "CF107": (
        service("extends:\n  file: gone.yaml\n  service: a"),
        service("extends: {}"),
    ),
    "CF108": (
        service("build:\n  context: .\n  additional_contexts:\n    base: service:other")
        + "  other:\n    image: a\n",
    ),
    "CF112": (
        "include: [compose.yaml]\nservices:\n  a:\n    image: b\n",
        "include: {a: b}\nservices:\n  a:\n    image: b\n",
        "include:\n  - {}\nservices:\n  a:\n    image: b\n",
        {
            "compose.yaml": "include: [b.yaml]\nservices:\n  a:\n    image: b\n",
            "b.yaml": "services:\n  a:\n    image: c\n",
        },
    ),
    "CF116": (service("mem_limit: 1g\ndeploy:\n  resources:\n    limits:\n      memory: 2g"),),
    "CF117": (service("scale: -1"),),
    "CF119": (
        service("ports: ['8000-8003:80-81']"),
        service("ports: ['90-80']"),
        service("ports: ['80:80/tpc']"),
        service("ports: ['a:80']"),
        service("ports: ['300.1.1.1:80:80']"),
        service("ports: ['80:0']"),
    ),
    "CF120": (
        service("volumes: ['a:b:c:d']"),
        service("volumes:\n  - type: bind\n    target: /a"),
    ),
    "CF122": (service("healthcheck:\n  interval: 5x\nstop_grace_period: soon"),),
    "CF123": (service("mem_limit: -1g\nshm_size: big"),),
    "CF124": (service("extra_hosts: ['=1.2.3.4', 'a b=1.2.3.4']"),),
    "CF128": (service("") + "secrets:\n  a:\n    file: x\n    environment: Y\n",),
    "CF129": (service("") + "volumes:\n  a:\n    external: true\n    driver: local\n",),
    "CF133": (
        service("environment:\n  A: ${B"),
        service("environment:\n  A: ${}"),
        service("environment:\n  A: ${1A}"),
    ),
    "CF136": (service("depends_on: [b]") + "  b:\n    image: c\n    profiles: [x, y]\n",),
    "CF137": (
        "name: 'Ä'\nservices:\n  a:\n    image: b\n",
        "name: My App\nservices:\n  a:\n    image: b\n",
        service("environment:\n  - =x"),
    ),
    "CF138": (service('command: echo "a'), service("command: (a)")),
    "CF145": (service("privileged: on"),),
    "CF180": (
        {
            "compose.yaml": service("ports: ['80:80']"),
            "compose.override.yaml": service("ports:\n  a: b"),
        },
    ),
    "CF181": ("services:\n", "a\n"),
    "CF140": (service("environment:\n  A: x$Yes"),),
    "CF141": (
        service(
            "labels:\n  - traefik.http.middlewares.a.basicauth.users=admin:$apr1$s7dUe1Xq$8XkP0Zk"
        ),
        service("environment:\n  NAME: x\ncommand: sh -c 'echo \"$NAME\"'"),
        service("environment:\n  NAME: x\ncommand: sh -c \"echo '$NAME'\""),
    ),
    "CF157": (service("networks:\n  lan:\n    ipv4_address: fd00::5\n") + "networks:\n  lan:\n",),
    "CF158": (
        service("security_opt:\n  - no-new-priviliges:true"),
        service("security_opt:\n  - no-new-privileges:maybe"),
    ),
    "CF163": (
        "services:\n"
        + "".join(
            f"  {name}:\n    image: shop/{name}:1\n    ports: [{ports}]\n"
            for name in ("one", "two")
            for ports in [", ".join(f'"{port}:{port}"' for port in range(8081, 8087))]
        ),
    ),
    "CF167": (service("memswap_limit: 2g"),),
    "CF184": (service("restart: always:3"),),
    "CF185": (service("network_mode: hots"), service("network_mode: contaner:vpn")),
    "CF205": (
        service("mem_limit: 64M", "search", "elasticsearch:9.1.0"),
        service("cpus: 0.001"),
    ),
    "CF212": (
        service(
            'healthcheck:\n  test: ["CMD-SHELL", "true"]',
            image="gcr.io/distroless/static-debian12:nonroot",
        ),
        {
            "compose.yaml": BUILD,
            "Dockerfile": 'FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://localhost/\nCMD ["node", "a.js"]\n',
        },
    ),
    "CF213": (
        service("healthcheck:\n  test: [CMD, x]\n  interval: 1s"),
        service("healthcheck:\n  test: [CMD, x]\n  start_interval: 1s"),
        service("healthcheck:\n  test: [CMD, x]\n  interval: 500ms"),
    ),
    "CF240": (service("logging:\n  driver: none"),),
    "CF250": (service("volumes:\n  - /var/lib/postgresql/data", "db", "postgres:17"),),
    "CF315": (service("security_opt:\n  - no-new-privileges:false"),),
    "CF501": ({"compose.yaml": service("mem_limit: 8G"), **HOST},),
    "CF502": ({"compose.yaml": service("cpus: 4"), **HOST},),
    "CF503": ({"compose.yaml": service("mem_reservation: 8G"), **HOST},),
    "DF001": (
        "FROM alpine:3.22\nCOPY a /a # why\nENV A b # the reason\nWORKDIR /a # why\n",
        "FROM alpine:3.22 AS a b\n",
        "FROM Alpine:3.22\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY app.exe C:\\app\\\nRUN app.exe\n",
    ),
    "DF003": (
        "FROM alpine:3.22\nARG A=b\nCOPY --from=$A /x /y\n",
        "FROM alpine:3.22\nCOPY --chmod=999 a b\n",
        "FROM alpine:3.22\nADD --checksum=sha256:ab a b /c/\n",
        "FROM alpine:3.22\nRUN --mount=type=bind,target=/ true\n",
    ),
    "DF005": ('FROM alpine:3.22\nCMD ["a", 1]\n', 'FROM alpine:3.22\nCMD ["a\\d"]\n'),
    "DF103": (
        "FROM alpine:3.22\nCOPY --from=7 /a /b\n",
        "FROM alpine:3.22 AS a\nRUN --mount=from=0,target=/x true\n",
        "FROM alpine:3.22\nCOPY --from=nginx /a /b\n",
    ),
    "DF118": (
        "FROM alpine:3.22\nRUN true\nFROM alpine:3.22\n",
        {
            "Dockerfile": "FROM alpine:3.22 AS extra\nRUN true\nFROM alpine:3.22\n",
            "compose.yaml": BUILD,
        },
    ),
    "DF132": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y python3\nRUN python3 -m ensurepip\n",
        "FROM alpine:3.22\nRUN apk add --no-cache python3\nRUN python3 -m ensurepip\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y python3\nRUN python3 -m pip install a\n",
    ),
    "DF135": (
        "FROM debian:13\nRUN apt-key add a.key\n",
        "FROM debian:12\nRUN curl -fsSL https://deb.nodesource.com/setup_12.x | bash -\n",
    ),
    "DF141": (
        "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y python3-pip && pip3 install --upgrade pip && pip3 install flask\n",
    ),
    "DF149": ("FROM shop/base:2\nUSER root\nRUN apt-get install -y tini\n",),
    "DF158": ("FROM alpine:3.22\nSTOPSIGNAL TREM\n", "FROM alpine:3.22\nSTOPSIGNAL 99\n"),
    "DF201": (
        'FROM python:3.13-slim\nRUN apt-get update && apt-get install -y gcc\nRUN pip install uwsgi\nCMD ["uwsgi"]\n',
        {
            "Dockerfile": 'FROM node:22\nWORKDIR /a\nCOPY package.json .\nRUN npm install\nCOPY . .\nCMD ["node", "a.js"]\n',
            **NPM,
        },
    ),
    "DF206": (
        "FROM debian:13\nRUN apt-get update && apt-get install -y a\nRUN apt-get install -y b\n",
    ),
    "DF219": (
        "FROM alpine:3.22\nADD https://example.com/tool.tar.gz /tmp/\nRUN tar -xzf /tmp/tool.tar.gz -C /opt\n",
    ),
    "DF301": ('FROM scratch\nCOPY app /app\nCMD ["/app"]\n',),
    "DF307": (
        "FROM alpine:3.22\nADD https://example.com/tool /usr/local/bin/tool\n",
        "FROM alpine:3.22\nARG TARGETARCH\nADD https://example.com/tool-${TARGETARCH} /usr/local/bin/tool\n",
        "FROM debian:13\nRUN apt-get install -y --allow-unauthenticated a\n",
    ),
    "DF308": ("FROM alpine:3.22\nCOPY --chmod=777 a /a\n",),
    "DF315": ("FROM redis:8\nCMD redis-server --requirepass hX7wQ9zLk2\n",),
    "DF905": ('FROM alpine:3.22\nLABEL maintainer = "a"\n', "FROM alpine:3.22\nENV A = b\n"),
    "DI007": ({".dockerignore": "!a\n", "Dockerfile": "FROM alpine:3.22\nCOPY . .\n"},),
    "LN004": ("services:\n  a:\n    image: b\n    labels: " + "[" * 300 + "]" * 300 + "\n",),
    "LN006": (service("env_file: ../../../etc/passwd"),),
    "LN007": ({"jobs.compose.yaml": service("depends_on: [search]\nnetworks: [backend]")},),
    "LN008": (
        {"Dockerfile": "FROM debian:%%TAG%%\nRUN true\n"},
        {"Dockerfile": "FROM debian:{{ tag }}\n"},
    ),
    "LN010": ("# composelint: ignore[CF310] no need\n" + service(""),),
    "LN011": (
        "# composelint: ignore[CF999] no need\n" + service(""),
        "# composelint: ignore[privileged] no need\n" + service(""),
    ),
    "LN012": (
        "services:\n  a:\n    image: b\n    # composelint: ignore[CF310] later, until=2020-01-31\n    privileged: true\n",
    ),
    "LN013": (
        "services:\n  a:\n    image: b\n    privileged: true  # composelint: ignore[CF310]\n",
    ),
    "XF102": (
        {
            "compose.yaml": "services:\n  app:\n    build: .\\api\\app\n",
            "api/app/Dockerfile": "FROM alpine:3.22\n",
        },
    ),
    "XF108": (
        {
            "docker/app/Dockerfile": "FROM alpine:3.22\nCOPY src/a.txt src/b.txt /\n",
            "src/b.txt": "",
        },
    ),
    "XF110": (
        {
            "compose.yaml": "include:\n  - path: a.yaml\n    env_file: a.env\n",
            "a.yaml": service(""),
        },
        service("env_file:\n  - ''"),
    ),
}
"""Each text is the main file of a project of its own; a mapping has all files, the main one first."""

ALSO_SELECTED = {"LN010": "CF310", "LN012": "CF310"}
"""The rules that comments of these texts suppress, which have to run, too."""

UNREACHED: dict[str, int] = {
    "compose/unset.py: unset_variable": 1,
    "dockerfile/_written_sources.py: old_sources_written": 1,
    "dockerfile/gone.py: _hosts": 1,
    "dockerfile/multistage.py: _builds_in_place": 1,
    "dockerfile/old_pip.py: old_pip_takes_newest": 1,
}
"""Functions of rules, each with the number of its findings that no text here reaches: only fewer."""
