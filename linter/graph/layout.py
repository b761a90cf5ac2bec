"""Runs the layout of a picture: the program of graphviz-pure, which the extra ``graph`` installs."""

from __future__ import annotations

import os
import subprocess
from tempfile import TemporaryFile

MOST_INPUT = 2 * 1024 * 1024
MOST_OUTPUT = 20 * 1024 * 1024
SECONDS = 30

INSTALL = "pip install 'composelint[graph]'"
"""What installs the program."""


class LayoutError(Exception):
    """A picture that cannot be laid out; the text says why, and what to do."""


def program() -> str | None:
    """The path of the layout program; None if the extra is not installed."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        listed = files("graphviz-pure") or []
    except PackageNotFoundError:
        return None
    for file in listed:
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            path = os.path.abspath(str(file.locate()))
            if os.access(path, os.X_OK):
                return path
    return None


def is_available() -> bool:
    """Whether pictures can be laid out here."""
    return program() is not None


def lay_out(dot: str, output: str = "svg") -> str:
    """What the layout program makes of a graph in DOT.

    Raises:
        LayoutError: if it is not installed, fails, takes too long or makes too much.
    """
    path = program()
    if path is None:
        raise LayoutError(f"the layout of SVG pictures needs graphviz-pure: {INSTALL}")
    data = dot.encode("utf-8", "replace")
    if len(data) > MOST_INPUT:
        raise LayoutError(f"the picture is too large to lay out ({len(data):,} bytes of DOT)")
    environment = {
        name: value for name in ("SYSTEMROOT", "TMPDIR") if (value := os.environ.get(name))
    }
    with TemporaryFile() as written:
        try:
            done = subprocess.run(
                [path, "-Kdot", f"-T{output}"],
                input=data,
                stdout=written,
                stderr=subprocess.PIPE,
                env=environment,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LayoutError(f"the layout takes longer than {SECONDS} seconds") from None
        except OSError as error:
            raise LayoutError(f"{path}: {error.strerror or error}") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[:500]
            raise LayoutError(f"the layout failed: {said or done.returncode}")
        written.seek(0)
        text = written.read(MOST_OUTPUT + 1)
    if len(text) > MOST_OUTPUT:
        raise LayoutError(f"the picture has more than {MOST_OUTPUT:,} bytes")
    return text.decode("utf-8", "replace")
