"""Dimensions of Compose files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dimension import Dimension, Row, many_files, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

A = "services:\n  a:\n    image: a:1\n"
S = "services:\n"

SERVICES: list[Row] = [
    ("services on one line", 300, S, "  s@: {image: a:1}\n"),
    ("services without an image", 300, S, "  s@: {restart: always}\n"),
    ("services that are empty", 300, S, "  s@:\n"),
    ("services of known images", 60, S, "  s@: {image: postgres:16}\n"),
    ("services of images without tags", 300, S, "  s@: {image: r.example.org/x@}\n"),
    (
        "services in blocks",
        60,
        S,
        "  s@:\n    image: x/y@:1.2\n    restart: unless-stopped\n    ports:\n      - '127.0.0.1:@:80'\n"
        "    environment:\n      NAME: v@\n    volumes: [data@:/data]\n    mem_limit: 64m\n"
        "    healthcheck:\n      test: [CMD, curl, -f, http://localhost]\n",
    ),
    ("services that are built", 60, S, "  s@: {build: ./s@}\n"),
    ("services of one build", 60, S, "  s@: {build: .}\n"),
    ("services with build arguments", 60, S, "  s@: {build: {context: ., args: {A: '@'}}}\n"),
    (
        "services in a chain",
        150,
        S + "  s0: {image: a:1}\n",
        "  s@: {image: a:1, depends_on: [s‹]}\n",
    ),
    (
        "services in a circle",
        150,
        S + "  s0: {image: a:1, depends_on: [s1]}\n",
        "  s@: {image: a:1, depends_on: [s‹]}\n",
    ),
    (
        "services that wait for one",
        200,
        A,
        "  s@: {image: x:1, depends_on: {a: {condition: service_healthy}}}\n",
    ),
    ("services that wait for unknown ones", 150, A, "  s@: {image: x:1, depends_on: [t@]}\n"),
    ("services with one port", 200, S, "  s@: {image: a:1, ports: ['80:80']}\n"),
    ("services with ports", 200, S, "  s@: {image: a:1, ports: ['@:80']}\n"),
    ("services with profiles", 200, S, "  s@: {image: a:1, profiles: [p@]}\n"),
    ("services with one container name", 200, S, "  s@: {image: a:1, container_name: x}\n"),
    ("services with container names", 200, S, "  s@: {image: a:1, container_name: x@}\n"),
    (
        "services that call others",
        120,
        S,
        "  s@: {image: a:1, environment: {URL: 'http://s‹:80/'}}\n",
    ),
    (
        "services that call unknown ones",
        120,
        S,
        "  s@: {image: a:1, environment: {DB_HOST: tt@}}\n",
    ),
    (
        "services in others' networks",
        150,
        S + "  s0: {image: a:1}\n",
        "  s@: {image: a:1, network_mode: 'service:s‹'}\n",
    ),
    (
        "services with a network each",
        120,
        S,
        "  s@: {image: a:1, networks: [n@]}\n",
        "networks: {n1: }\n",
    ),
    (
        "services with a volume each",
        120,
        S,
        "  s@: {image: a:1, volumes: ['v@:/d']}\n",
        "volumes: {v1: }\n",
    ),
    ("services with a file each", 120, S, "  s@: {image: a:1, volumes: ['./f@:/d']}\n"),
    ("services with an env file each", 120, S, "  s@: {image: a:1, env_file: e@.env}\n"),
    ("services with one env file", 120, S, "  s@: {image: a:1, env_file: .env}\n"),
    (
        "services with a secret each",
        120,
        S,
        "  s@: {image: a:1, secrets: [x@]}\n",
        "secrets: {x1: {file: ./x}}\n",
    ),
    (
        "services with passwords",
        120,
        S,
        "  s@: {image: a:1, environment: {DB_PASSWORD: Hk@qZ7xw@}}\n",
    ),
    (
        "services with one password",
        120,
        S,
        "  s@: {image: a:1, environment: {DB_PASSWORD: Hk1qZ7xw}}\n",
    ),
    (
        "services with Traefik labels",
        100,
        S,
        "  s@: {image: a:1, labels: ['traefik.http.routers.r@.rule=Host(`h@.example.org`)']}\n",
    ),
    ("services that extend one", 120, A, "  s@: {extends: a}\n"),
    (
        "services that extend the one before",
        90,
        S + "  s0: {image: a:1}\n",
        "  s@: {extends: s‹}\n",
    ),
    ("services that merge one", 150, "x-a: &a {image: a:1}\n" + S, "  s@: {<<: *a}\n"),
    (
        "services that merge a list",
        150,
        "x-a: &a {image: a:1}\nx-b: &b {restart: always}\n" + S,
        "  s@: {<<: [*a, *b]}\n",
    ),
    (
        "services that merge the one before",
        150,
        S + "  s0: &s0 {image: a:1}\n",
        "  s@: &s@ {<<: *s‹}\n",
    ),
    (
        "services with limits",
        120,
        "x-m: &m 1g\n" + S,
        "  s@: {image: a:1, mem_limit: *m, cpus: 0.1}\n",
    ),
    ("services with replicas", 120, S, "  s@: {image: a:1, deploy: {replicas: 2}}\n"),
    (
        "services with suppressions",
        60,
        S,
        "  # composelint: ignore[CF401] why\n  s@: {image: postgres}\n",
    ),
    (
        "services with unused suppressions",
        150,
        S,
        "  # composelint: ignore[CF401] why\n  s@: {image: a:1}\n",
    ),
    ("services without suppressions", 60, S, "  s@: {image: postgres}\n"),
    (
        "services with the socket",
        100,
        S,
        "  s@: {image: a:1, volumes: ['/var/run/docker.sock:/var/run/docker.sock']}\n",
    ),
    ("services that are privileged", 100, S, "  s@: {image: a:1, privileged: true}\n"),
    (
        "services with inline Dockerfiles",
        40,
        S,
        "  s@:\n    build:\n      dockerfile_inline: |\n        FROM a:1\n        RUN x@\n",
    ),
    ("services of one name", 300, S, "  s: {image: a:1}\n"),
    ("services with unknown keys", 150, S, "  s@: {image: a:1, imag: x}\n"),
    (
        "services with a health check",
        100,
        S,
        "  s@: {image: a:1, healthcheck: {test: [CMD, curl, -f, http://localhost]}}\n",
    ),
    ("services with commands", 100, S, "  s@: {image: a:1, command: sh -c 'a && b@'}\n"),
]

LISTS: list[Row] = [
    ("ports", 400, A + "    ports:\n", "      - '@:80'\n"),
    ("ports of addresses", 400, A + "    ports:\n", "      - '127.0.@.1:80:80'\n"),
    ("ports with addresses in quotes", 300, A + "    ports:\n", '      - "10.1.1.1:@:@"\n'),
    ("ports as mappings", 200, A + "    ports:\n", "      - {target: @, published: '@'}\n"),
    ("ports of one number", 400, A + "    ports:\n", "      - '80:@'\n"),
    ("ports in ranges", 300, A + "    ports:\n", "      - '1-@:1-@'\n"),
    ("ports that are wrong", 200, A + "    ports:\n", "      - 'x@:80'\n"),
    ("exposed ports", 500, A + "    expose:\n", "      - '@'\n"),
    ("secrets", 200, A + "    secrets:\n", "      - s@\n", "secrets: {s1: {file: ./s}}\n"),
    ("configs as mappings", 200, A + "    configs:\n", "      - {source: c@, target: /c@}\n"),
    ("defined secrets", 200, A + "secrets:\n", "  s@: {file: ./s@}\n"),
    ("defined configs", 200, A + "configs:\n", "  c@: {content: text@}\n"),
    ("defined networks", 300, A + "networks:\n", "  n@: {}\n"),
    (
        "defined networks with subnets",
        150,
        A + "networks:\n",
        "  n@: {ipam: {config: [{subnet: 10.@.0.0/16}]}}\n",
    ),
    ("defined volumes", 300, A + "volumes:\n", "  v@: {}\n"),
    ("defined volumes with names", 300, A + "volumes:\n", "  v@: {name: x, external: true}\n"),
    ("networks", 200, A + "    networks:\n", "      - n@\n"),
    ("networks with aliases", 200, A + "    networks: {n: {aliases: [\n", "      b@,\n", "]}}\n"),
    ("volumes", 200, A + "    volumes:\n", "      - v@:/d@\n"),
    ("volumes that are files", 200, A + "    volumes:\n", "      - ./v@:/d@\n"),
    (
        "volumes as mappings",
        150,
        A + "    volumes:\n",
        "      - {type: bind, source: ./v@, target: /d@}\n",
    ),
    ("volumes of one target", 200, A + "    volumes:\n", "      - ./v@:/d\n"),
    ("volumes below each other", 200, A + "    volumes:\n", "      - ./v:/d/@/e\n"),
    ("temporary folders", 300, A + "    tmpfs:\n", "      - /t@\n"),
    ("variables", 400, A + "    environment:\n", "      V@: x\n"),
    ("variables in a list", 400, A + "    environment:\n", "      - V@=x\n"),
    ("variables of one name", 400, A + "    environment:\n", "      - V=x@\n"),
    ("variables without a value", 300, A + "    environment:\n", "      - V@\n"),
    ("variables with references", 150, A + "    environment:\n", "      V@: ${X@:-y}\n"),
    ("variables with unset references", 150, A + "    environment:\n", "      V@: $X@\n"),
    ("variables with required references", 150, A + "    environment:\n", "      V@: ${X@:?no}\n"),
    ("variables with a bad reference", 150, A + "    environment:\n", "      V@: ${X@\n"),
    ("variables with one reference", 150, A + "    environment:\n", "      V@: $X\n"),
    ("variables with URLs", 150, A + "    environment:\n", "      V@: postgres://u:p@db:5432/x\n"),
    ("passwords", 150, A + "    environment:\n", "      P@_PASSWORD: Hk@qZ7xw@\n"),
    (
        "tokens",
        150,
        A + "    environment:\n",
        "      API_TOKEN_@: ghp_0123456789abcdefghijklmnopqrst@\n",
    ),
    ("labels", 300, A + "    labels:\n", "      l@: x\n"),
    ("labels in a list", 300, A + "    labels:\n", "      - l@=x\n"),
    (
        "labels of Traefik",
        150,
        A + "    labels:\n",
        "      - traefik.http.routers.r@.middlewares=m@\n",
    ),
    ("hosts", 300, A + "    extra_hosts:\n", "      - h@:10.0.0.1\n"),
    (
        "dependencies",
        150,
        S + "  s1: {image: a:1}\n  a:\n    image: a:1\n    depends_on:\n",
        "      - s@\n",
    ),
    ("profiles", 300, A + "    profiles:\n", "      - p@\n"),
    ("words of a command", 400, A + "    command:\n", "      - w@\n"),
    (
        "words of a health check",
        300,
        A + "    healthcheck:\n      test:\n        - CMD\n",
        "        - w@\n",
    ),
    ("capabilities", 300, A + "    cap_add:\n", "      - C@\n"),
    ("security options", 300, A + "    security_opt:\n", "      - o@:x\n"),
    ("devices", 300, A + "    devices:\n", "      - /dev/d@:/dev/d@\n"),
    ("name servers", 300, A + "    dns:\n", "      - 10.0.0.@\n"),
    ("limits of the kernel", 300, A + "    ulimits:\n", "      u@: 5\n"),
    ("kernel parameters", 300, A + "    sysctls:\n", "      s@: 5\n"),
    ("groups", 300, A + "    group_add:\n", "      - g@\n"),
    ("links", 150, A + "    links:\n", "      - s@:b@\n"),
    (
        "logging options",
        300,
        A + "    logging:\n      driver: json-file\n      options:\n",
        "        o@: x\n",
    ),
    ("env files", 100, A + "    env_file:\n", "      - e@.env\n"),
    ("label files", 100, A + "    label_file:\n", "      - e@.labels\n"),
    ("build arguments", 200, A + "    build:\n      context: .\n      args:\n", "        A@: x\n"),
    (
        "build contexts",
        150,
        A + "    build:\n      context: .\n      additional_contexts:\n",
        "        c@: ./c@\n",
    ),
    ("build tags", 200, A + "    build:\n      context: .\n      tags:\n", "        - t:@\n"),
    (
        "build caches",
        200,
        A + "    build:\n      context: .\n      cache_from:\n",
        "        - c@\n",
    ),
    ("build secrets", 150, A + "    build:\n      context: .\n      secrets:\n", "        - s@\n"),
    ("hooks", 100, A + "    post_start:\n", "      - {command: x@}\n"),
    (
        "watches",
        100,
        A + "    develop:\n      watch:\n",
        "        - {action: sync, path: ./p@, target: /p@}\n",
    ),
    ("models", 100, A + "models:\n", "  m@: {model: x/y@}\n"),
    ("includes", 20, A + "include:\n", "  - i@.yaml\n"),
    ("unknown keys", 150, A, "  s: {}\nk@: x\n".replace("  s: {}\n", "")),
    ("unknown keys of a service", 150, A, "    k@: x\n"),
    ("extension keys", 400, A, "x-@: {a: b}\n"),
    ("keys of one name", 300, A, "x-a: @\n"),
    ("anchors", 400, A, "x-@: &a@ {a: b}\n"),
    ("anchors and aliases", 300, A, "x-@: &a@ {a: b}\ny-@: *a@\n".replace("y-", "x-y")),
    ("aliases of one text", 400, A + "x-a: &a b\nx-b:\n", "  - *a\n"),
    ("unknown aliases", 150, A + "x-b:\n", "  - *a@\n"),
    ("documents", 100, A, "---\nx-a: b\n"),
    ("removed values", 200, A + "    environment:\n", "      V@: !reset null\n"),
    ("unknown tags", 200, A + "    environment:\n", "      V@: !t x\n"),
]

TEXTS: list[Row] = [
    ("comments", 1000, A, "# comment @\n"),
    ("comments that end lines", 400, A + "    environment:\n", "      V@: x # comment\n"),
    ("comments without a place", 300, A, "# composelint: ignore[CF401] why\n"),
    (
        "comments with unknown rules",
        150,
        A + "    environment:\n",
        "      V@: x # composelint: ignore[XX@]\n",
    ),
    ("comments with many rules", 200, "# composelint: ignore[CF401", ", CF@", "] why\n" + A),
    (
        "comments of other linters",
        200,
        A + "    environment:\n",
        "      V@: x # kics-scan ignore-line\n",
    ),
    ("empty lines", 3000, A, "\n"),
    ("blanks", 20000, A, " ", "\n"),
    ("a long key", 20000, A + "x-", "k", ": v\n"),
    ("a long text", 20000, A + "    command: ", "w@ ", "\n"),
    ("a long text in quotes", 20000, A + '    command: "', "w@ ", '"\n'),
    ("a long text of escapes", 10000, A + '    command: "', "\\x41", '"\n'),
    ("a long text in single quotes", 10000, A + "    command: '", "it''s ", "'\n"),
    ("a text of many lines", 2000, A + "    command: |\n", "      line @\n"),
    ("a folded text", 2000, A + "    command: >\n", "      line @\n"),
    ("a plain text of many lines", 2000, A + "    command: x\n", "      line @\n"),
    ("a long list on one line", 400, A + "    command: [", "w@, ", "]\n"),
    ("a long mapping on one line", 400, A + "    environment: {", "V@: x, ", "}\n"),
    ("a long URL", 10000, A + "    environment: {URL: 'http://x/", "y@/", "'}\n"),
    ("a long value of a password", 10000, A + "    environment: {DB_PASSWORD: '", "xY9", "'}\n"),
    ("a long value of references", 16000, A + "    command: '", "$V", "'\n"),
    ("a long value of defaults", 2000, A + "    command: '", "${V:-x}", "'\n"),
    ("a long value of dollars", 10000, A + "    command: '", "$$", "'\n"),
    ("a long script", 300, A + '    command: ["sh", "-c", "', "a@ && ", 'b"]\n'),
    (
        "a long script of lines",
        300,
        A + "    command:\n      - sh\n      - -c\n      - |\n",
        "        echo w@\n",
    ),
    ("a long image", 5000, S + "  a: {image: ", "x/", "y:1}\n"),
    ("brackets that are open", 150, A + "x-a: ", "[", "\n"),
    ("braces that are closed", 2000, "a: {b: x", "}", "\n"),
    ("quotes that are open", 2000, A, "x-@: 'a\n"),
    ("tabs", 300, A + "    environment:\n", "\tV@: x\n"),
    ("errors of indentation", 300, A, "    a: b\n  c: d\n"),
    ("lines that are not a YAML", 300, A, "]}@\n"),
    ("a name of many lines", 300, A, "? [@]\n: x\n"),
    ("Windows line ends", 400, A + "    environment:\r\n", "      V@: x\r\n"),
    ("text beyond ASCII", 400, A + "    environment:\n", "      V@: 'ä😀'\n"),
]


def dimensions() -> Iterator[Dimension]:
    """The dimensions of Compose files."""
    for table in (SERVICES, LISTS, TEXTS):
        yield from rows("Compose", "compose.yaml", table)
    yield Dimension("Compose: passwords in a command", 150, _passwords)
    yield Dimension(
        "Compose: services that are overridden",
        100,
        lambda count: {
            "compose.yaml": S + "".join(f"  s{n}: {{image: a:1}}\n" for n in range(count)),
            "compose.override.yaml": S + "".join(f"  s{n}: {{tty: true}}\n" for n in range(count)),
        },
    )
    yield Dimension(
        "Compose: services that extend another file's",
        80,
        lambda count: {
            "compose.yaml": S
            + "".join(
                f"  s{n}: {{extends: {{file: base.yaml, service: s{n}}}}}\n" for n in range(count)
            ),
            "base.yaml": S + "".join(f"  s{n}: {{image: a:1}}\n" for n in range(count)),
        },
    )
    yield Dimension(
        "Compose: included files",
        10,
        many_files(
            "i@.yaml",
            "services: {s@: {image: a:1}}\n",
            {"compose.yaml": "include: [" + ", ".join(f"i{n}.yaml" for n in range(1, 39)) + "]\n"},
        ),
    )


def _passwords(count: int) -> dict[str, str]:
    names = "".join(f"      P{n}_PASSWORD: Hk{n}qZ7xw{n}\n" for n in range(count))
    command = " ".join(f"--p{n}=Hk{n}qZ7xw{n}" for n in range(count))
    return {"compose.yaml": f"{A}    environment:\n{names}    command: {command}\n"}
