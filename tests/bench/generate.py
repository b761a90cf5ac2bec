"""Generated input: the same files for the same seed, on every machine.

The Compose files look like those of small products (a proxy, an application or two, a
database, a cache, a broker), the Dockerfiles like those of Node, Python, Go, Java and PHP
services. Both have the usual problems as often as public ones.
"""

from __future__ import annotations

import os
from random import Random

SEED = 20

_PROXIES = ("nginx:1.27-alpine", "traefik:v3.1", "caddy:2", "nginx:latest")
_DATABASES = (
    ("postgres:16", "POSTGRES", "/var/lib/postgresql/data", 5432),
    ("mysql:8.4", "MYSQL", "/var/lib/mysql", 3306),
    ("mariadb:11", "MARIADB", "/var/lib/mysql", 3306),
    ("mongo:7", "MONGO", "/data/db", 27017),
)
_CACHES = (("redis:7-alpine", 6379), ("memcached:1.6", 11211), ("valkey/valkey:8", 6379))
_BROKERS = (("rabbitmq:3.13-management", 5672), ("nats:2.10", 4222), ("apache/kafka:3.8.0", 9092))
_WORKERS = ("worker", "mailer", "scheduler", "indexer", "importer", "billing", "search", "audit")
_NODE_TOOLS = ("typescript", "eslint", "pm2", "serve")
_APT = ("curl", "git", "build-essential", "libpq-dev", "ca-certificates", "gnupg", "tini", "unzip")
_PYTHON = ("flask", "gunicorn", "celery", "psycopg2", "requests", "sqlalchemy")


def compose_text(random: Random, services: int = 0) -> str:
    """One Compose file with a number of services; without one, as many as is usual.

    Files of public repositories have two services on average, and a few have a dozen.
    """
    count = services or random.choice((1, 1, 2, 2, 3, 3, 4, 6, 10))
    lines: list[str] = []
    if random.random() < 0.4:
        lines += ['version: "3.8"', ""]
    if random.random() < 0.3:
        lines += [
            "x-logging: &logging",
            "  driver: json-file",
            "  options:",
            '    max-size: "10m"',
            "",
        ]
        logging = True
    else:
        logging = False
    lines.append("services:")
    names: list[str] = []
    volumes: list[str] = []
    for number in range(count):
        service_lines = _service(random, number, names, volumes, logging)
        lines += service_lines
        if random.random() < 0.5:
            lines.append("")
    if volumes:
        lines.append("volumes:")
        lines += [f"  {name}:" for name in volumes]
    if random.random() < 0.4:
        lines += ["", "networks:", "  default:", "    driver: bridge"]
    return "\n".join(lines) + "\n"


def _service(
    random: Random, number: int, names: list[str], volumes: list[str], logging: bool
) -> list[str]:
    position = number % 5
    suffix = "" if number < 5 else f"-{number}"
    body: list[str] = []
    if position == 0:
        name = "proxy" + suffix
        body += [f"    image: {random.choice(_PROXIES)}", "    ports:"]
        body += [f'      - "{8000 + number}:80"']
        if random.random() < 0.5:
            body += ["    volumes:", "      - ./proxy.conf:/etc/nginx/conf.d/default.conf:ro"]
    elif position == 1:
        image, prefix, data, port = random.choice(_DATABASES)
        name = "db" + suffix
        volumes.append(f"{name}-data")
        body += [f"    image: {image}", "    environment:"]
        if random.random() < 0.5:
            body += [
                f"      {prefix}_USER: app",
                f"      {prefix}_PASSWORD: ${{DB_PASSWORD:-secret}}",
            ]
        else:
            body += [f"      - {prefix}_USER=app", f"      - {prefix}_PASSWORD=changeme"]
        body += ["    volumes:", f"      - {name}-data:{data}"]
        if random.random() < 0.3:
            body += ["    ports:", f"      - {20000 + number}:{port}"]
        if random.random() < 0.6:
            body += _healthcheck("pg_isready -U app")
    elif position == 2:
        image, port = random.choice(_CACHES)
        name = "cache" + suffix
        body += [f"    image: {image}", "    command: --maxmemory 64mb"]
        if random.random() < 0.5:
            body += ["    expose:", f'      - "{port}"']
    elif position == 3:
        name = random.choice(_WORKERS) + suffix
        body += ["    build:", f"      context: ./{name}", "    environment:"]
        body += [f"      DATABASE_URL: postgres://app:${{DB_PASSWORD}}@{names[1]}:5432/app"]
        body += ["      LOG_LEVEL: info  # debug in development"]
        body += _depends(random, names)
        if random.random() < 0.5:
            body += ["    deploy:", "      resources:", "        limits:", "          memory: 512M"]
    else:
        image, port = random.choice(_BROKERS)
        name = "broker" + suffix
        body += [f"    image: {image}", f"    hostname: {name}"]
        if random.random() < 0.5:
            body += ["    ports:", f'      - "127.0.0.1:{30000 + number}:{port}"']
        if random.random() < 0.4:
            body += _healthcheck(f"nc -z localhost {port}")
    if random.random() < 0.6:
        body.append(f"    restart: {random.choice(('always', 'unless-stopped', 'on-failure'))}")
    if logging and random.random() < 0.6:
        body.append("    logging: *logging")
    names.append(name)
    return [f"  {name}:", *body]


def _healthcheck(command: str) -> list[str]:
    return [
        "    healthcheck:",
        f'      test: ["CMD-SHELL", "{command}"]',
        "      interval: 10s",
        "      timeout: 5s",
        "      retries: 5",
    ]


def _depends(random: Random, names: list[str]) -> list[str]:
    chosen = names[1:3]
    if random.random() < 0.5:
        return ["    depends_on:", *(f"      - {name}" for name in chosen)]
    lines = ["    depends_on:"]
    for name in chosen:
        lines += [f"      {name}:", "        condition: service_started"]
    return lines


def dockerfile_text(random: Random) -> str:
    """One Dockerfile of ten to forty lines."""
    make = random.choice((_node, _python, _go, _java, _php))
    return "\n".join(make(random)) + "\n"


def _apt(random: Random, count: int) -> list[str]:
    packages = random.sample(_APT, count)
    if random.random() < 0.5:
        return [f"RUN apt-get update && apt-get install -y {' '.join(packages)}"]
    lines = ["RUN apt-get update \\", "    && apt-get install -y --no-install-recommends \\"]
    lines += [f"        {package} \\" for package in sorted(packages)]
    return [*lines, "    && rm -rf /var/lib/apt/lists/*"]


def _node(random: Random) -> list[str]:
    version = random.choice(("16", "18-alpine", "20", "22-slim", "lts"))
    lines = ["# syntax=docker/dockerfile:1", f"FROM node:{version} AS build", "WORKDIR /app"]
    if random.random() < 0.7:
        lines += ["COPY package.json package-lock.json ./", "RUN npm ci"]
    else:
        lines += ["COPY . .", "RUN npm install"]
    if random.random() < 0.4:
        lines.append(f"RUN npm install -g {random.choice(_NODE_TOOLS)}")
    lines += ["COPY . .", "RUN npm run build", "", f"FROM node:{version}", "WORKDIR /app"]
    lines += ["ENV NODE_ENV=production", "COPY --from=build /app/dist ./dist"]
    lines += ["COPY --from=build /app/node_modules ./node_modules", "EXPOSE 3000"]
    if random.random() < 0.5:
        lines.append("USER node")
    if random.random() < 0.4:
        lines.append("HEALTHCHECK CMD wget -qO- http://localhost:3000/health || exit 1")
    return [*lines, 'CMD ["node", "dist/index.js"]']


def _python(random: Random) -> list[str]:
    lines = [f"FROM python:{random.choice(('3.8', '3.11-slim', '3.12', '3.13-slim'))}"]
    lines += ["ENV PYTHONUNBUFFERED 1", "ENV PIP_NO_CACHE_DIR=1"]
    lines += _apt(random, random.randint(1, 4))
    lines += ["WORKDIR /srv/app"]
    if random.random() < 0.6:
        lines += ["COPY requirements.txt .", "RUN pip install -r requirements.txt"]
    else:
        lines.append(f"RUN pip install {' '.join(random.sample(_PYTHON, 3))}")
    lines += ["ADD . /srv/app", "RUN useradd --system app && chown -R app /srv/app"]
    if random.random() < 0.5:
        lines.append("USER app")
    lines += ["EXPOSE 8000/tcp"]
    if random.random() < 0.5:
        return [*lines, "CMD gunicorn app:app --bind 0.0.0.0:8000"]
    return [*lines, 'ENTRYPOINT ["gunicorn", "app:app"]', 'CMD ["--bind", "0.0.0.0:8000"]']


def _go(random: Random) -> list[str]:
    lines = [f"FROM golang:{random.choice(('1.19', '1.22-alpine', '1.23'))} as builder"]
    lines += ["WORKDIR /src", "COPY go.mod go.sum ./", "RUN go mod download", "COPY . ."]
    lines += [
        "ARG VERSION",
        'RUN CGO_ENABLED=0 go build -ldflags "-X main.version=$VERSION" -o /bin/app',
    ]
    final = random.choice(
        ("alpine:3.20", "scratch", "gcr.io/distroless/static", "debian:bookworm-slim")
    )
    lines += ["", f"FROM {final}"]
    if final.startswith("alpine"):
        lines.append(random.choice(("RUN apk add --no-cache ca-certificates", "RUN apk add curl")))
    if final.startswith("debian"):
        lines += _apt(random, 2)
    lines += ["COPY --from=builder /bin/app /app", "EXPOSE 8080"]
    return [*lines, random.choice(('ENTRYPOINT ["/app"]', "CMD /app --listen :8080"))]


def _java(random: Random) -> list[str]:
    lines = ["FROM maven:3.9-eclipse-temurin-21 AS build", "WORKDIR /build", "COPY pom.xml ."]
    lines += [
        "RUN mvn -B dependency:go-offline",
        "COPY src ./src",
        "RUN mvn -B package -DskipTests",
    ]
    lines += ["", f"FROM {random.choice(('eclipse-temurin:21-jre', 'openjdk:17', 'openjdk'))}"]
    lines += ["MAINTAINER team@example.com"] if random.random() < 0.3 else []
    lines += ["COPY --from=build /build/target/*.jar /app.jar", "EXPOSE 8080"]
    if random.random() < 0.5:
        lines += ["RUN addgroup --system app && adduser --system --ingroup app app", "USER app"]
    return [*lines, 'ENTRYPOINT ["java", "-jar", "/app.jar"]']


def _php(random: Random) -> list[str]:
    lines = [f"FROM php:{random.choice(('7.4-apache', '8.2-fpm', '8.3-apache'))}"]
    lines += _apt(random, random.randint(2, 5))
    lines += ["RUN docker-php-ext-install pdo pdo_mysql && docker-php-ext-enable opcache"]
    if random.random() < 0.5:
        lines.append(
            "RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/bin"
        )
    lines += ["WORKDIR /var/www/html", "COPY --chown=www-data:www-data . ."]
    lines += ["RUN cd /var/www/html && chmod -R 775 storage"]
    return [*lines, "EXPOSE 80"]


def write_compose_files(folder: str, count: int) -> list[str]:
    """``count`` projects with a Compose file each; the paths, relative to ``folder``."""
    random = Random(SEED)
    names = ("compose.yaml", "docker-compose.yml")
    return [
        _write(folder, f"compose/p{number:05}/{names[number % 2]}", compose_text(random))
        for number in range(count)
    ]


def write_dockerfiles(folder: str, count: int) -> list[str]:
    """``count`` folders with a Dockerfile each; the paths, relative to ``folder``."""
    random = Random(SEED)
    return [
        _write(folder, f"docker/d{number:05}/Dockerfile", dockerfile_text(random))
        for number in range(count)
    ]


def write_stack(folder: str, services: int) -> str:
    """One Compose file of many services; its path, relative to ``folder``."""
    return _write(folder, f"stack{services}/compose.yaml", compose_text(Random(SEED), services))


def write_monorepo(folder: str, count: int) -> None:
    """A repository of ``count`` files: products of five files each that build on one another.

    Each has a Compose file with an override, two Dockerfiles that it builds and an ignore
    file; all of them share one base folder, which every tenth extends.
    """
    random = Random(SEED)
    _write(
        folder,
        "base/common.yaml",
        "services:\n  base:\n    image: alpine:3.20\n    init: true\n    restart: unless-stopped\n",
    )
    for number in range(count // 5):
        folder_of_product = f"team{number % 40:02}/product{number:05}"
        lines = ["services:"]
        for part in ("api", "web"):
            lines += [f"  {part}:", f"    build: ./{part}", "    environment:", "      PORT: 8080"]
            _write(folder, f"{folder_of_product}/{part}/Dockerfile", dockerfile_text(random))
        lines += [
            "  db:",
            "    image: postgres:16",
            "    environment:",
            "      POSTGRES_PASSWORD: x",
        ]
        if number % 10 == 0:
            lines += ["  job:", "    extends:", "      file: ../../base/common.yaml"]
            lines += ["      service: base"]
        _write(folder, f"{folder_of_product}/compose.yaml", "\n".join(lines) + "\n")
        _write(
            folder,
            f"{folder_of_product}/compose.override.yaml",
            "services:\n  api:\n    ports: ['8080']\n",
        )
        _write(folder, f"{folder_of_product}/api/.dockerignore", "node_modules\n.git\n.env\n")


def _write(folder: str, path: str, text: str) -> str:
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    return path
