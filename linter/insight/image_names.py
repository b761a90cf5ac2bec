"""Images and tags to choose from, with what is known about them."""

from __future__ import annotations

from functools import cache
from itertools import islice

from ..images import facts_for, parse_reference
from ..images.official import never_had, official, official_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_MOST_IMAGES = 120
_MOST_TAGS = 80
_USUAL = (
    "nginx", "postgres", "redis", "node", "python", "alpine", "debian", "mysql", "mariadb", "mongo",
    "golang", "php", "traefik", "caddy", "httpd", "rabbitmq", "ubuntu", "eclipse-temurin", "ruby",
    "rust", "memcached", "valkey/valkey", "grafana/grafana", "prom/prometheus", "adminer",
)  # fmt: skip
"""The images that are offered first."""

_WORDS = ("", "-alpine", "-slim")
"""The ends of tags that are offered first."""


@cache
def image_names() -> tuple[str, ...]:
    """The names of the images that something is known about, official ones first."""
    from ..images.data import index

    lines = (line.partition("\t")[0] for line in index().split("\n"))
    others = {name for name in lines if name and "*" not in name}
    first = official_names()
    listed = (*_USUAL, *sorted(first & others), *sorted(first - others), *sorted(others - first))
    return tuple(name for name in dict.fromkeys(listed) if name in first or name in others)


def images_like(typed: str) -> Iterator[tuple[str, str]]:
    """Images whose names have what is typed, each with the tag to begin with (or an empty one)."""
    wanted = typed.casefold()
    names = [name for name in image_names() if name.casefold().startswith(wanted)]
    if wanted:
        names += [name for name in image_names() if wanted in name.casefold() and name not in names]
    for name in islice(names, _MOST_IMAGES):
        if not _is_deprecated(name):
            yield name, newest_tag(name)


@cache
def _is_deprecated(name: str) -> bool:
    reference = parse_reference(name)
    facts = facts_for(reference) if reference is not None else None
    return facts is not None and facts.deprecated is not None


@cache
def newest_tag(name: str) -> str:
    """The tag of the newest supported release of an image; empty if it is not known."""
    reference = parse_reference(name)
    facts = facts_for(reference) if reference is not None else None
    newest = facts.newest if facts is not None else None
    image = official(name)
    if newest is not None and (image is None or not never_had(image, newest)):
        return newest
    if image is None or not image.majors:
        return ""
    live = [major for major, (is_live, own, _) in image.majors.items() if is_live and own]
    return str(max(live)) if live else ""


def tags_of(name: str) -> Iterator[tuple[str, str]]:
    """Tags of an image that exist as far as is known, the newest first, with what is known of each."""
    image = official(name)
    if image is None:
        newest = newest_tag(name)
        if newest:
            yield newest, "the newest release"
        return
    versions: list[str] = []
    for major in sorted(image.majors, reverse=True):
        is_live, own, minors = image.majors[major]
        if not is_live:
            continue
        if own:
            versions.append(str(major))
        live = sorted((int(minor) for minor, has in minors.items() if has), reverse=True)
        versions += [f"{major}.{minor}" for minor in live[:2]]
    forms = [form for form, (_, _, is_live) in image.forms.items() if is_live and form]
    forms = [form for form in forms if form.startswith("-") and "#" not in form]
    forms.sort(key=lambda form: (form not in _WORDS, len(form), form))
    count = 0
    for form in ("", *forms[:8]):
        for version in versions[:12]:
            tag = version + form
            if not never_had(image, tag) and count < _MOST_TAGS:
                count += 1
                yield tag, about(name, tag)


def about(name: str, tag: str) -> str:
    """What is known about a tag in a few words, such as the end of its support."""
    reference = parse_reference(f"{name}:{tag}")
    facts = facts_for(reference) if reference is not None else None
    release = facts.lifecycle if facts is not None else None
    if release is None or release.end is None:
        return ""
    has_ended = release.end <= release.taken
    return (
        f"support {'ended' if has_ended else 'ends'} {release.ended if has_ended else release.end}"
    )
