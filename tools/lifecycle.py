"""Makes ``linter/images/lifecycle.json`` anew: releases of products and the end of their support.

``python tools/lifecycle.py REPOSITORY``, given a clone of endoflife-date/endoflife.date. Which products
there are, and which of them are ``rolling``, stays as it is in the table; everything else comes
from ``products/*.md``. The date of the table is that of the clone's newest commit.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

TARGET = Path(__file__).parents[1] / "linter" / "images" / "lifecycle.json"
_LONG_TERM = frozenset(("debian",))
"""Products whose images are looked after until the end of their long-term support."""
_WIDTH = 100


def git(repository: str, *arguments: str) -> str:
    """What git prints."""
    run = subprocess.run(
        ["git", "-C", repository, *arguments], capture_output=True, text=True, check=True
    )
    return run.stdout


def cycles(product: str, page: str) -> dict[str, str | None]:
    """The releases on a page of endoflife.date, each with the end of its support.

    A release without an end has None. One of which only is known that it has ended is left out.
    """
    front: dict[str, Any] = yaml.safe_load(page.split("---\n")[1])
    ends: dict[str, str | None] = {}
    for release in front["releases"]:
        end: object = release.get("eoes") if product in _LONG_TERM else None
        end = end or release.get("eol", False)
        if isinstance(end, datetime.date):
            ends[str(release["releaseCycle"])] = end.isoformat()
        elif not end:
            ends[str(release["releaseCycle"])] = None
    return dict(sorted(ends.items(), key=lambda item: _numbers(item[0]), reverse=True))


def _numbers(cycle: str) -> tuple[int, ...]:
    return tuple(map(int, cycle.split(".")))


def text_of(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON with an object on one line where it fits, as the table is kept."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict) or (indent and indent + before + len(flat) < _WIDTH):
        return flat
    space = " " * (indent + 2)
    parts = [
        f"{space}{json.dumps(key)}: {text_of(inner, indent + 2, len(key) + 5)}"
        for key, inner in value.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"


def main(repository: str) -> None:
    """Write the table."""
    table: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    table["taken"] = git(repository, "log", "-1", "--format=%cs").strip()
    for product, entry in table["products"].items():
        entry["cycles"] = cycles(product, git(repository, "show", f"HEAD:products/{product}.md"))
    TARGET.write_text(text_of(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
