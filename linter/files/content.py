"""The kind of a file by its content, for files whose names do not tell it."""

from __future__ import annotations

from ..base.patterns import on_demand
from .kinds import COMPOSE, DOCKERFILE, ENV, kind_of_named

MAX_LINES = 20_000
"""The most lines that are looked at."""

_FROM = on_demand(
    r"(?:FROM|from)[ \t]+(?:--platform=\S+[ \t]+)?[\w$][\w.$:/@{}-]*"
    r"(?:[ \t]+(?:AS|as)[ \t]+[\w.-]+)?[ \t\r]*\Z"
)
_ARG = on_demand(r"(?:ARG|arg)[ \t]+[A-Za-z_]\w*(?:=.*)?\Z")
_ASSIGNMENT = on_demand(r"(?:export[ \t]+)?[A-Za-z_][\w.-]*=(?!=)")


def kind_of_text(text: str) -> str | None:
    """The kind of a file by its text alone; None if it is not clear.

    A Dockerfile begins with FROM, and an env file has nothing but definitions; what a Compose file
    is, ``recognition.py`` says. An ignore file cannot be told from other lists.
    """
    if "services" in text:
        from .recognition import is_compose_text

        if is_compose_text(text):
            return COMPOSE
    if _is_dockerfile(text):
        return DOCKERFILE
    return ENV if _is_env(text) else None


def kind_in(path: str, text: str) -> str | None:
    """The kind of a file that the user names: by its name, else by its text."""
    return kind_of_named(path) or kind_of_text(text)


def _is_dockerfile(text: str) -> bool:
    """Whether the first instruction is FROM, or ARG with FROM after it."""
    for line in text.splitlines()[:MAX_LINES]:
        line = line.strip("\ufeff \t")
        if line and not line.startswith("#") and not _ARG.match(line):
            return _FROM.match(line) is not None
    return False


def _is_env(text: str) -> bool:
    """Whether every line is a definition, a comment or empty, and one is a definition."""
    lines = [line.strip() for line in text.splitlines()[:MAX_LINES]]
    written = [line for line in lines if line and not line.startswith("#")]
    return bool(written) and all(map(_ASSIGNMENT.match, written))
