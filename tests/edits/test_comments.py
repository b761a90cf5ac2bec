"""Comments around insertions: commented-out YAML means the same when it is uncommented afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from composelint.linter.edits.comments import end_of_block, is_continued
from snippets import fixed

SERVICES = "services:\n  db:\n    image: postgres:17\n"


def uncommented(text: str) -> Any:
    """The YAML of a text whose commented-out lines (marked by #~) are taken in again."""
    return yaml.safe_load(re.sub(r"(?m)^( *)#~ ?", r"\1", text))


def contains(whole: Any, part: Any) -> bool:
    """Whether all of a part is in a tree, at the same place."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return all(item in whole for item in part)
    return bool(whole == part) or part is None


CASES = {
    "services below at the margin": SERVICES + "\n#~   cache:\n#~     image: redis:7.4\n#~     restart: always\n",
    "services below with their indentation": SERVICES + "  #~ cache:\n  #~   image: redis:7.4\n",
    "services below behind a comment": SERVICES + "\n# not needed yet\n#~   cache:\n#~     image: redis:7.4\n",
    "sections below": SERVICES + "\n#~ networks:\n#~   front:\n",
    "a key of the service": SERVICES + "    #~ ports:\n    #~   - 5432:5432\n  web:\n    image: acme/web:1\n",
    "a key of the service at the margin": SERVICES + "#~     ports:\n#~       - 5432:5432\n  web:\n    image: acme/web:1\n",
    "an entry of the last key": SERVICES + "    environment:\n      A: 1\n#~       B: 2\n      #~ C: 3\n  web:\n    image: acme/web:1\n",
    "an item of the last key": SERVICES + "    ports:\n    - 5432:5432\n#~     - 5433:5432\n    #~ - 5434:5432\n  web:\n    image: acme/web:1\n",
    "behind a blank line": SERVICES + "    environment:\n      A: 1\n\n      #~ B: 2\n  web:\n    image: acme/web:1\n",
    "behind a comment": SERVICES + "    environment:\n      A: 1\n    # more\n#~       B: 2\n\n  web:\n    image: acme/web:1\n",
    "an item of a list of volumes": SERVICES + "    volumes:\n      - ./a:/a\n      #~ - ./b:/b\n",
    "volumes without entries": SERVICES + "volumes:\n  #~ other:\n",
    "an entry of volumes": SERVICES + "volumes:\n  one:\n  #~ other:\n  #~   external: true\n",
    "an option of the last volume": SERVICES + "volumes:\n  one:\n    #~ external: true\n",
    "an option of the last volume at the margin": SERVICES + "volumes:\n  one:\n#~     external: true\n",
    "CRLF": (SERVICES + "\n#~   cache:\n#~     image: redis:7.4\n").replace("\n", "\r\n"),
    "no newline at the end": SERVICES + "\n#~   cache:\n#~     image: redis:7.4",
}  # fmt: skip


@pytest.mark.parametrize("code", ["CF250", "CF201", "CF240", "CF210", "CF220"])
@pytest.mark.parametrize("case", CASES)
def test_uncommenting_means_the_same_after_a_fix(case: str, code: str) -> None:
    text = CASES[case]
    plain = text.replace("#~", "#")
    result = fixed(code, plain, preset="production")
    assert contains(uncommented(_marked(result, text)), uncommented(text))


def _marked(result: str, text: str) -> str:
    """The result with the marks of the lines that are commented-out YAML."""
    for line in text.split("\n"):
        if "#~" in line:
            plain = line.replace("#~", "#")
            assert plain in result
            result = result.replace(plain, line, 1)
    return result


def test_a_section_is_not_put_between_services() -> None:
    text = SERVICES + "\n#  cache:\n#    image: redis:7.4\n\n# end\n"
    assert fixed("CF250", text) == (
        "services:\n  db:\n    image: postgres:17\n    volumes:\n"
        "      - db_data:/var/lib/postgresql/data\n"
        "\n#  cache:\n#    image: redis:7.4\n\n# end\nvolumes:\n  db_data:\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        SERVICES + "\n#volumes:\n#  db_data:\n",
        SERVICES + "\n# volumes:\n#   db_data:\n",
        SERVICES + "    # volumes:\n    #   - ./data:/var/lib/postgresql/data\n",
        SERVICES.replace("    image", "    # volumes: [./data:/x]\n    image"),
        SERVICES + "#    volumes:\n#      - ./data:/var/lib/postgresql/data\n",
    ],
)
def test_a_key_that_is_commented_out_is_not_added_once_more(text: str) -> None:
    """Uncommented, it would be there twice, which Docker Compose refuses."""
    assert fixed("CF250", text) == text


def test_a_comment_about_another_key_is_no_obstacle() -> None:
    text = "services:\n  # a note: volumes are needed\n  db:\n    image: postgres:17\n"
    assert "db_data" in fixed("CF250", text)


@pytest.mark.parametrize(
    ("below", "column", "expected"),
    [
        ("    # deeper\n  x:\n", 2, "    # deeper\n"),
        ("  # beside\n  x:\n", 2, ""),
        ("# prose\n  x:\n", 2, ""),
        ("#    x: 1\n  y:\n", 2, "#    x: 1\n"),
        ("#  y:\n#    x: 1\n", 2, ""),
        ("  # y:\n#    x: 1\n", 2, ""),
        ("  # prose\n#    x: 1\n", 2, "  # prose\n#    x: 1\n"),
        ("\n\n#    x: 1\n\n# z\n", 2, "\n\n#    x: 1\n"),
        ("  # - a\n  x:\n", 2, "  # - a\n"),
        ("# a\n\n# b\n\n", 0, "# a\n\n# b\n"),
        ("\n", 0, ""),
    ],
)
def test_what_stays_above_a_new_entry(below: str, column: int, expected: str) -> None:
    assert below[: end_of_block(below, 0, column)] == expected


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("#      - a\n", True),
        ("    # - a\n", True),
        ("      # a: 1\n", True),
        ("    # a: 1\n", False),
        ("      # prose\n", False),
        ("\n      # a: 1\n", False),
        ("    x:\n", False),
    ],
)
def test_what_would_continue_an_entry(below: str, expected: bool) -> None:
    assert is_continued(below, 0, 4) is expected


def test_an_entry_with_commented_out_items_is_not_deleted() -> None:
    text = "services:\n  a:\n    image: acme/a:1\n    depends_on: [b]\n    links:\n      - b\n{}  b:\n    image: acme/b:1\n"
    assert "links" not in fixed("CF270", text.format(""))
    assert "links" in fixed("CF270", text.format("#      - c\n"))
    assert "links" not in fixed("CF270", text.format("    # why not\n"))


def test_a_list_with_commented_out_items_does_not_become_a_mapping() -> None:
    text = "services:\n  a:\n    image: acme/a:1\n    depends_on:\n      - db\n{}  db:\n    image: redis:7.4\n    healthcheck: {{test: [CMD, redis-cli, ping]}}\n"
    assert "service_healthy" in fixed("CF230", text.format(""))
    for comment in ("      # - b\n", "#      - b\n", "    # - b\n"):
        assert "service_healthy" not in fixed("CF230", text.format(comment))
