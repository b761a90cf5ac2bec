"""Credentials in the headers, cookies and accounts of HTTP requests."""

from __future__ import annotations

import pytest
from checks import check_text
from composelint.linter.engine.settings import Settings
from composelint.linter.rulebook.selection import Selection
from composelint.linter.secrets.commands import secrets_in_argument, secrets_in_command

VALUE = "zQ41xW9vKpT"

WITH = [
    'curl -H "Authorization: Bearer @" https://x',
    "curl -fsSLH 'Authorization: token @' https://x",
    'curl --header "Authorization: Basic @" https://x',
    'curl --header="Authorization:@" https://x',
    "curl -HX-Api-Key:@ https://x",
    'curl --proxy-header "Proxy-Authorization: Basic @" https://x',
    'wget --header="X-Api-Key: @" https://x',
    "wget --header 'PRIVATE-TOKEN: @' https://x",
    'curl -H "X-Vault-Token: @" -H "Accept: text/html" https://x',
    'curl -H "Accept: text/html" -H "Ocp-Apim-Subscription-Key: @" https://x',
    '["curl", "-H", "Authorization: Bearer @", "https://x"]',
    "[curl, -H, 'Authorization: Bearer @', https://x]",
    'sh -c "curl -H \\"Authorization: Bearer @\\" https://x"',
    "curl -u me:@ https://x",
    "curl -sSu me:@ https://x",
    "curl --user 'me:@' https://x",
    "curl -U me:@ --proxy http://p https://x",
    'curl --proxy-user "me:@" https://x',
    '["curl", "-u", "me:@", "https://x"]',
    'curl --cookie "session=@" https://x',
    "curl -b 'a=b; PHPSESSID=@' https://x",
    'curl -H "Cookie: lang=de; auth_token=@" https://x',
    "wget --http-password=@ https://x",
]
WITHOUT = [
    'curl -H "Authorization: Bearer $TOKEN" https://x',
    'curl -H "Authorization: Bearer ${TOKEN}" https://x',
    'curl -H "Authorization: Bearer $(cat /run/secrets/token)" https://x',
    "curl -H \"Authorization: Bearer `cat /run/secrets/token`\" https://x",
    'curl -H "Authorization: Bearer QQ==" https://ghcr.io/v2/',  # that of anybody
    'curl -H "X-Api-Key: YOUR_API_KEY" https://x',
    'curl -H "Authorization: Bearer <token>" https://x',
    'curl -H "Authorization: Bearer changeme" https://x',
    'curl -H "Accept: application/vnd.github.v3.raw" https://x',
    'curl -H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" https://x',
    'curl -H "Idempotency-Key: 0b5c2e9a7d1f" https://x',
    'wget --header "Cookie: oraclelicense=accept-securebackup-cookie" https://x',
    "curl -b cookies.txt -c cookies.txt https://x",
    "curl -b 'lang=de_DE; theme=darkblue' https://x",
    "curl -u $USER:$PASSWORD https://x",
    "curl -u me https://x",
    "docker run -u 1000:1000 acme/x",
    "useradd -u 1000 -g app app",
    "grep -H 'token: abc' file",
    "ls -H",
]  # fmt: skip


def found(text: str) -> list[str]:
    return [text[secret.start : secret.end] for secret in secrets_in_command(text)]


@pytest.mark.parametrize("text", WITH)
def test_a_request_with_a_credential(text: str) -> None:
    assert found(text.replace("@", VALUE)) == [VALUE]


@pytest.mark.parametrize("text", WITHOUT)
def test_a_request_without_one(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("-H", "Authorization: Bearer @", [VALUE]),
        ("--header", '"X-Api-Key: @"', [VALUE]),
        ("-H", "Accept: text/html", []),
        ("-u", "me:@", [VALUE]),
        ("--user", "me", []),
        ("-b", "sid=@", [VALUE]),
        ("-b", "jar.txt", []),
        ("-X", "Authorization: @", []),
    ],
)
def test_an_option_with_its_value_beside_it(option: str, text: str, expected: list[str]) -> None:
    text = text.replace("@", VALUE)
    secrets = secrets_in_argument(option, text)
    assert [text[secret.start : secret.end] for secret in secrets] == expected


def lint(path: str, text: str, kind: str) -> list[tuple[str, list[str]]]:
    settings = Settings(selection=Selection(select=["CF303", "DF315"]), debug=True)
    result = check_text(text.replace("@", VALUE).encode(), path, kind, settings)
    return [
        (item.code, [place.text.replace(VALUE, "@") for place in item.sensitive])
        for item in result.diagnostics
    ]


SERVICE = "services:\n  web:\n    image: acme/web:1\n"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("    command: 'curl -H \"Authorization: Bearer @\" http://x'\n", ["@"]),
        ('    healthcheck:\n      test: ["CMD", "curl", "-H", "X-Api-Key: @", "http://x"]\n', ["@"]),
        (
            "    healthcheck:\n      test:\n      - CMD\n      - wget\n      - --header\n"
            "      - 'Authorization: @'\n      - http://x\n",
            ["@"],
        ),
        ("    entrypoint: [curl, --user, 'me:@', http://x]\n", ["@"]),
        ("    post_start:\n    - command: [curl, -u, 'me:@', http://x]\n", ["@"]),
        ("    pre_stop:\n    - command: stop --token=@\n      environment: {A_PASSWORD: '@'}\n", ["@", "'@'"]),
        ("    annotations: {com.example.password: '@'}\n", ["'@'"]),
        ("secrets:\n  s: {content: '@'}\n", ["'@'"]),
        ("secrets:\n  s:\n    content: |\n      @\n      second\n", ["|\n      @\n      second"]),
        ("secrets:\n  s: {content: '${S:-@}'}\n", ["'${S:-@}'"]),
        ("configs:\n  c: {content: 'password = @'}\n", ["@"]),
        ("secrets:\n  s: {content: '${S}'}\n", None),
        ("secrets:\n  s: {content: '${S:?set it}'}\n", None),
        ("secrets:\n  s: {content: changeme}\n", None),
        ("secrets:\n  s: {content: ''}\n", None),
        ("secrets:\n  s: {file: ./s}\n", None),
        ("    command: [docker, run, --user, '1000:1000', -b, 'session=abcdefgh1']\n", None),
        ("secrets:\n  s: {environment: S}\n", None),
        ("    healthcheck:\n      test: ['CMD', 'curl', '-H', 'Accept: text/html', 'http://x']\n", None),
    ],
)  # fmt: skip
def test_compose_files(text: str, places: list[str] | None) -> None:
    found = lint("compose.yaml", SERVICE + text, "compose")
    assert found == ([] if places is None else [("CF303", places)])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('RUN curl -H "Authorization: Bearer @" https://x | tar x', ["@"]),
        ('RUN wget --header="X-Api-Key: @" \\\n  https://x', ["@"]),
        ("RUN cd /x && \\\n  curl -u me:@ https://x", ["@"]),
        ("HEALTHCHECK CMD curl -f -H 'Private-Token: @' http://localhost", ["@"]),
        ('HEALTHCHECK --interval=5s CMD ["curl", "-H", "X-Api-Key: @", "http://x"]', ["@"]),
        ('CMD ["curl", "-H", "Authorization: token @", "http://x"]', ["@"]),
        ("ENTRYPOINT run --password=@", ["@"]),
        ("HEALTHCHECK NONE", None),
        ("HEALTHCHECK CMD curl -H \"X-Api-Key: $API_KEY\" http://x", None),
        ('CMD ["run", "--password-file=/run/secrets/x"]', None),
        ('RUN --mount=type=secret,id=t curl -H "Authorization: Bearer $(cat /run/secrets/t)" https://x', None),
    ],
)  # fmt: skip
def test_dockerfiles(text: str, places: list[str] | None) -> None:
    found = lint("Dockerfile", f"FROM alpine:3.22\n{text}\n", "dockerfile")
    assert found == ([] if places is None else [("DF315", places)])
