"""Tells secrets from other values: by the name of a variable, by the form of the value.

Precision comes first: a name counts only when it *ends* in a word for a secret, and a
value only when it is neither a switch, a path, a reference to a secret store nor a
placeholder.
"""

from __future__ import annotations

import math
import re

_WORDS = (
    r"PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|PW|SECRET|TOKEN|API_?KEY|APIKEY|PRIVATE_?KEY|ACCESS_?KEY"
    r"|SECRET_?KEY|SECRET_?KEY_?BASE|ENCRYPTION_?KEY|MASTER_?KEY|SIGNING_?KEY|AUTH_?KEY|APP_?KEY"
    r"|CREDENTIALS?|PASSWORD_?SALT|SECRET_?SALT|AUTH_?SALT"
)
_NAME = re.compile(
    rf"(?:.*[_.-])?(?:[A-Z0-9]*(?:PASSWORD|PASSWD|SECRET|TOKEN)|{_WORDS})(?:[_-]?\d+)?\Z"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BENIGN = re.compile(
    r"(?:.*_)?(?:PUBLIC|ALLOW|ALLOWED|ENABLE|ENABLED|DISABLE|DISABLED|REQUIRE|REQUIRED|RANDOM|EMPTY|USE|HAS|IS|NO"
    r"|SHOW|HIDE|FORGOT|RESET|CHANGE|RESTRICT|MAX|MIN|CSRF_COOKIE)_.*\Z"
)
_EXACT_BENIGN = frozenset(("PWD", "OLDPWD", "PASS", "TOKEN_AUTH", "NO_TOKEN"))
_SWITCHES = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "0",
        "1",
        "none",
        "null",
        "nil",
        "enabled",
        "disabled",
        "enable",
        "disable",
        "auto",
        "optional",
        "required",
        "default",
        "always",
        "never",
        "basic",
        "bearer",
        "plain",
    ]
)
_REFERENCE = re.compile(
    r"(?:op|vault|arn|sm|ssm|awssm|gcpsm|akv|keyvault|secretsmanager|secretref|ref\+\w+|file|env|doppler|infisical|bws)"
    r"(?::|\+)|ENC\[|\$|\{\{|%\(|__\w+__\Z|@\w+\Z",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"<.*>|\[.*\]|x{3,}|\*{3,}|\.{3,}|_{3,}|-+|\?+|(?:put|insert|enter|add|paste|fill|set|use)[ _-].*"
    r"|your?[ _-].*|my[ _-]?(?:api[ _-]?)?(?:key|token)|.*[ _-]here|replace.*|todo.*|tbd|n/?a|dummy|redacted",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w./@+-]*\Z|[A-Za-z]:\\")

_TOKENS: tuple[tuple[str, str], ...] = (
    ("an AWS access key id", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}"),
    ("a GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"[sr]k_live_[A-Za-z0-9]{16,}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (
        "a Slack webhook",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
    ),
    ("a Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{32,}"),
    ("a Docker Hub token", r"dckr_pat_[A-Za-z0-9_-]{20,}"),
    ("a DigitalOcean token", r"do[oprt]_v1_[a-f0-9]{64}"),
    ("a Telegram bot token", r"\d{8,10}:AA[A-Za-z0-9_-]{32,33}"),
    ("a JSON web token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
)
_compiled: list[tuple[str, re.Pattern[str]]] = []
_TOKEN_HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|k_live_|xox[abeoprs]-|hooks\.slack|AIza|SG\.|npm_|pypi-|sk-|dckr_pat_"
    r"|do[oprt]_v1_|:AA|eyJ|-----BEGIN"
)
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,24})://([^\s/@:?#\"']{0,256}):([^\s/@\"']{1,256})@")
_QUERY = re.compile(r"^jdbc:[^\s]*[?&;](?:password|pwd)=([^&;\s]+)", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name is expected to hold a secret."""
    if name in _EXACT_BENIGN or len(name) > 200:
        return False
    upper = _CAMEL.sub("_", name).upper().replace("-", "_").replace(".", "_")
    return _NAME.match(upper) is not None and not _BENIGN.match(upper)


def is_literal_secret(value: str) -> bool:
    """Whether a value under such a name is a secret itself, not a switch, path or reference."""
    text = value.strip().strip("\"'")
    if not text or text.casefold() in _SWITCHES or len(text) > 8192:
        return False
    if _REFERENCE.match(text) or _PLACEHOLDER.fullmatch(text) or _PATH.match(text):
        return False
    return not ("://" in text and not credential_in_url(text))


def token_kind(value: str) -> str | None:
    """Which kind of credential a value is by its form alone, such as "a GitHub token"."""
    if len(value) > 20_000 or not _TOKEN_HINT.search(value):
        return None
    if not _compiled:
        _compiled.extend(
            (kind, re.compile(rf"(?<![A-Za-z0-9])(?:{form})")) for kind, form in _TOKENS
        )
    for kind, pattern in _compiled:
        found = pattern.search(value)
        if found and not _looks_made_up(found[0]):
            return kind
    return None


def _looks_made_up(token: str) -> bool:
    if "BEGIN" in token:
        return False
    body = token[-16:]
    return len(set(body)) < 5 or "example" in token.casefold() or "xxxx" in token.casefold()


def credential_in_url(text: str) -> tuple[int, int] | None:
    """The offsets of a literal password in a URL or JDBC address; None where there is none."""
    if "://" not in text and "jdbc:" not in text:
        return None
    for found in _URL.finditer(text[:20_000]):
        password = found[3]
        if _REFERENCE.match(password) or _PLACEHOLDER.fullmatch(password) or "$" in password:
            continue
        return found.start(3), found.end(3)
    found_query = _QUERY.match(text[:20_000])
    if found_query and not _REFERENCE.match(found_query[1]):
        return found_query.start(1), found_query.end(1)
    return None


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits each."""
    size = len(text)
    if not size:
        return 0.0
    counts = {char: text.count(char) for char in set(text)}
    return -sum(count / size * math.log2(count / size) for count in counts.values())


def masked(value: str) -> str:
    """A secret as it may be shown: its first two characters at most."""
    return (value[:2] if len(value) > 8 else "") + "…"
