"""Names of variables that hold secrets."""

from __future__ import annotations

import re
from functools import lru_cache


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


PASSWORD, KEY, TOKEN = "password", "key", "token"
"""What a name promises: a password that the service asks for, a key that it signs or
encrypts with, or a credential that somebody else issued."""


_KINDS = {
    **dict.fromkeys(
        _names(
            "PASSWORD PASSWD PASSPHRASE PASSWORT PASS PWD PW REQUIREPASS MASTERAUTH REDIS_AUTH REDISCLI_AUTH"
        ),
        PASSWORD,
    ),
    **dict.fromkeys(
        _names(
            "SECRET SECRET_KEY SECRETKEY SECRET_KEY_BASE SECRET_ACCESS_KEY ENCRYPTION_KEY MASTER_KEY SIGNING_KEY AUTH_KEY "
            "JWT_KEY SESSION_KEY SECURITY_KEY COOKIE_KEY HASH_KEY LOGGED_IN_KEY SECURE_AUTH_KEY NONCE_KEY ERLANG_COOKIE "
            "PASSWORD_SALT SECRET_SALT AUTH_SALT HASH_SALT NONCE_SALT LOGGED_IN_SALT SECURE_AUTH_SALT ENCRYPTION_SALT"
        ),
        KEY,
    ),
    **dict.fromkeys(
        _names(
            "TOKEN API_KEY APIKEY PRIVATE_KEY ACCOUNT_KEY SHARED_ACCESS_KEY DEPLOY_KEY LICENSE_KEY API_SECRET CLIENT_SECRET "
            "CLIENTSECRET OIDC_SECRET OAUTH_SECRET CONSUMER_SECRET JENKINS_SECRET"
        ),
        TOKEN,
    ),
}


_GLUED = (("PASSWORD", PASSWORD), ("PASSWD", PASSWORD), ("SECRET", KEY), ("TOKEN", TOKEN))
"""Endings that also count without a separator before them (`DBPASSWORD`)."""


_MOST_WORDS = 3


_OPEN_ENDINGS = frozenset(("KEY", "SALT", "CREDENTIAL", "CREDENTIALS"))
"""Endings of names whose value must look generated to count."""


_OPEN_PUBLIC = _names("PUBLIC PUBLISHABLE SITE SORT PRIMARY FOREIGN PARTITION CACHE")


_BENIGN_WORDS = _names(
    "ALLOW ALLOWED ENABLE ENABLED DISABLE DISABLED REQUIRE REQUIRED REQUIRES RANDOM GENERATE EMPTY USE USES HAS IS NO "
    "SHOW HIDE FORGOT FORGET RESET CHANGE RESTRICT MAX MIN NUM COUNT PUBLIC CHECK VALIDATE VERIFY SKIP WITH WITHOUT "
    "IGNORE STORE SAVE STRIP PULL EXISTING CONFIRM MASK RATE PER ROTATE FORCE FORMAT HEADER COUNTER CLUSTER"
)


_ELSEWHERE = _names("SMTP MAIL MAILER EMAIL IMAP POP3 GMAIL TWILIO OPENVPN VPN")
"""Words for a service that is somewhere else, whose password is like a token."""


_BENIGN_NAMES = frozenset(("PWD", "OLDPWD", "PASS", "PW"))


_CAMEL = r"(?<=[a-z0-9])(?=[A-Z])"


def _words(text: str) -> list[str]:
    """``dbPassword_2`` → ``["DB", "PASSWORD"]``."""
    if not text.isupper():
        text = re.sub(_CAMEL, "_", text)
    return re.sub(r"[^A-Za-z0-9]+", "_", text).upper().strip("_").rstrip("0123456789_").split("_")


@lru_cache(maxsize=4096)
def secret_kind(name: str) -> str | None:
    """What a variable of this name is expected to hold; None where that is no secret.

    ``password``: the service lets in who knows it. ``key``: the service signs or encrypts
    with it. ``token``: somebody else issued it, as the password of a mail account.
    """
    if len(name) > 200 or name.upper() in _BENIGN_NAMES:
        return None
    words = _words(name)
    if not _BENIGN_WORDS.isdisjoint(words):
        return None
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        kind = _KINDS.get("_".join(words[-count:]))
        if kind:
            break
    else:
        last = words[-1]
        kind = next((kind for ending, kind in _GLUED if last.endswith(ending)), None)
    return TOKEN if kind and not _ELSEWHERE.isdisjoint(words) else kind


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name is expected to hold a secret."""
    return secret_kind(name) is not None
