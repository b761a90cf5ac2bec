"""Health checks that work in the image of a service, as far as is known."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..edits.yaml import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .around import Around
    from .written import Path

    Siblings = dict[str, str]


class Value(NamedTuple):
    """A text that may stand at a place.

    ``tail`` is what follows it as a key, a snippet; empty for nothing. ``is_yaml`` tells that it is
    written as it is, such as a list in brackets.
    """

    text: str
    kind: str = "value"
    detail: str = ""
    meaning: str = ""
    order: str = "5"
    tail: str = ""
    is_yaml: bool = False


def checks_for(around: Around, path: Path, siblings: Siblings) -> Iterator[Value]:
    """Tests that work in the image of the service that a path is in, as lists in brackets.

    ``detail`` is the time that the image needs to start, empty if it is not known.
    """
    name = str(path[1]) if len(path) > 1 else ""
    service = around.service(name)
    image = siblings.get("image", "")
    if service is not None:
        from ..analysis.known_check import known_check

        probe = known_check(service)
        if probe is not None:
            meaning = probe.doubt and f"In doubt: {probe.doubt}."
            yield _check(probe.check.test, probe.check.start_period or "", meaning, "1")
    facts = around.facts(name, image)
    if facts is not None and facts.healthcheck is not None and not (service and service.build):
        yield _check(facts.healthcheck.test, facts.healthcheck.start_period or "", "", "2")
    container = around.container(name)
    if container is None:
        return
    ports = [port.target for port in (service.ports if service else ()) if port.target]
    if facts is not None and not ports:
        ports = [port.number for port in facts.ports]
    if container.facts is not None and container.facts.kind in _SPEAK_HTTP:
        for port in ports[:1]:
            probed = container.http_probe(f"http://127.0.0.1:{port}/")
            if probed is not None:
                yield _check(probed, "", "", "3")


_SPEAK_HTTP = frozenset(("web-server", "runtime", "app", "proxy", "base"))


def _check(test: tuple[str, ...], start: str, meaning: str, order: str) -> Value:
    text = "[" + ", ".join(quoted(part) for part in test) + "]"
    return Value(text, "snippet", start, meaning, order, is_yaml=True)
