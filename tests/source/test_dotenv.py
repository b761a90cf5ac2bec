"""Env files, compared with the values that Docker Compose 2.40.3 read from the same texts.

Each text was an ``env_file`` of a service, with W=w and an empty E in the environment;
the expected values are the service's environment in ``docker compose config``.
"""

from __future__ import annotations

import pytest
from checks import no_hang
from composelint.linter.base.text import SourceFile
from composelint.linter.source.dotenv import EnvSyntax, expand
from composelint.linter.source.dotenv_parser import parse_env, parse_raw_env
from composelint.linter.source.template import Opaque
from hypothesis import given
from hypothesis import strategies as st

ENVIRONMENT = {"W": "w", "E": ""}


def read(text: str) -> EnvSyntax:
    return parse_env(SourceFile(".env", text), ENVIRONMENT.get)


def read_raw(text: str) -> EnvSyntax:
    return parse_raw_env(SourceFile(".env", text), ENVIRONMENT.get)


VALUES = [
    # plain values
    ("", {}),
    ("A=1\n", {"A": "1"}),
    ("A=1", {"A": "1"}),
    ("A=\n", {"A": ""}),
    ("A=", {"A": ""}),
    ("A= \n", {"A": ""}),
    ("A = 1\n", {"A": "1"}),
    ("A=  x  \n", {"A": "x"}),
    ("A=x y z\n", {"A": "x y z"}),
    ("A==1\n", {"A": "=1"}),
    ("A=1=2\n", {"A": "1=2"}),
    ("A=1 B=2\n", {"A": "1 B=2"}),
    ("A=1;B=2\n", {"A": "1;B=2"}),
    ("A=yes\n", {"A": "yes"}),
    ("\n\n\nA=1\n\n", {"A": "1"}),
    (" A=1\n", {"A": "1"}),
    ("A=\n\nB=1\n", {"A": "", "B": "1"}),
    ("A=\t x\n", {"A": "x"}),
    # comments
    ("#", {}),
    ("#\n", {}),
    ("# c\nA=1\n", {"A": "1"}),
    (" # c\n A=1\n", {"A": "1"}),
    ("A=x #c\n", {"A": "x"}),
    ("A=x  # c\n", {"A": "x"}),
    ("A=x#c\n", {"A": "x#c"}),
    ("A=x\t#c\n", {"A": "x\t#c"}),
    ("A=#x\n", {"A": "#x"}),
    ("A= # c\n", {"A": "# c"}),
    ("A=1 #\n", {"A": "1"}),
    ("A=x # y # z\n", {"A": "x"}),
    ("A=x \\#y\n", {"A": "x \\#y"}),
    ('A=1 # "\nB=2\n', {"A": "1", "B": "2"}),
    ('A=x "y # z"\n', {"A": 'x "y'}),
    ('A="x" # c\n', {"A": "x"}),
    ('A="x"#c\n', {"A": "x"}),
    ('A="1 # 2"\n', {"A": "1 # 2"}),
    ("A='1 # 2'\n", {"A": "1 # 2"}),
    ('A="#"\n', {"A": "#"}),
    ('A=# "x"\n', {"A": '# "x"'}),
    ("#A=1\nB=#\n", {"B": "#"}),
    ("A=http://u:p@h/#x\n", {"A": "http://u:p@h/#x"}),
    ('A={"a": 1} #b\n', {"A": '{"a": 1}'}),
    ("A=1\n\t#", {"A": "1"}),
    # KEY: value
    ("A: 1\n", {"A": "1"}),
    ("A:1\n", {"A": "1"}),
    ("A : 1\n", {"A": "1"}),
    ("A:\n", {"A": ""}),
    ('A: "x"\n', {"A": "x"}),
    ("A: x: y\n", {"A": "x: y"}),
    ("A:=1\n", {"A": "=1"}),
    ("http://x\n", {"http": "//x"}),
    ("export: 1\n", {"export": "1"}),
    # export
    ("export A=1\n", {"A": "1"}),
    ("export  A=1\n", {"A": "1"}),
    ("export\tA=1\n", {"A": "1"}),
    ("exportA=1\n", {"exportA": "1"}),
    ("export=1\n", {"export": "1"}),
    ("export =1\n", {"": "1"}),
    ("export\n", {}),
    ("export \n", {}),
    ("export\nA=1\n", {"A": "1"}),
    ("export W\n", {"W": "w"}),
    ("export A\n", {}),
    ("export E\n", {"E": ""}),
    # keys
    ("A =1\n", {"A": "1"}),
    ("A\t=1\n", {"A": "1"}),
    ("A\tB=1\n", {"A\tB": "1"}),
    ("A-B=1\n", {"A-B": "1"}),
    ("A.B=1\n", {"A.B": "1"}),
    ("A[0]=1\n", {"A[0]": "1"}),
    ("1A=1\n", {"1A": "1"}),
    ("é=1\n", {"é": "1"}),
    ("_=1\n", {"_": "1"}),
    (".=1\n", {".": "1"}),
    ("-=1\n", {"-": "1"}),
    ("[]=1\n", {"[]": "1"}),
    ("Aª=1\n", {"Aª": "1"}),
    ("A²=1\n", {"A²": "1"}),
    ("A一=1\n", {"A一": "1"}),
    ("Aⅷ=1\n", {"Aⅷ": "1"}),
    ("=1\n", {"": "1"}),
    (":1\n", {"": "1"}),
    ("=\n", {"": ""}),
    ("A\xa0=1\n", {"A": "1"}),
    ("A\xa0B=1\n", {"A\xa0B": "1"}),
    ("A\x0c=1\n", {"A": "1"}),
    ("A\x0bB=1\n", {"A\x0bB": "1"}),
    ("\u2003A=1\n", {"A": "1"}),
    # bare keys inherit
    ("W\n", {"W": "w"}),
    ("A\n", {}),
    ("E\n", {"E": ""}),
    ("W", {"": "W"}),
    ("A=1\nW", {"": "W", "A": "1"}),
    ("A=1\nW\n", {"A": "1", "W": "w"}),
    ("A=1\nA\n", {"A": "1"}),
    ("W=1\nW\n", {"W": "w"}),
    ("A\n\n  \nB=1\n", {"B": "1"}),
    ("W\r\nB=2\r\n", {"B": "2", "W": "w"}),
    ("A B", {"": "A B"}),
    ("A ", {"": "A"}),
    ("export A", {"": "A"}),
    # double quotes
    ('A="x"\n', {"A": "x"}),
    ('A="  x  "\n', {"A": "  x  "}),
    ('A=""\n', {"A": ""}),
    ('A= "x"\n', {"A": "x"}),
    ('A="x\ny"\n', {"A": "x\ny"}),
    ('A="1\n2\n3"\nB=1\n', {"A": "1\n2\n3", "B": "1"}),
    ('A="a\\nb\\tc"\n', {"A": "a\nb\tc"}),
    ('A="\\a\\b\\c\\f\\r\\v"\n', {"A": "\x07\x08\\c\x0c\r\x0b"}),
    ('A="a\\"b"\n', {"A": 'a"b'}),
    ('A="a\\\'b"\n', {"A": "a\\'b"}),
    ('A="\\\\n"\n', {"A": "\\n"}),
    ('A="\\\\"\n', {"A": "\\"}),
    ('A="\\e"\n', {"A": "\\e"}),
    ('A="\\ "\n', {"A": "\\ "}),
    ('A="a\\\nb"\n', {"A": "a\\\nb"}),
    ('A="\\x41\\u0041"\n', {"A": "\\x41\\u0041"}),
    ('A="\\0101"\n', {"A": "A"}),
    ('A="\\012"\n', {"A": "\\12"}),
    ('A="\\0"\n', {"A": "\\"}),
    ('A="\\08"\n', {"A": "\\8"}),
    ('A="\\0400"\n', {"A": "\\400"}),
    ('A="\\0377"\n', {"A": "ÿ"}),
    ('A="\\01234"\n', {"A": "S4"}),
    ('A="\\0000"\n', {"A": "\x00"}),
    # single quotes
    ("A='x'\n", {"A": "x"}),
    ("A=''\n", {"A": ""}),
    ("A= 'x'\n", {"A": "x"}),
    ("A='x\ny'\n", {"A": "x\ny"}),
    ("A='it\\'s'\n", {"A": "it's"}),
    ("A='a\\\\'\n", {"A": "a\\\\"}),
    ("A='a\\nb'\n", {"A": "a\\nb"}),
    ("A='a\\\"b'\n", {"A": 'a\\"b'}),
    ("A='$W'\n", {"A": "$W"}),
    ("A='$$W'\n", {"A": "$$W"}),
    ("A='${'\n", {"A": "${"}),
    # without quotes escapes are kept
    ("A=a\\nb\n", {"A": "a\\nb"}),
    ("A=a\\\nB=1\n", {"A": "a\\", "B": "1"}),
    ("A=it's\n", {"A": "it's"}),
    ('A=say "hi"\n', {"A": 'say "hi"'}),
    ('A=\\"x\\"\n', {"A": '\\"x\\"'}),
    ("A=`x`\n", {"A": "`x`"}),
    ("A=$(x)\n", {"A": "$(x)"}),
    ('A={"a": "b"}\n', {"A": '{"a": "b"}'}),
    ("A=x\\ #y\n", {"A": "x\\"}),
    # after a closing quote
    ('A="x"y\n', {"A": "x"}),
    ('A="x"W\n', {"A": "x", "W": "w"}),
    ('A="x" B=1\n', {"A": "x", "B": "1"}),
    ('A="x"B=1\n', {"A": "x", "B": "1"}),
    ('A="1"=2\n', {"": "2", "A": "1"}),
    ('A="1":2\n', {"": "2", "A": "1"}),
    # variables
    ("A=$W\n", {"A": "w"}),
    ("A=${W}\n", {"A": "w"}),
    ('A="$W"\n', {"A": "w"}),
    ('A="${W}"\n', {"A": "w"}),
    ("A=$W$W\n", {"A": "ww"}),
    ("A=$W-${W}_x\n", {"A": "w-w_x"}),
    ("A=${W}x\n", {"A": "wx"}),
    ("A=$$W\n", {"A": "$W"}),
    ('A="$$W"\n', {"A": "$W"}),
    ('A="\\$W"\n', {"A": "$W"}),
    ("A=\\$W\n", {"A": "\\w"}),
    ("A=$1\n", {"A": "$1"}),
    ("A=a$\n", {"A": "a$"}),
    ("A=${X:-d}\n", {"A": "d"}),
    ("A=${E:-d}\n", {"A": "d"}),
    ("A=${E-d}\n", {"A": ""}),
    ("A=${X:-${W}}\n", {"A": "w"}),
    ('A=${X:-"a"}\n', {"A": '"a"'}),
    ('A="${X:-a #b}"\n', {"A": "a #b"}),
    ("A=1\nB=$A\n", {"A": "1", "B": "1"}),
    ("A=1\nA=$A:2\n", {"A": "1:2"}),
    ("W=2\nB=$W\n", {"B": "w", "W": "2"}),
    ("W=$W:1\n", {"W": "w:1"}),
    ("A=1\nB=\"$A\\n\"\nC='$A'\n", {"A": "1", "B": "1\n", "C": "$A"}),
    # duplicates: the last wins
    ("A=1\nA=2\n", {"A": "2"}),
    ("A=1\nB=2\nA=\n", {"A": "", "B": "2"}),
    # line ends, byte order mark, white space
    ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ('A="1"\r\nB=2\r\n', {"A": "1", "B": "2"}),
    ('A="1\r\n2"\r\n', {"A": "1\r\n2"}),
    ("A\r\nB=2\r\n", {"B": "2"}),
    ("A=1\rB=2\r", {"A": "1\rB=2"}),
    ("\ufeffA=1\n", {"A": "1"}),
    ("\ufeff", {}),
    ("A=\xa0x\xa0\n", {"A": "x"}),
    ("A=x\u2003\n", {"A": "x"}),
    ("A=\u2003x\n", {"A": "\u2003x"}),
    ("A=x\x85\n", {"A": "x"}),
    ("A=1\x0bB\n", {"A": "1\x0bB"}),
    ("A=1\x1c\n", {"A": "1\x1c"}),
    ("A=\x00\n", {"A": "\x00"}),
]


@pytest.mark.parametrize(("text", "values"), VALUES, ids=repr)
def test_a_file_defines_values(text: str, values: dict[str, str]) -> None:
    syntax = read(text)
    assert syntax.values == values
    assert syntax.verdict is None


UNSET = [
    ("A=$X\n", {"A": ""}, ["X"]),
    ("A=${X}\n", {"A": ""}, ["X"]),
    ("A=$Wx\n", {"A": ""}, ["Wx"]),
    ("A=$A\n", {"A": ""}, ["A"]),
    ("B=$A\nA=1\n", {"A": "1", "B": ""}, ["A"]),
    ("A=${W:+${X}}\n", {"A": ""}, ["X"]),
    ("A=${W:-${X}}\n", {"A": "w"}, []),
    ('A="$X"\nB="$Y"\n', {"A": "", "B": ""}, ["X", "Y"]),
]


@pytest.mark.parametrize(("text", "values", "unset"), UNSET, ids=repr)
def test_unset_variables_are_empty(text: str, values: dict[str, str], unset: list[str]) -> None:
    """The names are those of Compose's warnings, in its order."""
    syntax = read(text)
    assert syntax.values == values
    evaluated = expand(syntax, ENVIRONMENT.get)
    assert [reference.name for item in evaluated for reference in item.unset] == unset


REFUSED = [
    ("A B=1\n", "key cannot contain a space"),
    ("A B\n", "key cannot contain a space"),
    ("- A=1\n", "key cannot contain a space"),
    ("export export A=1\n", "key cannot contain a space"),
    ("W \nB C=1\n", "key cannot contain a space"),
    ("A=1\n\n\nB C=1\n", "key cannot contain a space"),
    ("A/B=1\n", 'unexpected character "/" in variable name "A/B=1"'),
    ("A@B=1\n", 'unexpected character "@" in variable name "A@B=1"'),
    ("A+=1\n", 'unexpected character "+" in variable name "A+=1"'),
    ("A,B=1\n", 'unexpected character "," in variable name "A,B=1"'),
    ("A;B=1\n", 'unexpected character ";" in variable name "A;B=1"'),
    ("A(=1\n", 'unexpected character "(" in variable name "A(=1"'),
    ("{}\n", 'unexpected character "{" in variable name "{}"'),
    ('"A"=1\n', 'unexpected character "\\"" in variable name "\\"A\\"=1"'),
    ("'A'=1\n", 'unexpected character "\'" in variable name "\'A\'=1"'),
    ("A😀=1\n", 'unexpected character "😀" in variable name "A😀=1"'),
    ("A\u2003=1\n", 'unexpected character "\\u2003" in variable name "A\\u2003=1"'),
    ("A\x1c=1\n", 'unexpected character "\\x1c" in variable name "A\\x1c=1"'),
    ("\ufeff\ufeffA=1\n", 'unexpected character "\\ufeff" in variable name "\\ufeffA=1"'),
    ("A=1\n\ufeffB=2\n", 'unexpected character "\\ufeff" in variable name "\\ufeffB=2"'),
    ('A="x\n', 'unterminated quoted value "x'),
    ("A='x\n", "unterminated quoted value 'x"),
    ('A="\n', 'unterminated quoted value "'),
    ("A='\n", "unterminated quoted value '"),
    ('A="\\\n', 'unterminated quoted value "\\'),
    ('A="x\n\nB=1\n', 'unterminated quoted value "x'),
    ('A="a""b"\n', 'unexpected character "\\"" in variable name "\\"b\\""'),
    ("A='a''b'\n", 'unexpected character "\'" in variable name "\'b\'"'),
    ("A=\"a\"'b'\n", 'unexpected character "\'" in variable name "\'b\'"'),
    ('A="1";B=2\n', 'unexpected character ";" in variable name ";B=2"'),
    ('A="1", B=2\n', 'unexpected character "," in variable name ", B=2"'),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=repr)
def test_texts_that_compose_refuses_are_errors(text: str, message: str) -> None:
    verdict = read(text).verdict
    assert verdict is not None
    assert verdict.message == message


INVALID_TEMPLATES = [
    ("A=${\n", "${"),
    ("A=${}\n", "${}"),
    ('A="${"\n', "${"),
    ("A=${X:-a #b}\n", "${X:-a"),
    ('A="${X:-a\nb}"\n', "${X:-a"),
    ("A=${W/a/b}\n", "${W/a/b}"),
]


@pytest.mark.parametrize(("text", "reference"), INVALID_TEMPLATES, ids=repr)
def test_invalid_template(text: str, reference: str) -> None:
    syntax = read(text)
    assert syntax.verdict is not None
    assert syntax.verdict.kind == "invalid-template"
    assert text[syntax.verdict.start : syntax.verdict.end] == reference
    assert syntax.entries[0].value is None


REQUIRED = [
    ("A=${X?m}\n", "required variable X is missing a value: m"),
    ("A=${X:?}\n", "required variable X is missing a value"),
    ('A="${E:?no E}"\n', "required variable E is missing a value: no E"),
    ("A=${X:-${X?m}}\n", "required variable X is missing a value: m"),
    ("A=1\nB=${C:?C first}\nC=2\n", "required variable C is missing a value: C first"),
]


@pytest.mark.parametrize(("text", "message"), REQUIRED, ids=repr)
def test_required_variables_depend_on_the_environment(text: str, message: str) -> None:
    """A missing required variable is not a problem of the file."""
    syntax = read(text)
    assert syntax.verdict is None
    evaluated = expand(syntax, ENVIRONMENT.get)
    assert [
        f"required variable {failure.reference.name} is missing a value: {failure.reason}"
        for item in evaluated
        for failure in item.failures
    ] == [message if ": " in message else f"{message}: "]


RAW = [
    ("A=1\n", {"A": "1"}),
    ("A=1", {"A": "1"}),
    ("A= 1 \n", {"A": " 1 "}),
    (" A=1\n", {"A": "1"}),
    ("\u2003A=1\n", {"A": "1"}),
    ('A="1"\n', {"A": '"1"'}),
    ("A='1'\n", {"A": "'1'"}),
    ("A=$W\n", {"A": "$W"}),
    ("A=1 # c\n", {"A": "1 # c"}),
    ("# c\nA=1\n", {"A": "1"}),
    (" # c\nA=1\n", {"A": "1"}),
    ("#\ufeff\nA=1", {"A": "1"}),
    ("A=\n", {"A": ""}),
    ("A=1=2\n", {"A": "1=2"}),
    ("A=\\n\n", {"A": "\\n"}),
    ("A/B=1\n", {"A/B": "1"}),
    ('"A"=1\n', {'"A"': "1"}),
    ("A={}\n", {"A": "{}"}),
    ("1=2\n", {"1": "2"}),
    ("é=é\n", {"é": "é"}),
    ("A\xa0B=1\n", {"A\xa0B": "1"}),
    ("A=\u2003\n", {"A": "\u2003"}),
    ("A\x1cB=1\n", {"A\x1cB": "1"}),
    ("A=1\x0bB=2\n", {"A": "1\x0bB=2"}),
    ('A="a\nb"\n', {"A": '"a'}),
    ("W\n", {"W": "w"}),
    ("W", {"W": "w"}),
    ("E\n", {"E": ""}),
    ("A\n", {}),
    ("-\n", {}),
    ("A=1\n B\n", {"A": "1"}),
    ("A=1\nA=2\n", {"A": "2"}),
    ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ("W\r\n", {"W": "w"}),
    ("A=1\rB=2\n", {"A": "1\rB=2"}),
    ("\ufeffA=1\n", {"A": "1"}),
    ("\ufeff\ufeffA=1\n", {"\ufeffA": "1"}),
    ("\ufeff#x\nA=1", {"A": "1"}),
]


@pytest.mark.parametrize(("text", "values"), RAW, ids=repr)
def test_the_raw_format_defines_values(text: str, values: dict[str, str]) -> None:
    syntax = read_raw(text)
    assert syntax.values == values
    assert syntax.problems == []


RAW_REFUSED = [
    ("A B=1\n", "space-in-key"),
    ("A =1\n", "space-in-key"),
    ("A\tB=1\n", "space-in-key"),
    ("export A=1\n", "space-in-key"),
    ("A: 1\n", "space-in-key"),
    ("A: 1=2\n", "space-in-key"),
    ("W \n", "space-in-key"),
    ("=1\n", "empty-key"),
    ("A=1\n=\n", "empty-key"),
]


@pytest.mark.parametrize(("text", "kind"), RAW_REFUSED, ids=repr)
def test_texts_that_compose_refuses_in_the_raw_format_are_errors(text: str, kind: str) -> None:
    verdict = read_raw(text).verdict
    assert verdict is not None
    assert verdict.kind == kind


RAW_LENGTHS = [
    ("A=" + "x" * 65533 + "\n", True),
    ("A=" + "x" * 65533, True),
    ("A=" + "x" * 65533 + "\r\n", False),
    ("A=" + "x" * 65534 + "\n", False),
    ("A=" + "é" * 33000 + "\n", False),
]


@pytest.mark.parametrize(("text", "accepted"), RAW_LENGTHS, ids=range(len(RAW_LENGTHS)))
def test_lines_of_the_raw_format_have_a_longest_length(text: str, accepted: bool) -> None:
    verdict = read_raw(text).verdict
    assert (verdict.kind if verdict else "") == ("" if accepted else "long-line")


# Problems that Compose accepts: text, kind, the text at the place.
WARNED = [
    ("=1\n", "empty-key", "="),
    ("A=1\n: x\n", "empty-key", ":"),
    ("A=1\nW", "lost-key", "W"),
    ("export A ", "lost-key", "A"),
    ('A="x"y\n', "text-after-value", "y"),
    ('A="x" B=1 \n', "text-after-value", "B=1"),
    ("A='x' B='y' C='z'\n", "text-after-value", "B='y' C='z'"),
]


@pytest.mark.parametrize(("text", "kind", "at"), WARNED, ids=repr)
def test_problems_that_compose_accepts_are_reported(text: str, kind: str, at: str) -> None:
    syntax = read(text)
    assert syntax.verdict is None
    assert [(p.kind, text[p.start : p.end]) for p in syntax.problems] == [(kind, at)]


# Every problem of a file, not only the first: text, (kind, the text at the place).
PROBLEMS = [
    ("A B=1\nC/D=1\n", [("space-in-key", "A B"), ("invalid-character", "/")]),
    ("A B\nX=1\nC D=2\n", [("space-in-key", "A B"), ("space-in-key", "C D")]),
    ('export A="x\nB=${\n', [("unterminated-quote", '"x'), ("invalid-template", "${")]),
    ("A='x\r\nB=1\r\n", [("unterminated-quote", "'x")]),
    ("A=${X:-${1}} y\n", [("invalid-template", "${1}")]),
    ('A="\\t\\"${a.b}\\""\n', [("invalid-template", "${a.b}")]),
    ('A="\\$ ${a.b}\\n"\n', [("invalid-template", "${a.b}")]),
    ("A=1\nexport ", [("nothing-to-export", "export")]),
    ('A="x"y\nB="z"q\n', [("text-after-value", "y"), ("text-after-value", "q")]),
]


@pytest.mark.parametrize(("text", "problems"), PROBLEMS, ids=repr)
def test_all_problems_of_a_file_are_reported(text: str, problems: list[tuple[str, str]]) -> None:
    assert [(p.kind, text[p.start : p.end]) for p in read(text).problems] == problems


def test_parsing_continues_after_a_problem() -> None:
    assert read('A B=1\nC=1\nD="x\nE=2\n').values == {"C": "1", "E": "2"}


# Places: text, (key, value with quotes, whole definition, comment).
PLACES = [
    ("A=1\n", ("A", "1", "A=1", None)),
    ("export A = x y  # c\r\n", ("A", "x y", "export A = x y", "# c")),
    ('A: "x #y" # c\n', ("A", '"x #y"', 'A: "x #y"', "# c")),
    ("A='x\ny'#c\r\n", ("A", "'x\ny'", "A='x\ny'", "#c")),
    ("\ufeffA=1", ("A", "1", "A=1", None)),
    ("W\n", ("W", "", "W", None)),
    ("export W\r\n", ("W", "", "export W", None)),
    ("A=\n", ("A", "", "A=", None)),
    ("A=  \n#c\n", ("A", "", "A=  ", None)),
    ('A="x"\n# c\n', ("A", '"x"', 'A="x"', None)),
]


@pytest.mark.parametrize(("text", "places"), PLACES, ids=repr)
def test_definitions_have_places(text: str, places: tuple[str, str, str, str | None]) -> None:
    syntax = read(text)
    entry = syntax.entries[0]
    comment = entry.comment and syntax.file.text[slice(*entry.comment)]
    actual = (entry.key_span.text, entry.value_span.text, entry.span.text, comment)
    assert actual == places
    assert entry.raw == places[1]


def test_entries_tell_quotes_and_export() -> None:
    syntax = read("A=1\nexport B=\"2\"\nC: '3'\nW\n")
    found = [(e.key, e.quote, e.has_value) for e in syntax.entries]
    assert found == [
        ("A", "", True),
        ("B", '"', True),
        ("C", "'", True),
        ("W", "", False),
    ]


def test_comments_have_places() -> None:
    text = '# 1\nA=x # 2\n\n  #3\r\nB="#" # 4'
    syntax = read(text)
    assert [text[start:end] for start, end in syntax.comments] == ["# 1", "# 2", "#3", "# 4"]


# Places of references, through the escapes of double quotes.
REFERENCES = [
    ("A=x$W-${X:-$E}\n", ["$W", "${X:-$E}", "$E"]),
    ('A="$W ${X}"\n', ["$W", "${X}"]),
    ('A="\\t\\"$W\\"\\n${X}"\n', ["$W", "${X}"]),
    ('A="\\$W\\0101$X"\n', ["$X"]),
    ('A="${X:-\\t}!"\n', ["${X:-\\t}"]),
    ("A='$W'\n", []),
]


@pytest.mark.parametrize(("text", "references"), REFERENCES, ids=repr)
def test_references_have_places(text: str, references: list[str]) -> None:
    entry = read(text).entries[0]
    actual = [entry.locate(r.start, r.end).text for r in entry.references]
    assert actual == references


def test_earlier_definitions_are_kept() -> None:
    syntax = read("A=1\nB=2\nA=3\n")
    assert [entry.value for entry in syntax.definitions("A")] == ["1", "3"]
    assert syntax.values == {"A": "3", "B": "2"}


def test_values_from_unset_variables_are_marked() -> None:
    syntax = read("A=$X-1\nB=$A\nC=${X:-2}\nD=$W\n")
    assert syntax.values == {"A": "-1", "B": "-1", "C": "2", "D": "w"}
    marked = [e.key for e in syntax.entries if isinstance(e.value, Opaque)]
    assert marked == ["A", "B"]


def test_a_file_refers_to_the_files_before_it() -> None:
    first = parse_env(SourceFile("1.env", "A=1\nB=1\n"))
    second = parse_env(SourceFile("2.env", "C=$A$W\nA=2\nD=$A\n"))
    defined: dict[str, str] = {}
    expand(first, ENVIRONMENT.get, defined)
    expand(second, ENVIRONMENT.get, defined)
    assert defined == {"A": "2", "B": "1", "C": "1w", "D": "2"}
    assert second.values["C"] == ""  # as read alone


@given(st.text(alphabet="AW=: \n\r\"'\\#${}x0\u00a0\u00e9-", max_size=60))
def test_any_text_is_parsed_and_spans_are_inside_it(text: str) -> None:
    for syntax in (read(text), read_raw(text)):
        length = len(syntax.file.text)
        for entry in syntax.entries:
            assert 0 <= entry.start <= entry.key_start <= entry.key_end <= entry.value_start
            assert entry.value_start <= entry.value_end == entry.end <= length
            for reference in entry.references:
                span = entry.locate(reference.start, reference.end)
                assert span.text.startswith("$")
        for problem in syntax.problems:
            assert 0 <= problem.start < problem.end <= length


HOSTILE = [
    "A=" + "${" * 20_000 + "\n",
    "A=" + "${X:-" * 10_000 + "}" * 10_000 + "\n",
    'A="' + "\\" * 60_001,
    'A="x\n' * 10_001,
    "A='x\n" * 10_001,
    'A="x"' * 12_000,
    '=""' * 20_000,
    "A" * 60_000,
    "A\n" * 30_000,
    "#\n" * 30_000,
    "A B\n" * 15_000,
    "A=xx\n" + "A=$A$A\n" * 40,
    "A=" + "x" * 20_000 + "\n" + "B=y$A\n" * 8_000,
    "A=" + "$W" * 30_000 + "\n",
    " " * 60_000 + "#",
    'A="' + "\\n$W" * 12_000 + '"\n',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_takes_linear_time(text: str) -> None:
    with no_hang():
        read(text)
        read_raw(text)
