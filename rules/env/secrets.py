"""Secrets in env files that git shares."""

from __future__ import annotations

import re

from ...linter.files.purpose import PRODUCTION_WORDS, is_trial, words_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.secrets.dummies import is_guessable, looks_real
from ...linter.secrets.names import ACCOUNT_ENDINGS, TOKEN, secret_kind
from ...linter.secrets.values import (
    credential_in_url,
    credentials_in_urls,
    holds_secret,
    token_kind,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.project import EnvFile
    from ...linter.source.dotenv import EnvEntry


@rule(
    "EV003",
    "secret-in-tracked-file",
    Severity.WARNING,
    category="security",
    strict_in=("hardened",),
    ignore_when=(
        "Where the values open nothing, such as those of a stack that runs on developers' "
        "machines only."
    ),
    sources=(
        "https://docs.docker.com/compose/how-tos/environment-variables/best-practices/",
        "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ),
    examples=(
        Example(
            bad="DB_USER=shop\nDB_PASSWORD=k8Vw2nQ7tRz4Lx  # error: k8Vw2nQ7tRz4Lx\n",
            good="DB_USER=shop\nDB_PASSWORD=\n",
        ),
    ),
    security_severity=7.5,
)
def secret_in_tracked_file(file: EnvFile) -> Iterator[Diagnostic]:
    """An env file with a secret is in git, or not ignored by it: everyone with the repository has it.

    Why: Everyone who gets the repository can use the secret, and git's history keeps it after
    the file was deleted.

    Placeholders, words that everybody would guess, references and empty values are left alone; in
    `.env.example` and its like only tokens of a known form count, and under folders of tests and
    examples the rest is graded lower. Defaults that a framework wants in git (Symfony's `.env`,
    `.env.test`), and files whose addresses lead to one's own machine only, are left to `hardened`,
    unless another service issued the secret. Take the file out of git, list it in `.gitignore`, and
    change what it held: history keeps it.
    """
    secrets: list[tuple[EnvEntry, str | None]] = []
    names: list[str] | None = None
    for entry in file.syntax.entries:
        if not entry.text or entry.template is not None:
            continue
        form = token_kind(entry.text)
        if form and re.fullmatch(_EMPTY_KEY, entry.text.strip()):
            continue
        if form is None and not file.is_template and names is None:
            names = _account_names(file)
        if form or (names is not None and _is_real(entry.key, entry.text, names)):
            secrets.append((entry, form))
    if not secrets:
        return
    ignored = file.project.ignored_by_git(file.path)
    if ignored and not file.project.tracked_by_git(file.path):
        return
    (first, form), *others = secrets
    keys = ", ".join(entry.key for entry, _ in secrets)
    name = file.path.rpartition("/")[2]
    yield Diagnostic(
        first.value_span,
        f"git {'has' if ignored else 'does not ignore'} {name}, where {keys} "
        + ("contain secrets" if others else f"contains {form or 'a secret'}"),
        help="remove it from git (`git rm --cached`), and change the secret: git history keeps the old one"
        if ignored
        else "list the file in .gitignore, add a .env.example without values, and change the secret",
        severity=Severity.INFO
        if is_trial(file.path) and not any(form for _, form in secrets)
        else None,
        subject="variables",
        evidence=keys,
        related=[Related(entry.value_span, f"{entry.key} contains one too") for entry, _ in others],
        sensitive=[span for entry, _ in secrets for span in _values(entry)],
        strict=not any(form for _, form in secrets)
        and (
            _is_shared_on_purpose(file)
            or (not any(map(_is_issued, secrets)) and not _is_named_so(file) and _is_local(file))
        ),
    )


_EMPTY_KEY = r"-----BEGIN [A-Z ]+-----(?:\\[nr]|[A-Za-z0-9+/=\s]){0,60}(?:-----END [A-Z ]+-----(?:\\[nr]|\s)*)?"
"""The header of a key without the key, or with less than any key has, as tests have it."""

_DEVELOPMENT = frozenset((".env.dev", ".env.development", ".env.test"))
_SYMFONY = "###> symfony/"
"""What Symfony writes into its env files: ``.env`` holds defaults that belong into git."""
_TOOLS = (
    '"@angular/', '"@vue/cli-service"', '"astro"', '"gatsby"', '"next"', '"nuxt"',
    '"react-scripts"', '"vite"',
)  # fmt: skip
"""Packages that read env files for development, which their documentation says to commit."""


def _is_shared_on_purpose(file: EnvFile) -> bool:
    """Whether a framework expects the file in git, with values for development and tests."""
    folder, slash, name = file.path.rpartition("/")
    if name not in _DEVELOPMENT and name != ".env":
        return False
    if name == ".env.test" or _SYMFONY in file.syntax.file.text:
        return True
    if '"symfony/' in (file.project.text(f"{folder}{slash}composer.json") or ""):
        return True
    if name == ".env":
        return False
    package = file.project.text(f"{folder}{slash}package.json") or ""
    return any(tool in package for tool in _TOOLS)


_PRODUCTION = r"(?i)(?:production|prod)\b"
_ADDRESS = r"(?i)(?:[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?|(?:[^\s/@]*@)?)((?:[a-z0-9_-]+\.)*[a-z0-9_-]+)(?::\d+)?(?:[/?#,].*)?\Z"
_OWN_HOST = r"(?i)(?:.*\.)?(?:localhost|local|internal|test|localdomain)\Z|127\.|0\.0\.0\.0\Z"
_OTHER_HOST = r"(?i)[a-z0-9.-]+\.[a-z]{2,}\Z|(?:\d+\.){3}\d+\Z"


def _is_local(file: EnvFile) -> bool:
    """Whether the values are for one's own machine: they lead there, and to no other.

    Origins that a browser may come from are not what the program connects to.
    """
    is_local = False
    for entry in file.syntax.entries:
        key, text = entry.key.upper(), entry.text.strip()[:_LONGEST]
        if key.endswith(_MODES) and re.match(_PRODUCTION, text):
            return False
        if not ("://" in text or key.endswith(_HOSTS)) or "ORIGIN" in key or "CORS" in key:
            continue
        match = re.match(_ADDRESS, text)
        if match is None:
            continue
        if re.match(_OWN_HOST, match[1]):
            is_local = True
        elif re.match(_OTHER_HOST, match[1]):
            return False
    return is_local


_LONGEST = 500
_MODES = ("ENV", "ENVIRONMENT", "MODE", "PROFILE")
_HOSTS = ("HOST", "ADDR", "ADDRESS", "SERVER", "HOSTNAME")
"""Endings of the names of variables for a mode, and for a host."""


def _is_issued(secret: tuple[EnvEntry, str | None]) -> bool:
    """Whether another service issued a secret: that opens something wherever the file is used."""
    return secret_kind(secret[0].key) == TOKEN


def _is_named_so(file: EnvFile) -> bool:
    """Whether the file's path says that it is for production."""
    return not PRODUCTION_WORDS.isdisjoint(words_of(file.path))


def _values(entry: EnvEntry) -> list[Span]:
    """The places of the secrets in a definition: in an address only the password."""
    passwords = [] if token_kind(entry.text) else list(credentials_in_urls(entry.text))
    return [entry.locate(part.start, part.end) for part in passwords] or [entry.value_span]


def _is_real(key: str, value: str, names: list[str]) -> bool:
    """Whether a value is a secret, and more than an example of one."""
    address = credential_in_url(value)
    if address is not None:
        value, names = value[address.start : address.end], [*names, address.name]
    elif not holds_secret(key, value):
        return False
    elif secret_kind(key) == TOKEN:
        return looks_real(value)
    return looks_real(value) and not is_guessable(value, [*names, *key.split("_")])


def _account_names(file: EnvFile) -> list[str]:
    """The names of users and databases in the file: a password like them is not a secret."""
    return [
        entry.text
        for entry in file.syntax.entries
        if entry.text and entry.key.upper().endswith(ACCOUNT_ENDINGS)
    ]
