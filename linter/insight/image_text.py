"""What an image brings, as Markdown."""

from __future__ import annotations

from ..images import facts_for, parse_reference
from .image_names import newest_tag
from .markdown import code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..images import ImageFacts


def image_text(text: str) -> list[str]:
    """What is known about an image, in parts; its name alone if nothing is."""
    reference = parse_reference(text) if text else None
    if reference is None:
        return []
    facts = facts_for(reference)
    title = f"**image {code(text)}**"
    if facts is None:
        return [title, "composelint knows nothing about this image"]
    if facts.kind:
        title += f", {facts.kind.replace('-', ' ')}"
    lines = [f"- {line}" for line in _facts(facts)]
    newest = newest_tag(facts.name)
    if newest:
        lines.append(f"- newest known tag: {code(newest)}")
    return [title, "\n".join(lines), f"as of {facts.taken}"] if lines else [title]


def _facts(facts: ImageFacts) -> Iterator[str]:
    """Each fact in a few words."""
    gone = facts.deprecated
    if gone is not None:
        instead = f"; instead: {', '.join(gone.replacements)}" if gone.replacements else ""
        yield f"**not to be used any more**: {gone.reason}{instead}"
    release = facts.lifecycle
    if release is not None and release.end is not None:
        has_ended = release.end <= release.taken
        when = f"ended {release.ended}" if has_ended else f"ends on {release.end}"
        yield f"support of {release.product} {release.cycle} {when}"
    base = facts.base
    if base is not None and base.end is not None and base.end <= base.taken:
        yield f"its system, {base.product} {base.cycle}, has had no support since {base.end}"
    if facts.user is not None:
        drops = ", and runs its program as another user" if facts.drops_privileges else ""
        yield f"starts as the user {code(facts.user)}{drops}"
    if facts.ports:
        ports = ", ".join(f"{port.number}/{port.protocol}" for port in facts.ports)
        yield f"listens on {ports}"
    if facts.data_paths:
        yield f"keeps its data in {', '.join(map(code, facts.data_paths))}"
    if facts.image_healthcheck is not None:
        yield "has a health check" if facts.image_healthcheck else "has no health check of its own"
    if facts.healthcheck is not None and not facts.image_healthcheck:
        yield f"a health check that works: {code(' '.join(facts.healthcheck.test[1:]))}"
    if facts.capabilities:
        yield f"needs after `cap_drop: [ALL]`: {', '.join(facts.capabilities)}"
    system = facts.os
    if system is not None:
        manager = f", packages with {facts.package_manager}" if facts.package_manager else ""
        yield f"built on {system}{manager}"
    if facts.shell == "":
        yield "has no shell"
