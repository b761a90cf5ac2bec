"""The version: the one place that states it."""

VERSION = "0.2.0"
_ARCHIVED = "$Format:%H$"
"""git writes the commit here when it archives it, as for a release (``.gitattributes``)."""
COMMIT = "" if _ARCHIVED.startswith("$") else _ARCHIVED
"""The commit of this release; empty in a checkout, which may be of any."""
