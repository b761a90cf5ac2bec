"""Fingerprints of findings and hashes of lines."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.report.fingerprints import line_hashes
from composelint.linter.suppression.fingerprints import fingerprint, unique
from hypothesis import given
from hypothesis import strategies as st
from report_samples import finding, marked

END = "c129715d7a2bc9a3:1"
HELLO = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    END,
]

# The values that github/codeql-action expects in its own tests (src/fingerprints.test.ts).
EXPECTED = {
    "": [END],
    " a\nb\n  \t\tc\n d": [
        "271789c17abda88f:1",
        "54703d4cd895b18:1",
        "180aee12dab6264:1",
        "a23a3dc5e078b07b:1",
    ],
    " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End": [
        "8b7cf3e952e7aeb2:1",
        "b1ae1287ec4718d9:1",
        "bff680108adb0fcc:1",
        "c6805c5e1288b612:1",
        "b86d3392aea1be30:1",
        "e6ceba753e1a442:1",
    ],
    " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n": HELLO,
    " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r": HELLO,
    " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n": HELLO,
    " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n": HELLO,
    "Lorem ipsum dolor sit amet.\n" * 10: [
        *(f"a7f2ff13bc495cf2:{count}" for count in range(1, 7)),
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        END,
    ],
    "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n": [
        "e54938cc54b302f1:1",
        "bb609acbe9138d60:1",
        "1131fd5871777f34:1",
        "5c482a0f8b35ea28:1",
        "54517377da7028d2:1",
        "2c644846cb18d53e:1",
        "f1b89f20de0d133:1",
        END,
    ],
}


@pytest.mark.parametrize(("text", "hashes"), EXPECTED.items())
def test_line_hashes_are_those_of_the_upload_action(text: str, hashes: list[str]) -> None:
    assert line_hashes(SourceFile("f", text)) == hashes


def rolling(text: str) -> list[str]:
    """The line hashes by their definition, over a window of 100 code units."""
    data = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]
    counted: list[int] = []
    starts = [0]
    before_cr = False
    for unit in units:
        if unit in (9, 32) or (before_cr and unit == 10):
            before_cr = False
            continue
        before_cr = unit == 13
        counted.append(10 if unit == 13 else unit)
        if counted[-1] == 10:
            starts.append(len(counted))
    counted += [0xFFFF] + [0] * 100
    counts: dict[int, int] = {}
    hashes = []
    for start in starts:
        value = 0
        for unit in counted[start : start + 100]:
            value = (value * 37 + unit) % 2**64
        counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


@given(st.text(st.sampled_from("ab \t\r\n\r\né𝒳\ufeff"), max_size=400))
def test_line_hashes_follow_the_definition(text: str) -> None:
    assert line_hashes(SourceFile("f", text)) == rolling(text)


def at(text: str, **others: str) -> str:
    """The fingerprint of a finding at the marked text."""
    _, (span,) = marked(text, others.pop("path", "compose.yaml"))
    return fingerprint(finding(span, **others))


FIRST = at("a: «1»\n", subject="services.web", evidence="1")


@pytest.mark.parametrize(
    ("mark", "same"),
    [
        (at("\n\nb: 2\na:   «1»\n", subject="services.web", evidence="1"), True),
        (at("a: «1»\n", subject="services.web", evidence="1", message="reworded"), True),
        (at("a: «1»\n", subject="services.web", evidence="2"), False),
        (at("a: «1»\n", subject="services.api", evidence="1"), False),
        (at("a: «1»\n", subject="services.web", evidence="1", code="CF211"), False),
        (at("a: «1»\n", subject="services.web", evidence="1", path="b.yaml"), False),
    ],
)
def test_fingerprints_stay_while_the_text_around_moves(mark: str, same: bool) -> None:
    assert (mark == FIRST) is same


def test_a_finding_without_subject_and_evidence_is_identified_by_its_text() -> None:
    assert at("RUN «apt  update»\n") == at("\nRUN   «apt update»\n")
    assert at("RUN «apt update»\n") != at("RUN «apt upgrade»\n")


def test_unique_fingerprints_are_the_same_in_every_run() -> None:
    file = SourceFile("f", "aaaa")

    def run() -> list[str]:
        return [mark for _, mark in unique(finding(Span(file, at, at + 1)) for at in range(4))]

    assert len(set(run())) == 4
    assert run() == run()
    assert run()[0] == fingerprint(finding(Span(file, 0, 1)))
