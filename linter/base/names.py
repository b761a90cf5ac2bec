"""Names that several floors share: topics, families of codes, presets, severities, users."""

from __future__ import annotations

FAMILIES = {
    "LN": "linter",
    "CF": "compose",
    "DF": "dockerfile",
    "DI": "dockerignore",
    "EV": "env",
    "XF": "project",
}
"""The letters that a built-in code begins with, and their topic."""

TOPICS = tuple(FAMILIES.values())
"""The folders of ``rules/``, in the order in which their rules run."""

UNREAD_CODES = frozenset((
    "CF001", "CF181", "DF001", "DI008", "EV001", "LN001", "LN002", "LN003", "LN004",
    "LN005", "LN009",
))  # fmt: skip
"""The rules that report what could not be read, so that the rest was not checked: no selection,
severity, comment, setting or baseline hides their findings."""

PRESETS = (
    "recommended",
    "development",
    "infrastructure",
    "hybrid",
    "production",
    "hardened",
    "style",
    "all",
)

STRATEGIES = ("infrastructure", "hybrid", "production")
"""The presets for parts of a system: its stores only in containers; also what others rely on
or reach; everything."""

STORES = frozenset(("broker", "cache", "database", "search"))
"""Kinds of images that keep the data of other services, or pass it on."""

SEVERITIES = ("error", "warning", "info")

FAIL_ON = (*SEVERITIES, "never")
"""The lowest severity of findings that make the exit code 1."""

BASELINE_FILE = ".composelint-baseline.json"
"""The default baseline: beside the configuration, or at the root."""

SUBJECT_TOPICS = {
    "ComposeFile": "compose",
    "Stack": "compose",
    "Service": "compose",
    "Dockerfile": "dockerfile",
    "Stage": "dockerfile",
    "IgnoreFile": "dockerignore",
    "EnvFile": "env",
    "Project": "project",
}
"""The classes that a rule can run on, and the topic with which it then runs."""

FORMATS = (
    "full", "concise", "grouped", "json", "json-lines", "sarif", "github", "gitlab", "junit",
    "checkstyle", "rdjson", "azure", "markdown", "html",
)  # fmt: skip
"""The output formats; the first three are for people at a terminal."""


def is_root_user(user: str) -> bool:
    """Whether a user of a container, such as ``root``, ``0`` or ``0:0``, is root."""
    name = user.partition(":")[0].strip("\"' ")
    return name == "root" or ("0" in name and not name.lstrip("+").strip("0"))
