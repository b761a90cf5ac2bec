"""The configuration that a service brings to its image, and what it says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from checks import no_hang
from composelint.linter.analysis.known_check import known_check
from composelint.linter.analysis.mounted import configuration_of
from composelint.linter.analysis.settings import (
    may_move_data,
    needs_certificates,
    nginx_servers,
)
from composelint.linter.compose.discover import StackFiles
from composelint.linter.compose.stack import load_stack
from composelint.linter.files.reader import Reader
from composelint.linter.model.project import Project
from composelint.linter.model.service import Service
from composelint.linter.model.stack import Stack


def service_of(body: str, files: Mapping[str, str] | None = None, more: str = "") -> Service:
    """The service ``app`` of a stack in memory."""
    text = "services:\n  app:\n" + "".join(f"    {line}\n" for line in body.split("\n")) + more
    reader = Reader(overlay={**(files or {}), "compose.yaml": text})
    stack = StackFiles(("compose.yaml",))
    return Stack(Project(reader), load_stack(stack.files, reader), stack).services["app"]


@pytest.mark.parametrize(
    ("body", "files", "more", "expected"),
    [
        ("image: nginx:1.30", {}, "", {}),
        (
            "image: nginx:1.30\nvolumes: ['./site.conf:/etc/nginx/conf.d/default.conf:ro']",
            {"site.conf": "a"},
            "",
            {"/etc/nginx/conf.d/default.conf": "a"},
        ),
        # A file of the web site is not configuration.
        ("image: nginx:1.30\nvolumes: ['./a.conf:/srv/a.conf']", {"a.conf": "a"}, "", {}),
        (
            "image: nginx:1.30\nconfigs: [{source: site, target: /etc/nginx/nginx.conf}]",
            {},
            "configs:\n  site:\n    content: b\n",
            {"/etc/nginx/nginx.conf": "b"},
        ),
        (
            "image: nginx:1.30\nconfigs: [{source: site, target: /etc/nginx/nginx.conf}]",
            {"n.conf": "c"},
            "configs:\n  site:\n    file: ./n.conf\n",
            {"/etc/nginx/nginx.conf": "c"},
        ),
        (
            "image: redis:8.2\ncommand: redis-server /r.conf\nvolumes: ['./r.conf:/r.conf']",
            {"r.conf": "d"},
            "",
            {"/r.conf": "d"},
        ),
        ("image: redis:8.2\nvolumes: ['./r.conf:/r.conf']", {"r.conf": "d"}, "", {}),
        # Of an unknown image, what looks like configuration counts.
        (
            "image: acme/app:1\nvolumes: ['./a.toml:/app/a.toml', './a.bin:/app/a.bin']",
            {"a.toml": "e", "a.bin": "f"},
            "",
            {"/app/a.toml": "e"},
        ),
        (
            "build: .",
            {"Dockerfile": "FROM nginx:1.30\nCOPY n.conf /etc/nginx/nginx.conf\n", "n.conf": "g"},
            "",
            {"/etc/nginx/nginx.conf": "g"},
        ),
        (
            "build: .",
            {"Dockerfile": "FROM nginx:1.30\nCOPY n.conf /etc/nginx/conf.d/\n", "n.conf": "g"},
            "",
            {"/etc/nginx/conf.d/n.conf": "g"},
        ),
    ],
)
def test_files_of_configuration(
    body: str, files: dict[str, str], more: str, expected: dict[str, str]
) -> None:
    configuration = configuration_of(service_of(body, files, more))
    assert {file.target: file.text for file in configuration.files} == expected
    assert configuration.complete
    assert configuration.is_default is (not expected)


@pytest.mark.parametrize(
    ("body", "files"),
    [
        ("image: nginx:1.30\nvolumes: ['./n.conf:/etc/nginx/nginx.conf']", {}),
        ("image: nginx:1.30\nvolumes: ['/srv/n.conf:/etc/nginx/nginx.conf']", {}),
        ("image: nginx:1.30\nvolumes: ['${CONF}:/etc/nginx/nginx.conf']", {}),
        ("image: nginx:1.30\nvolumes: ['conf:/etc/nginx']", {}),
        ("image: nginx:1.30\nconfigs: [{source: x, target: /etc/nginx/nginx.conf}]", {}),
        ("image: nginx:1.30\nvolumes_from: [other]", {}),
        ("build: ./nothing", {}),
        ("build: .", {"Dockerfile": "FROM nginx:1.30\nRUN rm /etc/nginx/conf.d/default.conf\n"}),
        (
            "build: .",
            {"Dockerfile": "FROM nginx:1.30\nCOPY --from=a/b /n.conf /etc/nginx/nginx.conf\n"},
        ),
        ("build: .", {"Dockerfile": "FROM nginx:1.30\nCOPY *.conf /etc/nginx/conf.d/\n"}),
    ],
)
def test_what_cannot_be_read_is_not_guessed(body: str, files: dict[str, str]) -> None:
    configuration = configuration_of(service_of(body, files))
    assert not configuration.complete
    assert not configuration.is_default


def test_a_long_file_is_not_read() -> None:
    body = "image: nginx:1.30\nvolumes: ['./n.conf:/etc/nginx/nginx.conf']"
    configuration = configuration_of(service_of(body, {"n.conf": "# long\n" * 100_000}))
    assert configuration.files == []
    assert not configuration.complete


MAIN = "http { include /etc/nginx/conf.d/*.conf; }"


@pytest.mark.parametrize(
    ("target", "text", "ports", "plain"),
    [
        ("conf.d/default.conf", "server { listen 8080; root /srv; }", [(8080, False)], True),
        ("conf.d/default.conf", "server { root /srv; }", [(80, False)], True),
        ("conf.d/default.conf", "server { listen [::]:81; }", [(81, False)], True),
        ("conf.d/default.conf", "server { listen 443 ssl; }", [(443, True)], True),
        (
            "conf.d/default.conf",
            "server { listen 80; return 301 https://$host; }\nserver { listen 443 ssl; }",
            [(80, False), (443, True)],
            False,
        ),
        (
            "conf.d/default.conf",
            "server { location / { proxy_pass http://a; } }",
            [(80, False)],
            False,
        ),
        ("conf.d/more.conf", "server { listen 81; }", [(80, False), (81, False)], True),
        ("nginx.conf", MAIN, [(80, False)], True),
        ("nginx.conf", "http { server { listen 127.0.0.1:90; } }", [(90, False)], True),
        ("nginx.conf", "http { server { # listen 80;\n listen 91; } }", [(91, False)], True),
        ("mime.types", "types { }", [(80, False)], True),
        ("templates/default.conf.template", "server { listen ${PORT}; }", None, False),
        (
            "templates/a.conf.template",
            "server { listen ${OWN}; }",
            [(80, False), (95, False)],
            True,
        ),
        ("nginx.conf", "http { server { listen unix:/run/n.sock; } }", None, False),
    ],
)
def test_ports_of_nginx(
    target: str, text: str, ports: list[tuple[int, bool]] | None, plain: bool
) -> None:
    body = f"image: nginx:1.30\nenvironment: {{OWN: '95'}}\nvolumes: ['./n:/etc/nginx/{target}']"
    servers = nginx_servers(service_of(body, {"n": text}), 80)
    assert (None if servers is None else [tuple(one) for one in servers.listeners]) == ports
    assert bool(servers and servers.plain_files) is plain


@pytest.mark.parametrize(
    ("caddyfile", "expected"),
    [
        (":80 {\n  file_server\n}", False),
        (":80\nfile_server", False),
        ("http://shop.example.org {\n}", False),
        ("shop.example.org {\n  reverse_proxy a:80\n}", True),
        ("shop.example.org\nreverse_proxy a:80", True),
        ("{\n  email a@example.org\n}\n\na.example.org, b.example.org {\n}", True),
        ("{\n  auto_https off\n}\nshop.example.org {\n}", False),
        ("localhost {\n}", False),
        ("shop.local {\n}", False),
        ('# shop.example.org {\n:8080 {\n  respond "a.example.org"\n}', False),
        ("(snippet) {\n  encode gzip\n}\n:80 {\n  import snippet\n}", False),
        ("{$DOMAIN} {\n}", True),
        ("{$OTHER:localhost} {\n}", False),
        ("{$OTHER} {\n}", None),
        ("import sites/*", None),
        ("shop.example.org {\n  tls /certs/a.pem /certs/a.key\n}", False),
    ],
)
def test_caddy_needs_certificates_for_host_names(caddyfile: str, expected: bool | None) -> None:
    body = (
        "image: caddy:2\nenvironment: {DOMAIN: shop.example.org}\n"
        "volumes: ['./Caddyfile:/etc/caddy/Caddyfile']"
    )
    assert needs_certificates(service_of(body, {"Caddyfile": caddyfile})) is expected


def test_the_caddyfile_of_the_image_needs_no_certificates() -> None:
    assert needs_certificates(service_of("image: caddy:2")) is False


@pytest.mark.parametrize(
    "text",
    [
        "listen " * 28_000,
        "{$a:" * 50_000,
        "${a" * 66_000,
        "server {" * 25_000,
        "a" * 199_000,
        "a.a." * 49_000 + "{",
        "a\n" * 90_000 + "{",
        "/" * 199_000,
        "dir " * 49_000,
        "\x00" * 1_000,
    ],
    ids=lambda text: text[:8],
)
@pytest.mark.parametrize(
    ("image", "target"),
    [
        ("nginx:1.30", "/etc/nginx/nginx.conf"),
        ("caddy:2", "/etc/caddy/Caddyfile"),
        ("grafana/loki:3.5.5", "/etc/loki/l.yaml"),
        ("apache/kafka:4.1.0", "/mnt/shared/config/server.properties"),
    ],
)
def test_hostile_configuration_is_read_in_bounded_time(image: str, target: str, text: str) -> None:
    service = service_of(f"image: {image}\nvolumes: ['./c:{target}']", {"c": text})
    with no_hang():
        assert configuration_of(service).complete
        known_check(service)
        needs_certificates(service)
        may_move_data(service, ("/data",))
