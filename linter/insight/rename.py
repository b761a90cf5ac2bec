"""Renames what a name means in every file of its stacks, or says why that cannot be done.

After a rename Docker has to load the same as before, but for the name. Where that depends on what no
file shows (data in a volume, a program that reads a variable, a shell that sets it), it is refused.
What only may mean the same thing stays as it is, and is listed.
"""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..files.paths import below, join_path
from ..rule import Edit
from ..source.yaml.nodes import plain_value
from .mentions import losses, mentions
from .names import names_of
from .obstacles import Refused, check
from .places import KINDS, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..model.project import Project
    from .names import Names
    from .places import Place


class Rename(NamedTuple):
    """The edits that rename something.

    ``unsure`` are places that contain the name, may mean it, and stay as they are; ``losses`` say what
    stays behind under the old name.
    """

    kind: str
    old: str
    new: str
    edits: tuple[Edit, ...]
    unsure: tuple[Span, ...] = ()
    losses: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Why something is not renamed, and the place that is the reason, if there is one."""

    reason: str
    span: Span | None = None


_FORMS = {
    "anchor": (r"[A-Za-z0-9_][A-Za-z0-9_.-]*", "letters, digits, `_`, `.` and `-`"),
    "variable": (r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and `_`, and begins with no digit"),
    "argument": (r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and `_`, and begins with no digit"),
    "stage": (r"[a-z][a-z0-9._-]*", "lower-case letters, digits, `_`, `.` and `-`"),
}
_USUAL = (r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, `_`, `.` and `-`")
_LONGEST = 200


def prepare_rename(project: Project, path: str, offset: int) -> Span | Refusal:
    """The text that would be replaced, or why the name at a place cannot be changed."""
    names = names_of(project)
    try:
        places, together = _meant(names, path, offset)
        check(names, places, together)
        _editable(names, together)
    except Refused as refused:
        return Refusal(refused.reason, refused.span)
    return next(place.span for place in places if not place.fixed and place.via != "number")


def rename(project: Project, path: str, offset: int, new: str) -> Rename | Refusal:
    """The edits that give another name to what the name at a place means."""
    names = names_of(project)
    try:
        places, together = _meant(names, path, offset)
        kind, old = places[0].key.kind, places[0].key.name
        check(names, places, together)
        _check_new(names, kind, old, new, together)
        edits = [Edit(span, new) for span in _editable(names, together)]
    except Refused as refused:
        return Refusal(refused.reason, refused.span)
    if new == places[0].span.text:
        return Rename(kind, old, new, ())
    unsure = mentions(names, kind, old, together)
    scopes = dict.fromkeys(place.key.scope for place in together)
    stacks = [names.stacks[scope] for scope in scopes if scope in names.stacks]
    return Rename(kind, old, new, tuple(edits), tuple(unsure), tuple(losses(kind, old, stacks)))


def _meant(names: Names, path: str, offset: int) -> tuple[list[Place], list[Place]]:
    """The places at an offset, and all places of what they mean."""
    places = names.at(path, offset)
    # A text can be two names: `.env` may be for Compose and for a container.
    places.sort(key=lambda place: place.key.kind != "variable")
    if not places:
        raise Refused("there is no name here that composelint knows")
    kind = places[0].key.kind
    places = [place for place in places if place.key.kind == kind]
    if all(place.via == "number" for place in places):
        raise Refused("the stage is referred to by its number here")
    return places, names.together(places)


def _editable(names: Names, together: list[Place]) -> list[Span]:
    """The places to change, each once; an error if one cannot be changed."""
    reader = names.project.reader
    spans: dict[tuple[str, int, int], Span] = {}
    for place in together:
        if place.via == "number":
            continue
        if place.fixed:
            raise Refused(f"{_where(place.span)} cannot be changed: {place.fixed}", place.span)
        path = place.span.file.path
        if below(reader.root, join_path(reader.base.replace("\\", "/"), path)) is None:
            raise Refused(f"{path} is outside of the project", place.span)
        spans[place.spot] = place.span
    return [spans[spot] for spot in sorted(spans)]


def _where(span: Span) -> str:
    return f"line {span.file.line_of(span.start)} of {span.file.path}"


def _check_new(names: Names, kind: str, old: str, new: str, together: list[Place]) -> None:
    """Raise an error if a new name is not valid, or taken."""
    what = KINDS[kind]
    form, described = _FORMS.get(kind, _USUAL)
    if not re.fullmatch(form, new) or len(new) > _LONGEST:
        raise Refused(f'"{new}" is not a name for a {what}: it has {described}')
    if not isinstance(plain_value(new), str) and not all(
        place.span.file.text[place.span.start - 1 : place.span.start] in ('"', "'")
        for place in together
        if kind not in ("variable", "argument", "stage", "anchor")
    ):
        raise Refused(f'"{new}" is not a name for a {what}: YAML does not read it as a text')
    if kind == "network" and new == "default":
        raise Refused('"default" is the network of services that name none')
    if new == old:
        return
    scopes = {place.key.scope for place in together}
    for key, places in names.places.by_key.items():
        if key.kind == kind and _same(key.name, new) and _near(key.scope, scopes, kind):
            article = "an" if kind == "anchor" else "a"
            raise Refused(f'there is {article} {what} "{new}" already', places[0].span)
        if (
            kind == "argument"
            and key.kind == "image-variable"
            and key.name == new
            and key.scope in scopes
        ):
            raise Refused(f'the Dockerfile sets a variable "{new}"', places[0].span)
    if kind == "stage":
        _check_stage(names, new, scopes)
    elif kind == "argument":
        _check_argument(names, new, scopes)


def _same(name: str, new: str) -> bool:
    """Whether a name, which may have unknown parts, can be the new one."""
    if UNKNOWN not in name:
        return name == new
    pattern = ".*".join(map(re.escape, name.split(UNKNOWN)))
    return re.fullmatch(pattern, new) is not None and name.strip(UNKNOWN) != ""


def _near(scope: str, scopes: set[str], kind: str) -> bool:
    """Whether a scope is one of some scopes; for anchors those of the same file are one."""
    if kind != "anchor":
        return scope in scopes
    file = scope.rpartition("#")[0]
    return any(each.rpartition("#")[0] == file for each in scopes)


def _check_stage(names: Names, new: str, scopes: set[str]) -> None:
    """Raise an error if a stage would hide an image or a context of its new name."""
    if new in ("scratch", "context"):
        raise Refused(f'"{new}" has a meaning of its own in Dockerfiles')
    for scope in scopes:
        dockerfile = names.dockerfiles.get(scope)
        if dockerfile is None:
            continue
        if dockerfile.is_context(new):
            raise Refused(f'"{new}" is a build context')
        for reference in dockerfile.stages.references:
            if reference.target is None and reference.name.lower() == new:
                raise Refused(f'the Dockerfile uses an image "{new}"', reference.span)


def _check_argument(names: Names, new: str, scopes: set[str]) -> None:
    """Raise an error if something in a Dockerfile has the new name of an argument."""
    for scope in scopes:
        dockerfile = names.dockerfiles.get(scope)
        if dockerfile is None:
            continue
        comments = dockerfile.syntax.all_comments
        for match in re.finditer(rf"(?<!\w){re.escape(new)}(?!\w)", dockerfile.source.text):
            if not any(each.start <= match.start() < each.end for each in comments):
                span = dockerfile.source.locate(*match.span())
                raise Refused(f'the Dockerfile contains "{new}" already', span.origin)
