"""Commands that go to the background and end the container, in Dockerfiles and Compose files."""

from __future__ import annotations

import pytest

from .snippets import reported

BASE = "FROM debian:13-slim\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BASE + "CMD service apache2 start", "service apache2 start"),
        (BASE + "CMD /etc/init.d/mysql start", "/etc/init.d/mysql start"),
        (BASE + "CMD service ssh start && service apache2 start", "service apache2 start"),
        (BASE + "CMD nginx", "nginx"),
        ("FROM nginx:1.30\nCMD nginx", "nginx"),
        ('FROM nginx:1.30\nCMD ["nginx"]', '"nginx"'),
        ('FROM nginx:1.30\nCMD ["sh", "-c", "envsubst < a > b && nginx"]', "nginx"),
        ("FROM nginx:1.30\nCMD python3 app.py & nginx", "nginx"),
        (BASE + "CMD apachectl start", "apachectl start"),
        (BASE + "CMD apachectl -k start && echo started", "apachectl -k start"),
        (BASE + "CMD redis-server --daemonize yes", "redis-server --daemonize yes"),
        (BASE + "CMD php-fpm8.4 -D && nginx", "nginx"),
        (BASE + "CMD php-fpm -D", "php-fpm -D"),
        (BASE + "CMD mongod --fork --logpath /l", "mongod --fork --logpath /l"),
        (BASE + "CMD pg_ctl -D /d start", "pg_ctl -D /d start"),
        (BASE + "COPY supervisord.conf /etc/\nCMD supervisord", "supervisord"),
        (BASE + "ENTRYPOINT exec /usr/sbin/sshd", "exec /usr/sbin/sshd"),
        ("FROM tomcat:11\nCMD catalina.sh start", "catalina.sh start"),
        ("FROM node:24\nCMD pm2 start app.js", "pm2 start app.js"),
        (BASE + "CMD sleep 5 && nginx", "nginx"),
        (BASE + "COPY nginx.conf /etc/nginx/\nCMD nginx", "nginx"),
    ],
)  # fmt: skip
def test_an_image_goes_to_the_background(text: str, place: str) -> None:
    files = {"supervisord.conf": "[supervisord]\n[program:a]\n", "nginx.conf": "events {}\n"}
    assert reported("DF164", text + "\n", "Dockerfile", files) == [place]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (BASE + "CMD service apache2 start && tail -f /var/log/x", {}),
        (BASE + "CMD service apache2 start; sleep infinity", {}),
        (BASE + "CMD service apache2 start && bash", {}),
        (BASE + "CMD service mysql start && python3 app.py", {}),
        (BASE + "CMD python3 app.py && nginx", {}),
        (BASE + "CMD nginx & wait", {}),
        (BASE + "CMD nginx -g 'daemon off;'", {}),
        ('FROM nginx:1.30\nCMD ["nginx", "-g", "daemon off;"]', {}),
        ("FROM nginx:1.30", {}),
        (BASE + 'RUN echo "daemon off;" >> /etc/nginx/nginx.conf\nCMD nginx', {}),
        (BASE + "COPY nginx.conf /etc/nginx/\nCMD nginx", {"nginx.conf": "daemon  off;\n"}),
        (BASE + "CMD nginx -c /srv/nginx.conf", {}),
        (BASE + "COPY nginx.conf /etc/nginx/\nCMD nginx", {}),
        (BASE + "RUN mv /app/nginx.conf /etc/nginx/nginx.conf\nCMD nginx", {}),
        (BASE + "COPY --from=b /usr/local/nginx /usr/local/nginx\nCMD nginx", {}),
        (BASE + 'RUN echo "daemon off;" >> /etc/nginx/x.conf\nCMD service nginx start', {}),
        (BASE + "CMD nginx -t", {}),
        (BASE + "CMD apachectl -D FOREGROUND", {}),
        (BASE + "CMD redis-server --daemonize no", {}),
        (BASE + "CMD php-fpm -F", {}),
        (BASE + "CMD mongod", {}),
        (BASE + "CMD supervisord -n", {"a.conf": "[supervisord]\n"}),
        (BASE + "CMD supervisord -nc a.conf", {"a.conf": "[supervisord]\n"}),
        (BASE + "COPY a.conf /\nCMD supervisord -c /a.conf", {"a.conf": "[supervisord]\nnodaemon=true\n"}),
        (BASE + "CMD supervisord", {}),
        (BASE + "CMD /usr/sbin/sshd -D -e", {}),
        ("FROM acme/base:1\nCMD nginx", {}),
        (BASE + 'ENTRYPOINT ["/init"]\nCMD ["nginx"]', {}),
        (BASE + "CMD service apache2 status", {}),
        (BASE + "CMD test -f x || nginx", {}),
        (BASE + "RUN service apache2 start\nCMD [\"app\"]", {}),
        (BASE + "CMD nginx", {"compose.yaml": "services:\n  a:\n    build: .\n    command: nginx -g 'daemon off;'\n"}),
        (BASE + "CMD nginx", {"compose.yaml": "services:\n  a:\n    build: .\n    volumes: ['./n:/etc/nginx']\n"}),
    ],
)  # fmt: skip
def test_an_image_stays(text: str, files: dict[str, str]) -> None:
    assert reported("DF164", text + "\n", "Dockerfile", files) == []


def service(body: str) -> str:
    return "services:\n  a:\n" + "".join(f"    {line}\n" for line in body.split("\n"))


@pytest.mark.parametrize(
    "body",
    [
        "image: redis:7.4\ncommand: redis-server --daemonize yes",
        "image: nginx:1.30\ncommand: [sh, -c, 'envsubst < a > b && nginx']",
        "image: nginx:1.30\ncommand: nginx",
        "image: debian:13\ncommand: service apache2 start",
        "image: acme/web:1\nentrypoint: [sh, -c, 'php-fpm -D && nginx']",
        "image: mongo:8\ncommand: mongod --fork --logpath /l",
    ],
)
def test_a_service_goes_to_the_background(body: str) -> None:
    assert len(reported("CF261", service(body))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "image: redis:7.4\ncommand: redis-server",
        "image: nginx:1.30\ncommand: [sh, -c, \"envsubst < a > b && nginx -g 'daemon off;'\"]",
        "image: acme/web:1\ncommand: nginx",
        "image: debian:13\ncommand: bash -c 'service apache2 start && tail -f /dev/null'",
        "image: nginx:1.30\ncommand: nginx\nvolumes: ['./nginx.conf:/etc/nginx/nginx.conf']",
        "image: nginx:1.30\ncommand: nginx\nvolumes: ['./gone.conf:/etc/nginx/nginx.conf']",
        "image: redis:7.4\ncommand: ${CMD}",
        "build: .\ncommand: nginx",
    ],
)
def test_a_service_stays(body: str) -> None:
    files = {
        "nginx.conf": "daemon off;\n",
        "Dockerfile": 'FROM debian:13\nENTRYPOINT ["/init"]\n',
    }
    assert reported("CF261", service(body), files=files) == []
