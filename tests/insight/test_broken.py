"""Questions about texts with errors: an answer or none, never an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import examples, no_hang, write_files
from composelint.linter.base.text import SourceFile
from composelint.linter.insight.folding import compose_folds, dockerfile_folds, env_folds
from composelint.linter.insight.names import definitions, highlights, references
from composelint.linter.insight.recovered import MAX_LINES, readable
from composelint.linter.insight.rename import prepare_rename, rename
from composelint.linter.insight.symbols import (
    Symbol,
    compose_symbols,
    dockerfile_symbols,
    env_symbols,
    flat,
)
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.dockerfile.stages import build_stages
from composelint.linter.source.dotenv_parser import parse_env
from composelint.linter.source.yaml.nodes import Mapping
from composelint.linter.source.yaml.parser import parse_yaml
from cursors import load
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


COMPOSE = """\
include: [more.yaml]
x-a: &a {depends_on: [db], environment: {A: "${A:-b}", U: "http://db:1/"}}
services:
  web:
    <<: [*a]
    build: {context: ., target: one, args: [V, W=1], additional_contexts: {x: "service:db"}}
    extends: {file: base.yaml, service: base}
    env_file: [{path: .env, required: false}]
    secrets: [s, {source: s, target: t}]
    volumes: ["v:/v:ro", ./run.sh:/run.sh, {type: volume, source: v, target: /w}]
    network_mode: service:db
  db: &db
    image: postgres:18
    profiles: [p]
    models: {m: {endpoint_var: E, model_var: M}}
volumes: {v: }
secrets: {s: {environment: A}}
models: {m: {model: x}}
"""
DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG V=1
FROM a:${V} AS one
ARG V W="${V}"
RUN <<END
echo "$V" '$W'
END
COPY --from=one --chown=$W run.sh /
ONBUILD RUN --mount=type=cache,from=one,target=/x echo $V
ENV E=$V F='$V'
"""
ENV = "A=1\nB='${A}'\nCOMPOSE_PROFILES=p\n"
FILES = {
    "compose.yaml": COMPOSE,
    "Dockerfile": DOCKERFILE,
    ".env": ENV,
    "more.yaml": "services: {m: {image: x, depends_on: [db]}}\n",
    "base.yaml": "services:\n  base: {image: x, links: [db]}\n",
    "run.sh": "docker compose up db\n",
}


@st.composite
def broken(draw: st.DrawFn) -> dict[str, str]:
    """The files, one of them with some edits that somebody may have made just now."""
    files = dict(FILES)
    name = draw(st.sampled_from(("compose.yaml", "compose.yaml", "Dockerfile", ".env")))
    text = files[name]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from((0, 0, 1, 5, 30)))
        typed = draw(
            st.sampled_from(
                (
                    "",
                    "\n",
                    " ",
                    "\t",
                    ":",
                    "- ",
                    "'",
                    '"',
                    "${",
                    "*",
                    "&",
                    "{",
                    "[",
                    "<<: ",
                    "#",
                    "é🙂",
                    "\\",
                )
            )
        )
        text = text[:at] + typed + text[at + length :]
    files[name] = text
    return files


@examples(40)
@given(broken(), st.data())
def test_every_question_about_a_broken_text_has_an_answer(
    files: dict[str, str], data: st.DataObject
) -> None:
    write_files(files)
    project = load()
    for name in ("compose.yaml", "Dockerfile", ".env"):
        text = files[name]
        for at in data.draw(st.lists(st.integers(-1, len(text) + 2), max_size=8)):
            spans = [*definitions(project, name, at), *references(project, name, at)]
            spans += [span for span, _ in highlights(project, name, at)]
            for span in spans:
                assert 0 <= span.start <= span.end <= len(span.file.text)
            prepare_rename(project, name, at)
            rename(project, name, at, "other")


@examples(60)
@given(broken())
def test_symbols_and_folds_of_broken_texts_are_inside_of_them(files: dict[str, str]) -> None:
    yaml = parse_yaml(SourceFile("compose.yaml", files["compose.yaml"]))
    stages = build_stages(parse_dockerfile(SourceFile("Dockerfile", files["Dockerfile"])))
    env = parse_env(SourceFile(".env", files[".env"]))
    found: list[Symbol] = [*compose_symbols(yaml), *dockerfile_symbols(stages), *env_symbols(env)]
    for symbol, _ in flat(found):
        assert symbol.name
        assert 0 <= symbol.span.start <= symbol.name_span.start
        assert symbol.name_span.end <= symbol.span.end <= len(symbol.span.file.text)
    for folds, text in (
        (compose_folds(yaml), files["compose.yaml"]),
        (dockerfile_folds(stages), files["Dockerfile"]),
        (env_folds(env), files[".env"]),
    ):
        for fold in folds:
            assert 1 <= fold.first < fold.last <= text.count("\n") + 1


BROKEN = {
    "a word that is being typed": (
        "services:\n  web:\n    ima\n    image: x\n  db: {image: y}\n",
        ["web", "db"],
    ),
    "a list that is not closed": (
        "services:\n  web:\n    image: x\n    depends_on: [db,\n  db:\n    image: y\n",
        ["web", "db"],
    ),
    "a quote that is not closed": (
        "services:\n  web:\n    image: 'x\n  db:\n    image: y\n",
        ["web", "db"],
    ),
    "an alias without its anchor": (
        "services:\n  web: *missing\n  db:\n    image: y\n",
        ["db"],
    ),
    "a wrong indentation": (
        "services:\n  web:\n    image: x\n   ports: []\n  db:\n    image: y\n",
        ["web", "db"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_is_read_around_an_error(case: str) -> None:
    text, names = BROKEN[case]
    yaml = parse_yaml(SourceFile("compose.yaml", text))
    assert yaml.problems
    (root,) = readable(yaml).documents
    services = root.get("services") if isinstance(root, Mapping) else None
    assert isinstance(services, Mapping)
    assert [entry.name for entry in services.entries] == names


def test_a_file_with_too_many_errors_is_read_as_far_as_it_goes() -> None:
    lines = "".join(f"  s{n}:\n    image: x\n    bad [\n" for n in range(MAX_LINES + 3))
    (root,) = readable(parse_yaml(SourceFile("compose.yaml", f"services:\n{lines}"))).documents
    services = root.get("services") if isinstance(root, Mapping) else None
    assert isinstance(services, Mapping)
    assert MAX_LINES <= len(services.entries) < MAX_LINES + 3


def test_files_that_grow_without_end_by_aliases_are_read_in_part() -> None:
    bases = "".join(
        f"x-{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], depends_on: [s{n}]}}\n" for n in range(1, 60)
    )
    wide = "[" + ", ".join(f"d{n}" for n in range(3000)) + "]"
    services = "".join(f"  s{n}: {{<<: *m59, image: x, links: *w}}\n" for n in range(600))
    write_files(
        {"compose.yaml": f"x-0: &m0 {{image: x}}\n{bases}x-w: &w {wide}\nservices:\n{services}"}
    )
    project = load()
    text = Path("compose.yaml").read_text("utf-8")
    with no_hang():
        found = definitions(project, "compose.yaml", text.index("[s7]") + 1)
    assert [span.text for span in found] == ["s7"]
