"""Names of variables that contain secrets."""

from __future__ import annotations

import re
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """The words of a text, separated by blanks."""
    return frozenset(text.split())


PASSWORD, KEY, TOKEN = "password", "key", "token"
"""Kinds of secrets: a password that the service asks for, a key with which it signs or
encrypts, or a credential that another service issued."""

_KINDS = {
    **dict.fromkeys(
        word_set(
            "PASSWORD PASSWD PASSPHRASE PASSWORT PASS PWD PW REQUIREPASS MASTERAUTH REDIS_AUTH REDISCLI_AUTH"
        ),
        PASSWORD,
    ),
    **dict.fromkeys(
        word_set(
            "SECRET SECRET_KEY SECRETKEY SECRET_KEY_BASE SECRET_ACCESS_KEY ENCRYPTION_KEY MASTER_KEY SIGNING_KEY AUTH_KEY "
            "JWT_KEY SESSION_KEY SECURITY_KEY COOKIE_KEY HASH_KEY LOGGED_IN_KEY SECURE_AUTH_KEY NONCE_KEY ERLANG_COOKIE "
            "PASSWORD_SALT SECRET_SALT AUTH_SALT HASH_SALT NONCE_SALT LOGGED_IN_SALT SECURE_AUTH_SALT ENCRYPTION_SALT"
        ),
        KEY,
    ),
    **dict.fromkeys(
        word_set(
            "TOKEN API_KEY APIKEY PRIVATE_KEY ACCOUNT_KEY SHARED_ACCESS_KEY DEPLOY_KEY LICENSE_KEY API_SECRET CLIENT_SECRET "
            "CLIENTSECRET OIDC_SECRET OAUTH_SECRET CONSUMER_SECRET JENKINS_SECRET"
        ),
        TOKEN,
    ),
}

_JOINED_ENDINGS = (("PASSWORD", PASSWORD), ("PASSWD", PASSWORD), ("SECRET", KEY), ("TOKEN", TOKEN))
"""Endings that also count without a separator before them (`DBPASSWORD`)."""

_MOST_WORDS = 3

AMBIGUOUS_ENDINGS = frozenset(("KEY", "SALT", "CREDENTIAL", "CREDENTIALS"))
"""Endings of names that are secret only if the value looks generated."""

PUBLIC_KEY_WORDS = word_set("PUBLIC PUBLISHABLE SITE SORT PRIMARY FOREIGN PARTITION CACHE")

_BENIGN_WORDS = word_set(
    "ALLOW ALLOWED ENABLE ENABLED DISABLE DISABLED REQUIRE REQUIRED REQUIRES RANDOM GENERATE EMPTY USE USES HAS IS NO "
    "SHOW HIDE FORGOT FORGET RESET CHANGE RESTRICT MAX MIN NUM COUNT PUBLIC CHECK VALIDATE VERIFY SKIP WITH WITHOUT "
    "IGNORE STORE SAVE STRIP PULL EXISTING CONFIRM MASK RATE PER ROTATE FORCE FORMAT HEADER COUNTER CLUSTER UWSGI FASTCGI"
)

EXTERNAL_SERVICES = word_set("SMTP MAIL MAILER EMAIL IMAP POP3 GMAIL TWILIO OPENVPN VPN")
"""Words for services of others: their passwords are like tokens."""

ACCOUNT_ENDINGS = ("USER", "USR", "LOGIN", "NAME", "DB", "DATABASE")
"""Endings of names of variables that name a user or a database."""

_BENIGN_NAMES = frozenset(("PWD", "OLDPWD", "PASS", "PW"))

CAMEL = r"(?<=[a-z0-9])(?=[A-Z])"


def name_words(text: str) -> list[str]:
    """``dbPassword_2`` → ``["DB", "PASSWORD"]``."""
    if not text.isupper():
        text = re.sub(CAMEL, "_", text)
    return re.sub(r"[^A-Za-z0-9]+", "_", text).upper().strip("_").rstrip("0123456789_").split("_")


@lru_cache(maxsize=4096)
def secret_kind(name: str) -> str | None:
    """The kind of secret that a variable of this name contains; None for other names.

    ``password``: the service asks for it. ``key``: the service signs or encrypts with it.
    ``token``: another service issued it, as the password of a mail account.
    """
    if len(name) > 200 or name.upper() in _BENIGN_NAMES:
        return None
    words = name_words(name)
    if not _BENIGN_WORDS.isdisjoint(words):
        return None
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        kind = _KINDS.get("_".join(words[-count:]))
        if kind:
            break
    else:
        last = words[-1]
        kind = next((kind for ending, kind in _JOINED_ENDINGS if last.endswith(ending)), None)
    return TOKEN if kind and not EXTERNAL_SERVICES.isdisjoint(words) else kind


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name contains a secret."""
    return secret_kind(name) is not None
