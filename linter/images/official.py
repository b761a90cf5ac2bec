"""Which tags and platforms official images ever had: a tag that never was is a slip.

The table ``official.txt`` has a line for each image: its platforms, the versions of its plain tags
(``22.1.0``), and the forms of the others (``22.1.0-alpine`` has the form ``-alpine``), each with the
lowest and the highest version. ``tools/official_images.py`` makes it from docker-library/official-images.

Answers are cautious: what may have come after the table was made is never said not to exist.
"""

from __future__ import annotations

from functools import cache, lru_cache

from ..base.package import read_own
from ..base.patterns import on_demand
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from .reference import ImageReference

Version = tuple[int, ...]
Range = tuple[Version, Version, bool]

_VERSION = on_demand(r"v?(\d{1,7}(?:\.\d{1,7})*)(?![\d.])")
_LOOSE_NUMBER = on_demand(r"(?<![A-Za-z0-9.])\d[\d.]*|(?<=[A-Za-z])\d{4,}[\d.]*|(?<=\du)\d+|^u\d+")
_WORD = on_demand(r"([A-Za-z]+)(\d+(?:\.\d+)*)?")
_UNSTABLE = on_demand(
    r"windowsservercore|nanoserver|[\d._-](?:rc|beta|alpha|preview|pre|dev|ea|tip|snapshot|nightly|milestone)"
    r"|(?:\d|[._-])(?:a|b|m|M|RC)[.-]?\d|^(?:rc|beta|alpha|unstable|tip|dev|ea|testing|edge|nightly)\b",
)


class Image(NamedTuple):
    """What the table has about an image.

    ``platforms`` maps Docker Hub's names of architectures, and ``forms`` maps a form, to the lowest
    and the highest version that has it, and whether it is still made.
    ``majors`` maps a major version to whether it is still made, whether it has a tag of its own,
    and its minor versions, with whether they have one.
    """

    name: str
    platforms: dict[str, Range]
    majors: dict[int, tuple[bool, bool, dict[str, bool]]]
    forms: dict[str, Range]


class Table(NamedTuple):
    """The date of the table, and the words of all tags: those that are new, and the others."""

    taken: str
    new_words: frozenset[str]
    words: frozenset[str]


def form_of(tag: str) -> tuple[tuple[str, ...], str]:
    """The version that a tag begins with, as it is written, and the form of the rest."""
    if _is_plain(tag):
        return tuple(tag.split(".")), ""
    match = _VERSION.match(tag)
    version = tuple(match[1].split(".")) if match else ()
    rest = tag[match.end() :] if match else tag
    prefix = "v" if match and tag.startswith("v") else ""
    return version, prefix + _LOOSE_NUMBER.sub(_number, rest)


def _number(match: re.Match[str]) -> str:
    return "u#" if match[0].startswith("u") else "#"


def is_unstable(tag: str) -> bool:
    """Whether a tag is of a release before the final one, or for Windows: the table has none of them."""
    return not _is_plain(tag) and _UNSTABLE.search(tag) is not None


def _is_plain(tag: str) -> bool:
    """Whether a tag is a version as most are, for which no pattern has to be compiled: ``22.1``."""
    return (
        len(tag) < 8
        and tag.isascii()
        and tag.replace(".", "").isdigit()
        and "" not in tag.split(".")
    )


def words_in(form: str) -> list[str]:
    """The words of a form, with the numbers that belong to them: ``jdk17``, ``alpine3.20``, ``slim``."""
    return [match[0] for match in _WORD.finditer(form)]


@cache
def _content() -> str:
    return read_own("linter/images/official.txt").decode("utf-8")


@cache
def table() -> Table:
    """The date and the words of the table."""
    head = dict(line[2:].split("\t", 1) for line in _content().split("\n", 4)[:4] if "\t" in line)
    taken = head["source"].rsplit("\t", 1)[1]
    return Table(taken, frozenset(head["new words"].split()), frozenset(head["words"].split()))


@lru_cache(maxsize=512)
def _fields(name: str) -> list[str] | None:
    """The name, the platforms, the versions and the forms of an image as the table has them."""
    content = _content()
    start = content.find(f"\n{name}\t") + 1
    if not start or name.startswith("#") or "\n" in name or "\t" in name:
        return None
    return content[start : content.find("\n", start)].split("\t")


def _is_made(fields: list[str], tag: str) -> bool:
    """Whether a tag is of a form and a version that are still made, told without reading all of them."""
    version = tag[: len(tag) - len(tag.lstrip("0123456789."))]
    numbers = version.split(".")
    if not version or len(version) > 8 or "" in numbers:
        return tag == "latest"
    form = tag[len(version) :]
    if not form:
        _, found, rest = f";{fields[2]}".partition(f";{numbers[0]}!=")
        minors = rest.partition(";")[0]
        return found != "" and (
            minors.startswith("*") if len(numbers) == 1 else f".{numbers[1]}." in f"{minors}."
        )
    _, found, rest = f" {fields[3]}".partition(f" {form}!|")
    return found != "" and _numbers(rest.partition("|")[0]) <= tuple(map(int, numbers))


@cache
def official(name: str) -> Image | None:
    """What the table has about an image, by its short name; None if it has nothing."""
    fields = _fields(name)
    if fields is None:
        return None
    _, platforms, versions, forms = fields
    return Image(
        name,
        dict(map(_range, platforms.split())),
        dict(map(_major, versions.split(";") if versions else ())),
        dict(map(_range, forms.split())),
    )


@cache
def official_names() -> frozenset[str]:
    """The short names of all official images that ever were."""
    lines = _content().split("\n")
    return frozenset(line.partition("\t")[0] for line in lines if line and line[0] != "#")


def _numbers(text: str) -> Version:
    return tuple(map(int, text.split("."))) if text else ()


def _major(text: str) -> tuple[int, tuple[bool, bool, dict[str, bool]]]:
    head, _, minors = text.partition("=")
    own = minors.startswith("*")
    names = {
        minor.rstrip("~"): not minor.endswith("~")
        for minor in minors.lstrip("*").split(".")
        if minor
    }
    return int(head.rstrip("!")), (head.endswith("!"), own, names)


def _range(text: str) -> tuple[str, Range]:
    form, *bounds = text.split("|")
    name = form.rstrip("!")
    low, high = map(_numbers, bounds) if bounds else ((), ())
    return "" if name == "=" else name, (low, high, form.endswith("!"))


def never_had(image: Image, tag: str) -> bool:
    """Whether an image certainly never had a tag, as far as the table goes."""
    if is_unstable(tag):
        return False
    written, form = form_of(tag)
    version = tuple(map(int, written))
    if form not in image.forms:
        return bool(image.forms) and _is_unknown_form(image, form)
    if not version:
        return False
    if not form:
        return _is_unknown_version(image, written)
    low, high, current = image.forms[form]
    if not low:
        return True  # words alone
    size = len(version)
    if version[:2] < low[:size]:
        return True
    newest = max(image.majors, default=version[0])
    return not current and version[:2] > high[:size] and version[0] <= newest


def _is_unknown_version(image: Image, written: tuple[str, ...]) -> bool:
    major = int(written[0])
    if major not in image.majors:
        return bool(image.majors) and min(image.majors) < major < max(image.majors)
    live, own, minors = image.majors[major]
    if len(written) == 1:
        return not own and (not live or major < max(image.majors))
    minor = written[1]
    if minor in minors:
        return len(written) == 2 and not minors[minor] and not live
    highest = max(map(int, minors), default=-1)
    return bool(minors) and (not live or int(minor) < highest)


def _is_unknown_form(image: Image, form: str) -> bool:
    """Whether nothing in a form that the table does not have can be newer than the table."""
    if "#" in form or not words_in(form):
        return False
    own = {word for known in image.forms for word in words_in(known)}
    everywhere = table()
    for word in words_in(form):
        if word in own:
            continue
        if word in everywhere.new_words:
            return False
        if word in everywhere.words:
            continue
        match = _WORD.fullmatch(word)
        if match is None:
            return False
        if match[2]:
            numbers = [
                _numbers(other[2])
                for known in own | everywhere.words | everywhere.new_words
                if (other := _WORD.fullmatch(known)) and other[1] == match[1] and other[2]
            ]
            if not numbers or _numbers(match[2]) > max(numbers):
                return False
        elif not _is_slip(word, own):
            return False
    return True


def _is_slip(word: str, known: Iterable[str]) -> bool:
    """Whether one letter makes a word a known one."""
    from ..base.suggest import distance

    return len(word) > 3 and any(distance(word, other, 1) == 1 for other in known if len(other) > 3)


def likely_tags(image: Image, tag: str) -> list[str]:
    """Up to three tags that were probably meant, the likeliest first."""
    from ..base.suggest import distance

    written, form = form_of(tag)
    version = ".".join(written)
    if written and image.majors and _is_unknown_version(image, written):
        return _near_versions(image, written)
    letters = _WORD.sub(r"\1", form)
    words = set(words_in(form))
    likely: list[tuple[int, int, int, str]] = []
    for known, (low, _, _) in image.forms.items():
        name = version + known
        if bool(low) != bool(version) or known.startswith("v") or "#" in known:
            continue
        if not never_had(image, name):
            common = len(words & set(words_in(known)))
            far = distance(_WORD.sub(r"\1", known), letters, 2)
            likely.append((far, -common, len(name), name))
    return [name for _, _, _, name in sorted(likely)[:3]]


def _near_versions(image: Image, written: tuple[str, ...]) -> list[str]:
    """Versions of the same major version, or the newest one."""
    major = int(written[0])
    if major not in image.majors:
        major = max(image.majors)
    _, own, minors = image.majors[major]
    if len(written) == 1 and major == int(written[0]) and len(minors) < 4:
        return [f"{major}.{minor}" for minor, own in minors.items() if own]
    newest = max((minor for minor in minors if minors[minor]), key=int, default="")
    names = [f"{major}.{newest}"] if newest else []
    return [*names, str(major)] if own else names


def never_on(image: Image, tag: str, architecture: str, variant: str) -> bool:
    """Whether an image certainly never had a tag for a platform of Linux, as far as the table goes."""
    names = [
        name
        for name in _ARCHITECTURES.get(architecture, ())
        if not variant or architecture != "arm" or name <= f"arm32{variant}"
    ]
    if not names or "amd64" not in image.platforms or is_unstable(tag):
        return False
    version = tuple(map(int, form_of(tag)[0]))[:2]
    size = len(version)
    if version and image.platforms["amd64"][0][:size] > version:
        return False  # older than the record of platforms
    ranges = [image.platforms[name] for name in names if name in image.platforms]
    if not version:
        return not any(current for _, _, current in ranges)
    return all(
        low[:size] > version or (not current and high[:size] < version)
        for low, high, current in ranges
    )


_ARCHITECTURES = {
    "amd64": ("amd64",),
    "arm64": ("arm64v8",),
    "arm": ("arm32v5", "arm32v6", "arm32v7"),
    "386": ("i386",),
    **{name: (name,) for name in ("mips64le", "ppc64le", "riscv64", "s390x")},
}
"""Docker's names of architectures with those of Docker Hub."""


class Slip(NamedTuple):
    """What is wrong with a reference to an official image, and what to write."""

    message: str
    help: str


def tag_slip(reference: ImageReference) -> Slip | None:
    """The finding about a tag that an official image never had; None if it has it, or may have it."""
    tag = reference.tag
    if tag is None or reference.digest is not None:
        return None
    fields = _fields(reference.name)
    if fields is None or _is_made(fields, tag):
        return None
    image = official(reference.name)
    if image is None or not never_had(image, tag):
        return None
    likely = [f"{reference.name}:{other}" for other in likely_tags(image, tag)]
    first, *others = likely or [""]
    if not first:
        advice = f"see the tags of {reference.name} on Docker Hub"
    else:
        advice = f"write {first}" + (f", {' or '.join(others)}" if others else "")
    return Slip(
        f"{reference.name}:{tag} has never been in the list of official images (as of {table().taken})",
        advice,
    )


def platform_slip(reference: ImageReference, platform: str) -> Slip | None:
    """The finding about a platform for which an official image was never published, or None."""
    system, _, rest = platform.lower().partition("/")
    architecture, _, variant = rest.partition("/")
    tag = reference.tag or "latest"
    image = official(reference.name) if system == "linux" and reference.digest is None else None
    if image is None or never_had(image, tag) or not never_on(image, tag, architecture, variant):
        return None
    return Slip(
        f"{reference.name}:{tag} has never been published for {platform} (as of {table().taken})",
        "name a platform that it has, a newer version of it, or another image",
    )
