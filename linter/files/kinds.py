"""The kind of a file, by its name."""

from __future__ import annotations

import re

from ..base.patterns import on_demand

CONFIG_FILES = (
    ".composelint.toml",
    "composelint.toml",
    "pyproject.toml",
    ".composelint.yaml",
    ".composelint.yml",
)
"""The names of a configuration; of several in one folder the first is used."""

COMPOSE = "compose"
DOCKERFILE = "dockerfile"
IGNORE = "dockerignore"
ENV = "env"
"""The kinds of files."""

FOLDER = "folder"
"""The kind of a folder that cannot be listed."""

TEMPLATE = "template"
"""The kind of a file whose name says that a Dockerfile or Compose file is rendered from it."""

UNKNOWN = "unknown"
"""The kind of a file that is named and of no kind."""

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The names that Docker Compose looks for by itself; the first is used."""

FILLED_FOLDERS = frozenset(
    (
        ".git", ".hg", ".mypy_cache", ".nox", ".pnpm-store", ".pytest_cache", ".ruff_cache",
        ".svn", ".terraform", ".tox", ".venv", ".yarn", "__pycache__", "bower_components",
        "node_modules", "site-packages", "venv",
    )
)  # fmt: skip
"""Folders that version control, package managers and other tools fill."""

VENDORED_FOLDERS = (
    *("vendor", "_vendor", "vendored", "third_party", "third-party", "thirdparty", "3rdparty"),
    *("Godeps", "Pods", "Carthage", "jspm_packages"),
)
"""The names of folders that hold copies of other projects."""

TEMPLATE_ENDINGS = (
    *("ejs", "erb", "gotmpl", "hbs", "in", "j2", "jinja", "jinja2", "mustache", "template", "tmpl"),
    "tpl",
)
"""The endings of templates, which another program turns into the file itself."""

_COMPOSE_NAME = on_demand(
    r"(?:docker[-_.]?)?compose(?:[-_.][\w.-]+)?(?: ?\(\d+\))?\.ya?ml"
    r"|[\w.-]+[-_.](?:docker[-_.]?)?compose\.ya?ml",
    re.IGNORECASE,
)
"""Other names (``docker-compose my app.yml``) are left to the content, as any YAML file is."""

_DOCKERFILE_NAME = on_demand(
    r"(?:docker|container)file(?:[-_.][^/]+| ?\(\d+\))?|[^/]+[-_.](?:docker|container)file",
    re.IGNORECASE | re.DOTALL,
)

_OTHER_TOOL = on_demand(
    r"\.?(?:docker-)?compose-?lint(?:er)?\.ya?ml|rancher-compose.*", re.IGNORECASE
)

_NOT_DOCKERFILE = on_demand(
    r".*\.(?:md|txt|rst|adoc|html?|json|ya?ml|toml|py|js|ts|go|rb|sh|bak|orig|swp|lock|sum|svg|png"
    r"|patch|diff|rej|ncl"
    rf"|{'|'.join(TEMPLATE_ENDINGS)})",
    re.IGNORECASE,
)

_NOT_ENV = on_demand(
    r"\.(?:patch|diff|orig|bak|swp|md|js|mjs|ts|py|rb|sh|php|json|ya?ml|toml|enc|gpg|age|asc|vault|j2|erb|tpl|tmpl)\Z"
)

_USUAL = {
    ".env": ENV,
    **dict.fromkeys(COMPOSE_NAMES, COMPOSE),
    "dockerfile": DOCKERFILE,
    "containerfile": DOCKERFILE,
}


def kind_of(path: str) -> str | None:
    """The kind of a file by its name alone; None if the name does not tell it."""
    name = path.replace("\\", "/").rpartition("/")[2]
    lower = name.lower()
    if lower.endswith(".dockerignore") or lower == ".containerignore":
        return IGNORE
    # Patterns are only used for unusual names that may be one.
    usual = _USUAL.get(lower)
    if usual is not None:
        return usual
    if lower.startswith(".env.") or lower.endswith(".env"):
        return None if _NOT_ENV.search(lower) else ENV
    if "compose" in lower and _COMPOSE_NAME.fullmatch(name):
        return None if _OTHER_TOOL.fullmatch(name) else COMPOSE
    if (
        ("dockerfile" in lower or "containerfile" in lower)
        and _DOCKERFILE_NAME.fullmatch(name)
        and not _NOT_DOCKERFILE.fullmatch(name)
    ):
        return DOCKERFILE
    return None


def is_template_name(path: str) -> bool:
    """Whether a name says that a Dockerfile or Compose file is rendered from the file."""
    stem, _, ending = path.replace("\\", "/").rpartition("/")[2].rpartition(".")
    if ending.lower() not in TEMPLATE_ENDINGS:
        return False
    return kind_of(stem) in (COMPOSE, DOCKERFILE) or is_template_name(stem)


def kind_of_named(path: str) -> str | None:
    """The kind of a file that the user names: by its name, else by its ending."""
    kind = kind_of(path)
    if kind:
        return kind
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    stem, _, ending = name.rpartition(".")
    if ending in TEMPLATE_ENDINGS:
        name = stem
    if name.endswith((".yml", ".yaml")):
        return COMPOSE
    if ("dockerfile" in name or "containerfile" in name) and not is_about(name):
        return DOCKERFILE
    return None


def is_about(path: str) -> bool:
    """Whether a name is almost that of a container file: ``Dockerfile.md``, ``.env.vault``."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    if name.startswith(".env.") or name.endswith(".env"):
        return _NOT_ENV.search(name) is not None
    is_like = "dockerfile" in name or "containerfile" in name or "compose" in name
    return is_like and _NOT_DOCKERFILE.fullmatch(name) is not None
