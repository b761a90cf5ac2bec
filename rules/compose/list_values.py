"""Lists of `NAME=value`: what YAML and Docker Compose make of their items."""

from __future__ import annotations

import re

from ...linter.base.text import Span
from ...linter.compose.nodes import value_at
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar, Sequence
from .._sources import SPEC
from ._nodes import each_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import ComposeFile

_APP = "services:\n  app:\n    image: shop/app:2.1\n    environment:\n"
_LISTS = (("environment",), ("build", "args"), ("labels",))
_QUOTED = r"([A-Za-z_][\w.-]*)=(\"[^\"\\]*\"|'[^'\\]*')\Z"


def _items(file: ComposeFile) -> Iterator[tuple[str, str, list[Scalar]]]:
    """The items of each list of `NAME=value`, with the service and the key."""
    for service, body in each_service(file):
        for path in _LISTS:
            node = value_at(body, *path)
            if isinstance(node, Sequence):
                items = [item for item in node.items if isinstance(item, Scalar)]
                yield service, ".".join(path), items


def _owned(finding: Diagnostic, service: str) -> Diagnostic:
    finding.owner = ("service", service)
    return finding


@rule(
    "CF262",
    "quotes-in-list-value",
    Severity.WARNING,
    category="start",
    since="0.2",
    ignore_when="Where the program expects the quotes as a part of the value.",
    sources=(SPEC + "services/#environment",),
    examples=(
        Example(
            bad=f'{_APP}      - NAME="Some Server"  # error: "Some Server"\n',
            good=f'{_APP}      - "NAME=Some Server"\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def quotes_in_list_value(file: ComposeFile) -> Iterator[Diagnostic]:
    """An item `NAME="value"` has quotes inside, which become part of the value.

    Why: The program gets the quotes too: a password or a path with quotes around it is another
    one.

    YAML knows quotes around the whole item only: `"NAME=value"`. Items that are quoted as a whole have
    the inner quotes on purpose and are left alone; so are labels, except those for Traefik.
    """
    for service, key, items in _items(file):
        for item in items:
            match = re.match(_QUOTED, item.raw)
            if match is None or item.style or item.anchor or item.span.text != item.raw:
                continue
            name, value = match[1], match[2]
            if key == "labels" and not name.startswith("traefik."):
                continue
            fix = Fix(
                f"Quote the whole item of {name}",
                (Edit(item.span, f"{value[0]}{name}={value[1:]}"),),
                Applicability.UNSAFE,
                (f"services.{service}.{key}",),
            )
            start = item.start + len(name) + 1
            finding = Diagnostic(
                Span(item.file, start, item.end),
                f"the quotes around the value of {name} are part of the value",
                help=f"write `{value[0]}{name}=…{value[0]}`, with the quotes around the whole item",
                subject=f"services.{service}.{key}",
                evidence=name,
                fix=fix,
            )
            yield _owned(finding, service)


@rule(
    "CF263",
    "colon-in-list",
    Severity.WARNING,
    category="start",
    since="0.2",
    sources=(SPEC + "services/#environment",),
    examples=(
        Example(
            bad=f'{_APP}      - "LF_HOST: host"  # error: "LF_HOST: host"\n',
            good=f'{_APP}      - "LF_HOST=host"\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def colon_in_list(file: ComposeFile) -> Iterator[Diagnostic]:
    """An item of a list of variables is written `"NAME: value"`, so no variable NAME is set.

    In a list it is `NAME=value`; a colon belongs into a mapping. Docker Compose looks for a variable
    that is called like the whole item, finds none, and passes nothing on.
    """
    for service, key, items in _items(file):
        for item in items:
            match = re.match(r"([A-Za-z_]\w*)(: +|:(?=\S))[^=]*\Z", item.raw)
            if match is None or key == "labels" or "$" in match[1]:
                continue
            if match[2] == ":" and not match[1].isupper():
                continue
            fix = None
            shown = item.span.text
            at = shown.find(match[1] + match[2])
            if at >= 0 and not item.anchor:
                at += item.start + len(match[1])
                fix = Fix(
                    f"Write {match[1]}=…",
                    (Edit(Span(item.file, at, at + len(match[2])), "="),),
                    Applicability.UNSAFE,
                    (f"services.{service}.{key}",),
                )
            finding = Diagnostic(
                item,
                f'this list item does not set {match[1]}: it has no "="',
                help=f"write `{match[1]}=…`",
                subject=f"services.{service}.{key}",
                evidence=match[1],
                fix=fix,
            )
            yield _owned(finding, service)


@rule(
    "CF264",
    "set-twice-in-list",
    Severity.WARNING,
    category="start",
    since="0.2",
    sources=(SPEC + "services/#environment",),
    examples=(
        Example(
            bad=f"{_APP}      - LOG_LEVEL=debug  # error: LOG_LEVEL=debug\n      - LOG_LEVEL=info\n",
            good=f"{_APP}      - LOG_LEVEL=info\n",
        ),
    ),
)
def set_twice_in_list(file: ComposeFile) -> Iterator[Diagnostic]:
    """A list sets one name twice with different values; only the last one counts.

    Why: Whoever edits the first one changes nothing, and Docker Compose does not warn.

    In a mapping Docker Compose refuses that.
    """
    for service, key, items in _items(file):
        last: dict[str, Scalar] = {}
        for item in reversed(items):
            name, equals, _ = item.raw.partition("=")
            if not equals or "$" in name:
                continue
            later = last.setdefault(name.strip(), item)
            if later is item or later.raw == item.raw:
                continue
            finding = Diagnostic(
                item,
                f"{name} is set again below: this value is ignored",
                help="delete one of the two",
                subject=f"services.{service}.{key}",
                evidence=name,
                related=[Related(later.span, "this value is used")],
            )
            yield _owned(finding, service)
