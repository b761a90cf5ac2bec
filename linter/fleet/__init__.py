"""Many repositories in one run: scans, their tables, and what is asked of them.

``scan_repository`` is for programs that distribute the work themselves; ``run.py`` does it with
Dask. What needs the extra ``composelint[fleet]`` is loaded by the modules that use it.
"""

from .limits import Limits
from .scan import Scan, scan_repository
from .tables import SCHEMA_VERSION, TABLES

__all__ = ["SCHEMA_VERSION", "TABLES", "Limits", "Scan", "scan_repository"]
