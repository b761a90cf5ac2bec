"""Variables that Docker Compose puts into a stack and that nothing sets."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ...linter.base.records import NamedTuple
from ...linter.base.text import Span
from ...linter.base.wording import and_list
from ...linter.compose.nodes import items_of, unset_names
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar
from .._sources import INTERPOLATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import SourceFile
    from ...linter.compose.stack import UnsetVariable
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.source.yaml.nodes import Node


@rule(
    "CF140",
    "unset-variable",
    Severity.WARNING,
    category="reading",
    words=("$",),
    ignore_when="Where whatever starts the stack sets the variable, such as a CI system.",
    sources=(INTERPOLATION,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION}  # error: ${NGINX_VERSION}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION:-1.30}\n",
            files={".env": "OTHER=1\n"},
        ),
        Example(
            bad='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      URL: http://localhost:${PORT}  # error: ${PORT}\n    ports:\n      - "${PORT:-3000}:3000"\n',
            good='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      URL: http://localhost:${PORT:-3000}\n    ports:\n      - "${PORT:-3000}:3000"\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def unset_variable(stack: Stack) -> Iterator[Diagnostic]:
    """Variables without a default are not set anywhere in the repository, so they are empty.

    Why: The stack runs with empty values: a path, a password or an address is missing, and only
    a warning says so.

    Docker Compose only warns and goes on with an empty text. Each file gets one finding that lists
    its variables. One that has a default elsewhere gets its own: it is meant to work without.

    Nothing is reported about a variable that an example env file lists (`.env.example`,
    `env.sample`, `defaults.env` and the like) or another env file sets, or a script, Makefile or CI
    workflow of the repository that starts the stack, or a command in its documentation; these are
    searched for beside the stack, above it, and in usual places below (`scripts`, `docker`,
    `.github/workflows`). Without any env file, as in a fresh clone, the finding is only a note. The
    environment counts only with `--use-environment`.
    """
    loaded = stack.loaded
    unset = loaded.unset
    if not unset:
        return
    meant_inside = {use.span for use in _inner_uses(stack, unset)}
    required = {use.name for use in loaded.uses if use.operator in (":?", "?")}
    listed: dict[SourceFile, dict[str, list[Span]]] = {}
    for name, variable in unset.items():
        places = [
            use.span
            for use in variable.uses
            if use.span not in meant_inside and _hash_around(use.span) is None
        ]
        if not places or name in required or stack.is_set_elsewhere(name):
            continue
        hidden = [place for span in places for place in _around(name, span)]
        if hidden:
            yield from reported(
                stack,
                Diagnostic(
                    places[0],
                    f"the variable {name} is set nowhere and has no default: it would be empty",
                    help="write `$$` for a `$` that belongs to the value",
                    subject="variables",
                    sensitive=hidden,
                ),
                name,
            )
            continue
        for span in places:
            listed.setdefault(span.file, {}).setdefault(name, []).append(span)
    paths: _Paths | None = None
    for variables in listed.values():
        undefined = []
        for name, spans in variables.items():
            if name in stack.defaults:
                paths = paths or _Paths(stack)
                yield from reported(stack, _without_default(stack, name, spans, paths), name)
            else:
                undefined.append((name, spans))
        if undefined:
            yield from reported(stack, _set_nowhere(undefined), *(name for name, _ in undefined))


def reported(stack: Stack, finding: Diagnostic, *names: str) -> Iterator[Diagnostic]:
    """The finding with the severity that all rules give to what unset variables break."""
    graded = stack.if_unset(finding, names)
    if graded is not None:
        yield graded


def _without_default(stack: Stack, name: str, spans: list[Span], paths: _Paths) -> Diagnostic:
    """The finding that a variable has a default, but not in these places of a file."""
    default, place = stack.defaults[name]
    changes = dict.fromkeys(".".join(path) for span in spans for path in paths.of(span))
    whole = f"${{{name}:-{default}}}"
    edits = [Edit(span, whole) for span in spans if _can_hold(span)]
    is_plain = re.fullmatch(r"[\w./:@-]*", default) is not None
    return Diagnostic(
        spans[0],
        f"{name} has a default elsewhere but not here: when it is unset, it is empty here",
        help=f"use the same default: `{whole}`" if is_plain else "use the same default",
        related=[
            Related(place, "the default"),
            *(Related(span, "nor here") for span in spans[1 : _SHOWN + 1]),
        ],
        subject=f"variables.{name}",
        evidence=name,
        fix=Fix(f"Add the default of {name}", tuple(edits), Applicability.UNSAFE, tuple(changes))
        if is_plain and len(edits) == len(spans)
        else None,
    )


def _can_hold(span: Span) -> bool:
    """Whether braces can be written in place of a reference: not where a flow collection may be."""
    if span.text.startswith("${"):
        return True
    text = span.file.text
    return not re.search(r"[\[{]", text[text.rfind("\n", 0, span.start) + 1 : span.start])


_SHOWN = 8
"""How many variables and places a finding names."""


def _set_nowhere(variables: list[tuple[str, list[Span]]]) -> Diagnostic:
    """The finding that variables of a file are set nowhere."""
    (first, spans), *others = variables
    if not others:
        more = f" (used {len(spans)} times)" if len(spans) > 1 else ""
        message = f"the variable {first} is set nowhere and has no default{more}: it would be empty"
        related = [Related(span, "used here too") for span in spans[1:4]]
        subject = f"variables.{first}"
    else:
        names = [name for name, _ in variables]
        rest = len(names) - _SHOWN
        shown = and_list([*names[:_SHOWN], f"{rest} more"] if rest > 1 else names, "")
        message = (
            f"{len(names)} variables are set nowhere and have no default, so they would be empty: "
            f"{shown}"
        )
        related = [Related(others[0], name) for name, others in others[:_SHOWN]]
        subject = "variables"
    return Diagnostic(
        spans[0],
        message,
        help=f"set {'them' if others else 'it'} in .env and list {'them' if others else 'it'} in "
        f".env.example, or add {'defaults' if others else 'a default'}: `${{{first}:-…}}`",
        related=related,
        subject=subject,
        evidence=", ".join(sorted(name for name, _ in variables)),
    )


def _around(name: str, span: Span) -> list[Span]:
    """The secret that a use without braces is probably a part of: ``PASSWORD: Pa$sw0rd``."""
    if span.text.startswith("${") or name.isupper():
        return []
    from ...linter.secrets.unparsed import unread_secrets

    return [place for place in unread_secrets(span) if place.start < span.start < place.end]


def _hash_around(span: Span) -> Span | None:
    """The hash of a password that a use without braces is a part of."""
    if span.text.startswith("${"):
        return None
    from ...linter.secrets.hashes import hashes_in

    file = span.file
    text = file.text
    begin = max(text.rfind("\n", 0, span.start) + 1, span.start - _LONGEST)
    end = text.find("\n", span.end)
    end = min(len(text) if end < 0 else end, span.end + _LONGEST)
    for start, stop in hashes_in(text[begin:end]):
        if begin + start <= span.start < begin + stop:
            return Span(file, begin + start, begin + stop)
    return None


_LONGEST = 1000
"""How far from a `$` a hash is searched for."""

_SHELL_PATHS = (("command",), ("entrypoint",), ("healthcheck", "test"))
_SHELL_VARIABLES = frozenset(
    ("HOSTNAME", "RANDOM", "SECONDS", "IFS", "OLDPWD", "PPID", "UID", "EUID")
)


def _assigned(text: str) -> set[str]:
    """The names that a shell text sets itself: assignments, loops, `read`."""
    return set(re.findall(r"(?:^|[\s;&|('\"])([A-Za-z_]\w*)=", text)) | set(
        re.findall(r"\b(?:for|read(?: -\w+)*)\s+([A-Za-z_]\w*)", text)
    )


class _InnerUse(NamedTuple):
    """An unset variable in a script that only the container of a service can mean."""

    service: Service
    name: str
    span: Span
    why: str
    quoted: bool
    """Whether no shell would expand it: it is in single quotes."""


def _inner_uses(stack: Stack, unset: dict[str, UnsetVariable]) -> Iterator[_InnerUse]:
    """Unset variables in the scripts of services that only their containers can mean."""
    starts: dict[tuple[SourceFile, str], list[int]] = {}
    spans: dict[tuple[SourceFile, str], list[Span]] = {}
    for service in stack.services.values():
        if not unset_names(*(service.get(*path) for path in _SHELL_PATHS)):
            continue
        from ...linter.analysis.shell_texts import in_single_quotes, shell_texts

        for node in shell_texts(service):
            names = unset_names(node)
            if not names:
                continue
            assigned = _assigned(node.span.text)
            for name in names:
                why = _meaning_inside(service, name, assigned)
                if not why:
                    continue
                key = node.file, name
                if key not in starts:
                    uses = [use.span for use in unset[name].uses if use.span.file is node.file]
                    spans[key] = sorted(uses, key=lambda span: span.start)
                    starts[key] = [span.start for span in spans[key]]
                first = bisect_left(starts[key], node.start)
                for span in spans[key][first : bisect_left(starts[key], node.end)]:
                    yield _InnerUse(service, name, span, why, in_single_quotes(node, span))


def _meaning_inside(service: Service, name: str, assigned: set[str]) -> str:
    """Why a variable has a value in the container only; empty if it has the same one outside."""
    if name in assigned:
        return f"the command sets {name} itself"
    own = service.environment.get(name)
    if own is not None:
        is_passed_on = own.value is None and not own.unknown
        # A required variable has one value in both places, or the stack does not start.
        is_required = own.value_span.text.strip("\"'").startswith((f"${{{name}:?", f"${{{name}?"))
        if is_passed_on or is_required or name in unset_names(own.node):
            return ""
        return f"the environment of the service sets {name}"
    for file in service.env_files:
        if file.syntax is not None and any(entry.key == name for entry in file.syntax.entries):
            return f"{file.path} sets {name} for the container"
    return f"a shell sets {name}" if name in _SHELL_VARIABLES else ""


@rule(
    "CF141",
    "unescaped-dollar",
    Severity.WARNING,
    category="reading",
    words=("$",),
    sources=(INTERPOLATION,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n    healthcheck:\n      test: pg_isready -U $POSTGRES_USER  # error: $POSTGRES_USER\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n    healthcheck:\n      test: pg_isready -U $$POSTGRES_USER\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def unescaped_dollar(stack: Stack) -> Iterator[Diagnostic]:
    """A `$` is meant for the container, but Docker Compose reads it as a variable of its own.

    Why: The container gets a text from which a part is missing.

    In a script that a shell in the container runs (a health check given as text, `sh -c …`), it is
    reported where the service's environment, one of its `env_file` or the script itself sets the
    variable, and Compose finds nothing under its name: an empty text is left. In a hash of a password
    (`$2b$12$…`, `admin:$apr1$…`), each part behind a `$` is lost. `$$` reaches the container as `$`.

    Where no shell runs, `$$` would not help: nothing expands it, and nothing is reported.
    """
    unset = stack.loaded.unset
    if not unset:
        return
    for service, name, span, why, quoted in _inner_uses(stack, unset):
        if quoted:
            finding = Diagnostic(
                span,
                f"Docker Compose replaces ${name} before the container starts, though {why}",
                help=f"set it in .env, or add a default: `${{{name}:-…}}` (no shell expands `$$` in single "
                "quotes)",
                subject=f"{service.path}.command",
                evidence=span.text,
            )
            yield _owned(finding, service.name)
            continue
        yield _owned(
            Diagnostic(
                span,
                f"Docker Compose replaces ${name} before the container starts, though {why}",
                help=f"write `$${name}`: the shell in the container then sees ${name}",
                subject=f"{service.path}.command",
                evidence=span.text,
                fix=_escaped(service, name, span),
            ),
            service.name,
        )
    yield from _hashes(stack, unset)


def _escaped(service: Service, name: str, span: Span) -> Fix | None:
    """The fix that doubles the `$` of a variable; None where its place is not known to the letter."""
    if not span.text.startswith("$"):
        return None
    return Fix(
        f"Escape the $ of {name}",
        (Edit(Span(span.file, span.start, span.start), "$"),),
        Applicability.UNSAFE,
        tuple(f"{service.path}.{'.'.join(path)}" for path in _SHELL_PATHS),
    )


def _owned(finding: Diagnostic, service: str) -> Diagnostic:
    """A finding of a stack about one service."""
    finding.owner = ("service", service)
    return finding


def _hashes(stack: Stack, unset: dict[str, UnsetVariable]) -> Iterator[Diagnostic]:
    """The findings for hashes that Docker Compose takes to pieces."""
    hashes: dict[Span, None] = {}
    for variable in unset.values():
        for use in variable.uses:
            place = _hash_around(use.span)
            if place is not None:
                hashes[place] = None
    all_paths = _Paths(stack) if hashes else None
    for place in hashes:
        paths = all_paths.of(place) if all_paths else []
        path = paths[0] if paths else ()
        text = place.text
        single = [match.end() - 1 for match in re.finditer(r"\$+", text) if len(match[0]) % 2]
        finding = Diagnostic(
            place,
            "Docker Compose reads parts of this hash as variables, so they are lost",
            help="double each `$` in it",
            subject=".".join(path) or "variables",
            sensitive=[place],
            fix=Fix(
                "Double each $ of the hash",
                tuple(
                    Edit(Span(place.file, place.start + at, place.start + at), "$") for at in single
                ),
                Applicability.UNSAFE,
                tuple(".".join(path) for path in paths),
            ),
        )
        yield _owned(finding, path[1]) if path[:1] == ("services",) else finding


class _Paths:
    """The keys that lead to the values of a stack that depend on unset variables."""

    def __init__(self, stack: Stack) -> None:
        self._by_start: dict[SourceFile, dict[int, list[tuple[tuple[str, ...], int]]]] = {}
        for path, node in _scalar_paths(stack.tree):
            in_file = self._by_start.setdefault(node.file, {})
            in_file.setdefault(node.start, []).append((path, node.end))
        self._starts = {file: sorted(starts) for file, starts in self._by_start.items()}

    def of(self, span: Span) -> list[tuple[str, ...]]:
        """The keys that lead to the value that a place is in: several for one with an anchor."""
        starts = self._starts.get(span.file, [])
        index = bisect_right(starts, span.start) - 1
        if index < 0:
            return []
        values = self._by_start[span.file][starts[index]]
        return [path for path, end in values if span.start < end]


def _scalar_paths(root: Node) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """The scalars of a tree that depend on unset variables, each with the keys that lead to it."""
    pending: list[tuple[tuple[str, ...], Node]] = [((), root)]
    while pending:
        path, node = pending.pop()
        if isinstance(node, Scalar):
            if node.unknown:
                yield path, node
        elif isinstance(node, Mapping):
            pending += [((*path, entry.name), entry.value) for entry in reversed(node.entries)]
        else:
            pending += [(path, item) for item in reversed(items_of(node))]
