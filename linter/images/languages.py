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
    wanted = release[: 1 if distribution.name == "debian" else 2]
    known = [(key, text) for name, text in table.items() if (key := parse_version(name))]
    if distribution.release is None:
        # A release that the table does not have has at least what those before it have.
        known = [(wanted, max(known)[1])] if known and max(known)[0] < wanted else known
    return next((parse_version(text) for key, text in known if key == wanted), None)
