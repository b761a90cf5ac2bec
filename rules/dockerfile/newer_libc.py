"""Programs that are linked against another C library than that of the image that runs them."""

from __future__ import annotations

import posixpath
from itertools import pairwise

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._runs import chain_of, is_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.parts import Word

_STATIC = (
    "musl", "-static", "crt-static", "CGO_ENABLED", "netgo", "GOOS", "GOARCH", "TARGETARCH",
    "TARGETOS", "gcompat", "libc6-compat", "cross", "zigbuild", "patchelf",
)  # fmt: skip
"""Signs that programs are static, built for another system, or that the libraries come along."""
_LOADER = ("ld-linux", "ldd ", "/lib64", "/lib/x86_64", "CC=")
"""Signs that libraries are copied along, or that another compiler is in use."""
_WITHOUT_LIBC = ("gcr.io/distroless/static", "busybox:musl")
"""Images without any C library for programs of others, besides scratch."""


@rule(
    "DF139",
    "newer-libc",
    Severity.WARNING,
    category="start",
    words=("from=",),
    since="0.2",
    sources=(
        "https://sourceware.org/glibc/wiki/FAQ",
        "https://pkg.go.dev/cmd/cgo",
        "https://wiki.alpinelinux.org/wiki/Running_glibc_programs",
    ),
    examples=(
        Example(
            bad='FROM rust:1.83-slim-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release --locked\n\nFROM debian:bullseye-slim\nCOPY --from=build /src/target/release/app /usr/local/bin/app  # error: build\nUSER nobody\nCMD ["app"]\n',
            good='FROM rust:1.83-slim-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release --locked\n\nFROM debian:bookworm-slim\nCOPY --from=build /src/target/release/app /usr/local/bin/app\nUSER nobody\nCMD ["app"]\n',
        ),
    ),
)
def newer_libc(stage: Stage) -> Iterator[Diagnostic]:
    """A program that cargo builds on one distribution runs on an older one, or on one without glibc.

    "version `GLIBC_2.34' not found", or "no such file or directory" on Alpine, whose C library is musl.
    Rust links against the glibc of the build image unless a musl target is named. Nothing is said where
    anything in the file speaks of static linking, musl or another target.
    """
    if not stage.is_final:
        return
    for copy in stage.copies:
        source = stage.dockerfile.stages.resolve(copy.source_stage) if copy.source_stage else None
        flag = copy.instruction.flag("from")
        if source is None or flag is None or source.index >= stage.syntax.index:
            continue
        builder = stage.dockerfile.all_stages[source.index]
        if not _is_program(copy.sources) or not _builds(builder):
            continue
        text = stage.dockerfile.source.text
        if any(word in text for word in _STATIC):
            return
        found = _compared(builder, stage)
        if found is not None:
            yield Diagnostic(
                flag.value_span,
                found,
                help="build and run on the same release, or link statically",
                evidence=copy.source_stage,
            )
            return


def _is_program(sources: list[Word]) -> bool:
    """Whether a COPY takes what cargo has built."""
    return any(
        "release/" in word.value and "." not in posixpath.basename(word.value) for word in sources
    )


def _builds(builder: Stage) -> bool:
    """Whether cargo builds in a stage, or one that it starts from, for the stage's own system."""
    for part in chain_of(builder):
        for run in part.runs:
            for call in run.packages:
                if call.manager == "cargo" and call.action in ("build", "install"):
                    return not call.options.has("--target") and not is_set(
                        run, "CARGO_BUILD_TARGET"
                    )
    return False


def _compared(builder: Stage, stage: Stage) -> str | None:
    """What the libraries of two stages say about programs that one builds and the other runs."""
    from ...linter.analysis.base_image import bases_of

    building, running = bases_of(builder), bases_of(stage)
    if building is None or running is None or len(building.facts) + len(running.facts) != 2:
        return None
    here, there = building.distribution, running.distribution
    if here is None or there is None or here.name not in ("debian", "ubuntu"):
        return None
    if there.name == "alpine":
        return f"the program built in {builder.syntax.title} needs glibc, and {running.names[0]} has musl"
    if (
        there.name in ("debian", "ubuntu")
        and here.glibc
        and there.glibc
        and here.glibc > there.glibc
    ):
        newer, older = (".".join(map(str, version)) for version in (here.glibc, there.glibc))
        return (
            f"the program built in {builder.syntax.title} needs glibc {newer} ({here.text}), "
            f"and {running.names[0]} has {older}"
        )
    return None


@rule(
    "DF140",
    "cgo-without-libc",
    Severity.WARNING,
    category="start",
    words=("go build", "go install"),
    since="0.2",
    sources=("https://pkg.go.dev/cmd/cgo", "https://pkg.go.dev/net#hdr-Name_Resolution"),
    examples=(
        Example(
            bad='FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/shop ./cmd/shop\n\nFROM alpine:3.24\nCOPY --from=build /out/shop /usr/local/bin/shop  # error: build\nUSER nobody\nCMD ["shop"]\n',
            good='FROM golang:1.26 AS build\nENV CGO_ENABLED=0\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/shop ./cmd/shop\n\nFROM alpine:3.24\nCOPY --from=build /out/shop /usr/local/bin/shop\nUSER nobody\nCMD ["shop"]\n',
        ),
    ),
)
def cgo_without_libc(stage: Stage) -> Iterator[Diagnostic]:
    """A Go program is built with cgo, as is the default on Debian, and runs where glibc is missing.

    Every program that uses the network or looks up users is then linked against glibc: on Alpine and
    in an empty image it ends with "no such file or directory". On `golang:…-alpine`, or with
    `CGO_ENABLED=0`, Go makes programs that need no library. Nothing is said where anything in the file
    speaks of cgo, static linking, another system or libraries that are copied along.
    """
    if not stage.is_final:
        return
    text = stage.dockerfile.source.text
    if any(word in text for word in (*_STATIC, *_LOADER)):
        return
    missing = _without_glibc(stage)
    if not missing:
        return
    for copy in stage.copies:
        source = stage.dockerfile.stages.resolve(copy.source_stage) if copy.source_stage else None
        flag = copy.instruction.flag("from")
        if source is None or flag is None or source.index >= stage.syntax.index:
            continue
        builder = stage.dockerfile.all_stages[source.index]
        built = _go_programs(builder)
        taken = {word.value.rstrip("/") for word in copy.sources if not word.has_variable}
        if _is_debian(builder) and any(
            _is_taken(program, path) for program in built for path in taken
        ):
            yield Diagnostic(
                flag.value_span,
                f"the program that `go build` builds in {builder.syntax.title} needs glibc where it uses cgo (net, os/user), "
                f"and {missing}",
                help="set `CGO_ENABLED=0` for the build, or build on the -alpine variant of golang",
                evidence=copy.source_stage,
            )
            return


def _without_glibc(stage: Stage) -> str:
    """Why a program that needs glibc cannot run in a stage, for a message; empty if it may."""
    from ...linter.analysis.base_image import bases_of

    name = stage.syntax.base_name or ""
    if name == "scratch":
        return "scratch has no libc"
    if name.startswith(_WITHOUT_LIBC):
        return f"{name} has none"
    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1:
        return ""
    distribution = bases.distribution
    is_alpine = distribution is not None and distribution.name == "alpine"
    return f"{bases.names[0]} has musl" if is_alpine else ""


def _is_debian(builder: Stage) -> bool:
    """Whether a stage is of an official image of Go on Debian, which has a C compiler."""
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(builder)
    if bases is None or len(bases.facts) != 1 or bases.facts[0].name != "golang":
        return False
    distribution = bases.distribution
    return distribution is not None and distribution.name == "debian"


def _go_programs(builder: Stage) -> list[str]:
    """The paths at which `go build -o` puts programs in a stage; a folder for `go install`."""
    programs = []
    for part in chain_of(builder):
        for run in part.runs:
            for command in run.script.commands:
                if command.name != "go" or not command.args:
                    continue
                words = [word.value for word in command.args]
                if words[0] == "install":
                    programs.append("/go/bin/")
                elif words[0] == "build":
                    programs += [
                        posixpath.join(run.workdir or "/", path)
                        for option, path in pairwise(words)
                        if option == "-o"
                    ]
    return programs


def _is_taken(program: str, path: str) -> bool:
    """Whether a path that COPY takes is a program: itself, or for a folder what is in it."""
    program = posixpath.normpath(program) + ("/" if program.endswith("/") else "")
    if program.endswith("/"):
        return path.startswith(program)
    return posixpath.normpath(posixpath.join("/", path)) == program
