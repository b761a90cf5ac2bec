"""Env files: what Docker Compose cannot read in them, or reads otherwise than it looks."""

from __future__ import annotations

from ...linter.base.text import Span
from ...linter.files.kinds import COMPOSE, kind_of
from ...linter.files.paths import seen_from
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.secrets.hashes import hashes_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.project import EnvFile
    from ...linter.source.dotenv import EnvEntry

SYNTAX = "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax"


def _hidden(span: Span) -> list[Span]:
    """The secrets that may be in a line which is read otherwise than it looks."""
    from ...linter.secrets.unparsed import unread_secrets

    return unread_secrets(span)


def _problems(file: EnvFile, fatal: bool, help: str = "") -> Iterator[Diagnostic]:
    """The findings on the problems of a file that Docker Compose refuses, or does not refuse."""
    for problem in file.syntax.problems:
        if problem.fatal == fatal:
            span = Span(file.syntax.file, problem.start, problem.end)
            yield Diagnostic(
                span, problem.message, help=help, evidence=problem.kind, sensitive=_hidden(span)
            )


def is_for_compose(file: EnvFile) -> bool:
    """Whether Docker Compose reads the file, or a copy of it.

    Other programs have env files too, and templates of them, in forms of their own. A file in a
    project without any Compose file is taken for one of Compose's.
    """
    if file.stacks:
        return True
    project, folder = file.project, file.path.rpartition("/")[0] or "."
    if file.is_template and any(stack.loaded.folder == folder for stack in project.stacks):
        return True
    # Not by the stacks at hand: parts of a project are linted apart.
    root = seen_from(project.reader.base, project.reader.root)
    return not (project.stacks or project.files_like("Compose files", root, _is_compose))


def _is_compose(path: str) -> bool:
    return kind_of(path) == COMPOSE


@rule(
    "EV001",
    "env-file-syntax",
    Severity.ERROR,
    category="reading",
    sources=(SYNTAX,),
    examples=(Example(bad="MY NAME=shop  # error: \n", good="MY_NAME=shop\n"),),
)
def env_file_syntax(file: EnvFile) -> Iterator[Diagnostic]:
    """Docker Compose cannot read the env file, so it refuses every stack that uses it.

    A key has a blank in it, a quote is never closed, or a variable is written wrongly. Env files of
    other programs, which no stack reads, are left alone.
    """
    if is_for_compose(file):
        yield from _problems(file, fatal=True)


@rule(
    "EV002",
    "duplicate-variable",
    Severity.WARNING,
    category="reading",
    sources=(SYNTAX,),
    examples=(
        Example(
            bad="PORT=8080\nHOST=localhost\nPORT=9090  # error: PORT\n",
            good="PORT=9090\nHOST=localhost\n",
        ),
    ),
)
def duplicate_variable(file: EnvFile) -> Iterator[Diagnostic]:
    """An env file defines a variable twice, and the last definition silently wins.

    The same value twice, a value that builds on the one before, and env files that no stack reads
    are left alone.
    """
    if not is_for_compose(file):
        return
    entries: dict[str, EnvEntry] = {}
    for entry in file.syntax.entries:
        earlier = entries.get(entry.key)
        builds_on_itself = any(reference.name == entry.key for reference in entry.references)
        if earlier is not None and entry.text != earlier.text and not builds_on_itself:
            yield Diagnostic(
                entry.key_span,
                f"{entry.key} is defined twice; this definition wins",
                help="delete one of them",
                subject=f"variables.{entry.key}",
                related=[Related(earlier.key_span, "defined here first")],
            )
        entries[entry.key] = entry


def _hash(entry: EnvEntry, start: int, end: int) -> Diagnostic:
    """The finding that Docker Compose takes a hash in a value to pieces."""
    value = entry.value_span
    text = value.text
    fix = None
    if not entry.quote and "'" not in text and "$$" not in text:
        fix = Fix(
            f"Put {entry.key} in single quotes", (Edit(value, f"'{text}'"),), Applicability.UNSAFE
        )
    return Diagnostic(
        Span(value.file, value.start + start, value.start + end),
        f"{entry.key} contains a hash, and Docker Compose reads parts of it as variables",
        help="put the value in single quotes, to keep each `$`",
        subject=f"variables.{entry.key}",
        sensitive=[value],
        fix=fix,
    )


@rule(
    "EV006",
    "ambiguous-quoting",
    Severity.WARNING,
    category="reading",
    sources=(SYNTAX,),
    examples=(
        Example(bad="TOKEN_SALT=pepper #1  # error: #1\n", good='TOKEN_SALT="pepper #1"\n'),
        Example(
            bad="DB_PASSWORD=Tr0ub$dor3  # error: $dor3\n",
            good="DB_PASSWORD='Tr0ub$dor3'\n",
        ),
        Example(
            bad="LOGIN=admin:$apr1$Xk1vTz0e$1n5mRqBv6pY0sWl3uKj9d/  # error: $apr1$\n",
            good="LOGIN='admin:$apr1$Xk1vTz0e$1n5mRqBv6pY0sWl3uKj9d/'\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def ambiguous_quoting(file: EnvFile) -> Iterator[Diagnostic]:
    """A value is not what it looks like: it is cut at a `#`, at a `$` or after its quotes.

    Why: The program gets another value, such as half of a password.

    Docker Compose takes everything from ` #` on for a comment, puts variables in where a `$`
    stands, and reads what follows a closing quote as another definition. A `#` with more than one
    word behind it is meant as a comment and left alone, and so are variables that are set
    somewhere or written with braces. Of a hash of a password (`$2b$12$…`) all parts are lost, which
    is one finding.
    """
    if file.syntax.format == "raw" or not is_for_compose(file):
        return
    keys = {entry.key for entry in file.syntax.entries}
    for entry in file.syntax.entries:
        if entry.comment is not None and not entry.quote and entry.text:
            span = Span(file.syntax.file, *entry.comment)
            word = span.text[1:]
            if word.isascii() and word[:1].isalnum() and " " not in word.rstrip():
                yield Diagnostic(
                    span,
                    f"Docker Compose reads {span.text} as a comment, not as a part of {entry.key}",
                    help="quote the value, or write a space after the `#` of a comment",
                    subject=f"variables.{entry.key}",
                    sensitive=_hidden(span),
                )
        if entry.references and (hashed := hashes_in(entry.value_span.text)):
            yield _hash(entry, *hashed[0])
            continue
        for reference in entry.references:
            if reference.braced or reference.operator or reference.name in keys:
                continue
            if any(stack.loaded.variables.definition(reference.name) for stack in file.stacks):
                continue
            yield Diagnostic(
                entry.locate(reference.start, reference.end),
                f"Docker Compose reads ${reference.name} in {entry.key} as a variable, which is not set",
                help="put the value in single quotes, to keep the `$`",
                subject=f"variables.{entry.key}",
                sensitive=_hidden(entry.value_span),
            )
    advice = "write each definition on its own line, and end the last line"
    yield from _problems(file, fatal=False, help=advice)
