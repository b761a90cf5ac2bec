"""Flags, mounts and arguments of instructions that BuildKit refuses."""

from __future__ import annotations

import pytest
from checks import examples, no_hang
from composelint.linter.base.text import SourceFile
from composelint.linter.source.dockerfile.grammar import grammar, instruction_problems
from composelint.linter.source.dockerfile.instruction import INSTRUCTIONS
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from hypothesis import given
from hypothesis import strategies as st


def problems(text: str) -> list[str]:
    """``kind column 'text' suggestion`` of each problem in the only instruction."""
    (instruction,) = parse_dockerfile(SourceFile("Dockerfile", text)).instructions
    return [
        f"{p.kind} {p.start + 1} {text[p.start : p.end]!r}"
        + (f" {p.suggestion}" if p.suggestion else "")
        for p in instruction_problems(instruction)
    ]


ACCEPTED = [
    "FROM a",
    "FROM --platform=$P a AS b",
    "ARG A",
    "ARG --x A",
    "STOPSIGNAL --x TERM",
    "RUN a",
    "RUN",
    "CMD",
    "CMD []",
    "ENTRYPOINT []",
    "RUN --mount=type=cache,target=/c --mount=type=bind,target=/b --network=none --security=insecure a",
    "RUN --device=vendor/x=y a",
    "COPY --from=a --chown=1:1 --chmod=644 --link --parents --exclude=*.a --exclude=*.b a b",
    "COPY --link=FALSE a b",
    "ADD --checksum=sha256:x --keep-git-dir=true --unpack --link --exclude=x a b",
    "HEALTHCHECK NONE",
    "HEALTHCHECK none",
    "HEALTHCHECK --anything NONE",
    "HEALTHCHECK --interval=1m30s --timeout=.5s --start-period=0 --start-interval=1ms --retries=3 CMD a",
    "HEALTHCHECK --interval= --retries= CMD a",
    'SHELL ["a"]',
    'VOLUME ["/a", "/b"]',
    "EXPOSE 80",
    "ONBUILD RUN a",
    "ENV A=1",
    # mounts
    "RUN --mount=target=/a a",
    "RUN --mount=type=cache a",
    "RUN --mount=Type=Cache,dst=/a,sharing=Locked,mode=0755,uid=0,gid=0,id=x,ro a",
    "RUN --mount=type=secret,id=a,required,env=A a",
    "RUN --mount=type=secret,source=a,target=/b,mode=0400,uid=1 a",
    "RUN --mount=type=ssh,required=true,id=a a",
    "RUN --mount=type=tmpfs,target=/a,size=64m a",
    "RUN --mount=type=$T,size=1 a",
    "RUN --mount=type=cache,target=$D,sharing=$S,uid=$U a",
    'RUN --mount="type=cache,target=/a b" a',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_instructions_that_buildkit_accepts_have_no_problem(text: str) -> None:
    assert problems(text) == []


REFUSED = [
    # flags
    ("RUN --mont=a b", ["unknown-flag 5 '--mont' --mount"]),
    ("COPY --chwon=1 a b", ["unknown-flag 6 '--chwon' --chown"]),
    ("COPY --platform=x a b", ["unknown-flag 6 '--platform'"]),
    ("ADD --from=x a b", ["unknown-flag 5 '--from'"]),
    ("CMD --x a", ["unknown-flag 5 '--x'"]),
    ("FROM --plattform=x a", ["unknown-flag 6 '--plattform' --platform"]),
    ("COPY --from=a --from=b c d", ["duplicate-flag 15 '--from=b'"]),
    ("COPY --link --link a b", ["duplicate-flag 13 '--link'"]),
    ("COPY --from a b", ["missing-flag-value 6 '--from'"]),
    ("COPY --link=yes a b", ["bad-flag-value 13 'yes'"]),
    ("COPY --link= a b", ["bad-flag-value 6 '--link='"]),
    ("RUN --network=hots a", ["bad-flag-value 15 'hots' host"]),
    ("RUN --security=x a", ["bad-flag-value 16 'x'"]),
    ("HEALTHCHECK --interval=5 CMD a", ["bad-flag-value 24 '5'"]),
    ("HEALTHCHECK --interval=1d CMD a", ["bad-flag-value 24 '1d'"]),
    ("HEALTHCHECK --interval=1us CMD a", ["bad-flag-value 24 '1us'"]),
    ("HEALTHCHECK --timeout=-5s CMD a", ["bad-flag-value 23 '-5s'"]),
    ("HEALTHCHECK --retries=x CMD a", ["bad-flag-value 23 'x'"]),
    ("HEALTHCHECK --retries=-1 CMD a", ["bad-flag-value 23 '-1'"]),
    # mounts
    ("RUN --mount=type=volume,target=/a b", ["bad-mount 13 'type=volume'"]),
    ("RUN --mount=type=cahce,target=/a b", ["bad-mount 13 'type=cahce' cache"]),
    ("RUN --mount=type=cache,tagret=/a b", ["unknown-mount-key 24 'tagret=/a' target"]),
    ("RUN --mount=type=cache,xyzzy b", ["unknown-mount-key 24 'xyzzy'"]),
    ("RUN --mount=type=cache,target b", ["bad-mount 24 'target'"]),
    ("RUN --mount=type=cache,sharing=all b", ["bad-mount 24 'sharing=all'"]),
    ("RUN --mount=type=bind,sharing=shared b", ["bad-mount 23 'sharing=shared'"]),
    ("RUN --mount=type=bind,mode=0644 b", ["bad-mount 23 'mode=0644'"]),
    ("RUN --mount=type=cache,mode=rw b", ["bad-mount 24 'mode=rw'"]),
    ("RUN --mount=type=cache,uid=me b", ["bad-mount 24 'uid=me'"]),
    ("RUN --mount=type=cache,size=1g b", ["bad-mount 24 'size=1g'"]),
    ("RUN --mount=type=tmpfs,size=big b", ["bad-mount 24 'size=big'"]),
    ("RUN --mount=type=cache,required b", ["bad-mount 24 'required'"]),
    ("RUN --mount=required,type=secret,id=a b", ["bad-mount 13 'required'"]),
    ("RUN --mount=type=cache,ro=maybe b", ["bad-mount 24 'ro=maybe'"]),
    ("RUN --mount=from=$X,target=/a b", ["bad-mount 13 'from=$X'"]),
    ("RUN --mount=type=secret b", ["bad-mount 5 '--mount=type=secret'"]),
    ("RUN --mount=type=secret,id=a,source=b c", ["bad-mount 30 'source=b'"]),
    ("RUN --mount=type=secret,id=a,from=b c", ["bad-mount 30 'from=b'"]),
    # arguments
    ("FROM", ["missing-argument 1 'FROM'"]),
    ("FROM a b", ["too-many-arguments 8 'b'"]),
    ("FROM a AS", ["too-many-arguments 8 'AS'"]),
    ("FROM a AS b c", ["too-many-arguments 13 'c'"]),
    ("FROM a sa b", ["bad-argument 8 'sa' AS"]),
    ("FROM a AS 1b", ["bad-argument 11 '1b'"]),
    ("FROM a AS b/c", ["bad-argument 11 'b/c'"]),
    ("COPY a", ["missing-argument 1 'COPY'"]),
    ("COPY", ["missing-argument 1 'COPY'"]),
    ('COPY ["a"]', ["missing-argument 1 'COPY'"]),
    ("COPY a <<EOF\nEOF", ["bad-argument 8 '<<EOF'"]),
    ("ENV", ["missing-argument 1 'ENV'"]),
    ("USER", ["missing-argument 1 'USER'"]),
    ("WORKDIR", ["missing-argument 1 'WORKDIR'"]),
    ("EXPOSE", ["missing-argument 1 'EXPOSE'"]),
    ("VOLUME", ["missing-argument 1 'VOLUME'"]),
    ("VOLUME []", ["missing-argument 1 'VOLUME'"]),
    ('VOLUME ["", "/a"]', ["bad-argument 9 '\"\"'"]),
    ("ARG", ["missing-argument 1 'ARG'"]),
    ("MAINTAINER", ["missing-argument 1 'MAINTAINER'"]),
    ("SHELL", ["missing-argument 1 'SHELL'"]),
    ("SHELL []", ["missing-argument 1 'SHELL'"]),
    ("SHELL bash -c", ["bad-argument 7 'bash -c'"]),
    ("HEALTHCHECK", ["missing-argument 1 'HEALTHCHECK'"]),
    ("HEALTHCHECK CMD", ["missing-argument 13 'CMD'"]),
    ("HEALTHCHECK CMD []", ["missing-argument 13 'CMD'"]),
    ("HEALTHCHECK NONE a", ["too-many-arguments 18 'a'"]),
    ("HEALTHCHECK curl x", ["bad-argument 13 'curl'"]),
    ("HEALTHCHECK CDM a", ["bad-argument 13 'CDM' CMD"]),
    ("ONBUILD", ["missing-argument 1 'ONBUILD'"]),
    ("ONBUILD FROM a", ["bad-argument 9 'FROM'"]),
    ("ONBUILD onbuild RUN a", ["bad-argument 9 'onbuild'"]),
    ("ONBUILD MAINTAINER a", ["bad-argument 9 'MAINTAINER'"]),
    ("ONBUILD COPPY a b", ["unknown-trigger 9 'COPPY' COPY"]),
    ("ONBUILD COPY --x a b", ["unknown-flag 14 '--x'"]),
    # several at once
    ("COPY --x --link=1 a", ["unknown-flag 6 '--x'", "bad-flag-value 17 '1'", "missing-argument 1 'COPY'"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_instructions_that_buildkit_refuses_have_problems(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_the_data_describes_every_instruction() -> None:
    facts = grammar()
    assert set(facts["instructions"]) == INSTRUCTIONS
    kinds = set(facts["value_kinds"])
    for entry in facts["instructions"].values():
        assert entry["min"] <= entry.get("max", 99)
        for flag in entry["flags"].values():
            assert flag["value"] in kinds
            assert ("values" in flag) is (flag["value"] == "enum")
    types = set(facts["mounts"]["types"])
    for key in facts["mounts"]["keys"].values():
        assert set(key.get("types", types)) <= types


PARTS = st.sampled_from(
    [
        "--mount=type=cache ",
        "--mount= ",
        "--mount=type=secret,id=x,",
        ",ro",
        ",=",
        ",size=1 ",
        "--interval=1s ",
        "--x ",
        "--link ",
        "NONE",
        "CMD ",
        "a ",
        "b ",
        "[]",
        '["a"]',
        "AS ",
        "<<E ",
        "\nE\n",
        "$X",
        '"',
        "'",
        "\\",
    ]
)


@given(st.sampled_from(sorted(INSTRUCTIONS)), st.lists(PARTS, max_size=8).map("".join))
@examples(500)
def test_any_instruction_can_be_checked(name: str, rest: str) -> None:
    text = f"{name} {rest}"
    for instruction in parse_dockerfile(SourceFile("Dockerfile", text)).instructions:
        for problem in instruction_problems(instruction):
            assert 0 <= problem.start <= problem.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "HEALTHCHECK --interval=" + "1" * 60_000 + " CMD a",
        "RUN --mount=type=tmpfs,size=" + "1" * 60_000 + "x a",
        "RUN --mount=" + "a=1," * 60_000 + " b",
        "FROM a AS " + "b" * 60_000 + "/",
        "RUN " + "--mount=type=cache " * 4_000 + "a",
    ],
    ids=range(5),
)
def test_hostile_values_take_linear_time(text: str) -> None:
    with no_hang():
        problems(text)
