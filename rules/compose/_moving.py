"""Moves secrets out of a Compose file: to a file that git ignores, or to a variable."""

from __future__ import annotations

import re

from ...linter.base.text import Span
from ...linter.edits.yaml import add_entry, append_item, line_start, written_root, written_service
from ...linter.files.paths import join_path
from ...linter.model.stack import EXAMPLE_ENV_FILES
from ...linter.rule import Applicability, Create, Edit, Fix
from ...linter.source.yaml.nodes import Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.edits.yaml import Tree
    from ...linter.model.service import Service
    from ...linter.model.values import EnvVar

FOLDER = "secrets"
EXAMPLE = ".env.example"
REASON = "set it in .env"
_DEFAULT = r"\$\{([A-Za-z_][A-Za-z0-9_]*):?-[^$}]*\}\Z"
_PLAIN = r"[A-Za-z0-9_./:@%+,=^*!?~-]*\Z"

Secrets = list[tuple["EnvVar", str]]


def move_out(service: Service, secrets: Secrets) -> Fix | None:
    """The fix that leaves none of these secrets in the file; None where that is not certain."""
    facts = service.facts
    readable = facts is not None and all(
        facts.reads_file(variable.name) and "$" not in variable.value_span.text
        for variable, _ in secrets
    )
    fix = _to_files(service, secrets) if readable else None
    return fix or _to_variables(service, secrets)


# --- to files


def _to_files(service: Service, secrets: Secrets) -> Fix | None:
    """The fix that lets the image read the secrets from files that git ignores."""
    stack, facts, file = service.stack, service.facts, service.key.file
    folder = stack.loaded.folder
    block, root = written_service(service), written_root(service)
    if facts is None or block is None or root is None:
        return None
    if (file.path.rpartition("/")[0] or ".") != folder:
        return None
    edits: list[Edit | Create] = []
    names: list[str] = []
    for variable, value in secrets:
        start = variable.node.start
        if variable.node.file is not file or not block.start <= start < block.end:
            return None
        if "\n" in variable.value_span.text or variable.value_span == variable.name_span:
            return None
        name = _secret_name(service, variable.name)
        if name is None:
            return None
        names.append(name)
        edits.append(Edit(variable.name_span, facts.file_variables[variable.name]))
        edits.append(Edit(variable.value_span, f"/run/secrets/{name}"))
        edits.append(Create(join_path(folder, f"{FOLDER}/{name}"), value))
    use, declare = _use(service, block, names), _declare(root, names)
    if use is None or declare is None:
        return None
    # At one place the inner block's text comes first.
    joined = _merged([use, declare])
    edits += [joined] if joined is not None else [use, declare]
    if not stack.project.ignored_by_git(join_path(folder, f"{FOLDER}/x")):
        edits.append(_appended(service, ".gitignore", f"/{FOLDER}/\n"))
    listed = ", ".join(variable.name for variable, _ in secrets)
    return Fix(
        f"Move {listed} to {'secrets' if len(secrets) > 1 else 'a secret'} that git ignores",
        tuple(edits),
        Applicability.UNSAFE,
        (f"{service.path}.environment", f"{service.path}.secrets", "secrets"),
    )


def _secret_name(service: Service, variable: str) -> str | None:
    """A name for the secret of a variable that no other secret or file has."""
    stack = service.stack
    base = variable.lower()
    for name in (base, f"{service.name.lower()}_{base}"):
        path = join_path(stack.loaded.folder, f"{FOLDER}/{name}")
        if name not in stack.secrets and not stack.project.exists(path):
            return name
    return None


def _use(service: Service, block: Mapping, names: list[str]) -> Edit | None:
    """The edit that gives a service the secrets."""
    entry = block.entry("secrets")
    if entry is None:
        return None if service.get("secrets") else add_entry(block, ["secrets"], names)
    if not isinstance(entry.value, Sequence):
        return None
    return _merged([append_item(entry.value, name) for name in names])


def _declare(root: Mapping, names: list[str]) -> Edit | None:
    """The edit that declares the secrets at the top level."""
    tree: dict[str, Tree] = {name: {"file": f"./{FOLDER}/{name}"} for name in names}
    if root.entry("secrets") is None:
        return add_entry(root, ["secrets"], tree)
    return _merged([add_entry(root, ["secrets", name], value) for name, value in tree.items()])


def _merged(edits: list[Edit | None]) -> Edit | None:
    """Insertions at one place as one; None where they are at several places."""
    made = [edit for edit in edits if edit is not None]
    if len({edit.span for edit in made}) != 1:
        return None
    return Edit(made[0].span, "".join(edit.replacement for edit in made))


# --- to variables


def _to_variables(service: Service, secrets: Secrets) -> Fix | None:
    """The fix that replaces the secrets by variables, set in an ``.env`` that git ignores."""
    stack = service.stack
    env_file = join_path(stack.loaded.folder, ".env")
    has_env_file = stack.project.exists(env_file)
    if has_env_file and not stack.project.ignored_by_git(env_file):
        return None
    edits: list[Edit | Create] = []
    names: list[str] = []
    settings: list[str] = []
    changes: list[str] = []
    users: dict[Span, list[str]] = {}
    for other in stack.services.values():
        for variable in other.environment.values():
            users.setdefault(variable.value_span, []).append(f"{other.path}.environment")
    for variable, value in secrets:
        span = variable.value_span
        shown = span.text
        if not shown or "\n" in shown or span == variable.name_span or "\n" in value:
            return None
        name = _variable_name(service, variable, value)
        if name is None:
            return None
        edits.append(Edit(span, _required(span, name)))
        definition = stack.loaded.variables.definition(name)
        if definition is None or definition.entry is None:
            settings.append(f"{name}={_env_value(value)}\n")
        names.append(name)
        changes += users.get(span, ())
        changes += [
            entry.name
            for entry in stack.tree.entries
            if entry.name.startswith("x-")
            and entry.value.file is span.file
            and entry.value.start <= span.start < entry.value.end
        ]
    documented = stack.documented_variables
    lines = [f"{name}=\n" for name in dict.fromkeys(names) if name not in documented]
    if lines:
        edits.append(_appended(service, _example(service), "".join(lines)))
    if has_env_file and settings:
        edits.append(_appended(service, ".env", "".join(dict.fromkeys(settings))))
    return Fix(
        f"Ask for {', '.join(names)} instead, to be set in .env",
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
        if variables.lookup(name) in (None, value) and not name[0].isdigit():
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
    """The reference to a variable as it has to be written at ``span``, with its quotes."""
    reference = f"${{{name}:?{REASON}}}"
    shown, text = span.text, span.file.text
    if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "\"'":
        return shown[0] + reference + shown[0]
    before = text[line_start(text, span.start) : span.start]
    in_flow = "{" in before or "[" in before
    in_quotes = text.startswith(("'", '"'), span.end)
    if in_flow and not in_quotes and not before.rstrip().endswith("="):
        return f'"{reference}"'
    return reference


def _example(service: Service) -> str:
    """The file that lists the variables to set: one that exists, else ``.env.example``."""
    stack = service.stack
    paths = {join_path(stack.loaded.folder, name): name for name in EXAMPLE_ENV_FILES}
    return next((name for path, name in paths.items() if stack.project.exists(path)), EXAMPLE)


def _env_value(value: str) -> str:
    """A value as an env file has it, in quotes where it needs them."""
    if re.match(_PLAIN, value):
        return value
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


# --- both


def _appended(service: Service, name: str, lines: str) -> Edit | Create:
    """The edit that adds lines to a file in the stack's folder, or creates the file."""
    path = join_path(service.stack.loaded.folder, name)
    source = service.stack.project.source(path)
    if source is None:
        return Create(path, lines)
    end = len(source.text)
    gap = "" if not source.text or source.text.endswith("\n") else "\n"
    return Edit(Span(source, end, end), gap + lines)
