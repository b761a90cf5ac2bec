"""Names that several floors share: topics, families of codes, presets."""

from __future__ import annotations

TOPICS = ("linter", "compose", "dockerfile", "dockerignore", "env", "project")
"""The folders of ``rules/``, in the order in which their rules run."""


FAMILIES = {
    "LN": "linter",
    "CF": "compose",
    "DF": "dockerfile",
    "DI": "dockerignore",
    "EV": "env",
    "XF": "project",
}
"""The letters that a built-in code begins with, and the topic that they stand for."""


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
"""What a rule can run on, and with which topic it then runs."""
