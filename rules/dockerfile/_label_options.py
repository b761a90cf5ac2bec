"""Options of the rules on labels."""

from __future__ import annotations

from dataclasses import dataclass

LABEL_TYPES = ("text", "url", "rfc3339", "spdx", "hash", "semver", "email")
"""What a label's value can be; hadolint's ``rawtext`` is anything."""


@dataclass(frozen=True)
class LabelNames:
    """Options of missing-label and unexpected-label.

    labels: the keys, such as org.opencontainers.image.source.
    """

    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelTypes:
    """Options of invalid-label-value.

    types: what the values of labels are, as key=type; the types are text, url, rfc3339, spdx,
        hash, semver and email.
    """

    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for item in self.types:
            name, _, kind = item.rpartition("=")
            if not name or kind not in LABEL_TYPES:
                raise ValueError(f'"{item}" is not key=type with one of {", ".join(LABEL_TYPES)}')
