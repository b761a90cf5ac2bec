"""What a shell offers for the values of options and arguments.

Click knows verbs, options, choices and paths. Here are presets, rules, and what is in the files at
hand: profiles and services. Nothing that goes wrong may show, and nothing may take long.
"""

from __future__ import annotations

from contextlib import suppress

from click.shell_completion import CompletionItem

from ..base.names import FORMATS, PRESETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import click

    from ..model.project import Project
    from ..rule import Rule

_LISTS = ("select", "extend_select", "ignore", "fixable", "unfixable", "critical")
"""Options whose values hold several items, separated by commas."""

_REPORT_FILES = {
    "gitlab": "gl-code-quality-report.json",
    "sarif": "composelint.sarif",
    "junit": "composelint.xml",
    "checkstyle": "checkstyle.xml",
    "markdown": "composelint.md",
    "html": "composelint.html",
    "json-lines": "composelint.jsonl",
}


def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The values of an option or argument that begin with what is typed."""
    items: list[CompletionItem] = []
    if param.name in _PATHS:
        return [CompletionItem(incomplete, type="dir" if param.name == "cache_dir" else "file")]
    if param.name == "where":
        items.append(CompletionItem(incomplete, type="file"))
    find = _VALUES.get(param.name or "")
    if find is None:
        return param.type.shell_complete(ctx, param, incomplete)
    before = ""
    if param.name in _LISTS:
        head, comma, incomplete = incomplete.rpartition(",")
        before = head + comma
    given = {item.casefold() for item in before.split(",")}
    with suppress(Exception):
        for value, help in find(ctx, incomplete):
            if value.casefold() not in given and value.startswith(incomplete):
                items.append(CompletionItem(before + value, help=help or None))
    return items


def _presets(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "") for name in PRESETS)


def _rules(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    """Codes of rules in the case that is typed, names, and for lists of rules categories."""
    from ..base.names import TOPICS
    from ..rule import CATEGORIES
    from ..rulebook.registry import listed_rules

    if ctx.info_name != "rule":
        yield "ALL", ""
        yield from CATEGORIES.items()
    rules: list[Rule] = [rule for topic in TOPICS for rule in listed_rules(topic)]
    rules += _added_rules(ctx)
    is_lower = typed != typed.upper()
    for rule in sorted(rules, key=lambda rule: rule.code):
        # Only when letters of a code are typed: names say more.
        if typed and typed[:2].isalpha():
            yield (rule.code.lower() if is_lower else rule.code), rule.name
        yield rule.name, rule.code


def _added_rules(ctx: click.Context) -> list[Rule]:
    """The rules that the configuration of the working folder adds."""
    from ..config.options import Options
    from ..engine.configs import Configs
    from ..rulebook.plugins import extra_rules

    with suppress(Exception):
        return extra_rules(Configs(Options()).of("."))
    return []


def _settings(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    from ..config.schema import CONFIG

    for key, schema in CONFIG["properties"].items():
        yield key, schema.get("description", "").partition(". ")[0]


def _profiles(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    names = {
        name
        for project in _projects(ctx)
        for stack in project.stacks
        for name in stack.loaded.profiles
    }
    yield from ((name, "") for name in sorted(names))


def _services(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    names = {
        name for project in _projects(ctx) for stack in project.stacks for name in stack.services
    }
    yield from ((name, "") for name in sorted(names))


def _value_paths(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    """Paths of values in the stack, one key longer than what is typed."""
    from ..compose.nodes import entries_of, items_of
    from ..insight.key_paths import locate, parse_path, shown_path
    from ..insight.keys import describe

    head = typed[: max(typed.rfind("."), typed.rfind("["), 0)]
    for project in _projects(ctx):
        for stack in project.stacks:
            parts = parse_path(head) if head else ()
            if parts and parts[0] in stack.services:
                parts = ("services", *parts)
            path, node, rest = locate(stack.tree, parts)
            if rest:
                continue
            shift = 0 if not head or shown_path(path).startswith(head) else len("services.")
            inner = [entry.name for entry in entries_of(node)]
            for part in (*inner, *range(len(items_of(node)))):
                longer = (*path, part)
                yield shown_path(longer)[shift:], describe(longer)
            if not head:
                yield from ((name, "service") for name in stack.services)


def _projects(ctx: click.Context) -> list[Project]:
    """The stacks of the call so far: of its files, else of those that Compose finds here."""
    from ..config.options import Options
    from ..engine.run import load_project
    from ..engine.workspace import open_workspace
    from ..files.disk import DISK
    from ..files.kinds import COMPOSE_NAMES

    stacks = tuple(ctx.params.get("stacks") or ())
    # An option without its value, which is being typed, leaves the paths before it in ``args``.
    given = [each for each in ctx.args if DISK.kind(each) != "missing"]
    paths: Iterable[str] = ctx.params.get("paths") or given
    where = ctx.params.get("where")
    if where and DISK.kind(where) != "missing":
        paths = [where]
    if not paths and not stacks:
        paths = [name for name in COMPOSE_NAMES if DISK.kind(name) == "file"][:1]
    if not paths and not stacks:
        return []
    workspace = open_workspace(tuple(paths), Options(stacks=stacks, isolated=True))
    return [load_project(group.files, group.settings) for group in workspace.groups]


def _reports(ctx: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    for name in FORMATS:
        yield f"{name}={_REPORT_FILES.get(name, f'composelint-{name}.txt')}", ""


_VALUES: dict[str, Callable[[click.Context, str], Iterator[tuple[str, str]]]] = {
    "preset": _presets,
    "select": _rules,
    "extend_select": _rules,
    "ignore": _rules,
    "fixable": _rules,
    "unfixable": _rules,
    "selectors": _rules,
    "words": _rules,
    "key": _settings,
    "value_path": _value_paths,
    "where": _value_paths,
    "profiles": _profiles,
    "critical": _services,
    "reports": _reports,
}
"""By the name of an option or argument: its values, each with a word about it."""

_PATHS = frozenset(
    ("baseline", "cache_dir", "config", "env_files", "output_file", "stacks", "stdin_filename")
)
"""Options whose values are paths."""
