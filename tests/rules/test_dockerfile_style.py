"""DF9: letter case, old forms, labels, comments that silence."""

from __future__ import annotations

import pytest
from checks import examples
from composelint.linter.base.text import SourceFile
from composelint.linter.config.settings import Config
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from hypothesis import assume, given, strategies
from marked import Case, check, name_of
from snippets import diagnostics, fixed, fixing

CASES = [
    # --- DF901: the majority decides, as in BuildKit
    Case("DF901", "From a AS b  #! From\nFROM a AS c\n"),
    Case("DF901", "FROM a\ncopy x y  #! copy\nCOPY x z\n"),
    Case("DF901", "frOM a  #! frOM\nfrom b\n"),
    Case("DF901", "from a\nCOPY x y  #! COPY\ncopy x z\n"),
    Case("DF901", "from a  #! from\nCOPY x y\n"),  # a tie: capitals
    Case("DF901", "FROM a  #! FROM\ncopy x y\ncopy x z\n"),
    Case("DF901", "from a\ncopy x y\n"),
    Case("DF901", "arg A\nFROM a\nONBUILD copy x y\n"),
    # --- DF902
    Case("DF902", "FROM a as b  #! as\nfrom a AS c  #! AS\nFROM a As d  #! As\n"),
    Case("DF902", "FROM a AS b\nfrom a as c\nFrom a as d\nFROM a\n"),
    # --- DF903
    Case("DF903", "FROM a AS B  #! B\nFROM a AS b-c\n"),
    # --- DF904
    Case("DF904", "FROM a\nMAINTAINER x  #! MAINTAINER\nmaintainer y  #! maintainer\n"),
    Case("DF904", "FROM a\nLABEL maintainer=x\n"),
    # --- DF905
    Case("DF905", "FROM a\nENV A b  #! A b\nLABEL c d e  #! c d e\n"),
    Case("DF905", "FROM a\nONBUILD ENV A b  #! A b\n"),
    Case("DF905", "FROM a\nENV A=b C=d\nLABEL e=f\nENV G=\n"),
    # --- DF906
    Case("DF906", "FROM a\nRUN apt update && sudo apt install -y x  #! apt #! apt\n"),
    Case("DF906", "FROM a\nRUN apt list --installed  #! apt\n"),
    Case("DF906", "FROM a\nONBUILD RUN apt update  #! apt\n"),
    Case("DF906", "FROM a\nRUN apt-get update; apt-cache show x; echo apt install; apt-get install apt\n"),
    # --- DF907: a RUN that is in another folder throughout
    Case("DF907", "FROM a\nRUN cd /x && y && z  #! cd /x\n"),
    Case("DF907", "FROM a\nRUN cd /x; y  #! cd /x\n"),
    Case("DF907", "FROM a\nRUN y && cd /x && z\nRUN (cd /x && y)\nRUN cd /x && y && cd /z && w\n"),
    Case("DF907", "FROM a\nRUN cd - && y\nRUN cd ~ && y\nRUN cd /x || y\nRUN f() { cd /x; }; f\n"),
    Case("DF907", "FROM a\nRUN cd /x\nRUN <<EOF\ncd /x\ny\nEOF\nRUN bash -c 'cd /x && y'\n"),
    # --- DF908
    Case("DF908", "FROM a\nRUN ln -sf /bin/bash /bin/sh  #! ln\nRUN x && ln -snf bash /usr/bin/sh  #! ln\n"),
    Case("DF908", "FROM a\nRUN ln -s /bin/sh /bin/x && ln -s x y\n"),
    # --- DF909
    Case("DF909", "FROM a\nLABEL A=b a..b=c a--b=c a-=b \"a b\"=c  #! A #! a..b #! a--b #! a- #! \"a b\"\n"),
    Case("DF909", "FROM a\nLABEL com.docker.x=y  #! com.docker.x\nLABEL io.docker.x=y  #! io.docker.x\n"),
    Case("DF909", "FROM a\nLABEL a=b a.b-c_d/e1=f org.opencontainers.image.title=x \"$P.x\"=y\n"),
    Case("DF909", "FROM a\nLABEL com.docker.desktop.extension.api.version=1\n"),
    # --- DF912
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.created=today  #! today\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.created=2026-13-01T00:00:00Z  #! 2026\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.url=home  #! home\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.licenses=\"MIT License\"  #! \"MIT\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.source=  #! org\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.created=2026-01-31T12:00:00.5+01:00\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.created=$DATE org.opencontainers.image.version=x\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.licenses=\"(MIT OR Apache-2.0) AND 0BSD\"\n"),
    Case("DF912", "FROM a\nLABEL org.opencontainers.image.source=git@x.example:y/z.git note=x\n"),
    # --- DF913
    Case("DF913", "# check=skip=all  #! # check\n# hadolint global ignore=DL3006  #! # hadolint\nFROM a\n# composelint: ignore[DF901] x  #! # composelint\nRUN x\n"),
    Case("DF913", "# hadolint shell=bash\n# check the ignore file\nFROM a\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_style(case: Case) -> None:
    check(case)


FIXES = [
    ("DF901", "from a\nCOPY x y\ncopy x \\\n  z\n", "from a\ncopy x y\ncopy x \\\n  z\n"),
    ("DF901", "FROM a\nRU\\\nn x\nRUN y\n", "FROM a\nRU\\\nn x\nRUN y\n"),
    ("DF902", "from a AS b\n", "from a as b\n"),
    (
        "DF903",
        "FROM a AS B\nFROM B AS c\nCOPY --from=b x y\nCOPY --from=B x y\nRUN --mount=from=B,target=/x y\n",
        "FROM a AS b\nFROM b AS c\nCOPY --from=b x y\nCOPY --from=b x y\nRUN --mount=from=b,target=/x y\n",
    ),
    ("DF903", "ARG S=B\nFROM a AS B\nFROM ${S}\n", "ARG S=B\nFROM a AS b\nFROM ${S}\n"),
    (
        "DF904",
        'FROM a\nMAINTAINER "A $b" \\x\n',
        'FROM a\nLABEL org.opencontainers.image.authors="\\"A \\$b\\" \\\\x"\n',
    ),
    (
        "DF904",
        "# escape=`\nFROM a\nMAINTAINER 'A \"b\"'\n",
        '# escape=`\nFROM a\nLABEL org.opencontainers.image.authors="A `"b`""\n',
    ),
    ("DF905", "FROM a\nENV A b=c $D\n", 'FROM a\nENV A="b=c $D"\n'),
    ("DF905", 'FROM a\nENV A b "q"\n', 'FROM a\nENV A="b q"\n'),
    ("DF905", "FROM a\nENV\tA\t'b c'\n", "FROM a\nENV\tA=\"b c\"\n"),
    ("DF905", "FROM a\nENV A b \\\n  c\n", 'FROM a\nENV A="b \\\n  c"\n'),
    ("DF905", "FROM a\nLABEL x a\\ b\n", 'FROM a\nLABEL x="a b"\n'),
    ("DF905", "# escape=`\nFROM a\nENV A c:\\x y\n", '# escape=`\nFROM a\nENV A="c:\\x y"\n'),
    # Quotes together with variables, and a value on the next line, are left alone.
    ("DF905", "FROM a\nENV A '$B' c\n", "FROM a\nENV A '$B' c\n"),
    ("DF905", "FROM a\nENV A \\\n  b\n", "FROM a\nENV A \\\n  b\n"),
    ("DF906", "FROM a\nRUN sudo apt full-upgrade -y\n", "FROM a\nRUN sudo apt-get dist-upgrade -y\n"),
    ("DF906", "FROM a\nRUN apt search x\n", "FROM a\nRUN apt search x\n"),
    ("DF906", "FROM a\nRUN <<EOF\napt update\nEOF\n", "FROM a\nRUN <<EOF\napt update\nEOF\n"),
    ("DF907", "FROM a\nRUN cd /x \\\n  && y \\\n  && z\nWORKDIR /w\n", "FROM a\nWORKDIR /x\nRUN y \\\n  && z\nWORKDIR /w\n"),
    ("DF907", "FROM a AS b\nRUN cd /x && y\nFROM c\n", "FROM a AS b\nWORKDIR /x\nRUN y\nFROM c\n"),
    # Later instructions depend on the folder, or the RUN does more.
    ("DF907", "FROM a\nRUN cd /x && y\nRUN z\n", "FROM a\nRUN cd /x && y\nRUN z\n"),
    ("DF907", "FROM a\nRUN cd /x && y\n", "FROM a\nRUN cd /x && y\n"),
    ("DF907", "FROM a AS b\nRUN cd /x && y\nFROM b\n", "FROM a AS b\nRUN cd /x && y\nFROM b\n"),
    ("DF907", "FROM a\nRUN cd x && y\nWORKDIR /w\n", "FROM a\nRUN cd x && y\nWORKDIR /w\n"),
    ("DF907", "FROM a\nRUN cd /x && (y)\nWORKDIR /w\n", "FROM a\nRUN cd /x && (y)\nWORKDIR /w\n"),
    ("DF907", "FROM a\nONBUILD RUN cd /x && y\nWORKDIR /w\n", "FROM a\nONBUILD RUN cd /x && y\nWORKDIR /w\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "after"), FIXES)
def test_fixes(code: str, before: str, after: str) -> None:
    assert fixed(code, before, "Dockerfile", preset="all") == after


@examples(60)
@given(
    strategies.lists(
        strategies.sampled_from(
            ["a", "b ", " ", "\t", '"', "'", "\\", "$A", "${B:-q r}", "$", "=", '\\"', "#", "<"]
        ),
        min_size=1,
        max_size=7,
    )
)
def test_the_new_form_keeps_the_value(parts: list[str]) -> None:
    before = f"FROM a\nENV K {''.join(parts)}\nRUN x\n"
    assume(values(before))
    outcome = fixing("DF905", before, "Dockerfile")
    assume("Dockerfile" in outcome.after)
    assert values(outcome.after["Dockerfile"]) == values(before)


def values(text: str) -> list[tuple[str, str | None]]:
    """The pairs of the file's ENV instructions, with variables replaced."""
    return [
        (pair.key.value, pair.value.expand({"A": "x y", "B": ""}, True) if pair.value else None)
        for instruction in parse_dockerfile(SourceFile("Dockerfile", text)).instructions
        if instruction.name == "ENV"
        for pair in instruction.pairs
    ]


def configured(code: str, **options: object) -> Config:
    return Config(rule_options=((code, tuple(options.items())),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nLABEL x=1\n", ["a"]),
        ("FROM a\nLABEL x=1 y=2\n", []),
        ("FROM a AS b\nLABEL x=1\nFROM b\nLABEL y=2\n", []),
        ("FROM a AS b\nLABEL x=1 y=2\nFROM c\nCOPY --from=b d e\n", ["c"]),
        ("FROM a\nLABEL x=1 $P=2\n", []),
    ],
)
def test_required_labels(text: str, expected: list[str]) -> None:
    config = configured("DF910", labels=("x", "y"))
    findings = diagnostics("DF910", text, "Dockerfile", config=config, preset="all")
    assert [finding.span.text for finding in findings] == expected


def test_only_configured_labels() -> None:
    text = "FROM a\nLABEL x=1 z=2\nONBUILD LABEL w=1\n"
    config = configured("DF911", labels=("x", "y"))
    findings = diagnostics("DF911", text, "Dockerfile", config=config, preset="all")
    assert [finding.span.text for finding in findings] == ["z", "w"]
    assert diagnostics("DF911", text, "Dockerfile", preset="all") == []
    assert diagnostics("DF910", text, "Dockerfile", preset="all") == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "x", '""'),
        ("url", "https://x.example/y", "x.example"),
        ("rfc3339", "2026-01-31T12:00:00Z", "2026-01-31"),
        ("spdx", "GPL-2.0-or-later", "GPLv2"),
        ("hash", "a1b2c3d", "HEAD"),
        ("semver", "1.2.3-rc.1+5", "v1.2"),
        ("email", "a@b.example", "a"),
    ],
)
def test_types_of_labels(kind: str, good: str, bad: str) -> None:
    config = configured("DF912", types=(f"x={kind}",))
    text = f"FROM a\nLABEL x={good}\nLABEL x={bad}\n"
    findings = diagnostics("DF912", text, "Dockerfile", config=config, preset="all")
    assert [finding.span.file.position(finding.span.start).line for finding in findings] == [3]
