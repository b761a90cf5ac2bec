"""The languages of distributions: which version a release brings."""

from __future__ import annotations

from . import data
from .tags import parse_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .distributions import Distribution
    from .tags import Version


def packaged(language: str, distribution: Distribution) -> Version | None:
    """The version of a language in a distribution, by its major and minor number.

    It is that of its release; where only the oldest possible one is known, at least that.
    None if it is not known.
    """
    table: dict[str, str] = data.languages()["releases"][language].get(distribution.name, {})
    release = distribution.release or distribution.oldest
    if release is None:
        return None
    length = 1 if distribution.name == "debian" else 2
    wanted = release[:length]
    return next(
        (parse_version(text) for key, text in table.items() if parse_version(key) == wanted), None
    )
