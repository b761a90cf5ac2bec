"""The files of variables and labels that services name: there or not, and what is in them."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..files.reader import ReadProblem
from ..source.dotenv import EnvSyntax, expand
from ..source.dotenv_parser import parse_env, parse_raw_env
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .casts import BOOLEANS
from .context import Context, Source
from .include import report_env_syntax
from .nodes import text_value, unset_names
from .problem import Problem, when_unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..base.text import Span
    from ..source.dotenv import EnvValue
    from .environment import Variables


class ServiceEnvFile(NamedTuple):
    """One ``env_file`` or ``label_file`` of a service.

    ``kind`` is what stands at the path (see ``Reader.kind``), ``syntax`` its content
    where it could be read. ``active`` tells whether the service runs with the profiles
    that were asked for: only then does Compose read the file.
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
    """Read what services name, and report what Compose would refuse."""
    services = tree.get("services")
    if not isinstance(services, Mapping):
        return ()
    found: list[ServiceEnvFile] = []
    for entry in services.entries:
        service = entry.value
        if not isinstance(service, Mapping):
            continue
        active = _active(service, profiles)
        env_files = service.get("env_file")
        if isinstance(env_files, Sequence):
            for item in env_files.items:
                file = _env_file(context, entry.name, item, active, variables)
                if file is not None:
                    found.append(file)
        label_files = service.get("label_file")
        if isinstance(label_files, Sequence):
            for item in label_files.items:
                path = text_value(item)
                if path is not None:
                    found.append(
                        _read(
                            context,
                            entry.name,
                            "label_file",
                            item,
                            path,
                            True,
                            active,
                            "",
                            variables,
                        )
                    )
    return tuple(found)


def _active(service: Mapping, profiles: tuple[str, ...]) -> bool:
    node = service.get("profiles")
    own = {text_value(item) for item in node.items} if isinstance(node, Sequence) else set()
    return not own or "*" in profiles or not own.isdisjoint(profiles)


def _env_file(
    context: Context, service: str, item: Node, active: bool, variables: Variables
) -> ServiceEnvFile | None:
    if not isinstance(item, Mapping):
        return None
    node = item.get("path")
    path = text_value(node)
    if node is None or path is None:
        return None
    required = item.get("required")
    needed = not (isinstance(required, Scalar) and _is_false(required))
    form = item.get("format")
    return _read(
        context,
        service,
        "env_file",
        node,
        path,
        needed,
        active,
        text_value(form) or "",
        variables,
        form,
    )


def _is_false(node: Scalar) -> bool:
    value = node.value
    return value is False or (isinstance(value, str) and BOOLEANS.get(value.lower()) is False)


def _read(
    context: Context,
    service: str,
    role: str,
    node: Node,
    path: str,
    required: bool,
    active: bool,
    form: str,
    variables: Variables,
    form_node: Node | None = None,
) -> ServiceEnvFile:
    reader = context.reader
    names = unset_names(node)
    what = role.replace("_", "-")
    kind = reader.kind(path) if path and not path.startswith("~") else "missing"
    known = not node.unknown and not path.startswith("~")
    syntax: EnvSyntax | None = None
    if kind == "missing":
        if active and (required or not path):
            rejects = not path.startswith("~")
            shown = f"{path} does not exist" if path else f"the name of the {role} is empty"
            if rejects and (required or path):
                context.report(
                    Problem(
                        f"{what}-missing",
                        f'{when_unset(names)}{shown}, which the service "{service}" '
                        f"names as its {role}",
                        node.span,
                        ""
                        if role == "label_file"
                        else "Where it may be absent, say `required: false`.",
                        unset=names,
                    )
                )
        context.sources.setdefault(
            (path, role),
            Source(
                path,
                role,
                None,
                None,
                ReadProblem("file-missing", f"{path} does not exist", path),
                node.span,
            ),
        )
    elif form not in ("", "raw", ".env"):
        if active and form_node is not None:
            context.report(
                Problem(
                    "env-file-format",
                    f'the format "{form}" of {path} is unknown; "raw" is the one there is',
                    form_node.span,
                )
            )
    else:
        text = reader.read_env(path)
        if isinstance(text, ReadProblem):
            context.sources.setdefault(
                (path, role), Source(path, role, None, None, text, node.span)
            )
            if active:
                context.report(
                    Problem(
                        text.kind,
                        when_unset(names) + text.message,
                        text.span or node.span,
                        rejects=text.kind in ("path-is-directory", "unreadable-file"),
                        unset=names,
                    )
                )
        else:
            context.sources.setdefault(
                (path, role), Source(path, role, text, None, None, node.span)
            )
            syntax = parse_raw_env(text) if form == "raw" else parse_env(text)
            if active and known:
                report_env_syntax(context, syntax, node)
                if form != "raw":
                    _required(context, syntax, variables)
    return ServiceEnvFile(service, role, path, node, required, active, kind, syntax)


def _required(context: Context, syntax: EnvSyntax, variables: Variables) -> None:
    """Report variables that a file's values require and nothing sets."""
    report_failures(context, expand(syntax, variables.lookup))


def report_failures(context: Context, values: Iterable[EnvValue]) -> None:
    """Report variables that values require and nothing sets."""
    for item in values:
        for failure in item.failures:
            reference = failure.reference
            reason = f": {failure.reason}" if failure.reason else ""
            context.report(
                Problem(
                    "required-variable",
                    f"the required variable {reference.name} is not set{reason}",
                    item.entry.locate(reference.start, reference.end),
                    unset=(reference.name,),
                )
            )
