"""Commands of pages are run in order, and pages show what they print."""

from __future__ import annotations

import re

import pytest
from checks import ROOT
from walkthroughs import BLOCK, PageError, _kept, replayed


def page(*blocks: str) -> str:
    """A page of console blocks."""
    return "\n".join(f"```console\n{block}```\n" for block in blocks)


@pytest.mark.parametrize(
    ("shown", "output", "kept"),
    [
        ("a\nb\n", "a\nb\n", "a\nb\n"),
        ("a\n…\n", "a\nb\nc\n", "a\n…\n"),
        ("…\nc\n", "a\nb\nc\n", "…\nc\n"),
        ("…\nb\n…\n", "a\nb\nc\n", "…\nb\n…\n"),
        ("a\n…\n", "a\n", "a\n…\n"),
        ("a\n", "a  \n", "a\n"),
        ("?\n", "a\nb\n", "a\nb\n"),
        ("x\n…\n", "a\nb\nc\n", "a\n…\n"),
        ("x\n…\ny\nz\n", "a\nb\nc\nd\n", "a\n…\nc\nd\n"),
        ("x\n…\ny\n…\n", "a\nb\n", "a\nb\n"),
    ],
)
def test_output_that_is_still_true_stays(shown: str, output: str, kept: str) -> None:
    assert _kept(shown, output) == kept


def test_a_walkthrough_is_followed_in_order() -> None:
    text = page("$ mkdir -p a && cd a\n", '$ echo "web:" > compose.yaml && cat compose.yaml\n?\n')
    assert replayed(text + "It is `compose.yaml` now:\n\n```yaml\nold\n```\n", True) == (
        page("$ mkdir -p a && cd a\n", '$ echo "web:" > compose.yaml && cat compose.yaml\nweb:\n')
        + "It is `compose.yaml` now:\n\n```yaml\nweb:\n```\n"
    )


def test_composelint_runs_in_the_folder_of_the_reader() -> None:
    text = page("$ cd composelint/examples/bookshop\n", "$ composelint --select CF004 -q\n")
    assert replayed(text, True) == text
    shown = page("$ composelint --select CF004 --output-format concise\n?\n")
    assert "docker-compose.yml:2:1: " in replayed(shown, False)


@pytest.mark.parametrize(
    "text",
    [
        page("$ pip install x\nSuccessfully installed\n"),
        page("$ false\n"),
        page("$ composelint --no-such-option\n"),
        "```yaml\na: 1\n```\n",
        "`a.yaml`:\n\n```yaml\na: 1\n```\n",
    ],
    ids=["output of what is not run", "failure", "usage", "no path", "no file"],
)
def test_a_page_that_cannot_be_followed(text: str) -> None:
    with pytest.raises(PageError):
        replayed(text, True)


LANGUAGES = ("tutorial.md", "tutorial.es.md")


def parts_of(name: str) -> dict[str, list[str]]:
    """What a tutorial has in every language: the depth of its headings, code, links, rules."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    prose = BLOCK.sub("", text)
    return {
        "headings": re.findall(r"^#+(?= )", prose, re.MULTILINE),
        "blocks": [found[0] for found in BLOCK.finditer(text)],
        "paragraphs": [line[:2] for line in prose.split("\n\n") if line.startswith(("- ", "| "))],
        "links": re.findall(r"\]\(([^)]+)\)", prose)[1:],
        "code": re.findall(r"`[^`\n]+`", prose),
        "items": re.findall(r"^- \*\*", prose, re.MULTILINE),
    }


def test_tutorials_say_the_same_in_each_language() -> None:
    english, spanish = (parts_of(name) for name in LANGUAGES)
    assert english["blocks"]
    assert english == spanish


def test_tutorials_link_to_each_other() -> None:
    for name, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
        assert f"]({other})\n" in (ROOT / "docs" / name).read_text("utf-8")


def test_a_tutorial_ends_each_step_without_findings() -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    steps = re.split(r"^## ", text, flags=re.MULTILINE)[1:-1]
    assert len(steps) == 3
    for step in steps:
        assert re.search(
            r"^\$ composelint( --preset \w+)?\nNo problems found in \d+ files\.$",
            step,
            re.MULTILINE,
        )
