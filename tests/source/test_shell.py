"""Commands of shell scripts, as tables of small scripts.

A command is written as the operator before it (``.`` for none, ``/`` for a new line), its
words without quotes, and its properties in brackets: ``sub`` in a subshell, ``pipe`` in
a pipeline, ``not`` negated, ``if`` conditional, ``fn`` in a function; ``$()`` in a
substitution, ``-c`` in a string that a shell runs, ``<<`` in a heredoc that a shell reads.
"""

from __future__ import annotations

import pytest
from checks import examples, no_hang, place
from composelint.linter.base.text import SourceFile
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.dockerfile.scripts import (
    dialect_of,
    interpreter_of,
    script_of,
    scripts_of,
)
from composelint.linter.source.dockerfile.stages import build_stages
from composelint.linter.source.shell.parse import parse_shell
from composelint.linter.source.shell.syntax import Script, SimpleCommand, parse_options
from hypothesis import example, given
from hypothesis import strategies as st


def script(text: str) -> Script:
    return parse_shell(SourceFile("script", text), text, lambda index: index)


def show(command: SimpleCommand) -> str:
    """A command as the tables write it."""
    before = {"": ".", "\n": "/"}.get(command.before, command.before)
    assignments = [assignment.word.value for assignment in command.assignments]
    marks = [
        {"substitution": "$()", "string": "-c", "heredoc": "<<", "": ""}[command.nesting],
        "sub" if command.in_subshell and not command.nesting else "",
        "pipe" if command.in_pipeline else "",
        "not" if command.negated else "",
        "if" if command.conditional else "",
        "fn" if command.in_function else "",
    ]
    properties = " ".join(mark for mark in marks if mark)
    words = " ".join([before, *assignments, *command.argv])
    return f"{words} [{properties}]" if properties else words


COMMANDS = [
    ("", []),
    ("a", [". a"]),
    ("a b  c", [". a b c"]),
    ("a && b || c; d & e", [". a", "&& b", "|| c", "; d", "& e"]),
    ("a\nb\n\nc\n", [". a", "/ b", "/ c"]),
    ("a \\\n  b", [". a b"]),
    ("a &&\n b", [". a", "&& b"]),
    ("a &&\n\n # c\n b", [". a", "&& b"]),
    ("a |\n b", [". a [pipe]", "| b [pipe]"]),
    ("a ||\n{ b; }", [". a", ". b"]),
    ("a | b | c", [". a [pipe]", "| b [pipe]", "| c [pipe]"]),
    ("a |& b", [". a [pipe]", "|& b [pipe]"]),
    ("! a", [". a [not]"]),
    ("a; ! b", [". a", "; b [not]"]),
    # words
    ("a 'b c' \"d e\" f\\ g", [". a b c d e f g"]),
    ("a b'c'\"d\"", [". a bcd"]),
    ("a 'x\\y' \"x\\y\" \"x\\\"y\"", [". a x\\y x\\y x\"y"]),
    ("a '&& b' \"| c\" \\;", [". a && b | c ;"]),
    ("a ''", [". a "]),
    ("a $X ${X:-y z} \"$X\" $1 $@", [". a $X ${X:-y z} $X $1 $@"]),
    ("a ${X:-\"}\"} ${X%\\}}", [". a ${X:-\"}\"} ${X%\\}}"]),
    ("a *.txt {b,c} d[0-9]", [". a *.txt {b,c} d[0-9]"]),
    ("a $'x\\'y' b", [". a $'x\\'y' b"]),
    ("a #b", [". a"]),
    ("a#b c # d && e\nf", [". a#b c", "/ f"]),
    ("a @(x|y) !(z)", [". a @(x|y) !(z)"]),
    # assignments
    ("A=1", [". A=1"]),
    ("A=1 B='2 3' c d=e", [". A=1 B=2 3 c d=e"]),
    ("A= b", [". A= b"]),
    ("A+=1", [". A+=1"]),
    ("A=(b c 'd e') f", [". A=(b c 'd e') f"]),
    ("export A=1 B", [". export A=1 B"]),
    ("declare -a X=(1 2)", [". declare -a X=(1 2)"]),
    # redirections
    ("a > b 2>&1 < c", [". a"]),
    ("> f", ["."]),
    ("a >f b", [". a b"]),
    ("a &> f && b", [". a", "&& b"]),
    ("a 2>/dev/null || true", [". a", "|| true"]),
    # substitutions
    ("a $(b c) d", [". a $(b c) d", ". b c [$()]"]),
    ("a \"$(b | c)\"", [". a $(b | c)", ". b [$() pipe]", "| c [$() pipe]"]),
    ("A=$(b)", [". A=$(b)", ". b [$()]"]),
    ("a `b` c", [". a `b` c", ". b [$()]"]),
    ("a $(b $(c))", [". a $(b $(c))", ". b $(c) [$()]", ". c [$()]"]),
    ("a ${X:-$(b)}", [". a ${X:-$(b)}", ". b [$()]"]),
    ("a <(b) >(c)", [". a <(b) >(c)", ". b [$()]", ". c [$()]"]),
    ("a '$(b)'", [". a $(b)"]),
    ("a $((1 + (2 * 3))) b", [". a $((1 + (2 * 3))) b"]),
    ("a $((1 << 2))", [". a $((1 << 2))"]),
    ("a $( (b) ; c)", [". a $( (b) ; c)", ". b [$()]", "; c [$()]"]),
    ("(( x++ )) && a", ["&& a"]),
    # groups and subshells
    ("{ a; b; }", [". a", "; b"]),
    ("{ a; } && b", [". a", "&& b"]),
    ("(a; b)", [". a [sub]", "; b [sub]"]),
    ("(a) && b", [". a [sub]", "&& b"]),
    ("(cd x && a) || b", [". cd x [sub]", "&& a [sub]", "|| b"]),
    ("{ a; } | b", [". a [pipe]", "| b [pipe]"]),
    ("a | { b; c; }", [". a [pipe]", ". b [pipe]", "; c [pipe]"]),
    ("((a) || b)", [". a [sub]", "|| b [sub]"]),
    # compound commands
    ("if a; then b; else c; fi; d", [". a", ". b [if]", ". c [if]", "; d"]),
    ("if a; then b; elif c; then d; fi", [". a", ". b [if]", ". c [if]", ". d [if]"]),
    ("if ! a; then b; fi", [". a [not]", ". b [if]"]),
    ("if [ -f x ]; then b; fi", [". [ -f x ]", ". b [if]"]),
    ("while a; do b; done", [". a", ". b [if]"]),
    ("until a; do b; done && c", [". a", ". b [if]", "&& c"]),
    ("for x in a b; do c $x; done", [". c $x"]),
    ("for x in $(a); do b; done", [". a [$()]", ". b"]),
    ("for x; do a; done", [". a"]),
    ("for x in a\ndo\n b\ndone", ["/ b"]),
    ("for ((i=0; i<3; i++)); do a; done", [". a"]),
    ("a | while read x; do b; done", [". a [pipe]", ". read x [pipe]", ". b [pipe if]"]),
    ("case $x in a) b;; c|d) e; f;; *) g;; esac; h", [". b [if]", ". e [if]", "; f [if]", ". g [if]", "; h"]),
    ("case x in (a) b ;; esac", [". b [if]"]),
    ("case x in a) b; esac && c", [". b [if]", "&& c"]),
    ("case x in esac", []),
    ("f() { a; }; f", [". a [fn]", "; f"]),
    ("f () (a)", [". a [sub fn]"]),
    ("function f { a; }", [". a [fn]"]),
    ("function f() {\n a\n}\nb", ["/ a [fn]", "/ b"]),
    ("[[ $a == b* && c ]] && d", [". [[ $a == b* c ]]", "&& d"]),
    ("[[ $a =~ ^(x|y)$ ]]", [". [[ $a =~ ^ x y $ ]]"]),
    # reserved words are reserved at the start of a command only
    ("echo if then fi", [". echo if then fi"]),
    ("echo }", [". echo }"]),
    # strings that a shell runs
    ("sh -c 'a && b'", [". sh -c a && b", ". a [-c]", "&& b [-c]"]),
    ("bash -euxo pipefail -c \"a $X\"", [". bash -euxo pipefail -c a $X", ". a $X [-c]"]),
    ("sudo sh -c 'a'", [". sudo sh -c a", ". a [-c]"]),
    ("su - u -c 'a'", [". su - u -c a", ". a [-c]"]),
    ("eval 'a b'", [". eval a b", ". a b [-c]"]),
    ("sh -c 'sh -c \"a\"'", [". sh -c sh -c \"a\"", ". sh -c a [-c]", ". a [-c]"]),
    ("sh -c 'sh -c \"sh -c x\"'", [". sh -c sh -c \"sh -c x\"", ". sh -c sh -c x [-c]", ". sh -c x [-c]", ". x [-c]"]),
    ("sh x.sh -c a", [". sh x.sh -c a"]),
    ("(a) | sh", [". a [sub pipe]", "| sh [pipe]"]),
    # heredocs
    ("cat <<E\na b\nE\nc", [". cat", "/ c"]),
    ("cat <<-'E' && c\n\ta\n\tE\n", [". cat", "&& c"]),
    ("sh <<E\na && b\nE\n", [". sh", ". a [<<]", "&& b [<<]"]),
    ("bash -s -- x <<E\na\nE\n", [". bash -s -- x", ". a [<<]"]),
    ("python <<E\nimport os\nE\n", [". python"]),
    ("a $(cat <<E\nx\nE\n) b", [". a $(cat <<E\nx\nE\n) b", ". cat [$()]"]),
    ("cat <<A <<B\n1\nA\n2\nB\nc", [". cat", "/ c"]),
    ("a \r\nb\r\n", [". a", "/ b"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COMMANDS)
def test_a_script_has_commands(text: str, expected: list[str]) -> None:
    parsed = script(text)
    assert [show(command) for command in parsed.commands] == expected
    assert parsed.complete


INCOMPLETE = [
    "a 'b",
    'a "b',
    "a `b",
    "a $(b",
    "a ${b",
    "(a",
    "a)",
    "if a; then b",
    "fi",
    "a; }",
    "for x in a; do b",
    "case x in a) b",
    "case x",
    "a && && b",
    "a &&",
    "a |\n",
    "; a",
    "a ( b )",
    "cat <<E\nx",
    "cat <<E",
    "f()",
    "[[ a",
    "a `b \\`c\\` d`",
    'sh -c "a $(b)"',
    'sh -c "sh -c \'sh -c \\"sh -c x\\"\'"',
    "$(" * 60,
    "(" * 200,
]


@pytest.mark.parametrize("text", INCOMPLETE)
def test_an_incomplete_script_is_marked(text: str) -> None:
    assert not script(text).complete


RESOLVED = [
    # script; the program of the first command, its arguments, the wrappers
    ("apt-get install x", "apt-get", ["install", "x"], []),
    ("/usr/bin/apt-get x", "apt-get", ["x"], []),
    ("./configure --x", "configure", ["--x"], []),
    ("sudo apt-get x", "apt-get", ["x"], ["sudo"]),
    ("sudo -E -u root apt-get x", "apt-get", ["x"], ["sudo"]),
    ("sudo A=1 apt-get", "apt-get", [], ["sudo"]),
    ("env A=1 B=2 apt-get x", "apt-get", ["x"], ["env"]),
    ("env -i -u X a", "a", [], ["env"]),
    ("A=1 apt-get x", "apt-get", ["x"], []),
    ("time -p a", "a", [], ["time"]),
    ("nice -n 5 a", "a", [], ["nice"]),
    ("nice -5 a", "a", [], ["nice"]),
    ("exec -a x a b", "a", ["b"], ["exec"]),
    ("command a b", "a", ["b"], ["command"]),
    ("command -v a", "command", ["-v", "a"], []),
    ("nohup a", "a", [], ["nohup"]),
    ("xargs -n 1 -I {} rm {}", "rm", ["{}"], ["xargs"]),
    ("xargs -0 rm", "rm", [], ["xargs"]),
    ("eatmydata apt-get x", "apt-get", ["x"], ["eatmydata"]),
    ("gosu app:app a", "a", [], ["gosu"]),
    ("su-exec u a", "a", [], ["su-exec"]),
    ("timeout -k 5 10s a", "a", [], ["timeout"]),
    ("sudo -- env time a b", "a", ["b"], ["sudo", "env", "time"]),
    ("python3 -m pip install x", "pip", ["install", "x"], ["python3"]),
    ("/venv/bin/python3.12 -m pip", "pip", [], ["python3.12"]),
    ("python3 x.py", "python3", ["x.py"], []),
    ("python3-config -m x", "python3-config", ["-m", "x"], []),
    ("busybox wget x", "wget", ["x"], ["busybox"]),
    ("${VENV}/bin/pip install x", "pip", ["install", "x"], []),
    ("$TOOL x", "", ["x"], []),
    ("'apt-get' x", "apt-get", ["x"], []),
    ("sudo", "sudo", [], []),
    ("A=1", "", [], []),
]


@pytest.mark.parametrize(("text", "name", "args", "wrappers"), RESOLVED)
def test_wrappers_are_removed_from_a_command(
    text: str, name: str, args: list[str], wrappers: list[str]
) -> None:
    command = script(text).commands[0]
    assert command.name == name
    assert [word.value for word in command.args] == args
    assert list(command.wrappers) == wrappers


WORD_KINDS = [
    # word; literal, quoted, expansion, glob
    ("x", "x", False, False, False),
    ("'x'", "x", True, False, False),
    ('"x"', "x", True, False, False),
    ("\\x", "x", True, False, False),
    ("$x", None, False, True, False),
    ('"$x"', None, True, True, False),
    ("'$x'", "$x", True, False, False),
    ("x$", "x$", False, False, False),
    ("*.x", "*.x", False, False, True),
    ("'*.x'", "*.x", True, False, False),
    ("{a,b}", "{a,b}", False, False, True),
    ("{}", "{}", False, False, False),
    ("$(x)", None, False, True, False),
    ("`x`", None, False, True, False),
    ("$((1+1))", None, False, True, False),
]


@pytest.mark.parametrize(("text", "literal", "quoted", "expansion", "glob"), WORD_KINDS)
def test_words_tell_quotes_expansions_and_globs(
    text: str, literal: str | None, quoted: bool, expansion: bool, glob: bool
) -> None:
    word = script(f"a {text}").commands[0].words[1]
    assert word.text == text
    assert word.literal == literal
    assert (word.quoted, word.has_expansion, word.has_glob) == (quoted, expansion, glob)


REDIRECTIONS = [
    ("a > f", [("", ">", "f")]),
    ("a 2>> 'f g'", [("2", ">>", "f g")]),
    ("a >f 2>&1", [("", ">", "f"), ("2", ">&", "1")]),
    ("a &>f", [("", "&>", "f")]),
    ("a <<<x", [("", "<<<", "x")]),
    ("a >|f <>g", [("", ">|", "f"), ("", "<>", "g")]),
    ("a {fd}>f", [("{fd}", ">", "f")]),
    ("a <<E\nx\nE\n", [("", "<<", "E")]),
    ("echo a2>f", [("", ">", "f")]),
]


@pytest.mark.parametrize(("text", "expected"), REDIRECTIONS)
def test_redirections_have_an_operator_and_a_target(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    command = script(text).commands[0]
    assert [
        (r.fd, r.operator, r.target.value if r.target else None) for r in command.redirections
    ] == expected


def test_a_heredoc_has_its_body() -> None:
    parsed = script("cat <<-E > f\n\tx\n\tE\nb")
    start, end = parsed.commands[0].redirections[0].body or (0, 0)
    assert parsed.text[start:end] == "\tx\n"


def test_comments_have_places() -> None:
    parsed = script("a # one\n# two\nb \\# three")
    assert [(place(c.span), c.text) for c in parsed.comments] == [("1:3", "one"), ("2:1", "two")]


def test_a_command_has_its_pipeline_and_operators() -> None:
    first, second, third, last = script("a | b | c && d").commands
    assert [command.name for command in first.pipeline] == ["a", "b", "c"]
    assert first.pipeline is second.pipeline is third.pipeline
    assert last.pipeline == [last]
    assert (first.after, third.after, last.after) == ("|", "&&", "")


def test_nested_commands_have_a_parent() -> None:
    outer, inner = script("if a; then b $(c); fi").commands[1:]
    assert (outer.name, inner.name) == ("b", "c")
    assert inner.parent is outer
    assert inner.conditional


OPTIONS = [
    ("a -y b", frozenset(), ["-y"], ["b"]),
    ("a -qy --x --y=1 b", frozenset(), ["-q", "-y", "--x", "--y=1"], ["b"]),
    ("a -t x b", frozenset({"-t"}), ["-t=x"], ["b"]),
    ("a -tx b", frozenset({"-t"}), ["-t=x"], ["b"]),
    ("a -yt x b", frozenset({"-t"}), ["-y", "-t=x"], ["b"]),
    ("a --target x b", frozenset({"--target"}), ["--target=x"], ["b"]),
    ("a --target=x b", frozenset({"--target"}), ["--target=x"], ["b"]),
    ("a -q=2 b", frozenset(), ["-q=2"], ["b"]),
    ("a -- -x b", frozenset(), [], ["-x", "b"]),
    ("a - b", frozenset(), [], ["-", "b"]),
    ("a b -y", frozenset(), ["-y"], ["b"]),
    ("a -t", frozenset({"-t"}), ["-t"], []),
    ("a --t", frozenset({"--t"}), ["--t"], []),
]


@pytest.mark.parametrize(("text", "with_value", "options", "operands"), OPTIONS)
def test_options_and_operands_are_separated(
    text: str, with_value: frozenset[str], options: list[str], operands: list[str]
) -> None:
    parsed = parse_options(script(text).commands[0].args, with_value)
    actual = [o.name if o.value is None else f"{o.name}={o.value}" for o in parsed.options]
    assert actual == options
    assert [word.value for word in parsed.operands] == operands
    assert not parsed.unknown


def test_expansions_may_contain_options() -> None:
    assert script("a $OPTS b").commands[0].options().unknown
    assert not script('a "$FILE" b').commands[0].options().unknown
    options = script("a -qq --yes=1").commands[0].options()
    assert options.count("-q") == 2
    assert (options.has("--yes"), options.get("--yes"), options.get("-q")) == (True, "1", "")


# --- scripts in Dockerfiles ----------------------------------------------------------------


def script_in(text: str, dialect: str = "sh") -> Script:
    instruction = parse_dockerfile(SourceFile("Dockerfile", text)).instructions[-1]
    parsed = script_of(instruction, dialect)
    assert parsed is not None
    return parsed


INSTRUCTIONS = [
    ("RUN a && b", [". a", "&& b"]),
    ("RUN a && \\\n# c\n\n  b", [". a", "&& b"]),
    ("RUN --mount=type=cache,target=/c a", [". a"]),
    ('RUN ["a", "b c"]', [". a b c"]),
    ('RUN ["sh", "-c", "a && b"]', [". sh -c a && b", ". a [-c]", "&& b [-c]"]),
    ('CMD ["bash", "-lc", "a \\"b c\\""]', ['. bash -lc a "b c"', ". a b c [-c]"]),
    ("CMD a b", [". a b"]),
    ("ENTRYPOINT exec a", [". exec a"]),
    ("HEALTHCHECK --interval=5s CMD a || exit 1", [". a", "|| exit 1"]),
    ('HEALTHCHECK CMD ["a"]', [". a"]),
    ("ONBUILD RUN a", [". a"]),
    ("RUN <<EOF\na\nb && c\nEOF", [". a", "/ b", "&& c"]),
    ("RUN <<-EOF\n\ta\n\tEOF", [". a"]),
    ("RUN <<EOF bash\na\nEOF", [". bash", ". a [<<]"]),
    ("RUN bash -e <<EOF && z\na\nEOF", [". bash -e", "&& z", ". a [<<]"]),
    ("RUN <<EOF python3\nimport x\nEOF", [". python3"]),
    ("RUN cat <<EOF > /f\nx && y\nEOF", [". cat"]),
    ("RUN a <<A && sh <<B\n1\nA\n2\nB", [". a", "&& sh", ". 2 [<<]"]),
]


@pytest.mark.parametrize(("text", "expected"), INSTRUCTIONS)
def test_instructions_have_scripts(text: str, expected: list[str]) -> None:
    parsed = script_in(text)
    assert [show(command) for command in parsed.commands] == expected
    assert parsed.complete


@pytest.mark.parametrize(
    "text",
    ["FROM a", "COPY a b", "HEALTHCHECK NONE", "RUN", "CMD []", "ONBUILD COPY a b", "ONBUILD"],
)
def test_instructions_without_a_script(text: str) -> None:
    instruction = parse_dockerfile(SourceFile("Dockerfile", text)).instructions[0]
    assert script_of(instruction) is None


PLACES = [
    # Dockerfile; the word; its place
    ("RUN a && \\\n  b", "b", "2:3"),
    ("RUN --network=none a && \\\n# c\n\n  b 'c d'", "c d", "4:5"),
    ("RUN a $(b \\\n  c)", "c", "2:3"),
    ("RUN sh -c 'a && \\\n  b'", "b", "2:3"),
    ('RUN sh -c "a \\"x\\" && b"', "b", "1:23"),
    ('RUN ["sh", "-c", "a \\"x\\" && b"]', "b", "1:30"),
    ('RUN ["sh", "-c", "\\ud83d\\ude00 b"]', "b", "1:32"),
    ("RUN <<EOF\na\n  b\nEOF", "b", "3:3"),
    ("RUN x && bash <<EOF\na\n\tb\nEOF", "b", "3:2"),
    ("HEALTHCHECK CMD a || \\\n b", "b", "2:2"),
    ("ONBUILD RUN a && \\\n b", "b", "2:2"),
]


@pytest.mark.parametrize(("text", "value", "expected"), PLACES)
def test_places_are_those_of_the_dockerfile(text: str, value: str, expected: str) -> None:
    words = [w for command in script_in(text).commands for w in command.words if w.value == value]
    assert [place(word.span) for word in words][-1:] == [expected]


DIALECTS = [
    ("FROM a\nRUN x", "sh", True),
    ('FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN x', "bash", True),
    ('FROM a\nSHELL ["/bin/ash", "-eo", "pipefail", "-c"]\nRUN x', "ash", True),
    ('FROM a\nSHELL ["/usr/bin/env", "bash", "-c"]\nRUN x', "bash", True),
    ('FROM a\nSHELL ["pwsh", "-Command"]\nRUN x', "powershell", False),
    ('FROM a\nSHELL ["C:\\\\Windows\\\\PowerShell.exe", "-c"]\nRUN x', "powershell", False),
    ('FROM a\nSHELL ["cmd", "/S", "/C"]\nRUN x', "cmd", False),
    ('FROM a\nSHELL ["python3", "-c"]\nRUN x', "python3", False),
    ('FROM a AS b\nSHELL ["bash", "-c"]\nFROM b\nRUN x', "bash", True),
    ('FROM a AS b\nSHELL ["bash", "-c"]\nFROM c\nRUN x', "sh", True),
    ("# escape=`\nFROM a\nRUN x", "cmd", False),
    ("FROM mcr.microsoft.com/windows/nanoserver\nRUN x", "cmd", False),
    ("FROM a\nRUN <<EOF\n#!/usr/bin/env bash\nx\nEOF", "bash", True),
    ("FROM a\nRUN <<EOF\n#!/usr/bin/python3\nx\nEOF", "python3", False),
    ("FROM a\nRUN <<-EOF\n\t#!/bin/dash\n\tx\n\tEOF", "dash", True),
    ('# escape=`\nFROM a\nRUN ["x"]', "sh", True),
]


@pytest.mark.parametrize(("text", "dialect", "complete"), DIALECTS)
def test_the_shell_decides_the_dialect(text: str, dialect: str, complete: bool) -> None:
    stage = build_stages(parse_dockerfile(SourceFile("Dockerfile", text))).last
    assert stage is not None
    (parsed,) = scripts_of(stage).values()
    assert parsed.dialect == dialect
    assert parsed.complete is complete
    assert [command.name for command in parsed.commands] == (["x"] if complete else [])


def test_the_first_line_names_the_interpreter() -> None:
    lines = ["#!/bin/sh -e", "#!/usr/bin/env -S A=1 python3 -u", "#!", "# x", ""]
    assert [interpreter_of(line) for line in lines] == ["sh", "python3", None, None, None]
    assert [dialect_of(None), dialect_of(None, windows=True), dialect_of([])] == ["sh", "cmd", "sh"]


# --- properties ----------------------------------------------------------------------------

SHELL_PARTS = st.sampled_from(
    [
        "a",
        "b ",
        "if ",
        "; then ",
        "; fi",
        "else ",
        "while ",
        "; do ",
        "; done",
        "for x in ",
        "case x in ",
        ") ",
        ";; ",
        "esac",
        "{ ",
        "; }",
        "(",
        ")",
        "((",
        "))",
        "[[ ",
        " ]]",
        "$(",
        "`",
        "${",
        "}",
        "$((",
        "$x",
        "'",
        '"',
        "\\",
        " ",
        "\n",
        "\t",
        "\r\n",
        "&&",
        " ",
        "",
        " ",
        "; ",
        " & ",
        "!",
        " ! ",
        "#",
        "<<E",
        "\nE\n",
        "<<-'E'",
        "<<<",
        ">",
        "2>&1",
        "&>",
        "<(",
        "A=",
        "A=(",
        "function f",
        "f()",
        "sh -c ",
        "'x y'",
        "*",
        "[",
        "{a,b}",
        "\x00",
        "é",
        "\u2028",
        "--",
        "sudo ",
    ]
)


@given(st.one_of(st.lists(SHELL_PARTS, max_size=30).map("".join), st.text(max_size=100)))
@example("sh -c 'sh -c \"sh -c x\"'")
@examples(800)
def test_any_text_can_be_parsed(text: str) -> None:
    parsed = script(text)
    for command in parsed.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text)
        assert command.name is not None
        assert command in command.pipeline or not command.pipeline
        for word in command.words:
            assert 0 <= word.span.start <= word.span.end <= len(text)
        assert command.options() is not None
    for comment in parsed.comments:
        assert comment.span.text.startswith("#")


LARGE = [
    "a " * 23_000,
    "a && " * 12_000 + "a",
    "a\n" * 6_000,
    "$(" * 12_000,
    "(" * 12_000,
    "((" * 12_000,
    "if " * 12_000,
    '"' * 12_001,
    '"$(' * 6_000,
    "`" * 12_001,
    "${a:-" * 6_000,
    "$((1 " * 6_000,
    "a=(" * 6_000,
    "<<E " * 3_000 + "\n" + "x\n" * 3_000,
    "cat <<E\nE\n" * 3_000,
    "sh -c 'a b'; " * 6_000,
    "f() " * 3_000,
    "case x in a) " * 3_000,
    "(a) | " * 3_000 + "b",
    "# x\n" * 6_000,
    "a\\\n" * 6_000,
    "{ " * 99 + "a" + " | b; }" * 99,
]


def test_a_very_long_script_is_not_parsed() -> None:
    with no_hang():
        parsed = script_in("RUN " + "x " * 2_500_000)
        assert (parsed.complete, parsed.commands) == (False, [])


@pytest.mark.parametrize("text", LARGE, ids=range(len(LARGE)))
def test_large_scripts_take_linear_time(text: str) -> None:
    with no_hang():
        script(text)
