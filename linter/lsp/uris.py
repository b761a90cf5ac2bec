"""Paths of files as URIs, and back."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from ..base.links import quoted


def to_uri(path: str) -> str:
    """The URI of a file; relative paths start from the working folder."""
    absolute = os.path.abspath(path).replace(os.sep, "/")
    return f"file://{'' if absolute.startswith('/') else '/'}{quoted(absolute)}"


def to_path(uri: str) -> str | None:
    """The absolute path of a file; None for what is not a file of this machine."""
    try:
        parts = urlsplit(uri)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            return None
        path = unquote(parts.path, errors="surrogateescape")
    except ValueError:
        return None
    if not path.startswith("/") or "\0" in path:
        return None
    if os.name == "nt":
        path = path[1:] if path[2:3] == ":" else path
    return os.path.normpath(path)
