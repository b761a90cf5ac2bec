"""Ports of several files, localhost on Alpine, hosts with an underscore, misspelt bases, words behind a script."""

from __future__ import annotations

import pytest

from .snippets import fixed, reported

BASE = 'services:\n  web:\n    image: nginx:1.30\n    ports: ["6080:80"]\n'


@pytest.mark.parametrize(
    ("ports", "fires"),
    [
        ('["6081:80"]', True),
        ('!override ["6081:80"]', False),
        ('["6443:443"]', False),
        ('["6080:80"]', False),
        ('["6081:80/udp"]', False),
        ('["${PORT}:80"]', False),
    ],
)
def test_ports_of_two_files_are_added(ports: str, fires: bool) -> None:
    text = f"services:\n  web:\n    ports: {ports}\n"
    found = reported("CF265", text, "compose.override.yaml", {"compose.yaml": BASE})
    assert found == (['"6081:80"'] if fires else [])


def test_two_ports_of_one_file_are_meant() -> None:
    assert reported("CF265", BASE.replace("]", ', "6081:80"]')) == []


def health(
    test: str = "wget -q http://localhost:8000/",
    image: str = "python:3.13-alpine",
    command: str = "uvicorn main:app --host 0.0.0.0",
) -> str:
    return (
        f"services:\n  app:\n    image: {image}\n    command: {command}\n"
        f"    healthcheck:\n      test: {test}\n"
    )


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        (health(), True),
        (health("[CMD, wget, -q, 'http://localhost:8000/']"), True),
        (health(command="python manage.py runserver 0.0.0.0:8000"), True),
        (health(command="gunicorn --bind 0.0.0.0:8000 a:b"), True),
        (health("wget -q http://127.0.0.1:8000/"), False),
        (health("curl -f http://localhost:8000/"), False),
        (health(image="python:3.13-slim"), False),
        (health(image="shop/app:2.1"), False),
        (health(command="uvicorn main:app --host ::"), False),
        (health(command="uvicorn main:app"), False),
        (health("wget -q http://localhost.example.org/"), False),
    ],
)
def test_localhost_is_ipv6_on_alpine(text: str, fires: bool) -> None:
    assert reported("CF267", text) == (["localhost"] if fires else [])
    if fires:
        assert fixed("CF267", text) == text.replace("localhost", "127.0.0.1")


DJANGO = "python manage.py runserver 0.0.0.0:8000"


@pytest.mark.parametrize(
    ("url", "name", "command", "fires"),
    [
        ("http://my_app:8000/", "my_app", DJANGO, True),
        ("http://my-app:8000/", "my-app", DJANGO, False),
        ("http://my_app:8000/", "my_app", "node server.js", False),
        ("redis://my_app:8000/", "my_app", DJANGO, False),
        ("http://other_app:8000/", "my_app", DJANGO, False),
    ],
)
def test_django_refuses_an_underscore(url: str, name: str, command: str, fires: bool) -> None:
    text = (
        f"services:\n  web:\n    image: shop/web:2.1\n    environment:\n      API_URL: {url}\n"
        f"  {name}:\n    image: shop/app:2.1\n    command: {command}\n"
    )
    assert bool(reported("CF268", text)) is fires


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("FROM ngnix:1.30", "ngnix:1.30"),
        ("FROM pyhton:3.13 AS a", "pyhton:3.13"),
        ("FROM nginx:1.30", None),
        ("FROM acme/ngnix:1.30", None),
        ("FROM nginx:1.30 AS ngnix\nFROM ngnix", None),
        ("ARG B=ngnix\nFROM acme/$B", None),
        ("FROM phone:1", None),
    ],
)
def test_a_base_is_misspelt(text: str, place: str | None) -> None:
    assert reported("DF163", text + "\n", "Dockerfile") == ([place] if place else [])


def test_a_base_that_the_project_builds_has_any_name() -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    image: ngnix\n    build: ./base\n",
        "base/Dockerfile": "FROM nginx:1.30\n",
    }
    assert reported("DF163", "FROM ngnix\n", "Dockerfile", files) == []


@pytest.mark.parametrize(
    ("command", "place"),
    [
        ('CMD ["sh", "-c", "echo", "hello"]', '"hello"'),
        ('ENTRYPOINT ["/bin/bash", "-e", "-c", "run", "now"]', '"now"'),
        ('RUN ["bash", "-c", "make", "install"]', '"install"'),
        ('CMD ["sh", "-c", "echo hello"]', None),
        ('ENTRYPOINT ["sh", "-c", "exec \\"$0\\" \\"$@\\"", "app"]', None),
        ('ENTRYPOINT ["sh", "-c"]\nCMD ["echo"]', None),
        ('CMD ["python", "-c", "print()", "x"]', None),
        ('CMD ["sh", "run.sh", "-c", "a", "b"]', None),
    ],
)
def test_words_behind_a_script_are_ignored(command: str, place: str | None) -> None:
    text = f"FROM debian:13\n{command}\n"
    assert reported("DF165", text, "Dockerfile") == ([place] if place else [])
