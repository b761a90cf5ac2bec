"""How Dockerfiles are parsed, as tables of small cases.

Every expectation is how BuildKit parses the text (moby/buildkit, frontend/dockerfile).
Places are written ``line:column``, both from 1.
"""

from __future__ import annotations

import pytest
from checks import examples, no_hang, place
from composelint.linter.base.text import EmbeddedSource, SourceFile, Span
from composelint.linter.source.dockerfile.instruction import Instruction
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.dockerfile.problems import problems_of
from composelint.linter.source.dockerfile.second_reader import read_again, readings_agree
from composelint.linter.source.dockerfile.syntax import DockerfileSyntax
from hypothesis import example, given
from hypothesis import strategies as st


def parse(text: str) -> DockerfileSyntax:
    return parse_dockerfile(SourceFile("Dockerfile", text))


def only(text: str) -> Instruction:
    (instruction,) = parse(text).instructions
    return instruction


def outline(text: str) -> list[str]:
    """Each instruction as ``line:column-last line NAME arguments``."""
    return [
        f"{place(each.span)}-{each.end_line} {each.name}"
        + (f" {each.arguments}" if each.arguments else "")
        for each in parse(text).instructions
    ]


BOUNDARIES = [
    # one line, one instruction
    ("FROM alpine", ["1:1-1 FROM alpine"]),
    ("FROM alpine\n", ["1:1-1 FROM alpine"]),
    ("FROM alpine\nRUN a\n", ["1:1-1 FROM alpine", "2:1-2 RUN a"]),
    ("\n\nFROM alpine\n\n\nRUN a\n\n", ["3:1-3 FROM alpine", "6:1-6 RUN a"]),
    ("from alpine\nrUn a\n", ["1:1-1 FROM alpine", "2:1-2 RUN a"]),
    ("   FROM alpine\n\tRUN a\n", ["1:4-1 FROM alpine", "2:2-2 RUN a"]),
    ("FROM   alpine   \n", ["1:1-1 FROM alpine"]),
    ("FROM\talpine\n", ["1:1-1 FROM alpine"]),
    ("FROM\n", ["1:1-1 FROM"]),
    ("CMD\n", ["1:1-1 CMD"]),
    ("RUN a # not a comment\n", ["1:1-1 RUN a # not a comment"]),
    # continuations
    ("RUN a \\\n b\n", ["1:1-2 RUN a  b"]),
    ("RUN a\\\nb\n", ["1:1-2 RUN ab"]),
    ("RUN a \\\n  b \\\n  c\nRUN d\n", ["1:1-3 RUN a   b   c", "4:1-4 RUN d"]),
    ("RUN a \\  \n b\n", ["1:1-2 RUN a  b"]),
    ("RUN a \\\t\n b\n", ["1:1-2 RUN a  b"]),
    ("RUN a \\ x\n", ["1:1-1 RUN a \\ x"]),
    ("RUN a \\\\\nRUN b\n", ["1:1-1 RUN a \\\\", "2:1-2 RUN b"]),
    ("RUN a \\\\\\\nRUN b\n", ["1:1-1 RUN a \\\\\\", "2:1-2 RUN b"]),
    ("RUN \\\na\n", ["1:1-2 RUN a"]),
    ("RUN\\\n a\n", ["1:1-2 RUN a"]),
    ("RU\\\nN a\n", ["1:1-2 RUN a"]),
    ("\\\nRUN a\n", ["1:1-2 RUN a"]),
    ("FROM \\\n alpine \\\n AS \\\n x\n", ["1:1-4 FROM alpine  AS  x"]),
    ("RUN a \\\n\\\n b\n", ["1:1-3 RUN a  b"]),
    # comments and blank lines between the lines of an instruction
    ("RUN a && \\\n# note\n b\n", ["1:1-3 RUN a &&  b"]),
    ("RUN a && \\\n   # note\n b\n", ["1:1-3 RUN a &&  b"]),
    ("RUN a && \\\n# one\n# two \\\n b\n", ["1:1-4 RUN a &&  b"]),
    ("RUN a && \\\n\n b\n", ["1:1-3 RUN a &&  b"]),
    ("RUN a && \\\n   \n\t\n b\nRUN c\n", ["1:1-4 RUN a &&  b", "5:1-5 RUN c"]),
    ("RUN a && \\\n# note\n\n b\n", ["1:1-4 RUN a &&  b"]),
    ("RUN a \\\n\nRUN b\n", ["1:1-3 RUN a RUN b"]),
    ("RUN a \\\n# only a comment follows\n", ["1:1-2 RUN a"]),
    ("RUN a \\\n\n\n", ["1:1-3 RUN a"]),
    ("RUN a \\", ["1:1-1 RUN a"]),
    ("RUN a \\\n", ["1:1-1 RUN a"]),
    ("RUN a \\\n b # c \\\n d\n", ["1:1-3 RUN a  b # c  d"]),
    # comments outside
    ("# c\nFROM alpine\n", ["2:1-2 FROM alpine"]),
    ("  # c\nFROM alpine\n", ["2:1-2 FROM alpine"]),
    ("# c \\\nFROM alpine\n", ["2:1-2 FROM alpine"]),
    ("#RUN a\nRUN b\n", ["2:1-2 RUN b"]),
    # line ends
    ("FROM alpine\r\nRUN a\r\n", ["1:1-1 FROM alpine", "2:1-2 RUN a"]),
    ("RUN a \\\r\n b\r\n", ["1:1-2 RUN a  b"]),
    ("RUN a \\\r\n# c\r\n\r\n b\r\n", ["1:1-4 RUN a  b"]),
    ("RUN a\rRUN b\n", ["1:1-1 RUN a\rRUN b"]),
    ("RUN a\u2028b\nRUN c\n", ["1:1-1 RUN a\u2028b", "2:1-2 RUN c"]),
    ("RUN a\x0cb\nRUN c\n", ["1:1-1 RUN a\x0cb", "2:1-2 RUN c"]),
    ("RUN a\x85b\nRUN c\n", ["1:1-1 RUN a\x85b", "2:1-2 RUN c"]),
    ("RUN a\x0bb\nRUN c\n", ["1:1-1 RUN a\x0bb", "2:1-2 RUN c"]),
    # byte order mark
    ("\ufeffFROM alpine\nRUN a\n", ["1:1-1 FROM alpine", "2:1-2 RUN a"]),
    ("\ufeff# escape=`\nRUN a `\n b\n", ["2:1-3 RUN a  b"]),
    # the escape character
    ("# escape=`\nRUN a `\n b\n", ["2:1-3 RUN a  b"]),
    ("# escape=`\nRUN a \\\nRUN b\n", ["2:1-2 RUN a \\", "3:1-3 RUN b"]),
    ("# escape=`\nCOPY a c:\\\nRUN b\n", ["2:1-2 COPY a c:\\", "3:1-3 RUN b"]),
    ("# escape=\\\nRUN a \\\n b\n", ["2:1-3 RUN a  b"]),
    ("# c\n# escape=`\nRUN a `\nRUN b\n", ["3:1-3 RUN a `", "4:1-4 RUN b"]),
    ("\n# escape=`\nRUN a `\nRUN b\n", ["3:1-3 RUN a `", "4:1-4 RUN b"]),
    # unknown keywords are instructions too; parsing continues
    ("FORM alpine\nRUN a\n", ["1:1-1 FORM alpine", "2:1-2 RUN a"]),
    ("FROM alpine\n{{ x }}\nRUN a\n", ["1:1-1 FROM alpine", "2:1-2 {{ x }}", "3:1-3 RUN a"]),
    # no instructions
    ("", []),
    ("\n\n", []),
    ("# only\n# comments\n", []),
    ("\\\n", []),
]


@pytest.mark.parametrize(("text", "expected"), BOUNDARIES)
def test_instructions_have_boundaries(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


HEREDOCS = [
    ("RUN <<EOF\na\nEOF\nRUN b\n", ["1:1-3 RUN <<EOF", "4:1-4 RUN b"], ["EOF 2-2 'a\\n'"]),
    ("RUN <<EOF\nEOF\n", ["1:1-2 RUN <<EOF"], ["EOF 2-1 ''"]),
    ("RUN <<EOF\na\nEOF", ["1:1-3 RUN <<EOF"], ["EOF 2-2 'a\\n'"]),
    ("RUN <<EOF\r\na\r\nEOF\r\nRUN b\r\n", ["1:1-3 RUN <<EOF", "4:1-4 RUN b"], ["EOF 2-2 'a\\r\\n'"]),
    ("RUN <<EOF bash\na\nEOF\n", ["1:1-3 RUN <<EOF bash"], ["EOF 2-2 'a\\n'"]),
    ("RUN cat <<EOF > /f && b\na\nEOF\n", ["1:1-3 RUN cat <<EOF > /f && b"], ["EOF 2-2 'a\\n'"]),
    ("RUN 3<<EOF a\nx\nEOF\n", ["1:1-3 RUN 3<<EOF a"], ["EOF 2-2 'x\\n'"]),
    ("RUN << EOF\na\nEOF\n", ["1:1-3 RUN << EOF"], ["EOF 2-2 'a\\n'"]),
    # the line that ends it is exactly the name
    ("RUN <<EOF\n EOF\nEOF \nEOF\n", ["1:1-4 RUN <<EOF"], ["EOF 2-3 ' EOF\\nEOF \\n'"]),
    ("RUN <<EOF\n\tEOF\nEOF\n", ["1:1-3 RUN <<EOF"], ["EOF 2-2 '\\tEOF\\n'"]),
    ("RUN <<-EOF\n\ta\n\t\tEOF\n", ["1:1-3 RUN <<-EOF"], ["EOF- 2-2 '\\ta\\n'"]),
    ("RUN <<-EOF\n a\n EOF\nEOF\n", ["1:1-4 RUN <<-EOF"], ["EOF- 2-3 ' a\\n EOF\\n'"]),
    # quoting the name keeps variables in the body
    ("RUN <<'EOF'\na\nEOF\n", ["1:1-3 RUN <<'EOF'"], ["EOF! 2-2 'a\\n'"]),
    ('RUN <<"EOF"\na\nEOF\n', ['1:1-3 RUN <<"EOF"'], ["EOF! 2-2 'a\\n'"]),
    ("RUN <<E'O'F\na\nEOF\n", ["1:1-3 RUN <<E'O'F"], ["EOF! 2-2 'a\\n'"]),
    ("RUN <<'one two'\na\none two\n", ["1:1-3 RUN <<'one two'"], ["one two! 2-2 'a\\n'"]),
    ("RUN <<eo\\'f\na\neo'f\n", ["1:1-3 RUN <<eo\\'f"], ["eo'f 2-2 'a\\n'"]),
    ("RUN <<$EOF\na\n$EOF\n", ["1:1-3 RUN <<$EOF"], ["$EOF 2-2 'a\\n'"]),
    # bodies are not parsed as instructions
    ("RUN <<EOF\nFROM x\n# c\n\na \\\nEOF\n", ["1:1-6 RUN <<EOF"], ["EOF 2-5 'FROM x\\n# c\\n\\na \\\\\\n'"]),
    ("# escape=`\nRUN <<EOF\na `\nEOF\n", ["2:1-4 RUN <<EOF"], ["EOF 3-3 'a `\\n'"]),
    ("RUN <<EOF\na\nEOF\n# c\nRUN b\n", ["1:1-3 RUN <<EOF", "5:1-5 RUN b"], ["EOF 2-2 'a\\n'"]),
    # several
    ("RUN a <<A && b <<B\n1\nA\n2\nB\n", ["1:1-5 RUN a <<A && b <<B"], ["A 2-2 '1\\n'", "B 4-4 '2\\n'"]),
    ("COPY <<X <<Y /d/\nY\nX\nX\nY\n", ["1:1-5 COPY <<X <<Y /d/"], ["X 2-2 'Y\\n'", "Y 4-4 'X\\n'"]),
    ("ADD <<a.txt /d\nx\na.txt\n", ["1:1-3 ADD <<a.txt /d"], ["a.txt 2-2 'x\\n'"]),
    ("COPY --chmod=644 <<EOF /d\nx\nEOF\n", ["1:1-3 COPY <<EOF /d"], ["EOF 2-2 'x\\n'"]),
    ("RUN --mount=type=cache,target=/c <<EOF\nx\nEOF\n", ["1:1-3 RUN <<EOF"], ["EOF 2-2 'x\\n'"]),
    # after a continuation the body follows the last line
    ("RUN a && \\\n b <<EOF\nx\nEOF\n", ["1:1-4 RUN a &&  b <<EOF"], ["EOF 3-3 'x\\n'"]),
    ("RUN b <<EOF && \\\n a\nx\nEOF\n", ["1:1-4 RUN b <<EOF &&  a"], ["EOF 3-3 'x\\n'"]),
    ("RUN a && \\\n# c\n\n b <<EOF\nx\nEOF\n", ["1:1-6 RUN a &&  b <<EOF"], ["EOF 5-5 'x\\n'"]),
    ("ONBUILD RUN <<EOF\nx\nEOF\n", ["1:1-3 ONBUILD RUN <<EOF"], ["EOF 2-2 'x\\n'"]),
    ("ONBUILD COPY <<EOF /d\nx\nEOF\n", ["1:1-3 ONBUILD COPY <<EOF /d"], ["EOF 2-2 'x\\n'"]),
    # these are not heredocs
    ("RUN cat <<<x\nRUN b\n", ["1:1-1 RUN cat <<<x", "2:1-2 RUN b"], []),
    ('RUN echo "<<EOF"\nRUN b\n', ['1:1-1 RUN echo "<<EOF"', "2:1-2 RUN b"], []),
    ("RUN echo '<<EOF'\nRUN b\n", ["1:1-1 RUN echo '<<EOF'", "2:1-2 RUN b"], []),
    ("RUN echo \\<<EOF\nRUN b\n", ["1:1-1 RUN echo \\<<EOF", "2:1-2 RUN b"], []),
    ("RUN a < b\nRUN b\n", ["1:1-1 RUN a < b", "2:1-2 RUN b"], []),
    ("RUN a <<- EOF\nRUN b\n", ["1:1-1 RUN a <<- EOF", "2:1-2 RUN b"], []),
    ("RUN a <<\nRUN b\n", ["1:1-1 RUN a <<", "2:1-2 RUN b"], []),
    ("ENV A=<<EOF\nRUN b\n", ["1:1-1 ENV A=<<EOF", "2:1-2 RUN b"], []),
    ("CMD cat <<EOF\nRUN b\n", ["1:1-1 CMD cat <<EOF", "2:1-2 RUN b"], []),
    ('RUN ["a", "<<EOF"]\nRUN b\n', ['1:1-1 RUN ["a", "<<EOF"]', "2:1-2 RUN b"], []),
    ('COPY ["<<EOF", "/d"]\nRUN b\n', ['1:1-1 COPY ["<<EOF", "/d"]', "2:1-2 RUN b"], []),
    # a line that BuildKit cannot split into words has no heredoc
    ("RUN echo ${x^^} <<EOF\nRUN b\n", ["1:1-1 RUN echo ${x^^} <<EOF", "2:1-2 RUN b"], []),
    ("RUN echo it's <<EOF\nRUN b\n", ["1:1-1 RUN echo it's <<EOF", "2:1-2 RUN b"], []),
    ("RUN echo ${x:0:3} <<EOF\ny\nEOF\n", ["1:1-3 RUN echo ${x:0:3} <<EOF"], ["EOF 2-2 'y\\n'"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "heredocs"), HEREDOCS)
def test_heredocs_belong_to_their_instruction(
    text: str, expected: list[str], heredocs: list[str]
) -> None:
    """Name (``-`` tabs are stripped, ``!`` no expansion), first and last line, body."""
    assert outline(text) == expected
    syntax = parse(text)
    actual = [
        f"{h.name}{'-' if h.strip_tabs else ''}{'' if h.expand else '!'}"
        f" {syntax.file.position(h.body_start).line}-{syntax.file.position(h.body_end).line - 1}"
        f" {h.body!r}"
        for each in syntax.instructions
        for h in each.heredocs
    ]
    assert actual == heredocs
    assert problems_of(syntax) == [] or {p.kind for p in problems_of(syntax)} == {"no-stage"}


def test_a_heredoc_has_places() -> None:
    (heredoc,) = only("RUN a \\\n  <<-'E F' b\n\tx\n\tE F\n").heredocs
    assert (place(heredoc.span), heredoc.span.text) == ("2:3", "<<-'E F'")
    assert (heredoc.word.owner.file.position(heredoc.body_start), heredoc.body) == ((3, 1), "\tx\n")
    assert (place(heredoc.terminator_span), heredoc.terminator_span.text) == ("4:2", "E F")
    assert heredoc.content == "x\n"


FLAGS = [
    ("COPY --from=b a c", ["from=b 1:6 1:13"], "a c"),
    ("COPY --from=b --chown=1:1 a c", ["from=b 1:6 1:13", "chown=1:1 1:15 1:23"], "a c"),
    ("COPY --link a c", ["link 1:6 -"], "a c"),
    ("COPY --link=true a c", ["link=true 1:6 1:13"], "a c"),
    ("COPY --link= a c", ["link= 1:6 1:13"], "a c"),
    ("COPY   --link   a c", ["link 1:8 -"], "a c"),
    ("COPY --from=\"b\" a c", ["from=b 1:6 1:13"], "a c"),
    ("COPY --chown='a b' c d", ["chown=a b 1:6 1:14"], "c d"),
    ("COPY --chown=a\\ b c d", ["chown=a b 1:6 1:14"], "c d"),
    ("RUN --mount=type=cache,target=/c a", ["mount=type=cache,target=/c 1:5 1:13"], "a"),
    ("RUN --mount=a=1 --mount=b=2 c", ["mount=a=1 1:5 1:13", "mount=b=2 1:17 1:25"], "c"),
    ("RUN --mount=a=1 \\\n  --network=none \\\n  c", ["mount=a=1 1:5 1:13", "network=none 2:3 2:13"], "c"),
    ("RUN --mount=type=cache,\\\ntarget=/c a", ["mount=type=cache,target=/c 1:5 1:13"], "a"),
    ("RUN \\\n# c\n --network=none a", ["network=none 3:2 3:12"], "a"),
    ("FROM --platform=$BUILDPLATFORM a", ["platform=$BUILDPLATFORM 1:6 1:17"], "a"),
    ("HEALTHCHECK --interval=5s --retries=3 CMD a", ["interval=5s 1:13 1:24", "retries=3 1:27 1:37"], "CMD a"),
    # flags are before the first argument only
    ("COPY a --from=b c", [], "a --from=b c"),
    ("RUN a --network=none", [], "a --network=none"),
    ("COPY -- --from=b c", [], "--from=b c"),
    ("COPY --link -- --from=b c", ["link 1:6 -"], "--from=b c"),
    ("COPY -x a c", [], "-x a c"),
    ("CMD --help", ["help 1:5 -"], ""),
    ("COPY --from", ["from 1:6 -"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "flags", "arguments"), FLAGS)
def test_flags_are_separated_from_arguments(text: str, flags: list[str], arguments: str) -> None:
    """``name=value``, the place of the flag, the place of its value."""
    instruction = only(text)
    actual = []
    for flag in instruction.flags:
        value = "" if flag.value is None else f"={flag.value}"
        at = "-" if flag.value is None else place(flag.value_span)
        actual.append(f"{flag.name}{value} {place(flag.span)} {at}")
    assert actual == flags
    assert instruction.arguments == arguments


def test_a_flag_has_places_of_its_parts() -> None:
    flag = only("COPY --chown='a b' c d").flags[0]
    assert flag.span.text == "--chown='a b'"
    assert flag.name_span.text == "--chown"
    assert flag.value_span.text == "'a b'"


def test_mounts_have_options() -> None:
    text = "RUN --mount=type=cache,Target=/c,ro --mount=type=secret,id=k a"
    cache, secret = only(text).mounts
    assert (cache.type, cache.target, cache.get("ro", "readonly")) == ("cache", "/c", "")
    assert cache.get("id") is None
    assert [(o.key, o.value, o.span.text, o.value_span.text) for o in cache.options] == [
        ("type", "cache", "type=cache", "cache"),
        ("target", "/c", "Target=/c", "/c"),
        ("ro", None, "ro", ""),
    ]
    assert (secret.type, secret.get("id")) == ("secret", "k")
    assert place(secret.options[1].value_span) == "1:60"


WORDS = [
    ("FROM alpine:3 AS x", ["1:6 alpine:3", "1:15 AS", "1:18 x"]),
    ("FROM --platform=p alpine", ["1:19 alpine"]),
    ("COPY a b c", ["1:6 a", "1:8 b", "1:10 c"]),
    ("COPY a \\\n  b \\\n# c\n  c", ["1:6 a", "2:3 b", "4:3 c"]),
    ("COPY a\\\nb c", ["1:6 ab", "2:3 c"]),
    ("COPY \"a b\" c", ['1:6 "a', '1:9 b"', "1:12 c"]),
    ("EXPOSE 80 443/tcp", ["1:8 80", "1:11 443/tcp"]),
    ("VOLUME /a /b", ["1:8 /a", "1:11 /b"]),
    ("USER a b", ["1:6 a b"]),
    ("WORKDIR  /a b ", ["1:10 /a b"]),
    ("STOPSIGNAL SIGTERM", ["1:12 SIGTERM"]),
    ("MAINTAINER A <a@b.c>", ["1:12 A <a@b.c>"]),
    ("ARG A B=1", ["1:5 A", "1:7 B=1"]),
    ("ARG A='b c' D", ["1:5 A='b c'", "1:13 D"]),
    ("ENV A=\"b c\" D=e", ['1:5 A="b c"', "1:13 D=e"]),
    ("ENV A=b\\ c", ["1:5 A=b\\ c"]),
    ("HEALTHCHECK NONE", ["1:13 NONE"]),
    ("HEALTHCHECK --retries=1 cmd a b", ["1:25 cmd"]),
    ("RUN a b", []),
    ("ONBUILD RUN a", []),
    ("COPY\u00a0x a b", ["1:8 a", "1:10 b"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_arguments_are_words_with_places(text: str, expected: list[str]) -> None:
    assert [f"{place(word.span)} {word.text}" for word in only(text).words] == expected


VALUES = [
    ("WORKDIR /a", "/a"),
    ("WORKDIR '/a b'", "/a b"),
    ('WORKDIR "/a b"', "/a b"),
    ("WORKDIR /a\\ b", "/a b"),
    ('WORKDIR "/a\\"b"', '/a"b'),
    ('WORKDIR "/a\\b"', "/a\\b"),
    ("WORKDIR '/a\\b'", "/a\\b"),
    ("WORKDIR $A/${B:-'x y'}", "$A/${B:-'x y'}"),
    ("WORKDIR /it's", "/it's"),
    ("# escape=`\nWORKDIR c:\\a", "c:\\a"),
    ("# escape=`\nWORKDIR c:`a", "c:a"),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_quotes_and_escapes_are_removed_from_words(text: str, expected: str) -> None:
    assert only(text).words[0].value == expected


JSON = [
    ('CMD ["a", "b"]', ["1:6 a", "1:11 b"]),
    ('CMD  [ "a" , "b" ] ', ["1:8 a", "1:14 b"]),
    ('CMD ["a",\\\n  "b"]', ["1:6 a", "2:3 b"]),
    ('CMD ["a b", "c\\"d", "\\u00e9", "\\n"]', ["1:6 a b", "1:13 c\"d", "1:21 \u00e9", "1:31 \n"]),
    ('CMD ["\\ud83d\\ude00"]', ["1:6 \U0001f600"]),
    ("CMD []", []),
    ("CMD [ ]", []),
    ('RUN ["a"]', ["1:6 a"]),
    ('RUN --network=none ["a"]', ["1:21 a"]),
    ('SHELL ["/bin/bash", "-c"]', ["1:8 /bin/bash", "1:21 -c"]),
    ('ENTRYPOINT ["a"]', ["1:13 a"]),
    ('COPY ["a b", "/d"]', ["1:7 a b", "1:14 /d"]),
    ('VOLUME ["/a"]', ["1:9 /a"]),
    ('HEALTHCHECK CMD ["a", "b"]', ["1:18 a", "1:23 b"]),
    # these are not in the JSON form
    ("CMD a", None),
    ("CMD ['a']", None),
    ('CMD ["a"', None),
    ('CMD ["a" "b"]', None),
    ('CMD ["a",]', None),
    ('CMD ["a"] x', None),
    ('CMD ["a", 1]', None),
    ('CMD ["a\\x"]', None),
    ('CMD ["a\tb"]', None),
    ('CMD "a"', None),
    ('FROM ["a"]', None),
    ('EXPOSE ["80"]', None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), JSON)
def test_the_json_form_has_words(text: str, expected: list[str] | None) -> None:
    words = only(text).json
    actual = None if words is None else [f"{place(word.span)} {word.value}" for word in words]
    assert actual == expected
    assert all(word.is_json for word in words or ())


JSON_ERRORS = [
    ("CMD ['a', 'b']", "json-quotes 1:6"),
    ("CMD [“a”, “b”]", "json-quotes 1:6"),
    ("CMD [\"a\", 'b']", "json-quotes 1:11"),
    ('CMD ["a" "b"]', "json-comma 1:10"),
    ('CMD ["a",]', "json-comma 1:9"),
    ('CMD ["a", "b"', "json-syntax 1:5"),
    ('CMD ["a"] # c', "json-trailing 1:11"),
    ('CMD ["a"] && b', "json-trailing 1:11"),
    ("CMD [a, b]", "json-syntax 1:6"),
    ('CMD ["C:\\srv\\x.exe", "y"]', "json-escape 1:9"),
    ('CMD ["x", "a\\nb\\ c"]', "json-escape 1:16"),
    (r'CMD ["\/x", "a\\b\"c"]', None),
    ('CMD ["a", 1]', "json-type 1:11"),
    ("CMD [1]", "json-type 1:5"),
    ('COPY ["a", /b]', "json-syntax 1:12"),
    ('HEALTHCHECK CMD ["a",]', "json-comma 1:21"),
    # shell tests and patterns are not in the JSON form
    ("RUN [ -f x ] && y", None),
    ('RUN [ "$A" = "b" ] && y', None),
    ("RUN [[ $A == b ]]", None),
    ("COPY [a-z]* /d", None),
    ("CMD a", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), JSON_ERRORS)
def test_errors_in_the_json_form_have_a_place(text: str, expected: str | None) -> None:
    error = only(text).json_error
    if error is None:
        assert expected is None
    else:
        file = SourceFile("Dockerfile", text)
        assert f"{error.kind} {place(Span(file, error.start, error.end))}" == expected


PAIRS = [
    ("ENV A=1", ["A=1 1:5 1:7"]),
    ("ENV A=1 B=2", ["A=1 1:5 1:7", "B=2 1:9 1:11"]),
    ("ENV A=1 \\\n    B=2", ["A=1 1:5 1:7", "B=2 2:5 2:7"]),
    ("ENV A=1 \\\n# c\n\n    B=2", ["A=1 1:5 1:7", "B=2 4:5 4:7"]),
    ("ENV A=", ["A= 1:5 1:7"]),
    ("ENV A=b=c", ["A=b=c 1:5 1:7"]),
    ('ENV A="b c" D=\'e f\'', ["A=b c 1:5 1:7", "D=e f 1:13 1:15"]),
    ("ENV A=b\\ c", ["A=b c 1:5 1:7"]),
    ('ENV A="b\\\nc"', ["A=bc 1:5 1:7"]),
    ("LABEL a.b=c \"d e\"=f", ["a.b=c 1:7 1:11", "d e=f 1:13 1:19"]),
    # the old form: everything after the name is the value, quotes are removed
    ("ENV A b c", ["A:b c 1:5 1:7"]),
    ("ENV A   b", ["A:b 1:5 1:9"]),
    ('ENV A b "c d"', ["A:b c d 1:5 1:7"]),
    ("ENV A b=c", ["A:b=c 1:5 1:7"]),
    ("ENV A \\\n  b", ["A:b 1:5 2:3"]),
    ("LABEL a b", ["a:b 1:7 1:9"]),
    ("ARG A", ["A 1:5"]),
    ("ARG A=1 B", ["A=1 1:5 1:7", "B 1:9"]),
    ("ARG A=", ["A= 1:5 1:7"]),
    ('ARG A="b c"', ["A=b c 1:5 1:7"]),
    ("RUN A=1 b", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs_have_a_key_and_a_value(text: str, expected: list[str]) -> None:
    actual = []
    for key, value, legacy in only(text).pairs:
        if value is None:
            actual.append(f"{key.value} {place(key.span)}")
        else:
            sign = ":" if legacy else "="
            actual.append(f"{key.value}{sign}{value.value} {place(key.span)} {place(value.span)}")
    assert actual == expected


DIRECTIVES = [
    ("# syntax=docker/dockerfile:1\nFROM a", "\\", ["syntax=docker/dockerfile:1 1:1 1:10"]),
    ("#syntax=x\n#escape=`\nFROM a", "`", ["syntax=x 1:1 1:9", "escape=` 2:1 2:9"]),
    ("#  Escape = `  \nFROM a", "`", ["escape=` 1:1 1:13"]),
    ("# check=skip=A,B;error=true\nFROM a", "\\", ["check=skip=A,B;error=true 1:1 1:9"]),
    ("# c\n# escape=`\nFROM a", "\\", []),
    ("FROM a\n# escape=`", "\\", []),
    ("\n# escape=`\nFROM a", "\\", []),
    ("# foo=bar\n# escape=`\nFROM a", "\\", []),
    ("#!/bin/x\n# escape=`\nFROM a", "\\", []),
    ("  # escape=`\nFROM a", "`", ["escape=` 1:3 1:12"]),
    ("# escape\nFROM a", "\\", []),
    ("# syntax=x\r\n# escape=`\r\nFROM a", "`", ["syntax=x 1:1 1:10", "escape=` 2:1 2:10"]),
]


@pytest.mark.parametrize(("text", "escape", "expected"), DIRECTIVES)
def test_directives_come_before_everything_else(
    text: str, escape: str, expected: list[str]
) -> None:
    syntax = parse(text)
    assert syntax.escape == escape
    assert [
        f"{d.name}={d.value} {place(d.span)} {place(d.value_span)}" for d in syntax.directives
    ] == expected


FRONTENDS = [
    ("FROM a", False),
    ("# syntax=docker/dockerfile:1\nFROM a", False),
    ("# syntax=docker.io/docker/dockerfile:1.7-labs@sha256:aa\nFROM a", False),
    ("# syntax=reg:5000/docker/dockerfile-upstream:master\nFROM a", False),
    ("# syntax=someone/dockerfile-x\nFROM a", True),
    ("# syntax=dockerfile\nFROM a", True),
]


@pytest.mark.parametrize(("text", "expected"), FRONTENDS)
def test_a_custom_frontend_is_recognised(text: str, expected: bool) -> None:
    assert parse(text).custom_frontend is expected


COMMENTS = [
    ("# a\n#b\n  #  c \nFROM x\n", ["1:1 a", "2:1 b", "3:3 c"], ["a", "b", "c"]),
    ("# a\n#\n# b\nFROM x\n", ["1:1 a", "2:1 ", "3:1 b"], ["b"]),
    ("# a\n\n# b\nFROM x\n", ["1:1 a", "3:1 b"], ["a", "b"]),
    ("# syntax=x\n# a\nFROM x\n", ["2:1 a"], ["a"]),
    ("FROM x\n# a\n", ["2:1 a"], []),
    ("FROM \\\n# a\n x\n", ["2:1 a"], []),
    ("RUN <<E\n# a\nE\n", [], []),
]


@pytest.mark.parametrize(("text", "all_comments", "above"), COMMENTS)
def test_comments_above_an_instruction_belong_to_it(
    text: str, all_comments: list[str], above: list[str]
) -> None:
    syntax = parse(text)
    assert [f"{place(c.span)} {c.text}" for c in syntax.all_comments] == all_comments
    assert [c.text for c in syntax.instructions[0].comments] == above


def test_comments_and_empty_lines_inside_an_instruction_are_kept() -> None:
    instruction = only("RUN a \\\n# one\n\n  # two\n\n  b\n")
    assert [(c.line, c.text) for c in instruction.inner_comments] == [(2, "one"), (4, "two")]
    assert list(instruction.empty_lines) == [3, 5]


ONBUILD = [
    ("ONBUILD RUN a", "RUN 1:9 a"),
    ("ONBUILD  copy --from=b a c", "COPY 1:10 a c"),
    ("ONBUILD \\\n  RUN a", "RUN 2:3 a"),
    ("ONBUILD ONBUILD RUN a", "ONBUILD 1:9 RUN a"),
    ("ONBUILD", None),
    ("ONBUILD ENV A=1 B=2", "ENV 1:9 A=1 B=2"),
]


@pytest.mark.parametrize(("text", "expected"), ONBUILD)
def test_onbuild_has_an_inner_instruction(text: str, expected: str | None) -> None:
    inner = only(text).inner
    if inner is None:
        assert expected is None
    else:
        assert f"{inner.name} {place(inner.name_span)} {inner.arguments}" == expected


def test_an_inner_instruction_is_parsed_like_others() -> None:
    outer = only("ONBUILD COPY --from=b <<EOF /d\nx\nEOF\n")
    inner = outer.inner
    assert inner is not None
    assert [flag.name for flag in inner.flags] == ["from"]
    assert [word.text for word in inner.sources] == ["<<EOF"]
    assert inner.destination is not None
    assert place(inner.destination.span) == "1:29"
    assert [heredoc.body for heredoc in inner.heredocs] == ["x\n"]
    assert (inner.start_line, inner.end_line) == (1, 3)
    assert inner.outer is outer


def test_what_onbuild_in_onbuild_defers_is_not_read() -> None:
    syntax = parse("FROM a\n" + "ONBUILD " * 20_000 + "RUN x\n")
    inner = syntax.instructions[1].inner
    assert inner is not None
    assert (inner.name, inner.inner, inner.problems) == ("ONBUILD", None, [])


PROBLEMS = [
    ("FROM a\nRUN b\n", []),
    ("", ["no-instructions 1:1"]),
    ("# c\n", ["no-instructions 1:1"]),
    ("RUN a\n", ["no-stage 1:1"]),
    ("ARG A=1\n", ["no-stage 1:1"]),
    ("FROM a\nRNU b\n", ["unknown-instruction 2:1 RUN"]),
    ("FROM a\nMAINTAINR b\n", ["unknown-instruction 2:1 MAINTAINER"]),
    ("FROM a\nxyzzy b\n", ["unknown-instruction 2:1"]),
    ("FROM a\nRNU b\nCPOY c d\n", ["unknown-instruction 2:1 RUN", "unknown-instruction 3:1 COPY"]),
    # a forgotten continuation is one problem, whatever the number of lines
    ("FROM a\nRUN b &&\n    c -y && \\\n    d\n", ["missing-continuation 3:5"]),
    ("FROM a\nRUN b &&\nc &&\nd\n", ["missing-continuation 3:1"]),
    ("FROM a\nRUN b \\\n c\n && d\n", ["missing-continuation 4:2"]),
    ("FROM a\nRUN <<EOF\nb\nc\n", ["unterminated-heredoc 2:5"]),
    ("FROM a\nRUN <<EOF\nb\nRUN c\nEXPOSE x\n", ["unterminated-heredoc 2:5"]),
    ("FROM a\nRUN <<A <<B\nb\nA\n", ["unterminated-heredoc 2:9"]),
    ("FROM a\nRUN echo $((1 << 2))\nRUN b\n", ["shift-as-heredoc 2:15"]),
    ("FROM a\nRUN echo $((1<<2))\nRUN b\n", []),
    ("# escape=x\nFROM a\n", ["bad-directive 1:1"]),
    ("# syntax=x\n# syntax=y\nFROM a\n", ["duplicate-directive 2:1"]),
    ("FROM a\nENV A\n", ["missing-value 2:5"]),
    ("FROM a\nENV A=1 B C=2\n", ["missing-equals 2:9"]),
    ("FROM a\nLABEL a=1 \\\n b\n", ["missing-equals 3:2"]),
    ("FROM a\nENV =1\n", ["blank-name 2:5"]),
    ("ARG =1\nFROM a\n", ["blank-name 1:5"]),
    ('FROM a\nCMD ["b", 1]\n', ["json-type 2:11"]),
    ('FROM a\nONBUILD CMD ["b", 1]\n', ["json-type 2:19"]),
    ("FROM a\nCMD ['b']\n", []),
    ("FROM a\n\\\n", ["empty-instruction 2:1"]),
    ("FROM a\n\\", ["empty-instruction 2:1"]),
    # several at once, in order
    ("RNU a\nENV A\n# c\nRUN <<E\n", ["no-stage 1:1", "unknown-instruction 1:1 RUN", "missing-value 2:5", "unterminated-heredoc 4:5"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROBLEMS)
def test_problems_have_a_kind_and_a_place(text: str, expected: list[str]) -> None:
    syntax = parse(text)
    actual = []
    for problem in problems_of(syntax):
        at = place(Span(syntax.file, problem.start, problem.end))
        suggestion = f" {problem.suggestion}" if problem.suggestion else ""
        actual.append(f"{problem.kind} {at}{suggestion}")
    assert sorted(actual) == sorted(expected)


def test_parsing_continues_after_an_unterminated_heredoc() -> None:
    text = "FROM a\nRUN <<EOF\n  b\n  c\nCOPY d e\nRUN echo $((1 << 2))\nUSER x\n"
    assert outline(text) == [
        "1:1-1 FROM a",
        "2:1-4 RUN <<EOF",
        "5:1-5 COPY d e",
        "6:1-6 RUN echo $((1 << 2))",
        "7:1-7 USER x",
    ]


PLACES = [
    # the text joined; index; place in the file
    ("RUN abc", 4, "1:5"),
    ("RUN a\\\nb", 5, "2:1"),
    ("RUN a \\\n  b", 8, "2:3"),
    ("RUN a \\\n# c\n\n  b", 8, "4:3"),
    ("# escape=`\r\nRUN a `\r\n  b", 8, "3:3"),
    ("RUN \u00e9\U0001f600 \\\n b", 8, "2:2"),
]


@pytest.mark.parametrize(("text", "index", "expected"), PLACES)
def test_places_are_right_behind_continuations(text: str, index: int, expected: str) -> None:
    instruction = only(text)
    assert place(instruction.span_of(index, index + 1)) == expected


def test_spans_cover_the_named_text() -> None:
    instruction = only("  RU\\\nN --network=none \\\n  a\\\nb <<E\nx\nE\n\n")
    assert instruction.name_span.text == "RU\\\nN"
    assert instruction.span.text == "RU\\\nN --network=none \\\n  a\\\nb <<E\nx\nE"
    assert instruction.lines.text == "  RU\\\nN --network=none \\\n  a\\\nb <<E\nx\nE\n"
    word = instruction.span_of(instruction.command_at, instruction.command_at + 2)
    assert word.text == "a\\\nb"


def test_places_in_embedded_text_are_those_of_the_host() -> None:
    host = SourceFile("compose.yaml", "x: |\n  FROM a\n  RUN b\n")
    text = "FROM a\nRUN b\n"
    origins = [*range(7, 14), *range(16, 23)]
    syntax = parse_dockerfile(EmbeddedSource(host, text, origins))
    span = syntax.instructions[1].name_span.origin
    assert (span.file, place(span), span.text) == (host, "3:3", "RUN")


# --- properties ----------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        "FROM a\n",
        "RUN ",
        "run ",
        "COPY ",
        "ENV ",
        "ARG ",
        "LABEL ",
        "CMD ",
        "ONBUILD ",
        "HEALTHCHECK CMD ",
        "USER ",
        "# c",
        "# escape=`",
        "# syntax=x",
        "#",
        " ",
        "\t",
        "\\",
        "`",
        " \\\n",
        "\\\n",
        "`\n",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "<<EOF",
        "<<-EOF",
        "<<'E F'",
        "<<E\\F",
        "\nEOF\n",
        "\n\tEOF\n",
        '["a", "b"]',
        '["a",1]',
        "[]",
        '["a"',
        "['a']",
        "--from=b ",
        '--a="b c" ',
        "--a='b ",
        "-- ",
        "a=b",
        'a="b c"',
        "a='b c'",
        "a b",
        '"',
        "'",
        "$x",
        "${x}",
        "${x:-y}",
        "${x^}",
        "\\\\",
        "\x0b",
        "\x0c",
        "\u2028",
        "\x85",
        "\xa0",
        "é",
        "\x00",
        "<<<",
        "<< ",
        "$((1<<2))",
        "&& ",
        "; ",
        "\ufeff",
    ]
)
DOCKERFILES = st.one_of(st.lists(PARTS, max_size=25).map("".join), st.text(max_size=200))


def parts_of(syntax: DockerfileSyntax) -> list[tuple[int, int]]:
    """The offsets of all that is not a blank, line ending or continuation, in order."""
    parts = [(item.start, item.end) for item in (*syntax.directives, *syntax.all_comments)]
    for instruction in syntax.instructions:
        parts += instruction.pieces
        for heredoc in instruction.heredocs:
            terminator = heredoc.terminator_span
            parts += [(heredoc.body_start, heredoc.body_end), (terminator.start, terminator.end)]
    return sorted(part for part in parts if part[0] < part[1])


@given(DOCKERFILES)
@example("\\")
@example("RUN a \\\n")
@example("\x00")
@examples(600)
def test_tokens_of_any_text_give_the_text(text: str) -> None:
    source = SourceFile("Dockerfile", text)
    syntax = parse_dockerfile(source)
    blanks, at = "", 0
    for start, end in parts_of(syntax):
        assert start >= at, "no part is read twice"
        blanks += source.text[at:start]
        at = end
    blanks += source.text[at:]
    assert not blanks.replace(syntax.escape, "").strip(), "only blanks and continuations are left"
    for instruction in syntax.instructions:
        pieces = instruction.pieces
        assert "".join(source.text[a:b] for a, b in pieces) == instruction.text
        for index in range(len(instruction.text)):
            assert source.text[instruction.source_offset(index)] == instruction.text[index]
        for word in instruction.words:
            assert instruction.text[word.at : word.at + len(word.text)] == word.text
            assert 0 <= word.start <= word.end <= len(source.text)
            assert word.value is not None
        for flag in instruction.flags:
            assert flag.span.text.startswith("-")
        for pair in instruction.pairs:
            assert pair.span.start <= pair.span.end
        assert instruction.start_line <= instruction.end_line
        assert instruction.json is None or instruction.json_error is None
    for problem in problems_of(syntax):
        assert 0 <= problem.start <= problem.end <= len(source.text)


PLAIN_PARTS = st.sampled_from(
    [
        "FROM a\n",
        "RUN b\n",
        "RUN b \\\n  c\n",
        "COPY a b\n",
        "ENV A=1 \\\n    B=2\n",
        "# c\n",
        "\n",
        "RUN a && \\\n# c\n  b\n",
        "RUN <<EOF\nx\nFROM y\nEOF\n",
        "RUN a \\\n\n  b\n",
        "COPY <<A <<B /d\n1\nA\n2\nB\n",
        'CMD ["a"]\n',
    ]
)


@given(st.lists(PLAIN_PARTS, min_size=1, max_size=12).map("".join))
@examples(200)
def test_dockerfile_parse_has_the_same_instructions(text: str) -> None:
    syntax = parse(text)
    second = read_again(syntax)
    assert second is not None
    ours = [(each.name, each.start_line) for each in syntax.instructions]
    assert [(each.name, each.start_line) for each in second] == ours


SECOND_READING = [
    ("FROM a\nRUN b \\\n c\n", True),
    ("FROM a\nRUN <<EOF\nRUN x\nEOF\n", True),
    ("\ufeffFROM a\r\nRUN b \\\r\n c\r\n", True),
    # texts that dockerfile-parse reads wrongly are not compared
    ("# escape=`\nFROM a\nRUN b `\n c\n", None),
    ("FROM a\nRU\\\nN b\n", None),
    ("FROM a\nRUN b \\\\\nRUN c\n", None),
    ("FROM a\nRUN b \\\n", None),
]


@pytest.mark.parametrize(("text", "expected"), SECOND_READING)
def test_a_second_reader_agrees_or_is_not_asked(text: str, expected: bool | None) -> None:
    assert readings_agree(parse(text)) is expected


# --- bad and large input -------------------------------------------------------------------

LARGE = [
    "FROM a\nRUN " + "x " * 500_000,
    "FROM a\nRUN a" + " && b \\\n" * 60_000 + " c\n",
    "FROM a\n" + "RUN <<A\n" * 4_000,
    "FROM a\n" + "".join(f"RUN <<A{n}\n" for n in range(4_000)),
    "FROM a\n" + "".join(f"A{n}\n" for n in range(4_000)) + "RUN <<A1\n" * 4_000,
    "FROM a\nRUN " + "<<A " * 10_000,
    "FROM a\nRUN $((" + " << 2))" * 10_000,
    "FROM a\nENV " + "A='" * 100_000,
    "FROM a\nRUN " + "${a:-" * 60_000,
    "FROM a\nCMD [" + '"a", ' * 60_000,
    "FROM a\nCMD " + "[" * 40_000,
    "x" * 400_000,
    "x\n" * 4_000,
    "\\\n" * 20_000,
    "\x00" * 200_000,
]


@pytest.mark.parametrize("text", LARGE, ids=range(len(LARGE)))
def test_large_input_takes_linear_time(text: str) -> None:
    with no_hang():
        syntax = parse(text)
        for instruction in syntax.instructions:
            assert instruction.flags is not None
            assert instruction.words is not None
            assert instruction.pairs is not None
        assert problems_of(syntax) is not None


def test_a_line_too_long_for_buildkit_is_a_problem() -> None:
    longest, too_long = "RUN " + "\u00e9" * 32_765, "RUN " + "\u00e9" * 32_766
    assert len(longest.encode()) == 65_534
    kinds = [problem.kind for problem in problems_of(parse(f"FROM a\n{longest}\n{too_long}\n"))]
    assert kinds == ["line-too-long"]
