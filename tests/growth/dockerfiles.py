"""Dimensions of Dockerfiles and ignore files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dimension import Dimension, Row, many_files, one_file, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .dimension import Files

F = "FROM debian:12\n"

INSTRUCTIONS: list[Row] = [
    ("commands", 100, F, "RUN make target@\n"),
    ("commands that are equal", 100, F, "RUN make\n"),
    ("commands that install", 40, F, "RUN apt-get install p@\n"),
    ("commands that install with pip", 40, F, "RUN pip install p@\n"),
    ("commands that download", 40, F, "RUN curl -o f@ http://example.org/f@\n"),
    ("commands that change folders", 60, F, "RUN cd /d@ && make\n"),
    ("commands with variables", 60, F, "RUN echo $A@ ${B@:-x}\n"),
    ("commands with pipes", 60, F, "RUN a@ | b\n"),
    ("commands with mounts", 60, F, "RUN --mount=type=cache,target=/c@ make\n"),
    ("commands with one mount", 60, F, "RUN --mount=type=secret,id=x make\n"),
    ("commands in exec form", 60, F, 'RUN ["make", "t@"]\n'),
    ("commands with a heredoc", 40, F, "RUN <<E\nmake t@\nE\n"),
    ("commands with suppressions", 30, F, "# composelint: ignore[DF408] why\nRUN pip install p@\n"),
    ("commands with unused suppressions", 60, F, "# composelint: ignore[DF408] why\nRUN make t@\n"),
    (
        "commands with hadolint's comments",
        30,
        F,
        "# hadolint ignore=DL3008\nRUN apt-get install p@\n",
    ),
    ("commands with comments", 60, F, "# comment @\nRUN make t@\n"),
    ("commands with sudo", 60, F, "RUN sudo make t@\n"),
    ("commands with secrets", 40, F, "RUN API_TOKEN=Hk@qZ7xw@ make\n"),
    ("commands with passwords", 40, F, "RUN mysql -u root -pHk@qZ7xw@\n"),
    ("stages", 60, "", "FROM debian:12 AS s@\nRUN make\n"),
    ("stages without names", 60, "", "FROM debian:12\nRUN make\n"),
    ("stages in a chain", 60, "FROM debian:12 AS s0\n", "FROM s‹ AS s@\nRUN make\n"),
    (
        "stages in a chain with variables",
        60,
        "FROM debian:12 AS s0\n",
        "FROM s‹ AS s@\nENV A@=x\nRUN make $A1\n",
    ),
    ("stages on one", 60, "FROM debian:12 AS s0\nENV A=x\n", "FROM s0 AS s@\nRUN make\n"),
    (
        "stages that copy from the one before",
        60,
        "FROM debian:12 AS s0\n",
        "FROM debian:12 AS s@\nCOPY --from=s‹ /a /b\n",
    ),
    ("stages of one name", 60, "", "FROM debian:12 AS s\n"),
    ("stages of images with variables", 60, "ARG T=12\n", "FROM debian:${T} AS s@\n"),
    ("copies from stages", 60, "FROM debian:12 AS s\n" + F, "COPY --from=s /a@ /b@\n"),
    ("copies from unknown stages", 60, F, "COPY --from=s@ /a /b\n"),
    ("copies", 100, F, "COPY a@ /b@\n"),
    ("copies to one place", 100, F, "COPY a@ /b\n"),
    ("copies of everything", 60, F, "COPY . /b@\n"),
    ("copies with an owner", 60, F, "COPY --chown=u@ a /b@\n"),
    ("copies with a heredoc", 60, F, "COPY <<E /a@\nx\nE\n"),
    ("additions", 60, F, "ADD http://example.org/a@ /b@\n"),
    ("arguments", 100, F, "ARG A@=x\n"),
    ("arguments without a value", 100, F, "ARG A@\n"),
    ("arguments before the first stage", 100, "", "ARG A@=x\n", F),
    ("arguments of one name", 100, F, "ARG A=@\n"),
    ("arguments in a chain", 100, F + "ARG A0=x\n", "ARG A@=$A‹\n"),
    ("arguments that grow", 100, F + "ARG A0=x\n", "ARG A@=$A‹$A‹\n"),
    ("arguments that are used", 60, F, "ARG A@=x\nRUN make $A@\n"),
    ("variables", 100, F, "ENV A@=x\n"),
    ("variables in the old form", 100, F, "ENV A@ x\n"),
    ("variables of one name", 100, F, "ENV A=@\n"),
    ("variables that refer to themselves", 100, F, "ENV PATH=$PATH:/p@\n"),
    ("variables in a chain", 100, F + "ENV A0=x\n", "ENV A@=$A‹\n"),
    ("variables with secrets", 60, F, "ENV P@_PASSWORD=Hk@qZ7xw@\n"),
    ("labels", 100, F, "LABEL l@=x\n"),
    ("labels of one name", 100, F, "LABEL l=@\n"),
    ("ports", 100, F, "EXPOSE @\n"),
    ("volumes", 100, F, "VOLUME /v@\n"),
    ("users", 60, F, "USER u@\n"),
    ("folders", 60, F, "WORKDIR /w@\n"),
    ("folders below each other", 60, F, "WORKDIR w@\n"),
    ("default commands", 60, F, 'CMD ["c@"]\n'),
    ("entry points", 60, F, 'ENTRYPOINT ["c@"]\n'),
    ("health checks", 60, F, "HEALTHCHECK CMD curl -f http://localhost:@/\n"),
    ("shells", 60, F, 'SHELL ["/bin/sh@", "-c"]\n'),
    ("stop signals", 60, F, "STOPSIGNAL SIGX@\n"),
    ("maintainers", 60, F, "MAINTAINER m@\n"),
    ("triggers", 60, F, "ONBUILD RUN make t@\n"),
    ("triggers in triggers", 60, F, "ONBUILD ", "RUN x\n"),
    ("unknown instructions", 60, F, "RNU make t@\n"),
    ("unknown flags", 60, F, "COPY --formm=x a b@\n"),
    ("instructions before the first stage", 60, "", "RUN make t@\n", F),
    ("instructions in lower case", 60, F, "run make t@\n"),
    ("broken JSON", 60, F, "CMD ['c@']\n"),
    ("broken references", 60, F, "ENV A@=${x\n"),
    ("instructions without arguments", 60, F, "COPY\n"),
    ("conflict marks", 60, F, "<<<<<<< a@\n"),
]

TEXTS: list[Row] = [
    ("comments", 500, F, "# comment @\n"),
    ("suppressions without a place", 200, F, "# composelint: ignore[DF408] why\n"),
    ("empty lines", 3000, F, "\n", "RUN make\n"),
    ("directives", 500, "", "# a@=x\n", F),
    ("words of a command", 1000, F + "RUN make", " t@", "\n"),
    ("packages of a command", 300, F + "RUN apt-get install -y", " p@", "\n"),
    ("packages of pip", 300, F + "RUN pip install", " p@==1", "\n"),
    ("commands of a script", 150, F + "RUN a", " && make t@", "\n"),
    ("commands of a script that install", 60, F + "RUN a", " && apt-get install p@", "\n"),
    ("pipes of a script", 150, F + "RUN a", " | b@", "\n"),
    ("continued lines", 150, F + "RUN a", " \\\n  && make t@", "\n"),
    ("continued words", 500, F + "RUN a", " \\\n  t@", "\n"),
    ("continued packages", 300, F + "RUN apt-get install -y", " \\\n  p@", "\n"),
    ("continued lines with comments", 300, F + "RUN a", " \\\n# comment @\n  t@", "\n"),
    ("continued empty lines", 500, F + "RUN a \\\n", "\n", " b\n"),
    ("lines of a heredoc", 150, F + "RUN <<E\n", "make t@\n", "E\n"),
    ("heredocs of one command", 100, F + "RUN a", " <<E@", "\n"),
    ("conditions of a script", 60, F + "RUN a", "; if [ -f f@ ]; then b; fi", "\n"),
    ("nested conditions", 20, F + "RUN ", "if a; then ", "\n"),
    ("substitutions", 100, F + "RUN a", " $(b@)", "\n"),
    ("nested substitutions", 20, F + "RUN a ", "$(b ", "\n"),
    ("nested groups", 50, F + "RUN ", "( ", "\n"),
    ("quotes", 500, F + "RUN a", " 'b@'", "\n"),
    ("open quotes", 500, F, "RUN a 'b\n"),
    ("backslashes", 5000, F + "RUN a ", "\\\\", "\n"),
    ("references", 500, F + "RUN a", " $V@", "\n"),
    ("references of a value", 500, F + "ENV A=", "$V", "\n"),
    ("defaults of a value", 500, F + "ENV A=", "${V:-x}", "\n"),
    ("nested defaults", 30, F + "ENV A=", "${V:-", "\n"),
    ("references of an image", 500, "ARG V=x\nFROM a:", "$V", "\n"),
    ("a long word", 10000, F + "RUN a ", "b", "\n"),
    ("a long line", 3000, F + "RUN a ", "bbbbbbb ", "\n"),
    ("a long finding", 3000, F + "RUN pip install ", "bbbbbbb ", "\n"),
    ("a long name", 3000, F, "R", " x\n"),
    ("pairs of variables", 300, F + "ENV", " A@=x", "\n"),
    ("pairs of labels", 300, F + "LABEL", " l@=x", "\n"),
    ("words of an exec form", 300, F + "CMD [", '"w@", ', '"x"]\n'),
    # Longer than a line may be: what is reported then is the same for both sizes.
    ("escapes of an exec form", 320_000, F + 'CMD ["', "\\n", '"]\n'),
    ("sources of a copy", 300, F + "COPY", " a@", " /b/\n"),
    ("ports of one instruction", 300, F + "EXPOSE", " @", "\n"),
    ("volumes of one instruction", 300, F + "VOLUME", " /v@", "\n"),
    ("flags", 100, F + "RUN", " --mount=type=cache,target=/c@", " a\n"),
    ("options of a mount", 100, F + "RUN --mount=type=cache", ",o@=x", " a\n"),
    ("parts of a path", 1000, F + "WORKDIR ", "/a", "\n"),
    ("parts of an image", 1000, "FROM a", "/a", "\n"),
    ("variables of a command", 150, F + "RUN", " A@=x", " a\n"),
    ("options of a download", 150, F + "RUN curl", " -H 'A@: x'", " http://example.org\n"),
    ("Windows line ends", 100, F, "RUN make t@\r\n"),
    ("text beyond ASCII", 100, F, "RUN echo 'ä😀@'\n"),
]

COPY: Files = {"Dockerfile": F + "COPY . /app\n", "a/x.py": "x"}


def dimensions() -> Iterator[Dimension]:
    """The dimensions of Dockerfiles and ignore files."""
    for table in (INSTRUCTIONS, TEXTS):
        yield from rows("Dockerfile", "Dockerfile", table)
    for name, item in (
        ("patterns", "a@\n"),
        ("patterns with wildcards", "**/a@*\n"),
        ("patterns with many wildcards", "*a*b*@*\n"),
        ("patterns of one name", "a\n"),
        ("exceptions", "a@\n!a@/b\n"),
        ("exceptions with wildcards", "a\n!**/*.x@\n"),
        ("deep patterns", "a/b/c@/d/e\n"),
        ("comments", "# @\n"),
        ("negated patterns alone", "!a@\n"),
        ("parents", "../a@\n"),
        ("classes", "[a-z]@\n"),
    ):
        yield Dimension(f"ignore file: {name}", 150, _ignored(item))
    yield Dimension(
        "ignore file: a long line", 3000, lambda count: {**COPY, ".dockerignore": "a*" * count}
    )
    yield Dimension(
        "ignore file: files",
        100,
        many_files("d/f@.txt", "x", {**COPY, ".dockerignore": "*.md\n"}),
    )
    yield Dimension("several: Dockerfiles", 30, many_files("d@/Dockerfile", F + "RUN make\n"))
    yield Dimension(
        "several: Dockerfiles of a folder", 30, many_files("Dockerfile.d@", F + "RUN make\n")
    )


def _ignored(item: str) -> Callable[[int], Files]:
    """An ignore file beside a Dockerfile that copies everything."""
    make = one_file(".dockerignore", "", item)
    return lambda count: {**COPY, **make(count)}
