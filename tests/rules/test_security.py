"""Privileges of services, who can reach them, and how they are confined."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from snippets import diagnostics, fixed, places, under_preset

E, W, A = Severity.ERROR, Severity.WARNING, Severity.INFO  # A: advice


def service(body: str, image: str = "acme/app:1.4") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"services:\n  app:\n    image: {image}\n{lines}"


def reported(code: str, body: str, image: str = "acme/app:1.4", **more: str) -> list[str]:
    return [text for _, text in places(code, service(body, image), **more)]


def grade(code: str, body: str, image: str = "acme/app:1.4") -> Severity | None:
    findings = diagnostics(code, service(body, image))
    assert len(findings) < 2
    return findings[0].severity if findings else None


# --- privileges


@pytest.mark.parametrize(
    ("body", "image", "expected"),
    [
        ("privileged: true", "acme/app:1.4", W),
        ('privileged: "true"', "acme/app:1.4", W),
        ("privileged: ${PRIV:-true}", "acme/app:1.4", W),
        ("privileged: true", "docker:28-dind", A),
        ("privileged: false", "acme/app:1.4", None),
        ("privileged: ${PRIV}", "acme/app:1.4", None),
        ("cap_add: [CHOWN]", "acme/app:1.4", None),
    ],
)
def test_privileged(body: str, image: str, expected: Severity | None) -> None:
    assert grade("CF310", body, image) is expected


@pytest.mark.parametrize(
    "body",
    [
        "use_api_socket: true",
        "post_start:\n  - command: [x]\n    privileged: true",
        "pre_stop:\n  - command: [x]\n    privileged: true",
        "build: {context: ., privileged: true}",
        "build: {context: ., entitlements: [security.insecure]}",
        "security_opt: ['systempaths=unconfined']",
        "security_opt: ['systempaths:unconfined']",
    ],
)
def test_keys_that_are_easy_to_overlook(body: str) -> None:
    assert grade("CF323", body) is W


@pytest.mark.parametrize(
    "body",
    [
        "use_api_socket: false",
        "post_start:\n  - command: [x]",
        "build: {context: ., entitlements: [device]}",
        "security_opt: ['no-new-privileges:true']",
    ],
)
def test_their_harmless_values(body: str) -> None:
    assert grade("CF323", body) is None


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock']", True),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", True),
        ("volumes: ['/run/podman/podman.sock:/x']", True),
        ("volumes: ['/run/containerd/containerd.sock:/x']", True),
        ("volumes: ['${SOCK:-/var/run/docker.sock}:/x']", True),
        ("volumes: ['${SOCK}:/var/run/docker.sock']", True),
        ("volumes: [{type: bind, source: /var/run/docker.sock, target: /x}]", True),
        ("volumes: ['${SOCK}:/x']", False),
        ("volumes: ['docker.sock:/x']", False),
        ("volumes: ['/var/log/docker.log:/x']", False),
    ],
)
def test_sockets_of_the_engine(body: str, fires: bool) -> None:
    text = service(body) + "volumes:\n  docker.sock:\n"
    assert bool(places("CF311", text)) is fires


def test_a_socket_behind_a_volume_or_a_secret() -> None:
    volume = service("volumes: ['sock:/x']") + (
        "volumes:\n  sock:\n    driver_opts: {type: none, o: bind, device: /var/run/docker.sock}\n"
    )
    assert len(places("CF311", volume)) == 1
    secret = service("secrets: [sock]") + "secrets:\n  sock:\n    file: /var/run/docker.sock\n"
    assert len(places("CF311", secret)) == 1


def test_a_socket_proxy_is_left_alone() -> None:
    body = "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']"
    assert grade("CF311", body, "tecnativa/docker-socket-proxy:0.3") is None
    assert grade("CF311", body, "ghcr.io/linuxserver/socket-proxy:1.0") is None


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("portainer/portainer-ce:2.33.1", A),
        ("containrrr/watchtower:1.7.1", A),
        ("ghcr.io/amir20/dozzle:v8.13", A),
        ("traefik:v3.7", W),
        ("acme/app:1.4", W),
        ("acme/portal:1.4", W),
    ],
)
def test_programs_that_manage_containers_need_the_socket(image: str, expected: Severity) -> None:
    body = "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']"
    assert grade("CF311", body, image) is expected


# --- paths, devices, capabilities


@pytest.mark.parametrize(
    ("source", "writable", "read_only"),
    [
        ("/", W, W),
        ("/etc", W, W),
        ("/etc/", W, W),
        ("/root", W, W),
        ("/home", W, W),
        ("/home/anna", W, W),
        ("~", W, W),
        ("~/.ssh", W, W),
        ("/home/anna/.aws", W, W),
        ("/root/.docker/config.json", W, W),
        ("/proc", W, W),
        ("/sys", W, W),
        ("/dev", W, W),
        ("/boot", W, W),
        ("/var/run", W, W),
        ("/run", W, W),
        ("/var/lib", W, W),
        ("/var/lib/docker/containers", W, W),
        ("/usr/bin", W, None),
        ("/etc/passwd", W, None),
        ("/etc/shadow", W, W),
        ("/etc/localtime", None, None),
        ("/etc/timezone", None, None),
        ("/etc/letsencrypt", None, None),
        ("/etc/ssl/certs", None, None),
        ("/lib/modules", None, None),
        ("/var/log", None, None),
        ("/var/lib/mysql", None, None),
        ("/home/anna/shop", None, None),
        ("/srv/data", None, None),
        ("/dev/null", None, None),
        ("/dev/dri", None, None),
        ("/proc/cpuinfo", None, None),
        ("./etc", None, None),
    ],
)
def test_paths_of_the_host(
    source: str, writable: Severity | None, read_only: Severity | None
) -> None:
    assert grade("CF312", f"volumes: ['{source}:/x']") is writable
    assert grade("CF312", f"volumes: ['{source}:/x:ro']") is read_only


def test_monitoring_agents_may_read_the_host() -> None:
    body = "volumes: ['/proc:/host/proc:ro', '/:/rootfs:ro']"
    assert grade("CF312", body, "prom/node-exporter:v1.9.1") is A
    assert grade("CF312", "volumes: ['/:/rootfs']", "prom/node-exporter:v1.9.1") is W


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("cap_add: [SYS_ADMIN]", W),
        ("cap_add: [sys_admin]", W),
        ("cap_add: [CAP_SYS_ADMIN]", W),
        ("cap_add: [ALL]", W),
        ("cap_add: [SYS_MODULE]", W),
        ("cap_add: [DAC_READ_SEARCH]", W),
        ("cap_add: [NET_ADMIN]", A),
        ("cap_add: [NET_ADMIN]\nnetwork_mode: host", W),
        ("cap_add: [SYS_PTRACE]", A),
        ("cap_add: [SYS_PTRACE]\npid: host", W),
        ("cap_add: [IPC_LOCK]", A),
        ("cap_add: [NET_ADMIN, SYS_MODULE]", W),
        ("cap_add: [NET_BIND_SERVICE, CHOWN]", None),
        ("cap_add: ['${CAP}']", None),
    ],
)
def test_capabilities_by_what_they_give(body: str, expected: Severity | None) -> None:
    assert grade("CF313", body) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("network_mode: host", W),
        ("pid: host", W),
        ("ipc: host", W),
        ("uts: host", A),
        ("userns_mode: host", A),
        ("cgroup: host", A),
        ("uts: host\npid: host", W),
        ("network_mode: bridge", None),
        ("network_mode: Host", None),
        ("ipc: shareable", None),
        ("cgroup: private", None),
    ],
)
def test_namespaces_of_the_host(body: str, expected: Severity | None) -> None:
    findings = diagnostics("CF318", service(body))
    assert max((finding.severity for finding in findings), default=None) is expected
    assert len(findings) < 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("devices: ['/dev/sda:/dev/sda']", W),
        ("devices: [/dev/nvme0n1p1]", W),
        ("devices: [/dev/mapper/vg-root]", W),
        ("devices: [/dev/mem]", W),
        ("devices: ['/dev:/dev']", W),
        ("devices: [/dev/kmsg]", A),
        ("volumes: ['/dev/sda:/disk']", W),
        ("device_cgroup_rules: ['a *:* rwm']", W),
        ("device_cgroup_rules: ['c 189:* rmw']", None),
        ("devices: ['/dev/dri:/dev/dri']", None),
        ("devices: [/dev/net/tun, /dev/ttyUSB0, /dev/snd, /dev/video0, /dev/kvm, /dev/fuse]", None),
    ],
)
def test_devices_of_the_host(body: str, expected: Severity | None) -> None:
    assert grade("CF320", body) is expected


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("volumes: ['/a:/b:rshared']", True),
        ("volumes: ['/a:/b:shared']", True),
        ("volumes: [{type: bind, source: /a, target: /b, bind: {propagation: rshared}}]", True),
        ("volumes: ['/a:/b:rslave']", False),
        ("volumes: ['/a:/b']", False),
    ],
)
def test_mounts_that_propagate(body: str, fires: bool) -> None:
    assert bool(places("CF321", service(body))) is fires


# --- confinement


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("", True),
        ("cap_drop: [CHOWN]", True),
        ("cap_drop: [ALL]", False),
        ("cap_drop: [all]", False),
        ("privileged: true", False),
        ("platform: windows/amd64", False),
    ],
)
def test_default_capabilities(body: str, fires: bool) -> None:
    assert bool(places("CF314", service(body), preset="hardened")) is fires


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("", True),
        ("security_opt: ['no-new-privileges:true']", False),
        ("security_opt: ['no-new-privileges=true']", False),
        ("security_opt: [no-new-privileges]", False),
        ("security_opt: ['no-new-privileges:false']", True),
        ("security_opt: ['label:type:x']", True),
        ("platform: windows/amd64", False),
    ],
)
def test_new_privileges(body: str, fires: bool) -> None:
    assert bool(places("CF315", service(body), preset="hardened")) is fires


def test_services_without_a_container_are_left_alone() -> None:
    text = "services:\n  model:\n    provider: {type: model, options: {model: acme/m}}\n"
    for code in ("CF314", "CF315", "CF316"):
        assert places(code, text, preset="hardened") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'security_opt: ["no-new-privileges:true"]'),
        ("security_opt:\n  - label:type:x", 'security_opt:\n  - label:type:x\n  - "no-new-privileges:true"'),
        ("security_opt: [label:type:x]", 'security_opt: [label:type:x, "no-new-privileges:true"]'),
    ],
)  # fmt: skip
def test_no_new_privileges_is_added(before: str, after: str) -> None:
    assert fixed("CF315", service(before), preset="hardened") == service(after)


def test_a_file_system_becomes_read_only_where_the_image_is_known() -> None:
    assert fixed("CF316", service("", "redis:7.4"), preset="hardened") == service(
        "read_only: true", "redis:7.4"
    )
    (finding,) = diagnostics("CF316", service(""), preset="hardened")
    assert finding.fix is None
    assert places("CF316", service("read_only: true"), preset="hardened") == []


@pytest.mark.parametrize(
    ("user", "fires"),
    [
        ("root", True), ("0", True), ('"0"', True), ('"0:0"', True), ("root:root", True), ('"+0"', True), ('"000"', True),
        ('"1000"', False), ('"1000:1000"', False), ("app", False), ("${U}", False),
    ],
)  # fmt: skip
def test_root_by_name_and_number(user: str, fires: bool) -> None:
    assert bool(places("CF317", service(f"user: {user}"))) is fires


def test_root_where_it_changes_nothing() -> None:
    assert grade("CF317", "user: root", "mysql:8.4") is None
    text = service("user: root").replace("app:", "init-volume:", 1)
    assert places("CF317", text + '    restart: "no"\n') == []


@pytest.mark.parametrize(
    ("image", "fires"),
    [("python:3.13", True), ("traefik:v3.5", True), ("postgres:17", False), ("acme/app:1.4", False), ("nginxinc/nginx-unprivileged:1.28", False)],
)  # fmt: skip
def test_images_that_run_as_root(image: str, fires: bool) -> None:
    text = service("command: serve", image)
    assert bool(places("CF324", text, preset="production")) is fires
    assert places("CF324", text + "    user: '1000'\n", preset="production") == []


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("security_opt: ['seccomp:unconfined']", True),
        ("security_opt: ['seccomp=unconfined']", True),
        ("security_opt: ['apparmor:unconfined']", True),
        ("security_opt: ['label:disable']", True),
        ("security_opt: ['seccomp:./profile.json']", False),
        ("security_opt: ['label:type:x']", False),
    ],
)
def test_profiles_switched_off(body: str, fires: bool) -> None:
    assert bool(places("CF319", service(body), files={"profile.json": "{}"})) is fires


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("security_opt:\n  - seccomp:unconfined\n  - label:type:x", "security_opt:\n  - label:type:x"),
        ("security_opt: [seccomp:unconfined, label:type:x]", "security_opt: [label:type:x]"),
        ("security_opt: [seccomp:unconfined]\ntty: true", "tty: true"),
        ("security_opt:\n  - seccomp:unconfined\n  - apparmor:unconfined\ntty: true", "tty: true"),
    ],
)  # fmt: skip
def test_profiles_are_switched_on_again(before: str, after: str) -> None:
    assert fixed("CF319", service(before)) == service(after)


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("tmpfs: ['/tmp:exec']", True),
        ("tmpfs: ['/tmp:size=64m,suid']", True),
        ("tmpfs: /tmp:exec", True),
        ("tmpfs: ['/tmp:noexec']", False),
        ("tmpfs: [/tmp]", False),
    ],
)
def test_tmpfs_with_programs(body: str, fires: bool) -> None:
    assert bool(places("CF322", service(body), preset="hardened")) is fires


# --- ports


@pytest.mark.parametrize(
    ("port", "fires"),
    [
        ('"5432:5432"', True),
        ("5432:5432", True),
        ('"5432"', True),
        ("5432", True),
        ('"0.0.0.0:5432:5432"', True),
        ('"[::]:5432:5432"', True),
        ('"${PG_PORT:-5432}:5432"', True),
        ("{target: 5432, published: '5432'}", True),
        ("{target: 5432, published: '5432', host_ip: 0.0.0.0}", True),
        ('"127.0.0.1:5432:5432"', False),
        ('"[::1]:5432:5432"', False),
        ('"192.168.1.10:5432:5432"', False),
        ('"${BIND:-127.0.0.1}:5432:5432"', False),
        ('"${BIND}:5432:5432"', False),
        ('"${PG_PORT}:5432"', False),
        ("{target: 5432, published: '5432', host_ip: 127.0.0.1}", False),
    ],
)
def test_a_database_on_all_interfaces(port: str, fires: bool) -> None:
    assert bool(places("CF330", service(f"ports: [{port}]", "postgres:17"))) is fires


@pytest.mark.parametrize(
    ("image", "ports", "fires"),
    [
        ("redis:7.4", '"6379:6379"', True),
        ("rabbitmq:4.1", '"15672:15672"', True),
        ("adminer:5", '"8080:8080"', True),
        ("acme/db:1.0", '"5432:5432"', True),
        ("acme/app:1.4", '"8080:8080"', False),
        ("nginx:1.28", '"80:80"', False),
        ("traefik:v3.5", '"8080:8080"', False),
        ("phpmyadmin:5.2", '"80:80"', False),
        ("eclipse-mosquitto:2.0", '"1883:1883"', False),
    ],
)
def test_which_services_should_not_be_public(image: str, ports: str, fires: bool) -> None:
    assert bool(places("CF330", service(f"ports: [{ports}]", image))) is fires


@pytest.mark.parametrize(
    ("port", "end"),
    [
        ('"5050:5432"', "is published on all interfaces, as port 5050"),
        (
            '{target: 5432, published: "5050-5060"}',
            "is published on all interfaces, as ports 5050-5060",
        ),
        ('"5432"', "is published on all interfaces, as a random port"),
    ],
)
def test_the_message_names_the_port_of_the_host(port: str, end: str) -> None:
    finding, *_ = diagnostics("CF330", service(f"ports: [{port}]", "postgres:17"))
    assert finding.message.endswith(end)


def test_ports_without_effect_and_of_what_is_built_here() -> None:
    assert grade("CF330", 'network_mode: host\nports: ["5432:5432"]', "postgres:17") is None
    assert grade("CF330", 'build: .\nports: ["5432:5432"]') is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"5432:5432"', '"127.0.0.1:5432:5432"'),
        ("'5432:5432'", "'127.0.0.1:5432:5432'"),
        ("5432:5432", "127.0.0.1:5432:5432"),
        ("5432", "127.0.0.1::5432"),
        ('"5432"', '"127.0.0.1::5432"'),
        ('"0.0.0.0:5432:5432"', '"127.0.0.1:5432:5432"'),
        ('"[::]:5432:5432"', '"[::1]:5432:5432"'),
        ('"5432-5433:5432-5433"', '"127.0.0.1:5432-5433:5432-5433"'),
        ('"5432:5432/tcp"', '"127.0.0.1:5432:5432/tcp"'),
        ('"${PG_PORT:-5432}:5432"', '"127.0.0.1:${PG_PORT:-5432}:5432"'),
        ('"${PG:-5432}:5432"', '"${PG:-5432}:5432"'),
        ("{target: 5432, published: '5432'}", "{target: 5432, published: '5432', host_ip: 127.0.0.1}"),
        ("{target: 5432, host_ip: 0.0.0.0}", "{target: 5432, host_ip: 127.0.0.1}"),
        ('{target: 5432, host_ip: "::"}', '{target: 5432, host_ip: "::1"}'),
        ("target: 5432\n    published: '5432'  # why", "target: 5432\n    published: '5432'  # why\n    host_ip: 127.0.0.1"),
    ],
)  # fmt: skip
def test_ports_are_bound_to_this_machine(before: str, after: str) -> None:
    def text(port: str) -> str:
        return service(f"ports:\n  - {port}", "postgres:17")

    assert fixed("CF330", text(before)) == text(after)


def test_other_ports_are_reported_by_the_hardened_preset() -> None:
    text = service('ports: ["8080:8080", "80:80", "443:443", "127.0.0.1:9:9"]')
    assert [port for _, port in places("CF332", text, preset="hardened")] == ['"8080:8080"']
    assert places("CF332", service('ports: ["5432:5432"]', "postgres:17"), preset="hardened") == []


@pytest.mark.parametrize(
    ("port", "ssh", "privileged"),
    [
        ('"22:22"', True, False),
        ('"20-25:20-25"', True, True),
        ('"127.0.0.1:22:22"', False, False),
        ('"2222:22"', False, False),
        ('"22:22/udp"', False, False),
        ('"25:25"', False, True),
        ('"80:80"', False, False),
        ('"8080:80"', False, False),
    ],
)
def test_privileged_ports(port: str, ssh: bool, privileged: bool) -> None:
    text = service(f"ports: [{port}]")
    assert bool(places("CF333", text)) is ssh
    assert bool(places("CF331", text, preset="hardened")) is privileged


# --- authentication, debugging, configuration


@pytest.mark.parametrize(
    ("variable", "image", "expected"),
    [
        ("POSTGRES_HOST_AUTH_METHOD: trust", "postgres:17", W),
        ("POSTGRES_HOST_AUTH_METHOD: scram-sha-256", "postgres:17", None),
        ("POSTGRES_HOST_AUTH_METHOD: ${METHOD:-trust}", "postgres:17", W),
        ("POSTGRES_HOST_AUTH_METHOD: ${METHOD}", "postgres:17", None),
        ('MYSQL_ALLOW_EMPTY_PASSWORD: "yes"', "mysql:8.4", W),
        ('MYSQL_ALLOW_EMPTY_PASSWORD: ""', "mysql:8.4", None),
        ('xpack.security.enabled: "false"', "elasticsearch:9.1.0", W),
        ("xpack.security.enabled: false", "acme/es:9.1.0", W),
        ('xpack.security.enabled: "true"', "elasticsearch:9.1.0", None),
        ('ALLOW_EMPTY_PASSWORD: "yes"', "acme/db:1.0", W),
        ('ALLOW_EMPTY_PASSWORD: "yes"\n  DB_PASSWORD: x7', "acme/db:1.0", None),
        ('ALLOW_EMPTY_PASSWORD: "yes"\n  DB_PASSWORD: ${PW}', "acme/db:1.0", None),
        ('ALLOW_EMPTY_PASSWORD: "yes"\n  DB_PASSWORD: ""', "acme/db:1.0", W),
        ("NEO4J_AUTH: none", "neo4j:5", W),
        ('GF_AUTH_ANONYMOUS_ENABLED: "true"', "grafana/grafana:12.1", A),
        ('GF_AUTH_ANONYMOUS_ENABLED: "true"\n  GF_AUTH_ANONYMOUS_ORG_ROLE: Admin', "grafana/grafana:12.1", W),
    ],
)  # fmt: skip
def test_authentication_switched_off(variable: str, image: str, expected: Severity | None) -> None:
    assert grade("CF341", f"environment:\n  {variable}", image) is expected


@pytest.mark.parametrize(
    ("body", "image", "fires"),
    [
        ('ports: ["6379:6379"]', "redis:7.4", True),
        ('ports: ["127.0.0.1:6379:6379"]', "redis:7.4", False),
        ("tty: true", "redis:7.4", False),
        ('ports: ["6379:6379"]\ncommand: redis-server --requirepass ${PW:-x}', "redis:7.4", False),
        ('ports: ["6379:6379"]\ncommand: redis-server /usr/local/etc/redis/redis.conf', "redis:7.4", False),
        ('ports: ["6379:6379"]\nvolumes: ["./redis.conf:/usr/local/etc/redis/redis.conf:ro"]', "redis:7.4", False),
        ('ports: ["6379:6379"]\nenv_file: redis.env', "redis:7.4", False),
        ('ports: ["27017:27017"]', "mongo:8.0", True),
        ('ports: ["27017:27017"]\nenvironment:\n  MONGO_INITDB_ROOT_USERNAME: app', "mongo:8.0", False),
        ('ports: ["5432:5432"]', "postgres:17", False),
        ('ports: ["9090:9090"]', "prom/prometheus:v3.5.0", False),
        ('command: --api.insecure=true\nports: ["8080:8080"]', "traefik:v3.5", True),
        ('command: --api.insecure=true\nports: ["80:80"]', "traefik:v3.5", False),
    ],
)  # fmt: skip
def test_published_without_a_password(body: str, image: str, fires: bool) -> None:
    assert bool(places("CF341", service(body, image), files={"redis.env": ""})) is fires


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("environment: {NODE_ENV: development}", True),
        ('environment: {DEBUG: "1"}', True),
        ('environment: {DEBUG: "*"}', True),
        ("environment: {FLASK_DEBUG: 1}", True),
        ("environment: {APP_DEBUG: true}", True),
        ("environment: {ASPNETCORE_ENVIRONMENT: Development}", True),
        ("environment: {JAVA_OPTS: '-agentlib:jdwp=transport=dt_socket,address=*:5005'}", True),
        ("command: node --inspect=0.0.0.0 server.js", True),
        ("command: [uvicorn, app, --reload]", True),
        ("command: npm run dev", True),
        ("command: python manage.py runserver", True),
        ("environment: {NODE_ENV: production}", False),
        ('environment: {DEBUG: "0"}', False),
        ("environment: {NODE_ENV: '${NODE_ENV}'}", False),
        ("command: node --inspect=127.0.0.1 server.js", False),
        ("command: npm run start", False),
    ],
)
def test_modes_for_development(body: str, fires: bool) -> None:
    text = service(body)
    assert bool(places("CF342", text, preset="production")) is fires
    assert places("CF342", text, "docker-compose.dev.yml", preset="production") == []


@pytest.mark.parametrize(
    ("source", "target", "fires"),
    [
        ("./nginx.conf", "/etc/nginx/nginx.conf", True),
        ("./Caddyfile", "/etc/caddy/Caddyfile", True),
        ("./init.sql", "/docker-entrypoint-initdb.d/init.sql", True),
        ("./cert.pem", "/certs/cert.pem", True),
        ("./conf", "/etc/nginx/conf.d", False),
        ("./conf.d", "/etc/nginx/conf.d", False),
        ("./acme.json", "/acme.json", False),
        ("./data.db", "/data.db", False),
        ("./src/index.html", "/site/index.html", False),
    ],
)
def test_configuration_that_can_be_changed(source: str, target: str, fires: bool) -> None:
    text = service(f"volumes: ['{source}:{target}']")
    assert bool(places("CF343", text, preset="production")) is fires
    assert places("CF343", text.replace("']", ":ro']"), preset="production") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("./a.conf:/etc/a.conf", "./a.conf:/etc/a.conf:ro"),
        ('"./a.conf:/etc/a.conf"', '"./a.conf:/etc/a.conf:ro"'),
        ("./a.conf:/etc/a.conf:rw", "./a.conf:/etc/a.conf:ro"),
        ("./a.conf:/etc/a.conf:z", "./a.conf:/etc/a.conf:z,ro"),
        ("./a.conf:/etc/a.conf  # why", "./a.conf:/etc/a.conf:ro  # why"),
        ("{type: bind, source: ./a.conf, target: /etc/a.conf}", "{type: bind, source: ./a.conf, target: /etc/a.conf, read_only: true}"),
        ("type: bind\n    source: ./a.conf\n    target: /etc/a.conf", "type: bind\n    source: ./a.conf\n    target: /etc/a.conf\n    read_only: true"),
        ("type: bind\n    source: ./a.conf\n    read_only: false\n    target: /etc/a.conf", "type: bind\n    source: ./a.conf\n    read_only: true\n    target: /etc/a.conf"),
    ],
)  # fmt: skip
def test_configuration_becomes_read_only(before: str, after: str) -> None:
    def text(mount: str) -> str:
        return service(f"volumes:\n  - {mount}")

    assert fixed("CF343", text(before), preset="production") == text(after)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nickfedor/watchtower:1.12.0", {"hardened": [Severity.INFO]}),
        ("pyouroboros/ouroboros:1.4.3", {"hardened": [Severity.INFO]}),
        ("traefik:v3.7", {"recommended": [Severity.WARNING], "hardened": [Severity.WARNING]}),
    ],
)
def test_programs_that_manage_containers_are_left_to_hardened(
    image: str, expected: dict[str, list[Severity]]
) -> None:
    text = f"services:\n  s:\n    image: {image}\n    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n"
    for preset in ("recommended", "hardened"):
        graded = [
            finding.severity for finding in under_preset("CF311", {"compose.yaml": text}, preset)
        ]
        assert graded == expected.get(preset, [])
