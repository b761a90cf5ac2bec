"""The data files about images: what is asked for is read from them, and nothing else.

Each image, and each product with its releases, is a part of a file that begins on a line of its own.
``names.txt``, which ``tools/generate.py`` makes, says which file has the part about a name.
"""

from __future__ import annotations

from functools import cache

from ..base.package import parse_own, read_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entry = dict[str, Any]

KINDS = (
    "admin-panel",
    "app",
    "base",
    "broker",
    "build-tool",
    "cache",
    "database",
    "monitoring",
    "object-store",
    "other",
    "proxy",
    "runtime",
    "search",
    "web-server",
)
"""The kinds of images, one data file for each; the images in ``other`` have no kind."""


def load(name: str) -> dict[str, Any]:
    """The content of a data file, given its name without ``.json``."""
    content: dict[str, Any] = parse_own(_text(f"{name}.json"))
    return content


@cache
def _text(name: str) -> str:
    return read_own(f"linter/images/{name}").decode("utf-8")


@cache
def _part(file: str, name: str) -> dict[str, Any] | None:
    """The part of a data file that has a name; None if there is none."""
    text, start = _text(f"{file}.json"), f'\n    "{name}": '
    at = text.find(start)
    return None if at < 0 else parse_own(text, at + len(start))


@cache
def common() -> dict[str, Any]:
    """Operating systems, suites of distributions, and usual limits by kind."""
    return load("common")


@cache
def distributions() -> dict[str, Any]:
    """Releases, C libraries and users of distributions."""
    return load("distributions")


@cache
def gone() -> dict[str, Any]:
    """Hosts and package indexes that are no longer on the network, and since when."""
    return load("gone")


@cache
def languages() -> dict[str, Any]:
    """Versions of languages in distributions, and what their package managers refuse."""
    return load("languages")


def contract(name: str) -> tuple[str, dict[str, Any]] | None:
    """What an image needs to start, with the name of the entry; None if that is not known."""
    entry = _part("contracts", name)
    if entry is not None:
        return name, entry
    if f'"{name}"' not in _text("contracts.json"):
        return None
    images: dict[str, dict[str, Any]] = load("contracts")["images"]
    return next((item for item in images.items() if name in item[1].get("aliases", ())), None)


def variables(name: str) -> list[str]:
    """The variables that an official image documents; an empty list for other images."""
    names: Any = _part("variables", name)
    return names or []


def product(name: str) -> dict[str, Any]:
    """The releases of a product and when their support ends; empty for an unknown product."""
    return _part("lifecycle", name) or {}


@cache
def lifecycle_taken() -> str:
    """The date of the table of products, as YYYY-MM-DD."""
    text, start = _text("lifecycle.json"), '\n  "taken": '
    return str(parse_own(text, text.index(start) + len(start)))


def index() -> str:
    """The text of ``names.txt``: a line with name, file and part for each name of an image.

    Those that are patterns come first, the longest first; an empty line follows them.
    """
    lines: list[tuple[int, str]] = []
    for file in KINDS:
        for part, entry in load(file)["images"].items():
            for name in (part, *entry.get("aliases", ())):
                length = len(name) if name.endswith("*") else 0
                lines.append((-length, f"{name}\t{file}\t{part}\n"))
    patterns = "".join(line for length, line in sorted(lines) if length)
    names = "".join(line for length, line in sorted(lines) if not length)
    return f"{patterns}\n{names}"


def find(name: str) -> tuple[str | None, Entry] | None:
    """Kind and entry of an image, given its short name; None for an unknown image."""
    names = _text("names.txt")
    at = names.find(f"\n{name}\t")
    if at >= 0:
        line = names[at + 1 : names.index("\n", at + 1)]
    else:
        patterns = names[: names.index("\n\n")].split("\n")
        line = next((each for each in patterns if name.startswith(each.partition("*")[0])), "")
    if not line:
        return None
    _, file, part = line.split("\t")
    entry = _part(file, part)
    return None if entry is None else (None if file == "other" else file, entry)
