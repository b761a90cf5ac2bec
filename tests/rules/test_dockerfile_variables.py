"""DF107, DF108, DF119, DF150, DF159, DF160: where ARG and ENV are defined and used."""

from __future__ import annotations

import pytest
from marked import Case, check, name_of
from snippets import diagnostics, fixed

SERVICE = "services:\n  web:\n    build: .\n"

CASES = [
    # --- DF107: where everything that the base image sets is known
    Case("DF107", "FROM scratch\nCOPY $A /x  #! $A\n"),
    Case("DF107", "FROM alpine\nADD x ${A}/  #! ${A}\n"),
    Case("DF107", "FROM alpine\nENV B=$A  #! $A\n"),
    Case("DF107", "FROM alpine\nENV B=$HOME/x  #! $HOME\n"),
    Case("DF107", "FROM alpine\nEXPOSE $A  #! $A\n"),
    Case("DF107", "FROM alpine\nLABEL x=$A  #! $A\n"),
    Case("DF107", "FROM alpine\nSTOPSIGNAL $A  #! $A\n"),
    Case("DF107", "FROM alpine\nUSER $A  #! $A\n"),
    Case("DF107", "FROM alpine\nVOLUME $A  #! $A\n"),
    Case("DF107", "FROM alpine\nWORKDIR $A  #! $A\n"),
    Case("DF107", "FROM alpine\nARG B=$A  #! $A\n"),
    Case("DF107", "FROM alpine\nCOPY --chown=$A x /y  #! $A\n"),
    Case("DF107", "FROM alpine\nCOPY <<EOF /x\n$A  #! $A\nEOF\n"),
    Case("DF107", "FROM alpine\nUSER $A  #! $A\nWORKDIR /$A\n"),  # once per stage
    Case("DF107", "FROM alpine\nCOPY $A /x  #! $A\nARG A\n"),
    Case("DF107", "FROM alpine AS a\nARG A\nFROM alpine\nUSER $A  #! $A\n"),
    # ... and on any other image, where the name is close to a known one
    Case("DF107", "FROM x/y\nENV DIR_ASSETS=/a\nCOPY x $DIR_ASSTES  #! $DIR_ASSTES\n"),
    Case("DF107", "FROM x/y\nENV PATH=/x:$PAHT  #! $PAHT\n"),
    Case("DF107", "FROM x/y\nARG version\nLABEL x=$VERSION  #! $VERSION\n"),
    Case("DF107", "FROM x/y\nCOPY x $SOMETHING\nENV HOME_DIR=$HOME\n"),
    Case("DF107", "FROM x/y\nENV V1=a ITEM=b\nLABEL x=$V2 y=$ITEMS\n"),
    # what is defined, or meant to be absent
    Case("DF107", "FROM alpine\nARG A\nCOPY f$A /x\nENV B=1\nUSER $B\n"),
    Case("DF107", "FROM alpine AS a\nARG A\nFROM a\nUSER $A\n"),
    Case("DF107", "FROM alpine\nUSER ${A:-app}\nWORKDIR /x${B+/y}\n"),
    Case("DF107", "FROM alpine\nENV PATH=/x:$PATH\nLABEL x='$A' y=\\$A\n"),
    Case("DF107", "FROM alpine\nRUN echo $A\nCMD echo $A\nENTRYPOINT echo $A\n"),
    Case("DF107", "FROM alpine\nCOPY <<'EOF' /x\n$A\nEOF\nCOPY <<EOF /y\n\\$A\nEOF\n"),
    Case("DF107", "FROM alpine\nONBUILD USER $A\n"),
    Case("DF107", "ARG A\nFROM alpine\nUSER $A$TARGETARCH\n"),  # DF150
    Case("DF107", "FROM alpine\nENV A=1 B=$A\n"),  # DF108
    # --- DF108
    Case("DF108", "FROM a\nENV A=1 B=$A  #! $A\n"),
    Case("DF108", "FROM a\nENV B=${A}/x \\\n    A=1\n".replace("${A}/x \\", "${A}/x \\  #! ${A}")),
    Case("DF108", "FROM a\nENV A=1 B=$AB\nENV C=1 D=x$E\n"),
    Case("DF108", "FROM a\nENV A=1\nENV A=2 B=$A\n"),
    Case("DF108", "FROM a\nARG A\nENV A=2 B=$A\n"),
    Case("DF108", "FROM a AS b\nENV A=1\nFROM b\nENV A=2 B=$A\n"),
    Case("DF108", "FROM a\nENV PATH=/x:$PATH LD=$PATH\nENV B $A A\n"),
    # --- DF119
    Case("DF119", "ARG A=1  #! A\nFROM a\nRUN x\n"),
    Case("DF119", "ARG A=1 B=2  #! B\nFROM a:$A\n"),
    Case("DF119", "FROM a\nARG A  #! A\nCMD x\n"),
    Case("DF119", "FROM a\nRUN x\nARG A  #! A\nCOPY y z\n"),
    Case("DF119", "ARG A=1\nARG B=$A\nFROM a:$B\n"),
    Case("DF119", "ARG A=1\nFROM a\nARG A\nLABEL x=$A\n"),
    Case("DF119", "ARG A=1\nFROM a\nCOPY <<EOF /x\n$A\nEOF\n"),
    Case("DF119", "ARG BUILDKIT_INLINE_CACHE=1\nARG HTTP_PROXY\nFROM a\n"),
    Case("DF119", "FROM a\nARG A\nRUN x\n"),
    Case("DF119", "FROM a AS b\nARG A\nFROM b\nRUN x\n"),
    Case("DF119", "FROM a\nARG A\nFROM b:$A\n"),  # DF105
    # --- DF150
    Case("DF150", "ARG V=1\nFROM alpine\nRUN x $V  #! $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nLABEL v=${V}  #! ${V}\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN <<EOF\nx \"${V}\"  #! ${V\nEOF\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN sh -c 'x $V'  #! $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN x=${V:-2}  #! ${V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nONBUILD RUN x $V  #! $V\n"),
    Case("DF150", "FROM golang:1 AS b\nRUN GOARCH=$TARGETARCH go build  #! $TARGETARCH\n"),
    Case("DF150", "FROM alpine\nENV A=$TARGETOS  #! $TARGETOS\n"),
    Case("DF150", "ARG V\nFROM alpine AS b\nRUN x $V  #! $V\nFROM b\nRUN y $V\n"),
    Case("DF150", "ARG APP_VERSION\nFROM node:22\nRUN x $APP_VERSION  #! $APP_VERSION\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nARG V\nRUN x $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine AS b\nARG V\nFROM b\nRUN x $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nENV V=2\nRUN x $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN V=2 && x $V; for V in a b; do y $V; done\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN read V < x && y $V\n"),
    Case("DF150", "ARG VERSION\nFROM alpine\nRUN . /etc/os-release && x $VERSION\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nRUN x '$V' \\$V\nRUN [\"x\", \"$V\"]\n"),
    Case("DF150", "ARG NODE_VERSION=22\nFROM node:${NODE_VERSION}\nRUN x $NODE_VERSION\n"),
    Case("DF150", "ARG PG_MAJOR=17\nFROM postgres:${PG_MAJOR}\nRUN x $PG_MAJOR\n"),
    Case("DF150", "ARG BASE\nARG V\nFROM ${BASE}\nRUN x $V\n"),
    Case("DF150", "ARG V=1\nFROM alpine\nCMD x $V\n"),  # run time
    # --- DF159
    Case("DF159", "FROM alpine\nARG A=1\nCMD x $A  #! $A\n"),
    Case("DF159", "FROM alpine\nARG A=1\nENTRYPOINT [\"sh\", \"-c\", \"x ${A}\"]  #! ${A\n"),
    Case("DF159", "FROM alpine\nARG A=1\nHEALTHCHECK CMD x $A  #! $A\n"),
    Case("DF159", "FROM alpine\nARG A=1\nENV A=$A\nCMD x $A ${B}\n"),
    Case("DF159", "FROM alpine\nARG A=1\nCMD x ${A:-2}\n"),
    Case("DF159", "FROM alpine\nARG A=1\nCMD A=2; x $A\n"),
    Case("DF159", "FROM alpine\nARG A=1\nCMD x $A\n", {"compose.yaml": SERVICE + "    environment: {A: b}\n"}),
    Case("DF159", "FROM alpine\nARG A=1\nCMD x $A\n", {"compose.yaml": SERVICE + "    env_file: x.env\n", "x.env": "A=1\n"}),
    Case("DF159", "FROM alpine AS b\nARG A=1\nCMD x $A\nFROM alpine\n"),
    # --- DF160
    Case("DF160", "FROM alpine\nENV A=1\nCMD [\"x\", \"$A\"]  #! \"$A\"\n"),
    Case("DF160", "FROM alpine\nARG A=1\nRUN [\"x\", \"--a=${A}\"]  #! \"--a=${A}\"\n"),
    Case("DF160", "FROM alpine\nENV A=1\nENTRYPOINT [\"x\", \"$A\"]  #! \"$A\"\n"),
    Case("DF160", "FROM alpine\nENV A=1\nCMD [\"sh\", \"-c\", \"x $A\"]\n"),
    Case("DF160", "FROM alpine\nENV A=1\nCMD [\"/entrypoint.sh\", \"$A\"]\n"),
    Case("DF160", "FROM alpine\nENV A=1\nENTRYPOINT [\"x\"]\nCMD [\"$A\"]\n"),
    Case("DF160", "FROM alpine\nCMD [\"x\", \"$A\", \"$\", \"a$1\"]\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_variables(case: Case) -> None:
    check(case)


def test_further_uses_are_related() -> None:
    text = "ARG V=1\nFROM alpine\nRUN x $V\nRUN y $V\n"
    (finding,) = diagnostics("DF150", text, "Dockerfile")
    assert [place.span.text for place in finding.related] == ["V", "$V"]
    assert finding.owner == ("stage", "0")


FIXES = [
    (
        "ARG V=1\nFROM alpine\nCMD z\n# why\n# hadolint ignore=DL3018\nRUN x $V\nRUN y $V\n",
        "ARG V=1\nFROM alpine\nCMD z\nARG V\n# why\n# hadolint ignore=DL3018\nRUN x $V\nRUN y $V\n",
    ),
    (
        "ARG V=1\r\nARG W=1\r\nFROM alpine\r\nRUN x $V $W\r\n",
        "ARG V=1\r\nARG W=1\r\nFROM alpine\r\nARG V\r\nARG W\r\nRUN x $V $W\r\n",
    ),
    ("ARG V=1\nFROM alpine\nONBUILD RUN x $V\n", "ARG V=1\nFROM alpine\nONBUILD RUN x $V\n"),
]


@pytest.mark.parametrize(("before", "after"), FIXES)
def test_the_arg_is_declared_above_its_first_use(before: str, after: str) -> None:
    got = fixed("DF150", before, "Dockerfile")
    assert sorted(got.split("\n")) == sorted(after.split("\n"))
    assert got.replace("ARG W\r\nARG V\r\n", "ARG V\r\nARG W\r\n") == after


def test_the_arg_is_declared_inside_a_compose_file() -> None:
    before = (
        "services:\n  web:\n    build:\n      dockerfile_inline: |\n"
        "        ARG V=1\n        FROM alpine\n        RUN x $$V\n"
    )
    after = before.replace("        RUN", "        ARG V\n        RUN")
    assert fixed("DF150", before) == after
