"""Makes ``linter/images/variables.json`` anew: the variables that official images document.

``python tools/image_variables.py REPOSITORY``, given a clone of docker-library/docs. Names come from
the page of each image (``content.md``: in code, in calls of ``docker run``) and from its example
for Compose (``compose.yaml``). Names that no rule could tell from others are left out. The date of
the table is that of the clone's newest commit.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

TARGET = Path(__file__).parents[1] / "linter" / "images" / "variables.json"
_NAME = r"[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]|PGDATA"
_PLACES = (
    rf"`\$?({_NAME})(?:=[^`]*)?`",
    rf"(?:-e|--env)[ =]['\"]?({_NAME})=",
    rf"^\s*({_NAME})=",
)
_WIDTH = 100


def git(repository: str, *arguments: str) -> str:
    """What git prints."""
    run = subprocess.run(
        ["git", "-C", repository, *arguments], capture_output=True, text=True, check=True
    )
    return run.stdout


def names_on(page: str) -> set[str]:
    """The names of variables that a page gives as code."""
    return {name for place in _PLACES for name in re.findall(place, page, re.MULTILINE)}


def names_in(example: str, image: str) -> set[str]:
    """The names that an example gives to the services of one image."""
    document: Any = yaml.safe_load(example.replace("%%IMAGE%%", image).replace("%%REPO%%", image))
    names: set[str] = set()
    for service in document["services"].values():
        if str(service.get("image", "")).partition(":")[0] == image:
            environment = service.get("environment") or ()
            names.update(str(item).partition("=")[0] for item in environment)
    return {name for name in names if re.fullmatch(_NAME, name)}


def text_of(table: dict[str, Any]) -> str:
    """JSON with as many names on a line as fit."""
    images = []
    for image, names in table["images"].items():
        lines = [""]
        for name in names:
            word = json.dumps(name)
            if lines[-1] and len(lines[-1]) + len(word) + 8 > _WIDTH:
                lines[-1] += ","
                lines.append("")
            lines[-1] += f", {word}" if lines[-1] else word
        inner = "\n".join(f"      {line}" for line in lines)
        images.append(f"    {json.dumps(image)}: [\n{inner}\n    ]")
    head = "".join(f'  "{key}": {json.dumps(table[key])},\n' for key in ("sources", "taken"))
    return "{\n" + head + '  "images": {\n' + ",\n".join(images) + "\n  }\n}\n"


def table_of(repository: str) -> dict[str, Any]:
    """The table of a clone."""
    images: dict[str, list[str]] = {}
    files = git(repository, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    for path in files:
        image, _, file = path.partition("/")
        if file != "content.md":
            continue
        names = names_on(git(repository, "show", f"HEAD:{path}"))
        if f"{image}/compose.yaml" in files:
            names |= names_in(git(repository, "show", f"HEAD:{image}/compose.yaml"), image)
        if names:
            images[image] = sorted(names)
    return {
        "sources": ["docker-library/docs"],
        "taken": git(repository, "log", "-1", "--format=%cs").strip(),
        "images": images,
    }


def main(repository: str) -> None:
    """Write the table."""
    TARGET.write_text(text_of(table_of(repository)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
