"""Fixes on generated files: in any style of file, only what a fix declares changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixed import assert_sound, fix
from hypothesis import given, settings
from hypothesis import strategies as st


class Style:
    """The style of a generated Compose file; ``draw`` decides the details of each line."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.step = draw(st.sampled_from([2, 2, 4, 3]))
        self.item = draw(st.sampled_from([0, 2]))
        self.lines: list[str] = []
        self.count = 0

    def chance(self, one_in: int = 4) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def line(self, depth: int, text: str, dash: int = 0, bare: bool = False) -> None:
        """Add a line, perhaps with comments and blank lines around it; each comment is unique."""
        indent = " " * (self.step * depth + dash)
        if self.chance(8):
            self.lines.append("")
        if self.chance(5):
            self.lines.append(f"{indent}# {self.mark()}")
        if self.chance(12):
            self.lines.append(f"#{indent}- {self.mark()}")
        comment = f"  # {self.mark()}" if not bare and self.chance(6) else ""
        self.lines.append(indent + text + comment)

    def mark(self) -> str:
        self.count += 1
        return self.draw(st.sampled_from(["é{}", "💥 {}", "note {}: x", "- {}"])).format(self.count)

    def scalar(self, text: str) -> str:
        quote = self.draw(st.sampled_from(["", "", '"', "'"]))
        return f"{quote}{text}{quote}"

    def list(self, depth: int, key: str, items: list[str]) -> None:
        if self.chance(3):
            self.line(depth, f"{key}: [{', '.join(items)}]")
            return
        self.line(depth, f"{key}:")
        for item in items:
            self.line(depth, f"- {item}", self.item or 0)

    def mapping(self, depth: int, key: str, entries: dict[str, str], anchor: str = "") -> None:
        if self.chance(4):
            shown = ", ".join(f"{name}: {value}" for name, value in entries.items())
            self.line(depth, f"{key}: {anchor}{{{shown}}}")
            return
        self.line(depth, f"{key}: {anchor}".rstrip())
        for name, value in entries.items():
            self.line(depth + 1, f"{name}: {value}")


PORTS = ["80:80", "443:443", "8080", "127.0.0.1:5432:5432", "${PORT:-90}:90", "53:53/udp"]
VOLUMES = ["./a.conf:/etc/a.conf", "data:/var/lib/data", "./src:/src:ro", "/tmp/x:/x"]
IMAGES = ["app:1", "postgres:16", "redis:7.2", "nginx:1.27", "ghcr.io/a/b:2@sha256:" + "0" * 64]
VALUES = ["1", "0644", "yes", "1e3", "on", "text", "${X:-y}", "null", "3.10"]


def unique(values: list[str], least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True)


@st.composite
def compose_files(draw: st.DrawFn) -> bytes:
    style = Style(draw)
    names = draw(unique(["web", "api", "db", "zed"]))
    sections = draw(st.permutations(["version", "x-env", "services", "volumes", "x-last"]))
    if sections.index("x-env") > sections.index("services"):
        sections.remove("x-env")
    anchored = "x-env" in sections
    merged = ""
    for section in sections:
        if section == "version" and style.chance(2):
            # A comment behind it would be deleted with it.
            style.line(0, f"version: {style.scalar('3.8')}", bare=True)
        elif section == "x-env":
            style.mapping(0, "x-env", {"A": '"1"', "version": "2"}, "&env ")
        elif section == "volumes":
            style.line(0, "volumes:")
            style.line(1, draw(st.sampled_from(["data:", "data: {}", "data: {external: true}"])))
        elif section == "services":
            style.line(0, "services:")
            for name in names:
                anchor = f"&{name}" if style.chance() else ""
                style.line(1, f"{name}: {anchor}".rstrip())
                merged = service(draw, style, names, name, anchored, merged)
                merged = name if anchor else merged
        elif section == "x-last" and style.chance():
            style.mapping(0, "x-last", {"k": "v"})
    if style.chance():
        style.lines.append(f"# {style.mark()}")
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = newline.join(style.lines) + (newline if draw(st.booleans()) else "")
    return (("\ufeff" if style.chance(5) else "") + text).encode()


def service(
    draw: st.DrawFn, style: Style, names: list[str], name: str, anchored: bool, merged: str
) -> str:
    keys = draw(
        unique(["ports", "volumes", "environment", "depends_on", "command", "restart", "labels"], 0)
    )
    for key in draw(st.permutations([*keys, "image"])):
        if key == "image":
            style.line(2, f"image: {style.scalar(draw(st.sampled_from(IMAGES)))}")
        elif key == "ports":
            style.list(2, "ports", [style.scalar(port) for port in draw(unique(PORTS))])
        elif key == "volumes":
            style.list(2, "volumes", [style.scalar(volume) for volume in draw(unique(VOLUMES))])
        elif key == "environment" and style.chance(3):
            style.list(2, key, [f"{each}={draw(st.sampled_from(VALUES))}" for each in ("B", "C")])
        elif key == "environment" and anchored and style.chance(2):
            style.line(2, "environment:")
            style.line(3, "<<: *env")
            style.line(3, f"B: {draw(st.sampled_from(VALUES))}")
        elif key == "environment":
            style.mapping(2, key, {each: draw(st.sampled_from(VALUES)) for each in ("B", "C")})
        elif key == "depends_on" and (others := [each for each in names if each > name]):
            style.list(2, key, others)
        elif key == "command":
            style.line(2, draw(st.sampled_from(["command: run it", 'command: ["a", "b"]'])))
        elif key == "restart":
            style.line(2, f"restart: {style.scalar('always')}")
        elif key == "labels":
            style.mapping(2, key, {"version": '"2.1"', "team": "core"})
    if merged and style.chance(2):
        style.line(2, f"<<: *{merged}")
    return merged


WORDS = ["RUN", "COPY", "ENV", "EXPOSE", "CMD", "WORKDIR", "USER", "LABEL", "ARG", "ADD"]
INSTRUCTIONS = [
    "RUN apt-get update && apt-get install curl",
    "RUN apt-get update \\\n    # {c}\n && apt-get install -y \\\n    git \\\n    curl # {c}",
    "RUN apt update && apt install x && rm -rf /var/lib/apt/lists/*",
    "RUN pip install \\\n\n  flask==3 \\\n  # {c}\n  gunicorn==22",
    "RUN <<EOF\napt-get install x  \n# {c}\nRUN y\nEOF",
    "COPY <<EOF /readme\nmaintainer x  \n  sudo y\nEOF",
    'RUN --mount=type=cache,target=/root/.cache pip install "x>1"',
    "RUN sudo -u app make && cd /x && sudo make install",
    "RUN wget -qO- https://a.example/x | tar x",
    "RUN useradd -u 123456789 app; apk add x || true",
    "COPY a b c",
    "COPY --from=Build --chown=1:1 /a \\\n  /b",
    "ADD a.txt \\\n  # {c}\n  /a.txt",
    "ADD app.tar.gz https://a.example/f /x/",
    'ENV A b "c" d',
    "ENV A=1 \\\n    B='2 3'",
    "MAINTAINER Me <me@a.example>",
    "LABEL version 1",
    "EXPOSE 80/TCP 8080:81",
    "CMD echo $HOME",
    'CMD ["a", \\\n  "b"]',
    "CMD ['a', 'b']",
    "ENTRYPOINT /app --flag",
    "ONBUILD RUN cd /x && apt-get install y",
    "WORKDIR app",
    "USER app",
    "ARG V",
    'SHELL ["/bin/bash", "-c"]',
]


@st.composite
def dockerfiles(draw: st.DrawFn) -> bytes:
    marks = iter(range(1000))

    def cased(instruction: str) -> str:
        word, space, rest = instruction.partition(" ")
        word = draw(st.sampled_from([word, word, word.lower(), word.title()]))
        while "{c}" in rest:
            rest = rest.replace("{c}", f"é💥 {next(marks)}", 1)
        return word + space + rest

    lines = ["# syntax=docker/dockerfile:1"] if draw(st.booleans()) else []
    base = draw(st.sampled_from(["debian:12", "alpine:3.20", "python:3.12", "node:20"]))
    lines.append(cased(f"FROM {base} {draw(st.sampled_from(['AS', 'as']))} Build"))
    for instruction in draw(
        st.lists(st.sampled_from(INSTRUCTIONS), min_size=1, max_size=6, unique=True)
    ):
        position = draw(st.integers(0, 5))
        if position == 0:
            lines.append(f"# {next(marks)}")
        elif position == 1:
            lines.append("")
        elif position == 2:
            lines.append(cased(f"FROM {base}"))
        lines.append(cased(instruction))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = "\n".join(lines) + draw(st.sampled_from(["\n", "\n", ""]))
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return (mark + text).replace("\n", newline).encode()


@pytest.fixture(autouse=True)
def project(folder: Path) -> None:
    """A repository with a file that Compose files and Dockerfiles can refer to."""
    (folder / "a.conf").write_text("x\n")


def assert_fixes_are_sound(path: str, data: bytes) -> None:
    for unsafe in (False, True):
        after, outcome = fix(path, data, unsafe)
        assert_sound(path, data, after, outcome, unsafe)


FEW = settings(max_examples=max(settings().max_examples // 8, 1))


@FEW
@given(compose_files())
def test_fixes_of_compose_files_of_any_style_are_sound(data: bytes) -> None:
    assert_fixes_are_sound("compose.yaml", data)


@FEW
@given(dockerfiles())
def test_fixes_of_dockerfiles_of_any_style_are_sound(data: bytes) -> None:
    assert_fixes_are_sound("Dockerfile", data)
