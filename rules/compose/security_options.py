"""Entries of ``security_opt`` that the engine refuses."""

from __future__ import annotations

from ...linter.base.suggest import QUESTION, did_you_mean, nearest
from ...linter.compose.nodes import items_of
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service

_SECURITY_OPTIONS = (
    "no-new-privileges",
    "apparmor",
    "seccomp",
    "label",
    "systempaths",
    "writable-cgroups",
)
"""The names of security options that Docker knows on Linux."""

_OTHER_SECURITY_OPTIONS = frozenset(("credentialspec", "mask", "unmask", "proc-opts"))
"""Those of Windows and of Podman."""

_WITHOUT_VALUE = frozenset(("no-new-privileges", "disable", "writable-cgroups"))
_BOOLEANS = frozenset(
    ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")
)
"""What Go reads as a boolean."""


@rule(
    "CF158",
    "malformed-security-option",
    Severity.WARNING,
    category="start",
    words=("security_opt",),
    sources=("https://docs.docker.com/reference/cli/docker/container/run/#security-opt",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    security_opt:\n      - apparmor  # error: apparmor\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    security_opt:\n      - apparmor=docker-default\n",
        ),
    ),
)
def malformed_security_option(service: Service) -> Iterator[Diagnostic]:
    """An entry of `security_opt` has no value or a name that does not exist: the container is not created.

    Why: The service does not start.

    The names are those of the engine and of Podman. A name that is almost one of the engine's is
    an error: the engine refuses it.
    """
    for item in items_of(service.get("security_opt")):
        text = text_of(item)
        if not text or text in _WITHOUT_VALUE:
            continue
        name, mark, value = text.partition("=" if "=" in text else ":")
        subject = f"{service.path}.security_opt"
        if name not in _SECURITY_OPTIONS and name not in _OTHER_SECURITY_OPTIONS:
            meant = nearest(name, _SECURITY_OPTIONS)
            if meant is not None:
                yield Diagnostic(
                    item,
                    f'the security option "{name}" does not exist: the engine refuses it',
                    help=did_you_mean(meant, QUESTION),
                    severity=Severity.ERROR,
                    subject=subject,
                    evidence=text,
                )
                continue
        if not mark:
            yield Diagnostic(
                item,
                f'the security option "{text}" has no value',
                help=f"write `{text}=…`",
                subject=subject,
                evidence=text,
            )
        elif name == "no-new-privileges" and value not in _BOOLEANS:
            yield Diagnostic(
                item,
                f'the engine refuses "{text}": the value is not true or false',
                help="write `no-new-privileges:true`",
                severity=Severity.ERROR,
                subject=subject,
                evidence=text,
            )
