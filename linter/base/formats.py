"""The names of the output formats."""

from __future__ import annotations

FORMATS: dict[str, str] = {
    "full": "full",
    "concise": "concise",
    "grouped": "grouped",
    "json": "json",
    "json-lines": "json_lines",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "checkstyle": "checkstyle",
    "rdjson": "rdjson",
    "azure": "azure",
    "markdown": "markdown",
}
"""Format name to module of ``report/``; the first three are for people at a terminal."""
