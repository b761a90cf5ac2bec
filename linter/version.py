"""The version, for reports: read from the package, never from installed metadata (slow)."""

from .. import __version__ as VERSION

__all__ = ["VERSION"]
