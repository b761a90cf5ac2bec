"""Which findings of a state are new, where files moved and changed since another one."""

from __future__ import annotations

from checks import check_text
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection
from composelint.linter.suppression.comparison import compare

A = "services:\n  a:\n    image: nginx\n    privileged: true\n"
PASSWORD = "services:\n  a:\n    image: nginx\n    environment:\n      DB_PASSWORD: "


def findings(text: str, path: str = "compose.yaml") -> list[Diagnostic]:
    kind = "dockerfile" if "Dockerfile" in path else "compose"
    return check_text(text.encode(), path, kind, Settings(Selection("all"))).reported


def codes(found: list[Diagnostic]) -> set[str]:
    return {each.code for each in found}


def test_the_same_findings_on_other_lines_are_as_before() -> None:
    old = findings(A)
    new, fixed, before = compare(old, findings(f"# one\n\n# two\n{A}"), {})
    assert (new, fixed, before) == ([], [], len(old))


def test_what_is_gone_is_fixed() -> None:
    _, fixed, _ = compare(findings(A), findings(A.replace("    privileged: true\n", "")), {})
    assert [each.start for each in fixed if "privileged" in each.message] == [(4, 17)]


def test_findings_that_are_alike_are_counted() -> None:
    old = findings(A)
    assert len(compare(old, old + old + old, {}).new) == 2 * len(old)
    assert len(compare(old + old + old, old, {}).fixed) == 2 * len(old)
    assert compare(old + old, old + old, {}) == ([], [], 2 * len(old))


def test_of_several_that_are_alike_the_new_one_is_on_the_new_line() -> None:
    old = "FROM alpine:3.22\nRUN sudo b\n"
    for new, line in (("RUN sudo a\nRUN sudo b\n", 2), ("RUN sudo b\nRUN sudo a\n", 3)):
        one, other = findings(old, "Dockerfile"), findings(f"FROM alpine:3.22\n{new}", "Dockerfile")
        sudo = [each for each in compare(one, other, {}).new if "sudo" in each.message]
        assert {each.start[0] for each in sudo} == {line}


def test_a_renamed_file_keeps_its_findings() -> None:
    old, new = findings(A), findings(A, "web/compose.prod.yaml")
    assert len(compare(old, new, {}).new) == len(new)
    result = compare(old, new, {"compose.yaml": "web/compose.prod.yaml"})
    assert (result.new, result.fixed, result.before) == ([], [], len(old))


def test_a_rename_elsewhere_hides_no_finding() -> None:
    """Two stages without a health check have one message, and only the second one is new."""
    old = "FROM alpine:3.22 AS one\nCMD x\n"
    new = f"{old}FROM alpine:3.22 AS two\nCMD x\n"
    apart = compare(findings(old, "Dockerfile"), findings(new, "Dockerfile"), {})
    with_rename = compare(
        findings(old, "Dockerfile"), findings(new, "Dockerfile"), {"a/README.md": "b/README.md"}
    )
    assert [each.message for each in with_rename.new] == [each.message for each in apart.new]
    assert len(with_rename.fixed) == len(apart.fixed)


def test_many_renames_take_no_time_for_each_finding() -> None:
    renames = {
        f"old/{number}/compose.yaml": f"new/{number}/compose.yaml" for number in range(20_000)
    }
    old = findings(A, "old/7/compose.yaml") * 50
    new = findings(A, "new/7/compose.yaml") * 50
    assert compare(old, new, renames) == ([], [], len(old))


def test_another_secret_is_another_finding() -> None:
    def compared(one: str, other: str) -> tuple[int, int]:
        result = compare(findings(PASSWORD + one), findings(PASSWORD + other), {})
        return len(result.new), len(result.fixed)

    assert compared("Hk3qZ7xw-81a\n", "Hk3qZ7xw-81a\n") == (0, 0)
    new, fixed = compared("Hk3qZ7xw-81a\n", "Vp9rT2mn-64c\n")
    assert new == fixed > 0


def test_a_secret_elsewhere_in_the_file_does_not_make_a_finding_new() -> None:
    old = A + "  b:\n    image: redis\n    environment: {DB_PASSWORD: Hk3qZ7xw-81a}\n"
    new = old.replace("Hk3qZ7xw-81a", "${DB_PASSWORD}")
    result = compare(findings(old), findings(new), {})
    assert "CF101" not in codes(result.new)
    assert not {each.code for each in result.new if each.subject == "services.a"}
