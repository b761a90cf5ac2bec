"""PyYAML's parser: its classes of events, and what makes events of a text.

Of PyYAML, only the parser in C is used; loading the rest of it (constructors, emitters, dates, a
scanner in Python) takes a tenth of the time that a call for one Compose file takes. Where nothing
else in the process can miss the rest, it is left out.
"""

from __future__ import annotations

import sys

from ...base import patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WHOLE = ("error", "reader", "tokens", "events", "nodes")
"""The modules that the parser in C uses."""

_ERRORS = {
    "scanner": "ScannerError",
    "parser": "ParserError",
    "composer": "ComposerError",
    "constructor": "ConstructorError",
    "emitter": "EmitterError",
    "serializer": "SerializerError",
    "representer": "RepresenterError",
}
"""The modules of which it only uses the class of their errors, and that class."""

_MARKED = ("scanner", "parser", "composer", "constructor")
"""Those whose errors have places."""


def load() -> tuple[Any, Any, type[Exception]]:
    """The class of parsers, the module of events, and the class of all errors."""
    # PyYAML's own reader and scanner compile patterns that the parser in C does not use.
    with patterns.deferred():
        if patterns.alone and "yaml" not in sys.modules:
            try:
                return _parser_in_c()
            except Exception:
                # Another release, or no parser in C.
                for name in [name for name in sys.modules if name.partition(".")[0] == "yaml"]:
                    del sys.modules[name]
        import yaml

        parser: Any
        try:
            parser = _imported("yaml._yaml").CParser
        except ImportError:
            from .pure import PureParser as parser
    return parser, yaml.events, yaml.YAMLError


def _parser_in_c() -> tuple[Any, Any, type[Exception]]:
    specs = (finder.find_spec("yaml", None) for finder in sys.meta_path)
    spec = next(filter(None, specs))
    package: Any = type(sys)("yaml")
    package.__path__ = spec.submodule_search_locations
    package.__spec__ = spec
    sys.modules["yaml"] = package
    try:
        modules = {name: _imported(f"yaml.{name}") for name in _WHOLE}
        errors = modules["error"]
        for name, error in _ERRORS.items():
            module = sys.modules[f"yaml.{name}"] = type(sys)(f"yaml.{name}")
            base = errors.MarkedYAMLError if name in _MARKED else errors.YAMLError
            setattr(module, error, type(error, (base,), {}))
            setattr(package, name, module)
        return _imported("yaml._yaml").CParser, modules["events"], errors.YAMLError
    finally:
        # A later import of PyYAML gets the whole of it.
        for name in ("", *_ERRORS):
            sys.modules.pop(f"yaml.{name}".rstrip("."), None)


def _imported(name: str) -> Any:
    return __import__(name, fromlist=("",))
