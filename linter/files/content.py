"""The kind of a file by its content, for files whose names do not tell it."""

from __future__ import annotations

from ..base.patterns import on_demand
from .kinds import COMPOSE, DOCKERFILE, ENV, kind_of_named

MAX_LINES = 20_000
"""The most lines that are looked at."""

_SERVICES = on_demand(r"""["']?services["']?[ \t]*:[ \t]*(?:[&!#].*)?\Z""")
_NAME = on_demand(r"""["']?[\w.-]+["']?[ \t]*:""")
_KEY = on_demand(r"""["']?(?:image|build|extends)["']?[ \t]*:""")
_FLOW = on_demand(
    r"""["']?services["']?\s*:\s*\{\s*["']?[\w.-]+["']?\s*:\s*\{[^{}]*?\b(?:image|build|extends)\b"""
)
_MAX_FLOW = 4000
"""How far into a text its services may begin if they are written in braces."""

_FROM = on_demand(
    r"(?:FROM|from)[ \t]+(?:--platform=\S+[ \t]+)?[\w$][\w.$:/@{}-]*"
    r"(?:[ \t]+(?:AS|as)[ \t]+[\w.-]+)?[ \t\r]*\Z"
)
_ARG = on_demand(r"(?:ARG|arg)[ \t]+[A-Za-z_]\w*(?:=.*)?\Z")
_ASSIGNMENT = on_demand(r"(?:export[ \t]+)?[A-Za-z_][\w.-]*=(?!=)")


def kind_of_text(text: str) -> str | None:
    """The kind of a file by its text alone; None if it is not clear.

    A Compose file has a service with an image or a build, a Dockerfile begins with FROM, and an
    env file has nothing but definitions. An ignore file cannot be told from other lists.
    """
    if is_compose_text(text):
        return COMPOSE
    if _is_dockerfile(text):
        return DOCKERFILE
    return ENV if _is_env(text) else None


def kind_in(path: str, text: str) -> str | None:
    """The kind of a file that the user names: by its name, else by its text."""
    return kind_of_named(path) or kind_of_text(text)


def is_compose_text(text: str) -> bool:
    """Whether a text is that of a Compose file: it has a service with an image or a build.

    Other formats have ``services``, too: lists of images, or tables with other keys.
    """
    if "services" not in text:
        return False
    start = text[:_MAX_FLOW].lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "services: {")) and _FLOW.search(start):
        return True
    return _has_service(text)


def _has_service(text: str) -> bool:
    """Whether a service in block style has a key that only services have."""
    inside = False
    names = keys = 0  # The columns of services' names and of their keys, once they are known.
    for line in text.splitlines()[:MAX_LINES]:
        content = line.lstrip(" ")
        if not content.strip() or content.startswith("#"):
            continue
        column = len(line) - len(content)
        if column == 0:
            inside = _SERVICES.match(line.rstrip()) is not None
            names = keys = 0
        elif inside:
            names = names or column
            if column == names:
                inside = _NAME.match(content) is not None
                keys = 0
            else:
                keys = keys or column
                if column == keys and _KEY.match(content):
                    return True
    return False


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
