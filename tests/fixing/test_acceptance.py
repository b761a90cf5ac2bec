"""A fix after which Docker Compose would refuse a stack that it took is dropped, whatever is selected."""

from __future__ import annotations

import pytest
from composelint.linter.engine.run import check_files
from composelint.linter.files.discovery import discover
from composelint.linter.fixing.verify import verify
from composelint.linter.rule import Applicability, Fix
from snippets import project, settings

BEFORE = "services:\n  a:\n    image: acme/a:1\n    environment:\n      A: one\n"
ENTRY = ("services.a.environment", "services.a.image", "services.a.volumes", "services.a.ports")
CLAIM = Fix("t", (), Applicability.UNSAFE, ENTRY)
PLAIN = BEFORE.replace("A: one", "B: ${B:?}")


@pytest.mark.parametrize(
    ("before", "after", "others", "reason"),
    [
        (BEFORE, BEFORE.replace("one", "two"), {}, ""),
        (BEFORE, BEFORE.replace("one", "${A:?set it}"), {}, "the required variable A is not set"),
        (BEFORE, BEFORE.replace("one", "${A:?set it}"), {".env": "A=one\n"}, ""),
        (BEFORE, BEFORE.replace("one", "${A:?set it}"), {".env": "A=\n"}, "the required variable A"),
        (BEFORE, BEFORE.replace("one", "${A?set it}"), {".env": "A=\n"}, ""),
        (BEFORE, BEFORE + "    volumes: [data:/data]\n", {}, "data"),
        (BEFORE, BEFORE + "    ports: [x]\n", {}, "x"),
        # One that was refused before is refused for nothing else.
        (PLAIN, PLAIN.replace("acme/a:1", "acme/a:2"), {}, ""),
        (PLAIN, PLAIN + "      A: ${A:?}\n", {}, "the required variable A is not set"),
        (PLAIN, PLAIN.replace("acme/a:1", "acme/a:${TAG:?}"), {".env": "TAG=1"}, ""),
    ],
)  # fmt: skip
def test_the_verdict_on_the_stack_is_as_good_as_before(
    before: str, after: str, others: dict[str, str], reason: str
) -> None:
    with project({**others, "compose.yaml": before}):
        files, chosen = list(discover(["."])), settings("CF901")
        first = check_files(files, chosen)
        second = check_files(files, chosen, {"compose.yaml": after.encode()})
        verdict = verify([CLAIM], first, second)
    assert reason in verdict.reason
    assert bool(verdict.reason) is bool(reason)


def test_the_env_file_of_the_call_counts() -> None:
    after = BEFORE.replace("one", "${A:?set it}")
    for env, is_refused in (("A=one\n", False), ("B=one\n", True)):
        with project({"compose.yaml": BEFORE, "prod.env": env}):
            files = list(discover(["compose.yaml"]))
            chosen = settings("CF901", env_files=("prod.env",))
            first = check_files(files, chosen)
            second = check_files(files, chosen, {"compose.yaml": after.encode()})
            assert bool(verify([CLAIM], first, second).reason) is is_refused
