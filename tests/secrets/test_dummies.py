"""Dummies, placeholders, weak passwords and secrets: one table for all rules."""

from __future__ import annotations

import pytest
from composelint.linter.secrets.dummies import (
    is_dummy,
    is_dummy_address,
    is_filler,
    is_guessable,
    is_placeholder,
    looks_made_up,
    looks_real,
)
from composelint.linter.secrets.values import credential_in_url

# Values that scanners look for are concatenated, so that they do not report this file.
DUMMIES = [
    "build-time-dummy", "placeholder-key", "dummy", "DummyKey", "dummyKeyWithMinimumLength-------------------------",
    "not-a-real-key-placeholder", "fake_secret_for_build", "PASSWORD_PLACE_HOLDER", "mock-token-1", "unused", "ignored", "noop", "test", "testing123",
    "test-secret", "example", "example_123", "sample password", "ci", "build", "buildtime", "temp-build-key", "foo", "foobar",
    "local-dev-secret", "localstack", '"dummy"', "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2" + "UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
]  # fmt: skip
PLACEHOLDERS = [
    "changeme", "CHANGE_ME", "change-this-in-production", "replace-me-with-a-random-string", "your-token", "yourPassword",
    "<your-key>", "[secret]", "{KEY}", "xxx", "XXXX-XXXX", "***", "...", "redacted", "not-set", "n/a", "TBD",
]  # fmt: skip
WEAK = [
    "admin", "root", "postgres", "password", "password1", "secret", "mysecretkey", "SuperDuperAdminPW", "123456", "letmein",
    "ThisIsAVerySecretString", "SomeRandomStringOf32CharsExactly", "makeitup2", "somewordpress",
    "random string that is unique to every install - just type random characters here!",
    "0123456789abcdef0123456789abcdef", "1111",
]  # fmt: skip
SECRETS = [
    "hunter2", "hunter2-Qx9", "Tr0ub4dor&3", "deport-silver-showcase-pusher", "whalehello", "8aff725d2e16ef31fbc42",
    "crash-dummy-Xk92q7", "test-9fK2mQ8sVx4TzB7nL", "Test7Qx9zRk", "example.9fK2mQ8s", "base64:Npczl7vKB0Y3AlNboNTD5f71bYVaAuVB8ay4UhZ3My0=",
    "yYrECL4qbNwleYInGJYvVnSkwJuSQJ4ijPTx5tirGUXrbznFIBFVJdPl5t6O9ASw", "django-insecure-9x)k2$4m#q8",
]  # fmt: skip


@pytest.mark.parametrize("value", DUMMIES)
def test_a_dummy_says_so(value: str) -> None:
    assert is_dummy(value)
    assert is_placeholder(value)
    assert is_guessable(value)


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_asks_to_be_replaced(value: str) -> None:
    assert not is_dummy(value)
    assert is_placeholder(value)
    assert is_guessable(value)


@pytest.mark.parametrize("value", WEAK)
def test_a_weak_password_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)
    assert is_guessable(value, ["wordpress"])


@pytest.mark.parametrize("value", SECRETS)
def test_a_secret_is_none_of_them(value: str) -> None:
    assert not is_dummy(value)
    assert not is_placeholder(value)
    assert not is_filler(value)
    assert not is_guessable(value)


@pytest.mark.parametrize(
    ("value", "names", "guessable"),
    [
        ("sentry", ["sentry"], True),
        ("postiz-local-pwd", ["postiz-postgres"], True),
        ("authentiksupersecretkey", ["authentik"], True),
        ("budibase_minio_secret", ["budibase"], True),
        ("secure-gzctf-db-password", ["gzctf"], True),
        ("authentik-7Qx9zRk", ["authentik"], False),
        ("ab-password", ["ab"], False),
        ("gzctf-showcase", ["gzctf"], False),
    ],
)
def test_words_of_the_product_do_not_make_a_password(
    value: str, names: list[str], guessable: bool
) -> None:
    assert is_guessable(value, names) is guessable


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("postgresql://user:pass@localhost:5432/dummy", None),
        ("postgres://user:pass@localhost/db", None),
        ("postgres://user:password@127.0.0.1:5432/shop?x=1", None),
        ("mysql://app:Qx9zRk@db.example.com/app", None),
        ("mysql://app:Qx9zRk@example/app", None),
        ("https://bot:Zx81-spectrum@git.example.com/app.git", "Zx81-spectrum"),
        ("amqp://app:dummy@queue//", None),
        ("redis://:placeholder-key@cache:6379/0", None),
        ("postgres://a:b7Rk@fake-host/db", None),
        ("postgres://a:b7Rk@db/placeholder", None),
        ("postgres://user:pass@db:5432/shop", "pass"),
        ("postgres://app:hunter2@localhost/shop", "hunter2"),
        ("postgres://app:hunter2@db.example.shop/shop", "hunter2"),
        ("postgres://app:changeme@db/shop", "changeme"),
        ("Host=db;Password=hunter2", "hunter2"),
        ("Host=db;Password=dummy", None),
    ],
)
def test_addresses_that_lead_nowhere_hold_no_password(text: str, password: str | None) -> None:
    part = credential_in_url(text)
    assert (part and text[part.start : part.end]) == password


def test_of_two_addresses_only_the_real_one_counts() -> None:
    text = "postgres://u:p@localhost/x,postgres://app:hunter2@db/x"
    part = credential_in_url(text)
    assert part is not None
    assert text[part.start : part.end] == "hunter2"
    assert is_dummy_address("u", "p", "localhost/x,postgres://app:hunter2@db/x")


@pytest.mark.parametrize(
    ("token", "made_up"),
    [
        ("AKIA" + "IOSFODNN7EXAMPLE", True),
        ("ghp_" + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", True),
        ("ghp_" + "b7Qw9ErTyU2iOp4AsDf6GhJk8LzXcVbNm1Q3", False),
        ("eyJhbGciOiJIUzI" + "1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN", True),
    ],
)  # fmt: skip
def test_tokens_that_only_show_their_form(token: str, made_up: bool) -> None:
    assert looks_made_up(token) is made_up


@pytest.mark.parametrize("value", [*DUMMIES[:20], *PLACEHOLDERS, "password1", "secret"])
def test_no_dummy_looks_real(value: str) -> None:
    assert not looks_real(value) or is_guessable(value)
