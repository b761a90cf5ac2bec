"""Finds our own modules faster than Python does.

A call for one file loads more than a hundred modules. For each of them Python asks all its finders,
looks through lists of folders and works out names: half of the time that loading a module takes.
Here it is known where a module lies. What Python compiled counts under the conditions that Python
has; if they do not hold, its own finders take over, which compile the module anew.
"""

from __future__ import annotations

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_PACKAGE = __name__.partition(".")[0]
_CACHED = f"/__pycache__/{{}}.{sys.implementation.cache_tag}.pyc"
_HEADER = 16
_MOST = 100_000
"""Bytes of a module that are read at once; longer ones are left to Python."""


class _Loader(SourceFileLoader):
    """A loader that has read what Python compiled."""

    compiled: bytes | None = None

    def get_code(self, fullname: str) -> CodeType | None:
        compiled, self.compiled = self.compiled, None
        if compiled is None:
            return super().get_code(fullname)
        code: CodeType = loads(memoryview(compiled)[_HEADER:])
        return code


class _Finder:
    """Finds the modules of this package that Python has compiled."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How to load a module; None if it is not ours, or not compiled from its source."""
        if not path or not name.startswith(_PACKAGE):
            return None
        folder, own = path[0], name.rpartition(".")[2]
        source, stem, inner = f"{folder}/{own}.py", own, None
        try:
            try:
                status = os.stat(source)
            except FileNotFoundError:
                inner = f"{folder}/{own}"
                folder, source, stem = inner, f"{inner}/__init__.py", "__init__"
                status = os.stat(source)
            cached = folder + _CACHED.format(stem)
            descriptor = os.open(cached, os.O_RDONLY | os.O_CLOEXEC)
            try:
                compiled = os.read(descriptor, _MOST)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        made_from = (int(status.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little")
        made_from += (status.st_size & 0xFFFFFFFF).to_bytes(4, "little")
        if compiled[:_HEADER] != MAGIC_NUMBER + b"\0\0\0\0" + made_from or len(compiled) == _MOST:
            return None
        loader = _Loader(name, source)
        loader.compiled = compiled
        spec = ModuleSpec(name, loader, origin=source)
        spec.has_location = True
        spec.cached = cached
        if inner is not None:
            spec.submodule_search_locations = [inner]
        return spec


def find_own_modules() -> None:
    """Let this process find our modules faster, if Python keeps what it compiles beside them."""
    if (
        type(sys.modules[__name__].__loader__) is SourceFileLoader
        and _Finder not in sys.meta_path
        and sys.pycache_prefix is None
        and not sys.flags.optimize
        and os.name == "posix"
    ):
        sys.meta_path.insert(0, _Finder)
