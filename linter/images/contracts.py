"""What an image needs to start: its contract, by name and tag.

``contracts.json`` has what entry scripts refuse and what versions removed, ``variables.json`` the names
of variables that official images document (``tools/image_variables.py``). A part that holds for some
versions only is left out where the tag does not name one, unless it holds for the newest one
and the tag is that of a channel (``latest``, ``alpine``).
"""

from __future__ import annotations

import re
from functools import cache

from ..base.records import NamedTuple
from . import data, tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CHANNELS = (
    r"(?:latest|stable|lts|innovation|alpine[\d.]*|debian|oracle|slim|management|enterprise|community"
    r"|bookworm|trixie|bullseye|jammy|noble|ubi\d*|fpm|apache)(?:-|\Z)"
)
"""What tags begin with that name the newest version."""


class Requirement(NamedTuple):
    """Variables of which one must be set, or another one to one of some values.

    ``refused`` tells that it surely does not start otherwise, ``always`` that it does not start with
    existing data either, ``recent`` that versions which may still be in use do not ask for it. Files below ``unless_mounted`` and words of the command that begin with one of
    ``arguments`` may stand for the variables. ``reads_files`` tells that ``NAME_FILE`` counts,
    ``empty_counts`` that the empty value does. ``when`` has the values of other variables without which
    nothing is required.
    """

    any: tuple[str, ...]
    or_values: dict[str, tuple[str, ...]]
    refused: bool
    always: bool
    recent: bool
    reads_files: bool
    empty_counts: bool
    unless_mounted: tuple[str, ...]
    arguments: tuple[str, ...]
    when: dict[str, tuple[str, ...]]
    help: str


class Refusal(NamedTuple):
    """A value of a variable that the image refuses, with the reason."""

    variables: tuple[str, ...]
    values: tuple[str, ...]
    other_than: tuple[str, ...]
    shorter: int
    kinds: int
    without: str
    why: str
    help: str

    def refuses(self, value: str) -> bool:
        """Whether it refuses a value; never the empty one."""
        if not value:
            return False
        if self.values:
            return value in self.values
        if self.other_than:
            return value not in self.other_than
        if self.without:
            return self.without not in value
        if self.kinds:
            patterns = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
            kinds = sum(re.search(pattern, value) is not None for pattern in patterns)
            return len(value) >= 8 and kinds < self.kinds
        return len(value) < self.shorter if self.shorter else True


class Removal(NamedTuple):
    """An option or a variable that a version removed: refused, or only no longer read."""

    option: str
    variable: str
    since: str
    unread: bool
    help: str


class Command(NamedTuple):
    """What the image does without a command, and what to write."""

    why: str
    help: str


class Contract(NamedTuple):
    """What an image asks. ``servers`` are the commands that start what the contract is about."""

    name: str
    servers: tuple[str, ...]
    variables: frozenset[str]
    slips: dict[str, str]
    required: tuple[Requirement, ...]
    together: tuple[tuple[str, ...], ...]
    refusals: tuple[Refusal, ...]
    removals: tuple[Removal, ...]
    node_name: tuple[str, ...]
    command: Command | None


def _entry(name: str) -> tuple[str, dict[str, Any]]:
    """The name and the content of the entry for an image; an empty one where there is none."""
    answer = data.contract(name)
    if answer is None:
        return name, {}
    canonical, entry = answer
    base = data.contract(entry["like"]) if "like" in entry else None
    return canonical, {**base[1], **entry} if base else entry


@cache
def contract_for(name: str, tag: str | None, version: tags.Version | None) -> Contract | None:
    """The contract of an image by its short name; None if the data have none.

    ``tag`` is None where it is unknown, empty where the image has none.
    """
    canonical, entry = _entry(name)
    known = {*data.variables(canonical), *data.variables(entry.get("like", canonical))}
    if not entry and not known:
        return None
    variables = known | {*entry.get("variables", ()), *entry.get("slips", {}).values()}
    for group in entry.get("required", ()):
        variables |= {*group["any"], *group.get("or_values", ()), *group.get("when", ())}
    newest = tag is not None and (not tag or re.match(_CHANNELS, tag) is not None)

    def holds(part: dict[str, Any]) -> bool:
        words = part.get("tag")
        if words and not set(words) & set(tags.split_words(tag or "")):
            return False
        ranges: list[str] = part.get("versions") or []
        if not ranges:
            return True
        if version is None:
            return newest and any("<" not in bounds for bounds in ranges)
        return any(tags.in_range(version, bounds) for bounds in ranges)

    command = entry.get("command")
    return Contract(
        name,
        tuple(entry.get("servers", ())),
        frozenset(variables),
        entry.get("slips", {}),
        tuple(map(_requirement, filter(holds, entry.get("required", ())))),
        tuple(map(tuple, entry.get("together", ()))),
        tuple(map(_refusal, filter(holds, entry.get("refused", ())))),
        tuple(map(_removal, filter(holds, entry.get("removed", ())))),
        tuple(entry.get("node_name", ())),
        Command(command["why"], command["help"]) if command and holds(command) else None,
    )


def _requirement(part: dict[str, Any]) -> Requirement:
    return Requirement(
        tuple(part["any"]),
        {name: tuple(values) for name, values in part.get("or_values", {}).items()},
        part["refused"],
        part.get("always", False),
        part.get("recent", False),
        not part.get("no_file", False),
        part.get("empty_counts", False),
        tuple(part.get("unless_mounted", ())),
        tuple(part.get("arguments", ())),
        {name: tuple(values) for name, values in part.get("when", {}).items()},
        part.get("help", ""),
    )


def _refusal(part: dict[str, Any]) -> Refusal:
    return Refusal(
        tuple(part.get("variables") or (part["variable"],)),
        tuple(part.get("values", ())),
        tuple(part.get("other_than", ())),
        part.get("shorter", 0),
        part.get("kinds", 0),
        part.get("without", ""),
        part["why"],
        part["help"],
    )


def _removal(part: dict[str, Any]) -> Removal:
    return Removal(
        part.get("option", ""),
        part.get("variable", ""),
        part["versions"][0].lstrip(">="),
        part.get("unread", False),
        part["help"],
    )
