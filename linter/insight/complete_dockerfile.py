"""Completion in Dockerfiles: instructions, flags, mounts, stages, images, files, variables."""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.signals import NAMES as SIGNALS
from ..base.text import SourceFile, line_end
from ..files.paths import join_path
from ..source.dockerfile.grammar import grammar
from ..source.dockerfile.parser import parse_dockerfile
from ..source.dockerfile.scope import PLATFORM_ARGS
from ..source.dockerfile.stages import build_stages
from .around import entries_in
from .completions import Completion
from .dockerfile_words import FLAGS, MEANINGS, MOUNTS
from .image_names import images_like, tags_of
from .suppressing import complete_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..images import ImageFacts
    from ..model.dockerfile import Dockerfile
    from ..model.project import Project
    from ..result import Result
    from ..source.dockerfile.stages import Stage, Stages

_MOST_LINES = 500
_FIRST = on_demand(r"[ \t]*(?:(?i:ONBUILD)[ \t]+)?([A-Za-z]*)\Z")
_VARIABLE = on_demand(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)?|([A-Za-z_]\w*)?)\Z")
_WORD = on_demand(r"\S*\Z")
_PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "$BUILDPLATFORM", "$TARGETPLATFORM")

SNIPPETS = {
    "FROM": "FROM ${1:image}",
    "RUN": "RUN $0",
    "COPY": "COPY ${1:.} ${2:.}",
    "ADD": "ADD ${1:source} ${2:.}",
    "CMD": 'CMD ["${1:program}"]',
    "ENTRYPOINT": 'ENTRYPOINT ["${1:program}"]',
    "ENV": "ENV ${1:NAME}=${2:value}",
    "ARG": "ARG ${1:NAME}",
    "LABEL": "LABEL ${1:org.opencontainers.image.source}=${2:https://example.com}",
    "EXPOSE": "EXPOSE ${1:8080}",
    "WORKDIR": "WORKDIR ${1:/app}",
    "USER": "USER ${1:1000}",
    "VOLUME": "VOLUME ${1:/data}",
    "STOPSIGNAL": "STOPSIGNAL ${1:SIGTERM}",
    "SHELL": 'SHELL ["${1:/bin/bash}", "-o", "pipefail", "-c"]',
    "ONBUILD": "ONBUILD $0",
}


class _Line(NamedTuple):
    """The instruction at the cursor, with its continued lines up to the cursor joined by blanks.

    ``text`` has the same length as the part of the file from ``start`` to the cursor.
    """

    start: int
    text: str


def complete_dockerfile(
    path: str, text: str, offset: int, project: Project | None, result: Result | None
) -> Iterator[Completion]:
    """The completions at an offset of a Dockerfile."""
    begin = text.rfind("\n", 0, offset) + 1
    before = text[begin:offset]
    stripped = before.lstrip(" \t")
    if stripped.startswith("#"):
        start = begin + len(before) - len(stripped)
        yield from complete_comment(path, text, offset, start, result, "dockerfile")
        if not text[:start].strip():
            yield from _directives(text, offset, start)
        return
    yield from _Completing(path, text, offset, project).found()


def _directives(text: str, offset: int, start: int) -> Iterator[Completion]:
    """Parser directives, at the top of the file."""
    end = line_end(text, offset)
    for name, value, meaning in (
        ("syntax", "docker/dockerfile:1", "The frontend that reads the Dockerfile."),
        ("escape", "`", "The character that continues a line instead of a backslash."),
        ("check", "error=true", "What the checks of BuildKit do."),
    ):
        line = f"# {name}={value}"
        yield Completion(line, "snippet", line, start, end, "", meaning, order="4")


class _Completing:
    """The completions at one place of one Dockerfile."""

    def __init__(self, path: str, text: str, offset: int, project: Project | None) -> None:
        self.path = path
        self.text = text
        self.offset = offset
        self.project = project
        self.line = self.read_line()

    def read_line(self) -> _Line:
        """The instruction at the cursor."""
        start = self.text.rfind("\n", 0, self.offset) + 1
        for _ in range(_MOST_LINES):
            if start == 0:
                break
            above = self.text.rfind("\n", 0, start - 1) + 1
            line = self.text[above : start - 1].rstrip("\r \t")
            if not line.endswith("\\"):
                break
            start = above
        joined = self.text[start : self.offset]
        lines = joined.split("\n")
        for index, line in enumerate(lines[:-1]):
            body = line.rstrip("\r \t")
            if body.endswith("\\"):
                lines[index] = body[:-1] + " " * (len(line) - len(body) + 1)
        return _Line(start, " ".join(lines))

    # --- what is known

    def stages(self) -> Stages:
        """The stages of the text above the instruction, and that of all of it."""
        return build_stages(parse_dockerfile(SourceFile(self.path, self.text[: self.line.start])))

    def loaded(self) -> Dockerfile | None:
        """The Dockerfile as it was loaded."""
        if self.project is None:
            return None
        return self.project.dockerfiles.get(self.path)

    def stage(self) -> Stage | None:
        """The stage that the instruction is in."""
        return self.stages().last

    def facts(self) -> ImageFacts | None:
        """The facts about the image that the stage starts from."""
        from ..images import facts_for, parse_reference

        stage = self.stage()
        name = stage.root.base_name if stage is not None else None
        reference = parse_reference(name) if name and name != "scratch" else None
        return facts_for(reference) if reference is not None else None

    def folder(self) -> str:
        """The folder of the build context."""
        dockerfile = self.loaded()
        if dockerfile is not None and dockerfile.folder is not None:
            return dockerfile.folder
        return self.path.rpartition("/")[0] or "."

    # --- places

    def item(
        self, label: str, kind: str, start: int, insert: str = "", **more: str | bool
    ) -> Completion:
        """A completion of the word from ``start`` on."""
        end = self.offset
        while end < len(self.text) and not self.text[end].isspace() and self.text[end] not in ",}":
            end += 1
        detail, meaning = str(more.get("detail", "")), str(more.get("meaning", ""))
        order, is_snippet = str(more.get("order", "5")), bool(more.get("is_snippet"))
        return Completion(
            label, kind, insert or label, start, end, detail, meaning, is_snippet, order
        )

    def found(self) -> Iterator[Completion]:
        line = self.line.text
        first = _FIRST.match(line)
        if first is not None and first.end() == len(line):
            yield from self.instructions(self.line.start + first.start(1))
            return
        words = line.split()
        name = words[0].upper() if words else ""
        if name == "ONBUILD" and len(words) > 1:
            words = words[1:]
            name = words[0].upper()
        if name not in MEANINGS:
            return
        variable = _VARIABLE.search(line)
        if variable is not None and name not in ("CMD", "ENTRYPOINT"):
            yield from self.variables(variable.start())
            return
        match = _WORD.search(line)
        typed = match[0] if match is not None else ""
        start = self.offset - len(typed)
        position = len(words) - (1 if typed else 0)
        arguments = [word for word in words[1:position] if not word.startswith("--")]
        flags_only = not arguments
        if flags_only and typed.startswith("--"):
            yield from self.flag(name, typed, start)
            return
        if flags_only and not typed:
            yield from self.flag_names(name, start, words)
        yield from self.arguments(name, arguments, typed, start, line)

    def instructions(self, start: int) -> Iterator[Completion]:
        """The instructions that may begin a line."""
        has_stage = self.stage() is not None
        is_deferred = bool(self.line.text[: start - self.line.start].strip())
        is_lower = self.text[start : self.offset].islower()
        for index, (name, meaning) in enumerate(MEANINGS.items()):
            if name == "MAINTAINER" or (not has_stage and name not in ("FROM", "ARG")):
                continue
            if is_deferred and name in ("FROM", "ONBUILD"):
                continue
            if name == "HEALTHCHECK":
                snippet = self.health_snippet()
            else:
                snippet = SNIPPETS[name]
            if is_lower:
                snippet = name.lower() + snippet[len(name) :]
            yield self.item(
                name, "instruction", start, snippet, meaning=meaning, is_snippet=True,
                order=f"3{index:02}",
            )  # fmt: skip

    def health_snippet(self) -> str:
        """A health check that works in the image, as far as that is known."""
        facts = self.facts()
        test = '["${1:program}"]'
        if facts is not None:
            ports = facts.ports
            url = f"http://127.0.0.1:{ports[0].number if ports else 8080}/"
            if facts.tool("curl"):
                test = f'["curl", "-fsS", "-o", "/dev/null", "${{1:{url}}}"]'
            elif facts.tool("wget"):
                test = f'["wget", "-q", "-O", "/dev/null", "${{1:{url}}}"]'
        return f"HEALTHCHECK --interval=${{2:30s}} --timeout=${{3:5s}} CMD {test}"

    # --- flags

    def flag_names(self, name: str, start: int, words: list[str]) -> Iterator[Completion]:
        """The flags of an instruction."""
        flags = grammar()["instructions"].get(name, {}).get("flags", {})
        given = {word.partition("=")[0][2:] for word in words if word.startswith("--")}
        for flag, spec in flags.items():
            if flag in given and not spec.get("repeat"):
                continue
            end = "" if spec["value"] == "bool" else "="
            meaning = FLAGS.get((name, flag)) or FLAGS.get(("", flag), "")
            yield self.item(f"--{flag}{end}", "flag", start, meaning=meaning, order="6")

    def flag(self, name: str, typed: str, start: int) -> Iterator[Completion]:
        """A flag or its value."""
        flag, equals, value = typed[2:].partition("=")
        if not equals:
            yield from self.flag_names(name, start, self.line.text.split()[:-1])
            return
        at = start + len(flag) + 3
        spec = grammar()["instructions"].get(name, {}).get("flags", {}).get(flag)
        if spec is None:
            return
        if flag == "from":
            yield from self.stage_names(at, value)
        elif flag == "mount":
            yield from self.mount(value, at)
        elif flag == "platform":
            for text in _PLATFORMS:
                yield self.item(text, "value", at)
        elif flag == "chown":
            for index, user in enumerate(self.users()):
                yield self.item(f"{user}:{user}", "value", at, order=f"3{index}")
        elif flag == "chmod":
            for text in ("0644", "0755", "u=rwX,go=rX"):
                yield self.item(text, "value", at)
        elif spec["value"] == "bool":
            yield self.item("true", "value", at)
            yield self.item("false", "value", at)
        elif spec["value"] == "duration":
            for text in ("5s", "10s", "30s", "1m"):
                yield self.item(text, "value", at)
        for text in spec.get("values", ()):
            yield self.item(text, "value", at)

    def mount(self, value: str, at: int) -> Iterator[Completion]:
        """The fields of ``RUN --mount=``."""
        facts = grammar()["mounts"]
        fields = value.split(",")
        typed = fields[-1]
        at += len(value) - len(typed)
        key, equals, inner = typed.partition("=")
        given = dict(field.partition("=")[::2] for field in fields[:-1])
        kind = given.get("type", facts["default_type"])
        if equals:
            start = at + len(key) + 1
            if key == "from":
                yield from self.stage_names(start, inner)
            elif key in ("source", "src") and kind == "bind":
                yield from self.files(inner, start)
            elif key in ("target", "dst", "destination") and kind == "cache":
                for path, meaning in self.caches():
                    yield self.item(path, "value", start, detail=meaning)
            for text in facts["keys"].get(key, {}).get("values", ()):
                yield self.item(text, "value", start, meaning=MOUNTS.get(text, ""))
            return
        for name, spec in facts["keys"].items():
            if name in given or ("types" in spec and kind not in spec["types"]):
                continue
            label = name if spec.get("bare") else f"{name}="
            first = "2" if name == "type" else "3" if name == "target" else "5"
            yield self.item(label, "flag", at, order=first)

    def caches(self) -> Iterator[tuple[str, str]]:
        """Folders in which package managers keep what they download."""
        facts = self.facts()
        manager = facts.package_manager if facts is not None else None
        if manager in (None, "apt-get"):
            yield "/var/cache/apt", "apt-get"
            yield "/var/lib/apt", "apt-get"
        if manager in (None, "apk"):
            yield "/var/cache/apk", "apk"
        yield "/root/.cache/pip", "pip"
        yield "/root/.npm", "npm"
        yield "/go/pkg/mod", "Go"
        yield "/root/.cache/go-build", "Go"

    def users(self) -> list[str]:
        """The users that the text names, and that of the image."""
        names: dict[str, None] = {}
        stages = self.stages()
        for stage in stages:
            for instruction in stage.instructions:
                if instruction.name == "USER" and instruction.words:
                    names[instruction.words[0].value.partition(":")[0]] = None
        facts = self.facts()
        if facts is not None:
            if facts.user and facts.user != "root":
                names[facts.user] = None
            if facts.tool("node"):
                names["node"] = None
        return [name for name in (*names, "1000", "nobody") if name and "$" not in name]

    def stage_names(self, start: int, typed: str) -> Iterator[Completion]:
        """The stages above, and images."""
        stages = list(self.stages())
        for stage in stages[:-1]:
            if stage.name_word is not None:
                base = stage.base.text if stage.base else ""
                yield self.item(stage.label, "name", start, detail=f"FROM {base}", order="2")
        yield from self.images(start, typed)

    # --- arguments

    def arguments(
        self, name: str, given: list[str], typed: str, start: int, line: str
    ) -> Iterator[Completion]:
        """The arguments of an instruction."""
        if name == "FROM":
            yield from self.base(given, typed, start)
        elif name in ("COPY", "ADD"):
            is_from_stage = "--from=" in line
            if not is_from_stage:
                yield from self.files(typed, start)
        elif name == "USER" and not given:
            for index, user in enumerate(self.users()):
                yield self.item(user, "value", start, order=f"3{index}")
        elif name == "STOPSIGNAL" and not given:
            for index, signal in enumerate(SIGNALS):
                yield self.item(f"SIG{signal}", "value", start, order=f"3{index:02}")
        elif name == "EXPOSE":
            facts = self.facts()
            for port in facts.ports if facts is not None else ():
                yield self.item(str(port.number), "value", start, detail="of the image")
        elif name == "ARG" and not given:
            for argument in sorted(PLATFORM_ARGS):
                yield self.item(argument, "variable", start, detail="set by BuildKit", order="6")
            for variable in self.stages().global_args:
                yield self.item(variable, "variable", start, detail="declared above", order="2")
        elif name == "HEALTHCHECK" and not given:
            yield self.item("CMD", "value", start)
            yield self.item("NONE", "value", start)
        elif name == "WORKDIR" and not given:
            for folder in ("/app", "/src", "/srv"):
                yield self.item(folder, "value", start)
        elif name == "SHELL" and not given:
            text = '["/bin/bash", "-o", "pipefail", "-c"]'
            yield self.item(text, "snippet", start)

    def base(self, given: list[str], typed: str, start: int) -> Iterator[Completion]:
        """What a stage starts from, and its name."""
        if not given:
            for stage in self.stages():
                if stage.name_word is not None:
                    yield self.item(stage.label, "name", start, detail="stage", order="2")
            yield from self.images(start, typed)
            yield self.item("scratch", "value", start, detail="nothing at all", order="7")
        elif len(given) == 1:
            yield self.item("AS", "value", start, "AS ${1:build}", is_snippet=True)

    def images(self, start: int, typed: str) -> Iterator[Completion]:
        """Images with their tags."""
        name, colon, tag = typed.rpartition(":")
        if colon and "/" not in tag:
            for index, (known, about) in enumerate(tags_of(name)):
                yield self.item(
                    f"{name}:{known}", "image", start, detail=about, order=f"3{index:03}"
                )
            return
        for index, (image, newest) in enumerate(images_like(typed)):
            text = f"{image}:{newest}" if newest else image
            detail = "the newest release" if newest else ""
            yield self.item(text, "image", start, detail=detail, order=f"4{index:03}")

    def files(self, typed: str, start: int) -> Iterator[Completion]:
        """Files and folders of the build context."""
        if self.project is None or typed.startswith(("/", "http", "git@", "<<", "[", '"')):
            return
        folder = join_path(self.folder(), typed.rpartition("/")[0] or ".")
        dockerfile = self.loaded()
        ignore = dockerfile.ignore if dockerfile is not None else None
        for path, name, kind in entries_in(self.project, folder, typed):
            if name == ".git" or (ignore is not None and ignore.matches(path.removeprefix("./"))):
                continue
            text = f"{path}/" if kind == "folder" else path
            if " " not in text:
                yield self.item(text, kind, start)

    def variables(self, at: int) -> Iterator[Completion]:
        """Variables of the stage after ``$`` or ``${``."""
        start = self.line.start + at
        is_braced = self.text.startswith("${", start) and self.offset > start + 1
        start += 2 if is_braced else 1
        stages = self.stages()
        stage = stages.last
        is_from = self.line.text.lstrip()[:4].upper() == "FROM"
        scope = stages.global_scope if stage is None or is_from else stage.final.scope
        for name in scope:
            variable = scope.find(name)
            if variable is None:
                continue
            end = self.offset
            while end < len(self.text) and (self.text[end].isalnum() or self.text[end] == "_"):
                end += 1
            is_closed = self.text[end : end + 1] == "}"
            insert = name if not is_braced or is_closed else f"{name}}}"
            detail = _value(name, variable.value)
            order = "2" if variable.kind != "predefined" else "6"
            yield Completion(name, "variable", insert, start, end, detail, "", False, order)


def _value(name: str, value: str | None) -> str:
    """The value of a variable as the line of its completion shows it."""
    from ..secrets.shown import masked

    return "" if value is None else masked(name, value)
