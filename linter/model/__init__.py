"""The typed views that rules see.

Every name is loaded from its module on first use, so that a run over Dockerfiles does not
load what only stacks need. Plug-ins import from here; composelint itself from the modules.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dockerfile import BuildContext, Copy, Dockerfile, Run, Stage
    from .fields import Build, Dependency, Healthcheck, Mount, Port, Resource
    from .host import FixValues, Host
    from .project import EnvFile, IgnoreFile, Project
    from .service import Service
    from .stack import ComposeFile, Stack
    from .values import EnvVar, Field, is_unknown, part_of, scalar_text, text_list, text_of, word_in

_MODULES = {
    "dockerfile": ("BuildContext", "Copy", "Dockerfile", "Run", "Stage"),
    "fields": ("Build", "Dependency", "Healthcheck", "Mount", "Port", "Resource"),
    "host": ("FixValues", "Host"),
    "project": ("EnvFile", "IgnoreFile", "Project"),
    "service": ("Service",),
    "stack": ("ComposeFile", "Stack"),
    "values": (
        "EnvVar", "Field", "is_unknown", "part_of", "scalar_text", "text_list", "text_of", "word_in",
    ),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
