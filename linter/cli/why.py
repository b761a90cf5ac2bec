"""``composelint why``: the value at a path of a stack, and each step that made it."""

from __future__ import annotations

import json
from itertools import chain

import click

from ..config.options import OPTIONS
from .common import CONFIG, Choice, Verb, completed, declared
from .console import Failure, tell, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..config.options import Options
    from ..insight.why import Answer
    from ..model.project import Project


@click.command("why", cls=Verb, short_help="Say why a value is what it is.")
@click.argument("where", metavar="[PATH]", shell_complete=completed)
@click.argument("value_path", required=False, metavar="KEY", shell_complete=completed)
@click.option(
    "--output-format",
    "--format",
    type=Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the steps.",
)
@declared(
    *(OPTIONS[name] for name in ("stacks", "profiles", "env_files", "show_secrets", "output_file")),
    *CONFIG,
)
def why(where: str, value_path: str | None, output_format: str, **given: Any) -> None:
    """Show the value at KEY and each step that made it, with its place.

    KEY is a path of keys such as "services.web.ports[0]" or "web.environment.MODE", for a
    Dockerfile a stage and what it sets: "build.user", "env.PATH". PATH is a file or folder, the
    current folder by default. Secrets are masked.
    """
    from ..files.disk import DISK
    from ..insight.key_paths import NoSuchPath

    if value_path is None and DISK.kind(where) != "missing":
        raise Failure(f"{where}: name a value after it, such as services.web.image")
    path, key = (where, value_path) if value_path is not None else (".", where)
    options = options_of(given)
    try:
        answers = list(_answers(path, key, options))
    except NoSuchPath as error:
        raise Failure(f"{path}: {error}") from None
    if not answers:
        raise Failure(f"{path}: no stack found: name a Compose file, or a folder with one")
    text = _json(answers) if output_format == "json" else _text(answers)
    write(text, options.output_file)


def _answers(path: str, key: str, options: Options) -> Iterator[tuple[str, Answer]]:
    """The answers with the name of the stack or Dockerfile that each is about.

    Raises:
        NoSuchPath: if the path of keys leads nowhere in all of them.
    """
    from ..engine.run import load_project
    from ..engine.workspace import open_workspace
    from ..files.kinds import COMPOSE, DOCKERFILE, kind_of_named
    from ..files.paths import clean_path

    kind = kind_of_named(path)
    groups = open_workspace([path], options).groups
    projects = [load_project(group.files, group.settings) for group in groups]
    if kind == DOCKERFILE:
        yield from _of_dockerfile(projects, clean_path(path), key, options)
        return
    stacks = [stack for project in projects for stack in project.stacks]
    if kind == COMPOSE and not options.stacks:
        named = [stack for stack in stacks if clean_path(path) in stack.loaded.documents]
        stacks = named or stacks
    from ..insight.key_paths import NoSuchPath
    from ..insight.why import explain
    from ..secrets.shown import Masking
    from ..secrets.unparsed import unread_secrets

    found = False
    problem: NoSuchPath | None = None
    for stack in stacks:
        masking = Masking(options.show_secrets)
        try:
            answer = explain(stack, key, masking)
        except NoSuchPath as error:
            problem = problem or error
        else:
            found = True
            yield stack.name, answer
        refused = next((each for each in stack.loaded.problems if each.rejects), None)
        if refused is not None:
            for secret in unread_secrets(refused.span.origin):
                masking.hide(secret.text)
            message = masking.text(refused.message)
            tell(f"{_place(refused.span)}: Docker Compose refuses this stack: {message}")
    if problem is not None and not found:
        raise problem
    if not stacks:
        _tell_unread(projects)


def _tell_unread(projects: Sequence[Project]) -> None:
    """Say which files cannot be read."""
    from ..base.text import SourceFile

    for project in projects:
        for answer in project.reader.texts.values():
            if not isinstance(answer, SourceFile):
                tell(answer.message)


def _of_dockerfile(
    projects: Sequence[Project], path: str, key: str, options: Options
) -> Iterator[tuple[str, Answer]]:
    from ..insight.why_dockerfile import explain_dockerfile
    from ..secrets.shown import Masking

    for dockerfile in chain.from_iterable(project.all_dockerfiles() for project in projects):
        if dockerfile.path == path and not dockerfile.inline:
            yield path, explain_dockerfile(dockerfile, key, Masking(options.show_secrets))
            return


def _text(answers: Sequence[tuple[str, Answer]]) -> str:
    """The answers for people: the value, then a line for each step."""
    from ..base.escape import visible

    lines: list[str] = []
    for name, answer in answers:
        if len(answers) > 1:
            lines += ["", f"# {visible(name)}"] if lines else [f"# {visible(name)}"]
        value = answer.value
        if value is None:
            lines.append(f"{answer.path} is not in the model")
        elif "\n" in value or ": " in value or value.startswith("- "):
            lines += [f"{answer.path}:", *(f"  {visible(line)}" for line in value.split("\n")), ""]
        else:
            lines.append(f"{answer.path} = {visible(value) or 'empty'}")
        places = [_place(step.span) for step in answer.steps]
        width = min(48, max(map(len, places), default=0))
        lines += [
            f"  {place:{width}}  {visible(step.message)}".rstrip()
            for place, step in zip(places, answer.steps, strict=True)
        ]
    return "".join(f"{line}\n" for line in lines)


def _place(span: Any) -> str:
    from ..base.escape import visible

    if span is None:
        return "-"
    origin = span.origin
    at = origin.file.position(origin.start)
    return visible(f"{origin.file.path}:{at.line}:{at.column}")


def _json(answers: Sequence[tuple[str, Answer]]) -> str:
    """The answers as JSON."""
    found = [
        {
            "stack": name,
            "path": answer.path,
            "value": answer.value,
            **_data(answer.span),
            "steps": [
                {"kind": step.kind, "message": step.message, **_data(step.span)}
                for step in answer.steps
            ],
        }
        for name, answer in answers
    ]
    return json.dumps({"version": 1, "answers": found}, indent=2, ensure_ascii=False) + "\n"


def _data(span: Any) -> dict[str, Any]:
    """A place as plain data."""
    if span is None:
        return {"file": None, "line": None, "column": None}
    origin = span.origin
    at = origin.file.position(origin.start)
    return {"file": origin.file.path, "line": at.line, "column": at.column}
