"""``include``: other stacks whose services and resources become part of this one."""

from __future__ import annotations

from ..base.suggest import QUESTION, hint
from ..files.paths import folder_of, join_path, seen_from
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .context import Context, NamedFile, Scope, is_remote_file
from .envfiles import read_env
from .merge import MERGES, describe, merge_entry
from .nodes import (
    is_null,
    place_of,
    remove,
    text_value,
    value_key,
    with_entries,
    with_value,
    without,
)
from .path_table import below
from .problem import Problem, Related
from .release import OLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..source.dotenv import EnvSyntax
    from .resolve import Path, Reset

    LoadModel = Callable[[list["NamedFile"], "Scope"], Mapping | None]
    """Loads the model of some files, for ``apply_include``."""

SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")
"""What an included stack contributes."""

_KEYS = ("path", "project_directory", "env_file")


def apply_include(
    context: Context, root: Mapping, resets: tuple[Reset, ...], scope: Scope, load: LoadModel
) -> Mapping:
    """A document with the resources of the stacks that it includes, and without ``include``."""
    entry = root.entry("include")
    if entry is None:
        return root
    root = without(root, ("include",))
    value = entry.value
    if is_null(value):
        return root
    if not isinstance(value, Sequence):
        context.partial = True
        context.report(
            Problem(
                "include-form",
                f"include is {describe(value)}; it must be a list",
                place_of(entry).span,
                f"write it as a list item: `- {value.raw}`" if isinstance(value, Scalar) else "",
            )
        )
        return root
    for item in value.items:
        included = _included(context, item, scope, load)
        if included is not None:
            root = _import(context, root, included, resets, item)
    return root


def _included(context: Context, item: Node, scope: Scope, load: LoadModel) -> Mapping | None:
    if is_null(item):
        return None
    paths, project, env_files = item, None, None
    if isinstance(item, Mapping):
        path = item.get("path")
        if path is None or is_null(path):
            context.report(
                Problem(
                    "include-without-path",
                    "this include has no path, so Docker Compose includes nothing",
                    item.span,
                    "set `path:` to the file to include",
                    rejects=False,
                )
            )
            return None
        _check_keys(context, item)
        paths, project, env_files = path, item.get("project_directory"), item.get("env_file")
    elif text_value(item) is None:
        context.partial = True
        message = f"an include is a path or a mapping with `path`, not {_shown(item)}"
        context.report(Problem("include-form", message, item.span))
        return None
    files: list[NamedFile] = []
    for node in _texts(context, paths):
        text = text_value(node) or ""
        if is_remote_file(text):
            context.partial = True
            return None
        files.append((join_path(scope.files_folder, text), node))
    if not files or _is_cycle(context, files, scope.chain):
        return None
    own = text_value(project)
    folder = join_path(scope.folder, own) if own else folder_of(files[0][0])
    variables = scope.variables.including(_env_files(context, env_files, scope.folder, folder))
    lookup = folder
    if own and context.reader.kind(folder) == "missing":
        # Compose takes a path that does not exist for a file, and uses that file's folder.
        folder = join_path(folder, "..")
    elif not own and scope.files_folder != scope.folder:
        # The folder is looked for from there, and its paths are joined to the project directory.
        folder = join_path(scope.folder, seen_from(scope.files_folder, folder))
    return load(files, Scope(folder, variables, scope.chain, lookup))


def _check_keys(context: Context, item: Mapping) -> None:
    for entry in item.entries:
        if entry.name not in _KEYS and not entry.name.startswith("x-"):
            context.report(
                Problem(
                    "include-ignored-key",
                    f'Docker Compose ignores "{entry.name}" in an include',
                    entry.key.span,
                    hint(entry.name, _KEYS, QUESTION),
                    rejects=False,
                )
            )


def _is_cycle(context: Context, files: list[NamedFile], chain: tuple[NamedFile, ...]) -> bool:
    """Whether one of the files is being included already, which is reported."""
    nodes = dict(reversed(files))
    for index, (path, _) in enumerate(chain):
        node = nodes.get(path)
        if node is not None:
            names = [name for name, _ in chain[index:]]
            context.report(
                Problem(
                    "include-cycle",
                    "files include each other in a circle: " + " -> ".join((*names, path)),
                    node.span,
                    related=tuple(
                        Related(f"{name} is included", node.span)
                        for name, node in chain[index + 1 :]
                        if node is not None
                    ),
                )
            )
            return True
    return False


def _texts(context: Context, node: Node) -> list[Node]:
    """A string, or the strings of a list. Items that are not strings are reported."""
    texts: list[Node] = []
    for item in node.items if isinstance(node, Sequence) else [node]:
        if text_value(item) is not None:
            texts.append(item)
            continue
        context.partial = True
        message = f"a path is expected, not {_shown(item)}"
        context.report(Problem("include-form", message, item.span))
    return texts


def _shown(node: Node) -> str:
    return node.raw or "nothing" if isinstance(node, Scalar) else f"a {node.kind}"


def _env_files(
    context: Context, node: Node | None, folder: str, project_folder: str
) -> list[EnvSyntax]:
    """The files of variables of an include; the default is ``.env`` in its project directory."""
    files: list[NamedFile]
    if node is None or is_null(node) or (isinstance(node, Sequence) and not node.items):
        path = join_path(project_folder, ".env")
        files = [(path, None)] if context.reader.kind(path) == "file" else []
    else:
        files = [
            (join_path(folder, text), item)
            for item in _texts(context, node)
            if (text := text_value(item) or "") != "/dev/null"
        ]
    syntaxes = [read_env(context, path, item) for path, item in files]
    return [syntax for syntax in syntaxes if syntax is not None]


def _import(
    context: Context, root: Mapping, included: Mapping, resets: tuple[Reset, ...], item: Node
) -> Mapping:
    """Add what an included stack defines.

    What is defined here as well is laid over it; before release 5 both had to be the same.
    """
    for section in SECTIONS:
        source = included.entry(section)
        if source is None or not isinstance(source.value, Mapping):
            continue
        target = root.get(section)
        if target is None:
            root = with_value(root, section, source.value, source.key)
            continue
        if not isinstance(target, Mapping):
            continue
        entries = {entry.name: entry for entry in target.entries}
        for entry in source.value.entries:
            own = entries.get(entry.name)
            if own is None:
                entries[entry.name] = entry
                continue
            if value_key(own.value) == value_key(entry.value):
                continue
            _report_conflict(context, section, own, entry, item)
            if context.release != OLDER:
                base = _without_resets(entry, (section, entry.name), resets)
                table = below(MERGES, section)
                merged = merge_entry(base, own, table, (section,), context.merging)
                entries[entry.name] = Entry(own.key, merged.value)
        root = with_value(root, section, with_entries(target, list(entries.values())))
    return root


def _without_resets(entry: Entry, path: Path, resets: tuple[Reset, ...]) -> Entry:
    """An included entry without what the file that includes it removes."""
    value = entry.value
    for reset, _ in resets:
        if len(reset) > len(path) and reset[: len(path)] == path and isinstance(value, Mapping):
            value = remove(value, reset[len(path) :])
    return Entry(entry.key, value)


def _report_conflict(context: Context, section: str, own: Entry, entry: Entry, item: Node) -> None:
    line = item.file.position(item.start).line
    context.report(
        Problem(
            "include-conflict",
            f"{section}.{entry.name} is defined here and in what line {line} "
            "includes, with different content",
            (own.key if own.key.file is item.file else item).span,
            "rename one, or change the included one in an override file: "
            "`include: [{path: [file, override]}]`",
            (
                Related("the included one", entry.key.span),
                Related("included here", item.span),
            ),
            only=OLDER,
        )
    )
