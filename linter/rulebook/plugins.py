"""Rules that a configuration adds: those of plug-ins, which are modules that it names."""

from __future__ import annotations

import os
import sys

from ..base.names import SUBJECT_TOPICS
from ..files.disk import DISK
from ..files.paths import shown
from .registry import forget_module, module_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..config.settings import Config
    from ..rule import Rule

_OURS = f"{__name__.partition('.')[0]}."


def extra_rules(config: Config) -> list[Rule]:
    """The rules that a configuration adds: those of plug-ins, then those of policies."""
    if not (config.plugins or config.policies):
        return []
    from .policies import load_policies

    return [*load_plugins(config.plugins), *load_policies(config)]


def load_plugins(plugins: Iterable[str]) -> list[Rule]:
    """The rules that these modules and files declare.

    Raises:
        ValueError: as ``load_plugin`` does.
    """
    return [rule for plugin in plugins for rule in load_plugin(plugin)]


def beside(name: str, folder: str) -> str:
    """The file of a plug-in in a folder (``NAME.py`` or ``NAME/__init__.py``), else its name."""
    path = os.path.join(folder, *name.split("."))
    for file in (f"{path}.py", os.path.join(path, "__init__.py")):
        if DISK.kind(file) == "file":
            return file
    return name


def load_plugin(plugin: str) -> list[Rule]:
    """The rules that a module declares, given by its name or its file; imports the module.

    Raises:
        ValueError: if it cannot be imported, declares no rules, or one that cannot run.
    """
    name = _name_of(plugin)
    module = _module_of(plugin)
    try:
        if module == plugin:
            from importlib import import_module

            import_module(plugin)
        elif module not in sys.modules:
            _import_file(module, plugin)
    except (Exception, SystemExit) as error:
        forget_module(module)
        sys.modules.pop(module, None)
        raise ValueError(
            f'the plug-in "{name}" cannot be imported: {reason_of(error, place_of(error))}'
        ) from error
    rules = module_rules(module)
    if not rules:
        raise ValueError(f'the plug-in "{name}" declares no rules')
    for rule in rules:
        if not isinstance(rule.subject, str):
            # A module without ``from __future__ import annotations``.
            rule.subject = getattr(rule.subject, "__name__", "")
        if rule.subject not in SUBJECT_TOPICS:
            raise ValueError(
                f'the plug-in "{name}": {rule.code} runs on "{rule.subject}", which is none of '
                + ", ".join(SUBJECT_TOPICS)
            )
        # Our documentation has no page about it.
        rule.url = rule.url or ""
    return list(rules)


def _name_of(plugin: str) -> str:
    """What a plug-in is called: the name of its module."""
    folder, file = os.path.split(plugin)
    if file == "__init__.py":
        return os.path.basename(folder)
    return file.removesuffix(".py") if folder else plugin


def _module_of(plugin: str) -> str:
    """The name in ``sys.modules``; for a file one that no other file has, nor the file once changed."""
    if not os.path.isabs(plugin):
        return plugin
    from zlib import crc32

    key = f"{plugin}\0{DISK.stamp(plugin)}"
    return f"{_BY_PATH}{crc32(key.encode('utf-8', 'surrogateescape')):08x}_{_name_of(plugin)}"


_BY_PATH = "_plugin_"


def is_found_by_path(rule: Rule) -> bool:
    """Whether a rule is that of a plug-in beside a configuration, and not of an installed one."""
    return rule.check.__module__.startswith(_BY_PATH)


def _import_file(module: str, path: str) -> None:
    """Import a file as a module; nothing is written beside it."""
    from importlib.machinery import ModuleSpec, SourceFileLoader
    from importlib.util import module_from_spec

    loader = SourceFileLoader(module, path)
    is_package = os.path.basename(path) == "__init__.py"
    spec = ModuleSpec(module, loader, origin=path, is_package=is_package)
    spec.has_location = True
    if is_package:
        spec.submodule_search_locations = [os.path.dirname(path)]
    loaded = module_from_spec(spec)
    sys.modules[module] = loaded
    writes_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(loaded)
    finally:
        sys.dont_write_bytecode = writes_nothing


# --- errors of plug-ins


def is_plugin(rule: Rule) -> bool:
    """Whether a rule is that of a plug-in: not built in, and not a policy."""
    return not rule.check.__module__.startswith(_OURS)


def place_of(error: BaseException, rule: Rule | None = None) -> str:
    """The file and line of a plug-in where an error was raised, or of the function of its rule.

    It is the last place outside of composelint and of Python's own modules.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown(error.filename)}:{error.lineno}"
    place = ""
    for file, line in _frames(error):
        if not _is_of_python(file):
            place = f"{shown(file)}:{line}"
    if not place and rule is not None:
        code = getattr(rule.check, "__code__", None)
        place = f"{shown(code.co_filename)}:{code.co_firstlineno}" if code is not None else ""
    return place


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    """The files and lines of an error that are not ours, the outermost first."""
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if not str(name).startswith(_OURS):
            yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


_LIBRARY = os.path.dirname(os.__file__) + os.sep


def _is_of_python(file: str) -> bool:
    """Whether a file is one of Python's own modules, and of none that is installed."""
    return file.startswith("<") or (file.startswith(_LIBRARY) and "site-packages" not in file)


def reason_of(error: BaseException, place: str) -> str:
    """An error in one line, with its place."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    reason = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{reason} ({place})" if place else reason
