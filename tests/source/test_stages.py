"""Stages: names and bases, scopes of variables, and the state at each instruction."""

from __future__ import annotations

import pytest
from checks import no_hang
from composelint.linter.base.text import SourceFile
from composelint.linter.source.dockerfile.parser import parse_dockerfile
from composelint.linter.source.dockerfile.scope import State, expand_default
from composelint.linter.source.dockerfile.stages import Stage, Stages, build_stages


def stages_of(text: str) -> Stages:
    return build_stages(parse_dockerfile(SourceFile("Dockerfile", text)))


def last(text: str) -> Stage:
    stage = stages_of(text).last
    assert stage is not None
    return stage


BASES = [
    # text; name, base name, number of the base stage, of every stage
    ("FROM a", [(None, "a", None)]),
    ("FROM a AS B", [("b", "a", None)]),
    ("FROM a as b\nFROM b", [("b", "a", None), (None, "b", 0)]),
    ("FROM a AS B\nFROM b", [("b", "a", None), (None, "b", 0)]),
    ("FROM a AS b\nFROM B", [("b", "a", None), (None, "B", 0)]),
    ("FROM b\nFROM a AS b", [(None, "b", None), ("b", "a", None)]),
    ("FROM a AS b\nFROM c AS b\nFROM b", [("b", "a", None), ("b", "c", None), (None, "b", 1)]),
    ("FROM a AS b\nFROM b AS b\nFROM b", [("b", "a", None), ("b", "b", 0), (None, "b", 1)]),
    ("FROM --platform=x a AS b", [("b", "a", None)]),
    ("FROM scratch", [(None, "scratch", None)]),
    # global ARGs
    ("ARG V=3\nFROM a:$V", [(None, "a:3", None)]),
    ("ARG V=3\nARG I=a:$V\nFROM $I", [(None, "a:3", None)]),
    ("ARG V\nFROM a:$V", [(None, None, None)]),
    ("ARG V\nFROM a:${V:-3}", [(None, None, None)]),
    ("FROM a:${V:-3}", [(None, "a:3", None)]),
    ("FROM a$V", [(None, "a", None)]),
    ("ARG V=3 W=4\nFROM a:$V.$W", [(None, "a:3.4", None)]),
    ("ARG V=1\nARG V=2\nFROM a:$V", [(None, "a:2", None)]),
    ('ARG V="3"\nFROM a:$V', [(None, "a:3", None)]),
    ("FROM x\nARG V=3\nFROM a:${V}", [(None, "x", None), (None, "a:", None)]),
    ("ARG B=b\nFROM a AS b\nFROM $B", [("b", "a", None), (None, "b", 0)]),
    ("FROM --platform=$BUILDPLATFORM a", [(None, "a", None)]),
    ("FROM a-$TARGETARCH", [(None, None, None)]),
    # malformed
    ("FROM", [(None, None, None)]),
    ("FROM a AS", [(None, "a", None)]),
    ("FROM a b", [(None, "a", None)]),
]


@pytest.mark.parametrize(("text", "expected"), BASES)
def test_stages_have_names_and_bases(
    text: str, expected: list[tuple[str | None, str | None, int | None]]
) -> None:
    actual = [
        (s.name, s.base_name, s.base_stage.index if s.base_stage else None) for s in stages_of(text)
    ]
    assert actual == expected


def test_instructions_before_the_first_stage_are_global_or_orphans() -> None:
    stages = stages_of("ARG A=1\nRUN x\nARG B\nFROM a\nRUN y\n")
    assert [each.name for each in stages.orphans] == ["RUN"]
    assert [each.name for each in stages.global_instructions] == ["ARG", "ARG"]
    assert {n: v.value for n, v in stages.global_args.items()} == {"A": "1", "B": None}


SCOPES = [
    # instructions of one stage on `FROM x`; variable; value
    ("ENV A=1", "A", "1"),
    ("ENV A 1 2", "A", "1 2"),
    ("ENV A='1 2'", "A", "1 2"),
    ("ENV A=1\nENV B=${A}2", "B", "12"),
    ("ENV A=1\nENV A=2 B=$A", "B", "1"),
    ("ARG A=1 B=$A", "B", "1"),
    ("ARG A=1\nENV A=$A-x", "A", "1-x"),
    ("ARG A", "A", None),
    ("ARG A\nENV B=${A:-d}", "B", None),
    ("ENV PATH=/x:$PATH", "PATH", None),
    ("ENV A=1\nARG A", "A", "1"),
    ("ARG TARGETARCH", "TARGETARCH", None),
]


@pytest.mark.parametrize(("body", "name", "expected"), SCOPES)
def test_variables_have_values_in_a_stage(body: str, name: str, expected: str | None) -> None:
    scope = last(f"FROM x\n{body}\n").final.scope
    assert name in scope
    assert scope[name] == expected


INHERITED = [
    ("ARG G=1\nFROM x", "G", False, None),
    ("ARG G=1\nFROM x\nARG G", "G", True, "1"),
    ("ARG G=1\nFROM x\nARG G=2", "G", True, "2"),
    ("FROM x AS a\nENV E=1\nFROM a", "E", True, "1"),
    ("FROM x AS a\nARG E=1\nFROM a", "E", True, "1"),
    ("FROM x AS a\nENV E=1\nFROM y", "E", False, None),
    ("FROM x AS a\nENV E=1\nFROM a AS b\nENV F=$E\nFROM b", "F", True, "1"),
    (
        "FROM scratch\nENV P=$PATH",
        "P",
        True,
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ),
    ("FROM scratch\nENV A=${B:-c}", "A", True, "c"),
    ("FROM x\nENV A=${B:-c}", "A", True, None),
    ("FROM x\nRUN a", "TARGETARCH", False, None),
    ("FROM x\nRUN a", "HTTP_PROXY", False, None),
]


@pytest.mark.parametrize(("text", "name", "is_defined", "value"), INHERITED)
def test_variables_of_base_stages_are_inherited(
    text: str, name: str, is_defined: bool, value: str | None
) -> None:
    scope = last(text).final.scope
    assert (name in scope) is is_defined
    assert scope.get(name) == value


def test_a_scope_has_the_definition_of_a_variable() -> None:
    scope = last("FROM x AS a\nENV A=1\nFROM a\nARG B=2\n").final.scope
    variables = [scope.find(name) for name in ("A", "B", "C")]
    assert [variable.kind if variable else None for variable in variables] == ["env", "arg", None]
    assert sorted(scope) == ["A", "B"]
    assert not scope.closed
    assert last("FROM scratch AS a\nFROM a").final.scope.closed
    assert variables[0] is not None
    assert variables[0].instruction is not None
    assert variables[0].instruction.start_line == 2


def test_each_instruction_has_a_state_before_it() -> None:
    text = 'FROM x\nWORKDIR /a\nUSER u\nSHELL ["bash", "-c"]\nWORKDIR b\nRUN y\n'
    states = []
    for instruction, state in last(text).walk():
        workdir = state.workdir.value if state.workdir else None
        user = state.user.value if state.user else None
        states.append((instruction.name, workdir, user, state.shell_words))
    assert states == [
        ("WORKDIR", None, None, None),
        ("USER", "/a", None, None),
        ("SHELL", "/a", "u", None),
        ("WORKDIR", "/a", "u", ["bash", "-c"]),
        ("RUN", "/a/b", "u", ["bash", "-c"]),
    ]


FINAL = [
    ("USER 1000", "user", "1000"),
    ("ARG U=app\nUSER $U", "user", "app"),
    ("USER $U", "user", None),
    ("WORKDIR /a/../b/", "workdir", "/b"),
    ("WORKDIR a", "workdir", None),
    ("WORKDIR /a\nWORKDIR $X\nWORKDIR b", "workdir", None),
    ('WORKDIR "/a b"', "workdir", "/a b"),
]


@pytest.mark.parametrize(("body", "name", "value"), FINAL)
def test_settings_have_values(body: str, name: str, value: str | None) -> None:
    setting = getattr(last(f"FROM x\n{body}\n").final, name)
    assert setting is not None
    assert setting.value == value


@pytest.mark.parametrize(("steps", "is_known"), [(584, True), (585, False), (20_000, False)])
def test_paths_that_no_system_takes_are_unknown(steps: int, is_known: bool) -> None:
    workdir = last("FROM x\nWORKDIR /a\n" + "WORKDIR 345678\n" * steps).final.workdir
    assert workdir is not None
    assert workdir.value == ("/a" + "/345678" * steps if is_known else None)


@pytest.mark.parametrize("keyword", ["ARG", "ENV"])
def test_values_that_double_are_unknown_in_the_end(keyword: str) -> None:
    lines = [f"{keyword} A0=x", *(f"{keyword} A{n}=$A{n - 1}$A{n - 1}" for n in range(1, 40))]
    scope = last("\n".join(["FROM x", *lines])).final.scope
    assert (scope.get("A12"), scope.get("A13"), scope.get("A39")) == ("x" * 4096, None, None)


def test_settings_are_inherited_from_stages_not_from_images() -> None:
    text = "FROM x AS a\nUSER u\nCMD c\nHEALTHCHECK NONE\nFROM a\nENTRYPOINT e\nFROM x\n"
    first, second, third = (stage.final for stage in stages_of(text))

    def summary(state: State) -> list[bool]:
        return [
            each is not None
            for each in (state.user, state.cmd, state.healthcheck, state.entrypoint)
        ]

    assert summary(first) == [True, True, True, False]
    assert summary(second) == [True, False, True, True], "ENTRYPOINT drops the inherited CMD"
    assert summary(third) == [False, False, False, False]


def test_a_stage_has_a_chain_of_bases() -> None:
    stages = stages_of("FROM x AS a\nFROM a AS b\nFROM b\n")
    assert [stage.index for stage in stages.stages[2].chain()] == [2, 1, 0]
    assert stages.stages[2].root.index == 0
    assert [stage.label for stage in stages] == ["a", "b", "2"]


RESOLVED = [
    ("b", 1),
    ("B", 1),
    ("0", 0),
    ("2", None),
    ("x", None),
    ("-1", None),
    ("99999999", None),
]


@pytest.mark.parametrize(("name", "expected"), RESOLVED)
def test_a_stage_is_found_by_name_or_number(name: str, expected: int | None) -> None:
    stage = stages_of("FROM x AS a\nFROM y AS b\n").resolve(name)
    assert (stage.index if stage else None) == expected


def test_references_between_stages_are_listed() -> None:
    text = (
        "FROM x AS a\nFROM a AS b\nCOPY --from=A --chown=1 p q\nCOPY --from=0 p q\n"
        "COPY --from=busybox:1 p q\nRUN --mount=type=bind,from=a,target=/m \\\n"
        " --mount=from=img,target=/n c\n"
    )
    references = [
        (r.kind, r.name, r.span.text, r.target.index if r.target else None)
        for r in stages_of(text).references
    ]
    assert references == [
        ("from", "x", "x", None),
        ("from", "a", "a", 0),
        ("copy", "A", "A", 0),
        ("copy", "0", "0", 0),
        ("copy", "busybox:1", "busybox:1", None),
        ("mount", "a", "a", 0),
        ("mount", "img", "img", None),
    ]


NEEDED = [
    ("FROM x AS a\nFROM y AS b", None, {1}),
    ("FROM x AS a\nFROM y AS b", "a", {0}),
    ("FROM x AS a\nFROM a AS b\nFROM z\nCOPY --from=b p q", None, {0, 1, 2}),
    ("FROM x AS a\nFROM y\nRUN --mount=from=a,target=/m c", None, {0, 1}),
    ("FROM x AS a\nFROM y\nCOPY --from=0 p q", None, {0, 1}),
    ("FROM x AS bin-linux\nFROM x AS bin-windows\nFROM x AS other\nFROM bin-$TARGETOS", None, {0, 1, 3}),
    ("FROM a AS b\nCOPY --from=b p q", None, {0}),
    ("", None, set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "expected"), NEEDED)
def test_needed_stages_are_those_of_the_target(
    text: str, target: str | None, expected: set[int]
) -> None:
    stages = stages_of(text)
    assert stages.needed(stages.find(target) if target else None) == expected


WINDOWS = [
    ("FROM x", False),
    ("# escape=`\nFROM x", True),
    ("FROM mcr.microsoft.com/windows/servercore:ltsc2022", True),
    ("FROM --platform=windows/amd64 x AS a\nFROM a", True),
]


@pytest.mark.parametrize(("text", "expected"), WINDOWS)
def test_stages_for_windows_are_recognised(text: str, expected: bool) -> None:
    assert last(text).windows is expected


DEFAULTS = [
    ("ARG V=3\nFROM a:$V", "a:3"),
    ("ARG V\nFROM a:$V", "a:"),
    ("ARG V\nFROM a:${V:-3}", "a:3"),
    ("FROM a-$TARGETARCH", None),
]


@pytest.mark.parametrize(("text", "expected"), DEFAULTS)
def test_build_arguments_without_a_value_are_empty_in_a_base(
    text: str, expected: str | None
) -> None:
    stages = stages_of(text)
    stage = stages.last
    assert stage is not None
    assert stage.base is not None
    assert expand_default(stage.base, stages.global_scope) == expected


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"FROM s{n} AS s{n + 1}\nENV A{n}=1\n" for n in range(3_000)),
        "FROM x AS b\n"
        + "".join(f"ENV A{n}=1\n" for n in range(10_000))
        + "FROM b\nRUN x\n" * 3_000,
        "FROM x AS a\n" * 5_000,
    ],
    ids=["chain", "wide", "same name"],
)
def test_many_stages_take_linear_time(text: str) -> None:
    with no_hang():
        stages = stages_of(text)
        for stage in stages:
            assert stage.final.scope.get("A0") in ("1", None)
        assert stages.needed()
