"""Files of variables and labels: those of a project and those that services name."""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import Span
from ..files.reader import ReadProblem
from ..source.yaml.nodes import Mapping, Node, Scalar
from .casts import BOOLEANS
from .graph import profiles_of, runs_with
from .interpolation import required_variable
from .nodes import entries_of, items_of, text_value
from .problem import Problem, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.dotenv import EnvProblem, EnvSyntax, EnvValue
    from .context import Context
    from .environment import Variables


def read_env(context: Context, path: str, reference: Node | None) -> EnvSyntax | None:
    """A file of a project's variables; None after a report if it cannot be used.

    ``reference`` names the file. Without one it may be missing.
    """
    text = context.reader.read_env(path)
    span = reference.span if reference is not None else None
    context.add_source(path, "dotenv", text, span)
    if isinstance(text, ReadProblem):
        if span is not None or text.kind != "file-missing":
            context.report_unread(text, "env-file", span)
        return None
    from ..source.dotenv_parser import parse_env

    syntax = parse_env(text)
    _report_syntax(context, syntax, reference)
    return syntax


def report_failures(context: Context, values: Iterable[EnvValue]) -> None:
    """Report variables that values require but that are not set."""
    for value in values:
        for failure in value.failures:
            reference = failure.reference
            span = value.entry.locate(reference.start, reference.end)
            context.report(required_variable(failure, span))


# --- what services name ---


class ServiceEnvFile(NamedTuple):
    """One ``env_file`` or ``label_file`` of a service.

    ``kind`` is the kind of file at the path (see ``Reader.kind``), ``syntax`` its content
    if it could be read. ``active`` tells whether the service runs with the given profiles:
    only then does Compose read the file.
    """

    service: str
    role: str
    path: str
    node: Node
    required: bool
    active: bool
    kind: str
    syntax: EnvSyntax | None

    @property
    def span(self) -> Span:
        return self.node.span


def check_env_files(
    tree: Mapping, context: Context, variables: Variables, profiles: tuple[str, ...]
) -> tuple[ServiceEnvFile, ...]:
    """The files that services name, read. What Compose would refuse is reported."""
    files: list[ServiceEnvFile] = []
    for entry in entries_of(tree.get("services")):
        service = entry.value
        if not isinstance(service, Mapping):
            continue
        active = runs_with(profiles_of(service), profiles)
        named: list[tuple[str, Node | None, Node | None, Node | None]] = [
            ("env_file", item.get("path"), item.get("required"), item.get("format"))
            for item in items_of(service.get("env_file"))
            if isinstance(item, Mapping)
        ]
        named += [("label_file", item, None, None) for item in items_of(service.get("label_file"))]
        for role, node, required, form in named:
            path = text_value(node)
            if node is None or path is None:
                continue
            kind = "missing"
            if path and not path.startswith("~"):
                kind = context.reader.kind(path)
            needed = not _is_false(required)
            file = ServiceEnvFile(entry.name, role, path, node, needed, active, kind, None)
            files.append(file._replace(syntax=_read(context, file, form, variables)))
    return tuple(files)


def _is_false(node: Node | None) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    return value is False or (isinstance(value, str) and BOOLEANS.get(value.lower()) is False)


def _read(
    context: Context, file: ServiceEnvFile, form: Node | None, variables: Variables
) -> EnvSyntax | None:
    path, role, node = file.path, file.role, file.node
    if file.kind == "missing":
        missing = ReadProblem("file-missing", f"{path} does not exist", path)
        context.add_source(path, role, missing, node.span)
        if file.active and file.required and not path.startswith("~"):
            _report_missing(context, file)
        return None
    format_ = text_value(form) or ""
    if format_ not in ("", "raw", ".env"):
        if file.active and form is not None:
            message = f'the format "{format_}" of {path} is unknown; the only format is "raw"'
            context.report(Problem("env-file-format", message, form.span))
        return None
    text = context.reader.read_env(path)
    context.add_source(path, role, text, node.span)
    if isinstance(text, ReadProblem):
        if file.active:
            rejects = text.kind in ("path-is-directory", "unreadable-file")
            problem = Problem(text.kind, text.message, text.span or node.span, rejects=rejects)
            context.report(problem.depending_on(node))
        return None
    from ..source.dotenv import expand
    from ..source.dotenv_parser import parse_env, parse_raw_env

    syntax = parse_raw_env(text) if format_ == "raw" else parse_env(text)
    if file.active and not node.unknown:
        _report_syntax(context, syntax, node)
        if format_ != "raw":
            report_failures(context, expand(syntax, variables.lookup))
    return syntax


def _report_missing(context: Context, file: ServiceEnvFile) -> None:
    role = file.role
    reason = f"{file.path} does not exist" if file.path else f"the name of the {role} is empty"
    problem = Problem(
        f"{role.replace('_', '-')}-missing",
        f'{reason}, which service "{file.service}" names as its {role}',
        file.span,
        "" if role == "label_file" else "set `required: false` if the file may be absent",
    )
    context.report(problem.depending_on(file.node))


# --- syntax ---


def _report_syntax(context: Context, syntax: EnvSyntax, reference: Node | None) -> None:
    """Report why Compose refuses a file of variables, if it does."""
    for problem in syntax.problems:
        if problem.fatal:
            context.report(
                Problem(
                    "env-file-syntax",
                    _syntax_message(syntax, problem),
                    Span(syntax.file, problem.start, problem.end),
                    related=(Related("used here", reference.span),) if reference else (),
                )
            )


_REFERENCE = on_demand(r"\$\{?\w*(?::?[-?+])?")


def _syntax_message(syntax: EnvSyntax, problem: EnvProblem) -> str:
    """What is wrong with a file of variables, without any part of a value: it may be secret."""
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
        return f'the name of a variable contains the character "{character}", which is not allowed'
    if problem.kind == "invalid-template":
        reference = _REFERENCE.search(text, problem.start, problem.end)
        shown = f' at "{reference[0]}"' if reference else ""
        return f"the reference to a variable in the value{of} is malformed{shown}"
    return problem.message
