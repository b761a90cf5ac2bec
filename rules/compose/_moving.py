"""Moves secrets out of a Compose file: to a file that git ignores, or to a variable."""

from __future__ import annotations

import re

from ...linter.base.text import Span
from ...linter.edits.yaml import add_entry, append_item, line_start, written_root, written_service
from ...linter.rule import Applicability, Create, Edit, Fix
from ...linter.source.yaml.nodes import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.edits.yaml import Tree
    from ...linter.model.stack import Service
    from ...linter.model.values import EnvVar

FOLDER = "secrets"
EXAMPLE = ".env.example"
REASON = "set it in .env"
_DEFAULT = r"\$\{([A-Za-z_][A-Za-z0-9_]*):?-[^$}]*\}\Z"
_PLAIN = r"[A-Za-z0-9_./:@%+,=^*!?~-]*\Z"

Secrets = list[tuple["EnvVar", str]]


def move_out(service: Service, found: Secrets) -> Fix | None:
    """The fix that leaves none of these secrets in the file; None where that is not certain."""
    facts = service.facts
    to_file = [
        (variable, value)
        for variable, value in found
        if facts is not None
        and facts.reads_file(variable.name)
        and "$" not in variable.value_span.text
    ]
    fix = _to_files(service, to_file) if len(to_file) == len(found) else None
    return fix or _to_variables(service, found)


# --- to files


def _to_files(service: Service, found: Secrets) -> Fix | None:
    stack = service.stack
    facts = service.facts
    block, root = written_service(service), written_root(service)
    file = service.key.file
    if facts is None or block is None or root is None or _folder(file.path) != stack.loaded.folder:
        return None
    edits: list[Edit | Create] = []
    names: list[str] = []
    tree: dict[str, Tree] = {}
    for variable, value in found:
        node = variable.node
        if node.file is not file or not block.start <= node.start < block.end:
            return None
        if "\n" in variable.value_span.text or variable.value_span == variable.name_span:
            return None
        name = _secret_name(service, variable.name)
        if name is None:
            return None
        names.append(name)
        tree[name] = {"file": f"./{FOLDER}/{name}"}
        edits.append(Edit(variable.name_span, facts.file_variables[variable.name]))
        edits.append(Edit(variable.value_span, f"/run/secrets/{name}"))
        edits.append(Create(_in(stack.loaded.folder, f"{FOLDER}/{name}"), value))
    use = _use(service, block, names)
    declare = _declare(root, tree)
    ignore = _ignore(service)
    if use is None or declare is None:
        return None
    edits += _joined(use, declare)
    edits += ignore
    changes = (f"{service.path}.environment", f"{service.path}.secrets", "secrets")
    return Fix(
        f"Move {_listed(found)} to {'secrets' if len(found) > 1 else 'a secret'} that git ignores",
        tuple(edits),
        Applicability.UNSAFE,
        changes,
    )


def _secret_name(service: Service, variable: str) -> str | None:
    stack = service.stack
    base = variable.lower()
    for name in (base, f"{service.name.lower()}_{base}"):
        path = _in(stack.loaded.folder, f"{FOLDER}/{name}")
        if name not in stack.secrets and not stack.project.exists(path):
            return name
    return None


def _use(service: Service, block: Mapping, names: list[str]) -> Edit | None:
    """The edit that gives a service the secrets."""
    entry = block.entry("secrets")
    if entry is None:
        return None if service.get("secrets") else add_entry(block, ["secrets"], list(names))
    if not isinstance(entry.value, Sequence):
        return None
    edits = [append_item(entry.value, name) for name in names]
    return _merged([edit for edit in edits if edit is not None])


def _declare(root: Mapping, tree: dict[str, Tree]) -> Edit | None:
    """The edit that declares the secrets at the top level."""
    if root.entry("secrets") is None:
        return add_entry(root, ["secrets"], tree)
    edits = [add_entry(root, ["secrets", name], value) for name, value in tree.items()]
    return _merged([edit for edit in edits if edit is not None])


def _merged(edits: list[Edit]) -> Edit | None:
    """Insertions at one place as one."""
    if not edits or any(edit.span != edits[0].span for edit in edits):
        return None
    return Edit(edits[0].span, "".join(edit.replacement for edit in edits))


def _joined(inner: Edit, outer: Edit) -> list[Edit]:
    """Both edits; at one place the inner block's comes first."""
    if inner.span == outer.span:
        return [Edit(inner.span, inner.replacement + outer.replacement)]
    return [inner, outer]


def _ignore(service: Service) -> list[Edit | Create]:
    """What makes git ignore the files of secrets, where it does not yet."""
    stack = service.stack
    folder = stack.loaded.folder
    if stack.project.ignored_by_git(_in(folder, f"{FOLDER}/x")):
        return []
    return [_appended(service, ".gitignore", f"/{FOLDER}/\n")]


# --- to variables


def _to_variables(service: Service, found: Secrets) -> Fix | None:
    stack = service.stack
    folder = stack.loaded.folder
    given = _in(folder, ".env")
    has_env = stack.project.exists(given)
    if has_env and not stack.project.ignored_by_git(given):
        return None
    edits: list[Edit | Create] = []
    listed: list[str] = []
    values: list[str] = []
    changes: list[str] = []
    users: dict[Span, list[str]] = {}
    for other in stack.services.values():
        for item in other.environment.values():
            users.setdefault(item.value_span, []).append(f"{other.path}.environment")
    for variable, value in found:
        span = variable.value_span
        shown = span.text
        if not shown or "\n" in shown or span == variable.name_span or "\n" in value:
            return None
        name = _variable_name(service, variable, value)
        if name is None:
            return None
        edits.append(Edit(span, _required(span, name)))
        known = stack.loaded.variables.definition(name)
        if known is None or known.entry is None:
            values.append(f"{name}={_env_value(value)}\n")
        listed.append(name)
        changes += users.get(span, ())
        changes += [
            entry.name
            for entry in stack.tree.entries
            if entry.name.startswith("x-")
            and entry.value.file is span.file
            and entry.value.start <= span.start < entry.value.end
        ]
    documented = stack.documented_variables
    lines = [f"{name}=\n" for name in dict.fromkeys(listed) if name not in documented]
    if lines:
        edits.append(_appended(service, _example(service), "".join(lines)))
    if has_env and values:
        edits.append(_appended(service, ".env", "".join(dict.fromkeys(values))))
    return Fix(
        f"Ask for {', '.join(listed)} instead, to be set in .env",
        tuple(edits),
        Applicability.UNSAFE,
        tuple(dict.fromkeys(changes)),
    )


def _variable_name(service: Service, variable: EnvVar, value: str) -> str | None:
    """The name of the variable that takes the secret's place; None where none is free."""
    shown = variable.value_span.text.strip("\"'")
    default = re.match(_DEFAULT, shown)
    if default:
        return default[1]
    if "$" in shown:
        return None
    plain = re.sub(r"[^A-Za-z0-9]+", "_", variable.name).strip("_").upper()
    if not plain or plain[0].isdigit():
        return None
    own = re.sub(r"[^A-Za-z0-9]+", "_", service.name).strip("_").upper()
    variables = service.stack.loaded.variables
    for name in (plain, f"{own}_{plain}"):
        if name == plain and _differs_elsewhere(service, variable):
            continue
        known = variables.lookup(name)
        if (known is None or known == value) and not name[0].isdigit():
            return name
    return None


def _differs_elsewhere(service: Service, variable: EnvVar) -> bool:
    """Whether another service has a variable of this name with another value."""
    return any(
        other is not service
        and (twin := other.environment.get(variable.name)) is not None
        and twin.value_span.text.strip("\"'") != variable.value_span.text.strip("\"'")
        for other in service.stack.services.values()
    )


def _required(span: Span, name: str) -> str:
    """The reference as it is to be written where ``span`` stands, with its quotes."""
    text = f"${{{name}:?{REASON}}}"
    shown = span.text
    if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "\"'":
        return shown[0] + text + shown[0]
    before = span.file.text[line_start(span.file.text, span.start) : span.start]
    inside_quotes = span.file.text[span.end : span.end + 1] in ("'", '"')
    return (
        f'"{text}"'
        if ("{" in before or "[" in before)
        and not inside_quotes
        and not before.rstrip().endswith("=")
        else text
    )


def _example(service: Service) -> str:
    """The file that lists the variables to set: the one that is there, else ``.env.example``."""
    stack = service.stack
    for name in (EXAMPLE, ".env.sample", ".env.template", ".env.dist"):
        if stack.project.exists(_in(stack.loaded.folder, name)):
            return name
    return EXAMPLE


def _env_value(value: str) -> str:
    if re.match(_PLAIN, value):
        return value
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


# --- both


def _appended(service: Service, name: str, lines: str) -> Edit | Create:
    """Lines at the end of a file in the stack's folder, which is made where it is not there."""
    path = _in(service.stack.loaded.folder, name)
    source = service.stack.project.source(path)
    if source is None:
        return Create(path, lines)
    end = len(source.text)
    gap = "" if not source.text or source.text.endswith("\n") else "\n"
    return Edit(Span(source, end, end), gap + lines)


def _listed(found: Secrets) -> str:
    return ", ".join(variable.name for variable, _ in found)


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _in(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"
