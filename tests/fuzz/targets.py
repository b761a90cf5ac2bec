"""Fuzz targets: functions of bytes that must neither raise an exception nor break an invariant.

Each target takes any bytes. A crash, a broken invariant (an ``AssertionError``), a run of more
than a few seconds or memory beyond a gigabyte is a defect. Targets that need several files
split their input at ``CUT``.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from composelint.linter.rule import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from composelint.linter.base.text import SourceFile, Span
    from composelint.linter.engine.settings import Settings
    from composelint.linter.files.discovery import InputFile
    from composelint.linter.result import Result
    from composelint.linter.source.yaml.nodes import Node

CUT = b"\n%%%\n"
"""The separator between the files in the input of a target."""

COMPOSE_PROJECT = ("compose.yaml", "compose.override.yaml", ".env", "Dockerfile")
DOCKERFILE_PROJECT = ("Dockerfile", ".dockerignore", "compose.yaml")

TEXT_FORMATS = ("full", "concise", "grouped", "markdown", "github", "azure", "html")
JSON_FORMATS = ("json", "sarif", "gitlab", "rdjson")
LINE_FORMATS = ("json-lines",)
XML_FORMATS = ("junit", "checkstyle")


class Target(NamedTuple):
    """One fuzz target; ``words`` are texts that a mutation may insert."""

    name: str
    check: Callable[[bytes], None]
    words: tuple[str, ...]


def fuzz_text(data: bytes) -> None:
    """Decoding and the line index."""
    from composelint.linter.base.text import DecodeError, SourceFile

    try:
        file = SourceFile.from_bytes("x", data)
    except DecodeError:
        return
    for offset in range(0, len(file.text) + 1, max(1, len(file.text) // 50)):
        place = file.position(offset)
        assert file.offset(*place) == offset


def fuzz_yaml(data: bytes) -> None:
    """The YAML parser: spans are inside the text."""
    from composelint.linter.source.yaml.parser import parse_yaml

    file = _source("compose.yaml", data)
    parsed = parse_yaml(file)
    size = len(file.text)
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= size
    for comment in parsed.comments:
        assert file.text[comment.start] == "#"
    for root in parsed.documents:
        for node in _nodes(root):
            assert 0 <= node.start <= node.end <= size


def fuzz_dotenv(data: bytes) -> None:
    """Env files in both formats."""
    from composelint.linter.source.dotenv_parser import parse_env, parse_raw_env

    file = _source(".env", data)
    for syntax in (parse_env(file), parse_raw_env(file)):
        for entry in syntax.entries:
            _inside(entry.span)
        for problem in syntax.problems:
            assert 0 <= problem.start <= problem.end <= len(file.text)


def fuzz_template(data: bytes) -> None:
    """Interpolation: every part of a template and every error is somewhere in the text."""
    from composelint.linter.source.template import Template, parse_template, substitute

    text = data.decode("utf-8", "replace")
    values = {"A": "1", "B": "", "LONG": "x" * 100}
    template = parse_template(text)
    if isinstance(template, Template):
        substitute(template, values.get)
        for part in template.parts:
            assert 0 <= part.start <= part.end <= len(text)
    else:
        assert 0 <= template.start <= template.end <= len(text)


def fuzz_ignore(data: bytes) -> None:
    """Ignore files, Docker's and git's, and their matching."""
    from composelint.linter.files.gitignore import is_ignored, parse_gitignore
    from composelint.linter.source.ignore import parse_ignore

    file = _source(".dockerignore", data)
    syntax = parse_ignore(file)
    patterns = parse_gitignore(file.text)
    for path in ("a", "a/b/c.txt", "node_modules/x/node_modules", ".env", "a" * 60):
        syntax.matches(path)
        syntax.deciding(path)
        is_ignored([("", patterns)], path)
    for problem in syntax.problems:
        assert 0 <= problem.start <= problem.end <= len(file.text)


def fuzz_dockerfile(data: bytes) -> None:
    """Dockerfiles: the lexer, the stages, the variables, the scripts."""
    from composelint.linter.source.dockerfile.parser import parse_dockerfile
    from composelint.linter.source.dockerfile.problems import problems_of
    from composelint.linter.source.dockerfile.scripts import scripts_of
    from composelint.linter.source.dockerfile.stages import build_stages

    file = _source("Dockerfile", data)
    syntax = parse_dockerfile(file)
    size, at = len(file.text), 0
    for instruction in syntax.instructions:
        assert 0 <= instruction.start <= instruction.end <= size
        for start, end in instruction.pieces:
            assert at <= start <= end <= size
            at = end
        for word in instruction.words:
            _inside(word.span)
    for problem in problems_of(syntax):
        assert 0 <= problem.start <= problem.end <= size
    for stage in build_stages(syntax):
        for script in scripts_of(stage).values():
            for command in script.commands:
                for arg in command.words:
                    _inside(arg.span)


def fuzz_shell(data: bytes) -> None:
    """Scripts: commands, words, strings that are scripts themselves."""
    from composelint.linter.source.shell.packages import read_package_command
    from composelint.linter.source.shell.parse import parse_shell

    file = _source("script", data)
    for dialect in ("sh", "bash"):
        script = parse_shell(file, file.text, lambda at: at, dialect=dialect)
        for command in script.commands:
            for word in command.words:
                _inside(word.span)
            read_package_command(command)


def fuzz_values(data: bytes) -> None:
    """Parsers of values: image references, sizes, durations, secrets, casts."""
    from composelint.linter.base.units import parse_duration, parse_size
    from composelint.linter.compose.casts import cast_scalar
    from composelint.linter.images import facts_for, parse_reference
    from composelint.linter.secrets.commands import secrets_in_command
    from composelint.linter.secrets.values import credential_in_url, holds_secret
    from composelint.linter.source.yaml.nodes import plain_value

    text = data.decode("utf-8", "replace")
    reference = parse_reference(text)
    if reference is not None:
        facts_for(reference)
    parse_size(text)
    parse_duration(text)
    plain_value(text)
    holds_secret("DB_PASSWORD", text)
    credential_in_url(text)
    list(secrets_in_command(text))
    for kind in ("boolean", "integer", "float"):
        cast_scalar(kind, text)


def fuzz_config(data: bytes) -> None:
    """Configurations in TOML and YAML: a document, or a ``ConfigError`` with a place."""
    from contextlib import suppress

    from composelint.linter.config.document import parse_document
    from composelint.linter.config.errors import ConfigError

    text = data.decode("utf-8", "replace")
    for name in ("composelint.toml", ".composelint.yaml"):
        with suppress(ConfigError):
            parse_document(_named(name, text), "")


def fuzz_stack(data: bytes) -> None:
    """Loading: resolve, interpolate, extend, include, merge, normalise."""
    from composelint.linter.compose.stack import load_stack
    from composelint.linter.files.reader import Reader

    texts = {
        path: part.decode("utf-8", "replace")
        for path, part in _cut(data, COMPOSE_PROJECT[:3]).items()
    }
    reader = Reader(overlay=texts)
    files = [path for path in COMPOSE_PROJECT[:2] if path in texts]
    stack = load_stack(files, reader)
    for problem in stack.problems:
        _inside(problem.span)
        for place in problem.related:
            _inside(place.span)
    for node in _nodes(stack.tree):
        assert 0 <= node.start <= node.end <= len(node.file.text)


def fuzz_compose(data: bytes) -> None:
    """A whole run over a Compose project with every rule, in every report."""
    _check_result(_run(_cut(data, COMPOSE_PROJECT)))


def fuzz_build(data: bytes) -> None:
    """A whole run over a Dockerfile and its ignore file with every rule, in every report."""
    _check_result(_run(_cut(data, DOCKERFILE_PROJECT)))


def fuzz_fix_compose(data: bytes) -> None:
    """Every fix of a Compose project: fixing ends, and fixing again changes nothing."""
    _fix(_cut(data, COMPOSE_PROJECT))


def fuzz_fix_build(data: bytes) -> None:
    """Every fix of a Dockerfile and its ignore file."""
    _fix(_cut(data, DOCKERFILE_PROJECT))


def fuzz_know_compose(data: bytes) -> None:
    """What editors ask about the places of a Compose project."""
    _ask(_cut(data, COMPOSE_PROJECT))


def fuzz_know_build(data: bytes) -> None:
    """What editors ask about the places of a Dockerfile and its ignore file."""
    _ask(_cut(data, DOCKERFILE_PROJECT))


def fuzz_graph(data: bytes) -> None:
    """The picture of a Compose project in the formats that need no layout."""
    from composelint.linter.engine.run import check_project
    from composelint.linter.graph.data import to_json
    from composelint.linter.graph.dot import to_dot
    from composelint.linter.graph.drawing import draw
    from composelint.linter.graph.mermaid import to_mermaid
    from composelint.linter.graph.model import describe

    texts = _cut(data, COMPOSE_PROJECT)
    files, settings = _inputs(texts)
    result, project = check_project(files, settings, texts)
    graphs = [describe(stack, result) for stack in project.stacks]
    assert len(json.loads(to_json(graphs))["stacks"]) == len(graphs)
    for graph in graphs:
        drawing = draw(graph)
        keys = {box.key for box in drawing.boxes}
        assert len(keys) == len(drawing.boxes)
        assert {key for line in drawing.lines for key in (line.source, line.target)} <= keys
        assert {box.area for box in drawing.boxes} <= {"", *(area.key for area in drawing.areas)}
        for text in (to_dot(drawing), to_mermaid([drawing])):
            assert all(char.isprintable() or char == "\n" for char in text)


# --- shared helpers ---


def _source(path: str, data: bytes) -> SourceFile:
    return _named(path, data.decode("utf-8", "replace"))


def _named(path: str, text: str) -> SourceFile:
    from composelint.linter.base.text import SourceFile

    return SourceFile(path, text)


def _cut(data: bytes, names: Iterable[str]) -> dict[str, bytes]:
    return dict(zip(names, data.split(CUT), strict=False))


def _inside(span: Span) -> None:
    assert 0 <= span.start <= span.end <= len(span.file.text)
    origin = span.origin
    assert 0 <= origin.start <= origin.end <= len(origin.file.text)


def _nodes(root: Node) -> Iterable[Node]:
    """The nodes of a tree, each once."""
    from composelint.linter.source.yaml.nodes import Mapping, Sequence

    visited: set[int] = set()
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        yield node
        if isinstance(node, Mapping):
            for entry in node.entries:
                pending += (entry.key, entry.value)
        elif isinstance(node, Sequence):
            pending += node.items


def _inputs(texts: dict[str, bytes]) -> tuple[list[InputFile], Settings]:
    from composelint.linter.engine.settings import Settings
    from composelint.linter.files.discovery import InputFile
    from composelint.linter.files.kinds import kind_of
    from composelint.linter.rulebook.selection import Selection

    files = [InputFile(path, kind_of(path) or "", True) for path in texts]
    return files, Settings(selection=Selection("all"), root=".", debug=True)


def _run(texts: dict[str, bytes]) -> Result:
    from composelint.linter.engine.run import check_files

    files, settings = _inputs(texts)
    return check_files(files, settings, texts)


def _ask(texts: dict[str, bytes]) -> None:
    """Completions, hovers, hints and reasons at some places of each file."""
    from composelint.linter.engine.run import check_project
    from composelint.linter.files.kinds import kind_of
    from composelint.linter.insight.complete import complete
    from composelint.linter.insight.hints import hints, lenses
    from composelint.linter.insight.hover import hover, spot_at
    from composelint.linter.insight.key_paths import NoSuchPath, shown_path
    from composelint.linter.insight.why import explain

    files, settings = _inputs(texts)
    result, project = check_project(files, settings, texts)
    for path, part in texts.items():
        text = part.decode("utf-8", "replace").removeprefix("\ufeff")
        kind = kind_of(path) or ""
        for offset in range(0, len(text) + 1, max(1, len(text) // 12)):
            for item in complete(kind, path, text, offset, project, result):
                assert 0 <= item.start <= offset <= item.end <= len(text)
            found = hover(kind, project, path, offset)
            assert found is None or found.text
            if found is not None:
                _inside(found.span)
        for hint in hints(project, path, 0, len(text)):
            assert 0 <= hint.offset <= len(text)
        for lens in lenses(project, result, path):
            _inside(lens.span)
    for stack in project.stacks:
        for path, yaml in stack.loaded.documents.items():
            size = len(yaml.source.text)
            for offset in range(0, size, max(1, size // 12)):
                spot = spot_at(yaml, offset)
                with suppress(NoSuchPath):
                    if spot is not None and spot.path:
                        assert explain(stack, shown_path(spot.path)).steps, path


def _check_result(result: Result) -> None:
    from composelint.linter.report import RenderOptions, render

    assert not result.failed
    for item in result.diagnostics:
        assert item.code
        assert item.message
        assert item.severity in (1, 2, 3)
        _inside(item.span)
        for place in item.related:
            _inside(place.span)
        for edit in item.fix.edits if item.fix else ():
            if isinstance(edit, Edit):
                _inside(edit.span)
    for name in TEXT_FORMATS:
        text = render(name, result, RenderOptions())
        assert all(char >= " " or char in "\n\t" for char in text), name
        assert "\x7f" not in text
    for name in JSON_FORMATS:
        json.loads(render(name, result, RenderOptions()))
    for name in LINE_FORMATS:
        for line in render(name, result, RenderOptions()).splitlines():
            json.loads(line)
    for name in XML_FORMATS:
        ElementTree.fromstring(render(name, result, RenderOptions()))


def _fix(texts: dict[str, bytes]) -> None:
    from composelint.linter.fixing.engine import Choice, fix_files

    files, settings = _inputs(texts)
    outcome = fix_files(files, settings, Choice(unsafe=True), texts)
    assert outcome.converged
    fixed = dict(texts)
    for path, text in outcome.after.items():
        mark = "\ufeff" if outcome.before[path].bom else ""
        fixed[path] = (mark + text).encode("utf-8", "surrogatepass")
    second_outcome = fix_files(files, settings, Choice(unsafe=True), fixed)
    assert second_outcome.converged
    assert not second_outcome.after


_YAML_WORDS = (
    *("services:\n", "  web:\n", "    image: nginx:1.27\n", "    build: .\n", "version: '3'\n"),
    *("    ports:\n      - '80:80'\n", "    environment:\n      A: b\n", "    healthcheck:\n"),
    *("      test: [CMD, curl, -f, http://localhost]\n", "    depends_on: [db]\n", "  db:\n"),
    *("    deploy:\n      resources:\n        limits:\n          memory: 1g\n", "networks:\n"),
    *("volumes:\n  data:\n", "include:\n  - other.yaml\n", "    extends:\n      service: db\n"),
    *("&a ", "*a", "<<: *a\n", "!reset ", "!override ", "!!str ", "? ", "---\n", "...\n", "|-\n"),
    *(">+2\n", "%YAML 1.2\n", "${A:-b}", "${A:?no}", "$$", "${", "# composelint: ignore[CF210]\n"),
    *('"\\x41"', "'it''s'", "{a: [b, c]}", "\t", "\ufeff", "\r\n", "\x85", "\u2028", "0o17", "~"),
)
_ENV_WORDS = ("A=1\n", "export B=2\n", "C='x'\n", 'D="${A}"\n', "#", "${A:-b}", "\\n", ": ", "E")
_DOCKERFILE_WORDS = (
    *("FROM node:20 AS build\n", "FROM build\n", "RUN apt-get update && apt-get install -y x\n"),
    *("COPY --from=build --chown=a:b a b/\n", "ADD https://x.org/a.tar /\n", "<<EOF\nx\nEOF\n"),
    *('CMD ["a", "b"]\n', "HEALTHCHECK --interval=1s CMD x || exit 1\n", "ONBUILD RUN x\n"),
    *("# syntax=docker/dockerfile:1\n", "# escape=`\n", "# check=skip=all\n", "\\\n", "ARG V=1\n"),
    *("ENV A=b C=d\n", "ENV A b\n", "USER root\n", "WORKDIR /app\n", 'SHELL ["bash", "-c"]\n'),
    *("RUN --mount=type=cache,target=/x pip install y\n", "EXPOSE 80/tcp\n", "LABEL a=b\n"),
    *("STOPSIGNAL 9\n", "VOLUME /data\n", "MAINTAINER me\n", "ENTRYPOINT x\n", "${V%x}", "\r\n"),
)
_SHELL_WORDS = (
    *(" && ", " || ", "; ", " | ", "$(", ")", "`", "${A:-", "}", "if x; then y; fi", "case x in"),
    *(" esac", "a) b ;;", "<<EOF\n", "\nEOF\n", "sh -c '", "'", '"', "\\", "set -euxo pipefail"),
    *("apt-get install -y ", "pip install ", "npm ci", "cd /x", "curl -fsSL x | sh", "for i in "),
    *(
        "do ",
        "done",
        "{ ",
        "; }",
        "! ",
        "2>&1",
        ">/dev/null",
        "sudo ",
        "env A=b ",
        "#",
        "$((1+",
        "))",
    ),
)
_IGNORE_WORDS = (
    "**/",
    "*",
    "!",
    "/",
    "[a-",
    "]",
    "\\",
    "?",
    "node_modules",
    "#",
    "..",
    "[^",
    "{a,b}",
)
_PROJECT_WORDS = (CUT.decode(),)

TARGETS = {
    target.name: target
    for target in (
        Target("text", fuzz_text, ("\n", "\r\n", "\ufeff")),
        Target("yaml", fuzz_yaml, _YAML_WORDS),
        Target("dotenv", fuzz_dotenv, _ENV_WORDS),
        Target("template", fuzz_template, ("${", "}", ":-", ":?", ":+", "$$", "$A", "LONG")),
        Target("ignore", fuzz_ignore, _IGNORE_WORDS),
        Target("dockerfile", fuzz_dockerfile, (*_DOCKERFILE_WORDS, *_SHELL_WORDS)),
        Target("shell", fuzz_shell, _SHELL_WORDS),
        Target("values", fuzz_values, ("@sha256:", ":", "/", "1.5g", "1h30m", "://a:b@", "-p")),
        Target("config", fuzz_config, ('select = ["CF1"]\n', "[rules.CF210]\n", "preset: all\n")),
        Target("stack", fuzz_stack, (*_YAML_WORDS, *_PROJECT_WORDS, *_ENV_WORDS)),
        Target("compose", fuzz_compose, (*_YAML_WORDS, *_PROJECT_WORDS, *_ENV_WORDS)),
        Target(
            "build",
            fuzz_build,
            (*_DOCKERFILE_WORDS, *_SHELL_WORDS, *_PROJECT_WORDS, *_IGNORE_WORDS),
        ),
        Target("fix-compose", fuzz_fix_compose, (*_YAML_WORDS, *_PROJECT_WORDS)),
        Target("know-compose", fuzz_know_compose, (*_YAML_WORDS, *_PROJECT_WORDS, *_ENV_WORDS)),
        Target("know-build", fuzz_know_build, (*_DOCKERFILE_WORDS, *_PROJECT_WORDS)),
        Target("graph", fuzz_graph, (*_YAML_WORDS, *_PROJECT_WORDS, *_ENV_WORDS)),
        Target("fix-build", fuzz_fix_build, (*_DOCKERFILE_WORDS, *_PROJECT_WORDS)),
    )
}
"""The fuzz targets by name."""
