"""Recognises secrets by the name of a variable and the form of its value.

Precision comes first: a name counts only if it *ends* in a word for a secret, and a value
only if it is neither a switch, a path, a reference to a secret store nor a placeholder.
No files are read.
"""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..source.template import TemplateError, parse_template, substitute
from .dummies import (
    is_dummy,
    is_dummy_address,
    is_filler,
    is_mashed,
    is_masked,
    looks_made_up,
    unquoted,
)
from .names import (
    AMBIGUOUS_ENDINGS,
    EXTERNAL_SERVICES,
    PUBLIC_KEY_WORDS,
    TOKEN,
    name_words,
    secret_kind,
    word_set,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


HASH = "the hash of a password"
"""The kind of a value that only allows to try passwords."""

_SWITCHES = word_set(
    "true false yes no on off y n t f 0 1 none null nil undefined enabled disabled enable disable auto optional "
    "required default always never basic bearer plain plaintext header cookie query manual prompt ask external file "
    "env vault keyring memory random generate generated unset empty inherit ignore any all both"
)
_NO_TOKENS = word_set("noop key token value string text id abc unneeded")
_REFERENCE = (
    r"(?i:(?:op|vault|arn|sm|ssm|awssm|gcpsm|akv|keyvault|secretsmanager|secretref|secrets?|ref\+\w+|file|env|doppler"
    r"|infisical|bws|keychain|pass|bitwarden|lastpass|conjur|kms|s3|gs|k8s|kubernetes|resolve|projects|aws|gcp|azure)"
    r"(?::|\+|//)|ENC[\[(]|\{(?:aes|rsa|cipher|xor|noop)\}|\{\{|%\(|%[\w.]+%|<%|__\w+__\Z|@\w[\w.]*(?:\(|\Z))"
)
_EXPANDED = r"\$[A-Za-z_]|[^$`]*(?:\$[({]|`)"
_NAMED = r"[a-z _.-]*(?:token|key|secret|password|pass)"
_WORDY = r"[a-z]+(?:[-_. ][a-z]+)*"
_PATH = (
    r"(?:~|\.{1,2})?/[\w.@+-]*(?:/[\w./@+-]*)?\Z|[A-Za-z]:\\"
    r"|(?i:[\w./@+%-]+\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|conf|ini|pub|asc|gpg|token|secret)\Z)"
)
_MARKS = frozenset("/\\.:$`+([{%<@_")
"""Characters of which references, expansions and paths have at least one."""
_DURATION = r"(?i:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w|min|sec|mins|secs|hours?|days?|weeks?|minutes?|seconds?|[kmg]i?b)\Z)"
_HASHED = r"[^$]*(?:\$(?:apr1|2[abxy]|1|5|6|argon2\w*|scrypt|pbkdf2[\w-]*)\$)"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"
_HEX = r"[0-9a-fA-F]+\Z"
_GENERATED = r"(?:base64:)?[A-Za-z0-9+/=_-]{20,512}\Z"

_TOKEN_FORMS: tuple[tuple[str, str], ...] = (
    ("an AWS access key id", r"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}"),
    ("a GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"[sr]k_live_[A-Za-z0-9]{16,}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (
        "a Slack webhook",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
    ),
    (
        "a Discord webhook",
        r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{40,}",
    ),
    ("a Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a PyPI token", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{32,}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    ("a Docker Hub token", r"dckr_pat_[A-Za-z0-9_-]{20,}"),
    ("a DigitalOcean token", r"do[oprt]_v1_[a-f0-9]{64}"),
    ("a Telegram bot token", r"\d{8,10}:AA[A-Za-z0-9_-]{32,33}"),
    ("a Hugging Face token", r"hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    ("a Tailscale key", r"tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}"),
    ("a Plex claim", r"claim-[A-Za-z0-9_-]{20}\Z"),
    ("a JSON web token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
)
_TOKEN_HINTS = tuple(
    sorted(
        word_set(
            "AKIA ASIA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- k_live_ xox hooks.slack /webhooks/ AIza SG. npm_ pypi- sk- "
            "dckr_pat_ _v1_ :AA hf_ tskey- claim- eyJ -----BEGIN"
        )
    )
)
_TOKEN_START = r"(?<![A-Za-z0-9_-])"

_URL = (
    r"[A-Za-z][A-Za-z0-9+.-]{1,24}://((?:\$\{[^{}]{1,80}\}|[^\s/@:?#\"'\\,$]){0,256}):"
    r"((?:\$\{[^{}]{1,200}\}|[^\s/@\"'\\]){1,256})@(?=[\w\[$({.-])"
)
_PAIRS = r"(?i:(?:^|[?&;,\s])(?:password|passwd|pwd)\s*=\s*(\"[^\"]{1,256}\"|'[^']{1,256}'|[^&;,\s\"']{1,256}))"
_ADDRESSED = r"(?i:jdbc:|(?:^|[;\s])(?:host|hostaddr|server|data source|addr(?:ess)?|dbname|database|initial catalog)\s*=)"
_GO_DSN = r"([\w.-]{1,64}):([^\s@/]{1,256})@(?:tcp|unix)\("
MAX_LENGTH = 20_000


def holds_secret(name: str, value: str) -> bool:
    """Whether a variable contains a secret in plain text, by its name and its value.

    Guessable passwords count too (``is_guessable`` of ``dummies.py``).
    """
    kind = secret_kind(name)
    if kind is None:
        words = name_words(name)
        return (
            words[-1] in AMBIGUOUS_ENDINGS
            and PUBLIC_KEY_WORDS.isdisjoint(words)
            and looks_random(value)
        )
    if not is_literal_secret(value):
        return False
    if kind != TOKEN:
        return True
    # A placeholder is not a valid token. An issued token is not a word either; only the
    # password of an account, such as that of a mail server, may be one.
    text = unquoted(value).casefold()
    if is_filler(value) or is_mashed(value):
        return False
    if text in _NO_TOKENS or re.fullmatch(_NAMED, text):
        return False
    return not re.fullmatch(_WORDY, text) or not EXTERNAL_SERVICES.isdisjoint(name_words(name))


def literal_value(text: str) -> str | None:
    """The value of a text if no variable is set, with ``$`` for ``$$``.

    None if it depends on a variable: ``${PW}`` is not a secret, ``${PW:-abc}`` is ``abc`` for
    users who do not set ``PW``.
    """
    if "$" not in text:
        return text
    template = parse_template(text)
    if isinstance(template, TemplateError):
        return None
    result = substitute(template, lambda name: None)
    return None if result.value is None or result.unset or result.failures else result.value


def is_literal_secret(value: str) -> bool:
    """Whether the value of a secret variable is the secret, not a switch, path or reference."""
    text = unquoted(value)
    if len(text) < 3 or len(text) > 8192 or text.casefold() in _SWITCHES:
        return False
    # Patterns take long to compile, and most runs see plain values only.
    marks = _MARKS.intersection(text)
    if marks and (re.match(_REFERENCE, text) or re.match(_EXPANDED, text)):
        return False
    if is_masked(text) or (marks and re.match(_PATH, text)):
        return False
    if text[0].isdigit() and re.match(_DURATION, text):
        return False
    return not ("://" in text and not credential_in_url(text))


class SecretInText(NamedTuple):
    """A secret inside a longer text: its offsets, and the name or user that it belongs to."""

    start: int
    end: int
    name: str


def secret_in_match(match: re.Match[str], group: int, name: str) -> SecretInText:
    """The secret in a group of a match, without the quotes around it."""
    start, end = match.span(group)
    quote = match[group][0] in "\"'"
    return SecretInText(start + quote, end - quote, name)


def token_kind(value: str) -> str | None:
    """The kind of credential that a value is by its form, such as "a GitHub token"; else None."""
    token = token_in(value)
    return token.name if token else None


def token_in(text: str) -> SecretInText | None:
    """The first credential of a known form in a text; its name is its kind."""
    if not 20 <= len(text) <= MAX_LENGTH or not any(hint in text for hint in _TOKEN_HINTS):
        return None
    for kind, form in _TOKEN_FORMS:
        match = re.search(f"{_TOKEN_START}(?:{form})", text)
        if match and not looks_made_up(match[0]):
            return SecretInText(match.start(), match.end(), kind)
    return None


def credential_in_url(text: str) -> SecretInText | None:
    """The first literal password in a URL or connection string; see ``credentials_in_urls``."""
    return next(credentials_in_urls(text), None)


def credentials_in_urls(text: str, dummies: bool = False) -> Iterator[SecretInText]:
    """The literal passwords in URLs and connection strings; with ``dummies`` those too.

    ``scheme://user:password@host``, ``jdbc:…&password=…``, ``Host=…;Password=…`` and
    ``user:password@tcp(host)``. The text is as in the file: a variable in the place of the
    password counts by its default.
    """
    text = text[:MAX_LENGTH]
    if "://" in text:
        for match in re.finditer(_URL, text):
            rest = text[match.end() : match.end() + 200]
            if is_literal_password(match[2]) and (
                dummies or not is_dummy_address(match[1], unquoted(match[2]), rest)
            ):
                yield secret_in_match(match, 2, match[1])
    if "=" in text and re.search(_ADDRESSED, text):
        for match in re.finditer(_PAIRS, text):
            if is_literal_password(match[1]) and (dummies or not is_dummy(match[1])):
                yield secret_in_match(match, 1, "")
    if "@" in text and (dsn := re.match(_GO_DSN, text)) and is_literal_password(dsn[2]):
        yield SecretInText(dsn.start(2), dsn.end(2), dsn[1])


def is_literal_password(text: str) -> bool:
    """Whether the text in the place of a password is a password."""
    password = literal_value(unquoted(text))
    if not password or "{" in password or "%s" in password or re.match(_EXPANDED, password):
        return False
    return not re.match(_REFERENCE, password) and not is_masked(password)


def is_hash(value: str) -> bool:
    """Whether a value contains the hash of a password, as htpasswd and crypt write it."""
    return re.match(_HASHED, value.replace("$$", "$")) is not None


def looks_random(value: str) -> bool:
    """Whether a value has the length and mixture of a generated key."""
    text = unquoted(value)
    if not re.match(_GENERATED, text) or re.match(_UUID, text):
        return False
    if not any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
        return False
    return entropy(text) >= (3.0 if re.match(_HEX, text) else 3.7) and not is_filler(text)


def entropy(text: str) -> float:
    """The Shannon entropy of the characters, in bits per character."""
    import math

    size = len(text)
    if not size:
        return 0.0
    counts = {char: text.count(char) for char in set(text)}
    return -sum(count / size * math.log2(count / size) for count in counts.values())
