"""Secrets in Compose files: what counts as a secret, and how a fix moves it out."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from composelint.linter.secrets.commands import secrets_in_command
from composelint.linter.secrets.dummies import is_filler, is_guessable
from composelint.linter.secrets.names import secret_kind
from composelint.linter.secrets.values import (
    credential_in_url,
    holds_secret,
    is_hash,
    is_literal_secret,
    literal_value,
    looks_random,
    token_kind,
)
from snippets import diagnostics, places, reported

# Tokens are concatenated, so that scanners do not report this file.
GITHUB = "ghp_" + "b7Qw9ErTyU2iOp4AsDf6GhJk8LzXcVbNm1Q3"
STRIPE = "sk_live_" + "9fK2mQ8sVx4TzB7nL1wY"
AWS = "AKIA" + "Q3EGVZ7KLMNWX5TY"


def service(environment: str, image: str = "acme/app:1.4") -> str:
    lines = "".join(f"      {line}\n" for line in environment.splitlines())
    return f"services:\n  app:\n    image: {image}\n    environment:\n{lines}"


# --- names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("POSTGRES_PASSWORD", "password"),
        ("DB_PASS", "password"),
        ("DB_PWD", "password"),
        ("dbPassword", "password"),
        ("MYSQLPASSWORD", "password"),
        ("spring.datasource.password", "password"),
        ("GITEA__database__PASSWD", "password"),
        ("KEY_PASSPHRASE", "password"),
        ("ADMIN_PASSWORD_2", "password"),
        ("REDIS_AUTH", "password"),
        ("SECRET_KEY", "key"),
        ("SECRET_KEY_BASE", "key"),
        ("JWT_SECRET", "key"),
        ("NEXTAUTH_SECRET", "key"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("ENCRYPTION_KEY", "key"),
        ("WORDPRESS_AUTH_SALT", "key"),
        ("API_KEY", "token"),
        ("GITHUB_TOKEN", "token"),
        ("OAUTH_CLIENT_SECRET", "token"),
        ("SMTP_PASSWORD", "token"),
        ("GITHUBTOKEN", "token"),
    ],
)
def test_names_of_secrets(name: str, kind: str) -> None:
    assert secret_kind(name) == kind


BENIGN = [
    "TOKENIZERS_PARALLELISM", "PASSWORD_RESET_URL", "SECRETS_DIR", "AUTH_TOKEN_HEADER", "ALLOW_PASSWORD_LOGIN",
    "CREDENTIALS_PATH", "POSTGRES_PASSWORD_PATH", "SECRET_NAME", "VAULT_TOKEN_ROLE", "TOKEN_ISSUER", "AWS_SECRET_ARN", "DD_UWSGI_PASS", "FASTCGI_PASS",
    "PASSWORD_HASH_ALGO",
]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        *BENIGN,
        "SECRET_PATH",
        "SECRET_LOCAL_HOSTNAME",
        "SECRET_FORCED_LANGUAGE",
        "POSTGRES_PASSWORD_FILE",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "MYSQL_RANDOM_ROOT_PASSWORD",
        "PUBLIC_KEY",
        "BYPASS",
        "COMPASS",
        "PWD",
        "MAX_TOKEN",
        "ETCD_INITIAL_CLUSTER_TOKEN",
        "KEY",
        "MONKEY",
        "SMTP_AUTH",
        "ACCESS_KEY_ID",
    ],
)
def test_names_of_other_values(name: str) -> None:
    assert secret_kind(name) is None


# --- values


@pytest.mark.parametrize(
    "value",
    [
        "", "true", "no", "1", "none", "auto", "required", "bearer", "x", "15m", "3600s", "512MB",
        "/run/secrets/db", "./secrets/db", "~/.token", "C:\\secrets\\db", "certs/server.key",
        "%kernel.project_dir%/config/jwt/private.pem",
        "op://vault/item/field", "vault:secret/data#k", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "ENC[AES256,abc]",
        "ref+vault://secret/x", "{{ db_password }}", "%(DB_PASSWORD)s", "__DB_PASSWORD__", "@Microsoft.KeyVault(x)",
        "file:///run/secrets/db", "$(cat /run/secrets/db)", "`cat x`", "$DB_PASSWORD",
        "<password>", "<secure-password> .", "[secret]", "{PASSWORD}", "XXXXXXXX", "xxx-xxx", "*****", "...", "---",
        "redacted", "https://example.org/reset", "n/a", "env_missing", "not-set",
    ],
)  # fmt: skip
def test_values_that_are_not_secrets(value: str) -> None:
    assert not is_literal_secret(value)


@pytest.mark.parametrize(
    "value", ["hunter2", "Tr0ub4dor&3", "s3cr3t!", "frog", "whale hello", "/Zx9+Qw==/"[1:]]
)
def test_values_that_are_secrets(value: str) -> None:
    assert is_literal_secret(value)


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("abc", "abc"),
        ("${PW}", None),
        ("$PW", None),
        ("${PW:-lit}", "lit"),
        ("${PW-lit}", "lit"),
        ("${PW:-${OTHER:-deep}}", "deep"),
        ("${PW:?set it}", None),
        ("${PW:-}", ""),
        ("x${PW:-y}z", "xyz"),
        ("x${PW}z", None),
        ("a$$b", "a$b"),
        ("${PW", None),
    ],
)
def test_values_without_any_variable_set(shown: str, value: str | None) -> None:
    assert literal_value(shown) == value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (GITHUB, "a GitHub token"),
        (STRIPE, "a Stripe key"),
        (AWS, "an AWS access key id"),
        ("prefix " + GITHUB, "a GitHub token"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"),
        ("glpat-" + "x7Yz2Kq9Lm4Np8Rt3Vw6", "a GitLab token"),
        ("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI3MjE4In0." + "Q9x7Zk2LmN4pR8tV", "a JSON web token"),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", None),
        ("sk-your-openai-api-key-goes-here-1234567", None),
        ("my-sk-service-with-a-rather-long-name-1", None),
        ("npm_config_cache=/tmp", None),
    ],
)
def test_tokens_by_their_form(value: str, kind: str | None) -> None:
    assert token_kind(value) == kind


@pytest.mark.parametrize(
    "value",
    [
        "changeme", "CHANGE_ME", "change-me-to-something-secure", "PleaseChangeMeToSecureValue", "your_db_password",
        "yourpassword", "MySecureLoginPassword", "very-secure-database-root-password", "mysecretpassword", "my-secret-pw",
        "ChooseYourOwnPasswordHere1234", "replace-me-with-a-random-string", "supersecretkey", "testrootpass",
        "admin", "root", "postgres", "password1", "secret123", "admin123456", "123456", "1111", "example", "minioadmin",
        "letmein", '"admin"',
    ],
)  # fmt: skip
def test_guessable_passwords(value: str) -> None:
    assert is_guessable(value)


@pytest.mark.parametrize(
    "value", ["Tr0ub4dor&3", "whalehello", "8aff725d2e16ef31fbc42", "sake-earthly-lair", "P4ssb0lt"]
)
def test_passwords_that_are_not_guessable(value: str) -> None:
    assert not is_guessable(value)
    assert not is_filler(value)


def test_a_password_like_the_user_is_guessable() -> None:
    assert is_guessable("gitea", ["gitea"])
    assert is_guessable("Gitea123", ["gitea"])
    assert not is_guessable("gitea-7Xk2", ["shop"])


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("API_KEY", "your-api-key", False),
        ("API_TOKEN", "MyCloudflareApiToken", False),
        ("CLIENT_SECRET", "xxx", False),
        ("GITHUB_TOKEN", "dummy", False),
        ("OPENAI_API_KEY", "sk-local", False),
        ("SMTP_PASSWORD", "whale hello", True),
        ("SMTP_PASSWORD", "password", False),
        ("API_TOKEN", "d4b7c7689b82981ff86c735a", True),
        ("APP_KEY", "base64:Npczl7vKB0Y3AlNboNTD5f71bYVaAuVB8ay4UhZ3My0=", True),
        ("APP_KEY", "shop", False),
        ("KAFKA_SSL_KEY_CREDENTIALS", "broker1_sslkey_creds", False),
        ("RECAPTCHA_SITE_KEY", "6LcN4pR8tVwXyZ2aBcD7eFgH1jKmQ5sU", False),
        ("LOG_LEVEL", "8aff725d2e16ef31fbc428aff725d2e1", False),
    ],
)
def test_name_and_value_together(name: str, value: str, holds: bool) -> None:
    assert holds_secret(name, value) is holds


def test_hashes_and_generated_keys() -> None:
    assert is_hash("admin:$$apr1$$H6uskkkW$$IgXLP6ewTrSuBkTrqE8wj/")
    assert is_hash("$2y$05$c4Ek7m")
    assert not is_hash("pa$$word")
    assert looks_random("2FiJk1U2aiVPEQtzLehYGlTSnTnrs7LW")
    assert not looks_random("http://example.org:8080")
    assert not looks_random("e0a953c3-ee6e-4e2d-9d11-000000000000")


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("postgres://app:hunter2@db:5432/app", "hunter2"),
        ("redis://:hunter2@cache:6379", "hunter2"),
        ("postgresql+asyncpg://u:p4ss@db/x", "p4ss"),
        ("postgres://${U:-app}:${PW:-lit}@db", "${PW:-lit}"),
        ("jdbc:mysql://db/x?user=r&password=hunter2", "hunter2"),
        ("Host=db;Username=app;Password=hunter2;Database=x", "hunter2"),
        ("Server=db;Pwd='hunter 2'", "hunter 2"),
        ("app:hunter2@tcp(db:3306)/x", "hunter2"),
        ("postgres://app:${PW}@db", None),
        ("postgres://app:$PW@db", None),
        ("postgres://app:<password>@db", None),
        ("postgres://app:***@db", None),
        ("postgres://db:5432/app", None),
        ("https://example.org/a:b@c", None),
        ("git@github.com:acme/shop", None),
        ("http://localhost:8080, http://u@host", None),
        ("Host=db;Password=${PW};Database=x", None),
        ("a=1;password=hunter2", None),
    ],
)
def test_passwords_in_addresses(text: str, password: str | None) -> None:
    place = credential_in_url(text)
    assert (text[place.start : place.end] if place else None) == password


@pytest.mark.parametrize(
    ("command", "secrets"),
    [
        ("redis-server --requirepass s3cr3t --port 6380", ["s3cr3t"]),
        ("redis-server --requirepass ${PW:-lit0}", ["${PW:-lit0}"]),
        ("redis-server --requirepass ${PW}", []),
        ("redis-server --requirepass $$PW", []),
        ("redis-server requirepass s3cr3t", ["s3cr3t"]),
        ("app --db-password=s3cr3t", ["s3cr3t"]),
        ("java -Ddb.password=s3cr3t -jar a.jar", ["s3cr3t"]),
        ("PGPASSWORD=s3cr3t psql -h db", ["s3cr3t"]),
        ("mysqladmin ping -uroot -ps3cr3t", ["s3cr3t"]),
        ("mysqladmin ping -uroot -p$$MYSQL_ROOT_PASSWORD", []),
        ('mysqladmin ping -p"$$MYSQL_ROOT_PASSWORD"', []),
        ("mysql -h db -p", []),
        ("redis-cli -a s3cr3t ping", ["s3cr3t"]),
        ("curl -u elastic:s3cr3t http://es:9200", ["s3cr3t"]),
        ("curl -u elastic:${PW} http://es:9200", []),
        ("app --secret-name foo --password-policy strict", []),
        ("app --password-file /run/secrets/db", []),
        ("app --token-ttl 3600", []),
        ("app --allow-password true", []),
        ("app --password --verbose", []),
        ("nginx -g 'daemon off;'", []),
    ],
)
def test_secrets_in_commands(command: str, secrets: list[str]) -> None:
    assert [command[span.start : span.end] for span in secrets_in_command(command)] == secrets


# --- CF301


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ("DB_PASSWORD: hunter2", "hunter2"),
        ('DB_PASSWORD: "hunter2"', '"hunter2"'),
        ("- DB_PASSWORD=hunter2", "hunter2"),
        ('- "DB_PASSWORD=hunter2"', "hunter2"),
        ("DB_PASSWORD: ${PW:-hunter2}", "${PW:-hunter2}"),
        ("DB_PASSWORD: a$$b7", "a$$b7"),
        (f"ANYTHING: {GITHUB}", GITHUB),
        ("CERT: |\n  -----BEGIN PRIVATE KEY-----\n  abc", "|\n"),
    ],
)
def test_a_secret_in_the_environment_is_reported(environment: str, shown: str) -> None:
    (text,) = reported("CF301", service(environment))
    assert text.startswith(shown)


@pytest.mark.parametrize(
    "environment",
    [
        "DB_PASSWORD: ${PW}",
        "DB_PASSWORD: ${PW:?set it}",
        "DB_PASSWORD: ${PW:-}",
        "DB_PASSWORD:",
        "- DB_PASSWORD",
        "- DB_PASSWORD=",
        "DB_PASSWORD_FILE: /run/secrets/db",
        "API_KEY: your-api-key",
        "API_TOKEN: op://vault/item/field",
        "RESET_TOKEN: ${A}${B}",
        *(f"{name}: something-or-other" for name in BENIGN),
    ],
)
def test_other_values_are_left_alone(environment: str) -> None:
    assert places("CF301", service(environment)) == []
    assert places("CF340", service(environment)) == []


def test_a_value_from_an_env_file_is_left_alone() -> None:
    text = service("DB_PASSWORD: ${PW}")
    assert places("CF301", text, files={".env": "PW=hunter2\n"}) == []


def test_one_finding_for_each_service_with_the_others_related() -> None:
    text = service("DB_PASSWORD: hunter2\nAPI_SECRET: 7f3a9c21d4\nNAME: shop")
    (finding,) = diagnostics("CF301", text)
    assert [place.span.text for place in finding.related] == ["7f3a9c21d4"]
    assert finding.owner == ("service", "app")


def test_what_an_anchor_shares_is_reported_once() -> None:
    text = (
        "x-env: &env\n  DB_PASSWORD: hunter2\nservices:\n"
        "  a:\n    image: acme/a:1.0\n    environment: *env\n"
        "  b:\n    image: acme/b:1.0\n    environment:\n      <<: *env\n      X: 1\n"
    )
    assert places("CF301", text) == [(2, "hunter2")]
    assert places("CF303", text) == []


def test_secrets_of_test_stacks_are_advice_except_tokens() -> None:
    def grade(environment: str, path: str) -> Severity:
        (finding,) = diagnostics("CF301", service(environment), path)
        return finding.severity

    assert grade("DB_PASSWORD: hunter2", "compose.yaml") is Severity.WARNING
    assert grade("DB_PASSWORD: hunter2", "docker-compose.test.yml") is Severity.INFO
    assert grade(f"TOKEN_X: {GITHUB}", "docker-compose.test.yml") is Severity.WARNING
    assert grade("ADMIN_PASSWORD: $$2y$$05$$c4Ek7mQ9", "compose.yaml") is Severity.INFO


def test_the_message_does_not_contain_the_secret() -> None:
    text = service("DB_PASSWORD: hunter2\nURL: postgres://a:hunter3@db/x")
    for code in ("CF301", "CF302"):
        (finding,) = diagnostics(code, text)
        told = [
            finding.message,
            finding.help,
            finding.evidence,
            *(place.message for place in finding.related),
        ]
        if finding.fix:
            told.append(finding.fix.title)
        assert not any("hunter" in line for line in told)


# --- CF340


@pytest.mark.parametrize(
    "environment",
    [
        "DB_PASSWORD: postgres",
        "DB_USER: shop\nDB_PASSWORD: shop",
        "- DB_PASSWORD=changeme",
        "DB_PASSWORD: ${PW:-admin}",
        "DB_PASSWORD: app",
        "SECRET_KEY: changeme",
    ],
)
def test_a_guessable_password_is_reported_once_and_not_as_a_secret(environment: str) -> None:
    assert len(places("CF340", service(environment))) == 1
    assert places("CF301", service(environment)) == []


def test_each_variable_is_reported_by_one_of_both_rules() -> None:
    text = service("DB_PASSWORD: admin\nROOT_PASSWORD: Tr0ub4dor&3")
    assert reported("CF340", text) == ["admin"]
    assert reported("CF301", text) == ["Tr0ub4dor&3"]


def published(image: str, more: str = "", port: str = "3000:3000") -> str:
    return f'services:\n  app:\n    image: {image}\n    ports: ["{port}"]\n{more}'


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        (published("grafana/grafana:12.1"), True),
        (published("grafana/grafana:12.1", port="127.0.0.1:3000:3000"), False),
        ("services:\n  app:\n    image: grafana/grafana:12.1\n", False),
        (published("grafana/grafana:12.1", "    env_file: grafana.env\n"), False),
        (published("grafana/grafana:12.1", "    volumes: ['./g.ini:/etc/grafana/grafana.ini:ro']\n"), False),
        (published("grafana/grafana:12.1", "    environment:\n      GF_SECURITY_ADMIN_PASSWORD: ${PW}\n"), False),
        (published("grafana/grafana:12.1", "    environment:\n      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/x\n"), False),
        (published("minio/minio:RELEASE.2024-11-07T00-52-20Z", "    environment:\n      MINIO_SECRET_KEY: ${PW}\n", "9000:9000"), False),
        (published("grafana/grafana:12.1", "    entrypoint: grafana-server\n"), False),
        (published("espocrm:10", port="8080:80"), True),
        (published("espocrm:10", "    entrypoint: docker-websocket.sh\n", "8081:8080"), False),
        (published("acme/grafana:12.1"), False),
    ],
)  # fmt: skip
def test_images_with_a_default_account(text: str, fires: bool) -> None:
    assert bool(places("CF340", text, files={"grafana.env": ""})) is fires


# --- CF302 and CF303


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("environment:\n      URL: postgres://a:hunter2@db/x", "hunter2"),
        ("environment:\n      - URL=postgres://a:hunter2@${HOST}/x", "hunter2"),
        ('environment:\n      URL: "postgres://${U}:${PW:-hunter2}@db/x"', "${PW:-hunter2}"),
        ("command: serve --store postgres://a:hunter2@db/x", "hunter2"),
        ('command: ["serve", "postgres://a:hunter2@db/x"]', "hunter2"),
        ("labels:\n      db: postgres://a:hunter2@db/x", "hunter2"),
        ("healthcheck:\n      test: curl -f http://a:hunter2@localhost/", "hunter2"),
        ("build:\n      context: .\n      args:\n        INDEX: https://a:hunter2@pypi.acme.org/simple", "hunter2"),
    ],
)  # fmt: skip
def test_a_password_in_an_address_is_reported(body: str, shown: str) -> None:
    text = f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n"
    assert reported("CF302", text) == [shown]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("command: redis-server --requirepass s3cr3tX", "s3cr3tX"),
        ('command: ["redis-server", "--requirepass", "s3cr3tX"]', '"s3cr3tX"'),
        ('command: ["--requirepass=s3cr3tX"]', "s3cr3tX"),
        ("command: >\n      redis-server\n      --requirepass ${PW:-s3cr3tX}", "${PW:-s3cr3tX}"),
        ("entrypoint: app --api-token 8aff725d2e16", "8aff725d2e16"),
        ("healthcheck:\n      test: [CMD-SHELL, mysqladmin ping -ps3cr3tX]", "s3cr3tX"),
        ("healthcheck:\n      test: [CMD, redis-cli, -a, s3cr3tX, ping]", "s3cr3tX"),
        ("build:\n      context: .\n      args:\n        NPM_TOKEN: 8aff725d2e16", "8aff725d2e16"),
        ("build:\n      context: .\n      args: [NPM_TOKEN=8aff725d2e16]", "8aff725d2e16"),
        ("labels:\n      DB_PASSWORD: s3cr3tX", "s3cr3tX"),
        ("labels:\n      - homepage.widget.key=2FiJk1U2aiVPEQtzLehYGlTSnTnrs7LW", "2FiJk1U2aiVPEQtzLehYGlTSnTnrs7LW"),
        ('environment:\n      JAVA_OPTS: "-Xmx1g -Ddb.password=s3cr3tX"', "s3cr3tX"),
        ("logging:\n      driver: splunk\n      options:\n        splunk-token: 8aff725d2e16", "8aff725d2e16"),
    ],
)  # fmt: skip
def test_a_secret_elsewhere_is_reported(body: str, shown: str) -> None:
    text = f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n"
    assert reported("CF303", text) == [shown]


@pytest.mark.parametrize(
    "body",
    [
        "command: redis-server --requirepass ${PW}",
        "command: redis-server --requirepass $${PW}",
        'command: ["redis-server", "--requirepass", "${PW:?set it}"]',
        "command: app --secret-name foo --password-policy strict",
        "command: app --password-file /run/secrets/db",
        "build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}",
        "labels:\n      traefik.http.routers.a.rule: Host(`a.example.org`)",
        "healthcheck:\n      test: [CMD-SHELL, 'mysqladmin ping -p$$MYSQL_ROOT_PASSWORD']",
        "environment:\n      OPTS: -Xmx1g -Dserver.ssl.key=certs/a.key",
    ],
)
def test_other_values_elsewhere_are_left_alone(body: str) -> None:
    assert places("CF303", f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n") == []


def test_secrets_at_the_top_level() -> None:
    base = "services:\n  app:\n    image: acme/app:1.4\n"
    config = (
        base
        + "    configs: [c]\nconfigs:\n  c:\n    content: |\n      user: app\n      password = s3cr3tX\n"
    )
    assert reported("CF303", config) == ["s3cr3tX"]
    volume = (
        base + "    volumes: ['v:/data']\nvolumes:\n  v:\n    driver_opts:\n      type: cifs\n"
        "      o: username=app,password=s3cr3tX,vers=3.0\n      device: //nas/share\n"
    )
    assert reported("CF303", volume) == ["s3cr3tX"]
    extension = base + "x-defaults:\n  deploy:\n    registry_token: 8aff725d2e16\n"
    assert reported("CF303", extension) == ["8aff725d2e16"]


def test_a_hash_in_a_label_is_advice() -> None:
    text = (
        "services:\n  app:\n    image: acme/app:1.4\n    labels:\n"
        "      - traefik.http.middlewares.a.basicauth.users=admin:$$apr1$$H6uskkkW$$IgXLP6ewTrSuBkTrqE8wj/\n"
    )
    (finding,) = diagnostics("CF303", text)
    assert finding.severity is Severity.INFO
    assert "hash" in finding.message


@pytest.mark.parametrize(
    ("code", "body", "advice"),
    [
        ("CF302", "environment:\n      URL: postgres://a:${PW:-hunter2}@db/x", "delete the default of PW (`${PW:?}`)"),
        ("CF302", "environment:\n      URL: postgres://a:hunter2@db/x", "use a variable that is set"),
        ("CF303", "command: redis-server --requirepass ${PW:-s3cr3tX}", "delete the default of PW (`${PW:?}`)"),
        ("CF303", 'command: ["redis-server", "--requirepass", "${PW-s3cr3tX}"]', "delete the default of PW (`${PW:?}`)"),
        ("CF303", "command: redis-server --requirepass s3cr3tX", "use a secret, or a variable"),
        ("CF303", "command: run --password s3cr3tX --token ${T:-8aff725d2e16}", "use a secret, or a variable"),
    ],
)  # fmt: skip
def test_where_there_is_a_variable_its_default_goes(code: str, body: str, advice: str) -> None:
    (finding,) = diagnostics(code, f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n")
    assert finding.help.startswith(advice)
    assert finding.help.endswith("git history keeps the old one")


# --- dummies, by what each rule promises


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("build-time-dummy", ["CF340"]),
        ("placeholder-key", ["CF340"]),
        ("changeme", ["CF340"]),
        ("app-password", ["CF340"]),
        ("<your-key>", []),
        ("xxx", []),
        ("${SECRET_KEY}", []),
        ("k8Vw2nQ7tRz4Lx", ["CF301"]),
    ],
)
def test_the_key_of_a_service_is_weak_or_leaked_or_neither(value: str, codes: list[str]) -> None:
    text = service(f"SECRET_KEY: {value}")
    assert [code for code in ("CF301", "CF340") if places(code, text)] == codes


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("environment:\n      URL: postgres://user:pass@localhost/dummy", []),
        ("environment:\n      URL: postgres://app:pass7Rk@db/shop", ["pass7Rk"]),
        ("command: serve --store postgres://a:placeholder@db/x", []),
    ],
)
def test_an_address_that_leads_nowhere_is_left_alone(body: str, shown: list[str]) -> None:
    assert reported("CF302", f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n") == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("build:\n      context: .\n      args:\n        SECRET_KEY: build-time-dummy", []),
        ("build:\n      context: .\n      args:\n        SECRET_KEY: changeme", []),
        ("build:\n      context: .\n      args:\n        SECRET_KEY: 8aff725d2e16", ["8aff725d2e16"]),
        ("command: redis-server --requirepass dummy", []),
        # The server takes it: anybody may guess it.
        ("command: redis-server --requirepass changeme", ["changeme"]),
        ("healthcheck:\n      test: pg_isready || PGPASSWORD=${PW:-password} psql", []),
        ("healthcheck:\n      test: pg_isready || PGPASSWORD=s3cr3tX psql", ["s3cr3tX"]),
        ("command: find /etc/mysql/ -name '*.cnf' -print0", []),
        ("command: find /var/lib/mysql -print0", []),
        ("command: /usr/bin/mysql -uroot -ps3cr3tX", ["s3cr3tX"]),
    ],
)  # fmt: skip
def test_dummies_elsewhere_are_left_alone(body: str, shown: list[str]) -> None:
    assert reported("CF303", f"services:\n  app:\n    image: acme/app:1.4\n    {body}\n") == shown


@pytest.mark.parametrize(
    ("run", "fires"),
    [
        ("SECRET_KEY=build-time-dummy python manage.py collectstatic", False),
        ("SECRET_KEY=dummy python manage.py collectstatic --noinput", False),
        ('SECRET_KEY="dummyKeyWithMinimumLength-------" mkdocs build', False),
        ("SECRET_KEY=example python apps/manage.py compilemessages", False),
        ("DATABASE_URL=postgres://user:pass@localhost/dummy npm run build", False),
        ("SECRET_KEY=k8Vw2nQ7tRz4Lx python manage.py collectstatic", True),
        ("SECRET_KEY=dummy-k8Vw2nQ7tRz4Lx python manage.py collectstatic", True),
        ("DATABASE_URL=postgres://app:hunter2@db/shop npm run build", True),
        ("DATABASE_URL=postgres://app:app@db/shop npm run build", False),
        ("POSTGRES_USER=shop POSTGRES_PASSWORD=shop php bin/console cache:clear", False),
        ("PGPASSWORD=shop psql -U shop -h db.example.com -c 'select 1'", True),
        ("API_PASSWORD=Zx81-spectrum npm run build", True),
        ("find /etc/mysql/ -name '*.cnf' -print0 | xargs -0 sed -i s/a/b/", False),
        ("find /var/lib/mysql -print0 | xargs -0 chown app", False),
        ("mysql -uroot -phunter2 -e 'select 1'", True),
        ("/usr/bin/mysqladmin -u root -phunter2 ping", True),
        ("echo app:changeme | chpasswd", True),
    ],
)
def test_a_secret_for_one_command_of_a_build(run: str, fires: bool) -> None:
    text = f"FROM debian:trixie-slim\nRUN {run}\n"
    assert bool(places("DF315", text, "Dockerfile")) is fires


@pytest.mark.parametrize(
    ("instruction", "fires"),
    [
        ('ENV DATABASE_URL="postgresql://user:pass@localhost:5432/dummy"', False),
        ("ENV SECRET_KEY=build-time-dummy", False),
        ("ENV SECRET_KEY=changeme", False),
        ("ENV SECRET_KEY=<your-key>", False),
        ("ENV SECRET_KEY=lgNvGyhnUKpa5PJi", True),
        ("ENV DB_PASSWORD=vulhub", True),
        ("ENV DATABASE_URL=postgresql://app:hunter2@db/shop", True),
        ("ARG SECRET_KEY=placeholder-key", False),
        ("ARG SECRET_KEY", True),
    ],
)
def test_a_secret_in_the_configuration_of_an_image(instruction: str, fires: bool) -> None:
    assert bool(places("DF304", f"FROM debian:trixie-slim\n{instruction}\n", "Dockerfile")) is fires


PUBLIC = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n"
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMIIE\n"


@pytest.mark.parametrize(
    ("instruction", "files", "fires"),
    [
        ("COPY docker.gpg.key /tmp/", {}, False),
        ("COPY nodesource.key /tmp/", {}, False),
        ("COPY nginx_signing.key /tmp/", {}, False),
        ("COPY archive-keyring.gpg release.asc id_ed25519.pub public.key /tmp/", {}, False),
        ("COPY vendor.key /etc/apt/trusted.gpg.d/", {}, False),
        ("COPY vendor.key /usr/share/keyrings/vendor.asc", {}, False),
        ("COPY vendor.key /tmp/", {"vendor.key": PUBLIC}, False),
        ("COPY vendor.key /tmp/", {"vendor.key": PRIVATE}, True),
        ("COPY vendor.key /tmp/", {}, True),
        ("COPY server.key /etc/nginx/ssl/", {}, True),
        ("COPY id_ed25519 /root/.ssh/id_ed25519", {}, True),
        ("COPY app.env /app/", {"app.env": "SECRET_KEY=changeme\nURL=postgres://u:p@localhost/dummy\n"}, False),
        ("COPY app.env /app/", {"app.env": "SECRET_KEY=k8Vw2nQ7tRz4Lx\n"}, True),
        ("COPY --from=build /src/.healthcheck.env /app/", {}, False),
        ("COPY --from=build /src/.env /app/", {}, True),
        ("COPY --from=build /src/.env.production /app/", {}, True),
        ("COPY --from=build /src/prod.env /app/", {}, True),
    ],
)  # fmt: skip
def test_public_keys_and_files_without_secrets_may_be_copied(
    instruction: str, files: dict[str, str], fires: bool
) -> None:
    text = f"FROM debian:trixie-slim AS build\nFROM debian:trixie-slim\n{instruction}\n"
    assert bool(places("DF305", text, "Dockerfile", files)) is fires


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("Dockerfile", Severity.WARNING),
        ("contest/Dockerfile", Severity.WARNING),
        ("test/conformance/Dockerfile", Severity.INFO),
        ("internal/suites/example/Dockerfile", Severity.INFO),
    ],
)
def test_secrets_of_images_for_tests_are_advice(path: str, severity: Severity) -> None:
    text = (
        "FROM debian:trixie-slim\nRUN echo john:Zx81-spectrum | chpasswd\nCOPY server.key /etc/\n"
    )
    for code in ("DF305", "DF315"):
        (finding,) = diagnostics(code, text, path)
        assert finding.severity is severity
    token = f"FROM debian:trixie-slim\nRUN echo {GITHUB} > /token\n"
    assert [item.severity for item in diagnostics("DF315", token, path)] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("value", "fires"),
    [
        ("build-time-dummy", False),
        ("placeholder-key", False),
        ("changeme-Abc12345", False),
        ("SomeRandomStringOf32CharsExactly", False),
        ("k8Vw2nQ7tRz4Lx", True),
    ],
)
def test_dummies_in_env_files(value: str, fires: bool) -> None:
    assert bool(places("EV003", f"SECRET_KEY={value}\n", ".env")) is fires


@pytest.mark.parametrize(
    ("address", "is_reported"),
    [
        ("postgres://a:hunter2@db/x", True),
        ("postgres://a:!ChangeMe!@db/x", False),
        ("postgres://a:${PW:-!ChangeMe!}@db/x", False),
        ("postgres://a:testpass@db/x", False),
        ("postgres://a:testify9Q@db/x", True),
        ("${URL:-postgres://plane:plane@db/plane}", False),
        ("${URL:-postgres://plane:hunter2@db/plane}", True),
        ("postgres://plane:${PW:-plane}@db/plane", False),
        # It is what runs, and no variable is there.
        ("postgres://plane:plane@db/plane", True),
    ],
)
def test_passwords_in_addresses_that_leak_nothing(address: str, is_reported: bool) -> None:
    text = f"services:\n  app:\n    image: acme/app:1.4\n    environment:\n      URL: {address}\n"
    assert bool(places("CF302", text)) is is_reported


@pytest.mark.parametrize(
    ("value", "is_reported"),
    [
        ("development-encryption-key-32char", False),
        ("local_secret_key_64_characters", False),
        ("development-8aff725d2e16c0a1-key", True),
        ("Tr0ub4dor-32char", True),
    ],
)
def test_a_key_that_says_how_long_it_has_to_be(value: str, is_reported: bool) -> None:
    text = f"services:\n  app:\n    image: acme/app:1.4\n    environment:\n      ENCRYPTION_KEY: {value}\n"
    assert bool(places("CF301", text)) is is_reported
