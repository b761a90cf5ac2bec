"""The images that a stage may start from, with the build arguments that stacks and bake files pass."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..images import facts_for, parse_reference
from ..images.tags import split_words
from ..model.values import is_unknown, key_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..images import ImageFacts
    from ..images.distributions import Distribution
    from ..model.dockerfile import Stage

_WELL_KNOWN = frozenset({"base", "build-tool", "cache", "database", "runtime", "web-server"})
_TELLING_WORDS = frozenset({"slim", "bullseye", "bookworm", "trixie", "focal", "jammy", "noble"})
"""Words of a tag after which its version says nothing more about the system."""


class Bases(NamedTuple):
    """The facts about each image that a stage may start from.

    ``names`` are the images as FROM gives them. ``certain`` tells that they are official images
    whose system does not depend on an argument that somebody may pass.
    """

    names: tuple[str, ...]
    facts: tuple[ImageFacts, ...]
    certain: bool

    def lack(self, program: str) -> bool:
        """Whether none of the images has a program."""
        return all(facts.tool(program) is False for facts in self.facts)

    @property
    def distribution(self) -> Distribution | None:
        """The distribution of the only image; None if there are several, or if it is not known."""
        if len(self.facts) != 1:
            return None
        from ..images.distributions import distribution_of

        return distribution_of(self.facts[0], self.pinned)

    @property
    def pinned(self) -> bool:
        """Whether a digest names the image, so that it may be an older one of its tag."""
        return any("@" in name for name in self.names)


def bases_of(stage: Stage) -> Bases | None:
    """The images that a stage may start from; None if one of them is not known."""
    root = stage.syntax.root
    word = root.base
    if word is None or root.from_scratch or root.windows:
        return None
    names = tuple(dict.fromkeys(_names(stage)))
    contexts = stage.dockerfile.context_names
    if any((name or "").lower().partition(":")[0] in contexts for name in names):
        return None
    facts = [_facts(name) for name in names]
    known = tuple(item for item in facts if item is not None)
    if not known or len(known) < len(facts):
        return None
    certain = all(_is_official(item) for item in known)
    if certain and word.references and not _passed(stage):
        # Somebody may pass another image on the command line, but not another end of the tag.
        tail = word.text[word.references[-1].end :].lower()
        is_tag = ":" in word.text[: word.references[0].at]
        certain = is_tag and any(
            part in _TELLING_WORDS or part.startswith("alpine") for part in split_words(tail)
        )
    return Bases(tuple(name for name in names if name), known, certain)


def _facts(name: str | None) -> ImageFacts | None:
    reference = parse_reference(name) if name else None
    return facts_for(reference) if reference else None


def _is_official(facts: ImageFacts) -> bool:
    """Whether the facts are those of an official image that others are built on."""
    official = "/" not in facts.name or facts.name.startswith("mcr.microsoft.com/dotnet/")
    return official and facts.kind in _WELL_KNOWN


def _passed(stage: Stage) -> bool:
    """Whether every build of the file is one of a stack, so that its arguments are known."""
    return bool(stage.dockerfile.builds)


def _names(stage: Stage) -> Iterator[str | None]:
    """The names that FROM may give; None for one that cannot be known."""
    root = stage.syntax.root
    word, dockerfile = root.base, stage.dockerfile
    if word is None or not word.references:
        yield root.base_name
        return
    wanted = {reference.name for reference in word.references}
    scope = root.stages.global_scope
    for build in dockerfile.builds:
        node = build.service.get("build", "args")
        pairs = [pair for pair in key_values(node) if pair.name in wanted]
        if is_unknown(node) or any(pair.value is None for pair in pairs):
            yield None
            continue
        passed = {pair.name: pair.value for pair in pairs}
        yield word.expand({**scope, **passed}, True) if passed else root.base_name
    if not dockerfile.builds:
        yield root.base_name
    for name, value in dockerfile.bake.arguments:
        if name in wanted:
            yield word.expand({**scope, name: value}, True)
