"""``include``: other stacks whose services and resources become part of this one."""

from __future__ import annotations

from collections.abc import Callable

from ..base.patterns import on_demand
from ..base.suggest import nearest
from ..base.text import Span
from ..files.paths import folder_of, join_path
from ..files.reader import ReadProblem
from ..source.dotenv_parser import parse_env
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .context import Context, Source, is_remote_file, unread
from .merge import describe
from .nodes import is_null, place_of, text_value, with_entries, with_value, without
from .problem import Problem, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.dotenv import EnvProblem, EnvSyntax
    from .environment import Variables

SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")
"""What an included stack contributes."""

_KEYS = ("path", "project_directory", "env_file")

LoadModel = Callable[
    [list[tuple[str, Node]], str, "Variables", tuple[tuple[str, Node | None], ...]],
    Mapping | None,
]
"""Loads a stack of files: their paths, project folder, variables, the chain of includes."""


def apply_include(
    context: Context,
    root: Mapping,
    folder: str,
    variables: Variables,
    chain: tuple[tuple[str, Node | None], ...],
    load: LoadModel,
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
                f"include is {describe(value)}, it must be a list",
                place_of(entry).span,
                f"Write it as a list item: - {value.raw}" if isinstance(value, Scalar) else "",
            )
        )
        return root
    for item in value.items:
        included = _included(context, item, folder, variables, chain, load)
        if included is not None:
            root = _import(context, root, included, item)
    return root


def _included(
    context: Context,
    item: Node,
    folder: str,
    variables: Variables,
    chain: tuple[tuple[str, Node | None], ...],
    load: LoadModel,
) -> Mapping | None:
    if is_null(item):
        return None
    paths, project, env_files = item, None, None
    if isinstance(item, Mapping):
        path_node = item.get("path")
        if path_node is None or is_null(path_node):
            context.report(
                Problem(
                    "include-without-path",
                    "this include names no path, so Docker Compose includes nothing",
                    item.span,
                    "Write `path:` with the file to include.",
                    rejects=False,
                )
            )
            return None
        for entry in item.entries:
            if entry.name not in _KEYS and not entry.name.startswith("x-"):
                near = nearest(entry.name, _KEYS)
                context.report(
                    Problem(
                        "include-ignored-key",
                        f'Docker Compose ignores "{entry.name}" in an include',
                        entry.key.span,
                        f'Did you mean "{near}"?' if near else "",
                        rejects=False,
                    )
                )
        paths = path_node
        project, env_files = item.get("project_directory"), item.get("env_file")
    elif not isinstance(item, Scalar) or not isinstance(item.value, str):
        context.partial = True
        context.report(
            Problem(
                "include-form",
                f"an include is a path or a mapping with `path`, not {_shown(item)}",
                item.span,
            )
        )
        return None
    files: list[tuple[str, Node]] = []
    for node in _texts(context, paths):
        text = text_value(node) or ""
        if is_remote_file(text):
            context.partial = True
            return None
        files.append((join_path(folder, text), node))
    if not files:
        return None
    main = files[0][0]
    for index, (path, _) in enumerate(chain):
        again = next((node for name, node in files if name == path), None)
        if again is not None:
            names = [link[0] for link in chain[index:]]
            context.report(
                Problem(
                    "include-cycle",
                    "files include each other in a circle: " + " -> ".join((*names, path)),
                    again.span,
                    related=tuple(
                        Related(f"{name} is included", node.span)
                        for name, node in chain[index + 1 :]
                        if node is not None
                    ),
                )
            )
            return None
    own = text_value(project)
    project_folder = join_path(folder, own) if own else folder_of(main)
    syntaxes = _env_files(context, env_files, folder, project_folder)
    if syntaxes:
        variables = variables.including(syntaxes)
    if own and context.reader.kind(project_folder) == "missing":
        # Compose takes what is no folder for a file, and the folder it would lie in.
        project_folder = join_path(project_folder, "..")
    return load(files, project_folder, variables, chain)


def _texts(context: Context, node: Node) -> list[Node]:
    items = node.items if isinstance(node, Sequence) else [node]
    found: list[Node] = []
    for item in items:
        if text_value(item) is None:
            context.partial = True
            context.report(
                Problem("include-form", f"a path is expected, not {_shown(item)}", item.span)
            )
        else:
            found.append(item)
    return found


def _shown(node: Node) -> str:
    return node.raw or "nothing" if isinstance(node, Scalar) else f"a {node.kind}"


def _env_files(
    context: Context, given: Node | None, folder: str, project_folder: str
) -> list[EnvSyntax]:
    reader = context.reader
    syntaxes: list[EnvSyntax] = []
    if given is None or is_null(given) or (isinstance(given, Sequence) and not given.items):
        path = join_path(project_folder, ".env")
        if reader.kind(path) != "file":
            return []
        wanted: list[tuple[str, Node | None]] = [(path, None)]
    else:
        wanted = [
            (join_path(folder, text_value(node) or ""), node)
            for node in _texts(context, given)
            if text_value(node) != "/dev/null"
        ]
    for path, node in wanted:
        syntax = read_env(context, path, "dotenv", node)
        if syntax is not None:
            syntaxes.append(syntax)
    return syntaxes


def read_env(
    context: Context, path: str, role: str, reference: Node | None, what: str = "env-file"
) -> EnvSyntax | None:
    """A file of variables; None after a report where it cannot be used."""
    text = context.reader.read_env(path)
    span = reference.span if reference is not None else None
    if isinstance(text, ReadProblem):
        context.sources.setdefault((path, role), Source(path, role, None, None, text, span))
        if span is not None or text.kind != "file-missing":
            context.report(unread(text, span, what, context.main))
        return None
    context.sources.setdefault((path, role), Source(path, role, text, None, None, span))
    syntax = parse_env(text)
    report_env_syntax(context, syntax, reference)
    return syntax


def report_env_syntax(context: Context, syntax: EnvSyntax, reference: Node | None) -> None:
    """Report why Compose refuses a file of variables, if it does."""
    for problem in syntax.problems:
        if problem.fatal:
            context.report(
                Problem(
                    "env-file-syntax",
                    _env_message(syntax, problem),
                    Span(syntax.file, problem.start, problem.end),
                    related=(Related("used here", reference.span),) if reference else (),
                )
            )


_REFERENCE = on_demand(r"\$\{?\w*(?::?[-?+])?")


def _env_message(syntax: EnvSyntax, problem: EnvProblem) -> str:
    """What is wrong with a file of variables, without a word of a value: it may be secret."""
    text = syntax.file.text
    line = text.rfind("\n", 0, problem.start) + 1
    stop = text.find("\n", line)
    name, equals, _ = text[line : stop if stop >= 0 else len(text)].partition("=")
    of = f" of {name.strip()[:40]}" if equals else ""
    if problem.kind == "space-in-key":
        return f'the name "{name.strip()[: 40 if equals else 24]}" holds a blank'
    if problem.kind == "unterminated-quote":
        return f"the quote around the value{of} is not closed"
    if problem.kind == "invalid-character":
        character = text[problem.start : problem.start + 1]
        return f'the name of a variable holds the character "{character}", which it may not'
    if problem.kind == "invalid-template":
        reference = _REFERENCE.search(text, problem.start, problem.end)
        shown = f' at "{reference[0]}"' if reference else ""
        return f"the reference to a variable in the value{of} is malformed{shown}"
    return problem.message


def _import(context: Context, root: Mapping, included: Mapping, item: Node) -> Mapping:
    """Add what an included stack defines; a name that is taken must mean the same thing."""
    for section in SECTIONS:
        source = included.get(section)
        if not isinstance(source, Mapping):
            continue
        target = root.get(section)
        if target is None:
            entry = included.entry(section)
            assert entry is not None
            root = with_value(root, section, source, entry.key)
            continue
        if not isinstance(target, Mapping):
            continue
        entries = list(target.entries)
        for entry in source.entries:
            own = target.entry(entry.name)
            if own is None:
                entries.append(entry)
            elif not same(own.value, entry.value):
                context.report(
                    Problem(
                        "include-conflict",
                        f"{section}.{entry.name} is defined here and in what {_included_by(item)} "
                        "includes, and not alike",
                        (own.key if own.key.file is item.file else item).span,
                        "Rename one, or change the included one in an override file: "
                        "`include: [{path: [file, override]}]`.",
                        (
                            Related("the included one", entry.key.span),
                            Related("included here", item.span),
                        ),
                    )
                )
        if len(entries) > len(target.entries):
            root = with_value(root, section, with_entries(target, entries))
    return root


def _included_by(item: Node) -> str:
    return f"line {item.file.position(item.start).line}"


def same(left: Node, right: Node) -> bool:
    """Whether two values are equal, whatever the order of their keys."""
    if left is right:
        return True
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return left.value == right.value and type(left.value) is type(right.value)
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        return len(left.items) == len(right.items) and all(
            same(one, other) for one, other in zip(left.items, right.items, strict=True)
        )
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if len(left.entries) != len(right.entries):
            return False
        for entry in left.entries:
            other = right.entry(entry.name)
            if other is None or not same(entry.value, other.value):
                return False
        return True
    return False
