"""LABEL: keys, values, and the labels that a team wants; and comments that silence rules."""

from __future__ import annotations

import re

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._runs import effective

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.parts import Pair
    from ._label_options import LabelNames, LabelTypes

OBJECT_LABELS = "https://docs.docker.com/engine/manage-resources/labels/"
ANNOTATIONS = "https://specs.opencontainers.org/image-spec/annotations/"


def __getattr__(name: str) -> object:
    # Dataclasses take long to load, and few configurations have options of these rules.
    from . import _label_options

    return getattr(_label_options, name)


def _labels(stage: Stage) -> Iterator[Pair]:
    """The labels that a stage sets, also by ONBUILD."""
    for instruction in effective(stage):
        if instruction.name == "LABEL":
            yield from instruction.pairs


_KEY = r"[a-z](?:[a-z0-9._/-]*[a-z0-9])?"
_RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")


@rule(
    "DF909",
    "invalid-label-key",
    Severity.INFO,
    category="maintenance",
    presets=("style",),
    equivalents=("hadolint:DL3048",),
    sources=(OBJECT_LABELS + "#key-format-recommendations",),
    examples=(
        Example(
            bad='FROM alpine:3.22\nLABEL Team="web"  # error: Team\n',
            good='FROM alpine:3.22\nLABEL com.example.team="web"\n',
            preset="style",
        ),
    ),
)
def invalid_label_key(stage: Stage) -> Iterator[Diagnostic]:
    """The key of a label is not in the form that Docker recommends, or uses a reserved prefix.

    Lower-case letters, digits, `.`, `-`, `_` and `/`, beginning with a letter and without two
    separators in a row. Keys with variables in them are left alone. Docker's own tools
    (Docker Desktop extensions) ask for some `com.docker.` labels, which are left alone too.
    """
    for pair in _labels(stage):
        key = pair.key.value
        if pair.key.has_variable or not key:
            continue
        problem = ""
        if key.startswith(_RESERVED):
            if not key.startswith(("com.docker.desktop.", "com.docker.extension.")):
                problem = f"the prefix {'.'.join(key.split('.')[:2])} is reserved for Docker"
        elif not re.fullmatch(_KEY, key):
            problem = "use lower-case letters and digits, with . - _ / between them"
        elif ".." in key or "--" in key:
            problem = "two separators follow each other"
        if problem:
            yield Diagnostic(
                pair.key.span, f"the label key {key} is not valid: {problem}", evidence=key
            )


@rule(
    "DF910",
    "missing-label",
    Severity.INFO,
    category="maintenance",
    presets=(),
    equivalents=("hadolint:DL3049",),
    sources=(ANNOTATIONS,),
    examples=(
        Example(
            bad="FROM alpine:3.22  # error: alpine:3.22\n",
            good='FROM alpine:3.22\nLABEL org.opencontainers.image.source="https://example.org/app"\n',
            files={
                "composelint.toml": '[rules.missing-label]\nlabels = ["org.opencontainers.image.source"]\n'
            },
        ),
    ),
)
def missing_label(dockerfile: Dockerfile, options: LabelNames) -> Iterator[Diagnostic]:
    """The final image does not have a label that the configuration requires.

    Does nothing until the option `labels` lists keys. Stages that the image starts from count; what
    the base image brings along describes the base image and does not.
    """
    if not options.labels:
        return
    for stage in dockerfile.final_stages:
        if stage.syntax.base is None:
            continue
        keys = {
            pair.key.value
            for part in stage.syntax.chain()
            for pair in _labels(dockerfile.all_stages[part.index])
        }
        missing = [name for name in options.labels if name not in keys]
        if missing and not any("$" in key for key in keys):
            names = ", ".join(missing)
            labels = "label" if len(missing) == 1 else "labels"
            yield Diagnostic(
                stage.syntax.base.span,
                f"{stage.image_title} does not have the {labels} {names}",
                help=f'add `LABEL {missing[0]}="…"`',
                evidence=names,
            )


@rule(
    "DF911",
    "unexpected-label",
    Severity.INFO,
    category="maintenance",
    presets=(),
    equivalents=("hadolint:DL3050",),
    sources=(ANNOTATIONS,),
    examples=(
        Example(
            bad='FROM alpine:3.22\nLABEL org.opencontainers.image.title="app" note="x"  # error: note\n',
            good='FROM alpine:3.22\nLABEL org.opencontainers.image.title="app"\n',
            files={
                "composelint.toml": '[rules.unexpected-label]\nlabels = ["org.opencontainers.image.title"]\n'
            },
        ),
    ),
)
def unexpected_label(stage: Stage, options: LabelNames) -> Iterator[Diagnostic]:
    """A label is set that the configuration does not list.

    Does nothing until the option `labels` lists the keys that may be used.
    """
    if not options.labels:
        return
    for pair in _labels(stage):
        key = pair.key.value
        if key not in options.labels and not pair.key.has_variable:
            yield Diagnostic(
                pair.key.span,
                f"the label {key} is not in the list of allowed labels",
                evidence=key,
            )


_OCI = "org.opencontainers.image."
_SCHEMA = "org.label-schema."
_KNOWN_TYPES = {
    _OCI + "created": "rfc3339",
    _OCI + "documentation": "url",
    _OCI + "licenses": "spdx",
    _OCI + "source": "url",
    _OCI + "url": "url",
    _SCHEMA + "build-date": "rfc3339",
    _SCHEMA + "url": "url",
    _SCHEMA + "vcs-url": "url",
}
"""What the values of well-known labels are."""

_WORDS = {
    "url": "an address such as https://example.org/app",
    "rfc3339": "a time such as 2026-01-31T12:00:00Z",
    "spdx": "an SPDX license expression such as Apache-2.0",
    "hash": "a Git commit of 7 or 40 hexadecimal digits",
    "semver": "a version such as 1.4.0",
    "email": "an e-mail address",
    "text": "a text that is not empty",
}

_TIME = r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})"
_PATTERNS = {
    "url": r"(?i:(?:[a-z][a-z0-9+.-]*://|git@)[^\s/]+(?:/\S*)?)",
    "hash": r"[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64}",
    "semver": r"(?:(?:0|[1-9]\d*)\.){2}(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
}


@rule(
    "DF912",
    "invalid-label-value",
    Severity.INFO,
    category="maintenance",
    presets=("style",),
    equivalents=(
        "hadolint:DL3051",
        "hadolint:DL3052",
        "hadolint:DL3053",
        "hadolint:DL3054",
        "hadolint:DL3055",
        "hadolint:DL3056",
        "hadolint:DL3058",
    ),
    sources=(ANNOTATIONS, "https://spdx.org/licenses/"),
    examples=(
        Example(
            bad='FROM alpine:3.22\nLABEL org.opencontainers.image.licenses="Apache 2.0"  # error: "Apache 2.0"\n',
            good='FROM alpine:3.22\nLABEL org.opencontainers.image.licenses="Apache-2.0"\n',
            preset="style",
        ),
    ),
)
def invalid_label_value(stage: Stage, options: LabelTypes) -> Iterator[Diagnostic]:
    """The value of a label does not have the form that its key requires: a time, an address, a license.

    Known are the labels of the OCI image specification and of label-schema.org; the option `types`
    adds others. Values with variables in them are left alone.
    """
    types = _KNOWN_TYPES
    if options.types:
        parts = (option.rpartition("=") for option in options.types)
        types = {**types, **{name: kind for name, _, kind in parts}}
    for pair in _labels(stage):
        kind = types.get(pair.key.value)
        if kind is None or pair.value is None or pair.value.has_variable:
            continue
        value = pair.value.value
        problem = _problem(kind, value)
        if problem:
            yield Diagnostic(
                pair.value.span if pair.value.text else pair.span,
                f"the value of {pair.key.value} {problem}",
                help=f"write {_WORDS[kind]}",
                evidence=value[:100],
            )


def _problem(kind: str, value: str) -> str:
    """What is wrong with a value; empty if it is right."""
    if not value:
        return "is empty"
    if kind == "spdx":
        from ._spdx import expression_problem

        problem = expression_problem(value)
        return f"is not a license expression: {problem}" if problem else ""
    if kind == "rfc3339":
        return "" if _is_time(value) else f'"{value}" is not a time in the form of RFC 3339'
    if kind == "text" or re.fullmatch(_PATTERNS[kind], value):
        return ""
    return f'"{value}" is not {_WORDS[kind].partition(" such as")[0]}'


def _is_time(value: str) -> bool:
    match = re.fullmatch(_TIME, value)
    if match is None:
        return False
    _, month, day, hour, minute, second = (int(part) for part in match.groups())
    return 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60


@rule(
    "DF913",
    "ignore-pragma",
    Severity.INFO,
    category="maintenance",
    presets=(),
    equivalents=("hadolint:DL1001",),
    examples=(
        Example(
            bad="# hadolint ignore=DL3007  # error\nFROM alpine:latest\n",
            good="FROM alpine:3.22\n",
        ),
    ),
)
def ignore_pragma(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A comment disables rules; some teams want that only in the configuration.

    Off by default. Comments to composelint count, and those to other linters that it honours:
    hadolint, BuildKit's checks (`# check=skip=…`), tally, trivy, checkov, semgrep and kics.
    """
    pragmas = [
        (comment.span, "comment switches rules", comment.text)
        for comment in dockerfile.syntax.all_comments
        if re.match(_PRAGMA, comment.text)
    ]
    directive = dockerfile.syntax.directive("check")
    if directive is not None and "skip=" in directive.value:
        pragmas.append((directive.span, "directive switches checks", directive.value))
    for span, action, text in pragmas:
        yield Diagnostic(
            span,
            f"this {action} off: {text[:80]}",
            help="move it to the configuration",
            evidence=text[:100],
        )


_PRAGMA = r"(?i:(?:hadolint|tally)\s+(?:global\s+|stage\s+)?ignore|check\s*=.*\bskip=|composelint:\s*(?:file-)?ignore|trivy:ignore:|(?:checkov|bridgecrew):skip=|nosem(?:grep)?\b|.*\snosem(?:grep)?\s*:|kics-scan\s+(?:ignore|disable))"
