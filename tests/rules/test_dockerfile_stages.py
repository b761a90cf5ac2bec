"""DF10x, DF118, DF12x, DF15x: stages and FROM."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import diagnostics, fixed


def built(target: str = "", **more: str) -> dict[str, str]:
    """A Compose file with a service that builds ./Dockerfile."""
    lines = [f"      {key.replace('_', '-')}: {value}" for key, value in more.items()]
    if target:
        lines.append(f"      target: {target}")
    text = "\n".join(["services:", "  web:", "    build:", "      context: .", *lines])
    return {"compose.yaml": text.replace("additional-contexts", "additional_contexts") + "\n"}


CASES = [
    # --- DF101: letter case does not count
    Case("DF101", "FROM a AS b\nFROM a AS b  #! b\n"),
    Case("DF101", "FROM a AS b\nFROM a AS B  #! B\nFROM a AS b  #! b\n"),
    Case("DF101", "FROM a AS b1\nFROM a AS b2\nFROM a\nFROM a\n"),
    # --- DF102
    Case("DF102", "FROM a AS scratch  #! scratch\nFROM a AS Context  #! Context\n"),
    Case("DF102", "FROM scratch\nFROM a AS contexts\n"),
    # --- DF103: a warning for a misspelled stage, advice for an image
    Case("DF103", "FROM a AS build\nFROM a\nCOPY --from=bulid x y  #! bulid\n", {}, Severity.WARNING),
    Case("DF103", "FROM a AS build\nFROM a\nRUN --mount=from=bulid,target=/x ls  #! bulid\n"),
    Case("DF103", "FROM a\nCOPY --from=busybox x y  #! busybox\n", {}, Severity.INFO),
    Case("DF103", "FROM a AS composers\nFROM a\nCOPY --from=composer x y  #! composer\n", {}, Severity.INFO),
    Case("DF103", "FROM a\nCOPY --from=3 x y  #! 3\n", {}, Severity.ERROR),
    Case("DF103", "FROM a AS b\nFROM a\nRUN --mount=from=0,target=/x ls  #! 0\n", {}, Severity.ERROR),
    Case("DF103", "FROM a AS Build\nFROM a\nCOPY --from=build x y\nCOPY --from=0 x y\n"),
    Case("DF103", "FROM a\nCOPY --from=b:1 x y\nCOPY --from=b/c x y\nCOPY --from=b@sha256:0 x y\n"),
    Case("DF103", "FROM a\nCOPY --from=$B x y\nCOPY --from=scratch x y\n"),
    Case("DF103", "FROM a\nCOPY --from=Docs x y\n", built(additional_contexts="{docs: ./docs}")),
    Case("DF103", "FROM a\nCOPY --from=docs x y\n", built(additional_contexts="[docs=./docs]")),
    # --- DF104: by name and by number
    Case("DF104", "FROM a AS b\nCOPY --from=b x y  #! b\n"),
    Case("DF104", "FROM a AS b\nCOPY --from=B x y  #! B\n"),
    Case("DF104", "FROM a\nFROM a\nCOPY --from=1 x y  #! 1\n"),
    Case("DF104", "FROM a AS b\nRUN --mount=from=b,target=/x ls  #! b\n"),
    Case("DF104", "FROM a AS b\nFROM a\nCOPY --from=b x y\nCOPY --from=0 x y\n"),
    # --- DF105: above the first FROM only
    Case("DF105", "FROM a:$V  #! $V\n"),
    Case("DF105", "FROM --platform=$P a  #! $P\n"),
    Case("DF105", "FROM a:${V:-1}  #! ${V:-1}\n"),
    Case("DF105", "FROM a\nARG V=1\nFROM b:$V  #! $V\n"),
    Case("DF105", "FROM --platform=$BULIDPLATFORM a  #! $BULIDPLATFORM\n"),
    Case("DF105", "ARG V=1\nFROM --platform=$BUILDPLATFORM a:${V}\nFROM a-${TARGETARCH}\n"),
    # --- DF106: with the defaults alone
    Case("DF106", "ARG I\nFROM $I  #! $I\n"),
    Case("DF106", "ARG T\nFROM a:$T  #! a:$T\n"),
    Case("DF106", "ARG S=box:\nFROM busy${S}  #! busy${S}\n"),
    Case("DF106", "ARG V\nFROM a:stable${V}\nFROM a:${V:-1}\nFROM a${V:+:$V}\n"),
    Case("DF106", "ARG V=1\nFROM a:$V\nFROM a:$OTHER\n"),
    Case("DF106", "ARG I\nFROM $I\n", built(args="{I: alpine}")),
    Case("DF106", "ARG I\nFROM $I\n", built(args="[I]")),
    Case("DF106", "ARG I\nFROM $I  #! $I\n", built(args="{J: alpine}")),
    # --- DF118
    Case("DF118", "FROM a\nRUN x\nFROM b\n".replace("FROM a", "FROM a  #! FROM")),
    Case("DF118", "FROM a AS builder  #! builder\nFROM b\n"),
    Case("DF118", "FROM a AS prod-deps  #! prod-deps\nFROM b\n"),
    Case("DF118", "FROM a AS app  #! app\nFROM b\n", built(), Severity.INFO),
    Case("DF118", "FROM a AS app\nFROM b\n"),
    Case("DF118", "FROM a AS app\nFROM b\n", built("app")),
    Case("DF118", "FROM a AS production\nFROM b AS dev\n", built("dev")),
    Case("DF118", "FROM a AS runtime  #! runtime\nFROM b AS dev\n", built("dev"), Severity.INFO),
    Case("DF118", "FROM a AS app\nFROM b\n", built("${T}")),
    Case("DF118", "FROM a AS app\nFROM b\n", {**built(), "docker-bake.hcl": ""}),
    Case("DF118", "FROM a AS test-build\nFROM a AS dev\nFROM a AS lint\nFROM b\n", built()),
    Case("DF118", "FROM a AS build\nFROM b AS deps\nRUN --mount=from=build,target=/x y\nFROM deps\n"),
    Case("DF118", "FROM a\nFROM b\nCOPY --from=0 x y\n"),
    Case("DF118", "FROM a AS build\nFROM b\nCOPY --from=biuld x y\n"),  # DF103
    Case("DF118", "ARG V\nFROM a AS build-a\nFROM b AS build-b\nFROM build-${V}\n"),
    # --- DF123: a stage named after the platform is one of several
    Case("DF123", "FROM --platform=linux/amd64 a  #! linux/amd64\n"),
    Case("DF123", "FROM --platform=linux/arm64/v8 a AS app  #! linux/arm64/v8\n"),
    Case("DF123", "FROM --platform=amd64 a  #! amd64\n"),
    Case("DF123", "FROM --platform=linux/amd64 a AS my_amd64_stage\n"),
    Case("DF123", "FROM --platform=linux/amd64 a AS linux\nFROM --platform=linux/x86_64 a AS amd64\n"),
    Case("DF123", "ARG P=linux/amd64\nFROM --platform=$P a\nFROM --platform=linux/$TARGETARCH a\n"),
    # --- DF124
    Case("DF124", "FROM --platform=$TARGETPLATFORM a  #! $TARGETPLATFORM\n"),
    Case("DF124", "FROM --platform=${TARGETPLATFORM} a  #! ${TARGETPLATFORM}\n"),
    Case("DF124", "FROM --platform=$BUILDPLATFORM a\nFROM --platform=linux/${TARGETARCH} a\n"),
    Case("DF124", "ARG TARGETPLATFORM=linux/amd64\nFROM --platform=$TARGETPLATFORM a\n"),
    # --- DF125: as far as the name tells
    Case("DF125", "FROM --platform=linux/amd64 arm64v8/alpine  #! arm64v8\n"),
    Case("DF125", "FROM --platform=linux/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2025  #! mcr\n"),
    Case("DF125", "FROM --platform=linux/arm64 arm64v8/alpine\nFROM --platform=linux/arm arm32v7/alpine\n"),
    Case("DF125", "FROM --platform=linux/amd64 alpine\nFROM arm64v8/alpine\n"),
    Case("DF125", "FROM --platform=$P arm64v8/alpine\n"),
    # --- DF155
    Case("DF155", "FROM a\nCOPY --from=b x y  #! b\nFROM a AS b\n"),
    Case("DF155", "FROM a\nCOPY --from=1 x y  #! 1\nFROM a AS b\n"),
    Case("DF155", "FROM a\nRUN --mount=from=b,target=/x ls  #! b\nFROM a AS b\n"),
    Case("DF155", "FROM tools  #! tools\nFROM a AS tools\n"),
    Case("DF155", "FROM alpine\nFROM debian AS alpine\n"),
    Case("DF155", "FROM a AS b\nFROM b\nCOPY --from=b x y\n"),
    # --- DF156
    Case("DF156", "FROM a AS 1b  #! 1b\n"),
    Case("DF156", "FROM a AS b/c  #! b/c\n"),
    Case("DF156", "FROM a AS ${B}  #! ${B}\n"),
    Case("DF156", "FROM a AS B-1_c.d\nFROM a\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_stages(case: Case) -> None:
    check(case)


def test_an_arg_inside_a_stage_is_related() -> None:
    (finding,) = diagnostics("DF105", "FROM a\nARG V=1\nFROM b:$V\n", "Dockerfile")
    assert [place.span.text for place in finding.related] == ["V"]


def test_of_two_stages_with_one_name_the_last_counts() -> None:
    text = "FROM a AS b\nFROM a\nCOPY --from=b x y\nFROM a AS b\n"
    (finding,) = diagnostics("DF155", text, "Dockerfile")
    assert (
        finding.message == 'stage "b" is the one below this line: the last stage of a name counts'
    )
    assert diagnostics("DF155", text.replace("FROM a AS b\n", "", 1), "Dockerfile") != []
    assert diagnostics("DF155", text.removesuffix("FROM a AS b\n"), "Dockerfile") == []


def test_the_help_for_a_circle() -> None:
    text = "FROM a AS b\nCOPY --from=c x y\nFROM a AS c\nCOPY --from=b x y\n"
    (finding,) = diagnostics("DF155", text, "Dockerfile")
    assert finding.help == "remove one of the two references"


FIXES = [
    ("DF123", "FROM --platform=linux/amd64   a AS b\n", "FROM a AS b\n"),
    ("DF124", "FROM --platform=$TARGETPLATFORM a\n", "FROM a\n"),
    ("DF124", "FROM --platform=$TARGETPLATFORM \\\n  a\n", "FROM --platform=$TARGETPLATFORM \\\n  a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "after"), FIXES)
def test_fixes(code: str, before: str, after: str) -> None:
    assert fixed(code, before, "Dockerfile", preset="all") == after
