"""Facts about well-known container images, and the parser of image references."""

from .facts import Credential, Deprecation, Healthcheck, ImageFacts, Port, facts_for
from .lifecycle import Lifecycle, newest_release
from .reference import ImageReference, parse_reference, reference_problem

__all__ = [
    "Credential",
    "Deprecation",
    "Healthcheck",
    "ImageFacts",
    "ImageReference",
    "Lifecycle",
    "Port",
    "facts_for",
    "newest_release",
    "parse_reference",
    "reference_problem",
]
