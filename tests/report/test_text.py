"""The formats ``full``, ``concise`` and ``grouped``, and the summary below them."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import Span
from composelint.linter.report import RenderOptions, render
from composelint.linter.report.summary import summary
from composelint.linter.rule import Diagnostic, Edit, Fix, Related, Severity
from report_samples import SAFE, UNSAFE, E, I, W, finding, marked, result_of, sample, write

PAGE = "https://github.com/composelint/composelint/blob/main/docs/rules"

FULL = f"""\
api/Dockerfile:2:1: info[DF110] two layers (update-apart)
2 | / RUN apk update \\
3 | |   && apk add curl \\
4 | |   && true
  | |_________^
  = see: {PAGE}/update-apart.md

api/Dockerfile:5:1: warning[DF301] [*] the container runs as "root" (root-user)
5 | USER root
  | ^^^^^^^^^
  = fix: remove it
5 - USER root
5 +
  = see: {PAGE}/root-user.md

broken.yaml:1:1: error[LN003] byte 0xff at offset 3 is not UTF-8 (bytes)
  = see: {PAGE}/bytes.md

compose.yaml:2:3: warning[CF210] service "web" has no health check (missing-healthcheck)
2 |   web:
  |   ^^^
  = help: add a health check,
  =       or say why not
  = unsafe fix: add one
2 -   web:
2 +   w:
2     web:
3 +     x: 1
  = see: {PAGE}/missing-healthcheck.md

compose.yaml:3:12: info[CF401] tag "latest" moves (mutable-tag)
2 |   web:
3 |     image: nginx:latest # 𝒳 é
  |            ^^^^^^^^^^^^
  = unsafe fix: pin it in a file
  --> .env.example (a new file)
1 + TAG=1
  --> compose.yaml
3 -     image: nginx:latest # 𝒳 é
3 +     image: nginx:${{TAG}} # 𝒳 é
  = see: {PAGE}/mutable-tag.md

compose.yaml:5:9: error[CF118] host port 8080 is published twice (port-collision)
2 |   web:
  |   --- by this service
...
5 |       - "8080:80"
  |         ^^^^^^^^^
  --> deploy/compose.override.yaml:3:13
2 |   api:
3 |     ports: ["8080:8080"]
  |             ----------- also here
  = see: {PAGE}/port-collision.md

compose.yaml:7:12: info[CF901] no newline at the end (missing-newline)
2 |   web:
...
7 |       B: 2}}
  |            ^
  = see: {PAGE}/missing-newline.md

deploy/compose.override.yaml:3:13: warning[CF118] same (port-collision)
2 |   api:
3 |     ports: ["8080:8080"]
  |             ^^^^^^^^^^^

inline.yaml:3:5: warning[DF999] embedded (inline)
1 | x:
...
3 |     RUN true
  |     ^^^
  = see: {PAGE}/inline.md

Found 2 errors, 5 warnings and 3 infos in 5 files (shown as 9 entries, 1 suppressed).
1 fixable with --fix (2 more with --unsafe-fixes).
"""

CONCISE = """\
api/Dockerfile:2:1: info: DF110 two layers
api/Dockerfile:5:1: warning: DF301 [*] the container runs as "root"
broken.yaml:1:1: error: LN003 byte 0xff at offset 3 is not UTF-8
compose.yaml:2:3: warning: CF210 service "web" has no health check
compose.yaml:3:12: info: CF401 tag "latest" moves
compose.yaml:5:9: error: CF118 host port 8080 is published twice
compose.yaml:7:12: info: CF901 no newline at the end
deploy/compose.override.yaml:3:13: warning: CF118 same
deploy/compose.override.yaml:3:13: warning: CF118 same
inline.yaml:3:5: warning: DF999 embedded
Found 2 errors, 5 warnings and 3 infos in 5 files (1 suppressed).
1 fixable with --fix (2 more with --unsafe-fixes).
"""

GROUPED = """\
api/Dockerfile:
  2:1  info     DF110 two layers
  5:1  warning  DF301 [*] the container runs as "root"

broken.yaml:
  1:1  error  LN003 byte 0xff at offset 3 is not UTF-8

compose.yaml:
  2:3   warning  CF210 service "web" has no health check
  3:12  info     CF401 tag "latest" moves
  5:9   error    CF118 host port 8080 is published twice
  7:12  info     CF901 no newline at the end

deploy/compose.override.yaml:
  3:13  warning  CF118 same

inline.yaml:
  3:5  warning  DF999 embedded

Found 2 errors, 5 warnings and 3 infos in 5 files (shown as 9 entries, 1 suppressed).
1 fixable with --fix (2 more with --unsafe-fixes).
"""


@pytest.mark.parametrize(
    ("name", "text"), [("full", FULL), ("concise", CONCISE), ("grouped", GROUPED)]
)
def test_the_report_is_the_expected_text(name: str, text: str) -> None:
    assert render(name, sample(), RenderOptions()) == text


def test_suppressed_findings_are_shown_with_their_reason() -> None:
    _, (span,) = marked("«a»: 1\n")
    item = finding(span, suppressed="legacy until May")
    options = RenderOptions(show_suppressed=True)
    assert render("full", result_of([item]), options).startswith(
        "compose.yaml:1:1: warning[CF210] (suppressed) something is wrong (some-rule)\n"
        "1 | a: 1\n"
        "  | ^\n"
        "  = suppressed: legacy until May\n"
    )
    assert "warning: CF210 (suppressed) something" in render("concise", result_of([item]), options)
    assert "CF210 (suppressed) something" in render("grouped", result_of([item]), options)
    assert "CF210" not in render("full", result_of([item]), RenderOptions())


def test_several_places_in_another_file_share_an_excerpt() -> None:
    _, (span,) = marked("«a»: 1\n")
    _, (one, two) = marked("«x»: 1\n«y»: 2\n", "b/other.yaml")
    item = finding(span, related=[Related(one, "first"), Related(two, "second")])
    assert (
        """
1 | a: 1
  | ^
  --> b/other.yaml:1:1
1 | x: 1
  | - first
2 | y: 2
  | - second
"""
        in "\n" + write("full", [item])
    )


def test_colours_are_an_option() -> None:
    for name in ("full", "concise", "grouped"):
        assert "\x1b" not in render(name, sample(), RenderOptions())
        assert "\x1b[1;31m" in render(name, sample(), RenderOptions(color=True))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            RenderOptions(color=True),
            "\x1b[1mcompose.yaml\x1b[0m:1:1: \x1b[1;31merror\x1b[0m: \x1b[1;31mCF210\x1b[0m\x1b[32m [*]\x1b[0m wrong\n",
        ),
        (
            RenderOptions(links=True),
            f"compose.yaml:1:1: error: \x1b]8;;{PAGE}/some-rule.md\x1b\\CF210\x1b]8;;\x1b\\ [*] wrong\n",
        ),
    ],
)
def test_codes_can_have_a_colour_and_a_link(options: RenderOptions, text: str) -> None:
    _, (span,) = marked("«a»: 1\n")
    item = finding(span, "wrong", severity=E, fix=Fix("t", (Edit(span, ""),), SAFE))
    assert render("concise", result_of([item]), options).startswith(text)


def test_full_prints_addresses_if_links_are_off() -> None:
    assert "= see:" not in render("full", sample(), RenderOptions(links=True))


def findings(*kinds: tuple[Severity, Fix | None, str | None]) -> list[Diagnostic]:
    _, (span,) = marked("«a»: 1\n")
    return [
        finding(span, severity=severity, fix=fix, suppressed=reason)
        for severity, fix, reason in kinds
    ]


_, (_SPAN,) = marked("«a»: 1\n")
SAFE_FIX = Fix("t", (Edit(Span(*_SPAN), ""),), SAFE)
UNSAFE_FIX = SAFE_FIX._replace(applicability=UNSAFE)


@pytest.mark.parametrize(
    ("items", "files", "text"),
    [
        ([], 0, "No files checked."),
        ([], 1, "No problems found in 1 file."),
        ([], 1200, "No problems found in 1,200 files."),
        ([(W, None, "why")], 2, "No problems found in 2 files (1 suppressed)."),
        ([(W, UNSAFE_FIX, "why")], 2, "No problems found in 2 files (1 suppressed)."),
        ([(E, None, None)], 1, "Found 1 error in 1 file."),
        ([(W, None, None)] * 2, 1, "Found 2 warnings in 1 file."),
        ([(I, None, None), (E, None, None)], 3, "Found 1 error and 1 info in 3 files."),
        (
            [(W, SAFE_FIX, None)] * 2,
            1,
            "Found 2 warnings in 1 file.\n2 fixable with --fix.",
        ),
        (
            [(W, SAFE_FIX, None), (W, UNSAFE_FIX, None), (E, None, "why")],
            1,
            "Found 2 warnings in 1 file (1 suppressed).\n"
            "1 fixable with --fix (1 more with --unsafe-fixes).",
        ),
        (
            [(W, UNSAFE_FIX, None)],
            1,
            "Found 1 warning in 1 file.\n1 fixable with --fix --unsafe-fixes.",
        ),
    ],
)
def test_the_summary_counts_findings_files_and_fixes(
    items: list[tuple[Severity, Fix | None, str | None]], files: int, text: str
) -> None:
    assert summary(result_of(findings(*items), files), RenderOptions()) == text


def test_notes_are_broken_at_the_width_of_a_terminal() -> None:
    _, (span,) = marked("«a»: 1\n")
    item = finding(span, help="name the version that you tested; the newest one is 18", fix=None)
    page = f"  = see: {PAGE}/some-rule.md\n"
    assert page in write("full", [item], width=40)
    assert "  = help: name the version that you tested; the newest one is 18\n" in write(
        "full", [item], width=40
    )
    assert write("full", [item], width=40, wrap=True).split("\n")[3:6] == [
        "  = help: name the version that you",
        "  =       tested; the newest one is 18",
        "  = see: https://github.com/composelint/composelint/blob/main/docs/rules/some-rule.md",
    ]


def test_of_many_related_places_the_first_are_shown() -> None:
    _, (span, *others) = marked("«a»: 1\n" + "".join(f"«b{n}»: 1\n" for n in range(20)))
    related = [Related(other, "also here") for other in others]
    text = write("full", [finding(span, related=related)])
    assert text.count("also here") == 8
    assert "= and: 12 more places\n" in text
